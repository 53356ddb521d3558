//! How often somebody has guessed: codes are short, and only so many may be tried in an hour.

use domain::{Millis, UserId};

use crate::{StoreError, Tx};

/// Counts one more, and says how many there were in this hour.
pub fn count(tx: &mut Tx, user: &UserId, what: &str, now: Millis) -> Result<u32, StoreError> {
    let hour = now.as_i64() / Millis::HOUR.as_i64();
    tx.one(
        "INSERT INTO tries (user_id, what, hour, count) VALUES ($1, $2, $3, 1)
         ON CONFLICT (user_id, what, hour) DO UPDATE SET count = tries.count + 1
         RETURNING count",
        &[user, &what, &hour],
    )?
    .count(0)
}

/// How many there were in this hour.
pub fn so_far(tx: &mut Tx, user: &UserId, what: &str, now: Millis) -> Result<u32, StoreError> {
    let hour = now.as_i64() / Millis::HOUR.as_i64();
    let row = tx.first(
        "SELECT count FROM tries WHERE user_id = $1 AND what = $2 AND hour = $3",
        &[user, &what, &hour],
    )?;
    row.map_or(Ok(0), |it| it.count(0))
}

/// Forgets those of the hours before.
pub fn prune(tx: &mut Tx, now: Millis) -> Result<u64, StoreError> {
    let hour = now.as_i64() / Millis::HOUR.as_i64();
    tx.execute("DELETE FROM tries WHERE hour < $1", &[&hour])
}
