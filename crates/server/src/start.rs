//! Puts the program together. `run` starts its roles, `roads` says where the world is, and `made_up`
//! opens the world that isn't real.

mod gpu;
mod made_up;
mod roads;
mod run;

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use connectors::http::Http;
use connectors::payments::{self, Network};
use connectors::providers::{self, Access};
use domain::catalog::WrongCatalog;
use domain::{BotId, Millis};
use hmac::{Hmac, KeyInit, Mac};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use store::bots::{self, NewBot};
use store::{Db, StoreError, Tx};
use tokio::net::TcpListener;
use url::Url;

use crate::app::{App, Ground, Line};
use crate::bot::Bot;
use crate::bot::floods::{Floods, Pace};
use crate::bot::telegram::Telegram;
use crate::clock::{Clock, Ids};
use crate::config::{Config, Database};
use crate::farm::provider::Farm;
use crate::film::Films;
use crate::makers::GPU;
use crate::objects::{Objects, ObjectsError};
use crate::prices;
use crate::voices::{self, Source};

pub use gpu::{Seat, from_afar};
pub use made_up::{SANDBOX_SHOP, SANDBOX_SHOP_KEY, sandbox};
pub use roads::{accesses, are_made_up, yookassa_access};
pub use run::{Doors, Roles, run};

/// Why the program does not start: one clear line each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the data folder {folder} can't be used: {why}")]
    Folder { folder: PathBuf, why: std::io::Error },
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(
        "the database is of version {found}, but this program only knows versions up to {known}: \
         start the newer program that made it, or another database"
    )]
    Newer { found: u32, known: u32 },
    #[error("{0}")]
    Objects(#[from] ObjectsError),
    #[error("{address} can't be listened on: {why} (choose another with --port)")]
    Listen { address: SocketAddr, why: std::io::Error },
    #[error("{0}")]
    Catalog(#[from] WrongCatalog),
    #[error("`{0}` is not an address")]
    Url(String),
    #[error("the catalog folder {folder} can't be read: {why}")]
    CatalogFolder { folder: PathBuf, why: std::io::Error },
    #[error("the prices of bot `{bot}`: {what}")]
    BotPrices { bot: String, what: String },
    #[error(
        "prices have changed a hundredfold since the last start ({0}): if that is meant, say so \
         with `atelier catalog accept --reason TEXT`"
    )]
    Prices(String),
    #[error("{0}")]
    NetworkText(#[from] payments::WrongNetwork),
    #[error("{0}")]
    Network(#[from] connectors::http::WrongNetwork),
    #[error(
        "no bot has a token: set TELEGRAM_BOT_TOKEN, or start `atelier` without a command to try \
         everything in a browser"
    )]
    NoBot,
    #[error(
        "`atelier {0}` is one process of several, which need PostgreSQL (DATABASE_URL): with SQLite \
         start `atelier serve`, which does everything"
    )]
    OneProcess(&'static str),
    #[error("the worker has ended: {0}")]
    Worker(String),
    #[error("the made-up Telegram does not take bot `{bot}`: {why}")]
    MadeUp { bot: String, why: String },
    #[error("the machine does not let the program start: {0}")]
    Machine(std::io::Error),
}

/// Opens the database and brings it to this version. Refuses to go back.
pub fn open_store(config: &Config) -> Result<Db, StartError> {
    let folder = |why| StartError::Folder { folder: config.data.clone(), why };
    std::fs::create_dir_all(&config.data).map_err(folder)?;
    let address = match &config.store.address {
        Database::Sqlite(file) => format!("sqlite:{}", file.display()),
        Database::Postgres(address) => address.expose_secret().to_owned(),
    };
    let db = Db::open(&address)?;
    db.migrate().map_err(|error| match error {
        StoreError::Newer { found, known } => StartError::Newer { found, known },
        error => StartError::Store(error),
    })?;
    Ok(db)
}

/// What is chosen from outside: the time, the chance, and where the world is.
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub ids: Ids,
    pub telegram: Arc<Http>,
    pub telegram_url: Url,
    pub providers: Vec<Supplier>,
    /// To other programs that want to hear of what happens.
    pub out: Arc<Http>,
    /// To payment systems; none where no money is taken.
    pub till: Arc<Http>,
    pub yookassa: Option<payments::Access>,
    /// Where Telegram calls us.
    pub webhooks: Option<String>,
    /// Where people reach us.
    pub public: Option<String>,
    pub chat_page: Option<String>,
    pub metrics: PrometheusHandle,
}

/// A provider whose customer we are, and the road there.
pub struct Supplier {
    pub name: &'static str,
    pub access: Access,
    pub http: Arc<Http>,
    /// Where it calls us.
    pub webhooks: Option<String>,
}

/// Puts an app together of settings and a world.
pub fn assemble(config: Config, db: Db, world: World) -> Result<App, StartError> {
    let objects = Objects::open(&config.objects.place)?;
    let pace = Pace {
        bot_per_second: NonZeroU32::new(config.telegram.messages_per_second)
            .unwrap_or(NonZeroU32::MIN),
        chat_per_second: NonZeroU32::new(config.telegram.chat_messages_per_second)
            .unwrap_or(NonZeroU32::MIN),
        chat_burst: NonZeroU32::new(config.telegram.chat_burst).unwrap_or(NonZeroU32::MIN),
    };
    let yookassa = world.yookassa;
    let gateways = payments::all(|name| yookassa.clone().filter(|_| name == "yookassa"));
    let networks = |texts: &[String]| {
        texts.iter().map(|it| Network::from_text(it)).collect::<Result<Vec<_>, _>>()
    };
    let trusted_proxies = networks(&config.http.trusted_proxies)?;
    // Play money is notified of from this machine.
    let local = ["127.0.0.0/8".to_owned(), "::1".to_owned()];
    let is_test = config.yookassa.is_test;
    let notifiers = networks(if is_test { &local } else { &config.yookassa.networks })?;
    let supplier = |name: &str| world.providers.iter().find(|it| it.name == name);
    let mut lines: Vec<Line> = providers::all(|name| Some(supplier(name)?.access.clone()))
        .into_iter()
        .filter_map(|provider| {
            let Supplier { http, webhooks, .. } = supplier(provider.name())?;
            Some(Line { provider, http: http.clone(), webhooks: webhooks.clone() })
        })
        .collect();
    let link_key = key_for(&config, "atelier links 1");
    let worker = format!("worker_{:08x}", world.ids.chance() as u32);
    let config_media = config.work.media;
    let films = Films::new(&config);
    let can_film = films.are_there();
    let speaker = supplier(voices::PROVIDER);
    let voices = speaker.map(|it| Source { access: it.access.clone(), http: it.http.clone() });
    let mut ground = ground(config, world.clock, world.ids)?;
    ground.can_film = AtomicBool::new(can_film);
    ground.providers = lines.iter().map(|it| it.provider.name()).collect();
    // The operator's own GPUs are always there to be asked; whether one can do it, they say.
    ground.providers.push(GPU);
    let ground = Arc::new(ground);
    lines.push(Line {
        provider: Arc::new(Farm::new(db.clone(), ground.clone())),
        http: world.out.clone(),
        webhooks: None,
    });
    let app = App {
        ground,
        db,
        objects,
        lines,
        out_http: world.out,
        till_http: world.till,
        gateways,
        trusted_proxies,
        notifiers,
        webhooks: world.webhooks,
        public: world.public,
        looks: tokio::sync::Semaphore::new(config_media),
        films: Arc::new(films),
        voices,
        shown: Default::default(),
        chat_page: world.chat_page,
        bots: Default::default(),
        floods: Floods::new(pace),
        painter: Default::default(),
        turns: Default::default(),
        apologies: Default::default(),
        webhook_keys: Default::default(),
        link_key,
        metrics: world.metrics,
        worker,
    };
    for bot in &app.ground.config.bots {
        if let Some(id) = Bot::id_of(&bot.token) {
            app.bots.add(Bot {
                id,
                name: bot.name.clone(),
                owners: bot.owners.clone(),
                languages: bot.languages.clone(),
                has_shop: !bot.methods.is_empty(),
                telegram: Telegram::new(
                    world.telegram.clone(),
                    world.telegram_url.clone(),
                    bot.token.clone(),
                ),
                secret: Bot::secret_of(&bot.token),
            });
        }
    }
    Ok(app)
}

/// What decisions need: those of the program that runs, and those of the operator's commands.
pub fn ground(config: Config, clock: Arc<dyn Clock>, ids: Ids) -> Result<Ground, StartError> {
    let mark_key = key_for(&config, "atelier marks 1");
    let catalog = prices::read_catalog(&config)?;
    Ok(Ground {
        catalog,
        config,
        clock,
        ids,
        mark_key,
        providers: Vec::new(),
        // Whether ffmpeg can what is needed is found out when the roles begin.
        can_film: AtomicBool::new(false),
        room: AtomicBool::new(true),
    })
}

fn key_for(config: &Config, purpose: &str) -> Vec<u8> {
    config.bots.first().map(|it| key_of(&it.token, purpose)).unwrap_or_default()
}

/// A key for one purpose, of a secret that all processes share.
fn key_of(secret: &SecretString, purpose: &str) -> Vec<u8> {
    let key = secret.expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(purpose.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Writes a row for each bot, so that everything else can refer to it.
pub async fn enrol_bots(app: &App) -> Result<(), StoreError> {
    for bot in app.bots.all() {
        let (id, name, now) = (bot.id.clone(), bot.name.clone(), app.ground.now());
        app.db
            .write(move |tx| {
                // Until Telegram is asked, it is called what it was called last.
                let known = bots::get(tx, &id)?.map(|it| it.username);
                enrol(tx, &id, &known.unwrap_or_else(|| name.clone()), &name, now)?;
                // The operator has started it again, perhaps with a new token.
                bots::resume(tx, &id)?;
                store::attention::close(tx, "bot-refused", id.as_str(), now).map(|_| ())
            })
            .await?;
    }
    Ok(())
}

fn enrol(
    tx: &mut Tx,
    id: &BotId,
    username: &str,
    token_name: &str,
    now: Millis,
) -> Result<(), StoreError> {
    let number = id.as_str().trim_start_matches(BotId::PREFIX).parse().unwrap_or_default();
    bots::put(tx, &NewBot { id, telegram_id: number, username, token_name }, now).map(|_| ())
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let refused = |why| StartError::Listen { address, why };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}
