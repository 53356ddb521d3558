//! Replicate's emulator, tried by talks: text files of what is sent, with the answers written by
//! the machine (`UPDATE=1 cargo test -p sandbox`) and read by a person.
//!
//! `> METHOD path [| Name: value]... [| {body}]` sends below `/replicate`, with a good token unless
//! another is named; `>?` is the same where no answer may come at once. `~` is the world, see
//! [`Talk::world`]. `!` is a webhook, `=` a look from inside. `{1}` is the id of run 1, `{v1}` a
//! version that was trained, `{d1}` where results are.

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
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt;
use sandbox::replicate::webhooks::signature;
use sandbox::replicate::{Replicate, Settings};
use sandbox::{Answer, Outlet};
use serde_json::{Value, json};
use tower::ServiceExt;

mod exact;

const ORIGIN: &str = "http://127.0.0.1:8081";
const START: i64 = 1_763_600_000_000;
const TRAINER: &str = "e440909d3512c31646ee2e0c7d6f6f4923224863a6a10c494606e79fb5844497";

/// The emulator with a made-up clock and somebody who receives its webhooks.
struct World {
    replicate: Arc<Replicate>,
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
            account: "atelier".to_owned(),
            token: None,
            training_ms: 30_000,
            picture_ms: 2_000,
            id_prefix: "test_".to_owned(),
        };
        change(&mut settings);
        let replicate = Replicate::new(settings);
        World { router: replicate.router(), replicate, clock, receiver: Receiver::default() }
    }

    fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    async fn send(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    async fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/replicate{path}"))
            .header("authorization", "Bearer r8_good")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = self.send(request).await;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// What may lead to a file, asked for as the client does.
    async fn file(&self, url: &str) -> (u16, Bytes) {
        let request = Request::get(url.strip_prefix(ORIGIN).unwrap_or(url));
        let response = self.send(request.body(Body::empty()).expect("a request")).await;
        let status = response.status().as_u16();
        (status, response.into_body().collect().await.expect("a body").to_bytes())
    }

    async fn beat(&self) {
        self.replicate.deliver_due(&self.receiver).await;
    }

    /// Whether a webhook is what it says it is, by the secret that the account is told.
    async fn is_signed(&self, came: &Came) -> bool {
        let (_, told) = self.ask("GET", "/v1/webhooks/default/secret", &Value::Null).await;
        let header =
            |name: &str| came.headers.iter().find(|it| it.0 == name).map_or("", |it| &it.1);
        let secret = told["key"].as_str().expect("a secret");
        let timestamp = header("webhook-timestamp");
        let right = signature(secret, header("webhook-id"), timestamp, &came.body);
        let now = self.clock.load(Ordering::Relaxed) / 1000;
        let all = header("webhook-signature");
        timestamp == now.to_string() && all.split(' ').any(|it| Some(it) == right.as_deref())
    }

    /// The model that trainings go to.
    async fn with_model(self) -> World {
        let model = json!({
            "owner": "atelier", "name": "avatars", "visibility": "private", "hardware": "gpu-l40s",
        });
        assert_eq!(self.ask("POST", "/v1/models", &model).await.0, 201);
        self
    }

    /// Trains to the end; the last object.
    async fn train(&self, input: Value) -> Value {
        let path = format!("/v1/models/ostris/flux-dev-lora-trainer/versions/{TRAINER}/trainings");
        let body = json!({ "destination": "atelier/avatars", "input": input });
        let (status, made) = self.ask("POST", &path, &body).await;
        assert_eq!(status, 201, "{made}");
        self.pass(40_000);
        let id = made["id"].as_str().expect("an id");
        self.ask("GET", &format!("/v1/trainings/{id}"), &Value::Null).await.1
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
        "with-litter" => zipped(
            &[&whole[..], &[("000.txt", b"a caption"), ("__MACOSX/a.jpg", b"?"), (".b.png", b"?")]]
                .concat(),
        ),
        "none" => zipped(&[("readme.txt", b"no pictures")]),
        "text" => b"<html>not a zip</html>".to_vec(),
        "text-as-jpeg" => zipped(&[&whole[..], &[("004.jpg", b"hello")]].concat()),
        "cut-jpeg" => zipped(&[&whole[..], &[("004.jpg", &jpg[..jpg.len() - 20])]].concat()),
        "cut-png" => zipped(&[&whole[..], &[("004.png", &png[..png.len() - 20])]].concat()),
        "cut-webp" => zipped(&[&whole[..], &[("004.webp", &webp[..webp.len() - 20])]].concat()),
        _ => panic!("no archive is called {kind}"),
    }
}

fn inline(kind: &str) -> String {
    format!("data:application/zip;base64,{}", STANDARD.encode(archive(kind)))
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
    open: Option<Pin<Box<dyn Future<Output = Response>>>>,
    said: String,
}

impl Talk {
    fn say(&mut self, line: &str) {
        let mut line = line.to_owned();
        for (long, short) in &self.names {
            line = line.replace(long, short);
        }
        self.said.push_str(line.trim_end());
        self.said.push('\n');
    }

    /// Gives a long text the next short name of its kind, if it has none.
    fn name(&mut self, long: &str, kind: &str) {
        if self.names.iter().any(|it| it.0 == long) {
            return;
        }
        let is_of_kind = |it: &str| {
            let inner = it.strip_prefix('{').and_then(|it| it.strip_prefix(kind));
            inner.is_some_and(|it| it.trim_end_matches('}').parse::<u32>().is_ok())
        };
        let number = 1 + self.names.iter().filter(|it| is_of_kind(&it.1)).count();
        self.names.insert(0, (long.to_owned(), format!("{{{kind}{number}}}")));
    }

    /// `wait 500ms|3s|2h`, `beat` (what is due happens; webhooks are shown), `hook 500 0 200` (what
    /// the receiver says next), `inline KIND` (a `data:` link that is then called {KIND}), `answer`
    /// (of the call that had none), `seen` (the runs so far), `fault {..}`.
    async fn world(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "wait" => self.world.pass(millis(rest)),
            "beat" => {
                self.world.beat().await;
                let came = std::mem::take(&mut *self.world.receiver.came.lock().expect("whole"));
                for it in came {
                    let proof = if self.world.is_signed(&it).await { "signed" } else { "forged" };
                    let body: Value = serde_json::from_slice(&it.body).expect("JSON");
                    self.learn_names(&body);
                    self.say(&format!("! {} {proof} {}", it.url, shortened(body)));
                }
            }
            "hook" => {
                let answers = rest.split(' ').map(|it| it.parse::<u16>().expect("a code"));
                self.world.receiver.answers.lock().expect("whole").extend(answers);
            }
            "inline" => self.names.insert(0, (inline(rest), format!("{{{rest}}}"))),
            "fault" => {
                let fault = serde_json::from_str(rest).expect("a fault");
                self.world.replicate.fault(fault);
            }
            "answer" => {
                let open = self.open.take().expect("a call without an answer");
                let response = open.await;
                self.hear(response).await;
            }
            "seen" => {
                for it in self.world.replicate.runs() {
                    self.say(&format!("= {} {:?} {} {:?}", it.id, it.kind, it.model, it.phase));
                }
            }
            _ => panic!("the world knows no {word}"),
        }
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
        let mut pieces = line.split(" | ");
        let (method, path) = pieces.next().and_then(|it| it.split_once(' ')).expect("a call");
        let path = match path.strip_prefix(ORIGIN) {
            Some(path) => path.to_owned(),
            None if path.starts_with("/sandbox") => path.to_owned(),
            None => format!("/replicate{path}"),
        };
        let mut request = Request::builder().method(method).uri(path);
        let mut body = String::new();
        for piece in pieces {
            if piece.starts_with(['{', '[', '-']) {
                body = piece.replace("\\r\\n", "\r\n");
            } else {
                let (name, value) = piece.split_once(": ").expect("a header");
                request = request.header(name, value);
            }
        }
        if !line.contains("| Authorization: ") {
            request = request.header("Authorization", "Bearer r8_good");
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
        let header = |name: &str| headers.get(name).map(|it| it.to_str().expect("text"));
        for name in ["retry-after", "location"] {
            if let Some(value) = header(name) {
                line.push_str(&format!(" {name}={value}"));
            }
        }
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        let kind = header("content-type").unwrap_or_default();
        match serde_json::from_slice::<Value>(&body) {
            Ok(told) => {
                self.learn_names(&told);
                line.push_str(&format!(" {}", shortened(told)));
            }
            Err(_) if body.is_empty() => {}
            Err(_) if kind.starts_with("text/") => {
                line.push_str(&format!(" {kind}: {}", String::from_utf8_lossy(&body)));
            }
            Err(_) => line.push_str(&format!(" {kind}")),
        }
        self.say(&line);
    }

    fn learn_names(&mut self, told: &Value) {
        for it in told["results"].as_array().into_iter().flatten() {
            self.learn_names(it);
        }
        if let Some(id) = told["id"].as_str() {
            match id.len() {
                26 => self.name(id, ""),
                64 => self.name(id, "v"),
                48 => self.name(id, "f"),
                _ => {}
            }
        }
        self.names.retain(|it| !it.1.is_empty());
        let output = &told["output"];
        if let Some(version) = output["version"].as_str().and_then(|it| it.split(':').nth(1)) {
            self.name(version, "v");
        }
        let link = output["weights"].as_str().or(output[0].as_str());
        if let Some(place) = link.and_then(|it| it.strip_prefix(ORIGIN)) {
            let place = format!("{ORIGIN}{}", &place[..place.rfind('/').unwrap_or_default()]);
            self.name(&place, "d");
        }
    }
}

/// Without what is long and looked at elsewhere: schemas, all lines of a log but the last.
fn shortened(mut told: Value) -> Value {
    match &mut told {
        Value::Array(all) => all.iter_mut().for_each(|it| *it = shortened(it.take())),
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let lines = value.as_str().map_or(0, |it| it.lines().count());
                match (name.as_str(), value.as_str()) {
                    ("openapi_schema", _) => *value = json!("..."),
                    ("logs", Some(log)) if 1 < lines => {
                        let last = log.lines().last().unwrap_or_default();
                        *value = json!(format!("{lines} lines: {last}"));
                    }
                    _ => *value = shortened(value.take()),
                }
            }
        }
        _ => {}
    }
    told
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
    let trainings = format!("/v1/models/ostris/flux-dev-lora-trainer/versions/{TRAINER}/trainings");
    [
        (trainings.as_str(), "{trainings}"),
        (TRAINER, "{trainer}"),
        ("black-forest-labs/flux-dev-lora", "{flux}"),
        ("http://127.0.0.1:8081/replicate", "{api}"),
    ]
    .map(|(long, short)| (long.to_owned(), short.to_owned()))
    .to_vec()
}

async fn talk(text: &str) -> String {
    let world = World::new(|_| {});
    let mut talk = Talk { world, names: first_names(), open: None, said: String::new() };
    for line in text.lines() {
        if line.starts_with(['<', '!', '=']) {
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/replicate");
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
