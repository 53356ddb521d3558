//! Which updates were taken in, so that a repeated one is nothing.

use domain::{BotId, Millis};

use crate::{StoreError, Tx};

/// False: it was taken in before.
pub fn remember(tx: &mut Tx, bot: &BotId, update_id: i64, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO updates (bot_id, update_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[bot, &update_id, &now],
    )?;
    Ok(added == 1)
}

/// Where long polling goes on; `None` when nothing is remembered.
pub fn last(tx: &mut Tx, bot: &BotId) -> Result<Option<i64>, StoreError> {
    tx.one("SELECT MAX(update_id) FROM updates WHERE bot_id = $1", &[bot])?.maybe_number(0)
}

/// Forgets at most `limit` that came before a moment. Telegram repeats nothing after a day.
pub fn prune(tx: &mut Tx, before: Millis, limit: u32) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM updates WHERE (bot_id, update_id) IN (
            SELECT bot_id, update_id FROM updates WHERE at < $1 ORDER BY at LIMIT $2)",
        &[&before, &limit],
    )
}
