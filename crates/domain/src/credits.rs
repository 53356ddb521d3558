//! Credits: what users hold and what work costs.

use serde::{Deserialize, Serialize};

/// A whole number of credits, zero or more. There are no halves and no debts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Credits(i64);

impl Credits {
    pub const ZERO: Self = Self(0);

    /// The most that one movement may carry. Far below what would overflow a sum of them.
    pub const MOST: i64 = 1_000_000_000;

    /// `None` below zero or beyond [`Credits::MOST`].
    pub fn new(amount: i64) -> Option<Self> {
        (0..=Self::MOST).contains(&amount).then_some(Self(amount))
    }

    pub fn as_i64(self) -> i64 {
        self.0
    }

    pub fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// So many times this, but no more than [`Credits::MOST`].
    pub fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(count)).min(Self::MOST))
    }

    /// What is left after `other` is taken away; zero when that is more.
    pub fn less(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }
}

impl std::fmt::Display for Credits {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl From<Credits> for i64 {
    fn from(credits: Credits) -> i64 {
        credits.0
    }
}

impl TryFrom<i64> for Credits {
    type Error = String;

    fn try_from(amount: i64) -> Result<Self, String> {
        Self::new(amount).ok_or_else(|| format!("{amount} is not a number of credits"))
    }
}
