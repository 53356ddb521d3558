//! Words by fal: what a picture shows, or a customer's words made better.

use serde::{Deserialize, Serialize};

use domain::refusal::Fault;

use super::{RESULT, json, readable, unexpected};
use crate::http::Answer;
use crate::providers::{HintWork, Made, Progress, ProviderError};

/// Says plainly what a picture shows, in English.
const CAPTION: &str = "fal-ai/florence-2-large/more-detailed-caption";
/// Language models of many makers, which may be shown pictures.
const ROUTER: &str = "openrouter/router/vision";

/// A few sentences, with what a model may say around them.
const TOKENS_MAX: u32 = 500;
const CHARS_MAX: usize = 2_000;

#[derive(Serialize)]
struct Caption<'a> {
    image_url: &'a str,
}

#[derive(Serialize)]
struct Routed<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_prompt: Option<&'a str>,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    image_urls: Vec<&'a str>,
    max_tokens: u32,
}

/// The JSON that the endpoint named by the work takes.
pub(super) fn input(work: &HintWork) -> Result<Vec<u8>, ProviderError> {
    let image_url = work.image_url.as_deref();
    match work.workflow.as_str() {
        CAPTION => {
            let image_url = image_url.ok_or_else(|| unexpected("a caption needs a picture"))?;
            json(&Caption { image_url })
        }
        ROUTER => {
            let model = work.model.as_deref().filter(|it| !it.is_empty());
            let model = model.ok_or_else(|| unexpected("a router needs the name of a model"))?;
            if work.task.trim().is_empty() {
                return Err(unexpected("a model needs to be told its task"));
            }
            let words = work.words.as_deref().filter(|it| !it.trim().is_empty());
            // The customer's words are never where the task is: they can't give the model another.
            let (system_prompt, prompt) = match words {
                Some(words) => (Some(work.task.as_str()), words),
                None if image_url.is_some() => (None, work.task.as_str()),
                None => return Err(unexpected("a hint needs words or a picture")),
            };
            let image_urls = image_url.into_iter().collect();
            json(&Routed { model, system_prompt, prompt, image_urls, max_tokens: TOKENS_MAX })
        }
        _ => Err(unexpected("fal gives no such hints as far as we know")),
    }
}

#[derive(Deserialize)]
struct Captioned {
    results: String,
}

#[derive(Deserialize)]
struct Answered {
    output: String,
}

/// The words of a result.
pub(super) fn made(endpoint: &str, answer: &Answer) -> Result<Progress, ProviderError> {
    let text = match endpoint {
        CAPTION => readable::<Captioned>(RESULT, answer)?.results,
        ROUTER => readable::<Answered>(RESULT, answer)?.output,
        _ => {
            let cause = format!("{RESULT}: nobody knows what this endpoint gives");
            return Err(ProviderError::Unexpected { cause });
        }
    };
    Ok(match words(&text) {
        Some(words) => Progress::Done(Made::Words(words)),
        None => {
            let reason = "the result has no words".to_owned();
            Progress::Failed { fault: Fault::ResultBroken, reason }
        }
    })
}

/// What a model has said, without the fence that some put around it.
fn words(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .map(|it| if it.is_control() && it != '\n' { ' ' } else { it })
        .take(2 * CHARS_MAX)
        .collect();
    let mut words = plain.trim();
    if let Some(fenced) = words.strip_prefix("```") {
        let fenced = fenced.strip_suffix("```").unwrap_or(fenced);
        // What follows the opening fence on its line names a language.
        words = fenced.split_once('\n').map_or(fenced, |(_, inside)| inside).trim();
    }
    words = cut(words);
    (!words.is_empty()).then(|| words.to_owned())
}

/// As much as we keep, to the end of a word.
fn cut(words: &str) -> &str {
    let Some((end, _)) = words.char_indices().nth(CHARS_MAX) else { return words };
    let kept = &words[..end];
    let end = kept.rfind(char::is_whitespace).unwrap_or(kept.len());
    kept[..end].trim_end()
}
