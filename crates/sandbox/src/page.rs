//! The chat page and the routes by which it, or a test, is a person.
//!
//! Only this machine's own page may use them: a page from elsewhere that happens to be open in
//! the same browser must not drive the sandbox.

use crate::Sandbox;
use crate::telegram::{As, Fault, Said as Told, Sending, person_wire};
use axum::body::Bytes;
use axum::extract::{
    DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Path, Query, Request, State,
};
use axum::middleware::Next;
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::{self, Stream};
use http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;

#[path = "../web/assets.rs"]
mod assets;

const BODY_BYTES_MAX: usize = 51 * 1024 * 1024;
const NAME_CHARS_MAX: usize = 64;

/// A request that can't be met, as a sentence.
struct Sorry(StatusCode, String);

impl From<String> for Sorry {
    fn from(why: String) -> Sorry {
        let is_missing = why.starts_with("there is no ");
        let code = if is_missing { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        Sorry(code, why)
    }
}

impl IntoResponse for Sorry {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

type Answered = Result<Json<Value>, Sorry>;

/// A JSON body, or a sentence about why it isn't one.
struct Given<T>(T);

impl<T: DeserializeOwned> FromRequest<Arc<Sandbox>> for Given<T> {
    type Rejection = Sorry;

    async fn from_request(request: Request, state: &Arc<Sandbox>) -> Result<Self, Sorry> {
        let given = Json::<T>::from_request(request, state).await;
        let Json(given) = given.map_err(|error| Sorry(error.status(), error.body_text()))?;
        Ok(Given(given))
    }
}

/// The query of an address, or a sentence about what it lacks.
struct Asked<T>(T);

impl<T: DeserializeOwned> FromRequestParts<Arc<Sandbox>> for Asked<T> {
    type Rejection = Sorry;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Sandbox>) -> Result<Self, Sorry> {
        let asked = Query::<T>::from_request_parts(parts, state).await;
        let Query(asked) = asked.map_err(|error| Sorry(error.status(), error.body_text()))?;
        Ok(Asked(asked))
    }
}

type World = State<Arc<Sandbox>>;

/// One chat of a bot: a person's, or a group's, whose number is below zero.
#[derive(Deserialize)]
struct Who {
    bot: i64,
    person: i64,
}

pub(crate) fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/", get(|| async { asset(&assets::PAGE) }))
        .route("/web/{name}", get(web))
        .route("/sandbox/state", get(state))
        .route("/sandbox/people", post(join))
        .route("/sandbox/chat", get(chat))
        .route("/sandbox/events", get(events))
        .route("/sandbox/say", post(say))
        .route("/sandbox/press", post(press))
        .route("/sandbox/send", post(send))
        .route("/sandbox/pay", post(pay))
        .route("/sandbox/invoice", get(invoice))
        .route("/sandbox/stars", get(account).post(add_stars))
        .route("/sandbox/subscription", post(change_subscription))
        .route("/sandbox/block", post(block))
        .route("/sandbox/files/{id}", get(file))
        .route("/sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(sandbox)
}

/// For the page and what it uses: refuses a Host that isn't this machine, and changes asked for by another page.
pub(crate) async fn only_from_here(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_ours = ["/", crate::yookassa::PAY].contains(&path)
        || path.starts_with("/web/")
        || path.starts_with("/sandbox/");
    if is_ours && let Err(why) = check_source(request.method(), request.headers()) {
        return Sorry(StatusCode::FORBIDDEN, why.into()).into_response();
    }
    next.run(request).await
}

fn check_source(method: &Method, headers: &HeaderMap) -> Result<(), &'static str> {
    let host = headers.get(HOST).and_then(|it| it.to_str().ok());
    // In process there is no Host, and no browser either.
    if headers.contains_key(HOST) && !host.is_some_and(is_loopback_host) {
        return Err("the sandbox is only for this machine");
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let origin = origin.to_str().unwrap_or_default();
    let is_own = host.is_some_and(|host| origin.strip_prefix("http://") == Some(host));
    if is_own { Ok(()) } else { Err("another page must not use the sandbox") }
}

fn is_loopback_host(authority: &str) -> bool {
    let Ok(url) = url::Url::parse(&format!("http://{authority}/")) else { return false };
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(it)) => IpAddr::V4(it).is_loopback(),
        Some(url::Host::Ipv6(it)) => IpAddr::V6(it).is_loopback(),
        None => false,
    }
}

fn asset(asset: &'static assets::Asset) -> Response {
    let kind = [(CONTENT_TYPE, asset.content_type), (http::header::CACHE_CONTROL, "no-cache")];
    (kind, asset.bytes).into_response()
}

async fn web(Path(name): Path<String>) -> Response {
    match assets::ASSETS.iter().find(|it| it.name == name) {
        Some(found) => asset(found),
        None => Sorry(StatusCode::NOT_FOUND, "there is no such file".into()).into_response(),
    }
}

async fn state(State(sandbox): World) -> Json<Value> {
    Json(sandbox.telegram().state())
}

#[derive(Deserialize)]
struct Newcomer {
    first_name: String,
    language_code: String,
}

async fn join(State(sandbox): World, Given(it): Given<Newcomer>) -> Answered {
    let name = it.first_name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(format!("a name has 1 to {NAME_CHARS_MAX} characters").into());
    }
    let is_language = (2..=8).contains(&it.language_code.len())
        && it.language_code.bytes().all(|it| it.is_ascii_alphabetic() || it == b'-');
    if !is_language {
        return Err(String::from("a language code is like en or pt-br").into());
    }
    Ok(Json(person_wire(&sandbox.telegram().add_person(name, &it.language_code))))
}

async fn chat(State(sandbox): World, Asked(who): Asked<Who>) -> Answered {
    Ok(Json(sandbox.telegram().chat_state(who.bot, who.person)?))
}

async fn events(
    State(sandbox): World,
    Asked(who): Asked<Who>,
) -> Result<Sse<impl Stream<Item = Result<Sent, Infallible>>>, Sorry> {
    let receiver = sandbox.telegram().watch(who.bot, who.person)?;
    let stopped = sandbox.stopped();
    let events = stream::unfold((receiver, stopped), |(mut receiver, mut stopped)| async move {
        let event = tokio::select! {
            event = receiver.recv() => event,
            _ = stopped.wait_for(|it| *it) => Err(RecvError::Closed),
        };
        match event {
            Ok(event) => {
                let sent = Sent::default().data(event.wire().to_string());
                Some((Ok(sent), (receiver, stopped)))
            }
            // Too slow to keep up, or the end: the page comes again and reads it all anew.
            Err(RecvError::Lagged(_) | RecvError::Closed) => None,
        }
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

#[derive(Deserialize)]
struct Said {
    bot: i64,
    person: i64,
    text: String,
    /// The message that it replies to.
    replied: Option<i64>,
}

async fn say(State(sandbox): World, Given(it): Given<Said>) -> Answered {
    let ids = sandbox.telegram().say_to(it.bot, it.person, &it.text, it.replied)?;
    Ok(Json(json!({ "message_ids": ids })))
}

#[derive(Deserialize)]
struct Pressed {
    bot: i64,
    person: i64,
    message_id: i64,
    data: String,
    #[serde(default)]
    forged: bool,
}

async fn press(State(sandbox): World, Given(it): Given<Pressed>) -> Answered {
    let telegram = sandbox.telegram();
    let id = telegram.press(it.bot, it.person, it.message_id, &it.data, it.forged)?;
    Ok(Json(json!({ "callback_query_id": id })))
}

async fn send(State(sandbox): World, mut form: Multipart) -> Answered {
    let (mut bot, mut person, mut kind, mut caption, mut replied) = (None, None, None, None, None);
    let mut told = Told::default();
    let mut files = Vec::new();
    let broken = |error: axum::extract::multipart::MultipartError| {
        Sorry(error.status(), format!("the form can't be read: {}", error.body_text()))
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let file_name = field.file_name().unwrap_or("file").to_owned();
            let mime = field.content_type().unwrap_or_default().to_owned();
            files.push((file_name, mime, field.bytes().await.map_err(broken)?));
            continue;
        }
        let text = field.text().await.map_err(broken)?;
        match name.as_str() {
            "bot" => bot = text.trim().parse().ok(),
            "person" => person = text.trim().parse().ok(),
            "as" => kind = As::from_text(text.trim()),
            "caption" => caption = Some(text),
            // As the browser reads them of the file.
            "duration" => told.duration = text.trim().parse().ok(),
            "width" => told.width = text.trim().parse().ok(),
            "height" => told.height = text.trim().parse().ok(),
            "replied" => replied = text.trim().parse().ok(),
            _ => {}
        }
    }
    let (Some(bot), Some(person), Some(kind)) = (bot, person, kind) else {
        return Err(String::from("the form needs bot, person and a known `as`").into());
    };
    let telegram = sandbox.telegram();
    let sending = Sending { caption: caption.as_deref(), files, said: &told, replied };
    let ids = telegram.send_to(bot, person, kind, sending)?;
    Ok(Json(json!({ "message_ids": ids })))
}

#[derive(Deserialize)]
struct Paid {
    bot: i64,
    person: i64,
    message_id: Option<i64>,
    /// Of `createInvoiceLink`, instead of a message.
    link: Option<String>,
}

async fn pay(State(sandbox): World, Given(it): Given<Paid>) -> Answered {
    let telegram = sandbox.telegram();
    let paying = match (it.message_id, &it.link) {
        (Some(id), _) => telegram.pay(it.bot, it.person, id),
        (None, Some(link)) => telegram.pay_link(it.bot, it.person, link),
        (None, None) => Err("either message_id or link is needed".into()),
    };
    let outcome = match paying {
        Ok(paying) => paying.outcome().await,
        Err(why) => Err(why),
    };
    Ok(Json(match outcome {
        Ok(()) => json!({ "ok": true }),
        Err(why) => json!({ "ok": false, "error": why }),
    }))
}

#[derive(Deserialize)]
struct Linked {
    bot: i64,
    link: String,
}

async fn invoice(State(sandbox): World, Asked(it): Asked<Linked>) -> Answered {
    Ok(Json(sandbox.telegram().invoice_of(it.bot, &it.link)?))
}

async fn account(State(sandbox): World, Asked(who): Asked<Who>) -> Answered {
    Ok(Json(sandbox.telegram().account(who.bot, who.person)?))
}

#[derive(Deserialize)]
struct Bought {
    person: i64,
    amount: i64,
}

async fn add_stars(State(sandbox): World, Given(it): Given<Bought>) -> Answered {
    let stars = sandbox.telegram().add_stars(it.person, it.amount)?;
    Ok(Json(json!({ "stars": stars })))
}

/// What a person, or time, does with a subscription. Any of its charges names it.
#[derive(Deserialize)]
struct Changed {
    bot: i64,
    person: i64,
    telegram_payment_charge_id: String,
    deed: Deed,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Cancel,
    Resume,
    /// It is renewed before its time.
    Renew,
}

async fn change_subscription(State(sandbox): World, Given(it): Given<Changed>) -> Answered {
    let (telegram, charge) = (sandbox.telegram(), &it.telegram_payment_charge_id);
    match it.deed {
        Deed::Cancel => telegram.cancel_subscription(it.bot, it.person, charge, true)?,
        Deed::Resume => telegram.cancel_subscription(it.bot, it.person, charge, false)?,
        Deed::Renew => telegram.renew_now(it.bot, it.person, charge)?,
    }
    Ok(Json(telegram.account(it.bot, it.person)?))
}

#[derive(Deserialize)]
struct Blocked {
    bot: i64,
    person: i64,
    blocked: bool,
}

async fn block(State(sandbox): World, Given(it): Given<Blocked>) -> Answered {
    sandbox.telegram().block(it.bot, it.person, it.blocked)?;
    Ok(Json(json!({ "blocked": it.blocked })))
}

async fn file(State(sandbox): World, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let Some((mime, name, bytes)) = sandbox.telegram().file(&id).await else {
        return Sorry(StatusCode::NOT_FOUND, "there is no such file".into()).into_response();
    };
    file_response(&mime, &name, &headers, &bytes)
}

/// A file that a person sent may hold scripts: it must never run as a part of the page.
fn file_response(mime: &str, name: &str, asked: &HeaderMap, bytes: &Bytes) -> Response {
    let mut response = crate::ranges::answer(asked, bytes);
    let headers = response.headers_mut();
    let unknown = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::from_str(mime).unwrap_or(unknown));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'"),
    );
    let no_sniffing = HeaderValue::from_static("nosniff");
    headers.insert(http::header::X_CONTENT_TYPE_OPTIONS, no_sniffing);
    let shown = ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind));
    if !shown {
        let plain: String = name.chars().map(|it| if plain(it) { it } else { '_' }).collect();
        let value = format!("attachment; filename=\"{plain}\"");
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(CONTENT_DISPOSITION, value);
        }
    }
    response
}

fn plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ')
}

async fn faults(State(sandbox): World) -> Json<Value> {
    Json(json!(sandbox.telegram().faults()))
}

async fn add_fault(State(sandbox): World, Given(fault): Given<Fault>) -> Json<Value> {
    sandbox.telegram().fault(fault);
    Json(json!(sandbox.telegram().faults()))
}

async fn clear_faults(State(sandbox): World) -> Json<Value> {
    sandbox.telegram().clear_faults();
    Json(json!([]))
}
