//! What people send, and what they see.

use crate::world::{ANNA, BOT, World, png};
use axum::body::{Body, Bytes};
use http::Request;
use sandbox::telegram::{As, Said, Seen};
use serde_json::{Value, json};

fn picture(name: &str, width: u32, height: u32) -> (String, String, Bytes) {
    (name.into(), "image/png".into(), png(width, height).into())
}

async fn updates(world: &World) -> Vec<Value> {
    world.ok("getUpdates", json!({})).await.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn several_pictures_are_albums_of_ten() {
    let world = World::new().begun().await;
    let files = (0..12).map(|it| picture(&format!("{it}.png"), 100 + it, 80)).collect();
    let ids = world.telegram().send(BOT, ANNA, As::Photo, Some("me"), files).expect("pictures");
    assert_eq!(ids.len(), 12);
    let updates = updates(&world).await;
    let group = |at: usize| updates[at]["message"]["media_group_id"].clone();
    assert!(group(0).is_string());
    assert_eq!(group(0), group(9));
    assert_ne!(group(0), group(10));
    assert_eq!(group(10), group(11));
    assert_eq!(updates[0]["message"]["caption"], "me");
    assert_eq!(updates[1]["message"]["caption"], Value::Null);
    let sizes = updates[3]["message"]["photo"].as_array().expect("sizes");
    assert_eq!(sizes.len(), 2);
    assert_eq!((&sizes[0]["width"], &sizes[1]["width"]), (&json!(90), &json!(103)));
}

#[tokio::test]
async fn one_file_has_no_group_and_keeps_its_name() {
    let world = World::new().begun().await;
    let file = ("фото.HEIC".to_owned(), String::new(), Bytes::from_static(b"ftypheic"));
    world.telegram().send(BOT, ANNA, As::Document, None, vec![file]).expect("a file");
    let message = updates(&world).await[0]["message"].clone();
    assert_eq!(message["media_group_id"], Value::Null);
    assert_eq!(message["document"]["file_name"], "фото.HEIC");
    assert_eq!(message["document"]["mime_type"], "image/heic");
    let id = message["document"]["file_id"].as_str().expect("an id");
    let path = world.ok("getFile", json!({ "file_id": id })).await["file_path"].clone();
    let path = path.as_str().expect("a path").to_owned();
    assert_eq!(path, "documents/file_0.heic");
    let download = |path: &str| {
        let uri = format!("/file/bot{}/{path}", crate::world::TOKEN);
        Request::get(uri).body(Body::empty()).expect("a good request")
    };
    let (_, _, bytes) = world.ask(download(&path)).await;
    assert_eq!(&bytes[..], b"ftypheic");
    // Some clients write the slash as a code.
    let (status, ..) = world.ask(download(&path.replace('/', "%2F"))).await;
    assert_eq!(status, 200);
    let (status, ..) = world.ask(download("documents/file_9.heic")).await;
    assert_eq!(status, 404);
    world.pass(3_600_000);
    let (status, ..) = world.ask(download(&path)).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_film_says_what_its_sender_said_and_a_large_one_isn_t_given_out() {
    let world = World::new().begun().await;
    let telegram = world.telegram();
    let send = |kind, name: &str, mime: &str, said: &Said| {
        let file = (name.to_owned(), mime.to_owned(), Bytes::from_static(b"film"));
        telegram.send_said(BOT, ANNA, kind, None, vec![file], said).expect("a film");
        telegram.messages(BOT, ANNA).pop().expect("it was sent")
    };
    let seconds = |duration| Said { duration: Some(duration), ..Said::default() };
    let film = Said { width: Some(720), height: Some(1280), ..seconds(12) };
    let message = send(As::Video, "a.mov", "video/quicktime", &film);
    let video = &message["video"];
    assert_eq!((&video["duration"], &video["height"]), (&json!(12), &json!(1280)));
    assert_eq!((&video["file_size"], &video["mime_type"]), (&json!(4), &json!("video/quicktime")));
    // A file has no such facts.
    let message = send(As::Document, "a.mp4", "", &film);
    assert_eq!(message["document"]["mime_type"], "video/mp4");
    assert_eq!(message["document"]["duration"], Value::Null);
    for (bytes, is_given) in [(20 * 1024 * 1024, true), (20 * 1024 * 1024 + 1, false)] {
        let large = Said { bytes: Some(bytes), ..seconds(15) };
        let message = send(As::Video, "a.mp4", "video/mp4", &large);
        assert_eq!(message["video"]["file_size"], bytes);
        let asked = json!({ "file_id": message["video"]["file_id"] });
        if is_given {
            world.ok("getFile", asked).await;
        } else {
            let refusal = world.refusal("getFile", asked).await;
            assert_eq!(refusal, "Bad Request: file is too big");
        }
    }
}

#[tokio::test]
async fn what_telegram_s_apps_don_t_send_is_refused() {
    let world = World::new().begun().await;
    let telegram = world.telegram();
    let send = |kind, caption: Option<&str>, bytes: &[u8]| {
        let file = ("a.png".to_owned(), String::new(), Bytes::copy_from_slice(bytes));
        telegram.send(BOT, ANNA, kind, caption, vec![file])
    };
    assert!(send(As::Photo, None, b"no picture").is_err());
    assert!(send(As::Document, None, b"").is_err());
    assert!(send(As::Document, Some(&"a".repeat(1_025)), b"x").is_err());
    assert!(telegram.send(BOT, ANNA, As::Document, None, Vec::new()).is_err());
    assert!(telegram.say(BOT, ANNA, " \n").is_err());
    assert!(telegram.say(BOT, 777, "hello").is_err());
    assert!(telegram.say(77, ANNA, "hello").is_err());
    assert!(updates(&world).await.is_empty());
}

#[tokio::test]
async fn a_long_text_becomes_several_messages() {
    let world = World::new().begun().await;
    let text = format!("{} {}", "a".repeat(4_000), "👋".repeat(2_100));
    world.telegram().say(BOT, ANNA, &text).expect("she may write");
    let lengths: Vec<usize> = updates(&world)
        .await
        .iter()
        .map(|it| it["message"]["text"].as_str().unwrap_or_default().encode_utf16().count())
        .collect();
    assert_eq!(lengths, [4_000, 4_096, 104]);
}

#[tokio::test]
async fn a_forged_press_reaches_the_bot_and_an_honest_one_needs_its_button() {
    let world = World::new().begun().await;
    let telegram = world.telegram();
    assert!(telegram.press(BOT, ANNA, 1, "x", false).is_err());
    assert!(telegram.press(BOT, ANNA, 99, "x", false).is_err());
    telegram.press(BOT, ANNA, 99, "x\"y", true).expect("a forged press");
    let query = updates(&world).await[0]["callback_query"].clone();
    assert_eq!(query["data"], "x\"y");
    assert_eq!(query["message"]["date"], 0);
    assert_eq!(query["message"]["message_id"], 99);
}

#[tokio::test]
async fn a_person_sees_what_happens_in_order() {
    let world = World::new().begun().await;
    let telegram = world.telegram();
    let keyboard = json!({ "keyboard": [[{ "text": "Menu" }]], "resize_keyboard": true });
    world.ok("sendChatAction", json!({ "chat_id": ANNA, "action": "typing" })).await;
    let params = json!({ "chat_id": ANNA, "text": "a", "reply_markup": keyboard });
    let id = world.ok("sendMessage", params).await["message_id"].as_i64().expect("it has one");
    telegram.say(BOT, ANNA, "Menu").expect("she may write");
    world.ok("deleteMessages", json!({ "chat_id": ANNA, "message_ids": [id, id, 99] })).await;
    let remove = json!({ "remove_keyboard": true });
    world.ok("sendMessage", json!({ "chat_id": ANNA, "text": "b", "reply_markup": remove })).await;
    let seen = telegram.take_seen(BOT, ANNA);
    let [
        Seen::Action(action),
        Seen::Message(first),
        Seen::ReplyKeyboard(shown),
        Seen::Deleted(gone),
        Seen::Message(second),
        Seen::ReplyKeyboard(Value::Null),
    ] = &seen[..]
    else {
        panic!("{seen:?}");
    };
    assert_eq!(
        (action.as_str(), &first["text"], &second["text"]),
        ("typing", &json!("a"), &json!("b"))
    );
    assert_eq!(shown, &keyboard);
    assert_eq!(gone, &vec![id]);
    assert!(telegram.take_seen(BOT, ANNA).is_empty());
    let texts: Vec<Value> =
        telegram.messages(BOT, ANNA).iter().map(|it| it["text"].clone()).collect();
    assert_eq!(texts, ["/start", "Menu", "b"]);
}

#[tokio::test]
async fn a_chat_keeps_its_last_500_messages() {
    let world = World::new().begun().await;
    for it in 0..600 {
        world.telegram().say(BOT, ANNA, &it.to_string()).expect("she may write");
    }
    let messages = world.telegram().messages(BOT, ANNA);
    assert_eq!((messages.len(), &messages[0]["text"]), (500, &json!("100")));
}

#[tokio::test]
async fn files_are_kept_in_a_folder_when_there_is_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let world = World::with_dir(Some(dir.path().to_owned())).begun().await;
    let ids = world.telegram().send(BOT, ANNA, As::Photo, None, vec![picture("a", 9, 9)]);
    assert!(ids.expect("a picture")[0] > 1_000);
    let kept: Vec<_> = std::fs::read_dir(dir.path().join("telegram-files"))
        .expect("a folder")
        .map(|it| it.expect("a file").path())
        .collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(std::fs::read(&kept[0]).expect("a file"), png(9, 9));
}

#[tokio::test]
async fn the_size_of_a_picture_is_read_from_its_first_bytes() {
    let world = World::new().begun().await;
    let jpeg = b"\xff\xd8\xff\xe0\x00\x04JF\xff\xff\xc2\x00\x0b\x08\x01\x02\x03\x04\x01\x11\x00";
    let lossy =
        b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a\x05\x00\x07\x40";
    let lossless = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x04\x80\x01\x00";
    let extended =
        b"RIFF\x00\x00\x00\x00WEBPVP8X\x00\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x06\x00\x00";
    let gif = b"GIF89a\x05\x00\x07\x00";
    for (bytes, width, height) in [
        (&jpeg[..], 0x304, 0x102),
        (&lossy[..], 5, 7),
        (&lossless[..], 5, 7),
        (&extended[..], 5, 7),
        (&gif[..], 5, 7),
    ] {
        let file = ("a".to_owned(), String::new(), Bytes::copy_from_slice(bytes));
        world.telegram().send(BOT, ANNA, As::Photo, None, vec![file]).expect("a picture");
        let message = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
        let largest = message["photo"].as_array().and_then(|it| it.last()).expect("a size");
        assert_eq!((&largest["width"], &largest["height"]), (&json!(width), &json!(height)));
        for cut in 0..bytes.len() {
            let file = ("a".to_owned(), String::new(), Bytes::copy_from_slice(&bytes[..cut]));
            // A picture that is cut off may be refused, but nothing falls over.
            let _ = world.telegram().send(BOT, ANNA, As::Photo, None, vec![file]);
        }
    }
}
