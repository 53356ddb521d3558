//! Stars: whether they may be paid, and what Telegram says of them afterwards.

use std::sync::Arc;
use std::time::Duration;

use chat::text::Speech;
use domain::{Currency, Language, Millis, Money};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::AnswerPreCheckoutQueryParams;

use crate::app::App;
use crate::bot::Bot;
use crate::bot::receive::Received;
use crate::bot::update::{PreCheckoutQuery, RefundedPayment, SuccessfulPayment};
use crate::inbox::{Stars, StarsBack};
use crate::outbox;
use crate::till;

/// Telegram gives ten seconds; a database that needs more than this is not to be trusted with
/// somebody's money now.
const LOOKED_UP_WITHIN: Duration = Duration::from_secs(3);
/// The answer is tried twice within what is left.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);
const TRIES: u32 = 2;

/// Says whether a payment may go on: from our own rows alone, and at once.
pub async fn answer(app: &Arc<App>, bot: &Bot, query: &PreCheckoutQuery) {
    let verdict = verdict(app, bot, query).await;
    let tag = query.from.language_code.as_deref().unwrap_or_default();
    let params = AnswerPreCheckoutQueryParams::builder()
        .pre_checkout_query_id(query.id.clone())
        .ok(verdict.is_ok());
    let params = match verdict {
        Ok(()) => params.build(),
        Err(key) => {
            let speech = Speech::of(Language::of_tag(tag));
            params.error_message(speech.label(key, &[])).build()
        }
    };
    metrics::counter!("atelier_checkouts_total", "ok" => if params.ok { "yes" } else { "no" })
        .increment(1);
    for _ in 0..TRIES {
        let line = bot.telegram.within(ANSWERED_WITHIN);
        match line.answer_pre_checkout_query(&params).await {
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(bot = %bot.name, %error, "a checkout could not be answered");
            }
        }
    }
}

async fn verdict(app: &Arc<App>, bot: &Bot, query: &PreCheckoutQuery) -> Result<(), &'static str> {
    let (id, payer, now) = (bot.id.clone(), query.from.id, app.ground.now());
    let money = money(&query.currency, query.total_amount);
    let payload = query.invoice_payload.clone();
    let read =
        app.db.read(move |tx| till::may_pay_with_stars(tx, &id, payer, money, &payload, now));
    match tokio::time::timeout(LOOKED_UP_WITHIN, read).await {
        Ok(Ok(verdict)) => verdict.map(|_| ()),
        Ok(Err(failure)) => {
            tracing::error!(%failure, "an order could not be looked up for its checkout");
            Err("checkout-later")
        }
        Err(_) => Err("checkout-later"),
    }
}

fn money(currency: &str, amount: i64) -> Option<Money> {
    Money::new(amount, Currency::from_code(currency)?)
}

/// What came, in our words.
pub fn paid(payment: &SuccessfulPayment, date: i64) -> Stars {
    Stars {
        charge: payment.telegram_payment_charge_id.clone(),
        payload: payment.invoice_payload.clone(),
        money: money(&payment.currency, payment.total_amount),
        shown: format!("{} {}", payment.total_amount, payment.currency),
        until: payment.subscription_expiration_date.map(Millis::seconds),
        is_later: payment.is_recurring && !payment.is_first_recurring,
        at: Millis::seconds(date),
    }
}

/// What went back, in our words.
pub fn went_back(payment: &RefundedPayment) -> StarsBack {
    StarsBack {
        charge: payment.telegram_payment_charge_id.clone(),
        money: money(&payment.currency, payment.total_amount),
    }
}

/// Money is never passed over: of an update that can't be read, whether it speaks of a payment.
pub async fn passed_over(app: &Arc<App>, bot: &Bot, update: i64, bytes: &[u8]) -> Received {
    let text = String::from_utf8_lossy(bytes);
    let of = ["successful_payment", "refunded_payment"].into_iter().find(|it| text.contains(it));
    let Some(of) = of else { return Received::Kept };
    let (ground, id) = (app.ground.clone(), bot.id.clone());
    let subject = format!("{}:{update}", bot.id);
    let evidence = format!(
        "an update with `{of}` could not be read; the nightly comparison books what Telegram lists"
    );
    let noted = app.db.write(move |tx| {
        outbox::raise_in(tx, &ground, &id, "payment-odd", &subject, &evidence, ground.now())
    });
    match noted.await {
        Ok(()) => Received::Kept,
        Err(failure) => {
            tracing::error!(%failure, "a payment that can't be read could not be noted");
            Received::BringAgain
        }
    }
}
