//! The page of the servers, `/sandbox/comfyui`: what runs and waits at each, and what one may do
//! to it; the same as JSON for tests.

use super::ComfyUi;
use super::faults::{Fault, Trouble};
use super::server::{Seen, Server, Stage};
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;

const AWAY_MS: i64 = 5_000;
const PAGE: &str = "/sandbox/comfyui";

pub(super) fn routes() -> Router<Arc<ComfyUi>> {
    Router::new()
        .route(PAGE, get(page))
        .route("/sandbox/comfyui/state", get(state))
        .route("/sandbox/comfyui/{server}/deed", post(deed))
        .route("/sandbox/comfyui/{server}/lacking", post(lack).delete(restock))
        .route("/sandbox/comfyui/{server}/faults", get(faults).post(add).delete(clear))
}

/// What can be done to a server on the page.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Restart,
    Stop,
    Hang,
    Recover,
}

impl Server {
    fn told(&self) -> Value {
        let count = |stage| self.prompts().iter().filter(|it| it.state == stage).count();
        json!({
            "name": self.name(),
            "is_up": self.is_up(),
            "running": count(Stage::Running),
            "pending": count(Stage::Pending),
            "done": count(Stage::Done),
            "failed": count(Stage::Failed) + count(Stage::Interrupted),
            "gone": count(Stage::Gone),
            "listeners": self.listeners(),
            "faults": self.faults(),
            "queue": self.told_queue(),
            "prompts": self.prompts().iter().map(told_prompt).collect::<Vec<_>>(),
        })
    }
}

/// A prompt that was taken, by what its files are called, and how far it is.
fn told_prompt(seen: &Seen) -> Value {
    let nodes = seen.prompt.as_object().into_iter().flat_map(|it| it.values());
    let mut names = nodes.filter_map(|it| it["inputs"]["filename_prefix"].as_str());
    json!({ "prompt_id": seen.prompt_id, "saved_as": names.next(), "state": seen.state.name() })
}

async fn state(State(comfyui): State<Arc<ComfyUi>>) -> Json<Value> {
    let servers: Vec<Value> = comfyui.servers().iter().map(|it| it.told()).collect();
    Json(json!({ "servers": servers }))
}

async fn page(State(comfyui): State<Arc<ComfyUi>>) -> Html<String> {
    let mut rows = String::new();
    for server in comfyui.servers() {
        let told = server.told();
        let name = plain(server.name());
        let state = if server.is_up() { "up" } else { "down" };
        let faults: Vec<String> = server.faults().iter().map(|it| json!(it).to_string()).collect();
        // Nothing can fail: it is written to memory.
        let _ = write!(
            rows,
            "<section><h2>{name}</h2><p>{state}, {} running, {} waiting, {} done, {} failed, \
             {} gone, {} listening</p><p>{}</p><form method=\"post\" \
             action=\"/sandbox/comfyui/{name}/deed\"><button name=\"deed\" value=\"restart\">\
             Restart</button> <button name=\"deed\" value=\"stop\">Stop</button> \
             <button name=\"deed\" value=\"hang\">Hang</button> <button name=\"deed\" \
             value=\"recover\">Recover</button></form></section>",
            told["running"],
            told["pending"],
            told["done"],
            told["failed"],
            told["gone"],
            told["listeners"],
            plain(&faults.join(" ")),
        );
    }
    if rows.is_empty() {
        rows = "<p>Nobody has asked for a server yet.</p>".to_owned();
    }
    Html(format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>ComfyUI sandbox</title><h1>ComfyUI</h1>{rows}\
         <p><a href=\"{PAGE}\">Look again</a></p></html>\n"
    ))
}

fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[derive(Deserialize)]
struct Wanted {
    deed: Deed,
}

async fn deed(
    State(comfyui): State<Arc<ComfyUi>>,
    Path(name): Path<String>,
    Form(wanted): Form<Wanted>,
) -> Redirect {
    let server = comfyui.server(&name);
    match wanted.deed {
        Deed::Restart => server.restart(AWAY_MS),
        Deed::Stop => server.stop(),
        Deed::Hang => server.fault(Fault::once(Trouble::Hang)),
        Deed::Recover => {
            server.forgive();
            server.start();
        }
    }
    Redirect::to(PAGE)
}

#[derive(Deserialize)]
struct Lacking {
    name: String,
}

async fn lack(
    State(comfyui): State<Arc<ComfyUi>>,
    Path(name): Path<String>,
    Json(it): Json<Lacking>,
) -> StatusCode {
    comfyui.server(&name).lack(&it.name);
    StatusCode::NO_CONTENT
}

async fn restock(State(comfyui): State<Arc<ComfyUi>>, Path(name): Path<String>) -> StatusCode {
    comfyui.server(&name).restock();
    StatusCode::NO_CONTENT
}

async fn faults(State(comfyui): State<Arc<ComfyUi>>, Path(name): Path<String>) -> Json<Value> {
    Json(json!({ "faults": comfyui.server(&name).faults() }))
}

async fn add(
    State(comfyui): State<Arc<ComfyUi>>,
    Path(name): Path<String>,
    body: String,
) -> Response {
    match serde_json::from_str::<Fault>(&body) {
        Ok(fault) => {
            let server = comfyui.server(&name);
            server.fault(fault);
            Json(json!({ "faults": server.faults() })).into_response()
        }
        Err(error) => {
            let sorry = json!({ "error": format!("Not a fault: {error}.") });
            (StatusCode::BAD_REQUEST, Json(sorry)).into_response()
        }
    }
}

async fn clear(State(comfyui): State<Arc<ComfyUi>>, Path(name): Path<String>) -> Json<Value> {
    comfyui.server(&name).forgive();
    Json(json!({ "faults": [] }))
}
