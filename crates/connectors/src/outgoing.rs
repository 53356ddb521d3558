//! Webhooks of our own, to whoever asked to be called: signed by the Standard Webhooks scheme.
//!
//! The address is a stranger's, so it is judged more strictly than any other: what the operator
//! trusts us to reach, a stranger doesn't.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, header};
use reqwest::Request;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use domain::Millis;

use crate::http::{Http, Limits, TransportError};
use crate::signatures;

/// Their code is all that we want to know.
const LIMITS: Limits = Limits { time: Duration::from_secs(15), bytes: 4_096 };

/// The secret is not one of [`new_secret`], or the id is not fit for a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook can't be signed with that")]
pub struct Unsignable;

/// A secret to sign with, as it is shown to whoever verifies.
pub fn new_secret(random: &[u8; 32]) -> SecretString {
    format!("{}{}", signatures::SECRET_PREFIX, STANDARD.encode(random)).into()
}

/// The value of `webhook-signature`. During a change of secrets a message has one for each, with
/// blanks between.
pub fn sign(
    secret: &SecretString,
    id: &str,
    at: Millis,
    body: &[u8],
) -> Result<String, Unsignable> {
    let key = signatures::key(secret.expose_secret()).ok_or(Unsignable)?;
    // A point or a blank would let one message pass for another.
    let is_id = !id.is_empty() && id.bytes().all(|it| it.is_ascii_graphic() && it != b'.');
    if !is_id {
        return Err(Unsignable);
    }
    Ok(signatures::sign(&key, id, &timestamp(at), body))
}

/// Brings a message and says what was answered. Only a code of 2xx is a receipt; a redirect is an
/// answer like any other, and is not followed.
pub async fn deliver(
    http: &Http,
    url: &Url,
    secret: &SecretString,
    id: &str,
    at: Millis,
    body: Vec<u8>,
) -> Result<u16, TransportError> {
    http.admits_stranger(url)?;
    let unfit = |_| TransportError::NotSent(Unsignable.to_string());
    let signature = sign(secret, id, at, &body).map_err(unfit)?;
    let mut request = Request::new(Method::POST, url.clone());
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in [
        (signatures::ID, id),
        (signatures::TIMESTAMP, &timestamp(at)),
        (signatures::SIGNATURE, &signature),
    ] {
        let value = HeaderValue::from_str(value).expect("graphic characters, as was checked");
        headers.insert(name, value);
    }
    *request.body_mut() = Some(body.into());
    http.call(request, LIMITS).await.map(|it| it.code.as_u16())
}

fn timestamp(at: Millis) -> String {
    at.as_i64().div_euclid(1_000).to_string()
}
