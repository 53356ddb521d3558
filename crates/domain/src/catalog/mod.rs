//! What is sold: read from `catalog/`, checked, and never changed while the program runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::photo::PhotoRules;
use crate::workflow::Workflow;
use crate::{Credits, Kind, Language, Millis, Quality, Subject};

mod characters;
mod edits;
mod examples;
mod faces;
mod packs;
mod pictures;
mod presets;
mod samples;
mod shipped;
mod styles;
mod videos;
mod voices;
mod workflows;

pub use characters::Character;
pub use edits::{EditMaker, Edits};
pub use examples::{EXAMPLE_BYTES_MAX, EXAMPLES};
pub use faces::{FACE_BYTES_MAX, FACES};
pub(crate) use packs::line_of;
pub use packs::{
    BONUS_PERCENT_MAX, DISCOUNT_MAX, Deal, Offer, Pack, Period, Plan, Prices, Rates, Sold,
    currency_of, jumps,
};
pub use pictures::{Likeness, Maker, PictureModel};
pub use presets::{Preset, PresetVersion, WordsNeed, preset_category_key};
pub use samples::{SAMPLE_BYTES_MAX, SAMPLES};
pub use shipped::SHIPPED;
pub use styles::{ABOUT_CHARS_MAX, BySubject, Style, StyleText, TITLE_CHARS_MAX};
pub use videos::{
    CharacterEdit, MattingMaker, Over, SpeechMaker, SpeechOffer, VideoLimits, VideoMaker,
    VideoOffer, Videos,
};
pub use voices::{Age, Voice};

/// A price as it was shown. It follows the work through retries; later prices don't touch it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub credits: Credits,
    pub expires_at: Millis,
}

/// How long a price that was shown is good for.
pub const QUOTE_LASTS: Millis = Millis::HOUR;

/// One kind of training on sale: a file `catalog/trainings/<kind>.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingOffer {
    pub kind: Kind,
    /// Who does it, by the provider's name in `connectors`.
    pub provider: String,
    /// What the provider runs.
    pub workflow: String,
    pub photos: PhotoRules,
    /// What the comparison screen says, 1–5 each.
    pub ratings: Ratings,
    /// Expected minutes, for the words on the screens.
    pub minutes: [u32; 2],
    pub qualities: Vec<QualityOffer>,
    /// Others who can do it, at the same price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Trainer>,
}

/// Somebody else who can do a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trainer {
    pub provider: String,
    pub workflow: String,
    /// How many of a hundred trainings it is given while everybody works.
    #[serde(default)]
    pub share_percent: u32,
    /// What it can do. A quality that isn't here it is never given.
    pub qualities: Vec<TrainerQuality>,
}

/// A quality of a training, as another trainer does it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainerQuality {
    pub quality: Quality,
    pub settings: TrainingSettings,
    /// What it takes for it, in millionths of a US dollar.
    pub cost_micros: i64,
}

/// Who does a training, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice<'a> {
    pub provider: &'a str,
    pub workflow: &'a str,
    pub settings: &'a TrainingSettings,
    pub cost_micros: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ratings {
    pub speed: u8,
    pub portraits: u8,
    pub versatility: u8,
    pub simplicity: u8,
}

/// One quality of a training: a price and the provider's settings for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityOffer {
    pub quality: Quality,
    pub credits: Credits,
    pub settings: TrainingSettings,
    /// What the provider takes for it, in millionths of a US dollar.
    pub cost_micros: i64,
}

/// How a trainer is set. What a trainer doesn't know it isn't sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// In millionths, so that no fraction is ever rounded twice: 200 is 0.0002.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning_rate_millionths: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject_crop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_masks: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiresolution: Option<bool>,
    /// `speed`, `quality` or `high_res_only`; the older trainer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lora_rank: Option<u32>,
}

impl TrainingSettings {
    /// These settings with an operator's over them.
    pub fn overridden(&self, over: &Self) -> Self {
        let over = over.clone();
        let own = self.clone();
        Self {
            steps: over.steps.or(own.steps),
            learning_rate_millionths: over
                .learning_rate_millionths
                .or(own.learning_rate_millionths),
            subject_crop: over.subject_crop.or(own.subject_crop),
            create_masks: over.create_masks.or(own.create_masks),
            multiresolution: over.multiresolution.or(own.multiresolution),
            priority: over.priority.or(own.priority),
            lora_rank: over.lora_rank.or(own.lora_rank),
        }
    }
}

/// The whole of `catalog/`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalog {
    pub trainings: Vec<TrainingOffer>,
    /// Packs, then plans; the smallest first.
    pub packs: Vec<Pack>,
    pub rates: Rates,
    /// Sorted by category, then name.
    pub styles: Vec<Style>,
    /// What makes pictures; the cheapest first.
    pub pictures: Vec<PictureModel>,
    /// Edits of photos on offer. Sorted by category, then name.
    pub presets: Vec<Preset>,
    /// An operator's own pictures, by their presets; see [`Catalog::example`].
    pub examples: BTreeMap<String, Arc<[u8]>>,
    /// Who makes edits.
    pub edits: Edits,
    /// What presets name. Sorted by name, then version.
    pub workflows: Vec<Workflow>,
    /// Who is seen in talking videos. Sorted by gender, age and name.
    pub characters: Vec<Character>,
    /// An operator's own pictures of characters; see [`Catalog::face`].
    pub faces: BTreeMap<String, Arc<[u8]>>,
    /// Who is heard in them. Sorted by gender, age and name.
    pub voices: Vec<Voice>,
    /// An operator's own samples of voices; see [`Catalog::sample`].
    pub samples: BTreeMap<String, Arc<[u8]>>,
    /// What they cost and who makes them.
    pub videos: Videos,
}

/// What is wrong in a file of the catalog.
#[derive(Debug, thiserror::Error)]
#[error("catalog/{file}: {what}")]
pub struct WrongCatalog {
    pub file: String,
    pub what: String,
}

impl Catalog {
    /// Reads files given as (path below `catalog/`, text). The order doesn't matter.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, WrongCatalog> {
        let mut catalog = Self::default();
        let mut drawers = workflows::Drawers::default();
        for (file, text) in files {
            let wrong = |what: String| WrongCatalog { file: file.to_owned(), what };
            let taken = match file.split('/').next() {
                Some("workflows") => drawers.add(file, text),
                _ => catalog.take(file, text),
            };
            taken.map_err(wrong)?;
        }
        catalog.workflows = drawers.read()?;
        catalog.sort();
        catalog.check_subjects()?;
        catalog.check_presets()?;
        catalog.check_characters()?;
        catalog.check_costs()?;
        Ok(catalog)
    }

    /// Takes one file. What is wrong is said without its name.
    fn take(&mut self, file: &str, text: &str) -> Result<(), String> {
        match file.split('/').next() {
            Some("trainings") => {
                let offer: TrainingOffer = toml::from_str(text).map_err(|it| it.to_string())?;
                check_training(&offer)?;
                if self.trainings.iter().any(|it| it.kind == offer.kind) {
                    return Err(format!("`{}` is offered twice", offer.kind.as_str()));
                }
                if file != format!("trainings/{}.toml", offer.kind.as_str()) {
                    return Err(format!("it offers `{}`", offer.kind.as_str()));
                }
                self.trainings.push(offer);
            }
            Some(part @ ("packs" | "plans")) => {
                let pack = packs::read(file, text, part == "plans")?;
                if self.pack(&pack.name).is_some() {
                    return Err(format!("`{}` is sold twice", pack.name));
                }
                self.packs.push(pack);
            }
            Some("characters") => {
                let new = characters::read(file, text)?;
                take_once(&mut self.characters, new, |it| (&it.name, &it.title))?;
            }
            Some("pictures") => {
                let new = pictures::read(file, text)?;
                take_once(&mut self.pictures, new, |it| (&it.name, &it.title))?;
            }
            Some("presets") => {
                let new = presets::read(file, text)?;
                take_once(&mut self.presets, new, |it| (&it.name, &it.title))?;
            }
            Some("styles") => {
                let new = styles::read(file, text)?;
                take_once(&mut self.styles, new, |it| (&it.name, &it.title))?;
            }
            Some("voices") => {
                let new = voices::read(file, text)?;
                take_once(&mut self.voices, new, |it| (&it.name, &it.title))?;
            }
            Some("edits.toml") => self.edits = Edits::read(text)?,
            Some("rates.toml") => self.rates = Rates::read(text)?,
            Some("videos.toml") => self.videos = Videos::read(text)?,
            _ => return Err("no such part of the catalog".to_owned()),
        }
        Ok(())
    }

    /// The order of the files means nothing.
    fn sort(&mut self) {
        self.trainings.sort_by_key(|it| it.kind.as_str());
        self.packs.sort_by_key(|it| (it.plan.is_some(), it.credits));
        self.styles.sort_by(|a, b| (&a.category, &a.name).cmp(&(&b.category, &b.name)));
        self.pictures.sort_by(|a, b| (a.credits, &a.name).cmp(&(b.credits, &b.name)));
        self.presets.sort_by(|a, b| (&a.category, &a.name).cmp(&(&b.category, &b.name)));
        self.characters.sort_by(|a, b| {
            (a.gender.as_str(), a.age, &a.name).cmp(&(b.gender.as_str(), b.age, &b.name))
        });
        self.voices.sort_by(|a, b| {
            (a.gender.as_str(), a.age, &a.name).cmp(&(b.gender.as_str(), b.age, &b.name))
        });
    }

    /// Where there are styles, everybody has one.
    fn check_subjects(&self) -> Result<(), WrongCatalog> {
        let has_style = |it: &Subject| self.styles.iter().any(|style| style.is_for(*it));
        match Subject::ALL.iter().find(|it| !self.styles.is_empty() && !has_style(it)) {
            Some(subject) => {
                let what = format!("no style is for `{}`", subject.as_str());
                Err(WrongCatalog { file: "styles".to_owned(), what })
            }
            None => Ok(()),
        }
    }

    pub fn style(&self, name: &str) -> Option<&Style> {
        self.styles.iter().find(|it| it.name == name)
    }

    /// The categories that there are styles in, in the order of the catalog.
    pub fn style_categories(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.styles.iter().map(|it| it.category.as_str()).collect();
        all.dedup();
        all
    }

    pub fn picture_model(&self, name: &str) -> Option<&PictureModel> {
        self.pictures.iter().find(|it| it.name == name)
    }

    pub fn training(&self, kind: Kind) -> Option<&TrainingOffer> {
        self.trainings.iter().find(|it| it.kind == kind)
    }
}

impl TrainingOffer {
    pub fn quality(&self, quality: Quality) -> Option<&QualityOffer> {
        self.qualities.iter().find(|it| it.quality == quality)
    }

    /// Everybody who can do this quality: who is offered first, then the others.
    pub fn trainers(&self, quality: Quality) -> Vec<Choice<'_>> {
        let own = self.quality(quality).map(|it| Choice {
            provider: &self.provider,
            workflow: &self.workflow,
            settings: &it.settings,
            cost_micros: it.cost_micros,
        });
        let others = self.others.iter().filter_map(|trainer| {
            let it = trainer.qualities.iter().find(|it| it.quality == quality)?;
            Some(Choice {
                provider: &trainer.provider,
                workflow: &trainer.workflow,
                settings: &it.settings,
                cost_micros: it.cost_micros,
            })
        });
        own.into_iter().chain(others).collect()
    }

    /// The provider whose turn it is, by a number below 100 that was drawn.
    pub fn by_share(&self, drawn: u32) -> &str {
        let mut sum = 0;
        for other in &self.others {
            sum += other.share_percent;
            if drawn < sum {
                return &other.provider;
            }
        }
        &self.provider
    }
}

fn check_training(offer: &TrainingOffer) -> Result<(), String> {
    if offer.provider.is_empty() || offer.workflow.is_empty() {
        return Err("nobody is named to do it".to_owned());
    }
    if offer.minutes[0] == 0 || offer.minutes[1] < offer.minutes[0] {
        return Err("the minutes are not a span".to_owned());
    }
    let PhotoRules { count_min, count_max, side_min, face_min } = offer.photos;
    if count_min == 0 || count_max < count_min || side_min == 0 || face_min == Some(0) {
        return Err("the photo limits leave no room".to_owned());
    }
    for quality in Quality::ALL {
        let mut offers = offer.qualities.iter().filter(|it| it.quality == *quality);
        let Some(first) = offers.next() else {
            return Err(format!("quality `{}` is missing", quality.as_str()));
        };
        if offers.next().is_some() {
            return Err(format!("quality `{}` is offered twice", quality.as_str()));
        }
        if first.credits.is_zero() {
            return Err(format!("quality `{}` costs nothing", quality.as_str()));
        }
        if first.cost_micros < 0 {
            return Err(format!("quality `{}` has a negative cost", quality.as_str()));
        }
    }
    let Ratings { speed, portraits, versatility, simplicity } = offer.ratings;
    if [speed, portraits, versatility, simplicity].iter().any(|it| !(1..=5).contains(it)) {
        return Err("ratings are from 1 to 5".to_owned());
    }
    for (at, trainer) in offer.others.iter().enumerate() {
        let before = offer.others[..at].iter().map(|it| it.provider.as_str());
        check_trainer(trainer, before.chain([offer.provider.as_str()]))
            .map_err(|it| format!("trainer `{}`: {it}", trainer.provider))?;
    }
    if 100 < offer.others.iter().map(|it| u64::from(it.share_percent)).sum::<u64>() {
        return Err("the others' shares are more than 100 percent".to_owned());
    }
    Ok(())
}

fn check_trainer<'a>(
    trainer: &Trainer,
    mut before: impl Iterator<Item = &'a str>,
) -> Result<(), String> {
    if trainer.provider.is_empty() || trainer.workflow.is_empty() {
        return Err("nobody is named to do it".to_owned());
    }
    if before.any(|it| it == trainer.provider) {
        return Err("it is named already".to_owned());
    }
    if trainer.qualities.is_empty() {
        return Err("it can do nothing".to_owned());
    }
    for (at, it) in trainer.qualities.iter().enumerate() {
        let name = it.quality.as_str();
        if trainer.qualities[..at].iter().any(|before| before.quality == it.quality) {
            return Err(format!("quality `{name}` is named twice"));
        }
        if it.cost_micros < 0 {
            return Err(format!("quality `{name}` has a negative cost"));
        }
    }
    Ok(())
}

/// Takes what has a name and a title by which it is chosen; both are there once.
fn take_once<T>(
    all: &mut Vec<T>,
    new: T,
    called: impl Fn(&T) -> (&str, &StyleText),
) -> Result<(), String> {
    let (name, title) = called(&new);
    for (other, its_title) in all.iter().map(&called) {
        if other == name {
            return Err(format!("`{name}` is offered twice"));
        }
        for language in Language::ALL.iter().copied() {
            if title.of(language) == its_title.of(language) {
                let language = language.as_str();
                return Err(format!("its title in {language} is that of `{other}`"));
            }
        }
    }
    all.push(new);
    Ok(())
}
