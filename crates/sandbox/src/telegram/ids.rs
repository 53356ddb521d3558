//! Ids that look like Telegram's and depend on nothing but the seed and the order of asking.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::atomic::{AtomicU64, Ordering};

/// One stream of ids. The same salt asked in the same order gives the same ids.
pub(crate) struct Ids {
    salt: u64,
    next: AtomicU64,
}

impl Ids {
    pub(crate) fn new(salt: u64) -> Ids {
        Ids { salt: mix(salt), next: AtomicU64::new(1) }
    }

    /// A number of up to 18 digits.
    pub(crate) fn number(&self) -> u64 {
        self.next_word() % 900_000_000_000_000_000 + 100_000_000_000_000_000
    }

    /// Letters in the manner of file ids: a prefix that names the kind, then 24 bytes.
    pub(crate) fn letters(&self, prefix: &str) -> String {
        let first = self.next_word();
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&first.to_be_bytes());
        bytes[8..16].copy_from_slice(&mix(first).to_be_bytes());
        bytes[16..].copy_from_slice(&mix(first ^ self.salt).to_be_bytes());
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A number from 0 up to, not with, `end`.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.next_word() % end.max(1)
    }

    fn next_word(&self) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        mix(self.salt.wrapping_add(mix(number)))
    }
}

/// SplitMix64: well spread, tiny, and the same everywhere.
pub(crate) fn mix(number: u64) -> u64 {
    let mut word = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
