//! Where workers take runs and give them back. Each of these is one decision.
//!
//! Whoever has a run has its fence: a number that grows with each who takes it. What is said with an
//! old one is not taken, so that a sleeper who wakes can't overwrite its successor.

use domain::refusal::Fault;
use domain::workflow::{Filled, Values, Workflow};
use domain::{GpuRunId, Millis, ObjectId, Task, UserId};
use serde::{Deserialize, Serialize};
use store::gpu_runs::{self, GpuRun, RunState};
use store::jobs::{self, Claim, Settled, Verdict};
use store::workers::{self, NewWorker, WorkerState};
use store::{StoreError, Tx};

use crate::app::Ground;
use crate::failure::Failure;
use crate::farm::MadeFile;
use crate::makers::GPU_LANE;
use crate::objects::key;
use crate::outbox;

/// How many files a run may give.
pub const FILES_MAX: u32 = 4;

/// What a worker says of itself when it starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Of the program.
    pub version: String,
    /// What it runs on, in words for people.
    pub device: String,
    /// The workflows that it can run.
    pub can: Vec<String>,
}

/// By what a worker shows that a run is its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    pub run: GpuRunId,
    pub fence: i64,
}

/// A run as a worker gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub ticket: Ticket,
    pub filled: Filled,
    /// How many photos there are to be fetched.
    pub photos: u32,
    /// Who says nothing for so long has lost it.
    pub lease: Millis,
}

/// What becomes of a worker that asks for a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    Order {
        order: Box<Order>,
    },
    /// There is nothing for it.
    Nothing,
    /// It shall take nothing more: somebody is updating it.
    Drain,
    /// It takes nothing until a person has looked.
    Quarantined {
        reason: String,
    },
    /// It has not said hello, or was forgotten.
    Unknown,
}

/// What a worker is told when it says that it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    GoOn,
    /// The customer doesn't want it any more.
    Stop,
    /// Somebody else has it.
    Lost,
}

/// How a worker's work on a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// So many files were put.
    Done {
        files: Vec<u64>,
    },
    /// It would fail anywhere. The reason is for owners.
    Failed {
        fault: Fault,
        reason: String,
    },
    /// It may go better later, or elsewhere.
    Again {
        reason: String,
    },
    /// It was not begun, or not by its own fault: whoever comes takes it.
    HandBack {
        pause: Millis,
    },
    Stopped,
}

/// What every workflow asks of a worker, with samples filled in.
pub fn wanted(ground: &Ground) -> Vec<Filled> {
    let values = Values { prompt: "sample", seed: 1, steps: None, prefix: "sample" };
    // Some take no words.
    let silent = Values { prompt: "", ..values };
    let fill = |it: &Workflow| {
        it.fill(&values, it.photos()).or_else(|_| it.fill(&silent, it.photos())).ok()
    };
    ground.catalog.workflows.iter().filter_map(fill).collect()
}

/// Notes a worker that starts.
pub fn hello(tx: &mut Tx, worker: &str, hello: &Hello, now: Millis) -> Result<(), StoreError> {
    let Hello { version, device, can } = hello;
    workers::put(tx, &NewWorker { name: worker, kind: "gpu", version, device, cans: can }, now)?;
    Ok(())
}

/// Gives a worker the next run that it can do.
pub fn claim(tx: &mut Tx, ground: &Ground, worker: &str, now: Millis) -> Result<Answer, Failure> {
    match workers::beat(tx, worker, None, now)? {
        None => return Ok(Answer::Unknown),
        Some(WorkerState::Draining) => return Ok(Answer::Drain),
        Some(WorkerState::Quarantined) => {
            let all = workers::list(tx)?.into_iter();
            let reason = all.filter(|it| it.name == worker).find_map(|it| it.reason);
            return Ok(Answer::Quarantined { reason: reason.unwrap_or_default() });
        }
        Some(WorkerState::Active) => {}
    }
    let (can, lease) = (workers::cans(tx, worker)?, ground.config.gpu.lease);
    let claim = Claim {
        can: &can,
        running_max: Some(ground.config.gpu.running_per_customer),
        ..Claim::of(&[GPU_LANE], worker, lease)
    };
    while let Some(claimed) = jobs::claim(tx, &claim, now)? {
        let Task::Gpu { run: id } = &claimed.task else {
            let error = "it is no work for a GPU".to_owned();
            jobs::settle(tx, &claimed.id, claimed.fence, &Verdict::Dead { error }, now)?;
            continue;
        };
        let run = gpu_runs::get_for_job(tx, id)?.filter(|it| it.state == RunState::Open);
        let ended = |tx: &mut Tx| {
            jobs::settle(tx, &claimed.id, claimed.fence, &Verdict::Done, now).map(|_| ())
        };
        let Some(run) = run else {
            ended(tx)?;
            continue;
        };
        if run.stop_asked_at.is_some() {
            ended(tx)?;
            gpu_runs::end(tx, id, gpu_runs::End::Canceled, now)?;
            jobs::wake(tx, &run.work, now)?;
            continue;
        }
        if claimed.is_exhausted {
            let error = "its workers died each time".to_owned();
            give_up(tx, &run, &error, now)?;
            jobs::settle(tx, &claimed.id, claimed.fence, &Verdict::Dead { error }, now)?;
            continue;
        }
        let filled = serde_json::from_str(&run.filled)
            .map_err(|it| Failure::Ours(format!("a stored graph can't be read: {it}")))?;
        gpu_runs::begun(tx, id, worker, now)?;
        workers::beat(tx, worker, Some(&claimed.id), now)?;
        jobs::wake(tx, &run.work, now)?;
        let photos = u32::try_from(run.photos.len()).unwrap_or(u32::MAX);
        let ticket = Ticket { run: run.id, fence: claimed.fence };
        let order = Order { ticket, filled, photos, lease };
        return Ok(Answer::Order { order: Box::new(order) });
    }
    Ok(Answer::Nothing)
}

/// A worker goes on with a run, and says how far it is.
pub fn beat(
    tx: &mut Tx,
    ground: &Ground,
    worker: &str,
    ticket: &Ticket,
    percent: Option<u8>,
    now: Millis,
) -> Result<Word, StoreError> {
    let Some(run) = held(tx, worker, &ticket.run)? else { return Ok(Word::Lost) };
    if !jobs::renew(tx, &run.job, ticket.fence, ground.config.gpu.lease, now)? {
        return Ok(Word::Lost);
    }
    workers::beat(tx, worker, Some(&run.job), now)?;
    if let Some(percent) = percent
        && gpu_runs::progress(tx, &ticket.run, u32::from(percent))?
    {
        jobs::wake(tx, &run.work, now)?;
    }
    Ok(if run.stop_asked_at.is_some() { Word::Stop } else { Word::GoOn })
}

/// An open run that this worker had last.
fn held(tx: &mut Tx, worker: &str, id: &GpuRunId) -> Result<Option<GpuRun>, StoreError> {
    let run = gpu_runs::get_for_job(tx, id)?;
    Ok(run.filter(|it| it.state == RunState::Open && it.worker.as_deref() == Some(worker)))
}

/// The photo of a run, by its number from 0: for whoever has the run, and nobody else.
pub fn photo(
    tx: &mut Tx,
    ground: &Ground,
    worker: &str,
    ticket: &Ticket,
    number: u32,
    now: Millis,
) -> Result<Option<ObjectId>, StoreError> {
    let Some(run) = held(tx, worker, &ticket.run)? else { return Ok(None) };
    if !jobs::renew(tx, &run.job, ticket.fence, ground.config.gpu.lease, now)? {
        return Ok(None);
    }
    Ok(run.photos.get(number as usize).cloned())
}

/// Whose run it is, if this worker has it: where its files go.
pub fn owner(
    tx: &mut Tx,
    ground: &Ground,
    worker: &str,
    ticket: &Ticket,
    now: Millis,
) -> Result<Option<UserId>, StoreError> {
    let Some(run) = held(tx, worker, &ticket.run)? else { return Ok(None) };
    let is_theirs = jobs::renew(tx, &run.job, ticket.fence, ground.config.gpu.lease, now)?;
    Ok(is_theirs.then_some(run.user))
}

/// Ends a worker's work on a run. False: somebody else has it, and nothing was taken.
pub fn end(
    tx: &mut Tx,
    ground: &Ground,
    worker: &str,
    ticket: &Ticket,
    end: &End,
    now: Millis,
) -> Result<bool, Failure> {
    workers::beat(tx, worker, None, now)?;
    let Some(run) = held(tx, worker, &ticket.run)? else { return Ok(false) };
    let verdict = match end {
        End::Done { .. } | End::Failed { .. } | End::Stopped => Verdict::Done,
        End::Again { reason } => {
            Verdict::Retry { error: reason.clone(), delay: pause(tx, ground, &run)? }
        }
        End::HandBack { pause } => {
            Verdict::Wait { wake_key: None, at_most: (*pause).min(Millis::MINUTE) }
        }
    };
    let settled = jobs::settle(tx, &run.job, ticket.fence, &verdict, now)?;
    if settled == Settled::Stale {
        return Ok(false);
    }
    match end {
        End::Done { files } => {
            let file = |(number, bytes): (u32, &u64)| MadeFile {
                key: key::gpu_result(&run.user, &run.id, ticket.fence, number),
                bytes: *bytes,
            };
            let files: Vec<_> = (1..=FILES_MAX).zip(files).map(file).collect();
            let result = serde_json::to_string(&files).expect("files are plain fields");
            gpu_runs::end(tx, &ticket.run, gpu_runs::End::Done { result: &result }, now)?;
        }
        End::Failed { fault, reason } => {
            let end = gpu_runs::End::Failed { fault: *fault, reason };
            gpu_runs::end(tx, &ticket.run, end, now)?;
        }
        End::Stopped => {
            gpu_runs::end(tx, &ticket.run, gpu_runs::End::Canceled, now)?;
        }
        End::Again { reason } if settled == Settled::Dead => give_up(tx, &run, reason, now)?,
        End::Again { .. } | End::HandBack { .. } => {
            gpu_runs::handed_back(tx, &ticket.run)?;
        }
    }
    jobs::wake(tx, &run.work, now)?;
    Ok(true)
}

/// The pause before a run is tried again: longer each time, and never the same for all.
fn pause(tx: &mut Tx, ground: &Ground, run: &GpuRun) -> Result<Millis, StoreError> {
    let attempts = jobs::attempts(tx, &run.job)?;
    let delay = (2_000_i64 << attempts.min(6)).min(Millis::MINUTE.as_i64());
    let jitter = i64::from(ground.ids.chance() as u16) * delay / 4 / i64::from(u16::MAX);
    Ok(Millis(delay + jitter))
}

/// The GPUs can't do it.
fn give_up(tx: &mut Tx, run: &GpuRun, reason: &str, now: Millis) -> Result<(), StoreError> {
    let end = gpu_runs::End::Failed { fault: Fault::ProviderFailed, reason };
    gpu_runs::end(tx, &run.id, end, now)?;
    jobs::wake(tx, &run.work, now).map(|_| ())
}

/// A run whose job died: whoever waits for it hears of it.
pub fn bury(tx: &mut Tx, id: &GpuRunId, error: &str, now: Millis) -> Result<(), StoreError> {
    match gpu_runs::get_for_job(tx, id)?.filter(|it| it.state == RunState::Open) {
        Some(run) => give_up(tx, &run, error, now),
        None => Ok(()),
    }
}

/// A worker can't be trusted with work until a person has looked: its owners are told.
pub fn quarantine(
    tx: &mut Tx,
    ground: &Ground,
    worker: &str,
    reason: &str,
    now: Millis,
) -> Result<(), Failure> {
    if workers::quarantine(tx, worker, reason, now)? {
        outbox::raise(tx, ground, "gpu-quarantined", worker, reason, now)?;
    }
    Ok(())
}
