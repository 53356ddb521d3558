//! Decisions on their way to the database threads.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::{StoreError, Tx};

/// A decision with its types hidden. It may be run more than once, and is answered once.
pub(crate) trait Work: Send {
    /// Runs it in a transaction that has begun. True: what it wrote is to be kept.
    fn run(&mut self, tx: &mut Tx) -> bool;

    /// Gives the caller the last outcome, or the failure that made it void.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

pub(crate) struct Decision<F, T, E> {
    decide: F,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Decision<F, T, E> {
    pub(crate) fn new(decide: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { decide, outcome: None, reply }, answer)
    }
}

impl<F, T, E> Work for Decision<F, T, E>
where
    F: Fn(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> bool {
        tx.start();
        let outcome = match catch_unwind(AssertUnwindSafe(|| (self.decide)(tx))) {
            // A failed statement that the decision looked away from must not be committed.
            Ok(Ok(value)) => match tx.broken() {
                None => Ok(value),
                Some(why) => Err(StoreError::Broken(why.to_owned()).into()),
            },
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(StoreError::Panicked(said(panic.as_ref())).into()),
        };
        let keep = outcome.is_ok();
        self.outcome = Some(outcome);
        keep
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let Self { decide, outcome, reply } = *self;
        let outcome = match failure {
            Some(error) => Err(error.into()),
            None => outcome.unwrap_or_else(|| Err(StoreError::Closed.into())),
        };
        // Whoever hears the answer may count on it that nothing of theirs is held here any more.
        drop(decide);
        // The caller may have gone; the decision stands all the same.
        drop(reply.send(outcome));
    }
}

/// What a panic said, as far as it was a text.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|it| (*it).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "something that is no text".to_owned())
}

pub(crate) struct Waiting {
    pub(crate) work: Box<dyn Work>,
    pub(crate) care: Care,
}

/// What is waited for before a decision is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// Each statement by itself, and no disk.
    Light,
    /// Each statement by itself.
    Single,
    Plain,
    Durable,
}

/// First in, first out, from any thread to any thread.
#[derive(Default)]
pub(crate) struct Queue {
    line: Mutex<Line>,
    came: Condvar,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    is_closed: bool,
}

impl Queue {
    /// Gives the work back when the queue is closed.
    pub(crate) fn push(&self, waiting: Waiting) -> Result<(), Waiting> {
        let mut line = self.line();
        if line.is_closed {
            return Err(waiting);
        }
        line.waiting.push_back(waiting);
        drop(line);
        self.came.notify_one();
        Ok(())
    }

    /// Waits for work and takes at most `most` of it; `None` when closed and empty.
    pub(crate) fn take(&self, most: usize) -> Option<Vec<Waiting>> {
        let mut line = self.line();
        while line.waiting.is_empty() {
            if line.is_closed {
                return None;
            }
            line = self.came.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
        let count = most.min(line.waiting.len());
        Some(line.waiting.drain(..count).collect())
    }

    /// Nothing more is taken in; what waits is still served.
    pub(crate) fn close(&self) {
        self.line().is_closed = true;
        self.came.notify_all();
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        // Nothing panics while holding it, so a poisoned line is a whole one.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
