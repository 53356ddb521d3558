//! How many payments become credits in a second, beside the same statements without us.
//!
//! `cargo run --release -p store --example booking [SECONDS]`: one decision writes the order, a
//! second one, which survives a power cut, books the money, gives the credits and ends the order.
//! On SQLite and, where it is installed, on a PostgreSQL that writes to the disk.

mod bare;
#[path = "../decisions/meter.rs"]
mod meter;
mod ours;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use meter::Meter;
use store::Db;
use store::throwaway::{Disk, Server};

/// As many customers as take turns.
const PEOPLE: i64 = 1_000;

/// A number that no one had before, over all rounds.
fn next() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn user(number: i64) -> String {
    format!("usr_p{}", number % PEOPLE)
}

fn wallet(number: i64) -> String {
    format!("wallet:bot_b:{}", user(number))
}

fn main() {
    let seconds: u64 = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(2);
    let mut meter = Meter::new(Duration::from_secs(seconds));

    meter.chapter("SQLite (WAL; money with synchronous=FULL)");
    let folder = std::env::temp_dir().join(format!("booking-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("store.db").display().to_string();
    let db = open(&path);
    let mut bare = bare::Sqlite::open(&path);
    meter.alternate(&mut [
        ("bare rusqlite, 1 at a time", &mut |it| bare::book(&mut bare, it)),
        ("ours, 1 at a time", &mut |it| ours::book(&db, it, 1)),
        ("ours, 16 at once", &mut |it| ours::book(&db, it, 16)),
    ]);
    meter.remark(&ours::proof(&db));
    drop((bare, db));
    drop(std::fs::remove_dir_all(&folder));

    if let Some(server) = Server::start(Disk::Safe) {
        meter.chapter("PostgreSQL (fsync and synchronous_commit on, own socket)");
        let address = server.database();
        let db = open(&address);
        meter.alternate(&mut [
            ("bare postgres, 1 connection", &mut |it| bare::connections(&address, it, 1)),
            ("bare postgres, 8 connections", &mut |it| bare::connections(&address, it, 8)),
            ("ours, 1 at a time", &mut |it| ours::book(&db, it, 1)),
            ("ours, 16 at once", &mut |it| ours::book(&db, it, 16)),
        ]);
        meter.remark(&ours::proof(&db));
    }
    meter.end();
}

fn open(address: &str) -> Db {
    let db = Db::open(address).expect("it opens");
    db.migrate().expect("it can be migrated");
    ours::populate(&db);
    db
}
