//! The three trainers: what each takes, how it refuses what it doesn't, and what it gives
//! (providers.md 1.9.1-1.9.3).

use serde_json::{Value, json};

pub(super) struct Trainer {
    pub(super) endpoint: &'static str,
    /// The field with the link to the archive.
    pub(super) archive: &'static str,
    pub(super) trigger: &'static str,
    /// The field with the number of steps, and its default.
    pub(super) steps: (&'static str, i64),
    pub(super) gives: Gives,
    fields: &'static [Field],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// Two files.
    Weights,
    /// A `finetune_id`, and no file at all.
    Finetune,
}

struct Field {
    name: &'static str,
    need: Need,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    /// May be left out, but not be null.
    Default,
    /// May be left out or null.
    Optional,
}

enum Shape {
    Text,
    Flag,
    Whole(i64, i64),
    Decimal(f64, f64),
    Choice(&'static [&'static str]),
    WholeChoice(&'static [i64]),
    /// `data_archive_format`; inferred from the end of the link if it isn't said.
    Format,
}

const fn field(name: &'static str, need: Need, shape: Shape) -> Field {
    Field { name, need, shape }
}

static TRAINERS: [Trainer; 3] = [
    Trainer {
        endpoint: "fal-ai/flux-lora-portrait-trainer",
        archive: "images_data_url",
        trigger: "trigger_phrase",
        steps: ("steps", 2500),
        gives: Gives::Weights,
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
    Trainer {
        endpoint: "fal-ai/flux-lora-fast-training",
        archive: "images_data_url",
        trigger: "trigger_word",
        steps: ("steps", 1000),
        gives: Gives::Weights,
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
    Trainer {
        endpoint: "fal-ai/flux-pro-trainer",
        archive: "data_url",
        trigger: "trigger_word",
        steps: ("iterations", 300),
        gives: Gives::Finetune,
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

/// The trainer of an endpoint id.
pub(super) fn find(endpoint: &str) -> Option<&'static Trainer> {
    TRAINERS.iter().find(|it| it.endpoint == endpoint)
}

/// What is wrong with one value, as pydantic says it.
struct Wrong {
    kind: &'static str,
    text: String,
    context: Option<Value>,
}

impl Wrong {
    fn new(kind: &'static str, text: impl Into<String>) -> Wrong {
        Wrong { kind, text: text.into(), context: None }
    }

    fn detail(self, name: &str, input: &Value) -> Value {
        let mut detail =
            json!({ "loc": ["body", name], "msg": self.text, "type": self.kind, "input": input });
        if let Some(context) = self.context {
            detail["ctx"] = context;
        }
        detail
    }
}

impl Trainer {
    pub(super) fn steps_of(&self, input: &Value) -> i64 {
        let (name, default) = self.steps;
        input.get(name).and_then(whole).unwrap_or(default)
    }

    /// The details of a 422; empty if all is well. Fields that aren't known are passed over.
    pub(super) fn complaints(&self, input: &Value) -> Vec<Value> {
        if !input.is_object() {
            let text = "Input should be a valid dictionary or object to extract fields from";
            return vec![json!({
                "loc": ["body"], "msg": text, "type": "model_attributes_type", "input": input,
            })];
        }
        let complaint = |field: &Field| match input.get(field.name) {
            None if field.need == Need::Required => {
                Some(Wrong::new("missing", "Field required").detail(field.name, input))
            }
            None => None,
            Some(Value::Null) if field.need == Need::Optional => None,
            Some(value) => Some(wrong(&field.shape, value)?.detail(field.name, value)),
        };
        let mut details: Vec<Value> = self.fields.iter().filter_map(complaint).collect();
        details.extend(self.unknown_archive(input));
        details
    }

    /// A link from whose end nothing can be inferred, where nothing else is said.
    fn unknown_archive(&self, input: &Value) -> Option<Value> {
        let knows = |it: &Field| matches!(it.shape, Shape::Format);
        let format = self.fields.iter().find(|it| knows(it))?;
        let url = input.get(self.archive)?.as_str()?;
        let is_said = input.get(format.name).is_some_and(|it| !it.is_null());
        let is_zip =
            url.to_ascii_lowercase().ends_with(".zip") || url.starts_with("data:application/zip");
        if is_said || is_zip {
            return None;
        }
        let text = "The archive format can't be inferred from the URL, set data_archive_format";
        Some(Wrong::new("value_error", text).detail(self.archive, &json!(url)))
    }
}

fn wrong(shape: &Shape, value: &Value) -> Option<Wrong> {
    match shape {
        Shape::Text if value.is_string() => None,
        Shape::Text => Some(Wrong::new("string_type", "Input should be a valid string")),
        Shape::Flag => wrong_flag(value),
        Shape::Whole(least, most) => match whole(value) {
            None => Some(no_whole(value)),
            Some(it) if it < *least => Some(too_little(json!(least))),
            Some(it) if *most < it => Some(too_much(json!(most))),
            Some(_) => None,
        },
        Shape::Decimal(least, most) => match decimal(value) {
            None => Some(no_decimal(value)),
            Some(it) if it < *least => Some(too_little(json!(least))),
            Some(it) if *most < it => Some(too_much(json!(most))),
            Some(_) => None,
        },
        Shape::Choice(all) if value.as_str().is_some_and(|it| all.contains(&it)) => None,
        Shape::Choice(all) => Some(no_choice(all.iter().map(|it| format!("'{it}'")))),
        Shape::WholeChoice(all) if value.as_i64().is_some_and(|it| all.contains(&it)) => None,
        Shape::WholeChoice(all) => Some(no_choice(all.iter().map(|it| it.to_string()))),
        Shape::Format => match value.as_str() {
            None => Some(Wrong::new("string_type", "Input should be a valid string")),
            Some("zip") => None,
            Some(_) => Some(Wrong::new("value_error", "Unknown archive format")),
        },
    }
}

fn wrong_flag(value: &Value) -> Option<Wrong> {
    let is_flag = match value {
        Value::Bool(_) => true,
        Value::Number(it) => matches!(it.as_i64(), Some(0 | 1)),
        Value::String(it) => matches!(it.as_str(), "true" | "false"),
        _ => return Some(Wrong::new("bool_type", "Input should be a valid boolean")),
    };
    (!is_flag).then(|| Wrong::new("bool_parsing", "Input should be a valid boolean"))
}

/// A whole number as pydantic takes it: also `1000.0` and `"1000"`.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(it) => {
            it.as_i64().or_else(|| it.as_f64().filter(|it| it.fract() == 0.0).map(|it| it as i64))
        }
        Value::String(it) => it.trim().parse().ok(),
        _ => None,
    }
}

fn decimal(value: &Value) -> Option<f64> {
    match value {
        Value::Number(it) => it.as_f64(),
        Value::String(it) => it.trim().parse().ok().filter(|it: &f64| it.is_finite()),
        _ => None,
    }
}

fn no_whole(value: &Value) -> Wrong {
    let text = "Input should be a valid integer";
    Wrong::new(
        match value {
            Value::Number(_) => "int_from_float",
            Value::String(_) => "int_parsing",
            _ => "int_type",
        },
        text,
    )
}

fn no_decimal(value: &Value) -> Wrong {
    let kind = if value.is_string() { "float_parsing" } else { "float_type" };
    Wrong::new(kind, "Input should be a valid number")
}

fn too_little(least: Value) -> Wrong {
    let text = format!("Input should be greater than or equal to {least}");
    Wrong { kind: "greater_than_equal", text, context: Some(json!({ "ge": least })) }
}

fn too_much(most: Value) -> Wrong {
    let text = format!("Input should be less than or equal to {most}");
    Wrong { kind: "less_than_equal", text, context: Some(json!({ "le": most })) }
}

fn no_choice(all: impl Iterator<Item = String>) -> Wrong {
    let all: Vec<String> = all.collect();
    let expected = match all.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => all.join(""),
    };
    let text = format!("Input should be {expected}");
    Wrong { kind: "enum", text, context: Some(json!({ "expected": expected })) }
}
