//! Notifications in the shape of those that were recorded.

use serde_json::{Value, json};

use super::World;
use sandbox::yookassa::{CARDS, Means};

/// What was seen in notifications of payments and of refunds, and the kind of each value.
const PAYMENT: &[(&str, char)] = &[
    ("/amount/currency", 't'),
    ("/amount/value", 't'),
    ("/confirmation/confirmation_url", 't'),
    ("/confirmation/type", 't'),
    ("/created_at", 't'),
    ("/description", 't'),
    ("/id", 't'),
    ("/metadata/user_id", 't'),
    ("/paid", 'b'),
    ("/recipient/account_id", 't'),
    ("/recipient/gateway_id", 't'),
    ("/refundable", 'b'),
    ("/status", 't'),
    ("/test", 'b'),
];
const REFUND: &[(&str, char)] = &[
    ("/amount/currency", 't'),
    ("/amount/value", 't'),
    ("/created_at", 't'),
    ("/id", 't'),
    ("/payment_id", 't'),
    ("/status", 't'),
];

/// What the recordings have and ours doesn't, or not of that kind.
fn missing(recorded: &Value, ours: &Value, way: &str, found: &mut Vec<String>) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(_)) => {
            for (name, value) in theirs {
                // What is in the metadata is the shop's own.
                if name != "metadata" {
                    missing(value, &ours[name], &format!("{way}.{name}"), found);
                }
            }
        }
        _ => {
            let is_same = std::mem::discriminant(recorded) == std::mem::discriminant(ours);
            if !is_same {
                found.push(format!("{way} is {ours}, recorded was {recorded}"));
            }
        }
    }
}

/// One notification of each kind, as they come.
async fn all_kinds(world: &World) -> Vec<Value> {
    let payment = |capture: bool| {
        json!({
            "amount": { "value": "299.00", "currency": "RUB" },
            "capture": capture,
            "confirmation": { "type": "redirect", "return_url": "https://t.me/mybot" },
            "description": "Top-up",
            "metadata": { "user_id": "42" },
        })
    };
    let card = || Means::Card(CARDS[0].number.to_owned());
    let id = |it: &Value| it["id"].as_str().expect("an id").to_owned();
    let paid = id(&world.make("payments", "1", &payment(true)).await);
    world.yookassa.pay(&paid, card()).expect("it is open");
    let held = id(&world.make("payments", "2", &payment(false)).await);
    world.yookassa.pay(&held, card()).expect("it is open");
    let refund = json!({
        "payment_id": paid,
        "amount": { "value": "100.00", "currency": "RUB" },
    });
    world.make("refunds", "3", &refund).await;
    world.make("payments", "4", &payment(true)).await;
    let mut came = world.notices().await;
    world.pass(3_600_000);
    came.extend(world.notices().await);
    came
}

#[tokio::test]
async fn notifications_have_what_was_seen_in_them() {
    let came = all_kinds(&World::new()).await;
    let mut events: Vec<&str> = came.iter().filter_map(|it| it["event"].as_str()).collect();
    events.sort_unstable();
    events.dedup();
    let all = [
        "payment.canceled",
        "payment.succeeded",
        "payment.waiting_for_capture",
        "refund.succeeded",
    ];
    assert_eq!(events, all);
    for it in &came {
        assert_eq!(it["type"], "notification");
        let is_refund = it["event"] == "refund.succeeded";
        for (pointer, kind) in if is_refund { REFUND } else { PAYMENT } {
            let value = it["object"].pointer(pointer).unwrap_or(&Value::Null);
            let is_right = if *kind == 'b' { value.is_boolean() } else { value.is_string() };
            assert!(is_right, "{pointer} of {it}");
        }
        if it["event"] == "payment.canceled" {
            let why = json!({ "party": "yoo_money", "reason": "expired_on_confirmation" });
            assert_eq!(it["object"]["cancellation_details"], why);
        }
    }
}

/// The recordings themselves, where somebody has them and names their file.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the recordings are named by hand")]
async fn notifications_are_as_recorded() {
    let Ok(file) = std::env::var("YOOKASSA_RECORDINGS") else {
        println!("YOOKASSA_RECORDINGS names no file: nothing is compared");
        return;
    };
    let recorded = std::fs::read_to_string(file).expect("the recordings");
    let recorded: Value = serde_json::from_str(&recorded).expect("JSON");
    let came = all_kinds(&World::new()).await;
    let mut compared = 0;
    for it in recorded["notifications"].as_array().expect("a list") {
        let body = &it["body"];
        let Some(ours) = came.iter().find(|it| it["event"] == body["event"]) else {
            assert_eq!(body["event"], "payment.nosuch", "it never comes");
            continue;
        };
        let mut found = Vec::new();
        missing(body, ours, "", &mut found);
        assert_eq!(found, Vec::<String>::new(), "{ours}");
        assert_eq!(ours["object"]["status"], body["object"]["status"]);
        compared += 1;
    }
    assert_eq!(compared, 4);
}
