//! What each of fal's trainers wants to be told. They differ in the names of the same things.

use serde::Serialize;
use serde_json::value::RawValue;

use domain::{Kind, Subject};

use super::{json, unexpected};
use crate::providers::numbers::decimal;
use crate::providers::{ProviderError, TrainingWork};

const PORTRAIT: &str = "fal-ai/flux-lora-portrait-trainer";
const FAST: &str = "fal-ai/flux-lora-fast-training";
const PRO: &str = "fal-ai/flux-pro-trainer";

/// The trainers whose words we know.
pub(super) const ENDPOINTS: [&str; 3] = [PORTRAIT, FAST, PRO];

#[derive(Serialize)]
struct Portrait<'a> {
    images_data_url: &'a str,
    trigger_phrase: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    learning_rate: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multiresolution_training: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_crop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_masks: Option<bool>,
    data_archive_format: &'a str,
}

#[derive(Serialize)]
struct Fast<'a> {
    images_data_url: &'a str,
    trigger_word: &'a str,
    /// No masks and no captions, so that the whole of each picture counts.
    is_style: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_masks: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    data_archive_format: &'a str,
}

/// No longer offered by fal; kept for who still has access to it.
#[derive(Serialize)]
struct Pro<'a> {
    data_url: &'a str,
    /// Shown in fal's lists: our id, by which a lost run can be found.
    finetune_comment: &'a str,
    mode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    iterations: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<&'a str>,
    captioning: bool,
    trigger_word: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    lora_rank: Option<u32>,
    finetune_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    learning_rate: Option<Box<RawValue>>,
}

/// The JSON that the trainer named by the work takes.
pub(super) fn input(work: &TrainingWork) -> Result<Vec<u8>, ProviderError> {
    if work.trigger_word.trim().is_empty() {
        return Err(unexpected("a training needs a trigger word"));
    }
    let settings = &work.settings;
    let trigger = work.trigger_word.as_str();
    let archive = work.archive_url.as_str();
    match work.workflow.as_str() {
        PORTRAIT => json(&Portrait {
            images_data_url: archive,
            trigger_phrase: trigger,
            learning_rate: settings.learning_rate_millionths.map(rate),
            steps: settings.steps,
            multiresolution_training: settings.multiresolution,
            subject_crop: settings.subject_crop,
            create_masks: settings.create_masks,
            data_archive_format: "zip",
        }),
        FAST => json(&Fast {
            images_data_url: archive,
            trigger_word: trigger,
            is_style: is_style(work),
            create_masks: settings.create_masks.filter(|_| !is_style(work)),
            steps: settings.steps,
            data_archive_format: "zip",
        }),
        PRO => json(&Pro {
            data_url: archive,
            finetune_comment: work.training.as_str(),
            mode: if is_style(work) { "style" } else { "character" },
            iterations: settings.steps,
            priority: settings.priority.as_deref(),
            captioning: true,
            trigger_word: trigger,
            lora_rank: settings.lora_rank,
            finetune_type: if settings.lora_rank.is_some() { "lora" } else { "full" },
            learning_rate: settings.learning_rate_millionths.map(rate),
        }),
        _ => Err(unexpected("fal has no such trainer as far as we know")),
    }
}

/// Whether the look of the pictures is to be learned, rather than somebody in them.
fn is_style(work: &TrainingWork) -> bool {
    match (work.kind, work.subject) {
        (Kind::Style, Subject::Other) => true,
        (Kind::Style, Subject::Man | Subject::Woman) | (Kind::Portrait, _) => false,
    }
}

/// Rates are in millionths.
fn rate(millionths: u32) -> Box<RawValue> {
    decimal(millionths, 6)
}
