//! The operator's commands.

pub mod bench;
pub mod catalog;
pub mod credits;
pub mod doctor;
pub mod drill;
pub mod jobs;
pub mod keys;
pub mod payments;
pub mod presets;
pub mod promos;
pub mod ratings;
pub mod voices;
pub mod worker;
pub mod workflow;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use domain::{Credits, Millis, UserId};
use store::{Db, Tx, attention, chain, deeds};
use tracing_subscriber::EnvFilter;

use crate::app::Ground;
use crate::clock::{Clock, Ids, SystemClock};
use crate::config::{Config, Log};
use crate::explain;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::start::{self, Roles, StartError};

pub type Done = Result<ExitCode, StartError>;

/// The threads that wait; the work that computes has its own.
fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(StartError::Machine)
}

/// Everything in one process.
pub fn serve(config: Config) -> Done {
    let roles = Roles::all(&config.work);
    as_process(config, roles)
}

pub fn api(config: Config) -> Done {
    as_process(config, Roles::api())
}

pub fn bot(config: Config, has_port: bool) -> Done {
    let roles = Roles::bot(&config, has_port);
    as_process(config, roles)
}

/// The made-up world alone.
pub fn sandbox(config: Config, port: Option<u16>) -> Done {
    speak(&config.log);
    let port = port.unwrap_or(config.sandbox.listen.port());
    runtime()?.block_on(start::sandbox(config, port))?;
    Ok(ExitCode::SUCCESS)
}

/// A process that has some of the roles, until it is told to end.
fn as_process(config: Config, roles: Roles) -> Done {
    speak(&config.log);
    runtime()?.block_on(start::run(config, roles))?;
    Ok(ExitCode::SUCCESS)
}

/// Opens the log: on the error stream, so that what commands print stays apart.
fn speak(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.is_json {
        lines.json().flatten_event(true).init();
    } else {
        lines.with_target(false).init();
    }
}

pub fn migrate(config: &Config) -> Done {
    let db = start::open_store(config)?;
    println!("The database is at version {}.", Db::known_version());
    db.close();
    Ok(ExitCode::SUCCESS)
}

/// Proves the chain. Prints every broken link, and fails if there is one.
pub fn check(config: &Config) -> Done {
    let db = start::open_store(config)?;
    let findings = runtime()?.block_on(db.read(chain::check))?;
    db.close();
    for finding in &findings {
        println!("{}: {} ({})", finding.rule, finding.chain, finding.found);
    }
    if findings.is_empty() {
        println!("The chain is whole.");
        return Ok(ExitCode::SUCCESS);
    }
    println!("The chain is broken in {} places.", findings.len());
    Ok(ExitCode::FAILURE)
}

/// Lists what is open on the attention list, after closing one if asked.
pub fn attention(config: &Config, close: Option<Vec<String>>) -> Done {
    const SHOWN_MAX: u32 = 200;
    let db = start::open_store(config)?;
    let runtime = runtime()?;
    if let Some([kind, subject]) = close.as_deref() {
        let (kind, subject, now) = (kind.clone(), subject.clone(), SystemClock.now());
        let closed =
            runtime.block_on(db.write(move |tx| attention::close(tx, &kind, &subject, now)))?;
        println!("{}", if closed { "Closed." } else { "There is no such thing open." });
    }
    let open = runtime.block_on(db.read(|tx| attention::open(tx, SHOWN_MAX)))?;
    db.close();
    for it in &open {
        println!("{}  {} {}: {}", day(it.created_at), it.kind, it.subject, it.evidence);
    }
    if open.is_empty() {
        println!("Nothing needs attention.");
    }
    Ok(ExitCode::SUCCESS)
}

pub fn screens(file: &Path) -> Done {
    let page = chat::preview::page(&domain::Language::ALL);
    std::fs::write(file, page).map_err(StartError::Machine)?;
    println!("Every screen is in {}.", file.display());
    Ok(ExitCode::SUCCESS)
}

/// Prints the chain of whatever has this id.
pub fn explain(config: Config, id: String) -> Done {
    ask(config, move |tx, _, _| match explain::explain(tx, &id)? {
        Some(story) => Said::done(story.text()),
        None => Said::no(format!("There is nothing with the id {id}.")),
    })
}

/// Who did it, where an operator did.
const OPERATOR: &str = "operator";

/// What a command says at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    Done(String),
    /// It was not to be done; nothing was.
    No(String),
    /// It was asked for in a way that makes no sense.
    Wrong(String),
}

impl Said {
    fn done(text: impl Into<String>) -> Result<Self, Failure> {
        Ok(Self::Done(text.into()))
    }

    fn no(text: impl Into<String>) -> Result<Self, Failure> {
        Ok(Self::No(text.into()))
    }

    fn wrong(text: impl Into<String>) -> Result<Self, Failure> {
        Ok(Self::Wrong(text.into()))
    }
}

/// Why a decision of the operator is rolled back.
enum Undone {
    Said(Said),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Carries a decision of the operator out, for good; one that says no leaves nothing.
fn decide(
    config: Config,
    decision: impl Fn(&mut Tx, &Ground, Millis) -> Result<Said, Failure> + Send + 'static,
) -> Done {
    let (db, ground) = at_work(config)?;
    let decision = move |tx: &mut Tx| match decision(tx, &ground, ground.now())? {
        done @ Said::Done(_) => Ok(done),
        no @ (Said::No(_) | Said::Wrong(_)) => Err(Undone::Said(no)),
    };
    let said = match runtime()?.block_on(db.write_durably(decision)) {
        Ok(said) | Err(Undone::Said(said)) => Ok(said),
        Err(Undone::Failed(failure)) => Err(failure),
    };
    end(&db, said)
}

/// Looks something up.
fn ask(
    config: Config,
    question: impl Fn(&mut Tx, &Ground, Millis) -> Result<Said, Failure> + Send + 'static,
) -> Done {
    let (db, ground) = at_work(config)?;
    let said = runtime()?.block_on(db.read(move |tx| question(tx, &ground, ground.now())));
    end(&db, said)
}

fn at_work(config: Config) -> Result<(Db, Ground), StartError> {
    let db = start::open_store(&config)?;
    Ok((db, start::ground(config, Arc::new(SystemClock), Ids::random())?))
}

fn end(db: &Db, said: Result<Said, Failure>) -> Done {
    db.close();
    Ok(match said {
        Ok(Said::Done(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Said::No(text)) => {
            println!("{text}");
            ExitCode::FAILURE
        }
        Ok(Said::Wrong(text)) => {
            eprintln!("{text}");
            ExitCode::from(2)
        }
        Err(failure) => {
            eprintln!("Nothing was done: {failure}.");
            ExitCode::FAILURE
        }
    })
}

/// Writes down what the operator did.
fn deed(
    tx: &mut Tx,
    ground: &Ground,
    name: &str,
    user: Option<&UserId>,
    detail: &str,
    at: Millis,
) -> Result<(), Failure> {
    let id = format!("{:032x}", ground.number());
    let deed = deeds::Deed {
        actor: OPERATOR.to_owned(),
        deed: name.to_owned(),
        detail: detail.to_owned(),
        at,
    };
    deeds::insert(tx, &id, &deed, user)?;
    Ok(())
}

/// An argument that is an id of a kind.
fn id<T: TryFrom<String>>(text: &str) -> Result<T, String>
where
    T::Error: std::fmt::Display,
{
    T::try_from(text.to_owned()).map_err(|it| it.to_string())
}

/// An argument that is a number of credits, at least one.
fn number(text: &str) -> Result<Credits, String> {
    let credits = text.parse().ok().and_then(Credits::new).filter(|it| !it.is_zero());
    credits.ok_or_else(|| format!("it is 1 to {}", Credits::MOST))
}
