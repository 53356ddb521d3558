//! Keys with which other programs call us. The secret itself is never here.

use domain::{ApiKeyId, BotId, Millis, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`key_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, bot_id, user_id, name, scopes, start, hash, replaces, created_at,
                    last_used_at, revoked_at
             FROM api_keys ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub bot: BotId,
    /// None: all users of the bot.
    pub user: Option<UserId>,
    pub name: String,
    /// Words with blanks between.
    pub scopes: String,
    /// The beginning of the secret.
    pub start: String,
    /// Hex of the SHA-256 of the secret.
    pub hash: String,
    pub replaces: Option<ApiKeyId>,
    pub created_at: Millis,
    pub last_used_at: Option<Millis>,
    /// From when on it is refused.
    pub revoked_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewApiKey<'a> {
    pub id: &'a ApiKeyId,
    pub bot: &'a BotId,
    pub user: Option<&'a UserId>,
    pub name: &'a str,
    pub scopes: &'a str,
    pub start: &'a str,
    pub hash: &'a str,
    pub replaces: Option<&'a ApiKeyId>,
}

pub fn insert(tx: &mut Tx, new: &NewApiKey<'_>, now: Millis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO api_keys (id, bot_id, user_id, name, scopes, start, hash, replaces, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            new.id,
            new.bot,
            &new.user,
            &new.name,
            &new.scopes,
            &new.start,
            &new.hash,
            &new.replaces,
            &now,
        ],
    )
    .map(|_| ())
}

pub fn get(tx: &mut Tx, id: &ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(key_of).transpose()
}

/// Those whose secret begins so. Which of them it is, if any, is for whoever knows the hash.
pub fn by_start(tx: &mut Tx, start: &str) -> Result<Vec<ApiKey>, StoreError> {
    let rows = tx.query(select!("WHERE start = $1 ORDER BY id"), &[&start])?;
    rows.iter().map(key_of).collect()
}

/// The latest first.
pub fn list(tx: &mut Tx) -> Result<Vec<ApiKey>, StoreError> {
    tx.query(select!("ORDER BY id DESC"), &[])?.iter().map(key_of).collect()
}

/// Notes that a key was used, if the last note is older than `pause`.
pub fn used(tx: &mut Tx, id: &ApiKeyId, pause: Millis, now: Millis) -> Result<bool, StoreError> {
    let before = Millis(now.as_i64() - pause.as_i64());
    let changed = tx.execute(
        "UPDATE api_keys SET last_used_at = $1
         WHERE id = $2 AND (last_used_at IS NULL OR last_used_at <= $3)",
        &[&now, id, &before],
    )?;
    Ok(changed == 1)
}

/// Refuses a key from a moment on; an earlier moment stays. False: it was so before.
pub fn revoke(tx: &mut Tx, id: &ApiKeyId, at: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE api_keys SET revoked_at = $1
         WHERE id = $2 AND (revoked_at IS NULL OR $1 < revoked_at)",
        &[&at, id],
    )?;
    Ok(changed == 1)
}

fn key_of(row: &Row) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: row.id("id")?,
        bot: row.id("bot_id")?,
        user: row.maybe_id("user_id")?,
        name: row.text("name")?,
        scopes: row.text("scopes")?,
        start: row.text("start")?,
        hash: row.text("hash")?,
        replaces: row.maybe_id("replaces")?,
        created_at: row.millis("created_at")?,
        last_used_at: row.maybe_millis("last_used_at")?,
        revoked_at: row.maybe_millis("revoked_at")?,
    })
}
