//! What a talk can't show: signatures, archives, drawings, pages, and what doesn't end.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures::StreamExt;
use http::Request;
use sandbox::replicate::faults::{Fault, Trouble};
use sandbox::replicate::{Kind, Phase};
use serde_json::{Value, json};

use super::{ORIGIN, START, World, archive, inline, signature};

const TINY: &[u8] = include_bytes!("../fal/tiny.png");
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/// The vectors of providers.md 2.6 and 8.2, and those that the official clients were asked for.
#[test]
fn a_signature_is_that_of_the_official_clients() {
    let body = br#"{"id":"trn1","status":"succeeded"}"#;
    let vectors: [(&str, &str, &[u8], &str); 4] = [
        ("msg_1", "1760000000", body, "AyeJ5UIgUN8DAYllZO7ykdq3AV7zbnC+AZ8UCzC3vBk="),
        (
            "msg_2",
            "1760000100",
            br#"{"id":"trn2","status":"failed","error":"boom","output":null}"#,
            "pOYk5D+sy5Jt7EwG9SxSiJsAtXt+uCuEi/h7tckuWGI=",
        ),
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            br#"{"id":"gm3","status":"succeeded"}"#,
            "i9eEh4c0nuGges03ZIcoR7zRw/bT/m0mRicprlyp+CE=",
        ),
        (
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "1614265330",
            "{\"текст\":\"привет\"}".as_bytes(),
            "sCfFeEN3fpiODHqxmCl9rofVIP1H3yuPZShCmfYwV0I=",
        ),
    ];
    for (id, timestamp, body, right) in vectors {
        assert_eq!(signature(SECRET, id, timestamp, body), Some(format!("v1,{right}")));
    }
    assert_eq!(signature("no secret", "msg_1", "1", b""), None);
}

#[tokio::test]
async fn webhooks_of_a_wrong_and_a_right_signature_and_of_each_try() {
    let world = World::new(|_| {});
    world.replicate.fault(Fault::once(Trouble::ManySignatures));
    let body = json!({
        "version": "black-forest-labs/flux-dev-lora",
        "input": { "prompt": "a" },
        "webhook": "http://127.0.0.1/told",
        "webhook_events_filter": ["completed"],
    });
    world.ask("POST", "/v1/predictions", &body).await;
    world.receiver.answers.lock().expect("whole").push_back(500);
    world.pass(5000);
    world.beat().await;
    world.pass(1000);
    world.beat().await;
    let came = world.receiver.came.lock().expect("whole");
    let header = |at: usize, name: &str| {
        let found = came[at].headers.iter().find(|it| it.0 == name);
        found.map_or_else(String::new, |it| it.1.clone())
    };
    assert_eq!(came.len(), 2);
    // A try more is the same message at a later time.
    assert_eq!(header(0, "webhook-id"), header(1, "webhook-id"));
    assert!(header(0, "webhook-id").starts_with("msg_"));
    assert_ne!(header(0, "webhook-timestamp"), header(1, "webhook-timestamp"));
    let both = header(0, "webhook-signature");
    let (wrong, right) = both.split_once(' ').expect("two signatures");
    let secret = world.replicate.webhook_secret();
    let (id, timestamp) = (header(0, "webhook-id"), header(0, "webhook-timestamp"));
    let own = signature(&secret, &id, &timestamp, &came[0].body).expect("a secret");
    assert_eq!((right, wrong == own), (own.as_str(), false));
}

/// The members of an archive, read by its own rules: names, kinds and bytes.
fn unpacked(tar: &Bytes) -> Vec<(String, u8, Bytes)> {
    let mut members = Vec::new();
    let mut at = 0;
    while tar[at] != 0 {
        let header = &tar[at..at + 512];
        let sum: u32 = header
            .iter()
            .enumerate()
            .map(|(at, it)| if (148..156).contains(&at) { 32 } else { u32::from(*it) })
            .sum();
        let text = |from: usize, to: usize| {
            let text = String::from_utf8_lossy(&header[from..to]).into_owned();
            text.trim_matches(['\0', ' ']).to_owned()
        };
        let number = |from, to| usize::from_str_radix(&text(from, to), 8).expect("octal");
        assert_eq!(number(148, 156), sum as usize);
        assert_eq!(&header[257..265], b"ustar\x0000");
        let size = number(124, 136);
        members.push((text(0, 100), header[156], tar.slice(at + 512..at + 512 + size)));
        at += 512 + size.next_multiple_of(512);
    }
    assert_eq!(tar.len() - at, 1024);
    members
}

#[tokio::test]
async fn weights_are_in_a_tar_file_with_their_captions() {
    let world = World::new(|_| {}).with_model().await;
    let made =
        world.train(json!({ "input_images": inline("good"), "trigger_word": "ANNA7" })).await;
    let url = made["output"]["weights"].as_str().expect("a link");
    let (status, tar) = world.file(url).await;
    assert_eq!(status, 200);
    let members = unpacked(&tar);
    let names: Vec<_> = members.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(
        names,
        [
            "output/flux_train_replicate/captions/000.txt",
            "output/flux_train_replicate/captions/001.txt",
            "output/flux_train_replicate/captions/002.txt",
            "output/flux_train_replicate/captions/003.txt",
            "output/flux_train_replicate/lora.safetensors",
        ]
    );
    assert_eq!(members[0].2, "a photo of ANNA7");
    let (length, rest) = members[4].2.split_first_chunk::<8>().expect("a length");
    let (header, tensors) =
        rest.split_at(usize::try_from(u64::from_le_bytes(*length)).expect("small"));
    let header: Value = serde_json::from_slice(header).expect("JSON");
    assert_eq!(header["__metadata__"]["trigger_word"], "ANNA7");
    let tensor = &header["transformer.transformer_blocks.0.attn.to_q.lora_B.weight"];
    assert_eq!(tensor["shape"], json!([3072, 1]));
    assert_eq!(tensor["data_offsets"][1], tensors.len());
    assert_eq!(world.file(url).await.1, tar);
}

#[tokio::test]
async fn weights_can_be_wrong_in_each_way() {
    for (trouble, word) in [
        (Trouble::Text, "[file text]"),
        (Trouble::NoWeights, "[file bare]"),
        (Trouble::Escaping, "[file escaping]"),
    ] {
        let world = World::new(|_| {}).with_model().await;
        world.replicate.fault(Fault { of: Some(Kind::Training), ..Fault::once(trouble) });
        let photos = inline("good");
        let ordered = world.train(json!({ "input_images": photos })).await;
        let spoken = world.train(json!({ "input_images": photos, "trigger_word": word })).await;
        let well = world.train(json!({ "input_images": photos })).await;
        let link = |it: &Value| it["output"]["weights"].as_str().expect("a link").to_owned();
        for it in [&ordered, &spoken] {
            let (_, bytes) = world.file(&link(it)).await;
            match trouble {
                Trouble::Text => assert!(bytes.starts_with(b"<html>")),
                Trouble::NoWeights => {
                    assert!(unpacked(&bytes).iter().all(|it| it.0.ends_with(".txt")));
                }
                _ => {
                    let members = unpacked(&bytes);
                    assert!(members[0].0.starts_with("../"));
                    assert!(members[1].0.starts_with('/'));
                    assert_eq!((members[2].1, members[2].2.len()), (b'2', 0));
                }
            }
        }
        assert_eq!(unpacked(&world.file(&link(&well)).await.1).len(), 5);
    }
}

#[tokio::test]
async fn a_drawing_says_what_was_asked_for() {
    let world = World::new(|_| {}).with_model().await;
    let input = json!({ "input_images": inline("good"), "trigger_word": "ANNA7" });
    let trained = world.train(input).await;
    let weights = trained["output"]["weights"].as_str().expect("a link");
    let body = json!({
        "version": "black-forest-labs/flux-dev-lora",
        "input": {
            "prompt": "ANNA7 at the sea",
            "lora_weights": weights,
            "aspect_ratio": "9:16",
            "megapixels": "0.25",
            "num_outputs": 2,
            "seed": 41,
            "output_format": "png",
            "image": format!("data:image/png;base64,{}", STANDARD.encode(TINY)),
        },
    });
    let (_, made) = world.ask("POST", "/v1/predictions", &body).await;
    world.pass(5000);
    let path = format!("/v1/predictions/{}", made["id"].as_str().expect("an id"));
    let (_, done) = world.ask("GET", &path, &Value::Null).await;
    assert_eq!(done["status"], "succeeded", "{done}");
    let link = |at: usize| done["output"][at].as_str().expect("a link").to_owned();
    let (first, second) = (world.file(&link(0)).await.1, world.file(&link(1)).await.1);
    assert_ne!(first, second);
    let facts = String::from_utf8_lossy(&first).into_owned();
    assert!(facts.contains("seed=41 avatar=ANNA7 size=384x672 image 1 of 2"), "{}", &facts[..300]);
    assert!(facts.contains("prompt=ANNA7 at the sea"));
    assert!(String::from_utf8_lossy(&second).contains("seed=42 "));
    let drawn = image::load_from_memory(&first).expect("a picture");
    assert_eq!((drawn.width(), drawn.height()), (384, 672));
    assert_eq!(world.file(&link(0)).await.1, first);
}

#[tokio::test]
async fn a_list_has_pages_of_a_hundred_both_ways() {
    let world = World::new(|_| {});
    let body = json!({ "version": "black-forest-labs/flux-dev-lora", "input": { "prompt": "a" } });
    for _ in 0..250 {
        assert_eq!(world.ask("POST", "/v1/predictions", &body).await.0, 201);
    }
    let all: Vec<String> = world.replicate.runs().into_iter().rev().map(|it| it.id).collect();
    let page = async |path: &str| {
        let (_, page) = world.ask("GET", path, &Value::Null).await;
        let listed = page["results"].as_array().expect("a list").iter();
        let ids: Vec<_> = listed.map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
        let base = format!("{ORIGIN}/replicate");
        let link = |name: &str| {
            page[name].as_str().map(|it| it.strip_prefix(&base).expect("ours").to_owned())
        };
        (ids, link("next"), link("previous"))
    };
    let (first, next, previous) = page("/v1/predictions").await;
    assert_eq!((first.as_slice(), previous), (&all[..100], None));
    let (second, next, previous) = page(&next.expect("more")).await;
    assert_eq!(second, all[100..200]);
    let (third, none, before) = page(&next.expect("more")).await;
    assert_eq!((third.as_slice(), none), (&all[200..], None));
    assert_eq!(page(&before.expect("a page before")).await.0, second);
    assert_eq!(page(&previous.expect("a page before")).await.0, first);
}

#[tokio::test]
async fn uploads_are_inputs_and_can_be_downloaded_for_a_while() {
    let world = World::new(|_| {}).with_model().await;
    let mut body =
        b"--XX\r\ncontent-disposition: form-data; name=\"content\"; filename=\"a.zip\"\r\n\
        content-type: application/zip\r\n\r\n"
            .to_vec();
    body.extend(archive("good"));
    body.extend(b"\r\n--XX--\r\n");
    let request = Request::post("/replicate/v1/files")
        .header("authorization", "Token t")
        .header("content-type", "multipart/form-data; boundary=XX")
        .body(Body::from(body))
        .expect("a request");
    let response = world.send(request).await;
    assert_eq!(response.status(), 201);
    let bytes = axum::body::to_bytes(response.into_body(), 9999).await.expect("a body");
    let file: Value = serde_json::from_slice(&bytes).expect("JSON");
    let made = world.train(json!({ "input_images": file["urls"]["get"] })).await;
    assert_eq!(made["status"], "succeeded", "{made}");
    let id = file["id"].as_str().expect("an id");
    let url = world.replicate.download_url(id, START / 1000 + 60);
    assert_eq!(world.file(&url).await, (200, Bytes::from(archive("good"))));
    assert_eq!(world.file(&url.replace("expiry=17", "expiry=27")).await.0, 403);
    world.pass(60_000);
    assert_eq!(world.file(&url).await.0, 403);
}

#[tokio::test]
async fn what_is_too_large_does_not_end() {
    let world = World::new(|_| {}).with_model().await;
    let made =
        world.train(json!({ "input_images": inline("good"), "trigger_word": "[file huge]" })).await;
    let url = made["output"]["weights"].as_str().expect("a link");
    let request = Request::get(url.strip_prefix(ORIGIN).expect("ours"));
    let response = world.send(request.body(Body::empty()).expect("a request")).await;
    assert!(!response.headers().contains_key("content-length"));
    let mut pieces = response.into_body().into_data_stream();
    for _ in 0..300 {
        assert_eq!(pieces.next().await.expect("more").expect("bytes").len(), 1 << 20);
    }
}

#[tokio::test]
async fn ids_are_well_formed_and_follow_from_the_seed() {
    let first = async |seed: u64, prefix: &str| {
        let world = World::new(|it| {
            it.seed = seed;
            it.id_prefix = prefix.to_owned();
        });
        let body =
            json!({ "version": "black-forest-labs/flux-dev-lora", "input": { "prompt": "a" } });
        world.ask("POST", "/v1/predictions", &body).await.1["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    for prefix in ["", "test_", "Drill_1", "averyveryverylongprefix"] {
        let id = first(7, prefix).await;
        assert_eq!(id.len(), 26);
        assert!(id.bytes().all(|it| matches!(it, b'a'..=b'z' | b'2'..=b'7')), "{id}");
        assert_eq!(id, first(7, prefix).await);
        assert_ne!(id, first(8, prefix).await);
    }
    assert!(first(7, "test_").await.starts_with("test"));
}

#[tokio::test]
async fn only_the_token_that_is_set_is_good() {
    let world = World::new(|it| it.token = Some("r8_other".to_owned()));
    assert_eq!(world.ask("GET", "/v1/account", &Value::Null).await.0, 401);
    let world = World::new(|it| it.token = Some("r8_good".to_owned()));
    assert_eq!(world.ask("GET", "/v1/account", &Value::Null).await.0, 200);
}

#[tokio::test]
async fn work_that_takes_no_time_is_over_at_once() {
    let world = World::new(|it| (it.training_ms, it.picture_ms) = (0, 0)).with_model().await;
    let made = world.train(json!({ "input_images": inline("good") })).await;
    assert_eq!(made["status"], "succeeded");
    let body = json!({ "version": "black-forest-labs/flux-dev-lora", "input": { "prompt": "a" } });
    assert_eq!(world.ask("POST", "/v1/predictions", &body).await.1["status"], "succeeded");
    assert!(world.replicate.runs().iter().all(|it| it.phase == Phase::Succeeded));
}
