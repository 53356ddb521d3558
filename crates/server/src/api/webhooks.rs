//! Providers' webhooks. They only wake: whatever they say is asked for again by the job.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectors::providers::{Provider, WebhookError, WebhookKeys};
use domain::{JobId, Millis, Task, TrainingId, WorkState};
use serde::Deserialize;
use store::trainings::Training;
use store::{Tx, jobs, trainings, webhooks};

use crate::api::{keyring, no};
use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::train;
use crate::outbox;

/// What we put into the address ourselves. Not signed, so it is only believed where it fits.
#[derive(Deserialize)]
pub struct Ours {
    training: Option<String>,
    training_type: Option<String>,
}

pub async fn fal(
    State(app): State<Arc<App>>,
    Query(ours): Query<Ours>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if ours.training_type.as_deref().is_some_and(|it| domain::Kind::from_text(it).is_none()) {
        return no(StatusCode::BAD_REQUEST, "training_type is portrait or style");
    }
    let Some(provider) = app.provider("fal") else {
        return no(StatusCode::UNAUTHORIZED, "nobody is expected to call");
    };
    let run_id = match verify(&app, &provider, &headers, &body).await {
        Ok(run_id) => run_id,
        Err(refused) => {
            metrics::counter!("atelier_webhook_errors_total", "from" => "fal").increment(1);
            if refused.status() == StatusCode::FORBIDDEN {
                tell_owners(&app).await;
            }
            return refused;
        }
    };
    let training = ours.training.as_deref().and_then(TrainingId::from_text);
    let ground = app.ground.clone();
    let noted =
        app.db.write(move |tx| note(tx, &ground, provider.as_ref(), &run_id, training.as_ref()));
    match noted.await {
        Ok(Noted::Known) => StatusCode::OK.into_response(),
        // It may have come before our own note of the submit: brought again, it is known.
        Ok(Noted::Unknown) => no(StatusCode::NOT_FOUND, "no such request"),
        Err(failure) => {
            tracing::error!(%failure, "a webhook could not be noted");
            no(StatusCode::SERVICE_UNAVAILABLE, "not now, bring it again")
        }
    }
}

/// Somebody calls in the provider's name, or the provider's keys don't fit: once, while it is open
/// on the list.
async fn tell_owners(app: &App) {
    let ground = app.ground.clone();
    let told = app.db.write(move |tx| {
        let evidence = "a webhook came whose signature is missing or wrong";
        outbox::raise(tx, &ground, "webhook-refused", "fal", evidence, ground.now())
    });
    if let Err(failure) = told.await {
        tracing::error!(%failure, "that a webhook was refused could not be noted");
    }
}

async fn verify(
    app: &App,
    provider: &Arc<dyn Provider>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Response> {
    let now = app.ground.now();
    let check = |keys: &WebhookKeys| provider.webhook(headers, body, now, keys);
    let keys = |kept: Millis| app.webhook_keys.get(&app.http, provider.as_ref(), kept, now);
    let none = || no(StatusCode::SERVICE_UNAVAILABLE, "not now, bring it again");
    let checked = match check(&keys(keyring::KEPT).await.ok_or_else(none)?) {
        // The keys may have been changed since we asked for them.
        Err(WebhookError::Forged) => check(&keys(keyring::AGAIN).await.ok_or_else(none)?),
        checked => checked,
    };
    checked.map(|it| it.run_id).map_err(|error| {
        tracing::warn!(provider = provider.name(), %error, "a webhook was refused");
        let code = match error {
            // Well made and not theirs: somebody is trying, or their keys don't fit ours.
            WebhookError::Forged => StatusCode::FORBIDDEN,
            WebhookError::Headers
            | WebhookError::Stale
            | WebhookError::Body
            | WebhookError::OtherRun => StatusCode::UNAUTHORIZED,
        };
        no(code, "the signature is missing or wrong")
    })
}

enum Noted {
    Known,
    Unknown,
}

/// Finds whom the call is about and wakes the job. Changes nothing else, but for one thing: a run
/// whose submit was never answered gets its id, if nothing else has that id.
fn note(
    tx: &mut Tx,
    ground: &Ground,
    provider: &dyn Provider,
    run_id: &str,
    training: Option<&TrainingId>,
) -> Result<Noted, Failure> {
    let now = ground.now();
    let found = match trainings::by_run_for_job(tx, provider.name(), run_id)? {
        Some(found) => Some(found),
        None => match training {
            Some(id) => adopt(tx, ground, provider, run_id, id)?,
            None => None,
        },
    };
    let Some(found) = found else {
        webhooks::note(tx, provider.name(), run_id, "unknown", now)?;
        return Ok(Noted::Unknown);
    };
    webhooks::note(tx, provider.name(), run_id, found.state.as_str(), now)?;
    jobs::wake(tx, found.id.as_str(), now)?;
    if found.state == WorkState::Failed && found.late_at.is_none() {
        let task = Task::Salvage { training: found.id.clone(), run: run_id.to_owned() };
        let job = jobs::NewJob {
            unique_key: Some(format!("salvage:{}", found.id)),
            ..jobs::NewJob::of(&task)
        };
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(Noted::Known)
}

fn adopt(
    tx: &mut Tx,
    ground: &Ground,
    provider: &dyn Provider,
    run_id: &str,
    training: &TrainingId,
) -> Result<Option<Training>, Failure> {
    let now = ground.now();
    let Some(training) = trainings::get_for_job(tx, training)? else { return Ok(None) };
    // After a run that broke, its own late webhook must not pass for the new one's.
    let is_lost = training.run.is_none()
        && training.attempts == 1
        && training.intent_at.is_some()
        && training.provider == provider.name();
    let Some(run) = provider.run(&training.workflow, run_id).filter(|_| is_lost) else {
        return Ok(None);
    };
    // One that has ended meanwhile stays ended; its late result is looked after by the caller.
    if train::started(tx, ground, &training, &run, now)? {
        train::note(tx, &training, "submit", "found by its webhook", 0, now)?;
    }
    outbox::note(tx, "run-adopted", training.id.as_str(), run_id, now)?;
    Ok(trainings::get_for_job(tx, &training.id)?)
}
