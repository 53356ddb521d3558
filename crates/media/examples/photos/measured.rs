//! CPU time and memory of this process, on Linux.

use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write};

const ROUNDS: usize = 5;
const ROUND_MS: f64 = 600.0;

/// Prints the CPU time in the best and in the worst of five rounds, and returns the best.
pub fn time<T>(name: &str, mut work: impl FnMut() -> T) -> f64 {
    black_box(work());
    forget_peak();
    let rounds = [(); ROUNDS].map(|()| {
        let (begin, mut count) = (cpu_ms(), 0);
        while count == 0 || cpu_ms() - begin < ROUND_MS {
            black_box(work());
            count += 1;
        }
        (cpu_ms() - begin) / f64::from(count)
    });
    let best = rounds.into_iter().fold(f64::MAX, f64::min);
    let worst = rounds.into_iter().fold(0.0, f64::max);
    println!("{name:<52} {best:>7.2} {worst:>7.2} {:>9.1} {:>9}", 1000.0 / best, peak_mb());
    best
}

/// Prints the CPU time and the memory of something that is done once.
pub fn peak_of<T>(name: &str, work: impl FnOnce() -> T) {
    forget_peak();
    let (before, begin) = (peak_mb(), cpu_ms());
    black_box(work());
    let (ms, peak) = (cpu_ms() - begin, peak_mb());
    println!("{name:<52} {ms:>7.0} {:>7} {:>9} {peak:>9}, before it {before}", "", "");
}

pub fn header() {
    println!("{:<52} {:>7} {:>7} {:>9} {:>9}", "", "ms CPU", "at most", "per s", "peak MB");
}

/// User and system time of the process (proc(5), `stat`), in ticks of 10 ms.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("a Linux system");
    let (_, after_name) = stat.rsplit_once(") ").expect("a process has a name");
    let ticks = after_name.split(' ').skip(11).take(2).map(|it| it.parse::<f64>().expect("ticks"));
    ticks.sum::<f64>() * 10.0
}

/// The most that was resident since [`forget_peak`], with the program itself.
fn peak_mb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("a Linux system");
    let line = text.lines().find_map(|it| it.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1000
}

fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").expect("a process may reset its own peak");
}

/// Forgets what is written to it.
#[derive(Default)]
pub struct Nowhere(u64);

impl Write for Nowhere {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Nowhere {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match to {
            SeekFrom::Start(at) => self.0 = at,
            SeekFrom::Current(by) | SeekFrom::End(by) => self.0 = self.0.saturating_add_signed(by),
        }
        Ok(self.0)
    }
}
