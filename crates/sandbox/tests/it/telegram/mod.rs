//! The Bot API's happy paths.

mod faults;
mod formats;
mod groups;
mod memory;
mod names;
mod people;
mod polling;
mod stars;
mod table;
mod webhooks;

use crate::world::{ANNA, BOT, Receiver, World};
use sandbox::telegram::Seen;
use serde_json::json;

#[tokio::test]
async fn a_press_goes_round() {
    let world = World::new();
    let hook = Receiver::default();
    world.ok("setWebhook", json!({ "url": "http://127.0.0.1:9/hook", "secret_token": "s3" })).await;
    world.telegram().say(BOT, ANNA, "/start ref_1").expect("she may write");
    assert_eq!(world.sandbox.deliver_due(&hook).await, 1);
    let got = hook.take();
    assert_eq!(got[0].url, "http://127.0.0.1:9/hook");
    assert_eq!(got[0].body["message"]["entities"][0]["type"], "bot_command");
    assert!(got[0].headers.contains(&("x-telegram-bot-api-secret-token".into(), "s3".into())));
    let sent = world
        .ok(
            "sendMessage",
            json!({
                "chat_id": ANNA,
                "text": "<b>Hi</b> 👋",
                "parse_mode": "HTML",
                "reply_markup": { "inline_keyboard": [[{ "text": "Go", "callback_data": "go" }]] },
            }),
        )
        .await;
    let id = sent["message_id"].as_i64().expect("it has one");
    assert!(world.telegram().press(BOT, ANNA, id, "gone", false).is_err());
    let query = world.telegram().press(BOT, ANNA, id, "go", false).expect("the button is there");
    assert_eq!(world.sandbox.deliver_due(&hook).await, 1);
    assert_eq!(hook.take()[0].body["callback_query"]["message"]["text"], "Hi 👋");
    world.ok("answerCallbackQuery", json!({ "callback_query_id": query, "text": "ok" })).await;
    world.ok("editMessageText", json!({ "chat_id": ANNA, "message_id": id, "text": "Gone" })).await;
    let seen = world.telegram().take_seen(BOT, ANNA);
    let [Seen::Message(first), Seen::Answer { text, alert: false }, Seen::Edited(second)] =
        &seen[..]
    else {
        panic!("{seen:?}");
    };
    assert_eq!(first["html"], "<b>Hi</b> 👋");
    assert_eq!(text.as_deref(), Some("ok"));
    assert_eq!((&second["text"], &second["edited"]), (&json!("Gone"), &json!(true)));
}
