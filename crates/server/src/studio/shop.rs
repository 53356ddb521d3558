//! Orders: made, looked after, given up.

use domain::catalog::Offer;
use domain::{JobId, Method, Millis, News, OrderId, Refusal, SubscriptionId, Task};
use store::orders::{self, NewOrder, OrderState};
use store::subscriptions::{self, NewSubscription};
use store::users::User;
use store::{Tx, jobs, tries, users};

use crate::app::Ground;
use crate::studio::{Done, refuse};
use crate::till::shop;

/// Open orders that one person may have; more is no shopping.
const OPEN_MAX: u32 = 10;
/// Orders that one person may make in an hour.
const ORDERS_PER_HOUR: u32 = 30;
/// An address or a number that is longer is none.
const CONTACT_CHARS_MAX: usize = 100;

pub fn buy(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    offer: &Offer,
    method: Method,
    resume: Option<&str>,
    now: Millis,
) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    let Some(bot) = shop::of(ground, &user.bot) else { return refuse(Refusal::MethodOff) };
    let Some(pack) = shop::pack(ground, bot, &offer.pack) else { return refuse(Refusal::PackGone) };
    let is_on = shop::methods(ground, bot).contains(&method);
    let is_priced = shop::currency(bot, method) == offer.money.currency;
    if !is_on || !is_priced || (pack.plan.is_some() && !shop::can_renew(ground, method)) {
        return refuse(Refusal::MethodOff);
    }
    if offer.expires_at <= now {
        return refuse(Refusal::QuoteExpired);
    }
    if let Some(open) = orders::open_like(tx, &user.id, method, offer, now)? {
        orders::resume_at(tx, &open.id, resume)?;
        return Ok(News::OrderOpened { order: open.id });
    }
    // A code is for one pack: what it promised is over once another pack has used it.
    let deal = shop::deal(tx, &user.id, now)?;
    if offer.promo.is_some() && offer.promo != deal.map(|it| it.code) {
        return refuse(Refusal::QuoteExpired);
    }
    if pack.plan.is_some() && subscriptions::current(tx, &user.id)?.is_some() {
        return refuse(Refusal::PlanRuns);
    }
    let wants_contact = ground.config.yookassa.receipts.is_some() && method != Method::Stars;
    if wants_contact && users::contact(tx, &user.id)?.is_none() {
        return refuse(Refusal::ContactNeeded);
    }
    if OPEN_MAX <= orders::count_open(tx, &user.id, now)?
        || ORDERS_PER_HOUR < tries::count(tx, &user.id, "order", now)?
    {
        return refuse(Refusal::TooManyTries);
    }
    let subscription = match &pack.plan {
        None => None,
        Some(plan) => {
            let id = SubscriptionId::new(ground.number());
            let new = NewSubscription {
                id: &id,
                user: &user.id,
                bot: &user.bot,
                method,
                offer,
                period_days: plan.period.days,
            };
            subscriptions::insert(tx, &new, now)?;
            Some(id)
        }
    };
    let id = OrderId::new(ground.number());
    let order = NewOrder {
        id: &id,
        user: &user.id,
        bot: &user.bot,
        method,
        gateway: shop::gateway(method),
        offer,
        subscription: subscription.as_ref(),
        is_renewal: false,
        resume,
        expires_at: now.plus(ground.config.yookassa.order_lasts),
    };
    orders::insert(tx, &order, now)?;
    let task = Task::Pay { order: id.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("pay:{id}")),
        group_key: Some(user.id.as_str().to_owned()),
        wake_key: Some(id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::OrderOpened { order: id })
}

/// The person says that they have paid: somebody looks at once.
pub fn check(tx: &mut Tx, user: &User, order: &OrderId, now: Millis) -> Done {
    if orders::of(tx, &user.id, order)?.is_none() {
        return refuse(Refusal::OrderGone);
    }
    jobs::wake(tx, order.as_str(), now)?;
    Ok(News::OrderChecked)
}

/// Gives an order up. A payment that is under way can't be called back, so it is still looked at:
/// if it comes, it counts.
pub fn leave(tx: &mut Tx, user: &User, order: &OrderId, now: Millis) -> Done {
    match orders::of(tx, &user.id, order)? {
        None => refuse(Refusal::OrderGone),
        Some(it) if it.state == OrderState::Open => {
            orders::expired(tx, order, now)?;
            jobs::wake(tx, order.as_str(), now)?;
            Ok(News::OrderLeft)
        }
        Some(_) => refuse(Refusal::OrderGone),
    }
}

/// Keeps where receipts go.
pub fn keep_contact(tx: &mut Tx, user: &User, contact: &str) -> Done {
    let Some(contact) = contact_of(contact) else { return refuse(Refusal::ContactWrong) };
    users::keep_contact(tx, &user.id, &contact)?;
    Ok(News::ContactKept)
}

/// An e-mail address as it is, a phone number as its digits; `None` when it is neither.
fn contact_of(text: &str) -> Option<String> {
    let text = text.trim();
    if CONTACT_CHARS_MAX < text.chars().count() || text.chars().any(char::is_whitespace) {
        let digits: String =
            text.chars().filter(|it| !matches!(it, ' ' | '-' | '(' | ')')).collect();
        return if digits == text { None } else { contact_of(&digits) };
    }
    if let Some((name, host)) = text.split_once('@') {
        let is_host = host.split('.').count() >= 2
            && host.split('.').all(|it| !it.is_empty())
            && host.chars().all(|it| it.is_alphanumeric() || matches!(it, '.' | '-'));
        let is_name = !name.is_empty() && name.chars().all(|it| it.is_ascii_graphic() && it != '@');
        return (is_host && is_name).then(|| text.to_owned());
    }
    let digits = text.trim_start_matches('+').replace(['-', '(', ')'], "");
    let is_phone =
        (10..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    is_phone.then_some(digits)
}
