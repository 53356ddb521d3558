//! The sandbox alone, with one bot and nobody behind it: to look at the chat page, or to play a
//! bot by hand. `cargo run -p sandbox --example sandbox -- --port 8081`

use sandbox::{Loopback, Sandbox, Settings};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// Nobody else knows this bot, so that its token is no secret.
const TOKEN: &str = "1000001:sandbox-bot-that-nobody-runs";
const USERNAME: &str = "atelier_bot";
const PORT: u16 = 8081;
const TRAINING_MS: i64 = 30_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", port()?)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let sandbox = Sandbox::new(Settings {
        clock: Arc::new(wall_clock),
        seed: 1,
        origin: origin.clone(),
        training_ms: TRAINING_MS,
        request_prefix: "test_".into(),
        dir: None,
    });
    sandbox.telegram().add_bot(TOKEN, USERNAME, "Atelier")?;
    // Whoever starts this waits for these two lines, so they may not stay in a buffer.
    println!("{origin}\n{TOKEN}");
    std::io::stdout().flush()?;
    let stop = async {
        // Without signals there is no polite end, and the world goes on.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    sandbox.run(listener, Arc::new(Loopback::new()?), stop).await;
    Ok(())
}

/// The number after `--port`; 0 means any free one.
fn port() -> Result<u16, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(PORT),
        (Some("--port"), Some(port)) => Ok(port.parse()?),
        _ => Err("the only argument is --port NUMBER".into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a program is where the clock is chosen")]
fn wall_clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
