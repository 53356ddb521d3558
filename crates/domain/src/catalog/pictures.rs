//! Picture models: what makes pictures with an avatar, and who runs it.

use serde::{Deserialize, Serialize};

use super::StyleText;
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

/// Reads a picture model and checks it; the error says what is wrong.
pub(super) fn read(file: &str, text: &str) -> Result<PictureModel, String> {
    let model: PictureModel = toml::from_str(text).map_err(|it| it.to_string())?;
    if file != format!("pictures/{}.toml", model.name) {
        return Err(format!("it is the model `{}`", model.name));
    }
    if model.makers.is_empty() {
        return Err("nobody is named to make it".to_owned());
    }
    if model.credits.is_zero() {
        return Err("it costs nothing".to_owned());
    }
    Ok(model)
}
