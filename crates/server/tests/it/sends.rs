//! Films and sounds on their way to Telegram and from it: the real calls against the sandbox.

use axum::body::Body;
use domain::command::Clip;
use domain::{Millis, ObjectId};
use http::Request;
use sandbox::telegram::{As, Fault, FaultKind};
use serde_json::{Value, json};
use server::bot::Bot;
use server::bot::receive;
use server::bot::send::{self, Enclosed, FILE_BYTES_MAX, Kind, Played, Posted};
use server::bot::telegram::{Meaning, TelegramError};
use server::bot::update::Message;
use server::links;
use std::sync::Arc;
use store::objects::{NewObject, insert};

use crate::chats::talk::Talk;
use crate::world::wire::Luck;
use crate::world::{ANNA, BOT, Ground, OTHER_BOT, World, alone};

const FILM: &str = "films/1.mp4";
const STILL: &str = "films/1.jpg";
const SOUND: &str = "sounds/1.mp3";

/// The beginning of a JPEG of 180 by 320, up to where it says so.
const JPEG: &[u8] = b"\xff\xd8\xff\xc0\x00\x0b\x08\x01\x40\x00\xb4\x01\x01\x11\x00";

/// A world in which Anna has come, with a film, its still and a sound in the storage.
async fn world() -> World {
    let mut talk = Talk::new(World::new(Ground::Sqlite).await);
    talk.go("~ scene agreed").await;
    let objects = &talk.world.app.objects;
    for (key, bytes) in [(FILM, &[7; 300_000][..]), (STILL, JPEG), (SOUND, &[3; 50_000])] {
        objects.put(key, bytes.to_vec()).await.expect("the folder is there");
    }
    talk.world
}

fn film() -> Enclosed {
    let still = Some(STILL.to_owned());
    Enclosed {
        name: "video.mp4".to_owned(),
        content_type: "video/mp4".to_owned(),
        key: FILM.to_owned(),
        bytes: 300_000,
        artifact: None,
        file_id: None,
        played: Some(Played::Film { seconds: 12, width: 720, height: 1280, still }),
    }
}

fn sound() -> Enclosed {
    Enclosed {
        name: "speech.mp3".to_owned(),
        content_type: "audio/mpeg".to_owned(),
        key: SOUND.to_owned(),
        bytes: 50_000,
        artifact: None,
        file_id: None,
        played: Some(Played::Sound {
            seconds: 4,
            title: "Speech".to_owned(),
            performer: "Vera".to_owned(),
        }),
    }
}

fn bot(world: &World, number: i64) -> Arc<Bot> {
    let id = domain::BotId::from_text(&format!("bot_{number}")).expect("a bot's id");
    world.app.bots.get(&id).expect("the bot works")
}

async fn post(world: &World, files: &[Enclosed], kind: Kind) -> Result<Vec<Posted>, TelegramError> {
    send::files(&world.app, &bot(world, BOT), ANNA, "<b>done</b>", files, kind).await
}

/// The last messages that Anna has before her.
fn last(world: &World, count: usize) -> Vec<Value> {
    let mut messages = world.sandbox.telegram().messages(BOT, ANNA);
    messages.split_off(messages.len() - count)
}

#[test]
fn f68_a_film_is_uploaded_with_what_players_need_and_goes_by_its_id_then() {
    alone(async {
        let world = world().await;
        let posted = post(&world, &[film()], Kind::Video).await.expect("sent");
        let [message] = &last(&world, 1)[..] else { panic!("one message") };
        let video = &message["video"];
        assert_eq!(message["html"], "<b>done</b>");
        assert_eq!(
            (&video["duration"], &video["width"], &video["height"], &video["file_size"]),
            (&json!(12), &json!(720), &json!(1280), &json!(300_000))
        );
        assert_eq!(
            (&video["mime_type"], &video["file_name"]),
            (&json!("video/mp4"), &json!("video.mp4"))
        );
        assert_eq!(video["thumbnail"]["height"], 320);
        assert_eq!(Some(posted[0].message()), message["message_id"].as_i64());
        let id = posted[0].file_id(Kind::Video).expect("Telegram says what it calls it");
        assert_eq!(video["file_id"], id);
        assert_eq!(posted[0].file_id(Kind::Document), None);

        // What Telegram has needs no bytes of ours.
        world.app.objects.delete(FILM).await.expect("deleted");
        let known = Enclosed { file_id: Some(id.to_owned()), ..film() };
        let again = post(&world, &[known], Kind::Video).await.expect("sent again");
        assert_eq!(again[0].file_id(Kind::Video), Some(id));
        assert_eq!(last(&world, 1)[0]["video"]["thumbnail"], video["thumbnail"]);
    });
}

#[test]
fn a_sound_goes_with_its_title_and_by_its_id_then() {
    alone(async {
        let world = world().await;
        let posted = post(&world, &[sound()], Kind::Audio).await.expect("sent");
        let audio = last(&world, 1)[0]["audio"].clone();
        assert_eq!(
            (&audio["duration"], &audio["title"], &audio["performer"], &audio["file_size"]),
            (&json!(4), &json!("Speech"), &json!("Vera"), &json!(50_000))
        );
        let id = posted[0].file_id(Kind::Audio).expect("Telegram says what it calls it");
        world.app.objects.delete(SOUND).await.expect("deleted");
        let known = Enclosed { file_id: Some(id.to_owned()), ..sound() };
        post(&world, &[known], Kind::Audio).await.expect("sent again");
        assert_eq!(last(&world, 1)[0]["audio"], audio);
    });
}

#[test]
fn a_film_can_go_as_a_file_and_several_as_an_album() {
    alone(async {
        let world = world().await;
        let posted = post(&world, &[film()], Kind::Document).await.expect("sent");
        assert_eq!(last(&world, 1)[0]["document"]["mime_type"], "video/mp4");
        assert!(posted[0].file_id(Kind::Document).is_some());
        post(&world, &[film(), film()], Kind::Video).await.expect("an album");
        let album = last(&world, 2);
        for message in &album {
            assert_eq!(message["video"]["duration"], 12);
            assert_eq!(message["video"]["thumbnail"]["width"], 180);
        }
        assert_eq!((&album[0]["caption"], &album[1]["caption"]), (&json!("done"), &Value::Null));
        post(&world, &[sound(), sound()], Kind::Audio).await.expect("an album");
        let album = last(&world, 2);
        assert_eq!((&album[0]["caption"], &album[1]["caption"]), (&Value::Null, &json!("done")));
        assert_eq!(album[1]["audio"]["title"], "Speech");
    });
}

#[test]
fn an_id_of_another_bots_is_no_loss_and_neither_is_a_still() {
    alone(async {
        let world = world().await;
        let telegram = world.sandbox.telegram();
        telegram.say(OTHER_BOT, ANNA, "/start").expect("she may write");
        let other = bot(&world, OTHER_BOT);
        let theirs = send::files(&world.app, &other, ANNA, "", &[film()], Kind::Video).await;
        let theirs = theirs.expect("sent")[0].file_id(Kind::Video).map(str::to_owned);
        world.app.objects.delete(STILL).await.expect("deleted");
        let known = Enclosed { file_id: theirs.clone(), ..film() };
        let posted = post(&world, &[known], Kind::Video).await.expect("uploaded anew");
        assert_ne!(posted[0].file_id(Kind::Video), theirs.as_deref());
        let video = last(&world, 1)[0]["video"].clone();
        assert_eq!((&video["duration"], &video["thumbnail"]), (&json!(12), &Value::Null));
    });
}

#[test]
fn f68_what_is_too_large_for_telegram_goes_as_a_link() {
    alone(async {
        let world = world().await;
        let (app, until) = (&world.app, world.now().plus(Millis::days(1)));
        let large = FILE_BYTES_MAX + 1;
        app.objects.put(FILM, vec![0; large as usize]).await.expect("written");
        let made = world.telegram_wire.made().len();
        let error = post(&world, &[film()], Kind::Video).await.err().expect("it is too large");
        assert_eq!(error.meaning(), Meaning::Rejected);
        assert_eq!(world.telegram_wire.made().len(), made, "nothing was sent");

        let object = ObjectId::new(app.ground.number());
        let (id, now) = (object.clone(), world.now());
        world
            .write(move |tx| {
                let new = NewObject {
                    id: &id,
                    key: FILM,
                    bytes: large,
                    sha256: "",
                    kind: "video",
                    content_type: "video/mp4",
                    user: None,
                    avatar: None,
                    delete_after: None,
                };
                insert(tx, &new, now)
            })
            .await;
        let none = links::if_large(app, &object, FILE_BYTES_MAX, until).expect("an answer");
        assert_eq!(none, None);
        let link = links::if_large(app, &object, large, until).expect("an answer").expect("a link");
        let path = link.strip_prefix("http://127.0.0.1:8080").expect("an address of ours");
        let get = || Request::get(path).body(Body::empty()).expect("a good request");
        let (code, bytes) = world.door.ask(get()).await.expect("an answer");
        assert_eq!((code.as_u16(), bytes.len() as i64), (200, large));
        world.clock.pass(Millis::days(1).as_i64());
        assert_ne!(world.door.ask(get()).await.expect("an answer").0, 200, "it has ended");
    });
}

#[test]
fn f65_f66_what_goes_wrong_with_a_film_means_what_it_means_with_pictures() {
    alone(async {
        let world = world().await;
        let telegram = world.sandbox.telegram();
        for (kind, file, method) in
            [(Kind::Video, film(), "sendVideo"), (Kind::Audio, sound(), "sendAudio")]
        {
            for (fault, meaning) in [
                (FaultKind::Flood, Meaning::Flood(3)),
                (FaultKind::Blocked, Meaning::Unreachable),
                (FaultKind::Unauthorized, Meaning::Revoked),
                (FaultKind::ServerError, Meaning::Unknown),
            ] {
                telegram.fault(Fault { method: method.to_owned(), ..Fault::new(fault) });
                let before = telegram.messages(BOT, ANNA).len();
                let error =
                    post(&world, std::slice::from_ref(&file), kind).await.err().expect("a fault");
                assert_eq!(error.meaning(), meaning, "{method}, {fault:?}: {error}");
                assert_eq!(telegram.messages(BOT, ANNA).len(), before, "{method}, {fault:?}");
            }
            for (luck, meaning, is_sent) in [
                (Luck::NotSent, Meaning::NotDone, false),
                (Luck::Broken, Meaning::Unknown, false),
                (Luck::AnswerLost, Meaning::Unknown, true),
            ] {
                world.telegram_wire.order(world.telegram_wire.made().len(), luck);
                let before = telegram.messages(BOT, ANNA).len();
                let error =
                    post(&world, std::slice::from_ref(&file), kind).await.err().expect("bad luck");
                assert_eq!(error.meaning(), meaning, "{method}, {luck:?}: {error}");
                let after = telegram.messages(BOT, ANNA).len();
                assert_eq!(before < after, is_sent, "{method}, {luck:?}");
            }
            post(&world, &[file], kind).await.expect("all is well again");
        }
        world.app.objects.delete(SOUND).await.expect("deleted");
        let error = post(&world, &[sound()], Kind::Audio).await.err().expect("it is gone");
        assert_eq!(error.meaning(), Meaning::NotDone);
    });
}

#[test]
fn a_clip_arrives_with_its_facts() {
    let check = |content: Value, expected: Option<Clip>| {
        let mut message = json!({
            "message_id": 7,
            "date": 1_795_176_000,
            "chat": { "id": ANNA, "type": "private" },
        });
        for (name, value) in content.as_object().expect("fields of a message") {
            message[name] = value.clone();
        }
        let read: Message = serde_json::from_value(message).expect("a message");
        assert_eq!(receive::clip(&read), expected, "{content}");
    };
    let video = json!({
        "file_id": "BAACAgI", "file_unique_id": "AgAD", "width": 720, "height": 1280,
        "duration": 12, "mime_type": "video/mp4", "file_size": 3_000_000_000_u64,
    });
    let clip = Clip {
        file_id: "BAACAgI".to_owned(),
        unique_id: "AgAD".to_owned(),
        bytes: 3_000_000_000,
        seconds: 12,
        width: 720,
        height: 1280,
        is_document: false,
        message: 7,
        caption: None,
    };
    check(json!({ "video": video }), Some(clip.clone()));
    let unsaid = Clip { bytes: 0, seconds: 0, width: 0, height: 0, ..clip };
    let bare = json!({ "file_id": "BAACAgI", "file_unique_id": "AgAD" });
    check(json!({ "video": bare }), Some(unsaid.clone()));
    let strange = json!({
        "file_id": "BAACAgI", "file_unique_id": "AgAD", "width": -1, "height": 0,
        "duration": i64::MAX,
    });
    check(json!({ "video": strange }), Some(unsaid.clone()));
    let file = |mime: &str| {
        json!({
            "file_id": "BAACAgI", "file_unique_id": "AgAD", "file_name": "a.mov",
            "mime_type": mime, "file_size": 5,
        })
    };
    let sent = Clip { bytes: 5, is_document: true, ..unsaid };
    check(json!({ "document": file("video/quicktime") }), Some(sent));
    check(json!({ "document": file("application/zip") }), None);
    // What moves like a picture comes with a file, for programs that know no such thing.
    check(json!({ "animation": video, "document": file("video/mp4") }), None);
    check(json!({ "video_note": video }), None);
    check(json!({ "voice": video }), None);
    check(json!({ "text": "a" }), None);
}

#[test]
fn f69_a_clip_of_a_person_is_said_to_be_none_of_the_photos_that_are_wanted() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene desk").await;
        let told = |talk: &Talk| {
            let menu = last(&talk.world, 1).remove(0);
            let text = menu["text"].as_str().unwrap_or_default().to_owned();
            assert!(text.contains("That is a video. I need photos here."), "{text}");
        };
        talk.go("> send video 12s 720x1280 30MB").await;
        told(&talk);
        let messages = talk.world.sandbox.telegram().messages(BOT, ANNA);
        let sent = messages.iter().rev().find(|it| it["outgoing"] == true).expect("it was sent");
        let video = &sent["video"];
        assert_eq!(
            (&video["duration"], &video["width"], &video["file_size"]),
            (&json!(12), &json!(720), &json!(30 * 1024 * 1024))
        );
        let file = ("a.mp4".to_owned(), "video/mp4".to_owned(), vec![1; 64].into());
        let telegram = talk.world.sandbox.telegram().clone();
        telegram.send(BOT, ANNA, As::Document, None, vec![file]).expect("a film as a file");
        talk.world.breathe().await;
        told(&talk);
    });
}
