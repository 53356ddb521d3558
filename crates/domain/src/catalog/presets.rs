//! Presets: ready edits of photos, one file each.

use serde::{Deserialize, Serialize};

use super::packs::line_of;
use super::styles::{ABOUT_CHARS_MAX, SLUG, StyleText, check_name, check_text, is_slug};
use super::{Catalog, styles};
use crate::Credits;
use crate::picture::{WORDS_CHARS_MAX, one_line};

/// An edit on offer: a file `catalog/presets/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The name of its file: small letters, digits and hyphens, 24 at most, as it travels in buttons.
    pub name: String,
    /// Small letters and hyphens; its title is the text `preset-category-<category>`.
    pub category: String,
    /// What one edit costs, whoever makes it.
    pub credits: Credits,
    /// How many photos it takes, 1 or 2.
    pub photos: u32,
    /// Whether the customer writes something, and how much.
    #[serde(default)]
    pub words: WordsNeed,
    #[serde(default)]
    pub words_chars_max: u32,
    pub title: StyleText,
    /// A sentence that says what comes of it.
    pub about: StyleText,
    /// What the second photo shall show, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<StyleText>,
    /// What to write, where something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<StyleText>,
    /// How it is done, the oldest first. What old work names stays here.
    pub versions: Vec<PresetVersion>,
}

/// Whether a preset takes words of the customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WordsNeed {
    #[default]
    None,
    Optional,
    Required,
}

/// One way to do a preset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetVersion {
    /// Grows with each change of what is run, so that old results can be explained.
    pub version: u32,
    /// How many of a hundred edits it is given; those of all versions make 100. One that is alone
    /// needs none, one with 0 is kept for what was made with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_percent: Option<u32>,
    /// A workflow of the catalog: `name@version`.
    pub workflow: String,
    /// What the model is told, in English, with `{words}` in it exactly where words are wanted.
    /// Empty where the graph takes none.
    #[serde(default)]
    pub prompt: String,
    /// In place of the workflow's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
}

/// Where the customer's words go.
const HOLE: &str = "{words}";
/// How many photos a preset may take.
const PHOTOS_MAX: u32 = 2;

impl Preset {
    pub fn version(&self, version: u32) -> Option<&PresetVersion> {
        self.versions.iter().find(|it| it.version == version)
    }

    /// The version whose turn it is, by a number below 100 that was drawn. An operator's shares
    /// (version, percent) take the place of those in the file; without any that fit, these count.
    pub fn by_share(&self, drawn: u32, shares: &[(u32, u32)]) -> &PresetVersion {
        let is_theirs = self.wrong_shares(shares).is_none();
        let share = |it: &PresetVersion| {
            let theirs = shares.iter().find(|(version, _)| *version == it.version);
            if is_theirs { theirs.map_or(0, |it| it.1) } else { it.share_percent.unwrap_or(100) }
        };
        let mut sum = 0;
        let turn = self.versions.iter().find(|it| {
            sum += share(it);
            drawn < sum
        });
        // A number that wasn't below 100 is nobody's turn: the newest that has one.
        turn.or_else(|| self.versions.iter().rev().find(|it| share(it) != 0))
            .or(self.versions.last())
            .expect("a preset without versions is refused when it is read")
    }

    /// What is wrong with an operator's shares, such as a version that isn't there any more.
    pub fn wrong_shares(&self, shares: &[(u32, u32)]) -> Option<String> {
        for (at, (version, _)) in shares.iter().enumerate() {
            if self.version(*version).is_none() {
                return Some(format!("there is no version {version}"));
            }
            if shares[..at].iter().any(|it| it.0 == *version) {
                return Some(format!("version {version} is named twice"));
            }
        }
        let sum: u64 = shares.iter().map(|it| u64::from(it.1)).sum();
        (sum != 100).then(|| format!("the shares add up to {sum}, and not to 100"))
    }

    /// What the model is told. The words have been through [`crate::picture::words`]; without any
    /// the sentence that has their place is left out.
    pub fn prompt(&self, version: &PresetVersion, words: &str) -> String {
        let words = words.trim_matches(|it: char| it == '.' || it.is_whitespace());
        let told: String = sentences(&version.prompt)
            .filter(|it| !(words.is_empty() && it.contains(HOLE)))
            .collect();
        one_line(&told.replace(HOLE, words))
    }
}

/// The sentences of a text, each with what ends it.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ")
}

/// Reads a preset and checks it; the error says what is wrong, with the line where one is to blame.
pub(super) fn read(file: &str, text: &str) -> Result<Preset, String> {
    let mut preset: Preset = toml::from_str(text).map_err(|it| it.to_string())?;
    let Preset { title, about, second, ask, versions, .. } = &mut preset;
    let texts = [title, about].into_iter().chain(second.as_mut()).chain(ask.as_mut());
    texts.for_each(StyleText::tidy);
    for version in versions {
        version.prompt = one_line(&version.prompt);
    }
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    check_name(file, "presets", &preset.name).map_err(|it| at("name", it))?;
    if !is_slug(&preset.category) {
        return Err(at("category", format!("a category is {SLUG}")));
    }
    if preset.credits.is_zero() {
        return Err(at("credits", "it costs nothing".to_owned()));
    }
    if !(1..=PHOTOS_MAX).contains(&preset.photos) {
        return Err(at("photos", format!("it takes 1 photo or {PHOTOS_MAX}")));
    }
    styles::check_texts(text, &preset.title, &preset.about)?;
    check_parts(&preset, text)?;
    check_versions(&preset)?;
    Ok(preset)
}

/// What is said of a second photo and of words is there where they are wanted, and only there.
fn check_parts(preset: &Preset, text: &str) -> Result<(), String> {
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    let most = preset.words_chars_max as usize;
    match preset.words {
        WordsNeed::None if most != 0 => {
            return Err(at("words_chars_max", "it takes no words".to_owned()));
        }
        WordsNeed::Optional | WordsNeed::Required if !(1..=WORDS_CHARS_MAX).contains(&most) => {
            let says = format!("words have from 1 to {WORDS_CHARS_MAX} characters");
            return Err(at("words_chars_max", says));
        }
        WordsNeed::None | WordsNeed::Optional | WordsNeed::Required => {}
    }
    let wants_words = preset.words != WordsNeed::None;
    for (part, texts, is_wanted, why) in [
        ("second", &preset.second, preset.photos == PHOTOS_MAX, "a second photo"),
        ("ask", &preset.ask, wants_words, "words"),
    ] {
        match (texts, is_wanted) {
            (Some(texts), true) => check_text(text, part, texts, ABOUT_CHARS_MAX)?,
            (None, false) => {}
            (None, true) => return Err(format!("it takes {why}, and has no `{part}`")),
            (Some(_), false) => {
                return Err(at(part, format!("`{part}` is for {why}, and it takes none")));
            }
        }
    }
    Ok(())
}

fn check_versions(preset: &Preset) -> Result<(), String> {
    let versions = &preset.versions;
    if versions.is_empty() {
        return Err("it has no version".to_owned());
    }
    for (at, version) in versions.iter().enumerate() {
        let wrong = |says: &str| Err(format!("version {}: {says}", version.version));
        if version.version == 0 {
            return wrong("versions begin with 1");
        }
        if versions[..at].iter().any(|before| version.version <= before.version) {
            return wrong("versions grow, the newest is the last");
        }
        if version.share_percent.is_none() && 1 < versions.len() {
            return wrong("where there are several, each has its `share_percent`");
        }
        if let Err(says) = check_prompt(preset, version) {
            return wrong(&says);
        }
    }
    let sum: u64 = versions.iter().map(|it| u64::from(it.share_percent.unwrap_or(100))).sum();
    if sum != 100 {
        return Err(format!("the shares of its versions add up to {sum}, and not to 100"));
    }
    Ok(())
}

/// The words' place is there once where words are wanted, and no other hole is left open.
fn check_prompt(preset: &Preset, version: &PresetVersion) -> Result<(), String> {
    let prompt = &version.prompt;
    if prompt.replace(HOLE, "").contains(['{', '}']) {
        return Err("no hole but {words} is known in a prompt".to_owned());
    }
    match (preset.words, prompt.matches(HOLE).count()) {
        (WordsNeed::None, 0) | (WordsNeed::Required, 1) => Ok(()),
        (WordsNeed::None, _) => Err("it takes no words, and its prompt has {words}".to_owned()),
        (WordsNeed::Optional, 1) if !preset.prompt(version, "").is_empty() => Ok(()),
        (WordsNeed::Optional, 1) => Err("without words nothing is left of the prompt".to_owned()),
        (WordsNeed::Optional | WordsNeed::Required, _) => {
            Err("it takes words: {words} is in its prompt once".to_owned())
        }
    }
}

/// The text that is a category's title.
pub fn preset_category_key(category: &str) -> String {
    format!("preset-category-{category}")
}

impl Catalog {
    pub fn preset(&self, name: &str) -> Option<&Preset> {
        self.presets.iter().find(|it| it.name == name)
    }

    /// The categories that there are presets in, in the order of the catalog.
    pub fn preset_categories(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.presets.iter().map(|it| it.category.as_str()).collect();
        all.dedup();
        all
    }
}
