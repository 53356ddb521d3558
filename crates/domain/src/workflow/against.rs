//! A graph against what a server says of its classes (`GET /object_info`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::graph::{Finding, Graph, Input, Node, is_place, loads_photo, names_model};

/// What a server says of its classes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Classes(BTreeMap<String, Class>);

#[derive(Clone, Debug, PartialEq)]
struct Class {
    required: BTreeMap<String, Takes>,
    optional: BTreeMap<String, Takes>,
    /// The types of what comes out.
    outputs: Vec<String>,
}

/// What an input takes.
#[derive(Clone, Debug, PartialEq)]
enum Takes {
    OneOf(Vec<Value>),
    Whole {
        min: Option<Value>,
        max: Option<Value>,
    },
    Number {
        min: Option<Value>,
        max: Option<Value>,
    },
    Text,
    Flag,
    /// A link to what is of this type, or of one of these with commas between.
    Link(String),
    /// What the server makes up as it goes, such as a list that grows.
    Anything,
}

impl Classes {
    /// Reads what `GET /object_info` answered, also when it was asked for one class only.
    pub fn read(text: &str) -> Result<Self, String> {
        let all: BTreeMap<String, Value> =
            serde_json::from_str(text).map_err(|it| format!("it isn't a list of classes: {it}"))?;
        let read = |(name, it): (String, Value)| match read_class(&it) {
            Some(class) => Ok((name, class)),
            None => Err(format!("`{name}` isn't said in a way that is known here")),
        };
        all.into_iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    pub fn knows(&self, class: &str) -> bool {
        self.0.contains_key(class)
    }

    /// The names that an input can be set to, such as the files of models that are there. `None` where
    /// it isn't chosen from a list.
    pub fn choices(&self, class: &str, input: &str) -> Option<Vec<&str>> {
        match self.0.get(class)?.takes(input)? {
            Takes::OneOf(all) => Some(all.iter().filter_map(Value::as_str).collect()),
            _ => None,
        }
    }
}

impl Class {
    fn takes(&self, input: &str) -> Option<&Takes> {
        self.required.get(input).or_else(|| self.optional.get(input))
    }
}

fn read_class(it: &Value) -> Option<Class> {
    let group = |name: &str| match it.get("input")?.get(name) {
        Some(group) => {
            let group = group.as_object()?.iter();
            Some(group.map(|(name, it)| (name.clone(), read_takes(it))).collect())
        }
        None => Some(BTreeMap::new()),
    };
    // A type may be a list of what can be chosen.
    let output = |it: &Value| it.as_str().unwrap_or("COMBO").to_owned();
    let outputs = it.get("output")?.as_array()?.iter().map(output).collect();
    Some(Class { required: group("required")?, optional: group("optional")?, outputs })
}

fn read_takes(it: &Value) -> Takes {
    let option = |name: &str| it.get(1).and_then(|it| it.get(name));
    let (min, max) = (option("min").cloned(), option("max").cloned());
    match it.get(0) {
        Some(Value::Array(all)) => Takes::OneOf(all.clone()),
        Some(Value::String(word)) => match word.as_str() {
            "COMBO" => {
                let all = option("options").and_then(Value::as_array);
                all.map_or(Takes::Anything, |it| Takes::OneOf(it.clone()))
            }
            "INT" => Takes::Whole { min, max },
            "FLOAT" => Takes::Number { min, max },
            "STRING" => Takes::Text,
            "BOOLEAN" => Takes::Flag,
            word if word.starts_with("COMFY_") => Takes::Anything,
            word => Takes::Link(word.to_owned()),
        },
        _ => Takes::Anything,
    }
}

impl Takes {
    /// The type that a link must bring. A list to choose from takes whatever comes.
    fn wants(&self) -> Option<&str> {
        match self {
            Self::Link(word) => Some(word),
            Self::Whole { .. } => Some("INT"),
            Self::Number { .. } => Some("FLOAT"),
            Self::Text => Some("STRING"),
            Self::Flag => Some("BOOLEAN"),
            Self::OneOf(_) | Self::Anything => None,
        }
    }
}

/// What a server would have to say to a graph, what is wrong first.
pub fn against(graph: &Graph, classes: &Classes) -> Vec<Finding> {
    let mut found = Vec::new();
    for (id, node) in &graph.nodes {
        let Some(class) = classes.0.get(&node.class) else {
            let says = format!("the server doesn't know `{}`", node.class);
            found.push(Finding::wrong(Some(id), says));
            continue;
        };
        let missing = class
            .required
            .iter()
            .filter(|(name, takes)| **takes != Takes::Anything && !node.inputs.contains_key(*name));
        found.extend(missing.map(|(name, _)| {
            Finding::wrong(Some(id), format!("`{name}` is missing, and {} needs it", node.class))
        }));
        for (name, input) in &node.inputs {
            let says = match (class.takes(name), input) {
                (None, _) => {
                    found.extend(unknown(class, id, name));
                    continue;
                }
                (Some(takes), Input::Link { node: from, slot }) => {
                    wrong_link(graph, classes, takes, from, *slot)
                }
                (Some(takes), Input::Value(value)) => wrong_value(node, takes, value),
            };
            found.extend(says.map(|it| Finding::wrong(Some(id), format!("`{name}` {it}"))));
        }
    }
    found.sort_by_key(|it| !it.is_wrong);
    found
}

/// A server passes over what it doesn't know. An input with a dot belongs to one that grows.
fn unknown(class: &Class, id: &str, name: &str) -> Option<Finding> {
    let base = name.split_once('.').map(|it| it.0);
    if base.is_some_and(|it| class.takes(it) == Some(&Takes::Anything)) {
        return None;
    }
    Some(Finding::note(Some(id), format!("`{name}` is no input of it there: it is passed over")))
}

fn wrong_link(
    graph: &Graph,
    classes: &Classes,
    takes: &Takes,
    from: &str,
    slot: usize,
) -> Option<String> {
    let Some(other) = graph.nodes.get(from) else {
        return Some(format!("is linked to `{from}`, which isn't there"));
    };
    // One that isn't known has been told of.
    let outputs = &classes.0.get(&other.class)?.outputs;
    let Some(comes) = outputs.get(slot) else {
        let has = outputs.len();
        return Some(format!("is linked to output {slot} of `{from}`, which has {has}"));
    };
    let wants = takes.wants()?;
    let fits = |one: &str| one == "*" || comes.split(',').any(|it| it == one || it == "*");
    let is_number = wants == "FLOAT" && comes == "INT";
    let fits = is_number || wants.split(',').any(fits);
    (!fits).then(|| format!("wants {wants}, and output {slot} of `{from}` is {comes}"))
}

fn wrong_value(node: &Node, takes: &Takes, value: &Value) -> Option<String> {
    match takes {
        // Photos are uploaded later.
        Takes::OneOf(_) if loads_photo(&node.class) || is_place(value) => None,
        Takes::OneOf(all) if all.contains(value) => None,
        Takes::OneOf(_) if names_model(value) => {
            Some(format!("names {value}: the server has no such file"))
        }
        Takes::OneOf(all) => {
            let known: Vec<_> = all.iter().take(8).map(Value::to_string).collect();
            let more = if known.len() < all.len() { " …" } else { "" };
            Some(format!("is {value}, and the server takes {}{more}", known.join(", ")))
        }
        Takes::Whole { .. } if !(value.is_i64() || value.is_u64()) => {
            Some(format!("is {value}, and a whole number is wanted"))
        }
        Takes::Number { .. } if !value.is_number() => {
            Some(format!("is {value}, and a number is wanted"))
        }
        Takes::Whole { min, max } | Takes::Number { min, max } => out_of_range(value, min, max),
        Takes::Text if !value.is_string() => Some(format!("is {value}, and a text is wanted")),
        Takes::Flag if !value.is_boolean() => {
            Some(format!("is {value}, and true or false is wanted"))
        }
        Takes::Link(word) => Some(format!("is {value}, and a link to {word} is wanted")),
        Takes::Text | Takes::Flag | Takes::Anything => None,
    }
}

fn out_of_range(value: &Value, min: &Option<Value>, max: &Option<Value>) -> Option<String> {
    let is = value.as_f64()?;
    let bound = |it: &Option<Value>| it.as_ref().and_then(Value::as_f64);
    if let (Some(least), Some(min)) = (bound(min), min)
        && is < least
    {
        return Some(format!("is {value}, and {min} is the least"));
    }
    if let (Some(most), Some(max)) = (bound(max), max)
        && most < is
    {
        return Some(format!("is {value}, and {max} is the most"));
    }
    None
}
