//! The sandbox alone, with one bot and one shop and nobody behind them: to look at the chat page, or
//! to play a bot or a shop by hand.
//! `cargo run -p sandbox --example sandbox -- --port 8081 --notify http://127.0.0.1:9000/paid`

use sandbox::yookassa::Shop;
use sandbox::{Loopback, Sandbox, Settings};
use std::error::Error;
use std::io::Write;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// Nobody else knows this bot, so that its token is no secret.
const TOKEN: &str = "1000001:sandbox-bot-that-nobody-runs";
const USERNAME: &str = "atelier_bot";
/// The id and the secret of the shop, as little of a secret.
const SHOP: [&str; 2] = ["100500", "test_sandbox"];
const PORT: u16 = 8081;
const TRAINING_MS: i64 = 30_000;
const PICTURE_MS: i64 = 3_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (port, notify) = arguments()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let sandbox = Sandbox::new(Settings {
        clock: Arc::new(wall_clock),
        seed: 1,
        origin: origin.clone(),
        training_ms: TRAINING_MS,
        picture_ms: PICTURE_MS,
        request_prefix: "test_".into(),
        dir: None,
    });
    sandbox.telegram().add_bot(TOKEN, USERNAME, "Atelier")?;
    let [shop, secret] = SHOP;
    sandbox.yookassa().open_shop(Shop { notify, ..Shop::new(shop, secret) });
    // Whoever starts this waits for these lines, so they may not stay in a buffer.
    println!("{origin}\n{TOKEN}\n{shop}:{secret}");
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

/// The port, of which 0 means any free one, and where the shop is notified.
fn arguments() -> Result<(u16, Option<String>), Box<dyn Error>> {
    let (mut port, mut notify) = (PORT, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match (name.as_str(), arguments.next()) {
            ("--port", Some(number)) => port = number.parse()?,
            ("--notify", Some(url)) => notify = Some(url),
            _ => return Err("the arguments are --port NUMBER and --notify URL".into()),
        }
    }
    Ok((port, notify))
}

#[expect(clippy::disallowed_methods, reason = "a program is where the clock is chosen")]
fn wall_clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}
