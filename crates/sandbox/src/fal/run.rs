//! One request: what was recorded of it, and what that makes of it at a moment.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::endpoints::{Endpoint, Work};
use super::faults::{self, Fault, Trouble};
use super::film::Film;
use super::gather::Found;
use super::painters::{self, Pictures};
use super::refusals::{self, Complaint};
use super::storage::Stored;
use super::trainers::{Gives, Training};
use super::{Settings, State, moment, weights};

/// How long a running request takes to notice that it was cancelled.
const CANCEL_MS: i64 = 500;
const QUEUE_MS_MAX: i64 = 1000;
/// Lines of progress from the first step to the last.
const LINES: i64 = 50;
const WEIGHTS_TYPE: &str = "application/octet-stream";

const WEIGHTS_NAME: &str = "pytorch_lora_weights.safetensors";
const CONFIG_NAME: &str = "config.json";

pub(super) struct Run {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) gateway_id: String,
    pub(super) endpoint: &'static Endpoint,
    pub(super) input: Value,
    pub(super) webhook: Option<String>,
    pub(super) starts_at: i64,
    pub(super) lasts_ms: i64,
    /// `None`: the result's files are kept for ever.
    pub(super) files_kept_ms: Option<i64>,
    /// What was ordered to go wrong with this very request.
    pub(super) faults: Vec<Fault>,
    pub(super) opened: Option<Opened>,
    pub(super) cancel_asked_at: Option<i64>,
    pub(super) ended: Option<Ended>,
}

/// When its files were looked into, and what was found.
pub(super) struct Opened {
    pub(super) at: i64,
    pub(super) found: Result<Found, Complaint>,
    /// When the film was made, where one is.
    pub(super) filmed_at: Option<i64>,
}

/// A file of a result, as it can be made at any time.
pub(super) enum Made {
    Bytes(Bytes),
    Picture(Arc<Pictures>, String),
    Film(Stored, &'static str),
}

impl Made {
    /// The file and its content type. Drawing blocks.
    pub(super) fn stored(self) -> (Stored, &'static str) {
        match self {
            Made::Bytes(bytes) => (Stored::Memory(bytes), WEIGHTS_TYPE),
            Made::Picture(pictures, name) => {
                let (bytes, content_type) = pictures.paint(&name).unwrap_or_default();
                (Stored::Memory(bytes), content_type)
            }
            Made::Film(stored, content_type) => (stored, content_type),
        }
    }
}

pub(super) struct Ended {
    pub(super) at: i64,
    pub(super) outcome: Outcome,
}

#[derive(Clone)]
pub(super) enum Outcome {
    Done,
    /// The model's 422.
    Refused(Complaint),
    /// An `error_type` of the queue.
    Broken(String),
}

impl Outcome {
    fn error(&self) -> Option<String> {
        match self {
            Outcome::Done => None,
            Outcome::Refused(_) => Some("Invalid status code: 422".to_owned()),
            Outcome::Broken(error_type) => Some(refusals::text_of(error_type)),
        }
    }
}

/// A moment in the queue; none if the work takes no time.
pub(super) fn queue_ms(lasts_ms: i64) -> i64 {
    (lasts_ms / 10).min(QUEUE_MS_MAX)
}

impl Run {
    /// Whether its files are to be looked into now.
    pub(super) fn is_to_open(&self, now: i64) -> bool {
        let is_cancelled = self.cancel_asked_at.is_some_and(|it| it < self.starts_at);
        self.opened.is_none() && self.starts_at <= now && !is_cancelled
    }

    /// When and how the run ends, if that is by now.
    pub(super) fn end_by(&self, now: i64) -> Option<(i64, Outcome)> {
        let own = self.opened.as_ref().and_then(|opened| match &opened.found {
            Ok(_) if self.is_endless() => None,
            Ok(Found::Film(film)) => self.end_of_film(opened, film.end()?),
            Ok(_) => Some((opened.at + self.lasts_ms, Outcome::Done)),
            Err(complaint) => Some((opened.at, Outcome::Refused(complaint.clone()))),
        });
        let cancelled = self.cancel_asked_at.map(|at| {
            let at = if at < self.starts_at { at } else { at + CANCEL_MS };
            (at, Outcome::Broken("client_cancelled".to_owned()))
        });
        own.into_iter().chain(cancelled).filter(|it| it.0 <= now).min_by_key(|it| it.0)
    }

    /// A film is over when it is made, and not before its time.
    fn end_of_film(&self, opened: &Opened, end: Result<(), &str>) -> Option<(i64, Outcome)> {
        let at = opened.filmed_at?.max(opened.at + self.lasts_ms);
        let outcome = match end {
            Ok(()) => Outcome::Done,
            Err(_) => Outcome::Broken("runner_server_error".to_owned()),
        };
        Some((at, outcome))
    }

    /// The film that is to be made now, if it is to be made.
    pub(super) fn to_film(&self) -> Option<Arc<Film>> {
        let is_over = self.ended.is_some() || self.cancel_asked_at.is_some();
        match self.opened.as_ref().filter(|it| !is_over && it.filmed_at.is_none())?.found {
            Ok(Found::Film(ref film)) => Some(film.clone()),
            _ => None,
        }
    }

    fn is_endless(&self) -> bool {
        faults::ordered(&self.faults, Trouble::Endless).is_some()
    }

    pub(super) fn state(&self, now: i64) -> State {
        if self.ended.is_some() || self.end_by(now).is_some() {
            State::Completed
        } else if now < self.starts_at {
            State::InQueue
        } else {
            State::InProgress
        }
    }

    /// The three addresses. Every second request has the longer form of the first: both are seen.
    pub(super) fn urls(&self, origin: &str) -> Value {
        let base = format!("{origin}/{}/requests/{}", self.endpoint.name, self.id);
        let response = if self.has_long_form() { "/response" } else { "" };
        json!({
            "request_id": self.id,
            "response_url": format!("{base}{response}"),
            "status_url": format!("{base}/status"),
            "cancel_url": format!("{base}/cancel"),
        })
    }

    pub(super) fn has_long_form(&self) -> bool {
        self.number.is_multiple_of(2)
    }

    /// What is said of the request at `now`, with the log from line `logs_from` on, if at all.
    pub(super) fn telling(&self, now: i64, origin: &str, logs_from: Option<usize>) -> Value {
        let mut told = self.urls(origin);
        let state = self.state(now);
        told["status"] = json!(state.word());
        if state == State::InQueue {
            return told;
        }
        told["logs"] = json!(logs_from.map(|from| self.log(now).split_off(from)));
        told["metrics"] = json!({});
        let outcome = self.ended.as_ref().map(|it| &it.outcome);
        if let Some(Outcome::Done) = outcome {
            told["metrics"] = json!({ "inference_time": self.seconds() });
        }
        if let Some(error) = outcome.and_then(Outcome::error) {
            told["error"] = json!(error);
        }
        if let Some(Outcome::Broken(error_type)) = outcome {
            told["error_type"] = json!(error_type);
        }
        told
    }

    fn seconds(&self) -> f64 {
        self.lasts_ms as f64 / 1000.0
    }

    /// All that was logged by `now`, oldest first.
    pub(super) fn log(&self, now: i64) -> Vec<Value> {
        let Some(opened) = &self.opened else { return Vec::new() };
        let end = self.ended.as_ref().map_or(now, |it| it.at.min(now));
        let say = |text: &str| line(opened.at, "INFO", text);
        let (mut lines, steps, count) = match &opened.found {
            Err(complaint) => return vec![line(opened.at, "ERROR", &complaint.text)],
            Ok(Found::Words(_)) => return vec![say("Answering")],
            Ok(Found::Film(film)) => (vec![say("Filming")], film.frames(), LINES),
            Ok(Found::Archive(images)) => {
                let steps = self.training().map_or(1, |it| it.steps_of(&self.input));
                let opened = format!("Archive opened, {images} images");
                (vec![say(&opened), say(&format!("Training for {steps} steps"))], steps, LINES)
            }
            Ok(Found::Pictures(pictures)) => {
                let steps = painters::steps_of(&self.input);
                let loaded = |name: &str| say(&format!("Weights of {name} loaded"));
                let lines = pictures.avatars().iter().map(|it| loaded(&it.name)).collect();
                (lines, steps, steps.min(LINES))
            }
        };
        let last = if self.is_endless() { count - 1 } else { count };
        for part in 0..=last {
            let elapsed = self.lasts_ms * part / count;
            if end < opened.at + elapsed {
                break;
            }
            let left = self.lasts_ms - elapsed;
            let text = progress(steps * part / count, steps, elapsed, left);
            lines.push(line(opened.at + elapsed, "INFO", &text));
        }
        lines
    }

    fn training(&self) -> Option<&'static Training> {
        match &self.endpoint.work {
            Work::Training(training) => Some(training),
            Work::Painting(_) | Work::Filming(_) | Work::Reading(_) => None,
        }
    }

    /// What it gives.
    pub(super) fn result(&self, settings: &Settings) -> Value {
        let files = format!("{}/files/{}", settings.origin, self.id);
        match self.opened.as_ref().map(|it| &it.found) {
            Some(Ok(Found::Words(answer))) => answer.clone(),
            Some(Ok(Found::Film(film))) => film.result(&files),
            Some(Ok(Found::Pictures(it))) => it.result(&files, &self.input["seed"], self.seconds()),
            Some(Ok(Found::Archive(_))) => self.trained(&files, settings),
            Some(Err(_)) | None => Value::Null,
        }
    }

    fn trained(&self, files: &str, settings: &Settings) -> Value {
        if self.training().is_some_and(|it| it.gives == Gives::Finetune) {
            return json!({ "finetune_id": settings.uuid("finetune", &self.id) });
        }
        let file = |name: &str, size: usize| {
            json!({
                "url": format!("{files}/{name}"),
                "content_type": WEIGHTS_TYPE,
                "file_name": name,
                "file_size": size,
            })
        };
        json!({
            "diffusers_lora_file": file(WEIGHTS_NAME, self.weights().len()),
            "config_file": file(CONFIG_NAME, self.config().len()),
        })
    }

    /// One of the files of its result.
    pub(super) fn file(&self, name: &str) -> Option<Made> {
        match self.opened.as_ref().map(|it| &it.found) {
            Some(Ok(Found::Pictures(pictures))) => {
                let made = Made::Picture(pictures.clone(), name.to_owned());
                pictures.has_file(name).then_some(made)
            }
            Some(Ok(Found::Film(film))) => film.file(name).map(|it| Made::Film(it.0, it.1)),
            Some(Ok(Found::Archive(_))) => match (self.training()?.gives, name) {
                (Gives::Weights, WEIGHTS_NAME) => Some(Made::Bytes(self.weights().into())),
                (Gives::Weights, CONFIG_NAME) => Some(Made::Bytes(self.config().into())),
                _ => None,
            },
            Some(Ok(Found::Words(_)) | Err(_)) | None => None,
        }
    }

    fn weights(&self) -> Vec<u8> {
        let trigger = self.training().and_then(|it| it.trigger_of(&self.input));
        weights::file(&self.id, trigger)
    }

    fn config(&self) -> String {
        let training = self.training();
        let config = json!({
            "base_model": "flux-dev",
            "rank": 1,
            "instance_prompt": training.and_then(|it| self.input.get(it.trigger)),
            "steps": training.map(|it| it.steps_of(&self.input)),
        });
        format!("{config:#}\n")
    }

    pub(super) fn webhook_body(&self, outcome: &Outcome, settings: &Settings) -> Value {
        let mut body = json!({ "request_id": self.id, "gateway_request_id": self.gateway_id });
        if let Some(error) = outcome.error() {
            body["error"] = json!(error);
        }
        (body["status"], body["payload"]) = match outcome {
            Outcome::Done => (json!("OK"), self.result(settings)),
            Outcome::Refused(complaint) => {
                (json!("ERROR"), json!({ "detail": [complaint.detail(&self.input)] }))
            }
            Outcome::Broken(_) => (json!("ERROR"), Value::Null),
        };
        body
    }
}

fn line(at: i64, level: &str, message: &str) -> Value {
    json!({
        "timestamp": moment(at).format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
        "level": level,
        "source": "USER",
        "message": message,
        "labels": {},
    })
}

/// As tqdm draws it.
fn progress(done: i64, steps: i64, elapsed_ms: i64, left_ms: i64) -> String {
    let percent = done * 100 / steps;
    let bar = "#".repeat(usize::try_from(done * 10 / steps).unwrap_or_default());
    let clock = |ms: i64| format!("{:02}:{:02}", ms / 60_000, ms / 1000 % 60);
    format!("{percent:3}%|{bar:<10}| {done}/{steps} [{}<{}]", clock(elapsed_ms), clock(left_ms))
}
