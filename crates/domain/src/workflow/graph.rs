//! A graph as ComfyUI exports it for its API: read, and judged as far as that goes without a server.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::classes::{is_output, outputs_of};

/// A graph whose nodes and links are understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    pub nodes: BTreeMap<String, Node>,
    /// The same as it was written.
    pub written: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What ComfyUI calls `class_type`.
    pub class: String,
    pub inputs: BTreeMap<String, Input>,
}

/// What an input of a node is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// What comes out of another node.
    Link {
        node: String,
        slot: usize,
    },
    Value(Value),
}

/// Something that was found in a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it keeps the graph from being used; a note doesn't.
    pub is_wrong: bool,
    pub node: Option<String>,
    pub what: String,
}

impl Finding {
    pub(super) fn wrong(node: Option<&str>, what: String) -> Self {
        Self { is_wrong: true, node: node.map(str::to_owned), what }
    }

    pub(super) fn note(node: Option<&str>, what: String) -> Self {
        Self { is_wrong: false, node: node.map(str::to_owned), what }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let level = if self.is_wrong { "wrong" } else { "note" };
        match &self.node {
            Some(node) => write!(out, "{level}: node `{node}`: {}", self.what),
            None => write!(out, "{level}: {}", self.what),
        }
    }
}

/// Reads a graph in the format of the API. The error says what the text is instead, and what to do.
pub fn read_graph(text: &str) -> Result<Graph, String> {
    let written: Value = serde_json::from_str(text).map_err(|it| format!("it isn't JSON: {it}"))?;
    let Some(map) = written.as_object() else {
        return Err("a graph is an object: node ids, and a node below each".to_owned());
    };
    if map.get("nodes").is_some_and(Value::is_array) {
        return Err("this is the drawing that ComfyUI saves (`nodes` and `links`), not what it \
                    runs: in ComfyUI choose Workflow, then Export (API)"
            .to_owned());
    }
    if map.get("prompt").is_some_and(|it| it.is_object() && it.get("class_type").is_none()) {
        return Err("this is what is posted to ComfyUI: the graph is what is below `prompt`".into());
    }
    if map.is_empty() {
        return Err("it has no nodes".to_owned());
    }
    let mut nodes = BTreeMap::new();
    for (id, node) in map {
        nodes.insert(id.clone(), read_node(node).map_err(|it| format!("node `{id}` {it}"))?);
    }
    Ok(Graph { nodes, written })
}

fn read_node(node: &Value) -> Result<Node, &'static str> {
    let node = node.as_object().ok_or("is no object")?;
    let class = node.get("class_type").ok_or("has no `class_type`")?.as_str();
    let class = class.filter(|it| !it.is_empty()).ok_or("has no text as its `class_type`")?;
    let inputs = node.get("inputs").and_then(Value::as_object).ok_or("has no `inputs`")?;
    let inputs = inputs.iter().map(|(name, it)| (name.clone(), read_input(it))).collect();
    Ok(Node { class: class.to_owned(), inputs })
}

/// A link is a list of a node's id and the number of its output; everything else is a value.
fn read_input(value: &Value) -> Input {
    if let Some([Value::String(node), slot]) = value.as_array().map(Vec::as_slice)
        && let Some(slot) = slot.as_u64().and_then(|it| usize::try_from(it).ok())
    {
        return Input::Link { node: node.clone(), slot };
    }
    Input::Value(value.clone())
}

impl Node {
    /// What an input is set to, where it isn't a link.
    pub fn value(&self, input: &str) -> Option<&Value> {
        match self.inputs.get(input)? {
            Input::Value(value) => Some(value),
            Input::Link { .. } => None,
        }
    }

    /// The node and the number of the output that an input is linked to.
    pub fn link(&self, input: &str) -> Option<(&str, usize)> {
        match self.inputs.get(input)? {
            Input::Link { node, slot } => Some((node, *slot)),
            Input::Value(_) => None,
        }
    }

    /// The links that come in: input, node, number of its output.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.inputs.iter().filter_map(|(input, it)| match it {
            Input::Link { node, slot } => Some((input.as_str(), node.as_str(), *slot)),
            Input::Value(_) => None,
        })
    }
}

/// Loads a photo by the name of a file that was uploaded.
pub(super) fn loads_photo(class: &str) -> bool {
    matches!(class, "LoadImage" | "LoadImageMask" | "LoadImageOutput")
}

/// What stands for a photo in a file of the catalog.
pub(super) fn is_place(value: &Value) -> bool {
    value.as_str().is_some_and(|it| it.starts_with('{') && it.ends_with('}'))
}

/// Whether a value names a file of a model.
pub(super) fn names_model(value: &Value) -> bool {
    const ENDS: [&str; 9] =
        [".bin", ".ckpt", ".gguf", ".onnx", ".pkl", ".pt", ".pth", ".safetensors", ".sft"];
    let lower = value.as_str().map(str::to_lowercase).unwrap_or_default();
    ENDS.iter().any(|it| lower.ends_with(it))
}

impl Graph {
    /// All classes that a server must know, each once.
    pub fn classes(&self) -> Vec<String> {
        let all: BTreeSet<&String> = self.nodes.values().map(|it| &it.class).collect();
        all.into_iter().cloned().collect()
    }

    /// The nodes that leave a result behind.
    pub fn outputs(&self) -> Vec<&str> {
        self.nodes
            .iter()
            .filter(|(_, it)| is_output(&it.class))
            .map(|(id, _)| id.as_str())
            .collect()
    }

    /// Each input that names the file of a model: node, input, file.
    pub fn models(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.nodes.iter().flat_map(|(id, node)| {
            node.inputs.keys().filter_map(move |input| {
                let value = node.value(input).filter(|it| names_model(it))?;
                Some((id.as_str(), input.as_str(), value.as_str()?))
            })
        })
    }

    /// What can be seen without a server, what is wrong first.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found = self.wrong_links();
        if let Some(node) = self.in_circle() {
            let says = "its links go round in a circle: such a graph never ends";
            found.push(Finding::wrong(Some(node), says.to_owned()));
        }
        found.extend(self.wrong_outputs());
        for (id, node) in &self.nodes {
            let photo = node.value("image").filter(|it| loads_photo(&node.class) && !is_place(it));
            if let Some(photo) = photo {
                let says =
                    format!("it loads {photo}, an example: write \"{{photo}}\" in its place");
                found.push(Finding::wrong(Some(id), says));
            }
            if outputs_of(&node.class).is_none() {
                let class = &node.class;
                let says = format!("`{class}` is none of ComfyUI's own: each server must have it");
                found.push(Finding::note(Some(id), says));
            }
        }
        if found.iter().all(|it| !it.is_wrong) {
            let used = self.upstream(&self.outputs());
            let idle = self.nodes.keys().filter(|it| !used.contains(it.as_str()));
            found.extend(idle.map(|id| {
                let says =
                    "nothing of it reaches the output, and a server must know it all the same";
                Finding::note(Some(id), says.to_owned())
            }));
        }
        found.sort_by_key(|it| !it.is_wrong);
        found
    }

    fn wrong_links(&self) -> Vec<Finding> {
        let links = self.nodes.iter().flat_map(|(id, node)| {
            node.links().map(move |(input, from, slot)| (id, input, from, slot))
        });
        let wrong = links.filter_map(|(id, input, from, slot)| {
            let Some(other) = self.nodes.get(from) else {
                let says = format!("`{input}` is linked to `{from}`, which isn't there");
                return Some(Finding::wrong(Some(id), says));
            };
            let has = outputs_of(&other.class).filter(|has| *has <= slot)?;
            let class = &other.class;
            let says = format!(
                "`{input}` is linked to output {slot} of `{from}`, and a {class} has {has}"
            );
            Some(Finding::wrong(Some(id), says))
        });
        wrong.collect()
    }

    fn wrong_outputs(&self) -> Option<Finding> {
        match self.outputs().as_slice() {
            [] => {
                Some(Finding::wrong(None, "no node saves a result, such as SaveImage".to_owned()))
            }
            [_] => None,
            several => {
                let named = several.join("`, `");
                let says = format!(
                    "several nodes leave a result (`{named}`): keep the one that is the customer's"
                );
                Some(Finding::wrong(None, says))
            }
        }
    }

    /// These nodes and all that they need.
    pub(super) fn upstream<'a>(&'a self, from: &[&'a str]) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut left = from.to_vec();
        while let Some(id) = left.pop() {
            if seen.insert(id) {
                let links = self.nodes.get(id).into_iter().flat_map(Node::links);
                left.extend(links.map(|it| it.1));
            }
        }
        seen
    }

    /// A node that needs its own result.
    fn in_circle(&self) -> Option<&str> {
        self.nodes.keys().map(String::as_str).find(|id| {
            let needs: Vec<&str> = self.nodes[*id].links().map(|it| it.1).collect();
            self.upstream(&needs).contains(id)
        })
    }
}
