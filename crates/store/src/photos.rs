//! The photos of an avatar's set, and what the photo desk thinks of each.

use domain::command::Picture;
use domain::photo::{Measures, Verdict};
use domain::{AvatarId, Millis, ObjectId, PhotoId, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`photo_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, avatar_id, user_id, number, file_id, unique_id, bytes, is_document, album,
                    message, state, measures, verdicts, original_object, thumbnail_object,
                    processed_object, removed_at, created_at
             FROM photos ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    pub id: PhotoId,
    pub avatar: AvatarId,
    pub user: UserId,
    /// Its name in the set, from 1 in the order of arrival. It is never given to another.
    pub number: u32,
    pub picture: Picture,
    /// None until it was looked at.
    pub judgement: Option<Judgement>,
    pub removed_at: Option<Millis>,
    pub created_at: Millis,
}

/// What was found out about a photo, and what was kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// None if it could not be opened.
    pub measures: Option<Measures>,
    pub verdicts: Vec<Verdict>,
    pub original: Option<ObjectId>,
    pub thumbnail: Option<ObjectId>,
    pub processed: Option<ObjectId>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewPhoto<'a> {
    pub id: &'a PhotoId,
    pub avatar: &'a AvatarId,
    pub user: &'a UserId,
    pub picture: &'a Picture,
}

/// Takes a photo into the user's set and gives its number. `None`: the avatar is gone, or this
/// message was taken in before.
pub fn insert(tx: &mut Tx, photo: &NewPhoto<'_>, now: Millis) -> Result<Option<u32>, StoreError> {
    // The avatar's row is changed first, so that two photos at once get two numbers.
    let numbered = tx.first(
        "UPDATE avatars SET photos_numbered = photos_numbered + 1
         WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL RETURNING photos_numbered",
        &[photo.avatar, photo.user],
    )?;
    let Some(numbered) = numbered else { return Ok(None) };
    let number = numbered.count(0)?;
    let added = tx.execute(
        "INSERT INTO photos (id, avatar_id, user_id, number, file_id, unique_id, bytes,
                             is_document, album, message, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'taken', $11)
         ON CONFLICT DO NOTHING",
        &[
            photo.id,
            photo.avatar,
            photo.user,
            &number,
            &photo.picture.file_id,
            &photo.picture.unique_id,
            &i64::try_from(photo.picture.bytes).unwrap_or(i64::MAX),
            &photo.picture.is_document,
            &photo.picture.album,
            &photo.picture.message,
            &now,
        ],
    )?;
    if added == 1 {
        return Ok(Some(number));
    }
    tx.execute(
        "UPDATE avatars SET photos_numbered = photos_numbered - 1 WHERE id = $1",
        &[photo.avatar],
    )?;
    Ok(None)
}

/// A user's own photo that isn't removed.
pub fn of(tx: &mut Tx, user: &UserId, id: &PhotoId) -> Result<Option<Photo>, StoreError> {
    let row =
        tx.first(select!("WHERE id = $1 AND user_id = $2 AND removed_at IS NULL"), &[id, user])?;
    row.as_ref().map(photo_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &PhotoId) -> Result<Option<Photo>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(photo_of).transpose()
}

/// A user's set for an avatar, by number, without what was removed.
pub fn set(tx: &mut Tx, user: &UserId, avatar: &AvatarId) -> Result<Vec<Photo>, StoreError> {
    let rows = tx.query(
        select!("WHERE avatar_id = $1 AND user_id = $2 AND removed_at IS NULL ORDER BY number"),
        &[avatar, user],
    )?;
    rows.iter().map(photo_of).collect()
}

/// How many photos a user's set has.
pub fn count(tx: &mut Tx, user: &UserId, avatar: &AvatarId) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM photos
         WHERE avatar_id = $1 AND user_id = $2 AND removed_at IS NULL",
        &[avatar, user],
    )?
    .count(0)
}

/// Writes down what was found out. Judging again is allowed: the set around it may have changed.
/// False: it was removed.
pub fn judged(tx: &mut Tx, id: &PhotoId, judgement: &Judgement) -> Result<bool, StoreError> {
    let measures = judgement.measures.as_ref().map(json);
    let changed = tx.execute(
        "UPDATE photos SET state = 'judged', measures = $1, verdicts = $2, original_object = $3,
                thumbnail_object = $4, processed_object = $5
         WHERE id = $6 AND removed_at IS NULL",
        &[
            &measures,
            &json(&judgement.verdicts),
            &judgement.original,
            &judgement.thumbnail,
            &judgement.processed,
            id,
        ],
    )?;
    Ok(changed == 1)
}

/// Changes only the verdicts of a photo that was judged.
pub fn rejudged(tx: &mut Tx, id: &PhotoId, verdicts: &[Verdict]) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE photos SET verdicts = $1
         WHERE id = $2 AND state = 'judged' AND removed_at IS NULL",
        &[&json(&verdicts), id],
    )?;
    Ok(changed == 1)
}

/// Takes a photo out of the set. Its files go by [`crate::objects::expire`].
pub fn remove(tx: &mut Tx, user: &UserId, id: &PhotoId, now: Millis) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "UPDATE photos SET removed_at = $1
         WHERE id = $2 AND user_id = $3 AND removed_at IS NULL",
        &[&now, id, user],
    )?;
    Ok(removed == 1)
}

/// Takes all photos of an avatar out, also those that nobody has looked at yet.
pub fn remove_all(tx: &mut Tx, avatar: &AvatarId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE photos SET removed_at = $1 WHERE avatar_id = $2 AND removed_at IS NULL",
        &[&now, avatar],
    )
}

/// The file to train with is gone, and with it the photo's place in its set.
pub fn file_gone(tx: &mut Tx, object: &ObjectId, now: Millis) -> Result<bool, StoreError> {
    let removed = tx.execute(
        "UPDATE photos SET removed_at = $1 WHERE processed_object = $2 AND removed_at IS NULL",
        &[&now, object],
    )?;
    Ok(removed == 1)
}

/// Drops what a user's photos say about them. The rows stay, for the numbers.
pub fn forget(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE photos SET removed_at = COALESCE(removed_at, $1), file_id = '', unique_id = '',
                album = NULL, measures = NULL, verdicts = NULL
         WHERE user_id = $2",
        &[&now, user],
    )
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("judgements are plain fields")
}

fn photo_of(row: &Row) -> Result<Photo, StoreError> {
    let judgement = match row.text("state")?.as_str() {
        "judged" => Some(Judgement {
            measures: row.maybe_json("measures")?,
            verdicts: row.maybe_json("verdicts")?.unwrap_or_default(),
            original: row.maybe_id("original_object")?,
            thumbnail: row.maybe_id("thumbnail_object")?,
            processed: row.maybe_id("processed_object")?,
        }),
        _ => None,
    };
    Ok(Photo {
        id: row.id("id")?,
        avatar: row.id("avatar_id")?,
        user: row.id("user_id")?,
        number: row.count("number")?,
        picture: Picture {
            caption: None,
            file_id: row.text("file_id")?,
            unique_id: row.text("unique_id")?,
            bytes: row.number("bytes")?.unsigned_abs(),
            is_document: row.flag("is_document")?,
            album: row.maybe_text("album")?,
            message: row.number("message")?,
        },
        judgement,
        removed_at: row.maybe_millis("removed_at")?,
        created_at: row.millis("created_at")?,
    })
}
