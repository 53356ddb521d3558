//! Voices: who speaks scripts, one file each.

use serde::{Deserialize, Serialize};

use super::Catalog;
use super::packs::line_of;
use super::styles::{StyleText, check_name, check_texts};
use crate::{Language, Subject};

/// A voice on offer: a file `catalog/voices/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voice {
    /// The name of its file: small letters, digits and hyphens, 24 at most, as it travels in buttons.
    pub name: String,
    pub gender: Subject,
    pub age: Age,
    /// Whose it is, by the provider's name in `connectors`.
    pub provider: String,
    /// What the provider calls it. It may vanish there.
    pub voice: String,
    /// What it speaks, the best first.
    pub languages: Vec<Language>,
    pub title: StyleText,
    /// How it sounds.
    pub about: StyleText,
}

/// How old somebody looks or sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    Young,
    Middle,
    Older,
}

impl Age {
    pub const ALL: &'static [Self] = &[Self::Young, Self::Middle, Self::Older];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Young => "young",
            Self::Middle => "middle",
            Self::Older => "older",
        }
    }

    pub fn of_years(years: u32) -> Self {
        match years {
            ..=34 => Self::Young,
            35..=54 => Self::Middle,
            55.. => Self::Older,
        }
    }
}

/// The longest id that a provider gives a voice.
const ID_CHARS_MAX: usize = 64;

/// Reads a voice and checks it; the error says what is wrong, with the line where one is to blame.
pub(super) fn read(file: &str, text: &str) -> Result<Voice, String> {
    let mut voice: Voice = toml::from_str(text).map_err(|it| it.to_string())?;
    voice.title.tidy();
    voice.about.tidy();
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    check_name(file, "voices", &voice.name).map_err(|it| at("name", it))?;
    check_gender(voice.gender).map_err(|it| at("gender", it))?;
    if voice.provider.is_empty() {
        return Err(at("provider", "nobody is named who has it".to_owned()));
    }
    // It becomes a part of an address.
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    if !(1..=ID_CHARS_MAX).contains(&voice.voice.len()) || !voice.voice.bytes().all(is_plain) {
        let says = format!("a voice's id is up to {ID_CHARS_MAX} letters, digits, `-` and `_`");
        return Err(at("voice", says));
    }
    if voice.languages.is_empty() {
        return Err(at("languages", "it speaks no language".to_owned()));
    }
    let twice = |(at, it)| voice.languages[..at].contains(it);
    if let Some((_, language)) = voice.languages.iter().enumerate().find(|it| twice(*it)) {
        return Err(at("languages", format!("`{}` is named twice", language.as_str())));
    }
    check_texts(text, &voice.title, &voice.about)?;
    Ok(voice)
}

/// Whoever speaks is a person.
pub(super) fn check_gender(gender: Subject) -> Result<(), String> {
    match gender {
        Subject::Man | Subject::Woman => Ok(()),
        Subject::Other => Err("whoever speaks is a man or a woman".to_owned()),
    }
}

impl Catalog {
    pub fn voice(&self, name: &str) -> Option<&Voice> {
        self.voices.iter().find(|it| it.name == name)
    }
}
