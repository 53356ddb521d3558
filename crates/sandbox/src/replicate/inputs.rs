//! What models take: one table per model, from which its OpenAPI schema is made and by which inputs
//! are refused (providers.md 2.3, 2.4; the words are those of the JSON schema library that
//! Replicate's own refusals come from).

use serde_json::{Map, Value, json};

use super::refusals::Complaint;

pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    /// JSON; none if there is no default.
    default: &'static str,
    is_required: bool,
}

enum Shape {
    Text,
    Uri,
    Flag,
    Whole(Option<i64>, Option<i64>),
    Decimal(Option<f64>, Option<f64>),
    Choice(&'static [&'static str]),
}

const fn field(name: &'static str, shape: Shape, default: &'static str) -> Field {
    Field { name, shape, default, is_required: false }
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, default: "", is_required: true }
}

/// Of `ostris/flux-dev-lora-trainer`.
pub(super) static TRAINER: &[Field] = &[
    required("input_images", Shape::Uri),
    field("trigger_word", Shape::Text, "\"TOK\""),
    field("autocaption", Shape::Flag, "true"),
    field("autocaption_prefix", Shape::Text, ""),
    field("autocaption_suffix", Shape::Text, ""),
    field("steps", Shape::Whole(Some(3), Some(6000)), "1000"),
    field("learning_rate", Shape::Decimal(None, None), "0.0004"),
    field("batch_size", Shape::Whole(None, None), "1"),
    field("resolution", Shape::Text, "\"512,768,1024\""),
    field("lora_rank", Shape::Whole(Some(1), Some(128)), "16"),
    field("caption_dropout_rate", Shape::Decimal(Some(0.0), Some(1.0)), "0.05"),
    field("optimizer", Shape::Choice(OPTIMIZERS), "\"adamw8bit\""),
    field("cache_latents_to_disk", Shape::Flag, "false"),
    field("layers_to_optimize_regex", Shape::Text, ""),
    field("gradient_checkpointing", Shape::Flag, "false"),
    field("hf_repo_id", Shape::Text, ""),
    field("hf_token", Shape::Text, ""),
    field("wandb_api_key", Shape::Text, ""),
    field("wandb_project", Shape::Text, "\"flux_train_replicate\""),
    field("skip_training_and_use_pretrained_hf_lora_url", Shape::Text, ""),
];

const OPTIMIZERS: &[&str] = &[
    "prodigy",
    "adam8bit",
    "adamw8bit",
    "lion8bit",
    "adam",
    "adamw",
    "lion",
    "adagrad",
    "adafactor",
];

/// Of `black-forest-labs/flux-dev-lora`, and of the versions that trainings make, which know their
/// own weights besides.
pub(super) static PICTURES: &[Field] = &[
    required("prompt", Shape::Text),
    field("aspect_ratio", Shape::Choice(&RATIOS), "\"1:1\""),
    field("image", Shape::Uri, ""),
    field("prompt_strength", Shape::Decimal(Some(0.0), Some(1.0)), "0.8"),
    field("num_outputs", Shape::Whole(Some(1), Some(4)), "1"),
    field("num_inference_steps", Shape::Whole(Some(1), Some(50)), "28"),
    field("guidance", Shape::Decimal(Some(0.0), Some(10.0)), "3"),
    field("seed", Shape::Whole(None, None), ""),
    field("output_format", Shape::Choice(&["webp", "jpg", "png"]), "\"webp\""),
    field("output_quality", Shape::Whole(Some(0), Some(100)), "80"),
    field("disable_safety_checker", Shape::Flag, "false"),
    field("go_fast", Shape::Flag, "true"),
    field("megapixels", Shape::Choice(&["1", "0.25"]), "\"1\""),
    field("lora_weights", Shape::Text, ""),
    field("lora_scale", Shape::Decimal(Some(-1.0), Some(3.0)), "1"),
    field("extra_lora", Shape::Text, ""),
    field("extra_lora_scale", Shape::Decimal(Some(-1.0), Some(3.0)), "1"),
];

/// The aspect ratios and their sizes at one megapixel.
const SIZES: [(&str, [u32; 2]); 11] = [
    ("1:1", [1024, 1024]),
    ("16:9", [1344, 768]),
    ("21:9", [1536, 640]),
    ("3:2", [1216, 832]),
    ("2:3", [832, 1216]),
    ("4:5", [896, 1088]),
    ("5:4", [1088, 896]),
    ("3:4", [896, 1152]),
    ("4:3", [1152, 896]),
    ("9:16", [768, 1344]),
    ("9:21", [640, 1536]),
];

const RATIOS: [&str; 11] = {
    let mut ratios = [""; 11];
    let mut at = 0;
    while at < 11 {
        ratios[at] = SIZES[at].0;
        at += 1;
    }
    ratios
};

/// The width and height of a picture.
pub(super) fn size(input: &Value) -> [u32; 2] {
    let ratio = input["aspect_ratio"].as_str().unwrap_or("1:1");
    let [width, height] = SIZES.into_iter().find(|it| it.0 == ratio).map_or(SIZES[0].1, |it| it.1);
    if input["megapixels"] == "0.25" { [width / 2, height / 2] } else { [width, height] }
}

/// What is wrong with an input; empty if all is well. Fields that aren't known are passed over.
pub(super) fn complaints(fields: &[Field], input: &Value) -> Vec<Complaint> {
    if !input.is_object() {
        let text = format!("Invalid type. Expected: object, given: {}", kind_of(input));
        return vec![Complaint { kind: "invalid_type", field: "input".to_owned(), text }];
    }
    let complaint = |it: &Field| match input.get(it.name) {
        None if it.is_required => {
            let text = format!("{} is required", it.name);
            Some(Complaint { kind: "required", field: "input".to_owned(), text })
        }
        None => None,
        Some(value) => {
            let (kind, text) = wrong(it, value)?;
            Some(Complaint { kind, field: format!("input.{}", it.name), text })
        }
    };
    fields.iter().filter_map(complaint).collect()
}

fn wrong(field: &Field, value: &Value) -> Option<(&'static str, String)> {
    let is_of_kind = match field.shape {
        Shape::Text | Shape::Uri | Shape::Choice(_) => value.is_string(),
        Shape::Flag => value.is_boolean(),
        Shape::Whole(..) => value.as_f64().is_some_and(|it| it.fract() == 0.0),
        Shape::Decimal(..) => value.is_number(),
    };
    if !is_of_kind {
        let text =
            format!("Invalid type. Expected: {}, given: {}", field.shape.kind(), kind_of(value));
        return Some(("invalid_type", text));
    }
    match field.shape {
        Shape::Text | Shape::Flag => None,
        Shape::Uri => {
            let is_uri = value.as_str().is_some_and(|it| url::Url::parse(it).is_ok());
            (!is_uri).then(|| ("format", "Does not match format 'uri'".to_owned()))
        }
        Shape::Choice(all) => {
            let is_one = value.as_str().is_some_and(|it| all.contains(&it));
            let all: Vec<_> = all.iter().map(|it| format!("\"{it}\"")).collect();
            let text = format!("{} must be one of the following: {}", field.name, all.join(", "));
            (!is_one).then_some(("enum", text))
        }
        Shape::Whole(least, most) => {
            let value = value.as_f64()?;
            beyond(value, least.map(|it| it as f64), most.map(|it| it as f64))
        }
        Shape::Decimal(least, most) => beyond(value.as_f64()?, least, most),
    }
}

fn beyond(value: f64, least: Option<f64>, most: Option<f64>) -> Option<(&'static str, String)> {
    if let Some(least) = least.filter(|it| value < *it) {
        return Some(("number_gte", format!("Must be greater than or equal to {least}")));
    }
    let most = most.filter(|it| *it < value)?;
    Some(("number_lte", format!("Must be less than or equal to {most}")))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(it) if it.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Shape {
    fn kind(&self) -> &'static str {
        match self {
            Shape::Text | Shape::Uri | Shape::Choice(_) => "string",
            Shape::Flag => "boolean",
            Shape::Whole(..) => "integer",
            Shape::Decimal(..) => "number",
        }
    }
}

/// The part of an OpenAPI schema that says what is taken.
pub(super) fn schema(fields: &[Field], title: &str) -> Value {
    let mut properties = Map::new();
    for (order, it) in fields.iter().enumerate() {
        let mut property = json!({
            "type": it.shape.kind(),
            "title": it.name.replace('_', " "),
            "x-order": order,
        });
        if let Ok(default) = serde_json::from_str::<Value>(it.default) {
            property["default"] = default;
        }
        match it.shape {
            Shape::Uri => property["format"] = json!("uri"),
            Shape::Choice(all) => property["enum"] = json!(all),
            Shape::Whole(least, most) => bound(&mut property, json!(least), json!(most)),
            Shape::Decimal(least, most) => bound(&mut property, json!(least), json!(most)),
            Shape::Text | Shape::Flag => {}
        }
        properties.insert(it.name.to_owned(), property);
    }
    let required: Vec<_> = fields.iter().filter(|it| it.is_required).map(|it| it.name).collect();
    json!({ "type": "object", "title": title, "required": required, "properties": properties })
}

fn bound(property: &mut Value, least: Value, most: Value) {
    for (name, value) in [("minimum", least), ("maximum", most)] {
        if !value.is_null() {
            property[name] = value;
        }
    }
}
