//! Workers: what they say of themselves, and what is said about them.

use domain::Millis;
use store::StoreError;
use store::workers::{self, NewWorker, WorkerState};

use crate::bed::{each, job, later};

fn put(
    tx: &mut store::Tx,
    name: &str,
    cans: &[&str],
    seconds: i64,
) -> Result<WorkerState, StoreError> {
    let cans: Vec<_> = cans.iter().map(|it| (*it).to_owned()).collect();
    let new = NewWorker { name, kind: "gpu", version: "1.2", device: "one card", cans: &cans };
    workers::put(tx, &new, later(seconds))
}

#[test]
fn a_worker_says_what_it_can_and_that_it_is_there() {
    each(|bed| {
        bed.write(|tx| {
            assert_eq!(workers::beat(tx, "box", None, later(0))?, None);
            assert_eq!(put(tx, "box", &["qwen@1", "flux@1", "qwen@1"], 0)?, WorkerState::Active);
            assert_eq!(workers::cans(tx, "box")?, ["flux@1", "qwen@1"]);
            let beat = workers::beat(tx, "box", Some(&job("a")), later(5))?;
            assert_eq!(beat, Some(WorkerState::Active));
            let all = workers::list(tx)?;
            let [it] = all.as_slice() else { panic!("one worker: {all:?}") };
            assert_eq!((it.name.as_str(), it.kind.as_str()), ("box", "gpu"));
            assert_eq!((it.version.as_str(), it.device.as_str()), ("1.2", "one card"));
            assert_eq!((it.job.clone(), it.reason.clone()), (Some(job("a")), None));
            assert_eq!((it.first_seen_at, it.last_seen_at), (later(0), later(5)));
            // What it can is what it said last.
            put(tx, "box", &["flux@2"], 6)?;
            assert_eq!(workers::cans(tx, "box")?, ["flux@2"]);
            assert_eq!(workers::list(tx)?[0].job, None);
            Ok(())
        });
    });
}

#[test]
fn somebody_can_if_they_are_active_and_were_seen() {
    each(|bed| {
        bed.write(|tx| {
            let minute = Millis::MINUTE;
            put(tx, "one", &["flux@1"], 0)?;
            put(tx, "two", &["qwen@1"], 0)?;
            assert!(workers::anybody_can(tx, "flux@1", minute, later(60))?);
            assert!(!workers::anybody_can(tx, "flux@1", minute, later(61))?, "not seen");
            assert!(!workers::anybody_can(tx, "sdxl@1", minute, later(0))?, "nobody can");
            workers::beat(tx, "one", None, later(50))?;
            assert!(workers::anybody_can(tx, "flux@1", minute, later(61))?);
            workers::drain(tx, "one", "an upgrade", later(61))?;
            assert!(!workers::anybody_can(tx, "flux@1", minute, later(61))?, "it drains");
            Ok(())
        });
    });
}

#[test]
fn who_drains_comes_back_by_a_start_and_who_is_quarantined_by_a_person() {
    each(|bed| {
        bed.write(|tx| {
            let state = |tx: &mut store::Tx| {
                let it = workers::list(tx)?.remove(0);
                Ok::<_, StoreError>((it.state, it.reason, it.since))
            };
            assert!(!workers::drain(tx, "box", "x", later(0))?, "there is no such worker");
            assert!(!workers::quarantine(tx, "box", "x", later(0))?);
            assert!(!workers::resume(tx, "box", later(0))?);
            put(tx, "box", &[], 0)?;
            assert!(!workers::resume(tx, "box", later(0))?, "it is active");
            assert!(workers::drain(tx, "box", "an upgrade", later(1))?);
            assert!(!workers::drain(tx, "box", "again", later(2))?);
            let reason = Some("an upgrade".to_owned());
            assert_eq!(state(tx)?, (WorkerState::Draining, reason, later(1)));
            assert_eq!(workers::beat(tx, "box", None, later(2))?, Some(WorkerState::Draining));
            assert_eq!(put(tx, "box", &[], 3)?, WorkerState::Active);
            assert_eq!(state(tx)?, (WorkerState::Active, None, later(3)));

            assert!(workers::quarantine(tx, "box", "black pictures", later(4))?);
            assert!(!workers::quarantine(tx, "box", "again", later(5))?);
            assert!(!workers::drain(tx, "box", "x", later(5))?, "it is out already");
            assert_eq!(put(tx, "box", &[], 6)?, WorkerState::Quarantined);
            let reason = Some("black pictures".to_owned());
            assert_eq!(state(tx)?, (WorkerState::Quarantined, reason, later(4)));
            assert_eq!(workers::prune(tx, later(100))?, 0, "somebody must look");
            assert!(workers::resume(tx, "box", later(7))?);
            assert_eq!(state(tx)?, (WorkerState::Active, None, later(7)));
            assert_eq!(workers::prune(tx, later(6))?, 0);
            assert_eq!(workers::prune(tx, later(100))?, 1);
            assert_eq!(workers::list(tx)?, []);
            Ok(())
        });
    });
}
