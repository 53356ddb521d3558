//! The sandbox over real sockets: serving, delivering side by side, and ending.

use crate::world::{ANNA, BORIS, BOT, TOKEN, World};
use axum::Json;
use axum::body::Bytes;
use axum::routing::post;
use futures::StreamExt;
use sandbox::yookassa::Shop;
use sandbox::{Answer, Loopback, Outlet};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::connect_async;

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, origin)
}

#[tokio::test]
async fn it_serves_delivers_and_ends() {
    let world = World::new();
    let (listener, origin) = listen().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let out = Arc::new(Loopback::new().expect("a client"));
    let run = world.sandbox.clone().run(listener, out, async move {
        let _ = stopped.await;
    });
    let (hook, hook_url) = listen().await;
    let (got, mut updates) = mpsc::unbounded_channel::<Value>();
    let receiver = axum::Router::new().route(
        "/hook",
        post(move |Json(update): Json<Value>| {
            let got = got.clone();
            async move { got.send(update).map_or((), |()| ()) }
        }),
    );
    let script = async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let call = async |method: &str, params: Value| {
            let request = client.post(format!("{origin}/bot{TOKEN}/{method}"));
            let request = request.header("content-type", "application/json");
            let answer = request.body(params.to_string()).send().await.expect("an answer");
            let bytes = answer.bytes().await.expect("a body");
            serde_json::from_slice::<Value>(&bytes).expect("JSON")["result"].clone()
        };
        let set = json!({ "url": format!("{hook_url}/hook"), "secret_token": "s" });
        assert_eq!(call("setWebhook", set).await, true);
        for it in 0..20 {
            let person = if it % 2 == 0 { ANNA } else { BORIS };
            world.telegram().say(BOT, person, &it.to_string()).expect("they may write");
        }
        let mut texts = [Vec::new(), Vec::new()];
        for _ in 0..20 {
            let update = updates.recv().await.expect("it is delivered");
            let text = update["message"]["text"].as_str().and_then(|it| it.parse::<usize>().ok());
            let text = text.expect("a number");
            texts[text % 2].push(text);
        }
        // Beside each other they may come as they like, but in each chat in order.
        assert!(texts.iter().all(|it| it.len() == 10 && it.is_sorted()));
        // A page that listens doesn't keep the world from ending.
        let events = format!("{origin}/sandbox/events?bot={BOT}&person={ANNA}");
        let listening = client.get(events).send().await.expect("a stream");
        stop.send(()).expect("it runs");
        listening.bytes().await.expect("the stream ends");
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(run, script) } => {}
        served = async { axum::serve(hook, receiver).await } => panic!("{served:?}"),
    }
}

#[tokio::test]
async fn webhooks_stay_on_this_machine_and_follow_nobody() {
    let out = Loopback::new().expect("a client");
    for url in ["http://example.com/", "http://10.0.0.1/", "http://127.0.0.1.example.com/", "a"] {
        assert!(out.post(url, &[], Bytes::new()).await.is_err(), "{url}");
    }
    let (listener, origin) = listen().await;
    let refused = out.post("http://127.0.0.1:1/", &[], Bytes::new()).await;
    assert_eq!(refused, Err("Connection refused".into()));
    let receiver = axum::Router::new().route(
        "/",
        post(|| async { (http::StatusCode::FOUND, [("location", "/"), ("retry-after", "7")]) }),
    );
    let headers = [("x-a".into(), "b".into())];
    let asked = out.post(&origin, &headers, Bytes::new());
    tokio::select! {
        answer = asked => {
            assert_eq!(answer, Ok(Answer { status: 302, retry_after: Some(7) }));
        }
        served = async { axum::serve(listener, receiver).await } => panic!("{served:?}"),
    }
}

#[tokio::test]
async fn a_payment_is_told_of_while_it_runs() {
    let world = World::new();
    let (listener, origin) = listen().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let out = Arc::new(Loopback::new().expect("a client"));
    let run = world.sandbox.clone().run(listener, out, async move {
        let _ = stopped.await;
    });
    let (hook, hook_url) = listen().await;
    let (got, mut notices) = mpsc::unbounded_channel::<Value>();
    let receiver = axum::Router::new().route(
        "/paid",
        post(move |Json(notice): Json<Value>| {
            let got = got.clone();
            async move { got.send(notice).map_or((), |()| ()) }
        }),
    );
    let yookassa = world.sandbox.yookassa();
    let notify = Some(format!("{hook_url}/paid"));
    yookassa.open_shop(Shop { notify, ..Shop::new("100500", "test_secret") });
    let script = async {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let body = json!({
            "amount": { "value": "499.00", "currency": "RUB" },
            "capture": true,
            "confirmation": { "type": "redirect", "return_url": "https://t.me/atelier_bot" },
        });
        let request = client
            .post(format!("{origin}/yookassa/v3/payments"))
            .basic_auth("100500", Some("test_secret"))
            .header("idempotence-key", "1")
            .header("content-type", "application/json")
            .body(body.to_string());
        let answer = request.send().await.expect("an answer").bytes().await.expect("a body");
        let made: Value = serde_json::from_slice(&answer).expect("JSON");
        let id = made["id"].as_str().expect("an id");
        let form = format!("orderId={id}&deed=pay&way=card&card=5555555555554477");
        let pay = client.post(format!("{origin}/yookassa/pay")).body(form);
        let page = pay.send().await.expect("the chat page");
        assert_eq!((page.status().as_u16(), page.url().path()), (200, "/"));
        let told = notices.recv().await.expect("it is told");
        assert_eq!(
            (&told["event"], &told["object"]["id"]),
            (&json!("payment.succeeded"), &json!(id))
        );
        stop.send(()).expect("it runs");
    };
    tokio::select! {
        ((), ()) = async { tokio::join!(run, script) } => {}
        served = async { axum::serve(hook, receiver).await } => panic!("{served:?}"),
    }
}

#[tokio::test]
async fn a_comfyui_works_by_itself_and_its_sockets_end_with_the_sandbox() {
    let world = World::new();
    let (listener, origin) = listen().await;
    let (stop, stopped) = oneshot::channel::<()>();
    let out = Arc::new(Loopback::new().expect("a client"));
    let run = world.sandbox.clone().run(listener, out, async move {
        let _ = stopped.await;
    });
    let script = async {
        let at = format!("{origin}/comfyui/box1/api");
        let url = format!("{}/ws?clientId=me", at.replace("http:", "ws:"));
        let (mut socket, _) = connect_async(url).await.expect("it is let in");
        let prompt = json!({
            "e": { "class_type": "EmptyImage", "inputs": {
                "width": 64, "height": 64, "batch_size": 1, "color": 255 } },
            "o": { "class_type": "SaveImage", "inputs": {
                "images": ["e", 0], "filename_prefix": "blue" } },
        });
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let asked = json!({ "prompt": prompt, "client_id": "me" }).to_string();
        let answer = client.post(format!("{at}/prompt")).body(asked).send().await;
        assert_eq!(answer.expect("an answer").status(), 200);
        loop {
            let message = socket.next().await.expect("it is open").expect("a message");
            let text = message.into_text().unwrap_or_default();
            let said: Value = serde_json::from_str(&text).unwrap_or_default();
            if said["type"] == "executing" && said["data"]["node"].is_null() {
                break;
            }
        }
        let server = world.sandbox.comfyui().server("box1");
        assert_eq!((server.outputs(), server.is_idle()), (vec!["blue_00001_.png".into()], true));
        stop.send(()).expect("it runs");
        assert!(socket.next().await.is_none_or(|it| it.is_err()), "it ends without a word");
    };
    tokio::join!(run, script);
}
