//! How we are: for load balancers, for monitors and for a person who looks.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;

use crate::api::{no, same};
use crate::app::App;

/// The page at the door: the sandbox's chat, or one line.
pub async fn front(State(app): State<Arc<App>>) -> Response {
    match &app.chat_page {
        Some(page) => Redirect::temporary(page).into_response(),
        None => "Atelier is running. Customers find it in Telegram.\n".into_response(),
    }
}

/// The process lives.
pub async fn health() -> &'static str {
    "ok\n"
}

/// The process can do its work: the database answers.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.db.health().await {
        Ok(()) => "ready\n".into_response(),
        Err(failure) => {
            tracing::warn!(%failure, "not ready");
            no(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")
        }
    }
}

pub async fn metrics(
    State(app): State<Arc<App>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Response {
    if !is_operator(&app, peer, &headers) {
        return no(StatusCode::UNAUTHORIZED, "the operator's token is missing or wrong");
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.render()).into_response()
}

/// Whether a request has the operator's token. Without one set, a caller on this machine will do,
/// unless a proxy stands between.
pub fn is_operator(
    app: &App,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: &HeaderMap,
) -> bool {
    match &app.ground.config.http.operator_token {
        Some(token) => {
            let given = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
            let given = given.and_then(|it| it.strip_prefix("Bearer ")).unwrap_or_default();
            same(token.expose_secret(), given)
        }
        None => {
            let is_forwarded =
                headers.contains_key("x-forwarded-for") || headers.contains_key("forwarded");
            !is_forwarded
                && peer.is_some_and(|Extension(ConnectInfo(peer))| peer.ip().is_loopback())
        }
    }
}
