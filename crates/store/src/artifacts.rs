//! Artifacts: results that a user may keep, and the gallery that is made of them.

use domain::picture::Product;
use domain::{ArtifactId, AvatarId, BotId, GenerationId, Millis, ObjectId, UserId};

use crate::{Row, StoreError, Tx, objects};

/// The columns that [`artifact_of`] reads.
macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "SELECT artifacts.id, artifacts.generation_id, artifacts.user_id, artifacts.bot_id,
                    artifacts.avatar_id, artifacts.product, artifacts.number,
                    artifacts.object_id, artifacts.thumbnail_object, artifacts.width,
                    artifacts.height, artifacts.seed, artifacts.duration_ms, artifacts.favourite_of, artifacts.file_id,
                    artifacts.document_file_id, artifacts.delete_after, artifacts.created_at,
                    objects.content_type, objects.bytes
             FROM artifacts JOIN objects ON objects.id = artifacts.object_id ",
            $($rest),+
        )
    };
}

/// A walk along the gallery between two places, of which there is always one on either side. What
/// it goes through decides which index it follows, so each has its statement.
macro_rules! walk {
    ($through:literal, $order:literal) => {
        select!(
            "WHERE ",
            $through,
            " AND artifacts.deleted_at IS NULL
               AND (artifacts.created_at, artifacts.id) < ($2, $3)
               AND (artifacts.created_at, artifacts.id) > ($4, $5)
               AND ($6 = '' OR artifacts.product = $6
                    OR ($6 = 'still' AND artifacts.duration_ms IS NULL)) ",
            $order
        )
    };
    ($through:literal) => {
        (
            walk!($through, "ORDER BY artifacts.created_at DESC, artifacts.id DESC LIMIT $8"),
            walk!($through, "ORDER BY artifacts.created_at, artifacts.id LIMIT $8"),
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub id: ArtifactId,
    pub generation: GenerationId,
    pub user: UserId,
    pub bot: BotId,
    /// Of a picture.
    pub avatar: Option<AvatarId>,
    pub product: Product,
    /// Its place among those of its generation, from 1.
    pub number: u32,
    pub object: ObjectId,
    pub thumbnail: ObjectId,
    pub width: u32,
    pub height: u32,
    /// The object's.
    pub content_type: String,
    /// The object's.
    pub bytes: i64,
    pub seed: i64,
    /// Of a sound or a video.
    pub duration_ms: Option<i64>,
    pub is_favourite: bool,
    /// By which the messenger sends it again as a picture.
    pub file_id: Option<String>,
    /// The same for the file itself.
    pub document_file_id: Option<String>,
    pub delete_after: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Clone, Copy, Debug)]
pub struct NewArtifact<'a> {
    pub id: &'a ArtifactId,
    pub generation: &'a GenerationId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub avatar: Option<&'a AvatarId>,
    pub product: Product,
    pub number: u32,
    /// Noted before, as is the thumbnail.
    pub object: &'a ObjectId,
    pub thumbnail: &'a ObjectId,
    pub width: u32,
    pub height: u32,
    pub seed: i64,
    /// Of a sound or a video.
    pub duration_ms: Option<i64>,
    /// The same as that of its objects.
    pub delete_after: Option<Millis>,
}

/// What of a gallery is looked at; all of it, unless something is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub avatar: Option<AvatarId>,
    pub product: Option<Product>,
    /// What is neither heard nor watched.
    pub still: bool,
    /// Favourites alone.
    pub favourite: bool,
    pub since: Option<Millis>,
}

impl Filter {
    /// The word that statements are asked with.
    fn kind(&self) -> &'static str {
        match (self.product, self.still) {
            (Some(product), _) => product.as_str(),
            (None, true) => "still",
            (None, false) => "",
        }
    }
}

/// What a user loses soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    pub user: UserId,
    pub bot: BotId,
    pub count: u32,
    /// When the first of them goes.
    pub first: Millis,
}

/// False: its generation has one of this number.
pub fn insert(tx: &mut Tx, new: &NewArtifact<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO artifacts (id, generation_id, user_id, bot_id, avatar_id, product, number,
                                object_id, thumbnail_object, width, height, seed, delete_after,
                                created_at, duration_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
         ON CONFLICT DO NOTHING",
        &[
            new.id,
            new.generation,
            new.user,
            new.bot,
            &new.avatar,
            &new.product,
            &new.number,
            new.object,
            new.thumbnail,
            &new.width,
            &new.height,
            &new.seed,
            &new.delete_after,
            &now,
            &new.duration_ms,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own artifact that isn't deleted.
pub fn of(tx: &mut Tx, user: &UserId, id: &ArtifactId) -> Result<Option<Artifact>, StoreError> {
    let row = tx.first(
        select!(
            "WHERE artifacts.id = $1 AND artifacts.user_id = $2 AND artifacts.deleted_at IS NULL"
        ),
        &[id, user],
    )?;
    row.as_ref().map(artifact_of).transpose()
}

/// The file of a user's artifact, deleted or not: what is being made from it may need it longer than
/// its owner sees it.
pub fn file_of(
    tx: &mut Tx,
    user: &UserId,
    id: &ArtifactId,
) -> Result<Option<ObjectId>, StoreError> {
    let row =
        tx.first("SELECT object_id FROM artifacts WHERE id = $1 AND user_id = $2", &[id, user])?;
    row.map(|it| it.id("object_id")).transpose()
}

/// What is left of a user's generation, by number.
pub fn of_generation(
    tx: &mut Tx,
    user: &UserId,
    generation: &GenerationId,
) -> Result<Vec<Artifact>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE artifacts.generation_id = $1 AND artifacts.user_id = $2
               AND artifacts.deleted_at IS NULL ORDER BY artifacts.number"
        ),
        &[generation, user],
    )?;
    rows.iter().map(artifact_of).collect()
}

/// Those of some ids that are the user's and still there, in the order that was given.
pub fn many(tx: &mut Tx, user: &UserId, ids: &[ArtifactId]) -> Result<Vec<Artifact>, StoreError> {
    let mut found = Vec::new();
    for id in ids {
        found.extend(of(tx, user, id)?);
    }
    Ok(found)
}

/// A page of a user's gallery, the newest first: the next ones that are older than `before`, or
/// else the nearest that are newer than `after`. What was deleted still marks its place; an
/// artifact of somebody else marks none, and its page is empty.
pub fn page(
    tx: &mut Tx,
    user: &UserId,
    filter: &Filter,
    before: Option<&ArtifactId>,
    after: Option<&ArtifactId>,
    limit: u32,
) -> Result<Vec<Artifact>, StoreError> {
    let mut newer = (i64::MAX, String::new());
    let mut older = (filter.since.map_or(i64::MIN, Millis::as_i64), String::new());
    if let Some(before) = before {
        let Some(place) = place(tx, user, before)? else { return Ok(Vec::new()) };
        newer = place;
    }
    if let Some(after) = after {
        let Some(place) = place(tx, user, after)? else { return Ok(Vec::new()) };
        older = older.max(place);
    }
    let (falling, rising) = match (filter.favourite, &filter.avatar) {
        (true, _) => {
            walk!("artifacts.favourite_of = $1 AND ($7 = '' OR artifacts.avatar_id = $7)")
        }
        (false, Some(_)) => walk!(
            "artifacts.avatar_id = $7
             AND $1 = (SELECT avatars.user_id FROM avatars WHERE avatars.id = $7)"
        ),
        (false, None) => walk!("artifacts.user_id = $1 AND $7 = ''"),
    };
    let is_rising = before.is_none() && after.is_some();
    let rows = tx.query(
        if is_rising { rising } else { falling },
        &[
            user,
            &newer.0,
            &newer.1,
            &older.0,
            &older.1,
            &filter.kind(),
            &filter.avatar.as_ref().map_or("", AvatarId::as_str),
            &limit,
        ],
    )?;
    let page: Result<Vec<_>, _> = rows.iter().map(artifact_of).collect();
    page.map(|mut page| {
        if is_rising {
            page.reverse();
        }
        page
    })
}

/// Where a user's artifact is, or was, in their gallery.
fn place(tx: &mut Tx, user: &UserId, id: &ArtifactId) -> Result<Option<(i64, String)>, StoreError> {
    let row =
        tx.first("SELECT created_at FROM artifacts WHERE id = $1 AND user_id = $2", &[id, user])?;
    row.map(|it| Ok((it.number(0)?, id.as_str().to_owned()))).transpose()
}

/// How many a filter lets through.
pub fn count(tx: &mut Tx, user: &UserId, filter: &Filter) -> Result<u32, StoreError> {
    // Of any product, of one, or of the stills: with `OR` in it, SQLite counts ten times slower.
    macro_rules! count {
        ($through:literal) => {
            (
                count!($through, " AND $4 = ''"),
                count!($through, " AND product = $4"),
                count!($through, " AND $4 = 'still' AND duration_ms IS NULL"),
            )
        };
        ($through:literal, $product:literal) => {
            concat!(
                "SELECT COUNT(*) FROM artifacts WHERE ",
                $through,
                " AND deleted_at IS NULL AND $2 <= created_at",
                $product
            )
        };
    }
    let (of_any, of_one, of_stills) = match (filter.favourite, &filter.avatar) {
        (true, _) => count!("favourite_of = $1 AND ($3 = '' OR avatar_id = $3)"),
        (false, Some(_)) => count!(
            "avatar_id = $3 AND $1 = (SELECT avatars.user_id FROM avatars WHERE avatars.id = $3)"
        ),
        (false, None) => count!("user_id = $1 AND $3 = ''"),
    };
    tx.one(
        match (filter.product, filter.still) {
            (Some(_), _) => of_one,
            (None, true) => of_stills,
            (None, false) => of_any,
        },
        &[
            user,
            &filter.since.map_or(i64::MIN, Millis::as_i64),
            &filter.avatar.as_ref().map_or("", AvatarId::as_str),
            &filter.kind(),
        ],
    )?
    .count(0)
}

/// Marks an artifact as one to keep, or takes the mark away: then it and its files go after
/// `kept`. False: it is so already, it isn't theirs, or its time is over.
pub fn favour(
    tx: &mut Tx,
    user: &UserId,
    id: &ArtifactId,
    is_favourite: bool,
    kept: Millis,
    now: Millis,
) -> Result<bool, StoreError> {
    let until = (!is_favourite).then(|| now.plus(kept));
    // A file whose time is over may be going this very moment.
    let changed = tx.first(
        "UPDATE artifacts SET favourite_of = CASE WHEN $1 = 1 THEN user_id END,
                delete_after = $2, noticed_at = NULL
         WHERE id = $3 AND user_id = $4 AND deleted_at IS NULL
           AND (favourite_of IS NOT NULL) <> ($1 = 1)
           AND (delete_after IS NULL OR $5 < delete_after)
         RETURNING object_id, thumbnail_object",
        &[&is_favourite, &until, id, user, &now],
    )?;
    let Some(changed) = changed else { return Ok(false) };
    for column in ["object_id", "thumbnail_object"] {
        let object = changed.id(column)?;
        match until {
            Some(until) => objects::expire(tx, &object, until)?,
            None => objects::keep(tx, &object)?,
        };
    }
    Ok(true)
}

/// Deletes those that are the user's, and says how many that were. Their files go by the sweep.
pub fn delete(
    tx: &mut Tx,
    user: &UserId,
    ids: &[ArtifactId],
    now: Millis,
) -> Result<u64, StoreError> {
    let mut count = 0;
    for id in ids {
        let deleted = tx.first(
            "UPDATE artifacts SET deleted_at = $1, file_id = NULL, document_file_id = NULL
             WHERE id = $2 AND user_id = $3 AND deleted_at IS NULL
             RETURNING object_id, thumbnail_object",
            &[&now, id, user],
        )?;
        let Some(deleted) = deleted else { continue };
        objects::expire(tx, &deleted.id("object_id")?, now)?;
        objects::expire(tx, &deleted.id("thumbnail_object")?, now)?;
        count += 1;
    }
    Ok(count)
}

/// Deletes all of a user's.
pub fn forget(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE deleted_at IS NULL AND (delete_after IS NULL OR $1 < delete_after)
           AND id IN (SELECT object_id FROM artifacts WHERE user_id = $2 AND deleted_at IS NULL
                      UNION ALL
                      SELECT thumbnail_object FROM artifacts
                      WHERE user_id = $2 AND deleted_at IS NULL)",
        &[&now, user],
    )?;
    tx.execute(
        "UPDATE artifacts SET deleted_at = $1, file_id = NULL, document_file_id = NULL
         WHERE user_id = $2 AND deleted_at IS NULL",
        &[&now, user],
    )
}

/// Deletes all of a user's that were made with an avatar.
pub fn forget_avatar(
    tx: &mut Tx,
    user: &UserId,
    avatar: &AvatarId,
    now: Millis,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE objects SET delete_after = $1
         WHERE deleted_at IS NULL AND (delete_after IS NULL OR $1 < delete_after)
           AND id IN (SELECT object_id FROM artifacts
                      WHERE user_id = $2 AND avatar_id = $3 AND deleted_at IS NULL
                      UNION ALL
                      SELECT thumbnail_object FROM artifacts
                      WHERE user_id = $2 AND avatar_id = $3 AND deleted_at IS NULL)",
        &[&now, user, avatar],
    )?;
    tx.execute(
        "UPDATE artifacts SET deleted_at = $1, file_id = NULL, document_file_id = NULL
         WHERE user_id = $2 AND avatar_id = $3 AND deleted_at IS NULL",
        &[&now, user, avatar],
    )
}

/// It was sent as a picture.
pub fn sent(tx: &mut Tx, id: &ArtifactId, file_id: &str) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE artifacts SET file_id = $1 WHERE id = $2 AND deleted_at IS NULL",
        &[&file_id, id],
    )?;
    Ok(changed == 1)
}

/// It was sent as the file that it is.
pub fn sent_original(tx: &mut Tx, id: &ArtifactId, file_id: &str) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE artifacts SET document_file_id = $1 WHERE id = $2 AND deleted_at IS NULL",
        &[&file_id, id],
    )?;
    Ok(changed == 1)
}

/// Who loses something before a moment and wasn't told, at most `limit` of them.
pub fn expiring_for_job(
    tx: &mut Tx,
    before: Millis,
    limit: u32,
) -> Result<Vec<Expiring>, StoreError> {
    let rows = tx.query(
        "SELECT user_id, bot_id, COUNT(*) AS count, MIN(delete_after) AS first FROM artifacts
         WHERE deleted_at IS NULL AND noticed_at IS NULL AND delete_after IS NOT NULL
           AND delete_after < $1
         GROUP BY user_id, bot_id ORDER BY user_id LIMIT $2",
        &[&before, &limit],
    )?;
    let expiring = |row: &Row| {
        Ok(Expiring {
            user: row.id("user_id")?,
            bot: row.id("bot_id")?,
            count: row.count("count")?,
            first: row.millis("first")?,
        })
    };
    rows.iter().map(expiring).collect()
}

/// A user is told of what goes before a moment. Says of how many.
pub fn noticed(tx: &mut Tx, user: &UserId, before: Millis, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE artifacts SET noticed_at = $1
         WHERE user_id = $2 AND deleted_at IS NULL AND noticed_at IS NULL
           AND delete_after IS NOT NULL AND delete_after < $3",
        &[&now, user, &before],
    )
}

/// One of its files is gone, and with it the artifact; the other one goes, too. A part of
/// [`objects::deleted`].
pub fn file_gone(tx: &mut Tx, object: &ObjectId, now: Millis) -> Result<bool, StoreError> {
    let deleted = tx.first(
        "UPDATE artifacts SET deleted_at = $1, file_id = NULL, document_file_id = NULL
         WHERE (object_id = $2 OR thumbnail_object = $2) AND deleted_at IS NULL
         RETURNING object_id, thumbnail_object",
        &[&now, object],
    )?;
    let Some(deleted) = deleted else { return Ok(false) };
    objects::expire(tx, &deleted.id("object_id")?, now)?;
    objects::expire(tx, &deleted.id("thumbnail_object")?, now)?;
    Ok(true)
}

fn artifact_of(row: &Row) -> Result<Artifact, StoreError> {
    Ok(Artifact {
        id: row.id("id")?,
        generation: row.id("generation_id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        avatar: row.maybe_id("avatar_id")?,
        product: row.word("product", Product::from_text)?,
        number: row.count("number")?,
        object: row.id("object_id")?,
        thumbnail: row.id("thumbnail_object")?,
        width: row.count("width")?,
        height: row.count("height")?,
        content_type: row.text("content_type")?,
        bytes: row.number("bytes")?,
        seed: row.number("seed")?,
        duration_ms: row.maybe_number("duration_ms")?,
        is_favourite: row.maybe_text("favourite_of")?.is_some(),
        file_id: row.maybe_text("file_id")?,
        document_file_id: row.maybe_text("document_file_id")?,
        delete_after: row.maybe_millis("delete_after")?,
        created_at: row.millis("created_at")?,
    })
}
