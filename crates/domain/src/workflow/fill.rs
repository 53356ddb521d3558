//! A workflow with the values of one order in it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Inlet, ModelNeed, PHOTOS, Workflow};
use crate::picture::PROMPT_CHARS_MAX;

/// What one order sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values<'a> {
    /// Empty for a graph that takes none.
    pub prompt: &'a str,
    pub seed: u32,
    /// In place of the workflow's own.
    pub steps: Option<u32>,
    /// What the name of the result begins with. A server gives a result again where all is the
    /// same, so no two orders have the same prefix.
    pub prefix: &'a str,
}

/// What is sent to a machine that runs graphs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filled {
    /// `name@version`.
    pub workflow: String,
    pub graph: Value,
    /// Where the names of the uploaded photos go, in their order: node and input.
    pub images: Vec<(String, String)>,
    /// The node whose result is the customer's.
    pub output: String,
    pub models: Vec<ModelNeed>,
    pub nodes: Vec<String>,
}

/// Why a workflow can't be filled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongFill {
    #[error("it takes {takes} photos, and there are {given}")]
    Photos { takes: usize, given: usize },
    #[error("it takes no {0}")]
    Unknown(String),
    #[error("there is no {0}")]
    Missing(String),
    #[error("`{inlet}`, the {name}, is {is} in the graph and would become {given}")]
    Kind { inlet: String, name: String, is: &'static str, given: &'static str },
    #[error("the {name} {says}")]
    Range { name: String, says: String },
}

/// How many steps a sampler is asked for.
const STEPS: std::ops::RangeInclusive<u32> = 1..=50;
const PREFIX_CHARS_MAX: usize = 100;

impl Workflow {
    /// The graph with the values in it. Photos are set by [`Filled::with_photos`], as their names are
    /// the server's.
    pub fn fill(&self, values: &Values<'_>, photos: usize) -> Result<Filled, WrongFill> {
        let takes = self.photos();
        let leaves_out = photos + 1 == takes && !self.spare.is_empty();
        if photos == 0 || photos != takes && !leaves_out {
            return Err(WrongFill::Photos { takes, given: photos });
        }
        self.check_values(values)?;
        let mut graph = self.graph.clone();
        for (name, inlets) in &self.inputs {
            if PHOTOS.contains(&name.as_str()) {
                continue;
            }
            let value = self.value(name, values)?;
            for inlet in inlets {
                check_kind(&graph, inlet, name, &value)?;
                let place = slot(&mut graph, inlet);
                *place.ok_or_else(|| WrongFill::Missing(inlet.to_string()))? = value.clone();
            }
        }
        if leaves_out {
            leave_out(&mut graph, &self.spare);
        }
        let inlets = PHOTOS.iter().take(photos).filter_map(|it| self.inputs.get(*it)?.first());
        let images = inlets.map(|it| (it.node.clone(), it.input.clone())).collect();
        let nodes = if leaves_out { classes(&graph) } else { self.nodes.clone() };
        Ok(Filled {
            workflow: self.id(),
            graph,
            images,
            output: self.output.clone(),
            models: self.models.clone(),
            nodes,
        })
    }

    fn value(&self, name: &str, values: &Values<'_>) -> Result<Value, WrongFill> {
        let constant = || self.constants.get(name).cloned();
        let value = match name {
            "prompt" => Some(values.prompt.into()),
            "prefix" => Some(values.prefix.into()),
            "seed" => Some(values.seed.into()),
            "steps" => values.steps.map(Value::from).or_else(constant),
            _ => constant(),
        };
        value.ok_or_else(|| WrongFill::Missing(name.to_owned()))
    }

    /// What is given is wanted, what is wanted is given, and all is within its range.
    fn check_values(&self, values: &Values<'_>) -> Result<(), WrongFill> {
        let range =
            |name: &str, says: String| Err(WrongFill::Range { name: name.to_owned(), says });
        let takes = |name: &str| self.inputs.contains_key(name);
        match (takes("prompt"), values.prompt.is_empty()) {
            (true, true) => return Err(WrongFill::Missing("prompt".to_owned())),
            (false, false) => return Err(WrongFill::Unknown("prompt".to_owned())),
            (true, false) | (false, true) => {}
        }
        let long = values.prompt.chars().count();
        if PROMPT_CHARS_MAX < long {
            return range("prompt", format!("has {long} characters of {PROMPT_CHARS_MAX}"));
        }
        if let Some(steps) = values.steps {
            if !takes("steps") {
                return Err(WrongFill::Unknown("steps".to_owned()));
            }
            if !STEPS.contains(&steps) {
                return range("steps", format!("are from {} to {}", STEPS.start(), STEPS.end()));
            }
        }
        // A server replaces `%...%` in it, and takes folders and dots for a path.
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
        let prefix = values.prefix;
        if !(1..=PREFIX_CHARS_MAX).contains(&prefix.len()) || !prefix.bytes().all(is_plain) {
            return range("prefix", "is letters, digits, `-` and `_`, 100 at most".to_owned());
        }
        Ok(())
    }
}

impl Filled {
    /// The graph as it is posted: with the names under which the server keeps the photos.
    pub fn with_photos(&self, names: &[&str]) -> Result<Value, WrongFill> {
        if names.len() != self.images.len() {
            let (takes, given) = (self.images.len(), names.len());
            return Err(WrongFill::Photos { takes, given });
        }
        let mut graph = self.graph.clone();
        for ((node, input), name) in self.images.iter().zip(names) {
            let inlet = Inlet { node: node.clone(), input: input.clone() };
            let place = slot(&mut graph, &inlet);
            *place.ok_or_else(|| WrongFill::Missing(inlet.to_string()))? = (*name).into();
        }
        Ok(graph)
    }
}

/// The value that an input of a node is set to.
fn slot<'a>(graph: &'a mut Value, inlet: &Inlet) -> Option<&'a mut Value> {
    graph.get_mut(&inlet.node)?.get_mut("inputs")?.get_mut(&inlet.input)
}

/// A value takes the place of one of its kind, and never that of a link.
pub(super) fn check_kind(
    graph: &Value,
    inlet: &Inlet,
    name: &str,
    value: &Value,
) -> Result<(), WrongFill> {
    let found = graph.get(&inlet.node).and_then(|it| it.get("inputs")?.get(&inlet.input));
    let found = found.ok_or_else(|| WrongFill::Missing(inlet.to_string()))?;
    let (is, given) = (kind(found), kind(value));
    if is == given && !matches!(is, "a link or a list" | "an object" | "nothing") {
        return Ok(());
    }
    let (inlet, name) = (inlet.to_string(), name.to_owned());
    Err(WrongFill::Kind { inlet, name, is, given })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "yes or no",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a link or a list",
        Value::Object(_) => "an object",
    }
}

/// The classes of all nodes, each once.
fn classes(graph: &Value) -> Vec<String> {
    let nodes = graph.as_object().into_iter().flat_map(|it| it.values());
    let all: BTreeSet<_> = nodes.filter_map(|it| it.get("class_type")?.as_str()).collect();
    all.into_iter().map(str::to_owned).collect()
}

/// Takes nodes out, and the inputs that were linked to them.
fn leave_out(graph: &mut Value, spare: &[String]) {
    let Some(nodes) = graph.as_object_mut() else { return };
    nodes.retain(|id, _| !spare.contains(id));
    let is_gone = |it: &Value| {
        it.get(0).and_then(Value::as_str).is_some_and(|id| spare.iter().any(|gone| gone == id))
    };
    for node in nodes.values_mut() {
        if let Some(inputs) = node.get_mut("inputs").and_then(Value::as_object_mut) {
            inputs.retain(|_, it| !(it.is_array() && is_gone(it)));
        }
    }
}
