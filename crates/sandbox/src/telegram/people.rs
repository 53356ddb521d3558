//! The people who talk to the bots, and the bots that they talk to.

use super::chats::Chat;
use super::ids::Ids;
use super::mail::Mail;
use super::stars::Books;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::Notify;

/// A made-up person, the same one for every bot.
#[derive(Serialize, Deserialize)]
pub struct Person {
    pub id: i64,
    pub first_name: String,
    pub username: String,
    pub language_code: String,
    pub(crate) stars: AtomicI64,
}

impl Person {
    pub fn stars(&self) -> i64 {
        self.stars.load(Ordering::Relaxed)
    }

    /// `User` of the Bot API.
    pub(crate) fn user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": false,
            "first_name": self.first_name,
            "username": self.username,
            "language_code": self.language_code,
        })
    }

    /// `Chat` of the Bot API: a private chat is numbered as its person. A group stands where a
    /// person does, with a number below zero.
    pub(crate) fn chat(&self) -> Value {
        if self.id < 0 {
            return json!({ "id": self.id, "type": "supergroup", "title": self.first_name });
        }
        json!({
            "id": self.id,
            "type": "private",
            "first_name": self.first_name,
            "username": self.username,
        })
    }
}

/// A bot with all that Telegram keeps for it.
///
/// Locks are taken in this order and never held across a wait: a chat, then `books`, then `mail`.
pub(crate) struct Bot {
    pub(crate) id: i64,
    pub(crate) username: String,
    pub(crate) first_name: String,
    /// Nothing once it is revoked.
    pub(crate) token: RwLock<Option<String>>,
    pub(crate) chats: RwLock<HashMap<i64, Arc<Mutex<Chat>>>>,
    pub(crate) commands: RwLock<HashMap<(String, String), Vec<Value>>>,
    pub(crate) books: Mutex<Books>,
    pub(crate) mail: Mutex<Mail>,
    /// Told when there is a new update, for those who wait in `getUpdates`.
    pub(crate) posted: Notify,
    pub(crate) ids: Ids,
    pub(crate) last_message_id: AtomicI64,
}

impl Bot {
    /// `User` of the Bot API, as others see it.
    pub(crate) fn user(&self) -> Value {
        json!({
            "id": self.id,
            "is_bot": true,
            "first_name": self.first_name,
            "username": self.username,
        })
    }

    pub(crate) fn chat(&self, person: i64) -> Option<Arc<Mutex<Chat>>> {
        self.chats.read().expect("no panic under this lock").get(&person).cloned()
    }

    pub(crate) fn next_message_id(&self) -> i64 {
        self.last_message_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// The commands that a person, or a group, is offered: the narrowest scope, their language first.
    pub(crate) fn commands_for(&self, person: &Person) -> Vec<Value> {
        let commands = self.commands.read().expect("no panic under this lock");
        let all = if person.id < 0 { "all_group_chats" } else { "all_private_chats" };
        let scopes = [format!("chat:{}", person.id), all.into(), "default".into()];
        for scope in scopes {
            for language in [person.language_code.as_str(), ""] {
                if let Some(found) = commands.get(&(scope.clone(), language.to_owned())) {
                    return found.clone();
                }
            }
        }
        Vec::new()
    }
}
