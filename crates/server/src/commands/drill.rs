//! `atelier drill`: something is broken in the middle of the work, in a scratch folder with a world
//! of its own, and it is seen which promises hold. docs/DRILLS.md says what each breaks.

mod gpus;
mod line;
mod machines;
pub(super) mod person;
pub(super) mod stage;
mod web;
mod words;

use std::fmt::Display;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::commands::{Done, runtime};
use crate::failure::Failure;
use crate::start::StartError;
use person::{PRICE, Person};
use stage::Stage;

/// How often one looks whether something has come about, and for how long.
const LOOK: Duration = Duration::from_millis(50);
const LOOK_MAX: Duration = Duration::from_secs(90);
/// Lines of the log that are shown when a promise is broken.
const LOG_LINES: usize = 12;
/// All of a drill.
const DRILL_MAX: Duration = Duration::from_secs(240);

#[derive(Args)]
pub struct Drill {
    /// What is to be broken.
    name: Name,
    /// Keep the scratch folder, with the log of all processes, and say where it is.
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// All of them, one after the other.
    All,
    /// A provider and a payment system call ten times for one thing.
    DoubleWebhook,
    /// Telegram says that it is too much, again and again.
    FloodWait,
    /// A ComfyUI makes no progress; another one can't be woken at all.
    HangGpu,
    /// The worker of a GPU is killed in the middle of a run.
    KillWorker,
    /// A result comes after the credits went back.
    LateCallback,
    /// ComfyUI's websocket is silent, or breaks.
    LoseWebsocket,
    /// A worker elsewhere loses its studio for longer than its lease.
    Partition,
    /// PostgreSQL is stopped and started in the middle of the work.
    PostgresRestart,
    /// Redis is emptied and stopped in the middle of the work.
    RedisFlush,
    /// ComfyUI dies with three orders queued, and comes back.
    RestartComfyui,
}

impl Name {
    fn text(self) -> String {
        self.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default()
    }
}

/// Why a drill doesn't go on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Halt {
    /// It can't be run on this machine.
    #[error("{0}")]
    Lacking(String),
    /// What was waited for didn't come.
    #[error("{0}")]
    Stuck(String),
}

impl Halt {
    pub(super) fn stuck(why: impl Display) -> Self {
        Self::Stuck(why.to_string())
    }
}

impl From<&str> for Halt {
    fn from(why: &str) -> Self {
        Self::Stuck(why.to_owned())
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::stuck(error)
    }
}

impl From<store::StoreError> for Halt {
    fn from(error: store::StoreError) -> Self {
        Self::stuck(error)
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::stuck(failure)
    }
}

/// What was promised, and whether it held.
#[derive(Default)]
pub(super) struct Promises {
    pub(super) broken: u32,
}

impl Promises {
    pub(super) fn see(&mut self, held: bool, what: impl Display) {
        println!("  {}: {what}", if held { "held" } else { "broken" });
        self.broken += u32::from(!held);
    }

    /// What holds after every drill: so many pictures for so many credits, nothing twice, and books
    /// that add up.
    async fn see_orders(
        &mut self,
        stage: &Stage,
        people: &[&Person],
        each: usize,
    ) -> Result<(), Halt> {
        for person in people {
            // What didn't come is counted below.
            drop(person.receive(each).await);
        }
        stage.until_quiet().await?;
        for person in people {
            let (name, pictures) = (person.name, person.pictures().await?);
            let delivered = format!("{name}'s order was delivered ({})", counted(pictures));
            self.see(pictures == each, delivered);
            let (spent, price) = (person.had - person.credits().await?, PRICE * each as i64);
            self.see(spent == price, format!("{name} was charged once ({spent} credits)"));
        }
        self.see_books(stage).await
    }

    pub(super) async fn see_books(&mut self, stage: &Stage) -> Result<(), Halt> {
        let dead = stage.ask(|tx| Ok(store::jobs::dead(tx, 10)?)).await?;
        let errors: Vec<_> = dead.into_iter().map(|it| it.last_error.unwrap_or(it.kind)).collect();
        self.see(errors.is_empty(), format!("no job was given up {}", errors.join("; ")).trim());
        let (is_whole, said) = stage.run(&["check"]).await?;
        let said = if is_whole { "" } else { said.trim() };
        self.see(is_whole, format!("`check` finds the chain whole {said}").trim());
        Ok(())
    }
}

fn counted(pictures: usize) -> String {
    if pictures == 1 { "1 picture".to_owned() } else { format!("{pictures} pictures") }
}

/// Looks until there is something to see, or the time is over.
async fn until<T>(
    what: &str,
    look: impl AsyncFnMut() -> Result<Option<T>, Halt>,
) -> Result<T, Halt> {
    until_within(LOOK_MAX, what, look).await
}

/// The same with a time of its own.
pub(super) async fn until_within<T>(
    time: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Halt>,
) -> Result<T, Halt> {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let seen = async {
        loop {
            looks.tick().await;
            if let Some(found) = look().await? {
                return Ok(found);
            }
        }
    };
    let late = |_| Err(Halt::Stuck(format!("within {} s not: {what}", time.as_secs())));
    timeout(time, seen).await.unwrap_or_else(late)
}

pub fn run(drill: &Drill) -> Done {
    let runtime = runtime()?;
    let names: Vec<Name> = match drill.name {
        Name::All => Name::value_variants().iter().copied().filter(|it| *it != Name::All).collect(),
        name => vec![name],
    };
    let (mut broken, mut lacking) = (Vec::new(), Vec::new());
    for name in names {
        match runtime.block_on(one(name, drill.keep)).map_err(StartError::Machine)? {
            HELD => {}
            LACKING => lacking.push(name.text()),
            _ => broken.push(name.text()),
        }
    }
    if drill.name == Name::All {
        let said = |names: &[String]| {
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        println!("with a broken promise: {}", said(&broken));
        println!("can't be run here: {}", said(&lacking));
    }
    Ok(ExitCode::from(match (broken.is_empty(), lacking.is_empty()) {
        (false, _) => BROKEN,
        (true, false) => LACKING,
        (true, true) => HELD,
    }))
}

const HELD: u8 = 0;
const BROKEN: u8 = 1;
const LACKING: u8 = 2;

/// Runs one drill, and says how it went.
async fn one(name: Name, is_kept: bool) -> std::io::Result<u8> {
    let folder = tempfile::tempdir()?;
    let mut promises = Promises::default();
    let played = timeout(DRILL_MAX, play(name, &mut promises, folder.path())).await;
    match played {
        Ok(Ok(())) => {}
        Ok(Err(Halt::Lacking(what))) => {
            println!("  can't be run here: {what}");
            return Ok(LACKING);
        }
        Ok(Err(Halt::Stuck(why))) => {
            promises.see(false, format!("the drill came to its end ({why})"));
        }
        Err(_) => promises.see(false, format!("the drill took less than {DRILL_MAX:?}")),
    }
    if 0 < promises.broken {
        println!("{}", complaints(folder.path()));
    }
    if is_kept {
        println!("  kept: {}", folder.keep().display());
    }
    Ok(if promises.broken == 0 { HELD } else { BROKEN })
}

/// The last warnings of all processes.
fn complaints(folder: &Path) -> String {
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    let is_bad = |it: &&str| it.contains("WARN") || it.contains("ERROR");
    let lines: Vec<_> = log.lines().filter(is_bad).collect();
    lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
}

async fn play(name: Name, promises: &mut Promises, folder: &Path) -> Result<(), Halt> {
    print!("{}: ", name.text());
    match name {
        Name::All => unreachable!("it is taken apart before"),
        Name::DoubleWebhook => words::double_webhook(promises, folder).await,
        Name::FloodWait => words::flood_wait(promises, folder).await,
        Name::HangGpu => gpus::hang(promises, folder).await,
        Name::KillWorker => gpus::kill(promises, folder).await,
        Name::LateCallback => words::late_callback(promises, folder).await,
        Name::LoseWebsocket => gpus::lose_websocket(promises, folder).await,
        Name::Partition => line::partition(promises, folder).await,
        Name::PostgresRestart => machines::postgres_restart(promises, folder).await,
        Name::RedisFlush => machines::redis_flush(promises, folder).await,
        Name::RestartComfyui => gpus::restart_comfyui(promises, folder).await,
    }
}
