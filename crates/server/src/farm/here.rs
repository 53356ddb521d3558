//! The desk as workers see it, and the one beside the database.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use domain::UserId;
use domain::workflow::Filled;
use store::objects::{self, Object};

use crate::app::App;
use crate::failure::Failure;
use crate::farm::desk::{self, Answer, End, Hello, Ticket, Word};
use crate::objects::key;

/// How long a waiting worker looks away at most, if nobody calls it.
const LOOK: Duration = Duration::from_secs(1);

/// The largest file that a GPU may give.
pub const FILE_BYTES_MAX: usize = 40 * 1024 * 1024;

/// A photo that is to be changed.
#[derive(Clone, Debug)]
pub struct Photo {
    pub content_type: String,
    pub bytes: Bytes,
}

/// Why the desk gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// It may answer in a while.
    #[error("the desk is away: {0}")]
    Away(String),
    /// It never will, as things are: a wrong token, another version.
    #[error("the desk refuses: {0}")]
    Refused(String),
    /// Somebody else has the run.
    #[error("the run is somebody else's by now")]
    Lost,
}

impl From<Failure> for DeskError {
    fn from(failure: Failure) -> Self {
        Self::Away(failure.to_string())
    }
}

/// Where a worker takes runs and gives them back. The name of the worker is known.
#[async_trait]
pub trait Desk: Send + Sync {
    /// What every workflow asks of a worker.
    async fn wanted(&self) -> Result<Vec<Filled>, DeskError>;

    async fn hello(&self, hello: &Hello) -> Result<(), DeskError>;

    /// The next run; if there is none, it is waited for so long.
    async fn claim(&self, patience: Duration) -> Result<Answer, DeskError>;

    /// A photo of a run, from 0.
    async fn photo(&self, ticket: &Ticket, number: u32) -> Result<Photo, DeskError>;

    async fn beat(&self, ticket: &Ticket, percent: Option<u8>) -> Result<Word, DeskError>;

    /// Puts a file that was made, from 1.
    async fn put(&self, ticket: &Ticket, number: u32, bytes: Bytes) -> Result<(), DeskError>;

    async fn end(&self, ticket: &Ticket, end: &End) -> Result<(), DeskError>;

    async fn quarantine(&self, reason: &str) -> Result<(), DeskError>;
}

/// The desk beside the database: also what answers those who come by HTTPS.
pub struct Here {
    pub app: Arc<App>,
    pub worker: String,
}

impl Here {
    /// Whose folder files of this run go into. Says so only to whoever has the run.
    async fn folder(&self, ticket: &Ticket) -> Result<UserId, DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let ticket = ticket.clone();
        let owner = self.app.db.write(move |tx| {
            desk::owner(tx, &ground, &worker, &ticket, ground.now()).map_err(Failure::from)
        });
        owner.await?.ok_or(DeskError::Lost)
    }
}

#[async_trait]
impl Desk for Here {
    async fn wanted(&self) -> Result<Vec<Filled>, DeskError> {
        Ok(desk::wanted(&self.app.ground))
    }

    async fn hello(&self, hello: &Hello) -> Result<(), DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let hello = hello.clone();
        let said = self
            .app
            .db
            .write(move |tx| desk::hello(tx, &worker, &hello, ground.now()).map_err(Failure::from));
        Ok(said.await?)
    }

    async fn claim(&self, patience: Duration) -> Result<Answer, DeskError> {
        let over = tokio::time::sleep(patience);
        tokio::pin!(over);
        loop {
            // Before looking, so that what comes while we look wakes us.
            let notified = self.app.db.notified();
            let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
            let answer =
                self.app.db.write(move |tx| desk::claim(tx, &ground, &worker, ground.now()));
            let answer = answer.await?;
            if answer != Answer::Nothing {
                return Ok(answer);
            }
            tokio::select! {
                () = &mut over => return Ok(answer),
                () = notified => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn photo(&self, ticket: &Ticket, number: u32) -> Result<Photo, DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let ticket = ticket.clone();
        let found = self.app.db.write(move |tx| -> Result<Option<Object>, Failure> {
            let now = ground.now();
            let id = desk::photo(tx, &ground, &worker, &ticket, number, now)?;
            Ok(match id {
                Some(id) => objects::get_for_job(tx, &id)?,
                None => None,
            })
        });
        let object = found.await?.ok_or(DeskError::Lost)?;
        match self.app.objects.get(&object.key).await {
            Ok(bytes) => Ok(Photo { content_type: object.content_type, bytes }),
            Err(error) if error.is_absent() => Err(DeskError::Lost),
            Err(error) => Err(Failure::from(error).into()),
        }
    }

    async fn beat(&self, ticket: &Ticket, percent: Option<u8>) -> Result<Word, DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let ticket = ticket.clone();
        let word = self.app.db.write(move |tx| {
            desk::beat(tx, &ground, &worker, &ticket, percent, ground.now()).map_err(Failure::from)
        });
        Ok(word.await?)
    }

    async fn put(&self, ticket: &Ticket, number: u32, bytes: Bytes) -> Result<(), DeskError> {
        if FILE_BYTES_MAX < bytes.len() || !(1..=desk::FILES_MAX).contains(&number) {
            return Err(DeskError::Refused("more than a run may give".to_owned()));
        }
        let user = self.folder(ticket).await?;
        let key = key::gpu_result(&user, &ticket.run, ticket.fence, number);
        self.app.objects.put(&key, bytes.to_vec()).await.map_err(|it| Failure::from(it).into())
    }

    async fn end(&self, ticket: &Ticket, end: &End) -> Result<(), DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let (ticket, end) = (ticket.clone(), end.clone());
        let ended = self
            .app
            .db
            .write_durably(move |tx| desk::end(tx, &ground, &worker, &ticket, &end, ground.now()));
        if ended.await? { Ok(()) } else { Err(DeskError::Lost) }
    }

    async fn quarantine(&self, reason: &str) -> Result<(), DeskError> {
        let (ground, worker) = (self.app.ground.clone(), self.worker.clone());
        let reason = reason.to_owned();
        let kept = self
            .app
            .db
            .write(move |tx| desk::quarantine(tx, &ground, &worker, &reason, ground.now()));
        Ok(kept.await?)
    }
}
