//! Trainings: one try each at making an avatar, from its hold to its end.
//!
//! A change names the state that it starts from, and says whether it happened.

use domain::catalog::TrainingSettings;
use domain::refusal::Fault;
use domain::{
    AvatarId, BotId, Credits, HoldId, Kind, Millis, ObjectId, Quality, TrainingId, UserId,
    WorkState,
};

pub use crate::errands::{End, Run};
use crate::errands::{errand, tried};
use crate::{Row, StoreError, Tx};

/// The columns that [`training_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, avatar_id, user_id, bot_id, kind, quality, state, settings, credits,
                    hold_id, provider, workflow, tried, archive_object, archive_url, intent_at, run,
                    run_id, percent, queue_place, cancel_asked_at, fault, cost_micros, attempts,
                    created_at, started_at, deadline_at, ended_at, late_at
             FROM trainings ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    pub id: TrainingId,
    pub avatar: AvatarId,
    pub user: UserId,
    pub bot: BotId,
    pub kind: Kind,
    pub quality: Quality,
    pub state: WorkState,
    pub settings: TrainingSettings,
    /// The quoted price.
    pub credits: Credits,
    pub hold: HoldId,
    pub provider: String,
    pub workflow: String,
    /// Whoever had it before, the first one first.
    pub tried: Vec<String>,
    pub archive_object: Option<ObjectId>,
    /// Where the provider fetches the archive.
    pub archive_url: Option<String>,
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
pub struct NewTraining<'a> {
    pub id: &'a TrainingId,
    pub avatar: &'a AvatarId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub kind: Kind,
    pub quality: Quality,
    pub settings: &'a TrainingSettings,
    pub credits: Credits,
    /// Held before, in the same transaction.
    pub hold: &'a HoldId,
    pub provider: &'a str,
    pub workflow: &'a str,
}

/// False: the avatar has a training that is open, or this very one was begun before.
pub fn insert(tx: &mut Tx, training: &NewTraining<'_>, now: Millis) -> Result<bool, StoreError> {
    let settings = serde_json::to_string(training.settings).expect("settings are plain fields");
    let added = tx.execute(
        "INSERT INTO trainings (id, avatar_id, user_id, bot_id, kind, quality, state, settings,
                                credits, hold_id, provider, workflow, cost_micros, calls,
                                attempts, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'PENDING', $7, $8, $9, $10, $11, 0, 0, 0, $12)
         ON CONFLICT DO NOTHING",
        &[
            training.id,
            training.avatar,
            training.user,
            training.bot,
            &training.kind,
            &training.quality,
            &settings,
            &training.credits,
            training.hold,
            &training.provider,
            &training.workflow,
            &now,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own training.
pub fn of(tx: &mut Tx, user: &UserId, id: &TrainingId) -> Result<Option<Training>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(training_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &TrainingId) -> Result<Option<Training>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(training_of).transpose()
}

/// The latest training of a user's avatar: the open one, if there is one.
pub fn latest(
    tx: &mut Tx,
    user: &UserId,
    avatar: &AvatarId,
) -> Result<Option<Training>, StoreError> {
    let row = tx.first(
        select!(
            "WHERE avatar_id = $1 AND user_id = $2
             ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, id DESC LIMIT 1"
        ),
        &[avatar, user],
    )?;
    row.as_ref().map(training_of).transpose()
}

/// The training of a user's avatar that has not ended.
pub fn open(tx: &mut Tx, user: &UserId, avatar: &AvatarId) -> Result<Option<Training>, StoreError> {
    let row = tx.first(
        select!("WHERE avatar_id = $1 AND user_id = $2 AND ended_at IS NULL"),
        &[avatar, user],
    )?;
    row.as_ref().map(training_of).transpose()
}

/// A page of a user's trainings, latest first: those with an id before `before`.
pub fn list(
    tx: &mut Tx,
    user: &UserId,
    before: Option<&TrainingId>,
    limit: u32,
) -> Result<Vec<Training>, StoreError> {
    let rows = tx.query(
        select!("WHERE user_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        &[user, &before.map_or("", TrainingId::as_str), &limit],
    )?;
    rows.iter().map(training_of).collect()
}

/// All of a user's trainings that have not ended, for who ends them.
pub fn open_of_user(tx: &mut Tx, user: &UserId) -> Result<Vec<Training>, StoreError> {
    let rows = tx.query(select!("WHERE user_id = $1 AND ended_at IS NULL ORDER BY id"), &[user])?;
    rows.iter().map(training_of).collect()
}

/// The archive of the photos was stored, and the provider can fetch it.
pub fn archived(
    tx: &mut Tx,
    id: &TrainingId,
    object: Option<&ObjectId>,
    url: Option<&str>,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET archive_object = $1, archive_url = $2
         WHERE id = $3 AND state = 'PENDING'",
        &[&object, &url, id],
    )?;
    Ok(changed == 1)
}

errand!("trainings", TrainingId, Training, training_of, select);

fn training_of(row: &Row) -> Result<Training, StoreError> {
    Ok(Training {
        id: row.id("id")?,
        avatar: row.id("avatar_id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        kind: row.word("kind", Kind::from_text)?,
        quality: row.word("quality", Quality::from_text)?,
        state: row.word("state", WorkState::from_text)?,
        settings: row.json("settings")?,
        credits: row.credits("credits")?,
        hold: row.id("hold_id")?,
        provider: row.text("provider")?,
        workflow: row.text("workflow")?,
        tried: tried(row)?,
        archive_object: row.maybe_id("archive_object")?,
        archive_url: row.maybe_text("archive_url")?,
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
