//! What integrators may ask about trainings.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use store::trainings;

use crate::api::health::is_operator;
use crate::api::no;
use crate::app::App;

/// The state of a training by the provider's id of it.
pub async fn training_state(
    State(app): State<Arc<App>>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_operator(&app, peer, &headers) {
        return no(StatusCode::UNAUTHORIZED, "the operator's token is missing or wrong");
    }
    let found = app.db.read(move |tx| trainings::by_run_for_job(tx, "fal", &request_id)).await;
    match found {
        Ok(Some(it)) => axum::Json(serde_json::json!({
            "training_id": it.id,
            "avatar_id": it.avatar,
            "training_type": it.kind,
            "state": it.state,
            "percent": it.percent,
        }))
        .into_response(),
        Ok(None) => no(StatusCode::NOT_FOUND, "no such request"),
        Err(failure) => {
            let failure: store::StoreError = failure;
            tracing::error!(%failure, "a training could not be read");
            no(StatusCode::SERVICE_UNAVAILABLE, "not now")
        }
    }
}
