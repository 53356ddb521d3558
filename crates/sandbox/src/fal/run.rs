//! One request to a trainer: what was recorded of it, and what that makes of it at a moment.

use serde_json::{Value, json};

use super::refusals::{self, Complaint};
use super::trainers::{Gives, Trainer};
use super::{Settings, State, moment, weights};

/// How long a running request takes to notice that it was cancelled.
const CANCEL_MS: i64 = 500;
const QUEUE_MS_MAX: i64 = 1000;
/// Lines of progress from the first step to the last.
const LINES: i64 = 50;

pub(super) const WEIGHTS_NAME: &str = "pytorch_lora_weights.safetensors";
pub(super) const CONFIG_NAME: &str = "config.json";

pub(super) struct Run {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) gateway_id: String,
    pub(super) trainer: &'static Trainer,
    pub(super) input: Value,
    pub(super) webhook: Option<String>,
    pub(super) starts_at: i64,
    pub(super) training_ms: i64,
    /// `None`: the result's files are kept for ever.
    pub(super) files_kept_ms: Option<i64>,
    pub(super) opened: Option<Opened>,
    pub(super) cancel_asked_at: Option<i64>,
    pub(super) ended: Option<Ended>,
}

/// When the archive was looked into, and the number of its pictures.
pub(super) struct Opened {
    pub(super) at: i64,
    pub(super) images: Result<usize, Complaint>,
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

/// A moment in the queue; none if trainings take no time.
pub(super) fn queue_ms(training_ms: i64) -> i64 {
    (training_ms / 10).min(QUEUE_MS_MAX)
}

impl Run {
    pub(super) fn archive_url(&self) -> &str {
        self.input[self.trainer.archive].as_str().unwrap_or_default()
    }

    /// Whether the archive is to be looked into now.
    pub(super) fn is_to_open(&self, now: i64) -> bool {
        let is_cancelled = self.cancel_asked_at.is_some_and(|it| it < self.starts_at);
        self.opened.is_none() && self.starts_at <= now && !is_cancelled
    }

    /// When and how the run ends, if that is by now.
    pub(super) fn end_by(&self, now: i64) -> Option<(i64, Outcome)> {
        let own = self.opened.as_ref().map(|opened| match &opened.images {
            Ok(_) => (opened.at + self.training_ms, Outcome::Done),
            Err(complaint) => (opened.at, Outcome::Refused(complaint.clone())),
        });
        let cancelled = self.cancel_asked_at.map(|at| {
            let at = if at < self.starts_at { at } else { at + CANCEL_MS };
            (at, Outcome::Broken("client_cancelled".to_owned()))
        });
        own.into_iter().chain(cancelled).filter(|it| it.0 <= now).min_by_key(|it| it.0)
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
        let base = format!("{origin}/{}/requests/{}", self.trainer.endpoint, self.id);
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
            told["metrics"] = json!({ "inference_time": self.training_ms as f64 / 1000.0 });
        }
        if let Some(error) = outcome.and_then(Outcome::error) {
            told["error"] = json!(error);
        }
        if let Some(Outcome::Broken(error_type)) = outcome {
            told["error_type"] = json!(error_type);
        }
        told
    }

    /// All that was logged by `now`, oldest first.
    pub(super) fn log(&self, now: i64) -> Vec<Value> {
        let Some(opened) = &self.opened else { return Vec::new() };
        let end = self.ended.as_ref().map_or(now, |it| it.at.min(now));
        let images = match &opened.images {
            Ok(images) => images,
            Err(complaint) => return vec![line(opened.at, "ERROR", &complaint.text)],
        };
        let steps = self.trainer.steps_of(&self.input);
        let mut lines = vec![
            line(opened.at, "INFO", &format!("Archive opened, {images} images")),
            line(opened.at, "INFO", &format!("Training for {steps} steps")),
        ];
        for part in 0..=LINES {
            let elapsed = self.training_ms * part / LINES;
            if end < opened.at + elapsed {
                break;
            }
            let left = self.training_ms - elapsed;
            let text = progress(steps * part / LINES, steps, elapsed, left);
            lines.push(line(opened.at + elapsed, "INFO", &text));
        }
        lines
    }

    /// What the trainer gives.
    pub(super) fn result(&self, settings: &Settings) -> Value {
        if self.trainer.gives == Gives::Finetune {
            return json!({ "finetune_id": settings.uuid("finetune", &self.id) });
        }
        let file = |name: &str, size: usize| {
            json!({
                "url": format!("{}/files/{}/{name}", settings.origin, self.id),
                "content_type": "application/octet-stream",
                "file_name": name,
                "file_size": size,
            })
        };
        json!({
            "diffusers_lora_file": file(WEIGHTS_NAME, weights::file(&self.id).len()),
            "config_file": file(CONFIG_NAME, self.config().len()),
        })
    }

    pub(super) fn config(&self) -> String {
        let config = json!({
            "base_model": "flux-dev",
            "rank": 1,
            "instance_prompt": self.input.get(self.trainer.trigger),
            "steps": self.trainer.steps_of(&self.input),
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
