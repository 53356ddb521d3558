//! Who does what next.

use domain::{JobId, Millis, Task};

use super::task_of;
use crate::{Backend, Row, StoreError, Tx, attention};

/// A job that is ours until `lease_until`, or until somebody with a larger fence has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    pub id: JobId,
    pub task: Task,
    /// Given back with everything that is said about the job.
    pub fence: i64,
    /// How often it failed before, leases that ran out included.
    pub attempts: u32,
    pub attempts_max: u32,
    /// It was left lying too often: don't run it, settle it as dead and bury it.
    pub is_exhausted: bool,
    pub group_key: Option<String>,
    pub needs: Option<String>,
    pub wake_key: Option<String>,
    pub created_at: Millis,
    /// Since when it could have been picked up.
    pub due_at: Millis,
    pub lease_until: Millis,
    pub last_error: Option<String>,
}

/// Who asks for work, and for which.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// Looked at in this order.
    pub lanes: &'a [&'a str],
    pub worker: &'a str,
    pub lease: Millis,
    /// The needs that the worker meets. Jobs without needs are for everybody.
    pub can: &'a [String],
    /// So many of a group may run in a lane at once; others go ahead. Whoever claims in a lane
    /// must say the same. Such claims go one after the other.
    pub running_max: Option<u32>,
}

impl<'a> Claim<'a> {
    /// For jobs without needs, of whomever.
    pub fn of(lanes: &'a [&'a str], worker: &'a str, lease: Millis) -> Self {
        Self { lanes, worker, lease, can: &[], running_max: None }
    }
}

/// The order of the line. `jobs_due` has it.
macro_rules! order {
    ($of:literal) => {
        concat!($of, ".priority DESC, ", $of, ".turn, ", $of, ".run_at, ", $of, ".id")
    };
}

/// Leaves out the groups that have as many running as they may. A lease that ran out is not
/// running; who has none is not limited.
macro_rules! within {
    ($most:literal) => {
        concat!(
            " AND (next.group_key IS NULL OR next.group_key NOT IN (
                SELECT busy.group_key FROM jobs AS busy
                WHERE busy.lane = $1 AND busy.state = 'running' AND busy.group_key IS NOT NULL
                  AND $2 < busy.run_at
                GROUP BY busy.group_key HAVING ",
            $most,
            " <= COUNT(*)))"
        )
    };
}

/// Takes the first of those in a lane that need the same. The conditions and the lock are of one
/// level, because PostgreSQL asks again once it has the row; and it must not look twice.
macro_rules! take {
    ($within:expr, $suffix:literal) => {
        concat!(
            "WITH taken AS MATERIALIZED (
                SELECT next.id FROM jobs AS next
                WHERE next.lane = $1 AND next.needs = $5 AND next.is_due = 1 AND next.run_at <= $2",
            $within,
            " ORDER BY ",
            order!("next"),
            " LIMIT $6",
            $suffix,
            ")
             UPDATE jobs SET
                state = 'running', worker = $3, fence = fence + 1, due_at = run_at, run_at = $4,
                woken = 0, is_due = 0, taken_turn = turn,
                attempts = attempts + CASE WHEN state = 'running' THEN 1 ELSE 0 END
             WHERE id IN (SELECT id FROM taken)
             RETURNING id, task, fence, attempts, attempts_max, group_key, wake_key, created_at,
                       due_at, run_at, last_error, needs, priority, turn"
        )
    };
}

/// What the first in line needs, of each need that there is, in the order of the line. There are
/// a few dozen needs and any number of jobs, so it goes from need to need along the index.
macro_rules! heads {
    ($within:expr) => {
        concat!(
            "WITH RECURSIVE words (needs) AS (
                SELECT MIN(needs) FROM jobs WHERE lane = $1 AND is_due = 1
                UNION ALL
                SELECT (SELECT MIN(more.needs) FROM jobs AS more
                        WHERE more.lane = $1 AND more.is_due = 1 AND words.needs < more.needs)
                FROM words WHERE words.needs IS NOT NULL)
             SELECT head.needs FROM jobs AS head WHERE head.id IN (
                SELECT (SELECT next.id FROM jobs AS next
                        WHERE next.lane = $1 AND next.needs = words.needs AND next.is_due = 1
                          AND next.run_at <= $2",
            $within,
            " ORDER BY ",
            order!("next"),
            " LIMIT 1)
                FROM words WHERE words.needs IS NOT NULL)
             ORDER BY ",
            order!("head")
        )
    };
}

/// Puts into the line what has become due: waits and delays that are over, leases that ran out.
macro_rules! line_up {
    ($suffix:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
                SELECT next.id FROM jobs AS next
                WHERE next.lane = $1 AND next.is_due = 0 AND next.ended_at IS NULL
                  AND next.run_at <= $2
                ORDER BY next.run_at LIMIT 256",
            $suffix,
            ")
             UPDATE jobs SET is_due = 1 WHERE id IN (SELECT id FROM due)"
        )
    };
}

/// Takes the next job in one of the lanes, or one whose lease ran out, and leases it to the worker.
pub fn claim(tx: &mut Tx, claim: &Claim<'_>, now: Millis) -> Result<Option<Claimed>, StoreError> {
    Ok(claim_many(tx, claim, 1, now)?.pop())
}

/// Takes at most so many at once, for as many hands of one worker; the first in line first.
pub fn claim_many(
    tx: &mut Tx,
    claim: &Claim<'_>,
    most: u32,
    now: Millis,
) -> Result<Vec<Claimed>, StoreError> {
    let mut all = Vec::new();
    for lane in claim.lanes {
        let left = most.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
        if left == 0 {
            break;
        }
        line_up(tx, lane, now)?;
        match (claim.running_max, claim.can) {
            (None, []) => claim_alike(tx, claim, lane, "", left, now, &mut all)?,
            (None, _) => claim_chosen(tx, claim, lane, left, now, &mut all)?,
            (Some(_), _) => {
                tx.together(|tx| claim_chosen(tx, claim, lane, left, now, &mut all))?;
            }
        }
    }
    Ok(all)
}

fn line_up(tx: &mut Tx, lane: &str, now: Millis) -> Result<(), StoreError> {
    let statement = match tx.backend() {
        Backend::Sqlite => line_up!(""),
        Backend::Postgres => line_up!(" FOR UPDATE OF next SKIP LOCKED"),
    };
    tx.execute(statement, &[&lane, &now]).map(|_| ())
}

/// One after the other, because each may change who is next: by its need, or by its group.
fn claim_chosen(
    tx: &mut Tx,
    claim: &Claim<'_>,
    lane: &str,
    most: u32,
    now: Millis,
    all: &mut Vec<Claimed>,
) -> Result<(), StoreError> {
    if claim.running_max.is_some() {
        // Held until the commit: who is running is counted by one at a time.
        tx.execute(
            "INSERT INTO lanes (lane, claims) VALUES ($1, 1)
             ON CONFLICT (lane) DO UPDATE SET claims = lanes.claims + 1",
            &[&lane],
        )?;
    }
    for _ in 0..most {
        let before = all.len();
        for needs in heads(tx, claim, lane, now)? {
            claim_alike(tx, claim, lane, &needs, 1, now, all)?;
            if before < all.len() {
                break;
            }
        }
        if before == all.len() {
            break;
        }
    }
    Ok(())
}

/// The needs that the worker meets, by who is first in line.
fn heads(
    tx: &mut Tx,
    claim: &Claim<'_>,
    lane: &str,
    now: Millis,
) -> Result<Vec<String>, StoreError> {
    if claim.can.is_empty() {
        return Ok(vec![String::new()]);
    }
    let rows = match claim.running_max {
        None => tx.query(heads!(""), &[&lane, &now])?,
        Some(most) => tx.query(heads!(within!("$3")), &[&lane, &now, &most])?,
    };
    let needs = rows.iter().map(|it| it.text(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(needs.into_iter().filter(|it| it.is_empty() || claim.can.contains(it)).collect())
}

/// Claims among those that need the same.
fn claim_alike(
    tx: &mut Tx,
    claim: &Claim<'_>,
    lane: &str,
    needs: &str,
    most: u32,
    now: Millis,
    all: &mut Vec<Claimed>,
) -> Result<(), StoreError> {
    let until = now.plus(claim.lease);
    let mut left = most;
    while 0 < left {
        let mut rows = match (tx.backend(), claim.running_max) {
            (Backend::Sqlite, None) => {
                tx.query(take!("", ""), &[&lane, &now, &claim.worker, &until, &needs, &left])
            }
            (Backend::Postgres, None) => tx.query(
                take!("", " FOR UPDATE OF next SKIP LOCKED"),
                &[&lane, &now, &claim.worker, &until, &needs, &left],
            ),
            (Backend::Sqlite, Some(running_max)) => tx.query(
                take!(within!("$7"), ""),
                &[&lane, &now, &claim.worker, &until, &needs, &left, &running_max],
            ),
            (Backend::Postgres, Some(running_max)) => tx.query(
                take!(within!("$7"), " FOR UPDATE OF next SKIP LOCKED"),
                &[&lane, &now, &claim.worker, &until, &needs, &left, &running_max],
            ),
        }?;
        if rows.is_empty() {
            break;
        }
        in_order(&mut rows)?;
        for row in &rows {
            match task_of(row) {
                Ok(task) => {
                    all.push(claimed(row, task)?);
                    left -= 1;
                }
                Err(error) => set_aside(tx, row, &error, now)?,
            }
        }
    }
    Ok(())
}

/// What is returned comes in any order.
fn in_order(rows: &mut Vec<Row>) -> Result<(), StoreError> {
    if rows.len() < 2 {
        return Ok(());
    }
    let mut keyed = rows
        .drain(..)
        .map(|it| {
            let key = (-it.number("priority")?, it.number("turn")?, it.number("due_at")?);
            Ok(((key, it.text("id")?), it))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    rows.extend(keyed.into_iter().map(|it| it.1));
    Ok(())
}

/// How long a task that this version can't read waits for one that can: during an upgrade both run.
const UNREAD: Millis = Millis::MINUTE;

/// A task of a newer version, or a broken one, must not keep the others. It is left for whoever can
/// read it; if nobody could for so many times, it can't be buried, as nobody knows who waits for
/// it: a person has to look.
fn set_aside(tx: &mut Tx, row: &Row, error: &StoreError, now: Millis) -> Result<(), StoreError> {
    let (id, why): (JobId, _) = (row.id("id")?, error.to_string());
    let attempts = row.count("attempts")? + 1;
    if attempts < row.count("attempts_max")? {
        return tx
            .execute(
                "UPDATE jobs SET state = 'ready', worker = NULL, last_error = $1, attempts = $2,
                        run_at = $3
                 WHERE id = $4",
                &[&why, &attempts, &now.plus(UNREAD), &id],
            )
            .map(|_| ());
    }
    tx.together(|tx| {
        tx.execute(
            "UPDATE jobs SET state = 'dead', worker = NULL, last_error = $1, ended_at = $2
             WHERE id = $3",
            &[&why, &now, &id],
        )?;
        attention::raise(tx, "job-unreadable", id.as_str(), &why, now)?;
        Ok(())
    })
}

fn claimed(row: &Row, task: Task) -> Result<Claimed, StoreError> {
    let (attempts, attempts_max) = (row.count("attempts")?, row.count("attempts_max")?);
    Ok(Claimed {
        id: row.id("id")?,
        task,
        fence: row.number("fence")?,
        attempts,
        attempts_max,
        is_exhausted: attempts_max <= attempts,
        group_key: row.maybe_text("group_key")?,
        needs: Some(row.text("needs")?).filter(|it| !it.is_empty()),
        wake_key: row.maybe_text("wake_key")?,
        created_at: row.millis("created_at")?,
        due_at: row.millis("due_at")?,
        lease_until: row.millis("run_at")?,
        last_error: row.maybe_text("last_error")?,
    })
}
