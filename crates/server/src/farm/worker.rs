//! A GPU's worker: takes one run at a time, has its ComfyUI do it, and gives back what came.
//!
//! It trusts nobody: the GPU is locked by the operating system, ComfyUI is asked how it is before
//! each run, a run that says nothing is stopped, and a ComfyUI that can't be woken is kept from work
//! until a person has looked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connectors::comfyui::{Comfy, Input, Job, Limits, Outcome, Output, Trouble};
use connectors::http::Http;
use domain::Millis;
use domain::refusal::Fault;
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use url::Url;

use crate::farm::desk::{Answer, End, Hello, Order};
use crate::farm::gpu_lock::{GpuLock, Held};
use crate::farm::here::{Desk, DeskError, FILE_BYTES_MAX};
use crate::farm::{self_test, watching};

/// How long a claim waits for work before it asks again.
const PATIENCE: Duration = Duration::from_secs(4);
/// After how long an absent desk or ComfyUI is asked again: twice as long each time.
const PAUSE_LEAST: Duration = Duration::from_millis(500);
const PAUSE_MOST: Duration = Duration::from_secs(30);
/// How long somebody else on this machine may have the GPU before the run is handed back.
const LOCK_PATIENCE: Duration = Duration::from_secs(10);
/// How long a restart of ComfyUI may take.
const RESTART_MAX: Duration = Duration::from_secs(180);
const RESTART_LOOK: Duration = Duration::from_secs(2);
/// How often it is looked whether a worker that is kept from work is let free again.
const QUARANTINE_LOOK: Duration = Duration::from_secs(15);

const HEALTH: connectors::http::Limits =
    connectors::http::Limits { time: Duration::from_secs(10), bytes: 64 * 1024 };

/// How a worker is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    pub name: String,
    pub comfy: Comfy,
    /// What is asked how it is before each run, beside ComfyUI itself: 200 is well.
    pub health: Option<Url>,
    /// The file that is locked while the GPU is at work.
    pub lock: PathBuf,
    /// For one run, all in all.
    pub time: Duration,
    /// Without any progress of a run.
    pub silence: Duration,
    /// What starts ComfyUI anew when it hangs: run by the shell.
    pub restart: Option<String>,
    /// How long a run may go on after the worker was told to end.
    pub shutdown: Duration,
}

/// Why a worker ended.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("{0}")]
    Desk(#[from] DeskError),
    #[error("the lock of the GPU can't be used: {0}")]
    Lock(#[from] std::io::Error),
}

/// How a run ended here, and what is to be done about ComfyUI.
enum Ended {
    With(End),
    /// ComfyUI was silent: it may be stuck.
    Hung,
    /// Somebody else has the run.
    Lost,
    /// This worker can't do such runs, whatever it said: it says hello anew.
    Unable(End),
}

pub struct Worker {
    desk: Arc<dyn Desk>,
    http: Arc<Http>,
    settings: Settings,
    lock: GpuLock,
}

impl Worker {
    pub fn new(desk: Arc<dyn Desk>, http: Arc<Http>, settings: Settings) -> Self {
        let lock = GpuLock::new(settings.lock.clone());
        Self { desk, http, settings, lock }
    }

    /// Works until told to stop, or until somebody drains it.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let name = self.settings.name.as_str();
        let mut is_known = false;
        let mut pause = PAUSE_LEAST;
        while !*stop.borrow() {
            let stepped = self.step(&mut is_known, &stop).await;
            let wait = match stepped {
                Ok(Some(wait)) => {
                    pause = PAUSE_LEAST;
                    wait
                }
                Ok(None) => {
                    tracing::info!(worker = name, "drained: this worker takes nothing more");
                    return Ok(());
                }
                Err(StepError::Comfy(reason)) => {
                    tracing::warn!(worker = name, reason, "ComfyUI isn't well; it is asked again");
                    is_known = false;
                    backed_off(&mut pause)
                }
                Err(StepError::Worker(WorkerError::Desk(
                    error @ (DeskError::Away(_) | DeskError::Lost),
                ))) => {
                    tracing::warn!(worker = name, %error, "the desk can't be asked; it is asked again");
                    backed_off(&mut pause)
                }
                Err(StepError::Worker(error)) => return Err(error),
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = stop.changed() => {}
            }
        }
        Ok(())
    }

    /// One look at ComfyUI and at the desk, and a run if there is one. Says how long to pause;
    /// `None` is for ever.
    async fn step(
        &self,
        is_known: &mut bool,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<Duration>, StepError> {
        self.look_in().await?;
        if !*is_known {
            self.introduce().await?;
            *is_known = true;
        }
        // Heard to its end: who went away in the middle might have been given a run.
        let order = match self.desk.claim(PATIENCE).await? {
            Answer::Order { order } => order,
            Answer::Nothing => return Ok(Some(Duration::ZERO)),
            Answer::Drain => return Ok(None),
            Answer::Unknown => {
                *is_known = false;
                return Ok(Some(Duration::ZERO));
            }
            Answer::Quarantined { reason } => {
                tracing::warn!(
                    worker = self.settings.name,
                    reason,
                    "kept from work until a person has looked"
                );
                return Ok(Some(QUARANTINE_LOOK));
            }
        };
        if *stop.borrow() {
            self.desk.end(&order.ticket, &End::HandBack { pause: Millis(0) }).await?;
            return Ok(Some(Duration::ZERO));
        }
        *is_known = self.serve(&order, stop).await?;
        Ok(Some(Duration::ZERO))
    }

    /// Whether ComfyUI is well, as far as it and whoever watches it say.
    async fn look_in(&self) -> Result<(), String> {
        if let Some(health) = &self.settings.health {
            let request = reqwest::Request::new(reqwest::Method::GET, health.clone());
            let answer = self.http.call(request, HEALTH).await.map_err(|it| it.to_string())?;
            if !answer.code.is_success() {
                return Err(format!("the health check answers {}", answer.code));
            }
        }
        self.settings.comfy.stats(&self.http).await.map(|_| ()).map_err(|it| it.to_string())
    }

    /// Makes a picture to see whether ComfyUI works, finds out what it can do, and says so.
    async fn introduce(&self) -> Result<(), StepError> {
        let Settings { comfy, name, .. } = &self.settings;
        let held = self.take_gpu().await?;
        if held.is_none() {
            return Err("somebody else has the GPU".to_owned().into());
        }
        self_test::run(comfy, &self.http, name).await?;
        drop(held);
        let stats = comfy.stats(&self.http).await.map_err(|it| it.to_string())?;
        let able = comfy.able(&self.http).await.map_err(|it| it.to_string())?;
        let mut can = Vec::new();
        for wanted in self.desk.wanted().await? {
            match able.lacks(&wanted.graph).as_slice() {
                [] => can.push(wanted.workflow),
                lacks => {
                    tracing::warn!(
                        worker = name,
                        workflow = wanted.workflow,
                        ?lacks,
                        "this ComfyUI can't run a workflow"
                    );
                }
            }
        }
        let devices: Vec<_> = stats
            .devices
            .iter()
            .map(|it| format!("{} ({} GB)", it.name, it.vram_total >> 30))
            .collect();
        let device = format!("ComfyUI {}, {}", stats.version, devices.join(", "));
        let hello = Hello { version: env!("CARGO_PKG_VERSION").to_owned(), device, can };
        self.desk.hello(&hello).await?;
        tracing::info!(worker = name, can = ?hello.can, "ready for work");
        Ok(())
    }

    async fn take_gpu(&self) -> Result<Option<Held>, WorkerError> {
        Ok(self.lock.take(LOCK_PATIENCE).await?)
    }

    /// Does one run and gives it back. Says whether what this worker can do is still known.
    async fn serve(&self, order: &Order, stop: &watch::Receiver<bool>) -> Result<bool, StepError> {
        let Some(held) = self.take_gpu().await? else {
            let end = End::HandBack { pause: Millis::seconds(5) };
            self.desk.end(&order.ticket, &end).await?;
            return Ok(true);
        };
        let ended = self.work(order, stop).await;
        let name = self.settings.name.as_str();
        let (end, is_known, is_hung) = match ended {
            Ended::With(end) => (end, true, false),
            Ended::Unable(end) => (end, false, false),
            // It counts: else one that hangs everywhere would go from GPU to GPU and stop them all.
            Ended::Hung => {
                let reason = "ComfyUI made no progress with it".to_owned();
                (End::Again { reason }, true, true)
            }
            Ended::Lost => {
                tracing::warn!(worker = name, run.id = %order.ticket.run, "the run is somebody else's by now");
                return Ok(true);
            }
        };
        tracing::info!(worker = name, run.id = %order.ticket.run, ?end, "a run has ended here");
        // First the run, which others may take; then what is wrong here.
        match self.desk.end(&order.ticket, &end).await {
            Ok(()) | Err(DeskError::Lost) => {}
            Err(error) => return Err(error.into()),
        }
        if is_hung {
            self.revive(held).await?;
            return Ok(false);
        }
        Ok(is_known)
    }

    /// A run, from its photos to its files.
    async fn work(&self, order: &Order, stop: &watch::Receiver<bool>) -> Ended {
        let mut images = Vec::new();
        for (number, (node, input)) in (0..order.photos).zip(&order.filled.images) {
            match self.desk.photo(&order.ticket, number).await {
                Ok(photo) => images.push(Input {
                    node: node.clone(),
                    input: input.clone(),
                    // Ours, so that two runs never share a file.
                    name: format!("{}-{number}", order.ticket.run),
                    content_type: photo.content_type,
                    bytes: photo.bytes,
                }),
                Err(DeskError::Lost) => return Ended::Lost,
                Err(error) => return Ended::With(End::Again { reason: error.to_string() }),
            }
        }
        // Memory that others left full, and a server that was restarted, deserve another try.
        let mut job = self.job(order, images, 0);
        for tries in 1..=2 {
            let (outcome, told) = self.watched(order, &job, stop).await;
            self.put_away(&job).await;
            match (outcome, told) {
                (_, watching::Told::Lost) => return Ended::Lost,
                (Outcome::Stopped, watching::Told::Stop) => return Ended::With(End::Stopped),
                (Outcome::Stopped, watching::Told::Nothing) => {
                    return Ended::With(End::HandBack { pause: Millis(0) });
                }
                (Outcome::Failed { fault: Trouble::OutOfMemory, .. }, _) if tries == 1 => {
                    if let Err(error) = self.settings.comfy.free(&self.http).await {
                        tracing::warn!(worker = self.settings.name, %error, "memory could not be freed");
                    }
                    job = self.job(order, job.images, 1);
                }
                (Outcome::Lost, _) if tries == 1 => {}
                (outcome, _) => return self.judged(order, outcome).await,
            }
        }
        Ended::With(End::Again { reason: "it came to nothing twice".to_owned() })
    }

    /// The same run has the same number at ComfyUI, so that what was begun before a crash is found.
    fn job(&self, order: &Order, images: Vec<Input>, again: u32) -> Job {
        Job {
            prompt_id: uuid_of(&format!("{}:{again}", order.ticket.run)),
            client_id: uuid_of(&self.settings.name),
            graph: order.filled.graph.clone(),
            images,
            output: order.filled.output.clone(),
        }
    }

    async fn watched(
        &self,
        order: &Order,
        job: &Job,
        stop: &watch::Receiver<bool>,
    ) -> (Outcome, watching::Told) {
        let limits = Limits {
            time: self.settings.time,
            silence: self.settings.silence,
            away: RESTART_MAX,
            output_bytes: FILE_BYTES_MAX,
        };
        let at = watching::At {
            comfy: &self.settings.comfy,
            http: &self.http,
            desk: self.desk.as_ref(),
            order,
            shutdown: self.settings.shutdown,
        };
        watching::run(&at, job, limits, stop.clone()).await
    }

    /// What an outcome means for the run.
    async fn judged(&self, order: &Order, outcome: Outcome) -> Ended {
        match outcome {
            Outcome::Done(files) => self.hand_over(order, files).await,
            Outcome::Failed { fault, reason } => match fault {
                Trouble::BadInput => {
                    Ended::With(End::Failed { fault: Fault::PhotosUnusable, reason })
                }
                Trouble::MissingModel(_) | Trouble::MissingNode(_) => {
                    Ended::Unable(End::Again { reason })
                }
                Trouble::OutOfMemory | Trouble::NoOutput => Ended::With(End::Again { reason }),
                Trouble::Node => Ended::With(End::Failed { fault: Fault::ProviderFailed, reason }),
            },
            Outcome::Hung => Ended::Hung,
            Outcome::Lost => again("ComfyUI was restarted, twice"),
            Outcome::TooLong => again("it took longer than a run may take"),
            Outcome::Stopped => Ended::With(End::HandBack { pause: Millis(0) }),
            Outcome::Away { reason, .. } => Ended::Unable(End::Again { reason }),
        }
    }

    /// Has ComfyUI forget it, however it ended: what the customer wrote stays there no longer than
    /// it must, and whoever takes the run next, here as well, begins anew.
    async fn put_away(&self, job: &Job) {
        if let Err(error) = self.settings.comfy.put_away(&self.http, &job.prompt_id).await {
            tracing::debug!(worker = self.settings.name, %error, "a prompt could not be put away");
        }
    }

    async fn hand_over(&self, order: &Order, files: Vec<Output>) -> Ended {
        let mut sizes = Vec::new();
        for (number, file) in (1..=crate::farm::desk::FILES_MAX).zip(files) {
            sizes.push(file.bytes.len() as u64);
            match self.desk.put(&order.ticket, number, file.bytes).await {
                Ok(()) => {}
                Err(DeskError::Lost) => return Ended::Lost,
                Err(error) => return Ended::With(End::Again { reason: error.to_string() }),
            }
        }
        Ended::With(End::Done { files: sizes })
    }

    /// ComfyUI was silent. It was asked to stop; if it can't make a small picture now, it is
    /// started anew, and if that doesn't help either, a person has to look.
    async fn revive(&self, held: Held) -> Result<(), StepError> {
        let Settings { comfy, name, restart, .. } = &self.settings;
        if self_test::run(comfy, &self.http, name).await.is_ok() {
            return Ok(());
        }
        if let Some(command) = restart {
            tracing::warn!(worker = name, "ComfyUI hangs and is started anew");
            if let Err(error) = restarted(command).await {
                tracing::error!(worker = name, %error, "ComfyUI could not be started anew");
            }
            let back = async {
                while self_test::run(comfy, &self.http, name).await.is_err() {
                    tokio::time::sleep(RESTART_LOOK).await;
                }
            };
            if tokio::time::timeout(RESTART_MAX, back).await.is_ok() {
                tracing::info!(worker = name, "ComfyUI is back");
                return Ok(());
            }
        }
        drop(held);
        let reason = match restart {
            Some(_) => "it made no progress, and a restart did not help",
            None => "it made no progress, and there is no command to restart it",
        };
        tracing::error!(worker = name, reason, "kept from work until a person has looked");
        Ok(self.desk.quarantine(reason).await?)
    }
}

fn again(reason: &str) -> Ended {
    Ended::With(End::Again { reason: reason.to_owned() })
}

/// Why a step came to nothing.
enum StepError {
    /// ComfyUI isn't there, or doesn't work.
    Comfy(String),
    Worker(WorkerError),
}

impl From<String> for StepError {
    fn from(reason: String) -> Self {
        Self::Comfy(reason)
    }
}

impl<E: Into<WorkerError>> From<E> for StepError {
    fn from(error: E) -> Self {
        Self::Worker(error.into())
    }
}

/// Twice as long each time, and up to a quarter more, so that many workers don't come back at once.
fn backed_off(pause: &mut Duration) -> Duration {
    let wait = *pause + pause.mul_f64(f64::from(rand_quarter()));
    *pause = (*pause * 2).min(PAUSE_MOST);
    wait
}

/// From 0 to a quarter, by the number of this process: workers differ, and nothing must be drawn.
fn rand_quarter() -> f32 {
    (std::process::id() % 64) as f32 / 256.0
}

async fn restarted(command: &str) -> std::io::Result<()> {
    let run = tokio::process::Command::new("sh")
        .args(["-c", command])
        .kill_on_drop(true)
        .stdin(std::process::Stdio::null())
        .status();
    match tokio::time::timeout(RESTART_MAX, run).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(std::io::Error::other(format!("it ended with {status}"))),
        Ok(Err(error)) => Err(error),
        Err(_) => Err(std::io::Error::other("it took too long")),
    }
}

/// A UUID that is always the same for a text (as RFC 9562's version 8: bits of our own making).
pub fn uuid_of(text: &str) -> String {
    let mut bytes: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    bytes[6] = (bytes[6] & 0x0f) | 0x80;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(&bytes[..16]);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
