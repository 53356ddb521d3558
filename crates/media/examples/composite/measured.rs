//! What something takes of time and memory, and how good it came out.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub struct Cost {
    pub wall: Duration,
    /// Of the programs that were started and have ended.
    pub cpu: Duration,
    /// The most that any of them held.
    pub theirs_mb: u64,
    pub ours_mb: u64,
}

pub fn cost_of(work: impl FnOnce()) -> Cost {
    // Begins anew to count the most that we hold (proc(5), `clear_refs`).
    let _ = fs::write("/proc/self/clear_refs", "5");
    let ended = AtomicBool::new(false);
    let (began, cpu) = (Instant::now(), cpu());
    let theirs_kb = thread::scope(|scope| {
        let most = scope.spawn(|| {
            let mut most = 0;
            while !ended.load(Ordering::Relaxed) {
                most = most.max(children_kb());
                thread::sleep(Duration::from_millis(20));
            }
            most
        });
        work();
        ended.store(true, Ordering::Relaxed);
        most.join().expect("it only reads")
    });
    Cost {
        wall: began.elapsed(),
        cpu: self::cpu() - cpu,
        theirs_mb: theirs_kb / 1000,
        ours_mb: peak_kb("self") / 1000,
    }
}

/// Of all children that were waited for, in the kernel's hundredths of a second.
fn cpu() -> Duration {
    let text = fs::read_to_string("/proc/self/stat").expect("Linux has it");
    let numbers = text.rsplit_once(") ").expect("the name is in brackets").1;
    let hundredths = |at: usize| {
        numbers.split(' ').nth(at).and_then(|it| it.parse::<u64>().ok()).unwrap_or_default()
    };
    Duration::from_millis(10 * (hundredths(13) + hundredths(14)))
}

fn children_kb() -> u64 {
    let own = std::process::id().to_string();
    let Ok(entries) = fs::read_dir("/proc") else { return 0 };
    entries
        .filter_map(|it| it.ok()?.file_name().into_string().ok())
        .filter(|it| it.bytes().all(|it| it.is_ascii_digit()))
        .filter(|it| {
            let text = fs::read_to_string(format!("/proc/{it}/stat")).unwrap_or_default();
            let parent = text.rsplit_once(") ").and_then(|it| it.1.split(' ').nth(1));
            parent == Some(&own)
        })
        .map(|it| peak_kb(&it))
        .max()
        .unwrap_or_default()
}

fn peak_kb(process: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.and_then(|it| it.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// How alike two videos are, of brightness and colours: 1 is the same.
pub fn ssim(left: &Path, right: &Path) -> f64 {
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i"])
        .arg(left)
        .arg("-i")
        .arg(right)
        .args(["-lavfi", "ssim", "-f", "null", "-"])
        .output()
        .expect("ffmpeg is installed");
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    let all = said.rsplit_once("All:").and_then(|it| it.1.split(' ').next()?.parse().ok());
    all.expect("it measures")
}

/// How many pixels are clearly green, of all frames.
pub fn greens(path: &Path) -> usize {
    let mut child = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(path)
        .args(["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg is installed");
    let mut pipe = child.stdout.take().expect("it is piped");
    let (mut count, mut row) = (0, [0; 3 * 720]);
    while pipe.read_exact(&mut row).is_ok() {
        let is_green = |it: &&[u8; 3]| it[0].max(it[2]).saturating_add(24) < it[1];
        count += row.as_chunks::<3>().0.iter().filter(is_green).count();
    }
    let _ = child.wait();
    count
}
