//! What people do in their chats: they write, send files, press, and block.

use super::chats::{By, Chat, Event, Message, Seen, into_seen};
use super::files::{As, Said};
use super::mail::{KEPT, KEPT_QUERY, Lane};
use super::params::Upload;
use super::people::{Bot, Person};
use super::text::{Styled, units, write_styled};
use super::{Telegram, groups, markup::Markup};
use axum::body::Bytes;
use serde_json::{Value, json};
use std::sync::Arc;

const TEXT_UNITS_MAX: usize = 4_096;
const CAPTION_UNITS_MAX: usize = 1_024;
const ALBUM_MAX: usize = 10;

/// Files of one kind, and what goes with them.
pub(crate) struct Sending<'a> {
    pub(crate) caption: Option<&'a str>,
    pub(crate) files: Vec<(String, String, Bytes)>,
    pub(crate) said: &'a Said,
    /// The message that they reply to.
    pub(crate) replied: Option<i64>,
}

impl Telegram {
    /// A person writes to a bot. A text that is too long becomes several messages, as every
    /// Telegram app does it. Gives the ids of the messages.
    pub fn say(&self, bot: i64, person: i64, text: &str) -> Result<Vec<i64>, String> {
        self.say_to(bot, person, text, None)
    }

    /// The same in any chat that the page shows, as a reply to a message.
    pub fn say_to(
        &self,
        bot: i64,
        chat: i64,
        text: &str,
        replied: Option<i64>,
    ) -> Result<Vec<i64>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("an empty message can't be sent".into());
        }
        let (bot, chat) = self.bot_and_chat(bot, chat)?;
        let mut chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let mut sent = Vec::new();
        for piece in pieces(text) {
            let mut wire = self.outgoing(&bot, &chat, self.writer(&chat), replied)?;
            write_styled(&mut wire, &plain(piece), "text", "entities");
            sent.push(self.take_in(&bot, &mut chat, By::Person, &wire));
        }
        Ok(sent)
    }

    /// A person changes what they wrote.
    pub fn edit(&self, bot: i64, person: i64, message_id: i64, text: &str) -> Result<(), String> {
        let text = text.trim();
        if text.is_empty() || units(text) > TEXT_UNITS_MAX {
            return Err(format!("a message has 1 to {TEXT_UNITS_MAX} characters"));
        }
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let mut chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let message = chat.find(message_id).ok_or("there is no such message")?.clone();
        let mut wire = message.wire();
        if message.by != By::Person || wire.get("text").is_none() {
            return Err("only one's own text can be changed".into());
        }
        write_styled(&mut wire, &plain(text), "text", "entities");
        wire["edit_date"] = json!(self.now() / 1_000);
        let body: Arc<str> = wire.to_string().into();
        chat.replace(Message { is_edited: true, wire: body.clone(), ..message });
        self.post(&bot, "edited_message", &body, Lane::Messages(person), KEPT);
        Ok(())
    }

    /// Sends a bot an update of any kind, also of one that nobody has heard of. It is not asked
    /// whether the bot wants that kind.
    pub fn post_raw(&self, bot: i64, person: i64, kind: &str, body: &Value) -> Result<(), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let now = self.now();
        let mut mail = bot.mail.lock().expect("no panic under this lock");
        mail.post(kind, &body.to_string(), Lane::Others(person), now, now + KEPT, 1);
        drop(mail);
        self.changed();
        bot.posted.notify_waiters();
        self.woken.notify_one();
        Ok(())
    }

    /// A person sends files: several photos, videos, documents or sounds of one kind become
    /// albums of up to ten, with the caption on the first.
    pub fn send(
        &self,
        bot: i64,
        person: i64,
        kind: As,
        caption: Option<&str>,
        files: Vec<(String, String, Bytes)>,
    ) -> Result<Vec<i64>, String> {
        self.send_said(bot, person, kind, caption, files, &Said::default())
    }

    /// The same with what their app says of each file: how long it plays, how large it is.
    pub fn send_said(
        &self,
        bot: i64,
        person: i64,
        kind: As,
        caption: Option<&str>,
        files: Vec<(String, String, Bytes)>,
        said: &Said,
    ) -> Result<Vec<i64>, String> {
        self.send_to(bot, person, kind, Sending { caption, files, said, replied: None })
    }

    /// The same in any chat that the page shows.
    pub(crate) fn send_to(
        &self,
        bot: i64,
        chat: i64,
        kind: As,
        sending: Sending<'_>,
    ) -> Result<Vec<i64>, String> {
        let Sending { caption, files, said, replied } = sending;
        let caption = caption.map(str::trim).filter(|it| !it.is_empty());
        if files.is_empty() {
            return Err("there is no file in it".into());
        }
        if caption.is_some_and(|it| units(it) > CAPTION_UNITS_MAX) {
            return Err(format!("a caption has at most {CAPTION_UNITS_MAX} characters"));
        }
        let (bot, chat) = self.bot_and_chat(bot, chat)?;
        let mut kept = Vec::new();
        for (name, mime, bytes) in files {
            if bytes.is_empty() {
                return Err(format!("{name} is empty, and Telegram doesn't send empty files"));
            }
            if matches!(kind, As::Photo | As::Sticker) && super::pictures::measure(&bytes).is_none()
            {
                return Err(format!("{name} can't be read as a picture; send it as a file"));
            }
            let upload = Upload { name, mime: Some(mime).filter(|it| !it.is_empty()), bytes };
            kept.push(self.files.keep(bot.id, kind, &upload, said.clone(), None)?);
        }
        let mut chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let mut sent = Vec::new();
        let groups = !matches!(kind, As::Voice | As::Sticker);
        for album in kept.chunks(if groups { ALBUM_MAX } else { 1 }) {
            let group = (album.len() > 1).then(|| bot.ids.number().to_string());
            for media in album {
                let mut wire = self.outgoing(&bot, &chat, self.writer(&chat), replied)?;
                wire[kind.field()] = media.wire();
                if let Some(group) = &group {
                    wire["media_group_id"] = json!(group);
                }
                if let Some(caption) = caption.filter(|_| sent.is_empty() && groups) {
                    write_styled(&mut wire, &plain(caption), "caption", "caption_entities");
                }
                sent.push(self.take_in(&bot, &mut chat, By::Person, &wire));
            }
        }
        Ok(sent)
    }

    /// A person presses an inline button. The button must be there, unless the press is forged,
    /// as a changed app could do it. Gives the id of the callback query.
    pub fn press(
        &self,
        bot: i64,
        person: i64,
        message_id: i64,
        data: &str,
        forged: bool,
    ) -> Result<String, String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let found = chat.find(message_id);
        if !forged {
            let message = found.ok_or("there is no such message")?.wire();
            if !has_button(&message, data) {
                return Err("there is no such button on that message".into());
            }
        }
        let message = match found {
            Some(message) => message.wire.to_string(),
            // An old message: only where it was is still known (`InaccessibleMessage`).
            None => json!({ "chat": chat.person.chat(), "message_id": message_id, "date": 0 })
                .to_string(),
        };
        let id = bot.ids.number().to_string();
        let instance = super::ids::mix(self.salt ^ super::ids::mix((bot.id ^ person) as u64));
        let body = format!(
            "{{\"id\":\"{id}\",\"from\":{},\"message\":{message},\"chat_instance\":\"{}\",\
             \"data\":{}}}",
            self.writer(&chat).user(),
            instance as i64,
            json!(data),
        );
        let now = self.now();
        bot.books.lock().expect("no panic under this lock").press(id.clone(), person, now);
        self.post(&bot, "callback_query", &body, Lane::Presses(person), KEPT_QUERY);
        Ok(id)
    }

    /// A person blocks a bot, or takes it back.
    pub fn block(&self, bot: i64, person: i64, blocked: bool) -> Result<(), String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let mut chat = chat.lock().expect("no panic under this lock");
        if chat.is_blocked == blocked {
            return Ok(());
        }
        chat.is_blocked = blocked;
        let member = |is_out: bool| {
            if is_out {
                json!({ "status": "kicked", "user": bot.user(), "until_date": 0 })
            } else {
                json!({ "status": "member", "user": bot.user() })
            }
        };
        let body = json!({
            "chat": chat.person.chat(),
            "from": chat.person.user(),
            "date": self.now() / 1_000,
            "old_chat_member": member(!blocked),
            "new_chat_member": member(blocked),
        });
        self.post(&bot, "my_chat_member", &body.to_string(), Lane::Membership(person), KEPT);
        Ok(())
    }

    /// The messages that a person has before them now, as the page gets them.
    pub fn messages(&self, bot: i64, person: i64) -> Vec<Value> {
        let Ok((_, chat)) = self.bot_and_chat(bot, person) else { return Vec::new() };
        let messages = chat.lock().expect("no panic under this lock").last(usize::MAX);
        messages.iter().map(Message::shown).collect()
    }

    /// What a person saw since they were last asked, in order; their own messages aren't in it.
    pub fn take_seen(&self, bot: i64, person: i64) -> Vec<Seen> {
        let Ok((_, chat)) = self.bot_and_chat(bot, person) else { return Vec::new() };
        let events = chat.lock().expect("no panic under this lock").take_seen();
        into_seen(events)
    }

    /// The beginning of a message from somebody, with the message that it replies to.
    pub(super) fn outgoing(
        &self,
        bot: &Bot,
        chat: &Chat,
        from: &Person,
        replied: Option<i64>,
    ) -> Result<Value, String> {
        let replied = replied.map(|id| chat.quoted(id).ok_or("there is no such message"));
        let mut wire = json!({
            "message_id": bot.next_message_id(),
            "date": self.now() / 1_000,
            "from": from.user(),
            "chat": chat.person.chat(),
        });
        if let Some(replied) = replied.transpose()? {
            wire["reply_to_message"] = replied;
        }
        Ok(wire)
    }

    /// Puts a message that isn't the bot's into the chat, and sends the bot its update, if it may
    /// hear it.
    pub(super) fn take_in(&self, bot: &Bot, chat: &mut Chat, by: By, wire: &Value) -> i64 {
        let message = Message::new(by, wire);
        let (id, body) = (message.id, message.wire.clone());
        chat.has_begun = true;
        chat.push(message);
        if chat.person.id > 0 || (!chat.is_blocked && groups::is_for(bot, wire)) {
            self.post(bot, "message", &body, Lane::Messages(chat.person.id), KEPT);
        }
        self.changed();
        id
    }

    /// Lets the person see what a message did to their own keyboard.
    pub(super) fn show_keyboard(chat: &mut Chat, markup: &Markup) {
        let keyboard = match markup {
            Markup::Keyboard(keyboard) => keyboard.clone(),
            Markup::Remove if !chat.reply_keyboard.is_null() => Value::Null,
            Markup::None | Markup::Inline(_) | Markup::Remove | Markup::ForceReply => return,
        };
        chat.reply_keyboard = keyboard.clone();
        chat.show(Event::ReplyKeyboard(keyboard));
    }
}

pub(super) fn writable(chat: &Chat) -> Result<(), String> {
    // Whoever is in a group writes there, whether the bot still is or not.
    if chat.is_blocked && chat.person.id > 0 {
        return Err("the bot is blocked; take that back first".into());
    }
    Ok(())
}

fn plain(text: &str) -> Styled {
    Styled { text: text.to_owned(), entities: Vec::new() }
}

fn has_button(message: &Value, data: &str) -> bool {
    let rows = message["reply_markup"]["inline_keyboard"].as_array();
    let mut buttons = rows.into_iter().flatten().filter_map(Value::as_array).flatten();
    buttons.any(|button| button["callback_data"].as_str() == Some(data))
}

/// Cuts a text where a message must end: at a blank near the limit, or at the limit.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while units(rest) > TEXT_UNITS_MAX {
        let (mut seen, mut end, mut blank) = (0, 0, None);
        for (at, letter) in rest.char_indices() {
            if seen + letter.len_utf16() > TEXT_UNITS_MAX {
                break;
            }
            seen += letter.len_utf16();
            end = at + letter.len_utf8();
            if letter.is_whitespace() {
                blank = Some(at);
            }
        }
        let cut = blank.filter(|at| *at > end / 2).unwrap_or(end);
        pieces.push(rest[..cut].trim_end());
        rest = rest[cut..].trim_start();
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}
