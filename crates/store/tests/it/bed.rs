//! What every test stands on: an empty database of each kind, and proof of the books at the end.

use std::sync::Arc;

use domain::{
    ArtifactId, AvatarId, BotId, ChatId, GenerationId, GiftId, HintId, HoldId, JobId, Millis,
    ObjectId, OrderId, PackingId, PaymentId, PhotoId, RefundId, SubscriptionId, TellId, TrainingId,
    UserId,
};
use store::{Db, StoreError, Tx, bots, chain, chats, ledger, throwaway, users};
use tokio::runtime::{Builder, Runtime};

/// A database and a way to wait for it.
pub struct Bed {
    pub db: Db,
    pub runtime: Runtime,
    pub name: &'static str,
    pub address: String,
    _folder: Option<tempfile::TempDir>,
}

/// Runs a test on each database, and looks at the books after it.
pub fn each(test: impl Fn(&Bed)) {
    for bed in beds() {
        test(&bed);
        let broken = bed.read(ledger::audit);
        assert_eq!(broken, [], "the books after the test, on {}", bed.name);
    }
}

/// The same for a test of whole chains.
pub fn each_chain(test: impl Fn(&Bed)) {
    each(|bed| {
        test(bed);
        assert_eq!(bed.read(chain::check), [], "the chains after the test, on {}", bed.name);
    });
}

pub fn sqlite() -> Bed {
    let folder = tempfile::tempdir().expect("a folder");
    let address = format!("sqlite:{}", folder.path().join("store.db").display());
    Bed::open("SQLite", address, Some(folder))
}

pub fn postgres() -> Option<Bed> {
    throwaway::server().map(|it| Bed::open("PostgreSQL", it.database(), None))
}

fn beds() -> impl Iterator<Item = Bed> {
    std::iter::once_with(|| Some(sqlite())).chain(std::iter::once_with(postgres)).flatten()
}

impl Bed {
    fn open(name: &'static str, address: String, folder: Option<tempfile::TempDir>) -> Self {
        let db = Db::open(&address).expect("it opens");
        db.migrate().expect("it can be migrated");
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { db, runtime, name, address, _folder: folder }
    }

    /// Runs a decision that must not fail.
    pub fn write<T: Send + 'static>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.try_write(decision).expect("the decision stands")
    }

    pub fn try_write<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.runtime.block_on(self.db.write(decision))
    }

    pub fn read<T: Send + 'static>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.db.read(decision)).expect("it can be read")
    }

    /// Runs a decision once for each number at the same time, and gives all outcomes in order.
    pub fn race<T, E>(
        &self,
        count: u32,
        decision: impl Fn(&mut Tx, u32) -> Result<T, E> + Send + Sync + 'static,
    ) -> Vec<Result<T, E>>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let decision = Arc::new(decision);
        self.runtime.block_on(async {
            let racers: Vec<_> = (0..count)
                .map(|number| {
                    let (db, decision) = (self.db.clone(), Arc::clone(&decision));
                    tokio::spawn(async move { db.write(move |tx| decision(tx, number)).await })
                })
                .collect();
            let mut outcomes = Vec::new();
            for racer in racers {
                outcomes.push(racer.await.expect("it doesn't panic"));
            }
            outcomes
        })
    }
}

/// Some milliseconds of work for the database, so that racers meet in the middle of a decision.
pub fn dawdle(tx: &mut Tx) -> Result<(), StoreError> {
    tx.one(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         SELECT COUNT(*) FROM n",
        &[],
    )
    .map(|_| ())
}

pub const NOW: Millis = Millis(1_700_000_000_000);

pub fn later(seconds: i64) -> Millis {
    NOW.plus(Millis::seconds(seconds))
}

macro_rules! ids {
    ($($name:ident $kind:ident)*) => {$(
        pub fn $name(name: &str) -> $kind {
            $kind::from_text(&format!("{}{name}", $kind::PREFIX)).expect("a short name")
        }
    )*};
}

ids! {
    art ArtifactId ava AvatarId bot BotId cht ChatId gft GiftId gnr GenerationId hld HoldId
    hnt HintId job JobId obj ObjectId ord OrderId pay PaymentId pho PhotoId refund RefundId
    sub SubscriptionId tel TellId trn TrainingId usr UserId zip PackingId
}

/// A bot with a user, their chat and their wallet: `anna` is `usr_anna`, `cht_anna` and so on.
pub fn person(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    let (bot, user, chat) = (bot("b"), usr(name), cht(name));
    let number = name.bytes().fold(0, |sum, it| sum * 31 + i64::from(it));
    bots::put(
        tx,
        &bots::NewBot { id: &bot, telegram_id: 1, username: "b", token_name: "main" },
        NOW,
    )?;
    users::find_or_create(
        tx,
        &users::NewUser {
            id: &user,
            bot: &bot,
            telegram_id: number,
            first_name: name,
            language: domain::Language::En,
            origin: None,
        },
        NOW,
    )?;
    chats::load_or_create(
        tx,
        &chats::NewChat {
            id: &chat,
            bot: &bot,
            user: &user,
            telegram_chat: number,
            place: "\"Home\"",
        },
        NOW,
    )?;
    ledger::open_wallet(tx, &wallet(name), NOW)
}

pub fn wallet(name: &str) -> String {
    format!("wallet:bot_b:usr_{name}")
}
