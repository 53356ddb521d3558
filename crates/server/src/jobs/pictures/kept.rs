//! Results in our own storage, and the rows of a sound or a video.

use std::path::Path;

use domain::{ArtifactId, Millis, ObjectId};
use sha2::{Digest, Sha256};
use store::artifacts::{self, NewArtifact};
use store::generations::Generation;
use store::{Tx, objects};
use tokio::io::AsyncReadExt;

use crate::app::{App, Ground};
use crate::failure::Failure;
use crate::jobs::pictures::new_object;

/// Bytes that were put into the store, not in the books yet.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: ObjectId,
    pub key: String,
    pub bytes: i64,
    pub sha256: String,
    pub content_type: &'static str,
}

impl Stored {
    /// Copies a file, a piece at a time: memory stays flat whatever its size.
    pub async fn of_file(
        app: &App,
        key: String,
        path: &Path,
        content_type: &'static str,
    ) -> Result<Self, Failure> {
        let (bytes, sha256) = measure(path).await?;
        app.objects.put_file(&key, path).await?;
        Ok(Self { id: new_object(app), key, bytes, sha256, content_type })
    }

    /// A small picture.
    pub async fn of_bytes(app: &App, key: String, jpeg: Vec<u8>) -> Result<Self, Failure> {
        let (bytes, sha256) = (jpeg.len() as i64, hex::encode(Sha256::digest(&jpeg)));
        app.objects.put(&key, jpeg).await?;
        Ok(Self { id: new_object(app), key, bytes, sha256, content_type: "image/jpeg" })
    }

    /// Notes that it is there, until a moment.
    pub fn note(
        &self,
        tx: &mut Tx,
        generation: &Generation,
        kind: &str,
        delete_after: Millis,
        now: Millis,
    ) -> Result<(), Failure> {
        let new = objects::NewObject {
            id: &self.id,
            key: &self.key,
            bytes: self.bytes,
            sha256: &self.sha256,
            kind,
            content_type: self.content_type,
            user: Some(&generation.user),
            // It outlives the avatar that it was made with.
            avatar: None,
            delete_after: Some(delete_after),
        };
        Ok(objects::insert(tx, &new, now).map(|_| ())?)
    }
}

/// How long a file is, and what it is.
pub async fn measure(path: &Path) -> std::io::Result<(i64, String)> {
    let mut file = tokio::fs::File::open(path).await?;
    let (mut hash, mut bytes) = (Sha256::new(), 0);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Ok((bytes, hex::encode(hash.finalize())));
        }
        hash.update(&piece[..read]);
        bytes += read as i64;
    }
}

/// What a result is, as its file is noted.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Sound,
    Video,
}

/// The one result of a generation that is no picture.
pub struct Piece<'a> {
    pub file: &'a Stored,
    pub thumbnail: &'a Stored,
    pub kind: Kind,
    pub width: u32,
    pub height: u32,
    pub millis: i64,
}

impl Piece<'_> {
    /// Writes its rows.
    pub fn write(
        &self,
        tx: &mut Tx,
        ground: &Ground,
        generation: &Generation,
        now: Millis,
    ) -> Result<(), Failure> {
        let delete_after = now.plus(ground.config.pictures.kept);
        let kind = match self.kind {
            Kind::Sound => "sound",
            Kind::Video => "video",
        };
        self.file.note(tx, generation, kind, delete_after, now)?;
        self.thumbnail.note(tx, generation, "thumbnail", delete_after, now)?;
        let new = NewArtifact {
            id: &ArtifactId::new(ground.number()),
            generation: &generation.id,
            user: &generation.user,
            bot: &generation.bot,
            avatar: None,
            product: generation.product,
            number: 1,
            object: &self.file.id,
            thumbnail: &self.thumbnail.id,
            width: self.width,
            height: self.height,
            seed: generation.seed,
            duration_ms: Some(self.millis),
            delete_after: Some(delete_after),
        };
        artifacts::insert(tx, &new, now)?;
        Ok(())
    }
}
