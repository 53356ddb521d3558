//! Facts about money: what is sold, what was ordered, given and earned.

use chat::facts::{
    Facts, GiftFacts, Gifted, InviteFacts, Needs, OrderFacts, Ordered, PlanFacts, PlanState, Shop,
};
use domain::{Declined, Method, Millis, UserId};
use store::gifts::{self, Gift, GiftState};
use store::orders::{self, Order, OrderState};
use store::subscriptions::{self, Subscription, SubscriptionState};
use store::users::User;
use store::{Tx, bots, rewards, users};

use super::day;
use crate::app::Ground;
use crate::failure::Failure;
use crate::till::shop;

/// Gifts that are shown.
const GIFTS_MAX: u32 = 10;

pub fn gather(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    needs: &Needs,
    now: Millis,
    facts: &mut Facts<'_>,
) -> Result<(), Failure> {
    if needs.shop {
        facts.shop = of_shop(tx, ground, user, now)?;
    }
    if let Some(id) = &needs.order {
        let order = orders::of(tx, &user.id, id)?;
        facts.order = order.map(|it| of_order(ground, it));
    }
    if needs.plan {
        facts.plan = subscriptions::current(tx, &user.id)?.and_then(of_plan);
    }
    if needs.invite {
        facts.invite = Some(of_invite(tx, ground, user)?);
    }
    if needs.gifts {
        let username = username(tx, user)?;
        let gifts = gifts::list(tx, &user.id, GIFTS_MAX)?.into_iter();
        facts.gifts = gifts.map(|it| of_gift(&username, it)).collect();
    }
    Ok(())
}

fn of_shop(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    now: Millis,
) -> Result<Option<Shop>, Failure> {
    let Some(bot) = shop::of(ground, &user.bot) else { return Ok(None) };
    Ok(Some(Shop {
        methods: shop::methods(ground, bot),
        currency: bot.currency,
        packs: shop::packs(ground, bot),
        deal: shop::deal(tx, &user.id, now)?,
        can_renew: shop::can_renew(ground, Method::Card),
        needs_contact: ground.config.yookassa.receipts.is_some(),
        contact: users::contact(tx, &user.id)?,
    }))
}

fn of_order(ground: &Ground, order: Order) -> OrderFacts {
    let is_plan = ground.catalog.pack(&order.pack).is_some_and(|it| it.plan.is_some());
    OrderFacts {
        id: order.id,
        pack: order.pack,
        is_plan,
        method: order.method,
        money: order.money,
        credits: order.credits,
        bonus: order.bonus,
        state: match order.state {
            OrderState::Open => Ordered::Open,
            OrderState::Paid => Ordered::Paid,
            OrderState::Declined => Ordered::Declined(order.declined.unwrap_or(Declined::Other)),
            OrderState::Expired => Ordered::Expired,
            OrderState::Refunded => Ordered::Refunded,
        },
        link: order.link,
        resume: order.resume,
    }
}

fn of_plan(plan: Subscription) -> Option<PlanFacts> {
    let state = match plan.state {
        SubscriptionState::Active => PlanState::Active,
        SubscriptionState::Stopping => PlanState::Stopping,
        SubscriptionState::Unpaid => PlanState::Unpaid,
        SubscriptionState::New | SubscriptionState::Ended => return None,
    };
    Some(PlanFacts {
        id: plan.id,
        pack: plan.pack,
        method: plan.method,
        money: plan.money,
        credits: plan.credits,
        bonus: plan.bonus,
        state,
        until: plan.until.map(day).unwrap_or_default(),
        card: plan.saved_title.filter(|_| plan.saved_method.is_some()),
    })
}

fn of_invite(tx: &mut Tx, ground: &Ground, user: &User) -> Result<InviteFacts, Failure> {
    let harvest = rewards::harvest(tx, &user.id)?;
    let code = user.id.as_str().trim_start_matches(UserId::PREFIX);
    Ok(InviteFacts {
        link: format!("https://t.me/{}?start=r_{code}", username(tx, user)?),
        joined: harvest.joined,
        paid: harvest.paid,
        earned: harvest.earned,
        reward_inviter: ground.config.credits.reward_inviter,
        reward_invited: ground.config.credits.reward_invited,
    })
}

fn of_gift(username: &str, gift: Gift) -> GiftFacts {
    GiftFacts {
        id: gift.id,
        link: format!("https://t.me/{username}?start=g_{}", gift.code),
        credits: gift.credits,
        state: match gift.state {
            GiftState::Open => Gifted::Open,
            GiftState::Opened => Gifted::Opened,
            GiftState::Returned => Gifted::Returned,
        },
        until: day(gift.expires_at),
    }
}

/// What the bot is called at Telegram.
fn username(tx: &mut Tx, user: &User) -> Result<String, Failure> {
    Ok(bots::get(tx, &user.bot)?.map(|it| it.username).unwrap_or_default())
}
