//! Long polling, for machines that Telegram can't call.

use std::sync::Arc;
use std::time::Duration;

use domain::Millis;
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{DeleteWebhookParams, GetUpdatesParams};
use frankenstein::response::MethodResponse;
use serde_json::value::RawValue;
use store::{Backend, StoreError};
use tokio::sync::watch;

use crate::app::App;
use crate::bot::receive::{Received, take};
use crate::bot::telegram::{Meaning, TelegramError};
use crate::bot::{Bot, WANTED};

/// How long Telegram holds an empty answer back, seconds.
const HOLD: u32 = 25;

/// After a failure; Telegram is down, or another program has this token.
const PAUSE: Duration = Duration::from_secs(3);

/// For how long nobody else asks for a bot's updates after the last sign of life.
const LEASE: Millis = Millis(15_000);

/// How often there is one.
const BEAT: Duration = Duration::from_secs(5);

/// Asks for updates until the program ends or the token is refused. Of several processes one asks;
/// two of them would only take the answers from each other, and Telegram refuses it.
pub async fn run(app: Arc<App>, bot: Arc<Bot>, mut stopped: watch::Receiver<bool>) {
    let line = bot.telegram.within(Duration::from_secs(u64::from(HOLD) + 10));
    let no_webhook = DeleteWebhookParams::builder().build();
    // As long as it is set, Telegram gives nothing to those who ask.
    while let Err(error) = line.delete_webhook(&no_webhook).await {
        if error.meaning() == Meaning::Revoked {
            return app.pause_bot(&bot, &error).await;
        }
        tracing::warn!(bot = %bot.name, %error, "the webhook could not be taken away");
        tokio::time::sleep(PAUSE).await;
    }
    let mut offset = None;
    while app.bots.get(&bot.id).is_some() && !*stopped.borrow() {
        if !is_ours(&app, &bot).await {
            // Whoever asks now moves the offset; we begin where Telegram says.
            offset = None;
            let _ = tokio::time::timeout(BEAT, stopped.changed()).await;
            continue;
        }
        let polled = tokio::select! {
            polled = poll(&app, &bot, &line, offset) => polled,
            () = while_ours(&app, &bot) => continue,
            _ = stopped.changed() => return,
        };
        match polled {
            Ok(next) => offset = next,
            Err(error) if error.meaning() == Meaning::Revoked => {
                return app.pause_bot(&bot, &error).await;
            }
            Err(error) => {
                tracing::warn!(bot = %bot.name, %error, "updates could not be fetched");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Whether this process is the one that asks for the bot's updates, for a while from now.
async fn is_ours(app: &App, bot: &Bot) -> bool {
    if app.db.backend() == Backend::Sqlite {
        // There are no other processes.
        return true;
    }
    let (id, poller, now) = (bot.id.clone(), app.worker.clone(), app.ground.now());
    let taken =
        app.db.write(move |tx| store::bots::take_polling(tx, &id, &poller, now.plus(LEASE), now));
    match taken.await {
        Ok(is_ours) => is_ours,
        Err(failure) => {
            let failure: StoreError = failure;
            tracing::warn!(bot = %bot.name, %failure, "who asks for updates can't be found out");
            false
        }
    }
}

/// Keeps the bot ours; ends when it is no longer.
async fn while_ours(app: &App, bot: &Bot) {
    loop {
        tokio::time::sleep(BEAT).await;
        if !is_ours(app, bot).await {
            return;
        }
    }
}

/// Takes one batch. The offset moves past what was committed and no further: the rest comes again.
async fn poll(
    app: &Arc<App>,
    bot: &Arc<Bot>,
    line: &super::telegram::Telegram,
    offset: Option<i64>,
) -> Result<Option<i64>, TelegramError> {
    let params = GetUpdatesParams {
        offset,
        limit: Some(100),
        timeout: Some(HOLD),
        allowed_updates: Some(WANTED.to_vec()),
    };
    // Each update is parsed by itself, so that one of a new kind doesn't hide the others.
    let batch: MethodResponse<Vec<Box<RawValue>>> =
        line.request("getUpdates", Some(&params)).await?;
    let mut next = offset;
    for update in &batch.result {
        let bytes = update.get().as_bytes();
        match take(app, bot, bytes).await {
            Received::Kept | Received::NotAnUpdate => {}
            Received::BringAgain => {
                tokio::time::sleep(PAUSE).await;
                return Ok(next);
            }
        }
        if let Ok(Numbered { update_id }) = serde_json::from_slice(bytes) {
            next = Some(update_id + 1);
        }
    }
    Ok(next)
}

#[derive(serde::Deserialize)]
struct Numbered {
    update_id: i64,
}
