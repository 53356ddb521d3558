//! The plan that a user has: stopped, kept, unlinked.

use domain::{JobId, Method, Millis, News, Refusal, SubscriptionId, Task};
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::users::User;
use store::{Tx, jobs};

use crate::app::Ground;
use crate::inbox::facts::day;
use crate::studio::{Done, Stop, refuse};
use crate::till::plans::next_look;

/// The plan, if it is this user's and runs.
fn own(tx: &mut Tx, user: &User, id: &SubscriptionId) -> Result<Subscription, Stop> {
    let found = subscriptions::of(tx, &user.id, id)?;
    let runs = |it: &Subscription| match it.state {
        SubscriptionState::Active | SubscriptionState::Stopping | SubscriptionState::Unpaid => true,
        SubscriptionState::New | SubscriptionState::Ended => false,
    };
    match found.filter(runs) {
        Some(plan) => Ok(plan),
        None => refuse(Refusal::NoPlan),
    }
}

fn until(plan: &Subscription, now: Millis) -> String {
    day(plan.until.unwrap_or(now))
}

/// It isn't renewed any more: from this transaction on nothing is charged.
pub fn stop(tx: &mut Tx, ground: &Ground, user: &User, id: &SubscriptionId, now: Millis) -> Done {
    let plan = own(tx, user, id)?;
    subscriptions::stop(tx, id)?;
    tell_telegram(tx, ground, &plan, now)?;
    Ok(News::PlanStopped { until: until(&plan, now) })
}

/// It is renewed after all, where there is still somebody to charge.
pub fn keep(tx: &mut Tx, ground: &Ground, user: &User, id: &SubscriptionId, now: Millis) -> Done {
    let plan = own(tx, user, id)?;
    if plan.method != Method::Stars && plan.saved_method.is_none() {
        return refuse(Refusal::NoPlan);
    }
    let next = plan.until.map(next_look);
    subscriptions::keep(tx, id, next)?;
    tell_telegram(tx, ground, &plan, now)?;
    Ok(News::PlanKept { until: until(&plan, now) })
}

/// Forgets the saved card, and with it the renewal.
pub fn unlink(tx: &mut Tx, user: &User, id: &SubscriptionId) -> Done {
    own(tx, user, id)?;
    subscriptions::unlink(tx, id)?;
    Ok(News::CardUnlinked)
}

/// Where Telegram charges by itself, it has to be told.
fn tell_telegram(
    tx: &mut Tx,
    ground: &Ground,
    plan: &Subscription,
    now: Millis,
) -> Result<(), Stop> {
    if plan.method == Method::Stars {
        let task = Task::Renew { subscription: plan.id.clone() };
        let job = jobs::NewJob::of(&task);
        jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    }
    Ok(())
}
