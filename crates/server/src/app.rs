//! The program put together: time, ids, settings, database, roads to the outside.
//!
//! This is the one place where it is chosen what is real; nothing below asks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use connectors::http::Http;
use connectors::payments::{Gateway, Network};
use connectors::providers::Provider;
use domain::catalog::Catalog;
use domain::{BotId, Millis};
use hmac::{Hmac, KeyInit, Mac};
use metrics_exporter_prometheus::PrometheusHandle;
use sha2::Sha256;
use store::Db;
use tokio::sync::OwnedMutexGuard;

use crate::api::keyring::Keyring;
use crate::bot::floods::Floods;
use crate::bot::paint::Painter;
use crate::bot::telegram::TelegramError;
use crate::bot::{Bot, Bots};
use crate::clock::{Clock, Ids};
use crate::config::Config;
use crate::film::Films;
use crate::objects::Objects;
use crate::voices;

/// What decisions may use: no road to the outside is in it.
pub struct Ground {
    pub catalog: Catalog,
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub ids: Ids,
    /// Makes marks of people that nobody else can make.
    pub mark_key: Vec<u8>,
    /// Who works for us, by name: those that are set up.
    pub providers: Vec<&'static str>,
    /// Whether videos can be put together here: ffmpeg is there, and can what is needed.
    pub can_film: AtomicBool,
    /// Whether there is room on the disk for that. Looked at now and then, and when it runs out.
    pub room: AtomicBool,
}

impl Ground {
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    pub fn can_film(&self) -> bool {
        self.can_film.load(Ordering::Relaxed)
    }

    /// Whether something large may be begun.
    pub fn has_room(&self) -> bool {
        self.room.load(Ordering::Relaxed)
    }

    /// What stands for a person where their number may not be kept.
    pub fn mark(&self, telegram_id: i64) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.mark_key).expect("HMAC takes a key of any length");
        mac.update(&telegram_id.to_be_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    /// A number for an id that is made now.
    pub fn number(&self) -> u128 {
        self.ids.next(self.now())
    }
}

pub struct App {
    pub ground: Arc<Ground>,
    pub db: Db,
    pub objects: Objects,
    /// To providers.
    pub lines: Vec<Line>,
    /// Whose list of voices is read; none where nobody speaks.
    pub voices: Option<voices::Source>,
    /// To payment systems.
    pub till_http: Arc<Http>,
    pub gateways: Vec<Arc<dyn Gateway>>,
    /// Whose word about a caller's address is believed, and where notifications come from.
    pub trusted_proxies: Vec<Network>,
    pub notifiers: Vec<Network>,
    /// Where Telegram calls us; none when it can't.
    pub webhooks: Option<String>,
    /// To other programs that want to hear of what happens.
    pub out_http: Arc<Http>,
    /// Where people reach us, for links to files; none when they can't.
    pub public: Option<String>,
    /// How many look at pictures at the same time: it is work for whole cores.
    pub looks: tokio::sync::Semaphore,
    /// With what, and where, videos are put together.
    pub films: Arc<Films>,
    /// Pictures that menus have shown, by what is on them: Telegram has them already.
    pub shown: Shown,
    pub bots: Bots,
    pub floods: Floods,
    pub painter: Painter,
    pub turns: Turns,
    pub apologies: Apologies,
    pub webhook_keys: Keyring,
    /// The sandbox's chat page, if there is a sandbox.
    pub chat_page: Option<String>,
    /// Signs links to files.
    pub link_key: Vec<u8>,
    pub metrics: PrometheusHandle,
    /// What this process is called where it leases jobs.
    pub worker: String,
}

/// Our line to one provider.
pub struct Line {
    pub provider: Arc<dyn Provider>,
    pub http: Arc<Http>,
    /// Where it calls us; none when it can't.
    pub webhooks: Option<String>,
}

impl App {
    pub fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|it| it.provider.name() == name)
    }

    pub fn gateway(&self, name: &str) -> Option<Arc<dyn Gateway>> {
        self.gateways.iter().find(|it| it.name() == name).cloned()
    }

    /// Telegram refuses a bot's token: it rests until an operator brings a new one. The others go
    /// on.
    pub async fn pause_bot(&self, bot: &Bot, error: &TelegramError) {
        tracing::error!(bot.id = %bot.id, bot = %bot.name, %error, "Telegram refuses this bot's token; the bot rests");
        self.bots.remove(&bot.id);
        let (id, now, why) = (bot.id.clone(), self.ground.now(), error.to_string());
        let note = self.db.write(move |tx| {
            store::bots::pause(tx, &id, &why)?;
            store::attention::raise(tx, "bot-refused", id.as_str(), &why, now).map(|_| ())
        });
        if let Err(failure) = note.await {
            let failure: store::StoreError = failure;
            tracing::error!(%failure, "that a bot rests could not be noted");
        }
    }
}

/// Starts something that runs beside the rest until the program ends.
pub fn spawn(work: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
    tokio::spawn(work)
}

/// One event of a chat at a time, in the order in which they came; chats don't wait for each other.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<(BotId, i64), Turn>>);

type Turn = Arc<tokio::sync::Mutex<()>>;

/// How many chats are remembered before those that nobody holds are forgotten.
const TURNS_MAX: usize = 4_096;

impl Turns {
    pub async fn of(&self, bot: &BotId, chat: i64) -> OwnedMutexGuard<()> {
        let lock = {
            let mut all = self.0.lock().expect("never poisoned: nothing panics inside");
            if TURNS_MAX < all.len() {
                all.retain(|_, it| 1 < Arc::strong_count(it));
            }
            all.entry((bot.clone(), chat)).or_default().clone()
        };
        lock.lock_owned().await
    }
}

/// Who was told lately that something broke.
#[derive(Default)]
pub struct Apologies(Mutex<HashMap<i64, Millis>>);

impl Apologies {
    /// At most one a minute to one chat.
    pub fn may(&self, chat: i64, now: Millis) -> bool {
        let mut told = self.0.lock().expect("never poisoned: nothing panics inside");
        told.retain(|_, at| now.since(*at) < Millis::MINUTE);
        told.insert(chat, now).is_none()
    }
}

/// What Telegram calls the pictures that were shown in menus. Forgotten at the end of the program:
/// it spares uploads and nothing else.
#[derive(Default)]
pub struct Shown(Mutex<HashMap<(BotId, String), String>>);

/// How many are remembered before all are forgotten.
const SHOWN_MAX: usize = 10_000;

impl Shown {
    pub fn get(&self, bot: &BotId, what: &str) -> Option<String> {
        let known = self.0.lock().expect("never poisoned: nothing panics inside");
        known.get(&(bot.clone(), what.to_owned())).cloned()
    }

    pub fn put(&self, bot: &BotId, what: &str, file_id: String) {
        let mut known = self.0.lock().expect("never poisoned: nothing panics inside");
        if SHOWN_MAX < known.len() {
            known.clear();
        }
        known.insert((bot.clone(), what.to_owned()), file_id);
    }

    pub fn forget(&self, bot: &BotId, what: &str) {
        let mut known = self.0.lock().expect("never poisoned: nothing panics inside");
        known.remove(&(bot.clone(), what.to_owned()));
    }
}
