//! What people may call their avatars, and the word that stands for one in prompts.

use domain::AvatarId;
use domain::avatar::{NAME_CHARS_MAX, WrongName, name, trigger_word};
use proptest::prelude::*;

/// `expected` is the name in brackets, so that blanks are seen, or what is wrong with it.
#[track_caller]
fn check(given: &str, expected: &str) {
    let seen = match name(given) {
        Ok(name) => format!("[{name}]"),
        Err(WrongName::Empty) => "empty".to_owned(),
        Err(WrongName::TooLong) => "too long".to_owned(),
    };
    assert_eq!(seen, expected, "of {given:?}");
}

#[test]
fn names_are_taken_as_people_write_them() {
    check("Anna", "[Anna]");
    check("Анна-Мария", "[Анна-Мария]");
    check("Қанат", "[Қанат]");
    check("李小龍", "[李小龍]");
    check("O'Neil & Co. <b>", "[O'Neil & Co. <b>]");
    check("/start", "[/start]");
    check("7", "[7]");
}

#[test]
fn blanks_are_tidied() {
    check("  Anna  ", "[Anna]");
    check("Anna \t\r\n Maria", "[Anna Maria]");
    check("Anna\u{a0}\u{2003}\u{3000}Maria", "[Anna Maria]");
    check("Anna\u{2028}Maria\u{85}Lea", "[Anna Maria Lea]");
}

#[test]
fn nothing_visible_is_no_name() {
    check("", "empty");
    check("   \n\t ", "empty");
    check("\u{200b}\u{feff}", "empty");
    check("\u{202e}\u{2066}\u{200f}", "empty");
    check("\u{0}\u{7}\u{1b}", "empty");
}

#[test]
fn marks_that_turn_the_direction_are_dropped() {
    check("\u{202e}annA", "[annA]");
    check("An\u{2067}na\u{2069}", "[Anna]");
    check("A\u{200b}n\u{200e}n\u{feff}a", "[Anna]");
    check("A\u{0}nn\u{8}a\u{9f}", "[Anna]");
}

#[test]
fn names_that_run_from_right_to_left_are_names() {
    check("שרה", "[שרה]");
    check("عائشة بنت أحمد", "[عائشة بنت أحمد]");
    check("\u{200f}שרה\u{200f}", "[שרה]");
}

/// The joiner within an emoji and between Persian letters is part of what is seen.
#[test]
fn emoji_stay_whole() {
    check("🦊", "[🦊]");
    check("👩\u{200d}🚀 Anna", "[👩\u{200d}🚀 Anna]");
    check("🇰🇿", "[🇰🇿]");
    check("می\u{200c}خواهم", "[می\u{200c}خواهم]");
}

#[test]
fn the_limit_counts_what_is_left() {
    check(&"я".repeat(NAME_CHARS_MAX), &format!("[{}]", "я".repeat(NAME_CHARS_MAX)));
    check(&"я".repeat(NAME_CHARS_MAX + 1), "too long");
    check(&"a".repeat(4_096), "too long");
    check(&"🦊".repeat(5_000), "too long");
    check(&format!("{}Anna{}", " ".repeat(5_000), "\u{200b}".repeat(5_000)), "[Anna]");
}

#[test]
fn a_trigger_word_comes_from_the_id_alone() {
    let word = |number| trigger_word(&AvatarId::new(number));
    assert_eq!(word(0), "TOK_e520ad96");
    assert_eq!(word(1), word(1));
    assert_eq!(word(u128::MAX).len(), "TOK_".len() + 8);
}

/// Ids of one millisecond begin alike; the words must not.
#[test]
fn neighbours_have_other_trigger_words() {
    let moment = 1_790_000_000_000_u128 << 80;
    let mut words: Vec<String> =
        (0..1_000).map(|at| trigger_word(&AvatarId::new(moment + at))).collect();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), 1_000);
}

proptest! {
    #![proptest_config(crate::same_each_time())]

    #[test]
    fn whatever_is_typed_the_name_can_be_shown(given in "\\PC{0,60}|.{0,60}") {
        if let Ok(text) = name(&given) {
            prop_assert!((1..=NAME_CHARS_MAX).contains(&text.chars().count()));
            prop_assert!(!text.chars().any(char::is_control), "{text:?}");
            let turns = |it: char| ('\u{202a}'..='\u{202e}').contains(&it);
            prop_assert!(!text.chars().any(turns), "{text:?}");
            prop_assert!(!text.contains("  ") && text.trim() == text, "{text:?}");
            prop_assert_eq!(name(&text), Ok(text.clone()), "a name is its own name");
        }
    }

    #[test]
    fn a_trigger_word_has_its_form(number: u128) {
        let word = trigger_word(&AvatarId::new(number));
        let digits = word.strip_prefix("TOK_").expect("its prefix");
        prop_assert_eq!(digits.len(), 8);
        prop_assert!(digits.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f')));
    }
}
