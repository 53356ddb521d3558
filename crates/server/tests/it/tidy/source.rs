//! Source text as the tidy test needs it: the repository's files, code without its comments and
//! strings, and the paths that code names.

use std::path::{Path, PathBuf};

/// A file of the repository, by its path below the root.
#[derive(Debug)]
pub struct File {
    pub path: String,
    pub text: String,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Folders that hold what was built, fetched or run, not what we wrote.
const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "atelier-data", "data"];

/// Every text file of the repository.
pub fn repository() -> Vec<File> {
    let mut files = Vec::new();
    walk(&root(), "", &mut files);
    files.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(files.iter().any(|it| it.path == "Cargo.toml"), "this isn't the repository");
    files
}

fn walk(folder: &Path, path: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let name = entry.file_name().into_string().expect("our names are ASCII");
        let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let kind = entry.file_type().expect("the folder can be read");
        if kind.is_dir() && !NOT_OURS.contains(&name.as_str()) {
            walk(&entry.path(), &below, files);
        } else if kind.is_file()
            && let Ok(text) = std::fs::read_to_string(entry.path())
        {
            files.push(File { path: below, text });
        }
    }
}

/// Whether a path is matched by a pattern: `*` stands for any part of one name, and a pattern that
/// ends with `/` for everything below.
pub fn matches(pattern: &str, path: &str) -> bool {
    let (mut names, mut parts) = (path.split('/'), pattern.split('/').peekable());
    while let Some(part) = parts.next() {
        if part.is_empty() && parts.peek().is_none() {
            return true;
        }
        let Some(name) = names.next() else { return false };
        let is_same = match part.split_once('*') {
            None => part == name,
            Some((start, end)) => {
                start.len() + end.len() <= name.len()
                    && name.starts_with(start)
                    && name.ends_with(end)
            }
        };
        if !is_same {
            return false;
        }
    }
    names.next().is_none()
}

/// Rust code with blanks in place of its comments and of what is in its quotes. Lines stay.
pub fn code(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = skipped(&letters, at);
        if end == at {
            code.push(letters[at]);
            at += 1;
        }
        for letter in &letters[at..end.max(at)] {
            code.push(if *letter == '\n' { '\n' } else { ' ' });
        }
        at = end.max(at);
    }
    code
}

/// The end of the comment, text or letter that begins here; `at` if none does.
fn skipped(letters: &[char], at: usize) -> usize {
    let get = |at: usize| letters.get(at).copied().unwrap_or('\0');
    let is_word = |it: char| it.is_alphanumeric() || it == '_';
    let until = |from: usize, end: &dyn Fn(usize) -> bool| {
        (from..letters.len()).find(|it| end(*it)).unwrap_or(letters.len())
    };
    match (get(at), get(at + 1)) {
        ('/', '/') => until(at, &|it| get(it) == '\n'),
        ('/', '*') => until(at + 2, &|it| get(it) == '*' && get(it + 1) == '/') + 2,
        ('"', _) => quoted(letters, at),
        ('r', '"' | '#') if at == 0 || !is_word(get(at - 1)) => {
            let hashes = until(at + 1, &|it| get(it) != '#') - at - 1;
            if get(at + 1 + hashes) != '"' {
                return at;
            }
            let is_end =
                |it: usize| get(it) == '"' && (1..=hashes).all(|hash| get(it + hash) == '#');
            until(at + 2 + hashes, &is_end) + 1 + hashes
        }
        // A letter in quotes and not the name of a lifetime.
        ('\'', '\\') => until(at + 3, &|it| get(it) == '\'') + 1,
        ('\'', _) if get(at + 2) == '\'' => at + 3,
        _ => at,
    }
    .min(letters.len())
}

fn quoted(letters: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

/// Every path that the code of a file names, with braces opened and `self` and `super` written out.
/// `module` is the file's own path, such as `crate::studio::training`.
pub fn paths(code: &str, module: &str) -> Vec<String> {
    let mut found = Vec::new();
    let tokens = tokens(code);
    let mut at = 0;
    while at < tokens.len() {
        let starts = is_name(&tokens[at]) && (at == 0 || tokens[at - 1] != "::");
        if starts && tokens.get(at + 1).is_some_and(|it| it == "::") {
            at = tree(&tokens, at, "", &mut found);
        } else {
            at += 1;
        }
    }
    for path in &mut found {
        if let Some(rest) = path.strip_prefix("self::") {
            *path = format!("{module}::{rest}");
        }
        let mut above = module;
        while let Some(rest) = path.strip_prefix("super::") {
            above = above.rsplit_once("::").map_or("crate", |it| it.0);
            let rest = rest.to_owned();
            *path = if rest.starts_with("super::") { rest } else { format!("{above}::{rest}") };
        }
    }
    found
}

/// Reads one path, or a tree of them in braces, beginning at `at`; gives where it ends.
fn tree(tokens: &[String], mut at: usize, before: &str, found: &mut Vec<String>) -> usize {
    let mut path = before.to_owned();
    while at < tokens.len() {
        if tokens[at] == "{" {
            at += 1;
            while at < tokens.len() && tokens[at] != "}" {
                let start = at;
                at = tree(tokens, at, &path, found);
                at = at.max(start + 1);
            }
            return at + 1;
        }
        if !is_name(&tokens[at]) && tokens[at] != "*" {
            break;
        }
        path += &tokens[at];
        at += 1;
        if tokens.get(at).is_none_or(|it| it != "::") {
            break;
        }
        path += "::";
        at += 1;
    }
    found.push(path.trim_end_matches("::").to_owned());
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|it: char| it.is_alphabetic() || it == '_')
}

fn tokens(code: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_alphanumeric() || letter == '_' {
            let mut word = String::from(letter);
            while let Some(more) = letters.next_if(|it| it.is_alphanumeric() || *it == '_') {
                word.push(more);
            }
            tokens.push(word);
        } else if letter == ':' && letters.next_if_eq(&':').is_some() {
            tokens.push("::".to_owned());
        } else if !letter.is_whitespace() {
            tokens.push(letter.to_string());
        }
    }
    tokens
}

/// The words of names that a file's code lets others see, and the name they are in:
/// `pub struct PhotoDesk` has `photo` and `desk`.
pub fn public_words(code: &str) -> Vec<(String, String)> {
    const DEFINES: [&str; 9] =
        ["fn", "struct", "enum", "trait", "mod", "type", "const", "static", "union"];
    let tokens = tokens(code);
    let mut words = Vec::new();
    for at in (0..tokens.len()).filter(|at| tokens[*at] == "pub") {
        let mut rest = tokens[at + 1..].iter().map(String::as_str).take(8).skip_while(|it| {
            matches!(*it, "(" | ")" | "crate" | "super" | "in" | "async" | "unsafe" | "::")
        });
        let (Some(first), Some(second)) = (rest.next(), rest.next()) else { continue };
        let name = match first {
            "const" if second == "fn" => rest.next().unwrap_or_default(),
            it if DEFINES.contains(&it) => second,
            _ => continue,
        };
        words.extend(words_of(name).into_iter().map(|word| (word, name.to_owned())));
    }
    words
}

/// `photo_desk`, `PhotoDesk` and `PHOTO_DESK` are all `photo` and `desk`.
pub fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if letter == '_' || letter == '-' || letter == '.' || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(letter.to_lowercase());
        }
        was_small = letter.is_lowercase() || letter.is_ascii_digit();
    }
    words.retain(|it| !it.is_empty());
    words
}
