//! Work that a provider does for us, from handing it in to its end: one step a run, found out from
//! the row each time. What the work is, and what its ends mean, a [`Piece`] says.
//!
//! | the row says | the step |
//! |---|---|
//! | asked to stop, and nobody was asked to begin | release |
//! | no intent | get ready, write the intent, submit |
//! | intent, no run | uncertain: wait for the provider to speak, until the deadline; whoever answers with the work itself is asked anew |
//! | a run | ask how it is; deliver, fail, stop, wait, or hand it to somebody else |

mod standing;
mod trouble;

use std::sync::Arc;

use async_trait::async_trait;
use connectors::providers::{
    CancelAnswer, Made, Progress, Provider, ProviderError, Run, Submitted, Work,
};
use domain::refusal::Fault;
use domain::{ChatId, Millis, ObjectId};
use store::provider_calls::{self, NewCall};
use store::{StoreError, Tx, attention, trainings, uploads};

use self::standing::of_table;
pub(crate) use self::standing::standing;
pub use self::standing::{Id, Pace, Standing};
use crate::app::{App, Ground, Line};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::outbox;

/// How often a run that the provider broke is submitted again.
const SUBMITS_MAX: u32 = 3;

/// What a provider is asked, in the books.
const SUBMIT: &str = "submit";
const UPLOAD: &str = "upload";

/// How long a provider that was asked to stop slow work is asked whether it has.
const STOPPING: Millis = Millis(20_000);

/// Right after a submit a provider may not know its own run yet.
const LOST_AFTER: Millis = Millis(300_000);

/// The same, where a customer has pressed stop and waits for their credits.
const LOST_AFTER_STOP: Millis = Millis(10_000);

/// What is ready to be handed in.
pub enum Ready {
    Work(Box<Work>),
    /// Something else comes first.
    Step(Ended),
}

/// What differs from one kind of errand to another.
#[async_trait]
pub trait Piece: Send + Sync {
    /// Puts what the provider needs where it can read it. May be asked again.
    async fn work(&self, line: &Line) -> Result<Ready, Failure>;

    /// Brings the result home and ends the errand.
    async fn deliver(&self, made: Made) -> Result<Ended, Failure>;

    /// Ends it without a result.
    fn failed(&self, fault: Fault) -> Ended;

    /// Ends it because the customer wanted so.
    fn canceled(&self) -> Ended;

    /// Who else can do it at the same price: provider and workflow.
    fn next(&self) -> Option<(String, String)> {
        None
    }

    /// What was put where the provider can read it, and is put there anew when a run breaks.
    fn offered(&self) -> Vec<ObjectId> {
        Vec::new()
    }

    /// Whether whoever is asked answers with the work itself. Then an answer that was lost is lost for
    /// good: it may have been billed, and is asked for anew.
    fn is_answered_at_once(&self) -> bool {
        false
    }

    /// What whoever is asked takes for so many characters.
    fn cost_micros(&self, _characters: u32) -> i64 {
        0
    }

    /// After how long whoever else there is takes over.
    fn promised(&self) -> Option<Millis> {
        None
    }
}

/// One run of the job.
pub struct Errand<'a> {
    pub app: &'a Arc<App>,
    pub id: Id,
    pub standing: Standing,
    /// Where whoever waits for it is shown how it goes.
    pub chat: Option<ChatId>,
}

impl Errand<'_> {
    pub async fn run(&self, piece: &dyn Piece) -> Result<Ended, Failure> {
        let (now, pace, row) = (self.app.ground.now(), self.pace(), &self.standing);
        let run: Option<Run> = row.run.as_deref().map(read_run).transpose()?;
        let is_late = row.deadline_at.is_some_and(|it| it <= now);
        match (&run, row.intent_at) {
            (Some(run), _) if is_late => self.give_up(piece, run).await,
            (Some(run), _) => self.ask(piece, run).await,
            (None, Some(_)) if piece.is_answered_at_once() => Ok(self.anew()),
            // Asked twice with the same work, it gives the same run.
            (None, Some(_)) if self.line()?.provider.is_repeatable() => self.submit(piece).await,
            (None, Some(at)) if pace.uncertain <= now.since(at) => Ok(self.never_known(piece)),
            (None, Some(_)) => Ok(self.wait()),
            (None, None) if row.is_stopping => Ok(piece.canceled()),
            // Getting ready fails again and again: nobody waits for ever.
            (None, None) if pace.limit <= now.since(row.created_at) => {
                Ok(piece.failed(Fault::ProviderFailed))
            }
            (None, None) => self.hand_in(piece).await,
        }
    }

    fn pace(&self) -> Pace {
        self.id.pace(&self.app.ground, &self.standing.provider, &self.standing.workflow)
    }

    /// Until the provider speaks, or it is time to ask: often at first, so that progress moves
    /// and short work ends soon, and at the operator's pace later.
    pub fn wait(&self) -> Ended {
        let (pace, now) = (self.pace(), self.app.ground.now());
        let begun = self.standing.started_at.or(self.standing.intent_at);
        let since = now.since(begun.unwrap_or(now));
        let pause = Millis((since.as_i64() / 10).max(pace.soonest.as_i64()));
        Ended::wait(self.id.as_str(), pause.min(pace.every))
    }

    /// Since it began where it is now.
    pub fn waited(&self) -> Millis {
        let since = self.standing.started_at.unwrap_or(self.standing.created_at);
        self.app.ground.now().since(since)
    }

    /// Long past its deadline: nothing is waited for any more.
    pub fn is_overdue(&self) -> bool {
        let deadline = self.standing.deadline_at.unwrap_or(self.standing.created_at);
        deadline.plus(Millis::HOUR) <= self.app.ground.now()
    }

    /// Whether it may still take time.
    pub fn is_in_time(&self) -> bool {
        let limit = self.standing.created_at.plus(self.pace().limit);
        self.app.ground.now() < self.standing.deadline_at.unwrap_or(limit)
    }

    fn line(&self) -> Result<&Line, Failure> {
        let name = &self.standing.provider;
        let missing = || Failure::Ours(format!("provider `{name}` is not set up"));
        self.app.line(name).ok_or_else(missing)
    }

    /// Gives the work to the provider: what it needs, intent, submit, in this order.
    async fn hand_in(&self, piece: &dyn Piece) -> Result<Ended, Failure> {
        let line = self.line()?;
        let work = match self.ready(piece, line).await? {
            Ok(work) => work,
            Err(ended) => return Ok(ended),
        };
        if SUBMITS_MAX <= self.standing.attempts {
            return Ok(self.otherwise(piece, Fault::ProviderFailed, "no answer was ever heard"));
        }
        let (id, ground) = (self.id.clone(), self.app.ground.clone());
        let intended = self.app.db.write_durably(move |tx| -> Result<bool, StoreError> {
            of_table!(&id, intend(tx, ground.now()))
        });
        if !intended.await? {
            // Stopped meanwhile, or another worker was faster.
            return Ok(Ended::go_on(self.id.as_str()));
        }
        self.begin(piece, line, &work).await
    }

    /// Asks the provider to begin, and says what its answer means.
    async fn begin(&self, piece: &dyn Piece, line: &Line, work: &Work) -> Result<Ended, Failure> {
        match line.provider.submit(&line.http, work).await {
            Ok(Submitted::Run(run)) => Ok(self.submitted(run)),
            Ok(Submitted::Made(made)) => {
                let (id, provider) = (self.id.clone(), self.standing.provider.clone());
                count_call(&provider, SUBMIT, "made");
                let ended = piece.deliver(made).await?;
                Ok(ended.also(move |tx, _, now| {
                    attention::close(tx, "provider-closed", &provider, now)?;
                    note(tx, &id, &provider, (SUBMIT, "made"), 0, now)
                }))
            }
            Err(error) => Ok(self.not_taken(piece, SUBMIT, error)),
        }
    }

    /// What is to be handed in, or what comes first.
    async fn ready(
        &self,
        piece: &dyn Piece,
        line: &Line,
    ) -> Result<Result<Box<Work>, Ended>, Failure> {
        match piece.work(line).await {
            Ok(Ready::Work(work)) => Ok(Ok(work)),
            Ok(Ready::Step(ended)) => Ok(Err(ended)),
            Err(Failure::Provider(error)) => Ok(Err(self.not_taken(piece, UPLOAD, error))),
            Err(failure) => Err(failure),
        }
    }

    /// Asks once more, as intended before: whoever it is asked of knows it again.
    async fn submit(&self, piece: &dyn Piece) -> Result<Ended, Failure> {
        let line = self.line()?;
        let work = match self.ready(piece, line).await? {
            Ok(work) => work,
            Err(ended) => return Ok(ended),
        };
        self.begin(piece, line, &work).await
    }

    fn submitted(&self, run: Run) -> Ended {
        let provider = self.standing.provider.clone();
        count_call(&provider, SUBMIT, "taken");
        tracing::info!(
            work.id = self.id.as_str(), run.id = %run.id, provider,
            "a provider has taken work"
        );
        let id = self.id.clone();
        self.wait().paint(self.chat.clone()).write(move |tx, ground, now| {
            started(tx, ground, &id, &provider, &run, now)?;
            attention::close(tx, "provider-closed", &provider, now)?;
            note(tx, &id, &provider, (SUBMIT, "taken"), 0, now)
        })
    }

    /// Asks the provider how the run is, after asking it to stop if that is wanted.
    async fn ask(&self, piece: &dyn Piece, run: &Run) -> Result<Ended, Failure> {
        let Line { provider, http, .. } = self.line()?;
        let is_stopping = self.standing.is_stopping;
        if is_stopping {
            match provider.cancel(http, run).await {
                Ok(CancelAnswer::Asked | CancelAnswer::TooLate) => {}
                // Right after a submit it may only not know it yet.
                Ok(CancelAnswer::Unknown) if self.is_younger_than(LOST_AFTER_STOP) => {}
                Ok(CancelAnswer::Unknown) => return Ok(piece.canceled()),
                Err(error) => {
                    tracing::warn!(work.id = self.id.as_str(), %error, "work could not be stopped yet");
                }
            }
        }
        let progress = match provider.poll(http, run).await {
            Ok(progress) => progress,
            Err(error) => return Ok(self.not_told(&error)),
        };
        match progress {
            // What one of our own GPUs is at work on is soon done: it is left to finish.
            Progress::Running { percent } if provider.is_repeatable() => {
                Ok(self.moved(percent, None))
            }
            Progress::Waiting { .. } | Progress::Running { .. }
                if !is_stopping && self.is_past_promise(piece) =>
            {
                Ok(self.leave(piece, provider.as_ref(), run).await)
            }
            Progress::Waiting { position } => Ok(self.moved(None, position)),
            Progress::Running { percent } => Ok(self.moved(percent, None)),
            Progress::Done(made) => piece.deliver(made).await,
            Progress::Cancelled | Progress::Broke { .. } if is_stopping => Ok(piece.canceled()),
            Progress::Lost if is_stopping && !self.is_younger_than(LOST_AFTER_STOP) => {
                Ok(piece.canceled())
            }
            Progress::Failed { fault, reason } => {
                tracing::warn!(work.id = self.id.as_str(), reason, "work failed at the provider");
                Ok(match fault {
                    _ if is_stopping => piece.failed(fault),
                    _ if is_theirs(fault) => self.otherwise(piece, fault, &reason),
                    _ => piece.failed(fault),
                })
            }
            Progress::Cancelled => {
                // Most likely by us, who asked for it because of its slowness.
                let is_slow = self.is_past_promise(piece);
                let why = if is_slow { "slower than promised" } else { "stopped, and not by us" };
                Ok(self.otherwise(piece, Fault::ProviderFailed, why))
            }
            Progress::Lost => {
                if self.is_fresh() {
                    return Ok(self.wait());
                }
                Ok(self.again(piece, "the provider has lost the run"))
            }
            Progress::Broke { reason } => Ok(self.again(piece, &reason)),
        }
    }

    /// Too slow for what was promised: it is stopped here and begun elsewhere. What can't be
    /// stopped surely is waited for: twice at work would be twice paid.
    async fn leave(&self, piece: &dyn Piece, provider: &dyn Provider, run: &Run) -> Ended {
        let Some(line) = self.app.line(&self.standing.provider) else { return self.wait() };
        let why = "slower than promised";
        match provider.cancel(&line.http, run).await {
            // It tries. For a while it is asked whether that did it: what it finishes all the same
            // is paid for, and shall be delivered.
            Ok(CancelAnswer::Asked) if !self.is_past_promise_by(piece, STOPPING) => {
                Ended::wait(self.id.as_str(), Millis::seconds(2))
            }
            Ok(CancelAnswer::Asked) => self.otherwise(piece, Fault::TooSlow, why),
            Ok(CancelAnswer::Unknown) if !self.is_fresh() => {
                self.otherwise(piece, Fault::TooSlow, why)
            }
            Ok(CancelAnswer::TooLate | CancelAnswer::Unknown) => self.wait(),
            Err(error) => {
                tracing::warn!(work.id = self.id.as_str(), %error, "slow work could not be stopped");
                self.wait()
            }
        }
    }

    /// So soon after a submit a provider may not know its own run yet.
    fn is_fresh(&self) -> bool {
        self.is_younger_than(LOST_AFTER)
    }

    fn is_younger_than(&self, age: Millis) -> bool {
        let since = self.standing.started_at.unwrap_or_default();
        self.app.ground.now().since(since) < age
    }

    /// Whatever is said of the question says nothing of the run: only its state or its result ends
    /// it. Asking again is harmless, and the deadline is near enough.
    fn not_told(&self, error: &ProviderError) -> Ended {
        tracing::warn!(work.id = self.id.as_str(), %error, "a provider did not say how work is");
        let is_odd =
            matches!(error, ProviderError::Refused { .. } | ProviderError::Unexpected { .. });
        if !is_odd {
            return self.wait();
        }
        let (id, evidence) = (self.id.clone(), error.to_string());
        self.wait().write(move |tx, _, now| {
            outbox::note(tx, "provider-odd-answer", id.as_str(), &evidence, now)
        })
    }

    /// Nobody ever said whether the provider took it: it may have been paid for, so a person looks.
    fn never_known(&self, piece: &dyn Piece) -> Ended {
        let id = self.id.clone();
        piece.failed(Fault::Uncertain).also(move |tx, ground, now| {
            let evidence = "handed in, and neither an answer nor a webhook came";
            outbox::raise(tx, ground, "run-uncertain", id.as_str(), evidence, now)
        })
    }

    /// Notes how far it is, and redraws the chat if that is news.
    fn moved(&self, percent: Option<u8>, place: Option<u32>) -> Ended {
        let percent = percent.map(u32::from);
        let is_news = self.standing.percent != percent || self.standing.queue_place != place;
        // While it is being stopped, the answer may come any moment.
        let ended = if self.standing.is_stopping {
            Ended::wait(self.id.as_str(), Millis::seconds(2))
        } else {
            self.wait()
        };
        if !is_news {
            return ended;
        }
        let id = self.id.clone();
        ended.paint(self.chat.clone()).write(move |tx, _, _| {
            of_table!(&id, progress(tx, percent, place))?;
            Ok(())
        })
    }

    /// The provider broke. A new submit may go better; the hold stays, and so does the deadline.
    fn again(&self, piece: &dyn Piece, why: &str) -> Ended {
        if SUBMITS_MAX <= self.standing.attempts {
            return self.otherwise(piece, Fault::ProviderFailed, why);
        }
        let (id, provider, why) = (self.id.clone(), self.standing.provider.clone(), why.to_owned());
        let offered = piece.offered();
        let ended = Ended::wait(self.id.as_str(), Millis::seconds(5));
        ended.paint(self.chat.clone()).write(move |tx, _, now| {
            note(tx, &id, &provider, ("poll", &why), 0, now)?;
            for object in &offered {
                uploads::forget_of_object(tx, object)?;
            }
            of_table!(&id, restart(tx))?;
            Ok(())
        })
    }

    /// Too late: asks the provider to stop, and ends it whatever it says.
    async fn give_up(&self, piece: &dyn Piece, run: &Run) -> Result<Ended, Failure> {
        let Line { provider, http, .. } = self.line()?;
        // It may have finished just now; then it is no failure.
        if let Ok(Progress::Done(made)) = provider.poll(http, run).await {
            return piece.deliver(made).await;
        }
        if let Err(error) = provider.cancel(http, run).await {
            tracing::warn!(work.id = self.id.as_str(), %error, "late work could not be stopped");
        }
        Ok(piece.failed(Fault::TooSlow))
    }
}

/// Whether somebody else might do what this provider doesn't: the fault isn't in what is wanted.
fn is_theirs(fault: Fault) -> bool {
    matches!(fault, Fault::ProviderFailed | Fault::Ours)
}

fn count_call(provider: &str, call: &'static str, outcome: &'static str) {
    metrics::counter!("atelier_provider_calls_total", "provider" => provider.to_owned(), "call" => call, "outcome" => outcome).increment(1);
}

/// Counts what a provider takes, in millionths of a US dollar.
pub fn count_cost(provider: &str, cost_micros: i64) {
    metrics::counter!("atelier_provider_cost_micros_total", "provider" => provider.to_owned())
        .increment(cost_micros.unsigned_abs());
}

/// A run as it was stored.
fn read_run(json: &str) -> Result<Run, Failure> {
    serde_json::from_str(json)
        .map_err(|it| Failure::Ours(format!("a stored run can't be read: {it}")))
}

/// The provider has it: from now on it is waited for, until the deadline.
pub fn started(
    tx: &mut Tx,
    ground: &Ground,
    id: &Id,
    provider: &str,
    run: &Run,
    now: Millis,
) -> Result<bool, Failure> {
    let json = serde_json::to_string(run).expect("a run is plain texts");
    let deadline_at = now.plus(id.pace(ground, provider, &run.workflow).limit);
    let stored = trainings::Run { id: &run.id, run: &json, deadline_at };
    Ok(of_table!(id, started(tx, &stored, now))?)
}

/// Books what a provider was asked, what it said and what it costs.
pub fn note(
    tx: &mut Tx,
    id: &Id,
    provider: &str,
    (call, outcome): (&str, &str),
    cost_micros: i64,
    now: Millis,
) -> Result<(), Failure> {
    let call = NewCall { provider, call, outcome, cost_micros };
    Ok(provider_calls::note(tx, id.work(), &call, now)?)
}

/// Whom a provider calls at the end. Our own id comes back with the call, so that a run whose
/// submit was never answered is found by it.
pub fn webhook_url(line: &Line, id: &Id) -> Option<String> {
    let base = line.webhooks.as_ref()?;
    let mut url = url::Url::parse(&format!("{base}/webhooks/{}", line.provider.name())).ok()?;
    url.query_pairs_mut().append_pair("work", id.as_str());
    Some(url.into())
}
