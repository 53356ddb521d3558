//! fal's emulator, tried by talks: text files of what is sent, with the answers written by the
//! machine (`UPDATE=1 cargo test -p sandbox`) and read by a person.
//!
//! `> METHOD path [| Name: value]... [| {body} or 'body]` sends, with a good key unless another is
//! named. `>?` is the same where no answer may come at once. `{run1}` is the address of request 1. `~` is the world, see [`Talk::world`].
//! `!` is a webhook, `=` a look at the emulator from inside.

use std::collections::VecDeque;
use std::io::{Cursor, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use http::Request;
use http_body_util::BodyExt;
use sandbox::fal::{Fal, Settings};
use sandbox::programs::Programs;
use sandbox::{Answer, Outlet};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower::ServiceExt;

mod exact;
mod films;
mod pictures;

const ORIGIN: &str = "http://127.0.0.1:8081";
const START: i64 = 1_763_600_000_000;
/// More than an address may have.
const LONG_LETTERS: usize = 3_000;

/// The emulator with a made-up clock and somebody who receives its webhooks.
struct World {
    fal: Arc<Fal>,
    router: Router,
    clock: Arc<AtomicI64>,
    receiver: Receiver,
}

/// A webhook as it came.
struct Came {
    url: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

#[derive(Default)]
struct Receiver {
    /// What it says next; 200 when there is nothing left. 0 is a broken connection.
    answers: Mutex<VecDeque<u16>>,
    came: Mutex<Vec<Came>>,
}

#[async_trait]
impl Outlet for Receiver {
    async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let came = Came { url: url.to_owned(), headers: headers.to_vec(), body };
        self.came.lock().expect("not poisoned").push(came);
        match self.answers.lock().expect("not poisoned").pop_front().unwrap_or(200) {
            0 => Err("connection reset".to_owned()),
            status => Ok(Answer { status, retry_after: None }),
        }
    }

    async fn get(&self, url: &str, _limit: u64) -> Result<Bytes, String> {
        let name = url.strip_prefix("http://files.test/").ok_or("no such host")?;
        Ok(Bytes::from(archive(name.trim_end_matches(".zip"))))
    }
}

impl World {
    fn new(change: impl FnOnce(&mut Settings)) -> World {
        let clock = Arc::new(AtomicI64::new(START));
        let read = clock.clone();
        let mut settings = Settings {
            clock: Arc::new(move || read.load(Ordering::Relaxed)),
            seed: 7,
            origin: ORIGIN.to_owned(),
            training_ms: 30_000,
            picture_ms: 3_000,
            request_prefix: "test_".to_owned(),
            dir: None,
            programs: Programs::default(),
        };
        change(&mut settings);
        let fal = Fal::new(settings);
        World { router: fal.router(), fal, clock, receiver: Receiver::default() }
    }

    fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    async fn send(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    async fn json(&self, method: &str, path: &str, body: &Value) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", "Key k")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = self.send(request).await;
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        serde_json::from_slice(&bytes).expect("JSON")
    }

    /// Uploads bytes the short way; the link to them.
    async fn upload(&self, name: &str, bytes: Vec<u8>) -> String {
        let asked = serde_json::json!({ "content_type": "application/zip", "file_name": name });
        let told = self.json("POST", "/storage/upload/initiate", &asked).await;
        let request = Request::put(told["upload_url"].as_str().expect("an address"))
            .header("content-type", "application/zip")
            .body(Body::from(bytes))
            .expect("a request");
        assert_eq!(self.send(request).await.status(), 200);
        told["file_url"].as_str().expect("a link").to_owned()
    }

    /// Whether a webhook is what it says it is, by the key set that is public.
    async fn is_signed(&self, came: &Came) -> bool {
        let keys = self.json("GET", "/.well-known/jwks.json", &Value::Null).await;
        let key = URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().expect("a key"));
        let key: [u8; 32] = key.expect("base64url").try_into().expect("32 bytes");
        let header = |name: &str| {
            let name = format!("X-Fal-Webhook-{name}");
            came.headers.iter().find(|it| it.0 == name).map_or("", |it| &*it.1)
        };
        let digest = hex::encode(Sha256::digest(&came.body));
        let lines =
            [header("Request-Id"), header("User-Id"), header("Timestamp"), &digest].join("\n");
        let signature = hex::decode(header("Signature")).expect("hex");
        let signature = Signature::from_slice(&signature).expect("64 bytes");
        let now = self.clock.load(Ordering::Relaxed) / 1000;
        let key = VerifyingKey::from_bytes(&key).expect("a point");
        header("Timestamp") == now.to_string() && key.verify(lines.as_bytes(), &signature).is_ok()
    }
}

/// The training archives that are talked about.
fn archive(kind: &str) -> Vec<u8> {
    let jpg: &[u8] = include_bytes!("fal/tiny.jpg");
    let png: &[u8] = include_bytes!("fal/tiny.png");
    let webp: &[u8] = include_bytes!("fal/tiny.webp");
    let whole = [("000.jpg", jpg), ("001.png", png), ("002.webp", webp), ("003.jpeg", jpg)];
    match kind {
        "good" => zipped(&whole),
        "good-with-captions" => zipped(
            &[
                &whole[..],
                &[("000.txt", b"[trigger] smiles"), ("__MACOSX/a.jpg", b"?"), (".b.png", b"?")],
                &[("000_mask.jpg", b"?")],
            ]
            .concat(),
        ),
        "in-a-folder" => zipped(&whole.map(|(_, it)| ("set/a.jpg", it))[..1]),
        "three" => zipped(&whole[..3]),
        "none" => zipped(&[("readme.txt", b"no pictures")]),
        "empty" => zipped(&[]),
        "text" => b"<html>not a zip</html>".to_vec(),
        "zero-bytes" => Vec::new(),
        "cut-off" => zipped(&whole)[..400].to_vec(),
        "text-as-jpeg" => zipped(&[&whole[..], &[("004.jpg", b"hello")]].concat()),
        "html-as-png" => zipped(&[&whole[..], &[("004.png", b"<html></html>")]].concat()),
        "cut-jpeg" => zipped(&[&whole[..], &[("004.jpg", &jpg[..jpg.len() - 20])]].concat()),
        "cut-png" => zipped(&[&whole[..], &[("004.png", &png[..png.len() - 20])]].concat()),
        "cut-webp" => zipped(&[&whole[..], &[("004.webp", &webp[..webp.len() - 20])]].concat()),
        "lora" => pictures::lora(Some("ANNA")),
        "lora-of-nobody" => pictures::lora(None),
        "cut-lora" => pictures::lora(None)[..50].to_vec(),
        "short-lora" => {
            let whole = pictures::lora(None);
            whole[..whole.len() - 4].to_vec()
        }
        "photo" => pictures::photo(),
        "empty-jpeg" => zipped(&[&whole[..], &[("004.jpg", b"")]].concat()),
        _ => panic!("no archive is called {kind}"),
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        archive.write_all(bytes).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

/// A talk as it goes on.
struct Talk {
    world: World,
    /// Long texts and the short ones that stand for them.
    names: Vec<(String, String)>,
    requests: usize,
    open: Option<Pin<Box<dyn Future<Output = Response>>>>,
    said: String,
}

impl Talk {
    fn say(&mut self, line: &str) {
        let mut line = line.to_owned();
        for (long, short) in &self.names {
            line = line.replace(long, short);
        }
        line = line.replace(&"A".repeat(LONG_LETTERS), "{long}");
        self.said.push_str(line.trim_end());
        self.said.push('\n');
    }

    fn name(&mut self, long: &str, short: String) {
        self.names.insert(0, (long.to_owned(), short));
    }

    /// `wait 500ms|3s|2h`, `beat` (what is due happens; webhooks are shown), `hook 500 0 200` (what
    /// the receiver says next), `upload KIND` (the link is then called {KIND}), `answer` (of the
    /// call that had none), `seen` (the requests so far), `training 0s`, `picture 0s` (the world
    /// begins anew, with trainings or pictures that take this long).
    async fn world(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "wait" => self.world.pass(millis(rest)),
            "beat" => {
                self.world.fal.deliver_due(&self.world.receiver).await;
                let came = std::mem::take(&mut *self.world.receiver.came.lock().expect("whole"));
                for it in came {
                    let proof = if self.world.is_signed(&it).await { "signed" } else { "forged" };
                    let body = String::from_utf8_lossy(&it.body).into_owned();
                    self.say(&format!("! {} {proof} {body}", it.url));
                }
            }
            "hook" => {
                let answers = rest.split(' ').map(|it| it.parse::<u16>().expect("a code"));
                self.world.receiver.answers.lock().expect("whole").extend(answers);
            }
            "upload" => {
                let url = self.world.upload("set.zip", archive(rest)).await;
                self.name(&url, format!("{{{rest}}}"));
            }
            "answer" => {
                let open = self.open.take().expect("a call without an answer");
                let response = open.await;
                self.hear(response).await;
            }
            "seen" => {
                for it in self.world.fal.requests() {
                    let state = it.state.word();
                    let cancelled = if it.is_cancelled { " cancelled" } else { "" };
                    self.say(&format!("= {} {} {state}{cancelled}", it.request_id, it.endpoint));
                }
            }
            "training" | "picture" => {
                let lasts_ms = millis(rest);
                self.world = World::new(|it| match word {
                    "training" => it.training_ms = lasts_ms,
                    _ => it.picture_ms = lasts_ms,
                });
                (self.names, self.requests) = (first_names(), 0);
            }
            _ => panic!("the world knows no {word}"),
        }
    }

    async fn send(&mut self, line: &str) {
        let response = self.request(line).await;
        self.hear(response).await;
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

    fn request(&self, line: &str) -> impl Future<Output = Response> + 'static {
        let mut line = line.to_owned();
        for (long, short) in &self.names {
            line = line.replace(short, long);
        }
        line = line.replace("{long}", &"A".repeat(LONG_LETTERS));
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
        if !line.contains("| Authorization: ") {
            request = request.header("Authorization", "Key 0f6c:abcd");
        }
        let request = request.body(Body::from(body)).expect("a request");
        let router = self.world.router.clone();
        async move {
            let Ok(response) = router.oneshot(request).await;
            response
        }
    }

    /// Writes down an answer: its code, the headers that mean something, its body.
    async fn hear(&mut self, response: Response) {
        let mut line = format!("< {}", response.status().as_u16());
        let headers = response.headers().clone();
        for (name, value) in &headers {
            if name.as_str().starts_with("x-fal-") || name == "etag" {
                line.push_str(&format!(" {name}={}", value.to_str().expect("text")));
            }
        }
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        let told: Option<Value> = serde_json::from_slice(&body).ok();
        self.learn_names(told.as_ref().unwrap_or(&Value::Null));
        match told {
            Some(told) => line.push_str(&format!(" {told}")),
            None if body.is_empty() => {}
            None => {
                let kind = headers.get("content-type").map_or("", |it| it.to_str().unwrap_or(""));
                line.push_str(&format!(" {kind}: {}", text_of(&body)));
            }
        }
        self.say(&line);
    }

    /// Requests are called {1}, {2} and so on, addresses by what they are for, the newest of each.
    fn learn_names(&mut self, told: &Value) {
        let id = told["response_url"].as_str().and_then(|it| it.split("/requests/").nth(1));
        if let Some(id) = id.and_then(|it| it.split('/').next())
            && !self.names.iter().any(|it| it.0 == id)
        {
            self.requests += 1;
            let number = self.requests;
            self.name(id, format!("{{{number}}}"));
            let url = told["status_url"].as_str().expect("an address");
            self.name(url.trim_end_matches("/status"), format!("{{run{number}}}"));
        }
        let addresses = [
            ("upload_url", "{put}"),
            ("file_url", "{file}"),
            ("access_url", "{cdn}"),
            ("uploadId", "{upload}"),
            ("token", "{token}"),
        ];
        for (field, name) in addresses {
            if let Some(value) = told[field].as_str() {
                self.names.retain(|it| it.1 != name);
                self.name(value, name.to_owned());
                self.name_parts(field, value);
            }
        }
    }

    /// `{part1}`, `{part2}` and `{complete}` lie between the path and the query of `{put}`.
    fn name_parts(&mut self, field: &str, address: &str) {
        let Some((path, query)) = address.split_once('?').filter(|_| field == "upload_url") else {
            return;
        };
        for (piece, name) in [("1", "{part1}"), ("2", "{part2}"), ("complete", "{complete}")] {
            self.names.retain(|it| it.1 != name);
            self.name(&format!("{path}/{piece}?{query}"), name.to_owned());
        }
    }
}

fn text_of(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => text.replace("\r\n", ""),
        Err(_) => format!("{} bytes", body.len()),
    }
}

fn millis(text: &str) -> i64 {
    let at = text.find(|it: char| !it.is_ascii_digit()).expect("a unit");
    let unit = match &text[at..] {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        other => panic!("no unit is called {other}"),
    };
    text[..at].parse::<i64>().expect("a number") * unit
}

fn first_names() -> Vec<(String, String)> {
    [
        ("fal-ai/flux-lora-portrait-trainer", "{portrait}"),
        ("fal-ai/flux-lora-fast-training", "{fast}"),
        ("fal-ai/flux-pro-trainer", "{pro}"),
        ("fal-ai/flux-lora/image-to-image", "{over}"),
        ("fal-ai/flux-lora", "{flux}"),
        ("fal-ai/flux-pro/v1.1-ultra-finetuned", "{ultra}"),
        ("fal-ai/florence-2-large/more-detailed-caption", "{caption}"),
        ("fal-ai/bytedance/omnihuman/v1.5", "{omni15}"),
        ("fal-ai/bytedance/omnihuman", "{omni}"),
        ("fal-ai/kling-video/ai-avatar/v2/standard", "{kling}"),
        ("veed/video-background-removal", "{cutter}"),
        ("openrouter/router/vision", "{vision}"),
        ("fal-ai/imageutils/nsfw", "{nsfw}"),
        (ORIGIN, "{origin}"),
    ]
    .map(|(long, short)| (long.to_owned(), short.to_owned()))
    .to_vec()
}

async fn talk(text: &str) -> String {
    let world = World::new(|_| {});
    let mut talk =
        Talk { world, names: first_names(), requests: 0, open: None, said: String::new() };
    for line in text.lines() {
        if line.starts_with(['<', '!', '=']) {
            continue;
        }
        talk.said.push_str(line);
        talk.said.push('\n');
        match line.split_at_checked(2) {
            Some(("~ ", rest)) => talk.world(rest).await,
            Some(("> ", rest)) => talk.send(rest).await,
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fal");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of talks")
        .map(|it| it.expect("a file").path())
        .filter(|it| it.extension().is_some_and(|it| it == "talk"))
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a talk");
        let said = talk(&text).await;
        if is_update {
            std::fs::write(&file, &said).expect("a talk can be written");
        }
        for (number, (now, then)) in said.lines().zip(text.lines()).enumerate() {
            let at = format!("{}:{}", file.display(), number + 1);
            assert!(is_update || now == then, "{at}\n now: {now}\nthen: {then}");
        }
        assert!(is_update || said == text, "{} ends otherwise", file.display());
    }
}
