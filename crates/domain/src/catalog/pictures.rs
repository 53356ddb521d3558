//! Picture models: what makes pictures with an avatar, and who runs it.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::StyleText;
use super::packs::line_of;
use super::styles::{check_name, check_texts};
use crate::Credits;

/// A picture model on offer: a file `catalog/pictures/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureModel {
    /// The name of its file: small letters, digits and hyphens, 24 at most.
    pub name: String,
    pub title: StyleText,
    pub about: StyleText,
    /// What one picture costs, whoever makes it.
    pub credits: Credits,
    /// After so many seconds without a result the next maker is tried.
    pub promised_seconds: u32,
    /// Who makes it: the first that can is asked, the others if it fails.
    pub makers: Vec<Maker>,
}

/// Somebody who can make the pictures of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    /// By the provider's name in `connectors`.
    pub provider: String,
    /// What the provider runs.
    pub workflow: String,
    /// What it must be given of the avatar.
    pub likeness: Likeness,
    /// What the provider takes for one picture, in millionths of a US dollar.
    pub cost_micros: i64,
    /// Whether it can begin from another picture.
    #[serde(default)]
    pub can_vary: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// In tenths: 35 is 3.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance_tenths: Option<u32>,
    /// How strong the likeness is, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likeness_percent: Option<u32>,
}

/// What a maker needs of an avatar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// The model file that we store.
    Weights,
    /// What stays with the provider who trained it, by its id there.
    Remote,
}

/// How long a maker may be waited for, in seconds.
pub(super) const PROMISED_SECONDS: RangeInclusive<u32> = 5..=900;
/// What makers take at most, of those that there are: 50 steps, guidance of 10, likeness doubled.
const STEPS: RangeInclusive<u32> = 1..=50;
const GUIDANCE_TENTHS: RangeInclusive<u32> = 0..=100;
const LIKENESS_PERCENT: RangeInclusive<u32> = 1..=200;

/// Reads a picture model and checks it; the error says what is wrong, with the line where one is to
/// blame.
pub(super) fn read(file: &str, text: &str) -> Result<PictureModel, String> {
    let mut model: PictureModel = toml::from_str(text).map_err(|it| it.to_string())?;
    model.title.tidy();
    model.about.tidy();
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    check_name(file, "pictures", &model.name).map_err(|it| at("name", it))?;
    if model.credits.is_zero() {
        return Err(at("credits", "it costs nothing".to_owned()));
    }
    if !PROMISED_SECONDS.contains(&model.promised_seconds) {
        return Err(at("promised_seconds", "from 5 to 900 seconds can be promised".to_owned()));
    }
    check_texts(text, &model.title, &model.about)?;
    if model.makers.is_empty() {
        return Err(at("makers", "nobody is named to make it".to_owned()));
    }
    for (at, maker) in model.makers.iter().enumerate() {
        check_maker(maker, &model.makers[..at])
            .map_err(|it| format!("maker {} (`{}`): {it}", at + 1, maker.provider))?;
    }
    Ok(model)
}

fn check_maker(maker: &Maker, before: &[Maker]) -> Result<(), String> {
    if maker.provider.is_empty() || maker.workflow.is_empty() {
        return Err("a maker has a provider and a workflow".to_owned());
    }
    let is_same = |it: &Maker| it.provider == maker.provider && it.workflow == maker.workflow;
    if before.iter().any(is_same) {
        return Err(format!("`{}` is named twice", maker.workflow));
    }
    if maker.cost_micros < 0 {
        return Err("it has a negative cost".to_owned());
    }
    for (name, value, span) in [
        ("steps", maker.steps, STEPS),
        ("guidance_tenths", maker.guidance_tenths, GUIDANCE_TENTHS),
        ("likeness_percent", maker.likeness_percent, LIKENESS_PERCENT),
    ] {
        if value.is_some_and(|it| !span.contains(&it)) {
            return Err(format!("{name} is from {} to {}", span.start(), span.end()));
        }
    }
    Ok(())
}
