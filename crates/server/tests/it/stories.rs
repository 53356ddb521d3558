//! Failure stories that need more than a chat: races, generated presses, routes without keys.

use std::collections::BTreeSet;

use axum::body::{Body, Bytes};
use domain::{AvatarId, BotId, Credits, Kind, PhotoId, Quality, Subject};
use futures::future::join_all;
use http::{Request, StatusCode};
use sandbox::telegram::Seen;
use serde_json::Value;
use server::api::{self, Gate};
use server::app::App;
use server::studio::{self, Stop};
use server::{failure::Failure, jobs, start};
use store::ledger::{self, Grant, GrantKind};
use store::{Tx, photos, users};

use crate::chats::talk::Talk;
use crate::world::wire::{Door, Luck};
use crate::world::{ANNA, BOT, Ground, World, alone, each, good, quiesce};

/// The number of holds that there ever were.
async fn holds(world: &World) -> i64 {
    world.read(|tx| tx.one("SELECT COUNT(*) FROM holds", &[])?.number(0)).await
}

/// A path, its headers, its body.
pub type Post = (String, Vec<(String, String)>, Bytes);

/// The last press, as Telegram posted it, ten times with numbers of their own.
pub fn ten_of_the_last(world: &World) -> Vec<Post> {
    let knocks = world.door.knocks();
    let last = knocks.iter().rev().find(|it| it.path.starts_with("/webhook/")).expect("one came");
    let mut update: Value = serde_json::from_slice(&last.body).expect("an update is JSON");
    let first = update["update_id"].as_i64().expect("it has a number");
    let copy = |number: i64| {
        update["update_id"] = (first + 1_000 + number).into();
        (last.path.clone(), last.headers.clone(), Bytes::from(update.to_string()))
    };
    (0..10).map(copy).collect()
}

#[test]
fn f14_f46_ten_taps_in_two_processes_start_one_training() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene confirm").await;
        // A press that changes nothing, to have its form.
        talk.go("> forged order:{\"Pick\":\"fast\"}").await;
        let taps: Vec<_> = ten_of_the_last(&talk.world)
            .into_iter()
            .map(|(path, headers, body)| {
                let body = String::from_utf8_lossy(&body)
                    .replace(r#"order:{\"Pick\":\"fast\"}"#, r#"order:\"Start\""#);
                (path, headers, Bytes::from(body.into_bytes()))
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
        assert_eq!(codes, [Some(200); 10]);
        assert_eq!(holds(&talk.world).await, 1);
        talk.go("~ settle").await;
        assert_eq!(talk.world.look("fal").await.expect("a look").len(), 1);
        talk.world
    });
}

/// A person with credits and some avatars whose photos are good.
async fn with_avatars(world: &World, credits: i64, count: u32) -> (users::User, Vec<AvatarId>) {
    let ground = world.app.ground.clone();
    let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
    let made = world.db.write(move |tx| -> Result<_, Failure> {
        let now = ground.now();
        let user = users::by_telegram(tx, &bot, ANNA)?.expect("she has written");
        let wallet = studio::people::wallet(&user);
        let grant = Grant {
            reference: "test",
            wallet: &wallet,
            credits: Credits::new(credits).expect("credits"),
            kind: GrantKind::Bonus,
            reason: "test",
            actor: "operator",
            cause: Some("a test"),
            expires_at: None,
        };
        ledger::grant(tx, &grant, now)?;
        let mut avatars = Vec::new();
        for number in 0..count {
            let draft = studio::avatars::Draft {
                kind: Kind::Portrait,
                subject: Subject::Woman,
                name: format!("{number}"),
            };
            let drafted = studio::avatars::draft(tx, &ground, &user, &draft, now);
            let Ok(domain::News::Drafted { avatar }) = drafted else { panic!("{drafted:?}") };
            for photo in 1..=5 {
                let id = PhotoId::new(ground.number());
                let picture = domain::command::Picture {
                    file_id: format!("file-{number}-{photo}"),
                    unique_id: format!("unique-{number}-{photo}"),
                    bytes: 1,
                    is_document: false,
                    caption: None,
                    album: None,
                    message: i64::from(number * 10 + photo),
                };
                let new = photos::NewPhoto {
                    id: &id,
                    avatar: &avatar,
                    user: &user.id,
                    picture: &picture,
                };
                photos::insert(tx, &new, now)?;
                let judgement = photos::Judgement {
                    measures: Some(good(photo)),
                    verdicts: Vec::new(),
                    original: None,
                    thumbnail: None,
                    processed: None,
                };
                photos::judged(tx, &id, &judgement)?;
            }
            avatars.push(avatar);
        }
        Ok((user, avatars))
    });
    made.await.expect("a statement of a test")
}

#[test]
fn f21_a_hundred_spends_at_once_with_credits_for_seven() {
    each(|ground| async move {
        let mut talk = Talk::new(
            World::with(
                ground,
                &[
                    ("credits.welcome".to_owned(), "0".to_owned()),
                    ("training.avatars_per_user".to_owned(), "100".to_owned()),
                ],
            )
            .await,
        );
        talk.go("~ scene agreed").await;
        let (user, avatars) = with_avatars(&talk.world, 7 * 60 + 59, 100).await;
        let world = &talk.world;
        let spends = avatars.into_iter().map(|avatar| {
            let (ground, user) = (world.app.ground.clone(), user.clone());
            world.db.write(move |tx: &mut Tx| -> Result<bool, Failure> {
                let now = ground.now();
                let quote = domain::catalog::Quote {
                    credits: Credits::new(60).expect("credits"),
                    expires_at: now.plus(domain::Millis::MINUTE),
                };
                let command = domain::Command::Train {
                    avatar: avatar.clone(),
                    quality: Quality::Fast,
                    quote,
                };
                let done =
                    tx.savepoint(|tx| studio::carry_out(tx, &ground, &user, command.clone(), now));
                match done {
                    Ok(_) => Ok(true),
                    Err(Stop::Refused(_)) => Ok(false),
                    Err(Stop::Failed(failure)) => Err(failure),
                }
            })
        });
        let done: Vec<_> = join_all(spends).await;
        let started = done.iter().filter(|it| matches!(it, Ok(true))).count();
        assert_eq!((started, holds(world).await), (7, 7), "{done:?}");
        assert!(done.iter().all(Result::is_ok), "the others hear a no: {done:?}");
        talk.world
    });
}

/// The scenes in which a person can stand, from the first to the last.
const SCENES: [&str; 6] = ["agreed", "desk", "ready", "confirm", "training", "trained"];

#[test]
fn f26_each_button_of_each_menu_makes_at_most_one_hold() {
    alone(async {
        let settings = [("credits.welcome".to_owned(), "1000".to_owned())];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
        let mut people = 0;
        for scene in SCENES {
            let mut tried = 0;
            loop {
                people += 1;
                let name = format!("p{people}");
                let id = talk.join(&name, "en");
                talk.go(&format!("@{name} ~ scene {scene}")).await;
                let messages = talk.world.sandbox.telegram().messages(BOT, id);
                let menu = messages.iter().rev().find(|it| it["reply_markup"].is_object());
                let menu = menu.expect("each scene ends with a menu");
                let rows = menu["reply_markup"]["inline_keyboard"].as_array().expect("rows");
                let buttons: Vec<_> = rows.iter().flat_map(|it| it.as_array()).flatten().collect();
                let Some(button) = buttons.get(tried) else { break };
                let label = button["text"].as_str().expect("a label").to_owned();
                let before = holds(&talk.world).await;
                talk.go(&format!("@{name} > twice [{label}]\n@{name} > old [{label}]")).await;
                let made = holds(&talk.world).await - before;
                assert!(made <= 1, "{scene}: [{label}] made {made} holds");
                tried += 1;
            }
        }
        talk.go("~ settle 60").await;
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// What belongs to people, but for whom their chats belong to.
async fn belongings(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for look in ["avatars", "training", "books"] {
        all.extend(world.look(look).await.expect("a look"));
    }
    all.extend(
        world
            .read(|tx| {
                let rows = tx.query(
                    "SELECT id || ' ' || state || ' ' || COALESCE(removed_at, 0) AS what FROM photos
                     ORDER BY id",
                    &[],
                )?;
                rows.iter().map(|it| it.text("what")).collect::<Result<Vec<_>, _>>()
            })
            .await,
    );
    all
}

#[test]
fn f63_f80_f81_no_button_of_somebody_else_does_anything() {
    alone(async {
        let settings = [("credits.welcome".to_owned(), "1000".to_owned())];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
        talk.go("~ scene trained
             > [Delete]
             > /avatars
             > [Create an avatar]
             > [Portrait (recommended)]
             > [Choose this one]
             > [Man]
             > Second
             > photos good 5
             ~ glance
             > [All photos]
             > /cancel
             > [No, keep it for later]
             > [Go on with Second]
             > [Continue]
             > [Fast: 60]
             > [Start for 60 credits]
             > [Stop the training]
             > /language
             > /help
             > /delete_me
             > /menu")
            .await;
        let presses: BTreeSet<String> = talk.buttons.iter().map(|it| it.3.clone()).collect();
        assert!(40 < presses.len(), "the tour has seen the buttons: {}", presses.len());
        let mallory = talk.join("Mallory", "en");
        let mut tried = 0;
        for scene in ["agreed", "desk"] {
            talk.go(&format!("@mallory ~ scene {scene}")).await;
            for press in &presses {
                // Her own order to forget herself is hers to give.
                if press.contains("Forget") || press.starts_with("consent:") {
                    continue;
                }
                let before = belongings(&talk.world).await;
                talk.go(&format!("@mallory > forged {press}")).await;
                let after = belongings(&talk.world).await;
                let lost: Vec<_> = before.iter().filter(|it| !after.contains(it)).collect();
                let lost: Vec<_> = lost.iter().filter(|it| !it.starts_with("Mallory")).collect();
                assert!(lost.is_empty(), "{press} on {scene} touched {lost:?}");
                tried += 1;
            }
        }
        let failed: Vec<_> =
            talk.world.door.knocks().into_iter().filter(|it| it.code != 200).collect();
        assert!(failed.is_empty() && 80 < tried, "{tried}, {failed:?}");
        let seen = talk.world.sandbox.telegram().messages(BOT, mallory);
        let shown: Vec<_> = seen.iter().filter_map(|it| it["text"].as_str()).collect();
        let leaked: Vec<_> = shown.iter().filter(|it| it.contains("Second")).collect();
        assert!(leaked.is_empty(), "she has seen {leaked:?}");
        talk.go("~ settle 60").await;
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

#[test]
fn f83_every_route_without_credentials_is_shut() {
    alone(async {
        let token = ("http.operator_token".to_owned(), "a long enough token".to_owned());
        let world = World::with(Ground::Sqlite, &[token]).await;
        for (method, path, gate) in api::ROUTES {
            let path = path.replace("{bot}", "main").replace(['{', '}'], "");
            for body in ["", "{}", "not json"] {
                let request = Request::builder().method(method).uri(&path);
                let request = request.body(Body::from(body)).expect("a good request");
                let (code, _) = world.door.ask(request).await.expect("there is a program");
                match gate {
                    Gate::Open => assert!(code.is_success(), "{method} {path}: {code}"),
                    Gate::Signed | Gate::Operator => {
                        assert_eq!(code, StatusCode::UNAUTHORIZED, "{method} {path}");
                    }
                    Gate::Network => {
                        assert_eq!(code, StatusCode::FORBIDDEN, "{method} {path}");
                    }
                }
            }
        }
    });
}

#[test]
fn bodies_of_every_bad_kind_are_answered_and_change_nothing() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        let knocks = talk.world.door.knocks();
        let update = knocks.last().expect("she has written").clone();
        let before = belongings(&talk.world).await;
        let nested =
            format!("{{\"update_id\":1,\"message\":{}1{}}}", "[".repeat(900), "]".repeat(900));
        let long = format!("{{\"update_id\":2,\"message\":\"{}\"}}", "x".repeat(1_000_000));
        let large = vec![b' '; 1024 * 1024 + 1];
        let bodies: [(&[u8], u16); 8] = [
            (b"", 400),
            (b"[]", 400),
            (b"{\"update_id\":\"one\"}", 400),
            (b"\xff\xfe", 400),
            (b"{\"update_id\":3}", 200),
            (nested.as_bytes(), 200),
            (long.as_bytes(), 200),
            (&large, 413),
        ];
        for (body, code) in bodies {
            let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let body = Bytes::copy_from_slice(body);
            let answer = talk.world.door.post(&update.path, &update.headers, body).await;
            assert_eq!(answer, Some(code), "{shown}");
        }
        // What an update is does not depend on the word at its head.
        let mut headers = update.headers.clone();
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
        headers.push(("content-type".to_owned(), "text/plain".to_owned()));
        let answer = talk.world.door.post(&update.path, &headers, update.body.clone()).await;
        assert_eq!(answer, Some(200));
        assert_eq!(belongings(&talk.world).await, before);
    });
}

#[test]
fn f13_a_silent_provider_holds_nobody_up() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene training").await;
        talk.world.fal_wire.always(Some(Luck::HangsBefore));
        let (app, wire) = (talk.world.app.clone(), talk.world.fal_wire.clone());
        let mut worker = Box::pin(work(app));
        tokio::select! {
            _ = &mut worker => panic!("the provider is silent, so this never ends"),
            () = wire.hangs() => {}
        }
        // While it is silent somebody else is served.
        talk.join("Lena", "en");
        let lena = talk.go("@lena ~ scene desk");
        tokio::select! {
            _ = &mut worker => panic!("the provider is silent, so this never ends"),
            () = lena => {}
        }
        drop(worker);
        talk.world.fal_wire.always(None);
        talk.go("~ seconds 61\n~ settle").await;
        let trainings = talk.world.look("training").await.expect("a look");
        assert_eq!(trainings, ["Anna B., portrait fast: SUCCEEDED, 60 charged"]);
    });
}

async fn work(app: std::sync::Arc<App>) {
    while jobs::run_next(&app, crate::world::LANES).await.expect("the database is there") {}
}

#[test]
fn f50_two_processes_fire_a_schedule_once() {
    each(|ground| async move {
        let mut world = World::new(ground).await;
        let other = world.app.clone();
        world.restart().await;
        for _ in 0..3 {
            let ticks = [&world.app, &other, &world.app, &other].map(|it| jobs::schedule::tick(it));
            for done in join_all(ticks).await {
                done.expect("the database is there");
            }
            let count = "SELECT COUNT(*) FROM jobs WHERE kind = 'sweep' AND ended_at IS NULL";
            let sweeps = world.read(move |tx| tx.one(count, &[])?.number(0)).await;
            assert_eq!(sweeps, jobs::sweep::EVERY.len() as i64);
            world.work().await;
            world.clock.pass(24 * 60 * 60_000);
        }
        world
    });
}

#[test]
fn f62_a_press_is_answered_while_the_database_is_away() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        let telegram = talk.world.sandbox.telegram().clone();
        let menu = telegram.messages(BOT, ANNA).into_iter().rev();
        let menu = menu.filter_map(|it| it["message_id"].as_i64()).next().expect("a menu");
        telegram.take_seen(BOT, ANNA);
        talk.world.lose_database();
        telegram.press(BOT, ANNA, menu, "back_to_menu", true).expect("she may press");
        talk.world.deliver().await;
        let seen = telegram.take_seen(BOT, ANNA);
        assert!(seen.iter().any(|it| matches!(it, Seen::Answer { .. })), "{seen:?}");
    });
}

#[test]
fn f52_the_trigger_word_reaches_the_provider_and_is_its_own() {
    alone(async {
        let settings = [("credits.welcome".to_owned(), "1000".to_owned())];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
        talk.join("Lena", "en");
        talk.go("~ scene trained\n@lena ~ scene trained").await;
        let words = talk.world.read(|tx| {
            let rows = tx.query("SELECT trigger_word FROM avatars ORDER BY id", &[])?;
            rows.iter().map(|it| it.text(0)).collect::<Result<BTreeSet<_>, _>>()
        });
        let words = words.await;
        assert_eq!(words.len(), 2);
        for request in talk.world.sandbox.fal().requests() {
            let input = request.input.to_string();
            let own: Vec<_> = words.iter().filter(|it| input.contains(it.as_str())).collect();
            assert!(matches!(own.as_slice(), [word] if 3 < word.len()), "{input}");
        }
    });
}

#[test]
fn f30_three_thousand_movements_add_up() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed").await;
        let app = talk.world.app.ground.clone();
        let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
        let booked = talk.world.db.write(move |tx| -> Result<(), Failure> {
            let user = users::by_telegram(tx, &bot, ANNA)?.expect("she has written");
            let wallet = studio::people::wallet(&user);
            for number in 1..=3_000_i64 {
                let reference = format!("test:{number}");
                let grant = Grant {
                    reference: &reference,
                    wallet: &wallet,
                    credits: Credits::new(number % 7 + 1).expect("credits"),
                    kind: GrantKind::Bonus,
                    reason: "test",
                    actor: "operator",
                    cause: Some("a test"),
                    expires_at: None,
                };
                ledger::grant(tx, &grant, app.now())?;
            }
            Ok(())
        });
        booked.await.expect("a statement of a test");
        let sum: i64 = 100 + (1..=3_000_i64).map(|it| it % 7 + 1).sum::<i64>();
        talk.go("> /balance").await;
        assert!(talk.seen().contains(&format!("You have {sum} credits")), "{}", talk.seen());
        // The last page ends with the first movement.
        talk.go("> forged balance:{\"Page\":300}").await;
        let seen = talk.seen();
        let last = seen.rsplit_once("+100  welcome gift\n").map(|(_, rest)| rest);
        // Nothing is earlier, and something is later.
        let keys = last.unwrap_or_default();
        assert!(keys.contains("[Later ›]") && !keys.contains("[‹ Earlier]"), "{seen}");
        talk.world
    });
}

#[test]
fn f72_a_token_that_never_was_stops_nobody() {
    alone(async {
        let mut world = World::new(Ground::Sqlite).await;
        world.sandbox.telegram().revoke(crate::world::OTHER_TOKEN);
        world.restart().await;
        start::enrol_bots(&world.app).await.expect("the database is there");
        let mut talk = Talk::new(world);
        talk.go("~ scene agreed").await;
        assert!(talk.world.broken().await.is_empty());
    });
}
