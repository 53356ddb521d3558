//! Films, really made: a mouth that opens as loudly as there is to say, and a ground that is gone.
//! ffmpeg reads and writes; what is seen is drawn here, a few pictures for all frames.

use std::io;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use image::RgbImage;
use serde_json::{Value, json};

use super::filmers::GREEN;
use super::refusals::Complaint;
use super::storage::{Place, Stored};
use crate::drawing::mouth::{self, OPEN_MAX};
use crate::programs::{Failed, Workbench};

const FRAMES_A_SECOND: usize = 25;
/// How sound is listened to.
const RATE: usize = 16_000;
/// Nothing longer is listened to.
const HEARD_SECONDS: &str = "121";
/// Softer than this part of the loudest frame is silence.
const SOFT: f64 = 0.06;
/// What is never loud, however silent the rest.
const LOUD_MIN: f64 = 300.0;
/// The side of the corner whose colour a ground has.
const CORNER: usize = 8;

/// A film that is asked for, and then made.
pub(super) struct Film {
    /// Until it is made.
    sources: Mutex<Option<Sources>>,
    seen: OnceLock<f64>,
    made: OnceLock<Result<Vec<Reel>, String>>,
}

pub(super) enum Sources {
    Talking(Talking),
    /// `key`: the colour of what goes; the corner's, until it is known.
    Ground {
        video: Stored,
        key: Option<[u8; 3]>,
        is_pair: bool,
    },
}

pub(super) struct Talking {
    pub(super) portrait: RgbImage,
    pub(super) audio: Stored,
    pub(super) seconds_max: f64,
    /// How far the mouth is open in each frame.
    pub(super) levels: Vec<u8>,
}

/// One file of it.
struct Reel {
    name: &'static str,
    content_type: &'static str,
    stored: Stored,
}

impl Drop for Reel {
    fn drop(&mut self) {
        self.stored.remove();
    }
}

impl Film {
    pub(super) fn new(sources: Sources) -> Film {
        Film { sources: Mutex::new(Some(sources)), seen: OnceLock::new(), made: OnceLock::new() }
    }

    /// How it went, once it did.
    pub(super) fn end(&self) -> Option<Result<(), &str>> {
        self.made.get().map(|it| it.as_ref().map(|_| ()).map_err(String::as_str))
    }

    /// How many frames it has, as far as that is known.
    pub(super) fn frames(&self) -> i64 {
        (self.seconds() * FRAMES_A_SECOND as f64).ceil().max(1.0) as i64
    }

    fn seconds(&self) -> f64 {
        self.seen.get().copied().unwrap_or_default()
    }

    /// Listens to the sound, or looks at a corner of the film.
    pub(super) async fn look(&self, bench: &Workbench, place: &Place) -> Result<(), Complaint> {
        let Some(sources) = self.take() else { return Ok(()) };
        let (sources, seconds) = match sources {
            Sources::Talking(talking) => {
                let (talking, seconds) = listen(talking, bench, place).await?;
                (Sources::Talking(talking), seconds)
            }
            Sources::Ground { video, key, is_pair } => {
                let corner = corner(&video, bench, place).await?;
                let key = Some(key.unwrap_or(corner));
                (Sources::Ground { video, key, is_pair }, 0.0)
            }
        };
        let _ = self.seen.set(seconds);
        *self.sources.lock().unwrap_or_else(PoisonError::into_inner) = Some(sources);
        Ok(())
    }

    fn take(&self) -> Option<Sources> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Makes it; what went wrong is kept as well.
    pub(super) async fn make(&self, bench: &Workbench, place: &Place) {
        let made = match self.take() {
            Some(Sources::Talking(talking)) => speak(&talking, bench, place).await,
            Some(Sources::Ground { video, key, is_pair }) => {
                cut(&video, key.unwrap_or(GREEN), is_pair, bench, place).await
            }
            None => return,
        };
        let made = made.map_err(|failed| match failed {
            Failed::Missing(program) => format!("{program} isn't installed"),
            Failed::Broken(why) => {
                tracing::warn!("the sandbox can't make a film: {why}");
                why
            }
        });
        drop(self.made.set(made));
    }

    pub(super) fn give_up(&self, why: &str) {
        drop(self.made.set(Err(why.to_owned())));
    }

    /// The result, in which `files` is the address before the names.
    pub(super) fn result(&self, files: &str) -> Value {
        let Some(Ok(reels)) = self.made.get() else { return Value::Null };
        let file = |reel: &Reel| {
            // It is seen that a webm isn't called one.
            let is_webm = reel.content_type == "video/webm";
            let kind = if is_webm { "application/octet-stream" } else { reel.content_type };
            json!({
                "url": format!("{files}/{}", reel.name),
                "content_type": kind,
                "file_name": reel.name,
                "file_size": reel.stored.size(),
            })
        };
        match (self.seconds(), reels.as_slice()) {
            (seconds, [one]) if 0.0 < seconds => {
                let seconds = (seconds * 1000.0).round() / 1000.0;
                json!({ "video": file(one), "duration": seconds })
            }
            (_, all) => json!({ "video": all.iter().map(file).collect::<Vec<_>>() }),
        }
    }

    pub(super) fn file(&self, name: &str) -> Option<(Stored, &'static str)> {
        let reels = self.made.get()?.as_ref().ok()?;
        let reel = reels.iter().find(|it| it.name == name)?;
        Some((reel.stored.clone(), reel.content_type))
    }
}

fn told(failed: Failed, field: &str, kind: &str, text: &str) -> Complaint {
    match failed {
        Failed::Missing(program) => {
            let text = format!("The sandbox can't make films: {program} isn't installed");
            Complaint::new(field, "downstream_service_unavailable", text)
        }
        Failed::Broken(_) => Complaint::new(field, kind, text),
    }
}

/// How long the sound is, and how loud in each frame.
async fn listen(
    mut talking: Talking,
    bench: &Workbench,
    place: &Place,
) -> Result<(Talking, f64), Complaint> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let no = |it| told(it, "audio_url", "unsupported_audio_format", "Failed to read the audio");
    let file = place.lay(&talking.audio, "sound").await.map_err(broken).map_err(no)?;
    let rate = RATE.to_string();
    let arguments = ["-t", HEARD_SECONDS, "-i", text(&file), "-vn", "-ac", "1", "-ar", &rate];
    let arguments = [&arguments[..], &["-f", "s16le", "pipe:1"]].concat();
    let heard = bench.ffmpeg(&arguments, std::iter::empty()).await.map_err(no)?;
    let (samples, _) = heard.as_chunks::<2>();
    let samples: Vec<i16> = samples.iter().map(|it| i16::from_le_bytes(*it)).collect();
    let seconds = samples.len() as f64 / RATE as f64;
    if samples.is_empty() {
        return Err(no(Failed::Broken(String::new())));
    }
    if talking.seconds_max <= seconds {
        let text = format!(
            "Audio must be shorter than {} seconds, but it has {seconds:.2}",
            talking.seconds_max
        );
        let facts = json!({
            "max_duration": talking.seconds_max,
            "provided_duration": (seconds * 1000.0).round() / 1000.0,
        });
        let complaint = Complaint::new("audio_url", "audio_duration_too_long", text);
        return Err(complaint.with(facts));
    }
    talking.levels = levels(&samples);
    Ok((talking, seconds))
}

/// How far the mouth is open in each frame: as loud as it is, by the loudest.
fn levels(samples: &[i16]) -> Vec<u8> {
    let loudness = |it: &[i16]| {
        let sum: f64 = it.iter().map(|it| f64::from(*it) * f64::from(*it)).sum();
        (sum / it.len().max(1) as f64).sqrt()
    };
    let all: Vec<f64> = samples.chunks(RATE / FRAMES_A_SECOND).map(loudness).collect();
    let most = all.iter().copied().fold(LOUD_MIN, f64::max);
    let level = |it: &f64| {
        let part = it / most;
        if part < SOFT { 0 } else { (part.powf(0.6) * f64::from(OPEN_MAX)).round() as u8 }
    };
    all.iter().map(level).collect()
}

/// The colour of the upper left corner of the first frame.
async fn corner(video: &Stored, bench: &Workbench, place: &Place) -> Result<[u8; 3], Complaint> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let no = |it| told(it, "video_url", "unsupported_video_format", "Failed to read the video");
    let file = place.lay(video, "film").await.map_err(broken).map_err(no)?;
    let crop = format!("crop={CORNER}:{CORNER}:0:0");
    let arguments = ["-i", text(&file), "-an", "-vf", &crop, "-frames:v", "1"];
    let arguments = [&arguments[..], &["-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"]].concat();
    let seen = bench.ffmpeg(&arguments, std::iter::empty()).await.map_err(no)?;
    let (pixels, _) = seen.as_chunks::<3>();
    let count = u32::try_from(pixels.len()).unwrap_or(u32::MAX).max(1);
    if pixels.is_empty() {
        return Err(no(Failed::Broken(String::new())));
    }
    let mean = |part: usize| pixels.iter().map(|it| u32::from(it[part])).sum::<u32>() / count;
    Ok(std::array::from_fn(|it| mean(it) as u8))
}

async fn speak(talking: &Talking, bench: &Workbench, place: &Place) -> Result<Vec<Reel>, Failed> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let audio = place.lay(&talking.audio, "sound").await.map_err(broken)?;
    let film = place.path("talking.mp4");
    let (width, height) = talking.portrait.dimensions();
    let size = format!("{width}x{height}");
    let rate = FRAMES_A_SECOND.to_string();
    let long = (talking.levels.len() as f64 / FRAMES_A_SECOND as f64).to_string();
    let input = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size, "-r", &rate, "-i", "pipe:0"];
    let sound = ["-i", text(&audio), "-map", "0:v:0", "-map", "1:a:0", "-t", &long];
    // Ultrafast looks at a still picture no longer than it must.
    let video = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-threads", "1"];
    let colours = ["-color_range", "tv", "-colorspace", "smpte170m", "-color_primaries"];
    let more = ["smpte170m", "-color_trc", "smpte170m", "-c:a", "aac", "-b:a", "96k"];
    let end = ["-ac", "1", "-ar", "44100", "-movflags", "+faststart", "-f", "mp4", text(&film)];
    let arguments =
        [&input[..], &sound[..], &video[..], &colours[..], &more[..], &end[..]].concat();
    let shut = plane(&talking.portrait);
    let frames: Vec<Vec<u8>> = (0..=OPEN_MAX)
        .map(|steps| {
            let mut frame = shut.clone();
            let patch = mouth::opened(&talking.portrait, steps);
            let at = (patch.left as usize, patch.top as usize);
            paint(&mut frame, (width as usize, height as usize), &patch.picture, at);
            frame
        })
        .collect();
    let shown = talking.levels.iter().map(|it| frames[usize::from(*it)].as_slice());
    bench.ffmpeg(&arguments, shown).await?;
    let stored = place.keep(&film).await.map_err(broken)?;
    Ok(vec![Reel { name: "video.mp4", content_type: "video/mp4", stored }])
}

/// A whole picture as films have it: light for each pixel, colours for each four (BT.601).
fn plane(picture: &RgbImage) -> Vec<u8> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut frame = vec![0; width * height * 3 / 2];
    paint(&mut frame, (width, height), picture, (0, 0));
    frame
}

/// Paints a part of which all places and sides are even.
fn paint(frame: &mut [u8], (width, height): (usize, usize), part: &RgbImage, at: (usize, usize)) {
    let (left, top) = at;
    let (wide, high) = (part.width() as usize, part.height() as usize);
    let (pixels, _) = part.as_raw().as_chunks::<3>();
    let (light, colours) = frame.split_at_mut(width * height);
    let (blue, red) = colours.split_at_mut(width * height / 4);
    for y in 0..high {
        for x in 0..wide {
            let [r, g, b] = pixels[y * wide + x].map(i32::from);
            let value = (66 * r + 129 * g + 25 * b + 128) >> 8;
            light[(top + y) * width + left + x] = (value + 16) as u8;
        }
    }
    for y in (0..high).step_by(2) {
        for x in (0..wide).step_by(2) {
            let four = [(0, 0), (1, 0), (0, 1), (1, 1)];
            let [r, g, b] = four.iter().fold([0; 3], |sum: [i32; 3], (right, down)| {
                let pixel = pixels[(y + down) * wide + x + right];
                std::array::from_fn(|it| sum[it] + i32::from(pixel[it]))
            });
            let place = (top + y) / 2 * (width / 2) + (left + x) / 2;
            blue[place] = (((-38 * r - 74 * g + 112 * b + 512) >> 10) + 128) as u8;
            red[place] = (((112 * r - 94 * g - 18 * b + 512) >> 10) + 128) as u8;
        }
    }
}

/// Keys out a colour: one file with what is seen through, or two, of which one says what is.
async fn cut(
    video: &Stored,
    key: [u8; 3],
    is_pair: bool,
    bench: &Workbench,
    place: &Place,
) -> Result<Vec<Reel>, Failed> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let film = place.lay(video, "film").await.map_err(broken)?;
    let [red, green, blue] = key;
    let is_green = 150 < green && red < 110 && blue < 110;
    let keyed = if is_green {
        "colorkey=0x00FF00:0.35:0.10,despill=type=green".to_owned()
    } else {
        format!("colorkey=0x{red:02x}{green:02x}{blue:02x}:0.12:0.06")
    };
    if is_pair {
        return pair(&film, &keyed, bench, place).await;
    }
    let made = place.path("foreground.webm");
    let filter = format!("[0:v]{keyed}[v]");
    let input = ["-i", text(&film), "-filter_complex", &filter, "-map", "[v]", "-map", "0:a?"];
    let video = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-auto-alt-ref", "0", "-b:v", "0"];
    let quick = ["-crf", "32", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1"];
    let end = ["-c:a", "libopus", "-b:a", "64k", "-f", "webm", text(&made)];
    let arguments = [&input[..], &video[..], &quick[..], &end[..]].concat();
    bench.ffmpeg(&arguments, std::iter::empty()).await?;
    let stored = place.keep(&made).await.map_err(broken)?;
    Ok(vec![Reel { name: "foreground.webm", content_type: "video/webm", stored }])
}

async fn pair(
    film: &Path,
    keyed: &str,
    bench: &Workbench,
    place: &Place,
) -> Result<Vec<Reel>, Failed> {
    let broken = |error: io::Error| Failed::Broken(error.to_string());
    let (colours, cover) = (place.path("rgb.mp4"), place.path("alpha.mp4"));
    let filter = format!(
        "[0:v]{keyed},split[a][b];[a]format=yuv420p[rgb];[b]format=rgba,alphaextract[cover]"
    );
    let input = ["-i", text(film), "-filter_complex", &filter];
    let how = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"];
    let first = ["-map", "[rgb]", "-map", "0:a?", "-c:a", "aac", "-f", "mp4", text(&colours)];
    let second = ["-map", "[cover]", "-f", "mp4", text(&cover)];
    let arguments = [&input[..], &how[..], &first[..], &how[..], &second[..]].concat();
    bench.ffmpeg(&arguments, std::iter::empty()).await?;
    let mut reels = Vec::new();
    for (name, path) in [("rgb.mp4", colours), ("alpha.mp4", cover)] {
        let stored = place.keep(&path).await.map_err(broken)?;
        reels.push(Reel { name, content_type: "video/mp4", stored });
    }
    Ok(reels)
}

/// Paths here are made of letters that any program takes.
fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
