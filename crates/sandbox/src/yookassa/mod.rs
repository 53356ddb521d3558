//! YooKassa's API v3 on loopback: payments, refunds, saved methods, a page that takes the made-up
//! money, and notifications (telegram-and-payments.md B).
//!
//! The state of a payment changes when somebody asks, when a person pays, or in
//! [`YooKassa::deliver_due`]; nothing happens by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use chrono::{DateTime, SecondsFormat};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::{Clock, Outlet};
use payment::{Method, Payment, Refund};

mod api;
mod cards;
mod changes;
mod desk;
pub mod faults;
mod lists;
mod notices;
mod page;
mod payment;
mod reading;
mod receipts;
mod refusals;
mod requests;
mod words;

pub use cards::{CARDS, Card, Means, REASONS};

/// Where the API is below the origin.
pub const API: &str = "/yookassa/v3";
/// Where people confirm payments.
pub const PAY: &str = "/yookassa/pay";

/// How long an `Idempotence-Key` is remembered.
const KEY_KEPT_MS: i64 = 24 * 3_600_000;
/// How often what is old is looked for; nothing that is too old is used in between.
const SWEEP_MS: i64 = 60_000;
/// Ids begin with the seconds since 2000, so that a world begun anew makes other ones.
const IDS_FROM_SECONDS: i64 = 946_684_800;

/// Where a person is sent in place of an address that isn't on this machine, if there is such.
pub type WayBack = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

pub struct Settings {
    pub clock: Clock,
    /// The same seed, clock and calls give the same ids.
    pub seed: u64,
    /// Where this emulator is reached, without a slash at the end.
    pub origin: String,
    pub way_back: WayBack,
}

/// A shop: whoever knows its id and secret may take payments for it.
#[derive(Clone, Debug)]
pub struct Shop {
    pub id: String,
    pub secret: String,
    /// Shown to people who pay.
    pub name: String,
    /// Where notifications go, as it is set in the vendor's dashboard; none are sent without it.
    pub notify: Option<String>,
    /// What `test` says in payments and in `/me`.
    pub is_test: bool,
    /// Every payment must bring a receipt.
    pub needs_receipts: bool,
    /// How many times faster than in life a notification is sent again.
    pub haste: u32,
}

impl Shop {
    /// A test shop without notifications and receipts.
    pub fn new(id: &str, secret: &str) -> Shop {
        Shop {
            id: id.to_owned(),
            secret: secret.to_owned(),
            name: "Atelier".to_owned(),
            notify: None,
            is_test: true,
            needs_receipts: false,
            haste: 1,
        }
    }
}

/// The emulator.
pub struct YooKassa {
    settings: Settings,
    world: Mutex<World>,
    /// Ticks with every [`YooKassa::deliver_due`], for those who wait for the clock.
    beat: watch::Sender<()>,
}

#[derive(Default)]
struct World {
    shops: BTreeMap<String, Shop>,
    payments: BTreeMap<u64, Payment>,
    refunds: BTreeMap<u64, Refund>,
    /// Payments and refunds.
    by_id: HashMap<String, u64>,
    methods: BTreeMap<String, Method>,
    /// What changes by itself, by when. It may have changed before.
    due: BTreeSet<(i64, u64)>,
    replays: HashMap<(String, String), api::Replay>,
    notices: Vec<notices::Notice>,
    faults: Vec<faults::Fault>,
    /// How many payments and refunds were made, notifications planned, and refusals said. Each is
    /// counted for itself, so that the ids of payments don't depend on how often one is asked for.
    numbers: u64,
    notice_numbers: u64,
    refusal_numbers: u64,
    swept_at: i64,
}

impl YooKassa {
    pub fn new(settings: Settings) -> Arc<YooKassa> {
        let (beat, _) = watch::channel(());
        Arc::new(YooKassa { settings, world: Mutex::default(), beat })
    }

    /// Makes a shop known, or gives a known one other properties.
    pub fn open_shop(&self, shop: Shop) {
        self.world().shops.insert(shop.id.clone(), shop);
    }

    /// What a client is to be given as the address of the API.
    pub fn api_url(&self) -> String {
        format!("{}{API}", self.settings.origin)
    }

    /// All routes: of the API, the page where people pay, and the desk.
    pub fn router(self: &Arc<YooKassa>) -> Router {
        api::routes().merge(page::routes()).merge(desk::routes()).with_state(self.clone())
    }

    /// The heartbeat: ends what is over, sends the notifications that are due, and forgets what
    /// is old. The answer is the number of notifications sent. How long one may take is for `out`
    /// to say.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        let now = self.now();
        self.world().settle(&self.settings, now);
        let sent = self.send_due(out).await;
        self.world().forget_old(now);
        self.beat.send_replace(());
        sent
    }

    fn now(&self) -> i64 {
        (self.settings.clock)()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world as it is now, and the moment.
    fn settled(&self) -> (MutexGuard<'_, World>, i64) {
        let now = self.now();
        let mut world = self.world();
        world.settle(&self.settings, now);
        (world, now)
    }

    async fn wait_until(&self, is_over: impl Fn(&YooKassa) -> bool) {
        let mut beat = self.beat.subscribe();
        while !is_over(self) {
            // The sender lives as long as we do, so that this can't fail.
            drop(beat.changed().await);
        }
    }
}

impl World {
    fn next_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn next_notice_number(&mut self) -> u64 {
        self.notice_numbers += 1;
        self.notice_numbers
    }

    fn next_refusal_number(&mut self) -> u64 {
        self.refusal_numbers += 1;
        self.refusal_numbers
    }

    fn payment_of(&self, id: &str) -> Option<&Payment> {
        self.payments.get(self.by_id.get(id)?)
    }

    fn refund_of(&self, id: &str) -> Option<&Refund> {
        self.refunds.get(self.by_id.get(id)?)
    }

    fn forget_old(&mut self, now: i64) {
        if now < self.swept_at + SWEEP_MS {
            return;
        }
        self.swept_at = now;
        self.replays.retain(|_, it| now < it.at + KEY_KEPT_MS);
    }
}

impl Settings {
    /// Looks random, and follows from the seed.
    fn derive(&self, kind: &str, of: &str) -> [u8; 32] {
        let text = format!("{}\n{kind}\n{of}", self.seed);
        Sha256::digest(text.as_bytes()).into()
    }

    /// An id in the vendor's form: the second of its making, a mark of its kind, and chance.
    fn id(&self, mark: &str, number: u64, now: i64) -> String {
        let seconds = (now.div_euclid(1_000) - IDS_FROM_SECONDS).rem_euclid(1 << 32);
        let chance = hex::encode(self.derive(mark, &format!("{number} {now}")));
        format!("{seconds:08x}-{mark}-5000-8000-{}", &chance[..12])
    }

    fn confirmation_url(&self, id: &str) -> String {
        format!("{}{PAY}?orderId={id}", self.origin)
    }
}

/// As the API writes moments.
fn moment(millis: i64) -> String {
    let moment = DateTime::from_timestamp_millis(millis).unwrap_or_default();
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The wire forms of everything, oldest first.
fn all<'a, T: 'a>(of: impl Iterator<Item = &'a T>, wire: impl Fn(&T) -> Value) -> Vec<Value> {
    of.map(wire).collect()
}
