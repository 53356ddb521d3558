//! Photos, archives and model files, made here byte by byte or read from `tests/fixtures`.

#![allow(clippy::unwrap_used, reason = "a test that can't go on is a test that fails")]

mod archive;
mod artifacts;
mod collages;
mod faces;
mod fixtures;
mod memory;
mod models;
mod mutations;
mod prepared;
mod samples;
mod unpacked;
mod verdicts;
mod video;
