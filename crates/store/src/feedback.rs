//! What customers and those who answer for a bot write to each other.

use domain::feedback::{Attached, FileKind, Note};
use domain::{BotId, FeedbackId, Millis, UserId};

use crate::{Row, StoreError, Tx};

/// The columns that [`feedback_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, is_answer, follows, words, file_kind, file_id,
                    telegram_chat, message_id, created_at
             FROM feedback ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    pub id: FeedbackId,
    /// The customer, whoever of the two wrote it.
    pub user: UserId,
    pub bot: BotId,
    /// Of an answer, where it was written. What a customer wrote has none.
    pub at: Option<At>,
    /// What it answers.
    pub follows: Option<FeedbackId>,
    pub note: Note,
    pub created_at: Millis,
}

/// A message in a chat of those who answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    pub chat: i64,
    pub message: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct NewFeedback<'a> {
    pub id: &'a FeedbackId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub at: Option<At>,
    pub follows: Option<&'a FeedbackId>,
    pub note: &'a Note,
}

pub fn insert(tx: &mut Tx, new: &NewFeedback<'_>, now: Millis) -> Result<(), StoreError> {
    let file = new.note.file.as_ref();
    tx.execute(
        "INSERT INTO feedback (id, user_id, bot_id, is_answer, follows, words, file_kind, file_id,
                               telegram_chat, message_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            new.id,
            new.user,
            new.bot,
            &new.at.is_some(),
            &new.follows,
            &new.note.words,
            &file.map(|it| it.kind.as_str()),
            &file.map(|it| it.file_id.as_str()),
            &new.at.map(|it| it.chat),
            &new.at.map(|it| it.message),
            &now,
        ],
    )?;
    Ok(())
}

pub fn get_for_job(tx: &mut Tx, id: &FeedbackId) -> Result<Option<Feedback>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(feedback_of).transpose()
}

/// The last answer that a customer was given.
pub fn last_answer(tx: &mut Tx, user: &UserId) -> Result<Option<FeedbackId>, StoreError> {
    let row = tx.first(
        "SELECT id FROM feedback WHERE user_id = $1 AND is_answer = 1 ORDER BY id DESC LIMIT 1",
        &[user],
    )?;
    row.map(|it| it.id(0)).transpose()
}

/// Drops what was written, and the files. That it was stays, so that whoever answers later is told
/// that nobody is there. Gives how many there were.
pub fn forget(tx: &mut Tx, user: &UserId) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE feedback SET words = '', file_kind = NULL, file_id = NULL WHERE user_id = $1",
        &[user],
    )
}

fn feedback_of(row: &Row) -> Result<Feedback, StoreError> {
    let file = match row.maybe_text("file_id")? {
        Some(file_id) => {
            Some(Attached { kind: row.word("file_kind", FileKind::from_text)?, file_id })
        }
        None => None,
    };
    let at = match (row.maybe_number("telegram_chat")?, row.maybe_number("message_id")?) {
        (Some(chat), Some(message)) => Some(At { chat, message }),
        _ => None,
    };
    Ok(Feedback {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        at,
        follows: row.maybe_id("follows")?,
        note: Note { words: row.text("words")?, file },
        created_at: row.millis("created_at")?,
    })
}
