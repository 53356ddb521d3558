//! Whether customers who write are read: a support chat that the bot can write to, or owners.

use frankenstein::AsyncTelegramApi;
use frankenstein::response::MethodResponse;
use serde::Deserialize;
use serde_json::json;

use super::Finding;
use crate::bot::telegram::{Telegram, TelegramError};
use crate::config::{Bot, Config};

/// As much of a chat as people know it by.
#[derive(Debug, Deserialize)]
struct Chat {
    title: Option<String>,
    first_name: Option<String>,
}

/// What a chat is called. `getChat` answers only a bot that is in it, so it says that as well.
pub async fn title(line: &Telegram, chat: i64) -> Result<String, TelegramError> {
    let found: MethodResponse<Chat> =
        line.request("getChat", Some(&json!({ "chat_id": chat }))).await?;
    Ok(found.result.title.or(found.result.first_name).unwrap_or_default())
}

pub(super) async fn check(config: &Config, bot: &Bot, line: &Telegram) -> Finding {
    let name = &bot.name;
    let Some(chat) = bot.feedback_chat.or(config.feedback.chat) else {
        return Finding::Note(match bot.owners.len() {
            0 => format!(
                "bot `{name}` has neither a support chat (ADMIN_FEEDBACK_CHAT_ID) nor owners: what \
                 its customers write is read by nobody"
            ),
            _ => format!(
                "bot `{name}` has no support chat (ADMIN_FEEDBACK_CHAT_ID): what its customers \
                 write goes to its owners"
            ),
        });
    };
    match title(line, chat).await {
        Ok(title) => {
            Finding::Good(format!("bot `{name}` shows what customers write in “{title}” ({chat})"))
        }
        Err(error) => Finding::Broken(format!(
            "bot `{name}` can't get at its support chat {chat}: {error}; add the bot to the group, \
             and mind that a group's number changes when it becomes a supergroup"
        )),
    }
}
