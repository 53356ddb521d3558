//! A voice: made as loud as others, and drawn for those who haven't listened yet.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{Rgb, RgbImage};
use serde::Deserialize;

use super::run::{Call, Said};
use super::{Tools, VideoError, probe, unreadable};
use crate::collage::shapes::{Rect, paint, rounded};
use crate::picture;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speech {
    pub duration_ms: u64,
    pub bytes: u64,
}

/// How fast it is spoken, in thousandths of how it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed(u32);

impl Speed {
    pub const AS_IT_CAME: Self = Self(1000);

    /// Faster or slower ones are no speech any more.
    pub fn from_milli(milli: u32) -> Self {
        Self(milli.clamp(500, 2000))
    }
}

/// What a player turns neither up nor down, with room for the peaks that compressing makes.
pub(super) const TARGET: &str = "I=-16:TP=-1.5:LRA=11";

/// How much of a sound may be missing of what its header promises.
const MISSING_MS_MAX: u64 = 300;

/// An MP3 of one channel, 44.1 kHz and 128 kbit/s, at −16 LUFS. All of it, or it is unreadable.
pub fn normalise(
    tools: &Tools,
    from: &Path,
    to: &Path,
    speed: Speed,
    cancel: &AtomicBool,
) -> Result<Speech, VideoError> {
    let probed = probe(tools, from)?;
    if probed.audio.is_none() {
        return Err(unreadable("there is nothing to hear in it"));
    }
    let tempo = match speed {
        Speed::AS_IT_CAME => String::new(),
        Speed(milli) => format!("atempo={}.{:03},", milli / 1000, milli % 1000),
    };
    let mut call = Call::ffmpeg(tools);
    call.input(from, &[])?;
    let measure =
        format!("aformat=channel_layouts=mono,{tempo}loudnorm={TARGET}:print_format=json");
    // It is said as news, not as an error.
    call.add(["-map", "0:a:0", "-af", &measure, "-loglevel", "info", "-f", "null", "-"]);
    let said = call.run(tools, cancel, &mut |_| {})?;
    let loudness = match Measured::read(&said) {
        Some(it) => it.filter(),
        // Silence can't be made louder.
        None => String::new(),
    };
    let filter = format!("aformat=channel_layouts=mono,{tempo}{loudness}aresample=44100");
    let mut call = Call::ffmpeg(tools);
    call.input(from, &[])?;
    call.add(["-map", "0:a:0", "-af", &filter, "-ac", "1", "-ar", "44100"]);
    call.add(["-c:a", "libmp3lame", "-b:a", "128k", "-map_metadata", "-1"]);
    call.add(["-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "mp3"]).output(to)?;
    call.run(tools, cancel, &mut |_| {})?;
    let made = probe(tools, to)?;
    let promised = probed.duration_ms * 1000 / u64::from(speed.0);
    // What is guessed from a file's size is a little off.
    if made.duration_ms + MISSING_MS_MAX + promised / 20 < promised {
        return Err(unreadable("it ends before its time"));
    }
    Ok(Speech { duration_ms: made.duration_ms, bytes: made.bytes })
}

/// What the first pass found, in its words.
#[derive(Deserialize)]
struct Measured {
    input_i: String,
    input_tp: String,
    input_lra: String,
    input_thresh: String,
    target_offset: String,
}

impl Measured {
    fn read(said: &Said) -> Option<Self> {
        let (from, to) = (said.rfind('{')?, said.rfind('}')?);
        let it: Self = serde_json::from_str(said.get(from..=to)?).ok()?;
        let all = [&it.input_i, &it.input_tp, &it.input_lra, &it.input_thresh, &it.target_offset];
        let are_numbers = all.iter().all(|it| it.parse::<f64>().is_ok_and(f64::is_finite));
        are_numbers.then_some(it)
    }

    fn filter(&self) -> String {
        let Self { input_i, input_tp, input_lra, input_thresh, target_offset } = self;
        format!(
            "loudnorm={TARGET}:measured_I={input_i}:measured_TP={input_tp}:measured_LRA={input_lra}\
             :measured_thresh={input_thresh}:offset={target_offset}:linear=true,"
        )
    }
}

pub const WAVEFORM_SIDE: u32 = 512;
const BARS: u64 = 40;
/// Samples in a millisecond, of what is drawn.
const SAMPLES: u64 = 8;
const GROUND: Rgb<u8> = Rgb([32, 34, 38]);
const BAR: Rgb<u8> = Rgb([126, 168, 204]);
const QUALITY: u8 = 86;

/// A JPEG of its loudness from the beginning to the end.
pub fn waveform(tools: &Tools, from: &Path) -> Result<Vec<u8>, VideoError> {
    let probed = probe(tools, from)?;
    if probed.audio.is_none() {
        return Err(unreadable("there is nothing to hear in it"));
    }
    let mut call = Call::ffmpeg(tools);
    call.input(from, &[])?;
    call.add(["-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "s16le", "pipe:1"]);
    let mut loudness = Loudness::over(probed.duration_ms);
    call.run(tools, &AtomicBool::new(false), &mut |it| loudness.take(it))?;
    Ok(draw(&loudness.bars()))
}

/// The power of each of the bars, taken up sample by sample.
struct Loudness {
    samples: u64,
    seen: u64,
    /// The first byte of a sample whose second one hasn't come.
    half: Option<u8>,
    sums: Vec<(f64, u64)>,
}

impl Loudness {
    fn over(duration_ms: u64) -> Self {
        let samples = (duration_ms * SAMPLES).max(1);
        Self { samples, seen: 0, half: None, sums: vec![(0.0, 0); BARS as usize] }
    }

    fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let Some(low) = self.half.take() else {
                self.half = Some(*byte);
                continue;
            };
            let sample = f64::from(i16::from_le_bytes([low, *byte]));
            let bar = (self.seen * BARS / self.samples).min(BARS - 1) as usize;
            self.sums[bar].0 += sample * sample;
            self.sums[bar].1 += 1;
            self.seen += 1;
        }
    }

    /// From 0 to 1, the loudest 1.
    fn bars(&self) -> Vec<f32> {
        let root = |(sum, count): &(f64, u64)| (sum / (*count).max(1) as f64).sqrt().sqrt();
        let bars: Vec<_> = self.sums.iter().map(root).collect();
        let most = bars.iter().copied().fold(1.0, f64::max);
        bars.iter().map(|it| (it / most) as f32).collect()
    }
}

fn draw(bars: &[f32]) -> Vec<u8> {
    let mut page = RgbImage::from_pixel(WAVEFORM_SIDE, WAVEFORM_SIDE, GROUND);
    let step = (WAVEFORM_SIDE - 32) / BARS as u32;
    let width = step * 2 / 3;
    for (at, bar) in (0..).zip(bars) {
        let height = ((bar * 360.0) as u32).max(width);
        let top = (WAVEFORM_SIDE - height) / 2;
        let at = Rect { left: 16 + at * step + (step - width) / 2, top, width, height };
        paint(&mut page, at, rounded(at, width as f32 / 2.0), |_, _| BAR);
    }
    picture::encode(&page, QUALITY, None)
}
