//! What is in a file, without decoding more of it than its beginning.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use serde::Deserialize;

use super::run::{Call, Collected};
use super::{Container, Frame, Tools, VideoError, unreadable};

#[derive(Clone, Debug, PartialEq)]
pub struct Probed {
    pub format: Container,
    pub duration_ms: u64,
    pub video: Option<VideoStream>,
    pub audio: Option<AudioStream>,
    pub bytes: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct VideoStream {
    pub codec: String,
    /// As stored; [`Self::upright`] is how it is seen.
    pub width: u32,
    pub height: u32,
    /// Degrees by which it is turned to be seen: 0, 90, 180 or 270.
    pub rotation: u32,
    /// Frames in a thousand seconds.
    pub fps_milli: u32,
    pub frames: Option<u64>,
    /// By its header.
    pub duration_ms: Option<u64>,
    pub has_alpha: bool,
    pub(super) colours: Colours,
}

/// What its values mean, as far as it says so.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Colours {
    pub matrix: String,
    pub range: String,
    pub transfer: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct AudioStream {
    pub codec: String,
    pub sample_rate: u32,
    pub channels: u32,
}

impl VideoStream {
    pub fn upright(&self) -> Frame {
        match self.rotation {
            90 | 270 => Frame { width: self.height, height: self.width },
            _ => Frame { width: self.width, height: self.height },
        }
    }
}

const ANSWER_BYTES_MAX: usize = 1 << 20;
const SIDE_MAX: u32 = 8192;
const PIXELS_MAX: u64 = 36_000_000;

pub fn probe(tools: &Tools, path: &Path) -> Result<Probed, VideoError> {
    let mut answer = Collected::up_to(ANSWER_BYTES_MAX);
    let mut call = Call::ffprobe();
    call.add(["-show_format", "-show_streams", "-of", "json"]).input(path, &[])?;
    call.run(tools, &AtomicBool::new(false), &mut |it| answer.take(it))?;
    let told: Told = serde_json::from_slice(&answer.bytes)
        .map_err(|_| unreadable("ffprobe's answer makes no sense"))?;
    let stream = |kind: &str| told.streams.iter().find(|it| it.is(kind));
    let video = stream("video").map(Stream::video).transpose()?;
    let audio = stream("audio").map(Stream::audio);
    let lengths = [stream("video"), stream("audio")].into_iter().flatten();
    // Of the file, if it knows; else of its longest part.
    let duration_ms = told
        .format
        .duration
        .as_deref()
        .and_then(millis)
        .or_else(|| lengths.filter_map(Stream::millis).max())
        .ok_or_else(|| unreadable("nobody knows how long it is"))?;
    let bytes = std::fs::metadata(path)?.len();
    Ok(Probed { format: Container::of(path)?, duration_ms, video, audio, bytes })
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Whole,
}

#[derive(Deserialize)]
struct Whole {
    duration: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Stream {
    codec_type: String,
    codec_name: String,
    width: u32,
    height: u32,
    pix_fmt: String,
    color_space: String,
    color_range: String,
    color_transfer: String,
    avg_frame_rate: String,
    r_frame_rate: String,
    nb_frames: Option<String>,
    duration: Option<String>,
    sample_rate: String,
    channels: u32,
    disposition: Disposition,
    side_data_list: Vec<Beside>,
    tags: Tags,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Disposition {
    attached_pic: u8,
}

#[derive(Deserialize)]
struct Beside {
    rotation: Option<f64>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tags {
    alpha_mode: Option<String>,
    #[serde(rename = "DURATION")]
    duration: Option<String>,
    rotate: Option<String>,
}

impl Stream {
    fn is(&self, kind: &str) -> bool {
        // A cover of an album is no video.
        self.codec_type == kind && self.disposition.attached_pic == 0
    }

    fn video(&self) -> Result<VideoStream, VideoError> {
        let area = u64::from(self.width) * u64::from(self.height);
        if area == 0 {
            return Err(unreadable("a video without a size"));
        }
        if SIDE_MAX < self.width.max(self.height) || PIXELS_MAX < area {
            return Err(VideoError::TooLarge);
        }
        let rate = fps_milli(&self.avg_frame_rate).or_else(|| fps_milli(&self.r_frame_rate));
        let has_alpha = self.pix_fmt.contains("yuva")
            || ["rgba", "bgra", "argb", "abgr", "gbrap"]
                .iter()
                .any(|it| self.pix_fmt.starts_with(it))
            || self.tags.alpha_mode.as_deref() == Some("1");
        Ok(VideoStream {
            codec: self.codec_name.clone(),
            width: self.width,
            height: self.height,
            rotation: self.rotation(),
            fps_milli: rate.unwrap_or_default(),
            frames: self.nb_frames.as_deref().and_then(|it| it.parse().ok()),
            duration_ms: self.millis(),
            has_alpha,
            colours: Colours {
                matrix: self.color_space.clone(),
                range: self.color_range.clone(),
                transfer: self.color_transfer.clone(),
            },
        })
    }

    /// Matroska says it in words beside the stream.
    fn millis(&self) -> Option<u64> {
        let own = self.duration.as_deref().and_then(millis);
        own.or_else(|| self.tags.duration.as_deref().and_then(clock_millis))
    }

    fn audio(&self) -> AudioStream {
        AudioStream {
            codec: self.codec_name.clone(),
            sample_rate: self.sample_rate.parse().unwrap_or_default(),
            channels: self.channels,
        }
    }

    fn rotation(&self) -> u32 {
        // The matrix counts against the clock, the older tag with it.
        let matrix = self.side_data_list.iter().find_map(|it| it.rotation).map(|it| -it);
        let tag = || self.tags.rotate.as_deref().and_then(|it| it.parse().ok());
        let degrees = matrix.or_else(tag).filter(|it| it.is_finite()).unwrap_or_default();
        ((degrees / 90.0).round() as i64).rem_euclid(4) as u32 * 90
    }
}

/// Of `30000/1001`.
fn fps_milli(rate: &str) -> Option<u32> {
    let (over, under) = rate.split_once('/')?;
    let (over, under) = (over.parse::<u64>().ok()?, under.parse::<u64>().ok()?);
    let milli = over.checked_mul(1000)?.checked_div(under)?;
    u32::try_from(milli).ok().filter(|it| *it != 0)
}

fn millis(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    // A day is longer than anything that is opened.
    (0.0..86_400.0).contains(&seconds).then(|| (seconds * 1000.0).round() as u64)
}

/// Of `00:01:06.040000000`.
fn clock_millis(clock: &str) -> Option<u64> {
    let mut parts = clock.splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<u64>().ok()?, parts.next()?.parse::<u64>().ok()?);
    let whole = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60_000)?;
    whole.checked_add(millis(parts.next()?)?)
}
