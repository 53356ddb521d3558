//! Bringing updates to webhooks: one by one when a test is the heartbeat, side by side when not.

use super::Telegram;
use super::mail::{Parcel, Webhook};
use super::people::Bot;
use crate::{Answer, HEARTBEAT, Outlet};
use axum::body::Bytes;
use std::future::Future;
use std::sync::Arc;
use tokio::task::JoinSet;

impl Telegram {
    /// Posts all that is due, in the order of the updates, and waits for each answer. Gives the
    /// number of posts.
    pub async fn deliver_due(&self, out: &dyn Outlet) -> usize {
        let mut posts = 0;
        loop {
            let before = posts;
            for bot in self.bots() {
                self.keep_books(&bot);
                while let Some(parcel) = self.claim(&bot) {
                    let mut next = Some(parcel);
                    while let Some(parcel) = next {
                        next = self.bring(&bot, parcel, out).await;
                        posts += 1;
                    }
                }
            }
            if posts == before {
                return posts;
            }
        }
    }

    /// Delivers until `stop`: lanes side by side, each in its order.
    pub(crate) async fn deliver(
        self: Arc<Self>,
        out: Arc<dyn Outlet>,
        stop: impl Future<Output = ()>,
    ) {
        let mut posts = JoinSet::new();
        let mut stop = std::pin::pin!(stop);
        loop {
            for bot in self.bots() {
                self.keep_books(&bot);
                while let Some(parcel) = self.claim(&bot) {
                    posts.spawn(self.clone().serve_lane(bot.clone(), parcel, out.clone()));
                }
            }
            tokio::select! {
                () = self.woken.notified() => {}
                Some(_) = posts.join_next() => {}
                () = tokio::time::sleep(HEARTBEAT) => {}
                () = &mut stop => return,
            }
        }
    }

    /// Posts a parcel, and then whatever is due next, so that a lane keeps its connection.
    async fn serve_lane(self: Arc<Self>, bot: Arc<Bot>, first: Parcel, out: Arc<dyn Outlet>) {
        let mut next = Some(first);
        while let Some(parcel) = next {
            next = self.bring(&bot, parcel, &*out).await;
        }
    }

    /// Posts a parcel and settles it, even if the waiting for its answer is given up.
    async fn bring(&self, bot: &Bot, parcel: Parcel, out: &dyn Outlet) -> Option<Parcel> {
        let mut on_its_way = OnItsWay { telegram: self, bot, parcel: Some(parcel) };
        let outcome = match &on_its_way.parcel {
            Some(parcel) => post(out, parcel).await,
            None => return None,
        };
        let parcel = on_its_way.parcel.take()?;
        self.settle(bot, &parcel, outcome)
    }

    fn claim(&self, bot: &Bot) -> Option<Parcel> {
        let now = self.now();
        bot.mail.lock().expect("no panic under this lock").claim(now)
    }

    fn give_back(&self, bot: &Bot, parcel: &Parcel) {
        let mut mail = bot.mail.lock().expect("no panic under this lock");
        mail.settle(parcel, Err("Connection closed".into()), self.now(), &bot.ids);
    }

    /// Ends a delivery. In the same breath the next is claimed, for those who go on.
    fn settle(
        &self,
        bot: &Bot,
        parcel: &Parcel,
        outcome: Result<Answer, String>,
    ) -> Option<Parcel> {
        let now = self.now();
        let mut mail = bot.mail.lock().expect("no panic under this lock");
        mail.settle(parcel, outcome, now, &bot.ids);
        self.changed();
        mail.claim(now)
    }
}

/// A lane must not stay busy for ever because a test gave up in the middle.
struct OnItsWay<'a> {
    telegram: &'a Telegram,
    bot: &'a Bot,
    parcel: Option<Parcel>,
}

impl Drop for OnItsWay<'_> {
    fn drop(&mut self) {
        if let Some(parcel) = self.parcel.take() {
            self.telegram.give_back(self.bot, &parcel);
        }
    }
}

async fn post(out: &dyn Outlet, parcel: &Parcel) -> Result<Answer, String> {
    let Webhook { url, secret, .. } = &*parcel.webhook;
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("accept-encoding".to_owned(), "gzip, deflate".to_owned()),
    ];
    if let Some(secret) = secret {
        headers.push(("x-telegram-bot-api-secret-token".to_owned(), secret.clone()));
    }
    out.post(url, &headers, Bytes::copy_from_slice(parcel.wire.as_bytes())).await
}
