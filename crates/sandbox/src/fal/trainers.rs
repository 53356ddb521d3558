//! The three trainers: what each takes and what it gives (providers.md 1.9.1-1.9.3).

use serde_json::{Value, json};

use super::endpoints::{Endpoint, Work};
use super::fields::{Need, Shape, Wrong, field, whole};

/// What is particular about a trainer.
pub(super) struct Training {
    /// The field with the link to the archive.
    pub(super) archive: &'static str,
    pub(super) trigger: &'static str,
    /// The field with the number of steps, and its default.
    steps: (&'static str, i64),
    pub(super) gives: Gives,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Two files.
    Weights,
    /// A `finetune_id`, and no file at all.
    Finetune,
}

pub(super) static TRAINERS: [Endpoint; 3] = [
    Endpoint {
        name: "fal-ai/flux-lora-portrait-trainer",
        work: Work::Training(Training {
            archive: "images_data_url",
            trigger: "trigger_phrase",
            steps: ("steps", 2500),
            gives: Gives::Weights,
        }),
        fields: &[
            field("images_data_url", Need::Required, Shape::Text),
            field("trigger_phrase", Need::Optional, Shape::Text),
            field("learning_rate", Need::Default, Shape::Decimal(0.000_001, 0.001)),
            field("steps", Need::Default, Shape::Whole(1, 10_000)),
            field("multiresolution_training", Need::Default, Shape::Flag),
            field("subject_crop", Need::Default, Shape::Flag),
            field("create_masks", Need::Default, Shape::Flag),
            field("data_archive_format", Need::Optional, Shape::Format),
            field("resume_from_checkpoint", Need::Default, Shape::Text),
        ],
    },
    Endpoint {
        name: "fal-ai/flux-lora-fast-training",
        work: Work::Training(Training {
            archive: "images_data_url",
            trigger: "trigger_word",
            steps: ("steps", 1000),
            gives: Gives::Weights,
        }),
        fields: &[
            field("images_data_url", Need::Required, Shape::Text),
            field("trigger_word", Need::Optional, Shape::Text),
            field("create_masks", Need::Default, Shape::Flag),
            field("steps", Need::Optional, Shape::Whole(1, 10_000)),
            field("is_style", Need::Default, Shape::Flag),
            field("is_input_format_already_preprocessed", Need::Default, Shape::Flag),
            field("data_archive_format", Need::Optional, Shape::Format),
        ],
    },
    Endpoint {
        name: "fal-ai/flux-pro-trainer",
        work: Work::Training(Training {
            archive: "data_url",
            trigger: "trigger_word",
            steps: ("iterations", 300),
            gives: Gives::Finetune,
        }),
        fields: &[
            field("data_url", Need::Required, Shape::Text),
            field("finetune_comment", Need::Required, Shape::Text),
            field(
                "mode",
                Need::Default,
                Shape::Choice(&["character", "product", "style", "general"]),
            ),
            field("iterations", Need::Default, Shape::Whole(1, i64::MAX)),
            field("priority", Need::Default, Shape::Choice(&["speed", "quality", "high_res_only"])),
            field("captioning", Need::Default, Shape::Flag),
            field("trigger_word", Need::Default, Shape::Text),
            field("lora_rank", Need::Default, Shape::WholeChoice(&[32, 16])),
            field("finetune_type", Need::Default, Shape::Choice(&["full", "lora"])),
            field("learning_rate", Need::Optional, Shape::Decimal(0.0, f64::MAX)),
        ],
    },
];

impl Training {
    pub(super) fn steps_of(&self, input: &Value) -> i64 {
        let (name, default) = self.steps;
        input.get(name).and_then(whole).unwrap_or(default)
    }

    /// The word that calls whom it was trained on.
    pub(super) fn trigger_of<'a>(&self, input: &'a Value) -> Option<&'a str> {
        input.get(self.trigger)?.as_str().filter(|it| !it.is_empty())
    }

    /// A link from whose end nothing can be inferred, where nothing else is said.
    pub(super) fn unknown_archive(&self, endpoint: &Endpoint, input: &Value) -> Option<Value> {
        let format = endpoint.fields.iter().find(|it| matches!(it.shape, Shape::Format))?;
        let url = input.get(self.archive)?.as_str()?;
        let is_said = input.get(format.name).is_some_and(|it| !it.is_null());
        let is_zip =
            url.to_ascii_lowercase().ends_with(".zip") || url.starts_with("data:application/zip");
        if is_said || is_zip {
            return None;
        }
        let text = "The archive format can't be inferred from the URL, set data_archive_format";
        let at = [json!("body"), json!(self.archive)];
        Some(Wrong::new("value_error", text).detail(&at, &json!(url)))
    }
}
