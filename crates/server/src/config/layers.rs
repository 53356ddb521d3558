//! Settings before they have types: the layers over one another, and who set what.
//!
//! Merged by hand and not by the `config` crate, because each value must remember who set it (for
//! the text of a fault and for `atelier doctor`), because all faults are told at once, and because
//! a parser's own message would print the value, which may be a secret.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use super::names;

/// Every key, with its comment and its default.
const MANUAL: &str = include_str!("../../../../atelier.toml");

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetBy {
    Default,
    /// A file, by its name.
    File(String),
    /// A name in the environment.
    Environment(String),
    /// A name in the file `.env`.
    DotEnv(String),
    /// An argument of the command line.
    Argument(&'static str),
}

impl SetBy {
    /// Whether the operator has said it, in one way or another.
    pub fn is_given(&self) -> bool {
        !matches!(self, Self::Default)
    }
}

impl std::fmt::Display for SetBy {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => out.write_str("default"),
            Self::File(name) => out.write_str(name),
            Self::Environment(name) => write!(out, "env {name}"),
            Self::DotEnv(name) => write!(out, ".env {name}"),
            Self::Argument(name) => out.write_str(name),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Set {
    pub value: Value,
    pub from: SetBy,
}

/// What each key was set to. A key is the path to it, with dots; in a list of tables the place in
/// the list is part of the path: `bot.0.token`.
pub(super) struct Layers {
    defaults: BTreeMap<String, Value>,
    set: BTreeMap<String, Set>,
    pub faults: Vec<String>,
}

impl Layers {
    pub fn new() -> Self {
        let manual: Table = MANUAL.parse().expect("a test reads the manual");
        let mut defaults = BTreeMap::new();
        flatten("", &manual, &mut |key, value| {
            defaults.insert(key, value.clone());
        });
        Self { defaults, set: BTreeMap::new(), faults: Vec::new() }
    }

    /// Every key of the manual.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.defaults.keys().map(String::as_str)
    }

    pub fn put(&mut self, key: &str, value: Value, from: SetBy) {
        self.set.insert(key.to_owned(), Set { value, from });
    }

    pub fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return self.faults.push(format!("{name}: it can't be read: {error}")),
        };
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                // Not the error's own text, which quotes the line and with it perhaps a secret.
                let at = error.span().map_or(0, |it| it.start).min(text.len());
                let line = 1 + text.as_bytes()[..at].iter().filter(|it| **it == b'\n').count();
                return self.faults.push(format!("{name}:{line}: {}", error.message()));
            }
        };
        let mut unknown = Vec::new();
        flatten("", &table, &mut |key, value| {
            if self.knows(&key) {
                let from = SetBy::File(name.clone());
                self.set.insert(key, Set { value: value.clone(), from });
            } else {
                unknown.push(key);
            }
        });
        for key in unknown {
            self.faults.push(format!("{name}: {}", self.unknown(&key)));
        }
    }

    /// Takes `ATELIER__SECTION__KEY` first and the short names over it.
    pub fn environment(&mut self, given: &BTreeMap<String, String>, from: fn(String) -> SetBy) {
        let given = || given.iter().filter(|(_, value)| !value.trim().is_empty());
        for (name, value) in given() {
            let Some(path) = name.strip_prefix("ATELIER__") else { continue };
            let key = path.to_lowercase().replace("__", ".");
            if self.knows(&key) {
                self.put(&key, Value::String(value.trim().to_owned()), from(name.clone()));
            } else {
                let unknown = self.unknown(&key);
                self.faults.push(format!("{name}: {unknown}"));
            }
        }
        for (key, names) in names::SHORT {
            // From the one that counts least, so that the first one is written last.
            for name in names.iter().rev() {
                let Some((_, value)) = given().find(|(it, _)| it == name) else { continue };
                let value = value.trim();
                if self.knows(key) {
                    self.put(key, Value::String(value.to_owned()), from((*name).to_owned()));
                } else {
                    self.json(key, name, value, from);
                }
            }
        }
    }

    /// Takes a JSON object as a table of texts.
    fn json(&mut self, table: &str, name: &str, text: &str, from: fn(String) -> SetBy) {
        let object: serde_json::Map<String, serde_json::Value> = match serde_json::from_str(text) {
            Ok(object) => object,
            Err(_) => return self.faults.push(format!("{name}: it isn't a JSON object")),
        };
        for (word, value) in object {
            let key = format!("{table}.{word}");
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                // JSON's own way to write a small fraction has an exponent.
                serde_json::Value::Number(it) if it.is_f64() => {
                    format!("{}", it.as_f64().expect("it is"))
                }
                other => other.to_string(),
            };
            if self.knows(&key) {
                self.put(&key, Value::String(text), from(name.to_owned()));
            } else {
                let unknown = self.unknown(&key);
                self.faults.push(format!("{name}: {unknown}"));
            }
        }
    }

    /// The value of a key as it was set, or else its default.
    pub fn get(&self, key: &str) -> Set {
        self.set.get(key).cloned().unwrap_or_else(|| Set {
            value: self
                .defaults
                .get(&template(key))
                .unwrap_or_else(|| panic!("`{key}` is not in atelier.toml"))
                .clone(),
            from: SetBy::Default,
        })
    }

    /// Every key that the manual has or somebody set.
    pub fn everything(&self) -> BTreeMap<String, Set> {
        let keys = self.defaults.keys().chain(self.set.keys());
        keys.map(|key| (key.clone(), self.get(key))).collect()
    }

    pub fn is_set(&self, key: &str) -> bool {
        self.set.contains_key(key)
    }

    /// The segments that come after `prefix` in keys that were set, such as the places of bots.
    pub fn below(&self, prefix: &str) -> BTreeSet<String> {
        self.set
            .keys()
            .filter_map(|it| it.strip_prefix(prefix)?.split('.').next())
            .map(str::to_owned)
            .collect()
    }

    fn knows(&self, key: &str) -> bool {
        self.defaults.contains_key(&template(key))
    }

    fn unknown(&self, key: &str) -> String {
        let near = self
            .keys()
            .map(|it| (distance(&template(key), it), it))
            .min()
            .filter(|(far, it)| *far <= 3.min(it.len() / 3));
        match near {
            Some((_, near)) => format!("unknown key `{key}`; did you mean `{near}`?"),
            None => format!("unknown key `{key}`"),
        }
    }
}

/// The key of the manual that documents `key`: the first bot, its first price, the override for
/// portraits.
pub(super) fn template(key: &str) -> String {
    let mut parts: Vec<&str> = key.split('.').collect();
    match parts.as_mut_slice() {
        ["bot", place, _] if place.parse::<u8>().is_ok() => *place = "0",
        ["bot", place, "price", name, _] if place.parse::<u8>().is_ok() => {
            *place = "0";
            *name = "250";
        }
        ["training", "override", name, _] => *name = "portrait",
        _ => {}
    }
    parts.join(".")
}

/// Calls `take` with the path and value of everything in a table that isn't a table itself.
fn flatten(path: &str, table: &Table, take: &mut impl FnMut(String, &Value)) {
    for (name, value) in table {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::Table(table) => flatten(&key, table, take),
            Value::Array(list) if !list.is_empty() && list.iter().all(Value::is_table) => {
                for (at, entry) in list.iter().enumerate() {
                    let entry = entry.as_table().expect("all are tables");
                    flatten(&format!("{key}.{at}"), entry, take);
                }
            }
            value => take(key, value),
        }
    }
}

/// How many letters must be put in, left out or changed to make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = at + 1;
        for place in 0..other.len() {
            let changed = corner + usize::from(other[place] != letter);
            corner = row[place + 1];
            row[place + 1] = changed.min(row[place] + 1).min(corner + 1);
        }
    }
    row[other.len()]
}
