//! Failure stories of people with money: Stars that come at any moment, many taps at once, codes
//! and links that are used again and again.

use std::collections::BTreeSet;

use axum::body::Bytes;
use futures::future::join_all;
use serde_json::{Value, json};
use server::api;

use crate::chats::talk::Talk;
use crate::stories::{Post, ten_of_the_last};
use crate::stories_money::{at_yookassa, attention, credited, notification, notify, owners};
use crate::world::wire::{Door, Luck};
use crate::world::{ANNA, BOT, Ground, World, alone, each, quiesce};

/// The update by which Telegram said that Stars have come, as it was posted.
pub fn stars_update(world: &World) -> (Post, Value) {
    let knocks = world.door.knocks().into_iter().rev();
    let mut found = knocks.filter(|it| it.path.starts_with("/webhook/"));
    let is_paid = |body: &[u8]| String::from_utf8_lossy(body).contains("successful_payment");
    let knock = found.find(|it| is_paid(&it.body)).expect("Stars have come");
    let update = serde_json::from_slice(&knock.body).expect("an update is JSON");
    ((knock.path, knock.headers, knock.body), update)
}

pub async fn post(world: &World, (path, headers, _): &Post, update: &Value) {
    let code = world.door.post(path, headers, update.to_string().into()).await;
    assert_eq!(code, Some(200));
    quiesce().await;
}

#[test]
fn f02_stars_that_are_told_twice_are_one_credit() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene offered\n> [1 590 Telegram Stars]\n~ worker\n> pay\n~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        let (knock, mut update) = stars_update(&talk.world);
        // The same message in other updates: at once, and after a crash.
        let number = update["update_id"].as_i64().expect("a number");
        for at in 0..20 {
            update["update_id"] = json!(number + 500 + at);
            post(&talk.world, &knock, &update).await;
        }
        talk.world.restart().await;
        update["update_id"] = json!(number + 600);
        post(&talk.world, &knock, &update).await;
        talk.go("~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        assert!(attention(&talk.world).await.is_empty());
        // The same invoice paid again is other Stars: they count, and a person is told.
        update["update_id"] = json!(number + 700);
        update["message"]["successful_payment"]["telegram_payment_charge_id"] = json!("stxSecond");
        post(&talk.world, &knock, &update).await;
        assert_eq!(credited(&talk.world).await, (2, 500));
        assert_eq!(attention(&talk.world).await, ["order-paid-twice"]);
        talk.go("~ settle 90").await;
        talk.world
    });
}

/// Ways to everywhere that a chat can be, the shop's own screens among them.
const PLACES: [&str; 16] = [
    "> /menu",
    "> /balance",
    "> /buy",
    "> /buy\n> [250 · 1 990 ₽]",
    "> /buy\n> [250 · 1 990 ₽]\n> [Card · 1 990 ₽]",
    "> /plan",
    "> /plan\n> [Plans]\n> [Lite · 2 190 ₽]\n> [Card · 2 190 ₽]",
    "> /promo",
    "> /gift\n> 20",
    "> /invite",
    "> /language",
    "> /delete_me",
    "> /avatars\n> [Create an avatar]\n> [Portrait (recommended)]\n> [Choose this one]\n> [Woman]",
    "~ scene ready",
    "~ scene confirm",
    "~ scene training",
];

#[test]
fn f11_stars_count_whatever_the_chat_is_at() {
    alone(async {
        for (number, place) in PLACES.iter().enumerate() {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            let scene = place.strip_prefix("~ scene ");
            talk.go(scene
                .map_or("~ scene agreed".to_owned(), |it| format!("~ scene {it}"))
                .as_str())
                .await;
            talk.go("> /buy\n> [100 · 849 ₽]\n> [690 Telegram Stars]\n~ worker").await;
            if scene.is_none() {
                talk.go(place).await;
            }
            talk.go("> pay old\n~ worker").await;
            assert_eq!(credited(&talk.world).await, (1, 100), "{place}");
            let told = "Your payment of 690 Telegram Stars has arrived";
            let seen = talk.seen().replace('\u{a0}', " ");
            assert!(seen.contains(told) || seen.contains("Paid: 690"), "{number} {place}:\n{seen}");
            talk.go("~ settle 90").await;
            assert_eq!(talk.world.broken().await, Vec::<String>::new());
        }
    });
}

#[test]
fn f11_stars_of_somebody_who_is_banned_or_forgotten_are_booked() {
    alone(async {
        let mut talk = Talk::new(World::with(Ground::Sqlite, &owners()).await);
        talk.go("~ scene offered\n> [1 590 Telegram Stars]\n~ worker\n> pay\n~ worker").await;
        let (knock, mut update) = stars_update(&talk.world);
        talk.world
            .write(|tx| tx.execute("UPDATE users SET state = 'banned'", &[]).map(|_| ()))
            .await;
        update["update_id"] = json!(900_001);
        let paid = &mut update["message"]["successful_payment"];
        paid["telegram_payment_charge_id"] = json!("stxOther");
        post(&talk.world, &knock, &update).await;
        assert_eq!(credited(&talk.world).await, (2, 500));
    });
}

#[test]
fn f12_stars_wait_for_a_process_that_has_died() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene offered\n> [1 590 Telegram Stars]\n~ worker").await;
        // The bot says yes, and then nobody is there when Telegram tells what came.
        let telegram = talk.world.sandbox.telegram().clone();
        let link = talk.tills.last().expect("a link").1.clone();
        telegram.pay_link(BOT, ANNA, &link).expect("she has Stars");
        let wire = talk.world.telegram_wire.clone();
        wire.order(wire.made().len(), Luck::HangsAfter);
        tokio::select! {
            () = talk.world.deliver() => panic!("its own answer never comes back to it"),
            () = wire.hangs() => {}
        }
        talk.world.door.leads_to(None);
        for _ in 0..3 {
            talk.world.sandbox.deliver_due(&*talk.world.door).await;
        }
        assert_eq!(credited(&talk.world).await, (0, 0));
        talk.world.restart().await;
        talk.go("~ minutes 5\n~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.world
    });
}

#[test]
fn f14_ten_taps_in_two_processes_are_one_order() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene offered").await;
        // A press that changes nothing, to have its form.
        let press = r#"shop:{"Pack":"250"}"#;
        talk.go(&format!("> forged {press}")).await;
        let taps: Vec<_> = ten_of_the_last(&talk.world)
            .into_iter()
            .map(|(path, headers, body)| {
                let body = String::from_utf8_lossy(&body)
                    .replace(r#"{\"Pack\":\"250\"}"#, r#"{\"Pay\":[\"250\",\"card\",199000]}"#);
                (path, headers, Bytes::from(body))
            })
            .collect();
        let (here, there) = (Door::default(), Door::default());
        here.leads_to(Some(api::router(talk.world.app.clone())));
        talk.world.restart().await;
        there.leads_to(Some(api::router(talk.world.app.clone())));
        let posts = taps.iter().enumerate().map(|(at, (path, headers, body))| {
            let door = if at % 2 == 0 { &here } else { &there };
            door.post(path, headers, body.clone())
        });
        let codes = join_all(posts).await;
        quiesce().await;
        // Who was overtaken again and again is brought once more.
        for (code, (path, headers, body)) in codes.into_iter().zip(&taps) {
            if code != Some(200) {
                assert_eq!(there.post(path, headers, body.clone()).await, Some(200), "{code:?}");
            }
        }
        quiesce().await;
        talk.go("~ worker").await;
        assert_eq!(talk.world.look("orders").await.expect("a look").len(), 1);
        assert_eq!(at_yookassa(&talk.world).len(), 1);
        talk.go("> pay\n~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.world
    });
}

#[test]
fn f29_the_database_is_away_and_no_money_is_lost() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene ordered\n~ yookassa never\n> pay").await;
        let body = notification("payment.succeeded", &at_yookassa(&talk.world)[0]);
        talk.world.lose_database();
        assert_eq!(notify(&talk.world, body.clone()).await, Some(503));
        talk.world.find_database().await;
        assert_eq!(notify(&talk.world, body).await, Some(200));
        talk.go("~ worker").await;
        assert_eq!(credited(&talk.world).await, (1, 250));
        // Nobody can pay with Stars who can't be looked up, and reads why.
        talk.go("> /buy\n> [100 · 849 ₽]\n> [690 Telegram Stars]\n~ worker").await;
        let link = talk.tills.last().expect("a link").1.clone();
        talk.world.lose_database();
        let telegram = talk.world.sandbox.telegram().clone();
        telegram.pay_link(BOT, ANNA, &link).expect("she has Stars");
        talk.world.deliver().await;
        talk.world.find_database().await;
        talk.watch();
        let told = "try again in a minute";
        assert!(talk.seen().to_lowercase().contains(told), "{}", talk.seen());
        assert_eq!(credited(&talk.world).await, (1, 250));
        talk.go("> pay\n~ settle 5").await;
        assert_eq!(credited(&talk.world).await, (2, 350));
        talk.world
    });
}

#[test]
fn f32_a_hundred_ticks_give_and_take_once() {
    each(|ground| async move {
        let mut talk = Talk::new(World::with(ground, &owners()).await);
        talk.go("@boris ~ scene lite\n~ scene paid\n> /gift\n> 30\n> [Give 30 credits]").await;
        talk.go("@boris > /gift\n~ days 29\n~ worker\n~ days 2").await;
        for tick in 0..100 {
            match tick {
                30 => talk.world.restart().await,
                // The clock jumps back, over the end of the period.
                60 => talk.world.clock.pass(-3 * 86_400_000),
                70 => talk.world.clock.pass(3 * 86_400_000),
                _ => {}
            }
            talk.go("~ minutes 1\n~ worker").await;
        }
        // A pack, a first period, one renewal; the gift came back once.
        assert_eq!(credited(&talk.world).await, (3, 850));
        assert_eq!(at_yookassa(&talk.world).len(), 3);
        let returned = "SELECT COUNT(*) FROM tells WHERE dedupe_key LIKE 'gift_returned:%'";
        let returned = talk.world.read(move |tx| tx.one(returned, &[])?.number(0)).await;
        assert_eq!(
            returned,
            1,
            "{:?} {:?}",
            talk.world.look("tells").await,
            talk.world.look("jobs").await
        );
        let books = talk.world.look("books").await.expect("a look");
        assert!(books.contains(&"Anna: 350".to_owned()), "{books:?}");
        talk.world
    });
}

#[test]
fn f33_fifty_enter_a_code_for_one_at_once() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ promo ONCE credits=1000 uses=1").await;
        let mut posts = Vec::new();
        for number in 0..50 {
            let name = format!("p{number}");
            talk.join(&name, "en");
            talk.go(&format!("@{name} ~ scene agreed\n@{name} > /promo\n@{name} > none")).await;
            posts.push(ten_of_the_last(&talk.world).swap_remove(0));
        }
        let door = talk.world.door.clone();
        let posts: Vec<_> = posts
            .into_iter()
            .map(|(path, headers, body)| {
                let body = String::from_utf8_lossy(&body).replace("\"none\"", "\"once\"");
                (path, headers, Bytes::from(body))
            })
            .collect();
        let all = posts.iter().map(|(path, headers, body)| door.post(path, headers, body.clone()));
        assert_eq!(join_all(all).await, [Some(200); 50]);
        quiesce().await;
        talk.go("~ settle 5").await;
        let given = "SELECT CAST(COALESCE(SUM(credits), 0) AS BIGINT) FROM transfers
                     WHERE reference LIKE 'promo:%'";
        assert_eq!(talk.world.read(move |tx| tx.one(given, &[])?.number(0)).await, 1_000);
        let uses = "SELECT uses FROM promos";
        assert_eq!(talk.world.read(move |tx| tx.one(uses, &[])?.number(0)).await, 1);
        talk.world
    });
}

/// How many people were brought by somebody.
async fn invited(world: &World) -> i64 {
    let sql = "SELECT COUNT(*) FROM users WHERE invited_by IS NOT NULL";
    world.read(move |tx| tx.one(sql, &[])?.number(0)).await
}

#[test]
fn f34_links_of_each_kind_again_and_again() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ promo HELLO credits=5\n~ scene agreed\n> /invite").await;
        // The first link counts, whatever is opened afterwards.
        for name in ["Lena", "Mila"] {
            talk.join(name, "en");
        }
        talk.go("@lena > opens invite\n@lena ~ scene agreed\n@lena > /invite").await;
        assert_eq!(invited(&talk.world).await, 1);
        // Rings: Anna by Lena's link; oneself by one's own.
        talk.go("> opens invite\n@lena > opens invite\n@lena > /start s_campaign").await;
        talk.go("@lena > /start p_HELLO\n@lena > /start r_nobody").await;
        assert_eq!(invited(&talk.world).await, 1);
        // A newcomer by a campaign, then by an invitation: the campaign was first.
        talk.go("@mila > /start s_spring\n@mila > opens invite\n@mila ~ scene agreed").await;
        assert_eq!(invited(&talk.world).await, 1);
        let sources = "SELECT origin FROM users ORDER BY created_at, id";
        let sources: BTreeSet<_> = talk
            .world
            .read(move |tx| {
                let rows = tx.query(sources, &[])?;
                rows.iter().map(|it| it.maybe_text(0)).collect()
            })
            .await;
        assert!(sources.contains(&Some("s_spring".to_owned())), "{sources:?}");
        // What isn't of a link's form changes nothing.
        for bad in ["r_", "g_", "p_", "r_'; DROP TABLE users", "s_яблоко", &"x".repeat(80)] {
            talk.go(&format!("@mila > /start {bad}")).await;
        }
        assert_eq!(invited(&talk.world).await, 1);
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// Somebody changes what a pack costs, and starts the program anew.
async fn reprice(talk: &mut Talk, folder: &std::path::Path, rub: &str) -> Result<(), String> {
    std::fs::create_dir_all(folder.join("packs")).expect("a folder for the catalog");
    let pack = format!(
        "credits = 250\nbonus = 0\nbest_value = false\n\n[price]\nrub = {rub}\nstars = 1_590\n"
    );
    std::fs::write(folder.join("packs/250.toml"), pack).expect("it can be written");
    talk.world.restart().await;
    server::prices::guard(&talk.world.app).await.map_err(|it| it.to_string())
}

#[test]
fn f27_a_price_that_jumps_is_refused_and_an_offer_is_kept() {
    alone(async {
        let folder = tempfile::tempdir().expect("a folder for the catalog");
        let setting = crate::stories_money::setting;
        let place = setting("catalog.folder", &folder.path().display().to_string());
        let mut talk = Talk::new(World::with(Ground::Sqlite, &[place]).await);
        assert_eq!(reprice(&mut talk, folder.path(), "199_000").await, Ok(()));
        talk.go("~ scene offered").await;
        // A hundred times as much, and a hundredth of it: slips of the hand, named as such.
        let refused = reprice(&mut talk, folder.path(), "19_900_000").await;
        assert!(refused.as_ref().is_err_and(|it| it.contains("250")), "{refused:?}");
        // Dearer, as prices get. What a button says is what is charged, for as long as it holds.
        assert_eq!(reprice(&mut talk, folder.path(), "239_000").await, Ok(()));
        talk.go("> [Card · 1 990 ₽]\n~ worker\n> pay\n~ worker\n> /buy\n> [250 · 2 390 ₽]").await;
        assert_eq!(
            talk.world.look("orders").await.expect("a look"),
            ["Anna: 250 by card for 199000 rub: paid, 250+0 credits"]
        );
        talk.go("~ minutes 61\n> [Card · 2 390 ₽]").await;
        assert!(talk.seen().contains("That price is out of date"), "{}", talk.seen());
    });
}

#[test]
fn f19_stars_that_we_give_back_ourselves_are_taken_once() {
    alone(async {
        let mut talk = Talk::new(World::with(Ground::Sqlite, &owners()).await);
        talk.go("@boris ~ scene agreed\n~ scene offered\n> [1 590 Telegram Stars]\n~ worker").await;
        talk.go("> pay\n~ worker\n@boris > /admin\n@boris > Anna\n@boris > [Anna · 501]").await;
        talk.go("@boris > [Refund 1 590 Telegram Stars of 20.11.2026]\n@boris > a wish").await;
        talk.go("@boris > [Yes, do it]").await;
        // They go back, the process dies before it knows, and Telegram's message is first.
        let (app, wire) = (talk.world.app.clone(), talk.world.telegram_wire.clone());
        wire.order(wire.made().len(), Luck::HangsAfter);
        let mut work = Box::pin(async {
            while server::jobs::run_next(&app, crate::world::LANES).await.expect("a database") {}
        });
        tokio::select! {
            () = &mut work => panic!("its answer never comes"),
            () = wire.hangs() => {}
        }
        drop(work);
        assert!(wire.made().last().is_some_and(|it| it.ends_with("/refundStarPayment")));
        talk.world.restart().await;
        talk.go("> /balance\n~ seconds 61\n~ settle 5\n~ days 1\n~ worker").await;
        assert_eq!(
            talk.world.look("refunds").await.expect("a look"),
            ["1590 stars: succeeded, 250 credits, a wish by owner:502"]
        );
        let books = talk.world.look("books").await.expect("a look");
        assert!(books.contains(&"Anna: 100".to_owned()), "{books:?}");
        assert_eq!(attention(&talk.world).await, Vec::<String>::new());
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}
