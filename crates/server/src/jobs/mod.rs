//! What is done later. A run of a job does one step and says what to write and how it ended; the
//! runner writes both in one commit, so that what was done and that it is done can't come apart.

pub mod alert;
pub mod confirm;
pub mod deliver;
pub mod errand;
pub mod forget;
pub mod hint;
pub mod inspect_photo;
pub mod montage;
pub mod pack;
pub mod pay;
pub mod pictures;
pub mod post;
pub mod reconcile;
pub mod refund;
pub mod renew;
pub mod salvage;
pub mod schedule;
pub mod summary;
pub mod sweep;
pub mod take_clip;
pub mod take_in;
pub mod tell;
pub mod train;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use domain::{ChatId, Millis, Task};
use futures::FutureExt;
use futures::future::BoxFuture;
use store::Tx;
use store::jobs::{self, Claim, Claimed, Settled, Verdict};
use tokio::sync::watch;

use crate::app::{App, Ground};
use crate::bot::paint::PROGRESS_PAUSE;
use crate::failure::Failure;
use crate::farm::desk;
use crate::outbox;

/// How a run of a job ended, and what is to be written with it.
pub struct Ended {
    verdict: Verdict,
    write: Write,
    paint: Vec<ChatId>,
    /// Whether what is written must survive a power cut: credits moved.
    is_durable: bool,
    /// What is done once it is written.
    then: Option<BoxFuture<'static, ()>>,
}

/// A part of the decision that ends a run.
type Write = Box<dyn Fn(&mut Tx, &Ground, Millis) -> Result<(), Failure> + Send>;

impl Ended {
    fn of(verdict: Verdict) -> Self {
        let (write, paint) = (Box::new(|_: &mut Tx, _: &Ground, _| Ok(())), Vec::new());
        Self { verdict, write, paint, is_durable: false, then: None }
    }

    pub fn done() -> Self {
        Self::of(Verdict::Done)
    }

    /// Nothing to do until somebody wakes the key, or the time is over.
    pub fn wait(wake_key: &str, at_most: Millis) -> Self {
        Self::of(Verdict::Wait { wake_key: Some(wake_key.to_owned()), at_most })
    }

    /// The next step can be done at once, by whoever comes.
    pub fn go_on(wake_key: &str) -> Self {
        Self::wait(wake_key, Millis(0))
    }

    pub fn write(
        mut self,
        write: impl Fn(&mut Tx, &Ground, Millis) -> Result<(), Failure> + Send + 'static,
    ) -> Self {
        self.write = Box::new(write);
        self
    }

    /// Something else to write, after the rest.
    pub fn also(
        mut self,
        more: impl Fn(&mut Tx, &Ground, Millis) -> Result<(), Failure> + Send + 'static,
    ) -> Self {
        let write = self.write;
        self.write = Box::new(move |tx, ground, now| {
            write(tx, ground, now)?;
            more(tx, ground, now)
        });
        self
    }

    /// These chats look different afterwards.
    pub fn paint(mut self, chats: impl IntoIterator<Item = ChatId>) -> Self {
        self.paint.extend(chats);
        self
    }

    pub fn durably(mut self) -> Self {
        self.is_durable = true;
        self
    }

    /// Something that must not be done before all of it is written, and need not be done at all
    /// should the process die in between.
    pub fn then(mut self, then: impl Future<Output = ()> + Send + 'static) -> Self {
        self.then = Some(then.boxed());
        self
    }
}

/// The work of a task: one step of it. It lies on the heap: what the largest needs would otherwise be
/// needed on the stack of whoever runs any.
fn run<'a>(app: &'a Arc<App>, claimed: &Claimed) -> BoxFuture<'a, Result<Ended, Failure>> {
    match claimed.task.clone() {
        Task::Alert { bot, text, owner } => alert::run(app, bot, text, owner).boxed(),
        Task::ConfirmPayment { gateway, payment } => {
            async move { confirm::payment(app, &gateway, &payment).await }.boxed()
        }
        Task::ConfirmRefund { gateway, refund } => {
            async move { confirm::refund(app, &gateway, &refund).await }.boxed()
        }
        Task::Clear { user, avatar } => {
            async move { sweep::clear(app, &user, &avatar).await }.boxed()
        }
        Task::Deliver { delivery } => deliver::run(app, delivery).boxed(),
        Task::Forget { user } => forget::run(app, user, claimed.created_at).boxed(),
        Task::Generate { generation } => pictures::run(app, generation, claimed.created_at).boxed(),
        Task::Gpu { run } => {
            let only = format!("{run} is for a GPU's worker alone");
            async { Err(Failure::Ours(only)) }.boxed()
        }
        Task::Hint { hint } => hint::run(app, hint).boxed(),
        Task::InspectPhoto { photo } => inspect_photo::run(app, photo).boxed(),
        Task::Montage { generation } => montage::run(app, generation).boxed(),
        Task::Pack { packing } => pack::run(app, packing).boxed(),
        Task::Pay { order } => pay::run(app, order).boxed(),
        Task::Post { post } => post::run(app, post).boxed(),
        Task::Refund { refund } => refund::run(app, refund).boxed(),
        Task::Renew { subscription } => renew::run(app, subscription).boxed(),
        Task::Salvage { training, run } => {
            async move { salvage::run(app, training, &run).await }.boxed()
        }
        Task::SalvagePictures { generation, run } => {
            async move { salvage::pictures(app, generation, &run).await }.boxed()
        }
        Task::Sweep { sweep } => sweep::run(app, sweep).boxed(),
        Task::TakeClip { input } => take_clip::run(app, input).boxed(),
        Task::TakeIn { input } => take_in::run(app, input).boxed(),
        Task::Tell { tell } => tell::run(app, tell).boxed(),
        Task::Train { training } => train::run(app, training).boxed(),
    }
}

/// What is owed to those who wait for a job that can't be done any more. In the commit that marks
/// it dead.
fn bury(
    tx: &mut Tx,
    ground: &Ground,
    task: &Task,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    metrics::counter!("atelier_jobs_dead_total", "kind" => task.kind()).increment(1);
    match task {
        Task::Train { training } => train::bury(tx, ground, training, error, now),
        Task::InspectPhoto { photo } => inspect_photo::bury(tx, ground, photo, now),
        Task::Tell { tell } => tell::bury(tx, ground, tell, error, now),
        Task::Forget { user } => {
            outbox::raise(tx, ground, "forget-stuck", user.as_str(), error, now)
        }
        Task::ConfirmPayment { payment: id, .. } | Task::ConfirmRefund { refund: id, .. } => {
            outbox::raise(tx, ground, "confirm-stuck", id, error, now)
        }
        Task::Pay { order } => pay::bury(tx, ground, order, error, now),
        Task::Post { post } => post::bury(tx, ground, post, error, now),
        // Its credits stay held: whether the money has gone is for a person to find out.
        Task::Refund { refund } => {
            outbox::raise(tx, ground, "refund-stuck", refund.as_str(), error, now)
        }
        Task::Renew { subscription } => {
            outbox::raise(tx, ground, "plan-stuck", subscription.as_str(), error, now)
        }
        Task::Salvage { training, .. } => {
            outbox::raise(tx, ground, "salvage-stuck", training.as_str(), error, now)
        }
        Task::SalvagePictures { generation, .. } => {
            outbox::raise(tx, ground, "salvage-stuck", generation.as_str(), error, now)
        }
        Task::Generate { generation } | Task::Montage { generation } => {
            pictures::bury(tx, ground, generation, error, now)
        }
        Task::Gpu { run } => Ok(desk::bury(tx, run, error, now)?),
        Task::TakeClip { input } | Task::TakeIn { input } => take_in::bury(tx, ground, input, now),
        Task::Hint { hint } => hint::bury(tx, ground, hint, error, now),
        Task::Pack { packing } => pack::bury(tx, ground, packing, error, now),
        Task::Deliver { delivery } => deliver::bury(tx, ground, delivery, error, now),
        // What it leaves is found by the sweep of leftovers.
        Task::Clear { avatar, .. } => outbox::note(tx, "clear", avatar.as_str(), error, now),
        Task::Sweep { .. } | Task::Alert { .. } => outbox::note(tx, task.kind(), "", error, now),
    }
}

/// Does the next job of these lanes; false when there is none.
pub async fn run_next(app: &Arc<App>, lanes: &'static [&'static str]) -> Result<bool, Failure> {
    let (worker, lease) = (app.worker.clone(), app.ground.config.work.lease);
    let ground = app.ground.clone();
    let claimed = app
        .db
        .write(move |tx| jobs::claim(tx, &Claim::of(lanes, &worker, lease), ground.now()))
        .await?;
    let Some(claimed) = claimed else { return Ok(false) };
    let begun = app.ground.now();
    let outcome = if claimed.is_exhausted {
        Err(Failure::Ours("its worker died each time".to_owned()))
    } else {
        attempt(app, &claimed).await
    };
    let kind = claimed.task.kind();
    let ended = match outcome {
        Ok(ended) => ended,
        Err(failure) => {
            let verdict = judge(app, &claimed, &failure);
            tracing::warn!(
                job.id = %claimed.id, job.kind = kind, job.attempt = claimed.attempts,
                %failure, "a run of a job failed"
            );
            Ended::of(verdict)
        }
    };
    let word = match &ended.verdict {
        Verdict::Done => "done",
        Verdict::Wait { .. } => "wait",
        Verdict::Retry { .. } => "retry",
        Verdict::Dead { .. } => "dead",
    };
    metrics::counter!("atelier_jobs_total", "kind" => kind, "verdict" => word).increment(1);
    let took = app.ground.now().since(begun).as_i64() as f64 / 1000.0;
    metrics::histogram!("atelier_job_seconds", "kind" => kind).record(took);
    let Err(failure) = settle(app, &claimed, ended).await else { return Ok(true) };
    if failure.may_pass() {
        return Err(failure);
    }
    // What it wanted to write can't be written, now or ever.
    tracing::error!(job.id = %claimed.id, job.kind = kind, %failure, "a job could not be settled");
    let ended = Ended::of(Verdict::Dead { error: failure.to_string() });
    settle(app, &claimed, ended).await?;
    Ok(true)
}

/// Runs one step while the lease is kept up. A lost lease ends the run: somebody else has the job.
async fn attempt(app: &Arc<App>, claimed: &Claimed) -> Result<Ended, Failure> {
    let work = AssertUnwindSafe(run(app, claimed)).catch_unwind();
    tokio::pin!(work);
    let lease = app.ground.config.work.lease;
    let beat = Duration::from_millis((lease.as_i64() / 3).max(1).unsigned_abs());
    loop {
        tokio::select! {
            ended = &mut work => {
                return ended.unwrap_or_else(|_| Err(Failure::Ours("it panicked".to_owned())));
            }
            () = tokio::time::sleep(beat) => {
                let (id, fence, ground) = (claimed.id.clone(), claimed.fence, app.ground.clone());
                let renewed =
                    app.db.write(move |tx| jobs::renew(tx, &id, fence, lease, ground.now())).await;
                match renewed {
                    Ok(true) => {}
                    Ok(false) => return Err(Failure::Overtaken),
                    Err(failure) => {
                        let failure: store::StoreError = failure;
                        tracing::warn!(job.id = %claimed.id, %failure, "a lease could not be renewed");
                    }
                }
            }
        }
    }
}

/// What a failure means for a job: what may pass is tried again, later each time.
fn judge(app: &App, claimed: &Claimed, failure: &Failure) -> Verdict {
    let error = failure.to_string();
    if claimed.is_exhausted || !failure.may_pass() {
        return Verdict::Dead { error };
    }
    let longest = Millis::MINUTE.as_i64() * 10;
    let delay = (1_000_i64 << claimed.attempts.min(16)).min(longest);
    // Up to a quarter more, so that what failed together doesn't come back together.
    let jitter = i64::from(app.ground.ids.chance() as u16) * delay / 4 / i64::from(u16::MAX);
    Verdict::Retry { error, delay: Millis(delay + jitter) }
}

async fn settle(app: &Arc<App>, claimed: &Claimed, ended: Ended) -> Result<(), Failure> {
    let claimed = claimed.clone();
    let ground = app.ground.clone();
    let Ended { verdict, write, paint, is_durable, then } = ended;
    let decision = move |tx: &mut Tx| -> Result<Option<Vec<ChatId>>, Failure> {
        let now = ground.now();
        let settled = jobs::settle(tx, &claimed.id, claimed.fence, &verdict, now)?;
        match settled {
            Settled::Stale => return Ok(None),
            Settled::Dead => {
                let error = match &verdict {
                    Verdict::Dead { error } | Verdict::Retry { error, .. } => error.as_str(),
                    Verdict::Done | Verdict::Wait { .. } => "",
                };
                bury(tx, &ground, &claimed.task, error, now)?;
            }
            Settled::Done | Settled::Waiting { .. } | Settled::Retrying { .. } => {
                write(tx, &ground, now)?;
            }
        }
        for chat in &paint {
            store::chats::touch(tx, chat, now)?;
        }
        Ok(Some(paint.clone()))
    };
    let written = if is_durable {
        app.db.write_durably(decision).await?
    } else {
        app.db.write(decision).await?
    };
    let Some(painted) = written else { return Ok(()) };
    if let Some(then) = then {
        then.await;
    }
    let due = app.ground.now().plus(PROGRESS_PAUSE);
    for chat in painted {
        app.painter.want(&chat, None, due);
    }
    Ok(())
}

/// How long a worker without work looks away at most, if nobody calls it.
const LOOK: Duration = Duration::from_millis(1_000);

/// Works for some lanes until told to stop; what is begun then is finished.
pub async fn work(app: Arc<App>, lanes: &'static [&'static str], mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let notified = app.db.notified();
        match run_next(&app, lanes).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(failure) => tracing::error!(%failure, "a worker could not take or settle a job"),
        }
        tokio::select! {
            _ = tokio::time::timeout(pause(&app, lanes).await, notified) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Until the next job is due, or a look at most.
async fn pause(app: &App, lanes: &'static [&'static str]) -> Duration {
    let due: Result<_, store::StoreError> = app.db.read(move |tx| jobs::next_due(tx, lanes)).await;
    let wait = due.ok().flatten().map_or(LOOK, |at| {
        Duration::from_millis(at.since(app.ground.now()).as_i64().max(5).unsigned_abs())
    });
    wait.min(LOOK)
}
