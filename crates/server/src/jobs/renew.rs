//! A plan, looked at when it is due: announced, charged, tried again, ended.

use std::sync::Arc;

use domain::catalog::Offer;
use domain::{JobId, Method, Millis, News, OrderId, SubscriptionId, Task};
use frankenstein::AsyncTelegramApi;
use frankenstein::methods::EditUserStarSubscriptionParams;
use store::orders::{self, NewOrder};
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::{Tx, jobs, tells, users};

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::jobs::Ended;
use crate::outbox;
use crate::till::plans::{ANNOUNCED, GRACE, STOPPED, next_look};
use crate::till::shop;

/// A charge that is under way is not begun again for so long.
const CHARGED_WITHIN: Millis = Millis::DAY;

pub async fn run(app: &Arc<App>, id: SubscriptionId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let plan = app.db.read(move |tx| subscriptions::get_for_job(tx, &wanted)).await?;
    let Some(plan) = plan else { return Ok(Ended::done()) };
    let is_ending = match plan.state {
        SubscriptionState::New => return Ok(Ended::done()),
        SubscriptionState::Active | SubscriptionState::Unpaid => false,
        SubscriptionState::Stopping | SubscriptionState::Ended => true,
    };
    // Telegram charges by itself, until it is told not to.
    if plan.method == Method::Stars && is_ending && !tell_telegram(app, &plan).await? {
        return Ok(Ended::wait(id.as_str(), Millis::MINUTE));
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
        (SubscriptionState::Stopping, _) => end(tx, ground, plan, STOPPED, now),
        (SubscriptionState::Active, _) if now < until => announce(tx, ground, plan, until, now),
        (_, Method::Stars) if now < until.plus(GRACE) => {
            Ok(subscriptions::next(tx, &plan.id, Some(until.plus(GRACE)))?)
        }
        (_, Method::Stars) => end(tx, ground, plan, "Telegram did not renew it", now),
        (_, Method::Card | Method::Sbp) if plan.saved_method.is_none() => {
            end(tx, ground, plan, "there is no card to charge", now)
        }
        // Nothing is charged that wasn't announced a day before, as when we were away that day.
        (SubscriptionState::Active, Method::Card | Method::Sbp)
            if !tells::is_there(tx, &format!("plan_renews:{}", period(plan, until)))? =>
        {
            announce(tx, ground, plan, until, now)?;
            Ok(subscriptions::next(tx, &plan.id, Some(now.plus(ANNOUNCED)))?)
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
    // Who announces late charges late.
    let on = if until <= now { now.plus(ANNOUNCED) } else { until };
    let news = News::PlanRenews { pack, money: plan.money, on: day(on) };
    outbox::tell(tx, ground, &plan.user, &news, &period(plan, until), now)?;
    Ok(subscriptions::next(tx, &plan.id, Some(until))?)
}

/// The period of a plan that ends at a moment.
fn period(plan: &Subscription, until: Millis) -> String {
    format!("{}:{}", plan.id, until.as_i64())
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

/// Says to Telegram that it may not charge again. Saying the same twice does no harm. False: it
/// doesn't hear now.
pub async fn tell_telegram(app: &Arc<App>, plan: &Subscription) -> Result<bool, Failure> {
    let user = plan.user.clone();
    let user = app.db.read(move |tx| users::get(tx, &user)).await?;
    let telegram_id = user.and_then(|it| it.telegram_id).and_then(|it| u64::try_from(it).ok());
    let (Some(telegram_id), Some(charge)) = (telegram_id, plan.charge_id.clone()) else {
        return Ok(true);
    };
    let Some(bot) = app.bots.get(&plan.bot) else { return Ok(false) };
    let params = EditUserStarSubscriptionParams::builder()
        .user_id(telegram_id)
        .telegram_payment_charge_id(charge.clone())
        .is_canceled(true)
        .build();
    let Err(error) = bot.telegram.edit_user_star_subscription(&params).await else {
        return Ok(true);
    };
    let failure = Failure::from(error);
    if failure.may_pass() {
        tracing::warn!(plan.id = %plan.id, %failure, "Telegram can't be told to end a plan yet");
        return Ok(false);
    }
    // It may have ended there already; a person looks, as only Telegram can tell.
    let (ground, plan) = (app.ground.clone(), plan.clone());
    let evidence = format!("Telegram did not end the subscription of charge {charge}: {failure}");
    app.db
        .write(move |tx| {
            let id = plan.id.as_str();
            outbox::raise_in(tx, &ground, &plan.bot, "plan-not-told", id, &evidence, ground.now())
        })
        .await?;
    Ok(true)
}
