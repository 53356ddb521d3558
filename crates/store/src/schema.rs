//! The schema: migrations in order, forward only, the same text for both databases.

use refinery::error::Kind;

use crate::tx::Tx;
use crate::{Backend, StoreError, postgres, sqlite};

mod embedded {
    refinery::embed_migrations!("migrations");
}

/// Any number will do, as long as all processes that migrate a database agree on it.
const LOCK: i64 = 0x0061_7465_6c69_6572;

/// The version that this program's statements are written for.
pub(crate) fn known() -> u32 {
    let runner = embedded::migrations::runner();
    let versions = runner.get_migrations().iter().map(|it| it.version() as u32);
    versions.max().unwrap_or(0)
}

/// The version of the database; 0 when it is empty.
pub(crate) fn found(tx: &mut Tx) -> Result<u32, StoreError> {
    let has_history = match tx.backend() {
        Backend::Sqlite => "SELECT name FROM sqlite_master WHERE name = 'refinery_schema_history'",
        Backend::Postgres => {
            "SELECT CAST(tablename AS TEXT) FROM pg_tables
             WHERE tablename = 'refinery_schema_history' AND schemaname = current_schema()"
        }
    };
    if tx.first(has_history, &[])?.is_none() {
        return Ok(0);
    }
    tx.one("SELECT COALESCE(MAX(version), 0) FROM refinery_schema_history", &[])?.count(0)
}

pub(crate) fn migrate_sqlite(path: &str) -> Result<(), StoreError> {
    let mut connection = sqlite::open_writer(path)?;
    let first = run(|runner| runner.run(connection.raw()));
    match first {
        // Another process may have been faster by a moment; then there is nothing left to do.
        Err(StoreError::Migration(_)) => run(|runner| runner.run(connection.raw())),
        other => other,
    }
}

pub(crate) fn migrate_postgres(config: &::postgres::Config) -> Result<(), StoreError> {
    let failed = |it: ::postgres::Error| StoreError::Migration(it.to_string());
    let mut client = postgres::connect(config)?;
    // A migration may take its time, and so may another process that is at it.
    client.batch_execute("SET statement_timeout = 0; SET lock_timeout = 0").map_err(failed)?;
    client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).map_err(failed)?;
    // The lock goes with the connection.
    run(|runner| runner.run(&mut client))
}

fn run(
    apply: impl FnOnce(&refinery::Runner) -> Result<refinery::Report, refinery::Error>,
) -> Result<(), StoreError> {
    // Grouped, because else a migration and the note that it was applied are two transactions.
    let runner = embedded::migrations::runner().set_grouped(true);
    let Err(error) = apply(&runner) else { return Ok(()) };
    Err(match error.kind() {
        Kind::MissingVersion(it) if known() < it.version() as u32 => {
            StoreError::Newer { found: it.version() as u32, known: known() }
        }
        Kind::DivergentVersion(it, _) => {
            StoreError::Changed { version: it.version() as u32, name: it.name().to_owned() }
        }
        other => {
            let cause = std::error::Error::source(other).map(|it| format!(": {it}"));
            StoreError::Migration(format!("{other}{}", cause.unwrap_or_default()))
        }
    })
}
