//! What an operator said of the versions of presets, over what the catalog says.

use domain::Millis;

use crate::{StoreError, Tx};

/// The shares of a preset's versions, in percent: those that were set by hand.
pub fn shares(tx: &mut Tx, preset: &str) -> Result<Vec<(u32, u32)>, StoreError> {
    let rows = tx.query(
        "SELECT version, share_percent FROM preset_shares WHERE preset = $1 ORDER BY version",
        &[&preset],
    )?;
    rows.iter().map(|it| Ok((it.count("version")?, it.count("share_percent")?))).collect()
}

/// Sets the shares of a preset's versions, in place of what was set before. Nothing given is what
/// the catalog says.
pub fn set_shares(
    tx: &mut Tx,
    preset: &str,
    shares: &[(u32, u32)],
    reason: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM preset_shares WHERE preset = $1", &[&preset])?;
    for (version, percent) in shares {
        tx.execute(
            "INSERT INTO preset_shares (preset, version, share_percent, reason, at)
             VALUES ($1, $2, $3, $4, $5)",
            &[&preset, version, percent, &reason, &now],
        )?;
    }
    Ok(())
}

/// How a version of a preset has done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub version: u32,
    pub ordered: u32,
    pub succeeded: u32,
    pub failed: u32,
    /// What was taken for them, and what they cost.
    pub credits: i64,
    pub cost_micros: i64,
}

/// How the versions of a preset have done since a moment.
pub fn records(tx: &mut Tx, preset: &str, since: Millis) -> Result<Vec<Record>, StoreError> {
    let rows = tx.query(
        "SELECT preset_version, COUNT(*) AS ordered,
                COUNT(CASE WHEN state = 'SUCCEEDED' THEN 1 END) AS succeeded,
                COUNT(CASE WHEN state = 'FAILED' THEN 1 END) AS failed,
                CAST(SUM(each * made) AS BIGINT) AS taken,
                CAST(SUM(cost_micros) AS BIGINT) AS cost
         FROM generations WHERE preset = $1 AND $2 <= created_at
         GROUP BY preset_version ORDER BY preset_version",
        &[&preset, &since],
    )?;
    rows.iter()
        .map(|it| {
            Ok(Record {
                version: it.count("preset_version")?,
                ordered: it.count("ordered")?,
                succeeded: it.count("succeeded")?,
                failed: it.count("failed")?,
                credits: it.number("taken")?,
                cost_micros: it.number("cost")?,
            })
        })
        .collect()
}
