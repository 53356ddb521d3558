//! A finished video: a figure that speaks, whole or over a background, with what it says and what
//! it is written on it.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::key::{self, Wall};
use super::probe::VideoStream;
use super::run::{Call, Progress};
use super::speech::TARGET;
use super::{
    Captions, Folder, Frame, Probed, Tools, VideoError, captions, colour, needs_room, probe,
    unreadable,
};

#[derive(Clone, Debug)]
pub struct Montage {
    pub figure: Figure,
    /// Else the figure's own.
    pub sound: Option<PathBuf>,
    /// Begins again as often as needed. Behind a whole figure nothing of it would be seen.
    pub background: Option<PathBuf>,
    pub frame: Frame,
    pub captions: Option<Captions>,
    pub label: Option<Label>,
    pub loudness: Loudness,
}

#[derive(Clone, Debug)]
pub enum Figure {
    /// With what is behind it.
    Whole(PathBuf),
    /// Before a green wall.
    Green(PathBuf),
    /// WebM with alpha.
    Alpha(PathBuf),
}

/// That it was made by a machine, for people and for programs.
#[derive(Clone, Debug)]
pub struct Label {
    /// In a corner, as long as it lasts.
    pub text: String,
    /// In the file, as its comment and description.
    pub metadata: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loudness {
    AsItIs,
    /// As loud as [`super::speech::normalise`] makes a voice.
    Even,
}

#[derive(Clone, Debug)]
pub struct Finished {
    pub path: PathBuf,
    pub duration_ms: u64,
    pub width: u32,
    pub height: u32,
    pub bytes: u64,
}

const VIDEO: &str = "video.mp4";
const CAPTIONS: &str = "captions.ass";
/// Frames in a thousand seconds.
const FPS_MILLI_MIN: u32 = 15_000;
const FPS_MILLI_MAX: u32 = 30_000;
/// What a second takes at most, twice: the beginning is put first when the end is known.
const ROOM_A_SECOND: u64 = 2 << 20;
/// Behind a figure without a background.
const GROUND: &str = "0x202226";

/// As long as its sound. It lies in the folder and goes with it.
pub fn montage(
    tools: &Tools,
    montage: &Montage,
    folder: &Folder,
    cancel: &AtomicBool,
    on_progress: &mut dyn FnMut(u16),
) -> Result<Finished, VideoError> {
    let parts = Parts::of(tools, montage, cancel)?;
    needs_room(folder.path(), ROOM_A_SECOND * (parts.duration_ms / 1000 + 2))?;
    let path = folder.file(VIDEO);
    let mut call = Call::ffmpeg(tools);
    let threads = tools.limits.threads.max(1).to_string();
    let sound = parts.inputs(&mut call, &threads)?;
    let mut filters = parts.filters();
    let label = montage.label.as_ref();
    if montage.captions.is_some() || label.is_some() {
        let words = captions::write(
            montage.captions.as_ref(),
            label.map(|it| it.text.as_str()),
            parts.frame,
            parts.duration_ms,
        );
        std::fs::write(folder.file(CAPTIONS), words)?;
        let _ = write!(filters, ";[whole]ass={CAPTIONS}[shown]");
    } else {
        filters.push_str(";[whole]null[shown]");
    }
    call.within(folder.path()).add(["-filter_complex", &filters, "-map", "[shown]"]);
    if let Some(sound) = sound {
        call.add(["-map", &sound, "-c:a", "aac", "-b:a", "128k", "-ac", "1"]);
        match montage.loudness {
            Loudness::AsItIs => call.add(["-ar", "44100"]),
            Loudness::Even => call.add(["-af", &format!("loudnorm={TARGET},aresample=44100")]),
        };
    }
    let seconds = format!("{}.{:03}", parts.duration_ms / 1000, parts.duration_ms % 1000);
    call.add(["-t", &seconds, "-c:v", "libx264", "-preset", "veryfast", "-crf", parts.quality()]);
    call.add(["-maxrate", "6M", "-bufsize", "12M", "-pix_fmt", "yuv420p", "-threads", &threads]);
    call.add(colour::TAGS).add(["-map_metadata", "-1", "-map_chapters", "-1"]);
    call.add(["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]);
    if let Some(label) = label {
        let text: String = label.metadata.chars().filter(|it| !it.is_control()).collect();
        call.add(["-metadata", &format!("comment={text}")]);
        call.add(["-metadata", &format!("description={text}")]);
    }
    call.add(["-progress", "pipe:1", "-movflags", "+faststart", "-f", "mp4"]).output(&path)?;
    let mut progress = Progress::new(parts.duration_ms, on_progress);
    call.run(tools, cancel, &mut |it| progress.take(it))?;
    finished(tools, path)
}

fn finished(tools: &Tools, path: PathBuf) -> Result<Finished, VideoError> {
    let Probed { duration_ms, video, bytes, .. } = probe(tools, &path)?;
    let Some(VideoStream { width, height, .. }) = video else {
        return Err(unreadable("not a frame came of it"));
    };
    Ok(Finished { path, duration_ms, width, height, bytes })
}

/// What it is put together from, looked at.
struct Parts<'a> {
    kind: Kind,
    figure: &'a Path,
    video: VideoStream,
    has_own_sound: bool,
    sound: Option<&'a Path>,
    background: Option<(&'a Path, VideoStream)>,
    frame: Frame,
    duration_ms: u64,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Whole,
    Green(Wall),
    Alpha,
}

impl<'a> Parts<'a> {
    fn of(tools: &Tools, montage: &'a Montage, cancel: &AtomicBool) -> Result<Self, VideoError> {
        let (Figure::Whole(figure) | Figure::Green(figure) | Figure::Alpha(figure)) =
            &montage.figure;
        let probed = probe(tools, figure)?;
        let seen = |it: Probed| it.video.ok_or_else(|| unreadable("there is nothing to see in it"));
        let has_own_sound = probed.audio.is_some();
        let mut duration_ms = probed.duration_ms;
        let sound = montage.sound.as_deref();
        if let Some(path) = sound {
            let heard = probe(tools, path)?;
            if heard.audio.is_none() {
                return Err(unreadable("there is nothing to hear in it"));
            }
            duration_ms = heard.duration_ms;
        }
        let video = seen(probed)?;
        let background = match (&montage.figure, &montage.background) {
            (Figure::Whole(_), _) | (_, None) => None,
            (_, Some(path)) => Some((path.as_path(), seen(probe(tools, path)?)?)),
        };
        let kind = match &montage.figure {
            Figure::Whole(_) => Kind::Whole,
            Figure::Green(path) => Kind::Green(key::find_wall(tools, path, &video, cancel)?),
            Figure::Alpha(_) => Kind::Alpha,
        };
        let frame = montage.frame.even();
        Ok(Self { kind, figure, video, has_own_sound, sound, background, frame, duration_ms })
    }

    /// The figure, then what is behind it, then the sound. Says where the sound is.
    fn inputs(&self, call: &mut Call<'_>, threads: &str) -> Result<Option<String>, VideoError> {
        let decoder = match (self.kind, self.video.codec.as_str()) {
            // The usual decoders of both see no alpha.
            (Kind::Alpha, "vp9") => ["-c:v", "libvpx-vp9"].as_slice(),
            (Kind::Alpha, "vp8") => ["-c:v", "libvpx"].as_slice(),
            _ => [].as_slice(),
        };
        let threads = ["-threads", threads];
        call.input(self.figure, &[decoder, &threads].concat())?;
        let mut last = 0;
        if let Some((path, _)) = &self.background {
            call.input(path, &[["-stream_loop", "-1"].as_slice(), &threads].concat())?;
            last += 1;
        }
        if let Some(path) = self.sound {
            call.input(path, &[])?;
            return Ok(Some(format!("{}:a:0", last + 1)));
        }
        Ok(self.has_own_sound.then(|| "0:a:0".to_owned()))
    }

    /// Up to the picture named `whole`.
    fn filters(&self) -> String {
        let Frame { width, height } = self.frame;
        let fps = self.fps();
        let fill = |video: &VideoStream| {
            format!(
                "fps={fps},scale={width}:{height}:force_original_aspect_ratio=increase\
                 :flags=bicubic:{},crop={width}:{height},setsar=1,format=yuv420p",
                colour::to_709(video)
            )
        };
        if self.kind == Kind::Whole {
            // Should the voice be longer, the last frame stays.
            return format!("[0:V:0]{},tpad=stop=-1:stop_mode=clone[whole]", fill(&self.video));
        }
        let mut filters = match &self.background {
            Some((_, video)) => format!("[1:V:0]{}[ground];", fill(video)),
            None => format!("color={GROUND}:{width}x{height}:{fps},format=yuv420p[ground];"),
        };
        let size = self.place();
        let format = if self.kind == Kind::Alpha { "yuva420p" } else { "yuv420p" };
        let _ = write!(
            filters,
            "[0:V:0]fps={fps},scale={}:{}:flags=bicubic:{},setsar=1,format={format}[figure];",
            size.width,
            size.height,
            colour::to_709(&self.video),
        );
        let figure = match self.kind {
            Kind::Green(wall) => {
                filters.push_str(&wall.filters("figure", "cut"));
                filters.push(';');
                "cut"
            }
            Kind::Whole | Kind::Alpha => "figure",
        };
        let (left, top) = ((width - size.width) / 2, height - size.height);
        let _ = write!(
            filters,
            "[ground][{figure}]overlay={left}:{top}:eof_action=repeat:format=yuv420[whole]"
        );
        filters
    }

    /// As large as it can be without losing a part of it. It stands on the lower edge.
    fn place(&self) -> Frame {
        let seen = self.video.upright();
        let (width, height) = (u64::from(self.frame.width), u64::from(self.frame.height));
        let (from_width, from_height) = (u64::from(seen.width), u64::from(seen.height));
        let fitted = if from_width * height <= width * from_height {
            Frame { width: (from_width * height / from_height) as u32, height: height as u32 }
        } else {
            Frame { width: width as u32, height: (from_height * width / from_width) as u32 }
        };
        let fitted = fitted.even();
        Frame {
            width: fitted.width.min(self.frame.width),
            height: fitted.height.min(self.frame.height),
        }
    }

    fn fps(&self) -> String {
        let known = if self.video.fps_milli == 0 { 25_000 } else { self.video.fps_milli };
        format!("{}/1000", known.clamp(FPS_MILLI_MIN, FPS_MILLI_MAX))
    }

    /// Edges that were just cut shouldn't be blurred by compressing them.
    fn quality(&self) -> &'static str {
        if self.kind == Kind::Whole { "21" } else { "17" }
    }
}
