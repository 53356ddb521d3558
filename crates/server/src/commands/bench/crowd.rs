//! A crowd of `bench videos`: all of them order in the same second, each with their own script, and
//! each must get their own video and pay for it once.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;

use futures::future::try_join_all;

use super::customer::{Button, Customer, Made, Wish};
use super::sounds::Sound;
use super::videos::{Cpu, Studio};
use crate::commands::drill::{Halt, Promises};

/// How many walk to the last button at once: what is measured comes after it.
const AT_ONCE: usize = 6;
/// A sound that was put through two encoders is at least so much like itself.
const ALIKE_MIN: f64 = 0.8;
/// How much longer or shorter than its sound a video may be, in milliseconds: some frames.
pub const LENGTH_OFF: i64 = 300;

/// What was delivered to somebody.
struct Delivered {
    sha256: String,
    made: Vec<Made>,
    count: usize,
    /// What is heard in it, and in the speech that it was ordered with.
    heard: Sound,
    spoken: Sound,
}

/// Tells the highest peak.
pub async fn measure(
    studio: &Studio<'_>,
    people: u32,
    promises: &mut Promises,
) -> Result<f64, Halt> {
    println!("\n{people} people with a script each, a video each");
    let scripts: Vec<String> = (0..people as usize).map(script).collect();
    let (mut customers, mut scripted) = (Vec::new(), Vec::new());
    for scripts in scripts.chunks(AT_ONCE) {
        let ready = scripts.iter().map(|script| async move {
            let customer = Customer::join(studio.stage).await?;
            let wish = Wish { script, is_slow: false, clip: None };
            let button = customer.prepare(&wish).await?;
            Ok::<_, Halt>((customer, button))
        });
        let (more, buttons): (Vec<_>, Vec<_>) = try_join_all(ready).await?.into_iter().unzip();
        customers.extend(more);
        scripted.extend(buttons);
    }
    let begun = Phase::begin(studio)?;
    let pressing = press(&customers, &scripted).await?;
    let mut spoken = Vec::new();
    for all in customers.chunks(AT_ONCE) {
        spoken.extend(try_join_all(all.iter().map(Customer::listen)).await?);
    }
    println!("  {people} scripts, pressed within {pressing:.2} s, all spoken after:");
    let of_speech = begun.end()?;

    let begun = Phase::begin(studio)?;
    let pressing = press(&customers, &spoken).await?;
    for customer in &customers {
        customer.receive(1).await?;
    }
    println!("  {people} videos, pressed within {pressing:.2} s, all delivered after:");
    let of_films = begun.end()?;
    let mut delivered = Vec::new();
    for (number, customer) in customers.iter().enumerate() {
        delivered.push(fetch(studio.folder, number, customer).await?);
    }
    say_times(&delivered);
    see(&delivered, promises);
    studio.stage.until_quiet().await?;
    promises.see_books(studio.stage).await?;
    Ok(of_speech.max(of_films))
}

/// Everybody presses at once. Says within how many seconds.
async fn press(customers: &[Customer<'_>], buttons: &[Button]) -> Result<f64, Halt> {
    let begun = Instant::now();
    let pressed = customers.iter().zip(buttons).map(|(who, button)| who.press(button));
    try_join_all(pressed).await?;
    Ok(begun.elapsed().as_secs_f64())
}

/// A part of the work, from its first press.
struct Phase<'a> {
    studio: &'a Studio<'a>,
    rest: f64,
    cpu: Cpu,
    begun: Instant,
}

impl<'a> Phase<'a> {
    fn begin(studio: &'a Studio<'a>) -> Result<Self, Halt> {
        let rest = studio.memory("VmRSS")?;
        studio.begin();
        Ok(Self { studio, rest, cpu: studio.cpu()?, begun: Instant::now() })
    }

    /// Says what it took, and gives its peak.
    fn end(self) -> Result<f64, Halt> {
        let Self { studio, rest, cpu, begun } = self;
        let (took, cpu, seen) = (begun.elapsed(), studio.cpu()?.since(cpu), studio.seen());
        let peak = studio.memory("VmHWM")?;
        println!(
            "    {:.1} s; CPU of its own {:.1} s, of its programs {:.1} s; peak {peak:.1} MB ({rest:.1} \
             MB before); at most {} ffmpeg and {} ffprobe at once, with {:.0} MB",
            took.as_secs_f64(),
            cpu.own.as_secs_f64(),
            cpu.programs.as_secs_f64(),
            seen.ffmpegs,
            seen.probes,
            seen.megabytes,
        );
        Ok(peak)
    }
}

/// What each of them says: nobody says what another does.
fn script(number: usize) -> String {
    const COLOURS: [&str; 7] = ["red", "blue", "green", "white", "black", "yellow", "brown"];
    const THINGS: [&str; 5] = ["shoes", "coats", "lamps", "bicycles", "umbrellas"];
    let (colour, thing) = (COLOURS[number % COLOURS.len()], THINGS[number % THINGS.len()]);
    format!("Number {}: my {colour} {thing} are here.", number + 1)
}

async fn fetch(folder: &Path, number: usize, customer: &Customer<'_>) -> Result<Delivered, Halt> {
    let videos = customer.videos().await?;
    let video = videos.last().ok_or_else(|| Halt::from("a video is gone"))?;
    let path = folder.join(format!("delivered-{number}.mp4"));
    let sha256 = customer.save(video, &path).await?;
    let made = customer.made().await?;
    let speech = made.first().map(|it| folder.join(&it.speech));
    let speech = speech.ok_or_else(|| Halt::from("a video is not in the books"))?;
    let (heard, spoken) = (Sound::of(&path).await?, Sound::of(&speech).await?);
    Ok(Delivered { sha256, made, count: videos.len(), heard, spoken })
}

/// Within how many seconds they were ordered, and how many each took.
fn say_times(delivered: &[Delivered]) {
    let made = || delivered.iter().flat_map(|it| &it.made);
    let ordered = made().map(|it| it.ordered_at.as_i64());
    let span = ordered.clone().max().unwrap_or_default() - ordered.min().unwrap_or_default();
    let took = |it: &Made| Some((it.ended_at?.as_i64() - it.ordered_at.as_i64()) as f64 / 1_000.0);
    let mut each: Vec<f64> = made().filter_map(took).collect();
    each.sort_by(f64::total_cmp);
    println!(
        "    written down within {:.2} s; from the order to its end {:.1} s the first, {:.1} the \
         median, {:.1} the last; {:.1} s of video",
        span as f64 / 1_000.0,
        at(&each, 0),
        at(&each, 50),
        at(&each, 100),
        made().map(|it| it.millis).sum::<i64>() as f64 / 1_000.0,
    );
}

fn at(sorted: &[f64], percent: usize) -> f64 {
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

fn see(delivered: &[Delivered], promises: &mut Promises) {
    let all = delivered.len();
    let count =
        |is_it: &dyn Fn(&Delivered) -> bool| delivered.iter().filter(|it| is_it(it)).count();
    let once = count(&|it| it.count == 1 && it.made.len() == 1);
    promises.see(once == all, format!("each has one video ({once} of {all})"));
    let hashes: BTreeSet<&str> = delivered.iter().map(|it| it.sha256.as_str()).collect();
    promises.see(hashes.len() == all, format!("{} different files were delivered", hashes.len()));
    let own = count(&|it| it.made.iter().all(|made| made.sha256 == it.sha256));
    promises.see(own == all, format!("{own} are, bit by bit, what was made for their customer"));
    let fits = |made: &Made| (made.millis - made.speech_millis).abs() <= LENGTH_OFF;
    let fitting = count(&|it| it.made.iter().all(fits));
    promises.see(fitting == all, format!("{fitting} are as long as their own speech"));
    let (mut alike, mut least, mut most) = (0, 1.0_f64, 0.0_f64);
    for (number, it) in delivered.iter().enumerate() {
        let own = it.heard.likeness(&it.spoken);
        // One other is enough for it to be seen that the measure tells sentences apart.
        let other = &delivered[(number + 1) % all].spoken;
        let other = if all == 1 { 0.0 } else { it.heard.likeness(other) };
        alike += usize::from(ALIKE_MIN <= own && other < own);
        (least, most) = (least.min(own), most.max(other));
    }
    let said = format!(
        "in {alike} the customer's own script is heard (alike at least {least:.3}; another's at \
         most {most:.3})"
    );
    promises.see(alike == all, said);
    let paid = count(&|it| it.made.iter().all(|made| made.charged == Some(made.quoted)));
    promises.see(paid == all, format!("{paid} were charged, each what was quoted"));
}
