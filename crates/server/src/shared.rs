//! Redis, if there is one: what processes tell each other quickly and may forget.
//!
//! Nothing depends on it. Whoever asks gets an answer within a moment or none at all, and has
//! another way then. An outage is told once, and while it lasts it costs one attempt a second.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, RedisError, RedisResult};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, timeout};

/// How long anybody waits for it, to connect or to answer.
const PATIENCE: Duration = Duration::from_millis(150);

/// How long it is left alone after a failure.
const PAUSE: Duration = Duration::from_secs(1);

pub struct Shared {
    client: Client,
    line: Mutex<Line>,
    /// What was last told of it: [`UNTOLD`], [`UP`] or [`DOWN`].
    told: AtomicU8,
}

const UNTOLD: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;

#[derive(Default)]
struct Line {
    open: Option<MultiplexedConnection>,
    /// Nobody tries before.
    rests_until: Option<Instant>,
}

impl Shared {
    /// Doesn't connect yet. None: that is no address of a Redis.
    pub fn new(address: &SecretString) -> Option<Self> {
        let client = Client::open(address.expose_secret()).ok()?;
        Some(Self { client, line: Mutex::default(), told: AtomicU8::new(UNTOLD) })
    }

    /// What it says, if it says so within a moment.
    pub async fn ask<T, F>(&self, question: impl FnOnce(MultiplexedConnection) -> F) -> Option<T>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let line = self.line().await?;
        match timeout(PATIENCE, question(line)).await {
            Ok(Ok(answer)) => {
                self.is_up();
                Some(answer)
            }
            Ok(Err(error)) => self.is_down(&told(&error)),
            Err(_) => self.is_down("it does not answer"),
        }
    }

    /// A line of one's own, for somebody who waits on it for as long as `most`.
    pub async fn waiting_line(&self, most: Duration) -> Option<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(most + PATIENCE));
        self.open(config).await
    }

    /// Whether it answers now; an error in words if not.
    pub async fn probe(&self) -> Result<(), String> {
        let config = AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE * 10));
        let line = self.client.get_multiplexed_async_connection_with_config(&config);
        let mut line = line.await.map_err(|it| told(&it))?;
        let ping = redis::cmd("PING");
        match timeout(PATIENCE * 10, ping.query_async::<String>(&mut line)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(told(&error)),
            Err(_) => Err("it does not answer".to_owned()),
        }
    }

    async fn line(&self) -> Option<MultiplexedConnection> {
        {
            let line = self.line.lock().expect("never poisoned: nothing panics inside");
            if let Some(open) = &line.open {
                return Some(open.clone());
            }
            if line.rests_until.is_some_and(|it| Instant::now() < it) {
                return None;
            }
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let open = self.open(config).await?;
        let mut line = self.line.lock().expect("never poisoned: nothing panics inside");
        Some(line.open.insert(open).clone())
    }

    async fn open(&self, config: AsyncConnectionConfig) -> Option<MultiplexedConnection> {
        let opening = self.client.get_multiplexed_async_connection_with_config(&config);
        match timeout(PATIENCE * 2, opening).await {
            Ok(Ok(line)) => Some(line),
            Ok(Err(error)) => self.is_down(&told(&error)),
            Err(_) => self.is_down("it does not answer"),
        }
    }

    fn is_up(&self) {
        if self.told.swap(UP, Ordering::Relaxed) != UP {
            metrics::gauge!("atelier_redis_up").set(1.0);
            tracing::info!("Redis answers");
        }
    }

    /// Always none, for whoever asked.
    pub fn is_down<T>(&self, why: &str) -> Option<T> {
        let mut line = self.line.lock().expect("never poisoned: nothing panics inside");
        *line = Line { open: None, rests_until: Some(Instant::now() + PAUSE) };
        drop(line);
        if self.told.swap(DOWN, Ordering::Relaxed) != DOWN {
            metrics::gauge!("atelier_redis_up").set(0.0);
            metrics::counter!("atelier_redis_outages_total").increment(1);
            tracing::warn!(why, "Redis is of no use now; work goes on without it");
        }
        None
    }
}

/// An error without the address, which may hold a password.
fn told(error: &RedisError) -> String {
    match error.code() {
        Some(code) => format!("it says {code}"),
        None => error.category().to_owned(),
    }
}
