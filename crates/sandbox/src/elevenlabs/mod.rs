//! ElevenLabs on loopback, below `/elevenlabs`: voices, samples, models, the account and speech,
//! after providers.md 3 and what the official Python client (2.78.0) sends.
//!
//! Answers come at once. What is slow waits for the clock, which is looked at in
//! [`ElevenLabs::deliver_due`]. Trouble is ordered by [`faults::Fault`].

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use bytes::Bytes;
use http::HeaderMap;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};

use crate::Clock;
use crate::programs::{Programs, Workbench};
use refusals::Refusal;

pub mod faults;
mod lists;
mod models;
mod refusals;
pub mod sound;
mod speech;
pub mod voices;

/// Where everything is below the origin.
pub const BASE: &str = "/elevenlabs";

/// When what was used is counted anew.
const PERIOD_MS: i64 = 30 * 86_400_000;
const REQUEST_ID_LETTERS: usize = 20;

pub struct Settings {
    pub clock: Clock,
    /// The same seed, clock and calls give the same ids.
    pub seed: u64,
    /// Where the sandbox is reached, without a slash at the end.
    pub origin: String,
    /// How many credits the account has for thirty days.
    pub credits_max: i64,
    /// How many speak at the same time.
    pub concurrent_max: usize,
    pub programs: Programs,
}

/// The emulator.
pub struct ElevenLabs {
    settings: Settings,
    workbench: Workbench,
    turns: Semaphore,
    world: Mutex<World>,
    /// Ticks with every [`ElevenLabs::deliver_due`], for those who wait for the clock.
    beat: watch::Sender<()>,
}

/// Speech that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    pub voice: &'static str,
    pub text: String,
    pub model: String,
    pub credits: i64,
}

#[derive(Default)]
struct World {
    faults: Vec<faults::Fault>,
    /// Voices that somebody deleted.
    gone: BTreeSet<String>,
    said: Vec<Said>,
    /// Samples by voice, once somebody has heard them.
    samples: HashMap<&'static str, Bytes>,
    begun_at: i64,
    used: i64,
    requests: u64,
}

impl ElevenLabs {
    pub fn new(settings: Settings) -> Arc<ElevenLabs> {
        let world = World { begun_at: (settings.clock)(), ..World::default() };
        let (beat, _) = watch::channel(());
        Arc::new(ElevenLabs {
            workbench: Workbench::new(settings.programs.clone()),
            turns: Semaphore::new(settings.concurrent_max),
            settings,
            world: Mutex::new(world),
            beat,
        })
    }

    /// What a client is to be given as the address of the API, without `/v1`.
    pub fn base_url(&self) -> String {
        format!("{}{BASE}", self.settings.origin)
    }

    /// All routes: of the API, the samples and the faults.
    pub fn router(self: &Arc<ElevenLabs>) -> Router {
        let below = lists::routes()
            .merge(speech::routes())
            .fallback(async || Refusal::not_found())
            .method_not_allowed_fallback(async || Refusal::method());
        Router::new().nest(BASE, below).merge(faults::routes()).with_state(self.clone())
    }

    /// The heartbeat: wakes those who wait for the clock.
    pub fn deliver_due(&self) {
        self.beat.send_replace(());
    }

    /// All speech that was made, oldest first.
    pub fn said(&self) -> Vec<Said> {
        self.world().said.clone()
    }

    fn now(&self) -> i64 {
        (self.settings.clock)()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let periods = (self.now() - world.begun_at) / PERIOD_MS;
        if 0 < periods {
            world.begun_at += periods * PERIOD_MS;
            world.used = 0;
        }
        world
    }

    async fn wait_until(&self, moment: i64) {
        let mut beat = self.beat.subscribe();
        while self.now() < moment {
            // The sender lives as long as we do, so that this can't fail.
            drop(beat.changed().await);
        }
    }

    /// Any key will do but "revoked".
    fn check_key(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let key = headers.get("xi-api-key").and_then(|it| it.to_str().ok());
        match key.map(str::trim) {
            None | Some("") => Err(Refusal::no_key()),
            Some("revoked") => Err(Refusal::wrong_key()),
            Some(_) => Ok(()),
        }
    }

    /// The next id of a request: letters and digits, as the real ones.
    fn draw(&self, kind: &str) -> String {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let number = {
            let mut world = self.world();
            world.requests += 1;
            world.requests
        };
        let sum = Sha256::digest(format!("{}\n{kind}\n{number}", self.settings.seed));
        let letter = |it: &u8| char::from(LETTERS[usize::from(*it) % LETTERS.len()]);
        sum.iter().take(REQUEST_ID_LETTERS).map(letter).collect()
    }
}
