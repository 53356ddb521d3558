//! Trainings from a set of photos that came at once: looked at before, judged and ordered here.

use domain::avatar::trigger_word;
use domain::catalog::{QUOTE_LASTS, Quote};
use domain::command::Picture;
use domain::photo::{Measures, Unreadable, Verdict};
use domain::{
    AvatarId, AvatarState, Credits, Kind, Millis, ObjectId, PhotoId, Quality, Refusal, Subject,
};
use store::Tx;
use store::avatars::{self, Avatar, NewAvatar};
use store::objects::{self, NewObject};
use store::photos::{self, Judgement, NewPhoto, Photo};
use store::users::User;

use crate::app::Ground;
use crate::studio::photos::{is_usable, rejudge};
use crate::studio::{Stop, refuse, training};

/// A set as it was sent.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Made before, as files of it are stored already.
    pub avatar: AvatarId,
    pub kind: Kind,
    pub subject: Subject,
    pub name: String,
    /// Well made; whether it is free is found here.
    pub trigger_word: Option<String>,
    pub quality: Quality,
    /// What it may cost at most.
    pub credits_max: Option<Credits>,
    pub files: Vec<File>,
}

/// A file of the set, and what was seen in it.
#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub bytes: u64,
    pub seen: Result<Seen, Unreadable>,
}

#[derive(Clone, Debug)]
pub struct Seen {
    pub photo: PhotoId,
    pub measures: Measures,
    pub processed: Stored,
    pub thumbnail: Stored,
}

/// A file that is stored and not noted yet.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: ObjectId,
    pub key: String,
    pub kind: &'static str,
    pub bytes: i64,
    pub sha256: String,
}

/// What was said about a file of the set.
#[derive(Clone, Debug)]
pub struct Judged {
    pub name: String,
    pub verdicts: Vec<Verdict>,
}

/// Why nothing came of it.
#[derive(Debug)]
pub enum Refused {
    Stop(Stop),
    /// Too few of the photos can be trained with.
    Photos {
        refusal: Refusal,
        files: Vec<Judged>,
    },
    /// Another avatar has this word.
    TriggerTaken,
    /// It costs more than it may.
    TooDear(Credits),
}

impl<E: Into<Stop>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Stop(error.into())
    }
}

/// What a training costs now.
pub fn price(ground: &Ground, kind: Kind, quality: Quality) -> Option<Credits> {
    Some(ground.catalog.training(kind)?.quality(quality)?.credits)
}

/// Makes the avatar, notes its photos and begins the training. All or nothing.
pub fn train(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    upload: &Upload,
    now: Millis,
) -> Result<Vec<Judged>, Refused> {
    let avatar = draft(tx, ground, user, upload, now)?;
    for (number, file) in (1..).zip(&upload.files) {
        if let Ok(seen) = &file.seen {
            keep(tx, ground, &avatar, (number, file, seen), now)?;
        }
    }
    avatars::shift(tx, &avatar.id, AvatarState::Draft, AvatarState::PhotosUploading)
        .map_err(Stop::from)?;
    rejudge(tx, ground, &avatar).map_err(Stop::from)?;
    let set = photos::set(tx, &user.id, &avatar.id).map_err(Stop::from)?;
    let files = judged(upload, &set);
    let Some(offer) = ground.catalog.training(upload.kind) else {
        return Err(Refused::Stop(Stop::Refused(Refusal::ProductPaused)));
    };
    let have = set.iter().filter(|it| is_usable(it)).count() as u32;
    let need = offer.photos.count_min;
    if have < need {
        return Err(Refused::Photos { refusal: Refusal::PhotosTooFew { have, need }, files });
    }
    let Some(credits) = price(ground, upload.kind, upload.quality) else {
        return Err(Refused::Stop(Stop::Refused(Refusal::ProductPaused)));
    };
    if upload.credits_max.is_some_and(|it| it < credits) {
        return Err(Refused::TooDear(credits));
    }
    let quote = Quote { credits, expires_at: now.plus(QUOTE_LASTS) };
    training::start(tx, ground, user, &avatar.id, upload.quality, quote, now)?;
    Ok(files)
}

fn draft(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    upload: &Upload,
    now: Millis,
) -> Result<Avatar, Refused> {
    let refused = |it| Refused::Stop(Stop::Refused(it));
    if user.consent.is_none() {
        return Err(refused(Refusal::TermsNotAccepted));
    }
    let Some(offer) = ground.catalog.training(upload.kind) else {
        return Err(refused(Refusal::ProductPaused));
    };
    let most = ground.config.training.avatars_per_user;
    if most <= avatars::count(tx, &user.id).map_err(Stop::from)? {
        return Err(refused(Refusal::AvatarsTooMany { most }));
    }
    let most = offer.photos.count_max;
    if (most as usize) < upload.files.iter().filter(|it| it.seen.is_ok()).count() {
        return Err(refused(Refusal::PhotosTooMany { most }));
    }
    let own = trigger_word(&upload.avatar);
    let avatar = NewAvatar {
        id: &upload.avatar,
        user: &user.id,
        bot: &user.bot,
        kind: upload.kind,
        subject: upload.subject,
        name: &upload.name,
        trigger_word: upload.trigger_word.as_deref().unwrap_or(&own),
        state: AvatarState::Draft,
    };
    if !avatars::insert(tx, &avatar, now).map_err(Stop::from)? {
        return Err(Refused::TriggerTaken);
    }
    match avatars::of(tx, &user.id, &upload.avatar).map_err(Stop::from)? {
        Some(avatar) => Ok(avatar),
        None => Err(refused(Refusal::AvatarGone)),
    }
}

fn keep(
    tx: &mut Tx,
    ground: &Ground,
    avatar: &Avatar,
    (number, file, seen): (i64, &File, &Seen),
    now: Millis,
) -> Result<(), Stop> {
    // There is no message, and nothing to be fetched again: its place stands for the one.
    let picture = Picture {
        file_id: String::new(),
        unique_id: seen.measures.sha256.clone(),
        bytes: file.bytes,
        is_document: true,
        caption: None,
        album: None,
        message: number,
    };
    let new =
        NewPhoto { id: &seen.photo, avatar: &avatar.id, user: &avatar.user, picture: &picture };
    if photos::insert(tx, &new, now)?.is_none() {
        return refuse(Refusal::PhotoGone);
    }
    for it in [&seen.processed, &seen.thumbnail] {
        let new = NewObject {
            id: &it.id,
            key: &it.key,
            bytes: it.bytes,
            sha256: &it.sha256,
            kind: it.kind,
            content_type: "image/jpeg",
            user: Some(&avatar.user),
            avatar: Some(&avatar.id),
            delete_after: Some(now.plus(ground.config.training.photo_kept)),
        };
        objects::insert(tx, &new, now)?;
    }
    let judgement = Judgement {
        measures: Some(seen.measures.clone()),
        verdicts: Vec::new(),
        original: None,
        thumbnail: Some(seen.thumbnail.id.clone()),
        processed: Some(seen.processed.id.clone()),
    };
    photos::judged(tx, &seen.photo, &judgement)?;
    Ok(())
}

/// What is said about each file, in the order of the archive.
fn judged(upload: &Upload, set: &[Photo]) -> Vec<Judged> {
    let verdicts = |file: &File| match &file.seen {
        Err(why) => vec![Verdict::Unreadable(*why)],
        Ok(seen) => {
            let photo = set.iter().find(|it| it.id == seen.photo);
            photo.and_then(|it| it.judgement.clone()).map(|it| it.verdicts).unwrap_or_default()
        }
    };
    let one = |it: &File| Judged { name: it.name.clone(), verdicts: verdicts(it) };
    upload.files.iter().map(one).collect()
}
