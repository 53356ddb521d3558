//! What goes between customers and those who answer for a bot: its support chat or, where there is
//! none, its owners, each in their own chat with it.

use domain::{BotId, ChatId, FeedbackId, JobId, Language, Millis, News, PostId, Task};
use store::posts::{self, NewPost, Says};
use store::tells::Tell;
use store::{StoreError, Tx, feedback, jobs};

use crate::app::Ground;
use crate::config;
use crate::failure::Failure;
use crate::outbox;
use crate::till::shop;

/// The chat in which customers of this bot are answered, if the operator has one.
pub fn chat_of(ground: &Ground, bot: &config::Bot) -> Option<i64> {
    bot.feedback_chat.or(ground.config.feedback.chat)
}

/// Where what a customer writes is shown.
pub fn chats(ground: &Ground, bot: &BotId) -> Vec<i64> {
    let Some(bot) = shop::of(ground, bot) else { return Vec::new() };
    match chat_of(ground, bot) {
        Some(chat) => vec![chat],
        None => bot.owners.clone(),
    }
}

/// The language in which a bot speaks to those who answer for it: its first.
pub fn language(ground: &Ground, bot: &BotId) -> Language {
    shop::of(ground, bot).and_then(|it| it.languages.first().copied()).unwrap_or_default()
}

/// Whether customers may be answered from a chat: the support chat, or an owner's own with the bot,
/// which has their number. What is said anywhere else is nobody's answer.
pub fn may_answer(ground: &Ground, bot: &BotId, chat: i64) -> bool {
    let Some(bot) = shop::of(ground, bot) else { return false };
    chat_of(ground, bot) == Some(chat) || bot.owners.contains(&chat)
}

/// Shows what a customer wrote to those who answer. Where there is nobody, a person finds it on the
/// attention list.
pub fn show(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    id: &FeedbackId,
    now: Millis,
) -> Result<(), Failure> {
    let chats = chats(ground, bot);
    if chats.is_empty() {
        let evidence = "a customer has written, and there is neither a support chat nor an owner";
        return outbox::note(tx, "feedback-unread", id.as_str(), evidence, now);
    }
    post(tx, ground, bot, id, &chats, Says::Words, now)
}

/// Shows it to the owners, because it can't be shown in the support chat.
pub fn show_owners(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    id: &FeedbackId,
    now: Millis,
) -> Result<(), Failure> {
    let owners = shop::of(ground, bot).map(|it| it.owners.clone()).unwrap_or_default();
    post(tx, ground, bot, id, &owners, Says::Words, now)
}

/// Tells whoever answered what became of it, where they wrote it.
pub fn report(
    tx: &mut Tx,
    ground: &Ground,
    id: &FeedbackId,
    says: Says,
    now: Millis,
) -> Result<(), Failure> {
    let Some(answer) = feedback::get_for_job(tx, id)? else { return Ok(()) };
    let Some(at) = answer.at else { return Ok(()) };
    post(tx, ground, &answer.bot, id, &[at.chat], says, now)
}

/// The same, once it is known whether the customer was told.
pub fn told(
    tx: &mut Tx,
    ground: &Ground,
    tell: &Tell,
    says: Says,
    now: Millis,
) -> Result<(), Failure> {
    match &tell.news {
        News::FeedbackAnswered { feedback, .. } => report(tx, ground, feedback, says, now),
        _ => Ok(()),
    }
}

fn post(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    id: &FeedbackId,
    chats: &[i64],
    says: Says,
    now: Millis,
) -> Result<(), Failure> {
    for chat in chats {
        let post = PostId::new(ground.number());
        let new = NewPost { id: &post, feedback: id, bot, telegram_chat: *chat, says };
        if posts::insert(tx, &new, now)? {
            queue(tx, ground, post, *chat, now)?;
        }
    }
    Ok(())
}

fn queue(
    tx: &mut Tx,
    ground: &Ground,
    post: PostId,
    chat: i64,
    now: Millis,
) -> Result<(), StoreError> {
    let task = Task::Post { post };
    let group_key = Some(limited(chat).as_str().to_owned());
    let job = jobs::NewJob { group_key, ..jobs::NewJob::of(&task) };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now).map(|_| ())
}

/// By which Telegram's limits are kept for a chat that isn't a customer's.
pub fn limited(chat: i64) -> ChatId {
    ChatId::from_text(&format!("cht_support{}", chat.unsigned_abs()))
        .expect("letters and digits, and few enough of them")
}
