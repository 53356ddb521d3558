//! Telegram's limits: so many messages a second to one person, and so many of one bot.
//!
//! What may not go out now isn't dropped: whoever asked comes back at the moment that is said.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Mutex;

use domain::{BotId, ChatId, Millis};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

pub struct Floods {
    bots: DefaultKeyedRateLimiter<BotId>,
    chats: DefaultKeyedRateLimiter<ChatId>,
    /// Until when Telegram has told us to be quiet.
    quiet: Mutex<HashMap<ChatId, Millis>>,
}

/// How fast may be written.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub bot_per_second: NonZeroU32,
    pub chat_per_second: NonZeroU32,
    /// How many taps in a row are answered at once.
    pub chat_burst: NonZeroU32,
}

impl Floods {
    pub fn new(pace: Pace) -> Self {
        let chat = Quota::per_second(pace.chat_per_second).allow_burst(pace.chat_burst);
        Self {
            bots: RateLimiter::keyed(Quota::per_second(pace.bot_per_second)),
            chats: RateLimiter::keyed(chat),
            quiet: Mutex::default(),
        }
    }

    /// Whether a message may go to this chat now; else how long to wait.
    pub fn may_send(&self, bot: &BotId, chat: &ChatId, now: Millis) -> Result<(), Millis> {
        let quiet = self.quiet.lock().expect("never poisoned: nothing panics inside");
        if let Some(until) = quiet.get(chat)
            && now < *until
        {
            return Err(until.since(now));
        }
        drop(quiet);
        let clock = DefaultClock::default();
        let wait = |not_until: governor::NotUntil<_>| {
            let wait = not_until.wait_time_from(clock.now());
            Millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).saturating_add(1))
        };
        self.chats.check_key(chat).map_err(wait)?;
        self.bots.check_key(bot).map_err(wait)
    }

    /// Telegram has said for how long this chat gets nothing.
    pub fn be_quiet(&self, chat: &ChatId, until: Millis, now: Millis) {
        let mut quiet = self.quiet.lock().expect("never poisoned: nothing panics inside");
        quiet.retain(|_, until| now < *until);
        quiet.insert(chat.clone(), until);
    }

    /// Forgets chats that have been quiet by themselves, so that memory doesn't grow.
    pub fn tidy(&self) {
        self.chats.retain_recent();
        self.chats.shrink_to_fit();
    }
}
