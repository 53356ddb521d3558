//! Styles, and what a model is told: the person is in it once, nothing is left open, and a wrong
//! file is refused with its line.

use std::collections::BTreeMap;

use domain::catalog::{ABOUT_CHARS_MAX, Catalog, SHIPPED, Style, TITLE_CHARS_MAX};
use domain::picture::{
    PROMPT_CHARS_MAX, TRIGGER_WORD_CHARS_MAX, WORDS_CHARS_MAX, WrongWords, is_trigger_word, prompt,
    words,
};
use domain::{AvatarId, Language, Subject, avatar};
use proptest::prelude::*;

const STYLE: &str = "name = \"old-town\"
version = 3
category = \"city\"
prompt = \"\"\"
Photo of {person} in an old town,
{detail},  soft   light\"\"\"

[title]
ru = \"Старый город\"
en = \"Old town\"
kk = \"Ескі қала\"

[about]
ru = \"Мостовая и фонари.\"
en = \"Cobbles and lamps.\"
kk = \"Тас жол мен шамдар.\"

[detail]
man = \"in a coat\"
woman = \"in a cloak\"
other = \"on the stones\"
";

fn shipped() -> Catalog {
    Catalog::read(SHIPPED).expect("it is right")
}

fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    Catalog::read(files.iter().copied()).map_err(|it| it.to_string())
}

fn style() -> Style {
    let catalog = read(&[("styles/old-town.toml", STYLE)]).expect("it is right");
    catalog.style("old-town").expect("it is there").clone()
}

/// The style with each `from` made `to`, and what is said about it.
#[track_caller]
fn refused(from: &str, to: &str, says: &str) {
    assert!(STYLE.contains(from), "`{from}` isn't in it");
    let said = read(&[("styles/old-town.toml", &STYLE.replace(from, to))]).expect_err("taken");
    assert_eq!(said, format!("catalog/styles/old-town.toml: {says}"));
}

#[test]
fn a_wrong_style_is_refused_with_its_line() {
    let slug = "up to 24 small letters, digits and hyphens";
    for name in ["", "Old-town", "old_town", "-old", "old-", "a-name-of-25-characters-xx", "é"] {
        refused("old-town", name, &format!("line 1: a name is {slug}"));
        refused("\"city\"", &format!("\"{name}\""), &format!("line 3: a category is {slug}"));
    }
    let other = "line 1: its name is `new-town`, which isn't that of its file";
    refused("old-town", "new-town", other);
    refused("version = 3", "version = 0", "line 2: versions begin with 1");
    refused("Ескі қала", " ", "line 11: the title in kk is empty");
    let long = "line 10: the title in en has 25 characters, and 24 is the most";
    refused("Old town", &"t".repeat(TITLE_CHARS_MAX + 1), long);
    let long = "line 14: the about in ru has 141 characters, and 140 is the most";
    refused("Мостовая и фонари.", &"ж".repeat(ABOUT_CHARS_MAX + 1), long);
    let twice = "version = 3\nsubjects = [\"man\", \"man\"]";
    refused("version = 3", twice, "line 3: `man` is named twice");
    for (from, to, says) in [
        ("version = 3", "version = -3", "invalid value: integer `-3`"),
        ("version = 3", "version = 3\nsubjects = [\"cat\"]", "unknown variant `cat`"),
        ("version", "versoin", "unknown field `versoin`"),
        ("kk = \"Ескі қала\"", "", "missing field `kk`"),
        ("other = ", "others = ", "unknown field `others`"),
    ] {
        let said = read(&[("styles/old-town.toml", &STYLE.replace(from, to))]).expect_err("taken");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn f52_a_prompt_has_the_person_once_and_no_hole_that_nobody_fills() {
    let once = "line 4: {person} is in a prompt exactly once";
    refused("{person}", "somebody", once);
    refused("{detail}", "{person}", once);
    refused("soft   light", "{detail}", "line 4: {detail} is in a prompt once at most");
    for (hole, shown) in [
        ("{place}", "{place}"),
        ("{}", "{}"),
        ("{ person }", "{ person }"),
        ("{{x}}", "{{x}"),
        ("light }", "}"),
        ("{place", "{place"),
    ] {
        let says = format!(
            "line 4: `{shown}` is no hole that is known here: {{person}} and {{detail}} are"
        );
        refused("soft   light", hole, &says);
    }
    refused("{detail}", "rain", "line 18: the detail for `man` is never used");
    refused("in a cloak", " ", "line 18: there is no detail for `woman`");
    refused("in a cloak", "in a {cloak}", "line 18: the detail for `woman` has braces");
    let only = "version = 3\nsubjects = [\"man\", \"woman\"]";
    refused("version = 3", only, "line 19: the detail for `other` is never used");
    let most = PROMPT_CHARS_MAX - WORDS_CHARS_MAX - ", ".len();
    let long = "w".repeat(most);
    let says = format!("line 4: for `man` it has 1071 characters, and {most} is the most");
    refused("soft   light", &long, &says);
}

#[test]
fn names_and_titles_are_there_once_and_everybody_has_a_style() {
    let file = "styles/old-town.toml";
    let said = read(&[(file, STYLE), (file, STYLE)]).expect_err("taken");
    assert_eq!(said, "catalog/styles/old-town.toml: `old-town` is offered twice");
    let other = STYLE.replace("old-town", "town").replace("Old town", "Town");
    let said = read(&[(file, STYLE), ("styles/town.toml", &other)]).expect_err("taken");
    assert_eq!(said, "catalog/styles/town.toml: its title in ru is that of `old-town`");
    let only = STYLE
        .replace("version = 3", "version = 3\nsubjects = [\"man\", \"other\"]")
        .replace("woman = \"in a cloak\"\n", "");
    let said = read(&[(file, &only)]).expect_err("taken");
    assert_eq!(said, "catalog/styles: no style is for `woman`");
    assert_eq!(read(&[]), Ok(Catalog::default()), "nothing on offer is nothing wrong");
}

#[test]
fn an_operators_own_style_is_added_or_takes_the_place_of_ours() {
    let ours = SHIPPED.iter().find(|(name, _)| *name == "styles/steppe.toml").expect("shipped").1;
    let theirs = ours.replace("version = 1", "version = 2");
    let mut files: BTreeMap<&str, &str> = SHIPPED.into_iter().collect();
    files.insert("styles/steppe.toml", &theirs);
    files.insert("styles/old-town.toml", STYLE);
    let catalog = Catalog::read(files).expect("it is right");
    assert_eq!(catalog.styles.len(), shipped().styles.len() + 1);
    assert_eq!(catalog.style("steppe").map(|it| it.version), Some(2));
    assert!(catalog.style("old-town").is_some());
}

#[test]
fn the_shipped_styles_are_many_and_for_everybody() {
    let catalog = shipped();
    let mut by_category = BTreeMap::new();
    for style in &catalog.styles {
        *by_category.entry(style.category.as_str()).or_insert(0) += 1;
    }
    let names =
        ["art", "cinema", "city", "fantasy", "fashion", "holidays", "seasons", "travel", "work"];
    assert_eq!(by_category.keys().copied().collect::<Vec<_>>(), names);
    assert_eq!(catalog.style_categories(), names);
    assert!(by_category.values().all(|it| 3 <= *it), "{by_category:?}");
    assert!(30 <= catalog.styles.len());
    for subject in Subject::ALL.iter().copied() {
        for category in names {
            let mut styles = catalog.styles.iter().filter(|it| it.category == category);
            assert!(styles.any(|it| it.is_for(subject)), "{category} for {subject:?}");
        }
    }
}

/// What no style asks for, and the words that models take for it.
const UNWANTED: [&str; 8] =
    ["bikini", "child", "cleavage", "lingerie", "naked", "nude", "sensual", "sexy"];

#[test]
fn f52_every_style_tells_the_model_who_it_is_once() {
    let catalog = shipped();
    let trigger_word = avatar::trigger_word(&AvatarId::new(7));
    let longest = "ж".repeat(WORDS_CHARS_MAX);
    for style in &catalog.styles {
        for subject in Subject::ALL.iter().copied().filter(|it| style.is_for(*it)) {
            let name = &style.name;
            let told = prompt(Some(style), "", subject, &trigger_word);
            assert!(told.is_ascii(), "{name}: {told}");
            assert!(!told.contains(['{', '}', '\n']), "{name}: {told}");
            for wrong in ["  ", ",,", ", ,", " ,", " .", "..", ",."] {
                assert!(!told.contains(wrong), "{name}, `{wrong}`: {told}");
            }
            assert!(!told.ends_with(['.', ',', ' ']), "{name}: {told}");
            assert_eq!(told.matches(&trigger_word).count(), 1, "{name}: {told}");
            let is_named = |it: &str| told.contains(&format!("{trigger_word} {it}"));
            let named = (is_named("man"), is_named("woman"));
            assert_eq!(named, (subject == Subject::Man, subject == Subject::Woman), "{told}");
            // Models weigh the beginning most.
            assert!(told.find(&trigger_word).expect("it is there") < 80, "{name}: {told}");
            assert!((150..=600).contains(&told.len()), "{name}: {}", told.len());
            let lower = told.to_lowercase();
            assert!(UNWANTED.iter().all(|it| !lower.contains(it)), "{name}: {told}");
            let told = prompt(Some(style), &longest, subject, &trigger_word);
            assert!(told.ends_with(&format!(", {longest}")), "{name}");
            assert!(told.chars().count() <= PROMPT_CHARS_MAX, "{name}");
        }
        for language in Language::ALL {
            let (title, about) = (style.title.of(language), style.about.of(language));
            assert!(about.ends_with('.'), "{}: {about}", style.name);
            assert!(title.chars().next().is_some_and(|it| !it.is_lowercase()), "{title}");
        }
    }
}

#[test]
fn what_the_model_is_told_is_one_tidy_line() {
    let told = |words| prompt(Some(&style()), words, Subject::Woman, "TOK_1");
    let styled = "Photo of TOK_1 woman in an old town, in a cloak, soft light";
    assert_eq!(told(""), styled);
    assert_eq!(told("with a cat"), format!("{styled}, with a cat"));
    assert_eq!(told(" ,, with a cat , , on a roof,"), format!("{styled}, with a cat, on a roof"));
    assert_eq!(told("1,000 lamps"), format!("{styled}, 1,000 lamps"), "a number stays whole");
    assert_eq!(told(", ,"), styled);
    let plain = |words, subject| prompt(None, words, subject, "TOK_1");
    assert_eq!(plain("in Paris", Subject::Man), "photo of TOK_1 man, in Paris");
    assert_eq!(plain("in Paris", Subject::Other), "photo of TOK_1, in Paris");
    assert_eq!(plain("", Subject::Woman), "photo of TOK_1 woman");
    let ended = Style { prompt: "Photo of {person}.".to_owned(), ..style() };
    assert_eq!(prompt(Some(&ended), "at sea", Subject::Man, "TOK_1"), "Photo of TOK_1 man, at sea");
}

#[test]
fn f52_nothing_stands_for_nobody() {
    let longest = "a".repeat(TRIGGER_WORD_CHARS_MAX);
    for word in ["TOK", "TOK_1a2b3c4d", "sks", "anna-2", &longest] {
        assert!(is_trigger_word(word), "{word}");
    }
    let longer = "a".repeat(TRIGGER_WORD_CHARS_MAX + 1);
    for word in [
        "",
        " ",
        "ab",
        "_ab",
        "1ab",
        "-ab",
        "TOK 1",
        " TOK",
        "TOK\n",
        "TOK,",
        "{person}",
        "ТОК_1",
        "undefined",
        "Undefined",
        "null",
        "None",
        "NaN",
        &longer,
    ] {
        assert!(!is_trigger_word(word), "{word:?}");
        let made = std::panic::catch_unwind(|| prompt(None, "at sea", Subject::Man, word));
        assert!(made.is_err(), "{word:?}: a picture of somebody else");
    }
    for id in [0, 1, u128::MAX] {
        assert!(is_trigger_word(&avatar::trigger_word(&AvatarId::new(id))));
    }
}

#[test]
fn words_lose_what_cannot_be_seen() {
    let taken = |text: &str| words(text).expect("it is something");
    assert_eq!(taken("  на\u{a0}крыше \r\n\t под  дождём\u{2028}"), "на крыше под дождём");
    assert_eq!(taken("a\u{0}b\u{7}c\u{1b}[31md\u{7f}e\u{9b}f"), "abc[31mdef", "control");
    assert_eq!(taken("\u{202e}abc\u{202c} \u{2066}d\u{2069}\u{200f}\u{61c}"), "abc d", "bidi");
    assert_eq!(taken("a\u{200b}b\u{feff}c\u{2060}d\u{ad}e"), "abcde", "zero width");
    let hidden: String =
        "nude".chars().filter_map(|it| char::from_u32(0xe0000 + it as u32)).collect();
    assert_eq!(taken(&format!("cat{hidden}")), "cat", "tags hide a text in another");
    assert_eq!(taken("{person} and {detail}{"), "person and detail", "our own holes");
    assert_eq!(taken("👩‍🚀 и ❤️"), "👩‍🚀 и ❤️", "emoji stay whole");
    for nothing in [
        "",
        " ",
        "\n\t",
        "\u{200b}",
        "\u{200d} \u{fe0f}",
        "{}",
        "\u{202e}\u{2066}",
        "\u{3164}",
        "?!",
        ", ,,",
        "\u{e0061}",
    ] {
        assert_eq!(words(nothing), Err(WrongWords::Empty), "{nothing:?}");
    }
}

#[test]
fn words_are_counted_in_characters_after_they_were_tidied() {
    let kazakh = "әңғүұқөһі ".repeat(50);
    assert_eq!(kazakh.chars().count(), 500);
    let longest = kazakh.replace(' ', "ы");
    assert_eq!(words(&longest), Ok(longest.clone()));
    assert_eq!(words(&format!("{longest}ы")), Err(WrongWords::TooLong));
    assert_eq!(words(&format!("\u{200b}  {longest} {{}}\n")), Ok(longest), "blanks don't count");
    let emoji = "🍎".repeat(WORDS_CHARS_MAX);
    assert_eq!(words(&emoji), Ok(emoji.clone()));
    assert_eq!(words(&format!("{emoji}🍎")), Err(WrongWords::TooLong));
}

proptest! {
    #![proptest_config(crate::same_each_time())]

    #[test]
    fn whatever_is_typed_the_prompt_is_one_line_with_the_person(text in "\\PC{0,60}|.{0,600}") {
        let Ok(words) = words(&text) else { return Ok(()) };
        prop_assert_eq!(domain::picture::words(&words), Ok(words.clone()));
        let told = prompt(Some(&style()), &words, Subject::Man, "TOK_1a2b3c4d");
        prop_assert!(told.starts_with("Photo of TOK_1a2b3c4d man in an old town, in a coat"));
        let is_wrong = |it: char| it.is_control() || matches!(it, '{' | '}' | '\u{202e}');
        prop_assert!(!told.contains(is_wrong));
        prop_assert!(!told.contains("  ") && !told.contains(",,") && !told.contains(", ,"));
        prop_assert!(told.chars().count() <= PROMPT_CHARS_MAX);
    }
}
