//! What providers told us unasked. It decides nothing; it says where to look, and it is counted.

use domain::Millis;

use crate::{StoreError, Tx};

/// Notes a message, and says how often this one came, this time included.
pub fn note(
    tx: &mut Tx,
    provider: &str,
    run_id: &str,
    outcome: &str,
    now: Millis,
) -> Result<u32, StoreError> {
    tx.one(
        "INSERT INTO webhooks (provider, run_id, outcome, count, first_at, last_at)
         VALUES ($1, $2, $3, 1, $4, $4)
         ON CONFLICT (provider, run_id, outcome) DO UPDATE SET
            count = webhooks.count + 1, last_at = excluded.last_at
         RETURNING count",
        &[&provider, &run_id, &outcome, &now],
    )?
    .count(0)
}

/// Forgets what was last heard before a moment.
pub fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM webhooks WHERE last_at < $1", &[&before])
}
