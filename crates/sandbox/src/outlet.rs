//! The one way out of the sandbox: webhooks to the program that is being tried.

use async_trait::async_trait;
use axum::body::Bytes;
use bytes::BytesMut;
use std::net::IpAddr;
use std::time::Duration;

/// What the receiver of a webhook said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// `Retry-After` in seconds.
    pub retry_after: Option<u64>,
}

/// Posts webhooks: over loopback in earnest, or straight into a router in tests.
#[async_trait]
pub trait Outlet: Send + Sync {
    /// The error is a sentence for `getWebhookInfo` and the log.
    async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Answer, String>;

    /// Fetches a file of at most `limit` bytes that the program being tried has put somewhere.
    async fn get(&self, url: &str, limit: u64) -> Result<Bytes, String> {
        Err(format!("Nothing of {limit} bytes can be fetched here from {url}"))
    }
}

/// Telegram waits about a minute for an answer (open Bot API server).
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Real HTTP, but only to this machine: made-up updates have no business elsewhere.
pub struct Loopback {
    client: reqwest::Client,
}

impl Loopback {
    pub fn new() -> Result<Loopback, reqwest::Error> {
        // Nothing here speaks TLS, but the client can't be built without someone who could.
        // An error only says that the program has chosen its provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_TIMEOUT)
            .pool_max_idle_per_host(128)
            .tcp_nodelay(true)
            .build()?;
        Ok(Loopback { client })
    }
}

#[async_trait]
impl Outlet for Loopback {
    async fn post(
        &self,
        url: &str,
        headers: &[(String, String)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let url = url::Url::parse(url).map_err(|error| format!("Wrong URL: {error}"))?;
        if !is_loopback(&url) {
            return Err("The sandbox only posts to this machine".into());
        }
        let mut request = self.client.post(url).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|error| {
            if error.is_timeout() {
                "Read timeout expired".to_owned()
            } else if error.is_connect() {
                "Connection refused".to_owned()
            } else {
                error.without_url().to_string()
            }
        })?;
        let retry_after = answer
            .headers()
            .get(http::header::RETRY_AFTER)
            .and_then(|it| it.to_str().ok())
            .and_then(|it| it.trim().parse().ok());
        let status = answer.status().as_u16();
        // Read to the end, so that the connection can be used again.
        let _ = answer.bytes().await;
        Ok(Answer { status, retry_after })
    }

    async fn get(&self, url: &str, limit: u64) -> Result<Bytes, String> {
        let url = url::Url::parse(url).map_err(|error| format!("Wrong URL: {error}"))?;
        if !is_loopback(&url) {
            return Err("The sandbox only fetches from this machine".into());
        }
        let plain = |error: reqwest::Error| error.without_url().to_string();
        let answer = self.client.get(url).send().await.map_err(plain)?;
        let mut answer = answer.error_for_status().map_err(plain)?;
        let mut file = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(plain)? {
            if limit < (file.len() + chunk.len()) as u64 {
                return Err(format!("The file has more than {limit} bytes"));
            }
            file.extend_from_slice(&chunk);
        }
        Ok(file.freeze())
    }
}

/// Whether a URL leads to this very machine.
pub(crate) fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(url::Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}
