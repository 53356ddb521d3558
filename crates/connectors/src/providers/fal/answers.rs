//! fal's ways to say that something went wrong, and what each means for us.
//!
//! There are three: a list of typed details from the model, one text with an `error_type` from the
//! platform, and pages of a web server that aren't JSON at all. Of a model's details only the types
//! are kept: the texts beside them repeat what the customer sent.

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use domain::refusal::Fault;

use crate::http::{Answer, plain, retry_after};
use crate::providers::{Progress, ProviderError};

const KINDS_MAX: usize = 5;

/// What an `error_type`, or the `type` of a detail, tells us.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// May go better next time.
    Passing,
    /// Somebody cancelled it.
    Withdrawn,
    /// Would go wrong again.
    Lasting(Fault),
    Unknown,
}

fn blame(kind: &str) -> Blame {
    match kind {
        "downstream_service_error"
        // Ours, as the address was: the next try uploads anew.
        | "file_download_error"
        | "downstream_service_unavailable"
        | "generation_timeout"
        | "internal_error"
        | "internal_server_error"
        | "request_timeout"
        | "startup_timeout" => Blame::Passing,
        _ if kind.starts_with("runner_") => Blame::Passing,
        "client_cancelled" => Blame::Withdrawn,
        "face_detection_error"
        | "file_too_large"
        | "image_load_error"
        | "image_too_large"
        | "image_too_small"
        | "unsupported_image_format" => Blame::Lasting(Fault::PhotosUnusable),
        "content_policy_violation" | "no_media_generated" => {
            Blame::Lasting(Fault::ContentRejected)
        }
        "audio_duration_too_long" => Blame::Lasting(Fault::SoundTooLong),
        "audio_duration_too_short" => Blame::Lasting(Fault::SoundTooShort),
        "client_disconnected" => Blame::Lasting(Fault::ProviderFailed),
        "bad_request" => Blame::Lasting(Fault::Ours),
        _ => Blame::Unknown,
    }
}

/// What an answer that is no success says.
struct Complaint {
    /// From the platform.
    error_type: Option<String>,
    /// From the model.
    kinds: Vec<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    detail: Value,
    #[serde(default)]
    error_type: Value,
}

impl Complaint {
    fn of(answer: &Answer) -> Self {
        let (detail, error_type) = match answer.json::<Wire>() {
            Ok(wire) => (wire.detail, wire.error_type),
            Err(_) => (Value::Null, Value::Null),
        };
        let error_type = error_type.as_str().or_else(|| answer.header("x-fal-error-type"));
        let details = detail.as_array().map(Vec::as_slice).unwrap_or_default();
        let kinds = details.iter().filter_map(|it| it.get("type")?.as_str());
        Self {
            error_type: error_type.map(plain).filter(|it| !it.is_empty()),
            kinds: kinds.take(KINDS_MAX).map(plain).collect(),
            text: detail.as_str().map(plain),
        }
    }

    /// Of several details, one that lasts decides.
    fn model_blame(&self) -> Option<Blame> {
        let blames = || self.kinds.iter().map(|it| blame(it));
        blames()
            .find(|it| matches!(it, Blame::Lasting(_)))
            .or_else(|| blames().find(|it| *it == Blame::Unknown))
            .or_else(|| blames().next())
    }

    fn is_account_stopped(&self) -> bool {
        let text = self.text.as_deref().unwrap_or_default().to_lowercase();
        text.contains("locked") || text.contains("exhausted balance")
    }

    fn cause(&self, doing: &str, code: StatusCode) -> String {
        let mut cause = format!("{doing}: answered {}", code.as_u16());
        // What a model says of an input may repeat the customer's words.
        let text = self.text.iter().filter(|_| !matches!(code.as_u16(), 400 | 422));
        let said = self.error_type.iter().chain(&self.kinds).chain(text);
        for said in said {
            cause.push_str(", ");
            cause.push_str(said);
        }
        cause
    }
}

/// What to do about an answer that is no success, when it says nothing of a run's end.
pub(super) fn complaint(doing: &str, answer: &Answer) -> ProviderError {
    let said = Complaint::of(answer);
    let cause = said.cause(doing, answer.code);
    let later =
        |cause| ProviderError::Transient { cause, retry_after: retry_after(&answer.headers) };
    match answer.code.as_u16() {
        401 => ProviderError::Closed { cause },
        403 if said.is_account_stopped() => ProviderError::Closed { cause },
        408 | 409 | 429 | 502 | 503 => later(cause),
        413 => ProviderError::Refused { fault: Fault::PhotosUnusable, cause },
        // A deadline that we had set, which we don't.
        504 if answer.header("x-fal-request-timeout-type") == Some("user") => {
            ProviderError::Unexpected { cause }
        }
        code @ (422 | 500 | 504) => match said.model_blame() {
            Some(Blame::Passing) => later(cause),
            Some(Blame::Lasting(fault)) => ProviderError::Refused { fault, cause },
            Some(Blame::Unknown | Blame::Withdrawn) => {
                ProviderError::Refused { fault: Fault::Ours, cause }
            }
            None if code == 422 => ProviderError::Refused { fault: Fault::Ours, cause },
            None => later(cause),
        },
        _ => ProviderError::Unexpected { cause },
    }
}

/// The same where asking again would be paid for again.
///
/// 500 and 503 are fal's own no: its clients send such a submit again, and fal takes no money for
/// it. 502 and 504 come from a gateway, which heard nothing sensible, or nothing in time, from a
/// queue that may have taken the work all the same.
pub(super) fn not_taken(doing: &str, answer: &Answer) -> ProviderError {
    match complaint(doing, answer) {
        ProviderError::Transient { cause, .. } if matches!(answer.code.as_u16(), 502 | 504) => {
            ProviderError::Uncertain { cause }
        }
        other => other,
    }
}

/// What a run came to whose state names an error.
pub(super) fn ended(kind: &str) -> Progress {
    let reason = plain(kind);
    match blame(kind) {
        Blame::Passing => Progress::Broke { reason },
        Blame::Withdrawn => Progress::Cancelled,
        Blame::Lasting(fault) => Progress::Failed { fault, reason },
        Blame::Unknown => Progress::Failed { fault: Fault::ProviderFailed, reason },
    }
}

/// What a run came to whose result is an error. `None` when the error is not the run's but of the
/// question for it, which can be asked again: a success must not be taken for a failure.
pub(super) fn verdict(answer: &Answer) -> Option<Progress> {
    if !answer.code.is_client_error() && !answer.code.is_server_error() {
        return None;
    }
    let said = Complaint::of(answer);
    let reason = said.cause("the result", answer.code);
    if let Some(blame) = said.model_blame() {
        return Some(match blame {
            Blame::Passing => Progress::Broke { reason },
            Blame::Withdrawn => Progress::Cancelled,
            Blame::Lasting(fault) => Progress::Failed { fault, reason },
            Blame::Unknown => Progress::Failed { fault: Fault::Ours, reason },
        });
    }
    match said.error_type.as_deref() {
        Some("client_cancelled") => Some(Progress::Cancelled),
        // A result is read without a runner, so these can only be the run's.
        Some(kind) if kind.starts_with("runner_") || kind == "startup_timeout" => {
            Some(Progress::Broke { reason })
        }
        _ if answer.code == StatusCode::UNPROCESSABLE_ENTITY => {
            Some(Progress::Failed { fault: Fault::Ours, reason })
        }
        _ => None,
    }
}
