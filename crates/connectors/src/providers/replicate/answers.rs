//! Replicate's ways to say that something went wrong, and what each means for us.
//!
//! Answers follow RFC 7807 more or less, often with a `detail` alone. Runs that failed have a free
//! text, in which a few words are all that can be relied on.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use domain::refusal::Fault;

use crate::http::{Answer, Body, if_as_known, plain, retry_after};
use crate::providers::numbers::seconds;
use crate::providers::{Progress, ProviderError};

const FIELDS_MAX: usize = 5;

#[derive(Default, Deserialize)]
struct Complaint {
    #[serde(default, deserialize_with = "if_as_known")]
    title: Option<String>,
    #[serde(default, deserialize_with = "if_as_known")]
    detail: Option<String>,
    #[serde(default, deserialize_with = "if_as_known")]
    invalid_fields: Option<Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(rename = "type")]
    kind: String,
    field: String,
}

impl Complaint {
    fn cause(&self, doing: &str, answer: &Answer) -> String {
        let code = answer.code.as_u16();
        let mut cause = format!("{doing}: answered {code}");
        // What is said of an input may repeat the customer's words.
        let detail = self.detail.iter().filter(|_| !matches!(code, 400 | 422));
        for said in self.title.iter().chain(detail) {
            cause.push_str(", ");
            cause.push_str(&plain(said));
        }
        for Field { kind, field } in self.invalid_fields.iter().flatten().take(FIELDS_MAX) {
            cause.push_str(&format!(", {} {}", plain(field), plain(kind)));
        }
        cause
    }

    /// Whether it is about what we have chosen to run, rather than about its input.
    fn is_about_version(&self) -> bool {
        let title = self.title.as_deref().unwrap_or_default().to_lowercase();
        title.contains("version") || title.contains("permitted")
    }
}

/// What an answer that is no success says.
pub(super) fn cause(doing: &str, answer: &Answer) -> String {
    answer.json::<Complaint>().unwrap_or_default().cause(doing, answer)
}

/// What to do about an answer that is no success.
pub(super) fn complaint(doing: &str, answer: &Answer) -> ProviderError {
    let said: Complaint = answer.json().unwrap_or_default();
    let cause = said.cause(doing, answer);
    let asked = || said.detail.as_deref().and_then(seconds);
    match answer.code.as_u16() {
        401 | 402 => ProviderError::Closed { cause },
        429 => {
            let retry_after = retry_after(&answer.headers).or_else(asked);
            ProviderError::Transient { cause, retry_after }
        }
        408 | 500..=599 => {
            ProviderError::Transient { cause, retry_after: retry_after(&answer.headers) }
        }
        413 => ProviderError::Refused { fault: Fault::PhotosUnusable, cause },
        422 if !said.is_about_version() => ProviderError::Refused { fault: Fault::Ours, cause },
        _ => ProviderError::Unexpected { cause },
    }
}

/// The same where asking again would be paid for again: of a server that broke, nobody knows
/// whether before or after it took the work.
pub(super) fn not_taken(doing: &str, answer: &Answer) -> ProviderError {
    match complaint(doing, answer) {
        ProviderError::Transient { cause, .. } if answer.code.is_server_error() => {
            ProviderError::Uncertain { cause }
        }
        other => other,
    }
}

/// Reads an answer that ought to be a success.
pub(super) fn readable<T: DeserializeOwned>(
    doing: &str,
    answer: &Answer,
) -> Result<T, ProviderError> {
    if !answer.code.is_success() {
        return Err(complaint(doing, answer));
    }
    answer.json().map_err(|wrong| {
        let cause = format!("{doing}: {wrong}");
        match answer.body {
            Body::BrokenOff(_) => ProviderError::Transient { cause, retry_after: None },
            Body::Whole(_) | Body::TooLarge => ProviderError::Unexpected { cause },
        }
    })
}

/// What a run came to that has failed. Most of what breaks there passes (`code: PA` and its like
/// are of the machines); how often to try again is the caller's business.
pub(super) fn failed(error: &Value, input: &Value) -> Progress {
    let said = without(error.as_str().unwrap_or_default(), input);
    let words = said.to_lowercase();
    // The first is the picture models' own, the second the platform's (code E005).
    if words.contains("nsfw") || words.contains("flagged as sensitive") {
        let reason = "its pictures were kept back".to_owned();
        return Progress::Failed { fault: Fault::ContentRejected, reason };
    }
    let said = if said.is_empty() { "it doesn't say why".to_owned() } else { plain(&said) };
    Progress::Broke { reason: format!("failed: {said}") }
}

/// Shorter ones are no secrets, and everywhere.
const REPEATED_CHARS_MIN: usize = 4;

/// A text without what it repeats of the input.
fn without(text: &str, input: &Value) -> String {
    let values = input.as_object().into_iter().flat_map(|it| it.values());
    let texts = values.filter_map(Value::as_str).filter(|it| REPEATED_CHARS_MIN <= it.len());
    texts.fold(text.to_owned(), |text, repeated| text.replace(repeated, "(input)"))
}
