//! Wake-ups by Redis: a stream for each lane and one for chats that moved.
//!
//! A message says no more than *look*, and goes to one process of those who wait. It counts as read
//! when it is given out, for whoever dies with it loses nothing: PostgreSQL's own word goes out as
//! well, and everybody looks by themselves now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use domain::task::LANES;
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value};
use store::{Calls, Db};
use tokio::sync::Notify;

use crate::shared::Shared;

/// How many messages a stream keeps, about: they are worth nothing after a second.
const KEPT: u32 = 1_000;

/// The one group in which all processes read.
const GROUP: &str = "atelier";

/// How long a read waits for news.
const HOLD: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_secs(1);

/// How streams are called; the name of a lane follows.
const PREFIX: &str = "atelier:wake:";
const CHATS: &str = "chats";

/// Tells the other processes of what each commit calls them to, until the program ends.
pub async fn speak(shared: Arc<Shared>, db: Db) {
    let waiting = Arc::new((AtomicU32::new(0), Notify::new()));
    let said = waiting.clone();
    db.tell_calls(move |calls| {
        said.0.fetch_or(calls.bits(), Ordering::Relaxed);
        said.1.notify_one();
    });
    let (calls, came) = &*waiting;
    loop {
        came.notified().await;
        let calls = Calls::from_bits(calls.swap(0, Ordering::Relaxed));
        let mut says = redis::pipe();
        for stream in streams(calls) {
            let add = says.cmd("XADD").arg(stream).arg("MAXLEN").arg("~").arg(KEPT);
            add.arg("*").arg("look").arg(1).ignore();
        }
        // What can't be said is forgotten.
        let _ = shared.ask(|mut line| async move { says.exec_async(&mut line).await }).await;
    }
}

/// Wakes those who wait here when others call to these, until the program ends.
pub async fn listen(shared: Arc<Shared>, db: Db, to: Calls, name: String) {
    let streams = streams(to);
    loop {
        if let Some(line) = shared.waiting_line(HOLD).await
            && let Err(error) = hear(line, &db, to, &streams, &name).await
        {
            // After it was emptied the groups are made anew, and nothing else is wrong.
            if error.code() == Some("NOGROUP") || error.code() == Some("UNBLOCKED") {
                tracing::info!("Redis was emptied");
                continue;
            }
            let _: Option<()> = shared.is_down(error.category());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn hear(
    mut line: MultiplexedConnection,
    db: &Db,
    to: Calls,
    streams: &[String],
    name: &str,
) -> RedisResult<()> {
    for stream in streams {
        let mut make = redis::cmd("XGROUP");
        make.arg("CREATE").arg(stream).arg(GROUP).arg("$").arg("MKSTREAM");
        match make.query_async::<Value>(&mut line).await {
            Err(error) if error.code() != Some("BUSYGROUP") => return Err(error),
            Ok(_) | Err(_) => {}
        }
    }
    // Something may have been said while nobody listened.
    db.hear(to);
    loop {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(GROUP).arg(name).arg("COUNT").arg(64);
        read.arg("BLOCK").arg(HOLD.as_millis() as u64).arg("NOACK");
        read.arg("STREAMS").arg(streams).arg(vec![">"; streams.len()]);
        if read.query_async::<Value>(&mut line).await? != Value::Nil {
            metrics::counter!("atelier_redis_wakes_total").increment(1);
            db.hear(to);
        }
    }
}

/// The streams of some calls.
fn streams(calls: Calls) -> Vec<String> {
    let chats = Some(CHATS).filter(|_| calls.has_chats());
    let lanes = LANES.into_iter().filter(|it| calls.lanes().any(|lane| lane == *it));
    chats.into_iter().chain(lanes).map(|it| format!("{PREFIX}{it}")).collect()
}
