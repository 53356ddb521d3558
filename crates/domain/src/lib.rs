//! The words of Atelier: its types and the rules that need nothing but their arguments.
//!
//! Nothing here does I/O, knows the time or names a vendor. Read `avatar` first, then `photo`
//! (what a photo desk may say), `catalog` (what is sold), `workflow` (graphs that a machine of ours
//! runs) and `task` (what is done later).

pub mod avatar;
pub mod catalog;
pub mod command;
pub mod credits;
pub mod feedback;
pub mod ids;
pub mod language;
pub mod level;
pub mod money;
pub mod news;
pub mod photo;
pub mod picture;
pub mod refusal;
pub mod script;
pub mod task;
pub mod time;
pub mod video;
pub mod workflow;

pub use avatar::{AvatarState, Kind, Quality, Subject, WorkState};
pub use command::Command;
pub use credits::Credits;
pub use ids::*;
pub use language::Language;
pub use money::{Currency, Declined, Method, Money};
pub use news::News;
pub use picture::Aspect;
pub use refusal::Refusal;
pub use task::Task;
pub use time::Millis;
