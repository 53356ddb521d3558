//! Pictures by fal: what the endpoints want to be told, and what they give.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{File, json, no_result, unexpected};
use crate::providers::numbers::decimal;
use crate::providers::{Likeness, MadePicture, PictureWork, ProviderError};

const LORA: &str = "fal-ai/flux-lora";
/// The same beginning from a picture. The catalog names [`LORA`] alone.
const LORA_FROM_PICTURE: &str = "fal-ai/flux-lora/image-to-image";
/// For models that stayed with fal, of a trainer that is no longer offered.
const FINETUNED: &str = "fal-ai/flux-pro/v1.1-ultra-finetuned";

/// The endpoints that give pictures.
pub(super) const ENDPOINTS: [&str; 3] = [LORA, LORA_FROM_PICTURE, FINETUNED];

const PICTURES_MAX: u32 = 4;
const FORMAT: &str = "jpeg";

#[derive(Serialize)]
struct Lora<'a> {
    prompt: &'a str,
    loras: [Weights<'a>; 1],
    image_size: Size,
    #[serde(skip_serializing_if = "Option::is_none")]
    num_inference_steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guidance_scale: Option<Box<RawValue>>,
    num_images: u32,
    seed: u32,
    enable_safety_checker: bool,
    output_format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strength: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Weights<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scale: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Size {
    width: u32,
    height: u32,
}

#[derive(Serialize)]
struct Finetuned<'a> {
    prompt: &'a str,
    finetune_id: &'a str,
    finetune_strength: Box<RawValue>,
    aspect_ratio: &'a str,
    num_images: u32,
    seed: u32,
    /// From 1, which lets next to nothing pass, to 6; theirs is 2.
    safety_tolerance: &'a str,
    output_format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_prompt_strength: Option<Box<RawValue>>,
}

/// The endpoint that makes them, and the JSON that it takes.
pub(super) fn input(work: &PictureWork) -> Result<(&'static str, Vec<u8>), ProviderError> {
    if work.prompt.trim().is_empty() {
        return Err(unexpected("pictures need a prompt"));
    }
    if !(1..=PICTURES_MAX).contains(&work.count) {
        return Err(unexpected("pictures come one to four at a time"));
    }
    match (work.workflow.as_str(), &work.likeness) {
        (LORA, Likeness::Weights { url }) => {
            let endpoint = if work.source.is_some() { LORA_FROM_PICTURE } else { LORA };
            Ok((endpoint, lora(work, url)?))
        }
        (FINETUNED, Likeness::Remote { id }) => Ok((FINETUNED, finetuned(work, id)?)),
        (LORA | FINETUNED, _) => Err(unexpected("this endpoint wants another kind of likeness")),
        _ => Err(unexpected("fal makes no such pictures as far as we know")),
    }
}

fn lora(work: &PictureWork, weights: &str) -> Result<Vec<u8>, ProviderError> {
    let (width, height) = work.aspect.pixels();
    let source = work.source.as_ref();
    json(&Lora {
        prompt: &work.prompt,
        loras: [Weights { path: weights, scale: work.likeness_percent.map(hundredths) }],
        image_size: Size { width, height },
        num_inference_steps: work.steps,
        guidance_scale: work.guidance_tenths.map(|it| decimal(it, 1)),
        num_images: work.count,
        seed: work.seed,
        enable_safety_checker: true,
        output_format: FORMAT,
        image_url: source.map(|it| it.url.as_str()),
        strength: source.map(|it| hundredths(it.strength_percent.clamp(1, 100))),
    })
}

fn finetuned(work: &PictureWork, finetune: &str) -> Result<Vec<u8>, ProviderError> {
    let source = work.source.as_ref();
    // Theirs says how much of the old picture stays, ours how much changes.
    let kept = source.map(|it| 100 - it.strength_percent.clamp(1, 100));
    json(&Finetuned {
        prompt: &work.prompt,
        finetune_id: finetune,
        // It has no default.
        finetune_strength: hundredths(work.likeness_percent.unwrap_or(100)),
        aspect_ratio: work.aspect.as_str(),
        num_images: work.count,
        seed: work.seed,
        safety_tolerance: "2",
        output_format: FORMAT,
        image_url: source.map(|it| it.url.as_str()),
        image_prompt_strength: kept.map(hundredths),
    })
}

fn hundredths(percent: u32) -> Box<RawValue> {
    decimal(percent, 2)
}

/// Their seed is not read: it may be larger than any number of ours, and we know the one we sent.
#[derive(Deserialize)]
pub(super) struct Output {
    images: Vec<File>,
    has_nsfw_concepts: Option<Vec<bool>>,
}

impl Output {
    /// The pictures in their order. One that the safety check kept back is there too, in black.
    pub(super) fn pictures(self) -> Result<Vec<MadePicture>, ProviderError> {
        let flags = self.has_nsfw_concepts.unwrap_or_default();
        let passed = flags.iter().filter(|it| !**it).count();
        let are_left_out = self.images.len() < flags.len() && self.images.len() == passed;
        let mut images = self.images.into_iter().map(picture);
        let pictures: Result<Vec<_>, _> = if are_left_out {
            let flagged =
                |it: bool| if it { Some(Ok(MadePicture::Withheld)) } else { images.next() };
            flags.into_iter().filter_map(flagged).collect()
        } else {
            let flags = flags.into_iter().chain(std::iter::repeat(false));
            let flagged = images.zip(flags);
            flagged.map(|(it, flag)| if flag { Ok(MadePicture::Withheld) } else { it }).collect()
        };
        let pictures = pictures?;
        if pictures.is_empty() {
            Err(no_result("there are no pictures in it"))
        } else {
            Ok(pictures)
        }
    }
}

fn picture(file: File) -> Result<MadePicture, ProviderError> {
    let file = file.remote().ok_or_else(|| no_result("a picture has no address"))?;
    Ok(MadePicture::File(file))
}
