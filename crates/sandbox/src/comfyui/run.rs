//! One prompt at work: node by node, step by step, with the messages in the order in which the
//! server sends them. Its moments follow from its start, whenever somebody comes to look.

use super::Settings;
use super::failures::Failure;
use super::faults::{self, Fault, Trouble};
use super::files::Folder;
use super::plan::{self, Plan};
use super::server::{Kept, Past, Queued, Stage, State};
use super::sockets::Frame;
use super::work::{Done, Task, Thing};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// After its success a prompt isn't in the history for this part of its time, and no longer than
/// this.
const GAP_PART: i64 = 20;
const GAP_MS_MAX: i64 = 30;

/// The prompt that runs.
pub(super) struct Run {
    queued: Queued,
    plan: Plan,
    pub(super) faults: Vec<Fault>,
    /// The moment that it is at.
    at: i64,
    place: Place,
    progress: Map<String, Value>,
    executed: Vec<String>,
    outputs: Map<String, Value>,
    meta: Map<String, Value>,
    messages: Vec<(String, Value)>,
}

enum Place {
    /// Between two nodes.
    Between,
    /// In a node that takes its time.
    Steps { node: String, done: i64, of: i64, since: i64, lasts_ms: i64 },
    /// In a node that is to be worked on now.
    Due { node: String },
    /// It has succeeded, and is put away then.
    Ending { at: i64 },
}

impl Run {
    pub(super) fn has(&self, trouble: Trouble) -> bool {
        self.faults.iter().any(|it| it.fault == trouble)
    }

    fn longer(&self, trouble: Trouble, seconds: u32) -> i64 {
        let found = self.faults.iter().find(|it| it.fault == trouble);
        found.map_or(0, |it| it.millis_or(seconds))
    }

    pub(super) fn told(&self) -> Value {
        self.queued.told()
    }

    pub(super) fn queued(&self) -> &Queued {
        &self.queued
    }

    /// What was told of it.
    pub(super) fn messages(&self) -> &[(String, Value)] {
        &self.messages
    }

    fn class(&self, node: &str) -> &'static str {
        plan::class_of(&self.queued.prompt, node).map_or("", |it| it.name)
    }

    /// Steps and how long they take, of a node that takes its time.
    fn lasting(&self, node: &str, settings: &Settings) -> Option<(i64, i64)> {
        let inputs = &self.queued.prompt[node]["inputs"];
        let steps = inputs["steps"].as_i64().unwrap_or(1).max(1);
        let slow = self.longer(Trouble::Slow, 60);
        match self.class(node) {
            "KSampler" => Some((steps, settings.picture_ms + slow)),
            "ImageUpscaleWithModel" => Some((4, settings.picture_ms / 2 + slow)),
            "PeerSleep" => {
                let millis = inputs["seconds"].as_f64().unwrap_or_default() * 1000.0;
                Some((steps, millis as i64 + slow))
            }
            _ => None,
        }
    }

    fn note(&mut self, node: &str, value: Value, max: Value, state: &str) {
        let progress = json!({
            "value": value, "max": max, "state": state, "node_id": node,
            "prompt_id": self.queued.id, "display_node_id": node, "parent_node_id": null,
            "real_node_id": node,
        });
        self.progress.insert(node.to_owned(), progress);
    }

    fn told_progress(&self) -> Value {
        json!({ "prompt_id": self.queued.id, "nodes": self.progress })
    }
}

impl State {
    /// Goes on until `now`, or until there is work to be done outside.
    pub(super) fn advance(&mut self, now: i64, settings: &Settings) -> Option<Task> {
        if let Some(until) = self.down_until {
            if now < until {
                return None;
            }
            self.down_until = None;
            self.free_since = until;
        }
        loop {
            let Some(run) = &self.running else {
                if !self.begin() {
                    return None;
                }
                continue;
            };
            let goes_on = match &run.place {
                Place::Between => self.next_node(settings),
                Place::Steps { .. } => self.step(now),
                Place::Due { node } => return Some(self.task(run, node)),
                Place::Ending { at } => {
                    let is_over = *at <= now;
                    if is_over {
                        self.end(Stage::Done);
                    }
                    is_over
                }
            };
            if !goes_on {
                return None;
            }
        }
    }

    /// Takes the next prompt off the queue, if one waits.
    fn begin(&mut self) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        let queued = self.pending.remove(0);
        let plan = Plan::new(&queued, &self.shelf, &mut self.cache);
        let (at, id) = (self.free_since.max(queued.created_at), queued.id.clone());
        self.mark(&id, Stage::Running);
        self.client = queued.client().map(str::to_owned);
        (self.last_node, self.is_interrupted) = (None, false);
        let cached = plan.cached.clone();
        self.running = Some(Run {
            queued,
            plan,
            faults: faults::follow(&mut self.faults),
            at,
            place: Place::Between,
            progress: Map::new(),
            executed: Vec::new(),
            outputs: Map::new(),
            meta: Map::new(),
            messages: Vec::new(),
        });
        self.tell_state();
        self.record("execution_start", json!({ "prompt_id": id }), false);
        self.record("execution_cached", json!({ "nodes": cached, "prompt_id": id }), false);
        true
    }

    /// Tells what stays in the history as well.
    fn record(&mut self, kind: &str, mut content: Value, is_for_all: bool) {
        let Some(run) = &mut self.running else { return };
        content["timestamp"] = json!(run.at);
        run.messages.push((kind.to_owned(), content.clone()));
        if is_for_all {
            self.tell_all(kind, &content);
        } else {
            self.tell(kind, &content);
        }
    }

    fn tell_progress(&mut self) {
        if let Some(told) = self.running.as_ref().map(Run::told_progress) {
            self.tell("progress_state", &told);
        }
    }

    /// Goes to the next node, or to the end. Gives whether there is more to do.
    fn next_node(&mut self, settings: &Settings) -> bool {
        let next = self.running.as_ref().and_then(|it| it.plan.nodes.front().cloned());
        if let Some(node) = next.filter(|_| self.is_interrupted) {
            self.interrupted(&node);
            return true;
        }
        let Some(run) = &mut self.running else { return false };
        let Some(node) = run.plan.nodes.pop_front() else {
            let gap = (settings.picture_ms / GAP_PART).min(GAP_MS_MAX);
            let at = run.at + gap + run.longer(Trouble::LateHistory, 1);
            run.place = Place::Ending { at };
            let id = run.queued.id.clone();
            self.record("execution_success", json!({ "prompt_id": id }), false);
            return true;
        };
        let kept = run.plan.keys.get(&node).and_then(|it| self.cache.get(it)).cloned();
        if let Some(output) = kept.and_then(|it| it.output) {
            self.tell_output(&node, &output);
            if let Some(run) = &mut self.running {
                run.note(&node, json!(1), json!(1), "finished");
            }
            self.tell_progress();
            return true;
        }
        run.note(&node, json!(0.0), json!(1.0), "running");
        run.place = match run.lasting(&node, settings) {
            Some((of, lasts_ms)) => {
                Place::Steps { node: node.clone(), done: 0, of, since: run.at, lasts_ms }
            }
            None => Place::Due { node: node.clone() },
        };
        let told = json!({ "node": node, "display_node": node, "prompt_id": run.queued.id });
        self.tell_progress();
        self.last_node = Some(node);
        self.tell("executing", &told);
        true
    }

    fn tell_output(&mut self, node: &str, output: &Value) {
        let Some(run) = &mut self.running else { return };
        if run.has(Trouble::NoOutputs) {
            return;
        }
        run.outputs.insert(node.to_owned(), output.clone());
        let meta = json!({
            "node_id": node, "display_node": node, "parent_node": null, "real_node_id": node,
        });
        run.meta.insert(node.to_owned(), meta);
        let told = json!({
            "node": node, "display_node": node, "output": output, "prompt_id": run.queued.id,
        });
        self.tell("executed", &told);
    }

    /// The next step of a node that takes its time, if it is due.
    fn step(&mut self, now: i64) -> bool {
        let is_interrupted = self.is_interrupted;
        let Some(run) = &mut self.running else { return false };
        let Place::Steps { node, done, of, since, lasts_ms } = &mut run.place else { return false };
        let node = node.clone();
        let of_run = |trouble| run.faults.iter().any(|it| it.fault == trouble);
        let is_stuck = of_run(Trouble::Stuck);
        let hangs = is_stuck || of_run(Trouble::Hang);
        let due = if hangs { now } else { *since + *lasts_ms * (*done + 1) / *of };
        if now < due || is_stuck || (hangs && !is_interrupted) {
            // What hung and is forgiven goes on from here.
            if hangs {
                *since = now;
            }
            return false;
        }
        run.at = due;
        if is_interrupted {
            self.interrupted(&node);
            return true;
        }
        if *done == 0
            && let Some(struck) = self.strike(&node)
        {
            return struck;
        }
        let Some(run) = &mut self.running else { return false };
        let Place::Steps { done, of, .. } = &mut run.place else { return false };
        *done += 1;
        let (value, max) = (*done, *of);
        if value == max {
            run.place = Place::Due { node: node.clone() };
        }
        run.note(&node, json!(value), json!(max), "running");
        let told = json!({ "value": value, "max": max, "prompt_id": run.queued.id, "node": node });
        self.tell_progress();
        if self.client.is_some() {
            self.tell("progress", &told);
        } else {
            self.tell_all("progress", &told);
        }
        self.show(&node);
        true
    }

    /// A small picture of the work, for those who want one.
    fn show(&mut self, node: &str) {
        let Some(run) = self.running.as_ref().filter(|_| self.has_previews) else { return };
        let Some(client) = self.client.clone() else { return };
        let about = json!({
            "node_id": node, "prompt_id": run.queued.id, "display_node_id": node,
            "parent_node_id": null, "real_node_id": node, "image_type": "image/jpeg",
        });
        let small = image::RgbImage::from_pixel(16, 16, image::Rgb([120, 140, 160]));
        let small = crate::drawing::encode(&small, crate::drawing::Format::Jpeg, "");
        self.send(|it| it.is_of(&client) && it.knows_metadata, &Frame::preview_of(&about, &small));
        self.send(|it| it.is_of(&client) && !it.knows_metadata, &Frame::preview(&small));
    }

    /// What was ordered for the first step. Gives whether there is more to do, if it changes
    /// anything.
    fn strike(&mut self, node: &str) -> Option<bool> {
        let run = self.running.as_mut()?;
        let (at, is_restart) = (run.at, run.has(Trouble::Restart));
        let away = run.longer(Trouble::Restart, 5);
        if is_restart {
            self.die(Some(at + away));
            return Some(false);
        }
        let is_dropped = run.has(Trouble::DroppedSocket);
        let failure = if run.has(Trouble::OutOfMemory) {
            Some(Failure::out_of_memory())
        } else if run.has(Trouble::NodeError) {
            Some(Failure::new("RuntimeError", "mat1 and mat2 shapes cannot be multiplied"))
        } else {
            None
        };
        if is_dropped {
            self.sockets.clear();
        }
        let failure = failure?;
        self.failed(node, &failure);
        Some(true)
    }

    fn task(&self, run: &Run, node: &str) -> Task {
        let class = run.class(node);
        let inputs = run.queued.prompt[node]["inputs"].as_object().cloned().unwrap_or_default();
        let (mut values, mut things) = (BTreeMap::new(), BTreeMap::new());
        for (name, value) in inputs {
            match plan::link(&value) {
                Some((from, slot)) => {
                    let kept = run.plan.keys.get(from).and_then(|it| self.cache.get(it));
                    let thing = kept.and_then(|it| it.things.get(slot)).cloned();
                    things.insert(name, thing.unwrap_or(Thing::Part));
                }
                None => {
                    values.insert(name, value);
                }
            }
        }
        let named = values.get("image").and_then(Value::as_str).unwrap_or_default();
        let file = (class == "LoadImage").then(|| self.shelf.find(Folder::Input, named));
        let metadata = json!(run.queued.prompt).to_string();
        Task { class, file: file.flatten(), values, things, metadata }
    }

    /// Takes what came of the work.
    pub(super) fn worked(&mut self, done: Result<Done, Failure>) {
        let Some(run) = &mut self.running else { return };
        let Place::Due { node } = &run.place else { return };
        let node = node.clone();
        match done {
            Ok(done) => self.finished(&node, done),
            Err(failure) => self.failed(&node, &failure),
        }
    }

    fn finished(&mut self, node: &str, done: Done) {
        let output = done.file.map(|it| self.save(node, it));
        let Some(run) = &mut self.running else { return };
        run.place = Place::Between;
        run.executed.push(node.to_owned());
        let kept = Kept { things: done.things, output: output.clone() };
        if let Some(key) = run.plan.keys.get(node) {
            self.cache.insert(*key, kept);
        }
        let steps = run.progress.get(node).filter(|it| it["value"].is_i64());
        let most = steps.map_or_else(|| json!(1.0), |it| it["max"].clone());
        run.note(node, most.clone(), most, "finished");
        if let Some(output) = output {
            self.tell_output(node, &output);
        }
        self.tell_progress();
    }

    /// Keeps a file of an output node; what is told of it.
    fn save(&mut self, node: &str, file: Bytes) -> Value {
        let Some(run) = &self.running else { return Value::Null };
        let (folder, prefix) = if run.class(node) == "PreviewImage" {
            (Folder::Temp, "ComfyUI_temp")
        } else {
            let said = run.queued.prompt[node]["inputs"]["filename_prefix"].as_str();
            (Folder::Output, said.unwrap_or("ComfyUI"))
        };
        let (subfolder, name) = self.shelf.save(folder, prefix, file);
        json!({ "images": [
            { "filename": name, "subfolder": subfolder, "type": folder.word() },
        ] })
    }

    fn failed(&mut self, node: &str, failure: &Failure) {
        let Some(run) = &self.running else { return };
        let prompt = &run.queued.prompt;
        let given = prompt[node]["inputs"].as_object().into_iter().flatten();
        let inputs: Map<String, Value> = given
            .map(|(name, value)| match plan::link(value) {
                Some(_) => (name.clone(), json!(["tensor([[[[0.2157, 0.8431, 0.6471]]]])"])),
                None => (name.clone(), json!([value])),
            })
            .collect();
        let nodes: Vec<&String> = prompt.keys().collect();
        let told = json!({
            "prompt_id": run.queued.id,
            "node_id": node,
            "node_type": run.class(node),
            "executed": run.executed,
            "exception_message": failure.text,
            "exception_type": failure.kind,
            "traceback": failure.traceback(),
            "current_inputs": inputs,
            "current_outputs": nodes,
        });
        self.record("execution_error", told, false);
        self.end(Stage::Failed);
    }

    fn interrupted(&mut self, node: &str) {
        let Some(run) = &self.running else { return };
        let told = json!({
            "prompt_id": run.queued.id,
            "node_id": node,
            "node_type": run.class(node),
            "executed": run.executed,
        });
        self.record("execution_interrupted", told, true);
        self.end(Stage::Interrupted);
    }

    /// Puts it into the history, and only then tells that nothing runs.
    fn end(&mut self, stage: Stage) {
        let is_silent = self.running.as_ref().is_some_and(|it| it.has(Trouble::SilentSocket));
        let Some(run) = self.running.take() else { return };
        self.free_since = match run.place {
            Place::Ending { at } => at,
            _ => run.at,
        };
        let id = run.queued.id.clone();
        self.mark(&id, stage);
        let (outputs, meta) =
            if stage == Stage::Done { (run.outputs, run.meta) } else { Default::default() };
        let (queued, messages) = (run.queued, run.messages);
        self.remember(Past { queued, outputs, meta, messages, end: stage });
        self.last_node = None;
        if !is_silent {
            self.tell_state();
            self.tell("executing", &json!({ "node": null, "prompt_id": id }));
        }
    }
}
