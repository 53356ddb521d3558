//! Long polling: waiting, one poller at a time, and confirming.

use crate::world::{ANNA, BOT, World};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[tokio::test(start_paused = true)]
async fn a_poll_waits_for_what_comes() {
    let world = Arc::new(World::new().begun().await);
    let begun = tokio::time::Instant::now();
    assert_eq!(world.ok("getUpdates", json!({ "timeout": 30 })).await, json!([]));
    assert_eq!(begun.elapsed().as_secs(), 30);
    let waiting = world.clone();
    let poll = async move { waiting.ok("getUpdates", json!({ "timeout": 50 })).await };
    let speak = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        world.telegram().say(BOT, ANNA, "hello").expect("she may write");
    };
    let begun = tokio::time::Instant::now();
    let (updates, ()) = tokio::join!(poll, speak);
    assert_eq!(updates[0]["message"]["text"], "hello");
    assert_eq!(begun.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn the_second_poller_ends_the_first() {
    let world = World::new().begun().await;
    let first = world.call("getUpdates", json!({ "timeout": 50 }));
    let second = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.call("getUpdates", json!({ "timeout": 1 })).await
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(
        first["description"],
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance \
         is running"
    );
    assert_eq!(second["result"], json!([]));
    let third = world.call("getUpdates", json!({ "timeout": 50 }));
    let hook = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        world.ok("setWebhook", json!({ "url": "http://127.0.0.1:9/hook" })).await
    };
    let (third, _) = tokio::join!(third, hook);
    assert_eq!(third["description"], "Conflict: terminated by setWebhook request");
}

#[tokio::test]
async fn old_updates_are_not_given_to_a_poller() {
    let world = World::new().begun().await;
    world.telegram().say(BOT, ANNA, "old").expect("she may write");
    world.telegram().press(BOT, ANNA, 1, "x", true).expect("a forged press");
    world.pass(150_000);
    let updates = world.ok("getUpdates", json!({})).await;
    assert_eq!(updates.as_array().map(Vec::len), Some(1));
    world.pass(24 * 3_600_000);
    assert_eq!(world.ok("getUpdates", json!({})).await, json!([]));
}

#[tokio::test]
async fn two_worlds_alike_say_the_same() {
    let mut told = Vec::new();
    for _ in 0..2 {
        let world = World::new().begun().await;
        world.telegram().press(BOT, ANNA, 1, "x", true).expect("a forged press");
        told.push(world.ok("getUpdates", json!({})).await);
    }
    assert_eq!(told[0], told[1]);
}
