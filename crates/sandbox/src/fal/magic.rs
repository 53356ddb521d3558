//! Words in square brackets with which somebody who tries the program orders trouble for one
//! request: they stand in the prompt, and count each time that it is sent.
//!
//! | in the prompt | what happens |
//! |---|---|
//! | `[unsafe]`, `[unsafe 1 3]` | all pictures, or those, are flagged and black (not if the checker is off) |
//! | `[3 of 4]` | so many pictures come, however many were asked for |
//! | `[fal down]` | the submission is answered with the page of the proxy |
//! | `[fal empty]` | 403: the account has no money left |
//! | `[lost]` | it is taken, but the answer to the submission never comes |
//! | `[early]` | it is done, and its webhook sent, before the submission is answered |
//! | `[queue]`, `[queue 90]` | it waits 60 seconds longer in the queue, or so many |
//! | `[slow]`, `[slow 300]` | it takes 60 seconds longer, or so many |
//! | `[never]` | it never ends |
//! | `[fail]`, `[fail TYPE]` | `COMPLETED` with an `error_type` (`runner_disconnected`) |
//! | `[refuse]`, `[refuse TYPE]` | the model refuses with 422 (`content_policy_violation`) |
//! | `[file gone]` | 404 instead of a picture |
//! | `[file internal]` | a redirection to an address inside |
//! | `[file huge]` | 256 MiB of nothing |
//! | `[file text]` | a page instead of a picture, called one |
//! | `[file half]`, `[file torn]` | half of the picture; half, and then the connection breaks |
//! | `[file slow]` | the picture comes 30 seconds late |
//! | `[webhook twice]`, `[webhook never]`, `[webhook late]`, `[webhook forged]` | as it says |
//!
//! With `text ` before it, as in `[text fail]`, a word counts where words are asked for, with
//! `video ` where films are, and without where pictures are. What may come back from the world's own side is in [`super::faults`].

use serde_json::Value;

use super::endpoints::{Endpoint, Work};
use super::faults::{Fault, Trouble};

/// What the prompt of this input orders.
pub(super) fn orders(endpoint: &Endpoint, input: &Value) -> Vec<Fault> {
    let prefix = match endpoint.work {
        Work::Training(_) => return Vec::new(),
        Work::Painting(_) => "",
        Work::Filming(_) => "video ",
        Work::Reading(_) => "text ",
    };
    let prompt = input["prompt"].as_str().unwrap_or_default();
    let words = prompt.split('[').skip(1).filter_map(|it| Some(it.split_once(']')?.0.trim()));
    let is_other = |it: &str| ["video ", "text "].iter().any(|other| it.starts_with(other));
    let meant = words.filter_map(|it| match prefix {
        "" => (!is_other(it)).then_some(it),
        prefix => it.strip_prefix(prefix),
    });
    meant.filter_map(order).collect()
}

fn order(words: &str) -> Option<Fault> {
    let (first, rest) = words.split_once(' ').unwrap_or((words, ""));
    let rest = rest.trim();
    let always = |trouble| Fault { times: u32::MAX, ..Fault::once(trouble) };
    let seconds = |trouble| Fault { seconds: rest.parse().ok(), ..always(trouble) };
    let kind = |trouble| {
        let kind = (!rest.is_empty()).then(|| rest.to_owned());
        Fault { kind, ..always(trouble) }
    };
    let fault = match (first, rest) {
        ("unsafe", _) => {
            let numbers: Vec<usize> = rest.split(' ').filter_map(|it| it.parse().ok()).collect();
            let pictures = (!numbers.is_empty()).then_some(numbers);
            Fault { pictures, ..always(Trouble::Flagged) }
        }
        ("fal", "down") => always(Trouble::Unavailable),
        ("fal", "empty") => always(Trouble::Exhausted),
        ("lost", "") => always(Trouble::AcceptedButLost),
        ("early", "") => always(Trouble::Early),
        ("queue", _) => seconds(Trouble::Crowded),
        ("slow", _) => seconds(Trouble::Long),
        ("never", "") => always(Trouble::Endless),
        ("fail", _) => kind(Trouble::CompletedWithError),
        ("refuse", _) => kind(Trouble::Error),
        ("file", "gone") => always(Trouble::LinkExpired),
        ("file", "internal") => always(Trouble::Redirected),
        ("file", "huge") => always(Trouble::Huge),
        ("file", "text") => always(Trouble::NotAPicture),
        ("file", "half") => always(Trouble::Half),
        ("file", "torn") => always(Trouble::Torn),
        ("file", "slow") => Fault { on: Some(super::faults::Call::File), ..always(Trouble::Slow) },
        ("webhook", "twice") => always(Trouble::Duplicate),
        ("webhook", "never") => always(Trouble::Never),
        ("webhook", "late") => always(Trouble::Late),
        ("webhook", "forged") => always(Trouble::Forged),
        (given, rest) => {
            let count = given.parse().ok().filter(|_| rest.starts_with("of "))?;
            Fault { count: Some(count), ..always(Trouble::Partial) }
        }
    };
    Some(fault)
}
