//! A wallet's statement, as its owner reads it.

use domain::{Credits, Millis};

use crate::{Row, StoreError, Tx};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Bonus,
    Bought,
    Spent,
    Taken,
    Expired,
    /// Set aside now; it may come back.
    Held,
}

impl LineKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bonus => "bonus",
            Self::Bought => "bought",
            Self::Spent => "spent",
            Self::Taken => "taken",
            Self::Expired => "expired",
            Self::Held => "held",
        }
    }

    pub fn from_text(text: &str) -> Option<Self> {
        [Self::Bonus, Self::Bought, Self::Spent, Self::Taken, Self::Expired, Self::Held]
            .into_iter()
            .find(|it| it.as_str() == text)
    }

    /// Whether it adds to what can be spent.
    pub fn adds(self) -> bool {
        matches!(self, Self::Bonus | Self::Bought)
    }
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its place, from 1 for the oldest, and the cursor to what is before it. Holds have none.
    pub number: Option<i64>,
    pub kind: LineKind,
    pub credits: Credits,
    /// The transfer's reference or the hold's id.
    pub reference: String,
    pub reason: String,
    pub cause: Option<String>,
    pub at: Millis,
}

/// A wallet's lines, latest first: open holds (only where there is no `before`), then at most
/// `limit` transfers with smaller numbers than `before`.
pub fn statement(
    tx: &mut Tx,
    wallet: &str,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let mut lines = Vec::new();
    if before.is_none() {
        let open = tx.query(
            "SELECT NULL AS line, 'held' AS kind, credits, id AS reference, 'set aside' AS reason,
                    cause, opened_at AS at
             FROM holds WHERE wallet = $1 AND state = 'open' ORDER BY opened_at DESC, id DESC",
            &[&wallet],
        )?;
        lines.extend(open);
    }
    lines.extend(tx.query(
        "SELECT line, kind, credits, reference, reason, cause, at FROM transfers
         WHERE wallet = $1 AND line < $2 ORDER BY line DESC LIMIT $3",
        &[&wallet, &before.unwrap_or(i64::MAX), &limit],
    )?);
    lines.iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, StoreError> {
    Ok(Line {
        number: row.maybe_number("line")?,
        kind: row.word("kind", LineKind::from_text)?,
        credits: row.credits("credits")?,
        reference: row.text("reference")?,
        reason: row.text("reason")?,
        cause: row.maybe_text("cause")?,
        at: row.millis("at")?,
    })
}
