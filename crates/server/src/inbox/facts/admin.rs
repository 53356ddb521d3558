//! Facts for a bot's owners: its numbers, and the customers whom they look after. Nobody else gets
//! any of them.

use chat::facts::{CustomerFacts, Facts, Needs, PaymentFacts, StatsFacts};
use domain::{BotId, Credits, Currency, Millis, Money};
use store::payments::{self, Payment, PaymentState};
use store::reports::{self, Flow};
use store::users::{self, User, UserState};
use store::{Tx, avatars, ledger};

use super::day;
use crate::app::Ground;
use crate::explain;
use crate::failure::Failure;
use crate::studio::admin;
use crate::till;

/// How many days each of the shown spans has; the last is today.
const SPANS: [u32; 3] = [1, 7, 30];

const FOUND_MAX: u32 = 10;
const PAYMENTS_MAX: u32 = 20;
/// The screen cuts it to what fits a message.
const CHAIN_MAX: usize = 60;

pub fn gather(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    needs: &Needs,
    now: Millis,
    facts: &mut Facts<'_>,
) -> Result<(), Failure> {
    let is_needed = needs.stats || needs.customer.is_some() || needs.search.is_some();
    if !is_needed || !admin::is_owner(ground, user) {
        return Ok(());
    }
    if needs.stats {
        for days in SPANS {
            facts.stats.push(stats(tx, ground, &user.bot, days, now)?);
        }
    }
    if let Some(id) = &needs.customer
        && let Some(found) = users::get(tx, id)?.filter(|it| it.bot == user.bot)
    {
        facts.customer = Some(customer(tx, found)?);
    }
    if let Some(query) = &needs.search {
        for found in reports::customers(tx, &user.bot, query, FOUND_MAX)? {
            facts.found.push(card(tx, found)?);
        }
    }
    Ok(())
}

/// Days begin at midnight by Greenwich, as those of the daily summary do.
fn stats(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    days: u32,
    now: Millis,
) -> Result<StatsFacts, Failure> {
    let day = Millis::DAY.as_i64();
    let midnight = now.as_i64().div_euclid(day) * day;
    let from = Millis(midnight - i64::from(days - 1) * day);
    let stats = reports::stats(tx, bot, from, now.plus(Millis(1)))?;
    let margin_percent = margin(&stats.flows, stats.cost_micros, |currency| {
        ground.catalog.rates.of_micros(1_000_000, currency)
    });
    Ok(StatsFacts {
        days,
        new: stats.new,
        active: stats.active,
        payers: stats.payers,
        revenue: stats.flows.iter().filter_map(|it| it.came.less(it.back)).collect(),
        spent: stats.spent,
        cost_micros: stats.cost_micros,
        margin_percent,
    })
}

/// What of the revenue is left after the cost, in percent, rounded down. None without revenue, or
/// with some in a currency that nobody knows the worth of.
fn margin(
    flows: &[Flow],
    cost_micros: i64,
    dollar: impl Fn(Currency) -> Option<Money>,
) -> Option<i64> {
    let mut revenue: i128 = 0;
    for Flow { came, back } in flows {
        let dollar = i128::from(dollar(came.currency)?.minor().max(1));
        revenue += i128::from(came.minor() - back.minor()) * 1_000_000 / dollar;
    }
    if revenue <= 0 {
        return None;
    }
    i64::try_from(((revenue - i128::from(cost_micros)) * 100).div_euclid(revenue)).ok()
}

/// All that an owner is shown of one customer.
fn customer(tx: &mut Tx, user: User) -> Result<CustomerFacts, Failure> {
    let mut payments = Vec::new();
    for payment in payments::list(tx, &user.id, PAYMENTS_MAX)? {
        payments.push(of_payment(tx, payment)?);
    }
    let story = explain::customer(tx, &user)?;
    let title = std::iter::once(explain::level(tx, &user)?.as_str().to_owned());
    // The latest first, as the screen has no room for all.
    let steps = story.steps.iter().rev().map(explain::Step::line);
    let chain = title.chain(story.ends.iter().cloned()).chain(steps).take(CHAIN_MAX).collect();
    Ok(CustomerFacts { payments, chain, ..card(tx, user)? })
}

/// What is seen of them in a list.
fn card(tx: &mut Tx, user: User) -> Result<CustomerFacts, Failure> {
    let balance = ledger::balance(tx, &till::wallet(&user.bot, &user.id))?;
    let (posted, held) = balance.map_or((Credits::ZERO, Credits::ZERO), |it| (it.posted, it.held));
    Ok(CustomerFacts {
        avatars: avatars::count(tx, &user.id)?,
        is_banned: user.state == UserState::Banned,
        available: posted.less(held),
        held,
        since: day(user.created_at),
        name: user.first_name,
        telegram_id: user.telegram_id,
        id: user.id,
        payments: Vec::new(),
        chain: Vec::new(),
    })
}

fn of_payment(tx: &mut Tx, payment: Payment) -> Result<PaymentFacts, Failure> {
    let refundable = till::refunds::unspent(tx, &payment)?.money;
    Ok(PaymentFacts {
        on: day(payment.paid_at),
        method: payment.gateway,
        money: payment.money,
        refunded: payment.refunded,
        refundable,
        is_parked: payment.state == PaymentState::Parked,
        id: payment.id,
    })
}
