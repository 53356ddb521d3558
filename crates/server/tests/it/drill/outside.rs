//! What isn't killed: the made-up world in this process, and the program in one of its own.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sandbox::{Loopback, Sandbox, Settings};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{MissedTickBehavior, interval, timeout};

pub const TOKEN: &str = "1000000001:nobody-but-this-test-has-it";

/// How often one looks whether something has come about.
const LOOK: Duration = Duration::from_millis(20);

/// Looks until there is something to see, or the time is over.
pub async fn until<T>(what: &str, most: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let seen = async {
        loop {
            looks.tick().await;
            if let Some(found) = look() {
                return found;
            }
        }
    };
    timeout(most, seen).await.unwrap_or_else(|_| panic!("{what}: not within {most:?}"))
}

/// Numbers that look random and follow from a seed (splitmix64).
#[derive(Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Telegram, fal and the folder that survive every death.
pub struct Outside {
    pub sandbox: Arc<Sandbox>,
    pub bot: i64,
    pub folder: tempfile::TempDir,
    /// The program to drill, if it isn't the one that was built with the tests.
    program: PathBuf,
    origin: String,
    port: u16,
}

impl Outside {
    pub async fn open(program: Option<PathBuf>) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let sandbox = Sandbox::new(Settings {
            clock: Arc::new(clock),
            seed: 1,
            origin: origin.clone(),
            training_ms: 1_000,
            picture_ms: 1_000,
            request_prefix: "drill_".to_owned(),
            dir: None,
        });
        let bot = sandbox.telegram().add_bot(TOKEN, "drill_bot", "Drill").unwrap();
        let out = Arc::new(Loopback::new().unwrap());
        tokio::spawn(sandbox.clone().run(listener, out, std::future::pending()));
        // Free now, and so in all likelihood when the program asks for it.
        let port = free_port();
        let folder = tempfile::tempdir().unwrap();
        let program = program.unwrap_or_else(|| env!("CARGO_BIN_EXE_atelier").into());
        Arc::new(Self { sandbox, bot, folder, program, origin, port })
    }

    /// Starts the program and waits until it says that it is ready.
    pub async fn start(&self, may_be_called: bool) -> Program {
        self.ready(self.command("serve", may_be_called)).await
    }

    /// Starts one process of several and waits until it says that it is ready.
    pub async fn start_role(&self, words: &[&str], own: &[(&str, &str)]) -> Program {
        self.ready(self.role(words, own)).await
    }

    /// One process of several: what it is told, and where the others are.
    pub fn role(&self, words: &[&str], own: &[(&str, &str)]) -> Command {
        let mut command = self.common();
        command.args(words).envs(own.iter().copied());
        command
    }

    async fn ready(&self, mut command: Command) -> Program {
        command.stdout(Stdio::piped()).kill_on_drop(true);
        let log = std::fs::OpenOptions::new();
        let log = { log }.create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let begun = tokio::time::Instant::now();
        let mut child = command.stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = timeout(Duration::from_secs(60), lines.next_line()).await;
        let said = said.ok().and_then(Result::ok).flatten().unwrap_or_default();
        assert!(said.contains("ready"), "the program did not start: {said:?}\n{}", self.log());
        Program { child, start_took: begun.elapsed() }
    }

    /// Proves the books, as an operator does.
    pub async fn check(&self) {
        let output = self.command("check", false).output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}\n{}", self.log());
    }

    /// The end of what the program wrote in all of its lives.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    fn command(&self, word: &str, may_be_called: bool) -> Command {
        let mut command = self.common();
        let here = format!("http://127.0.0.1:{}", self.port);
        command.arg(word).arg("--port").arg(self.port.to_string());
        if may_be_called {
            command.env("WEBHOOK_URL", here);
        }
        command
    }

    fn common(&self) -> Command {
        let mut command = Command::new(&self.program);
        let folder: &Path = self.folder.path();
        command.arg("--data").arg(folder.join("state"));
        command.current_dir(folder).env_clear().stdin(Stdio::null());
        command.envs([
            ("TELEGRAM_BOT_TOKEN", TOKEN),
            ("ATELIER__TELEGRAM__API_URL", &self.origin),
            ("ATELIER__TELEGRAM__CHAT_MESSAGES_PER_SECOND", "50"),
            ("ATELIER__TELEGRAM__CHAT_BURST", "50"),
            ("ATELIER__TELEGRAM__MESSAGES_PER_SECOND", "1000"),
            ("ATELIER__PROVIDERS__FAL__TEST_MODE", "false"),
            ("ATELIER__PROVIDERS__FAL__KEY", "drill:key"),
            ("ATELIER__PROVIDERS__FAL__QUEUE_URL", &self.origin),
            ("ATELIER__PROVIDERS__FAL__REST_URL", &self.origin),
            ("ATELIER__CREDITS__WELCOME", "1000000"),
            ("ATELIER__TRAINING__CHECK_EVERY_S", "1"),
            ("ATELIER__TRAINING__TIME_LIMIT_S", "60"),
            ("ATELIER__TRAINING__AVATARS_PER_USER", "10000"),
            ("ATELIER__WORK__LEASE_SECONDS", "10"),
            ("ATELIER__WORK__SHUTDOWN_SECONDS", "2"),
        ]);
        command
    }
}

/// A port that nobody had a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// One life of the program.
pub struct Program {
    child: Child,
    /// How quick this machine is just now.
    pub start_took: Duration,
}

impl Program {
    /// The end that nobody is told of.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// The end that a supervisor asks for. How long it took.
    pub async fn end(mut self) -> Duration {
        let pid = self.child.id().expect("it was not waited for yet").to_string();
        let begun = tokio::time::Instant::now();
        let asked = Command::new("kill").args(["-TERM", &pid]).output().await.unwrap();
        assert!(asked.status.success());
        let ended = timeout(Duration::from_secs(30), self.child.wait()).await;
        let ended = ended.expect("it ends when it is told to").unwrap();
        assert!(ended.success(), "told to end, it ended with {ended}");
        begun.elapsed()
    }
}

#[expect(clippy::disallowed_methods, reason = "a world in earnest needs the time")]
fn clock() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}
