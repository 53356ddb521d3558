//! Parts of stories about money: an offer, an order for it, the money, and what came of it.

use domain::catalog::Offer;
use domain::{Credits, Currency, Method, Money, PaymentId};
use store::ledger::LedgerError;
use store::orders::{self, NewOrder};
use store::payments::{self, Came, Given, Payment};
use store::{StoreError, Tx};

use crate::bed::{NOW, bot, later, ord, pay, usr, wallet};
use crate::ledger::credits;

pub const GATEWAY: &str = "yookassa";

/// What [`order`] orders: 499.00 RUB for 100 credits and 10 on top.
pub const MINOR: i64 = 49_900;
pub const BOUGHT: i64 = 100;
pub const BONUS: i64 = 10;

pub fn rub(minor: i64) -> Money {
    Money::new(minor, Currency::Rub).expect("an amount")
}

pub fn offer() -> Offer {
    Offer {
        pack: "100".to_owned(),
        money: rub(MINOR),
        credits: credits(BOUGHT),
        bonus: credits(BONUS),
        promo: None,
        expires_at: later(3_600),
    }
}

pub fn new_order<'a>(
    id: &'a domain::OrderId,
    user: &'a domain::UserId,
    bot: &'a domain::BotId,
    offer: &'a Offer,
) -> NewOrder<'a> {
    NewOrder {
        id,
        user,
        bot,
        method: Method::Card,
        gateway: GATEWAY,
        offer,
        subscription: None,
        is_renewal: false,
        resume: None,
        expires_at: later(3_600),
    }
}

/// `ord_NAME` of `usr_WHO`. False: it is there.
pub fn order(tx: &mut Tx, who: &str, name: &str) -> Result<bool, StoreError> {
    orders::insert(tx, &new_order(&ord(name), &usr(who), &bot("b"), &offer()), NOW)
}

/// Money as it comes, to be booked under `id` if it is new.
pub fn came<'a>(id: &'a PaymentId, their_id: &'a str, bot: &'a domain::BotId) -> Came<'a> {
    Came {
        id,
        gateway: GATEWAY,
        their_id,
        bot,
        payer: Some(7),
        money: rub(MINOR),
        paid_at: later(10),
    }
}

pub fn given<'a>(
    order: &'a domain::OrderId,
    user: &'a domain::UserId,
    wallet: &'a str,
) -> Given<'a> {
    Given { order, user, wallet, credits: credits(BOUGHT), bonus: credits(BONUS) }
}

/// What a job does when it has read that money came: books it, once, and ends the order. The
/// payment's id is made anew at each try, as it is there.
pub fn paid(
    tx: &mut Tx,
    who: &str,
    name: &str,
    their_id: &str,
    id: &str,
) -> Result<bool, LedgerError> {
    let (user, order, wallet) = (usr(who), ord(name), wallet(who));
    let (id, bot) = (pay(id), bot("b"));
    let is_new = payments::credit(
        tx,
        &came(&id, their_id, &bot),
        &given(&order, &user, &wallet),
        later(20),
    )?;
    if is_new {
        orders::paid(tx, &order, later(20))?;
    }
    Ok(is_new)
}

/// An order and its money in one: `ord_NAME`, `pay_NAME`, and `their-NAME` at the gateway.
pub fn buy(tx: &mut Tx, who: &str, name: &str) -> Result<(), LedgerError> {
    assert!(order(tx, who, name)?, "a new order");
    assert!(paid(tx, who, name, &format!("their-{name}"), name)?, "new money");
    Ok(())
}

pub fn payment(tx: &mut Tx, name: &str) -> Result<Payment, StoreError> {
    Ok(payments::get_for_job(tx, &pay(name))?.expect("it is there"))
}

pub fn available(tx: &mut Tx, who: &str) -> Result<i64, StoreError> {
    store::ledger::available(tx, &wallet(who)).map(Credits::as_i64)
}
