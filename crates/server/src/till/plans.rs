//! Plans: how a payment carries one on.

use domain::{
    BotId, Declined, JobId, Method, Millis, News, OrderId, PaymentId, SubscriptionId, Task, UserId,
};
use store::orders::{self, Order};
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::{Tx, jobs, users};

use crate::app::Ground;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::outbox;
use crate::till::Arrived;

/// How long before a charge its customer is told.
pub const ANNOUNCED: Millis = Millis::days(1);
/// How long a plan that the gateway keeps outlives its end, as charges may be a little late.
pub const GRACE: Millis = Millis::days(1);

/// Why a plan has ended that its customer had stopped.
pub const STOPPED: &str = "it was stopped";

/// Where Telegram charges by itself, a job tells it to stop.
pub fn tell_telegram(
    tx: &mut Tx,
    ground: &Ground,
    plan: &Subscription,
    now: Millis,
) -> Result<(), Failure> {
    if plan.method == Method::Stars {
        let task = Task::Renew { subscription: plan.id.clone() };
        jobs::enqueue(tx, &jobs::NewJob::of(&task), &JobId::new(ground.number()), now)?;
    }
    Ok(())
}

/// Money of a charge waits for a person: none is made again until that person has decided.
pub fn hold(tx: &mut Tx, order: &Order) -> Result<(), Failure> {
    if let Some(id) = order.subscription.as_ref().filter(|_| order.is_renewal) {
        subscriptions::next(tx, id, None)?;
    }
    Ok(())
}

/// All of what was paid for a plan went back: it isn't renewed.
pub fn refunded(
    tx: &mut Tx,
    ground: &Ground,
    id: &SubscriptionId,
    now: Millis,
) -> Result<(), Failure> {
    if subscriptions::stop(tx, id)?
        && let Some(plan) = subscriptions::get_for_job(tx, id)?
    {
        tell_telegram(tx, ground, &plan, now)?;
    }
    Ok(())
}

/// The priority of somebody's work: what their plan gives.
pub fn priority(tx: &mut Tx, ground: &Ground, user: &UserId) -> Result<i64, Failure> {
    let Some(current) = subscriptions::current(tx, user)? else { return Ok(0) };
    let plan = ground.catalog.pack(&current.pack).and_then(|it| it.plan.as_ref());
    Ok(i64::from(plan.is_some_and(|it| it.period.has_priority)))
}

/// What somebody's plan takes off pictures, in percent.
pub fn picture_discount(tx: &mut Tx, ground: &Ground, user: &UserId) -> Result<u32, Failure> {
    let Some(current) = subscriptions::current(tx, user)? else { return Ok(0) };
    let plan = ground.catalog.pack(&current.pack).and_then(|it| it.plan.as_ref());
    Ok(plan.map_or(0, |it| it.period.picture_discount))
}

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
    let is_latest = plan.until.is_none_or(|it| it <= until);
    let until = plan.until.map_or(until, |it| it.max(until));
    let is_first = plan.state == SubscriptionState::New;
    if plan.method == Method::Stars && is_latest {
        subscriptions::charged(tx, id, &arrived.their_id)?;
    }
    if !subscriptions::paid_until(tx, id, until, Some(next_look(until)))? {
        // Another plan began meanwhile, so this one is one pack's worth of credits, and ends.
        let evidence =
            format!("{} paid for a second plan, {}; the credits are theirs", plan.user, id);
        outbox::raise_in(tx, ground, &plan.bot, "plan-second", id.as_str(), &evidence, now)?;
        subscriptions::end(tx, id, "there was another plan", now)?;
        return tell_telegram(tx, ground, &plan, now);
    }
    // A later payment may come after its card was unlinked, and must not bring it back.
    let saved = arrived.renewal.saved.as_ref().filter(|_| is_first);
    if let Some((saved, title)) = saved {
        subscriptions::save_method(tx, id, saved, title)?;
    }
    let has_means = plan.method == Method::Stars || saved.is_some() || plan.saved_method.is_some();
    // Telegram has charged for what was stopped here: it wasn't told, or didn't hear.
    let was_stopped =
        plan.state == SubscriptionState::Stopping || plan.ended_why.as_deref() == Some(STOPPED);
    if !has_means || was_stopped {
        // Nothing is charged for the next period, so nobody is told that it will be.
        subscriptions::stop(tx, id)?;
        tell_telegram(tx, ground, &plan, now)?;
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
