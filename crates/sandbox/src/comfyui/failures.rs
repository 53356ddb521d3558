//! What goes wrong in a node, as the server tells of it: with absolute paths and all.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::{Value, json};

/// The end of a node that failed.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) kind: &'static str,
    pub(super) text: String,
    /// File and line of the last word.
    at: &'static str,
}

impl Failure {
    pub(super) fn new(kind: &'static str, text: impl Into<String>) -> Failure {
        Failure { kind, text: format!("{}\n", text.into()), at: "nodes.py\", line 1765" }
    }

    pub(super) fn out_of_memory() -> Failure {
        let text = "Allocation on device 0 would exceed allowed memory. (out of memory)\n\
            This error means you ran out of memory on your GPU.\n\n\
            TIPS: Try a smaller picture or a smaller batch.";
        Failure {
            kind: "torch.OutOfMemoryError",
            text: text.to_owned(),
            at: "comfy/sample.py\", line 61",
        }
    }

    pub(super) fn not_a_picture(name: &str) -> Failure {
        let text = format!("cannot identify image file '/opt/comfyui/input/{name}'");
        Failure::new("PIL.UnidentifiedImageError", text)
    }

    pub(super) fn traceback(&self) -> Value {
        json!([
            "  File \"/opt/comfyui/execution.py\", line 545, in execute\n",
            "  File \"/opt/comfyui/execution.py\", line 344, in get_output_data\n",
            format!("  File \"/opt/comfyui/{}\n    raise {}\n", self.at, self.kind),
        ])
    }
}

/// What is answered to what nobody thought of.
pub(super) fn trouble() -> Response {
    let text = "500 Internal Server Error\n\nServer got itself in trouble";
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (StatusCode::INTERNAL_SERVER_ERROR, kind, text).into_response()
}
