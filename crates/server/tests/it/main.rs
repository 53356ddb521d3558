//! The program as a whole, and the house it lives in.

mod config;
mod objects;
mod tidy;
