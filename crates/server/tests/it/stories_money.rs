//! Failure stories of money that need more than a chat: notifications of every kind and number,
//! forged ones, and gateways that are silent or say odd things.

use std::net::IpAddr;

use axum::body::{Body, Bytes};
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use serde_json::{Value, json};
use server::{api, jobs, start};
use sha2::Sha256;
use tower::ServiceExt;

use crate::chats::talk::Talk;
use crate::stories_money_people::{post, stars_update};
use crate::world::wire::{Door, Luck};
use crate::world::{Ground, LANES, World, alone, each, quiesce};

pub const NOTIFICATION: &str = "/webhooks/yukassa/notification";

pub fn setting(key: &str, value: &str) -> (String, String) {
    (key.to_owned(), value.to_owned())
}

/// How many payments are credited, and how many credits were bought in all.
pub async fn credited(world: &World) -> (i64, i64) {
    let payments = "SELECT COUNT(*) FROM payments WHERE state = 'credited'";
    let bought = "SELECT CAST(COALESCE(SUM(credits), 0) AS BIGINT) FROM transfers
                  WHERE kind = 'bought'";
    world
        .read(move |tx| Ok((tx.one(payments, &[])?.number(0)?, tx.one(bought, &[])?.number(0)?)))
        .await
}

pub async fn attention(world: &World) -> Vec<String> {
    world.look("attention").await.expect("a look")
}

/// The payments at YooKassa, oldest first.
pub fn at_yookassa(world: &World) -> Vec<Value> {
    world.sandbox.yookassa().payments()
}

/// A notification as YooKassa makes it (API v3, shape of 2025), about an object as it is there.
pub fn notification(event: &str, object: &Value) -> Bytes {
    json!({ "type": "notification", "event": event, "object": object }).to_string().into()
}

pub fn plain() -> Vec<(String, String)> {
    vec![("Content-Type".to_owned(), "application/json".to_owned())]
}

/// Posts a notification; what is answered.
pub async fn notify(world: &World, body: Bytes) -> Option<u16> {
    world.door.post(NOTIFICATION, &plain(), body).await
}

async fn work(app: &std::sync::Arc<server::app::App>) {
    while jobs::run_next(app, LANES).await.expect("the database is there") {}
}

#[test]
fn f01_fifty_notifications_at_once_and_a_crash_are_one_credit() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene ordered\n~ yookassa never\n> pay").await;
        let body = notification("payment.succeeded", &at_yookassa(&talk.world)[0]);
        let (first, here, there) = (talk.world.app.clone(), Door::default(), Door::default());
        here.leads_to(Some(api::router(first.clone())));
        talk.world.restart().await;
        let second = talk.world.app.clone();
        there.leads_to(Some(api::router(second.clone())));
        let headers = plain();
        let posts = (0..50).map(|at| {
            let door = if at % 2 == 0 { &here } else { &there };
            door.post(NOTIFICATION, &headers, body.clone())
        });
        assert_eq!(join_all(posts).await, [Some(200); 50]);
        // Two processes look at the same time, while fifty more come.
        let more = (0..50).map(|_| there.post(NOTIFICATION, &headers, body.clone()));
        let (codes, (), ()) = futures::join!(join_all(more), work(&first), work(&second));
        assert_eq!(codes, [Some(200); 50]);
        quiesce().await;
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        // A crash between the commit and the answer: it is brought again, to another process.
        talk.world.restart().await;
        assert_eq!(notify(&talk.world, body.clone()).await, Some(200));
        talk.go("~ settle 5\n~ days 2\n~ worker").await;
        // And once more when all traces of the first ones are swept away.
        talk.go("~ days 9\n~ worker").await;
        assert_eq!(notify(&talk.world, body).await, Some(200));
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.world
    });
}

const KEY: &str = "a key that the proxy has";

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).expect("any length is good");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[test]
fn f03_where_notifications_are_signed_others_are_refused() {
    alone(async {
        let key = setting("payments.yookassa.signature_key", KEY);
        let mut talk = Talk::new(World::with(Ground::Sqlite, &[key]).await);
        talk.go("~ scene ordered\n~ yookassa never\n> pay").await;
        let body = notification("payment.succeeded", &at_yookassa(&talk.world)[0]);
        let other = Bytes::from(String::from_utf8_lossy(&body).replace("1990", "1991"));
        let signed = |text: &str| {
            let mut headers = plain();
            headers.push(("X-Signature".to_owned(), text.to_owned()));
            headers
        };
        let right = signature(&body);
        let cases = [
            (plain(), &body, 401),
            (signed(""), &body, 401),
            (signed("00"), &body, 401),
            (signed(&"0".repeat(64)), &body, 401),
            (signed(&right), &other, 401),
        ];
        let before = talk.world.till_wire.made().len();
        for (headers, body, code) in cases {
            let answer = talk.world.door.post(NOTIFICATION, &headers, body.clone()).await;
            assert_eq!(answer, Some(code), "{headers:?}");
        }
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (0, 0));
        assert_eq!(talk.world.till_wire.made().len(), before, "a refused one leads to nothing");
        let answer = talk.world.door.post(NOTIFICATION, &signed(&right), body).await;
        assert_eq!(answer, Some(200));
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
    });
}

#[test]
fn f04_a_notification_as_yookassa_sends_it_passes_and_proves_nothing() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene ordered\n~ yookassa never").await;
        let id = at_yookassa(&talk.world)[0]["id"].clone();
        // As YooKassa's own documents have it: no signature, somebody else's metadata and amount.
        let object = json!({
            "id": id, "status": "succeeded", "paid": true,
            "amount": { "value": "299.00", "currency": "RUB" },
            "confirmation": {
                "type": "redirect",
                "confirmation_url": "https://yoomoney.ru/checkout/payments/v2/contract?orderId=1"
            },
            "created_at": "2025-01-01T10:51:18.139Z", "description": "Credits",
            "metadata": { "user_id": "42" },
            "recipient": { "account_id": "100500", "gateway_id": "100700" },
            "refundable": false, "test": true
        });
        let body = notification("payment.succeeded", &object);
        // It isn't paid: whatever the body says, nothing comes of it.
        assert_eq!(notify(&talk.world, body.clone()).await, Some(200));
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (0, 0));
        talk.go("> pay").await;
        assert_eq!(notify(&talk.world, body.clone()).await, Some(200));
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        // By the other name of the address, too; and after it succeeded a late `canceled` is none.
        let late = notification("payment.canceled", &object);
        let answer = talk.world.door.post("/webhooks/yookassa", &plain(), late).await;
        assert_eq!(answer, Some(200));
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        assert!(attention(&talk.world).await.is_empty());
    });
}

/// Somebody makes a payment at YooKassa with the shop's key, but not we; says which.
async fn by_others(world: &World, rubles: &str, metadata: Value) -> String {
    let auth = format!("{}:{}", start::SANDBOX_SHOP, start::SANDBOX_SHOP_KEY);
    let body = json!({
        "amount": { "value": rubles, "currency": "RUB" },
        "capture": true,
        "confirmation": { "type": "redirect", "return_url": "https://example.com" },
        "metadata": metadata,
    });
    let auth = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, auth);
    let request = Request::post("/yookassa/v3/payments")
        .header("authorization", format!("Basic {auth}"))
        .header("idempotence-key", format!("{rubles}{metadata}").len().to_string())
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a good request");
    let answer = world.sandbox.router().oneshot(request).await.expect("a router always answers");
    assert!(answer.status().is_success(), "{}", answer.status());
    let last = at_yookassa(world).pop().expect("it was made");
    last["id"].as_str().expect("an id").to_owned()
}

fn pay_by_card(world: &World, payment: &str) {
    let card = sandbox::yookassa::Means::Card("5555555555554444".to_owned());
    world.sandbox.yookassa().pay(payment, card).expect("it can be paid");
}

async fn the_order(world: &World) -> (String, String) {
    let sql = "SELECT id, bot_id FROM orders ORDER BY created_at DESC, id DESC LIMIT 1";
    world
        .read(move |tx| {
            let row = tx.one(sql, &[])?;
            Ok((row.text(0)?, row.text(1)?))
        })
        .await
}

#[test]
fn f05_one_rouble_for_an_order_of_two_thousand_is_parked() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene ordered").await;
        let (order, bot) = the_order(&talk.world).await;
        let id = by_others(&talk.world, "1.00", json!({ "order_id": order, "bot_id": bot })).await;
        pay_by_card(&talk.world, &id);
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (0, 0));
        assert_eq!(attention(&talk.world).await, ["payment-parked"]);
        assert_eq!(
            talk.world.look("payments").await.expect("a look"),
            ["Anna: 100 rub by yookassa: parked, 0+0 credits (the order is for 1990.00 RUB)"]
        );
        // The order itself can still be paid as it should be.
        talk.go("> /balance\n> pay old\n~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.go("~ minutes 62\n~ settle 5").await;
        talk.world
    });
}

#[test]
fn f05_what_the_notification_says_of_the_amount_is_not_believed() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene ordered\n~ yookassa forged_amount amount 99999.00\n> pay\n~ worker").await;
        assert_eq!(
            talk.world.look("payments").await.expect("a look"),
            ["Anna: 199000 rub by yookassa: credited, 250+0 credits"]
        );
        // Nor that it has succeeded.
        talk.go("~ yookassa forged_success\n> /buy\n> [100 · 849 ₽]\n> [Card · 849 ₽]\n~ worker")
            .await;
        talk.go("~ worker\n~ seconds 20\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
    });
}

#[test]
fn f06_money_that_fits_no_order_is_kept_and_shown() {
    each(|ground| async move {
        let mut talk = Talk::new(World::with(ground, &owners()).await);
        talk.go("@boris ~ scene agreed\n~ scene agreed").await;
        let notes = [
            ("77.00", json!({ "order_id": "ord_00000000000000000000000000" })),
            ("78.00", json!({ "order_id": "garbage", "bot_id": "bot_999" })),
            ("79.00", json!({})),
        ];
        for (rubles, metadata) in notes {
            let id = by_others(&talk.world, rubles, metadata).await;
            pay_by_card(&talk.world, &id);
        }
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (0, 0));
        assert_eq!(attention(&talk.world).await, ["payment-parked (3)"]);
        let payments = talk.world.look("payments").await.expect("a look");
        assert_eq!(payments.len(), 3, "{payments:?}");
        assert!(payments.iter().all(|it| it.starts_with("nobody: 7")), "{payments:?}");
        assert_eq!(talk.seen().matches("payment-parked").count(), 3, "{}", talk.seen());
        // Stars of an invoice that isn't ours.
        talk.go("> /buy\n> [100 · 849 ₽]\n> [690 Telegram Stars]\n~ worker\n> pay\n~ worker").await;
        let (knock, mut update) = stars_update(&talk.world);
        update["update_id"] = json!(900_000);
        let paid = &mut update["message"]["successful_payment"];
        paid["telegram_payment_charge_id"] = json!("stxOther");
        paid["invoice_payload"] = json!("something else");
        post(&talk.world, &knock, &update).await;
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 100));
        assert_eq!(attention(&talk.world).await, ["payment-parked (4)"]);
        assert!(talk.seen().contains("We received 690 Telegram Stars"), "{}", talk.seen());
        talk.world
    });
}

#[test]
fn f07_no_notification_at_all_is_no_harm() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene ordered\n~ yookassa never\n> pay").await;
        talk.go("~ seconds 30\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        // When it comes after all, a day late, it does nothing.
        talk.go("~ days 1\n~ worker").await;
        let body = notification("payment.succeeded", &at_yookassa(&talk.world)[0]);
        assert_eq!(notify(&talk.world, body).await, Some(200));
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        assert!(attention(&talk.world).await.is_empty());
        talk.world
    });
}

#[test]
fn f07_paid_in_the_last_minute_and_told_by_nobody() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        // The bank takes two hours; by then the order is long closed here.
        talk.go("~ scene ordered\n~ minutes 55\n~ worker\n~ yookassa never").await;
        talk.go("~ yookassa pending seconds 7200\n> pay old").await;
        for _ in 0..5 {
            talk.go("~ minutes 61\n~ worker").await;
        }
        assert_eq!(credited(&talk.world).await, (1, 250));
        assert_eq!(
            talk.world.look("orders").await.expect("a look"),
            ["Anna: 250 by card for 199000 rub: paid, 250+0 credits"]
        );
    });
}

#[test]
fn f07_what_polling_missed_is_found_at_night() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed\n~ yookassa never times 9").await;
        // Made by us and lost here: as if the database had been put back to yesterday's.
        talk.go("> /buy\n> [100 · 849 ₽]\n> [Card · 849 ₽]\n~ worker\n> pay").await;
        talk.world
            .write(|tx| {
                tx.execute(
                    "UPDATE orders SET payment = NULL, state = 'expired', asked_at = NULL",
                    &[],
                )?;
                tx.execute("UPDATE jobs SET state = 'dead', ended_at = 1 WHERE kind = 'pay'", &[])?;
                Ok(())
            })
            .await;
        talk.go("~ days 1\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 100));
        assert_eq!(attention(&talk.world).await, ["payment-missed"]);
        // The next night finds nothing new, nor does the one after that.
        talk.go("~ days 1\n~ worker\n~ days 1\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 100));
        assert_eq!(attention(&talk.world).await, ["payment-missed"]);
        talk.world
    });
}

#[test]
fn f08_the_notification_is_faster_than_the_answer() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene offered\n> [Card · 1 990 ₽]").await;
        let (app, wire) = (talk.world.app.clone(), talk.world.till_wire.clone());
        wire.order(wire.made().len(), Luck::HangsAfter);
        let mut first = Box::pin(work(&app));
        tokio::select! {
            () = &mut first => panic!("its answer never comes"),
            () = wire.hangs() => {}
        }
        // It is made there, and we don't know it yet; it is paid all the same.
        let id = at_yookassa(&talk.world)[0]["id"].as_str().expect("an id").to_owned();
        pay_by_card(&talk.world, &id);
        tokio::select! {
            () = &mut first => panic!("its answer never comes"),
            () = async { talk.world.deliver().await; } => {}
        }
        drop(first);
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.go("~ seconds 61\n~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        assert_eq!(at_yookassa(&talk.world).len(), 1);
    });
}

#[test]
fn f09_one_order_is_one_payment_and_two_orders_are_two() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene offered").await;
        // The answer is lost, the process dies, and it is lost once more.
        for _ in 0..2 {
            let wire = talk.world.till_wire.clone();
            wire.order(wire.made().len(), Luck::AnswerLost);
            talk.go("> [Card · 1 990 ₽]\n~ worker").await;
            talk.world.restart().await;
            talk.go("~ seconds 61").await;
        }
        talk.go("~ worker\n> pay\n~ worker").await;
        assert_eq!(at_yookassa(&talk.world).len(), 1);
        // The same pack again, in the same minute.
        talk.go("> /buy\n> [250 · 1 990 ₽]\n> [Card · 1 990 ₽]\n~ worker\n> pay\n~ worker").await;
        assert_eq!(at_yookassa(&talk.world).len(), 2);
        assert_eq!(credited(&talk.world).await, (2, 500));
        talk.go("~ settle 5").await;
        talk.world
    });
}

#[test]
fn f10_a_word_that_nobody_knows_is_looked_at() {
    for (lie, kind) in [
        ("\"status\":\"paused\"", "order-uncertain"),
        ("\"status\":\"cancelled\"", "order-uncertain"),
        ("\"status\":\"waiting_for_capture\"", "order-uncertain"),
    ] {
        alone(async {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            talk.go("~ scene ordered").await;
            talk.world.till_wire.lies("\"status\":\"pending\"", lie);
            talk.go("~ seconds 20\n~ worker").await;
            assert_eq!(attention(&talk.world).await, [kind], "{lie}");
            assert_eq!(credited(&talk.world).await, (0, 0));
            // Once it is told of as it should be, the money counts.
            talk.world.till_wire.stops_lying();
            talk.go("> pay old\n~ worker").await;
            assert_eq!(credited(&talk.world).await, (1, 250), "{lie}");
        });
    }
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene ordered").await;
        talk.world.till_wire.lies("\"status\":\"succeeded\"", "\"status\":\"settled\"");
        talk.go("> pay\n~ worker").await;
        let found = attention(&talk.world).await;
        assert!(found.iter().any(|it| it.starts_with("gateway-odd")), "{found:?}");
        assert_eq!(credited(&talk.world).await, (0, 0));
    });
}

#[test]
fn f13_a_silent_gateway_holds_nobody_up() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene offered\n> [Card · 1 990 ₽]").await;
        talk.world.till_wire.always(Some(Luck::HangsBefore));
        let (app, wire) = (talk.world.app.clone(), talk.world.till_wire.clone());
        let mut worker = Box::pin(work(&app));
        tokio::select! {
            () = &mut worker => panic!("the gateway is silent, so this never ends"),
            () = wire.hangs() => {}
        }
        // Others are served, and can even pay with Stars.
        talk.join("Lena", "en");
        let lines = "@lena ~ scene offered\n@lena > [1 590 Telegram Stars]";
        tokio::select! {
            () = &mut worker => panic!("the gateway is silent, so this never ends"),
            () = talk.go(lines) => {}
        }
        // Notifications are answered as well.
        let body = notification(
            "payment.succeeded",
            &json!({ "id": "2d8b2c5e-000f-5000-9000-1b68e7b15f3f" }),
        );
        tokio::select! {
            () = &mut worker => panic!("the gateway is silent, so this never ends"),
            code = notify(&talk.world, body) => assert_eq!(code, Some(200)),
        }
        drop(worker);
        talk.world.till_wire.always(None);
        talk.go("~ seconds 61\n~ worker\n> pay\n~ worker\n@lena > pay\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (2, 500));
    });
}

/// The owner gives the only payment back.
const REFUND: &str = "@boris > /admin
    @boris > Anna
    @boris > [Anna · 501]
    @boris > [Refund 1 990 ₽ of 20.11.2026]
    @boris > changed their mind
    @boris > [Yes, do it]";

/// Boris owns the bot, which speaks English alone.
pub fn owners() -> [(String, String); 2] {
    [setting("bot.0.owners", "502"), setting("bot.0.languages", "en")]
}

#[test]
fn f16_a_refund_that_nobody_answers_is_not_repeated_under_another_key() {
    each(|ground| async move {
        let mut talk = Talk::new(World::with(ground, &owners()).await);
        talk.go("@boris ~ scene agreed\n~ scene paid").await;
        // It is taken there each time, and the answer never comes; nor does a notification.
        talk.go("~ yookassa never times 9\n~ till is silent").await;
        talk.go(REFUND).await;
        for _ in 0..30 {
            talk.go("~ minutes 60\n~ worker").await;
        }
        assert_eq!(talk.world.sandbox.yookassa().refunds().len(), 1);
        let found = attention(&talk.world).await;
        assert!(found.contains(&"refund-uncertain".to_owned()), "{found:?}");
        // What it will take stays set aside.
        let books = talk.world.look("books").await.expect("a look");
        assert!(books.iter().any(|it| it.contains("250 of it set aside")), "{books:?}");
        // The next night's comparison finds it on their list.
        talk.go("~ till is up\n~ days 1\n~ worker\n~ days 1\n~ worker").await;
        assert_eq!(talk.world.sandbox.yookassa().refunds().len(), 1);
        let refunds = talk.world.look("refunds").await.expect("a look");
        assert!(refunds[0].starts_with("199000 rub: succeeded, 250 credits"), "{refunds:?}");
        talk.go("~ days 3\n~ settle 5").await;
        talk.world
    });
}

#[test]
fn f18_play_money_buys_nothing_where_money_is_real() {
    for is_test in [true, false] {
        alone(async {
            let settings = [
                setting("payments.yookassa.test_mode", "false"),
                setting("payments.yookassa.shop_id", start::SANDBOX_SHOP),
                setting("payments.yookassa.key", start::SANDBOX_SHOP_KEY),
                setting("payments.yookassa.api_url", "http://127.0.0.1:8081/yookassa/v3"),
                setting("http.trusted_proxies", "127.0.0.1"),
            ];
            let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
            if is_test {
                talk.go("~ yookassa other_test").await;
            }
            talk.go("~ scene ordered\n> pay\n~ settle 5").await;
            let payments = talk.world.look("payments").await.expect("a look");
            if is_test {
                assert_eq!(credited(&talk.world).await, (0, 0));
                assert!(payments[0].ends_with("(it is a test payment)"), "{payments:?}");
                assert_eq!(attention(&talk.world).await, ["payment-parked"]);
            } else {
                assert_eq!(credited(&talk.world).await, (1, 250), "{payments:?}");
            }
        });
    }
}

#[test]
fn f20_whom_a_header_names_counts_only_from_a_proxy_that_is_trusted() {
    alone(async {
        let proxies = setting("http.trusted_proxies", "10.0.0.0/8");
        let mut talk = Talk::new(World::with(Ground::Sqlite, &[proxies]).await);
        talk.go("~ scene ordered\n~ yookassa never\n> pay").await;
        let body = notification("payment.succeeded", &at_yookassa(&talk.world)[0]);
        let cases: [(&str, &str, u16); 11] = [
            ("203.0.113.7", "", 403),
            ("203.0.113.7", "127.0.0.1", 403),
            ("203.0.113.7", "185.71.76.5", 403),
            ("10.1.2.3", "203.0.113.7", 403),
            // What stands before the last is the caller's own word.
            ("10.1.2.3", "127.0.0.1, 203.0.113.7", 403),
            ("10.1.2.3", "nonsense", 403),
            ("10.1.2.3", "", 403),
            ("::ffff:203.0.113.7", "127.0.0.1", 403),
            ("127.0.0.1", "203.0.113.7", 200),
            ("::ffff:127.0.0.1", "", 200),
            ("::ffff:10.1.2.3", "203.0.113.7, 127.0.0.1, 10.9.9.9", 200),
        ];
        for (peer, forwarded, code) in cases {
            let mut headers = plain();
            if !forwarded.is_empty() {
                headers.push(("X-Forwarded-For".to_owned(), forwarded.to_owned()));
            }
            let peer: IpAddr = peer.parse().expect("an address");
            let answer =
                talk.world.door.post_from(peer, NOTIFICATION, &headers, body.clone()).await;
            assert_eq!(answer, Some(code), "{peer} for `{forwarded}`");
            // Whoever is refused has nobody asked about anything.
            let asked = "SELECT COUNT(*) FROM jobs WHERE kind LIKE 'confirm%'";
            let asked = talk.world.read(move |tx| tx.one(asked, &[])?.number(0)).await;
            assert_eq!(asked, i64::from(code == 200), "{peer} for `{forwarded}`");
        }
    });
}
