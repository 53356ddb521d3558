//! Large files pass through in pieces: what is held at any moment doesn't grow with them.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use connectors::http::{self, Http, Limits, Transport, TransportError};
use connectors::providers::{self, Access, Upload};
use connectors::reach::Reach;
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use reqwest::{Body, Method, Request, Response};
use tokio::io::AsyncWrite;
use url::Url;

const PIECE: usize = 64 << 10;
const PART: u64 = 10 << 20;
const MINUTE: Duration = Duration::from_secs(60);

/// A store that takes everything, and looks how much was made that it hasn't got yet.
struct Store {
    made: Arc<AtomicU64>,
    got: AtomicU64,
    held_most: AtomicU64,
}

#[async_trait]
impl Transport for Store {
    async fn execute(&self, mut request: Request) -> Result<Response, TransportError> {
        let mut body = request.body_mut().take().unwrap_or_default();
        if request.method() == "PUT" || request.url().path() == "/v1/files" {
            while let Some(frame) = body.frame().await {
                let bytes = frame.expect("whole").into_data().map_or(0, |it| it.len() as u64);
                let got = self.got.load(Ordering::Relaxed);
                let held = self.made.load(Ordering::Relaxed).saturating_sub(got);
                self.held_most.fetch_max(held, Ordering::Relaxed);
                self.got.fetch_add(bytes, Ordering::Relaxed);
            }
        }
        let answer = match request.url().path() {
            path if path.starts_with("/storage") => {
                r#"{"upload_url":"https://v3.fal.test/up","file_url":"https://v3.fal.test/set.zip"}"#
            }
            "/v1/files" => r#"{"urls":{"get":"https://api.test/v1/files/f"}}"#,
            _ => r#"{"etag":"e"}"#,
        };
        Ok(Response::from(::http::Response::new(Body::from(answer))))
    }
}

/// The most that was held while a file of this size was uploaded.
async fn held_most(name: &str, bytes: u64) -> u64 {
    let made = Arc::new(AtomicU64::new(0));
    let store = Store { made: made.clone(), got: AtomicU64::new(0), held_most: AtomicU64::new(0) };
    let store = Arc::new(store);
    let http = Http::over(store.clone(), Reach::Public { trusted: Vec::new() });
    let url = Url::parse("https://fal.test").expect("an address");
    let access = Access { key: "k".to_owned().into(), queue_url: url.clone(), rest_url: url };
    let provider = providers::all(|it| (it == name).then(|| access.clone())).remove(0);
    let piece = Bytes::from(vec![0; PIECE]);
    let pieces = (0..bytes / PIECE as u64).map(move |_| {
        made.fetch_add(PIECE as u64, Ordering::Relaxed);
        Ok(piece.clone())
    });
    let body = stream::iter(pieces).boxed();
    let (name, content_type) = ("set.zip".to_owned(), "application/zip".to_owned());
    provider.upload(&http, Upload { name, content_type, bytes, body }).await.expect("uploaded");
    // A form is a little more than the file in it.
    assert!((bytes..bytes + 1_000).contains(&store.got.load(Ordering::Relaxed)));
    store.held_most.load(Ordering::Relaxed)
}

#[tokio::test]
async fn an_upload_holds_a_piece_or_a_part() {
    assert!(held_most("fal", 50 << 20).await <= 2 * PIECE as u64);
    for megabytes in [100, 400] {
        assert!(held_most("fal", megabytes << 20).await <= PART + 2 * PIECE as u64);
        assert!(held_most("replicate", megabytes << 20).await <= 2 * PIECE as u64);
    }
}

/// A model of a size, made while it is read.
struct Model {
    bytes: u64,
    made: Arc<AtomicU64>,
}

#[async_trait]
impl Transport for Model {
    async fn execute(&self, _: Request) -> Result<Response, TransportError> {
        let made = self.made.clone();
        let pieces = (0..self.bytes / PIECE as u64).map(move |_| {
            made.fetch_add(PIECE as u64, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from(vec![0; PIECE]))
        });
        let body = Body::wrap_stream(stream::iter(pieces));
        Ok(Response::from(::http::Response::new(body)))
    }
}

#[tokio::test]
async fn a_fetch_ends_with_the_piece_that_is_too_much() {
    let made = Arc::new(AtomicU64::new(0));
    let model = Model { bytes: 1 << 30, made: made.clone() };
    let http = Http::over(Arc::new(model), Reach::Public { trusted: Vec::new() });
    let limit = 8 << 20;
    let came = http.fetch("https://v3.fal.test/x", limit, MINUTE, &mut tokio::io::sink()).await;
    came.expect_err("too much");
    assert!(made.load(Ordering::Relaxed) <= limit + 2 * PIECE as u64);
}

#[tokio::test]
async fn a_file_is_poured_as_it_comes_and_no_further_than_it_may() {
    for (bytes, is_whole) in [(8 << 20, true), (1 << 30, false)] {
        let made = Arc::new(AtomicU64::new(0));
        let model = Model { bytes, made: made.clone() };
        let line = Http::over(Arc::new(model), Reach::Public { trusted: Vec::new() });
        let mut sink = Sink { made: made.clone(), got: 0, held_most: 0 };
        let url = Url::parse("https://v3.fal.test/x").expect("an address");
        let limits = Limits { time: MINUTE, bytes: 8 << 20 };
        let answer = line.pour(Request::new(Method::GET, url), limits, &mut sink).await;
        let body = answer.expect("an answer").body;
        assert_eq!(matches!(body, http::Body::Whole(ref it) if it.is_empty()), is_whole);
        assert_eq!(matches!(body, http::Body::TooLarge), !is_whole);
        assert_eq!(sink.got, 8 << 20);
        assert!(sink.held_most <= 2 * PIECE as u64, "{}", sink.held_most);
    }
}

/// Takes everything, and looks how much was made that it hasn't got yet.
struct Sink {
    made: Arc<AtomicU64>,
    got: u64,
    held_most: u64,
}

impl AsyncWrite for Sink {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let held = self.made.load(Ordering::Relaxed) - self.got;
        self.held_most = self.held_most.max(held);
        self.got += bytes.len() as u64;
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
