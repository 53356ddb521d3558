//! Long polling, for machines that Telegram can't call.

use std::sync::Arc;
use std::time::Duration;

use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{DeleteWebhookParams, GetUpdatesParams};
use frankenstein::response::MethodResponse;
use serde_json::value::RawValue;

use crate::app::App;
use crate::bot::receive::{Received, take};
use crate::bot::telegram::{Meaning, TelegramError};
use crate::bot::{Bot, WANTED};

/// How long Telegram holds an empty answer back, seconds.
const HOLD: u32 = 25;

/// After a failure; Telegram is down, or another program has this token.
const PAUSE: Duration = Duration::from_secs(3);

/// Asks for updates until the program ends or the token is refused.
pub async fn run(app: Arc<App>, bot: Arc<Bot>) {
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
    while app.bots.get(&bot.id).is_some() {
        match poll(&app, &bot, &line, offset).await {
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
