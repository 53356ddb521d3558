//! Payment systems that take money for us, each behind the same few questions.
//!
//! One more gateway is one file here, its `mod` line and its line in [`all`]. Nothing is believed
//! but what a gateway answers to a question of ours: a notification only says what to ask about.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use domain::{BotId, Declined, Language, Method, Millis, Money, OrderId, RefundId};

use crate::http::Http;

mod source;
mod yookassa;

pub use source::{Network, WrongNetwork, signed, source_is};

/// Everyone whom the operator has given us access to.
pub fn all(access: impl Fn(&str) -> Option<Access>) -> Vec<Arc<dyn Gateway>> {
    let mut all: Vec<Arc<dyn Gateway>> = Vec::new();
    if let Some(access) = access(yookassa::NAME) {
        all.push(Arc::new(yookassa::YooKassa::new(access)));
    }
    all
}

/// What one needs to be a gateway's shop.
#[derive(Clone, Debug)]
pub struct Access {
    pub shop: String,
    pub key: SecretString,
    /// The root of its API, with the version.
    pub url: Url,
}

/// What we ask of a payment system. Nothing is repeated in here: the error says whether it may be.
///
/// Whatever moves money takes a key, made and stored before the first try. With the same key and
/// the same content it may be asked any number of times within [`KEY_LIFETIME`], and happens once.
#[async_trait]
pub trait Gateway: Send + Sync {
    fn name(&self) -> &'static str;

    fn methods(&self) -> &'static [Method];

    /// Whose key this is. To be compared with the settings before any money moves.
    async fn whoami(&self, http: &Http) -> Result<Shop, GatewayError>;

    /// Begins a payment that the customer confirms on a page.
    async fn open(&self, http: &Http, payment: &NewPayment) -> Result<Seen, GatewayError>;

    /// Charges what a customer has saved. Often at an end at once, but not always.
    async fn charge(&self, http: &Http, payment: &Autopayment) -> Result<Seen, GatewayError>;

    /// `None` when the gateway says that it knows no such payment.
    async fn payment(&self, http: &Http, id: &str) -> Result<Option<Seen>, GatewayError>;

    /// Gives back what is held for a payment that was never captured. Others can't be cancelled:
    /// those expire or are refunded.
    async fn cancel(&self, http: &Http, id: &str, key: &str) -> Result<Seen, GatewayError>;

    /// Sends back a payment, or a part of it.
    async fn refund(&self, http: &Http, refund: &NewRefund) -> Result<RefundSeen, GatewayError>;

    /// `None` when the gateway says that it knows no such refund. One that is pending has to be
    /// asked about until it ends: no notification tells of a refund that failed.
    async fn refund_seen(&self, http: &Http, id: &str) -> Result<Option<RefundSeen>, GatewayError>;

    /// What was created at `from` or later and before `to`, in the gateway's order. Each further
    /// page is asked for with the same moments and the cursor of the one before.
    async fn payments(
        &self,
        http: &Http,
        from: Millis,
        to: Millis,
        cursor: Option<&str>,
    ) -> Result<Page<Seen>, GatewayError>;

    /// As [`Gateway::payments`].
    async fn refunds(
        &self,
        http: &Http,
        from: Millis,
        to: Millis,
        cursor: Option<&str>,
    ) -> Result<Page<RefundSeen>, GatewayError>;

    /// What a notification is about. Anybody may have written it.
    fn notification(&self, body: &[u8]) -> Result<Noted, NotificationError>;

    /// Where its notifications come from, by its documents: the default of a setting.
    fn networks(&self) -> &'static [&'static str];
}

/// How long a gateway remembers a key. After that the same key begins something new, so whoever
/// still doesn't know how a call ended has to look for it in the lists instead.
pub const KEY_LIFETIME: Millis = Millis::DAY;

/// A shop as the gateway knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Its number, as it is in [`Access::shop`] and [`Seen::shop`].
    pub account: String,
    pub is_enabled: bool,
    /// Whether its money is play money.
    pub is_test: bool,
}

/// A payment to be begun.
#[derive(Clone, Debug)]
pub struct NewPayment {
    pub key: String,
    pub order: OrderId,
    pub bot: BotId,
    pub money: Money,
    /// What the customer reads on the page and in the receipt. Cut where the gateway wants less.
    pub title: String,
    pub method: Method,
    /// Where the page leads back to.
    pub return_url: String,
    pub language: Language,
    /// Whether to keep the card or account for [`Gateway::charge`]: only with the customer's
    /// consent.
    pub save: bool,
    /// Our name of the customer, which says nothing to anybody else.
    pub payer: String,
    pub receipt: Option<Receipt>,
}

/// A payment by what the customer has saved.
#[derive(Clone, Debug)]
pub struct Autopayment {
    pub key: String,
    pub order: OrderId,
    pub bot: BotId,
    pub money: Money,
    pub title: String,
    /// From [`SavedMethod::id`].
    pub saved: String,
    pub payer: String,
    pub receipt: Option<Receipt>,
}

/// Money to be sent back.
#[derive(Clone, Debug)]
pub struct NewRefund {
    pub key: String,
    pub refund: RefundId,
    /// The gateway's id of the payment.
    pub payment: String,
    /// All of the payment, or a part.
    pub money: Money,
    pub title: String,
    pub receipt: Option<Receipt>,
}

/// What the tax office wants to know of a sale (54-FZ). The accountant knows the values.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub contact: Contact,
    pub vat_code: u8,
    pub payment_subject: String,
    pub payment_mode: String,
    pub tax_system_code: Option<u8>,
}

/// Where the receipt goes.
#[derive(Clone, Debug)]
pub enum Contact {
    Email(SecretString),
    /// Digits only, with the country.
    Phone(SecretString),
}

/// A payment as the gateway shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub id: String,
    pub state: PaymentState,
    pub money: Money,
    /// What of it has been sent back.
    pub refunded: Money,
    /// What we said at the beginning. Payments from elsewhere have none, or anything.
    pub order: Option<String>,
    pub bot: Option<String>,
    /// Whose money it is.
    pub shop: Option<String>,
    pub is_test: bool,
    /// The page where the customer pays.
    pub confirm_url: Option<String>,
    pub saved: Option<SavedMethod>,
    pub created_at: Millis,
    /// What is left of the money after the gateway's share, where it tells.
    pub income: Option<Money>,
    /// Why it was declined and by whom, in the gateway's words. For logs and owners.
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Nobody has paid yet.
    Pending,
    /// The money is held, not taken. Ours never are: they are captured at once.
    WaitingForCapture,
    /// The money is ours.
    Succeeded,
    Canceled(Declined),
}

/// A card or an account that may be charged without its owner being there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedMethod {
    pub id: String,
    /// What its owner knows it by, as `Bank card *4444`.
    pub title: Option<String>,
}

/// A refund as the gateway shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundSeen {
    pub id: String,
    /// The gateway's id of the payment.
    pub payment: String,
    /// What we said at the beginning. Refunds from elsewhere have none, or anything.
    pub refund: Option<String>,
    pub state: RefundState,
    pub money: Money,
    pub created_at: Millis,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundState {
    Pending,
    Succeeded,
    /// No money has moved. The reason is in the gateway's words, for owners.
    Canceled {
        reason: String,
    },
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub found: Vec<T>,
    /// What is in the list too, but can't be read for certain. A person has to look.
    pub odd: Vec<Odd>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Something in a list that can't be read for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Odd {
    pub id: Option<String>,
    pub cause: String,
}

/// What a notification wants us to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noted {
    /// In the gateway's words, as `payment.succeeded`.
    pub event: String,
    pub about: About,
    /// A hint, for a notification that overtakes our own answer.
    pub order: Option<OrderId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    Payment {
        id: String,
    },
    Refund {
        id: String,
        payment: Option<String>,
    },
    /// Nothing that we deal in.
    Other {
        id: String,
    },
}

/// Why a notification tells nothing. The sender's doing, so the answer is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotificationError {
    #[error("its body is not as known")]
    Body,
    #[error("its event is none")]
    Event,
    #[error("the id in it is none")]
    Id,
}

/// Why a gateway did not do what it was asked. The causes are for logs and owners, never for
/// customers; no key and no customer's contact is in them.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// Nothing was done. To be asked again, with the same key.
    #[error("not now: {cause}")]
    Transient { cause: String, retry_after: Option<Duration> },
    /// It may have been done: there may be a payment. To be asked again with the same key, while
    /// that lives, and never with another.
    #[error("uncertain: {cause}")]
    Uncertain { cause: String, retry_after: Option<Duration> },
    /// It won't be done as it was asked. What is asked otherwise gets a new key.
    #[error("refused: {cause}")]
    Refused {
        cause: String,
        /// What in the request is to blame, in the gateway's words.
        parameter: Option<String>,
    },
    /// It does nothing for us: a wrong key, or a right that the shop lacks. The owners have to act.
    #[error("closed to us: {cause}")]
    Closed { cause: String },
    /// A person has to look. There may be a payment.
    #[error("unexpected: {cause}")]
    Unexpected { cause: String },
}
