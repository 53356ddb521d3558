//! A training: what is handed in for it, and who else could do it. How it lives at a provider is in
//! `errand`.

use std::sync::Arc;

use async_trait::async_trait;
use connectors::providers::{Made, ProviderError, TrainingWork, Upload, Work};
use domain::refusal::Fault;
use domain::{ChatId, Millis, ObjectId, TrainingId};
use store::avatars::Avatar;
use store::photos::Photo;
use store::trainings::{self, Training};
use store::{Tx, avatars, chats, objects, photos};
use tempfile::NamedTempFile;

use crate::app::{App, Ground, Line};
use crate::failure::Failure;
use crate::jobs::Ended;
use crate::jobs::errand::{self, Errand, Id, Piece, Ready, standing};
use crate::objects::key;
use crate::outbox;
use crate::studio::photos::is_usable;

pub mod end;
pub mod result;

pub async fn run(app: &Arc<App>, id: TrainingId) -> Result<Ended, Failure> {
    let Some(Known { training, avatar, chat }) = read(app, &id).await? else {
        return Ok(Ended::done());
    };
    if !training.state.is_open() {
        return Ok(Ended::done());
    }
    let errand =
        Errand { app, id: Id::Training(id), standing: standing!(training), chat: chat.clone() };
    let step = Step { errand: &errand, app, training: &training, avatar: &avatar, chat };
    errand.run(&step).await
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
    pub errand: &'a Errand<'a>,
    pub app: &'a Arc<App>,
    pub training: &'a Training,
    pub avatar: &'a Avatar,
    /// Where whoever trains it is told.
    pub chat: Option<ChatId>,
}

#[async_trait]
impl Piece for Step<'_> {
    async fn work(&self, line: &Line) -> Result<Ready, Failure> {
        let (app, training) = (self.app, self.training);
        if training.archive_object.is_none() {
            return self.pack().await.map(Ready::Step);
        }
        let key = key::archive(&training.user, &training.avatar, training.kind, &training.id);
        let (bytes, body) = app.objects.stream(&key).await?;
        let name = format!("{}_set.zip", training.kind.as_str());
        let upload = Upload { name, content_type: "application/zip".to_owned(), bytes, body };
        Ok(Ready::Work(Box::new(Work::Training(TrainingWork {
            training: training.id.clone(),
            workflow: training.workflow.clone(),
            kind: training.kind,
            subject: self.avatar.subject,
            trigger_word: self.avatar.trigger_word.clone(),
            archive_url: line.provider.upload(&line.http, upload).await?,
            settings: training.settings.clone(),
            webhook_url: webhook_url(app, line, training),
        }))))
    }

    async fn deliver(&self, made: Made) -> Result<Ended, Failure> {
        let Made::Model(trained) = made else {
            let cause = "a training gave something else than a model".to_owned();
            return Err(ProviderError::Unexpected { cause }.into());
        };
        self.bring(trained).await
    }

    fn failed(&self, fault: Fault) -> Ended {
        let training = self.training.clone();
        Ended::done()
            .durably()
            .paint(self.chat.clone())
            .write(move |tx, ground, now| end::failed(tx, ground, &training, fault, now))
    }

    fn canceled(&self) -> Ended {
        let training = self.training.clone();
        Ended::done()
            .durably()
            .paint(self.chat.clone())
            .write(move |tx, ground, now| end::canceled(tx, ground, &training, now))
    }
}

impl Step<'_> {
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

/// Whom the provider calls at the end: where the operator said, or the address of old.
fn webhook_url(app: &App, line: &Line, training: &Training) -> Option<String> {
    if line.provider.name() != "fal" {
        return errand::webhook_url(line, &Id::Training(training.id.clone()));
    }
    let base = line.webhooks.as_ref()?;
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
