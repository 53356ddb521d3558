//! Ids: a prefix that says of what, and 26 characters that sort by the time they were made.

use serde::{Deserialize, Serialize};

/// Crockford's alphabet in lower case: no `i`, `l`, `o`, `u`, so that an id can be read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const DIGITS: usize = 26;

/// Writes 128 bits as 26 characters, most significant first.
fn spell(number: u128) -> String {
    (0..DIGITS).rev().map(|at| ALPHABET[((number >> (at * 5)) & 31) as usize] as char).collect()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident $prefix:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Makes an id of a number from the id source (time in the high bits).
            pub fn new(number: u128) -> Self {
                Self(format!("{}{}", $prefix, spell(number)))
            }

            /// Takes an id from outside; `None` when it isn't of this kind.
            pub fn from_text(text: &str) -> Option<Self> {
                let rest = text.strip_prefix($prefix)?;
                let well_made = (1..=DIGITS).contains(&rest.len())
                    && rest.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
                well_made.then(|| Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = WrongId;

            fn try_from(text: String) -> Result<Self, WrongId> {
                Self::from_text(&text).ok_or(WrongId { text, prefix: $prefix })
            }
        }
    )*};
}

ids! {
    /// A key with which another program may call us.
    ApiKeyId "key_"
    /// A result that a user may keep.
    ArtifactId "art_"
    /// A likeness that a user has trained, or is about to.
    AvatarId "ava_"
    /// One call of ours to another program.
    DeliveryId "dlv_"
    /// An address of another program that wants to be called.
    EndpointId "end_"
    /// A Telegram bot that we run.
    BotId "bot_"
    /// One conversation of a user with a bot.
    ChatId "cht_"
    /// What a customer wrote to those who answer for a bot, or what they answered.
    FeedbackId "fbk_"
    /// One paid request for results.
    GenerationId "gen_"
    /// What one of the operator's own GPUs does.
    GpuRunId "gpu_"
    /// Credits that a user gives to whoever opens a link first.
    GiftId "gft_"
    /// Words that a model was asked for: of a photo, or better ones.
    HintId "hnt_"
    /// Credits set aside.
    HoldId "hld_"
    /// A photo that is to be edited.
    InputId "inp_"
    /// A row of the job table.
    JobId "job_"
    /// Stored bytes.
    ObjectId "obj_"
    /// Results of a user put into one archive.
    PackingId "zip_"
    /// A picture that a user gave us.
    PhotoId "pho_"
    /// A wish to buy a pack.
    OrderId "ord_"
    /// Money that has moved, as a payment method says.
    PaymentId "pay_"
    /// Something that those who answer for a bot are shown.
    PostId "pst_"
    /// Money that goes back.
    RefundId "ref_"
    /// A plan that a user has taken.
    SubscriptionId "sub_"
    /// Something that a user is to be told for certain.
    TellId "tel_"
    /// One try at making an avatar.
    TrainingId "trn_"
    /// A person, as one bot knows them.
    UserId "usr_"
}

/// A text that isn't an id of the kind that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not an id that begins with `{prefix}`")]
pub struct WrongId {
    text: String,
    prefix: &'static str,
}
