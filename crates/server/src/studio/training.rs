//! Trainings: begun with a hold, and asked to stop.

use domain::catalog::Quote;
use domain::{
    AvatarId, AvatarState, Credits, HoldId, JobId, Millis, News, Quality, Refusal, Task, TrainingId,
};
use store::ledger::{self, LedgerError};
use store::trainings::{self, NewTraining};
use store::users::User;
use store::{Tx, avatars, jobs, photos};

use crate::app::Ground;
use crate::makers;
use crate::studio::avatars::own;
use crate::studio::people::wallet;
use crate::studio::photos::is_usable;
use crate::studio::{Done, refuse};
use crate::till::plans;

/// Sets the credits aside and queues the work, or says why not. All or nothing.
pub fn start(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    avatar: &AvatarId,
    quality: Quality,
    quote: Quote,
    now: Millis,
) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    let avatar = own(tx, user, avatar)?;
    if trainings::open(tx, &user.id, &avatar.id)?.is_some() {
        return refuse(Refusal::TrainingRuns);
    }
    let offer = ground.catalog.training(avatar.kind);
    let Some(offer) = offer.filter(|it| it.quality(quality).is_some()) else {
        return refuse(Refusal::ProductPaused);
    };
    let drawn = (ground.ids.chance() % 100) as u32;
    let able = makers::of_training(tx, ground, offer, quality, drawn, now)?;
    let Some(trainer) = able.first() else { return refuse(Refusal::ProductPaused) };
    if quote.expires_at <= now {
        return refuse(Refusal::QuoteExpired);
    }
    let set = photos::set(tx, &user.id, &avatar.id)?;
    let left = set.iter().filter(|it| it.judgement.is_none()).count() as u32;
    if 0 < left {
        return refuse(Refusal::PhotosStillChecked { left });
    }
    let have = set.iter().filter(|it| is_usable(it)).count() as u32;
    let need = offer.photos.count_min;
    if have < need {
        return refuse(Refusal::PhotosTooFew { have, need });
    }

    let training = TrainingId::new(ground.number());
    let hold = HoldId::new(ground.number());
    let unlimited = &ground.config.credits.unlimited;
    let is_free = user.telegram_id.is_some_and(|it| unlimited.contains(&it));
    let credits = if is_free { Credits::ZERO } else { quote.credits };
    match ledger::hold(tx, &hold, &wallet(user), credits, training.as_str(), now) {
        Ok(()) => {}
        Err(LedgerError::Short { need, have }) => {
            return refuse(Refusal::ShortOfCredits { need, have });
        }
        Err(error) => return Err(error.into()),
    }
    // The operator's own settings are meant for the first trainer; steps mean something else
    // elsewhere.
    let settings = if trainer.provider == offer.provider {
        ground.config.training.settings(avatar.kind, quality, trainer.settings)
    } else {
        trainer.settings.clone()
    };
    let is_new = trainings::insert(
        tx,
        &NewTraining {
            id: &training,
            avatar: &avatar.id,
            user: &user.id,
            bot: &user.bot,
            kind: avatar.kind,
            quality,
            settings: &settings,
            credits,
            hold: &hold,
            provider: trainer.provider,
            workflow: trainer.workflow,
        },
        now,
    )?;
    if !is_new || !avatars::shift(tx, &avatar.id, avatar.state, AvatarState::Training)? {
        return refuse(Refusal::TrainingRuns);
    }
    let task = Task::Train { training: training.clone() };
    let job = jobs::NewJob {
        priority: plans::priority(tx, ground, &user.id)?,
        unique_key: Some(format!("train:{training}")),
        group_key: Some(user.id.as_str().to_owned()),
        wake_key: Some(training.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::TrainingQueued { avatar: avatar.id })
}

/// Asks for the training to be stopped. What becomes of it is decided where the provider is asked.
pub fn cancel(tx: &mut Tx, user: &User, avatar: &AvatarId, now: Millis) -> Done {
    let avatar = own(tx, user, avatar)?;
    let Some(training) = trainings::open(tx, &user.id, &avatar.id)? else {
        return refuse(Refusal::NothingToCancel);
    };
    trainings::ask_cancel(tx, &user.id, &training.id, now)?;
    jobs::wake(tx, training.id.as_str(), now)?;
    Ok(News::CancelAsked)
}
