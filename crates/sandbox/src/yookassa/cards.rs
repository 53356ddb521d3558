//! What a made-up person can pay with: the cards of the test shop (telegram-and-payments.md B.8)
//! and a few banks of the fast payment system.

use serde_json::{Value, json};

/// How somebody pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// By its number; one that isn't among [`CARDS`] is declined as such.
    Card(String),
    /// By SBP, from the bank of this id.
    Bank(String),
}

/// The kinds of payment that the made-up shops take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Card,
    Sbp,
}

impl Kind {
    pub(super) const ALL: [Kind; 2] = [Kind::Card, Kind::Sbp];

    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Card => "bank_card",
            Kind::Sbp => "sbp",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|it| it.word() == word)
    }

    /// The most that can be paid at once, in kopecks.
    pub(super) fn kopecks_max(self) -> i64 {
        match self {
            Kind::Card => 35_000_000,
            Kind::Sbp => 70_000_000,
        }
    }

    /// What is kept back of a payment: parts of ten thousand.
    pub(super) fn commission(self) -> i64 {
        match self {
            Kind::Card => 350,
            Kind::Sbp => 70,
        }
    }
}

/// A card of the test shop and why it is declined, if it is.
pub struct Card {
    pub number: &'static str,
    pub declined: Option<&'static str>,
    /// Who declines it.
    party: &'static str,
    pub(super) is_secure: bool,
}

const fn good(number: &'static str, is_secure: bool) -> Card {
    Card { number, declined: None, party: NETWORK, is_secure }
}

const fn bad(number: &'static str, reason: &'static str, party: &'static str) -> Card {
    Card { number, declined: Some(reason), party, is_secure: true }
}

const NETWORK: &str = "payment_network";
const YOO: &str = "yoo_money";

pub const CARDS: &[Card] = &[
    good("5555555555554477", true),
    good("5555555555554444", false),
    good("4111111111111111", false),
    good("2200000000000004", false),
    good("2202474301322987", false),
    bad("5555555555554592", "3d_secure_failed", NETWORK),
    bad("5555555555554535", "call_issuer", NETWORK),
    bad("5555555555554543", "card_expired", NETWORK),
    bad("5555555555554568", "fraud_suspected", NETWORK),
    bad("5555555555554527", "general_decline", NETWORK),
    bad("5555555555554600", "insufficient_funds", NETWORK),
    bad("5555555555554618", "invalid_card_number", NETWORK),
    bad("5555555555554626", "invalid_csc", NETWORK),
    bad("5555555555554501", "issuer_unavailable", NETWORK),
    bad("5555555555554576", "payment_method_limit_exceeded", NETWORK),
    bad("5555555555554550", "payment_method_restricted", NETWORK),
    bad("5555555555554584", "country_forbidden", YOO),
    bad("5555555555554634", "fraud_suspected", YOO),
];

/// Every reason for which a payment may end canceled.
pub const REASONS: &[&str] = &[
    "3d_secure_failed",
    "call_issuer",
    "canceled_by_merchant",
    "card_expired",
    "country_forbidden",
    "deal_expired",
    "expired_on_capture",
    "expired_on_confirmation",
    "fraud_suspected",
    "general_decline",
    "identification_required",
    "insufficient_funds",
    "internal_timeout",
    "invalid_card_number",
    "invalid_csc",
    "issuer_unavailable",
    "payment_method_limit_exceeded",
    "payment_method_restricted",
    "permission_revoked",
    "unsupported_mobile_operator",
];

/// The bank's id in SBP, its BIC and its name. The names are made up, as the money is.
pub(super) struct Bank {
    pub(super) id: &'static str,
    bic: &'static str,
    pub(super) name: &'static str,
}

pub(super) const BANKS: &[Bank] = &[
    Bank { id: "100000000111", bic: "044525225", name: "Берёза Банк" },
    Bank { id: "100000000004", bic: "044525974", name: "Жёлтый Банк" },
    Bank { id: "100000000008", bic: "044525593", name: "Первый Речной" },
];

impl Means {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Means::Card(_) => Kind::Card,
            Means::Bank(_) => Kind::Sbp,
        }
    }

    fn card(&self) -> Option<&'static Card> {
        let Means::Card(number) = self else { return None };
        CARDS.iter().find(|it| it.number == number)
    }

    /// Who declines it, and why.
    pub(super) fn declined(&self) -> Option<(&'static str, &'static str)> {
        if matches!(self, Means::Bank(_)) {
            return None;
        }
        match self.card() {
            Some(card) => card.declined.map(|reason| (card.party, reason)),
            None => Some((NETWORK, "invalid_card_number")),
        }
    }

    pub(super) fn title(&self) -> String {
        match self {
            Means::Card(number) => format!("Bank card *{}", last(number, 4)),
            Means::Bank(_) => "SBP".to_owned(),
        }
    }

    /// What a payment says of it beside its kind.
    pub(super) fn details(&self, said: &mut Value, operation: &str) {
        match self {
            Means::Card(number) => {
                let kind = match number.as_bytes().first() {
                    Some(b'2') => "Mir",
                    Some(b'4') => "Visa",
                    Some(b'5') => "MasterCard",
                    _ => "Unknown",
                };
                said["card"] = json!({
                    "first6": number.get(..6).unwrap_or(number),
                    "last4": last(number, 4),
                    "expiry_year": "2030",
                    "expiry_month": "12",
                    "card_type": kind,
                    "issuer_country": "RU",
                    "issuer_name": "Sandbox Bank",
                });
            }
            Means::Bank(id) => {
                let bank = BANKS.iter().find(|it| it.id == id).unwrap_or(&BANKS[0]);
                said["sbp_operation_id"] = json!(operation);
                said["payer_bank_details"] = json!({ "bank_id": id, "bic": bank.bic });
            }
        }
    }

    pub(super) fn is_secure(&self) -> bool {
        self.card().is_none_or(|it| it.is_secure)
    }
}

/// Who says no for a reason.
pub(super) fn party(reason: &str) -> &'static str {
    match reason {
        "canceled_by_merchant" => "merchant",
        "country_forbidden"
        | "deal_expired"
        | "expired_on_capture"
        | "expired_on_confirmation"
        | "identification_required"
        | "internal_timeout" => YOO,
        _ => NETWORK,
    }
}

fn last(text: &str, letters: usize) -> &str {
    text.get(text.len().saturating_sub(letters)..).unwrap_or(text)
}

impl Kind {
    /// What somebody pays with who doesn't choose.
    pub(super) fn quickest(self) -> Means {
        match self {
            Kind::Card => Means::Card(CARDS[0].number.to_owned()),
            Kind::Sbp => Means::Bank(BANKS[0].id.to_owned()),
        }
    }
}
