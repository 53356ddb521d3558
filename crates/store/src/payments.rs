//! Payments: money that has come, each under its id at whoever took it, and what was given for it.

use domain::{BotId, Credits, Millis, Money, OrderId, PaymentId, UserId};

use crate::ledger::{self, Grant, GrantKind, LedgerError};
use crate::orders::money;
use crate::{Row, StoreError, Tx};

/// The columns that [`payment_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, gateway, their_id, bot_id, order_id, user_id, payer, minor, currency,
                    credits, bonus, state, refunded, owed, why_parked, paid_at, created_at
             FROM payments ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub gateway: String,
    /// Its id at the gateway.
    pub their_id: String,
    pub bot: BotId,
    pub order: Option<OrderId>,
    pub user: Option<UserId>,
    /// The Telegram id of who has paid.
    pub payer: Option<i64>,
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    pub state: PaymentState,
    pub refunded: Money,
    /// Credits that should have come back and were spent.
    pub owed: Credits,
    pub why_parked: Option<String>,
    pub paid_at: Millis,
    pub created_at: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    Credited,
    /// It is ours and fits no order: a person decides.
    Parked,
    /// All of it went back.
    Refunded,
}

impl PaymentState {
    fn from_text(text: &str) -> Option<Self> {
        match text {
            "credited" => Some(Self::Credited),
            "parked" => Some(Self::Parked),
            "refunded" => Some(Self::Refunded),
            _ => None,
        }
    }
}

impl Payment {
    /// By which transfer its bought credits came.
    pub fn grant(&self) -> String {
        format!("payment:{}:{}", self.gateway, self.their_id)
    }

    /// Credits of this payment, by the transfers by which they came: those on top have their part
    /// in whatever goes back, rounded down.
    pub fn parts(&self, credits: Credits) -> [(String, Credits); 2] {
        let whole = (self.credits.as_i64() + self.bonus.as_i64()).max(1);
        let on_top = i128::from(credits.as_i64()) * i128::from(self.bonus.as_i64());
        let on_top = i64::try_from(on_top / i128::from(whole)).unwrap_or_default();
        let on_top = Credits::new(on_top).unwrap_or_default();
        [(self.grant(), credits.less(on_top)), (self.bonus_grant(), on_top)]
    }

    /// By which transfer those on top came.
    pub fn bonus_grant(&self) -> String {
        format!("payment-bonus:{}:{}", self.gateway, self.their_id)
    }
}

/// Money as it came.
#[derive(Clone, Copy, Debug)]
pub struct Came<'a> {
    /// Used if it isn't known yet.
    pub id: &'a PaymentId,
    pub gateway: &'a str,
    pub their_id: &'a str,
    pub bot: &'a BotId,
    pub payer: Option<i64>,
    pub money: Money,
    pub paid_at: Millis,
}

/// What is given for it.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub order: &'a OrderId,
    pub user: &'a UserId,
    pub wallet: &'a str,
    pub credits: Credits,
    pub bonus: Credits,
}

/// Books money that came for an order, and gives its credits, once for a gateway's id. False: it
/// was booked or parked before, and nothing is given.
pub fn credit(
    tx: &mut Tx,
    came: &Came<'_>,
    given: &Given<'_>,
    now: Millis,
) -> Result<bool, LedgerError> {
    let added = tx.execute(
        "INSERT INTO payments (id, gateway, their_id, bot_id, order_id, user_id, payer, minor,
                               currency, credits, bonus, state, refunded, owed, paid_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'credited', 0, 0, $12, $13)
         ON CONFLICT (gateway, their_id) DO NOTHING",
        &[
            came.id,
            &came.gateway,
            &came.their_id,
            came.bot,
            given.order,
            given.user,
            &came.payer,
            &came.money.minor(),
            &came.money.currency,
            &given.credits,
            &given.bonus,
            &came.paid_at,
            &now,
        ],
    )?;
    if added == 1 {
        give(tx, came.gateway, came.their_id, came.id, given, now)?;
    }
    Ok(added == 1)
}

fn give(
    tx: &mut Tx,
    gateway: &str,
    their_id: &str,
    payment: &PaymentId,
    given: &Given<'_>,
    now: Millis,
) -> Result<(), LedgerError> {
    ledger::open_wallet(tx, given.wallet, now)?;
    let parts = [
        (format!("payment:{gateway}:{their_id}"), given.credits, GrantKind::Bought, "bought"),
        (
            format!("payment-bonus:{gateway}:{their_id}"),
            given.bonus,
            GrantKind::Bonus,
            "on top of a payment",
        ),
    ];
    for (reference, credits, kind, reason) in parts {
        if credits.is_zero() {
            continue;
        }
        let grant = Grant {
            reference: &reference,
            wallet: given.wallet,
            credits,
            kind,
            reason,
            actor: gateway,
            cause: Some(payment.as_str()),
            expires_at: None,
        };
        ledger::grant(tx, &grant, now)?;
    }
    Ok(())
}

/// Keeps money that fits no order, until a person has looked. False: it was booked before.
pub fn park(
    tx: &mut Tx,
    came: &Came<'_>,
    order: Option<&OrderId>,
    user: Option<&UserId>,
    why: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO payments (id, gateway, their_id, bot_id, order_id, user_id, payer, minor,
                               currency, credits, bonus, state, refunded, owed, why_parked, paid_at,
                               created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, 'parked', 0, 0, $10, $11, $12)
         ON CONFLICT (gateway, their_id) DO NOTHING",
        &[
            came.id,
            &came.gateway,
            &came.their_id,
            came.bot,
            &order,
            &user,
            &came.payer,
            &came.money.minor(),
            &came.money.currency,
            &why,
            &came.paid_at,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// A person has looked at parked money: it is given to this customer after all. False: it isn't
/// parked, or goes back.
pub fn unpark(
    tx: &mut Tx,
    payment: &Payment,
    given: &Given<'_>,
    now: Millis,
) -> Result<bool, LedgerError> {
    lock(tx, &payment.id)?;
    let changed = tx.execute(
        "UPDATE payments SET state = 'credited', order_id = $1, user_id = $2, credits = $3,
                bonus = $4
         WHERE id = $5 AND state = 'parked' AND refunded = 0
           AND NOT EXISTS (SELECT 1 FROM refunds
                           WHERE refunds.payment_id = payments.id AND refunds.ended_at IS NULL)",
        &[given.order, given.user, &given.credits, &given.bonus, &payment.id],
    )?;
    if changed == 1 {
        give(tx, &payment.gateway, &payment.their_id, &payment.id, given, now)?;
    }
    Ok(changed == 1)
}

/// Keeps others off a payment until the decision ends, and says what it is from now on: what was
/// read before may have changed since.
pub(crate) fn lock(tx: &mut Tx, id: &PaymentId) -> Result<Payment, StoreError> {
    tx.execute("UPDATE payments SET refunded = refunded WHERE id = $1", &[id])?;
    payment_of(&tx.one(select!("WHERE id = $1"), &[id])?)
}

pub fn get_for_job(tx: &mut Tx, id: &PaymentId) -> Result<Option<Payment>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(payment_of).transpose()
}

pub fn by_their_id_for_job(
    tx: &mut Tx,
    gateway: &str,
    their_id: &str,
) -> Result<Option<Payment>, StoreError> {
    let row = tx.first(select!("WHERE gateway = $1 AND their_id = $2"), &[&gateway, &their_id])?;
    row.as_ref().map(payment_of).transpose()
}

/// The latest first.
pub fn list(tx: &mut Tx, user: &UserId, limit: u32) -> Result<Vec<Payment>, StoreError> {
    let rows = tx.query(
        select!("WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"),
        &[user, &limit],
    )?;
    rows.iter().map(payment_of).collect()
}

/// A user's own payment.
pub fn of(tx: &mut Tx, user: &UserId, id: &PaymentId) -> Result<Option<Payment>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(payment_of).transpose()
}

/// A page of a user's payments, the latest first: those with an id before `before`.
pub fn page(
    tx: &mut Tx,
    user: &UserId,
    before: Option<&PaymentId>,
    limit: u32,
) -> Result<Vec<Payment>, StoreError> {
    let rows = tx.query(
        select!("WHERE user_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        &[user, &before.map_or("", PaymentId::as_str), &limit],
    )?;
    rows.iter().map(payment_of).collect()
}

pub fn of_order(tx: &mut Tx, order: &OrderId) -> Result<Vec<Payment>, StoreError> {
    let rows = tx.query(select!("WHERE order_id = $1 ORDER BY created_at, id"), &[order])?;
    rows.iter().map(payment_of).collect()
}

/// Those that came in a span, by the gateway's own time, for the comparison with its list.
pub fn between(
    tx: &mut Tx,
    gateway: &str,
    from: Millis,
    to: Millis,
) -> Result<Vec<Payment>, StoreError> {
    let rows = tx.query(
        select!("WHERE gateway = $1 AND $2 <= paid_at AND paid_at < $3 ORDER BY paid_at, id"),
        &[&gateway, &from, &to],
    )?;
    rows.iter().map(payment_of).collect()
}

/// So much more of it went back, and so many credits could not be taken for it.
pub fn went_back(
    tx: &mut Tx,
    id: &PaymentId,
    money: Money,
    owed: Credits,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE payments SET refunded = refunded + $1, owed = owed + $2,
                state = CASE WHEN minor <= refunded + $1 AND state = 'credited' THEN 'refunded'
                             ELSE state END
         WHERE id = $3 AND currency = $4",
        &[&money.minor(), &owed, id, &money.currency],
    )
    .map(|_| ())
}

/// Drops who has paid: without it Stars can't be given back any more.
pub fn forget(tx: &mut Tx, user: &UserId) -> Result<u64, StoreError> {
    tx.execute("UPDATE payments SET payer = NULL WHERE user_id = $1", &[user])
}

fn payment_of(row: &Row) -> Result<Payment, StoreError> {
    Ok(Payment {
        id: row.id("id")?,
        gateway: row.text("gateway")?,
        their_id: row.text("their_id")?,
        bot: row.id("bot_id")?,
        order: row.maybe_id("order_id")?,
        user: row.maybe_id("user_id")?,
        payer: row.maybe_number("payer")?,
        money: money(row, "minor")?,
        credits: row.credits("credits")?,
        bonus: row.credits("bonus")?,
        state: row.word("state", PaymentState::from_text)?,
        refunded: money(row, "refunded")?,
        owed: row.credits("owed")?,
        why_parked: row.maybe_text("why_parked")?,
        paid_at: row.millis("paid_at")?,
        created_at: row.millis("created_at")?,
    })
}
