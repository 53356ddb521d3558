//! Words that ElevenLabs speaks: what it wants to be told, and what counts as spoken.

use bytes::Bytes;
use http::{StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use super::{SPEAKING, answers, unexpected};
use crate::http::{Answer, Body, below, plain};
use crate::providers::numbers::decimal;
use crate::providers::{Access, MadeSpeech, ProviderError, SpeechWork, is_run_id};

/// On every plan, and more than enough for words.
const FORMAT: &str = "mp3_44100_128";

/// How far a voice may be hurried or held back.
const SPEED_PERCENT: std::ops::RangeInclusive<u32> = 70..=120;

/// The models that can be told a language. The others refuse work that names one.
const TOLD_LANGUAGE: [&str; 3] = ["eleven_flash_v2_5", "eleven_turbo_v2_5", "eleven_v3"];

/// Where they say what it cost, the newer one first.
const COST_NAMES: [&str; 2] = ["character-cost", "x-character-count"];

#[derive(Serialize)]
struct Speech<'a> {
    text: &'a str,
    model_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    language_code: Option<&'a str>,
    /// What isn't said is as the voice has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_settings: Option<Settings>,
    seed: u32,
}

#[derive(Serialize)]
struct Settings {
    speed: Box<RawValue>,
}

/// Where a voice speaks. Its id becomes a part of the address.
pub(super) fn url(access: &Access, work: &SpeechWork) -> Result<Url, ProviderError> {
    if !is_run_id(&work.voice) {
        return Err(unexpected("that can't be the id of a voice"));
    }
    let mut url = below(&access.rest_url, &format!("v1/text-to-speech/{}", work.voice));
    url.query_pairs_mut().append_pair("output_format", FORMAT);
    Ok(url)
}

/// The JSON that the voice takes.
pub(super) fn input(work: &SpeechWork) -> Result<Vec<u8>, ProviderError> {
    if work.text.trim().is_empty() {
        return Err(unexpected("a voice needs words"));
    }
    if work.workflow.is_empty() {
        return Err(unexpected("a voice needs the name of a model"));
    }
    let is_told = TOLD_LANGUAGE.contains(&work.workflow.as_str());
    let percent = work.speed_percent.clamp(*SPEED_PERCENT.start(), *SPEED_PERCENT.end());
    let speech = Speech {
        text: &work.text,
        model_id: &work.workflow,
        language_code: work.language.as_deref().filter(|it| is_told && !it.is_empty()),
        voice_settings: (percent != 100).then(|| Settings { speed: decimal(percent, 2) }),
        seed: work.seed,
    };
    Ok(serde_json::to_vec(&speech).expect("texts and numbers are JSON"))
}

/// What was spoken. It has been billed by then, also where it is cut off.
pub(super) fn made(work: &SpeechWork, answer: Answer) -> Result<MadeSpeech, ProviderError> {
    if answer.code != StatusCode::OK {
        return Err(answers::complaint(SPEAKING, &answer));
    }
    let content_type = answer.header(header::CONTENT_TYPE.as_str()).map(plain).unwrap_or_default();
    let told: Option<usize> = number(&answer, header::CONTENT_LENGTH.as_str());
    let billed = COST_NAMES.iter().find_map(|it| number(&answer, it));
    let billed = billed.unwrap_or_else(|| characters(&work.text));
    let cut = |why: &str| ProviderError::Billed {
        cause: format!("{SPEAKING}: what was spoken is not whole: {why}"),
        characters: billed,
    };
    let request_id = answer.header("request-id").filter(|it| is_run_id(it)).map(str::to_owned);
    let audio = match answer.body {
        Body::Whole(audio) => audio,
        Body::BrokenOff(why) => return Err(cut(&why)),
        Body::TooLarge => return Err(unexpected("what was spoken is larger than may be")),
    };
    if content_type.contains("json") {
        return Err(unexpected("said to be done, but it answered in words"));
    }
    if audio.is_empty() {
        return Err(cut("it is empty"));
    }
    if told.is_some_and(|it| it != audio.len()) {
        return Err(cut("its length is not as told"));
    }
    let is_mp3 = begins_as_mp3(&audio).ok_or_else(|| cut("it ends before its sound begins"))?;
    if !is_mp3 {
        return Err(unexpected("what came is no mp3"));
    }
    Ok(MadeSpeech { audio: Bytes::from(audio), content_type, characters: billed, request_id })
}

fn number<T: std::str::FromStr>(answer: &Answer, name: &str) -> Option<T> {
    answer.header(name)?.trim().parse().ok()
}

fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// A tag and as much as its length says, if there is one, and then the head of a frame. None when it
/// ends before.
fn begins_as_mp3(audio: &[u8]) -> Option<bool> {
    let sound = match audio.strip_prefix(b"ID3") {
        Some(tag) => {
            // Four times seven bits, after two bytes of version and one of flags.
            let bytes = tag.get(3..7)?;
            let bytes = bytes.iter().fold(0, |all, it| all << 7 | usize::from(it & 0x7f));
            tag.get(7 + bytes..)?
        }
        None => audio,
    };
    let [first, second, _, _, ..] = sound else { return None };
    // Eleven bits of a beginning, two of a version, of which one is none, and layer three.
    Some(*first == 0xff && second & 0xe6 == 0xe2 && second & 0x18 != 0x08)
}
