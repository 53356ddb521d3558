//! One server: its queue, what it remembers, who listens, and what a test may do to it.

use super::Settings;
use super::faults::{self, Fault, Trouble};
use super::files::{Folder, Shelf};
use super::run::Run;
use super::sockets::{Frame, Socket};
use super::stock::Stock;
use super::work::Thing;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// More isn't remembered.
const HISTORY_MAX: usize = 10_000;
/// Nor more of what a test can see.
const SEEN_MAX: usize = 10_000;

/// One server of many. They share nothing.
pub struct Server {
    pub(super) name: String,
    pub(super) settings: Arc<Settings>,
    state: Mutex<State>,
    /// Whoever holds it brings the state up to now.
    turn: tokio::sync::Mutex<()>,
}

/// What a test can see of a prompt.
#[derive(Clone, Debug)]
pub struct Seen {
    pub prompt_id: String,
    pub prompt: Value,
    pub client_id: Option<String>,
    pub state: Stage,
}

/// How far a prompt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Pending,
    Running,
    Done,
    Failed,
    Interrupted,
    /// It was taken off the queue, or forgotten with it.
    Gone,
}

impl Stage {
    /// As the page of the servers calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Gone => "gone",
        }
    }
}

/// A prompt in the queue.
#[derive(Clone)]
pub(super) struct Queued {
    /// Whole, or decimal if somebody chose it.
    pub(super) number: Value,
    pub(super) order: u64,
    pub(super) id: String,
    pub(super) prompt: Map<String, Value>,
    pub(super) extra: Value,
    pub(super) outputs: Vec<String>,
    pub(super) created_at: i64,
}

impl Queued {
    /// As `/queue` and `/history` show it.
    pub(super) fn told(&self) -> Value {
        json!([self.number, self.id, self.prompt, self.extra, self.outputs])
    }

    pub(super) fn client(&self) -> Option<&str> {
        self.extra["client_id"].as_str()
    }

    fn rank(&self) -> (f64, u64) {
        (self.number.as_f64().unwrap_or_default(), self.order)
    }
}

/// A prompt that is over.
pub(super) struct Past {
    pub(super) queued: Queued,
    pub(super) outputs: Map<String, Value>,
    pub(super) meta: Map<String, Value>,
    pub(super) messages: Vec<(String, Value)>,
    pub(super) end: Stage,
}

/// What a node gave the last time.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) things: Vec<Thing>,
    pub(super) output: Option<Value>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) counter: i64,
    pub(super) order: u64,
    pub(super) pending: Vec<Queued>,
    pub(super) running: Option<Run>,
    pub(super) history: Vec<Past>,
    pub(super) cache: HashMap<[u8; 32], Kept>,
    pub(super) sockets: Vec<Socket>,
    pub(super) socket_numbers: u64,
    /// Whose prompt ran last, and the node that it is at.
    pub(super) client: Option<String>,
    pub(super) last_node: Option<String>,
    pub(super) is_interrupted: bool,
    pub(super) shelf: Shelf,
    pub(super) faults: Vec<Fault>,
    pub(super) lacking: BTreeSet<String>,
    pub(super) has_previews: bool,
    /// All that was ever taken, in order.
    pub(super) seen: Vec<Seen>,
    /// When the last run ended.
    pub(super) free_since: i64,
    /// Until when nobody answers.
    pub(super) down_until: Option<i64>,
    /// How often it was started: what was begun before counts for nothing.
    pub(super) starts: u64,
}

impl Server {
    pub(super) fn new(name: &str, settings: Arc<Settings>) -> Server {
        let turn = tokio::sync::Mutex::default();
        Server { name: name.to_owned(), settings, state: Mutex::default(), turn }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn now(&self) -> i64 {
        (self.settings.clock)()
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings everything up to now: what is due is done, one node after the other.
    pub(super) async fn settle(&self) {
        let _turn = self.turn.lock().await;
        loop {
            let now = self.now();
            let (task, starts) = {
                let mut state = self.state();
                let Some(task) = state.advance(now, &self.settings) else { return };
                (task, state.starts)
            };
            let done = tokio::task::spawn_blocking(move || task.work()).await;
            let mut state = self.state();
            if let Ok(done) = done
                && state.starts == starts
            {
                state.worked(done);
            } else if state.starts == starts {
                // Only a broken painter panics; the prompt ends as one that failed.
                state.worked(Err(super::failures::Failure::new("RuntimeError", "painter")));
            }
        }
    }

    /// Orders trouble.
    pub fn fault(&self, fault: Fault) {
        if 0 < fault.times {
            self.state().faults.push(fault);
        }
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Forgets all trouble that hasn't come; what hangs goes on.
    pub fn forgive(&self) {
        let mut state = self.state();
        state.faults.clear();
        if let Some(run) = &mut state.running {
            run.faults.retain(|it| !matches!(it.fault, Trouble::Hang | Trouble::Stuck));
        }
    }

    /// The process ends and is back after a while: sockets break, queue, history and cache are
    /// gone, and files stay. Meanwhile everything is answered with 502.
    pub fn restart(&self, down_ms: i64) {
        let now = self.now();
        self.state().die(Some(now.saturating_add(down_ms)));
    }

    /// The process ends until [`Server::start`].
    pub fn stop(&self) {
        self.state().die(Some(i64::MAX));
    }

    pub fn start(&self) {
        self.state().down_until = None;
    }

    pub fn is_up(&self) -> bool {
        let now = self.now();
        self.state().down_until.is_none_or(|it| it <= now)
    }

    /// From now on there is no model, node or choice of this name.
    pub fn lack(&self, name: &str) {
        self.state().lacking.insert(name.to_owned());
    }

    /// Everything is there again.
    pub fn restock(&self) {
        self.state().lacking.clear();
    }

    /// Whether pictures of the work are sent while it goes on.
    pub fn show_previews(&self, are_shown: bool) {
        self.state().has_previews = are_shown;
    }

    /// All prompts that were ever taken, oldest first, also those that the server forgot.
    pub fn prompts(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }

    /// Whether nothing runs or waits.
    pub fn is_idle(&self) -> bool {
        let state = self.state();
        state.running.is_none() && state.pending.is_empty()
    }

    /// How many sockets are open.
    pub fn listeners(&self) -> usize {
        self.state().sockets.len()
    }

    /// The paths of all that was made, as `/view` finds it.
    pub fn outputs(&self) -> Vec<String> {
        self.state().shelf.paths(Folder::Output)
    }

    /// The paths of all that was uploaded.
    pub fn uploads(&self) -> Vec<String> {
        self.state().shelf.paths(Folder::Input)
    }

    /// Somebody cleans the disk of what was made.
    pub fn remove_output(&self, path: &str) {
        self.state().shelf.remove(Folder::Output, path);
    }

    /// Ends all sockets, without a word.
    pub fn hang_up(&self) {
        self.state().sockets.clear();
    }
}

impl State {
    pub(super) fn stock(&self) -> Stock {
        Stock { lacking: self.lacking.clone(), uploads: self.shelf.paths(Folder::Input) }
    }

    pub(super) fn take_fault(&mut self, trouble: Trouble) -> Option<Fault> {
        faults::take(&mut self.faults, |it| it == trouble)
    }

    pub(super) fn die(&mut self, until: Option<i64>) {
        for seen in &mut self.seen {
            if matches!(seen.state, Stage::Pending | Stage::Running) {
                seen.state = Stage::Gone;
            }
        }
        self.down_until = until;
        self.starts += 1;
        self.counter = 0;
        self.sockets.clear();
        self.pending.clear();
        self.running = None;
        self.history.clear();
        self.cache.clear();
        (self.client, self.last_node) = (None, None);
        self.is_interrupted = false;
    }

    pub(super) fn queue(&mut self, queued: Queued) {
        self.seen.push(Seen {
            prompt_id: queued.id.clone(),
            prompt: Value::Object(queued.prompt.clone()),
            client_id: queued.client().map(str::to_owned),
            state: Stage::Pending,
        });
        if SEEN_MAX < self.seen.len() {
            self.seen.remove(0);
        }
        self.pending.push(queued);
        self.pending.sort_by(|one, other| {
            one.rank().partial_cmp(&other.rank()).unwrap_or(std::cmp::Ordering::Equal)
        });
        self.tell_state();
    }

    /// Takes what waits off the queue, and says how much that was.
    pub(super) fn unqueue(&mut self, is_meant: impl Fn(&Queued) -> bool) -> usize {
        let (gone, left): (Vec<_>, Vec<_>) = self.pending.drain(..).partition(is_meant);
        self.pending = left;
        for queued in &gone {
            self.mark(&queued.id, Stage::Gone);
        }
        gone.len()
    }

    /// Notes how far a prompt is. An id may come twice: the older one is meant.
    pub(super) fn mark(&mut self, id: &str, stage: Stage) {
        let is_open = |it: &Seen| matches!(it.state, Stage::Pending | Stage::Running);
        let found = self.seen.iter_mut().find(|it| it.prompt_id == id && is_open(it));
        if let Some(seen) = found {
            seen.state = stage;
        }
    }

    pub(super) fn remember(&mut self, past: Past) {
        self.history.retain(|it| it.queued.id != past.queued.id);
        self.history.push(past);
        if HISTORY_MAX < self.history.len() {
            self.history.remove(0);
        }
    }

    /// What waits and what runs.
    pub(super) fn remaining(&self) -> usize {
        self.pending.len() + usize::from(self.running.is_some())
    }

    /// Tells everybody how long the queue is.
    pub(super) fn tell_state(&mut self) {
        let state = json!({ "status": { "exec_info": { "queue_remaining": self.remaining() } } });
        self.tell_all("status", &state);
    }

    /// Tells those whose prompt it is; of a prompt without a client nobody hears.
    pub(super) fn tell(&mut self, kind: &str, content: &Value) {
        if let Some(client) = self.client.clone() {
            let frame = Frame::text(kind, content);
            self.send(|it| it.is_of(&client), &frame);
        }
    }

    pub(super) fn tell_all(&mut self, kind: &str, content: &Value) {
        self.send(Socket::is_heard, &Frame::text(kind, content));
    }

    pub(super) fn send(&mut self, is_meant: impl Fn(&Socket) -> bool, frame: &Frame) {
        if self.running.as_ref().is_some_and(|it| it.has(Trouble::SilentSocket)) {
            return;
        }
        self.sockets.retain(|it| !is_meant(it) || it.out.send(frame.clone()).is_ok());
    }
}
