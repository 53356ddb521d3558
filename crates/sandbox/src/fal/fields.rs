//! What an endpoint takes, field by field, and how it refuses what it doesn't: as pydantic words it.

use serde_json::{Value, json};

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    /// May be left out, but not be null.
    Default,
    /// May be left out or null.
    Optional,
}

pub(super) enum Shape {
    Text,
    /// An address that isn't too long to be one of a file.
    ShortAddress,
    Flag,
    Whole(i64, i64),
    Decimal(f64, f64),
    Choice(&'static [&'static str]),
    WholeChoice(&'static [i64]),
    /// `data_archive_format`; inferred from the end of the link if it isn't said.
    Format,
    /// A whole number that may be larger than 64 bits with a sign hold.
    Seed,
    /// A name of a size, or a width and a height.
    Size(&'static [&'static str]),
    Texts,
    /// `[{path, scale?}]`.
    Loras,
}

pub(super) const fn field(name: &'static str, need: Need, shape: Shape) -> Field {
    Field { name, need, shape }
}

const SIDE_PIXELS_MAX: i64 = 14_142;
const ADDRESS_LETTERS_MAX: usize = 2083;

/// The details of a 422; empty if all is well. Fields that aren't known are passed over.
pub(super) fn complaints(fields: &[Field], input: &Value) -> Vec<Value> {
    within(fields, &[json!("body")], input)
}

fn within(fields: &[Field], at: &[Value], input: &Value) -> Vec<Value> {
    if !input.is_object() {
        return vec![no_object().detail(at, input)];
    }
    let complaints = |field: &Field| {
        let at = deeper(at, json!(field.name));
        match input.get(field.name) {
            None if field.need == Need::Required => {
                vec![Wrong::new("missing", "Field required").detail(&at, input)]
            }
            None => Vec::new(),
            Some(Value::Null) if field.need == Need::Optional => Vec::new(),
            Some(value) => check(&field.shape, &at, value),
        }
    };
    fields.iter().flat_map(complaints).collect()
}

fn deeper(at: &[Value], step: Value) -> Vec<Value> {
    at.iter().cloned().chain([step]).collect()
}

/// What is wrong with one value.
pub(super) struct Wrong {
    kind: &'static str,
    text: String,
    context: Option<Value>,
}

impl Wrong {
    pub(super) fn new(kind: &'static str, text: impl Into<String>) -> Wrong {
        Wrong { kind, text: text.into(), context: None }
    }

    pub(super) fn detail(self, at: &[Value], input: &Value) -> Value {
        let mut detail = json!({ "loc": at, "msg": self.text, "type": self.kind, "input": input });
        if let Some(context) = self.context {
            detail["ctx"] = context;
        }
        detail
    }
}

fn check(shape: &Shape, at: &[Value], value: &Value) -> Vec<Value> {
    let wrong = match shape {
        Shape::Size(names) => return check_size(names, at, value),
        Shape::Texts => return check_list(at, value, |at, it| check(&Shape::Text, at, it)),
        Shape::Loras => return check_list(at, value, |at, it| within(&LORA, at, it)),
        Shape::Text => wrong_text(value),
        Shape::ShortAddress => wrong_text(value).or_else(|| wrong_address(value)),
        Shape::Flag => wrong_flag(value),
        Shape::Whole(least, most) => match whole(value) {
            None => Some(no_whole(value)),
            Some(it) if it < *least => Some(too_little(json!(least))),
            Some(it) if *most < it => Some(too_much(json!(most))),
            Some(_) => None,
        },
        Shape::Seed if value.is_u64() || whole(value).is_some() => None,
        Shape::Seed => Some(no_whole(value)),
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
            Some("zip") => None,
            Some(_) => Some(Wrong::new("value_error", "Unknown archive format")),
            None => wrong_text(value),
        },
    };
    wrong.map(|it| it.detail(at, value)).into_iter().collect()
}

static LORA: [Field; 2] = [
    field("path", Need::Required, Shape::Text),
    field("scale", Need::Default, Shape::Decimal(0.0, 4.0)),
];

static SIZE: [Field; 2] = [
    field("width", Need::Default, Shape::Whole(1, SIDE_PIXELS_MAX)),
    field("height", Need::Default, Shape::Whole(1, SIDE_PIXELS_MAX)),
];

/// A union is complained about once for each of its branches.
fn check_size(names: &[&str], at: &[Value], value: &Value) -> Vec<Value> {
    match value {
        Value::Object(_) => within(&SIZE, &deeper(at, json!("ImageSize")), value),
        Value::String(name) if names.contains(&name.as_str()) => Vec::new(),
        _ => vec![
            no_object().detail(&deeper(at, json!("ImageSize")), value),
            no_choice(names.iter().map(|it| format!("'{it}'")))
                .detail(&deeper(at, json!("enum")), value),
        ],
    }
}

fn check_list(
    at: &[Value],
    value: &Value,
    check: impl Fn(&[Value], &Value) -> Vec<Value>,
) -> Vec<Value> {
    let Some(list) = value.as_array() else {
        return vec![Wrong::new("list_type", "Input should be a valid list").detail(at, value)];
    };
    let places = (0..).map(|it: usize| deeper(at, json!(it)));
    list.iter().zip(places).flat_map(|(it, at)| check(&at, it)).collect()
}

fn no_object() -> Wrong {
    let text = "Input should be a valid dictionary or object to extract fields from";
    Wrong::new("model_attributes_type", text)
}

fn wrong_text(value: &Value) -> Option<Wrong> {
    let text = "Input should be a valid string";
    (!value.is_string()).then(|| Wrong::new("string_type", text))
}

fn wrong_address(value: &Value) -> Option<Wrong> {
    let is_long = value.as_str().is_some_and(|it| ADDRESS_LETTERS_MAX < it.len());
    is_long.then(|| Wrong {
        kind: "url_too_long",
        text: format!("URL should have at most {ADDRESS_LETTERS_MAX} characters"),
        context: Some(json!({ "max_length": ADDRESS_LETTERS_MAX })),
    })
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
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(it) => {
            it.as_i64().or_else(|| it.as_f64().filter(|it| it.fract() == 0.0).map(|it| it as i64))
        }
        Value::String(it) => it.trim().parse().ok(),
        _ => None,
    }
}

pub(super) fn decimal(value: &Value) -> Option<f64> {
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
