//! Rounds, their best ones, and what they cost: time on the wall, time of the CPU, memory.

use std::time::{Duration, Instant};

/// What one round did.
#[derive(Default)]
pub struct Round {
    pub count: u64,
    /// How long single ones took, if that is what matters.
    pub delays: Vec<Duration>,
}

pub struct Meter {
    round: Duration,
}

/// A way to fill a round that ends at a moment.
pub type Fill<'a> = &'a mut dyn FnMut(Instant) -> Round;

const ROUNDS: usize = 3;

struct Best {
    per_second: f64,
    cpu_micros: f64,
    delays: Vec<Duration>,
}

impl Meter {
    pub fn new(round: Duration) -> Self {
        let cpus = std::thread::available_parallelism().map_or(1, usize::from);
        println!("{cpus} CPUs; {ROUNDS} rounds of {round:?} each, taken in turn, the best counts");
        Self { round }
    }

    pub fn chapter(&mut self, name: &str) {
        println!();
        println!("{name}");
        println!(
            "  {:<42} {:>10} {:>10} {:>12} {:>9} {:>9} {:>7}",
            "", "per second", "us each", "CPU us each", "p50", "p99", "RSS MB"
        );
    }

    /// Measures a few ways in turn, so that whatever else the machine does hits all of them.
    /// CPU time is that of this process: for SQLite that is all of it.
    pub fn alternate(&mut self, ways: &mut [(&str, Fill<'_>)]) {
        let mut best: Vec<Option<Best>> = ways.iter().map(|_| None).collect();
        for _ in 0..ROUNDS {
            for (way, best) in ways.iter_mut().zip(&mut best) {
                let (start, cpu) = (Instant::now(), cpu());
                let round = way.1(start + self.round);
                let (wall, cpu) = (start.elapsed(), self::cpu() - cpu);
                let count = round.count.max(1) as f64;
                let per_second = count / wall.as_secs_f64();
                if best.as_ref().is_none_or(|it| it.per_second < per_second) {
                    let cpu_micros = cpu.as_micros() as f64 / count;
                    *best = Some(Best { per_second, cpu_micros, delays: round.delays });
                }
            }
        }
        for (way, best) in ways.iter().zip(best) {
            let Some(mut best) = best else { continue };
            best.delays.sort_unstable();
            println!(
                "  {:<42} {:>10.0} {:>10.1} {:>12.1} {:>9} {:>9} {:>7}",
                way.0,
                best.per_second,
                1_000_000.0 / best.per_second,
                best.cpu_micros,
                share(&best.delays, 50),
                share(&best.delays, 99),
                resident()
            );
        }
    }

    pub fn remark(&mut self, text: &str) {
        println!("  {text}");
    }

    pub fn end(&mut self) {
        println!();
        println!("most memory that was ever resident: {} MB", field("VmHWM:") / 1024);
    }
}

/// The delay below which so many of a hundred are.
fn share(sorted: &[Duration], percent: usize) -> String {
    match sorted.get(sorted.len() * percent / 100) {
        Some(delay) => format!("{} us", delay.as_micros()),
        None => "-".to_owned(),
    }
}

/// User and system time of this process.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split(' ').skip(11).take(2).filter_map(|it| it.parse::<u64>().ok());
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

fn resident() -> u64 {
    field("VmRSS:") / 1024
}

fn field(name: &str) -> u64 {
    let all = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = all.lines().find(|it| it.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
}
