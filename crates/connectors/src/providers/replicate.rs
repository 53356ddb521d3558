//! Replicate: trainings and predictions by one API, a store for files, and webhooks with signatures.
//!
//! Source: the published clients (replicate 1.0.7 for Python and its beta, replicate 1.4.0 for
//! JavaScript) and Replicate's documents as of 2026. Their words stay in this folder.
//!
//! Whoever has a model of a face can make pictures of it. So models are made private, and one that
//! is public is never trained into.

mod answers;
mod files;
mod predictions;
mod trainings;
mod webhook;

use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::Request;
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use domain::Millis;
use domain::refusal::Fault;

use self::answers::readable;
use super::numbers::percent;
use super::{
    Access, Call, CancelAnswer, Made, Progress, Provider, ProviderError, Run, Submitted, Upload,
    WebhookError, WebhookKeys, Work, is_run_id,
};
use crate::http::{Answer, Http, Limits, below, if_as_known, plain};

pub(super) const NAME: &str = "replicate";

/// To give up early is dear: it may have been taken.
const SUBMIT: Limits = Limits { time: Duration::from_secs(120), bytes: 1 << 20 };
/// A run comes with the whole of its log.
const ASK: Limits = Limits { time: Duration::from_secs(30), bytes: 8 << 20 };

/// What we are doing, for the texts of errors.
const STATE: &str = "asking for the state";
const SUBMITTING: &str = "submitting";
const CANCELLING: &str = "cancelling";
const DELETING: &str = "deleting a version";

pub(super) struct Replicate {
    access: Access,
}

/// What is sent to begin a run.
struct Order {
    path: String,
    json: Vec<u8>,
}

#[async_trait]
impl Provider for Replicate {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn upload(&self, http: &Http, upload: Upload) -> Result<String, ProviderError> {
        files::upload(self, http, upload).await
    }

    async fn submit(&self, http: &Http, work: &Work) -> Result<Submitted, ProviderError> {
        let order = match work {
            Work::Training(work) => trainings::order(self, http, work).await?,
            Work::Pictures(work) => predictions::order(work)?,
            Work::Edit(_) => return Err(unexpected("Replicate changes no pictures for us")),
            Work::Hint(_) => return Err(unexpected("Replicate gives no hints")),
            Work::LipSync(_) | Work::Matting(_) => {
                return Err(unexpected("Replicate makes no videos for us"));
            }
            Work::Speech(_) => return Err(unexpected("Replicate doesn't speak for us")),
        };
        let request = self.request(Method::POST, self.url(&order.path), Some(order.json))?;
        let answer = http.call(request, SUBMIT).await;
        let answer = answer.map_err(|it| ProviderError::costly(SUBMITTING, it))?;
        if !answer.code.is_success() {
            return Err(answers::not_taken(SUBMITTING, &answer));
        }
        // From here on it has been taken, whatever we make of the answer.
        let taken: Taken = answer.json().map_err(|wrong| ProviderError::Uncertain {
            cause: format!("{SUBMITTING}: taken, but {wrong}"),
        })?;
        let run = self.run(work.workflow(), &taken.id);
        run.map(Submitted::Run).ok_or_else(|| ProviderError::Uncertain {
            cause: format!("{SUBMITTING}: taken, but under no usable id"),
        })
    }

    /// A new training names the address of a prediction; asked as a training it tells more.
    fn run(&self, workflow: &str, id: &str) -> Option<Run> {
        if !is_run_id(id) {
            return None;
        }
        let kind = if trainings::is_trainer(workflow) { "trainings" } else { "predictions" };
        let url: String = self.url(&format!("{kind}/{id}")).into();
        Some(Run {
            id: id.to_owned(),
            workflow: workflow.to_owned(),
            cancel_url: format!("{url}/cancel"),
            status_url: url.clone(),
            response_url: url,
        })
    }

    async fn poll(&self, http: &Http, run: &Run) -> Result<Progress, ProviderError> {
        let run = self.known(run)?;
        let request = self.request(Method::GET, own_url(&run.status_url), None)?;
        let answer = self.ask(http, STATE, request).await?;
        if answer.code == StatusCode::NOT_FOUND {
            return Ok(Progress::Lost);
        }
        let state: State = readable(STATE, &answer)?;
        if state.id != run.id {
            return Err(no_result("the answer is about another run"));
        }
        Ok(match state.status.as_str() {
            "starting" => Progress::Waiting { position: None },
            "processing" => Progress::Running { percent: state.percent() },
            "succeeded" => return state.result(&run),
            "failed" => answers::failed(&state.error, &state.input),
            "canceled" => Progress::Cancelled,
            // Ended before it began.
            "aborted" => {
                let reason = "aborted".to_owned();
                Progress::Failed { fault: Fault::ProviderFailed, reason }
            }
            other => {
                let state = plain(other);
                tracing::warn!(
                    run.id,
                    state,
                    "Replicate names a state unknown to us: taken as running"
                );
                Progress::Running { percent: None }
            }
        })
    }

    async fn cancel(&self, http: &Http, run: &Run) -> Result<CancelAnswer, ProviderError> {
        let run = self.known(run)?;
        let request = self.request(Method::POST, own_url(&run.cancel_url), None)?;
        let answer = self.ask(http, CANCELLING, request).await?;
        if answer.code == StatusCode::NOT_FOUND {
            return Ok(CancelAnswer::Unknown);
        }
        if !answer.code.is_success() {
            return Err(answers::complaint(CANCELLING, &answer));
        }
        let state = answer.json::<Ended>().ok().and_then(|it| it.status);
        Ok(match state.as_deref() {
            Some("succeeded" | "failed") => CancelAnswer::TooLate,
            _ => CancelAnswer::Asked,
        })
    }

    async fn forget(&self, http: &Http, id: &str) -> Result<(), ProviderError> {
        // `owner/name:version`, as a training has told.
        let parts = id.split_once(':').and_then(|(model, version)| {
            let is_path = |it: &str| {
                it.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_./".contains(&it))
                    && !it.contains("..")
            };
            let is_version = version.bytes().all(|it| it.is_ascii_hexdigit());
            (is_path(model) && is_version && !version.is_empty()).then_some((model, version))
        });
        let Some((model, version)) = parts else {
            let cause = "deleting a version: its name is none".to_owned();
            return Err(ProviderError::Unexpected { cause });
        };
        let url = self.url(&format!("models/{model}/versions/{version}"));
        let request = self.request(Method::DELETE, url, None)?;
        let answer = self.ask(http, DELETING, request).await?;
        if answer.code.is_success() || answer.code == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(answers::complaint(DELETING, &answer))
    }

    async fn keys(&self, http: &Http) -> Result<WebhookKeys, ProviderError> {
        webhook::keys(self, http).await
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

impl Replicate {
    pub(super) fn new(access: Access) -> Self {
        Self { access }
    }

    fn url(&self, path: &str) -> Url {
        below(&self.access.rest_url, &format!("v1/{path}"))
    }

    /// A request with our key. It goes to the configured address only.
    fn request(
        &self,
        method: Method,
        url: Url,
        json: Option<Vec<u8>>,
    ) -> Result<Request, ProviderError> {
        let mut request = Request::new(method, url);
        let key = format!("Bearer {}", self.access.key.expose_secret());
        let mut key = HeaderValue::from_str(&key).map_err(|_| ProviderError::Closed {
            cause: "the key has characters that no key has".to_owned(),
        })?;
        key.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, key);
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(json) = json {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(json.into());
        }
        Ok(request)
    }

    /// Sends what may be sent again.
    async fn ask(
        &self,
        http: &Http,
        doing: &str,
        request: Request,
    ) -> Result<Answer, ProviderError> {
        http.call(request, ASK).await.map_err(|it| ProviderError::harmless(doing, it))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        http: &Http,
        doing: &str,
        path: &str,
    ) -> Result<T, ProviderError> {
        let request = self.request(Method::GET, self.url(path), None)?;
        readable(doing, &self.ask(http, doing, request).await?)
    }

    /// The run at our own addresses, whatever a row says: none of them may get our key.
    fn known(&self, run: &Run) -> Result<Run, ProviderError> {
        self.run(&run.workflow, &run.id).ok_or_else(|| ProviderError::Unexpected {
            cause: "the run has no usable id".to_owned(),
        })
    }
}

fn own_url(url: &str) -> Url {
    Url::parse(url).expect("built a moment ago")
}

fn unexpected(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("{SUBMITTING}: {what}") }
}

fn no_result(what: &str) -> ProviderError {
    ProviderError::Unexpected { cause: format!("{STATE}: {what}") }
}

fn json(input: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(input).expect("texts and numbers are JSON")
}

/// Whom to call, and when: at the end alone.
#[derive(Serialize)]
struct Hook<'a> {
    webhook: &'a str,
    webhook_events_filter: [&'a str; 1],
}

impl<'a> Hook<'a> {
    fn of(webhook_url: Option<&'a str>) -> Option<Self> {
        webhook_url.map(|webhook| Self { webhook, webhook_events_filter: ["completed"] })
    }
}

#[derive(Deserialize)]
struct Taken {
    id: String,
}

#[derive(Deserialize)]
struct Ended {
    status: Option<String>,
}

#[derive(Deserialize)]
struct State {
    id: String,
    status: String,
    #[serde(default)]
    output: Value,
    #[serde(default)]
    error: Value,
    /// What we had sent, as far as it is still known.
    #[serde(default)]
    input: Value,
    #[serde(default, deserialize_with = "if_as_known")]
    logs: Option<String>,
    #[serde(default, deserialize_with = "if_as_known")]
    data_removed: Option<bool>,
}

impl State {
    fn percent(&self) -> Option<u8> {
        percent(self.logs.as_deref()?)
    }

    /// What a run came to that has succeeded. Only an output with files is a success.
    fn result(self, run: &Run) -> Result<Progress, ProviderError> {
        if self.output.is_null() || self.data_removed == Some(true) {
            // They know the run, so it isn't lost, and waiting won't bring the files back: an hour
            // after the end they are gone for good. Only a new run can make them.
            return Ok(Progress::Broke { reason: "its output was removed".to_owned() });
        }
        let made = if trainings::is_trainer(&run.workflow) {
            Made::Model(trainings::trained(self.output)?)
        } else {
            let logs = self.logs.unwrap_or_default();
            Made::Pictures(predictions::pictures(self.output, &self.input, &logs)?)
        };
        Ok(Progress::Done(made))
    }
}
