//! What a server has: its nodes, and the files that their inputs offer.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::verdict::is_model;
use super::{Comfy, ComfyError, Trouble};
use crate::http::{Http, Limits, if_as_known};

/// With many nodes of others it is tens of megabytes, and it is made for each answer.
const DESCRIBE: Limits = Limits { time: Duration::from_secs(60), bytes: 64 << 20 };

/// Nodes by their class, with what those of their inputs offer that are a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Able {
    pub nodes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Able {
    pub fn knows(&self, class: &str) -> bool {
        self.nodes.contains_key(class)
    }

    /// What an input offers; `None` when it isn't a choice.
    pub fn offers(&self, class: &str, input: &str) -> Option<&[String]> {
        self.nodes.get(class)?.get(input).map(Vec::as_slice)
    }

    /// Nodes and models that a graph needs and that aren't there.
    pub fn lacks(&self, graph: &Value) -> Vec<Trouble> {
        let mut lacks = Vec::new();
        for node in graph.as_object().into_iter().flat_map(|it| it.values()) {
            let class = node.get("class_type").and_then(Value::as_str).unwrap_or_default();
            if !self.knows(class) {
                lacks.push(Trouble::MissingNode(class.to_owned()));
                continue;
            }
            for (input, value) in
                node.get("inputs").and_then(Value::as_object).into_iter().flatten()
            {
                if let (Some(offered), Some(model)) = (self.offers(class, input), value.as_str())
                    && is_model(model)
                    && !offered.iter().any(|it| it == model)
                {
                    lacks.push(Trouble::MissingModel(model.to_owned()));
                }
            }
        }
        lacks
    }
}

#[derive(Deserialize)]
struct Class {
    #[serde(default, deserialize_with = "if_as_known")]
    input: Option<Inputs>,
}

#[derive(Deserialize)]
struct Inputs {
    #[serde(default, deserialize_with = "if_as_known")]
    required: Option<BTreeMap<String, Value>>,
    #[serde(default, deserialize_with = "if_as_known")]
    optional: Option<BTreeMap<String, Value>>,
}

pub(super) async fn able(comfy: &Comfy, http: &Http) -> Result<Able, ComfyError> {
    let all: BTreeMap<String, Class> = comfy.ask(http, "object_info", DESCRIBE).await?;
    let nodes = all
        .into_iter()
        .map(|(class, it)| (class, it.input.map(Inputs::choices).unwrap_or_default()));
    Ok(Able { nodes: nodes.collect() })
}

impl Inputs {
    fn choices(self) -> BTreeMap<String, Vec<String>> {
        let all = self.required.into_iter().chain(self.optional).flatten();
        all.filter_map(|(input, it)| Some((input, choice(&it)?))).collect()
    }
}

/// What is offered, in either way of saying it: the list itself in the place of the type, or among
/// what is told of the type `COMBO`. What people have uploaded is nobody's offer.
fn choice(input: &Value) -> Option<Vec<String>> {
    let told = input.get(1);
    let is_upload = told
        .and_then(Value::as_object)
        .is_some_and(|it| it.iter().any(|(key, value)| key.ends_with("_upload") && *value == true));
    if is_upload {
        return None;
    }
    let options = match input.get(0)? {
        Value::Array(options) => options,
        Value::String(kind) if kind == "COMBO" => told?.get("options")?.as_array()?,
        _ => return None,
    };
    Some(options.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}
