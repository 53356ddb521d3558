//! The way to the database: decisions go to its threads, their outcomes come back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};

use tokio::sync::futures::Notified;

use crate::queue::{Care, Decision, Queue, Waiting};
use crate::wake::{Calls, Ears, Herald};
use crate::{Backend, StoreError, Tx, postgres, schema, sqlite};

const SQLITE_READERS: usize = 3;
const POSTGRES_WRITERS: usize = 8;
const POSTGRES_READERS: usize = 4;

/// A database. Clones are the same one; the last to go closes it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    place: Place,
    writing: Arc<Queue>,
    reading: Arc<Queue>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    rouser: Rouser,
    listening: Once,
}

#[derive(Clone)]
enum Place {
    Sqlite(String),
    Postgres(Box<::postgres::Config>),
}

/// Wakes those who wait for jobs, here and in other processes.
#[derive(Clone)]
pub(crate) struct Rouser {
    ears: Ears,
    herald: Option<Arc<Herald>>,
    /// Another road to other processes, if there is one.
    road: Arc<OnceLock<Road>>,
    /// Whether nobody else need draw the chats that are moved here.
    draws: Arc<AtomicBool>,
}

type Road = Box<dyn Fn(Calls) + Send + Sync>;

impl Rouser {
    pub(crate) fn rouse(&self, calls: Calls) {
        let calls = match self.draws.load(Ordering::Relaxed) {
            true => calls.without(Calls::CHATS),
            false => calls,
        };
        if calls.is_empty() {
            return;
        }
        if calls.has_jobs() {
            self.ears.jobs.notify_waiters();
        }
        if let Some(herald) = &self.herald {
            herald.announce(calls);
        }
        if let Some(road) = self.road.get() {
            road(calls);
        }
    }
}

impl Db {
    /// Opens `sqlite:PATH` (or just a path) or `postgres://…`, and makes sure that it answers.
    /// Blocks for a moment. The schema is not looked at: that is [`Db::migrate`] and
    /// [`Db::version`].
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let place = place(address)?;
        let herald = match &place {
            Place::Sqlite(_) => None,
            Place::Postgres(_) => Some(Herald::new()),
        };
        let db = Self(Arc::new(Inner {
            writing: Arc::default(),
            reading: Arc::default(),
            threads: Mutex::default(),
            rouser: Rouser {
                ears: Ears::default(),
                herald,
                road: Arc::default(),
                draws: Arc::default(),
            },
            listening: Once::new(),
            place,
        }));
        match db.0.place.clone() {
            Place::Sqlite(path) => db.start_sqlite(&path)?,
            Place::Postgres(config) => db.start_postgres(*config)?,
        }
        Ok(db)
    }

    pub fn backend(&self) -> Backend {
        match self.0.place {
            Place::Sqlite(_) => Backend::Sqlite,
            Place::Postgres(_) => Backend::Postgres,
        }
    }

    /// Brings the schema to the version that this program knows. Several processes may do so at
    /// once. Blocks until done.
    pub fn migrate(&self) -> Result<(), StoreError> {
        let place = self.0.place.clone();
        // The driver of PostgreSQL must not be called on a thread that runs async code.
        let work = thread::spawn(move || match place {
            Place::Sqlite(path) => schema::migrate_sqlite(&path),
            Place::Postgres(config) => schema::migrate_postgres(&config),
        });
        work.join().unwrap_or_else(|_| Err(StoreError::Migration("it panicked".to_owned())))
    }

    /// The version of the schema, 0 when there is none; [`StoreError::Newer`] when this program is
    /// too old for it.
    pub async fn version(&self) -> Result<u32, StoreError> {
        let found = self.read(schema::found).await?;
        let known = Self::known_version();
        if known < found { Err(StoreError::Newer { found, known }) } else { Ok(found) }
    }

    /// The version that [`Db::migrate`] leads to.
    pub fn known_version() -> u32 {
        schema::known()
    }

    /// Runs a decision: all that it wrote is kept if it says `Ok`, and nothing otherwise. It may
    /// be run more than once (a lost race), so it must have no effect but its statements.
    ///
    /// On SQLite it is alone. On PostgreSQL others commit between its statements (READ COMMITTED),
    /// so whatever a change depends on is said in the statement that makes it.
    ///
    /// Once handed over, it is carried out even if the caller stops waiting.
    pub async fn write<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ask(&self.0.writing, Care::Plain, decision).await
    }

    /// As [`Db::write`], and what it wrote survives a power cut from the moment this returns.
    pub async fn write_durably<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ask(&self.0.writing, Care::Durable, decision).await
    }

    /// As [`Db::write`], for a decision that writes with one statement, or whose statements may
    /// each stand alone: on PostgreSQL each is kept by itself, which spares it two of three round
    /// trips. If the connection is lost, it is run again although it may have been kept.
    pub async fn write_singly<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ask(&self.0.writing, Care::Single, decision).await
    }

    /// As [`Db::write_singly`], and PostgreSQL doesn't wait for its disk: a crash of the server may
    /// take back the last half second. For what is done again by itself: a claim, a lease, a beat.
    pub async fn write_lightly<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ask(&self.0.writing, Care::Light, decision).await
    }

    /// Runs a decision that writes nothing, on a state that doesn't change while it looks. It
    /// sees everything that was written before it was asked for, and holds up no writer.
    pub async fn read<T, E>(
        &self,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.ask(&self.0.reading, Care::Plain, decision).await
    }

    /// Whether both roads to the database are open.
    pub async fn health(&self) -> Result<(), StoreError> {
        self.write(|tx| tx.one("SELECT 1", &[]).map(|_| ())).await?;
        self.read(|tx| tx.one("SELECT 1", &[]).map(|_| ())).await
    }

    /// Comes true after the next commit, here or (PostgreSQL) in another process, that made jobs
    /// due. Take it before looking for a job and wait on it after finding none; and look by
    /// yourself now and then, because a process that is not connected hears nothing.
    pub fn notified(&self) -> Notified<'_> {
        self.0.listening.call_once(|| self.listen());
        self.0.rouser.ears.jobs.notified()
    }

    /// Comes true after another process has moved chats, as [`Db::notified`] does for jobs.
    pub fn chats_notified(&self) -> Notified<'_> {
        self.0.listening.call_once(|| self.listen());
        self.0.rouser.ears.chats.notified()
    }

    /// From now on this process draws the chats that it moves: no other one is called to them.
    pub fn draws_chats(&self) {
        self.0.rouser.draws.store(true, Ordering::Relaxed);
    }

    /// Tells of what each commit from now on calls others to, for another road to other processes.
    /// On a thread of the database: it must not wait. The first one to ask is told.
    pub fn tell_calls(&self, road: impl Fn(Calls) + Send + Sync + 'static) {
        let _ = self.0.rouser.road.set(Box::new(road));
    }

    /// Wakes those who wait here: another process has called, by another road.
    pub fn hear(&self, calls: Calls) {
        self.0.rouser.ears.hear(calls);
    }

    /// Takes in nothing more, finishes what was handed over, and closes the connections. Blocks
    /// until done.
    pub fn close(&self) {
        self.0.close();
    }

    async fn ask<T, E>(
        &self,
        queue: &Queue,
        care: Care,
        decision: impl Fn(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (decision, answer) = Decision::new(decision);
        if queue.push(Waiting { work: Box::new(decision), care }).is_err() {
            return Err(StoreError::Closed.into());
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn start_sqlite(&self, path: &str) -> Result<(), StoreError> {
        let connection = sqlite::open_writer(path)?;
        let (queue, rouser) = (Arc::clone(&self.0.writing), self.0.rouser.clone());
        self.spawn("store-write", move || sqlite::write(connection, &queue, &rouser))?;
        for _ in 0..SQLITE_READERS {
            let connection = sqlite::open_reader(path)?;
            let queue = Arc::clone(&self.0.reading);
            self.spawn("store-read", move || sqlite::read(connection, &queue))?;
        }
        Ok(())
    }

    fn start_postgres(&self, config: ::postgres::Config) -> Result<(), StoreError> {
        let probe = config.clone();
        thread::spawn(move || postgres::connect(&probe).map(drop))
            .join()
            .unwrap_or(Err(StoreError::Closed))
            .map_err(|it| StoreError::Open { place: named(&config), why: it.to_string() })?;
        let is_down = Arc::new(AtomicBool::new(false));
        for _ in 0..POSTGRES_WRITERS {
            let config = postgres::by_index(config.clone());
            let connection = postgres::Connection::new(config, Arc::clone(&is_down));
            let (queue, rouser) = (Arc::clone(&self.0.writing), self.0.rouser.clone());
            self.spawn("store-write", move || postgres::write(connection, &queue, &rouser))?;
        }
        for _ in 0..POSTGRES_READERS {
            let connection = postgres::Connection::new(config.clone(), Arc::clone(&is_down));
            let queue = Arc::clone(&self.0.reading);
            self.spawn("store-read", move || postgres::read(connection, &queue))?;
        }
        if let Some(herald) = self.0.rouser.herald.clone() {
            self.spawn("store-speak", move || herald.speak(&config))?;
        }
        Ok(())
    }

    /// Only those who wait for jobs need to hear of them. On SQLite there is one process.
    fn listen(&self) {
        let (Place::Postgres(config), Some(herald)) =
            (self.0.place.clone(), self.0.rouser.herald.clone())
        else {
            return;
        };
        let ears = self.0.rouser.ears.clone();
        // Not waited for at the end: it notices by itself, half a second later at most.
        drop(
            thread::Builder::new()
                .name("store-listen".to_owned())
                .spawn(move || herald.listen(&config, &ears)),
        );
    }

    fn spawn(&self, name: &str, run: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(run)
            .map_err(|it| StoreError::Unavailable(it.to_string()))?;
        self.0.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
        Ok(())
    }
}

impl Inner {
    fn close(&self) {
        // Readers first: the last connection to a file of SQLite tidies up, and only a writer can.
        self.reading.close();
        self.writing.close();
        if let Some(herald) = &self.rouser.herald {
            herald.close();
        }
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads.into_iter().rev() {
            // A decision may have held the last clone; a thread can't wait for itself.
            if thread.thread().id() != thread::current().id() {
                drop(thread.join());
            }
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

fn place(address: &str) -> Result<Place, StoreError> {
    if address.starts_with("postgres://") || address.starts_with("postgresql://") {
        return Ok(Place::Postgres(Box::new(postgres::config(address)?)));
    }
    let path = address
        .strip_prefix("sqlite://")
        .or_else(|| address.strip_prefix("sqlite:"))
        .unwrap_or(address);
    if path.is_empty() || path.starts_with(":memory:") || path.contains("://") {
        // Whatever follows the scheme may be a secret.
        let shown = path.split_once("://").map_or(path, |(scheme, _)| scheme);
        return Err(StoreError::Address(shown.to_owned()));
    }
    Ok(Place::Sqlite(path.to_owned()))
}

/// Where a server is, without the password.
fn named(config: &::postgres::Config) -> String {
    let hosts = config.get_hosts().iter().map(|it| match it {
        ::postgres::config::Host::Tcp(name) => name.clone(),
        ::postgres::config::Host::Unix(path) => path.display().to_string(),
    });
    let hosts = hosts.collect::<Vec<_>>().join(",");
    format!("{} on {hosts}", config.get_dbname().unwrap_or("postgres"))
}
