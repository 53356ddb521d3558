//! Why we say no. A refusal is an answer, not an error.

use serde::{Deserialize, Serialize};

use crate::Credits;

/// A reason to say no to a user. Each has one text in each language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    AvatarGone,
    AvatarsTooMany {
        most: u32,
    },
    BeingForgotten,
    ContactNeeded,
    ContactWrong,
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
    NotAnOwner,
    NothingToCancel,
    NothingToRefund,
    OrderGone,
    PackGone,
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
    PlanRuns,
    ProductPaused,
    PromoEnded,
    PromoEntered,
    PromoUnknown,
    PromoUsedUp,
    QuoteExpired,
    ShortOfCredits {
        need: Credits,
        have: Credits,
    },
    TooManyTries,
    TermsNotAccepted,
    TrainingRuns,
    UserGone,
}

impl Refusal {
    /// Its text key, and its code in the API.
    pub fn key(&self) -> &'static str {
        match self {
            Self::AvatarGone => "refusal-avatar-gone",
            Self::AvatarsTooMany { .. } => "refusal-avatars-too-many",
            Self::BeingForgotten => "refusal-being-forgotten",
            Self::ContactNeeded => "refusal-contact-needed",
            Self::ContactWrong => "refusal-contact-wrong",
            Self::GiftGone => "refusal-gift-gone",
            Self::GiftOwn => "refusal-gift-own",
            Self::GiftTooSmall { .. } => "refusal-gift-too-small",
            Self::GiftsAfterPurchase => "refusal-gifts-after-purchase",
            Self::GiftsTooMany { .. } => "refusal-gifts-too-many",
            Self::MethodOff => "refusal-method-off",
            Self::NoPlan => "refusal-no-plan",
            Self::NotAnOwner => "refusal-not-an-owner",
            Self::NothingToCancel => "refusal-nothing-to-cancel",
            Self::NothingToRefund => "refusal-nothing-to-refund",
            Self::OrderGone => "refusal-order-gone",
            Self::PackGone => "refusal-pack-gone",
            Self::PhotoGone => "refusal-photo-gone",
            Self::PhotosStillChecked { .. } => "refusal-photos-still-checked",
            Self::PhotosTooFew { .. } => "refusal-photos-too-few",
            Self::PhotosTooMany { .. } => "refusal-photos-too-many",
            Self::PlanRuns => "refusal-plan-runs",
            Self::ProductPaused => "refusal-product-paused",
            Self::PromoEnded => "refusal-promo-ended",
            Self::PromoEntered => "refusal-promo-entered",
            Self::PromoUnknown => "refusal-promo-unknown",
            Self::PromoUsedUp => "refusal-promo-used-up",
            Self::QuoteExpired => "refusal-quote-expired",
            Self::ShortOfCredits { .. } => "refusal-short-of-credits",
            Self::TooManyTries => "refusal-too-many-tries",
            Self::TermsNotAccepted => "refusal-terms-not-accepted",
            Self::TrainingRuns => "refusal-training-runs",
            Self::UserGone => "refusal-user-gone",
        }
    }
}

/// Why a training ended without an avatar, in the words that a customer may hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrainingFault {
    /// The provider could not use the photos.
    PhotosUnusable,
    /// The provider's rules forbid the pictures.
    ContentRejected,
    /// The provider broke, and repeating did not help.
    ProviderFailed,
    /// It ran past its time limit.
    TooSlow,
    /// What came back is not a model.
    ResultBroken,
    /// We don't know what became of it, and nobody could tell us in time.
    Uncertain,
    /// The provider takes no work from us now (no balance, no access).
    ProviderClosed,
    /// We broke.
    Ours,
}

impl TrainingFault {
    pub const ALL: &'static [Self] = &[
        Self::PhotosUnusable,
        Self::ContentRejected,
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
            Self::ProviderFailed => "fault-provider-failed",
            Self::TooSlow => "fault-too-slow",
            Self::ResultBroken => "fault-result-broken",
            Self::Uncertain => "fault-uncertain",
            Self::ProviderClosed => "fault-provider-closed",
            Self::Ours => "fault-ours",
        }
    }
}
