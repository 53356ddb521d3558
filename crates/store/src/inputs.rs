//! Inputs: photos that are to be edited and clips that are to be behind somebody, taken in and looked
//! at before anything is charged.

use domain::{BotId, InputId, Millis, ObjectId, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`input_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, kind, file_id, object_id, width, height, duration_ms, state,
                    created_at
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    Photo,
    /// A video.
    Clip,
}

impl InputKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Clip => "clip",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Photo, Self::Clip].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    pub id: InputId,
    pub user: UserId,
    pub bot: BotId,
    pub kind: InputKind,
    /// By which the messenger gives its bytes; none for what is ours already.
    pub file_id: Option<String>,
    /// There when it is ready.
    pub object: Option<ObjectId>,
    pub width: u32,
    pub height: u32,
    /// Of a clip that is ready.
    pub duration_ms: Option<i64>,
    pub state: InputState,
    pub created_at: Millis,
}

/// What is kept of a photo or a clip.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Noted before.
    pub object: &'a ObjectId,
    pub width: u32,
    pub height: u32,
    /// Of a clip.
    pub duration_ms: Option<i64>,
}

/// Who gives a photo, and in which bot.
#[derive(Clone, Copy, Debug)]
pub struct Giver<'a> {
    pub user: &'a UserId,
    pub bot: &'a BotId,
}

/// A photo or a clip of a message. False: this very one was given before.
pub fn take(
    tx: &mut Tx,
    id: &InputId,
    kind: InputKind,
    giver: &Giver<'_>,
    file_id: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO inputs (id, user_id, bot_id, kind, file_id, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'waiting', $6) ON CONFLICT DO NOTHING",
        &[id, giver.user, giver.bot, &kind.as_str(), &file_id, &now],
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
        "UPDATE inputs SET state = 'ready', object_id = $1, width = $2, height = $3,
                duration_ms = $4
         WHERE id = $5 AND state = 'waiting'",
        &[kept.object, &kept.width, &kept.height, &kept.duration_ms, id],
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
        kind: row.word("kind", InputKind::from_text)?,
        file_id: row.maybe_text("file_id")?,
        object: row.maybe_id("object_id")?,
        width: row.maybe_count("width")?.unwrap_or_default(),
        height: row.maybe_count("height")?.unwrap_or_default(),
        duration_ms: row.maybe_number("duration_ms")?,
        state: row.word("state", InputState::from_text)?,
        created_at: row.millis("created_at")?,
    })
}
