//! The program as several processes on one PostgreSQL, each with its part, some of which die.

use std::time::Duration;

use store::{Db, StoreError, throwaway};

use super::outside::{Outside, Program, free_port, until};
use super::person::{Person, Plan};

/// What every process of a deployment is told alike.
struct Place {
    database: String,
    address: String,
}

impl Place {
    /// None where no PostgreSQL is installed.
    async fn new() -> Option<Self> {
        let made = || throwaway::server().map(|it| it.database());
        let database = tokio::task::spawn_blocking(made).await.unwrap()?;
        Some(Self { database, address: format!("http://127.0.0.1:{}", free_port()) })
    }

    /// `may_be_called`: by Telegram and by providers, at the API's address.
    async fn start(&self, outside: &Outside, words: &[&str], may_be_called: bool) -> Program {
        let mut own = vec![("DATABASE_URL", self.database.as_str())];
        if may_be_called {
            own.push(("WEBHOOK_URL", &self.address));
        }
        outside.start_role(words, &own).await
    }

    async fn check(&self, outside: &Outside) {
        let mut command = outside.role(&["check"], &[("DATABASE_URL", &self.database)]);
        let output = command.output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}\n{}", outside.log());
    }

    fn port(&self) -> &str {
        self.address.rsplit(':').next().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f86_an_order_goes_through_several_processes_of_which_one_is_killed() {
    let Some(place) = Place::new().await else { return };
    let outside = Outside::open(None).await;
    let api = place.start(&outside, &["api", "--port", place.port()], true).await;
    let bot = place.start(&outside, &["bot", "--port", &free_port().to_string()], true).await;
    let first = place.start(&outside, &["worker"], true).await;
    let second = place.start(&outside, &["worker"], true).await;

    let mut person = Person::new(outside.clone(), 1);
    person.say("/start");
    person.travel(Plan::Train).await;
    let fal = outside.sandbox.fal().clone();
    let known = fal.requests().len();
    person.say("/pictures");
    let order = tokio::spawn(async move {
        let way = ["City", "City lights", "Choose this one", "Make"];
        person.press_through(&way, "picture is ready").await;
        person
    });
    let asked = || (known < fal.requests().len()).then_some(());
    until("fal has the picture", Duration::from_secs(60), asked).await;
    first.kill().await;
    let person = order.await.unwrap();
    assert_eq!(fal.requests().len(), known + 1, "it was made once");
    assert_eq!(person.menus(), 1, "one menu, whoever drew it");
    drop(person);

    let db = Db::open(&place.database).unwrap();
    let open = "SELECT id FROM jobs WHERE ended_at IS NULL AND kind <> 'sweep'";
    loop {
        let left = db.read(move |tx| Ok::<_, StoreError>(tx.query(open, &[])?.len()));
        if left.await.unwrap() == 0 {
            break;
        }
    }
    for program in [second, bot, api] {
        program.end().await;
    }
    place.check(&outside).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_ask_for_updates_one_does_and_the_other_takes_over() {
    let Some(place) = Place::new().await else { return };
    let outside = Outside::open(None).await;
    let first = place.start(&outside, &["bot"], false).await;
    let mut person = Person::new(outside.clone(), 2);
    person.say("/start");
    person.press_through(&[], "terms").await;
    let second = place.start(&outside, &["bot"], false).await;
    person.press_through(&["agree to the terms"], "photos").await;
    first.kill().await;
    person.press_through(&["I agree, you may"], "what shall we do").await;
    let log = outside.log();
    assert!(!log.contains("could not be fetched"), "both asked:\n{log}");
    assert_eq!(person.menus(), 1);
    second.end().await;
    place.check(&outside).await;
}

#[tokio::test]
async fn one_process_of_several_is_refused_with_sqlite() {
    let outside = Outside::open(None).await;
    for word in ["api", "bot", "worker"] {
        let output = outside.role(&[word], &[]).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`atelier serve`, which does everything"), "{said}");
    }
}
