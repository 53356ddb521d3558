//! YooKassa's ways to say that something went wrong, and what each means for us.

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::is_id;
use crate::http::{
    Answer, RETRY_AFTER_MAX, TransportError, Unreadable, if_as_known, plain, retry_after,
};
use crate::payments::GatewayError;

/// What we are at, for the texts of errors, and whether it may have moved money.
#[derive(Clone, Copy)]
pub(super) struct Doing {
    what: &'static str,
    moves_money: bool,
}

impl Doing {
    pub(super) fn ask(what: &'static str) -> Self {
        Self { what, moves_money: false }
    }

    pub(super) fn act(what: &'static str) -> Self {
        Self { what, moves_money: true }
    }

    pub(super) fn unexpected(self, what: &str) -> GatewayError {
        GatewayError::Unexpected { cause: format!("{}: {}", self.what, plain(what)) }
    }

    pub(super) fn unanswered(self, error: TransportError) -> GatewayError {
        let cause = format!("{}: {error}", self.what);
        match error {
            TransportError::Barred(_) => GatewayError::Unexpected { cause },
            TransportError::NotSent(_) => GatewayError::Transient { cause, retry_after: None },
            TransportError::Broken(_) | TransportError::TimedOut(_) => self.unclear(cause, None),
        }
    }

    /// They may have done it, or may yet. A question can't have done anything.
    fn unclear(self, cause: String, retry_after: Option<Duration>) -> GatewayError {
        if self.moves_money {
            GatewayError::Uncertain { cause, retry_after }
        } else {
            GatewayError::Transient { cause, retry_after }
        }
    }

    /// Reads an answer that ought to be a success. Only 200 is: 202 is a promise.
    pub(super) fn read<T: DeserializeOwned>(self, answer: &Answer) -> Result<T, GatewayError> {
        if answer.code != StatusCode::OK {
            return Err(self.complaint(answer));
        }
        answer.json().map_err(|wrong| {
            let cause = format!("{}: {wrong}", self.what);
            match wrong {
                Unreadable::BrokenOff(_) => self.unclear(cause, None),
                // Words that we don't know stay so, however often they are asked for.
                Unreadable::NotAsKnown { what: Category::Data, .. } => {
                    GatewayError::Unexpected { cause }
                }
                // Somebody else's page in place of their answer.
                Unreadable::NotAsKnown { .. } | Unreadable::TooLarge if self.moves_money => {
                    GatewayError::Uncertain { cause, retry_after: None }
                }
                Unreadable::NotAsKnown { .. } | Unreadable::TooLarge => {
                    GatewayError::Unexpected { cause }
                }
            }
        })
    }

    fn complaint(self, answer: &Answer) -> GatewayError {
        let said = answer.json::<Said>().unwrap_or_default();
        let cause = said.cause(self.what, answer.code);
        let after = said.retry_after.map(|it| Duration::from_millis(it).min(RETRY_AFTER_MAX));
        let after = after.or_else(|| retry_after(&answer.headers));
        match answer.code {
            StatusCode::TOO_MANY_REQUESTS => GatewayError::Transient { cause, retry_after: after },
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => GatewayError::Closed { cause },
            StatusCode::ACCEPTED | StatusCode::REQUEST_TIMEOUT => self.unclear(cause, after),
            code if code.is_server_error() => self.unclear(cause, after),
            // Something else was asked under this key before, and may have been done. With a new
            // key it would be done twice.
            code if code.is_client_error() && said.blames_key() => {
                GatewayError::Unexpected { cause }
            }
            // Their own words; without them it is somebody else's page.
            code if code.is_client_error() && said.code.is_some() => {
                let parameter = said.parameter.as_deref().map(scrubbed);
                GatewayError::Refused { cause, parameter }
            }
            _ => GatewayError::Unexpected { cause },
        }
    }

    /// An id that may be asked for.
    pub(super) fn usable(self, id: &str) -> Result<&str, GatewayError> {
        Some(id).filter(|it| is_id(it)).ok_or_else(|| self.unexpected("the id can't be one"))
    }

    pub(super) fn is_about(self, asked: &str, told: &str) -> Result<(), GatewayError> {
        (asked == told).then_some(()).ok_or_else(|| self.unexpected("the answer is about another"))
    }
}

/// Whether a 404 says that there is no such thing, and not that nobody is there to ask.
pub(super) fn is_unknown(answer: &Answer) -> bool {
    answer.json::<Said>().is_ok_and(|it| it.code.as_deref() == Some("not_found"))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    #[serde(deserialize_with = "if_as_known")]
    id: Option<String>,
    #[serde(deserialize_with = "if_as_known")]
    code: Option<String>,
    #[serde(deserialize_with = "if_as_known")]
    description: Option<String>,
    #[serde(deserialize_with = "if_as_known")]
    parameter: Option<String>,
    /// In milliseconds.
    #[serde(deserialize_with = "if_as_known")]
    retry_after: Option<u64>,
}

impl Said {
    fn blames_key(&self) -> bool {
        let parameter = self.parameter.as_deref().unwrap_or_default();
        parameter.replace('_', "-").eq_ignore_ascii_case("idempotence-key")
    }

    fn cause(&self, doing: &str, code: StatusCode) -> String {
        let mut cause = format!("{doing}: answered {}", code.as_u16());
        for said in [&self.code, &self.parameter, &self.description].into_iter().flatten() {
            cause.push_str(", ");
            cause.push_str(&scrubbed(said));
        }
        // Their support asks for it.
        if let Some(id) = self.id.as_deref().filter(|it| is_id(it)) {
            cause.push_str(&format!(" ({id})"));
        }
        cause
    }
}

/// How many digits make a telephone number.
const PHONE_DIGITS: usize = 7;
/// Letters and digits in one piece beyond this are a key, if anything.
const PIECE_CHARS_MAX: usize = 20;

/// Their text for a log. It may quote what we sent, so whatever looks like a contact or a key goes.
fn scrubbed(text: &str) -> String {
    let is_private = |word: &str| {
        let mut pieces = word.split(|it: char| !it.is_ascii_alphanumeric());
        word.contains('@')
            || PHONE_DIGITS <= word.bytes().filter(u8::is_ascii_digit).count()
            || ["live_", "test_"].iter().any(|it| word.contains(it))
            || pieces.any(|it| PIECE_CHARS_MAX < it.len())
    };
    let line = plain(text);
    let words = line.split(' ').map(|it| if is_private(it) { "(private)" } else { it });
    words.collect::<Vec<_>>().join(" ")
}
