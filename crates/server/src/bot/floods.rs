//! Telegram's limits: so many messages a second to one person, and so many of one bot.
//!
//! What may not go out now isn't dropped: whoever asked comes back at the moment that is said. The
//! limits are Telegram's for all processes together, so they are kept in Redis while it answers; else
//! each process keeps to them alone.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};

use domain::{BotId, ChatId, Millis};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::shared::Shared;

pub struct Floods {
    bots: DefaultKeyedRateLimiter<BotId>,
    chats: DefaultKeyedRateLimiter<ChatId>,
    /// Until when Telegram has told us to be quiet.
    quiet: Mutex<HashMap<ChatId, Millis>>,
    pace: Pace,
    shared: Option<(Arc<Shared>, redis::Script)>,
}

/// How fast may be written.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub bot_per_second: NonZeroU32,
    pub chat_per_second: NonZeroU32,
    /// How many taps in a row are answered at once.
    pub chat_burst: NonZeroU32,
}

/// The same rule as the local one, for two keys at once and by Redis' clock: each message pushes a
/// key's *free at* on by its interval, and may be ahead of the time by a burst. Says for how many
/// milliseconds to wait; 0 has counted the message. ARGV: interval and burst of each, microseconds.
const SCRIPT: &str = r"
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait = math.max(redis.call('PTTL', KEYS[3]), 0) * 1000
local free = {}
for at = 1, 2 do
    local interval, burst = tonumber(ARGV[at * 2 - 1]), tonumber(ARGV[at * 2])
    free[at] = math.max(tonumber(redis.call('GET', KEYS[at]) or 0), now) + interval
    wait = math.max(wait, free[at] - burst - now)
end
if wait > 0 then return math.ceil(wait / 1000) end
for at = 1, 2 do
    local left = math.ceil((free[at] - now) / 1000)
    redis.call('SET', KEYS[at], string.format('%.0f', free[at]), 'PX', left)
end
return 0
";

impl Floods {
    pub fn new(pace: Pace) -> Self {
        let chat = Quota::per_second(pace.chat_per_second).allow_burst(pace.chat_burst);
        Self {
            bots: RateLimiter::keyed(Quota::per_second(pace.bot_per_second)),
            chats: RateLimiter::keyed(chat),
            quiet: Mutex::default(),
            pace,
            shared: None,
        }
    }

    /// The same, kept to together with other processes.
    pub fn shared(self, shared: Arc<Shared>) -> Self {
        Self { shared: Some((shared, redis::Script::new(SCRIPT))), ..self }
    }

    /// Whether a message may go to this chat now; else how long to wait.
    pub async fn may_send(&self, bot: &BotId, chat: &ChatId, now: Millis) -> Result<(), Millis> {
        self.is_loud(chat, now)?;
        match self.of_all(bot, chat).await {
            Some(0) => Ok(()),
            Some(wait) => Err(Millis(wait.saturating_add(1))),
            None => self.of_this_process(bot, chat),
        }
    }

    fn is_loud(&self, chat: &ChatId, now: Millis) -> Result<(), Millis> {
        let quiet = self.quiet.lock().expect("never poisoned: nothing panics inside");
        match quiet.get(chat) {
            Some(until) if now < *until => Err(until.since(now)),
            Some(_) | None => Ok(()),
        }
    }

    async fn of_all(&self, bot: &BotId, chat: &ChatId) -> Option<i64> {
        let (shared, script) = self.shared.as_ref()?;
        let Pace { bot_per_second, chat_per_second, chat_burst } = self.pace;
        let interval = |per_second: NonZeroU32| 1_000_000 / per_second.get();
        let mut asked = script.key(format!("atelier:flood:{bot}"));
        asked.key(format!("atelier:flood:{chat}")).key(quiet_key(chat));
        asked.arg(interval(bot_per_second)).arg(1_000_000);
        let of_chat = interval(chat_per_second);
        asked.arg(of_chat).arg(u64::from(of_chat) * u64::from(chat_burst.get()));
        shared.ask(|mut line| async move { asked.invoke_async(&mut line).await }).await
    }

    fn of_this_process(&self, bot: &BotId, chat: &ChatId) -> Result<(), Millis> {
        let clock = DefaultClock::default();
        let wait = |not_until: governor::NotUntil<_>| {
            let wait = not_until.wait_time_from(clock.now());
            Millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX).saturating_add(1))
        };
        self.chats.check_key(chat).map_err(wait)?;
        self.bots.check_key(bot).map_err(wait)
    }

    /// Telegram has said for how long this chat gets nothing.
    pub async fn be_quiet(&self, chat: &ChatId, until: Millis, now: Millis) {
        {
            let mut quiet = self.quiet.lock().expect("never poisoned: nothing panics inside");
            quiet.retain(|_, until| now < *until);
            quiet.insert(chat.clone(), until);
        }
        let Some((shared, _)) = &self.shared else { return };
        let mut says = redis::pipe();
        let wait = until.since(now).as_i64().max(1);
        says.cmd("SET").arg(quiet_key(chat)).arg(1).arg("PX").arg(wait).ignore();
        // The others find out by themselves.
        let _ = shared.ask(|mut line| async move { says.exec_async(&mut line).await }).await;
    }

    /// Forgets chats that have been quiet by themselves, so that memory doesn't grow.
    pub fn tidy(&self) {
        self.chats.retain_recent();
        self.chats.shrink_to_fit();
    }
}

fn quiet_key(chat: &ChatId) -> String {
    format!("atelier:quiet:{chat}")
}
