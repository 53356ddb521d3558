//! The switches for what goes wrong.

use crate::world::{ANNA, BORIS, BOT, OTHER, TOKEN, World};
use axum::body::Body;
use http::Request;
use sandbox::telegram::{Fault, FaultKind};
use serde_json::json;
use std::time::Duration;

fn greeting(chat: i64) -> serde_json::Value {
    json!({ "chat_id": chat, "text": "hello" })
}

#[tokio::test]
async fn each_fault_is_used_up() {
    let world = World::new().begun().await;
    for (kind, code, text) in [
        (FaultKind::Flood, 429, "Too Many Requests: retry after 9"),
        (FaultKind::Blocked, 403, "Forbidden: bot was blocked by the user"),
        (FaultKind::ServerError, 500, "Internal Server Error: restart"),
        (FaultKind::Unauthorized, 401, "Unauthorized"),
    ] {
        let fault = Fault { retry_after: 9, times: 2, ..Fault::new(kind) };
        world.telegram().fault(Fault { method: "sendMessage".into(), ..fault });
        world.ok("getMe", json!({})).await;
        for _ in 0..2 {
            let answer = world.call("sendmessage", greeting(ANNA)).await;
            assert_eq!(
                (&answer["error_code"], &answer["description"]),
                (&json!(code), &json!(text))
            );
        }
        world.ok("sendMessage", greeting(ANNA)).await;
    }
    assert_eq!(world.telegram().messages(BOT, ANNA).len(), 5);
}

#[tokio::test]
async fn a_flood_says_how_long_in_both_places() {
    let world = World::new().begun().await;
    world.telegram().fault(Fault::new(FaultKind::Flood));
    let request = Request::get(format!("/bot{TOKEN}/getMe")).body(Body::empty());
    let (status, headers, body) = world.ask(request.expect("a good request")).await;
    assert_eq!((status.as_u16(), &headers["retry-after"]), (429, &"3".parse().expect("a header")));
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(body["parameters"]["retry_after"], 3);
}

#[tokio::test]
async fn a_fault_meets_only_its_chat_and_its_bot() {
    let world = World::new().begun().await;
    for bot in [BOT, BOT + 1] {
        world.telegram().say(bot, BORIS, "/start").expect("he may write");
    }
    let fault =
        Fault { chat: Some(BORIS), token: Some(TOKEN.into()), ..Fault::new(FaultKind::Blocked) };
    world.telegram().fault(fault);
    world.ok("sendMessage", greeting(ANNA)).await;
    let other = world.call_as(OTHER, "sendMessage", greeting(BORIS)).await;
    assert_eq!(other["ok"], true);
    assert_eq!(world.call("sendMessage", greeting(BORIS)).await["error_code"], 403);
    world.ok("sendMessage", greeting(BORIS)).await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_leaves_the_message_behind() {
    let world = World::new().begun().await;
    world.telegram().fault(Fault::new(FaultKind::TimeoutAfter));
    let call = world.call("sendMessage", greeting(ANNA));
    assert!(tokio::time::timeout(Duration::from_secs(600), call).await.is_err());
    assert_eq!(world.telegram().messages(BOT, ANNA).len(), 2);
}

#[tokio::test]
async fn a_revoked_token_is_unauthorized_and_a_wrong_one_unknown() {
    let world = World::new().begun().await;
    for (token, code) in [
        ("1000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9", 401),
        ("77:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9", 401),
        ("nonsense", 404),
        ("1000001:a%20b", 404),
    ] {
        assert_eq!(world.call_as(token, "getMe", json!({})).await["error_code"], code, "{token}");
    }
    world.telegram().revoke(TOKEN);
    assert_eq!(world.call("getMe", json!({})).await["description"], "Unauthorized");
    let new = "1000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDnew1";
    world.telegram().add_bot(new, "atelier_bot", "Atelier").expect("a good token");
    assert_eq!(world.call_as(new, "sendMessage", greeting(ANNA)).await["ok"], true);
}
