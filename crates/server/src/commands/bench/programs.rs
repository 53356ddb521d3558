//! The programs that a process has started: how many work at once, and how much memory they have.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use super::memory_of;

/// The shortest of them last about as long.
const LOOK: Duration = Duration::from_millis(60);

/// Looks until it is dropped.
pub struct Programs {
    seen: Arc<Mutex<Seen>>,
    is_over: Arc<AtomicBool>,
}

/// The most of each that was seen since it was last asked for.
#[derive(Clone, Copy, Default)]
pub struct Seen {
    pub ffmpegs: usize,
    pub probes: usize,
    /// Of all that were there at once.
    pub megabytes: f64,
}

impl Programs {
    pub fn watch(process: &str) -> Self {
        let (seen, is_over) = (Arc::new(Mutex::new(Seen::default())), Arc::default());
        let watch = Self { seen: seen.clone(), is_over };
        let (process, is_over) = (process.to_owned(), watch.is_over.clone());
        // What is looked at is the machine's memory, not a disk, but it is looked at often.
        std::thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                let now = look(&process);
                let mut most = lock(&seen);
                most.ffmpegs = most.ffmpegs.max(now.ffmpegs);
                most.probes = most.probes.max(now.probes);
                most.megabytes = most.megabytes.max(now.megabytes);
                drop(most);
                std::thread::sleep(LOOK);
            }
        });
        watch
    }

    pub fn take(&self) -> Seen {
        std::mem::take(&mut *lock(&self.seen))
    }
}

impl Drop for Programs {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().expect("never poisoned: nothing panics inside")
}

fn look(parent: &str) -> Seen {
    let mut seen = Seen::default();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(process) = name.to_str().filter(|it| it.bytes().all(|it| it.is_ascii_digit()))
        else {
            continue;
        };
        // What has ended meanwhile isn't there.
        let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let Some((name, rest)) = stat.split_once('(').and_then(|it| it.1.rsplit_once(')')) else {
            continue;
        };
        if rest.split_whitespace().nth(1) != Some(parent) {
            continue;
        }
        seen.ffmpegs += usize::from(name == "ffmpeg");
        seen.probes += usize::from(name == "ffprobe");
        seen.megabytes += memory_of(process, "VmRSS").unwrap_or_default();
    }
    seen
}
