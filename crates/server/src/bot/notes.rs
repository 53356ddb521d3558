//! Words, or one file that Telegram has already, to a chat: what goes between customers and those
//! who answer them. No byte of such a file comes to us.

use domain::feedback::{Attached, FileKind};
use frankenstein::AsyncTelegramApi;
use frankenstein::response::MethodResponse;
use frankenstein::types::MessageId;
use serde_json::{Value, json};

use crate::bot::Bot;
use crate::bot::telegram::TelegramError;

#[derive(Clone, Debug)]
pub struct Note<'a> {
    pub chat: i64,
    /// Telegram's HTML. With a file it is the caption.
    pub text: &'a str,
    pub file: Option<&'a Attached>,
    /// The message that it answers. If that is gone, it goes all the same.
    pub replies_to: Option<i64>,
    /// A label and what its button carries.
    pub button: Option<(&'a str, &'a str)>,
}

/// Gives the message's number.
pub async fn send(bot: &Bot, note: &Note<'_>) -> Result<i64, TelegramError> {
    let (method, params) = call(note);
    let sent: MethodResponse<MessageId> = bot.telegram.request(method, Some(&params)).await?;
    Ok(i64::from(sent.result.message_id))
}

fn call(note: &Note<'_>) -> (&'static str, Value) {
    let mut params = json!({ "chat_id": note.chat, "parse_mode": "HTML" });
    let method = match note.file {
        None => {
            params["text"] = note.text.into();
            params["link_preview_options"] = json!({ "is_disabled": true });
            "sendMessage"
        }
        Some(file) => {
            params["caption"] = note.text.into();
            params[file.kind.as_str()] = file.file_id.as_str().into();
            match file.kind {
                FileKind::Document => "sendDocument",
                FileKind::Photo => "sendPhoto",
                FileKind::Video => "sendVideo",
            }
        }
    };
    if let Some(message) = note.replies_to {
        params["reply_parameters"] =
            json!({ "message_id": message, "allow_sending_without_reply": true });
    }
    if let Some((label, press)) = note.button {
        params["reply_markup"] =
            json!({ "inline_keyboard": [[{ "text": label, "callback_data": press }]] });
    }
    (method, params)
}
