//! What a user is told: at once, as the answer to a command, or later by a job.

use serde::{Deserialize, Serialize};

use crate::refusal::TrainingFault;
use crate::{AvatarId, Credits, Refusal};

/// Stored in rows that wait to be told, so a variant's meaning never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// The command was not carried out, and nothing was changed.
    Refused {
        refusal: Refusal,
    },
    /// The terms were accepted; the bonus is zero when it was granted before.
    Welcomed {
        bonus: Credits,
    },
    /// The words of the bot have another language from now on.
    LanguageChanged,
    /// An avatar was named and waits for photos.
    Drafted {
        avatar: AvatarId,
    },
    /// A photo was taken in; its verdict follows.
    PhotoTaken,
    PhotosRemoved {
        count: u32,
    },
    Renamed,
    MainChosen,
    AvatarDeleted,
    /// The credits are held and the work is queued.
    TrainingQueued {
        avatar: AvatarId,
    },
    /// The provider was asked to stop, or the work was taken out of the queue.
    CancelAsked,
    /// Everything of this person is being deleted.
    ForgetBegun,
    /// The model is ours; `charged` is what the ledger took.
    AvatarReady {
        avatar: AvatarId,
        name: String,
        charged: Credits,
    },
    /// `returned` is what the ledger gave back.
    TrainingFailed {
        avatar: AvatarId,
        name: String,
        fault: TrainingFault,
        returned: Credits,
    },
    TrainingCanceled {
        avatar: AvatarId,
        name: String,
        returned: Credits,
    },
    /// A receipt: everything is gone, everywhere.
    Forgotten {
        photos: u32,
        avatars: u32,
        on: String,
    },
    /// Credits came in by an operator's hand.
    Granted {
        credits: Credits,
        reason: String,
    },
    /// The work failed on our side before anything was decided.
    Broken {
        number: String,
    },
    /// A word to a bot's owners; not for customers.
    Alert {
        text: String,
    },
}
