//! The languages that Atelier speaks.

use serde::{Deserialize, Serialize};

/// A language for which `lang/` has a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    En,
    Kk,
    #[default]
    Ru,
}

impl Language {
    pub const ALL: [Self; 3] = [Self::Ru, Self::En, Self::Kk];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Kk => "kk",
            Self::Ru => "ru",
        }
    }

    /// The language of an IETF tag such as `en-GB` (what Telegram sends); Russian when unknown.
    pub fn of_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL
            .into_iter()
            .find(|it| it.as_str().eq_ignore_ascii_case(primary))
            .unwrap_or_default()
    }
}
