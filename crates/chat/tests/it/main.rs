//! The conversation's rules: what is said, what is shown, where each event leads.

mod consent;
mod edits;
mod events;
mod feedback;
mod films;
mod html;
mod keys;
mod languages;
mod money;
mod owners;
mod pictures;
mod places;
mod preview;
mod routes;
mod talk;
mod videos;
mod views;
mod walks;
mod world;
