//! Invitations: who was brought by whom, and what both were given for it.

use domain::{Credits, Millis, PaymentId, UserId};

use crate::{StoreError, Tx};

/// What an inviter has from it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Harvest {
    pub joined: u32,
    pub paid: u32,
    pub earned: Credits,
}

/// How long a chain of invitations is followed: longer ones are none of people.
const RING_MAX: u32 = 64;

/// Whether `inviter` was brought, directly or through others, by `user`: then the two would be
/// each other's inviters.
pub fn is_ring(tx: &mut Tx, user: &UserId, inviter: &UserId) -> Result<bool, StoreError> {
    let mut at = inviter.clone();
    for _ in 0..RING_MAX {
        if at == *user {
            return Ok(true);
        }
        let row = tx.first("SELECT invited_by FROM users WHERE id = $1", &[&at])?;
        match row.map_or(Ok(None), |it| it.maybe_id(0))? {
            Some(next) => at = next,
            None => return Ok(false),
        }
    }
    Ok(true)
}

#[derive(Clone, Copy, Debug)]
pub struct Reward<'a> {
    pub invited: &'a UserId,
    pub inviter: &'a UserId,
    pub payment: &'a PaymentId,
    pub credits_inviter: Credits,
    pub credits_invited: Credits,
}

/// Notes that both are rewarded. False: they were.
pub fn insert(tx: &mut Tx, reward: &Reward<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO rewards (invited, inviter, payment_id, credits_inviter, credits_invited, at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &[
            reward.invited,
            reward.inviter,
            reward.payment,
            &reward.credits_inviter,
            &reward.credits_invited,
            &now,
        ],
    )?;
    Ok(added == 1)
}

pub fn harvest(tx: &mut Tx, inviter: &UserId) -> Result<Harvest, StoreError> {
    let joined =
        tx.one("SELECT COUNT(*) FROM users WHERE invited_by = $1", &[inviter])?.count(0)?;
    let row = tx.one(
        "SELECT COUNT(*), CAST(COALESCE(SUM(credits_inviter), 0) AS BIGINT)
         FROM rewards WHERE inviter = $1",
        &[inviter],
    )?;
    Ok(Harvest { joined, paid: row.count(0)?, earned: row.credits(1)? })
}
