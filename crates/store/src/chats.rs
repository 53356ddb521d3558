//! Conversations: where each one is, and what of it the customer has seen.
//!
//! `version` counts the changes of what is to be seen, `shown_version` says which one was. What a
//! place is, only the screens know: here it is text.

use domain::{BotId, ChatId, Millis, UserId};

use crate::{Calls, Row, StoreError, Tx};

/// The columns that [`chat_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, bot_id, user_id, telegram_chat, place, version, shown_version,
             notice, begun, menu_message, menu_kind, last_message, updated_at
             FROM chats ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    pub id: ChatId,
    pub bot: BotId,
    pub user: UserId,
    pub telegram_chat: i64,
    /// JSON.
    pub place: String,
    pub version: i64,
    pub shown_version: i64,
    pub notice: Option<String>,
    /// JSON of what was begun and left: see [`leave_begun`].
    pub begun: Option<String>,
    /// The message that shows the view, if any was sent.
    pub menu_message: Option<i64>,
    pub menu_kind: Option<String>,
    /// The latest message of the chat, of either side, that we know of.
    pub last_message: Option<i64>,
    pub updated_at: Millis,
}

/// A conversation that begins, perhaps.
#[derive(Clone, Copy, Debug)]
pub struct NewChat<'a> {
    /// Used if the chat isn't known yet.
    pub id: &'a ChatId,
    pub bot: &'a BotId,
    pub user: &'a UserId,
    pub telegram_chat: i64,
    /// Where a new conversation is.
    pub place: &'a str,
}

/// What was drawn: see [`drawn`].
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a> {
    pub version: i64,
    pub menu_message: Option<i64>,
    pub menu_kind: Option<&'a str>,
    pub last_message: Option<i64>,
}

/// Finds the chat, or makes it. True: it is new. A chat whose person was forgotten and came back
/// belongs to the new user from now on, and begins anew.
pub fn load_or_create(
    tx: &mut Tx,
    chat: &NewChat<'_>,
    now: Millis,
) -> Result<(Chat, bool), StoreError> {
    if let Some(known) = by_telegram(tx, chat.bot, chat.telegram_chat)?
        && known.user == *chat.user
    {
        return Ok((known, false));
    }
    tx.execute(
        "INSERT INTO chats (id, bot_id, user_id, telegram_chat, place, version, shown_version,
                            updated_at)
         VALUES ($1, $2, $3, $4, $5, 1, 1, $6)
         ON CONFLICT (bot_id, telegram_chat) DO UPDATE SET
            user_id = excluded.user_id, place = excluded.place, notice = NULL, begun = NULL,
            version = chats.version + 1, updated_at = excluded.updated_at
         WHERE chats.user_id <> excluded.user_id",
        &[chat.id, chat.bot, chat.user, &chat.telegram_chat, &chat.place, &now],
    )?;
    match by_telegram(tx, chat.bot, chat.telegram_chat)? {
        Some(made) => {
            let is_new = made.id == *chat.id;
            Ok((made, is_new))
        }
        None => Err(StoreError::Contended(1)),
    }
}

pub fn by_telegram(
    tx: &mut Tx,
    bot: &BotId,
    telegram_chat: i64,
) -> Result<Option<Chat>, StoreError> {
    let row =
        tx.first(select!("WHERE bot_id = $1 AND telegram_chat = $2"), &[bot, &telegram_chat])?;
    row.as_ref().map(chat_of).transpose()
}

/// By its id, for who draws it or delivers to it.
pub fn get_for_job(tx: &mut Tx, id: &ChatId) -> Result<Option<Chat>, StoreError> {
    let row = tx.first(select!("WHERE id = $1"), &[id])?;
    row.as_ref().map(chat_of).transpose()
}

/// The chat in which a user was last seen.
pub fn of_user(tx: &mut Tx, user: &UserId) -> Result<Option<Chat>, StoreError> {
    let row =
        tx.first(select!("WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 1"), &[user])?;
    row.as_ref().map(chat_of).transpose()
}

/// Moves a chat if nobody has moved it since it was loaded. False: load it again and think again.
pub fn save(
    tx: &mut Tx,
    id: &ChatId,
    expected_version: i64,
    place: &str,
    notice: Option<&str>,
    now: Millis,
) -> Result<bool, StoreError> {
    let saved = tx.execute(
        "UPDATE chats SET place = $1, notice = $2, version = version + 1, updated_at = $3
         WHERE id = $4 AND version = $5",
        &[&place, &notice, &now, id, &expected_version],
    )?;
    tx.call(Calls::CHATS);
    Ok(saved == 1)
}

/// Remembers what somebody leaves in the middle of; none takes away what was remembered.
pub fn leave_begun(tx: &mut Tx, id: &ChatId, begun: Option<&str>) -> Result<(), StoreError> {
    tx.execute("UPDATE chats SET begun = $1 WHERE id = $2", &[&begun, id]).map(|_| ())
}

/// Says that the view has changed although the place has not: it will be drawn again.
pub fn touch(tx: &mut Tx, id: &ChatId, now: Millis) -> Result<(), StoreError> {
    tx.call(Calls::CHATS);
    tx.execute("UPDATE chats SET version = version + 1, updated_at = $1 WHERE id = $2", &[&now, id])
        .map(|_| ())
}

/// Who may draw a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Whoever asked, and this is the chat as it is now.
    Ours(Box<Chat>),
    /// Another process is at it.
    Theirs,
    /// Nobody: this version or a newer one was shown.
    Over,
}

/// Asks for a chat's drawing, of which each process but one is kept until a moment or until
/// [`drawn`], so that no two send a menu.
pub fn take_turn(
    tx: &mut Tx,
    id: &ChatId,
    version: i64,
    drawer: &str,
    until: Millis,
    now: Millis,
) -> Result<Turn, StoreError> {
    let row = tx.first(
        "UPDATE chats SET drawer = $1, drawn_until = $2
         WHERE id = $3 AND shown_version < $4
           AND (drawer IS NULL OR drawer = $1 OR drawn_until <= $5)
         RETURNING id, bot_id, user_id, telegram_chat, place, version, shown_version, notice,
                   begun, menu_message, menu_kind, last_message, updated_at",
        &[&drawer, &until, id, &version, &now],
    )?;
    if let Some(row) = &row {
        return Ok(Turn::Ours(Box::new(chat_of(row)?)));
    }
    let lags =
        tx.first("SELECT 1 FROM chats WHERE id = $1 AND shown_version < $2", &[id, &version])?;
    Ok(if lags.is_some() { Turn::Theirs } else { Turn::Over })
}

/// Gives a turn back with nothing drawn.
pub fn leave_turn(tx: &mut Tx, id: &ChatId, drawer: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE chats SET drawer = NULL WHERE id = $1 AND drawer = $2", &[id, &drawer])
        .map(|_| ())
}

/// Remembers what was drawn. An older drawing that comes late changes nothing (and is false).
pub fn drawn(tx: &mut Tx, id: &ChatId, drawn: &Drawn<'_>) -> Result<bool, StoreError> {
    let kept = tx.execute(
        "UPDATE chats SET shown_version = $1, menu_message = $2, menu_kind = $3, drawer = NULL,
                notice = CASE WHEN version = $1 THEN NULL ELSE notice END,
                last_message = CASE
                    WHEN $4 IS NULL OR $4 < last_message THEN last_message ELSE $4 END
         WHERE id = $5 AND shown_version <= $1",
        &[&drawn.version, &drawn.menu_message, &drawn.menu_kind, &drawn.last_message, id],
    )?;
    Ok(kept == 1)
}

/// A message came or was sent: the menu may no longer be the last one.
pub fn message_seen(tx: &mut Tx, id: &ChatId, message: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE chats SET last_message = $1
         WHERE id = $2 AND (last_message IS NULL OR last_message < $1)",
        &[&message, id],
    )
    .map(|_| ())
}

/// Chats whose view has lagged since before a moment: whoever moved them died before drawing.
pub fn lagging(tx: &mut Tx, before: Millis, limit: u32) -> Result<Vec<Chat>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE shown_version < version AND updated_at < $1
               AND EXISTS (SELECT 1 FROM users WHERE users.id = chats.user_id
                           AND users.state <> 'banned' AND users.blocked_at IS NULL)
               AND EXISTS (SELECT 1 FROM bots WHERE bots.id = chats.bot_id
                           AND bots.state = 'active')
             ORDER BY updated_at, id LIMIT $2"
        ),
        &[&before, &limit],
    )?;
    rows.iter().map(chat_of).collect()
}

/// Cuts a chat off from the person at the messenger: they were forgotten. `number` stands where
/// theirs stood; negative ones are nobody's.
pub fn forget(tx: &mut Tx, user: &UserId, number: i64) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE chats SET telegram_chat = $1, notice = NULL, begun = NULL, menu_message = NULL,
                last_message = NULL, shown_version = version
         WHERE user_id = $2",
        &[&-number.abs(), user],
    )
    .map(|_| ())
}

fn chat_of(row: &Row) -> Result<Chat, StoreError> {
    Ok(Chat {
        id: row.id("id")?,
        bot: row.id("bot_id")?,
        user: row.id("user_id")?,
        telegram_chat: row.number("telegram_chat")?,
        place: row.text("place")?,
        version: row.number("version")?,
        shown_version: row.number("shown_version")?,
        notice: row.maybe_text("notice")?,
        begun: row.maybe_text("begun")?,
        menu_message: row.maybe_number("menu_message")?,
        menu_kind: row.maybe_text("menu_kind")?,
        last_message: row.maybe_number("last_message")?,
        updated_at: row.millis("updated_at")?,
    })
}
