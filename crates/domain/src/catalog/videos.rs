//! What talking videos are made of, who makes it and what it costs: `catalog/videos.toml`.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::EditMaker;
use super::packs::{Sold, dearest, line_of};
use super::pictures::PROMISED_SECONDS;
use super::styles::line_below;
use crate::script::Speed;
use crate::video::{Format, VideoQuality};
use crate::{Credits, Language};

/// Talking videos on sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Videos {
    pub limits: VideoLimits,
    pub speech: SpeechOffer,
    pub character_edit: CharacterEdit,
    pub standard: VideoOffer,
    pub high: VideoOffer,
    pub over: Over,
}

/// What nobody may go beyond, whatever they pay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoLimits {
    pub script_chars_max: u32,
    /// A shorter sound is paid for as if it had so many.
    pub seconds_min: u32,
    /// How long a clip that is put behind a person is at most.
    pub background_seconds_max: u32,
    /// How many videos one order has at most: characters times takes.
    pub batch_max: u32,
}

/// Scripts, spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechOffer {
    /// What each hundred characters cost, whoever speaks them.
    pub credits_per_100_chars: Credits,
    /// What is offered, in percent of what a voice does by itself; the slowest first.
    pub speeds: Vec<Speed>,
    pub promised_seconds: u32,
    pub makers: Vec<SpeechMaker>,
}

/// Somebody who speaks scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechMaker {
    /// By the provider's name in `connectors`; it speaks with the voices that it has.
    pub provider: String,
    pub workflow: String,
    /// What it speaks. A script in another language it is never given.
    pub languages: Vec<Language>,
    /// Whether it does what directions say. Others are given a script without them.
    pub knows_directions: bool,
    /// Whether it can speak slower and faster. For others the sound is stretched afterwards.
    pub knows_speed: bool,
    /// What it takes for a hundred characters, in millionths of a US dollar.
    pub cost_micros_per_100_chars: i64,
}

/// A character, changed by words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharacterEdit {
    pub credits: Credits,
    /// How often a character is changed at most before it is taken as it is.
    pub rounds_max: u32,
    pub promised_seconds: u32,
    /// They are told by prompt: there is no graph for it.
    pub makers: Vec<EditMaker>,
}

/// One quality of videos.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoOffer {
    /// What each second costs, whoever makes it.
    pub credits_per_second: Credits,
    pub makers: Vec<VideoMaker>,
}

/// Somebody who makes a picture speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VideoMaker {
    pub provider: String,
    pub workflow: String,
    /// What it is asked for, by its own word; one that follows the picture is asked for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<String>,
    /// It takes sounds that are shorter than this.
    pub seconds_max: u32,
    pub promised_seconds: u32,
    /// What it takes for a second, in millionths of a US dollar.
    pub cost_micros_per_second: i64,
}

/// A person over a customer's clip.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// What each second costs more than in the picture's own surroundings. A person who stands on
    /// green costs the same: which one it will be isn't known when the price is shown.
    pub credits_per_second: Credits,
    pub promised_seconds: u32,
    /// Who cuts out persons that don't stand on green. Nobody named: only those on green are offered.
    #[serde(default)]
    pub makers: Vec<MattingMaker>,
}

/// Somebody who cuts a person out of a video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MattingMaker {
    pub provider: String,
    pub workflow: String,
    /// What it takes for a second, in millionths of a US dollar.
    pub cost_micros_per_second: i64,
}

impl SpeechMaker {
    pub fn can(&self, language: Language) -> bool {
        self.languages.contains(&language)
    }

    /// What it takes for a script of so many characters.
    pub fn cost_micros(&self, chars: usize) -> i64 {
        share(self.cost_micros_per_100_chars, i64::try_from(chars).unwrap_or(i64::MAX), 100)
    }
}

/// What a sound is longer for somebody who counts what MP3 puts before and after it.
const PADDING_MILLIS: i64 = 100;

impl VideoMaker {
    /// Whether it takes a sound of this length.
    pub fn can(&self, millis: i64) -> bool {
        millis.saturating_add(PADDING_MILLIS) < i64::from(self.seconds_max) * 1_000
    }

    pub fn cost_micros(&self, millis: i64) -> i64 {
        share(self.cost_micros_per_second, millis, 1_000)
    }
}

impl MattingMaker {
    pub fn cost_micros(&self, millis: i64) -> i64 {
        share(self.cost_micros_per_second, millis, 1_000)
    }
}

/// What a part of something takes, rounded up.
fn share(micros: i64, part: i64, whole: i64) -> i64 {
    let share =
        (i128::from(micros) * i128::from(part.max(0)) + i128::from(whole - 1)) / i128::from(whole);
    i64::try_from(share).unwrap_or(i64::MAX)
}

impl Videos {
    pub fn offer(&self, quality: VideoQuality) -> &VideoOffer {
        match quality {
            VideoQuality::Standard => &self.standard,
            VideoQuality::High => &self.high,
        }
    }

    /// What it costs to have so many characters spoken. Each hundred that is begun counts.
    pub fn speech_price(&self, chars: usize) -> Credits {
        let begun = u32::try_from(chars.div_ceil(100)).unwrap_or(u32::MAX);
        self.speech.credits_per_100_chars.times(begun.max(1))
    }

    /// What a video costs whose sound has this length. Each second that is begun counts.
    pub fn video_price(&self, format: Format, quality: VideoQuality, millis: i64) -> Credits {
        self.second_price(format, quality).times(self.billed_seconds(millis))
    }

    /// What one second of a video costs.
    pub fn second_price(&self, format: Format, quality: VideoQuality) -> Credits {
        let own = self.offer(quality).credits_per_second;
        match format {
            Format::TalkingHead => own,
            Format::OverBackground => {
                let sum = own.as_i64() + self.over.credits_per_second.as_i64();
                Credits::new(sum).unwrap_or(own)
            }
        }
    }

    /// How many seconds are paid for.
    pub fn billed_seconds(&self, millis: i64) -> u32 {
        let begun = millis.max(0).saturating_add(999) / 1_000;
        u32::try_from(begun).unwrap_or(u32::MAX).max(self.limits.seconds_min)
    }

    /// Everybody who can make a video of this length, in the order in which they are asked.
    pub fn makers_of(
        &self,
        quality: VideoQuality,
        millis: i64,
    ) -> impl Iterator<Item = &VideoMaker> {
        self.offer(quality).makers.iter().filter(move |it| it.can(millis))
    }

    /// Everybody who can speak a language, in the order in which they are asked.
    pub fn speakers_of(&self, language: Language) -> impl Iterator<Item = &SpeechMaker> {
        self.speech.makers.iter().filter(move |it| it.can(language))
    }

    /// Whether a workflow is that of somebody who makes videos, or cuts persons out of them.
    pub fn films(&self, workflow: &str) -> bool {
        let makers = self.standard.makers.iter().chain(&self.high.makers);
        let mut cutters = self.over.makers.iter();
        makers.map(|it| &it.workflow).any(|it| it == workflow)
            || cutters.any(|it| it.workflow == workflow)
    }

    /// The longest sound that somebody takes, in milliseconds; zero where nobody takes any.
    pub fn millis_max(&self, quality: VideoQuality) -> i64 {
        let makers = self.offer(quality).makers.iter();
        let seconds = makers.map(|it| i64::from(it.seconds_max)).max();
        seconds.map_or(0, |it| it * 1_000 - PADDING_MILLIS - 1)
    }

    /// What is sold here, each by its smallest part. `off_percent` is what plans take off a picture,
    /// and a character that is changed is one.
    pub(super) fn sold(&self, off_percent: u32) -> Vec<Sold> {
        if self.speech.makers.is_empty() {
            return Vec::new();
        }
        let mut sold = vec![
            Sold {
                name: "speech".to_owned(),
                credits: self.speech.credits_per_100_chars,
                off_percent: 0,
                cost_micros: dearest(
                    self.speech.makers.iter().map(|it| it.cost_micros_per_100_chars),
                ),
            },
            Sold {
                name: "character edit".to_owned(),
                credits: self.character_edit.credits,
                off_percent,
                cost_micros: dearest(self.character_edit.makers.iter().map(|it| it.cost_micros)),
            },
        ];
        let cut = dearest(self.over.makers.iter().map(|it| it.cost_micros_per_second));
        for quality in VideoQuality::ALL.iter().copied() {
            let makers = self.offer(quality).makers.iter();
            let made = dearest(makers.map(|it| it.cost_micros_per_second));
            for format in Format::ALL.iter().copied() {
                sold.push(Sold {
                    name: format!("video {} {}", quality.as_str(), format.as_str()),
                    credits: self.second_price(format, quality),
                    off_percent: 0,
                    cost_micros: match format {
                        Format::TalkingHead => made,
                        Format::OverBackground => made.saturating_add(cut),
                    },
                });
            }
        }
        sold
    }
}

/// How long who makes videos may be waited for, in seconds: they take minutes where pictures take
/// seconds.
const VIDEO_PROMISED_SECONDS: RangeInclusive<u32> = 5..=3_600;
const SCRIPT_CHARS: RangeInclusive<u32> = 1..=5_000;
/// Longer ones aren't taken in.
const BACKGROUND_SECONDS: RangeInclusive<u32> = 1..=15;
/// What fits into one album, on one screen.
const TOGETHER: RangeInclusive<u32> = 1..=5;
const ROUNDS: RangeInclusive<u32> = 1..=20;
const SOUND_SECONDS: RangeInclusive<u32> = 1..=600;

impl Videos {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let videos: Self = toml::from_str(text).map_err(|it| it.to_string())?;
        let limits = videos.limits;
        for (part, word, value, span) in [
            ("limits", "script_chars_max", limits.script_chars_max, SCRIPT_CHARS),
            ("limits", "seconds_min", limits.seconds_min, SOUND_SECONDS),
            ("limits", "background_seconds_max", limits.background_seconds_max, BACKGROUND_SECONDS),
            ("limits", "batch_max", limits.batch_max, TOGETHER),
            ("character_edit", "rounds_max", videos.character_edit.rounds_max, ROUNDS),
            ("speech", "promised_seconds", videos.speech.promised_seconds, PROMISED_SECONDS),
            (
                "character_edit",
                "promised_seconds",
                videos.character_edit.promised_seconds,
                PROMISED_SECONDS,
            ),
            ("over", "promised_seconds", videos.over.promised_seconds, VIDEO_PROMISED_SECONDS),
        ] {
            if !span.contains(&value) {
                let says = format!("{word} is from {} to {}", span.start(), span.end());
                return Err(format!("line {}: {says}", line_below(text, part, word)));
            }
        }
        for (part, word, credits) in [
            ("speech", "credits_per_100_chars", videos.speech.credits_per_100_chars),
            ("character_edit", "credits", videos.character_edit.credits),
            ("standard", "credits_per_second", videos.standard.credits_per_second),
            ("high", "credits_per_second", videos.high.credits_per_second),
        ] {
            if credits.is_zero() {
                return Err(format!("line {}: it costs nothing", line_below(text, part, word)));
            }
        }
        check_speeds(&videos.speech.speeds)
            .map_err(|it| format!("line {}: {it}", line_below(text, "speech", "speeds")))?;
        videos
            .check_makers()
            .map_err(|(part, says)| format!("line {}: {part}: {says}", line_of(text, part)))?;
        Ok(videos)
    }

    /// Somebody makes each part, and is named once. An error comes with the part.
    fn check_makers(&self) -> Result<(), (&'static str, String)> {
        let speech = self.speech.makers.iter();
        let speech: Vec<_> = speech
            .map(|it| (&it.provider, it.workflow.clone(), it.cost_micros_per_100_chars))
            .collect();
        let edits = self.character_edit.makers.iter();
        let edits: Vec<_> = edits
            .map(|it| (&it.provider, it.workflow.clone().unwrap_or_default(), it.cost_micros))
            .collect();
        let over = self.over.makers.iter();
        let over: Vec<_> =
            over.map(|it| (&it.provider, it.workflow.clone(), it.cost_micros_per_second)).collect();
        let mut parts =
            vec![("speech", speech, true), ("character_edit", edits, true), ("over", over, false)];
        for quality in VideoQuality::ALL.iter().copied() {
            let makers = self.offer(quality).makers.iter();
            let makers: Vec<_> = makers
                .map(|it| (&it.provider, it.workflow.clone(), it.cost_micros_per_second))
                .collect();
            parts.push((quality.as_str(), makers, true));
        }
        for (part, makers, is_needed) in parts {
            if makers.is_empty() && is_needed {
                return Err((part, "nobody is named to make it".to_owned()));
            }
            for (at, maker) in makers.iter().enumerate() {
                check_maker(maker, &makers[..at])
                    .map_err(|it| (part, format!("maker {} (`{}`): {it}", at + 1, maker.0)))?;
            }
        }
        self.check_lengths()?;
        match Language::ALL.iter().find(|it| self.speakers_of(**it).next().is_none()) {
            Some(language) => Err(("speech", format!("nobody speaks {}", language.as_str()))),
            None => Ok(()),
        }
    }

    /// Each maker of videos can make the shortest one, and is waited for.
    fn check_lengths(&self) -> Result<(), (&'static str, String)> {
        let shortest = i64::from(self.limits.seconds_min) * 1_000;
        for quality in VideoQuality::ALL.iter().copied() {
            for (at, maker) in self.offer(quality).makers.iter().enumerate() {
                let says = if !SOUND_SECONDS.contains(&maker.seconds_max) {
                    let (least, most) = (SOUND_SECONDS.start(), SOUND_SECONDS.end());
                    format!("seconds_max is from {least} to {most}")
                } else if !maker.can(shortest) {
                    "it can't make the shortest video".to_owned()
                } else if !VIDEO_PROMISED_SECONDS.contains(&maker.promised_seconds) {
                    let (least, most) =
                        (VIDEO_PROMISED_SECONDS.start(), VIDEO_PROMISED_SECONDS.end());
                    format!("promised_seconds is from {least} to {most}")
                } else {
                    continue;
                };
                let says = format!("maker {} (`{}`): {says}", at + 1, maker.provider);
                return Err((quality.as_str(), says));
            }
        }
        Ok(())
    }
}

type Named<'a> = (&'a String, String, i64);

fn check_maker(maker: &Named<'_>, before: &[Named<'_>]) -> Result<(), String> {
    let (provider, workflow, cost_micros) = maker;
    if provider.is_empty() || workflow.is_empty() {
        return Err("a maker has a provider and a workflow".to_owned());
    }
    if before.iter().any(|it| it.0 == *provider && it.1 == *workflow) {
        return Err(format!("`{workflow}` is named twice"));
    }
    if *cost_micros < 0 {
        return Err("it has a negative cost".to_owned());
    }
    Ok(())
}

/// They grow, and that of the voice itself is one of them.
fn check_speeds(speeds: &[Speed]) -> Result<(), String> {
    if speeds.windows(2).any(|it| it[1] <= it[0]) {
        return Err("speeds grow".to_owned());
    }
    if !speeds.contains(&Speed::NORMAL) {
        return Err("100 is one of the speeds".to_owned());
    }
    Ok(())
}
