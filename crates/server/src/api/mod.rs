//! HTTP: webhooks of Telegram and of providers, files for people, how we are, and the API for other
//! programs (`spec` has its routes).

pub mod avatar;
pub mod avatars;
pub mod balance;
pub mod endpoints;
pub mod files;
pub mod gallery;
pub mod gate;
pub mod generations;
pub mod health;
pub mod input;
pub mod keyring;
pub mod keys;
pub mod notifications;
pub mod once;
pub mod payments;
pub mod presets;
pub mod problem;
pub mod spec;
pub mod telegram;
pub mod trainings;
pub mod upload;
pub mod users;
pub mod webhooks;
pub mod work;
pub mod workers;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::start::Doors;

/// Far above any update or webhook, far below what hurts.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Telegram waits for a minute, providers for fifteen seconds.
const ANSWER_TIME: Duration = Duration::from_secs(14);

/// What a route asks of whoever calls it. Each route has one; a test knocks at all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Says nothing that a stranger may not know.
    Open,
    /// A secret or a signature with each call, or 401.
    Signed,
    /// The operator's token, or a caller on this machine.
    Operator,
    /// Only from the networks of who is expected to call.
    Network,
}

/// Every route: method, path, gate. Those that ask for a key are in [`spec::table`].
pub const ROUTES: [(&str, &str, Gate); 17] = [
    ("GET", "/", Gate::Open),
    ("GET", "/api/docs", Gate::Open),
    ("GET", "/api/docs.css", Gate::Open),
    ("GET", "/api/docs.js", Gate::Open),
    ("GET", "/api/openapi.json", Gate::Open),
    ("GET", "/health", Gate::Open),
    ("GET", "/ready", Gate::Open),
    ("GET", "/metrics", Gate::Operator),
    ("POST", "/webhook/{bot}", Gate::Signed),
    ("POST", "/webhooks/fal", Gate::Signed),
    ("POST", "/webhooks/replicate", Gate::Signed),
    ("POST", "/webhooks/yookassa", Gate::Network),
    ("POST", "/webhooks/yukassa/notification", Gate::Network),
    ("POST", "/api/avatar/status_update", Gate::Signed),
    ("GET", "/api/avatar/training_status/{request_id}", Gate::Operator),
    ("GET", "/files/{object}", Gate::Signed),
    ("GET", "/files/{object}/{name}", Gate::Signed),
];

/// What a process answers that isn't everything, perhaps.
pub fn behind(doors: Doors, app: Arc<App>) -> Router {
    match doors {
        Doors::All => router(app),
        Doors::Telegram => how_we_are()
            .route("/webhook/{bot}", post(telegram::take))
            .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
            .layer(CatchPanicLayer::new())
            .fallback(nowhere)
            .with_state(app),
        Doors::Health => how_we_are().fallback(nowhere).with_state(app),
    }
}

fn how_we_are() -> Router<Arc<App>> {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
}

pub fn router(app: Arc<App>) -> Router {
    let frame = from_fn_with_state(app.clone(), problem::frame);
    let (keyed, _) = spec::routes();
    let guard = Arc::new(gate::Guard::new(app.clone(), &spec::table()));
    let keyed = keyed
        .route_layer(from_fn_with_state(guard, gate::guard))
        .merge(spec::open())
        .layer(CatchPanicLayer::new())
        .layer(frame.clone());
    how_we_are()
        .route("/", get(health::front))
        .route("/webhook/{bot}", post(telegram::take))
        .route("/webhooks/fal", post(webhooks::fal))
        .route("/webhooks/replicate", post(webhooks::replicate))
        .route("/webhooks/yookassa", post(notifications::yookassa))
        .route("/webhooks/yukassa/notification", post(notifications::yookassa))
        .route("/api/avatar/status_update", post(webhooks::fal))
        .route("/api/avatar/training_status/{request_id}", get(avatar::training_state))
        .route("/files/{object}", get(files::give))
        .route("/files/{object}/{name}", get(files::give_named))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIME))
        .layer(CatchPanicLayer::new())
        .merge(keyed)
        .merge(workers::router(&app).layer(CatchPanicLayer::new()))
        .fallback(any(nowhere).layer(frame))
        .with_state(app)
}

async fn nowhere() -> StatusCode {
    StatusCode::NOT_FOUND
}

/// A refusal of a request: a code and a sentence, as JSON.
pub fn no(code: StatusCode, says: &str) -> Response {
    (code, axum::Json(serde_json::json!({ "error": says }))).into_response()
}

/// Whether two secrets are the same, in a time that tells nothing.
pub fn same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq;
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
