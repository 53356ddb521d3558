//! The store's tests. Each runs on SQLite, and on PostgreSQL where there is one.

mod api;
mod bed;
mod chain;
mod chain_money;
mod chain_pictures;
mod db;
mod gallery;
mod giveaways;
mod hints;
mod jobs;
mod jobs_races;
mod ledger;
mod ledger_model;
mod money_acts;
mod money_model;
mod opening;
mod payments;
mod pictures;
mod plans;
mod refunds;
mod reports;
mod shop;
mod sittings;
mod story;
mod tables;
mod upgrade;
