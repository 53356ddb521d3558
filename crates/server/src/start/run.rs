//! The roles, and a process that has some of them until it is told to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use store::{Calls, StoreError};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::{App, spawn};
use crate::bot::paint::{self, Painter};
use crate::bot::{Bot, polling};
use crate::config::{Config, Database, Work};
use crate::makers::GPU_LANE;
use crate::shared::Shared;
use crate::start::gpu::{self, Seat};
use crate::start::made_up;
use crate::start::roads::{are_made_up, real_world};
use crate::start::{StartError, assemble, enrol, enrol_bots, listen, open_store};
use crate::{api, film, jobs, prices, wakes};

/// What a process answers by HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doors {
    /// Everything.
    All,
    /// What Telegram brings, and how we are.
    Telegram,
    /// How we are.
    Health,
}

/// What a process does. All processes of a deployment share the database and, if they have one,
/// Redis; each role may be had several times.
#[derive(Clone, Debug)]
pub struct Roles {
    /// As the command is called.
    pub name: &'static str,
    /// None: nobody calls it.
    pub doors: Option<Doors>,
    /// Whether it takes updates, draws chats and tells.
    pub is_bot: bool,
    /// Which jobs, and how many at a time.
    pub lanes: Vec<(&'static str, usize)>,
    /// Whose GPU it works for.
    pub gpu: Option<Seat>,
    /// Whether it may be the only process, with SQLite and a made-up world of its own.
    pub may_be_alone: bool,
}

/// Who sends to customers belongs to the bots: they keep to Telegram's limits together.
pub const TELLING: &str = "tell";

impl Roles {
    /// `atelier serve`, and `atelier` alone.
    pub fn all(work: &Work) -> Self {
        Self {
            name: "serve",
            doors: Some(Doors::All),
            is_bot: true,
            lanes: lanes(work).to_vec(),
            gpu: None,
            may_be_alone: true,
        }
    }

    pub fn api() -> Self {
        Self {
            name: "api",
            doors: Some(Doors::All),
            is_bot: false,
            lanes: Vec::new(),
            gpu: None,
            may_be_alone: false,
        }
    }

    /// Updates come in by HTTP or are asked for; then HTTP is for monitors, if they want it.
    pub fn bot(config: &Config, has_port: bool) -> Self {
        let has_doors = has_port || config.http.public_url.is_some();
        Self {
            name: "bot",
            doors: has_doors.then_some(Doors::Telegram),
            is_bot: true,
            lanes: vec![(TELLING, config.work.tell)],
            gpu: None,
            may_be_alone: false,
        }
    }

    /// Workers of these lanes; of all but the bots' own, if none is named.
    pub fn worker(work: &Work, wanted: Vec<(&'static str, usize)>, has_port: bool) -> Self {
        let ordinary = lanes(work).into_iter().filter(|(lane, _)| *lane != TELLING);
        Self {
            name: "worker",
            doors: has_port.then_some(Doors::Health),
            is_bot: false,
            lanes: if wanted.is_empty() { ordinary.collect() } else { wanted },
            gpu: None,
            may_be_alone: false,
        }
    }

    /// Nothing but the worker of a GPU.
    pub fn gpu(seat: Seat, has_port: bool) -> Self {
        Self {
            name: "worker",
            doors: has_port.then_some(Doors::Health),
            is_bot: false,
            lanes: Vec::new(),
            gpu: Some(seat),
            may_be_alone: false,
        }
    }

    /// What the process waits to be called to.
    fn calls(&self) -> Calls {
        let chats = if self.is_bot { Calls::CHATS } else { Calls::default() };
        let gpu = self.gpu.as_ref().map(|_| (GPU_LANE, 1));
        let lanes = self.lanes.iter().chain(&gpu);
        lanes.fold(chats, |calls, (lane, _)| calls.and(Calls::lane(lane)))
    }
}

/// Every lane with its workers, as it is set, but that of GPUs.
fn lanes(work: &Work) -> [(&'static str, usize); LANES] {
    [
        ("fast", work.fast),
        ("pictures", work.pictures),
        ("money", work.money),
        ("media", work.media),
        ("montage", work.montage),
        (TELLING, work.tell),
        ("calls", work.calls),
        ("packing", 1),
        ("upkeep", 1),
    ]
}

const LANES: usize = domain::task::LANES.len() - 1;

/// Has the roles until the process is told to end.
pub async fn run(config: Config, mut roles: Roles) -> Result<(), StartError> {
    if config.bots.is_empty() {
        return Err(StartError::NoBot);
    }
    if !roles.may_be_alone && matches!(config.store.address, Database::Sqlite(_)) {
        return Err(StartError::OneProcess(roles.name));
    }
    let config = made_up::furnish(config);
    let metrics = PrometheusBuilder::new().build_recorder();
    let handle = metrics.handle();
    // A second program in one process keeps the first one's.
    let _ = metrics::set_global_recorder(metrics);
    let db = open_store(&config)?;
    let open = match roles.doors {
        Some(doors) => Some((doors, listen(config.http.listen).await?)),
        None => None,
    };
    let here = open.as_ref().map_or(config.http.listen, |(_, (_, here))| *here);
    let local = format!("http://127.0.0.1:{}", here.port());

    let needs_sandbox = roles.may_be_alone && (config.sandbox.has_telegram || are_made_up(&config));
    let sandbox = match needs_sandbox {
        true => Some(made_up::open(&config, config.sandbox.listen.port(), &local).await?),
        false => None,
    };
    let origin = sandbox.as_ref().map(|it| it.origin().to_owned());
    let world = real_world(&config, origin.as_deref(), &local, handle)?;
    let shared = config.redis.as_ref().and_then(Shared::new).map(Arc::new);
    let shutdown = config.work.shutdown;
    let mut app = assemble(config, db, world)?;
    if let Some(shared) = &shared {
        app.floods = app.floods.shared(shared.clone());
    }
    match roles.is_bot {
        true => app.db.draws_chats(),
        false => app.painter = Painter::resting(),
    }
    let app = Arc::new(app);
    prices::guard(&app).await?;
    enrol_bots(&app).await?;

    let (stop, stopped) = watch::channel(false);
    if let Some(sandbox) = sandbox {
        sandbox.start(&app.ground.config, stopped.clone());
    }
    if roles.may_be_alone {
        let made_up = origin.as_deref().filter(|_| are_made_up(&app.ground.config));
        roles.gpu = Seat::of(&app.ground.config, made_up)?;
    }
    let mut ending = begin(&app, &roles, shared, &stopped);
    if let Some(seat) = &roles.gpu {
        ending.push(spawn(gpu::beside(&app, seat, stopped.clone())?));
    }
    match (&app.chat_page, &open) {
        (Some(page), _) => println!("Atelier is ready: {page}"),
        (None, Some(_)) => println!("Atelier is ready on {here}"),
        (None, None) => println!("Atelier is ready ({})", roles.name),
    }
    if let Some((doors, (listener, _))) = open {
        ending.push(serve(&app, doors, listener, stopped.clone()));
    }
    wait_for_the_end().await.map_err(StartError::Machine)?;
    tracing::info!("ending: what runs is finished, nothing new is begun");
    let _ = stop.send(true);
    let patience = Duration::from_millis(shutdown.as_i64().unsigned_abs());
    let all = futures::future::join_all(ending);
    if tokio::time::timeout(patience, all).await.is_err() {
        hand_back(&app).await;
    }
    leave_polling(&app, &roles).await;
    app.db.close();
    Ok(())
}

/// Begins everything that the roles do. Gives what is waited for at the end.
fn begin(
    app: &Arc<App>,
    roles: &Roles,
    shared: Option<Arc<Shared>>,
    stopped: &watch::Receiver<bool>,
) -> Vec<JoinHandle<()>> {
    let mut workers = Vec::new();
    let known: &'static [&'static str] = &domain::task::LANES;
    for (wanted, count) in &roles.lanes {
        for lane in known.iter().filter(|it| *it == wanted) {
            let workers_of_lane = (0..*count).map(|_| {
                let lanes = std::slice::from_ref(lane);
                spawn(jobs::work(app.clone(), lanes, stopped.clone()))
            });
            workers.extend(workers_of_lane);
        }
    }
    // Without jobs there is nobody to be woken, but others are.
    if let Some(shared) = shared {
        spawn(wakes::speak(shared.clone(), app.db.clone()));
        if !roles.calls().is_empty() {
            let name = app.worker.clone();
            spawn(wakes::listen(shared, app.db.clone(), roles.calls(), name));
        }
    }
    if roles.is_bot {
        spawn(paint::run(app.clone()));
        spawn(paint::follow(app.clone()));
        receive(app, stopped);
    }
    spawn(film::watch(app.clone(), stopped.clone()));
    spawn(jobs::schedule::run(app.clone()));
    workers
}

fn serve(
    app: &Arc<App>,
    doors: Doors,
    listener: TcpListener,
    mut stopped: watch::Receiver<bool>,
) -> JoinHandle<()> {
    let routes = api::behind(doors, app.clone());
    let answers = routes.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, answers).with_graceful_shutdown(async move {
        let _ = stopped.wait_for(|it| *it).await;
    });
    spawn(async move {
        if let Err(error) = served.await {
            tracing::error!(%error, "the web server ended");
        }
    })
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

/// Whoever comes next may ask for updates at once.
async fn leave_polling(app: &App, roles: &Roles) {
    if !roles.is_bot {
        return;
    }
    let poller = app.worker.clone();
    let left = app.db.write(move |tx| store::bots::leave_polling(tx, &poller)).await;
    if let Err(failure) = left {
        let failure: StoreError = failure;
        tracing::warn!(%failure, "that nobody asks for updates could not be noted");
    }
}

/// Updates come by webhook where Telegram can call us, and by asking where it can't.
fn receive(app: &Arc<App>, stopped: &watch::Receiver<bool>) {
    let base = if app.ground.config.sandbox.has_telegram {
        app.webhooks.clone()
    } else {
        app.ground.config.http.public_url.clone()
    };
    for bot in app.bots.all() {
        let (app, base, stopped) = (app.clone(), base.clone(), stopped.clone());
        spawn(async move {
            learn_username(&app, &bot).await;
            if let Err(error) = bot.set_commands().await {
                tracing::warn!(bot = %bot.name, %error, "the menu of commands could not be set");
            }
            match base {
                None => polling::run(app, bot, stopped).await,
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

/// Ctrl-C, or what a supervisor sends.
pub(super) async fn wait_for_the_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    tokio::select! {
        done = tokio::signal::ctrl_c() => done,
        _ = term.recv() => Ok(()),
    }
}
