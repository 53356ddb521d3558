//! Photos of a draft: taken in, removed, judged.

use domain::command::Picture;
use domain::photo::{PhotoRules, judge};
use domain::{AvatarId, AvatarState, JobId, Millis, News, PhotoId, Refusal, Task, UserId};
use store::avatars::Avatar;
use store::photos::{self, Judgement, Photo};
use store::users::User;
use store::{StoreError, Tx, avatars, jobs, objects};

use crate::app::Ground;
use crate::studio::avatars::own;
use crate::studio::{Done, refuse};

/// Takes a picture in. Looking at it is a job's work: 50 at once must not hold up the chat.
pub fn add(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    avatar: &AvatarId,
    picture: &Picture,
    now: Millis,
) -> Done {
    let avatar = own(tx, user, avatar)?;
    if avatar.state == AvatarState::Training {
        return refuse(Refusal::TrainingRuns);
    }
    let Some(offer) = ground.catalog.training(avatar.kind) else {
        return refuse(Refusal::ProductPaused);
    };
    let most = offer.photos.count_max;
    if most <= photos::count(tx, &user.id, &avatar.id)? {
        return refuse(Refusal::PhotosTooMany { most });
    }
    let photo = PhotoId::new(ground.number());
    let new = photos::NewPhoto { id: &photo, avatar: &avatar.id, user: &user.id, picture };
    if photos::insert(tx, &new, now)?.is_none() {
        // The same message again.
        return Ok(News::PhotoTaken);
    }
    // An avatar that has or had a model keeps its state; the photos wait beside it.
    avatars::shift(tx, &avatar.id, AvatarState::Draft, AvatarState::PhotosUploading)?;
    let task = Task::InspectPhoto { photo };
    let job =
        jobs::NewJob { group_key: Some(user.id.as_str().to_owned()), ..jobs::NewJob::of(&task) };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::PhotoTaken)
}

pub fn remove(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    avatar: &AvatarId,
    photo: &PhotoId,
    now: Millis,
) -> Done {
    let avatar = own(tx, user, avatar)?;
    let Some(photo) = photos::of(tx, &user.id, photo)?.filter(|it| it.avatar == avatar.id) else {
        return refuse(Refusal::PhotoGone);
    };
    discard(tx, &photo, now)?;
    rejudge(tx, ground, &avatar)?;
    Ok(News::PhotosRemoved { count: 1 })
}

pub fn remove_unusable(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    avatar: &AvatarId,
    now: Millis,
) -> Done {
    let avatar = own(tx, user, avatar)?;
    let all = photos::set(tx, &user.id, &avatar.id)?;
    let unusable: Vec<_> =
        all.iter().filter(|it| it.judgement.is_some() && !is_usable(it)).collect();
    for photo in &unusable {
        discard(tx, photo, now)?;
    }
    rejudge(tx, ground, &avatar)?;
    Ok(News::PhotosRemoved { count: unusable.len() as u32 })
}

/// Takes a photo out of its set and its files out of the store.
fn discard(tx: &mut Tx, photo: &Photo, now: Millis) -> Result<(), StoreError> {
    photos::remove(tx, &photo.user, &photo.id, now)?;
    expire_files(tx, photo, now)
}

/// Whether a training takes it.
pub fn is_usable(photo: &Photo) -> bool {
    photo.judgement.as_ref().is_some_and(|it| !it.verdicts.iter().any(|it| it.excludes()))
}

/// Lets the files of a photo go at a moment.
pub fn expire_files(tx: &mut Tx, photo: &Photo, at: Millis) -> Result<(), StoreError> {
    let Some(Judgement { original, thumbnail, processed, .. }) = &photo.judgement else {
        return Ok(());
    };
    for object in [original, thumbnail, processed].into_iter().flatten() {
        objects::expire(tx, object, at)?;
    }
    Ok(())
}

/// Judges an avatar's photos by the rules of its kind.
pub fn rejudge(tx: &mut Tx, ground: &Ground, avatar: &Avatar) -> Result<(), StoreError> {
    let Some(offer) = ground.catalog.training(avatar.kind) else { return Ok(()) };
    avatars::lock(tx, &avatar.id)?;
    judge_set(tx, &avatar.user, &avatar.id, &offer.photos)
}

/// Judges a whole set again: what one photo is depends on the others, and they are looked at in
/// any order.
fn judge_set(
    tx: &mut Tx,
    user: &UserId,
    avatar: &AvatarId,
    rules: &PhotoRules,
) -> Result<(), StoreError> {
    let set = photos::set(tx, user, avatar)?;
    let mut seen = Vec::new();
    for photo in &set {
        if let Some(Judgement { measures: Some(measures), verdicts, .. }) = &photo.judgement {
            seen.push((photo, measures, verdicts));
        }
    }
    let all: Vec<_> = seen.iter().map(|(photo, measures, _)| (photo.number, *measures)).collect();
    for (photo, measures, verdicts) in seen {
        let now = judge(photo.number, measures, &all, rules);
        if *verdicts != now {
            photos::rejudged(tx, &photo.id, &now)?;
        }
    }
    Ok(())
}
