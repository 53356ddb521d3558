//! Groups with a bot in them.

use crate::world::{ANNA, BOT, World, png};
use sandbox::telegram::{As, Seen, Word};
use serde_json::{Value, json};

const GROUP: i64 = -1_001;

async fn updates(world: &World) -> Vec<Value> {
    world.ok("getUpdates", json!({})).await.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn of_what_is_said_in_a_group_a_bot_hears_what_is_meant_for_it() {
    let world = World::new().begun().await;
    let why = world.refusal("sendMessage", json!({ "chat_id": GROUP, "text": "Hi" })).await;
    assert!(why.ends_with("chat not found"), "{why}");
    world.telegram().add_to_group(BOT, GROUP, "Support").expect("it may");
    let sent = world.ok("sendMessage", json!({ "chat_id": GROUP, "text": "Hi" })).await;
    assert_eq!(sent["chat"], json!({ "id": GROUP, "type": "supergroup", "title": "Support" }));
    let ours = sent["message_id"].as_i64();
    let say = |text: &str, replied: Option<i64>| {
        let word = Word { text: text.to_owned(), replied, ..Word::default() };
        world.telegram().speak(BOT, GROUP, ANNA, word).expect("she may speak")
    };
    let hers = say("among us", None);
    say("to myself", Some(hers));
    say("to the bot", ours);
    say("/help", None);
    say("/help@Another_bot now", None);
    say("/help@Atelier_bot now", None);
    let file = (As::Photo, ("a.png".into(), "image/png".into(), png(90, 60).into()));
    let word = Word { text: "look".to_owned(), replied: ours, file: Some(file) };
    world.telegram().speak(BOT, GROUP, ANNA, word).expect("she may speak");
    let heard = updates(&world).await;
    let texts: Vec<_> = heard.iter().map(|it| it["message"]["text"].clone()).collect();
    let named = json!("/help@Atelier_bot now");
    assert_eq!(texts, [json!("to the bot"), json!("/help"), named, Value::Null]);
    assert_eq!(heard[0]["message"]["reply_to_message"]["message_id"].as_i64(), ours);
    assert_eq!(heard[0]["message"]["from"]["id"], json!(ANNA));
    assert_eq!(heard[3]["message"]["caption"], "look");
    let seen = world.telegram().take_seen(BOT, GROUP);
    assert!(matches!(&seen[..], [Seen::Message(it)] if it["text"] == "Hi"), "{seen:?}");
    assert_eq!(world.ok("getChat", json!({ "chat_id": GROUP })).await["title"], "Support");
}

#[tokio::test]
async fn a_bot_that_is_taken_out_of_a_group_can_say_nothing_there() {
    let world = World::new().begun().await;
    assert!(world.telegram().add_to_group(BOT, 5, "Nobody").is_err());
    world.telegram().add_to_group(BOT, GROUP, "Support").expect("it may");
    world.telegram().remove_from_group(BOT, GROUP).expect("it was there");
    for (method, call) in [
        ("sendMessage", json!({ "chat_id": GROUP, "text": "Hi" })),
        ("getChat", json!({ "chat_id": GROUP })),
    ] {
        let why = world.refusal(method, call).await;
        assert!(why.ends_with("bot was kicked from the supergroup chat"), "{why}");
    }
}
