//! Tokens of workers that stand elsewhere: of each its hash alone.

use domain::Millis;

use crate::{Row, StoreError, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerToken {
    /// The worker's, which nobody else can use.
    pub name: String,
    pub hash: String,
    pub created_at: Millis,
    pub revoked_at: Option<Millis>,
}

/// Gives a worker a token, in place of the one that it has.
pub fn put(tx: &mut Tx, name: &str, hash: &str, now: Millis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO worker_tokens (name, hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET hash = $2, created_at = $3, revoked_at = NULL",
        &[&name, &hash, &now],
    )
    .map(|_| ())
}

/// Takes a worker's token back. False: it has none.
pub fn revoke(tx: &mut Tx, name: &str, now: Millis) -> Result<bool, StoreError> {
    let revoked = tx.execute(
        "UPDATE worker_tokens SET revoked_at = $1 WHERE name = $2 AND revoked_at IS NULL",
        &[&now, &name],
    )?;
    Ok(revoked == 1)
}

/// All of them, by name: there are as many as GPUs elsewhere.
pub fn list(tx: &mut Tx) -> Result<Vec<WorkerToken>, StoreError> {
    let rows = tx
        .query("SELECT name, hash, created_at, revoked_at FROM worker_tokens ORDER BY name", &[])?;
    let token = |row: &Row| {
        Ok(WorkerToken {
            name: row.text("name")?,
            hash: row.text("hash")?,
            created_at: row.millis("created_at")?,
            revoked_at: row.maybe_millis("revoked_at")?,
        })
    };
    rows.iter().map(token).collect()
}
