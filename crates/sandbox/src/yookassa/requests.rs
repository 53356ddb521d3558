//! What a shop asks for: payments, captures, cancellations, refunds. Each is looked at as a whole
//! before anything is done (telegram-and-payments.md B.3–B.5).

use serde_json::{Map, Value};

use super::cards::Kind;
use super::faults::{self, Trouble};
use super::payment::{Confirmation, Payment, Refund, State};
use super::reading::Fields;
use super::refusals::Refusal;
use super::{Settings, Shop, World, receipts};

const DESCRIPTION_CHARS_MAX: usize = 128;
const REFUND_DESCRIPTION_CHARS_MAX: usize = 250;
const CUSTOMER_CHARS_MAX: usize = 200;
const URL_CHARS_MAX: usize = 2_048;
/// What the documents name and these shops don't have.
const NOT_OFFERED: &[&str] = &[
    "airline",
    "deal",
    "fraud_data",
    "payment_order",
    "payment_token",
    "receiver",
    "statements",
    "transfers",
];
const LOCALES: &[&str] = &["en_US", "ru_RU"];

/// In what a request is done, and for whom.
pub(super) struct Desk<'a> {
    pub(super) world: &'a mut World,
    pub(super) settings: &'a Settings,
    pub(super) shop: &'a Shop,
    pub(super) now: i64,
    /// The answer is to wait for what was announced meanwhile.
    pub(super) is_early: bool,
}

/// How a payment is to be paid.
enum Way {
    /// By a person, who may be left the choice.
    Person(Confirmation, Option<Kind>),
    /// With a saved method.
    Saved(String),
}

impl Desk<'_> {
    /// Makes a payment; what is answered is how it was made, whatever happens to it meanwhile.
    pub(super) fn create(&mut self, body: &Value) -> Result<Value, Refusal> {
        let empty = Map::new();
        let asked = Fields::body(body, &empty)?;
        let known = [
            "amount",
            "capture",
            "client_ip",
            "confirmation",
            "description",
            "merchant_customer_id",
            "metadata",
            "payment_method_data",
            "payment_method_id",
            "receipt",
            "recipient",
            "save_payment_method",
        ];
        asked.only(&[&known, NOT_OFFERED].concat())?;
        asked.without(NOT_OFFERED)?;
        let kopecks = asked.amount()?;
        let description = asked.text("description", DESCRIPTION_CHARS_MAX)?;
        let customer = asked.text("merchant_customer_id", CUSTOMER_CHARS_MAX)?;
        let metadata = asked.metadata()?;
        let takes_at_once = asked.flag("capture")?;
        let saves = asked.flag("save_payment_method")?;
        asked.text("client_ip", 45)?;
        self.check_recipient(&asked)?;
        let way = self.way(&asked, takes_at_once)?;
        self.check_limit(&asked, &way, kopecks)?;
        let has_receipt = receipts::check(&asked, kopecks, self.shop.needs_receipts)?;

        let payment = Payment {
            takes_at_once,
            description: description.map(str::to_owned),
            metadata,
            customer: customer.map(str::to_owned),
            saves,
            has_receipt,
            ..self.plain_payment(kopecks)
        };
        Ok(match way {
            Way::Person(confirmation, kind) => {
                self.wait_for_person(Payment { confirmation: Some(confirmation), kind, ..payment })
            }
            Way::Saved(method) => {
                self.charge(Payment { method: Some(method), saves: false, ..payment })
            }
        })
    }

    /// A payment of which only the sum is known.
    fn plain_payment(&mut self, kopecks: i64) -> Payment {
        let number = self.world.next_number();
        let is_other = faults::take(&mut self.world.faults, Trouble::OtherTest).is_some();
        Payment {
            number,
            id: self.settings.id("000f", number, self.now),
            shop: self.shop.id.clone(),
            kopecks,
            state: State::Pending,
            takes_at_once: false,
            created_at: self.now,
            captured_at: None,
            due: None,
            description: None,
            metadata: Value::Null,
            customer: None,
            confirmation: None,
            kind: None,
            means: None,
            method: None,
            saves: false,
            is_under_way: false,
            refunded: 0,
            refunding: 0,
            cancellation: None,
            has_receipt: false,
            is_test: self.shop.is_test != is_other,
            tells_income: faults::take(&mut self.world.faults, Trouble::NoIncome).is_none(),
        }
    }

    fn wait_for_person(&mut self, payment: Payment) -> Value {
        let (number, told) = (payment.number, payment.wire(self.settings));
        let kind = payment.kind.unwrap_or(Kind::Card);
        self.world.add_payment(payment);
        if faults::take(&mut self.world.faults, Trouble::ForgedSuccess).is_some() {
            let mut lie = told.clone();
            (lie["status"], lie["paid"]) = (Value::from("succeeded"), Value::from(true));
            self.world.announce(&self.shop.id, "payment.succeeded", lie, self.now);
        }
        // Somebody is very quick to pay.
        if self.take_early() {
            self.world.attempt(number, kind.quickest(), self.now, self.settings);
        }
        told
    }

    fn charge(&mut self, payment: Payment) -> Value {
        let number = payment.number;
        self.take_early();
        let method = payment.method.as_ref().and_then(|it| self.world.methods.get(it));
        let means = method.map(|it| it.means.clone());
        self.world.add_payment(payment);
        if let Some(means) = means {
            self.world.attempt(number, means, self.now, self.settings);
        }
        self.world.payments[&number].wire(self.settings)
    }

    fn take_early(&mut self) -> bool {
        self.is_early = faults::take(&mut self.world.faults, Trouble::Early).is_some();
        self.is_early
    }

    /// Reads how it is to be paid: by a saved method without any confirmation, or by a person.
    fn way(&self, asked: &Fields<'_>, takes_at_once: bool) -> Result<Way, Refusal> {
        let by = asked.inside("payment_method_data", "payment_method_data")?;
        if let Some(id) = asked.text("payment_method_id", 64)? {
            if asked.get("confirmation").is_some() {
                let why = "Confirmation must be null when using payment_method_id";
                return Err(asked.wrong("confirmation", why));
            }
            if by.is_some() {
                let why = "Only one of payment_method_data and payment_method_id is expected";
                return Err(asked.wrong("payment_method_data", why));
            }
            let method = self.world.methods.get(id).filter(|it| it.shop == self.shop.id);
            let known = method.map(|_| Way::Saved(id.to_owned()));
            return known
                .ok_or_else(|| asked.wrong("payment_method_id", "Payment method is not saved"));
        }
        let kind = by.map(|by| kind(&by)).transpose()?;
        if kind == Some(Kind::Sbp) && !takes_at_once {
            let why = "This payment method doesn't support payments in two steps";
            return Err(asked.wrong("capture", why));
        }
        let Some(confirmation) = asked.inside("confirmation", "confirmation")? else {
            return Err(asked.wrong("confirmation", "Confirmation is missing"));
        };
        Ok(Way::Person(read_confirmation(&confirmation)?, kind))
    }

    fn check_recipient(&self, asked: &Fields<'_>) -> Result<(), Refusal> {
        let Some(recipient) = asked.inside("recipient", "recipient")? else { return Ok(()) };
        recipient.only(&["account_id", "gateway_id"])?;
        match recipient.text("account_id", 64)? {
            Some(id) if id != self.shop.id => {
                Err(recipient.wrong("account_id", "Recipient is illegal"))
            }
            _ => Ok(()),
        }
    }

    fn check_limit(&self, asked: &Fields<'_>, way: &Way, kopecks: i64) -> Result<(), Refusal> {
        let kinds = match way {
            Way::Person(_, Some(kind)) => vec![*kind],
            Way::Person(_, None) => Kind::ALL.to_vec(),
            Way::Saved(id) => {
                self.world.methods.get(id).map(|it| it.means.kind()).into_iter().collect()
            }
        };
        let is_within = |it: &Kind| (100..=it.kopecks_max()).contains(&kopecks);
        if kinds.iter().any(is_within) {
            return Ok(());
        }
        Err(asked.wrong("amount", "Amount is out of the limits of the payment method"))
    }

    /// Takes held money, all of it or a part.
    pub(super) fn capture(&mut self, id: &str, body: &Value) -> Result<Value, Refusal> {
        let empty = Map::new();
        let asked = Fields::body(body, &empty)?;
        asked.only(&["airline", "amount", "deal", "receipt", "transfers"])?;
        asked.without(&["airline", "deal", "transfers"])?;
        let payment = self.own_payment(id)?;
        let (number, held) = (payment.number, payment.kopecks);
        if payment.state != State::WaitingForCapture {
            return Err(Refusal::bad("Payment can not be captured in current status", ""));
        }
        let part = asked.get("amount").map(|_| asked.amount()).transpose()?;
        if part.is_some_and(|it| held < it) {
            return Err(asked.wrong("amount", "Illegal amount for capture"));
        }
        receipts::check(&asked, part.unwrap_or(held), false)?;
        self.world.take_money(number, part, self.now, self.settings);
        Ok(self.world.payments[&number].wire(self.settings))
    }

    /// Gives held money back.
    pub(super) fn cancel(&mut self, id: &str, body: &Value) -> Result<Value, Refusal> {
        let empty = Map::new();
        Fields::body(body, &empty)?.only(&[])?;
        let payment = self.own_payment(id)?;
        let number = payment.number;
        if payment.takes_at_once {
            return Err(Refusal::bad("You can not cancel payment with autocapture", ""));
        }
        if payment.state != State::WaitingForCapture {
            return Err(Refusal::bad("Payment can not be canceled in current status", ""));
        }
        self.world.cancel(number, "canceled_by_merchant", self.now, self.settings);
        Ok(self.world.payments[&number].wire(self.settings))
    }

    /// Gives taken money back, all of it or a part, as often as there is a rest.
    pub(super) fn refund(&mut self, body: &Value) -> Result<Value, Refusal> {
        let empty = Map::new();
        let asked = Fields::body(body, &empty)?;
        let unused = ["deal", "refund_method_data", "sources"];
        let known = ["amount", "description", "metadata", "payment_id", "receipt"];
        asked.only(&[&known[..], &unused[..]].concat())?;
        asked.without(&unused)?;
        let kopecks = asked.amount()?;
        let id = asked.text("payment_id", 64)?;
        let id = id.ok_or_else(|| asked.wrong("payment_id", "Payment id is missing"))?;
        let description = asked.text("description", REFUND_DESCRIPTION_CHARS_MAX)?;
        let metadata = asked.metadata()?;
        let payment = self
            .own_payment(id)
            .map_err(|_| asked.wrong("payment_id", "Payment doesn't exist or can't be refunded"))?;
        if payment.state != State::Succeeded {
            let why = "Payment can not be refunded in current status";
            return Err(asked.wrong("payment_id", why));
        }
        if payment.refundable() < kopecks {
            let why = "Refund amount is more than what is left of the payment";
            return Err(asked.wrong("amount", why));
        }
        let number = payment.number;
        let has_receipt = receipts::check(&asked, kopecks, false)?;
        let refund = Refund {
            description: description.map(str::to_owned),
            metadata,
            has_receipt,
            ..self.plain_refund(number, kopecks)
        };
        let number = refund.number;
        self.world.add_refund(refund, self.now);
        Ok(self.world.refunds[&number].wire())
    }

    /// A refund of which only the sum is known.
    pub(super) fn plain_refund(&mut self, payment: u64, kopecks: i64) -> Refund {
        let number = self.world.next_number();
        Refund {
            number,
            id: self.settings.id("0016", number, self.now),
            shop: self.shop.id.clone(),
            payment,
            payment_id: self.world.payments[&payment].id.clone(),
            kopecks,
            state: State::Pending,
            created_at: self.now,
            due: None,
            description: None,
            metadata: Value::Null,
            cancellation: None,
            has_receipt: false,
        }
    }

    fn own_payment(&self, id: &str) -> Result<&Payment, Refusal> {
        let payment = self.world.payment_of(id).filter(|it| it.shop == self.shop.id);
        payment.ok_or_else(|| Refusal::unknown("Payment"))
    }

    pub(super) fn read_payment(&self, id: &str) -> Result<Value, Refusal> {
        self.own_payment(id).map(|it| it.wire(self.settings))
    }

    pub(super) fn read_refund(&self, id: &str) -> Result<Value, Refusal> {
        let refund = self.world.refund_of(id).filter(|it| it.shop == self.shop.id);
        refund.map(Refund::wire).ok_or_else(|| Refusal::unknown("Refund"))
    }
}

fn kind(by: &Fields<'_>) -> Result<Kind, Refusal> {
    let word = by.text("type", 64)?;
    let word = word.ok_or_else(|| by.wrong("type", "Payment method type is missing"))?;
    let kind = Kind::from_word(word);
    let kind = kind.ok_or_else(|| by.wrong("type", "Payment method is not available"))?;
    // Numbers of cards are only for those who are trusted with them.
    by.only(&["type"])?;
    Ok(kind)
}

fn read_confirmation(asked: &Fields<'_>) -> Result<Confirmation, Refusal> {
    asked.only(&["enforce", "locale", "return_url", "type"])?;
    if asked.text("type", 64)? != Some("redirect") {
        return Err(asked.wrong("type", "Confirmation type is not available"));
    }
    asked.flag("enforce")?;
    let locale = asked.text("locale", 8)?;
    if locale.is_some_and(|it| !LOCALES.contains(&it)) {
        return Err(asked.wrong("locale", "Locale is illegal"));
    }
    let url = asked.text("return_url", URL_CHARS_MAX)?;
    let url = url.ok_or_else(|| asked.wrong("return_url", "Return url is missing"))?;
    if !url::Url::parse(url).is_ok_and(|it| it.has_host() || it.scheme() == "tg") {
        return Err(asked.wrong("return_url", "Return url is illegal"));
    }
    Ok(Confirmation { return_url: url.to_owned(), locale: locale.map(str::to_owned) })
}
