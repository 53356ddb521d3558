//! The operator's commands.

pub mod bench;
pub mod doctor;
pub mod jobs;

use std::path::Path;
use std::process::ExitCode;

use domain::{Credits, JobId, News, Task, TellId, UserId};
use store::ledger::{self, Grant, GrantKind};
use store::{Db, StoreError, Tx, attention, chain, chats, tells, users};
use tracing_subscriber::EnvFilter;

use crate::clock::{Clock, Ids, SystemClock};
use crate::config::{Config, Log};
use crate::inbox::facts::day;
use crate::start::{self, StartError};

pub type Done = Result<ExitCode, StartError>;

/// The threads that wait; the work that computes has its own.
fn runtime() -> Result<tokio::runtime::Runtime, StartError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(StartError::Machine)
}

pub fn serve(config: Config) -> Done {
    speak(&config.log);
    runtime()?.block_on(start::run(config))?;
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

pub fn grant(config: Config, user: &str, credits: i64, reason: &str) -> Done {
    let (Some(user), Some(credits)) = (UserId::from_text(user), Credits::new(credits)) else {
        eprintln!("give a user (usr_…) and a number of credits");
        return Ok(ExitCode::from(2));
    };
    let db = start::open_store(&config)?;
    let (ids, now) = (Ids::random(), SystemClock.now());
    let numbers = [ids.next(now), ids.next(now)];
    let reason = reason.to_owned();
    let granted = runtime()?.block_on(db.write_durably(move |tx| {
        let Some(found) = users::get(tx, &user)? else { return Ok(false) };
        let wallet = crate::studio::people::wallet(&found);
        let reference = format!("grant:{:032x}", numbers[0]);
        let grant = Grant {
            reference: &reference,
            wallet: &wallet,
            credits,
            kind: GrantKind::Bonus,
            reason: &reason,
            actor: "operator",
            cause: Some(user.as_str()),
            expires_at: None,
        };
        ledger::grant(tx, &grant, now)?;
        let news = News::Granted { credits, reason: reason.clone() };
        tell(tx, &found.id, &news, &reference, numbers, now)?;
        Ok::<_, ledger::LedgerError>(true)
    }));
    db.close();
    match granted {
        Ok(true) => println!("Granted."),
        Ok(false) => println!("There is no such user."),
        Err(error) => println!("Nothing was granted: {error}."),
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(
    tx: &mut Tx,
    user: &UserId,
    news: &News,
    about: &str,
    numbers: [u128; 2],
    now: domain::Millis,
) -> Result<(), StoreError> {
    let Some(chat) = chats::of_user(tx, user)? else { return Ok(()) };
    let id = TellId::new(numbers[1]);
    let new = tells::NewTell {
        id: &id,
        chat: &chat.id,
        user,
        bot: &chat.bot,
        news,
        about: Some(about),
        dedupe_key: about,
    };
    tells::insert(tx, &new, now)?;
    let task = Task::Tell { tell: id };
    store::jobs::enqueue(tx, &store::jobs::NewJob::of(&task), &JobId::new(numbers[0]), now)?;
    Ok(())
}
