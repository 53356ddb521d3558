//! What a request needs before it can be worked on: the files that it speaks of, fetched and
//! looked into.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::endpoints::{Endpoint, Link, Work};
use super::faults::Fault;
use super::film::Film;
use super::painters::Pictures;
use super::refusals::Complaint;
use super::run::Opened;
use super::storage::Stored;
use super::trainers::Gives;
use super::{Fal, archive, weights};
use crate::{HEARTBEAT, Outlet};

const FILE_BYTES_MAX: u64 = 1 << 30;

/// A request, as far as its outcome follows from it.
pub(super) struct Asked {
    pub(super) endpoint: &'static Endpoint,
    pub(super) input: Value,
    pub(super) faults: Vec<Fault>,
    /// The seed of one that says none.
    pub(super) drawn: u64,
    /// Whether a model that is asked for JSON puts it into a fence.
    pub(super) has_fences: bool,
    /// The word that calls whom the finetune was made of, if it was made here.
    pub(super) finetune_trigger: Option<String>,
}

/// A file that was asked for, if it was there.
pub(super) struct Fetched {
    pub(super) link: Link,
    stored: Option<Stored>,
}

impl Fetched {
    pub(super) fn stored(&self) -> Result<&Stored, Complaint> {
        self.stored.as_ref().ok_or_else(|| self.not_downloaded())
    }

    pub(super) fn not_downloaded(&self) -> Complaint {
        Complaint::at(&self.link.at, "file_download_error", "Failed to download the file")
    }
}

/// What came of looking.
pub(super) enum Found {
    /// So many pictures to train on.
    Archive(usize),
    Pictures(Arc<Pictures>),
    Film(Arc<Film>),
    /// The whole answer.
    Words(Value),
}

/// Looks into what was fetched. Blocks.
fn look(asked: &Asked, files: &[Fetched]) -> Result<Found, Complaint> {
    match &asked.endpoint.work {
        Work::Training(training) => {
            let mut images = 0;
            for file in files {
                images = archive::images(file.stored()?, training.archive)?;
            }
            Ok(Found::Archive(images))
        }
        Work::Painting(painting) => Ok(Found::Pictures(Arc::new(painting.gather(asked, files)?))),
        Work::Filming(filming) => Ok(Found::Film(Arc::new(filming.gather(asked, files)?))),
        Work::Reading(reading) => Ok(Found::Words(reading.read(asked, files)?)),
    }
}

impl Fal {
    /// Fetches the files of a run and looks into them. From the storage they are as good as there
    /// when the run starts; from elsewhere they take until now.
    pub(super) async fn open(&self, number: u64, now: i64, out: Option<&dyn Outlet>) {
        let Some(_opening) = Opening::begin(self, number) else { return };
        let Some((asked, starts_at)) = self.asked(number) else { return };
        let mut at = starts_at;
        let mut files = Vec::new();
        for link in asked.endpoint.links(&asked.input) {
            let stored = match self.held(&link, starts_at).await {
                Some(found) => found,
                None => {
                    let Some(out) = out else { return };
                    at = now;
                    out.get(&link.url, FILE_BYTES_MAX).await.ok().map(Stored::Memory)
                }
            };
            files.push(Fetched { link, stored });
        }
        let field = asked.endpoint.main_field();
        let found = tokio::task::spawn_blocking(move || look(&asked, &files))
            .await
            .unwrap_or_else(|_| Err(archive::not_downloaded(field)));
        let found = match found {
            Ok(Found::Film(film)) => self.look_at(film, field).await,
            found => found,
        };
        if let Some(run) = self.world().runs.get_mut(&number) {
            run.opened.get_or_insert(Opened { at, found, filmed_at: None });
        }
    }

    /// Lets a film see and hear what it is made of.
    async fn look_at(&self, film: Arc<Film>, field: &str) -> Result<Found, Complaint> {
        let place = self.storage.place().map_err(|_| archive::not_downloaded(field))?;
        film.look(&self.ears, &place).await?;
        Ok(Found::Film(film))
    }

    /// Makes the next film that is to be made, if there is one. Whoever asks meanwhile hears that
    /// it is in progress.
    pub(super) async fn film_next(&self) -> bool {
        let Some((number, film)) = self.world().to_film() else { return false };
        let Some(_filming) = Opening::begin(self, number) else { return false };
        match self.storage.place() {
            Ok(place) => film.make(&self.workbench, &place).await,
            Err(error) => film.give_up(&error.to_string()),
        }
        let now = self.now();
        if let Some(opened) = self.world().runs.get_mut(&number).and_then(|it| it.opened.as_mut()) {
            opened.filmed_at = Some(now);
        }
        true
    }

    /// Makes films for ever, two at a time.
    pub(crate) async fn film(&self) {
        let one_by_one = async || {
            loop {
                if !self.film_next().await {
                    tokio::time::sleep(HEARTBEAT).await;
                }
            }
        };
        tokio::select! {
            () = one_by_one() => {}
            () = one_by_one() => {}
        }
    }

    fn asked(&self, number: u64) -> Option<(Asked, i64)> {
        let world = self.world();
        let run = world.runs.get(&number)?;
        let finetune = run.input["finetune_id"].as_str();
        let trained = finetune.and_then(|id| {
            world.runs.values().find(|it| match &it.endpoint.work {
                Work::Training(training) if training.gives == Gives::Finetune => {
                    self.settings.uuid("finetune", &it.id) == id
                }
                _ => false,
            })
        });
        let trigger = trained.and_then(|it| match &it.endpoint.work {
            Work::Training(training) => training.trigger_of(&it.input),
            Work::Painting(_) | Work::Filming(_) | Work::Reading(_) => None,
        });
        let drawn = self.settings.derive("seed", &run.id);
        let asked = Asked {
            endpoint: run.endpoint,
            input: run.input.clone(),
            faults: run.faults.clone(),
            drawn: u64::from_le_bytes(*drawn.first_chunk().unwrap_or(&[0; 8])),
            has_fences: number.is_multiple_of(2),
            finetune_trigger: trigger.map(str::to_owned),
        };
        Some((asked, run.starts_at))
    }

    /// The bytes behind a link that leads to ourselves, or that holds them; `None` if it leads
    /// elsewhere.
    async fn held(&self, link: &Link, at: i64) -> Option<Option<Stored>> {
        let url = link.url.as_str();
        if let Some(inline) = url.strip_prefix("data:") {
            let bytes = inline.split_once(";base64,").and_then(|it| STANDARD.decode(it.1).ok());
            return Some(bytes.map(|it| Stored::Memory(it.into())));
        }
        if let Some(path) = url.strip_prefix(&format!("{}/files/", self.settings.origin)) {
            let path = path.split(['?', '#']).next().unwrap_or(path);
            let (token, name) = path.split_once('/').unwrap_or((path, ""));
            return Some(self.kept_file(token, name, at).await);
        }
        if url.starts_with("http://") || url.starts_with("https://") {
            return None;
        }
        let is_name = link.may_be_a_name && url.split('/').filter(|it| !it.is_empty()).count() == 2;
        Some(is_name.then(|| {
            let name = url.rsplit('/').next();
            Stored::Memory(Bytes::from(weights::file(url, name)))
        }))
    }

    /// A file of the storage, or of a result of ours.
    async fn kept_file(&self, token: &str, name: &str, at: i64) -> Option<Stored> {
        match self.result_file(token, name) {
            Some(made) => {
                let made = tokio::task::spawn_blocking(move || made.stored()).await;
                made.ok().map(|it| it.0)
            }
            None => self.storage.find(token, name, at).map(|it| it.0),
        }
    }
}

/// Marks a run whose files are being looked into, so that nobody else does, until it is dropped.
struct Opening<'a> {
    fal: &'a Fal,
    number: u64,
}

impl<'a> Opening<'a> {
    fn begin(fal: &'a Fal, number: u64) -> Option<Opening<'a>> {
        fal.world().opening.insert(number).then(|| Opening { fal, number })
    }
}

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.fal.world().opening.remove(&self.number);
    }
}
