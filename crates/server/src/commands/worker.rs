//! `atelier worker`: which lanes it works for, and how many jobs at a time.

use std::path::PathBuf;

use clap::Args;
use domain::task::LANES;
use url::Url;

use crate::commands::{Done, as_process};
use crate::config::Config;
use crate::start::{Roles, StartError};

/// Jobs of one lane that are done at the same time, at most.
const COUNT_MAX: usize = 64;

#[derive(Args)]
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
    let mut ordinary = Vec::new();
    let mut gpus = Vec::new();
    for lane in wish.lanes {
        match lane {
            Lane::Ordinary(name, count) => ordinary.push((name, count)),
            Lane::Gpu(gpu) => gpus.push(gpu),
        }
    }
    if !gpus.is_empty() || wish.comfyui.is_some() || wish.server.is_some() {
        return run_gpu();
    }
    let roles = Roles::worker(&config.work, ordinary, has_port);
    as_process(config, roles)
}

/// The place of the worker for GPUs.
fn run_gpu() -> Done {
    Err(StartError::NotBuilt(
        "workers for GPUs (--lane gpu:…, --comfyui, --server) are not built yet",
    ))
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
    match LANES.into_iter().find(|it| *it == name) {
        Some(lane) => Ok(Lane::Ordinary(lane, count)),
        None => Err(format!("there are the lanes {} and gpu:NAME", LANES.join(", "))),
    }
}

fn gpu_lane(name: &str, count: usize) -> Result<GpuLane, String> {
    let is_slug = (1..=32).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
    if !is_slug {
        return Err("after gpu: stand up to 32 small letters, digits and hyphens".to_owned());
    }
    if count != 1 {
        return Err("a GPU does one thing at a time: it is gpu:NAME=1".to_owned());
    }
    Ok(GpuLane { name: name.to_owned(), count })
}
