//! A run at ComfyUI, watched: the desk hears how far it is, and what the desk says is done.

use std::time::Duration;

use connectors::comfyui::{Comfy, Job, Limits, Outcome, Step};
use connectors::http::Http;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, sleep};

use crate::farm::desk::{Order, Word};
use crate::farm::here::{Desk, DeskError};

/// How often the desk hears of a run that moves.
const BEAT: Duration = Duration::from_secs(2);

/// Where a run is watched.
pub struct At<'a> {
    pub comfy: &'a Comfy,
    pub http: &'a Http,
    pub desk: &'a dyn Desk,
    pub order: &'a Order,
    /// How long a run may go on after the worker was told to end.
    pub shutdown: Duration,
}

/// What the desk said of the run meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Nothing,
    /// The customer doesn't want it any more.
    Stop,
    /// Somebody else has it.
    Lost,
}

/// Waits until this worker is told to end.
async fn ends(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|it| *it).await.is_err() {
        // Nobody is left who could tell.
        std::future::pending::<()>().await;
    }
}

/// Has it done. It is stopped when the desk says so, when somebody else has it, when the desk is
/// away for longer than the lease, and when this worker has to end and it isn't done by then.
pub async fn run(
    at: &At<'_>,
    job: &Job,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
) -> (Outcome, Told) {
    let (tell_stop, mut told_stop) = watch::channel(false);
    let (percent, seen) = watch::channel(None);
    let mut note = |step: Step| {
        percent.send_if_modified(|it| {
            let is_news = step.percent.is_some() && *it != step.percent;
            *it = step.percent.or(*it);
            is_news
        });
    };
    let stopped = async move {
        let _ = told_stop.wait_for(|it| *it).await;
    };
    let run = at.comfy.run(at.http, job, limits, &mut note, stopped);
    tokio::pin!(run);
    let lease = Duration::from_millis(at.order.lease.as_i64().unsigned_abs());
    let mut beats = tokio::time::interval(BEAT.min(lease / 3));
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = Told::Nothing;
    // When somebody else has it, unless the desk hears of us before.
    let lost = sleep(lease);
    tokio::pin!(lost);
    let ended = async {
        ends(&mut stop).await;
        sleep(at.shutdown).await;
    };
    tokio::pin!(ended);
    let mut is_ending = false;
    loop {
        tokio::select! {
            outcome = &mut run => return (outcome, told),
            () = &mut ended, if !is_ending => {
                is_ending = true;
                let _ = tell_stop.send(true);
            }
            () = &mut lost, if told != Told::Lost => {
                told = Told::Lost;
                let _ = tell_stop.send(true);
            }
            _ = beats.tick() => {
                let now = *seen.borrow();
                match at.desk.beat(&at.order.ticket, now).await {
                    Ok(word) => {
                        lost.set(sleep(lease));
                        match word {
                            Word::GoOn => {}
                            Word::Stop => told = Told::Stop,
                            Word::Lost => told = Told::Lost,
                        }
                    }
                    Err(DeskError::Lost) => told = Told::Lost,
                    Err(error) => tracing::warn!(run.id = %at.order.ticket.run, %error, "the desk did not hear of a run"),
                }
                if told != Told::Nothing {
                    let _ = tell_stop.send(true);
                }
            }
        }
    }
}
