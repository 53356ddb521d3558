//! Voices: those of the catalog and those that were found at the provider, without those that are
//! gone there.

use std::sync::Arc;
use std::time::Duration;

use chat::facts::VoiceFacts;
use chat::text::Speech;
use connectors::http::Http;
use connectors::providers::Access;
use connectors::providers::voices::{self as remote, RemoteVoice};
use domain::catalog::Catalog;
use domain::{Language, Millis, Subject, UserId};
use sha2::{Digest, Sha256};
use store::voices::{self, Voice};
use store::{Db, StoreError, Tx, users};

use crate::app::{App, Ground};
use crate::bot::send::{Enclosed, Played};
use crate::failure::Failure;
use crate::objects::key;

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
    /// Where the provider has its sample. One of the catalog's own is heard instead.
    pub preview_url: Option<String>,
}

/// A voice by its name; none when there is no such voice, or not any more.
pub fn find(tx: &mut Tx, ground: &Ground, name: &str) -> Result<Option<Found>, StoreError> {
    if let Some(voice) = ground.catalog.voice(name) {
        let known = voices::get(tx, &voice.provider, &voice.voice)?;
        if known.as_ref().is_some_and(|it| it.gone_at.is_some()) {
            return Ok(None);
        }
        let preview_url = known.and_then(|it| it.preview_url);
        let own = ground.catalog.sample(name, Language::default()).is_some();
        return Ok(Some(Found {
            name: name.to_owned(),
            provider: voice.provider.clone(),
            voice: voice.voice.clone(),
            has_sample: own || preview_url.is_some(),
            preview_url,
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
    let has_preview = |id: &str| known.iter().any(|it| it.voice == id && it.preview_url.is_some());
    let of_catalog = ground.catalog.voices.iter().filter(|it| !is_gone(&it.voice));
    let mut all: Vec<VoiceFacts> = of_catalog
        .map(|it| VoiceFacts {
            name: it.name.clone(),
            title: it.title.of(language).to_owned(),
            about: it.about.of(language).to_owned(),
            gender: it.gender,
            has_sample: ground.catalog.sample(&it.name, language).is_some()
                || has_preview(&it.voice),
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

/// A sample is some seconds. What everybody is told waits behind it.
const SAMPLE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const SAMPLE_TIME: Duration = Duration::from_secs(5);

/// A voice's sample, put into our own storage where it wasn't yet. None: there is none any more.
pub async fn sample(app: &App, user: &UserId, name: &str) -> Result<Option<Enclosed>, Failure> {
    let (ground, user, wanted) = (app.ground.clone(), user.clone(), name.to_owned());
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let language = users::get(tx, &user)?.map(|it| it.language).unwrap_or_default();
            let title = shown(tx, &ground, language)?.into_iter().find(|it| it.name == wanted);
            Ok(find(tx, &ground, &wanted)?.zip(title).map(|it| (it.0, it.1.title, language)))
        })
        .await?;
    let Some((voice, title, language)) = found else { return Ok(None) };
    let own = app.ground.catalog.sample(name, language);
    // By what it is, so that another one is heard after the operator has changed it.
    let what = match own {
        Some(own) => Sha256::digest(own),
        None => Sha256::digest(voice.preview_url.as_deref().unwrap_or_default()),
    };
    let key = key::voice_sample(&voice.name, &hex::encode(&what[..12]));
    let bytes = match (app.objects.size(&key).await?, own) {
        (Some(bytes), _) => bytes,
        (None, Some(own)) => {
            app.objects.put(&key, own.to_vec()).await?;
            own.len() as i64
        }
        (None, None) => match fetch_sample(app, &voice).await? {
            Some(sample) => {
                let bytes = sample.len() as i64;
                app.objects.put(&key, sample).await?;
                bytes
            }
            None => return Ok(None),
        },
    };
    let performer = Speech::of(language).label("sound-performer", &[]);
    Ok(Some(Enclosed {
        name: format!("{}.mp3", voice.name),
        content_type: "audio/mpeg".to_owned(),
        key,
        bytes,
        artifact: None,
        file_id: None,
        // Players find out by themselves how long it is.
        played: Some(Played::Sound { seconds: 0, title, performer }),
    }))
}

/// The provider's own sample, copied: its address is shown to nobody.
async fn fetch_sample(app: &App, voice: &Found) -> Result<Option<Vec<u8>>, Failure> {
    let (Some(url), Some(line)) = (&voice.preview_url, app.line(&voice.provider)) else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    line.http.fetch(url, SAMPLE_BYTES_MAX, SAMPLE_TIME, &mut bytes).await?;
    Ok(Some(bytes))
}

/// From whom the list is read, and by which road.
pub struct Source {
    pub access: Access,
    pub http: Arc<Http>,
}

/// What a reading of the list has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synced {
    pub seen: usize,
    pub gone: u64,
}

/// A list as long as this may be cut off, and then absence says nothing.
const WHOLE_BELOW: usize = 5_000;

/// Reads the provider's list, and notes what is there and what isn't any more.
pub async fn sync(
    db: &Db,
    source: &Source,
    catalog: &Catalog,
    now: Millis,
) -> Result<Synced, Failure> {
    let found = remote::list(&source.http, &source.access).await?;
    let voices: Vec<Voice> = found.into_iter().map(|it| noted(it, now)).collect();
    // An empty list is more likely a fault of theirs than the end of all voices.
    let is_whole = (1..WHOLE_BELOW).contains(&voices.len());
    let sold = catalog.voices.iter().filter(|it| it.provider == PROVIDER);
    let is_there = |id: &str| voices.iter().any(|it| it.voice == id);
    let missing: Vec<String> =
        sold.map(|it| it.voice.clone()).filter(|it| is_whole && !is_there(it)).collect();
    db.write(move |tx| -> Result<Synced, Failure> {
        for voice in &voices {
            voices::seen(tx, voice)?;
        }
        let mut gone = if is_whole { voices::gone_unseen(tx, PROVIDER, now)? } else { 0 };
        for voice in &missing {
            gone += u64::from(voices::gone(tx, PROVIDER, voice, now)?);
        }
        Ok(Synced { seen: voices.len(), gone })
    })
    .await
}

fn noted(it: RemoteVoice, now: Millis) -> Voice {
    let gender = match it.gender.as_deref() {
        Some("male") => Some(Subject::Man),
        Some("female") => Some(Subject::Woman),
        Some(_) | None => None,
    };
    let parts = [it.description, it.accent, it.age];
    let about: Vec<String> = parts.into_iter().flatten().take(2).collect();
    let short = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    Voice {
        provider: PROVIDER.to_owned(),
        voice: it.id,
        name: short(&it.name, NAME_CHARS_MAX),
        gender,
        about: short(&about.join(", "), ABOUT_CHARS_MAX),
        preview_url: it.preview_url,
        seen_at: now,
        gone_at: None,
    }
}

/// What of a stranger's words fits our menus.
const NAME_CHARS_MAX: usize = 40;
const ABOUT_CHARS_MAX: usize = 120;
