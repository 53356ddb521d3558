//! Calls of ours to other programs, and what became of each.

use domain::{DeliveryId, EndpointId, Millis};

use crate::{Row, StoreError, Tx};

/// The columns that [`delivery_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, endpoint_id, event_id, event, replay, body, state, attempts, last_code,
                    last_error, next_at, created_at, ended_at
             FROM deliveries ",
            $rest
        )
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Sent,
    /// Nobody took it in time.
    Failed,
    /// Its endpoint was deleted or disabled meanwhile.
    Canceled,
}

impl DeliveryState {
    pub const ALL: &'static [Self] = &[Self::Waiting, Self::Sent, Self::Failed, Self::Canceled];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub endpoint: EndpointId,
    /// The same for everybody who hears of the event, and when it is brought again.
    pub event_id: String,
    pub event: String,
    /// 0 is the first; what is brought again on request counts from there.
    pub replay: u32,
    pub body: String,
    pub state: DeliveryState,
    pub attempts: u32,
    pub last_code: Option<u32>,
    pub last_error: Option<String>,
    pub next_at: Option<Millis>,
    pub created_at: Millis,
    pub ended_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewDelivery<'a> {
    pub id: &'a DeliveryId,
    pub endpoint: &'a EndpointId,
    pub event_id: &'a str,
    pub event: &'a str,
    pub replay: u32,
    pub body: &'a str,
}

/// What an attempt brought.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    pub code: Option<u32>,
    pub error: Option<&'a str>,
}

/// False: this event was noted for this endpoint before.
pub fn insert(tx: &mut Tx, new: &NewDelivery<'_>, now: Millis) -> Result<bool, StoreError> {
    let added = tx.execute(
        "INSERT INTO deliveries (id, endpoint_id, event_id, event, replay, body, state, attempts,
                                 next_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', 0, $7, $7) ON CONFLICT DO NOTHING",
        &[new.id, new.endpoint, &new.event_id, &new.event, &new.replay, &new.body, &now],
    )?;
    Ok(added == 1)
}

pub fn get_for_job(tx: &mut Tx, id: &DeliveryId) -> Result<Option<Delivery>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(delivery_of).transpose()
}

/// One of an endpoint, which the caller has found to be theirs.
pub fn of(
    tx: &mut Tx,
    endpoint: &EndpointId,
    id: &DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND endpoint_id = $2"), &[id, endpoint])?;
    row.as_ref().map(delivery_of).transpose()
}

/// A page of an endpoint's log, the latest first: those with an id before `before`.
pub fn list(
    tx: &mut Tx,
    endpoint: &EndpointId,
    before: Option<&DeliveryId>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    let rows = tx.query(
        select!("WHERE endpoint_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        &[endpoint, &before.map_or("", DeliveryId::as_str), &limit],
    )?;
    rows.iter().map(delivery_of).collect()
}

/// How often an event was brought to an endpoint, or is being.
pub fn count(tx: &mut Tx, endpoint: &EndpointId, event_id: &str) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM deliveries WHERE endpoint_id = $1 AND event_id = $2",
        &[endpoint, &event_id],
    )?
    .count(0)
}

/// It was tried and is to be tried again.
pub fn tried(
    tx: &mut Tx,
    id: &DeliveryId,
    attempt: Attempt<'_>,
    next_at: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE deliveries SET attempts = attempts + 1, last_code = $1, last_error = $2,
                next_at = $3
         WHERE id = $4 AND state = 'waiting'",
        &[&attempt.code, &attempt.error, &next_at, id],
    )?;
    Ok(changed == 1)
}

/// It was tried for the last time.
pub fn ended(
    tx: &mut Tx,
    id: &DeliveryId,
    state: DeliveryState,
    attempt: Attempt<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE deliveries SET state = $1, attempts = attempts + 1, last_code = $2,
                last_error = $3, next_at = NULL, ended_at = $4
         WHERE id = $5 AND state = 'waiting'",
        &[&state.as_str(), &attempt.code, &attempt.error, &now, id],
    )?;
    Ok(changed == 1)
}

/// It is not tried any more, and wasn't just now.
pub fn given_up(
    tx: &mut Tx,
    id: &DeliveryId,
    state: DeliveryState,
    error: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE deliveries SET state = $1, last_error = $2, next_at = NULL, ended_at = $3
         WHERE id = $4 AND state = 'waiting'",
        &[&state.as_str(), &error, &now, id],
    )?;
    Ok(changed == 1)
}

/// Forgets what ended and was noted before a moment.
pub fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM deliveries WHERE created_at < $1 AND ended_at IS NOT NULL", &[&before])
}

fn delivery_of(row: &Row) -> Result<Delivery, StoreError> {
    Ok(Delivery {
        id: row.id("id")?,
        endpoint: row.id("endpoint_id")?,
        event_id: row.text("event_id")?,
        event: row.text("event")?,
        replay: row.count("replay")?,
        body: row.text("body")?,
        state: row.word("state", DeliveryState::from_text)?,
        attempts: row.count("attempts")?,
        last_code: row.maybe_count("last_code")?,
        last_error: row.maybe_text("last_error")?,
        next_at: row.maybe_millis("next_at")?,
        created_at: row.millis("created_at")?,
        ended_at: row.maybe_millis("ended_at")?,
    })
}
