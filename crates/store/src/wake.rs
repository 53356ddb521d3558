//! Wake-ups between processes on PostgreSQL: hints that jobs became due, never the only road.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use postgres::Config;
use postgres::fallible_iterator::FallibleIterator;
use tokio::sync::Notify;

use crate::postgres as pg;

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
    is_waiting: bool,
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

    pub(crate) fn announce(&self) {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).is_waiting = true;
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
        while self.take() {
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
            let sent = client.as_mut().map(|it| it.batch_execute("NOTIFY atelier_jobs"));
            if !matches!(sent, Some(Ok(()))) {
                client = None;
            }
            std::thread::sleep(BREATH);
        }
    }

    /// Turns what other processes say into wake-ups here, until closed.
    pub(crate) fn listen(&self, config: &Config, rouse: &Notify) {
        while !self.is_closed.load(Ordering::Relaxed) {
            if self.listen_once(config, rouse).is_err() {
                std::thread::sleep(PAUSE_AFTER_FAILURE);
            }
        }
    }

    fn listen_once(&self, config: &Config, rouse: &Notify) -> Result<(), ()> {
        let mut client = pg::connect(config).map_err(|_| ())?;
        client.batch_execute("LISTEN atelier_jobs").map_err(|_| ())?;
        // Something may have been said while nobody listened.
        rouse.notify_waiters();
        while !self.is_closed.load(Ordering::Relaxed) {
            let heard = client.notifications().timeout_iter(LOOK).next().map_err(|_| ())?;
            if heard.is_some_and(|it| it.process_id() != self.own_pid.load(Ordering::Relaxed)) {
                rouse.notify_waiters();
            }
            if client.is_closed() {
                return Err(());
            }
        }
        Ok(())
    }

    /// Waits for an announcement; false when closed.
    fn take(&self) -> bool {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        while !news.is_waiting && !news.is_closed {
            news = self.came.wait(news).unwrap_or_else(PoisonError::into_inner);
        }
        news.is_waiting = false;
        !news.is_closed
    }
}
