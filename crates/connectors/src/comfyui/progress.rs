//! How far a graph has come, from what is heard of its nodes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Step;

/// What is heard of our prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Nodes whose results are still there.
    Cached(Vec<String>),
    Running(String),
    /// All nodes that have begun.
    State(Vec<Node>),
    Steps(Node),
    Executed(String),
    Succeeded,
    /// By somebody else: whoever is told to stop doesn't listen any more.
    Interrupted,
    Failed(Value),
    /// Nothing more will be heard.
    Over,
    /// A word that is new to us, but about our prompt.
    Other,
}

/// How far a node has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    id: String,
    value: u64,
    max: u64,
    is_finished: bool,
}

impl Node {
    pub(super) fn of(id: &str, told: &Value) -> Self {
        let max = whole(&told["max"]).max(1);
        let value = whole(&told["value"]).min(max);
        let is_finished = told["state"] == "finished";
        Self { id: id.to_owned(), value, max, is_finished }
    }

    fn thousandths(&self) -> u64 {
        if self.is_finished { FULL } else { self.value.saturating_mul(FULL) / self.max }
    }

    fn step(&self) -> Option<(u32, u32)> {
        let number = |it| u32::try_from(it).ok();
        (1 < self.max).then_some(())?;
        Some((number(self.value)?, number(self.max)?))
    }
}

/// A number that some nodes count in fractions.
fn whole(number: &Value) -> u64 {
    number.as_u64().or_else(|| number.as_f64().map(|it| it as u64)).unwrap_or(0)
}

const FULL: u64 = 1_000;

/// Nobody has more steps than this for good reason.
const STEPS_MAX: u64 = 1_000;

/// The way through a graph. A node counts by the steps that it says it will take, others once: a
/// sampler is most of the work.
pub(super) struct Way {
    weights: BTreeMap<String, u64>,
    /// In thousandths. It never goes back.
    done: BTreeMap<String, u64>,
    running: Option<String>,
    /// The one that said how far it is, and its step.
    step: Option<(String, (u32, u32))>,
    percent: Option<u8>,
}

impl Way {
    pub(super) fn through(graph: &Value) -> Self {
        let nodes = graph.as_object().into_iter().flatten();
        let weights = nodes.map(|(id, node)| {
            let steps = node["inputs"]["steps"].as_u64().unwrap_or(1);
            (id.clone(), steps.clamp(1, STEPS_MAX))
        });
        Self {
            weights: weights.collect(),
            done: BTreeMap::new(),
            running: None,
            step: None,
            percent: None,
        }
    }

    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::Cached(ids) => ids.iter().for_each(|it| self.reach(it, FULL)),
            Event::Running(id) => {
                if let Some(before) = self.running.replace(id.clone()).filter(|it| it != id) {
                    self.reach(&before, FULL);
                }
            }
            Event::State(nodes) => nodes.iter().for_each(|it| self.hear_node(it)),
            Event::Steps(node) => self.hear_node(node),
            Event::Executed(id) => self.reach(id, FULL),
            Event::Succeeded
            | Event::Interrupted
            | Event::Failed(_)
            | Event::Over
            | Event::Other => {}
        }
        self.weigh();
    }

    pub(super) fn step(&self) -> Step {
        let step = self.step.as_ref().map(|it| it.1);
        Step { percent: self.percent, step, place: None }
    }

    fn hear_node(&mut self, node: &Node) {
        self.reach(&node.id, node.thousandths());
        if !node.is_finished {
            self.step = node.step().map(|it| (node.id.clone(), it));
        }
    }

    /// Nodes that others turn into while they run are not in the graph and count for nothing.
    fn reach(&mut self, id: &str, thousandths: u64) {
        if !self.weights.contains_key(id) {
            return;
        }
        let done = self.done.entry(id.to_owned()).or_default();
        *done = thousandths.clamp(*done, FULL);
        if *done == FULL {
            self.step.take_if(|it| it.0 == id);
        }
    }

    fn weigh(&mut self) {
        let whole: u64 = self.weights.values().sum();
        let done = self.done.iter().map(|(id, done)| done * self.weights[id]).sum::<u64>();
        let Some(percent) = (done / (FULL / 100)).checked_div(whole) else { return };
        let percent = u8::try_from(percent).unwrap_or(100);
        self.percent = Some(percent);
    }
}
