//! The rules of the house that a machine can check, each with its remedy.
//!
//! A new rule is a line in a table; that it fires is tested by itself, on text made of that line.

mod source;

use source::{File, code, matches, paths, public_words, repository, words_of};

/// Who may use whom, of our own crates, from the bottom up; and which crates of others each must
/// do without. `=` before a list means: these and no more.
const CRATES: &[(&str, &[&str], &str)] = &[
    ("domain", &[], "= serde serde_json thiserror toml"),
    ("chat", &["domain"], "= fluent-bundle serde serde_json unic-langid"),
    ("store", &["domain"], "reqwest axum frankenstein object_store"),
    ("connectors", &["domain"], "rusqlite postgres refinery axum frankenstein config"),
    ("media", &["domain"], "tokio reqwest axum rusqlite postgres async-trait futures"),
    ("sandbox", &[], "rusqlite postgres frankenstein"),
    ("server", &["chat", "connectors", "domain", "media", "sandbox", "store"], ""),
];

/// Parts of the server and the paths that they must not name.
const PARTS: &[(&str, &[&str], &str)] = &[
    (
        "studio",
        &["connectors", "crate::app::App", "reqwest", "sandbox"],
        "a decision has no road to the outside: queue a job, it talks to the world",
    ),
    (
        "studio",
        &["crate::admin", "crate::api", "crate::bot", "crate::jobs"],
        "what users can do doesn't know who asks: return News or a Refusal",
    ),
    (
        "studio",
        &["frankenstein"],
        "Telegram's types stay in bot: what it says comes as an Event or a Command",
    ),
    ("inbox", &["frankenstein"], "Telegram's types stay in bot: what it says comes as an Event"),
    ("inbox", &["connectors", "reqwest"], "an event is answered without the outside: queue a job"),
    ("jobs", &["crate::admin", "crate::api"], "a job tells by News and is woken by its key"),
    (
        "jobs",
        &["crate::studio"],
        "a job finishes what was begun and asks for nothing more: what both need goes into store",
    ),
    ("admin", &["store::ledger"], "the books are kept by studio and jobs"),
    ("api", &["store::ledger"], "the books are kept by studio and jobs"),
    ("bot", &["store::ledger"], "the books are kept by studio and jobs"),
    (
        "bot",
        &["connectors::payments", "connectors::providers"],
        "queue a job, it talks to the world",
    ),
    (
        "config",
        &["chat", "connectors", "media", "sandbox", "store"],
        "settings are plain values: whoever needs them builds himself of them",
    ),
];

/// What a part may know all the same: rules that two parts share, and no command.
const BESIDES: &[(&str, &str)] = &[
    ("jobs", "crate::studio::photos::expire_files"),
    ("jobs", "crate::studio::photos::is_usable"),
    ("jobs", "crate::studio::photos::rejudge"),
];

/// Where a word is looked for.
enum In {
    /// In code, not in comments or quotes.
    Code,
    /// Anywhere in the file.
    Text,
}
use In::{Code, Text};

const SRC: &[&str] = &["crates/*/src/"];
const TESTS: &[&str] = &["crates/*/tests/"];
const RUST: &[&str] = &["crates/*/src/", "crates/*/tests/", "crates/*/benches/"];
const PURE: &[&str] = &["crates/domain/src/", "crates/chat/src/"];
/// Wherever money and credits are: the measures of metrics and benches are elsewhere.
const EXACT: &[&str] = &[
    "crates/chat/src/",
    "crates/connectors/src/",
    "crates/domain/src/",
    "crates/server/src/inbox/",
    "crates/server/src/jobs/confirm.rs",
    "crates/server/src/jobs/pay.rs",
    "crates/server/src/jobs/reconcile.rs",
    "crates/server/src/jobs/refund.rs",
    "crates/server/src/jobs/renew.rs",
    "crates/server/src/jobs/summary.rs",
    "crates/server/src/studio/",
    "crates/server/src/till/",
    "crates/store/src/",
];
/// All crates but the one that speaks it.
const NO_SQL: &[&str] = &[
    "crates/chat/src/",
    "crates/connectors/src/",
    "crates/domain/src/",
    "crates/media/src/",
    "crates/sandbox/src/",
    "crates/server/src/",
];
/// The clock itself, four that wait with a deadline, and what measures.
const CLOCKS: &[&str] = &[
    "crates/connectors/src/http.rs",
    "crates/media/src/video/run.rs",
    "crates/sandbox/src/telegram/calls/updates.rs",
    "crates/server/src/clock.rs",
    "crates/server/src/commands/bench.rs",
    "crates/server/src/commands/bench/",
    "crates/server/src/shared.rs",
];
/// Tests whose clock stands still until they sleep, so that it takes no time.
const PAUSED: &[&str] = &["crates/sandbox/tests/it/telegram/polling.rs"];
/// What reads the environment: settings, and the server that tests start for themselves.
const ENVIRONMENT: &[&str] =
    &["crates/server/src/config/environment.rs", "crates/store/src/throwaway.rs"];
/// Where nothing is begun that nobody waits for.
const NO_TASKS: &[&str] =
    &["crates/connectors/src/", "crates/server/src/inbox/", "crates/server/src/studio/"];
const NONE: &[&str] = &[];

/// Where, except where, in what, the word, what to do instead.
type Row = (&'static [&'static str], &'static [&'static str], In, &'static str, &'static str);

const WORDS: &[Row] = &[
    (PURE, NONE, Code, "async", "return what is to be done: the server does it"),
    (PURE, NONE, Code, "await", "return what is to be done: the server does it"),
    (PURE, NONE, Code, "http", "return what is to be done: a job does it"),
    (PURE, NONE, Code, "rusqlite", "take what you need as Facts"),
    (PURE, NONE, Code, "std::fs", "take the text as an argument; include_str! is fine"),
    (PURE, NONE, Code, "tokio", "return what is to be done: the server does it"),
    (&["crates/media/src/"], NONE, Code, "async", "be plain: the server puts it on other threads"),
    (EXACT, NONE, Code, "f32", "whole numbers of a small unit: Credits, Millis, millionths"),
    (EXACT, NONE, Code, "f64", "whole numbers of a small unit: Credits, Millis, millionths"),
    (NO_TASKS, NONE, Code, "thread::spawn", "be called by a job, which is waited for"),
    (NO_TASKS, NONE, Code, "tokio::spawn", "be called by a job, which is waited for"),
    (SRC, CLOCKS, Code, "Instant::now", "the Clock you were given"),
    (SRC, CLOCKS, Code, "SystemTime::now", "the Clock you were given"),
    (SRC, CLOCKS, Code, "Utc::now", "the Clock you were given"),
    (SRC, ENVIRONMENT, Code, "env::var", "a field of Config"),
    (SRC, ENVIRONMENT, Code, "env::vars", "a field of Config"),
    (SRC, ENVIRONMENT, Code, "env::vars_os", "a field of Config"),
    (SRC, &["crates/server/src/main.rs"], Code, "anyhow", "an error type of the module"),
    (SRC, NONE, Code, "Box<dyn Error", "an error type of the module"),
    // The one place implements a trait of the driver, whose type it is.
    (
        SRC,
        &["crates/store/src/value.rs"],
        Code,
        "Box<dyn std::error::Error",
        "an error type of the module",
    ),
    (SRC, NONE, Code, ".unwrap()", "`?`, or `expect` with why it can't happen"),
    (RUST, NONE, Code, "dbg!", "nothing, or a line of the log"),
    (RUST, NONE, Code, "todo!", "the code"),
    (RUST, NONE, Code, "unimplemented!", "the code, or no such function"),
    (RUST, &["crates/server/tests/it/tidy.rs"], Text, "FIXME", "the fix, before it lands"),
    (RUST, &["crates/server/tests/it/tidy.rs"], Text, "TODO", "the code, before it lands"),
    (TESTS, NONE, Code, "#[ignore", "a test that runs, or none"),
    (TESTS, PAUSED, Code, "sleep(", "wait for what you wait for, or move the clock"),
    (&["tests/browser/"], NONE, Text, "waitForTimeout", "wait for what is to be seen"),
    (&["tests/browser/"], NONE, Text, "test.skip", "a test that runs, or none"),
    (&["tests/browser/"], NONE, Text, "test.only", "all of the tests"),
    (NO_SQL, NONE, Text, "DELETE FROM", "a function of store"),
    (NO_SQL, NONE, Text, "INSERT INTO", "a function of store"),
    (NO_SQL, NONE, Text, "ON CONFLICT", "a function of store"),
    (NO_SQL, NONE, Text, "SELECT *", "a function of store"),
    (NO_SQL, NONE, Text, "SELECT COUNT", "a function of store"),
];

/// Words that no public name and no file has, with better ones.
const NAMES: &[(&str, &str)] = &[
    ("common", "the noun of what is in it"),
    ("constants", "the place where the constant is used"),
    ("controller", "the noun of what it is about"),
    ("data", "what it is: bytes, rows, facts"),
    ("dto", "the word itself"),
    ("entity", "the word itself: User, Avatar"),
    ("handler", "a verb: what it does"),
    ("helper", "a verb: what it does"),
    ("helpers", "the noun of what is in it"),
    ("info", "what it is: facts, measures"),
    ("item", "what it is: a photo, a pack"),
    ("manager", "the noun without it"),
    ("operation", "Transfer, Task or Command"),
    ("processor", "a verb: what it does"),
    ("service", "Provider, Method or the noun without it"),
    ("status", "state"),
    ("types", "the noun of what is in it"),
    ("util", "the noun of what is in it"),
    ("utils", "the noun of what is in it"),
];

/// Public names that are somebody else's words.
const THEIR_NAMES: &[&str] = &["Entity", "webhook_info"];

const LINES_MAX: usize = 600;
const LIMITED: [&str; 8] = [".css", ".html", ".js", ".mjs", ".py", ".rs", ".sh", ".ts"];

/// What is wrong in one file, a line each with the remedy.
fn faults(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    let mut say = |what: String| faults.push(format!("{}: {what}", file.path));
    let is_rust = file.path.ends_with(".rs");
    let lines = file.text.lines().count();
    if LINES_MAX < lines && LIMITED.iter().any(|it| file.path.ends_with(it)) {
        say(format!(
            "{lines} lines, {LINES_MAX} are the most: part what changes for other reasons"
        ));
    }
    if is_rust && !file.text.starts_with("//!") {
        say("no `//!` at the top: say in 1 to 5 lines what the file is for".to_owned());
    }
    // The sandbox says what Telegram says.
    let may_smile = !matches("crates/*/src/", &file.path) || matches("crates/sandbox/", &file.path);
    if is_rust && !may_smile && file.text.chars().any(is_emoji) {
        say("an emoji in code: texts are in lang/".to_owned());
    }
    let code = if is_rust { code(&file.text) } else { file.text.clone() };
    for (place, except, within, word, remedy) in WORDS {
        let is_here = place.iter().any(|it| matches(it, &file.path))
            && !except.iter().any(|it| matches(it, &file.path));
        let text = match within {
            Code => &code,
            Text => &file.text,
        };
        if is_here && let Some(line) = line_with(text, word) {
            say(format!("line {line}: `{word}`; better: {remedy}"));
        }
    }
    if let Some((part, module)) = part_of(&file.path) {
        let paths = paths(&code, &module);
        for (_, never, remedy) in PARTS.iter().filter(|(it, ..)| *it == part) {
            for path in paths.iter().filter(|it| never.iter().any(|never| is_below(never, it))) {
                if BESIDES.contains(&(part.as_str(), path.as_str())) {
                    continue;
                }
                say(format!("`{part}` must not know `{path}`: {remedy}"));
            }
        }
    }
    if is_rust {
        for (word, name) in public_words(&code) {
            if let Some((_, better)) = NAMES.iter().find(|(it, _)| *it == word)
                && !THEIR_NAMES.contains(&name.as_str())
            {
                say(format!("`{name}` is called `{word}`; better: {better}"));
            }
        }
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for word in words_of(name) {
            if let Some((_, better)) = NAMES.iter().find(|(it, _)| *it == word) {
                say(format!("the file is called `{word}`; better: {better}"));
            }
        }
    }
    faults
}

/// The part of the server that a file belongs to, and the path of its module.
fn part_of(path: &str) -> Option<(String, String)> {
    let below = path.strip_prefix("crates/server/src/")?.strip_suffix(".rs")?;
    let module = below.strip_suffix("/mod").unwrap_or(below).replace('/', "::");
    let part = below.split('/').next()?.to_owned();
    Some((part, format!("crate::{module}")))
}

fn is_below(path: &str, it: &str) -> bool {
    it.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The first line with the word as a whole: `await` is not in `awaits`.
fn line_with(text: &str, word: &str) -> Option<usize> {
    let is_letter = |it: char| it.is_alphanumeric() || it == '_';
    let (first, last) = (word.starts_with(is_letter), word.ends_with(is_letter));
    text.match_indices(word)
        .find(|(at, _)| {
            let before = text[..*at].chars().next_back().is_some_and(is_letter);
            let after = text[at + word.len()..].chars().next().is_some_and(is_letter);
            !(first && before || last && after)
        })
        .map(|(at, _)| 1 + text[..at].matches('\n').count())
}

fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe0f}')
}

/// What is wrong in the manifest of a crate.
fn manifest_faults(name: &str, manifest: &toml::Table) -> Vec<String> {
    let Some((_, ours, others)) = CRATES.iter().find(|(it, ..)| *it == name) else {
        return vec![format!("crates/{name}: a new crate stands in CRATES of tidy.rs, or nowhere")];
    };
    let mut faults = Vec::new();
    let names = |section: &str| {
        let table = manifest.get(section).and_then(toml::Value::as_table);
        table.map(|it| it.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    let (closed, list) = match others.strip_prefix("= ") {
        Some(list) => (true, list),
        None => (false, *others),
    };
    for used in names("dependencies").into_iter().chain(names("build-dependencies")) {
        let is_ours = CRATES.iter().any(|(it, ..)| *it == used);
        let is_listed = list.split(' ').any(|it| it == used);
        let is_fine = if is_ours { ours.contains(&used.as_str()) } else { closed == is_listed };
        if !is_fine {
            faults.push(format!(
                "crates/{name} must not use `{used}`: what needs both belongs to a crate above it"
            ));
        }
    }
    for used in names("dev-dependencies") {
        let is_ours = used != name && CRATES.iter().any(|(it, ..)| *it == used);
        if is_ours && !ours.contains(&used.as_str()) {
            faults.push(format!("crates/{name} must not use `{used}`, not even in its tests"));
        }
    }
    let is = |section: &str, key: &str, value: bool| {
        let found = manifest.get(section).and_then(|it| it.get(key));
        found.and_then(toml::Value::as_bool) == Some(value)
    };
    if !is("lib", "doctest", false) || !is("lib", "test", false) {
        faults.push(format!(
            "crates/{name}: `doctest = false` and `test = false` below [lib]: an empty test program \
             costs a link, and tests are in tests/it"
        ));
    }
    if !is("lints", "workspace", true) {
        faults.push(format!("crates/{name}: `workspace = true` below [lints]"));
    }
    faults
}

/// What is wrong with where files lie.
fn layout_faults(files: &[File]) -> Vec<String> {
    let mut faults = Vec::new();
    for File { path, .. } in files {
        if matches("crates/*/tests/*.rs", path) {
            faults.push(format!("{path}: one test program a crate: a module of tests/it/main.rs"));
        }
        if path.starts_with("crates/") && path.contains("/src/") && 6 < path.split('/').count() {
            faults.push(format!("{path}: folders are three levels deep in a crate at most"));
        }
        if matches("lang/*", path) {
            let tag = path.trim_start_matches("lang/").trim_end_matches(".ftl");
            if !domain::Language::ALL.iter().any(|it| it.as_str() == tag) {
                faults.push(format!("{path}: no such language in domain::Language"));
            }
        }
        if matches("catalog/", path) && !path.ends_with(".toml") && !path.ends_with(".json") {
            faults.push(format!("{path}: the catalog is TOML, and JSON for workflows"));
        }
    }
    for language in domain::Language::ALL {
        let path = format!("lang/{}.ftl", language.as_str());
        if !files.iter().any(|it| it.path == path) {
            faults.push(format!("{path} is missing: {language:?} is a language"));
        }
    }
    faults
}

fn none(faults: &[String]) {
    assert!(faults.is_empty(), "the house is untidy:\n  {}\n", faults.join("\n  "));
}

#[test]
fn the_house_is_tidy() {
    let files = repository();
    let mut all = layout_faults(&files);
    all.extend(files.iter().flat_map(faults));
    for file in files.iter().filter(|it| matches("crates/*/Cargo.toml", &it.path)) {
        let name = file.path.split('/').nth(1).expect("the pattern has it");
        let manifest = file.text.parse().expect("cargo has read it");
        all.extend(manifest_faults(name, &manifest));
    }
    none(&all);
}

// From here on: that each rule fires.

#[track_caller]
fn fires(path: &str, text: &str, said: &str) {
    let file = File { path: path.to_owned(), text: text.to_owned() };
    let faults = faults(&file);
    assert!(faults.iter().any(|it| it.contains(said)), "{path}\n{text}\nsaid only {faults:#?}");
}

#[track_caller]
fn silent(path: &str, text: &str) {
    none(&faults(&File { path: path.to_owned(), text: text.to_owned() }));
}

/// A path that a pattern matches.
fn planted(pattern: &str) -> String {
    let path = pattern.replace('*', "server");
    if path.ends_with('/') { format!("{path}planted.rs") } else { path }
}

#[test]
fn every_word_is_found_where_it_must_not_be() {
    for (place, except, within, word, _) in WORDS {
        let said = format!("line 2: `{word}`");
        for place in *place {
            fires(&planted(place), &format!("//! x\n{word}\n"), &said);
        }
        for place in *except {
            silent(&planted(place), &format!("//! x\n{word}\n"));
        }
        if matches!(within, Code) {
            let quoted = format!("//! x {word}\n// {word}\nconst A: &str = \"{word}\";\n");
            silent(&planted(place[0]), &quoted);
        }
    }
    silent("crates/chat/src/x.rs", "//! x\nfn awaits(asynchronous: u8, https: u8) {}\n");
}

#[test]
fn every_part_is_kept_from_what_it_must_not_know() {
    for (part, never, remedy) in PARTS {
        let path = format!("crates/server/src/{part}/planted.rs");
        for known in *never {
            fires(&path, &format!("//! x\nuse {known}::a;\n"), remedy);
            fires(&path, &format!("//! x\nfn a() {{ {known}::a() }}\n"), remedy);
            if let Some((before, last)) = known.rsplit_once("::") {
                let grouped = format!("//! x\nuse {before}::{{a, {last}::{{b, c}}, d}};\n");
                fires(&path, &grouped, remedy);
                fires(&path, &format!("//! x\nuse {before}::{{b::c, {last}}};\n"), remedy);
            }
            if let Some(rest) = known.strip_prefix("crate::") {
                fires(&path, &format!("//! x\nuse super::super::{rest}::a;\n"), remedy);
                fires(
                    &format!("crates/server/src/{part}.rs"),
                    &format!("//! x\nuse super::{rest}::a;\n"),
                    remedy,
                );
            }
            silent(&path, &format!("//! x {known}::a\nuse {known}s::a;\n"));
        }
    }
}

#[test]
fn every_word_is_found_in_names() {
    for (word, better) in NAMES {
        let better = format!("`{word}`; better: {better}");
        let camel = word[..1].to_uppercase() + &word[1..];
        let src = "crates/server/src/x.rs";
        fires(src, &format!("//! x\npub struct Photo{camel} {{}}\n"), &better);
        fires(src, &format!("//! x\npub(crate) async fn photo_{word}() {{}}\n"), &better);
        fires(src, &format!("//! x\npub const PHOTO_{}: u8 = 1;\n", word.to_uppercase()), &better);
        fires(&format!("crates/server/src/photo_{word}.rs"), "//! x\n", &better);
        silent(src, &format!("//! x\nstruct Photo{camel} {{}}\npub fn photo{word}() {{}}\n"));
    }
}

#[test]
fn files_have_a_head_and_an_end() {
    fires("crates/chat/src/x.rs", "use a::b;\n", "no `//!` at the top");
    let long = format!("//! x\n{}", "// y\n".repeat(600));
    fires("crates/chat/src/x.rs", &long, "601 lines");
    fires("crates/sandbox/web/x.js", &long, "601 lines");
    silent("crates/chat/src/x.rs", &long[..long.len() - 5]);
    silent("lang/ru.ftl", &long);
    silent("Cargo.lock", &long);
    fires("crates/chat/src/x.rs", "//! x\n// \u{1f98a}\n", "an emoji in code");
    silent("crates/chat/tests/it/x.rs", "//! x\n// \u{1f98a}\n");
}

#[test]
fn crates_are_kept_from_each_other() {
    let lib = "[lib]\ndoctest = false\ntest = false\n[lints]\nworkspace = true\n";
    let faults = |name: &str, text: &str| {
        manifest_faults(name, &text.parse().expect("it is TOML")).join("\n")
    };
    for (name, ours, others) in CRATES {
        let use_of = |it: &str| format!("{lib}[dependencies]\n{it}.workspace = true\n");
        for (other, ..) in CRATES {
            let is_fine = ours.contains(other);
            assert_eq!(faults(name, &use_of(other)).is_empty(), is_fine, "{name} uses {other}");
            // A crate may switch on a part of its own for its tests.
            let is_fine = is_fine || name == other;
            let in_tests = use_of(other).replace("[dep", "[dev-dep");
            assert_eq!(faults(name, &in_tests).is_empty(), is_fine, "{name} tests with {other}");
        }
        let closed = others.starts_with('=');
        for other in others.trim_start_matches("= ").split(' ').filter(|it| !it.is_empty()) {
            assert_eq!(faults(name, &use_of(other)).is_empty(), closed, "{name} uses {other}");
        }
        assert_eq!(faults(name, &use_of("some-crate")).is_empty(), !closed, "{name}");
    }
    assert!(faults("chat", &lib.replace("doctest = false\n", "")).contains("doctest = false"));
    assert!(faults("chat", &lib.replace("\ntest = false", "")).contains("test = false"));
    assert!(faults("chat", &lib.replace("workspace = true", "")).contains("below [lints]"));
    assert!(faults("shared", lib).contains("a new crate"));
}

#[test]
fn files_lie_where_they_belong() {
    let said = |path: &str| {
        let file = File { path: path.to_owned(), text: String::new() };
        layout_faults(&[file]).join("\n")
    };
    assert!(said("crates/chat/tests/words.rs").contains("one test program"));
    assert!(said("crates/chat/src/a/b/c/d.rs").contains("three levels"));
    assert!(!said("crates/chat/src/a/b/d.rs").contains("three levels"));
    assert!(said("lang/de.ftl").contains("no such language"));
    assert!(said("lang/ru.ftl").contains("lang/kk.ftl is missing"));
    assert!(said("catalog/packs/x.yaml").contains("the catalog is TOML"));
}

#[test]
fn code_is_told_from_comments_and_quotes() {
    let text =
        "a /* b\n \" */ c // d \" \ne \"f \\\" g\" h r#\"i \" j\"# k 'l' 'm '\\'' 'n'\n&'o p";
    let letters: String = code(text).chars().filter(|it| !it.is_whitespace()).collect();
    assert_eq!(letters, "acehk'm&'op");
    assert_eq!(code(text).lines().count(), text.lines().count());
}
