//! The routes of a server, each also below `/api`.

use super::faults::Trouble;
use super::files::{self, Look};
use super::jobs::Part;
use super::nodes::{self, CLASSES};
use super::server::Server;
use super::{ComfyUi, prompts, sockets, stock};
use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Multipart, Path, Query, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

const UPLOAD_BYTES_MAX: usize = 100 << 20;

/// The server whose name is in the path, brought up to now.
struct Asked(Arc<Server>);

impl FromRequestParts<Arc<ComfyUi>> for Asked {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<ComfyUi>,
    ) -> Result<Self, Self::Rejection> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let name = path.ok().and_then(|it| it.0.get("server").cloned());
        let server = state.server(&name.unwrap_or_default());
        server.settle().await;
        let is_refused = server.state().take_fault(Trouble::Refused).is_some();
        if is_refused || !server.is_up() {
            return Err(bad_gateway());
        }
        Ok(Asked(server))
    }
}

/// As a proxy says it when nobody is behind it.
pub(super) fn bad_gateway() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html")];
    let page = "<html><head><title>502 Bad Gateway</title></head></html>\n";
    (StatusCode::BAD_GATEWAY, kind, page).into_response()
}

pub(super) fn json(told: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (kind, told.to_string()).into_response()
}

pub(super) fn routes() -> Router<Arc<ComfyUi>> {
    let routes = Router::new()
        .route("/ws", get(listen))
        .route("/prompt", get(remaining).post(submit))
        .route("/queue", get(queue).post(unqueue))
        .route("/interrupt", post(interrupt))
        .route("/history", get(history).post(forget))
        .route("/history/{id}", get(past))
        .route("/view", get(view))
        .route("/upload/image", post(upload))
        .route("/system_stats", get(system))
        .route("/object_info", get(classes))
        .route("/object_info/{class}", get(class))
        .route("/models", get(folders))
        .route("/models/{folder}", get(models))
        .route("/embeddings", get(nothing))
        .route("/extensions", get(extensions))
        .route("/features", get(features))
        .route("/free", post(free))
        .route("/{*rest}", any(no_such_path));
    let jobs = Router::new().route("/jobs", get(jobs)).route("/jobs/{id}", get(job));
    let api = routes.clone().merge(jobs);
    Router::new()
        .nest("/comfyui/{server}/api", api)
        .nest("/comfyui/{server}", routes)
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .layer(middleware::from_fn(only_same_site))
}

/// There is no key: what a page from elsewhere sends is refused.
async fn only_same_site(request: Request, next: Next) -> Response {
    if is_foreign(request.headers()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let is_elsewhere = match (text("host"), text("origin")) {
        (Some(host), Some(origin)) => {
            let name = host.rsplit_once(':').map_or(host, |it| it.0);
            let is_here = ["127.0.0.1", "localhost", "[::1]"].contains(&name);
            is_here && origin.split_once("://").map_or(origin, |it| it.1) != host
        }
        _ => false,
    };
    is_elsewhere || text("sec-fetch-site") == Some("cross-site")
}

#[derive(Deserialize)]
struct Listener {
    #[serde(rename = "clientId")]
    client: Option<String>,
}

async fn listen(
    Asked(server): Asked,
    Query(listener): Query<Listener>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.on_upgrade(|socket| sockets::listen(server, listener.client, socket))
}

async fn remaining(Asked(server): Asked) -> Response {
    json(&json!({ "exec_info": { "queue_remaining": server.state().remaining() } }))
}

async fn submit(Asked(server): Asked, body: Bytes) -> Response {
    prompts::submit(&server, &body).await
}

async fn queue(Asked(server): Asked) -> Response {
    json(&server.told_queue())
}

async fn unqueue(Asked(server): Asked, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = server.state();
    if asked["clear"] == true {
        state.unqueue(|_| true);
        state.tell_state();
    }
    for id in asked["delete"].as_array().into_iter().flatten() {
        // Whoever listens hears of it twice.
        if 0 < state.unqueue(|it| *id == it.id.as_str()) {
            state.tell_state();
            state.tell_state();
        }
    }
    StatusCode::OK.into_response()
}

/// What runs notices it at its next step. What doesn't run is never hit by it.
async fn interrupt(Asked(server): Asked, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut state = server.state();
    let is_meant = state
        .running
        .as_ref()
        .is_some_and(|it| asked["prompt_id"].as_str().is_none_or(|id| id == it.queued().id));
    state.is_interrupted |= is_meant;
    StatusCode::OK.into_response()
}

async fn history(Asked(server): Asked, Query(part): Query<Part>) -> Response {
    json(&server.told_history(&part))
}

async fn forget(Asked(server): Asked, body: Bytes) -> Response {
    server.forget(&serde_json::from_slice(&body).unwrap_or_default());
    StatusCode::OK.into_response()
}

async fn past(Asked(server): Asked, Path(path): Path<HashMap<String, String>>) -> Response {
    json(&server.told_past(path.get("id").map_or("", String::as_str)))
}

async fn jobs(Asked(server): Asked, Query(part): Query<Part>) -> Response {
    json(&server.told_jobs(&part))
}

async fn job(Asked(server): Asked, Path(path): Path<HashMap<String, String>>) -> Response {
    match server.told_job(path.get("id").map_or("", String::as_str)) {
        Some(job) => json(&job),
        None => {
            let none = json(&json!({ "error": "Job not found" }));
            (StatusCode::NOT_FOUND, none).into_response()
        }
    }
}

async fn view(Asked(server): Asked, Query(look): Query<Look>, headers: HeaderMap) -> Response {
    if server.state().take_fault(Trouble::ResultGone).is_some() {
        return StatusCode::NOT_FOUND.into_response();
    }
    files::view(&server, look, &headers).await
}

async fn upload(Asked(server): Asked, form: Multipart) -> Response {
    files::upload(&server, form).await
}

async fn classes(Asked(server): Asked) -> Response {
    let stock = server.state().stock();
    let known = CLASSES.iter().filter(|it| !stock.lacks(it.name));
    json(&Value::Object(known.map(|it| (it.name.to_owned(), it.facts(&stock))).collect()))
}

async fn class(Asked(server): Asked, Path(path): Path<HashMap<String, String>>) -> Response {
    let stock = server.state().stock();
    let found = nodes::find(path.get("class").map_or("", String::as_str), &stock);
    let facts = found.map(|it| (it.name.to_owned(), it.facts(&stock)));
    json(&Value::Object(facts.into_iter().collect::<Map<_, _>>()))
}

async fn folders(Asked(_): Asked) -> Response {
    json(&json!(stock::folders()))
}

async fn models(Asked(server): Asked, Path(path): Path<HashMap<String, String>>) -> Response {
    let folder = path.get("folder").map_or("", String::as_str);
    if !stock::has_folder(folder) {
        return StatusCode::NOT_FOUND.into_response();
    }
    json(&json!(server.state().stock().models(folder)))
}

async fn no_such_path(Asked(_): Asked) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    (StatusCode::NOT_FOUND, kind).into_response()
}

async fn nothing(Asked(_): Asked) -> Response {
    json(&json!([]))
}

async fn extensions(Asked(_): Asked) -> Response {
    json(&json!(["/extensions/core/widgetInputs.js"]))
}

async fn features(Asked(_): Asked) -> Response {
    json(&json!({
        "supports_preview_metadata": true,
        "supports_model_type_tags": true,
        "max_upload_size": UPLOAD_BYTES_MAX,
        "extension": { "manager": { "supports_v4": true } },
        "node_replacements": true,
        "assets": false,
    }))
}

async fn free(Asked(server): Asked, body: Bytes) -> Response {
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    if asked["free_memory"] == true {
        server.state().cache.clear();
    }
    StatusCode::OK.into_response()
}

async fn system(Asked(_): Asked) -> Response {
    let memory: u64 = 25_276_502_016;
    let package = json!({
        "name": "comfyui-frontend-package", "installed": "1.49.6", "required": "1.49.6",
    });
    json(&json!({
        "system": {
            "os": "linux",
            "ram_total": memory,
            "ram_free": memory - 2_192_000_000,
            "comfyui_version": "0.33.0",
            "required_frontend_version": "1.49.6",
            "installed_templates_version": "0.11.44",
            "required_templates_version": "0.11.44",
            "comfy_package_versions": [package],
            "python_version": "3.11.7",
            "pytorch_version": "2.11.0+cu130",
            "embedded_python": false,
            "deploy_environment": "local-git",
            "argv": ["main.py", "--listen", "127.0.0.1", "--port", "8188"],
        },
        "devices": [{
            "name": "cuda:0 Sandbox 24G",
            "type": "cuda",
            "index": 0,
            "vram_total": memory,
            "vram_free": memory - 1_000_000_000,
            "torch_vram_total": memory,
            "torch_vram_free": memory - 1_000_000_000,
        }],
    }))
}
