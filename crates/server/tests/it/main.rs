//! The program as a whole, and the house it lives in.
#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod api;
mod chats;
mod commands;
mod config;
mod deploy;
mod drill;
mod drills;
mod objects;
mod redis;
mod sends;
mod shared;
mod stories;
mod stories_edits;
mod stories_edits_loop;
mod stories_feedback;
mod stories_money;
mod stories_money_people;
mod stories_money_steps;
mod stories_pictures;
mod stories_pictures_outside;
mod stories_pictures_steps;
mod stories_pictures_storm;
mod stories_steps;
mod stories_upkeep;
mod stories_videos;
mod stories_videos_care;
mod stories_videos_kills;
mod stories_videos_mends;
mod stories_videos_trouble;
mod tidy;
mod world;
