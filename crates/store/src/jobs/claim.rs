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
    pub wake_key: Option<String>,
    pub created_at: Millis,
    /// Since when it could have been picked up.
    pub due_at: Millis,
    pub lease_until: Millis,
    pub last_error: Option<String>,
}

/// The statement for both databases; `$suffix` is the one fragment that differs.
///
/// Of the first 32 that are due, those go first (within a priority) whose group has nothing
/// running in the lane. The conditions are repeated outside, because PostgreSQL asks them again
/// once it has the row.
macro_rules! claim_with {
    ($suffix:literal) => {
        concat!(
            "UPDATE jobs SET
                state = 'running', worker = $3, fence = fence + 1, due_at = run_at, run_at = $4, woken = 0,
                attempts = attempts + CASE WHEN state = 'running' THEN 1 ELSE 0 END
             WHERE id = (
                SELECT next.id FROM jobs AS next
                WHERE next.ended_at IS NULL AND next.run_at <= $2 AND next.lane = $1
                  AND next.id IN (
                    SELECT due.id FROM jobs AS due
                    WHERE due.lane = $1 AND due.ended_at IS NULL AND due.run_at <= $2
                    ORDER BY due.priority DESC, due.run_at, due.id LIMIT 32)
                ORDER BY next.priority DESC,
                    CASE WHEN next.group_key IS NOT NULL AND EXISTS (
                        SELECT 1 FROM jobs AS other
                        WHERE other.state = 'running' AND other.group_key = next.group_key
                          AND other.lane = $1 AND other.id <> next.id
                    ) THEN 1 ELSE 0 END,
                    next.run_at, next.id
                LIMIT 1",
            $suffix,
            ")
             RETURNING id, task, fence, attempts, attempts_max, group_key, wake_key, created_at,
                       due_at, run_at, last_error"
        )
    };
}

/// Takes the next job that is due in one of the lanes, or one whose lease ran out, and leases it
/// to `worker`. Lanes are looked at in the order in which they are given.
pub fn claim(
    tx: &mut Tx,
    lanes: &[&str],
    worker: &str,
    lease: Millis,
    now: Millis,
) -> Result<Option<Claimed>, StoreError> {
    let statement = match tx.backend() {
        Backend::Sqlite => claim_with!(""),
        Backend::Postgres => claim_with!(" FOR UPDATE OF next SKIP LOCKED"),
    };
    for lane in lanes {
        while let Some(row) = tx.first(statement, &[lane, &now, &worker, &now.plus(lease)])? {
            match task_of(&row) {
                Ok(task) => return claimed(&row, task).map(Some),
                Err(error) => set_aside(tx, &row, &error, now)?,
            }
        }
    }
    Ok(None)
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
    tx.execute(
        "UPDATE jobs SET state = 'dead', worker = NULL, last_error = $1, ended_at = $2
         WHERE id = $3",
        &[&why, &now, &id],
    )?;
    attention::raise(tx, "job-unreadable", id.as_str(), &why, now)?;
    Ok(())
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
        wake_key: row.maybe_text("wake_key")?,
        created_at: row.millis("created_at")?,
        due_at: row.millis("due_at")?,
        lease_until: row.millis("run_at")?,
        last_error: row.maybe_text("last_error")?,
    })
}
