//! The people who write: each a message and a press in turn, so many of them at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use tokio::net::TcpStream;

use super::Run;
use super::peer::{Peer, Webhook};
use super::wire::Wire;

pub const FIRST_CHAT: i64 = 5_000_000_001;
/// How many people are introduced at once.
const INTRODUCERS: usize = 16;

pub struct Load {
    peer: Arc<Peer>,
    authority: String,
    path: String,
    secret: String,
    chats: i64,
    updates: AtomicI64,
}

impl Load {
    pub fn new(peer: Arc<Peer>, webhook: Webhook, chats: i64) -> Self {
        let rest = webhook.url.trim_start_matches("http://");
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (authority, path) = (authority.to_owned(), format!("/{path}"));
        let secret = webhook.secret;
        Self { peer, authority, path, secret, chats, updates: AtomicI64::new(1_000) }
    }

    /// Everybody says hello and agrees to the terms.
    pub async fn introduce(&self) -> std::io::Result<()> {
        self.peer.remember(true);
        let all = (0..INTRODUCERS).map(|place| async move {
            let mut wire = self.connect().await?;
            for chat in self.chats_of(place, INTRODUCERS) {
                self.post(&mut wire, &self.message(chat, "/start")).await?;
                // The terms, and the photos.
                for _ in 0..2 {
                    let agree = self.drawn(chat, "").await;
                    self.post(&mut wire, &self.press(chat, &agree)).await?;
                }
                self.drawn(chat, "").await;
            }
            Ok::<_, std::io::Error>(())
        });
        try_join_all(all).await?;
        self.peer.remember(false);
        Ok(())
    }

    /// Posts updates from so many callers for a while; each waits for the answer.
    pub async fn run(&self, callers: usize, span: Duration) -> std::io::Result<Run> {
        let begun = Instant::now();
        let all = (0..callers).map(|place| self.call(place, callers, begun + span));
        let micros = try_join_all(all).await?.concat();
        Ok(Run { took: begun.elapsed(), micros })
    }

    async fn call(
        &self,
        place: usize,
        callers: usize,
        until: Instant,
    ) -> std::io::Result<Vec<u32>> {
        let mut wire = self.connect().await?;
        let mut micros = Vec::new();
        for round in 0_u64.. {
            for chat in self.chats_of(place, callers) {
                let begun = Instant::now();
                if until <= begun {
                    return Ok(micros);
                }
                let update = match round % 4 {
                    0 | 2 => self.message(chat, "hello"),
                    1 => self.press(chat, "create_avatar"),
                    _ => self.press(chat, "back_to_menu"),
                };
                self.post(&mut wire, &update).await?;
                micros.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
        }
        Ok(micros)
    }

    /// A share of the people: nobody writes twice at once.
    fn chats_of(&self, place: usize, callers: usize) -> impl Iterator<Item = i64> + use<> {
        let end = FIRST_CHAT + self.chats;
        (FIRST_CHAT + place as i64..end).step_by(callers)
    }

    pub async fn connect(&self) -> std::io::Result<Wire> {
        Wire::new(TcpStream::connect(&self.authority).await?)
    }

    pub async fn post(&self, wire: &mut Wire, update: &str) -> std::io::Result<()> {
        let Self { path, authority, secret, .. } = self;
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {authority}\r\ncontent-type: application/json\r\n\
             x-telegram-bot-api-secret-token: {secret}\r\ncontent-length: {}\r\n\r\n{update}",
            update.len(),
        );
        wire.write(request.as_bytes()).await?;
        self.peer.traffic.count(request.len(), 0);
        if wire.read().await? && wire.first_line().contains(" 200 ") {
            return Ok(());
        }
        Err(std::io::Error::other(format!("an update was answered {:?}", wire.first_line())))
    }

    /// The first button that begins so of the menu that this chat gets next.
    pub async fn drawn(&self, chat: i64, beginning: &str) -> String {
        let mut looks = tokio::time::interval(Duration::from_millis(1));
        loop {
            if let Some(button) = self.peer.take_button(chat, beginning) {
                return button;
            }
            looks.tick().await;
        }
    }

    pub fn message(&self, chat: i64, text: &str) -> String {
        let (update, number) = (self.updates.fetch_add(1, Ordering::Relaxed), self.peer.number());
        format!(
            r#"{{"update_id":{update},"message":{{"message_id":{number},"from":{{"id":{chat},"is_bot":false,"first_name":"Anna","username":"anna","language_code":"en"}},"chat":{{"id":{chat},"first_name":"Anna","username":"anna","type":"private"}},"date":1750000000,"text":"{text}"}}}}"#
        )
    }

    /// A press as Telegram sends it: with the whole message that has the button.
    pub fn press(&self, chat: i64, press: &str) -> String {
        let (update, number) = (self.updates.fetch_add(1, Ordering::Relaxed), self.peer.number());
        let press = serde_json::Value::from(press);
        format!(
            r#"{{"update_id":{update},"callback_query":{{"id":"{update}000","from":{{"id":{chat},"is_bot":false,"first_name":"Anna","username":"anna","language_code":"en"}},"message":{{"message_id":{number},"from":{{"id":1000000001,"is_bot":true,"first_name":"Atelier","username":"atelier_bot"}},"chat":{{"id":{chat},"first_name":"Anna","username":"anna","type":"private"}},"date":1750000000,"text":"Anna, what shall we do?\nYou have 100 credits.","entities":[{{"offset":0,"length":23,"type":"bold"}}],"reply_markup":{{"inline_keyboard":[[{{"text":"Create an avatar","callback_data":"create_avatar"}}],[{{"text":"My avatars","callback_data":"back_to_avatar_menu"}}],[{{"text":"Balance","callback_data":"Home:Balance"}},{{"text":"Help","callback_data":"Home:Help"}}],[{{"text":"Language","callback_data":"Home:Language"}}]]}}}},"chat_instance":"123456789","data":{press}}}}}"#
        )
    }
}
