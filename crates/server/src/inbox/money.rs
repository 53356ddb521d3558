//! Stars, which come as messages: booked whatever the chat is at.

use domain::{Millis, OrderId};
use store::{Tx, orders, payments};

use crate::app::Ground;
use crate::failure::Failure;
use crate::inbox::{Arrival, Stars, StarsBack};
use crate::outbox;
use crate::till::{self, Arrived, Renewal};

pub fn paid(
    tx: &mut Tx,
    ground: &Ground,
    arrival: &Arrival,
    stars: &Stars,
    now: Millis,
) -> Result<(), Failure> {
    let Some(money) = stars.money.filter(|it| !it.is_zero()) else {
        let evidence = format!("{} came, which is no money that we know", stars.shown);
        return outbox::raise(tx, ground, "payment-odd", &stars.charge, &evidence, now);
    };
    let arrived = Arrived {
        gateway: orders::STARS.to_owned(),
        their_id: stars.charge.clone(),
        bot: arrival.bot.clone(),
        payer: Some(arrival.from.telegram_id),
        money,
        is_test: false,
        paid_at: stars.at,
        renewal: Renewal { until: stars.until, saved: None, is_later: stars.is_later },
        doubt: None,
    };
    let order = OrderId::from_text(&stars.payload);
    till::arrived(tx, ground, &arrived, order.as_ref(), now)?;
    Ok(())
}

/// Telegram says so after our own refunds too: those are under way, and their job settles them.
pub fn went_back(
    tx: &mut Tx,
    ground: &Ground,
    back: &StarsBack,
    now: Millis,
) -> Result<(), Failure> {
    let payment = payments::by_their_id_for_job(tx, orders::STARS, &back.charge)?;
    let (Some(payment), Some(money)) = (payment, back.money) else {
        let evidence = "Stars went back that never came";
        return outbox::raise(tx, ground, "refund-unknown", &back.charge, evidence, now);
    };
    if store::refunds::under_way(tx, &payment)?.is_zero() {
        let their_id = format!("refund:{}", back.charge);
        till::refunds::from_outside(tx, ground, &payment, &their_id, money, now)?;
    }
    Ok(())
}
