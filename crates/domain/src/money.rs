//! Money: what people pay with. Whole minor units and a currency, never a fraction.

use serde::{Deserialize, Serialize};

/// What an amount is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Currency {
    /// Kazakh tenge; 100 tiyn each.
    Kzt,
    /// Russian roubles; 100 kopecks each.
    Rub,
    /// Telegram Stars, which have no smaller unit.
    Stars,
}

impl Currency {
    pub const ALL: &'static [Self] = &[Self::Kzt, Self::Rub, Self::Stars];

    /// Its name in our tables and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kzt => "kzt",
            Self::Rub => "rub",
            Self::Stars => "stars",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }

    /// Its code on the wire: ISO 4217, and Telegram's own for Stars.
    pub fn code(self) -> &'static str {
        match self {
            Self::Kzt => "KZT",
            Self::Rub => "RUB",
            Self::Stars => "XTR",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.code() == code)
    }

    /// How many digits come after the point: 2 for roubles, 0 for Stars.
    pub fn decimals(self) -> usize {
        match self {
            Self::Kzt | Self::Rub => 2,
            Self::Stars => 0,
        }
    }
}

/// An amount, zero or more, in minor units: kopecks, tiyn, Stars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Money {
    minor: i64,
    pub currency: Currency,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    minor: i64,
    currency: Currency,
}

impl TryFrom<Unchecked> for Money {
    type Error = String;

    fn try_from(it: Unchecked) -> Result<Self, String> {
        Self::new(it.minor, it.currency).ok_or_else(|| format!("{} is not an amount", it.minor))
    }
}

impl Money {
    /// The most that one payment may carry. Far below what would overflow a sum of them.
    pub const MOST: i64 = 1_000_000_000_000;

    /// `None` below zero or beyond [`Money::MOST`].
    pub fn new(minor: i64, currency: Currency) -> Option<Self> {
        (0..=Self::MOST).contains(&minor).then_some(Self { minor, currency })
    }

    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    pub fn minor(self) -> i64 {
        self.minor
    }

    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Reads an amount as payment systems write it: digits, and exactly as many after the point
    /// as the currency has. `None` for anything else, so that nothing is ever rounded.
    pub fn from_decimal(text: &str, currency: Currency) -> Option<Self> {
        let (whole, part) = match currency.decimals() {
            0 => (text, ""),
            digits => text.split_once('.').filter(|(_, part)| part.len() == digits)?,
        };
        let is_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(part) {
            return None;
        }
        let minor = format!("{whole}{part}").parse().ok()?;
        Self::new(minor, currency)
    }

    /// The amount as payment systems write it: `499.00`, and `250` for Stars.
    pub fn decimal(self) -> String {
        match self.currency.decimals() {
            0 => self.minor.to_string(),
            digits => {
                let one = 10_i64.pow(digits as u32);
                format!("{}.{:0digits$}", self.minor / one, self.minor % one)
            }
        }
    }

    /// The part of it that `part` is of `whole`, rounded down to a minor unit. All of it when
    /// `part` is not less; nothing when `whole` is zero.
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole <= 0 || part <= 0 {
            return Self::zero(self.currency);
        }
        let minor = i128::from(self.minor) * i128::from(part.min(whole)) / i128::from(whole);
        // It is at most `self.minor`, which fitted.
        Self { minor: i64::try_from(minor).unwrap_or(self.minor), currency: self.currency }
    }

    /// What is left after `other` is taken away; zero when that is more. `None` when it is of
    /// another currency.
    pub fn less(self, other: Self) -> Option<Self> {
        let minor = (self.minor - other.minor).max(0);
        (self.currency == other.currency).then_some(Self { minor, currency: self.currency })
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.decimal(), self.currency.code())
    }
}

/// A way to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Card,
    /// The Russian system for quick payments, by a bank's app.
    Sbp,
    Stars,
}

impl Method {
    pub const ALL: &'static [Self] = &[Self::Card, Self::Sbp, Self::Stars];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Sbp => "sbp",
            Self::Stars => "stars",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

/// Why a payment did not come about, in the words that a customer may hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Declined {
    /// Not enough money, or a limit of the card or wallet.
    NoMoney,
    /// The card's number, date or code, or the bank's confirmation.
    CardWrong,
    /// The bank or its network said no, or could not be reached.
    BankSaidNo,
    /// The payment page was left open for too long.
    NotConfirmed,
    /// The saved card or account may not be charged any more.
    PermissionRevoked,
    /// Somebody called it off.
    CalledOff,
    Other,
}

impl Declined {
    pub const ALL: &'static [Self] = &[
        Self::NoMoney,
        Self::CardWrong,
        Self::BankSaidNo,
        Self::NotConfirmed,
        Self::PermissionRevoked,
        Self::CalledOff,
        Self::Other,
    ];

    /// Its text key.
    pub fn key(self) -> &'static str {
        match self {
            Self::NoMoney => "declined-no-money",
            Self::CardWrong => "declined-card-wrong",
            Self::BankSaidNo => "declined-bank",
            Self::NotConfirmed => "declined-not-confirmed",
            Self::PermissionRevoked => "declined-revoked",
            Self::CalledOff => "declined-called-off",
            Self::Other => "declined-other",
        }
    }

    /// Whether charging the same saved card again, days later, may go better.
    pub fn may_heal(self) -> bool {
        match self {
            Self::NoMoney | Self::BankSaidNo | Self::Other => true,
            Self::CardWrong | Self::NotConfirmed | Self::PermissionRevoked | Self::CalledOff => {
                false
            }
        }
    }
}
