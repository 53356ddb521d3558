//! The questions that do no harm, and what is to be found in the answers.

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use reqwest::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::{Comfy, ComfyError, Device, Stats};
use crate::http::{Answer, Body, Http, Limits, TransportError, below, if_as_known, plain};

/// A busy server may be slow, since nodes hold up what answers. Queue and history repeat whole
/// graphs, and an error prints the pixels that it was given.
const ASK: Limits = Limits { time: Duration::from_secs(20), bytes: 32 << 20 };

/// More than any UUID has.
const ID_CHARS_MAX: usize = 64;

/// Where a prompt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Running,
    Waiting { before: u32 },
    Nowhere,
}

#[derive(Deserialize)]
struct Queue {
    queue_running: Vec<Value>,
    queue_pending: Vec<Value>,
}

#[derive(Deserialize)]
struct SystemStats {
    #[serde(default, deserialize_with = "if_as_known")]
    system: Option<System>,
    #[serde(default)]
    devices: Vec<Gpu>,
}

#[derive(Deserialize)]
struct System {
    #[serde(default)]
    comfyui_version: String,
}

#[derive(Deserialize)]
struct Gpu {
    #[serde(default)]
    name: String,
    #[serde(default, deserialize_with = "if_as_known")]
    vram_total: Option<u64>,
    #[serde(default, deserialize_with = "if_as_known")]
    vram_free: Option<u64>,
}

impl Comfy {
    pub(super) fn url(&self, path: &str) -> Url {
        below(&self.base, path)
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        http: &Http,
        path: &str,
        limits: Limits,
    ) -> Result<T, ComfyError> {
        let answer = http.call(Request::new(Method::GET, self.url(path)), limits).await;
        readable(&answer.map_err(ComfyError::from)?)
    }

    /// Tells it something that may be told again.
    async fn tell(&self, http: &Http, path: &str, body: &Value) -> Result<(), ComfyError> {
        let answer = http.call(self.post(path, body), ASK).await.map_err(ComfyError::from)?;
        if answer.code.is_success() { Ok(()) } else { Err(complaint(&answer)) }
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Request {
        let mut request = Request::new(Method::POST, self.url(path));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        *request.body_mut() = Some(body.to_string().into());
        request
    }

    pub(super) async fn place(&self, http: &Http, prompt_id: &str) -> Result<Place, ComfyError> {
        let queue: Queue = self.ask(http, "queue", ASK).await?;
        Ok(queue.place(prompt_id))
    }

    /// What is kept of a prompt that has ended. To be asked after [`Comfy::place`]: the other way
    /// round, one that ends in between is in neither.
    pub(super) async fn history(
        &self,
        http: &Http,
        prompt_id: &str,
    ) -> Result<Option<Value>, ComfyError> {
        let mut all: Value = self.ask(http, &format!("history/{prompt_id}"), ASK).await?;
        match all.as_object_mut() {
            Some(all) => Ok(all.remove(prompt_id)),
            None => Err(unexpected("its history is none")),
        }
    }

    /// Takes a prompt that waits from the queue. Of one that is running nothing changes.
    pub(super) async fn unqueue(&self, http: &Http, prompt_id: &str) -> Result<(), ComfyError> {
        self.tell(http, "queue", &json!({ "delete": [prompt_id] })).await
    }

    /// Only for a prompt that was just seen running: servers that don't know the parameter would
    /// interrupt whatever runs.
    pub(super) async fn interrupt(&self, http: &Http, prompt_id: &str) -> Result<(), ComfyError> {
        self.tell(http, "interrupt", &json!({ "prompt_id": prompt_id })).await
    }
}

pub(super) async fn stats(comfy: &Comfy, http: &Http) -> Result<Stats, ComfyError> {
    let stats: SystemStats = comfy.ask(http, "system_stats", ASK).await?;
    let devices = stats.devices.into_iter().map(|it| Device {
        name: plain(&it.name),
        vram_total: it.vram_total.unwrap_or(0),
        vram_free: it.vram_free.unwrap_or(0),
    });
    let version = stats.system.map(|it| plain(&it.comfyui_version)).unwrap_or_default();
    Ok(Stats { version, devices: devices.collect() })
}

pub(super) async fn free(comfy: &Comfy, http: &Http) -> Result<(), ComfyError> {
    comfy.tell(http, "free", &json!({ "unload_models": true, "free_memory": true })).await
}

pub(super) async fn put_away(comfy: &Comfy, http: &Http, id: &str) -> Result<(), ComfyError> {
    comfy.tell(http, "history", &json!({ "delete": [id] })).await
}

/// Whether a text can be a prompt's id, which becomes a part of addresses.
pub(super) fn is_id(text: &str) -> bool {
    (1..=ID_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
}

impl Queue {
    fn place(&self, prompt_id: &str) -> Place {
        let is_ours = |it: &&Value| it.get(1).and_then(Value::as_str) == Some(prompt_id);
        if self.queue_running.iter().any(|it| is_ours(&it)) {
            return Place::Running;
        }
        let Some(own) = self.queue_pending.iter().find(is_ours) else { return Place::Nowhere };
        // They are listed as a heap holds them. Their numbers tell the order, and may be negative
        // or have a fraction.
        let number = |it: &Value| it.get(0).and_then(Value::as_f64);
        let earlier = self.queue_pending.iter().filter(|it| number(it) < number(own)).count();
        let before = self.queue_running.len() + earlier;
        Place::Waiting { before: u32::try_from(before).unwrap_or(u32::MAX) }
    }
}

fn readable<T: DeserializeOwned>(answer: &Answer) -> Result<T, ComfyError> {
    if !answer.code.is_success() {
        return Err(complaint(answer));
    }
    answer.json().map_err(|_| match answer.body {
        Body::BrokenOff(_) => away("its answer broke off"),
        Body::TooLarge => unexpected("its answer is larger than may be"),
        Body::Whole(_) => unexpected("its answer is not as known"),
    })
}

pub(super) fn complaint(answer: &Answer) -> ComfyError {
    let reason = format!("answered {}", answer.code.as_u16());
    if is_gateways(answer.code) {
        ComfyError::Away { reason }
    } else {
        ComfyError::Unexpected { reason }
    }
}

/// Whether a code is that of whoever stands before a ComfyUI that isn't there.
pub(super) fn is_gateways(code: StatusCode) -> bool {
    matches!(
        code,
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT
    )
}

fn away(what: &str) -> ComfyError {
    ComfyError::Away { reason: what.to_owned() }
}

fn unexpected(what: &str) -> ComfyError {
    ComfyError::Unexpected { reason: what.to_owned() }
}

/// In our own words: those of the system may name the address.
impl From<TransportError> for ComfyError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Barred(why) => {
                let reason = format!("the address may not be reached: {why}");
                Self::Unexpected { reason }
            }
            TransportError::NotSent(_) => away("no connection"),
            TransportError::Broken(_) => away("the connection broke"),
            TransportError::TimedOut(span) => {
                Self::Away { reason: format!("no answer within {span:?}") }
            }
        }
    }
}

impl ComfyError {
    pub(super) fn reason(self) -> String {
        match self {
            Self::Away { reason } | Self::Unexpected { reason } => reason,
        }
    }
}
