//! What is told of prompts: the queue, the history, and the same once more as jobs.

use super::server::{Past, Queued, Server, Stage};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Which part of a list.
#[derive(Deserialize)]
pub(super) struct Part {
    max_items: Option<usize>,
    limit: Option<usize>,
    offset: Option<i64>,
}

impl Past {
    fn told(&self) -> Value {
        let is_done = self.end == Stage::Done;
        json!({
            "prompt": self.queued.told(),
            "outputs": self.outputs,
            "status": self.told_state(is_done),
            "meta": self.meta,
        })
    }

    fn told_state(&self, is_done: bool) -> Value {
        json!({
            "status_str": if is_done { "success" } else { "error" },
            "completed": is_done,
            "messages": self.messages,
        })
    }

    fn moment(&self, kinds: &[&str]) -> Value {
        let found = self.messages.iter().find(|it| kinds.contains(&it.0.as_str()));
        found.map_or(Value::Null, |it| it.1["timestamp"].clone())
    }

    /// As a job; `is_whole` with everything that is known.
    fn job(&self, is_whole: bool) -> Value {
        let ends = ["execution_success", "execution_error", "execution_interrupted"];
        let word = match self.end {
            Stage::Done => "completed",
            Stage::Interrupted => "cancelled",
            _ => "failed",
        };
        let mut job = basics(&self.queued, word);
        job["execution_start_time"] = self.moment(&["execution_start"]);
        job["execution_end_time"] = self.moment(&ends);
        if let Some(error) = self.messages.iter().find(|it| it.0 == "execution_error") {
            job["execution_error"] = error.1.clone();
        }
        let files = self.outputs.iter().flat_map(|(node, output)| {
            let images = output["images"].as_array().into_iter().flatten();
            images.map(move |it| (node, it))
        });
        let count = files.clone().count();
        job["outputs_count"] = json!(count);
        job["previewable_outputs_count"] = json!(count);
        if let Some((node, image)) = files.last() {
            let mut preview = image.clone();
            preview["nodeId"] = json!(node);
            preview["mediaType"] = json!("images");
            job["preview_output"] = preview;
        }
        if is_whole {
            job["outputs"] = json!(self.outputs);
            job["execution_status"] = self.told_state(self.end == Stage::Done);
            job["workflow"] = workflow(&self.queued);
        }
        job
    }
}

fn basics(queued: &Queued, word: &str) -> Value {
    json!({
        "id": queued.id,
        "status": word,
        "priority": queued.number,
        "create_time": queued.created_at,
    })
}

fn workflow(queued: &Queued) -> Value {
    json!({ "prompt": queued.prompt, "extra_data": queued.extra })
}

fn open_job(queued: &Queued, word: &str, is_whole: bool) -> Value {
    let mut job = basics(queued, word);
    job["outputs_count"] = json!(0);
    if is_whole {
        job["workflow"] = workflow(queued);
    }
    job
}

impl Server {
    pub(super) fn told_queue(&self) -> Value {
        let state = self.state();
        let running: Vec<Value> = state.running.iter().map(|it| it.told()).collect();
        let pending: Vec<Value> = state.pending.iter().map(Queued::told).collect();
        json!({ "queue_running": running, "queue_pending": pending })
    }

    pub(super) fn told_history(&self, part: &Part) -> Value {
        let state = self.state();
        let all = &state.history;
        let most = part.max_items.unwrap_or(all.len());
        let begin = match part.offset.and_then(|it| usize::try_from(it).ok()) {
            Some(offset) => offset.min(all.len()),
            None => all.len().saturating_sub(most),
        };
        let wanted = all.iter().skip(begin).take(most);
        Value::Object(wanted.map(|it| (it.queued.id.clone(), it.told())).collect())
    }

    pub(super) fn told_past(&self, id: &str) -> Value {
        let state = self.state();
        let found = state.history.iter().find(|it| it.queued.id == id);
        Value::Object(found.map(|it| (id.to_owned(), it.told())).into_iter().collect::<Map<_, _>>())
    }

    pub(super) fn forget(&self, asked: &Value) {
        let mut state = self.state();
        if asked["clear"] == true {
            state.history.clear();
        }
        for id in asked["delete"].as_array().into_iter().flatten() {
            state.history.retain(|it| *id != it.queued.id.as_str());
        }
    }

    pub(super) fn told_job(&self, id: &str) -> Option<Value> {
        let state = self.state();
        if let Some(run) = state.running.as_ref().filter(|it| it.queued().id == id) {
            let mut job = open_job(run.queued(), "in_progress", true);
            let begun = run.messages().first().map(|it| it.1["timestamp"].clone());
            job["execution_start_time"] = json!(begun);
            return Some(job);
        }
        if let Some(queued) = state.pending.iter().find(|it| it.id == id) {
            return Some(open_job(queued, "pending", true));
        }
        state.history.iter().find(|it| it.queued.id == id).map(|it| it.job(true))
    }

    pub(super) fn told_jobs(&self, part: &Part) -> Value {
        let state = self.state();
        let running = state.running.iter().map(|it| open_job(it.queued(), "in_progress", false));
        let pending = state.pending.iter().rev().map(|it| open_job(it, "pending", false));
        let past = state.history.iter().rev().map(|it| it.job(false));
        let all: Vec<Value> = pending.chain(running).chain(past).collect();
        let offset = part.offset.and_then(|it| usize::try_from(it).ok()).unwrap_or_default();
        let most = part.limit.unwrap_or(usize::MAX);
        let total = all.len();
        let jobs: Vec<Value> = all.into_iter().skip(offset).take(most).collect();
        let has_more = offset.saturating_add(jobs.len()) < total;
        json!({
            "jobs": jobs,
            "pagination": {
                "offset": offset, "limit": part.limit, "total": total, "has_more": has_more,
            },
        })
    }
}
