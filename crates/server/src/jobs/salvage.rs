//! A provider spoke of a training that had ended without a result. If there is one after all, the
//! customer gets it, free: the credits went back, and they stay back.

use std::sync::Arc;

use connectors::providers::Progress;
use domain::{AvatarState, Credits, TrainingId, TrainingState};
use store::{avatars, trainings};

use crate::app::App;
use crate::failure::Failure;
use crate::jobs::train::{Known, end, note, read, result};
use crate::jobs::{Ended, alert};

pub async fn run(app: &Arc<App>, id: TrainingId, run: &str) -> Result<Ended, Failure> {
    let Some(Known { training, avatar, .. }) = read(app, &id).await? else {
        return Ok(Ended::done());
    };
    if training.state != TrainingState::Failed || training.late_at.is_some() {
        return Ok(Ended::done());
    }
    let Some(provider) = app.provider(&training.provider) else { return Ok(Ended::done()) };
    let Some(run) = provider.run(&training.workflow, run) else { return Ok(Ended::done()) };
    let trained = match provider.poll(&app.http, &run).await? {
        Progress::Done(trained) => trained,
        Progress::Waiting { .. } | Progress::Running { .. } => {
            let check_every = app.ground.config.training.check_every;
            return Ok(Ended::wait(training.id.as_str(), check_every));
        }
        Progress::Failed { .. } | Progress::Broke { .. } | Progress::Cancelled | Progress::Lost => {
            return Ok(Ended::done());
        }
    };
    let kept = result::fetch(app, &training, &avatar, trained).await?;
    tracing::info!(training.id = %training.id, "a late result is delivered free");
    metrics::counter!("atelier_late_results_total").increment(1);
    Ok(Ended::done().write(move |tx, ground, now| {
        // A newer try of the same avatar decides what its model is.
        let latest = trainings::latest(tx, &training.user, &training.avatar)?;
        let is_latest = latest.is_some_and(|it| it.id == training.id);
        let mut is_free = false;
        for state in [AvatarState::Failed, AvatarState::Completed] {
            is_free |=
                is_latest && avatars::shift(tx, &training.avatar, state, AvatarState::Training)?;
        }
        if !is_free || !trainings::came_late(tx, &training.id, now)? {
            return kept.discard(tx, &training, now);
        }
        if !kept.write(tx, &training, now)? {
            return Ok(());
        }
        let cost = result::cost_micros(ground, &training);
        note(tx, &training, "result", "delivered late", cost, now)?;
        alert::note(tx, "late-result", training.id.as_str(), "delivered free of charge", now)?;
        end::completed(tx, ground, &training, Credits::ZERO, now)
    }))
}
