//! ComfyUI, as a GPU worker speaks to its own: a graph is handed in, watched and its files fetched.
//!
//! Source: what real servers do, seen on 0.33.0 and 0.3.64. Their words stay in this folder.
//!
//! The websocket makes it quick and tells the percentage; asking now and then is what decides, and
//! would do alone. A file comes as ComfyUI made it: in its metadata is the whole graph, the
//! customer's words among it. Who passes it on strips it first.

mod ability;
mod asking;
mod files;
mod handing;
mod progress;
mod run;
mod socket;
mod verdict;

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use url::Url;

pub use self::ability::Able;
use crate::http::Http;

/// A ComfyUI at its address, which may have a path.
#[derive(Clone, Debug)]
pub struct Comfy {
    base: Url,
}

impl Comfy {
    pub fn new(base: Url) -> Self {
        Self { base }
    }

    /// What it is and what it runs on. Asked of a busy one, it may take seconds.
    pub async fn stats(&self, http: &Http) -> Result<Stats, ComfyError> {
        asking::stats(self, http).await
    }

    /// Which nodes it has, and which files they offer.
    pub async fn able(&self, http: &Http) -> Result<Able, ComfyError> {
        ability::able(self, http).await
    }

    /// Has a graph done. A prompt that it knows already is not handed in again but watched, so
    /// that whoever was cut off may call this once more with the same job.
    ///
    /// When `stop` resolves, ours is taken from the queue or interrupted, and nothing else is.
    /// A caller who drops this instead leaves the prompt where it is.
    pub async fn run(
        &self,
        http: &Http,
        job: &Job,
        limits: Limits,
        seen: &mut (dyn FnMut(Step) + Send),
        stop: impl Future,
    ) -> Outcome {
        run::run(self, http, job, limits, seen, stop).await
    }

    /// Makes it forget its models, after it ran out of memory.
    pub async fn free(&self, http: &Http) -> Result<(), ComfyError> {
        asking::free(self, http).await
    }

    /// Makes it forget a prompt that has ended: its history holds the customer's words. Files that
    /// it has written stay.
    pub async fn put_away(&self, http: &Http, prompt_id: &str) -> Result<(), ComfyError> {
        asking::put_away(self, http, prompt_id).await
    }
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Job {
    /// A UUID made by the caller, by which the prompt is found again.
    pub prompt_id: String,
    /// A name of our own for the websocket. A second socket of the same name takes its events.
    pub client_id: String,
    /// In API format: node ids with `class_type` and `inputs`.
    pub graph: Value,
    pub images: Vec<Input>,
    /// The node whose files are wanted.
    pub output: String,
}

/// A file to be uploaded. The name under which it is kept is put into the graph.
#[derive(Clone, Debug)]
pub struct Input {
    pub node: String,
    pub input: String,
    /// Should be one of its own for each job: what is there under the same name is not replaced.
    pub name: String,
    pub content_type: String,
    pub bytes: Bytes,
}

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For all of it, the time in ComfyUI's queue included.
    pub time: Duration,
    /// Without any news of the running prompt. It has to be longer than any one node takes (the
    /// loading of a model is one) and, where no websocket can be had, than the whole prompt takes.
    pub silence: Duration,
    /// How long it may be unreachable on the way: time for a restart.
    pub away: Duration,
    /// Of each file; there may be 64.
    pub output_bytes: usize,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Of the whole graph. A guess, for the eye only; it never goes back.
    pub percent: Option<u8>,
    /// Which step of how many, in the node that is running.
    pub step: Option<(u32, u32)>,
    /// How many are before us in ComfyUI's own queue; nothing when ours is running.
    pub place: Option<u32>,
}

/// How it ended. Reasons are for owners and logs: no path, address, file name of a customer's or
/// word of theirs is in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The files of the output node, kind by kind in its order. There is at least one.
    Done(Vec<Output>),
    Failed {
        fault: Trouble,
        reason: String,
    },
    /// It is in neither queue nor history: the server was restarted, or somebody has removed it.
    Lost,
    /// Nothing was heard of the running prompt for too long, or it can't be stopped.
    Hung,
    TooLong,
    /// We were told to stop, and it is in the queue no more.
    Stopped,
    /// The server can't be reached, or doesn't answer as ComfyUI.
    Away {
        reason: String,
        fate: Fate,
    },
}

/// What became of a prompt while the server can't be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// This call has handed nothing in.
    NothingHandedIn,
    /// It may be waiting, running or done: run the same job again to find out.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    OutOfMemory,
    /// The file that a loader doesn't offer, as our graph names it.
    MissingModel(String),
    /// The class of the node, as our graph names it.
    MissingNode(String),
    /// An image is unreadable, or isn't taken.
    BadInput,
    NoOutput,
    /// Anything else that went wrong in a node, or with the graph.
    Node,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// By its first bytes, whatever it is called.
    pub content_type: &'static str,
    pub bytes: Bytes,
}

/// What a server says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stats {
    pub version: String,
    pub devices: Vec<Device>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    pub name: String,
    /// In bytes.
    pub vram_total: u64,
    pub vram_free: u64,
}

/// Why there is no answer. No address is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ComfyError {
    /// It may be there in a while.
    #[error("away: {reason}")]
    Away { reason: String },
    /// A person has to look.
    #[error("unexpected: {reason}")]
    Unexpected { reason: String },
}
