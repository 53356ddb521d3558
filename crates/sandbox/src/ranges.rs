//! A part of a file, for players: without it a browser can't move to another place of a film, and
//! some don't play one at all (RFC 9110, section 14).

use axum::body::{Body, Bytes};
use axum::response::Response;
use http::header::{ACCEPT_RANGES, CONTENT_RANGE, RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};
use std::ops::Range;

/// The whole of it, or the one part that is asked for. Several parts at once are answered with the
/// whole, as is what isn't understood.
pub(crate) fn answer(asked: &HeaderMap, bytes: &Bytes) -> Response {
    let range = asked.get(RANGE).and_then(|it| it.to_str().ok());
    let (code, body, about) = match range.and_then(|it| part(it, bytes.len())) {
        None => (StatusCode::OK, bytes.clone(), None),
        Some(None) => {
            let about = format!("bytes */{}", bytes.len());
            (StatusCode::RANGE_NOT_SATISFIABLE, Bytes::new(), Some(about))
        }
        Some(Some(part)) => {
            let about = format!("bytes {}-{}/{}", part.start, part.end - 1, bytes.len());
            (StatusCode::PARTIAL_CONTENT, bytes.slice(part), Some(about))
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code;
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(about) = about.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().insert(CONTENT_RANGE, about);
    }
    response
}

/// `bytes=0-99`, `bytes=100-` or `bytes=-100`. Nothing where it isn't one of these; within, nothing
/// where the file has no such part.
fn part(range: &str, length: usize) -> Option<Option<Range<usize>>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let part = match (first, last) {
        ("", last) => length.saturating_sub(last.parse().ok()?)..length,
        (first, "") => first.parse().ok()?..length,
        (first, last) => {
            let (first, last): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(length)
        }
    };
    Some((part.start < part.end).then_some(part))
}
