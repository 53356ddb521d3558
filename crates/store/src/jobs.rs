//! What is to be done later: a queue in a table, with leases, waits, retries and burials.
//!
//! A job is enqueued and settled in the transaction of what it belongs to, so its row and the work
//! can't come apart. `run_at` is when somebody must look at it next: when it is due, or when the
//! lease of whoever has it ends.
//!
//! Who goes first: the larger priority; within it the lower turn; of the same turn, who was due
//! first. A group (a customer) books its jobs a turn apart, so that groups alternate however much
//! each of them has queued; a weight makes the steps smaller. Whoever comes joins at the turn at
//! which the lane is, which is that of whatever started last: nobody saves up turns by having been
//! away, and nobody comes before what others have waited for. Jobs without a group are together
//! one customer of great weight. So of a finite number of customers each goes on, whatever the
//! others do.

use std::collections::HashSet;

use domain::{JobId, Millis, Task};

use crate::value::Value;
use crate::wake::Calls;
use crate::{Row, StoreError, Tx};

mod claim;
mod crew;
mod upkeep;

pub use claim::{Claim, Claimed, claim, claim_many};
pub use crew::Crew;
pub use upkeep::{
    Count, DeadJob, ahead, attempts, count_open, counts, cron, dead, hand_back, is_held, next_due,
    next_later, prune, requeue,
};

/// How often a job may fail before it is dead, unless it says otherwise.
pub const ATTEMPTS_MAX: u32 = 8;

/// How far apart the jobs of a group stand whose weight is 1.
const TURN: i64 = 1 << 20;

/// Nobody goes that many times as often as somebody else.
const WEIGHT_MAX: u32 = 1_000;

/// The weight of all jobs without a group, and of those that come back into the line.
const PASSING: i64 = 64;

/// A job to be. Beside its task everything has a default: `NewJob { priority: 1, ..NewJob::of(&task) }`.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    pub task: &'a Task,
    /// Of all unfinished jobs, one at most has this key.
    pub unique_key: Option<String>,
    /// Whose it is: groups take turns.
    pub group_key: Option<String>,
    /// How often its group goes while others go once; from 1 to 1,000.
    pub weight: u32,
    /// What its worker must be able to do, a short word such as `qwen-edit@1`.
    pub needs: Option<String>,
    /// What wakes it even before it has waited for the first time.
    pub wake_key: Option<String>,
    /// Larger goes first, always.
    pub priority: i64,
    pub attempts_max: u32,
    /// Not before then; at once if `None`.
    pub run_at: Option<Millis>,
}

impl<'a> NewJob<'a> {
    pub fn of(task: &'a Task) -> Self {
        Self {
            task,
            unique_key: None,
            group_key: None,
            weight: 1,
            needs: None,
            wake_key: None,
            priority: 0,
            attempts_max: ATTEMPTS_MAX,
            run_at: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enqueued {
    New,
    /// An unfinished job has the same unique key, or this very job was enqueued before.
    Existing(JobId),
}

/// How a run of a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Done,
    /// Nothing to do until somebody wakes `wake_key`, or `at_most` has passed. It is no failure.
    Wait {
        wake_key: Option<String>,
        at_most: Millis,
    },
    /// It failed and may succeed after `delay`.
    Retry {
        error: String,
        delay: Millis,
    },
    /// It can't succeed.
    Dead {
        error: String,
    },
}

/// What a verdict made of the job. Whoever gets `Dead` buries it in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    Done,
    Waiting {
        until: Millis,
    },
    Retrying {
        at: Millis,
    },
    Dead,
    /// The lease ran out and somebody else took the job, or it was cancelled: nothing was
    /// changed, and what this run wrote must not be kept.
    Stale,
}

/// Puts a job into its lane.
pub fn enqueue(
    tx: &mut Tx,
    job: &NewJob<'_>,
    id: &JobId,
    now: Millis,
) -> Result<Enqueued, StoreError> {
    let task = serde_json::to_string(job.task).expect("a task is plain fields");
    let run_at = job.run_at.unwrap_or(now);
    let step = match job.group_key {
        Some(_) => TURN / i64::from(job.weight.clamp(1, WEIGHT_MAX)),
        None => TURN / PASSING,
    };
    // Twice, because the job that has the key may end between the two statements.
    for _ in 0..2 {
        let added = tx.execute(
            "INSERT INTO jobs
                (id, lane, kind, task, state, priority, run_at, attempts, attempts_max, fence,
                 wake_key, woken, unique_key, group_key, created_at, needs, is_due, turn)
             VALUES ($1, $2, $3, $4, 'ready', $5, $6, 0, $7, 0, $8, 0, $9, $10, $11, $12, $13,
                (SELECT CASE WHEN at.lane < at.own THEN at.own ELSE at.lane END FROM (SELECT
                    COALESCE(
                        (SELECT taken_turn FROM jobs
                         WHERE lane = $2 AND priority = $5 AND taken_turn IS NOT NULL
                         ORDER BY taken_turn DESC LIMIT 1),
                        (SELECT turn FROM jobs
                         WHERE lane = $2 AND needs = $12 AND priority = $5 AND is_due = 1
                         ORDER BY turn LIMIT 1),
                        0) AS lane,
                    COALESCE(
                        (SELECT turn FROM jobs
                         WHERE lane = $2 AND priority = $5 AND COALESCE(group_key, '') = $14
                         ORDER BY turn DESC LIMIT 1) + $15,
                        0) AS own) AS at))
             ON CONFLICT DO NOTHING",
            &[
                id,
                &job.task.lane(),
                &job.task.kind(),
                &task,
                &job.priority,
                &run_at,
                &job.attempts_max,
                &job.wake_key,
                &job.unique_key,
                &job.group_key,
                &now,
                &job.needs.as_deref().unwrap_or_default(),
                &(run_at <= now),
                &job.group_key.as_deref().unwrap_or_default(),
                &step,
            ],
        )?;
        if added == 1 {
            tx.call(Calls::lane(job.task.lane()));
            return Ok(Enqueued::New);
        }
        let row = tx.first(
            "SELECT id FROM jobs WHERE id = $1 OR (unique_key = $2 AND ended_at IS NULL) LIMIT 1",
            &[id, &job.unique_key],
        )?;
        if let Some(row) = row {
            return Ok(Enqueued::Existing(row.id(0)?));
        }
    }
    Err(StoreError::Contended(2))
}

/// Lengthens a lease to `lease` from now. False: it is no longer ours, stop working.
pub fn renew(
    tx: &mut Tx,
    id: &JobId,
    fence: i64,
    lease: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let renewed = tx.execute(
        "UPDATE jobs SET run_at = $1, is_due = 0
         WHERE id = $2 AND fence = $3 AND state = 'running'",
        &[&now.plus(lease), id, &fence],
    )?;
    Ok(renewed == 1)
}

/// Ends a run, in the transaction of what the run wrote. See [`Settled::Stale`].
pub fn settle(
    tx: &mut Tx,
    id: &JobId,
    fence: i64,
    verdict: &Verdict,
    now: Millis,
) -> Result<Settled, StoreError> {
    match verdict {
        Verdict::Done => end(tx, id, fence, "done", None, now),
        Verdict::Dead { error } => end(tx, id, fence, "dead", Some(error), now),
        Verdict::Wait { wake_key, at_most } => {
            wait(tx, id, fence, wake_key.as_deref(), *at_most, now)
        }
        Verdict::Retry { error, delay } => retry(tx, id, fence, error, *delay, now),
    }
}

/// How many [`settle_done`] takes at once.
pub const SETTLED_AT_ONCE: usize = 16;

/// Settles at most [`SETTLED_AT_ONCE`] runs as done, in the order in which they are given, with one
/// statement. For runs that wrote nothing that must not be kept without their end.
pub fn settle_done(
    tx: &mut Tx,
    runs: &[(JobId, i64)],
    now: Millis,
) -> Result<Vec<Settled>, StoreError> {
    assert!(runs.len() <= SETTLED_AT_ONCE, "as many as the statement has places");
    // By the id alone the row is found, by both it is known to be ours.
    let mut ids: Vec<&str> = runs.iter().map(|it| it.0.as_str()).collect();
    let mut both: Vec<_> = runs.iter().map(|it| format!("{} {}", it.0, it.1)).collect();
    ids.resize(SETTLED_AT_ONCE, "");
    both.resize(SETTLED_AT_ONCE, String::new());
    let mut values: Vec<&dyn Value> = vec![&now];
    values.extend(ids.iter().map(|it| it as &dyn Value));
    values.extend(both.iter().map(|it| it as &dyn Value));
    let rows = tx.query(
        "UPDATE jobs SET state = 'done', ended_at = $1, is_due = 0
         WHERE state = 'running'
           AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
           AND id || ' ' || CAST(fence AS TEXT)
               IN ($18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
         RETURNING id",
        &values,
    )?;
    let ended = rows.iter().map(|it| it.text(0)).collect::<Result<HashSet<_>, _>>()?;
    let settled = |it: &(JobId, i64)| match ended.contains(it.0.as_str()) {
        true => Settled::Done,
        false => Settled::Stale,
    };
    Ok(runs.iter().map(settled).collect())
}

/// Makes whatever waits for `wake_key` (or for its next attempt) due now; what is running looks
/// again as soon as it would wait. Says how many jobs that are.
pub fn wake(tx: &mut Tx, wake_key: &str, now: Millis) -> Result<u64, StoreError> {
    let woken = tx.execute(
        "UPDATE jobs SET woken = CASE WHEN state = 'running' THEN 1 ELSE woken END,
                run_at = CASE WHEN state <> 'running' AND $2 < run_at THEN $2 ELSE run_at END
         WHERE wake_key = $1 AND ended_at IS NULL",
        &[&wake_key, &now],
    )?;
    if 0 < woken {
        tx.rouse();
    }
    Ok(woken)
}

/// Whether an unfinished job has this unique key.
pub fn is_open(tx: &mut Tx, unique_key: &str) -> Result<bool, StoreError> {
    let row =
        tx.first("SELECT 1 FROM jobs WHERE unique_key = $1 AND ended_at IS NULL", &[&unique_key])?;
    Ok(row.is_some())
}

/// Takes an unfinished job away. If it is running, its verdict will be [`Settled::Stale`].
pub fn cancel(tx: &mut Tx, id: &JobId, now: Millis) -> Result<bool, StoreError> {
    let cancelled = tx.execute(
        "UPDATE jobs SET state = 'done', worker = NULL, is_due = 0, ended_at = $1,
                last_error = 'cancelled'
         WHERE id = $2 AND ended_at IS NULL",
        &[&now, id],
    )?;
    Ok(cancelled == 1)
}

fn end(
    tx: &mut Tx,
    id: &JobId,
    fence: i64,
    state: &'static str,
    error: Option<&str>,
    now: Millis,
) -> Result<Settled, StoreError> {
    let ended = tx.execute(
        "UPDATE jobs SET state = $1, last_error = COALESCE($2, last_error), ended_at = $3, is_due = 0
         WHERE id = $4 AND fence = $5 AND state = 'running'",
        &[&state, &error, &now, id, &fence],
    )?;
    Ok(match (ended, state) {
        (0, _) => Settled::Stale,
        (_, "done") => Settled::Done,
        (_, _) => Settled::Dead,
    })
}

fn wait(
    tx: &mut Tx,
    id: &JobId,
    fence: i64,
    wake_key: Option<&str>,
    at_most: Millis,
    now: Millis,
) -> Result<Settled, StoreError> {
    let row = tx.first(
        "UPDATE jobs SET state = 'waiting', worker = NULL, woken = 0, wake_key = $1, is_due = 0,
                run_at = CASE WHEN woken = 1 THEN CAST($2 AS BIGINT) ELSE $3 END,
                turn = $6 + (SELECT taken.taken_turn FROM jobs AS taken
                    WHERE taken.lane = jobs.lane AND taken.priority = jobs.priority
                      AND taken.taken_turn IS NOT NULL
                    ORDER BY taken.taken_turn DESC LIMIT 1)
         WHERE id = $4 AND fence = $5 AND state = 'running' RETURNING run_at",
        &[&wake_key, &now, &now.plus(at_most), id, &fence, &(TURN / PASSING)],
    )?;
    let Some(row) = row else { return Ok(Settled::Stale) };
    let until = row.millis(0)?;
    if until <= now {
        tx.rouse();
    }
    Ok(Settled::Waiting { until })
}

fn retry(
    tx: &mut Tx,
    id: &JobId,
    fence: i64,
    error: &str,
    delay: Millis,
    now: Millis,
) -> Result<Settled, StoreError> {
    let row = tx.first(
        "UPDATE jobs SET
            attempts = attempts + 1, worker = NULL, last_error = $1, is_due = 0,
            state = CASE WHEN attempts + 1 < attempts_max THEN 'ready' ELSE 'dead' END,
            run_at = $2,
            ended_at = CASE WHEN attempts + 1 < attempts_max THEN NULL ELSE CAST($3 AS BIGINT) END,
            turn = $6 + (SELECT taken.taken_turn FROM jobs AS taken
                WHERE taken.lane = jobs.lane AND taken.priority = jobs.priority
                  AND taken.taken_turn IS NOT NULL
                ORDER BY taken.taken_turn DESC LIMIT 1)
         WHERE id = $4 AND fence = $5 AND state = 'running' RETURNING state",
        &[&error, &now.plus(delay), &now, id, &fence, &(TURN / PASSING)],
    )?;
    let Some(row) = row else { return Ok(Settled::Stale) };
    Ok(match row.text(0)?.as_str() {
        "dead" => Settled::Dead,
        _ => Settled::Retrying { at: now.plus(delay) },
    })
}

fn task_of(row: &Row) -> Result<Task, StoreError> {
    row.json("task")
}
