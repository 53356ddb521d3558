//! Styles: ready words for pictures, one file each.

use serde::{Deserialize, Serialize};

use crate::{Language, Subject};

/// A style on offer: a file `catalog/styles/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// The name of its file: small letters, digits and hyphens, 24 at most, as it travels in buttons.
    pub name: String,
    /// Grows with each change of what the model is told, so that old results can be explained.
    pub version: u32,
    /// Small letters and hyphens; its title is the text `style-category-<category>`.
    pub category: String,
    /// For whom it is; nobody named is everybody.
    #[serde(default)]
    pub subjects: Vec<Subject>,
    pub title: StyleText,
    /// A sentence that says what comes of it.
    pub about: StyleText,
    /// What the model is told, in English, with `{person}` (always) and `{detail}` in it.
    pub prompt: String,
    /// What differs by who is on the picture, such as clothes.
    #[serde(default)]
    pub detail: BySubject,
}

/// A text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StyleText {
    pub ru: String,
    pub en: String,
    pub kk: String,
}

impl StyleText {
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Kk => &self.kk,
            Language::Ru => &self.ru,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BySubject {
    pub man: String,
    pub woman: String,
    pub other: String,
}

impl BySubject {
    pub fn of(&self, subject: Subject) -> &str {
        match subject {
            Subject::Man => &self.man,
            Subject::Woman => &self.woman,
            Subject::Other => &self.other,
        }
    }
}

impl Style {
    pub fn is_for(&self, subject: Subject) -> bool {
        self.subjects.is_empty() || self.subjects.contains(&subject)
    }
}

/// Reads a style and checks it; the error says what is wrong.
pub(super) fn read(file: &str, text: &str) -> Result<Style, String> {
    let style: Style = toml::from_str(text).map_err(|it| it.to_string())?;
    if file != format!("styles/{}.toml", style.name) {
        return Err(format!("it is the style `{}`", style.name));
    }
    Ok(style)
}
