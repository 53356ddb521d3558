//! Where a drill happens: a scratch folder, the made-up world, and the program in processes that can
//! be killed.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use domain::GpuRunId;
use reqwest::Method;
use serde_json::{Value, json};
use store::{Db, Tx, gpu_runs, jobs, workers};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::web::Web;
use super::{Halt, until};
use crate::failure::Failure;

/// How long a process may take until it says that it is ready.
const START_MAX: Duration = Duration::from_secs(60);
/// What the world says at its start: a line for each setting, and the last of them.
const LAST_SETTING: &str = "ATELIER__PROVIDERS__ELEVENLABS__API_URL";

/// What holds in every drill, so that nothing takes long.
const SHORT: [(&str, &str); 13] = [
    ("ATELIER__GPU__LEASE_SECONDS", "10"),
    ("ATELIER__GPU__SILENCE_SECONDS", "10"),
    ("ATELIER__LOG__LEVEL", "info"),
    ("ATELIER__PICTURES__CHECK_EVERY_S", "1"),
    ("ATELIER__PICTURES__UNCERTAIN_S", "30"),
    ("ATELIER__SANDBOX__PICTURE_SECONDS", "1"),
    ("ATELIER__SANDBOX__TRAINING_SECONDS", "1"),
    ("ATELIER__TELEGRAM__CHAT_BURST", "50"),
    ("ATELIER__TELEGRAM__CHAT_MESSAGES_PER_SECOND", "50"),
    ("ATELIER__TELEGRAM__MESSAGES_PER_SECOND", "1000"),
    ("ATELIER__TRAINING__CHECK_EVERY_S", "1"),
    ("ATELIER__WORK__LEASE_SECONDS", "10"),
    ("ATELIER__WORK__SHUTDOWN_SECONDS", "2"),
];

pub struct Stage {
    folder: PathBuf,
    pub web: Arc<Web>,
    /// Where the made-up world is.
    pub world: String,
    /// Where the studio is.
    pub studio: String,
    port: u16,
    settings: Vec<(String, String)>,
    /// The world outlives every studio, and ends with the stage.
    _world: Process,
}

/// A process of the program, killed when it is dropped.
pub struct Process(Child);

impl Process {
    /// By which the system knows it; none once it has ended.
    pub fn id(&self) -> Option<u32> {
        self.0.id()
    }

    /// The end that nobody is told of.
    pub async fn kill(mut self) -> Result<(), Halt> {
        Ok(self.0.kill().await?)
    }

    /// The end that a supervisor asks for.
    pub async fn end(mut self) -> Result<(), Halt> {
        let pid = self.0.id().ok_or_else(|| Halt::from("a process has ended by itself"))?;
        Command::new("kill").args(["-TERM", &pid.to_string()]).status().await?;
        let ended = timeout(START_MAX, self.0.wait()).await;
        ended.map_err(|_| Halt::from("told to end, a process did not"))??;
        Ok(())
    }
}

impl Stage {
    /// Opens the world. What is said holds for every process of the studio.
    pub async fn open(folder: &Path, own: &[(&str, &str)]) -> Result<Self, Halt> {
        let web = Arc::new(Web::new()?);
        let (port, of_world) = (free_port()?, free_port()?);
        let studio = format!("http://127.0.0.1:{port}");
        let mut command = command(folder)?;
        command.args(["sandbox", "--port", &of_world.to_string()]);
        command.arg("--data").arg(folder.join("world"));
        // It calls the studio where it is.
        command.envs(SHORT).env("WEBHOOK_URL", &studio);
        let (world, said) = ready(command, folder, LAST_SETTING).await?;
        let setting = |it: &String| {
            let (name, value) = it.split_once('=').filter(|_| !it.starts_with('#'))?;
            Some((name.to_owned(), value.to_owned()))
        };
        let mut settings: Vec<_> = said.iter().filter_map(setting).collect();
        let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
        settings.extend(SHORT.iter().map(owned));
        settings.push(("WEBHOOK_URL".to_owned(), studio.clone()));
        settings.extend(own.iter().map(owned));
        let origin = format!("http://127.0.0.1:{of_world}");
        let folder = folder.to_owned();
        Ok(Self { folder, web, world: origin, studio, port, settings, _world: world })
    }

    /// Opens the world with the studio in it, as `atelier` alone does: only there is play money taken.
    pub async fn alone(folder: &Path, own: &[(&str, &str)]) -> Result<Self, Halt> {
        let port = free_pair()?;
        let mut command = command(folder)?;
        command.args(["--port", &port.to_string(), "--data"]).arg(folder.join("state"));
        command.envs(SHORT).envs(own.iter().copied());
        let (world, _) = ready(command, folder, "ready").await?;
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let (folder, web) = (folder.to_owned(), Arc::new(Web::new()?));
        let (origin, studio) = (at(port + 1), at(port));
        Ok(Self { folder, web, world: origin, studio, port, settings: Vec::new(), _world: world })
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Starts the whole studio as one process.
    pub async fn serve(&self) -> Result<Process, Halt> {
        self.start(&["serve", "--port", &self.port.to_string()]).await
    }

    /// Starts the studio as three processes.
    pub async fn serve_apart(&self) -> Result<[Process; 3], Halt> {
        let of_bot = free_port()?.to_string();
        Ok([
            self.start(&["api", "--port", &self.port.to_string()]).await?,
            self.start(&["bot", "--port", &of_bot]).await?,
            self.start(&["worker"]).await?,
        ])
    }

    /// Starts one process of the studio, and waits until it is ready.
    pub async fn start(&self, words: &[&str]) -> Result<Process, Halt> {
        ready(self.command(words)?, &self.folder, "ready").await.map(|it| it.0)
    }

    /// Starts the worker of a GPU beside the database.
    pub async fn gpu(&self, name: &str) -> Result<Process, Halt> {
        let mut command = self.command(&["worker", "--lane", &format!("gpu:{name}=1")])?;
        command.args(["--comfyui", &self.comfyui(name)]);
        command.env("ATELIER__GPU__LOCK_PATH", self.folder.join(format!("{name}.lock")));
        ready(command, &self.folder, "ready").await.map(|it| it.0)
    }

    /// Starts the worker of a GPU elsewhere, which knows the studio by its address alone.
    pub async fn remote(&self, afar: &Remote<'_>) -> Result<Process, Halt> {
        let Remote { name, token, server, restart } = afar;
        let place = self.folder.join(format!("at-{name}"));
        std::fs::create_dir_all(&place)?;
        let file = place.join("token");
        std::fs::write(&file, token)?;
        let mut command = command(&self.folder)?;
        command.args(["worker", "--lane", &format!("gpu:{name}=1"), "--server", server]);
        command.args(["--comfyui", &self.comfyui(name)]).arg("--token-file").arg(file);
        command.arg("--data").arg(&place).envs(SHORT);
        command.env("ATELIER__GPU__LOCK_PATH", place.join("lock"));
        command.env("ATELIER__GPU__RESTART_COMMAND", restart.as_deref().unwrap_or_default());
        ready(command, &self.folder, "ready").await.map(|it| it.0)
    }

    /// A token for the worker of a GPU elsewhere.
    pub async fn token(&self, name: &str) -> Result<String, Halt> {
        let said = self.run(&["worker", "token", name]).await?.1;
        let token = said.lines().next().filter(|it| !it.is_empty());
        Ok(token.ok_or_else(|| Halt::from("no token was given"))?.to_owned())
    }

    pub fn comfyui(&self, name: &str) -> String {
        format!("{}/comfyui/{name}", self.world)
    }

    /// Runs a command of the operator. Whether it went well, and what it said.
    pub async fn run(&self, words: &[&str]) -> Result<(bool, String), Halt> {
        let output = self.command(words)?.output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok((output.status.success(), said))
    }

    /// Orders trouble on the page of a part of the world: `comfyui/box1`, `fal`, `yookassa`, or
    /// Telegram's, which has no name.
    pub async fn trouble(&self, part: &str, fault: &Value) -> Result<(), Halt> {
        let slash = if part.is_empty() { "" } else { "/" };
        let url = format!("{}/sandbox{slash}{part}/faults", self.world);
        self.web.post(&url, fault).await.map(|_| ())
    }

    /// Waits until the trouble that was ordered has come.
    pub async fn until_struck(&self, part: &str) -> Result<(), Halt> {
        let url = format!("{}/sandbox/{part}/faults", self.world);
        until(&format!("the trouble with {part} has come"), async || {
            let left = self.web.get(&url).await?["faults"].as_array().map_or(0, Vec::len);
            Ok((left == 0).then_some(()))
        })
        .await
    }

    /// Presses a button of the page of the made-up ComfyUI.
    pub async fn do_to(&self, comfyui: &str, deed: &str) -> Result<(), Halt> {
        let url = format!("{}/sandbox/comfyui/{comfyui}/deed", self.world);
        self.web.press(&url, &format!("deed={deed}")).await
    }

    /// The prompts of a ComfyUI: what their files are called, and how far they are.
    pub async fn prompts(&self, comfyui: &str) -> Result<Vec<(String, String)>, Halt> {
        let state = self.web.get(&format!("{}/sandbox/comfyui/state", self.world)).await?;
        let servers = state["servers"].as_array().cloned().unwrap_or_default();
        let server = servers.into_iter().find(|it| it["name"] == comfyui).unwrap_or(json!({}));
        let prompts = server["prompts"].as_array().cloned().unwrap_or_default();
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        Ok(prompts.iter().map(|it| (text(&it["saved_as"]), text(&it["state"]))).collect())
    }

    /// How many edits a ComfyUI has done to their end.
    pub async fn runs(&self, comfyui: &str) -> Result<usize, Halt> {
        let prompts = self.prompts(comfyui).await?;
        Ok(prompts.iter().filter(|(name, state)| is_edit(name) && state == "done").count())
    }

    /// Waits until a ComfyUI is at work on an edit.
    pub async fn until_at_work(&self, comfyui: &str) -> Result<(), Halt> {
        until(&format!("ComfyUI {comfyui} works on an edit"), async || {
            let prompts = self.prompts(comfyui).await?;
            let is_running = prompts.iter().any(|(name, it)| is_edit(name) && it == "running");
            Ok(is_running.then_some(()))
        })
        .await
    }

    /// Waits until a GPU's worker is ready for work.
    pub async fn until_ready(&self, worker: &str) -> Result<(), Halt> {
        let name = worker.to_owned();
        let can = move |tx: &mut Tx| Ok(!workers::cans(tx, &name)?.is_empty());
        let what = format!("the worker {worker} is ready");
        until(&what, async || Ok(self.ask(can.clone()).await?.then_some(()))).await
    }

    /// What a worker has now: a run and its fence.
    pub async fn ticket(&self, worker: &str) -> Result<(GpuRunId, i64), Halt> {
        let name = worker.to_owned();
        let held = self.ask(move |tx| Ok(gpu_runs::held(tx, &name)?)).await?;
        held.ok_or_else(|| Halt::Stuck(format!("the worker {worker} has no run")))
    }

    /// Whether what a worker brings for a run that it had is refused: a file, and its end.
    pub async fn refuses(&self, token: &str, ticket: &(GpuRunId, i64)) -> Result<bool, Halt> {
        let (run, fence) = ticket;
        let base = format!("{}/api/worker/runs/{run}", self.studio);
        let bearer = format!("Bearer {token}");
        let (auth, kind) = (("authorization", bearer.as_str()), "application/json");
        let file = format!("{base}/files/1?fence={fence}");
        let file = self.web.call(Method::PUT, &file, &[auth], b"late".to_vec()).await?.code;
        let end = json!({ "fence": fence, "end": { "end": "done", "files": [4] } }).to_string();
        let headers = [auth, ("content-type", kind)];
        let end = self.web.call(Method::POST, &format!("{base}/end"), &headers, end.into()).await?;
        Ok([file, end.code].iter().all(|it| it.as_u16() == 409))
    }

    /// Waits until nothing is under way: whatever comes twice has come by then.
    pub async fn until_quiet(&self) -> Result<(), Halt> {
        let books = self.books().await?;
        let done = until("nothing is under way any more", async || {
            let counts = books.read(|tx| jobs::counts(tx).map_err(Failure::from)).await?;
            let is_work = |it: &&jobs::Count| it.state != "dead" && it.lane != "upkeep";
            Ok(counts.iter().find(is_work).is_none().then_some(()))
        })
        .await;
        books.close();
        done
    }

    /// Looks into the database.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl Fn(&mut Tx) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Halt> {
        let books = self.books().await?;
        let found = books.read(question).await;
        books.close();
        Ok(found?)
    }

    async fn books(&self) -> Result<Db, Halt> {
        let address = self.settings.iter().rev().find(|(name, _)| name == "DATABASE_URL");
        let file = self.data().join("atelier.db");
        let address = address.map_or(format!("sqlite:{}", file.display()), |it| it.1.clone());
        // Its driver waits, so that it is opened elsewhere.
        let opened = tokio::task::spawn_blocking(move || Db::open(&address)).await;
        Ok(opened.map_err(Halt::stuck)??)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("state")
    }

    fn command(&self, words: &[&str]) -> Result<Command, Halt> {
        let mut command = command(&self.folder)?;
        command.args(words).arg("--data").arg(self.data());
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }
}

/// A worker that stands elsewhere.
pub struct Remote<'a> {
    pub name: &'a str,
    pub token: &'a str,
    /// Where it finds the studio.
    pub server: &'a str,
    /// What starts its ComfyUI anew.
    pub restart: Option<String>,
}

fn is_edit(saved_as: &str) -> bool {
    !saved_as.contains("self-test")
}

/// This very program, which knows nothing of the settings around it.
fn command(folder: &Path) -> Result<Command, Halt> {
    let mut command = Command::new(std::env::current_exe()?);
    command.current_dir(folder).env_clear().stdin(Stdio::null()).kill_on_drop(true);
    Ok(command)
}

/// Starts a process and waits for a line with a word. Gives all lines until then.
async fn ready(
    mut command: Command,
    folder: &Path,
    word: &str,
) -> Result<(Process, Vec<String>), Halt> {
    let log = std::fs::OpenOptions::new();
    let log = { log }.create(true).append(true).open(folder.join("log"))?;
    let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
    let stdout = child.stdout.take().ok_or_else(|| Halt::from("a process has no output"))?;
    let mut lines = BufReader::new(stdout).lines();
    let mut said = Vec::new();
    let begun = async {
        while let Some(line) = lines.next_line().await? {
            let is_last = line.contains(word);
            said.push(line);
            if is_last {
                return Ok(true);
            }
        }
        Ok::<_, std::io::Error>(false)
    };
    match timeout(START_MAX, begun).await {
        Ok(Ok(true)) => Ok((Process(child), said)),
        _ => {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            let last = log.lines().last().unwrap_or_default();
            Err(Halt::Stuck(format!("a process did not start: {} {last}", said.join(" "))))
        }
    }
}

/// Free now, and so in all likelihood when somebody asks for it.
pub fn free_port() -> Result<u16, Halt> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Two in a row: the sandbox takes the second.
fn free_pair() -> Result<u16, Halt> {
    const TRIES: u32 = 20;
    for _ in 0..TRIES {
        let port = free_port()?;
        if port < u16::MAX - 1 && TcpListener::bind((Ipv4Addr::LOCALHOST, port + 1)).is_ok() {
            return Ok(port);
        }
    }
    Err(Halt::from("no two ports in a row are free"))
}
