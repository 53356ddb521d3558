//! Stars: what a person pays, and subscriptions over months.

use crate::world::{ANNA, BOT, Receiver, World};
use sandbox::telegram::Seen;
use serde_json::{Value, json};

const MONTH: i64 = 2_592_000_000;

async fn hooked() -> (World, Receiver) {
    let world = World::new();
    world.ok("setWebhook", json!({ "url": "http://127.0.0.1:9/hook" })).await;
    world.telegram().say(BOT, ANNA, "/start").expect("she may write");
    let hook = Receiver::default();
    world.sandbox.deliver_due(&hook).await;
    hook.take();
    (world, hook)
}

/// Delivers, and gives the one update that there must be.
async fn one(world: &World, hook: &Receiver) -> Value {
    world.sandbox.deliver_due(hook).await;
    let mut got = hook.take();
    assert_eq!(got.len(), 1, "{got:?}");
    got.remove(0).body
}

async fn subscribe(world: &World, hook: &Receiver, amount: i64) -> Value {
    let link = world
        .ok(
            "createInvoiceLink",
            json!({
                "title": "Club",
                "description": "A month",
                "payload": "sub_1",
                "currency": "XTR",
                "prices": [{ "label": "Month", "amount": amount }],
                "subscription_period": 2_592_000,
            }),
        )
        .await;
    let link = link.as_str().expect("a link");
    assert!(link.starts_with("https://t.me/$"));
    let mut paying = world.telegram().pay_link(BOT, ANNA, link).expect("she has Stars");
    let asked = one(world, hook).await;
    assert_eq!(asked["pre_checkout_query"]["id"], paying.query_id.as_str());
    let answer = json!({ "pre_checkout_query_id": paying.query_id, "ok": true });
    world.ok("answerPreCheckoutQuery", answer).await;
    assert_eq!(paying.outcome_now(), Some(Ok(())));
    one(world, hook).await["message"]["successful_payment"].clone()
}

#[tokio::test]
async fn a_subscription_is_renewed_until_the_stars_are_gone() {
    let (world, hook) = hooked().await;
    let first = subscribe(&world, &hook, 2_000).await;
    let until = world.now() / 1_000 + 2_592_000;
    assert_eq!(first["is_first_recurring"], true);
    assert_eq!(first["subscription_expiration_date"], until);
    world.pass(MONTH - 1_000);
    assert_eq!(world.sandbox.deliver_due(&hook).await, 0);
    world.pass(1_000);
    let second = one(&world, &hook).await["message"]["successful_payment"].clone();
    assert_eq!(second["is_recurring"], true);
    assert_eq!(second["is_first_recurring"], Value::Null);
    assert_eq!(second["subscription_expiration_date"], until + 2_592_000);
    assert_ne!(second["telegram_payment_charge_id"], first["telegram_payment_charge_id"]);
    world.pass(MONTH);
    let third = one(&world, &hook).await;
    assert_eq!(third["subscription"]["state"], "failed");
    world.pass(MONTH);
    assert_eq!(world.sandbox.deliver_due(&hook).await, 0);
    let person = world.telegram().person(ANNA).expect("she is there");
    assert_eq!(person.stars(), 1_000);
}

#[tokio::test]
async fn a_canceled_subscription_is_not_renewed() {
    let (world, hook) = hooked().await;
    let first = subscribe(&world, &hook, 100).await;
    let charge = first["telegram_payment_charge_id"].as_str().expect("an id").to_owned();
    let cancel = |canceled| world.telegram().cancel_subscription(BOT, ANNA, &charge, canceled);
    for (canceled, state) in [(true, "canceled"), (false, "active"), (true, "canceled")] {
        cancel(canceled).expect("it is hers");
        let told = one(&world, &hook).await;
        assert_eq!(told["subscription"]["state"], state);
        assert_eq!(told["subscription"]["invoice_payload"], "sub_1");
    }
    world.pass(MONTH);
    assert_eq!(world.sandbox.deliver_due(&hook).await, 0);
    assert!(cancel(false).is_err());
}

#[tokio::test]
async fn a_bot_ends_a_subscription() {
    let (world, hook) = hooked().await;
    let first = subscribe(&world, &hook, 100).await;
    let charge = first["telegram_payment_charge_id"].as_str().expect("an id").to_owned();
    let params = json!({
        "user_id": ANNA,
        "telegram_payment_charge_id": charge,
        "is_canceled": true,
    });
    world.ok("editUserStarSubscription", params).await;
    assert!(world.telegram().cancel_subscription(BOT, ANNA, &charge, false).is_err());
    world.pass(MONTH);
    assert_eq!(world.sandbox.deliver_due(&hook).await, 0);
    // Even then each of its charges can be given back.
    let params = json!({ "user_id": ANNA, "telegram_payment_charge_id": charge });
    world.ok("refundStarPayment", params).await;
    assert_eq!(world.telegram().person(ANNA).map(|it| it.stars()), Some(5_000));
}

async fn invoice(world: &World, amount: i64) -> i64 {
    let params = json!({
        "chat_id": ANNA,
        "title": "Credits",
        "description": "100 credits",
        "payload": "ord_1",
        "currency": "XTR",
        "prices": [{ "label": "Credits", "amount": amount }],
    });
    world.ok("sendInvoice", params).await["message_id"].as_i64().expect("it has one")
}

#[tokio::test]
async fn an_invoice_is_paid_once() {
    let (world, hook) = hooked().await;
    let id = invoice(&world, 250).await;
    let paying = world.telegram().pay(BOT, ANNA, id).expect("she has Stars");
    let twice = world.telegram().pay(BOT, ANNA, id).expect("nothing is paid yet");
    world.telegram().take_seen(BOT, ANNA);
    for paying in [&paying, &twice] {
        let answer = json!({ "pre_checkout_query_id": paying.query_id, "ok": true });
        world.ok("answerPreCheckoutQuery", answer).await;
    }
    assert_eq!(paying.outcome().await, Ok(()));
    assert!(twice.outcome().await.is_err());
    assert!(world.telegram().pay(BOT, ANNA, id).is_err());
    world.sandbox.deliver_due(&hook).await;
    let paid = hook
        .take()
        .iter()
        .filter(|it| it.body["message"]["successful_payment"].is_object())
        .count();
    assert_eq!(paid, 1);
    let seen = world.telegram().take_seen(BOT, ANNA);
    let [Seen::Message(receipt), Seen::Answer { alert: true, .. }] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert_eq!(receipt["successful_payment"]["total_amount"], 250);
    assert_eq!(world.telegram().person(ANNA).map(|it| it.stars()), Some(4_750));
}

#[tokio::test]
async fn nobody_pays_what_they_don_t_have_or_is_not_asked_for() {
    let (world, _) = hooked().await;
    let id = invoice(&world, 5_001).await;
    assert!(world.telegram().pay(BOT, ANNA, id).is_err());
    assert!(world.telegram().pay(BOT, ANNA, 1).is_err());
    assert!(world.telegram().pay_link(BOT, ANNA, "https://t.me/$nonsense").is_err());
}

#[tokio::test]
async fn an_unanswered_checkout_ends_by_itself() {
    let (world, hook) = hooked().await;
    let id = invoice(&world, 250).await;
    let mut paying = world.telegram().pay(BOT, ANNA, id).expect("she has Stars");
    world.pass(10_000);
    world.sandbox.deliver_due(&hook).await;
    assert_eq!(paying.outcome_now(), None);
    world.pass(1);
    world.sandbox.deliver_due(&hook).await;
    assert_eq!(paying.outcome_now(), Some(Err("the bot didn't answer in time".into())));
    assert_eq!(world.telegram().person(ANNA).map(|it| it.stars()), Some(5_000));
}

#[tokio::test]
async fn a_person_sees_and_tops_up_their_account() {
    let (world, hook) = hooked().await;
    assert_eq!(world.telegram().add_stars(ANNA, 1_000), Ok(6_000));
    assert!(world.telegram().add_stars(ANNA, 0).is_err());
    assert!(world.telegram().add_stars(9, 1).is_err());
    world.telegram().let_subscriptions_last(60);
    let first = subscribe(&world, &hook, 100).await;
    let charge = first["telegram_payment_charge_id"].as_str().expect("an id").to_owned();
    assert_eq!(first["subscription_expiration_date"], world.now() / 1_000 + 60);
    let params = json!({ "user_id": ANNA, "telegram_payment_charge_id": charge });
    world.ok("refundStarPayment", params).await;
    hook.take();
    world.sandbox.deliver_due(&hook).await;
    hook.take();
    world.telegram().renew_now(BOT, ANNA, &charge).expect("it runs");
    let second = one(&world, &hook).await["message"]["successful_payment"].clone();
    assert_eq!(second["is_first_recurring"], Value::Null);
    assert_eq!(second["subscription_expiration_date"], world.now() / 1_000 + 120);
    let account = get(&world, &format!("/sandbox/stars?bot={BOT}&person={ANNA}")).await;
    assert_eq!(account["stars"], 5_900);
    assert_eq!(account["subscriptions"][0]["title"], "Club");
    assert_eq!(account["subscriptions"][0]["canceled"], false);
    let past: Vec<&Value> = account["past"].as_array().expect("a list").iter().collect();
    assert_eq!(
        past.iter().map(|it| it["is_refund"] == true).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert!(past.iter().all(|it| it["title"] == "Club" && it["amount"] == 100));
    world.telegram().cancel_subscription(BOT, ANNA, &charge, true).expect("it is hers");
    assert!(world.telegram().renew_now(BOT, ANNA, &charge).is_err());
}

#[tokio::test]
async fn a_link_tells_what_is_asked() {
    let (world, _) = hooked().await;
    let link = world
        .ok(
            "createInvoiceLink",
            json!({
                "title": "Credits",
                "description": "100 credits",
                "payload": "ord_1",
                "currency": "XTR",
                "prices": [{ "label": "Credits", "amount": 250 }],
            }),
        )
        .await;
    let slug = link.as_str().and_then(|it| it.rsplit('/').next()).expect("a slug");
    for form in [link.as_str().expect("a link"), &format!("tg://invoice?slug={slug}")] {
        let asked = url::form_urlencoded::byte_serialize(form.as_bytes()).collect::<String>();
        let told = get(&world, &format!("/sandbox/invoice?bot={BOT}&link={asked}")).await;
        assert_eq!(told["title"], "Credits");
        assert_eq!(told["total_amount"], 250);
        assert_eq!(told["is_subscription"], false);
        assert!(world.telegram().pay_link(BOT, ANNA, form).is_ok());
    }
    let told = get(&world, &format!("/sandbox/invoice?bot={BOT}&link=%24no")).await;
    assert_eq!(told["error"], "the bot has no such invoice link");
}

async fn get(world: &World, path: &str) -> Value {
    let request = http::Request::get(path).body(axum::body::Body::empty()).expect("a request");
    serde_json::from_slice(&world.ask(request).await.2).expect("JSON")
}
