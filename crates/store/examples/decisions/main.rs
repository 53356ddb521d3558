//! How quick decisions, holds and jobs are, beside the same statements without us.
//!
//! `cargo run --release -p store --example decisions [SECONDS]`: SQLite in a folder that goes
//! away, and PostgreSQL at `TEST_POSTGRES_URL` or, if it is installed, on a server of its own
//! that writes to the disk as in production.

mod bare;
mod meter;
mod ours;
mod work;

use std::time::Duration;

use meter::Meter;
use store::Db;
use store::throwaway::{Disk, Server};

fn main() {
    let seconds: u64 = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(2);
    let mut meter = Meter::new(Duration::from_secs(seconds));

    meter.chapter("SQLite (WAL, synchronous=NORMAL)");
    let folder = std::env::temp_dir().join(format!("decisions-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("store.db").display().to_string();
    let db = open(&path);
    let mut bare = bare::Sqlite::open(&path);
    meter.alternate(&mut [
        ("bare rusqlite, a commit each", &mut |it| bare.decisions(it, 1)),
        ("ours, 1 at a time", &mut |it| ours::decisions(&db, it, 1)),
    ]);
    meter.alternate(&mut [
        ("bare rusqlite, 16 in a commit", &mut |it| bare.decisions(it, 16)),
        ("ours, 16 in flight", &mut |it| ours::decisions(&db, it, 16)),
        ("ours, 128 in flight", &mut |it| ours::decisions(&db, it, 128)),
    ]);
    meter.alternate(&mut [
        ("bare hold + capture, a commit each", &mut |it| bare.holds(it)),
        ("ours, 1 at a time", &mut |it| ours::holds(&db, it, 1)),
        ("ours, 16 in flight", &mut |it| ours::holds(&db, it, 16)),
    ]);
    jobs(&mut meter, &db, &db);
    meter.remark(&format!("database file: {} MB", size(&path)));
    drop((bare, db));
    drop(std::fs::remove_dir_all(&folder));

    postgres(&mut meter);
    meter.end();
}

#[expect(clippy::disallowed_methods, reason = "a bench has no settings but its environment")]
fn postgres(meter: &mut Meter) {
    let server = match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => Some(Server::at(&url)),
        Err(_) => Server::start(Disk::Safe),
    };
    let Some(server) = server else { return };
    meter.chapter("PostgreSQL (fsync and synchronous_commit on, own socket)");
    let address = server.database();
    let db = open(&address);
    meter.alternate(&mut [
        ("bare postgres, 1 connection", &mut |it| bare::postgres_decisions(&address, it, 1)),
        ("ours, 1 at a time", &mut |it| ours::decisions(&db, it, 1)),
    ]);
    meter.alternate(&mut [
        ("bare postgres, 8 connections", &mut |it| bare::postgres_decisions(&address, it, 8)),
        ("ours, 8 in flight", &mut |it| ours::decisions(&db, it, 8)),
        ("ours, 16 in flight", &mut |it| ours::decisions(&db, it, 16)),
    ]);
    meter.alternate(&mut [
        ("bare hold + capture, 8 connections", &mut |it| bare::postgres_holds(&address, it, 8)),
        ("ours, 8 in flight", &mut |it| ours::holds(&db, it, 8)),
        ("ours, 16 in flight", &mut |it| ours::holds(&db, it, 16)),
    ]);
    let other = open(&address);
    jobs(meter, &db, &other);
}

fn jobs(meter: &mut Meter, db: &Db, other: &Db) {
    meter.alternate(&mut [
        ("jobs enqueued, claimed, done; 1 worker", &mut |it| ours::jobs(db, it, 1)),
        ("jobs enqueued, claimed, done; 8 workers", &mut |it| ours::jobs(db, it, 8)),
    ]);
    meter.alternate(&mut [
        ("job picked up by a worker that waits", &mut |it| ours::pick_up(db, db, it)),
        ("the same, enqueued by another pool", &mut |it| ours::pick_up(db, other, it)),
    ]);
}

fn open(address: &str) -> Db {
    let db = Db::open(address).expect("it opens");
    db.migrate().expect("it can be migrated");
    ours::populate(&db);
    db
}

fn size(path: &str) -> u64 {
    let files = [path.to_owned(), format!("{path}-wal")];
    files.iter().filter_map(|it| std::fs::metadata(it).ok()).map(|it| it.len()).sum::<u64>() >> 20
}
