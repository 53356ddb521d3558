//! The store's tests. Each runs on SQLite, and on PostgreSQL where there is one.

mod bed;
mod chain;
mod chain_money;
mod db;
mod giveaways;
mod jobs;
mod jobs_races;
mod ledger;
mod ledger_model;
mod money_acts;
mod money_model;
mod opening;
mod payments;
mod plans;
mod refunds;
mod reports;
mod shop;
mod story;
mod tables;
