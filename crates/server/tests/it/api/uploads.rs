//! An avatar from an archive: each part missing or wrong, and the good one to its end.

use std::path::Path;

use axum::body::Body;
use http::Request;
use serde_json::json;

use super::{Api, EDGE, PHOTOS, UPLOAD, archive, form, pictures};
use crate::world::{each, files};

const STYLE: [(&str, &str); 3] =
    [("gender", "other"), ("training_type", "style"), ("quality", "fast")];

/// How many files there are in a folder and below it.
fn count(folder: &Path) -> usize {
    let Ok(found) = std::fs::read_dir(folder) else { return 0 };
    let one = |it: std::fs::DirEntry| if it.path().is_dir() { count(&it.path()) } else { 1 };
    found.map(|it| one(it.unwrap())).sum()
}

/// An archive whose last file claims to become so long when it is unpacked.
fn claims(bytes: u32) -> Vec<u8> {
    let mut zip = archive(&["zero".to_owned(), "noise".to_owned()]);
    let entry = |at: &usize| zip[*at..].starts_with(b"PK\x01\x02");
    let entries: Vec<_> = (0..zip.len()).filter(entry).collect();
    let at = entries[1];
    zip[at + 10..at + 12].copy_from_slice(&8_u16.to_le_bytes());
    zip[at + 24..at + 28].copy_from_slice(&bytes.to_le_bytes());
    zip
}

/// An archive whose last file is not what its checksum says.
fn damaged(mut zip: Vec<u8>) -> Vec<u8> {
    let entry = |at: &usize| zip[*at..].starts_with(b"PK\x03\x04");
    let last = (0..zip.len()).rfind(entry).unwrap();
    zip[last + 200] ^= 1;
    zip
}

#[test]
fn each_part_that_is_missing_or_wrong_is_named_and_leaves_nothing() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let before = (count(&api.world.folder.path().join("objects")), api.available().await);
        let good = pictures(PHOTOS);
        // (what is changed, what is said, words of the answer)
        let (word_long, name_long) = ("x".repeat(33), "n".repeat(41));
        let wrong: [(&str, &str, &str); 17] = [
            ("gender", "", "gender"),
            ("gender", "cat", "gender"),
            ("training_type", "poetry", "training_type"),
            ("quality", "best", "quality"),
            ("steps", "99", "steps"),
            ("steps", "10001", "steps"),
            ("steps", "-5", "steps"),
            ("steps", "many", "steps"),
            ("steps", "1e3", "steps"),
            ("trigger_word", "ab", "trigger_word"),
            ("trigger_word", "1abc", "trigger_word"),
            ("trigger_word", "two words", "trigger_word"),
            ("trigger_word", &word_long, "trigger_word"),
            ("name", &name_long, "name"),
            ("max_credits", "-1", "max_credits"),
            ("max_credits", "some", "max_credits"),
            ("colour", "red", "colour"),
        ];
        for (part, text, word) in wrong {
            let mut texts: Vec<_> = STYLE.iter().filter(|it| it.0 != part).copied().collect();
            texts.push((part, text));
            let said = api.upload(&texts, Some(&good)).await.refused(400, "wrong-input");
            assert!(said["detail"].as_str().unwrap().contains(word), "{part}={text}: {said}");
        }
        let unseen = [&STYLE[..], &[("name", "\u{200b}\u{ad}")]].concat();
        api.upload(&unseen, Some(&good)).await.refused(422, "name-empty");
        let missing = api.upload(&STYLE[1..], Some(&good)).await.refused(400, "wrong-input");
        assert!(missing["detail"].as_str().unwrap().contains("`gender` is missing"));
        let missing = api.upload(&STYLE, None).await.refused(400, "wrong-input");
        assert!(missing["detail"].as_str().unwrap().contains("`file` is missing"));
        let twice = [&STYLE[..], &[("gender", "man")]].concat();
        api.upload(&twice, Some(&good)).await.refused(400, "wrong-input");
        let endless = "n".repeat(5_000);
        let long = [&STYLE[..], &[("name", &*endless)]].concat();
        api.upload(&long, Some(&good)).await.refused(400, "wrong-input");
        // What is no form at all, no whole one, and a file that is a text.
        let path = api.of_anna(UPLOAD);
        for (kind, body, code, word) in [
            ("application/json", "{}", 415, "wrong-media"),
            ("multipart/form-data", "", 415, "wrong-media"),
            (
                "multipart/form-data; boundary=edge-of-a-part",
                "--edge-of-a-part\r\nCont",
                400,
                "bad-request",
            ),
        ] {
            let request = Request::post(&path).header("content-type", kind);
            let request = request.header("authorization", format!("Bearer {}", api.key));
            api.send(request.body(Body::from(body)).unwrap()).await.refused(code, word);
        }
        assert_eq!(EDGE, "edge-of-a-part");
        let after = (count(&api.world.folder.path().join("objects")), api.available().await);
        assert_eq!(before, after);
        let avatars = api.get("/api/avatars").await.is(200);
        assert_eq!(avatars["items"], json!([]));
        api.world
    });
}

#[test]
fn an_archive_that_is_none_or_too_much_is_refused_and_leaves_nothing() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let objects = api.world.folder.path().join("objects");
        let before = (count(&objects), api.available().await);
        let good = pictures(PHOTOS);
        let cut = good[..good.len() / 2].to_vec();
        let wrong: [(&str, Vec<u8>); 8] = [
            // Those before it were looked at and stored by then.
            ("damaged", damaged(good.clone())),
            ("nothing", Vec::new()),
            ("a text", b"these are no photos".to_vec()),
            ("a photo", files::file("picture-1").2.to_vec()),
            ("cut off", cut),
            ("empty", archive(&[])),
            ("a bomb", claims(10 << 20)),
            ("a larger bomb", claims(u32::MAX - 1)),
        ];
        let path = api.of_anna(UPLOAD);
        let named = async |texts: &[(&str, &str)], bytes: &[u8], name: &str| {
            api.send(form(&api.key, &path, texts, Some(bytes), Some(name))).await
        };
        for (what, bytes) in wrong {
            // Under a name, which is free again after each.
            named(&STYLE, &bytes, "one").await.refused(422, "wrong-archive");
            let said = named(&STYLE, &bytes, "one").await.refused(422, "wrong-archive");
            assert!(said["detail"].as_str().unwrap().contains("`file`"), "{what}: {said}");
        }
        // Photos are stored while they are looked at, and go again when it comes to nothing.
        let names = ["picture-1", "picture-2", "picture-3", "noise", "tiny", "bomb"];
        let few = archive(&names.map(str::to_owned));
        let said = api.upload(&STYLE, Some(&few)).await.refused(422, "refusal-photos-too-few");
        let files = said["files"].as_array().unwrap();
        let usable: Vec<_> = files.iter().map(|it| it["is_usable"].as_bool().unwrap()).collect();
        assert_eq!(usable, [true, true, true, false, false, false], "{said}");
        for (name, file) in names.iter().zip(files) {
            assert!(file["name"].as_str().unwrap().starts_with(name), "{file}");
            // Drawn ones may be told to be alike, which excludes none.
            let is_usable = file["is_usable"].as_bool().unwrap();
            assert!(is_usable || !file["verdicts"].as_array().unwrap().is_empty(), "{file}");
        }
        // What is only found at the end: the price, the credits, a word that is taken.
        let cheap = [&STYLE[..], &[("max_credits", "1")]].concat();
        for _ in 0..2 {
            named(&cheap, &good, "two").await.refused(409, "price-too-high");
        }
        let poor = api.bring("poor").await;
        let path = format!("{UPLOAD}?user={poor}");
        let request = form(&api.key, &path, &STYLE, Some(&good), None);
        api.send(request).await.refused(402, "refusal-short-of-credits");
        assert_eq!((count(&objects), api.available().await), before);
        api.world
    });
}

#[test]
fn a_good_archive_becomes_an_avatar_at_either_address() {
    each(|ground| async move {
        let api = Api::new(ground).await;
        let good = pictures(PHOTOS);
        let texts = [
            ("gender", "female"),
            ("training_type", "style"),
            ("steps", "620"),
            ("trigger_word", "WATERCOLOR_7"),
            ("name", "Water"),
        ];
        let before = api.available().await;
        let path = api.of_anna("/generate/create-model-training");
        let made = api.send(form(&api.key, &path, &texts, Some(&good), None)).await.is(202);
        assert_eq!(made["avatar"]["trigger_word"], "WATERCOLOR_7");
        assert_eq!(made["avatar"]["gender"], "woman");
        // 500 steps are nearer to 620 than 1,000.
        assert_eq!(
            (&made["training"]["quality"], &made["training"]["steps"]),
            (&json!("fast"), &json!(500))
        );
        assert_eq!(made["files"].as_array().unwrap().len(), PHOTOS as usize);
        assert_eq!(made["training"]["state"], "PENDING");
        let taken = api.upload(&texts, Some(&good)).await;
        taken.refused(409, "trigger-word-taken");
        api.world.settle(3_600_000).await;
        let path = format!("/api/trainings/{}", made["training"]["id"].as_str().unwrap());
        let ended = api.get(&path).await.is(200);
        assert_eq!(ended["state"], "SUCCEEDED", "{ended}");
        let charged = ended["credits"]["charged"].as_i64().unwrap();
        assert_eq!(ended["credits"]["price"], charged);
        assert_eq!(api.available().await, before - charged);
        let avatar = made["avatar"]["id"].as_str().unwrap();
        let avatar = api.get(&format!("/api/avatars/{avatar}")).await.is(200);
        assert_eq!((&avatar["state"], &avatar["is_ready"]), (&json!("completed"), &json!(true)));
        api.world
    });
}
