//! Keys of other programs: what a secret looks like, and what its owner may do.

use sha2::{Digest, Sha256};

use crate::app::Ground;

/// With which every secret begins, so that one that leaks is recognised.
const PREFIX: &str = "atl_";
/// 200 bits.
const CHARS: usize = 40;
/// How much of a secret is kept to find it by, and shown to recognise it.
const START_CHARS: usize = PREFIX.len() + 8;
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

macro_rules! scopes {
    ($($variant:ident = $text:literal),* $(,)?) => {
        /// What a key lets its owner do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Scope {
            $($variant),*
        }

        impl Scope {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }
        }
    };
}

scopes! {
    AvatarsRead = "avatars:read",
    AvatarsWrite = "avatars:write",
    BalanceRead = "balance:read",
    GalleryRead = "gallery:read",
    GalleryWrite = "gallery:write",
    GenerationsRead = "generations:read",
    GenerationsWrite = "generations:write",
    JobsRead = "jobs:read",
    PaymentsRead = "payments:read",
    PresetsRead = "presets:read",
    TrainingsRead = "trainings:read",
    TrainingsWrite = "trainings:write",
    UsersRead = "users:read",
    UsersWrite = "users:write",
    WebhooksRead = "webhooks:read",
    WebhooksWrite = "webhooks:write",
}

/// A new secret, which is shown once and never kept.
pub fn new_secret(ground: &Ground) -> String {
    let chances = [ground.ids.chance(), ground.ids.chance()];
    // Ids may take their chance from a test's count: what is made of it still has its form.
    let digits = (0..CHARS).map(|at| {
        let chance = chances[at / 20] >> ((at % 20) * 5);
        ALPHABET[(chance & 31) as usize] as char
    });
    format!("{PREFIX}{}", digits.collect::<String>())
}

/// The beginning of a secret; `None` when it isn't one of ours.
pub fn start(secret: &str) -> Option<&str> {
    let rest = secret.strip_prefix(PREFIX)?;
    let is_one = rest.len() == CHARS && rest.bytes().all(|it| ALPHABET.contains(&it));
    is_one.then(|| &secret[..START_CHARS])
}

pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// The scopes of a list with blanks or commas between; the error is the first that there isn't.
pub fn scopes(list: &str) -> Result<Vec<Scope>, String> {
    let words = list.split([' ', ',']).filter(|it| !it.is_empty());
    words.map(|it| Scope::from_text(it).ok_or_else(|| it.to_owned())).collect()
}
