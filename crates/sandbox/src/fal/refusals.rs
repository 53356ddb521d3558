//! The three shapes in which fal says no: a typed list, one sentence with an `error_type`, and the
//! page of the proxy before it (providers.md 1.6).

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// What the model has against its input; one entry of `detail`.
#[derive(Clone, Debug)]
pub(super) struct Complaint {
    /// The place of the field, after `body`.
    at: Vec<Value>,
    pub(super) kind: String,
    pub(super) text: String,
    /// `ctx`, where there is one.
    context: Option<Value>,
}

impl Complaint {
    pub(super) fn new(field: &str, kind: &str, text: impl Into<String>) -> Complaint {
        Complaint::at(&[json!(field)], kind, text)
    }

    pub(super) fn at(at: &[Value], kind: &str, text: impl Into<String>) -> Complaint {
        let at = [json!("body")].iter().chain(at).cloned().collect();
        Complaint { at, kind: kind.to_owned(), text: text.into(), context: None }
    }

    /// The same with the numbers that say why.
    pub(super) fn with(self, context: Value) -> Complaint {
        Complaint { context: Some(context), ..self }
    }

    /// As fal words it: with the customer's input in it, which a client must not log.
    pub(super) fn detail(&self, input: &Value) -> Value {
        let mut detail = json!({
            "loc": self.at,
            "msg": self.text,
            "type": self.kind,
            "url": format!("https://docs.fal.ai/errors#{}", self.kind),
            "input": input,
        });
        if let Some(context) = &self.context {
            detail["ctx"] = context.clone();
        }
        detail
    }
}

/// 422 with the list of what is wrong.
pub(super) fn unprocessable(details: &[Value]) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, axum::Json(json!({ "detail": details }))).into_response()
}

/// A refusal of the queue itself, with its code by its type.
pub(super) fn infrastructure(error_type: &str) -> Response {
    sentence(code_of(error_type), &text_of(error_type), Some(error_type))
}

/// One sentence, and its type where there is one.
pub(super) fn sentence(code: StatusCode, text: &str, error_type: Option<&str>) -> Response {
    let mut body = json!({ "detail": text });
    if let Some(error_type) = error_type {
        body["error_type"] = json!(error_type);
    }
    let mut response = (code, axum::Json(body)).into_response();
    if let Some(value) = error_type.and_then(|it| HeaderValue::from_str(it).ok()) {
        response.headers_mut().insert("x-fal-error-type", value);
    }
    response
}

pub(super) fn not_found(text: &str) -> Response {
    sentence(StatusCode::NOT_FOUND, text, Some("not_found"))
}

pub(super) fn unauthorized() -> Response {
    sentence(StatusCode::UNAUTHORIZED, "A valid key is needed for this application.", None)
}

/// The account has no money left; nothing was queued.
pub(super) fn exhausted() -> Response {
    let text = "User is locked. Reason: Exhausted balance. \
                Top up your balance at fal.ai/dashboard/billing.";
    sentence(StatusCode::FORBIDDEN, text, None)
}

/// What the proxy says when nobody is behind it: no JSON and no request id.
pub(super) fn proxy_page(code: StatusCode) -> Response {
    let said = match code {
        StatusCode::BAD_GATEWAY => "502 Bad Gateway",
        _ => "503 Service Temporarily Unavailable",
    };
    let page = format!(
        "<html>\r\n<head><title>{said}</title></head>\r\n\
         <body>\r\n<center><h1>{said}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = code;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// `runner_disconnected` read aloud: "Runner disconnected".
pub(super) fn text_of(error_type: &str) -> String {
    let words = error_type.replace('_', " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn code_of(error_type: &str) -> StatusCode {
    let code = match error_type {
        "request_timeout" | "startup_timeout" => 504,
        "runner_scheduling_failure"
        | "runner_connection_timeout"
        | "runner_disconnected"
        | "runner_connection_refused"
        | "runner_connection_error" => 503,
        "runner_incomplete_response" => 502,
        "client_disconnected" | "client_cancelled" => 499,
        "bad_request" => 400,
        "unauthorized" => 401,
        "forbidden" => 403,
        "not_found" => 404,
        _ => 500,
    };
    StatusCode::from_u16(code).expect("each of these is a code of HTTP")
}
