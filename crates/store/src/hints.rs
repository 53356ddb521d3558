//! Hints: words that a model was asked for, of a photo or better ones. They cost a user nothing.

use domain::refusal::Fault;
use domain::{BotId, HintId, Language, Millis, UserId, WorkState};

pub use crate::errands::{End, Run};
use crate::errands::{errand, tried};
use crate::{Row, StoreError, Tx};

/// The columns that [`hint_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, kind, is_script, file_id, words, language, result, state, provider,
                    workflow, tried, intent_at, run, run_id, percent, queue_place,
                    cancel_asked_at, fault, cost_micros, attempts, created_at, started_at,
                    deadline_at, ended_at, late_at
             FROM hints ",
            $rest
        )
    };
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// What a photo shows, by which the messenger gives its bytes.
    Photo { file_id: String },
    /// A better wording.
    Words { words: String },
    /// Something to say in a video: what it is to be about, or what is to be said better.
    Script { words: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub id: HintId,
    pub user: UserId,
    pub bot: BotId,
    pub ask: Ask,
    pub language: Language,
    /// The words that came.
    pub result: Option<String>,
    pub state: WorkState,
    pub provider: String,
    pub workflow: String,
    /// Whoever had it before, the first one first.
    pub tried: Vec<String>,
    /// Since when the provider may have it. Without `run_id` we don't know whether it does.
    pub intent_at: Option<Millis>,
    /// JSON: whatever the provider needs to be asked about its run.
    pub run: Option<String>,
    pub run_id: Option<String>,
    pub percent: Option<u32>,
    pub queue_place: Option<u32>,
    pub cancel_asked_at: Option<Millis>,
    pub fault: Option<Fault>,
    pub cost_micros: i64,
    /// How often the provider was asked to begin.
    pub attempts: u32,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub deadline_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub late_at: Option<Millis>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewHint<'a> {
    pub id: &'a HintId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub ask: &'a Ask,
    pub language: Language,
    pub provider: &'a str,
    pub workflow: &'a str,
}

/// False: this very one was asked for before.
pub fn insert(tx: &mut Tx, new: &NewHint<'_>, now: Millis) -> Result<bool, StoreError> {
    let (kind, file_id, words) = match new.ask {
        Ask::Photo { file_id } => ("photo", Some(file_id), None),
        Ask::Words { words } | Ask::Script { words } => ("words", None, Some(words)),
    };
    let is_script = matches!(new.ask, Ask::Script { .. });
    let added = tx.execute(
        "INSERT INTO hints (id, user_id, bot_id, kind, file_id, words, language, state, provider,
                            workflow, tried, cost_micros, calls, attempts, created_at, is_script)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'PENDING', $8, $9, '', 0, 0, 0, $10, $11)
         ON CONFLICT DO NOTHING",
        &[
            new.id,
            new.user,
            new.bot,
            &kind,
            &file_id,
            &words,
            &new.language,
            &new.provider,
            &new.workflow,
            &now,
            &i64::from(is_script),
        ],
    )?;
    Ok(added == 1)
}

/// A user's own hint.
pub fn of(tx: &mut Tx, user: &UserId, id: &HintId) -> Result<Option<Hint>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(hint_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &HintId) -> Result<Option<Hint>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(hint_of).transpose()
}

/// The words have come. [`end`] follows in the same transaction.
pub fn answered(tx: &mut Tx, id: &HintId, result: &str) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE hints SET result = $1 WHERE id = $2 AND ended_at IS NULL",
        &[&result, id],
    )?;
    Ok(changed == 1)
}

/// How many a user has asked for since a moment.
pub fn asked_since(tx: &mut Tx, user: &UserId, since: Millis) -> Result<u32, StoreError> {
    tx.one("SELECT COUNT(*) FROM hints WHERE user_id = $1 AND $2 <= created_at", &[user, &since])?
        .count(0)
}

/// Drops what a user's hints say, and ends those that are open, so that nothing is said later. The
/// rows stay, for what they cost.
pub fn forget(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE hints SET file_id = NULL, words = NULL, result = NULL,
                state = CASE WHEN ended_at IS NULL THEN 'CANCELED' ELSE state END,
                ended_at = COALESCE(ended_at, $2)
         WHERE user_id = $1",
        &[user, &now],
    )
}

errand!("hints", HintId, Hint, hint_of, select);

fn hint_of(row: &Row) -> Result<Hint, StoreError> {
    // Both are empty once they are forgotten.
    let ask = match row.text("kind")?.as_str() {
        "photo" => Ask::Photo { file_id: row.maybe_text("file_id")?.unwrap_or_default() },
        _ => {
            let words = row.maybe_text("words")?.unwrap_or_default();
            if row.flag("is_script")? { Ask::Script { words } } else { Ask::Words { words } }
        }
    };
    Ok(Hint {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        ask,
        language: row
            .word("language", |it| Language::ALL.into_iter().find(|one| one.as_str() == it))?,
        result: row.maybe_text("result")?,
        state: row.word("state", WorkState::from_text)?,
        provider: row.text("provider")?,
        workflow: row.text("workflow")?,
        tried: tried(row)?,
        intent_at: row.maybe_millis("intent_at")?,
        run: row.maybe_text("run")?,
        run_id: row.maybe_text("run_id")?,
        percent: row.maybe_count("percent")?,
        queue_place: row.maybe_count("queue_place")?,
        cancel_asked_at: row.maybe_millis("cancel_asked_at")?,
        fault: row.maybe_json("fault")?,
        cost_micros: row.number("cost_micros")?,
        attempts: row.count("attempts")?,
        created_at: row.millis("created_at")?,
        started_at: row.maybe_millis("started_at")?,
        deadline_at: row.maybe_millis("deadline_at")?,
        ended_at: row.maybe_millis("ended_at")?,
        late_at: row.maybe_millis("late_at")?,
    })
}
