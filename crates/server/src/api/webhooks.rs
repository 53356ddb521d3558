//! Providers' webhooks. They only wake: whatever they say is asked for again by the job.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectors::providers::{Provider, WebhookError, WebhookKeys};
use domain::{JobId, Millis, Task, WorkState};
use serde::Deserialize;
use store::{Tx, errands, generations, hints, jobs, trainings, webhooks};

use crate::api::{keyring, no};
use crate::app::{App, Ground, Line};
use crate::failure::Failure;
use crate::jobs::errand::{self, Id};
use crate::outbox;

/// What we put into the address ourselves. Not signed, so it is only believed where it fits.
#[derive(Deserialize)]
pub struct Ours {
    /// The id of our work; trainings of old say it as `training`.
    work: Option<String>,
    training: Option<String>,
    training_type: Option<String>,
}

pub async fn fal(
    app: State<Arc<App>>,
    ours: Query<Ours>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take(app, "fal", ours, headers, body).await
}

pub async fn replicate(
    app: State<Arc<App>>,
    ours: Query<Ours>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    take(app, "replicate", ours, headers, body).await
}

async fn take(
    State(app): State<Arc<App>>,
    name: &'static str,
    Query(ours): Query<Ours>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if ours.training_type.as_deref().is_some_and(|it| domain::Kind::from_text(it).is_none()) {
        return no(StatusCode::BAD_REQUEST, "training_type is portrait or style");
    }
    let Some(line) = app.line(name) else {
        return no(StatusCode::UNAUTHORIZED, "nobody is expected to call");
    };
    let run_id = match verify(&app, line, &headers, &body).await {
        Ok(run_id) => run_id,
        Err(refused) => {
            metrics::counter!("atelier_webhook_errors_total", "from" => name).increment(1);
            if refused.status() == StatusCode::FORBIDDEN {
                tell_owners(&app, name).await;
            }
            return refused;
        }
    };
    let work = ours.work.or(ours.training).as_deref().and_then(Id::from_text);
    let (ground, provider) = (app.ground.clone(), line.provider.clone());
    let noted =
        app.db.write(move |tx| note(tx, &ground, provider.as_ref(), &run_id, work.as_ref()));
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
async fn tell_owners(app: &App, name: &'static str) {
    let ground = app.ground.clone();
    let told = app.db.write(move |tx| {
        let evidence = "a webhook came whose signature is missing or wrong";
        outbox::raise(tx, &ground, "webhook-refused", name, evidence, ground.now())
    });
    if let Err(failure) = told.await {
        tracing::error!(%failure, "that a webhook was refused could not be noted");
    }
}

async fn verify(
    app: &App,
    line: &Line,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<String, Response> {
    let now = app.ground.now();
    let provider = line.provider.as_ref();
    let check = |keys: &WebhookKeys| provider.webhook(headers, body, now, keys);
    let keys = |kept: Millis| app.webhook_keys.get(&line.http, provider, kept, now);
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

/// What is known of the work that a call is about.
struct Found {
    id: Id,
    state: WorkState,
    is_late: bool,
}

macro_rules! found {
    ($variant:ident, $row:expr) => {
        $row.map(|it| Found {
            state: it.state,
            is_late: it.late_at.is_some(),
            id: Id::$variant(it.id),
        })
    };
}

fn by_run(tx: &mut Tx, provider: &str, run_id: &str) -> Result<Option<Found>, Failure> {
    let training = trainings::by_run_for_job(tx, provider, run_id)?;
    if let Some(found) = found!(Training, training) {
        return Ok(Some(found));
    }
    let generation = generations::by_run_for_job(tx, provider, run_id)?;
    if let Some(found) = found!(Generation, generation) {
        return Ok(Some(found));
    }
    Ok(found!(Hint, hints::by_run_for_job(tx, provider, run_id)?))
}

/// Finds whom the call is about and wakes the job. Changes nothing else, but for one thing: a run
/// whose submit was never answered gets its id, if nothing else has that id.
fn note(
    tx: &mut Tx,
    ground: &Ground,
    provider: &dyn Provider,
    run_id: &str,
    work: Option<&Id>,
) -> Result<Noted, Failure> {
    let now = ground.now();
    let found = match by_run(tx, provider.name(), run_id)? {
        Some(found) => Some(found),
        // A run that was left for another one: known, and of no use any more.
        None if errands::past(tx, provider.name(), run_id)?.is_some() => {
            webhooks::note(tx, provider.name(), run_id, "left", now)?;
            return Ok(Noted::Known);
        }
        None => match work {
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
    if found.state == WorkState::Failed && !found.is_late {
        let run = run_id.to_owned();
        let task = match found.id.clone() {
            Id::Training(training) => Task::Salvage { training, run },
            Id::Generation(generation) => Task::SalvagePictures { generation, run },
            // Words that come too late are of no use to anybody.
            Id::Hint(_) => return Ok(Noted::Known),
        };
        let job = jobs::NewJob {
            unique_key: Some(format!("salvage:{}", found.id.as_str())),
            ..jobs::NewJob::of(&task)
        };
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(Noted::Known)
}

/// The row of an errand whose submit was never answered.
struct Lost {
    provider: String,
    workflow: String,
    found: Found,
}

macro_rules! lost {
    ($variant:ident, $row:expr) => {
        // The late webhook of a run that broke is known as that of a past one, and never comes here.
        $row.filter(|it| it.run.is_none() && it.intent_at.is_some()).map(|it| {
            Lost {
                provider: it.provider.clone(),
                workflow: it.workflow.clone(),
                found: Found {
                    state: it.state,
                    is_late: it.late_at.is_some(),
                    id: Id::$variant(it.id),
                },
            }
        })
    };
}

fn adopt(
    tx: &mut Tx,
    ground: &Ground,
    provider: &dyn Provider,
    run_id: &str,
    id: &Id,
) -> Result<Option<Found>, Failure> {
    let now = ground.now();
    let lost = match id {
        Id::Training(id) => lost!(Training, trainings::get_for_job(tx, id)?),
        Id::Generation(id) => lost!(Generation, generations::get_for_job(tx, id)?),
        Id::Hint(id) => lost!(Hint, hints::get_for_job(tx, id)?),
    };
    let Some(lost) = lost.filter(|it| it.provider == provider.name()) else { return Ok(None) };
    let Some(run) = provider.run(&lost.workflow, run_id) else { return Ok(None) };
    // One that has ended meanwhile stays ended; its late result is looked after by the caller.
    if errand::started(tx, ground, id, provider.name(), &run, now)? {
        errand::note(tx, id, provider.name(), ("submit", "found by its webhook"), 0, now)?;
    }
    outbox::note(tx, "run-adopted", id.as_str(), run_id, now)?;
    Ok(Some(lost.found))
}
