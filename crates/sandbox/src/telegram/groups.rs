//! Groups: chats of several people with a bot in them, as those who answer for a bot have them.
//!
//! Written from the Bot API's description (10.3, "Privacy mode"): of what people say in a group a
//! bot hears replies to its own messages and commands, and nothing else. Known quirks: a group is a
//! supergroup from its beginning, and nobody joins or leaves it but bots.

use super::Telegram;
use super::chats::{By, Chat};
use super::files::{As, Said};
use super::mail::{KEPT, Lane};
use super::params::Upload;
use super::people::Person;
use super::text::{Styled, write_styled};
use axum::body::Bytes;
use serde_json::json;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

/// Something that somebody says in a group, or as a reply.
#[derive(Debug, Clone, Default)]
pub struct Word {
    pub text: String,
    /// How it is sent, its name, its type and its bytes; the text is its caption.
    pub file: Option<(As, (String, String, Bytes))>,
    /// The message that it replies to.
    pub replied: Option<i64>,
}

impl Telegram {
    /// A group is there, and the bot is a member of it.
    pub fn add_to_group(&self, bot: i64, group: i64, title: &str) -> Result<(), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        if 0 <= group {
            return Err("a group's id is below zero".into());
        }
        let whole = Person {
            id: group,
            first_name: title.to_owned(),
            username: String::new(),
            language_code: String::new(),
            stars: AtomicI64::new(0),
        };
        let mut chats = bot.chats.write().expect("no panic under this lock");
        let chat =
            chats.entry(group).or_insert_with(|| Arc::new(Mutex::new(Chat::new(Arc::new(whole)))));
        let mut chat = chat.lock().expect("no panic under this lock");
        (chat.has_begun, chat.is_blocked) = (true, false);
        Ok(())
    }

    /// The bot is taken out of a group.
    pub fn remove_from_group(&self, bot: i64, group: i64) -> Result<(), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let chat = bot.chat(group).ok_or("there is no such group")?;
        chat.lock().expect("no panic under this lock").is_blocked = true;
        Ok(())
    }

    /// Somebody says something: in a group, or in their own chat, whose id is theirs. Gives the
    /// message's id.
    pub fn speak(&self, bot: i64, chat: i64, person: i64, word: Word) -> Result<i64, String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let person = self.person(person).ok_or("there is no such person")?;
        let chat = bot.chat(chat).ok_or("there is no such chat")?;
        let text = Styled { text: word.text.trim().to_owned(), entities: Vec::new() };
        let file = match word.file {
            Some((kind, (name, mime, bytes))) => {
                let upload = Upload { name, mime: Some(mime).filter(|it| !it.is_empty()), bytes };
                Some((kind, self.files.keep(bot.id, kind, &upload, Said::default(), None)?))
            }
            None if text.text.is_empty() => return Err("an empty message can't be sent".into()),
            None => None,
        };
        let mut chat = chat.lock().expect("no panic under this lock");
        let mut wire = json!({
            "message_id": bot.next_message_id(),
            "date": self.now() / 1_000,
            "from": person.user(),
            "chat": chat.person.chat(),
        });
        match file {
            Some((kind, media)) => {
                wire[kind.field()] = media.wire();
                if !text.text.is_empty() {
                    write_styled(&mut wire, &text, "caption", "caption_entities");
                }
            }
            None => write_styled(&mut wire, &text, "text", "entities"),
        }
        let mut is_for_bot = 0 < chat.person.id || text.text.starts_with('/');
        if let Some(id) = word.replied {
            let replied = chat.find(id).ok_or("there is no such message")?;
            is_for_bot |= replied.by == By::Bot;
            let mut replied = replied.wire();
            if let Some(fields) = replied.as_object_mut() {
                fields.remove("reply_to_message");
            }
            wire["reply_to_message"] = replied;
        }
        let message = super::chats::Message::new(By::Person, &wire);
        let (id, body) = (message.id, message.wire.clone());
        chat.push(message);
        if is_for_bot && !chat.is_blocked {
            self.post(&bot, "message", &body, Lane::Messages(chat.person.id), KEPT);
        }
        Ok(id)
    }
}
