//! Lists of payments and refunds: newest first, filtered, in pages that a cursor joins.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::{Value, json};

use super::cards::{Kind, Means};
use super::payment::{Payment, Refund, State};
use super::refusals::Refusal;
use super::requests::Desk;

const PAGE: usize = 10;
const PAGE_MAX: usize = 100;

/// What is asked of a list. Whatever isn't named is refused.
#[derive(Default)]
struct Filter {
    created: Span,
    captured: Span,
    state: Option<State>,
    kind: Option<String>,
    payment: Option<String>,
    /// The number of the last one that was given.
    after: Option<u64>,
    limit: usize,
}

/// Milliseconds, both ends in it.
struct Span {
    from: i64,
    to: i64,
}

impl Default for Span {
    fn default() -> Span {
        Span { from: i64::MIN, to: i64::MAX }
    }
}

impl Span {
    fn has(&self, moment: Option<i64>) -> bool {
        let is_all = self.from == i64::MIN && self.to == i64::MAX;
        moment.map_or(is_all, |it| (self.from..=self.to).contains(&it))
    }

    /// Narrows it by one bound. A moment that isn't one, or an unknown bound, gives `None`.
    fn narrow(&mut self, bound: &str, text: &str) -> Option<()> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        match bound {
            "gte" => self.from = self.from.max(moment),
            "gt" => self.from = self.from.max(moment + 1),
            "lte" => self.to = self.to.min(moment),
            "lt" => self.to = self.to.min(moment - 1),
            _ => return None,
        }
        Some(())
    }
}

/// The pairs of a query.
pub(super) type Query = BTreeMap<String, String>;

impl Desk<'_> {
    pub(super) fn list_payments(&self, query: &Query) -> Result<Value, Refusal> {
        let known = ["created_at", "captured_at", "status", "payment_method"];
        let filter = self.filter(query, &known)?;
        let is_wanted = |it: &&Payment| {
            let kind = it.means.as_ref().map(Means::kind).or(it.kind).map(Kind::word);
            it.shop == self.shop.id
                && filter.created.has(Some(it.created_at))
                && filter.captured.has(it.captured_at)
                && filter.state.is_none_or(|state| state == it.state)
                && filter.kind.as_deref().is_none_or(|word| kind == Some(word))
        };
        let last = filter.after.unwrap_or(u64::MAX);
        let found = self.world.payments.range(..last).rev().map(|it| it.1).filter(is_wanted);
        Ok(page(found, filter.limit, |it| &it.id, |it| it.wire(self.settings)))
    }

    pub(super) fn list_refunds(&self, query: &Query) -> Result<Value, Refusal> {
        let filter = self.filter(query, &["created_at", "status", "payment_id"])?;
        let is_wanted = |it: &&Refund| {
            it.shop == self.shop.id
                && filter.created.has(Some(it.created_at))
                && filter.state.is_none_or(|state| state == it.state)
                && filter.payment.as_ref().is_none_or(|id| *id == it.payment_id)
        };
        let last = filter.after.unwrap_or(u64::MAX);
        let found = self.world.refunds.range(..last).rev().map(|it| it.1).filter(is_wanted);
        Ok(page(found, filter.limit, |it| &it.id, Refund::wire))
    }

    fn filter(&self, query: &Query, known: &[&str]) -> Result<Filter, Refusal> {
        let mut filter = Filter { limit: PAGE, ..Filter::default() };
        for (name, text) in query {
            let wrong = || Refusal::bad(format!("{name} is illegal"), name);
            let (field, bound) = name.split_once('.').unwrap_or((name, ""));
            if !known.contains(&field) && !["limit", "cursor"].contains(&field) {
                return Err(Refusal::bad("Unknown parameter", name));
            }
            match field {
                "created_at" => filter.created.narrow(bound, text).ok_or_else(wrong)?,
                "captured_at" => filter.captured.narrow(bound, text).ok_or_else(wrong)?,
                "status" => filter.state = Some(State::from_word(text).ok_or_else(wrong)?),
                "payment_method" => filter.kind = Some(text.clone()),
                "payment_id" => filter.payment = Some(text.clone()),
                "cursor" => {
                    filter.after = Some(*self.world.by_id.get(text).ok_or_else(wrong)?);
                }
                _ => {
                    let limit = text.parse().ok().filter(|it| (1..=PAGE_MAX).contains(it));
                    filter.limit = limit.ok_or_else(wrong)?;
                }
            }
        }
        Ok(filter)
    }
}

/// One page, and where the next one begins if there is one.
fn page<'a, T: 'a>(
    found: impl Iterator<Item = &'a T>,
    limit: usize,
    id: impl Fn(&T) -> &str,
    wire: impl Fn(&T) -> Value,
) -> Value {
    let found: Vec<&T> = found.take(limit + 1).collect();
    let items: Vec<Value> = found.iter().take(limit).map(|it| wire(it)).collect();
    let mut list = json!({ "type": "list", "items": items });
    if limit < found.len() {
        list["next_cursor"] = json!(id(found[limit - 1]));
    }
    list
}
