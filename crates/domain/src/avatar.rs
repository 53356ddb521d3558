//! Avatars and their trainings: what they can be, and the rules of their names.

use serde::{Deserialize, Serialize};

use crate::AvatarId;

/// A closed set of words that is stored and sent as text. `as_str` and `from_text` agree.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$note])* #[serde(rename = $text)] $variant),*
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// What a training is for.
    Kind {
        /// A person's face.
        Portrait = "portrait",
        /// A style, an object or a place.
        Style = "style",
    }
}

words! {
    /// Who or what the photos show. It reaches the prompt, so it is asked and never guessed.
    Subject {
        Man = "man",
        Woman = "woman",
        Other = "other",
    }
}

words! {
    /// How much work is put into a training; what it means is in the catalog.
    Quality {
        Fast = "fast",
        Balanced = "balanced",
        Quality = "quality",
    }
}

words! {
    /// Where an avatar is in its life.
    AvatarState {
        /// Named; no photo yet.
        Draft = "draft",
        PhotosUploading = "photos_uploading",
        /// The customer said that these are the photos.
        Ready = "ready",
        Training = "training",
        /// The model file was fetched, checked and stored.
        Completed = "completed",
        Failed = "failed",
        Cancelled = "cancelled",
    }
}

words! {
    /// Where work for a customer is: a training, a generation. The texts are those that integrators see.
    WorkState {
        /// Paid for by a hold; the provider doesn't have it yet.
        Pending = "PENDING",
        /// The provider has it, or may have it.
        Processing = "PROCESSING",
        Succeeded = "SUCCEEDED",
        Failed = "FAILED",
        Canceled = "CANCELED",
    }
}

impl WorkState {
    /// Whether it can still turn out either way.
    pub fn is_open(self) -> bool {
        match self {
            Self::Pending | Self::Processing => true,
            Self::Succeeded | Self::Failed | Self::Canceled => false,
        }
    }
}

pub const NAME_CHARS_MAX: usize = 40;

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongName {
    Empty,
    TooLong,
}

/// Makes a name fit to be shown: outer blanks go, inner runs of blanks become one space, control
/// characters and marks that hide or turn text are dropped. Joiners and variation marks stay, as
/// emoji and some scripts need them, but a name of nothing else is empty.
pub fn name(text: &str) -> Result<String, WrongName> {
    let shown = |it: &char| it.is_whitespace() || !(it.is_control() || is_hidden(*it));
    let shown: String = text.chars().filter(shown).collect();
    let name = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().all(is_joiner) {
        return Err(WrongName::Empty);
    }
    match name.chars().count() {
        ..=NAME_CHARS_MAX => Ok(name),
        _ => Err(WrongName::TooLong),
    }
}

/// Invisible, or turning the direction of what follows (Unicode: Default_Ignorable, Bidi_Control,
/// and the blanks that are letters by their class).
fn is_hidden(it: char) -> bool {
    matches!(it,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
}

/// Means something only beside another character.
fn is_joiner(it: char) -> bool {
    matches!(it,
        '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

/// The word that stands for this avatar in every prompt: `TOK_` and eight hex digits that come
/// from its id, so that it is never empty. Two avatars may share one by chance, some day; the
/// store refuses the second.
pub fn trigger_word(avatar: &AvatarId) -> String {
    // FNV-1a: the id's own digits are mostly time, whose beginning all avatars share.
    let hash = avatar
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("TOK_{hash:08x}")
}
