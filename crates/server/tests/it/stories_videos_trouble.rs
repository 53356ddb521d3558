//! Stories of talking videos in which nobody is to blame but our own machine, or the crowd: what was
//! paid for is kept and delivered, and nobody is sent elsewhere.

use chat::facts::Needs;
use domain::video::SpeechDraft;
use domain::{Command, GenerationId};
use server::failure::Failure;
use server::inbox::facts;
use server::jobs;
use store::users;

use crate::chats::talk::Talk;
use crate::stories_money::setting;
use crate::stories_pictures::{number, rich, texts};
use crate::stories_videos::{OPEN, SPEAK, ask, before_montage, draft, quote};
use crate::stories_videos_mends::{
    MAKE, files_away, in_the_way, is_made_once, longer_than_a_failure_is_tried, program,
};
use crate::world::wire::Luck;
use crate::world::{ANNA, Ground, LANES, World, alone, each, quiesce};

const SPOKEN: &str = "SELECT COUNT(*) FROM artifacts WHERE product = 'speech'";
const CHARGED: &str = "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                       JOIN generations ON hold_id = holds.id WHERE product = 'speech'";
/// How often something was paid for.
const PAID: &str = "SELECT COUNT(*) FROM provider_calls WHERE 0 < cost_micros";

/// The model of each speech for which we were billed.
fn billed(world: &World) -> Vec<String> {
    world.sandbox.elevenlabs().said().into_iter().map(|it| it.model).collect()
}

/// One speech, paid for, delivered and charged once.
async fn is_spoken_once(world: &World) {
    let films = world.look("films").await;
    assert_eq!(billed(world).len(), 1, "{films:?}");
    assert_eq!(number(world, PAID).await, 1, "{films:?}");
    assert_eq!(number(world, SPOKEN).await, 1, "{films:?}");
    assert_eq!(number(world, CHARGED).await, 1, "{films:?}");
    assert_eq!(number(world, OPEN).await, 0, "{films:?}");
    assert_eq!(world.look("work").await, Some(Vec::new()));
    assert_eq!(world.broken().await, Vec::<String>::new());
}

#[test]
fn f47_a_speech_that_cannot_be_stored_for_a_while_is_not_spoken_again() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        talk.go(SPEAK).await;
        files_away(&talk.world, true);
        for _ in 0..10 {
            talk.go("~ worker\n~ minutes 1").await;
        }
        assert_eq!(billed(&talk.world).len(), 1, "{:?}", talk.world.look("calls").await);
        assert_eq!(number(&talk.world, PAID).await, 1, "it is booked when it comes");
        files_away(&talk.world, false);
        // Another process on this machine goes on with it.
        talk.world.restart().await;
        talk.go("~ settle").await;
        is_spoken_once(&talk.world).await;
    });
}

#[test]
fn f37_a_process_that_dies_while_a_speech_is_stored_does_not_buy_it_again() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene agreed").await;
        talk.go(SPEAK).await;
        let app = talk.world.app.clone();
        {
            let mut work = Box::pin(jobs::run_next(&app, &["pictures"]));
            let came = async {
                let is_sound = |it: &String| it.contains("speech.mp3");
                while !talk.world.look("work").await.iter().flatten().any(is_sound) {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                done = &mut work => panic!("it was done too soon: {done:?}"),
                () = came => {}
            }
        }
        nobody_works(&talk.world).await;
        quiesce().await;
        talk.world.restart().await;
        talk.world.clock.pass(61_000);
        talk.go("~ settle 180").await;
        is_spoken_once(&talk.world).await;
    });
}

/// A thread that was left alone when its process "died" needs a moment to notice. What came stays.
async fn nobody_works(world: &World) {
    let works = |it: &String| !it.contains("-came: ");
    for _ in 0..1_000_000 {
        if !world.look("work").await.iter().flatten().any(works) {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn f85_a_speech_that_waits_to_be_stored_goes_with_its_owner() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        talk.go(SPEAK).await;
        files_away(&talk.world, true);
        talk.go("~ worker").await;
        assert_ne!(talk.world.look("work").await, Some(Vec::new()), "it is kept");
        assert!(ask(&talk.world, ANNA, Command::ForgetMe).await.is_ok());
        files_away(&talk.world, false);
        talk.go("~ settle 60").await;
        assert_eq!(talk.world.look("work").await, Some(Vec::new()));
        assert_eq!(billed(&talk.world).len(), 1);
        assert_eq!(number(&talk.world, SPOKEN).await, 0);
        assert_eq!(number(&talk.world, CHARGED).await, 0);
        assert_eq!(number(&talk.world, OPEN).await, 0);
    });
}

/// Each time it is billed, and each time the process dies before it hears of it.
#[test]
fn f47_what_was_billed_and_never_heard_is_not_asked_for_without_end() {
    alone(async {
        let mut talk = rich(&[]).await;
        talk.go("~ scene agreed").await;
        talk.go(SPEAK).await;
        let wire = talk.world.speech_wire.clone();
        for _ in 0..4 {
            wire.order(wire.made().len(), Luck::HangsAfter);
            tokio::select! {
                () = talk.go("~ settle 60") => break,
                () = wire.hangs() => {}
            }
            quiesce().await;
            talk.world.restart().await;
            wire.forget_orders();
            talk.world.clock.pass(61_000);
        }
        talk.go("~ settle 180").await;
        let first = "eleven_multilingual_v2";
        let models = billed(&talk.world);
        assert_eq!(models.iter().filter(|it| *it == first).count(), 3, "{models:?}");
        assert_eq!(number(&talk.world, SPOKEN).await, 1, "{models:?}");
        assert_eq!(number(&talk.world, CHARGED).await, 1);
    });
}

const AT_LIPS: &str = "SELECT stage FROM generations WHERE product = 'video' AND ended_at IS NULL";

#[test]
fn f74_lips_that_come_while_the_disk_is_full_are_waited_for() {
    each(|ground| async move {
        let settings = [setting("videos.room_mb", "0")];
        let mut talk = Talk::new(World::with(ground, &settings).await);
        talk.go(&format!("~ scene film\n{MAKE}\n~ worker")).await;
        talk.world.restart_with(&[setting("videos.room_mb", "1000000")]).await;
        longer_than_a_failure_is_tried(&mut talk).await;
        assert_eq!(texts(&talk.world, AT_LIPS).await, ["lips"], "it waits");
        let raised = talk.world.look("attention").await.expect("a look");
        assert!(raised.iter().any(|it| it.starts_with("no-room")), "{raised:?}");
        talk.world.restart_with(&settings).await;
        talk.go("~ settle 60").await;
        is_made_once(&talk.world).await;
        talk.world
    });
}

#[test]
fn f74_lips_for_which_no_folder_can_be_made_are_waited_for() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go(&format!("~ scene film\n{MAKE}\n~ worker")).await;
        let place = talk.world.folder.path().join("atelier-work");
        std::fs::remove_dir_all(&place).expect("it was there");
        std::fs::write(&place, "no folder").expect("a file in its place");
        longer_than_a_failure_is_tried(&mut talk).await;
        assert_eq!(texts(&talk.world, AT_LIPS).await, ["lips"], "it waits");
        std::fs::remove_file(&place).expect("the file");
        talk.go("~ settle 60").await;
        is_made_once(&talk.world).await;
    });
}

/// What is done by whoever ends a service with all that it has started.
const ENDED: &str = "kill -TERM $$";

/// From here on these programs are others.
async fn with_programs(talk: &mut Talk, programs: &[(&str, &str)]) {
    let own: Vec<_> = programs.iter().map(|(name, path)| setting(name, path)).collect();
    talk.world.restart_with(&own).await;
}

/// Whichever of the two is ended by somebody else, while whatever is done: nothing is said by it of
/// what was paid for.
#[test]
fn f37_who_is_ended_in_the_middle_of_its_work_says_nothing_of_a_film() {
    alone(async {
        for name in ["videos.ffprobe", "videos.ffmpeg"] {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            talk.go(&format!("~ scene film\n{MAKE}\n~ worker")).await;
            let ended = program(&talk.world, "ended", ENDED);
            with_programs(&mut talk, &[(name, &ended)]).await;
            longer_than_a_failure_is_tried(&mut talk).await;
            assert_eq!(texts(&talk.world, AT_LIPS).await, ["lips"], "{name}: it waits");
            with_programs(&mut talk, &[]).await;
            talk.go("~ settle 60").await;
            is_made_once(&talk.world).await;
        }
    });
}

#[test]
fn f37_who_is_ended_in_the_middle_of_its_work_says_nothing_of_a_speech_or_a_clip() {
    alone(async {
        for name in ["videos.ffprobe", "videos.ffmpeg"] {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            talk.go("~ scene agreed").await;
            let ended = program(&talk.world, "ended", ENDED);
            with_programs(&mut talk, &[(name, &ended)]).await;
            talk.go(SPEAK).await;
            talk.go("~ worker\n~ minutes 1\n~ worker").await;
            with_programs(&mut talk, &[]).await;
            talk.go("~ settle").await;
            is_spoken_once(&talk.world).await;

            talk.go("> /create\n> [A person over my clip]").await;
            with_programs(&mut talk, &[(name, &ended)]).await;
            talk.go("> clip 2\n~ worker").await;
            assert_eq!(talk.world.look("clips").await, Some(vec!["clip: waiting".to_owned()]));
            with_programs(&mut talk, &[]).await;
            talk.go("~ settle").await;
            let clips = talk.world.look("clips").await.expect("there is such a look");
            assert!(clips.iter().all(|it| it.starts_with("clip: ready")), "{clips:?}");
        }
    });
}

const AT_MONTAGE: &str =
    "SELECT stage FROM generations WHERE product = 'video' AND ended_at IS NULL";

#[test]
fn f74_the_parts_of_a_video_outlast_whatever_is_wrong_with_our_machine() {
    alone(async {
        for trouble in ["no folder", "no program", "an ended program"] {
            let mut talk = Talk::new(World::new(Ground::Sqlite).await);
            before_montage(&mut talk).await;
            let place = talk.world.folder.path().join("atelier-work");
            match trouble {
                "no folder" => {
                    std::fs::remove_dir_all(&place).expect("it was there");
                    std::fs::write(&place, "no folder").expect("a file in its place");
                }
                "no program" => with_programs(&mut talk, &[("videos.ffmpeg", "/nowhere")]).await,
                _ => {
                    let ended = program(&talk.world, "ended", ENDED);
                    with_programs(&mut talk, &[("videos.ffmpeg", &ended)]).await;
                }
            }
            longer_than_a_failure_is_tried(&mut talk).await;
            assert_eq!(texts(&talk.world, AT_MONTAGE).await, ["montage"], "{trouble}: it waits");
            match trouble {
                "no folder" => std::fs::remove_file(&place).expect("the file"),
                _ => with_programs(&mut talk, &[]).await,
            }
            talk.go("~ settle 60").await;
            is_made_once(&talk.world).await;
        }
    });
}

/// It would be the same for as long as a video may take.
#[test]
fn a_video_that_is_too_much_work_is_given_back_soon() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        before_montage(&mut talk).await;
        let spent = program(&talk.world, "spent", "ulimit -c 0; kill -XCPU $$");
        with_programs(&mut talk, &[("videos.ffmpeg", &spent)]).await;
        longer_than_a_failure_is_tried(&mut talk).await;
        assert_eq!(texts(&talk.world, AT_MONTAGE).await, Vec::<String>::new());
        assert_eq!(number(&talk.world, OPEN).await, 0);
    });
}

/// Each time it is fetched, and all of it decoded.
#[test]
fn a_film_that_cannot_be_stored_is_not_fetched_over_and_over() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go(&format!("~ scene film\n{MAKE}")).await;
        in_the_way(&talk.world, "lips.mp4", true).await;
        let fetched = |world: &World| {
            let calls = world.fal_wire.made();
            calls.iter().filter(|it| it.starts_with("GET /files/")).count()
        };
        for _ in 0..90 {
            talk.go("~ seconds 10\n~ worker").await;
        }
        let times = fetched(&talk.world);
        assert!((2..=20).contains(&times), "{times}: {:?}", talk.world.fal_wire.made());
        in_the_way(&talk.world, "lips.mp4", false).await;
        talk.go("~ settle 60").await;
        is_made_once(&talk.world).await;
    });
}

#[test]
fn f47_a_speech_of_which_half_came_is_booked_as_well() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed\n~ speech torn").await;
        talk.go(SPEAK).await;
        talk.go("~ settle").await;
        assert_eq!(billed(&talk.world).len(), 2);
        assert_eq!(number(&talk.world, PAID).await, 2, "{:?}", talk.world.look("films").await);
        let costs = "SELECT COUNT(DISTINCT cost_micros) FROM provider_calls WHERE 0 < cost_micros";
        assert_eq!(number(&talk.world, costs).await, 1, "the one is as dear as the other");
        let cost = "SELECT CAST(SUM(cost_micros) AS BIGINT) FROM provider_calls";
        let noted = "SELECT cost_micros FROM generations WHERE product = 'speech'";
        assert_eq!(number(&talk.world, noted).await, number(&talk.world, cost).await);
        assert_eq!(number(&talk.world, SPOKEN).await, 1);
        talk.world
    });
}

/// How often work went to somebody else.
const MOVES: &str = "SELECT COUNT(*) FROM provider_calls WHERE call = 'move'";

/// Who makes the best videos has made it, and nobody else was asked.
async fn is_filmed_by_the_best(talk: &mut Talk) {
    talk.go("~ settle 60").await;
    is_made_once(&talk.world).await;
    assert_eq!(number(&talk.world, MOVES).await, 0, "{:?}", talk.world.look("films").await);
}

/// All of a provider's models are given pictures and sounds by the same road.
#[test]
fn a_road_that_is_shut_for_a_moment_sends_no_video_to_a_worse_maker() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene film\n~ fal 503 on upload times 5").await;
        talk.go(MAKE).await;
        is_filmed_by_the_best(&mut talk).await;
        talk.world
    });
}

/// It waited for its turn, which is nobody's silence.
#[test]
fn one_hiccup_after_a_wait_sends_no_video_to_a_worse_maker() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene film\n~ fal 503 on submit endpoint videos").await;
        let quote = quote(6);
        let speech = "SELECT id FROM artifacts WHERE product = 'speech'";
        let speech = texts(&talk.world, speech).await.pop().expect("it was spoken");
        let speech = domain::ArtifactId::from_text(&speech).expect("an id");
        let amina = domain::video::Face::Character("amina".to_owned());
        let drafts = vec![draft(amina, speech, None)];
        assert!(ask(&talk.world, ANNA, Command::MakeVideos { drafts, quote }).await.is_ok());
        talk.world.clock.pass(60_000);
        is_filmed_by_the_best(&mut talk).await;
    });
}

/// A catalog in which two cut persons out, of whom the first doesn't know how.
#[test]
fn f38_who_cuts_a_person_out_after_another_one_has_time_for_it() {
    alone(async {
        let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/videos.toml");
        let videos = std::fs::read_to_string(own).expect("the catalog is there");
        let first = "[[over.makers]]\nprovider = \"fal\"\nworkflow = \"nobody/cuts\"\n\
                     cost_micros_per_second = 22_500\n\n[[over.makers]]";
        let two = videos.replace("[[over.makers]]", first);
        assert_ne!(videos, two);
        let folder = tempfile::tempdir().expect("a folder for the catalog");
        std::fs::write(folder.path().join("videos.toml"), two).expect("written");
        let place = setting("catalog.folder", &folder.path().display().to_string());
        let settings = [place, setting("videos.time_limit_s", "600")];
        let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
        talk.go("~ scene clip\n> photos portrait-1\n~ worker\n> [Choose this one]\n> [Marcus]")
            .await;
        talk.go("> Hello there.\n> [Speak it · 1 credit]\n~ settle\n> [This is good, go on]").await;
        talk.go("~ fal long endpoint videos seconds 400\n~ fal is down").await;
        talk.go("> [Make the video · 8 credits]\n~ worker").await;
        for _ in 0..5 {
            talk.go("~ minutes 1\n~ worker").await;
        }
        talk.go("~ fal is up\n~ settle 60").await;
        let made = "SELECT COUNT(*) FROM artifacts WHERE product = 'video'";
        assert_eq!(number(&talk.world, made).await, 1, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, MOVES).await, 1);
    });
}

/// People who all order a speech now.
async fn crowd(talk: &mut Talk, people: usize) {
    for number in 0..people {
        let name = format!("Person{number}");
        let person = talk.join(&name, "en");
        talk.go(&format!("@{} ~ scene agreed", name.to_lowercase())).await;
        let (voice, script) = ("sofia".to_owned(), "Hello there.".to_owned());
        let draft = SpeechDraft { voice, script, speed_percent: 100 };
        assert!(
            ask(&talk.world, person, Command::MakeSpeech { draft, quote: quote(1) }).await.is_ok()
        );
    }
}

const MOVED_ON: &str = "SELECT COUNT(*) FROM generations WHERE tried <> ''";

#[test]
fn f66_who_is_refused_because_many_speak_waits_and_is_sent_to_nobody_else() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        crowd(&mut talk, 12).await;
        // Each of them five times and more, and longer than was promised.
        talk.go("~ speech concurrency times 60\n~ worker").await;
        let apart = "SELECT COUNT(DISTINCT run_at) FROM jobs WHERE kind = 'generate'";
        assert!(6 < number(&talk.world, apart).await, "they come back together");
        talk.go("~ settle 180").await;
        assert_eq!(number(&talk.world, SPOKEN).await, 12, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, MOVED_ON).await, 0);
        assert_eq!(billed(&talk.world), ["eleven_multilingual_v2"; 12]);
        talk.world
    });
}

#[test]
fn f66_many_workers_at_a_provider_that_takes_five_at_a_time_bring_all_home() {
    alone(async {
        let mut talk = rich(&[]).await;
        crowd(&mut talk, 20).await;
        for _ in 0..600 {
            let one = || async {
                while jobs::run_next(&talk.world.app, LANES).await.expect("it is there") {}
            };
            futures::future::join_all((0..16).map(|_| one())).await;
            if number(&talk.world, OPEN).await == 0 {
                break;
            }
            talk.world.clock.pass(1_000);
        }
        assert_eq!(number(&talk.world, SPOKEN).await, 20, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, MOVED_ON).await, 0);
        assert_eq!(billed(&talk.world), ["eleven_multilingual_v2"; 20]);
    });
}

#[test]
fn f38_nobody_waits_for_ever_where_it_is_always_crowded() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed\n~ speech concurrency times 10000").await;
        talk.go(SPEAK).await;
        talk.go("~ settle 60\n~ minutes 15\n~ worker").await;
        assert_eq!(number(&talk.world, OPEN).await, 0, "{:?}", talk.world.look("films").await);
        assert_eq!(number(&talk.world, MOVED_ON).await, 0);
        assert_eq!(number(&talk.world, CHARGED).await, 0);
    });
}

/// Whether a customer is told that we don't know whether their only order was begun.
async fn is_told_uncertain(world: &World, product: &'static str) -> bool {
    let ground = world.app.ground.clone();
    let sql = "SELECT id FROM generations WHERE product = $1";
    let told = world.read(move |tx| {
        let id: GenerationId = tx.one(sql, &[&product])?.id(0)?;
        let user = tx.one("SELECT id FROM users", &[])?.id(0)?;
        let user = users::get(tx, &user)?.expect("she is there");
        let needs = Needs { generation: Some(id), ..Needs::default() };
        let known: Result<_, Failure> = facts::gather(tx, &ground, &user, &needs, ground.now());
        Ok(known.expect("they are read").generation.expect("it is there").uncertain)
    });
    told.await
}

#[test]
fn f42_a_speech_that_is_being_spoken_is_not_said_to_be_uncertain() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene agreed").await;
        talk.go(SPEAK).await;
        let wire = talk.world.speech_wire.clone();
        wire.order(wire.made().len(), Luck::HangsBefore);
        let app = talk.world.app.clone();
        tokio::select! {
            done = jobs::run_next(&app, &["pictures"]) => panic!("it was done too soon: {done:?}"),
            () = wire.hangs() => {}
        }
        assert!(!is_told_uncertain(&talk.world, "speech").await);
        talk.world.restart().await;
        talk.world.clock.pass(61_000);
        talk.go("~ settle 60\n> [This is good, go on]").await;
        talk.go(&format!("~ fal accepted_but_lost endpoint videos\n{MAKE}\n~ worker")).await;
        assert!(is_told_uncertain(&talk.world, "video").await, "nobody knows it of the lips");
    });
}
