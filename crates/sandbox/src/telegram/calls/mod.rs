//! The methods of the Bot API, and what they have in common.

mod commands;
mod edits;
mod known;
mod media;
mod messages;
mod queries;
mod stars;
mod updates;

pub(crate) use known::is_known;

use super::Telegram;
use super::chats::{By, Chat, Message};
use super::markup::Markup;
use super::params::Params;
use super::people::Bot;
use super::refusal::Refusal;
use super::stars::Invoice;
use super::text::{Styled, parse, units};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub(super) const TEXT_UNITS_MAX: usize = 4_096;
pub(super) const CAPTION_UNITS_MAX: usize = 1_024;

/// One call of a method by a bot.
pub(crate) struct Call<'a> {
    pub(crate) telegram: &'a Telegram,
    pub(crate) bot: &'a Arc<Bot>,
    pub(crate) params: Params,
    pub(crate) now: i64,
}

/// What a call came to.
pub(crate) struct Done {
    /// JSON.
    pub(crate) result: String,
    pub(crate) note: Option<&'static str>,
}

impl Done {
    fn value(value: &Value) -> Done {
        Done { result: value.to_string(), note: None }
    }

    fn yes() -> Done {
        Done { result: "true".into(), note: None }
    }

    fn message(message: &Message) -> Done {
        Done { result: message.wire.to_string(), note: None }
    }
}

pub(crate) type Outcome = Result<Done, Refusal>;

/// Carries a call out. The name is in lower case.
pub(crate) async fn run(call: Call<'_>, method: &str) -> Outcome {
    match method {
        "getupdates" => call.get_updates().await,
        "setwebhook" => call.set_webhook(),
        "deletewebhook" => call.delete_webhook(),
        "getwebhookinfo" => call.webhook_info(),
        "getme" => call.get_me(),
        "sendmessage" => call.send_message(),
        "sendphoto" => call.send_file(super::As::Photo),
        "senddocument" => call.send_file(super::As::Document),
        "sendvideo" => call.send_file(super::As::Video),
        "sendaudio" => call.send_file(super::As::Audio),
        "sendvoice" => call.send_file(super::As::Voice),
        "sendmediagroup" => call.send_media_group(),
        "sendchataction" => call.send_chat_action(),
        "sendinvoice" => call.send_invoice(),
        "editmessagetext" => call.edit_text(),
        "editmessagecaption" => call.edit_caption(),
        "editmessagemedia" => call.edit_media(),
        "editmessagereplymarkup" => call.edit_markup(),
        "deletemessage" => call.delete_message(),
        "deletemessages" => call.delete_messages(),
        "answercallbackquery" => call.answer_press(),
        "answerprecheckoutquery" => call.answer_checkout(),
        "createinvoicelink" => call.create_invoice_link(),
        "refundstarpayment" => call.refund(),
        "getstartransactions" => call.star_transactions(),
        "getmystarbalance" => call.star_balance(),
        "edituserstarsubscription" => call.edit_subscription(),
        "getfile" => call.get_file(),
        "getchat" => call.get_chat(),
        "setmycommands" => call.set_commands(),
        "getmycommands" => call.get_commands(),
        "deletemycommands" => call.delete_commands(),
        _ => Err(Refusal::bad(format!("the sandbox does not emulate {}", known::spelled(method)))),
    }
}

impl Call<'_> {
    /// The chat that the call names, if the bot may know of it.
    fn chat(&self) -> Result<Arc<Mutex<Chat>>, Refusal> {
        let id = self.params.text("chat_id").unwrap_or_default();
        if id.is_empty() {
            return Err(Refusal::bad("chat_id is empty"));
        }
        let unknown = || Refusal::bad("chat not found");
        let id: i64 = id.trim().parse().map_err(|_| unknown())?;
        if let Some(chat) = self.bot.chat(id) {
            return Ok(chat);
        }
        match self.telegram.person(id) {
            Some(_) => Err(Refusal::forbidden("bot can't initiate conversation with a user")),
            None => Err(unknown()),
        }
    }

    fn check_writable(&self, chat: &Chat) -> Result<(), Refusal> {
        if !chat.has_begun {
            return Err(Refusal::forbidden("bot can't initiate conversation with a user"));
        }
        if chat.is_blocked && chat.person.id < 0 {
            return Err(Refusal::forbidden("bot was kicked from the supergroup chat"));
        }
        if chat.is_blocked {
            return Err(Refusal::forbidden("bot was blocked by the user"));
        }
        if self.params.number("message_thread_id").is_some_and(|id| id != 0) {
            return Err(Refusal::bad("message thread not found"));
        }
        if self.params.text("business_connection_id").is_some_and(|id| !id.is_empty()) {
            return Err(Refusal::bad("business connection not found"));
        }
        Ok(())
    }

    fn markup(&self, is_invoice: bool) -> Result<Markup, Refusal> {
        let given = self.params.object("reply_markup")?;
        Markup::read(given.as_deref(), is_invoice)
    }

    /// The beginning of a message of the bot's: everything but what it says.
    fn envelope(&self, chat: &Chat, markup: &Markup) -> Result<Value, Refusal> {
        let mut wire = json!({
            "message_id": 0,
            "date": self.now / 1_000,
            "from": self.bot.user(),
            "chat": chat.person.chat(),
        });
        if self.params.flag("protect_content") {
            wire["has_protected_content"] = json!(true);
        }
        if let Some(effect) = self.params.text("message_effect_id").filter(|it| !it.is_empty()) {
            wire["effect_id"] = json!(effect);
        }
        if let Some(replied) = self.replied(chat)? {
            wire["reply_to_message"] = replied;
        }
        if let Markup::Inline(keyboard) = markup {
            wire["reply_markup"] = keyboard.clone();
        }
        Ok(wire)
    }

    fn replied(&self, chat: &Chat) -> Result<Option<Value>, Refusal> {
        let given = self.params.object("reply_parameters")?;
        let old = self.params.number("reply_to_message_id").filter(|_| given.is_none());
        let (id, may_miss) = match (given.as_deref(), old) {
            (Some(given), _) => {
                let id = given["message_id"].as_i64().unwrap_or(0);
                (id, given["allow_sending_without_reply"] == true)
            }
            (None, Some(id)) => (id, self.params.flag("allow_sending_without_reply")),
            (None, None) => return Ok(None),
        };
        match chat.quoted(id) {
            Some(wire) => Ok(Some(wire)),
            None if may_miss => Ok(None),
            None => Err(Refusal::bad("message to be replied not found")),
        }
    }

    /// Gives a message its number and puts it into the chat.
    fn put(
        &self,
        chat: &mut Chat,
        mut wire: Value,
        markup: &Markup,
        invoice: Option<Invoice>,
    ) -> Message {
        wire["message_id"] = json!(self.bot.next_message_id());
        let invoice = invoice.map(Box::new);
        let message = Message { invoice, ..Message::new(By::Bot, &wire) };
        chat.push(message.clone());
        Telegram::show_keyboard(chat, markup);
        message
    }

    /// A text of the call, parsed; `marks` is the parameter with explicit entities.
    fn styled(&self, name: &str, marks: &str) -> Result<Styled, Refusal> {
        let text = self.params.text(name).unwrap_or_default();
        let mode = self.params.text("parse_mode").unwrap_or_default();
        let given = self.params.list(marks)?;
        parse(&text, &mode, given.as_deref()).map_err(Refusal::bad)
    }

    fn caption(&self) -> Result<Styled, Refusal> {
        let styled = self.styled("caption", "caption_entities")?;
        check_caption(&styled)?;
        Ok(styled)
    }
}

fn check_caption(styled: &Styled) -> Result<(), Refusal> {
    if units(&styled.text) > CAPTION_UNITS_MAX {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(())
}
