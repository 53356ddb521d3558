//! How voices sound: one file, one line, sorted.
//!
//! The list is written by `UPDATE=1 cargo test -p domain`, from what is in the folder; the files by
//! `cargo run -p sandbox --example characters -- voices catalog/voices`.

use super::{Catalog, SHIPPED, Voice, WrongCatalog};
use crate::Language;

/// The most that an operator's own sample has.
pub const SAMPLE_BYTES_MAX: usize = 1 << 20;

impl Catalog {
    /// An MP3 of a voice, in a language where there is one, else in what it speaks best: the
    /// operator's own, else ours. Ours is no sample of a voice whose id an operator has changed.
    pub fn sample(&self, voice: &str, language: Language) -> Option<&[u8]> {
        let voice = self.voice(voice)?;
        let languages = [language].into_iter().chain(voice.languages.iter().copied());
        let languages: Vec<_> =
            languages.chain(Language::ALL).map(|it| sample(voice, it)).collect();
        let own = languages.iter().find_map(|it| self.samples.get(it)).map(|it| &**it);
        own.or_else(|| {
            let is_ours = is_shipped(voice);
            let ours = |it: &String| {
                SAMPLES.iter().find(|(file, _)| file.strip_suffix(".mp3") == Some(it))
            };
            languages.iter().filter(|_| is_ours).find_map(ours).map(|it| it.1)
        })
    }

    /// Takes an operator's own sample, given with its path below `catalog/`.
    pub fn take_sample(&mut self, file: &str, bytes: Vec<u8>) -> Result<(), WrongCatalog> {
        let wrong = |what: &str| WrongCatalog { file: file.to_owned(), what: what.to_owned() };
        let stem = file.strip_prefix("voices/").and_then(|it| it.strip_suffix(".mp3"));
        let is_known = |it: &&str| {
            it.rsplit_once('-').is_some_and(|(voice, language)| {
                let is_language = Language::ALL.iter().any(|it| it.as_str() == language);
                is_language && self.voice(voice).is_some()
            })
        };
        let Some(stem) = stem.filter(is_known) else {
            return Err(wrong("a sample is VOICE-LANGUAGE.mp3, by a voice that there is"));
        };
        if !is_mp3(&bytes) {
            return Err(wrong("a sample is an MP3"));
        }
        if SAMPLE_BYTES_MAX < bytes.len() {
            return Err(wrong("a sample has a megabyte at most"));
        }
        self.samples.insert(stem.to_owned(), bytes.into());
        Ok(())
    }
}

fn sample(voice: &Voice, language: Language) -> String {
    format!("{}-{}", voice.name, language.as_str())
}

/// Whether it is the voice that ours were recorded with.
fn is_shipped(voice: &Voice) -> bool {
    let file = format!("voices/{}.toml", voice.name);
    let says = format!("\nvoice = \"{}\"\n", voice.voice);
    SHIPPED.iter().any(|(name, text)| *name == file && text.contains(&says))
}

/// Tags, or at once the first frame of MPEG sound.
fn is_mp3(bytes: &[u8]) -> bool {
    bytes.starts_with(b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe6 == 0xe2)
}

macro_rules! samples {
    ($($file:literal,)*) => {
        /// (file in `catalog/voices/`, its bytes), sorted. A test compares it with the folder.
        pub const SAMPLES: &[(&str, &[u8])] = &[$((
            $file,
            include_bytes!(concat!("../../../../catalog/voices/", $file)),
        )),*];
    };
}

samples! {
    "adam-en.mp3",
    "adam-kk.mp3",
    "adam-ru.mp3",
    "alina-en.mp3",
    "alina-kk.mp3",
    "alina-ru.mp3",
    "bekzat-en.mp3",
    "bekzat-kk.mp3",
    "bekzat-ru.mp3",
    "bella-en.mp3",
    "bella-kk.mp3",
    "bella-ru.mp3",
    "daniel-en.mp3",
    "daniel-kk.mp3",
    "daniel-ru.mp3",
    "diana-en.mp3",
    "diana-kk.mp3",
    "diana-ru.mp3",
    "gulnara-en.mp3",
    "gulnara-kk.mp3",
    "gulnara-ru.mp3",
    "marcus-en.mp3",
    "marcus-kk.mp3",
    "marcus-ru.mp3",
    "oleg-en.mp3",
    "oleg-kk.mp3",
    "oleg-ru.mp3",
    "sofia-en.mp3",
    "sofia-kk.mp3",
    "sofia-ru.mp3",
    "vera-en.mp3",
    "vera-kk.mp3",
    "vera-ru.mp3",
    "yuri-en.mp3",
    "yuri-kk.mp3",
    "yuri-ru.mp3",
}
