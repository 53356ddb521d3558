//! Stories of what nobody sees while it goes well: the keys of webhooks, files that were left
//! behind, words to owners, jobs that could not be done.

use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use axum::body::Bytes;
use domain::{JobId, Millis, Task, UserId};
use futures::future::join_all;
use server::{commands, outbox};
use store::jobs::{NewJob, Verdict};

use crate::chats::talk::Talk;
use crate::world::wire::Luck;
use crate::world::{BEGINNING, BOT, Ground, World, alone};

/// The last webhook that fal has posted.
fn last_of_fal(world: &World) -> (String, Vec<(String, String)>, Bytes) {
    let knocks = world.door.knocks();
    let last = knocks.into_iter().rev().find(|it| !it.path.starts_with("/webhook/"));
    let last = last.expect("fal has called");
    (last.path, last.headers, last.body)
}

#[test]
fn f13_a_silent_key_server_keeps_no_true_webhook_waiting() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene trained\n~ seconds 61").await;
        let (path, headers, body) = last_of_fal(&talk.world);
        let forged = Bytes::from(String::from_utf8_lossy(&body).replace("test_", "tost_"));
        let (door, wire) = (talk.world.door.clone(), talk.world.fal_wire.clone());
        wire.always(Some(Luck::HangsBefore));
        // A signature that fits no key asks for newer ones.
        let mut first = Box::pin(door.post(&path, &headers, forged.clone()));
        tokio::select! {
            _ = &mut first => panic!("whoever has the keys is silent, so this never ends"),
            () = wire.hangs() => {}
        }
        for (body, code) in [(body, 200), (forged, 403)] {
            let post = door.post(&path, &headers, body);
            let answer = tokio::time::timeout(Duration::from_secs(10), post).await;
            assert_eq!(answer, Ok(Some(code)), "nobody waits for the one who asks");
        }
    });
}

#[test]
fn f13_a_failed_look_for_keys_is_not_repeated_at_once() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene trained").await;
        talk.world.restart().await;
        let (path, headers, body) = last_of_fal(&talk.world);
        let (door, wire) = (talk.world.door.clone(), talk.world.fal_wire.clone());
        wire.always(Some(Luck::NotSent));
        let before = wire.made().len();
        for _ in 0..5 {
            assert_eq!(door.post(&path, &headers, body.clone()).await, Some(503));
        }
        assert_eq!(wire.made().len() - before, 1, "{:?}", &wire.made()[before..]);
        wire.always(None);
        talk.world.clock.pass(16_000);
        // Of many who come at once, one asks.
        let posts = (0..5).map(|_| door.post(&path, &headers, body.clone()));
        assert_eq!(join_all(posts).await, [Some(200); 5]);
        assert_eq!(wire.made().len() - before, 2, "{:?}", &wire.made()[before..]);
    });
}

/// Writes a file as somebody who dies before it is noted; says where.
async fn leave_behind(world: &World, name: &str) -> PathBuf {
    let first = "SELECT key FROM objects WHERE kind = 'photo' ORDER BY id LIMIT 1";
    let photo = world.read(move |tx| tx.one(first, &[])?.text(0)).await;
    let (folder, _) = photo.rsplit_once('/').expect("it lies in a folder");
    let key = format!("{folder}/{name}.jpg");
    world.app.objects.put(&key, b"left behind".to_vec()).await.expect("the folder is there");
    let path = world.folder.path().join("objects").join(key);
    // Written by the clock of the story.
    let written = UNIX_EPOCH + Duration::from_millis(world.now().as_i64() as u64);
    let file = std::fs::File::options().write(true).open(&path).expect("it was written");
    file.set_modified(written).expect("it is ours");
    path
}

#[test]
fn f37_a_file_that_was_never_noted_goes_with_its_avatar() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene trained").await;
        let left = leave_behind(&talk.world, "pho_lost").await;
        talk.go("> [Delete]\n> [Yes, delete it for good]").await;
        assert!(left.exists());
        talk.go("~ worker").await;
        assert!(!left.exists());
        talk.go("~ seconds 61\n~ worker").await;
        assert_eq!(talk.world.look("files").await.expect("a look"), ["0"]);
        assert_eq!(talk.world.look("objects").await.expect("a look"), Vec::<String>::new());
    });
}

#[test]
fn f37_a_file_that_was_never_noted_is_found_after_a_day() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene trained").await;
        let left = leave_behind(&talk.world, "pho_lost").await;
        // What isn't an avatar's is not ours to judge.
        let others = talk.world.folder.path().join("objects/avatars/holiday.jpg");
        std::fs::copy(&left, &others).expect("a copy");
        let model = "SELECT key FROM objects WHERE kind = 'model'";
        let model = talk.world.read(move |tx| tx.one(model, &[])?.text(0)).await;
        let model = talk.world.folder.path().join("objects").join(model);
        for path in [&others, &model] {
            let file = std::fs::File::options().write(true).open(path).expect("it was written");
            file.set_modified(UNIX_EPOCH).expect("it is ours");
        }
        talk.go("~ minutes 600\n~ worker").await;
        assert!(left.exists(), "whoever wrote it may yet note it");
        talk.go("~ days 2\n~ worker").await;
        assert!(!left.exists());
        assert!(model.exists() && others.exists());
    });
}

#[test]
fn f66_of_several_owners_each_is_told_once() {
    alone(async {
        let owners = [("bot.0.owners".to_owned(), "502,503".to_owned())];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &owners).await);
        talk.go("@boris > /start\n@aigerim > /start").await;
        let ground = talk.world.app.ground.clone();
        let raised = talk.world.db.write(move |tx| {
            outbox::raise(tx, &ground, "broken", "wheel", "it squeaks", ground.now())
        });
        raised.await.expect("a statement of a test");
        // The second call, whoever it is for, does not go through.
        let wire = talk.world.telegram_wire.clone();
        wire.order(wire.made().len() + 1, Luck::NotSent);
        talk.go("~ settle").await;
        for person in [502, 503] {
            let messages = talk.world.sandbox.telegram().messages(BOT, person);
            let told = messages.iter().filter(|it| it["text"] == "broken wheel: it squeaks");
            assert_eq!(told.count(), 1, "{person}");
        }
    });
}

#[test]
fn f48_what_is_dead_is_listed_and_tried_again() {
    alone(async {
        let world = World::new(Ground::Sqlite).await;
        let dead = || commands::jobs::dead(&world.db);
        assert_eq!(dead().await.expect("it is there"), ["No job is dead."]);
        world
            .write(|tx| {
                let task = Task::Forget { user: UserId::new(1) };
                let id = JobId::new(7);
                store::jobs::enqueue(tx, &NewJob::of(&task), &id, BEGINNING)?;
                let lease = Millis::MINUTE;
                let claim = store::jobs::Claim::of(&["upkeep"], "w", lease);
                let claimed = store::jobs::claim(tx, &claim, BEGINNING)?;
                let fence = claimed.expect("it is due").fence;
                let verdict = Verdict::Dead { error: "it is locked".to_owned() };
                store::jobs::settle(tx, &id, fence, &verdict, BEGINNING).map(|_| ())
            })
            .await;
        let id = JobId::new(7);
        let line = format!("20.11.2026  {id} forget, 0 attempts: it is locked");
        assert_eq!(dead().await.expect("it is there"), [line]);
        let retry = |job: String| async {
            let job = job;
            commands::jobs::retry(&world.db, &job, BEGINNING).await.expect("it is there")
        };
        let lines = |text: &str| vec![text.to_owned()];
        assert!(!retry("everything".to_owned()).await.1);
        assert_eq!(retry("all".to_owned()).await, (lines(&format!("{id} is tried again.")), true));
        assert_eq!(retry("all".to_owned()).await, (lines("No job is dead."), true));
        let no = format!("{id} is not dead, or a newer one does the same.");
        assert_eq!(retry(id.to_string()).await, (lines(&no), false));
        assert_eq!(dead().await.expect("it is there"), ["No job is dead."]);
    });
}

#[test]
fn f36_an_odd_answer_does_not_lose_a_late_result() {
    alone(async {
        let lasts = [("sandbox.training_seconds".to_owned(), "2400".to_owned())];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &lasts).await);
        talk.go("~ scene training\n~ settle 20\n~ fal is down\n~ settle 20\n~ fal is up").await;
        talk.go("~ minutes 10").await;
        talk.world.fal_wire.always(Some(Luck::Says(422)));
        talk.go("~ worker\n~ minutes 10\n~ worker").await;
        let failed = "Anna B., portrait fast: FAILED (\"too_slow\"), 60 given back";
        assert_eq!(talk.world.look("training").await.expect("a look"), [failed]);
        talk.world.fal_wire.always(None);
        talk.go("~ settle").await;
        let late = format!("{failed}, delivered late");
        assert_eq!(talk.world.look("training").await.expect("a look"), [late]);
    });
}
