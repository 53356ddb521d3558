//! What those who answer for a bot are shown, and what became of it.

use domain::{BotId, FeedbackId, Millis, PostId, UserId};

use crate::sending::{SendState, sending};
use crate::{Row, StoreError, Tx};

/// The columns that [`post_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, feedback_id, bot_id, telegram_chat, says, state, message_id, attempts,
                    error, created_at, ended_at
             FROM posts ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub feedback: FeedbackId,
    pub bot: BotId,
    pub telegram_chat: i64,
    pub says: Says,
    pub state: SendState,
    pub message: Option<i64>,
    pub attempts: u32,
    pub error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

/// What a post says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// What the customer wrote.
    Words,
    /// The answer has arrived.
    Answered,
    /// The customer has shut the bot out; the answer waits for them.
    Blocked,
    /// The customer was forgotten: there is nobody to be told.
    Forgotten,
    /// The answer couldn't be sent.
    NotSent,
    /// The answer is longer than what can be sent on.
    TooLong,
    /// The answer may have arrived, and isn't sent again.
    Unsure,
    /// There is nothing in the answer that can be sent on.
    Unusable,
}

impl Says {
    pub const ALL: &'static [Self] = &[
        Self::Words,
        Self::Answered,
        Self::Blocked,
        Self::Forgotten,
        Self::NotSent,
        Self::TooLong,
        Self::Unsure,
        Self::Unusable,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Answered => "answered",
            Self::Blocked => "blocked",
            Self::Forgotten => "forgotten",
            Self::NotSent => "not-sent",
            Self::TooLong => "too-long",
            Self::Unsure => "unsure",
            Self::Unusable => "unusable",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewPost<'a> {
    pub id: &'a PostId,
    pub feedback: &'a FeedbackId,
    pub bot: &'a BotId,
    pub telegram_chat: i64,
    pub says: Says,
}

/// False: it was said there before.
pub fn insert(tx: &mut Tx, new: &NewPost<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO posts (id, feedback_id, bot_id, telegram_chat, says, state, attempts,
                            created_at)
         VALUES ($1, $2, $3, $4, $5, 'waiting', 0, $6) ON CONFLICT DO NOTHING",
        &[new.id, new.feedback, new.bot, &new.telegram_chat, &new.says.as_str(), &now],
    )?;
    Ok(added == 1)
}

pub fn get_for_job(tx: &mut Tx, id: &PostId) -> Result<Option<Post>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(post_of).transpose()
}

/// The post that a message of ours is.
pub fn by_message(
    tx: &mut Tx,
    bot: &BotId,
    telegram_chat: i64,
    message: i64,
) -> Result<Option<Post>, StoreError> {
    let row = tx.first(
        select!("WHERE bot_id = $1 AND telegram_chat = $2 AND message_id = $3"),
        &[bot, &telegram_chat, &message],
    )?;
    row.as_ref().map(post_of).transpose()
}

/// Whether something waits or is on its way to the same chat that was written before this.
pub fn is_behind(tx: &mut Tx, post: &Post) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM posts
         WHERE bot_id = $1 AND telegram_chat = $2 AND id < $3 AND ended_at IS NULL LIMIT 1",
        &[&post.bot, &post.telegram_chat, &post.id],
    )?;
    Ok(row.is_some())
}

/// What waits to be said in the same chat after this, the oldest first.
pub fn after(tx: &mut Tx, post: &Post, limit: u32) -> Result<Vec<Post>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE bot_id = $1 AND telegram_chat = $2 AND id > $3 AND state = 'waiting'
             ORDER BY id LIMIT $4"
        ),
        &[&post.bot, &post.telegram_chat, &post.id, &limit],
    )?;
    rows.iter().map(post_of).collect()
}

/// What customers wrote of which nobody knows whether it was shown in a chat, the latest first.
pub fn unknown_words(
    tx: &mut Tx,
    bot: &BotId,
    telegram_chat: i64,
    limit: u32,
) -> Result<Vec<Post>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE bot_id = $1 AND telegram_chat = $2 AND says = 'words' AND state = 'unknown'
             ORDER BY id DESC LIMIT $3"
        ),
        &[bot, &telegram_chat, &limit],
    )?;
    rows.iter().map(post_of).collect()
}

/// It had arrived after all, as this message.
pub fn found(tx: &mut Tx, id: &PostId, message: i64) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE posts SET state = 'sent', message_id = $1, error = NULL
         WHERE id = $2 AND state = 'unknown'",
        &[&message, id],
    )?;
    Ok(changed == 1)
}

/// All that was shown of a customer's, the oldest first.
pub fn of_user(tx: &mut Tx, user: &UserId, limit: u32) -> Result<Vec<Post>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE feedback_id IN (SELECT id FROM feedback WHERE user_id = $1)
             ORDER BY id LIMIT $2"
        ),
        &[user, &limit],
    )?;
    rows.iter().map(post_of).collect()
}

/// It arrived, as this message.
pub fn sent(tx: &mut Tx, id: &PostId, message: i64, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE posts SET state = 'sent', message_id = $1, error = NULL, ended_at = $2
         WHERE id = $3 AND state = 'sending'",
        &[&message, &now, id],
    )?;
    Ok(changed == 1)
}

sending!("posts", PostId);

fn post_of(row: &Row) -> Result<Post, StoreError> {
    Ok(Post {
        id: row.id("id")?,
        feedback: row.id("feedback_id")?,
        bot: row.id("bot_id")?,
        telegram_chat: row.number("telegram_chat")?,
        says: row.word("says", Says::from_text)?,
        state: row.word("state", SendState::from_text)?,
        message: row.maybe_number("message_id")?,
        attempts: row.count("attempts")?,
        error: row.maybe_text("error")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
