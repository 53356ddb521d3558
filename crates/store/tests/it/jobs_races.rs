//! The queue under many hands at once, and with many jobs in it.

use domain::{Millis, Task};
use store::jobs::{self, Claim, Enqueued, NewJob};
use store::{StoreError, attention};

use crate::bed::{NOW, dawdle, each, job, later, trn};

#[test]
fn f50_of_many_processes_one_has_the_period() {
    each(|bed| {
        let outcomes = bed.race(40, |tx, number| {
            jobs::cron(tx, "bonus", Millis::MINUTE, later(i64::from(number % 2) * 60))
        });
        let had = outcomes.iter().filter(|it| **it == Ok(true)).count();
        // Both periods are asked for in any order: the later one may have been first.
        assert!((1..=2).contains(&had), "on {}: {had}", bed.name);
        let again = bed.race(20, |tx, _| jobs::cron(tx, "bonus", Millis::MINUTE, later(60)));
        assert!(again.iter().all(|it| *it == Ok(false)), "on {}", bed.name);
    });
}

#[test]
fn every_job_is_claimed_once_by_many_workers_at_once() {
    each(|bed| {
        bed.write(|tx| {
            for number in 0..60 {
                let task = Task::Train { training: trn("x") };
                let new =
                    NewJob { group_key: Some(format!("g{}", number % 7)), ..NewJob::of(&task) };
                jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)?;
            }
            Ok(())
        });
        let outcomes = bed.race(90, |tx, number| {
            let claimed =
                jobs::claim(tx, &Claim::of(&["fast"], &number.to_string(), Millis::MINUTE), NOW)?;
            Ok::<_, StoreError>(claimed.map(|it| (it.id, it.fence)))
        });
        let mut claimed: Vec<_> =
            outcomes.into_iter().filter_map(|it| it.expect("it stands")).collect();
        claimed.sort();
        let count = claimed.len();
        claimed.dedup_by_key(|it| it.0.clone());
        assert_eq!((claimed.len(), count), (60, 60), "on {}", bed.name);
        assert!(claimed.iter().all(|it| it.1 == 1), "on {}", bed.name);
    });
}

#[test]
fn one_of_many_racing_enqueues_with_a_key_is_new() {
    each(|bed| {
        let outcomes = bed.race(30, |tx, number| {
            let task = Task::Train { training: trn("x") };
            let new = NewJob { unique_key: Some("k".to_owned()), ..NewJob::of(&task) };
            jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)
        });
        let new = outcomes.iter().filter(|it| **it == Ok(Enqueued::New)).count();
        assert_eq!(new, 1, "on {}: {outcomes:?}", bed.name);
        assert!(outcomes.iter().all(Result::is_ok), "on {}: {outcomes:?}", bed.name);
    });
}

/// The plans must not look at jobs that are done or not due, however many there are, nor sort.
#[test]
fn claims_and_enqueues_walk_along_indexes() {
    const NEXT: &str = "EXPLAIN QUERY PLAN SELECT next.id FROM jobs AS next
        WHERE next.lane = 'fast' AND next.needs = '' AND next.is_due = 1 AND next.run_at <= 1
        ORDER BY next.priority DESC, next.turn, next.run_at, next.id LIMIT 1";
    const LATER: &str = "EXPLAIN QUERY PLAN SELECT next.id FROM jobs AS next
        WHERE next.lane = 'fast' AND next.is_due = 0 AND next.ended_at IS NULL
          AND next.run_at <= 1 ORDER BY next.run_at LIMIT 256";
    const LANE: &str = "EXPLAIN QUERY PLAN SELECT taken_turn FROM jobs
        WHERE lane = 'fast' AND priority = 0 AND taken_turn IS NOT NULL
        ORDER BY taken_turn DESC LIMIT 1";
    const GROUP: &str = "EXPLAIN QUERY PLAN SELECT turn FROM jobs
        WHERE lane = 'fast' AND priority = 0 AND COALESCE(group_key, '') = 'g'
        ORDER BY turn DESC LIMIT 1";
    let bed = crate::bed::sqlite();
    for (statement, index) in [
        (NEXT, "INDEX jobs_due (lane=? AND needs=?)"),
        (LATER, "INDEX jobs_later (lane=? AND run_at<?)"),
        (LANE, "INDEX jobs_taken (lane=? AND priority=?"),
        (GROUP, "INDEX jobs_of_group (<expr>=? AND lane=? AND priority=?)"),
    ] {
        let plan = bed.read(move |tx| {
            let rows = tx.query(statement, &[])?;
            rows.iter().map(|it| it.text("detail")).collect::<Result<String, _>>()
        });
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{statement}\n{plan}");
    }
}

#[test]
fn what_is_for_later_is_claimed_when_it_is_due() {
    each(|bed| {
        bed.write(|tx| {
            for number in 0..2_000 {
                let task = Task::Train { training: trn("x") };
                let new = NewJob { run_at: Some(later(1_000 + number)), ..NewJob::of(&task) };
                jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)?;
            }
            Ok(())
        });
        let claim = |at: i64| {
            bed.write(move |tx| {
                let claim = Claim::of(&["fast"], "w", Millis::HOUR);
                jobs::claim_many(tx, &claim, 3_000, later(at)).map(|it| it.len())
            })
        };
        assert_eq!(claim(999), 0, "on {}", bed.name);
        assert_eq!(claim(1_001), 2, "on {}", bed.name);
        assert_eq!(claim(1_002), 1, "on {}", bed.name);
    });
}

/// Two at once must not each see a place for one more.
#[test]
fn a_limit_holds_under_many_claims_at_once() {
    each(|bed| {
        bed.write(|tx| {
            for number in 0..40 {
                let task = Task::Train { training: trn("x") };
                let group_key = Some(format!("g{}", number % 2));
                let new = NewJob { group_key, ..NewJob::of(&task) };
                jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)?;
            }
            Ok(())
        });
        let outcomes = bed.race(24, |tx, number| {
            let worker = number.to_string();
            let claim =
                Claim { running_max: Some(3), ..Claim::of(&["fast"], &worker, Millis::HOUR) };
            let claimed = jobs::claim(tx, &claim, NOW)?;
            dawdle(tx)?;
            Ok::<_, StoreError>(claimed.and_then(|it| it.group_key))
        });
        let mut groups: Vec<_> = outcomes.into_iter().filter_map(|it| it.expect("it")).collect();
        groups.sort();
        assert_eq!(groups, ["g0", "g0", "g0", "g1", "g1", "g1"], "on {}", bed.name);
    });
}

/// F89: of a version to come, it is left for whoever can read it, as during an upgrade. If nobody
/// comes, it is for a person to look at. It is never a reason to stand still.
#[test]
fn f89_a_task_that_nobody_can_read_is_set_aside() {
    each(|bed| {
        bed.write(|tx| {
            let task = Task::Train { training: trn("x") };
            for name in ["a", "b", "c"] {
                jobs::enqueue(tx, &NewJob::of(&task), &job(name), NOW)?;
            }
            let strange = "{\"task\":\"paint_the_house\"}";
            tx.execute("UPDATE jobs SET task = $1 WHERE id <> $2", &[&strange, &job("b")])?;
            Ok(())
        });
        let claim = |minutes: i64| {
            let at = later(60 * minutes);
            bed.write(move |tx| jobs::claim(tx, &Claim::of(&["fast"], "w", Millis::HOUR), at))
        };
        assert_eq!(claim(0).map(|it| it.id), Some(job("b")), "on {}", bed.name);
        assert_eq!(claim(0), None, "on {}", bed.name);
        assert_eq!(bed.read(|tx| jobs::dead(tx, 9)), [], "not at once, on {}", bed.name);
        for minute in 1..i64::from(jobs::ATTEMPTS_MAX) {
            assert_eq!(claim(minute), None, "on {}", bed.name);
        }
        let (dead, open) = bed.write(|tx| Ok((jobs::dead(tx, 9)?, attention::open(tx, 9)?)));
        let mut dead: Vec<_> = dead.into_iter().map(|it| (it.id, it.task)).collect();
        dead.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(dead, [(job("a"), None), (job("c"), None)], "on {}", bed.name);
        let open: Vec<_> = open.into_iter().map(|it| (it.kind, it.subject)).collect();
        let item = |name| ("job-unreadable".to_owned(), job(name).to_string());
        assert_eq!(open, [item("a"), item("c")], "on {}", bed.name);
    });
}
