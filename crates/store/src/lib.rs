//! The memory of Atelier: one dialect of SQL on SQLite and on PostgreSQL.
//!
//! A decision is a plain function of a [`Tx`]; [`Db::write`] runs it on a database thread and keeps
//! all of it or nothing. Each other module is a table or two, with the few functions that may touch
//! them. `SUM` of BIGINT is NUMERIC in PostgreSQL: cast it. Nothing here reads a clock.

pub mod api_keys;
pub mod api_requests;
pub mod artifacts;
pub mod attention;
pub mod avatars;
pub mod bots;
pub mod chain;
pub mod chats;
pub mod deeds;
pub mod deliveries;
pub mod endpoints;
pub mod errands;
pub mod feedback;
pub mod generations;
pub mod gifts;
pub mod gpu_runs;
pub mod hints;
pub mod inputs;
pub mod jobs;
pub mod ledger;
pub mod objects;
pub mod orders;
pub mod packings;
pub mod payments;
pub mod photos;
pub mod posts;
pub mod presets;
pub mod prices;
pub mod promos;
pub mod provider_calls;
pub mod ratings;
pub mod refunds;
pub mod reports;
pub mod rewards;
pub mod sending;
pub mod subscriptions;
pub mod tells;
pub mod trainings;
pub mod tries;
pub mod updates;
pub mod uploads;
pub mod users;
pub mod voices;
pub mod webhooks;
pub mod worker_tokens;
pub mod workers;

mod db;
mod error;
mod postgres;
mod queue;
mod row;
mod schema;
mod sqlite;
mod tx;
mod value;
mod wake;

#[cfg(feature = "throwaway")]
pub mod throwaway;

pub use db::Db;
pub use error::StoreError;
pub use row::{Column, Row};
pub use tx::{Backend, Tx};
pub use value::{Bound, Value};
pub use wake::Calls;
