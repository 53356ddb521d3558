//! How ElevenLabs says no: an object with a `status`, its newer form with a `code`, a list of what
//! is wrong with an input, and the page of the proxy (providers.md 3.4, 8.3).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

/// An answer that isn't the wanted one.
pub(super) struct Refusal {
    code: StatusCode,
    /// What `detail` is. None: the page of the proxy.
    detail: Option<Value>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.detail {
            Some(detail) => (self.code, Json(json!({ "detail": detail }))).into_response(),
            None => (self.code, [(header::CONTENT_TYPE, "text/html")], PAGE).into_response(),
        }
    }
}

const PAGE: &str = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n\
                    <body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n\
                    </body>\r\n</html>\r\n";

/// What is wrong with one field of an input.
pub(super) fn complaint(at: &[&str], kind: &str, text: impl Into<String>) -> Value {
    json!({ "loc": at, "msg": text.into(), "type": kind })
}

impl Refusal {
    fn of(code: StatusCode, state: &str, message: impl Into<String>) -> Refusal {
        let detail = json!({ "status": state, "message": message.into() });
        Refusal { code, detail: Some(detail) }
    }

    pub(super) fn no_key() -> Refusal {
        let text = "Neither authorization header nor xi-api-key received, please provide one.";
        Refusal::of(StatusCode::UNAUTHORIZED, "needs_authorization", text)
    }

    pub(super) fn wrong_key() -> Refusal {
        Refusal::of(StatusCode::UNAUTHORIZED, "invalid_api_key", "Invalid API key")
    }

    /// Not 402, as one might think.
    pub(super) fn no_quota(left: i64, needed: i64) -> Refusal {
        let text = format!(
            "This request exceeds your quota. You have {left} credits remaining, while {needed} \
             credits are required for this request."
        );
        Refusal::of(StatusCode::UNAUTHORIZED, "quota_exceeded", text)
    }

    pub(super) fn too_many() -> Refusal {
        let text = "Too many concurrent requests. Your current subscription is associated with a \
                    maximum number of concurrent requests.";
        Refusal::of(StatusCode::TOO_MANY_REQUESTS, "too_many_concurrent_requests", text)
    }

    /// The same, as newer parts of the API say it.
    pub(super) fn too_many_newly_said(request: &str) -> Refusal {
        let detail = json!({
            "type": "rate_limit_error",
            "code": "concurrent_limit_exceeded",
            "message": "Too many concurrent requests.",
            "request_id": request,
        });
        Refusal { code: StatusCode::TOO_MANY_REQUESTS, detail: Some(detail) }
    }

    pub(super) fn busy() -> Refusal {
        let text = "The system is under heavy load.";
        Refusal::of(StatusCode::TOO_MANY_REQUESTS, "system_busy", text)
    }

    /// 404 where speech is asked for, and 400 where the voice is.
    pub(super) fn no_voice(code: StatusCode, id: &str) -> Refusal {
        let text = format!("A voice with the voice_id {id} was not found.");
        Refusal::of(code, "voice_not_found", text)
    }

    pub(super) fn no_model(id: &str) -> Refusal {
        let text = format!("A model with model ID {id} does not exist.");
        Refusal::of(StatusCode::BAD_REQUEST, "model_not_found", text)
    }

    pub(super) fn too_long(letters: usize, most: usize) -> Refusal {
        let text = format!(
            "The text has {letters} characters, and this model takes at most {most} in one request."
        );
        Refusal::of(StatusCode::BAD_REQUEST, "max_character_limit_exceeded", text)
    }

    pub(super) fn unprocessable(complaints: Vec<Value>) -> Refusal {
        let code = StatusCode::UNPROCESSABLE_ENTITY;
        Refusal { code, detail: Some(Value::Array(complaints)) }
    }

    pub(super) fn not_found() -> Refusal {
        Refusal { code: StatusCode::NOT_FOUND, detail: Some(json!("Not Found")) }
    }

    pub(super) fn method() -> Refusal {
        let code = StatusCode::METHOD_NOT_ALLOWED;
        Refusal { code, detail: Some(json!("Method Not Allowed")) }
    }

    pub(super) fn broken() -> Refusal {
        Refusal {
            code: StatusCode::INTERNAL_SERVER_ERROR,
            detail: Some(json!("Internal Server Error")),
        }
    }

    pub(super) fn down() -> Refusal {
        Refusal { code: StatusCode::SERVICE_UNAVAILABLE, detail: None }
    }

    /// The real one never says this: sound can't be made on this machine.
    pub(super) fn no_program(program: &str) -> Refusal {
        let text = format!("The sandbox can't make sound: {program} isn't installed.");
        Refusal::of(StatusCode::SERVICE_UNAVAILABLE, "sandbox_program_missing", text)
    }
}
