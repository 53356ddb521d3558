//! Moments and spans. Nobody here asks what time it is: `now` is an argument.

use serde::{Deserialize, Serialize};

/// Milliseconds: since 1970 (UTC) for a moment, else a length of time.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

impl Millis {
    pub const SECOND: Self = Self(1_000);
    pub const MINUTE: Self = Self(60_000);
    pub const HOUR: Self = Self(3_600_000);
    pub const DAY: Self = Self(86_400_000);

    pub const fn seconds(count: i64) -> Self {
        Self(count * 1_000)
    }

    pub const fn days(count: i64) -> Self {
        Self(count * Self::DAY.0)
    }

    pub fn plus(self, span: Self) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The time from `earlier` to this moment; zero if the clock went backwards.
    pub fn since(self, earlier: Self) -> Self {
        Self((self.0 - earlier.0).max(0))
    }

    pub fn as_i64(self) -> i64 {
        self.0
    }
}
