//! What we asked providers to do, and what it cost.

use domain::{GenerationId, HintId, Millis, TrainingId};

use crate::{Row, StoreError, Tx};

/// What a call was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work<'a> {
    Generation(&'a GenerationId),
    Hint(&'a HintId),
    Training(&'a TrainingId),
}

impl<'a> Work<'a> {
    fn id(self) -> &'a str {
        match self {
            Self::Generation(id) => id.as_str(),
            Self::Hint(id) => id.as_str(),
            Self::Training(id) => id.as_str(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub number: u32,
    pub provider: String,
    pub call: String,
    pub outcome: String,
    pub cost_micros: i64,
    pub at: Millis,
}

#[derive(Clone, Copy, Debug)]
pub struct NewCall<'a> {
    pub provider: &'a str,
    /// What was asked: `submit`, `poll`, `cancel`, …
    pub call: &'a str,
    pub outcome: &'a str,
    /// In millionths of a US dollar.
    pub cost_micros: i64,
}

/// Notes a call, and adds its cost to that of the work.
pub fn note(
    tx: &mut Tx,
    work: Work<'_>,
    call: &NewCall<'_>,
    now: Millis,
) -> Result<(), StoreError> {
    macro_rules! count_in {
        ($table:literal) => {
            concat!(
                "UPDATE ",
                $table,
                " SET calls = calls + 1, cost_micros = cost_micros + $1 WHERE id = $2
                 RETURNING calls"
            )
        };
    }
    let sql = match work {
        Work::Generation(_) => count_in!("generations"),
        Work::Hint(_) => count_in!("hints"),
        Work::Training(_) => count_in!("trainings"),
    };
    let number = tx.one(sql, &[&call.cost_micros, &work.id()])?;
    tx.execute(
        "INSERT INTO provider_calls (work_id, number, provider, call, outcome, cost_micros, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &work.id(),
            &number.number(0)?,
            &call.provider,
            &call.call,
            &call.outcome,
            &call.cost_micros,
            &now,
        ],
    )
    .map(|_| ())
}

pub fn list_for_job(tx: &mut Tx, work: Work<'_>) -> Result<Vec<Call>, StoreError> {
    let rows = tx.query(
        "SELECT number, provider, call, outcome, cost_micros, at FROM provider_calls
         WHERE work_id = $1 ORDER BY number",
        &[&work.id()],
    )?;
    let call = |row: &Row| {
        Ok(Call {
            number: row.count("number")?,
            provider: row.text("provider")?,
            call: row.text("call")?,
            outcome: row.text("outcome")?,
            cost_micros: row.number("cost_micros")?,
            at: row.millis("at")?,
        })
    };
    rows.iter().map(call).collect()
}
