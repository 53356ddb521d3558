//! What customers and those who answer for a bot write to each other.

use serde::{Deserialize, Serialize};

/// The longest words that a customer may write at once, in characters.
pub const WORDS_CHARS_MAX: usize = 3_000;

/// The longest words beside a file: they go out as its caption, below who wrote them.
pub const CAPTION_CHARS_MAX: usize = 600;

/// How often one person may write in an hour: enough for an album and a few words, and too little
/// to bury everybody else.
pub const PER_HOUR: u32 = 20;

/// Words, a file, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub words: String,
    pub file: Option<Attached>,
}

impl Note {
    pub fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.file.is_none()
    }

    /// The most characters that its words may have.
    pub fn chars_max(&self) -> usize {
        if self.file.is_some() { CAPTION_CHARS_MAX } else { WORDS_CHARS_MAX }
    }

    pub fn is_too_long(&self) -> bool {
        self.chars_max() < self.words.chars().count()
    }

    /// The words by themselves and then the file, where together they are too long.
    pub fn apart(self) -> Vec<Self> {
        if self.file.is_none() || !self.is_too_long() {
            return vec![self];
        }
        vec![Self { file: None, ..self.clone() }, Self { words: String::new(), ..self }]
    }
}

/// A file that the messenger has. Its bytes never come to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    pub kind: FileKind,
    /// By which the messenger sends it once more, for this bot only.
    pub file_id: String,
}

/// How a file was sent, which is how it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Document,
    Photo,
    Video,
}

impl FileKind {
    pub const ALL: &'static [Self] = &[Self::Document, Self::Photo, Self::Video];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Photo => "photo",
            Self::Video => "video",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}
