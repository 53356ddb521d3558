//! Whether a prompt can be run: each output with all that it hangs on is looked at, and what is
//! wrong is said of each node, as the server words it.

use super::nodes::{self, Class, Input, Kind};
use super::stock::Stock;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// What can be run of a prompt.
pub(super) struct Accepted {
    /// The prompt with its values brought into their kinds.
    pub(super) prompt: Map<String, Value>,
    pub(super) outputs: Vec<String>,
    /// What is wrong with the rest.
    pub(super) errors: Value,
}

/// Why nothing is run.
pub(super) enum Refused {
    /// 400 with this body.
    Wrong(Value),
    /// 500: nobody thought of it.
    Trouble,
}

/// What the server's language throws in the middle of a check.
struct Thrown {
    kind: &'static str,
    text: String,
}

struct Checker<'a> {
    prompt: Map<String, Value>,
    stock: &'a Stock,
    seen: HashMap<String, bool>,
    visiting: Vec<String>,
    errors: Map<String, Value>,
}

/// The body of a 400.
pub(super) fn refusal(kind: &str, message: &str, details: &str, extra: &Value) -> Value {
    let error =
        json!({ "type": kind, "message": message, "details": details, "extra_info": extra });
    json!({ "error": error, "node_errors": {} })
}

pub(super) fn check(prompt: &Value, stock: &Stock) -> Result<Accepted, Refused> {
    let Value::Object(prompt) = prompt else { return Err(Refused::Trouble) };
    let mut outputs = Vec::new();
    for (id, node) in prompt {
        if !node.is_object() {
            return Err(Refused::Trouble);
        }
        if class_of(id, node, stock)?.is_output {
            outputs.push(id.clone());
        }
    }
    if outputs.is_empty() {
        let wrong = refusal("prompt_no_outputs", "Prompt has no outputs", "", &json!({}));
        return Err(Refused::Wrong(wrong));
    }
    let mut checker = Checker {
        prompt: prompt.clone(),
        stock,
        seen: HashMap::new(),
        visiting: Vec::new(),
        errors: Map::new(),
    };
    outputs.retain(|it| checker.is_output_good(it));
    if outputs.is_empty() {
        let kind = "prompt_outputs_failed_validation";
        let mut wrong = refusal(kind, "Prompt outputs failed validation", "", &json!({}));
        wrong["node_errors"] = Value::Object(checker.errors);
        return Err(Refused::Wrong(wrong));
    }
    let errors = Value::Object(checker.errors);
    Ok(Accepted { prompt: checker.prompt, outputs, errors })
}

fn class_of(id: &str, node: &Value, stock: &Stock) -> Result<&'static Class, Refused> {
    let name = node.get("class_type").and_then(Value::as_str);
    if let Some(found) = name.and_then(|it| nodes::find(it, stock)) {
        return Ok(found);
    }
    let title = node["_meta"]["title"].as_str().or(name);
    let message = match name {
        None => format!(
            "Node 'ID #{id}' has no class_type. The workflow may be corrupted or a custom node is missing."
        ),
        Some(_) => format!(
            "Node '{}' not found. The custom node may not be installed.",
            title.unwrap_or_default()
        ),
    };
    let extra = json!({ "node_id": id, "class_type": name, "node_title": title });
    let details = format!("Node ID '#{id}'");
    Err(Refused::Wrong(refusal("missing_node_type", &message, &details, &extra)))
}

impl Checker<'_> {
    fn is_output_good(&mut self, id: &str) -> bool {
        let known: Vec<String> = self.errors.keys().cloned().collect();
        self.visiting.clear();
        let is_good = match self.visit(id) {
            Ok(is_good) => is_good,
            Err(thrown) => {
                let extra =
                    json!({ "exception_type": thrown.kind, "traceback": traceback(&thrown) });
                let kind = "exception_during_validation";
                self.complain(id, kind, "Exception when validating node", &thrown.text, extra);
                false
            }
        };
        if !is_good {
            for (node, errors) in &mut self.errors {
                let is_new = !known.contains(node);
                if let Some(outputs) = errors["dependent_outputs"].as_array_mut()
                    && (is_new || node == id)
                {
                    outputs.push(json!(id));
                }
            }
        }
        is_good
    }

    fn complain(&mut self, id: &str, kind: &str, message: &str, details: &str, extra: Value) {
        let class = self.prompt.get(id).map_or(Value::Null, |it| it["class_type"].clone());
        let error =
            json!({ "type": kind, "message": message, "details": details, "extra_info": extra });
        let node = self.errors.entry(id).or_insert_with(
            || json!({ "errors": [], "dependent_outputs": [], "class_type": class }),
        );
        if let Some(errors) = node["errors"].as_array_mut() {
            errors.push(error);
        }
    }

    /// Whether a node and all before it are good.
    fn visit(&mut self, id: &str) -> Result<bool, Thrown> {
        if let Some(known) = self.seen.get(id) {
            return Ok(*known);
        }
        if let Some(begin) = self.visiting.iter().position(|it| it == id) {
            self.complain_of_circle(begin);
            return Ok(false);
        }
        let node = self.prompt.get(id).ok_or_else(|| Thrown::key(id))?;
        let given = node.get("inputs").and_then(Value::as_object);
        let given = given.cloned().ok_or_else(|| Thrown::key("inputs"))?;
        let name = node["class_type"].as_str().unwrap_or_default();
        let class = nodes::find(name, self.stock).ok_or_else(|| Thrown::key(name))?;
        self.visiting.push(id.to_owned());
        let mut is_good = true;
        for input in class.inputs {
            let fine = match given.get(input.name) {
                None if input.is_required => {
                    let extra = json!({ "input_name": input.name });
                    let message = "Required input is missing";
                    self.complain(id, "required_input_missing", message, input.name, extra);
                    false
                }
                None => true,
                Some(Value::Array(link)) => self.is_link_good(id, input, link)?,
                Some(value) => self.is_value_good(id, input, value),
            };
            is_good &= fine;
        }
        self.visiting.pop();
        let is_good = is_good && !self.errors.contains_key(id);
        self.seen.insert(id.to_owned(), is_good);
        Ok(is_good)
    }

    fn complain_of_circle(&mut self, begin: usize) {
        let circle = self.visiting[begin..].to_vec();
        let titled = |id: &String| {
            let class = self.prompt.get(id).and_then(|it| it["class_type"].as_str());
            format!("{id} ({})", class.unwrap_or_default())
        };
        let path: Vec<String> = circle.iter().chain(circle.first()).map(titled).collect();
        let details = path.join(" -> ");
        for id in &circle {
            let extra = json!({ "node_id": id, "cycle_nodes": circle });
            self.complain(id, "dependency_cycle", "Dependency cycle detected", &details, extra);
        }
    }

    fn is_link_good(&mut self, id: &str, input: &Input, link: &[Value]) -> Result<bool, Thrown> {
        let config = input.kind.config(self.stock);
        let [from, slot] = link else {
            let extra = json!({
                "input_name": input.name, "input_config": config, "received_value": link,
            });
            let message = "Bad linked input, must be a length-2 list of [node_id, slot_index]";
            self.complain(id, "bad_linked_input", message, input.name, extra);
            return Ok(false);
        };
        let from = from.as_str().map_or_else(|| from.to_string(), str::to_owned);
        let source = self.prompt.get(&from).ok_or_else(|| Thrown::key(&from))?;
        let name = source["class_type"].as_str().unwrap_or_default();
        let class = nodes::find(name, self.stock).ok_or_else(|| Thrown::key(name))?;
        let slot = slot.as_u64().and_then(|it| usize::try_from(it).ok());
        let Some((received, _)) = slot.and_then(|it| class.outputs.get(it)) else {
            let text = "tuple index out of range".to_owned();
            return Err(Thrown { kind: "IndexError", text });
        };
        let wanted = input.kind.word();
        if *received != wanted {
            let extra = json!({
                "input_name": input.name, "input_config": config, "received_type": received,
                "linked_node": link,
            });
            let details =
                format!("{}, received_type({received}) mismatch input_type({wanted})", input.name);
            let message = "Return type mismatch between linked nodes";
            self.complain(id, "return_type_mismatch", message, &details, extra);
            return Ok(false);
        }
        match self.visit(&from) {
            Ok(is_good) => Ok(is_good),
            Err(thrown) => {
                let extra = json!({
                    "input_name": input.name, "input_config": config,
                    "exception_message": thrown.text, "exception_type": thrown.kind,
                    "traceback": traceback(&thrown), "linked_node": link,
                });
                let message = "Exception when validating inner node";
                let kind = "exception_during_inner_validation";
                self.complain(&from, kind, message, &thrown.text, extra);
                self.visiting.retain(|it| *it != from);
                self.seen.insert(from, false);
                Ok(false)
            }
        }
    }

    fn is_value_good(&mut self, id: &str, input: &Input, value: &Value) -> bool {
        match judged(input, value, self.stock) {
            Ok(value) => {
                if let Some(node) = self.prompt.get_mut(id) {
                    node["inputs"][input.name] = value;
                }
                true
            }
            Err(wrong) => {
                let (kind, message, details, extra) = *wrong;
                self.complain(id, kind, &message, &details, extra);
                false
            }
        }
    }
}

impl Thrown {
    fn key(name: &str) -> Thrown {
        Thrown { kind: "KeyError", text: format!("'{name}'") }
    }
}

fn traceback(thrown: &Thrown) -> Value {
    let line = format!(
        "  File \"/opt/comfyui/execution.py\", line 933, in validate_inputs\n    {}\n",
        thrown.kind
    );
    json!([line])
}

type Wrong = Box<(&'static str, String, String, Value)>;

/// The value in its kind, or what is wrong with it.
fn judged(input: &Input, value: &Value, stock: &Stock) -> Result<Value, Wrong> {
    let name = input.name;
    let config = || input.kind.config(stock);
    if let Kind::Upload = input.kind {
        let file = value.as_str().unwrap_or_default();
        if stock.uploads.iter().any(|it| it == file) {
            return Ok(value.clone());
        }
        let details = format!("{name} - Invalid image file: {file}");
        let message = "Custom validation failed for node".to_owned();
        let extra = json!({ "input_name": name });
        return Err(Box::new(("custom_validation_failed", message, details, extra)));
    }
    if let Some(choices) = input.kind.choices(stock) {
        if value.as_str().is_some_and(|it| choices.iter().any(|choice| choice == it)) {
            return Ok(value.clone());
        }
        let (all, config) = if 20 < choices.len() {
            (format!("(list of length {})", choices.len()), Value::Null)
        } else {
            (list(&choices), config())
        };
        let details = format!("{name}: {} not in {all}", quoted(value));
        let extra = json!({
            "input_name": name, "input_config": config, "received_value": value,
        });
        return Err(Box::new(("value_not_in_list", "Value not in list".into(), details, extra)));
    }
    let converted = input.kind.converted(value).map_err(|why| -> Wrong {
        let message = format!("Failed to convert an input value to a {} value", input.kind.word());
        let details = format!("{name}, {}, {why}", plain(value));
        let extra = json!({
            "input_name": name, "input_config": config(), "received_value": value,
            "exception_message": why,
        });
        Box::new(("invalid_input_type", message, details, extra))
    })?;
    match input.kind.beyond(&converted) {
        None => Ok(converted),
        Some((kind, what)) => {
            let message = format!("Value {converted} {what}");
            let extra = json!({
                "input_name": name, "input_config": config(), "received_value": value,
            });
            Err(Box::new((kind, message, name.to_owned(), extra)))
        }
    }
}

impl Kind {
    /// As the server's language makes one kind of another.
    fn converted(&self, value: &Value) -> Result<Value, String> {
        match self {
            Kind::Whole(..) => match value {
                Value::Number(it) if it.is_i64() || it.is_u64() => Ok(value.clone()),
                Value::Number(it) => Ok(json!(it.as_f64().unwrap_or_default() as i64)),
                Value::Bool(it) => Ok(json!(i64::from(*it))),
                Value::String(it) => it.trim().parse::<i64>().map(|it| json!(it)).map_err(|_| {
                    format!("invalid literal for int() with base 10: {}", quoted(value))
                }),
                _ => Err("int() argument must be a string or a real number".to_owned()),
            },
            Kind::Decimal(..) => match value {
                Value::Number(it) => Ok(json!(it.as_f64().unwrap_or_default())),
                Value::Bool(it) => Ok(json!(f64::from(u8::from(*it)))),
                Value::String(it) => {
                    it.trim().parse::<f64>().map(|it| json!(it)).map_err(|_| {
                        format!("could not convert string to float: {}", quoted(value))
                    })
                }
                _ => Err("float() argument must be a string or a real number".to_owned()),
            },
            Kind::Text(_) => Ok(json!(plain(value))),
            Kind::Link(_) => Err("a link is needed".to_owned()),
            Kind::Choice(_) | Kind::Combo(_) | Kind::Models(_) | Kind::Upload => Ok(value.clone()),
        }
    }

    /// Whether a value is beyond its limits.
    fn beyond(&self, value: &Value) -> Option<(&'static str, String)> {
        let (smaller, bigger) = ("value_smaller_than_min", "value_bigger_than_max");
        let (is_small, is_big, least, most) = match self {
            Kind::Whole(_, least, most) => {
                let it = value.as_i64().map(i128::from).or(value.as_u64().map(i128::from))?;
                (it < i128::from(*least), i128::from(*most) < it, json!(least), json!(most))
            }
            Kind::Decimal(_, least, most) => {
                let it = value.as_f64()?;
                (it < *least, *most < it, json!(least), json!(most))
            }
            _ => return None,
        };
        if is_small {
            return Some((smaller, format!("smaller than min of {least}")));
        }
        is_big.then(|| (bigger, format!("bigger than max of {most}")))
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(it) => it.clone(),
        Value::Null => "None".to_owned(),
        other => other.to_string(),
    }
}

fn quoted(value: &Value) -> String {
    match value {
        Value::String(it) => format!("'{it}'"),
        other => plain(other),
    }
}

fn list(all: &[String]) -> String {
    let all: Vec<String> = all.iter().map(|it| format!("'{it}'")).collect();
    format!("[{}]", all.join(", "))
}
