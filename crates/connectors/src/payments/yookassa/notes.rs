//! YooKassa's notifications. They aren't signed, so nothing is read but what to ask about.

use serde::Deserialize;
use serde_json::Value;

use domain::OrderId;

use super::{is_id, is_made_of};
use crate::http::if_as_known;
use crate::payments::{About, Noted, NotificationError};

const EVENT_CHARS_MAX: usize = 64;

#[derive(Deserialize)]
struct Notification {
    r#type: String,
    event: String,
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    id: String,
    #[serde(default, deserialize_with = "if_as_known")]
    payment_id: Option<String>,
    #[serde(default)]
    metadata: Value,
}

pub(super) fn read(body: &[u8]) -> Result<Noted, NotificationError> {
    let Ok(told) = serde_json::from_slice::<Notification>(body) else {
        return Err(NotificationError::Body);
    };
    if told.r#type != "notification" {
        return Err(NotificationError::Body);
    }
    if !is_made_of(&told.event, EVENT_CHARS_MAX, b"._") {
        return Err(NotificationError::Event);
    }
    let object = told.object;
    if !is_id(&object.id) {
        return Err(NotificationError::Id);
    }
    let payment = object.payment_id.filter(|it| is_id(it));
    let id = object.id;
    // Whatever has happened to a payment, even by a word that is new to us, is worth a look.
    let about = match told.event.split('.').next() {
        Some("payment") => About::Payment { id },
        Some("refund") => About::Refund { id, payment },
        _ => About::Other { id },
    };
    let order = object.metadata.get("order_id").and_then(Value::as_str);
    Ok(Noted { event: told.event, about, order: order.and_then(OrderId::from_text) })
}
