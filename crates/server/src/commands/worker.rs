//! `atelier worker`: which lanes it works for, and how many jobs at a time; and the care of workers.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use domain::Millis;
use domain::task::LANES;
use secrecy::SecretString;
use store::{Tx, worker_tokens, workers};
use url::Url;

use super::{Said, as_process, ask, decide, deed, runtime, speak};
use crate::api::keys;
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::makers::GPU_LANE;
use crate::start::{self, Roles, Seat};

/// Jobs of one lane that are done at the same time, at most.
const COUNT_MAX: usize = 64;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Worker {
    /// Work for this lane only, so many jobs at a time: `media=2`, `gpu:home1=1`. May be said again.
    #[arg(long = "lane", value_name = "NAME=COUNT", value_parser = lane)]
    lanes: Vec<Lane>,
    /// Where the ComfyUI of a GPU lane is.
    #[arg(long, value_name = "URL")]
    comfyui: Option<Url>,
    /// The studio to work for from outside of its network, instead of its database.
    #[arg(long, value_name = "URL", requires = "token_file")]
    server: Option<Url>,
    /// The file with the token that the studio knows this worker by.
    #[arg(long, value_name = "FILE", requires = "server")]
    token_file: Option<PathBuf>,
    #[command(subcommand)]
    care: Option<Care>,
}

/// What an operator does about the workers of GPUs.
#[derive(Clone, Debug, Subcommand)]
pub enum Care {
    /// Lists them, with what they do and why one does nothing.
    List,
    /// Lets one finish and take nothing more, for an update; it ends by itself then.
    Drain { name: String },
    /// Lets one take work again that was drained, or kept from work.
    Resume { name: String },
    /// Gives one that stands elsewhere a token, and prints it this once. An older one is void.
    Token {
        #[arg(value_parser = slug)]
        name: String,
    },
    /// Takes a token back, at once.
    Revoke { name: String },
}

/// What stands in one `--lane`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lane {
    Ordinary(&'static str, usize),
    Gpu(GpuLane),
}

/// A lane of one GPU, which does one thing at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuLane {
    /// Of the worker.
    pub name: String,
    pub count: usize,
}

pub fn run(config: Config, wish: Worker, has_port: bool) -> Done {
    if let Some(care) = wish.care {
        return match care {
            Care::List => ask(config, |tx, _, now| list(tx, now)),
            care => decide(config, move |tx, ground, now| look_after(tx, ground, &care, now)),
        };
    }
    let mut ordinary = Vec::new();
    let mut gpus = Vec::new();
    for lane in wish.lanes {
        match lane {
            Lane::Ordinary(name, count) => ordinary.push((name, count)),
            Lane::Gpu(gpu) => gpus.push(gpu),
        }
    }
    if let [gpu] = gpus.as_slice() {
        let Some(comfyui) = wish.comfyui.or_else(|| config.gpu.comfyui_url.clone()) else {
            return wrong("where is its ComfyUI? Say it with --comfyui URL");
        };
        if !ordinary.is_empty() {
            return wrong("the worker of a GPU has a process of its own");
        }
        let seat = Seat { name: gpu.name.clone(), comfyui };
        return match wish.server.zip(wish.token_file) {
            Some((server, file)) => run_from_afar(&config, &seat, server, &file),
            None => as_process(config, Roles::gpu(seat, has_port)),
        };
    }
    if !gpus.is_empty() {
        return wrong("the worker of a GPU has a process of its own");
    }
    if wish.comfyui.is_some() || wish.server.is_some() {
        return wrong("--comfyui and --server are for a GPU: --lane gpu:NAME=1");
    }
    let roles = Roles::worker(&config.work, ordinary, has_port);
    as_process(config, roles)
}

fn wrong(says: &str) -> Done {
    eprintln!("{says}");
    Ok(ExitCode::from(2))
}

fn run_from_afar(config: &Config, seat: &Seat, server: Url, token_file: &Path) -> Done {
    let token = match std::fs::read_to_string(token_file) {
        Ok(token) => SecretString::from(token.trim()),
        Err(error) => return wrong(&format!("{} can't be read: {error}", token_file.display())),
    };
    speak(&config.log);
    runtime()?.block_on(start::from_afar(config, seat, server, token))?;
    Ok(ExitCode::SUCCESS)
}

fn list(tx: &mut Tx, now: Millis) -> Result<Said, Failure> {
    let tokens = worker_tokens::list(tx)?;
    let mut lines = Vec::new();
    for it in workers::list(tx)? {
        let seconds = now.since(it.last_seen_at).as_i64() / 1_000;
        let reason = it.reason.as_deref().map(|it| format!(" ({it})")).unwrap_or_default();
        let does = it.job.map_or("idle".to_owned(), |it| format!("at {it}"));
        let can = workers::cans(tx, &it.name)?.join(", ");
        lines.push(format!(
            "{}  {}{reason}, {does}, seen {seconds} s ago  {}  can: {can}",
            it.name,
            it.state.as_str(),
            it.device
        ));
    }
    for it in tokens {
        let state = if it.revoked_at.is_some() { "taken back" } else { "good" };
        lines.push(format!("{}  has a token, {state}, made {}", it.name, day(it.created_at)));
    }
    Said::done(if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") })
}

/// What an operator decides about a worker.
pub fn look_after(tx: &mut Tx, ground: &Ground, care: &Care, now: Millis) -> Result<Said, Failure> {
    match care {
        Care::List => list(tx, now),
        Care::Drain { name } => {
            if !workers::drain(tx, name, "drained by the operator", now)? {
                return Said::no(format!("There is no active worker {name}."));
            }
            deed(tx, ground, "worker-drain", None, name, now)?;
            Said::done(format!("{name} takes nothing more, and ends when it has finished."))
        }
        Care::Resume { name } => {
            if !workers::resume(tx, name, now)? {
                return Said::no(format!("There is no worker {name} that rests."));
            }
            store::attention::close(tx, "gpu-quarantined", name, now)?;
            deed(tx, ground, "worker-resume", None, name, now)?;
            Said::done(format!("{name} takes work again."))
        }
        Care::Token { name } => {
            let secret = keys::new_secret(ground);
            worker_tokens::put(tx, name, &keys::hash(&secret), now)?;
            deed(tx, ground, "worker-token", None, name, now)?;
            Said::done(format!("{secret}\nKeep it in a file: it is not shown again."))
        }
        Care::Revoke { name } => {
            if !worker_tokens::revoke(tx, name, now)? {
                return Said::no(format!("{name} has no token."));
            }
            deed(tx, ground, "worker-revoke", None, name, now)?;
            Said::done("It opens nothing any more.")
        }
    }
}

/// Reads one `--lane`.
pub fn lane(text: &str) -> Result<Lane, String> {
    let Some((name, count)) = text.split_once('=') else {
        return Err("it is a lane, = and how many jobs at a time, such as media=2".to_owned());
    };
    let count = count.parse().ok().filter(|it| (1..=COUNT_MAX).contains(it));
    let Some(count) = count else {
        return Err(format!("after = stands a number from 1 to {COUNT_MAX}"));
    };
    if let Some(name) = name.strip_prefix("gpu:") {
        return gpu_lane(name, count).map(Lane::Gpu);
    }
    match LANES.into_iter().find(|it| *it == name && *it != GPU_LANE) {
        Some(lane) => Ok(Lane::Ordinary(lane, count)),
        None => {
            let ordinary: Vec<_> = LANES.into_iter().filter(|it| *it != GPU_LANE).collect();
            Err(format!("there are the lanes {} and gpu:NAME", ordinary.join(", ")))
        }
    }
}

fn gpu_lane(name: &str, count: usize) -> Result<GpuLane, String> {
    let name = slug(name)?;
    if count != 1 {
        return Err("a GPU does one thing at a time: it is gpu:NAME=1".to_owned());
    }
    Ok(GpuLane { name, count })
}

/// Reads the name of a worker.
fn slug(name: &str) -> Result<String, String> {
    let is_slug = (1..=32).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    match is_slug {
        true => Ok(name.to_owned()),
        false => Err("a worker's name is up to 32 small letters, digits and hyphens".to_owned()),
    }
}
