//! The same through `Db`, and what only we do: jobs and how soon they are picked up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::{BotId, ChatId, Credits, HoldId, JobId, Language, Millis, Task, TrainingId, UserId};
use store::jobs::{self, Claim, NewJob, Verdict};
use store::ledger::{self, Grant, GrantKind, LedgerError};
use store::{Db, StoreError, Tx, bots, chats, users};
use tokio::runtime::{Builder, Runtime};

use crate::meter::Round;
use crate::work::{self, CHAT, MOVE, PEOPLE, PLACE, REMEMBER, WALLET};

/// One thread for the callers, as in a program whose work is done by the database threads.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

pub fn populate(db: &Db) {
    let done = runtime().block_on(db.write(|tx| {
        for person in 0..PEOPLE {
            newcomer(tx, person)?;
        }
        Ok::<_, LedgerError>(())
    }));
    // A second pool on the same database finds all of it there.
    done.expect("people");
}

fn newcomer(tx: &mut Tx, person: i64) -> Result<(), LedgerError> {
    let bot = BotId::from_text("bot_b").expect("an id");
    let user = UserId::from_text(&format!("usr_p{person}")).expect("an id");
    let chat = ChatId::from_text(&work::chat(person)).expect("an id");
    let now = Millis(1);
    bots::put(
        tx,
        &bots::NewBot { id: &bot, telegram_id: 1, username: "b", token_name: "main" },
        now,
    )?;
    let new = users::NewUser {
        id: &user,
        bot: &bot,
        telegram_id: person,
        first_name: "Anna",
        language: Language::En,
        origin: None,
    };
    users::find_or_create(tx, &new, now)?;
    let new =
        chats::NewChat { id: &chat, bot: &bot, user: &user, telegram_chat: person, place: PLACE };
    chats::load_or_create(tx, &new, now)?;
    let wallet = work::wallet(person);
    ledger::open_wallet(tx, &wallet, now)?;
    let grant = Grant {
        reference: &format!("welcome:{person}"),
        wallet: &wallet,
        credits: Credits::new(Credits::MOST).expect("credits"),
        kind: GrantKind::Bonus,
        reason: "a bench",
        actor: "bench",
        cause: None,
        expires_at: None,
    };
    ledger::grant(tx, &grant, now).map(drop)
}

pub fn decisions(db: &Db, until: Instant, in_flight: i64) -> Round {
    flights(db, until, in_flight, |db| async move {
        let number = work::next();
        let (chat, wallet) = (work::chat(number % PEOPLE), work::wallet(number % PEOPLE));
        let moved = db
            .write(move |tx| {
                tx.execute(REMEMBER, &[&"bot_b", &number, &number])?;
                let row = tx.one(CHAT, &[&chat])?;
                let (_, version) = (row.text(0)?, row.number(1)?);
                let row = tx.one(WALLET, &[&wallet])?;
                let _ = (row.number(0)?, row.number(1)?);
                tx.execute(MOVE, &[&PLACE, &number, &chat, &version])
            })
            .await;
        assert_eq!(moved, Ok::<_, StoreError>(1));
    })
}

pub fn holds(db: &Db, until: Instant, in_flight: i64) -> Round {
    flights(db, until, in_flight, |db| async move {
        let number = work::next();
        let id = HoldId::from_text(&work::hold(number)).expect("an id");
        let one = Credits::new(1).expect("a credit");
        let held = db.write({
            let (id, wallet) = (id.clone(), work::wallet(number % PEOPLE));
            move |tx| ledger::hold(tx, &id, &wallet, one, "trn_x", Millis(number))
        });
        held.await.expect("a hold");
        let captured = db.write(move |tx| ledger::capture(tx, &id, one, Millis(number)));
        captured.await.expect("a capture");
    })
}

/// Each worker enqueues a job, claims one and settles it: three decisions.
pub fn jobs(db: &Db, until: Instant, workers: i64) -> Round {
    flights(db, until, workers, |db| async move {
        let number = work::next();
        db.write(move |tx| enqueue(tx, number)).await.expect("a job");
        let claimed = db.write(move |tx| {
            jobs::claim(tx, &Claim::of(&["fast"], "w", Millis::MINUTE), Millis(number + 1_000))
        });
        let Ok(Some(claimed)) = claimed.await else { return };
        let settled = db.write(move |tx| {
            jobs::settle(tx, &claimed.id, claimed.fence, &Verdict::Done, Millis(number))
        });
        settled.await.expect("done");
    })
}

/// One enqueues a job now and then; a worker waits for the word, claims it and says when.
pub fn pick_up(db: &Db, enqueuer: &Db, until: Instant) -> Round {
    let runtime =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let is_over = Arc::new(AtomicBool::new(false));
    let worker = runtime.spawn(wait_and_claim(db.clone(), Arc::clone(&is_over)));
    let begun = runtime.block_on(async {
        let mut begun = Vec::new();
        while Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(3)).await;
            let number = work::next();
            begun.push((number, Instant::now()));
            enqueuer.write(move |tx| enqueue(tx, number)).await.expect("a job");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        is_over.store(true, Ordering::Relaxed);
        begun
    });
    let claimed = runtime.block_on(worker).expect("no panic");
    let delays: Vec<_> = begun
        .iter()
        .filter_map(|(number, begun)| {
            let at = claimed.iter().find(|it| it.0 == *number)?.1;
            Some(at.saturating_duration_since(*begun))
        })
        .collect();
    Round { count: delays.len() as u64, delays }
}

async fn wait_and_claim(db: Db, is_over: Arc<AtomicBool>) -> Vec<(i64, Instant)> {
    let mut claimed = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let word = db.notified();
        let found = db
            .write(|tx| {
                jobs::claim(tx, &Claim::of(&["fast"], "w", Millis::MINUTE), Millis(i64::MAX / 2))
            })
            .await
            .expect("a look");
        let Some(job) = found else {
            drop(tokio::time::timeout(Duration::from_millis(100), word).await);
            continue;
        };
        let number = job.created_at.as_i64();
        claimed.push((number, Instant::now()));
        let settled = db
            .write(move |tx| jobs::settle(tx, &job.id, job.fence, &Verdict::Done, Millis(number)));
        settled.await.expect("done");
    }
    claimed
}

fn enqueue(tx: &mut Tx, number: i64) -> Result<(), StoreError> {
    let training = TrainingId::from_text("trn_x").expect("an id");
    let id = JobId::new(number.unsigned_abs().into());
    let task = Task::Train { training };
    jobs::enqueue(tx, &NewJob::of(&task), &id, Millis(number)).map(drop)
}

/// Keeps so many going at once until the round is over.
fn flights<F: Future<Output = ()> + Send + 'static>(
    db: &Db,
    until: Instant,
    in_flight: i64,
    one: impl Fn(Db) -> F + Copy + Send + 'static,
) -> Round {
    let count = runtime().block_on(async {
        let flights: Vec<_> = (0..in_flight)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut count = 0;
                    while Instant::now() < until {
                        one(db.clone()).await;
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut sum = 0;
        for flight in flights {
            sum += flight.await.expect("no panic");
        }
        sum
    });
    Round { count, ..Round::default() }
}
