//! The plan that a user has: stopped, kept, unlinked.

use domain::{Method, Millis, News, Refusal, SubscriptionId};
use store::Tx;
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::users::User;

use crate::app::Ground;
use crate::inbox::facts::day;
use crate::studio::{Done, Stop, refuse};
use crate::till::plans::{next_look, tell_telegram};

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

/// It is renewed after all, where there is still a card to charge. What Telegram charges, only its
/// customer can take up again, in Telegram.
pub fn keep(tx: &mut Tx, user: &User, id: &SubscriptionId, now: Millis) -> Done {
    let plan = own(tx, user, id)?;
    if plan.method == Method::Stars || plan.saved_method.is_none() {
        return refuse(Refusal::NoPlan);
    }
    let next = plan.until.map(next_look);
    subscriptions::keep(tx, id, next)?;
    Ok(News::PlanKept { until: until(&plan, now) })
}

/// Forgets the saved card, and with it the renewal.
pub fn unlink(tx: &mut Tx, user: &User, id: &SubscriptionId) -> Done {
    own(tx, user, id)?;
    subscriptions::unlink(tx, id)?;
    Ok(News::CardUnlinked)
}
