//! Puts the program together and runs it until it is told to stop.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connectors::http::Http;
use connectors::payments::{self, Network};
use connectors::providers::{self, Access};
use connectors::reach::Reach;
use domain::catalog::WrongCatalog;
use domain::{BotId, Millis};
use hmac::{Hmac, KeyInit, Mac};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use store::bots::{self, NewBot};
use store::{Db, StoreError, Tx};
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

use crate::app::{App, Ground, Line, spawn};
use crate::bot::floods::{Floods, Pace};
use crate::bot::telegram::Telegram;
use crate::bot::{Bot, paint, polling};
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::{Config, Database};
use crate::farm::provider::Farm;
use crate::makers::GPU;
use crate::objects::{Objects, ObjectsError};
use crate::{api, jobs, prices};

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

/// The made-up YooKassa's only shop, and its key.
pub const SANDBOX_SHOP: &str = "100500";
pub const SANDBOX_SHOP_KEY: &str = "test_sandbox-shop-key";

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
    let mut ground = ground(config, world.clock, world.ids)?;
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
    Ok(Ground { catalog, config, clock, ids, mark_key, providers: Vec::new() })
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

fn url(text: &str) -> Result<Url, StartError> {
    Url::parse(text).map_err(|_| StartError::Url(text.to_owned()))
}

/// Runs every role until the process is told to end.
pub async fn run(config: Config) -> Result<(), StartError> {
    if config.bots.is_empty() {
        return Err(StartError::NoBot);
    }
    let metrics = PrometheusBuilder::new().build_recorder();
    let handle = metrics.handle();
    // A second program in one process keeps the first one's.
    let _ = metrics::set_global_recorder(metrics);
    let db = open_store(&config)?;
    let (listener, here) = listen(config.http.listen).await?;
    let local = format!("http://127.0.0.1:{}", here.port());

    let needs_sandbox = config.sandbox.has_telegram || are_made_up(&config);
    let sandbox = if needs_sandbox { Some(open_sandbox(&config, &local).await?) } else { None };
    let origin = sandbox.as_ref().map(|it| it.origin.clone());
    let world = real_world(&config, origin.as_deref(), &local, handle)?;
    let shutdown = config.work.shutdown;
    let app = Arc::new(assemble(config, db, world)?);
    prices::guard(&app).await?;
    enrol_bots(&app).await?;

    let (stop, stopped) = watch::channel(false);
    if let Some(sandbox) = sandbox {
        sandbox.start(&app, stopped.clone());
    }
    let mut workers = Vec::new();
    let work = &app.ground.config.work;
    for (lanes, count) in [
        (&["fast"][..], work.fast),
        (&["pictures"][..], work.pictures),
        (&["money"][..], work.money),
        (&["media"][..], work.media),
        (&["tell"][..], work.tell),
        (&["calls"][..], work.calls),
        (&["packing"][..], 1),
        (&["upkeep"][..], 1),
    ] {
        for _ in 0..count {
            workers.push(spawn(jobs::work(app.clone(), lanes, stopped.clone())));
        }
    }
    spawn(paint::run(app.clone()));
    spawn(jobs::schedule::run(app.clone()));
    receive(&app);

    let shown = app.chat_page.as_ref();
    match shown {
        Some(page) => println!("Atelier is ready: {page}"),
        None => println!("Atelier is ready on {here}"),
    }
    let service = api::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let mut ended = stopped.clone();
    let served = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = ended.wait_for(|it| *it).await;
    });
    let serving = spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the web server ended");
        }
    });
    wait_for_the_end().await.map_err(StartError::Machine)?;
    tracing::info!("ending: what runs is finished, nothing new is begun");
    let _ = stop.send(true);
    let patience = Duration::from_millis(shutdown.as_i64().unsigned_abs());
    let all = futures::future::join(futures::future::join_all(workers), serving);
    if tokio::time::timeout(patience, all).await.is_err() {
        hand_back(&app).await;
    }
    app.db.close();
    Ok(())
}

/// Gives back the jobs that did not end in time, so that whoever comes next begins at once.
async fn hand_back(app: &App) {
    let (worker, now) = (app.worker.clone(), app.ground.now());
    match app.db.write(move |tx| store::jobs::hand_back(tx, &worker, now)).await {
        Ok(jobs) => tracing::warn!(jobs, "some work did not end in time and is handed back"),
        Err(failure) => {
            let failure: StoreError = failure;
            tracing::warn!(%failure, "some work did not end in time; its leases must run out");
        }
    }
}

/// The addresses and roads of a deployment: real ones, or the sandbox's.
fn real_world(
    config: &Config,
    sandbox: Option<&str>,
    local: &str,
    metrics: PrometheusHandle,
) -> Result<World, StartError> {
    let made_up = sandbox.filter(|_| config.sandbox.has_telegram);
    let telegram_url = url(made_up.unwrap_or(&config.telegram.api_url))?;
    // Whatever is made up may not leave the machine, and that is enforced where calls are made.
    let telegram = if config.sandbox.has_telegram {
        Reach::Loopback
    } else {
        Reach::Public { trusted: vec![telegram_url.origin()] }
    };
    let made_up = are_made_up(config);
    let webhooks = if made_up {
        config.sandbox.has_webhooks.then(|| local.to_owned())
    } else {
        config.http.public_url.clone()
    };
    let mut providers = Vec::new();
    for (name, access) in accesses(config, sandbox)? {
        let reach = if made_up {
            Reach::Loopback
        } else {
            Reach::Public { trusted: vec![access.queue_url.origin(), access.rest_url.origin()] }
        };
        let http = Arc::new(Http::new(reach)?);
        providers.push(Supplier { name, access, http, webhooks: webhooks.clone() });
    }
    // Whoever tries the program has their own address called, and nobody else's.
    let out = if config.sandbox.has_telegram {
        Reach::Loopback
    } else {
        Reach::Public { trusted: Vec::new() }
    };
    let yookassa = yookassa_access(config, sandbox)?;
    let till = match &yookassa {
        Some(access) if !config.yookassa.is_test => {
            Reach::Public { trusted: vec![access.url.origin()] }
        }
        Some(_) | None => Reach::Loopback,
    };
    Ok(World {
        till: Arc::new(Http::new(till)?),
        yookassa,
        clock: Arc::new(SystemClock),
        ids: Ids::random(),
        telegram: Arc::new(Http::new(telegram)?),
        telegram_url,
        providers,
        out: Arc::new(Http::new(out)?),
        webhooks,
        public: config
            .http
            .public_url
            .clone()
            .or_else(|| config.sandbox.has_telegram.then(|| local.to_owned())),
        chat_page: sandbox.filter(|_| config.sandbox.has_telegram).map(|it| format!("{it}/")),
        metrics,
    })
}

/// Whether all providers are the built-in ones. Made-up pictures must never go to whoever pays for
/// real ones: as soon as one provider is real, the others are real or rest.
pub fn are_made_up(config: &Config) -> bool {
    config.fal.is_test && config.replicate.is_test
}

/// What is needed to be a customer of each provider: the real ones', or the sandbox's.
pub fn accesses(
    config: &Config,
    sandbox: Option<&str>,
) -> Result<Vec<(&'static str, Access)>, StartError> {
    let access = |key: &SecretString, queue_url: &str, rest_url: &str| {
        Ok::<_, StartError>(Access {
            key: key.clone(),
            queue_url: url(queue_url)?,
            rest_url: url(rest_url)?,
        })
    };
    let (fal, replicate) = (&config.fal, &config.replicate);
    if are_made_up(config) {
        let Some(origin) = sandbox else { return Ok(Vec::new()) };
        let key = SecretString::from("test:sandbox");
        let api = format!("{origin}/replicate");
        return Ok(vec![
            ("fal", access(&key, origin, origin)?),
            ("replicate", access(&key, &api, &api)?),
        ]);
    }
    let mut all = Vec::new();
    if let Some(key) = fal.key.as_ref().filter(|_| !fal.is_test) {
        all.push(("fal", access(key, &fal.queue_url, &fal.rest_url)?));
    }
    if let Some(key) = replicate.key.as_ref().filter(|_| !replicate.is_test) {
        all.push(("replicate", access(key, &replicate.api_url, &replicate.api_url)?));
    }
    Ok(all)
}

/// What is needed to be YooKassa's shop: the real one's, or the sandbox's. None: no money is taken
/// by card.
pub fn yookassa_access(
    config: &Config,
    sandbox: Option<&str>,
) -> Result<Option<payments::Access>, StartError> {
    let settings = &config.yookassa;
    if !settings.is_open {
        return Ok(None);
    }
    if settings.is_test {
        let Some(origin) = sandbox else { return Ok(None) };
        return Ok(Some(payments::Access {
            shop: SANDBOX_SHOP.to_owned(),
            key: SecretString::from(SANDBOX_SHOP_KEY),
            url: url(&format!("{origin}/yookassa/v3"))?,
        }));
    }
    let (Some(shop), Some(key)) = (&settings.shop, &settings.key) else { return Ok(None) };
    let url = url(&settings.api_url)?;
    Ok(Some(payments::Access { shop: shop.clone(), key: key.clone(), url }))
}

/// Updates come by webhook where Telegram can call us, and by asking where it can't.
fn receive(app: &Arc<App>) {
    let base = if app.ground.config.sandbox.has_telegram {
        app.webhooks.clone()
    } else {
        app.ground.config.http.public_url.clone()
    };
    for bot in app.bots.all() {
        let (app, base) = (app.clone(), base.clone());
        spawn(async move {
            learn_username(&app, &bot).await;
            if let Err(error) = bot.set_commands().await {
                tracing::warn!(bot = %bot.name, %error, "the menu of commands could not be set");
            }
            match base {
                None => polling::run(app, bot).await,
                Some(base) => {
                    keep_webhook(&app, &bot, &format!("{base}/webhook/{}", bot.name)).await
                }
            }
        });
    }
}

/// Keeps what Telegram calls the bot, for links to it.
async fn learn_username(app: &App, bot: &Bot) {
    let username = match bot.username().await {
        Ok(Some(username)) => username,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(bot = %bot.name, %error, "the bot's name at Telegram could not be asked");
            return;
        }
    };
    let (id, token_name) = (bot.id.clone(), bot.name.clone());
    let now = app.ground.now();
    let kept = app.db.write(move |tx| enrol(tx, &id, &username, &token_name, now)).await;
    if let Err(failure) = kept {
        let failure: StoreError = failure;
        tracing::warn!(bot = %bot.name, %failure, "the bot's name could not be kept");
    }
}

/// Sets the webhook, until it is set: Telegram may be away when we start.
async fn keep_webhook(app: &App, bot: &Bot, url: &str) {
    while let Err(error) = bot.set_webhook(url).await {
        if error.meaning() == crate::bot::telegram::Meaning::Revoked {
            return app.pause_bot(bot, &error).await;
        }
        tracing::warn!(bot = %bot.name, %error, "the webhook could not be set");
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

struct OpenSandbox {
    sandbox: Arc<sandbox::Sandbox>,
    listener: TcpListener,
    out: Arc<sandbox::Loopback>,
    origin: String,
}

async fn open_sandbox(config: &Config, local: &str) -> Result<OpenSandbox, StartError> {
    let address =
        SocketAddr::new(std::net::Ipv4Addr::LOCALHOST.into(), config.sandbox.listen.port());
    let (listener, bound) = listen(address).await?;
    let origin = format!("http://127.0.0.1:{}", bound.port());
    let sandbox = sandbox::Sandbox::new(sandbox::Settings {
        clock: Arc::new(|| SystemClock.now().as_i64()),
        // Ids of an earlier start must not come again: they are in the database.
        seed: SystemClock.now().as_i64().unsigned_abs(),
        origin: origin.clone(),
        training_ms: config.sandbox.training_lasts.as_i64(),
        picture_ms: config.sandbox.picture_lasts.as_i64(),
        request_prefix: config.sandbox.request_prefix.clone(),
        dir: Some(config.data.join("sandbox")),
    });
    let mut shop = sandbox::yookassa::Shop::new(SANDBOX_SHOP, SANDBOX_SHOP_KEY);
    shop.needs_receipts = config.yookassa.receipts.is_some();
    shop.notify =
        config.sandbox.has_webhooks.then(|| format!("{local}/webhooks/yukassa/notification"));
    sandbox.yookassa().open_shop(shop);
    let out =
        sandbox::Loopback::new().map_err(|it| StartError::Machine(std::io::Error::other(it)))?;
    Ok(OpenSandbox { sandbox, listener, out: Arc::new(out), origin })
}

impl OpenSandbox {
    fn start(self, app: &App, stopped: watch::Receiver<bool>) {
        for bot in &app.ground.config.bots {
            let token = bot.token.expose_secret();
            let added =
                self.sandbox.telegram().add_bot(token, &format!("{}_bot", bot.name), "Atelier");
            if let Err(error) = added {
                tracing::warn!(bot = %bot.name, error, "the made-up Telegram does not take this bot");
            }
        }
        let mut stopped = stopped;
        let end = async move {
            let _ = stopped.wait_for(|it| *it).await;
        };
        spawn(self.sandbox.run(self.listener, self.out, end));
    }
}

/// Ctrl-C, or what a supervisor sends.
async fn wait_for_the_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = term.recv() => Ok(()),
    }
}
