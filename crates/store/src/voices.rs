//! Voices that a provider has, as far as its list was read: for the gallery, and so that nobody is
//! charged for a voice that isn't there any more.

use domain::{Millis, Subject};

use crate::{Row, StoreError, Tx};

/// The columns that [`voice_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT provider, voice, name, gender, about, preview_url, seen_at, gone_at
             FROM voices ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    pub provider: String,
    /// By the provider's id.
    pub voice: String,
    /// As the provider calls it.
    pub name: String,
    pub gender: Option<Subject>,
    pub about: String,
    /// Where the provider has a sample.
    pub preview_url: Option<String>,
    pub seen_at: Millis,
    /// Since when the provider doesn't have it.
    pub gone_at: Option<Millis>,
}

/// The voice is in the provider's list: it is new, back, or as it was.
pub fn seen(tx: &mut Tx, voice: &Voice) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO voices (provider, voice, name, gender, about, preview_url, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (provider, voice) DO UPDATE
         SET name = $3, gender = $4, about = $5, preview_url = $6, seen_at = $7, gone_at = NULL",
        &[
            &voice.provider,
            &voice.voice,
            &voice.name,
            &voice.gender,
            &voice.about,
            &voice.preview_url,
            &voice.seen_at,
        ],
    )
    .map(|_| ())
}

/// The provider said that it doesn't have this voice. True if that is new.
pub fn gone(tx: &mut Tx, provider: &str, voice: &str, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "INSERT INTO voices (provider, voice, name, about, seen_at, gone_at)
         VALUES ($1, $2, '', '', $3, $3)
         ON CONFLICT (provider, voice) DO UPDATE SET gone_at = $3 WHERE voices.gone_at IS NULL",
        &[&provider, &voice, &now],
    )?;
    Ok(changed == 1)
}

/// Those that a whole reading of the list, begun at a moment, didn't find are gone. Says how many.
pub fn gone_unseen(tx: &mut Tx, provider: &str, begun: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE voices SET gone_at = $1
         WHERE provider = $2 AND seen_at < $1 AND gone_at IS NULL",
        &[&begun, &provider],
    )
}

/// Everything that is known of a provider's voices, gone or not, by name.
pub fn all(tx: &mut Tx, provider: &str) -> Result<Vec<Voice>, StoreError> {
    let rows = tx.query(select!("WHERE provider = $1 ORDER BY name, voice"), &[&provider])?;
    rows.iter().map(voice_of).collect()
}

pub fn get(tx: &mut Tx, provider: &str, voice: &str) -> Result<Option<Voice>, StoreError> {
    let row = tx.first(select!("WHERE provider = $1 AND voice = $2"), &[&provider, &voice])?;
    row.as_ref().map(voice_of).transpose()
}

fn voice_of(row: &Row) -> Result<Voice, StoreError> {
    Ok(Voice {
        provider: row.text("provider")?,
        voice: row.text("voice")?,
        name: row.text("name")?,
        gender: row.maybe_word("gender", Subject::from_text)?,
        about: row.text("about")?,
        preview_url: row.maybe_text("preview_url")?,
        seen_at: row.millis("seen_at")?,
        gone_at: row.maybe_millis("gone_at")?,
    })
}
