//! What a person must look at, with the evidence.

use domain::Millis;

use crate::{Row, StoreError, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attention {
    pub kind: String,
    /// The id of what it is about.
    pub subject: String,
    pub evidence: String,
    pub created_at: Millis,
}

/// Puts something on the list. False: the same kind of thing is open for this subject.
pub fn raise(
    tx: &mut Tx,
    kind: &str,
    subject: &str,
    evidence: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO attention (kind, subject, evidence, created_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[&kind, &subject, &evidence, &now],
    )?;
    Ok(added == 1)
}

/// Somebody has seen to it.
pub fn close(tx: &mut Tx, kind: &str, subject: &str, now: Millis) -> Result<bool, StoreError> {
    let closed = tx.execute(
        "UPDATE attention SET closed_at = $1
         WHERE kind = $2 AND subject = $3 AND closed_at IS NULL",
        &[&now, &kind, &subject],
    )?;
    Ok(closed == 1)
}

/// Since when something of this kind is open for a subject.
pub fn since(tx: &mut Tx, kind: &str, subject: &str) -> Result<Option<Millis>, StoreError> {
    let row = tx.first(
        "SELECT created_at FROM attention
         WHERE kind = $1 AND subject = $2 AND closed_at IS NULL",
        &[&kind, &subject],
    )?;
    row.map(|it| it.millis(0)).transpose()
}

/// What is open, oldest first.
pub fn open(tx: &mut Tx, limit: u32) -> Result<Vec<Attention>, StoreError> {
    let rows = tx.query(
        "SELECT kind, subject, evidence, created_at FROM attention WHERE closed_at IS NULL
         ORDER BY created_at, kind, subject LIMIT $1",
        &[&limit],
    )?;
    let attention = |row: &Row| {
        Ok(Attention {
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            evidence: row.text("evidence")?,
            created_at: row.millis("created_at")?,
        })
    };
    rows.iter().map(attention).collect()
}
