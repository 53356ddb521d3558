//! Every field that we send is one of the Bot API's, by its machine-readable description.

use crate::world::{ANNA, BOT, World, png};
use axum::body::Bytes;
use sandbox::telegram::As;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

struct Spec {
    types: Value,
    added: Value,
}

impl Spec {
    /// Nothing when the description isn't at hand.
    fn read() -> Option<Spec> {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
        let read = |name: &str| -> Option<Value> {
            serde_json::from_slice(&std::fs::read(dir.join(name)).ok()?).ok()
        };
        let types = read("telegram-bot-api.json")?["types"].clone();
        Some(Spec { types, added: read("telegram-bot-api-10.3-delta.json")? })
    }

    /// What is wrong with a value that should be of the named type.
    fn check(&self, kind: &str, value: &Value, place: &str, wrong: &mut BTreeSet<String>) {
        if let Some(inner) = kind.strip_prefix("Array of ") {
            for part in value.as_array().into_iter().flatten() {
                self.check(inner, part, place, wrong);
            }
            return;
        }
        if self.added["new_types"].get(kind).is_some() {
            let fields = &self.added["new_types"][kind]["fields"];
            for name in value.as_object().into_iter().flat_map(|it| it.keys()) {
                if fields.get(name).is_none() {
                    wrong.insert(format!("{place}.{name}"));
                }
            }
            return;
        }
        let spec = &self.types[kind];
        if let Some(kinds) = spec["subtypes"].as_array() {
            let fits = kinds.iter().filter_map(Value::as_str).any(|kind| {
                let mut inside = BTreeSet::new();
                self.check(kind, value, place, &mut inside);
                inside.is_empty()
            });
            if !fits {
                wrong.insert(format!("{place} is no {kind}: {value}"));
            }
            return;
        }
        let Some(fields) = spec["fields"].as_array() else { return };
        let Some(object) = value.as_object() else {
            wrong.insert(format!("{place} is no object: {value}"));
            return;
        };
        for field in fields {
            let name = field["name"].as_str().unwrap_or_default();
            match object.get(name) {
                None if field["required"] == true => {
                    wrong.insert(format!("{place}.{name} is missing"));
                }
                None => {}
                Some(part) => {
                    let kind = field["types"][0].as_str().unwrap_or_default();
                    self.check(kind, part, &format!("{place}.{name}"), wrong);
                }
            }
        }
        for (name, part) in object {
            if fields.iter().any(|field| field["name"] == **name) {
                continue;
            }
            match self.added["new_fields"][kind].get(name) {
                Some(field) => {
                    let kind = field["type"].as_str().unwrap_or_default();
                    let kind = kind.trim_end_matches(" | None");
                    self.check(kind, part, &format!("{place}.{name}"), wrong);
                }
                None => {
                    wrong.insert(format!("{place}.{name}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn every_field_is_one_of_telegram_s() {
    let Some(spec) = Spec::read() else {
        println!("skipped: the description of the Bot API isn't at hand");
        return;
    };
    let world = World::new().begun().await;
    let mut wrong = BTreeSet::new();
    let messages = sent(&world).await;
    for message in &messages {
        spec.check("Message", message, "Message", &mut wrong);
    }
    let updates = received(&world).await;
    spec.check("Array of Update", &updates, "Update", &mut wrong);
    let kinds: BTreeSet<&str> = updates
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|it| it.as_object().expect("an object").keys().map(String::as_str))
        .collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "callback_query",
            "edited_message",
            "message",
            "my_chat_member",
            "pre_checkout_query",
            "subscription",
            "update_id"
        ]
    );
    for (method, kind) in [
        ("getMe", "User"),
        ("getWebhookInfo", "WebhookInfo"),
        ("getStarTransactions", "StarTransactions"),
        ("getMyStarBalance", "StarAmount"),
        ("getMyCommands", "Array of BotCommand"),
    ] {
        let result = world.ok(method, json!({})).await;
        spec.check(kind, &result, kind, &mut wrong);
    }
    let id = messages[2]["document"]["file_id"].clone();
    let file = world.ok("getFile", json!({ "file_id": id })).await;
    spec.check("File", &file, "File", &mut wrong);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// One of each message that a bot can send.
async fn sent(world: &World) -> Vec<Value> {
    let mut messages = vec![
        world
            .ok(
                "sendMessage",
                json!({
                    "chat_id": ANNA,
                    "text": "<pre><code class=\"language-a\">a</code></pre> <a href=\"a.b\">b</a> \
                             <tg-time unix=\"5\">c</tg-time> <tg-emoji emoji-id=\"5\">d</tg-emoji>",
                    "parse_mode": "HTML",
                    "protect_content": true,
                    "message_effect_id": "5",
                    "link_preview_options": { "is_disabled": true },
                    "reply_parameters": { "message_id": 1 },
                    "reply_markup": { "inline_keyboard": [[
                        { "text": "x", "callback_data": "x", "style": "danger" },
                        { "text": "y", "disabled": {} },
                        { "text": "z", "copy_text": { "text": "z" } },
                    ]] },
                }),
            )
            .await,
    ];
    let caption = [
        ("chat_id", "501"),
        ("caption", "#c"),
        ("has_spoiler", "true"),
        ("show_caption_above_media", "true"),
        ("title", "t"),
        ("performer", "p"),
    ];
    let picture = png(1_000, 1_000);
    for kind in ["photo", "document", "video", "audio", "voice"] {
        let answer =
            world.upload(&format!("send{kind}"), &caption, (kind, "a.png", &picture)).await;
        messages.push(answer["result"].clone());
    }
    let still = b"\xff\xd8\xff\xc0\x00\x0b\x08\x01\x40\x00\xb4\x01\x01\x11\x00";
    let film = [("video", "a.mp4", &b"film"[..]), ("thumbnail", "a.jpg", &still[..])];
    messages.push(world.upload_all("sendVideo", &caption, &film).await["result"].clone());
    let prices = json!([{ "label": "l", "amount": 5 }]);
    let invoice = json!({ "chat_id": ANNA, "title": "t", "description": "d", "payload": "p",
        "currency": "XTR", "prices": prices });
    messages.push(world.ok("sendInvoice", invoice).await);
    let photo = messages[1]["photo"][0]["file_id"].clone();
    let input = json!({ "type": "photo", "media": photo, "caption": "a" });
    let group = json!({ "chat_id": ANNA, "media": [input, input] });
    let album = world.ok("sendMediaGroup", group).await;
    messages.extend(album.as_array().cloned().unwrap_or_default());
    let edit = json!({ "chat_id": ANNA, "message_id": messages[0]["message_id"], "text": "a" });
    messages.push(world.ok("editMessageText", edit).await);
    messages
}

/// One of each update that people can cause.
async fn received(world: &World) -> Value {
    let telegram = world.telegram();
    let file = || ("a.png".to_owned(), String::new(), Bytes::from(png(50, 50)));
    for kind in [As::Photo, As::Document, As::Video, As::Audio, As::Voice, As::Sticker] {
        let files = vec![file(), file()];
        telegram.send(BOT, ANNA, kind, Some("/c"), files).expect("files");
    }
    telegram.press(BOT, ANNA, 1, "x", true).expect("a forged press");
    telegram.press(BOT, ANNA, 999, "x", true).expect("a forged press");
    telegram.edit(BOT, ANNA, 1, "changed").expect("it is hers");
    let link = json!({ "title": "t", "description": "d", "payload": "p", "currency": "XTR",
        "prices": [{ "label": "l", "amount": 5 }], "subscription_period": 2_592_000 });
    let link = world.ok("createInvoiceLink", link).await;
    let paying = telegram.pay_link(BOT, ANNA, link.as_str().unwrap_or_default()).expect("Stars");
    let answer = json!({ "pre_checkout_query_id": paying.query_id, "ok": true });
    world.ok("answerPreCheckoutQuery", answer).await;
    let charges = world.ok("getStarTransactions", json!({})).await;
    let charge = charges["transactions"][0]["id"].as_str().unwrap_or_default().to_owned();
    telegram.cancel_subscription(BOT, ANNA, &charge, true).expect("it is hers");
    let refund = json!({ "user_id": ANNA, "telegram_payment_charge_id": charge });
    world.ok("refundStarPayment", refund).await;
    let commands = json!({ "commands": [{ "command": "a", "description": "b" }] });
    world.ok("setMyCommands", commands).await;
    telegram.block(BOT, ANNA, true).expect("she may");
    telegram.block(BOT, ANNA, false).expect("she may");
    world.ok("getUpdates", json!({})).await
}
