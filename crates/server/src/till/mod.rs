//! Money that comes and money that goes back: the rules that the inbox, the studio and jobs share.
//! Each is a part of one decision, and a repeat of it changes nothing.

pub mod plans;
pub mod refunds;
pub mod rewards;
pub mod shop;

use domain::{BotId, Credits, Method, Millis, Money, News, OrderId, PaymentId, UserId};
use store::orders::{self, Order, OrderState};
use store::payments::{self, Came, Given};
use store::users::{User, UserState};
use store::{Tx, promos, subscriptions, users};

use crate::app::Ground;
use crate::failure::Failure;
use crate::outbox;

/// The wallet of a user: one a bot.
pub fn wallet(bot: &BotId, user: &UserId) -> String {
    format!("wallet:{bot}:{user}")
}

/// Money, as whoever took it says it came.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub gateway: String,
    /// Its id there, under which it counts once.
    pub their_id: String,
    /// Through which bot; known from Telegram, said by others.
    pub bot: BotId,
    /// Who has paid at Telegram, where that is known.
    pub payer: Option<i64>,
    pub money: Money,
    pub is_test: bool,
    pub paid_at: Millis,
    pub renewal: Renewal,
    /// What is odd about it, if something is: then a person looks, and nothing is given.
    pub doubt: Option<String>,
}

/// What a payment says about the plan that it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Renewal {
    /// Until when it is paid for, where the gateway keeps the plan.
    pub until: Option<Millis>,
    /// What may be charged from now on, and what its owner calls it.
    pub saved: Option<(String, String)>,
    /// Whether this is a later period of a plan that the gateway keeps.
    pub is_later: bool,
}

/// What became of money that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    Credited,
    /// It was in the books.
    Again,
    /// It fits no order: it is on the attention list, and nothing is given for it.
    Parked,
}

/// Books money that came, for the order that it names. The one place where money becomes credits.
pub fn arrived(
    tx: &mut Tx,
    ground: &Ground,
    arrived: &Arrived,
    order: Option<&OrderId>,
    now: Millis,
) -> Result<Booked, Failure> {
    let found = match order {
        Some(id) => orders::get_for_job(tx, id)?,
        None => None,
    };
    let id = PaymentId::new(ground.number());
    let came = Came {
        id: &id,
        gateway: &arrived.gateway,
        their_id: &arrived.their_id,
        bot: &arrived.bot,
        payer: arrived.payer,
        money: arrived.money,
        paid_at: arrived.paid_at,
    };
    let why = match &found {
        None => Some("no order of ours".to_owned()),
        Some(order) => misfit(tx, ground, arrived, order)?,
    };
    let order = match (found, why) {
        (Some(order), None) => order,
        (found, why) => {
            let why = why.unwrap_or_default();
            return park(tx, ground, &came, found.as_ref(), &why, now);
        }
    };
    let wallet = wallet(&order.bot, &order.user);
    let given = Given {
        order: &order.id,
        user: &order.user,
        wallet: &wallet,
        credits: order.credits,
        bonus: order.bonus,
    };
    if !payments::credit(tx, &came, &given, now)? {
        return Ok(Booked::Again);
    }
    let is_second = order.state == OrderState::Paid || order.state == OrderState::Refunded;
    orders::paid(tx, &order.id, now)?;
    settled(tx, ground, &order, &id, arrived, now)?;
    if is_second && !arrived.renewal.is_later {
        let evidence = format!(
            "paid again by {} {}: {} for {}; the customer has the credits of both",
            arrived.gateway, arrived.their_id, arrived.money, order.id
        );
        let subject = order.id.as_str();
        outbox::raise_in(tx, ground, &order.bot, "order-paid-twice", subject, &evidence, now)?;
    }
    Ok(Booked::Credited)
}

/// Why money isn't what was ordered. Nothing, if it is.
fn misfit(
    tx: &mut Tx,
    ground: &Ground,
    arrived: &Arrived,
    order: &Order,
) -> Result<Option<String>, Failure> {
    if arrived.doubt.is_some() {
        return Ok(arrived.doubt.clone());
    }
    // A test is believed where money is play money, and nowhere else.
    let takes_tests = arrived.gateway == orders::STARS || ground.config.yookassa.is_test;
    if arrived.is_test && !takes_tests {
        return Ok(Some("it is a test payment".to_owned()));
    }
    if arrived.gateway != order.gateway {
        return Ok(Some(format!("the order is to be paid through {}", order.gateway)));
    }
    if arrived.bot != order.bot {
        return Ok(Some("the order was made in another bot".to_owned()));
    }
    if arrived.money != order.money {
        return Ok(Some(format!("the order is for {}", order.money)));
    }
    let user = users::get(tx, &order.user)?;
    if user.as_ref().is_none_or(|it| it.state == UserState::Forgotten) {
        return Ok(Some("the customer has asked to be forgotten".to_owned()));
    }
    let Some(payer) = arrived.payer else { return Ok(None) };
    let is_own = user.and_then(|it| it.telegram_id).is_none_or(|it| it == payer);
    Ok((!is_own).then(|| "somebody else has paid".to_owned()))
}

fn park(
    tx: &mut Tx,
    ground: &Ground,
    came: &Came<'_>,
    order: Option<&Order>,
    why: &str,
    now: Millis,
) -> Result<Booked, Failure> {
    // Whoever has paid, also where that isn't who has ordered.
    let user = match (order, came.payer) {
        (_, Some(payer)) => users::by_telegram(tx, came.bot, payer)?.map(|it| it.id),
        (Some(order), None) => Some(order.user.clone()),
        (None, None) => None,
    };
    if !payments::park(tx, came, order.map(|it| &it.id), user.as_ref(), why, now)? {
        return Ok(Booked::Again);
    }
    let evidence = format!(
        "{} came as {} {} and was not credited: {why}. Look at it with `atelier explain {}`, then \
         `atelier payment credit` or `atelier refund`",
        came.money, came.gateway, came.their_id, came.id
    );
    outbox::raise_in(tx, ground, came.bot, "payment-parked", came.id.as_str(), &evidence, now)?;
    if let Some(user) = user {
        let news = News::PaymentParked { money: came.money };
        outbox::tell(tx, ground, &user, &news, came.id.as_str(), now)?;
    }
    Ok(Booked::Parked)
}

/// What follows from a credited payment: the code is used up, the plan goes on, the invitation is
/// rewarded, customer and owners hear of it.
pub fn settled(
    tx: &mut Tx,
    ground: &Ground,
    order: &Order,
    payment: &PaymentId,
    arrived: &Arrived,
    now: Millis,
) -> Result<(), Failure> {
    metrics::counter!(
        "atelier_payments_total", "gateway" => arrived.gateway.clone(),
        "currency" => arrived.money.currency.as_str()
    )
    .increment(1);
    if let Some(code) = &order.promo {
        promos::used(tx, &order.user, code, &order.id)?;
    }
    if order.subscription.is_some() {
        plans::paid(tx, ground, order, payment, arrived, now)?;
    }
    if order.subscription.is_none() || !(order.is_renewal || arrived.renewal.is_later) {
        let news = News::Paid {
            order: Some(order.id.clone()),
            money: arrived.money,
            credits: order.credits,
            bonus: order.bonus,
        };
        outbox::tell(tx, ground, &order.user, &news, payment.as_str(), now)?;
    }
    rewards::first_payment(tx, ground, order, payment, now)?;
    let credits = whole(order.credits, order.bonus);
    let text = format!(
        "Paid: {} by {} for {} ({credits} credits), customer {}, {payment}",
        arrived.money,
        order.method.as_str(),
        order.pack,
        order.user,
    );
    outbox::owners(tx, ground, &order.bot, &text, now)?;
    Ok(())
}

fn whole(credits: Credits, bonus: Credits) -> i64 {
    credits.as_i64() + bonus.as_i64()
}

/// The order that Stars name, if they may be paid for it now; else why not, as a text key.
pub fn may_pay_with_stars(
    tx: &mut Tx,
    bot: &BotId,
    payer: i64,
    money: Option<Money>,
    payload: &str,
    now: Millis,
) -> Result<Result<Order, &'static str>, Failure> {
    let order = match OrderId::from_text(payload) {
        Some(id) => orders::get_for_job(tx, &id)?,
        None => None,
    };
    let Some(order) = order.filter(|it| it.bot == *bot && it.method == Method::Stars) else {
        return Ok(Err("checkout-unknown"));
    };
    let user = users::get(tx, &order.user)?;
    let is_theirs = |it: &User| {
        it.telegram_id == Some(payer) && it.consent.is_some() && it.state == UserState::Active
    };
    if !user.as_ref().is_some_and(is_theirs) {
        return Ok(Err("checkout-not-yours"));
    }
    // A second plan would be charged for month after month, and is of no use.
    let current = subscriptions::current(tx, &order.user)?;
    if order.subscription.is_some() && current.is_some_and(|it| Some(it.id) != order.subscription) {
        return Ok(Err("checkout-over"));
    }
    if money != Some(order.money) {
        return Ok(Err("checkout-unknown"));
    }
    match order.state {
        OrderState::Open if now < order.expires_at => Ok(Ok(order)),
        OrderState::Paid | OrderState::Refunded => Ok(Err("checkout-paid")),
        OrderState::Open | OrderState::Declined | OrderState::Expired => Ok(Err("checkout-over")),
    }
}
