//! Generations: one paid request each for results, from its hold to its end.

use domain::picture::{Aspect, Product, Source};
use domain::refusal::Fault;
use domain::video::{Face, Making, Stage};
use domain::{
    ArtifactId, AvatarId, BotId, Credits, GenerationId, HoldId, InputId, Millis, ObjectId, UserId,
    WorkState,
};

pub use crate::errands::{End, Run};
use crate::errands::{errand, tried};
use crate::{Row, StoreError, Tx, artifacts, inputs};

/// The columns that [`generation_of`] reads.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, bot_id, product, avatar_id, style, style_version, preset,
                    preset_version, inputs, making, stage, raw_object, batch, words, prompt, aspect, count, model, seed, source_artifact, strength_percent, repeats, state,
                    credits, each, hold_id, provider, workflow, tried, intent_at, run, run_id,
                    percent, queue_place, cancel_asked_at, fault, cost_micros, attempts, made,
                    withheld, created_at, started_at, deadline_at, ended_at, late_at
             FROM generations ",
            $rest
        )
    };
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    pub id: GenerationId,
    pub user: UserId,
    pub bot: BotId,
    pub product: Product,
    /// Of a picture.
    pub avatar: Option<AvatarId>,
    pub style: Option<String>,
    pub style_version: Option<u32>,
    pub edit: Option<Edit>,
    /// Of what belongs to videos; none once it was forgotten.
    pub making: Option<Making>,
    /// Of a video.
    pub stage: Option<Stage>,
    /// Of a video: what the stage before has given.
    pub raw_object: Option<ObjectId>,
    /// The first of those that were ordered together.
    pub batch: Option<GenerationId>,
    /// The customer's own.
    pub words: String,
    /// All that the model is told.
    pub prompt: String,
    pub aspect: Aspect,
    pub count: u32,
    /// The name of a picture model of the catalog, or the workflow of an edit.
    pub model: String,
    pub seed: i64,
    pub source: Option<Source>,
    /// The generation that is made once more, or varied.
    pub repeats: Option<GenerationId>,
    pub state: WorkState,
    /// The quoted price of all.
    pub credits: Credits,
    /// The price of one.
    pub each: Credits,
    pub hold: HoldId,
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
    /// How many were kept.
    pub made: u32,
    /// How many a safety check kept back. They cost nothing.
    pub withheld: u32,
    pub created_at: Millis,
    pub started_at: Option<Millis>,
    pub deadline_at: Option<Millis>,
    pub ended_at: Option<Millis>,
    pub late_at: Option<Millis>,
}

/// What is special about an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The name of a preset of the catalog, and the version of it that was drawn.
    pub preset: String,
    pub version: u32,
    pub inputs: Vec<InputId>,
}

#[derive(Clone, Copy, Debug)]
pub struct NewGeneration<'a> {
    pub id: &'a GenerationId,
    pub user: &'a UserId,
    pub bot: &'a BotId,
    pub product: Product,
    pub avatar: Option<&'a AvatarId>,
    pub style: Option<&'a str>,
    pub style_version: Option<u32>,
    pub edit: Option<&'a Edit>,
    pub making: Option<&'a Making>,
    pub stage: Option<Stage>,
    pub batch: Option<&'a GenerationId>,
    pub words: &'a str,
    pub prompt: &'a str,
    pub aspect: Aspect,
    pub count: u32,
    pub model: &'a str,
    pub seed: i64,
    pub source: Option<&'a Source>,
    pub repeats: Option<&'a GenerationId>,
    pub credits: Credits,
    pub each: Credits,
    /// Held before, in the same transaction.
    pub hold: &'a HoldId,
    pub provider: &'a str,
    pub workflow: &'a str,
}

/// False: this very one was begun before.
pub fn insert(tx: &mut Tx, new: &NewGeneration<'_>, now: Millis) -> Result<bool, StoreError> {
    let inputs = new.edit.map(|it| serde_json::to_string(&it.inputs).expect("ids are texts"));
    let making = new.making.map(|it| serde_json::to_string(it).expect("it is plain values"));
    let added = tx.execute(
        "INSERT INTO generations (id, user_id, bot_id, product, avatar_id, style, style_version,
                                  words, prompt, aspect, count, model, seed, source_artifact,
                                  strength_percent, repeats, state, credits, each, hold_id,
                                  provider, workflow, tried, cost_micros, calls, attempts, made,
                                  withheld, created_at, preset, preset_version, inputs, making,
                                  stage, batch)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 'PENDING',
                 $17, $18, $19, $20, $21, '', 0, 0, 0, 0, 0, $22, $23, $24, $25, $26, $27, $28)
         ON CONFLICT DO NOTHING",
        &[
            new.id,
            new.user,
            new.bot,
            &new.product,
            &new.avatar,
            &new.style,
            &new.style_version,
            &new.words,
            &new.prompt,
            &new.aspect,
            &new.count,
            &new.model,
            &new.seed,
            &new.source.map(|it| &it.artifact),
            &new.source.map(|it| it.strength_percent),
            &new.repeats,
            &new.credits,
            &new.each,
            new.hold,
            &new.provider,
            &new.workflow,
            &now,
            &new.edit.map(|it| it.preset.as_str()),
            &new.edit.map(|it| it.version),
            &inputs,
            &making,
            &new.stage.map(Stage::as_str),
            &new.batch,
        ],
    )?;
    Ok(added == 1)
}

/// A user's own generation.
pub fn of(tx: &mut Tx, user: &UserId, id: &GenerationId) -> Result<Option<Generation>, StoreError> {
    let row = tx.first(select!("WHERE id = $1 AND user_id = $2"), &[id, user])?;
    row.as_ref().map(generation_of).transpose()
}

pub fn get_for_job(tx: &mut Tx, id: &GenerationId) -> Result<Option<Generation>, StoreError> {
    tx.first(select!("WHERE id = $1"), &[id])?.as_ref().map(generation_of).transpose()
}

/// The latest that a user ordered.
pub fn latest(tx: &mut Tx, user: &UserId) -> Result<Option<Generation>, StoreError> {
    let row = tx.first(select!("WHERE user_id = $1 ORDER BY id DESC LIMIT 1"), &[user])?;
    row.as_ref().map(generation_of).transpose()
}

/// A page of a user's generations, latest first: those with an id before `before`.
pub fn list(
    tx: &mut Tx,
    user: &UserId,
    before: Option<&GenerationId>,
    limit: u32,
) -> Result<Vec<Generation>, StoreError> {
    let rows = tx.query(
        select!("WHERE user_id = $1 AND ($2 = '' OR id < $2) ORDER BY id DESC LIMIT $3"),
        &[user, &before.map_or("", GenerationId::as_str), &limit],
    )?;
    rows.iter().map(generation_of).collect()
}

/// All of a user's generations that have not ended, the oldest first.
pub fn open_of_user(tx: &mut Tx, user: &UserId) -> Result<Vec<Generation>, StoreError> {
    let rows = tx.query(select!("WHERE user_id = $1 AND ended_at IS NULL ORDER BY id"), &[user])?;
    rows.iter().map(generation_of).collect()
}

/// The files of which somebody makes a video for this user now, or changes a face.
pub fn in_use_for_job(tx: &mut Tx, user: &UserId) -> Result<Vec<ObjectId>, StoreError> {
    let mut found = Vec::new();
    for it in open_of_user(tx, user)? {
        let (face, speech, background) = match it.making {
            Some(Making::Video { draft, .. }) => (draft.face, Some(draft.speech), draft.background),
            Some(Making::Character { face }) => (face, None, None),
            Some(Making::Speech { .. }) | None => continue,
        };
        if let Some(speech) = speech {
            found.extend(artifacts::file_of(tx, user, &speech)?);
        }
        let face = match face {
            Face::Input(input) => Some(input),
            Face::Character(_) => None,
        };
        for input in face.into_iter().chain(background) {
            found.extend(inputs::of(tx, user, &input)?.and_then(|it| it.object));
        }
    }
    Ok(found)
}

/// How long a model has taken of late, from the order to the end: the median of those that
/// succeeded, in seconds. `None`: there is none yet.
pub fn recent_seconds(tx: &mut Tx, model: &str, limit: u32) -> Result<Option<u32>, StoreError> {
    let rows = tx.query(
        "SELECT ended_at - created_at AS took FROM generations
         WHERE model = $1 AND state = 'SUCCEEDED' ORDER BY ended_at DESC LIMIT $2",
        &[&model, &limit],
    )?;
    let took: Result<Vec<i64>, _> = rows.iter().map(|it| it.number("took")).collect();
    let mut took = took?;
    took.sort_unstable();
    let median = took.get(took.len() / 2).map(|it| (it.max(&0) + 500) / 1_000);
    Ok(median.map(|it| u32::try_from(it).unwrap_or(u32::MAX)))
}

/// How many pictures of a user a safety check kept back since a moment.
pub fn withheld_since(tx: &mut Tx, user: &UserId, since: Millis) -> Result<u32, StoreError> {
    tx.one(
        "SELECT CAST(COALESCE(SUM(withheld), 0) AS BIGINT) FROM generations
         WHERE user_id = $1 AND $2 <= ended_at AND 0 < withheld",
        &[user, &since],
    )?
    .count(0)
}

/// How many wait in our own queue that were ordered before this one.
pub fn ahead(tx: &mut Tx, id: &GenerationId) -> Result<u32, StoreError> {
    tx.one(
        "SELECT COUNT(*) FROM generations
         WHERE state = 'PENDING' AND intent_at IS NULL AND id < $1
           AND COALESCE(stage, '') <> 'montage'",
        &[id],
    )?
    .count(0)
}

/// A stage of a video is done, and the next one begins: with somebody else, or with us. What was
/// given is kept for it. False: it isn't at that stage any more, or has ended.
pub fn advance(
    tx: &mut Tx,
    id: &GenerationId,
    step: &Step<'_>,
    now: Millis,
) -> Result<bool, StoreError> {
    leave_run(tx, id)?;
    let Step { from, to, provider, workflow, given } = step;
    let changed = tx.execute(
        "UPDATE generations
         SET stage = $1, provider = $2, workflow = $3, raw_object = $4, state = 'PENDING',
             tried = '', intent_at = NULL, run = NULL, run_id = NULL, percent = NULL,
             queue_place = NULL, started_at = $5, deadline_at = NULL, attempts = 0
         WHERE id = $6 AND stage = $7 AND ended_at IS NULL",
        &[&to.as_str(), provider, workflow, given, &now, id, &from.as_str()],
    )?;
    Ok(changed == 1)
}

/// From one stage of a video to the next.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    pub from: Stage,
    pub to: Stage,
    pub provider: &'a str,
    pub workflow: &'a str,
    /// Noted before.
    pub given: &'a ObjectId,
}

/// How far we are with putting a video together, of a hundred.
pub fn put_together(tx: &mut Tx, id: &GenerationId, percent: u32) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE generations SET percent = $1
         WHERE id = $2 AND stage = 'montage' AND ended_at IS NULL
           AND COALESCE(percent, -1) <> $1",
        &[&percent, id],
    )?;
    Ok(changed == 1)
}

/// The latest speech of a user that was made, for the voice that they used.
pub fn latest_speech(tx: &mut Tx, user: &UserId) -> Result<Option<Generation>, StoreError> {
    let row = tx.first(
        select!(
            "WHERE user_id = $1 AND product = 'speech' AND state = 'SUCCEEDED'
             ORDER BY id DESC LIMIT 1"
        ),
        &[user],
    )?;
    row.as_ref().map(generation_of).transpose()
}

/// Notes what came of it, once. As many artifacts are inserted in the same transaction.
pub fn delivered(
    tx: &mut Tx,
    id: &GenerationId,
    made: u32,
    withheld: u32,
) -> Result<bool, StoreError> {
    let changed = tx.execute(
        "UPDATE generations SET made = $1, withheld = $2 WHERE id = $3 AND made = 0",
        &[&made, &withheld, id],
    )?;
    Ok(changed == 1)
}

/// Drops what a user's generations say and show. The rows stay, for the books. Says how many
/// artifacts were still there; their files go by the sweep.
pub fn forget(tx: &mut Tx, user: &UserId, now: Millis) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE generations SET words = '', prompt = '', making = NULL WHERE user_id = $1",
        &[user],
    )?;
    artifacts::forget(tx, user, now)
}

/// The same for those of an avatar. One that is open keeps its words: the provider needs them.
pub fn forget_avatar(
    tx: &mut Tx,
    user: &UserId,
    avatar: &AvatarId,
    now: Millis,
) -> Result<u64, StoreError> {
    tx.execute(
        "UPDATE generations SET words = '', prompt = ''
         WHERE avatar_id = $1 AND user_id = $2 AND ended_at IS NOT NULL",
        &[avatar, user],
    )?;
    artifacts::forget_avatar(tx, user, avatar, now)
}

errand!("generations", GenerationId, Generation, generation_of, select);

fn edit_of(row: &Row) -> Result<Option<Edit>, StoreError> {
    let Some(preset) = row.maybe_text("preset")? else { return Ok(None) };
    Ok(Some(Edit { preset, version: row.count("preset_version")?, inputs: row.json("inputs")? }))
}

fn generation_of(row: &Row) -> Result<Generation, StoreError> {
    let artifact: Option<ArtifactId> = row.maybe_id("source_artifact")?;
    let strength_percent = row.maybe_count("strength_percent")?;
    let source = artifact
        .zip(strength_percent)
        .map(|(artifact, strength_percent)| Source { artifact, strength_percent });
    Ok(Generation {
        id: row.id("id")?,
        user: row.id("user_id")?,
        bot: row.id("bot_id")?,
        product: row.word("product", Product::from_text)?,
        avatar: row.maybe_id("avatar_id")?,
        style: row.maybe_text("style")?,
        style_version: row.maybe_count("style_version")?,
        edit: edit_of(row)?,
        making: row.maybe_json("making")?,
        stage: row.maybe_word("stage", Stage::from_text)?,
        raw_object: row.maybe_id("raw_object")?,
        batch: row.maybe_id("batch")?,
        words: row.text("words")?,
        prompt: row.text("prompt")?,
        aspect: row.word("aspect", Aspect::from_text)?,
        count: row.count("count")?,
        model: row.text("model")?,
        seed: row.number("seed")?,
        source,
        repeats: row.maybe_id("repeats")?,
        state: row.word("state", WorkState::from_text)?,
        credits: row.credits("credits")?,
        each: row.credits("each")?,
        hold: row.id("hold_id")?,
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
        made: row.count("made")?,
        withheld: row.count("withheld")?,
        created_at: row.millis("created_at")?,
        started_at: row.maybe_millis("started_at")?,
        deadline_at: row.maybe_millis("deadline_at")?,
        ended_at: row.maybe_millis("ended_at")?,
        late_at: row.maybe_millis("late_at")?,
    })
}
