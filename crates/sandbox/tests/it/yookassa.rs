//! YooKassa's emulator, tried by talks: text files of what is sent, with the answers written by
//! the machine (`UPDATE=1 cargo test -p sandbox`) and read by a person.
//!
//! `> METHOD path [| Name: value]... [| {body} or 'body]` sends, with the shop's secret and a new
//! key unless others are named (`Idempotence-Key: -` is none). `>?` is the same where no answer may
//! come at once. `~` is the world, see [`Talk::world`]. `!` is a notification.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use http_body_util::BodyExt;
use sandbox::yookassa::{Means, Settings, Shop, YooKassa};
use serde_json::Value;
use tower::ServiceExt;

use crate::world::Receiver;

mod page;
mod shapes;

const START: i64 = 1_763_600_000_000;
/// `100500:test_secret`.
const BASIC: &str = "Basic MTAwNTAwOnRlc3Rfc2VjcmV0";

/// The emulator with a made-up clock, a shop, and somebody who receives its notifications.
pub struct World {
    pub yookassa: Arc<YooKassa>,
    router: Router,
    clock: Arc<AtomicI64>,
    receiver: Receiver,
}

impl World {
    pub fn new() -> World {
        let clock = Arc::new(AtomicI64::new(START));
        let read = clock.clone();
        let yookassa = YooKassa::new(Settings {
            clock: Arc::new(move || read.load(Ordering::Relaxed)),
            seed: 7,
            origin: "http://127.0.0.1:8081".to_owned(),
            way_back: Arc::new(|url| url.strip_prefix("https://t.me/").map(|it| format!("/#{it}"))),
        });
        let world =
            World { router: yookassa.router(), yookassa, clock, receiver: Receiver::default() };
        world.open(|_| {});
        world
    }

    /// Opens the shop with something else about it.
    fn open(&self, change: impl FnOnce(&mut Shop)) {
        let mut shop = Shop::new("100500", "test_secret");
        shop.notify = Some("http://shop.test/notify".to_owned());
        change(&mut shop);
        self.yookassa.open_shop(shop);
    }

    pub fn pass(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    pub async fn send(&self, request: Request<Body>) -> Response {
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    /// Makes something with a key of its own, which must succeed.
    pub async fn make(&self, path: &str, key: &str, body: &Value) -> Value {
        let request = Request::post(format!("/yookassa/v3/{path}"))
            .header("authorization", BASIC)
            .header("idempotence-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .expect("a request");
        let response = self.send(request).await;
        let status = response.status();
        let told = text(response).await;
        assert_eq!(status, 200, "{told}");
        serde_json::from_str(&told).expect("JSON")
    }

    /// The notifications that come now.
    pub async fn notices(&self) -> Vec<Value> {
        self.yookassa.deliver_due(&self.receiver).await;
        self.receiver.take().into_iter().map(|it| it.body).collect()
    }
}

pub async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// A talk as it goes on.
struct Talk {
    world: World,
    /// Long texts and the short ones that stand for them.
    names: Vec<(String, String)>,
    keys: usize,
    counts: [usize; 2],
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

    fn meant(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for (long, short) in &self.names {
            line = line.replace(short, long);
        }
        line
    }

    /// `wait 500ms|3s|2h`, `beat` (what is due happens), `hook 500 0 200` (what the receiver says
    /// next; 0 is a broken connection), `pay ID card|bank NUMBER`, `decline ID REASON`, `answer` (of
    /// the call that had none), `shop receipts|real|silent|hasty` (it becomes so).
    async fn world(&mut self, line: &str) {
        let line = self.meant(line);
        let words: Vec<&str> = line.split(' ').collect();
        match *words.as_slice() {
            ["wait", long] => self.world.pass(millis(long)),
            ["beat"] => {
                self.world.yookassa.deliver_due(&self.world.receiver).await;
                for it in self.world.receiver.take() {
                    let source = it.headers.iter().find(|it| it.0 == "X-Forwarded-For");
                    let source = source.map_or("?", |it| &it.1);
                    self.say(&format!("! {} from {source} {}", it.url, it.body));
                }
            }
            ["hook", ..] => {
                let answers: Vec<_> =
                    words[1..].iter().map(|it| it.parse().expect("a code")).collect();
                self.world.receiver.answers(&answers);
            }
            ["pay", id, "card", number] => self.pay(id, Means::Card(number.to_owned())),
            ["pay", id, "bank", number] => self.pay(id, Means::Bank(number.to_owned())),
            ["decline", id, reason] => {
                let done = self.world.yookassa.decline(id, reason);
                self.say(&format!("= {done:?}"));
            }
            ["answer"] => {
                let open = self.open.take().expect("a call without an answer");
                let response = open.await;
                self.hear(response).await;
            }
            ["shop", "receipts"] => self.world.open(|it| it.needs_receipts = true),
            ["shop", "real"] => self.world.open(|it| it.is_test = false),
            ["shop", "silent"] => self.world.open(|it| it.notify = None),
            ["shop", "hasty"] => self.world.open(|it| it.haste = 10),
            _ => panic!("the world knows no {line}"),
        }
    }

    fn pay(&mut self, id: &str, means: Means) {
        let done = self.world.yookassa.pay(id, means);
        self.say(&format!("= {done:?}"));
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

    fn request(&mut self, line: &str) -> impl Future<Output = Response> + 'static {
        let line = self.meant(line);
        let mut pieces = line.split(" | ");
        let (method, path) = pieces.next().and_then(|it| it.split_once(' ')).expect("a call");
        let path =
            if path.starts_with('/') { path.to_owned() } else { format!("/yookassa/v3/{path}") };
        let mut request = Request::builder().method(method).uri(path);
        let mut body = String::new();
        for piece in pieces {
            match piece.strip_prefix('\'') {
                Some(text) => body = text.to_owned(),
                None if piece.starts_with('{') => body = piece.to_owned(),
                None => {
                    let (name, value) = piece.split_once(": ").expect("a header");
                    if value != "-" {
                        request = request.header(name, value);
                    }
                }
            }
        }
        if !line.contains("| Authorization: ") {
            request = request.header("Authorization", BASIC);
        }
        if !line.contains("| Idempotence-Key: ") && method == "POST" {
            self.keys += 1;
            request = request.header("Idempotence-Key", format!("key-{}", self.keys));
        }
        if !line.contains("| Content-Type: ") {
            request = request.header("Content-Type", "application/json");
        }
        let request = request.body(Body::from(body)).expect("a request");
        let router = self.world.router.clone();
        async move {
            let Ok(response) = router.oneshot(request).await;
            response
        }
    }

    /// Writes down an answer: its code and its body.
    async fn hear(&mut self, response: Response) {
        let status = response.status().as_u16();
        let body = text(response).await.replace("\r\n", "");
        if let Ok(told) = serde_json::from_str::<Value>(&body) {
            self.learn_names(&told);
        }
        self.say(&format!("< {status} {body}"));
    }

    /// Payments are called {p1}, {p2} and so on, refunds {r1}, refusals {no}.
    fn learn_names(&mut self, told: &Value) {
        let Some(id) = told["id"].as_str().filter(|id| self.names.iter().all(|it| it.0 != *id))
        else {
            return;
        };
        let name = match id.get(9..13) {
            Some("00e0") => "{no}".to_owned(),
            Some("0016") => {
                self.counts[1] += 1;
                format!("{{r{}}}", self.counts[1])
            }
            _ => {
                self.counts[0] += 1;
                format!("{{p{}}}", self.counts[0])
            }
        };
        self.names.push((id.to_owned(), name));
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

async fn talk(text: &str) -> String {
    // What is sent again and again has short names too.
    let names = [
        (r#""amount":{"value":"499.00","currency":"RUB"}"#, "{499}"),
        (r#""confirmation":{"type":"redirect","return_url":"https://t.me/mybot"}"#, "{back}"),
        (r#"{"account_id":"100500","gateway_id":"100700"}"#, "{us}"),
    ]
    .map(|(long, short)| (long.to_owned(), short.to_owned()))
    .to_vec();
    let world = World::new();
    let mut talk = Talk { world, names, keys: 0, counts: [0; 2], open: None, said: String::new() };
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/yookassa");
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
