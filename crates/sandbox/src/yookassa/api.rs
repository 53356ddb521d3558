//! The API itself: who asks, which call it is, keys that make repeats harmless, and the trouble
//! that was ordered (telegram-and-payments.md B.1).

use std::ops::Range;
use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query as Asked, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use super::faults::{self, Call, Trouble};
use super::lists::Query;
use super::refusals::{self, Refusal};
use super::requests::Desk;
use super::{API, KEY_KEPT_MS, Shop, YooKassa};

const KEY: &str = "Idempotence-Key";
const KEY_CHARS_MAX: usize = 64;

/// What was asked with a key, and what was answered.
pub(super) struct Replay {
    pub(super) at: i64,
    path: String,
    body: Value,
    answer: (StatusCode, Value),
}

/// A call as it came.
struct Asking<'a> {
    call: Call,
    /// Of the payment or refund that is meant.
    id: &'a str,
    path: &'a str,
    query: &'a Query,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// What a call came to, and the numbers of the notifications that go before its answer.
struct Done {
    answer: (StatusCode, Value),
    early: Range<u64>,
}

pub(super) fn routes() -> Router<Arc<YooKassa>> {
    Router::new().route(&format!("{API}/{{*path}}"), any(answer))
}

async fn answer(
    State(yookassa): State<Arc<YooKassa>>,
    method: Method,
    Path(path): Path<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let shop = match yookassa.shop_of(&headers) {
        Some(shop) => shop,
        None => return yookassa.refuse(&Refusal::unauthorized()),
    };
    let (call, id) = match call_of(&method, &path) {
        Ok(Some(found)) => found,
        Ok(None) => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Err(refusal) => return yookassa.refuse(&refusal),
    };
    let asking = Asking { call, id, path: &path, query: &query, headers: &headers, body: &body };
    if let Some(no) = yookassa.interrupt(call).await {
        return no;
    }
    if !body.is_empty() && !is_json(&headers) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    match yookassa.carry_out(&shop, &asking) {
        Ok(done) => yookassa.let_answer(call, done).await,
        Err(refusal) => yookassa.refuse(&refusal),
    }
}

/// The call that a method and a path mean, and the id in it. `None` is a known path with another
/// method.
fn call_of<'a>(method: &Method, path: &'a str) -> Result<Option<(Call, &'a str)>, Refusal> {
    let pieces: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let (get, post, id) = match *pieces.as_slice() {
        ["payments"] => (Some(Call::List), Some(Call::Create), ""),
        ["payments", id] => (Some(Call::Read), None, id),
        ["payments", id, "capture"] => (None, Some(Call::Capture), id),
        ["payments", id, "cancel"] => (None, Some(Call::Cancel), id),
        ["refunds"] => (Some(Call::ListRefunds), Some(Call::Refund), ""),
        ["refunds", id] => (Some(Call::ReadRefund), None, id),
        ["me"] => (Some(Call::Me), None, ""),
        _ => return Err(Refusal::unknown("Path")),
    };
    let call = match *method {
        Method::GET => get,
        Method::POST => post,
        _ => None,
    };
    Ok(call.map(|it| (it, id)))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    kind.is_some_and(|it| it.starts_with("application/json"))
}

impl YooKassa {
    /// Whose secret it is.
    fn shop_of(&self, headers: &HeaderMap) -> Option<Shop> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let pair = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
        let pair = String::from_utf8(pair).ok()?;
        let (id, secret) = pair.split_once(':')?;
        let world = self.world();
        world.shops.get(id).filter(|it| it.secret == secret).cloned()
    }

    /// The answer that a fault gives in place of anything being done.
    async fn interrupt(&self, call: Call) -> Option<Response> {
        use Trouble::{Broken, Forbidden, Lost, TooMany, Unauthorized, Unavailable};
        let troubles = [Broken, Forbidden, Lost, TooMany, Unauthorized, Unavailable];
        let fault = faults::take_on(&mut self.world().faults, call, &troubles)?;
        Some(match fault.fault {
            Lost => std::future::pending().await,
            Unavailable => refusals::proxy_page(),
            Unauthorized => self.refuse(&Refusal::unauthorized()),
            Forbidden => self.refuse(&Refusal::forbidden()),
            TooMany => self.refuse(&Refusal::too_many(fault.pause_ms())),
            _ => self.refuse(&Refusal::broken(fault.pause_ms())),
        })
    }

    /// Does what is asked, or finds that it was done. The refusals are those of the call's form;
    /// what is refused for its content is an answer, which a key remembers.
    fn carry_out(&self, shop: &Shop, asking: &Asking<'_>) -> Result<Done, Refusal> {
        let body = match asking.body {
            [] => Value::Null,
            bytes => serde_json::from_slice(bytes)
                .map_err(|error| Refusal::bad(format!("JSON can't be read: {error}"), ""))?,
        };
        let changes =
            matches!(asking.call, Call::Create | Call::Capture | Call::Cancel | Call::Refund);
        let key = if changes { Some(key_of(asking.headers)?) } else { None };
        let (mut world, now) = self.settled();
        let kept = key.map(|key| (shop.id.clone(), key.to_owned()));
        if let Some(known) = kept.as_ref().and_then(|it| world.replays.get(it))
            && now < known.at + KEY_KEPT_MS
        {
            if known.path == asking.path && known.body == body {
                return Ok(Done { answer: known.answer.clone(), early: 0..0 });
            }
            return Err(Refusal::bad("Idempotence key duplicated", KEY));
        }
        let first = world.notice_numbers + 1;
        let settings = &self.settings;
        let mut desk = Desk { world: &mut world, settings, shop, now, is_early: false };
        let outcome = match asking.call {
            Call::Create => desk.create(&body),
            Call::Read => desk.read_payment(asking.id),
            Call::List => desk.list_payments(asking.query),
            Call::Capture => desk.capture(asking.id, &body),
            Call::Cancel => desk.cancel(asking.id, &body),
            Call::Refund => desk.refund(&body),
            Call::ReadRefund => desk.read_refund(asking.id),
            Call::ListRefunds => desk.list_refunds(asking.query),
            Call::Me => Ok(shop.me()),
        };
        let is_early = desk.is_early;
        let answer = match outcome {
            Ok(value) => (StatusCode::OK, value),
            Err(refusal) => {
                let number = world.next_refusal_number();
                refusal.answer(&settings.id("00e0", number, now))
            }
        };
        if let Some(kept) = kept {
            let replay =
                Replay { at: now, path: asking.path.to_owned(), body, answer: answer.clone() };
            world.replays.insert(kept, replay);
        }
        Ok(Done { answer, early: if is_early { first..world.notice_numbers + 1 } else { 0..0 } })
    }

    /// Answers, unless a fault has it otherwise.
    async fn let_answer(&self, call: Call, done: Done) -> Response {
        use Trouble::{BrokenAfter, Processing, Silent, Slow};
        let troubles = [BrokenAfter, Processing, Silent, Slow];
        let fault = faults::take_on(&mut self.world().faults, call, &troubles);
        if let Some(fault) = fault {
            match fault.fault {
                Silent => return std::future::pending().await,
                Slow => {
                    let until = self.now() + fault.millis_or(30);
                    self.wait_until(|it| until <= it.now()).await;
                }
                Processing => return refusals::processing(fault.pause_ms()),
                _ => return self.refuse(&Refusal::broken(fault.pause_ms())),
            }
        }
        self.wait_until(|it| !it.world().has_unsent(done.early.clone())).await;
        (done.answer.0, Json(done.answer.1)).into_response()
    }

    fn refuse(&self, refusal: &Refusal) -> Response {
        let now = self.now();
        let number = self.world().next_refusal_number();
        let (status, body) = refusal.answer(&self.settings.id("00e0", number, now));
        (status, Json(body)).into_response()
    }
}

/// The key of a call that changes something.
fn key_of(headers: &HeaderMap) -> Result<&str, Refusal> {
    let key = headers.get(KEY).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if key.is_empty() {
        return Err(Refusal::bad("Idempotence key is empty", KEY));
    }
    if KEY_CHARS_MAX < key.len() {
        return Err(Refusal::bad("Idempotence key is too long. Max. length is 64", KEY));
    }
    // The documented pattern is `[0-9a-zA-Z+-_.]`, in which `+-_` is a range.
    if !key.bytes().all(|it| matches!(it, b'a'..=b'z' | b'+'..=b'_')) {
        return Err(Refusal::bad("Idempotence key is illegal", KEY));
    }
    Ok(key)
}
