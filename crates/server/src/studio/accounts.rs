//! What other programs may ask about a user's credits, and users that they bring.

use domain::{BotId, Credits, HoldId, Language, Millis, UserId};
use store::ledger::{self, Hold, HoldState};
use store::users::{self, Brought, User};
use store::{StoreError, Tx};

use crate::app::Ground;
use crate::studio::Stop;
use crate::studio::people::{TERMS_VERSION, wallet};

pub use store::ledger::Line;

/// What a user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What can be spent.
    pub available: Credits,
    /// What is set aside for work under way.
    pub held: Credits,
}

pub fn balance(tx: &mut Tx, user: &User) -> Result<Balance, StoreError> {
    let found = ledger::balance(tx, &wallet(user))?;
    let (posted, held) = found.map_or(Default::default(), |it| (it.posted, it.held));
    Ok(Balance { available: posted.less(held), held })
}

/// A page of a user's movements, as [`ledger::statement`] gives them, without what is set aside.
pub fn lines(
    tx: &mut Tx,
    user: &User,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    ledger::statement(tx, &wallet(user), Some(before.unwrap_or(i64::MAX)), limit)
}

/// What became of credits that were set aside: how much was taken, and how much went back.
pub fn settled(tx: &mut Tx, hold: &HoldId) -> Result<(Credits, Credits), StoreError> {
    Ok(match ledger::hold_state(tx, hold)? {
        Some(Hold { state: HoldState::Captured(charged), credits, .. }) => {
            (charged, credits.less(charged))
        }
        Some(Hold { state: HoldState::Released, credits, .. }) => (Credits::ZERO, credits),
        Some(Hold { state: HoldState::Open, .. }) | None => (Credits::ZERO, Credits::ZERO),
    })
}

/// A person whom another program answers for.
#[derive(Clone, Debug)]
pub struct Guest {
    pub external_id: String,
    pub name: String,
    pub language: Language,
}

/// Makes a user of somebody who has agreed to the terms elsewhere. They have no chat, and no welcome
/// gift: whoever could bring people without end would have credits without end. `None`: somebody
/// is called so already.
pub fn bring(
    tx: &mut Tx,
    ground: &Ground,
    bot: &BotId,
    guest: &Guest,
    now: Millis,
) -> Result<Option<User>, Stop> {
    let id = UserId::new(ground.number());
    let brought = Brought {
        id: &id,
        bot,
        external_id: &guest.external_id,
        name: &guest.name,
        language: guest.language,
    };
    if !users::bring(tx, &brought, now)? {
        return Ok(None);
    }
    users::consent(tx, &id, TERMS_VERSION, now)?;
    let user = users::get(tx, &id)?;
    if let Some(user) = &user {
        ledger::open_wallet(tx, &wallet(user), now)?;
    }
    Ok(user)
}
