//! One call of a program: its arguments never pass a shell, and it ends by itself, by its limits or
//! because nobody wants it any more. With it ends all that it has started.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, kill_process_group, prlimit,
    setpriority_pgrp, waitid,
};

use super::{Container, Tools, VideoError, unreadable};

/// What is kept of what a program says went wrong.
const SAID_BYTES_MAX: usize = 2048;
/// What a program may have in its address space. Its threads reserve much that they don't use.
const MEMORY_MAX: u64 = 6 << 30;
/// How long a wish to stop may go unseen.
const LOOK: Duration = Duration::from_millis(50);
const CHUNK_BYTES: usize = 64 << 10;
/// Chunks that wait to be taken; then the program waits.
const CHUNKS_MAX: usize = 4;
/// Where programs are looked for that are given without a folder. Nothing else of our environment,
/// in which there are secrets, is theirs to see.
const FOLDERS: &str = "/usr/local/bin:/usr/bin:/bin";
/// Nothing that it reads may lead it anywhere else.
const PROTOCOLS: &str = "file,pipe";
/// What cameras, phones and our providers write. Decoders of rarer things have the older faults.
const DECODERS: &str = "h264,hevc,vp8,vp9,libvpx,libvpx-vp9,av1,libdav1d,mpeg4,mjpeg,prores,ffv1,\
    rawvideo,aac,mp3,mp3float,opus,libopus,vorbis,flac,alac,amrnb,amrwb,\
    pcm_s16le,pcm_s16be,pcm_s24le,pcm_s32le,pcm_f32le,pcm_u8";

#[derive(Clone, Copy)]
pub(super) enum Program {
    Ffmpeg,
    Ffprobe,
}

/// What is to be done.
pub(super) struct Call<'a> {
    program: Program,
    arguments: Vec<OsString>,
    folder: Option<&'a Path>,
}

/// What a program said where it says what went wrong: the end of it.
pub(super) type Said = String;

impl<'a> Call<'a> {
    pub(super) fn ffmpeg(tools: &Tools) -> Self {
        let mut call = Self { program: Program::Ffmpeg, arguments: Vec::new(), folder: None };
        let threads = tools.limits.threads.max(1).to_string();
        call.add(["-nostdin", "-hide_banner", "-loglevel", "error", "-nostats", "-y"]);
        call.add(["-filter_threads", &threads, "-filter_complex_threads", &threads]);
        call
    }

    pub(super) fn ffprobe() -> Self {
        let mut call = Self { program: Program::Ffprobe, arguments: Vec::new(), folder: None };
        call.add(["-hide_banner", "-loglevel", "error"]);
        call
    }

    /// Without any of the usual arguments.
    pub(super) fn bare(program: Program) -> Self {
        Self { program, arguments: Vec::new(), folder: None }
    }

    /// Where it works, so that a filter can name a file without its folder.
    pub(super) fn within(&mut self, folder: &'a Path) -> &mut Self {
        self.folder = Some(folder);
        self
    }

    pub(super) fn add<T: AsRef<OsStr>>(&mut self, more: impl IntoIterator<Item = T>) -> &mut Self {
        self.arguments.extend(more.into_iter().map(|it| it.as_ref().to_owned()));
        self
    }

    /// A file to read, as what it is; `options` come before it.
    pub(super) fn input(&mut self, path: &Path, options: &[&str]) -> Result<&mut Self, VideoError> {
        let container = Container::of(path)?;
        self.add(options);
        self.add(["-protocol_whitelist", PROTOCOLS, "-codec_whitelist", DECODERS]);
        self.add(["-f", container.demuxer(), "-i"]);
        self.arguments.push(named(path)?);
        Ok(self)
    }

    pub(super) fn output(&mut self, path: &Path) -> Result<&mut Self, VideoError> {
        self.arguments.push(named(path)?);
        Ok(self)
    }

    /// Runs it to its end. `on_bytes` gets what it writes to its standard output.
    pub(super) fn run(
        &self,
        tools: &Tools,
        cancel: &AtomicBool,
        on_bytes: &mut dyn FnMut(&[u8]),
    ) -> Result<Said, VideoError> {
        let name = self.program.name();
        let mut child = self
            .command(tools)
            .spawn()
            .map_err(|source| VideoError::NoProgram { program: name, source })?;
        restrain(&child, tools);
        let run = watch(&mut child, tools, name, cancel, on_bytes)?;
        judge(self.program, tools.limits.cpu_seconds, run)
    }

    fn command(&self, tools: &Tools) -> Command {
        let mut command = Command::new(match self.program {
            Program::Ffmpeg => &tools.ffmpeg,
            Program::Ffprobe => &tools.ffprobe,
        });
        command
            .args(&self.arguments)
            .env_clear()
            .env("PATH", FOLDERS)
            .env("LC_ALL", "C.UTF-8")
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(folder) = self.folder {
            command.current_dir(folder);
        }
        command
    }
}

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::Ffmpeg => "ffmpeg",
            Self::Ffprobe => "ffprobe",
        }
    }
}

/// A path that can't be taken for an option, another protocol or a pattern.
fn named(path: &Path) -> Result<OsString, VideoError> {
    let mut name = OsString::from("file:");
    name.push(std::path::absolute(path)?);
    Ok(name)
}

fn group(child: &Child) -> Pid {
    Pid::from_child(child)
}

/// What it may take, for itself and all its threads. It has just been started and has not read its
/// first byte; should it have ended already, there is nothing to restrain.
fn restrain(child: &Child, tools: &Tools) {
    let at_most = |most: u64| Rlimit { current: Some(most), maximum: Some(most) };
    let limits = &tools.limits;
    match setpriority_pgrp(Some(group(child)), limits.niceness.clamp(0, 19)) {
        Ok(()) | Err(Errno::SRCH) => {}
        Err(error) => {
            static SAID: Once = Once::new();
            SAID.call_once(|| tracing::warn!(%error, "ffmpeg can't be made to give way to others"));
        }
    }
    let _ = prlimit(Some(group(child)), Resource::Fsize, at_most(limits.output_bytes));
    let _ = prlimit(Some(group(child)), Resource::As, at_most(MEMORY_MAX));
    // Should our own process die, it ends in the foreseeable future all the same. Where both are
    // one, it would be killed without a word.
    let work = limits.cpu_seconds.max(1);
    let work = Rlimit { current: Some(work), maximum: Some(work + 1) };
    let _ = prlimit(Some(group(child)), Resource::Cpu, work);
}

struct Run {
    ended: ExitStatus,
    said: Vec<u8>,
    /// How long it has worked, all its threads together; none where nobody says so.
    worked: Option<Duration>,
}

enum Heard {
    Bytes(Vec<u8>),
    /// It wrote its last byte.
    Silent,
    /// It has ended and waits to be buried.
    Ended,
}

fn watch(
    child: &mut Child,
    tools: &Tools,
    program: &'static str,
    cancel: &AtomicBool,
    on_bytes: &mut dyn FnMut(&[u8]),
) -> Result<Run, VideoError> {
    let pid = group(child);
    let stdout = child.stdout.take().expect("it is piped");
    let mut stderr = child.stderr.take().expect("it is piped");
    let (hear, heard) = sync_channel(CHUNKS_MAX);
    let seconds = tools.limits.seconds;
    let deadline = Instant::now() + Duration::from_secs(seconds);
    thread::scope(|scope| {
        let said = scope.spawn(move || last_words(&mut stderr));
        let to = hear.clone();
        scope.spawn(move || pass_on(stdout, &to));
        scope.spawn(move || {
            // It stays a zombie until it is buried below, so its number can't be another's.
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while waitid(WaitId::Pid(pid), options).is_err_and(|it| it == Errno::INTR) {}
            let _ = hear.send(Heard::Ended);
        });
        let mut why = None;
        let mut open = 2;
        while 0 < open {
            if why.is_none() && cancel.load(Ordering::Relaxed) {
                why = Some(VideoError::Killed);
                let _ = kill_process_group(pid, Signal::KILL);
            } else if why.is_none() && deadline <= Instant::now() {
                why = Some(VideoError::TimedOut { program, seconds });
                let _ = kill_process_group(pid, Signal::KILL);
            }
            match heard.recv_timeout(LOOK) {
                Ok(Heard::Bytes(bytes)) => on_bytes(&bytes),
                Ok(Heard::Silent) => open -= 1,
                Ok(Heard::Ended) => {
                    open -= 1;
                    // What it started would hold its pipes open.
                    let _ = kill_process_group(pid, Signal::KILL);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let worked = worked(pid);
        let ended = child.wait()?;
        let said = said.join().unwrap_or_default();
        why.map_or(Ok(Run { ended, said, worked }), Err)
    })
}

/// What the system has counted of a program's work, which it knows until the program is buried.
fn worked(pid: Pid) -> Option<Duration> {
    /// What it counts in, whatever its clock does: hundredths of a second.
    const TICK_MS: u64 = 10;
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name comes first and may have anything in it; its own work and the system's for it are
    // the twelfth and the thirteenth word behind that.
    let words: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |at: usize| words.get(at)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * TICK_MS))
}

fn pass_on(mut from: impl Read, to: &SyncSender<Heard>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match from.read(&mut chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => break,
            Ok(length) => {
                if to.send(Heard::Bytes(chunk[..length].to_vec())).is_err() {
                    return;
                }
            }
        }
    }
    let _ = to.send(Heard::Silent);
}

fn last_words(from: &mut impl Read) -> Vec<u8> {
    let (mut said, mut chunk) = (Vec::new(), [0; 1024]);
    loop {
        match from.read(&mut chunk) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => return said,
            Ok(length) => {
                said.extend(&chunk[..length]);
                let surplus = said.len().saturating_sub(SAID_BYTES_MAX);
                said.drain(..surplus);
            }
        }
    }
}

/// What programs say when the file is to blame.
const BLAMES: [&str; 7] = [
    "Invalid data found",
    "Output file is empty",
    "could not find codec parameters",
    "does not contain any stream",
    "matches no streams",
    "moov atom not found",
    "not on whitelist",
];

/// By which others end a program. What it does to itself, as by reading where nothing is, is its own
/// fault or its file's.
const ENDS: [Signal; 5] = [Signal::HUP, Signal::INT, Signal::QUIT, Signal::KILL, Signal::TERM];

/// How ffmpeg ends when it was told to: it takes the signal and closes its files. It ends so, too,
/// where it isn't permitted to open one of ours; never for what is in a file.
const FFMPEG_TOLD: i32 = 255;

fn judge(program: Program, cpu_seconds: u64, run: Run) -> Result<Said, VideoError> {
    let Run { ended, said, worked } = run;
    let name = program.name();
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    // It goes on after it couldn't write, and may even end well.
    if said.contains("No space left on device") || said.contains("Disk quota exceeded") {
        return Err(VideoError::NoRoom);
    }
    if ended.signal() == Some(Signal::XFSZ.as_raw()) || said.contains("File too large") {
        return Err(VideoError::TooLarge);
    }
    let is_told = ENDS.iter().any(|it| ended.signal() == Some(it.as_raw()))
        || matches!(program, Program::Ffmpeg) && ended.code() == Some(FFMPEG_TOLD);
    // ffmpeg takes this signal for another wish that it end, and who takes too long over that is
    // killed. The system counts a little differently for itself.
    let is_spent = worked.is_some_and(|it| Duration::from_secs(cpu_seconds) * 9 / 10 <= it);
    if ended.signal() == Some(Signal::XCPU.as_raw()) || is_told && is_spent {
        return Err(VideoError::TooMuchWork { program: name, seconds: cpu_seconds });
    }
    // Whatever it says by then, and whatever it was to find out: it didn't come to its end.
    if is_told {
        return Err(VideoError::Killed);
    }
    if ended.success() {
        return Ok(said);
    }
    // One of them does nothing but read.
    if matches!(program, Program::Ffprobe) || BLAMES.iter().any(|it| said.contains(it)) {
        return Err(unreadable(said));
    }
    let why = if said.is_empty() { ended.to_string() } else { said };
    Err(VideoError::Failed { program: name, why })
}

/// Reads what `-progress pipe:1` writes, and tells how much is done, in thousandths.
pub(super) struct Progress<'a> {
    duration_ms: u64,
    told: u16,
    line: Vec<u8>,
    on_progress: &'a mut dyn FnMut(u16),
}

const LINE_BYTES_MAX: usize = 200;

impl<'a> Progress<'a> {
    pub(super) fn new(duration_ms: u64, on_progress: &'a mut dyn FnMut(u16)) -> Self {
        Self { duration_ms: duration_ms.max(1), told: 0, line: Vec::new(), on_progress }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if *byte != b'\n' {
                if self.line.len() < LINE_BYTES_MAX {
                    self.line.push(*byte);
                }
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let time = line.strip_prefix(b"out_time_us=").map(String::from_utf8_lossy);
            let Some(Ok(micros)) = time.map(|it| it.trim().parse::<u64>()) else { continue };
            let permille = (micros / self.duration_ms).min(1000) as u16;
            if self.told < permille {
                self.told = permille;
                (self.on_progress)(permille);
            }
        }
    }
}

/// Collects what a program writes, up to so many bytes.
pub(super) struct Collected {
    pub bytes: Vec<u8>,
    most: usize,
}

impl Collected {
    pub(super) fn up_to(most: usize) -> Self {
        Self { bytes: Vec::new(), most }
    }

    pub(super) fn take(&mut self, bytes: &[u8]) {
        let room = self.most - self.bytes.len();
        self.bytes.extend(&bytes[..bytes.len().min(room)]);
    }
}

/// Where programs are that are given without a folder.
pub(super) fn usual(program: &str) -> PathBuf {
    let found = FOLDERS.split(':').map(|it| Path::new(it).join(program)).find(|it| it.is_file());
    found.unwrap_or_else(|| PathBuf::from(program))
}
