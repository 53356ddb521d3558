//! Trainings and predictions are begun here: which model, whether the input is one, and where
//! webhooks go (providers.md 2.3, 2.4).

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::faults::{self, Call, Fault, Trouble};
use super::models::{self, Takes};
use super::refusals::{Complaint, Refusal};
use super::run::{self, Hook, Run, Told};
use super::{Kind, Phase, Replicate, inputs, webhooks, words};
use crate::drawing::Avatar;

/// Room for an archive as a `data:` link.
const INPUT_BYTES_MAX: usize = 64 << 20;
/// What `Prefer: wait` means without a number, and at the most.
const WAIT_SECONDS_MAX: i64 = 60;
const CANCEL_AFTER_SECONDS_MIN: i64 = 5;

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new()
        .route("/v1/models/{owner}/{name}/versions/{id}/trainings", post(train))
        .route("/v1/predictions", post(predict).get(super::runs::predictions))
        .route("/v1/models/{owner}/{name}/predictions", post(predict_official))
        .layer(DefaultBodyLimit::max(INPUT_BYTES_MAX))
}

/// What is to be run.
struct Job {
    kind: Kind,
    model: String,
    version: String,
    destination: Option<String>,
    avatar: Option<Avatar>,
}

async fn train(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name, version)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refusal> {
    replicate.check_token(&headers)?;
    replicate.interrupt(Call::Create, Some(Kind::Training)).await?;
    let asked = models::parse(&body)?;
    let model = format!("{owner}/{name}");
    let destination = asked["destination"].as_str().map(str::to_owned);
    {
        let world = replicate.world();
        let trainer = world.models.get(&model).ok_or_else(models::no_model)?;
        if trainer.takes != Takes::Photos {
            return Err(Refusal::invalid(&[Complaint {
                kind: "invalid",
                field: "version".to_owned(),
                text: "The specified version can't be trained".to_owned(),
            }]));
        }
        trainer.version(&version).ok_or_else(models::no_version)?;
        let Some(destination) = &destination else {
            return Err(Refusal::invalid(&[Complaint {
                kind: "required",
                field: "destination".to_owned(),
                text: "destination is required".to_owned(),
            }]));
        };
        let is_own = |it: &models::Model| it.owner == replicate.settings.account;
        if !world.models.get(destination).is_some_and(is_own) {
            let text = "The specified training destination does not exist";
            return Err(Refusal::not_found(text));
        }
    }
    models::check(inputs::TRAINER, &asked["input"])?;
    let job = Job { kind: Kind::Training, model, version, destination, avatar: None };
    begin(&replicate, job, &asked, &headers).await
}

async fn predict(
    State(replicate): State<Arc<Replicate>>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refusal> {
    replicate.check_token(&headers)?;
    replicate.interrupt(Call::Create, Some(Kind::Prediction)).await?;
    let asked = models::parse(&body)?;
    let Some(version) = asked["version"].as_str() else {
        let text = "version is required".to_owned();
        let field = "version".to_owned();
        return Err(Refusal::invalid(&[Complaint { kind: "required", field, text }]));
    };
    // The version of a training that has just ended.
    replicate.settle(None).await;
    let job = replicate.job_of(version).ok_or_else(Refusal::invalid_version)?;
    models::check(inputs::PICTURES, &asked["input"])?;
    begin(&replicate, job, &asked, &headers).await
}

async fn predict_official(
    State(replicate): State<Arc<Replicate>>,
    Path((owner, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Result<Response, Refusal> {
    replicate.check_token(&headers)?;
    replicate.interrupt(Call::Create, Some(Kind::Prediction)).await?;
    let asked = models::parse(&body)?;
    let job = replicate.job_of(&format!("{owner}/{name}")).ok_or_else(models::no_model)?;
    models::check(inputs::PICTURES, &asked["input"])?;
    begin(&replicate, job, &asked, &headers).await
}

impl Replicate {
    /// What `owner/model` (only of official models), `owner/model:version` or `version` means.
    fn job_of(&self, version: &str) -> Option<Job> {
        let world = self.world();
        let (path, id) = match version.split_once(':') {
            Some((path, id)) => (Some(path), Some(id)),
            None if version.contains('/') => (Some(version), None),
            None => (None, Some(version)),
        };
        let kind = Kind::Prediction;
        let Some(id) = id else {
            let path = path?;
            let is_official = world.models.get(path)?.takes == Takes::PromptsOfAll;
            let version = "hidden".to_owned();
            let job =
                Job { kind, model: path.to_owned(), version, destination: None, avatar: None };
            return is_official.then_some(job);
        };
        let (model, found) = world.version(id)?;
        let is_it = path.is_none_or(|it| it == model.path()) && model.takes != Takes::Photos;
        let avatar = found.avatar.clone();
        is_it.then(|| Job {
            kind,
            model: model.path(),
            version: found.id.clone(),
            destination: None,
            avatar,
        })
    }
}

/// Takes a run and answers, at once or when it has ended, as `Prefer` says.
async fn begin(
    replicate: &Replicate,
    job: Job,
    asked: &Value,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let orders = words::orders(&asked["input"]);
    for order in &orders {
        replicate.strike(order.clone()).await?;
    }
    let hook = hook_of(asked)?;
    let now = replicate.now();
    let deadline = cancel_after(headers)?.map(|it| now + it * 1000);
    let kind = job.kind;
    let is_lost = orders.iter().any(|it| it.fault == Trouble::AcceptedButLost);
    let id = replicate.accept(job, asked["input"].clone(), hook, deadline, orders);
    let fault = faults::take(&mut replicate.world().faults, Trouble::AcceptedButLost, kind);
    if is_lost || fault.is_some() {
        std::future::pending::<()>().await;
    }
    let waits = wait_seconds(headers);
    let until = now + waits.unwrap_or_default() * 1000;
    let mut beat = replicate.beat.subscribe();
    loop {
        replicate.settle(None).await;
        let now = replicate.now();
        let (phase, wire) = {
            let mut world = replicate.world();
            let run = world.run_of(&id).ok_or_else(models::no_version)?;
            (run.phase(now), run.wire(now, &replicate.settings))
        };
        let is_open = matches!(phase, Phase::Starting | Phase::Processing);
        if !is_open || until <= now {
            let is_held = is_open && waits.is_some();
            let code = if is_held { StatusCode::ACCEPTED } else { StatusCode::CREATED };
            return Ok((code, Json(wire)).into_response());
        }
        // The sender lives as long as we do, so that this can't fail.
        drop(beat.changed().await);
    }
}

impl Replicate {
    fn accept(
        &self,
        job: Job,
        input: Value,
        hook: Option<Hook>,
        deadline: Option<i64>,
        mut orders: Vec<Fault>,
    ) -> String {
        let settings = &self.settings;
        let now = self.now();
        let mut world = self.world();
        let number = world.count("run");
        let id = settings.run_id(number);
        let token = super::base32(&settings.derive("delivery", &id));
        let mut takes_ms = match job.kind {
            Kind::Training => settings.training_ms,
            Kind::Prediction => settings.picture_ms,
        };
        let starts_at = now + run::start_ms(takes_ms);
        for trouble in [Trouble::Long, Trouble::Endless] {
            orders.extend(faults::take(&mut world.faults, trouble, job.kind));
        }
        let longer = orders.iter().filter(|it| it.fault == Trouble::Long);
        takes_ms += longer.map(|it| it.millis_or(60)).sum::<i64>();
        if let Some(model) = world.models.get_mut(&job.model) {
            model.run_count += 1;
        }
        world.by_id.insert(id.clone(), number);
        world.by_token.insert(token.clone(), number);
        world.unfinished.insert(number);
        let Job { kind, model, version, destination, avatar } = job;
        let run = Run {
            number,
            kind,
            id: id.clone(),
            token,
            model,
            version,
            destination,
            avatar,
            input,
            hook,
            created_at: now,
            starts_at,
            takes_ms,
            deadline,
            struck: orders.into_iter().map(|it| it.fault).collect(),
            is_let_in: false,
            is_aborted: false,
            opened: None,
            cancel_asked_at: None,
            ended: None,
            told: Told::default(),
        };
        world.runs.insert(number, run);
        id
    }
}

/// Where webhooks go and of what; `webhook_completed` is the older word for the last one.
fn hook_of(asked: &Value) -> Result<Option<Hook>, Refusal> {
    let wrong = |field: &str, text: &str| {
        let (field, text) = (field.to_owned(), text.to_owned());
        Refusal::invalid(&[Complaint { kind: "invalid", field, text }])
    };
    let (field, all): (_, &[&str]) = match asked.get("webhook_completed") {
        Some(_) if asked.get("webhook").is_none() => ("webhook_completed", &["completed"]),
        _ => ("webhook", &webhooks::EVENTS_OF_DEFAULT),
    };
    let url = match asked.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(url) => url.as_str().unwrap_or_default(),
    };
    let is_address = url::Url::parse(url)
        .is_ok_and(|it| it.has_host() && matches!(it.scheme(), "http" | "https"));
    if !is_address {
        return Err(wrong(field, "Must be a valid HTTPS URL"));
    }
    let filter = &asked["webhook_events_filter"];
    let events: Vec<String> = match filter {
        Value::Null => all.iter().map(|it| (*it).to_owned()).collect(),
        Value::Array(some) => {
            some.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect()
        }
        _ => vec![String::new()],
    };
    if events.iter().any(|it| !webhooks::EVENTS.contains(&it.as_str())) {
        let text = "Must be some of: \"start\", \"output\", \"logs\", \"completed\"";
        return Err(wrong("webhook_events_filter", text));
    }
    Ok(Some(Hook { url: url.to_owned(), events }))
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// `wait` or `wait=5`: how long the answer may be held.
fn wait_seconds(headers: &HeaderMap) -> Option<i64> {
    let wish = header(headers, "prefer")?.split(',').map(str::trim);
    let mut waits = wish.filter_map(|it| match it.strip_prefix("wait")? {
        "" => Some(WAIT_SECONDS_MAX),
        rest => rest.strip_prefix('=')?.parse().ok(),
    });
    waits.next().map(|it: i64| it.clamp(1, WAIT_SECONDS_MAX))
}

/// `30s`, `5m` or `1h30m`, in seconds.
fn cancel_after(headers: &HeaderMap) -> Result<Option<i64>, Refusal> {
    let Some(text) = header(headers, "cancel-after") else { return Ok(None) };
    let read = || {
        let (mut seconds, mut rest) = (0_i64, text.trim());
        while !rest.is_empty() {
            let at = rest.find(|it: char| !it.is_ascii_digit())?;
            let count: i64 = rest[..at].parse().ok()?;
            let unit = match rest[at..].chars().next()? {
                's' => 1,
                'm' => 60,
                'h' => 3600,
                _ => return None,
            };
            seconds = seconds.checked_add(count.checked_mul(unit)?)?;
            rest = &rest[at + 1..];
        }
        Some(seconds).filter(|it| (CANCEL_AFTER_SECONDS_MIN..=86_400).contains(it))
    };
    match read() {
        Some(seconds) => Ok(Some(seconds)),
        None => {
            let text = "Must be a duration such as 30s, 5m or 1h30m, from 5s to 24h".to_owned();
            let field = "Cancel-After".to_owned();
            Err(Refusal::invalid(&[Complaint { kind: "invalid", field, text }]))
        }
    }
}
