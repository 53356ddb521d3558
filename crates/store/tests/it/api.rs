//! What is kept for other programs: requests that are asked once, addresses that are called.

use domain::{ApiKeyId, DeliveryId, EndpointId};
use store::api_keys::{self, NewApiKey};
use store::api_requests::{self, Begun, Request};
use store::deliveries::{self, Attempt, DeliveryState, NewDelivery};
use store::endpoints::{self, NewEndpoint, Whose};
use store::{StoreError, Tx};

use crate::bed::{NOW, bot, each, later, person, usr};

fn key(tx: &mut Tx, name: &str) -> Result<ApiKeyId, StoreError> {
    let id = ApiKeyId::from_text(&format!("key_{name}")).expect("a short name");
    let new = NewApiKey {
        id: &id,
        bot: &bot("b"),
        user: None,
        name,
        scopes: "users:read",
        start: "atl_start",
        hash: name,
        replaces: None,
    };
    api_keys::insert(tx, &new, NOW)?;
    Ok(id)
}

fn begin(tx: &mut Tx, key: &ApiKeyId, body: &str, seconds: i64) -> Result<Begun, StoreError> {
    let request = Request { key, name: "one", route: "POST /x", body_hash: body };
    api_requests::begin(tx, &request, later(seconds - 60), later(seconds))
}

#[test]
fn a_request_is_begun_once_answered_again_and_forgotten() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let (one, other) = (key(tx, "one")?, key(tx, "other")?);
            assert_eq!(begin(tx, &one, "a", 0)?, Begun::New);
            assert_eq!(begin(tx, &one, "a", 60)?, Begun::UnderWay);
            assert_eq!(begin(tx, &one, "b", 60)?, Begun::Other);
            assert_eq!(begin(tx, &other, "b", 60)?, Begun::New, "another program's own");
            // Whoever had it has died: it is begun anew, and with another body if need be.
            assert_eq!(begin(tx, &one, "b", 61)?, Begun::New);
            assert_eq!(begin(tx, &one, "b", 121)?, Begun::UnderWay);
            api_requests::leave(tx, &one, "one")?;
            assert_eq!(begin(tx, &one, "c", 121)?, Begun::New);
            assert!(api_requests::answered(tx, &one, "one", 202, "{}")?);
            let answered = Begun::Answered { code: 202, answer: "{}".to_owned() };
            assert_eq!(begin(tx, &one, "c", 10_000)?, answered);
            // An answer is neither given twice nor taken back.
            assert!(!api_requests::answered(tx, &one, "one", 500, "")?);
            api_requests::leave(tx, &one, "one")?;
            assert_eq!(begin(tx, &one, "c", 10_000)?, answered);
            assert_eq!(api_requests::prune(tx, later(100))?, 1, "the other program's");
            assert_eq!(begin(tx, &one, "c", 10_000)?, answered);
            assert_eq!(api_requests::prune(tx, later(122))?, 1);
            assert_eq!(begin(tx, &one, "c", 10_000)?, Begun::New);
            Ok(())
        });
    });
}

#[test]
fn a_delivery_is_noted_once_ends_once_and_is_forgotten_when_it_has_ended() {
    each(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let (bot, anna) = (bot("b"), usr("anna"));
            let id = EndpointId::from_text("end_a").expect("a short name");
            let whose = Whose { bot: &bot, user: Some(&anna) };
            let new = NewEndpoint {
                id: &id,
                whose,
                url: "https://example.com/",
                secret: "whsec_x",
                events: "ping",
            };
            endpoints::insert(tx, &new, NOW)?;
            assert_eq!(endpoints::listening(tx, &bot, &anna)?.len(), 1);
            assert_eq!(endpoints::listening(tx, &bot, &usr("boris"))?.len(), 0);
            let [first, again] =
                ["dlv_a", "dlv_b"].map(|it| DeliveryId::from_text(it).expect("a short name"));
            let one = NewDelivery {
                id: &first,
                endpoint: &id,
                event_id: "evt_1",
                event: "ping",
                replay: 0,
                body: "{}",
            };
            assert!(deliveries::insert(tx, &one, NOW)?);
            assert!(!deliveries::insert(tx, &NewDelivery { id: &again, ..one }, NOW)?);
            let replayed = NewDelivery { id: &again, replay: 1, ..one };
            assert!(deliveries::insert(tx, &replayed, NOW)?);
            let taken = Attempt { code: Some(200), error: None };
            let sent = DeliveryState::Sent;
            assert!(deliveries::ended(tx, &first, sent, taken, later(1))?);
            assert!(!deliveries::ended(tx, &first, DeliveryState::Failed, taken, later(2))?);
            assert!(!deliveries::tried(tx, &first, taken, later(2))?);
            assert_eq!(deliveries::prune(tx, later(10))?, 1, "the other still waits");
            assert!(deliveries::of(tx, &id, &again)?.is_some());
            assert!(endpoints::disable(tx, &id, "gone", later(3))?);
            assert_eq!(endpoints::listening(tx, &bot, &anna)?.len(), 0);
            assert!(endpoints::delete(tx, &id, later(4))?);
            assert!(endpoints::of(tx, whose, &id)?.is_none());
            Ok(())
        });
    });
}
