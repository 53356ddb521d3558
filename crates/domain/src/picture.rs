//! Pictures that are made with an avatar: what may be chosen, and what the model is told.

use serde::{Deserialize, Serialize};

use crate::catalog::Style;
use crate::{ArtifactId, AvatarId, Subject};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Product {
    /// Made with an avatar.
    #[serde(rename = "picture")]
    Picture,
}

impl Product {
    pub const ALL: &'static [Self] = &[Self::Picture];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
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

/// What is wrong with a customer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongWords {
    Empty,
    TooLong,
}

/// Makes words fit for a prompt: runs of blanks become one space, and what can't be seen goes, as
/// do the braces that our own templates use.
pub fn words(text: &str) -> Result<String, WrongWords> {
    let shown: String = text
        .chars()
        .filter(|it| it.is_whitespace() || !(it.is_control() || matches!(it, '{' | '}')))
        .collect();
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.chars().count() {
        0 => Err(WrongWords::Empty),
        1..=WORDS_CHARS_MAX => Ok(words),
        _ => Err(WrongWords::TooLong),
    }
}

/// What the model is told: who is on the picture, always, then the style and the words.
pub fn prompt(style: Option<&Style>, words: &str, subject: Subject, trigger_word: &str) -> String {
    let person = match subject {
        Subject::Man => format!("{trigger_word} man"),
        Subject::Woman => format!("{trigger_word} woman"),
        Subject::Other => trigger_word.to_owned(),
    };
    match style {
        Some(style) => {
            let styled = style
                .prompt
                .replace("{person}", &person)
                .replace("{detail}", style.detail.of(subject));
            if words.is_empty() { styled } else { format!("{styled}, {words}") }
        }
        None => format!("photo of {person}, {words}"),
    }
}
