//! Packings: results of a user that are put into one archive.

use domain::{ArtifactId, BotId, Millis, ObjectId, PackingId, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`packing_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, artifacts, object_id, state, bytes, created_at, ended_at
             FROM packings ",
            $rest
        )
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PackingState {
    Open,
    Done,
    Failed,
}

impl PackingState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Done, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    pub id: PackingId,
    pub user: UserId,
    pub bot: BotId,
    /// In the order that was asked for.
    pub artifacts: Vec<ArtifactId>,
    pub object: Option<ObjectId>,
    pub state: PackingState,
    /// Of the archive.
    pub bytes: i64,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewPacking<'a> {
    pub id: &'a PackingId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub artifacts: &'a [ArtifactId],
}

/// False: this very one was begun before.
pub fn insert(tx: &mut Tx, new: &NewPacking<'_>, now: Millis) -> Result<bool, StoreError> {
    let artifacts = serde_json::to_string(new.artifacts).expect("ids are texts");
    let added = tx.execute(
        "INSERT INTO packings (id, user_id, bot_id, artifacts, state, bytes, created_at)
         VALUES ($1, $2, $3, $4, 'open', 0, $5) ON CONFLICT DO NOTHING",
        &[new.id, new.user, new.bot, &artifacts, &now],
    )?;
    Ok(added == 1)
}

/// A user's own packing.
pub fn of(tx: &mut Tx, user: &UserId, id: &PackingId) -> Result<Option<Packing>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(packing_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &PackingId) -> Result<Option<Packing>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(packing_of).transpose()
}

/// The archive is stored.
pub fn done(
    tx: &mut Tx,
    id: &PackingId,
    object: &ObjectId,
    bytes: i64,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE packings SET state = 'done', object_id = $1, bytes = $2, ended_at = $3
         WHERE id = $4 AND state = 'open'",
        &[object, &bytes, &now, id],
    )?;
    Ok(changed == 1)
}

pub fn failed(tx: &mut Tx, id: &PackingId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE packings SET state = 'failed', ended_at = $1 WHERE id = $2 AND state = 'open'",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

fn packing_of(row: &Row) -> Result<Packing, StoreError> {
    Ok(Packing {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        artifacts: row.json("artifacts")?,
        object: row.maybe_id("object_id")?,
        state: row.word("state", PackingState::from_text)?,
        bytes: row.number("bytes")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
