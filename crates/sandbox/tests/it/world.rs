//! A sandbox with a clock that is moved by hand, and a bot whose webhook answers as it is told.

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use http::{Request, StatusCode};
use sandbox::telegram::Telegram;
use sandbox::{Answer, Outlet, Sandbox, Settings};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

pub const TOKEN: &str = "1000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1";
pub const OTHER: &str = "1000002:AAGdqTcvCH1vGWJxfSeofSAs0K5PALDsaw2";
pub const BOT: i64 = 1_000_001;
pub const ANNA: i64 = 501;
pub const BORIS: i64 = 502;
pub const START: i64 = 1_763_600_000_000;

pub struct World {
    pub sandbox: Arc<Sandbox>,
    pub clock: Arc<AtomicI64>,
}

/// A receiver of webhooks that remembers what it got and answers from a list, then 200.
#[derive(Default)]
pub struct Receiver {
    pub got: Mutex<Vec<Got>>,
    pub answers: Mutex<VecDeque<Result<Answer, String>>>,
}

#[derive(Debug, Clone)]
pub struct Got {
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Value,
}

impl Receiver {
    pub fn take(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().expect("no panic under this lock"))
    }

    pub fn answers(&self, answers: &[u16]) {
        let answers =
            answers.iter().map(|status| Ok(Answer { status: *status, retry_after: None }));
        self.answers.lock().expect("no panic under this lock").extend(answers);
    }
}

#[async_trait]
impl Outlet for Receiver {
    async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let body = serde_json::from_slice(&body).expect("webhooks are JSON");
        let got = Got { url: url.to_owned(), headers: headers.to_vec(), body };
        self.got.lock().expect("no panic under this lock").push(got);
        let next = self.answers.lock().expect("no panic under this lock").pop_front();
        next.unwrap_or(Ok(Answer { status: 200, retry_after: None }))
    }
}

impl World {
    pub fn new() -> World {
        World::with_dir(None)
    }

    pub fn with_dir(dir: Option<std::path::PathBuf>) -> World {
        World::begun_at(dir, START)
    }

    pub fn begun_at(dir: Option<std::path::PathBuf>, now: i64) -> World {
        let clock = Arc::new(AtomicI64::new(now));
        let read = clock.clone();
        let sandbox = Sandbox::new(Settings {
            clock: Arc::new(move || read.load(Ordering::SeqCst)),
            seed: 7,
            origin: "http://127.0.0.1:8081".into(),
            training_ms: 0,
            picture_ms: 0,
            request_prefix: "test_".into(),
            dir,
        });
        let telegram = sandbox.telegram();
        telegram.add_bot(TOKEN, "atelier_bot", "Atelier").expect("a good token");
        telegram.add_bot(OTHER, "other_bot", "Other").expect("a good token");
        World { sandbox, clock }
    }

    pub fn telegram(&self) -> &Arc<Telegram> {
        self.sandbox.telegram()
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    pub async fn ask(&self, request: Request<Body>) -> (StatusCode, http::HeaderMap, Bytes) {
        let response = self.sandbox.router().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body in memory");
        (parts.status, parts.headers, body)
    }

    /// Calls a method of the first bot with JSON, and gives the whole answer.
    pub async fn call(&self, method: &str, params: Value) -> Value {
        self.call_as(TOKEN, method, params).await
    }

    pub async fn call_as(&self, token: &str, method: &str, params: Value) -> Value {
        let request = Request::post(format!("/bot{token}/{method}"))
            .header("content-type", "application/json")
            .body(Body::from(params.to_string()))
            .expect("a good request");
        let (status, _, body) = self.ask(request).await;
        let answer: Value = serde_json::from_slice(&body).expect("answers are JSON");
        if answer["ok"] == false {
            assert_eq!(answer["error_code"], status.as_u16(), "{answer}");
        }
        answer
    }

    /// The same, when it must succeed: only the result.
    pub async fn ok(&self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].clone()
    }

    /// Why a call was refused.
    pub async fn refusal(&self, method: &str, params: Value) -> String {
        let answer = self.call(method, params).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["description"].as_str().unwrap_or_default().to_owned()
    }

    /// Uploads one file under a name beside text fields.
    pub async fn upload(
        &self,
        method: &str,
        fields: &[(&str, &str)],
        file: (&str, &str, &[u8]),
    ) -> Value {
        self.upload_all(method, fields, &[file]).await
    }

    pub async fn upload_all(
        &self,
        method: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Value {
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!(
                    "--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        for (name, file, bytes) in files {
            body.extend(format!("--XX\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n").bytes());
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--XX--\r\n");
        let request = Request::post(format!("/bot{TOKEN}/{method}"))
            .header("content-type", "multipart/form-data; boundary=XX")
            .body(Body::from(body))
            .expect("a good request");
        let (_, _, body) = self.ask(request).await;
        serde_json::from_slice(&body).expect("answers are JSON")
    }

    /// Anna has written, so the bot may write to her; her update is forgotten.
    pub async fn begun(self) -> World {
        self.telegram().say(BOT, ANNA, "/start").expect("she may write");
        self.ok("getUpdates", json!({ "offset": -1 })).await;
        let updates = self.ok("getUpdates", json!({})).await;
        let last = updates[0]["update_id"].as_i64().unwrap_or(0);
        self.ok("getUpdates", json!({ "offset": last + 1 })).await;
        self
    }
}

/// The smallest PNG header that says a size.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    bytes
}
