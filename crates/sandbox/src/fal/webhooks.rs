//! Webhooks: signed with Ed25519 (providers.md 1.5), sent again with growing pauses until they are
//! accepted, and all that can be ordered to go wrong with them.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::faults::{Near, Trouble};
use super::run::Run;
use super::{Fal, Settings, World};
use crate::Outlet;

/// The account whose webhooks these are, as `X-Fal-Webhook-User-Id`.
pub const USER_ID: &str = "sandbox-user";

const TRIES_MAX: u32 = 32;
const PAUSE_MS: i64 = 10_000;
const PAUSE_MS_MAX: i64 = 240_000;
/// As long as the result is there to be asked for.
const TRIED_FOR_MS: i64 = super::RESULT_KEPT_MS;

/// A webhook on its way.
pub(super) struct Delivery {
    number: u64,
    request_id: String,
    url: String,
    body: Bytes,
    due: i64,
    tries: u32,
    until: i64,
    is_forged: bool,
    /// Waits until another request's webhook is planned.
    is_behind: bool,
}

/// What the signature covers beside the body.
pub struct Signed<'a> {
    pub request_id: &'a str,
    pub user_id: &'a str,
    /// Unix seconds.
    pub timestamp: &'a str,
}

/// The hex signature of the four lines.
pub fn signature(key: &[u8; 32], signed: &Signed<'_>, body: &[u8]) -> String {
    let Signed { request_id, user_id, timestamp } = signed;
    let digest = hex::encode(Sha256::digest(body));
    let message = format!("{request_id}\n{user_id}\n{timestamp}\n{digest}");
    hex::encode(SigningKey::from_bytes(key).sign(message.as_bytes()).to_bytes())
}

/// The public half of a key, as it stands in the key set.
pub fn public_key(key: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(key).verifying_key().as_bytes())
}

pub(super) fn routes() -> Router<Arc<Fal>> {
    Router::new().route("/.well-known/jwks.json", get(key_set))
}

async fn key_set(State(fal): State<Arc<Fal>>) -> Json<Value> {
    let x = public_key(&fal.settings.signing_key());
    Json(json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "sandbox-1" }] }))
}

impl Settings {
    pub(super) fn signing_key(&self) -> [u8; 32] {
        self.derive("key", "webhooks")
    }

    fn strange_key(&self) -> [u8; 32] {
        self.derive("key", "somebody else's")
    }
}

impl World {
    /// Plans the webhook of a run that ended, with what was ordered to go wrong with it.
    pub(super) fn plan_webhook(&mut self, run: &mut Run, ended_at: i64, body: &Value) {
        let Some(url) = &run.webhook else { return };
        let mut near =
            Near { own: &mut run.faults, all: &mut self.faults, endpoint: Some(run.endpoint) };
        let late = near.take(Trouble::Late).map_or(0, |it| it.millis_or(60));
        let copies = near.take(Trouble::Duplicate);
        let behind = near.take(Trouble::Reordered);
        let is_forged = near.take(Trouble::Forged).is_some();
        if near.take(Trouble::Never).is_some() {
            return;
        }
        let due = ended_at + late + behind.as_ref().map_or(0, |it| it.millis_or(60));
        for _ in 0..copies.map_or(1, |it| it.count.unwrap_or(2)) {
            let number = self.next_number();
            self.deliveries.push(Delivery {
                number,
                request_id: run.id.clone(),
                url: url.clone(),
                body: Bytes::from(body.to_string()),
                due,
                tries: 0,
                until: ended_at + TRIED_FOR_MS,
                is_forged,
                is_behind: behind.is_some(),
            });
        }
        if behind.is_none() {
            self.let_those_behind_follow(due);
        }
    }

    /// Whether no webhook of this request is still to be sent for the first time.
    pub(super) fn is_told(&self, id: &str) -> bool {
        !self.deliveries.iter().any(|it| it.request_id == id && it.tries == 0)
    }

    fn let_those_behind_follow(&mut self, due: i64) {
        let mut number = self.next_number();
        for it in self.deliveries.iter_mut().filter(|it| it.is_behind) {
            it.is_behind = false;
            it.due = due;
            it.number = number;
            number += 1;
        }
        self.numbers = number;
    }

    /// The numbers of what is due, in the order in which it is to be sent. What is only repeated
    /// is given up when the result is gone.
    fn due(&mut self, now: i64) -> Vec<u64> {
        self.deliveries.retain(|it| it.tries == 0 || now < it.until);
        let due = self.deliveries.iter().filter(|it| it.due <= now);
        let mut due: Vec<_> = due.map(|it| (it.due, it.number)).collect();
        due.sort_unstable();
        due.into_iter().map(|it| it.1).collect()
    }

    /// Counts a try and plans the next one, before this one is made: if it breaks off, the next
    /// one still comes.
    fn begin_try(&mut self, number: u64, now: i64) -> Option<(String, String, Bytes, bool)> {
        let it = self.deliveries.iter_mut().find(|it| it.number == number && it.due <= now)?;
        it.tries += 1;
        it.due = now + pause_ms(it.tries);
        Some((it.url.clone(), it.request_id.clone(), it.body.clone(), it.is_forged))
    }

    fn end_try(&mut self, number: u64, is_final: bool) {
        self.deliveries.retain(|it| it.number != number || !(is_final || TRIES_MAX <= it.tries));
    }
}

fn pause_ms(tries: u32) -> i64 {
    let doubled = PAUSE_MS << tries.saturating_sub(1).min(8);
    doubled.min(PAUSE_MS_MAX)
}

impl Fal {
    /// Sends what is due, one after the other, and counts it.
    pub(super) async fn send_due(&self, out: &dyn Outlet) -> usize {
        let now = self.now();
        let due = self.world().due(now);
        let mut sent = 0;
        for number in due {
            let Some((url, request_id, body, is_forged)) = self.world().begin_try(number, now)
            else {
                continue;
            };
            let headers = self.signed_headers(&request_id, &body, is_forged);
            let answer = out.post(&url, &headers, body).await;
            // A redirection is as final as a welcome. Nobody insists on a forgery.
            let is_final = is_forged || answer.is_ok_and(|it| (200..400).contains(&it.status));
            self.world().end_try(number, is_final);
            sent += 1;
        }
        sent
    }

    fn signed_headers(
        &self,
        request_id: &str,
        body: &[u8],
        is_forged: bool,
    ) -> Vec<(String, String)> {
        let timestamp = self.now().div_euclid(1000).to_string();
        let settings = &self.settings;
        let key = if is_forged { settings.strange_key() } else { settings.signing_key() };
        let signed = Signed { request_id, user_id: USER_ID, timestamp: &timestamp };
        let signature = signature(&key, &signed, body);
        [
            ("Content-Type", "application/json"),
            ("X-Fal-Webhook-Request-Id", request_id),
            ("X-Fal-Webhook-User-Id", USER_ID),
            ("X-Fal-Webhook-Timestamp", &timestamp),
            ("X-Fal-Webhook-Signature", &signature),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }
}
