//! The ends of a training, each one decision: the hold, the rows, the files, the news.

use domain::refusal::Fault;
use domain::{AvatarState, Credits, Millis, News};
use store::ledger;
use store::trainings::{self, End, Training};
use store::{Tx, avatars, objects, photos};

use crate::app::Ground;
use crate::failure::Failure;
use crate::outbox::tell;
use crate::studio::photos::expire_files;

pub fn failed(
    tx: &mut Tx,
    ground: &Ground,
    training: &Training,
    fault: Fault,
    now: Millis,
) -> Result<(), Failure> {
    let returned = ledger::release(tx, &training.hold, now)?;
    trainings::end(tx, &training.id, End::Failed(fault), now)?;
    metrics::counter!("atelier_trainings_total", "type" => training.kind.as_str(), "state" => "FAILED").increment(1);
    let name = settle(tx, ground, training, AvatarState::Failed, now)?;
    let avatar = training.avatar.clone();
    let news = News::TrainingFailed { avatar, name, fault, returned };
    tell(tx, ground, &training.user, &news, training.id.as_str(), now)
}

pub fn canceled(
    tx: &mut Tx,
    ground: &Ground,
    training: &Training,
    now: Millis,
) -> Result<(), Failure> {
    let returned = ledger::release(tx, &training.hold, now)?;
    trainings::end(tx, &training.id, End::Canceled, now)?;
    metrics::counter!("atelier_trainings_total", "type" => training.kind.as_str(), "state" => "CANCELED").increment(1);
    let name = settle(tx, ground, training, AvatarState::Cancelled, now)?;
    let news = News::TrainingCanceled { avatar: training.avatar.clone(), name, returned };
    tell(tx, ground, &training.user, &news, training.id.as_str(), now)
}

/// What every end without a model has in common; says the avatar's name.
fn settle(
    tx: &mut Tx,
    ground: &Ground,
    training: &Training,
    state: AvatarState,
    now: Millis,
) -> Result<String, Failure> {
    forget_inputs(tx, ground, training, now)?;
    let Some(avatar) = avatars::get_for_job(tx, &training.avatar)? else {
        return Ok(String::new());
    };
    // An older model still serves.
    let has_model = avatar.model_object.is_some() || avatar.remote_model.is_some();
    let state = if has_model { AvatarState::Completed } else { state };
    avatars::shift(tx, &avatar.id, AvatarState::Training, state)?;
    Ok(avatar.name)
}

/// The archive goes at once, the photos after the time that the customer was told.
pub fn forget_inputs(
    tx: &mut Tx,
    ground: &Ground,
    training: &Training,
    now: Millis,
) -> Result<(), Failure> {
    if let Some(archive) = &training.archive_object {
        objects::expire(tx, archive, now)?;
    }
    let kept_until = now.plus(ground.config.training.photo_kept);
    for photo in photos::set(tx, &training.user, &training.avatar)? {
        expire_files(tx, &photo, kept_until)?;
    }
    Ok(())
}

/// What a late or a paid success has in common: the avatar has a model and is told of.
pub fn completed(
    tx: &mut Tx,
    ground: &Ground,
    training: &Training,
    charged: Credits,
    now: Millis,
) -> Result<(), Failure> {
    let Some(avatar) = avatars::get_for_job(tx, &training.avatar)? else { return Ok(()) };
    let news = News::AvatarReady { avatar: avatar.id, name: avatar.name, charged };
    tell(tx, ground, &training.user, &news, training.id.as_str(), now)
}
