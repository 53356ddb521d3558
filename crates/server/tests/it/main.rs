//! The program as a whole, and the house it lives in.

mod chats;
mod config;
mod drill;
mod objects;
mod tidy;
mod world;
