//! Why we say no. A refusal is an answer, not an error.

use serde::{Deserialize, Serialize};

use crate::Credits;

/// A reason to say no to a user. Each has one text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    AvatarGone,
    /// It has no model yet, so nothing can be made with it.
    AvatarNotReady,
    AvatarsTooMany {
        most: u32,
    },
    BeingForgotten,
    /// The character isn't on offer any more.
    CharacterGone,
    /// The clip isn't there any more, or can't be used.
    ClipGone,
    ClipTooLarge,
    ClipTooLong {
        most: u32,
    },
    ContactNeeded,
    ContactWrong,
    /// The generation isn't there, or isn't theirs.
    GenerationGone,
    GiftGone,
    /// A gift is for somebody else.
    GiftOwn,
    GiftTooSmall {
        least: Credits,
    },
    GiftsAfterPurchase,
    GiftsTooMany {
        most: u32,
    },
    MethodOff,
    NoPlan,
    /// Our own disks are full: nothing large is begun.
    NoRoom,
    NotAnOwner,
    NothingToCancel,
    NothingToRefund,
    OrderGone,
    PackGone,
    /// A photo that is larger than Telegram gives to bots.
    PhotoTooLarge,
    PhotoGone,
    PhotosStillChecked {
        left: u32,
    },
    PhotosTooFew {
        have: u32,
        need: u32,
    },
    PhotosTooMany {
        most: u32,
    },
    PictureGone,
    PicturesTooMany {
        most: u32,
    },
    /// So many generations are being made for them already.
    PicturesUnderWay {
        most: u32,
    },
    PlanRuns,
    /// The preset isn't on offer any more.
    PresetGone,
    ProductPaused,
    PromoEnded,
    PromoEntered,
    PromoUnknown,
    PromoUsedUp,
    QuoteExpired,
    /// Too many of their pictures were kept back by a safety check in a day.
    RestsToday,
    /// What was spoken isn't there any more.
    SpeechGone,
    /// It takes longer to say than a video may last, in seconds.
    SpeechTooLong {
        most: u32,
    },
    /// The style isn't on offer any more, or not for this avatar.
    StyleGone,
    ShortOfCredits {
        need: Credits,
        have: Credits,
    },
    TooManyTries,
    TermsNotAccepted,
    TrainingRuns,
    UserGone,
    /// The provider doesn't have this voice any more.
    VoiceGone,
    WordsEmpty,
    WordsTooLong {
        most: u32,
    },
}

impl Refusal {
    /// Its text key, and its code in the API.
    pub fn key(&self) -> &'static str {
        match self {
            Self::AvatarGone => "refusal-avatar-gone",
            Self::AvatarNotReady => "refusal-avatar-not-ready",
            Self::AvatarsTooMany { .. } => "refusal-avatars-too-many",
            Self::BeingForgotten => "refusal-being-forgotten",
            Self::CharacterGone => "refusal-character-gone",
            Self::ClipGone => "refusal-clip-gone",
            Self::ClipTooLarge => "refusal-clip-too-large",
            Self::ClipTooLong { .. } => "refusal-clip-too-long",
            Self::ContactNeeded => "refusal-contact-needed",
            Self::ContactWrong => "refusal-contact-wrong",
            Self::GenerationGone => "refusal-generation-gone",
            Self::GiftGone => "refusal-gift-gone",
            Self::GiftOwn => "refusal-gift-own",
            Self::GiftTooSmall { .. } => "refusal-gift-too-small",
            Self::GiftsAfterPurchase => "refusal-gifts-after-purchase",
            Self::GiftsTooMany { .. } => "refusal-gifts-too-many",
            Self::MethodOff => "refusal-method-off",
            Self::NoPlan => "refusal-no-plan",
            Self::NoRoom => "refusal-no-room",
            Self::NotAnOwner => "refusal-not-an-owner",
            Self::NothingToCancel => "refusal-nothing-to-cancel",
            Self::NothingToRefund => "refusal-nothing-to-refund",
            Self::OrderGone => "refusal-order-gone",
            Self::PackGone => "refusal-pack-gone",
            Self::PhotoGone => "refusal-photo-gone",
            Self::PhotoTooLarge => "refusal-photo-too-large",
            Self::PhotosStillChecked { .. } => "refusal-photos-still-checked",
            Self::PhotosTooFew { .. } => "refusal-photos-too-few",
            Self::PhotosTooMany { .. } => "refusal-photos-too-many",
            Self::PictureGone => "refusal-picture-gone",
            Self::PicturesTooMany { .. } => "refusal-pictures-too-many",
            Self::PicturesUnderWay { .. } => "refusal-pictures-under-way",
            Self::PlanRuns => "refusal-plan-runs",
            Self::PresetGone => "refusal-preset-gone",
            Self::ProductPaused => "refusal-product-paused",
            Self::PromoEnded => "refusal-promo-ended",
            Self::PromoEntered => "refusal-promo-entered",
            Self::PromoUnknown => "refusal-promo-unknown",
            Self::PromoUsedUp => "refusal-promo-used-up",
            Self::QuoteExpired => "refusal-quote-expired",
            Self::ShortOfCredits { .. } => "refusal-short-of-credits",
            Self::RestsToday => "refusal-rests-today",
            Self::SpeechGone => "refusal-speech-gone",
            Self::SpeechTooLong { .. } => "refusal-speech-too-long",
            Self::StyleGone => "refusal-style-gone",
            Self::TooManyTries => "refusal-too-many-tries",
            Self::TermsNotAccepted => "refusal-terms-not-accepted",
            Self::TrainingRuns => "refusal-training-runs",
            Self::UserGone => "refusal-user-gone",
            Self::VoiceGone => "refusal-voice-gone",
            Self::WordsEmpty => "refusal-words-empty",
            Self::WordsTooLong { .. } => "refusal-words-too-long",
        }
    }
}

/// Why work ended without a result, in the words that a customer may hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The provider could not use the photos that it was given.
    PhotosUnusable,
    /// The provider's rules forbid the pictures.
    ContentRejected,
    /// The voice isn't there any more, or not for us.
    VoiceGone,
    /// More words than are spoken at once.
    TextTooLong,
    /// What was spoken is longer than a video may be.
    SoundTooLong,
    /// What was spoken is too short for a video.
    SoundTooShort,
    /// The provider broke, and repeating did not help.
    ProviderFailed,
    /// It ran past its time limit.
    TooSlow,
    /// What came back is not what was ordered.
    ResultBroken,
    /// We don't know what became of it, and nobody could tell us in time.
    Uncertain,
    /// The provider takes no work from us now (no balance, no access).
    ProviderClosed,
    /// We broke.
    Ours,
}

impl Fault {
    pub const ALL: &'static [Self] = &[
        Self::PhotosUnusable,
        Self::ContentRejected,
        Self::VoiceGone,
        Self::TextTooLong,
        Self::SoundTooLong,
        Self::SoundTooShort,
        Self::ProviderFailed,
        Self::TooSlow,
        Self::ResultBroken,
        Self::Uncertain,
        Self::ProviderClosed,
        Self::Ours,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::PhotosUnusable => "fault-photos-unusable",
            Self::ContentRejected => "fault-content-rejected",
            Self::VoiceGone => "fault-voice-gone",
            Self::TextTooLong => "fault-text-too-long",
            Self::SoundTooLong => "fault-sound-too-long",
            Self::SoundTooShort => "fault-sound-too-short",
            Self::ProviderFailed => "fault-provider-failed",
            Self::TooSlow => "fault-too-slow",
            Self::ResultBroken => "fault-result-broken",
            Self::Uncertain => "fault-uncertain",
            Self::ProviderClosed => "fault-provider-closed",
            Self::Ours => "fault-ours",
        }
    }
}
