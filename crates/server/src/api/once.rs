//! Decisions for other programs: one transaction each, and under an `Idempotency-Key` once.
//!
//! The note of the answer is written with what was made, so that there is never one without the
//! other. What is refused has made nothing and leaves no note: the same key may be tried again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::{ApiKeyId, Millis};
use serde::Serialize;
use sha2::{Digest, Sha256};
use store::Tx;
use store::api_requests::{self, Begun, Request};

use crate::api::gate::Caller;
use crate::api::problem::Problem;
use crate::app::{App, Ground};

/// After so long nobody works on a request any more that has no answer.
const ABANDONED: Millis = Millis(20 * 60_000);

const NAME_CHARS_MAX: usize = 255;

/// A request that makes something, and what its caller calls it.
#[derive(Clone, Debug)]
pub struct Once {
    name: Option<String>,
    route: String,
    body_hash: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let name = match parts.headers.get("idempotency-key") {
            Some(value) => Some(named(value)?),
            None => None,
        };
        let path = parts.uri.path_and_query().map_or("/", |it| it.as_str());
        let route = hex::encode(Sha256::digest(path));
        Ok(Self { name, route: format!("{} {route}", parts.method), body_hash: String::new() })
    }
}

fn named(value: &HeaderValue) -> Result<String, Problem> {
    let text = value.to_str().unwrap_or_default();
    let is_name =
        (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic());
    match is_name {
        true => Ok(text.to_owned()),
        false => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "idempotency-key-wrong",
            "An Idempotency-Key is 1 to 255 visible characters of ASCII.",
        )),
    }
}

/// What a decision answers.
pub struct Made {
    code: StatusCode,
    body: String,
}

impl Made {
    pub fn of(code: StatusCode, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(body).map_err(|it| {
            Problem::from(crate::failure::Failure::Ours(format!("an answer is no JSON: {it}")))
        })?;
        Ok(Self { code, body })
    }

    pub fn created(body: &impl Serialize) -> Result<Self, Problem> {
        Self::of(StatusCode::CREATED, body)
    }

    pub fn accepted(body: &impl Serialize) -> Result<Self, Problem> {
        Self::of(StatusCode::ACCEPTED, body)
    }
}

impl IntoResponse for Made {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/json");
        (self.code, [(header::CONTENT_TYPE, json)], self.body).into_response()
    }
}

/// What is known of a request before it is carried out.
enum Before {
    New,
    Answered(Made),
}

impl Once {
    pub fn with_body(self, hash: String) -> Self {
        Self { body_hash: hash, ..self }
    }

    /// Notes the request, or finds the answer that it has.
    fn begin(&self, tx: &mut Tx, key: &ApiKeyId, now: Millis) -> Result<Before, Problem> {
        let Some(name) = &self.name else { return Ok(Before::New) };
        let (route, body_hash) = (self.route.as_str(), self.body_hash.as_str());
        let request = Request { key, name, route, body_hash };
        let abandoned = Millis(now.as_i64() - ABANDONED.as_i64());
        match api_requests::begin(tx, &request, abandoned, now)? {
            Begun::New => Ok(Before::New),
            Begun::Answered { code, answer } => {
                let code = u16::try_from(code).ok().and_then(|it| StatusCode::from_u16(it).ok());
                Ok(Before::Answered(Made { code: code.unwrap_or(StatusCode::OK), body: answer }))
            }
            Begun::UnderWay => Err(Problem::new(
                StatusCode::CONFLICT,
                "idempotency-key-in-use",
                "The same request is being worked on.",
            )),
            Begun::Other => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another request.",
            )),
        }
    }

    fn end(&self, tx: &mut Tx, key: &ApiKeyId, made: &Made) -> Result<(), Problem> {
        if let Some(name) = &self.name {
            api_requests::answered(tx, key, name, made.code.as_u16().into(), &made.body)?;
        }
        Ok(())
    }

    /// Carries a decision out, all in one transaction.
    pub async fn write(
        self,
        app: &Arc<App>,
        caller: Caller,
        decision: impl Fn(&mut Tx, &Ground, &Caller, Millis) -> Result<Made, Problem> + Send + 'static,
    ) -> Result<Made, Problem> {
        let ground = app.ground.clone();
        let decision = move |tx: &mut Tx| {
            let now = ground.now();
            if let Before::Answered(made) = self.begin(tx, &caller.key, now)? {
                return Ok(made);
            }
            let made = decision(tx, &ground, &caller, now)?;
            self.end(tx, &caller.key, &made)?;
            Ok(made)
        };
        app.db.write(decision).await
    }

    /// Notes a request whose work takes longer than one transaction. The answer, if it was carried
    /// out before.
    pub async fn open(&self, app: &Arc<App>, caller: &Caller) -> Result<Option<Made>, Problem> {
        let (once, key, ground) = (self.clone(), caller.key.clone(), app.ground.clone());
        let begun = app.db.write(move |tx| once.begin(tx, &key, ground.now())).await?;
        Ok(match begun {
            Before::New => None,
            Before::Answered(made) => Some(made),
        })
    }

    /// The decision at the end of such a request. If it says no, the name is free again.
    pub async fn close(
        self,
        app: &Arc<App>,
        caller: Caller,
        decision: impl Fn(&mut Tx, &Ground, &Caller, Millis) -> Result<Made, Problem> + Send + 'static,
    ) -> Result<Made, Problem> {
        let (ground, once, key) = (app.ground.clone(), self.clone(), caller.key.clone());
        let decision = move |tx: &mut Tx| {
            let made = decision(tx, &ground, &caller, ground.now())?;
            once.end(tx, &caller.key, &made)?;
            Ok(made)
        };
        let made = app.db.write(decision).await;
        if made.is_err() {
            self.leave(app, key).await;
        }
        made
    }

    /// It has come to nothing.
    pub async fn leave(self, app: &Arc<App>, key: ApiKeyId) {
        let Some(name) = self.name else { return };
        let left = app.db.write(move |tx| api_requests::leave(tx, &key, &name)).await;
        if let Err(failure) = left {
            let failure: store::StoreError = failure;
            tracing::warn!(%failure, "a request could not be taken back; its name is free in a while");
        }
    }
}
