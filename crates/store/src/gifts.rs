//! Gifts: credits held for whoever opens a link first.

use domain::{BotId, Credits, GiftId, HoldId, Millis, UserId};

use crate::ledger::{self, Grant, GrantKind, LedgerError};
use crate::{Row, StoreError, Tx};

/// The columns that [`gift_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, code, giver, bot_id, credits, hold_id, state, friend, created_at,
                    expires_at, ended_at
             FROM gifts ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gift {
    pub id: GiftId,
    /// What the link carries: not to be guessed.
    pub code: String,
    pub giver: UserId,
    pub bot: BotId,
    pub credits: Credits,
    pub hold: HoldId,
    pub state: GiftState,
    pub friend: Option<UserId>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GiftState {
    Open,
    Opened,
    Returned,
}

impl GiftState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Opened => "opened",
            Self::Returned => "returned",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Opened, Self::Returned].into_iter().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewGift<'a> {
    pub id: &'a GiftId,
    pub code: &'a str,
    pub giver: &'a UserId,
    pub bot: &'a BotId,
    pub wallet: &'a str,
    pub credits: Credits,
    pub hold: &'a HoldId,
    pub expires_at: Millis,
}

/// Holds the credits and writes the gift down.
pub fn make(tx: &mut Tx, gift: &NewGift<'_>, now: Millis) -> Result<(), LedgerError> {
    ledger::hold(tx, gift.hold, gift.wallet, gift.credits, gift.id.as_str(), now)?;
    tx.execute(
        "INSERT INTO gifts (id, code, giver, bot_id, credits, hold_id, state, created_at,
                            expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8)",
        &[
            gift.id,
            &gift.code,
            gift.giver,
            gift.bot,
            &gift.credits,
            gift.hold,
            &now,
            &gift.expires_at,
        ],
    )?;
    Ok(())
}

pub fn of(tx: &mut Tx, giver: &UserId, id: &GiftId) -> Result<Option<Gift>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND giver = $2"), &[id, giver])?;
    row.as_ref().map(gift_of).transpose()
}

/// By what its link carries.
pub fn by_code(tx: &mut Tx, bot: &BotId, code: &str) -> Result<Option<Gift>, StoreError> {
    let row = tx.first(select!("WHERE code = $1 AND bot_id = $2"), &[&code, bot])?;
    row.as_ref().map(gift_of).transpose()
}

/// The latest first.
pub fn list(tx: &mut Tx, giver: &UserId, limit: u32) -> Result<Vec<Gift>, StoreError> {
    let rows = tx.query(
        select!("WHERE giver = $1 ORDER BY created_at DESC, id DESC LIMIT $2"),
        &[giver, &limit],
    )?;
    rows.iter().map(gift_of).collect()
}

pub fn count_open(tx: &mut Tx, giver: &UserId) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM gifts WHERE giver = $1 AND state = 'open'", &[giver])?.count(0)
}

/// Gives it to a friend: the giver's hold is taken and the same comes into the friend's wallet.
/// False: somebody was faster, or its time is over.
pub fn open(
    tx: &mut Tx,
    gift: &Gift,
    friend: &UserId,
    wallet: &str,
    now: Millis,
) -> Result<bool, LedgerError> {
    let changed = tx.execute(
        "UPDATE gifts SET state = 'opened', friend = $1, ended_at = $2
         WHERE id = $3 AND state = 'open' AND $2 < expires_at AND giver <> $1",
        &[friend, &now, &gift.id],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    ledger::capture(tx, &gift.hold, gift.credits, now)?;
    ledger::open_wallet(tx, wallet, now)?;
    let grant = Grant {
        reference: &format!("gift:{}", gift.id),
        wallet,
        credits: gift.credits,
        kind: GrantKind::Bonus,
        reason: "a friend's gift",
        actor: "system",
        cause: Some(gift.id.as_str()),
        expires_at: None,
    };
    ledger::grant(tx, &grant, now)?;
    Ok(true)
}

/// Gives the credits back to the giver. False: it isn't open any more.
pub fn take_back(tx: &mut Tx, gift: &Gift, now: Millis) -> Result<bool, LedgerError> {
    let changed = tx.execute(
        "UPDATE gifts SET state = 'returned', ended_at = $1 WHERE id = $2 AND state = 'open'",
        &[&now, &gift.id],
    )?;
    if changed == 1 {
        ledger::release(tx, &gift.hold, now)?;
    }
    Ok(changed == 1)
}

/// Those that nobody opened in time.
pub fn due_for_job(tx: &mut Tx, now: Millis, limit: u32) -> Result<Vec<Gift>, StoreError> {
    let rows = tx.query(
        select!("WHERE state = 'open' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2"),
        &[&now, &limit],
    )?;
    rows.iter().map(gift_of).collect()
}

fn gift_of(row: &Row) -> Result<Gift, StoreError> {
    Ok(Gift {
        id: row.id("id")?,
        code: row.text("code")?,
        giver: row.id("giver")?,
        bot: row.id("bot_id")?,
        credits: row.credits("credits")?,
        hold: row.id("hold_id")?,
        state: row.word("state", GiftState::from_text)?,
        friend: row.maybe_id("friend")?,
        created_at: row.millis("created_at")?,
        expires_at: row.millis("expires_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
