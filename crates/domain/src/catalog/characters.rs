//! Characters: who is seen in talking videos, one file each.

use serde::{Deserialize, Serialize};

use super::packs::line_of;
use super::styles::{StyleText, check_name, check_texts};
use super::voices::check_gender;
use super::{Age, Catalog, WrongCatalog};
use crate::Subject;

/// A character on offer: a file `catalog/characters/<name>.toml`, with pictures beside it
/// ([`Catalog::face`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Character {
    /// The name of its file: small letters, digits and hyphens, 24 at most, as it travels in buttons.
    pub name: String,
    pub gender: Subject,
    /// In years.
    pub age: u32,
    /// The voice of the catalog that is suggested first.
    pub voice: String,
    pub title: StyleText,
    /// A sentence that says for what it is the right one.
    pub about: StyleText,
}

/// No child speaks here, whatever the picture.
const AGE_MIN: u32 = 18;
const AGE_MAX: u32 = 80;

/// What the name of a picture on green ends with.
pub(super) const GREEN: &str = "-green";

impl Character {
    pub fn age_group(&self) -> Age {
        Age::of_years(self.age)
    }
}

/// Reads a character and checks it; the error says what is wrong, with the line where one is to
/// blame.
pub(super) fn read(file: &str, text: &str) -> Result<Character, String> {
    let mut character: Character = toml::from_str(text).map_err(|it| it.to_string())?;
    character.title.tidy();
    character.about.tidy();
    let at = |word: &str, says: String| format!("line {}: {says}", line_of(text, word));
    check_name(file, "characters", &character.name).map_err(|it| at("name", it))?;
    if character.name.ends_with(GREEN) {
        return Err(at("name", format!("`{GREEN}` is the end of a picture's name")));
    }
    check_gender(character.gender).map_err(|it| at("gender", it))?;
    if !(AGE_MIN..=AGE_MAX).contains(&character.age) {
        return Err(at("age", format!("an age is from {AGE_MIN} to {AGE_MAX}")));
    }
    check_texts(text, &character.title, &character.about)?;
    Ok(character)
}

impl Catalog {
    pub fn character(&self, name: &str) -> Option<&Character> {
        self.characters.iter().find(|it| it.name == name)
    }

    /// Characters of all ages, the youngest first.
    pub fn characters_of(&self, gender: Subject) -> impl Iterator<Item = &Character> {
        self.characters.iter().filter(move |it| it.gender == gender)
    }

    /// Whoever is seen has a voice that sounds like them.
    pub(super) fn check_characters(&self) -> Result<(), WrongCatalog> {
        for character in &self.characters {
            let what = match self.voice(&character.voice) {
                Some(voice) if voice.gender == character.gender => continue,
                Some(voice) => {
                    format!("`{}` is the voice of a {}", voice.name, voice.gender.as_str())
                }
                None => format!("there is no voice `{}`", character.voice),
            };
            let file = format!("characters/{}.toml", character.name);
            return Err(WrongCatalog { file, what });
        }
        Ok(())
    }
}
