//! Words, or files that Telegram has already, to a chat: what goes between customers and those
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
    /// Several are an album, of photos and videos only and without a button.
    pub files: &'a [Attached],
    /// The message that it answers. If that is gone, it goes all the same.
    pub replies_to: Option<i64>,
    /// A label and what its button carries.
    pub button: Option<(&'a str, &'a str)>,
}

/// Gives the number of each message.
pub async fn send(bot: &Bot, note: &Note<'_>) -> Result<Vec<i64>, TelegramError> {
    let (method, params) = call(note);
    if let [_, _, ..] = note.files {
        let sent: MethodResponse<Vec<MessageId>> =
            bot.telegram.request(method, Some(&params)).await?;
        return Ok(sent.result.iter().map(|it| i64::from(it.message_id)).collect());
    }
    let sent: MethodResponse<MessageId> = bot.telegram.request(method, Some(&params)).await?;
    Ok(vec![i64::from(sent.result.message_id)])
}

fn call(note: &Note<'_>) -> (&'static str, Value) {
    let mut params = json!({ "chat_id": note.chat, "parse_mode": "HTML" });
    let method = match note.files {
        [] => {
            params["text"] = note.text.into();
            params["link_preview_options"] = json!({ "is_disabled": true });
            "sendMessage"
        }
        [file] => {
            params["caption"] = note.text.into();
            params[file.kind.as_str()] = file.file_id.as_str().into();
            match file.kind {
                FileKind::Document => "sendDocument",
                FileKind::Photo => "sendPhoto",
                FileKind::Video => "sendVideo",
            }
        }
        album => {
            params["media"] = album
                .iter()
                .map(|it| json!({ "type": it.kind.as_str(), "media": it.file_id }))
                .collect();
            params["media"][0]["caption"] = note.text.into();
            params["media"][0]["parse_mode"] = "HTML".into();
            "sendMediaGroup"
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
