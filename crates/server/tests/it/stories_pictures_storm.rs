//! Many at once in bad weather: fifty people order pictures while fal, Replicate and Telegram fail
//! in every way, several workers take turns, and the process ends in between. At the end nothing is
//! lost and nothing is there twice.

use std::collections::BTreeSet;

use domain::catalog::Quote;
use domain::picture::{Aspect, Draft};
use domain::{AvatarId, BotId, Command, Credits, Millis};
use futures::future::join_all;
use server::failure::Failure;
use server::jobs;
use server::studio::{self, Stop};
use store::{StoreError, Tx, users};

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures_steps::check_files;
use crate::world::wire::{Luck, Storm};
use crate::world::{BOT, Ground, LANES, World, alone, files, looks};

const PEOPLE: u32 = 50;
const ORDERS: u32 = 10;
/// Of each order.
const COUNT: u32 = 2;
const PRICE: i64 = 3;
const WORKERS: usize = 6;

/// What the weather brings: refusals that say so, answers that are lost, gateways that lie.
const WEATHER: [Luck; 9] = [
    Luck::NotSent,
    Luck::Broken,
    Luck::AnswerLost,
    Luck::Says(429),
    Luck::Says(500),
    Luck::Says(503),
    Luck::SaysAfter(502),
    Luck::SaysAfter(504),
    Luck::Says(404),
];

fn storm(seed: u64, per_mille: u64) -> Option<Storm> {
    Some(Storm { seed: seed | 1, per_mille, lucks: WEATHER.to_vec() })
}

/// Fifty people, each with the avatar of the first: its model, not its photos.
async fn people(talk: &mut Talk) -> Vec<(i64, AvatarId)> {
    talk.go("~ scene trained").await;
    let mut all = Vec::new();
    for number in 0..PEOPLE {
        let name = format!("P{number}");
        let person = talk.join(&name, "en");
        talk.go(&format!("@p{number} ~ scene agreed")).await;
        let ground = talk.world.app.ground.clone();
        let made = talk.world.db.write(move |tx| avatar(tx, &ground, person));
        let avatar = made.await.expect("a statement of a test");
        let key: String = model_of(&talk.world, &avatar).await;
        let weights =
            "SELECT key FROM objects WHERE kind = 'model' ORDER BY created_at, id LIMIT 1";
        let from = talk.world.read(move |tx| tx.one(weights, &[])?.text(0)).await;
        let bytes = talk.world.app.objects.get(&from).await.expect("it is there");
        talk.world.app.objects.put(&key, bytes.to_vec()).await.expect("the folder is there");
        all.push((person, avatar));
    }
    all
}

async fn model_of(world: &World, avatar: &AvatarId) -> String {
    let avatar = avatar.clone();
    let sql = "SELECT key FROM objects WHERE avatar_id = $1 AND kind = 'model'";
    world.read(move |tx| tx.one(sql, &[&avatar])?.text(0)).await
}

/// An avatar that is trained already.
fn avatar(tx: &mut Tx, ground: &server::app::Ground, person: i64) -> Result<AvatarId, Failure> {
    let now = ground.now();
    let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
    let user = users::by_telegram(tx, &bot, person)?.expect("they have written");
    let draft = studio::avatars::Draft {
        kind: domain::Kind::Portrait,
        subject: domain::Subject::Woman,
        name: "A".to_owned(),
    };
    let drafted = studio::avatars::draft(tx, ground, &user, &draft, now);
    let Ok(domain::News::Drafted { avatar }) = drafted else { panic!("{drafted:?}") };
    let object = domain::ObjectId::new(ground.number());
    let key = format!("avatars/{}/{avatar}/model.safetensors", user.id);
    let new = store::objects::NewObject {
        id: &object,
        key: &key,
        bytes: 1,
        sha256: "",
        kind: "model",
        content_type: "application/octet-stream",
        user: Some(&user.id),
        avatar: Some(&avatar),
        delete_after: None,
    };
    store::objects::insert(tx, &new, now)?;
    tx.execute(
        "UPDATE avatars SET state = 'completed', model_object = $1 WHERE id = $2",
        &[&object, &avatar],
    )?;
    Ok(avatar)
}

/// One order, as a press makes it. False: it was refused.
async fn order(world: &World, person: i64, avatar: &AvatarId, words: String) -> bool {
    let (ground, avatar) = (world.app.ground.clone(), avatar.clone());
    let ordered = world.db.write(move |tx| -> Result<bool, Failure> {
        let now = ground.now();
        let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
        let user = users::by_telegram(tx, &bot, person)?.expect("they have written");
        let draft = Draft {
            avatar: avatar.clone(),
            style: None,
            words: words.clone(),
            aspect: Aspect::Square,
            count: COUNT,
            model: "flux".to_owned(),
            source: None,
        };
        let credits = Credits::new(PRICE * i64::from(COUNT)).expect("credits");
        let quote = Quote { credits, expires_at: now.plus(Millis::MINUTE) };
        let command = Command::MakePictures { draft, quote };
        let done = tx.savepoint(|tx| studio::carry_out(tx, &ground, &user, command.clone(), now));
        match done {
            Ok(_) => Ok(true),
            Err(Stop::Refused(_)) => Ok(false),
            Err(Stop::Failed(failure)) => Err(failure),
        }
    });
    ordered.await.expect("a statement of a test")
}

/// Several workers take whatever is due, each in its turn.
async fn work(world: &World) {
    let worker = async || {
        // One whose database is busy tries again, as a real one does.
        while jobs::run_next(&world.app, LANES).await.unwrap_or(true) {}
    };
    join_all((0..WORKERS).map(|_| worker())).await;
}

async fn weathers(talk: &mut Talk, people: &[(i64, AvatarId)], seed: u64) -> u32 {
    let world = &talk.world;
    world.fal_wire.storms(storm(seed, 60));
    world.replicate_wire.storms(storm(seed + 1, 60));
    world.telegram_wire.storms(storm(seed + 2, 30));
    let mut taken = 0;
    for round in 0..ORDERS {
        let orders = people.iter().map(|(person, avatar)| {
            // Some words order trouble that only the emulators can make.
            let trouble = match (round + *person as u32) % 14 {
                1 => "[unsafe 2]",
                2 => "[webhook never]",
                3 => "[webhook twice]",
                5 => "[webhook forged]",
                6 => "[lost]",
                7 => "[fail]",
                8 => "[1 of 2]",
                _ => "",
            };
            order(&talk.world, *person, avatar, format!("round {round} of {person} {trouble}"))
        });
        taken += join_all(orders).await.into_iter().filter(|it| *it).count() as u32;
        for _ in 0..4 {
            work(&talk.world).await;
            talk.world.deliver().await;
            talk.world.clock.pass(2_000);
        }
        if round % 4 == 3 {
            talk.world.restart().await;
        }
        // As if whoever was out of money had some again, and nobody was rated down for long.
        talk.world.clock.pass(5_000);
    }
    taken
}

/// Until no job is left; the weather clears at its end.
async fn calm(talk: &mut Talk) {
    for step in 0..2_000 {
        if step == 60 {
            let world = &talk.world;
            for wire in [&world.fal_wire, &world.replicate_wire, &world.telegram_wire] {
                wire.storms(None);
            }
        }
        talk.world.deliver().await;
        work(&talk.world).await;
        if talk.world.read(looks::jobs_left).await == 0 {
            return;
        }
        talk.world.clock.pass(if step < 100 { 2_000 } else { 15_000 });
    }
    panic!("jobs are left: {:?}", talk.world.look("jobs").await);
}

fn number(tx: &mut Tx, sql: &'static str) -> Result<i64, StoreError> {
    tx.one(sql, &[])?.number(0)
}

/// What must be so, however the weather was.
async fn check(talk: &Talk, taken: u32) {
    let world = &talk.world;
    let (orders, open, pictures, charged, sales, holds, late, made) = world
        .read(|tx| {
            Ok((
                number(tx, "SELECT COUNT(*) FROM generations")?,
                number(
                    tx,
                    "SELECT COUNT(*) FROM generations JOIN holds ON hold_id = holds.id
                     WHERE generations.ended_at IS NULL OR holds.state = 'open'",
                )?,
                number(tx, "SELECT COUNT(*) FROM artifacts WHERE deleted_at IS NULL")?,
                number(
                    tx,
                    "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                     JOIN generations ON hold_id = holds.id",
                )?,
                number(
                    tx,
                    "SELECT CAST(COALESCE(SUM(credits), 0) AS BIGINT) FROM transfers
                     WHERE payee = 'platform:sales'",
                )?,
                number(tx, "SELECT COUNT(DISTINCT hold_id) FROM generations")?,
                number(
                    tx,
                    "SELECT CAST(COALESCE(SUM(made), 0) AS BIGINT) FROM generations
                     WHERE late_at IS NOT NULL",
                )?,
                number(tx, "SELECT COUNT(*) FROM generations WHERE 0 < made")?,
            ))
        })
        .await;
    let (taken, people) = (i64::from(taken), i64::from(PEOPLE));
    assert_eq!((orders, holds, open), (taken, taken, 0), "each order has ended, with its own hold");
    assert_eq!(charged, (pictures - late) * PRICE, "what is delivered is what is charged");
    // And Anna's training.
    assert_eq!(sales, charged + 60);
    assert!(people * 5 < made && late < pictures, "{made} of {orders} with pictures, {late} late");
    check_files(world, "after the storm").await;
    runs_are_single(world).await;
    assert_eq!(world.broken().await, Vec::<String>::new());
}

/// A provider has each order at most as often as it was handed in anew after a no: what it took and
/// we didn't hear of is never handed in again.
async fn runs_are_single(world: &World) {
    let attempts: Vec<(String, i64)> = world
        .read(|tx| {
            let rows = tx.query(
                "SELECT generations.id, CAST(attempts + (SELECT COUNT(*) FROM past_runs
                    WHERE work_id = generations.id) AS BIGINT) FROM generations",
                &[],
            )?;
            rows.iter().map(|it| Ok((it.text(0)?, it.number(1)?))).collect()
        })
        .await;
    let fal = world.sandbox.fal().requests();
    let there = world.sandbox.replicate().runs();
    let hooks = fal.iter().filter_map(|it| it.webhook.as_ref());
    let hooks: Vec<&String> =
        hooks.chain(there.iter().filter_map(|it| it.webhook.as_ref())).collect();
    for (id, attempts) in attempts {
        let runs = hooks.iter().filter(|it| it.contains(&id)).count() as i64;
        assert!(runs <= attempts, "{id}: {runs} runs of {attempts} attempts");
    }
    let ids = fal.iter().map(|it| &it.request_id).collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), fal.len());
}

async fn in_bad_weather(ground: Ground, seed: u64) {
    let settings = [
        setting("credits.welcome", "1000"),
        setting("pictures.open_per_user", "1000"),
        setting("pictures.withheld_per_day", "10000"),
    ];
    let mut talk = Talk::new(World::with(ground, &settings).await);
    let people = people(&mut talk).await;
    let (_, _, picture) = files::file("picture-1");
    talk.world.fal_wire.draws(picture.clone());
    talk.world.replicate_wire.draws(picture);
    let taken = weathers(&mut talk, &people, seed).await;
    calm(&mut talk).await;
    check(&talk, taken).await;
}

#[test]
fn fifty_people_order_in_bad_weather_on_sqlite() {
    alone(in_bad_weather(Ground::Sqlite, 0x5eed));
}

#[test]
fn fifty_people_order_in_bad_weather_on_postgres() {
    if Ground::all().contains(&Ground::Postgres) {
        alone(in_bad_weather(Ground::Postgres, 0xcafe));
    }
}
