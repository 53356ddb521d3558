//! The world that isn't real: beside the program, or in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::spawn;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::start::run::wait_for_the_end;
use crate::start::{StartError, listen};

/// The made-up YooKassa's only shop, and its key.
pub const SANDBOX_SHOP: &str = "100500";
pub const SANDBOX_SHOP_KEY: &str = "test_sandbox-shop-key";

/// The group in which customers are answered there, and what it is called.
const SUPPORT: i64 = -1_000_000_000_001;
const SUPPORT_TITLE: &str = "Support chat";

/// Adds what a made-up Telegram has and settings don't name: a support chat.
pub(super) fn furnish(mut config: Config) -> Config {
    if config.sandbox.has_telegram {
        config.feedback.chat = config.feedback.chat.or(Some(SUPPORT));
    }
    config
}

pub(super) struct OpenSandbox {
    sandbox: Arc<sandbox::Sandbox>,
    listener: TcpListener,
    out: Arc<sandbox::Loopback>,
    origin: String,
}

/// Opens it on a port. `local` is where it calls us.
pub(super) async fn open(
    config: &Config,
    port: u16,
    local: &str,
) -> Result<OpenSandbox, StartError> {
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
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
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn start(self, config: &Config, mut stopped: watch::Receiver<bool>) {
        if let Err(error) = self.add_bots(config) {
            tracing::warn!(%error, "a bot is missing in the made-up world");
        }
        let end = async move {
            let _ = stopped.wait_for(|it| *it).await;
        };
        spawn(self.sandbox.run(self.listener, self.out, end));
    }

    fn add_bots(&self, config: &Config) -> Result<(), StartError> {
        for bot in &config.bots {
            let (token, name) = (bot.token.expose_secret(), format!("{}_bot", bot.name));
            let telegram = self.sandbox.telegram();
            let added = telegram.add_bot(token, &name, "Atelier").and_then(|id| {
                let chat = bot.feedback_chat.or(config.feedback.chat);
                match chat.filter(|it| *it < 0) {
                    Some(group) => telegram.add_to_group(id, group, SUPPORT_TITLE),
                    None => Ok(()),
                }
            });
            added.map_err(|why| StartError::MadeUp { bot: bot.name.clone(), why })?;
        }
        Ok(())
    }
}

/// Only the made-up world, until the process is told to end: for demos of several processes, which
/// are pointed at it by what is printed.
pub async fn sandbox(config: Config, port: u16) -> Result<(), StartError> {
    let local = config.http.public_url.clone();
    let local = local.unwrap_or_else(|| format!("http://127.0.0.1:{}", config.http.listen.port()));
    let config = furnish(config);
    let open = open(&config, port, &local).await?;
    open.add_bots(&config)?;
    let origin = open.origin.clone();
    println!("# A made-up Telegram with a chat page, and made-up providers: {origin}/");
    println!("# For those who are to use them:");
    for bot in config.bots.iter().take(1) {
        println!("TELEGRAM_BOT_TOKEN={}", bot.token.expose_secret());
    }
    if let Some(chat) = config.feedback.chat {
        println!("ADMIN_FEEDBACK_CHAT_ID={chat}");
    }
    println!("ATELIER__TELEGRAM__API_URL={origin}");
    println!("FAL_TRAINING_TEST_MODE=false\nFAL_API_KEY=test:sandbox");
    println!("ATELIER__PROVIDERS__FAL__QUEUE_URL={origin}");
    println!("ATELIER__PROVIDERS__FAL__REST_URL={origin}");
    println!("REPLICATE_TEST_MODE=false\nREPLICATE_API_TOKEN=test:sandbox");
    println!("ATELIER__PROVIDERS__REPLICATE__API_URL={origin}/replicate");
    println!("ELEVEN_TEST_MODE=false\nELEVEN_API_KEY=test:sandbox");
    println!("ATELIER__PROVIDERS__ELEVENLABS__API_URL={origin}/elevenlabs");
    let ended = async {
        // Without signals there is no polite end, and the world goes on.
        if wait_for_the_end().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    open.sandbox.run(open.listener, open.out, ended).await;
    Ok(())
}
