//! What owners and operators look at: the numbers of a bot, its customers, and what is written of
//! one thing. Nothing is changed here, and nothing is asked on behalf of a customer.

use domain::{
    ArtifactId, BotId, Credits, Currency, GiftId, Millis, Money, OrderId, PaymentId,
    SubscriptionId, UserId,
};

use crate::attention::Attention;
use crate::ledger::{Line, LineKind};
use crate::orders::{self, Order};
use crate::payments::{self, Payment};
use crate::users::{self, User};
use crate::{Row, StoreError, Tx};

/// What happened in a bot in a span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub new: u32,
    /// Whose chat has moved since the span began.
    pub active: u32,
    pub payers: u32,
    /// By currency, those in which nothing moved left out.
    pub flows: Vec<Flow>,
    /// For work that was delivered; what was given to friends isn't spent.
    pub spent: Credits,
    /// What providers took, in millionths of a dollar.
    pub cost_micros: i64,
}

impl Stats {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The money of one currency. What is parked is in nobody's books yet, and in neither sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub came: Money,
    pub back: Money,
}

/// The numbers of a bot from a moment up to another.
pub fn stats(tx: &mut Tx, bot: &BotId, from: Millis, to: Millis) -> Result<Stats, StoreError> {
    let count = |row: Row| row.count(0);
    let new = tx.one(
        "SELECT COUNT(*) FROM users WHERE bot_id = $1 AND $2 <= created_at AND created_at < $3",
        &[bot, &from, &to],
    )?;
    // A chat remembers its latest move alone, so who came back after the span counts as well.
    let active = tx.one(
        "SELECT COUNT(DISTINCT user_id) FROM chats
         WHERE bot_id = $1 AND $2 <= updated_at AND EXISTS (
             SELECT 1 FROM users WHERE users.id = chats.user_id AND users.created_at < $3)",
        &[bot, &from, &to],
    )?;
    let payers = tx.one(
        "SELECT COUNT(DISTINCT user_id) FROM payments
         WHERE bot_id = $1 AND $2 <= created_at AND created_at < $3 AND state <> 'parked'",
        &[bot, &from, &to],
    )?;
    let spent = tx.one(
        "SELECT CAST(COALESCE(SUM(credits), 0) AS BIGINT) FROM transfers
         WHERE kind = 'spent' AND $1 <= at AND at < $2 AND wallet LIKE $3
           AND cause NOT LIKE 'gft!_%' ESCAPE '!'",
        &[&from, &to, &format!("wallet:{bot}:%")],
    )?;
    let cost = tx.one(
        "SELECT CAST(COALESCE(SUM(provider_calls.cost_micros), 0) AS BIGINT)
         FROM provider_calls
         WHERE cost_micros <> 0 AND $1 <= at AND at < $2
           AND (EXISTS (SELECT 1 FROM generations WHERE id = work_id AND bot_id = $3)
                OR EXISTS (SELECT 1 FROM trainings WHERE id = work_id AND bot_id = $3)
                OR EXISTS (SELECT 1 FROM hints WHERE id = work_id AND bot_id = $3))",
        &[&from, &to, bot],
    )?;
    Ok(Stats {
        new: count(new)?,
        active: count(active)?,
        payers: count(payers)?,
        flows: flows(tx, bot, from, to)?,
        spent: Credits::new(spent.number(0)?.min(Credits::MOST)).unwrap_or_default(),
        cost_micros: cost.number(0)?,
    })
}

fn flows(tx: &mut Tx, bot: &BotId, from: Millis, to: Millis) -> Result<Vec<Flow>, StoreError> {
    let rows = tx.query(
        "SELECT currency, CAST(SUM(came) AS BIGINT) AS came, CAST(SUM(back) AS BIGINT) AS back
         FROM (
             SELECT currency, minor AS came, 0 AS back FROM payments
             WHERE bot_id = $1 AND $2 <= created_at AND created_at < $3 AND state <> 'parked'
             UNION ALL
             SELECT payments.currency, 0, refunds.minor
             FROM refunds JOIN payments ON payments.id = refunds.payment_id
             WHERE refunds.state = 'succeeded' AND $2 <= refunds.ended_at AND refunds.ended_at < $3
               AND payments.bot_id = $1 AND payments.state <> 'parked'
         ) AS moved GROUP BY currency ORDER BY currency",
        &[bot, &from, &to],
    )?;
    let flow = |row: &Row| {
        let currency = row.word("currency", Currency::from_text)?;
        let sum = |column| {
            let minor = row.number(column)?.clamp(0, Money::MOST);
            Money::new(minor, currency).ok_or_else(|| StoreError::Broken("a sum".to_owned()))
        };
        Ok(Flow { came: sum("came")?, back: sum("back")? })
    };
    rows.iter().map(flow).collect()
}

/// The customers of one bot whom somebody may mean: by our id, an order's or a payment's id, the
/// id at Telegram, or a part of the name, whatever its capitals.
pub fn customers(
    tx: &mut Tx,
    bot: &BotId,
    query: &str,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let query = query.trim().trim_start_matches('@');
    let mut ids: Vec<UserId> = Vec::new();
    if let Some(id) = UserId::from_text(query) {
        ids.push(id);
    } else if let Some(id) = OrderId::from_text(query) {
        ids.extend(orders::get_for_job(tx, &id)?.map(|it| it.user));
    } else if let Some(id) = PaymentId::from_text(query) {
        ids.extend(payments::get_for_job(tx, &id)?.and_then(|it| it.user));
    } else {
        if let Ok(number) = query.parse::<i64>() {
            ids.extend(users::by_telegram(tx, bot, number)?.map(|it| it.id));
        }
        for id in named(tx, bot, query, limit)? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let mut found = Vec::new();
    for id in ids.iter().take(limit as usize) {
        found.extend(users::get(tx, id)?.filter(|it| it.bot == *bot));
    }
    Ok(found)
}

/// Databases know small and capital letters beyond `a` to `z` only as far as they are set up to, so
/// the usual ways to write a name are looked for one by one.
fn named(tx: &mut Tx, bot: &BotId, part: &str, limit: u32) -> Result<Vec<UserId>, StoreError> {
    if part.is_empty() {
        return Ok(Vec::new());
    }
    let small = part.to_lowercase();
    let mut letters = small.chars();
    let title: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let title = title + letters.as_str();
    let like = |it: &str| {
        let it = it.to_ascii_lowercase();
        format!("%{}%", it.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
    };
    let rows = tx.query(
        "SELECT id FROM users
         WHERE bot_id = $1 AND state <> 'forgotten'
           AND (LOWER(first_name) LIKE $2 ESCAPE '!' OR LOWER(first_name) LIKE $3 ESCAPE '!'
                OR LOWER(first_name) LIKE $4 ESCAPE '!' OR LOWER(first_name) LIKE $5 ESCAPE '!')
         ORDER BY created_at DESC, id DESC LIMIT $6",
        &[bot, &like(part), &like(&small), &like(&title), &like(&part.to_uppercase()), &limit],
    )?;
    rows.iter().map(|it| it.id(0)).collect()
}

/// What brought people here, and what it was worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub origin: String,
    pub joined: u32,
    /// How many of them have paid.
    pub paid: u32,
}

/// The links by which people came first, the most fruitful first. Invitations of friends are not
/// among them.
pub fn sources(tx: &mut Tx, bot: &BotId, limit: u32) -> Result<Vec<Source>, StoreError> {
    let rows = tx.query(
        "SELECT origin, COUNT(*) AS joined, CAST(SUM(CASE WHEN EXISTS (
                    SELECT 1 FROM payments
                    WHERE payments.user_id = users.id AND payments.state <> 'parked')
                THEN 1 ELSE 0 END) AS BIGINT) AS paid
         FROM users
         WHERE bot_id = $1 AND origin IS NOT NULL AND origin NOT LIKE 'r!_%' ESCAPE '!'
         GROUP BY origin ORDER BY 3 DESC, 2 DESC, 1 LIMIT $2",
        &[bot, &limit],
    )?;
    let source = |row: &Row| {
        Ok(Source {
            origin: row.text("origin")?,
            joined: row.count("joined")?,
            paid: row.count("paid")?,
        })
    };
    rows.iter().map(source).collect()
}

/// The latest payments of all bots, or those alone that wait for a person.
pub fn payments(tx: &mut Tx, is_parked: bool, limit: u32) -> Result<Vec<Payment>, StoreError> {
    let rows = tx.query(
        "SELECT id FROM payments WHERE ($1 = 0 OR state = 'parked')
         ORDER BY created_at DESC, id DESC LIMIT $2",
        &[&is_parked, &limit],
    )?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(payments::get_for_job(tx, &row.id(0)?)?);
    }
    Ok(found)
}

/// The orders by which a plan was paid for, the oldest first.
pub fn of_plan(tx: &mut Tx, plan: &SubscriptionId) -> Result<Vec<Order>, StoreError> {
    let rows = tx.query(
        "SELECT id FROM orders WHERE subscription_id = $1 ORDER BY created_at, id",
        &[plan],
    )?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(orders::get_for_job(tx, &row.id(0)?)?);
    }
    Ok(found)
}

/// Who has made a gift.
pub fn giver(tx: &mut Tx, gift: &GiftId) -> Result<Option<UserId>, StoreError> {
    let row = tx.first("SELECT giver FROM gifts WHERE id = $1", &[gift])?;
    row.map(|it| it.id(0)).transpose()
}

/// Whose a result is.
pub fn owner_of_artifact(tx: &mut Tx, artifact: &ArtifactId) -> Result<Option<UserId>, StoreError> {
    let row = tx.first("SELECT user_id FROM artifacts WHERE id = $1", &[artifact])?;
    row.map(|it| it.id(0)).transpose()
}

/// One movement of credits, by its reference.
pub fn movement(tx: &mut Tx, reference: &str) -> Result<Option<Line>, StoreError> {
    let row = tx.first(
        "SELECT line, kind, credits, reference, reason, cause, at FROM transfers
         WHERE reference = $1",
        &[&reference],
    )?;
    row.map(|row| {
        Ok(Line {
            number: row.maybe_number("line")?,
            kind: row.word("kind", LineKind::from_text)?,
            credits: row.credits("credits")?,
            reference: row.text("reference")?,
            reason: row.text("reason")?,
            cause: row.maybe_text("cause")?,
            at: row.millis("at")?,
        })
    })
    .transpose()
}

/// What was on the attention list about one thing, the oldest first, and since when it is closed.
pub fn attention(
    tx: &mut Tx,
    subject: &str,
) -> Result<Vec<(Attention, Option<Millis>)>, StoreError> {
    let rows = tx.query(
        "SELECT kind, subject, evidence, created_at, closed_at FROM attention
         WHERE subject = $1 ORDER BY created_at, kind",
        &[&subject],
    )?;
    let one = |row: &Row| {
        let attention = Attention {
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            evidence: row.text("evidence")?,
            created_at: row.millis("created_at")?,
        };
        Ok((attention, row.maybe_millis("closed_at")?))
    };
    rows.iter().map(one).collect()
}

/// How much waits: for a person, for a customer's money, and for who looks after jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub attention: u32,
    pub orders: u32,
    pub dead_jobs: u32,
}

pub fn waiting(tx: &mut Tx) -> Result<Waiting, StoreError> {
    let row = tx.one(
        "SELECT (SELECT COUNT(*) FROM attention WHERE closed_at IS NULL),
                (SELECT COUNT(*) FROM orders WHERE state = 'open'),
                (SELECT COUNT(*) FROM jobs WHERE state = 'dead')",
        &[],
    )?;
    Ok(Waiting { attention: row.count(0)?, orders: row.count(1)?, dead_jobs: row.count(2)? })
}
