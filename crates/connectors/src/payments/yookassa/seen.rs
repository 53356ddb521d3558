//! What YooKassa shows of payments and refunds. What moves credits is read exactly or not at all;
//! what is only told to somebody may be absent.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use domain::{Currency, Declined, Millis, Money};

use crate::http::{if_as_known, plain};
use crate::payments::{Odd, Page, PaymentState, RefundSeen, RefundState, SavedMethod, Seen};

#[derive(Deserialize)]
pub(super) struct Payment {
    id: String,
    status: String,
    paid: Option<bool>,
    amount: Amount,
    refunded_amount: Option<Amount>,
    #[serde(default, deserialize_with = "if_as_known")]
    income_amount: Option<Amount>,
    created_at: String,
    #[serde(default)]
    metadata: Value,
    #[serde(default, deserialize_with = "if_as_known")]
    confirmation: Option<Confirmation>,
    #[serde(default, deserialize_with = "if_as_known")]
    payment_method: Option<Method>,
    #[serde(default, deserialize_with = "if_as_known")]
    recipient: Option<Recipient>,
    #[serde(default, deserialize_with = "if_as_known")]
    cancellation_details: Option<Cancellation>,
    /// Never absent, so its absence doesn't mean real money.
    test: bool,
}

#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    payment_id: String,
    status: String,
    amount: Amount,
    created_at: String,
    #[serde(default)]
    metadata: Value,
    #[serde(default, deserialize_with = "if_as_known")]
    cancellation_details: Option<Cancellation>,
}

#[derive(Deserialize)]
struct Amount {
    value: String,
    currency: String,
}

#[derive(Deserialize)]
struct Confirmation {
    confirmation_url: Option<String>,
}

#[derive(Deserialize)]
struct Method {
    id: String,
    saved: bool,
    /// Absent in older answers.
    status: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct Recipient {
    account_id: String,
}

#[derive(Deserialize)]
struct Cancellation {
    party: Option<String>,
    reason: String,
}

#[derive(Deserialize)]
pub(super) struct List {
    items: Vec<Value>,
    pub(super) next_cursor: Option<String>,
}

impl List {
    /// One item that can't be read must not hide the others.
    pub(super) fn page<W, T>(self, read: impl Fn(W) -> Result<T, String>) -> Page<T>
    where
        W: serde::de::DeserializeOwned,
    {
        let mut page = Page { found: Vec::new(), odd: Vec::new(), next: None };
        for item in self.items {
            let id = item.get("id").and_then(Value::as_str).map(plain);
            let wire = serde_json::from_value(item);
            match wire.map_err(|_| "it is not as known".to_owned()).and_then(&read) {
                Ok(seen) => page.found.push(seen),
                Err(cause) => page.odd.push(Odd { id, cause }),
            }
        }
        page.next = self.next_cursor.filter(|it| !it.is_empty());
        page
    }
}

/// The payment, or what of it can't be read for certain.
pub(super) fn payment(it: Payment) -> Result<Seen, String> {
    let reason = it.cancellation_details.as_ref().map(Cancellation::words);
    let state = match (it.status.as_str(), it.paid) {
        ("succeeded", Some(false)) => return Err("it has succeeded and isn't paid".to_owned()),
        ("pending", _) => PaymentState::Pending,
        ("waiting_for_capture", _) => PaymentState::WaitingForCapture,
        ("succeeded", _) => PaymentState::Succeeded,
        ("canceled", _) => {
            let why = it.cancellation_details.as_ref().map(|it| declined(&it.reason));
            PaymentState::Canceled(why.unwrap_or(Declined::Other))
        }
        (other, _) => return Err(format!("its state is `{}`", plain(other))),
    };
    let money = it.amount.money()?;
    let refunded = it.refunded_amount.as_ref().map(Amount::money).transpose()?;
    let refunded = refunded.unwrap_or(Money::zero(money.currency));
    if refunded.currency != money.currency {
        return Err("it was refunded in another currency".to_owned());
    }
    let confirm_url = it.confirmation.and_then(|it| it.confirmation_url);
    Ok(Seen {
        state,
        money,
        refunded,
        order: note(&it.metadata, "order_id"),
        bot: note(&it.metadata, "bot_id"),
        shop: it.recipient.map(|it| it.account_id),
        is_test: it.test,
        confirm_url: confirm_url.filter(|it| is_page(it)),
        saved: it.payment_method.and_then(Method::saved),
        created_at: moment(&it.created_at)?,
        income: it.income_amount.and_then(|it| it.money().ok()),
        reason,
        id: it.id,
    })
}

/// The refund, or what of it can't be read for certain.
pub(super) fn refund(it: Refund) -> Result<RefundSeen, String> {
    let state = match it.status.as_str() {
        "pending" => RefundState::Pending,
        "succeeded" => RefundState::Succeeded,
        "canceled" => {
            let reason = it.cancellation_details.as_ref().map(Cancellation::words);
            RefundState::Canceled { reason: reason.unwrap_or_default() }
        }
        other => return Err(format!("its state is `{}`", plain(other))),
    };
    Ok(RefundSeen {
        state,
        money: it.amount.money()?,
        refund: note(&it.metadata, "refund_id"),
        created_at: moment(&it.created_at)?,
        id: it.id,
        payment: it.payment_id,
    })
}

impl Amount {
    fn money(&self) -> Result<Money, String> {
        let currency = Currency::from_code(&self.currency);
        // They know nothing of Stars, so a word that looks like it isn't it.
        let currency = currency.filter(|it| *it != Currency::Stars);
        let currency =
            currency.ok_or_else(|| format!("its currency is `{}`", plain(&self.currency)))?;
        Money::from_decimal(&self.value, currency)
            .ok_or_else(|| format!("its amount is `{}`", plain(&self.value)))
    }
}

impl Method {
    fn saved(self) -> Option<SavedMethod> {
        let is_active = self.status.as_deref().is_none_or(|it| it == "active");
        (self.saved && is_active).then_some(SavedMethod { id: self.id, title: self.title })
    }
}

impl Cancellation {
    fn words(&self) -> String {
        let reason = plain(&self.reason);
        self.party.as_deref().map_or(reason.clone(), |it| format!("{}: {reason}", plain(it)))
    }
}

/// What a reason means. Those after which the same card won't do any more, whatever a later try
/// costs, have words that say so ([`Declined::may_heal`]).
fn declined(reason: &str) -> Declined {
    match reason {
        "identification_required" | "insufficient_funds" | "payment_method_limit_exceeded" => {
            Declined::NoMoney
        }
        "3d_secure_failed"
        | "card_expired"
        | "country_forbidden"
        | "invalid_card_number"
        | "invalid_csc" => Declined::CardWrong,
        "call_issuer" | "general_decline" | "issuer_unavailable" => Declined::BankSaidNo,
        _ if reason.starts_with("loan_") => Declined::BankSaidNo,
        "expired_on_confirmation" => Declined::NotConfirmed,
        "fraud_suspected" | "payment_method_restricted" | "permission_revoked" => {
            Declined::PermissionRevoked
        }
        "canceled_by_merchant" => Declined::CalledOff,
        // Theirs, or of ways to pay that we don't offer: `deal_expired`, `expired_on_capture`,
        // `internal_timeout`, `rejected_by_timeout`, `unsupported_mobile_operator`.
        _ => Declined::Other,
    }
}

fn note(metadata: &Value, name: &str) -> Option<String> {
    metadata.get(name)?.as_str().map(str::to_owned)
}

/// Whether a customer can be sent there.
fn is_page(url: &str) -> bool {
    Url::parse(url).is_ok_and(|it| matches!(it.scheme(), "http" | "https") && it.has_host())
}

fn moment(text: &str) -> Result<Millis, String> {
    let moment = DateTime::parse_from_rfc3339(text);
    let moment = moment.map_err(|_| format!("its time is `{}`", plain(text)))?;
    Ok(Millis(moment.timestamp_millis()))
}
