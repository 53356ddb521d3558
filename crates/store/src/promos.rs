//! Promo codes: what they do, how often they may be entered, and by whom they were.

use domain::news::Effect;
use domain::{BotId, Millis, OrderId, UserId};

use crate::{Row, StoreError, Tx};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promo {
    pub code: String,
    pub effect: Effect,
    pub uses_max: Option<u32>,
    pub uses: u32,
    pub expires_at: Option<Millis>,
    pub created_at: Millis,
}

/// Why a code does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoUse {
    Unknown,
    Expired,
    UsedUp,
    /// This person has entered it.
    Entered,
}

/// A code as it is compared: what people type has spaces and letters of both sizes.
pub fn spelled(code: &str) -> String {
    code.chars().filter(|it| !it.is_whitespace()).flat_map(char::to_uppercase).collect()
}

/// False: there is such a code.
pub fn insert(tx: &mut Tx, bot: &BotId, promo: &Promo) -> Result<bool, StoreError> {
    let effect = serde_json::to_string(&promo.effect).expect("an effect is plain fields");
    let added = tx.execute(
        "INSERT INTO promos (bot_id, code, effect, uses_max, uses, expires_at, created_at)
         VALUES ($1, $2, $3, $4, 0, $5, $6) ON CONFLICT DO NOTHING",
        &[
            bot,
            &spelled(&promo.code),
            &effect,
            &promo.uses_max,
            &promo.expires_at,
            &promo.created_at,
        ],
    )?;
    Ok(added == 1)
}

/// Enters a code for a person, once, and within its limits. The check and the change are one
/// statement, so fifty at once of a code for one are one.
pub fn enter(
    tx: &mut Tx,
    bot: &BotId,
    code: &str,
    user: &UserId,
    mark: &str,
    now: Millis,
) -> Result<Result<Promo, NoUse>, StoreError> {
    let code = spelled(code);
    let counted = tx.first(
        "UPDATE promos SET uses = uses + 1
         WHERE bot_id = $1 AND code = $2 AND (uses_max IS NULL OR uses < uses_max)
           AND (expires_at IS NULL OR $3 < expires_at)
         RETURNING code, effect, uses_max, uses, expires_at, created_at",
        &[bot, &code, &now],
    )?;
    let Some(counted) = counted else {
        return Ok(Err(match get(tx, bot, &code)? {
            None => NoUse::Unknown,
            Some(it) if it.expires_at.is_some_and(|at| at <= now) => NoUse::Expired,
            Some(_) if is_entered(tx, bot, &code, mark)? => NoUse::Entered,
            Some(_) => NoUse::UsedUp,
        }));
    };
    let promo = promo_of(&counted)?;
    let state = match promo.effect {
        Effect::Credits { .. } | Effect::PlanDays { .. } => "used",
        Effect::Bonus { .. } | Effect::Discount { .. } => "ready",
    };
    let added = tx.execute(
        "INSERT INTO promo_uses (bot_id, code, mark, user_id, state, at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[bot, &code, &mark, user, &state, &now],
    )?;
    if added == 0 {
        tx.execute(
            "UPDATE promos SET uses = uses - 1 WHERE bot_id = $1 AND code = $2",
            &[bot, &code],
        )?;
        return Ok(Err(NoUse::Entered));
    }
    Ok(Ok(promo))
}

pub fn get(tx: &mut Tx, bot: &BotId, code: &str) -> Result<Option<Promo>, StoreError> {
    let row = tx.first(
        "SELECT code, effect, uses_max, uses, expires_at, created_at FROM promos
         WHERE bot_id = $1 AND code = $2",
        &[bot, &spelled(code)],
    )?;
    row.as_ref().map(promo_of).transpose()
}

/// All codes of a bot, the latest first.
pub fn list(tx: &mut Tx, bot: &BotId, limit: u32) -> Result<Vec<Promo>, StoreError> {
    let rows = tx.query(
        "SELECT code, effect, uses_max, uses, expires_at, created_at FROM promos
         WHERE bot_id = $1 ORDER BY created_at DESC, code LIMIT $2",
        &[bot, &limit],
    )?;
    rows.iter().map(promo_of).collect()
}

fn is_entered(tx: &mut Tx, bot: &BotId, code: &str, mark: &str) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM promo_uses WHERE bot_id = $1 AND code = $2 AND mark = $3",
        &[bot, &code, &mark],
    )?;
    Ok(row.is_some())
}

/// The code that waits for this person's next pack: the one entered first.
pub fn ready(tx: &mut Tx, user: &UserId, now: Millis) -> Result<Option<Promo>, StoreError> {
    let row = tx.first(
        "SELECT promos.code, effect, uses_max, uses, expires_at, created_at
         FROM promo_uses JOIN promos
             ON promos.bot_id = promo_uses.bot_id AND promos.code = promo_uses.code
         WHERE promo_uses.user_id = $1 AND promo_uses.state = 'ready'
           AND (promos.expires_at IS NULL OR $2 < promos.expires_at)
         ORDER BY promo_uses.at, promos.code LIMIT 1",
        &[user, &now],
    )?;
    row.as_ref().map(promo_of).transpose()
}

/// It has done what it does, for a pack that is paid for. False: it had before.
pub fn used(tx: &mut Tx, user: &UserId, code: &str, order: &OrderId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE promo_uses SET state = 'used', order_id = $1
         WHERE user_id = $2 AND code = $3 AND state = 'ready'",
        &[order, user, &code],
    )?;
    Ok(changed == 1)
}

fn promo_of(row: &Row) -> Result<Promo, StoreError> {
    Ok(Promo {
        code: row.text("code")?,
        effect: row.json("effect")?,
        uses_max: row.maybe_count("uses_max")?,
        uses: row.count("uses")?,
        expires_at: row.maybe_millis("expires_at")?,
        created_at: row.millis("created_at")?,
    })
}
