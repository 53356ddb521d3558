//! fal's webhooks: who called, and about what. Source: fal's document on webhooks, 2026.
//!
//! Nothing here is compared with a secret, so nothing has to take constant time: an Ed25519
//! signature is checked with public keys, and both ids are in the caller's hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use http::{HeaderMap, Method};
use reqwest::Request;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use domain::Millis;

use super::{ASK, readable};
use crate::http::{Http, below};
use crate::providers::{Call, ProviderError, WebhookError, WebhookKeys, only};

/// How far the time of a signature may be from ours, either way.
const WINDOW: Millis = Millis::seconds(300);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    kty: Option<String>,
    crv: Option<String>,
    x: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    request_id: String,
}

/// The public keys that sign webhooks now. Asked without our key: anybody may know them.
pub(super) async fn keys(rest_url: &Url, http: &Http) -> Result<WebhookKeys, ProviderError> {
    let request = Request::new(Method::GET, below(rest_url, ".well-known/jwks.json"));
    let answer = http.call(request, ASK).await;
    let answer = answer.map_err(|it| ProviderError::harmless("asking for the keys", it))?;
    let set: KeySet = readable("asking for the keys", &answer)?;
    let keys: Vec<Vec<u8>> = set.keys.into_iter().filter_map(Key::bytes).collect();
    if keys.is_empty() {
        let cause = "asking for the keys: there is none of the known kind".to_owned();
        return Err(ProviderError::Unexpected { cause });
    }
    Ok(WebhookKeys(keys))
}

impl Key {
    /// `None` for a key of another kind, as there may be beside ours.
    fn bytes(self) -> Option<Vec<u8>> {
        let is_ours = self.kty.as_deref() == Some("OKP") && self.crv.as_deref() == Some("Ed25519");
        let bytes = URL_SAFE_NO_PAD.decode(self.x?.trim_end_matches('=')).ok()?;
        (is_ours && verifying(&bytes).is_some()).then_some(bytes)
    }
}

fn verifying(bytes: &[u8]) -> Option<VerifyingKey> {
    VerifyingKey::from_bytes(bytes.try_into().ok()?).ok()
}

pub(super) fn verify(
    headers: &HeaderMap,
    body: &[u8],
    now: Millis,
    keys: &WebhookKeys,
) -> Result<Call, WebhookError> {
    let run_id = only(headers, "x-fal-webhook-request-id")?;
    let account = only(headers, "x-fal-webhook-user-id")?;
    let timestamp = only(headers, "x-fal-webhook-timestamp")?;
    let signature = only(headers, "x-fal-webhook-signature")?;

    let seconds: u32 = timestamp.parse().map_err(|_| WebhookError::Headers)?;
    let signed_at = Millis::seconds(i64::from(seconds));
    if WINDOW < now.since(signed_at) || WINDOW < signed_at.since(now) {
        return Err(WebhookError::Stale);
    }

    let mut bytes = [0; Signature::BYTE_SIZE];
    hex::decode_to_slice(signature, &mut bytes).map_err(|_| WebhookError::Headers)?;
    let signature = Signature::from_bytes(&bytes);
    let hash = hex::encode(Sha256::digest(body));
    let message = format!("{run_id}\n{account}\n{timestamp}\n{hash}");
    let has_signed = |key: &VerifyingKey| key.verify_strict(message.as_bytes(), &signature).is_ok();
    if !keys.0.iter().filter_map(|it| verifying(it)).any(|it| has_signed(&it)) {
        return Err(WebhookError::Forged);
    }

    let told: Told = serde_json::from_slice(body).map_err(|_| WebhookError::Body)?;
    if told.request_id != run_id {
        return Err(WebhookError::OtherRun);
    }
    Ok(Call { run_id: told.request_id })
}
