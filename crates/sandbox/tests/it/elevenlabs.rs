//! ElevenLabs' emulator, tried by talks: text files of what is sent, with the answers written by
//! the machine (`UPDATE=1 cargo test -p sandbox`) and read by a person.
//!
//! `> METHOD path [| Name: value]... [| {body} or 'body]` sends, with a good key unless another is
//! named; `>?` where no answer may come at once. `~ wait 30s` moves the clock, `~ answer` hears what
//! was open, `~ credits 10` and `~ at once 0` begin the world anew with so few. Nothing speaks in a
//! talk: no program is found there.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use sandbox::elevenlabs::{ElevenLabs, Settings};
use sandbox::programs::Programs;
use serde_json::Value;
use tower::ServiceExt;

mod speech;

const ORIGIN: &str = "http://127.0.0.1:8081";
const START: i64 = 1_763_600_000_000;
/// What is written down of the headers.
const HEADERS: [&str; 2] = ["maximum-concurrent-requests", "character-cost"];

/// The emulator with a made-up clock.
struct World {
    eleven: Arc<ElevenLabs>,
    router: Router,
    clock: Arc<AtomicI64>,
}

impl World {
    fn new(change: impl FnOnce(&mut Settings)) -> World {
        let clock = Arc::new(AtomicI64::new(START));
        let read = clock.clone();
        let nowhere = |name: &str| format!("/nowhere/{name}");
        let mut settings = Settings {
            clock: Arc::new(move || read.load(Ordering::Relaxed)),
            seed: 7,
            origin: ORIGIN.to_owned(),
            credits_max: 1_000,
            concurrent_max: 2,
            programs: Programs { ffmpeg: nowhere("ffmpeg"), espeak: nowhere("espeak-ng") },
        };
        change(&mut settings);
        let eleven = ElevenLabs::new(settings);
        World { router: eleven.router(), eleven, clock }
    }

    fn send(&self, request: Request<Body>) -> impl Future<Output = Response> + 'static {
        let router = self.router.clone();
        async move {
            let Ok(response) = router.oneshot(request).await;
            response
        }
    }
}

/// A talk as it goes on.
struct Talk {
    world: World,
    open: Option<Pin<Box<dyn Future<Output = Response>>>>,
    said: String,
}

impl Talk {
    fn say(&mut self, line: &str) {
        self.said.push_str(line.replace(ORIGIN, "{origin}").trim_end());
        self.said.push('\n');
    }

    async fn world(&mut self, line: &str) {
        let (word, rest) = line.rsplit_once(' ').unwrap_or((line, ""));
        match word {
            "wait" => {
                let seconds: i64 = rest.trim_end_matches('s').parse().expect("seconds");
                self.world.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
                self.world.eleven.deliver_due();
            }
            "credits" => {
                self.world = World::new(|it| it.credits_max = rest.parse().expect("a number"));
            }
            "at once" => {
                self.world = World::new(|it| it.concurrent_max = rest.parse().expect("a number"));
            }
            _ => {
                assert_eq!(line, "answer");
                let response = self.open.take().expect("a call without an answer").await;
                self.hear(response).await;
            }
        }
    }

    fn request(&self, line: &str) -> impl Future<Output = Response> + 'static {
        let mut pieces = line.split(" | ");
        let (method, path) = pieces.next().and_then(|it| it.split_once(' ')).expect("a call");
        let mut request = Request::builder().method(method).uri(path);
        let mut body = String::new();
        for piece in pieces {
            match piece.strip_prefix('\'') {
                Some(text) => body = text.to_owned(),
                None if piece.starts_with('{') => body = piece.to_owned(),
                None => {
                    let (name, value) = piece.split_once(": ").expect("a header");
                    request = request.header(name, value);
                }
            }
        }
        if !line.contains("xi-api-key: ") {
            request = request.header("xi-api-key", "sk_0f6c");
        }
        self.world.send(request.body(Body::from(body)).expect("a request"))
    }

    async fn try_to_send(&mut self, line: &str) {
        let mut future = Box::pin(self.request(line));
        match futures::poll!(&mut future) {
            std::task::Poll::Ready(response) => self.hear(response).await,
            std::task::Poll::Pending => {
                self.say("< nothing yet");
                self.open = Some(future);
            }
        }
    }

    async fn hear(&mut self, response: Response) {
        let mut line = format!("< {}", response.status().as_u16());
        let headers = response.headers().clone();
        for name in HEADERS {
            if let Some(value) = headers.get(name) {
                line.push_str(&format!(" {name}={}", value.to_str().expect("text")));
            }
        }
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        match serde_json::from_slice::<Value>(&body) {
            Ok(told) => line.push_str(&format!(" {}", shortened(told))),
            Err(_) => {
                let text = String::from_utf8_lossy(&body).replace("\r\n", "");
                line.push_str(&format!(" {text}"));
            }
        }
        self.say(&line);
    }
}

/// A page of voices is told by their names but for the first: nobody reads them all.
fn shortened(mut told: Value) -> Value {
    if let Some(voices) = told.get_mut("voices").and_then(Value::as_array_mut) {
        for it in voices.iter_mut().skip(1) {
            *it = it["name"].take();
        }
    }
    told
}

async fn talk(text: &str) -> String {
    let mut talk = Talk { world: World::new(|_| {}), open: None, said: String::new() };
    for line in text.lines() {
        if line.starts_with('<') {
            continue;
        }
        talk.said.push_str(line);
        talk.said.push('\n');
        match line.split_at_checked(2) {
            Some(("~ ", rest)) => talk.world(rest).await,
            Some(("> ", rest)) => {
                let response = talk.request(rest).await;
                talk.hear(response).await;
            }
            Some((">?", rest)) => talk.try_to_send(rest.trim_start()).await,
            _ => assert!(line.is_empty() || line.starts_with('#'), "what is {line:?}?"),
        }
    }
    talk.said
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "rewriting the talks is asked for by hand")]
async fn talks() {
    let is_update = std::env::var("UPDATE").is_ok();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/elevenlabs");
    for name in ["lists.talk", "refused.talk", "faults.talk"] {
        let file = folder.join(name);
        let text = std::fs::read_to_string(&file).expect("a talk");
        let said = talk(&text).await;
        if is_update {
            std::fs::write(&file, &said).expect("a talk can be written");
        }
        for (number, (now, then)) in said.lines().zip(text.lines()).enumerate() {
            let at = format!("{name}:{}", number + 1);
            assert!(is_update || now == then, "{at}\n now: {now}\nthen: {then}");
        }
        assert!(is_update || said == text, "{name} ends otherwise");
    }
}
