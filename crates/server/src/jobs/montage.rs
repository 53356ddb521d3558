//! A video of which everything is there: put together, stored, captured and told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::refusal::Fault;
use domain::video::{Format, Making, Stage, VideoDraft};
use domain::{GenerationId, Millis, ObjectId};
use media::video::Folder;
use store::generations::{self, Generation};
use store::objects::{self, Object};
use store::users::User;
use store::{StoreError, Tx, artifacts, chats, inputs, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::film::{self, Wrong};
use crate::jobs::Ended;
use crate::jobs::pictures::end;
use crate::jobs::pictures::kept::{self, Kind, Stored};
use crate::objects::key;
use crate::outbox;

/// What came of the providers, and what else belongs to it.
struct Parts {
    generation: Generation,
    draft: VideoDraft,
    user: User,
    chat: Option<domain::ChatId>,
    raw: Option<Object>,
    sound: Option<Object>,
    background: Option<Object>,
}

pub async fn run(app: &Arc<App>, id: GenerationId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let parts = app.db.read(move |tx| read(tx, &wanted)).await?;
    let Some(parts) = parts else { return Ok(Ended::done()) };
    let is_ours = parts.generation.stage == Some(Stage::Montage);
    if !is_ours || !parts.generation.state.is_open() {
        return Ok(Ended::done());
    }
    if parts.generation.cancel_asked_at.is_some() {
        return Ok(lost(&parts));
    }
    in_folder(app, &parts).await.or_else(|failure| later(&parts, app, failure))
}

async fn in_folder(app: &Arc<App>, parts: &Parts) -> Result<Ended, Failure> {
    if film::is_full(&app.films).await? {
        return Ok(no_room(parts));
    }
    let work = film::folder(app, parts.generation.id.as_str()).await?;
    let ended = put_together(app, parts, &work).await;
    film::leave(work).await;
    ended
}

async fn put_together(app: &Arc<App>, parts: &Parts, work: &Arc<Folder>) -> Result<Ended, Failure> {
    let id = &parts.generation.id;
    // A part is gone: its owner has deleted it.
    let Some(files) = gather(app, parts, work.path()).await? else { return Ok(lost(parts)) };
    let wish = film::Wish {
        quality: parts.draft.quality,
        script: parts.draft.has_captions.then(|| parts.generation.words.clone()),
        label: label(app, parts),
    };
    match film::montage(app, id, parts.chat.clone(), work, &files, &wish).await {
        Ok(finished) => deliver(app, parts, finished).await,
        Err(Wrong::Failed(failure)) => Err(failure),
        Err(Wrong::Unusable(why)) => {
            tracing::error!(generation.id = %id, why, "a video can't be put together");
            Ok(broken(parts))
        }
    }
}

/// Something of ours is away: all of it is paid for, so it is waited for as long as a video may take.
fn later(parts: &Parts, app: &App, failure: Failure) -> Result<Ended, Failure> {
    if failure.is_no_room() {
        return Ok(no_room(parts));
    }
    let begun = parts.generation.started_at.unwrap_or(parts.generation.created_at);
    let waited = app.ground.now().since(begun);
    let is_in_time = waited < app.ground.config.videos.time_limit;
    // Whoever took too long, or failed, does so again: a few times are enough.
    let is_of_parts = matches!(failure, Failure::Program(_));
    if !is_in_time || is_of_parts || !failure.may_pass() {
        return Err(failure);
    }
    let id = &parts.generation.id;
    tracing::warn!(generation.id = %id, %failure, "a video can't be put together yet");
    Ok(Ended::wait(id.as_str(), pause(waited)))
}

/// How long what has been waited for so long is left alone before it is tried again: nobody gets it
/// a quarter later than they could, and each try is work for all of the machine.
pub fn pause(waited: Millis) -> Millis {
    Millis(waited.as_i64() / 4).clamp(Millis::seconds(10), Millis::seconds(300))
}

fn read(tx: &mut Tx, id: &GenerationId) -> Result<Option<Parts>, StoreError> {
    let Some(generation) = generations::get_for_job(tx, id)? else { return Ok(None) };
    let Some(user) = users::get(tx, &generation.user)? else { return Ok(None) };
    let Some(Making::Video { draft, .. }) = generation.making.clone() else { return Ok(None) };
    let chat = chats::of_user(tx, &generation.user)?.map(|it| it.id);
    let object = |tx: &mut Tx, id: Option<ObjectId>| -> Result<Option<Object>, StoreError> {
        match id {
            Some(id) => objects::of(tx, &generation.user, &id),
            None => Ok(None),
        }
    };
    let raw = object(tx, generation.raw_object.clone())?;
    let speech = artifacts::file_of(tx, &generation.user, &draft.speech)?;
    let sound = object(tx, speech)?;
    let background = match &draft.background {
        Some(input) => {
            let input = inputs::of(tx, &generation.user, input)?;
            object(tx, input.and_then(|it| it.object))?
        }
        None => None,
    };
    Ok(Some(Parts { generation, draft, user, chat, raw, sound, background }))
}

/// Copies the parts to where they are put together; none when one isn't there.
async fn gather(app: &App, parts: &Parts, folder: &Path) -> Result<Option<film::Parts>, Failure> {
    let (Some(raw), Some(sound)) = (&parts.raw, &parts.sound) else { return Ok(None) };
    let figure = folder.join("figure");
    let is_cut = raw.content_type == "video/webm";
    let mut files = vec![(raw, figure.clone())];
    let sound_path = folder.join("sound.mp3");
    files.push((sound, sound_path.clone()));
    let background: Option<PathBuf> = match (parts.draft.format, &parts.background) {
        (Format::TalkingHead, _) => None,
        (Format::OverBackground, None) => return Ok(None),
        (Format::OverBackground, Some(clip)) => {
            let path = folder.join("background.mp4");
            files.push((clip, path.clone()));
            Some(path)
        }
    };
    for (object, path) in files {
        match app.objects.copy_to(&object.key, &path).await {
            Ok(()) => {}
            Err(error) if error.is_absent() => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(film::Parts { figure, is_cut, sound: sound_path, background }))
}

/// What a video says of how it was made, in its owner's language.
fn label(app: &App, parts: &Parts) -> Option<String> {
    let speech = chat::text::Speech::of(parts.user.language);
    app.ground.config.videos.has_label.then(|| speech.label("video-label", &[]))
}

async fn deliver(app: &Arc<App>, parts: &Parts, done: film::Finished) -> Result<Ended, Failure> {
    let (generation, chat) = (parts.generation.clone(), parts.chat.clone());
    let (user, of) = (&generation.user, &generation.id);
    let file =
        Stored::of_file(app, key::picture(user, of, 1, "mp4"), &done.path, "video/mp4").await?;
    let still = Stored::of_bytes(app, key::picture_thumbnail(user, of, 1), done.thumbnail).await?;
    let (width, height, millis) = (done.width, done.height, done.millis);
    tracing::info!(generation.id = %generation.id, millis, "a video is ready");
    Ok(Ended::done().durably().paint(chat).write(move |tx, ground, now| {
        // Stopped or forgotten meanwhile: the files go with the next sweep.
        let now_is = generations::get_for_job(tx, &generation.id)?;
        let Some(now_is) = now_is.filter(|it| it.state.is_open()) else { return Ok(()) };
        // Whoever asked for that before it was finished pays nothing.
        if now_is.cancel_asked_at.is_some() {
            return end::canceled(tx, ground, &generation, now);
        }
        let artifact = kept::Piece {
            file: &file,
            thumbnail: &still,
            kind: Kind::Video,
            width,
            height,
            millis,
        };
        artifact.write(tx, ground, &generation, now)?;
        if let Some(raw) = &generation.raw_object {
            objects::expire(tx, raw, now)?;
        }
        end::succeeded(tx, ground, &generation, 1, 0, now)
    }))
}

/// The disk is full: it waits until there is room, for as long as a video may take.
fn no_room(parts: &Parts) -> Ended {
    let generation = parts.generation.clone();
    let ended = Ended::wait(generation.id.as_str(), Millis::MINUTE).durably();
    ended.paint(parts.chat.clone()).write(move |tx, ground, now| {
        raise_no_room(tx, ground, now)?;
        let begun = generation.started_at.unwrap_or(generation.created_at);
        if ground.config.videos.time_limit <= now.since(begun) {
            end::failed(tx, ground, &generation, Fault::Ours, 0, now)?;
        }
        Ok(())
    })
}

/// Says that videos and speeches wait for room.
pub fn raise_no_room(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<(), Failure> {
    let evidence = "videos wait: the disk on which they are put together is full";
    outbox::raise(tx, ground, "no-room", "videos", evidence, now)
}

/// Nobody waits for it any more, or a part of it is gone.
fn lost(parts: &Parts) -> Ended {
    let generation = parts.generation.clone();
    Ended::done()
        .durably()
        .paint(parts.chat.clone())
        .write(move |tx, ground, now| end::canceled(tx, ground, &generation, now))
}

fn broken(parts: &Parts) -> Ended {
    let generation = parts.generation.clone();
    Ended::done().durably().paint(parts.chat.clone()).write(move |tx, ground, now| {
        end::failed(tx, ground, &generation, Fault::ResultBroken, 0, now)
    })
}
