//! Looks at what customers have said: to those who answer for a bot, and about what was made.

use store::{StoreError, Tx};

use super::looks::lines;

/// What those who answer for a bot were shown, and what became of it.
pub fn posts(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT telegram_chat, says, state, attempts FROM posts ORDER BY created_at, id",
        |row| {
            Ok(format!(
                "to {}: {} {}, {} attempts",
                row.number("telegram_chat")?,
                row.text("says")?,
                row.text("state")?,
                row.number("attempts")?
            ))
        },
    )
}

/// What customers have written and were answered, and what follows what.
pub fn feedback(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT first_name, is_answer, words, file_kind, follows FROM feedback
         JOIN users ON users.id = feedback.user_id ORDER BY feedback.created_at, feedback.id",
        |row| {
            let whom = if row.flag("is_answer")? { "to" } else { "by" };
            let file = row.maybe_text("file_kind")?.map(|it| format!(" ({it})"));
            let follows = if row.maybe_text("follows")?.is_some() { ", an answer" } else { "" };
            Ok(format!(
                "{whom} {}: {}{}{follows}",
                row.text("first_name")?,
                row.text("words")?,
                file.unwrap_or_default()
            ))
        },
    )
}

pub fn ratings(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    lines(
        tx,
        "SELECT first_name, is_good FROM ratings JOIN users ON users.id = ratings.user_id
         ORDER BY generation_id",
        |row| {
            let word = if row.flag("is_good")? { "good" } else { "bad" };
            Ok(format!("{}: {word}", row.text("first_name")?))
        },
    )
}
