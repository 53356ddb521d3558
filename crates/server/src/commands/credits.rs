//! Credits by the operator's hand: given or taken, with the reason, and noted as their deed.

use clap::Args;
use domain::{Credits, Millis, News, UserId};
use store::ledger::{self, Grant, GrantKind, LedgerError, Take};
use store::{Tx, users};

use super::{OPERATOR, Said, decide, deed, id, number};
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::failure::Failure;
use crate::outbox;
use crate::till::wallet;

#[derive(Clone, Debug, Args)]
pub struct Hand {
    /// The user's id (usr_…).
    #[arg(value_parser = id::<UserId>)]
    pub user: UserId,
    /// How many, at least one.
    #[arg(value_parser = number)]
    pub credits: Credits,
    /// Why. A user who is given some reads it.
    pub reason: String,
}

pub fn grant(config: Config, hand: Hand) -> Done {
    decide(config, move |tx, ground, now| given(tx, ground, &hand, now))
}

pub fn take(config: Config, hand: Hand) -> Done {
    decide(config, move |tx, ground, now| taken(tx, ground, &hand, now))
}

pub fn given(tx: &mut Tx, ground: &Ground, hand: &Hand, now: Millis) -> Result<Said, Failure> {
    let Hand { user, credits, reason } = hand;
    let Some(found) = users::get(tx, user)? else { return Said::no("There is no such user.") };
    let wallet = wallet(&found.bot, user);
    ledger::open_wallet(tx, &wallet, now)?;
    let reference = format!("grant:{:032x}", ground.number());
    let grant = Grant {
        reference: &reference,
        wallet: &wallet,
        credits: *credits,
        kind: GrantKind::Bonus,
        reason,
        actor: OPERATOR,
        cause: Some(user.as_str()),
        expires_at: None,
    };
    ledger::grant(tx, &grant, now)?;
    let news = News::Granted { credits: *credits, reason: reason.clone() };
    outbox::tell(tx, ground, user, &news, &reference, now)?;
    deed(tx, ground, "grant", Some(user), &format!("{credits}: {reason}"), now)?;
    Said::done("Granted.")
}

pub fn taken(tx: &mut Tx, ground: &Ground, hand: &Hand, now: Millis) -> Result<Said, Failure> {
    let Hand { user, credits, reason } = hand;
    let Some(found) = users::get(tx, user)? else { return Said::no("There is no such user.") };
    let take = Take {
        reference: &format!("take:{:032x}", ground.number()),
        wallet: &wallet(&found.bot, user),
        credits: *credits,
        reason,
        actor: OPERATOR,
        cause: Some(user.as_str()),
    };
    match ledger::take(tx, &take, now) {
        Ok(_) => {}
        Err(error @ (LedgerError::Short { .. } | LedgerError::NoWallet(_))) => {
            return Said::no(format!("Nothing was taken: the wallet {error}."));
        }
        Err(error) => return Err(error.into()),
    }
    deed(tx, ground, "take", Some(user), &format!("{credits}: {reason}"), now)?;
    Said::done("Taken.")
}
