//! Words to a bot's owners, and the list of what a person must look at.

use std::sync::Arc;

use domain::{BotId, JobId, Millis, Task};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::SendMessageParams;
use store::{Tx, attention, jobs};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::bot::telegram::Meaning;
use crate::failure::Failure;
use crate::jobs::Ended;

/// Puts something on the attention list, once while it is open.
pub fn note(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    evidence: &str,
    now: Millis,
) -> Result<(), Failure> {
    attention::raise(tx, kind, subject, evidence, now)?;
    Ok(())
}

/// Puts something on the attention list and, if it is new there, tells the owners of all bots.
pub fn raise(
    tx: &mut Tx,
    ground: &Ground,
    kind: &'static str,
    subject: &str,
    evidence: &str,
    now: Millis,
) -> Result<(), Failure> {
    if !attention::raise(tx, kind, subject, evidence, now)? {
        return Ok(());
    }
    let bots = ground.config.bots.iter().filter(|it| !it.owners.is_empty());
    for bot in bots.filter_map(|it| Bot::id_of(&it.token)) {
        let text = format!("{kind} {subject}: {evidence}");
        let task = Task::Alert { bot, text };
        let job = jobs::NewJob::of(&task);
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(())
}

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
