//! Voices: those of the catalog and those that were found at the provider, without those that are
//! gone there.

use chat::facts::VoiceFacts;
use domain::{Language, Subject};
use store::voices::{self, Voice};
use store::{StoreError, Tx};

use crate::app::Ground;

/// Whose voices are read beside the catalog's.
pub const PROVIDER: &str = "elevenlabs";

/// What the name of a voice begins with that isn't in the catalog; its id at the provider follows.
const FOUND: &str = "el-";

/// A voice that can speak now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub name: String,
    pub provider: String,
    /// By the provider's id.
    pub voice: String,
    pub has_sample: bool,
    /// Where the provider has its sample; the catalog's own are with us.
    pub preview_url: Option<String>,
}

/// A voice by its name; none when there is no such voice, or not any more.
pub fn find(tx: &mut Tx, ground: &Ground, name: &str) -> Result<Option<Found>, StoreError> {
    if let Some(voice) = ground.catalog.voice(name) {
        let known = voices::get(tx, &voice.provider, &voice.voice)?;
        if known.as_ref().is_some_and(|it| it.gone_at.is_some()) {
            return Ok(None);
        }
        let own = ground.catalog.sample(name, Language::default()).is_some();
        return Ok(Some(Found {
            name: name.to_owned(),
            provider: voice.provider.clone(),
            voice: voice.voice.clone(),
            has_sample: own,
            preview_url: None,
        }));
    }
    let Some(id) = name.strip_prefix(FOUND) else { return Ok(None) };
    let found = voices::get(tx, PROVIDER, id)?.filter(|it| it.gone_at.is_none());
    Ok(found.map(|it| Found {
        name: name.to_owned(),
        provider: it.provider,
        voice: it.voice,
        has_sample: it.preview_url.is_some(),
        preview_url: it.preview_url,
    }))
}

/// All voices that can speak now, as they are shown: the catalog's first.
pub fn shown(
    tx: &mut Tx,
    ground: &Ground,
    language: Language,
) -> Result<Vec<VoiceFacts>, StoreError> {
    let known = voices::all(tx, PROVIDER)?;
    let is_gone = |id: &str| known.iter().any(|it| it.voice == id && it.gone_at.is_some());
    let of_catalog = ground.catalog.voices.iter().filter(|it| !is_gone(&it.voice));
    let mut all: Vec<VoiceFacts> = of_catalog
        .map(|it| VoiceFacts {
            name: it.name.clone(),
            title: it.title.of(language).to_owned(),
            about: it.about.of(language).to_owned(),
            gender: it.gender,
            has_sample: ground.catalog.sample(&it.name, language).is_some(),
        })
        .collect();
    let is_sold = |id: &str| ground.catalog.voices.iter().any(|it| it.voice == id);
    let others = known.iter().filter(|it| it.gone_at.is_none() && !is_sold(&it.voice));
    all.extend(others.filter_map(of_provider));
    Ok(all)
}

/// How a voice is shown of which only the provider's words are known. Without a gender nobody would
/// find it, and an id that doesn't fit a button can't be chosen.
fn of_provider(voice: &Voice) -> Option<VoiceFacts> {
    const NAME_BYTES_MAX: usize = 30;
    let name = format!("{FOUND}{}", voice.voice);
    let gender = voice.gender.filter(|it| *it != Subject::Other)?;
    (name.len() <= NAME_BYTES_MAX).then(|| VoiceFacts {
        name,
        title: voice.name.clone(),
        about: voice.about.clone(),
        gender,
        has_sample: voice.preview_url.is_some(),
    })
}
