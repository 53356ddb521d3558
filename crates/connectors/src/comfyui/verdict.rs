//! What a refusal or an error means, in words of ours alone.
//!
//! ComfyUI's own texts hold paths, tracebacks, file names and the customer's words. Of them only
//! such are looked at that are known beforehand, and none is passed on: what names a node, a model
//! or an input is taken from the graph that we have sent.

use serde_json::Value;

use super::{Job, Trouble};

/// What went wrong, for those who act on it and for those who read it.
pub(super) type Verdict = (Trouble, String);

const NAME_CHARS_MAX: usize = 60;

/// What weights are called by.
const MODEL_ENDINGS: [&str; 9] =
    [".bin", ".ckpt", ".engine", ".gguf", ".onnx", ".pt", ".pth", ".safetensors", ".sft"];

pub(super) fn is_model(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MODEL_ENDINGS.iter().any(|it| name.ends_with(it))
}

/// Of a graph that was not taken, or not all of it.
pub(super) fn refused(job: &Job, code: u16, answer: &Value) -> Verdict {
    if let Some(verdict) = nodes_refused(job, answer) {
        return verdict;
    }
    let error = &answer["error"];
    if let Some(node) = node_without_class(job, error) {
        return match node.class() {
            Some(class) => {
                let reason = format!("{} is not installed", node.words());
                (Trouble::MissingNode(class.to_owned()), reason)
            }
            None => (Trouble::Node, format!("{} has no class", node.words())),
        };
    }
    let reason = match error["type"].as_str() {
        Some("prompt_no_outputs") => "the graph has no output".to_owned(),
        Some("no_prompt") => "it finds no graph".to_owned(),
        Some("invalid_prompt_id") => "it refuses the prompt's id".to_owned(),
        _ => format!("it refuses the graph: answered {code}"),
    };
    (Trouble::Node, reason)
}

/// The first refusal of a node that tells more than that it is one. `None` where no node is named.
pub(super) fn nodes_refused(job: &Job, answer: &Value) -> Option<Verdict> {
    let nodes = answer["node_errors"].as_object().filter(|it| !it.is_empty())?;
    let all = nodes.iter().flat_map(|(id, it)| {
        let errors = it["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().map(move |error| node_refused(&Node::of(job, id), error))
    });
    let all: Vec<_> = all.collect();
    let telling = all.iter().find(|it| it.0 != Trouble::Node).or(all.first()).cloned();
    Some(telling.unwrap_or_else(|| (Trouble::Node, "it refuses a node".to_owned())))
}

fn node_refused(node: &Node<'_>, error: &Value) -> Verdict {
    let input = error["extra_info"]["input_name"].as_str();
    let (name, value) = input.and_then(|it| node.input(it)).unzip();
    let kind = error["type"].as_str().unwrap_or_default();
    if matches!(kind, "value_not_in_list" | "custom_validation_failed") {
        if let Some(model) = value.and_then(Value::as_str).filter(|it| is_model(it)) {
            let reason = format!("{} lacks its model", node.words());
            return (Trouble::MissingModel(model.to_owned()), reason);
        }
        if node.takes_files() {
            return (Trouble::BadInput, format!("{} doesn't take its file", node.words()));
        }
    }
    let what = match kind {
        "required_input_missing" => "an input is missing",
        "bad_linked_input"
        | "dependency_cycle"
        | "exception_during_inner_validation"
        | "return_type_mismatch" => "it is linked wrongly",
        "invalid_input_type" => "an input is of another type",
        "value_bigger_than_max" | "value_smaller_than_min" => "a number is out of range",
        "value_not_in_list" => "a value is not offered",
        _ => "an input is refused",
    };
    let name = name.map(|it| format!(" ({})", fit(it))).unwrap_or_default();
    (Trouble::Node, format!("{}: {what}{name}", node.words()))
}

/// Of a prompt that broke on the way.
pub(super) fn broke(job: &Job, error: &Value) -> Verdict {
    let node = Node::of(job, error["node_id"].as_str().unwrap_or_default());
    let kind = error["exception_type"].as_str().unwrap_or_default();
    let kind = kind.rsplit('.').next().unwrap_or_default();
    let message = error["exception_message"].as_str().unwrap_or_default().to_ascii_lowercase();
    let is_full = kind.ends_with("OutOfMemoryError")
        || kind == "MemoryError"
        || message.contains("out of memory")
        || message.contains("not enough memory");
    if is_full {
        return (Trouble::OutOfMemory, format!("out of memory in {}", node.words()));
    }
    if node.takes_files() || matches!(kind, "DecompressionBombError" | "UnidentifiedImageError") {
        return (Trouble::BadInput, format!("{} can't read its file", node.words()));
    }
    if kind == "FileNotFoundError"
        && let Some(model) = node.model()
    {
        let reason = format!("{} lacks its model", node.words());
        return (Trouble::MissingModel(model.to_owned()), reason);
    }
    (Trouble::Node, format!("{} failed: {}", node.words(), exception(kind)))
}

/// The node that a refusal without `node_errors` is about: by its own field, or as older servers
/// say it.
fn node_without_class<'a>(job: &'a Job, error: &Value) -> Option<Node<'a>> {
    if !matches!(error["type"].as_str(), Some("missing_node_type" | "invalid_prompt")) {
        return None;
    }
    let told = error["extra_info"]["node_id"].as_str();
    let quoted = || error["details"].as_str()?.strip_prefix("Node ID '#")?.strip_suffix('\'');
    told.or_else(quoted).map(|it| Node::of(job, it))
}

/// A node of our graph.
struct Node<'a> {
    job: &'a Job,
    /// Our own spelling of its id, and what the graph has there.
    found: Option<(&'a str, &'a Value)>,
}

impl<'a> Node<'a> {
    fn of(job: &'a Job, id: &str) -> Self {
        let found = job.graph.as_object().and_then(|it| it.get_key_value(id));
        Self { job, found: found.map(|(id, node)| (id.as_str(), node)) }
    }

    fn class(&self) -> Option<&'a str> {
        self.found?.1["class_type"].as_str()
    }

    fn input(&self, name: &str) -> Option<(&'a str, &'a Value)> {
        let (name, value) = self.found?.1["inputs"].as_object()?.get_key_value(name)?;
        Some((name.as_str(), value))
    }

    fn model(&self) -> Option<&'a str> {
        let inputs = self.found?.1["inputs"].as_object()?;
        inputs.values().filter_map(Value::as_str).find(|it| is_model(it))
    }

    /// Whether it reads what we have uploaded.
    fn takes_files(&self) -> bool {
        let is_given =
            self.found.is_some_and(|(id, _)| self.job.images.iter().any(|it| it.node == id));
        is_given || self.class().is_some_and(|it| it.starts_with("LoadImage"))
    }

    fn words(&self) -> String {
        match (self.found, self.class()) {
            (Some((id, _)), Some(class)) => format!("node {} ({})", fit(id), fit(class)),
            (Some((id, _)), None) => format!("node {}", fit(id)),
            (None, _) => "a node".to_owned(),
        }
    }
}

/// A name from our graph, as it may stand in a line of a log.
fn fit(name: &str) -> String {
    let is_fit = |it: char| it.is_ascii_alphanumeric() || " _-()+:".contains(it);
    name.chars().map(|it| if is_fit(it) { it } else { '_' }).take(NAME_CHARS_MAX).collect()
}

/// The name of an exception's class, if it can be one: it is the server who says it.
fn exception(kind: &str) -> &str {
    let is_name = kind.len() <= NAME_CHARS_MAX
        && kind.bytes().all(|it| it.is_ascii_alphanumeric())
        && (kind.ends_with("Error") || kind.ends_with("Exception"));
    if is_name { kind } else { "an error" }
}
