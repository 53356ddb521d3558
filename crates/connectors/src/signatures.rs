//! Signatures of webhooks by the Standard Webhooks scheme: Replicate signs with it, and so do we.
//!
//! Source: the specification of Standard Webhooks 1.0.0, symmetric signatures. Its own crate
//! (standardwebhooks 1.0.1) judges the time by the machine's clock alone, which nobody can give it,
//! and signs nothing but text; so the few lines are here, over the HMAC that we have anyway.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use domain::Millis;

pub(crate) const ID: &str = "webhook-id";
pub(crate) const TIMESTAMP: &str = "webhook-timestamp";
pub(crate) const SIGNATURE: &str = "webhook-signature";

/// Before a secret that is written down.
pub(crate) const SECRET_PREFIX: &str = "whsec_";

/// How far the time of a signature may be from ours, either way.
pub(crate) const WINDOW: Millis = Millis::seconds(300);

const VERSION: &str = "v1,";

/// A secret in bytes; `None` when it is none.
pub(crate) fn key(secret: &str) -> Option<Vec<u8>> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET_PREFIX)?).ok()?;
    (!key.is_empty()).then_some(key)
}

/// The value of the header for a message.
pub(crate) fn sign(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let tag = mac(key, id, timestamp, body).finalize().into_bytes();
    format!("{VERSION}{}", STANDARD.encode(tag))
}

/// Whether one of the signatures of a header is of a message. Takes the same time for any of the
/// same length.
pub(crate) fn is_signed(
    key: &[u8],
    id: &str,
    timestamp: &str,
    body: &[u8],
    signatures: &str,
) -> bool {
    let tags =
        signatures.split(' ').filter_map(|it| STANDARD.decode(it.strip_prefix(VERSION)?).ok());
    let mac = mac(key, id, timestamp, body);
    tags.fold(false, |found, tag| found | mac.clone().verify_slice(&tag).is_ok())
}

fn mac(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    mac
}
