//! Results in one archive, for whoever wants to take them away. Memory stays flat: one file at a
//! time goes through this machine's disk into the archive.

use std::sync::Arc;

use domain::{Millis, News, ObjectId, PackingId};
use store::artifacts::{self, Artifact};
use store::objects::{self, NewObject, Object};
use store::packings::{self, Packing, PackingState};
use store::{StoreError, Tx};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::inbox::facts::iso_day;
use crate::jobs::Ended;
use crate::jobs::train::result::hash_file;
use crate::links;
use crate::objects::key;
use crate::outbox;

/// For how long an archive can be fetched. The pictures in it stay as long as ever.
const KEPT: Millis = Millis::days(2);

pub async fn run(app: &Arc<App>, id: PackingId) -> Result<Ended, Failure> {
    let found = app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let Some(packing) = packings::get_for_job(tx, &id)? else { return Ok(None) };
            let mut files = Vec::new();
            for artifact in artifacts::many(tx, &packing.user, &packing.artifacts)? {
                if let Some(object) = objects::of(tx, &packing.user, &artifact.object)? {
                    files.push((artifact, object));
                }
            }
            Ok(Some((packing, files)))
        })
        .await?;
    let Some((packing, files)) = found else { return Ok(Ended::done()) };
    if packing.state != PackingState::Open {
        return Ok(Ended::done());
    }
    if files.is_empty() {
        // All of them were deleted meanwhile.
        return Ok(Ended::done().write(move |tx, ground, now| failed(tx, ground, &packing, now)));
    }
    let count = u32::try_from(files.len()).unwrap_or(u32::MAX);
    let (archive, sha256, bytes) = pack(app, files).await?;
    let key = key::packing(&packing.user, &packing.id);
    app.objects.put_file(&key, archive.path()).await?;
    let object = ObjectId::new(app.ground.number());
    let until = app.ground.now().plus(KEPT);
    let link = links::if_large(app, &object, bytes, until)?;
    Ok(Ended::done().write(move |tx, ground, now| {
        let new = NewObject {
            id: &object,
            key: &key,
            bytes,
            sha256: &sha256,
            kind: "packing",
            content_type: "application/zip",
            user: Some(&packing.user),
            avatar: None,
            delete_after: Some(until),
        };
        objects::insert(tx, &new, now)?;
        packings::done(tx, &packing.id, &object, bytes, now)?;
        let news = News::Packed { packing: packing.id.clone(), count, link: link.clone() };
        outbox::tell(tx, ground, &packing.user, &news, packing.id.as_str(), now)
    }))
}

/// Copies files one after the other into an archive on this machine.
async fn pack(
    app: &App,
    files: Vec<(Artifact, Object)>,
) -> Result<(NamedTempFile, String, i64), Failure> {
    let (give, mut take) = mpsc::channel::<(String, std::fs::File)>(1);
    let write = tokio::task::spawn_blocking(move || {
        let mut archive = NamedTempFile::new()?;
        let entries = std::iter::from_fn(|| take.blocking_recv()).map(Ok);
        media::archive::write_zip(archive.as_file_mut(), entries)?;
        let (sha256, bytes) = hash_file(archive.path())?;
        Ok::<_, std::io::Error>((archive, sha256, bytes))
    });
    for (artifact, object) in files {
        let copy = match app.objects.copy_to_temp(&object.key).await {
            Ok(copy) => copy,
            // Deleted since it was chosen.
            Err(error) if error.is_absent() => continue,
            Err(error) => return Err(error.into()),
        };
        if give.send((name(&artifact, &object), copy)).await.is_err() {
            // The writer has ended, and says why.
            break;
        }
    }
    drop(give);
    let written = write.await.map_err(|_| Failure::Ours("packing panicked".to_owned()))?;
    Ok(written?)
}

/// What a picture is called among others: its day, its id, its number.
pub fn name(artifact: &Artifact, object: &Object) -> String {
    let kind = object.key.rsplit('.').next().unwrap_or("jpg");
    // The end of an id differs even between those of one moment.
    let id = artifact.id.as_str();
    let short = &id[id.len().saturating_sub(6)..];
    format!("{}_{short}_{}.{kind}", iso_day(artifact.created_at), artifact.number)
}

fn failed(tx: &mut Tx, ground: &Ground, packing: &Packing, now: Millis) -> Result<(), Failure> {
    packings::failed(tx, &packing.id, now)?;
    outbox::tell(tx, ground, &packing.user, &News::PackingFailed, packing.id.as_str(), now)
}

pub fn bury(
    tx: &mut Tx,
    ground: &Ground,
    packing: &PackingId,
    error: &str,
    now: Millis,
) -> Result<(), Failure> {
    outbox::raise(tx, ground, "packing-dead", packing.as_str(), error, now)?;
    match packings::get_for_job(tx, packing)? {
        Some(packing) if packing.state == PackingState::Open => failed(tx, ground, &packing, now),
        Some(_) | None => Ok(()),
    }
}
