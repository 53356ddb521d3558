//! The queue on PostgreSQL, beside two queues of Node on the same server.
//!
//! `cargo run --release -p store --example queue [ROUNDS]`: a server of its own that writes to the
//! disk as in production. graphile-worker and pg-boss are installed by npm into a folder that goes
//! away; without node, they are left out. Each side is a process of its own with a new database,
//! and they take turns.

mod ours;

use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use store::throwaway::{Disk, Server};

/// The last versions that were looked at.
const PEERS: [&str; 3] = ["graphile-worker@0.17.3", "pg-boss@10.4.2", "pg@8.23.1"];

/// What one side did in one round.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Round {
    /// Jobs a second: by one who waits for each, and by eight of them.
    enqueued: f64,
    enqueued_by_eight: f64,
    /// Jobs that were there before, done by eight hands.
    worked: f64,
    /// From the call that enqueues to the beginning of the work.
    pick_up_p50: f64,
    pick_up_p99: f64,
    /// The most that was ever resident.
    memory: f64,
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    if let [side, address] = arguments.as_slice() {
        return println!(
            "{}",
            serde_json::to_string(&ours::round(side, address)).expect("numbers")
        );
    }
    let rounds = arguments.first().and_then(|it| it.parse().ok()).unwrap_or(3);
    let Some(server) = Server::start(Disk::Safe) else { return };
    let folder = std::env::temp_dir().join(format!("queue-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut sides = vec!["ours", "ours, each hand for itself", "ours, in transactions"];
    if install(&folder) {
        sides.extend(["graphile-worker", "graphile-worker, in batches", "pg-boss"]);
    } else {
        println!("no node, or no packages for it: the peers are left out");
    }
    let mut all: Vec<Vec<Round>> = sides.iter().map(|_| Vec::new()).collect();
    let load = load();
    for _ in 0..rounds {
        for (side, done) in sides.iter().zip(&mut all) {
            done.extend(round(&folder, side, &server.database()));
            eprintln!("{side}: {:?}", done.last());
        }
    }
    drop(std::fs::remove_dir_all(&folder));
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "{cpus} CPUs; the median of {rounds} rounds in turn; load {load} before, {} after",
        self::load()
    );
    table(&sides, &all);
}

fn table(sides: &[&str], all: &[Vec<Round>]) {
    println!();
    println!(
        "| | enqueued/s | by eight | worked/s by eight | pick-up p50 ms | p99 ms | peak MB |\n\
         |---|---|---|---|---|---|---|"
    );
    let medians: Vec<_> = all.iter().map(|it| median(it)).collect();
    for (side, it) in sides.iter().zip(&medians) {
        println!(
            "| {side} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} |",
            it.enqueued, it.enqueued_by_eight, it.worked, it.pick_up_p50, it.pick_up_p99, it.memory
        );
    }
    let best = |pick: fn(&Round) -> f64| {
        let peers = sides.iter().zip(&medians).filter(|it| !it.0.starts_with("ours"));
        peers.map(|it| pick(it.1)).fold(0.0, f64::max)
    };
    if sides.len() <= 3 {
        return;
    }
    println!();
    for (side, it) in sides.iter().zip(&medians).filter(|it| it.0.starts_with("ours")) {
        println!(
            "{side}: x {:.1} of the better peer one at a time, x {:.1} by eight, x {:.1} worked",
            it.enqueued / best(|it| it.enqueued),
            it.enqueued_by_eight / best(|it| it.enqueued_by_eight),
            it.worked / best(|it| it.worked)
        );
    }
}

fn median(rounds: &[Round]) -> Round {
    let of = |pick: fn(&Round) -> f64| {
        let mut all: Vec<_> = rounds.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Round {
        enqueued: of(|it| it.enqueued),
        enqueued_by_eight: of(|it| it.enqueued_by_eight),
        worked: of(|it| it.worked),
        pick_up_p50: of(|it| it.pick_up_p50),
        pick_up_p99: of(|it| it.pick_up_p99),
        memory: of(|it| it.memory),
    }
}

/// One round of one side, in a process of its own.
fn round(folder: &Path, side: &str, address: &str) -> Option<Round> {
    let mut command = if side.starts_with("ours") {
        Command::new(std::env::current_exe().expect("this program is a file"))
    } else {
        let mut node = Command::new("node");
        node.arg("peers.mjs");
        node
    };
    let done = command.args([side, address]).current_dir(folder).stderr(Stdio::inherit()).output();
    let said = String::from_utf8(done.expect("it starts").stdout).unwrap_or_default();
    let round = said.lines().last().and_then(|it| serde_json::from_str(it).ok());
    if round.is_none() {
        println!("{side} said {said:?} instead of numbers");
    }
    round
}

/// Whether the peers are there now.
fn install(folder: &Path) -> bool {
    let source = include_str!("peers.mjs");
    std::fs::write(folder.join("peers.mjs"), source).expect("the folder is ours");
    std::fs::write(folder.join("package.json"), "{}").expect("the folder is ours");
    let installed = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--silent"])
        .args(PEERS)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    installed.is_ok_and(|it| it.success())
}

/// Of the last minute.
fn load() -> String {
    let all = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    all.split(' ').next().unwrap_or_default().to_owned()
}
