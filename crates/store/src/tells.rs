//! The outbox: what users are to be told for certain, and what became of it.

use domain::{BotId, ChatId, Millis, News, TellId, UserId};

use crate::sending::{SendState, sending};
use crate::{Row, StoreError, Tx};

/// The columns that [`tell_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, chat_id, user_id, bot_id, news, about, state, dedupe_key, message_ids,
                    file_id, attempts, error, created_at, ended_at
             FROM tells ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    pub id: TellId,
    pub chat: ChatId,
    pub user: UserId,
    pub bot: BotId,
    pub news: News,
    pub about: Option<String>,
    pub state: SendState,
    pub dedupe_key: String,
    pub message_ids: Vec<i64>,
    pub file_id: Option<String>,
    pub attempts: u32,
    pub error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewTell<'a> {
    pub id: &'a TellId,
    pub chat: &'a ChatId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub news: &'a News,
    /// The id of what it tells about: a training's end must be told with its id here.
    pub about: Option<&'a str>,
    /// Nothing is told twice under one key.
    pub dedupe_key: &'a str,
}

/// False: it is told already.
pub fn insert(tx: &mut Tx, tell: &NewTell<'_>, now: Millis) -> Result<bool, StoreError> {
    let news = serde_json::to_string(tell.news).expect("news are plain fields");
    let added = tx.execute(
        "INSERT INTO tells (id, chat_id, user_id, bot_id, news, about, state, dedupe_key,
                            attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, 0, $8) ON CONFLICT DO NOTHING",
        &[tell.id, tell.chat, tell.user, tell.bot, &news, &tell.about, &tell.dedupe_key, &now],
    )?;
    Ok(added == 1)
}

/// Whether something is told under a key, or will be.
pub fn is_there(tx: &mut Tx, dedupe_key: &str) -> Result<bool, StoreError> {
    Ok(tx.first("SELECT 1 FROM tells WHERE dedupe_key = $1", &[&dedupe_key])?.is_some())
}

pub fn get_for_job(tx: &mut Tx, id: &TellId) -> Result<Option<Tell>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(tell_of).transpose()
}

/// The latest that a user was told or is to be told.
pub fn of_user(tx: &mut Tx, user: &UserId, limit: u32) -> Result<Vec<Tell>, StoreError> {
    let rows =
        tx.query(select!("WHERE user_id = $1 ORDER BY id DESC LIMIT $2"), &[user, &limit])?;
    rows.iter().map(tell_of).collect()
}

/// What began before a moment and has not ended, for the sweep and the dashboard.
pub fn open_for_job(tx: &mut Tx, before: Millis, limit: u32) -> Result<Vec<Tell>, StoreError> {
    let rows = tx.query(
        select!("WHERE ended_at IS NULL AND created_at < $1 ORDER BY created_at, id LIMIT $2"),
        &[&before, &limit],
    )?;
    rows.iter().map(tell_of).collect()
}

/// It arrived, as these messages.
pub fn sent(
    tx: &mut Tx,
    id: &TellId,
    message_ids: &[i64],
    file_id: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    let messages = serde_json::to_string(message_ids).expect("numbers are JSON");
    let changed = tx.execute(
        "UPDATE tells SET state = 'sent', message_ids = $1, file_id = $2, error = NULL,
                ended_at = $3
         WHERE id = $4 AND state = 'sending'",
        &[&messages, &file_id, &now, id],
    )?;
    Ok(changed == 1)
}

sending!("tells", TellId);

/// A user came back: what they had refused waits again. Gives the ids, for new jobs.
pub fn revive(tx: &mut Tx, user: &UserId) -> Result<Vec<TellId>, StoreError> {
    let rows = tx.query(
        "UPDATE tells SET state = 'waiting', ended_at = NULL
         WHERE user_id = $1 AND state = 'refused' RETURNING id",
        &[user],
    )?;
    rows.iter().map(|it| it.id(0)).collect()
}

/// Drops what news say about a person. What is on its way goes its way.
pub fn forget(tx: &mut Tx, user: &UserId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM tells WHERE user_id = $1 AND ended_at IS NOT NULL", &[user])
}

fn tell_of(row: &Row) -> Result<Tell, StoreError> {
    Ok(Tell {
        id: row.id("id")?,
        chat: row.id("chat_id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        news: row.json("news")?,
        about: row.maybe_text("about")?,
        state: row.word("state", SendState::from_text)?,
        dedupe_key: row.text("dedupe_key")?,
        message_ids: row.maybe_json("message_ids")?.unwrap_or_default(),
        file_id: row.maybe_text("file_id")?,
        attempts: row.count("attempts")?,
        error: row.maybe_text("error")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
