//! ElevenLabs' ways to say that something went wrong, and what each means for us.
//!
//! There are three: a detail with a word and a text for people, a list of what is wrong with the
//! request, and a text alone. The word decides and not the number: an empty account answers 401 as
//! a wrong key does.

use serde::Deserialize;
use serde_json::Value;

use domain::refusal::Fault;

use crate::http::{Answer, Body, plain, retry_after};
use crate::providers::ProviderError;

const KINDS_MAX: usize = 5;

#[derive(Default, Deserialize)]
struct Wire {
    #[serde(default)]
    detail: Value,
}

/// What an answer that is no success says.
#[derive(Default)]
struct Complaint {
    /// What it is, in one word of theirs.
    word: Option<String>,
    /// For people. It may repeat what was to be spoken.
    text: Option<String>,
    /// What is wrong with the request; never the values, which are the customer's.
    kinds: Vec<String>,
}

impl Complaint {
    fn of(answer: &Answer) -> Self {
        let detail = answer.json::<Wire>().unwrap_or_default().detail;
        let said = |it: &str| detail.get(it).and_then(Value::as_str).filter(|it| !it.is_empty());
        let details = detail.as_array().map(Vec::as_slice).unwrap_or_default();
        let kinds = details.iter().filter_map(|it| it.get("type")?.as_str());
        // The newer name first, and of the two the one that we know.
        let mut words = ["code", "status"].into_iter().filter_map(said);
        let known = words.clone().find(|it| meaning(it).is_some());
        Self {
            word: known.or_else(|| words.next()).map(plain),
            text: said("message").or(detail.as_str()).map(plain),
            kinds: kinds.take(KINDS_MAX).map(plain).collect(),
        }
    }

    fn cause(&self, doing: &str, code: u16) -> String {
        let mut cause = format!("{doing}: answered {code}");
        let is_about_us = matches!(code, 401 | 402 | 404 | 429);
        let text = self.text.iter().filter(|_| is_about_us);
        for said in self.word.iter().chain(&self.kinds).chain(text) {
            cause.push_str(", ");
            cause.push_str(said);
        }
        cause
    }
}

/// What a word of theirs means.
enum Meaning {
    /// They take nothing from us.
    Closed,
    /// It won't be done.
    No(Fault),
    /// Too much at once, of ours.
    Crowded,
    /// Too much at once, of everybody's.
    Later,
}

fn meaning(word: &str) -> Option<Meaning> {
    Some(match word {
        "detected_unusual_activity"
        | "invalid_api_key"
        | "missing_permissions"
        | "quota_exceeded" => Meaning::Closed,
        "only_for_creator+" | "voice_not_found" => Meaning::No(Fault::VoiceGone),
        "max_character_limit_exceeded" => Meaning::No(Fault::TextTooLong),
        "concurrent_limit_exceeded" | "too_many_concurrent_requests" => Meaning::Crowded,
        "system_busy" => Meaning::Later,
        _ if is_about_content(word) => Meaning::No(Fault::ContentRejected),
        _ => return None,
    })
}

/// Their words for what their rules forbid aren't documented, so whatever sounds like one is.
fn is_about_content(word: &str) -> bool {
    ["content_policy", "content_violation", "moderation", "prohibited_content", "safety"]
        .iter()
        .any(|it| word.contains(it))
}

/// What to do about an answer that is no success. All of them may be asked again.
pub(super) fn complaint(doing: &str, answer: &Answer) -> ProviderError {
    let said = Complaint::of(answer);
    let code = answer.code.as_u16();
    let cause = said.cause(doing, code);
    let retry_after = retry_after(&answer.headers);
    let later = |cause| ProviderError::Transient { cause, retry_after };
    match said.word.as_deref().and_then(meaning) {
        Some(Meaning::Closed) => return ProviderError::Closed { cause },
        Some(Meaning::No(fault)) => return ProviderError::Refused { fault, cause },
        Some(Meaning::Crowded) => return ProviderError::Crowded { cause, retry_after },
        Some(Meaning::Later) => return later(cause),
        None => {}
    }
    match code {
        401 | 402 => ProviderError::Closed { cause },
        408 | 409 | 429 | 500..=599 => later(cause),
        413 => ProviderError::Refused { fault: Fault::TextTooLong, cause },
        _ => ProviderError::Unexpected { cause },
    }
}

/// Reads an answer that ought to be a success.
pub(super) fn readable<T: serde::de::DeserializeOwned>(
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
