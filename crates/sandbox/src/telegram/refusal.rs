//! What Telegram answers instead of doing it, in its own words.

use serde_json::{Value, json};

/// A refused call: its code is the HTTP status too.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: u16,
    pub(crate) text: String,
    pub(crate) retry_after: Option<u64>,
}

impl Refusal {
    fn new(code: u16, text: impl Into<String>) -> Refusal {
        Refusal { code, text: text.into(), retry_after: None }
    }

    pub(crate) fn bad(text: impl AsRef<str>) -> Refusal {
        Refusal::new(400, format!("Bad Request: {}", text.as_ref()))
    }

    pub(crate) fn forbidden(text: &str) -> Refusal {
        Refusal::new(403, format!("Forbidden: {text}"))
    }

    pub(crate) fn conflict(text: &str) -> Refusal {
        Refusal::new(409, format!("Conflict: {text}"))
    }

    pub(crate) fn unauthorized() -> Refusal {
        Refusal::new(401, "Unauthorized")
    }

    pub(crate) fn not_found() -> Refusal {
        Refusal::new(404, "Not Found")
    }

    pub(crate) fn unknown_method() -> Refusal {
        Refusal::new(404, "Not Found: method not found")
    }

    pub(crate) fn too_large() -> Refusal {
        Refusal::new(413, "Request Entity Too Large")
    }

    pub(crate) fn flood(retry_after: u64) -> Refusal {
        let text = format!("Too Many Requests: retry after {retry_after}");
        Refusal { retry_after: Some(retry_after), ..Refusal::new(429, text) }
    }

    pub(crate) fn broken() -> Refusal {
        Refusal::new(500, "Internal Server Error: restart")
    }

    pub(crate) fn too_old() -> Refusal {
        Refusal::bad("query is too old and response timeout expired or query ID is invalid")
    }

    pub(crate) fn wire(&self) -> Value {
        let mut wire = json!({ "ok": false, "error_code": self.code, "description": self.text });
        if let Some(seconds) = self.retry_after {
            wire["parameters"] = json!({ "retry_after": seconds });
        }
        wire
    }
}
