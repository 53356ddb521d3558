//! The queue: submit, state, log, result, cancel, and the stream of states (providers.md 1.3).

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use bytes::Bytes;
use futures::stream;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::faults::{self, Call, Trouble};
use super::run::{Outcome, Run};
use super::{Fal, RESULT_KEPT_MS, endpoints, magic, refusals, uploads};

/// Room for an archive as a `data:` link.
const INPUT_BYTES_MAX: usize = 64 << 20;
const PING_MS: i64 = 15_000;

pub(super) fn routes() -> Router<Arc<Fal>> {
    Router::new()
        .route("/fal-ai/{*path}", any(queue))
        .route("/openrouter/{*path}", any(queue))
        .route("/veed/{*path}", any(queue))
        .layer(DefaultBodyLimit::max(INPUT_BYTES_MAX))
}

/// A request that is meant: the application as it was written, and the id.
#[derive(Clone, Copy)]
struct Meant<'a> {
    application: &'a str,
    id: &'a str,
}

async fn queue(
    State(fal): State<Arc<Fal>>,
    method: Method,
    uri: Uri,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !fal.knows_key(&headers) {
        return refusals::unauthorized();
    }
    let path = uri.path().trim_start_matches('/');
    let Some((application, rest)) = path.split_once("/requests/") else {
        return match method {
            Method::POST => submit(&fal, path, &query, &headers, &body).await,
            _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        };
    };
    let (id, verb) = rest.split_once('/').unwrap_or((rest, ""));
    let meant = Meant { application, id };
    let with_logs = query.get("logs").is_some_and(|it| it == "1" || it == "true");
    match (method, verb) {
        (Method::GET, "status") => status(&fal, meant, with_logs).await,
        (Method::GET, "status/stream") => status_stream(fal, meant, with_logs).await,
        (Method::GET, "" | "response") => result(&fal, meant).await,
        (Method::PUT, "cancel") => cancel(&fal, meant).await,
        (_, "" | "response" | "status" | "status/stream" | "cancel") => {
            StatusCode::METHOD_NOT_ALLOWED.into_response()
        }
        _ => refusals::not_found("Path not found"),
    }
}

async fn submit(
    fal: &Fal,
    path: &str,
    query: &HashMap<String, String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let endpoint = endpoints::find(path);
    if let Some(no) = fal.interrupt(Call::Submit, endpoint, None).await {
        return no;
    }
    let Some(endpoint) = endpoint else {
        return refusals::not_found("Application not found");
    };
    let input: Value = match serde_json::from_slice(body) {
        Ok(input) => input,
        Err(error) => {
            let detail = json!({
                "loc": ["body", error.column()], "msg": "JSON decode error", "type": "json_invalid",
            });
            return refusals::unprocessable(&[detail]);
        }
    };
    let mut orders = magic::orders(endpoint, &input);
    if let Some(no) = fal.interrupt_itself(&mut orders, endpoint).await {
        return no;
    }
    let complaints = endpoint.complaints(&input);
    if !complaints.is_empty() {
        return refusals::unprocessable(&complaints);
    }
    let webhook = query.get("fal_webhook").filter(|it| !it.is_empty());
    let is_address = |it: &String| url::Url::parse(it).is_ok_and(|it| it.has_host());
    if webhook.is_some_and(|it| !is_address(it)) {
        return refusals::infrastructure("bad_request");
    }
    let is_early = |orders: &[faults::Fault]| faults::ordered(orders, Trouble::Early).is_some();
    let kept_ms = uploads::kept_ms(headers);
    let (id, answer) = fal.accept(endpoint, input, webhook.cloned(), kept_ms, orders);
    let (is_lost, is_early) = fal.world().near(Some(endpoint), Some(&id), |mut it| {
        (it.take(Trouble::AcceptedButLost).is_some(), is_early(it.own))
    });
    if is_lost {
        std::future::pending::<()>().await;
    }
    if is_early {
        fal.wait_until_told(&id).await;
    }
    with_id(&id, Json(answer).into_response())
}

async fn status(fal: &Fal, meant: Meant<'_>, with_logs: bool) -> Response {
    if let Some(no) = fal.interrupt(Call::Status, None, Some(meant.id)).await {
        return no;
    }
    fal.settle(None).await;
    let Some(mut told) = fal.tell(meant, with_logs.then_some(0)) else { return unknown() };
    let strange = |mut it: faults::Near| it.take(Trouble::UnknownState);
    if fal.world().near(None, Some(meant.id), strange).is_some() {
        told["status"] = json!("ON_HOLIDAY");
    }
    let is_over = told["status"] == "COMPLETED";
    let code = if is_over { StatusCode::OK } else { StatusCode::ACCEPTED };
    with_id(meant.id, (code, Json(told)).into_response())
}

async fn result(fal: &Fal, meant: Meant<'_>) -> Response {
    if let Some(no) = fal.interrupt(Call::Result, None, Some(meant.id)).await {
        return no;
    }
    fal.settle(None).await;
    let answer = fal.with_run(meant, |run| match run.ended.as_ref().map(|it| &it.outcome) {
        None => {
            let text = "Request is still in progress";
            refusals::sentence(StatusCode::BAD_REQUEST, text, Some("bad_request"))
        }
        Some(Outcome::Done) => Json(run.result(&fal.settings)).into_response(),
        Some(Outcome::Refused(complaint)) => {
            refusals::unprocessable(&[complaint.detail(&run.input)])
        }
        Some(Outcome::Broken(error_type)) => refusals::infrastructure(error_type),
    });
    answer.map_or_else(unknown, |it| with_id(meant.id, it))
}

async fn cancel(fal: &Fal, meant: Meant<'_>) -> Response {
    if let Some(no) = fal.interrupt(Call::Cancel, None, Some(meant.id)).await {
        return no;
    }
    fal.settle(None).await;
    let now = fal.now();
    let answer = fal.with_run(meant, |run| {
        if run.ended.is_some() {
            return (StatusCode::BAD_REQUEST, "ALREADY_COMPLETED");
        }
        run.cancel_asked_at.get_or_insert(now);
        (StatusCode::ACCEPTED, "CANCELLATION_REQUESTED")
    });
    let (code, word) = answer.unwrap_or((StatusCode::NOT_FOUND, "NOT_FOUND"));
    (code, Json(json!({ "status": word }))).into_response()
}

/// Where a stream of states stands.
struct Watching {
    fal: Arc<Fal>,
    application: String,
    id: String,
    beat: watch::Receiver<()>,
    with_logs: bool,
    logs_told: usize,
    last: Option<Value>,
    last_at: i64,
    is_over: bool,
}

/// Each change as one event, the log in pieces, and a ping when nothing changes for long.
async fn status_stream(fal: Arc<Fal>, meant: Meant<'_>, with_logs: bool) -> Response {
    if let Some(no) = fal.interrupt(Call::Status, None, Some(meant.id)).await {
        return no;
    }
    fal.settle(None).await;
    if fal.tell(meant, None).is_none() {
        return unknown();
    }
    let watching = Watching {
        beat: fal.beat.subscribe(),
        last_at: fal.now(),
        fal,
        application: meant.application.to_owned(),
        id: meant.id.to_owned(),
        with_logs,
        logs_told: 0,
        last: None,
        is_over: false,
    };
    let events = stream::unfold(watching, |mut it| async move {
        let event = it.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event), it))
    });
    let mut response = Response::new(Body::from_stream(events));
    let kind = HeaderValue::from_static("text/event-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    with_id(meant.id, response)
}

impl Watching {
    async fn next(&mut self) -> Option<String> {
        while !self.is_over {
            self.beat.mark_unchanged();
            self.fal.settle(None).await;
            let now = self.fal.now();
            let meant = Meant { application: &self.application, id: &self.id };
            let told = self.fal.tell(meant, self.with_logs.then_some(self.logs_told))?;
            if self.last.as_ref() != Some(&told) {
                self.is_over = told["status"] == "COMPLETED";
                self.logs_told += told["logs"].as_array().map_or(0, Vec::len);
                let event = format!("data: {told}\n\n");
                // The next one is compared without the lines that are told now.
                let mut last = told;
                if last["logs"].is_array() {
                    last["logs"] = json!([]);
                }
                (self.last, self.last_at) = (Some(last), now);
                return Some(event);
            }
            if self.last_at + PING_MS <= now {
                self.last_at = now;
                return Some(": ping\n\n".to_owned());
            }
            self.beat.changed().await.ok()?;
        }
        None
    }
}

impl Fal {
    /// What is said of a request, or `None` if it isn't known, or no longer.
    fn tell(&self, meant: Meant<'_>, logs_from: Option<usize>) -> Option<Value> {
        let now = self.now();
        let place = self.world().queue_position(meant.id, now);
        let mut told =
            self.with_run(meant, |run| run.telling(now, &self.settings.origin, logs_from))?;
        if let Some(place) = place {
            told["queue_position"] = json!(place);
        }
        Some(told)
    }

    /// Finds a request by its id under its endpoint, or under the first two words of that, as
    /// the official clients write it; for as long as the result is kept.
    fn with_run<T>(&self, meant: Meant<'_>, look: impl FnOnce(&mut Run) -> T) -> Option<T> {
        let now = self.now();
        let mut world = self.world();
        let run = world.run_of(meant.id)?;
        let endpoint = run.endpoint.name;
        let short = endpoint.match_indices('/').nth(1).map_or(endpoint, |it| &endpoint[..it.0]);
        let is_kept = run.ended.as_ref().is_none_or(|it| now < it.at + RESULT_KEPT_MS);
        let is_meant = [endpoint, short].contains(&meant.application);
        (is_kept && is_meant).then(|| look(run))
    }
}

fn unknown() -> Response {
    refusals::not_found("Request not found")
}

fn with_id(id: &str, mut response: Response) -> Response {
    if let Ok(value) = HeaderValue::from_str(id) {
        response.headers_mut().insert("x-fal-request-id", value);
    }
    response
}
