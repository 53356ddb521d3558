//! Conversations recorded with a real server, told again to our own client.
//!
//! They lie beside the repository (`../shared`); without them these tests say that they skip.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use connectors::comfyui::{Able, Job, Outcome, Step, Trouble};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::peer::{Peer, Turn};
use super::{comfy, limits};

fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let folder = root.join("reference/comfyui-transcripts");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: the recorded conversations are not here");
    None
}

/// What was said and heard, in its order.
fn events(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(folder()?.join(name)).expect("readable");
    let mut told: Value = serde_json::from_str(&text).expect("JSON");
    let Value::Array(events) = told["events"].take() else { panic!("no events") };
    Some(events)
}

fn at(event: &Value) -> Duration {
    Duration::from_micros((event["t_ms"].as_f64().expect("a time") * 1_000.0) as u64)
}

fn turn(request: &str, answer: String) -> Turn {
    Turn::Answer(request.to_owned(), answer)
}

fn answer(event: &Value) -> String {
    let response = &event["response"];
    let body = match &response["body"] {
        it if it["json"].is_null() => it["text"].as_str().unwrap_or_default().to_owned(),
        it => it["json"].to_string(),
    };
    format!("{} {body}", response["status"])
}

/// The histories by the prompt's id: as they were recorded, or as the events of a success tell it.
fn histories(events: &[Value]) -> BTreeMap<String, Value> {
    let mut histories = BTreeMap::new();
    let mut outputs: BTreeMap<&str, serde_json::Map<String, Value>> = BTreeMap::new();
    for message in events.iter().map(|it| &it["message"]) {
        let told = &message["data"];
        let Some(id) = told["prompt_id"].as_str() else { continue };
        if let (true, Some(node)) = (message["type"] == "executed", told["node"].as_str()) {
            outputs.entry(id).or_default().insert(node.to_owned(), told["output"].clone());
        }
        if message["type"] == "execution_success" {
            let made = outputs.remove(id).unwrap_or_default();
            let entry = json!({ "outputs": made, "status": { "status_str": "success" } });
            histories.insert(id.to_owned(), entry);
        }
    }
    let asked = events
        .iter()
        .filter(|it| it["request"]["path"].as_str().is_some_and(|it| it.starts_with("/history")));
    let all = asked.filter_map(|it| it["response"]["body"]["json"].as_object());
    histories.extend(all.flatten().map(|(id, entry)| (id.clone(), entry.clone())));
    histories
}

/// One prompt of a conversation.
struct Played {
    id: String,
    outcome: Outcome,
    steps: Vec<Step>,
    lines: Vec<String>,
}

/// What a client sent, and the answer to it.
fn prompts(events: &[Value]) -> Vec<(usize, &Value)> {
    let is_prompt =
        |it: &Value| it["request"]["path"] == "/prompt" && it["request"]["method"] == "POST";
    events.iter().enumerate().filter(|(_, it)| is_prompt(it)).collect()
}

fn queue(running: Option<&str>, waiting: &[String]) -> String {
    let entry = |id: &str, number: usize| json!([number, id, {}, {}, []]);
    let running: Vec<_> = running.iter().map(|it| entry(it, 0)).collect();
    let waiting: Vec<_> = waiting.iter().enumerate().map(|(at, it)| entry(it, at + 1)).collect();
    format!("200 {}", json!({ "queue_running": running, "queue_pending": waiting }))
}

/// The server's side from the moment at which a prompt was handed in. The queue is what its events
/// tell of it, and the history is there with the last of them, as was seen.
fn script(events: &[Value], begin: usize, ours: &str) -> Vec<Turn> {
    let mut turns = vec![
        turn("GET /queue", queue(None, &[])),
        turn(&format!("GET /history/{ours}"), "200 {}".to_owned()),
        turn("GET /ws", "101".to_owned()),
        turn("GET /view", "200 hex:89504e470d0a1a0a".to_owned()),
        turn("POST /prompt", answer(&events[begin])),
        Turn::Until("POST /prompt".to_owned()),
    ];
    let histories = histories(events);
    let mut waiting = vec![ours.to_owned()];
    let mut running: Option<String> = None;
    turns.push(turn("GET /queue", queue(None, &waiting)));
    let mut before = at(&events[begin]);
    for event in &events[begin + 1..] {
        turns.push(Turn::After(at(event).saturating_sub(before)));
        before = before.max(at(event));
        if event["dir"] == "ws-close" {
            turns.push(Turn::Close);
        }
        let message = &event["message"];
        if event["dir"] != "ws<" || message.is_null() {
            continue;
        }
        let id = message["data"]["prompt_id"].as_str().unwrap_or_default().to_owned();
        let is_over = message["type"] == "executing" && message["data"]["node"].is_null();
        if message["type"] == "execution_start" {
            waiting.retain(|it| *it != id);
            running = Some(id.clone());
        }
        if is_over {
            running = None;
            if let Some(entry) = histories.get(&id).filter(|_| id == ours) {
                let history = json!({ ours: entry });
                turns.push(turn(&format!("GET /history/{ours}"), format!("200 {history}")));
            }
        }
        turns.push(turn("GET /queue", queue(running.as_deref(), &waiting)));
        turns.push(Turn::Say(Message::text(message.to_string())));
        if is_over && id == ours {
            break;
        }
    }
    turns
}

async fn replay(events: &[Value], begin: usize, ours: &str) -> Played {
    let posted = &events[begin]["request"]["json"];
    let output = posted["prompt"].as_object().and_then(|it| {
        let is_output =
            |it: &Value| it["class_type"].as_str().is_some_and(|it| it.starts_with("Save"));
        it.iter().find(|(_, node)| is_output(node)).map(|(id, _)| id.clone())
    });
    let job = Job {
        prompt_id: ours.to_owned(),
        client_id: "worker-1".to_owned(),
        graph: posted["prompt"].clone(),
        images: Vec::new(),
        output: output.unwrap_or_default(),
    };
    let peer = Peer::new(script(events, begin, ours));
    let mut steps = Vec::new();
    let stop = std::future::pending::<()>();
    let mut seen = |step| steps.push(step);
    let outcome = comfy().run(&peer.http(), &job, limits(), &mut seen, stop).await;
    Played { id: ours.to_owned(), outcome, steps, lines: peer.lines() }
}

/// All prompts of a conversation that were taken and whose end was recorded.
async fn played(name: &str) -> Option<Vec<Played>> {
    let events = events(name)?;
    let known = histories(&events);
    let mut all = Vec::new();
    for (begin, event) in prompts(&events) {
        let Some(id) = event["response"]["body"]["json"]["prompt_id"].as_str() else { continue };
        if known.contains_key(id) {
            all.push(replay(&events, begin, id).await);
        }
    }
    assert!(!all.is_empty(), "{name}: nothing to play");
    Some(all)
}

fn is_clean(reason: &str) -> bool {
    reason.is_ascii() && !reason.contains(['/', '\\', '\n']) && !reason.contains(".png")
}

fn is_picture(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Done(files) if files.iter().all(|it| it.content_type == "image/png"))
}

fn check_steps(played: &Played) {
    let percents: Vec<_> = played.steps.iter().filter_map(|it| it.percent).collect();
    assert!(percents.is_sorted() && !percents.is_empty(), "{}: {percents:?}", played.id);
}

#[tokio::test(start_paused = true)]
async fn successes_give_their_files() {
    for name in ["s03_success.json", "s05_cached.json", "s10_queue_three.json"] {
        let Some(all) = played(name).await else { return };
        for it in all {
            assert!(is_picture(&it.outcome), "{name}: {:?}\n{}", it.outcome, it.lines.join("\n"));
            check_steps(&it);
            let is_last = it.steps.last().and_then(|it| it.percent) == Some(100);
            assert!(is_last, "{name}: {:?}", it.steps);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f54_a_websocket_that_was_cut_costs_nothing_but_a_moment() {
    let Some(all) = played("s12_reconnect.json").await else { return };
    for it in all {
        assert!(is_picture(&it.outcome), "{:?}\n{}", it.outcome, it.lines.join("\n"));
        check_steps(&it);
    }
}

#[tokio::test(start_paused = true)]
async fn f53_recorded_errors_are_told_in_our_words() {
    let Some(all) = played("s07_execution_errors.json").await else { return };
    let mut seen = Vec::new();
    for it in all {
        let Outcome::Failed { fault, reason } = it.outcome else { panic!("{:?}", it.outcome) };
        assert!(is_clean(&reason), "{reason}");
        seen.push((fault, reason));
    }
    let expected = [
        (Trouble::BadInput, "node 1 (LoadImage) can't read its file"),
        (Trouble::Node, "node 5 (PeerFail) failed: RuntimeError"),
        (Trouble::Node, "node 5 (PeerFail) failed: ValueError"),
        (Trouble::OutOfMemory, "out of memory in node 5 (PeerFail)"),
    ];
    assert_eq!(seen, expected.map(|(fault, reason)| (fault, reason.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_interrupt_by_somebody_else_is_a_failure() {
    let Some(all) = played("s08_interrupt.json").await else { return };
    let interrupted = all.iter().filter(|it| matches!(it.outcome, Outcome::Failed { .. })).count();
    assert_eq!(interrupted, 2);
    assert!(all.iter().filter(|it| is_picture(&it.outcome)).count() + 2 == all.len());
}

#[tokio::test(start_paused = true)]
async fn recorded_refusals_are_told_in_our_words() {
    let Some(events) = events("s06_validation_errors.json") else { return };
    let mut told = Vec::new();
    for (begin, event) in prompts(&events) {
        if event["request"]["json"].is_null() {
            continue;
        }
        let ours = event["response"]["body"]["json"]["prompt_id"].as_str().unwrap_or(super::ID);
        let mut turns = script(&events, begin, ours);
        turns.truncate(6);
        for request in ["POST /interrupt", "POST /queue"] {
            turns.insert(0, turn(request, "200".to_owned()));
        }
        turns.pop();
        let graph = event["request"]["json"]["prompt"].clone();
        let (prompt_id, client_id) = (ours.to_owned(), "worker-1".to_owned());
        let job = Job { prompt_id, client_id, graph, images: Vec::new(), output: String::new() };
        let stop = std::future::pending::<()>();
        let http = Peer::new(turns).http();
        let outcome = comfy().run(&http, &job, limits(), &mut |_| {}, stop).await;
        let Outcome::Failed { fault, reason } = outcome else { panic!("{outcome:?}") };
        assert!(is_clean(&reason), "{reason}");
        told.push((fault, reason));
    }
    let count = |wanted: &str| told.iter().filter(|it| it.1.contains(wanted)).count();
    assert_eq!(told[0].0, Trouble::MissingNode("NoSuchNode".to_owned()));
    assert_eq!(told.iter().filter(|it| it.0 == Trouble::BadInput).count(), 1, "{told:#?}");
    assert_eq!(count("a number is out of range (width)"), 2, "{told:#?}");
    assert_eq!(count("an input is missing"), 2, "{told:#?}");
    assert_eq!(count("it is linked wrongly"), 6, "{told:#?}");
    assert_eq!(count("answered 500"), 4, "{told:#?}");
}

#[tokio::test(start_paused = true)]
async fn what_it_has_is_found_in_what_it_says() {
    let Some(events) = events("s01_discovery.json") else { return };
    let mut able = Able::default();
    for event in events.iter().filter(|it| it["response"]["status"] == 200) {
        let path = event["request"]["path"].as_str().expect("a path");
        if path == "/system_stats" {
            let peer = Peer::new([turn("GET /system_stats", answer(event))]);
            let stats = comfy().stats(&peer.http()).await.expect("known");
            assert_eq!(stats.version, "0.33.0");
            assert_eq!(stats.devices.len(), 1);
        }
        if path.starts_with("/object_info") {
            let peer = Peer::new([turn("GET /object_info", answer(event))]);
            able.nodes.extend(comfy().able(&peer.http()).await.expect("known").nodes);
        }
    }
    assert!(able.knows("LoadImage") && able.knows("SaveImage") && !able.knows("NoSuchNode"));
    assert_eq!(able.offers("LoadImage", "image"), None);
    let methods = able.offers("ImageScale", "upscale_method").expect("a choice");
    assert!(methods.iter().any(|it| it == "lanczos"));
}
