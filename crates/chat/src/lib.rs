//! The conversation: what users meet, as values with pure functions.
//!
//! A screen says what it needs to know, what it shows and what an event leads to; nothing here
//! reads a clock, stores or sends. Start at `screen`, then `screens::home`; `place` is the sum of
//! all screens, which is what the rest of the program stores and calls.

pub mod event;
pub mod facts;
pub mod news;
pub mod place;
pub mod preview;
pub mod route;
pub mod screen;
pub mod screens;
pub mod text;

pub use event::{Event, Sent};
pub use facts::{Facts, Needs};
pub use place::{Incoming, Place};
pub use screen::{Drawn, Next, Shown};
