//! The routes of the chat page, and who may use them.

use crate::world::{ANNA, BOT, World, png};
use axum::body::Body;
use futures::StreamExt;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

fn post(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("a good request")
}

async fn answer(world: &World, request: Request<Body>) -> (StatusCode, Value) {
    let (status, _, body) = world.ask(request).await;
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    if status.is_client_error() {
        assert!(body["error"].is_string(), "{status} {body}");
    }
    (status, body)
}

async fn get(world: &World, path: &str) -> (StatusCode, Value) {
    answer(world, Request::get(path).body(Body::empty()).expect("a good request")).await
}

#[tokio::test]
async fn only_this_page_on_this_machine_may_change_anything() {
    let world = World::new().begun().await;
    let said = json!({ "bot": BOT, "person": ANNA, "text": "hello" });
    for (host, origin, expected) in [
        (None, None, 200),
        (Some("127.0.0.1:8081"), None, 200),
        (Some("localhost:8081"), Some("http://localhost:8081"), 200),
        (Some("[::1]:8081"), Some("http://[::1]:8081"), 200),
        (Some("127.0.0.1:8081"), Some("http://127.0.0.1:9999"), 403),
        (Some("127.0.0.1:8081"), Some("https://127.0.0.1:8081"), 403),
        (Some("127.0.0.1:8081"), Some("http://localhost:8081"), 403),
        (Some("127.0.0.1:8081"), Some("https://evil.example"), 403),
        (Some("127.0.0.1:8081"), Some("null"), 403),
        (Some("evil.example:8081"), None, 403),
        (Some("127.0.0.1.evil.example"), None, 403),
        (Some("evil.example"), Some("http://evil.example"), 403),
    ] {
        for path in ["/sandbox/say", "/sandbox/fal/faults"] {
            let body =
                if path.ends_with("say") { said.clone() } else { json!({ "fault": "late" }) };
            let mut request = post(path, &body);
            if let Some(host) = host {
                request.headers_mut().insert("host", host.parse().expect("a header"));
            }
            if let Some(origin) = origin {
                request.headers_mut().insert("origin", origin.parse().expect("a header"));
            }
            let (status, _, _) = world.ask(request).await;
            let is_open = expected == 200;
            assert_eq!(status.is_success(), is_open, "{path} {host:?} {origin:?} {status}");
            assert_eq!(status == 403, !is_open, "{path} {host:?} {origin:?} {status}");
        }
    }
    // Reading is for this machine too: a name that was pointed here must not read the chats.
    let request = Request::get("/sandbox/state").header("host", "evil.example");
    let (status, ..) = world.ask(request.body(Body::empty()).expect("a good request")).await;
    assert_eq!(status, 403);
}

#[tokio::test]
async fn the_page_and_its_files_are_served() {
    let world = World::new();
    let page = Request::get("/").body(Body::empty()).expect("a good request");
    let (status, headers, body) = world.ask(page).await;
    assert_eq!(
        (status.as_u16(), &headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().expect("a header"))
    );
    let page = String::from_utf8(body.to_vec()).expect("text");
    for (at, _) in page.match_indices("/web/") {
        let path = &page[at..at + page[at..].find(['"', '\'']).unwrap_or(0)];
        let request = Request::get(path).body(Body::empty()).expect("a good request");
        assert_eq!(world.ask(request).await.0, 200, "{path}");
    }
    assert_eq!(get(&world, "/web/secret.js").await.0, 404);
}

#[tokio::test]
async fn a_page_learns_the_state_and_a_chat() {
    let world = World::new().begun().await;
    let (_, state) = get(&world, "/sandbox/state").await;
    assert_eq!(state["bots"][0]["id"], BOT);
    assert_eq!(state["people"][2]["first_name"], "Айгерім");
    assert_eq!(state["people"][0]["stars"], 5_000);
    assert_eq!(state["now"], world.now());
    let commands = json!([{ "command": "start", "description": "Begin" }]);
    world.ok("setMyCommands", json!({ "commands": commands })).await;
    let (_, chat) = get(&world, &format!("/sandbox/chat?bot={BOT}&person={ANNA}")).await;
    assert_eq!(chat["messages"][0]["html"], "<span class=\"bot-command\">/start</span>");
    assert_eq!(chat["messages"][0]["outgoing"], true);
    assert_eq!((&chat["commands"], &chat["blocked"]), (&commands, &json!(false)));
    assert_eq!(chat["reply_keyboard"], Value::Null);
    assert_eq!(get(&world, "/sandbox/chat?bot=1&person=1").await.0, 404);
    // Looking at a chat is not yet writing in it.
    get(&world, &format!("/sandbox/chat?bot={BOT}&person=502")).await;
    let why = world.refusal("sendMessage", json!({ "chat_id": 502, "text": "a" })).await;
    assert_eq!(why, "Forbidden: bot can't initiate conversation with a user");
    assert_eq!(get(&world, "/sandbox/chat?bot=x").await.0, 400);
}

#[tokio::test]
async fn a_newcomer_joins() {
    let world = World::new();
    let (status, person) = answer(
        &world,
        post("/sandbox/people", &json!({ "first_name": "Zoë", "language_code": "en" })),
    )
    .await;
    assert_eq!(
        (status.as_u16(), &person["id"], &person["username"]),
        (200, &json!(504), &json!("zo"))
    );
    for bad in [
        json!({ "first_name": " ", "language_code": "en" }),
        json!({ "first_name": "A" }),
        json!([]),
    ] {
        assert!(answer(&world, post("/sandbox/people", &bad)).await.0.is_client_error());
    }
}

/// A form as the page sends it: Anna's fields and files, each with its name and type.
fn sending(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Request<Body> {
    sending_to(ANNA, fields, files)
}

fn sending_to(chat: i64, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Request<Body> {
    let (bot, person) = (BOT.to_string(), chat.to_string());
    let who = [("bot", bot.as_str()), ("person", person.as_str())];
    let mut form = Vec::new();
    for (name, value) in who.iter().chain(fields) {
        form.extend(
            format!("--XX\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    for (name, mime, bytes) in files {
        form.extend(format!("--XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: {mime}\r\n\r\n").bytes());
        form.extend(*bytes);
        form.extend(b"\r\n");
    }
    form.extend(b"--XX--\r\n");
    Request::post("/sandbox/send")
        .header("content-type", "multipart/form-data; boundary=XX")
        .body(Body::from(form))
        .expect("a good request")
}

#[tokio::test]
async fn a_page_presses_blocks_and_sends() {
    let world = World::new().begun().await;
    let markup = json!({ "inline_keyboard": [[{ "text": "x", "callback_data": "x" }]] });
    let params = json!({ "chat_id": ANNA, "text": "a", "reply_markup": markup });
    let id = world.ok("sendMessage", params).await["message_id"].clone();
    let press = |message: &Value, data: &str| {
        post(
            "/sandbox/press",
            &json!({ "bot": BOT, "person": ANNA, "message_id": message, "data": data }),
        )
    };
    let (_, pressed) = answer(&world, press(&id, "x")).await;
    assert!(pressed["callback_query_id"].is_string());
    assert_eq!(answer(&world, press(&id, "y")).await.0, 404);
    assert_eq!(answer(&world, press(&json!(99), "x")).await.0, 404);
    let picture = png(40, 30);
    let files = [("a.png", "image/png", &picture[..]), ("b.png", "image/png", &picture[..])];
    let request = sending(&[("as", "photo"), ("caption", "me")], &files);
    let (status, sent) = answer(&world, request).await;
    assert_eq!((status.as_u16(), sent["message_ids"].as_array().map(Vec::len)), (200, Some(2)));
    let message = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let file = message["photo"][0]["file_id"].as_str().expect("an id");
    let request = Request::get(format!("/sandbox/files/{file}")).body(Body::empty());
    let (status, headers, bytes) = world.ask(request.expect("a good request")).await;
    assert_eq!(
        (status.as_u16(), &headers["content-type"]),
        (200, &"image/png".parse().expect("a header"))
    );
    assert_eq!(bytes, png(40, 30));
    assert_eq!(get(&world, "/sandbox/files/nonsense").await.0, 404);
    let block = json!({ "bot": BOT, "person": ANNA, "blocked": true });
    assert_eq!(answer(&world, post("/sandbox/block", &block)).await.0, 200);
    assert!(
        world
            .refusal("sendMessage", json!({ "chat_id": ANNA, "text": "a" }))
            .await
            .contains("blocked")
    );
    let form = Request::post("/sandbox/send").header("content-type", "text/plain");
    let (status, ..) = world.ask(form.body(Body::empty()).expect("a good request")).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn a_page_answers_in_a_group_as_a_member_who_is_nobody_else() {
    const GROUP: i64 = -1_001;
    let world = World::new().begun().await;
    world.ok("getUpdates", json!({ "offset": -1 })).await;
    world.telegram().add_to_group(BOT, GROUP, "Support chat").expect("it may");
    let (_, state) = get(&world, "/sandbox/state").await;
    let group = json!({ "id": GROUP, "title": "Support chat", "as": "Support" });
    assert_eq!(state["bots"][0]["groups"], json!([group]));
    assert_eq!(state["people"].as_array().map(Vec::len), Some(3));
    let shown = world.ok("sendMessage", json!({ "chat_id": GROUP, "text": "Anna asks" })).await;
    let asked = shown["message_id"].clone();
    let say = |text: &str, replied: &Value| {
        let said = json!({ "bot": BOT, "person": GROUP, "text": text, "replied": replied });
        post("/sandbox/say", &said)
    };
    assert_eq!(answer(&world, say("among us", &Value::Null)).await.0, 200);
    assert_eq!(answer(&world, say("to nobody", &json!(99))).await.0, 404);
    assert_eq!(answer(&world, say("to Anna", &asked)).await.0, 200);
    let told = [("as", "video"), ("duration", "12"), ("replied", &*asked.to_string())];
    let film: Vec<u8> = (0..100).collect();
    let request = sending_to(GROUP, &told, &[("a.mp4", "video/mp4", &film)]);
    assert_eq!(answer(&world, request).await.0, 200);
    let picture = png(40, 30);
    let pictures = [("a.png", "image/png", &picture[..]), ("b.png", "image/png", &picture[..])];
    let told = [("as", "photo"), ("caption", "both"), ("replied", &*asked.to_string())];
    assert_eq!(answer(&world, sending_to(GROUP, &told, &pictures)).await.0, 200);

    let heard = world.ok("getUpdates", json!({})).await;
    let heard: Vec<&Value> = heard.as_array().expect("a list").iter().collect();
    let messages: Vec<&Value> =
        heard.iter().map(|it| &it["message"]).filter(|it| it["chat"]["id"] == GROUP).collect();
    assert_eq!(messages.len(), 4);
    for message in &messages {
        assert_eq!(message["reply_to_message"], shown);
        assert_eq!(
            (&message["from"]["id"], &message["from"]["is_bot"]),
            (&json!(500), &json!(false))
        );
    }
    assert_eq!(messages[0]["text"], "to Anna");
    assert_eq!(messages[1]["video"]["duration"], 12);
    assert_eq!(messages[2]["caption"], "both");
    assert_eq!(messages[2]["media_group_id"], messages[3]["media_group_id"]);
    let (_, chat) = get(&world, &format!("/sandbox/chat?bot={BOT}&person={GROUP}")).await;
    let sides = chat["messages"].as_array().expect("a list").iter().map(|it| &it["outgoing"]);
    assert_eq!(sides.collect::<Vec<_>>(), [false, true, true, true, true, true]);
    // Whoever is thrown out hears no more, but people go on.
    world.telegram().remove_from_group(BOT, GROUP).expect("it was there");
    assert_eq!(answer(&world, say("where is it?", &asked)).await.0, 200);
    let last = heard.last().and_then(|it| it["update_id"].as_i64()).expect("a number");
    assert_eq!(world.ok("getUpdates", json!({ "offset": last + 1 })).await, json!([]));
}

#[tokio::test]
async fn a_film_goes_with_what_the_browser_knows_and_comes_in_parts() {
    let world = World::new().begun().await;
    let film: Vec<u8> = (0..100).collect();
    let told = [("as", "video"), ("duration", "12"), ("width", "720"), ("height", "1280")];
    let (status, _) = answer(&world, sending(&told, &[("a.mp4", "video/mp4", &film)])).await;
    assert_eq!(status, 200);
    let message = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let video = &message["video"];
    assert_eq!(
        (&video["duration"], &video["width"], &video["height"], &video["file_size"]),
        (&json!(12), &json!(720), &json!(1280), &json!(100))
    );
    let path = format!("/sandbox/files/{}", video["file_id"].as_str().expect("an id"));
    for (asked, code, about, got) in [
        ("", 200, "", 0..100),
        ("bytes=0-", 206, "bytes 0-99/100", 0..100),
        ("bytes=10-19", 206, "bytes 10-19/100", 10..20),
        ("bytes=90-200", 206, "bytes 90-99/100", 90..100),
        ("bytes=-10", 206, "bytes 90-99/100", 90..100),
        ("bytes=-200", 206, "bytes 0-99/100", 0..100),
        ("bytes=100-", 416, "bytes */100", 0..0),
        ("bytes=-0", 416, "bytes */100", 0..0),
        // What isn't understood is as good as not said.
        ("bytes=5-1", 200, "", 0..100),
        ("bytes=0-1,5-6", 200, "", 0..100),
        ("bytes=a-b", 200, "", 0..100),
        ("lines=1-2", 200, "", 0..100),
    ] {
        let mut request = Request::get(&path);
        if !asked.is_empty() {
            request = request.header("range", asked);
        }
        let request = request.body(Body::empty()).expect("a good request");
        let (status, headers, bytes) = world.ask(request).await;
        let said = headers.get("content-range").map_or("", |it| it.to_str().unwrap_or("?"));
        assert_eq!((status.as_u16(), said), (code, about), "{asked}");
        assert_eq!(bytes, film[got], "{asked}");
        assert_eq!(headers["accept-ranges"], "bytes");
        assert_eq!(headers["content-type"], "video/mp4");
    }
}

#[tokio::test]
async fn a_file_never_runs_as_a_part_of_the_page() {
    let world = World::new().begun().await;
    let file = ("a.html\"\r\n".to_owned(), "text/html".to_owned(), "<script>".into());
    let kind = sandbox::telegram::As::Document;
    world.telegram().send(BOT, ANNA, kind, None, vec![file]).expect("a file");
    let message = world.telegram().messages(BOT, ANNA).pop().expect("it was sent");
    let id = message["document"]["file_id"].as_str().expect("an id");
    let request = Request::get(format!("/sandbox/files/{id}")).body(Body::empty());
    let (_, headers, _) = world.ask(request.expect("a good request")).await;
    assert!(headers["content-security-policy"].to_str().is_ok_and(|it| it.starts_with("sandbox;")));
    assert_eq!(headers["content-disposition"], "attachment; filename=\"a.html___\"");
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn a_page_hears_what_happens() {
    let world = World::new().begun().await;
    let request = Request::get(format!("/sandbox/events?bot={BOT}&person={ANNA}"));
    let request = request.body(Body::empty()).expect("a good request");
    let response = world.sandbox.router().oneshot(request).await.expect("the router answers");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut events = response.into_body().into_data_stream();
    let id = world.ok("sendMessage", json!({ "chat_id": ANNA, "text": "a" })).await["message_id"]
        .clone();
    world.ok("editMessageText", json!({ "chat_id": ANNA, "message_id": id, "text": "b" })).await;
    world.ok("sendChatAction", json!({ "chat_id": ANNA, "action": "typing" })).await;
    let query = world.telegram().press(BOT, ANNA, 1, "x", true).expect("a forged press");
    world.ok("answerCallbackQuery", json!({ "callback_query_id": query })).await;
    world.ok("deleteMessage", json!({ "chat_id": ANNA, "message_id": id })).await;
    world.telegram().say(BOT, ANNA, "mine").expect("she may write");
    let mut heard = Vec::new();
    while heard.len() < 6 {
        let chunk = events.next().await.expect("it goes on").expect("in memory");
        let text = String::from_utf8(chunk.to_vec()).expect("text");
        let event: Value =
            serde_json::from_str(text.trim().trim_start_matches("data: ")).expect("JSON");
        heard.push(event);
    }
    let kinds: Vec<&str> = heard.iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(kinds, ["message", "edited", "action", "answer", "deleted", "message"]);
    assert_eq!(heard[0]["message"]["outgoing"], false);
    assert_eq!(
        (&heard[1]["message"]["html"], &heard[1]["message"]["edited"]),
        (&json!("b"), &json!(true))
    );
    assert_eq!((&heard[3]["callback_query_id"], &heard[3]["text"]), (&json!(query), &Value::Null));
    assert_eq!(heard[4]["message_ids"], json!([id]));
    assert_eq!(heard[5]["message"]["outgoing"], true);
}

#[tokio::test]
async fn a_page_pays_and_hears_why_not() {
    let world = World::new().begun().await;
    let invoice = json!({ "chat_id": ANNA, "title": "t", "description": "d", "payload": "p",
        "currency": "XTR", "prices": [{ "label": "l", "amount": 5 }] });
    let id = world.ok("sendInvoice", invoice).await["message_id"].clone();
    let pay = || post("/sandbox/pay", &json!({ "bot": BOT, "person": ANNA, "message_id": id }));
    let bot = async {
        let mut asked = json!([]);
        while asked.as_array().is_none_or(Vec::is_empty) {
            asked = world.ok("getUpdates", json!({ "timeout": 1 })).await;
        }
        let query = &asked[0]["pre_checkout_query"]["id"];
        world
            .ok("answerPreCheckoutQuery", json!({ "pre_checkout_query_id": query, "ok": true }))
            .await
    };
    let (paid, _) = tokio::join!(answer(&world, pay()), bot);
    assert_eq!(paid.1, json!({ "ok": true }));
    let (status, again) = answer(&world, pay()).await;
    assert_eq!((status.as_u16(), &again["ok"]), (200, &json!(false)));
    assert!(again["error"].is_string());
}

#[tokio::test]
async fn faults_are_switched_from_the_page() {
    let world = World::new().begun().await;
    let fault = json!({ "method": "sendMessage", "fault": "flood", "retry_after": 5, "times": 2, "chat": ANNA });
    let (_, list) = answer(&world, post("/sandbox/faults", &fault)).await;
    assert_eq!(list[0]["retry_after"], 5);
    assert_eq!(
        world.refusal("sendMessage", json!({ "chat_id": ANNA, "text": "a" })).await,
        "Too Many Requests: retry after 5"
    );
    assert_eq!(get(&world, "/sandbox/faults").await.1[0]["times"], 1);
    let clear = Request::delete("/sandbox/faults").body(Body::empty()).expect("a good request");
    assert_eq!(answer(&world, clear).await.1, json!([]));
    world.ok("sendMessage", json!({ "chat_id": ANNA, "text": "a" })).await;
    assert!(
        answer(&world, post("/sandbox/faults", &json!({ "fault": "plague" })))
            .await
            .0
            .is_client_error()
    );
}
