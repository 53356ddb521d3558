//! What a talk can't show: bytes, keys, files on disk, and a stream while it flows.

use std::sync::atomic::Ordering;

use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt;
use http::Request;
use http_body_util::BodyExt;
use sandbox::fal::faults::{Fault, Trouble};
use sandbox::fal::webhooks::{Signed, public_key, signature};
use serde_json::{Value, json};

use super::{ORIGIN, World, archive};

const PORTRAIT: &str = "/fal-ai/flux-lora-portrait-trainer";

/// The vector of providers.md 1.5.
#[test]
fn a_signature_is_that_of_the_reference() {
    let key: [u8; 32] = std::array::from_fn(|it| u8::try_from(it).expect("small"));
    let body = br#"{"request_id":"req-1","gateway_request_id":"req-1","status":"OK","payload":{"ok":true}}"#;
    let signed = Signed { request_id: "req-1", user_id: "user-1", timestamp: "1760000000" };
    assert_eq!(public_key(&key), "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg");
    assert_eq!(
        signature(&key, &signed, body),
        "67a5152ef9d51d58451547899c0897607f0e72ffa2fb17d6e79cbf20df325a99\
         7c46c242075840900d1ca2d9d80a4090eaa0cca6afcf001fa0057c1fa93dee0a"
    );
}

impl World {
    async fn bytes(&self, path: &str) -> Bytes {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let response = self.send(request).await;
        assert_eq!(response.status(), 200, "{path}");
        response.into_body().collect().await.expect("a body").to_bytes()
    }

    async fn train(&self, archive: &str) -> String {
        let told = self.json("POST", PORTRAIT, &json!({ "images_data_url": archive })).await;
        told["status_url"].as_str().expect("an address").trim_end_matches("/status").to_owned()
    }
}

#[tokio::test]
async fn the_weights_are_a_safetensors_file() {
    let world = World::new(|_| {});
    let run = world.train(&world.upload("set.zip", archive("good")).await).await;
    world.pass(31_000);
    let result = world.json("GET", &run, &Value::Null).await;
    let file = &result["diffusers_lora_file"];
    let bytes = world.bytes(file["url"].as_str().expect("a link")).await;
    assert_eq!(file["file_size"], bytes.len());

    let (length, rest) = bytes.split_first_chunk::<8>().expect("a length");
    let (header, tensors) =
        rest.split_at(usize::try_from(u64::from_le_bytes(*length)).expect("small"));
    let header: Value = serde_json::from_slice(header).expect("JSON");
    let mut header = header.as_object().expect("an object").clone();
    assert_eq!(header.remove("__metadata__"), Some(json!({ "format": "pt" })));
    let mut ranges = Vec::new();
    for (name, tensor) in &header {
        assert!(name.starts_with("transformer.") && name.ends_with(".weight"), "{name}");
        assert_eq!(tensor["dtype"], "F16");
        let shape = tensor["shape"].as_array().expect("a shape");
        let count: u64 = shape.iter().map(|it| it.as_u64().expect("a size")).product();
        let offsets = [0, 1].map(|it| tensor["data_offsets"][it].as_u64().expect("an offset"));
        assert_eq!(offsets[1] - offsets[0], count * 2);
        ranges.push(offsets);
    }
    ranges.sort_unstable();
    // Each begins where the one before it ends, and the last one ends with the file.
    let end = ranges.iter().try_fold(0, |at, it| (it[0] == at).then_some(it[1]));
    assert_eq!(end, Some(tensors.len() as u64));
    let is_finite = |it: &[u8; 2]| u16::from_le_bytes(*it) & 0x7c00 != 0x7c00;
    assert!(tensors.as_chunks::<2>().0.iter().all(is_finite));
    assert_eq!(bytes, world.bytes(file["url"].as_str().expect("a link")).await);
}

#[tokio::test]
async fn an_archive_is_opened_and_a_bad_one_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for dir in [None, Some(folder.path().to_owned())] {
        let world = World::new(|it| it.dir = dir);
        for (kind, verdict) in [
            ("good", "Archive opened, 4 images"),
            ("good-with-captions", "Archive opened, 4 images"),
            ("in-a-folder", "image_load_error: 1 images in the archive, at least 4 needed"),
            ("three", "image_load_error: 3 images in the archive, at least 4 needed"),
            ("none", "image_load_error: No images in the archive"),
            ("empty", "image_load_error: No images in the archive"),
            ("text", "file_download_error: Not a zip archive"),
            ("zero-bytes", "file_download_error: Not a zip archive"),
            ("cut-off", "file_download_error: Not a zip archive"),
            ("text-as-jpeg", "image_load_error: Failed to load the image 004.jpg"),
            ("html-as-png", "image_load_error: Failed to load the image 004.png"),
            ("cut-jpeg", "image_load_error: Failed to load the image 004.jpg"),
            ("cut-png", "image_load_error: Failed to load the image 004.png"),
            ("cut-webp", "image_load_error: Failed to load the image 004.webp"),
            ("empty-jpeg", "image_load_error: Failed to load the image 004.jpg"),
        ] {
            let run = world.train(&world.upload("set.zip", archive(kind)).await).await;
            world.pass(1000);
            let told = world.json("GET", &format!("{run}/status?logs=1"), &Value::Null).await;
            let result = world.json("GET", &run, &Value::Null).await;
            let is_good = verdict.starts_with("Archive");
            let detail = &result["detail"][0];
            let heard = if is_good {
                told["logs"][0]["message"].as_str().unwrap_or_default().to_owned()
            } else {
                format!("{}: {}", detail["type"], detail["msg"]).replace('"', "")
            };
            assert_eq!(heard, verdict, "{kind}");
            assert_eq!(told["status"], if is_good { "IN_PROGRESS" } else { "COMPLETED" }, "{kind}");
            assert_eq!(told["error"].is_string(), !is_good, "{kind}");
        }
    }
}

#[tokio::test]
async fn the_stream_of_states_tells_each_change_and_ends() {
    let world = World::new(|it| it.training_ms = 20_000);
    let run = world.train(&world.upload("set.zip", archive("good")).await).await;
    let request = Request::get(format!("{run}/status/stream?logs=1"))
        .header("authorization", "Key k")
        .body(Body::empty())
        .expect("a request");
    let response = world.send(request).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();

    let mut heard = Vec::new();
    for wait in [0, 1000, 400, 0, 14_600, 0, 5000] {
        world.pass(wait);
        world.fal.deliver_due(&world.receiver).await;
        // Archives are opened by the heartbeat here, so that an event is there at once or not.
        match futures::poll!(events.next()) {
            std::task::Poll::Pending => heard.push("-".to_owned()),
            std::task::Poll::Ready(event) => {
                let event = event.expect("an event").expect("no error");
                let text = std::str::from_utf8(&event).expect("text").trim_end().to_owned();
                let Some(told) = text.strip_prefix("data: ") else {
                    heard.push(text);
                    continue;
                };
                let told: Value = serde_json::from_str(told).expect("JSON");
                let lines = told["logs"].as_array().map_or(0, Vec::len);
                heard.push(format!("{} {lines}", told["status"].as_str().expect("a word")));
            }
        }
    }
    assert_eq!(
        heard,
        [
            "IN_QUEUE 0",
            "IN_PROGRESS 3",
            "IN_PROGRESS 1",
            "-",
            "IN_PROGRESS 36",
            "-",
            "COMPLETED 13"
        ]
    );
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_long_silence_of_the_stream_is_broken_by_pings() {
    let world = World::new(|it| it.training_ms = 3_600_000);
    let run = world.train(&world.upload("set.zip", archive("good")).await).await;
    let request = Request::get(format!("{run}/status/stream"))
        .header("authorization", "Key k")
        .body(Body::empty())
        .expect("a request");
    let mut events = world.send(request).await.into_body().into_data_stream();
    assert!(events.next().await.expect("an event").expect("no error").starts_with(b"data: "));
    world.pass(900);
    world.fal.deliver_due(&world.receiver).await;
    assert!(futures::poll!(events.next()).is_pending());
    world.pass(15_000);
    world.fal.deliver_due(&world.receiver).await;
    assert!(events.next().await.expect("an event").expect("no error").starts_with(b"data: "));
    world.pass(15_000);
    world.fal.deliver_due(&world.receiver).await;
    assert_eq!(events.next().await.expect("an event").expect("no error"), ": ping\n\n");
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids_and_another_one_others() {
    let mut seen = Vec::new();
    for seed in [1, 1, 2] {
        let world = World::new(|it| it.seed = seed);
        let run = world.train("http://a.test/set.zip").await;
        let keys = world.json("GET", "/.well-known/jwks.json", &Value::Null).await;
        let id = run.rsplit('/').next().expect("an id").to_owned();
        assert!(id.starts_with("test_") && id.len() == "test_".len() + 36, "{id}");
        seen.push((id, keys.to_string()));
    }
    assert_eq!(seen[0], seen[1]);
    assert_ne!(seen[0].0, seen[2].0);
    assert_ne!(seen[0].1, seen[2].1);
}

#[tokio::test]
async fn uploads_lie_in_the_folder_and_go_with_their_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = || {
        let found = std::fs::read_dir(folder.path().join("fal-files"));
        found.map_or(0, |it| it.count())
    };
    let dir = folder.path().to_owned();
    let world = World::new(|it| it.dir = Some(dir.clone()));
    let link = world.upload("a.zip", vec![7; 300_000]).await;
    assert_eq!(files(), 1);
    assert_eq!(world.bytes(&link).await, vec![7; 300_000]);

    // One that breaks off leaves nothing that could be taken for a file.
    let asked = json!({ "content_type": "a/b", "file_name": "b.zip" });
    let told = world.json("POST", "/storage/upload/initiate", &asked).await;
    let pieces = [Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))];
    let request = Request::put(told["upload_url"].as_str().expect("an address"))
        .header("content-type", "a/b")
        .body(Body::from_stream(futures::stream::iter(pieces)))
        .expect("a request");
    assert_eq!(world.send(request).await.status(), 500);
    let request = Request::get(told["file_url"].as_str().expect("a link"));
    let request = request.body(Body::empty()).expect("a request");
    assert_eq!(world.send(request).await.status(), 404);

    // In parts.
    let told = world.json("POST", "/storage/upload/initiate-multipart", &asked).await;
    let address = told["upload_url"].as_str().expect("an address");
    let (path, query) = address.split_once('?').expect("a signature");
    let mut parts = Vec::new();
    for number in 1..=3_u8 {
        let request = Request::put(format!("{path}/{number}?{query}"));
        let request = request.body(Body::from(vec![number; 100_000])).expect("a request");
        let body = world.send(request).await.into_body().collect().await.expect("a body");
        parts.push(serde_json::from_slice::<Value>(&body.to_bytes()).expect("JSON"));
    }
    let request = Request::post(format!("{path}/complete?{query}"))
        .header("content-type", "application/json")
        .body(Body::from(json!({ "parts": parts }).to_string()))
        .expect("a request");
    assert_eq!(world.send(request).await.status(), 200);
    let joined = world.bytes(told["file_url"].as_str().expect("a link")).await;
    assert_eq!(joined, [1_u8, 2, 3].map(|it| vec![it; 100_000]).concat());

    world.pass(7 * 86_400_000);
    world.fal.deliver_due(&world.receiver).await;
    assert_eq!(files(), 0);

    world.upload("c.zip", vec![7; 10]).await;
    assert_eq!(files(), 1);
    World::new(|it| it.dir = Some(dir));
    assert_eq!(files(), 0);
}

#[tokio::test]
async fn two_heartbeats_at_once_send_a_webhook_once() {
    let world = World::new(|it| it.training_ms = 0);
    let link = world.upload("set.zip", archive("good")).await;
    let path = format!("{PORTRAIT}?fal_webhook=http://app.test/hook");
    world.json("POST", &path, &json!({ "images_data_url": link })).await;
    let beat = || world.fal.deliver_due(&world.receiver);
    let (one, other) = futures::join!(beat(), beat());
    assert_eq!(one + other, 1);
    assert_eq!(world.receiver.came.lock().expect("whole").len(), 1);
}

/// A test orders trouble and counts what was submitted without HTTP.
#[tokio::test]
async fn an_unanswered_submission_is_seen_from_inside() {
    let world = World::new(|_| {});
    world.fal.fault(Fault { times: 2, ..Fault::once(Trouble::AcceptedButLost) });
    for _ in 0..2 {
        let input = json!({ "images_data_url": format!("{ORIGIN}/files/a/b.zip") });
        let request = Request::post(PORTRAIT)
            .header("authorization", "Key k")
            .body(Body::from(input.to_string()))
            .expect("a request");
        let mut answer = std::pin::pin!(world.send(request));
        assert!(futures::poll!(answer.as_mut()).is_pending());
    }
    let seen = world.fal.requests();
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|it| it.webhook.is_none() && !it.is_cancelled));
    assert_ne!(seen[0].request_id, seen[1].request_id);
    world.clock.fetch_add(1000, Ordering::Relaxed);
    world.fal.deliver_due(&world.receiver).await;
    assert!(world.fal.requests().iter().all(|it| it.state.word() == "COMPLETED"));
}
