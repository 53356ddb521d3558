//! The outside: who we work with, each by its own wire protocol.
//!
//! Everything here translates and remembers nothing. A call gets an [`http::Http`], which bounds
//! its time and its size and refuses addresses that are none of our business ([`reach`]). Nothing
//! is retried: whether it may be, and when, is said by the error and done by the caller.

pub mod comfyui;
pub mod fetch;
pub mod http;
pub mod outgoing;
pub mod payments;
pub mod providers;
pub mod reach;
mod signatures;
