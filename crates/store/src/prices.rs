//! What things cost at the latest start, so that a slip of the hand is seen at the next.

use domain::Millis;
use domain::catalog::Prices;

use crate::{StoreError, Tx};

pub fn load(tx: &mut Tx) -> Result<Prices, StoreError> {
    let rows = tx.query("SELECT name, amount FROM prices", &[])?;
    rows.iter().map(|it| Ok((it.text(0)?, it.number(1)?))).collect()
}

/// Keeps these in place of all others.
pub fn keep(tx: &mut Tx, prices: &Prices, now: Millis) -> Result<(), StoreError> {
    let known = load(tx)?;
    for name in known.keys().filter(|it| !prices.contains_key(*it)) {
        tx.execute("DELETE FROM prices WHERE name = $1", &[name])?;
    }
    for (name, amount) in prices.iter().filter(|(name, it)| known.get(*name) != Some(it)) {
        tx.execute(
            "INSERT INTO prices (name, amount, at) VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE SET amount = excluded.amount, at = excluded.at",
            &[name, amount, &now],
        )?;
    }
    Ok(())
}
