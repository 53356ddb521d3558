//! Stories that are tried at every step: each call of a training to the outside fails in each way,
//! and the process dies at each of them. The end is always an avatar or all credits back.

use std::collections::BTreeSet;

use crate::chats::talk::Talk;
use crate::world::wire::{Luck, Wire};
use crate::world::{Ground, World, alone};

async fn world() -> Talk {
    let settings = [("credits.welcome".to_owned(), "1000".to_owned())];
    Talk::new(World::with(Ground::Sqlite, &settings).await)
}

/// What is seen at the end of one training, and of fal since it began.
struct End {
    training: String,
    /// How often fal was made to train.
    runs: usize,
    /// How often the person was told how it ended.
    told: usize,
}

/// One person's training, begun in a scene and carried on by `go_on`.
struct Trial<'a> {
    talk: &'a mut Talk,
    person: i64,
    runs_before: usize,
}

impl<'a> Trial<'a> {
    async fn begin(talk: &'a mut Talk, number: usize) -> Trial<'a> {
        let name = format!("P{number}");
        let person = talk.join(&name, "en");
        talk.go(&format!("@p{number} ~ scene training")).await;
        let runs_before = talk.world.sandbox.fal().requests().len();
        Trial { talk, person, runs_before }
    }

    async fn end(self) -> End {
        let Trial { talk, person, runs_before } = self;
        for wire in [&talk.world.fal_wire, &talk.world.telegram_wire] {
            wire.forget_orders();
        }
        talk.go("~ settle 90").await;
        let trainings = talk.world.look("training").await.expect("a look");
        let messages = talk.world.sandbox.telegram().messages(crate::world::BOT, person);
        let ends = ["is ready!", "didn’t work out\n", "was stopped\n"];
        let is_end = |text: &str| {
            ends.iter().any(|it| {
                text.lines()
                    .take(1)
                    .any(|line| format!("{line}\n").contains(it.trim_end_matches('\n')))
            })
        };
        // The menu below it says something alike, and has buttons.
        let told = messages
            .iter()
            .filter(|it| it["outgoing"] == false && it["reply_markup"].is_null())
            .filter(|it| it["text"].as_str().is_some_and(is_end))
            .count();
        End {
            training: trainings.last().cloned().unwrap_or_default(),
            runs: talk.world.sandbox.fal().requests().len() - runs_before,
            told,
        }
    }
}

/// How many calls a training without trouble makes on a wire.
async fn calls(talk: &mut Talk, wire: fn(&World) -> &Wire) -> Vec<String> {
    let trial = Trial::begin(talk, 0).await;
    let before = wire(&trial.talk.world).made().len();
    let end = Trial { ..trial }.end_with(|talk| wire(&talk.world).made().split_off(before)).await;
    assert_eq!(end.0.training, "Anna B., portrait fast: SUCCEEDED, 60 charged");
    end.1
}

impl Trial<'_> {
    async fn end_with<T>(self, look: impl Fn(&Talk) -> T) -> (End, T) {
        let Trial { talk, person, runs_before } = self;
        let end = Trial { talk: &mut *talk, person, runs_before }.end().await;
        (end, look(talk))
    }
}

fn fal(world: &World) -> &Wire {
    &world.fal_wire
}

fn telegram(world: &World) -> &Wire {
    &world.telegram_wire
}

/// An avatar that is paid for, or everything given back: nothing in between.
fn is_settled(end: &End) -> bool {
    let (state, money) = end.training.split_once(", 60 ").unwrap_or_default();
    match money {
        "charged" => state.ends_with("SUCCEEDED"),
        "given back" => state.contains("FAILED") || state.contains("CANCELED"),
        _ => false,
    }
}

/// Every way in which a call fails.
const LUCK: [Luck; 14] = [
    Luck::NotSent,
    Luck::Broken,
    Luck::AnswerLost,
    Luck::Says(200),
    Luck::Says(403),
    Luck::Says(404),
    Luck::Says(418),
    Luck::Says(422),
    Luck::Says(429),
    Luck::Says(500),
    Luck::Says(502),
    Luck::Says(503),
    Luck::SaysAfter(502),
    Luck::SaysAfter(504),
];

/// What must not come of a call that failed once.
fn check_end(call: &str, luck: Luck, end: &End) {
    let seen = format!("{luck:?} at {call}: {}, {} runs", end.training, end.runs);
    assert!(is_settled(end), "{seen}");
    // Once how it ended, and once more if a result came after all.
    let is_late = end.training.contains("delivered late");
    assert_eq!(end.told, if is_late { 2 } else { 1 }, "{seen}");
    let is_good = end.training.ends_with("SUCCEEDED, 60 charged") && end.runs == 1;
    // No odd answer to a question ends what goes on.
    assert!(!call.ends_with("/status") || is_good, "{seen}");
    // A result that is there is not given up for an odd answer about its files, but for one that
    // says that they are gone, or for something else in their place.
    let is_gone = matches!(luck, Luck::Says(200 | 403 | 404));
    assert!(!call.contains(" /files/") || is_gone || is_good, "{seen}");
    // What doesn't open is no model, whoever says that it is.
    let is_rubbish = call.ends_with(".safetensors") && luck == Luck::Says(200);
    assert!(!is_rubbish || end.training.contains("result_broken"), "{seen}");
    // Whether it was taken is unknown, so it isn't sent again, and its webhook finds it.
    let is_submit = call.starts_with("POST /fal-ai/");
    let is_taken = matches!(luck, Luck::AnswerLost | Luck::SaysAfter(_));
    assert!(!is_submit || !is_taken || is_good, "{seen}");
}

#[test]
fn f24_each_call_to_the_provider_fails_in_each_way() {
    alone(async {
        let mut talk = world().await;
        let calls = calls(&mut talk, fal).await;
        let is_question = |at: usize| calls.get(at).is_none_or(|it| it.ends_with("/status"));
        let mut struck = BTreeSet::new();
        let mut number = 0;
        for at in 0..calls.len() {
            // Of many questions in a row, the first and the last are enough.
            if is_question(at) && is_question(at + 1) && 0 < at && is_question(at - 1) {
                continue;
            }
            for luck in LUCK {
                number += 1;
                let trial = Trial::begin(&mut talk, number).await;
                let wire = trial.talk.world.fal_wire.clone();
                let aim = wire.made().len() + at;
                wire.order(aim, luck);
                trial.talk.go("~ settle 90").await;
                let end = trial.end().await;
                let made = wire.made();
                // The last ones may not come up: a question more or less.
                let Some(call) = made.get(aim) else { continue };
                check_end(call, luck, &end);
                struck.extend(call.split('/').next_back().map(str::to_owned));
                talk.go("~ minutes 20").await;
                assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{luck:?} at {call}");
            }
        }
        for last in ["initiate", "status", "response", "pytorch_lora_weights.safetensors"] {
            assert!(struck.contains(last), "{last} was never struck: {struck:?}");
        }
    });
}

/// Runs until a call hangs, and then the process is gone, as by SIGKILL.
async fn die_at(trial: &mut Trial<'_>, wire: fn(&World) -> &Wire, at: usize, luck: Luck) {
    let world = &mut trial.talk.world;
    let made = wire(world).made().len();
    wire(world).order(made + at, luck);
    tokio::select! {
        () = world.settle(90 * 60_000) => {}
        () = wire(world).hangs() => {}
    }
    world.restart().await;
    world.clock.pass(61_000);
}

#[test]
fn f37_f47_the_process_dies_at_each_call_to_the_provider() {
    alone(async {
        let mut talk = world().await;
        let calls = calls(&mut talk, fal).await;
        let mut number = 0;
        for (at, call) in calls.iter().enumerate() {
            for luck in [Luck::HangsBefore, Luck::HangsAfter] {
                number += 1;
                let mut trial = Trial::begin(&mut talk, number).await;
                die_at(&mut trial, fal, at, luck).await;
                let end = trial.end().await;
                let seen = format!("{luck:?} at {call}: {}, {} runs", end.training, end.runs);
                assert!(is_settled(&end) && end.told == 1 && end.runs <= 1, "{seen}, {}", end.told);
                assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{seen}");
            }
        }
    });
}

#[test]
fn f37_f65_the_process_dies_at_each_call_to_telegram() {
    alone(async {
        let mut talk = world().await;
        let calls = calls(&mut talk, telegram).await;
        let mut number = 0;
        for (at, call) in calls.iter().enumerate() {
            for luck in [Luck::HangsBefore, Luck::HangsAfter] {
                number += 1;
                let mut trial = Trial::begin(&mut talk, number).await;
                die_at(&mut trial, telegram, at, luck).await;
                let end = trial.end().await;
                let seen = format!("{luck:?} at {call}: {}, told {}", end.training, end.told);
                assert!(is_settled(&end) && end.runs == 1, "{seen}");
                // Never twice; and if not at all, the menu says so.
                assert!(end.told <= 1, "{seen}");
                assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{seen}");
            }
        }
    });
}
