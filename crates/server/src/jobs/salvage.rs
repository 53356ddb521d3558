//! A provider spoke of a training that had ended without a result. If there is one after all, the
//! customer gets it, free: the credits went back, and they stay back.

use std::sync::Arc;

use connectors::providers::{Made, MadeVideo, Progress};
use domain::{AvatarState, Credits, GenerationId, Millis, TrainingId, WorkState};
use store::generations::{self, Generation};
use store::{avatars, trainings};

use crate::app::App;
use crate::failure::Failure;
use crate::jobs::pictures::{booked, video};
use crate::jobs::train::{Known, end, read, result};
use crate::jobs::{Ended, pictures};
use crate::outbox;

/// For how long a provider keeps a result that nobody has fetched.
const LASTS: Millis = Millis::DAY;

pub async fn run(app: &Arc<App>, id: TrainingId, run: &str) -> Result<Ended, Failure> {
    let Some(Known { training, avatar, .. }) = read(app, &id).await? else {
        return Ok(Ended::done());
    };
    if training.state != WorkState::Failed || training.late_at.is_some() {
        return Ok(Ended::done());
    }
    let Some(line) = app.line(&training.provider) else { return Ok(Ended::done()) };
    let Some(run) = line.provider.run(&training.workflow, run) else { return Ok(Ended::done()) };
    // An odd answer says nothing of the result: it is asked for again, for as long as it lasts.
    let ended_at = training.ended_at.unwrap_or(training.created_at);
    let is_soon = app.ground.now().since(ended_at) < LASTS;
    let later = || Ended::wait(training.id.as_str(), app.ground.config.training.check_every);
    let progress = match line.provider.poll(&line.http, &run).await {
        Err(error) if is_soon => {
            tracing::warn!(training.id = %training.id, %error, "a provider did not say whether there is a late result");
            return Ok(later());
        }
        progress => progress?,
    };
    let trained = match progress {
        Progress::Done(Made::Model(trained)) => trained,
        Progress::Waiting { .. } | Progress::Running { .. } => {
            return Ok(later());
        }
        Progress::Done(_)
        | Progress::Failed { .. }
        | Progress::Broke { .. }
        | Progress::Cancelled
        | Progress::Lost => {
            return Ok(Ended::done());
        }
    };
    let kept = match result::fetch(app, &training, &avatar, trained).await {
        Err(failure) if is_soon && result::is_fetched_again(&failure) => return Ok(later()),
        kept => kept?,
    };
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
        result::note(tx, &training, "delivered late", cost, now)?;
        outbox::note(tx, "late-result", training.id.as_str(), "delivered free of charge", now)?;
        end::completed(tx, ground, &training, Credits::ZERO, now)
    }))
}

/// The same for pictures.
pub async fn pictures(app: &Arc<App>, id: GenerationId, run: &str) -> Result<Ended, Failure> {
    let Some(known) = pictures::read(app, &id).await? else { return Ok(Ended::done()) };
    let generation = known.generation;
    if generation.state != WorkState::Failed || generation.late_at.is_some() {
        return Ok(Ended::done());
    }
    let Some(line) = app.line(&generation.provider) else { return Ok(Ended::done()) };
    let Some(run) = line.provider.run(&generation.workflow, run) else { return Ok(Ended::done()) };
    let ended_at = generation.ended_at.unwrap_or(generation.created_at);
    let is_soon = app.ground.now().since(ended_at) < LASTS;
    let later = || Ended::wait(generation.id.as_str(), app.ground.config.pictures.check_every);
    let progress = match line.provider.poll(&line.http, &run).await {
        Err(error) if is_soon => {
            tracing::warn!(generation.id = %generation.id, %error, "a provider did not say whether there is a late result");
            return Ok(later());
        }
        progress => progress?,
    };
    let made = match progress {
        Progress::Done(Made::Pictures(made)) => made,
        Progress::Waiting { .. } | Progress::Running { .. } => return Ok(later()),
        Progress::Done(Made::Video(made)) => return Ok(late_stage(generation, made)),
        Progress::Done(_)
        | Progress::Failed { .. }
        | Progress::Broke { .. }
        | Progress::Cancelled
        | Progress::Lost => return Ok(Ended::done()),
    };
    let brought = pictures::result::fetch(app, &generation, made).await?;
    if is_soon && 0 < brought.missing {
        return Ok(later());
    }
    if brought.kept.is_empty() {
        return Ok(Ended::done());
    }
    tracing::info!(generation.id = %generation.id, "late pictures are delivered free");
    metrics::counter!("atelier_late_results_total").increment(1);
    Ok(Ended::done().paint(known.chat).write(move |tx, ground, now| {
        pictures::result::deliver_late(tx, ground, &generation, &brought, now)
    }))
}

/// A stage of a video that nobody goes on with. What it is worth to its customer depends on parts
/// that may be gone and on work that nobody has the credits for any more; a person decides.
fn late_stage(generation: Generation, made: MadeVideo) -> Ended {
    Ended::done().write(move |tx, ground, now| {
        if !generations::came_late(tx, &generation.id, now)? {
            return Ok(());
        }
        let cost = video::cost(ground, &generation, made.seconds_millis);
        booked(tx, &generation, cost, "came too late", now)?;
        let evidence = "a part of a video came after it was given up, and was billed; the customer \
                        has the credits back and nothing else";
        outbox::raise(tx, ground, "late-video", generation.id.as_str(), evidence, now)
    })
}
