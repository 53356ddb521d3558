//! The texts themselves: every language says the same things, well formed and in good grammar.

use std::collections::{BTreeMap, BTreeSet};

use chat::text::{FILES, escape};
use domain::Language;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use crate::html;
use crate::world::NASTY;

/// Numbers of all plural forms of our languages: 1, 21 · 2 · 5, 11, 100 · 0.
const COUNTS: [i64; 7] = [0, 1, 2, 5, 11, 21, 100];

/// The width of a phone in characters, for a button that has a row to itself.
const LABEL_CHARS_MAX: usize = 40;

/// What a text needs: its variables, and those of them by which it chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Holes {
    all: BTreeSet<String>,
    choosing: BTreeSet<String>,
}

/// A file as it is parsed: its texts by key and its headings.
pub struct File {
    pub language: Language,
    texts: BTreeMap<String, Holes>,
    order: Vec<String>,
    headings: Vec<String>,
}

pub fn files() -> Vec<File> {
    FILES.iter().map(|(language, text)| read(*language, text)).collect()
}

pub fn english() -> File {
    files().into_iter().find(|it| it.language == Language::En).expect("English is in FILES")
}

impl File {
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

fn read(language: Language, text: &str) -> File {
    let tag = language.as_str();
    let parsed = fluent_syntax::parser::parse(text)
        .unwrap_or_else(|(_, wrong)| panic!("lang/{tag}.ftl: {wrong:?}"));
    let mut file =
        File { language, texts: BTreeMap::new(), order: Vec::new(), headings: Vec::new() };
    for entry in parsed.body {
        match entry {
            Entry::Message(message) => {
                let key = message.id.name.to_owned();
                assert!(message.attributes.is_empty(), "{tag}: {key} has attributes");
                let mut holes = Holes::default();
                walk(&message.value.expect("a text has a value"), &mut holes);
                let is_new = file.texts.insert(key.clone(), holes).is_none();
                assert!(is_new, "{tag}: {key} is said twice");
                file.order.push(key);
            }
            Entry::GroupComment(comment) => file.headings.push(comment.content.concat()),
            Entry::ResourceComment(_) | Entry::Comment(_) => {}
            Entry::Term(_) | Entry::Junk { .. } => panic!("{tag}: texts only, no terms"),
        }
    }
    file
}

fn walk(pattern: &Pattern<&str>, holes: &mut Holes) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => name(inline, &mut holes.all),
            Expression::Select { selector, variants } => {
                name(selector, &mut holes.all);
                name(selector, &mut holes.choosing);
                variants.iter().for_each(|it| walk(&it.value, holes));
            }
        }
    }
}

fn name(inline: &InlineExpression<&str>, names: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => _ = names.insert(id.name.to_owned()),
        InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        other => panic!("only variables and literals are used, not {other:?}"),
    }
}

/// Calls with every text in every language for every count: file, key, count, what is said.
///
/// What a text chooses by is the count; the rest is the count, too, or something nasty.
fn every_text(look: impl Fn(&File, &str, i64, &str)) {
    for (file, (language, source)) in files().iter().zip(FILES) {
        let tag = language.as_str();
        let mut bundle = FluentBundle::new(vec![tag.parse().expect("a tag")]);
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(source.to_owned()).expect("it was parsed above");
        bundle.add_resource(resource).expect("no key is said twice");
        for (key, holes) in &file.texts {
            for count in COUNTS {
                for is_nasty in [false, true] {
                    let mut args = FluentArgs::new();
                    for hole in &holes.all {
                        let value = if is_nasty && !holes.choosing.contains(hole) {
                            FluentValue::from(escape(NASTY).into_owned())
                        } else {
                            FluentValue::from(count)
                        };
                        args.set(hole.clone(), value);
                    }
                    let pattern = bundle.get_message(key).and_then(|it| it.value());
                    let mut faults = Vec::new();
                    let pattern = pattern.expect("the key is from this file");
                    let said = bundle.format_pattern(pattern, Some(&args), &mut faults);
                    assert!(faults.is_empty(), "{tag}: {key} for {count}: {faults:?}");
                    look(file, key, count, &said);
                }
            }
        }
    }
}

#[test]
fn there_is_a_file_for_every_language() {
    let ours: BTreeSet<_> = FILES.iter().map(|(it, _)| it.as_str()).collect();
    assert_eq!(ours, Language::ALL.iter().map(|it| it.as_str()).collect());
}

#[test]
fn every_language_says_the_same_things_in_the_same_order() {
    let english = english();
    for file in files() {
        let tag = file.language.as_str();
        for (key, holes) in &english.texts {
            let theirs = file.texts.get(key).unwrap_or_else(|| panic!("{tag}: {key} is missing"));
            assert_eq!(theirs.all, holes.all, "{tag}: the variables of {key}");
        }
        assert_eq!(file.order, english.order, "{tag}: the keys");
        assert_eq!(file.headings, english.headings, "{tag}: the headings");
    }
}

#[test]
fn every_text_is_telegrams_html() {
    every_text(|file, key, count, said| {
        let tag = file.language.as_str();
        if let Err(wrong) = html::plain(said) {
            panic!("{tag}: {key} for {count}: {wrong}\n{said}");
        }
        assert_eq!(said, said.trim(), "{tag}: {key} for {count} has blanks around it");
        assert!(!said.contains(" \n") && !said.contains(" ."), "{tag}: {key}: {said:?}");
    });
}

/// Texts that are shown where there is no formatting.
fn is_label(key: &str) -> bool {
    let families = ["button-", "command-", "avatars-line-"];
    families.iter().any(|it| key.starts_with(it))
        || (key.starts_with("language-") && key != "language-ask")
        || (key.starts_with("faq-") && key.ends_with("-title"))
        || key.starts_with("subject-")
}

#[test]
fn labels_are_plain_and_short() {
    every_text(|file, key, count, said| {
        if !is_label(key) || said.contains("&lt;") {
            return;
        }
        let tag = file.language.as_str();
        assert!(!said.contains(['<', '>', '&', '\n']), "{tag}: {key}: {said}");
        let chars = said.chars().count();
        assert!(chars <= LABEL_CHARS_MAX, "{tag}: {key} for {count} is {chars} long: {said}");
    });
}

/// Bot API, BotCommand: names of 1–32 of `a-z0-9_`, descriptions of 1–256 characters.
#[test]
fn commands_are_as_telegram_takes_them() {
    for name in chat::route::COMMANDS {
        let is_fine = it_is_command(name);
        assert!(is_fine, "/{name}");
        for language in Language::ALL {
            let key = format!("command-{name}");
            let text = chat::text::Speech::of(language).label(&key, &[]);
            assert_ne!(text, key, "{} has no {key}", language.as_str());
            assert!((1..=256).contains(&text.chars().count()), "{}: {text}", language.as_str());
        }
    }
}

fn it_is_command(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_')
}

/// A letter of another alphabet that looks the same can't be found by searching.
#[test]
fn no_word_mixes_alphabets() {
    let is_cyrillic = |it: char| ('\u{400}'..='\u{52f}').contains(&it);
    for (language, text) in FILES {
        for word in text.split(|it: char| !it.is_alphabetic()) {
            let is_mixed =
                word.contains(is_cyrillic) && word.contains(|it: char| it.is_ascii_alphabetic());
            assert!(!is_mixed, "{}: {word}", language.as_str());
        }
    }
}

/// The form of a Russian noun after a number: 1 кредит, 2 кредита, 5 кредитов.
fn russian(count: i64, forms: [&str; 3]) -> &str {
    match (count % 10, count % 100) {
        (1, it) if it != 11 => forms[0],
        (2..=4, it) if !(12..=14).contains(&it) => forms[1],
        _ => forms[2],
    }
}

/// The words that come right before and right after a number, if that isn't the end of a range.
fn counted(text: &str, count: i64) -> Vec<(&str, &str)> {
    let count = format!("{count} ");
    let places = text
        .match_indices(&count)
        .filter(|(at, _)| !text[..*at].ends_with(|it: char| it.is_alphanumeric() || it == '–'));
    let words = |text| str::split(text, |it: char| !it.is_alphabetic());
    places
        .filter_map(|(at, _)| {
            let before = words(text[..at].trim_end()).next_back()?;
            Some((before, words(&text[at + count.len()..]).next()?))
        })
        .collect()
}

#[test]
fn russian_counts_in_three_forms() {
    let nouns = [
        ["кредит", "кредита", "кредитов"],
        ["день", "дня", "дней"],
        ["секунда", "секунды", "секунд"],
        ["файл", "файла", "файлов"],
    ];
    let genitive = ["от", "до", "около", "длиннее"];
    every_text(|file, key, count, said| {
        if file.language != Language::Ru {
            return;
        }
        for (before, word) in counted(said, count) {
            // "It lasts 21 seconds" is in the accusative.
            let word = if word == "секунду" { "секунда" } else { word };
            let Some(forms) = nouns.into_iter().find(|it| it.contains(&word)) else { continue };
            // "From 21 credits" is in the genitive: singular after one, else plural.
            let is_genitive = genitive.contains(&before);
            let form = match (is_genitive, russian(count, forms)) {
                (true, it) if it == forms[0] => forms[1],
                (true, _) => forms[2],
                (false, it) => it,
            };
            assert_eq!(word, form, "{key} for {count}: {said}");
        }
    });
}

#[test]
fn kazakh_nouns_stay_singular_after_numbers() {
    let nouns = ["кредит", "күн", "минут", "пиксель", "секунд", "сурет", "таңба", "файл", "фото"];
    let plurals = ["лар", "лер", "дар", "дер", "тар", "тер"];
    every_text(|file, key, count, said| {
        if file.language != Language::Kk {
            return;
        }
        for (_, word) in counted(said, count) {
            let ending = nouns.iter().find_map(|it| word.strip_prefix(it)).unwrap_or_default();
            let is_plural = plurals.iter().any(|it| ending.starts_with(it));
            assert!(!is_plural, "{key} for {count}: {word}");
        }
    });
}

/// Before a vowel the last sound of a Kazakh noun is soft: ролик, but ролигіңіз.
#[test]
fn kazakh_nouns_end_softly_before_a_vowel() {
    let hard = ["жауап", "көмек", "ролик", "талап"].map(|it| [format!("{it}і"), format!("{it}ы")]);
    for (language, text) in FILES {
        for word in hard.iter().flatten().filter(|_| language == Language::Kk) {
            let found = text.lines().find(|it| it.to_lowercase().contains(word));
            assert_eq!(found, None, "{word}");
        }
    }
}

#[test]
fn english_counts_in_two_forms() {
    let nouns = [
        ["credit", "credits"],
        ["day", "days"],
        ["file", "files"],
        ["photo", "photos"],
        ["second", "seconds"],
    ];
    every_text(|file, key, count, said| {
        if file.language != Language::En {
            return;
        }
        for (_, word) in counted(said, count) {
            if let Some([one, many]) = nouns.into_iter().find(|it| it.contains(&word)) {
                let form = if count == 1 { one } else { many };
                assert_eq!(word, form, "{key} for {count}: {said}");
            }
        }
    });
}

/// What a text says for a count, in full.
#[track_caller]
fn check(language: Language, key: &str, hole: &'static str, count: i64, expected: &str) {
    let said = chat::text::Speech::of(language).say(key, &[(hole, count.into())]);
    assert_eq!(said, expected);
}

#[test]
fn counts_line_by_line() {
    use Language::{En, Kk, Ru};
    check(Ru, "button-start", "credits", 1, "Начать за 1 кредит");
    check(Ru, "button-start", "credits", 2, "Начать за 2 кредита");
    check(Ru, "button-start", "credits", 5, "Начать за 5 кредитов");
    check(Ru, "button-start", "credits", 11, "Начать за 11 кредитов");
    check(Ru, "button-start", "credits", 21, "Начать за 21 кредит");
    check(Ru, "button-start", "credits", 100, "Начать за 100 кредитов");
    check(Ru, "home-held", "credits", 21, "Ещё 21 кредит отложен.");
    check(Ru, "button-clean", "count", 1, "Убрать неподходящее");
    check(Ru, "button-clean", "count", 21, "Убрать неподходящие: 21");
    check(Ru, "news-photos-removed", "count", 0, "Убирать нечего.");
    check(Kk, "button-start", "credits", 1, "Бастау: 1 кредит");
    check(Kk, "button-start", "credits", 21, "Бастау: 21 кредит");
    check(En, "button-start", "credits", 1, "Start for 1 credit");
    check(En, "button-start", "credits", 21, "Start for 21 credits");
}

/// What came from a user is a text in labels and harmless in HTML; what is ours stays HTML.
#[test]
fn values_are_escaped_once() {
    use chat::text::Arg;
    let speech = chat::text::Speech::of(Language::En);
    let name = || [("name", Arg::from("<b>&\""))];
    assert_eq!(speech.say("avatar-title", &name()), "<b>&lt;b&gt;&amp;&quot;</b>");
    assert_eq!(speech.label("avatars-line-ready", &name()), "<b>&\"");
    let said = [("name", Arg::Said("<i>Anna</i>".to_owned()))];
    assert_eq!(speech.say("avatar-title", &said), "<b><i>Anna</i></b>");
    assert_eq!(escape("plain"), "plain");
    assert_eq!(escape(""), "");
    assert_eq!(escape("&amp;"), "&amp;amp;");
    assert_eq!(html::plain(&escape(NASTY)).as_deref(), Ok(NASTY));
}
