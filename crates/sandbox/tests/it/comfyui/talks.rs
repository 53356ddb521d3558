//! The recorded talks once more, with the emulator in the place of the server: the same answers,
//! the same messages in the same order, of the same shape. Times, ids and names that are counted
//! are not compared.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::{Came, Ears, START, World, photo};
use serde_json::Value;
use std::sync::atomic::Ordering;

/// Texts below these keys are the same; of others only that they are texts.
const EXACT: &[&str] = &[
    "class_type",
    "code",
    "details",
    "display_node",
    "display_node_id",
    "error",
    "exception_type",
    "input_name",
    "message",
    "name",
    "node",
    "node_id",
    "node_type",
    "real_node_id",
    "state",
    "status",
    "status_str",
    "subfolder",
    "type",
];
/// Lists in any order.
const SETS: &[&str] = &["current_outputs", "executed", "nodes"];
/// Lists whose lengths aren't compared.
const LOOSE: &[&str] = &["traceback", "search_aliases", "comfy_package_versions", "argv", "image"];
/// Not compared at all: they follow from the machine.
const MACHINE: &[&str] = &["devices", "queue_running", "queue_pending", "comfyui_version"];

/// How long a message was under way while these were recorded, about.
const LAG_MS: f64 = 10.0;

/// Where two values differ in shape.
fn differs(recorded: &Value, ours: &Value, key: &str, at: &str) -> Option<String> {
    let no = |what: &str| Some(format!("{at}: {what}: recorded {recorded}, ours {ours}"));
    if MACHINE.contains(&key) {
        return None;
    }
    match (recorded, ours) {
        (Value::Null, Value::Null) | (Value::Bool(_), Value::Bool(_)) => None,
        (Value::Number(one), Value::Number(other)) if one.is_f64() == other.is_f64() => None,
        (Value::String(one), Value::String(other)) => {
            let is_same = !EXACT.contains(&key) || one == other || at.contains(".system.");
            if is_same { None } else { no("another text") }
        }
        (Value::Array(one), Value::Array(other)) if SETS.contains(&key) => {
            let set = |it: &[Value]| it.iter().map(Value::to_string).collect::<BTreeSet<_>>();
            if set(one) == set(other) { None } else { no("other members") }
        }
        (Value::Array(one), Value::Array(other)) => {
            let is_fixed = !LOOSE.contains(&key) && !at.contains("/models") && !at.contains("/ext");
            let is_list = one.iter().all(Value::is_string) && at.contains("/object_info");
            if is_fixed && !is_list && one.len() != other.len() && !at.contains("/object_info") {
                return no("another length");
            }
            let mut pairs = one.iter().zip(other);
            pairs.find_map(|(one, other)| differs(one, other, key, &format!("{at}[]")))
        }
        (Value::Object(one), Value::Object(other)) => {
            let keys =
                |it: &serde_json::Map<String, Value>| it.keys().cloned().collect::<BTreeSet<_>>();
            if keys(one) != keys(other) {
                return no("other keys");
            }
            one.iter()
                .find_map(|(key, value)| differs(value, &other[key], key, &format!("{at}.{key}")))
        }
        _ => no("another kind"),
    }
}

/// One talk as it goes on.
struct Talk {
    world: World,
    name: String,
    /// Who is at a socket, what they have heard, and what they should have.
    ears: HashMap<String, Ears>,
    heard: HashMap<String, Vec<Value>>,
    recorded: HashMap<String, Vec<Value>>,
    /// Our ids instead of the recorded ones.
    ids: Vec<(String, String)>,
    faults: Vec<String>,
}

impl Talk {
    /// Goes to the moment of an event. What was noted of an answer is when it was read: the server
    /// had been asked a bit earlier.
    async fn until(&self, event: &Value) {
        let number = |name: &str| event[name].as_f64().unwrap_or_default();
        let lag = if event["dir"] == "http" { number("took_ms") + LAG_MS } else { 0.0 };
        let moment = START + (number("t_ms") - lag) as i64;
        let now = self.world.clock.load(Ordering::SeqCst);
        self.world.pass((moment - now).max(0)).await;
    }

    fn ours(&self, recorded: &Value) -> Value {
        let mut text = recorded.to_string();
        for (old, new) in &self.ids {
            text = text.replace(old, new);
        }
        serde_json::from_str(&text).expect("it was JSON")
    }

    async fn listen_to_all(&mut self) {
        for (name, ears) in &mut self.ears {
            let said = ears.said().await;
            self.heard.entry(name.clone()).or_default().extend(said);
        }
    }

    async fn ask(&mut self, event: &Value) {
        let asked = self.ours(&event["request"]);
        let mut path = asked["path"].as_str().expect("a path").to_owned();
        if let Some((before, _)) = path.split_once("filename=peer_") {
            let made = self.world.server().outputs().pop().expect("something was made");
            path = format!("{before}filename={made}&subfolder=&type=output");
        }
        let came = self.send(&asked, &path).await;
        self.world.pass(0).await;
        let recorded = &event["response"];
        let at = format!("{} {path}", self.name);
        if recorded["status"] != came.status {
            self.faults.push(format!("{at}: {} instead of {}", came.status, recorded["status"]));
            return;
        }
        if let Some(told) = recorded["body"].get("json") {
            if let Some(id) = told.get("prompt_id").and_then(Value::as_str) {
                let ours = came.json()["prompt_id"].as_str().expect("an id").to_owned();
                self.ids.push((id.to_owned(), ours));
            }
            let told = self.ours(told);
            self.faults.extend(differs(&told, &came.json(), "", &at));
        }
        let text = recorded["body"]["text"].as_str();
        if text.is_some_and(|it| it.as_bytes() != &came.bytes[..]) {
            self.faults.push(format!("{at}: another text: {came:?}"));
        }
        for header in ["content-type", "content-range"] {
            let headers = recorded["headers"].as_object().into_iter().flatten();
            let mut said = headers.filter(|it| it.0.eq_ignore_ascii_case(header));
            let said = said.next().and_then(|it| it.1.as_str());
            let ours = came.headers.get(header).and_then(|it| it.to_str().ok());
            let is_counted = header == "content-range";
            let is_same = if is_counted { said.is_some() == ours.is_some() } else { said == ours };
            if said.is_some() && !is_same {
                self.faults.push(format!("{at}: {header} {ours:?} instead of {said:?}"));
            }
        }
    }

    async fn send(&self, asked: &Value, path: &str) -> Came {
        if let Some(form) = asked.get("multipart").and_then(Value::as_object) {
            let Some(file) = form.get("image") else {
                let body =
                    "--XX\r\ncontent-disposition: form-data; name=\"nope\"\r\n\r\nx\r\n--XX--\r\n";
                let request = http::Request::post(format!("/comfyui/box1{path}"))
                    .header("content-type", "multipart/form-data; boundary=XX")
                    .body(body.into());
                return self.world.send(request.expect("a request")).await;
            };
            let size = file["bytes"].as_u64().unwrap_or_default() as u32;
            let bytes = if size < 100 { vec![0; size as usize] } else { photo(96, size % 89 + 8) };
            let others = form.iter().filter(|it| it.0 != "image");
            let fields: Vec<(&str, &str)> =
                others.map(|it| (it.0.as_str(), it.1.as_str().unwrap_or_default())).collect();
            return self
                .world
                .upload(file["filename"].as_str().unwrap_or_default(), &bytes, &fields)
                .await;
        }
        if let Some(raw) = asked.get("raw").and_then(Value::as_str) {
            return self.world.post(path, raw.to_owned()).await;
        }
        if asked["method"] == "POST" {
            return self.world.tell(path, &asked["json"]).await;
        }
        match asked["headers"]["Range"].as_str() {
            None => self.world.get(path).await,
            Some(range) => {
                let request = http::Request::get(format!("/comfyui/box1{path}"))
                    .header("range", range)
                    .body(axum::body::Body::empty());
                self.world.send(request.expect("a request")).await
            }
        }
    }

    async fn go_on(&mut self, event: &Value) {
        self.until(event).await;
        self.listen_to_all().await;
        let client = event["client"].as_str().unwrap_or_default().to_owned();
        match event["dir"].as_str().unwrap_or_default() {
            "http" => self.ask(event).await,
            "ws-open" => {
                let (ears, hello) = self.world.open(event["url"].as_str().expect("a path")).await;
                self.heard.insert(client.clone(), hello);
                self.ears.insert(client, ears);
            }
            "ws-close" => {
                if let Some(ears) = self.ears.remove(&client) {
                    let before = self.world.server().listeners();
                    ears.close().await;
                    while self.world.server().listeners() == before {
                        tokio::task::yield_now().await;
                    }
                }
            }
            "ws<" => self.recorded.entry(client).or_default().push(event["message"].clone()),
            _ => {}
        }
    }

    /// Compares what was heard: how long the queue was on its own, because it is told in between.
    fn compare(&mut self) {
        for (client, recorded) in &self.recorded {
            let (mut old, mut new) = (Vec::new(), Vec::new());
            let (mut old_states, mut new_states) = (Vec::new(), Vec::new());
            let all = recorded.iter().map(|it| self.ours(it)).map(|it| (it, true));
            let ours = self.heard.get(client).into_iter().flatten().cloned().map(|it| (it, false));
            for (message, is_recorded) in all.chain(ours) {
                let list = match (message["type"] == "status", is_recorded) {
                    (true, true) => &mut old_states,
                    (true, false) => &mut new_states,
                    (false, true) => &mut old,
                    (false, false) => &mut new,
                };
                list.push(message);
            }
            let kinds = |it: &[Value]| -> Vec<String> {
                let kind = |it: &Value| format!("{} {}", it["type"], it["data"]["node"]);
                it.iter().map(kind).collect()
            };
            let at = format!("{} {client}", self.name);
            if kinds(&old) != kinds(&new) {
                let text = format!(
                    "{at}:\n{}\ninstead of\n{}",
                    kinds(&new).join("; "),
                    kinds(&old).join("; ")
                );
                self.faults.push(text);
                continue;
            }
            for (old, new) in old.iter().zip(&new) {
                self.faults.extend(differs(old, new, "", &at));
            }
            let lengths = |it: &[Value]| -> Vec<Value> {
                let length =
                    |it: &Value| it["data"]["status"]["exec_info"]["queue_remaining"].clone();
                it.iter().map(length).collect()
            };
            if lengths(&old_states) != lengths(&new_states) {
                let (old, new) = (lengths(&old_states), lengths(&new_states));
                self.faults.push(format!("{at}: lengths {new:?} instead of {old:?}"));
            }
        }
    }
}

async fn replay(file: &str) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let path = place.join("comfyui-transcripts").join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no ../shared/reference/comfyui-transcripts/{file}");
        return;
    };
    let recorded: Value = serde_json::from_str(&text).expect("JSON");
    let mut talk = Talk {
        world: World::new().await,
        name: file.trim_end_matches(".json").to_owned(),
        ears: HashMap::new(),
        heard: HashMap::new(),
        recorded: HashMap::new(),
        ids: Vec::new(),
        faults: Vec::new(),
    };
    for event in recorded["events"].as_array().expect("events") {
        talk.go_on(event).await;
    }
    talk.listen_to_all().await;
    talk.compare();
    assert!(talk.faults.is_empty(), "{}", talk.faults.join("\n"));
}

macro_rules! talks {
    ($($name:ident: $file:literal),+ $(,)?) => {
        $(#[tokio::test]
        async fn $name() {
            replay($file).await;
        })+
    };
}

talks! {
    discovery: "s01_discovery.json",
    uploads: "s02_upload.json",
    a_success: "s03_success.json",
    the_same_again: "s05_cached.json",
    refusals: "s06_validation_errors.json",
    errors: "s07_execution_errors.json",
    interrupts: "s08_interrupt.json",
    a_queue: "s10_queue_three.json",
    coming_back: "s12_reconnect.json",
}
