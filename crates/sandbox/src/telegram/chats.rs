//! One chat, private or a group's, as its people see it: what is in it now, and what happened since they looked.

use super::memory::text;
use super::people::Person;
use super::stars::Invoice;
use super::text::to_html;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Older messages are forgotten: the log is a window, not an archive.
const MESSAGES_MAX: usize = 500;
const SEEN_MAX: usize = 500;
const WATCHER_BACKLOG: usize = 512;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum By {
    Person,
    Bot,
    /// A service message: a payment, a refund.
    Telegram,
}

/// A message, kept as the text of its wire form: most are only ever sent on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: i64,
    /// Seconds since the epoch.
    pub(crate) date: i64,
    pub(crate) by: By,
    pub(crate) is_edited: bool,
    #[serde(with = "text")]
    pub(crate) wire: Arc<str>,
    pub(crate) invoice: Option<Box<Invoice>>,
}

impl Message {
    pub(crate) fn new(by: By, wire: &Value) -> Message {
        Message {
            id: wire["message_id"].as_i64().unwrap_or(0),
            date: wire["date"].as_i64().unwrap_or(0),
            by,
            is_edited: false,
            wire: wire.to_string().into(),
            invoice: None,
        }
    }

    pub(crate) fn wire(&self) -> Value {
        serde_json::from_str(&self.wire).expect("we wrote it ourselves")
    }

    /// The message for the page: with `html`, `outgoing` and `edited` beside Telegram's fields.
    pub(crate) fn shown(&self) -> Value {
        let mut shown = self.wire();
        let none = Vec::new();
        let html = ["text", "caption"].into_iter().find_map(|name| {
            let marks = if name == "text" { "entities" } else { "caption_entities" };
            let text = shown[name].as_str()?;
            Some(to_html(text, shown[marks].as_array().unwrap_or(&none)))
        });
        shown["html"] = json!(html.unwrap_or_default());
        shown["outgoing"] = json!(self.by == By::Person);
        shown["edited"] = json!(self.is_edited);
        shown
    }
}

/// What a person saw happen in a chat with a bot. Their own messages aren't in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    Message(Value),
    Edited(Value),
    Deleted(Vec<i64>),
    Action(String),
    /// The answer to a press, or why a payment failed (always an alert).
    Answer {
        text: Option<String>,
        alert: bool,
    },
    /// A `ReplyKeyboardMarkup`, or null when the keyboard was taken away.
    ReplyKeyboard(Value),
}

#[derive(Debug, Clone)]
pub(crate) enum Event {
    Message(Message),
    Edited(Message),
    Deleted(Vec<i64>),
    Action(String),
    Answer { text: Option<String>, alert: bool, query: String },
    ReplyKeyboard(Value),
    Paid { message_id: i64, error: Option<String> },
}

impl Event {
    pub(crate) fn wire(&self) -> Value {
        match self {
            Event::Message(it) => json!({ "kind": "message", "message": it.shown() }),
            Event::Edited(it) => json!({ "kind": "edited", "message": it.shown() }),
            Event::Deleted(ids) => json!({ "kind": "deleted", "message_ids": ids }),
            Event::Action(action) => json!({ "kind": "action", "action": action }),
            Event::Answer { text, alert, query } => json!({
                "kind": "answer",
                "text": text,
                "show_alert": alert,
                "callback_query_id": query,
            }),
            Event::ReplyKeyboard(it) => json!({ "kind": "reply_keyboard", "reply_keyboard": it }),
            Event::Paid { message_id, error } => json!({
                "kind": "paid",
                "message_id": message_id,
                "ok": error.is_none(),
                "error": error,
            }),
        }
    }

    fn seen(self) -> Option<Seen> {
        Some(match self {
            Event::Message(it) if it.by == By::Person => return None,
            Event::Message(it) => Seen::Message(it.shown()),
            Event::Edited(it) => Seen::Edited(it.shown()),
            Event::Deleted(ids) => Seen::Deleted(ids),
            Event::Action(action) => Seen::Action(action),
            Event::Answer { text, alert, .. } => Seen::Answer { text, alert },
            Event::ReplyKeyboard(keyboard) => Seen::ReplyKeyboard(keyboard),
            Event::Paid { error: None, .. } => return None,
            Event::Paid { error, .. } => Seen::Answer { text: error, alert: true },
        })
    }
}

/// What a chat is after a restart; its person is known by number, a group by its title as well.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptChat {
    pub(crate) person: i64,
    pub(crate) title: String,
    has_begun: bool,
    is_blocked: bool,
    reply_keyboard: Value,
    messages: VecDeque<Message>,
}

impl KeptChat {
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }
}

pub(crate) struct Chat {
    pub(crate) person: Arc<Person>,
    /// A bot may write only to those who wrote first.
    pub(crate) has_begun: bool,
    pub(crate) is_blocked: bool,
    pub(crate) reply_keyboard: Value,
    /// By id, ascending.
    messages: VecDeque<Message>,
    seen: VecDeque<Event>,
    watchers: Option<broadcast::Sender<Event>>,
}

impl Chat {
    pub(crate) fn new(person: Arc<Person>) -> Chat {
        Chat {
            person,
            has_begun: false,
            is_blocked: false,
            reply_keyboard: Value::Null,
            messages: VecDeque::new(),
            seen: VecDeque::new(),
            watchers: None,
        }
    }

    pub(crate) fn restored(kept: &KeptChat, person: Arc<Person>) -> Chat {
        Chat {
            has_begun: kept.has_begun,
            is_blocked: kept.is_blocked,
            reply_keyboard: kept.reply_keyboard.clone(),
            messages: kept.messages.clone(),
            ..Chat::new(person)
        }
    }

    pub(crate) fn kept(&self) -> KeptChat {
        KeptChat {
            person: self.person.id,
            title: self.person.first_name.clone(),
            has_begun: self.has_begun,
            is_blocked: self.is_blocked,
            reply_keyboard: self.reply_keyboard.clone(),
            messages: self.messages.clone(),
        }
    }

    /// Adds a message at the end. Its id must be greater than all before it.
    pub(crate) fn push(&mut self, message: Message) {
        if self.messages.len() == MESSAGES_MAX {
            self.messages.pop_front();
        }
        self.messages.push_back(message.clone());
        self.show(Event::Message(message));
    }

    pub(crate) fn find(&self, id: i64) -> Option<&Message> {
        self.place(id).map(|at| &self.messages[at])
    }

    /// A message as a reply quotes it: without what it replied to itself.
    pub(crate) fn quoted(&self, id: i64) -> Option<Value> {
        let mut wire = self.find(id)?.wire();
        if let Some(fields) = wire.as_object_mut() {
            fields.remove("reply_to_message");
        }
        Some(wire)
    }

    pub(crate) fn replace(&mut self, message: Message) {
        if let Some(at) = self.place(message.id) {
            self.messages[at] = message.clone();
            self.show(Event::Edited(message));
        }
    }

    /// Changes what is known of a message without anything to see.
    pub(crate) fn replace_quietly(&mut self, message: Message) {
        if let Some(at) = self.place(message.id) {
            self.messages[at] = message;
        }
    }

    /// Takes the messages away and tells the person, when there were any.
    pub(crate) fn delete(&mut self, ids: &[i64]) {
        let mut gone = Vec::new();
        for id in ids {
            if let Some(at) = self.place(*id) {
                self.messages.remove(at);
                gone.push(*id);
            }
        }
        if !gone.is_empty() {
            self.show(Event::Deleted(gone));
        }
    }

    fn place(&self, id: i64) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |it| it.id).ok()
    }

    pub(crate) fn show(&mut self, event: Event) {
        if let Some(watchers) = &self.watchers
            && watchers.send(event.clone()).is_err()
        {
            self.watchers = None;
        }
        if self.seen.len() == SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(event);
    }

    pub(crate) fn watch(&mut self) -> broadcast::Receiver<Event> {
        match &self.watchers {
            Some(watchers) => watchers.subscribe(),
            None => {
                let (watchers, receiver) = broadcast::channel(WATCHER_BACKLOG);
                self.watchers = Some(watchers);
                receiver
            }
        }
    }

    pub(crate) fn take_seen(&mut self) -> Vec<Event> {
        self.seen.drain(..).collect()
    }

    /// The last messages, as cheap copies, so that they are read after the lock is gone.
    pub(crate) fn last(&self, most: usize) -> Vec<Message> {
        let skipped = self.messages.len().saturating_sub(most);
        self.messages.iter().skip(skipped).cloned().collect()
    }
}

pub(crate) fn into_seen(events: Vec<Event>) -> Vec<Seen> {
    events.into_iter().filter_map(Event::seen).collect()
}
