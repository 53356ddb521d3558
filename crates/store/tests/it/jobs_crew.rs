//! The hands of one process, and decisions whose statements each stand alone.

use std::sync::Arc;

use domain::{Millis, Task};
use store::jobs::{self, Claim, Crew, Enqueued, NewJob, SETTLED_AT_ONCE, Settled};
use store::{Backend, StoreError, Tx};

use crate::bed::{Bed, NOW, each, job, later, trn};

fn enqueue(tx: &mut Tx, name: &str) -> Result<Enqueued, StoreError> {
    let task = Task::Train { training: trn("x") };
    jobs::enqueue(tx, &NewJob::of(&task), &job(name), NOW)
}

fn populate(bed: &Bed, count: usize) {
    bed.write(move |tx| (0..count).try_for_each(|it| enqueue(tx, &format!("j{it}")).map(drop)));
}

#[test]
fn many_hands_claim_and_end_each_job_once() {
    each(|bed| {
        populate(bed, 100);
        let claim = Claim::of(&["fast"], "w", Millis::MINUTE);
        let crew = Arc::new(Crew::new(bed.db.clone(), &claim).with_ready(3));
        let hand = |crew: Arc<Crew>| async move {
            let mut ids = Vec::new();
            while let Some(claimed) = crew.next(NOW).await.expect("a look") {
                assert_eq!(crew.done(&claimed, later(1)).await, Ok(Settled::Done));
                assert_eq!(crew.done(&claimed, later(1)).await, Ok(Settled::Stale));
                ids.push(claimed.id);
            }
            ids
        };
        let mut done = bed.runtime.block_on(async {
            let hands: Vec<_> = (0..40).map(|_| tokio::spawn(hand(Arc::clone(&crew)))).collect();
            let mut done = Vec::new();
            for hand in hands {
                done.extend(hand.await.expect("no panic"));
            }
            done
        });
        done.sort();
        done.dedup();
        assert_eq!(done.len(), 100, "on {}", bed.name);
        assert_eq!(bed.read(jobs::counts), [], "on {}", bed.name);
    });
}

#[test]
fn a_crew_claims_no_more_than_its_hands_wait_for() {
    each(|bed| {
        populate(bed, 9);
        let crew = Crew::new(bed.db.clone(), &Claim::of(&["fast"], "w", Millis::MINUTE));
        let running = || bed.read(jobs::counts).iter().find(|it| it.state == "running").cloned();
        bed.runtime.block_on(crew.next(NOW)).expect("a look").expect("a job");
        assert_eq!(running().map(|it| it.count), Some(1), "on {}", bed.name);
        let crew = crew.with_ready(2);
        bed.runtime.block_on(crew.next(NOW)).expect("a look").expect("a job");
        assert_eq!(running().map(|it| it.count), Some(4), "on {}", bed.name);
    });
}

#[test]
fn of_many_that_end_together_the_stale_ones_are_told_apart() {
    each(|bed| {
        populate(bed, SETTLED_AT_ONCE);
        let settled = bed.write(|tx| {
            let claim = Claim::of(&["fast"], "w", Millis::MINUTE);
            let claimed = jobs::claim_many(tx, &claim, 100, NOW)?;
            let runs: Vec<_> = claimed
                .into_iter()
                .enumerate()
                .map(|(at, it)| (it.id, it.fence + i64::from(at % 3 == 0)))
                .collect();
            jobs::settle_done(tx, &runs, NOW)
        });
        let expected: Vec<_> = (0..SETTLED_AT_ONCE)
            .map(|at| if at % 3 == 0 { Settled::Stale } else { Settled::Done })
            .collect();
        assert_eq!(settled, expected, "on {}", bed.name);
    });
}

#[test]
fn a_single_statement_is_kept_and_heard_of() {
    each(|bed| {
        bed.runtime.block_on(async {
            let word = bed.db.notified();
            let new = bed.db.write_singly(|tx| enqueue(tx, "a")).await;
            assert_eq!(new, Ok(Enqueued::New));
            word.await;
            let again = bed.db.write_lightly(|tx| enqueue(tx, "a")).await;
            assert_eq!(again, Ok(Enqueued::Existing(job("a"))));
        });
        // A decision after it waits for the disk again, and is whole again.
        let waits = bed.write(|tx| {
            if tx.backend() == Backend::Sqlite {
                return Ok(String::new());
            }
            tx.one("SELECT current_setting('synchronous_commit')", &[])?.text(0)
        });
        let light = bed.runtime.block_on(bed.db.write_lightly(|tx| {
            if tx.backend() == Backend::Sqlite {
                return Ok::<_, StoreError>("off".to_owned());
            }
            tx.one("SELECT current_setting('synchronous_commit')", &[])?.text(0)
        }));
        assert_eq!(light, Ok("off".to_owned()), "on {}", bed.name);
        // The server of the tests doesn't wait by itself; what counts is that it decides.
        assert!(["", "off"].contains(&waits.as_str()), "on {}: {waits}", bed.name);
    });
}

/// Its claims must go one after the other also where no transaction is around them.
#[test]
fn a_limit_holds_where_statements_stand_alone() {
    each(|bed| {
        // Many that run already, so that counting them takes its time.
        bed.write(|tx| {
            for number in 0..1_020 {
                let task = Task::Train { training: trn("x") };
                let new = NewJob { group_key: Some("g".to_owned()), ..NewJob::of(&task) };
                jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)?;
            }
            jobs::claim_many(tx, &Claim::of(&["fast"], "w", Millis::HOUR), 1_000, NOW)
        });
        let count = bed.runtime.block_on(async {
            let claims: Vec<_> = (0..16)
                .map(|_| {
                    let db = bed.db.clone();
                    tokio::spawn(async move {
                        db.write_lightly(|tx| {
                            let claim = Claim {
                                running_max: Some(1_002),
                                ..Claim::of(&["fast"], "w", Millis::HOUR)
                            };
                            jobs::claim(tx, &claim, NOW)
                        })
                        .await
                    })
                })
                .collect();
            let mut count = 0;
            for claim in claims {
                count += usize::from(claim.await.expect("no panic").expect("a look").is_some());
            }
            count
        });
        assert_eq!(count, 2, "on {}", bed.name);
    });
}
