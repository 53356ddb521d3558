//! The confirmation page, as a browser without scripts sees it.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::{World, text};

async fn created(world: &World, more: &Value) -> String {
    let mut body = json!({
        "amount": { "value": "1499.50", "currency": "RUB" },
        "capture": true,
        "confirmation": { "type": "redirect", "return_url": "https://t.me/mybot" },
        "description": "<b>100</b> credits",
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let made = world.make("payments", "1", &body).await;
    let url = made["confirmation"]["confirmation_url"].as_str().expect("an address");
    url.strip_prefix("http://127.0.0.1:8081").expect("ours").to_owned()
}

async fn see(world: &World, path: &str) -> String {
    let request = Request::get(path).body(Body::empty()).expect("a request");
    text(world.send(request).await).await
}

/// Sends a form; where that leads, or else the page.
async fn send(world: &World, path: &str, form: &str) -> Result<String, String> {
    let id = path.split_once("orderId=").expect("an order").1;
    let request = Request::post("/yookassa/pay")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(format!("orderId={id}&lang=en&{form}")))
        .expect("a request");
    let response = world.send(request).await;
    match response.headers().get(header::LOCATION) {
        Some(to) => Ok(to.to_str().expect("an address").to_owned()),
        None => Err(text(response).await),
    }
}

#[tokio::test]
async fn the_page_tells_what_is_paid_in_both_languages() {
    let world = World::new();
    let path = created(&world, &json!({})).await;
    let page = see(&world, &path).await;
    for it in ["Оплата", "1\u{a0}499,50\u{a0}₽", "&lt;b&gt;100&lt;/b&gt; credits", "Берёза Банк"]
    {
        assert!(page.contains(it), "{it} isn't in {page}");
    }
    let page = see(&world, &format!("{path}&lang=en")).await;
    for it in ["A made-up page", "₽1,499.50", "5555 5555 5555 4600 — There isn’t enough money"]
    {
        assert!(page.contains(it), "{it} isn't in {page}");
    }
    assert!(!page.contains("name=\"later\""));
    assert!(see(&world, "/yookassa/pay?orderId=no").await.contains("Такого платежа нет"));
}

#[tokio::test]
async fn a_way_to_pay_that_the_shop_chose_is_the_only_one() {
    let world = World::new();
    let path = created(&world, &json!({ "payment_method_data": { "type": "sbp" } })).await;
    let page = see(&world, &path).await;
    assert!(page.contains("value=\"sbp\"") && !page.contains("5555 5555"));
    assert!(send(&world, &path, "deed=pay&way=card&card=5555555555554477").await.is_err());
    let to = send(&world, &path, "deed=pay&way=sbp&bank=100000000004").await;
    assert_eq!(to.as_deref(), Ok("/#mybot"));
    let told = &world.notices().await[0];
    assert_eq!(told["object"]["payment_method"]["payer_bank_details"]["bank_id"], "100000000004");
}

#[tokio::test]
async fn a_declined_card_is_told_and_the_way_back_is_there() {
    let world = World::new();
    let path = created(&world, &json!({})).await;
    let told = send(&world, &path, "deed=pay&way=card&card=5555555555554600").await;
    let told = told.expect_err("it stays on the page");
    assert!(told.contains("There isn’t enough money") && told.contains("href=\"/#mybot\""));
    assert!(!told.contains("<form"), "it is over");
    assert_eq!(
        world.yookassa.payments()[0]["cancellation_details"]["reason"],
        "insufficient_funds"
    );
}

#[tokio::test]
async fn whoever_leaves_may_come_again() {
    let world = World::new();
    let path = created(&world, &json!({ "save_payment_method": true })).await;
    assert_eq!(send(&world, &path, "deed=leave").await.as_deref(), Ok("/#mybot"));
    assert_eq!(world.yookassa.payments()[0]["status"], "pending");
    assert!(see(&world, &path).await.contains("name=\"later\""));
    let to =
        send(&world, &path, "deed=pay&way=card&card=4111111111111111&later=card_expired").await;
    assert!(to.is_ok());
    let again = json!({
        "amount": { "value": "10.00", "currency": "RUB" },
        "capture": true,
        "payment_method_id": world.yookassa.payments()[0]["id"],
    });
    let charged = world.make("payments", "2", &again).await;
    assert_eq!(charged["cancellation_details"]["reason"], "card_expired");
}

#[tokio::test]
async fn another_site_can_t_pay() {
    let world = crate::world::World::new();
    let request = Request::post("/yookassa/pay")
        .header("host", "127.0.0.1:8081")
        .header("origin", "http://example.com")
        .body(Body::from("orderId=1&deed=pay"))
        .expect("a request");
    assert_eq!(world.ask(request).await.0, 403);
}
