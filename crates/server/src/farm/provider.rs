//! The farm as a provider: a run is handed in, asked about and stopped in our own database.
//!
//! Handing in is a decision with the work's id in it, so that doing it twice is doing it once:
//! nothing here is ever uncertain.

use std::sync::Arc;

use async_trait::async_trait;
use connectors::http::Http;
use connectors::providers::{
    Call, CancelAnswer, EditWork, Made, MadePicture, Progress, Provider, ProviderError, RemoteFile,
    Run, Submitted, Upload, WebhookError, WebhookKeys, Work,
};
use domain::refusal::Fault;
use domain::workflow::Values;
use domain::{GenerationId, GpuRunId, JobId, Millis, Task};
use http::HeaderMap;
use store::gpu_runs::{self, End, GpuRun, NewGpuRun, RunState};
use store::{Db, StoreError, Tx, generations, jobs};

use crate::app::Ground;
use crate::failure::Failure;
use crate::farm::{MadeFile, photo_of, result_url};
use crate::makers::GPU;
use crate::till::plans;

/// How often a run is tried before somebody else is asked: GPUs fall over, and get up again.
const ATTEMPTS_MAX: u32 = 4;

/// How much more often those are served whose plan says so.
const WEIGHT_OF_PLAN: u32 = 3;

pub struct Farm {
    db: Db,
    ground: Arc<Ground>,
}

impl Farm {
    pub fn new(db: Db, ground: Arc<Ground>) -> Self {
        Self { db, ground }
    }
}

/// Why a run wasn't handed in.
enum Undone {
    No(String),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

#[async_trait]
impl Provider for Farm {
    fn name(&self) -> &'static str {
        GPU
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    async fn upload(&self, _: &Http, _: Upload) -> Result<String, ProviderError> {
        let cause = "our own photos are read where they are".to_owned();
        Err(ProviderError::Unexpected { cause })
    }

    async fn submit(&self, _: &Http, work: &Work) -> Result<Submitted, ProviderError> {
        let Work::Edit(edit) = work else {
            let cause = "GPUs only edit photos".to_owned();
            return Err(ProviderError::Unexpected { cause });
        };
        let (ground, edit) = (self.ground.clone(), edit.clone());
        let workflow = edit.workflow.clone();
        let handed = self.db.write_durably(move |tx| hand_in(tx, &ground, &edit, ground.now()));
        match handed.await {
            Ok(id) => Ok(Submitted::Run(run(id.as_str(), &workflow))),
            Err(Undone::No(cause)) => Err(ProviderError::Refused { fault: Fault::Ours, cause }),
            Err(Undone::Failed(failure)) => Err(not_now(&failure)),
        }
    }

    fn run(&self, workflow: &str, id: &str) -> Option<Run> {
        GpuRunId::from_text(id).map(|it| run(it.as_str(), workflow))
    }

    async fn poll(&self, _: &Http, run: &Run) -> Result<Progress, ProviderError> {
        let Some(id) = GpuRunId::from_text(&run.id) else { return Ok(Progress::Lost) };
        let now = self.ground.now();
        let seen = self.db.read(move |tx| look(tx, &id, now)).await;
        seen.map_err(|failure: StoreError| not_now(&failure.into()))
    }

    async fn cancel(&self, _: &Http, run: &Run) -> Result<CancelAnswer, ProviderError> {
        let Some(id) = GpuRunId::from_text(&run.id) else { return Ok(CancelAnswer::Unknown) };
        let ground = self.ground.clone();
        let stopped = self.db.write(move |tx| stop(tx, &id, ground.now())).await;
        stopped.map_err(|failure: StoreError| not_now(&failure.into()))
    }

    async fn keys(&self, _: &Http) -> Result<WebhookKeys, ProviderError> {
        let cause = "GPUs call nobody".to_owned();
        Err(ProviderError::Unexpected { cause })
    }

    fn webhook(
        &self,
        _: &HeaderMap,
        _: &[u8],
        _: Millis,
        _: &WebhookKeys,
    ) -> Result<Call, WebhookError> {
        Err(WebhookError::Headers)
    }
}

fn run(id: &str, workflow: &str) -> Run {
    Run {
        id: id.to_owned(),
        workflow: workflow.to_owned(),
        response_url: String::new(),
        status_url: String::new(),
        cancel_url: String::new(),
    }
}

fn not_now(failure: &Failure) -> ProviderError {
    ProviderError::Transient { cause: failure.to_string(), retry_after: None }
}

/// Puts work into the queue of the GPUs, once: the same work finds the run that it has.
fn hand_in(tx: &mut Tx, ground: &Ground, work: &EditWork, now: Millis) -> Result<GpuRunId, Undone> {
    if let Some(run) = gpu_runs::latest_for_job(tx, &work.work)?
        && matches!(run.state, RunState::Open | RunState::Done)
    {
        return Ok(run.id);
    }
    let generation = GenerationId::from_text(&work.work);
    let generation = match generation {
        Some(id) => generations::get_for_job(tx, &id)?,
        None => None,
    };
    let Some(generation) = generation else {
        return Err(Undone::No("there is no such generation".to_owned()));
    };
    let Some(workflow) = ground.catalog.workflow(&work.workflow) else {
        return Err(Undone::No(format!("there is no workflow `{}`", work.workflow)));
    };
    let photos = work.image_urls.iter().filter_map(|it| photo_of(it)).collect::<Vec<_>>();
    let id = GpuRunId::new(ground.number());
    let values =
        Values { prompt: &work.prompt, seed: work.seed, steps: work.steps, prefix: id.as_str() };
    let filled = workflow.fill(&values, photos.len()).map_err(|it| Undone::No(it.to_string()))?;
    let filled = serde_json::to_string(&filled).expect("a graph is plain JSON");
    let task = Task::Gpu { run: id.clone() };
    let has_plan = 0 < plans::priority(tx, ground, &generation.user)?;
    let job = JobId::new(ground.number());
    let new = jobs::NewJob {
        unique_key: Some(format!("gpu:{}", work.work)),
        group_key: Some(generation.user.as_str().to_owned()),
        weight: if has_plan { WEIGHT_OF_PLAN } else { 1 },
        needs: Some(workflow.id()),
        attempts_max: ATTEMPTS_MAX,
        ..jobs::NewJob::of(&task)
    };
    if let jobs::Enqueued::Existing(_) = jobs::enqueue(tx, &new, &job, now)? {
        return Err(Undone::No("a run of it has not ended yet".to_owned()));
    }
    let new = NewGpuRun {
        id: &id,
        job: &job,
        work: &work.work,
        user: &generation.user,
        workflow: &work.workflow,
        filled: &filled,
        photos: &photos,
    };
    gpu_runs::insert(tx, &new, now)?;
    Ok(id)
}

/// How a run is.
fn look(tx: &mut Tx, id: &GpuRunId, now: Millis) -> Result<Progress, StoreError> {
    let Some(run) = gpu_runs::get_for_job(tx, id)? else { return Ok(Progress::Lost) };
    Ok(match run.state {
        RunState::Open if is_at_work(tx, &run, now)? => {
            Progress::Running { percent: run.percent.and_then(|it| u8::try_from(it).ok()) }
        }
        RunState::Open => Progress::Waiting { position: jobs::ahead(tx, &run.job)? },
        RunState::Done => Progress::Done(made(&run)),
        RunState::Failed => Progress::Failed {
            fault: run.fault.unwrap_or(Fault::ProviderFailed),
            reason: run.reason.unwrap_or_default(),
        },
        RunState::Canceled => Progress::Cancelled,
    })
}

/// Whether a worker is at it. One that says nothing any more is not: it waits for another then, as
/// if it had never begun.
fn is_at_work(tx: &mut Tx, run: &GpuRun, now: Millis) -> Result<bool, StoreError> {
    Ok(run.started_at.is_some() && jobs::is_held(tx, &run.job, now)?)
}

fn made(run: &GpuRun) -> Made {
    let files: Vec<MadeFile> =
        run.result.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let file = |it: MadeFile| {
        let (url, bytes) = (result_url(&it.key), Some(it.bytes));
        MadePicture::File(RemoteFile { url, name: None, bytes })
    };
    Made::Pictures(files.into_iter().map(file).collect())
}

/// Takes a run out of the queue, or has whoever does it stop.
fn stop(tx: &mut Tx, id: &GpuRunId, now: Millis) -> Result<CancelAnswer, StoreError> {
    let Some(run) = gpu_runs::get_for_job(tx, id)? else { return Ok(CancelAnswer::Unknown) };
    if run.state != RunState::Open {
        return Ok(CancelAnswer::TooLate);
    }
    if is_at_work(tx, &run, now)? {
        gpu_runs::ask_stop(tx, id, now)?;
        return Ok(CancelAnswer::Asked);
    }
    // It waits: nobody is at it, so that taking it away is all there is to do.
    jobs::cancel(tx, &run.job, now)?;
    gpu_runs::end(tx, id, End::Canceled, now)?;
    Ok(CancelAnswer::Asked)
}
