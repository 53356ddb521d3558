//! Avatars as things that a user has: drafted, named, chosen, deleted.

use domain::avatar::trigger_word;
use domain::{AvatarId, AvatarState, JobId, Kind, Millis, News, Refusal, Subject, Task};
use store::avatars::{self, Avatar, NewAvatar};
use store::users::User;
use store::{Tx, jobs, objects, photos, trainings};

use crate::app::Ground;
use crate::failure::Failure;
use crate::studio::{Done, Stop, refuse};

/// A new avatar as it was asked for.
pub struct Draft {
    pub kind: Kind,
    pub subject: Subject,
    pub name: String,
}

pub fn draft(tx: &mut Tx, ground: &Ground, user: &User, draft: &Draft, now: Millis) -> Done {
    if ground.catalog.training(draft.kind).is_none() {
        return refuse(Refusal::ProductPaused);
    }
    let most = ground.config.training.avatars_per_user;
    if most <= avatars::count(tx, &user.id)? {
        return refuse(Refusal::AvatarsTooMany { most });
    }
    let id = AvatarId::new(ground.number());
    let avatar = NewAvatar {
        id: &id,
        user: &user.id,
        bot: &user.bot,
        kind: draft.kind,
        subject: draft.subject,
        name: &draft.name,
        trigger_word: &trigger_word(&id),
        state: AvatarState::Draft,
    };
    if !avatars::insert(tx, &avatar, now)? {
        // Another avatar has the same trigger word by chance: one in four billion. Once more.
        return Err(Failure::Overtaken.into());
    }
    Ok(News::Drafted { avatar: id })
}

/// The avatar, if it is this user's and still there.
pub fn own(tx: &mut Tx, user: &User, avatar: &AvatarId) -> Result<Avatar, Stop> {
    match avatars::of(tx, &user.id, avatar)? {
        Some(avatar) => Ok(avatar),
        None => refuse(Refusal::AvatarGone),
    }
}

pub fn rename(tx: &mut Tx, user: &User, avatar: &AvatarId, name: &str) -> Done {
    own(tx, user, avatar)?;
    avatars::rename(tx, &user.id, avatar, name)?;
    Ok(News::Renamed)
}

pub fn choose_main(tx: &mut Tx, user: &User, avatar: &AvatarId) -> Done {
    let avatar = own(tx, user, avatar)?;
    if avatar.state != AvatarState::Completed {
        return refuse(Refusal::AvatarGone);
    }
    avatars::choose_main(tx, &user.id, &avatar.id)?;
    Ok(News::MainChosen)
}

/// Deletes an avatar with its photos and models; the files go with the next sweep.
pub fn delete(tx: &mut Tx, ground: &Ground, user: &User, avatar: &AvatarId, now: Millis) -> Done {
    let avatar = own(tx, user, avatar)?;
    if trainings::open(tx, &user.id, &avatar.id)?.is_some() {
        return refuse(Refusal::TrainingRuns);
    }
    // The photos first: whoever looks at one just now finds it removed and keeps nothing.
    photos::remove_all(tx, &avatar.id, now)?;
    objects::expire_avatar(tx, &avatar.id, None, now)?;
    avatars::delete(tx, &user.id, &avatar.id, now)?;
    // Also what no row knows: a file whose writing was cut short.
    let task = Task::Clear { user: user.id.clone(), avatar: avatar.id.clone() };
    jobs::enqueue(tx, &jobs::NewJob::of(&task), &JobId::new(ground.number()), now)?;
    if avatar.is_main {
        // The latest of the others takes its place: whoever has avatars has a main one.
        let mut others = avatars::list(tx, &user.id, None, u32::MAX >> 1)?.into_iter();
        if let Some(next) = others.find(|it| it.state == AvatarState::Completed) {
            avatars::choose_main(tx, &user.id, &next.id)?;
        }
    }
    Ok(News::AvatarDeleted)
}

/// Opens the photo desk of an avatar again. A trained one keeps its model until a new one is there.
pub fn retrain(tx: &mut Tx, user: &User, avatar: &AvatarId) -> Done {
    let avatar = own(tx, user, avatar)?;
    if trainings::open(tx, &user.id, &avatar.id)?.is_some() {
        return refuse(Refusal::TrainingRuns);
    }
    Ok(News::Drafted { avatar: avatar.id })
}
