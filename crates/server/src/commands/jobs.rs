//! Jobs that could not be done: which there are, and trying them again.

use std::process::ExitCode;

use clap::Subcommand;
use domain::{JobId, Millis};
use store::{Db, StoreError, jobs};

use super::{Done, runtime};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::inbox::facts::day;
use crate::start;

/// How many are shown, and how many `all` means in one go.
const DEAD_MAX: u32 = 1_000;

#[derive(Subcommand)]
pub enum Jobs {
    /// Lists the dead ones, latest first.
    Dead,
    /// Gives a dead one all of its attempts again; a running program takes it up.
    Retry {
        /// Its id (job_…), or `all`.
        job: String,
    },
}

pub fn run(config: &Config, what: &Jobs) -> Done {
    let db = start::open_store(config)?;
    let done = runtime()?.block_on(async {
        match what {
            Jobs::Dead => dead(&db).await.map(|it| (it, true)),
            Jobs::Retry { job } => retry(&db, job, SystemClock.now()).await,
        }
    });
    db.close();
    let (lines, is_good) = done?;
    for line in lines {
        println!("{line}");
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for each dead job.
pub async fn dead(db: &Db) -> Result<Vec<String>, StoreError> {
    let dead = db.read(|tx| jobs::dead(tx, DEAD_MAX)).await?;
    if dead.is_empty() {
        return Ok(vec!["No job is dead.".to_owned()]);
    }
    let line = |it: &jobs::DeadJob| {
        let error = it.last_error.as_deref().unwrap_or("no error was noted");
        format!("{}  {} {}, {} attempts: {error}", day(it.ended_at), it.id, it.kind, it.attempts)
    };
    Ok(dead.iter().map(line).collect())
}

/// What became of it, and whether all that was asked for was done.
pub async fn retry(db: &Db, job: &str, now: Millis) -> Result<(Vec<String>, bool), StoreError> {
    let only = JobId::from_text(job);
    if only.is_none() && job != "all" {
        return Ok((vec!["give a job (job_…), or `all`".to_owned()], false));
    }
    db.write(move |tx| {
        let ids = match &only {
            Some(id) => vec![id.clone()],
            None => jobs::dead(tx, DEAD_MAX)?.into_iter().map(|it| it.id).collect(),
        };
        let (mut lines, mut is_good) = (Vec::new(), true);
        for id in ids {
            if jobs::requeue(tx, &id, now)? {
                lines.push(format!("{id} is tried again."));
                continue;
            }
            lines.push(format!("{id} is not dead, or a newer one does the same."));
            is_good = false;
        }
        if lines.is_empty() {
            lines.push("No job is dead.".to_owned());
        }
        Ok((lines, is_good))
    })
    .await
}
