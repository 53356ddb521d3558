//! Payments of a user: money, credits and what became of them. Nothing that says who has paid.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::PaymentId;
use serde::Serialize;
use store::payments::{self, Payment, PaymentState};
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{Asked, Id, Page, Pages, Whose, cursor, limit, moment, place};
use crate::api::problem::Problem;
use crate::app::App;

/// Money that has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct Shown {
    #[schema(example = "pay_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    #[schema(required = true)]
    order: Option<String>,
    /// Who took it.
    gateway: String,
    /// In the smallest unit of the currency.
    amount_minor: i64,
    /// `rub`, `kzt`, `xtr` (Stars) …
    #[schema(example = "rub")]
    currency: &'static str,
    /// What went back, in the same unit.
    refunded_minor: i64,
    /// What was bought.
    credits: i64,
    /// What was given on top.
    bonus: i64,
    /// `credited`, `parked` (a person looks at it) or `refunded`.
    state: &'static str,
    #[schema(format = DateTime)]
    paid_at: String,
}

fn shown(it: Payment) -> Shown {
    Shown {
        id: it.id.into(),
        order: it.order.map(String::from),
        gateway: it.gateway,
        amount_minor: it.money.minor(),
        currency: it.money.currency.as_str(),
        refunded_minor: it.refunded.minor(),
        credits: it.credits.as_i64(),
        bonus: it.bonus.as_i64(),
        state: match it.state {
            PaymentState::Credited => "credited",
            PaymentState::Parked => "parked",
            PaymentState::Refunded => "refunded",
        },
        paid_at: moment(it.paid_at),
    }
}

/// List payments
///
/// The latest first.
#[utoipa::path(get, path = "/api/payments", tag = "Payments", params(Pages),
    responses((status = 200, description = "A page of payments.", body = Page<Shown>)),
    security(("key" = ["payments:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), PaymentId::PREFIX, PaymentId::from_text)?;
    let page = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let found = payments::page(tx, &user.id, before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| Ok(shown(it)))
    });
    page.await.map(Json)
}

/// Get a payment
#[utoipa::path(get, path = "/api/payments/{id}", tag = "Payments",
    params(("id" = String, Path, description = "The payment."), Whose),
    responses((status = 200, description = "The payment.", body = Shown)),
    security(("key" = ["payments:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Shown>, Problem> {
    let payment = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let gone = || Problem::gone("payment");
        let id = PaymentId::from_text(&id).ok_or_else(gone)?;
        payments::of(tx, &user.id, &id)?.map(shown).ok_or_else(gone)
    });
    payment.await.map(Json)
}
