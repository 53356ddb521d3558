//! A training, from its hold to its end: one step a run, found out from the row each time.
//!
//! | the row says | the step |
//! |---|---|
//! | asked to stop, and nobody was asked to train | release |
//! | no archive | pack the photos |
//! | no intent | upload, write the intent, submit |
//! | intent, no run | uncertain: wait for the provider to speak, until the deadline |
//! | a run | ask how it is; deliver, fail, stop or wait |

use std::sync::Arc;

use connectors::providers::{
    CancelAnswer, Progress, Provider, ProviderError, Run, TrainingWork, Upload,
};
use domain::refusal::Fault;
use domain::{ChatId, Millis, ObjectId, TrainingId};
use store::avatars::Avatar;
use store::photos::Photo;
use store::provider_calls::{self, NewCall};
use store::trainings::{self, Training};
use store::{StoreError, Tx, attention, avatars, chats, objects, photos};
use tempfile::NamedTempFile;

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::objects::key;
use crate::outbox;
use crate::studio::photos::is_usable;

pub mod end;
pub mod result;

/// How often a run that the provider broke is submitted again.
const SUBMITS_MAX: u32 = 3;

/// However short a training is, its provider isn't asked more often.
const ASK_SOONEST: Millis = Millis(3_000);

/// Right after a submit a provider may not know its own run yet.
const LOST_AFTER: Millis = Millis(300_000);

pub async fn run(app: &Arc<App>, id: TrainingId) -> Result<Ended, Failure> {
    let Some(Known { training, avatar, chat }) = read(app, &id).await? else {
        return Ok(Ended::done());
    };
    if !training.state.is_open() {
        return Ok(Ended::done());
    }
    let (now, limit) = (app.ground.now(), app.ground.config.training.time_limit);
    let is_late = training.deadline_at.is_some_and(|it| it <= now);
    let run: Option<Run> = match &training.run {
        Some(json) => Some(read_run(json)?),
        None => None,
    };
    let step = Step { app, training: &training, avatar: &avatar, chat };
    match (&run, training.intent_at) {
        (Some(run), _) if is_late => step.give_up(run, Fault::TooSlow).await,
        (Some(run), _) => step.ask(run).await,
        (None, Some(at)) if limit <= now.since(at) => Ok(step.never_known()),
        (None, Some(_)) => Ok(step.wait()),
        (None, None) if training.cancel_asked_at.is_some() => Ok(step.canceled()),
        // Packing or uploading fails again and again: nobody waits for ever.
        (None, None) if limit <= now.since(training.created_at) => {
            Ok(step.failed(Fault::ProviderFailed))
        }
        (None, None) if training.archive_object.is_none() => step.pack().await,
        (None, None) => step.hand_in().await,
    }
}

/// A training with its avatar, deleted or not, and the chat of its owner.
pub struct Known {
    pub training: Training,
    pub avatar: Avatar,
    pub chat: Option<ChatId>,
}

pub async fn read(app: &App, id: &TrainingId) -> Result<Option<Known>, Failure> {
    let id = id.clone();
    app.db
        .read(move |tx| {
            let Some(training) = trainings::get_for_job(tx, &id)? else { return Ok(None) };
            let Some(avatar) = avatars::get_for_job(tx, &training.avatar)? else { return Ok(None) };
            let chat = chats::of_user(tx, &training.user)?.map(|it| it.id);
            Ok(Some(Known { training, avatar, chat }))
        })
        .await
}

/// One run of the job: everything that its step needs.
pub struct Step<'a> {
    pub app: &'a Arc<App>,
    pub training: &'a Training,
    pub avatar: &'a Avatar,
    /// Where whoever trains it is told.
    pub chat: Option<ChatId>,
}

impl Step<'_> {
    /// Until the provider speaks, or it is time to ask: often at first, so that progress moves
    /// and short trainings end soon, and at the operator's pace later.
    fn wait(&self) -> Ended {
        let longest = self.app.ground.config.training.check_every;
        let begun = self.training.started_at.or(self.training.intent_at);
        let since = self.app.ground.now().since(begun.unwrap_or(self.app.ground.now()));
        let pause = Millis((since.as_i64() / 10).max(ASK_SOONEST.as_i64()));
        Ended::wait(self.training.id.as_str(), pause.min(longest))
    }

    /// Long past its deadline: nothing is waited for any more.
    fn is_overdue(&self) -> bool {
        let deadline = self.training.deadline_at.unwrap_or(self.training.created_at);
        deadline.plus(Millis::HOUR) <= self.app.ground.now()
    }

    fn provider(&self) -> Result<Arc<dyn Provider>, Failure> {
        let name = &self.training.provider;
        let missing = || Failure::Ours(format!("provider `{name}` is not set up"));
        self.app.provider(name).ok_or_else(missing)
    }

    /// Puts the usable photos into one archive in our own storage.
    async fn pack(&self) -> Result<Ended, Failure> {
        let (user, avatar) = (self.training.user.clone(), self.avatar.id.clone());
        let set = self.app.db.read(move |tx| photos::set(tx, &user, &avatar)).await?;
        let usable: Vec<Photo> = set.into_iter().filter(is_usable).collect();
        let folder = tempfile::tempdir()?;
        let mut names = Vec::new();
        for (place, photo) in usable.iter().enumerate() {
            let name = format!("{place:03}.jpg");
            let key = key::processed(&photo.user, &photo.avatar, &photo.id);
            // One at a time, so that memory stays flat whatever the set's size.
            let bytes = match self.app.objects.get(&key).await {
                Ok(bytes) => bytes,
                // Its time was over between the order and now.
                Err(error) if error.is_absent() => {
                    return Ok(self.failed(Fault::PhotosUnusable));
                }
                Err(error) => return Err(error.into()),
            };
            tokio::fs::write(folder.path().join(&name), bytes).await?;
            names.push(name);
        }
        let packed = tokio::task::spawn_blocking(move || pack_files(folder, &names)).await;
        let (archive, sha256, bytes) =
            packed.map_err(|_| Failure::Ours("packing panicked".to_owned()))??;
        let training = self.training;
        let key = key::archive(&training.user, &training.avatar, training.kind, &training.id);
        self.app.objects.put_file(&key, archive.path()).await?;
        let object = ObjectId::new(self.app.ground.number());
        let training = training.clone();
        Ok(Ended::go_on(self.training.id.as_str()).write(move |tx, _, now| {
            let new = objects::NewObject {
                id: &object,
                key: &key,
                bytes,
                sha256: &sha256,
                kind: "archive",
                content_type: "application/zip",
                user: Some(&training.user),
                avatar: Some(&training.avatar),
                delete_after: None,
            };
            objects::insert(tx, &new, now)?;
            trainings::archived(tx, &training.id, Some(&object), None)?;
            Ok(())
        }))
    }

    /// Gives the work to the provider: upload, intent, submit, in this order.
    async fn hand_in(&self) -> Result<Ended, Failure> {
        let (app, training) = (self.app, self.training);
        let provider = self.provider()?;
        let key = key::archive(&training.user, &training.avatar, training.kind, &training.id);
        let (bytes, body) = app.objects.stream(&key).await?;
        let name = format!("{}_set.zip", training.kind.as_str());
        let upload = Upload { name, content_type: "application/zip".to_owned(), bytes, body };
        let archive_url = match provider.upload(&app.http, upload).await {
            Ok(url) => url,
            Err(error) => return self.not_taken("upload", error),
        };
        let (id, object) = (training.id.clone(), training.archive_object.clone());
        let (url, ground) = (archive_url.clone(), app.ground.clone());
        let intended = app
            .db
            .write_durably(move |tx| -> Result<bool, StoreError> {
                trainings::archived(tx, &id, object.as_ref(), Some(&url))?;
                trainings::intend(tx, &id, ground.now())
            })
            .await?;
        if !intended {
            // Stopped meanwhile, or another worker was faster.
            return Ok(Ended::go_on(training.id.as_str()));
        }
        let work = TrainingWork {
            training: training.id.clone(),
            workflow: training.workflow.clone(),
            kind: training.kind,
            subject: self.avatar.subject,
            trigger_word: self.avatar.trigger_word.clone(),
            archive_url,
            settings: training.settings.clone(),
            webhook_url: webhook_url(app, training),
        };
        match provider.submit(&app.http, &work).await {
            Ok(run) => Ok(self.submitted(run)),
            Err(error) => self.not_taken("submit", error),
        }
    }

    fn submitted(&self, run: Run) -> Ended {
        metrics::counter!("atelier_provider_calls_total", "provider" => self.training.provider.clone(), "call" => "submit", "outcome" => "taken").increment(1);
        tracing::info!(
            training.id = %self.training.id, run.id = %run.id, provider = %self.training.provider,
            "the provider has taken a training"
        );
        let training = self.training.clone();
        self.wait().paint(self.chat.clone()).write(move |tx, ground, now| {
            started(tx, ground, &training, &run, now)?;
            attention::close(tx, "provider-closed", &training.provider, now)?;
            note(tx, &training, "submit", "taken", 0, now)
        })
    }

    /// What the provider's no means: later, never, or nobody knows.
    fn not_taken(&self, call: &'static str, error: ProviderError) -> Result<Ended, Failure> {
        let training = self.training.clone();
        let outcome = error.to_string();
        metrics::counter!("atelier_provider_calls_total", "provider" => self.training.provider.clone(), "call" => call, "outcome" => "failed").increment(1);
        tracing::warn!(training.id = %training.id, provider = %self.training.provider, call, %error, "a provider did not take a training");
        Ok(match error {
            ProviderError::Transient { .. } if SUBMITS_MAX <= self.training.attempts => {
                self.failed(Fault::ProviderFailed)
            }
            ProviderError::Transient { cause, retry_after } => {
                let pause = retry_after
                    .map_or(Millis::seconds(5 << self.training.attempts.min(5)), |it| {
                        Millis(i64::try_from(it.as_millis()).unwrap_or(60_000))
                    })
                    .min(Millis::MINUTE);
                Ended::wait(self.training.id.as_str(), pause).write(move |tx, _, now| {
                    trainings::not_taken(tx, &training.id)?;
                    note(tx, &training, call, &cause, 0, now)
                })
            }
            // The intent stays, and with it the wait for a word from the provider.
            ProviderError::Uncertain { cause } => {
                let ended = self.wait().paint(self.chat.clone());
                ended.write(move |tx, _, now| note(tx, &training, call, &cause, 0, now))
            }
            ProviderError::Refused { fault, .. } => self.failed(fault),
            ProviderError::Closed { cause } => {
                let provider = self.training.provider.clone();
                self.failed(Fault::ProviderClosed).also(move |tx, ground, now| {
                    // Said anew, so that the pause counts from now.
                    attention::close(tx, "provider-closed", &provider, now)?;
                    outbox::raise(tx, ground, "provider-closed", &provider, &cause, now)
                })
            }
            ProviderError::Unexpected { .. } => {
                self.failed(Fault::Ours).also(move |tx, ground, now| {
                    let subject = training.id.as_str();
                    outbox::raise(tx, ground, "training-unexpected", subject, &outcome, now)
                })
            }
        })
    }

    /// Asks the provider how the run is, after asking it to stop if that is wanted.
    async fn ask(&self, run: &Run) -> Result<Ended, Failure> {
        let provider = self.provider()?;
        let is_stopping = self.training.cancel_asked_at.is_some();
        if is_stopping {
            match provider.cancel(&self.app.http, run).await {
                Ok(CancelAnswer::Asked | CancelAnswer::TooLate) => {}
                Ok(CancelAnswer::Unknown) => return Ok(self.canceled()),
                Err(error) => {
                    tracing::warn!(training.id = %self.training.id, %error, "a training could not be stopped yet");
                }
            }
        }
        let progress = match provider.poll(&self.app.http, run).await {
            Ok(progress) => progress,
            Err(error) => return Ok(self.not_told(&error)),
        };
        match progress {
            Progress::Waiting { position } => Ok(self.moved(None, position)),
            Progress::Running { percent } => Ok(self.moved(percent, None)),
            Progress::Done(trained) => self.deliver(trained).await,
            Progress::Failed { fault, reason } => {
                tracing::warn!(training.id = %self.training.id, reason, "a training failed at the provider");
                Ok(self.failed(fault))
            }
            Progress::Cancelled => {
                Ok(if is_stopping { self.canceled() } else { self.failed(Fault::ProviderFailed) })
            }
            Progress::Lost if is_stopping => Ok(self.canceled()),
            Progress::Lost => {
                let since = self.training.started_at.unwrap_or_default();
                if self.app.ground.now().since(since) < LOST_AFTER {
                    return Ok(self.wait());
                }
                Ok(self.again("the provider has lost the run"))
            }
            Progress::Broke { .. } if is_stopping => Ok(self.canceled()),
            Progress::Broke { reason } => Ok(self.again(&reason)),
        }
    }

    /// Whatever is said of the question says nothing of the run: only its state or its result ends
    /// it. Asking again is harmless, and the deadline is near enough.
    fn not_told(&self, error: &ProviderError) -> Ended {
        tracing::warn!(training.id = %self.training.id, %error, "a provider did not say how a training is");
        let is_odd =
            matches!(error, ProviderError::Refused { .. } | ProviderError::Unexpected { .. });
        if !is_odd {
            return self.wait();
        }
        let (training, evidence) = (self.training.id.clone(), error.to_string());
        self.wait().write(move |tx, _, now| {
            outbox::note(tx, "provider-odd-answer", training.as_str(), &evidence, now)
        })
    }

    /// Nobody ever said whether the provider took it: it may have been paid for, so a person looks.
    fn never_known(&self) -> Ended {
        let training = self.training.id.clone();
        self.failed(Fault::Uncertain).also(move |tx, ground, now| {
            let evidence = "handed in, and neither an answer nor a webhook came";
            outbox::raise(tx, ground, "run-uncertain", training.as_str(), evidence, now)
        })
    }

    /// Notes how far it is, and redraws the chat if that is news.
    fn moved(&self, percent: Option<u8>, place: Option<u32>) -> Ended {
        let is_news =
            self.training.percent != percent.map(u32::from) || self.training.queue_place != place;
        // While it is being stopped, the answer may come any moment.
        let ended = if self.training.cancel_asked_at.is_some() {
            Ended::wait(self.training.id.as_str(), Millis::seconds(2))
        } else {
            self.wait()
        };
        if !is_news {
            return ended;
        }
        let training = self.training.clone();
        ended.paint(self.chat.clone()).write(move |tx, _, _| {
            trainings::progress(tx, &training.id, percent.map(u32::from), place)?;
            Ok(())
        })
    }

    /// The provider broke. A new submit may go better; the hold stays, and so does the deadline.
    fn again(&self, why: &str) -> Ended {
        if SUBMITS_MAX <= self.training.attempts {
            return self.failed(Fault::ProviderFailed);
        }
        let (training, why) = (self.training.clone(), why.to_owned());
        let ended = Ended::wait(self.training.id.as_str(), Millis::seconds(5));
        ended.paint(self.chat.clone()).write(move |tx, _, now| {
            note(tx, &training, "poll", &why, 0, now)?;
            trainings::restart(tx, &training.id)?;
            Ok(())
        })
    }

    /// Too late: asks the provider to stop, and ends it whatever it says.
    async fn give_up(&self, run: &Run, fault: Fault) -> Result<Ended, Failure> {
        // It may have finished just now; then it is no failure.
        if let Ok(Progress::Done(trained)) = self.provider()?.poll(&self.app.http, run).await {
            return self.deliver(trained).await;
        }
        if let Err(error) = self.provider()?.cancel(&self.app.http, run).await {
            tracing::warn!(training.id = %self.training.id, %error, "a late training could not be stopped");
        }
        Ok(self.failed(fault))
    }
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
    training: &Training,
    run: &Run,
    now: Millis,
) -> Result<bool, Failure> {
    let json = serde_json::to_string(run).expect("a run is plain texts");
    let deadline_at = now.plus(ground.config.training.time_limit);
    let stored = trainings::Run { id: &run.id, run: &json, deadline_at };
    Ok(trainings::started(tx, &training.id, &stored, now)?)
}

/// Books what a provider was asked, what it said and what it costs.
pub fn note(
    tx: &mut Tx,
    training: &Training,
    call: &str,
    outcome: &str,
    cost_micros: i64,
    now: Millis,
) -> Result<(), Failure> {
    let call = NewCall { provider: &training.provider, call, outcome, cost_micros };
    Ok(provider_calls::note(tx, &training.id, &call, now)?)
}

/// Packs files of a folder, in a thread that may take its time.
fn pack_files(
    folder: tempfile::TempDir,
    names: &[String],
) -> Result<(NamedTempFile, String, i64), Failure> {
    let mut archive = NamedTempFile::new()?;
    let entries = names.iter().map(|name| {
        let open = std::fs::File::open(folder.path().join(name));
        open.map(|file| (name.clone(), file))
    });
    let packed = media::archive::write_zip(archive.as_file_mut(), entries);
    packed.map_err(|it| Failure::Ours(format!("packing failed: {it}")))?;
    let (sha256, bytes) = result::hash_file(archive.path())?;
    Ok((archive, sha256, bytes))
}

/// Whom the provider calls at the end. Our own id comes back with the call, so that a run whose
/// submit was never answered is found by it.
fn webhook_url(app: &App, training: &Training) -> Option<String> {
    let base = app.webhooks.as_ref()?;
    let given = app.ground.config.fal.webhook_url(training.kind);
    let kind = training.kind.as_str();
    let default = format!("{base}/api/avatar/status_update?training_type={kind}");
    let mut url = url::Url::parse(given.unwrap_or(&default)).ok()?;
    url.query_pairs_mut().append_pair("training", training.id.as_str());
    Some(url.into())
}

/// Nobody can do this training: the credits come back, and both sides are told.
pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    training: &TrainingId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    outbox::raise(tx, ground, "training-dead", training.as_str(), error, now)?;
    let Some(training) = trainings::get_for_job(tx, training)? else { return Ok(()) };
    if training.state.is_open() {
        end::failed(tx, ground, &training, Fault::Ours, now)?;
    }
    Ok(())
}
