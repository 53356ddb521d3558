//! A transport made of recorded answers, which writes down what it was sent.
//!
//! An answer is `CODE (header: value; …) BODY`, where a bracket may also say `breaks off`, `stalls`
//! or `endless` of the body, and `hex` when it is no text; or it is `refused`, `reset`, `silence` or
//! `inward` instead.

use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use connectors::http::{Transport, TransportError};
use connectors::reach::Barred;
use futures::{StreamExt, stream};
use http_body_util::BodyExt;
use reqwest::{Body, Request, Response};
use sha2::{Digest, Sha256};

/// Longer bodies are written as their hash.
const LONG_BODY: usize = 2_000;

/// How much of an endless body anybody may read: 16 MiB.
const PIECES_MAX: usize = 1_024;

pub struct Recorded(Mutex<Record>);

struct Record {
    answers: VecDeque<String>,
    lines: Vec<String>,
}

impl Recorded {
    pub fn new(answers: &[String]) -> Self {
        Self(Mutex::new(Record { answers: answers.iter().cloned().collect(), lines: Vec::new() }))
    }

    /// What was said, each request before its answer. Panics when an answer was never asked for.
    pub fn lines(&self) -> Vec<String> {
        let record = self.0.lock().expect("no test panics here");
        assert!(record.answers.is_empty(), "never asked for: {:#?}", record.answers);
        record.lines.clone()
    }
}

#[async_trait]
impl Transport for Recorded {
    async fn execute(&self, request: Request) -> Result<Response, TransportError> {
        let sent = sent(request).await;
        let answer = {
            let mut record = self.0.lock().expect("no test panics here");
            let (lines, body_error) = sent;
            record.lines.extend(lines);
            if let Some(error) = body_error {
                return Err(TransportError::Broken(error));
            }
            let answer = record.answers.pop_front();
            let answer = answer.unwrap_or_else(|| panic!("no answer to: {:#?}", record.lines));
            record.lines.push(format!("< {answer}"));
            answer
        };
        match answer.as_str() {
            "refused" => Err(TransportError::NotSent("connection refused".to_owned())),
            "reset" => Err(TransportError::Broken("connection reset by peer".to_owned())),
            "inward" => Err(TransportError::Barred(Barred::Internal)),
            "silence" => pending().await,
            answer => Ok(response(answer)),
        }
    }
}

/// A request as text, and what went wrong while its body was read.
async fn sent(mut request: Request) -> (Vec<String>, Option<String>) {
    let body = request.body_mut().take().unwrap_or_default().collect().await;
    let mut error = None;
    let body = body.map(|it| it.to_bytes()).unwrap_or_else(|broken| {
        error = Some(source(&broken));
        Bytes::new()
    });
    let body = match std::str::from_utf8(&body) {
        // A form has lines, a request of a talk is one.
        Ok(text) if body.len() <= LONG_BODY => text.replace("\r\n", "\\r\\n"),
        _ => format!("({} bytes, sha256 {})", body.len(), hex::encode(Sha256::digest(&body))),
    };
    let mut lines = vec![format!("> {} {} {body}", request.method(), request.url())];
    let headers = request.headers().iter();
    let mut headers: Vec<String> = headers
        .map(|(name, value)| format!(">   {name}: {}", value.to_str().unwrap_or("?")))
        .collect();
    headers.sort();
    lines.extend(headers);
    (lines.into_iter().map(|it| it.trim_end().to_owned()).collect(), error)
}

fn source(error: &reqwest::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

fn response(answer: &str) -> Response {
    let (code, rest) = answer.split_once(' ').unwrap_or((answer, ""));
    let code: u16 = code.parse().unwrap_or_else(|_| panic!("not an answer: {answer}"));
    let (notes, body) = match rest.strip_prefix('(').and_then(|it| it.split_once(')')) {
        Some((notes, body)) => (notes, body.trim_start()),
        None => ("", rest),
    };
    let mut response = http::Response::builder().status(code);
    let mut manner = "";
    let mut body = Bytes::from(body.to_owned());
    for note in notes.split(';').map(str::trim).filter(|it| !it.is_empty()) {
        match note.split_once(": ") {
            Some((name, value)) => response = response.header(name, value),
            None if note == "hex" => body = hex::decode(&body).expect("hex").into(),
            None => manner = note,
        }
    }
    let first = stream::iter([Ok::<_, io::Error>(body.clone())]);
    let body = match manner {
        "" => Body::from(body),
        "breaks off" => {
            let error = Err(io::Error::other("connection reset by peer"));
            Body::wrap_stream(first.chain(stream::iter([error])))
        }
        "stalls" => Body::wrap_stream(first.chain(stream::pending())),
        "endless" => {
            let more = stream::iter(0..PIECES_MAX).map(|_| Ok(Bytes::from_static(&[b'a'; 16_384])));
            let end = stream::poll_fn(|_| panic!("nobody stops reading"));
            Body::wrap_stream(first.chain(more).chain(end))
        }
        other => panic!("no such manner of a body: {other}"),
    };
    Response::from(response.body(body).expect("well made"))
}
