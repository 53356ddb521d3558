//! Replicate's webhooks: who called, and about what. Source: Replicate's document on webhooks, 2026.

use http::HeaderMap;
use serde::Deserialize;

use domain::Millis;

use super::Replicate;
use crate::http::Http;
use crate::providers::{Call, ProviderError, WebhookError, WebhookKeys, is_run_id, only};
use crate::signatures;

const KEYS: &str = "asking for the keys";

#[derive(Deserialize)]
struct Secret {
    key: String,
}

#[derive(Deserialize)]
struct Told {
    id: String,
}

/// The secret of our account. There is one, and it may be changed.
pub(super) async fn keys(replicate: &Replicate, http: &Http) -> Result<WebhookKeys, ProviderError> {
    let secret: Secret = replicate.get(http, KEYS, "webhooks/default/secret").await?;
    let key = signatures::key(&secret.key).ok_or_else(|| ProviderError::Unexpected {
        cause: format!("{KEYS}: the secret is not of the known kind"),
    })?;
    Ok(WebhookKeys(vec![key]))
}

/// The whole body is signed, so the run's id in it needs no other proof.
pub(super) fn verify(
    headers: &HeaderMap,
    body: &[u8],
    now: Millis,
    keys: &WebhookKeys,
) -> Result<Call, WebhookError> {
    let id = only(headers, signatures::ID)?;
    let timestamp = only(headers, signatures::TIMESTAMP)?;
    let signed = only(headers, signatures::SIGNATURE)?;
    let seconds: u32 = timestamp.parse().map_err(|_| WebhookError::Headers)?;
    let signed_at = Millis::seconds(i64::from(seconds));
    if signatures::WINDOW < now.since(signed_at) || signatures::WINDOW < signed_at.since(now) {
        return Err(WebhookError::Stale);
    }
    if !keys.0.iter().any(|it| signatures::is_signed(it, id, timestamp, body, signed)) {
        return Err(WebhookError::Forged);
    }
    let told: Told = serde_json::from_slice(body).map_err(|_| WebhookError::Body)?;
    if !is_run_id(&told.id) {
        return Err(WebhookError::Body);
    }
    Ok(Call { run_id: told.id })
}
