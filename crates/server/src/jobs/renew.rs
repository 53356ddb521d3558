//! A plan, looked at when it is due: announced, charged, tried again, ended.

use std::sync::Arc;

use domain::catalog::Offer;
use domain::{JobId, Method, Millis, News, OrderId, SubscriptionId, Task};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::EditUserStarSubscriptionParams;
use store::orders::{self, NewOrder};
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::{Tx, jobs, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::jobs::Ended;
use crate::outbox;
use crate::till::plans::{GRACE, next_look};
use crate::till::shop;

/// A charge that is under way is not begun again for so long.
const CHARGED_WITHIN: Millis = Millis::DAY;

pub async fn run(app: &Arc<App>, id: SubscriptionId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let plan = app.db.read(move |tx| subscriptions::get_for_job(tx, &wanted)).await?;
    let Some(plan) = plan else { return Ok(Ended::done()) };
    let is_over = plan.until.is_none_or(|it| it <= app.ground.now());
    match plan.state {
        SubscriptionState::New | SubscriptionState::Ended => return Ok(Ended::done()),
        // Telegram charges by itself, unless it is told not to.
        SubscriptionState::Active | SubscriptionState::Stopping | SubscriptionState::Unpaid => {
            if plan.method == Method::Stars && !is_over {
                tell_telegram(app, &plan).await?;
            }
        }
    }
    Ok(Ended::done().durably().write(move |tx, ground, now| {
        let plan = subscriptions::get_for_job(tx, &id)?;
        // Somebody may have looked after it meanwhile.
        match plan.filter(|it| it.next_at.is_some_and(|at| at <= now)) {
            Some(plan) => carry_on(tx, ground, &plan, now),
            None => Ok(()),
        }
    }))
}

/// Announces the charge a day before it, and charges on the day. Where Telegram charges, it is
/// waited for a while longer: that it hasn't is its answer.
fn carry_on(tx: &mut Tx, ground: &Ground, plan: &Subscription, now: Millis) -> Result<(), Failure> {
    let until = plan.until.unwrap_or(now);
    match (plan.state, plan.method) {
        (SubscriptionState::New | SubscriptionState::Ended, _) => Ok(()),
        (SubscriptionState::Stopping, _) if now < until => {
            Ok(subscriptions::next(tx, &plan.id, Some(until))?)
        }
        (SubscriptionState::Stopping, _) => end(tx, ground, plan, "it was stopped", now),
        (SubscriptionState::Active, _) if now < until => announce(tx, ground, plan, until, now),
        (_, Method::Stars) if now < until.plus(GRACE) => {
            Ok(subscriptions::next(tx, &plan.id, Some(until.plus(GRACE)))?)
        }
        (_, Method::Stars) => end(tx, ground, plan, "Telegram did not renew it", now),
        (_, Method::Card | Method::Sbp) if plan.saved_method.is_none() => {
            end(tx, ground, plan, "there is no card to charge", now)
        }
        (_, Method::Card | Method::Sbp) => charge(tx, ground, plan, now),
    }
}

fn announce(
    tx: &mut Tx,
    ground: &Ground,
    plan: &Subscription,
    until: Millis,
    now: Millis,
) -> Result<(), Failure> {
    if now < next_look(until) {
        return Ok(subscriptions::next(tx, &plan.id, Some(next_look(until)))?);
    }
    let pack = plan.pack.clone();
    let news = News::PlanRenews { pack, money: plan.money, on: day(until) };
    let about = format!("{}:{}", plan.id, until.as_i64());
    outbox::tell(tx, ground, &plan.user, &news, &about, now)?;
    Ok(subscriptions::next(tx, &plan.id, Some(until))?)
}

/// Makes the order of the next period. The card is looked up again when it is charged, in the
/// transaction that allows it.
fn charge(tx: &mut Tx, ground: &Ground, plan: &Subscription, now: Millis) -> Result<(), Failure> {
    let id = OrderId::new(ground.number());
    let offer = Offer {
        pack: plan.pack.clone(),
        money: plan.money,
        credits: plan.credits,
        bonus: plan.bonus,
        promo: None,
        expires_at: now.plus(CHARGED_WITHIN),
    };
    let order = NewOrder {
        id: &id,
        user: &plan.user,
        bot: &plan.bot,
        method: plan.method,
        gateway: shop::gateway(plan.method),
        offer: &offer,
        subscription: Some(&plan.id),
        is_renewal: true,
        resume: None,
        expires_at: offer.expires_at,
    };
    // The one before may still be asked about: what it becomes decides, and not a second one.
    if orders::has_open_renewal(tx, &plan.id)? {
        return Ok(subscriptions::next(tx, &plan.id, Some(now.plus(Millis::HOUR)))?);
    }
    orders::insert(tx, &order, now)?;
    // Until this one has ended, whatever way, no other is made.
    subscriptions::next(tx, &plan.id, Some(now.plus(CHARGED_WITHIN)))?;
    let task = Task::Pay { order: id.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("pay:{id}")),
        wake_key: Some(id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(())
}

fn end(
    tx: &mut Tx,
    ground: &Ground,
    plan: &Subscription,
    why: &str,
    now: Millis,
) -> Result<(), Failure> {
    if subscriptions::end(tx, &plan.id, why, now)? {
        let news = News::PlanEnded { pack: plan.pack.clone() };
        let about = format!("{}:{}", plan.id, plan.until.unwrap_or(now).as_i64());
        outbox::tell(tx, ground, &plan.user, &news, &about, now)?;
    }
    Ok(())
}

/// Says to Telegram whether it may charge again. Saying the same twice does no harm.
pub async fn tell_telegram(app: &Arc<App>, plan: &Subscription) -> Result<(), Failure> {
    let Some(bot) = app.bots.get(&plan.bot) else { return Ok(()) };
    let user = plan.user.clone();
    let user = app.db.read(move |tx| users::get(tx, &user)).await?;
    let telegram_id = user.and_then(|it| it.telegram_id).and_then(|it| u64::try_from(it).ok());
    let (Some(telegram_id), Some(charge)) = (telegram_id, plan.charge_id.clone()) else {
        return Ok(());
    };
    let params = EditUserStarSubscriptionParams::builder()
        .user_id(telegram_id)
        .telegram_payment_charge_id(charge)
        .is_canceled(plan.state == SubscriptionState::Stopping)
        .build();
    bot.telegram.edit_user_star_subscription(&params).await?;
    Ok(())
}
