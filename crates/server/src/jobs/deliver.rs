//! What a user must hear: see [`crate::outbox`].

pub use crate::outbox::tell;
