//! What happens in a chat.

use domain::News;
use domain::command::{Clip, Picture};

/// An event as a screen sees it; `P` is what the screen's own buttons mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<P> {
    Text(String),
    Picture(Picture),
    Clip(Clip),
    /// Something that we have no use for here.
    Other(Sent),
    Press(P),
    News(News),
}

/// What a message may carry beside text, pictures and clips.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// One that plays like a picture, or a round one: a clip is an event of its own.
    Video,
    Voice,
    Audio,
    Sticker,
    /// A file that isn't a picture by its type.
    File,
    Contact,
    Place,
    Unknown,
}
