//! The program as a whole, and the house it lives in.

mod chats;
mod config;
mod objects;
mod tidy;
mod world;
