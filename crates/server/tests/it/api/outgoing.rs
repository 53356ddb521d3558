//! Webhooks of ours: what a program at the other end gets, and what happens when it doesn't.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connectors::http::{Http, Transport, TransportError};
use connectors::reach::Reach;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, Response};
use serde_json::{Value, json};
use server::makers;
use sha2::Sha256;

use super::Api;
use crate::world::{self, each};

/// A program that is called: it writes down what it gets, and answers as it is told, else 200.
#[derive(Default)]
struct Listener {
    calls: Mutex<Vec<Call>>,
    answers: Mutex<VecDeque<u16>>,
}

#[derive(Clone, Debug)]
struct Call {
    url: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    /// As standardwebhooks.com says, in the words of nobody else.
    fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let head = format!("{}.{}.", self.header("webhook-id"), self.header("webhook-timestamp"));
        mac.update(head.as_bytes());
        mac.update(&self.body);
        let own = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature") == own
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

#[async_trait]
impl Transport for Listener {
    async fn execute(
        &self,
        request: reqwest::Request,
    ) -> Result<reqwest::Response, TransportError> {
        let body = request.body().and_then(|it| it.as_bytes()).unwrap_or_default();
        self.calls.lock().unwrap().push(Call {
            url: request.url().to_string(),
            headers: request.headers().clone(),
            body: Bytes::copy_from_slice(body),
        });
        let code = self.answers.lock().unwrap().pop_front().unwrap_or(200);
        Ok(Response::builder().status(code).body("").unwrap().into())
    }
}

impl Listener {
    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    fn answers(&self, codes: &[u16]) {
        self.answers.lock().unwrap().extend(codes);
    }
}

impl Api {
    async fn listened(ground: world::Ground) -> (Self, Arc<Listener>) {
        let mut api = Api::new(ground).await;
        let listener = Arc::new(Listener::default());
        let http = Http::over(listener.clone(), Reach::Loopback);
        api.change(|app| app.out_http = Arc::new(http));
        (api, listener)
    }

    async fn ping(&self, endpoint: &str) -> super::Answer {
        self.ask(&self.key, "POST", &format!("/api/webhooks/{endpoint}/ping"), None).await
    }

    /// What was sent to an endpoint, the latest first.
    async fn log(&self, endpoint: &str) -> Vec<Value> {
        let path = format!("/api/webhooks/{endpoint}/deliveries");
        let page = self.ask(&self.key, "GET", &path, None).await.is(200);
        page["items"].as_array().unwrap().clone()
    }
}

#[test]
fn what_is_done_is_told_signed_and_without_a_word_of_anybody() {
    each(|ground| async move {
        let (api, listener) = Api::listened(ground).await;
        let (_, secret) = api.endpoint().await;
        let only = json!({ "url": "http://localhost:9/only", "events": ["generation.failed"] });
        api.ask(&api.key, "POST", "/api/webhooks", Some(only)).await.is(201);
        let (avatar, training) = api.trained().await;
        let (generation, _) = api.made(&avatar).await;
        let calls = listener.calls();
        let told: Vec<_> = calls.iter().map(|it| it.json()["type"].clone()).collect();
        assert_eq!(told, ["training.succeeded", "generation.succeeded"]);
        for call in &calls {
            assert_eq!(call.url, "http://localhost:9/hook");
            assert!(call.is_signed_with(&secret), "{call:?}");
            let mut other = call.clone();
            other.body = Bytes::from(format!("{} ", String::from_utf8_lossy(&call.body)));
            assert!(!other.is_signed_with(&secret));
            assert_eq!(call.json()["data"]["user"], api.anna);
            let text = String::from_utf8_lossy(&call.body);
            for word in ["Zebulon", "house", "anna", "Avatar", "TOK_", "http"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
        assert_eq!(calls[0].json()["data"]["training"], training);
        assert_eq!(calls[0].json()["data"]["avatar"], avatar);
        assert_eq!(calls[1].json()["data"]["generation"], generation);
        assert_ne!(calls[0].header("webhook-id"), calls[1].header("webhook-id"));
        api.world
    });
}

#[test]
fn what_is_not_taken_is_brought_again_after_longer_and_longer_pauses() {
    each(|ground| async move {
        let (api, listener) = Api::listened(ground).await;
        let (endpoint, secret) = api.endpoint().await;
        listener.answers(&[500, 302, 200]);
        api.ping(&endpoint).await.is(202);
        api.world.work().await;
        let log = api.log(&endpoint).await;
        assert_eq!((&log[0]["state"], &log[0]["last_code"]), (&json!("waiting"), &json!(500)));
        assert!(log[0]["next_at"].is_string());
        for (pause, calls) in [(4_900, 1), (700, 2), (299_000, 2), (32_000, 3), (86_400_000, 3)] {
            api.world.clock.pass(pause);
            api.world.work().await;
            assert_eq!(listener.calls().len(), calls, "after {pause} ms more");
        }
        let log = api.log(&endpoint).await;
        assert_eq!((&log[0]["state"], &log[0]["attempts"]), (&json!("sent"), &json!(3)));
        let calls = listener.calls();
        for call in &calls {
            assert!(call.is_signed_with(&secret));
            assert_eq!(
                (&call.body, call.header("webhook-id")),
                (&calls[0].body, log[0]["event_id"].as_str().unwrap())
            );
        }
        assert_ne!(calls[0].header("webhook-timestamp"), calls[2].header("webhook-timestamp"));
        api.world
    });
}

#[test]
fn what_nobody_takes_for_days_is_given_up_and_a_person_is_told() {
    each(|ground| async move {
        let (api, listener) = Api::listened(ground).await;
        let (endpoint, _) = api.endpoint().await;
        listener.answers(&[500; 30]);
        api.ping(&endpoint).await.is(202);
        for _ in 0..20 {
            api.world.work().await;
            api.world.clock.pass(96_000_000);
        }
        assert_eq!(listener.calls().len(), 10);
        assert_eq!(api.log(&endpoint).await[0]["state"], "failed");
        let open = api.world.read(|tx| store::attention::open(tx, 10)).await;
        assert!(
            open.iter().any(|it| it.kind == "webhook-lost" && it.subject == endpoint),
            "{open:?}"
        );
        api.world
    });
}

#[test]
fn who_says_gone_is_not_called_again() {
    each(|ground| async move {
        let (api, listener) = Api::listened(ground).await;
        let (endpoint, _) = api.endpoint().await;
        listener.answers(&[410]);
        api.ping(&endpoint).await.is(202);
        api.ping(&endpoint).await.is(202);
        api.world.work().await;
        assert_eq!(listener.calls().len(), 1);
        let path = format!("/api/webhooks/{endpoint}");
        let shown = api.ask(&api.key, "GET", &path, None).await.is(200);
        assert!(shown["disabled_at"].is_string() && shown["disabled_reason"].is_string());
        api.ping(&endpoint).await.refused(409, "endpoint-disabled");
        api.trained().await;
        assert_eq!(listener.calls().len(), 1);
        let states: Vec<_> =
            api.log(&endpoint).await.iter().map(|it| it["state"].clone()).collect();
        assert_eq!(states, ["canceled", "failed"]);
        api.world
    });
}

#[test]
fn an_event_is_brought_once_more_under_its_own_id_and_with_the_new_secret() {
    each(|ground| async move {
        let (api, listener) = Api::listened(ground).await;
        let (endpoint, old) = api.endpoint().await;
        api.ping(&endpoint).await.is(202);
        api.world.work().await;
        let path = format!("/api/webhooks/{endpoint}");
        let rotated = api.ask(&api.key, "POST", &format!("{path}/rotate"), None).await.is(200);
        let new = rotated["secret"].as_str().unwrap();
        let first = &api.log(&endpoint).await[0];
        let replay = format!("{path}/deliveries/{}/replay", first["id"].as_str().unwrap());
        let again = api.ask(&api.key, "POST", &replay, None).await.is(202);
        assert_eq!((&again["event_id"], &again["replay"]), (&first["event_id"], &json!(1)));
        assert_ne!(again["id"], first["id"]);
        api.world.work().await;
        let calls = listener.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(
            (&calls[0].body, calls[0].header("webhook-id")),
            (&calls[1].body, calls[1].header("webhook-id"))
        );
        assert!(calls[0].is_signed_with(&old) && calls[1].is_signed_with(new));
        assert!(!calls[1].is_signed_with(&old));
        let shown = api.ask(&api.key, "GET", &path, None).await;
        assert!(!String::from_utf8_lossy(&shown.body).contains("whsec_"));
        api.world
    });
}

#[test]
fn f86_a_strangers_address_leads_to_no_internal_network() {
    each(|ground| async move {
        let (mut api, listener) = Api::listened(ground).await;
        let inside = [
            "http://example.com/hook",
            "https://localhost/hook",
            "https://127.0.0.1/hook",
            "https://2130706433/hook",
            "https://[::1]/hook",
            "https://10.0.0.1/hook",
            "https://169.254.169.254/latest",
            "https://[::ffff:192.168.0.1]/hook",
            "https://anna:word@example.com/hook",
            "ftp://example.com/hook",
            "no address",
        ];
        let new = |url: &str| Some(json!({ "url": url }));
        let outside = "https://example.com/hook";
        // In the sandbox nothing leaves the machine.
        api.ask(&api.key, "POST", "/api/webhooks", new(outside)).await.refused(422, "url-refused");
        let (before, _) = api.endpoint().await;
        api.change(|app| {
            // Our own GPUs have it as well.
            app.lines.retain(|it| it.provider.name() != makers::GPU);
            let ground = Arc::get_mut(&mut app.ground).expect("only the program has it");
            ground.config.sandbox.has_telegram = false;
            let reach = Reach::Public { trusted: Vec::new() };
            app.out_http = Arc::new(Http::over(listener.clone(), reach));
        });
        for url in inside {
            let answer = api.ask(&api.key, "POST", "/api/webhooks", new(url)).await;
            answer.refused(422, "url-refused");
        }
        // One that was noted all the same isn't called.
        api.ping(&before).await.is(202);
        api.world.work().await;
        assert_eq!(api.log(&before).await[0]["state"], "failed");
        assert!(listener.calls().is_empty());
        api.ask(&api.key, "POST", "/api/webhooks", new(outside)).await.is(201);
        api.world
    });
}
