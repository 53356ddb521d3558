//! The store's tests. Each runs on SQLite, and on PostgreSQL where there is one.

mod bed;
mod ledger;
mod ledger_model;
