//! Pictures at Replicate: what the models want to be told, and what they give.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Hook, Order, json, no_result, trainings, unexpected};
use crate::providers::numbers::decimal;
use crate::providers::{Likeness, MadePicture, PictureWork, ProviderError, RemoteFile};

/// Takes weights from anywhere: the model itself reads them, without a key, at an address that
/// ends in `.safetensors` (replicate/cog-flux, weights.py). Nobody has written down that it could
/// read Replicate's own store of files, whose addresses are only promised to serve as files.
const WITH_WEIGHTS: &str = "black-forest-labs/flux-dev-lora";

const PICTURES_MAX: u32 = 4;

/// What the checker of the picture models writes into the log of each picture that it leaves out.
const LEFT_OUT: &str = "NSFW content detected in image ";

#[derive(Serialize)]
struct Wanted<'a> {
    version: &'a str,
    input: Input<'a>,
    #[serde(flatten)]
    hook: Option<Hook<'a>>,
}

/// The models that trainings make call the guidance otherwise than the one that takes weights.
#[derive(Serialize)]
struct Input<'a> {
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lora_weights: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lora_scale: Option<Box<RawValue>>,
    aspect_ratio: &'a str,
    num_outputs: u32,
    seed: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_inference_steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_scale: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_strength: Option<Box<RawValue>>,
    output_format: &'a str,
    output_quality: u32,
    disable_safety_checker: bool,
    /// It would multiply the strength of the likeness by its own number.
    #[serde(skip_serializing_if = "Option::is_none")]
    go_fast: Option<bool>,
}

/// What begins a prediction.
pub(super) fn order(work: &PictureWork) -> Result<Order, ProviderError> {
    if work.prompt.trim().is_empty() {
        return Err(unexpected("pictures need a prompt"));
    }
    if !(1..=PICTURES_MAX).contains(&work.count) {
        return Err(unexpected("pictures come one to four at a time"));
    }
    if trainings::is_trainer(&work.workflow) {
        return Err(unexpected("a trainer makes no pictures"));
    }
    let (version, weights) = match &work.likeness {
        Likeness::Weights { url } if work.workflow == WITH_WEIGHTS => {
            (WITH_WEIGHTS, Some(url.as_str()))
        }
        Likeness::Weights { .. } => {
            return Err(unexpected("Replicate makes no such pictures as far as we know"));
        }
        Likeness::Remote { id } if !id.trim().is_empty() => (id.as_str(), None),
        Likeness::Remote { .. } => return Err(unexpected("the likeness has no id")),
    };
    let guidance = || work.guidance_tenths.map(|it| decimal(it, 1));
    let source = work.source.as_ref();
    let wanted = Wanted {
        version,
        input: Input {
            prompt: &work.prompt,
            lora_weights: weights,
            lora_scale: work.likeness_percent.map(|it| decimal(it, 2)),
            aspect_ratio: work.aspect.as_str(),
            num_outputs: work.count,
            seed: work.seed,
            num_inference_steps: work.steps,
            guidance: weights.and_then(|_| guidance()),
            guidance_scale: if weights.is_none() { guidance() } else { None },
            image: source.map(|it| it.url.as_str()),
            prompt_strength: source.map(|it| decimal(it.strength_percent.clamp(1, 100), 2)),
            output_format: "jpg",
            output_quality: 95,
            disable_safety_checker: false,
            go_fast: weights.map(|_| false),
        },
        hook: Hook::of(work.webhook_url.as_deref()),
    };
    Ok(Order { path: "predictions".to_owned(), json: json(&wanted) })
}

/// The pictures of an output, with those that the safety check left out in their places.
pub(super) fn pictures(
    output: Value,
    input: &Value,
    logs: &str,
) -> Result<Vec<MadePicture>, ProviderError> {
    let addresses = match output {
        Value::String(address) => vec![Value::String(address)],
        Value::Array(addresses) => addresses,
        _ => return Err(no_result("there are no pictures in it")),
    };
    let mut pictures = Vec::new();
    for address in addresses {
        let Value::String(url) = address else {
            return Err(no_result("a picture has no address"));
        };
        if url.is_empty() {
            return Err(no_result("a picture has no address"));
        }
        pictures.push(MadePicture::File(RemoteFile { url, name: None, bytes: None }));
    }
    for place in left_out(pictures.len(), input, logs) {
        pictures.insert(place.min(pictures.len()), MadePicture::Withheld);
    }
    if pictures.is_empty() { Err(no_result("there are no pictures in it")) } else { Ok(pictures) }
}

/// The places of the pictures that were left out, in order. The log repeats the customer's words
/// too, so it is only believed as far as pictures are missing.
fn left_out(count: usize, input: &Value, logs: &str) -> Vec<usize> {
    let asked = input.get("num_outputs").and_then(Value::as_u64).unwrap_or_default();
    let asked = usize::try_from(asked.min(u64::from(PICTURES_MAX))).unwrap_or_default();
    let missing = asked.saturating_sub(count);
    let mut places: Vec<usize> = logs
        .match_indices(LEFT_OUT)
        .filter_map(|(at, found)| {
            let rest = &logs[at + found.len()..];
            let digits = rest.split(|it: char| !it.is_ascii_digit()).next()?;
            digits.parse().ok().filter(|place| *place < asked)
        })
        .collect();
    places.sort_unstable();
    places.dedup();
    places.truncate(missing);
    places
}
