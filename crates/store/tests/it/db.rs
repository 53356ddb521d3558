//! Decisions: what is kept, what is undone, and what is heard of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::Task;
use store::jobs::{self, NewJob};
use store::{Backend, Db, StoreError, Tx, updates};

use crate::bed::{self, Bed, NOW, bot, each, job, trn};

fn remember(tx: &mut Tx, number: i64) -> Result<bool, StoreError> {
    updates::remember(tx, &bot("b"), number, NOW)
}

fn remembered(bed: &Bed) -> Vec<i64> {
    bed.read(|tx| {
        let rows = tx.query("SELECT update_id FROM updates ORDER BY update_id", &[])?;
        rows.iter().map(|it| it.number("update_id")).collect()
    })
}

/// A refusal of a test.
#[derive(Debug, PartialEq)]
enum No {
    No,
    Store(StoreError),
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

#[test]
fn a_refused_failed_or_panicking_decision_is_undone_alone() {
    each(|bed| {
        let outcomes = bed.race(120, |tx, number| {
            remember(tx, i64::from(number))?;
            match number % 4 {
                1 => Err(No::No),
                2 => {
                    tx.execute("INSERT INTO updates (bot_id) VALUES ('x')", &[])?;
                    Ok(number)
                }
                3 => panic!("number {number}"),
                _ => Ok(number),
            }
        });
        for (number, outcome) in outcomes.iter().enumerate() {
            match number % 4 {
                0 => assert_eq!(*outcome, Ok(number as u32)),
                1 => assert_eq!(*outcome, Err(No::No)),
                2 => assert!(
                    matches!(outcome, Err(No::Store(StoreError::Forbidden { .. }))),
                    "{outcome:?}"
                ),
                _ => assert_eq!(
                    *outcome,
                    Err(No::Store(StoreError::Panicked(format!("number {number}"))))
                ),
            }
        }
        assert_eq!(remembered(bed), (0..120).filter(|it| it % 4 == 0).collect::<Vec<_>>());
    });
}

#[test]
fn what_a_part_wrote_is_undone_and_the_rest_stands() {
    each(|bed| {
        let said = bed.try_write(|tx| {
            remember(tx, 1)?;
            let first = tx.savepoint(|tx| {
                remember(tx, 2)?;
                tx.savepoint(|tx| {
                    remember(tx, 3)?;
                    Ok::<_, No>(())
                })?;
                Err::<(), _>(No::No)
            });
            let second = tx.savepoint(|tx| {
                remember(tx, 4)?;
                // A statement that fails breaks the part, and only that.
                tx.execute("INSERT INTO updates (bot_id) VALUES ('x')", &[])?;
                Ok::<_, No>(())
            });
            let third = tx.savepoint(|tx| {
                remember(tx, 5)?;
                let inner = tx.savepoint(|tx| {
                    remember(tx, 6)?;
                    Err::<(), _>(No::No)
                });
                assert_eq!(inner, Err(No::No));
                Ok::<_, No>(())
            });
            remember(tx, 7)?;
            Ok::<_, No>((first, second.is_err(), third))
        });
        assert_eq!(said, Ok((Err(No::No), true, Ok(()))), "on {}", bed.name);
        assert_eq!(remembered(bed), [1, 5, 7], "on {}", bed.name);
    });
}

#[test]
fn a_failed_statement_that_is_looked_away_from_is_not_committed() {
    each(|bed| {
        let said = bed.try_write(|tx| {
            remember(tx, 1)?;
            let failed = tx.execute("INSERT INTO updates (bot_id) VALUES ('x')", &[]);
            let next = remember(tx, 2);
            assert!(failed.is_err() && matches!(next, Err(StoreError::Broken(_))));
            Ok::<_, StoreError>(())
        });
        assert!(matches!(said, Err(StoreError::Broken(_))), "on {}: {said:?}", bed.name);
        let part = bed.try_write(|tx| {
            tx.savepoint(|tx| {
                drop(tx.execute("INSERT INTO updates (bot_id) VALUES ('x')", &[]));
                Ok::<_, StoreError>(())
            })
        });
        assert!(matches!(part, Err(StoreError::Broken(_))), "on {}: {part:?}", bed.name);
        assert_eq!(remembered(bed), [0_i64; 0]);
    });
}

#[test]
fn a_reading_decision_writes_nothing_and_sees_what_was_committed() {
    each(|bed| {
        let said = bed.runtime.block_on(bed.db.read(|tx| remember(tx, 1)));
        assert!(matches!(said, Err(StoreError::Statement { .. })), "on {}: {said:?}", bed.name);
        bed.write(|tx| remember(tx, 2));
        assert_eq!(remembered(bed), [2]);
        bed.runtime
            .block_on(bed.db.write_durably(|tx| remember(tx, 3)))
            .expect("a careful decision");
        bed.write(|tx| remember(tx, 4));
        assert_eq!(remembered(bed), [2, 3, 4]);
    });
}

#[test]
fn careful_decisions_and_others_share_commits() {
    each(|bed| {
        bed.runtime.block_on(async {
            let racers: Vec<_> = (0..60)
                .map(|number| {
                    let db = bed.db.clone();
                    tokio::spawn(async move {
                        match number % 2 {
                            0 => db.write(move |tx| remember(tx, number)).await,
                            _ => db.write_durably(move |tx| remember(tx, number)).await,
                        }
                    })
                })
                .collect();
            for racer in racers {
                assert_eq!(racer.await.expect("no panic"), Ok(true));
            }
        });
        assert_eq!(remembered(bed).len(), 60);
    });
}

#[test]
fn texts_numbers_and_nothing_come_back_as_they_went() {
    each(|bed| {
        let long = "д".repeat(500_000);
        let texts = ["", "a'b\"c", "$1 ?1 %s", "Жанна 👩‍🚀", "\u{202e}abc", "a\nb\r\n\tc", &long];
        for text in texts {
            let given = text.to_owned();
            let back = bed.write(move |tx| {
                tx.one("SELECT CAST($1 AS TEXT), LENGTH(CAST($2 AS TEXT))", &[&given, &given])
            });
            assert_eq!(back.text(0).as_deref(), Ok(text), "on {}", bed.name);
            assert_eq!(back.number(1), Ok(text.chars().count() as i64), "on {}", bed.name);
        }
        let nul = bed.write(|tx| tx.one("SELECT CAST($1 AS TEXT)", &[&"a\0b"]));
        assert_eq!(nul.text(0).as_deref(), Ok("a\u{fffd}b"), "on {}", bed.name);
        for number in [0, -1, i64::MAX, i64::MIN] {
            let back = bed.write(move |tx| tx.one("SELECT CAST($1 AS BIGINT) AS it", &[&number]));
            assert_eq!(back.number("it"), Ok(number));
        }
        let nothing: Option<i64> = None;
        let back = bed.write(move |tx| tx.one("SELECT CAST($1 AS BIGINT)", &[&nothing]));
        assert_eq!(back.maybe_number(0), Ok(None));
    });
}

#[test]
fn what_was_nothing_the_first_time_may_be_a_number_the_next() {
    each(|bed| {
        let same = |number: Option<i64>| {
            let sql = "SELECT COUNT(*) FROM jobs WHERE COALESCE(attempts, -1) <> COALESCE($1, -1)";
            bed.write(move |tx| tx.one(sql, &[&number])?.number(0))
        };
        // As often as that, so that every connection has had it.
        for number in [[None; 40], [Some(i64::MAX); 40]].into_iter().flatten() {
            assert_eq!(same(number), 0, "{number:?}");
        }
    });
}

#[test]
fn wrong_statements_are_told_clearly() {
    each(|bed| {
        let said = |decision: fn(&mut Tx) -> Result<(), StoreError>| {
            bed.try_write(decision).expect_err("it is wrong").to_string()
        };
        let one = said(|tx| tx.one("SELECT 1 AS a WHERE 1 = 0", &[]).map(drop));
        assert_eq!(one, "`SELECT 1 AS a WHERE 1 = 0` gave 0 rows where one is expected");
        let name = said(|tx| tx.one("SELECT 1 AS a", &[])?.number("b").map(drop));
        assert_eq!(name, "column `b`: isn't in the answer");
        let kind = said(|tx| tx.one("SELECT 1 AS a", &[])?.text("a").map(drop));
        assert_eq!(kind, "column `a`: is a number, not a text");
        let null = said(|tx| tx.one("SELECT CAST(NULL AS TEXT) AS a", &[])?.text("a").map(drop));
        assert_eq!(null, "column `a`: is null");
        let flag = said(|tx| tx.one("SELECT 2 AS a", &[])?.flag("a").map(drop));
        assert_eq!(flag, "column `a`: is neither 0 nor 1");
        let count = said(|tx| tx.execute("DELETE FROM updates WHERE at = $1", &[]).map(drop));
        assert!(count.contains("DELETE FROM updates"), "{count}");
        let table = said(|tx| tx.query("SELECT a FROM no_such_table", &[]).map(drop));
        assert!(table.contains("no_such_table"), "{table}");
        // The connection is as good as before.
        bed.write(|tx| remember(tx, 1));
    });
}

#[test]
fn who_waits_for_jobs_hears_of_the_commit_and_of_nothing_else() {
    each(|bed| {
        // On PostgreSQL another process may be meant; it is another connection here.
        let other = match bed.db.backend() {
            Backend::Sqlite => bed.db.clone(),
            Backend::Postgres => Db::open(&bed.address).expect("it opens"),
        };
        bed.runtime.block_on(async {
            let enqueue = |name: &'static str| {
                move |tx: &mut Tx| {
                    let task = Task::Train { training: trn("x") };
                    jobs::enqueue(tx, &NewJob::of(&task), &job(name), NOW).map(drop)
                }
            };
            // A listener says so once when it has begun to listen.
            if bed.db.backend() == Backend::Postgres {
                let (here, there) = (bed.db.notified(), other.notified());
                here.await;
                there.await;
            }
            let here = bed.db.notified();
            let there = other.notified();
            bed.db.write(enqueue("a")).await.expect("a job");
            here.await;
            there.await;

            let mut here = std::pin::pin!(bed.db.notified());
            let refused = bed.db.write(move |tx| {
                enqueue("b")(tx)?;
                Err::<(), _>(No::No)
            });
            assert_eq!(refused.await, Err(No::No));
            let part = bed.db.write(move |tx| {
                let part = tx.savepoint(|tx| {
                    enqueue("c")(tx)?;
                    Err::<(), _>(No::No)
                });
                assert_eq!(part, Err(No::No));
                Ok::<_, StoreError>(())
            });
            part.await.expect("it stands");
            bed.db.write(|tx| remember(tx, 1)).await.expect("no job");
            let heard = futures_poll(here.as_mut());
            assert!(!heard, "nothing was enqueued, on {}", bed.name);
            bed.db.write(|tx| jobs::wake(tx, "nobody", NOW)).await.expect("no job");
            assert!(!futures_poll(here.as_mut()), "nobody was woken, on {}", bed.name);
            bed.db.write(enqueue("d")).await.expect("a job");
            here.await;
        });
    });
}

/// Whether a future is ready now.
fn futures_poll(future: std::pin::Pin<&mut impl Future>) -> bool {
    let waker = std::task::Waker::noop();
    future.poll(&mut std::task::Context::from_waker(waker)).is_ready()
}

#[test]
fn a_closed_database_says_so_and_finishes_what_it_was_given() {
    each(|bed| {
        let db = Db::open(&bed.address).expect("it opens");
        bed.runtime.block_on(async {
            let given: Vec<_> = (0..40)
                .map(|number| {
                    let db = db.clone();
                    tokio::spawn(async move { db.write(move |tx| remember(tx, number)).await })
                })
                .collect();
            // Each gets as far as handing its decision over.
            tokio::task::yield_now().await;
            db.close();
            for asked in given {
                assert_eq!(asked.await.expect("no panic"), Ok(true));
            }
            assert_eq!(db.write(|tx| remember(tx, 99)).await, Err(StoreError::Closed));
            assert_eq!(db.read(|tx| remember(tx, 99)).await, Err(StoreError::Closed));
        });
        assert_eq!(remembered(bed).len(), 40);
    });
}

#[test]
fn the_last_clone_may_go_inside_a_decision() {
    each(|bed| {
        let db = Db::open(&bed.address).expect("it opens");
        let inside = db.clone();
        bed.runtime.block_on(async {
            let asked = db.write(move |tx| {
                let _keeps = &inside;
                remember(tx, 1)
            });
            // The future borrows the last clone out here; its decision owns the other.
            assert_eq!(asked.await, Ok(true));
        });
        drop(db);
        assert_eq!(remembered(bed), [1]);
    });
}

#[test]
fn what_a_decision_held_is_free_once_it_is_answered() {
    each(|bed| {
        let held = Arc::new(());
        bed.runtime.block_on(async {
            for _ in 0..2_000 {
                let theirs = held.clone();
                let looked = bed.db.read(move |_| Ok::<_, StoreError>(Arc::strong_count(&theirs)));
                assert!(2 <= looked.await.expect("the database is there"));
                assert_eq!(Arc::strong_count(&held), 1);
            }
        });
    });
}

#[test]
fn the_roads_are_open() {
    each(|bed| {
        bed.runtime.block_on(bed.db.health()).expect("healthy");
        assert_eq!(bed.runtime.block_on(bed.db.version()), Ok(Db::known_version()));
    });
}

#[test]
fn sqlite_leaves_one_tidy_file_behind() {
    let bed = bed::sqlite();
    bed.write(|tx| remember(tx, 1));
    let path = bed.address.trim_start_matches("sqlite:").to_owned();
    bed.db.close();
    assert!(!std::path::Path::new(&format!("{path}-wal")).exists(), "the log is merged");
    let again = Db::open(&bed.address).expect("it opens");
    let found = bed.runtime.block_on(again.read(|tx| updates::last(tx, &bot("b"))));
    assert_eq!(found, Ok(Some(1)));
}

#[test]
fn two_programs_may_write_one_file() {
    let bed = bed::sqlite();
    let other = Db::open(&bed.address).expect("it opens");
    bed.runtime.block_on(async {
        let racers: Vec<_> = (0..80)
            .map(|number| {
                let db = if number % 2 == 0 { bed.db.clone() } else { other.clone() };
                tokio::spawn(async move { db.write(move |tx| remember(tx, number)).await })
            })
            .collect();
        for racer in racers {
            assert_eq!(racer.await.expect("no panic"), Ok(true));
        }
    });
    assert_eq!(remembered(&bed).len(), 80);
}

/// A full disk ends the whole transaction of SQLite, the decisions of others included.
#[test]
fn a_full_disk_loses_nothing_that_was_promised() {
    let bed = bed::sqlite();
    bed.write(|tx| {
        let pages = tx.one("SELECT page_count AS pages FROM pragma_page_count", &[])?.number(0)?;
        let limit: &'static str =
            Box::leak(format!("PRAGMA max_page_count = {}", pages + 3).into());
        tx.query(limit, &[]).map(drop)
    });
    let long = "x".repeat(30_000);
    let outcomes = bed.race(60, move |tx, number| {
        if number % 3 == 0 {
            let user = format!("{long}{number}");
            tx.execute("INSERT INTO crons (name, period) VALUES ($1, 1)", &[&user])?;
        }
        remember(tx, i64::from(number))
    });
    let kept: Vec<_> = outcomes
        .iter()
        .zip(0..)
        .filter_map(|(outcome, number)| outcome.is_ok().then_some(number))
        .collect();
    assert_eq!(remembered(&bed), kept, "what was said to be kept is kept, and nothing else");
    assert!(40 <= kept.len(), "only the long ones don't fit: {outcomes:?}");
    assert!(
        outcomes
            .iter()
            .any(|it| matches!(it, Err(StoreError::Statement { why, .. }) if why.contains("full")))
    );
}

#[test]
fn a_decision_that_loses_a_deadlock_is_run_again() {
    let Some(bed) = bed::postgres() else { return };
    bed.write(|tx| {
        remember(tx, 0)?;
        remember(tx, 1)
    });
    let runs = Arc::new(AtomicU32::new(0));
    let both_have_one = Arc::new(std::sync::Barrier::new(2));
    let outcomes = bed.race(2, {
        let runs = Arc::clone(&runs);
        move |tx, number| {
            let run = runs.fetch_add(1, Ordering::SeqCst);
            let (first, second) = (i64::from(number), i64::from(1 - number));
            let lock = "UPDATE updates SET at = at + 1 WHERE update_id = $1";
            tx.execute(lock, &[&first])?;
            if run < 2 {
                both_have_one.wait();
            }
            tx.execute(lock, &[&second]).map(drop)
        }
    });
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert!(3 <= runs.load(Ordering::SeqCst), "one of them twice");
    let moments = bed.read(|tx| {
        let rows = tx.query("SELECT at FROM updates ORDER BY update_id", &[])?;
        rows.iter().map(|it| it.millis(0)).collect::<Result<Vec<_>, _>>()
    });
    let twice = domain::Millis(NOW.as_i64() + 2);
    assert_eq!(moments, [twice, twice], "each row was changed by each of them, once");
}

#[test]
fn a_decision_whose_connection_breaks_is_run_again() {
    let Some(bed) = bed::postgres() else { return };
    let runs = Arc::new(AtomicU32::new(0));
    let said = bed.try_write({
        let runs = Arc::clone(&runs);
        move |tx| {
            remember(tx, 1)?;
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                tx.query("SELECT pg_terminate_backend(pg_backend_pid())", &[])?;
            }
            remember(tx, 2)
        }
    });
    assert_eq!(said, Ok(true));
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    assert_eq!(remembered(&bed), [1, 2]);
}

#[test]
fn f13_a_statement_that_takes_too_long_is_ended() {
    let Some(bed) = bed::postgres() else { return };
    let mark = if bed.address.contains('?') { '&' } else { '?' };
    let address = format!("{}{mark}options=-c%20statement_timeout%3D100", bed.address);
    let db = Db::open(&address).expect("it opens");
    let said = bed
        .runtime
        .block_on(db.write(|tx| tx.query("SELECT CAST(pg_sleep(60) AS TEXT)", &[]).map(drop)))
        .expect_err("it takes too long");
    assert!(said.to_string().contains("timeout"), "{said}");
    let most = bed.read(|tx| tx.one("SHOW statement_timeout", &[])?.text(0));
    assert_eq!(most, "30s", "and so it is without being asked for");
    bed.runtime.block_on(db.write(|tx| remember(tx, 1))).expect("the thread is free again");
}
