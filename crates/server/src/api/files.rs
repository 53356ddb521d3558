//! Files for people: by a link that says until when, and is signed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{Millis, ObjectId};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use store::objects;

use crate::api::{no, same};
use crate::app::App;

#[derive(Deserialize)]
pub struct Ticket {
    until: Option<i64>,
    sign: Option<String>,
}

/// A path that gives an object until a moment, to whoever has it.
pub fn link(app: &App, object: &ObjectId, until: Millis) -> String {
    let sign = sign(&app.link_key, object, until);
    format!("/files/{object}?until={}&sign={sign}", until.as_i64())
}

/// The same with a name at the end of its path, for those who judge a file by its address.
pub fn named_link(app: &App, object: &ObjectId, name: &str, until: Millis) -> String {
    let sign = sign(&app.link_key, object, until);
    format!("/files/{object}/{name}?until={}&sign={sign}", until.as_i64())
}

fn sign(key: &[u8], object: &ObjectId, until: Millis) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(format!("{object}\n{}", until.as_i64()).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

pub async fn give(
    app: State<Arc<App>>,
    Path(object): Path<String>,
    ticket: Query<Ticket>,
) -> Response {
    stream(app, object, ticket).await
}

/// The same for [`named_link`]; the name says nothing to us.
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
    let until = Millis(until);
    if !same(&sign(&app.link_key, &object, until), &given) || until <= app.ground.now() {
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
