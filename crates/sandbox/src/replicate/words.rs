//! Words in square brackets with which somebody who tries the program orders trouble for one run.
//! They stand in any text of the input (the prompt, a trigger word, the prefix of captions), in
//! large letters or small, and count each time that it is sent.
//!
//! | in the input | what happens |
//! |---|---|
//! | `[replicate down]` | it is answered with the page of the proxy, 503 |
//! | `[replicate busy]` | 429 with `Retry-After: 5` |
//! | `[replicate empty]` | 402: the account has no credit left |
//! | `[replicate error]` | 500 |
//! | `[lost]` | it is taken, but the answer never comes |
//! | `[unsafe]` | it fails because of what would be seen (not if the checker is off) |
//! | `[fail]` | it fails, `code: PA` |
//! | `[cancel]` | it is canceled though nobody has asked for it |
//! | `[abort]` | it is given up before it begins |
//! | `[nothing]` | it succeeds and gives `null` |
//! | `[slow]`, `[slow 300]` | it takes 60 seconds longer, or so many |
//! | `[never]` | it never ends |
//! | `[file gone]` | 404 instead of a file |
//! | `[file text]` | a page instead of a file, called one |
//! | `[file huge]` | a file that doesn't end for long |
//! | `[file internal]` | an address of an inner network instead of a link |
//! | `[file redirect]` | the link leads on into an inner network |
//! | `[file bare]`, `[file escaping]` | weights: an archive without them, or with names that lead out |
//! | `[webhook never]`, `[webhook twice]`, `[webhook late]`, `[webhook forged]` | as it says |
//! | `[webhook stale]` | `processing` is told once more when all is over |

use serde_json::Value;

use super::faults::{Fault, Trouble};

const BUSY_SECONDS: u32 = 5;

/// What an input orders.
pub(super) fn orders(input: &Value) -> Vec<Fault> {
    let texts = input.as_object().into_iter().flatten().filter_map(|it| it.1.as_str());
    let words = texts.flat_map(|it| it.split('[').skip(1)).filter_map(|it| it.split_once(']'));
    words.filter_map(|it| order(&it.0.trim().to_lowercase())).collect()
}

fn order(words: &str) -> Option<Fault> {
    let trouble = match words {
        "replicate down" => Trouble::Down,
        "replicate busy" => {
            return Some(Fault { seconds: Some(BUSY_SECONDS), ..Fault::once(Trouble::TooMany) });
        }
        "replicate empty" => Trouble::NoCredit,
        "replicate error" => Trouble::ServerError,
        "lost" => Trouble::AcceptedButLost,
        "unsafe" => Trouble::Unsafe,
        "fail" => Trouble::Failed,
        "cancel" => Trouble::Canceled,
        "abort" => Trouble::Aborted,
        "nothing" => Trouble::Empty,
        "slow" => Trouble::Long,
        "never" => Trouble::Endless,
        "file gone" => Trouble::Gone,
        "file text" => Trouble::Text,
        "file huge" => Trouble::TooLarge,
        "file internal" => Trouble::Internal,
        "file redirect" => Trouble::Redirect,
        "file bare" => Trouble::NoWeights,
        "file escaping" => Trouble::Escaping,
        "webhook never" => Trouble::Never,
        "webhook twice" => Trouble::Duplicate,
        "webhook late" => Trouble::Late,
        "webhook forged" => Trouble::Forged,
        "webhook stale" => Trouble::Stale,
        other => {
            let seconds = other.strip_prefix("slow ")?.parse().ok()?;
            return Some(Fault { seconds: Some(seconds), ..Fault::once(Trouble::Long) });
        }
    };
    Some(Fault::once(trouble))
}
