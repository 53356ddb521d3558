//! The body of an upload, of exactly the length that was told.

use std::io;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt, stream};

/// The body, or an error as soon as it isn't of the length that was promised: a cut archive would
/// be trained on as if it were whole.
pub(super) fn exactly(
    bytes: u64,
    body: BoxStream<'static, io::Result<Bytes>>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let end = stream::once(async { Ok(None) });
    let pieces = body.map_ok(Some).chain(end);
    let checked = pieces.scan(0, move |seen, piece: io::Result<Option<Bytes>>| {
        let checked = piece.and_then(|piece| {
            *seen += piece.as_ref().map_or(0, |it| it.len() as u64);
            let is_wrong = if piece.is_some() { bytes < *seen } else { bytes != *seen };
            if is_wrong { Err(io::Error::other("its length is not as told")) } else { Ok(piece) }
        });
        std::future::ready(Some(checked))
    });
    checked.try_filter_map(|it| std::future::ready(Ok(it)))
}
