//! The nightly comparison: what payment systems have on their lists, against our books. Whatever
//! differs is booked where that is safe, and looked at by a person where it isn't.

use std::sync::Arc;

use connectors::payments::{Gateway, GatewayError, KEY_LIFETIME, PaymentState, RefundSeen, Seen};
use domain::{Millis, Money};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::GetStarTransactionsParams;
use frankenstein::response::MethodResponse;
use serde::Deserialize;
use store::Tx;
use store::orders::{self, Order, OrderState};
use store::payments::{self, Payment, PaymentState as Booked};

use crate::app::{App, Ground};
use crate::bot::Bot;
use crate::failure::Failure;
use crate::jobs::{Ended, confirm, pay};
use crate::outbox;
use crate::till::{self, Arrived, Renewal};

/// How far back is compared: a night that failed is made up for.
const SPAN: Millis = Millis::days(4);
/// What is younger is still on its way.
const SETTLED: Millis = Millis(15 * 60_000);
/// Pages of one list that are read at most.
const PAGES_MAX: u32 = 2_000;
/// Charges that are looked for in a night at most; more is for the next.
const UNHEARD_MAX: u32 = 1_000;
/// Telegram gives so many transactions at once (Bot API, getStarTransactions).
const STARS_PAGE: u32 = 100;

pub async fn run(app: &Arc<App>) -> Result<Ended, Failure> {
    let mut broken = Vec::new();
    for gateway in &app.gateways {
        if let Err(error) = compare(app, gateway.clone()).await {
            broken.push((gateway.name().to_owned(), error.to_string()));
        }
    }
    for bot in app.bots.all() {
        if let Err(error) = compare_stars(app, &bot).await {
            broken.push((format!("stars {}", bot.name), error.to_string()));
        }
    }
    if broken.is_empty() {
        return Ok(Ended::done());
    }
    // Once more in an hour; whoever isn't heard then is for a person to know of.
    Ok(Ended::wait("reconcile", Millis::HOUR).write(move |tx, ground, now| {
        for (subject, why) in &broken {
            tracing::warn!(subject, why, "a comparison of payments broke off");
            outbox::raise(tx, ground, "comparison-broken", subject, why, now)?;
        }
        Ok(())
    }))
}

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Gateway(#[from] GatewayError),
    #[error(transparent)]
    Ours(#[from] Failure),
}

async fn compare(app: &Arc<App>, gateway: Arc<dyn Gateway>) -> Result<(), Broken> {
    let now = app.ground.now();
    let (from, to) =
        (Millis(now.as_i64() - SPAN.as_i64()), Millis(now.as_i64() - SETTLED.as_i64()));
    let name = gateway.name();
    let before = Millis(now.as_i64() - KEY_LIFETIME.as_i64());
    let unheard: Result<_, store::StoreError> =
        app.db.read(move |tx| orders::unheard_renewals(tx, name, before, UNHEARD_MAX)).await;
    let mut unheard = unheard.map_err(Failure::from)?;
    let mut listed = std::collections::BTreeSet::new();
    let mut is_legible = true;
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let page = gateway.payments(&app.till_http, from, to, cursor.as_deref()).await?;
        is_legible &= page.odd.is_empty();
        for odd in page.odd {
            let subject = odd.id.unwrap_or_default();
            write(app, move |tx, ground, now| {
                outbox::raise(tx, ground, "list-odd", &subject, &odd.cause, now)
            })
            .await?;
        }
        for seen in page.found {
            listed.insert(seen.id.clone());
            if !matches!(seen.state, PaymentState::Canceled(_)) {
                unheard.retain(|it| seen.order.as_deref() != Some(it.id.as_str()));
            }
            write(app, move |tx, ground, now| one(tx, ground, name, &seen, now)).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    // A charge may stand in a line nobody could read, or after the last page that was asked for.
    if !is_legible || cursor.is_some() {
        unheard.clear();
    }
    // Their keys are void, so nobody asks for these any more: the list has the last word.
    for order in unheard.into_iter().filter(|it| from <= it.created_at) {
        write(app, move |tx, ground, now| pay::was_never_made(tx, ground, &order, now)).await?;
    }
    let mut cursor = None;
    for _ in 0..PAGES_MAX {
        let page = gateway.refunds(&app.till_http, from, to, cursor.as_deref()).await?;
        for seen in page.found {
            write(app, move |tx, ground, now| back(tx, ground, name, &seen, now)).await?;
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let known: Result<Vec<Payment>, store::StoreError> =
        app.db.read(move |tx| payments::between(tx, name, from, to)).await;
    for payment in known.map_err(Failure::from)? {
        if !listed.contains(&payment.their_id) {
            write(app, move |tx, ground, now| missing(tx, ground, &payment, now)).await?;
        }
    }
    Ok(())
}

async fn write(
    app: &App,
    decision: impl Fn(&mut Tx, &Ground, Millis) -> Result<(), Failure> + Send + 'static,
) -> Result<(), Failure> {
    let ground = app.ground.clone();
    app.db.write_durably(move |tx| decision(tx, &ground, ground.now())).await
}

/// One payment of their list.
fn one(
    tx: &mut Tx,
    ground: &Ground,
    gateway: &str,
    seen: &Seen,
    now: Millis,
) -> Result<(), Failure> {
    let known = payments::by_their_id_for_job(tx, gateway, &seen.id)?;
    let Some(known) = known else {
        if confirm::said(tx, ground, gateway, seen, now)?.is_some() {
            let evidence =
                format!("{} was paid, and only the nightly comparison saw it", seen.money);
            outbox::raise(tx, ground, "payment-missed", &seen.id, &evidence, now)?;
        }
        return Ok(());
    };
    if seen.state != PaymentState::Succeeded || seen.money != known.money {
        let evidence = format!(
            "booked as {}, and on their list it is {} and {:?}",
            known.money, seen.money, seen.state
        );
        outbox::raise(tx, ground, "payment-differs", known.id.as_str(), &evidence, now)?;
    }
    Ok(())
}

/// One refund of their list.
fn back(
    tx: &mut Tx,
    ground: &Ground,
    gateway: &str,
    seen: &RefundSeen,
    now: Millis,
) -> Result<(), Failure> {
    confirm::went_back(tx, ground, gateway, seen, now).map(|_| ())
}

/// One payment of our books that isn't on their list.
fn missing(tx: &mut Tx, ground: &Ground, payment: &Payment, now: Millis) -> Result<(), Failure> {
    let evidence = format!(
        "{} {} of {} is in the books and not on their list",
        payment.gateway, payment.their_id, payment.money
    );
    outbox::raise(tx, ground, "payment-not-listed", payment.id.as_str(), &evidence, now)
}

/// A line of Telegram's list (Bot API 10.3, `StarTransaction`), as far as it matters here: the
/// library's type refuses partners that it doesn't know.
#[derive(Deserialize)]
struct Line {
    id: String,
    amount: i64,
    date: i64,
    source: Option<Partner>,
    receiver: Option<Partner>,
}

#[derive(Deserialize)]
struct Partner {
    #[serde(rename = "type")]
    kind: String,
    transaction_type: Option<String>,
    user: Option<Person>,
    invoice_payload: Option<String>,
}

#[derive(Deserialize)]
struct Person {
    id: i64,
}

#[derive(Deserialize)]
struct Lines {
    transactions: Vec<Line>,
}

async fn compare_stars(app: &Arc<App>, bot: &Arc<Bot>) -> Result<(), Failure> {
    let since = app.ground.now().as_i64() - SPAN.as_i64();
    let until = app.ground.now().as_i64() - SETTLED.as_i64();
    let mut offset = 0;
    for _ in 0..PAGES_MAX {
        let params = GetStarTransactionsParams::builder().offset(offset).limit(STARS_PAGE).build();
        let answer: MethodResponse<Lines> =
            bot.telegram.request("getStarTransactions", Some(&params)).await?;
        let count = answer.result.transactions.len();
        for line in answer.result.transactions {
            let at = line.date * 1_000;
            if since <= at && at < until {
                let bot = bot.id.clone();
                write(app, move |tx, ground, now| star(tx, ground, &bot, &line, now)).await?;
            }
        }
        if count < STARS_PAGE as usize {
            return Ok(());
        }
        offset += STARS_PAGE;
    }
    Ok(())
}

/// Whether what Telegram charged is a later period of a plan.
fn is_later(tx: &mut Tx, payer: &Partner) -> Result<bool, Failure> {
    let order = match payer.invoice_payload.as_deref().and_then(domain::OrderId::from_text) {
        Some(id) => orders::get_for_job(tx, &id)?,
        None => None,
    };
    let is_paid = |it: &Order| it.state == OrderState::Paid || it.state == OrderState::Refunded;
    Ok(order.is_some_and(|it| it.subscription.is_some() && is_paid(&it)))
}

/// One line of Telegram's list: a payment, or the same one going back.
fn star(
    tx: &mut Tx,
    ground: &Ground,
    bot: &domain::BotId,
    line: &Line,
    now: Millis,
) -> Result<(), Failure> {
    let known = payments::by_their_id_for_job(tx, orders::STARS, &line.id)?;
    let Some(money) = Money::new(line.amount, domain::Currency::Stars) else { return Ok(()) };
    let is_invoice = |it: &&Partner| {
        it.kind == "user" && it.transaction_type.as_deref().is_none_or(|it| it == "invoice_payment")
    };
    if let Some(payer) = line.source.as_ref().filter(is_invoice) {
        if known.is_some() {
            return Ok(());
        }
        let arrived = Arrived {
            gateway: orders::STARS.to_owned(),
            their_id: line.id.clone(),
            bot: bot.clone(),
            payer: payer.user.as_ref().map(|it| it.id),
            money,
            is_test: false,
            paid_at: Millis(line.date * 1_000),
            renewal: Renewal { is_later: is_later(tx, payer)?, ..Renewal::default() },
            doubt: None,
        };
        let order = payer.invoice_payload.as_deref().and_then(domain::OrderId::from_text);
        till::arrived(tx, ground, &arrived, order.as_ref(), now)?;
        let evidence = format!("{money} were paid, and only the nightly comparison saw it");
        return outbox::raise(tx, ground, "payment-missed", &line.id, &evidence, now);
    }
    if line.receiver.as_ref().filter(is_invoice).is_some()
        && let Some(known) = known.filter(|it| it.state != Booked::Refunded)
        && store::refunds::under_way(tx, &known)?.is_zero()
    {
        let their_id = format!("refund:{}", line.id);
        till::refunds::from_outside(tx, ground, &known, &their_id, money, now)?;
    }
    Ok(())
}
