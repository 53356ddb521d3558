//! A folder for each job, named by the job's id: two that begin in the same second share nothing.
//!
//! It goes with its owner. What a dead process left is swept by age, and only if nobody holds its
//! lock, which ends with the process that holds it.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::VideoError;

/// Gone with all that is in it when it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Held as long as the folder is.
    _lock: File,
}

#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    #[error("not an id that can name a folder")]
    Name,
    #[error("somebody works on this job already")]
    Taken,
    #[error("a folder for a job")]
    File(#[from] io::Error),
}

const LOCK: &str = ".lock";
const ID_BYTES_MAX: usize = 80;
/// How often a folder may be swept away while it is being taken.
const ATTEMPTS_MAX: usize = 8;

impl Folder {
    /// For the job with this id. What an earlier attempt left there is removed.
    pub fn new(parent: &Path, id: &str) -> Result<Self, NotOurs> {
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-');
        if id.is_empty() || ID_BYTES_MAX < id.len() || !id.bytes().all(is_plain) {
            return Err(NotOurs::Name);
        }
        let path = std::path::absolute(parent)?.join(id);
        for _ in 0..ATTEMPTS_MAX {
            match DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error)?,
                Ok(()) | Err(_) => {}
            }
            let Some(lock) = lock(&path)? else { continue };
            empty(&path)?;
            return Ok(Self { path, _lock: lock });
        }
        Err(NotOurs::Taken)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What can't be removed now is swept later.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// None if the folder went away meanwhile.
fn lock(path: &Path) -> Result<Option<File>, NotOurs> {
    let name = path.join(LOCK);
    let file = match File::options().create(true).append(true).open(&name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(NotOurs::Taken),
        Err(TryLockError::Error(error)) => Err(error)?,
        Ok(()) => {}
    }
    // Whoever swept held the lock of a file that has no name any more.
    let is_same = std::fs::metadata(&name).is_ok_and(|it| {
        file.metadata().is_ok_and(|held| (held.ino(), held.dev()) == (it.ino(), it.dev()))
    });
    Ok(is_same.then_some(file))
}

fn empty(path: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Removes folders that nobody works in and that were last touched before this. Says how many.
pub fn sweep(parent: &Path, older_than: SystemTime) -> io::Result<usize> {
    let entries = match std::fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut swept = 0;
    for entry in entries {
        let entry = entry?;
        // Others may remove what is in the list.
        let Ok(facts) = entry.metadata() else { continue };
        let touched = facts.modified()?;
        if !facts.is_dir() || older_than <= touched {
            continue;
        }
        if let Ok(Some(_lock)) = lock(&entry.path()) {
            std::fs::remove_dir_all(entry.path())?;
            swept += 1;
        }
    }
    Ok(swept)
}

/// How many bytes can still be written where this is.
pub fn room(parent: &Path) -> io::Result<u64> {
    let facts = rustix::fs::statvfs(parent)?;
    Ok(facts.f_bavail.saturating_mul(facts.f_frsize))
}

/// Refuses before any work is done.
pub fn needs_room(parent: &Path, bytes: u64) -> Result<(), VideoError> {
    if room(parent)? < bytes { Err(VideoError::NoRoom) } else { Ok(()) }
}
