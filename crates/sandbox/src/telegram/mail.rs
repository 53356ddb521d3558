//! The updates of one bot on their way to it: numbered, in lanes, until delivered or too old.
//!
//! Order and timing follow the open Bot API server: within a lane strictly one after the other,
//! lanes beside each other; a failed one is tried again at once, then after 2, 4, 8… seconds.

use super::ids::Ids;
use super::memory::{NUMBERS_LOST_MAX, text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

const SECOND: i64 = 1_000;
pub(crate) const KEPT: i64 = 24 * 3_600 * SECOND;
pub(crate) const KEPT_QUERY: i64 = 150 * SECOND;
const RETRY_CAP_FROM: u64 = 60_000;
const RETRY_AFTER_MAX: u64 = 3_600;
/// A webhook that is gone for so long is forgotten.
const GONE_FOR: i64 = 23 * 3_600 * SECOND;

/// Updates of one lane never overtake each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Lane {
    Messages(i64),
    Presses(i64),
    Checkouts(i64),
    Membership(i64),
    Subscriptions(i64),
    /// What a test made up.
    Others(i64),
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The whole `Update` as JSON.
    #[serde(with = "text")]
    pub(crate) wire: Arc<str>,
    lane: Lane,
    expires: i64,
    /// More than one when a fault asked for a repeat.
    copies: u32,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<i64>,
    is_busy: bool,
    fails: u32,
    /// Not before this moment.
    due: i64,
    delay: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Webhook {
    pub(crate) url: String,
    pub(crate) secret: Option<String>,
    pub(crate) connections_max: usize,
}

/// One update that is to be posted now.
#[derive(Debug, Clone)]
pub(crate) struct Parcel {
    pub(crate) id: i64,
    pub(crate) lane: Lane,
    pub(crate) wire: Arc<str>,
    pub(crate) webhook: Arc<Webhook>,
}

/// What a bot hasn't got yet, as it is after a restart.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) next_id: i64,
    pub(crate) pending: BTreeMap<i64, Pending>,
}

#[derive(Default)]
pub(crate) struct Mail {
    next_id: i64,
    pending: BTreeMap<i64, Pending>,
    queues: HashMap<Lane, Queue>,
    /// The queues that could be served, by when and by which update.
    ready: BTreeSet<(i64, i64, Lane)>,
    in_flight: usize,
    pub(crate) webhook: Option<Arc<Webhook>>,
    pub(crate) webhook_set_at: Option<i64>,
    /// Nothing: every kind but the three that must be asked for.
    pub(crate) allowed: Vec<String>,
    pub(crate) last_error: Option<(i64, String)>,
    gone_since: Option<i64>,
    /// The number of the current `getUpdates`; a later one ends it.
    pub(crate) poll: u64,
    pub(crate) poll_ended_by: &'static str,
}

impl Mail {
    /// What waited before waits again, and all of it is due.
    pub(crate) fn new(first_id: i64, before: &Waiting, now: i64) -> Mail {
        let mut mail = Mail { next_id: first_id.max(before.next_id), ..Mail::default() };
        for (id, pending) in &before.pending {
            mail.enqueue(*id, pending.clone(), now);
        }
        mail
    }

    pub(crate) fn kept(&self) -> Waiting {
        Waiting { next_id: self.next_id + NUMBERS_LOST_MAX, pending: self.pending.clone() }
    }

    pub(crate) fn is_wanted(&self, kind: &str) -> bool {
        self.allowed.is_empty() || self.allowed.iter().any(|it| it == kind)
    }

    pub(crate) fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// Numbers an update and puts it at the end of its lane. `body` is the JSON of its one field.
    pub(crate) fn post(
        &mut self,
        kind: &str,
        body: &str,
        lane: Lane,
        now: i64,
        expires: i64,
        copies: u32,
    ) {
        let id = self.next_id;
        self.next_id += 1;
        let wire = format!("{{\"update_id\":{id},\"{kind}\":{body}}}").into();
        self.enqueue(id, Pending { wire, lane, expires, copies }, now);
    }

    fn enqueue(&mut self, id: i64, pending: Pending, now: i64) {
        let lane = pending.lane;
        self.pending.insert(id, pending);
        let queue = self.queues.entry(lane).or_default();
        queue.waiting.push_back(id);
        if queue.waiting.len() == 1 && !queue.is_busy {
            queue.due = now;
            self.ready.insert((now, id, lane));
        }
    }

    /// Takes the longest due update of a free lane, if the webhook has a connection left.
    pub(crate) fn claim(&mut self, now: i64) -> Option<Parcel> {
        let webhook = self.webhook.clone()?;
        while self.in_flight < webhook.connections_max {
            let &(due, id, lane) = self.ready.first()?;
            if due > now {
                return None;
            }
            self.ready.pop_first();
            let pending = self.pending.get(&id).expect("what is ready is pending");
            if pending.expires <= now {
                self.forget(id);
                continue;
            }
            let wire = pending.wire.clone();
            self.queues.get_mut(&lane).expect("what is ready has a queue").is_busy = true;
            self.in_flight += 1;
            return Some(Parcel { id, lane, wire, webhook });
        }
        None
    }

    /// Ends a delivery: gone on success, later again on failure.
    pub(crate) fn settle(
        &mut self,
        parcel: &Parcel,
        outcome: Result<crate::Answer, String>,
        now: i64,
        ids: &Ids,
    ) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(queue) = self.queues.get_mut(&parcel.lane) {
            queue.is_busy = false;
        }
        let (retry_after, why) = match outcome {
            Ok(answer) if (200..300).contains(&answer.status) => {
                self.gone_since = None;
                self.delivered(parcel, now);
                return;
            }
            Ok(answer) => {
                self.note_gone(answer.status, now);
                let name = http::StatusCode::from_u16(answer.status)
                    .ok()
                    .and_then(|it| it.canonical_reason())
                    .unwrap_or_default();
                let why = format!("Wrong response from the webhook: {} {name}", answer.status);
                (answer.retry_after.unwrap_or(0).min(RETRY_AFTER_MAX), why)
            }
            Err(why) => {
                self.gone_since = None;
                (0, why)
            }
        };
        self.last_error = Some((now, why));
        // It may have been confirmed or dropped while it was on its way.
        let is_first = self
            .queues
            .get(&parcel.lane)
            .is_some_and(|queue| queue.waiting.front() == Some(&parcel.id));
        if !is_first {
            self.make_ready(parcel.lane, now);
            return;
        }
        let queue = self.queues.get_mut(&parcel.lane).expect("it was just seen");
        let cap = (RETRY_CAP_FROM + ids.below(RETRY_CAP_FROM)) as i64;
        let doubled = if queue.delay == 0 { 2 * SECOND } else { queue.delay * 2 };
        let wait = match (retry_after, queue.fails) {
            (0, 0) => 0,
            (0, _) => {
                queue.delay = doubled.min(cap);
                queue.delay
            }
            (seconds, _) => seconds as i64 * SECOND,
        };
        queue.fails += 1;
        queue.due = now + wait;
        let due = queue.due;
        self.ready.insert((due, parcel.id, parcel.lane));
    }

    fn note_gone(&mut self, status: u16, now: i64) {
        if status != 410 {
            self.gone_since = None;
            return;
        }
        let since = *self.gone_since.get_or_insert(now);
        if now - since >= GONE_FOR {
            self.webhook = None;
            self.gone_since = None;
        }
    }

    fn delivered(&mut self, parcel: &Parcel, now: i64) {
        let copies = self.pending.get_mut(&parcel.id).map(|it| {
            it.copies -= 1;
            it.copies
        });
        if copies == Some(0) {
            self.pending.remove(&parcel.id);
            self.pop(parcel.lane, parcel.id);
        }
        if let Some(queue) = self.queues.get_mut(&parcel.lane) {
            (queue.fails, queue.delay) = (0, 0);
        }
        self.make_ready(parcel.lane, now);
    }

    /// Puts a free lane with something in it among the ready ones, and drops an empty one.
    fn make_ready(&mut self, lane: Lane, now: i64) {
        let Some(queue) = self.queues.get_mut(&lane) else { return };
        if queue.is_busy {
            return;
        }
        match queue.waiting.front() {
            Some(first) => {
                queue.due = now;
                self.ready.insert((now, *first, lane));
            }
            None => {
                self.queues.remove(&lane);
            }
        }
    }

    fn pop(&mut self, lane: Lane, id: i64) {
        if let Some(queue) = self.queues.get_mut(&lane)
            && queue.waiting.front() == Some(&id)
        {
            queue.waiting.pop_front();
        }
    }

    /// Drops the first update of a lane without having delivered it.
    fn forget(&mut self, id: i64) {
        let Some(pending) = self.pending.remove(&id) else { return };
        let lane = pending.lane;
        if let Some(queue) = self.queues.get_mut(&lane) {
            self.ready.remove(&(queue.due, id, lane));
            (queue.fails, queue.delay) = (0, 0);
            let due = queue.due;
            self.pop(lane, id);
            self.make_ready(lane, due);
        }
    }

    /// Whoever polls now is told this, the next time they look.
    pub(crate) fn end_poll(&mut self, why: &'static str) {
        self.poll += 1;
        self.poll_ended_by = why;
    }

    /// Ends every update before `offset`: the poller has them.
    pub(crate) fn confirm(&mut self, offset: i64) {
        let mut confirmed = Vec::new();
        for (id, pending) in self.pending.range_mut(..offset) {
            pending.copies -= 1;
            if pending.copies == 0 {
                confirmed.push(*id);
            }
        }
        for id in confirmed {
            self.forget(id);
        }
    }

    /// The offset that a negative one means: so many from the end.
    pub(crate) fn offset_from_end(&self, back: i64) -> i64 {
        let back = usize::try_from(back).unwrap_or(1).max(1);
        self.pending.keys().rev().nth(back - 1).or(self.pending.keys().next()).copied().unwrap_or(0)
    }

    /// The oldest updates as a JSON array.
    pub(crate) fn batch(&mut self, most: usize, now: i64) -> Option<String> {
        while let Some((&id, pending)) = self.pending.first_key_value() {
            if pending.expires > now {
                break;
            }
            self.forget(id);
        }
        let mut batch = String::from("[");
        for pending in self.pending.values().filter(|it| it.expires > now).take(most) {
            if batch.len() > 1 {
                batch.push(',');
            }
            batch.push_str(&pending.wire);
        }
        batch.push(']');
        (batch.len() > 2).then_some(batch)
    }

    pub(crate) fn drop_pending(&mut self) {
        self.pending.clear();
        self.queues.retain(|_, queue| queue.is_busy);
        for queue in self.queues.values_mut() {
            queue.waiting.clear();
        }
        self.ready.clear();
    }
}
