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
    for bot in &ground.config.bots {
        let Some(id) = Bot::id_of(&bot.token) else { continue };
        let text = format!("{kind} {subject}: {evidence}");
        enqueue(tx, ground, &id, &text, &bot.owners, now)?;
    }
    Ok(())
}

/// A job for each owner: where one can't be told now, the others don't hear it again.
fn enqueue(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    text: &str,
    owners: &[i64],
    now: Millis,
) -> Result<(), Failure> {
    for owner in owners {
        let task = Task::Alert { bot: bot.clone(), text: text.to_owned(), owner: Some(*owner) };
        let job = jobs::NewJob::of(&task);
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(())
}

pub async fn run(
    app: &Arc<App>,
    id: BotId,
    text: String,
    owner: Option<i64>,
) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&id) else { return Ok(Ended::done()) };
    let Some(owner) = owner else {
        let owners = bot.owners.clone();
        return Ok(Ended::done()
            .write(move |tx, ground, now| enqueue(tx, ground, &id, &text, &owners, now)));
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
