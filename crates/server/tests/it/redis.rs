//! A Redis that lives as long as a test, made of the installed binary. It can be stopped, started
//! again, and replaced by something that takes calls and never answers.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use secrecy::SecretString;
use server::shared::Shared;
use tokio::net::UnixListener;

use crate::drill::outside::until;

pub struct Redis {
    folder: tempfile::TempDir,
    program: Option<Child>,
}

impl Redis {
    /// None, and a line that says so, where it isn't installed.
    pub async fn start() -> Option<Self> {
        let mut redis = Self { folder: tempfile::tempdir().unwrap(), program: None };
        if redis.spawn().is_err() {
            println!("no redis-server is installed: this test is left out");
            return None;
        }
        redis.wait().await;
        Some(redis)
    }

    pub fn address(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    pub fn shared(&self) -> Shared {
        Shared::new(&SecretString::from(self.address())).unwrap()
    }

    /// One command, and what it says.
    pub async fn say(&self, words: &[&str]) -> redis::Value {
        let client = redis::Client::open(self.address()).unwrap();
        let mut line = client.get_multiplexed_async_connection().await.unwrap();
        let mut says = redis::cmd(words[0]);
        says.arg(&words[1..]);
        says.query_async(&mut line).await.unwrap()
    }

    pub fn stop(&mut self) {
        if let Some(mut program) = self.program.take() {
            program.kill().unwrap();
            program.wait().unwrap();
        }
        drop(std::fs::remove_file(self.socket()));
    }

    pub async fn restart(&mut self) {
        self.stop();
        self.spawn().unwrap();
        self.wait().await;
    }

    /// Stops it, and listens in its place without a word.
    pub fn fall_silent(&mut self) -> UnixListener {
        self.stop();
        UnixListener::bind(self.socket()).unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn spawn(&mut self) -> std::io::Result<()> {
        let mut command = Command::new("redis-server");
        command.args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"]);
        command.arg(self.socket()).arg("--dir").arg(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.program = Some(command.spawn()?);
        Ok(())
    }

    async fn wait(&self) {
        let client = redis::Client::open(self.address()).unwrap();
        let answers = || client.get_connection().is_ok().then_some(());
        until("Redis answers", Duration::from_secs(20), answers).await;
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}
