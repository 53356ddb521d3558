//! The queue under many hands at once, and with many jobs in it.

use domain::{Millis, Task};
use store::jobs::{self, Enqueued, NewJob};
use store::{StoreError, attention};

use crate::bed::{NOW, each, job, later, trn};

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
            let claimed = jobs::claim(tx, &["fast"], &number.to_string(), Millis::MINUTE, NOW)?;
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

/// The plan must not look at jobs that are done or not due, however many there are.
#[test]
fn claims_stay_quick_with_many_jobs_behind_them() {
    each(|bed| {
        let plan = bed.write(|tx| {
            for number in 0..2_000 {
                let task = Task::Train { training: trn("x") };
                let new = NewJob { run_at: Some(later(1_000 + number)), ..NewJob::of(&task) };
                jobs::enqueue(tx, &new, &job(&format!("j{number}")), NOW)?;
            }
            if tx.backend() == store::Backend::Postgres {
                tx.execute("ANALYZE jobs", &[])?;
                return Ok(String::new());
            }
            let rows = tx.query(
                "EXPLAIN QUERY PLAN SELECT due.id FROM jobs AS due
                 WHERE due.lane = 'fast' AND due.ended_at IS NULL AND due.run_at <= 1
                 ORDER BY due.priority DESC, due.run_at, due.id LIMIT 32",
                &[],
            )?;
            rows.iter().map(|it| it.text("detail")).collect::<Result<String, _>>()
        });
        if !plan.is_empty() {
            assert!(plan.contains("jobs_due") && !plan.contains("TEMP B-TREE"), "{plan}");
        }
        let claimed = bed.write(|tx| jobs::claim(tx, &["fast"], "w", Millis::MINUTE, later(1_001)));
        assert_eq!(claimed.map(|it| it.id), Some(job("j0")), "on {}", bed.name);
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
            bed.write(move |tx| jobs::claim(tx, &["fast"], "w", Millis::HOUR, at))
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
