//! Which credits are used up first, and which run out.

use domain::{Credits, Millis};

use super::{EXPIRED, Entry, LedgerError, insert};
use crate::{StoreError, Tx};

/// Uses up `amount` of a wallet's grants: bonus before bought, what runs out soonest first.
/// The wallet's row was changed before in the same transaction, so nobody else is at it.
pub(super) fn burn(tx: &mut Tx, wallet: &str, amount: Credits) -> Result<(), LedgerError> {
    let grants = tx.query(
        "SELECT reference, remaining FROM grants WHERE wallet = $1 AND 0 < remaining
         ORDER BY kind, CASE WHEN expires_at IS NULL THEN 1 ELSE 0 END, expires_at, granted_at,
                  reference",
        &[&wallet],
    )?;
    let mut left = amount;
    for grant in grants {
        if left.is_zero() {
            break;
        }
        let part = left.min(grant.credits("remaining")?);
        use_up(tx, &grant.text("reference")?, part)?;
        left = left.less(part);
    }
    if !left.is_zero() {
        let why = format!("{wallet} has {left} credits that no grant accounts for");
        return Err(StoreError::Broken(why).into());
    }
    Ok(())
}

/// Uses up `amount`: of these grants so many each, as far as they go, and then in the usual order.
pub(super) fn burn_first(
    tx: &mut Tx,
    wallet: &str,
    grants: &[(&str, Credits)],
    amount: Credits,
) -> Result<(), LedgerError> {
    let mut left = amount;
    for (grant, most) in grants {
        let part = left.min(*most).min(super::left_of_grant(tx, grant)?);
        if !part.is_zero() {
            use_up(tx, grant, part)?;
            left = left.less(part);
        }
    }
    burn(tx, wallet, left)
}

/// Takes credits whose time is over out of at most `limit` grants, and says out of how many. What
/// is held stays until the hold is closed.
pub fn expire_grants(tx: &mut Tx, now: Millis, limit: u32) -> Result<u32, LedgerError> {
    let due = tx.query(
        "SELECT grants.reference, grants.wallet, grants.remaining
         FROM grants JOIN accounts ON accounts.id = grants.wallet
         WHERE grants.expires_at <= $1 AND grants.expires_at IS NOT NULL AND 0 < grants.remaining
           AND accounts.held < accounts.posted
         ORDER BY grants.expires_at, grants.kind, grants.granted_at, grants.reference LIMIT $2",
        &[&now, &limit],
    )?;
    let mut expired = 0;
    for grant in due {
        let (reference, wallet) = (grant.text("reference")?, grant.text("wallet")?);
        if expire(tx, &reference, &wallet, now)? {
            expired += 1;
        }
    }
    Ok(expired)
}

fn expire(tx: &mut Tx, grant: &str, wallet: &str, now: Millis) -> Result<bool, LedgerError> {
    // The first statement keeps others off the wallet; what is seen after it is true.
    let account = tx.one(
        "UPDATE accounts SET lines = lines + 1 WHERE id = $1 RETURNING lines, posted - held",
        &[&wallet],
    )?;
    let remaining =
        tx.one("SELECT remaining FROM grants WHERE reference = $1", &[&grant])?.credits(0)?;
    let part = remaining.min(account.credits(1)?);
    if part.is_zero() {
        tx.execute("UPDATE accounts SET lines = lines - 1 WHERE id = $1", &[&wallet])?;
        return Ok(false);
    }
    tx.execute("UPDATE accounts SET posted = posted - $1 WHERE id = $2", &[&part, &wallet])?;
    let line = account.number("lines")?;
    let entry = Entry {
        reference: &format!("expiry:{grant}:{line}"),
        payer: wallet,
        payee: EXPIRED,
        wallet,
        credits: part,
        kind: "expired",
        reason: "time is over",
        actor: "system",
        cause: Some(grant),
    };
    if !insert(tx, &entry, line, now)? {
        return Err(LedgerError::Differs(entry.reference.to_owned()));
    }
    use_up(tx, grant, part)?;
    Ok(true)
}

fn use_up(tx: &mut Tx, grant: &str, part: Credits) -> Result<(), LedgerError> {
    let used = tx.execute(
        "UPDATE grants SET remaining = remaining - $1 WHERE reference = $2 AND remaining >= $1",
        &[&part, &grant],
    )?;
    match used {
        1 => Ok(()),
        _ => Err(StoreError::Broken(format!("grant {grant} was used up meanwhile")).into()),
    }
}
