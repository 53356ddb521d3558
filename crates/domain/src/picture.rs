//! Pictures that are made with an avatar: what may be chosen, and what the model is told.

use serde::{Deserialize, Serialize};

use crate::catalog::Style;
use crate::{ArtifactId, AvatarId, InputId, Subject};

/// The longest words that a customer may give, in characters.
pub const WORDS_CHARS_MAX: usize = 500;

/// How many pictures one order may have.
pub const COUNT_MAX: u32 = 4;

/// How many results one command may be about: those of a few pages of the gallery.
pub const CHOSEN_MAX: usize = 50;

/// The shape of a picture: width to height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Aspect {
    #[serde(rename = "1:1")]
    Square,
    #[default]
    #[serde(rename = "3:4")]
    Portrait,
    #[serde(rename = "4:3")]
    Landscape,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "16:9")]
    Wide,
}

impl Aspect {
    pub const ALL: [Self; 5] =
        [Self::Square, Self::Portrait, Self::Landscape, Self::Tall, Self::Wide];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Square => "1:1",
            Self::Portrait => "3:4",
            Self::Landscape => "4:3",
            Self::Tall => "9:16",
            Self::Wide => "16:9",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == text)
    }

    /// Width and height in pixels: about a megapixel, in steps that image models like.
    pub fn pixels(self) -> (u32, u32) {
        match self {
            Self::Square => (1024, 1024),
            Self::Portrait => (896, 1152),
            Self::Landscape => (1152, 896),
            Self::Tall => (768, 1344),
            Self::Wide => (1344, 768),
        }
    }
}

/// What an artifact or a generation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Product {
    /// Made with an avatar.
    #[default]
    #[serde(rename = "picture")]
    Picture,
    /// A photo, changed.
    #[serde(rename = "edit")]
    Edit,
    /// A face for videos, changed by words.
    #[serde(rename = "character")]
    Character,
    /// A script, spoken.
    #[serde(rename = "speech")]
    Speech,
    /// Somebody who speaks.
    #[serde(rename = "video")]
    Video,
}

impl Product {
    pub const ALL: &'static [Self] =
        &[Self::Picture, Self::Edit, Self::Character, Self::Speech, Self::Video];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Edit => "edit",
            Self::Character => "character",
            Self::Speech => "speech",
            Self::Video => "video",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

/// A picture that another one begins from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub artifact: ArtifactId,
    /// How far the new one may be from it: 1 is nearly the same, 100 something else.
    pub strength_percent: u32,
}

/// How far a variation is from its picture.
pub const VARY_PERCENT: u32 = 55;
/// How far a picture is from the one that was to be changed by words.
pub const CHANGE_PERCENT: u32 = 80;

/// What a customer has chosen before they order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub avatar: AvatarId,
    /// The name of a style of the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// The customer's own words; may be empty where there is a style.
    pub words: String,
    pub aspect: Aspect,
    pub count: u32,
    /// The name of a picture model of the catalog.
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// An edit that a customer has chosen before they order it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditDraft {
    /// The name of a preset of the catalog.
    pub preset: String,
    /// The photos, in the order in which the preset asks for them.
    pub inputs: Vec<InputId>,
    /// The customer's own words; empty where the preset wants none.
    pub words: String,
}

/// What is wrong with a customer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongWords {
    Empty,
    TooLong,
}

/// Makes words fit for a prompt: runs of blanks become one space, and what can't be seen goes, as
/// do the braces that our own templates use. Marks alone are no words.
pub fn words(text: &str) -> Result<String, WrongWords> {
    let is_shown = |it: &char| {
        it.is_whitespace() || !(it.is_control() || is_unseen(*it) || matches!(it, '{' | '}'))
    };
    let shown: String = text.chars().filter(is_shown).collect();
    let words = one_line(&shown);
    if words.chars().all(|it| it == ' ' || it.is_ascii_punctuation() || is_joiner(it)) {
        return Err(WrongWords::Empty);
    }
    match words.chars().count() {
        ..=WORDS_CHARS_MAX => Ok(words),
        _ => Err(WrongWords::TooLong),
    }
}

/// The longest that a model is told, in characters: a style with the longest words.
pub const PROMPT_CHARS_MAX: usize = 1_500;

/// The longest word that may stand for an avatar, in characters.
pub const TRIGGER_WORD_CHARS_MAX: usize = 32;

/// Whether a word can stand for an avatar: a letter, then letters, digits and `_` or `-`. What
/// programs say for "nothing" is refused, as it would make pictures of nobody.
pub fn is_trigger_word(text: &str) -> bool {
    let is_nothing =
        ["nan", "none", "null", "undefined"].iter().any(|it| text.eq_ignore_ascii_case(it));
    (3..=TRIGGER_WORD_CHARS_MAX).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-'))
        && !is_nothing
}

/// What the model is told: who is on the picture, always, then the style and the words. Without the
/// avatar's word it would be a picture of somebody else, so there is no prompt without it.
pub fn prompt(style: Option<&Style>, words: &str, subject: Subject, trigger_word: &str) -> String {
    assert!(is_trigger_word(trigger_word), "`{trigger_word}` can't stand for an avatar");
    let person = match subject {
        Subject::Man => format!("{trigger_word} man"),
        Subject::Woman => format!("{trigger_word} woman"),
        Subject::Other => trigger_word.to_owned(),
    };
    let styled = match style {
        Some(style) => {
            style.prompt.replace("{person}", &person).replace("{detail}", style.detail.of(subject))
        }
        None => format!("photo of {person}"),
    };
    let styled = phrases(&styled);
    let words = phrases(words);
    if words.is_empty() { styled } else { format!("{}, {words}", styled.trim_end_matches('.')) }
}

/// A text without line breaks and runs of blanks.
pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without commas that separate nothing.
fn phrases(text: &str) -> String {
    let parts = text.split(',').map(str::trim_end).filter(|it| !it.is_empty());
    one_line(&parts.collect::<Vec<_>>().join(","))
}

/// Seen by nobody, but read by a model: marks that turn or hide text, fillers, and the tags by which
/// a text can be hidden in another (Unicode: Default_Ignorable, Bidi_Control).
pub(crate) fn is_unseen(it: char) -> bool {
    matches!(it,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Joins emoji and letters of some scripts, and is nothing alone.
pub(crate) fn is_joiner(it: char) -> bool {
    matches!(it, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}
