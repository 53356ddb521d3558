//! Brings what has happened to another program: signed, tried again for some days, then given up.
//!
//! The message and its id never change from one attempt to the next, so that whoever got it twice
//! sees that it is the same.

use std::sync::Arc;

use connectors::http::TransportError;
use connectors::outgoing;
use domain::{DeliveryId, Millis};
use store::deliveries::{self, Attempt, Delivery, DeliveryState};
use store::endpoints::{self, Endpoint};
use store::{StoreError, Tx};
use url::Url;

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::outbox;

/// How long it rests after each attempt that failed, in seconds: five seconds to a day, three days
/// in all.
const PAUSES: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

pub async fn run(app: &Arc<App>, id: DeliveryId) -> Result<Ended, Failure> {
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let Some(delivery) = deliveries::get_for_job(tx, &id)? else { return Ok(None) };
            let endpoint = endpoints::get_for_job(tx, &delivery.endpoint)?;
            Ok(Some((delivery, endpoint)))
        })
        .await?;
    let Some((delivery, endpoint)) = found else { return Ok(Ended::done()) };
    if delivery.state != DeliveryState::Waiting {
        return Ok(Ended::done());
    }
    match endpoint.filter(|it| it.disabled_at.is_none()) {
        Some(endpoint) => attempt(app, delivery, endpoint).await,
        None => Ok(Ended::done().write(move |tx, _, now| {
            let canceled = DeliveryState::Canceled;
            deliveries::given_up(tx, &delivery.id, canceled, "nobody listens there", now)?;
            Ok(())
        })),
    }
}

/// What an attempt came to.
enum Outcome {
    Taken(u16),
    /// They want no more of it, ever.
    Gone(u16),
    /// It may go better later.
    NotTaken {
        code: Option<u16>,
        error: String,
    },
    /// We don't go there.
    Barred(String),
}

async fn attempt(app: &Arc<App>, delivery: Delivery, endpoint: Endpoint) -> Result<Ended, Failure> {
    let now = app.ground.now();
    let outcome = match Url::parse(&endpoint.url) {
        Ok(url) => {
            let (secret, body) = (endpoint.secret.into(), delivery.body.clone().into_bytes());
            let id = &delivery.event_id;
            match outgoing::deliver(&app.out_http, &url, &secret, id, now, body).await {
                Ok(code @ 200..=299) => Outcome::Taken(code),
                Ok(410) => Outcome::Gone(410),
                Ok(code) => {
                    Outcome::NotTaken { code: Some(code), error: format!("it answered {code}") }
                }
                Err(TransportError::Barred(why)) => Outcome::Barred(why.to_string()),
                Err(error) => Outcome::NotTaken { code: None, error: error.to_string() },
            }
        }
        Err(_) => Outcome::Barred("it is no address".to_owned()),
    };
    let word = match &outcome {
        Outcome::Taken(_) => "sent",
        Outcome::Gone(_) => "gone",
        Outcome::NotTaken { .. } => "again",
        Outcome::Barred(_) => "barred",
    };
    metrics::counter!("atelier_deliveries_total", "outcome" => word).increment(1);
    match outcome {
        Outcome::Taken(code) => Ok(end(delivery, DeliveryState::Sent, Some(code), None)),
        Outcome::Gone(code) => {
            let endpoint = endpoint.id;
            let error = "it wants no more of this".to_owned();
            let ended = end(delivery, DeliveryState::Failed, Some(code), Some(error));
            Ok(ended.also(move |tx, _, now| {
                endpoints::disable(tx, &endpoint, "it answered 410", now)?;
                Ok(())
            }))
        }
        Outcome::Barred(error) => Ok(end(delivery, DeliveryState::Failed, None, Some(error))),
        Outcome::NotTaken { code, error } => match PAUSES.get(delivery.attempts as usize) {
            Some(pause) => {
                // Up to a tenth more, so that what failed together doesn't come back together.
                let jitter = i64::from(app.ground.ids.chance() as u16) * pause * 100;
                let pause = Millis(pause * 1_000 + jitter / i64::from(u16::MAX));
                Ok(again(delivery, code, error, pause))
            }
            None => Ok(lost(delivery, code, error)),
        },
    }
}

fn again(delivery: Delivery, code: Option<u16>, error: String, pause: Millis) -> Ended {
    Ended::wait(delivery.id.as_str(), pause).write(move |tx, _, now| {
        let attempt = Attempt { code: code.map(u32::from), error: Some(&error) };
        deliveries::tried(tx, &delivery.id, attempt, now.plus(pause))?;
        Ok(())
    })
}

fn end(
    delivery: Delivery,
    state: DeliveryState,
    code: Option<u16>,
    error: Option<String>,
) -> Ended {
    Ended::done().write(move |tx, _, now| {
        let attempt = Attempt { code: code.map(u32::from), error: error.as_deref() };
        deliveries::ended(tx, &delivery.id, state, attempt, now)?;
        Ok(())
    })
}

/// Nobody took it for days: a person should know, once for an endpoint.
fn lost(delivery: Delivery, code: Option<u16>, error: String) -> Ended {
    let endpoint = delivery.endpoint.clone();
    end(delivery, DeliveryState::Failed, code, Some(error.clone()))
        .also(move |tx, _, now| outbox::note(tx, "webhook-lost", endpoint.as_str(), &error, now))
}

/// A delivery that could not be worked on at all is not tried any more.
pub fn bury(
    tx: &mut Tx,
    _ground: &Ground,
    id: &DeliveryId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    deliveries::given_up(tx, id, DeliveryState::Failed, error, now)?;
    outbox::note(tx, "webhook-lost", id.as_str(), error, now)
}
