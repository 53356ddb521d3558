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
use crate::till::plans::ANNOUNCED;
use crate::till::shop;

/// A charge that is under way is not begun again for so long.
const CHARGED_WITHIN: Millis = Millis::DAY;

pub async fn run(app: &Arc<App>, id: SubscriptionId) -> Result<Ended, Failure> {
    let wanted = id.clone();
    let plan = app.db.read(move |tx| subscriptions::get_for_job(tx, &wanted)).await?;
    let Some(plan) = plan else { return Ok(Ended::done()) };
    let now = app.ground.now();
    let is_over = plan.until.is_none_or(|it| it <= now);
    match (plan.state, plan.method) {
        (SubscriptionState::New | SubscriptionState::Ended, _) => Ok(Ended::done()),
        (SubscriptionState::Stopping | SubscriptionState::Active, Method::Stars) if !is_over => {
            tell_telegram(app, plan).await
        }
        (SubscriptionState::Stopping, _) if !is_over => Ok(Ended::done()),
        // Telegram charges by itself. That it hasn't, so long after the end, is its answer.
        (SubscriptionState::Stopping, _) | (_, Method::Stars) => {
            Ok(Ended::done().write(move |tx, ground, now| {
                let Some(plan) = due(tx, &id, now)? else { return Ok(()) };
                end(tx, ground, &plan, "it was not renewed", now)
            }))
        }
        (SubscriptionState::Active | SubscriptionState::Unpaid, Method::Card | Method::Sbp) => {
            Ok(Ended::done().durably().write(move |tx, ground, now| {
                let Some(plan) = due(tx, &id, now)? else { return Ok(()) };
                carry_on(tx, ground, &plan, now)
            }))
        }
    }
}

/// The plan, if it is still to be looked at.
fn due(tx: &mut Tx, id: &SubscriptionId, now: Millis) -> Result<Option<Subscription>, Failure> {
    let plan = subscriptions::get_for_job(tx, id)?;
    Ok(plan.filter(|it| it.next_at.is_some_and(|at| at <= now)))
}

/// Announces the charge a day before it, and charges on the day.
fn carry_on(tx: &mut Tx, ground: &Ground, plan: &Subscription, now: Millis) -> Result<(), Failure> {
    let until = plan.until.unwrap_or(now);
    if plan.state == SubscriptionState::Active && now < until {
        let pack = plan.pack.clone();
        let news = News::PlanRenews { pack, money: plan.money, on: day(until) };
        let about = format!("{}:{}", plan.id, until.as_i64());
        if now.plus(ANNOUNCED) < until {
            subscriptions::next(tx, &plan.id, Some(Millis(until.as_i64() - ANNOUNCED.as_i64())))?;
            return Ok(());
        }
        outbox::tell(tx, ground, &plan.user, &news, &about, now)?;
        subscriptions::next(tx, &plan.id, Some(until))?;
        return Ok(());
    }
    if plan.saved_method.is_none() {
        return end(tx, ground, plan, "there is no card to charge", now);
    }
    charge(tx, ground, plan, now)
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
async fn tell_telegram(app: &Arc<App>, plan: Subscription) -> Result<Ended, Failure> {
    let Some(bot) = app.bots.get(&plan.bot) else {
        return Ok(Ended::wait(plan.id.as_str(), Millis::HOUR));
    };
    let user = plan.user.clone();
    let user = app.db.read(move |tx| users::get(tx, &user)).await?;
    let telegram_id = user.and_then(|it| it.telegram_id).and_then(|it| u64::try_from(it).ok());
    let (Some(telegram_id), Some(charge)) = (telegram_id, plan.charge_id) else {
        return Ok(Ended::done());
    };
    let params = EditUserStarSubscriptionParams::builder()
        .user_id(telegram_id)
        .telegram_payment_charge_id(charge)
        .is_canceled(plan.state == SubscriptionState::Stopping)
        .build();
    bot.telegram.edit_user_star_subscription(&params).await?;
    Ok(Ended::done())
}
