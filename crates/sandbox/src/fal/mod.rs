//! fal on loopback: storage, queue, signed webhooks and three trainers, after providers.md 1.
//!
//! The state of a request is computed from the clock and from what was recorded. Nothing happens
//! by itself: what is due is done when somebody asks, or in [`Fal::deliver_due`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{Clock, Outlet};
use run::{Ended, Opened, Outcome, Run};
use storage::{Storage, Stored};
use trainers::{Gives, Trainer};

mod archive;
pub mod faults;
mod queue;
mod refusals;
mod run;
mod storage;
mod trainers;
mod uploads;
pub mod webhooks;
mod weights;

/// How long a result can be asked for.
const RESULT_KEPT_MS: i64 = 3_600_000;
/// How long a request is remembered at all.
const REQUEST_KEPT_MS: i64 = 30 * 86_400_000;
/// How often what is old is looked for; nothing that has expired is given out in between.
const SWEEP_MS: i64 = 60_000;
const ARCHIVE_BYTES_MAX: u64 = 1 << 30;

pub struct Settings {
    pub clock: Clock,
    /// Ids, keys and weights follow from it. Two runs with one seed give the same ids.
    pub seed: u64,
    /// Where this emulator is reached, without a slash at the end.
    pub origin: String,
    pub training_ms: i64,
    /// How long everything else takes: pictures, and words about them.
    pub picture_ms: i64,
    /// What request ids begin with.
    pub request_prefix: String,
    /// Where uploads are kept, in a folder `fal-files` that is emptied first; else in memory.
    pub dir: Option<PathBuf>,
}

/// The emulator.
pub struct Fal {
    settings: Settings,
    world: Mutex<World>,
    storage: Storage,
    /// Ticks with every [`Fal::deliver_due`], for those who wait for the clock.
    beat: watch::Sender<()>,
}

/// What a test can see of a request.
#[derive(Clone, Debug)]
pub struct Seen {
    pub request_id: String,
    pub endpoint: &'static str,
    pub input: Value,
    pub state: State,
    pub webhook: Option<String>,
    /// Whether cancellation was asked for and accepted.
    pub is_cancelled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    InQueue,
    InProgress,
    Completed,
}

impl State {
    /// fal's word for it.
    pub fn word(self) -> &'static str {
        match self {
            State::InQueue => "IN_QUEUE",
            State::InProgress => "IN_PROGRESS",
            State::Completed => "COMPLETED",
        }
    }
}

#[derive(Default)]
struct World {
    runs: BTreeMap<u64, Run>,
    by_id: HashMap<String, u64>,
    /// Those that haven't ended, and those of them whose archive is being looked into.
    unfinished: BTreeSet<u64>,
    opening: BTreeSet<u64>,
    deliveries: Vec<webhooks::Delivery>,
    faults: Vec<faults::Fault>,
    /// How many of each kind were drawn.
    drawn: HashMap<&'static str, u64>,
    numbers: u64,
    swept_at: i64,
}

impl Fal {
    pub fn new(settings: Settings) -> Arc<Fal> {
        let storage = Storage::new(settings.dir.clone());
        let (beat, _) = watch::channel(());
        Arc::new(Fal { settings, world: Mutex::default(), storage, beat })
    }

    /// All routes: of the queue, the storage, the files, the key set and the faults.
    pub fn router(self: &Arc<Fal>) -> Router {
        queue::routes()
            .merge(uploads::routes())
            .merge(webhooks::routes())
            .merge(faults::routes())
            .with_state(self.clone())
    }

    /// The heartbeat: opens archives, ends what is over, sends the webhooks that are due, one
    /// after the other, and forgets what is old. The answer is the number of webhooks sent. How
    /// long one may take is for `out` to say.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        self.settle(Some(out)).await;
        let sent = self.send_due(out).await;
        let now = self.now();
        if self.world().forget_old(now) {
            self.storage.sweep(now);
        }
        self.beat.send_replace(());
        sent
    }

    /// All requests that are remembered, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        let now = self.now();
        let seen = |run: &Run| Seen {
            request_id: run.id.clone(),
            endpoint: run.trainer.endpoint,
            input: run.input.clone(),
            state: run.state(now),
            webhook: run.webhook.clone(),
            is_cancelled: run.cancel_asked_at.is_some(),
        };
        self.world().runs.values().map(seen).collect()
    }

    fn now(&self) -> i64 {
        (self.settings.clock)()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait_until(&self, moment: i64) {
        let mut beat = self.beat.subscribe();
        while self.now() < moment {
            // The sender lives as long as we do, so that this can't fail.
            drop(beat.changed().await);
        }
    }

    /// Any key will do but "revoked".
    fn knows_key(&self, headers: &HeaderMap) -> bool {
        let value = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        let key = value.and_then(|it| it.strip_prefix("Key "));
        key.is_some_and(|it| !it.trim().is_empty() && it != "revoked")
    }

    /// The next made-up value of its kind.
    fn draw(&self, kind: &'static str) -> [u8; 32] {
        let count = self.world().count(kind);
        self.settings.derive(kind, &count.to_string())
    }

    /// Takes a request into the queue; its id, and what is answered.
    fn accept(
        &self,
        trainer: &'static Trainer,
        input: Value,
        webhook: Option<String>,
        files_kept_ms: Option<i64>,
    ) -> (String, Value) {
        let training_ms = self.settings.training_ms;
        let now = self.now();
        let mut world = self.world();
        let number = world.count("request");
        let drawn = self.settings.uuid("request", &number.to_string());
        let run = Run {
            number,
            id: format!("{}{drawn}", self.settings.request_prefix),
            gateway_id: self.settings.uuid("gateway", &number.to_string()),
            trainer,
            input,
            webhook,
            starts_at: now + run::queue_ms(training_ms),
            training_ms,
            files_kept_ms,
            opened: None,
            cancel_asked_at: None,
            ended: None,
        };
        let id = run.id.clone();
        let mut answer = run.urls(&self.settings.origin);
        // The two forms of the answer that are seen.
        if !run.has_long_form() {
            answer["status"] = json!("IN_QUEUE");
            answer["queue_position"] = json!(world.waiting_before(number, now));
        }
        world.by_id.insert(id.clone(), number);
        world.unfinished.insert(number);
        world.runs.insert(number, run);
        (id, answer)
    }

    /// Brings what was recorded up to now. Archives elsewhere wait for somebody with an outlet.
    async fn settle(&self, out: Option<&dyn Outlet>) {
        let now = self.now();
        let to_open = self.world().to_open(now);
        for number in to_open {
            self.open(number, now, out).await;
        }
        self.world().end_due(now, &self.settings);
    }

    /// Fetches the archive of a run and looks into it. From the storage it is as good as there
    /// when the run starts; from elsewhere it takes until now.
    async fn open(&self, number: u64, now: i64, out: Option<&dyn Outlet>) {
        let Some(_opening) = Opening::begin(self, number) else { return };
        let (url, field, starts_at) = {
            let world = self.world();
            let Some(run) = world.runs.get(&number) else { return };
            (run.archive_url().to_owned(), run.trainer.archive, run.starts_at)
        };
        let (at, found) = match self.held(&url, starts_at) {
            Some(found) => (starts_at, found),
            None => match out {
                Some(out) => {
                    let fetched = out.get(&url, ARCHIVE_BYTES_MAX).await;
                    (now, fetched.ok().map(Stored::Memory))
                }
                None => return,
            },
        };
        let images = match found {
            None => Err(archive::not_downloaded(field)),
            Some(found) => tokio::task::spawn_blocking(move || archive::images(&found, field))
                .await
                .unwrap_or_else(|_| Err(archive::not_downloaded(field))),
        };
        if let Some(run) = self.world().runs.get_mut(&number) {
            run.opened.get_or_insert(Opened { at, images });
        }
    }

    /// The bytes behind a link that leads to ourselves, or that holds them; `None` if it leads
    /// elsewhere.
    fn held(&self, url: &str, at: i64) -> Option<Option<Stored>> {
        if let Some(inline) = url.strip_prefix("data:") {
            let bytes = inline.split_once(";base64,").and_then(|it| STANDARD.decode(it.1).ok());
            return Some(bytes.map(|it| Stored::Memory(it.into())));
        }
        if let Some(path) = url.strip_prefix(&format!("{}/files/", self.settings.origin)) {
            let path = path.split(['?', '#']).next().unwrap_or(path);
            let (token, name) = path.split_once('/').unwrap_or((path, ""));
            return Some(self.storage.find(token, name, at).map(|it| it.0));
        }
        if url.starts_with("http://") || url.starts_with("https://") { None } else { Some(None) }
    }

    /// A file of a result, as long as it is kept, and its content type.
    fn result_file(&self, id: &str, name: &str) -> Option<(Stored, String)> {
        let now = self.now();
        let mut world = self.world();
        let run = world.run_of(id)?;
        let ended = run.ended.as_ref().filter(|it| matches!(it.outcome, Outcome::Done))?;
        let is_over = run.files_kept_ms.is_some_and(|it| ended.at + it <= now);
        if is_over || run.trainer.gives != Gives::Weights {
            return None;
        }
        let bytes = match name {
            run::WEIGHTS_NAME => weights::file(id),
            run::CONFIG_NAME => run.config().into_bytes(),
            _ => return None,
        };
        Some((Stored::Memory(bytes.into()), "application/octet-stream".to_owned()))
    }
}

/// Marks a run whose archive is being looked into, so that nobody else does, until it is dropped.
struct Opening<'a> {
    fal: &'a Fal,
    number: u64,
}

impl<'a> Opening<'a> {
    fn begin(fal: &'a Fal, number: u64) -> Option<Opening<'a>> {
        fal.world().opening.insert(number).then(|| Opening { fal, number })
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.fal.world().opening.remove(&self.number);
    }
}

impl World {
    fn count(&mut self, kind: &'static str) -> u64 {
        let count = self.drawn.entry(kind).or_default();
        *count += 1;
        *count
    }

    fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn run_of(&mut self, id: &str) -> Option<&mut Run> {
        let number = self.by_id.get(id)?;
        self.runs.get_mut(number)
    }

    /// How many wait before it, if it waits.
    fn queue_position(&mut self, id: &str, now: i64) -> Option<usize> {
        let run = self.run_of(id)?;
        let number = run.number;
        (run.state(now) == State::InQueue).then(|| self.waiting_before(number, now))
    }

    fn waiting_before(&self, number: u64, now: i64) -> usize {
        let waits = |it: &&u64| self.runs[it].state(now) == State::InQueue;
        self.unfinished.range(..number).filter(waits).count()
    }

    fn to_open(&self, now: i64) -> Vec<u64> {
        let is_to_open = |it: &u64| self.runs[it].is_to_open(now);
        self.unfinished.iter().copied().filter(is_to_open).collect()
    }

    /// Ends what is over, in the order in which it was over, and plans the webhooks.
    fn end_due(&mut self, now: i64, settings: &Settings) {
        let end = |it: &u64| self.runs[it].end_by(now).map(|(at, outcome)| (at, *it, outcome));
        let mut ends: Vec<(i64, u64, Outcome)> = self.unfinished.iter().filter_map(end).collect();
        ends.sort_by_key(|it| (it.0, it.1));
        for (at, number, outcome) in ends {
            let outcome = self.spoil(outcome, number);
            self.unfinished.remove(&number);
            let Some(mut run) = self.runs.remove(&number) else { continue };
            let body = run.webhook_body(&outcome, settings);
            run.ended = Some(Ended { at, outcome });
            self.plan_webhook(&run, at, &body);
            self.runs.insert(number, run);
        }
    }

    /// The outcome that was ordered instead of a good one.
    fn spoil(&mut self, outcome: Outcome, number: u64) -> Outcome {
        if !matches!(outcome, Outcome::Done) {
            return outcome;
        }
        if let Some(fault) = faults::take(&mut self.faults, faults::Trouble::Error) {
            let kind = fault.kind.unwrap_or_else(|| "image_load_error".to_owned());
            let field = self.runs[&number].trainer.archive;
            let text = refusals::text_of(&kind);
            return Outcome::Refused(refusals::Complaint::new(field, &kind, text));
        }
        match faults::take(&mut self.faults, faults::Trouble::CompletedWithError) {
            Some(fault) => {
                Outcome::Broken(fault.kind.unwrap_or_else(|| "runner_disconnected".to_owned()))
            }
            None => outcome,
        }
    }

    /// Forgets old requests; says whether it was time to look.
    fn forget_old(&mut self, now: i64) -> bool {
        if now < self.swept_at + SWEEP_MS {
            return false;
        }
        self.swept_at = now;
        let is_old =
            |run: &Run| run.ended.as_ref().is_some_and(|it| it.at + REQUEST_KEPT_MS <= now);
        self.runs.retain(|_, run| !is_old(run));
        let runs = &self.runs;
        self.by_id.retain(|_, number| runs.contains_key(number));
        true
    }
}

impl Settings {
    /// Looks random, and follows from the seed.
    fn derive(&self, kind: &str, of: &str) -> [u8; 32] {
        let text = format!("{}\n{kind}\n{of}", self.seed);
        Sha256::digest(text.as_bytes()).into()
    }

    /// The same in the form of a UUID.
    fn uuid(&self, kind: &str, of: &str) -> String {
        let mut bytes = self.derive(kind, of);
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hex = hex::encode(&bytes[..16]);
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

fn moment(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
