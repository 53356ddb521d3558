//! Inputs: photos that are to be edited, taken in and looked at before anything is charged.

use domain::{BotId, InputId, Millis, ObjectId, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`input_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, file_id, object_id, width, height, state, created_at
             FROM inputs ",
            $rest
        )
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputState {
    /// It is being fetched and looked at.
    Waiting,
    Ready,
    /// It is no picture that can be edited.
    Unusable,
}

impl InputState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Unusable => "unusable",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Ready, Self::Unusable].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub id: InputId,
    pub user: UserId,
    pub bot: BotId,
    /// By which the messenger gives its bytes; none for what is ours already.
    pub file_id: Option<String>,
    /// There when it is ready.
    pub object: Option<ObjectId>,
    pub width: u32,
    pub height: u32,
    pub state: InputState,
    pub created_at: Millis,
}

/// What is kept of a photo.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Noted before.
    pub object: &'a ObjectId,
    pub width: u32,
    pub height: u32,
}

/// Who gives a photo, and in which bot.
#[derive(Clone, Copy, Debug)]
pub struct Giver<'a> {
    pub user: &'a UserId,
    pub bot: &'a BotId,
}

/// A photo of a message. False: this very one was given before.
pub fn take(
    tx: &mut Tx,
    id: &InputId,
    giver: &Giver<'_>,
    file_id: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO inputs (id, user_id, bot_id, file_id, state, created_at)
         VALUES ($1, $2, $3, $4, 'waiting', $5) ON CONFLICT DO NOTHING",
        &[id, giver.user, giver.bot, &file_id, &now],
    )?;
    Ok(added == 1)
}

/// A file that is ours already, such as a result.
pub fn adopt(
    tx: &mut Tx,
    id: &InputId,
    giver: &Giver<'_>,
    kept: &Kept<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO inputs (id, user_id, bot_id, object_id, width, height, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'ready', $7) ON CONFLICT DO NOTHING",
        &[id, giver.user, giver.bot, kept.object, &kept.width, &kept.height, &now],
    )?;
    Ok(added == 1)
}

/// It was looked at and is kept. False: it isn't waited for.
pub fn ready(tx: &mut Tx, id: &InputId, kept: &Kept<'_>) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE inputs SET state = 'ready', object_id = $1, width = $2, height = $3
         WHERE id = $4 AND state = 'waiting'",
        &[kept.object, &kept.width, &kept.height, id],
    )?;
    Ok(changed == 1)
}

/// It can't be edited. False: it isn't waited for.
pub fn unusable(tx: &mut Tx, id: &InputId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE inputs SET state = 'unusable' WHERE id = $1 AND state = 'waiting'",
        &[id],
    )?;
    Ok(changed == 1)
}

/// A user's own input.
pub fn of(tx: &mut Tx, user: &UserId, id: &InputId) -> Result<Option<Input>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(input_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &InputId) -> Result<Option<Input>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(input_of).transpose()
}

/// How many a user has given since a moment.
pub fn given_since(tx: &mut Tx, user: &UserId, since: Millis) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM inputs WHERE user_id = $1 AND $2 <= created_at", &[user, &since])?
        .count(0)
}

/// Drops what a user's inputs say of the messenger's files. The files themselves go with all that
/// is theirs.
pub fn forget(tx: &mut Tx, user: &UserId) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE inputs SET file_id = NULL,
                state = CASE WHEN state = 'waiting' THEN 'unusable' ELSE state END
         WHERE user_id = $1",
        &[user],
    )
}

fn input_of(row: &Row) -> Result<Input, StoreError> {
    Ok(Input {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        file_id: row.maybe_text("file_id")?,
        object: row.maybe_id("object_id")?,
        width: row.maybe_count("width")?.unwrap_or_default(),
        height: row.maybe_count("height")?.unwrap_or_default(),
        state: row.word("state", InputState::from_text)?,
        created_at: row.millis("created_at")?,
    })
}
