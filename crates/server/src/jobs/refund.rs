//! Money that we give back: asked for under one key until the gateway has said how it ended.

use std::sync::Arc;

use connectors::payments::{GatewayError, KEY_LIFETIME, NewRefund, RefundSeen, RefundState};
use domain::{Millis, News, RefundId};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::RefundStarPaymentParams;
use store::payments::{self, Payment};
use store::refunds::{self, Refund};
use store::{Tx, orders, users};

use crate::app::{App, Ground};
use crate::bot::telegram::TelegramError;
use crate::failure::Failure;
use crate::jobs::{Ended, pay};
use crate::outbox;
use crate::till;

/// How often a refund that the gateway works at is looked at.
const LOOK: Millis = Millis(5 * 60_000);

pub async fn run(app: &Arc<App>, id: RefundId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let found = app
        .db
        .read(move |tx| {
            let Some(refund) = refunds::get_for_job(tx, &wanted)? else { return Ok(None) };
            let payment = payments::get_for_job(tx, &refund.payment)?;
            Ok::<_, store::StoreError>(payment.map(|it| (refund, it)))
        })
        .await?;
    let Some((refund, payment)) = found.filter(|(refund, _)| refund.state.is_open()) else {
        return Ok(Ended::done());
    };
    let now = app.ground.now();
    let asked = refund.asked_at.unwrap_or(now);
    let is_lost = KEY_LIFETIME.as_i64() - Millis::HOUR.as_i64() < now.since(asked).as_i64();
    if refund.their_id.is_none() && is_lost {
        return Ok(Ended::wait(id.as_str(), Millis::DAY).write(move |tx, ground, now| {
            let why = "nobody could tell for a day whether this refund was taken; its credits \
                       stay held. Look for it at the payment system, then \
                       `atelier refund settle`";
            outbox::raise(tx, ground, "refund-uncertain", id.as_str(), why, now)
        }));
    }
    let note = id.clone();
    app.db.write_durably(move |tx| refunds::asked(tx, &note, now)).await?;
    if payment.gateway == orders::STARS {
        return by_stars(app, refund, payment).await;
    }
    by_gateway(app, refund, payment).await
}

async fn by_gateway(app: &Arc<App>, refund: Refund, payment: Payment) -> Result<Ended, Failure> {
    let Some(gateway) = app.gateway(&payment.gateway) else {
        return Ok(Ended::wait(refund.id.as_str(), Millis::HOUR));
    };
    let asked = match &refund.their_id {
        Some(id) => gateway.refund_seen(&app.till_http, id).await,
        None => {
            let new = wish(app, &refund, &payment).await?;
            gateway.refund(&app.till_http, &new).await.map(Some)
        }
    };
    let wait = |at_most| Ended::wait(refund.id.as_str(), at_most);
    match asked {
        Ok(Some(seen_now)) => {
            let ended = match seen_now.state {
                RefundState::Pending => wait(LOOK),
                RefundState::Succeeded | RefundState::Canceled { .. } => Ended::done(),
            };
            Ok(ended.durably().write(move |tx, ground, now| {
                let Some(refund) = refunds::get_for_job(tx, &refund.id)? else { return Ok(()) };
                seen(tx, ground, &refund, &seen_now, now).map(|_| ())
            }))
        }
        Ok(None) => Ok(wait(Millis::HOUR).write(move |tx, ground, now| {
            let why = "the payment system doesn't know its own refund";
            outbox::raise(tx, ground, "refund-odd", refund.id.as_str(), why, now)
        })),
        Err(GatewayError::Refused { cause, .. }) if refund.their_id.is_none() => Ok(Ended::done()
            .durably()
            .write(move |tx, ground, now| failed(tx, ground, &refund, &cause, now).map(|_| ()))),
        Err(GatewayError::Unexpected { cause } | GatewayError::Refused { cause, .. }) => {
            Ok(wait(Millis::HOUR).write(move |tx, ground, now| {
                outbox::raise(tx, ground, "refund-odd", refund.id.as_str(), &cause, now)
            }))
        }
        Err(error) => {
            tracing::warn!(refund.id = %refund.id, %error, "a refund is not taken yet");
            Ok(wait(Millis::MINUTE))
        }
    }
}

async fn wish(app: &App, refund: &Refund, payment: &Payment) -> Result<NewRefund, Failure> {
    let contact = match payment.user.clone() {
        Some(user) => app.db.read(move |tx| users::contact(tx, &user)).await?,
        None => None,
    };
    Ok(NewRefund {
        key: refund.idempotence_key.clone(),
        refund: refund.id.clone(),
        payment: payment.their_id.clone(),
        money: refund.money,
        title: refund.reason.clone(),
        receipt: contact.and_then(|it| pay::receipt_for(&app.ground, &it)),
    })
}

/// Telegram gives a charge back once: that it has been is the same as that it was now.
async fn by_stars(app: &Arc<App>, refund: Refund, payment: Payment) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&payment.bot) else {
        return Ok(Ended::wait(refund.id.as_str(), Millis::HOUR));
    };
    let payer = payment.payer.and_then(|it| u64::try_from(it).ok());
    let Some(payer) = payer else {
        return Ok(Ended::done().durably().write(move |tx, ground, now| {
            failed(tx, ground, &refund, "who has paid isn't known any more", now).map(|_| ())
        }));
    };
    let params = RefundStarPaymentParams::builder()
        .user_id(payer)
        .telegram_payment_charge_id(payment.their_id.clone())
        .build();
    let answer = bot.telegram.refund_star_payment(&params).await;
    let is_back = match &answer {
        Ok(_) => true,
        Err(TelegramError::Said { text, .. }) => text.contains("CHARGE_ALREADY_REFUNDED"),
        Err(_) => false,
    };
    if is_back {
        return Ok(Ended::done().durably().write(move |tx, ground, now| {
            let their_id = format!("refund:{}", payment.their_id);
            succeeded(tx, ground, &refund, &their_id, now).map(|_| ())
        }));
    }
    match answer {
        Err(TelegramError::Said { code, text, .. })
            if (400..500).contains(&code) && code != 429 =>
        {
            Ok(Ended::done()
                .durably()
                .write(move |tx, ground, now| failed(tx, ground, &refund, &text, now).map(|_| ())))
        }
        Err(error) => {
            tracing::warn!(refund.id = %refund.id, %error, "Telegram has not taken a refund yet");
            Ok(Ended::wait(refund.id.as_str(), Millis::MINUTE))
        }
        Ok(_) => Ok(Ended::done()),
    }
}

/// What a gateway says of a refund of ours. True: it ended now.
pub fn seen(
    tx: &mut Tx,
    ground: &Ground,
    refund: &Refund,
    seen: &RefundSeen,
    now: Millis,
) -> Result<bool, Failure> {
    if seen.money != refund.money {
        let evidence = format!("we asked for {}, and it is {}", refund.money, seen.money);
        outbox::raise(tx, ground, "refund-differs", refund.id.as_str(), &evidence, now)?;
        return Ok(false);
    }
    match &seen.state {
        RefundState::Pending => {
            refunds::taken_up(tx, &refund.id, &seen.id)?;
            Ok(false)
        }
        RefundState::Succeeded => succeeded(tx, ground, refund, &seen.id, now),
        RefundState::Canceled { reason } => failed(tx, ground, refund, reason, now),
    }
}

fn succeeded(
    tx: &mut Tx,
    ground: &Ground,
    refund: &Refund,
    their_id: &str,
    now: Millis,
) -> Result<bool, Failure> {
    let Some(payment) = payments::get_for_job(tx, &refund.payment)? else { return Ok(false) };
    if !refunds::succeeded(tx, refund, &payment, their_id, now)? {
        return Ok(false);
    }
    till::refunds::ended(tx, ground, &payment, now)?;
    if let Some(user) = &payment.user {
        let news = News::Refunded { money: refund.money, taken: refund.credits };
        outbox::tell(tx, ground, user, &news, refund.id.as_str(), now)?;
    }
    let text = format!("Refunded: {} of {}, −{} credits", refund.money, payment.id, refund.credits);
    outbox::owners(tx, ground, &payment.bot, &text, now)?;
    Ok(true)
}

fn failed(
    tx: &mut Tx,
    ground: &Ground,
    refund: &Refund,
    error: &str,
    now: Millis,
) -> Result<bool, Failure> {
    if !refunds::failed(tx, refund, error, now)? {
        return Ok(false);
    }
    let evidence = format!("{} did not go back: {error}; the credits are free again", refund.money);
    outbox::raise(tx, ground, "refund-failed", refund.id.as_str(), &evidence, now)?;
    Ok(true)
}
