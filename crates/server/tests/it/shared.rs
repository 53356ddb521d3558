//! What processes share by Redis, and that nothing is lost with it: emptied, stopped, silent.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use domain::{BotId, ChatId, Millis};
use secrecy::SecretString;
use server::bot::floods::{Floods, Pace};
use server::shared::Shared;
use server::wakes;
use store::{Calls, Db};
use tokio::time::timeout;

use crate::redis::Redis;

const NOW: Millis = Millis(1_700_000_000_000);
const LONG: Duration = Duration::from_secs(20);

fn pace(bot: u32, chat: u32, burst: u32) -> Pace {
    let of = |it| NonZeroU32::new(it).unwrap();
    Pace { bot_per_second: of(bot), chat_per_second: of(chat), chat_burst: of(burst) }
}

fn bot() -> BotId {
    BotId::from_text("bot_1").unwrap()
}

fn chat(number: u32) -> ChatId {
    ChatId::new(u128::from(number))
}

/// How many of so many messages, each to a chat of its own, may go at once.
async fn allowed(floods: &[&Floods], count: u32) -> usize {
    let mut allowed = 0;
    for number in 0..count {
        let floods = floods[number as usize % floods.len()];
        allowed += usize::from(floods.may_send(&bot(), &chat(number), NOW).await.is_ok());
    }
    allowed
}

#[tokio::test]
async fn f66_two_processes_keep_to_the_limit_of_one_bot_together() {
    let Some(redis) = Redis::start().await else { return };
    // Slow enough that a slow machine lets none more through meanwhile.
    let process = || Floods::new(pace(4, 1, 1)).shared(Arc::new(redis.shared()));
    let (one, other) = (process(), process());
    let together = allowed(&[&one, &other], 40).await;
    assert!((4..=8).contains(&together), "{together} of both, where 4 a second are allowed");
    let alone = (Floods::new(pace(4, 1, 1)), Floods::new(pace(4, 1, 1)));
    assert!(
        8 <= allowed(&[&alone.0, &alone.1], 40).await,
        "without Redis each has the whole limit"
    );
}

#[tokio::test]
async fn f66_a_chat_has_its_burst_and_its_pause_in_all_processes() {
    let Some(redis) = Redis::start().await else { return };
    let process = || Floods::new(pace(1000, 1, 3)).shared(Arc::new(redis.shared()));
    let (one, other) = (process(), process());
    let mut waits = Vec::new();
    for floods in [&one, &other, &one, &other] {
        waits.push(floods.may_send(&bot(), &chat(1), NOW).await);
    }
    assert_eq!(waits[..3], [Ok(()), Ok(()), Ok(())]);
    let wait = waits[3].unwrap_err();
    assert!((1..=1_001).contains(&wait.as_i64()), "{wait:?}");
    // What Telegram has told one of them, the other keeps to.
    one.be_quiet(&chat(2), NOW.plus(Millis::HOUR), NOW).await;
    let wait = other.may_send(&bot(), &chat(2), NOW).await.unwrap_err();
    assert!(3_590_000 < wait.as_i64(), "{wait:?}");
    // Emptied, it knows nothing any more, and begins anew.
    redis.say(&["FLUSHALL"]).await;
    assert_eq!(other.may_send(&bot(), &chat(2), NOW).await, Ok(()));
}

#[tokio::test]
async fn without_an_answer_each_process_keeps_to_the_limit_alone() {
    let Some(mut redis) = Redis::start().await else { return };
    let floods = Floods::new(pace(4, 1, 1)).shared(Arc::new(redis.shared()));
    assert_eq!(floods.may_send(&bot(), &chat(0), NOW).await, Ok(()));
    let silent = redis.fall_silent();
    let alone = allowed(&[&floods], 40).await;
    assert!((4..=12).contains(&alone), "{alone} of one process alone");
    drop(silent);
    redis.restart().await;
    let fresh = Floods::new(pace(4, 1, 1)).shared(Arc::new(redis.shared()));
    assert!(allowed(&[&fresh], 40).await <= 8);
    // A wrong address is no worse than a silent one.
    let wrong = Shared::new(&SecretString::from("redis://127.0.0.1:1")).unwrap();
    let floods = Floods::new(pace(4, 1, 1)).shared(Arc::new(wrong));
    assert!((4..=8).contains(&allowed(&[&floods], 40).await));
}

struct Process {
    db: Db,
    _folder: tempfile::TempDir,
}

/// A process that waits for calls, as far as Redis is concerned.
fn process(redis: &Redis, to: Calls, name: &str) -> Process {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(folder.path().join("a.db").to_str().unwrap()).unwrap();
    db.migrate().unwrap();
    let shared = Arc::new(redis.shared());
    tokio::spawn(wakes::speak(shared.clone(), db.clone()));
    tokio::spawn(wakes::listen(shared, db.clone(), to, name.to_owned()));
    Process { db, _folder: folder }
}

/// Says again and again that jobs of a lane became due, until somebody hears it.
async fn is_heard(from: &Process, by: &Process, lane: &'static str) -> bool {
    timeout(LONG, async {
        loop {
            let heard = by.db.notified();
            from.db.write(move |tx| call(tx, lane)).await.unwrap();
            if timeout(Duration::from_millis(200), heard).await.is_ok() {
                return;
            }
        }
    })
    .await
    .is_ok()
}

/// A job of a lane, which nobody will do.
fn call(tx: &mut store::Tx, lane: &str) -> Result<(), store::StoreError> {
    use domain::{DeliveryId, JobId, Task, TellId};
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let task = match lane {
        "tell" => Task::Tell { tell: TellId::new(1) },
        _ => Task::Deliver { delivery: DeliveryId::new(1) },
    };
    assert_eq!(task.lane(), lane);
    let job = store::jobs::NewJob::of(&task);
    store::jobs::enqueue(tx, &job, &JobId::new(u128::from(number)), NOW).map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_wakes_whoever_waits_for_its_lane_whatever_becomes_of_redis() {
    let Some(mut redis) = Redis::start().await else { return };
    let speaker = process(&redis, Calls::default().and(Calls::lane("calls")), "speaker");
    let teller = process(&redis, Calls::lane("tell").and(Calls::CHATS), "teller");
    assert!(is_heard(&speaker, &teller, "tell").await);
    redis.say(&["FLUSHALL"]).await;
    assert!(is_heard(&speaker, &teller, "tell").await, "after it was emptied");
    redis.restart().await;
    assert!(is_heard(&speaker, &teller, "tell").await, "after a restart");
    let silent = redis.fall_silent();
    // Nobody waits for it with a commit: these end, whatever it says.
    for _ in 0..20 {
        speaker.db.write(|tx| call(tx, "tell")).await.unwrap();
    }
    drop(silent);
    redis.restart().await;
    assert!(is_heard(&speaker, &teller, "tell").await, "after it was silent");
    // Streams don't grow without end, and nobody calls to lanes in which nothing happened.
    let fill = "for i = 1, 5000 do redis.call('XADD', KEYS[1], '*', 'look', '1') end";
    redis.say(&["EVAL", fill, "1", "atelier:wake:tell"]).await;
    let is_cut = timeout(LONG, async {
        loop {
            // What is heard may be what lay there: the call itself comes a moment later.
            assert!(is_heard(&speaker, &teller, "tell").await);
            let redis::Value::Int(kept) = redis.say(&["XLEN", "atelier:wake:tell"]).await else {
                panic!("it has no length")
            };
            if kept <= 1_200 {
                return;
            }
        }
    });
    assert!(is_cut.await.is_ok(), "the stream grows");
    assert_eq!(redis.say(&["EXISTS", "atelier:wake:media"]).await, redis::Value::Int(0));
}
