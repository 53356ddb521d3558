//! What a client sees of one prompt after the other: the order of messages, the window before the
//! history, what is the same again, and who hears what.

use super::{CLIENT, World, edit, photo};
use image::RgbImage;
use sandbox::comfyui::Stage;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

async fn with_photo() -> World {
    let world = World::new().await;
    let came = world.upload("a.png", &photo(120, 90), &[]).await;
    assert_eq!(came.json(), json!({ "name": "a.png", "subfolder": "", "type": "input" }));
    world
}

#[tokio::test]
async fn an_edit_is_told_step_by_step_and_its_history_comes_after_its_success() {
    let world = with_photo().await;
    let mut ears = world.listen().await;
    let id = world.submit(&edit(&["a.png"], "change the hair", 1)).await;
    let begun = ears.kinds().await.join("; ");
    assert!(begun.starts_with("status 1; status 1; execution_start; execution_cached"), "{begun}");
    assert!(begun.ends_with("executing k"), "{begun}");
    world.pass(2_000).await;
    assert_eq!(ears.kinds().await, ["progress 1/4", "progress 2/4"]);
    world.pass(2_000).await;
    let end = ["progress 3/4", "progress 4/4", "executing d", "executing o", "executed"];
    assert_eq!(ears.kinds().await, [&end[..], &["execution_success"]].concat());
    // It is still in the queue, and not in the history.
    assert_eq!(world.history(&id).await, Value::Null);
    assert_eq!(world.get("/queue").await.json()["queue_running"][0][1], json!(id));
    world.pass(30).await;
    assert_eq!(ears.kinds().await, ["status 0", "executing -"]);
    assert_eq!(world.history(&id).await["status"]["status_str"], "success");
    assert_eq!(world.made(&id).await.dimensions(), (120, 90));
    let seen = world.server().prompts();
    assert_eq!((seen.len(), seen[0].state), (1, Stage::Done));
    assert_eq!((&seen[0].prompt_id, seen[0].client_id.as_deref()), (&id, Some(CLIENT)));
}

#[tokio::test]
async fn the_same_prompt_writes_nothing_and_another_seed_does() {
    let world = with_photo().await;
    let mut names = Vec::new();
    for seed in [1, 1, 2] {
        let id = world.submit(&edit(&["a.png"], "change the hair", seed)).await;
        world.pass(5_000).await;
        let past = world.history(&id).await;
        names.push(past["outputs"]["o"]["images"][0]["filename"].clone());
    }
    assert_eq!(names[0], names[1]);
    assert_ne!(names[0], names[2]);
    assert_eq!(world.server().outputs().len(), 2);
    // What was deleted in between dangles.
    let name = names[2].as_str().expect("a name").to_owned();
    world.server().remove_output(&name);
    let id = world.submit(&edit(&["a.png"], "change the hair", 2)).await;
    world.pass(5_000).await;
    assert_eq!(world.history(&id).await["outputs"]["o"]["images"][0]["filename"], names[2]);
    assert_eq!(world.get(&format!("/view?filename={name}")).await.status, 404);
}

#[tokio::test]
async fn it_edits_what_was_uploaded_by_the_words() {
    let world = with_photo().await;
    world.upload("b.png", &photo(50, 50), &[]).await;
    let mut all: Vec<RgbImage> = Vec::new();
    for (photos, words) in [
        (&["a.png"][..], "change the hair"),
        (&["a.png"], "pencil sketch"),
        (&["a.png", "b.png"], "the clothes of image 2"),
        (&["a.png"], "the clothes of image 2"),
        (&["b.png"], "change the hair"),
    ] {
        let id = world.submit(&edit(photos, words, 1)).await;
        world.pass(5_000).await;
        let made = world.made(&id).await;
        assert!(!all.contains(&made), "{words}");
        all.push(made);
    }
}

#[tokio::test]
async fn what_only_scales_and_inverts_does_just_that() {
    let world = with_photo().await;
    let before = image::load_from_memory(&photo(120, 90)).expect("a picture").into_rgb8();
    let made = async |class: &str, mut inputs: Value| {
        inputs["image"] = json!(["i", 0]);
        let id = world
            .submit(&json!({
                "i": { "class_type": "LoadImage", "inputs": { "image": "a.png" } },
                "u": { "class_type": "UpscaleModelLoader", "inputs": {
                    "model_name": "RealESRGAN_x4plus.pth" } },
                "x": { "class_type": class, "inputs": inputs },
                "o": { "class_type": "SaveImage", "inputs": {
                    "images": ["x", 0], "filename_prefix": "x" } },
            }))
            .await;
        world.pass(5_000).await;
        world.made(&id).await
    };
    let inverted = made("ImageInvert", json!({})).await;
    let is_inverse = |(one, other): (&u8, &u8)| *one == 255 - other;
    assert!(inverted.iter().zip(before.iter()).all(is_inverse));
    let by = json!({ "upscale_method": "lanczos", "scale_by": 1.5 });
    assert_eq!(made("ImageScaleBy", by).await.dimensions(), (180, 135));
    let size = |width: u32, height: u32, crop: &str| json!({ "upscale_method": "area", "width": width, "height": height, "crop": crop });
    assert_eq!(made("ImageScale", size(40, 40, "center")).await.dimensions(), (40, 40));
    assert_eq!(made("ImageScale", size(40, 0, "disabled")).await.dimensions(), (40, 30));
    let upscaled = json!({ "upscale_model": ["u", 0] });
    assert_eq!(made("ImageUpscaleWithModel", upscaled).await.dimensions(), (480, 360));
}

#[tokio::test]
async fn a_file_tells_the_whole_prompt() {
    let world = with_photo().await;
    let id = world.submit(&edit(&["a.png"], "волосы и hair", 1)).await;
    world.pass(5_000).await;
    world.made(&id).await;
    let name = world.server().outputs().remove(0);
    let file = world.get(&format!("/view?filename={name}")).await.bytes;
    let text = String::from_utf8_lossy(&file);
    let begin = text.find("tEXtprompt\0{").expect("it tells its prompt");
    assert!(text[begin..].contains("\\u0432\\u043e\\u043b\\u043e\\u0441\\u044b \\u0438 hair"));
}

#[tokio::test]
async fn only_its_own_socket_hears_of_a_prompt() {
    let world = with_photo().await;
    let mut first = world.listen().await;
    let mut other = world.open("/ws?clientId=somebody").await.0;
    let mut second = world.listen().await;
    world.submit(&edit(&["a.png"], "hair", 1)).await;
    world.pass(5_000).await;
    assert_eq!(first.kinds().await, Vec::<String>::new(), "the second one has its place");
    assert_eq!(other.kinds().await, ["status 1", "status 1", "status 0"]);
    assert!(second.kinds().await.contains(&"execution_success".to_owned()));
    // Without a client everybody hears of its progress, and of nothing else.
    world.tell("/prompt", &json!({ "prompt": edit(&["a.png"], "hair", 2) })).await;
    world.pass(0).await;
    world.pass(5_000).await;
    let steps = ["progress 1/4", "progress 2/4", "progress 3/4", "progress 4/4"];
    let heard = other.kinds().await;
    assert_eq!(heard, [&["status 1", "status 1"], &steps[..], &["status 0"]].concat());
}

#[tokio::test]
async fn coming_back_one_is_told_the_node_and_nothing_that_was_missed() {
    let world = with_photo().await;
    let ears = world.listen().await;
    world.submit(&edit(&["a.png"], "hair", 1)).await;
    ears.close().await;
    world.pass(2_000).await;
    let (mut ears, hello) = world.open(&format!("/ws?clientId={CLIENT}")).await;
    assert_eq!(hello.len(), 2);
    assert_eq!(hello[0]["data"]["sid"], CLIENT);
    assert_eq!(hello[1], json!({ "type": "executing", "data": { "node": "k" } }));
    world.pass(1_000).await;
    assert_eq!(ears.kinds().await, ["progress 3/4"]);
}

#[tokio::test]
async fn an_interrupt_is_noticed_at_the_next_step() {
    let world = with_photo().await;
    let mut ears = world.listen().await;
    let id = world.submit(&edit(&["a.png"], "hair", 1)).await;
    let next = world.submit(&edit(&["a.png"], "hair", 2)).await;
    let gone = world.submit(&edit(&["a.png"], "hair", 3)).await;
    world.tell("/queue", &json!({ "delete": [gone] })).await;
    let stranger = json!({ "prompt_id": next });
    assert_eq!(world.tell("/interrupt", &stranger).await.status, 200);
    world.pass(1_100).await;
    world.post("/interrupt", "").await;
    world.pass(0).await;
    assert_eq!(world.history(&id).await, Value::Null, "it has not looked yet");
    world.pass(900).await;
    let past = world.history(&id).await;
    assert_eq!(
        (&past["status"]["status_str"], &past["status"]["completed"]),
        (&json!("error"), &json!(false))
    );
    assert_eq!(past["status"]["messages"][2][0], "execution_interrupted");
    assert_eq!(world.get(&format!("/api/jobs/{id}")).await.json()["status"], "cancelled");
    assert_eq!(world.get(&format!("/api/jobs/{gone}")).await.status, 404);
    world.pass(5_000).await;
    assert_eq!(world.history(&next).await["status"]["status_str"], "success");
    assert_eq!(world.history(&gone).await, Value::Null);
    assert!(ears.kinds().await.contains(&"execution_interrupted".to_owned()));
    let states: Vec<Stage> = world.server().prompts().iter().map(|it| it.state).collect();
    assert_eq!(states, [Stage::Interrupted, Stage::Done, Stage::Gone]);
}

#[tokio::test]
async fn pictures_of_the_work_come_as_each_client_can_read_them() {
    let world = with_photo().await;
    world.server().show_previews(true);
    let mut ears = world.listen().await;
    let binary = |heard: Vec<Message>| {
        heard.into_iter().filter_map(|it| match it {
            Message::Binary(bytes) => Some(bytes),
            _ => None,
        })
    };
    world.submit(&edit(&["a.png"], "hair", 1)).await;
    world.pass(5_000).await;
    let plain: Vec<_> = binary(ears.heard().await.expect("open")).collect();
    assert_eq!((plain.len(), &plain[0][..10]), (4, &b"\0\0\0\x01\0\0\0\x01\xff\xd8"[..]));
    ears.close().await;
    let mut ears = world.listen().await;
    let flags = json!({ "type": "feature_flags", "data": { "supports_preview_metadata": true } });
    ears.tell(&flags).await;
    assert_eq!(ears.said().await[0]["type"], "feature_flags");
    world.submit(&edit(&["a.png"], "hair", 2)).await;
    world.pass(5_000).await;
    let rich: Vec<_> = binary(ears.heard().await.expect("open")).collect();
    let length = u32::from_be_bytes(rich[0][4..8].try_into().expect("four")) as usize;
    let about: Value = serde_json::from_slice(&rich[0][8..8 + length]).expect("JSON");
    assert_eq!((&rich[0][..4], &about["node_id"]), (&[0, 0, 0, 4][..], &json!("k")));
    assert_eq!(&rich[0][8 + length..10 + length], b"\xff\xd8");
}
