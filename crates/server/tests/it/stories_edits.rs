//! Failure stories of edits at the desk of our own GPUs: deaths at each step, sleepers that wake,
//! whatever order things happen in, and things of somebody else.

use std::time::Duration;

use bytes::Bytes;
use domain::catalog::Quote;
use domain::picture::EditDraft;
use domain::refusal::Fault;
use domain::{ArtifactId, BotId, Command, Credits, GenerationId, InputId, Millis, Refusal};
use server::failure::Failure;
use server::farm::desk::{Answer, End, FILES_MAX, Ticket, Word};
use server::farm::here::{Desk, DeskError, FILE_BYTES_MAX, Here};
use server::jobs;
use server::studio::{self, Stop};
use store::{generations, users};

use crate::chats::talk::Talk;
use crate::stories_pictures::{number, texts};
use crate::world::{ANNA, BOT, Ground, World, alone, each};

/// Anna has ordered a drawing, and our GPUs are to make it.
const ORDERED: &str = "~ scene gpus\n~ scene pencil\n> [Edit · 2 credits]";
const RUNS: &str = "SELECT COUNT(*) FROM gpu_runs";
const RESULTS: &str = "SELECT COUNT(*) FROM artifacts WHERE deleted_at IS NULL";
/// A run is open as long as its job is, and no longer.
const APART: &str = "SELECT COUNT(*) FROM gpu_runs JOIN jobs ON jobs.id = gpu_runs.job_id
     WHERE (gpu_runs.state = 'open' AND jobs.ended_at IS NOT NULL)
        OR (gpu_runs.state <> 'open' AND jobs.ended_at IS NULL)";

async fn ordered(ground: Ground) -> Talk {
    let mut talk = Talk::new(World::new(ground).await);
    talk.go(ORDERED).await;
    talk
}

async fn the_generation(world: &World) -> GenerationId {
    let last = "SELECT id FROM generations ORDER BY created_at DESC, id DESC LIMIT 1";
    GenerationId::from_text(&texts(world, last).await[0]).expect("an id")
}

/// A step of the job as it is done, and then the process is gone: nothing is settled.
async fn dies_after_a_step(world: &World) {
    let (id, now) = (the_generation(world).await, world.now());
    drop(jobs::pictures::run(&world.app, id, now).await.expect("the database is there"));
}

#[test]
fn f37_killed_at_each_step_of_handing_in_the_same_run_is_found() {
    each(|ground| async move {
        let mut last = None;
        for kill in ["taken", "intent", "handed in", "twice", "done meanwhile"] {
            let mut talk = ordered(ground).await;
            // Some worker has taken the job; it is never heard of again.
            talk.go("~ worker dies").await;
            match kill {
                "taken" => {}
                "intent" => {
                    let (id, now) = (the_generation(&talk.world).await, talk.world.now());
                    let intends = move |tx: &mut store::Tx| generations::intend(tx, &id, now);
                    assert!(talk.world.write(intends).await);
                }
                _ => dies_after_a_step(&talk.world).await,
            }
            if kill == "twice" {
                dies_after_a_step(&talk.world).await;
            }
            if kill == "done meanwhile" {
                talk.go("~ gpu box1 takes\n~ gpu box1 finishes").await;
            }
            talk.world.restart().await;
            talk.go("~ minutes 2\n~ gpu box1 can all\n~ worker").await;
            assert_eq!(number(&talk.world, RUNS).await, 1, "killed when {kill}");
            if kill != "done meanwhile" {
                talk.go("~ gpu box1 takes\n~ gpu box1 finishes").await;
            }
            talk.go("~ settle").await;
            let edits = talk.world.look("edits").await.expect("a look");
            assert_eq!(edits, ["Anna: art-pencil@1: SUCCEEDED by gpu, 2 charged"], "{kill}");
            assert_eq!(number(&talk.world, RUNS).await, 1, "killed when {kill}");
            assert_eq!(number(&talk.world, RESULTS).await, 1, "killed when {kill}");
            assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{kill}");
            last = Some(talk.world);
        }
        last.expect("it was killed at least once")
    });
}

/// Numbers that are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % most
    }
}

/// What may happen, in any order.
const HAPPENS: [&str; 22] = [
    "~ worker",
    "~ worker",
    "~ worker",
    "~ gpu B takes",
    "~ gpu B takes",
    "~ gpu B takes",
    "~ gpu B is at 30",
    "~ gpu B is at 70",
    "~ gpu B finishes",
    "~ gpu B finishes",
    "~ gpu B fails: photo",
    "~ gpu B fails: node",
    "~ gpu B tries again",
    "~ gpu B hands back",
    "~ gpu B stops",
    "~ gpu B dies",
    "~ seconds 3",
    "~ seconds 20",
    "~ minutes 1",
    "P > [Stop]",
    "P > [Yes, stop]",
    "P > /menu",
];

#[test]
fn f48_f49_f55_f91_whatever_happens_in_whichever_order_each_edit_ends_once() {
    each(|ground| async move {
        let own = [("pictures.open_per_user", "1000"), ("credits.welcome", "1000")];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mut talk = Talk::new(World::with(ground, &own).await);
        talk.go("~ scene gpus\n~ gpu box2 can all\n~ gpu box3 can all").await;
        talk.go("~ join Vera en\n@vera ~ scene agreed").await;
        for seed in [7, 1_234_567] {
            for who in ["@anna", "@vera", "@anna", "@vera"] {
                talk.go(&format!("{who} ~ scene pencil\n{who} > [Edit · 2 credits]")).await;
            }
            let mut dice = Dice(seed);
            for step in 0..70 {
                let (gpu, who) = (1 + dice.below(3), ["@anna", "@vera"][dice.below(2)]);
                let line = HAPPENS[dice.below(HAPPENS.len())];
                let line =
                    line.replace('B', &format!("box{gpu}")).replace("P >", &format!("{who} >"));
                // A GPU that has nothing has nothing to say.
                let _ = talk.line(&line).await;
                assert_eq!(number(&talk.world, APART).await, 0, "{seed}, {step}: after `{line}`");
            }
            for gpu in [1, 2, 3] {
                talk.go(&format!("~ gpu box{gpu} can all")).await;
            }
            for _ in 0..60 {
                talk.go("~ worker\n~ seconds 20").await;
                for gpu in [1, 2, 3] {
                    talk.go(&format!("~ gpu box{gpu} takes")).await;
                    let _ = talk.line(&format!("~ gpu box{gpu} finishes")).await;
                }
            }
            talk.go("~ settle").await;
            assert_eq!(number(&talk.world, APART).await, 0);
        }
        let open = "SELECT COUNT(*) FROM generations WHERE ended_at IS NULL";
        assert_eq!(number(&talk.world, open).await, 0, "{:?}", talk.world.look("edits").await);
        let orders = "SELECT COUNT(*) FROM generations";
        assert_eq!(number(&talk.world, orders).await, 8);
        let odd = "SELECT COUNT(*) FROM generations WHERE (state = 'SUCCEEDED') <>
             (1 = (SELECT COUNT(*) FROM artifacts WHERE generation_id = generations.id))";
        assert_eq!(number(&talk.world, odd).await, 0, "{:?}", talk.world.look("edits").await);
        let done = "SELECT COUNT(*) FROM generations WHERE state = 'SUCCEEDED'";
        assert!(0 < number(&talk.world, done).await, "{:?}", talk.world.look("edits").await);
        talk.world
    });
}

/// Everything that somebody with a ticket may say, and whether it was taken.
async fn is_taken(desk: &Here, ticket: &Ticket) -> Vec<&'static str> {
    let mut taken = Vec::new();
    if desk.photo(ticket, 0).await.is_ok() {
        taken.push("photo");
    }
    if desk.beat(ticket, Some(99)).await.expect("the database is there") != Word::Lost {
        taken.push("beat");
    }
    if desk.put(ticket, 1, Bytes::from_static(b"mine")).await.is_ok() {
        taken.push("put");
    }
    let failed = End::Failed { fault: Fault::ProviderFailed, reason: "no".to_owned() };
    let ends = [
        End::Done { files: vec![4] },
        failed,
        End::Again { reason: "no".to_owned() },
        End::HandBack { pause: Millis(0) },
        End::Stopped,
    ];
    for end in ends {
        if desk.end(ticket, &end).await.is_ok() {
            taken.push("end");
        }
    }
    taken
}

#[test]
fn f49_f55_whoever_slept_past_the_lease_says_nothing_that_counts() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        talk.go("~ gpu box2 can all\n~ worker\n~ gpu box1 takes\n~ gpu box1 dies").await;
        let (slept, _) = talk.had("box1").expect("a run");
        // Nobody has it yet: whoever wakes in time goes on.
        talk.go("~ gpu box1 is at 10\n~ gpu box1 dies\n~ gpu box2 takes\n~ gpu box2 is at 20")
            .await;
        let (kept, _) = talk.had("box2").expect("a run");
        assert_eq!(slept.run, kept.run);
        assert!(slept.fence < kept.fence, "{slept:?} {kept:?}");
        let before = talk.world.look("gpus").await;
        let at = "SELECT percent FROM gpu_runs";
        assert_eq!(is_taken(&talk.desk("box1"), &slept).await, Vec::<&str>::new());
        // Nor does the number of another, or one that was made up.
        assert_eq!(is_taken(&talk.desk("box1"), &kept).await, Vec::<&str>::new());
        assert_eq!(is_taken(&talk.desk("box3"), &kept).await, Vec::<&str>::new());
        for fence in [0, -1, kept.fence - 1, kept.fence + 1, i64::MAX, i64::MIN] {
            let ticket = Ticket { run: kept.run.clone(), fence };
            assert_eq!(is_taken(&talk.desk("box2"), &ticket).await, Vec::<&str>::new(), "{fence}");
        }
        assert_eq!(before, talk.world.look("gpus").await);
        assert_eq!(number(&talk.world, at).await, 20);
        talk.go("~ gpu box2 finishes").await;
        for name in ["box1", "box2"] {
            let (ticket, _) = talk.had(name).expect("a run");
            assert_eq!(is_taken(&talk.desk(name), &ticket).await, Vec::<&str>::new(), "{name}");
        }
        talk.go("~ settle").await;
        assert_eq!(number(&talk.world, RESULTS).await, 1);
        assert_eq!(number(&talk.world, RUNS).await, 1);
        talk.world
    });
}

#[test]
fn f51_a_result_is_a_file_and_the_queue_holds_its_name() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        talk.go("~ worker\n~ gpu box1 takes").await;
        let (ticket, _) = talk.had("box1").expect("a run");
        let desk = talk.desk("box1");
        let large = Bytes::from(vec![0; FILE_BYTES_MAX + 1]);
        let refused = |it: Result<(), DeskError>| matches!(it, Err(DeskError::Refused(_)));
        assert!(refused(desk.put(&ticket, 1, large).await));
        for number in [0, FILES_MAX + 1, u32::MAX] {
            let some = Bytes::from_static(b"x");
            assert!(refused(desk.put(&ticket, number, some).await), "{number}");
        }
        talk.go("~ gpu box1 finishes\n~ worker").await;
        let rows = texts(&talk.world, "SELECT result FROM gpu_runs").await;
        assert!(rows[0].len() < 400 && rows[0].contains("\"key\""), "{rows:?}");
        talk.go("~ settle").await;
        // What was to be done is the customer's, and isn't kept.
        assert_eq!(texts(&talk.world, "SELECT filled FROM gpu_runs").await, [""]);
        let most = "SELECT MAX(LENGTH(task)) FROM jobs";
        assert!(number(&talk.world, most).await < 200);
        talk.world
    });
}

#[test]
fn f51_a_file_that_was_promised_and_never_put_is_paid_back() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        talk.go("~ worker\n~ gpu box1 takes").await;
        let (ticket, _) = talk.had("box1").expect("a run");
        let end = End::Done { files: vec![1, 2, 3, 4, 5, 6] };
        talk.desk("box1").end(&ticket, &end).await.expect("it has the run");
        talk.go("~ settle").await;
        let edits = talk.world.look("edits").await.expect("a look");
        assert_eq!(edits, ["Anna: art-pencil@1: FAILED (result_broken) by gpu, 2 returned"]);
        talk.world
    });
}

#[test]
fn f53_no_reason_of_a_machine_reaches_a_customer() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene gpus").await;
        for fails in ["~ gpu box1 fails: node", "~ gpu box1 fails: photo"] {
            talk.go("~ gpu box1 can all\n~ scene pencil\n~ fal is closed").await;
            talk.go("> [Edit · 2 credits]\n~ worker\n~ gpu box1 takes").await;
            let since = talk.world.now();
            talk.go(fails).await;
            talk.go("~ settle").await;
            // In seconds, not at some time limit.
            let took = talk.world.now().since(since);
            assert!(took < Millis::seconds(20), "{took:?}");
        }
        let reasons = texts(&talk.world, "SELECT reason FROM gpu_runs").await;
        assert!(reasons.iter().all(|it| it.contains("/srv/comfy")), "{reasons:?}");
        let seen = talk.world.sandbox.telegram().messages(BOT, ANNA);
        let seen = serde_json::to_string(&seen).expect("messages are JSON");
        for word in ["/srv", "KSampler", "LoadImage", "comfy", "box1"] {
            assert!(!seen.contains(word), "she was told of {word}");
        }
        talk.world
    });
}

#[test]
fn f87_who_takes_no_work_from_us_is_not_asked_again() {
    each(|ground| async move {
        let mut talk = Talk::new(World::new(ground).await);
        talk.go("~ scene agreed\n~ scene pencil\n~ fal exhausted\n> [Edit · 2 credits]").await;
        talk.go("~ settle\n~ gpu box1 can all\n~ scene pencil\n> [Edit · 2 credits]").await;
        let before = talk.world.fal_wire.made().len();
        talk.go("~ worker\n~ gpu box1 takes\n~ gpu box1 fails: node\n~ settle").await;
        assert_eq!(talk.world.fal_wire.made().len(), before, "fal was asked");
        let edits = talk.world.look("edits").await.expect("a look");
        let wanted = [
            "Anna: art-pencil@1: FAILED (provider_closed) by fal, 2 returned",
            "Anna: art-pencil@1: FAILED (provider_failed) by gpu, 2 returned",
        ];
        assert_eq!(edits, wanted);
        talk.world
    });
}

#[test]
fn f89_a_run_that_this_version_can_not_read_stops_nobody_else() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        talk.go("~ join Vera en\n@vera ~ scene agreed\n@vera ~ scene pencil").await;
        talk.go("~ worker").await;
        let garble = |tx: &mut store::Tx| {
            tx.execute("UPDATE jobs SET task = '{\"gpu_of_tomorrow\":7}' WHERE lane = 'gpu'", &[])
        };
        assert_eq!(talk.world.write(garble).await, 1);
        talk.go("@vera > [Edit · 2 credits]\n~ worker\n~ gpu box1 takes").await;
        let (ticket, _) = talk.had("box1").expect("Vera’s run");
        let whose = "SELECT first_name FROM gpu_runs JOIN users ON users.id = gpu_runs.user_id
                     WHERE worker = 'box1'";
        assert_eq!(texts(&talk.world, whose).await, ["Vera"], "{ticket:?}");
        talk.go("~ gpu box1 finishes\n~ settle 200").await;
        let edits = talk.world.look("edits").await.expect("a look");
        let wanted = [
            "Anna: art-pencil@1: SUCCEEDED by fal after gpu, 2 charged",
            "Vera: art-pencil@1: SUCCEEDED by gpu, 2 charged",
        ];
        assert_eq!(edits, wanted);
        talk.world
    });
}

#[test]
fn f90_a_clock_that_jumps_ends_no_run_of_a_gpu_that_is_there() {
    each(|ground| async move {
        let hour = Millis::HOUR.as_i64();
        for (name, jump) in [("back", -24 * hour), ("forth within its time", hour)] {
            let mut talk = ordered(ground).await;
            talk.go("~ worker\n~ gpu box1 takes\n~ worker").await;
            talk.world.clock.pass(jump);
            talk.go("~ gpu box1 is at 50\n~ worker\n~ gpu box1 finishes\n~ settle").await;
            let edits = talk.world.look("edits").await.expect("a look");
            assert_eq!(edits, ["Anna: art-pencil@1: SUCCEEDED by gpu, 2 charged"], "{name}");
            assert_eq!(number(&talk.world, RESULTS).await, 1, "{name}");
            assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{name}");
        }
        // By a day: far beyond what anybody was promised. It is paid back, and comes late for free
        // or not at all.
        let mut talk = ordered(ground).await;
        talk.go("~ worker\n~ gpu box1 takes\n~ worker").await;
        talk.world.clock.pass(24 * hour);
        talk.go("~ worker\n~ gpu box1 finishes\n~ settle").await;
        let edits = talk.world.look("edits").await.expect("a look").join("\n");
        let is_fair = edits.contains("2 returned") || edits.contains("2 charged");
        assert!(is_fair && !edits.contains("held"), "{edits}");
        talk.world
    });
}

/// Every command about edits, with things of somebody else.
fn foreign(input: &InputId, artifact: &ArtifactId, generation: &GenerationId) -> Vec<Command> {
    let quote = Quote { credits: Credits::new(2).expect("credits"), expires_at: Millis(i64::MAX) };
    let draft = EditDraft {
        preset: "art-pencil".to_owned(),
        inputs: vec![input.clone()],
        words: String::new(),
    };
    vec![
        Command::EditPhotos { draft, quote },
        Command::UseResult { artifact: artifact.clone() },
        Command::CancelPictures { generation: generation.clone() },
        Command::ShowAgain { generation: generation.clone() },
    ]
}

#[test]
fn f80_f81_photos_and_results_of_somebody_else_are_not_edited() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        let mallory = talk.join("Mallory", "en");
        talk.go("@mallory ~ scene agreed\n~ worker\n~ gpu box1 takes\n~ gpu box1 finishes").await;
        talk.go("~ settle").await;
        let one = |found: Vec<String>| found.into_iter().next().expect("there is one");
        let input = one(texts(&talk.world, "SELECT id FROM inputs").await);
        let artifact = one(texts(&talk.world, "SELECT id FROM artifacts").await);
        let generation = the_generation(&talk.world).await;
        let input = InputId::from_text(&input).expect("an id");
        let artifact = ArtifactId::from_text(&artifact).expect("an id");
        for command in foreign(&input, &artifact, &generation) {
            let shown = format!("{command:?}");
            let ground = talk.world.app.ground.clone();
            let done = talk.world.db.write(move |tx| -> Result<_, Failure> {
                let bot = BotId::from_text(&format!("bot_{BOT}")).expect("a bot's id");
                let user = users::by_telegram(tx, &bot, mallory)?.expect("she has written");
                match studio::carry_out(tx, &ground, &user, command.clone(), ground.now()) {
                    Ok(news) => Ok(Err(news)),
                    Err(Stop::Refused(refusal)) => Ok(Ok(refusal)),
                    Err(Stop::Failed(failure)) => Err(failure),
                }
            });
            let refusal = done.await.expect("a statement of a test");
            let is_gone = matches!(
                refusal,
                Ok(Refusal::PhotoGone | Refusal::PictureGone | Refusal::GenerationGone)
            );
            assert!(is_gone, "{shown}: {refusal:?}");
        }
        talk.world
    });
}

#[test]
fn a_worker_that_is_not_known_is_given_nothing() {
    each(|ground| async move {
        let mut talk = ordered(ground).await;
        talk.go("~ worker").await;
        let answer = talk.desk("stranger").claim(Duration::ZERO).await;
        assert_eq!(answer.expect("the database is there"), Answer::Unknown);
        // Nor one that can do something else.
        talk.go("~ gpu box2 can upscale@1\n~ gpu box2 takes").await;
        assert!(talk.had("box2").is_err());
        talk.go("~ gpu box1 takes\n~ gpu box1 finishes\n~ settle").await;
        talk.world
    });
}

#[test]
fn ten_taps_on_edit_are_one_order() {
    alone(async {
        let mut talk = Talk::new(World::new(Ground::Sqlite).await);
        talk.go("~ scene gpus\n~ scene pencil\n> twice [Edit · 2 credits]").await;
        for _ in 0..4 {
            talk.go("> old [Edit · 2 credits]").await;
        }
        assert_eq!(number(&talk.world, "SELECT COUNT(*) FROM generations").await, 1);
        talk.go("~ worker\n~ gpu box1 takes\n~ gpu box1 finishes\n~ settle").await;
        assert_eq!(talk.world.broken().await, Vec::<String>::new());
    });
}
