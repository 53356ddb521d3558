//! What providers call us with, signed as each of them signs.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use connectors::http::Http;
use connectors::providers::{Provider, WebhookKeys};
use connectors::reach::Reach;
use domain::Millis;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue};
use sha2::{Digest, Sha256};

use super::{Words, text};
use crate::record::Recorded;

const NOW_SECONDS: i64 = 1_760_000_000;

/// A webhook, signed with the key of a number: 0 is the one of the published examples.
pub(super) fn called(provider: &dyn Provider, words: &Words<'_>, body: &str) -> String {
    let now = words.read("now").unwrap_or(NOW_SECONDS);
    let age: i64 = words.read("age").unwrap_or(0);
    let timestamp = words.get("at").map_or((now - age).to_string(), str::to_owned);
    let signed = words.get("signed").unwrap_or(body);
    let by = words.read("by").unwrap_or(0);
    let (prefix, parts, keys) = match provider.name() {
        "fal" => ("x-fal-webhook-", fal(words, &timestamp, signed, by), fal_keys(provider)),
        "replicate" => ("webhook-", replicate(words, &timestamp, signed, by), secret(provider)),
        other => panic!("nobody knows how {other} signs"),
    };
    let mut headers = HeaderMap::new();
    for (name, value) in parts {
        let value = words.get(name).map_or(value, str::to_owned);
        let header: HeaderName = format!("{prefix}{name}").parse().expect("a name");
        let value = HeaderValue::from_str(&value).expect("a value");
        for _ in 0..words.get("without").map_or(1, |it| usize::from(it != name)) {
            headers.append(header.clone(), value.clone());
        }
        if words.get("twice") == Some(name) {
            headers.append(header, value);
        }
    }
    text(provider.webhook(&headers, body.as_bytes(), Millis::seconds(now), &keys))
}

type Parts = Vec<(&'static str, String)>;

fn fal(words: &Words<'_>, timestamp: &str, signed: &str, by: u8) -> Parts {
    let id = words.get("id").unwrap_or("req-1");
    let account = words.get("account").unwrap_or("user-1");
    let hash = hex::encode(Sha256::digest(signed.as_bytes()));
    let signature = fal_key(by).sign(format!("{id}\n{account}\n{timestamp}\n{hash}").as_bytes());
    vec![
        ("request-id", id.to_owned()),
        ("user-id", account.to_owned()),
        ("timestamp", timestamp.to_owned()),
        ("signature", hex::encode(signature.to_bytes())),
    ]
}

fn fal_key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&std::array::from_fn(|at| if number == 0 { at as u8 } else { number }))
}

/// Keys come from an answer alone, so they are asked for.
fn fal_keys(provider: &dyn Provider) -> WebhookKeys {
    let keys = [9, 1, 0].map(|it| {
        let x = URL_SAFE_NO_PAD.encode(fal_key(it).verifying_key().as_bytes());
        format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{x}"}}"#)
    });
    asked(provider, &format!(r#"200 {{"keys":[{}]}}"#, keys.join(",")))
}

fn replicate(words: &Words<'_>, timestamp: &str, signed: &str, by: u8) -> Parts {
    let id = words.get("id").unwrap_or("msg_1");
    let mut mac = Hmac::<Sha256>::new_from_slice(&replicate_key(by)).expect("of any length");
    mac.update(format!("{id}.{timestamp}.{signed}").as_bytes());
    let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    let signature = match words.get("beside") {
        Some(other) => format!("{other} {signature}"),
        None => signature,
    };
    let id = id.to_owned();
    vec![("id", id), ("timestamp", timestamp.to_owned()), ("signature", signature)]
}

fn replicate_key(number: u8) -> [u8; 24] {
    if number == 0 { *b"0123456789abcdef01234567" } else { [number; 24] }
}

fn secret(provider: &dyn Provider) -> WebhookKeys {
    let key = STANDARD.encode(replicate_key(0));
    asked(provider, &format!(r#"200 {{"key":"whsec_{key}"}}"#))
}

fn asked(provider: &dyn Provider, answer: &str) -> WebhookKeys {
    let transport = Recorded::new(&[answer.to_owned()]);
    let http = Http::over(Arc::new(transport), Reach::Public { trusted: Vec::new() });
    futures::FutureExt::now_or_never(provider.keys(&http)).expect("at once").expect("keys")
}
