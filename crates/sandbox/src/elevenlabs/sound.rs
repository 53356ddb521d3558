//! Sound: what a voice says, by espeak-ng where it is installed and else a tone for each syllable,
//! and its forms, by ffmpeg.

use super::voices::Voice;
use crate::programs::{Failed, Programs, Workbench};

/// How fast tones are written down.
const TONE_RATE: u32 = 22_050;
/// Milliseconds of a syllable and of the pauses after a word and a sentence, at the usual speed.
const SYLLABLE_MS: f64 = 170.0;
const WORD_MS: f64 = 60.0;
const SENTENCE_MS: f64 = 320.0;
const USUAL_WORDS_PER_MINUTE: f64 = 165.0;
/// What espeak-ng takes.
const WORDS_PER_MINUTE: std::ops::RangeInclusive<f64> = 80.0..=450.0;
const WAV_HEAD: usize = 44;
const WAV_RATE_AT: usize = 24;
const LOUD: f64 = 9_000.0;

/// Sound of one channel as it is.
#[derive(Debug)]
pub(crate) struct Pcm {
    pub(crate) samples: Vec<i16>,
    pub(crate) rate: u32,
}

impl Pcm {
    pub(crate) fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.rate)
    }
}

/// In which form sound is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    kind: &'static str,
    rate: u32,
    /// Thousands of bits a second, where it is to be chosen.
    kbits: u32,
}

/// The kinds, with the rates and the bits each may have.
const FORMS: [(&str, &[u32], &[u32]); 6] = [
    ("mp3", &[22_050], &[32]),
    ("mp3", &[24_000], &[48]),
    ("mp3", &[44_100], &[32, 64, 96, 128, 192]),
    ("opus", &[48_000], &[32, 64, 96, 128, 192]),
    ("pcm", &[8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000], &[]),
    ("wav", &[8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000], &[]),
];

impl Form {
    /// By its name at ElevenLabs: `mp3_44100_128`.
    pub(crate) fn from_name(name: &str) -> Option<Form> {
        let mut parts = name.split('_');
        let (kind, rate) = (parts.next()?, parts.next()?.parse().ok()?);
        let kbits = match parts.next() {
            Some(kbits) => kbits.parse().ok()?,
            None => 0,
        };
        if parts.next().is_some() {
            return None;
        }
        if let ("ulaw" | "alaw", 8_000, 0) = (kind, rate, kbits) {
            let kind = if kind == "ulaw" { "ulaw" } else { "alaw" };
            return Some(Form { kind, rate, kbits });
        }
        let is_it = |it: &&(&str, &[u32], &[u32])| {
            let is_rate = it.0 == kind && it.1.contains(&rate);
            is_rate && (it.2.contains(&kbits) || it.2.is_empty() && kbits == 0)
        };
        FORMS.iter().find(is_it).map(|it| Form { kind: it.0, rate, kbits })
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self.kind {
            "mp3" => "audio/mpeg",
            "opus" => "audio/opus",
            "wav" => "audio/wav",
            "pcm" => "audio/pcm",
            _ => "audio/basic",
        }
    }

    /// What ffmpeg calls the container and the codec.
    fn names(self) -> [&'static str; 2] {
        match self.kind {
            "mp3" => ["mp3", "libmp3lame"],
            "opus" => ["ogg", "libopus"],
            "wav" => ["wav", "pcm_s16le"],
            "ulaw" => ["mulaw", "pcm_mulaw"],
            "alaw" => ["alaw", "pcm_alaw"],
            _ => ["s16le", "pcm_s16le"],
        }
    }
}

/// A short mp3 of somebody who says something; `None` without the programs.
pub async fn sample(voice: &Voice, language: &str, text: &str) -> Option<Vec<u8>> {
    let workbench = Workbench::new(Programs::default());
    let pcm = speak(&workbench, voice, language, text, 1.0).await.ok()?;
    let form = Form::from_name("mp3_22050_32").expect("it stands in the table");
    encode(&workbench, &pcm, form).await.ok()
}

/// What a voice says in a language, so many times as fast as it usually does.
pub(crate) async fn speak(
    workbench: &Workbench,
    voice: &Voice,
    language: &str,
    text: &str,
    speed: f64,
) -> Result<Pcm, Failed> {
    let pace = f64::from(voice.words_per_minute) * speed;
    let pace = pace.clamp(*WORDS_PER_MINUTE.start(), *WORDS_PER_MINUTE.end());
    let known = if ["ru", "kk"].contains(&language) { language } else { "en" };
    let throat = format!("{known}+{}", voice.throat);
    let (pitch, words) = (voice.pitch.to_string(), (pace as u32).to_string());
    let arguments = ["-b", "1", "-v", &throat, "-p", &pitch, "-s", &words, "--stdin", "--stdout"];
    // It reads double brackets as phonemes.
    let plain = text.replace(['[', ']'], " ");
    match workbench.espeak(&arguments, &plain).await {
        Ok(wav) => opened(&wav).ok_or_else(|| Failed::Broken("espeak-ng: no WAV".to_owned())),
        Err(Failed::Missing(_)) => Ok(tones(voice, text, pace)),
        Err(broken) => Err(broken),
    }
}

fn opened(wav: &[u8]) -> Option<Pcm> {
    let rate = wav.get(WAV_RATE_AT..)?.first_chunk()?;
    let (samples, _) = wav.get(WAV_HEAD..)?.as_chunks();
    let samples = samples.iter().map(|it| i16::from_le_bytes(*it)).collect();
    Some(Pcm { samples, rate: u32::from_le_bytes(*rate) })
}

/// A tone for each syllable, as high as the voice.
fn tones(voice: &Voice, text: &str, pace: f64) -> Pcm {
    let mut samples = Vec::new();
    let slower = USUAL_WORDS_PER_MINUTE / pace;
    let count = |ms: f64| (ms * slower * f64::from(TONE_RATE) / 1000.0) as usize;
    let height = 90.0 + f64::from(voice.pitch) * 2.0;
    for (word, number) in text.split_whitespace().zip(0_u32..) {
        for syllable in 0..syllables(word) {
            // A melody, so that it can be told from an alarm.
            let steps = f64::from((number * 5 + syllable * 3) % 7);
            let frequency = height * (1.0 + steps / 24.0);
            let long = count(SYLLABLE_MS);
            for at in 0..long {
                let part = at as f64 / long as f64;
                let swell = (part * std::f64::consts::PI).sin();
                let turn = at as f64 * frequency / f64::from(TONE_RATE) * std::f64::consts::TAU;
                samples.push((turn.sin() * swell * LOUD) as i16);
            }
        }
        let pause = if word.ends_with(['.', '!', '?', ':']) { SENTENCE_MS } else { WORD_MS };
        samples.extend(std::iter::repeat_n(0, count(pause)));
    }
    Pcm { samples, rate: TONE_RATE }
}

/// Vowels, and one at least.
fn syllables(word: &str) -> u32 {
    let vowels = word.chars().filter(|it| "aeiouyаеёиоуыэюяәөұүі".contains(*it)).count();
    u32::try_from(vowels).unwrap_or(u32::MAX).clamp(1, 12)
}

/// Sound in a form.
pub(crate) async fn encode(
    workbench: &Workbench,
    pcm: &Pcm,
    form: Form,
) -> Result<Vec<u8>, Failed> {
    let (rate, wanted) = (pcm.rate.to_string(), form.rate.to_string());
    let bits = format!("{}k", form.kbits);
    let [container, codec] = form.names();
    let mut arguments = vec!["-f", "s16le", "-ar", &rate, "-ac", "1", "-i", "pipe:0"];
    arguments.extend(["-ar", &wanted, "-ac", "1", "-c:a", codec]);
    if 0 < form.kbits {
        arguments.extend(["-b:a", &bits]);
    }
    arguments.extend(["-map_metadata", "-1", "-bitexact", "-f", container, "pipe:1"]);
    let bytes: Vec<u8> = pcm.samples.iter().flat_map(|it| it.to_le_bytes()).collect();
    workbench.ffmpeg(&arguments, std::iter::once(bytes.as_slice())).await
}

/// The language of a text, by its letters.
pub(crate) fn language_of(text: &str) -> &'static str {
    let has = |letters: &str| text.chars().any(|it| letters.contains(it));
    let is_cyrillic = |it: char| ('\u{400}'..'\u{530}').contains(&it);
    if has("әғқңөұүһіӘҒҚҢӨҰҮҺІ") {
        "kk"
    } else if text.chars().any(is_cyrillic) {
        "ru"
    } else {
        "en"
    }
}
