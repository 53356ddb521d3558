//! Stored bytes: a folder or S3, through one crate. Written once, never changed.
//!
//! What is stored, whose it is and when it may go is in `store::objects`; here are the bytes.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use domain::{AvatarId, Millis, UserId};
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use secrecy::ExposeSecret;
use tokio::io::AsyncWriteExt;

use crate::config::{ObjectsPlace, S3};

#[derive(Clone)]
pub struct Objects(Arc<dyn ObjectStore>);

/// One of the objects that there are.
pub struct Listed {
    pub key: String,
    pub written_at: Millis,
}

#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    #[error("an object could not be {doing}")]
    Store { doing: &'static str, source: object_store::Error },
    #[error("an object could not be {doing}")]
    Io { doing: &'static str, source: std::io::Error },
    #[error("the folder for objects, {folder}, can't be used")]
    Folder { folder: PathBuf, source: std::io::Error },
}

impl ObjectsError {
    /// Whether the bytes are simply not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Store { source: object_store::Error::NotFound { .. }, .. })
    }
}

fn store(doing: &'static str) -> impl FnOnce(object_store::Error) -> ObjectsError {
    move |source| ObjectsError::Store { doing, source }
}

/// Where things are kept (product.md, storage): people can find their way in a bucket.
pub mod key {
    use super::{AvatarId, UserId};
    use domain::{GenerationId, GpuRunId, InputId, Kind, PackingId, PhotoId, TrainingId};

    /// Everything of an avatar.
    pub fn avatar(user: &UserId, avatar: &AvatarId) -> String {
        format!("avatars/user_{user}/avatar_{avatar}")
    }

    /// The folder of all avatars.
    pub const AVATARS: &str = "avatars";

    /// Whose a file of that folder is. None: it isn't one of ours.
    pub fn avatar_of(key: &str) -> Option<AvatarId> {
        let mut folders = key.strip_prefix(AVATARS)?.strip_prefix('/')?.split('/');
        UserId::from_text(folders.next()?.strip_prefix("user_")?)?;
        AvatarId::from_text(folders.next()?.strip_prefix("avatar_")?)
    }

    /// Everything of a user, folder by folder.
    pub fn of_user(user: &UserId) -> [String; 3] {
        [AVATARS, GENERATIONS, EDITS].map(|folder| format!("{folder}/user_{user}"))
    }

    /// The folder of all results.
    pub const GENERATIONS: &str = "generations";

    /// The folder of all photos that are to be edited, and of what GPUs have just made of them.
    pub const EDITS: &str = "edits";

    /// Whether a file of those folders is one of ours.
    pub fn is_of_work(key: &str) -> bool {
        let mut folders = key.split('/');
        folders.next().is_some_and(|it| it == GENERATIONS || it == EDITS)
            && folders.next().and_then(|it| UserId::from_text(it.strip_prefix("user_")?)).is_some()
    }

    /// A result, by its number.
    pub fn picture(user: &UserId, of: &GenerationId, number: u32, extension: &str) -> String {
        format!("{GENERATIONS}/user_{user}/{of}/{number}.{extension}")
    }

    pub fn picture_thumbnail(user: &UserId, of: &GenerationId, number: u32) -> String {
        format!("{GENERATIONS}/user_{user}/{of}/{number}-thumbnail.jpg")
    }

    /// A photo that is to be edited.
    pub fn input(user: &UserId, input: &InputId, extension: &str) -> String {
        format!("{EDITS}/user_{user}/inputs/{input}.{extension}")
    }

    /// A voice's sample, named by what it is: everybody's, so it lies in nobody's folder.
    pub fn voice_sample(voice: &str, what: &str) -> String {
        format!("voices/{voice}-{what}.mp3")
    }

    /// What a stage of a video has given, until it is put together.
    pub fn raw_video(user: &UserId, of: &GenerationId, stage: &str, extension: &str) -> String {
        format!("{GENERATIONS}/user_{user}/{of}/{stage}.{extension}")
    }

    /// The folder of what GPUs have made for a user.
    pub fn gpu_results(user: &UserId) -> String {
        format!("{EDITS}/user_{user}/runs/")
    }

    /// What a GPU has made, as it came: there until it was looked into. Each try of a run has its
    /// own, by its fence, so that a sleeper can't overwrite its successor.
    pub fn gpu_result(user: &UserId, run: &GpuRunId, fence: i64, number: u32) -> String {
        format!("{}{run}-{fence}-{number}", gpu_results(user))
    }

    /// Results of a user in one archive.
    pub fn packing(user: &UserId, of: &PackingId) -> String {
        format!("{GENERATIONS}/user_{user}/archives/{of}.zip")
    }

    pub fn thumbnail(user: &UserId, of: &AvatarId, photo: &PhotoId) -> String {
        format!("{}/photos/thumbnails/{photo}.jpg", avatar(user, of))
    }

    pub fn processed(user: &UserId, of: &AvatarId, photo: &PhotoId) -> String {
        format!("{}/photos/processed/{photo}.jpg", avatar(user, of))
    }

    /// One set a training: the photos of the next one may be others.
    pub fn archive(user: &UserId, of: &AvatarId, kind: Kind, training: &TrainingId) -> String {
        format!("{}/training_data/{training}/{}_set.zip", avatar(user, of), kind.as_str())
    }

    pub fn model(user: &UserId, of: &AvatarId, kind: Kind, training: &TrainingId) -> String {
        let folder = avatar(user, of);
        format!("{folder}/results/{}_model/{training}/model.safetensors", kind.as_str())
    }

    pub fn model_config(user: &UserId, of: &AvatarId, kind: Kind, training: &TrainingId) -> String {
        let folder = avatar(user, of);
        format!("{folder}/results/{}_model/{training}/config.json", kind.as_str())
    }

    pub fn meta(user: &UserId, of: &AvatarId) -> String {
        format!("{}/meta.json", avatar(user, of))
    }
}

impl Objects {
    pub fn open(place: &ObjectsPlace) -> Result<Self, ObjectsError> {
        match place {
            ObjectsPlace::Folder(folder) => {
                let wrong = |source| ObjectsError::Folder { folder: folder.clone(), source };
                std::fs::create_dir_all(folder).map_err(wrong)?;
                let files = LocalFileSystem::new_with_prefix(folder).map_err(store("opened"))?;
                Ok(Self(Arc::new(files.with_automatic_cleanup(true))))
            }
            ObjectsPlace::S3(S3 { endpoint, region, bucket, access_key_id, secret_access_key }) => {
                let built = AmazonS3Builder::new()
                    .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                    .with_region(region)
                    .with_bucket_name(bucket)
                    .with_access_key_id(access_key_id.expose_secret())
                    .with_secret_access_key(secret_access_key.expose_secret())
                    .with_allow_http(endpoint.scheme() == "http")
                    .build();
                Ok(Self(Arc::new(built.map_err(store("opened"))?)))
            }
        }
    }

    pub async fn put(&self, key: &str, bytes: Vec<u8>) -> Result<(), ObjectsError> {
        let payload = PutPayload::from(bytes);
        self.0.put(&Path::from(key), payload).await.map_err(store("written"))?;
        Ok(())
    }

    /// Copies a file of this machine, a piece at a time.
    pub async fn put_file(&self, key: &str, file: &std::path::Path) -> Result<(), ObjectsError> {
        let io = |source| ObjectsError::Io { doing: "written", source };
        let mut from = tokio::fs::File::open(file).await.map_err(io)?;
        let mut to = BufWriter::new(self.0.clone(), Path::from(key));
        tokio::io::copy(&mut from, &mut to).await.map_err(io)?;
        to.shutdown().await.map_err(io)
    }

    pub async fn get(&self, key: &str) -> Result<Bytes, ObjectsError> {
        let found = self.0.get(&Path::from(key)).await.map_err(store("read"))?;
        found.bytes().await.map_err(store("read"))
    }

    /// How many bytes there are under a key; none when nothing is there.
    pub async fn size(&self, key: &str) -> Result<Option<i64>, ObjectsError> {
        match self.0.head(&Path::from(key)).await.map_err(store("looked up")) {
            Ok(found) => Ok(Some(i64::try_from(found.size).unwrap_or(i64::MAX))),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Copies an object to a file of this machine, a piece at a time.
    pub async fn copy_to(&self, key: &str, file: &std::path::Path) -> Result<(), ObjectsError> {
        let io = |source| ObjectsError::Io { doing: "copied", source };
        let (_, mut body) = self.stream(key).await?;
        let mut to = tokio::fs::File::create(file).await.map_err(io)?;
        while let Some(piece) = body.next().await {
            to.write_all(&piece.map_err(io)?).await.map_err(io)?;
        }
        to.flush().await.map_err(io)
    }

    /// A copy on this machine's disk, which is gone as soon as nobody has it open.
    pub async fn copy_to_temp(&self, key: &str) -> Result<std::fs::File, ObjectsError> {
        let io = |source| ObjectsError::Io { doing: "copied", source };
        let file = tempfile::tempfile().map_err(io)?;
        let mut to = tokio::fs::File::from_std(file.try_clone().map_err(io)?);
        let (_, mut body) = self.stream(key).await?;
        while let Some(piece) = body.next().await {
            to.write_all(&piece.map_err(io)?).await.map_err(io)?;
        }
        to.flush().await.map_err(io)?;
        let mut file = file;
        std::io::Seek::rewind(&mut file).map_err(io)?;
        Ok(file)
    }

    /// The bytes in pieces, and how many there are.
    pub async fn stream(
        &self,
        key: &str,
    ) -> Result<(u64, BoxStream<'static, std::io::Result<Bytes>>), ObjectsError> {
        let found = self.0.get(&Path::from(key)).await.map_err(store("read"))?;
        let bytes = found.meta.size;
        Ok((bytes, found.into_stream().map(|it| it.map_err(std::io::Error::other)).boxed()))
    }

    /// Deletes; what isn't there is deleted already.
    pub async fn delete(&self, key: &str) -> Result<(), ObjectsError> {
        match self.0.delete(&Path::from(key)).await.map_err(store("deleted")) {
            Err(error) if error.is_absent() => Ok(()),
            done => done,
        }
    }

    /// Deletes everything below a folder.
    pub async fn delete_all(&self, folder: &str) -> Result<(), ObjectsError> {
        let mut found = self.0.list(Some(&Path::from(folder)));
        while let Some(object) = found.next().await {
            let object = object.map_err(store("listed"))?;
            self.delete(object.location.as_ref()).await?;
        }
        Ok(())
    }

    /// Everything below a folder, in no order.
    pub fn list(&self, folder: &str) -> BoxStream<'static, Result<Listed, ObjectsError>> {
        let listed = |it: object_store::ObjectMeta| Listed {
            key: it.location.into(),
            written_at: Millis(it.last_modified.timestamp_millis()),
        };
        self.0
            .list(Some(&Path::from(folder)))
            .map(move |it| it.map(listed).map_err(store("listed")))
            .boxed()
    }

    /// Writes, reads and deletes a few bytes: what `doctor` and `/ready` want to know.
    pub async fn probe(&self, number: u128) -> Result<(), ObjectsError> {
        let key = format!("probes/{number:032x}");
        self.put(&key, b"atelier".to_vec()).await?;
        let read = self.get(&key).await;
        self.delete(&key).await?;
        read.map(|_| ())
    }
}
