//! What owners and operators did: who, to whom, and why. Written once, never changed.

use domain::{Millis, UserId};

use crate::{StoreError, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// `owner:<Telegram id>` or `operator`.
    pub actor: String,
    pub deed: String,
    pub detail: String,
    pub at: Millis,
}

/// False: this very deed is written down.
pub fn insert(
    tx: &mut Tx,
    id: &str,
    deed: &Deed,
    user: Option<&UserId>,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO deeds (id, actor, deed, user_id, detail, at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        &[&id, &deed.actor, &deed.deed, &user, &deed.detail, &deed.at],
    )?;
    Ok(added == 1)
}

/// The latest first.
pub fn of_user(tx: &mut Tx, user: &UserId, limit: u32) -> Result<Vec<Deed>, StoreError> {
    let rows = tx.query(
        "SELECT actor, deed, detail, at FROM deeds WHERE user_id = $1
         ORDER BY at DESC, id DESC LIMIT $2",
        &[user, &limit],
    )?;
    rows.iter()
        .map(|it| {
            Ok(Deed {
                actor: it.text("actor")?,
                deed: it.text("deed")?,
                detail: it.text("detail")?,
                at: it.millis("at")?,
            })
        })
        .collect()
}
