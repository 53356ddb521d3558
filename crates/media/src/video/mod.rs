//! stub
#![allow(missing_docs, unused, clippy::all)]
use std::path::{Path,PathBuf};
use std::sync::atomic::AtomicBool;
#[derive(Clone, Debug)] pub struct Tools { pub ffmpeg: PathBuf, pub ffprobe: PathBuf, pub limits: Limits }
#[derive(Clone, Copy, Debug)] pub struct Limits { pub seconds: u64, pub threads: u32, pub niceness: i32, pub output_bytes: u64 }
#[derive(Clone, Copy, Debug)] pub struct Frame { pub width: u32, pub height: u32 }
impl Frame { pub const UPRIGHT: Self = Self { width: 720, height: 1280 }; }
#[derive(Debug, thiserror::Error)] pub enum VideoError { #[error("a")] NoProgram{program:&'static str, source: std::io::Error}, #[error("a")] TimedOut{program:&'static str, seconds:u64}, #[error("a")] TooLong{limit_ms:u64}, #[error("a")] TooLarge, #[error("a")] Unreadable{why:String}, #[error("a")] NoRoom, #[error("a")] Failed{program:&'static str, why:String}, #[error("a")] Killed, #[error("a")] File(#[source] std::io::Error) }
impl From<std::io::Error> for VideoError { fn from(e: std::io::Error) -> Self { Self::File(e) } }
pub struct Equipment { pub missing: Vec<String>, pub ffmpeg: String, pub ffprobe: String }
impl Tools { pub fn check(&self) -> Result<Equipment, VideoError> { todo!() } }
#[derive(Clone, Copy, Debug, PartialEq)] pub enum Container { Mp4, Webm }
pub struct VideoStream { pub width: u32, pub height: u32 }
impl VideoStream { pub fn upright(&self) -> Frame { todo!() } }
pub struct Probed { pub format: Container, pub duration_ms: u64, pub video: Option<VideoStream>, pub audio: Option<()> }
pub fn probe(_: &Tools, _: &Path) -> Result<Probed, VideoError> { todo!() }
pub struct Folder; impl Folder { pub fn new(_: &Path, _: &str) -> Result<Self, VideoError> { todo!() } pub fn path(&self) -> &Path { todo!() } }
pub fn room(_: &Path) -> Result<u64, VideoError> { todo!() }
pub fn sweep(_: &Path, _: std::time::Duration) -> Result<u32, VideoError> { todo!() }
pub mod speech { use super::*; pub const WAVEFORM_SIDE: u32 = 512; pub struct Speech { pub duration_ms: u64 } pub fn normalise(_: &Tools, _: &Path, _: &Path, _: u32) -> Result<Speech, VideoError> { todo!() } pub fn waveform(_: &Tools, _: &Path) -> Result<Vec<u8>, VideoError> { todo!() } }
pub mod background { use super::*; pub struct Taken { pub width: u32, pub height: u32, pub duration_ms: u64 } pub fn take_in(_: &Tools, _: &Path, _: &Path, _: Frame, _: u64) -> Result<Taken, VideoError> { todo!() } }
pub enum Figure { Whole(PathBuf), Green(PathBuf), Alpha(PathBuf) }
pub struct Captions { pub script: String }
pub struct Label { pub text: String, pub metadata: String }
pub struct Montage { pub figure: Figure, pub sound: Option<PathBuf>, pub background: Option<PathBuf>, pub frame: Frame, pub captions: Option<Captions>, pub label: Option<Label> }
pub struct Finished { pub path: PathBuf, pub duration_ms: u64, pub width: u32, pub height: u32, pub bytes: u64 }
pub fn montage(_: &Tools, _: &Montage, _: &Path, _: &AtomicBool, _: &dyn Fn(u32)) -> Result<Finished, VideoError> { todo!() }
pub fn thumbnail(_: &Tools, _: &Path) -> Result<Vec<u8>, VideoError> { todo!() }
