//! Replicate on loopback, below `/replicate`: models, trainings, predictions, files, deliveries and
//! signed webhooks, after providers.md 2 and what the official Python client (1.0.7) sends.
//!
//! The state of a run is computed from the clock and from what was recorded. Nothing happens by
//! itself: what is due is done when somebody asks, or in [`Replicate::deliver_due`].
//! Trouble is ordered by [`faults::Fault`] or by words in the input, see [`words`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use chrono::{DateTime, SecondsFormat};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{Clock, Outlet};
use faults::Trouble;
use models::Model;
use refusals::Refusal;
use run::{Ended, Outcome, Run};

mod archive;
mod delivery;
pub mod faults;
mod files;
mod inputs;
mod models;
mod refusals;
mod run;
mod runs;
mod sources;
mod submit;
mod tarball;
pub mod webhooks;
mod weights;
pub mod words;

/// Where everything is below the origin.
pub const BASE: &str = "/replicate";

/// How long a run is remembered at all.
const RUN_KEPT_MS: i64 = 30 * 86_400_000;
/// How often what is old is looked for; nothing that has expired is given out in between.
const SWEEP_MS: i64 = 60_000;
/// Sixteen bytes in base32.
const ID_LETTERS: usize = 26;
const ID_PREFIX_MAX: usize = 10;

pub struct Settings {
    pub clock: Clock,
    /// The same seed, clock and calls give the same ids.
    pub seed: u64,
    /// Where the sandbox is reached, without a slash at the end.
    pub origin: String,
    /// Whose account every token is for.
    pub account: String,
    /// The only token that is good. Without it, every one but "revoked" is.
    pub token: Option<String>,
    pub training_ms: i64,
    pub picture_ms: i64,
    /// What ids of runs begin with, as far as it consists of their letters: a-z and 2-7.
    pub id_prefix: String,
}

/// The emulator.
pub struct Replicate {
    settings: Settings,
    world: Mutex<World>,
    /// Ticks with every [`Replicate::deliver_due`], for those who wait for the clock.
    beat: watch::Sender<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Training,
    Prediction,
}

/// What a test can see of a training or a prediction.
#[derive(Clone, Debug)]
pub struct Seen {
    pub id: String,
    pub kind: Kind,
    pub model: String,
    pub version: String,
    pub input: Value,
    pub phase: Phase,
    pub webhook: Option<String>,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Starting,
    Processing,
    Succeeded,
    Failed,
    Canceled,
    Aborted,
}

impl Phase {
    /// Replicate's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Phase::Starting => "starting",
            Phase::Processing => "processing",
            Phase::Succeeded => "succeeded",
            Phase::Failed => "failed",
            Phase::Canceled => "canceled",
            Phase::Aborted => "aborted",
        }
    }
}

#[derive(Default)]
struct World {
    models: BTreeMap<String, Model>,
    runs: BTreeMap<u64, Run>,
    by_id: HashMap<String, u64>,
    /// By the tokens in the addresses of their results.
    by_token: HashMap<String, u64>,
    /// Those that haven't ended, and those of them whose files are being looked into.
    unfinished: BTreeSet<u64>,
    opening: BTreeSet<u64>,
    files: BTreeMap<u64, files::Kept>,
    deliveries: Vec<webhooks::Delivery>,
    faults: Vec<faults::Fault>,
    /// How many of each kind were drawn.
    drawn: HashMap<&'static str, u64>,
    swept_at: i64,
}

impl Replicate {
    pub fn new(settings: Settings) -> Arc<Replicate> {
        let models = models::public(&settings);
        let world = Mutex::new(World { models, ..World::default() });
        let (beat, _) = watch::channel(());
        Arc::new(Replicate { settings, world, beat })
    }

    /// What a client is to be given as the address of the API, without `/v1`.
    pub fn base_url(&self) -> String {
        self.settings.base_url()
    }

    /// The secret that webhooks are signed with: `whsec_` and base64.
    pub fn webhook_secret(&self) -> String {
        self.settings.webhook_secret()
    }

    /// All routes: of the API, the deliveries and the faults.
    pub fn router(self: &Arc<Replicate>) -> Router {
        let below = models::routes()
            .merge(submit::routes())
            .merge(runs::routes())
            .merge(files::routes())
            .merge(delivery::routes())
            .fallback(async || Refusal::not_found("The requested resource could not be found."))
            .method_not_allowed_fallback(async || Refusal::method());
        Router::new().nest(BASE, below).merge(faults::routes()).with_state(self.clone())
    }

    /// The heartbeat: opens files, ends what is over, sends the webhooks that are due, one after
    /// the other, and forgets what is old. The answer is the number of webhooks sent. How long one
    /// may take is for `out` to say.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        self.settle(Some(out)).await;
        let sent = self.send_due(out).await;
        let now = self.now();
        self.world().forget_old(now);
        self.beat.send_replace(());
        sent
    }

    /// All trainings and predictions that are remembered, oldest first.
    pub fn runs(&self) -> Vec<Seen> {
        let now = self.now();
        let seen = |run: &Run| Seen {
            id: run.id.clone(),
            kind: run.kind,
            model: run.model.clone(),
            version: run.version.clone(),
            input: run.input.clone(),
            phase: run.phase(now),
            webhook: run.hook.as_ref().map(|it| it.url.clone()),
        };
        self.world().runs.values().map(seen).collect()
    }

    /// How many versions the account's own models have.
    pub fn own_versions(&self) -> usize {
        let world = self.world();
        let own = world.models.values().filter(|it| it.owner == self.settings.account);
        own.map(|it| it.versions.len()).sum()
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

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let value = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        let token = value.and_then(|it| it.split_once(' ')).filter(|(scheme, _)| {
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")
        });
        let is_good = |token: &str| match &self.settings.token {
            Some(only) => token == only,
            None => !token.is_empty() && token != "revoked",
        };
        match token {
            Some((_, token)) if is_good(token.trim()) => Ok(()),
            _ => Err(Refusal::unauthenticated()),
        }
    }

    /// Brings what was recorded up to now. Files elsewhere wait for somebody with an outlet.
    async fn settle(&self, out: Option<&dyn Outlet>) {
        let now = self.now();
        let to_open = self.world().let_in(now);
        for number in to_open {
            self.open(number, now, out).await;
        }
        let mut world = self.world();
        world.plan_progress(now, &self.settings);
        world.end_due(now, &self.settings);
    }
}

impl World {
    fn count(&mut self, kind: &'static str) -> u64 {
        let count = self.drawn.entry(kind).or_default();
        *count += 1;
        *count
    }

    fn run_of(&mut self, id: &str) -> Option<&mut Run> {
        self.runs.get_mut(self.by_id.get(id)?)
    }

    /// Begins what is to begin by now; those whose files are to be looked into.
    fn let_in(&mut self, now: i64) -> Vec<u64> {
        let mut to_open = Vec::new();
        for number in &self.unfinished {
            let Some(run) = self.runs.get_mut(number) else { continue };
            let is_over_before = run.end_by(now).is_some_and(|it| it.0 < run.starts_at);
            if now < run.starts_at || is_over_before {
                continue;
            }
            if !run.is_let_in {
                run.is_let_in = true;
                run.is_aborted = run.has(Trouble::Aborted)
                    || faults::take(&mut self.faults, Trouble::Aborted, run.kind).is_some();
            }
            if run.opened.is_none() && run.end_by(now).is_none() {
                to_open.push(*number);
            }
        }
        to_open
    }

    /// Ends what is over, in the order in which it was over, and plans the webhooks.
    fn end_due(&mut self, now: i64, settings: &Settings) {
        let end = |it: &u64| self.runs[it].end_by(now).map(|(at, outcome)| (at, *it, outcome));
        let mut ends: Vec<(i64, u64, Outcome)> = self.unfinished.iter().filter_map(end).collect();
        ends.sort_by_key(|it| (it.0, it.1));
        for (at, number, outcome) in ends {
            self.unfinished.remove(&number);
            let Some(mut run) = self.runs.remove(&number) else { continue };
            let before = run.wire(at, settings);
            let outcome = self.spoil(outcome, &mut run);
            if run.kind == Kind::Training && outcome == Outcome::Done && !run.has(Trouble::Empty) {
                self.add_version(&run, at, settings);
            }
            run.ended = Some(Ended { at, outcome });
            self.plan_end(&run, at, &before, settings);
            self.runs.insert(number, run);
        }
    }

    /// The outcome that was asked for instead of a good one, and what will be wrong with the result.
    fn spoil(&mut self, outcome: Outcome, run: &mut Run) -> Outcome {
        if outcome != Outcome::Done {
            return outcome;
        }
        let kind = run.kind;
        if let Some(fault) = faults::take(&mut self.faults, Trouble::Failed, kind) {
            return fault.text.map_or_else(Outcome::interrupted, Outcome::Failed);
        }
        let mut is_struck =
            |trouble| run.has(trouble) || faults::take(&mut self.faults, trouble, kind).is_some();
        if is_struck(Trouble::Failed) {
            return Outcome::interrupted();
        }
        if is_struck(Trouble::Unsafe) && run.input["disable_safety_checker"] != true {
            return Outcome::of_unsafe();
        }
        if is_struck(Trouble::Canceled) {
            return Outcome::Canceled;
        }
        while let Some(fault) = faults::take_if(&mut self.faults, |it| {
            it.fault.is_of_results_of(kind)
                && it.of.is_none_or(|it| it == kind)
                && !run.has(it.fault)
        }) {
            run.struck.push(fault.fault);
        }
        Outcome::Done
    }

    fn forget_old(&mut self, now: i64) {
        if now < self.swept_at + SWEEP_MS {
            return;
        }
        self.swept_at = now;
        let is_old = |run: &Run| run.ended.as_ref().is_some_and(|it| it.at + RUN_KEPT_MS <= now);
        self.runs.retain(|_, run| !is_old(run));
        let runs = &self.runs;
        self.by_id.retain(|_, number| runs.contains_key(number));
        self.by_token.retain(|_, number| runs.contains_key(number));
        self.files.retain(|_, it| now < it.expires_at);
    }
}

impl Settings {
    fn base_url(&self) -> String {
        format!("{}{BASE}", self.origin)
    }

    /// Looks random, and follows from the seed.
    fn derive(&self, kind: &str, of: &str) -> [u8; 32] {
        let text = format!("{}\n{kind}\n{of}", self.seed);
        Sha256::digest(text.as_bytes()).into()
    }

    /// The id of the run of this number, as long as Replicate's own.
    fn run_id(&self, number: u64) -> String {
        let is_letter = |it: &char| matches!(it, 'a'..='z' | '2'..='7');
        let prefix: String = self.id_prefix.chars().filter(is_letter).take(ID_PREFIX_MAX).collect();
        let drawn = base32(&self.derive("run", &number.to_string())[..16]);
        format!("{prefix}{}", &drawn[prefix.len()..ID_LETTERS])
    }

    /// The version that a training makes.
    fn version(&self, training: &str) -> String {
        hex::encode(self.derive("version", training))
    }
}

/// In small letters and without padding (RFC 4648).
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while 5 <= held {
            held -= 5;
            text.push(char::from(LETTERS[(bits >> held & 31) as usize]));
        }
    }
    if 0 < held {
        text.push(char::from(LETTERS[(bits << (5 - held) & 31) as usize]));
    }
    text
}

/// As the API writes moments.
fn moment(millis: i64) -> String {
    let moment = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
