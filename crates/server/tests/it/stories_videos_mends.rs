//! Stories of talking videos that were found by reading rather than by trying: what was paid for and
//! nearly lost, what was nearly paid for twice, and what one customer could do to all.

use std::sync::Arc;

use domain::video::{Face, SpeechDraft};
use domain::{ArtifactId, Command, InputId, Refusal};
use server::{film, jobs};
use store::generations;
use tokio::sync::watch;

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, rich, texts};
use crate::stories_videos::{
    MONTAGE, OPEN, OTHER_LANES, SPEAK, ask, before_montage, draft, filmed, quote,
};
use crate::world::{ANNA, Ground, World, alone, each};

pub const MAKE: &str = "> [Make the video · 6 credits]";
const VIDEOS: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'video'";
const CHARGED: &str = "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                       JOIN generations ON hold_id = holds.id WHERE product = 'video'";

/// One video, delivered and charged, and nothing else.
pub async fn is_made_once(world: &World) {
    let films = world.look("films").await;
    assert_eq!(number(world, VIDEOS).await, 1, "{films:?}");
    assert_eq!(number(world, CHARGED).await, 6, "{films:?}");
    assert_eq!(number(world, OPEN).await, 0, "{films:?}");
    assert_eq!(filmed(world), 1, "filmed once");
    assert_eq!(world.broken().await, Vec::<String>::new());
}

#[test]
fn f47_a_film_of_which_nobody_knows_is_waited_for_until_its_provider_can_speak() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene film\n~ fal long endpoint videos seconds 800").await;
        talk.go("~ fal accepted_but_lost endpoint videos").await;
        talk.go(&format!("{MAKE}\n~ settle 60")).await;
        is_made_once(&talk.world).await;
        talk.world
    });
}

/// The store of files goes away, and is back.
pub fn files_away(world: &World, are_away: bool) {
    let objects = world.folder.path().join("objects");
    let elsewhere = world.folder.path().join("elsewhere");
    match are_away {
        true => {
            std::fs::rename(&objects, &elsewhere).expect("a folder");
            std::fs::write(&objects, "no folder").expect("a file in its place");
        }
        false => {
            std::fs::remove_file(&objects).expect("the file");
            std::fs::rename(&elsewhere, &objects).expect("the folder");
        }
    }
}

/// As often as a failure is tried again, and longer.
pub async fn longer_than_a_failure_is_tried(talk: &mut Talk) {
    for _ in 0..10 {
        talk.go("~ minutes 5\n~ worker").await;
    }
}

#[test]
fn a_store_of_files_that_is_away_before_a_video_is_put_together_ends_none() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        before_montage(&mut talk).await;
        files_away(&talk.world, true);
        longer_than_a_failure_is_tried(&mut talk).await;
        files_away(&talk.world, false);
        talk.go("~ settle 60").await;
        is_made_once(&talk.world).await;
    });
}

/// A folder where a file of the only video is to be written, so that it can't be; or none any more.
pub async fn in_the_way(world: &World, file: &str, is_there: bool) {
    let ids = "SELECT user_id || '/' || id FROM generations WHERE product = 'video'";
    let id = texts(world, ids).await.pop().expect("it is ordered");
    let place = world.folder.path().join("objects/generations").join(format!("user_{id}/{file}"));
    match is_there {
        true => std::fs::create_dir_all(place.join("a-folder")).expect("a folder"),
        false => std::fs::remove_dir_all(place).expect("the folder"),
    }
}

#[test]
fn a_store_of_files_that_takes_no_video_for_a_while_ends_none() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go(&format!("~ scene film\n{MAKE}")).await;
        in_the_way(&talk.world, "lips.mp4", true).await;
        longer_than_a_failure_is_tried(&mut talk).await;
        let stage = "SELECT stage FROM generations WHERE product = 'video' AND ended_at IS NULL";
        assert_eq!(texts(&talk.world, stage).await, ["lips"], "it waits");
        in_the_way(&talk.world, "lips.mp4", false).await;
        talk.go("~ settle 60").await;
        is_made_once(&talk.world).await;
    });
}

#[test]
fn a_clip_that_goes_before_the_video_would_be_there_is_asked_for_anew() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene clip\n> photos portrait-1\n~ worker\n> [Choose this one]\n> [Marcus]")
            .await;
        talk.go("> Hello there.\n> [Speak it · 1 credit]\n~ settle").await;
        let one = |sql: &'static str| texts(&talk.world, sql);
        let clip = one("SELECT id FROM inputs WHERE kind = 'clip'").await.pop().expect("a clip");
        let photo = one("SELECT id FROM inputs WHERE kind = 'photo'").await.pop().expect("a photo");
        let speech = one("SELECT id FROM artifacts").await.pop().expect("a speech");
        let clip = InputId::from_text(&clip).expect("an id");
        let photo = InputId::from_text(&photo).expect("an id");
        let speech = ArtifactId::from_text(&speech).expect("an id");
        let amina = Face::Character("amina".to_owned());
        // A week is how long they are kept, and an hour of it is left.
        talk.go("~ days 6\n~ minutes 1370").await;
        for (face, background, price, refusal) in [
            (amina, Some(clip), 8, Refusal::ClipGone),
            (Face::Input(photo), None, 6, Refusal::PhotoGone),
        ] {
            let drafts = vec![draft(face, speech.clone(), background)];
            let told = ask(&talk.world, ANNA, Command::MakeVideos { drafts, quote: quote(price) });
            assert_eq!(told.await, Err(refusal));
        }
        talk.world
    });
}

#[test]
fn a_plan_goes_first_with_each_stage_of_a_video() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed\n> /plan\n> [Plans]\n> [Pro · 16 990 ₽]\n> [Card · 16 990 ₽]")
            .await;
        talk.go("> [I agree, pay 16 990 ₽]\n~ worker\n> pay with 5555555555554477\n~ worker").await;
        talk.go(SPEAK).await;
        talk.go(&format!("~ settle\n> [This is good, go on]\n{MAKE}\n~ settle")).await;
        let sql = "SELECT kind || ' ' || priority FROM jobs
                   WHERE kind IN ('generate', 'montage') ORDER BY created_at, id";
        assert_eq!(texts(&talk.world, sql).await, ["generate 1", "generate 1", "montage 1"]);
        talk.world
    });
}

#[test]
fn f65_a_sample_that_cannot_be_had_for_a_while_is_not_told_as_perhaps_heard() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed\n> /create\n> [A person who talks]\n> [Woman]").await;
        talk.go("> [1. Amina, 19]\n> [Choose this one]").await;
        files_away(&talk.world, true);
        talk.go("> [Listen]\n~ worker\n~ seconds 30\n~ worker").await;
        let sql = "SELECT state FROM tells WHERE dedupe_key LIKE 'voice%'";
        assert_eq!(texts(&talk.world, sql).await, ["waiting"], "{}", talk.seen());
        files_away(&talk.world, false);
        talk.go("~ settle 5").await;
        assert_eq!(texts(&talk.world, sql).await, ["sent"]);
        talk.world
    });
}

/// Everything else that people are to be told waits behind it.
#[test]
fn f65_a_sample_that_cannot_be_had_is_not_tried_for_ever() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed\n> /create\n> [A person who talks]\n> [Woman]").await;
        talk.go("> [1. Amina, 19]\n> [Choose this one]").await;
        files_away(&talk.world, true);
        talk.go("> [Listen]\n~ settle 2").await;
        let sql = "SELECT COUNT(*) FROM tells WHERE dedupe_key LIKE 'voice%' AND ended_at IS NULL";
        assert_eq!(number(&talk.world, sql).await, 0, "{}", talk.seen());
        files_away(&talk.world, false);
    });
}

#[test]
fn f74_nothing_is_spoken_where_the_disk_is_full() {
    each(|ground| async move {
        let settings = [setting("videos.room_mb", "0")];
        let mut talk = Talk::new(World::with(ground, &settings).await);
        talk.go("~ scene script\n~ disk is full").await;
        let draft = SpeechDraft {
            voice: "sofia".to_owned(),
            script: "Hello there.".to_owned(),
            speed_percent: 100,
        };
        let order = Command::MakeSpeech { draft, quote: quote(1) };
        assert_eq!(ask(&talk.world, ANNA, order.clone()).await, Err(Refusal::NoRoom));
        // It is full only when the order's turn comes.
        talk.go("~ disk has room").await;
        assert!(ask(&talk.world, ANNA, order).await.is_ok());
        talk.world.restart_with(&[setting("videos.room_mb", "1000000")]).await;
        talk.go("~ worker\n~ minutes 5\n~ worker").await;
        let calls = talk.world.speech_wire.made();
        let is_bought = calls.iter().any(|it| it.contains("/text-to-speech/"));
        assert!(!is_bought, "it can't be kept: {calls:?}");
        talk.world.restart_with(&settings).await;
        talk.go("~ settle 60").await;
        let spoken = "SELECT COUNT(*) FROM artifacts WHERE product = 'speech'";
        assert_eq!(number(&talk.world, spoken).await, 1);
        talk.world
    });
}

#[test]
fn a_part_of_a_video_that_comes_too_late_is_booked_and_a_person_knows() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene film\n~ fal long endpoint videos seconds 7000 times 9").await;
        talk.go("~ fal 500 on cancel endpoint videos times 1000").await;
        talk.go(&format!("{MAKE}\n~ settle 100")).await;
        let late =
            "SELECT COUNT(*) FROM generations WHERE state = 'FAILED' AND late_at IS NOT NULL";
        assert_eq!(number(&talk.world, late).await, 0, "{:?}", talk.world.look("films").await);
        talk.go("~ minutes 60\n~ settle 30").await;
        assert_eq!(number(&talk.world, late).await, 1, "{:?}", talk.world.look("films").await);
        let cost = "SELECT CAST(SUM(cost_micros) AS BIGINT) FROM provider_calls
                    WHERE outcome = 'came too late'";
        assert!(0 < number(&talk.world, cost).await);
        assert_eq!(number(&talk.world, CHARGED).await, 0);
        talk.world
    });
}

#[test]
fn what_is_put_together_is_in_nobodys_way_at_a_provider() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        before_montage(&mut talk).await;
        talk.go(SPEAK).await;
        let last = "SELECT id FROM generations ORDER BY id DESC LIMIT 1";
        let last = texts(&talk.world, last).await.pop().expect("it is ordered");
        let last = domain::GenerationId::from_text(&last).expect("an id");
        let ahead = talk.world.read(move |tx| generations::ahead(tx, &last)).await;
        assert_eq!(ahead, 0, "{:?}", talk.world.look("films").await);
        talk.world
    });
}

#[test]
fn what_the_lips_gave_goes_as_soon_as_somebody_is_cut_out_of_it() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene clip\n> photos portrait-1\n~ worker\n> [Choose this one]\n> [Marcus]")
            .await;
        talk.go("> Hello there.\n> [Speak it · 1 credit]\n~ settle\n> [This is good, go on]").await;
        talk.go("> [Make the video · 8 credits]\n~ settle").await;
        assert_eq!(number(&talk.world, VIDEOS).await, 1);
        // A day before it would go by itself.
        talk.go("~ days 1\n~ worker").await;
        let raw = "SELECT COUNT(*) FROM objects WHERE kind = 'raw' AND deleted_at IS NULL";
        assert_eq!(number(&talk.world, raw).await, 0, "{:?}", talk.world.look("objects").await);
        talk.world
    });
}

/// A program that does this and fails.
pub fn program(world: &World, name: &str, does: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = world.folder.path().join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{does}\n")).expect("a file");
    let may_run = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, may_run).expect("it may be run");
    path.display().to_string()
}

#[test]
fn f69_a_clip_that_breaks_ffmpeg_is_no_clip_and_is_not_tried_again() {
    alone(async {
        // The second is what becomes of one that works more than it may.
        for does in ["echo broken >&2; exit 1", "ulimit -c 0; kill -XCPU $$"] {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            talk.go("~ scene agreed\n> /create\n> [A person over my clip]").await;
            let breaks = program(&talk.world, "breaks", does);
            talk.world.restart_with(&[setting("videos.ffmpeg", &breaks)]).await;
            talk.go("> clip 2\n~ worker").await;
            assert_eq!(talk.world.look("clips").await, Some(vec!["clip: unusable".to_owned()]));
        }
    });
}

#[test]
fn a_sound_does_not_stand_in_line_behind_a_video() {
    alone(async {
        let mut talk = rich(&[("work.montage", "1")]).await;
        before_montage(&mut talk).await;
        talk.go(SPEAK).await;
        let app = talk.world.app.clone();
        let mut work = Box::pin(jobs::run_next(&app, MONTAGE));
        // It has its turn by the time at which there is something of the video.
        let begun = async {
            let is_begun = |it: &String| it.contains("video.mp4");
            while !talk.world.look("work").await.iter().flatten().any(is_begun) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            done = &mut work => panic!("it was done too soon: {done:?}"),
            () = begun => {}
        }
        // The video has the only turn, and nobody goes on with it meanwhile.
        let speech = async {
            while jobs::run_next(&app, OTHER_LANES).await.expect("the database is there") {}
        };
        let patience = std::time::Duration::from_secs(60);
        let spoken = tokio::time::timeout(patience, speech).await;
        assert!(spoken.is_ok(), "it stands in line");
        let spoken = "SELECT COUNT(*) FROM artifacts WHERE product = 'speech'";
        assert_eq!(number(&talk.world, spoken).await, 2);
        assert!(work.await.expect("the database is there"));
        talk.go("~ settle").await;
        assert_eq!(number(&talk.world, VIDEOS).await, 1);
    });
}

#[test]
fn f74_only_folders_of_our_own_are_swept() {
    alone(async {
        let elsewhere = tempfile::tempdir().expect("a folder");
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        let make = |name: &str| {
            let path = elsewhere.path().join(name);
            std::fs::create_dir_all(&path).expect("a folder");
            std::fs::write(path.join("letter"), "dear Anna").expect("a file");
            std::fs::File::open(&path).and_then(|it| it.set_modified(old)).expect("it is old");
            path
        };
        let (theirs, ours) = (make("letters"), make("atelier-work/gen_left"));
        let place = elsewhere.path().display().to_string();
        let own = [setting("videos.folder", &place)];
        let world = World::with(Ground::Sqlite, &own).await;
        let (tell, told) = watch::channel(false);
        tell.send(true).expect("it listens");
        film::watch(Arc::clone(&world.app), told).await;
        assert!(!ours.exists(), "what a dead process left is swept");
        assert!(theirs.join("letter").exists(), "and nothing else");
    });
}

#[test]
fn a_photo_that_is_too_large_for_a_menu_is_left_out_of_it() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene clip\n> photos portrait-1\n~ worker").await;
        let menu = |talk: &Talk| {
            let messages = talk.world.sandbox.telegram().messages(crate::world::BOT, ANNA);
            messages.last().map(|it| it["photo"].is_array()).expect("there is a menu")
        };
        assert!(menu(&talk), "it is shown");
        let sql = "UPDATE objects SET bytes = 11000000 WHERE kind = 'input'";
        talk.world.write(move |tx| tx.execute(sql, &[]).map(|_| ())).await;
        // What Telegram has of it is forgotten as well.
        talk.world.restart().await;
        talk.go("> [Change something · 2]\n> [‹ Back]").await;
        assert!(!menu(&talk), "the words are shown without it");
    });
}

#[test]
fn f87_two_that_are_refused_at_one_moment_close_whoever_refuses_them() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        let boris = talk.join("Boris", "en");
        talk.go("~ scene agreed\n@boris ~ scene agreed\n~ speech quota times 9").await;
        let order = || {
            let (voice, script) = ("sofia".to_owned(), "Hello there.".to_owned());
            let draft = SpeechDraft { voice, script, speed_percent: 100 };
            Command::MakeSpeech { draft, quote: quote(1) }
        };
        for person in [ANNA, boris] {
            assert!(ask(&talk.world, person, order()).await.is_ok());
        }
        talk.world.work().await;
        let ended = "SELECT COUNT(*) FROM generations WHERE state = 'FAILED'";
        assert_eq!(number(&talk.world, ended).await, 2, "{:?}", talk.world.look("films").await);
        assert!(ask(&talk.world, ANNA, order()).await.is_err(), "it is still taken");
        talk.go("~ settle").await;
        talk.world
    });
}
