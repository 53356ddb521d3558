//! Stored bytes: which there are, whose they are, and when they may go. The bytes are elsewhere.

use domain::{AvatarId, Millis, ObjectId, UserId};

use crate::{Row, StoreError, Tx, artifacts, uploads};

/// The columns that [`object_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, key, bytes, sha256, kind, content_type, user_id, avatar_id,
             delete_after, deleted_at, created_at
             FROM objects ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub id: ObjectId,
    pub key: String,
    pub bytes: i64,
    /// Hex.
    pub sha256: String,
    /// What it is for us: `photo`, `thumbnail`, `archive`, `model`, …
    pub kind: String,
    pub content_type: String,
    pub user: Option<UserId>,
    pub avatar: Option<AvatarId>,
    pub delete_after: Option<Millis>,
    pub deleted_at: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Clone, Copy, Debug)]
pub struct NewObject<'a> {
    pub id: &'a ObjectId,
    pub key: &'a str,
    pub bytes: i64,
    pub sha256: &'a str,
    pub kind: &'a str,
    pub content_type: &'a str,
    pub user: Option<&'a UserId>,
    pub avatar: Option<&'a AvatarId>,
    pub delete_after: Option<Millis>,
}

/// Notes what was stored. False: this very object was noted before (a step that is repeated).
pub fn insert(tx: &mut Tx, object: &NewObject<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO objects (id, key, bytes, sha256, kind, content_type, user_id, avatar_id,
                              delete_after, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        &[
            object.id,
            &object.key,
            &object.bytes,
            &object.sha256,
            &object.kind,
            &object.content_type,
            &object.user,
            &object.avatar,
            &object.delete_after,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own object that is still there.
pub fn of(tx: &mut Tx, user: &UserId, id: &ObjectId) -> Result<Option<Object>, StoreError> {
    let row =
        tx.first(select!("WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL"), &[id, user])?;
    row.as_ref().map(object_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &ObjectId) -> Result<Option<Object>, StoreError> {
    let row = tx.first(select!("WHERE id = $1"), &[id])?;
    row.as_ref().map(object_of).transpose()
}

/// By its key, for who serves files by signed links.
pub fn by_key_for_job(tx: &mut Tx, key: &str) -> Result<Option<Object>, StoreError> {
    let row = tx.first(select!("WHERE key = $1 AND deleted_at IS NULL"), &[&key])?;
    row.as_ref().map(object_of).transpose()
}

/// Those of some keys under which nothing is said to be.
pub fn unknown_for_job(tx: &mut Tx, keys: &[String]) -> Result<Vec<String>, StoreError> {
    let mut unknown = Vec::new();
    for key in keys {
        if by_key_for_job(tx, key)?.is_none() {
            unknown.push(key.clone());
        }
    }
    Ok(unknown)
}

/// All that is still there of a user, at most `limit` after the id `after`.
pub fn of_user(
    tx: &mut Tx,
    user: &UserId,
    after: Option<&ObjectId>,
    limit: u32,
) -> Result<Vec<Object>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE user_id = $1 AND deleted_at IS NULL AND $2 < id
             ORDER BY id LIMIT $3"
        ),
        &[user, &after.map_or("", ObjectId::as_str), &limit],
    )?;
    rows.iter().map(object_of).collect()
}

/// Lets an object go at a moment, or sooner if that was said before.
pub fn expire(tx: &mut Tx, id: &ObjectId, at: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE id = $2 AND deleted_at IS NULL AND (delete_after IS NULL OR $1 < delete_after)",
        &[&at, id],
    )?;
    Ok(changed == 1)
}

/// Lets an object whose time is over stay until a moment.
pub fn postpone(tx: &mut Tx, id: &ObjectId, at: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE id = $2 AND deleted_at IS NULL AND delete_after < $1",
        &[&at, id],
    )?;
    Ok(changed == 1)
}

/// Keeps an object that was to go.
pub fn keep(tx: &mut Tx, id: &ObjectId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE objects SET delete_after = NULL
         WHERE id = $1 AND deleted_at IS NULL AND delete_after IS NOT NULL",
        &[id],
    )?;
    Ok(changed == 1)
}

/// The same as [`expire`] for all objects of an avatar (of a kind, if one is named).
pub fn expire_avatar(
    tx: &mut Tx,
    avatar: &AvatarId,
    kind: Option<&str>,
    at: Millis,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE avatar_id = $2 AND deleted_at IS NULL AND COALESCE($3, kind) = kind
           AND (delete_after IS NULL OR $1 < delete_after)",
        &[&at, avatar, &kind],
    )
}

/// The same for all objects of a user.
pub fn expire_user(tx: &mut Tx, user: &UserId, at: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE user_id = $2 AND deleted_at IS NULL
           AND (delete_after IS NULL OR $1 < delete_after)",
        &[&at, user],
    )
}

/// How many of each kind a user had at a moment: those that are there, and those that went since.
pub fn count_since(
    tx: &mut Tx,
    user: &UserId,
    since: Millis,
) -> Result<Vec<(String, u32)>, StoreError> {
    let rows = tx.query(
        "SELECT kind, COUNT(*) FROM objects
         WHERE user_id = $1 AND (deleted_at IS NULL OR $2 <= deleted_at)
         GROUP BY kind ORDER BY kind",
        &[user, &since],
    )?;
    rows.iter().map(|it| Ok((it.text(0)?, it.count(1)?))).collect()
}

/// Objects whose time is over, for the sweep.
pub fn due_for_job(tx: &mut Tx, now: Millis, limit: u32) -> Result<Vec<Object>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE deleted_at IS NULL AND delete_after IS NOT NULL AND delete_after <= $1
             ORDER BY delete_after, id LIMIT $2"
        ),
        &[&now, &limit],
    )?;
    rows.iter().map(object_of).collect()
}

/// The bytes are gone, and with them the artifact that they were of, and whatever we knew of where
/// others read them. True if that is new.
pub fn deleted(tx: &mut Tx, id: &ObjectId, now: Millis) -> Result<bool, StoreError> {
    artifacts::file_gone(tx, id, now)?;
    uploads::forget_of_object(tx, id)?;
    let changed = tx.execute(
        "UPDATE objects SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

fn object_of(row: &Row) -> Result<Object, StoreError> {
    Ok(Object {
        id: row.id("id")?,
        key: row.text("key")?,
        bytes: row.number("bytes")?,
        sha256: row.text("sha256")?,
        kind: row.text("kind")?,
        content_type: row.text("content_type")?,
        user: row.maybe_id("user_id")?,
        avatar: row.maybe_id("avatar_id")?,
        delete_after: row.maybe_millis("delete_after")?,
        deleted_at: row.maybe_millis("deleted_at")?,
        created_at: row.millis("created_at")?,
    })
}
