//! The chain of one thing in words: an order, a payment, a customer and so on, from its cause to
//! what is left of it. It only reads, and says what the books say, not what they should.

mod customer;
mod work;

use chrono::DateTime;
use domain::{
    ArtifactId, BotId, GenerationId, GiftId, Millis, OrderId, PaymentId, RefundId, SubscriptionId,
    TrainingId, UserId,
};
use store::ledger::{self, Line, LineKind};
use store::orders::{self, Order, OrderState};
use store::payments::{self, Payment};
use store::refunds::{self, Refund, RefundState};
use store::{Tx, artifacts, generations, gifts, reports, subscriptions, trainings, users};

use crate::failure::Failure;
use crate::till;

pub use customer::{customer, level};

/// What happened, when, and what is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    pub title: String,
    /// The oldest first.
    pub steps: Vec<Step>,
    /// How things are now.
    pub ends: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub at: Millis,
    pub says: String,
}

impl Step {
    /// A line of it, with its day and time by Greenwich.
    pub fn line(&self) -> String {
        format!("{}  {}", moment(self.at), self.says)
    }
}

impl Story {
    fn of(title: String) -> Self {
        Self { title, ..Self::default() }
    }

    fn add(&mut self, at: Millis, says: impl Into<String>) {
        let step = Step { at, says: says.into() };
        // Two payments of one plan tell of the same movements.
        if !self.steps.contains(&step) {
            self.steps.push(step);
        }
    }

    fn end(&mut self, says: impl Into<String>) {
        self.ends.push(says.into());
    }

    /// What was on the attention list about it.
    fn note(&mut self, tx: &mut Tx, subject: &str) -> Result<(), Failure> {
        for (it, closed) in reports::attention(tx, subject)? {
            self.add(it.created_at, format!("attention: {} {subject}: {}", it.kind, it.evidence));
            match closed {
                Some(at) => self.add(at, format!("seen to: {} {subject}", it.kind)),
                None => self.end(format!("open on the attention list: {} {subject}", it.kind)),
            }
        }
        Ok(())
    }

    fn sorted(mut self) -> Self {
        self.steps.sort_by_key(|it| it.at);
        self
    }

    /// The whole, a line a step.
    pub fn text(&self) -> String {
        let steps = self.steps.iter().map(Step::line);
        let ends = self.ends.iter().map(|it| format!("now: {it}"));
        let lines = std::iter::once(self.title.clone()).chain(steps).chain(ends);
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A moment as people here write it, by Greenwich.
pub fn moment(at: Millis) -> String {
    DateTime::from_timestamp_millis(at.as_i64())
        .map_or_else(String::new, |it| it.format("%d.%m.%Y %H:%M:%S").to_string())
}

/// The story of whatever has this id. None: there is no such thing.
pub fn explain(tx: &mut Tx, id: &str) -> Result<Option<Story>, Failure> {
    let mut story = Story::of(id.to_owned());
    if let Some(id) = UserId::from_text(id) {
        let Some(user) = users::get(tx, &id)? else { return Ok(None) };
        return customer(tx, &user).map(Some);
    }
    if let Some(id) = OrderId::from_text(id) {
        let Some(order) = orders::get_for_job(tx, &id)? else { return Ok(None) };
        of_order(tx, &order, &mut story)?;
    } else if let Some(id) = PaymentId::from_text(id) {
        let Some(payment) = payments::get_for_job(tx, &id)? else { return Ok(None) };
        from_payment(tx, &payment, &mut story)?;
    } else if let Some(id) = RefundId::from_text(id) {
        let Some(refund) = refunds::get_for_job(tx, &id)? else { return Ok(None) };
        let Some(payment) = payments::get_for_job(tx, &refund.payment)? else { return Ok(None) };
        from_payment(tx, &payment, &mut story)?;
    } else if let Some(id) = SubscriptionId::from_text(id) {
        let Some(plan) = subscriptions::get_for_job(tx, &id)? else { return Ok(None) };
        work::plan(tx, &plan, &mut story)?;
    } else if let Some(id) = TrainingId::from_text(id) {
        let Some(training) = trainings::get_for_job(tx, &id)? else { return Ok(None) };
        work::training(tx, &training, &mut story)?;
    } else if let Some(id) = GenerationId::from_text(id) {
        let Some(generation) = generations::get_for_job(tx, &id)? else { return Ok(None) };
        work::generation(tx, &generation, &mut story)?;
    } else if let Some(id) = ArtifactId::from_text(id) {
        let Some(owner) = reports::owner_of_artifact(tx, &id)? else { return Ok(None) };
        let Some(artifact) = artifacts::of(tx, &owner, &id)? else { return Ok(None) };
        let generation = generations::get_for_job(tx, &artifact.generation)?;
        let Some(generation) = generation else { return Ok(None) };
        work::generation(tx, &generation, &mut story)?;
    } else if let Some(id) = GiftId::from_text(id) {
        let Some(giver) = reports::giver(tx, &id)? else { return Ok(None) };
        let Some(gift) = gifts::of(tx, &giver, &id)? else { return Ok(None) };
        work::gift(tx, &gift, &mut story)?;
    } else {
        return Ok(None);
    }
    Ok(Some(story.sorted()))
}

/// The order that it paid for, if there is one: the chain begins there.
fn from_payment(tx: &mut Tx, payment: &Payment, story: &mut Story) -> Result<(), Failure> {
    let order = match &payment.order {
        Some(id) => orders::get_for_job(tx, id)?,
        None => None,
    };
    match order {
        Some(order) => of_order(tx, &order, story),
        None => {
            of_payment(tx, payment, story)?;
            since(tx, payment, story)
        }
    }
}

fn of_order(tx: &mut Tx, order: &Order, story: &mut Story) -> Result<(), Failure> {
    of_order_alone(tx, order, story)?;
    let paid = payments::of_order(tx, &order.id)?;
    for payment in &paid {
        of_payment(tx, payment, story)?;
    }
    if let Some(first) = paid.first() {
        since(tx, first, story)?;
    }
    story.end(format!("{} is {}", order.id, order.state.as_str()));
    Ok(())
}

/// From the press to the payment page, and how it ended if nobody paid.
fn of_order_alone(tx: &mut Tx, order: &Order, story: &mut Story) -> Result<(), Failure> {
    let mut says = format!(
        "{} {} orders {}: {} credits for {}, by {}",
        order.id,
        order.user,
        order.pack,
        sum(order.credits.as_i64(), order.bonus.as_i64()),
        order.money,
        order.method.as_str()
    );
    if let Some(code) = &order.promo {
        says.push_str(&format!(", with the code {code}"));
    }
    if let Some(plan) = &order.subscription {
        let period = if order.is_renewal { "a further period" } else { "the first period" };
        says.push_str(&format!(", {period} of {plan}"));
    }
    story.add(order.created_at, says);
    if let Some(at) = order.asked_at {
        let key = &order.idempotence_key;
        let known = match &order.payment {
            Some(payment) => format!("it is {payment} there"),
            None => "what it is there isn't known".to_owned(),
        };
        let asked =
            format!("{} is asked for a payment under the key {key}; {known}", order.gateway);
        story.add(at, asked);
    }
    if let Some(at) = order.ended_at {
        match (order.state, order.declined) {
            (OrderState::Declined, Some(why)) => {
                story.add(at, format!("{} comes to nothing: {}", order.id, why.key()));
            }
            (OrderState::Declined, None) => story.add(at, "it comes to nothing"),
            (OrderState::Expired, _) => {
                story.add(at, format!("{} runs out: nobody has paid", order.id));
            }
            (OrderState::Open | OrderState::Paid | OrderState::Refunded, _) => {}
        }
    }
    story.note(tx, order.id.as_str())
}

fn of_payment(tx: &mut Tx, payment: &Payment, story: &mut Story) -> Result<(), Failure> {
    came(payment, story);
    for reference in [payment.grant(), payment.bonus_grant()] {
        if let Some(it) = reports::movement(tx, &reference)? {
            story.add(it.at, format!("+{} credits {} ({reference})", it.credits, reason(&it)));
        }
    }
    if let Some(user) = &payment.user {
        for part in ["inviter", "invited"] {
            let found = reports::movement(tx, &format!("referral:{user}:{part}"))?;
            if let Some(it) = found.filter(|it| it.cause.as_deref() == Some(payment.id.as_str())) {
                story.add(
                    it.at,
                    format!("+{} credits to the {part}, for the invitation", it.credits),
                );
            }
        }
    }
    for refund in refunds::of_payment(tx, &payment.id)? {
        of_refund(tx, &refund, story)?;
    }
    story.note(tx, payment.id.as_str())?;
    story.note(tx, &payment.their_id)?;
    let bought = ledger::left_of_grant(tx, &payment.grant())?;
    let on_top = ledger::left_of_grant(tx, &payment.bonus_grant())?;
    let by_rule = till::refunds::unspent(tx, payment)?;
    story.end(format!(
        "of {}: {} of {} bought credits and {} of {} on top are unspent; {} of {} went back, and {} \
         could by the rule",
        payment.id,
        bought,
        payment.credits,
        on_top,
        payment.bonus,
        payment.refunded,
        payment.money,
        by_rule.money
    ));
    if !payment.owed.is_zero() {
        story.end(format!("{} credits that went back with it were spent already", payment.owed));
    }
    Ok(())
}

/// The money itself.
fn came(payment: &Payment, story: &mut Story) {
    let Payment { id, gateway, their_id, money, .. } = payment;
    story.add(payment.paid_at, format!("{id} {money} come as {gateway} {their_id}"));
    if let Some(why) = &payment.why_parked {
        story.add(payment.created_at, format!("{id} is set aside for a person to look at: {why}"));
    }
}

fn of_refund(tx: &mut Tx, refund: &Refund, story: &mut Story) -> Result<(), Failure> {
    let Refund { id, money, credits, reason, actor, .. } = refund;
    match refund.hold {
        Some(_) => {
            let says =
                format!("{id} {money} are to go back, {credits} credits held: {actor}, {reason}");
            story.add(refund.created_at, says);
        }
        None => {
            let theirs = refund.their_id.as_deref().unwrap_or_default();
            let says = format!(
                "{id} {money} went back {reason} as {} {theirs}, −{credits} credits",
                refund.gateway
            );
            story.add(refund.created_at, says);
        }
    }
    if let Some(at) = refund.asked_at {
        let gateway = &refund.gateway;
        story.add(at, format!("{gateway} is asked to give {money} back under the key {id}"));
    }
    match (refund.state, refund.ended_at, &refund.hold) {
        (RefundState::Succeeded, Some(at), Some(_)) => {
            let theirs = refund.their_id.as_deref().unwrap_or_default();
            story.add(at, format!("{id} has gone back as {theirs}, −{credits} credits"));
        }
        (RefundState::Failed, Some(at), _) => {
            let why = refund.error.as_deref().unwrap_or_default();
            story.add(at, format!("{id} did not go back, its credits are free again: {why}"));
        }
        (RefundState::Asked | RefundState::Pending, ..) => {
            story.end(format!("{id} is {}", refund.state.as_str()));
        }
        (RefundState::Succeeded | RefundState::Failed, ..) => {}
    }
    story.note(tx, id.as_str())?;
    match &refund.their_id {
        Some(theirs) => story.note(tx, theirs),
        None => Ok(()),
    }
}

/// How many movements of a wallet are told at most.
const LINES_MAX: u32 = 500;

/// What left the wallet since a payment came. Bonus credits go first, so what is told here isn't
/// all of that payment; what is left of it is.
fn since(tx: &mut Tx, payment: &Payment, story: &mut Story) -> Result<(), Failure> {
    let Some(user) = &payment.user else { return Ok(()) };
    let wallet = till::wallet(&payment.bot, user);
    for line in ledger::statement(tx, &wallet, None, LINES_MAX)? {
        let is_out = matches!(line.kind, LineKind::Spent | LineKind::Expired | LineKind::Held);
        let is_by_hand =
            line.kind == LineKind::Taken && !line.cause.as_deref().is_some_and(is_refund);
        if payment.created_at <= line.at && (is_out || is_by_hand) {
            story.add(line.at, movement(&line));
        }
    }
    Ok(())
}

fn is_refund(cause: &str) -> bool {
    RefundId::from_text(cause).is_some()
}

/// A line of a wallet's statement.
fn movement(line: &Line) -> String {
    let sign = match line.kind {
        LineKind::Held => "",
        kind if kind.adds() => "+",
        _ => "−",
    };
    format!("{sign}{} credits {} ({})", line.credits, reason(line), line.reference)
}

fn reason(line: &Line) -> String {
    match line.cause.as_deref().filter(|it| !it.is_empty()) {
        Some(cause) => format!("{}: {}, {cause}", line.kind.as_str(), line.reason),
        None => format!("{}: {}", line.kind.as_str(), line.reason),
    }
}

/// What is bought, and what comes on top.
fn sum(credits: i64, bonus: i64) -> String {
    if bonus == 0 { credits.to_string() } else { format!("{credits} + {bonus}") }
}

/// What a wallet has now.
fn wallet_now(tx: &mut Tx, bot: &BotId, user: &UserId, story: &mut Story) -> Result<(), Failure> {
    let wallet = till::wallet(bot, user);
    if let Some(balance) = ledger::balance(tx, &wallet)? {
        let free = balance.posted.less(balance.held);
        story.end(format!("{user} has {free} credits, and {} are set aside", balance.held));
    }
    Ok(())
}
