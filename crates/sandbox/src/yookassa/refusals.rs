//! How YooKassa says no: one body with an id, a code, a sentence, and where it knows them the
//! field and the pause (telegram-and-payments.md B.1).

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// One refusal, before it has its id.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    code: &'static str,
    description: String,
    parameter: Option<String>,
    retry_after_ms: Option<u32>,
}

impl Refusal {
    /// A request that can't be met as it is, and the field that is to blame.
    pub(super) fn bad(description: impl Into<String>, parameter: impl Into<String>) -> Refusal {
        let parameter = Some(parameter.into()).filter(|it| !it.is_empty());
        Refusal {
            parameter,
            ..Refusal::of(StatusCode::BAD_REQUEST, "invalid_request", description)
        }
    }

    pub(super) fn unknown(what: &str) -> Refusal {
        Refusal::of(StatusCode::NOT_FOUND, "not_found", format!("{what} doesn't exist"))
    }

    pub(super) fn unauthorized() -> Refusal {
        let text = "Incorrect password format in the Authorization header. Use Secret key issued \
                    in Merchant Profile as the password";
        Refusal::of(StatusCode::UNAUTHORIZED, "invalid_credentials", text)
    }

    pub(super) fn forbidden() -> Refusal {
        let text = "You don't have permission to perform this action";
        Refusal::of(StatusCode::FORBIDDEN, "forbidden", text)
    }

    pub(super) fn too_many(retry_after_ms: u32) -> Refusal {
        let text = "Too many requests. Repeat the request later";
        let refusal = Refusal::of(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text);
        Refusal { retry_after_ms: Some(retry_after_ms), ..refusal }
    }

    pub(super) fn broken(retry_after_ms: u32) -> Refusal {
        let (status, text) = (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error");
        let refusal = Refusal::of(status, "internal_server_error", text);
        Refusal { retry_after_ms: Some(retry_after_ms), ..refusal }
    }

    fn of(status: StatusCode, code: &'static str, description: impl Into<String>) -> Refusal {
        let description = description.into();
        Refusal { status, code, description, parameter: None, retry_after_ms: None }
    }

    pub(super) fn answer(&self, id: &str) -> (StatusCode, serde_json::Value) {
        let mut body = json!({
            "type": "error",
            "id": id,
            "code": self.code,
            "description": self.description,
        });
        if let Some(parameter) = &self.parameter {
            body["parameter"] = json!(parameter);
        }
        if let Some(pause) = self.retry_after_ms {
            body["retry_after"] = json!(pause);
        }
        (self.status, body)
    }
}

/// Taken, but not finished: the client is to send the same again after the pause.
pub(super) fn processing(retry_after_ms: u32) -> Response {
    let text = "Request accepted, but not processed yet. Retry the request with the same key";
    let body = json!({ "type": "processing", "description": text, "retry_after": retry_after_ms });
    (StatusCode::ACCEPTED, Json(body)).into_response()
}

/// What the proxy says when nobody is behind it: no JSON.
pub(super) fn proxy_page() -> Response {
    let page = "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n\
                <body>\r\n<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n\
                </body>\r\n</html>\r\n";
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
