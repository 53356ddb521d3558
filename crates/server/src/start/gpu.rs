//! A GPU's worker, put together: beside the database, or from afar with a token.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use connectors::comfyui::Comfy;
use connectors::http::Http;
use connectors::reach::Reach;
use domain::Millis;
use secrecy::SecretString;
use tokio::sync::watch;
use url::Url;

use crate::app::App;
use crate::config::{Config, Gpu};
use crate::farm::here::{Desk, Here};
use crate::farm::remote::Remote;
use crate::farm::worker::{Settings, Worker, WorkerError};
use crate::start::StartError;
use crate::start::run::wait_for_the_end;

/// Which GPU, and where its ComfyUI is.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Of the worker.
    pub name: String,
    pub comfyui: Url,
}

impl Seat {
    /// The one of this machine, if it has one: the operator's, or the sandbox's.
    pub(super) fn of(config: &Config, sandbox: Option<&str>) -> Result<Option<Self>, StartError> {
        let comfyui = match (&config.gpu.comfyui_url, sandbox) {
            (Some(url), _) => url.clone(),
            (None, Some(origin)) => {
                let text = format!("{origin}/comfyui/box1");
                Url::parse(&text).map_err(|_| StartError::Url(text))?
            }
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { name: "box1".to_owned(), comfyui }))
    }
}

fn worker(
    desk: Arc<dyn Desk>,
    gpu: &Gpu,
    seat: &Seat,
    shutdown: Millis,
) -> Result<Worker, StartError> {
    let long = |it: Millis| Duration::from_millis(it.as_i64().unsigned_abs());
    // Only to ComfyUI, wherever it is, and to what tells how it is.
    let health = gpu.health_check_url.iter().map(Url::origin);
    let trusted = health.chain([seat.comfyui.origin()]).collect();
    let http = Arc::new(Http::new(Reach::Public { trusted })?);
    let default = || std::env::temp_dir().join(format!("atelier-gpu-{}.lock", seat.name));
    let lock: PathBuf = gpu.lock_path.clone().unwrap_or_else(default);
    let settings = Settings {
        name: seat.name.clone(),
        comfy: Comfy::new(seat.comfyui.clone()),
        health: gpu.health_check_url.clone(),
        lock,
        time: long(gpu.run_limit),
        silence: long(gpu.silence),
        restart: gpu.restart_command.clone(),
        shutdown: long(shutdown),
    };
    Ok(Worker::new(desk, http, settings))
}

/// Works beside the database until the process is told to end.
pub(super) fn beside(
    app: &Arc<App>,
    seat: &Seat,
    stopped: watch::Receiver<bool>,
) -> Result<impl Future<Output = ()> + Send + 'static, StartError> {
    let config = &app.ground.config;
    let desk = Arc::new(Here { app: app.clone(), worker: seat.name.clone() });
    // A little less than the process itself has, so that the run is handed back by the worker.
    let shutdown = Millis(config.work.shutdown.as_i64() * 3 / 4);
    let worker = worker(desk, &config.gpu, seat, shutdown)?;
    let name = seat.name.clone();
    Ok(async move {
        if let Err(error) = worker.run(stopped).await {
            tracing::error!(worker = name, %error, "a GPU's worker has ended");
        }
    })
}

/// Works for a studio elsewhere until the process is told to end, or is drained.
pub async fn from_afar(
    config: &Config,
    seat: &Seat,
    server: Url,
    token: SecretString,
) -> Result<(), StartError> {
    let http = Arc::new(Http::new(Reach::Public { trusted: vec![server.origin()] })?);
    let desk = Arc::new(Remote::new(http, server, token));
    let worker = worker(desk, &config.gpu, seat, config.work.shutdown)?;
    let (stop, stopped) = watch::channel(false);
    println!("Atelier is ready (worker gpu:{})", seat.name);
    let work = worker.run(stopped);
    tokio::pin!(work);
    let ended: Result<(), WorkerError> = tokio::select! {
        ended = &mut work => ended,
        told = wait_for_the_end() => {
            told.map_err(StartError::Machine)?;
            tracing::info!("ending: what runs is finished or handed back");
            let _ = stop.send(true);
            work.await
        }
    };
    ended.map_err(|it| StartError::Worker(it.to_string()))
}
