//! The world, made up: Telegram with a chat page, providers, and YooKassa, on loopback.
//!
//! Each emulator is written from the vendor's own documents and knows nothing of Atelier, so that
//! it can't share a mistake with it. Time comes from the clock it is given; what is due by then
//! happens in `deliver_due`, so that a test can be the world's heartbeat.

pub mod comfyui;
pub mod drawing;
pub mod elevenlabs;
pub mod fal;
mod outlet;
mod page;
pub mod programs;
mod ranges;
pub mod replicate;
pub mod telegram;
pub mod yookassa;

pub use outlet::{Answer, Loopback, Outlet};

use axum::extract::Request;
use axum::{Router, middleware};
use comfyui::ComfyUi;
use elevenlabs::ElevenLabs;
use fal::Fal;
use programs::Programs;
use replicate::Replicate;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use telegram::Telegram;
use tokio::net::TcpListener;
use tokio::sync::watch;
use yookassa::YooKassa;

/// Milliseconds since the epoch, as the sandbox is to believe.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How often time is looked at when nothing else happens.
pub(crate) const HEARTBEAT: Duration = Duration::from_millis(50);

/// How long open connections may take to end when the sandbox does.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What a world is made of.
pub struct Settings {
    pub clock: Clock,
    /// The same seed, clock and calls give the same ids.
    pub seed: u64,
    /// Where the sandbox is reached, for links: `http://127.0.0.1:8081`.
    pub origin: String,
    /// How long a provider pretends to train.
    pub training_ms: i64,
    /// How long a provider takes for pictures, or for words about one; a sampler of ComfyUI too.
    pub picture_ms: i64,
    /// How fal's request ids begin, and Replicate's with the letters of it that fit there.
    pub request_prefix: String,
    /// Files are kept here when given, and what Telegram remembers over a restart; without it, all is
    /// in memory.
    pub dir: Option<PathBuf>,
}

/// Whose account everybody has at Replicate.
const ACCOUNT: &str = "atelier";

/// What the account at ElevenLabs has for thirty days, and how many speak there at once.
const CREDITS_MAX: i64 = 1_000_000;
const CONCURRENT_MAX: usize = 5;

/// Everything outside the program that is being tried.
pub struct Sandbox {
    telegram: Arc<Telegram>,
    comfyui: Arc<ComfyUi>,
    elevenlabs: Arc<ElevenLabs>,
    fal: Arc<Fal>,
    replicate: Arc<Replicate>,
    yookassa: Arc<YooKassa>,
    stopped: watch::Sender<bool>,
}

impl Sandbox {
    pub fn new(settings: Settings) -> Arc<Sandbox> {
        let Settings { clock, seed, origin, training_ms, picture_ms, request_prefix, dir } =
            settings;
        let telegram = Arc::new(Telegram::new(clock.clone(), seed, dir.clone()));
        let here = telegram.clone();
        let yookassa = YooKassa::new(yookassa::Settings {
            clock: clock.clone(),
            seed,
            origin: origin.clone(),
            way_back: Arc::new(move |url| here.page_of(url)),
        });
        let comfyui = ComfyUi::new(comfyui::Settings { clock: clock.clone(), seed, picture_ms });
        let replicate = Replicate::new(replicate::Settings {
            clock: clock.clone(),
            seed,
            origin: origin.clone(),
            account: ACCOUNT.to_owned(),
            token: None,
            training_ms,
            picture_ms,
            id_prefix: request_prefix.clone(),
        });
        let elevenlabs = ElevenLabs::new(elevenlabs::Settings {
            clock: clock.clone(),
            seed,
            origin: origin.clone(),
            credits_max: CREDITS_MAX,
            concurrent_max: CONCURRENT_MAX,
            programs: Programs::default(),
        });
        let fal = Fal::new(fal::Settings {
            clock,
            seed,
            origin,
            training_ms,
            picture_ms,
            request_prefix,
            dir,
            programs: Programs::default(),
        });
        let stopped = watch::Sender::new(false);
        Arc::new(Sandbox { telegram, comfyui, elevenlabs, fal, replicate, yookassa, stopped })
    }

    pub fn telegram(&self) -> &Arc<Telegram> {
        &self.telegram
    }

    /// Its servers are made when somebody asks for them.
    pub fn comfyui(&self) -> &Arc<ComfyUi> {
        &self.comfyui
    }

    pub fn elevenlabs(&self) -> &Arc<ElevenLabs> {
        &self.elevenlabs
    }

    pub fn fal(&self) -> &Arc<Fal> {
        &self.fal
    }

    pub fn replicate(&self) -> &Arc<Replicate> {
        &self.replicate
    }

    /// Without a shop until [`YooKassa::open_shop`].
    pub fn yookassa(&self) -> &Arc<YooKassa> {
        &self.yookassa
    }

    /// The Bot API, the chat page, the providers and YooKassa, all of it on one port.
    pub fn router(self: &Arc<Self>) -> Router {
        let telegram = self.telegram.clone();
        page::router(self.clone())
            .merge(self.comfyui.router())
            .merge(self.elevenlabs.router())
            .merge(self.fal.router())
            .merge(self.replicate.router())
            .merge(self.yookassa.router())
            .layer(middleware::from_fn(page::only_from_here))
            .fallback(move |request: Request| telegram.clone().answer(request))
    }

    /// Does what is due by the clock, and sends every webhook that is. Gives their number.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        self.comfyui.deliver_due().await;
        self.elevenlabs.deliver_due();
        self.telegram.deliver_due(out).await
            + self.fal.deliver_due(out).await
            + self.replicate.deliver_due(out).await
            + self.yookassa.deliver_due(out).await
    }

    /// Serves and delivers until `stop`.
    pub async fn run(
        self: Arc<Self>,
        listener: TcpListener,
        out: Arc<dyn Outlet>,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        let (mut for_server, mut for_mail) = (self.stopped(), self.stopped());
        let served = axum::serve(listener, self.router()).with_graceful_shutdown(async move {
            let _ = for_server.wait_for(|it| *it).await;
        });
        let mailed = self.telegram.clone().deliver(out.clone(), async move {
            let _ = for_mail.wait_for(|it| *it).await;
        });
        let called_back = async {
            loop {
                self.fal.tell_due(&*out).await;
                tokio::time::sleep(HEARTBEAT).await;
            }
        };
        let worked_on = async {
            loop {
                self.comfyui.deliver_due().await;
                self.elevenlabs.deliver_due();
                tokio::time::sleep(HEARTBEAT).await;
            }
        };
        let told_by_replicate = async {
            loop {
                self.replicate.deliver_due(&*out).await;
                tokio::time::sleep(HEARTBEAT).await;
            }
        };
        let notified = async {
            loop {
                self.yookassa.deliver_due(&*out).await;
                tokio::time::sleep(HEARTBEAT).await;
            }
        };
        let ended = async {
            stop.await;
            self.stopped.send_replace(true);
            self.comfyui.hang_up();
            tokio::time::sleep(LAST_WORDS).await;
        };
        let work = async { tokio::join!(served.into_future(), mailed) };
        tokio::select! {
            _ = work => {}
            () = self.telegram.clone().keep_remembering() => {}
            () = called_back => {}
            () = self.fal.film() => {}
            () = worked_on => {}
            () = told_by_replicate => {}
            () = notified => {}
            () = ended => {}
        }
    }

    pub(crate) fn stopped(&self) -> watch::Receiver<bool> {
        self.stopped.subscribe()
    }
}
