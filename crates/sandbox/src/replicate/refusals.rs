//! How Replicate says no: a problem after RFC 7807, often only its `detail`, and the page of the
//! proxy before it (providers.md 2.1, 8.2).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// An answer that isn't the wanted one.
pub(super) struct Refusal {
    code: StatusCode,
    /// None: the page of the proxy.
    body: Option<Value>,
    retry_after: Option<u32>,
}

/// What is wrong with one field of an input.
pub(super) struct Complaint {
    pub(super) kind: &'static str,
    /// `input.steps`, or `input` if it isn't there at all.
    pub(super) field: String,
    pub(super) text: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.code, Json(body)).into_response(),
            None => (self.code, [(header::CONTENT_TYPE, "text/html")], PAGE).into_response(),
        };
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

const PAGE: &str = "<html><head><title>503 Service Temporarily Unavailable</title></head><body>\
                    <center><h1>503 Service Temporarily Unavailable</h1></center></body></html>";

impl Refusal {
    fn titled(code: StatusCode, title: &str, detail: &str) -> Refusal {
        let body = json!({ "title": title, "detail": detail, "status": code.as_u16() });
        Refusal { code, body: Some(body), retry_after: None }
    }

    pub(super) fn unauthenticated() -> Refusal {
        let detail = "You did not pass a valid authentication token";
        Refusal::titled(StatusCode::UNAUTHORIZED, "Unauthenticated", detail)
    }

    pub(super) fn no_credit() -> Refusal {
        let detail = "You have insufficient credit to run this model.";
        Refusal::titled(StatusCode::PAYMENT_REQUIRED, "Insufficient credit", detail)
    }

    pub(super) fn forbidden(detail: &str) -> Refusal {
        Refusal::titled(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    pub(super) fn not_found(detail: &str) -> Refusal {
        Refusal::titled(StatusCode::NOT_FOUND, "Not found", detail)
    }

    pub(super) fn method() -> Refusal {
        let detail = "The method is not allowed here.";
        Refusal::titled(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", detail)
    }

    pub(super) fn conflict(detail: &str) -> Refusal {
        Refusal::titled(StatusCode::CONFLICT, "Conflict", detail)
    }

    pub(super) fn bad_request(detail: &str) -> Refusal {
        Refusal::titled(StatusCode::BAD_REQUEST, "Bad request", detail)
    }

    pub(super) fn too_large() -> Refusal {
        let detail = "The file has more than 100 MB.";
        Refusal::titled(StatusCode::PAYLOAD_TOO_LARGE, "Request entity too large", detail)
    }

    pub(super) fn invalid_version() -> Refusal {
        let detail = "The specified version does not exist (or perhaps you don't have permission \
                      to use it?)";
        let title = "Invalid version or not permitted";
        Refusal::titled(StatusCode::UNPROCESSABLE_ENTITY, title, detail)
    }

    /// 422 with all that is wrong; there is something.
    pub(super) fn invalid(complaints: &[Complaint]) -> Refusal {
        let lines = complaints.iter().map(|it| format!("- {}: {}\n", it.field, it.text));
        let detail: String = lines.collect();
        let title = "Input validation failed";
        let mut refusal = Refusal::titled(StatusCode::UNPROCESSABLE_ENTITY, title, &detail);
        let fields = complaints
            .iter()
            .map(|it| json!({ "type": it.kind, "field": it.field, "description": it.text }));
        if let Some(body) = &mut refusal.body {
            body["invalid_fields"] = fields.collect();
        }
        refusal
    }

    /// With `Retry-After` and the number in the text, or only a hint in the text.
    pub(super) fn throttled(seconds: Option<u32>) -> Refusal {
        let detail = match seconds {
            Some(it) => format!("Request was throttled. Your rate limit resets in ~{it}s."),
            None => "Request was throttled. Expected available in 1 second.".to_owned(),
        };
        let body = Some(json!({ "detail": detail }));
        Refusal { code: StatusCode::TOO_MANY_REQUESTS, body, retry_after: seconds }
    }

    pub(super) fn broken() -> Refusal {
        let body = Some(json!({ "detail": "Internal server error" }));
        Refusal { code: StatusCode::INTERNAL_SERVER_ERROR, body, retry_after: None }
    }

    /// What the proxy says when nobody is behind it: no JSON.
    pub(super) fn down() -> Refusal {
        Refusal { code: StatusCode::SERVICE_UNAVAILABLE, body: None, retry_after: None }
    }
}
