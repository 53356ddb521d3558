//! The one road to the outside: every call has a reach, a time limit and a size limit.
//!
//! Texts made here never hold an address (its query may be a key) nor a header.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use reqwest::dns::Resolve;
use reqwest::{Request, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout_at};
use url::Url;

use crate::reach::{Barred, Guard, Reach, SystemNames};

/// How long a peer may take to accept a connection.
const CONNECT_MAX: Duration = Duration::from_secs(5);
const IDLE_MAX: Duration = Duration::from_secs(60);

/// Carries one request. The network does it, and in tests a record.
#[async_trait]
pub trait Transport: Send + Sync {
    async fn execute(&self, request: Request) -> Result<Response, TransportError>;
}

/// Why there is no answer. It matters most whether the peer may have acted.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent: we don't go there.
    #[error("the address may not be reached: {0}")]
    Barred(#[from] Barred),
    /// Nothing was sent: there was no connection.
    #[error("no connection: {0}")]
    NotSent(String),
    /// The peer may have acted on what it got.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The peer may have acted on what it got.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// What a call may take, all in all.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From the first byte of the connection to the last of the answer.
    pub time: Duration,
    /// The answer's body.
    pub bytes: usize,
}

pub struct Http {
    transport: Arc<dyn Transport>,
    reach: Reach,
}

impl Http {
    /// The network, as far as the reach.
    pub fn new(reach: Reach) -> Result<Self, WrongNetwork> {
        let network = Network::new(&reach, Arc::new(SystemNames))?;
        Ok(Self { transport: Arc::new(network), reach })
    }

    pub fn over(transport: Arc<dyn Transport>, reach: Reach) -> Self {
        Self { transport, reach }
    }

    /// Asks and reads the whole answer. A redirect is an answer like any other.
    pub async fn call(&self, request: Request, limits: Limits) -> Result<Answer, TransportError> {
        let deadline = Deadline::after(limits.time);
        let response = self.begin(request, deadline).await?;
        let code = response.status();
        let headers = response.headers().clone();
        let body = read(response, limits.bytes, deadline).await;
        Ok(Answer { code, headers, body })
    }

    /// Asks, and pours the body of a good answer into `sink` as it comes: memory stays flat whatever
    /// its size. The answer's own body is empty then; after anything else the sink has a part of it
    /// at most.
    pub async fn pour(
        &self,
        request: Request,
        limits: Limits,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
    ) -> Result<Answer, TransportError> {
        let deadline = Deadline::after(limits.time);
        let response = self.begin(request, deadline).await?;
        let code = response.status();
        let headers = response.headers().clone();
        let body = match code.is_success() {
            true => pour(response, limits.bytes, deadline, sink).await,
            false => read(response, limits.bytes, deadline).await,
        };
        Ok(Answer { code, headers, body })
    }

    /// Judges an address that a stranger has named, before anything is sent there.
    pub(crate) fn admits_stranger(&self, url: &Url) -> Result<(), Barred> {
        self.reach.check_stranger(url)
    }

    /// Asks and gives the answer with its body yet to be read.
    pub(crate) async fn begin(
        &self,
        request: Request,
        deadline: Deadline,
    ) -> Result<Response, TransportError> {
        self.reach.check(request.url())?;
        deadline
            .bound(self.transport.execute(request))
            .await
            .unwrap_or_else(|late| Err(late.into()))
    }
}

/// The moment at which a call ends, whatever it is doing.
#[derive(Clone, Copy)]
pub(crate) struct Deadline {
    at: Instant,
    span: Duration,
}

/// A call that ran into its [`Deadline`].
pub(crate) struct Late(Duration);

impl Deadline {
    pub(crate) fn after(span: Duration) -> Self {
        Self { at: Instant::now() + span, span }
    }

    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Result<T, Late> {
        timeout_at(self.at, work).await.map_err(|_| Late(self.span))
    }

    /// Waits for the moment.
    pub(crate) async fn over(self) {
        sleep_until(self.at).await;
    }

    pub(crate) fn is_over(self) -> bool {
        self.at <= Instant::now()
    }
}

impl From<Late> for TransportError {
    fn from(Late(span): Late) -> Self {
        Self::TimedOut(span)
    }
}

/// What the peer answered.
#[derive(Debug)]
pub struct Answer {
    pub code: StatusCode,
    pub headers: HeaderMap,
    pub body: Body,
}

/// A body, or why there is none. The head of the answer counts even then.
#[derive(Debug)]
pub enum Body {
    Whole(Vec<u8>),
    TooLarge,
    BrokenOff(String),
}

impl Answer {
    /// The body as JSON, whatever its content type says: providers are careless with those.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        match &self.body {
            Body::Whole(bytes) => serde_json::from_slice(bytes).map_err(|wrong| {
                // The text of the error may quote the body; where it is and what kind is enough.
                Unreadable::NotAsKnown { what: wrong.classify(), bytes: bytes.len() }
            }),
            Body::TooLarge => Err(Unreadable::TooLarge),
            Body::BrokenOff(why) => Err(Unreadable::BrokenOff(why.clone())),
        }
    }

    /// A header's text; `None` when it is absent, or isn't text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why an answer could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the answer is not as known ({what:?}, {bytes} bytes)")]
    NotAsKnown { what: serde_json::error::Category, bytes: usize },
    #[error("the answer is larger than may be")]
    TooLarge,
    #[error("the answer broke off: {0}")]
    BrokenOff(String),
}

async fn read(mut response: Response, bytes_max: usize, deadline: Deadline) -> Body {
    if response.content_length().is_some_and(|it| (bytes_max as u64) < it) {
        return Body::TooLarge;
    }
    let mut whole = Vec::new();
    loop {
        match chunk(&mut response, deadline).await {
            Ok(Some(chunk)) if bytes_max - whole.len() < chunk.len() => return Body::TooLarge,
            Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
            Ok(None) => return Body::Whole(whole),
            Err(broken) => return Body::BrokenOff(broken.to_string()),
        }
    }
}

async fn pour(
    mut response: Response,
    bytes_max: usize,
    deadline: Deadline,
    sink: &mut (dyn AsyncWrite + Unpin + Send),
) -> Body {
    if response.content_length().is_some_and(|it| (bytes_max as u64) < it) {
        return Body::TooLarge;
    }
    let mut left = bytes_max;
    loop {
        let chunk = match chunk(&mut response, deadline).await {
            Ok(Some(chunk)) if left < chunk.len() => return Body::TooLarge,
            Ok(chunk) => chunk,
            Err(broken) => return Body::BrokenOff(broken.to_string()),
        };
        let written = match &chunk {
            Some(chunk) => sink.write_all(chunk).await,
            None => sink.flush().await,
        };
        if let Err(error) = written {
            return Body::BrokenOff(format!("it can't be written here: {error}"));
        }
        match chunk {
            Some(chunk) => left -= chunk.len(),
            None => return Body::Whole(Vec::new()),
        }
    }
}

/// Who asks for more is not believed.
pub(crate) const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);

/// How long the peer wants us to wait. Given as a date it is not heeded.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// An address on one of the configured hosts.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}

/// A field that isn't worth an answer: anything but the expected is nothing.
pub(crate) fn if_as_known<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(serde_json::from_value(Value::deserialize(from)?).ok())
}

/// The next piece of a body; `None` at its end.
pub(crate) async fn chunk(
    response: &mut Response,
    deadline: Deadline,
) -> Result<Option<Bytes>, TransportError> {
    deadline.bound(response.chunk()).await?.map_err(broken)
}

/// The real one: pooled connections, no proxy from the environment, no redirect followed.
pub struct Network(reqwest::Client);

/// The machine lacks what the network needs.
#[derive(Debug, thiserror::Error)]
#[error("can't prepare the network: {0}")]
pub struct WrongNetwork(String);

impl Network {
    pub fn new(reach: &Reach, names: Arc<dyn Resolve>) -> Result<Self, WrongNetwork> {
        // Fails when one is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder()
            .connect_timeout(CONNECT_MAX)
            .pool_idle_timeout(IDLE_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .user_agent(concat!("atelier/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Guard::new(names, reach.clone()));
        if matches!(reach, Reach::Loopback) {
            // Nothing here is encrypted, so a machine without certificates will do.
            client = client.tls_certs_only([]);
        }
        let client = client.build().map_err(|it| WrongNetwork(words(it)))?;
        Ok(Self(client))
    }
}

#[async_trait]
impl Transport for Network {
    async fn execute(&self, request: Request) -> Result<Response, TransportError> {
        self.0.execute(request).await.map_err(|error| match barred(&error) {
            Some(why) => TransportError::Barred(why),
            None if error.is_connect() || error.is_builder() => {
                TransportError::NotSent(words(error))
            }
            None => broken(error),
        })
    }
}

fn broken(error: reqwest::Error) -> TransportError {
    TransportError::Broken(words(error))
}

/// Whether the [`Guard`] is at the bottom of an error.
fn barred(error: &reqwest::Error) -> Option<Barred> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(why) = error.downcast_ref::<Barred>() {
            return Some(*why);
        }
        source = error.source();
    }
    None
}

/// An error with its causes, without the address.
fn words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        words.push_str(": ");
        words.push_str(&error.to_string());
        source = error.source();
    }
    plain(&words)
}

const PLAIN_CHARS_MAX: usize = 200;

/// A text from outside, fit for a log: one line, short, and without any address in it.
pub(crate) fn plain(text: &str) -> String {
    let words = text.split(|it: char| it.is_whitespace() || it.is_control());
    let words = words.filter(|it| !it.is_empty()).map(|it| {
        let is_address = it.contains("://") || it.contains("data:");
        if is_address { "(address)" } else { it }
    });
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().take(PLAIN_CHARS_MAX).collect()
}
