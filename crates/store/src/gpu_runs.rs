//! What the operator's own GPUs do: a run each, whose place in the queue and lease are its job's.

use domain::refusal::Fault;
use domain::{GpuRunId, JobId, Millis, ObjectId, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`run_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, job_id, work_id, user_id, workflow, filled, photos, state, stop_asked_at,
                    worker, started_at, percent, result, fault, reason, created_at, ended_at
             FROM gpu_runs ",
            $rest
        )
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    Open,
    Done,
    Failed,
    Canceled,
}

impl RunState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Failed, Self::Canceled]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuRun {
    pub id: GpuRunId,
    pub job: JobId,
    /// The generation it is for.
    pub work: String,
    pub user: UserId,
    pub workflow: String,
    /// JSON, as a worker gets it. Empty at the end.
    pub filled: String,
    pub photos: Vec<ObjectId>,
    pub state: RunState,
    pub stop_asked_at: Option<Millis>,
    /// Who had it last, and since when.
    pub worker: Option<String>,
    pub started_at: Option<Millis>,
    pub percent: Option<u32>,
    /// JSON: the files that came.
    pub result: Option<String>,
    pub fault: Option<Fault>,
    /// For owners and logs.
    pub reason: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewGpuRun<'a> {
    pub id: &'a GpuRunId,
    /// Enqueued in the same transaction.
    pub job: &'a JobId,
    pub work: &'a str,
    pub user: &'a UserId,
    pub workflow: &'a str,
    pub filled: &'a str,
    pub photos: &'a [ObjectId],
}

/// How a run ended.
#[derive(Clone, Copy, Debug)]
pub enum End<'a> {
    /// With files, as JSON.
    Done {
        result: &'a str,
    },
    Failed {
        fault: Fault,
        reason: &'a str,
    },
    Canceled,
}

/// False: this very one was begun before.
pub fn insert(tx: &mut Tx, new: &NewGpuRun<'_>, now: Millis) -> Result<bool, StoreError> {
    let photos = serde_json::to_string(new.photos).expect("ids are texts");
    let added = tx.execute(
        "INSERT INTO gpu_runs (id, job_id, work_id, user_id, workflow, filled, photos, state,
                               created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8) ON CONFLICT DO NOTHING",
        &[new.id, new.job, &new.work, new.user, &new.workflow, &new.filled, &photos, &now],
    )?;
    Ok(added == 1)
}

pub fn get_for_job(tx: &mut Tx, id: &GpuRunId) -> Result<Option<GpuRun>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(run_of).transpose()
}

/// The latest of some work.
pub fn latest_for_job(tx: &mut Tx, work: &str) -> Result<Option<GpuRun>, StoreError> {
    let row = tx.first(select!("WHERE work_id = $1 ORDER BY id DESC LIMIT 1"), &[&work])?;
    row.as_ref().map(run_of).transpose()
}

/// All of some work, the oldest first.
pub fn of_work(tx: &mut Tx, work: &str) -> Result<Vec<GpuRun>, StoreError> {
    let rows = tx.query(select!("WHERE work_id = $1 ORDER BY id"), &[&work])?;
    rows.iter().map(run_of).collect()
}

/// What a worker has now, with the fence that it was given.
pub fn held(tx: &mut Tx, worker: &str) -> Result<Option<(GpuRunId, i64)>, StoreError> {
    let row = tx.first(
        "SELECT gpu_runs.id, jobs.fence FROM gpu_runs JOIN jobs ON jobs.id = gpu_runs.job_id
         WHERE gpu_runs.worker = $1 AND gpu_runs.state = 'open' AND jobs.state = 'running'
         ORDER BY gpu_runs.id LIMIT 1",
        &[&worker],
    )?;
    row.map(|it| Ok((it.id("id")?, it.number("fence")?))).transpose()
}

/// A worker has it from now on.
pub fn begun(tx: &mut Tx, id: &GpuRunId, worker: &str, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE gpu_runs SET worker = $1, started_at = $2, percent = NULL
         WHERE id = $3 AND state = 'open'",
        &[&worker, &now, id],
    )?;
    Ok(changed == 1)
}

/// Nobody has it any more: it waits again.
pub fn handed_back(tx: &mut Tx, id: &GpuRunId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE gpu_runs SET started_at = NULL, percent = NULL WHERE id = $1 AND state = 'open'",
        &[id],
    )?;
    Ok(changed == 1)
}

/// How far it is. False: that was known, or it has ended.
pub fn progress(tx: &mut Tx, id: &GpuRunId, percent: u32) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE gpu_runs SET percent = $1
         WHERE id = $2 AND state = 'open' AND COALESCE(percent, -1) < $1",
        &[&percent, id],
    )?;
    Ok(changed == 1)
}

/// Whoever has it shall stop. False: it has ended.
pub fn ask_stop(tx: &mut Tx, id: &GpuRunId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE gpu_runs SET stop_asked_at = COALESCE(stop_asked_at, $1)
         WHERE id = $2 AND state = 'open'",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

/// Ends it, once. What it was to do isn't kept: a prompt and photos are the customer's.
pub fn end(tx: &mut Tx, id: &GpuRunId, end: End<'_>, now: Millis) -> Result<bool, StoreError> {
    let (state, result, fault, reason) = match end {
        End::Done { result } => (RunState::Done, Some(result), None, None),
        End::Failed { fault, reason } => {
            let fault = serde_json::to_string(&fault).expect("a fault is a word");
            (RunState::Failed, None, Some(fault), Some(reason))
        }
        End::Canceled => (RunState::Canceled, None, None, None),
    };
    let changed = tx.execute(
        "UPDATE gpu_runs SET state = $1, result = $2, fault = $3, reason = $4, ended_at = $5,
                filled = ''
         WHERE id = $6 AND state = 'open'",
        &[&state.as_str(), &result, &fault, &reason, &now, id],
    )?;
    Ok(changed == 1)
}

/// How long runs of a workflow took a GPU of late: the median, in milliseconds.
pub fn recent_millis(
    tx: &mut Tx,
    workflow: &str,
    limit: u32,
) -> Result<Option<Millis>, StoreError> {
    let rows = tx.query(
        "SELECT ended_at - started_at AS took FROM gpu_runs
         WHERE workflow = $1 AND state = 'done' ORDER BY id DESC LIMIT $2",
        &[&workflow, &limit],
    )?;
    let took: Result<Vec<i64>, _> = rows.iter().map(|it| it.number("took")).collect();
    let mut took = took?;
    took.sort_unstable();
    Ok(took.get(took.len() / 2).copied().map(Millis))
}

fn run_of(row: &Row) -> Result<GpuRun, StoreError> {
    Ok(GpuRun {
        id: row.id("id")?,
        job: row.id("job_id")?,
        work: row.text("work_id")?,
        user: row.id("user_id")?,
        workflow: row.text("workflow")?,
        filled: row.text("filled")?,
        photos: row.json("photos")?,
        state: row.word("state", RunState::from_text)?,
        stop_asked_at: row.maybe_millis("stop_asked_at")?,
        worker: row.maybe_text("worker")?,
        started_at: row.maybe_millis("started_at")?,
        percent: row.maybe_count("percent")?,
        result: row.maybe_text("result")?,
        fault: row.maybe_json("fault")?,
        reason: row.maybe_text("reason")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
