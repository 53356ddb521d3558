//! The program in earnest, killed at any moment: nobody loses a photo or a credit, and nobody's
//! training is begun twice. `ATELIER_KILLS=100 ATELIER_PEOPLE=20` makes a long drill of it, and
//! `ATELIER_PROGRAM=target/release/atelier` drills that one.

mod fleet;
pub mod outside;
mod person;

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sandbox::fal::faults::{Fault, Trouble};
use store::{Db, StoreError};
use tokio::task::JoinSet;

use outside::{Chance, Outside, Program, until};
use person::{ALBUM_PHOTOS, Person, Plan};

const SEED: u64 = 20_26;
const WELCOME: i64 = 1_000_000;
const PRICE: i64 = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f86_whoever_is_killed_at_any_moment_keeps_the_books() {
    let kills = given("ATELIER_KILLS").unwrap_or(12);
    let people: u64 = given("ATELIER_PEOPLE").unwrap_or(4);
    let outside = Outside::open(given("ATELIER_PROGRAM")).await;
    let is_enough = Arc::new(AtomicBool::new(false));
    let mut living = JoinSet::new();
    for number in 0..people {
        let (outside, is_enough) = (outside.clone(), is_enough.clone());
        living.spawn(async move {
            let mut person = Person::new(outside, SEED ^ (number << 32));
            person.live(&is_enough).await;
            person
        });
    }
    let mut chance = Chance(SEED);
    for life in 0..kills {
        // Every fourth life asks Telegram for updates, and no provider can call it.
        let program = outside.start(life % 4 != 3).await;
        let moment = choose(&outside, life, &program, &mut chance).await;
        if life == kills / 2 {
            let took = program.end().await;
            println!("life {life}: told to end {moment}, took {took:?}");
            continue;
        }
        program.kill().await;
        println!("life {life}: killed {moment}");
    }
    is_enough.store(true, Ordering::Relaxed);
    let program = outside.start(true).await;
    let people = living.join_all().await;
    close(&outside, program, people).await;
}

/// How it is all over: every journey at its end, every credit where it belongs.
async fn close(outside: &Outside, program: Program, mut people: Vec<Person>) {
    let books = Books::open(outside);
    // What was still on its way when the last customer was content.
    while 0 < books.count("SELECT id FROM jobs WHERE ended_at IS NULL").await {
        tokio::task::yield_now().await;
    }
    for person in &mut people {
        let paid = books.succeeded_of(person.id).await;
        assert_eq!(person.credits().await, WELCOME - PRICE * paid, "of person {}", person.id);
    }
    program.end().await;
    outside.check().await;

    let open = "SELECT id FROM trainings WHERE ended_at IS NULL";
    assert_eq!(books.count(open).await, 0, "every training has ended");
    let dead = "SELECT id FROM jobs WHERE state = 'dead'";
    assert_eq!(books.count(dead).await, 0, "no job was given up\n{}", outside.log());
    let untold = "SELECT id FROM tells WHERE state IN ('waiting', 'sending')";
    assert_eq!(books.count(untold).await, 0, "everything was told");
    let torn = books.sets_of_another_size(ALBUM_PHOTOS).await;
    assert_eq!(torn, Vec::<String>::new(), "sets that lost or doubled a photo");

    let submits = submits(outside);
    for (training, count) in &submits {
        assert_eq!(*count, 1, "{training} was begun more than once");
    }
    let journeys: u32 = people.iter().map(|it| it.journeys).sum();
    println!(
        "{journeys} journeys of {} people: {} trainings succeeded, {} were stopped, {} failed; \
         {} submits; {} messages may or may not have arrived; {} runs found by their webhook",
        people.len(),
        books.count("SELECT id FROM trainings WHERE state = 'SUCCEEDED'").await,
        books.count("SELECT id FROM trainings WHERE state = 'CANCELED'").await,
        books.count("SELECT id FROM trainings WHERE state = 'FAILED'").await,
        submits.len(),
        books.count("SELECT id FROM tells WHERE state = 'unknown'").await,
        books.count("SELECT subject FROM attention WHERE kind = 'run-adopted'").await,
    );
    books.db.close();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f88_whoever_is_told_to_end_in_the_middle_of_a_submit_hands_its_work_back() {
    let outside = Outside::open(None).await;
    let program = outside.start(true).await;
    let mut person = Person::new(outside.clone(), 1);
    outside.sandbox.fal().fault(Fault::once(Trouble::AcceptedButLost));
    person.say("/start");
    let journey = tokio::spawn(async move {
        person.travel(Plan::Train).await;
        person
    });
    let fal = outside.sandbox.fal().clone();
    let taken = || (!fal.requests().is_empty()).then_some(());
    until("fal has a request", Duration::from_secs(60), taken).await;

    program.end().await;
    let books = Books::open(&outside);
    let leased = books.count("SELECT id FROM jobs WHERE state = 'running'").await;
    assert_eq!(leased, 0, "what did not end in time is handed back");

    // Nobody knows whether the work was taken, until the provider speaks.
    let program = outside.start(true).await;
    let mut person = journey.await.unwrap();
    assert_eq!(person.credits().await, WELCOME - PRICE);
    // One may have been left behind by the end in the middle.
    assert!(person.menus() <= 2, "old menus stay in the chat");
    assert_eq!(submits(&outside).into_values().collect::<Vec<_>>(), [1]);
    program.end().await;
    outside.check().await;
    books.db.close();
}

/// Waits for the moment of the next death, and says which one it is.
async fn choose(outside: &Outside, life: u64, program: &Program, chance: &mut Chance) -> String {
    let fal = outside.sandbox.fal();
    let known = fal.requests().len();
    let name = match life % 5 {
        2 => "after a submit",
        4 => "before the answer to a submit",
        _ => {
            // On a slow machine a life is longer, or nothing would ever come about in one.
            let most = 2_500.max(4 * program.start_took.as_millis() as u64);
            let wait = Duration::from_millis(20 + chance.below(most));
            // Nothing is waited for but the time.
            drop(tokio::time::timeout(wait, std::future::pending::<()>()).await);
            return format!("after {wait:?}");
        }
    };
    if life % 5 == 4 {
        fal.fault(Fault::once(Trouble::AcceptedButLost));
    }
    let mut looks = tokio::time::interval(Duration::from_millis(1));
    let submitted = async {
        while fal.requests().len() <= known {
            looks.tick().await;
        }
    };
    match tokio::time::timeout(Duration::from_secs(6), submitted).await {
        Ok(()) => name.to_owned(),
        Err(_) => format!("in vain waiting {name}"),
    }
}

/// How often each training was given to fal. An avatar has one training here, so its word names it.
fn submits(outside: &Outside) -> BTreeMap<String, u32> {
    let mut submits = BTreeMap::new();
    for seen in outside.sandbox.fal().requests() {
        let word = seen.input["trigger_phrase"].as_str().expect("a portrait has one").to_owned();
        *submits.entry(word).or_default() += 1;
    }
    submits
}

#[expect(clippy::disallowed_methods, reason = "how long a drill is, is no setting of the program")]
fn given<T: FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}

/// The database, read while the program runs and after its end.
struct Books {
    db: Db,
}

impl Books {
    fn open(outside: &Outside) -> Self {
        let file = outside.folder.path().join("state/atelier.db");
        Self { db: Db::open(&format!("sqlite:{}", file.display())).unwrap() }
    }

    async fn count(&self, ids: &'static str) -> usize {
        let found = self.db.read(move |tx| Ok::<_, StoreError>(tx.query(ids, &[])?.len()));
        found.await.unwrap()
    }

    async fn succeeded_of(&self, person: i64) -> i64 {
        let found = self.db.read(move |tx| {
            let of = "SELECT trainings.id FROM trainings JOIN users ON users.id = trainings.user_id
                      WHERE users.telegram_id = $1 AND trainings.state = 'SUCCEEDED'";
            Ok::<_, StoreError>(tx.query(of, &[&person])?.len() as i64)
        });
        found.await.unwrap()
    }

    /// Avatars that were trained from another number of photos than was sent.
    async fn sets_of_another_size(&self, photos: u32) -> Vec<String> {
        let found = self.db.read(move |tx| {
            let sets = "SELECT trainings.avatar_id, COUNT(photos.id) AS count
                        FROM trainings LEFT JOIN photos ON photos.avatar_id = trainings.avatar_id
                        GROUP BY trainings.avatar_id HAVING COUNT(photos.id) <> $1";
            let rows = tx.query(sets, &[&photos])?;
            let told = |row: &store::Row| {
                Ok::<_, StoreError>(format!("{}: {}", row.text(0)?, row.number(1)?))
            };
            rows.iter().map(told).collect::<Result<Vec<_>, _>>()
        });
        found.await.unwrap()
    }
}
