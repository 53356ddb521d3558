//! What is sent for certain: the states of a row of an outbox, and how it goes from one to another.

/// What became of what is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendState {
    Waiting,
    /// It is on its way. Whoever finds it so after a crash doesn't know whether it arrived.
    Sending,
    Sent,
    /// It may have arrived, and is not sent again.
    Unknown,
    /// It isn't taken.
    Refused,
}

impl SendState {
    pub const ALL: &'static [Self] =
        &[Self::Waiting, Self::Sending, Self::Sent, Self::Unknown, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == text)
    }
}

/// The life of an outbox's row until it has arrived, for a table: written once, as statements must
/// be known when the program is built.
macro_rules! sending {
    ($table:literal, $id:ty) => {
        /// Written down before it is sent. False: it isn't waiting (any more).
        pub fn begin(tx: &mut $crate::Tx, id: &$id) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = 'sending', attempts = attempts + 1
                     WHERE id = $1 AND state = 'waiting'"
                ),
                &[id],
            )?;
            Ok(changed == 1)
        }

        /// It certainly did not arrive, and is to be sent again.
        pub fn again(
            tx: &mut $crate::Tx,
            id: &$id,
            error: &str,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = 'waiting', error = $1 WHERE id = $2 AND state = 'sending'"
                ),
                &[&error, id],
            )?;
            Ok(changed == 1)
        }

        /// It may have arrived: that is the end of it.
        pub fn unknown(
            tx: &mut $crate::Tx,
            id: &$id,
            error: &str,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            end(tx, id, $crate::sending::SendState::Unknown, error, now)
        }

        /// It isn't taken.
        pub fn refused(
            tx: &mut $crate::Tx,
            id: &$id,
            error: &str,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            end(tx, id, $crate::sending::SendState::Refused, error, now)
        }

        fn end(
            tx: &mut $crate::Tx,
            id: &$id,
            state: $crate::sending::SendState,
            error: &str,
            now: domain::Millis,
        ) -> Result<bool, $crate::StoreError> {
            let changed = tx.execute(
                concat!(
                    "UPDATE ",
                    $table,
                    " SET state = $1, error = $2, ended_at = $3
                     WHERE id = $4 AND state IN ('waiting', 'sending')"
                ),
                &[&state.as_str(), &error, &now, id],
            )?;
            Ok(changed == 1)
        }
    };
}

pub(crate) use sending;
