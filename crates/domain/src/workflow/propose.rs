//! The file that says which input of a graph is what: written for an operator who brings a graph, as
//! far as the graph shows it. What was guessed says so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::graph::{Graph, Node, loads_photo};

/// What was found in a graph.
#[derive(Default)]
struct Found {
    prompt: Vec<String>,
    negative: Vec<String>,
    seed: Vec<String>,
    steps: Vec<String>,
    photos: Vec<String>,
    prefix: Vec<String>,
    guesses: Vec<(&'static str, &'static str)>,
}

/// The inputs that hold the words of a model that reads text.
const TEXTS: [&str; 6] = ["prompt", "text", "t5xxl", "clip_l", "clip_g", "value"];

/// The TOML of a workflow for this graph, with comments where it had to guess.
pub fn propose(graph: &Graph) -> String {
    let found = find(graph);
    let output = graph.outputs().first().copied().unwrap_or_default().to_owned();
    let mut out = String::from("# Proposed from the graph: read it before you use it.\n");
    let mut line = |text: &str| out.push_str(&format!("{text}\n"));
    line("name = \"my-workflow\"");
    line("version = 1");
    line("# A guess: measure what it takes on your card with its models loaded.");
    line("seconds = 30");
    line("# A guess: what the models need together, at the most.");
    line("vram_gb = 24");
    if graph.outputs().len() != 1 {
        line("# The graph must have exactly one node that saves a result.");
    }
    line(&format!("output = {}", quoted(&output)));
    let models: Vec<_> = graph.models().map(|it| format!("    {},\n", path(it.0, it.1))).collect();
    line(&format!("models = [\n{}]", models.concat()));
    line("\n[inputs]");
    let mut photos = found.photos.iter();
    let mut inputs = [
        ("negative", found.negative.clone()),
        ("photo", photos.next().cloned().into_iter().collect()),
        ("photo2", photos.next().cloned().into_iter().collect()),
        ("prefix", found.prefix.clone()),
        ("prompt", found.prompt.clone()),
        ("seed", found.seed.clone()),
        ("steps", found.steps.clone()),
    ];
    for (name, inlets) in &mut inputs {
        for (_, says) in found.guesses.iter().filter(|it| it.0 == *name) {
            line(&format!("# A guess: {says}"));
        }
        if !inlets.is_empty() {
            line(&format!("{name} = [{}]", inlets.join(", ")));
        }
    }
    for extra in photos {
        line(&format!("# {extra} loads a third photo: two are the most."));
    }
    let constants = constants(graph, &found);
    if !constants.is_empty() {
        line(&format!("\n[constants]\n{}", constants.trim_end()));
    }
    out
}

/// The same graph with what stands for an order's values in it, as a file of the catalog has it.
pub fn placed(graph: &Graph) -> Value {
    let found = find(graph);
    let mut placed = graph.written.clone();
    let mut set = |quoted: &str, value: Value| {
        let path: String = serde_json::from_str(quoted).unwrap_or_default();
        let place = path
            .split_once('.')
            .and_then(|(node, input)| placed.get_mut(node)?.get_mut("inputs")?.get_mut(input));
        if let Some(place) = place {
            *place = value;
        }
    };
    for (photo, name) in found.photos.iter().zip(["{photo}", "{photo2}"]) {
        set(photo, name.into());
    }
    found.prompt.iter().for_each(|it| set(it, "{prompt}".into()));
    found.prefix.iter().for_each(|it| set(it, "{prefix}".into()));
    found.seed.iter().for_each(|it| set(it, 0.into()));
    placed
}

fn constants(graph: &Graph, found: &Found) -> String {
    let mut out = String::new();
    for (name, inlets) in [("negative", &found.negative), ("steps", &found.steps)] {
        let value = inlets.first().and_then(|quoted| {
            let path: String = serde_json::from_str(quoted).ok()?;
            let (node, input) = path.split_once('.')?;
            graph.nodes.get(node)?.value(input)
        });
        if let Some(value) = value {
            // Strings and whole numbers are written alike in both.
            let _ = writeln!(out, "{name} = {value}");
        }
    }
    out
}

fn find(graph: &Graph) -> Found {
    let mut found = Found::default();
    let (mut prompt, mut negative) = (BTreeSet::new(), BTreeSet::new());
    for (id, node) in &graph.nodes {
        for input in ["noise_seed", "seed"] {
            if node.value(input).is_some_and(Value::is_u64) {
                found.seed.push(path(id, input));
            }
        }
        if node.value("steps").is_some_and(Value::is_u64) {
            found.steps.push(path(id, "steps"));
        }
        // What samples begins both ways; what is between passes them on.
        let samples = node.inputs.contains_key("latent_image") || node.class.contains("Guider");
        if samples {
            for way in ["positive", "conditioning"] {
                texts(graph, node, way, &mut prompt);
            }
            texts(graph, node, "negative", &mut negative);
        }
    }
    if prompt.is_empty() {
        let reads = graph.nodes.iter().filter(|(_, it)| it.class.contains("TextEncode"));
        prompt.extend(reads.filter_map(|(id, node)| Some((id.as_str(), text_of(node)?))).take(1));
        if !prompt.is_empty() {
            let says =
                "nothing that samples is linked to a text, and this is the first that is read";
            found.guesses.push(("prompt", says));
        }
    }
    // The same text for both is a graph whose negative side is switched off.
    negative.retain(|it| !prompt.contains(it));
    found.photos = photos(graph, &prompt, &mut found.guesses);
    found.prompt = prompt.iter().map(|it| path(it.0, it.1)).collect();
    found.negative = negative.iter().map(|it| path(it.0, it.1)).collect();
    let outputs = graph.outputs().into_iter().take(1);
    let prefix = outputs.filter(|it| graph.nodes[*it].value("filename_prefix").is_some());
    found.prefix = prefix.map(|it| path(it, "filename_prefix")).collect();
    found
}

/// The texts that reach an input, through nodes that pass conditions on.
fn texts<'a>(
    graph: &'a Graph,
    node: &'a Node,
    way: &str,
    found: &mut BTreeSet<(&'a str, &'a str)>,
) {
    let mut left: Vec<&str> = node.link(way).map(|it| it.0).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        let Some(node) = graph.nodes.get(id).filter(|_| seen.insert(id)) else { continue };
        if let Some(input) = text_of(node) {
            found.insert((id, input));
            continue;
        }
        // A text may come from a node that holds nothing else.
        let held = TEXTS.iter().filter_map(|it| node.link(it));
        let passed = node.links().filter(|it| it.0 == way || it.0.starts_with("conditioning"));
        left.extend(held.map(|it| it.0).chain(passed.map(|it| it.1)));
    }
}

/// The input of a node that holds a text.
fn text_of(node: &Node) -> Option<&'static str> {
    TEXTS.into_iter().find(|it| node.value(it).is_some_and(Value::is_string))
}

/// The nodes that load photos: in the order in which the one that reads the prompt sees them.
fn photos(
    graph: &Graph,
    prompt: &BTreeSet<(&str, &str)>,
    guesses: &mut Vec<(&'static str, &'static str)>,
) -> Vec<String> {
    let is_photo = |id: &&str| {
        let node = graph.nodes.get(*id);
        node.is_some_and(|it| loads_photo(&it.class) && it.value("image").is_some())
    };
    let mut order: Vec<&str> = Vec::new();
    for id in prompt.iter().map(|it| it.0) {
        for (_, from, _) in graph.nodes[id].links().filter(|it| it.0.starts_with("image")) {
            order.extend(graph.upstream(&[from]).into_iter().filter(is_photo));
        }
    }
    let all: Vec<&str> = graph.nodes.keys().map(String::as_str).filter(is_photo).collect();
    if 1 < all.len() && order.is_empty() {
        guesses.push(("photo", "there are several, and the graph doesn't say which is the first"));
    }
    order.extend(all);
    let mut seen = BTreeSet::new();
    order.retain(|it| seen.insert(*it));
    order.into_iter().map(|it| path(it, "image")).collect()
}

fn path(node: &str, input: &str) -> String {
    quoted(&format!("{node}.{input}"))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
