//! Errands: work that a provider does for us, from the intent to its end. Trainings, generations
//! and hints are rows of different tables and live this one life.
//!
//! A change names the state that it starts from, and says whether it happened.

use domain::refusal::Fault;
use domain::{Millis, WorkState};

use crate::{Row, StoreError, Tx};

/// What the provider gave us for our request.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub id: &'a str,
    /// JSON.
    pub run: &'a str,
    pub deadline_at: Millis,
}

/// How an errand ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Succeeded,
    Failed(Fault),
    Canceled,
}

impl End {
    /// The state that it leads to, and the fault as it is stored.
    pub(crate) fn stored(self) -> (WorkState, Option<String>) {
        match self {
            Self::Succeeded => (WorkState::Succeeded, None),
            Self::Failed(fault) => {
                let fault = serde_json::to_string(&fault).expect("a fault is a word");
                (WorkState::Failed, Some(fault))
            }
            Self::Canceled => (WorkState::Canceled, None),
        }
    }
}

/// Whoever had the work before, the first one first.
pub(crate) fn tried(row: &Row) -> Result<Vec<String>, StoreError> {
    let tried = row.text("tried")?;
    Ok(tried.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect())
}

/// The work that a run was for which its work has left behind, by the provider's id of the run.
pub fn past(tx: &mut Tx, provider: &str, run_id: &str) -> Result<Option<String>, StoreError> {
    let row = tx.first(
        "SELECT work_id FROM past_runs WHERE provider = $1 AND run_id = $2",
        &[&provider, &run_id],
    )?;
    row.map(|it| it.text(0)).transpose()
}

/// The life of an errand, for a table with its columns: written once, as statements must be known
/// when the program is built. `$select` makes a statement of the table's columns, which `$read`
/// reads.
macro_rules! errand {
    ($table:literal, $id:ty, $row:ty, $read:path, $select:ident) => {
        /// By the provider's id of its run.
        pub fn by_run_for_job(
            tx: &mut $crate::Tx,
            provider: &str,
            run_id: &str,
        ) -> Result<Option<$row>, $crate::StoreError> {
            let row =
                tx.first($select!("WHERE provider = $1 AND run_id = $2"), &[&provider, &run_id])?;
            row.as_ref().map($read).transpose()
        }

        /// Written down before the provider is asked to begin. False: it was intended before (we
        /// may have died while asking: the provider may have it), it was cancelled, or it ended.
        pub fn intend(
            tx: &mut $crate::Tx,
            id: &$id,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET intent_at = $1, attempts = attempts + 1
                     WHERE id = $2 AND state = 'PENDING' AND intent_at IS NULL
                       AND cancel_asked_at IS NULL"
                ),
                &[&now, id],
            )?;
            Ok(changed == 1)
        }

        /// The provider certainly does not have it: it may be asked again.
        pub fn not_taken(tx: &mut $crate::Tx, id: &$id) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET intent_at = NULL
                     WHERE id = $1 AND state = 'PENDING' AND run_id IS NULL"
                ),
                &[id],
            )?;
            Ok(changed == 1)
        }

        /// The same, and it counts for nothing: there was no place for it.
        pub fn put_off(tx: &mut $crate::Tx, id: &$id) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET intent_at = NULL, attempts = attempts - 1
                     WHERE id = $1 AND state = 'PENDING' AND run_id IS NULL
                       AND intent_at IS NOT NULL"
                ),
                &[id],
            )?;
            Ok(changed == 1)
        }

        /// The provider has it.
        pub fn started(
            tx: &mut $crate::Tx,
            id: &$id,
            run: &$crate::errands::Run<'_>,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = 'PROCESSING', run_id = $1, run = $2,
                          deadline_at = COALESCE(deadline_at, $3),
                          started_at = $4, percent = NULL, queue_place = NULL
                     WHERE id = $5 AND state = 'PENDING'"
                ),
                &[&run.id, &run.run, &run.deadline_at, &now, id],
            )?;
            Ok(changed == 1)
        }

        /// The provider's run came to nothing, and the same is to be asked for again.
        pub fn restart(tx: &mut $crate::Tx, id: &$id) -> Result<bool, $crate::StoreError> {
            leave_run(tx, id)?;
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = 'PENDING', intent_at = NULL, run = NULL, run_id = NULL,
                          percent = NULL, queue_place = NULL
                     WHERE id = $1 AND state = 'PROCESSING'"
                ),
                &[id],
            )?;
            Ok(changed == 1)
        }

        /// The work is given to another provider, and begins anew there. `tried` is what the one
        /// that had it is remembered by. False: it ended, or it is there already.
        pub fn moved_on(
            tx: &mut $crate::Tx,
            id: &$id,
            provider: &str,
            workflow: &str,
            tried: &str,
        ) -> Result<bool, $crate::StoreError> {
            leave_run(tx, id)?;
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = 'PENDING', provider = $1, workflow = $2,
                          tried = CASE WHEN tried = '' THEN $3 ELSE tried || ',' || $3 END,
                          intent_at = NULL, run = NULL, run_id = NULL, percent = NULL,
                          queue_place = NULL, started_at = NULL, deadline_at = NULL, attempts = 0
                     WHERE id = $4 AND ended_at IS NULL AND (provider <> $1 OR workflow <> $2)"
                ),
                &[&provider, &workflow, &tried, id],
            )?;
            Ok(changed == 1)
        }

        /// Keeps the id of the run that an open errand is about to leave.
        fn leave_run(tx: &mut $crate::Tx, id: &$id) -> Result<(), $crate::StoreError> {
            tx.execute(
                concat!(
                    "INSERT INTO past_runs (provider, run_id, work_id, at)
                     SELECT provider, run_id, id, started_at FROM ",
                    $table,
                    " WHERE id = $1 AND state = 'PROCESSING' AND run_id IS NOT NULL
                     ON CONFLICT DO NOTHING"
                ),
                &[id],
            )
            .map(|_| ())
        }

        /// True if that changes what is shown.
        pub fn progress(
            tx: &mut $crate::Tx,
            id: &$id,
            percent: Option<u32>,
            queue_place: Option<u32>,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET percent = $1, queue_place = $2
                     WHERE id = $3 AND state = 'PROCESSING'
                       AND (COALESCE(percent, -1) <> COALESCE($1, -1)
                            OR COALESCE(queue_place, -1) <> COALESCE($2, -1))"
                ),
                &[&percent, &queue_place, id],
            )?;
            Ok(changed == 1)
        }

        /// A user wants what they asked for stopped. True if they did not before.
        pub fn ask_cancel(
            tx: &mut $crate::Tx,
            user: &domain::UserId,
            id: &$id,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET cancel_asked_at = $1
                     WHERE id = $2 AND user_id = $3 AND ended_at IS NULL
                       AND cancel_asked_at IS NULL"
                ),
                &[&now, id, user],
            )?;
            Ok(changed == 1)
        }

        /// Ends it, once. If there is a hold, the caller closes it in the same transaction, and
        /// only if this is true.
        pub fn end(
            tx: &mut $crate::Tx,
            id: &$id,
            end: $crate::errands::End,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let (state, fault) = end.stored();
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = $1, fault = $2, ended_at = $3, queue_place = NULL
                     WHERE id = $4 AND ended_at IS NULL"
                ),
                &[&state, &fault, &now, id],
            )?;
            Ok(changed == 1)
        }

        /// A result came although it had ended without one. True the first time.
        pub fn came_late(
            tx: &mut $crate::Tx,
            id: &$id,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET late_at = $1
                     WHERE id = $2 AND state IN ('FAILED', 'CANCELED') AND late_at IS NULL"
                ),
                &[&now, id],
            )?;
            Ok(changed == 1)
        }

        /// How many have not ended, by state. For metrics.
        pub fn count_open(
            tx: &mut $crate::Tx,
        ) -> Result<Vec<(domain::WorkState, u32)>, $crate::StoreError> {
            let rows = tx.query(
                concat!(
                    "SELECT state, COUNT(*) AS count FROM ",
                    $table,
                    " WHERE ended_at IS NULL GROUP BY state ORDER BY state"
                ),
                &[],
            )?;
            rows.iter()
                .map(|it| {
                    Ok((it.word("state", domain::WorkState::from_text)?, it.count("count")?))
                })
                .collect()
        }
    };
}
pub(crate) use errand;
