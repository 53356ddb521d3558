//! Orders: wishes to buy a pack, from the press to the money.

use domain::catalog::Offer;
use domain::{
    BotId, Credits, Currency, Declined, Method, Millis, Money, OrderId, SubscriptionId, UserId,
};

use crate::{Row, StoreError, Tx};

/// The columns that [`order_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, pack, method, gateway, minor, currency, credits, bonus,
                    promo, subscription_id, is_renewal, state, idempotence_key, asked_at, payment,
                    link, declined, looks, resume, created_at, expires_at, ended_at
             FROM orders ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub user: UserId,
    pub bot: BotId,
    pub pack: String,
    pub method: Method,
    /// Who takes the money: [`STARS`], or the name of a payment system.
    pub gateway: String,
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    pub promo: Option<String>,
    pub subscription: Option<SubscriptionId>,
    pub is_renewal: bool,
    pub state: OrderState,
    pub idempotence_key: String,
    pub asked_at: Option<Millis>,
    pub payment: Option<String>,
    pub link: Option<String>,
    pub declined: Option<Declined>,
    pub looks: u32,
    pub resume: Option<String>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub ended_at: Option<Millis>,
}

/// How long a page of payment may be paid on, whatever became of its order here.
const PAGE_LASTS: Millis = Millis(2 * 3_600_000);

/// The gateway of Telegram Stars.
pub const STARS: &str = "stars";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderState {
    Open,
    Paid,
    Declined,
    Expired,
    Refunded,
}

impl OrderState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Refunded => "refunded",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Declined, Self::Expired, Self::Refunded]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewOrder<'a> {
    pub id: &'a OrderId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub method: Method,
    pub gateway: &'a str,
    pub offer: &'a Offer,
    pub subscription: Option<&'a SubscriptionId>,
    pub is_renewal: bool,
    pub resume: Option<&'a str>,
    pub expires_at: Millis,
}

/// Writes an order down, with the key under which its payment will be made: the order's own id, as
/// an order is tried once. False: it is there.
pub fn insert(tx: &mut Tx, order: &NewOrder<'_>, now: Millis) -> Result<bool, StoreError> {
    let offer = order.offer;
    let added = tx.execute(
        "INSERT INTO orders (id, user_id, bot_id, pack, method, gateway, minor, currency, credits,
                             bonus, promo, subscription_id, is_renewal, state, idempotence_key,
                             looks, resume, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open', $1, 0, $14, $15,
                 $16) ON CONFLICT (id) DO NOTHING",
        &[
            order.id,
            order.user,
            order.bot,
            &offer.pack,
            &order.method,
            &order.gateway,
            &offer.money.minor(),
            &offer.money.currency,
            &offer.credits,
            &offer.bonus,
            &offer.promo,
            &order.subscription,
            &order.is_renewal,
            &order.resume,
            &now,
            &order.expires_at,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own order.
pub fn of(tx: &mut Tx, user: &UserId, id: &OrderId) -> Result<Option<Order>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(order_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &OrderId) -> Result<Option<Order>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(order_of).transpose()
}

/// The order that a payment system has a payment for.
pub fn by_payment_for_job(
    tx: &mut Tx,
    gateway: &str,
    payment: &str,
) -> Result<Option<Order>, StoreError> {
    let row = tx.first(
        select!("WHERE gateway = $1 AND payment = $2 ORDER BY created_at LIMIT 1"),
        &[&gateway, &payment],
    )?;
    row.as_ref().map(order_of).transpose()
}

/// The open order for the same thing, so that ten presses make one.
pub fn open_like(
    tx: &mut Tx,
    user: &UserId,
    method: Method,
    offer: &Offer,
    now: Millis,
) -> Result<Option<Order>, StoreError> {
    let row = tx.first(
        select!(
            "WHERE user_id = $1 AND method = $2 AND pack = $3 AND minor = $4 AND currency = $5
               AND credits = $6 AND bonus = $7 AND state = 'open' AND is_renewal = 0
               AND $8 < expires_at
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ),
        &[
            user,
            &method,
            &offer.pack,
            &offer.money.minor(),
            &offer.money.currency,
            &offer.credits,
            &offer.bonus,
            &now,
        ],
    )?;
    row.as_ref().map(order_of).transpose()
}

/// Whether a promo code is in an order that may still be paid: one that is open, or was given up
/// with its page of payment out there.
pub fn has_open_promo(
    tx: &mut Tx,
    user: &UserId,
    code: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM orders
         WHERE user_id = $1 AND promo = $2
           AND (state = 'open' AND $3 < expires_at
                OR state IN ('open', 'expired') AND link IS NOT NULL AND $4 < created_at)
         LIMIT 1",
        &[user, &code, &now, &Millis(now.as_i64() - PAGE_LASTS.as_i64())],
    )?;
    Ok(row.is_some())
}

/// Where the chat goes back to once this order is paid: it may be taken up from another place.
pub fn resume_at(tx: &mut Tx, id: &OrderId, resume: Option<&str>) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET resume = $1 WHERE id = $2", &[&resume, id]).map(|_| ())
}

/// How many are open, and haven't run out.
pub fn count_open(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM orders WHERE user_id = $1 AND state = 'open' AND $2 < expires_at",
        &[user, &now],
    )?
    .count(0)
}

/// Whether a charge for a plan is under way.
pub fn has_open_renewal(tx: &mut Tx, plan: &SubscriptionId) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM orders WHERE subscription_id = $1 AND is_renewal = 1 AND state = 'open'
         LIMIT 1",
        &[plan],
    )?;
    Ok(row.is_some())
}

/// Charges for plans that were begun before a moment and of which nobody has heard since.
pub fn unheard_renewals(
    tx: &mut Tx,
    gateway: &str,
    before: Millis,
    limit: u32,
) -> Result<Vec<Order>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE state = 'open' AND is_renewal = 1 AND gateway = $1 AND asked_at < $2
             ORDER BY created_at, id LIMIT $3"
        ),
        &[&gateway, &before, &limit],
    )?;
    rows.iter().map(order_of).collect()
}

/// The latest first, for the support and for `explain`.
pub fn list(tx: &mut Tx, user: &UserId, limit: u32) -> Result<Vec<Order>, StoreError> {
    let rows = tx.query(
        select!("WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2"),
        &[user, &limit],
    )?;
    rows.iter().map(order_of).collect()
}

/// Written before the payment system is asked for the first time.
pub fn asked(tx: &mut Tx, id: &OrderId, now: Millis) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET asked_at = $1 WHERE id = $2 AND asked_at IS NULL", &[&now, id])
        .map(|_| ())
}

/// The payment system has it under this id, to be paid here.
pub fn opened(
    tx: &mut Tx,
    id: &OrderId,
    payment: Option<&str>,
    link: Option<&str>,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE orders SET payment = COALESCE($1, payment), link = COALESCE($2, link)
         WHERE id = $3",
        &[&payment, &link, id],
    )
    .map(|_| ())
}

/// It was asked about. Says how often, this time included.
pub fn looked(tx: &mut Tx, id: &OrderId) -> Result<u32, StoreError> {
    tx.one("UPDATE orders SET looks = looks + 1 WHERE id = $1 RETURNING looks", &[id])?.count(0)
}

/// Money came for it. From any state: who pays late has paid all the same. False: it was so.
pub fn paid(tx: &mut Tx, id: &OrderId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE orders SET state = 'paid', declined = NULL, ended_at = $1
         WHERE id = $2 AND state IN ('open', 'declined', 'expired')",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

pub fn declined(tx: &mut Tx, id: &OrderId, why: Declined, now: Millis) -> Result<bool, StoreError> {
    let why = serde_json::to_string(&why).expect("a plain enum is JSON");
    let changed = tx.execute(
        "UPDATE orders SET state = 'declined', declined = $1, ended_at = $2
         WHERE id = $3 AND state = 'open'",
        &[&why, &now, id],
    )?;
    Ok(changed == 1)
}

pub fn expired(tx: &mut Tx, id: &OrderId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE orders SET state = 'expired', ended_at = $1 WHERE id = $2 AND state = 'open'",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

/// Gives up all that is open. Money that comes all the same is looked at by a person.
pub fn expire_all(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE orders SET state = 'expired', ended_at = $1
         WHERE user_id = $2 AND state = 'open'",
        &[&now, user],
    )
}

/// All of its money went back.
pub fn refunded(tx: &mut Tx, id: &OrderId) -> Result<(), StoreError> {
    tx.execute("UPDATE orders SET state = 'refunded' WHERE id = $1 AND state = 'paid'", &[id])
        .map(|_| ())
}

/// Whether this user has paid for anything that didn't go back.
pub fn has_paid(tx: &mut Tx, user: &UserId) -> Result<bool, StoreError> {
    let row =
        tx.first("SELECT 1 FROM orders WHERE user_id = $1 AND state = 'paid' LIMIT 1", &[user])?;
    Ok(row.is_some())
}

/// Whether this user has paid for anything yet, but for one order.
pub fn has_paid_before(tx: &mut Tx, user: &UserId, order: &OrderId) -> Result<bool, StoreError> {
    let row = tx.first(
        "SELECT 1 FROM orders
         WHERE user_id = $1 AND id <> $2 AND state IN ('paid', 'refunded') LIMIT 1",
        &[user, order],
    )?;
    Ok(row.is_some())
}

pub(crate) fn money(row: &Row, minor: &str) -> Result<Money, StoreError> {
    let currency = row.word("currency", Currency::from_text)?;
    Money::new(row.number(minor)?, currency)
        .ok_or_else(|| StoreError::Broken(format!("`{minor}` is no amount of money")))
}

fn order_of(row: &Row) -> Result<Order, StoreError> {
    Ok(Order {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        pack: row.text("pack")?,
        method: row.word("method", Method::from_text)?,
        gateway: row.text("gateway")?,
        money: money(row, "minor")?,
        credits: row.credits("credits")?,
        bonus: row.credits("bonus")?,
        promo: row.maybe_text("promo")?,
        subscription: row.maybe_id("subscription_id")?,
        is_renewal: row.flag("is_renewal")?,
        state: row.word("state", OrderState::from_text)?,
        idempotence_key: row.text("idempotence_key")?,
        asked_at: row.maybe_millis("asked_at")?,
        payment: row.maybe_text("payment")?,
        link: row.maybe_text("link")?,
        declined: row.maybe_json("declined")?,
        looks: row.count("looks")?,
        resume: row.maybe_text("resume")?,
        created_at: row.millis("created_at")?,
        expires_at: row.millis("expires_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
