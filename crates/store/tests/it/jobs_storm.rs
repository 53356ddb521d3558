//! A storm over the queue: several processes on one database whose workers die in the middle.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use domain::{JobId, Millis, Task};
use store::jobs::{self, Claim, Claimed, NewJob, Settled, Verdict};
use store::{Backend, Db, StoreError};
use tokio::runtime::Builder;

use crate::bed::{Bed, each, job, later, trn};

const PROCESSES: usize = 3;
const JOBS_EACH: usize = 200;
const LEASE: i64 = 10;

/// Dice that fall the same each time for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// What all processes share: the clock, and how often each job was done.
#[derive(Default)]
struct Weather {
    seconds: AtomicI64,
    ends: Mutex<HashMap<JobId, u32>>,
    stale: AtomicI64,
}

impl Weather {
    fn now(&self) -> Millis {
        later(self.seconds.load(Ordering::SeqCst))
    }
}

#[test]
fn in_a_storm_each_job_ends_once_and_sleepers_change_nothing() {
    each(|bed| {
        for seed in [7, 1_905] {
            storm(bed, seed);
        }
    });
}

fn storm(bed: &Bed, seed: u64) {
    let weather = Weather::default();
    std::thread::scope(|scope| {
        for process in 0..PROCESSES {
            let weather = &weather;
            // On SQLite there is one process, with several threads.
            let db = match bed.db.backend() {
                Backend::Sqlite => bed.db.clone(),
                Backend::Postgres => Db::open(&bed.address).expect("it opens"),
            };
            scope.spawn(move || {
                let runtime = Builder::new_current_thread().build().expect("a runtime");
                runtime.block_on(async {
                    populate(&db, weather, seed, process).await;
                    work(&db, weather, seed, process).await;
                });
            });
        }
    });
    let ends = weather.ends.lock().expect("nobody panicked");
    assert_eq!(ends.len(), PROCESSES * JOBS_EACH, "none is lost, on {}", bed.name);
    let twice: Vec<_> = ends.iter().filter(|it| *it.1 != 1).collect();
    assert!(twice.is_empty(), "on {}: {twice:?}", bed.name);
    let open = bed.read(|tx| Ok((jobs::counts(tx)?, jobs::dead(tx, 1)?)));
    assert_eq!(open, (vec![], vec![]), "on {}", bed.name);
    assert!(0 < weather.stale.load(Ordering::SeqCst), "nobody slept, on {}", bed.name);
}

async fn populate(db: &Db, weather: &Weather, seed: u64, process: usize) {
    for number in 0..JOBS_EACH {
        let now = weather.now();
        let enqueued = db.write(move |tx| {
            let task = Task::Train { training: trn("x") };
            let new = NewJob {
                group_key: (number % 5 != 0).then(|| format!("g{}", number % 5)),
                needs: (number % 3 == 0).then(|| "flux@1".to_owned()),
                attempts_max: 1_000,
                ..NewJob::of(&task)
            };
            jobs::enqueue(tx, &new, &job(&format!("s{seed}p{process}j{number}")), now)
        });
        enqueued.await.map(drop).unwrap_or_else(|error: StoreError| panic!("{error}"));
    }
}

/// Claims and settles until nothing is left anywhere. Some jobs are dropped as by a death, some
/// are slept over: they are settled when their lease has long ended.
async fn work(db: &Db, weather: &Weather, seed: u64, process: usize) {
    let mut dice = Dice(seed + 31 * process as u64);
    let mut asleep: Vec<Claimed> = Vec::new();
    loop {
        let claimed = claim(db, weather, 1 + dice.below(4) as u32, process).await;
        if claimed.is_empty() {
            for sleeper in asleep.drain(..) {
                settle(db, weather, sleeper, Verdict::Done).await;
            }
            if is_over(db).await {
                return;
            }
            // Nothing is left but leases and delays: let them end.
            weather.seconds.fetch_add(1, Ordering::SeqCst);
        }
        for claimed in claimed {
            match dice.below(8) {
                // Its worker dies.
                0 => {}
                1 => asleep.push(claimed),
                2 => {
                    let verdict =
                        Verdict::Retry { error: "it broke".to_owned(), delay: Millis::seconds(2) };
                    settle(db, weather, claimed, verdict).await;
                }
                3 => {
                    let at_most = Millis::seconds(3);
                    settle(db, weather, claimed, Verdict::Wait { wake_key: None, at_most }).await;
                }
                _ => settle(db, weather, claimed, Verdict::Done).await,
            }
        }
        if dice.below(4) == 0 {
            weather.seconds.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn claim(db: &Db, weather: &Weather, most: u32, process: usize) -> Vec<Claimed> {
    let now = weather.now();
    let claimed = db.write(move |tx| {
        let (worker, can) = (format!("w{process}"), ["flux@1".to_owned()]);
        let claim = Claim { can: &can, ..Claim::of(&["fast"], &worker, Millis::seconds(LEASE)) };
        jobs::claim_many(tx, &claim, most, now)
    });
    claimed.await.unwrap_or_else(|error: StoreError| panic!("{error}"))
}

async fn settle(db: &Db, weather: &Weather, claimed: Claimed, verdict: Verdict) {
    let (now, id, is_done) = (weather.now(), claimed.id.clone(), verdict == Verdict::Done);
    let settled = db.write(move |tx| jobs::settle(tx, &claimed.id, claimed.fence, &verdict, now));
    match settled.await.unwrap_or_else(|error: StoreError| panic!("{error}")) {
        Settled::Stale => drop(weather.stale.fetch_add(1, Ordering::SeqCst)),
        Settled::Done if is_done => {
            *weather.ends.lock().expect("nobody panicked").entry(id).or_default() += 1;
        }
        Settled::Waiting { .. } | Settled::Retrying { .. } => {}
        other => panic!("{id}: {other:?}"),
    }
}

async fn is_over(db: &Db) -> bool {
    let counts = db.read(jobs::counts).await;
    counts.unwrap_or_else(|error: StoreError| panic!("{error}")).is_empty()
}
