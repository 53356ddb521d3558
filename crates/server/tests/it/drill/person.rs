//! A customer who does what the menu offers, and does it again when nothing happens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use sandbox::telegram::{As, Seen};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::outside::{Chance, Outside};

/// Photos of one person, five of which are good: as many as a training needs.
const ALBUM: [(&str, &[u8]); 6] = [
    ("1.jpg", include_bytes!("../../../../../tests/fixtures/photos/portrait-1.jpg")),
    ("2.jpg", include_bytes!("../../../../../tests/fixtures/photos/portrait-2.jpg")),
    ("3.jpg", include_bytes!("../../../../../tests/fixtures/photos/portrait-3.jpg")),
    ("4.jpg", include_bytes!("../../../../../tests/fixtures/photos/portrait-4.jpg")),
    ("5.jpg", include_bytes!("../../../../../tests/fixtures/photos/portrait-5.jpg")),
    ("6.jpg", include_bytes!("../../../../../tests/fixtures/photos/bad-small.jpg")),
];
pub const ALBUM_PHOTOS: u32 = ALBUM.len() as u32;

/// A menu that doesn't answer for so long is asked again.
const PATIENCE: Duration = Duration::from_secs(12);

/// What a customer has in mind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    Train,
    /// Begins to train, and stops it by its button.
    Stop,
    /// The same by the command.
    Cancel,
    /// Gives up before paying.
    Leave,
}

/// How far the journey is, as its customer remembers it.
#[derive(Debug, Default)]
struct Memory {
    has_named: bool,
    has_sent: bool,
    has_ordered: bool,
    has_stopped: bool,
    has_left: bool,
}

pub struct Person {
    pub id: i64,
    pub journeys: u32,
    outside: Arc<Outside>,
    chance: Chance,
    messages: BTreeMap<i64, Value>,
    changes: u64,
}

enum Act {
    Say(String),
    Send,
    Press(i64, String),
    /// The journey is over.
    Rest,
}

impl Person {
    pub fn new(outside: Arc<Outside>, seed: u64) -> Self {
        let id = outside.sandbox.telegram().add_person(&format!("Person {seed}"), "en").id;
        let chance = Chance(seed);
        Self { id, journeys: 0, outside, chance, messages: BTreeMap::new(), changes: 0 }
    }

    /// One journey after the other until it is enough; the last one is finished.
    pub async fn live(&mut self, is_enough: &AtomicBool) {
        self.say("/start");
        self.settle(0).await;
        while self.journeys == 0 || !is_enough.load(Ordering::Relaxed) {
            let plan = match self.chance.below(10) {
                0..5 => Plan::Train,
                5..7 => Plan::Stop,
                7..9 => Plan::Cancel,
                _ => Plan::Leave,
            };
            self.travel(plan).await;
            self.journeys += 1;
        }
    }

    pub async fn travel(&mut self, plan: Plan) {
        let mut memory = Memory::default();
        let deadline = Duration::from_secs(900);
        let journey = async {
            let mut looks = interval(Duration::from_millis(50));
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                self.look();
                let before = self.changes;
                match self.next(plan, &mut memory) {
                    None => {
                        // Whoever hears nothing for long asks where things stand.
                        if !self.settle(before).await {
                            self.say("/menu");
                        }
                    }
                    Some(Act::Rest) => return,
                    Some(act) => {
                        self.act(act);
                        self.settle(before).await;
                    }
                }
            }
        };
        if timeout(deadline, journey).await.is_err() {
            let seen: Vec<_> = self.messages.values().map(|it| it["text"].to_string()).collect();
            panic!(
                "{plan:?} of person {}: stuck at {memory:?}\n{}\n{}",
                self.id,
                seen.join("\n"),
                self.outside.log()
            );
        }
    }

    /// Presses one button after the other, as soon as each is there, until the menu says something.
    pub async fn press_through(&mut self, labels: &[&str], end: &str) {
        for label in labels {
            let (message, press) = self
                .await_menu(label, |(id, _, buttons)| {
                    let button = buttons.iter().find(|it| it.0.contains(label))?;
                    Some((id, button.1.to_owned()))
                })
                .await;
            self.act(Act::Press(message, press));
        }
        self.await_menu(end, |(_, text, _)| text.contains(end).then_some(())).await;
    }

    /// Looks until the menu is as wanted.
    async fn await_menu<T>(&mut self, what: &str, wanted: impl Fn(Menu<'_>) -> Option<T>) -> T {
        let mut looks = interval(Duration::from_millis(20));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let found = timeout(Duration::from_secs(90), async {
            loop {
                looks.tick().await;
                self.look();
                if let Some(found) = self.menu().and_then(&wanted) {
                    return found;
                }
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => {
                let seen: Vec<_> =
                    self.messages.values().map(|it| it["text"].to_string()).collect();
                panic!("no `{what}`\n{}\n{}", seen.join("\n"), self.outside.log())
            }
        }
    }

    /// Waits for a change of what is seen since a count, for as long as one is patient.
    async fn settle(&mut self, since: u64) -> bool {
        let mut looks = interval(Duration::from_millis(50));
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let changed = async {
            while self.changes == since {
                looks.tick().await;
                self.look();
            }
        };
        timeout(PATIENCE, changed).await.is_ok()
    }

    fn look(&mut self) {
        for seen in self.outside.sandbox.telegram().take_seen(self.outside.bot, self.id) {
            match seen {
                Seen::Message(message) | Seen::Edited(message) => {
                    let id = message["message_id"].as_i64().unwrap();
                    self.messages.insert(id, message);
                    self.changes += 1;
                }
                Seen::Deleted(ids) => self.messages.retain(|id, _| !ids.contains(id)),
                Seen::Action(_) | Seen::Answer { .. } | Seen::ReplyKeyboard(_) => {}
            }
        }
    }

    fn act(&mut self, act: Act) {
        let telegram = self.outside.sandbox.telegram();
        match act {
            Act::Say(text) => self.say(&text),
            Act::Send => {
                let jpeg = "image/jpeg".to_owned();
                let files = ALBUM
                    .map(|(name, it)| (name.to_owned(), jpeg.clone(), Bytes::from_static(it)))
                    .to_vec();
                telegram.send(self.outside.bot, self.id, As::Photo, None, files).unwrap();
            }
            // The menu may have been drawn anew this very moment; then the next look will tell.
            Act::Press(message, press) => {
                drop(telegram.press(self.outside.bot, self.id, message, &press, false));
            }
            Act::Rest => {}
        }
    }

    pub fn say(&self, text: &str) {
        self.outside.sandbox.telegram().say(self.outside.bot, self.id, text).unwrap();
    }

    /// The message with the menu: the last one that has buttons.
    fn menu(&self) -> Option<Menu<'_>> {
        self.messages.iter().rev().find_map(|(id, message)| {
            let rows = message["reply_markup"]["inline_keyboard"].as_array()?;
            let buttons = rows.iter().flat_map(|row| row.as_array().into_iter().flatten());
            let buttons: Vec<_> = buttons
                .filter_map(|it| Some((it["text"].as_str()?, it["callback_data"].as_str()?)))
                .collect();
            (!buttons.is_empty()).then(|| (*id, message["text"].as_str().unwrap_or(""), buttons))
        })
    }

    /// What to do about the menu; none is to wait.
    fn next(&mut self, plan: Plan, memory: &mut Memory) -> Option<Act> {
        let number = self.journeys + 1;
        let (id, text, buttons) = self.menu()?;
        let press = |label: &str| {
            let button = buttons.iter().find(|it| it.0.contains(label))?;
            Some(Act::Press(id, button.1.to_owned()))
        };
        let steps = [
            "agree to the terms",
            "I agree, you may",
            "Portrait (rec",
            "Choose this one",
            "Woman",
            "Fast: ",
        ];
        if let Some(act) = steps.iter().find_map(|it| press(it)) {
            return Some(act);
        }
        if text.contains("What is the avatar called?") {
            memory.has_named = true;
            return Some(Act::Say(format!("Avatar {number}")));
        }
        if text.contains("send the photos") {
            return (!std::mem::replace(&mut memory.has_sent, true)).then_some(Act::Send);
        }
        if let Some(act) = press("Continue") {
            if plan == Plan::Leave {
                return Some(Act::Say("/cancel".to_owned()));
            }
            return Some(act);
        }
        if let Some(act) = press("Yes, delete it") {
            memory.has_left = true;
            return Some(act);
        }
        if let Some(act) = press("Start for") {
            memory.has_ordered = true;
            return Some(act);
        }
        if let Some(act) = press("Yes, stop it") {
            memory.has_stopped = true;
            return Some(act);
        }
        if let Some(act) = press("Stop the training") {
            memory.has_ordered = true;
            return match plan {
                _ if memory.has_stopped => None,
                Plan::Stop => Some(act),
                Plan::Cancel => Some(Act::Say("/cancel".to_owned())),
                Plan::Train | Plan::Leave => None,
            };
        }
        if let Some(home) = press("Create an avatar") {
            let goes_on = press("Go on with").or_else(|| press("is training"));
            let is_over = memory.has_ordered || memory.has_left;
            return match goes_on {
                Some(act) => Some(act),
                None if is_over => Some(Act::Rest),
                None => Some(home),
            };
        }
        // The end of a training, or a page on which there is nothing to do.
        let is_end = ["Open the avatar", "Try again", "Train again", "Go on with the photos"];
        is_end.iter().any(|it| press(it).is_some()).then(|| Act::Say("/menu".to_owned()))
    }

    /// How many messages of the chat have buttons. One should.
    pub fn menus(&self) -> usize {
        self.messages.values().filter(|it| it["reply_markup"]["inline_keyboard"].is_array()).count()
    }

    /// What the bot says the customer has.
    pub async fn credits(&mut self) -> i64 {
        self.look();
        let before = self.changes;
        self.say("/balance");
        self.settle(before).await;
        let (_, text, _) = self.menu().expect("there is a menu");
        let digits = text.split("You have ").nth(1).unwrap_or_default();
        let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("no balance in {text}"))
    }
}

/// A menu: its message, its text, its buttons with what they carry.
type Menu<'a> = (i64, &'a str, Vec<(&'a str, &'a str)>);
