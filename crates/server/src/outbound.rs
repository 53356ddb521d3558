//! What other programs are told: some of the news that users are told, thin and without words.
//!
//! It is written with its cause, in one transaction, and brought by a job for each address. An
//! event's id is made of what it is about, so the same thing is never two events.

use domain::{BotId, DeliveryId, EndpointId, JobId, Millis, News, Task, UserId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::deliveries::{self, NewDelivery};
use store::{Tx, endpoints, jobs, users};

use crate::app::Ground;
use crate::failure::Failure;

/// Every event that can be asked for.
pub const EVENTS: [&str; 8] = [
    "generation.canceled",
    "generation.failed",
    "generation.succeeded",
    "payment.paid",
    "payment.refunded",
    "training.canceled",
    "training.failed",
    "training.succeeded",
];

/// What an address is sent to see whether it listens.
pub const PING: &str = "ping";

/// An event, before it has an id.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: &'static str,
    /// Ids, states and numbers: never a name or a prompt.
    pub data: Value,
}

/// What a piece of news is for other programs; most is nothing. `about` is what it is about: a
/// training, a generation, a payment or a refund.
pub fn event_of(news: &News, about: &str) -> Option<Event> {
    let event = |name, data| Some(Event { name, data });
    match news {
        News::AvatarReady { avatar, charged, .. } => event(
            "training.succeeded",
            json!({ "training": about, "avatar": avatar, "state": "SUCCEEDED",
                    "credits": { "charged": charged } }),
        ),
        News::TrainingFailed { avatar, fault, returned, .. } => event(
            "training.failed",
            json!({ "training": about, "avatar": avatar, "state": "FAILED", "fault": fault.key(),
                    "credits": { "returned": returned } }),
        ),
        News::TrainingCanceled { avatar, returned, .. } => event(
            "training.canceled",
            json!({ "training": about, "avatar": avatar, "state": "CANCELED",
                    "credits": { "returned": returned } }),
        ),
        News::PicturesReady { generation, product, made, withheld, charged, returned } => event(
            "generation.succeeded",
            json!({ "generation": generation, "product": product.as_str(), "state": "SUCCEEDED",
                    "made": made,
                    "withheld": withheld,
                    "credits": { "charged": charged, "returned": returned } }),
        ),
        News::PicturesFailed { generation, product, fault, returned } => event(
            "generation.failed",
            json!({ "generation": generation, "product": product.as_str(), "state": "FAILED",
                    "fault": fault.key(),
                    "credits": { "returned": returned } }),
        ),
        News::PicturesCanceled { generation, product, returned } => event(
            "generation.canceled",
            json!({ "generation": generation, "product": product.as_str(), "state": "CANCELED",
                    "credits": { "returned": returned } }),
        ),
        News::Paid { order, money, credits, bonus } => event(
            "payment.paid",
            json!({ "payment": about, "order": order, "amount_minor": money.minor(),
                    "currency": money.currency.as_str(),
                    "credits": { "bought": credits, "bonus": bonus } }),
        ),
        News::Refunded { money, taken } => event(
            "payment.refunded",
            json!({ "refund": about, "amount_minor": money.minor(),
                    "currency": money.currency.as_str(), "credits": { "taken": taken } }),
        ),
        News::Refused { .. }
        | News::Welcomed { .. }
        | News::LanguageChanged
        | News::Drafted { .. }
        | News::PhotoTaken
        | News::PhotosRemoved { .. }
        | News::Renamed
        | News::MainChosen
        | News::AvatarDeleted
        | News::TrainingQueued { .. }
        | News::CancelAsked
        | News::ForgetBegun
        | News::PicturesQueued { .. }
        | News::VideosQueued { .. }
        | News::VoicePlayed { .. }
        | News::VoiceUnderWay
        | News::PicturesSent { .. }
        | News::SendingPictures
        | News::Favoured { .. }
        | News::PicturesDeleted { .. }
        | News::PicturesExpire { .. }
        | News::HintAsked { .. }
        | News::HintReady { .. }
        | News::HintFailed { .. }
        | News::InputTaken { .. }
        | News::InputReady { .. }
        | News::InputUnusable { .. }
        | News::ClipUnusable { .. }
        | News::PackingBegun { .. }
        | News::Packed { .. }
        | News::PackingFailed
        | News::Forgotten { .. }
        | News::Granted { .. }
        | News::OrderOpened { .. }
        | News::OrderLeft
        | News::OrderChecked
        | News::NotPaid { .. }
        | News::PaymentParked { .. }
        | News::PlanStarted { .. }
        | News::PlanRenewed { .. }
        | News::PlanRenews { .. }
        | News::PlanUnpaid { .. }
        | News::PlanStopped { .. }
        | News::PlanKept { .. }
        | News::PlanEnded { .. }
        | News::CardUnlinked
        | News::PromoEntered { .. }
        | News::GiftMade { .. }
        | News::GiftTakenBack { .. }
        | News::GiftOpened { .. }
        | News::GiftReceived { .. }
        | News::GiftReturned { .. }
        | News::Rewarded { .. }
        | News::ContactKept
        | News::FeedbackTaken
        | News::FeedbackAnswered { .. }
        | News::Rated { .. }
        | News::AdminDone { .. }
        | News::Broken { .. }
        | News::Alert { .. } => None,
    }
}

/// Tells every address that wants to hear of it, whatever comes of telling the user.
pub fn note(
    tx: &mut Tx,
    ground: &Ground,
    user: &UserId,
    news: &News,
    about: &str,
    now: Millis,
) -> Result<(), Failure> {
    let Some(mut event) = event_of(news, about) else { return Ok(()) };
    let Some(person) = users::get(tx, user)? else { return Ok(()) };
    let listening = endpoints::listening(tx, &person.bot, user)?;
    if listening.is_empty() {
        return Ok(());
    }
    event.data["user"] = json!(user);
    let id = event_id(&person.bot, event.name, about);
    let body = body(event.name, &event.data, now);
    for endpoint in listening {
        if endpoint.events.split(' ').any(|it| it == event.name) {
            let new = Message { endpoint: &endpoint.id, id: &id, event: event.name, body: &body };
            queue(tx, ground, &new, 0, now)?;
        }
    }
    Ok(())
}

/// One event for one address.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    pub endpoint: &'a EndpointId,
    pub id: &'a str,
    pub event: &'a str,
    pub body: &'a str,
}

/// Queues the call; none if it was queued before.
pub fn queue(
    tx: &mut Tx,
    ground: &Ground,
    message: &Message<'_>,
    replay: u32,
    now: Millis,
) -> Result<Option<DeliveryId>, Failure> {
    let id = DeliveryId::new(ground.number());
    let new = NewDelivery {
        id: &id,
        endpoint: message.endpoint,
        event_id: message.id,
        event: message.event,
        replay,
        body: message.body,
    };
    if !deliveries::insert(tx, &new, now)? {
        return Ok(None);
    }
    let task = Task::Deliver { delivery: id.clone() };
    let job = jobs::NewJob {
        // An address that doesn't answer holds up itself first.
        group_key: Some(message.endpoint.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(Some(id))
}

/// A message that only asks whether somebody is there.
pub fn ping(ground: &Ground, endpoint: &EndpointId, now: Millis) -> (String, String) {
    let id = format!("evt_{:032x}", ground.number());
    (id, body(PING, &json!({ "endpoint": endpoint }), now))
}

fn body(event: &str, data: &Value, now: Millis) -> String {
    let at = chrono::DateTime::from_timestamp_millis(now.as_i64())
        .map_or_else(String::new, |it| it.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
    json!({ "type": event, "timestamp": at, "data": data }).to_string()
}

fn event_id(bot: &BotId, event: &str, about: &str) -> String {
    let hash = hex::encode(Sha256::digest(format!("{bot}\n{event}\n{about}")));
    format!("evt_{}", &hash[..32])
}
