//! The program: everything that knows both the product and the world.
//!
//! Read `inbox` (an event of a chat, from arrival to answer) and `jobs` (what is done later) first;
//! `start` puts the whole together.

pub mod api;
pub mod app;
pub mod bot;
pub mod clock;
pub mod commands;
pub mod config;
pub mod explain;
pub mod failure;
pub mod farm;
pub mod film;
pub mod inbox;
pub mod jobs;
pub mod links;
pub mod makers;
pub mod objects;
pub mod outbound;
pub mod outbox;
pub mod prices;
pub mod shared;
pub mod start;
pub mod studio;
pub mod support;
pub mod till;
pub mod voices;
pub mod wakes;
