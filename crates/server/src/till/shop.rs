//! What a bot sells for money, and how it can be paid there.

use domain::catalog::{Deal, Pack, currency_of};
use domain::news::Effect;
use domain::{BotId, Currency, Method, Millis, UserId};
use store::{StoreError, Tx, orders, promos};

use crate::app::Ground;
use crate::config;

/// A bot's settings.
pub fn of<'a>(ground: &'a Ground, bot: &BotId) -> Option<&'a config::Bot> {
    ground.config.bots.iter().find(|it| crate::bot::Bot::id_of(&it.token).as_ref() == Some(bot))
}

/// How it can be paid in a bot: what is switched on there and has somebody to take it.
pub fn methods(ground: &Ground, bot: &config::Bot) -> Vec<Method> {
    let is_open = ground.config.yookassa.is_open;
    let may = |method: &Method| match method {
        Method::Stars => true,
        Method::Card => is_open,
        Method::Sbp => is_open && bot.currency == Currency::Rub,
    };
    bot.methods.iter().copied().filter(may).collect()
}

/// Whether a plan that is paid this way renews itself.
pub fn can_renew(ground: &Ground, method: Method) -> bool {
    match method {
        Method::Card => ground.config.yookassa.is_recurring,
        Method::Sbp => false,
        Method::Stars => true,
    }
}

/// Who takes the money of a method.
pub fn gateway(method: Method) -> &'static str {
    match method {
        Method::Card | Method::Sbp => "yookassa",
        Method::Stars => orders::STARS,
    }
}

/// A pack at a bot's prices.
pub fn pack(ground: &Ground, bot: &config::Bot, name: &str) -> Option<Pack> {
    let pack = ground.catalog.pack(name)?;
    Some(match bot.prices.get(name) {
        Some(over) => pack.repriced(over),
        None => pack.clone(),
    })
}

/// All of them, at a bot's prices.
pub fn packs(ground: &Ground, bot: &config::Bot) -> Vec<Pack> {
    ground.catalog.packs.iter().filter_map(|it| pack(ground, bot, &it.name)).collect()
}

/// What the code does that waits for this person's next pack. One that is in an open order waits
/// for that: it is good for one pack.
pub fn deal(tx: &mut Tx, user: &UserId, now: Millis) -> Result<Option<Deal>, StoreError> {
    let Some(promo) = promos::ready(tx, user, now)? else { return Ok(None) };
    if orders::has_open_promo(tx, user, &promo.code, now)? {
        return Ok(None);
    }
    let (bonus_percent, discount_percent) = match promo.effect {
        Effect::Bonus { percent } => (percent, 0),
        Effect::Discount { percent } => (0, percent),
        Effect::Credits { .. } | Effect::PlanDays { .. } => return Ok(None),
    };
    Ok(Some(Deal { code: promo.code, bonus_percent, discount_percent }))
}

/// What a method takes in this bot.
pub fn currency(bot: &config::Bot, method: Method) -> Currency {
    currency_of(method, bot.currency)
}
