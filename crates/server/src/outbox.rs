//! What somebody must hear, written with its cause and sent for certain by a job of its own: news
//! for users, words for owners, and the list of what a person must look at.

use domain::{BotId, JobId, Millis, News, Task, TellId, UserId};
use store::{Tx, attention, chats, jobs, tells};

use crate::app::Ground;
use crate::bot::Bot;
use crate::failure::Failure;
use crate::outbound;

/// Writes news for a user and queues its sending. The news' kind and what it is about make a key
/// under which nothing is told twice.
pub fn tell(
    tx: &mut Tx,
    ground: &Ground,
    user: &UserId,
    news: &News,
    about: &str,
    now: Millis,
) -> Result<(), Failure> {
    outbound::note(tx, ground, user, news, about, now)?;
    // Whoever never opened a chat can't be told: there is nowhere to.
    let Some(chat) = chats::of_user(tx, user)? else { return Ok(()) };
    let id = TellId::new(ground.number());
    let kind = serde_json::to_value(news).ok();
    let kind = kind.as_ref().and_then(|it| it.get("news")?.as_str()).unwrap_or("news");
    let new = tells::NewTell {
        id: &id,
        chat: &chat.id,
        user,
        bot: &chat.bot,
        news,
        about: Some(about),
        dedupe_key: &format!("{kind}:{about}"),
    };
    if tells::insert(tx, &new, now)? {
        let task = Task::Tell { tell: id };
        let job = jobs::NewJob {
            group_key: Some(chat.id.as_str().to_owned()),
            ..jobs::NewJob::of(&task)
        };
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(())
}

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
        owners(tx, ground, &bot, &format!("{kind} {subject}: {evidence}"), now)?;
    }
    Ok(())
}

/// Puts something of one bot on the attention list and, if it is new there, tells its owners.
pub fn raise_in(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    kind: &'static str,
    subject: &str,
    evidence: &str,
    now: Millis,
) -> Result<(), Failure> {
    if attention::raise(tx, kind, subject, evidence, now)? {
        owners(tx, ground, bot, &format!("{kind} {subject}: {evidence}"), now)?;
    }
    Ok(())
}

/// Tells the owners of one bot something, each by a job: where one can't be told now, the others
/// don't hear it again.
pub fn owners(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    text: &str,
    now: Millis,
) -> Result<(), Failure> {
    let settings = &ground.config.bots;
    let of_bot = settings.iter().find(|it| Bot::id_of(&it.token).as_ref() == Some(bot));
    for owner in of_bot.map(|it| it.owners.as_slice()).unwrap_or_default() {
        let task = Task::Alert { bot: bot.clone(), text: text.to_owned(), owner: Some(*owner) };
        jobs::enqueue(tx, &jobs::NewJob::of(&task), &JobId::new(ground.number()), now)?;
    }
    Ok(())
}
