//! What is asked and answered apart from the queue: refusals of prompts, files, lists.

use super::{World, edit, photo};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

#[tokio::test]
async fn a_server_can_lack_a_model_or_a_node() {
    let world = World::new().await;
    world.upload("a.png", &photo(20, 20), &[]).await;
    let asked = json!({ "prompt": edit(&["a.png"], "hair", 1) });
    world.server().lack("qwen_image_vae.safetensors");
    let came = world.tell("/prompt", &asked).await;
    assert_eq!(came.status, 400);
    let error = &came.json()["node_errors"]["v"]["errors"][0];
    assert_eq!(error["type"], "value_not_in_list");
    assert_eq!(error["details"], "vae_name: 'qwen_image_vae.safetensors' not in []");
    assert_eq!(world.get("/models/vae").await.json(), json!([]));
    world.server().lack("CFGNorm");
    let came = world.tell("/prompt", &asked).await.json();
    assert_eq!(came["error"]["type"], "missing_node_type");
    assert_eq!(came["error"]["extra_info"]["class_type"], "CFGNorm");
    assert_eq!(world.get("/object_info/CFGNorm").await.json(), json!({}));
    // Others have it all, and so has this one once it is back.
    let elsewhere = Request::get("/comfyui/box2/api/models/vae").body(Body::empty());
    let elsewhere = world.send(elsewhere.expect("a request")).await;
    assert_eq!(elsewhere.json(), json!(["qwen_image_vae.safetensors"]));
    world.server().restock();
    assert_eq!(world.tell("/prompt", &asked).await.status, 200);
    let names = world.comfyui.servers();
    assert_eq!(names.iter().map(|it| it.name()).collect::<Vec<_>>(), ["box1", "box2"]);
}

#[tokio::test]
async fn an_older_server_knows_no_new_method() {
    let world = World::new().await;
    world.upload("a.png", &photo(20, 20), &[]).await;
    world.server().lack("index_timestep_zero");
    let came = world.tell("/prompt", &json!({ "prompt": edit(&["a.png"], "hair", 1) })).await;
    assert_eq!(came.json()["node_errors"]["r"]["errors"][0]["type"], "value_not_in_list");
}

#[tokio::test]
async fn an_id_of_ones_own_is_a_uuid() {
    let world = World::new().await;
    world.upload("a.png", &photo(20, 20), &[]).await;
    let mut asked = json!({ "prompt": edit(&["a.png"], "hair", 1), "prompt_id": "job-1" });
    let came = world.tell("/prompt", &asked).await;
    assert_eq!((came.status, &came.json()["error"]["type"]), (400, &json!("invalid_prompt_id")));
    let id = "0f6c3c9e-5b1a-4c55-9d0e-6a2f3b7d1e10";
    asked["prompt_id"] = json!(id);
    assert_eq!(world.tell("/prompt", &asked).await.json()["prompt_id"], id);
}

#[tokio::test]
async fn junk_is_a_trouble_of_the_server() {
    let world = World::new().await;
    for junk in ["", "{", "{\"prompt\":null}", "{\"prompt\":\"x\"}", "{\"prompt\":[]}"] {
        let came = world.post("/prompt", junk).await;
        assert_eq!((came.status, came.kind()), (500, "text/plain; charset=utf-8"), "{junk}");
    }
    assert!(world.server().prompts().is_empty());
}

#[tokio::test]
async fn a_number_of_ones_own_is_decimal_and_front_is_negative() {
    let world = World::new().await;
    world.upload("a.png", &photo(20, 20), &[]).await;
    let mut numbers = Vec::new();
    for more in [json!({}), json!({ "front": true }), json!({ "number": -1000 }), json!({})] {
        let mut asked = json!({ "prompt": edit(&["a.png"], "hair", 1) });
        asked
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        numbers.push(world.tell("/prompt", &asked).await.json()["number"].to_string());
    }
    assert_eq!(numbers, ["0", "-1", "-1000.0", "2"]);
}

#[tokio::test]
async fn another_site_is_refused() {
    let world = World::new().await;
    let asked = |name: &str, value: &str| {
        let asked = Request::post("/comfyui/box1/interrupt").header("host", "127.0.0.1:8188");
        asked.header(name, value).body(Body::empty()).expect("a request")
    };
    assert_eq!(world.send(asked("origin", "http://evil.example")).await.status, 403);
    assert_eq!(world.send(asked("sec-fetch-site", "cross-site")).await.status, 403);
    assert_eq!(world.send(asked("origin", "http://127.0.0.1:8188")).await.status, 200);
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_text() {
    let world = World::new().await;
    let came = world.upload("a.png", &vec![0; (100 << 20) + 1], &[]).await;
    assert_eq!((came.status, came.kind()), (413, "text/plain; charset=utf-8"));
}

#[tokio::test]
async fn the_history_can_be_forgotten() {
    let world = World::new().await;
    world.upload("a.png", &photo(20, 20), &[]).await;
    let mut ids = Vec::new();
    for seed in 0..3 {
        ids.push(world.submit(&edit(&["a.png"], "hair", seed)).await);
        world.pass(5_000).await;
    }
    let known = async || world.get("/history").await.json().as_object().map_or(0, |it| it.len());
    assert_eq!(known().await, 3);
    assert!(world.get("/history?max_items=1").await.json()[&ids[2]].is_object());
    world.tell("/history", &json!({ "delete": [ids[0]] })).await;
    assert_eq!((known().await, world.history(&ids[0]).await), (2, Value::Null));
    world.tell("/history", &json!({ "clear": true })).await;
    assert_eq!(known().await, 0);
}

#[tokio::test]
async fn no_name_leads_out_of_its_folder() {
    let world = World::new().await;
    for (name, code) in [("/etc/a.png", 400), ("a/../../b.png", 400), ("b.png", 200)] {
        assert_eq!(world.upload(name, &photo(2, 2), &[]).await.status, code, "{name}");
    }
    for (name, code) in [("/b.png", 400), ("x/../b.png", 400), ("b.png", 200)] {
        let came = world.get(&format!("/view?type=input&filename={name}")).await;
        assert_eq!(came.status, code, "{name}");
    }
}
