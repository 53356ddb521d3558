//! Words to a bot's owners.

use std::sync::Arc;

use domain::BotId;
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::SendMessageParams;

use crate::app::App;
use crate::bot::telegram::Meaning;
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::outbox;

pub async fn run(
    app: &Arc<App>,
    id: BotId,
    text: String,
    owner: Option<i64>,
) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&id) else { return Ok(Ended::done()) };
    let Some(owner) = owner else {
        return Ok(
            Ended::done().write(move |tx, ground, now| outbox::owners(tx, ground, &id, &text, now))
        );
    };
    let shown: String = text.chars().take(3_000).collect();
    let params = SendMessageParams::builder().chat_id(owner).text(shown).build();
    let Err(error) = bot.telegram.send_message(&params).await else { return Ok(Ended::done()) };
    match error.meaning() {
        // An owner who never spoke to the bot can't be told; the log and the list stay.
        Meaning::Unreachable | Meaning::Rejected | Meaning::Unknown => {
            tracing::warn!(bot = %bot.name, %error, "an owner could not be told");
            Ok(Ended::done())
        }
        _ => Err(error.into()),
    }
}
