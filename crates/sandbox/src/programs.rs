//! Programs of others that make real sound and film where they are installed: ffmpeg and espeak-ng.
//! Each run has a time limit and ends with whoever waits for it, and few run at once.

use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// No run takes longer, and none writes more.
const TIME_MAX: Duration = Duration::from_secs(180);
const OUTPUT_BYTES_MAX: u64 = 64 << 20;
const COMPLAINT_BYTES_MAX: u64 = 64 << 10;
const AT_ONCE: usize = 2;

/// Where the programs are. A name without a folder is looked for as shells do.
#[derive(Clone, Debug)]
pub struct Programs {
    pub ffmpeg: String,
    /// Without it, there is a tone for each syllable.
    pub espeak: String,
}

impl Default for Programs {
    fn default() -> Programs {
        Programs { ffmpeg: "ffmpeg".to_owned(), espeak: "espeak-ng".to_owned() }
    }
}

/// Why a program gave nothing.
#[derive(Debug)]
pub(crate) enum Failed {
    /// It isn't installed.
    Missing(String),
    /// It ran and complained, or took too long.
    Broken(String),
}

/// Where programs take turns.
pub(crate) struct Workbench {
    programs: Programs,
    turns: Semaphore,
}

impl Workbench {
    pub(crate) fn new(programs: Programs) -> Workbench {
        Workbench { programs, turns: Semaphore::new(AT_ONCE) }
    }

    /// What ffmpeg writes to its standard output when it is fed with these pieces.
    pub(crate) async fn ffmpeg<'a>(
        &self,
        arguments: &[&str],
        input: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<u8>, Failed> {
        let quiet = ["-hide_banner", "-nostdin", "-loglevel", "error", "-y"];
        self.run(&self.programs.ffmpeg, &[&quiet[..], arguments].concat(), input).await
    }

    /// The same of espeak-ng, which reads a text.
    pub(crate) async fn espeak(&self, arguments: &[&str], text: &str) -> Result<Vec<u8>, Failed> {
        self.run(&self.programs.espeak, arguments, std::iter::once(text.as_bytes())).await
    }

    async fn run<'a>(
        &self,
        program: &str,
        arguments: &[&str],
        input: impl Iterator<Item = &'a [u8]>,
    ) -> Result<Vec<u8>, Failed> {
        let _turn = self.turns.acquire().await.expect("nobody closes it");
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let child = child.map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::PermissionDenied => {
                tracing::warn!("the sandbox needs {program}, which can't be started: {error}");
                Failed::Missing(program.to_owned())
            }
            _ => Failed::Broken(format!("{program} can't be started: {error}")),
        })?;
        let done = tokio::time::timeout(TIME_MAX, talk(child, input)).await;
        let done = done.unwrap_or_else(|_| Err("it takes too long".to_owned()));
        done.map_err(|why| Failed::Broken(format!("{program}: {why}")))
    }
}

/// Feeds a program while it is listened to.
async fn talk<'a>(
    mut child: Child,
    input: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, String> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async move {
        let Some(mut stdin) = stdin else { return };
        for piece in input {
            // It may have heard enough; how it ends is what counts.
            if stdin.write_all(piece).await.is_err() {
                return;
            }
        }
        drop(stdin.shutdown().await);
    };
    let (mut output, mut complaint) = (Vec::new(), Vec::new());
    let hear = async {
        let Some(stdout) = stdout else { return };
        drop(stdout.take(OUTPUT_BYTES_MAX).read_to_end(&mut output).await);
    };
    let hear_complaints = async {
        let Some(stderr) = stderr else { return };
        drop(stderr.take(COMPLAINT_BYTES_MAX).read_to_end(&mut complaint).await);
    };
    tokio::join!(feed, hear, hear_complaints);
    let end = child.wait().await.map_err(|error| error.to_string())?;
    if end.success() {
        return Ok(output);
    }
    let complaint = String::from_utf8_lossy(&complaint);
    Err(complaint.lines().next().unwrap_or("it failed without a word").to_owned())
}
