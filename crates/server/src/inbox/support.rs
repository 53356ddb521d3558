//! Answers of those who look after customers, as they come: replies to what they were shown.
//!
//! Whoever writes here is no customer: nobody is met, no chat is opened and no menu is drawn.

use domain::feedback::Note;
use domain::{BotId, FeedbackId, Millis, News};
use store::feedback::{self, At, NewFeedback};
use store::posts::{self, Post, Says};
use store::users::UserState;
use store::{Tx, attention, updates, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::outbox;
use crate::support;

/// A reply in a chat from which customers may be answered.
#[derive(Clone, Debug)]
pub struct Reply {
    pub bot: BotId,
    pub update: i64,
    pub at: At,
    /// The message that it replies to.
    pub replied: i64,
    /// What that one says, if it is one of the bot's own.
    pub says: Option<String>,
    /// Empty: it is nothing that can be sent on.
    pub note: Note,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is an answer, and in the books.
    Answer,
    /// It is meant for somebody, and nobody knows for whom: whoever wrote it is to be told.
    Stray,
    /// It replies to something else, or comes from elsewhere: nothing was done.
    Other,
}

/// When this returns, it is in the books.
pub async fn take(app: &App, reply: Reply) -> Result<Taken, Failure> {
    let ground = app.ground.clone();
    app.db.write(move |tx| decide(tx, &ground, &reply, ground.now())).await
}

fn decide(tx: &mut Tx, ground: &Ground, reply: &Reply, now: Millis) -> Result<Taken, Failure> {
    // Asked again here: it is what keeps strangers from speaking in the bot's name.
    if !support::may_answer(ground, &reply.bot, reply.at.chat) {
        return Ok(Taken::Other);
    }
    let post = match posts::by_message(tx, &reply.bot, reply.at.chat, reply.replied)? {
        Some(post) => Some(post),
        None => shown(tx, reply, now)?,
    };
    // In an owner's own chat with the bot are their menus, too.
    let is_meant = reply.at.chat < 0 && reply.says.is_some();
    if post.is_none() && !is_meant {
        return Ok(Taken::Other);
    }
    if !updates::remember(tx, &reply.bot, reply.update, now)? {
        return Ok(Taken::Answer);
    }
    let Some(post) = post else { return Ok(Taken::Stray) };
    let Some(asked) = feedback::get_for_job(tx, &post.feedback)? else { return Ok(Taken::Answer) };
    let Some(user) = users::get(tx, &asked.user)? else { return Ok(Taken::Answer) };
    let is_gone = user.state == UserState::Forgotten || user.telegram_id.is_none();
    let cannot = match &reply.note {
        _ if is_gone => Some(Says::Forgotten),
        note if note.is_empty() => Some(Says::Unusable),
        note if note.is_too_long() => Some(Says::TooLong),
        _ => None,
    };
    let id = FeedbackId::new(ground.number());
    // Of somebody who is gone nothing more is written down than that there was an answer.
    let note = if is_gone { &Note::default() } else { &reply.note };
    let new = NewFeedback {
        id: &id,
        user: &user.id,
        bot: &reply.bot,
        at: Some(reply.at),
        follows: Some(&post.feedback),
        note,
    };
    feedback::insert(tx, &new, now)?;
    match cannot {
        Some(says) => support::report(tx, ground, &id, says, now)?,
        None => {
            let news = News::FeedbackAnswered { feedback: id.clone(), note: note.clone() };
            outbox::tell(tx, ground, &user.id, &news, id.as_str(), now)?;
        }
    }
    metrics::counter!("atelier_feedback_total", "by" => "support").increment(1);
    Ok(Taken::Answer)
}

/// Among how many posts of which nobody knows whether they arrived one is looked for.
const UNKNOWN_MAX: u32 = 50;

/// The post of which nobody knew that it had arrived as the message that is replied to. Its number
/// was never heard, but it says whom it is of, and ends with their words.
fn shown(tx: &mut Tx, reply: &Reply, now: Millis) -> Result<Option<Post>, Failure> {
    let Some(says) = &reply.says else { return Ok(None) };
    let whom = says.lines().nth(1).unwrap_or_default();
    for post in posts::unknown_words(tx, &reply.bot, reply.at.chat, UNKNOWN_MAX)? {
        let Some(of) = feedback::get_for_job(tx, &post.feedback)? else { continue };
        if whom.starts_with(of.user.as_str()) && says.ends_with(of.note.words.trim()) {
            posts::found(tx, &post.id, reply.replied)?;
            attention::close(tx, "feedback-unsure", post.feedback.as_str(), now)?;
            return Ok(Some(post));
        }
    }
    Ok(None)
}
