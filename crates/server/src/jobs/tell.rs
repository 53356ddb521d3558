//! Sends what must be heard. Never twice what surely arrived, and honest about what may not have.

use std::sync::Arc;

use chat::facts::Facts;
use chat::place::{Incoming, Place};
use domain::feedback::Attached;
use domain::picture::Product;
use domain::{Millis, News, ObjectId, TellId};
use frankenstein::methods::SendMessageParams;
use frankenstein::response::MethodResponse;
use frankenstein::types::MessageId;
use frankenstein::{AsyncTelegramApi, ParseMode};
use store::artifacts::Artifact;
use store::posts::Says;
use store::sending::SendState;
use store::tells::{self, Tell};
use store::{Tx, artifacts, chats, objects, packings, users};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::bot::notes::{self, Note};
use crate::bot::paint::no_preview;
use crate::bot::send::{self, Enclosed, FILE_BYTES_MAX, Kind, Played};
use crate::bot::telegram::{Meaning, TelegramError};
use crate::failure::Failure;
use crate::inbox::facts;
use crate::jobs::{Ended, pack};
use crate::outbox;
use crate::{links, support, voices};

/// How long a voice's sample is waited for: whoever wants to hear it looks at the screen.
const SAMPLE_WAITS: Millis = Millis::MINUTE;

/// How long a link to what Telegram doesn't take is good for.
const LARGE_SERVES: Millis = Millis::days(2);

pub async fn run(app: &Arc<App>, id: TellId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let tell = app.db.read(move |tx| tells::get_for_job(tx, &wanted)).await?;
    let Some(tell) = tell else { return Ok(Ended::done()) };
    match tell.state {
        SendState::Sent | SendState::Unknown | SendState::Refused => Ok(Ended::done()),
        // Whoever had it died between the question and the answer: it may have arrived.
        SendState::Sending => Ok(unsure(tell, "the program ended while it was being sent")),
        SendState::Waiting => deliver(app, tell).await,
    }
}

async fn deliver(app: &Arc<App>, tell: Tell) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&tell.bot) else {
        // The bot rests. Its news wait with it.
        return Ok(Ended::wait(tell.id.as_str(), Millis::MINUTE));
    };
    let now = app.ground.now();
    if let Err(pause) = app.floods.may_send(&bot.id, &tell.chat, now).await {
        return Ok(Ended::wait(tell.id.as_str(), pause));
    }
    let sample = match &tell.news {
        // Had before it is said that sending begins: where it can't be, nothing was sent.
        News::VoicePlayed { voice } => match voices::sample(app, &tell.user, voice).await {
            Ok(sample) => sample,
            Err(failure) if failure.may_pass() && now.since(tell.created_at) < SAMPLE_WAITS => {
                tracing::warn!(tell.id = %tell.id, %failure, "a voice's sample can't be had yet");
                return Ok(Ended::wait(tell.id.as_str(), Millis::seconds(10)));
            }
            Err(failure) => {
                tracing::warn!(tell.id = %tell.id, %failure, "a voice has no sample any more");
                None
            }
        },
        _ => None,
    };
    let (ground, wanted) = (app.ground.clone(), tell.clone());
    let letter = app.db.write(move |tx| begin(tx, &ground, &wanted, ground.now())).await?;
    let Some(mut letter) = letter else {
        return Ok(Ended::done().write(move |tx, ground, now| {
            tells::refused(tx, &tell.id, "there is nothing to say", now)?;
            support::told(tx, ground, &tell, Says::Forgotten, now)
        }));
    };
    letter.files.extend(sample);
    for object in &letter.large {
        let link = links::link(app, object, now.plus(LARGE_SERVES));
        let base = app.public.as_deref().unwrap_or_default();
        letter.text = format!("{}\n\n{base}{link}", letter.text);
    }
    // One that was deleted meanwhile must not keep the others.
    letter.files = send::present(app, letter.files).await;
    if let Some(without) = letter.without.take().filter(|_| letter.files.is_empty()) {
        letter.text = without;
    }
    match post(app, &bot, &letter).await {
        Ok(posted) => Ok(arrived(tell, letter, &posted)),
        Err(error) => Ok(failed(app, &bot, tell, error).await),
    }
}

/// What goes out.
struct Letter {
    chat: i64,
    text: String,
    /// What is said instead where the file is missing that the words speak of.
    without: Option<String>,
    files: Vec<Enclosed>,
    kind: Kind,
    /// What Telegram doesn't take: these go as links.
    large: Vec<ObjectId>,
    answer: Option<Answer>,
}

/// What goes with the words of those who answer.
struct Answer {
    file: Option<Attached>,
    /// Of the button by which the customer writes back.
    label: String,
}

/// A message that arrived: its number, and what Telegram calls its file.
struct Arrived {
    message: i64,
    file_id: Option<String>,
}

/// Moves the chat by the news, on whatever screen it is now, and notes that sending begins.
fn begin(
    tx: &mut Tx,
    ground: &Ground,
    tell: &Tell,
    now: Millis,
) -> Result<Option<Letter>, Failure> {
    let Some(chat) = chats::get_for_job(tx, &tell.chat)? else { return Ok(None) };
    let Some(user) = users::get(tx, &tell.user)? else { return Ok(None) };
    let place = Place::from_json(&chat.place);
    let known = facts::gather(tx, ground, &user, &place.needs(), now)?;
    let Some(text) = chat::news::text(&tell.news, &known) else { return Ok(None) };
    let without = match &tell.news {
        News::VoicePlayed { voice } => Some(chat::news::unplayed(voice, &known)),
        _ => None,
    };
    let (files, kind, large) = enclosed(tx, tell, &known)?;
    let next = place.on(Incoming::News(tell.news.clone()), &known);
    assert!(next.run.is_none(), "news never lead to a command");
    // The message itself says it, so the menu below need not.
    let place = next.place.to_json();
    if !chats::save(tx, &chat.id, chat.version, &place, None, now)? {
        return Err(Failure::Overtaken);
    }
    if !tells::begin(tx, &tell.id)? {
        return Err(Failure::Overtaken);
    }
    let answer = match &tell.news {
        News::FeedbackAnswered { note, .. } => {
            Some(Answer { file: note.file.clone(), label: known.label("button-answer", &[]) })
        }
        _ => None,
    };
    Ok(Some(Letter { chat: chat.telegram_chat, text, without, files, kind, large, answer }))
}

/// The files that go out with some news, those that are still there; how they are shown; and those
/// that are too large for Telegram.
fn enclosed(
    tx: &mut Tx,
    tell: &Tell,
    known: &Facts<'_>,
) -> Result<(Vec<Enclosed>, Kind, Vec<ObjectId>), Failure> {
    let (artifacts, are_originals) = match &tell.news {
        News::PicturesReady { generation, .. } => {
            (artifacts::of_generation(tx, &tell.user, generation)?, false)
        }
        News::PicturesSent { artifacts: wanted, are_originals } => {
            (artifacts::many(tx, &tell.user, wanted)?, *are_originals)
        }
        News::Packed { packing, link: None, .. } => {
            let packing = packings::of(tx, &tell.user, packing)?;
            let object = match packing.and_then(|it| it.object) {
                Some(object) => objects::of(tx, &tell.user, &object)?,
                None => None,
            };
            let file = object.map(|it| Enclosed {
                name: "pictures.zip".to_owned(),
                content_type: it.content_type,
                key: it.key,
                bytes: it.bytes,
                artifact: None,
                file_id: None,
                played: None,
            });
            return Ok((file.into_iter().collect(), Kind::Document, Vec::new()));
        }
        News::VoicePlayed { .. } => return Ok((Vec::new(), Kind::Audio, Vec::new())),
        _ => return Ok((Vec::new(), Kind::Photo, Vec::new())),
    };
    // What is shown at once is of one order, and so of one product.
    let kind = match artifacts.first().map(|it| it.product) {
        _ if are_originals => Kind::Document,
        Some(Product::Video) => Kind::Video,
        Some(Product::Speech) => Kind::Audio,
        Some(Product::Picture | Product::Edit | Product::Character) | None => Kind::Photo,
    };
    let (mut files, mut large) = (Vec::new(), Vec::new());
    for artifact in artifacts {
        let Some(object) = objects::of(tx, &tell.user, &artifact.object)? else { continue };
        if FILE_BYTES_MAX < object.bytes {
            large.push(object.id);
            continue;
        }
        let played = played(tx, tell, &artifact, known)?;
        let file_id = match kind {
            Kind::Photo | Kind::Video | Kind::Audio => artifact.file_id.clone(),
            Kind::Document => artifact.document_file_id.clone(),
        };
        files.push(Enclosed {
            name: pack::name(&artifact, &object),
            content_type: object.content_type,
            key: object.key,
            bytes: object.bytes,
            artifact: Some(artifact.id),
            file_id,
            played,
        });
    }
    Ok((files, kind, large))
}

/// What a player is told of a result that is played.
fn played(
    tx: &mut Tx,
    tell: &Tell,
    artifact: &Artifact,
    known: &Facts<'_>,
) -> Result<Option<Played>, Failure> {
    let Some(millis) = artifact.duration_ms else { return Ok(None) };
    let seconds = u32::try_from((millis + 999) / 1_000).unwrap_or_default();
    if artifact.product == Product::Speech {
        let title = known.label("sound-title", &[]);
        let performer = known.label("sound-performer", &[]);
        return Ok(Some(Played::Sound { seconds, title, performer }));
    }
    let still = objects::of(tx, &tell.user, &artifact.thumbnail)?.map(|it| it.key);
    let (width, height) = (artifact.width, artifact.height);
    Ok(Some(Played::Film { seconds, width, height, still }))
}

async fn post(app: &App, bot: &Bot, letter: &Letter) -> Result<Vec<Arrived>, TelegramError> {
    let Letter { chat, text, files, kind, answer, .. } = letter;
    if let Some(Answer { file, label }) = answer {
        let note = Note {
            chat: *chat,
            text,
            files: file.as_slice(),
            replies_to: None,
            button: Some((label, chat::route::ANSWER)),
        };
        let sent = notes::send(bot, &note).await?;
        return Ok(sent.into_iter().map(|message| Arrived { message, file_id: None }).collect());
    }
    if !files.is_empty() {
        let posted = send::files(app, bot, *chat, text, files, *kind).await?;
        let arrived = posted.iter().map(|it| Arrived {
            message: it.message(),
            file_id: it.file_id(*kind).map(str::to_owned),
        });
        return Ok(arrived.collect());
    }
    let params = SendMessageParams::builder()
        .chat_id(*chat)
        .text(text)
        .parse_mode(ParseMode::Html)
        .link_preview_options(no_preview())
        .build();
    let sent: MethodResponse<MessageId> =
        bot.telegram.request("sendMessage", Some(&params)).await?;
    Ok(vec![Arrived { message: i64::from(sent.result.message_id), file_id: None }])
}

fn arrived(tell: Tell, letter: Letter, posted: &[Arrived]) -> Ended {
    let chat = tell.chat.clone();
    let messages: Vec<i64> = posted.iter().map(|it| it.message).collect();
    // What Telegram has needs no second upload.
    let known: Vec<_> = letter
        .files
        .into_iter()
        .zip(posted)
        .filter_map(|(file, posted)| Some((file.artifact?, posted.file_id.clone()?)))
        .collect();
    let kind = letter.kind;
    Ended::done()
        .write(move |tx, ground, now| {
            tells::sent(tx, &tell.id, &messages, None, now)?;
            for (artifact, file_id) in &known {
                match kind {
                    Kind::Photo | Kind::Video | Kind::Audio => {
                        artifacts::sent(tx, artifact, file_id)?
                    }
                    Kind::Document => artifacts::sent_original(tx, artifact, file_id)?,
                };
            }
            if let Some(last) = messages.iter().max() {
                chats::message_seen(tx, &tell.chat, *last)?;
            }
            support::told(tx, ground, &tell, Says::Answered, now)?;
            let number = (ground.ids.chance() >> 66) as i64;
            last_word(tx, &tell, number)
        })
        .paint([chat])
}

async fn failed(app: &App, bot: &Bot, tell: Tell, error: TelegramError) -> Ended {
    let key = tell.id.as_str().to_owned();
    match error.meaning() {
        Meaning::Flood(seconds) => {
            let pause = Millis::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
            let now = app.ground.now();
            app.floods.be_quiet(&tell.chat, now.plus(pause), now).await;
            metrics::counter!("atelier_telegram_floods_total").increment(1);
            not_sent(tell, &key, pause)
        }
        Meaning::NotDone => not_sent(tell, &key, Millis::seconds(10)),
        Meaning::Revoked => {
            app.pause_bot(bot, &error).await;
            not_sent(tell, &key, Millis::MINUTE)
        }
        Meaning::Unreachable => Ended::done().write(move |tx, ground, now| {
            tells::refused(tx, &tell.id, &error.to_string(), now)?;
            users::blocked(tx, &tell.user, Some(now))?;
            support::told(tx, ground, &tell, Says::Blocked, now)?;
            last_word(tx, &tell, (ground.ids.chance() >> 66) as i64)
        }),
        Meaning::Unknown => unsure(tell, &error.to_string()),
        Meaning::Done | Meaning::MessageGone | Meaning::Rejected => {
            Ended::done().write(move |tx, ground, now| {
                tells::refused(tx, &tell.id, &error.to_string(), now)?;
                support::told(tx, ground, &tell, Says::NotSent, now)?;
                outbox::raise(tx, ground, "not-told", tell.id.as_str(), &error.to_string(), now)
            })
        }
    }
}

/// With the receipt of having been forgotten the last trace of the person goes as well: what they
/// were told, and their number at the messenger.
fn last_word(tx: &mut Tx, tell: &Tell, number: i64) -> Result<(), Failure> {
    if matches!(tell.news, News::Forgotten { .. }) {
        tells::forget(tx, &tell.user)?;
        chats::forget(tx, &tell.user, number)?;
    }
    Ok(())
}

/// It surely did not arrive: back to waiting, for so long.
fn not_sent(tell: Tell, key: &str, pause: Millis) -> Ended {
    Ended::wait(key, pause).write(move |tx, _, _| {
        tells::again(tx, &tell.id, "not now")?;
        Ok(())
    })
}

/// It may have arrived. It isn't sent again; the menu says so, and shows what it was about.
fn unsure(tell: Tell, why: &str) -> Ended {
    let (why, chat) = (why.to_owned(), tell.chat.clone());
    Ended::done()
        .write(move |tx, ground, now| {
            tells::unknown(tx, &tell.id, &why, now)?;
            say_unsure(tx, ground, &tell, now)?;
            support::told(tx, ground, &tell, Says::Unsure, now)?;
            last_word(tx, &tell, (ground.ids.chance() >> 66) as i64)
        })
        .paint([chat])
}

fn say_unsure(tx: &mut Tx, ground: &Ground, tell: &Tell, now: Millis) -> Result<(), Failure> {
    let Some(chat) = chats::get_for_job(tx, &tell.chat)? else { return Ok(()) };
    let Some(user) = users::get(tx, &tell.user)? else { return Ok(()) };
    let place = Place::from_json(&chat.place);
    let known = facts::gather(tx, ground, &user, &place.needs(), now)?;
    let notice = match &tell.news {
        // No screen has what those who answer wrote.
        News::FeedbackAnswered { .. } => known.say("notice-unsure-answer", &[]),
        _ => known.say("notice-unsure", &[]),
    };
    if !chats::save(tx, &chat.id, chat.version, &chat.place, Some(&notice), now)? {
        return Err(Failure::Overtaken);
    }
    Ok(())
}

/// It could not be sent at all; a person should know.
pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    tell: &TellId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    tells::refused(tx, tell, error, now)?;
    if let Some(tell) = tells::get_for_job(tx, tell)? {
        support::told(tx, ground, &tell, Says::NotSent, now)?;
    }
    outbox::raise(tx, ground, "not-told", tell.as_str(), error, now)
}
