//! ElevenLabs: words that are spoken, at once, and the voices that speak them.
//!
//! Source: the published client (elevenlabs 2.78.0 for Python) and ElevenLabs' documents as of
//! 2026. Their words stay in this folder.
//!
//! What was spoken comes with the answer and with no other: there is nothing to ask for later, and
//! no webhook. So work whose answer was lost is handed in again. It may then be billed twice, which
//! costs the operator a few cents at worst and the customer nothing.

mod answers;
mod speech;
pub mod voices;

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use reqwest::Request;
use secrecy::ExposeSecret;
use url::Url;

use domain::Millis;

use super::{
    Access, Call, CancelAnswer, Made, Progress, Provider, ProviderError, Run, Submitted, Upload,
    WebhookError, WebhookKeys, Work,
};
use crate::http::{Http, Limits};

pub(super) const NAME: &str = "elevenlabs";

/// A quarter of an hour in the format that we ask for is below the limit.
const SPEAK: Limits = Limits { time: Duration::from_secs(60), bytes: 16 << 20 };
/// A hundred voices come with their samples and settings.
const ASK: Limits = Limits { time: Duration::from_secs(30), bytes: 8 << 20 };

const KEY_NAME: HeaderName = HeaderName::from_static("xi-api-key");

/// What we are doing, for the texts of errors.
const SPEAKING: &str = "speaking";

pub(super) struct ElevenLabs {
    access: Access,
}

#[async_trait]
impl Provider for ElevenLabs {
    fn name(&self) -> &'static str {
        NAME
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn upload(&self, _: &Http, _: Upload) -> Result<String, ProviderError> {
        Err(unexpected("ElevenLabs reads no files of ours"))
    }

    async fn submit(&self, http: &Http, work: &Work) -> Result<Submitted, ProviderError> {
        let Work::Speech(work) = work else {
            return Err(unexpected("ElevenLabs does nothing for us but speak"));
        };
        let json = Some(speech::input(work)?);
        let request = request(&self.access, Method::POST, speech::url(&self.access, work)?, json)?;
        let answer = http.call(request, SPEAK).await;
        let answer = answer.map_err(|it| ProviderError::costly(SPEAKING, it))?;
        speech::made(work, answer).map(Made::Speech).map(Submitted::Made)
    }

    /// There are none.
    fn run(&self, _: &str, _: &str) -> Option<Run> {
        None
    }

    async fn poll(&self, _: &Http, _: &Run) -> Result<Progress, ProviderError> {
        Ok(Progress::Lost)
    }

    async fn cancel(&self, _: &Http, _: &Run) -> Result<CancelAnswer, ProviderError> {
        Ok(CancelAnswer::Unknown)
    }

    async fn keys(&self, _: &Http) -> Result<WebhookKeys, ProviderError> {
        Err(unexpected("ElevenLabs calls nobody for us"))
    }

    fn webhook(
        &self,
        _: &HeaderMap,
        _: &[u8],
        _: Millis,
        _: &WebhookKeys,
    ) -> Result<Call, WebhookError> {
        Err(WebhookError::Headers)
    }
}

impl ElevenLabs {
    pub(super) fn new(access: Access) -> Self {
        Self { access }
    }
}

/// A request with our key. It goes to the configured address only.
fn request(
    access: &Access,
    method: Method,
    url: Url,
    json: Option<Vec<u8>>,
) -> Result<Request, ProviderError> {
    let key = HeaderValue::from_str(access.key.expose_secret());
    let mut key = key.map_err(|_| ProviderError::Closed {
        cause: "the key has characters that no key has".to_owned(),
    })?;
    key.set_sensitive(true);
    let mut request = Request::new(method, url);
    request.headers_mut().insert(KEY_NAME, key);
    if let Some(json) = json {
        let json_type = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json_type);
        *request.body_mut() = Some(json.into());
    }
    Ok(request)
}

fn unexpected(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("{SPEAKING}: {what}") }
}
