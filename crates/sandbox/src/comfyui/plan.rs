//! In which order the nodes of a prompt run, and which of them needn't, because the last prompt
//! had the same.

use super::files::{Folder, Shelf};
use super::nodes::{CLASSES, Class};
use super::server::{Kept, Queued};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, VecDeque};

/// What follows from all that a node hangs on.
pub(super) type Key = [u8; 32];

pub(super) struct Plan {
    /// Those that are still to run, and outputs that are only told again.
    pub(super) nodes: VecDeque<String>,
    pub(super) keys: HashMap<String, Key>,
    pub(super) cached: Vec<String>,
}

/// Where a value comes from, if it is a link.
pub(super) fn link(value: &Value) -> Option<(&str, usize)> {
    let [from, slot] = value.as_array()?.as_slice() else { return None };
    Some((from.as_str()?, usize::try_from(slot.as_u64()?).ok()?))
}

pub(super) fn class_of(prompt: &Map<String, Value>, node: &str) -> Option<&'static Class> {
    let name = prompt.get(node)?.get("class_type")?.as_str()?;
    CLASSES.iter().find(|it| it.name == name)
}

impl Plan {
    /// Plans a prompt, and forgets what it doesn't use.
    pub(super) fn new(queued: &Queued, shelf: &Shelf, cache: &mut HashMap<Key, Kept>) -> Plan {
        let mut walk = Walk { prompt: &queued.prompt, shelf, keys: HashMap::new(), order: vec![] };
        for output in &queued.outputs {
            walk.visit(output);
        }
        let Walk { keys, order, .. } = walk;
        cache.retain(|key, _| keys.values().any(|it| it == key));
        let cached: Vec<String> =
            order.iter().filter(|it| cache.contains_key(&keys[*it])).cloned().collect();
        let is_output =
            |node: &String| class_of(&queued.prompt, node).is_some_and(|it| it.is_output);
        let is_due = |it: &String| !cached.contains(it) || is_output(it);
        let nodes = order.into_iter().filter(is_due).collect();
        Plan { nodes, keys, cached }
    }
}

struct Walk<'a> {
    prompt: &'a Map<String, Value>,
    shelf: &'a Shelf,
    keys: HashMap<String, Key>,
    order: Vec<String>,
}

impl Walk<'_> {
    /// A node after all before it. There are no circles: they were refused.
    fn visit(&mut self, node: &str) -> Key {
        if let Some(known) = self.keys.get(node) {
            return *known;
        }
        let class = class_of(self.prompt, node);
        let mut sum = Sha256::new();
        sum.update(class.map_or("", |it| it.name));
        let inputs = self.prompt.get(node).and_then(|it| it["inputs"].as_object());
        for input in class.into_iter().flat_map(|it| it.inputs) {
            let Some(value) = inputs.and_then(|it| it.get(input.name)) else { continue };
            sum.update([0]);
            sum.update(input.name);
            match link(value) {
                Some((from, slot)) => {
                    sum.update([1, slot as u8]);
                    sum.update(self.visit(from));
                }
                None => sum.update(value.to_string()),
            }
        }
        if class.is_some_and(|it| it.name == "LoadImage") {
            let name = inputs.and_then(|it| it["image"].as_str()).unwrap_or_default();
            let file = self.shelf.find(Folder::Input, name).unwrap_or_default();
            sum.update(Sha256::digest(&file));
        }
        let key = sum.finalize().into();
        self.keys.insert(node.to_owned(), key);
        self.order.push(node.to_owned());
        key
    }
}
