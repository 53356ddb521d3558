//! What screens are told about everything that somebody has ordered.

use chat::facts::{Facts, Needs, ORDERS_PAGE, OrderLine, OrdersFacts};
use domain::Credits;
use store::generations::{self, Generation};
use store::ledger::{self, Hold, HoldState};
use store::users::User;
use store::{Tx, avatars, ratings};

use crate::failure::Failure;
use crate::inbox::facts::day;

pub(super) fn gather(
    tx: &mut Tx,
    user: &User,
    needs: &Needs,
    facts: &mut Facts<'_>,
) -> Result<(), Failure> {
    if let Some(id) = &needs.generation {
        facts.rating = ratings::of(tx, &user.id, id)?;
    }
    let Some(need) = &needs.orders else { return Ok(()) };
    // One more than is shown says whether there are others.
    let mut page = generations::list(tx, &user.id, need.before.as_ref(), ORDERS_PAGE + 1)?;
    let has_older = ORDERS_PAGE < page.len() as u32;
    page.truncate(ORDERS_PAGE as usize);
    let lines = page.into_iter().map(|it| line(tx, user, it)).collect::<Result<_, _>>()?;
    facts.orders = Some(OrdersFacts { lines, has_older });
    Ok(())
}

/// An order in a line. What was charged and returned is read from the hold, never from the state.
pub fn line(tx: &mut Tx, user: &User, it: Generation) -> Result<OrderLine, Failure> {
    let (charged, returned) = match ledger::hold_state(tx, &it.hold)? {
        Some(Hold { state: HoldState::Captured(charged), credits, .. }) => {
            (charged, credits.less(charged))
        }
        Some(Hold { state: HoldState::Released, credits, .. }) => (Credits::ZERO, credits),
        Some(Hold { state: HoldState::Open, .. }) | None => (Credits::ZERO, Credits::ZERO),
    };
    let about = match (it.edit, &it.avatar) {
        (Some(edit), _) => edit.preset,
        (None, Some(avatar)) => {
            avatars::of(tx, &user.id, avatar)?.map(|it| it.name).unwrap_or_default()
        }
        (None, None) => String::new(),
    };
    Ok(OrderLine {
        id: it.id,
        product: it.product,
        about,
        count: it.count,
        on: day(it.created_at),
        state: it.state,
        percent: it.percent.and_then(|it| u8::try_from(it).ok()),
        price: it.credits,
        charged,
        returned,
    })
}
