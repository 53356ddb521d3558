//! One training or prediction: what was recorded of it, and what that makes of it at a moment
//! (the objects of providers.md 2.3, 2.4 and 8.2).

use bytes::Bytes;
use serde_json::{Value, json};

use super::faults::Trouble;
use super::{Kind, Phase, Settings, moment, weights};
use crate::drawing::Avatar;
use weights::Trained;

/// How long a running run takes to notice that it was canceled.
const CANCEL_MS: i64 = 500;
const START_MS_MAX: i64 = 1000;
/// Lines of progress of a training from the first step to the last.
const LINES: i64 = 50;
const TRAINING_STEPS: i64 = 1000;
const PICTURE_STEPS: i64 = 28;
/// How long input, output and logs of a prediction are kept.
pub(super) const KEPT_MS: i64 = 3_600_000;
/// An address in a network that a client must not be led into.
pub(super) const INTERNAL: &str = "http://169.254.169.254/latest/meta-data";

const INTERRUPTED: &str = "Prediction interrupted; please retry (code: PA)";
const NSFW: &str =
    "All generated images contained NSFW content. Try running it again with a different prompt.";

pub(super) struct Run {
    pub(super) number: u64,
    pub(super) kind: Kind,
    pub(super) id: String,
    /// What nobody can know who wasn't given it; part of the addresses of results.
    pub(super) token: String,
    pub(super) model: String,
    pub(super) version: String,
    pub(super) destination: Option<String>,
    /// Whom the version knows, if it was trained.
    pub(super) avatar: Option<Avatar>,
    pub(super) input: Value,
    pub(super) hook: Option<Hook>,
    pub(super) created_at: i64,
    pub(super) starts_at: i64,
    pub(super) takes_ms: i64,
    pub(super) deadline: Option<i64>,
    /// What goes wrong with it, by its words and by orders.
    pub(super) struck: Vec<Trouble>,
    pub(super) is_let_in: bool,
    /// It is given up instead of being begun.
    pub(super) is_aborted: bool,
    pub(super) opened: Option<Opened>,
    pub(super) cancel_asked_at: Option<i64>,
    pub(super) ended: Option<Ended>,
    pub(super) told: Told,
}

/// Where and of what webhooks tell.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) url: String,
    pub(super) events: Vec<String>,
}

/// What webhooks have told so far.
#[derive(Default)]
pub(super) struct Told {
    pub(super) is_started: bool,
    pub(super) log_lines: usize,
    pub(super) log_at: i64,
}

/// When the files of the input were looked into, and what was found.
pub(super) struct Opened {
    pub(super) at: i64,
    pub(super) found: Result<Found, String>,
}

#[derive(Default)]
pub(super) struct Found {
    pub(super) photos: usize,
    /// Whom the weights know.
    pub(super) avatars: Vec<Avatar>,
    pub(super) picture: Option<Bytes>,
}

pub(super) struct Ended {
    pub(super) at: i64,
    pub(super) outcome: Outcome,
}

#[derive(Clone, PartialEq)]
pub(super) enum Outcome {
    Done,
    Failed(String),
    Canceled,
    Aborted,
}

impl Outcome {
    fn phase(&self) -> Phase {
        match self {
            Outcome::Done => Phase::Succeeded,
            Outcome::Failed(_) => Phase::Failed,
            Outcome::Canceled => Phase::Canceled,
            Outcome::Aborted => Phase::Aborted,
        }
    }

    pub(super) fn interrupted() -> Outcome {
        Outcome::Failed(INTERRUPTED.to_owned())
    }

    pub(super) fn of_unsafe() -> Outcome {
        Outcome::Failed(NSFW.to_owned())
    }
}

/// A moment until a machine is there; none if the work takes no time.
pub(super) fn start_ms(takes_ms: i64) -> i64 {
    (takes_ms / 10).min(START_MS_MAX)
}

/// What is fetched for a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Archive,
    Weights,
    Picture,
}

impl Run {
    /// The texts of the input that lead to files.
    pub(super) fn wants(&self) -> Vec<(Wanted, String)> {
        let fields: &[_] = match self.kind {
            Kind::Training => &[("input_images", Wanted::Archive)],
            Kind::Prediction => &[
                ("lora_weights", Wanted::Weights),
                ("extra_lora", Wanted::Weights),
                ("image", Wanted::Picture),
            ],
        };
        let text = |name| self.input[name].as_str().filter(|it: &&str| !it.is_empty());
        fields.iter().filter_map(|it| Some((it.1, text(it.0)?.to_owned()))).collect()
    }

    pub(super) fn has(&self, trouble: Trouble) -> bool {
        self.struck.contains(&trouble)
    }

    /// When and how the run ends, if that is by now.
    pub(super) fn end_by(&self, now: i64) -> Option<(i64, Outcome)> {
        let opened = self.opened.as_ref().filter(|_| !self.has(Trouble::Endless));
        let own = opened.map(|opened| match &opened.found {
            Ok(_) => (opened.at + self.takes_ms, Outcome::Done),
            Err(text) => (opened.at, Outcome::Failed(text.clone())),
        });
        let canceled = self.cancel_asked_at.map(|at| {
            let at = if at < self.starts_at { at } else { at + CANCEL_MS };
            (at, Outcome::Canceled)
        });
        let over = self.deadline.map(|at| {
            let is_before = at <= self.starts_at;
            (at, if is_before { Outcome::Aborted } else { Outcome::Canceled })
        });
        let given_up = self.is_aborted.then_some((self.starts_at, Outcome::Aborted));
        let ends = own.into_iter().chain(canceled).chain(over).chain(given_up);
        ends.filter(|it| it.0 <= now).min_by_key(|it| it.0)
    }

    pub(super) fn phase(&self, now: i64) -> Phase {
        match &self.ended {
            Some(ended) if ended.at <= now => ended.outcome.phase(),
            _ if now < self.starts_at => Phase::Starting,
            _ => Phase::Processing,
        }
    }

    /// How it ended, once it has.
    fn end(&self, now: i64) -> Option<&Ended> {
        self.ended.as_ref().filter(|it| it.at <= now)
    }

    /// Input, output and logs are gone. Those of trainings stay.
    pub(super) fn is_removed(&self, now: i64) -> bool {
        self.kind == Kind::Prediction && self.end(now).is_some_and(|it| it.at + KEPT_MS <= now)
    }

    /// The object as it is given at `now`.
    pub(super) fn wire(&self, now: i64, settings: &Settings) -> Value {
        let is_removed = self.is_removed(now);
        let end = self.end(now);
        let base = format!("{}/v1/predictions/{}", settings.base_url(), self.id);
        let mut wire = json!({
            "id": self.id,
            "model": self.model,
            "version": self.version,
            "input": if is_removed { json!({}) } else { self.input.clone() },
            "logs": if is_removed { String::new() } else { self.log(now).concat() },
            "error": match end.map(|it| &it.outcome) {
                Some(Outcome::Failed(text)) => json!(text),
                _ => Value::Null,
            },
            "status": self.phase(now).word(),
            "created_at": moment(self.created_at),
            "urls": { "get": base, "cancel": format!("{base}/cancel") },
        });
        if self.kind == Kind::Prediction {
            wire["output"] = Value::Null;
            wire["data_removed"] = json!(is_removed);
            wire["source"] = json!("api");
            wire["urls"]["web"] = json!(format!("https://replicate.com/p/{}", self.id));
        }
        if let Some(deadline) = self.deadline {
            wire["deadline"] = json!(moment(deadline));
        }
        let is_begun = |it: &Ended| self.starts_at <= it.at && it.outcome != Outcome::Aborted;
        if self.starts_at <= now && end.is_none_or(is_begun) {
            wire["started_at"] = json!(moment(self.starts_at));
        }
        if let Some(end) = end {
            wire["output"] = match end.outcome {
                Outcome::Done if !is_removed => self.output(settings),
                _ => Value::Null,
            };
            wire["completed_at"] = json!(moment(end.at));
            if end.outcome == Outcome::Done {
                let seconds = |from: i64| (end.at - from) as f64 / 1000.0;
                wire["metrics"] = json!({
                    "predict_time": seconds(self.starts_at),
                    "total_time": seconds(self.created_at),
                });
            }
        }
        wire
    }

    /// What it gives if it ends well.
    pub(super) fn output(&self, settings: &Settings) -> Value {
        if self.has(Trouble::Empty) {
            return Value::Null;
        }
        let place = if self.has(Trouble::Internal) {
            INTERNAL.to_owned()
        } else {
            format!("{}/delivery/xezq/{}", settings.base_url(), self.token)
        };
        match self.kind {
            Kind::Training => json!({
                "version": format!(
                    "{}:{}",
                    self.destination.as_deref().unwrap_or_default(),
                    settings.version(&self.id)
                ),
                "weights": format!("{place}/{}", weights::TAR_NAME),
            }),
            Kind::Prediction => (0..self.pictures())
                .map(|it| format!("{place}/{}", self.picture_name(it)))
                .collect(),
        }
    }

    pub(super) fn pictures(&self) -> u64 {
        self.input["num_outputs"].as_f64().map_or(1, |it| it as u64)
    }

    pub(super) fn picture_name(&self, index: u64) -> String {
        format!("out-{index}.{}", self.input["output_format"].as_str().unwrap_or("webp"))
    }

    /// The seed that was given, or one that follows from the id.
    pub(super) fn seed(&self) -> u64 {
        let own = self.input["seed"].as_f64().map(|it| it as i64 as u64);
        own.unwrap_or_else(|| {
            self.id.bytes().fold(0, |seed, it| (seed * 31 + u64::from(it)) % 65_521)
        })
    }

    pub(super) fn trigger_word(&self) -> &str {
        self.input["trigger_word"].as_str().unwrap_or("TOK")
    }

    /// Whom the picture is to show.
    pub(super) fn avatars(&self) -> Vec<Avatar> {
        let loaded = self.found().into_iter().flat_map(|it| it.avatars.iter());
        self.avatar.iter().chain(loaded).cloned().collect()
    }

    /// What was found in the files of the input.
    pub(super) fn found(&self) -> Option<&Found> {
        self.opened.as_ref()?.found.as_ref().ok()
    }

    /// What the weights of a training are made of that ends at this moment.
    pub(super) fn weights_at(&self, ended_at: i64) -> Trained<'_> {
        let captions = self.found().map_or(0, |it| it.photos);
        Trained { id: &self.id, trigger: self.trigger_word(), captions, ended_at }
    }

    /// The same of one that has ended well.
    pub(super) fn trained(&self) -> Option<Trained<'_>> {
        let ended = self.ended.as_ref().filter(|it| it.outcome == Outcome::Done)?;
        (self.kind == Kind::Training).then(|| self.weights_at(ended.at))
    }

    /// All lines that were logged by `now`, oldest first.
    pub(super) fn log(&self, now: i64) -> Vec<String> {
        let Some(opened) = &self.opened else { return Vec::new() };
        let end = self.ended.as_ref().map_or(now, |it| it.at.min(now));
        if end < opened.at {
            return Vec::new();
        }
        let found = match &opened.found {
            Ok(found) => found,
            Err(text) => return vec![format!("Traceback (most recent call last):\n{text}\n")],
        };
        let (first, label, steps, lines) = match self.kind {
            Kind::Training => {
                let steps = self.input["steps"].as_f64().map_or(TRAINING_STEPS, |it| it as i64);
                let first = format!("Extracted {} images from input_images\n", found.photos);
                (first, "flux_train_replicate: ", steps, LINES)
            }
            Kind::Prediction => {
                let steps = &self.input["num_inference_steps"];
                let steps = steps.as_f64().map_or(PICTURE_STEPS, |it| it as i64);
                (format!("Using seed: {}\n", self.seed()), "", steps, 4)
            }
        };
        let mut log = vec![first];
        for part in 0..=lines {
            let elapsed = self.takes_ms * part / lines;
            if end < opened.at + elapsed {
                break;
            }
            let left = self.takes_ms - elapsed;
            log.push(progress(label, steps * part / lines, steps, [elapsed, left]));
        }
        if self.ended.as_ref().is_some_and(|it| it.outcome == Outcome::of_unsafe()) {
            log.push("NSFW content detected in image 0\n".to_owned());
        }
        log
    }
}

/// As tqdm draws it.
fn progress(label: &str, done: i64, steps: i64, [elapsed_ms, left_ms]: [i64; 2]) -> String {
    let percent = done * 100 / steps;
    let bar = "#".repeat(usize::try_from(done * 10 / steps).unwrap_or_default());
    let clock = |ms: i64| format!("{:02}:{:02}", ms / 60_000, ms / 1000 % 60);
    let times = format!("[{}<{}]", clock(elapsed_ms), clock(left_ms));
    format!("{label}{percent:3}%|{bar:<10}| {done}/{steps} {times}\n")
}
