//! Shows those who answer for a bot what a customer wrote, and what became of an answer. As with
//! news for customers: never twice what may have arrived, and each chat in order.

use std::sync::Arc;

use chat::facts::{Facts, Person};
use chat::screens::orders;
use chat::text::{Arg, Speech, escape};
use domain::feedback::{Attached, FileKind, Note};
use domain::{Millis, PostId};
use store::feedback::{self, Feedback};
use store::posts::{self, Post, Says};
use store::sending::SendState;
use store::users::User;
use store::{Tx, generations, ledger, users};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::bot::notes;
use crate::bot::telegram::{Meaning, TelegramError};
use crate::failure::Failure;
use crate::inbox::facts;
use crate::jobs::Ended;
use crate::outbox;
use crate::support;
use crate::till::{self, shop};

/// What waits for another one of its chat looks again so soon.
const TURN: Millis = Millis(1_000);
/// An album comes photo by photo: so long is waited for the next one.
const ALBUM_PAUSE: Millis = Millis(1_500);
const ALBUM_MAX: u32 = 10;

pub async fn run(app: &Arc<App>, id: PostId) -> Result<Ended, Failure> {
    let found = app
        .db
        .read(move |tx| -> Result<_, Failure> {
            let Some(post) = posts::get_for_job(tx, &id)? else { return Ok(None) };
            let is_behind = posts::is_behind(tx, &post)?;
            let of = feedback::get_for_job(tx, &post.feedback)?;
            let may_be_album = post.says == Says::Words && of.as_ref().is_some_and(is_seen);
            Ok(Some((post, is_behind, may_be_album)))
        })
        .await?;
    let Some((post, is_behind, may_be_album)) = found else { return Ok(Ended::done()) };
    let pause = post.created_at.plus(ALBUM_PAUSE).since(app.ground.now());
    match post.state {
        SendState::Sent | SendState::Unknown | SendState::Refused => Ok(Ended::done()),
        // What goes with another one ends with it.
        SendState::Sending | SendState::Waiting if is_behind => {
            Ok(Ended::wait(post.id.as_str(), TURN))
        }
        // Whoever had it died between the question and the answer: it may have arrived.
        SendState::Sending => Ok(unsure(vec![post], "the program ended while it was being sent")),
        SendState::Waiting if may_be_album && Millis(0) < pause => {
            Ok(Ended::wait(post.id.as_str(), pause))
        }
        SendState::Waiting => deliver(app, post).await,
    }
}

async fn deliver(app: &Arc<App>, post: Post) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&post.bot) else {
        return Ok(Ended::wait(post.id.as_str(), Millis::MINUTE));
    };
    let (now, limited) = (app.ground.now(), support::limited(post.telegram_chat));
    if let Err(pause) = app.floods.may_send(&bot.id, &limited, now).await {
        return Ok(Ended::wait(post.id.as_str(), pause));
    }
    let (ground, wanted) = (app.ground.clone(), post.clone());
    let letter = app.db.write(move |tx| begin(tx, &ground, &wanted)).await?;
    let Some(letter) = letter else {
        return Ok(Ended::done().write(move |tx, _, now| {
            posts::refused(tx, &post.id, "there is nothing to say any more", now)?;
            Ok(())
        }));
    };
    let note = notes::Note {
        chat: post.telegram_chat,
        text: &letter.text,
        files: &letter.files,
        replies_to: letter.replies_to,
        button: None,
    };
    match notes::send(&bot, &note).await {
        Ok(messages) => Ok(Ended::done().write(move |tx, _, now| {
            for (post, message) in letter.posts.iter().zip(&messages) {
                posts::sent(tx, &post.id, *message, now)?;
            }
            Ok(())
        })),
        Err(error) => Ok(failed(app, &bot, post, letter.posts, &error).await),
    }
}

/// What goes out.
struct Letter {
    /// All that goes with it: an album is several.
    posts: Vec<Post>,
    text: String,
    files: Vec<Attached>,
    replies_to: Option<i64>,
}

/// Says what goes out, and notes that sending begins. None: its writer was forgotten meanwhile.
fn begin(tx: &mut Tx, ground: &Ground, post: &Post) -> Result<Option<Letter>, Failure> {
    let Some(of) = feedback::get_for_job(tx, &post.feedback)? else { return Ok(None) };
    let Some(user) = users::get(tx, &of.user)? else { return Ok(None) };
    let letter = match post.says {
        Says::Words if of.note.is_empty() => return Ok(None),
        Says::Words => words(tx, ground, &user, &of, post)?,
        says => Letter {
            posts: vec![post.clone()],
            text: outcome(says, &of.note, Speech::of(support::language(ground, &user.bot))),
            files: Vec::new(),
            replies_to: of.at.map(|it| it.message),
        },
    };
    for post in &letter.posts {
        if !posts::begin(tx, &post.id)? {
            return Err(Failure::Overtaken);
        }
    }
    Ok(Some(letter))
}

/// Whether it can be a part of an album: a photo or a video.
fn is_seen(of: &Feedback) -> bool {
    of.note.file.as_ref().is_some_and(|it| it.kind != FileKind::Document)
}

/// The posts and files of one album: what was sent right behind the first by the same customer,
/// without words. Messengers send an album's caption with its first.
fn album(tx: &mut Tx, of: &Feedback, post: &Post) -> Result<(Vec<Post>, Vec<Attached>), Failure> {
    let mut album = (vec![post.clone()], Vec::from_iter(of.note.file.clone()));
    if !is_seen(of) {
        return Ok(album);
    }
    for next in posts::after(tx, post, ALBUM_MAX - 1)? {
        let more = feedback::get_for_job(tx, &next.feedback)?;
        let is_part = |it: &Feedback| {
            next.says == Says::Words
                && it.user == of.user
                && it.note.words.is_empty()
                && is_seen(it)
        };
        let Some(more) = more.filter(is_part) else { break };
        album.0.push(next);
        album.1.extend(more.note.file);
    }
    Ok(album)
}

/// What a customer wrote, below who they are.
fn words(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    of: &Feedback,
    post: &Post,
) -> Result<Letter, Failure> {
    let language = support::language(ground, &user.bot);
    let speech = Speech::of(language);
    let now = ground.now();
    let wallet = till::wallet(&user.bot, &user.id);
    let available = ledger::available(tx, &wallet)?;
    let telegram = user.telegram_id.map(|it| it.to_string()).unwrap_or_default();
    let bot = shop::of(ground, &user.bot).map(|it| it.name.as_str()).unwrap_or_default();
    let mut text = speech.say(
        "support-from",
        &[
            ("name", user.first_name.as_str().into()),
            ("telegram", telegram.as_str().into()),
            ("bot", bot.into()),
            ("user", user.id.as_str().into()),
            ("credits", available.into()),
        ],
    );
    text.push('\n');
    text += &match generations::latest(tx, &user.id)? {
        Some(last) => {
            let line = facts::orders::line(tx, user, last)?;
            let person = Person { language, ..Person::default() };
            let known = Facts::new(speech.clone(), &ground.catalog, now, person);
            let what = format!(
                "{} · {}, {} ({})",
                orders::what(&line, &known),
                line.on,
                orders::became(&line, &known),
                line.id
            );
            speech.say("support-order", &[("order", Arg::Said(what))])
        }
        None => speech.say("support-no-order", &[]),
    };
    if !of.note.words.is_empty() {
        text += "\n\n";
        text += &escape(&of.note.words);
    }
    // What they answer stands where it was written.
    let followed = match &of.follows {
        Some(answer) => feedback::get_for_job(tx, answer)?.and_then(|it| it.at),
        None => None,
    };
    let replies_to = followed.filter(|it| it.chat == post.telegram_chat).map(|it| it.message);
    let (posts, files) = album(tx, of, post)?;
    Ok(Letter { posts, text, files, replies_to })
}

/// What became of an answer.
fn outcome(says: Says, answer: &Note, speech: Speech) -> String {
    let most = u32::try_from(answer.chars_max()).unwrap_or(u32::MAX);
    match says {
        Says::Words | Says::Answered => speech.say("support-answered", &[]),
        Says::Blocked => speech.say("support-blocked", &[]),
        Says::Forgotten => speech.say("support-forgotten", &[]),
        Says::NotSent => speech.say("support-not-sent", &[]),
        Says::TooLong => speech.say("support-too-long", &[("most", most.into())]),
        Says::Unsure => speech.say("support-unsure", &[]),
        Says::Unusable => speech.say("support-unusable", &[]),
    }
}

/// `post` is the first of those that went together.
async fn failed(
    app: &App,
    bot: &Bot,
    post: Post,
    posts: Vec<Post>,
    error: &TelegramError,
) -> Ended {
    match error.meaning() {
        Meaning::Flood(seconds) => {
            let pause = Millis::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
            let (now, limited) = (app.ground.now(), support::limited(post.telegram_chat));
            app.floods.be_quiet(&limited, now.plus(pause), now).await;
            metrics::counter!("atelier_telegram_floods_total").increment(1);
            not_sent(&post, posts, pause)
        }
        Meaning::NotDone => not_sent(&post, posts, Millis::seconds(10)),
        Meaning::Revoked => {
            app.pause_bot(bot, error).await;
            not_sent(&post, posts, Millis::MINUTE)
        }
        Meaning::Unknown => unsure(posts, &error.to_string()),
        Meaning::Unreachable | Meaning::Done | Meaning::MessageGone | Meaning::Rejected => {
            let error = error.to_string();
            Ended::done().write(move |tx, ground, now| {
                posts.iter().try_for_each(|it| refused(tx, ground, it, &error, now))
            })
        }
    }
}

/// It surely did not arrive: back to waiting, for so long.
fn not_sent(first: &Post, posts: Vec<Post>, pause: Millis) -> Ended {
    Ended::wait(first.id.as_str(), pause).write(move |tx, _, _| {
        for post in &posts {
            posts::again(tx, &post.id, "not now")?;
        }
        Ok(())
    })
}

/// It may have arrived. It isn't sent again; a person can look.
fn unsure(posts: Vec<Post>, why: &str) -> Ended {
    let why = why.to_owned();
    Ended::done().write(move |tx, _, now| {
        for post in &posts {
            posts::unknown(tx, &post.id, &why, now)?;
            outbox::note(tx, "feedback-unsure", post.feedback.as_str(), &why, now)?;
        }
        Ok(())
    })
}

/// The chat doesn't take it. What a customer wrote goes to the owners then, who hear why.
fn refused(
    tx: &mut Tx,
    ground: &Ground,
    post: &Post,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    posts::refused(tx, &post.id, error, now)?;
    if post.says != Says::Words {
        return outbox::note(tx, "feedback-unsent", post.feedback.as_str(), error, now);
    }
    let chat = post.telegram_chat.to_string();
    outbox::raise_in(tx, ground, &post.bot, "feedback-unsent", &chat, error, now)?;
    support::show_owners(tx, ground, &post.bot, &post.feedback, now)
}

/// Its job can't be run to its end.
pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    post: &PostId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    match posts::get_for_job(tx, post)? {
        Some(post) => refused(tx, ground, &post, error, now),
        None => Ok(()),
    }
}
