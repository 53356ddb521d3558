//! Workflows: graphs of ComfyUI as data. What is filled is set by path, never by replacing text, so
//! that nothing a customer writes can become a part of the graph.
//!
//! `read_graph` judges what an operator brings, `against` asks what a server has to say to it, and
//! `propose` writes the file that says which input is what.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

mod against;
mod classes;
mod fill;
mod graph;
mod propose;

pub use against::{Classes, against};
pub use fill::{Filled, Values, WrongFill};
pub use graph::{Finding, Graph, Input, Node, read_graph};
pub use propose::{placed, propose};

/// A graph of the catalog, and what may be set in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Workflow {
    pub name: String,
    pub version: u32,
    /// What it takes on an ordinary card whose models are loaded.
    pub seconds: u32,
    /// The memory that a card must have.
    pub vram_gb: u32,
    pub graph: Value,
    /// The files that a server must have.
    pub models: Vec<ModelNeed>,
    /// The classes that a server must know.
    pub nodes: Vec<String>,
    /// What is set, by the name of the value.
    pub inputs: BTreeMap<String, Vec<Inlet>>,
    /// The node whose result is the customer's.
    pub output: String,
    /// What a value is when nobody says.
    pub constants: BTreeMap<String, Value>,
    /// Nodes that are left out, with the links to them, when there is no second photo.
    pub spare: Vec<String>,
}

/// A file that a node loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelNeed {
    pub class: String,
    pub input: String,
    pub file: String,
}

/// An input of a node, written `node.input`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Inlet {
    pub node: String,
    pub input: String,
}

impl Inlet {
    pub fn from_text(text: &str) -> Option<Self> {
        let (node, input) = text.split_once('.')?;
        let is_whole = !node.is_empty() && !input.is_empty();
        is_whole.then(|| Self { node: node.to_owned(), input: input.to_owned() })
    }
}

impl std::fmt::Display for Inlet {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}.{}", self.node, self.input)
    }
}

/// Which of the two files is wrong, and what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongWorkflow {
    #[error("{0}")]
    Inputs(String),
    #[error("{0}")]
    Graph(String),
}

/// The TOML of a workflow, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    version: u32,
    seconds: u32,
    vram_gb: u32,
    output: String,
    models: Vec<String>,
    #[serde(default)]
    spare: Vec<String>,
    inputs: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    constants: BTreeMap<String, Value>,
}

/// The values of each order. Other names are an operator's own, and have a constant.
const OF_ORDERS: [&str; 5] = ["photo", "photo2", "prefix", "prompt", "seed"];
const PHOTOS: [&str; 2] = ["photo", "photo2"];

impl Workflow {
    /// Reads a workflow from its two files and checks that they belong together.
    pub fn read(toml: &str, json: &str) -> Result<Self, WrongWorkflow> {
        let written: Written =
            toml::from_str(toml).map_err(|it| WrongWorkflow::Inputs(it.to_string()))?;
        let graph = read_graph(json).map_err(WrongWorkflow::Graph)?;
        let workflow = Self::of(written, &graph)
            .map_err(|(word, says)| WrongWorkflow::Inputs(at_line(toml, &word, &says)))?;
        workflow.check(&graph).map_err(|(word, says)| match word {
            Some(word) => WrongWorkflow::Inputs(at_line(toml, &word, &says)),
            None => WrongWorkflow::Graph(says),
        })?;
        Ok(workflow)
    }

    /// As presets name it.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// How many photos it takes at most.
    pub fn photos(&self) -> usize {
        PHOTOS.iter().filter(|it| self.inputs.contains_key(**it)).count()
    }

    fn of(written: Written, graph: &Graph) -> Result<Self, (String, String)> {
        let inlet = |word: &str, text: &str| {
            let inlet = Inlet::from_text(text);
            inlet.ok_or_else(|| (word.to_owned(), format!("`{text}` isn't written `node.input`")))
        };
        let mut inputs = BTreeMap::new();
        for (name, texts) in written.inputs {
            let all: Result<Vec<_>, _> = texts.iter().map(|it| inlet(&name, it)).collect();
            inputs.insert(name, all?);
        }
        let mut models = Vec::new();
        for text in &written.models {
            let Inlet { node: id, input } = inlet("models", text)?;
            let node = graph.nodes.get(&id);
            let file = node.and_then(|it| it.value(&input)).and_then(Value::as_str);
            let (Some(node), Some(file)) = (node, file) else {
                return Err(("models".to_owned(), format!("`{text}` names no file in the graph")));
            };
            models.push(ModelNeed { class: node.class.clone(), input, file: file.to_owned() });
        }
        let named = |node: &str, input: &str| {
            written.models.iter().any(|it| it.split_once('.') == Some((node, input)))
        };
        if let Some((node, input, file)) = graph.models().find(|it| !named(it.0, it.1)) {
            let says = format!("`{node}.{input}` loads {file}, and isn't named");
            return Err(("models".to_owned(), says));
        }
        Ok(Self {
            name: written.name,
            version: written.version,
            seconds: written.seconds,
            vram_gb: written.vram_gb,
            graph: graph.written.clone(),
            models,
            nodes: graph.classes(),
            inputs,
            output: written.output,
            constants: written.constants,
            spare: written.spare,
        })
    }

    /// What is wrong: in the TOML at a word, or in the graph.
    fn check(&self, graph: &Graph) -> Result<(), (Option<String>, String)> {
        let at = |word: &str, says: &str| Err((Some(word.to_owned()), says.to_owned()));
        if self.version == 0 {
            return at("version", "versions begin with 1");
        }
        if !(1..=900).contains(&self.seconds) {
            return at("seconds", "it takes from 1 to 900 seconds");
        }
        if !(1..=256).contains(&self.vram_gb) {
            return at("vram_gb", "a card has from 1 to 256 GB");
        }
        if let Some(wrong) = graph.findings().into_iter().find(|it| it.is_wrong) {
            return Err((None, wrong.to_string()));
        }
        if graph.outputs() != [self.output.as_str()] {
            return at("output", "it isn't the node that saves the result");
        }
        self.check_inputs(graph)?;
        self.check_spare(graph).or_else(|it| at("spare", &it))
    }

    fn check_inputs(&self, graph: &Graph) -> Result<(), (Option<String>, String)> {
        let at = |word: &str, says: String| Err((Some(word.to_owned()), says));
        for name in ["photo", "prefix"] {
            if !self.inputs.contains_key(name) {
                return at("inputs", format!("`{name}` is missing: each order has its own"));
            }
        }
        let mut seen = Vec::new();
        for (name, inlets) in &self.inputs {
            if inlets.is_empty() {
                return at(name, "it is set nowhere".to_owned());
            }
            for inlet in inlets {
                if seen.contains(&inlet) {
                    return at(name, format!("`{inlet}` is set twice"));
                }
                seen.push(inlet);
                check_inlet(graph, name, inlet).or_else(|it| at(name, it))?;
            }
            let is_of_orders = OF_ORDERS.contains(&name.as_str());
            if PHOTOS.contains(&name.as_str()) && inlets.len() != 1 {
                return at(name, "a photo is loaded by one node".to_owned());
            }
            if !is_of_orders && !self.constants.contains_key(name) {
                return at(name, "it has no constant: what is it when nobody says?".to_owned());
            }
        }
        for (name, value) in &self.constants {
            if OF_ORDERS.contains(&name.as_str()) {
                return at(name, "each order has its own, so that it is no constant".to_owned());
            }
            let Some(inlets) = self.inputs.get(name) else {
                return at(name, "no input is named so".to_owned());
            };
            for inlet in inlets {
                fill::check_kind(&self.graph, inlet, name, value)
                    .or_else(|it| at(name, it.to_string()))?;
            }
        }
        self.check_left(graph, &seen)
    }

    /// No photo and no seed stays what it was in an example.
    fn check_left(&self, graph: &Graph, seen: &[&Inlet]) -> Result<(), (Option<String>, String)> {
        for (id, node) in &graph.nodes {
            let left = node.inputs.keys().find(|input| {
                let of_order = matches!(input.as_str(), "noise_seed" | "seed")
                    || *input == "image" && graph::loads_photo(&node.class);
                let inlet = Inlet { node: id.clone(), input: (*input).clone() };
                of_order && node.value(input).is_some() && !seen.contains(&&inlet)
            });
            if let Some(input) = left {
                let says = format!("`{id}.{input}` differs with each order, and isn't named");
                return Err((Some("inputs".to_owned()), says));
            }
        }
        Ok(())
    }

    fn check_spare(&self, graph: &Graph) -> Result<(), String> {
        if self.spare.is_empty() {
            return Ok(());
        }
        let Some([second]) = self.inputs.get("photo2").map(Vec::as_slice) else {
            return Err("without a second photo nothing is left out".to_owned());
        };
        if !self.spare.contains(&second.node) {
            return Err(format!("`{}` loads the second photo, and isn't left out", second.node));
        }
        for id in &self.spare {
            let of_order = self.inputs.iter().filter(|(name, _)| *name != "photo2");
            let mut set = of_order.flat_map(|it| it.1);
            if !graph.nodes.contains_key(id) {
                return Err(format!("there is no node `{id}`"));
            }
            if *id == self.output || set.any(|it| it.node == *id) {
                return Err(format!("`{id}` can't be left out: something of it is wanted"));
            }
        }
        Ok(())
    }
}

/// An inlet is there, is no link, and is one of what its value is for.
fn check_inlet(graph: &Graph, name: &str, inlet: &Inlet) -> Result<(), String> {
    let Some(node) = graph.nodes.get(&inlet.node) else {
        return Err(format!("there is no node `{}`", inlet.node));
    };
    let Some(value) = node.value(&inlet.input) else {
        let is_link = node.inputs.contains_key(&inlet.input);
        let says = if is_link { "is a link" } else { "isn't in the graph" };
        return Err(format!("`{inlet}` {says}"));
    };
    let is_photo = PHOTOS.contains(&name);
    if is_photo != (graph::loads_photo(&node.class) && inlet.input == "image") {
        return Err(format!("`{inlet}` of a {}: photos go into LoadImage, and alone", node.class));
    }
    let fits = match name {
        "photo" | "photo2" | "prefix" | "prompt" | "negative" => value.is_string(),
        "seed" | "steps" => value.is_u64(),
        _ => value.is_string() || value.is_number() || value.is_boolean(),
    };
    if fits { Ok(()) } else { Err(format!("`{inlet}` is {value}, which can't be a {name}")) }
}

fn at_line(text: &str, word: &str, says: &str) -> String {
    format!("line {}: {says}", crate::catalog::line_of(text, word))
}
