//! A photo that is to be edited: fetched, looked into, stripped of what it says of where somebody
//! was, and kept for a while. Nothing is charged before that.

use std::sync::Arc;

use domain::{InputId, Millis, News, ObjectId};
use media::artifact::{Limits, TakenIn};
use store::inputs::{self, Input, InputState, Kept};
use store::{Tx, chats, objects};

use crate::app::{App, Ground};
use crate::bot::telegram::Meaning;
use crate::failure::Failure;
use crate::inbox;
use crate::jobs::{Ended, inspect_photo};
use crate::objects::key;

/// A smaller one isn't worth editing.
const SIDE_MIN: u32 = 128;

pub async fn run(app: &Arc<App>, id: InputId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let input = app.db.read(move |tx| inputs::get_for_job(tx, &wanted)).await?;
    let Some(input) = input.filter(|it| it.state == InputState::Waiting) else {
        return Ok(Ended::done());
    };
    let Some(file_id) = input.file_id.clone() else { return unusable(app, input).await };
    let Some(bot) = app.bots.get(&input.bot) else {
        return Ok(Ended::wait(input.id.as_str(), Millis::MINUTE));
    };
    let bytes = match inspect_photo::fetch(&bot, &file_id).await {
        Ok(bytes) => bytes,
        Err(error) => match error.meaning() {
            Meaning::Flood(_) | Meaning::NotDone | Meaning::Unknown => return Err(error.into()),
            Meaning::Revoked => {
                app.pause_bot(&bot, &error).await;
                return Ok(Ended::wait(input.id.as_str(), Millis::MINUTE));
            }
            Meaning::Rejected | Meaning::MessageGone | Meaning::Done | Meaning::Unreachable => {
                return unusable(app, input).await;
            }
        },
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

async fn keep(app: &Arc<App>, input: Input, taken: TakenIn) -> Result<Ended, Failure> {
    let key = key::input(&input.user, &input.id, taken.format.extension());
    let bytes = taken.clean.len() as i64;
    app.objects.put(&key, taken.clean).await?;
    let object = ObjectId::new(app.ground.number());
    let chat = chat_of(app, &input).await?;
    let (sha256, content_type) = (taken.sha256, taken.format.content_type());
    let (width, height) = (taken.width, taken.height);
    Ok(Ended::done().paint(chat).write(move |tx, ground, now| {
        let new = objects::NewObject {
            id: &object,
            key: &key,
            bytes,
            sha256: &sha256,
            kind: "input",
            content_type,
            user: Some(&input.user),
            avatar: None,
            delete_after: Some(now.plus(ground.config.edits.photos_kept)),
        };
        let kept = Kept { object: &object, width, height, duration_ms: None };
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

pub(super) async fn chat_of(app: &App, input: &Input) -> Result<Option<domain::ChatId>, Failure> {
    let user = input.user.clone();
    let chat = app.db.read(move |tx| chats::of_user(tx, &user)).await;
    let chat: Result<_, store::StoreError> = chat;
    Ok(chat?.map(|it| it.id))
}

fn give_up(tx: &mut Tx, ground: &Ground, input: &Input, now: Millis) -> Result<(), Failure> {
    if !inputs::unusable(tx, &input.id)? {
        return Ok(());
    }
    let news = News::InputUnusable { input: input.id.clone() };
    inbox::hear(tx, ground, &input.user, &news, now)
}

/// It could not be fetched, again and again.
pub fn bury(tx: &mut Tx, ground: &Ground, id: &InputId, now: Millis) -> Result<(), Failure> {
    match inputs::get_for_job(tx, id)? {
        Some(input) => give_up(tx, ground, &input, now),
        None => Ok(()),
    }
}
