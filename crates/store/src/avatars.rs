//! Avatars: named, fed with photos, trained, complete.

use domain::{AvatarId, AvatarState, BotId, Credits, Kind, Millis, ObjectId, Subject, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`avatar_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, kind, subject, name, trigger_word, state, is_main,
                    model_object, model_config_object, remote_model, remote_provider,
                    deleted_at, created_at, completed_at
             FROM avatars ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Avatar {
    pub id: AvatarId,
    pub user: UserId,
    pub bot: BotId,
    pub kind: Kind,
    pub subject: Subject,
    pub name: String,
    pub trigger_word: String,
    pub state: AvatarState,
    pub is_main: bool,
    pub model_object: Option<ObjectId>,
    pub model_config_object: Option<ObjectId>,
    /// The model's name at a provider that keeps it.
    pub remote_model: Option<String>,
    /// Who that is.
    pub remote_provider: Option<String>,
    pub deleted_at: Option<Millis>,
    pub created_at: Millis,
    pub completed_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewAvatar<'a> {
    pub id: &'a AvatarId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub kind: Kind,
    pub subject: Subject,
    pub name: &'a str,
    pub trigger_word: &'a str,
    pub state: AvatarState,
}

/// What a training brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Model<'a> {
    pub object: Option<&'a ObjectId>,
    pub config_object: Option<&'a ObjectId>,
    /// Its name at a provider that keeps it, and who that is.
    pub remote: Option<&'a str>,
    pub remote_provider: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statistics {
    pub photos: u32,
    pub trainings: u32,
    pub generations: u32,
    /// What the ledger took for its trainings and generations.
    pub spent: Credits,
}

/// False: another avatar has this id or this trigger word; try with another id.
pub fn insert(tx: &mut Tx, avatar: &NewAvatar<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO avatars (id, user_id, bot_id, kind, subject, name, trigger_word, state,
                              is_main, photos_numbered, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9) ON CONFLICT DO NOTHING",
        &[
            avatar.id,
            avatar.user,
            avatar.bot,
            &avatar.kind,
            &avatar.subject,
            &avatar.name,
            &avatar.trigger_word,
            &avatar.state,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own avatar that isn't deleted.
pub fn of(tx: &mut Tx, user: &UserId, id: &AvatarId) -> Result<Option<Avatar>, StoreError> {
    let row =
        tx.first(select!("WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"), &[id, user])?;
    row.as_ref().map(avatar_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &AvatarId) -> Result<Option<Avatar>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(avatar_of).transpose()
}

/// A page of a user's avatars, latest first: those with an id before `before`.
pub fn list(
    tx: &mut Tx,
    user: &UserId,
    before: Option<&AvatarId>,
    limit: u32,
) -> Result<Vec<Avatar>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE user_id = $1 AND deleted_at IS NULL AND ($2 = '' OR id < $2)
             ORDER BY id DESC LIMIT $3"
        ),
        &[user, &before.map_or("", AvatarId::as_str), &limit],
    )?;
    rows.iter().map(avatar_of).collect()
}

pub fn count(tx: &mut Tx, user: &UserId) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM avatars WHERE user_id = $1 AND deleted_at IS NULL", &[user])?
        .count(0)
}

/// The user's main avatar.
pub fn main(tx: &mut Tx, user: &UserId) -> Result<Option<Avatar>, StoreError> {
    let row =
        tx.first(select!("WHERE user_id = $1 AND is_main = 1 AND deleted_at IS NULL"), &[user])?;
    row.as_ref().map(avatar_of).transpose()
}

pub fn rename(tx: &mut Tx, user: &UserId, id: &AvatarId, name: &str) -> Result<bool, StoreError> {
    let renamed = tx.execute(
        "UPDATE avatars SET name = $1 WHERE id = $2 AND user_id = $3 AND deleted_at IS NULL",
        &[&name, id, user],
    )?;
    Ok(renamed == 1)
}

/// Makes it the user's main one instead of whichever was.
pub fn choose_main(tx: &mut Tx, user: &UserId, id: &AvatarId) -> Result<bool, StoreError> {
    if of(tx, user, id)?.is_none() {
        return Ok(false);
    }
    tx.execute(
        "UPDATE avatars SET is_main = 0 WHERE user_id = $1 AND is_main = 1 AND id <> $2",
        &[user, id],
    )?;
    let chosen = tx.execute(
        "UPDATE avatars SET is_main = 1 WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL",
        &[id, user],
    )?;
    Ok(chosen == 1)
}

/// Moves it from one state to another. False: it wasn't in that state.
pub fn shift(
    tx: &mut Tx,
    id: &AvatarId,
    from: AvatarState,
    to: AvatarState,
) -> Result<bool, StoreError> {
    let moved = tx.execute(
        "UPDATE avatars SET state = $1 WHERE id = $2 AND state = $3 AND deleted_at IS NULL",
        &[&to, id, &from],
    )?;
    Ok(moved == 1)
}

/// It has its model. False: it wasn't in training (or is deleted).
pub fn complete(
    tx: &mut Tx,
    id: &AvatarId,
    model: &Model<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    let completed = tx.execute(
        "UPDATE avatars SET state = 'completed', model_object = $1, model_config_object = $2,
                remote_model = $3, remote_provider = $4, completed_at = $5
         WHERE id = $6 AND state = 'training' AND deleted_at IS NULL",
        &[&model.object, &model.config_object, &model.remote, &model.remote_provider, &now, id],
    )?;
    Ok(completed == 1)
}

/// Takes it out of sight. Its files go by [`crate::objects::expire_avatar`], and what was made with
/// it by [`crate::generations::forget_avatar`].
pub fn delete(tx: &mut Tx, user: &UserId, id: &AvatarId, now: Millis) -> Result<bool, StoreError> {
    let deleted = tx.execute(
        "UPDATE avatars SET deleted_at = $1, is_main = 0
         WHERE id = $2 AND user_id = $3 AND deleted_at IS NULL",
        &[&now, id, user],
    )?;
    Ok(deleted == 1)
}

/// Its object of the model is gone from the store of files.
pub fn forget_model(tx: &mut Tx, id: &AvatarId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE avatars SET model_object = NULL, model_config_object = NULL, remote_model = NULL,
                remote_provider = NULL, name = ''
         WHERE id = $1 AND deleted_at IS NOT NULL",
        &[id],
    )
    .map(|_| ())
}

/// Models of a user that stay with providers, those of deleted avatars included: avatar, provider
/// and the model's id there.
pub fn remotes_for_job(
    tx: &mut Tx,
    user: &UserId,
) -> Result<Vec<(AvatarId, String, String)>, StoreError> {
    let rows = tx.query(
        "SELECT id, remote_provider, remote_model FROM avatars
         WHERE user_id = $1 AND remote_model IS NOT NULL AND remote_provider IS NOT NULL
         ORDER BY id",
        &[user],
    )?;
    let remote =
        |row: &Row| Ok((row.id("id")?, row.text("remote_provider")?, row.text("remote_model")?));
    rows.iter().map(remote).collect()
}

/// The model is gone from the provider. An avatar that isn't deleted must have its file here.
pub fn remote_gone(tx: &mut Tx, id: &AvatarId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE avatars SET remote_model = NULL, remote_provider = NULL WHERE id = $1",
        &[id],
    )
    .map(|_| ())
}

/// Drops all that avatars say of a person, those included that were deleted before. Says how many
/// were still there.
pub fn forget(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u32, StoreError> {
    let there = count(tx, user)?;
    tx.execute(
        "UPDATE avatars SET name = '', is_main = 0, model_object = NULL,
                model_config_object = NULL, remote_model = NULL, remote_provider = NULL,
                deleted_at = COALESCE(deleted_at, $1)
         WHERE user_id = $2",
        &[&now, user],
    )?;
    tx.execute("UPDATE trainings SET archive_url = NULL WHERE user_id = $1", &[user])?;
    Ok(there)
}

/// Holds an avatar's row until the decision ends, so that two decisions about its photos see each
/// other's.
pub fn lock(tx: &mut Tx, id: &AvatarId) -> Result<(), StoreError> {
    tx.execute("UPDATE avatars SET photos_numbered = photos_numbered WHERE id = $1", &[id])
        .map(|_| ())
}

pub fn statistics(tx: &mut Tx, user: &UserId, id: &AvatarId) -> Result<Statistics, StoreError> {
    let row = tx.one(
        "SELECT
            (SELECT COUNT(*) FROM photos
             WHERE avatar_id = $1 AND user_id = $2 AND removed_at IS NULL) AS photos,
            (SELECT COUNT(*) FROM trainings WHERE avatar_id = $1 AND user_id = $2) AS trainings,
            (SELECT COUNT(*) FROM generations WHERE avatar_id = $1 AND user_id = $2)
                AS generations,
            (SELECT CAST(COALESCE(SUM(holds.captured), 0) AS BIGINT)
             FROM trainings JOIN holds ON holds.id = trainings.hold_id
             WHERE trainings.avatar_id = $1 AND trainings.user_id = $2)
            + (SELECT CAST(COALESCE(SUM(holds.captured), 0) AS BIGINT)
               FROM generations JOIN holds ON holds.id = generations.hold_id
               WHERE generations.avatar_id = $1 AND generations.user_id = $2) AS spent",
        &[id, user],
    )?;
    Ok(Statistics {
        photos: row.count("photos")?,
        trainings: row.count("trainings")?,
        generations: row.count("generations")?,
        spent: row.credits("spent")?,
    })
}

fn avatar_of(row: &Row) -> Result<Avatar, StoreError> {
    Ok(Avatar {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        kind: row.word("kind", Kind::from_text)?,
        subject: row.word("subject", Subject::from_text)?,
        name: row.text("name")?,
        trigger_word: row.text("trigger_word")?,
        state: row.word("state", AvatarState::from_text)?,
        is_main: row.flag("is_main")?,
        model_object: row.maybe_id("model_object")?,
        model_config_object: row.maybe_id("model_config_object")?,
        remote_model: row.maybe_text("remote_model")?,
        remote_provider: row.maybe_text("remote_provider")?,
        deleted_at: row.maybe_millis("deleted_at")?,
        created_at: row.millis("created_at")?,
        completed_at: row.maybe_millis("completed_at")?,
    })
}
