//! Subscriptions: plans that people have taken, and when each is to be looked at next.

use domain::catalog::Offer;
use domain::{BotId, Credits, Method, Millis, Money, SubscriptionId, UserId};

use crate::orders::money;
use crate::{Row, StoreError, Tx};

/// The columns that [`subscription_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, pack, method, minor, currency, credits, bonus,
                    period_days, state, until, next_at, tries, saved_method, saved_title, charge_id,
                    ended_why, created_at, ended_at
             FROM subscriptions ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub id: SubscriptionId,
    pub user: UserId,
    pub bot: BotId,
    pub pack: String,
    pub method: Method,
    /// What a period costs and gives, as it was agreed to.
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    pub period_days: u32,
    pub state: SubscriptionState,
    /// Until when it is paid for.
    pub until: Option<Millis>,
    pub next_at: Option<Millis>,
    /// How often the charge for the next period was tried.
    pub tries: u32,
    pub saved_method: Option<String>,
    pub saved_title: Option<String>,
    /// The latest charge by Stars.
    pub charge_id: Option<String>,
    pub ended_why: Option<String>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Its first period isn't paid for.
    New,
    Active,
    /// It isn't renewed any more, and lasts until its end.
    Stopping,
    /// A charge has failed, and is tried again.
    Unpaid,
    Ended,
}

impl SubscriptionState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::Stopping => "stopping",
            Self::Unpaid => "unpaid",
            Self::Ended => "ended",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        [Self::New, Self::Active, Self::Stopping, Self::Unpaid, Self::Ended]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct NewSubscription<'a> {
    pub id: &'a SubscriptionId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub method: Method,
    pub offer: &'a Offer,
    pub period_days: u32,
}

pub fn insert(tx: &mut Tx, new: &NewSubscription<'_>, now: Millis) -> Result<(), StoreError> {
    let offer = new.offer;
    tx.execute(
        "INSERT INTO subscriptions (id, user_id, bot_id, pack, method, minor, currency, credits,
                                    bonus, period_days, state, tries, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', 0, $11)",
        &[
            new.id,
            new.user,
            new.bot,
            &offer.pack,
            &new.method,
            &offer.money.minor(),
            &offer.money.currency,
            &offer.credits,
            &offer.bonus,
            &new.period_days,
            &now,
        ],
    )
    .map(|_| ())
}

pub fn of(
    tx: &mut Tx,
    user: &UserId,
    id: &SubscriptionId,
) -> Result<Option<Subscription>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(subscription_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &SubscriptionId) -> Result<Option<Subscription>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(subscription_of).transpose()
}

/// The plan that a user has now.
pub fn current(tx: &mut Tx, user: &UserId) -> Result<Option<Subscription>, StoreError> {
    let row = tx.first(
        select!("WHERE user_id = $1 AND state IN ('active', 'stopping', 'unpaid')"),
        &[user],
    )?;
    row.as_ref().map(subscription_of).transpose()
}

/// The latest first, with those that have ended.
pub fn list(tx: &mut Tx, user: &UserId) -> Result<Vec<Subscription>, StoreError> {
    let rows =
        tx.query(select!("WHERE user_id = $1 ORDER BY created_at DESC, id DESC"), &[user])?;
    rows.iter().map(subscription_of).collect()
}

/// Those to be looked at, longest due first.
pub fn due(tx: &mut Tx, now: Millis, limit: u32) -> Result<Vec<Subscription>, StoreError> {
    let rows = tx.query(
        select!(
            "WHERE next_at <= $1 AND state IN ('active', 'stopping', 'unpaid')
             ORDER BY next_at, id LIMIT $2"
        ),
        &[&now, &limit],
    )?;
    rows.iter().map(subscription_of).collect()
}

/// A period is paid for, until a moment; one that had ended runs again. False: the user has
/// another plan.
pub fn paid_until(
    tx: &mut Tx,
    id: &SubscriptionId,
    until: Millis,
    next_at: Option<Millis>,
) -> Result<bool, StoreError> {
    // Of two plans that are paid for at once the later one waits here, and then sees the other.
    tx.execute(
        "UPDATE users SET state = state
         WHERE id = (SELECT user_id FROM subscriptions WHERE id = $1)",
        &[id],
    )?;
    let changed = tx.execute(
        "UPDATE subscriptions SET until = $1, next_at = $2, tries = 0, ended_at = NULL,
                ended_why = NULL,
                state = CASE WHEN state = 'stopping' THEN 'stopping' ELSE 'active' END
         WHERE id = $3
           AND NOT EXISTS (SELECT 1 FROM subscriptions AS other
                           WHERE other.user_id = subscriptions.user_id
                             AND other.id <> subscriptions.id
                             AND other.state IN ('active', 'stopping', 'unpaid'))",
        &[&until, &next_at, id],
    )?;
    Ok(changed == 1)
}

/// What the payment system may charge from now on.
pub fn save_method(
    tx: &mut Tx,
    id: &SubscriptionId,
    saved: &str,
    title: &str,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE subscriptions SET saved_method = $1, saved_title = $2 WHERE id = $3",
        &[&saved, &title, id],
    )
    .map(|_| ())
}

/// The latest charge by Stars.
pub fn charged(tx: &mut Tx, id: &SubscriptionId, charge: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE subscriptions SET charge_id = $1 WHERE id = $2", &[&charge, id]).map(|_| ())
}

/// It isn't renewed. False: it wasn't going to be.
pub fn stop(tx: &mut Tx, id: &SubscriptionId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE subscriptions SET state = 'stopping', next_at = until, tries = 0
         WHERE id = $1 AND state IN ('active', 'unpaid')",
        &[id],
    )?;
    Ok(changed == 1)
}

/// It is renewed after all. False: it isn't stopping.
pub fn keep(tx: &mut Tx, id: &SubscriptionId, next_at: Option<Millis>) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE subscriptions SET state = 'active', next_at = $1, tries = 0
         WHERE id = $2 AND state = 'stopping'",
        &[&next_at, id],
    )?;
    Ok(changed == 1)
}

/// The saved card is forgotten, in the transaction that stops the plan: nothing may be charged to
/// it from here on.
pub fn unlink(tx: &mut Tx, id: &SubscriptionId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE subscriptions SET saved_method = NULL, saved_title = NULL
         WHERE id = $1 AND saved_method IS NOT NULL",
        &[id],
    )?;
    stop(tx, id)?;
    Ok(changed == 1)
}

/// What may be charged for the next period, asked in the decision that writes the charge down
/// (and again in the one after which the gateway is asked): from there on [`unlink`] and [`stop`]
/// wait for it. `None`: unlinked, stopped or ended, so nothing may be charged.
pub fn chargeable(tx: &mut Tx, id: &SubscriptionId) -> Result<Option<String>, StoreError> {
    let row = tx.first(
        "UPDATE subscriptions SET saved_method = saved_method
         WHERE id = $1 AND saved_method IS NOT NULL AND state IN ('active', 'unpaid')
         RETURNING saved_method",
        &[id],
    )?;
    row.map(|it| it.text(0)).transpose()
}

/// When to look at it next.
pub fn next(tx: &mut Tx, id: &SubscriptionId, at: Option<Millis>) -> Result<(), StoreError> {
    tx.execute("UPDATE subscriptions SET next_at = $1 WHERE id = $2", &[&at, id]).map(|_| ())
}

/// A charge has failed; it is tried again at a moment. Says how often it was tried.
pub fn unpaid(tx: &mut Tx, id: &SubscriptionId, next_at: Millis) -> Result<u32, StoreError> {
    let row = tx.first(
        "UPDATE subscriptions SET state = 'unpaid', tries = tries + 1, next_at = $1
         WHERE id = $2 AND state IN ('active', 'unpaid') RETURNING tries",
        &[&next_at, id],
    )?;
    row.map_or(Ok(0), |it| it.count(0))
}

/// False: it had ended.
pub fn end(tx: &mut Tx, id: &SubscriptionId, why: &str, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE subscriptions SET state = 'ended', next_at = NULL, saved_method = NULL,
                saved_title = NULL, ended_why = $1, ended_at = $2
         WHERE id = $3 AND state <> 'ended'",
        &[&why, &now, id],
    )?;
    Ok(changed == 1)
}

fn subscription_of(row: &Row) -> Result<Subscription, StoreError> {
    Ok(Subscription {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        pack: row.text("pack")?,
        method: row.word("method", Method::from_text)?,
        money: money(row, "minor")?,
        credits: row.credits("credits")?,
        bonus: row.credits("bonus")?,
        period_days: row.count("period_days")?,
        state: row.word("state", SubscriptionState::from_text)?,
        until: row.maybe_millis("until")?,
        next_at: row.maybe_millis("next_at")?,
        tries: row.count("tries")?,
        saved_method: row.maybe_text("saved_method")?,
        saved_title: row.maybe_text("saved_title")?,
        charge_id: row.maybe_text("charge_id")?,
        ended_why: row.maybe_text("ended_why")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
