//! What a training gave: fetched, opened and stored before anybody calls it done.

use std::path::Path;
use std::time::Duration;

use connectors::http::Http;
use connectors::providers::{ProviderError, RemoteFile, Trained};
use domain::refusal::Fault;
use domain::{Millis, ObjectId};
use media::archive::TarLimits;
use sha2::{Digest, Sha256};
use store::avatars::Avatar;
use store::trainings::{self, End, Training};
use store::{Tx, avatars, ledger, objects};
use tempfile::NamedTempFile;

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::jobs::errand::{self, Id, Piece};
use crate::jobs::train::{Step, end};
use crate::objects::key;

/// Larger than any LoRA that the trainers give (90 MB), and far below a disk.
const MODEL_BYTES_MAX: u64 = 1024 * 1024 * 1024;
const CONFIG_BYTES_MAX: u64 = 1024 * 1024;
const FETCH_TIME: Duration = Duration::from_secs(600);

/// A model as we keep it: stored files, or a name at the provider's.
pub struct Kept {
    pub files: Vec<File>,
    pub remote: Option<String>,
}

pub struct File {
    id: ObjectId,
    key: String,
    kind: &'static str,
    bytes: i64,
    sha256: String,
}

impl Kept {
    pub fn model(&self) -> Option<&ObjectId> {
        self.files.iter().find(|it| it.kind == "model").map(|it| &it.id)
    }

    pub fn config(&self) -> Option<&ObjectId> {
        self.files.iter().find(|it| it.kind == "model-config").map(|it| &it.id)
    }

    /// Writes the rows of the files and gives the model to the avatar.
    /// False: the avatar is gone or busy with something newer, and the files will go.
    pub fn write(&self, tx: &mut Tx, training: &Training, now: Millis) -> Result<bool, Failure> {
        let before = avatars::get_for_job(tx, &training.avatar)?;
        for file in &self.files {
            enter(tx, training, file, None, now)?;
        }
        let model = avatars::Model {
            object: self.model(),
            config_object: self.config(),
            remote: self.remote.as_deref(),
            remote_provider: self.remote.as_ref().map(|_| training.provider.as_str()),
        };
        if !avatars::complete(tx, &training.avatar, &model, now)? {
            // Deleted meanwhile: nobody wants the files.
            for file in self.own() {
                objects::expire(tx, &file.id, now)?;
            }
            return Ok(false);
        }
        // The likeness that was served until now goes.
        let before = before.map(|it| [it.model_object, it.model_config_object]);
        for object in before.into_iter().flatten().flatten() {
            objects::expire(tx, &object, now)?;
        }
        if avatars::main(tx, &training.user)?.is_none() {
            avatars::choose_main(tx, &training.user, &training.avatar)?;
        }
        Ok(true)
    }

    /// Lets the files go: nobody wants them any more.
    pub fn discard(&self, tx: &mut Tx, training: &Training, now: Millis) -> Result<(), Failure> {
        for file in self.own() {
            enter(tx, training, file, Some(now), now)?;
        }
        Ok(())
    }

    /// The files of this training alone: the description is the avatar's, and its key is there once
    /// for all trainings.
    fn own(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|it| it.kind != "meta")
    }
}

/// Writes the row of a file.
fn enter(
    tx: &mut Tx,
    training: &Training,
    file: &File,
    delete_after: Option<Millis>,
    now: Millis,
) -> Result<(), Failure> {
    // One description an avatar: that of a later training is written over it.
    if file.kind == "meta" && objects::by_key_for_job(tx, &file.key)?.is_some() {
        return Ok(());
    }
    let new = objects::NewObject {
        id: &file.id,
        key: &file.key,
        bytes: file.bytes,
        sha256: &file.sha256,
        kind: file.kind,
        content_type: "application/octet-stream",
        user: Some(&training.user),
        avatar: Some(&training.avatar),
        delete_after,
    };
    objects::insert(tx, &new, now)?;
    Ok(())
}

impl Step<'_> {
    /// Brings the result home and ends the training: captured, stored and told in one commit.
    pub async fn bring(&self, trained: Trained) -> Result<Ended, Failure> {
        let kept = match fetch(self.app, self.training, self.avatar, trained).await {
            Ok(kept) => kept,
            Err(Failure::Provider(ProviderError::Refused { cause, .. })) => {
                tracing::error!(training.id = %self.training.id, cause, "a trained model is not what it should be");
                return Ok(self.failed(Fault::ResultBroken));
            }
            // The provider has done its work, and the result waits there: so do we, within reason,
            // also where the answer is odd.
            Err(failure) if is_fetched_again(&failure) && !self.errand.is_overdue() => {
                tracing::warn!(training.id = %self.training.id, %failure, "a result can't be fetched yet");
                return Ok(self.errand.wait());
            }
            Err(failure) => return Err(failure),
        };
        tracing::info!(training.id = %self.training.id, avatar.id = %self.avatar.id, "an avatar is ready");
        let training = self.training.clone();
        Ok(Ended::done().durably().write(move |tx, ground, now| {
            let hold = ledger::hold_state(tx, &training.hold)?;
            let held = hold.map(|it| it.credits).unwrap_or_default();
            if !kept.write(tx, &training, now)? {
                return end::canceled(tx, ground, &training, now);
            }
            let captured = ledger::capture(tx, &training.hold, held, now)?;
            trainings::end(tx, &training.id, End::Succeeded, now)?;
            let cost = cost_micros(ground, &training);
            note(tx, &training, "delivered", cost, now)?;
            metrics::counter!("atelier_trainings_total", "type" => training.kind.as_str(), "state" => "SUCCEEDED").increment(1);
            errand::count_cost(&training.provider, cost);
            end::forget_inputs(tx, ground, &training, now)?;
            end::completed(tx, ground, &training, captured.charged, now)
        }))
    }
}

/// Books what a result cost.
pub fn note(
    tx: &mut Tx,
    training: &Training,
    outcome: &str,
    cost_micros: i64,
    now: Millis,
) -> Result<(), Failure> {
    let id = Id::Training(training.id.clone());
    errand::note(tx, &id, &training.provider, ("result", outcome), cost_micros, now)
}

/// Whether what went wrong says nothing of the files themselves.
pub fn is_fetched_again(failure: &Failure) -> bool {
    failure.may_pass() || matches!(failure, Failure::Provider(ProviderError::Unexpected { .. }))
}

/// What the provider takes for it, by the catalog, in millionths of a dollar.
pub fn cost_micros(ground: &Ground, training: &Training) -> i64 {
    let offer = ground.catalog.training(training.kind);
    let trainers = offer.map(|it| it.trainers(training.quality)).unwrap_or_default();
    let own = trainers.iter().find(|it| it.provider == training.provider);
    own.map_or(0, |it| it.cost_micros)
}

/// Copies the files home and looks into the model. A model that doesn't open is refused.
pub async fn fetch(
    app: &App,
    training: &Training,
    avatar: &Avatar,
    trained: Trained,
) -> Result<Kept, Failure> {
    let missing = || Failure::Ours(format!("provider `{}` is not set up", training.provider));
    let http = &app.line(&training.provider).ok_or_else(missing)?.http;
    let (user, of, kind) = (&training.user, &training.avatar, training.kind);
    let key = key::model(user, of, kind, &training.id);
    let mut files = Vec::new();
    let remote = match trained {
        Trained::Files { model, config } => {
            let fetched = fetched(http, &model, MODEL_BYTES_MAX).await?;
            files.push(keep(app, fetched, "model", key).await?);
            if let Some(config) = config {
                let key = key::model_config(user, of, kind, &training.id);
                let fetched = fetched_any(http, &config, CONFIG_BYTES_MAX).await?;
                files.push(keep(app, fetched, "model-config", key).await?);
            }
            None
        }
        Trained::Archive { weights, id } => {
            let archive = fetched_any(http, &weights, MODEL_BYTES_MAX).await?;
            files.push(keep(app, opened(archive).await?, "model", key).await?);
            Some(id)
        }
        Trained::Finetune { id } => return Ok(Kept { files, remote: Some(id) }),
    };
    let meta = serde_json::json!({
        "avatar_id": of,
        "training_id": training.id,
        "training_type": kind,
        "subject": avatar.subject,
        "trigger_word": avatar.trigger_word,
        "quality": training.quality,
        "settings": training.settings,
        "provider": training.provider,
        "request_id": training.run_id,
        "model_sha256": files[0].sha256,
    });
    let meta = meta.to_string().into_bytes();
    let (key, sha256) = (key::meta(user, of), hex::encode(Sha256::digest(&meta)));
    let bytes = meta.len() as i64;
    app.objects.put(&key, meta).await?;
    let id = ObjectId::new(app.ground.number());
    files.push(File { id, key, kind: "meta", bytes, sha256 });
    Ok(Kept { files, remote })
}

/// Copies a file to this machine.
async fn fetched_any(
    http: &Http,
    file: &RemoteFile,
    bytes_max: u64,
) -> Result<NamedTempFile, Failure> {
    let copy = NamedTempFile::new()?;
    let mut sink = tokio::fs::File::from_std(copy.reopen()?);
    http.fetch(&file.url, bytes_max, FETCH_TIME, &mut sink).await?;
    Ok(copy)
}

/// Copies a model to this machine. One that doesn't open is refused.
async fn fetched(http: &Http, file: &RemoteFile, bytes_max: u64) -> Result<NamedTempFile, Failure> {
    looked_at(fetched_any(http, file, bytes_max).await?, Ok).await
}

/// Takes the model out of an archive.
async fn opened(archive: NamedTempFile) -> Result<NamedTempFile, Failure> {
    let take = |archive: NamedTempFile| {
        let mut model = NamedTempFile::new().map_err(|it| it.to_string())?;
        let from = archive.reopen().map_err(|it| it.to_string())?;
        let limits = TarLimits { weights_bytes_max: MODEL_BYTES_MAX, ..TarLimits::default() };
        media::archive::read_tar(from, model.as_file_mut(), &limits)
            .map_err(|it| it.to_string())?;
        Ok(model)
    };
    looked_at(archive, take).await
}

/// Opens a model, in a thread that may take its time, after whatever has to be done before.
async fn looked_at(
    file: NamedTempFile,
    take: impl FnOnce(NamedTempFile) -> Result<NamedTempFile, String> + Send + 'static,
) -> Result<NamedTempFile, Failure> {
    let checked = tokio::task::spawn_blocking(move || {
        let model = match take(file) {
            Ok(model) => model,
            Err(wrong) => return Ok(Err(wrong)),
        };
        let file = model.reopen()?;
        let bytes = file.metadata()?.len();
        let checked =
            media::safetensors::check(file, bytes, &media::safetensors::Limits::default());
        Ok::<_, std::io::Error>(checked.map(|_| model).map_err(|it| it.to_string()))
    });
    let checked =
        checked.await.map_err(|_| Failure::Ours("looking at a model panicked".to_owned()))??;
    checked.map_err(|wrong| {
        let cause = format!("the model doesn't open: {wrong}");
        ProviderError::Refused { fault: Fault::ResultBroken, cause }.into()
    })
}

/// Puts a file of this machine into our own storage.
async fn keep(
    app: &App,
    file: NamedTempFile,
    kind: &'static str,
    key: String,
) -> Result<File, Failure> {
    let path = file.path().to_owned();
    let hashed = tokio::task::spawn_blocking(move || hash_file(&path)).await;
    let (sha256, bytes) =
        hashed.map_err(|_| Failure::Ours("hashing a model panicked".to_owned()))??;
    app.objects.put_file(&key, file.path()).await?;
    Ok(File { id: ObjectId::new(app.ground.number()), key, kind, bytes, sha256 })
}

/// The hash and the size of a file, read a piece at a time.
pub fn hash_file(path: &Path) -> std::io::Result<(String, i64)> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    let mut bytes = 0;
    loop {
        let read = std::io::Read::read(&mut file, &mut piece)?;
        if read == 0 {
            return Ok((hex::encode(hash.finalize()), bytes));
        }
        hash.update(&piece[..read]);
        bytes += read as i64;
    }
}
