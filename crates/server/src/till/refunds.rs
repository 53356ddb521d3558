//! What goes back, and what is taken for it.
//!
//! The rule: whoever asks gets back the part of a payment whose bought credits aren't spent, to a
//! minor unit, rounded down. Those credits are taken, and of those that came on top the same part.
//! An operator may give back more, and then takes what is left of the payment's credits. Credits
//! are held before the gateway is asked, taken when the money has gone, and given back if it
//! hasn't. A wallet never owes: what a refund from outside finds spent is for a person to look at.

use domain::{Credits, HoldId, JobId, Millis, Money, News, PaymentId, RefundId, Refusal, Task};
use store::ledger;
use store::payments::{self, Payment, PaymentState};
use store::refunds::{self, FromOutside, NewRefund};
use store::{Tx, jobs, orders};

use crate::app::Ground;
use crate::failure::Failure;
use crate::outbox;
use crate::till::{plans, wallet};

/// What could go back by the rule, and what would be taken for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub money: Money,
    pub credits: Credits,
}

/// What of a payment is not spent.
pub fn unspent(tx: &mut Tx, payment: &Payment) -> Result<Share, Failure> {
    let nothing = Share { money: Money::zero(payment.money.currency), credits: Credits::ZERO };
    let under_way = refunds::under_way(tx, payment)?;
    if !under_way.is_zero() {
        return Ok(nothing);
    }
    let left = rest(payment);
    if payment.state == PaymentState::Parked {
        return Ok(Share { money: left, ..nothing });
    }
    let Some(user) = &payment.user else { return Ok(nothing) };
    let wallet = wallet(&payment.bot, user);
    // What is held may still be spent.
    let free = ledger::available(tx, &wallet)?;
    let bought = ledger::left_of_grant(tx, &payment.grant())?.min(free);
    let money = payment.money.share(bought.as_i64(), payment.credits.as_i64());
    let money = if left.minor() < money.minor() { left } else { money };
    // Telegram gives all of a charge back, or nothing.
    if payment.gateway == orders::STARS && money != payment.money {
        return Ok(nothing);
    }
    Ok(Share { money, credits: taken_for(tx, payment, bought, free)? })
}

/// What of its money hasn't gone back.
fn rest(payment: &Payment) -> Money {
    payment.money.less(payment.refunded).unwrap_or_else(|| Money::zero(payment.money.currency))
}

/// The bought credits, and of those on top the same part as far as it is there.
fn taken_for(
    tx: &mut Tx,
    payment: &Payment,
    bought: Credits,
    free: Credits,
) -> Result<Credits, Failure> {
    let part = payment.bonus.as_i64() * bought.as_i64() / payment.credits.as_i64().max(1);
    let on_top = ledger::left_of_grant(tx, &payment.bonus_grant())?;
    let on_top = on_top.as_i64().min(part).min(free.less(bought).as_i64());
    Ok(Credits::new(bought.as_i64() + on_top).unwrap_or(bought))
}

/// What an operator or an owner asks for.
#[derive(Clone, Debug)]
pub struct Wish {
    pub payment: PaymentId,
    /// None: by the rule.
    pub money: Option<Money>,
    /// Whether more may go back than isn't spent.
    pub even_if_spent: bool,
    pub reason: String,
    pub actor: String,
}

/// Decides a refund: holds the credits and queues the asking. Nothing has gone back yet.
pub fn begin(
    tx: &mut Tx,
    ground: &Ground,
    wish: &Wish,
    now: Millis,
) -> Result<Result<(RefundId, Share), Refusal>, Failure> {
    let Some(payment) = payments::get_for_job(tx, &wish.payment)? else {
        return Ok(Err(Refusal::NothingToRefund));
    };
    let by_rule = unspent(tx, &payment)?;
    let share = match wish.money {
        None => by_rule,
        Some(money) => match wished(tx, &payment, money, by_rule, wish.even_if_spent)? {
            Some(share) => share,
            None => return Ok(Err(Refusal::NothingToRefund)),
        },
    };
    if share.money.is_zero() {
        return Ok(Err(Refusal::NothingToRefund));
    }
    let id = RefundId::new(ground.number());
    // Parked money has no wallet: nothing is held, in nobody's name.
    let wallet = match &payment.user {
        Some(user) => wallet(&payment.bot, user),
        None => format!("wallet:{}:nobody", payment.bot),
    };
    let refund = NewRefund {
        id: &id,
        hold: &HoldId::new(ground.number()),
        wallet: &wallet,
        money: share.money,
        credits: share.credits,
        reason: &wish.reason,
        actor: &wish.actor,
    };
    refunds::begin(tx, &payment, &refund, now)?;
    let task = Task::Refund { refund: id.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("refund:{id}")),
        wake_key: Some(id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(Ok((id, share)))
}

/// What is taken for an amount that somebody named; `None` when it can't go back.
fn wished(
    tx: &mut Tx,
    payment: &Payment,
    money: Money,
    by_rule: Share,
    even_if_spent: bool,
) -> Result<Option<Share>, Failure> {
    let is_stars = payment.gateway == orders::STARS;
    let fits = money.currency == payment.money.currency
        && money.minor() <= rest(payment).minor()
        && refunds::under_way(tx, payment)?.is_zero()
        && (!is_stars || money == payment.money);
    if !fits || (!even_if_spent && by_rule.money.minor() < money.minor()) {
        return Ok(None);
    }
    let due = due(payment, money);
    let free = match &payment.user {
        Some(user) => ledger::available(tx, &wallet(&payment.bot, user))?,
        None => Credits::ZERO,
    };
    let left = ledger::left_of_grant(tx, &payment.grant())?.as_i64()
        + ledger::left_of_grant(tx, &payment.bonus_grant())?.as_i64();
    let left = Credits::new(left).unwrap_or_default();
    Ok(Some(Share { money, credits: due.min(left).min(free) }))
}

/// The credits that stand for a part of a payment, rounded up, with those on top.
fn due(payment: &Payment, money: Money) -> Credits {
    let whole = i128::from(payment.credits.as_i64() + payment.bonus.as_i64());
    let minor = i128::from(payment.money.minor().max(1));
    let credits = (whole * i128::from(money.minor()) + minor - 1) / minor;
    i64::try_from(credits).ok().and_then(Credits::new).unwrap_or_default()
}

/// Money went back without us: it is booked, and its credits are taken as far as they are there.
/// False: it was in the books.
pub fn from_outside(
    tx: &mut Tx,
    ground: &Ground,
    payment: &Payment,
    their_id: &str,
    money: Money,
    now: Millis,
) -> Result<bool, Failure> {
    let id = RefundId::new(ground.number());
    let money = if rest(payment).minor() < money.minor() { rest(payment) } else { money };
    if money.is_zero() || money.currency != payment.money.currency {
        return Ok(false);
    }
    let wallet = payment
        .user
        .as_ref()
        .filter(|_| payment.state != PaymentState::Parked)
        .map(|user| wallet(&payment.bot, user));
    let refund = FromOutside {
        id: &id,
        their_id,
        money,
        wallet: wallet.as_deref(),
        credits: due(payment, money),
    };
    let Some(taken) = refunds::from_outside(tx, payment, &refund, now)? else { return Ok(false) };
    ended(tx, ground, payment, now)?;
    if let Some(user) = &payment.user {
        let news = News::Refunded { money, taken: taken.taken };
        outbox::tell(tx, ground, user, &news, id.as_str(), now)?;
    }
    let evidence = format!(
        "{money} of {} {} went back from outside; {} credits were taken, {} were spent already",
        payment.gateway, payment.their_id, taken.taken, taken.owed
    );
    outbox::raise_in(tx, ground, &payment.bot, "refund-outside", id.as_str(), &evidence, now)?;
    Ok(true)
}

/// Closes the order when all of its money has gone back, and doesn't renew the plan that it was for.
pub fn ended(tx: &mut Tx, ground: &Ground, payment: &Payment, now: Millis) -> Result<(), Failure> {
    let Some(id) = &payment.order else { return Ok(()) };
    let Some(order) = orders::get_for_job(tx, id)? else { return Ok(()) };
    let all = payments::of_order(tx, id)?;
    if all.iter().all(|it| it.state != PaymentState::Credited) {
        orders::refunded(tx, id)?;
    }
    let is_back = |it: &Payment| it.id == payment.id && it.state == PaymentState::Refunded;
    match &order.subscription {
        Some(plan) if all.iter().any(is_back) => plans::refunded(tx, ground, plan, now),
        Some(_) | None => Ok(()),
    }
}
