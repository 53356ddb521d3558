//! What Telegram knows of before, after a polite end and after a kill, and what it doesn't.

use crate::world::{ANNA, BORIS, BOT, OTHER, Receiver, START, TOKEN, World, png};
use axum::body::Body;
use http::{Request, StatusCode};
use sandbox::telegram::{As, Telegram};
use sandbox::{Loopback, Sandbox, Settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

const GROUP: i64 = -1_000_000_000_001;
const SECOND: i64 = 1_000;
/// Machines are busy; where nothing is written, this is how long it takes to see it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A world that begins, or goes on, in a folder.
fn world(dir: &TempDir, now: i64) -> World {
    World::begun_at(Some(dir.path().to_owned()), now)
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// The program is killed: nothing of it is put in order any more.
fn kill(world: World) {
    std::mem::forget(world);
}

fn kept(dir: &TempDir) -> String {
    fs::read_to_string(dir.path().join("telegram.json")).unwrap_or_default()
}

fn files(dir: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(dir.join("telegram-files")).expect("a folder");
    files.map(|it| it.expect("a file").file_name().into_string().expect("plain")).collect()
}

fn picture(side: u32) -> Vec<(String, String, axum::body::Bytes)> {
    vec![("a.png".to_owned(), "image/png".to_owned(), png(side, side).into())]
}

fn file_id(message: &Value) -> String {
    message["photo"][0]["file_id"].as_str().expect("a picture").to_owned()
}

async fn updates(world: &World) -> Vec<Value> {
    world.ok("getUpdates", json!({})).await.as_array().expect("a list").clone()
}

async fn invoice(world: &World) -> i64 {
    let params = json!({
        "chat_id": ANNA,
        "title": "Credits",
        "description": "100 credits",
        "payload": "ord_1",
        "currency": "XTR",
        "prices": [{ "label": "Credits", "amount": 250 }],
    });
    world.ok("sendInvoice", params).await["message_id"].as_i64().expect("it has one")
}

#[tokio::test]
async fn chats_go_on_after_a_kill() {
    let dir = folder();
    let before = world(&dir, START).begun().await;
    let telegram = before.telegram();
    let dana = telegram.add_person("Dana", "en").id;
    telegram.add_to_group(BOT, GROUP, "Support chat").expect("a group");
    telegram.say(BOT, BORIS, "/start").expect("he may write");
    telegram.block(BOT, BORIS, true).expect("he may");
    telegram.say_to(BOT, GROUP, "just among us", None).expect("a colleague may write");
    let keyboard = json!({ "keyboard": [["Menu"]], "resize_keyboard": true });
    let params = json!({ "chat_id": ANNA, "text": "<b>Hi</b>", "parse_mode": "HTML" });
    let first = before.ok("sendMessage", params).await["message_id"].clone();
    before
        .ok("sendMessage", json!({ "chat_id": ANNA, "text": "Keys", "reply_markup": keyboard }))
        .await;
    let edited = json!({ "chat_id": ANNA, "message_id": first, "text": "Hello" });
    before.ok("editMessageText", edited).await;
    before
        .ok("setMyCommands", json!({ "commands": [{ "command": "a", "description": "b" }] }))
        .await;
    let shown = [ANNA, BORIS, GROUP].map(|chat| telegram.messages(BOT, chat));
    telegram.remember();
    kill(before);

    let after = world(&dir, START + SECOND);
    let telegram = after.telegram();
    assert_eq!([ANNA, BORIS, GROUP].map(|chat| telegram.messages(BOT, chat)), shown);
    assert_eq!(telegram.person(dana).map(|it| it.first_name.clone()).as_deref(), Some("Dana"));
    assert_eq!(telegram.people().len(), 4);
    let sent = after.ok("sendMessage", json!({ "chat_id": ANNA, "text": "on we go" })).await;
    let last = shown.iter().flatten().filter_map(|it| it["message_id"].as_i64()).max();
    assert!(last < sent["message_id"].as_i64());
    after
        .ok("editMessageText", json!({ "chat_id": ANNA, "message_id": first, "text": "Bye" }))
        .await;
    let why = after.refusal("sendMessage", json!({ "chat_id": BORIS, "text": "x" })).await;
    assert!(why.contains("blocked"), "{why}");
    let why = after.refusal("sendMessage", json!({ "chat_id": dana, "text": "x" })).await;
    assert!(why.contains("initiate"), "{why}");
    after.ok("sendMessage", json!({ "chat_id": GROUP, "text": "still here" })).await;
    let path = format!("/sandbox/chat?bot={BOT}&person={ANNA}");
    let (_, _, body) = after.ask(Request::get(path).body(Body::empty()).expect("good")).await;
    let chat: Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(chat["reply_keyboard"]["keyboard"], json!([[{ "text": "Menu" }]]));
    assert_eq!(chat["commands"][0]["command"], "a");
}

/// A picture that was sent and whose message is gone: its id.
async fn taken_back(world: &World) -> String {
    world.telegram().send(BOT, ANNA, As::Photo, None, picture(7)).expect("a picture");
    let message = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let which = json!({ "chat_id": ANNA, "message_id": message["message_id"] });
    world.ok("deleteMessage", which).await;
    file_id(&message)
}

#[tokio::test]
async fn files_are_there_after_a_kill_until_nothing_speaks_of_them() {
    let dir = folder();
    let before = world(&dir, START).begun().await;
    let params = [("chat_id", "501")];
    let shown = before.upload("sendPhoto", &params, ("photo", "a.png", &png(9, 9))).await;
    let film = [("video", "a.mp4", &b"a film"[..]), ("thumbnail", "a.jpg", JPEG)];
    let film = before.upload_all("sendVideo", &params, &film).await["result"].clone();
    let shown = shown["result"].clone();
    let heard = taken_back(&before).await;
    let last = updates(&before).await[0]["update_id"].as_i64().expect("it has one");
    before.ok("getUpdates", json!({ "offset": last + 1 })).await;
    let unheard = taken_back(&before).await;
    let old_path = before.ok("getFile", json!({ "file_id": file_id(&shown) })).await;
    before.telegram().remember();
    kill(before);
    fs::write(dir.path().join("telegram-files/half"), "of a file").expect("a file");

    let after = world(&dir, START + SECOND);
    assert_eq!(files(dir.path()).len(), 4, "a film, its still, a picture and one to be heard of");
    let id = film["video"]["file_id"].as_str().expect("a film");
    for (id, bytes) in [(id.to_owned(), b"a film".to_vec()), (file_id(&shown), png(9, 9))] {
        let path = format!("/sandbox/files/{id}");
        let (code, _, body) = after.ask(Request::get(path).body(Body::empty()).expect("ok")).await;
        assert_eq!((code, body.to_vec()), (StatusCode::OK, bytes));
    }
    let again = after.ok("sendVideo", json!({ "chat_id": ANNA, "video": id })).await;
    assert_eq!(again["video"], film["video"]);
    assert!(again["video"]["thumbnail"]["file_id"].is_string());
    after.ok("sendPhoto", json!({ "chat_id": ANNA, "photo": unheard })).await;
    let why = after.refusal("sendPhoto", json!({ "chat_id": ANNA, "photo": heard })).await;
    assert!(why.contains("wrong file identifier"), "{why}");
    // A path that was told before is over, and no new file takes its place.
    after.telegram().send(BOT, ANNA, As::Photo, None, picture(5)).expect("a picture");
    let message = after.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let new_path = after.ok("getFile", json!({ "file_id": file_id(&message) })).await;
    assert_ne!(new_path["file_path"], old_path["file_path"]);
    let path = format!("/file/bot{TOKEN}/{}", old_path["file_path"].as_str().expect("a path"));
    let (code, _, _) = after.ask(Request::get(path).body(Body::empty()).expect("good")).await;
    assert_eq!(code, StatusCode::NOT_FOUND);
    drop(after);

    // What somebody took out of the folder is sent anew by a bot that is refused.
    fs::remove_dir_all(dir.path().join("telegram-files")).expect("a folder");
    let bare = world(&dir, START + 2 * SECOND);
    let why = bare.refusal("sendVideo", json!({ "chat_id": ANNA, "video": id })).await;
    assert!(why.contains("wrong file identifier"), "{why}");
}

#[tokio::test]
async fn what_a_bot_has_not_got_comes_after_a_kill() {
    let dir = folder();
    let before = world(&dir, START).begun().await;
    before.telegram().say(BOT, ANNA, "one").expect("she may write");
    before.telegram().say(BOT, ANNA, "two").expect("she may write");
    let waiting = updates(&before).await;
    before.telegram().remember();
    // Told to the bot and not written down any more: these numbers must not come again.
    let lost: Vec<i64> =
        (0..500).flat_map(|_| before.telegram().say(BOT, ANNA, "x").expect("she may")).collect();
    let told = updates(&before).await.last().expect("one")["update_id"].as_i64();
    let query = before.telegram().press(BOT, ANNA, lost[0], "a", true).expect("forged");
    let photo = before.telegram().send(BOT, ANNA, As::Photo, None, picture(7));
    let photo = photo.expect("a picture")[0];
    let messages = before.telegram().messages(BOT, ANNA);
    kill(before);

    let after = world(&dir, START + SECOND);
    assert_eq!(updates(&after).await, waiting);
    let next = after.telegram().say(BOT, ANNA, "three").expect("she may write");
    assert!(photo < next[0]);
    let new = updates(&after).await;
    assert_eq!((&new[..2], new.len()), (&waiting[..], 3));
    assert!(told < new[2]["update_id"].as_i64());
    assert_ne!(after.telegram().press(BOT, ANNA, next[0], "a", true), Ok(query));
    after.telegram().send(BOT, ANNA, As::Photo, None, picture(7)).expect("a picture");
    let again = after.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let lost = messages.iter().find(|it| it["message_id"] == photo).expect("it was sent");
    assert_ne!(file_id(&again), file_id(lost));
}

#[tokio::test]
async fn stars_are_counted_on_after_a_kill() {
    let dir = folder();
    let before = world(&dir, START).begun().await;
    let paid = pay(&before, None).await;
    let month = subscribe(&before).await;
    let (open, closed) = (invoice(&before).await, paid.0);
    before.telegram().remember();
    kill(before);

    let after = world(&dir, START + SECOND);
    let stars = || after.telegram().person(ANNA).map(|it| it.stars());
    assert_eq!(stars(), Some(5_000 - 250 - 100));
    assert_eq!(after.ok("getMyStarBalance", json!({})).await["amount"], 350);
    assert!(after.telegram().pay(BOT, ANNA, closed).is_err(), "it is paid");
    pay(&after, Some(open)).await;
    let params = json!({ "user_id": ANNA, "telegram_payment_charge_id": paid.1 });
    after.ok("refundStarPayment", params.clone()).await;
    after.refusal("refundStarPayment", params).await;
    assert_eq!(stars(), Some(5_000 - 250 - 100));
    after.pass(30 * 24 * 3_600 * SECOND);
    after.sandbox.deliver_due(&Receiver::default()).await;
    assert_eq!(stars(), Some(5_000 - 250 - 200), "the subscription was renewed");
    after.telegram().cancel_subscription(BOT, ANNA, &month, true).expect("it is hers");
    let books = after.ok("getStarTransactions", json!({})).await;
    assert_eq!(books["transactions"].as_array().map(Vec::len), Some(5));
}

/// Pays an invoice: its message and its charge.
async fn pay(world: &World, message: Option<i64>) -> (i64, String) {
    let message = match message {
        Some(message) => message,
        None => invoice(world).await,
    };
    let mut paying = world.telegram().pay(BOT, ANNA, message).expect("she has Stars");
    let answer = json!({ "pre_checkout_query_id": paying.query_id, "ok": true });
    world.ok("answerPreCheckoutQuery", answer).await;
    assert_eq!(paying.outcome_now(), Some(Ok(())));
    (message, charge(world.telegram()))
}

/// Pays a month of a plan: its charge.
async fn subscribe(world: &World) -> String {
    let params = json!({
        "title": "Club",
        "description": "A month",
        "payload": "sub_1",
        "currency": "XTR",
        "prices": [{ "label": "Month", "amount": 100 }],
        "subscription_period": 2_592_000,
    });
    let link = world.ok("createInvoiceLink", params).await;
    let paying = world.telegram().pay_link(BOT, ANNA, link.as_str().expect("a link"));
    let query = paying.expect("she has Stars").query_id;
    world.ok("answerPreCheckoutQuery", json!({ "pre_checkout_query_id": query, "ok": true })).await;
    charge(world.telegram())
}

fn charge(telegram: &Telegram) -> String {
    let receipt = telegram.messages(BOT, ANNA).pop().expect("a receipt");
    let charge = &receipt["successful_payment"]["telegram_payment_charge_id"];
    charge.as_str().expect("it was paid").to_owned()
}

/// Each of these is written down by itself, and not only with what comes after it.
#[tokio::test]
async fn whatever_is_kept_is_written_when_it_changes() {
    let dir = folder();
    let world = world(&dir, START).begun().await;
    world.telegram().add_to_group(BOT, GROUP, "Support chat").expect("a group");
    let charge = subscribe(&world).await;
    let telegram = world.telegram();
    let written = |what: &str| {
        let before = kept(&dir);
        telegram.remember();
        assert_ne!(before, kept(&dir), "{what}");
        telegram.remember();
    };
    written("all of the above");
    telegram.add_person("Dana", "en");
    written("a person");
    telegram.add_stars(ANNA, 5).expect("she may");
    written("Stars");
    telegram.say(BOT, ANNA, "hello").expect("she may write");
    written("a message and its update");
    telegram.say_to(BOT, GROUP, "among us", None).expect("a colleague may write");
    written("a message that no bot hears");
    telegram.remove_from_group(BOT, GROUP).expect("it was in it");
    written("who is out");
    telegram.post_raw(BOT, ANNA, "poll", &json!({})).expect("it may");
    written("an update alone");
    world.ok("sendMessage", json!({ "chat_id": ANNA, "text": "hi" })).await;
    written("a message of the bot");
    world.ok("setMyCommands", json!({ "commands": [] })).await;
    written("commands");
    telegram.cancel_subscription(BOT, ANNA, &charge, true).expect("it is hers");
    written("the will to end a subscription");
    let hook = json!({ "url": "http://127.0.0.1:9/hook" });
    world.ok("setWebhook", hook).await;
    telegram.remember();
    world.sandbox.deliver_due(&Receiver::default()).await;
    written("what was delivered");
    world.pass(30 * 24 * 3_600 * SECOND);
    world.sandbox.deliver_due(&Receiver::default()).await;
    written("the end of a subscription");
}

#[tokio::test]
async fn a_polite_end_is_written_down() {
    let dir = folder();
    let before = world(&dir, START);
    before.telegram().say(BOT, ANNA, "/start").expect("she may write");
    drop(before);
    let after = world(&dir, START + SECOND);
    assert_eq!(after.telegram().messages(BOT, ANNA)[0]["text"], "/start");
}

#[tokio::test]
async fn a_world_that_runs_writes_by_itself() {
    let dir = folder();
    let world = world(&dir, START);
    let telegram = world.telegram().clone();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let out = Arc::new(Loopback::new().expect("an outlet"));
    let runs = world.sandbox.clone().run(listener, out, std::future::pending());
    let runs = tokio::spawn(runs);
    for word in ["first", "second"] {
        telegram.say(BOT, ANNA, word).expect("she may write");
        let is_written = async {
            while !kept(&dir).contains(word) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, is_written).await.expect("it is written soon");
    }
    runs.abort();
}

/// A world as the program begins it, which has no better seed than the clock, with one bot.
fn seeded_by_clock(dir: &TempDir, now: i64) -> (Arc<Sandbox>, i64) {
    let sandbox = Sandbox::new(Settings {
        clock: Arc::new(move || now),
        seed: now.unsigned_abs(),
        origin: "http://127.0.0.1:8081".into(),
        training_ms: 0,
        picture_ms: 0,
        request_prefix: "test_".into(),
        dir: Some(dir.path().to_owned()),
    });
    let bot = sandbox.telegram().add_bot(OTHER, "other_bot", "Other").expect("a good token");
    (sandbox, bot)
}

#[tokio::test]
async fn ids_are_other_ones_at_each_start() {
    let dir = folder();
    let begin = |now| {
        let (sandbox, bot) = seeded_by_clock(&dir, now);
        let telegram = sandbox.telegram();
        telegram.send(bot, ANNA, As::Photo, None, picture(7)).expect("a picture");
        let message = telegram.messages(bot, ANNA).pop().expect("it was sent");
        let query = telegram.press(bot, ANNA, 1, "a", true).expect("forged");
        (file_id(&message), query)
    };
    let (first, second) = (begin(START), begin(START + 1));
    assert!(first.0 != second.0 && first.1 != second.1, "{first:?}");
}

#[tokio::test]
async fn a_bot_that_is_away_for_a_while_is_not_forgotten() {
    let dir = folder();
    let before = world(&dir, START);
    before.telegram().say(BOT, ANNA, "/start").expect("she may write");
    drop(before);
    let (meanwhile, other) = seeded_by_clock(&dir, START + SECOND);
    meanwhile.telegram().say(other, ANNA, "/start").expect("she may write");
    drop(meanwhile);
    let after = world(&dir, START + 2 * SECOND);
    assert_eq!(after.telegram().messages(BOT, ANNA)[0]["text"], "/start");
    assert_eq!(after.telegram().messages(other, ANNA)[0]["text"], "/start");
}

#[tokio::test]
async fn a_world_whose_memory_is_damaged_begins_anew() {
    for damage in ["{\"version\":1,\"people\":[{", "{\"version\":99,\"people\":[]", "\0\0\0"] {
        let dir = folder();
        let before = world(&dir, START);
        before.telegram().say(BOT, ANNA, "/start").expect("she may write");
        before.telegram().send(BOT, ANNA, As::Photo, None, picture(7)).expect("a picture");
        drop(before);
        // Another version is one that can be read.
        let text = match damage.contains("99") {
            true => kept(&dir).replacen("\"version\":1", "\"version\":99", 1),
            false => damage.to_owned(),
        };
        fs::write(dir.path().join("telegram.json"), &text).expect("it can be written");
        let after = world(&dir, START + SECOND);
        assert!(after.telegram().messages(BOT, ANNA).is_empty(), "{damage}");
        assert!(files(dir.path()).is_empty());
        let aside = fs::read_to_string(dir.path().join("telegram.unreadable.json"));
        assert_eq!(aside.expect("it was put aside"), text);
        after.telegram().say(BOT, ANNA, "/start").expect("she may write");
        drop(after);
        let again = world(&dir, START + 2 * SECOND);
        assert_eq!(again.telegram().messages(BOT, ANNA).len(), 1);
    }
}

/// The smallest JPEG header that says a size.
const JPEG: &[u8] =
    b"\xff\xd8\xff\xe0\x00\x04JF\xff\xff\xc2\x00\x0b\x08\x00\x20\x00\x20\x01\x11\x00";
