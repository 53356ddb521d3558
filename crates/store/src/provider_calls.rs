//! What we asked providers to do, and what it cost.

use domain::{Millis, TrainingId};

use crate::{Row, StoreError, Tx};

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

/// Notes a call, and adds its cost to the training's.
pub fn note(
    tx: &mut Tx,
    training: &TrainingId,
    call: &NewCall<'_>,
    now: Millis,
) -> Result<(), StoreError> {
    let number = tx.one(
        "UPDATE trainings SET calls = calls + 1, cost_micros = cost_micros + $1 WHERE id = $2
         RETURNING calls",
        &[&call.cost_micros, training],
    )?;
    tx.execute(
        "INSERT INTO provider_calls (training_id, number, provider, call, outcome, cost_micros, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            training,
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

pub fn list_for_job(tx: &mut Tx, training: &TrainingId) -> Result<Vec<Call>, StoreError> {
    let rows = tx.query(
        "SELECT number, provider, call, outcome, cost_micros, at FROM provider_calls
         WHERE training_id = $1 ORDER BY number",
        &[training],
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
