//! Files for people: by a link that says until when, and is signed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Millis, ObjectId};
use serde::Deserialize;
use store::objects;

use crate::api::no;
use crate::app::App;
use crate::links;

#[derive(Deserialize)]
pub struct Ticket {
    until: Option<i64>,
    sign: Option<String>,
}

pub async fn give(
    app: State<Arc<App>>,
    Path(object): Path<String>,
    ticket: Query<Ticket>,
) -> Response {
    stream(app, object, ticket).await
}

/// The same for [`links::named_link`]; the name says nothing to us.
pub async fn give_named(
    app: State<Arc<App>>,
    Path((object, _)): Path<(String, String)>,
    ticket: Query<Ticket>,
) -> Response {
    stream(app, object, ticket).await
}

async fn stream(
    State(app): State<Arc<App>>,
    object: String,
    Query(Ticket { until, sign: given }): Query<Ticket>,
) -> Response {
    let refused = || no(StatusCode::UNAUTHORIZED, "this link is not valid, or not any more");
    let (Some(object), Some(until), Some(given)) = (ObjectId::from_text(&object), until, given)
    else {
        return refused();
    };
    if !links::is_good(&app, &object, Millis(until), &given) {
        return refused();
    }
    let found = app.db.read(move |tx| objects::get_for_job(tx, &object)).await;
    let object = match found {
        Ok(Some(object)) if object.deleted_at.is_none() => object,
        Ok(_) => return no(StatusCode::NOT_FOUND, "this file is gone"),
        Err(failure) => {
            let failure: store::StoreError = failure;
            tracing::error!(%failure, "an object could not be looked up");
            return no(StatusCode::SERVICE_UNAVAILABLE, "not now");
        }
    };
    match app.objects.stream(&object.key).await {
        Ok((bytes, body)) => (
            [
                (header::CONTENT_TYPE, object.content_type),
                (header::CONTENT_LENGTH, bytes.to_string()),
                (header::CACHE_CONTROL, "private, max-age=300".to_owned()),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ],
            Body::from_stream(body),
        )
            .into_response(),
        Err(error) if error.is_absent() => no(StatusCode::NOT_FOUND, "this file is gone"),
        Err(error) => {
            tracing::error!(%error, "an object could not be read");
            no(StatusCode::SERVICE_UNAVAILABLE, "not now")
        }
    }
}
