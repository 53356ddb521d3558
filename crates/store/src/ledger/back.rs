//! Credits that go back because their money does.

use domain::{Credits, HoldId, Millis};

use super::{Captured, Entry, LedgerError, REFUNDS, Use, burn, close, insert};
use crate::{StoreError, Tx};

/// Takes what is held for a refund out of the wallet: the rest goes back in the same movement.
/// Of these grants so many are used up first, as it is their money.
pub fn capture_back(
    tx: &mut Tx,
    id: &HoldId,
    amount: Credits,
    grants: &[(&str, Credits)],
    now: Millis,
) -> Result<Captured, LedgerError> {
    let refund = Use { payee: REFUNDS, kind: "taken", reason: "refund", grants };
    close(tx, id, amount, &refund, now)
}

/// Credits whose money has gone back already, whatever we think of it.
#[derive(Clone, Copy, Debug)]
pub struct TakeBack<'a> {
    pub reference: &'a str,
    pub wallet: &'a str,
    /// As many as there should be.
    pub credits: Credits,
    /// Of which so many are used up first.
    pub grants: &'a [(&'a str, Credits)],
    pub reason: &'a str,
    pub actor: &'a str,
    pub cause: &'a str,
}

/// Takes as many as there are and aren't held, and says how many. A wallet never owes: what is
/// missing is for a person to look at. To be called once for a reference.
pub fn take_back(tx: &mut Tx, take: &TakeBack<'_>, now: Millis) -> Result<Credits, LedgerError> {
    // The first statement keeps others off the wallet; what is seen after it is true.
    let row = tx.first(
        "UPDATE accounts SET lines = lines + 1 WHERE id = $1 RETURNING lines, posted - held",
        &[&take.wallet],
    )?;
    let Some(row) = row else { return Err(LedgerError::NoWallet(take.wallet.to_owned())) };
    let part = take.credits.min(row.credits(1)?);
    if part.is_zero() {
        tx.execute("UPDATE accounts SET lines = lines - 1 WHERE id = $1", &[&take.wallet])?;
        return Ok(part);
    }
    tx.execute("UPDATE accounts SET posted = posted - $1 WHERE id = $2", &[&part, &take.wallet])?;
    let entry = Entry {
        reference: take.reference,
        payer: take.wallet,
        payee: REFUNDS,
        wallet: take.wallet,
        credits: part,
        kind: "taken",
        reason: take.reason,
        actor: take.actor,
        cause: Some(take.cause),
    };
    if !insert(tx, &entry, row.number(0)?, now)? {
        return Err(LedgerError::Differs(take.reference.to_owned()));
    }
    burn::burn_first(tx, take.wallet, take.grants, part)?;
    Ok(part)
}

/// What is left of a grant; nothing when there is no such grant.
pub fn left_of_grant(tx: &mut Tx, reference: &str) -> Result<Credits, StoreError> {
    let row = tx.first("SELECT remaining FROM grants WHERE reference = $1", &[&reference])?;
    row.map_or(Ok(Credits::ZERO), |it| it.credits(0))
}
