//! What people do, without the page: they pay, decline, change their mind about a saved card; and
//! what the shop's owner does by hand. For tests, and for the desk under `/sandbox/yookassa`.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::cards::{Means, REASONS};
use super::faults::Fault;
use super::payment::Refund;
use super::requests::Desk;
use super::{YooKassa, all, reading};

impl YooKassa {
    /// All payments as their shops are told of them, oldest first.
    pub fn payments(&self) -> Vec<Value> {
        let (world, _) = self.settled();
        all(world.payments.values(), |it| it.wire(&self.settings))
    }

    /// All refunds, oldest first.
    pub fn refunds(&self) -> Vec<Value> {
        let (world, _) = self.settled();
        all(world.refunds.values(), Refund::wire)
    }

    /// A person pays on the confirmation page; the card may decline all the same.
    pub fn pay(&self, payment: &str, means: Means) -> Result<(), String> {
        let (mut world, now) = self.settled();
        let found = world.payment_of(payment).filter(|it| it.is_open());
        let found = found.ok_or("there is no such payment, or it is over")?;
        if found.kind.is_some_and(|it| it != means.kind()) {
            return Err("it can't be paid that way".into());
        }
        if means.kind().kopecks_max() < found.kopecks {
            return Err("it is too much for that way to pay".into());
        }
        let number = found.number;
        world.attempt(number, means, now, &self.settings);
        Ok(())
    }

    /// The payment is declined for one of [`REASONS`].
    pub fn decline(&self, payment: &str, reason: &str) -> Result<(), String> {
        let (mut world, now) = self.settled();
        let found = world.payment_of(payment).filter(|it| it.is_open());
        let number = found.ok_or("there is no such payment, or it is over")?.number;
        if !REASONS.contains(&reason) {
            return Err(format!("no payment is canceled for {reason}"));
        }
        world.cancel(number, reason, now, &self.settings);
        Ok(())
    }

    /// From now on a saved method is declined for a reason, or works again. A person who takes
    /// back the leave is `permission_revoked`.
    pub fn change_method(&self, method: &str, declined: Option<&str>) -> Result<(), String> {
        if let Some(reason) = declined.filter(|it| !REASONS.contains(it)) {
            return Err(format!("no payment is canceled for {reason}"));
        }
        let mut world = self.world();
        let found = world.methods.get_mut(method).ok_or("there is no such saved method")?;
        found.declined = declined.map(str::to_owned);
        Ok(())
    }

    /// The shop's owner gives money back in the vendor's dashboard.
    pub fn refund_by_hand(&self, payment: &str, kopecks: i64) -> Result<(), String> {
        let (mut world, now) = self.settled();
        let found = world.payment_of(payment).ok_or("there is no such payment")?;
        if !(1..=found.refundable()).contains(&kopecks) {
            return Err("so much can't be given back".into());
        }
        let (number, shop) = (found.number, world.shops[&found.shop].clone());
        let settings = &self.settings;
        let mut desk = Desk { world: &mut world, settings, shop: &shop, now, is_early: false };
        let refund = desk.plain_refund(number, kopecks);
        world.add_refund(refund, now);
        Ok(())
    }

    fn state(&self) -> Value {
        let (payments, refunds) = (self.payments(), self.refunds());
        let world = self.world();
        let shop = |it: &super::Shop| json!({ "id": it.id, "name": it.name, "notify": it.notify, "test": it.is_test });
        let method = |(id, it): (&String, &super::Method)| json!({ "id": id, "title": it.means.title(), "declined": it.declined });
        json!({
            "shops": world.shops.values().map(shop).collect::<Vec<_>>(),
            "payments": payments,
            "refunds": refunds,
            "methods": world.methods.iter().map(method).collect::<Vec<_>>(),
        })
    }
}

pub(super) fn routes() -> Router<Arc<YooKassa>> {
    Router::new()
        .route("/sandbox/yookassa", get(state))
        .route("/sandbox/yookassa/calls", get(calls))
        .route("/sandbox/yookassa/pay", post(pay))
        .route("/sandbox/yookassa/methods", post(change_method))
        .route("/sandbox/yookassa/refunds", post(refund))
        .route("/sandbox/yookassa/faults", get(faults).post(add_fault).delete(clear_faults))
}

type World = State<Arc<YooKassa>>;

async fn state(State(yookassa): World) -> Json<Value> {
    Json(yookassa.state())
}

/// How many notifications are still to be delivered.
async fn calls(State(yookassa): World) -> Json<Value> {
    Json(json!({ "waiting": yookassa.world().notices.len() }))
}

/// A payment, and one of the ways in which it goes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    payment_id: String,
    card: Option<String>,
    bank: Option<String>,
    decline: Option<String>,
}

async fn pay(State(yookassa): World, body: String) -> Response {
    act(&body, |it: Paid| match (it.card, it.bank, it.decline) {
        (Some(card), None, None) => yookassa.pay(&it.payment_id, Means::Card(card)),
        (None, Some(bank), None) => yookassa.pay(&it.payment_id, Means::Bank(bank)),
        (None, None, Some(reason)) => yookassa.decline(&it.payment_id, &reason),
        _ => Err("one of card, bank and decline is needed".into()),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    payment_method_id: String,
    declined: Option<String>,
}

async fn change_method(State(yookassa): World, body: String) -> Response {
    act(&body, |it: Changed| yookassa.change_method(&it.payment_method_id, it.declined.as_deref()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Returned {
    payment_id: String,
    /// `100.00`.
    amount: String,
}

async fn refund(State(yookassa): World, body: String) -> Response {
    act(&body, |it: Returned| {
        let kopecks = reading::kopecks(&it.amount).ok_or("an amount is like 100.00")?;
        yookassa.refund_by_hand(&it.payment_id, kopecks)
    })
}

async fn faults(State(yookassa): World) -> Json<Value> {
    Json(json!({ "faults": yookassa.faults() }))
}

async fn add_fault(State(yookassa): World, body: String) -> Response {
    let done = act(&body, |it: Fault| match it.complaint() {
        Some(why) => Err(why),
        None => {
            yookassa.fault(it);
            Ok(())
        }
    });
    if done.status() == StatusCode::OK {
        faults(State(yookassa)).await.into_response()
    } else {
        done
    }
}

async fn clear_faults(State(yookassa): World) -> Json<Value> {
    yookassa.clear_faults();
    faults(State(yookassa)).await
}

/// Reads a body and does what it says.
fn act<T: for<'a> Deserialize<'a>>(
    body: &str,
    deed: impl FnOnce(T) -> Result<(), String>,
) -> Response {
    let outcome = serde_json::from_str(body).map_err(|error| error.to_string()).and_then(deed);
    match outcome {
        Ok(()) => Json(json!({ "ok": true })).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response(),
    }
}
