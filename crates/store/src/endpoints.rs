//! Addresses of other programs that want to be called when something happens.

use domain::{BotId, EndpointId, Millis, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`endpoint_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, bot_id, user_id, url, secret, events, created_at, disabled_at,
                    disabled_reason
             FROM endpoints ",
            $rest
        )
    };
}

#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub id: EndpointId,
    pub bot: BotId,
    /// None: what happens to any user of the bot.
    pub user: Option<UserId>,
    pub url: String,
    /// What its messages are signed with.
    pub secret: String,
    /// Words with blanks between.
    pub events: String,
    pub created_at: Millis,
    /// Nothing is sent there any more.
    pub disabled_at: Option<Millis>,
    pub disabled_reason: Option<String>,
}

/// Whose endpoints somebody may see: those of a bot, or of one of its users.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    pub bot: &'a BotId,
    pub user: Option<&'a UserId>,
}

impl Whose<'_> {
    fn user(&self) -> &str {
        self.user.map_or("", UserId::as_str)
    }
}

pub struct NewEndpoint<'a> {
    pub id: &'a EndpointId,
    pub whose: Whose<'a>,
    pub url: &'a str,
    pub secret: &'a str,
    pub events: &'a str,
}

pub fn insert(tx: &mut Tx, new: &NewEndpoint<'_>, now: Millis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO endpoints (id, bot_id, user_id, url, secret, events, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[new.id, new.whose.bot, &new.whose.user, &new.url, &new.secret, &new.events, &now],
    )
    .map(|_| ())
}

pub fn of(tx: &mut Tx, whose: Whose<'_>, id: &EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let row = tx.first(
        select!(
            "WHERE id = $1 AND bot_id = $2 AND ($3 = '' OR user_id = $3) AND deleted_at IS NULL"
        ),
        &[id, whose.bot, &whose.user()],
    )?;
    row.as_ref().map(endpoint_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND deleted_at IS NULL"), &[id])?;
    row.as_ref().map(endpoint_of).transpose()
}

/// A page, the latest first: those with an id before `before`.
pub fn list(
    tx: &mut Tx,
    whose: Whose<'_>,
    before: Option<&EndpointId>,
    limit: u32,
) -> Result<Vec<Endpoint>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE bot_id = $1 AND ($2 = '' OR user_id = $2) AND deleted_at IS NULL
               AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4"
        ),
        &[whose.bot, &whose.user(), &before.map_or("", EndpointId::as_str), &limit],
    )?;
    rows.iter().map(endpoint_of).collect()
}

pub fn count(tx: &mut Tx, bot: &BotId) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM endpoints WHERE bot_id = $1 AND deleted_at IS NULL", &[bot])?
        .count(0)
}

/// Those that hear of what happens to a user.
pub fn listening(tx: &mut Tx, bot: &BotId, user: &UserId) -> Result<Vec<Endpoint>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE bot_id = $1 AND (user_id IS NULL OR user_id = $2) AND deleted_at IS NULL
               AND disabled_at IS NULL ORDER BY id"
        ),
        &[bot, user],
    )?;
    rows.iter().map(endpoint_of).collect()
}

pub fn rotate(tx: &mut Tx, id: &EndpointId, secret: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE endpoints SET secret = $1 WHERE id = $2", &[&secret, id]).map(|_| ())
}

/// Sends nothing there any more. False: it was so before.
pub fn disable(
    tx: &mut Tx,
    id: &EndpointId,
    reason: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE endpoints SET disabled_at = $1, disabled_reason = $2
         WHERE id = $3 AND disabled_at IS NULL",
        &[&now, &reason, id],
    )?;
    Ok(changed == 1)
}

/// It is gone for everybody. Its row stays as long as deliveries speak of it.
pub fn delete(tx: &mut Tx, id: &EndpointId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE endpoints SET deleted_at = $1, secret = '' WHERE id = $2 AND deleted_at IS NULL",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

fn endpoint_of(row: &Row) -> Result<Endpoint, StoreError> {
    Ok(Endpoint {
        id: row.id("id")?,
        bot: row.id("bot_id")?,
        user: row.maybe_id("user_id")?,
        url: row.text("url")?,
        secret: row.text("secret")?,
        events: row.text("events")?,
        created_at: row.millis("created_at")?,
        disabled_at: row.maybe_millis("disabled_at")?,
        disabled_reason: row.maybe_text("disabled_reason")?,
    })
}
