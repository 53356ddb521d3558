//! Webhooks: order within a lane, retries, expiry, and what becomes of a receiver that is gone.

use crate::world::{ANNA, BORIS, BOT, Receiver, World};
use sandbox::Answer;
use sandbox::telegram::{Fault, FaultKind};
use serde_json::{Value, json};

const HOUR: i64 = 3_600_000;

async fn hooked() -> (World, Receiver) {
    let world = World::new();
    world.ok("setWebhook", json!({ "url": "http://127.0.0.1:9/hook" })).await;
    (world, Receiver::default())
}

fn say(world: &World, person: i64, text: &str) {
    world.telegram().say(BOT, person, text).expect("they may write");
}

/// Delivers, and gives the texts that were posted, in order.
async fn texts(world: &World, hook: &Receiver) -> Vec<String> {
    world.sandbox.deliver_due(hook).await;
    let got = hook.take();
    got.iter().map(|it| it.body["message"]["text"].as_str().unwrap_or("-").to_owned()).collect()
}

#[tokio::test]
async fn a_failing_update_blocks_its_chat_and_no_other() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a1");
    say(&world, ANNA, "a2");
    say(&world, BORIS, "b1");
    // The first fails, is tried again at once, and fails again.
    hook.answers(&[500, 500]);
    assert_eq!(texts(&world, &hook).await, ["a1", "a1", "b1"]);
    // Then it waits two seconds, four, eight.
    for (wait, answer) in [(2_000, 502), (4_000, 503), (8_000, 200)] {
        world.pass(wait - 1);
        assert!(texts(&world, &hook).await.is_empty());
        world.pass(1);
        hook.answers(&[answer]);
        let expected: &[&str] = if answer == 200 { &["a1", "a2"] } else { &["a1"] };
        assert_eq!(texts(&world, &hook).await, expected);
    }
}

#[tokio::test]
async fn waiting_grows_to_a_minute_or_two_and_no_further() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    let mut tries = 0;
    let mut longest = 0;
    let mut last = world.now();
    for _ in 0..1_200 {
        hook.answers(&[500, 500]);
        if !texts(&world, &hook).await.is_empty() {
            tries += 1;
            longest = longest.max(world.now() - last);
            last = world.now();
        }
        hook.answers.lock().expect("no panic under this lock").clear();
        world.pass(1_000);
    }
    assert!((60_000..=121_000).contains(&longest), "{longest}");
    assert!((15..30).contains(&tries), "{tries}");
}

#[tokio::test]
async fn retry_after_is_obeyed_up_to_an_hour() {
    let (world, hook) = hooked().await;
    for (asked, waited) in [(7, 7_000), (90_000, HOUR)] {
        say(&world, ANNA, "a");
        let answer = Answer { status: 429, retry_after: Some(asked) };
        hook.answers.lock().expect("no panic under this lock").push_back(Ok(answer));
        assert_eq!(texts(&world, &hook).await, ["a"]);
        world.pass(waited - 1);
        assert!(texts(&world, &hook).await.is_empty());
        world.pass(1);
        assert_eq!(texts(&world, &hook).await, ["a"]);
    }
}

#[tokio::test]
async fn queries_expire_after_150_seconds_and_messages_after_a_day() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    assert_eq!(texts(&world, &hook).await, ["a"]);
    world.telegram().press(BOT, ANNA, 1, "forged", true).expect("a forged press");
    world.pass(150_000);
    assert!(texts(&world, &hook).await.is_empty());
    assert_eq!(world.ok("getWebhookInfo", json!({})).await["pending_update_count"], 0);
    say(&world, ANNA, "kept");
    world.pass(24 * HOUR - 1);
    assert_eq!(texts(&world, &hook).await, ["kept"]);
    say(&world, ANNA, "lost");
    say(&world, ANNA, "lost too");
    world.pass(24 * HOUR);
    say(&world, ANNA, "new");
    assert_eq!(texts(&world, &hook).await, ["new"]);
}

#[tokio::test]
async fn a_receiver_that_is_gone_for_a_day_is_forgotten() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    let mut hours = 0;
    while world.ok("getWebhookInfo", json!({})).await["url"] != "" {
        hook.answers(&[410; 4]);
        texts(&world, &hook).await;
        world.pass(HOUR);
        hours += 1;
        assert!(hours < 30);
    }
    assert_eq!(hours, 24);
    assert_eq!(world.ok("getWebhookInfo", json!({})).await["pending_update_count"], 1);
}

#[tokio::test]
async fn errors_are_told_in_the_info() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    hook.answers(&[302, 302]);
    texts(&world, &hook).await;
    let told = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(told["last_error_message"], "Wrong response from the webhook: 302 Found");
    assert_eq!(told["last_error_date"], world.now() / 1_000);
    assert_eq!(told["pending_update_count"], 1);
    let refused = || Err("Connection refused".to_owned());
    world.pass(2_000);
    hook.answers.lock().expect("no panic under this lock").push_back(refused());
    texts(&world, &hook).await;
    let told = world.ok("getWebhookInfo", json!({})).await;
    assert_eq!(told["last_error_message"], "Connection refused");
}

#[tokio::test]
async fn a_doubled_update_comes_twice_with_one_number() {
    let (world, hook) = hooked().await;
    let fault = Fault { chat: Some(ANNA), ..Fault::new(FaultKind::DuplicateUpdate) };
    world.telegram().fault(fault);
    say(&world, BORIS, "b");
    say(&world, ANNA, "a");
    say(&world, ANNA, "a2");
    world.sandbox.deliver_due(&hook).await;
    let got: Vec<(Value, Value)> = hook
        .take()
        .iter()
        .map(|it| (it.body["update_id"].clone(), it.body["message"]["text"].clone()))
        .collect();
    let texts: Vec<&Value> = got.iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["b", "a", "a", "a2"]);
    assert_eq!(got[1].0, got[2].0);
    assert!(world.telegram().faults().is_empty());
}

#[tokio::test]
async fn a_delivery_that_is_given_up_is_repeated() {
    struct Silent;
    #[async_trait::async_trait]
    impl sandbox::Outlet for Silent {
        async fn post(
            &self,
            _: &str,
            _: &[(String, String)],
            _: axum::body::Bytes,
        ) -> Result<Answer, String> {
            std::future::pending().await
        }
    }
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    let waited = std::time::Duration::from_millis(1);
    assert!(tokio::time::timeout(waited, world.sandbox.deliver_due(&Silent)).await.is_err());
    assert_eq!(texts(&world, &hook).await, ["a"]);
}

#[tokio::test]
async fn an_update_of_a_kind_nobody_knows_is_delivered() {
    let (world, hook) = hooked().await;
    let body = json!({ "x": 1 });
    world.telegram().post_raw(BOT, ANNA, "brand_new_thing", &body).expect("the bot is there");
    world.sandbox.deliver_due(&hook).await;
    assert_eq!(hook.take()[0].body["brand_new_thing"], body);
}

#[tokio::test]
async fn a_changed_message_and_a_block_are_updates_too() {
    let (world, hook) = hooked().await;
    say(&world, ANNA, "a");
    world.telegram().edit(BOT, ANNA, 1, "b").expect("it is hers");
    world.telegram().block(BOT, ANNA, true).expect("she may");
    assert!(world.telegram().say(BOT, ANNA, "c").is_err());
    world.sandbox.deliver_due(&hook).await;
    let got = hook.take();
    assert_eq!(got[1].body["edited_message"]["text"], "b");
    assert_eq!(got[2].body["my_chat_member"]["new_chat_member"]["status"], "kicked");
}
