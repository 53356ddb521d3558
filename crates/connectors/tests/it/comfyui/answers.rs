//! What a server says of itself, and what it has.

use connectors::comfyui::{Able, ComfyError, Device, Stats, Trouble};
use serde_json::json;

use super::peer::{Peer, Turn};
use super::{comfy, graph};

fn peer(request: &str, answer: &str) -> Peer {
    Peer::new([Turn::Answer(request.to_owned(), answer.to_owned())])
}

async fn stats(answer: &str) -> Result<Stats, ComfyError> {
    comfy().stats(&peer("GET /system_stats", answer).http()).await
}

async fn able(answer: &str) -> Result<Able, ComfyError> {
    comfy().able(&peer("GET /object_info", answer).http()).await
}

#[tokio::test(start_paused = true)]
async fn it_says_what_it_runs_on() {
    let answer = r#"200 {"system":{"os":"linux","comfyui_version":"0.33.0"},
        "devices":[{"name":"cuda:0 Large","type":"cuda","vram_total":25276502016,"vram_free":7},
        {"name":"cpu","vram_total":null}]}"#;
    let came = stats(answer).await.expect("known");
    assert_eq!(came.version, "0.33.0");
    let large =
        Device { name: "cuda:0 Large".to_owned(), vram_total: 25_276_502_016, vram_free: 7 };
    assert_eq!(came.devices[0], large);
    assert_eq!(came.devices.len(), 2);

    let away = |it: &str| ComfyError::Away { reason: it.to_owned() };
    assert_eq!(stats("refused").await, Err(away("no connection")));
    assert_eq!(stats("silence").await, Err(away("no answer within 20s")));
    assert_eq!(stats("502 <html>").await, Err(away("answered 502")));
    let unexpected = |it: &str| ComfyError::Unexpected { reason: it.to_owned() };
    assert_eq!(stats("200 <html>").await, Err(unexpected("its answer is not as known")));
    assert_eq!(stats("403").await, Err(unexpected("answered 403")));
}

#[tokio::test(start_paused = true)]
async fn choices_are_told_in_two_ways_and_uploads_are_none() {
    let answer = r#"200 {
        "LoadImage":{"input":{"required":{"image":[["anna.png"],{"image_upload":true}]}}},
        "UNETLoader":{"input":{"required":{"unet_name":[["qwen.safetensors","sub/b.gguf"]],
            "weight_dtype":[["default"],{}]},"optional":{"more":["COMBO",{"options":["x.pt",7]}]}}},
        "KSampler":{"input":{"required":{"steps":["INT",{"default":20}],"odd":7,"none":[]}}},
        "SaveImage":{"input":null},
        "Strange":{"input":{"required":"?"}}
    }"#;
    let able = able(answer).await.expect("known");
    let texts = |it: &[&str]| Some(it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    let offers = |class: &str, input: &str| able.offers(class, input).map(<[String]>::to_vec);
    assert_eq!(offers("UNETLoader", "unet_name"), texts(&["qwen.safetensors", "sub/b.gguf"]));
    assert_eq!(offers("UNETLoader", "more"), texts(&["x.pt"]));
    assert_eq!(offers("LoadImage", "image"), None, "what people have uploaded");
    assert_eq!(offers("KSampler", "steps"), None);
    assert!(able.knows("Strange") && able.knows("SaveImage") && !able.knows("Absent"));

    assert_eq!(able.lacks(&graph()), Vec::new());
    let wants = json!({
        "1": { "class_type": "Absent" },
        "2": { "class_type": "UNETLoader", "inputs": { "unet_name": "c.safetensors" } },
        "3": { "class_type": "LoadImage", "inputs": { "image": "anna.png" } },
        "4": "?"
    });
    let lacks = vec![
        Trouble::MissingNode("Absent".to_owned()),
        Trouble::MissingModel("c.safetensors".to_owned()),
        Trouble::MissingNode(String::new()),
    ];
    assert_eq!(able.lacks(&wants), lacks);
}
