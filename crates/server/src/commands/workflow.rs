//! The workshop's first half: a graph as ComfyUI saves it, looked at before it becomes a workflow.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use connectors::http::{Body, Http, Limits};
use connectors::reach::Reach;
use domain::workflow::{self, Classes};
use url::Url;

use super::{Done, runtime};
use crate::start::StartError;

/// What a server says of all of its nodes: some megabytes, where many are installed.
const LIMITS: Limits = Limits { time: Duration::from_secs(60), bytes: 64 << 20 };
const GRAPH_BYTES_MAX: u64 = 8 << 20;

#[derive(Clone, Debug, Subcommand)]
pub enum Workflows {
    /// Says what is wrong with a graph, and prints the file that goes beside it in the catalog.
    Check {
        /// As ComfyUI exports it: `Export (API)`.
        file: PathBuf,
        /// A ComfyUI to be asked whether it could run the graph.
        #[arg(long, value_name = "URL")]
        comfyui: Option<Url>,
    },
}

pub fn run(what: &Workflows) -> Done {
    let Workflows::Check { file, comfyui } = what;
    let text = match read(file) {
        Ok(text) => text,
        Err(error) => return wrong(&format!("{} can't be read: {error}", file.display())),
    };
    let graph = match workflow::read_graph(&text) {
        Ok(graph) => graph,
        Err(what) => return wrong(&what),
    };
    let mut findings = graph.findings();
    if let Some(comfyui) = comfyui {
        match runtime()?.block_on(classes(comfyui)) {
            Ok(classes) => findings.extend(workflow::against(&graph, &classes)),
            Err(why) => return wrong(&format!("that ComfyUI can't be asked: {why}")),
        }
    }
    for it in &findings {
        println!("{}: {it}", if it.is_wrong { "wrong" } else { "note" });
    }
    if findings.iter().any(|it| it.is_wrong) {
        return Ok(ExitCode::FAILURE);
    }
    println!("# Nothing is wrong with it. Beside the graph goes this file; look at each guess:\n");
    print!("{}", workflow::propose(&graph));
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> std::io::Result<String> {
    if GRAPH_BYTES_MAX < std::fs::metadata(file)?.len() {
        return Err(std::io::Error::other("it is larger than any graph"));
    }
    std::fs::read_to_string(file)
}

fn wrong(says: &str) -> Done {
    println!("wrong: {says}");
    Ok(ExitCode::FAILURE)
}

/// What a server has, by its own word.
async fn classes(comfyui: &Url) -> Result<Classes, String> {
    let text = |it: StartError| it.to_string();
    let http = Http::new(Reach::Public { trusted: vec![comfyui.origin()] })
        .map_err(StartError::from)
        .map_err(text)?;
    let base = comfyui.as_str().trim_end_matches('/');
    let url = Url::parse(&format!("{base}/object_info")).map_err(|it| it.to_string())?;
    let request = reqwest::Request::new(reqwest::Method::GET, url);
    let answer = http.call(request, LIMITS).await.map_err(|it| it.to_string())?;
    if !answer.code.is_success() {
        return Err(format!("it answers {}", answer.code));
    }
    match answer.body {
        Body::Whole(bytes) => Classes::read(&String::from_utf8_lossy(&bytes)),
        Body::TooLarge => Err("it says more than is read".to_owned()),
        Body::BrokenOff(why) => Err(why),
    }
}
