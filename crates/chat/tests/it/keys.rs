//! Keys of texts: what the code says exists, and what exists is said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chat::facts::Period;
use domain::catalog::{Catalog, SHIPPED};
use domain::photo::{Unreadable, Verdict};
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::{Format, Stage, VideoQuality};
use domain::{Currency, Kind, Language, Method, Quality, Subject};

use crate::languages::english;

/// Whose code chooses texts: screens, and refusals and verdicts that know their own keys.
const SPEAKERS: [&str; 2] = ["chat/src", "domain/src"];

/// Who says a few words beside the screens: apologies, and the messenger's menu of commands.
const ALSO: &str = "server/src";

/// Keys that are put together in code, and what they are put together of.
fn families() -> BTreeMap<&'static str, Vec<String>> {
    let owned = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let kinds = || Kind::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let qualities = || Quality::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let methods = || Method::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let states =
        owned(&["draft", "photos", "ready", "training", "completed", "failed", "cancelled"]);
    let periods = || Period::ALL.map(|it| it.as_str().to_owned()).to_vec();
    let products = Product::ALL.iter().map(|it| it.as_str().to_owned()).collect();
    let catalog = Catalog::read(SHIPPED).expect("the catalog we ship is read by a test");
    let categories = catalog.style_categories().into_iter().map(str::to_owned).collect();
    let presets = catalog.preset_categories().into_iter().map(str::to_owned).collect();
    let formats = || Format::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let videos = || VideoQuality::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let stages = || Stage::ALL.iter().map(|it| it.as_str().to_owned()).collect::<Vec<_>>();
    let topics = || owned(&chat::screens::faq::TOPICS);
    BTreeMap::from([
        ("avatar-state-{}", states),
        ("button-film-{}", videos()),
        ("button-method-{}", methods()),
        ("button-period-{}", periods()),
        ("button-quality-{}", qualities()),
        ("button-video-{}", formats()),
        ("desk-empty-{}", kinds()),
        ("faq-{}", topics()),
        ("faq-{}-title", topics()),
        ("film-format-{}", formats()),
        ("film-quality-{}", videos()),
        ("kind-{}", kinds()),
        ("language-{}", Language::ALL.iter().map(|it| it.as_str().to_owned()).collect()),
        ("money-{}", Currency::ALL.iter().map(|it| it.as_str().to_owned()).collect()),
        ("new-best-for-{}", kinds()),
        ("new-compare-{}", kinds()),
        ("new-read-{}", kinds()),
        ("paid-by-{}", methods()),
        ("period-{}", periods()),
        ("picture-{}", Fault::ALL.iter().map(|it| it.key().to_owned()).collect()),
        ("preset-category-{}", presets),
        ("product-{}", products),
        ("quality-{}", qualities()),
        ("shoot-stage-{}", stages()),
        ("style-category-{}", categories),
        ("subject-{}", Subject::ALL.iter().map(|it| it.as_str().to_owned()).collect()),
        ("video-{}", Fault::ALL.iter().map(|it| it.key().to_owned()).collect()),
        ("video-format-{}", formats()),
        ("video-stage-{}", stages()),
        ("verdict-{}", verdicts().iter().map(|it| it.key().to_owned()).collect()),
    ])
}

fn verdicts() -> [Verdict; 14] {
    let unreadable = [
        Unreadable::NotAPicture,
        Unreadable::Heic,
        Unreadable::Broken,
        Unreadable::TooLarge,
        Unreadable::Gone,
    ];
    let [picture, heic, broken, large, gone] = unreadable.map(Verdict::Unreadable);
    [
        picture,
        heic,
        broken,
        large,
        gone,
        Verdict::TooSmall,
        Verdict::NoFace,
        Verdict::SeveralFaces,
        Verdict::FaceTooSmall,
        Verdict::DuplicateOf(1),
        Verdict::NearDuplicateOf(1),
        Verdict::Blurred,
        Verdict::TooDark,
        Verdict::TooBright,
    ]
}

/// The Rust files below some folders of `crates/`, without the preview, which names samples.
fn sources(folders: &[&str]) -> Vec<String> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a crate is in a folder");
    let mut folders: Vec<_> = folders.iter().map(|it| crates.join(it)).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("our sources can be read") {
            let path = entry.expect("our sources can be read").path();
            let is_preview = path.components().any(|it| it.as_os_str() == "preview");
            if path.is_dir() && !is_preview {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") && !path.ends_with("preview.rs")
            {
                files.push(fs::read_to_string(path).expect("our sources can be read"));
            }
        }
    }
    files
}

/// The string literals of Rust code, each with what stands right before it.
fn literals(source: &str) -> Vec<(String, String)> {
    let mut literals = Vec::new();
    let mut before = String::new();
    for line in source.lines() {
        let code = line.split("//").next().unwrap_or_default().replace("'\"'", "''");
        for (at, part) in code.replace("\\\"", "").split('"').enumerate() {
            if at % 2 == 1 {
                literals.push((std::mem::take(&mut before), part.to_owned()));
            } else {
                before.push_str(part.trim());
            }
        }
    }
    literals
}

/// Whether it looks like a key: words of small letters with hyphens between them.
fn is_key(text: &str) -> bool {
    let is_word =
        |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    text.split('-').all(is_word)
}

/// The family of a format string: `faq-{topic}-title` is `faq-{}-title`.
fn family(text: &str) -> Option<String> {
    let (head, rest) = text.split_once('{')?;
    let (name, tail) = rest.split_once('}')?;
    let is_one = is_key(&format!("{head}x{tail}")) && head.ends_with('-');
    (is_one && name.bytes().all(|it| it.is_ascii_lowercase())).then(|| format!("{head}{{}}{tail}"))
}

fn expand((family, words): (&&'static str, &Vec<String>)) -> Vec<String> {
    words.iter().map(|it| family.replace("{}", it)).collect()
}

#[test]
fn literals_are_found() {
    let found = literals("facts.say(\n  \"home\", // \"no\"\n  x) + y('\"', \"a\\\"b\")");
    let texts: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(texts, ["home", "ab"]);
    assert!(found[0].0.ends_with("say("), "{found:?}");
    assert_eq!(family("faq-{topic}-title").as_deref(), Some("faq-{}-title"));
    assert_eq!(family("{prefix}:{press}"), None);
    assert!(is_key("home") && is_key("command-delete_me") && !is_key("a b") && !is_key("-a"));
}

#[test]
fn every_family_in_the_code_is_known_here() {
    let used: BTreeSet<_> = sources(&SPEAKERS)
        .iter()
        .flat_map(|it| literals(it))
        .filter_map(|(_, text)| family(&text))
        .collect();
    let known: BTreeSet<_> = families().into_keys().map(str::to_owned).collect();
    assert_eq!(used, known, "add to families() what the code puts together, take out the rest");
}

#[test]
fn every_key_that_the_code_says_exists() {
    let english = english();
    let keys: BTreeSet<_> = english.keys().collect();
    let first = |text: &str| text.split('-').next().unwrap_or_default().to_owned();
    let topics: BTreeSet<_> =
        keys.iter().filter(|it| it.contains('-')).map(|it| first(it)).collect();
    for source in sources(&SPEAKERS) {
        for (before, text) in literals(&source) {
            let is_said = before.ends_with("say(") || before.ends_with("label(");
            let is_like_a_key =
                is_key(&text) && text.contains('-') && topics.contains(&first(&text));
            if is_said || is_like_a_key {
                assert!(keys.contains(text.as_str()), "`{text}` is in no language");
            }
        }
    }
    for (before, text) in sources(&[ALSO]).iter().flat_map(|it| literals(it)) {
        let is_said = before.ends_with(".say(") || before.ends_with(".label(");
        assert!(!is_said || keys.contains(text.as_str()), "`{text}` is in no language");
    }
    for expanded in families().iter().flat_map(expand) {
        assert!(keys.contains(expanded.as_str()), "`{expanded}` is in no language");
    }
}

#[test]
fn every_key_is_said_somewhere() {
    let mut said: BTreeSet<_> = families().iter().flat_map(expand).collect();
    let code = [sources(&SPEAKERS), sources(&[ALSO])].concat();
    said.extend(code.iter().flat_map(|it| literals(it)).map(|(_, text)| text));
    said.extend(chat::route::COMMANDS.iter().map(|it| format!("command-{it}")));
    let english = english();
    let silent: Vec<_> = english.keys().filter(|it| !said.contains(*it)).collect();
    assert!(silent.is_empty(), "nobody says {silent:?}: say them or take them out of lang/");
}

/// The fourteen verdicts above are all there are: a new one doesn't compile without a text.
#[test]
fn verdicts_have_keys_of_their_own() {
    let keys: BTreeSet<_> = verdicts().iter().map(|it| it.key()).collect();
    assert_eq!(keys.len(), verdicts().len());
}
