//! The whole platform in one process: the real program, the real emulators, and between them a
//! wire, a clock and a chance that are ours. Nothing listens, nothing sleeps.

pub mod files;
mod films;
pub mod looks;
mod opinions;
mod shelf;
pub mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use connectors::http::Http;
use connectors::reach::Reach;
use domain::photo::Measures;
use domain::{Millis, ObjectId, Task};
use metrics_exporter_prometheus::PrometheusBuilder;
use sandbox::Sandbox;
use sandbox::yookassa::Shop;
use server::app::App;
use server::bot::paint;
use server::clock::{Clock, Ids};
use server::config::{Config, Given};
use server::objects::key;
use server::{api, jobs, start};
use store::jobs::{Claim, Verdict, claim, settle};
use store::photos::{self, Judgement};
use store::{Backend, Db, StoreError, Tx, chain, chats, objects, throwaway};

use shelf::Kept;
use wire::{Door, Wire};

pub const BOT: i64 = 1_000_001;
pub const TOKEN: &str = "1000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1";
pub const OTHER_BOT: i64 = 1_000_002;
pub const OTHER_TOKEN: &str = "1000002:AAGdqTcvCH1vGWJxfSeofSAs0K5PALDsaw2";
pub const ANNA: i64 = 501;
pub const BORIS: i64 = 502;

/// Every lane, as one worker would take them.
pub const LANES: &[&str] = &domain::task::LANES;

/// 20 November 2026, noon.
pub const BEGINNING: Millis = Millis(1_795_176_000_000);

/// Where the program is said to be, for those who call it.
const HERE: &str = "http://127.0.0.1:8080";
const SANDBOX: &str = "http://127.0.0.1:8081";

/// Which database a world stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    Sqlite,
    Postgres,
}

impl Ground {
    /// Those that there are on this machine.
    pub fn all() -> Vec<Ground> {
        match throwaway::server() {
            Some(_) => vec![Ground::Sqlite, Ground::Postgres],
            None => vec![Ground::Sqlite],
        }
    }
}

pub struct World {
    pub app: Arc<App>,
    pub db: Db,
    pub sandbox: Arc<Sandbox>,
    pub telegram_wire: Arc<Wire>,
    pub fal_wire: Arc<Wire>,
    pub replicate_wire: Arc<Wire>,
    /// To whoever speaks.
    pub speech_wire: Arc<Wire>,
    pub till_wire: Arc<Wire>,
    pub door: Arc<Door>,
    pub clock: Arc<MadeUp>,
    config: Config,
    address: String,
    chance: Arc<AtomicU64>,
    pub folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        if self.db.backend() == Backend::Postgres {
            shelf::put_back(Kept { db: self.db.clone(), address: self.address.clone() });
        }
    }
}

/// A clock that is moved by hand.
pub struct MadeUp(AtomicI64);

impl MadeUp {
    pub fn pass(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for MadeUp {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

/// The settings of every world; a test's own come over them.
fn settings(own: &[(String, String)]) -> Vec<(String, String)> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    let usual = [
        ("BOT__0__TOKEN", TOKEN),
        ("BOT__1__NAME", "second"),
        ("BOT__1__TOKEN", OTHER_TOKEN),
        ("TELEGRAM__MESSAGES_PER_SECOND", "1000"),
        ("TELEGRAM__CHAT_MESSAGES_PER_SECOND", "100"),
        ("TELEGRAM__CHAT_BURST", "100"),
    ];
    all.extend(usual.map(|(name, value)| (format!("ATELIER__{name}"), value.to_owned())));
    all.extend(own.iter().map(|(key, value)| {
        let name = key.to_uppercase().replace('.', "__");
        (format!("ATELIER__{name}"), value.clone())
    }));
    all.into_iter().collect()
}

impl World {
    pub async fn new(ground: Ground) -> World {
        World::with(ground, &[]).await
    }

    /// A world with settings of its own (`credits.welcome`, `0`).
    pub async fn with(ground: Ground, own: &[(String, String)]) -> World {
        let folder = tempfile::tempdir().expect("a folder for the world");
        let given = Given {
            folder: folder.path().into(),
            environment: settings(own),
            data: Some(folder.path().into()),
            sandbox: true,
            ..Given::default()
        };
        let config = Config::load(&given).expect("good settings");
        let Kept { db, address } = match ground {
            Ground::Sqlite => {
                let address = format!("sqlite:{}", folder.path().join("atelier.db").display());
                let db = Db::open(&address).expect("it opens");
                db.migrate().expect("it can be migrated");
                Kept { db, address }
            }
            Ground::Postgres => shelf::take().await,
        };
        let clock = Arc::new(MadeUp(AtomicI64::new(BEGINNING.as_i64())));
        let time = clock.clone();
        let sandbox = Sandbox::new(sandbox::Settings {
            clock: Arc::new(move || time.now().as_i64()),
            seed: 7,
            origin: SANDBOX.to_owned(),
            training_ms: config.sandbox.training_lasts.as_i64(),
            picture_ms: config.sandbox.picture_lasts.as_i64(),
            request_prefix: config.sandbox.request_prefix.clone(),
            dir: None,
        });
        let mut shop = Shop::new(start::SANDBOX_SHOP, start::SANDBOX_SHOP_KEY);
        shop.notify = Some(format!("{HERE}/webhooks/yukassa/notification"));
        shop.needs_receipts = config.yookassa.receipts.is_some();
        // Where money is real, it is so for the shop as well, unless a story says otherwise.
        shop.is_test = config.yookassa.is_test;
        sandbox.yookassa().open_shop(shop);
        for (token, name) in [(TOKEN, "main_bot"), (OTHER_TOKEN, "second_bot")] {
            sandbox.telegram().add_bot(token, name, "Atelier").expect("a good token");
        }
        let [telegram_wire, fal_wire, replicate_wire, till_wire] =
            [(); 4].map(|()| Wire::to(&sandbox));
        let speech_wire = Wire::to_speech(&sandbox);
        let chance = Arc::new(AtomicU64::new(1));
        let parts = Parts {
            config: &config,
            db: &db,
            clock: &clock,
            chance: &chance,
            wires: [&telegram_wire, &fal_wire, &replicate_wire, &speech_wire, &till_wire],
        };
        let app = assemble(&parts);
        let door = Arc::new(Door::default());
        let world = World {
            app,
            db,
            sandbox,
            telegram_wire,
            fal_wire,
            replicate_wire,
            speech_wire,
            till_wire,
            door,
            clock,
            config,
            address,
            chance,
            folder,
        };
        world.open_doors().await;
        world
    }

    async fn open_doors(&self) {
        start::enrol_bots(&self.app).await.expect("the database is there");
        self.door.leads_to(Some(api::router(self.app.clone())));
        for bot in self.app.bots.all() {
            let url = format!("{HERE}/webhook/{}", bot.name);
            // Where Telegram is down, it still has the address from before.
            let _ = bot.set_webhook(&url).await;
        }
    }

    /// The process ends as it stands, and another begins on the same data.
    pub async fn restart(&mut self) {
        self.app = assemble(&Parts {
            config: &self.config,
            db: &self.db,
            clock: &self.clock,
            chance: &self.chance,
            wires: [
                &self.telegram_wire,
                &self.fal_wire,
                &self.replicate_wire,
                &self.speech_wire,
                &self.till_wire,
            ],
        });
        self.open_doors().await;
    }

    /// The same, with other settings.
    pub async fn restart_with(&mut self, own: &[(String, String)]) {
        let given = Given {
            folder: self.folder.path().into(),
            environment: settings(own),
            data: Some(self.folder.path().into()),
            sandbox: true,
            ..Given::default()
        };
        self.config = Config::load(&given).expect("good settings");
        self.restart().await;
    }

    /// The database goes away: whoever asks it gets an error.
    pub fn lose_database(&self) {
        self.db.close();
    }

    /// It is back, and the program has connected again.
    pub async fn find_database(&mut self) {
        self.db = Db::open(&self.address).expect("it opens again");
        self.restart().await;
    }

    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Webhooks of Telegram and fal, until none is due; and what they began beside the answer.
    pub async fn deliver(&self) {
        while 0 < self.sandbox.deliver_due(&*self.door).await {
            quiesce().await;
        }
        quiesce().await;
    }

    /// Draws the menus that are due.
    pub async fn draw(&self) {
        loop {
            let mut due = self.app.painter.take(self.now());
            if due.is_empty() {
                return;
            }
            due.sort_by(|one, other| one.0.cmp(&other.0));
            for (chat, painting) in due {
                paint::draw(&self.app, &chat, painting).await;
                self.app.painter.done(&chat);
            }
        }
    }

    /// What follows a step before the next one: a person needs two seconds to read.
    pub async fn breathe(&self) {
        self.deliver().await;
        self.draw().await;
        self.clock.pass(2_000);
        self.deliver().await;
        self.draw().await;
    }

    /// Runs every job that is due now.
    pub async fn work(&self) {
        for _ in 0..2_000 {
            if !jobs::run_next(&self.app, LANES).await.expect("the database is there") {
                return;
            }
            quiesce().await;
        }
        panic!("the jobs never come to an end");
    }

    /// Takes every waiting photo for a good one, as if it had been looked at: looking takes half a
    /// second of a processor, and few stories are about it.
    pub async fn glance(&self) {
        let lease = Millis::MINUTE;
        loop {
            let now = self.now();
            let claimed =
                self.write(move |tx| claim(tx, &Claim::of(&["media"], "glance", lease), now)).await;
            let Some(claimed) = claimed else { return self.breathe().await };
            let Task::InspectPhoto { photo } = claimed.task else { panic!("another job in media") };
            let wanted = photo.clone();
            let photo = self.read(move |tx| photos::get_for_job(tx, &wanted)).await;
            let Some(photo) = photo else { continue };
            let key = key::processed(&photo.user, &photo.avatar, &photo.id);
            let (_, _, bytes) = files::file("bad-small");
            self.app.objects.put(&key, bytes.to_vec()).await.expect("the folder is there");
            let object = ObjectId::new(self.app.ground.number());
            self.write(move |tx| {
                let new = objects::NewObject {
                    id: &object,
                    key: &key,
                    bytes: 1,
                    sha256: "",
                    kind: "photo",
                    content_type: "image/jpeg",
                    user: Some(&photo.user),
                    avatar: Some(&photo.avatar),
                    delete_after: None,
                };
                objects::insert(tx, &new, now)?;
                let judgement = Judgement {
                    measures: Some(good(photo.number)),
                    verdicts: Vec::new(),
                    original: None,
                    thumbnail: None,
                    processed: Some(object.clone()),
                };
                photos::judged(tx, &photo.id, &judgement)?;
                if let Some(chat) = chats::of_user(tx, &photo.user)? {
                    chats::touch(tx, &chat.id, now)?;
                }
                settle(tx, &claimed.id, claimed.fence, &Verdict::Done, now).map(|_| ())
            })
            .await;
            let chats = self.read(|tx| chats::lagging(tx, Millis(i64::MAX), 100)).await;
            for chat in chats {
                self.app.painter.want(&chat.id, None, now);
            }
        }
    }

    /// Lets time pass until no job is left, at most for so long.
    pub async fn settle(&self, at_most: i64) {
        let until = self.now().as_i64() + at_most;
        let mut steps = 0;
        while self.now().as_i64() < until {
            self.deliver().await;
            self.work().await;
            self.deliver().await;
            self.draw().await;
            if self.read(looks::jobs_left).await == 0 {
                break;
            }
            steps += 1;
            self.clock.pass(if steps < 120 { 1_000 } else { 10_000 });
        }
        self.clock.pass(2_000);
        self.draw().await;
    }

    /// Time passes, and at its end the clockwork ticks.
    pub async fn pass(&self, millis: i64) {
        self.clock.pass(millis);
        self.deliver().await;
        // Where the database is away, the clockwork misses a beat.
        let _ = jobs::schedule::tick(&self.app).await;
        self.draw().await;
    }

    pub async fn read<T: Send + 'static>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.db.read(decision).await.expect("a statement of a test")
    }

    pub async fn write<T: Send + 'static>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.db.write(decision).await.expect("a statement of a test")
    }

    /// What is broken in the chain from credits to news, a line each.
    pub async fn broken(&self) -> Vec<String> {
        let findings = self.read(chain::check).await;
        findings.iter().map(|it| format!("{it:?}")).collect()
    }
}

/// The measures of a photo without fault, unlike any other of the set.
pub fn good(number: u32) -> Measures {
    Measures {
        width: 1_024,
        height: 1_024,
        faces: vec![400],
        sharpness: 500,
        brightness: 128,
        sha256: number.to_string(),
        near_hash: u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15),
    }
}

struct Parts<'a> {
    config: &'a Config,
    db: &'a Db,
    clock: &'a Arc<MadeUp>,
    chance: &'a Arc<AtomicU64>,
    wires: [&'a Arc<Wire>; 5],
}

fn assemble(parts: &Parts<'_>) -> Arc<App> {
    let chance = parts.chance.clone();
    let [telegram, fal, replicate, speech, till] =
        parts.wires.map(|it| Arc::new(Http::over(it.clone(), Reach::Loopback)));
    let world = start::World {
        clock: parts.clock.clone(),
        ids: Ids::from(move || u128::from(chance.fetch_add(1, Ordering::SeqCst))),
        telegram,
        providers: start::accesses(parts.config, Some(SANDBOX))
            .expect("good settings")
            .into_iter()
            .map(|(name, access)| start::Supplier {
                name,
                access,
                http: match name {
                    "fal" => fal.clone(),
                    "elevenlabs" => speech.clone(),
                    _ => replicate.clone(),
                },
                webhooks: Some(HERE.to_owned()),
            })
            .collect(),
        out: till.clone(),
        till,
        yookassa: start::yookassa_access(parts.config, Some(SANDBOX)).expect("good settings"),
        telegram_url: SANDBOX.parse().expect("an address"),
        webhooks: Some(HERE.to_owned()),
        public: Some(HERE.to_owned()),
        chat_page: None,
        metrics: PrometheusBuilder::new().build_recorder().handle(),
    };
    let app = start::assemble(parts.config.clone(), parts.db.clone(), world);
    let app = app.expect("good settings");
    // The programs are a part of the world that these tests are about.
    app.ground.can_film.store(true, Ordering::SeqCst);
    Arc::new(app)
}

/// Waits until everything that was begun beside the work has ended. On the one thread of a test
/// this is certain: what is alive is counted.
pub async fn quiesce() {
    let tasks = tokio::runtime::Handle::current().metrics();
    let mut turns = 0;
    while 0 < tasks.num_alive_tasks() {
        tokio::task::yield_now().await;
        turns += 1;
        assert!(turns < 10_000_000, "something that was begun never ends");
    }
}

/// Runs a story on each database.
pub fn each<F: Future<Output = World>>(story: impl Fn(Ground) -> F) {
    for ground in Ground::all() {
        alone(async {
            let world = story(ground).await;
            assert_eq!(world.broken().await, Vec::<String>::new(), "the chain, on {ground:?}");
        });
    }
}

/// Runs something on one thread.
pub fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
