//! What broke. Made by `?`, heard by the log once, and by a user as one apology with a number.

use connectors::providers::ProviderError;
use store::StoreError;
use store::ledger::LedgerError;

use crate::bot::telegram::TelegramError;
use crate::objects::ObjectsError;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
    #[error("the ledger failed: {0}")]
    Ledger(#[from] LedgerError),
    #[error("the object store failed: {0}")]
    Objects(#[from] ObjectsError),
    #[error("a provider failed: {0}")]
    Provider(#[from] ProviderError),
    #[error("Telegram failed: {0}")]
    Telegram(#[from] TelegramError),
    #[error("a file of this machine failed: {0}")]
    Io(#[from] std::io::Error),
    /// It may go better the next time, but not for being tried without end.
    #[error("a program of this machine failed: {0}")]
    Program(String),
    #[error("the disk is full")]
    NoRoom,
    /// Somebody else moved the row on which this decision was based.
    #[error("the decision was overtaken")]
    Overtaken,
    #[error("{0}")]
    Ours(String),
}

impl Failure {
    /// Whether a disk of this machine is full.
    pub fn is_no_room(&self) -> bool {
        match self {
            Self::NoRoom => true,
            Self::Io(error) => error.kind() == std::io::ErrorKind::StorageFull,
            _ => false,
        }
    }

    /// Whether trying again, a moment later, may go better.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Store(error) => error.may_pass(),
            Self::Ledger(error) => match error {
                LedgerError::Store(error) => error.may_pass(),
                _ => false,
            },
            Self::Objects(error) => !error.is_absent(),
            Self::Provider(
                ProviderError::Transient { .. }
                | ProviderError::Billed { .. }
                | ProviderError::Crowded { .. },
            ) => true,
            Self::Provider(_) => false,
            Self::Telegram(error) => match error {
                TelegramError::NotSent(_) | TelegramError::Unknown(_) => true,
                TelegramError::Said { code, .. } => *code == 429 || 500 <= *code,
                TelegramError::File(_) => false,
            },
            Self::Io(_) | Self::Program(_) | Self::NoRoom | Self::Overtaken => true,
            Self::Ours(_) => false,
        }
    }
}
