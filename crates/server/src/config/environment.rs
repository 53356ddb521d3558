//! The environment of the process, and the file that stands in for it.

use std::collections::BTreeMap;
use std::path::Path;

/// What the process was started with. Names and values that aren't UTF-8 are none of ours.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Reads lines of the form `NAME=value`, as shells and container engines do: `#` begins a comment
/// at the start of a line or after a blank, quotes around a value are dropped, `export` is allowed.
pub(super) fn dot_env(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(format!("{}: it can't be read: {error}", path.display())),
    };
    let mut names = BTreeMap::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else {
            return Err(format!("{}:{}: this isn't NAME=value", path.display(), at + 1));
        };
        names.insert(name.trim().to_owned(), unquoted(value.trim()).to_owned());
    }
    Ok(names)
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|it| it.split_once(quote)) {
            return inner;
        }
    }
    if value.starts_with('#') {
        return "";
    }
    value.split(" #").next().unwrap_or(value).trim_end()
}
