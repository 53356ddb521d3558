//! Are the programs there, and can they do what is asked of them?

use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::run::{Call, Collected, Program, usual};
use super::{Limits, Tools, VideoError};

/// What was found, for `doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equipment {
    pub ffmpeg: String,
    pub ffprobe: String,
    /// What they lack of what we ask for, such as `encoder libx264`: then some videos can't be made.
    pub missing: Vec<String>,
}

const ENCODERS: [&str; 3] = ["aac", "libmp3lame", "libx264"];
const DECODERS: [&str; 5] = ["aac", "h264", "hevc", "libvpx-vp9", "vp9"];
const FILTERS: [&str; 20] = [
    "alphaextract",
    "aresample",
    "ass",
    "atempo",
    "color",
    "crop",
    "extractplanes",
    "fps",
    "loudnorm",
    "lut",
    "lut2",
    "mergeplanes",
    "overlay",
    "scale",
    "setparams",
    "setsar",
    "split",
    "tonemap",
    "tpad",
    "zscale",
];
const LIST_BYTES_MAX: usize = 1 << 20;

impl Tools {
    /// The programs of the system, where it has them.
    pub fn find(limits: Limits) -> Self {
        Self { ffmpeg: usual("ffmpeg"), ffprobe: usual("ffprobe"), limits }
    }

    pub fn check(&self) -> Result<Equipment, VideoError> {
        let ffmpeg = first_line(&self.ask(Program::Ffmpeg, "-version")?);
        let ffprobe = first_line(&self.ask(Program::Ffprobe, "-version")?);
        let mut missing = Vec::new();
        for (kind, list, names) in [
            ("encoder", "-encoders", ENCODERS.as_slice()),
            ("decoder", "-decoders", DECODERS.as_slice()),
            ("filter", "-filters", FILTERS.as_slice()),
        ] {
            let listed = self.ask(Program::Ffmpeg, list)?;
            // Each line has flags, the name, and what it is.
            let has = |name: &str| {
                listed.lines().any(|it| it.split_whitespace().nth(1).is_some_and(|it| it == name))
            };
            let lacks = names.iter().filter(|it| !has(it));
            missing.extend(lacks.map(|it| format!("{kind} {it}")));
        }
        Ok(Equipment { ffmpeg, ffprobe, missing })
    }

    fn ask(&self, program: Program, what: &str) -> Result<String, VideoError> {
        let mut answer = Collected::up_to(LIST_BYTES_MAX);
        let mut call = Call::bare(program);
        call.add(["-hide_banner", what]).within(Path::new("/"));
        call.run(self, &AtomicBool::new(false), &mut |it| answer.take(it))?;
        Ok(String::from_utf8_lossy(&answer.bytes).into_owned())
    }
}

/// Of `ffmpeg version 5.1.9-0+deb12u1 Copyright …`, the version.
fn first_line(answer: &str) -> String {
    let line = answer.lines().next().unwrap_or_default();
    line.split_whitespace().nth(2).unwrap_or(line).to_owned()
}
