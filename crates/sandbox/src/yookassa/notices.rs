//! Notifications: the whole object to the shop's address, again and again for a day until 200 is
//! answered, and all that can be ordered to go wrong with them (telegram-and-payments.md B.6).

use bytes::Bytes;
use futures::future::join_all;
use serde_json::{Value, json};

use super::faults::{self, Trouble};
use super::reading;
use super::{World, YooKassa};
use crate::Outlet;

/// Seconds after the event at which it is told again: the vendor's schedule of 2022, the last one
/// that was written down.
const AGAIN_AFTER_SECONDS: [i64; 7] = [10, 42, 84, 168, 672, 5_376, 86_016];
/// How long a notification is worth repeating.
const TOLD_FOR_SECONDS: i64 = 86_400;
/// One of the vendor's addresses, and one that is nobody's.
const SOURCE: &str = "185.71.76.5";
const STRANGE_SOURCE: &str = "203.0.113.7";

/// A notification on its way.
pub(super) struct Notice {
    number: u64,
    url: String,
    body: Bytes,
    /// When what it tells happened, as far as the pauses are concerned.
    event_at: i64,
    due: i64,
    tries: usize,
    haste: i64,
    source: &'static str,
    /// Waits until another notification is planned.
    is_behind: bool,
}

impl World {
    /// Plans a notification, with what was ordered to go wrong with it.
    pub(super) fn announce(&mut self, shop: &str, event: &str, mut object: Value, now: i64) {
        let Some(shop) = self.shops.get(shop) else { return };
        let (Some(url), haste) = (shop.notify.clone(), i64::from(shop.haste.max(1))) else {
            return;
        };
        if faults::take(&mut self.faults, Trouble::Never).is_some() {
            return;
        }
        if let Some(forged) = faults::take(&mut self.faults, Trouble::ForgedAmount) {
            let value = forged.amount.unwrap_or_else(|| "99999.00".to_owned());
            object["amount"] = json!({ "value": value, "currency": reading::CURRENCY });
        }
        let late = faults::take(&mut self.faults, Trouble::Late).map_or(0, |it| it.millis_or(60));
        let copies = faults::take(&mut self.faults, Trouble::Duplicate);
        let behind = faults::take(&mut self.faults, Trouble::Reordered);
        let is_strange = faults::take(&mut self.faults, Trouble::Stranger).is_some();
        let due = now + late + behind.as_ref().map_or(0, |it| it.millis_or(60));
        let body = json!({ "type": "notification", "event": event, "object": object });
        let body = Bytes::from(body.to_string());
        for _ in 0..copies.map_or(1, |it| it.count.unwrap_or(2)) {
            let number = self.next_notice_number();
            self.notices.push(Notice {
                number,
                url: url.clone(),
                body: body.clone(),
                event_at: due,
                due,
                tries: 0,
                haste,
                source: if is_strange { STRANGE_SOURCE } else { SOURCE },
                is_behind: behind.is_some(),
            });
        }
        if behind.is_none() {
            self.let_those_behind_follow(due);
        }
    }

    fn let_those_behind_follow(&mut self, due: i64) {
        let mut number = self.next_notice_number();
        for it in self.notices.iter_mut().filter(|it| it.is_behind) {
            (it.is_behind, it.due, it.event_at, it.number) = (false, due, due, number);
            number += 1;
        }
        self.notice_numbers = number;
    }

    /// Whether notifications with these numbers wait for their first try.
    pub(super) fn has_unsent(&self, numbers: std::ops::Range<u64>) -> bool {
        self.notices.iter().any(|it| numbers.contains(&it.number) && it.tries == 0)
    }

    /// Counts a try for all that is due and plans the next one, before this one is made: if it
    /// breaks off, the next one still comes.
    fn begin_tries(&mut self, now: i64) -> Vec<(u64, String, Bytes, &'static str)> {
        let is_over = |it: &Notice| it.event_at + TOLD_FOR_SECONDS * 1_000 / it.haste <= now;
        self.notices.retain(|it| it.tries == 0 || !is_over(it));
        let mut due: Vec<_> = self.notices.iter_mut().filter(|it| it.due <= now).collect();
        due.sort_unstable_by_key(|it| (it.due, it.number));
        let begin = |it: &mut Notice| {
            // The last try has no next one; its time is never.
            let pause = AGAIN_AFTER_SECONDS.get(it.tries).map(|it| it * 1_000);
            it.due = pause.map_or(i64::MAX, |pause| (it.event_at + pause / it.haste).max(now + 1));
            it.tries += 1;
            (it.number, it.url.clone(), it.body.clone(), it.source)
        };
        due.into_iter().map(begin).collect()
    }

    fn end_try(&mut self, number: u64, is_heard: bool) {
        let is_over = |it: &Notice| is_heard || AGAIN_AFTER_SECONDS.len() < it.tries;
        self.notices.retain(|it| it.number != number || !is_over(it));
    }
}

impl YooKassa {
    /// Sends what is due, side by side as the vendor does, and counts it.
    pub(super) async fn send_due(&self, out: &dyn Outlet) -> usize {
        let now = self.now();
        let due = self.world().begin_tries(now);
        let sent = due.len();
        let tries = due.into_iter().map(|(number, url, body, source)| async move {
            // Its own addresses can't be had here, so that the proxy before us has seen one.
            let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", source)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
            let answer = out.post(&url, &headers, body).await;
            self.world().end_try(number, answer.is_ok_and(|it| it.status == 200));
        });
        join_all(tries).await;
        sent
    }
}
