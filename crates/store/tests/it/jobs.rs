//! Plays of the queue: one line is one decision, and what came of it.

use domain::{Millis, Task};
use store::jobs::{self, Claim, Enqueued, NewJob, Settled, Verdict};
use store::{StoreError, Tx};

use crate::bed::{NOW, each, job, later, pho, trn};

/// Plays the same lines on each database and compares what is said.
pub fn check(play: &str, expected: &str) {
    each(|bed| {
        let said: Vec<_> = lines(play)
            .map(|line| {
                let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
                let said = bed.write(move |tx| {
                    let words: Vec<_> = words.iter().map(String::as_str).collect();
                    match words.as_slice() {
                        ["at", seconds, rest @ ..] => act(tx, rest, later(number(seconds))),
                        rest => act(tx, rest, NOW),
                    }
                });
                format!("{line}: {said}")
            })
            .collect();
        let expected: Vec<_> = lines(expected).collect();
        assert_eq!(said, expected, "on {}", bed.name);
    });
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty())
}

fn number(text: &str) -> i64 {
    text.parse().expect("a number")
}

fn act(tx: &mut Tx, words: &[&str], now: Millis) -> Result<String, StoreError> {
    Ok(match words {
        ["enqueue", id, options @ ..] => enqueue(tx, id, options, now)?,
        ["claim", worker, lanes @ ..] => {
            let (can, running_max, lanes) = wishes(lanes);
            let lanes = if lanes.is_empty() { vec!["fast"] } else { lanes };
            let lease = Millis::seconds(60);
            let claim = Claim { can: &can, running_max, ..Claim::of(&lanes, worker, lease) };
            match jobs::claim(tx, &claim, now)? {
                None => "nothing".to_owned(),
                Some(it) => {
                    let name = &it.id.as_str()[4..];
                    let worn = if it.is_exhausted { ", exhausted" } else { "" };
                    let late = now.since(it.due_at).as_i64() / 1_000;
                    format!(
                        "{name} #{} after {} failures, {late} s late{worn}",
                        it.fence, it.attempts
                    )
                }
            }
        }
        // `a1`, `a2` and so on.
        ["many", count, name, options @ ..] => {
            for number in 1..=number(count) {
                enqueue(tx, &format!("{name}{number}"), options, now)?;
            }
            "new".to_owned()
        }
        // Many at once, by name alone.
        ["take", count, worker, wishes @ ..] => {
            let (can, running_max, _) = self::wishes(wishes);
            let lease = Millis::seconds(60);
            let claim = Claim { can: &can, running_max, ..Claim::of(&["fast"], worker, lease) };
            let most = u32::try_from(number(count)).expect("few");
            let taken = jobs::claim_many(tx, &claim, most, now)?;
            match taken.is_empty() {
                true => "nothing".to_owned(),
                false => taken.iter().map(|it| &it.id.as_str()[4..]).collect::<Vec<_>>().join(" "),
            }
        }
        ["ahead", id] => match jobs::ahead(tx, &job(id))? {
            Some(count) => count.to_string(),
            None => "not in line".to_owned(),
        },
        ["renew", id, fence] => {
            let is_ours = jobs::renew(tx, &job(id), number(fence), Millis::seconds(60), now)?;
            if is_ours { "ours" } else { "lost" }.to_owned()
        }
        ["done", id, fence] => settle(tx, id, fence, Verdict::Done, now)?,
        ["wait", id, fence, key, seconds] => {
            let wake_key = (*key != "-").then(|| (*key).to_owned());
            let at_most = Millis::seconds(number(seconds));
            settle(tx, id, fence, Verdict::Wait { wake_key, at_most }, now)?
        }
        ["retry", id, fence, seconds] => {
            let delay = Millis::seconds(number(seconds));
            settle(tx, id, fence, Verdict::Retry { error: "it broke".to_owned(), delay }, now)?
        }
        ["dead", id, fence] => {
            settle(tx, id, fence, Verdict::Dead { error: "it can't be".to_owned() }, now)?
        }
        ["wake", key] => format!("{} woken", jobs::wake(tx, key, now)?),
        ["cancel", id] => jobs::cancel(tx, &job(id), now)?.to_string(),
        ["requeue", id] => jobs::requeue(tx, &job(id), now)?.to_string(),
        ["hand", "back", worker] => format!("{} handed", jobs::hand_back(tx, worker, now)?),
        ["open", key] => jobs::is_open(tx, key)?.to_string(),
        ["bury"] => {
            let dead = jobs::dead(tx, 10)?;
            let dead = dead.iter().map(|it| {
                let error = it.last_error.as_deref().unwrap_or("-");
                format!("{} after {} ({error})", &it.id.as_str()[4..], it.attempts)
            });
            dead.collect::<Vec<_>>().join(" | ")
        }
        ["counts"] => {
            let counts = jobs::counts(tx)?;
            let counts = counts
                .iter()
                .map(|it| format!("{}/{} {} {}", it.lane, it.kind, it.count, it.state));
            counts.collect::<Vec<_>>().join(" | ")
        }
        ["next"] => match jobs::next_due(tx, &["fast", "media"])? {
            Some(at) => format!("at {}", at.since(NOW).as_i64() / 1_000),
            None => "never".to_owned(),
        },
        ["prune", seconds] => {
            format!("{} pruned", jobs::prune(tx, later(number(seconds)), 100)?)
        }
        ["cron", name, seconds] => {
            jobs::cron(tx, name, Millis::seconds(number(seconds)), now)?.to_string()
        }
        _ => panic!("no such line: {words:?}"),
    })
}

/// What a claim says beside its lanes: `can=a,b` and `max=1`.
fn wishes<'a>(words: &[&'a str]) -> (Vec<String>, Option<u32>, Vec<&'a str>) {
    let (mut can, mut running_max, mut lanes) = (Vec::new(), None, Vec::new());
    for word in words {
        match word.split_once('=') {
            Some(("can", list)) => can = list.split(',').map(str::to_owned).collect(),
            Some(("max", count)) => running_max = u32::try_from(number(count)).ok(),
            _ => lanes.push(*word),
        }
    }
    (can, running_max, lanes)
}

fn enqueue(tx: &mut Tx, id: &str, options: &[&str], now: Millis) -> Result<String, StoreError> {
    let is_media = options.contains(&"media");
    let task = match is_media {
        true => Task::InspectPhoto { photo: pho("x") },
        false => Task::Train { training: trn("x") },
    };
    let mut new = NewJob::of(&task);
    for option in options {
        match option.split_once('=') {
            Some(("unique", key)) => new.unique_key = Some(key.to_owned()),
            Some(("group", key)) => new.group_key = Some(key.to_owned()),
            Some(("weight", it)) => new.weight = u32::try_from(number(it)).expect("few"),
            Some(("needs", word)) => new.needs = Some(word.to_owned()),
            Some(("wake", key)) => new.wake_key = Some(key.to_owned()),
            Some(("priority", it)) => new.priority = number(it),
            Some(("tries", it)) => new.attempts_max = u32::try_from(number(it)).expect("few"),
            Some(("from", it)) => new.run_at = Some(later(number(it))),
            _ => assert_eq!(*option, "media", "an option"),
        }
    }
    Ok(match jobs::enqueue(tx, &new, &job(id), now)? {
        Enqueued::New => "new".to_owned(),
        Enqueued::Existing(other) => format!("{} is there", &other.as_str()[4..]),
    })
}

fn settle(
    tx: &mut Tx,
    id: &str,
    fence: &str,
    verdict: Verdict,
    now: Millis,
) -> Result<String, StoreError> {
    Ok(match jobs::settle(tx, &job(id), number(fence), &verdict, now)? {
        Settled::Waiting { until } => format!("waits {}", until.since(now).as_i64() / 1_000),
        Settled::Retrying { at } => format!("again in {}", at.since(now).as_i64() / 1_000),
        other => format!("{other:?}").to_lowercase(),
    })
}

#[test]
fn who_is_due_first_goes_first_within_a_priority_and_a_lane() {
    check(
        "at 1 enqueue a
         at 2 enqueue b
         at 3 enqueue c priority=1
         at 4 enqueue d from=10
         at 5 enqueue e media
         at 6 claim w
         at 6 claim w
         at 6 claim w
         at 6 claim w
         at 9 next
         at 9 claim w fast media
         at 9 claim w fast media
         at 10 claim w media fast",
        "at 1 enqueue a: new
         at 2 enqueue b: new
         at 3 enqueue c priority=1: new
         at 4 enqueue d from=10: new
         at 5 enqueue e media: new
         at 6 claim w: c #1 after 0 failures, 3 s late
         at 6 claim w: a #1 after 0 failures, 5 s late
         at 6 claim w: b #1 after 0 failures, 4 s late
         at 6 claim w: nothing
         at 9 next: at 5
         at 9 claim w fast media: e #1 after 0 failures, 4 s late
         at 9 claim w fast media: nothing
         at 10 claim w media fast: d #1 after 0 failures, 0 s late",
    );
}

#[test]
fn of_unfinished_jobs_one_has_a_key() {
    check(
        "enqueue a unique=k
         enqueue b unique=k
         enqueue a
         claim w
         enqueue c unique=k
         done a 1
         enqueue d unique=k
         cancel d
         enqueue e unique=k
         claim w
         dead e 1
         enqueue f unique=k
         requeue e
         cancel f
         requeue e
         requeue e
         claim w",
        "enqueue a unique=k: new
         enqueue b unique=k: a is there
         enqueue a: a is there
         claim w: a #1 after 0 failures, 0 s late
         enqueue c unique=k: a is there
         done a 1: done
         enqueue d unique=k: new
         cancel d: true
         enqueue e unique=k: new
         claim w: e #1 after 0 failures, 0 s late
         dead e 1: dead
         enqueue f unique=k: new
         requeue e: false
         cancel f: true
         requeue e: true
         requeue e: false
         claim w: e #2 after 0 failures, 0 s late",
    );
}

#[test]
fn f49_a_worker_that_slept_through_its_lease_changes_nothing() {
    check(
        "enqueue a
         claim slow
         at 50 renew a 1
         at 109 claim other
         at 110 claim other
         at 111 renew a 1
         at 111 done a 1
         at 111 wait a 1 k 5
         at 111 retry a 1 5
         at 111 dead a 1
         at 112 renew a 2
         at 120 done a 2
         at 121 done a 2
         at 121 claim other",
        "enqueue a: new
         claim slow: a #1 after 0 failures, 0 s late
         at 50 renew a 1: ours
         at 109 claim other: nothing
         at 110 claim other: a #2 after 1 failures, 0 s late
         at 111 renew a 1: lost
         at 111 done a 1: stale
         at 111 wait a 1 k 5: stale
         at 111 retry a 1 5: stale
         at 111 dead a 1: stale
         at 112 renew a 2: ours
         at 120 done a 2: done
         at 121 done a 2: stale
         at 121 claim other: nothing",
    );
}

#[test]
fn f49_heartbeats_keep_a_long_job() {
    check(
        "enqueue a
         claim w
         at 59 renew a 1
         at 100 renew a 1
         at 150 claim other
         at 155 renew a 1
         at 210 done a 1",
        "enqueue a: new
         claim w: a #1 after 0 failures, 0 s late
         at 59 renew a 1: ours
         at 100 renew a 1: ours
         at 150 claim other: nothing
         at 155 renew a 1: ours
         at 210 done a 1: done",
    );
}

#[test]
fn f48_a_job_that_fails_or_is_left_lying_too_often_is_dead_and_keeps_its_count() {
    check(
        "enqueue a tries=3
         claim w
         retry a 1 10
         at 9 claim w
         at 10 claim w
         at 80 claim w
         at 81 retry a 3 10
         at 99 claim w
         bury
         counts
         at 100 requeue a
         at 100 claim w",
        "enqueue a tries=3: new
         claim w: a #1 after 0 failures, 0 s late
         retry a 1 10: again in 10
         at 9 claim w: nothing
         at 10 claim w: a #2 after 1 failures, 0 s late
         at 80 claim w: a #3 after 2 failures, 10 s late
         at 81 retry a 3 10: dead
         at 99 claim w: nothing
         bury: a after 3 (it broke)
         counts: fast/train 1 dead
         at 100 requeue a: true
         at 100 claim w: a #4 after 0 failures, 0 s late",
    );
}

#[test]
fn f37_a_job_that_kills_its_worker_each_time_is_handed_out_to_be_buried() {
    check(
        "enqueue a tries=2
         claim w
         at 60 claim w
         at 120 claim w
         at 121 dead a 3
         bury",
        "enqueue a tries=2: new
         claim w: a #1 after 0 failures, 0 s late
         at 60 claim w: a #2 after 1 failures, 0 s late
         at 120 claim w: a #3 after 2 failures, 0 s late, exhausted
         at 121 dead a 3: dead
         bury: a after 2 (it can't be)",
    );
}

#[test]
fn waiting_is_no_failure_and_no_wake_up_of_a_running_job_is_lost() {
    check(
        "enqueue a tries=2
         claim w
         wait a 1 run-1 30
         at 5 claim w
         at 6 wake run-1
         at 6 wake run-2
         at 6 claim w
         at 7 wake run-1
         at 7 claim other
         at 8 wait a 2 run-1 30
         at 8 claim w
         at 9 wait a 3 run-1 30
         at 38 claim w
         at 39 claim w
         at 40 wait a 4 - 30
         at 41 wake run-1
         at 70 claim w
         at 71 done a 5",
        "enqueue a tries=2: new
         claim w: a #1 after 0 failures, 0 s late
         wait a 1 run-1 30: waits 30
         at 5 claim w: nothing
         at 6 wake run-1: 1 woken
         at 6 wake run-2: 0 woken
         at 6 claim w: a #2 after 0 failures, 0 s late
         at 7 wake run-1: 1 woken
         at 7 claim other: nothing
         at 8 wait a 2 run-1 30: waits 0
         at 8 claim w: a #3 after 0 failures, 0 s late
         at 9 wait a 3 run-1 30: waits 30
         at 38 claim w: nothing
         at 39 claim w: a #4 after 0 failures, 0 s late
         at 40 wait a 4 - 30: waits 30
         at 41 wake run-1: 0 woken
         at 70 claim w: a #5 after 0 failures, 0 s late
         at 71 done a 5: done",
    );
}

#[test]
fn a_wake_up_before_the_first_wait_counts_where_the_key_is_known() {
    check(
        "enqueue a wake=trn_x
         claim w
         at 1 wake trn_x
         at 2 wait a 1 trn_x 30
         at 2 claim w
         at 3 retry a 2 100
         at 4 wake trn_x
         at 4 claim w",
        "enqueue a wake=trn_x: new
         claim w: a #1 after 0 failures, 0 s late
         at 1 wake trn_x: 1 woken
         at 2 wait a 1 trn_x 30: waits 0
         at 2 claim w: a #2 after 0 failures, 0 s late
         at 3 retry a 2 100: again in 100
         at 4 wake trn_x: 1 woken
         at 4 claim w: a #3 after 1 failures, 0 s late",
    );
}

#[test]
fn f35_a_cancelled_job_is_gone_and_its_worker_hears_so() {
    check(
        "enqueue a
         enqueue b
         claim w
         cancel a
         cancel a
         at 1 done a 1
         at 1 cancel b
         at 99 claim w",
        "enqueue a: new
         enqueue b: new
         claim w: a #1 after 0 failures, 0 s late
         cancel a: true
         cancel a: false
         at 1 done a 1: stale
         at 1 cancel b: true
         at 99 claim w: nothing",
    );
}

#[test]
fn only_what_is_dead_is_requeued() {
    check(
        "enqueue a
         requeue a
         claim w
         requeue a
         done a 1
         requeue a
         enqueue b
         claim w
         dead b 1
         requeue b
         claim w",
        "enqueue a: new
         requeue a: false
         claim w: a #1 after 0 failures, 0 s late
         requeue a: false
         done a 1: done
         requeue a: false
         enqueue b: new
         claim w: b #1 after 0 failures, 0 s late
         dead b 1: dead
         requeue b: true
         claim w: b #2 after 0 failures, 0 s late",
    );
}

#[test]
fn f88_a_process_that_ends_hands_its_jobs_back() {
    check(
        "enqueue a unique=k
         enqueue b
         enqueue c
         claim leaving
         claim leaving
         claim staying
         at 1 hand back leaving
         at 1 hand back leaving
         at 1 open k
         at 2 done a 1
         at 2 renew b 1
         at 2 claim staying
         at 2 claim staying
         at 2 claim staying
         at 3 done a 2
         at 3 open k
         at 3 done c 1",
        "enqueue a unique=k: new
         enqueue b: new
         enqueue c: new
         claim leaving: a #1 after 0 failures, 0 s late
         claim leaving: b #1 after 0 failures, 0 s late
         claim staying: c #1 after 0 failures, 0 s late
         at 1 hand back leaving: 2 handed
         at 1 hand back leaving: 0 handed
         at 1 open k: true
         at 2 done a 1: stale
         at 2 renew b 1: lost
         at 2 claim staying: a #3 after 0 failures, 1 s late
         at 2 claim staying: b #3 after 0 failures, 1 s late
         at 2 claim staying: nothing
         at 3 done a 2: stale
         at 3 open k: true
         at 3 done c 1: done",
    );
}

#[test]
fn what_is_done_is_pruned_and_what_is_dead_stays() {
    check(
        "enqueue a
         enqueue b
         enqueue c
         claim w
         claim w
         at 5 done a 1
         at 5 dead b 1
         prune 5
         prune 6
         prune 6
         counts",
        "enqueue a: new
         enqueue b: new
         enqueue c: new
         claim w: a #1 after 0 failures, 0 s late
         claim w: b #1 after 0 failures, 0 s late
         at 5 done a 1: done
         at 5 dead b 1: dead
         prune 5: 0 pruned
         prune 6: 1 pruned
         prune 6: 0 pruned
         counts: fast/train 1 dead | fast/train 1 ready",
    );
}

#[test]
fn f32_f90_a_period_is_had_once_even_if_the_clock_goes_back() {
    check(
        "cron bonus 60
         at 1 cron bonus 60
         at 1 cron other 60
         at 100 cron bonus 60
         at 30 cron bonus 60
         at 119 cron bonus 60
         at 1000 cron bonus 60
         at 101 cron bonus 60
         at 1001 cron bonus 60
         at 900000 cron bonus 60
         at 1100 cron bonus 60
         at 1101 cron bonus 60",
        "cron bonus 60: true
         at 1 cron bonus 60: false
         at 1 cron other 60: true
         at 100 cron bonus 60: true
         at 30 cron bonus 60: false
         at 119 cron bonus 60: false
         at 1000 cron bonus 60: true
         at 101 cron bonus 60: false
         at 1001 cron bonus 60: false
         at 900000 cron bonus 60: true
         at 1100 cron bonus 60: true
         at 1101 cron bonus 60: false",
    );
}
