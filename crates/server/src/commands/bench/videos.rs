//! `atelier bench videos`: what talking videos take, short and long, and a crowd that orders them.
//!
//! The studio is one process, and the world with its providers is another: memory and CPU time are
//! the studio's own, and those of the programs that it starts are told apart.

use std::path::Path;
use std::time::{Duration, Instant};

use super::customer::{Clip, Customer, Wish};
use super::programs::{Programs, Seen};
use super::sounds::Sound;
use super::{cpu_of, cpu_of_programs, crowd, forget_peak_of, memory_of};
use crate::commands::drill::stage::{Process, Stage};
use crate::commands::drill::{Halt, Promises};

/// What the process is to have at most, however long a video is.
const GOAL_MEGABYTES: f64 = 150.0;
/// What the first moments need is given back by then.
const AT_REST: Duration = Duration::from_secs(3);
/// Credits for all of it; and programs that are as important as whatever else this machine does, or
/// what is measured is that.
const SETTINGS: [(&str, &str); 2] =
    [("ATELIER__CREDITS__WELCOME", "999"), ("ATELIER__VIDEOS__NICENESS", "0")];

const SHORT: &str = "Our shoes are here.";
/// At 80 % of Sofia's pace just below the longest that may be sold.
const LONG: &str = "We have been making shoes by hand in this town since 1987. Every pair is cut from \
    one piece of leather, sewn twice, and walked in by one of us before it is sold. Come and see how \
    it is done: the door is open from 9:30 until 20:45, also on Saturdays. An old pair gets new soles \
    for 7,450, a new one is 38,900, and children pay 17,500. Whoever comes before the 31st gets a tin \
    of wax with each pair, free of charge. Call 8 727 377 47 77, or ask for Amina, who knows every \
    shoe by its name. We look forward to meeting you.";

const CLIP_SECONDS: u32 = 2;
const LONG_CLIP_SECONDS: u32 = 15;

/// The process that is measured, and where it lives.
pub struct Studio<'a> {
    pub stage: &'a Stage,
    pub folder: &'a Path,
    pid: String,
    programs: Programs,
    _process: Process,
}

/// CPU time.
#[derive(Clone, Copy)]
pub struct Cpu {
    pub own: Duration,
    pub programs: Duration,
}

impl Cpu {
    pub fn since(self, before: Self) -> Self {
        Self { own: self.own - before.own, programs: self.programs - before.programs }
    }
}

impl<'a> Studio<'a> {
    async fn open(stage: &'a Stage, folder: &'a Path) -> Result<Self, Halt> {
        let process = stage.serve().await?;
        let pid = process.id().ok_or_else(|| Halt::from("the studio has ended"))?.to_string();
        let programs = Programs::watch(&pid);
        Ok(Self { stage, folder, pid, programs, _process: process })
    }

    /// In megabytes.
    pub fn memory(&self, name: &str) -> Result<f64, Halt> {
        Ok(memory_of(&self.pid, name)?)
    }

    pub fn cpu(&self) -> Result<Cpu, Halt> {
        Ok(Cpu { own: cpu_of(&self.pid)?, programs: cpu_of_programs(&self.pid)? })
    }

    /// From now on peaks are counted anew. False: this system can't, and they are those since the start.
    pub fn begin(&self) -> bool {
        self.programs.take();
        forget_peak_of(&self.pid).is_ok()
    }

    /// The most of its programs since then.
    pub fn seen(&self) -> Seen {
        self.programs.take()
    }
}

/// False: a promise is broken.
pub async fn run(folder: &Path, people: u32, runs: u32) -> bool {
    let mut promises = Promises::default();
    if let Err(why) = play(folder, people, runs, &mut promises).await {
        promises.see(false, format!("it came to its end ({why})"));
    }
    promises.broken == 0
}

async fn play(folder: &Path, people: u32, runs: u32, promises: &mut Promises) -> Result<(), Halt> {
    let stage = Stage::open(folder, &SETTINGS).await?;
    let studio = Studio::open(&stage, folder).await?;
    tokio::time::sleep(AT_REST).await;
    println!("the studio at rest: {:.1} MB", studio.memory("VmRSS")?);
    if !studio.begin() {
        println!("its peak can't be reset on this system: each is the one since the start");
    }
    let mut peak = 0.0_f64;
    if 0 < runs {
        peak = peak.max(lengths(&studio, runs, promises).await?);
    }
    if 0 < people {
        peak = peak.max(crowd::measure(&studio, people, promises).await?);
    }
    // It breaks no promise: another machine has another allocator.
    let said = if peak <= GOAL_MEGABYTES { "goal met" } else { "goal missed" };
    println!("the highest peak of all is {peak:.1} MB of {GOAL_MEGABYTES:.0}: {said}");
    Ok(())
}

/// A line of the table.
struct Line<'a> {
    name: &'static str,
    wish: Wish<'a>,
}

/// Tells the highest peak.
async fn lengths(studio: &Studio<'_>, runs: u32, promises: &mut Promises) -> Result<f64, Halt> {
    let clip = Clip::film(studio.folder, CLIP_SECONDS, false).await?;
    let large = Clip::film(studio.folder, LONG_CLIP_SECONDS, true).await?;
    println!(
        "the large clip: {LONG_CLIP_SECONDS} s, {:.1} MB",
        megabytes(large.bytes.len() as i64)
    );
    let wish = |script, clip| Wish { script, is_slow: script == LONG, clip };
    let lines = [
        Line { name: "a person who talks, short", wish: wish(SHORT, None) },
        Line { name: "a person who talks, longest", wish: wish(LONG, None) },
        Line { name: "over a clip of 2 s, short", wish: wish(SHORT, Some(&clip)) },
        Line { name: "over a large clip of 15 s, longest", wish: wish(LONG, Some(&large)) },
    ];
    println!(
        "{:<36} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9} {:>9} {:>9} {:>12}",
        "",
        "video s",
        "MB",
        "wall s",
        "wall s / s",
        "CPU own",
        "programs",
        "RSS MB",
        "peak MB",
        "programs MB"
    );
    let (mut seconds, mut peaks) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        for line in &lines {
            let (length, peak) = one(studio, line, promises).await?;
            seconds.push(length);
            peaks.push(peak);
        }
    }
    let shortest = seconds.iter().zip(&peaks).min_by(|one, other| one.0.total_cmp(other.0));
    let longest = seconds.iter().zip(&peaks).max_by(|one, other| one.0.total_cmp(other.0));
    if let (Some(shortest), Some(longest)) = (shortest, longest) {
        println!(
            "{:.1} times as long, {:.2} times the peak",
            longest.0 / shortest.0,
            longest.1 / shortest.1
        );
    }
    Ok(peaks.iter().copied().fold(0.0, f64::max))
}

/// One video, from the button to the chat. Gives its seconds and the peak.
async fn one(
    studio: &Studio<'_>,
    line: &Line<'_>,
    promises: &mut Promises,
) -> Result<(f64, f64), Halt> {
    let rest = studio.memory("VmRSS")?;
    // The clip that comes and the speech count for memory, but not for time.
    studio.begin();
    let customer = Customer::join(studio.stage).await?;
    let speak = customer.prepare(&line.wish).await?;
    customer.press(&speak).await?;
    let make = customer.listen().await?;
    let (cpu, begun) = (studio.cpu()?, Instant::now());
    customer.press(&make).await?;
    let video = customer.receive(1).await?;
    let (took, cpu) = (begun.elapsed(), studio.cpu()?.since(cpu));
    let (peak, seen) = (studio.memory("VmHWM")?, studio.seen());

    let path = studio.folder.join("delivered.mp4");
    let sha256 = customer.save(&video, &path).await?;
    let made = customer.made().await?;
    let [made] = made.as_slice() else { return Err(Halt::from("there isn't one video")) };
    let seconds = made.millis as f64 / 1_000.0;
    println!(
        "{:<36} {seconds:>8.1} {:>8.1} {:>8.1} {:>10.2} {:>9.1} {:>9.1} {rest:>9.1} {peak:>9.1} {:>12.0}",
        line.name,
        megabytes(made.bytes),
        took.as_secs_f64(),
        took.as_secs_f64() / seconds,
        cpu.own.as_secs_f64(),
        cpu.programs.as_secs_f64(),
        seen.megabytes,
    );
    let is_own = sha256 == made.sha256 && made.charged == Some(made.quoted);
    let heard = Sound::of(&path).await?;
    let length = (heard.seconds() * 1_000.0) as i64;
    let fits = (length - made.speech_millis).abs() <= crowd::LENGTH_OFF;
    if !is_own || !fits {
        promises.see(false, "it is what was made, as long as its speech, and charged once");
    }
    Ok((seconds, peak))
}

fn megabytes(bytes: i64) -> f64 {
    bytes as f64 / 1_000_000.0
}
