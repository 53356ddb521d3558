//! Our side: enqueue, work with eight hands, and wait for a job of another process.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use domain::{JobId, Millis, Task, TrainingId};
use store::jobs::{self, Claim, Claimed, Crew, NewJob, Verdict};
use store::{Db, StoreError, Tx};
use tokio::runtime::Builder;

use crate::Round;

const ENQUEUED: i64 = 1_600;
const WORKED: i64 = 4_000;
const PICKED_UP: usize = 200;
const HANDS: usize = 8;
const LANES: &[&str] = &["fast"];

/// How the store is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Statements by themselves, and one crew for all hands.
    Crew,
    /// The same, and each hand claims and settles for itself.
    Alone,
    /// Each decision in a transaction that waits for the disk, as a run that writes something.
    Whole,
}

pub fn round(side: &str, address: &str) -> Round {
    let way = match side {
        "ours" => Way::Crew,
        "ours, each hand for itself" => Way::Alone,
        _ => Way::Whole,
    };
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let db = Db::open(address).expect("it opens");
    db.migrate().expect("it can be migrated");
    runtime.block_on(async {
        let pick_ups = pick_up(&db, &Db::open(address).expect("it opens"), way).await;
        let enqueued = enqueue(&db, way, 1).await;
        let enqueued_by_eight = enqueue(&db, way, HANDS).await;
        work_all(&db, way).await;
        populate(&db).await;
        let worked = work_all(&db, way).await;
        let share = |percent: usize| pick_ups[pick_ups.len() * percent / 100].as_secs_f64() * 1e3;
        Round {
            enqueued,
            enqueued_by_eight,
            worked,
            pick_up_p50: share(50),
            pick_up_p99: share(99),
            memory: peak(),
        }
    })
}

/// A number that no one had before.
fn next() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn put(tx: &mut Tx, number: i64) -> Result<(), StoreError> {
    let training = TrainingId::from_text("trn_x").expect("an id");
    let id = JobId::new(number.unsigned_abs().into());
    let task = Task::Train { training };
    jobs::enqueue(tx, &NewJob::of(&task), &id, Millis(number)).map(drop)
}

async fn put_one(db: &Db, way: Way) {
    let number = next();
    let done = match way {
        Way::Whole => db.write(move |tx| put(tx, number)).await,
        Way::Crew | Way::Alone => db.write_singly(move |tx| put(tx, number)).await,
    };
    done.expect("a job");
}

/// Each is waited for, and is on the disk then.
async fn enqueue(db: &Db, way: Way, callers: usize) -> f64 {
    let begun = Instant::now();
    let all: Vec<_> = (0..callers)
        .map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                for _ in 0..ENQUEUED / callers as i64 {
                    put_one(&db, way).await;
                }
            })
        })
        .collect();
    for one in all {
        one.await.expect("no panic");
    }
    ENQUEUED as f64 / begun.elapsed().as_secs_f64()
}

async fn populate(db: &Db) {
    for _ in 0..WORKED / 500 {
        let numbers: Vec<_> = (0..500).map(|_| next()).collect();
        let done = db.write(move |tx| numbers.iter().try_for_each(|it| put(tx, *it)));
        done.await.unwrap_or_else(|error: StoreError| panic!("{error}"));
    }
}

/// Until nothing is left. Jobs a second.
async fn work_all(db: &Db, way: Way) -> f64 {
    let (begun, count) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let crew = Arc::new(crew(db));
    let hands: Vec<_> = (0..HANDS)
        .map(|_| {
            let (db, crew, count) = (db.clone(), Arc::clone(&crew), Arc::clone(&count));
            tokio::spawn(async move {
                while let Some(claimed) = claim(&db, &crew, way).await {
                    settle(&db, &crew, way, claimed).await;
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for hand in hands {
        hand.await.expect("no panic");
    }
    count.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

fn crew(db: &Db) -> Crew {
    Crew::new(db.clone(), &Claim::of(LANES, "w", Millis::HOUR)).with_ready(HANDS as u32)
}

async fn claim(db: &Db, crew: &Crew, way: Way) -> Option<Claimed> {
    let now = Millis(next());
    let decide = move |tx: &mut Tx| jobs::claim(tx, &Claim::of(LANES, "w", Millis::HOUR), now);
    let claimed = match way {
        Way::Crew => crew.next(now).await,
        Way::Alone => db.write_lightly(decide).await,
        Way::Whole => db.write(decide).await,
    };
    claimed.expect("a look")
}

async fn settle(db: &Db, crew: &Crew, way: Way, claimed: Claimed) {
    let now = Millis(next());
    if way == Way::Crew {
        crew.done(&claimed, now).await.expect("done");
        return;
    }
    let decide = move |tx: &mut Tx| {
        jobs::settle(tx, &claimed.id, claimed.fence, &Verdict::Done, now).map(drop)
    };
    let settled = match way {
        Way::Whole => db.write(decide).await,
        Way::Crew | Way::Alone => db.write_lightly(decide).await,
    };
    settled.expect("done");
}

/// Jobs that come one by one, from another pool as from another process.
async fn pick_up(db: &Db, other: &Db, way: Way) -> Vec<Duration> {
    let (sender, mut begun) = tokio::sync::mpsc::unbounded_channel();
    let crew = Arc::new(crew(db));
    let hands: Vec<_> = (0..HANDS)
        .map(|_| {
            let (db, crew, sender) = (db.clone(), Arc::clone(&crew), sender.clone());
            tokio::spawn(async move {
                loop {
                    let word = db.notified();
                    tokio::pin!(word);
                    word.as_mut().enable();
                    let Some(claimed) = claim(&db, &crew, way).await else {
                        drop(tokio::time::timeout(Duration::from_secs(1), word).await);
                        continue;
                    };
                    if sender.send(Instant::now()).is_err() {
                        return;
                    }
                    settle(&db, &crew, way, claimed).await;
                }
            })
        })
        .collect();
    let mut delays = Vec::new();
    // The first ones find connections that are still being made.
    for number in 0..PICKED_UP + 50 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let enqueued = Instant::now();
        put_one(other, way).await;
        let begun = begun.recv().await.expect("a hand");
        if 50 <= number {
            delays.push(begun.saturating_duration_since(enqueued));
        }
    }
    hands.iter().for_each(tokio::task::JoinHandle::abort);
    delays.sort_unstable();
    delays
}

fn peak() -> f64 {
    let all = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = all.lines().find(|it| it.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
