//! Wake-ups between processes on PostgreSQL: hints that jobs became due or that chats moved, never
//! the only road.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use domain::task::LANES;
use postgres::Config;
use postgres::fallible_iterator::FallibleIterator;
use tokio::sync::Notify;

use crate::postgres as pg;

/// What a commit calls others to: jobs of some lanes, and chats that look different.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls(u32);

impl Calls {
    pub const CHATS: Self = Self(1 << 31);
    /// Jobs of any lane.
    pub const JOBS: Self = Self((1 << 31) - 1);

    /// Jobs of one lane; of any, if nobody knows its name.
    pub fn lane(name: &str) -> Self {
        let at = LANES.iter().position(|it| *it == name);
        at.map_or(Self::JOBS, |at| Self(1 << at))
    }

    /// From [`Calls::bits`].
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// For whoever keeps them in a number.
    pub fn bits(self) -> u32 {
        self.0
    }

    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn has_jobs(self) -> bool {
        self.0 & Self::JOBS.0 != 0
    }

    pub fn has_chats(self) -> bool {
        self.0 & Self::CHATS.0 != 0
    }

    /// The lanes in which there are jobs.
    pub fn lanes(self) -> impl Iterator<Item = &'static str> {
        LANES.into_iter().enumerate().filter(move |(at, _)| self.0 & (1 << at) != 0).map(|it| it.1)
    }
}

/// Those of this process who wait to be called.
#[derive(Clone, Default)]
pub(crate) struct Ears {
    pub(crate) jobs: Arc<Notify>,
    pub(crate) chats: Arc<Notify>,
}

impl Ears {
    pub(crate) fn hear(&self, calls: Calls) {
        if calls.has_jobs() {
            self.jobs.notify_waiters();
        }
        if calls.has_chats() {
            self.chats.notify_waiters();
        }
    }
}

/// On which channel which calls go, as PostgreSQL is told.
const CHANNELS: [(&str, &str, Calls); 2] = [
    ("atelier_chats", "NOTIFY atelier_chats", Calls::CHATS),
    ("atelier_jobs", "NOTIFY atelier_jobs", Calls::JOBS),
];

/// How long the listener waits before it looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(500);
/// The first word goes out at once; what is said in the next moment goes together, so that those
/// who enqueue thousands don't spend as much on calling.
const BREATH: Duration = Duration::from_millis(2);
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Tells the other processes and hears from them.
///
/// `NOTIFY` inside a decision would make all commits queue up behind one lock, so it is sent after
/// the commit by a thread of its own; what is said while it is being sent is sent once.
pub(crate) struct Herald {
    news: Mutex<News>,
    came: Condvar,
    is_closed: AtomicBool,
    /// Our own announcements come back to us and are not news.
    own_pid: AtomicI32,
}

#[derive(Default)]
struct News {
    waiting: Calls,
    is_closed: bool,
}

impl Herald {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            news: Mutex::default(),
            came: Condvar::new(),
            is_closed: AtomicBool::new(false),
            own_pid: AtomicI32::new(0),
        })
    }

    pub(crate) fn announce(&self, calls: Calls) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        news.waiting = news.waiting.and(calls);
        drop(news);
        self.came.notify_one();
    }

    pub(crate) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
        self.news.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        self.came.notify_one();
    }

    /// Sends what is announced until closed. A failure is forgotten: the others look by themselves.
    pub(crate) fn speak(&self, config: &Config) {
        let mut client = None;
        while let Some(calls) = self.take() {
            if client.is_none() {
                client = pg::connect(config).ok();
                // A word that is lost in a crash was of no use.
                if let Some(it) = client.as_mut() {
                    drop(it.batch_execute("SET synchronous_commit TO off"));
                }
                let pid = client.as_mut().and_then(|it: &mut postgres::Client| {
                    it.query_one("SELECT pg_backend_pid()", &[]).ok().map(|it| it.get(0))
                });
                self.own_pid.store(pid.unwrap_or(0), Ordering::Relaxed);
            }
            let called = CHANNELS.iter().filter(|(.., it)| calls.bits() & it.bits() != 0);
            let says: Vec<&str> = called.map(|(_, says, _)| *says).collect();
            let sent = client.as_mut().map(|it| it.batch_execute(&says.join("; ")));
            if !matches!(sent, Some(Ok(()))) {
                client = None;
            }
            std::thread::sleep(BREATH);
        }
    }

    /// Turns what other processes say into wake-ups here, until closed.
    pub(crate) fn listen(&self, config: &Config, ears: &Ears) {
        while !self.is_closed.load(Ordering::Relaxed) {
            if self.listen_once(config, ears).is_err() {
                std::thread::sleep(PAUSE_AFTER_FAILURE);
            }
        }
    }

    fn listen_once(&self, config: &Config, ears: &Ears) -> Result<(), ()> {
        let mut client = pg::connect(config).map_err(|_| ())?;
        client.batch_execute("LISTEN atelier_chats; LISTEN atelier_jobs").map_err(|_| ())?;
        // Something may have been said while nobody listened.
        ears.hear(Calls::JOBS.and(Calls::CHATS));
        while !self.is_closed.load(Ordering::Relaxed) {
            let heard = client.notifications().timeout_iter(LOOK).next().map_err(|_| ())?;
            let own = self.own_pid.load(Ordering::Relaxed);
            if let Some(heard) = heard.filter(|it| it.process_id() != own) {
                let calls = CHANNELS.iter().find(|(name, ..)| *name == heard.channel());
                ears.hear(calls.map_or(Calls::JOBS, |(.., calls)| *calls));
            }
            if client.is_closed() {
                return Err(());
            }
        }
        Ok(())
    }

    /// Waits for an announcement; none when closed.
    fn take(&self) -> Option<Calls> {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        while news.waiting.is_empty() && !news.is_closed {
            news = self.came.wait(news).unwrap_or_else(PoisonError::into_inner);
        }
        let calls = std::mem::take(&mut news.waiting);
        (!news.is_closed).then_some(calls)
    }
}
