//! The people, one row for each bot that they talk to.

use domain::{BotId, Language, Millis, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`user_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, bot_id, telegram_id, first_name, language, consented_at,
             consented_version, origin, invited_by, state, blocked_at, created_at
             FROM users ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub bot: BotId,
    /// None once they asked to be forgotten.
    pub telegram_id: Option<i64>,
    pub first_name: String,
    pub language: Language,
    /// When, and to which version of the terms.
    pub consent: Option<(Millis, String)>,
    pub origin: Option<String>,
    pub invited_by: Option<UserId>,
    pub state: UserState,
    pub blocked_at: Option<Millis>,
    pub created_at: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserState {
    Active,
    Banned,
    Forgotten,
}

/// A person who writes for the first time, perhaps.
#[derive(Clone, Copy, Debug)]
pub struct NewUser<'a> {
    /// Used if the person isn't known yet.
    pub id: &'a UserId,
    pub bot: &'a BotId,
    pub telegram_id: i64,
    pub first_name: &'a str,
    pub language: Language,
    /// What `/start` carried. Only the first touch counts.
    pub origin: Option<&'a str>,
}

/// Finds the person by their number at Telegram, or makes them. True: they are new.
pub fn find_or_create(
    tx: &mut Tx,
    user: &NewUser<'_>,
    now: Millis,
) -> Result<(User, bool), StoreError> {
    if let Some(known) = by_telegram(tx, user.bot, user.telegram_id)? {
        return Ok((known, false));
    }
    let added = tx.execute(
        "INSERT INTO users (id, bot_id, telegram_id, first_name, language, origin, state, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7)
         ON CONFLICT (bot_id, telegram_id) DO NOTHING",
        &[
            user.id,
            user.bot,
            &user.telegram_id,
            &user.first_name,
            &user.language,
            &user.origin,
            &now,
        ],
    )?;
    match by_telegram(tx, user.bot, user.telegram_id)? {
        Some(known) => Ok((known, added == 1)),
        None => Err(StoreError::Contended(1)),
    }
}

pub fn get(tx: &mut Tx, id: &UserId) -> Result<Option<User>, StoreError> {
    let row = tx.first(select!("WHERE id = $1"), &[id])?;
    row.as_ref().map(user_of).transpose()
}

pub fn by_telegram(tx: &mut Tx, bot: &BotId, telegram_id: i64) -> Result<Option<User>, StoreError> {
    let row = tx.first(select!("WHERE bot_id = $1 AND telegram_id = $2"), &[bot, &telegram_id])?;
    row.as_ref().map(user_of).transpose()
}

/// A user of a bot, as whoever answers for the bot may see them.
pub fn in_bot(tx: &mut Tx, bot: &BotId, id: &UserId) -> Result<Option<User>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND bot_id = $2"), &[id, bot])?;
    row.as_ref().map(user_of).transpose()
}

/// A page of a bot's users, the latest first: those with an id before `before`. Whoever was
/// forgotten isn't among them.
pub fn page(
    tx: &mut Tx,
    bot: &BotId,
    before: Option<&UserId>,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE bot_id = $1 AND ($2 = '' OR id < $2) AND state <> 'forgotten'
             ORDER BY id DESC LIMIT $3"
        ),
        &[bot, &before.map_or("", UserId::as_str), &limit],
    )?;
    rows.iter().map(user_of).collect()
}

/// How another program calls a user that it brought.
pub fn external_id(tx: &mut Tx, id: &UserId) -> Result<Option<String>, StoreError> {
    let row = tx.first("SELECT external_id FROM users WHERE id = $1", &[id])?;
    row.map_or(Ok(None), |it| it.maybe_text(0))
}

pub fn by_external(
    tx: &mut Tx,
    bot: &BotId,
    external_id: &str,
) -> Result<Option<User>, StoreError> {
    let row = tx.first(select!("WHERE bot_id = $1 AND external_id = $2"), &[bot, &external_id])?;
    row.as_ref().map(user_of).transpose()
}

/// A person whom another program brings: without a chat, and without a number at Telegram.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'a> {
    pub id: &'a UserId,
    pub bot: &'a BotId,
    pub external_id: &'a str,
    pub name: &'a str,
    pub language: Language,
}

/// False: somebody is called so already.
pub fn bring(tx: &mut Tx, brought: &Brought<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO users (id, bot_id, first_name, language, external_id, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'active', $6) ON CONFLICT DO NOTHING",
        &[brought.id, brought.bot, &brought.name, &brought.language, &brought.external_id, &now],
    )?;
    Ok(added == 1)
}

/// True if they had not agreed to this version before.
pub fn consent(tx: &mut Tx, id: &UserId, version: &str, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE users SET consented_at = $1, consented_version = $2
         WHERE id = $3 AND (consented_version IS NULL OR consented_version <> $2)",
        &[&now, &version, id],
    )?;
    Ok(changed == 1)
}

pub fn speak(tx: &mut Tx, id: &UserId, language: Language) -> Result<(), StoreError> {
    tx.execute("UPDATE users SET language = $1 WHERE id = $2", &[&language, id]).map(|_| ())
}

pub fn rename(tx: &mut Tx, id: &UserId, first_name: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET first_name = $1 WHERE id = $2 AND state <> 'forgotten'",
        &[&first_name, id],
    )
    .map(|_| ())
}

/// Keeps what `/start` carried if nothing was kept before. True: it is kept now.
pub fn came_by(tx: &mut Tx, id: &UserId, origin: &str) -> Result<bool, StoreError> {
    let kept = tx
        .execute("UPDATE users SET origin = $1 WHERE id = $2 AND origin IS NULL", &[&origin, id])?;
    Ok(kept == 1)
}

/// Keeps who invited them: once, another user of the same bot, never themselves.
pub fn invited(tx: &mut Tx, id: &UserId, by: &UserId) -> Result<bool, StoreError> {
    let kept = tx.execute(
        "UPDATE users SET invited_by = $1
         WHERE id = $2 AND id <> $1 AND invited_by IS NULL
           AND bot_id = (SELECT bot_id FROM users WHERE id = $1)",
        &[by, id],
    )?;
    Ok(kept == 1)
}

/// Bans or lets in again. False: they are gone, or it was so before.
pub fn ban(tx: &mut Tx, id: &UserId, is_banned: bool) -> Result<bool, StoreError> {
    let (from, to) = if is_banned { ("active", "banned") } else { ("banned", "active") };
    let changed =
        tx.execute("UPDATE users SET state = $1 WHERE id = $2 AND state = $3", &[&to, id, &from])?;
    Ok(changed == 1)
}

/// Where their receipts go.
pub fn contact(tx: &mut Tx, id: &UserId) -> Result<Option<String>, StoreError> {
    let row = tx.first("SELECT contact FROM users WHERE id = $1", &[id])?;
    row.map_or(Ok(None), |it| it.maybe_text(0))
}

pub fn keep_contact(tx: &mut Tx, id: &UserId, contact: &str) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET contact = $1 WHERE id = $2 AND state <> 'forgotten'",
        &[&contact, id],
    )
    .map(|_| ())
}

/// Keeps what a link promised somebody who hasn't agreed to the terms yet.
pub fn promise(tx: &mut Tx, id: &UserId, link: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE users SET promised = $1 WHERE id = $2", &[&link, id]).map(|_| ())
}

/// Takes it out, so that it is kept once.
pub fn take_promise(tx: &mut Tx, id: &UserId) -> Result<Option<String>, StoreError> {
    let row = tx.first("SELECT promised FROM users WHERE id = $1", &[id])?;
    let promised = row.map_or(Ok(None), |it| it.maybe_text(0))?;
    let taken = tx.execute(
        "UPDATE users SET promised = NULL WHERE id = $1 AND promised = $2",
        &[id, &promised],
    )?;
    Ok(promised.filter(|_| taken == 1))
}

/// They blocked the bot, or (with `None`) they write again.
pub fn blocked(tx: &mut Tx, id: &UserId, at: Option<Millis>) -> Result<(), StoreError> {
    tx.execute("UPDATE users SET blocked_at = $1 WHERE id = $2", &[&at, id]).map(|_| ())
}

/// Notes that somebody had the welcome gift, by a mark that only we can make of who they are.
/// False: they had it before.
pub fn welcome(tx: &mut Tx, bot: &BotId, mark: &str, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO welcomes (bot_id, mark, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[bot, &mark, &now],
    )?;
    Ok(added == 1)
}

/// Notes that somebody's invitation was rewarded: once a person, as the welcome gift is. False: it
/// was before.
pub fn first_invitation(
    tx: &mut Tx,
    bot: &BotId,
    mark: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    welcome(tx, bot, &format!("invited:{mark}"), now)
}

/// Whether whoever has this mark had the welcome gift.
pub fn is_welcomed(tx: &mut Tx, bot: &BotId, mark: &str) -> Result<bool, StoreError> {
    let row = tx.first("SELECT 1 FROM welcomes WHERE bot_id = $1 AND mark = $2", &[bot, &mark])?;
    Ok(row.is_some())
}

/// Takes the agreement back: nothing more is done for this person until they agree again.
pub fn withdraw(tx: &mut Tx, id: &UserId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE users SET consented_at = NULL, consented_version = NULL WHERE id = $1",
        &[id],
    )
    .map(|_| ())
}

/// Drops what says who they are. The row stays, because the books refer to it; the same person
/// would be a new user. True if it was done now.
pub fn forget(tx: &mut Tx, id: &UserId) -> Result<bool, StoreError> {
    let forgotten = tx.execute(
        "UPDATE users SET state = 'forgotten', telegram_id = NULL, first_name = '', origin = NULL,
                invited_by = NULL, blocked_at = NULL, contact = NULL,
                promised = NULL, external_id = NULL
         WHERE id = $1 AND state <> 'forgotten'",
        &[id],
    )?;
    Ok(forgotten == 1)
}

fn user_of(row: &Row) -> Result<User, StoreError> {
    let consented_at = row.maybe_millis("consented_at")?;
    Ok(User {
        id: row.id("id")?,
        bot: row.id("bot_id")?,
        telegram_id: row.maybe_number("telegram_id")?,
        first_name: row.text("first_name")?,
        language: row
            .word("language", |it| Language::ALL.into_iter().find(|one| one.as_str() == it))?,
        consent: consented_at.zip(row.maybe_text("consented_version")?),
        origin: row.maybe_text("origin")?,
        invited_by: row.maybe_id("invited_by")?,
        state: row.word("state", |it| match it {
            "active" => Some(UserState::Active),
            "banned" => Some(UserState::Banned),
            "forgotten" => Some(UserState::Forgotten),
            _ => None,
        })?,
        blocked_at: row.maybe_millis("blocked_at")?,
        created_at: row.millis("created_at")?,
    })
}
