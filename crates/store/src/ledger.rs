//! Credits: accounts, the transfers between them, what is set aside, and where credits came from.
//!
//! A wallet's counters change in the statement that checks them; platform accounts have none.

use domain::{Credits, HoldId, Millis, Money};

use crate::{Row, StoreError, Tx};

mod audit;
mod back;
mod burn;
mod history;

pub use audit::{FINDINGS_MAX, Finding, audit};
pub(crate) use audit::{Rule, check_rules};
pub use back::{TakeBack, capture_back, left_of_grant, take_back};
pub use burn::expire_grants;
pub use history::{Line, LineKind, statement};

/// Where spent credits go, and where bought ones come from.
pub const SALES: &str = "platform:sales";
/// Where bonus credits come from.
pub const BONUS: &str = "platform:bonus";
/// Where credits go whose time is over.
pub const EXPIRED: &str = "platform:expired";
/// Where credits go that an operator takes back.
pub const ADJUST: &str = "platform:adjust";
/// Where credits go whose money goes back.
pub const REFUNDS: &str = "platform:refunds";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    #[error("needs {need}, has {have}")]
    Short { need: Credits, have: Credits },
    /// It was captured or released before.
    #[error("hold {id} is not open: it is {state}")]
    NotOpen { id: HoldId, state: &'static str },
    #[error("hold {0} does not exist")]
    NoHold(HoldId),
    #[error("hold {id} is of {held}, not {asked}")]
    BeyondHold { id: HoldId, held: Credits, asked: Credits },
    #[error("wallet `{0}` is not open")]
    NoWallet(String),
    #[error("no credits are moved by `{0}`")]
    Nothing(String),
    /// The reference or id was used before, for something else.
    #[error("`{0}` was booked before, with other content")]
    Differs(String),
    /// More would go back than is left of a payment.
    #[error("{asked} is more than the {left} that can go back")]
    BeyondPayment { left: Money, asked: Money },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a movement was made now or had been made before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    Now,
    AlreadyThere,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantKind {
    /// Given. Burns first.
    Bonus,
    /// Paid for.
    Bought,
}

impl GrantKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bonus => "bonus",
            Self::Bought => "bought",
        }
    }
}

/// Credits that come into a wallet.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// What they are for, such as `payment:METHOD:ID`: a repeat finds itself by it.
    pub reference: &'a str,
    pub wallet: &'a str,
    pub credits: Credits,
    pub kind: GrantKind,
    pub reason: &'a str,
    /// Who did it: an operator, a role, the program itself.
    pub actor: &'a str,
    /// The id of what led to it.
    pub cause: Option<&'a str>,
    pub expires_at: Option<Millis>,
}

/// Credits that an operator takes out of a wallet.
#[derive(Clone, Copy, Debug)]
pub struct Take<'a> {
    pub reference: &'a str,
    pub wallet: &'a str,
    pub credits: Credits,
    pub reason: &'a str,
    pub actor: &'a str,
    pub cause: Option<&'a str>,
}

/// A wallet's counters. What can be spent is the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub posted: Credits,
    pub held: Credits,
}

/// How a hold was closed by a capture: the two add up to what was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Captured {
    pub charged: Credits,
    pub returned: Credits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub id: HoldId,
    pub wallet: String,
    pub credits: Credits,
    pub state: HoldState,
    pub cause: String,
    pub opened_at: Millis,
    pub closed_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldState {
    Open,
    /// With how much was charged.
    Captured(Credits),
    Released,
}

impl HoldState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Captured(_) => "captured",
            Self::Released => "released",
        }
    }
}

/// What a transfer says beside its amount.
struct Entry<'a> {
    reference: &'a str,
    payer: &'a str,
    payee: &'a str,
    wallet: &'a str,
    credits: Credits,
    kind: &'a str,
    reason: &'a str,
    actor: &'a str,
    cause: Option<&'a str>,
}

/// Opens a wallet with nothing in it. Harmless if it is open.
pub fn open_wallet(tx: &mut Tx, wallet: &str, now: Millis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO accounts (id, posted, held, lines, opened_at) VALUES ($1, 0, 0, 0, $2)
         ON CONFLICT (id) DO NOTHING",
        &[&wallet, &now],
    )
    .map(|_| ())
}

/// Puts credits into a wallet, once for a reference.
pub fn grant(tx: &mut Tx, grant: &Grant<'_>, now: Millis) -> Result<Booked, LedgerError> {
    let payer = match grant.kind {
        GrantKind::Bonus => BONUS,
        GrantKind::Bought => SALES,
    };
    let entry = Entry {
        reference: grant.reference,
        payer,
        payee: grant.wallet,
        wallet: grant.wallet,
        credits: grant.credits,
        kind: grant.kind.as_str(),
        reason: grant.reason,
        actor: grant.actor,
        cause: grant.cause,
    };
    if entry.credits.is_zero() {
        return Err(LedgerError::Nothing(entry.reference.to_owned()));
    }
    if booked(tx, &entry)? {
        return same_expiry(tx, grant);
    }
    let line = tx.first(
        "UPDATE accounts SET posted = posted + $1, lines = lines + 1 WHERE id = $2
         RETURNING lines",
        &[&grant.credits, &grant.wallet],
    )?;
    let Some(line) = line else { return Err(LedgerError::NoWallet(grant.wallet.to_owned())) };
    if !insert(tx, &entry, line.number(0)?, now)? {
        // Somebody booked the same reference between the look and the change.
        tx.execute(
            "UPDATE accounts SET posted = posted - $1, lines = lines - 1 WHERE id = $2",
            &[&grant.credits, &grant.wallet],
        )?;
        booked(tx, &entry)?;
        return same_expiry(tx, grant);
    }
    tx.execute(
        "INSERT INTO grants (reference, wallet, kind, credits, remaining, expires_at, granted_at)
         VALUES ($1, $2, $3, $4, $4, $5, $6)",
        &[
            &grant.reference,
            &grant.wallet,
            &grant.kind.as_str(),
            &grant.credits,
            &grant.expires_at,
            &now,
        ],
    )?;
    Ok(Booked::Now)
}

/// Takes credits out of a wallet, once for a reference, and never what is held.
pub fn take(tx: &mut Tx, take: &Take<'_>, now: Millis) -> Result<Booked, LedgerError> {
    let entry = Entry {
        reference: take.reference,
        payer: take.wallet,
        payee: ADJUST,
        wallet: take.wallet,
        credits: take.credits,
        kind: "taken",
        reason: take.reason,
        actor: take.actor,
        cause: take.cause,
    };
    if entry.credits.is_zero() {
        return Err(LedgerError::Nothing(entry.reference.to_owned()));
    }
    if booked(tx, &entry)? {
        return Ok(Booked::AlreadyThere);
    }
    let line = tx.first(
        "UPDATE accounts SET posted = posted - $1, lines = lines + 1
         WHERE id = $2 AND posted - held >= $1 RETURNING lines",
        &[&take.credits, &take.wallet],
    )?;
    let Some(line) = line else {
        // It may be short because the same was taken between the look and the change.
        if booked(tx, &entry)? {
            return Ok(Booked::AlreadyThere);
        }
        return Err(short(tx, take.wallet, take.credits)?);
    };
    if !insert(tx, &entry, line.number(0)?, now)? {
        tx.execute(
            "UPDATE accounts SET posted = posted + $1, lines = lines - 1 WHERE id = $2",
            &[&take.credits, &take.wallet],
        )?;
        booked(tx, &entry)?;
        return Ok(Booked::AlreadyThere);
    }
    burn::burn(tx, take.wallet, take.credits)?;
    Ok(Booked::Now)
}

/// Sets credits aside for `cause`. They are spent by [`capture`] or given back by [`release`].
/// Holding the same again is harmless as long as it is open. Zero credits can be held: work that
/// costs nothing leaves the same records.
pub fn hold(
    tx: &mut Tx,
    id: &HoldId,
    wallet: &str,
    credits: Credits,
    cause: &str,
    now: Millis,
) -> Result<(), LedgerError> {
    let taken = tx.execute(
        "UPDATE accounts SET held = held + $1 WHERE id = $2 AND posted - held >= $1",
        &[&credits, &wallet],
    )?;
    if taken == 1 {
        let is_new = tx.execute(
            "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at)
             VALUES ($1, $2, $3, 'open', 0, $4, $5) ON CONFLICT (id) DO NOTHING",
            &[id, &wallet, &credits, &cause, &now],
        )?;
        if is_new == 1 {
            return Ok(());
        }
        tx.execute("UPDATE accounts SET held = held - $1 WHERE id = $2", &[&credits, &wallet])?;
    }
    match hold_state(tx, id)? {
        Some(it) if it.wallet != wallet || it.credits != credits || it.cause != cause => {
            Err(LedgerError::Differs(id.as_str().to_owned()))
        }
        Some(Hold { state: HoldState::Open, .. }) => Ok(()),
        Some(it) => Err(LedgerError::NotOpen { id: id.clone(), state: it.state.name() }),
        None => Err(short(tx, wallet, credits)?),
    }
}

/// Spends `amount` of what is held; the rest goes back in the same movement.
pub fn capture(
    tx: &mut Tx,
    id: &HoldId,
    amount: Credits,
    now: Millis,
) -> Result<Captured, LedgerError> {
    let spent = Use { payee: SALES, kind: "spent", reason: "work delivered", grants: &[] };
    close(tx, id, amount, &spent, now)
}

/// What captured credits are for.
struct Use<'a> {
    payee: &'a str,
    kind: &'a str,
    reason: &'a str,
    /// Of which grants so many are used up first.
    grants: &'a [(&'a str, Credits)],
}

fn close(
    tx: &mut Tx,
    id: &HoldId,
    amount: Credits,
    used: &Use<'_>,
    now: Millis,
) -> Result<Captured, LedgerError> {
    let closed = tx.first(
        "UPDATE holds SET state = 'captured', captured = $1, closed_at = $2
         WHERE id = $3 AND state = 'open' AND credits >= $1
         RETURNING wallet, credits, cause",
        &[&amount, &now, id],
    )?;
    let Some(closed) = closed else { return Err(why_not(tx, id, amount)?) };
    let (wallet, held) = (closed.text("wallet")?, closed.credits("credits")?);
    let captured = Captured { charged: amount, returned: held.less(amount) };
    if amount.is_zero() {
        give_back(tx, &wallet, held)?;
        return Ok(captured);
    }
    let line = tx.one(
        "UPDATE accounts SET posted = posted - $1, held = held - $2, lines = lines + 1
         WHERE id = $3 RETURNING lines",
        &[&amount, &held, &wallet],
    )?;
    let cause = closed.text("cause")?;
    let entry = Entry {
        reference: &format!("capture:{id}"),
        payer: &wallet,
        payee: used.payee,
        wallet: &wallet,
        credits: amount,
        kind: used.kind,
        reason: used.reason,
        actor: "system",
        cause: Some(&cause),
    };
    if !insert(tx, &entry, line.number(0)?, now)? {
        return Err(LedgerError::Differs(entry.reference.to_owned()));
    }
    burn::burn_first(tx, &wallet, used.grants, amount)?;
    Ok(captured)
}

/// Gives back what is held, and says how much that is.
pub fn release(tx: &mut Tx, id: &HoldId, now: Millis) -> Result<Credits, LedgerError> {
    let closed = tx.first(
        "UPDATE holds SET state = 'released', closed_at = $1 WHERE id = $2 AND state = 'open'
         RETURNING wallet, credits",
        &[&now, id],
    )?;
    let Some(closed) = closed else { return Err(why_not(tx, id, Credits::ZERO)?) };
    let held = closed.credits("credits")?;
    give_back(tx, &closed.text("wallet")?, held)?;
    Ok(held)
}

pub fn hold_state(tx: &mut Tx, id: &HoldId) -> Result<Option<Hold>, StoreError> {
    let row = tx.first(
        "SELECT id, wallet, credits, state, captured, cause, opened_at, closed_at
         FROM holds WHERE id = $1",
        &[id],
    )?;
    row.map(|it| hold_of(&it)).transpose()
}

/// A wallet's counters; `None` when it isn't open.
pub fn balance(tx: &mut Tx, wallet: &str) -> Result<Option<Balance>, StoreError> {
    let row = tx.first("SELECT posted, held FROM accounts WHERE id = $1", &[&wallet])?;
    row.map(|it| Ok(Balance { posted: it.credits(0)?, held: it.credits(1)? })).transpose()
}

/// What can be spent. A wallet that isn't open has nothing.
pub fn available(tx: &mut Tx, wallet: &str) -> Result<Credits, StoreError> {
    Ok(balance(tx, wallet)?.map_or(Credits::ZERO, |it| it.posted.less(it.held)))
}

/// The balance of a platform account: a sum over all of its transfers, so not for every day.
pub fn platform(tx: &mut Tx, account: &str) -> Result<i64, StoreError> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(CASE WHEN payee = $1 THEN credits ELSE 0 - credits END), 0)
                AS BIGINT)
         FROM transfers WHERE payee = $1 OR payer = $1",
        &[&account],
    )?
    .number(0)
}

fn hold_of(row: &Row) -> Result<Hold, StoreError> {
    let captured = row.credits("captured")?;
    Ok(Hold {
        id: row.id("id")?,
        wallet: row.text("wallet")?,
        credits: row.credits("credits")?,
        state: row.word("state", |it| match it {
            "open" => Some(HoldState::Open),
            "captured" => Some(HoldState::Captured(captured)),
            "released" => Some(HoldState::Released),
            _ => None,
        })?,
        cause: row.text("cause")?,
        opened_at: row.millis("opened_at")?,
        closed_at: row.maybe_millis("closed_at")?,
    })
}

fn give_back(tx: &mut Tx, wallet: &str, held: Credits) -> Result<(), StoreError> {
    tx.execute("UPDATE accounts SET held = held - $1 WHERE id = $2", &[&held, &wallet]).map(|_| ())
}

/// False when the reference is taken.
fn insert(tx: &mut Tx, entry: &Entry<'_>, line: i64, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO transfers
            (reference, payer, payee, wallet, line, credits, kind, reason, actor, cause, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (reference) DO NOTHING",
        &[
            &entry.reference,
            &entry.payer,
            &entry.payee,
            &entry.wallet,
            &line,
            &entry.credits,
            &entry.kind,
            &entry.reason,
            &entry.actor,
            &entry.cause,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// Whether this very movement was made before; an error if another one has its reference.
fn booked(tx: &mut Tx, entry: &Entry<'_>) -> Result<bool, LedgerError> {
    let found = tx.first(
        "SELECT payer, payee, credits, kind, reason, cause FROM transfers WHERE reference = $1",
        &[&entry.reference],
    )?;
    let Some(found) = found else { return Ok(false) };
    let is_same = found.text("payer")? == entry.payer
        && found.text("payee")? == entry.payee
        && found.credits("credits")? == entry.credits
        && found.text("kind")? == entry.kind
        && found.text("reason")? == entry.reason
        && found.maybe_text("cause")?.as_deref() == entry.cause;
    if is_same { Ok(true) } else { Err(LedgerError::Differs(entry.reference.to_owned())) }
}

/// A repeated grant must have the same expiry, too.
fn same_expiry(tx: &mut Tx, grant: &Grant<'_>) -> Result<Booked, LedgerError> {
    let found =
        tx.first("SELECT expires_at FROM grants WHERE reference = $1", &[&grant.reference])?;
    match found {
        Some(it) if it.maybe_millis(0)? == grant.expires_at => Ok(Booked::AlreadyThere),
        _ => Err(LedgerError::Differs(grant.reference.to_owned())),
    }
}

fn short(tx: &mut Tx, wallet: &str, need: Credits) -> Result<LedgerError, StoreError> {
    Ok(match balance(tx, wallet)? {
        Some(it) => LedgerError::Short { need, have: it.posted.less(it.held) },
        None => LedgerError::NoWallet(wallet.to_owned()),
    })
}

/// Why a hold couldn't be closed.
fn why_not(tx: &mut Tx, id: &HoldId, asked: Credits) -> Result<LedgerError, StoreError> {
    Ok(match hold_state(tx, id)? {
        None => LedgerError::NoHold(id.clone()),
        Some(it) if it.state == HoldState::Open => {
            LedgerError::BeyondHold { id: id.clone(), held: it.credits, asked }
        }
        Some(it) => LedgerError::NotOpen { id: id.clone(), state: it.state.name() },
    })
}
