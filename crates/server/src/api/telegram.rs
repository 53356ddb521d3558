//! Telegram's webhook: answered when the update is in our books, and not before.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::api::{no, same};
use crate::app::App;
use crate::bot::receive::{self, Received};

const SECRET: &str = "x-telegram-bot-api-secret-token";

pub async fn take(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let given = headers.get(SECRET).and_then(|it| it.to_str().ok()).unwrap_or_default();
    // A bot that isn't there and a wrong secret are answered alike.
    let bot = app.bots.named(&name).filter(|it| same(&it.secret, given));
    let Some(bot) = bot else {
        metrics::counter!("atelier_webhook_errors_total", "from" => "telegram").increment(1);
        return no(StatusCode::UNAUTHORIZED, "the secret is missing or wrong");
    };
    match receive::take(&app, &bot, &body).await {
        Received::Kept => StatusCode::OK.into_response(),
        Received::BringAgain => no(StatusCode::SERVICE_UNAVAILABLE, "not now, bring it again"),
        Received::NotAnUpdate => no(StatusCode::BAD_REQUEST, "that is not an update"),
    }
}
