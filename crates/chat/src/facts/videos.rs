//! What screens are told about talking videos: who can speak, what was spoken, and what it costs.

use domain::catalog::{Catalog, QUOTE_LASTS, Quote};
use domain::video::{Format, VideoDraft, VideoQuality};
use domain::{ArtifactId, Credits, GenerationId, Subject};

use super::Facts;
use super::pictures::discounted;

/// A voice that can speak now, in the person's language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceFacts {
    /// The catalog's, or by which one that was found at the provider is known; 30 bytes at most,
    /// so that it fits a button.
    pub name: String,
    pub title: String,
    pub about: String,
    pub gender: Subject,
    /// Whether it can be listened to before it is chosen.
    pub has_sample: bool,
}

/// A script as it was spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakeFacts {
    pub artifact: ArtifactId,
    pub generation: GenerationId,
    pub voice: String,
    pub script: String,
    pub speed_percent: u32,
    /// As measured.
    pub millis: i64,
}

/// What a change of a face costs somebody whose plan takes so much off. None where nobody makes
/// one.
pub fn character_price(catalog: &Catalog, discount_percent: u32) -> Option<Credits> {
    let edit = &catalog.videos.character_edit;
    (!edit.makers.is_empty()).then(|| discounted(edit.credits, discount_percent))
}

/// What it costs to have so many characters spoken, plan or no plan. None where nobody speaks.
pub fn speech_price(catalog: &Catalog, chars: usize) -> Option<Credits> {
    let videos = &catalog.videos;
    (!videos.speech.makers.is_empty()).then(|| videos.speech_price(chars))
}

/// What a video of this length costs, plan or no plan: it has to pay its makers by the second. None
/// where nobody makes one so long in this quality.
pub fn video_price(
    catalog: &Catalog,
    format: Format,
    quality: VideoQuality,
    millis: i64,
) -> Option<Credits> {
    let videos = &catalog.videos;
    videos.makers_of(quality, millis).next()?;
    Some(videos.video_price(format, quality, millis))
}

impl Facts<'_> {
    /// Today's price of a change of a face, as it is shown and frozen.
    pub fn character_quote(&self) -> Option<Quote> {
        self.frozen(character_price(self.catalog, self.person.picture_discount)?)
    }

    /// Today's price of a script that is spoken, as it is shown and frozen.
    pub fn speech_quote(&self, script: &str) -> Option<Quote> {
        let chars = script.chars().count();
        self.frozen(speech_price(self.catalog, chars)?)
    }

    /// Today's price of all of these videos, as it is shown and frozen. It needs their takes.
    pub fn video_quote(&self, drafts: &[VideoDraft]) -> Option<Quote> {
        let mut sum = Credits::ZERO;
        for draft in drafts {
            let millis = self.take(&draft.speech)?.millis;
            let one = video_price(self.catalog, draft.format, draft.quality, millis)?;
            sum = Credits::new(sum.as_i64() + one.as_i64())?;
        }
        self.frozen(sum)
    }

    /// A take that is still there.
    pub fn take(&self, id: &ArtifactId) -> Option<&TakeFacts> {
        self.takes.iter().find(|it| it.artifact == *id)
    }

    /// A voice that can speak now.
    pub fn voice(&self, name: &str) -> Option<&VoiceFacts> {
        self.voices.iter().find(|it| it.name == name)
    }

    /// A price as it is frozen now.
    pub fn frozen(&self, credits: Credits) -> Option<Quote> {
        Some(Quote { credits, expires_at: self.now.plus(QUOTE_LASTS) })
    }
}
