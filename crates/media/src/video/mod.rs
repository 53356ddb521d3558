//! Sound and video, by ffmpeg and ffprobe as programs.
//!
//! Nothing that comes from outside is trusted: a file is opened as what its first bytes say, no
//! program may open another file or an address for it, and each call has its limits. Nothing is
//! read whole, so what is held in memory doesn't depend on how long a video is.

pub mod background;
mod captions;
mod colour;
mod container;
mod folder;
mod key;
mod montage;
mod probe;
mod run;
pub mod speech;
mod still;
mod tools;
mod whole;

use std::path::PathBuf;

pub use captions::Captions;
pub use container::Container;
pub use folder::{Folder, NotOurs, needs_room, room, sweep};
pub use montage::{Figure, Finished, Label, Loudness, Montage, montage};
pub use probe::{AudioStream, Probed, VideoStream, probe};
pub use still::thumbnail;
pub use tools::Equipment;
pub use whole::shown_ms;

/// The programs, and what each of their calls may take.
#[derive(Clone, Debug)]
pub struct Tools {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    pub limits: Limits,
}

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// By the wall clock, a call. On a machine that is busy with other things little is done in it.
    pub seconds: u64,
    /// Of the processors' work, a call: the same for the same file, however busy the machine is.
    pub cpu_seconds: u64,
    pub threads: u32,
    /// From 0 to 19; 19 makes way for everybody.
    pub niceness: i32,
    /// Of any file that a call writes.
    pub output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let output_bytes = 500 << 20;
        Self { seconds: 300, cpu_seconds: 900, threads: 2, niceness: 10, output_bytes }
    }
}

/// The size of a picture that moves. Both sides are even, or it can't be encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    pub width: u32,
    pub height: u32,
}

impl Frame {
    /// What phones hold upright.
    pub const UPRIGHT: Self = Self { width: 720, height: 1280 };

    fn even(self) -> Self {
        let even = |side: u32| side.clamp(16, 4096) / 2 * 2;
        Self { width: even(self.width), height: even(self.height) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    #[error("{program} can't be started")]
    NoProgram { program: &'static str, source: std::io::Error },
    /// It was killed for it.
    #[error("{program} took more than {seconds} seconds")]
    TimedOut { program: &'static str, seconds: u64 },
    /// The same, and it had worked all the while.
    #[error("{program} needed more than {seconds} seconds of work")]
    TooMuchWork { program: &'static str, seconds: u64 },
    /// What came lasts longer than is taken.
    #[error("longer than {limit_ms} ms")]
    TooLong { limit_ms: u64 },
    #[error("more bytes or pixels than are written or opened")]
    TooLarge,
    #[error("no sound or video that can be read: {why}")]
    Unreadable { why: String },
    #[error("no room on the disk")]
    NoRoom,
    #[error("{program} failed: {why}")]
    Failed { program: &'static str, why: String },
    /// The one who called didn't want it any more, or somebody else has ended the program.
    #[error("stopped before it was done")]
    Killed,
    #[error("a file of ours")]
    File(#[source] std::io::Error),
}

impl From<std::io::Error> for VideoError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::NoRoom,
            _ => Self::File(error),
        }
    }
}

fn unreadable(why: impl Into<String>) -> VideoError {
    VideoError::Unreadable { why: why.into() }
}
