//! The Telegram Bot API on loopback, and the people who talk to the bots.
//!
//! Written from the Bot API's description (10.1, with what 10.2 and 10.3 added) and the behaviour
//! of the open Bot API server. Known quirks: photos aren't recompressed, files can't be sent by a
//! web address, no rate limit but the one that a fault sets, and a
//! method that a webhook's answer names isn't carried out. With a folder it is remembered over a
//! restart (`memory`).

mod account;
mod api;
mod calls;
mod chats;
mod faults;
mod files;
mod groups;
mod ids;
mod mail;
mod markup;
mod memory;
mod params;
mod paying;
mod people;
mod pictures;
mod play;
mod posting;
mod refusal;
mod stars;
mod text;

pub use chats::Seen;
pub use faults::{Fault, FaultKind};
pub use files::{As, Said};
pub use groups::Word;
pub use paying::Paying;
pub use people::Person;
pub(crate) use play::Sending;

use crate::Clock;
use chats::{Chat, Event};
use faults::{Circumstances, Faults};
use files::Files;
use ids::{Ids, mix};
use mail::{Lane, Mail};
use memory::{Kept, Memory};
use people::Bot;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, RwLock};
use tokio::sync::{Notify, broadcast};

/// Where files are, in the folder.
const FILES: &str = "telegram-files";
/// Name, username, language.
const FIRST_PEOPLE: [(&str, &str, &str); 3] =
    [("Anna", "anna", "en"), ("Борис", "boris", "ru"), ("Айгерім", "aigerim", "kk")];
const FIRST_STARS: i64 = 5_000;
const FIRST_PERSON: i64 = 501;
/// Update ids go on at least from where the clock is, so that a world begun anew doesn't repeat the
/// ids of the one before it: eight a second, from November 2023, and below 2^31 until 2032.
const UPDATE_IDS_FROM: i64 = 1_700_000_000;
const UPDATE_IDS_A_SECOND: i64 = 8;
/// Bots read numbers of messages as 32 bits with a sign; with four a second that is until 2040.
const MESSAGE_IDS_A_SECOND: i64 = 4;

/// Telegram: its bots, its people, and what they say to each other.
pub struct Telegram {
    clock: Clock,
    salt: u64,
    people: RwLock<BTreeMap<i64, Arc<Person>>>,
    /// Who answers in groups.
    colleague: Person,
    bots: RwLock<BTreeMap<i64, Arc<Bot>>>,
    files: Files,
    /// Where the numbers of messages begin.
    first_message_id: i64,
    faults: Faults,
    /// If there is a folder.
    memory: Option<Memory>,
    /// How long a subscription lasts.
    subscription_seconds: AtomicI64,
    /// Told when there is something to deliver.
    woken: Notify,
}

impl Telegram {
    /// A Telegram with three people in it, or as it was: `dir` is where files and what is to be
    /// remembered over a restart are kept, if not in memory.
    pub fn new(clock: Clock, seed: u64, dir: Option<PathBuf>) -> Telegram {
        // The beginning is part of the salt: a world begun anew makes other ids, also where the
        // seed is the clock.
        let begun = clock() as u64;
        let salt = if dir.is_some() { mix(mix(seed) ^ begun) } else { mix(seed) ^ mix(begun) };
        let (memory, kept) = match dir.as_deref().map(Memory::open) {
            Some((memory, kept)) => (Some(memory), kept),
            None => (None, Kept::default()),
        };
        let files = dir.as_ref().map(|dir| dir.join(FILES));
        // In a world that is begun again in the same folder, a message that a bot remembers must
        // not turn out to be another: as many numbers as people are likely to use in that time.
        let seconds = (clock() / 1_000 - UPDATE_IDS_FROM).max(0);
        let first_message_id = if dir.is_some() { seconds * MESSAGE_IDS_A_SECOND } else { 0 };
        let telegram = Telegram {
            clock,
            salt,
            people: RwLock::new(kept.people.into_iter().map(|it| (it.id, it)).collect()),
            colleague: groups::colleague(),
            bots: RwLock::default(),
            files: Files::new(files, salt ^ 1, kept.files, kept.next_file),
            first_message_id,
            faults: Faults::default(),
            memory,
            subscription_seconds: AtomicI64::new(stars::SUBSCRIPTION_SECONDS),
            woken: Notify::new(),
        };
        if telegram.people().is_empty() {
            for (name, username, language) in FIRST_PEOPLE {
                telegram.join(name, username, language);
            }
        }
        telegram
    }

    fn now(&self) -> i64 {
        (self.clock)()
    }

    /// Makes a bot known by its token, or gives a known one a new token. The id is its number; what
    /// is remembered of a bot with that number is this one's.
    pub fn add_bot(&self, token: &str, username: &str, first_name: &str) -> Result<i64, String> {
        let id = token
            .split_once(':')
            .and_then(|(id, _)| id.parse::<i64>().ok())
            .filter(|id| *id > 0)
            .ok_or("a token is a bot's number, a colon and a secret")?;
        let mut bots = self.bots.write().expect("no panic under this lock");
        if let Some(bot) = bots.get(&id) {
            *bot.token.write().expect("no panic under this lock") = Some(token.to_owned());
            return Ok(id);
        }
        let now = self.now();
        let first = (now / 1_000 - UPDATE_IDS_FROM).max(1) * UPDATE_IDS_A_SECOND;
        let before = self.memory.as_ref().and_then(|it| it.take(id)).unwrap_or_default();
        let last_message_id = self.first_message_id.max(before.last_message_id);
        let bot = Bot {
            id,
            username: username.to_owned(),
            first_name: first_name.to_owned(),
            token: RwLock::new(Some(token.to_owned())),
            chats: RwLock::new(before.chats(self)),
            commands: RwLock::new(before.commands.iter().cloned().collect()),
            books: Mutex::new(before.books.kept()),
            mail: Mutex::new(Mail::new(first, &before.mail, now)),
            posted: Notify::new(),
            ids: Ids::new(self.salt ^ mix(id as u64)),
            last_message_id: AtomicI64::new(last_message_id),
        };
        bots.insert(id, Arc::new(bot));
        Ok(id)
    }

    /// What BotFather's revoking does: every call with this token is refused from now on.
    pub fn revoke(&self, token: &str) {
        if let Some(bot) = self.bot_of(token) {
            *bot.token.write().expect("no panic under this lock") = None;
        }
    }

    pub fn add_person(&self, first_name: &str, language_code: &str) -> Arc<Person> {
        let plain: String =
            first_name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
        let username = if plain.is_empty() { "person" } else { &plain };
        self.join(first_name, username, language_code)
    }

    fn join(&self, first_name: &str, username: &str, language_code: &str) -> Arc<Person> {
        let mut people = self.people.write().expect("no panic under this lock");
        let id = people.last_key_value().map_or(FIRST_PERSON, |(id, _)| id + 1);
        let is_taken = people.len() < 1_000 && people.values().any(|it| it.username == username);
        let username = if is_taken || people.len() >= 1_000 {
            format!("{username}{id}")
        } else {
            username.into()
        };
        let person = Arc::new(Person {
            id,
            first_name: first_name.to_owned(),
            username,
            language_code: language_code.to_owned(),
            stars: AtomicI64::new(FIRST_STARS),
        });
        people.insert(id, person.clone());
        drop(people);
        self.changed();
        person
    }

    pub fn people(&self) -> Vec<Arc<Person>> {
        self.people.read().expect("no panic under this lock").values().cloned().collect()
    }

    pub fn person(&self, id: i64) -> Option<Arc<Person>> {
        self.people.read().expect("no panic under this lock").get(&id).cloned()
    }

    fn bot(&self, id: i64) -> Option<Arc<Bot>> {
        self.bots.read().expect("no panic under this lock").get(&id).cloned()
    }

    fn bots(&self) -> Vec<Arc<Bot>> {
        self.bots.read().expect("no panic under this lock").values().cloned().collect()
    }

    fn bot_of(&self, token: &str) -> Option<Arc<Bot>> {
        let id = token.split_once(':')?.0.parse().ok()?;
        let bot = self.bot(id)?;
        let is_its = bot.token.read().expect("no panic under this lock").as_deref() == Some(token);
        is_its.then_some(bot)
    }

    /// The chat of a person with a bot, which comes to be when it is first looked at, or a group's.
    fn chat(&self, bot: &Bot, person: i64) -> Result<Arc<Mutex<Chat>>, String> {
        if let Some(chat) = bot.chat(person) {
            return Ok(chat);
        }
        let person = self.person(person).ok_or("there is no such person")?;
        let mut chats = bot.chats.write().expect("no panic under this lock");
        let chat = chats.entry(person.id).or_insert_with(|| {
            let chat = Chat::new(person.clone());
            Arc::new(Mutex::new(chat))
        });
        Ok(chat.clone())
    }

    fn bot_and_chat(&self, bot: i64, person: i64) -> Result<(Arc<Bot>, Arc<Mutex<Chat>>), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let chat = self.chat(&bot, person)?;
        Ok((bot, chat))
    }

    /// Sends a bot an update of one kind. `body` is the JSON of that kind's field.
    fn post(&self, bot: &Bot, kind: &str, body: &str, lane: Lane, kept: i64) {
        let now = self.now();
        let mut mail = bot.mail.lock().expect("no panic under this lock");
        if !mail.is_wanted(kind) {
            return;
        }
        let copies = if self.is_doubled(bot, kind, lane) { 2 } else { 1 };
        mail.post(kind, body, lane, now, now + kept, copies);
        drop(mail);
        self.changed();
        bot.posted.notify_waiters();
        self.woken.notify_one();
    }

    fn is_doubled(&self, bot: &Bot, kind: &str, lane: Lane) -> bool {
        if self.faults.is_empty() {
            return false;
        }
        let (Lane::Messages(chat)
        | Lane::Presses(chat)
        | Lane::Checkouts(chat)
        | Lane::Membership(chat)
        | Lane::Subscriptions(chat)
        | Lane::Others(chat)) = lane;
        let token = bot.token.read().expect("no panic under this lock").clone();
        let token = token.unwrap_or_default();
        self.faults.of_update(&Circumstances { method: kind, token: &token, chat: Some(chat) })
    }

    /// Switches a fault on.
    pub fn fault(&self, fault: Fault) {
        self.faults.add(fault);
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.faults.all()
    }

    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// The bots and people, as the page wants them.
    pub(crate) fn state(&self) -> Value {
        let bots: Vec<Value> = self
            .bots()
            .iter()
            .map(|bot| {
                let commands = bot.commands.read().expect("no panic under this lock");
                let usual = (String::from("default"), String::new());
                json!({
                    "id": bot.id,
                    "username": bot.username,
                    "first_name": bot.first_name,
                    "commands": commands.get(&usual).cloned().unwrap_or_default(),
                    "groups": self.groups_of(bot),
                })
            })
            .collect();
        let people: Vec<Value> = self.people().iter().map(|it| person_wire(it)).collect();
        json!({ "bots": bots, "people": people, "now": self.now() })
    }

    /// Where on the chat page a link to one of the bots leads: to its chat with whoever was last
    /// looked at.
    pub(crate) fn page_of(&self, url: &str) -> Option<String> {
        let rest =
            ["https://t.me/", "tg://resolve?domain="].iter().find_map(|it| url.strip_prefix(it))?;
        let name = rest.split(['?', '&', '/', '#']).next().unwrap_or_default();
        let bot = self.bots().into_iter().find(|it| it.username.eq_ignore_ascii_case(name))?;
        Some(format!("/#{}/last", bot.id))
    }

    /// A chat as the page shows it when it is opened.
    pub(crate) fn chat_state(&self, bot: i64, person: i64) -> Result<Value, String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let (messages, keyboard, is_blocked, person) = {
            let chat = chat.lock().expect("no panic under this lock");
            (chat.last(200), chat.reply_keyboard.clone(), chat.is_blocked, chat.person.clone())
        };
        let messages: Vec<Value> = messages.iter().map(|it| it.shown()).collect();
        Ok(json!({
            "messages": messages,
            "reply_keyboard": keyboard,
            "blocked": is_blocked,
            "commands": bot.commands_for(&person),
        }))
    }

    pub(crate) fn watch(
        &self,
        bot: i64,
        person: i64,
    ) -> Result<broadcast::Receiver<Event>, String> {
        let (_, chat) = self.bot_and_chat(bot, person)?;
        let receiver = chat.lock().expect("no panic under this lock").watch();
        Ok(receiver)
    }

    /// A file's bytes and MIME type, whichever bot it belongs to.
    pub(crate) async fn file(&self, id: &str) -> Option<(String, String, axum::body::Bytes)> {
        let media = self.files.find(id)?;
        let bytes = self.files.read(&media).await.ok()?;
        Some((media.mime.clone(), media.name.clone(), bytes))
    }
}

pub(crate) fn person_wire(person: &Person) -> Value {
    json!({
        "id": person.id,
        "first_name": person.first_name,
        "username": person.username,
        "language_code": person.language_code,
        "stars": person.stars(),
    })
}
