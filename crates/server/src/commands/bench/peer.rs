//! Telegram as far as a measurement needs it: takes every call, and says what Telegram would.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::wire::{Traffic, Wire};

/// Where updates go, and the secret that goes with them.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub url: String,
    pub secret: String,
}

#[derive(Default)]
pub struct Peer {
    messages: AtomicI64,
    calls: AtomicU64,
    /// How many pictures came.
    pictures: AtomicU64,
    pub traffic: Arc<Traffic>,
    webhook: watch::Sender<Option<Webhook>>,
    /// The buttons of each chat's menu, as long as that is asked for.
    menus: Mutex<Option<HashMap<i64, Vec<String>>>>,
}

const ME: &str =
    r#"{"id":1000000001,"is_bot":true,"first_name":"Atelier","username":"atelier_bot"}"#;

/// What the head of each file in a form has.
const PHOTO: &[u8] = b"filename=";

impl Peer {
    pub async fn serve(self: Arc<Self>, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let peer = self.clone();
            crate::app::spawn(async move {
                // The platform has gone; so may the connection.
                drop(peer.talk(stream).await);
            });
        }
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut wire = Wire::new(stream)?;
        while wire.read().await? {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let path = wire.first_line().split(' ').nth(1).unwrap_or_default();
            let method = path.rsplit('/').next().unwrap_or_default();
            let result = match method {
                "sendMessage" | "editMessageText" => {
                    self.learn(wire.body());
                    self.message()
                }
                "sendPhoto" | "sendMediaGroup" => self.take_pictures(method, wire.body()),
                "setWebhook" => {
                    self.set_webhook(wire.body());
                    "true".to_owned()
                }
                "getMe" => ME.to_owned(),
                "getStarTransactions" => r#"{"transactions":[]}"#.to_owned(),
                _ => "true".to_owned(),
            };
            let body = format!("{{\"ok\":true,\"result\":{result}}}");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            self.traffic.count(answer.len(), wire.length());
            wire.write(answer.as_bytes()).await?;
        }
        Ok(())
    }

    /// The number of the next message, of whichever side.
    pub fn number(&self) -> i64 {
        self.messages.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Waits until the platform has said where it wants to be called.
    pub async fn webhook(&self) -> Webhook {
        let mut webhooks = self.webhook.subscribe();
        let set = webhooks.wait_for(Option::is_some).await;
        set.expect("the sender lives as long as we do").clone().expect("that was waited for")
    }

    /// Whether the menus that are drawn shall be remembered.
    pub fn remember(&self, is_wanted: bool) {
        *self.menus() = is_wanted.then(HashMap::new);
    }

    /// The first button that begins so, of a menu that was drawn since it was last asked for.
    pub fn take_button(&self, chat: i64, beginning: &str) -> Option<String> {
        let mut menus = self.menus();
        let buttons = menus.as_mut()?.get_mut(&chat)?;
        let place = buttons.iter().position(|it| it.starts_with(beginning))?;
        let button = buttons.swap_remove(place);
        buttons.clear();
        Some(button)
    }

    /// How many pictures have come so far.
    pub fn pictures(&self) -> u64 {
        self.pictures.load(Ordering::Relaxed)
    }

    /// Photos that come as files, one or an album of them.
    fn take_pictures(&self, method: &str, body: &[u8]) -> String {
        let count = body.windows(PHOTO.len()).filter(|it| *it == PHOTO).count();
        let photos: Vec<String> = (0..count.max(1)).map(|_| self.photo()).collect();
        self.pictures.fetch_add(count as u64, Ordering::Relaxed);
        if method == "sendPhoto" { photos.concat() } else { format!("[{}]", photos.join(",")) }
    }

    fn menus(&self) -> std::sync::MutexGuard<'_, Option<HashMap<i64, Vec<String>>>> {
        self.menus.lock().expect("never poisoned: nothing panics inside")
    }

    fn learn(&self, body: &[u8]) {
        let mut menus = self.menus();
        let Some(menus) = menus.as_mut() else { return };
        let Ok(call) = serde_json::from_slice::<Value>(body) else { return };
        let rows = call["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
        let buttons = rows.flat_map(|it| it.as_array().into_iter().flatten());
        let pressed = buttons.filter_map(|it| Some(it["callback_data"].as_str()?.to_owned()));
        let pressed: Vec<String> = pressed.collect();
        if let (Some(chat), false) = (call["chat_id"].as_i64(), pressed.is_empty()) {
            menus.insert(chat, pressed);
        }
    }

    fn set_webhook(&self, body: &[u8]) {
        let Ok(call) = serde_json::from_slice::<Value>(body) else { return };
        let text = |name: &str| call[name].as_str().unwrap_or_default().to_owned();
        self.webhook.send_replace(Some(Webhook { url: text("url"), secret: text("secret_token") }));
    }

    /// A message as Telegram gives it back, with what a menu has.
    fn message(&self) -> String {
        let number = self.number();
        format!(
            r#"{{"message_id":{number},"from":{{"id":1000000001,"is_bot":true,"first_name":"Atelier","username":"atelier_bot"}},"chat":{{"id":5000000001,"first_name":"Anna","username":"anna","type":"private"}},"date":1750000000,"text":"Anna, what shall we do?\nYou have 100 credits.","entities":[{{"offset":0,"length":23,"type":"bold"}}],"reply_markup":{{"inline_keyboard":[[{{"text":"Create an avatar","callback_data":"create_avatar"}}],[{{"text":"My avatars","callback_data":"back_to_avatar_menu"}}],[{{"text":"Balance","callback_data":"Home:Balance"}},{{"text":"Help","callback_data":"Home:Help"}}],[{{"text":"Language","callback_data":"Home:Language"}}]]}}}}"#
        )
    }

    /// A message with a photo, as far as anybody looks at it.
    fn photo(&self) -> String {
        let number = self.number();
        format!(
            r#"{{"message_id":{number},"date":1750000000,"chat":{{"id":5000000001,"type":"private"}},"photo":[{{"file_id":"photo-{number}","file_unique_id":"{number}","width":1024,"height":1024}}]}}"#
        )
    }
}
