//! A decision's hold on the database: statements, rows and savepoints.

use crate::value::Value;
use crate::wake::Calls;
use crate::{Row, StoreError, postgres, sqlite};

/// Which database is under a [`Tx`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

pub(crate) enum Connection {
    Sqlite(sqlite::Connection),
    Postgres(Box<postgres::Connection>),
}

/// A transaction that has begun. Whoever has it doesn't end it: the outcome of the decision does.
///
/// After a failed statement every further one fails too, as PostgreSQL would have it, until a
/// [`Tx::savepoint`] around it has rolled back.
pub struct Tx {
    pub(crate) connection: Connection,
    /// The worst that happened to the transaction that is running, and what it said.
    fault: Option<(Means, String)>,
    calls: Calls,
    /// There is no transaction around its statements.
    is_alone: bool,
}

/// A failed statement, with what it means for the transaction around it.
pub(crate) struct Fault {
    pub(crate) error: StoreError,
    pub(crate) means: Means,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Means {
    /// This statement is wrong or forbidden.
    Failed,
    /// Others were faster: the same decision may work when it is run again.
    Again,
    /// The connection, or the whole transaction, is gone.
    Lost,
}

impl Tx {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, fault: None, calls: Calls::default(), is_alone: false }
    }

    pub fn backend(&self) -> Backend {
        match self.connection {
            Connection::Sqlite(_) => Backend::Sqlite,
            Connection::Postgres(_) => Backend::Postgres,
        }
    }

    /// Runs a statement and says how many rows it changed. Placeholders are `$1`, `$2`, ….
    pub fn execute(&mut self, sql: &'static str, values: &[&dyn Value]) -> Result<u64, StoreError> {
        self.whole()?;
        let done = match &mut self.connection {
            Connection::Sqlite(it) => it.execute(sql, values),
            Connection::Postgres(it) => it.execute(sql, values),
        };
        done.map_err(|it| self.fail(it))
    }

    pub fn query(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.whole()?;
        let rows = match &mut self.connection {
            Connection::Sqlite(it) => it.query(sql, values),
            Connection::Postgres(it) => it.query(sql, values),
        };
        rows.map_err(|it| self.fail(it))
    }

    /// The one row that there is; anything else is an error.
    pub fn one(&mut self, sql: &'static str, values: &[&dyn Value]) -> Result<Row, StoreError> {
        let mut rows = self.query(sql, values)?;
        match (rows.pop(), rows.len()) {
            (Some(row), 0) => Ok(row),
            (None, _) => Err(StoreError::NotOne { sql, count: 0 }),
            (Some(_), more) => Err(StoreError::NotOne { sql, count: more + 1 }),
        }
    }

    /// The first row, if there is one.
    pub fn first(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Runs a part of a decision: if it says no, or a statement of it fails, what it wrote is
    /// undone and the rest of the decision goes on.
    pub fn savepoint<T, E: From<StoreError>>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.whole()?;
        if self.is_alone {
            return Err(StoreError::Broken("a savepoint needs a transaction".to_owned()).into());
        }
        // One name serves all depths: both databases mean the innermost of a name.
        self.control("SAVEPOINT part")?;
        let calls = self.calls;
        let outcome = match (part(self), self.broken()) {
            (Ok(_), Some(why)) => Err(StoreError::Broken(why.to_owned()).into()),
            (outcome, _) => outcome,
        };
        if outcome.is_ok() {
            self.control("RELEASE SAVEPOINT part")?;
            return outcome;
        }
        self.calls = calls;
        if self.means().is_some_and(|it| it != Means::Failed) {
            // There is nothing left to go back to: the whole decision is over.
            return outcome;
        }
        self.fault = None;
        self.control("ROLLBACK TO SAVEPOINT part")?;
        self.control("RELEASE SAVEPOINT part")?;
        outcome
    }

    /// Keeps the statements of a part together where each would stand alone.
    pub(crate) fn together<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if !self.is_alone {
            return part(self);
        }
        self.control("BEGIN ISOLATION LEVEL READ COMMITTED")?;
        self.is_alone = false;
        let outcome = part(self).and_then(|it| self.control("COMMIT").map(|()| it));
        self.is_alone = true;
        if outcome.is_err() && self.means() != Some(Means::Lost) {
            // It fails where there is no transaction any more, which is as good.
            drop(self.control("ROLLBACK"));
        }
        outcome
    }

    pub(crate) fn stands_alone(&mut self, is_alone: bool) {
        self.is_alone = is_alone;
    }

    /// Says that jobs became due, so that whoever waits for them looks after the commit.
    pub(crate) fn rouse(&mut self) {
        self.call(Calls::JOBS);
    }

    /// Says what others are called to after the commit.
    pub(crate) fn call(&mut self, calls: Calls) {
        self.calls = self.calls.and(calls);
    }

    pub(crate) fn calls(&self) -> Calls {
        self.calls
    }

    /// Forgets the decision before.
    pub(crate) fn start(&mut self) {
        self.fault = None;
        self.calls = Calls::default();
    }

    pub(crate) fn broken(&self) -> Option<&str> {
        self.fault.as_ref().map(|(_, why)| why.as_str())
    }

    pub(crate) fn means(&self) -> Option<Means> {
        self.fault.as_ref().map(|(means, _)| *means)
    }

    /// A statement without values or rows: begin, commit and their kin.
    pub(crate) fn control(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = match &mut self.connection {
            Connection::Sqlite(it) => it.control(sql),
            Connection::Postgres(it) => it.control(sql),
        };
        done.map_err(|it| self.fail(it))
    }

    fn whole(&self) -> Result<(), StoreError> {
        match self.broken() {
            None => Ok(()),
            Some(why) => Err(StoreError::Broken(why.to_owned())),
        }
    }

    fn fail(&mut self, fault: Fault) -> StoreError {
        if self.means().is_none_or(|it| it < fault.means) {
            self.fault = Some((fault.means, fault.error.to_string()));
        }
        fault.error
    }
}
