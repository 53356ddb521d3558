//! Words to a bot's owners, and the list of what a person must look at.

use std::sync::Arc;

use domain::BotId;
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::SendMessageParams;

use crate::app::App;
use crate::bot::telegram::Meaning;
use crate::failure::Failure;
use crate::jobs::Ended;

pub use crate::outbox::{note, raise};

pub async fn run(app: &Arc<App>, bot: &BotId, text: &str) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(bot) else { return Ok(Ended::done()) };
    let shown: String = text.chars().take(3_000).collect();
    for owner in &bot.owners {
        let params = SendMessageParams::builder().chat_id(*owner).text(shown.clone()).build();
        if let Err(error) = bot.telegram.send_message(&params).await {
            match error.meaning() {
                // An owner who never spoke to the bot can't be told; the log and the list stay.
                Meaning::Unreachable | Meaning::Rejected | Meaning::Unknown => {
                    tracing::warn!(bot = %bot.name, %error, "an owner could not be told");
                }
                _ => return Err(error.into()),
            }
        }
    }
    Ok(Ended::done())
}
