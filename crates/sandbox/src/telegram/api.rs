//! The Bot API as HTTP: `/bot<TOKEN>/<method>` and `/file/bot<TOKEN>/<path>`.

use super::calls::{Call, Done, is_known, run};
use super::faults::{Circumstances, Fault, FaultKind};
use super::params::Params;
use super::refusal::Refusal;
use super::{Bot, Telegram};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::json;
use std::sync::Arc;

impl Telegram {
    /// Answers a request to the Bot API; any other path is not found.
    pub(crate) async fn answer(self: Arc<Self>, request: Request) -> Response {
        let path = request.uri().path().to_owned();
        if let Some(rest) = path.strip_prefix("/file/bot") {
            return self.download(rest).await.unwrap_or_else(|refusal| refused(&refusal));
        }
        let Some(rest) = path.strip_prefix("/bot") else {
            return refused(&Refusal::not_found());
        };
        match self.call(rest, request).await {
            Ok(done) => answered(&done),
            Err(refusal) => refused(&refusal),
        }
    }

    async fn call(&self, rest: &str, request: Request) -> Result<Done, Refusal> {
        let (token, method) = rest.split_once('/').ok_or_else(Refusal::not_found)?;
        // The test data centre is the same one here.
        let method = method.strip_prefix("test/").unwrap_or(method).to_ascii_lowercase();
        let bot = self.bot_by(token)?;
        if !is_known(&method) {
            return Err(Refusal::unknown_method());
        }
        let params = Params::read(request).await?;
        let chat = params.number("chat_id").or_else(|| params.number("user_id"));
        let met = Circumstances { method: &method, token, chat };
        let fault = self.faults.of_call(&met);
        if let Some(refusal) = fault.as_ref().and_then(refusal_of) {
            return Err(refusal);
        }
        let call = Call { telegram: self, bot: &bot, params, now: self.now() };
        let done = run(call, &method).await;
        self.changed();
        if fault.is_some() {
            // What is left is `timeout_after`: it is done, but nobody will hear of it.
            std::future::pending::<()>().await;
        }
        done
    }

    fn bot_by(&self, token: &str) -> Result<Arc<Bot>, Refusal> {
        let token = percent_decoded(token);
        if let Some(bot) = self.bot_of(&token) {
            return Ok(bot);
        }
        let is_token = token.split_once(':').is_some_and(|(id, secret)| {
            !id.is_empty()
                && id.bytes().all(|it| it.is_ascii_digit())
                && !secret.is_empty()
                && secret.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_'))
        });
        Err(if is_token { Refusal::unauthorized() } else { Refusal::not_found() })
    }

    async fn download(&self, rest: &str) -> Result<Response, Refusal> {
        let (token, path) = rest.split_once('/').ok_or_else(Refusal::not_found)?;
        let path = path.strip_prefix("test/").unwrap_or(path);
        let bot = self.bot_by(token)?;
        let path = percent_decoded(path);
        let media = self.files.linked(bot.id, &path, self.now()).ok_or_else(Refusal::not_found)?;
        let bytes = self.files.read(&media).await.map_err(|_| Refusal::broken())?;
        let mut response = Response::new(Body::from(bytes));
        // Telegram doesn't keep the type, and neither do we.
        let unknown = http::HeaderValue::from_static("application/octet-stream");
        response.headers_mut().insert(CONTENT_TYPE, unknown);
        Ok(response)
    }
}

fn refusal_of(fault: &Fault) -> Option<Refusal> {
    match fault.fault {
        FaultKind::Flood => Some(Refusal::flood(fault.retry_after)),
        FaultKind::Blocked => Some(Refusal::forbidden("bot was blocked by the user")),
        FaultKind::ServerError => Some(Refusal::broken()),
        FaultKind::Unauthorized => Some(Refusal::unauthorized()),
        FaultKind::TimeoutAfter | FaultKind::DuplicateUpdate => None,
    }
}

fn answered(done: &Done) -> Response {
    let mut body = String::with_capacity(done.result.len() + 64);
    body.push_str("{\"ok\":true,\"result\":");
    body.push_str(&done.result);
    if let Some(note) = done.note {
        body.push_str(",\"description\":");
        body.push_str(&json!(note).to_string());
    }
    body.push('}');
    json_response(200, body)
}

fn refused(refusal: &Refusal) -> Response {
    let mut response = json_response(refusal.code, refusal.wire().to_string());
    if let Some(seconds) = refusal.retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn json_response(code: u16, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap_or_default();
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Some clients write `:` and `/` as percent codes.
fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|it| std::str::from_utf8(it).ok());
        match code.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
