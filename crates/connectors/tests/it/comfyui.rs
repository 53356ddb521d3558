//! ComfyUI: what a GPU worker says to its own, what it hears, and what it makes of it.

mod answers;
mod loopback;
mod peer;
mod real;
mod recorded;
mod secrets;
mod talks;

use std::time::Duration;

use bytes::Bytes;
use connectors::comfyui::{Comfy, Input, Job, Limits};
use serde_json::{Value, json};
use url::Url;

const ID: &str = "11111111-2222-4333-8444-555555555555";

/// Where the made-up one lives: below a path, as behind a proxy.
fn base() -> Url {
    Url::parse("http://comfy.test:8188/box").expect("well made")
}

fn comfy() -> Comfy {
    Comfy::new(base())
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn limits() -> Limits {
    Limits { time: seconds(600), silence: seconds(60), away: seconds(30), output_bytes: 100 }
}

/// Four nodes, of which one takes steps.
fn graph() -> Value {
    json!({
        "1": { "class_type": "LoadImage", "inputs": { "image": "" } },
        "2": { "class_type": "UNETLoader", "inputs": { "unet_name": "qwen.safetensors" } },
        "3": { "class_type": "KSampler", "inputs": { "steps": 4, "model": ["2", 0], "latent_image": ["1", 0] } },
        "9": { "class_type": "SaveImage", "inputs": { "images": ["3", 0] } }
    })
}

fn job() -> Job {
    Job {
        prompt_id: ID.to_owned(),
        client_id: "worker-1".to_owned(),
        graph: graph(),
        images: Vec::new(),
        output: "9".to_owned(),
    }
}

fn image(name: &str) -> Input {
    Input {
        node: "1".to_owned(),
        input: "image".to_owned(),
        name: name.to_owned(),
        content_type: "image/png".to_owned(),
        bytes: Bytes::from_static(b"pixels"),
    }
}
