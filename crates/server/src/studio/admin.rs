//! What owners do for their customers, in the chat. Each deed is written down with its author.

use domain::command::Deed;
use domain::{Credits, Millis, News, Refusal, UserId};
use store::ledger::{self, Grant, GrantKind, LedgerError, Take};
use store::users::{User, UserState};
use store::{Tx, deeds, payments, subscriptions, users};

use crate::app::Ground;
use crate::outbox;
use crate::studio::people::wallet;
use crate::studio::{Done, Stop, refuse};
use crate::till::plans::tell_telegram;
use crate::till::refunds::{self, Wish};
use crate::till::shop;

/// Whether a person owns the bot that they talk to.
pub fn is_owner(ground: &Ground, user: &User) -> bool {
    let bot = shop::of(ground, &user.bot);
    bot.zip(user.telegram_id).is_some_and(|(bot, id)| bot.owners.contains(&id))
}

pub fn carry_out(tx: &mut Tx, ground: &Ground, owner: &User, deed: &Deed, now: Millis) -> Done {
    if !is_owner(ground, owner) {
        return refuse(Refusal::NotAnOwner);
    }
    let actor = format!("owner:{}", owner.telegram_id.unwrap_or_default());
    match deed {
        Deed::Ban { user, is_banned } => {
            let user = customer(tx, owner, user)?;
            users::ban(tx, &user.id, *is_banned)?;
            // Who can't press anything can't stop a plan either.
            if let Some(plan) = subscriptions::current(tx, &user.id)?.filter(|_| *is_banned) {
                subscriptions::unlink(tx, &plan.id)?;
                tell_telegram(tx, ground, &plan, now)?;
            }
            let name = if *is_banned { "ban" } else { "unban" };
            note(tx, ground, &actor, name, &user.id, "", now)?;
            done(format!("{name}: {}", user.first_name))
        }
        Deed::Grant { user, credits, reason } => {
            let user = customer(tx, owner, user)?;
            grant(tx, ground, &user, *credits, reason, &actor, now)?;
            note(tx, ground, &actor, "grant", &user.id, &format!("{credits}: {reason}"), now)?;
            done(format!("+{credits}: {}", user.first_name))
        }
        Deed::Take { user, credits, reason } => {
            let user = customer(tx, owner, user)?;
            let reference = format!("take:{:032x}", ground.number());
            let take = Take {
                reference: &reference,
                wallet: &wallet(&user),
                credits: *credits,
                reason,
                actor: &actor,
                cause: Some(user.id.as_str()),
            };
            match ledger::take(tx, &take, now) {
                Ok(_) => {}
                Err(LedgerError::Short { need, have }) => {
                    return refuse(Refusal::ShortOfCredits { need, have });
                }
                Err(error) => return Err(error.into()),
            }
            note(tx, ground, &actor, "take", &user.id, &format!("{credits}: {reason}"), now)?;
            done(format!("−{credits}: {}", user.first_name))
        }
        Deed::Refund { payment, reason } => {
            let found = payments::get_for_job(tx, payment)?.filter(|it| it.bot == owner.bot);
            let Some(found) = found else { return refuse(Refusal::NothingToRefund) };
            let wish = Wish {
                payment: payment.clone(),
                money: None,
                even_if_spent: false,
                reason: reason.clone(),
                actor: actor.clone(),
            };
            let (refund, share) = match refunds::begin(tx, ground, &wish, now)? {
                Ok(begun) => begun,
                Err(refusal) => return refuse(refusal),
            };
            if let Some(user) = &found.user {
                note(tx, ground, &actor, "refund", user, &format!("{refund}: {reason}"), now)?;
            }
            done(format!("{}, −{}", share.money, share.credits))
        }
    }
}

fn done(text: String) -> Done {
    Ok(News::AdminDone { text })
}

/// A customer of the owner's own bot.
fn customer(tx: &mut Tx, owner: &User, id: &UserId) -> Result<User, Stop> {
    let is_here = |it: &User| it.bot == owner.bot && it.state != UserState::Forgotten;
    match users::get(tx, id)?.filter(is_here) {
        Some(user) => Ok(user),
        None => refuse(Refusal::UserGone),
    }
}

fn grant(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    credits: Credits,
    reason: &str,
    actor: &str,
    now: Millis,
) -> Result<(), Stop> {
    let wallet = wallet(user);
    ledger::open_wallet(tx, &wallet, now)?;
    let reference = format!("grant:{:032x}", ground.number());
    let grant = Grant {
        reference: &reference,
        wallet: &wallet,
        credits,
        kind: GrantKind::Bonus,
        reason,
        actor,
        cause: Some(user.id.as_str()),
        expires_at: None,
    };
    ledger::grant(tx, &grant, now)?;
    let news = News::Granted { credits, reason: reason.to_owned() };
    outbox::tell(tx, ground, &user.id, &news, &reference, now)?;
    Ok(())
}

fn note(
    tx: &mut Tx,
    ground: &Ground,
    actor: &str,
    deed: &str,
    user: &UserId,
    detail: &str,
    at: Millis,
) -> Result<(), Stop> {
    let id = format!("{:032x}", ground.number());
    let deed = deeds::Deed {
        actor: actor.to_owned(),
        deed: deed.to_owned(),
        detail: detail.to_owned(),
        at,
    };
    deeds::insert(tx, &id, &deed, Some(user))?;
    Ok(())
}
