//! What screens are told about the world before they are asked.

use domain::catalog::{Catalog, Quote, TrainingOffer};
use domain::photo::Verdict;
use domain::refusal::TrainingFault;
use domain::{
    AvatarId, AvatarState, Credits, Kind, Language, Millis, PhotoId, Quality, Subject,
    TrainingState,
};

use crate::text::{Arg, Speech};

/// What a screen wants to know beside what is cheap and always there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    pub avatars: bool,
    /// One avatar with its latest training.
    pub avatar: Option<AvatarId>,
    /// The photos of that avatar.
    pub photos: bool,
    /// What was made and spent with that avatar.
    pub numbers: bool,
    /// A page of the wallet's movements, counted from 0.
    pub history: Option<u32>,
}

impl Needs {
    pub fn avatar(id: &AvatarId) -> Self {
        Self { avatar: Some(id.clone()), ..Self::default() }
    }

    pub fn photos(id: &AvatarId) -> Self {
        Self { avatar: Some(id.clone()), photos: true, ..Self::default() }
    }
}

/// The world as far as a screen may know it, at one moment.
pub struct Facts<'a> {
    pub speech: Speech,
    pub catalog: &'a Catalog,
    pub now: Millis,
    pub person: Person,
    pub avatars: Vec<AvatarFacts>,
    pub avatar: Option<AvatarFacts>,
    pub photos: Vec<PhotoFacts>,
    pub numbers: Option<Numbers>,
    pub history: Option<HistoryPage>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub consented: bool,
    pub available: Credits,
    pub held: Credits,
    pub language: Language,
    /// What a newcomer is given.
    pub welcome: Credits,
    /// Days after which training photos are deleted.
    pub photo_days: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvatarFacts {
    pub id: AvatarId,
    pub kind: Kind,
    pub subject: Subject,
    pub name: String,
    pub state: AvatarState,
    pub is_main: bool,
    pub photos: u32,
    pub training: Option<TrainingFacts>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainingFacts {
    pub state: TrainingState,
    pub quality: Quality,
    pub price: Credits,
    pub percent: Option<u8>,
    pub queue_place: Option<u32>,
    pub cancel_asked: bool,
    /// Whether we wait to learn if the provider took the work at all.
    pub uncertain: bool,
    pub started_at: Option<Millis>,
    pub fault: Option<TrainingFault>,
    /// What the ledger says: taken for it, given back of it.
    pub charged: Credits,
    pub returned: Credits,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoFacts {
    pub id: PhotoId,
    /// Its place in the set, from 1; it keeps it when others are removed.
    pub number: u32,
    /// None while it is being looked at.
    pub verdicts: Option<Vec<Verdict>>,
}

impl PhotoFacts {
    pub fn is_usable(&self) -> bool {
        self.verdicts.as_ref().is_some_and(|it| !it.iter().any(|it| it.excludes()))
    }
}

/// What there is to say in numbers about one avatar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    pub trainings: u32,
    pub generations: u32,
    pub spent: Credits,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HistoryPage {
    pub lines: Vec<HistoryLine>,
    pub has_more: bool,
}

/// One movement of the wallet, in the ledger's own terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryLine {
    /// The day, as people write it: 20.11.2026.
    pub on: String,
    /// Signed: what came in is positive. Zero for a hold that was released.
    pub amount: i64,
    pub why: Why,
    /// The avatar's name, or the words of an operator.
    pub about: String,
}

/// Causes of movements, as far as users care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Welcome,
    Gift,
    Taken,
    Training,
    /// Set aside for a training that runs.
    TrainingHeld,
    Expired,
    Other,
}

impl Facts<'_> {
    /// A text with user-given values escaped: Telegram's HTML.
    pub fn say(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.speech.say(key, args)
    }

    /// A button's label: plain text.
    pub fn label(&self, key: &str, args: &[(&'static str, Arg)]) -> String {
        self.speech.label(key, args)
    }

    pub fn offer(&self, kind: Kind) -> Option<&TrainingOffer> {
        self.catalog.training(kind)
    }

    /// Today's price of a training, as it is shown and frozen.
    pub fn quote(&self, kind: Kind, quality: Quality) -> Option<Quote> {
        let credits = self.offer(kind)?.quality(quality)?.credits;
        Some(Quote { credits, expires_at: self.now.plus(domain::catalog::QUOTE_LASTS) })
    }
}
