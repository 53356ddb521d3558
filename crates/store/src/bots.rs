//! The bots that we run. Tokens are not here, only which one it is.

use domain::{BotId, Millis};

use crate::{Row, StoreError, Tx};

/// The columns that [`bot_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, telegram_id, username, token_name, state, paused_reason,
             created_at
             FROM bots ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    pub id: BotId,
    pub telegram_id: i64,
    pub username: String,
    pub token_name: String,
    pub state: BotState,
    pub created_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BotState {
    Active,
    /// It is not asked for updates and sends nothing, for the reason given.
    Paused(String),
}

/// What the messenger and the settings say about a bot.
#[derive(Clone, Copy, Debug)]
pub struct NewBot<'a> {
    /// Used if the bot isn't known yet.
    pub id: &'a BotId,
    pub telegram_id: i64,
    pub username: &'a str,
    pub token_name: &'a str,
}

/// Finds the bot by its number at Telegram, or makes it; its names are brought up to date.
pub fn put(tx: &mut Tx, bot: &NewBot<'_>, now: Millis) -> Result<Bot, StoreError> {
    let row = tx.one(
        "INSERT INTO bots (id, telegram_id, username, token_name, state, created_at)
         VALUES ($1, $2, $3, $4, 'active', $5)
         ON CONFLICT (telegram_id) DO UPDATE SET
            username = excluded.username, token_name = excluded.token_name
         RETURNING id, telegram_id, username, token_name, state, paused_reason, created_at",
        &[bot.id, &bot.telegram_id, &bot.username, &bot.token_name, &now],
    )?;
    bot_of(&row)
}

pub fn get(tx: &mut Tx, id: &BotId) -> Result<Option<Bot>, StoreError> {
    let row = tx.first(select!("WHERE id = $1"), &[id])?;
    row.as_ref().map(bot_of).transpose()
}

pub fn list(tx: &mut Tx) -> Result<Vec<Bot>, StoreError> {
    let rows = tx.query(select!("ORDER BY created_at, id"), &[])?;
    rows.iter().map(bot_of).collect()
}

/// True if it ran until now.
pub fn pause(tx: &mut Tx, id: &BotId, reason: &str) -> Result<bool, StoreError> {
    let paused = tx.execute(
        "UPDATE bots SET state = 'paused', paused_reason = $1 WHERE id = $2 AND state = 'active'",
        &[&reason, id],
    )?;
    Ok(paused == 1)
}

/// True if it was paused until now.
pub fn resume(tx: &mut Tx, id: &BotId) -> Result<bool, StoreError> {
    let resumed = tx.execute(
        "UPDATE bots SET state = 'active', paused_reason = NULL
         WHERE id = $1 AND state = 'paused'",
        &[id],
    )?;
    Ok(resumed == 1)
}

/// Asks to be the one who asks the messenger for this bot's updates, until a moment or longer if
/// asked again. False: somebody else is.
pub fn take_polling(
    tx: &mut Tx,
    id: &BotId,
    poller: &str,
    until: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let taken = tx.execute(
        "UPDATE bots SET poller = $1, polled_until = $2
         WHERE id = $3 AND (poller IS NULL OR poller = $1 OR polled_until <= $4)",
        &[&poller, &until, id, &now],
    )?;
    Ok(taken == 1)
}

/// Lets others ask for the updates of all bots for which this one did.
pub fn leave_polling(tx: &mut Tx, poller: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE bots SET poller = NULL, polled_until = NULL WHERE poller = $1", &[&poller])
        .map(|_| ())
}

fn bot_of(row: &Row) -> Result<Bot, StoreError> {
    let reason = row.maybe_text("paused_reason")?.unwrap_or_default();
    Ok(Bot {
        id: row.id("id")?,
        telegram_id: row.number("telegram_id")?,
        username: row.text("username")?,
        token_name: row.text("token_name")?,
        state: row.word("state", |it| match it {
            "active" => Some(BotState::Active),
            "paused" => Some(BotState::Paused(reason.clone())),
            _ => None,
        })?,
        created_at: row.millis("created_at")?,
    })
}
