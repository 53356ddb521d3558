//! Trainings: one try each at making an avatar, from its hold to its end.
//!
//! A change names the state that it starts from, and says whether it happened.

use domain::catalog::TrainingSettings;
use domain::refusal::Fault;
use domain::{
    AvatarId, BotId, Credits, HoldId, Kind, Millis, ObjectId, Quality, TrainingId, UserId,
    WorkState,
};

use crate::{Row, StoreError, Tx};

/// The columns that [`training_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, avatar_id, user_id, bot_id, kind, quality, state, settings, credits,
                    hold_id, provider, workflow, archive_object, archive_url, intent_at, run,
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

/// What the provider gave us for our request.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub id: &'a str,
    /// JSON.
    pub run: &'a str,
    pub deadline_at: Millis,
}

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Succeeded,
    Failed(Fault),
    Canceled,
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

/// By the provider's id of its run.
pub fn by_run_for_job(
    tx: &mut Tx,
    provider: &str,
    run_id: &str,
) -> Result<Option<Training>, StoreError> {
    let row = tx.first(select!("WHERE provider = $1 AND run_id = $2"), &[&provider, &run_id])?;
    row.as_ref().map(training_of).transpose()
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

/// Written down before the provider is asked to begin. False: it was intended before (we may have
/// died while asking: the provider may have it), it was cancelled, or it ended.
pub fn intend(tx: &mut Tx, id: &TrainingId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET intent_at = $1, attempts = attempts + 1
         WHERE id = $2 AND state = 'PENDING' AND intent_at IS NULL AND cancel_asked_at IS NULL",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

/// The provider certainly does not have it: it may be asked again.
pub fn not_taken(tx: &mut Tx, id: &TrainingId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET intent_at = NULL
         WHERE id = $1 AND state = 'PENDING' AND run_id IS NULL",
        &[id],
    )?;
    Ok(changed == 1)
}

/// The provider has it.
pub fn started(
    tx: &mut Tx,
    id: &TrainingId,
    run: &Run<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET state = 'PROCESSING', run_id = $1, run = $2,
                deadline_at = COALESCE(deadline_at, $3),
                started_at = $4, percent = NULL, queue_place = NULL
         WHERE id = $5 AND state = 'PENDING'",
        &[&run.id, &run.run, &run.deadline_at, &now, id],
    )?;
    Ok(changed == 1)
}

/// The provider's run came to nothing, and the same training is to be asked for again.
pub fn restart(tx: &mut Tx, id: &TrainingId) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET state = 'PENDING', intent_at = NULL, run = NULL, run_id = NULL,
                percent = NULL, queue_place = NULL
         WHERE id = $1 AND state = 'PROCESSING'",
        &[id],
    )?;
    Ok(changed == 1)
}

/// True if that changes what is shown.
pub fn progress(
    tx: &mut Tx,
    id: &TrainingId,
    percent: Option<u32>,
    queue_place: Option<u32>,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET percent = $1, queue_place = $2
         WHERE id = $3 AND state = 'PROCESSING'
           AND (COALESCE(percent, -1) <> COALESCE($1, -1)
                OR COALESCE(queue_place, -1) <> COALESCE($2, -1))",
        &[&percent, &queue_place, id],
    )?;
    Ok(changed == 1)
}

/// A user wants their training stopped. True if they did not before.
pub fn ask_cancel(
    tx: &mut Tx,
    user: &UserId,
    id: &TrainingId,
    now: Millis,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET cancel_asked_at = $1
         WHERE id = $2 AND user_id = $3 AND ended_at IS NULL AND cancel_asked_at IS NULL",
        &[&now, id, user],
    )?;
    Ok(changed == 1)
}

/// Ends it, once. The hold is closed by the caller in the same transaction, and only if this is
/// true.
pub fn end(tx: &mut Tx, id: &TrainingId, end: End, now: Millis) -> Result<bool, StoreError> {
    let (state, fault) = match end {
        End::Succeeded => (WorkState::Succeeded, None),
        End::Failed(fault) => (WorkState::Failed, Some(fault)),
        End::Canceled => (WorkState::Canceled, None),
    };
    let fault = fault.map(|it| serde_json::to_string(&it).expect("a fault is a word"));
    let changed = tx.execute(
        "UPDATE trainings SET state = $1, fault = $2, ended_at = $3, queue_place = NULL
         WHERE id = $4 AND ended_at IS NULL",
        &[&state, &fault, &now, id],
    )?;
    Ok(changed == 1)
}

/// A result came although it had ended without one. True the first time.
pub fn came_late(tx: &mut Tx, id: &TrainingId, now: Millis) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE trainings SET late_at = $1
         WHERE id = $2 AND state IN ('FAILED', 'CANCELED') AND late_at IS NULL",
        &[&now, id],
    )?;
    Ok(changed == 1)
}

/// How many have not ended, by state. For metrics.
pub fn count_open(tx: &mut Tx) -> Result<Vec<(WorkState, u32)>, StoreError> {
    let rows = tx.query(
        "SELECT state, COUNT(*) AS count FROM trainings WHERE ended_at IS NULL
         GROUP BY state ORDER BY state",
        &[],
    )?;
    rows.iter()
        .map(|it| Ok((it.word("state", WorkState::from_text)?, it.count("count")?)))
        .collect()
}

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
