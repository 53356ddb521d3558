//! The operator's own GPUs: a queue of runs, the desk where workers take and give them, and the
//! workers.
//!
//! To the rest of the program they are one more provider (`provider`): work is handed in, asked
//! about and stopped. A run is a job in a lane of its own, so that its place, its lease and the
//! number that keeps sleepers out are those of every job. Workers take it at the `desk`, beside the
//! database or by HTTPS (`remote`), and have a ComfyUI do it (`worker`).

pub mod desk;
pub mod gpu_lock;
pub mod here;
pub mod provider;
pub mod remote;
mod self_test;
mod watching;
pub mod worker;

use domain::{ObjectId, UserId};
use serde::{Deserialize, Serialize};

use crate::objects::key;

/// How a photo of ours is named where others get an address.
pub fn photo_url(object: &ObjectId) -> String {
    format!("object:{object}")
}

fn photo_of(url: &str) -> Option<ObjectId> {
    ObjectId::from_text(url.strip_prefix("object:")?)
}

/// How a file that a GPU has made is named where others give an address.
fn result_url(key: &str) -> String {
    format!("made:{key}")
}

/// The file that is meant, if it is one that a GPU made for this user.
pub fn result_key<'a>(user: &UserId, url: &'a str) -> Option<&'a str> {
    let key = url.strip_prefix("made:")?;
    key.starts_with(&key::gpu_results(user)).then_some(key)
}

/// A file that a GPU has made, in the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFile {
    pub key: String,
    pub bytes: u64,
}
