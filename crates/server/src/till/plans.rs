//! Plans: how a payment carries one on.

use domain::{BotId, Declined, Method, Millis, News, OrderId, PaymentId};
use store::orders::{self, Order};
use store::subscriptions::{self, SubscriptionState};
use store::{Tx, users};

use crate::app::Ground;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::outbox;
use crate::till::Arrived;

/// How long before a charge its customer is told.
pub const ANNOUNCED: Millis = Millis::days(1);
/// How long a plan that the gateway keeps outlives its end, as charges may be a little late.
pub const GRACE: Millis = Millis::days(1);

/// A period is paid for.
pub fn paid(
    tx: &mut Tx,
    ground: &Ground,
    order: &Order,
    payment: &PaymentId,
    arrived: &Arrived,
    now: Millis,
) -> Result<(), Failure> {
    let Some(id) = &order.subscription else { return Ok(()) };
    let Some(plan) = subscriptions::get_for_job(tx, id)? else { return Ok(()) };
    let period = Millis::days(i64::from(plan.period_days));
    // A late charge doesn't shorten what was paid for, and an early one isn't lost.
    let from = plan.until.filter(|it| now < *it).unwrap_or(now);
    let until = arrived.renewal.until.unwrap_or_else(|| from.plus(period));
    if let Some((saved, title)) = &arrived.renewal.saved {
        subscriptions::save_method(tx, id, saved, title)?;
    }
    if plan.method == Method::Stars {
        subscriptions::charged(tx, id, &arrived.their_id)?;
    }
    let is_first = plan.state == SubscriptionState::New;
    if !subscriptions::paid_until(tx, id, until, Some(next_look(until)))? {
        // Another plan began meanwhile, so this one is one pack's worth of credits.
        let evidence =
            format!("{} paid for a second plan, {}; the credits are theirs", plan.user, id);
        outbox::raise(tx, ground, "plan-second", id.as_str(), &evidence, now)?;
        return Ok(());
    }
    let pack = plan.pack.clone();
    let news = if is_first {
        News::PlanStarted { pack, until: day(until) }
    } else {
        let credits = plan.credits.as_i64() + plan.bonus.as_i64();
        let credits = domain::Credits::new(credits).unwrap_or(plan.credits);
        News::PlanRenewed { pack, credits, until: day(until) }
    };
    outbox::tell(tx, ground, &plan.user, &news, payment.as_str(), now)?;
    Ok(())
}

/// When a plan that is paid until a moment is to be looked at again: to announce the charge.
pub fn next_look(until: Millis) -> Millis {
    Millis(until.as_i64() - ANNOUNCED.as_i64())
}

/// How many days after a charge that failed the next one is tried: on the days 0, 1, 3 and 5.
const AGAIN: [Millis; 3] = [Millis::days(1), Millis::days(2), Millis::days(2)];

/// The saved card gave no money for the next period.
pub fn declined(
    tx: &mut Tx,
    ground: &Ground,
    order: &Order,
    why: Declined,
    now: Millis,
) -> Result<(), Failure> {
    let Some(id) = &order.subscription else { return Ok(()) };
    let Some(plan) = subscriptions::get_for_job(tx, id)? else { return Ok(()) };
    if !matches!(plan.state, SubscriptionState::Active | SubscriptionState::Unpaid) {
        return Ok(());
    }
    let again = AGAIN.get(plan.tries as usize).filter(|_| why.may_heal());
    let again = again.map(|it| now.plus(*it));
    match again {
        Some(at) => {
            subscriptions::unpaid(tx, id, at)?;
        }
        None => {
            subscriptions::end(tx, id, why.key(), now)?;
        }
    }
    let news = News::PlanUnpaid { pack: plan.pack, why, again: again.map(day) };
    outbox::tell(tx, ground, &plan.user, &news, order.id.as_str(), now)?;
    let text =
        format!("A renewal failed: {} of {}, {} ({})", order.money, plan.user, id, why.key());
    outbox::owners(tx, ground, &plan.bot, &text, now)?;
    Ok(())
}

/// Telegram says what became of a plan that it charges for. What is paid for stays as it is.
pub fn told_by_telegram(
    tx: &mut Tx,
    payer: i64,
    bot: &BotId,
    payload: &str,
    is_renewed: bool,
) -> Result<(), Failure> {
    let order = match OrderId::from_text(payload) {
        Some(id) => orders::get_for_job(tx, &id)?,
        None => None,
    };
    let Some(order) = order.filter(|it| it.bot == *bot) else { return Ok(()) };
    let user = users::get(tx, &order.user)?;
    let Some(id) =
        order.subscription.filter(|_| user.is_some_and(|it| it.telegram_id == Some(payer)))
    else {
        return Ok(());
    };
    if is_renewed {
        let plan = subscriptions::get_for_job(tx, &id)?;
        let next = plan.and_then(|it| it.until).map(next_look);
        subscriptions::keep(tx, &id, next)?;
    } else {
        subscriptions::stop(tx, &id)?;
    }
    Ok(())
}
