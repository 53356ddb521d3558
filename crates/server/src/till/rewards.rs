//! What both are given when somebody who was invited pays for the first time.

use domain::{Credits, Millis, News, PaymentId, UserId};
use store::ledger::{self, Grant, GrantKind};
use store::orders::{self, Order};
use store::rewards::{self, Reward};
use store::users::UserState;
use store::{Tx, users};

use crate::app::Ground;
use crate::failure::Failure;
use crate::outbox;
use crate::till::wallet;

/// Rewards an invitation, once: for the first payment of who came, if whoever invited is here.
pub fn first_payment(
    tx: &mut Tx,
    ground: &Ground,
    order: &Order,
    payment: &PaymentId,
    now: Millis,
) -> Result<(), Failure> {
    let Some(user) = users::get(tx, &order.user)? else { return Ok(()) };
    let (Some(inviter), Some(telegram_id)) = (user.invited_by, user.telegram_id) else {
        return Ok(());
    };
    if orders::has_paid_before(tx, &order.user, &order.id)? {
        return Ok(());
    }
    let inviter = users::get(tx, &inviter)?;
    let Some(inviter) = inviter.filter(|it| it.state == UserState::Active) else { return Ok(()) };
    // Once a person, also for one who was forgotten and came back.
    if !users::first_invitation(tx, &order.bot, &ground.mark(telegram_id), now)? {
        return Ok(());
    }
    let rules = &ground.config.credits;
    let reward = Reward {
        invited: &order.user,
        inviter: &inviter.id,
        payment,
        credits_inviter: rules.reward_inviter,
        credits_invited: rules.reward_invited,
    };
    if !rewards::insert(tx, &reward, now)? {
        return Ok(());
    }
    let parts = [
        (&inviter.id, rules.reward_inviter, "inviter", true),
        (&order.user, rules.reward_invited, "invited", false),
    ];
    for (user, credits, part, is_inviter) in parts {
        give(tx, ground, &Part { order, user, credits, part, is_inviter, payment }, now)?;
    }
    Ok(())
}

struct Part<'a> {
    order: &'a Order,
    user: &'a UserId,
    credits: Credits,
    part: &'static str,
    is_inviter: bool,
    payment: &'a PaymentId,
}

fn give(tx: &mut Tx, ground: &Ground, part: &Part<'_>, now: Millis) -> Result<(), Failure> {
    if part.credits.is_zero() {
        return Ok(());
    }
    let wallet = wallet(&part.order.bot, part.user);
    ledger::open_wallet(tx, &wallet, now)?;
    let reference = format!("referral:{}:{}", part.order.user, part.part);
    let grant = Grant {
        reference: &reference,
        wallet: &wallet,
        credits: part.credits,
        kind: GrantKind::Bonus,
        reason: "an invitation",
        actor: "system",
        cause: Some(part.payment.as_str()),
        expires_at: None,
    };
    ledger::grant(tx, &grant, now)?;
    let news = News::Rewarded { credits: part.credits, is_inviter: part.is_inviter };
    outbox::tell(tx, ground, part.user, &news, &reference, now)?;
    Ok(())
}
