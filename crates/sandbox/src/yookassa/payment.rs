//! One payment and one refund: what was recorded of them, and how they are told.

use super::cards::{Kind, Means};
use super::reading::amount;
use super::{Settings, Shop, moment};
use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    WaitingForCapture,
    Succeeded,
    Canceled,
}

impl State {
    pub(super) fn word(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::WaitingForCapture => "waiting_for_capture",
            State::Succeeded => "succeeded",
            State::Canceled => "canceled",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<State> {
        [State::Pending, State::WaitingForCapture, State::Succeeded, State::Canceled]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

/// Who said no, and why.
#[derive(Clone, Debug)]
pub(super) struct Cancellation {
    pub(super) party: &'static str,
    pub(super) reason: String,
}

#[derive(Clone, Debug)]
pub(super) struct Confirmation {
    pub(super) return_url: String,
    pub(super) locale: Option<String>,
}

#[derive(Clone)]
pub(super) struct Payment {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) shop: String,
    pub(super) kopecks: i64,
    pub(super) state: State,
    /// `capture`: the money is taken at once.
    pub(super) takes_at_once: bool,
    pub(super) created_at: i64,
    pub(super) captured_at: Option<i64>,
    /// When it changes by itself, whatever it waits for.
    pub(super) due: Option<i64>,
    pub(super) description: Option<String>,
    pub(super) metadata: Value,
    pub(super) customer: Option<String>,
    pub(super) confirmation: Option<Confirmation>,
    /// Chosen by the shop; the person chooses when there is none.
    pub(super) kind: Option<Kind>,
    pub(super) means: Option<Means>,
    /// Of the saved method, when it is charged without the person.
    pub(super) method: Option<String>,
    /// The method is to be saved when it worked.
    pub(super) saves: bool,
    /// It is, as far as the person is concerned, paid, and will be told so when it is due.
    pub(super) is_under_way: bool,
    pub(super) refunded: i64,
    /// Refunds that are pending.
    pub(super) refunding: i64,
    pub(super) cancellation: Option<Cancellation>,
    pub(super) has_receipt: bool,
    pub(super) is_test: bool,
    pub(super) tells_income: bool,
}

impl Payment {
    /// What can still be given back.
    pub(super) fn refundable(&self) -> i64 {
        match self.state {
            State::Succeeded => self.kopecks - self.refunded - self.refunding,
            State::Pending | State::WaitingForCapture | State::Canceled => 0,
        }
    }

    pub(super) fn is_paid(&self) -> bool {
        matches!(self.state, State::WaitingForCapture | State::Succeeded)
    }

    /// Whether the person can pay it now.
    pub(super) fn is_open(&self) -> bool {
        self.state == State::Pending && self.confirmation.is_some() && !self.is_under_way
    }

    /// The payment as its shop is told of it.
    pub(super) fn wire(&self, settings: &Settings) -> Value {
        let mut told = json!({
            "id": self.id,
            "status": self.state.word(),
            "paid": self.is_paid(),
            "amount": amount(self.kopecks),
            "created_at": moment(self.created_at),
            "recipient": { "account_id": self.shop, "gateway_id": gateway(&self.shop) },
            "refundable": 0 < self.refundable(),
            "test": self.is_test,
        });
        if let Some(text) = &self.description {
            told["description"] = json!(text);
        }
        if !self.metadata.is_null() {
            told["metadata"] = self.metadata.clone();
        }
        if let Some(customer) = &self.customer {
            told["merchant_customer_id"] = json!(customer);
        }
        if let Some(confirmation) = &self.confirmation {
            told["confirmation"] = json!({
                "type": "redirect",
                "return_url": confirmation.return_url,
                "confirmation_url": settings.confirmation_url(&self.id),
            });
        }
        if let Some(method) = self.method_wire(settings) {
            told["payment_method"] = method;
        }
        if let Some(no) = &self.cancellation {
            told["cancellation_details"] = json!({ "party": no.party, "reason": no.reason });
        }
        if self.state == State::WaitingForCapture {
            told["expires_at"] = json!(self.due.map(moment));
        }
        if self.is_paid() && matches!(self.means, Some(Means::Card(_))) {
            told["authorization_details"] = self.authorization(settings);
        }
        if self.state == State::Succeeded {
            self.tell_success(&mut told);
        }
        told
    }

    fn tell_success(&self, told: &mut Value) {
        told["captured_at"] = json!(self.captured_at.map(moment));
        told["refunded_amount"] = amount(self.refunded);
        if self.tells_income {
            let kind = self.means.as_ref().map_or(Kind::Card, Means::kind);
            let kept = self.kopecks * kind.commission() / 10_000;
            told["income_amount"] = amount(self.kopecks - kept);
        }
        if self.has_receipt {
            told["receipt_registration"] = json!("succeeded");
        }
    }

    fn method_wire(&self, settings: &Settings) -> Option<Value> {
        let kind = self.means.as_ref().map(Means::kind).or(self.kind)?;
        let is_saved = self.method.is_some() || (self.saves && self.is_paid());
        let mut told = json!({
            "type": kind.word(),
            "id": self.method.as_ref().unwrap_or(&self.id),
            "saved": is_saved,
            "status": if is_saved { "active" } else { "inactive" },
        });
        if let Some(means) = &self.means {
            told["title"] = json!(means.title());
            let operation = hex::encode_upper(settings.derive("sbp", &self.id));
            means.details(&mut told, &operation[..32]);
        }
        Some(told)
    }

    fn authorization(&self, settings: &Settings) -> Value {
        let drawn = settings.derive("authorization", &self.id);
        let digits = |from: usize, count: usize| -> String {
            drawn[from..from + count].iter().map(|it| char::from(b'0' + it % 10)).collect()
        };
        let is_secure = self.means.as_ref().is_some_and(Means::is_secure) && self.method.is_none();
        json!({
            "rrn": digits(0, 12),
            "auth_code": digits(12, 6),
            "three_d_secure": { "applied": is_secure },
        })
    }
}

#[derive(Clone)]
pub(super) struct Refund {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) shop: String,
    pub(super) payment: u64,
    pub(super) payment_id: String,
    pub(super) kopecks: i64,
    pub(super) state: State,
    pub(super) created_at: i64,
    pub(super) due: Option<i64>,
    pub(super) description: Option<String>,
    pub(super) metadata: Value,
    pub(super) cancellation: Option<Cancellation>,
    pub(super) has_receipt: bool,
}

impl Refund {
    pub(super) fn wire(&self) -> Value {
        let mut told = json!({
            "id": self.id,
            "payment_id": self.payment_id,
            "status": self.state.word(),
            "amount": amount(self.kopecks),
            "created_at": moment(self.created_at),
        });
        if let Some(text) = &self.description {
            told["description"] = json!(text);
        }
        if !self.metadata.is_null() {
            told["metadata"] = self.metadata.clone();
        }
        if let Some(no) = &self.cancellation {
            told["cancellation_details"] = json!({ "party": no.party, "reason": no.reason });
        }
        if self.has_receipt {
            told["receipt_registration"] = json!(match self.state {
                State::Succeeded => "succeeded",
                State::Canceled => "canceled",
                State::Pending | State::WaitingForCapture => "pending",
            });
        }
        told
    }
}

/// A way to pay that a person let a shop keep.
pub(super) struct Method {
    pub(super) shop: String,
    pub(super) means: Means,
    /// Why it is declined from now on.
    pub(super) declined: Option<String>,
}

impl Shop {
    pub(super) fn me(&self) -> Value {
        let methods: Vec<&str> = Kind::ALL.iter().map(|it| it.word()).collect();
        let mut fiscalization = json!({ "enabled": self.needs_receipts });
        if self.needs_receipts {
            fiscalization["provider"] = json!("avanpost");
        }
        json!({
            "account_id": self.id,
            "status": "enabled",
            "test": self.is_test,
            "fiscalization_enabled": self.needs_receipts,
            "fiscalization": fiscalization,
            "payment_methods": methods,
        })
    }
}

/// The made-up account beside the shop's own number.
fn gateway(shop: &str) -> String {
    shop.parse::<u64>().map_or_else(|_| shop.to_owned(), |it| (it + 200).to_string())
}
