//! What screens are told about pictures: those that are being made, and those that were.

use domain::catalog::{PictureModel, Preset, QUOTE_LASTS, Quote};
use domain::picture::{Draft, EditDraft, Product};
use domain::refusal::Fault;
use domain::video::{CharacterDraft, SpeechDraft, Stage, VideoDraft};
use domain::{ArtifactId, AvatarId, Credits, GenerationId, InputId, Millis, WorkState};
use serde::{Deserialize, Serialize};

use super::Facts;

/// How many results a page of the gallery shows.
pub const GALLERY_PAGE: u32 = 6;

/// A page of the gallery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GalleryNeed {
    pub filter: Filter,
    /// Nothing that is heard or watched.
    pub is_still: bool,
    pub cursor: Cursor,
    pub limit: u32,
}

/// Which results are shown. Nothing chosen is all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<AvatarId>,
    pub is_favourite: bool,
    pub period: Period,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
}

/// Since when results were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Period {
    #[default]
    All,
    Today,
    Week,
    Month,
}

impl Period {
    pub const ALL: [Self; 4] = [Self::All, Self::Today, Self::Week, Self::Month];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Today => "today",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The moment at which it begins; today begins at midnight by universal time, as days do that
    /// are shown.
    pub fn begins(self, now: Millis) -> Option<Millis> {
        let day = Millis::DAY.as_i64();
        match self {
            Self::All => None,
            Self::Today => Some(Millis(now.as_i64() / day * day)),
            Self::Week => Some(now.since(Millis::days(7))),
            Self::Month => Some(now.since(Millis::days(30))),
        }
    }
}

/// Where a page of the gallery lies. The newest comes first.
///
/// It names results, not positions: those move when something is made or deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cursor {
    #[default]
    Newest,
    /// The page right before this one in time. It may be gone itself; ids sort by time.
    OlderThan(ArtifactId),
    /// The page right after it in time. Where less than a page is newer, that is the first page.
    NewerThan(ArtifactId),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GalleryFacts {
    /// The newest first.
    pub tiles: Vec<Tile>,
    pub has_newer: bool,
    pub has_older: bool,
    /// How many there are with this filter, on all pages.
    pub total: u32,
}

/// A result as it is shown among others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tile {
    pub artifact: ArtifactId,
    /// What is written on it: its place on the page, or in its order. From 1.
    pub number: u32,
    pub is_favourite: bool,
}

/// What was ordered, so that it can be shown and repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    Picture(Draft),
    Edit(EditDraft),
    Character(CharacterDraft),
    Speech(SpeechDraft),
    Video(VideoDraft),
}

impl Wish {
    /// What was ordered, where it was pictures with an avatar.
    pub fn picture(&self) -> Option<&Draft> {
        match self {
            Self::Picture(draft) => Some(draft),
            Self::Edit(_) | Self::Character(_) | Self::Speech(_) | Self::Video(_) => None,
        }
    }

    /// What was ordered, where it was an edit.
    pub fn edit(&self) -> Option<&EditDraft> {
        match self {
            Self::Edit(draft) => Some(draft),
            Self::Picture(_) | Self::Character(_) | Self::Speech(_) | Self::Video(_) => None,
        }
    }

    pub fn product(&self) -> Product {
        match self {
            Self::Picture(_) => Product::Picture,
            Self::Edit(_) => Product::Edit,
            Self::Character(_) => Product::Character,
            Self::Speech(_) => Product::Speech,
            Self::Video(_) => Product::Video,
        }
    }
}

/// An order, from its hold to its results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerationFacts {
    pub id: GenerationId,
    pub product: Product,
    pub wish: Wish,
    /// Empty when the avatar is gone, and for what is made without one.
    pub avatar_name: String,
    pub state: WorkState,
    /// Whose turn it is, for videos.
    pub stage: Option<Stage>,
    pub percent: Option<u8>,
    /// How many are before it, with us or with the provider; zero is next.
    pub queue_place: Option<u32>,
    pub cancel_asked: bool,
    /// Whether we wait to learn if the provider took the work at all.
    pub uncertain: bool,
    /// By how long it took others.
    pub seconds_left: Option<u32>,
    /// Whether another provider has taken over, at the same price.
    pub moved_on: bool,
    pub price: Credits,
    /// What the ledger says: taken for it, given back of it.
    pub charged: Credits,
    pub returned: Credits,
    pub made: u32,
    /// How many the safety check kept back.
    pub withheld: u32,
    /// How long it is, where it can be heard or watched.
    pub millis: Option<i64>,
    pub fault: Option<Fault>,
    /// The results that are still there, by their number.
    pub tiles: Vec<Tile>,
}

/// A photo that is to be edited or is to speak, or a clip that is to be behind somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFacts {
    pub id: InputId,
    pub state: InputState,
    /// How long a clip is.
    pub millis: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputState {
    /// It is being looked at.
    Waiting,
    Ready,
    /// It can't be edited.
    Unusable,
}

/// An order that isn't finished yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakingFacts {
    pub id: GenerationId,
    pub product: Product,
    /// Empty for what is made without an avatar.
    pub avatar_name: String,
    /// The name of an edit's preset.
    pub preset: Option<String>,
    pub count: u32,
}

/// Which result is looked at, and among which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactNeed {
    pub id: ArtifactId,
    /// The neighbours are those of this filter.
    pub filter: Filter,
}

/// A result with everything that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactFacts {
    pub id: ArtifactId,
    pub generation: GenerationId,
    pub wish: Wish,
    /// Empty when the avatar is gone, and for what is made without one.
    pub avatar_name: String,
    pub product: Product,
    /// Its place in its order, from 1.
    pub number: u32,
    pub is_favourite: bool,
    /// The day on which it was made, as people write it.
    pub on: String,
    pub seed: Option<u32>,
    /// Zero for what can only be heard.
    pub width: u32,
    pub height: u32,
    /// How long it is, where it can be heard or watched.
    pub millis: Option<i64>,
    /// What this one cost.
    pub price: Credits,
    /// The day on which it is deleted; none for those that are kept.
    pub expires_on: Option<String>,
    pub newer: Option<ArtifactId>,
    pub older: Option<ArtifactId>,
}

/// What so many pictures cost somebody whose plan takes so much off. The price of one is rounded
/// up first, so that a part of an order always costs a whole number of credits.
pub fn picture_price(model: &PictureModel, count: u32, discount_percent: u32) -> Credits {
    let one = discounted(model.credits, discount_percent);
    Credits::new(one.as_i64() * i64::from(count)).unwrap_or_default()
}

/// What an edit costs somebody whose plan takes so much off.
pub fn edit_price(preset: &Preset, discount_percent: u32) -> Credits {
    discounted(preset.credits, discount_percent)
}

/// What is taken off is rounded down, so the price is rounded up.
pub(super) fn discounted(full: Credits, percent: u32) -> Credits {
    let off = full.as_i64() * i64::from(percent.min(100)) / 100;
    Credits::new(full.as_i64() - off).unwrap_or_default()
}

impl Facts<'_> {
    /// Today's price of pictures, as it is shown and frozen.
    pub fn picture_quote(&self, model: &str, count: u32) -> Option<Quote> {
        let model = self.catalog.picture_model(model)?;
        let credits = picture_price(model, count, self.person.picture_discount);
        Some(Quote { credits, expires_at: self.now.plus(QUOTE_LASTS) })
    }

    /// Today's price of an edit, as it is shown and frozen.
    pub fn edit_quote(&self, preset: &str) -> Option<Quote> {
        let credits = edit_price(self.catalog.preset(preset)?, self.person.picture_discount);
        Some(Quote { credits, expires_at: self.now.plus(QUOTE_LASTS) })
    }

    /// What a preset is called; the name of its file when it is on offer no more.
    pub fn preset_title(&self, name: &str) -> String {
        let preset = self.catalog.preset(name);
        preset.map_or(name, |it| it.title.of(self.person.language)).to_owned()
    }

    /// Those of these photos that are there and can be edited, as far as is known.
    pub fn kept(&self, inputs: &[InputId]) -> Vec<InputId> {
        let is_kept = |it: &&InputId| match self.input(it) {
            Some(InputState::Waiting | InputState::Ready) => true,
            Some(InputState::Unusable) | None => false,
        };
        inputs.iter().filter(is_kept).cloned().collect()
    }

    /// What is known of a photo that is to be edited.
    pub fn input(&self, id: &InputId) -> Option<InputState> {
        self.inputs.iter().find(|it| it.id == *id).map(|it| it.state)
    }

    /// Whether all of these photos have been looked at and can be edited.
    pub fn are_ready(&self, inputs: &[InputId]) -> bool {
        inputs.iter().all(|it| self.input(it) == Some(InputState::Ready))
    }
}
