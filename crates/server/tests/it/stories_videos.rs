//! Failure stories of talking videos that need more than a chat: the process dies at each step, many
//! people at the same moment, things of somebody else, and the provider's list of voices.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use domain::catalog::Quote;
use domain::video::{CharacterDraft, Face, Format, SpeechDraft, Stage, VideoDraft, VideoQuality};
use domain::{
    ArtifactId, BotId, Command, Credits, GenerationId, InputId, JobId, Millis, ObjectId, Refusal,
    Task,
};
use server::failure::Failure;
use server::objects::key;
use server::studio::{self, Stop};
use server::{film, jobs, voices};
use store::generations::{self, Step};
use store::{StoreError, Tx, objects, users};

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, rich, texts};
use crate::stories_pictures_steps::check_files;
use crate::world::wire::{Luck, Wire};
use crate::world::{BOT, Ground, LANES, World, alone, each, files, looks, quiesce};

pub const OPEN: &str = "SELECT (SELECT COUNT(*) FROM generations WHERE ended_at IS NULL)
                         + (SELECT COUNT(*) FROM holds WHERE state = 'open')";
const MADE: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'video'";
const SPOKEN: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'speech'";
const CHARGED: &str = "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                       JOIN generations ON hold_id = holds.id WHERE product = 'video'";
const CHARGED_FOR_SPEECH: &str = "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                       JOIN generations ON hold_id = holds.id WHERE product = 'speech'";

/// The second time there is something to be left.
pub const SPEAK: &str = "> /create\n> [Begin anew]\n> [A person who talks]\n> [Woman]
> [1. Amina, 19]
> [Choose this one]\n> [Sofia]\n> Hello there.\n> [Speak it · 1 credit]";

/// What must be true at the end, whatever has happened: nothing is open, what is there is paid for
/// once and lies on the disk, and no folder of work is left.
async fn check(world: &World, seen: &str) {
    assert_eq!(number(world, OPEN).await, 0, "{seen}: something is still open");
    assert_eq!(world.read(looks::jobs_left).await, 0, "{seen}: a job is left");
    assert_eq!(number(world, CHARGED).await, 6 * number(world, MADE).await, "{seen}");
    let spoken = number(world, SPOKEN).await;
    assert_eq!(number(world, CHARGED_FOR_SPEECH).await, spoken, "{seen}");
    check_files(world, seen).await;
    // A thread that was left alone when its process "died" needs a moment to notice.
    for _ in 0..1_000_000 {
        if world.look("work").await == Some(Vec::new()) {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(world.look("work").await, Some(Vec::new()), "{seen}: a folder of work is left");
    assert_eq!(world.broken().await, Vec::<String>::new(), "{seen}");
}

/// Plays until a call hangs, and then the process is gone, as by SIGKILL. Another one goes on.
pub async fn dies(talk: &mut Talk, wire: &Arc<Wire>, at: usize, luck: Luck, lines: &str) {
    let seen = format!("{luck:?} at {at}");
    wire.order(wire.made().len() + at, luck);
    let has_died = {
        let play = async {
            talk.go(lines).await;
            talk.go("~ settle 60").await;
        };
        tokio::select! {
            () = play => false,
            () = wire.hangs() => true,
        }
    };
    let is_to_die = matches!(luck, Luck::HangsBefore | Luck::HangsAfter);
    assert_eq!(has_died, is_to_die, "{seen}: {}", talk.seen());
    if has_died {
        quiesce().await;
        talk.world.restart().await;
        talk.world.clock.pass(61_000);
    }
    wire.forget_orders();
    talk.go("~ settle 180").await;
}

#[test]
fn f37_the_process_dies_at_each_call_for_a_speech() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene agreed").await;
        let wire = talk.world.speech_wire.clone();
        talk.go(SPEAK).await;
        talk.go("~ settle").await;
        let calls = wire.made().len();
        assert!(0 < calls);
        for at in 0..calls {
            for luck in [Luck::HangsBefore, Luck::HangsAfter, Luck::AnswerLost, Luck::Says(500)] {
                let before = number(&talk.world, SPOKEN).await;
                dies(&mut talk, &wire, at, luck, SPEAK).await;
                let seen = format!("{luck:?} at {at}");
                check(&talk.world, &seen).await;
                let more = number(&talk.world, SPOKEN).await - before;
                assert_eq!(more, 1, "{seen}: it was spoken all the same");
            }
        }
    });
}

#[test]
fn f35_what_is_stopped_while_nobody_knows_is_not_spoken_once_more() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene agreed").await;
        let wire = talk.world.speech_wire.clone();
        wire.order(wire.made().len(), Luck::HangsAfter);
        {
            let play = async {
                talk.go(SPEAK).await;
                talk.go("~ settle 60").await;
            };
            tokio::select! {
                () = play => panic!("nothing hung"),
                () = wire.hangs() => {}
            }
        }
        quiesce().await;
        talk.world.restart().await;
        wire.forget_orders();
        let calls = wire.made().len();
        talk.go("> /cancel\n> [Yes, stop]").await;
        talk.world.clock.pass(61_000);
        talk.go("~ settle 180").await;
        let more = &wire.made()[calls..];
        assert!(more.is_empty(), "it was asked for once more: {more:?}");
        check(&talk.world, "stopped while nobody knew").await;
        assert_eq!(number(&talk.world, SPOKEN).await, 0);
    });
}

/// How often fal was asked for a film.
pub fn filmed(world: &World) -> usize {
    let requests = world.sandbox.fal().requests();
    requests.iter().filter(|it| it.endpoint.contains("omnihuman")).count()
}

/// Every lane but the one in which videos are put together.
pub const OTHER_LANES: &[&str] =
    &["calls", "fast", "gpu", "media", "money", "packing", "pictures", "tell", "upkeep"];
pub const MONTAGE: &[&str] = &["montage"];

/// A video of which only the putting together is left.
pub async fn before_montage(talk: &mut Talk) {
    talk.go("~ scene film\n> [Make the video · 6 credits]").await;
    let sql = "SELECT COUNT(*) FROM generations WHERE stage = 'montage'";
    for _ in 0..400 {
        talk.world.deliver().await;
        while jobs::run_next(&talk.world.app, OTHER_LANES).await.expect("the database is there") {
            quiesce().await;
        }
        if number(&talk.world, sql).await == 1 {
            return;
        }
        talk.world.clock.pass(1_000);
    }
    panic!("it never comes so far: {:?}", talk.world.look("films").await);
}

#[test]
fn f37_f49_the_process_dies_before_and_while_a_video_is_put_together() {
    alone(async {
        for dies_at_work in [false, true] {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            before_montage(&mut talk).await;
            let seen = format!("at work: {dies_at_work}");
            match dies_at_work {
                false => talk.go("~ worker dies").await,
                true => {
                    let app = talk.world.app.clone();
                    let work = jobs::run_next(&app, MONTAGE);
                    let begun = async {
                        while talk.world.look("work").await == Some(Vec::new()) {
                            tokio::task::yield_now().await;
                        }
                    };
                    tokio::select! {
                        done = work => panic!("it was done too soon: {done:?}"),
                        () = begun => {}
                    }
                }
            }
            quiesce().await;
            talk.world.restart().await;
            talk.world.clock.pass(61_000);
            talk.go("~ settle 60").await;
            check(&talk.world, &seen).await;
            assert_eq!(number(&talk.world, MADE).await, 1, "{seen}");
            assert_eq!(filmed(&talk.world), 1, "{seen}");
        }
    });
}

#[test]
fn f74_a_video_waits_while_the_disk_is_full_and_goes_on() {
    alone(async {
        let settings = [setting("videos.room_mb", "0")];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
        before_montage(&mut talk).await;
        // Another process, for which the disk is too small.
        let full = [setting("videos.room_mb", "1000000")];
        talk.world.restart_with(&full).await;
        talk.go("~ worker\n~ minutes 5\n~ worker").await;
        assert_eq!(number(&talk.world, MADE).await, 0);
        let open = "SELECT COUNT(*) FROM generations WHERE stage = 'montage' AND ended_at IS NULL";
        assert_eq!(number(&talk.world, open).await, 1, "it waits");
        let raised = talk.world.look("attention").await.expect("a look");
        assert!(raised.iter().any(|it| it.starts_with("no-room")), "{raised:?}");
        talk.world.restart_with(&settings).await;
        talk.go("~ settle 60").await;
        check(&talk.world, "with room again").await;
        assert_eq!(number(&talk.world, MADE).await, 1);
    });
}

#[test]
fn f35_a_video_that_is_stopped_before_it_is_put_together_costs_nothing() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        before_montage(&mut talk).await;
        talk.go("> [Stop]\n> [Yes, stop]\n~ settle 60").await;
        check(&talk.world, "stopped").await;
        assert_eq!(number(&talk.world, MADE).await, 0);
        assert_eq!(number(&talk.world, CHARGED).await, 0);
        // And what came of the lips is not kept.
        talk.go("~ days 3\n~ worker").await;
        let raw = "SELECT COUNT(*) FROM objects WHERE kind = 'raw' AND deleted_at IS NULL";
        assert_eq!(number(&talk.world, raw).await, 0);
    });
}

/// Somebody who orders by commands.
pub async fn ask(world: &World, person: i64, command: Command) -> Result<domain::News, Refusal> {
    let ground = world.app.ground.clone();
    let done = world.db.write(move |tx| -> Result<_, Failure> {
        let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
        let user = users::by_telegram(tx, &bot, person)?.expect("they have written");
        match studio::carry_out(tx, &ground, &user, command.clone(), ground.now()) {
            Ok(news) => Ok(Ok(news)),
            Err(Stop::Refused(refusal)) => Ok(Err(refusal)),
            Err(Stop::Failed(failure)) => Err(failure),
        }
    });
    done.await.expect("a statement of a test")
}

pub fn quote(credits: i64) -> Quote {
    let credits = Credits::new(credits).expect("credits");
    Quote { credits, expires_at: Millis(i64::MAX) }
}

const PEOPLE: usize = 50;
/// How many different scripts they have: who has the same one hears the same.
const SCRIPTS: usize = 10;

/// What each of them says.
fn script(of: usize) -> String {
    let words = ["red", "blue", "green", "white", "black", "small", "large", "new", "old", "warm"];
    format!("My {} shoes.", words[of % SCRIPTS])
}

/// The sounds that came of these products: script, and what is heard.
async fn sounds(world: &World, product: &'static str) -> Vec<(String, String)> {
    let sql = "SELECT generations.words, objects.key FROM artifacts
               JOIN generations ON generations.id = artifacts.generation_id
               JOIN objects ON objects.id = artifacts.object_id
               WHERE artifacts.product = $1 ORDER BY artifacts.id";
    let files = world.read(move |tx| {
        let rows = tx.query(sql, &[&product])?;
        rows.iter()
            .map(|it| Ok((it.text(0)?, it.text(1)?)))
            .collect::<Result<Vec<(String, String)>, StoreError>>()
    });
    let folder = world.folder.path().join("objects");
    let heard = |it: (String, String)| (it.0, heard(&folder.join(it.1)));
    files.await.into_iter().map(heard).collect()
}

/// A hash of what is heard first in a file. How its last frame is cut isn't the same each time.
fn heard(path: &Path) -> String {
    let hashed = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-t", "0.8", "-i"])
        .arg(path)
        .args(["-map", "0:a", "-f", "md5", "-"])
        .output();
    let hashed = hashed.expect("ffmpeg is needed for tests of videos");
    assert!(hashed.status.success(), "{}", String::from_utf8_lossy(&hashed.stderr));
    String::from_utf8_lossy(&hashed.stdout).trim().to_owned()
}

/// That the same words sound the same, and others sound otherwise.
fn each_has_its_own(files: &[(String, String)]) {
    let mut by_script: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (script, hash) in files {
        by_script.entry(script).or_default().insert(hash);
    }
    assert!(by_script.values().all(|it| it.len() == 1), "one script, two sounds: {by_script:?}");
    let hashes: BTreeSet<_> = by_script.values().flatten().collect();
    assert_eq!(hashes.len(), by_script.len(), "two scripts, one sound: {by_script:?}");
}

/// Works as several workers do, until nothing is due.
async fn work(world: &World) {
    let one = || async {
        while jobs::run_next(&world.app, LANES).await.expect("the database is there") {}
    };
    futures::future::join_all((0..4).map(|_| one())).await;
    quiesce().await;
}

/// Fifty people order a speech in one second, and ten of them a video: what is filmed is put there
/// by the test, as only the putting together is meant.
#[test]
fn f73_fifty_people_in_one_second_have_each_their_own_file() {
    alone(async {
        let mut talk = rich(&[("work.montage", "4"), ("work.tell", "1")]).await;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let name = format!("Person{number}");
            people.push(talk.join(&name, "en"));
            talk.go(&format!("@{} ~ scene agreed", name.to_lowercase())).await;
        }
        for (number, person) in people.iter().enumerate() {
            let draft = SpeechDraft {
                voice: "sofia".to_owned(),
                script: script(number),
                speed_percent: 100,
            };
            let told = ask(&talk.world, *person, Command::MakeSpeech { draft, quote: quote(1) });
            assert!(told.await.is_ok());
        }
        work(&talk.world).await;
        let spoken = sounds(&talk.world, "speech").await;
        assert_eq!(spoken.len(), PEOPLE);
        each_has_its_own(&spoken);

        for person in &people[..SCRIPTS * 2] {
            film(&talk.world, *person).await;
        }
        work(&talk.world).await;
        let filmed = sounds(&talk.world, "video").await;
        assert_eq!(filmed.len(), SCRIPTS * 2);
        each_has_its_own(&filmed);
        assert_eq!(talk.world.look("work").await, Some(Vec::new()));
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// Orders a video of their speech, and puts a film there as if somebody had made it.
async fn film(world: &World, person: i64) {
    let mine = "SELECT artifacts.id FROM artifacts JOIN users ON users.id = artifacts.user_id
                WHERE telegram_id = $1 AND product = 'speech'";
    let speech = world.read(move |tx| tx.one(mine, &[&person])?.id::<ArtifactId>(0)).await;
    let drafts = vec![draft(Face::Character("amina".to_owned()), speech, None)];
    let told = ask(world, person, Command::MakeVideos { drafts, quote: quote(6) }).await;
    let Ok(domain::News::VideosQueued { generations }) = told else { panic!("{told:?}") };
    let id = generations.into_iter().next().expect("one");
    let wanted = id.clone();
    let generation = world.read(move |tx| generations::get_for_job(tx, &wanted)).await;
    let user = generation.expect("it is there").user;
    let raw = key::raw_video(&user, &id, "lips", "mp4");
    world.app.objects.put(&raw, files::clip(2).2.to_vec()).await.expect("the folder is there");
    let (object, job) =
        (ObjectId::new(world.app.ground.number()), JobId::new(world.app.ground.number()));
    let now = world.now();
    world
        .write(move |tx| {
            let new = objects::NewObject {
                id: &object,
                key: &raw,
                bytes: 1,
                sha256: "",
                kind: "raw",
                content_type: "video/mp4",
                user: Some(&user),
                avatar: None,
                delete_after: None,
            };
            objects::insert(tx, &new, now)?;
            to_montage(tx, &id, &object, &job, now)
        })
        .await;
}

fn to_montage(
    tx: &mut Tx,
    id: &GenerationId,
    object: &ObjectId,
    job: &JobId,
    now: Millis,
) -> Result<(), StoreError> {
    let step = Step {
        from: Stage::Lips,
        to: Stage::Montage,
        provider: film::PROVIDER,
        workflow: "montage",
        given: object,
    };
    assert!(generations::advance(tx, id, &step, now)?);
    let task = Task::Montage { generation: id.clone() };
    let new = store::jobs::NewJob::of(&task);
    store::jobs::enqueue(tx, &new, job, now).map(|_| ())
}

pub fn draft(face: Face, speech: ArtifactId, background: Option<InputId>) -> VideoDraft {
    VideoDraft {
        format: match background {
            Some(_) => Format::OverBackground,
            None => Format::TalkingHead,
        },
        quality: VideoQuality::Standard,
        face,
        speech,
        background,
        has_captions: false,
    }
}

#[test]
fn f80_f81_no_face_clip_or_speech_of_somebody_else_is_used() {
    each(|ground| async move {
        let mut talk = Talk::new(World::with(ground, &[setting("credits.welcome", "1000")]).await);
        let mallory = talk.join("Mallory", "en");
        talk.go("~ scene clip\n> photos portrait-1\n~ worker\n> [Choose this one]").await;
        talk.go("> [Marcus]\n> Hello there.\n> [Speak it · 1 credit]\n~ settle").await;
        talk.go("@mallory ~ scene agreed\n@mallory > /create").await;
        talk.go("@mallory > [A person who talks]\n@mallory > [Woman]").await;
        talk.go("@mallory > [1. Amina, 19]\n@mallory > [Choose this one]\n@mallory > [Sofia]")
            .await;
        talk.go("@mallory > Hello there.\n@mallory > [Speak it · 1 credit]\n~ settle").await;
        let of = |kind: &'static str| {
            let sql = "SELECT inputs.id FROM inputs JOIN users ON users.id = user_id
                       WHERE kind = $1 AND first_name = 'Anna'";
            talk.world.read(move |tx| tx.one(sql, &[&kind])?.id::<InputId>(0))
        };
        let (clip, photo) = (of("clip").await, of("photo").await);
        let speeches = texts(
            &talk.world,
            "SELECT artifacts.id FROM artifacts JOIN users ON users.id = artifacts.user_id
             ORDER BY first_name",
        )
        .await;
        let speeches: Vec<_> = speeches.iter().filter_map(|it| ArtifactId::from_text(it)).collect();
        let [annas, own] = speeches.as_slice() else { panic!("{speeches:?}") };
        let amina = || Face::Character("amina".to_owned());
        let videos = |draft: VideoDraft, credits: i64| Command::MakeVideos {
            drafts: vec![draft],
            quote: quote(credits),
        };
        let faces = CharacterDraft { face: Face::Input(photo.clone()), words: "a hat".to_owned() };
        let commands = [
            (videos(draft(amina(), annas.clone(), None), 6), Refusal::SpeechGone),
            (videos(draft(Face::Input(photo), own.clone(), None), 6), Refusal::PhotoGone),
            (videos(draft(amina(), own.clone(), Some(clip.clone())), 8), Refusal::ClipGone),
            // A clip is no face, and her own speech no picture.
            (videos(draft(Face::Input(clip), own.clone(), None), 6), Refusal::PhotoGone),
            (Command::EditCharacter { draft: faces, quote: quote(2) }, Refusal::PhotoGone),
            (Command::UseResult { artifact: annas.clone() }, Refusal::PictureGone),
        ];
        let before = number(&talk.world, "SELECT COUNT(*) FROM holds").await;
        for (command, refusal) in commands {
            let shown = format!("{command:?}");
            assert_eq!(ask(&talk.world, mallory, command).await, Err(refusal), "{shown}");
        }
        assert_eq!(number(&talk.world, "SELECT COUNT(*) FROM holds").await, before);
        talk.world
    });
}

#[test]
fn f63_f80_no_button_of_a_video_of_somebody_else_does_anything() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene film\n> [Make several videos]\n> [More characters]\n> [2. Dana, 22]")
            .await;
        talk.go("> [Done choosing]\n> [Go on · 2 videos, 12 credits]").await;
        talk.go("> [Make 2 videos · 12 credits]\n> /gallery\n> [1]\n> [Make a video with it]")
            .await;
        let presses: BTreeSet<String> = talk.buttons.iter().map(|it| it.3.clone()).collect();
        let named = |word: &str| presses.iter().filter(|it| it.contains(word)).count();
        assert!(0 < named("art_") && 0 < named("gen_") && 40 < presses.len(), "{presses:?}");
        let mallory = talk.join("Mallory", "en");
        talk.go("@mallory ~ scene agreed").await;
        let annas =
            "SELECT generations.id || generations.state || COALESCE(cancel_asked_at, 0) FROM generations
                     JOIN users ON users.id = user_id WHERE first_name = 'Anna' ORDER BY 1";
        let before = texts(&talk.world, annas).await;
        let of_mallory = "SELECT COUNT(*) FROM generations JOIN users ON users.id = user_id
                          WHERE first_name = 'Mallory'";
        for way in ["> /create", "> /create\n> [A person who talks]", "> /gallery"] {
            for press in presses.iter().filter(|it| !it.contains("Forget")) {
                for line in way.lines() {
                    talk.go(&format!("@mallory {line}")).await;
                }
                talk.go(&format!("@mallory > forged {press}")).await;
            }
        }
        assert_eq!(texts(&talk.world, annas).await, before);
        assert_eq!(number(&talk.world, of_mallory).await, 0);
        let seen = talk.world.sandbox.telegram().messages(BOT, mallory);
        assert!(!format!("{seen:?}").contains("Hello there"), "she sees what Anna has written");
        talk.go("~ settle 180").await;
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}

/// What Sofia is called at the provider.
pub const SOFIA: &str = "NHnWnUC0fRb5ZMIEZfG8";

#[test]
fn f75_the_list_of_voices_is_read_again_and_again() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        let world = &talk.world;
        let sync = || async {
            let app = &world.app;
            let source = app.voices.as_ref().expect("there is one");
            voices::sync(&world.db, source, &app.ground.catalog, world.now()).await
        };
        let is_there = || async {
            let ground = world.app.ground.clone();
            world.read(move |tx| Ok(voices::find(tx, &ground, "sofia")?.is_some())).await
        };
        let first = sync().await.expect("it is read");
        assert!(10 < first.seen && first.gone == 0, "{first:?}");
        world.clock.pass(1_000);
        world.speech_wire.lies("\"voices\":[", "\"voices\":[],\"others\":[");
        let empty = sync().await.expect("it is read");
        assert_eq!((empty.seen, empty.gone), (0, 0), "an empty list says nothing");
        world.speech_wire.stops_lying();
        world.speech_wire.always(Some(Luck::Says(500)));
        assert!(sync().await.is_err());
        world.speech_wire.always(None);
        assert!(is_there().await);
        let fault = serde_json::json!({ "fault": "voice_gone", "voice": SOFIA });
        let fault = serde_json::from_value(fault).expect("a fault");
        world.sandbox.elevenlabs().fault(fault);
        world.clock.pass(1_000);
        assert_eq!(sync().await.expect("it is read").gone, 1);
        assert!(!is_there().await);
        world.clock.pass(1_000);
        assert_eq!(sync().await.expect("it is read").gone, 0, "it goes once");
        world.sandbox.elevenlabs().forgive();
        world.clock.pass(1_000);
        assert_eq!(sync().await.expect("it is read").seen, first.seen);
        assert!(is_there().await, "it is back");
        talk.go("> /start").await;
        talk.world
    });
}
