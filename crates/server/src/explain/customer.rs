//! A customer's whole chain.

use domain::level::{Firsts, Level};
use store::orders::OrderState;
use store::payments::PaymentState;
use store::users::{User, UserState};
use store::{
    Tx, avatars, deeds, generations, ledger, orders, payments, refunds, rewards, subscriptions,
    trainings,
};

use super::{LINES_MAX, Story, came, movement, of_order_alone, of_refund, wallet_now, work};
use crate::failure::Failure;
use crate::till;

/// How many orders, payments and so on are told, the latest.
const MANY: u32 = 200;

pub fn customer(tx: &mut Tx, user: &User) -> Result<Story, Failure> {
    let telegram = user.telegram_id.map_or_else(|| "unknown".to_owned(), |it| it.to_string());
    let level = level(tx, user)?;
    let mut story = Story::of(format!(
        "{} {}, Telegram {telegram}, customer of {}, {}",
        user.id,
        user.first_name,
        user.bot,
        level.as_str()
    ));
    let origin = user.origin.as_ref().map(|it| format!(" by the link {it}")).unwrap_or_default();
    let inviter = user.invited_by.as_ref().map(|it| format!(", invited by {it}"));
    let inviter = inviter.unwrap_or_default();
    story.add(user.created_at, format!("{} comes{origin}{inviter}", user.id));
    if let Some((at, version)) = &user.consent {
        story.add(*at, format!("agrees to the terms, version {version}"));
    }
    for line in ledger::statement(tx, &till::wallet(&user.bot, &user.id), None, LINES_MAX)? {
        story.add(line.at, movement(&line));
    }
    of_money(tx, user, &mut story)?;
    for training in trainings::list(tx, &user.id, None, MANY)? {
        let says = format!("{} is begun, {} credits held", training.id, training.credits);
        story.add(training.created_at, says);
        if let Some(at) = training.ended_at {
            story.add(at, format!("{} ends: {}", training.id, training.state.as_str()));
        }
        story.note(tx, training.id.as_str())?;
    }
    for generation in generations::list(tx, &user.id, None, MANY)? {
        let (id, credits) = (&generation.id, generation.credits);
        story.add(generation.created_at, format!("{id} is ordered, {credits} credits held"));
        if let Some(at) = generation.ended_at {
            let (state, made) = (generation.state.as_str(), generation.made);
            story.add(at, format!("{id} ends: {state}, {made} made"));
        }
        story.note(tx, id.as_str())?;
    }
    for deed in deeds::of_user(tx, &user.id, MANY)? {
        story.add(deed.at, format!("{}: {} {}", deed.actor, deed.deed, deed.detail));
    }
    story.note(tx, user.id.as_str())?;
    match user.state {
        UserState::Active => {}
        UserState::Banned => story.end("banned"),
        UserState::Forgotten => story.end("forgotten at their own wish"),
    }
    wallet_now(tx, &user.bot, &user.id, &mut story)?;
    Ok(story.sorted())
}

/// Orders, payments, refunds and plans. What they moved in the wallet is in its statement.
fn of_money(tx: &mut Tx, user: &User, story: &mut Story) -> Result<(), Failure> {
    for order in orders::list(tx, &user.id, MANY)? {
        of_order_alone(tx, &order, story)?;
        if order.state == OrderState::Open {
            story.end(format!("{} is open", order.id));
        }
    }
    for payment in payments::list(tx, &user.id, MANY)? {
        came(&payment, story);
        for refund in refunds::of_payment(tx, &payment.id)? {
            of_refund(tx, &refund, story)?;
        }
        story.note(tx, payment.id.as_str())?;
        if payment.state == PaymentState::Parked {
            story.end(format!("{} waits for a person", payment.id));
        }
    }
    for plan in subscriptions::list(tx, &user.id)? {
        work::begun(&plan, story);
        story.note(tx, plan.id.as_str())?;
        story.end(format!("{} is {}", plan.id, plan.state.as_str()));
    }
    Ok(())
}

/// How far they have come with us.
pub fn level(tx: &mut Tx, user: &User) -> Result<Level, Failure> {
    let made = avatars::list(tx, &user.id, None, MANY)?;
    let paid = payments::list(tx, &user.id, MANY)?;
    Ok(Level::of(Firsts {
        has_avatar: made.iter().any(|it| it.completed_at.is_some()),
        has_paid: paid.iter().any(|it| it.state != PaymentState::Parked),
        has_brought: 0 < rewards::harvest(tx, &user.id)?.paid,
    }))
}
