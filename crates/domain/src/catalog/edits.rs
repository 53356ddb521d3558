//! Who makes edits of photos: `catalog/edits.toml`.

use serde::{Deserialize, Serialize};

use super::packs::line_of;
use super::pictures::PROMISED_SECONDS;
use super::{Catalog, Preset, PresetVersion, WrongCatalog};
use crate::picture::PROMPT_CHARS_MAX;
use crate::workflow::Values;

/// Who makes edits, whichever preset it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    /// After so many seconds without a result the next maker is tried.
    pub promised_seconds: u32,
    /// The first that can is asked, the others if it fails.
    pub makers: Vec<EditMaker>,
}

/// Somebody who can make edits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditMaker {
    /// By the provider's name in `connectors`.
    pub provider: String,
    /// What the provider runs, for one that takes a prompt and photos. One without it runs the
    /// graph of the preset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// What one edit takes, in millionths of a US dollar.
    pub cost_micros: i64,
}

impl EditMaker {
    /// Whether it is a machine that runs graphs. The others are told by prompt.
    pub fn runs_graphs(&self) -> bool {
        self.workflow.is_none()
    }

    /// Whether it can do this. What is done without a prompt is done by a graph alone.
    pub fn can(&self, version: &PresetVersion) -> bool {
        self.runs_graphs() || !version.prompt.is_empty()
    }
}

impl Edits {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let edits: Self = toml::from_str(text).map_err(|it| it.to_string())?;
        let at = |word: &str, says: &str| format!("line {}: {says}", line_of(text, word));
        if !PROMISED_SECONDS.contains(&edits.promised_seconds) {
            return Err(at("promised_seconds", "from 5 to 900 seconds can be promised"));
        }
        if edits.makers.is_empty() {
            return Err(at("makers", "nobody is named to make edits"));
        }
        for (at, maker) in edits.makers.iter().enumerate() {
            check_maker(maker, &edits.makers[..at])
                .map_err(|it| format!("maker {} (`{}`): {it}", at + 1, maker.provider))?;
        }
        Ok(edits)
    }

    /// Everybody who can make this, in the order in which they are asked.
    pub fn makers_of<'a>(
        &'a self,
        version: &'a PresetVersion,
    ) -> impl Iterator<Item = &'a EditMaker> {
        self.makers.iter().filter(|it| it.can(version))
    }
}

fn check_maker(maker: &EditMaker, before: &[EditMaker]) -> Result<(), String> {
    if maker.provider.is_empty() {
        return Err("a maker has a provider".to_owned());
    }
    if maker.workflow.as_ref().is_some_and(String::is_empty) {
        return Err("its workflow is empty; one that runs graphs names none".to_owned());
    }
    if before.iter().any(|it| it.provider == maker.provider && it.workflow == maker.workflow) {
        return Err("it is named twice".to_owned());
    }
    if maker.cost_micros < 0 {
        return Err("it has a negative cost".to_owned());
    }
    Ok(())
}

impl Catalog {
    /// Each version of each preset can be made, and fits its workflow.
    pub(super) fn check_presets(&self) -> Result<(), WrongCatalog> {
        for preset in &self.presets {
            for version in &preset.versions {
                self.check_version(preset, version).map_err(|it| WrongCatalog {
                    file: format!("presets/{}.toml", preset.name),
                    what: format!("version {}: {it}", version.version),
                })?;
            }
        }
        Ok(())
    }

    fn check_version(&self, preset: &Preset, version: &PresetVersion) -> Result<(), String> {
        let name = &version.workflow;
        let Some(workflow) = self.workflow(name) else {
            return Err(format!("there is no workflow `{name}`"));
        };
        if self.edits.makers_of(version).next().is_none() {
            return Err("nobody in edits.toml can make it".to_owned());
        }
        // The longest that it can become.
        let words = "x".repeat(preset.words_chars_max as usize);
        let prompt = preset.prompt(version, &words);
        if PROMPT_CHARS_MAX < prompt.chars().count() {
            return Err(format!(
                "with its words the prompt has {} characters, and {PROMPT_CHARS_MAX} is the most",
                prompt.chars().count()
            ));
        }
        let values = Values { prompt: &prompt, seed: 0, steps: version.steps, prefix: "check" };
        let photos = preset.photos as usize;
        workflow.fill(&values, photos).map(drop).map_err(|it| format!("`{name}`: {it}"))
    }
}
