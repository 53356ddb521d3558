//! A photo that is to be edited: fetched, looked into, stripped of what it says of where somebody
//! was, and kept for a while. Nothing is charged before that.

use std::sync::Arc;

use domain::{InputId, Millis, News, ObjectId};
use media::artifact::{Limits, TakenIn};
use store::inputs::{self, Input, InputKind, InputState, Kept};
use store::{Tx, chats, objects};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::bot::telegram::{Meaning, TelegramError};
use crate::failure::Failure;
use crate::inbox;
use crate::jobs::{Ended, inspect_photo};
use crate::objects::key;

/// A smaller one isn't worth editing.
const SIDE_MIN: u32 = 128;

/// What came of asking for an input's bytes.
pub(super) enum Came<T> {
    Here(Input, T),
    /// Nobody waits for it, it has to wait, or it can't be had.
    Nothing(Ended),
}

pub async fn run(app: &Arc<App>, id: InputId) -> Result<Ended, Failure> {
    let fetched = fetch(app, &id, async |bot, file_id| inspect_photo::fetch(&bot, &file_id).await);
    let (input, bytes) = match fetched.await? {
        Came::Here(input, bytes) => (input, bytes),
        Came::Nothing(ended) => return Ok(ended),
    };
    let limits = Limits { side_min: SIDE_MIN, ..Limits::default() };
    let looked = move || media::artifact::take_in(&bytes, &limits);
    // A few at a time, so that looking at pictures never takes all cores from the chats.
    let turn = app.looks.acquire().await.map_err(|it| Failure::Ours(it.to_string()))?;
    let looked = tokio::task::spawn_blocking(looked).await;
    drop(turn);
    match looked.map_err(|_| Failure::Ours("looking at a photo panicked".to_owned()))? {
        Ok(taken) => keep(app, input, taken).await,
        Err(wrong) => {
            tracing::info!(input.id = %input.id, %wrong, "a photo can't be edited");
            unusable(app, input).await
        }
    }
}

/// Has the messenger give the bytes of an input that is waited for, as `get` takes them.
pub(super) async fn fetch<T>(
    app: &Arc<App>,
    id: &InputId,
    get: impl AsyncFnOnce(Arc<Bot>, String) -> Result<T, TelegramError>,
) -> Result<Came<T>, Failure> {
    let wanted = id.clone();
    let input = app.db.read(move |tx| inputs::get_for_job(tx, &wanted)).await?;
    let Some(input) = input.filter(|it| it.state == InputState::Waiting) else {
        return Ok(Came::Nothing(Ended::done()));
    };
    let later = || Came::Nothing(Ended::wait(id.as_str(), Millis::MINUTE));
    let Some(file_id) = input.file_id.clone() else {
        return unusable(app, input).await.map(Came::Nothing);
    };
    let Some(bot) = app.bots.get(&input.bot) else { return Ok(later()) };
    match get(bot.clone(), file_id).await {
        Ok(it) => Ok(Came::Here(input, it)),
        Err(error) => match error.meaning() {
            Meaning::Flood(_) | Meaning::NotDone | Meaning::Unknown => Err(error.into()),
            Meaning::Revoked => {
                app.pause_bot(&bot, &error).await;
                Ok(later())
            }
            Meaning::Rejected | Meaning::MessageGone | Meaning::Done | Meaning::Unreachable => {
                unusable(app, input).await.map(Came::Nothing)
            }
        },
    }
}

async fn keep(app: &Arc<App>, input: Input, taken: TakenIn) -> Result<Ended, Failure> {
    let key = key::input(&input.user, &input.id, taken.format.extension());
    let bytes = taken.clean.len() as i64;
    app.objects.put(&key, taken.clean).await?;
    let file = File {
        key,
        bytes,
        sha256: taken.sha256,
        kind: "input",
        content_type: taken.format.content_type(),
        width: taken.width,
        height: taken.height,
        millis: None,
        kept_for: app.ground.config.edits.photos_kept,
    };
    ready(app, input, file).await
}

/// What is kept of an input; its bytes are stored.
pub(super) struct File {
    pub key: String,
    pub bytes: i64,
    pub sha256: String,
    pub kind: &'static str,
    pub content_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub millis: Option<i64>,
    pub kept_for: Millis,
}

/// It is there: whoever waits for it hears so.
pub(super) async fn ready(app: &Arc<App>, input: Input, file: File) -> Result<Ended, Failure> {
    let object = ObjectId::new(app.ground.number());
    let chat = chat_of(app, &input).await?;
    Ok(Ended::done().paint(chat).write(move |tx, ground, now| {
        let new = objects::NewObject {
            id: &object,
            key: &file.key,
            bytes: file.bytes,
            sha256: &file.sha256,
            kind: file.kind,
            content_type: file.content_type,
            user: Some(&input.user),
            avatar: None,
            delete_after: Some(now.plus(file.kept_for)),
        };
        let (width, height) = (file.width, file.height);
        let kept = Kept { object: &object, width, height, duration_ms: file.millis };
        objects::insert(tx, &new, now)?;
        if !inputs::ready(tx, &input.id, &kept)? {
            // Forgotten meanwhile: the file goes with the next sweep.
            objects::expire(tx, &object, now)?;
            return Ok(());
        }
        let news = News::InputReady { input: input.id.clone() };
        inbox::hear(tx, ground, &input.user, &news, now)
    }))
}

pub(super) async fn unusable(app: &Arc<App>, input: Input) -> Result<Ended, Failure> {
    let chat = chat_of(app, &input).await?;
    Ok(Ended::done().paint(chat).write(move |tx, ground, now| give_up(tx, ground, &input, now)))
}

async fn chat_of(app: &App, input: &Input) -> Result<Option<domain::ChatId>, Failure> {
    let user = input.user.clone();
    let chat = app.db.read(move |tx| chats::of_user(tx, &user)).await;
    let chat: Result<_, store::StoreError> = chat;
    Ok(chat?.map(|it| it.id))
}

fn give_up(tx: &mut Tx, ground: &Ground, input: &Input, now: Millis) -> Result<(), Failure> {
    if !inputs::unusable(tx, &input.id)? {
        return Ok(());
    }
    let id = input.id.clone();
    let news = match input.kind {
        InputKind::Photo => News::InputUnusable { input: id },
        InputKind::Clip => News::ClipUnusable { input: id },
    };
    inbox::hear(tx, ground, &input.user, &news, now)
}

/// It could not be fetched, again and again.
pub fn bury(tx: &mut Tx, ground: &Ground, id: &InputId, now: Millis) -> Result<(), Failure> {
    match inputs::get_for_job(tx, id)? {
        Some(input) => give_up(tx, ground, &input, now),
        None => Ok(()),
    }
}
