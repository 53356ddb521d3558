//! fal on loopback: storage, queue, signed webhooks, trainers, and models that make pictures, films
//! and words, after providers.md 1.
//!
//! The state of a request is computed from the clock and from what was recorded. Nothing happens
//! by itself: what is due is done when somebody asks, or in [`Fal::deliver_due`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::programs::{Programs, Workbench};
use crate::{Clock, Outlet};
use endpoints::Endpoint;
use faults::{Fault, Near, Trouble};
use run::{Ended, Made, Outcome, Run};
use storage::Storage;

mod archive;
mod endpoints;
pub mod faults;
mod fields;
mod film;
mod filmers;
mod gather;
mod magic;
mod painters;
mod queue;
mod readers;
mod refusals;
mod run;
mod seeing;
mod storage;
mod trainers;
mod uploads;
pub mod webhooks;
mod weights;
mod wording;

/// How long a result can be asked for.
const RESULT_KEPT_MS: i64 = 3_600_000;
/// How long a request is remembered at all.
const REQUEST_KEPT_MS: i64 = 30 * 86_400_000;
/// How often what is old is looked for; nothing that has expired is given out in between.
const SWEEP_MS: i64 = 60_000;

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
    /// What films are made with.
    pub programs: Programs,
}

/// The emulator.
pub struct Fal {
    settings: Settings,
    world: Mutex<World>,
    storage: Storage,
    /// Who listens doesn't wait for who films.
    ears: Workbench,
    workbench: Workbench,
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
    /// Those that haven't ended, and those of them whose files are being looked into.
    unfinished: BTreeSet<u64>,
    opening: BTreeSet<u64>,
    deliveries: Vec<webhooks::Delivery>,
    faults: Vec<Fault>,
    /// How many of each kind were drawn.
    drawn: HashMap<&'static str, u64>,
    numbers: u64,
    swept_at: i64,
}

impl Fal {
    pub fn new(settings: Settings) -> Arc<Fal> {
        let storage = Storage::new(settings.dir.clone());
        let (beat, _) = watch::channel(());
        let [ears, workbench] = [(); 2].map(|()| Workbench::new(settings.programs.clone()));
        Arc::new(Fal { settings, world: Mutex::default(), storage, ears, workbench, beat })
    }

    /// All routes: of the queue, the storage, the files, the key set and the faults.
    pub fn router(self: &Arc<Fal>) -> Router {
        queue::routes()
            .merge(uploads::routes())
            .merge(webhooks::routes())
            .merge(faults::routes())
            .with_state(self.clone())
    }

    /// The heartbeat: makes the films that are to be made, and does all else that is due. The
    /// answer is the number of webhooks sent.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        self.settle(Some(out)).await;
        while self.film_next().await {}
        self.tell_due(out).await
    }

    /// Fetches files, ends what is over, sends the webhooks that are due, one after the other,
    /// and forgets what is old, but makes no films: those take long. How long a webhook may take
    /// is for `out` to say.
    pub(crate) async fn tell_due(&self, out: &dyn Outlet) -> usize {
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
            endpoint: run.endpoint.name,
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
        endpoint: &'static Endpoint,
        input: Value,
        webhook: Option<String>,
        files_kept_ms: Option<i64>,
        mut orders: Vec<Fault>,
    ) -> (String, Value) {
        let now = self.now();
        let mut world = self.world();
        Near { own: &mut orders, all: &mut world.faults, endpoint: Some(endpoint) }.follow();
        let longer = |trouble| faults::ordered(&orders, trouble).map_or(0, |it| it.millis_or(60));
        let usual_ms = endpoint.lasts_ms(&self.settings);
        let (waits_ms, lasts_ms) = match faults::ordered(&orders, Trouble::Early) {
            Some(_) => (0, 0),
            None => (
                run::queue_ms(usual_ms) + longer(Trouble::Crowded),
                usual_ms + longer(Trouble::Long),
            ),
        };
        let number = world.count("request");
        let drawn = self.settings.uuid("request", &number.to_string());
        let run = Run {
            number,
            id: format!("{}{drawn}", self.settings.request_prefix),
            gateway_id: self.settings.uuid("gateway", &number.to_string()),
            endpoint,
            input,
            webhook,
            starts_at: now + waits_ms,
            lasts_ms,
            files_kept_ms,
            faults: orders,
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

    /// Brings what was recorded up to now. Files elsewhere wait for somebody with an outlet.
    async fn settle(&self, out: Option<&dyn Outlet>) {
        let now = self.now();
        let to_open = self.world().to_open(now);
        for number in to_open {
            self.open(number, now, out).await;
        }
        self.world().end_due(now, &self.settings);
    }

    /// A file of a result, as long as it is kept.
    fn result_file(&self, id: &str, name: &str) -> Option<Made> {
        let now = self.now();
        let mut world = self.world();
        let run = world.run_of(id)?;
        let ended = run.ended.as_ref().filter(|it| matches!(it.outcome, Outcome::Done))?;
        let is_over = run.files_kept_ms.is_some_and(|it| ended.at + it <= now);
        if is_over { None } else { run.file(name) }
    }

    /// Waits until the heartbeat has ended a request and told of it.
    async fn wait_until_told(&self, id: &str) {
        let mut beat = self.beat.subscribe();
        loop {
            let is_told = {
                let mut world = self.world();
                world.run_of(id).is_none_or(|it| it.ended.is_some()) && world.is_told(id)
            };
            if is_told {
                return;
            }
            // The sender lives as long as we do, so that this can't fail.
            drop(beat.changed().await);
        }
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

    fn to_film(&self) -> Option<(u64, Arc<film::Film>)> {
        let free = self.unfinished.iter().filter(|it| !self.opening.contains(it));
        free.filter_map(|it| Some((*it, self.runs[it].to_film()?))).next()
    }

    /// Ends what is over, in the order in which it was over, and plans the webhooks.
    fn end_due(&mut self, now: i64, settings: &Settings) {
        let end = |it: &u64| self.runs[it].end_by(now).map(|(at, outcome)| (at, *it, outcome));
        let mut ends: Vec<(i64, u64, Outcome)> = self.unfinished.iter().filter_map(end).collect();
        ends.sort_by_key(|it| (it.0, it.1));
        for (at, number, outcome) in ends {
            self.unfinished.remove(&number);
            let Some(mut run) = self.runs.remove(&number) else { continue };
            let outcome = self.spoil(outcome, &mut run);
            let body = run.webhook_body(&outcome, settings);
            run.ended = Some(Ended { at, outcome });
            self.plan_webhook(&mut run, at, &body);
            self.runs.insert(number, run);
        }
    }

    /// The outcome that was ordered instead of a good one.
    fn spoil(&mut self, outcome: Outcome, run: &mut Run) -> Outcome {
        if !matches!(outcome, Outcome::Done) {
            return outcome;
        }
        let endpoint = run.endpoint;
        let mut near =
            Near { own: &mut run.faults, all: &mut self.faults, endpoint: Some(endpoint) };
        if let Some(fault) = near.take(Trouble::Error) {
            let kind = fault.kind.unwrap_or_else(|| endpoint.usual_complaint().to_owned());
            let text = refusals::text_of(&kind);
            let complaint = refusals::Complaint::new(endpoint.main_field(), &kind, text);
            return Outcome::Refused(complaint);
        }
        match near.take(Trouble::CompletedWithError) {
            Some(fault) => {
                Outcome::Broken(fault.kind.unwrap_or_else(|| "runner_disconnected".to_owned()))
            }
            None => outcome,
        }
    }

    /// Looks at the faults that may strike a request, or an endpoint, or anything at all.
    fn near<T>(
        &mut self,
        endpoint: Option<&'static Endpoint>,
        run: Option<&str>,
        look: impl FnOnce(Near) -> T,
    ) -> T {
        let World { runs, by_id, faults: all, .. } = self;
        let run = run.and_then(|id| runs.get_mut(by_id.get(id)?));
        let endpoint = endpoint.or(run.as_ref().map(|it| it.endpoint));
        let mut nothing = Vec::new();
        let own = run.map_or(&mut nothing, |it| &mut it.faults);
        look(Near { own, all, endpoint })
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
