//! The store's tests. Each runs on SQLite, and on PostgreSQL where there is one.

mod bed;
mod chain;
mod db;
mod jobs;
mod jobs_races;
mod ledger;
mod ledger_model;
mod opening;
mod story;
mod tables;
