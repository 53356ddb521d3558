//! One at a time on a GPU: a lock on a file, held by the operating system, so that it goes with its
//! process however that dies (F56). What the file holds says nothing, and a file that was left lying
//! locks nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::time::Duration;

/// How often it is tried.
const LOOK: Duration = Duration::from_millis(200);

#[derive(Clone, Debug)]
pub struct GpuLock {
    path: PathBuf,
}

/// The GPU is ours until this is dropped.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "it is held, not used")] File);

impl GpuLock {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Takes the GPU; waits for it at most so long. `None`: somebody else has it all the time.
    pub async fn take(&self, patience: Duration) -> std::io::Result<Option<Held>> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&self.path)?;
        let taken = async {
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(()),
                    Err(TryLockError::Error(error)) => return Err(error),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
                }
            }
        };
        match tokio::time::timeout(patience, taken).await {
            Ok(taken) => taken.map(|()| Some(Held(file))),
            Err(_) => Ok(None),
        }
    }
}
