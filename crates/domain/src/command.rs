//! What a user asks to be done. Screens return commands; `studio` carries them out.

use serde::{Deserialize, Serialize};

use crate::catalog::Quote;
use crate::{AvatarId, Kind, Language, PhotoId, Quality, Subject};

/// A picture in a message, before anybody has looked at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// By which the messenger gives the bytes, to this bot only.
    pub file_id: String,
    /// The same for the same bytes, whoever sends them.
    pub unique_id: String,
    /// What the messenger says; zero when it doesn't.
    pub bytes: u64,
    /// Whether it came as a file, uncompressed.
    pub is_document: bool,
    /// The album it belongs to.
    pub album: Option<String>,
    /// The message, whose number gives the order within an album.
    pub message: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    AcceptTerms,
    AddPhoto { avatar: AvatarId, picture: Picture },
    CancelTraining { avatar: AvatarId },
    ChooseMain { avatar: AvatarId },
    DeleteAvatar { avatar: AvatarId },
    DraftAvatar { kind: Kind, subject: Subject, name: String },
    ForgetMe,
    RemovePhoto { avatar: AvatarId, photo: PhotoId },
    RemoveUnusable { avatar: AvatarId },
    Rename { avatar: AvatarId, name: String },
    Retrain { avatar: AvatarId },
    Speak { language: Language },
    Train { avatar: AvatarId, quality: Quality, quote: Quote },
}
