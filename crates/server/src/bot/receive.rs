//! An update from Telegram: what it means to us, and what it leads to.

use std::sync::Arc;

use chat::event::Sent;
use chat::place::Incoming;
use domain::command::{Clip, Picture};
use domain::feedback::{Attached, FileKind, Note};
use domain::{BotId, Millis};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::{AnswerCallbackQueryParams, SendMessageParams};
use serde::Deserialize;
use store::feedback::At;

use crate::app::App;
use crate::bot::Bot;
use crate::bot::checkout;
use crate::bot::notes;
use crate::bot::paint::ALBUM_PAUSE;
use crate::bot::update::{
    CallbackQuery, ChatKind, ChatMemberUpdated, Membership, Message, Replied, Subscribed,
    SubscribedState, Update, User,
};
use crate::failure::Failure;
use crate::inbox::support::{Reply, Taken};
use crate::inbox::{self, Arrival, Outcome, Sender, What};
use crate::support;

/// Only what every update has; the rest may be of a kind that we don't know yet.
#[derive(Deserialize)]
struct Numbered {
    update_id: i64,
}

/// What became of an update, as far as Telegram has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is in our books, or not for us. Telegram may forget it.
    Kept,
    /// It could not be kept: Telegram shall bring it again.
    BringAgain,
    /// These bytes are no update.
    NotAnUpdate,
}

/// Takes one update, as bytes, and returns when it is committed.
pub async fn take(app: &Arc<App>, bot: &Arc<Bot>, bytes: &[u8]) -> Received {
    let update: Update = match serde_json::from_slice(bytes) {
        Ok(update) => update,
        Err(error) => {
            let Ok(Numbered { update_id }) = serde_json::from_slice(bytes) else {
                return Received::NotAnUpdate;
            };
            // Not as it is documented. It is no reason to stop the ones behind it.
            tracing::warn!(update.id = update_id, %error, "an update of an unknown shape was passed over");
            return checkout::passed_over(app, bot, update_id, bytes).await;
        }
    };
    metrics::counter!("atelier_updates_total", "bot" => bot.name.clone()).increment(1);
    let arrival = match &update {
        Update { message: Some(message), .. } => {
            match answered(app, bot, update.update_id, message).await {
                Ok(Taken::Answer) => None,
                Ok(Taken::Stray) => {
                    answer_stray(app, bot, message);
                    None
                }
                Ok(Taken::Other) => of_message(bot, update.update_id, message),
                Err(failure) if failure.may_pass() => return Received::BringAgain,
                Err(failure) => {
                    tracing::error!(%failure, bot = %bot.name, "an answer could not be kept");
                    None
                }
            }
        }
        Update { callback_query: Some(query), .. } => {
            answer_press(bot, query);
            of_press(bot, update.update_id, query)
        }
        Update { my_chat_member: Some(change), .. } => of_membership(bot, update.update_id, change),
        Update { pre_checkout_query: Some(query), .. } => {
            // Within ten seconds or the payment is off, so before anything else and by itself.
            checkout::answer(app, bot, query).await;
            None
        }
        Update { subscription: Some(change), .. } => of_subscription(bot, update.update_id, change),
        // We ask for those above only; what comes all the same changes nothing.
        _ => None,
    };
    match arrival {
        Some(arrival) => decide(app, bot, arrival).await,
        None => Received::Kept,
    }
}

async fn decide(app: &Arc<App>, bot: &Arc<Bot>, arrival: Arrival) -> Received {
    let telegram_chat = arrival.chat;
    let tag = arrival.from.language_tag.clone();
    let is_picture = matches!(arrival.what, What::Incoming(Incoming::Picture(_)));
    let turn = app.turns.of(&bot.id, telegram_chat).await;
    let outcome = inbox::take(app, arrival).await;
    match outcome {
        Ok(Outcome::Nothing) => {}
        Ok(Outcome::Show(painting)) => {
            let pause = if is_picture { ALBUM_PAUSE } else { Millis(0) };
            let due = app.ground.now().plus(pause);
            app.painter.want(&painting.chat.clone(), Some(*painting), due);
        }
        Err(failure) => {
            drop(turn);
            return apologise(app, bot, telegram_chat, &tag, failure).await;
        }
    }
    drop(turn);
    Received::Kept
}

/// Says once that it broke. What the database could not keep is brought again by Telegram.
async fn apologise(
    app: &App,
    bot: &Bot,
    telegram_chat: i64,
    tag: &str,
    failure: Failure,
) -> Received {
    let number = format!("{:08x}", app.ground.ids.chance() as u32);
    tracing::error!(%failure, failure.number = %number, bot = %bot.name, "an update could not be handled");
    metrics::counter!("atelier_update_failures_total").increment(1);
    let again = failure.may_pass();
    // While the database is away each update comes again and again: one apology is enough.
    if app.apologies.may(telegram_chat, app.ground.now()) {
        let speech = chat::text::Speech::of(domain::Language::of_tag(tag));
        let key = if again { "news-later" } else { "news-broken" };
        let text = speech.say(key, &[("number", number.as_str().into())]);
        let params = SendMessageParams::builder().chat_id(telegram_chat).text(text).build();
        if let Err(error) = bot.telegram.send_message(&params).await {
            tracing::warn!(%error, "an apology could not be sent");
        }
    }
    if again { Received::BringAgain } else { Received::Kept }
}

/// Lets the button go at once, whatever the press will lead to. Beside the work, never before it.
fn answer_press(bot: &Arc<Bot>, query: &CallbackQuery) {
    let bot = bot.clone();
    let params = AnswerCallbackQueryParams::builder().callback_query_id(query.id.clone()).build();
    crate::app::spawn(async move {
        if let Err(error) = bot.telegram.answer_callback_query(&params).await {
            // Too old, or Telegram is slow: the menu below says everything anyway.
            tracing::debug!(%error, "a press could not be answered");
        }
    });
}

fn of_message(bot: &Bot, update: i64, message: &Message) -> Option<Arrival> {
    let from = message.from.as_ref().filter(|it| !it.is_bot)?;
    // In groups nobody should show their face by accident.
    if message.chat.kind != ChatKind::Private {
        return None;
    }
    let what = if let Some(paid) = &message.successful_payment {
        What::Paid(checkout::paid(paid, message.date))
    } else if let Some(back) = &message.refunded_payment {
        What::WentBack(checkout::went_back(back))
    } else if let Some(text) = &message.text {
        What::Incoming(Incoming::Text(text.clone()))
    } else if let Some(picture) = picture(message) {
        What::Incoming(Incoming::Picture(picture))
    } else if let Some(clip) = clip(message) {
        What::Incoming(Incoming::Clip(clip))
    } else {
        What::Incoming(Incoming::Other(sent(message)))
    };
    Some(Arrival {
        bot: bot.id.clone(),
        update: Some(update),
        chat: message.chat.id,
        from: sender(from),
        what,
        message: Some(message.message_id),
    })
}

/// Takes a message that answers a customer: a reply where customers are answered from.
async fn answered(app: &App, bot: &Bot, update: i64, message: &Message) -> Result<Taken, Failure> {
    let Some(replied) = &message.reply_to_message else { return Ok(Taken::Other) };
    // Most replies are elsewhere: they cost no look into the database.
    if !support::may_answer(&app.ground, &bot.id, message.chat.id) {
        return Ok(Taken::Other);
    }
    let reply = Reply {
        bot: bot.id.clone(),
        update,
        at: At { chat: message.chat.id, message: message.message_id },
        replied: replied.message_id,
        says: says(bot, replied),
        note: note(message),
    };
    inbox::support::take(app, reply).await
}

/// What a message says that is one of the bot's own.
fn says(bot: &Bot, replied: &Replied) -> Option<String> {
    let from = replied.from.as_ref().filter(|it| it.is_bot)?;
    let is_own = BotId::from_text(&format!("bot_{}", from.id)).as_ref() == Some(&bot.id);
    let words = replied.text.as_ref().or(replied.caption.as_ref());
    is_own.then(|| words.cloned().unwrap_or_default())
}

/// Says to whoever answered nobody that nobody was told. It is in no books: should it be lost, they
/// see that nothing was said.
fn answer_stray(app: &Arc<App>, bot: &Arc<Bot>, message: &Message) {
    let (bot, chat, replied) = (bot.clone(), message.chat.id, message.message_id);
    let speech = chat::text::Speech::of(support::language(&app.ground, &bot.id));
    let text = speech.say("support-stray", &[]);
    crate::app::spawn(async move {
        let note =
            notes::Note { chat, text: &text, files: &[], replies_to: Some(replied), button: None };
        if let Err(error) = notes::send(&bot, &note).await {
            tracing::warn!(%error, "nobody could be told that an answer went nowhere");
        }
    });
}

/// What of a message can be sent on.
fn note(message: &Message) -> Note {
    let photo = message.photo.as_ref().and_then(|it| it.last());
    let photo = photo.map(|it| (FileKind::Photo, &it.file_id));
    let video = || message.video.as_ref().map(|it| (FileKind::Video, &it.file_id));
    // A picture that moves comes with a file too, but isn't sent on as one.
    let document = || message.document.as_ref().filter(|_| message.animation.is_none());
    let document = || document().map(|it| (FileKind::Document, &it.file_id));
    let file = photo.or_else(video).or_else(document);
    let words = message.text.as_ref().or(message.caption.as_ref()).cloned();
    Note {
        words: words.unwrap_or_default(),
        file: file.map(|(kind, file_id)| Attached { kind, file_id: file_id.clone() }),
    }
}

fn of_press(bot: &Bot, update: i64, query: &CallbackQuery) -> Option<Arrival> {
    let data = query.data.clone()?;
    let pressed = query.message.as_ref()?;
    // In a private chat the two are one; elsewhere somebody else presses.
    if pressed.chat.id != query.from.id {
        return None;
    }
    Some(Arrival {
        bot: bot.id.clone(),
        update: Some(update),
        chat: pressed.chat.id,
        from: sender(&query.from),
        what: What::Incoming(Incoming::Press(data)),
        message: Some(pressed.message_id),
    })
}

fn of_membership(bot: &Bot, update: i64, change: &ChatMemberUpdated) -> Option<Arrival> {
    if change.chat.kind != ChatKind::Private {
        return None;
    }
    let what = match change.new_chat_member.state {
        Membership::Kicked | Membership::Left => What::Blocked,
        Membership::Present => What::Unblocked,
    };
    Some(Arrival {
        bot: bot.id.clone(),
        update: Some(update),
        chat: change.chat.id,
        from: sender(&change.from),
        what,
        message: None,
    })
}

fn of_subscription(bot: &Bot, update: i64, change: &Subscribed) -> Option<Arrival> {
    let is_renewed = match change.state {
        SubscribedState::Active => true,
        SubscribedState::Canceled => false,
        // What is paid for is told by its end, and by the next payment.
        SubscribedState::Failed | SubscribedState::Unknown => return None,
    };
    Some(Arrival {
        bot: bot.id.clone(),
        update: Some(update),
        chat: change.user.id,
        from: sender(&change.user),
        what: What::Plan { payload: change.invoice_payload.clone(), is_renewed },
        message: None,
    })
}

fn sender(user: &User) -> Sender {
    Sender {
        telegram_id: user.id,
        first_name: user.first_name.clone(),
        language_tag: user.language_code.clone().unwrap_or_default(),
    }
}

/// The picture of a message: a photo in its largest size, or a file that says it is one.
fn picture(message: &Message) -> Option<Picture> {
    let album = message.media_group_id.clone();
    let number = message.message_id;
    if let Some(size) = message.photo.as_ref().and_then(|it| it.last()) {
        return Some(Picture {
            file_id: size.file_id.clone(),
            unique_id: size.file_unique_id.clone(),
            bytes: size.file_size.unwrap_or_default(),
            is_document: false,
            album,
            message: number,
            caption: message.caption.clone(),
        });
    }
    let document = message.document.as_ref()?;
    let mime = document.mime_type.as_deref().unwrap_or_default();
    let name = document.file_name.as_deref().unwrap_or_default().to_ascii_lowercase();
    // Some phones send no type for HEIC. What the bytes really are is looked at later.
    let is_picture = mime.starts_with("image/")
        || [".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"].iter().any(|it| name.ends_with(it));
    is_picture.then(|| Picture {
        file_id: document.file_id.clone(),
        unique_id: document.file_unique_id.clone(),
        bytes: document.file_size.unwrap_or_default(),
        is_document: true,
        album,
        message: number,
        caption: message.caption.clone(),
    })
}

/// The clip of a message: a video, or a file that says it is one. A picture that moves comes with
/// a file too, and is none.
pub fn clip(message: &Message) -> Option<Clip> {
    // Where a sender's app says what can't be, nothing was said.
    let number = |it: i64| u32::try_from(it).unwrap_or_default();
    if let Some(video) = &message.video {
        return Some(Clip {
            file_id: video.file_id.clone(),
            unique_id: video.file_unique_id.clone(),
            bytes: video.file_size.unwrap_or_default(),
            seconds: number(video.duration),
            width: number(video.width),
            height: number(video.height),
            is_document: false,
            message: message.message_id,
            caption: message.caption.clone(),
        });
    }
    let document = message.document.as_ref().filter(|_| message.animation.is_none())?;
    let mime = document.mime_type.as_deref().unwrap_or_default();
    mime.starts_with("video/").then(|| Clip {
        file_id: document.file_id.clone(),
        unique_id: document.file_unique_id.clone(),
        bytes: document.file_size.unwrap_or_default(),
        seconds: 0,
        width: 0,
        height: 0,
        is_document: true,
        message: message.message_id,
        caption: message.caption.clone(),
    })
}

fn sent(message: &Message) -> Sent {
    if message.video_note.is_some() || message.animation.is_some() {
        Sent::Video
    } else if message.voice.is_some() {
        Sent::Voice
    } else if message.audio.is_some() {
        Sent::Audio
    } else if message.sticker.is_some() {
        Sent::Sticker
    } else if message.document.is_some() {
        Sent::File
    } else if message.contact.is_some() {
        Sent::Contact
    } else if message.location.is_some() || message.venue.is_some() {
        Sent::Place
    } else {
        Sent::Unknown
    }
}
