//! Those who do jobs: who they are, what they can do, when they were last seen.

use domain::{JobId, Millis};

use crate::{Row, StoreError, Tx};

/// What a worker says of itself when it starts.
#[derive(Clone, Copy, Debug)]
pub struct NewWorker<'a> {
    /// As it claims jobs.
    pub name: &'a str,
    pub kind: &'a str,
    pub version: &'a str,
    /// What it runs on, in words for people.
    pub device: &'a str,
    /// The needs that it meets.
    pub cans: &'a [String],
}

/// Whether a worker takes jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    Active,
    /// It finishes what it has and takes nothing more.
    Draining,
    /// Somebody must look at it first; starting it again doesn't help.
    Quarantined,
}

impl WorkerState {
    pub const ALL: &'static [Self] = &[Self::Active, Self::Draining, Self::Quarantined];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Quarantined => "quarantined",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Active, Self::Draining, Self::Quarantined].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    pub name: String,
    pub kind: String,
    pub version: String,
    pub device: String,
    pub state: WorkerState,
    /// Why it isn't active.
    pub reason: Option<String>,
    /// Since when it is in its state.
    pub since: Millis,
    /// What it said that it is doing.
    pub job: Option<JobId>,
    pub first_seen_at: Millis,
    pub last_seen_at: Millis,
}

/// Notes a worker that starts, or starts again. It is active then, unless it is quarantined.
pub fn put(tx: &mut Tx, new: &NewWorker<'_>, now: Millis) -> Result<WorkerState, StoreError> {
    let row = tx.one(
        "INSERT INTO workers
            (name, kind, version, device, state, since, first_seen_at, last_seen_at)
         VALUES ($1, $2, $3, $4, 'active', $5, $5, $5)
         ON CONFLICT (name) DO UPDATE SET
            kind = $2, version = $3, device = $4, last_seen_at = $5, job_id = NULL,
            since = CASE WHEN workers.state = 'draining' THEN $5 ELSE workers.since END,
            reason = CASE WHEN workers.state = 'draining' THEN NULL ELSE workers.reason END,
            state = CASE WHEN workers.state = 'draining' THEN 'active' ELSE workers.state END
         RETURNING state",
        &[&new.name, &new.kind, &new.version, &new.device, &now],
    )?;
    tx.execute("DELETE FROM worker_cans WHERE worker = $1", &[&new.name])?;
    for need in new.cans {
        tx.execute(
            "INSERT INTO worker_cans (worker, need) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[&new.name, need],
        )?;
    }
    row.word(0, WorkerState::from_text)
}

/// Says that a worker is there, and what it does; hears what it is to be. `None`: it isn't known
/// and must be put.
pub fn beat(
    tx: &mut Tx,
    name: &str,
    job: Option<&JobId>,
    now: Millis,
) -> Result<Option<WorkerState>, StoreError> {
    let row = tx.first(
        "UPDATE workers SET last_seen_at = $1, job_id = $2 WHERE name = $3 RETURNING state",
        &[&now, &job, &name],
    )?;
    row.map(|it| it.word(0, WorkerState::from_text)).transpose()
}

/// Lets a worker finish and take nothing more. False: it isn't active.
pub fn drain(tx: &mut Tx, name: &str, reason: &str, now: Millis) -> Result<bool, StoreError> {
    let drained = tx.execute(
        "UPDATE workers SET state = 'draining', reason = $1, since = $2
         WHERE name = $3 AND state = 'active'",
        &[&reason, &now, &name],
    )?;
    Ok(drained == 1)
}

/// Keeps a worker from work until somebody resumes it. False: it is not known, or was before.
pub fn quarantine(tx: &mut Tx, name: &str, reason: &str, now: Millis) -> Result<bool, StoreError> {
    let kept = tx.execute(
        "UPDATE workers SET state = 'quarantined', reason = $1, since = $2
         WHERE name = $3 AND state <> 'quarantined'",
        &[&reason, &now, &name],
    )?;
    Ok(kept == 1)
}

/// Lets a worker take jobs again. False: it is not known, or does so.
pub fn resume(tx: &mut Tx, name: &str, now: Millis) -> Result<bool, StoreError> {
    let resumed = tx.execute(
        "UPDATE workers SET state = 'active', reason = NULL, since = $1
         WHERE name = $2 AND state <> 'active'",
        &[&now, &name],
    )?;
    Ok(resumed == 1)
}

/// All of them, by name.
pub fn list(tx: &mut Tx) -> Result<Vec<Worker>, StoreError> {
    let rows = tx.query(
        "SELECT name, kind, version, device, state, reason, since, job_id, first_seen_at,
                last_seen_at
         FROM workers ORDER BY name",
        &[],
    )?;
    rows.iter().map(worker).collect()
}

/// The needs that a worker meets, sorted: what it claims with.
pub fn cans(tx: &mut Tx, name: &str) -> Result<Vec<String>, StoreError> {
    let rows = tx.query("SELECT need FROM worker_cans WHERE worker = $1", &[&name])?;
    let mut cans = rows.iter().map(|it| it.text(0)).collect::<Result<Vec<_>, _>>()?;
    // Here, because the databases don't sort letters alike.
    cans.sort();
    Ok(cans)
}

/// Whether anybody takes jobs with this need and was seen within a time.
pub fn anybody_can(
    tx: &mut Tx,
    need: &str,
    within: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let since = Millis(now.as_i64().saturating_sub(within.as_i64()));
    let row = tx.first(
        "SELECT 1 FROM worker_cans JOIN workers ON workers.name = worker_cans.worker
         WHERE worker_cans.need = $1 AND workers.state = 'active' AND $2 <= workers.last_seen_at
         LIMIT 1",
        &[&need, &since],
    )?;
    Ok(row.is_some())
}

/// How many take jobs with this need and were seen since a moment.
pub fn count_able(tx: &mut Tx, need: &str, since: Millis) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM worker_cans JOIN workers ON workers.name = worker_cans.worker
         WHERE worker_cans.need = $1 AND workers.state = 'active' AND $2 <= workers.last_seen_at",
        &[&need, &since],
    )?
    .count(0)
}

/// Whether anybody takes jobs and was seen since a moment.
pub fn is_anybody(tx: &mut Tx, since: Millis) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM workers WHERE state = 'active' AND $1 <= last_seen_at LIMIT 1",
        &[&since],
    )?;
    Ok(row.is_some())
}

/// Forgets those who were not seen since a moment, except where somebody must look.
pub fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM worker_cans WHERE worker IN (
            SELECT name FROM workers WHERE last_seen_at < $1 AND state <> 'quarantined')",
        &[&before],
    )?;
    tx.execute("DELETE FROM workers WHERE last_seen_at < $1 AND state <> 'quarantined'", &[&before])
}

fn worker(row: &Row) -> Result<Worker, StoreError> {
    Ok(Worker {
        name: row.text("name")?,
        kind: row.text("kind")?,
        version: row.text("version")?,
        device: row.text("device")?,
        state: row.word("state", WorkerState::from_text)?,
        reason: row.maybe_text("reason")?,
        since: row.millis("since")?,
        job: row.maybe_id("job_id")?,
        first_seen_at: row.millis("first_seen_at")?,
        last_seen_at: row.millis("last_seen_at")?,
    })
}
