//! Groups: chats of several people with a bot in them, as those who answer for a bot have them.
//!
//! Written from the Bot API's description (10.3, "Privacy mode"): of what people say in a group a
//! bot hears replies to its own messages and commands, and nothing else. Known quirks: a group is a
//! supergroup from its beginning, nobody joins or leaves it but bots, and each bot has the group to
//! itself: what another one says there isn't seen.

use super::Telegram;
use super::chats::{By, Chat};
use super::files::{As, Said};
use super::params::Upload;
use super::people::{Bot, Person};
use super::text::{Styled, write_styled};
use axum::body::Bytes;
use serde_json::{Value, json};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

/// The one before the first of the people.
const COLLEAGUE: i64 = super::FIRST_PERSON - 1;

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
        let mut chats = bot.chats.write().expect("no panic under this lock");
        let chat = chats.entry(group).or_insert_with(|| {
            let chat = Chat::new(Arc::new(whole(group, title)));
            Arc::new(Mutex::new(chat))
        });
        let mut chat = chat.lock().expect("no panic under this lock");
        (chat.has_begun, chat.is_blocked) = (true, false);
        Ok(())
    }

    /// The bot is taken out of a group.
    pub fn remove_from_group(&self, bot: i64, group: i64) -> Result<(), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let chat = bot.chat(group).ok_or("there is no such group")?;
        chat.lock().expect("no panic under this lock").is_blocked = true;
        self.changed();
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
        let mut wire = self.outgoing(&bot, &chat, &person, word.replied)?;
        match file {
            Some((kind, media)) => {
                wire[kind.field()] = media.wire();
                if !text.text.is_empty() {
                    write_styled(&mut wire, &text, "caption", "caption_entities");
                }
            }
            None => write_styled(&mut wire, &text, "text", "entities"),
        }
        Ok(self.take_in(&bot, &mut chat, By::Person, &wire))
    }

    /// Who writes in a chat on the page: its person, or in a group the one who answers there.
    pub(super) fn writer<'a>(&'a self, chat: &'a Chat) -> &'a Person {
        if chat.person.id < 0 { &self.colleague } else { &chat.person }
    }

    /// The groups that a bot is in, as the page wants them.
    pub(super) fn groups_of(&self, bot: &Bot) -> Vec<Value> {
        let chats = bot.chats.read().expect("no panic under this lock");
        let mut ids: Vec<i64> = chats.keys().copied().filter(|id| *id < 0).collect();
        ids.sort_unstable();
        let shown = ids.iter().rev().filter_map(|id| chats.get(id)).map(|chat| {
            let group = chat.lock().expect("no panic under this lock").person.clone();
            json!({ "id": group.id, "title": group.first_name, "as": self.colleague.first_name })
        });
        shown.collect()
    }
}

/// A group, as it stands where a person does.
pub(super) fn whole(id: i64, title: &str) -> Person {
    Person {
        id,
        first_name: title.to_owned(),
        username: String::new(),
        language_code: String::new(),
        stars: AtomicI64::new(0),
    }
}

/// The member of every group that the page speaks as. Their number is nobody else's.
pub(super) fn colleague() -> Person {
    Person {
        id: COLLEAGUE,
        first_name: "Support".to_owned(),
        username: "support".to_owned(),
        language_code: "en".to_owned(),
        stars: AtomicI64::new(0),
    }
}

/// Whether a bot hears what a member says: a reply to one of its messages, or a command that names
/// no other bot.
pub(super) fn is_for(bot: &Bot, message: &Value) -> bool {
    if message["reply_to_message"]["from"]["id"] == bot.id {
        return true;
    }
    let text = message["text"].as_str().unwrap_or_default();
    let Some(command) = text.strip_prefix('/') else { return false };
    let named = command.split_whitespace().next().and_then(|it| it.split_once('@'));
    named.is_none_or(|(_, name)| name.eq_ignore_ascii_case(&bot.username))
}
