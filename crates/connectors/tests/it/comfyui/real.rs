//! The same against a real server, where there is one: `COMFYUI_URL=http://127.0.0.1:8188`.
//!
//! It needs no model and no GPU: a picture is scaled and inverted.

use std::time::Duration;

use bytes::Bytes;
use connectors::comfyui::{Comfy, Input, Job, Limits, Outcome};
use connectors::http::Http;
use connectors::reach::Reach;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use url::Url;

/// A grey picture of one pixel.
const PIXEL: &str = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a\
                     49444154789c636800000082008177cd72b60000000049454e44ae426082";

#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says where one is")]
fn server() -> Option<(Comfy, Http)> {
    let Some(url) = std::env::var_os("COMFYUI_URL") else {
        println!("skipped: COMFYUI_URL names no server");
        return None;
    };
    let url = Url::parse(url.to_str().expect("text")).expect("an address");
    let reach = Reach::Public { trusted: vec![url.origin()] };
    Some((Comfy::new(url), Http::new(reach).expect("the network")))
}

/// Names of its own for each run of the tests: the server remembers the last ones.
fn job(name: &str, width: u32) -> Job {
    let now = std::time::Instant::now();
    let hash = Sha256::digest(format!("{name} {now:?} {}", std::process::id()));
    let id = hex::encode(&hash[..16]);
    let id = format!("{}-{}-4{}-8{}-{}", &id[..8], &id[8..12], &id[13..16], &id[17..20], &id[20..]);
    let graph: Value = json!({
        "1": { "class_type": "LoadImage", "inputs": { "image": "" } },
        "2": { "class_type": "ImageScale", "inputs": {
            "image": ["1", 0], "upscale_method": "lanczos", "width": width, "height": width,
            "crop": "disabled" } },
        "3": { "class_type": "ImageInvert", "inputs": { "image": ["2", 0] } },
        "4": { "class_type": "SaveImage", "inputs": { "images": ["3", 0], "filename_prefix": id } }
    });
    let input = Input {
        node: "1".to_owned(),
        input: "image".to_owned(),
        name: format!("{id}.png"),
        content_type: "image/png".to_owned(),
        bytes: Bytes::from(hex::decode(PIXEL).expect("hex")),
    };
    let client_id = format!("test-{id}");
    Job { prompt_id: id, client_id, graph, images: vec![input], output: "4".to_owned() }
}

fn limits() -> Limits {
    let minute = Duration::from_secs(60);
    Limits { time: minute, silence: minute, away: minute, output_bytes: 64 << 20 }
}

async fn run(comfy: &Comfy, http: &Http, job: &Job) -> Outcome {
    comfy.run(http, job, limits(), &mut |_| {}, std::future::pending::<()>()).await
}

#[tokio::test]
async fn a_real_server_does_a_graph_of_four_nodes() {
    let Some((comfy, http)) = server() else { return };
    let stats = comfy.stats(&http).await.expect("it says what it is");
    println!("a real server: {stats:?}");
    let able = comfy.able(&http).await.expect("it says what it has");
    let job = job("four nodes", 64);
    assert_eq!(able.lacks(&job.graph), Vec::new());
    let came = run(&comfy, &http, &job).await;
    let Outcome::Done(files) = &came else { panic!("{came:?}") };
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].content_type, "image/png");
    assert!(files[0].bytes.starts_with(b"\x89PNG"));
    // The same again is found, not done.
    assert_eq!(run(&comfy, &http, &job).await, came);
    comfy.put_away(&http, &job.prompt_id).await.expect("forgotten");
    comfy.free(&http).await.expect("freed");
}

/// Two at once, of which the second one is stopped as soon as it is seen, waiting or running: the
/// other one is done. How fast the server is, nobody knows: the second one may be done as well.
#[tokio::test]
async fn f91_a_real_server_goes_on_with_the_others() {
    let Some((comfy, http)) = server() else { return };
    let (first, second) = (job("first", 4_096), job("second", 4_097));
    let seen = Notify::new();
    let mut see = |_| seen.notify_one();
    let stopped = comfy.run(&http, &second, limits(), &mut see, seen.notified());
    let (done, stopped) = tokio::join!(run(&comfy, &http, &first), stopped);
    assert!(matches!(done, Outcome::Done(_)), "{done:?}");
    println!("the second one: {}", if stopped == Outcome::Stopped { "stopped" } else { "done" });
    assert!(matches!(stopped, Outcome::Stopped | Outcome::Done(_)), "{stopped:?}");
    // Nothing of it is left that could hit the next one.
    let next = run(&comfy, &http, &job("next", 65)).await;
    assert!(matches!(next, Outcome::Done(_)), "{next:?}");
}

#[tokio::test]
async fn a_real_server_refuses_what_it_cant_do() {
    let Some((comfy, http)) = server() else { return };
    let mut job = job("refused", 64);
    job.graph["3"]["class_type"] = json!("NoSuchNode");
    let came = run(&comfy, &http, &job).await;
    let is_missing =
        matches!(&came, Outcome::Failed { reason, .. } if reason.contains("installed"));
    assert!(is_missing, "{came:?}");
}
