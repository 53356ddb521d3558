//! Drills about what several processes share: PostgreSQL and Redis go, and come back.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use store::throwaway::{Disk, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use super::gpus::slow;
use super::person::Person;
use super::stage::{Stage, free_port};
use super::{Halt, Promises, until};

pub async fn postgres_restart(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("PostgreSQL is killed in the middle of two orders, and started again");
    let (postgres, address) = postgres().await?;
    let stage = Stage::open(folder, &[("DATABASE_URL", &address)]).await?;
    let _studio = stage.serve_apart().await?;
    let _gpu = stage.gpu("box1").await?;
    stage.until_ready("box1").await?;
    let anna = Person::join(&stage, "Anna").await?;
    let boris = Person::join(&stage, "Boris").await?;
    slow(&stage, "box1").await?;
    anna.order().await?;
    boris.order().await?;
    stage.until_at_work("box1").await?;
    let postgres = blocking(move || {
        let mut postgres = postgres;
        postgres.crash();
        postgres
    })
    .await?;
    // Somebody writes while nobody can remember it: Telegram brings it again.
    anna.write("/help").await?;
    let postgres = blocking(move || {
        let mut postgres = postgres;
        postgres.resume();
        postgres
    })
    .await?;
    promises.see_orders(&stage, &[&anna, &boris], 1).await?;
    let runs = stage.runs("box1").await?;
    promises.see(runs == 2, format!("ComfyUI ran {runs} prompts for two orders"));
    drop(stage);
    blocking(move || drop(postgres)).await
}

pub async fn redis_flush(promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    println!("Redis is emptied and killed in the middle of an order, and comes back after another");
    let program = redis_program()?;
    let (postgres, address) = postgres().await?;
    let port = free_port()?;
    let url = format!("redis://127.0.0.1:{port}");
    let stage = Stage::open(folder, &[("DATABASE_URL", &address), ("REDIS_URL", &url)]).await?;
    let mut redis = redis(&program, folder, port).await?;
    let _studio = stage.serve_apart().await?;
    let _gpu = stage.gpu("box1").await?;
    stage.until_ready("box1").await?;
    let anna = Person::join(&stage, "Anna").await?;
    let boris = Person::join(&stage, "Boris").await?;
    slow(&stage, "box1").await?;
    anna.order().await?;
    stage.until_at_work("box1").await?;
    ask(port, "FLUSHALL").await?;
    redis.kill().await?;
    boris.order().await?;
    anna.receive(1).await?;
    boris.receive(1).await?;
    promises.see(true, "without Redis everything went on");
    let redis = self::redis(&program, folder, port).await?;
    let clara = Person::join(&stage, "Clara").await?;
    clara.order().await?;
    promises.see_orders(&stage, &[&anna, &boris, &clara], 1).await?;
    drop((stage, redis));
    blocking(move || drop(postgres)).await
}

/// A PostgreSQL of the drill's own, with an empty database.
async fn postgres() -> Result<(Server, String), Halt> {
    let started = blocking(|| {
        let server = Server::start(Disk::Safe)?;
        let address = server.database();
        Some((server, address))
    });
    started.await?.ok_or_else(|| Halt::Lacking("no PostgreSQL is installed".to_owned()))
}

/// What waits is done on a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Halt> {
    tokio::task::spawn_blocking(work).await.map_err(Halt::stuck)
}

fn redis_program() -> Result<PathBuf, Halt> {
    let folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"];
    let mut programs = folders.iter().map(|it| Path::new(it).join("redis-server"));
    let found = programs.find(|it| it.is_file());
    found.ok_or_else(|| Halt::Lacking("no redis-server is installed".to_owned()))
}

/// A Redis of the drill's own, once it answers.
async fn redis(program: &Path, folder: &Path, port: u16) -> Result<Child, Halt> {
    let mut command = Command::new(program);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]);
    command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    let child = command.spawn()?;
    until("Redis answers", async || Ok(ask(port, "PING").await.ok())).await?;
    Ok(child)
}

/// Says one word to Redis, as one does by hand.
async fn ask(port: u16, word: &str) -> Result<(), Halt> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.write_all(format!("{word}\r\n").as_bytes()).await?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).await?;
    match answer[..length].starts_with(b"+") {
        true => Ok(()),
        false => Err(Halt::from("Redis refuses")),
    }
}
