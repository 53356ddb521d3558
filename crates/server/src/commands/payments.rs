//! Money by the operator's hand: parked payments that are credited after all, refunds, and refunds
//! of which nobody could tell how they ended.

use clap::{Args, Subcommand};
use connectors::payments::{RefundSeen, RefundState};
use domain::catalog::Offer;
use domain::{Credits, Method, Millis, Money, OrderId, PaymentId, RefundId, Refusal, UserId};
use store::orders::{self, NewOrder, Order};
use store::payments::{self, Given, Payment, PaymentState};
use store::{Tx, attention, jobs, refunds, reports, users};

use super::{OPERATOR, Said, ask, decide, deed, id, number};
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::explain::moment;
use crate::failure::Failure;
use crate::jobs::refund;
use crate::till::refunds::Wish;
use crate::till::{self, Arrived, Renewal};

const LISTED_MAX: u32 = 200;

/// What an order is called that nobody has made in a chat.
const BY_HAND: &str = "byhand";

#[derive(Clone, Debug, Subcommand)]
pub enum Payments {
    /// Lists the latest payments.
    List {
        /// Only those that fit no order and wait for a person.
        #[arg(long)]
        parked: bool,
    },
    /// Gives credits for a parked payment after all: as an order says, or so many to a customer.
    Credit(Credit),
}

#[derive(Clone, Debug, Args)]
pub struct Credit {
    /// The payment (pay_…).
    #[arg(value_parser = id::<PaymentId>)]
    pub payment: PaymentId,
    /// The order that it was for.
    #[arg(long, value_parser = id::<OrderId>, required_unless_present = "user")]
    pub order: Option<OrderId>,
    /// The customer who gets the credits, where there is no order.
    #[arg(long, value_parser = id::<UserId>, conflicts_with = "order", requires = "credits")]
    pub user: Option<UserId>,
    #[arg(long, value_parser = number, conflicts_with = "order", requires = "user")]
    pub credits: Option<Credits>,
    /// Why; it is kept.
    #[arg(long)]
    pub reason: String,
}

#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Refund {
    /// The payment (pay_…).
    #[arg(value_parser = id::<PaymentId>, required = true)]
    pub payment: Option<PaymentId>,
    /// How much, such as 499.00; else what isn't spent of it.
    #[arg(long)]
    pub amount: Option<String>,
    /// Gives back more than isn't spent: all that is left of the payment, or the amount.
    #[arg(long)]
    pub even_if_spent: bool,
    /// Why; it is kept.
    #[arg(long, required = true)]
    pub reason: Option<String>,
    #[command(subcommand)]
    pub what: Option<Settle>,
}

#[derive(Clone, Debug, Subcommand)]
pub enum Settle {
    /// Says how a refund ended of which nobody could tell.
    Settle {
        /// The refund (ref_…).
        #[arg(value_parser = id::<RefundId>)]
        refund: RefundId,
        /// The money has gone back, under this id at the payment system.
        #[arg(long, required_unless_present = "failed")]
        done: Option<String>,
        /// It hasn't, and why.
        #[arg(long, conflicts_with = "done")]
        failed: Option<String>,
    },
}

pub fn run(config: Config, what: Payments) -> Done {
    match what {
        Payments::List { parked } => ask(config, move |tx, _, _| list(tx, parked)),
        Payments::Credit(wish) => {
            decide(config, move |tx, ground, now| credit(tx, ground, &wish, now))
        }
    }
}

pub fn refund(config: Config, wish: Refund) -> Done {
    match wish.what.clone() {
        Some(Settle::Settle { refund, done, failed }) => decide(config, move |tx, ground, now| {
            settle(tx, ground, &refund, done.as_deref(), failed.as_deref(), now)
        }),
        None => decide(config, move |tx, ground, now| give_back(tx, ground, &wish, now)),
    }
}

fn list(tx: &mut Tx, is_parked: bool) -> Result<Said, Failure> {
    let found = reports::payments(tx, is_parked, LISTED_MAX)?;
    let lines = found.iter().map(|it| {
        let whose = it.user.as_ref().map_or("nobody", UserId::as_str);
        let state = match (it.state, &it.why_parked) {
            (PaymentState::Parked, Some(why)) => format!("parked: {why}"),
            (PaymentState::Parked, None) => "parked".to_owned(),
            (PaymentState::Credited, _) => format!("{} + {} credits", it.credits, it.bonus),
            (PaymentState::Refunded, _) => "refunded".to_owned(),
        };
        let at = moment(it.paid_at);
        format!("{at}  {}  {}  {} {}  {whose}  {state}", it.id, it.money, it.gateway, it.their_id)
    });
    let lines: Vec<_> = lines.collect();
    Said::done(if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") })
}

/// Parked money becomes credits, as if it had fitted.
pub fn credit(tx: &mut Tx, ground: &Ground, wish: &Credit, now: Millis) -> Result<Said, Failure> {
    let Some(payment) = payments::get_for_job(tx, &wish.payment)? else {
        return Said::no("There is no such payment.");
    };
    if payment.state != PaymentState::Parked {
        return Said::no("It is not parked.");
    }
    let order = match order_for(tx, ground, &payment, wish, now)? {
        Ok(order) => order,
        Err(why) => return Said::no(why),
    };
    let wallet = till::wallet(&order.bot, &order.user);
    let given = Given {
        order: &order.id,
        user: &order.user,
        wallet: &wallet,
        credits: order.credits,
        bonus: order.bonus,
    };
    if !payments::unpark(tx, &payment, &given, now)? {
        return Said::no("Nothing was done: its money goes back, or has.");
    }
    orders::paid(tx, &order.id, now)?;
    let arrived = Arrived {
        gateway: payment.gateway.clone(),
        their_id: payment.their_id.clone(),
        bot: payment.bot.clone(),
        payer: payment.payer,
        money: payment.money,
        is_test: false,
        paid_at: payment.paid_at,
        renewal: Renewal::default(),
        doubt: None,
    };
    till::settled(tx, ground, &order, &payment.id, &arrived, now)?;
    attention::close(tx, "payment-parked", payment.id.as_str(), now)?;
    let detail = format!("{} for {}: {}", payment.id, order.id, wish.reason);
    deed(tx, ground, "credit", Some(&order.user), &detail, now)?;
    Said::done(format!("{} + {} credits to {}.", order.credits, order.bonus, order.user))
}

/// The order that was named, or one that is made for the customer who was.
fn order_for(
    tx: &mut Tx,
    ground: &Ground,
    payment: &Payment,
    wish: &Credit,
    now: Millis,
) -> Result<Result<Order, &'static str>, Failure> {
    if let Some(id) = &wish.order {
        let Some(order) = orders::get_for_job(tx, id)? else {
            return Ok(Err("There is no such order."));
        };
        let is_same = order.bot == payment.bot;
        return Ok(if is_same { Ok(order) } else { Err("The order is another bot's.") });
    }
    let (Some(user), Some(credits)) = (&wish.user, wish.credits) else {
        return Ok(Err("Say which order, or whom to give how many credits."));
    };
    let found = users::get(tx, user)?.filter(|it| it.bot == payment.bot);
    let Some(user) = found else { return Ok(Err("The payment's bot has no such customer.")) };
    let id = OrderId::new(ground.number());
    let offer = Offer {
        pack: BY_HAND.to_owned(),
        money: payment.money,
        credits,
        bonus: Credits::ZERO,
        promo: None,
        expires_at: now,
    };
    let is_stars = payment.gateway == orders::STARS;
    let new = NewOrder {
        id: &id,
        user: &user.id,
        bot: &payment.bot,
        method: if is_stars { Method::Stars } else { Method::Card },
        gateway: &payment.gateway,
        offer: &offer,
        subscription: None,
        is_renewal: false,
        resume: None,
        expires_at: now,
    };
    orders::insert(tx, &new, now)?;
    orders::opened(tx, &id, Some(&payment.their_id), None)?;
    let made = orders::get_for_job(tx, &id)?;
    Ok(made.ok_or("The order could not be made."))
}

pub fn give_back(
    tx: &mut Tx,
    ground: &Ground,
    wish: &Refund,
    now: Millis,
) -> Result<Said, Failure> {
    let Some(id) = &wish.payment else { return Said::wrong("say which payment (pay_…)") };
    let Some(payment) = payments::get_for_job(tx, id)? else {
        return Said::no("There is no such payment.");
    };
    let currency = payment.money.currency;
    let left = payment.money.less(payment.refunded).unwrap_or(Money::zero(currency));
    let money = match &wish.amount {
        Some(text) => match amount(text, currency) {
            Some(money) => Some(money),
            None => return Said::wrong(format!("`{text}` is no amount of {}", currency.code())),
        },
        None => wish.even_if_spent.then_some(left),
    };
    let reason = wish.reason.clone().unwrap_or_default();
    let asked = Wish {
        payment: id.clone(),
        money,
        even_if_spent: wish.even_if_spent,
        reason: reason.clone(),
        actor: OPERATOR.to_owned(),
    };
    let (refund, share) = match till::refunds::begin(tx, ground, &asked, now)? {
        Ok(begun) => begun,
        Err(Refusal::NothingToRefund) => {
            return Said::no(format!(
                "That can't go back: it is spent, has gone, is under way, or is a part of Stars, \
                 which go back whole. `atelier explain {id}` says what is left; `--even-if-spent` \
                 gives back more."
            ));
        }
        Err(refusal) => return Said::no(format!("That can't go back: {refusal:?}.")),
    };
    attention::close(tx, "payment-parked", id.as_str(), now)?;
    let detail = format!("{refund} {} of {id}: {reason}", share.money);
    deed(tx, ground, "refund", payment.user.as_ref(), &detail, now)?;
    Said::done(format!(
        "{refund}: {} are to go back, and {} credits are held for it. The running program does it.",
        share.money, share.credits
    ))
}

/// An amount as people write it: `499.00` or `499`.
fn amount(text: &str, currency: domain::Currency) -> Option<Money> {
    let money = Money::from_decimal(text, currency);
    money
        .or_else(|| Money::from_decimal(&format!("{text}.00"), currency))
        .filter(|it| !it.is_zero())
}

/// What is open on the attention list while nobody knows how a refund ended.
const UNSETTLED: [&str; 4] = ["refund-differs", "refund-odd", "refund-stuck", "refund-uncertain"];

pub fn settle(
    tx: &mut Tx,
    ground: &Ground,
    id: &RefundId,
    done: Option<&str>,
    failed: Option<&str>,
    now: Millis,
) -> Result<Said, Failure> {
    let Some(found) = refunds::get_for_job(tx, id)? else {
        return Said::no("There is no such refund.");
    };
    let Some(payment) = payments::get_for_job(tx, &found.payment)? else {
        return Said::no("Its payment is gone.");
    };
    let theirs = done.map(str::to_owned).or_else(|| found.their_id.clone());
    if let Some(theirs) = done
        && let Some(other) = refunds::by_their_id_for_job(tx, &found.gateway, theirs)?
        && other.id != *id
    {
        return Said::no(format!("{theirs} is the refund {}.", other.id));
    }
    let state = match failed {
        Some(reason) => RefundState::Canceled { reason: reason.to_owned() },
        None => RefundState::Succeeded,
    };
    let seen = RefundSeen {
        id: theirs.unwrap_or_default(),
        payment: payment.their_id.clone(),
        refund: Some(id.to_string()),
        state,
        money: found.money,
        created_at: now,
    };
    if !refund::seen(tx, ground, &found, &seen, now)? {
        return Said::no(format!("It has ended already: it is {}.", found.state.as_str()));
    }
    jobs::wake(tx, id.as_str(), now)?;
    for kind in UNSETTLED {
        attention::close(tx, kind, id.as_str(), now)?;
    }
    let how = failed.map_or_else(|| format!("done, {}", seen.id), |it| format!("failed: {it}"));
    deed(tx, ground, "settle", payment.user.as_ref(), &format!("{id}: {how}"), now)?;
    Said::done("Settled.")
}
