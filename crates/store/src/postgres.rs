//! PostgreSQL: a few threads with a connection each, which they find again when it is lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use ::postgres::error::SqlState;
use ::postgres::types::{ToSql, Type};
use ::postgres::{Client, Config, NoTls, Statement};

use crate::db::Rouser;
use crate::queue::{Care, Queue, Waiting, Work};
use crate::row::Cell;
use crate::tx::{self, Fault, Means, Tx};
use crate::value::{Bound, Value};
use crate::{Row, StoreError};

/// How often a decision is run before its caller hears that it lost. More than there are threads
/// in a few processes, because of any number of racers one always wins.
const RUNS_MAX: u32 = 50;

const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// For how long a server that can't be reached is waited for.
const ABSENCE_MAX_MS: u64 = 3_000;
/// The same for one that says that it is starting.
const START_MAX_MS: u64 = 30_000;

const LIMITS: &str = "-c statement_timeout=30000 -c lock_timeout=10000 \
                      -c idle_in_transaction_session_timeout=60000";

pub(crate) struct Connection {
    config: Config,
    client: Option<Client>,
    statements: HashMap<(usize, usize), Prepared>,
    /// Whether a commit waits for the disk, as the server would have it.
    is_waiting: bool,
    /// Shared by all threads: whether the last one who tried could not connect.
    is_down: Arc<AtomicBool>,
}

struct Prepared {
    statement: Statement,
    columns: Arc<[String]>,
}

pub(crate) fn config(address: &str) -> Result<Config, StoreError> {
    // The address may hold a password, so the error doesn't hold the address.
    let mut config: Config = address.parse().map_err(|it: ::postgres::Error| StoreError::Open {
        place: "postgres://…".to_owned(),
        why: told(&it),
    })?;
    let options = match config.get_options() {
        Some(own) => format!("{LIMITS} {own}"),
        None => LIMITS.to_owned(),
    };
    config
        .options(&options)
        .connect_timeout(Duration::from_secs(5))
        .keepalives_idle(Duration::from_secs(30))
        .tcp_user_timeout(Duration::from_secs(30));
    if config.get_application_name().is_none() {
        config.application_name("atelier");
    }
    Ok(config)
}

/// For those who write. What decisions look for is found by an index, also while a table is so
/// small that reading all of it would be cheaper: plans are kept, and the table may grow by
/// thousands of rows before the server counts them.
pub(crate) fn by_index(mut config: Config) -> Config {
    let options = config.get_options().unwrap_or_default();
    config.options(&format!("-c enable_seqscan=off {options}"));
    config
}

/// A new connection, or the error in one line.
pub(crate) fn connect(config: &Config) -> Result<Client, StoreError> {
    config.connect(NoTls).map_err(|it| StoreError::Unavailable(told(&it)))
}

/// Serves writing decisions until the queue is closed and empty.
pub(crate) fn write(connection: Connection, queue: &Queue, rouser: &Rouser) {
    let mut tx = Tx::new(tx::Connection::Postgres(Box::new(connection)));
    while let Some(batch) = queue.take(1) {
        for Waiting { mut work, care } in batch {
            let failure = match care {
                Care::Light | Care::Single => serve_singly(&mut tx, work.as_mut(), care),
                Care::Plain | Care::Durable => serve(&mut tx, work.as_mut(), WRITE),
            };
            if failure.is_none() {
                rouser.rouse(tx.calls());
            }
            work.answer(failure);
        }
    }
}

/// Serves reading decisions, each on a state of the database that doesn't change under it.
pub(crate) fn read(connection: Connection, queue: &Queue) {
    let mut tx = Tx::new(tx::Connection::Postgres(Box::new(connection)));
    while let Some(batch) = queue.take(1) {
        for Waiting { mut work, .. } in batch {
            let failure = serve(&mut tx, work.as_mut(), READ);
            work.answer(failure);
        }
    }
}

/// Runs a decision until it stands or is refused. `None`: its own outcome is the answer.
fn serve(tx: &mut Tx, work: &mut dyn Work, begin: &'static str) -> Option<StoreError> {
    for run in 0..RUNS_MAX {
        if let Err(error) = own(tx).connected() {
            return Some(error);
        }
        tx.start();
        if own(tx).wait_for_disk(true).is_err() || tx.control(begin).is_err() {
            own(tx).forget();
            continue;
        }
        let kept = work.run(tx);
        match tx.means() {
            Some(Means::Lost) => {
                own(tx).forget();
                continue;
            }
            Some(Means::Again) => {
                give_up(tx);
                sleep(Duration::from_millis(u64::from(run.min(10))));
                continue;
            }
            Some(Means::Failed) | None => {}
        }
        if !kept {
            give_up(tx);
            // What it had enqueued is gone: nobody is to be woken.
            tx.start();
            return None;
        }
        let Err(error) = tx.control("COMMIT") else { return None };
        match tx.means() {
            Some(Means::Again) => give_up(tx),
            Some(Means::Lost) => {
                own(tx).forget();
                return Some(StoreError::Uncertain(error.to_string()));
            }
            Some(Means::Failed) | None => {
                give_up(tx);
                return Some(StoreError::Commit(error.to_string()));
            }
        }
    }
    Some(StoreError::Contended(RUNS_MAX))
}

/// Runs a decision without a transaction around it, until it was heard to the end.
fn serve_singly(tx: &mut Tx, work: &mut dyn Work, care: Care) -> Option<StoreError> {
    for run in 0..RUNS_MAX {
        if let Err(error) = own(tx).connected() {
            return Some(error);
        }
        tx.start();
        if own(tx).wait_for_disk(care != Care::Light).is_err() {
            own(tx).forget();
            continue;
        }
        tx.stands_alone(true);
        work.run(tx);
        tx.stands_alone(false);
        match tx.means() {
            Some(Means::Lost) => own(tx).forget(),
            Some(Means::Again) => sleep(Duration::from_millis(u64::from(run.min(10)))),
            Some(Means::Failed) | None => return None,
        }
    }
    Some(StoreError::Contended(RUNS_MAX))
}

fn give_up(tx: &mut Tx) {
    if tx.control("ROLLBACK").is_err() {
        own(tx).forget();
    }
}

fn own(tx: &mut Tx) -> &mut Connection {
    let tx::Connection::Postgres(connection) = &mut tx.connection else {
        unreachable!("this thread has a connection to PostgreSQL")
    };
    connection
}

impl Connection {
    /// Connects when it is first used.
    pub(crate) fn new(config: Config, is_down: Arc<AtomicBool>) -> Self {
        Self { config, client: None, statements: HashMap::new(), is_waiting: true, is_down }
    }

    /// Connects if need be. A server that is being restarted is waited for; once the wait was in
    /// vain, the next ones try only once, so that a queue of callers hears at once.
    fn connected(&mut self) -> Result<(), StoreError> {
        if self.client.as_ref().is_some_and(|it| !it.is_closed()) {
            return Ok(());
        }
        self.forget();
        let (mut waited, mut pause) = (0, 50);
        let outcome = loop {
            let error = match self.config.connect(NoTls) {
                Ok(client) => break Ok(client),
                Err(error) => error,
            };
            let most = match error.code() {
                Some(code) if *code == SqlState::CANNOT_CONNECT_NOW => START_MAX_MS,
                _ if self.is_down.load(Ordering::Relaxed) => 0,
                _ => ABSENCE_MAX_MS,
            };
            if most <= waited {
                break Err(StoreError::Unavailable(told(&error)));
            }
            sleep(Duration::from_millis(pause));
            waited += pause;
            pause = (pause * 2).min(500);
        };
        self.is_down.store(outcome.is_err(), Ordering::Relaxed);
        self.client = Some(outcome?);
        Ok(())
    }

    /// Only what differs from before costs a round trip.
    fn wait_for_disk(&mut self, wait: bool) -> Result<(), Fault> {
        if self.is_waiting != wait {
            self.control(match wait {
                true => "RESET synchronous_commit",
                false => "SET synchronous_commit TO off",
            })?;
            self.is_waiting = wait;
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.client = None;
        self.statements.clear();
        self.is_waiting = true;
    }

    pub(crate) fn control(&mut self, sql: &'static str) -> Result<(), Fault> {
        let client = self.client.as_mut().ok_or_else(gone)?;
        client.batch_execute(sql).map_err(|it| fault(sql, &it, client.is_closed()))
    }

    pub(crate) fn execute(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<u64, Fault> {
        let client = self.client.as_mut().ok_or_else(gone)?;
        let bound: Vec<Bound<'_>> = values.iter().map(|it| it.bound()).collect();
        let prepared = prepared(client, &mut self.statements, sql, &bound)?;
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|it| it as _).collect();
        matches(prepared, sql, bound.len())?;
        client
            .execute(&prepared.statement, &params)
            .map_err(|it| fault(sql, &it, client.is_closed()))
    }

    pub(crate) fn query(
        &mut self,
        sql: &'static str,
        values: &[&dyn Value],
    ) -> Result<Vec<Row>, Fault> {
        let client = self.client.as_mut().ok_or_else(gone)?;
        let bound: Vec<Bound<'_>> = values.iter().map(|it| it.bound()).collect();
        let prepared = prepared(client, &mut self.statements, sql, &bound)?;
        let params: Vec<&(dyn ToSql + Sync)> = bound.iter().map(|it| it as _).collect();
        matches(prepared, sql, bound.len())?;
        let rows = client
            .query(&prepared.statement, &params)
            .map_err(|it| fault(sql, &it, client.is_closed()))?;
        rows.iter()
            .map(|row| {
                let cells = (0..row.len()).map(|at| cell(row, at)).collect::<Result<_, _>>();
                Ok(Row {
                    columns: Arc::clone(&prepared.columns),
                    cells: cells.map_err(|why| Fault {
                        error: StoreError::Statement { sql, why },
                        means: Means::Failed,
                    })?,
                })
            })
            .collect()
    }
}

fn prepared<'a>(
    client: &mut Client,
    statements: &'a mut HashMap<(usize, usize), Prepared>,
    sql: &'static str,
    bound: &[Bound<'_>],
) -> Result<&'a Prepared, Fault> {
    use std::collections::hash_map::Entry;
    Ok(match statements.entry((sql.as_ptr() as usize, sql.len())) {
        Entry::Occupied(it) => it.into_mut(),
        Entry::Vacant(it) => {
            // Where the context doesn't tell (`COALESCE($1, -1)`), PostgreSQL would guess INTEGER.
            let kinds: Vec<_> = bound.iter().map(Bound::kind).collect();
            let mut prepare = |kinds: &[Type]| {
                let made = client.prepare_typed(sql, kinds);
                made.map_err(|it| fault(sql, &it, client.is_closed()))
            };
            let mut statement = prepare(&kinds)?;
            // A NULL doesn't tell either, and a number may follow it. No number of ours is one.
            if statement.params().contains(&Type::INT4) {
                let wide = |it: &Type| if *it == Type::INT4 { Type::INT8 } else { it.clone() };
                let kinds: Vec<_> = statement.params().iter().map(wide).collect();
                statement = prepare(&kinds)?;
            }
            let columns = statement.columns().iter().map(|it| it.name().to_owned()).collect();
            it.insert(Prepared { statement, columns })
        }
    })
}

fn matches(prepared: &Prepared, sql: &'static str, given: usize) -> Result<(), Fault> {
    let wanted = prepared.statement.params().len();
    if wanted == given {
        return Ok(());
    }
    let why = format!("it takes {wanted} values and was given {given}");
    Err(Fault { error: StoreError::Statement { sql, why }, means: Means::Failed })
}

fn cell(row: &::postgres::Row, at: usize) -> Result<Cell, String> {
    let wrong = |it: ::postgres::Error| told(&it);
    let kind = row.columns()[at].type_();
    let number = match *kind {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map_err(wrong)?,
        Type::INT4 => row.try_get::<_, Option<i32>>(at).map_err(wrong)?.map(i64::from),
        Type::BOOL => row.try_get::<_, Option<bool>>(at).map_err(wrong)?.map(i64::from),
        Type::TEXT | Type::VARCHAR => {
            let text = row.try_get::<_, Option<String>>(at).map_err(wrong)?;
            return Ok(text.map_or(Cell::Null, Cell::Text));
        }
        _ => return Err(format!("column {at} is {kind}: cast it to BIGINT or TEXT")),
    };
    Ok(number.map_or(Cell::Null, Cell::Number))
}

fn gone() -> Fault {
    Fault { error: StoreError::Unavailable("no connection".to_owned()), means: Means::Lost }
}

fn fault(sql: &'static str, error: &::postgres::Error, is_closed: bool) -> Fault {
    let why = told(error);
    let ends_session = error.code().is_some_and(|it| {
        [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW]
            .contains(it)
    });
    let is_race = error.code().is_some_and(|it| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(it)
    });
    let is_forbidden = error.code().is_some_and(|it| it.code().starts_with("23"));
    let means = match () {
        () if ends_session || is_closed => Means::Lost,
        () if is_race => Means::Again,
        () => Means::Failed,
    };
    let error = match means {
        Means::Lost => StoreError::Unavailable(why),
        Means::Again | Means::Failed if is_forbidden => StoreError::Forbidden { sql, why },
        Means::Again | Means::Failed => StoreError::Statement { sql, why },
    };
    Fault { error, means }
}

/// The server's own words where there are some: `Display` alone says just "db error".
fn told(error: &::postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(it), _) => format!("{} ({})", it.message(), it.code().code()),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
