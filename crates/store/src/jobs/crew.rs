//! The hands of one process at the queue: they claim and settle together what they do one by one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex as Lock, PoisonError};

use domain::{JobId, Millis};
use tokio::sync::{Mutex, oneshot};

use super::{Claim, Claimed, SETTLED_AT_ONCE, Settled, claim_many, settle_done};
use crate::{Db, StoreError};

/// A claim that any number of tasks share. Whoever comes while another one asks the database waits
/// for that, and is asked for with the next question. Nothing is claimed that nobody waits for,
/// unless some are to lie ready.
pub struct Crew {
    db: Db,
    lanes: Vec<String>,
    worker: String,
    lease: Millis,
    can: Vec<String>,
    ready: u32,
    /// How many wait for work, whoever asks for it included.
    waiting: AtomicU32,
    claimed: Mutex<VecDeque<Claimed>>,
    ended: Lock<Vec<End>>,
    settling: Mutex<()>,
}

struct End {
    run: (JobId, i64),
    answer: oneshot::Sender<Result<Settled, StoreError>>,
}

/// Somebody who waits, until they don't, in whatever way.
struct Wait<'a>(&'a AtomicU32);

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Crew {
    /// Those who claim as this claim says; without a limit of its groups.
    pub fn new(db: Db, claim: &Claim<'_>) -> Self {
        Self {
            db,
            lanes: claim.lanes.iter().map(|it| (*it).to_owned()).collect(),
            worker: claim.worker.to_owned(),
            lease: claim.lease,
            can: claim.can.to_vec(),
            ready: 0,
            waiting: AtomicU32::new(0),
            claimed: Mutex::default(),
            ended: Lock::default(),
            settling: Mutex::default(),
        }
    }

    /// Lets so many lie ready for hands that are still busy: for jobs of milliseconds, where asking
    /// is the work. They are as good as running, so newcomers wait for them too.
    pub fn with_ready(self, ready: u32) -> Self {
        Self { ready, ..self }
    }

    /// The next job for one hand; `None` when there is none. As [`super::claim`], where a crash of
    /// the database may make somebody else claim the same once more.
    pub async fn next(&self, now: Millis) -> Result<Option<Claimed>, StoreError> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let wait = Wait(&self.waiting);
        let mut claimed = self.claimed.lock().await;
        if claimed.is_empty() {
            let most = self.waiting.load(Ordering::Relaxed).max(1) + self.ready;
            let (lanes, worker) = (self.lanes.clone(), self.worker.clone());
            let (lease, can) = (self.lease, self.can.clone());
            let found = self.db.write_lightly(move |tx| {
                let lanes: Vec<_> = lanes.iter().map(String::as_str).collect();
                let claim = Claim { can: &can, ..Claim::of(&lanes, &worker, lease) };
                claim_many(tx, &claim, most, now)
            });
            claimed.extend(found.await?);
        }
        drop(wait);
        Ok(claimed.pop_front())
    }

    /// Ends a run that wrote nothing, with whatever ends at the same time. A crash of the database
    /// may take it back: then the job is done once more, as after a death of its worker.
    pub async fn done(&self, claimed: &Claimed, now: Millis) -> Result<Settled, StoreError> {
        let (answer, mut settled) = oneshot::channel();
        let run = (claimed.id.clone(), claimed.fence);
        self.ended().push(End { run, answer });
        let turn = self.settling.lock().await;
        // Whoever was before us may have done it.
        if let Ok(settled) = settled.try_recv() {
            return settled;
        }
        let ended = std::mem::take(&mut *self.ended());
        for ended in chunks(ended) {
            let runs: Vec<_> = ended.iter().map(|it| it.run.clone()).collect();
            let outcome: Result<Vec<Settled>, StoreError> =
                self.db.write_lightly(move |tx| settle_done(tx, &runs, now)).await;
            for (at, End { answer, .. }) in ended.into_iter().enumerate() {
                let one = outcome.as_ref().map(|it| it[at]).map_err(StoreError::clone);
                // Whoever asked may have gone; it is settled all the same.
                drop(answer.send(one));
            }
        }
        drop(turn);
        let gone = || StoreError::Uncertain("whoever settled it went away".to_owned());
        settled.await.unwrap_or_else(|_| Err(gone()))
    }

    fn ended(&self) -> std::sync::MutexGuard<'_, Vec<End>> {
        // Nothing panics while holding it.
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many at once as one statement takes.
fn chunks(mut ended: Vec<End>) -> impl Iterator<Item = Vec<End>> {
    std::iter::from_fn(move || {
        let count = ended.len().min(SETTLED_AT_ONCE);
        (0 < count).then(|| ended.drain(..count).collect())
    })
}
