//! Stories of pictures that are tried at every step: each call to fal, Replicate and Telegram fails
//! in each way, and the process dies at each of them. The end is always pictures that are paid for
//! or all credits back, and never a picture paid for twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::Millis;
use store::{StoreError, Tx, attention};

use crate::chats::talk::Talk;
use crate::world::wire::{Luck, Wire};
use crate::world::{Ground, World, alone, looks};

/// What is tried, and on which line.
#[derive(Clone, Copy)]
struct Course {
    name: &'static str,
    wire: fn(&World) -> &Arc<Wire>,
    /// Whether fal takes no work.
    is_fal_closed: bool,
    lines: &'static str,
}

const ORDER: &str = "> /pictures\n> a lighthouse\n> [Make · 3 credits]";
const ALBUM: &str = "> /pictures\n> a lighthouse\n> [× 2]\n> [Make · 6 credits]";
const HINT: &str = "> /pictures\n> [From a photo]\n> photos picture-1";
const ARCHIVE: &str = "> /gallery\n> [Choose several]\n> [1]\n> [2]\n> [As a ZIP: 2]";
const ORIGINALS: &str = "> /gallery\n> [1]\n> [Original as a file]";

fn fal(world: &World) -> &Arc<Wire> {
    &world.fal_wire
}

fn replicate(world: &World) -> &Arc<Wire> {
    &world.replicate_wire
}

fn telegram(world: &World) -> &Arc<Wire> {
    &world.telegram_wire
}

const AT_FAL: Course =
    Course { name: "pictures at fal", wire: fal, is_fal_closed: false, lines: ORDER };
const AT_REPLICATE: Course =
    Course { name: "pictures at Replicate", wire: replicate, is_fal_closed: true, lines: ORDER };
const OF_A_PHOTO: Course =
    Course { name: "words of a photo", wire: fal, is_fal_closed: false, lines: HINT };
const SHOWN: Course =
    Course { name: "an album", wire: telegram, is_fal_closed: false, lines: ALBUM };
const PACKED: Course =
    Course { name: "an archive", wire: telegram, is_fal_closed: false, lines: ARCHIVE };
const GIVEN: Course =
    Course { name: "an original", wire: telegram, is_fal_closed: false, lines: ORIGINALS };

/// Anna with an avatar, two pictures, and credits without end.
async fn world() -> Talk {
    let settings =
        [("credits.welcome", "100000"), ("hints.per_day", "10000"), ("pictures.kept_days", "3000")];
    let settings = settings.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let mut talk = Talk::new(World::with(Ground::Sqlite, &settings).await);
    talk.go("~ scene trained").await;
    talk.go(ALBUM).await;
    talk.go("~ settle").await;
    talk
}

/// As if nothing had happened: nobody rests, nothing lies elsewhere, nobody has shut us out.
async fn fresh(talk: &mut Talk, course: &Course) {
    talk.go("~ minutes 1\n> /menu").await;
    talk.world.sandbox.fal().forgive();
    talk.world.sandbox.replicate().calm();
    let is_fal_closed = course.is_fal_closed;
    let now = talk.world.now();
    talk.world.write(move |tx| rest(tx, is_fal_closed, now)).await;
}

fn rest(tx: &mut Tx, is_fal_closed: bool, now: Millis) -> Result<(), StoreError> {
    tx.execute("DELETE FROM uploads", &[])?;
    for provider in ["fal", "replicate"] {
        attention::close(tx, "provider-closed", provider, now)?;
    }
    if is_fal_closed {
        attention::raise(tx, "provider-closed", "fal", "for the story", now)?;
    }
    Ok(())
}

/// What there is of orders, hints, archives and what was told of them.
#[derive(Default)]
struct Count {
    orders: i64,
    open: i64,
    paid: i64,
    pictures: i64,
    told: i64,
    waiting: i64,
    at_fal: usize,
    at_replicate: usize,
}

fn number(tx: &mut Tx, sql: &'static str) -> Result<i64, StoreError> {
    tx.one(sql, &[])?.number(0)
}

async fn count(world: &World) -> Count {
    let mut count = world
        .read(|tx| {
            Ok(Count {
                orders: number(tx, "SELECT COUNT(*) FROM generations")?,
                open: number(tx, "SELECT COUNT(*) FROM generations WHERE ended_at IS NULL")?
                    + number(tx, "SELECT COUNT(*) FROM hints WHERE ended_at IS NULL")?
                    + number(tx, "SELECT COUNT(*) FROM packings WHERE ended_at IS NULL")?
                    + number(tx, "SELECT COUNT(*) FROM holds WHERE state = 'open'")?
                    + looks::jobs_left(tx)?,
                paid: number(
                    tx,
                    "SELECT CAST(COALESCE(SUM(captured), 0) AS BIGINT) FROM holds
                     JOIN generations ON hold_id = holds.id",
                )?,
                pictures: number(tx, "SELECT COUNT(*) FROM artifacts WHERE deleted_at IS NULL")?,
                told: number(tx, "SELECT COUNT(*) FROM tells WHERE about LIKE 'gen_%'")?,
                waiting: number(
                    tx,
                    "SELECT COUNT(*) FROM tells WHERE state IN ('waiting', 'sending')",
                )?,
                at_fal: 0,
                at_replicate: 0,
            })
        })
        .await;
    count.at_fal = world.sandbox.fal().requests().len();
    count.at_replicate = world.sandbox.replicate().runs().len();
    count
}

/// What must be true however one order went.
async fn check(talk: &mut Talk, before: &Count, seen: &str) -> Count {
    for wire in [&talk.world.fal_wire, &talk.world.replicate_wire, &talk.world.telegram_wire] {
        wire.forget_orders();
    }
    talk.go("~ settle 90").await;
    let after = count(&talk.world).await;
    let looks = talk.world.look("pictures").await.expect("a look");
    let seen = format!("{seen}: {}", looks.last().map_or("nothing", String::as_str));
    assert_eq!(after.open, 0, "{seen}: something is still open");
    assert_eq!(after.waiting, 0, "{seen}: something is still to be told");
    // Each picture that is there is paid for, unless it came late; and no more than that.
    let pictures = after.pictures - before.pictures;
    let is_late = looks.last().is_some_and(|it| it.ends_with("came late"));
    let due = if is_late { 0 } else { pictures * 3 };
    assert_eq!(after.paid - before.paid, due, "{seen}");
    let told = after.told - before.told;
    let ends = after.orders - before.orders + i64::from(is_late);
    assert_eq!(told, ends, "{seen}: how it ended is told once");
    assert!(after.at_fal - before.at_fal <= 3 && after.at_replicate - before.at_replicate <= 3);
    check_files(&talk.world, &seen).await;
    assert_eq!(talk.world.broken().await, Vec::<String>::new(), "{seen}");
    after
}

/// Every picture of the gallery is on the disk, whole.
pub async fn check_files(world: &World, seen: &str) {
    let sql = "SELECT objects.key, objects.bytes FROM artifacts
               JOIN objects ON objects.id IN (object_id, thumbnail_object)
               WHERE artifacts.deleted_at IS NULL";
    let files = world.read(move |tx| {
        let rows = tx.query(sql, &[])?;
        rows.iter()
            .map(|it| Ok((it.text(0)?, it.number(1)?)))
            .collect::<Result<Vec<_>, StoreError>>()
    });
    for (key, bytes) in files.await {
        let path = world.folder.path().join("objects").join(&key);
        let length = std::fs::metadata(&path).map_or(-1, |it| it.len() as i64);
        assert_eq!(length, bytes, "{seen}: {key}");
    }
}

/// The calls that a course makes where nothing goes wrong.
async fn calls(talk: &mut Talk, course: &Course) -> Vec<String> {
    fresh(talk, course).await;
    let before = (course.wire)(&talk.world).made().len();
    talk.go(course.lines).await;
    talk.go("~ settle").await;
    (course.wire)(&talk.world).made().split_off(before)
}

/// Which calls are tried: of many questions in a row, the first and the last.
fn tried(calls: &[String]) -> Vec<usize> {
    let same = |one: usize, other: usize| calls.get(one) == calls.get(other);
    let is_dull = |at: usize| 0 < at && same(at - 1, at) && same(at, at + 1);
    (0..calls.len()).filter(|at| !is_dull(*at)).collect()
}

/// Every way in which a call fails.
const LUCK: [Luck; 15] = [
    Luck::NotSent,
    Luck::Broken,
    Luck::AnswerLost,
    Luck::Says(200),
    Luck::Says(400),
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

fn is_submit(call: &str) -> bool {
    call.starts_with("POST /fal-ai/") || call.ends_with("/predictions")
}

async fn fails_everywhere(course: Course) -> BTreeSet<String> {
    let mut talk = world().await;
    let calls = calls(&mut talk, &course).await;
    let mut struck = BTreeSet::new();
    for at in tried(&calls) {
        for luck in LUCK {
            fresh(&mut talk, &course).await;
            let before = count(&talk.world).await;
            let wire = (course.wire)(&talk.world);
            let aim = wire.made().len() + at;
            wire.order(aim, luck);
            talk.go(course.lines).await;
            talk.go("~ settle 60").await;
            let made = (course.wire)(&talk.world).made();
            let call = made.get(aim).cloned().unwrap_or_default();
            let seen = format!("{}, {luck:?} at {at}, {call}", course.name);
            let after = check(&mut talk, &before, &seen).await;
            let runs = (after.at_fal - before.at_fal) + (after.at_replicate - before.at_replicate);
            // Whether it was taken is unknown, so it isn't sent again, and its webhook finds it.
            let is_taken = matches!(luck, Luck::AnswerLost | Luck::SaysAfter(_));
            if is_submit(&call) && is_taken {
                assert_eq!(runs, 1, "{seen}: it is sent once");
            }
            if is_submit(&call) && is_taken && after.orders > before.orders {
                assert_eq!(after.paid - before.paid, 3, "{seen}: its webhook finds it");
            }
            struck.insert(call);
        }
    }
    struck
}

#[test]
fn f24_f39_f40_f47_each_call_for_pictures_to_fal_fails_in_each_way() {
    alone(async {
        let struck = fails_everywhere(AT_FAL).await;
        for part in ["/storage/upload/initiate", "/fal-ai/flux-lora", "/status", "/files/"] {
            assert!(struck.iter().any(|it| it.contains(part)), "{part}: {struck:?}");
        }
    });
}

#[test]
fn f24_f39_f40_f47_each_call_for_pictures_to_replicate_fails_in_each_way() {
    alone(async {
        let struck = fails_everywhere(AT_REPLICATE).await;
        for part in ["POST /replicate/v1/predictions", "GET /replicate/v1/predictions/"] {
            assert!(struck.iter().any(|it| it.contains(part)), "{part}: {struck:?}");
        }
    });
}

#[test]
fn f24_each_call_for_the_words_of_a_photo_fails_in_each_way() {
    alone(async {
        let struck = fails_everywhere(OF_A_PHOTO).await;
        assert!(struck.iter().any(|it| it.contains("/openrouter/")), "{struck:?}");
    });
}

#[test]
fn f65_f66_each_call_to_telegram_with_files_fails_in_each_way() {
    alone(async {
        for (course, method) in
            [(SHOWN, "/sendMediaGroup"), (PACKED, "/sendDocument"), (GIVEN, "/sendDocument")]
        {
            let mut talk = world().await;
            let calls = calls(&mut talk, &course).await;
            let at = calls.iter().position(|it| it.ends_with(method));
            let at = at.unwrap_or_else(|| panic!("{}: {calls:?}", course.name));
            for luck in LUCK {
                fresh(&mut talk, &course).await;
                let before = count(&talk.world).await;
                let wire = &talk.world.telegram_wire;
                wire.order(wire.made().len() + at, luck);
                talk.go(course.lines).await;
                let seen = format!("{}, {luck:?} at {method}", course.name);
                let after = check(&mut talk, &before, &seen).await;
                if course.name == SHOWN.name {
                    assert_eq!(after.pictures - before.pictures, 2, "{seen}: kept, whatever came");
                    assert_eq!(after.paid - before.paid, 6, "{seen}");
                    again(&mut talk, &seen).await;
                }
            }
        }
    });
}

/// "Send again" brings the pictures, whatever became of them before.
async fn again(talk: &mut Talk, seen: &str) {
    // Whoever was taken for gone is back with this.
    talk.go("> /gallery\n> [1]\n~ minutes 2").await;
    let sql = "SELECT id FROM generations ORDER BY created_at DESC, id DESC LIMIT 1";
    let generation = talk.world.read(move |tx| tx.one(sql, &[])?.text(0)).await;
    let album = |talk: &Talk| {
        let made = talk.world.telegram_wire.made();
        made.iter().filter(|it| it.ends_with("/sendMediaGroup")).count()
    };
    let before = album(talk);
    let place = format!(
        "{{\"screen\":\"result\",\"at\":{{\"Show\":{{\"generation\":\"{generation}\"}}}}}}"
    );
    talk.world
        .write(move |tx| tx.execute("UPDATE chats SET place = $1", &[&place]).map(|_| ()))
        .await;
    talk.go("> forged result:\"Again\"\n~ settle").await;
    assert_eq!(album(talk), before + 1, "{seen}: sent again");
    let states = "SELECT COUNT(*) FROM tells WHERE state <> 'sent' AND created_at >= $1";
    let since = Millis(talk.world.now().as_i64() - 60_000);
    let left = talk.world.read(move |tx| tx.one(states, &[&since])?.number(0)).await;
    assert_eq!(left, 0, "{seen}: {:?}", talk.world.look("tells").await);
}

/// Plays until a call hangs, and then the process is gone, as by SIGKILL. Only calls of this method
/// are tried, if one is named.
async fn dies_everywhere(course: Course, method: &str) {
    let mut talk = world().await;
    let calls = calls(&mut talk, &course).await;
    let meant = tried(&calls).into_iter().filter(|at| calls[*at].contains(method));
    for at in meant.collect::<Vec<_>>() {
        for luck in [Luck::HangsBefore, Luck::HangsAfter] {
            fresh(&mut talk, &course).await;
            let before = count(&talk.world).await;
            let wire = (course.wire)(&talk.world).clone();
            let made = wire.made().len();
            wire.order(made + at, luck);
            if is_submit(&calls[at]) {
                // No webhook tells what was taken: nobody may take silence for a no.
                talk.go("~ fal never\n~ replicate never").await;
            }
            let has_died = {
                let play = async {
                    talk.go(course.lines).await;
                    talk.go("~ settle 60").await;
                };
                tokio::select! {
                    () = play => false,
                    () = wire.hangs() => true,
                }
            };
            if has_died {
                talk.world.restart().await;
                talk.world.clock.pass(61_000);
            }
            let seen = format!("{}, {luck:?} at {at}, {}", course.name, calls[at]);
            let after = check(&mut talk, &before, &seen).await;
            let runs = (after.at_fal - before.at_fal) + (after.at_replicate - before.at_replicate);
            assert!(runs <= 1, "{seen}: {runs} runs");
            let sent = wire.made().split_off(made);
            let sent = sent.iter().filter(|it| !method.is_empty() && it.contains(method)).count();
            assert!(sent <= 1, "{seen}: sent {sent} times");
        }
    }
}

#[test]
fn f37_the_process_dies_at_each_call_for_pictures_to_fal() {
    alone(dies_everywhere(AT_FAL, ""));
}

#[test]
fn f37_the_process_dies_at_each_call_for_pictures_to_replicate() {
    alone(dies_everywhere(AT_REPLICATE, ""));
}

#[test]
fn f37_the_process_dies_at_each_call_for_the_words_of_a_photo() {
    alone(dies_everywhere(OF_A_PHOTO, ""));
}

#[test]
fn f37_f65_the_process_dies_while_files_are_sent() {
    alone(async {
        dies_everywhere(SHOWN, "/sendMediaGroup").await;
        dies_everywhere(PACKED, "/sendDocument").await;
    });
}
