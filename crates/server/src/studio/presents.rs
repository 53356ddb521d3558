//! Credits without money: promo codes, and gifts by link.

use domain::news::Effect;
use domain::{Credits, GiftId, HoldId, Millis, News, Refusal, SubscriptionId};
use store::ledger::{self, Grant, GrantKind, LedgerError};
use store::promos::{self, NoUse};
use store::subscriptions::{self, NewSubscription};
use store::users::User;
use store::{Tx, gifts, orders, tries};

use crate::app::Ground;
use crate::outbox;
use crate::studio::people::wallet;
use crate::studio::{Done, Stop, refuse};

/// What entering a code is counted as.
pub const GUESS: &str = "code";
/// Codes that one person may try in an hour: they are short, and some are worth money.
const CODES_PER_HOUR: u32 = 10;
/// A code that is longer is none.
const CODE_CHARS_MAX: usize = 40;

pub fn enter_promo(tx: &mut Tx, ground: &Ground, user: &User, code: &str, now: Millis) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if CODES_PER_HOUR < tries::so_far(tx, &user.id, GUESS, now)? {
        return refuse(Refusal::TooManyTries);
    }
    if CODE_CHARS_MAX < code.chars().count() {
        return refuse(Refusal::PromoUnknown);
    }
    let known = promos::get(tx, &user.bot, code)?;
    if let Some(Effect::PlanDays { .. }) = known.map(|it| it.effect)
        && subscriptions::current(tx, &user.id)?.is_some()
    {
        return refuse(Refusal::PlanRuns);
    }
    let mark = user.telegram_id.map(|it| ground.mark(it)).unwrap_or_default();
    let promo = match promos::enter(tx, &user.bot, code, &user.id, &mark, now)? {
        Ok(promo) => promo,
        Err(NoUse::Unknown) => return refuse(Refusal::PromoUnknown),
        Err(NoUse::Expired) => return refuse(Refusal::PromoEnded),
        Err(NoUse::UsedUp) => return refuse(Refusal::PromoUsedUp),
        Err(NoUse::Entered) => return refuse(Refusal::PromoEntered),
    };
    match &promo.effect {
        Effect::Credits { credits } => give(tx, user, &promo.code, *credits, now)?,
        Effect::PlanDays { pack, days } => {
            start_plan(tx, ground, user, pack, *days, now)?;
            // What a period of it brings.
            let brings = ground.catalog.pack(pack).map(|it| it.whole()).unwrap_or_default();
            give(tx, user, &promo.code, brings, now)?;
        }
        Effect::Bonus { .. } | Effect::Discount { .. } => {}
    }
    Ok(News::PromoEntered { effect: promo.effect })
}

fn give(tx: &mut Tx, user: &User, code: &str, credits: Credits, now: Millis) -> Result<(), Stop> {
    let wallet = wallet(user);
    ledger::open_wallet(tx, &wallet, now)?;
    let grant = Grant {
        reference: &format!("promo:{}:{code}", user.id),
        wallet: &wallet,
        credits,
        kind: GrantKind::Bonus,
        reason: "a promo code",
        actor: "system",
        cause: Some(code),
        expires_at: None,
    };
    ledger::grant(tx, &grant, now)?;
    Ok(())
}

/// A plan for some days that nobody pays for and nothing renews.
fn start_plan(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    pack: &str,
    days: u32,
    now: Millis,
) -> Result<(), Stop> {
    let bot = crate::till::shop::of(ground, &user.bot);
    let offer = ground.catalog.pack(pack).zip(bot).and_then(|(pack, bot)| {
        pack.offer(bot.currency, None, now)
            .or_else(|| pack.offer(domain::Currency::Stars, None, now))
    });
    let Some(offer) = offer else { return refuse(Refusal::PromoEnded) };
    let id = SubscriptionId::new(ground.number());
    let new = NewSubscription {
        id: &id,
        user: &user.id,
        bot: &user.bot,
        method: domain::Method::Card,
        offer: &offer,
        period_days: days.max(1),
    };
    subscriptions::insert(tx, &new, now)?;
    let until = now.plus(Millis::days(i64::from(days)));
    if !subscriptions::paid_until(tx, &id, until, Some(until))? {
        return refuse(Refusal::PlanRuns);
    }
    subscriptions::stop(tx, &id)?;
    Ok(())
}

/// Holds credits for whoever opens a link first.
pub fn make_gift(tx: &mut Tx, ground: &Ground, user: &User, credits: Credits, now: Millis) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    // Else a hundred newcomers could give their welcome to one.
    if !orders::has_paid(tx, &user.id)? {
        return refuse(Refusal::GiftsAfterPurchase);
    }
    let rules = &ground.config.credits;
    if credits < rules.gift_least {
        return refuse(Refusal::GiftTooSmall { least: rules.gift_least });
    }
    let most = rules.gifts_open;
    if most <= gifts::count_open(tx, &user.id)? {
        return refuse(Refusal::GiftsTooMany { most });
    }
    let id = GiftId::new(ground.number());
    let gift = gifts::NewGift {
        id: &id,
        // 64 bits that nobody can guess.
        code: &format!("{:016x}", ground.ids.chance() as u64),
        giver: &user.id,
        bot: &user.bot,
        wallet: &wallet(user),
        credits,
        hold: &HoldId::new(ground.number()),
        expires_at: now.plus(rules.gift_lasts),
    };
    match gifts::make(tx, &gift, now) {
        Ok(()) => Ok(News::GiftMade { gift: id }),
        Err(LedgerError::Short { need, have }) => refuse(Refusal::ShortOfCredits { need, have }),
        Err(LedgerError::NoWallet(_)) => refuse(Refusal::TermsNotAccepted),
        Err(error) => Err(error.into()),
    }
}

pub fn open_gift(tx: &mut Tx, ground: &Ground, user: &User, code: &str, now: Millis) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if CODES_PER_HOUR < tries::so_far(tx, &user.id, GUESS, now)? {
        return refuse(Refusal::TooManyTries);
    }
    let Some(gift) = gifts::by_code(tx, &user.bot, code)? else { return refuse(Refusal::GiftGone) };
    if gift.giver == user.id {
        return refuse(Refusal::GiftOwn);
    }
    if !gifts::open(tx, &gift, &user.id, &wallet(user), now)? {
        return refuse(Refusal::GiftGone);
    }
    let news = News::GiftReceived { credits: gift.credits };
    outbox::tell(tx, ground, &gift.giver, &news, gift.id.as_str(), now)?;
    Ok(News::GiftOpened { credits: gift.credits })
}

pub fn take_back_gift(tx: &mut Tx, user: &User, gift: &GiftId, now: Millis) -> Done {
    let Some(gift) = gifts::of(tx, &user.id, gift)? else { return refuse(Refusal::GiftGone) };
    if !gifts::take_back(tx, &gift, now)? {
        return refuse(Refusal::GiftGone);
    }
    Ok(News::GiftTakenBack { credits: gift.credits })
}
