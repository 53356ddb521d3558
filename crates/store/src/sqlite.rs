//! SQLite: one thread that writes and commits what is waiting together, a few that read.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{ErrorCode, OpenFlags, TransactionBehavior};

use crate::db::Rouser;
use crate::queue::{Care, Queue, Waiting, Work};
use crate::row::Cell;
use crate::tx::{self, Fault, Means, Tx};
use crate::value::Value;
use crate::wake::Calls;
use crate::{Row, StoreError};

/// How many decisions share a commit at most: a few milliseconds of work.
const BATCH_MAX: usize = 64;

/// For how long another process may hold the file before we give up.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);

pub(crate) struct Connection {
    raw: rusqlite::Connection,
    /// By where the text of the statement lies, which is cheaper than by the text.
    statements: HashMap<(usize, usize), Prepared>,
    is_durable: bool,
}

struct Prepared {
    sql: String,
    columns: Option<Arc<[String]>>,
}

/// Opens the file, and makes it if need be, for the one who writes.
pub(crate) fn open_writer(path: &str) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let wrong =
        |it: rusqlite::Error| StoreError::Open { place: path.to_owned(), why: it.to_string() };
    let mut raw = rusqlite::Connection::open_with_flags(path, flags).map_err(wrong)?;
    if raw.is_readonly("main").map_err(wrong)? {
        return Err(StoreError::Open { place: path.to_owned(), why: "it is not writable".into() });
    }
    raw.busy_timeout(BUSY_TIMEOUT).map_err(wrong)?;
    // The answer of the first line is the mode that is on; some file systems can't share memory.
    let mode: String =
        raw.query_row("PRAGMA journal_mode = WAL", [], |it| it.get(0)).map_err(wrong)?;
    if mode != "wal" {
        let why = format!("its file system doesn't allow a write-ahead log (mode is {mode})");
        return Err(StoreError::Open { place: path.to_owned(), why });
    }
    raw.execute_batch(
        "PRAGMA synchronous = NORMAL;
         PRAGMA foreign_keys = ON;
         PRAGMA cache_size = -8000;
         PRAGMA journal_size_limit = 67108864;",
    )
    .map_err(wrong)?;
    raw.set_transaction_behavior(TransactionBehavior::Immediate);
    Ok(Connection::new(raw))
}

pub(crate) fn open_reader(path: &str) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let wrong =
        |it: rusqlite::Error| StoreError::Open { place: path.to_owned(), why: it.to_string() };
    let raw = rusqlite::Connection::open_with_flags(path, flags).map_err(wrong)?;
    raw.busy_timeout(BUSY_TIMEOUT).map_err(wrong)?;
    raw.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -4000;").map_err(wrong)?;
    Ok(Connection::new(raw))
}

/// Serves writing decisions until the queue is closed and empty.
pub(crate) fn write(connection: Connection, queue: &Queue, rouser: &Rouser) {
    let mut tx = Tx::new(tx::Connection::Sqlite(connection));
    while let Some(batch) = queue.take(BATCH_MAX) {
        serve(&mut tx, batch, rouser);
    }
    if let tx::Connection::Sqlite(it) = tx.connection {
        // What fails here is done by whoever opens the file next.
        drop(it.raw.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    }
}

/// Serves reading decisions, each on a state of the database that doesn't change under it.
pub(crate) fn read(connection: Connection, queue: &Queue) {
    let mut tx = Tx::new(tx::Connection::Sqlite(connection));
    while let Some(batch) = queue.take(1) {
        for Waiting { mut work, .. } in batch {
            let failure = tx.control("BEGIN").err();
            if failure.is_none() {
                work.run(&mut tx);
                // Nothing was written, so nothing can be lost by this.
                drop(tx.control("ROLLBACK"));
            }
            work.answer(failure);
        }
    }
}

/// What became of one decision of a batch.
enum Part {
    Kept,
    Undone,
    /// It took the whole transaction with it: by itself, or because its end failed.
    Lost(Option<StoreError>),
}

fn serve(tx: &mut Tx, batch: Vec<Waiting>, rouser: &Rouser) {
    let is_durable = batch.iter().any(|it| it.care == Care::Durable);
    let mut batch: Vec<_> = batch.into_iter().map(|it| it.work).collect();
    if let Err(error) = begin(tx, is_durable) {
        batch.into_iter().for_each(|it| it.answer(Some(error.clone())));
        return;
    }
    let is_alone = batch.len() == 1;
    let (mut keep, mut calls) = (false, Calls::default());
    for at in 0..batch.len() {
        match run_part(tx, batch[at].as_mut(), is_alone) {
            Part::Kept => {
                keep = true;
                calls = calls.and(tx.calls());
            }
            Part::Undone => {}
            Part::Lost(failure) => {
                // Fails if there is no transaction any more, which is as good.
                drop(tx.control("ROLLBACK"));
                batch.swap_remove(at).answer(failure);
                // The others are run again, each alone.
                let care = if is_durable { Care::Durable } else { Care::Plain };
                for work in batch {
                    serve(tx, vec![Waiting { work, care }], rouser);
                }
                return;
            }
        }
    }
    let failure = match keep {
        true => tx.control("COMMIT").err().map(|it| StoreError::Commit(it.to_string())),
        false => None,
    };
    if !keep || failure.is_some() {
        // A failed commit may have ended the transaction by itself.
        drop(tx.control("ROLLBACK"));
    }
    if failure.is_none() {
        rouser.rouse(calls);
    }
    batch.into_iter().for_each(|it| it.answer(failure.clone()));
}

/// Runs one decision of a batch, in a savepoint of its own unless it is alone.
fn run_part(tx: &mut Tx, work: &mut dyn Work, is_alone: bool) -> Part {
    if !is_alone && let Err(error) = tx.control("SAVEPOINT decision") {
        return Part::Lost(Some(error));
    }
    let kept = work.run(tx);
    if tx.means() == Some(Means::Lost) {
        return Part::Lost(None);
    }
    let ended = match (is_alone, kept) {
        (true, _) => Ok(()),
        (false, true) => tx.control("RELEASE SAVEPOINT decision"),
        (false, false) => tx
            .control("ROLLBACK TO SAVEPOINT decision")
            .and_then(|()| tx.control("RELEASE SAVEPOINT decision")),
    };
    match (ended, kept) {
        (Err(error), _) => Part::Lost(Some(error)),
        (Ok(()), true) => Part::Kept,
        (Ok(()), false) => Part::Undone,
    }
}

fn begin(tx: &mut Tx, is_durable: bool) -> Result<(), StoreError> {
    let tx::Connection::Sqlite(it) = &mut tx.connection else {
        unreachable!("this thread has a connection to SQLite")
    };
    // It can't be changed inside a transaction, so one careful decision makes its company careful.
    if it.is_durable != is_durable {
        let level = if is_durable { "FULL" } else { "NORMAL" };
        it.raw
            .pragma_update(None, "synchronous", level)
            .map_err(|it| StoreError::Unavailable(it.to_string()))?;
        it.is_durable = is_durable;
    }
    tx.control("BEGIN IMMEDIATE").map_err(|it| StoreError::Unavailable(it.to_string()))
}

impl Connection {
    fn new(raw: rusqlite::Connection) -> Self {
        raw.set_prepared_statement_cache_capacity(512);
        Self { raw, statements: HashMap::new(), is_durable: false }
    }

    pub(crate) fn raw(&mut self) -> &mut rusqlite::Connection {
        &mut self.raw
    }

    pub(crate) fn control(&mut self, sql: &'static str) -> Result<(), Fault> {
        self.execute(sql, &[]).map(|_| ())
    }

    pub(crate) fn execute(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<u64, Fault> {
        let prepared = prepared(&mut self.statements, sql);
        let changed = (|| {
            let mut statement = self.raw.prepare_cached(&prepared.sql)?;
            bind(&mut statement, values)?;
            statement.raw_execute()
        })();
        changed.map(|it| it as u64).map_err(|it| self.fault(sql, &it))
    }

    pub(crate) fn query(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<Vec<Row>, Fault> {
        let prepared = prepared(&mut self.statements, sql);
        let rows = (|| {
            let mut statement = self.raw.prepare_cached(&prepared.sql)?;
            let columns = prepared.columns.get_or_insert_with(|| {
                statement.column_names().into_iter().map(str::to_owned).collect()
            });
            bind(&mut statement, values)?;
            let mut rows = statement.raw_query();
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let cells = (0..columns.len()).map(|at| cell(row, at)).collect::<Result<_, _>>()?;
                found.push(Row { columns: Arc::clone(columns), cells });
            }
            Ok(found)
        })();
        rows.map_err(|it| self.fault(sql, &it))
    }

    fn fault(&self, sql: &'static str, error: &rusqlite::Error) -> Fault {
        let why = error.to_string();
        let is_forbidden = error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation);
        let error = match is_forbidden {
            true => StoreError::Forbidden { sql, why },
            false => StoreError::Statement { sql, why },
        };
        // A full disk, for one, ends the transaction and not just the statement.
        let means = if self.raw.is_autocommit() { Means::Lost } else { Means::Failed };
        Fault { error, means }
    }
}

fn prepared<'a>(
    statements: &'a mut HashMap<(usize, usize), Prepared>,
    sql: &'static str,
) -> &'a mut Prepared {
    statements
        .entry((sql.as_ptr() as usize, sql.len()))
        .or_insert_with(|| Prepared { sql: with_question_marks(sql), columns: None })
}

/// `$1` means a place in PostgreSQL and a name in SQLite, where a place is `?1`.
fn with_question_marks(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_place = letter == '$' && letters.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_place { '?' } else { letter });
    }
    out
}

fn bind(statement: &mut rusqlite::Statement<'_>, values: &[&dyn Value]) -> rusqlite::Result<()> {
    let wanted = statement.parameter_count();
    if wanted != values.len() {
        return Err(rusqlite::Error::InvalidParameterCount(values.len(), wanted));
    }
    for (at, value) in values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, value.bound())?;
    }
    Ok(())
}

fn cell(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<Cell> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(at)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Number(number),
        ValueRef::Text(text) => Cell::Text(
            String::from_utf8(text.to_vec())
                .map_err(|it| rusqlite::Error::Utf8Error(at, it.utf8_error()))?,
        ),
        other @ (ValueRef::Real(_) | ValueRef::Blob(_)) => {
            let name = row.as_ref().column_name(at).unwrap_or_default().to_owned();
            return Err(rusqlite::Error::InvalidColumnType(at, name, other.data_type()));
        }
    })
}
