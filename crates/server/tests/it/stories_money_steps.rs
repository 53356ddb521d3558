//! Money that is tried at every step: each call to the gateway fails in each way, and the process
//! dies at each of them and between any two jobs. The end is always one payment and one credit.

use axum::body::Bytes;
use futures::future::join_all;
use serde_json::Value;
use server::jobs;

use crate::chats::talk::Talk;
use crate::stories_money::{NOTIFICATION, at_yookassa, notification, plain};
use crate::world::wire::Luck;
use crate::world::{Ground, LANES, World, alone};

const LUCK: [Luck; 11] = [
    Luck::NotSent,
    Luck::Broken,
    Luck::AnswerLost,
    Luck::Says(500),
    Luck::Says(503),
    Luck::Says(429),
    Luck::SaysAfter(500),
    Luck::SaysAfter(502),
    Luck::SaysAfter(504),
    Luck::HangsBefore,
    Luck::HangsAfter,
];

/// How often the same notification comes in each trial, all at once.
const NOTIFIED: usize = 100;

/// What is tried, once for each person and each step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Payment,
    Refund,
    Renewal,
}

/// Works until nothing is due, or until a call hangs: then the process is gone, as by SIGKILL.
async fn work_or_die(world: &mut World) {
    let (app, wire) = (world.app.clone(), world.till_wire.clone());
    let mut work = Box::pin(async {
        while jobs::run_next(&app, LANES).await.expect("the database is there") {}
    });
    let died = tokio::select! {
        () = &mut work => false,
        () = wire.hangs() => true,
    };
    drop(work);
    if died {
        world.restart().await;
    }
}

/// One job, and then the process is gone: the next one knows only what is in the books.
async fn one_job_a_process(world: &mut World) {
    for _ in 0..200 {
        let app = world.app.clone();
        if !jobs::run_next(&app, LANES).await.expect("the database is there") {
            return;
        }
        world.restart().await;
    }
    panic!("the jobs never come to an end");
}

/// Time passes until all that is known to anybody must have come here.
async fn come_to_rest(talk: &mut Talk, is_slow: bool) {
    for _ in 0..12 {
        talk.world.pass(31_000).await;
        if is_slow {
            one_job_a_process(&mut talk.world).await;
        } else {
            work_or_die(&mut talk.world).await;
        }
        talk.world.breathe().await;
    }
    talk.world.till_wire.forget_orders();
    for _ in 0..4 {
        talk.world.pass(90_000).await;
        work_or_die(&mut talk.world).await;
        talk.world.breathe().await;
    }
}

/// All that the gateway has to tell, a hundred times at once.
async fn tell_everything(world: &World) {
    let payments = at_yookassa(world).into_iter().rev().take(1);
    let refunds = world.sandbox.yookassa().refunds().into_iter().rev().take(1);
    let event =
        |kind: &str, it: &Value| format!("{kind}.{}", it["status"].as_str().unwrap_or_default());
    let mut bodies: Vec<Bytes> =
        payments.map(|it| notification(&event("payment", &it), &it)).collect();
    bodies.extend(refunds.map(|it| notification(&event("refund", &it), &it)));
    let headers = plain();
    for body in bodies {
        let posts = (0..NOTIFIED).map(|_| world.door.post(NOTIFICATION, &headers, body.clone()));
        let codes = join_all(posts).await;
        assert!(codes.iter().all(|it| matches!(it, Some(200 | 400))), "{codes:?}");
    }
}

struct End {
    /// Of this person: credited payments, bought credits, refunds that succeeded, credits left.
    payments: i64,
    bought: i64,
    refunded: i64,
    left: i64,
    /// At the gateway.
    charged: usize,
    gone_back: usize,
}

async fn end(talk: &Talk, name: &str, before: (usize, usize)) -> End {
    let who = name.to_owned();
    let (payments, bought, refunded, left) = talk
        .world
        .read(move |tx| {
            let number = |tx: &mut store::Tx, sql: &'static str| tx.one(sql, &[&who])?.number(0);
            Ok((
                number(
                    tx,
                    "SELECT COUNT(*) FROM payments JOIN users ON users.id = payments.user_id
                            WHERE payments.state <> 'parked' AND first_name = $1",
                )?,
                number(
                    tx,
                    "SELECT CAST(COALESCE(SUM(transfers.credits), 0) AS BIGINT)
                            FROM transfers JOIN users ON wallet LIKE '%' || users.id
                            WHERE transfers.kind = 'bought' AND first_name = $1",
                )?,
                number(
                    tx,
                    "SELECT COUNT(*) FROM refunds
                            JOIN payments ON payments.id = refunds.payment_id
                            JOIN users ON users.id = payments.user_id
                            WHERE refunds.state = 'succeeded' AND first_name = $1",
                )?,
                number(
                    tx,
                    "SELECT posted - held FROM accounts
                            JOIN users ON accounts.id LIKE 'wallet:%' || users.id
                            WHERE first_name = $1",
                )?,
            ))
        })
        .await;
    let paid = |it: &Value| it["status"] == "succeeded";
    let charged = at_yookassa(&talk.world).iter().filter(|it| paid(it)).count() - before.0;
    let gone_back =
        talk.world.sandbox.yookassa().refunds().iter().filter(|it| paid(it)).count() - before.1;
    End { payments, bought, refunded, left, charged, gone_back }
}

/// The last refund button of the owner's menu about this person.
async fn owner_refunds(talk: &mut Talk, name: &str, person: i64) {
    talk.go(&format!(
        "@boris > /admin
         @boris > {name}
         @boris > [{name} · {person}]"
    ))
    .await;
    let label = talk.buttons.iter().rev().find(|it| it.1.starts_with("Refund "));
    let label = label.expect("something can go back").1.replace('\u{a0}', " ");
    talk.go(&format!("@boris > [{label}]\n@boris > a test\n@boris > [Yes, do it]")).await;
}

/// Brings a person to where the trial begins.
async fn prepare(talk: &mut Talk, what: What, name: &str) -> i64 {
    let person = talk.join(name, "en");
    let at = name.to_lowercase();
    let scene = match what {
        What::Payment => "offered",
        What::Refund => "paid",
        What::Renewal => "lite",
    };
    talk.go(&format!("@{at} ~ scene {scene}\n~ settle 5")).await;
    if what == What::Renewal {
        talk.go("~ days 29\n~ worker").await;
    }
    person
}

/// What is tried itself; the calls that it makes are what trouble is ordered for.
async fn begin(talk: &mut Talk, what: What, name: &str, person: i64) {
    match what {
        What::Payment => {
            let at = name.to_lowercase();
            talk.go(&format!("@{at} > [Card · 1 990 ₽]")).await;
        }
        What::Refund => owner_refunds(talk, name, person).await,
        What::Renewal => talk.world.pass(86_400_000 + 60_000).await,
    }
}

/// The person pays as soon as there is something to pay.
async fn pay(talk: &mut Talk, is_slow: bool) {
    for _ in 0..8 {
        if is_slow {
            one_job_a_process(&mut talk.world).await;
        } else {
            work_or_die(&mut talk.world).await;
        }
        talk.world.breathe().await;
        let open = at_yookassa(&talk.world).into_iter().rev().find(|it| it["status"] == "pending");
        if let Some(id) = open.and_then(|it| it["id"].as_str().map(str::to_owned)) {
            let card = sandbox::yookassa::Means::Card("5555555555554444".to_owned());
            talk.world.sandbox.yookassa().pay(&id, card).expect("it can be paid");
            return;
        }
        talk.world.pass(20_000).await;
    }
}

async fn trial(
    talk: &mut Talk,
    what: What,
    number: usize,
    luck: Option<(usize, Luck)>,
    is_slow: bool,
) -> usize {
    let name = format!("{what:?}{number}");
    let person = prepare(talk, what, &name).await;
    let paid = |it: &&Value| it["status"] == "succeeded";
    let before = (
        at_yookassa(&talk.world).iter().filter(paid).count(),
        talk.world.sandbox.yookassa().refunds().iter().filter(paid).count(),
    );
    let wire = talk.world.till_wire.clone();
    let first = wire.made().len();
    if let Some((at, luck)) = luck {
        wire.order(first + at, luck);
    }
    begin(talk, what, &name, person).await;
    if what == What::Payment {
        pay(talk, is_slow).await;
    }
    if is_slow {
        one_job_a_process(&mut talk.world).await;
    } else {
        work_or_die(&mut talk.world).await;
    }
    tell_everything(&talk.world).await;
    come_to_rest(talk, is_slow).await;
    tell_everything(&talk.world).await;
    come_to_rest(talk, is_slow).await;
    let seen = format!(
        "{what:?} {luck:?} at {:?}",
        luck.and_then(|it| wire.made().get(first + it.0).cloned())
    );
    let end = end(talk, &name, before).await;
    match what {
        What::Payment => {
            assert_eq!((end.payments, end.bought, end.charged), (1, 250, 1), "{seen}");
        }
        What::Refund => {
            assert_eq!((end.payments, end.refunded, end.gone_back), (1, 1, 1), "{seen}");
            assert_eq!(end.left, 100, "{seen}");
        }
        What::Renewal => {
            assert_eq!((end.payments, end.bought, end.charged), (2, 600, 1), "{seen}");
            // It was extended by what was paid for, once.
            let days = "SELECT (until - created_at) / 86400000 FROM subscriptions";
            let days = talk.world.read(move |tx| tx.one(days, &[])?.number(0)).await;
            assert!((60..=61).contains(&days), "{seen}: {days} days");
        }
    }
    assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{seen}");
    wire.made().len() - first
}

/// A world with an owner who has agreed, as refunds are theirs to give.
async fn world() -> Talk {
    let owners = [("bot.0.owners", "502"), ("bot.0.languages", "en")];
    let owners = owners.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut talk = Talk::new(World::with(Ground::Sqlite, &owners).await);
    talk.go("@boris ~ scene agreed").await;
    talk
}

/// Every call of a trial without trouble, each kind of luck on it.
fn every_step(what: What) {
    let calls = alone(async { trial(&mut world().await, what, 0, None, false).await });
    // Of the same question asked again and again, the first ones are enough.
    for at in 0..calls.min(4) {
        for (number, luck) in LUCK.into_iter().enumerate() {
            alone(async {
                trial(&mut world().await, what, number, Some((at, luck)), false).await;
            });
        }
    }
}

#[test]
fn f01_f08_f09_a_payment_fails_and_dies_at_each_step() {
    every_step(What::Payment);
}

#[test]
fn f16_a_refund_fails_and_dies_at_each_step() {
    every_step(What::Refund);
}

#[test]
fn f17_a_renewal_fails_and_dies_at_each_step() {
    every_step(What::Renewal);
}

#[test]
fn f01_f17_the_process_dies_between_any_two_jobs() {
    for what in [What::Payment, What::Refund, What::Renewal] {
        alone(async {
            trial(&mut world().await, what, 0, None, true).await;
        });
    }
}

#[test]
fn f17_a_gateway_that_is_silent_for_a_day_charges_a_renewal_once() {
    alone(async {
        let mut talk = world().await;
        talk.go("~ scene lite\n~ days 29\n~ worker\n~ yookassa never times 99").await;
        // It charges, and nobody hears of it: neither by an answer nor by a notification.
        talk.go("~ till is silent\n~ days 1").await;
        for _ in 0..60 {
            talk.go("~ minutes 30\n~ worker").await;
        }
        talk.go("~ till is up").await;
        for _ in 0..6 {
            talk.go("~ days 1\n~ worker\n~ worker").await;
        }
        let charged = at_yookassa(&talk.world);
        let charged = charged.iter().filter(|it| it["status"] == "succeeded").count();
        assert_eq!(charged, 2, "{:?}", talk.world.look("orders").await);
        let orders = talk.world.look("orders").await.expect("a look");
        let paid = orders.iter().filter(|it| it.contains(": paid")).count();
        assert_eq!(paid, 2, "{orders:?}");
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

#[test]
fn f17_a_charge_that_is_seen_after_the_card_was_unlinked_brings_no_other() {
    alone(async {
        let mut talk = world().await;
        talk.go("~ scene lite\n~ days 29\n~ worker\n~ yookassa never times 99").await;
        // It is charged, and nobody hears of it until the card is unlinked and the plan is over.
        talk.go("~ till is silent\n~ days 1\n~ worker\n~ worker").await;
        talk.go("> /plan\n> [Unlink the card]\n> [Yes, unlink it]").await;
        talk.go("~ minutes 5\n~ worker\n~ worker\n~ till is up").await;
        for _ in 0..40 {
            talk.go("~ days 1\n~ worker\n~ worker").await;
            let plans = talk.world.look("plans").await.expect("a look");
            assert!(!plans[0].contains("Bank card"), "{plans:?}");
        }
        // What was paid for is theirs, and that is all.
        let charged = at_yookassa(&talk.world);
        let charged = charged.iter().filter(|it| it["status"] == "succeeded").count();
        assert_eq!(charged, 2, "{}", talk.seen());
        let plans = talk.world.look("plans").await.expect("a look");
        assert!(plans[0].starts_with("Anna: lite by card: ended, until 2"), "{plans:?}");
        assert!(!plans[0].contains("Bank card"), "{plans:?}");
        assert_eq!(crate::stories_money::credited(&talk.world).await, (2, 600));
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

#[test]
fn f17_a_gateway_that_is_away_for_a_day_is_asked_again_when_it_is_back() {
    alone(async {
        let mut talk = world().await;
        talk.go("~ scene lite\n~ days 29\n~ worker\n~ till is down\n~ days 1").await;
        for _ in 0..60 {
            talk.go("~ minutes 30\n~ worker").await;
        }
        assert_eq!(at_yookassa(&talk.world).len(), 1);
        talk.go("~ till is up").await;
        for _ in 0..6 {
            talk.go("~ days 1\n~ worker\n~ worker").await;
        }
        assert_eq!(at_yookassa(&talk.world).len(), 2, "{:?}", talk.world.look("orders").await);
        assert_eq!(crate::stories_money::credited(&talk.world).await, (2, 600));
        let plans = talk.world.look("plans").await.expect("a look");
        assert!(plans[0].starts_with("Anna: lite by card: active"), "{plans:?}");
    });
}
