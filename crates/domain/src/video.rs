//! Talking videos: a face, a voice, a script; and a customer's own clip behind it.

use serde::{Deserialize, Serialize};

use crate::{ArtifactId, InputId};

/// How many takes of a script a customer has at hand to choose from.
pub const TAKES_MAX: usize = 5;

/// The longest words by which a character is changed, in characters.
pub const CHANGE_CHARS_MAX: usize = 300;

/// What is around whoever speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// The picture's own surroundings.
    #[serde(rename = "head")]
    TalkingHead,
    /// The customer's clip, behind the person.
    #[serde(rename = "over")]
    OverBackground,
}

impl Format {
    pub const ALL: &'static [Self] = &[Self::TalkingHead, Self::OverBackground];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::TalkingHead => "head",
            Self::OverBackground => "over",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

/// How fine a video is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum VideoQuality {
    /// 720 lines on the short side.
    #[default]
    #[serde(rename = "standard")]
    Standard,
    /// 1080 lines on the short side; for shorter videos.
    #[serde(rename = "high")]
    High,
}

impl VideoQuality {
    pub const ALL: &'static [Self] = &[Self::Standard, Self::High];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::High => "high",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }

    /// Width and height of what we put together, in pixels.
    pub fn frame(self) -> (u32, u32) {
        match self {
            Self::Standard => (720, 1280),
            Self::High => (1080, 1920),
        }
    }
}

/// Whose lips move.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Face {
    /// By its name in the catalog.
    #[serde(rename = "character")]
    Character(String),
    /// A photo of the customer's own, a picture with their avatar, or a changed character.
    #[serde(rename = "input")]
    Input(InputId),
}

/// A change of a face by words, before it is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CharacterDraft {
    pub face: Face,
    pub words: String,
}

/// A script that is to be spoken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeechDraft {
    /// The name of a voice: the catalog's, or one that was found at the provider.
    pub voice: String,
    pub script: String,
    /// 100 is as the voice speaks by itself.
    pub speed_percent: u32,
}

/// A video that a customer has chosen before they order it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoDraft {
    pub format: Format,
    #[serde(default)]
    pub quality: VideoQuality,
    pub face: Face,
    /// The sound: what a speech has given.
    pub speech: ArtifactId,
    /// The clip behind the person, where the format has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<InputId>,
    /// Whether the script is written over the picture.
    #[serde(default)]
    pub has_captions: bool,
}

/// What a generation of these products is made of. Stored as JSON, without the script: that is in
/// the generation's words, which are forgotten with their owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Making {
    Character {
        face: Face,
    },
    Speech {
        voice: String,
        speed_percent: u32,
    },
    Video {
        #[serde(flatten)]
        draft: VideoDraft,
        /// How long its sound is, as measured when it was ordered.
        millis: i64,
    },
}

/// How far a video has come: each stage is somebody else's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A provider moves the lips.
    Lips,
    /// A provider cuts the person out.
    Matte,
    /// We put it together.
    Montage,
}

impl Stage {
    pub const ALL: &'static [Self] = &[Self::Lips, Self::Matte, Self::Montage];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lips => "lips",
            Self::Matte => "matte",
            Self::Montage => "montage",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}
