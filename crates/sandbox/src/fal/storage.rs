//! fal's storage: the three ways to upload (providers.md 1.8) and the links to files. Bodies are
//! streamed, to a folder if there is one.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// How long after its beginning an upload takes bytes. fal doesn't say; an hour is usual.
const OPEN_MS: i64 = 3_600_000;
const PIECE_BYTES: usize = 64 << 10;

/// Where the bytes of a file are.
#[derive(Clone)]
pub(super) enum Stored {
    Memory(Bytes),
    File { path: PathBuf, size: u64 },
}

/// A file that was announced, and its bytes once they are all there.
struct Upload {
    name: String,
    content_type: String,
    open_until: i64,
    expires_at: Option<i64>,
    parts: BTreeMap<u32, Part>,
    stored: Option<Stored>,
}

struct Part {
    etag: String,
    stored: Stored,
}

pub(super) struct Storage {
    dir: Option<PathBuf>,
    files: Mutex<HashMap<String, Upload>>,
    /// Makes the names of half-written files differ.
    halves: AtomicU64,
}

/// A file that isn't whole; it goes if it doesn't become so.
struct Half(PathBuf);

impl Drop for Half {
    fn drop(&mut self) {
        // After the renaming there is nothing to remove.
        drop(std::fs::remove_file(&self.0));
    }
}

/// Where a program finds its files and leaves others.
pub(super) struct Place {
    folder: PathBuf,
    /// Where files are kept in the end, if not in memory.
    dir: Option<PathBuf>,
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whoever takes it away before takes nothing that is needed.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

impl Place {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A file with these bytes: theirs, if they have one.
    pub(super) async fn lay(&self, stored: &Stored, name: &str) -> io::Result<PathBuf> {
        match stored {
            Stored::File { path, .. } => Ok(path.clone()),
            Stored::Memory(bytes) => {
                let path = self.path(name);
                tokio::fs::write(&path, bytes).await?;
                Ok(path)
            }
        }
    }

    /// Keeps a file that was made here, under a name that nobody else has.
    pub(super) async fn keep(&self, made: &Path) -> io::Result<Stored> {
        let Some(dir) = &self.dir else {
            return Ok(Stored::Memory(tokio::fs::read(made).await?.into()));
        };
        let name = |it: &Path| it.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = dir.join(format!("{}.{}", name(&self.folder), name(made)));
        tokio::fs::rename(made, &path).await?;
        let size = tokio::fs::metadata(&path).await?.len();
        Ok(Stored::File { path, size })
    }
}

/// What a client says about the file before it sends it.
pub(super) struct Announced {
    pub(super) token: String,
    pub(super) name: String,
    pub(super) content_type: String,
    /// `None`: for ever.
    pub(super) kept_ms: Option<i64>,
}

/// Why bytes aren't taken.
pub(super) enum Refused {
    Unknown,
    Closed,
    OtherType,
    Parts,
    Broken(io::Error),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Refused {
        Refused::Broken(error)
    }
}

impl Storage {
    /// Keeps bytes in a folder of its own under `dir`, emptied now, or else in memory.
    pub(super) fn new(dir: Option<PathBuf>) -> Storage {
        let dir = dir.map(|it| it.join("fal-files"));
        if let Some(dir) = &dir {
            // What an earlier process left is known to nobody. That there is nothing is no error.
            drop(std::fs::remove_dir_all(dir));
        }
        Storage { dir, files: Mutex::new(HashMap::new()), halves: AtomicU64::new(0) }
    }

    /// A folder for work, which goes when it is dropped.
    pub(super) fn place(&self) -> io::Result<Place> {
        let dir = self.dir.clone();
        let above = dir.clone().unwrap_or_else(std::env::temp_dir);
        std::fs::create_dir_all(&above)?;
        loop {
            let number = self.halves.fetch_add(1, Ordering::Relaxed);
            let name = format!("sandbox-film.{}.{number}", std::process::id());
            let folder = above.join(name);
            match std::fs::create_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|()| Place { folder, dir }),
            }
        }
    }

    fn files(&self) -> MutexGuard<'_, HashMap<String, Upload>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn announce(&self, file: Announced, now: i64) {
        let Announced { token, name, content_type, kept_ms } = file;
        let held = Upload {
            name,
            content_type,
            open_until: now + OPEN_MS,
            expires_at: kept_ms.map(|it| now + it),
            parts: BTreeMap::new(),
            stored: None,
        };
        self.files().insert(token, held);
    }

    /// Takes all of a file. `content_type` must be what was announced, where it is checked.
    pub(super) async fn put(
        &self,
        token: &str,
        content_type: Option<&str>,
        body: Body,
        now: i64,
    ) -> Result<(), Refused> {
        self.check_open(token, content_type, now)?;
        let (stored, _) = self.keep(token, body).await?;
        self.files().get_mut(token).ok_or(Refused::Unknown)?.stored = Some(stored);
        Ok(())
    }

    /// Takes one part; the answer is its etag.
    pub(super) async fn put_part(
        &self,
        token: &str,
        number: u32,
        body: Body,
        now: i64,
    ) -> Result<String, Refused> {
        self.check_open(token, None, now)?;
        let (stored, etag) = self.keep(&format!("{token}.{number}"), body).await?;
        let part = Part { etag: etag.clone(), stored };
        self.files().get_mut(token).ok_or(Refused::Unknown)?.parts.insert(number, part);
        Ok(etag)
    }

    /// Joins the parts that are named, which must be all that there are. Naming them again is
    /// no error: the first answer may have been lost.
    pub(super) async fn complete(
        &self,
        token: &str,
        named: &[(u32, String)],
        now: i64,
    ) -> Result<(), Refused> {
        self.check_open(token, None, now)?;
        let parts = {
            let files = self.files();
            let file = files.get(token).ok_or(Refused::Unknown)?;
            if file.stored.is_some() {
                return Ok(());
            }
            let named: BTreeMap<u32, &str> = named.iter().map(|it| (it.0, it.1.as_str())).collect();
            let is_complete = !named.is_empty()
                && named.len() == file.parts.len()
                && file.parts.iter().all(|(number, it)| named.get(number) == Some(&&*it.etag));
            if !is_complete {
                return Err(Refused::Parts);
            }
            file.parts.values().map(|it| it.stored.clone()).collect::<Vec<_>>()
        };
        let body = Body::from_stream(stream::iter(parts.clone()).flat_map(Stored::chunks));
        let (stored, _) = self.keep(token, body).await?;
        let mut files = self.files();
        let file = files.get_mut(token).ok_or(Refused::Unknown)?;
        file.stored = Some(stored);
        file.parts.clear();
        parts.iter().for_each(remove);
        Ok(())
    }

    fn check_open(&self, token: &str, content_type: Option<&str>, now: i64) -> Result<(), Refused> {
        let files = self.files();
        let file = files.get(token).ok_or(Refused::Unknown)?;
        if file.open_until <= now {
            return Err(Refused::Closed);
        }
        match content_type {
            Some(said) if said != file.content_type => Err(Refused::OtherType),
            _ => Ok(()),
        }
    }

    /// The bytes and the content type of a file that was there at `now`.
    pub(super) fn find(&self, token: &str, name: &str, now: i64) -> Option<(Stored, String)> {
        let files = self.files();
        let file = files.get(token)?;
        let is_over = file.expires_at.is_some_and(|it| it <= now);
        if is_over || file.name != name {
            return None;
        }
        Some((file.stored.clone()?, file.content_type.clone()))
    }

    /// Forgets what has expired, and uploads that never came.
    pub(super) fn sweep(&self, now: i64) {
        self.files().retain(|_, file| {
            let is_over = file.expires_at.is_some_and(|it| it <= now)
                || (file.stored.is_none() && file.open_until <= now);
            if is_over {
                let parts = file.parts.values().map(|it| &it.stored);
                parts.chain(&file.stored).for_each(remove);
            }
            !is_over
        });
    }

    /// Streams a body to where files are kept, and hashes it for its etag.
    async fn keep(&self, name: &str, body: Body) -> io::Result<(Stored, String)> {
        let mut chunks = body.into_data_stream();
        let mut hash = Sha256::new();
        let stored = if let Some(dir) = &self.dir {
            tokio::fs::create_dir_all(dir).await?;
            // Under another name until it is whole: a second try must not mix with the first.
            let half = self.halves.fetch_add(1, Ordering::Relaxed);
            let half = Half(dir.join(format!("{name}.{half}.half")));
            let path = dir.join(name);
            let mut file = File::create(&half.0).await?;
            let mut size = 0;
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(io::Error::other)?;
                hash.update(&chunk);
                size += chunk.len() as u64;
                file.write_all(&chunk).await?;
            }
            file.flush().await?;
            tokio::fs::rename(&half.0, &path).await?;
            Stored::File { path, size }
        } else {
            let mut bytes = BytesMut::new();
            while let Some(chunk) = chunks.next().await {
                let chunk = chunk.map_err(io::Error::other)?;
                hash.update(&chunk);
                bytes.extend_from_slice(&chunk);
            }
            Stored::Memory(bytes.freeze())
        };
        Ok((stored, hex::encode(&hash.finalize()[..16])))
    }
}

impl Stored {
    pub(super) fn size(&self) -> u64 {
        match self {
            Stored::Memory(bytes) => bytes.len() as u64,
            Stored::File { size, .. } => *size,
        }
    }

    /// Some of the bytes.
    pub(super) fn part(self, from: u64, length: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let wanted = from..from + length;
        let cut = self.chunks().scan(0, move |at: &mut u64, chunk| {
            let part = chunk.map(|chunk| {
                let here = *at..*at + chunk.len() as u64;
                *at = here.end;
                let (begin, end) = (wanted.start.max(here.start), wanted.end.min(here.end));
                let within = |it: u64| usize::try_from(it - here.start).unwrap_or(usize::MAX);
                if begin < end { chunk.slice(within(begin)..within(end)) } else { Bytes::new() }
            });
            std::future::ready(Some(part))
        });
        cut.boxed()
    }

    /// Takes away a file of its own.
    pub(super) fn remove(&self) {
        remove(self);
    }

    /// The bytes, a piece at a time.
    pub(super) fn chunks(self) -> BoxStream<'static, io::Result<Bytes>> {
        match self {
            Stored::Memory(bytes) => stream::iter([Ok(bytes)]).boxed(),
            Stored::File { path, .. } => stream::once(File::open(path))
                .flat_map(|opened| match opened {
                    Ok(file) => stream::try_unfold(file, read_piece).boxed(),
                    Err(error) => stream::iter([Err(error)]).boxed(),
                })
                .boxed(),
        }
    }
}

async fn read_piece(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut piece = BytesMut::with_capacity(PIECE_BYTES);
    let read = file.read_buf(&mut piece).await?;
    Ok((0 < read).then(|| (piece.freeze(), file)))
}

fn remove(stored: &Stored) {
    if let Stored::File { path, .. } = stored {
        // Nobody can ask for it any more; a folder that was emptied by hand is no error.
        drop(std::fs::remove_file(path));
    }
}
