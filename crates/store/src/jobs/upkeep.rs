//! The queue as operators and schedules see it.

use domain::{JobId, Millis, Task};

use super::task_of;
use crate::{Row, StoreError, Tx};

/// How many jobs of a lane are in a state. Those that are done are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    pub lane: String,
    pub kind: String,
    pub state: String,
    pub count: u32,
}

/// A job that a person must look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadJob {
    pub id: JobId,
    pub kind: String,
    /// None: it can't be read, by this version at least.
    pub task: Option<Task>,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Millis,
}

pub fn counts(tx: &mut Tx) -> Result<Vec<Count>, StoreError> {
    let rows = tx.query(
        "SELECT lane, kind, state, COUNT(*) AS count FROM jobs WHERE ended_at IS NULL
         GROUP BY lane, kind, state
         UNION ALL
         SELECT lane, kind, 'dead', COUNT(*) FROM jobs WHERE state = 'dead' GROUP BY lane, kind
         ORDER BY 1, 2, 3",
        &[],
    )?;
    let count = |row: &Row| {
        Ok(Count {
            lane: row.text("lane")?,
            kind: row.text("kind")?,
            state: row.text("state")?,
            count: row.count("count")?,
        })
    };
    rows.iter().map(count).collect()
}

/// The latest dead jobs.
pub fn dead(tx: &mut Tx, limit: u32) -> Result<Vec<DeadJob>, StoreError> {
    let rows = tx.query(
        "SELECT id, kind, task, attempts, last_error, created_at, ended_at FROM jobs
         WHERE state = 'dead' ORDER BY ended_at DESC, id DESC LIMIT $1",
        &[&limit],
    )?;
    let dead = |row: &Row| {
        Ok(DeadJob {
            id: row.id("id")?,
            kind: row.text("kind")?,
            task: task_of(row).ok(),
            attempts: row.count("attempts")?,
            last_error: row.maybe_text("last_error")?,
            created_at: row.millis("created_at")?,
            ended_at: row.millis("ended_at")?,
        })
    };
    rows.iter().map(dead).collect()
}

/// Gives a dead job all of its attempts again. False: it isn't dead, or another job has taken over
/// its unique key.
pub fn requeue(tx: &mut Tx, id: &JobId, now: Millis) -> Result<bool, StoreError> {
    let requeued = tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, woken = 0, run_at = $1, ended_at = NULL, is_due = 1
         WHERE id = $2 AND state = 'dead' AND NOT EXISTS (
            SELECT 1 FROM jobs AS other
            WHERE other.unique_key = jobs.unique_key AND other.ended_at IS NULL)",
        &[&now, id],
    )?;
    if requeued == 1 {
        tx.rouse();
    }
    Ok(requeued == 1)
}

/// Gives back what a process that ends has leased, so that nobody need wait for its leases. It is
/// no failure of the jobs. Whatever the process still says of them is stale. Says how many.
pub fn hand_back(tx: &mut Tx, worker: &str, now: Millis) -> Result<u64, StoreError> {
    let handed = tx.execute(
        "UPDATE jobs SET state = 'ready', worker = NULL, fence = fence + 1, run_at = $1, is_due = 1
         WHERE worker = $2 AND state = 'running'",
        &[&now, &worker],
    )?;
    if 0 < handed {
        tx.rouse();
    }
    Ok(handed)
}

/// When somebody who can do what needs nothing must look into these lanes next; `None` when
/// nothing of that kind is unfinished there.
pub fn next_due(tx: &mut Tx, lanes: &[&str]) -> Result<Option<Millis>, StoreError> {
    let mut next = next_later(tx, lanes)?;
    for lane in lanes {
        let due = tx.first(
            "SELECT run_at FROM jobs WHERE lane = $1 AND needs = '' AND is_due = 1
             ORDER BY priority DESC, turn, run_at LIMIT 1",
            &[lane],
        )?;
        let due = due.map(|it| it.millis(0)).transpose()?;
        next = [next, due].into_iter().flatten().min();
    }
    Ok(next)
}

/// When the line of these lanes becomes longer by itself: a wait or a lease ends. For whoever was
/// given nothing although some stand in line, who need what it can't do or whose group is full.
pub fn next_later(tx: &mut Tx, lanes: &[&str]) -> Result<Option<Millis>, StoreError> {
    let mut next: Option<Millis> = None;
    for lane in lanes {
        let later = tx.first(
            "SELECT run_at FROM jobs WHERE lane = $1 AND is_due = 0 AND ended_at IS NULL
             ORDER BY run_at LIMIT 1",
            &[lane],
        )?;
        let later = later.map(|it| it.millis(0)).transpose()?;
        next = [next, later].into_iter().flatten().min();
    }
    Ok(next)
}

/// How many of a lane have not ended.
pub fn count_open(tx: &mut Tx, lane: &str) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM jobs WHERE lane = $1 AND ended_at IS NULL", &[&lane])?.count(0)
}

/// How often a job has failed.
pub fn attempts(tx: &mut Tx, id: &JobId) -> Result<u32, StoreError> {
    let row = tx.first("SELECT attempts FROM jobs WHERE id = $1", &[id])?;
    row.map_or(Ok(0), |it| it.count(0))
}

/// How many stand before a job in its line: those of its lane that need the same or nothing, for
/// they have the same workers. `None`: it doesn't stand in line, because it is running, waits for
/// its moment, or has ended. What will come and go ahead of it is not known.
pub fn ahead(tx: &mut Tx, id: &JobId) -> Result<Option<u32>, StoreError> {
    let own = tx.first(
        "SELECT lane, needs, priority, turn, run_at FROM jobs WHERE id = $1 AND is_due = 1",
        &[id],
    )?;
    let Some(own) = own else { return Ok(None) };
    let (lane, needs, priority) = (own.text(0)?, own.text(1)?, own.number(2)?);
    let (turn, run_at) = (own.number(3)?, own.number(4)?);
    let mut ahead = 0;
    for line in [Some(""), Some(needs.as_str()).filter(|it| !it.is_empty())].into_iter().flatten() {
        ahead += tx
            .one(
                "SELECT
                    (SELECT COUNT(*) FROM jobs
                     WHERE lane = $1 AND needs = $2 AND is_due = 1 AND $3 < priority)
                  + (SELECT COUNT(*) FROM jobs
                     WHERE lane = $1 AND needs = $2 AND is_due = 1 AND priority = $3
                       AND (turn, run_at, id) < ($4, $5, $6))",
                &[&lane, &line, &priority, &turn, &run_at, id],
            )?
            .count(0)?;
    }
    Ok(Some(ahead))
}

/// Whether somebody has it whose lease is good.
pub fn is_held(tx: &mut Tx, id: &JobId, now: Millis) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM jobs WHERE id = $1 AND state = 'running' AND $2 < run_at",
        &[id, &now],
    )?;
    Ok(row.is_some())
}

/// Deletes at most `limit` jobs that were done before a moment. Dead ones stay until requeued; and
/// one of each priority of a lane, which says how far the lane has come.
pub fn prune(tx: &mut Tx, before: Millis, limit: u32) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM jobs WHERE id IN (
            SELECT old.id FROM jobs AS old WHERE old.state = 'done' AND old.ended_at < $1
              AND EXISTS (SELECT 1 FROM jobs AS newer
                WHERE newer.lane = old.lane AND newer.priority = old.priority
                  AND newer.taken_turn IS NOT NULL
                  AND (COALESCE(old.taken_turn, -1), old.id) < (newer.taken_turn, newer.id))
            ORDER BY old.ended_at LIMIT $2)",
        &[&before, &limit],
    )
}

/// True for the first who asks in a period of `every`, across all processes. A period that has
/// been had is not had again when the clock goes back.
pub fn cron(tx: &mut Tx, name: &str, every: Millis, now: Millis) -> Result<bool, StoreError> {
    let period = now.as_i64().div_euclid(every.as_i64().max(1));
    let first = tx.execute(
        "INSERT INTO crons (name, period) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        &[&name, &period],
    )?;
    if first == 1 {
        return Ok(true);
    }
    // A clock that is set back a little must not fire twice; one that had run ahead by days must
    // not stop us until it is as late again.
    let far = Millis::days(2).as_i64().div_euclid(every.as_i64().max(1)) + 1;
    let next = tx.execute(
        "UPDATE crons SET period = $1
         WHERE name = $2 AND (period < $1 OR $1 + CAST($3 AS BIGINT) < period)",
        &[&period, &name, &far],
    )?;
    Ok(next == 1)
}
