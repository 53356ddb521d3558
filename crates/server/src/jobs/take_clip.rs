//! A clip that is to be behind somebody: fetched, made fit, stripped of where it was taken and of its
//! sound, and kept for a while. Nothing is charged before that.

use std::sync::Arc;

use domain::{InputId, Millis, ObjectId};
use media::video::Folder;
use store::inputs::{self, Input, InputState, Kept};
use store::objects;

use crate::app::App;
use crate::bot::Bot;
use crate::bot::telegram::Meaning;
use crate::failure::Failure;
use crate::film::{self, Wrong};
use crate::inbox;
use crate::jobs::pictures::kept::measure;
use crate::jobs::take_in::{chat_of, unusable};
use crate::jobs::{Ended, inspect_photo};
use crate::objects::key;

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
    if film::is_full(&app.films).await? {
        return Ok(Ended::wait(input.id.as_str(), Millis::MINUTE));
    }
    let work = film::folder(app, input.id.as_str()).await?;
    let ended = take_in(app, &bot, input, &file_id, &work).await;
    film::leave(work).await;
    ended
}

async fn take_in(
    app: &Arc<App>,
    bot: &Bot,
    input: Input,
    file_id: &str,
    work: &Arc<Folder>,
) -> Result<Ended, Failure> {
    let came = work.path().join("came");
    match inspect_photo::fetch(bot, file_id).await {
        Ok(bytes) => tokio::fs::write(&came, bytes).await?,
        Err(error) => match error.meaning() {
            Meaning::Flood(_) | Meaning::NotDone | Meaning::Unknown => return Err(error.into()),
            Meaning::Revoked => {
                app.pause_bot(bot, &error).await;
                return Ok(Ended::wait(input.id.as_str(), Millis::MINUTE));
            }
            Meaning::Rejected | Meaning::MessageGone | Meaning::Done | Meaning::Unreachable => {
                return unusable(app, input).await;
            }
        },
    }
    match film::take_in(app, work, &came).await {
        Ok(clip) => keep(app, input, clip).await,
        Err(Wrong::Failed(failure)) => Err(failure),
        Err(Wrong::Unusable(why)) => {
            tracing::info!(input.id = %input.id, why, "a clip can't be a background");
            unusable(app, input).await
        }
    }
}

async fn keep(app: &Arc<App>, input: Input, clip: film::Clip) -> Result<Ended, Failure> {
    let key = key::input(&input.user, &input.id, "mp4");
    let (bytes, sha256) = measure(&clip.path).await?;
    app.objects.put_file(&key, &clip.path).await?;
    let object = ObjectId::new(app.ground.number());
    let chat = chat_of(app, &input).await?;
    let (width, height, millis) = (clip.width, clip.height, clip.millis);
    Ok(Ended::done().paint(chat).write(move |tx, ground, now| {
        let new = objects::NewObject {
            id: &object,
            key: &key,
            bytes,
            sha256: &sha256,
            kind: "clip",
            content_type: "video/mp4",
            user: Some(&input.user),
            avatar: None,
            delete_after: Some(now.plus(ground.config.videos.clips_kept)),
        };
        let kept = Kept { object: &object, width, height, duration_ms: Some(millis) };
        objects::insert(tx, &new, now)?;
        if !inputs::ready(tx, &input.id, &kept)? {
            // Forgotten meanwhile: the file goes with the next sweep.
            objects::expire(tx, &object, now)?;
            return Ok(());
        }
        let news = domain::News::InputReady { input: input.id.clone() };
        inbox::hear(tx, ground, &input.user, &news, now)
    }))
}
