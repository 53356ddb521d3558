//! What can go wrong between us and the database.

/// A failure of the store. Its text never holds a password or a stored value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("`{0}` is not a database address (sqlite:PATH or postgres://…)")]
    Address(String),
    #[error("opening the database {place}: {why}")]
    Open { place: String, why: String },
    /// Nothing was written. It may work in a moment.
    #[error("the database can't be reached: {0}")]
    Unavailable(String),
    /// The connection broke while a commit was under way: it may or may not have happened.
    #[error("whether the commit went through is not known: {0}")]
    Uncertain(String),
    /// Others were faster, again and again.
    #[error("the decision lost every one of {0} races")]
    Contended(u32),
    /// A uniqueness, a reference or a check of the schema forbids it.
    #[error("a rule of the schema forbids `{sql}`: {why}")]
    Forbidden { sql: &'static str, why: String },
    #[error("`{sql}` failed: {why}")]
    Statement { sql: &'static str, why: String },
    #[error("an earlier statement of this decision failed: {0}")]
    Broken(String),
    #[error("the commit failed: {0}")]
    Commit(String),
    #[error("`{sql}` gave {count} rows where one is expected")]
    NotOne { sql: &'static str, count: usize },
    #[error("column `{column}`: {why}")]
    Column { column: String, why: String },
    #[error("the database is of version {found}, and this program knows {known}")]
    Newer { found: u32, known: u32 },
    #[error("migration {version} ({name}) was changed after this database had taken it")]
    Changed { version: u32, name: String },
    #[error("migrating the database: {0}")]
    Migration(String),
    #[error("a decision panicked: {0}")]
    Panicked(String),
    #[error("the database is closed")]
    Closed,
}

impl StoreError {
    /// Whether the same decision may succeed a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            // Closed for this process; the next one has it open.
            Self::Unavailable(_)
            | Self::Uncertain(_)
            | Self::Contended(_)
            | Self::Commit(_)
            | Self::Closed => true,
            Self::Address(_)
            | Self::Open { .. }
            | Self::Forbidden { .. }
            | Self::Statement { .. }
            | Self::Broken(_)
            | Self::NotOne { .. }
            | Self::Column { .. }
            | Self::Newer { .. }
            | Self::Changed { .. }
            | Self::Migration(_)
            | Self::Panicked(_) => false,
        }
    }
}
