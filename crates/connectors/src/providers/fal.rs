//! fal.ai: a queue that trains, a store for files, and webhooks with signatures.
//!
//! Source: the published clients (fal-client 1.0.3 for Python, @fal-ai/client 1.10.1) and fal's
//! documents as of 2026. Their words stay in this folder.
//!
//! What fal keeps of a customer: uploads for a day and what it makes for three, both by the
//! lifetimes that we send along. The JSON of a training's request and answer (kept for 30 days)
//! holds only addresses of those and a made-up word, so `X-Fal-Store-IO: 0` would hide nothing from
//! anybody; it would end a finished training's answer within the hour, and with it the training
//! of whoever was offline for longer. It is the same with a video, which costs dollars and not
//! cents. Pictures and hints hold the customer's own words, and nobody waits for them that long:
//! their JSON isn't kept.

mod answers;
mod edits;
mod hints;
mod pictures;
mod trainers;
mod upload;
mod videos;
mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::Request;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use domain::Millis;
use domain::refusal::Fault;

use super::numbers::percent;
use super::{
    Access, Call, CancelAnswer, Made, Progress, Provider, ProviderError, RemoteFile, Run,
    Submitted, Trained, Upload, WebhookError, WebhookKeys, Work, is_run_id,
};
use crate::http::{Answer, Body, Http, Limits, below, if_as_known, plain};

pub(super) const NAME: &str = "fal";

/// Their own clients wait as long for a submit. To give up early is dear: it may have been taken.
const SUBMIT: Limits = Limits { time: Duration::from_secs(120), bytes: 1 << 20 };
/// A state comes with the whole log of the training.
const ASK: Limits = Limits { time: Duration::from_secs(30), bytes: 4 << 20 };

/// A weekend, for the operator to get a broken machine running again.
const LIFETIME: HeaderValue = HeaderValue::from_static(r#"{"expiration_duration_seconds":259200}"#);
const LIFETIME_NAME: HeaderName = HeaderName::from_static("x-fal-object-lifecycle-preference");
const KEEP_JSON_NAME: HeaderName = HeaderName::from_static("x-fal-store-io");

/// What we are doing, for the texts of errors.
const STATE: &str = "asking for the state";
const RESULT: &str = "asking for the result";

pub(super) struct Fal {
    access: Access,
}

#[async_trait]
impl Provider for Fal {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn upload(&self, http: &Http, upload: Upload) -> Result<String, ProviderError> {
        upload::upload(self, http, upload).await
    }

    async fn submit(&self, http: &Http, work: &Work) -> Result<Submitted, ProviderError> {
        let (endpoint, input) = match work {
            Work::Training(work) => (work.workflow.as_str(), trainers::input(work)?),
            Work::Pictures(work) => pictures::input(work)?,
            Work::Edit(work) => (work.workflow.as_str(), edits::input(work)?),
            Work::Hint(work) => (work.workflow.as_str(), hints::input(work)?),
            Work::LipSync(work) => (work.workflow.as_str(), videos::lip_sync(work)?),
            Work::Matting(work) => (work.workflow.as_str(), videos::matting(work)?),
            Work::Speech(_) => return Err(unexpected("fal doesn't speak for us")),
        };
        let mut url = below(&self.access.queue_url, endpoint);
        if let Some(webhook_url) = work.webhook_url() {
            url.query_pairs_mut().append_pair("fal_webhook", webhook_url);
        }
        let mut request = self.request(Method::POST, url, Some(input))?;
        request.headers_mut().insert(LIFETIME_NAME, LIFETIME);
        if let Work::Pictures(_) | Work::Edit(_) | Work::Hint(_) = work {
            request.headers_mut().insert(KEEP_JSON_NAME, HeaderValue::from_static("0"));
        }
        let answer = http.call(request, SUBMIT).await;
        let answer = answer.map_err(|it| ProviderError::costly("submitting", it))?;
        if !answer.code.is_success() {
            return Err(videos::not_taken(endpoint, answers::not_taken("submitting", &answer)));
        }
        // From here on it has been taken, whatever we make of the answer.
        let taken: Taken = answer.json().map_err(|wrong| ProviderError::Uncertain {
            cause: format!("submitting: taken, but {wrong}"),
        })?;
        self.own(taken.run(endpoint)).map(Submitted::Run).ok_or_else(|| ProviderError::Uncertain {
            cause: "submitting: taken, but under no usable id".to_owned(),
        })
    }

    fn run(&self, workflow: &str, id: &str) -> Option<Run> {
        if !is_run_id(id) {
            return None;
        }
        // As their clients do: of an endpoint's name, the owner and the application alone.
        let application: Vec<&str> = workflow.split('/').take(2).collect();
        let path = format!("{}/requests/{id}", application.join("/"));
        let response_url: String = below(&self.access.queue_url, &path).into();
        Some(Run {
            id: id.to_owned(),
            workflow: workflow.to_owned(),
            status_url: format!("{response_url}/status"),
            cancel_url: format!("{response_url}/cancel"),
            response_url,
        })
    }

    async fn poll(&self, http: &Http, run: &Run) -> Result<Progress, ProviderError> {
        let run = self.known(run)?;
        let mut answer = self.ask(http, STATE, &format!("{}?logs=1", run.status_url)).await?;
        if let Body::TooLarge = answer.body {
            // The log only says the percentage, which isn't worth a poll.
            answer = self.ask(http, STATE, &format!("{}?logs=0", run.status_url)).await?;
        }
        if answer.code == StatusCode::NOT_FOUND {
            return Ok(Progress::Lost);
        }
        let state: State = readable(STATE, &answer)?;
        if state.request_id.as_ref().is_some_and(|it| *it != run.id) {
            return Err(ProviderError::Unexpected {
                cause: "asking for the state: the answer is about another run".to_owned(),
            });
        }
        Ok(match state.status.as_str() {
            "IN_QUEUE" => Progress::Waiting { position: state.queue_position },
            "IN_PROGRESS" => Progress::Running { percent: state.percent() },
            "COMPLETED" => return self.end(http, &run, &state).await,
            other => {
                let state = plain(other);
                tracing::warn!(run.id, state, "fal names a state unknown to us: taken as running");
                Progress::Running { percent: None }
            }
        })
    }

    async fn cancel(&self, http: &Http, run: &Run) -> Result<CancelAnswer, ProviderError> {
        let run = self.known(run)?;
        let request = self.request(Method::PUT, own_url(&run.cancel_url), None)?;
        let answer = http.call(request, ASK).await;
        let answer = answer.map_err(|it| ProviderError::harmless("cancelling", it))?;
        let said = answer.json::<Cancelled>().ok().and_then(|it| it.status);
        match (answer.code, said.as_deref()) {
            (code, _) if code.is_success() => Ok(CancelAnswer::Asked),
            (StatusCode::BAD_REQUEST, Some("ALREADY_COMPLETED")) => Ok(CancelAnswer::TooLate),
            (StatusCode::NOT_FOUND, _) => Ok(CancelAnswer::Unknown),
            _ => Err(answers::complaint("cancelling", &answer)),
        }
    }

    async fn keys(&self, http: &Http) -> Result<WebhookKeys, ProviderError> {
        webhook::keys(&self.access.rest_url, http).await
    }

    fn webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Millis,
        keys: &WebhookKeys,
    ) -> Result<Call, WebhookError> {
        webhook::verify(headers, body, now, keys)
    }
}

impl Fal {
    pub(super) fn new(access: Access) -> Self {
        Self { access }
    }

    /// A request with our key. It goes to the configured addresses only.
    fn request(
        &self,
        method: Method,
        url: Url,
        json: Option<Vec<u8>>,
    ) -> Result<Request, ProviderError> {
        let key = format!("Key {}", self.access.key.expose_secret());
        let mut key = HeaderValue::from_str(&key).map_err(|_| ProviderError::Closed {
            cause: "the key has characters that no key has".to_owned(),
        })?;
        key.set_sensitive(true);
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, key);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(json) = json {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(json.into());
        }
        Ok(request)
    }

    async fn ask(&self, http: &Http, doing: &str, url: &str) -> Result<Answer, ProviderError> {
        let request = self.request(Method::GET, own_url(url), None)?;
        let answer = http.call(request, ASK).await;
        answer.map_err(|it| ProviderError::harmless(doing, it))
    }

    /// A run as it was told, with our own address in place of each that isn't the queue's: whoever
    /// makes up an answer, or a row, must not get our key. `None` without a usable id.
    fn own(&self, told: Run) -> Option<Run> {
        let built = self.run(&told.workflow, &told.id)?;
        let told_id = told.id.as_str();
        let choose = |told: String, built: String| {
            let is_own = Url::parse(&told).is_ok_and(|it| {
                it.origin() == self.access.queue_url.origin()
                    && it.username().is_empty()
                    && it.password().is_none()
                    && it.query().is_none()
                    && it.fragment().is_none()
                    && it.path().split('/').any(|it| it == told_id)
            });
            if is_own { told } else { built }
        };
        Some(Run {
            id: built.id,
            workflow: built.workflow,
            response_url: choose(told.response_url, built.response_url),
            status_url: choose(told.status_url, built.status_url),
            cancel_url: choose(told.cancel_url, built.cancel_url),
        })
    }

    fn known(&self, run: &Run) -> Result<Run, ProviderError> {
        self.own(run.clone()).ok_or_else(|| ProviderError::Unexpected {
            cause: "the run has no usable id".to_owned(),
        })
    }

    /// What a run came to that is said to be over. Only a result with files is a success.
    async fn end(&self, http: &Http, run: &Run, state: &State) -> Result<Progress, ProviderError> {
        if let Some(kind) = state.error_type.as_ref().filter(|it| !it.is_empty()) {
            return Ok(videos::ended(&run.workflow, answers::ended(kind)));
        }
        let answer = self.ask(http, RESULT, &run.response_url).await?;
        let is_lost = answer.code == StatusCode::NOT_FOUND;
        if state.has_error() && (is_lost || answer.code.is_success()) {
            let reason = "its state has an error, its result doesn't tell which".to_owned();
            return Ok(Progress::Failed { fault: Fault::ProviderFailed, reason });
        }
        if is_lost {
            return Ok(Progress::Lost);
        }
        if let Some(ended) = answers::verdict(&answer) {
            return Ok(videos::ended(&run.workflow, ended));
        }
        made(&run.workflow, &answer)
    }
}

/// What a result holds, which only its endpoint tells: an answer of another shape is no success.
fn made(endpoint: &str, answer: &Answer) -> Result<Progress, ProviderError> {
    if trainers::ENDPOINTS.contains(&endpoint) {
        let output: Output = readable(RESULT, answer)?;
        let trained = output.trained().ok_or_else(|| no_result("there is no model in it"))?;
        return Ok(Progress::Done(Made::Model(trained)));
    }
    if pictures::ENDPOINTS.contains(&endpoint) || edits::ENDPOINTS.contains(&endpoint) {
        let output: pictures::Output = readable(RESULT, answer)?;
        return output.pictures().map(Made::Pictures).map(Progress::Done);
    }
    if let Some(video) = videos::made(endpoint, answer) {
        return video.map(Made::Video).map(Progress::Done);
    }
    hints::made(endpoint, answer)
}

fn no_result(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("{RESULT}: {what}") }
}

fn json(input: &impl Serialize) -> Result<Vec<u8>, ProviderError> {
    Ok(serde_json::to_vec(input).expect("texts and numbers are JSON"))
}

fn unexpected(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("submitting: {what}") }
}

/// Reads an answer that ought to be a success.
fn readable<T: DeserializeOwned>(doing: &str, answer: &Answer) -> Result<T, ProviderError> {
    if !answer.code.is_success() {
        return Err(answers::complaint(doing, answer));
    }
    answer.json().map_err(|wrong| {
        let cause = format!("{doing}: {wrong}");
        match answer.body {
            Body::BrokenOff(_) => ProviderError::Transient { cause, retry_after: None },
            Body::Whole(_) | Body::TooLarge => ProviderError::Unexpected { cause },
        }
    })
}

fn own_url(url: &str) -> Url {
    Url::parse(url).expect("built, or parsed before")
}

#[derive(Deserialize)]
struct Taken {
    request_id: String,
    response_url: Option<String>,
    status_url: Option<String>,
    cancel_url: Option<String>,
}

impl Taken {
    fn run(self, workflow: &str) -> Run {
        Run {
            id: self.request_id,
            workflow: workflow.to_owned(),
            response_url: self.response_url.unwrap_or_default(),
            status_url: self.status_url.unwrap_or_default(),
            cancel_url: self.cancel_url.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
struct State {
    status: String,
    request_id: Option<String>,
    #[serde(default, deserialize_with = "if_as_known")]
    queue_position: Option<u32>,
    #[serde(default, deserialize_with = "if_as_known")]
    logs: Option<Vec<LogLine>>,
    #[serde(default)]
    error: Value,
    #[serde(default, deserialize_with = "if_as_known")]
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct LogLine {
    message: String,
}

impl State {
    fn has_error(&self) -> bool {
        match &self.error {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// The last percentage of the log.
    fn percent(&self) -> Option<u8> {
        self.logs.as_ref()?.iter().rev().find_map(|line| percent(&line.message))
    }
}

#[derive(Deserialize)]
struct Cancelled {
    status: Option<String>,
}

#[derive(Deserialize)]
struct Output {
    diffusers_lora_file: Option<File>,
    config_file: Option<File>,
    finetune_id: Option<String>,
}

#[derive(Deserialize)]
struct File {
    url: String,
    #[serde(default, deserialize_with = "if_as_known")]
    file_name: Option<String>,
    #[serde(default, deserialize_with = "if_as_known")]
    file_size: Option<u64>,
}

impl Output {
    fn trained(self) -> Option<Trained> {
        if let Some(model) = self.diffusers_lora_file.and_then(File::remote) {
            let config = self.config_file.and_then(File::remote);
            return Some(Trained::Files { model, config });
        }
        self.finetune_id.filter(|it| !it.is_empty()).map(|id| Trained::Finetune { id })
    }
}

impl File {
    fn remote(self) -> Option<RemoteFile> {
        let has_address = !self.url.is_empty();
        has_address.then_some(RemoteFile {
            url: self.url,
            name: self.file_name,
            bytes: self.file_size,
        })
    }
}
