//! Trainings and predictions are looked at, listed and canceled here. A training is found among the
//! predictions too: its own address is there (providers.md 2.3).

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::DateTime;
use http::HeaderMap;
use serde_json::{Value, json};

use super::faults::{self, Call, Trouble};
use super::refusals::Refusal;
use super::run::Run;
use super::{Kind, Replicate};

const PAGE: usize = 100;

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new()
        .route("/v1/trainings", get(trainings))
        .route("/v1/trainings/{id}", get(training))
        .route("/v1/trainings/{id}/cancel", post(cancel_training))
        .route("/v1/predictions/{id}", get(any))
        .route("/v1/predictions/{id}/cancel", post(cancel_any))
}

type Told = Result<Json<Value>, Refusal>;

async fn training(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Told {
    look(&replicate, &headers, &id, Some(Kind::Training)).await
}

async fn any(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Told {
    look(&replicate, &headers, &id, None).await
}

async fn cancel_training(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Told {
    cancel(&replicate, &headers, &id, Some(Kind::Training)).await
}

async fn cancel_any(
    State(replicate): State<Arc<Replicate>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Told {
    cancel(&replicate, &headers, &id, None).await
}

async fn look(replicate: &Replicate, headers: &HeaderMap, id: &str, only: Option<Kind>) -> Told {
    let kind = replicate.admit(headers, Call::Get, id, only).await?;
    replicate.settle(None).await;
    let mut wire = replicate.tell(id)?;
    if faults::take(&mut replicate.world().faults, Trouble::UnknownState, kind).is_some() {
        wire["status"] = json!("on_holiday");
    }
    Ok(Json(wire))
}

async fn cancel(replicate: &Replicate, headers: &HeaderMap, id: &str, only: Option<Kind>) -> Told {
    replicate.admit(headers, Call::Cancel, id, only).await?;
    replicate.settle(None).await;
    let now = replicate.now();
    if let Some(run) = replicate.world().run_of(id) {
        // One that has ended stays as it is.
        run.cancel_asked_at.get_or_insert(now);
    }
    replicate.settle(None).await;
    replicate.tell(id).map(Json)
}

fn unknown() -> Refusal {
    Refusal::not_found("The requested resource could not be found.")
}

impl Replicate {
    /// Whether the caller may ask for this run, and what it is.
    async fn admit(
        &self,
        headers: &HeaderMap,
        call: Call,
        id: &str,
        only: Option<Kind>,
    ) -> Result<Kind, Refusal> {
        self.check_token(headers)?;
        let kind = self.world().run_of(id).map(|it| it.kind);
        self.interrupt(call, kind).await?;
        kind.filter(|it| only.is_none_or(|only| only == *it)).ok_or_else(unknown)
    }

    fn tell(&self, id: &str) -> Result<Value, Refusal> {
        let now = self.now();
        let mut world = self.world();
        Ok(world.run_of(id).ok_or_else(unknown)?.wire(now, &self.settings))
    }
}

async fn trainings(
    State(replicate): State<Arc<Replicate>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Told {
    list(&replicate, &headers, &query, Kind::Training).await
}

pub(super) async fn predictions(
    State(replicate): State<Arc<Replicate>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Told {
    list(&replicate, &headers, &query, Kind::Prediction).await
}

/// The newest first, a hundred at a time. A cursor is the number that a page begins after (`p`) or
/// ends before (`n`), in the order in which it is listed.
async fn list(
    replicate: &Replicate,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
    kind: Kind,
) -> Told {
    replicate.check_token(headers)?;
    replicate.interrupt(Call::List, Some(kind)).await?;
    replicate.settle(None).await;
    let after = moment_of(query, "created_after")?;
    let before = moment_of(query, "created_before")?;
    let now = replicate.now();
    let world = replicate.world();
    let is_listed = |run: &&Run| {
        run.kind == kind
            && after.is_none_or(|it| it <= run.created_at)
            && before.is_none_or(|it| run.created_at < it)
    };
    let all: Vec<&Run> = world.runs.values().rev().filter(is_listed).collect();
    let from = match query.get("cursor") {
        None => 0,
        Some(cursor) => {
            let wrong = || Refusal::bad_request("The cursor is not one.");
            let (way, number) = cursor.split_at_checked(1).ok_or_else(wrong)?;
            let number: u64 = number.parse().map_err(|_| wrong())?;
            match way {
                "p" => all.partition_point(|it| number <= it.number),
                "n" => all.partition_point(|it| number < it.number).saturating_sub(PAGE),
                _ => return Err(wrong()),
            }
        }
    };
    let to = all.len().min(from + PAGE);
    let page = &all[from..to];
    let place = match kind {
        Kind::Training => "trainings",
        Kind::Prediction => "predictions",
    };
    let link = |way: &str, number: u64| {
        let filters = ["created_after", "created_before"]
            .into_iter()
            .filter_map(|name| Some(format!("&{name}={}", query.get(name)?.replace('+', "%2B"))));
        let filters: String = filters.collect();
        let base = replicate.settings.base_url();
        json!(format!("{base}/v1/{place}?cursor={way}{number}{filters}"))
    };
    let next = page.last().filter(|_| to < all.len()).map(|it| link("p", it.number));
    let previous = page.first().filter(|_| 0 < from).map(|it| link("n", it.number));
    let results: Vec<_> = page.iter().map(|it| it.wire(now, &replicate.settings)).collect();
    Ok(Json(json!({ "next": next, "previous": previous, "results": results })))
}

fn moment_of(query: &HashMap<String, String>, name: &str) -> Result<Option<i64>, Refusal> {
    let Some(text) = query.get(name) else { return Ok(None) };
    let moment = DateTime::parse_from_rfc3339(text)
        .map_err(|_| Refusal::bad_request(&format!("{name} is not a moment.")))?;
    Ok(Some(moment.timestamp_millis()))
}
