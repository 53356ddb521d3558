//! Refunds: money that goes back, asked for by us or seen from outside, and the credits with it.

use domain::{Credits, Currency, HoldId, Millis, Money, PaymentId, RefundId, UserId};

use crate::ledger::{self, LedgerError, TakeBack};
use crate::payments::{self, Payment, PaymentState};
use crate::{Row, StoreError, Tx};

/// The columns that [`refund_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT refunds.id, refunds.payment_id, refunds.gateway, refunds.their_id,
                    refunds.minor, payments.currency, refunds.credits, refunds.hold_id,
                    refunds.state, refunds.idempotence_key, refunds.asked_at, refunds.reason,
                    refunds.actor, refunds.error, refunds.created_at, refunds.ended_at
             FROM refunds JOIN payments ON payments.id = refunds.payment_id ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    pub id: RefundId,
    pub payment: PaymentId,
    pub gateway: String,
    pub their_id: Option<String>,
    pub money: Money,
    /// What is taken for it; for one from outside, what could be taken.
    pub credits: Credits,
    /// None for one that came from outside, or that takes nothing.
    pub hold: Option<HoldId>,
    pub state: RefundState,
    pub idempotence_key: String,
    pub asked_at: Option<Millis>,
    pub reason: String,
    pub actor: String,
    pub error: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefundState {
    /// Decided here; the gateway may not know yet.
    Asked,
    /// The gateway is at it.
    Pending,
    Succeeded,
    Failed,
}

impl RefundState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Asked, Self::Pending, Self::Succeeded, Self::Failed]
            .into_iter()
            .find(|it| it.as_str() == text)
    }

    pub fn is_open(self) -> bool {
        match self {
            Self::Asked | Self::Pending => true,
            Self::Succeeded | Self::Failed => false,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewRefund<'a> {
    pub id: &'a RefundId,
    pub hold: &'a HoldId,
    pub wallet: &'a str,
    pub money: Money,
    /// What is held until the money has gone, and then taken.
    pub credits: Credits,
    pub reason: &'a str,
    pub actor: &'a str,
}

/// Decides a refund: the credits are held, and nothing is asked of anybody yet. The key under
/// which it will be asked for is its own id. All that is under way can't be more than is left.
pub fn begin(
    tx: &mut Tx,
    payment: &Payment,
    refund: &NewRefund<'_>,
    now: Millis,
) -> Result<(), LedgerError> {
    let locked = payments::lock(tx, &payment.id)?;
    same_kind(payment, &locked)?;
    let left = left_of(tx, &locked)?;
    if left.currency != refund.money.currency || left.minor() < refund.money.minor() {
        return Err(LedgerError::BeyondPayment { left, asked: refund.money });
    }
    ledger::open_wallet(tx, refund.wallet, now)?;
    ledger::hold(tx, refund.hold, refund.wallet, refund.credits, refund.id.as_str(), now)?;
    tx.execute(
        "INSERT INTO refunds (id, payment_id, gateway, minor, credits, hold_id, state,
                              idempotence_key, reason, actor, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'asked', $1, $7, $8, $9)",
        &[
            refund.id,
            &payment.id,
            &payment.gateway,
            &refund.money.minor(),
            &refund.credits,
            refund.hold,
            &refund.reason,
            &refund.actor,
            &now,
        ],
    )?;
    Ok(())
}

pub fn get_for_job(tx: &mut Tx, id: &RefundId) -> Result<Option<Refund>, StoreError> {
    tx.first(select!("WHERE refunds.id = $1"), &[id])?.as_ref().map(refund_of).transpose()
}

pub fn by_their_id_for_job(
    tx: &mut Tx,
    gateway: &str,
    their_id: &str,
) -> Result<Option<Refund>, StoreError> {
    let row = tx.first(
        select!("WHERE refunds.gateway = $1 AND refunds.their_id = $2"),
        &[&gateway, &their_id],
    )?;
    row.as_ref().map(refund_of).transpose()
}

pub fn of_payment(tx: &mut Tx, payment: &PaymentId) -> Result<Vec<Refund>, StoreError> {
    let rows = tx.query(
        select!("WHERE refunds.payment_id = $1 ORDER BY refunds.created_at, refunds.id"),
        &[payment],
    )?;
    rows.iter().map(refund_of).collect()
}

/// What is asked for and not settled yet.
pub fn under_way(tx: &mut Tx, payment: &Payment) -> Result<Money, StoreError> {
    let minor = tx
        .one(
            "SELECT CAST(COALESCE(SUM(minor), 0) AS BIGINT) FROM refunds
             WHERE payment_id = $1 AND ended_at IS NULL",
            &[&payment.id],
        )?
        .number(0)?;
    Money::new(minor, payment.money.currency)
        .ok_or_else(|| StoreError::Broken("refunds add up to no amount".to_owned()))
}

/// What can still go back: what neither has gone nor is under way.
fn left_of(tx: &mut Tx, payment: &Payment) -> Result<Money, StoreError> {
    let under_way = under_way(tx, payment)?;
    let left = payment.money.less(payment.refunded).and_then(|it| it.less(under_way));
    left.ok_or_else(|| StoreError::Broken("a payment of two currencies".to_owned()))
}

/// How many of a customer's are asked for and not settled yet.
pub fn count_open(tx: &mut Tx, user: &UserId) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM refunds JOIN payments ON payments.id = refunds.payment_id
         WHERE payments.user_id = $1 AND refunds.ended_at IS NULL",
        &[user],
    )?
    .count(0)
}

/// Written before the gateway is asked for the first time.
pub fn asked(tx: &mut Tx, id: &RefundId, now: Millis) -> Result<(), StoreError> {
    tx.execute("UPDATE refunds SET asked_at = $1 WHERE id = $2 AND asked_at IS NULL", &[&now, id])
        .map(|_| ())
}

/// The gateway has it under this id. False: another refund has that id, or it has ended.
pub fn taken_up(tx: &mut Tx, id: &RefundId, their_id: &str) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE refunds SET state = 'pending', their_id = $1
         WHERE id = $2 AND state IN ('asked', 'pending')
           AND NOT EXISTS (SELECT 1 FROM refunds AS other
                           WHERE other.gateway = refunds.gateway AND other.their_id = $1
                             AND other.id <> refunds.id)",
        &[&their_id, id],
    )?;
    Ok(changed == 1)
}

/// The money has gone back: the credits that were held are taken, those of this payment first.
/// False: it had ended before.
pub fn succeeded(
    tx: &mut Tx,
    refund: &Refund,
    payment: &Payment,
    their_id: &str,
    now: Millis,
) -> Result<bool, LedgerError> {
    let changed = tx.execute(
        "UPDATE refunds SET state = 'succeeded', their_id = COALESCE(their_id, $1), ended_at = $2
         WHERE id = $3 AND state IN ('asked', 'pending')",
        &[&their_id, &now, &refund.id],
    )?;
    if changed == 0 {
        return Ok(false);
    }
    payments::went_back(tx, &payment.id, refund.money, Credits::ZERO)?;
    if let Some(hold) = &refund.hold {
        let [(bought, of_bought), (on_top, of_top)] = payment.parts(refund.credits);
        let grants = [(bought.as_str(), of_bought), (on_top.as_str(), of_top)];
        ledger::capture_back(tx, hold, refund.credits, &grants, now)?;
    }
    Ok(true)
}

/// The money stays, and what was held for it goes back. False: it had ended before.
pub fn failed(tx: &mut Tx, refund: &Refund, error: &str, now: Millis) -> Result<bool, LedgerError> {
    let changed = tx.execute(
        "UPDATE refunds SET state = 'failed', error = $1, ended_at = $2
         WHERE id = $3 AND state IN ('asked', 'pending')",
        &[&error, &now, &refund.id],
    )?;
    if changed == 1
        && let Some(hold) = &refund.hold
    {
        ledger::release(tx, hold, now)?;
    }
    Ok(changed == 1)
}

/// Money that went back without us: by the bank, by Telegram, by hand in the shop's own pages.
#[derive(Clone, Copy, Debug)]
pub struct FromOutside<'a> {
    pub id: &'a RefundId,
    pub their_id: &'a str,
    pub money: Money,
    /// Out of which wallet its credits are taken; none when the payment was never credited.
    pub wallet: Option<&'a str>,
    /// As many as there should be.
    pub credits: Credits,
}

/// What it did to the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    pub taken: Credits,
    /// Should have been taken too, and was spent.
    pub owed: Credits,
}

/// Books it once for the gateway's id; `None`: it was booked before.
pub fn from_outside(
    tx: &mut Tx,
    payment: &Payment,
    refund: &FromOutside<'_>,
    now: Millis,
) -> Result<Option<Taken>, LedgerError> {
    let added = tx.execute(
        "INSERT INTO refunds (id, payment_id, gateway, their_id, minor, credits, state,
                              idempotence_key, reason, actor, created_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, 0, 'succeeded', $1, 'from outside', $3, $6, $6)
         ON CONFLICT DO NOTHING",
        &[refund.id, &payment.id, &payment.gateway, &refund.their_id, &refund.money.minor(), &now],
    )?;
    if added == 0 {
        return Ok(None);
    }
    same_kind(payment, &payments::lock(tx, &payment.id)?)?;
    let mut taken = Credits::ZERO;
    if let Some(wallet) = refund.wallet
        && !refund.credits.is_zero()
    {
        let [(bought, of_bought), (on_top, of_top)] = payment.parts(refund.credits);
        let take = TakeBack {
            reference: &format!("refund:{}", refund.id),
            wallet,
            credits: refund.credits,
            grants: &[(&bought, of_bought), (&on_top, of_top)],
            reason: "refund from outside",
            actor: &payment.gateway,
            cause: refund.id.as_str(),
        };
        taken = ledger::take_back(tx, &take, now)?;
        tx.execute("UPDATE refunds SET credits = $1 WHERE id = $2", &[&taken, refund.id])?;
    }
    let owed = refund.credits.less(taken);
    payments::went_back(tx, &payment.id, refund.money, owed)?;
    Ok(Some(Taken { taken, owed }))
}

/// A payment that was parked when it was read may have been credited since, and then other credits
/// are to go back: the decision is to be made again.
fn same_kind(read: &Payment, locked: &Payment) -> Result<(), StoreError> {
    let is_parked = |it: &Payment| it.state == PaymentState::Parked;
    if is_parked(read) == is_parked(locked) { Ok(()) } else { Err(StoreError::Contended(1)) }
}

fn refund_of(row: &Row) -> Result<Refund, StoreError> {
    let currency = row.word("currency", Currency::from_text)?;
    Ok(Refund {
        id: row.id("id")?,
        payment: row.id("payment_id")?,
        gateway: row.text("gateway")?,
        their_id: row.maybe_text("their_id")?,
        money: Money::new(row.number("minor")?, currency)
            .ok_or_else(|| StoreError::Broken("a refund of no amount".to_owned()))?,
        credits: row.credits("credits")?,
        hold: row.maybe_id("hold_id")?,
        state: row.word("state", RefundState::from_text)?,
        idempotence_key: row.text("idempotence_key")?,
        asked_at: row.maybe_millis("asked_at")?,
        reason: row.text("reason")?,
        actor: row.text("actor")?,
        error: row.maybe_text("error")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
