//! The world, made up: Telegram with a chat page, and providers, on loopback.
//!
//! Each emulator is written from the vendor's own documents and knows nothing of Atelier, so that
//! it can't share a mistake with it. Time comes from the clock it is given; what is due by then
//! happens in `deliver_due`, so that a test can be the world's heartbeat.

pub mod fal;
mod outlet;
pub mod telegram;

pub use outlet::{Answer, Loopback, Outlet};

use std::sync::Arc;

/// Milliseconds since the epoch, as the sandbox is to believe.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;
