//! The API as other programs use it: through the real router, on each database.

mod doors;
mod making;
mod outgoing;
mod repeats;
mod uploads;
mod workers;
mod written;

use std::io::Cursor;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use domain::{Credits, Millis, UserId};
use http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use server::app::Ground;
use server::commands::Said;
use server::commands::credits::{self, Hand};
use server::commands::keys::{self, New};
use server::failure::Failure;
use store::Tx;
use tower::ServiceExt;

use crate::world::{self, World, files};

/// A style is learned from ten.
const PHOTOS: u64 = 10;

const EDGE: &str = "edge-of-a-part";
const UPLOAD: &str = "/api/generate/create-model-training";

/// A world, and a program that calls it.
pub struct Api {
    pub world: World,
    router: Router,
    /// Good for all users of the first bot, with every scope.
    pub key: String,
    /// Whom the program has brought, with 1,000 credits.
    pub anna: String,
}

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    pub code: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The body of an answer with this code.
    #[track_caller]
    pub fn is(&self, code: u16) -> Value {
        assert_eq!(self.code, code, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// A no in the form that each no has: with this code, and this word for programs.
    #[track_caller]
    pub fn refused(&self, code: u16, word: &str) -> Value {
        let problem = self.is(code);
        assert_eq!(self.headers["content-type"], "application/problem+json");
        assert_eq!(problem["code"], word, "{problem}");
        assert_eq!(problem["status"], code, "{problem}");
        assert_eq!(problem["request_id"], self.headers["x-request-id"].to_str().unwrap());
        assert!(!problem["detail"].as_str().unwrap().is_empty());
        problem
    }
}

/// What Anna has, an id each.
pub struct Having {
    pub user: String,
    pub avatar: String,
    pub training: String,
    pub generation: String,
    pub picture: String,
    pub endpoint: String,
    pub delivery: String,
    pub payment: String,
}

impl Api {
    pub async fn new(ground: world::Ground) -> Self {
        Self::with(ground, &[("api.requests_per_minute", "1000000")]).await
    }

    pub async fn with(ground: world::Ground, own: &[(&str, &str)]) -> Self {
        let own: Vec<_> =
            own.iter().map(|(key, it)| ((*key).to_owned(), (*it).to_owned())).collect();
        let world = World::with(ground, &own).await;
        let router = server::api::router(world.app.clone());
        let mut api = Self { world, router, key: String::new(), anna: String::new() };
        api.key = api.make_key("main", None, "all").await;
        api.anna = api.bring("anna").await;
        api.grant(&api.anna, 1_000).await;
        api
    }

    /// Changes the program as it stands, which nobody else may hold meanwhile.
    pub fn change(&mut self, change: impl FnOnce(&mut server::app::App)) {
        self.router = Router::new();
        self.world.door.leads_to(None);
        change(Arc::get_mut(&mut self.world.app).expect("nothing runs beside a test"));
        self.router = server::api::router(self.world.app.clone());
        self.world.door.leads_to(Some(self.router.clone()));
    }

    /// A command of the operator, and what it says.
    pub async fn command(
        &self,
        command: impl Fn(&mut Tx, &Ground, Millis) -> Result<Said, Failure> + Send + 'static,
    ) -> String {
        let ground = self.world.app.ground.clone();
        let said = self.world.db.write(move |tx| command(tx, &ground, ground.now())).await;
        match said.expect("the database is there") {
            Said::Done(text) => text,
            said => panic!("{said:?}"),
        }
    }

    /// A new key: its secret.
    pub async fn make_key(&self, bot: &str, user: Option<&str>, scopes: &str) -> String {
        let (bot, scopes) = (bot.to_owned(), scopes.to_owned());
        let user = user.map(|it| UserId::from_text(it).unwrap());
        let new = New { bot, user, name: "a test".to_owned(), scopes };
        let said = self.command(move |tx, ground, now| keys::create(tx, ground, &new, now)).await;
        said.lines().nth(1).unwrap().to_owned()
    }

    pub async fn bring(&self, name: &str) -> String {
        self.bring_with(&self.key, name).await
    }

    pub async fn bring_with(&self, key: &str, name: &str) -> String {
        let new =
            json!({ "external_id": name, "name": "Zebulon", "language": "en", "consent": true });
        let user = self.ask(key, "POST", "/api/users", Some(new)).await.is(201);
        user["id"].as_str().unwrap().to_owned()
    }

    pub async fn grant(&self, user: &str, credits: i64) {
        let hand = Hand {
            user: UserId::from_text(user).unwrap(),
            credits: Credits::new(credits).unwrap(),
            reason: "for the test".to_owned(),
        };
        self.command(move |tx, ground, now| credits::given(tx, ground, &hand, now)).await;
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body in memory").to_bytes();
        Answer { code: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub async fn ask(&self, key: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask_named(key, method, path, body, None).await
    }

    /// The same under an `Idempotency-Key`.
    pub async fn ask_named(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        name: Option<&str>,
    ) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method).uri(path);
        request = request.header("authorization", format!("Bearer {key}"));
        if let Some(name) = name {
            request = request.header("idempotency-key", name);
        }
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// For Anna, with the key of all users.
    pub async fn get(&self, path: &str) -> Answer {
        self.ask(&self.key, "GET", &self.of_anna(path), None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(&self.key, "POST", &self.of_anna(path), Some(body)).await
    }

    pub fn of_anna(&self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}user={}", self.anna)
    }

    /// An archive and what is said beside it, for Anna.
    pub async fn upload(&self, texts: &[(&str, &str)], archive: Option<&[u8]>) -> Answer {
        let path = self.of_anna(UPLOAD);
        self.send(form(&self.key, &path, texts, archive, None)).await
    }

    pub async fn available(&self) -> i64 {
        self.get("/api/balance").await.is(200)["available"].as_i64().unwrap()
    }

    /// An avatar that is trained, and its training.
    pub async fn trained(&self) -> (String, String) {
        let texts = [("gender", "other"), ("training_type", "style"), ("quality", "fast")];
        let made = self.upload(&texts, Some(&pictures(PHOTOS))).await.is(202);
        self.world.settle(3_600_000).await;
        let [avatar, training] =
            ["avatar", "training"].map(|it| made[it]["id"].as_str().unwrap().to_owned());
        let ended = self.get(&format!("/api/trainings/{training}")).await.is(200);
        assert_eq!(ended["state"], "SUCCEEDED", "{ended}");
        (avatar, training)
    }

    /// Two pictures that are made: the generation, and the first of them.
    pub async fn made(&self, avatar: &str) -> (String, String) {
        let order = json!({ "avatar": avatar, "words": "a red house", "count": 2 });
        let order = self.post("/api/generations", order).await.is(202);
        self.world.settle(3_600_000).await;
        let id = order["id"].as_str().unwrap().to_owned();
        let ended = self.get(&format!("/api/generations/{id}")).await.is(200);
        assert_eq!((&ended["state"], &ended["made"]), (&json!("SUCCEEDED"), &json!(2)), "{ended}");
        (id, ended["pictures"][0].as_str().unwrap().to_owned())
    }

    /// An endpoint for all events: its id and its secret.
    pub async fn endpoint(&self) -> (String, String) {
        let new = json!({ "url": "http://localhost:9/hook" });
        let made = self.ask(&self.key, "POST", "/api/webhooks", Some(new)).await.is(201);
        let [id, secret] = ["id", "secret"].map(|it| made[it].as_str().unwrap().to_owned());
        (id, secret)
    }
}

/// A request with parts.
pub fn form(
    key: &str,
    path: &str,
    texts: &[(&str, &str)],
    archive: Option<&[u8]>,
    name: Option<&str>,
) -> Request<Body> {
    let mut body = Vec::new();
    let mut part = |head: String, bytes: &[u8]| {
        body.extend(format!("--{EDGE}\r\nContent-Disposition: form-data; {head}\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    };
    for (name, text) in texts {
        part(format!("name=\"{name}\""), text.as_bytes());
    }
    if let Some(archive) = archive {
        part("name=\"file\"; filename=\"set.zip\"".to_owned(), archive);
    }
    body.extend(format!("--{EDGE}--\r\n").bytes());
    let mut request = Request::post(path)
        .header("authorization", format!("Bearer {key}"))
        .header("content-type", format!("multipart/form-data; boundary={EDGE}"));
    if let Some(name) = name {
        request = request.header("idempotency-key", name);
    }
    request.body(Body::from(body)).unwrap()
}

/// An archive of files by their names in [`files`].
pub fn archive(names: &[String]) -> Vec<u8> {
    let mut into = Cursor::new(Vec::new());
    let entries = names.iter().map(|it| {
        let (name, _, bytes) = files::file(it);
        Ok((name, Cursor::new(bytes)))
    });
    media::archive::write_zip(&mut into, entries).expect("it is written to memory");
    into.into_inner()
}

/// An archive of so many pictures that a style can be learned from.
pub fn pictures(count: u64) -> Vec<u8> {
    let names: Vec<_> = (1..=count).map(|it| format!("picture-{it}")).collect();
    archive(&names)
}
