//! A notification spoke of a payment or a refund: the gateway is asked, and its answer booked.

use std::sync::Arc;

use connectors::payments::{GatewayError, PaymentState, RefundSeen, RefundState, Seen};
use domain::{Millis, OrderId, RefundId};
use store::{Tx, jobs, orders, payments, refunds};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::{Ended, pay, refund};
use crate::outbox;
use crate::till;

pub async fn payment(app: &Arc<App>, gateway: &str, id: &str) -> Result<Ended, Failure> {
    let Some(asked) = app.gateway(gateway) else { return Ok(Ended::done()) };
    let name = asked.name();
    match asked.payment(&app.till_http, id).await {
        Ok(Some(seen)) => Ok(Ended::done()
            .durably()
            .write(move |tx, ground, now| said(tx, ground, name, &seen, now).map(|_| ()))),
        // Nobody has such a payment: whoever called has made it up.
        Ok(None) => {
            metrics::counter!("atelier_webhook_errors_total", "from" => name).increment(1);
            Ok(Ended::done())
        }
        Err(error) => later(name, id, error),
    }
}

/// What a gateway says of a payment, and what it leads to.
pub fn said(
    tx: &mut Tx,
    ground: &Ground,
    gateway: &str,
    seen: &Seen,
    now: Millis,
) -> Result<Option<till::Booked>, Failure> {
    match seen.state {
        PaymentState::Succeeded => {
            let booked = pay::book(tx, ground, gateway, seen, now)?;
            // Whoever waits for it finds it paid.
            wake(tx, gateway, seen, now)?;
            Ok(Some(booked))
        }
        // The order's own job looks and says so.
        PaymentState::Canceled(_) | PaymentState::Pending => {
            wake(tx, gateway, seen, now)?;
            Ok(None)
        }
        PaymentState::WaitingForCapture => {
            let why = "the money is held and not taken, which we never ask for";
            outbox::raise(tx, ground, "payment-held", &seen.id, why, now)?;
            Ok(None)
        }
    }
}

fn wake(tx: &mut Tx, gateway: &str, seen: &Seen, now: Millis) -> Result<(), Failure> {
    let named = seen.order.as_deref().and_then(OrderId::from_text);
    let order = match named {
        Some(id) => orders::get_for_job(tx, &id)?,
        None => orders::by_payment_for_job(tx, gateway, &seen.id)?,
    };
    if let Some(order) = order {
        orders::opened(tx, &order.id, Some(&seen.id), None)?;
        jobs::wake(tx, order.id.as_str(), now)?;
    }
    Ok(())
}

pub async fn refund(app: &Arc<App>, gateway: &str, id: &str) -> Result<Ended, Failure> {
    let Some(asked) = app.gateway(gateway) else { return Ok(Ended::done()) };
    let name = asked.name();
    match asked.refund_seen(&app.till_http, id).await {
        Ok(Some(seen)) => Ok(Ended::done()
            .durably()
            .write(move |tx, ground, now| went_back(tx, ground, name, &seen, now).map(|_| ()))),
        Ok(None) => {
            metrics::counter!("atelier_webhook_errors_total", "from" => name).increment(1);
            Ok(Ended::done())
        }
        Err(error) => later(name, id, error),
    }
}

/// What a gateway says of a refund: ours is settled, and one from elsewhere is booked.
pub fn went_back(
    tx: &mut Tx,
    ground: &Ground,
    gateway: &str,
    seen: &RefundSeen,
    now: Millis,
) -> Result<bool, Failure> {
    let ours = match refunds::by_their_id_for_job(tx, gateway, &seen.id)? {
        Some(known) => Some(known),
        None => match seen.refund.as_deref().and_then(RefundId::from_text) {
            // One that failed here and went there after all is as good as from outside.
            Some(id) => refunds::get_for_job(tx, &id)?
                .filter(|it| it.their_id.is_none() && it.state.is_open()),
            None => None,
        },
    };
    let payment = payments::by_their_id_for_job(tx, gateway, &seen.payment)?;
    match (ours, payment, &seen.state) {
        (Some(ours), _, _) => refund::seen(tx, ground, &ours, seen, now),
        (None, _, RefundState::Pending | RefundState::Canceled { .. }) => Ok(false),
        (None, Some(payment), RefundState::Succeeded) => {
            till::refunds::from_outside(tx, ground, &payment, &seen.id, seen.money, now)
        }
        (None, None, RefundState::Succeeded) => {
            let evidence = format!(
                "{} went back as {gateway} {} of payment {}, which isn't in the books",
                seen.money, seen.id, seen.payment
            );
            outbox::raise(tx, ground, "refund-unknown", &seen.id, &evidence, now)?;
            Ok(false)
        }
    }
}

fn later(gateway: &'static str, id: &str, error: GatewayError) -> Result<Ended, Failure> {
    let (kind, cause, wait) = match error {
        GatewayError::Transient { cause, .. } | GatewayError::Uncertain { cause, .. } => {
            tracing::warn!(gateway, cause, "what a notification spoke of can't be asked about yet");
            return Ok(Ended::wait(id, Millis::MINUTE));
        }
        // No id of theirs: whoever called has made it up.
        GatewayError::Refused { .. } => {
            metrics::counter!("atelier_webhook_errors_total", "from" => gateway).increment(1);
            return Ok(Ended::done());
        }
        GatewayError::Closed { cause } => ("gateway-refuses", cause, Some(Millis::HOUR)),
        GatewayError::Unexpected { cause } => ("gateway-odd", cause, None),
    };
    let subject = if wait.is_some() { gateway.to_owned() } else { id.to_owned() };
    let ended = wait.map_or_else(Ended::done, |it| Ended::wait(id, it));
    Ok(ended.write(move |tx, ground, now| outbox::raise(tx, ground, kind, &subject, &cause, now)))
}
