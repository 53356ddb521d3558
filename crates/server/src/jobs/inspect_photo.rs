//! Fetches a photo, looks at it, keeps what training needs, and judges the set again.
//!
//! The bytes as they came are not kept: they may say where a person was, and nobody needs them.

use std::sync::Arc;

use domain::photo::{Measures, Unreadable, Verdict};
use domain::{Millis, ObjectId, PhotoId};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::GetFileParams;
use store::photos::{self, Judgement, Photo};
use store::{Tx, avatars, chats, objects};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::bot::telegram::{Meaning, TelegramError};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::objects::key;
use crate::studio::photos::rejudge;

/// What Telegram gives a bot at most (getFile, 20 MB).
const BYTES_MAX: usize = 20 * 1024 * 1024;

pub async fn run(app: &Arc<App>, id: PhotoId) -> Result<Ended, Failure> {
    let found = app
        .db
        .read(move |tx| -> Result<_, Failure> {
            let Some(photo) = photos::get_for_job(tx, &id)? else { return Ok(None) };
            let Some(avatar) = avatars::get_for_job(tx, &photo.avatar)? else { return Ok(None) };
            Ok(Some((photo, avatar)))
        })
        .await?;
    let Some((photo, avatar)) = found else { return Ok(Ended::done()) };
    if photo.removed_at.is_some() || photo.judgement.is_some() || avatar.deleted_at.is_some() {
        return Ok(Ended::done());
    }
    let Some(bot) = app.bots.get(&avatar.bot) else {
        return Ok(Ended::wait(photo.id.as_str(), Millis::MINUTE));
    };
    let bytes = match fetch(&bot, &photo.picture.file_id).await {
        Ok(bytes) => bytes,
        Err(error) => match error.meaning() {
            Meaning::Rejected | Meaning::MessageGone | Meaning::Done | Meaning::Unreachable => {
                tracing::warn!(photo.id = %photo.id, %error, "a photo could not be fetched");
                let why = if error.to_string().contains("too big") {
                    Unreadable::TooLarge
                } else {
                    Unreadable::Gone
                };
                return unreadable(app, &photo, why).await;
            }
            Meaning::Flood(seconds) => {
                let pause = Millis::seconds(i64::try_from(seconds).unwrap_or(60));
                return Ok(Ended::wait(photo.id.as_str(), pause));
            }
            Meaning::Revoked => {
                app.pause_bot(&bot, &error).await;
                return Ok(Ended::wait(photo.id.as_str(), Millis::MINUTE));
            }
            Meaning::NotDone | Meaning::Unknown => return Err(error.into()),
        },
    };
    // Pixels are heavy work: never on the threads that answer chats.
    let looked =
        tokio::task::spawn_blocking(move || media::inspect(&bytes, &media::Limits::default()))
            .await
            .unwrap_or(Err(media::Unreadable::Broken));
    match looked {
        Ok(inspected) => keep(app, photo, inspected).await,
        Err(why) => unreadable(app, &photo, said(why)).await,
    }
}

pub(crate) fn said(why: media::Unreadable) -> Unreadable {
    match why {
        media::Unreadable::NotAPicture => Unreadable::NotAPicture,
        media::Unreadable::Heic => Unreadable::Heic,
        media::Unreadable::Broken => Unreadable::Broken,
        media::Unreadable::TooLarge => Unreadable::TooLarge,
    }
}

/// The bytes of a file that somebody sent.
pub async fn fetch(bot: &Bot, file_id: &str) -> Result<Vec<u8>, TelegramError> {
    bot.telegram.download(&path_of(bot, file_id).await?, BYTES_MAX).await
}

/// The same into a file, for what may be large.
pub async fn fetch_to(
    bot: &Bot,
    file_id: &str,
    to: &mut tokio::fs::File,
) -> Result<(), TelegramError> {
    bot.telegram.download_to(&path_of(bot, file_id).await?, BYTES_MAX, to).await
}

async fn path_of(bot: &Bot, file_id: &str) -> Result<String, TelegramError> {
    let params = GetFileParams::builder().file_id(file_id).build();
    let file = bot.telegram.get_file(&params).await?.result;
    file.file_path.ok_or_else(|| TelegramError::Said {
        code: 400,
        text: "file is too big".to_owned(),
        retry_after: None,
    })
}

async fn keep(app: &Arc<App>, photo: Photo, inspected: media::Inspected) -> Result<Ended, Failure> {
    let processed = key::processed(&photo.user, &photo.avatar, &photo.id);
    let thumbnail = key::thumbnail(&photo.user, &photo.avatar, &photo.id);
    let files =
        [(processed, "photo", inspected.prepared), (thumbnail, "thumbnail", inspected.thumbnail)];
    let mut stored = Vec::new();
    for (key, kind, bytes) in files {
        let size = bytes.len() as i64;
        let sha256 = hash(&bytes);
        app.objects.put(&key, bytes).await?;
        stored.push(Stored { id: ObjectId::new(app.ground.number()), key, kind, size, sha256 });
    }
    let measures = measures(&inspected.look);
    let chat = chat_of(app, &photo).await?;
    Ok(Ended::done().paint(chat).write(move |tx, ground, now| {
        for it in &stored {
            objects::insert(
                tx,
                &objects::NewObject {
                    id: &it.id,
                    key: &it.key,
                    bytes: it.size,
                    sha256: &it.sha256,
                    kind: it.kind,
                    content_type: "image/jpeg",
                    user: Some(&photo.user),
                    avatar: Some(&photo.avatar),
                    // As long as the customer was told, whether it is trained with or not.
                    delete_after: Some(now.plus(ground.config.training.photo_kept)),
                },
                now,
            )?;
        }
        let [processed, thumbnail] = &stored[..] else { unreachable!("two files were stored") };
        let judgement = Judgement {
            measures: Some(measures.clone()),
            verdicts: Vec::new(),
            original: None,
            thumbnail: Some(thumbnail.id.clone()),
            processed: Some(processed.id.clone()),
        };
        if !photos::judged(tx, &photo.id, &judgement)? {
            // Removed while it was looked at: what was kept of it goes.
            for object in &stored {
                objects::expire(tx, &object.id, now)?;
            }
            return Ok(());
        }
        judge_with(tx, ground, &photo)
    }))
}

struct Stored {
    id: ObjectId,
    key: String,
    kind: &'static str,
    size: i64,
    sha256: String,
}

pub(crate) fn measures(look: &media::Look) -> Measures {
    Measures {
        width: look.width,
        height: look.height,
        faces: look.faces.iter().map(|it| it.width.min(it.height)).collect(),
        sharpness: look.sharpness,
        brightness: look.brightness,
        sha256: look.sha256.clone(),
        near_hash: look.near_hash,
    }
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// Verdicts of the whole set: what one photo is depends on those before it.
fn judge_with(tx: &mut Tx, ground: &Ground, photo: &Photo) -> Result<(), Failure> {
    let Some(avatar) = avatars::get_for_job(tx, &photo.avatar)? else { return Ok(()) };
    Ok(rejudge(tx, ground, &avatar)?)
}

async fn unreadable(app: &Arc<App>, photo: &Photo, why: Unreadable) -> Result<Ended, Failure> {
    let chat = chat_of(app, photo).await?;
    let photo = photo.id.clone();
    Ok(Ended::done().paint(chat).write(move |tx, _, _| set_unreadable(tx, &photo, why)))
}

fn set_unreadable(tx: &mut Tx, photo: &PhotoId, why: Unreadable) -> Result<(), Failure> {
    let judgement = Judgement {
        measures: None,
        verdicts: vec![Verdict::Unreadable(why)],
        original: None,
        thumbnail: None,
        processed: None,
    };
    photos::judged(tx, photo, &judgement)?;
    Ok(())
}

async fn chat_of(app: &Arc<App>, photo: &Photo) -> Result<Option<domain::ChatId>, Failure> {
    let user = photo.user.clone();
    let chat = app.db.read(move |tx| chats::of_user(tx, &user)).await?;
    Ok(chat.map(|it| it.id))
}

/// A photo that nobody could look at must not hold up its set.
pub fn bury(tx: &mut Tx, ground: &Ground, photo: &PhotoId, now: Millis) -> Result<(), Failure> {
    let Some(photo) = photos::get_for_job(tx, photo)? else { return Ok(()) };
    set_unreadable(tx, &photo.id, Unreadable::Gone)?;
    if let Some(chat) = chats::of_user(tx, &photo.user)? {
        chats::touch(tx, &chat.id, now)?;
    }
    judge_with(tx, ground, &photo)
}
