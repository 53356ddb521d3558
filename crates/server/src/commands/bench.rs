//! `atelier bench`: how fast and how large the program is on this machine, measured from outside.
//!
//! The platform is a process of its own, this very program as `serve`, so that its CPU time and its
//! memory are its alone. Here are Telegram and the people who write.

mod crowd;
mod customer;
mod gallery;
mod load;
mod maker;
mod peer;
mod pictures;
mod programs;
mod sounds;
mod videos;
mod wire;

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Subcommand;
use tokio::net::TcpListener;

use crate::commands::Done;
use crate::start::StartError;
use load::Load;
use peer::Peer;
use pictures::Plan;

const TOKEN: &str = "1000000001:nobody-but-the-bench-has-it";

#[derive(Clone, Debug, Subcommand)]
pub enum Bench {
    /// Updates a second in webhook mode, and what a thousand of them cost.
    Updates {
        /// How long each number of callers is measured.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// How many people write, in turn.
        #[arg(long, default_value_t = 2_000)]
        chats: i64,
        /// How many updates are on their way at once; each number is a line of the table.
        #[arg(long, value_delimiter = ',', default_values_t = [16, 128])]
        concurrent: Vec<usize>,
    },
    /// From the start to "ready", and the memory of a program that has nothing to do.
    Start {
        #[arg(long, default_value_t = 5)]
        times: u32,
    },
    /// From the press to the provider, what a picture costs beside it, and a large gallery; on
    /// SQLite first.
    Pictures {
        /// An empty PostgreSQL database, to be filled and measured as well.
        #[arg(long)]
        postgres: Option<String>,
        /// How many people there are.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(16..=1_000))]
        people: i64,
        /// How many pictures each of them gets in the crowd.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(4..=1_000))]
        each: u32,
        /// How many presses are timed, alone and at once.
        #[arg(long, default_value_t = 160, value_parser = clap::value_parser!(u32).range(16..))]
        presses: u32,
        /// How often the cost of a picture is measured.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
        runs: u32,
        /// How many pictures the gallery has, among three times as many; 0 leaves it out.
        #[arg(long, default_value_t = 100_000)]
        gallery: u32,
    },
    /// Talking videos, short and long, and a crowd that orders them in one second: time, and memory
    /// beside it. Fails if one of the crowd gets what isn't theirs, or pays otherwise than once.
    Videos {
        /// How many people order at once; 0 leaves them out.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=200))]
        people: u32,
        /// How often each length is measured; 0 leaves them out.
        #[arg(long, default_value_t = 1)]
        runs: u32,
    },
    /// What the cost of a picture is compared with.
    #[command(hide = true)]
    Bare { url: String, pictures: u64 },
}

pub fn run(what: &Bench) -> Done {
    let machine = |it| StartError::Machine(it);
    let folder = tempfile::tempdir().map_err(machine)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(machine)?;
    let held = match what {
        Bench::Updates { seconds, chats, concurrent } => {
            let span = Duration::from_secs(*seconds);
            runtime.block_on(updates(folder.path(), span, *chats, concurrent)).map(|()| true)
        }
        Bench::Start { times } => start(folder.path(), *times).map(|()| true),
        Bench::Pictures { postgres, people, each, presses, runs, gallery } => {
            let (postgres, people, each) = (postgres.clone(), *people, *each);
            let (presses, runs, gallery) = (*presses, *runs, *gallery);
            let plan = Plan { postgres, people, each, presses, runs, gallery };
            runtime.block_on(pictures::run(folder.path(), &plan)).map(|()| true)
        }
        Bench::Videos { people, runs } => {
            Ok(runtime.block_on(videos::run(folder.path(), *people, *runs)))
        }
        Bench::Bare { url, pictures } => {
            runtime.block_on(pictures::bare(url, *pictures)).map(|()| true)
        }
    };
    Ok(if held.map_err(machine)? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn updates(
    folder: &Path,
    span: Duration,
    chats: i64,
    concurrent: &[usize],
) -> std::io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let telegram = format!("http://{}", listener.local_addr()?);
    let peer = Arc::new(Peer::default());
    crate::app::spawn(peer.clone().serve(listener));
    let platform = Platform::serve(folder, &telegram, &[])?;
    let load = Load::new(peer.clone(), peer.webhook().await, chats);
    load.introduce().await?;
    platform.forget_peak()?;
    println!("{chats} people, a message and a press in turn, {} s a line", span.as_secs());
    println!(
        "{:>10} {:>10} {:>8} {:>8} {:>14} {:>12} {:>9} {:>9}",
        "concurrent",
        "updates/s",
        "p50 ms",
        "p99 ms",
        "CPU ms / 1000",
        "calls/update",
        "RSS MB",
        "peak MB"
    );
    for callers in concurrent {
        let (cpu, calls) = (platform.cpu()?, peer.calls());
        let Run { took, mut micros } = load.run(*callers, span).await?;
        let (cpu, calls) = (platform.cpu()? - cpu, peer.calls() - calls);
        micros.sort_unstable();
        let count = micros.len().max(1);
        let at = |percent: usize| f64::from(micros[(count - 1) * percent / 100]) / 1_000.0;
        println!(
            "{callers:>10} {:>10.0} {:>8.1} {:>8.1} {:>14.1} {:>12.2} {:>9.1} {:>9.1}",
            count as f64 / took.as_secs_f64(),
            at(50),
            at(99),
            cpu.as_secs_f64() * 1_000_000.0 / count as f64,
            calls as f64 / count as f64,
            platform.memory("VmRSS")?,
            platform.memory("VmHWM")?,
        );
    }
    Ok(())
}

/// What a run of the load gave.
pub struct Run {
    pub took: Duration,
    /// From the first byte of an update to the last of its answer.
    pub micros: Vec<u32>,
}

fn start(folder: &Path, times: u32) -> std::io::Result<()> {
    println!("{:>8} {:>10} {:>8} {:>8}", "mode", "ready ms", "RSS MB", "peak MB");
    for time in 0..times {
        let fresh = folder.join(time.to_string());
        std::fs::create_dir(&fresh)?;
        let begun = Instant::now();
        let platform = Platform::alone(&fresh)?;
        let took = begun.elapsed();
        // What the first moments need is given back by then.
        std::thread::sleep(Duration::from_secs(3));
        println!(
            "{:>8} {:>10.0} {:>8.1} {:>8.1}",
            "sandbox",
            took.as_secs_f64() * 1_000.0,
            platform.memory("VmRSS")?,
            platform.memory("VmHWM")?,
        );
    }
    Ok(())
}

/// The program as a process of its own, ended when this is dropped.
struct Platform(Child);

impl Platform {
    /// With a Telegram that is here, and limits that are out of the way.
    fn serve(folder: &Path, telegram: &str, more: &[(&str, &str)]) -> std::io::Result<Self> {
        let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut command = command(folder, port)?;
        command.arg("serve").envs([
            ("TELEGRAM_BOT_TOKEN", TOKEN),
            ("WEBHOOK_URL", &format!("http://127.0.0.1:{port}")),
            ("ATELIER__TELEGRAM__API_URL", telegram),
            ("ATELIER__TELEGRAM__MESSAGES_PER_SECOND", "100000"),
            ("ATELIER__TELEGRAM__CHAT_MESSAGES_PER_SECOND", "1000"),
            ("ATELIER__TELEGRAM__CHAT_BURST", "1000"),
        ]);
        command.envs(more.iter().copied());
        Self::ready(command)
    }

    /// As a newcomer starts it: without a word.
    fn alone(folder: &Path) -> std::io::Result<Self> {
        Self::ready(command(folder, 0)?)
    }

    fn ready(mut command: Command) -> std::io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let said = child.stdout.take().map(BufReader::new);
        let platform = Self(child);
        let mut line = String::new();
        if let Some(mut said) = said {
            said.read_line(&mut line)?;
        }
        if !line.contains("ready") {
            return Err(std::io::Error::other(format!("the platform did not start: {line}")));
        }
        Ok(platform)
    }

    fn cpu(&self) -> std::io::Result<Duration> {
        cpu_of(&self.0.id().to_string())
    }

    /// In megabytes.
    fn memory(&self, name: &str) -> std::io::Result<f64> {
        memory_of(&self.0.id().to_string(), name)
    }

    fn forget_peak(&self) -> std::io::Result<()> {
        forget_peak_of(&self.0.id().to_string())
    }
}

/// From now on the peak is counted anew (proc_pid_clear_refs(5)).
fn forget_peak_of(process: &str) -> std::io::Result<()> {
    std::fs::write(format!("/proc/{process}/clear_refs"), "5")
}

/// CPU time of all threads of a process so far (proc_pid_stat(5), fields 14 and 15, in hundredths).
fn cpu_of(process: &str) -> std::io::Result<Duration> {
    ticks(process, 14)
}

/// That of the processes that it has started and that have ended (fields 16 and 17).
fn cpu_of_programs(process: &str) -> std::io::Result<Duration> {
    ticks(process, 16)
}

/// A field of proc_pid_stat(5) and the one after it, added up.
fn ticks(process: &str, field: usize) -> std::io::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // The first after the name is the third of all.
    let fields = after_name.split_whitespace().skip(field - 3).take(2);
    let ticks: u64 = fields.filter_map(|it| it.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// A line of proc_pid_status(5), in megabytes.
fn memory_of(process: &str, name: &str) -> std::io::Result<f64> {
    let all = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = all.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|it| it.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kilobytes.unwrap_or_default() / 1_024.0)
}

impl Drop for Platform {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn command(folder: &Path, port: u16) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.current_dir(folder).env_clear().stdin(Stdio::null());
    command.arg("--data").arg(folder.join("state")).arg("--port").arg(port.to_string());
    command.env("ATELIER__LOG__LEVEL", "warn");
    Ok(command)
}
