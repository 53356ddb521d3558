//! Addresses of other programs that want to be called, and what became of our calls.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use connectors::outgoing;
use connectors::reach::Reach;
use domain::{DeliveryId, EndpointId};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::Tx;
use store::deliveries::{self, Delivery};
use store::endpoints::{self, Endpoint, NewEndpoint, Whose};
use url::Url;
use utoipa::{IntoParams, ToSchema};

use crate::api::gate::Caller;
use crate::api::input::{Asked, Id, Ids, Input, Page, cursor, limit, moment, place};
use crate::api::once::{Made, Once};
use crate::api::problem::Problem;
use crate::app::{App, Ground};
use crate::outbound::{self, EVENTS, Message};

const URL_CHARS_MAX: usize = 2_000;
/// How many addresses a bot may call.
const ENDPOINTS_MAX: u32 = 50;

/// An address that is called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Endpoint)]
pub struct Shown {
    #[schema(example = "end_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    url: String,
    /// Whose events it hears; null: those of all users of the bot.
    #[schema(required = true)]
    user: Option<String>,
    events: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when nothing is sent there any more.
    #[schema(required = true, format = DateTime)]
    disabled_at: Option<String>,
    #[schema(required = true)]
    disabled_reason: Option<String>,
}

/// An address with the secret that its messages are signed with.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndpointWithSecret {
    #[serde(flatten)]
    endpoint: Shown,
    /// Shown this once.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")]
    secret: String,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub enum EventName {
    #[serde(rename = "generation.canceled")]
    GenerationCanceled,
    #[serde(rename = "generation.failed")]
    GenerationFailed,
    #[serde(rename = "generation.succeeded")]
    GenerationSucceeded,
    #[serde(rename = "payment.paid")]
    PaymentPaid,
    #[serde(rename = "payment.refunded")]
    PaymentRefunded,
    #[serde(rename = "training.canceled")]
    TrainingCanceled,
    #[serde(rename = "training.failed")]
    TrainingFailed,
    #[serde(rename = "training.succeeded")]
    TrainingSucceeded,
}

impl EventName {
    fn as_str(self) -> &'static str {
        EVENTS[self as usize]
    }
}

/// An address to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// Public, and https. In the sandbox it is on this machine, and may be http.
    #[schema(format = "uri", max_length = 2_000, example = "https://localhost:9000/hooks")]
    url: String,
    /// All of them, unless some are named.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 8)]
    events: Option<Vec<EventName>>,
    /// Only what happens to this user.
    #[serde(default)]
    #[schema(pattern = "^usr_[0-9a-z]{1,26}$")]
    user: Option<String>,
}

/// A call of ours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery)]
pub struct Sent {
    #[schema(example = "dlv_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    /// The `webhook-id` of the message: the same when it is brought again.
    event_id: String,
    event: String,
    /// 0 is the first; what is brought again on request counts from there.
    replay: u32,
    /// `waiting`, `sent`, `failed` or `canceled`.
    state: &'static str,
    attempts: u32,
    /// What was answered last.
    #[schema(required = true)]
    last_code: Option<u32>,
    #[schema(required = true)]
    last_error: Option<String>,
    /// When it is tried next.
    #[schema(required = true, format = DateTime)]
    next_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    ended_at: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Turned {
    /// `next_cursor` of the page before; without one, the first page.
    #[param(pattern = "^[0-9a-z]{1,26}$")]
    cursor: Option<String>,
    /// How many a page has.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

fn shown(it: Endpoint) -> Shown {
    Shown {
        id: it.id.into(),
        url: it.url,
        user: it.user.map(String::from),
        events: it.events.split(' ').map(str::to_owned).collect(),
        created_at: moment(it.created_at),
        disabled_at: it.disabled_at.map(moment),
        disabled_reason: it.disabled_reason,
    }
}

fn sent(it: Delivery) -> Sent {
    Sent {
        id: it.id.into(),
        event_id: it.event_id,
        event: it.event,
        replay: it.replay,
        state: it.state.as_str(),
        attempts: it.attempts,
        last_code: it.last_code,
        last_error: it.last_error,
        next_at: it.next_at.map(moment),
        created_at: moment(it.created_at),
        ended_at: it.ended_at.map(moment),
    }
}

fn whose(caller: &Caller) -> Whose<'_> {
    Whose { bot: &caller.bot, user: caller.user.as_ref() }
}

fn own(tx: &mut Tx, caller: &Caller, id: &str) -> Result<Endpoint, Problem> {
    let gone = || Problem::gone("endpoint");
    let id = EndpointId::from_text(id).ok_or_else(gone)?;
    endpoints::of(tx, whose(caller), &id)?.ok_or_else(gone)
}

fn new_secret(ground: &Ground) -> String {
    let mut random = [0; 32];
    let (one, other) = random.split_at_mut(16);
    one.copy_from_slice(&ground.ids.chance().to_be_bytes());
    other.copy_from_slice(&ground.ids.chance().to_be_bytes());
    outgoing::new_secret(&random).expose_secret().to_owned()
}

/// An address that can be called at all. Whether a name leads inside shows when it is called.
fn address(ground: &Ground, text: &str) -> Result<Url, Problem> {
    let refused =
        |says: &str| Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "url-refused", says));
    let is_plain = |it: char| !it.is_whitespace() && !it.is_control();
    let url = match Url::parse(text) {
        Ok(url) if text.len() <= URL_CHARS_MAX && text.chars().all(is_plain) => url,
        Ok(_) | Err(_) => return refused("url is no address, or too long."),
    };
    let is_sandbox = ground.config.sandbox.has_telegram;
    if url.scheme() != "https" && !is_sandbox {
        return refused("url must be https.");
    }
    // What the operator trusts us to reach, a stranger doesn't.
    let reach = if is_sandbox { Reach::Loopback } else { Reach::Public { trusted: Vec::new() } };
    match reach.check(&url) {
        Ok(()) => Ok(url),
        Err(barred) => refused(&format!("url can't be called: {barred}.")),
    }
}

/// An address where somebody may still listen.
fn listening(endpoint: Endpoint) -> Result<Endpoint, Problem> {
    match endpoint.disabled_at {
        None => Ok(endpoint),
        Some(_) => {
            let says = "Nothing is sent to this endpoint any more: it said that it is gone.";
            Err(Problem::new(StatusCode::CONFLICT, "endpoint-disabled", says))
        }
    }
}

/// Queues a message, as often as it is asked for.
fn bring(
    tx: &mut Tx,
    ground: &Ground,
    message: &Message<'_>,
    now: domain::Millis,
) -> Result<Made, Problem> {
    let replay = deliveries::count(tx, message.endpoint, message.id)?;
    let queued = outbound::queue(tx, ground, message, replay, now)?;
    let gone = || Problem::gone("delivery");
    let delivery = deliveries::of(tx, message.endpoint, &queued.ok_or_else(gone)?)?;
    Made::accepted(&sent(delivery.ok_or_else(gone)?))
}

/// List webhook endpoints
#[utoipa::path(get, path = "/api/webhooks", tag = "Webhooks", params(Turned),
    responses((status = 200, description = "A page of endpoints.", body = Page<Shown>)),
    security(("key" = ["webhooks:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Turned>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), EndpointId::PREFIX, EndpointId::from_text)?;
    let page = app.db.read(move |tx| {
        let found = endpoints::list(tx, whose(&caller), before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| Ok(shown(it)))
    });
    page.await.map(Json)
}

/// Get a webhook endpoint
#[utoipa::path(get, path = "/api/webhooks/{id}", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint.", body = Shown)),
    security(("key" = ["webhooks:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    app.db.read(move |tx| own(tx, &caller, &id).map(shown)).await.map(Json)
}

/// Add a webhook endpoint
///
/// The answer shows the secret once. Messages are signed by the Standard Webhooks scheme.
#[utoipa::path(post, path = "/api/webhooks", tag = "Webhooks", request_body = NewWebhook,
    responses((status = 201, description = "The endpoint and its secret.",
        body = EndpointWithSecret)),
    security(("key" = ["webhooks:write"])))]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Input { value: new, hash }: Input<NewWebhook>,
) -> Result<Made, Problem> {
    let url = address(&app.ground, &new.url)?;
    let events = match &new.events {
        Some(some) if some.is_empty() => return Err(Problem::input("events names none.")),
        Some(some) => {
            let chosen = EVENTS.iter().filter(|it| some.iter().any(|one| one.as_str() == **it));
            chosen.copied().collect::<Vec<_>>()
        }
        None => EVENTS.to_vec(),
    };
    once.with_body(hash)
        .write(&app, caller, move |tx, ground, caller, now| {
            let user = match (&caller.user, &new.user) {
                (None, None) => None,
                (_, asked) => Some(caller.user(tx, asked.as_deref())?.id),
            };
            if ENDPOINTS_MAX <= endpoints::count(tx, &caller.bot)? {
                let says = format!("{ENDPOINTS_MAX} endpoints are the most that are kept.");
                return Err(Problem::new(StatusCode::CONFLICT, "endpoints-too-many", says));
            }
            let id = EndpointId::new(ground.number());
            let secret = new_secret(ground);
            let whose = Whose { bot: &caller.bot, user: user.as_ref() };
            let events = events.join(" ");
            let new =
                NewEndpoint { id: &id, whose, url: url.as_str(), secret: &secret, events: &events };
            endpoints::insert(tx, &new, now)?;
            let endpoint = shown(own(tx, caller, id.as_str())?);
            Made::created(&EndpointWithSecret { endpoint, secret })
        })
        .await
}

/// Delete a webhook endpoint
///
/// What is still on its way there isn't sent any more.
#[utoipa::path(delete, path = "/api/webhooks/{id}", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["webhooks:write"])))]
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let ground = app.ground.clone();
    app.db
        .write(move |tx| {
            let endpoint = own(tx, &caller, &id)?;
            endpoints::delete(tx, &endpoint.id, ground.now())?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}

/// Give a webhook endpoint a new secret
///
/// Messages are signed with the new one from now on, those that are tried again too.
#[utoipa::path(post, path = "/api/webhooks/{id}/rotate", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 200, description = "The endpoint and its new secret.",
        body = EndpointWithSecret)),
    security(("key" = ["webhooks:write"])))]
pub async fn rotate(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Id(id): Id,
) -> Result<Made, Problem> {
    once.write(&app, caller, move |tx, ground, caller, _| {
        let endpoint = own(tx, caller, &id)?;
        let secret = new_secret(ground);
        endpoints::rotate(tx, &endpoint.id, &secret)?;
        let endpoint = shown(endpoint);
        Made::of(StatusCode::OK, &EndpointWithSecret { endpoint, secret })
    })
    .await
}

/// Send a webhook endpoint a ping
#[utoipa::path(post, path = "/api/webhooks/{id}/ping", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint.")),
    responses((status = 202, description = "It is on its way.", body = Sent)),
    security(("key" = ["webhooks:write"])))]
pub async fn ping(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Id(id): Id,
) -> Result<Made, Problem> {
    once.write(&app, caller, move |tx, ground, caller, now| {
        let endpoint = listening(own(tx, caller, &id)?)?;
        let (event_id, body) = outbound::ping(ground, &endpoint.id, now);
        let message =
            Message { endpoint: &endpoint.id, id: &event_id, event: outbound::PING, body: &body };
        bring(tx, ground, &message, now)
    })
    .await
}

/// List what was sent to a webhook endpoint
///
/// The latest first. The log is kept for 30 days.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint."), Turned),
    responses((status = 200, description = "A page of the log.", body = Page<Sent>)),
    security(("key" = ["webhooks:read"])))]
pub async fn log(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Turned>,
) -> Result<Json<Page<Sent>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), DeliveryId::PREFIX, DeliveryId::from_text)?;
    let page = app.db.read(move |tx| {
        let endpoint = own(tx, &caller, &id)?;
        let found = deliveries::list(tx, &endpoint.id, before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| Ok(sent(it)))
    });
    page.await.map(Json)
}

/// Send an event once more
///
/// The same message with the same id, whatever became of it before.
#[utoipa::path(post, path = "/api/webhooks/{id}/deliveries/{delivery}/replay", tag = "Webhooks",
    params(("id" = String, Path, description = "The endpoint."),
        ("delivery" = String, Path, description = "A delivery of its log.")),
    responses((status = 202, description = "It is on its way.", body = Sent)),
    security(("key" = ["webhooks:write"])))]
pub async fn replay(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Ids(id, delivery): Ids,
) -> Result<Made, Problem> {
    once.write(&app, caller, move |tx, ground, caller, now| {
        let endpoint = listening(own(tx, caller, &id)?)?;
        let gone = || Problem::gone("delivery");
        let id = DeliveryId::from_text(&delivery).ok_or_else(gone)?;
        let before = deliveries::of(tx, &endpoint.id, &id)?.ok_or_else(gone)?;
        let message = Message {
            endpoint: &endpoint.id,
            id: &before.event_id,
            event: &before.event,
            body: &before.body,
        };
        bring(tx, ground, &message, now)
    })
    .await
}
