//! Edits of photos: the photos taken in, and the work ordered.

use domain::catalog::{Preset, Quote, WordsNeed};
use domain::command;
use domain::picture::{self, EditDraft, Product, WrongWords};
use domain::{
    ArtifactId, Aspect, GenerationId, HoldId, InputId, JobId, Millis, News, Refusal, Task,
};
use store::generations::{self, Edit, NewGeneration};
use store::inputs::{self, Giver, Input, InputKind, InputState, Kept};
use store::users::User;
use store::{Tx, artifacts, jobs, presets};

use crate::app::Ground;
use crate::makers;
use crate::studio::pictures::{hold, may_order, queue};
use crate::studio::{Done, Stop, refuse};

/// What Telegram gives to bots at most.
const PHOTO_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Photos are work for disks and lines, and cost nothing yet: so many in an hour.
const GIVEN_AN_HOUR: u32 = 120;

/// Takes in a photo that is to be edited: it is looked at before anything is charged.
pub fn take_input(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    photo: &command::Picture,
    now: Millis,
) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if PHOTO_BYTES_MAX < photo.bytes {
        return refuse(Refusal::PhotoTooLarge);
    }
    if GIVEN_AN_HOUR <= inputs::given_since(tx, &user.id, now.since(Millis::HOUR))? {
        return refuse(Refusal::TooManyTries);
    }
    let input = InputId::new(ground.number());
    let giver = Giver { user: &user.id, bot: &user.bot };
    inputs::take(tx, &input, InputKind::Photo, &giver, &photo.file_id, now)?;
    let task = Task::TakeIn { input: input.clone() };
    let job = jobs::NewJob {
        unique_key: Some(format!("take-in:{input}")),
        group_key: Some(user.id.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::InputTaken { input })
}

/// Takes a result as the photo that is to be edited.
pub fn use_result(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    artifact: &ArtifactId,
    now: Millis,
) -> Done {
    let Some(artifact) = artifacts::of(tx, &user.id, artifact)? else {
        return refuse(Refusal::PictureGone);
    };
    let input = InputId::new(ground.number());
    let giver = Giver { user: &user.id, bot: &user.bot };
    let (width, height) = (artifact.width, artifact.height);
    let kept = Kept { object: &artifact.object, width, height, duration_ms: None };
    inputs::adopt(tx, &input, &giver, &kept, now)?;
    Ok(News::InputTaken { input })
}

/// Sets the credits aside and queues the edit, or says why not. All or nothing.
pub fn order(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    draft: &EditDraft,
    quote: Quote,
    now: Millis,
) -> Done {
    let Some(preset) = ground.catalog.preset(&draft.preset) else {
        return refuse(Refusal::PresetGone);
    };
    may_order(tx, ground, user, quote, now)?;
    let words = words(preset, &draft.words)?;
    let photos = photos(tx, user, preset, draft, now)?;
    let shares = presets::shares(tx, &preset.name)?;
    let drawn = (ground.ids.chance() % 100) as u32;
    let version = preset.by_share(drawn, &shares);
    let able = makers::of_edit(tx, ground, version, now)?;
    // Whoever can't be given the work isn't charged for it.
    let Some(maker) = able.first() else { return refuse(Refusal::ProductPaused) };
    let generation = GenerationId::new(ground.number());
    let id = HoldId::new(ground.number());
    let credits = hold(tx, ground, user, &id, &generation, quote.credits, 1, now)?;
    let edit = Edit {
        preset: preset.name.clone(),
        version: version.version,
        inputs: photos.into_iter().map(|it| it.id).collect(),
    };
    let new = NewGeneration {
        id: &generation,
        user: &user.id,
        bot: &user.bot,
        product: Product::Edit,
        avatar: None,
        style: None,
        style_version: None,
        edit: Some(&edit),
        making: None,
        stage: None,
        batch: None,
        words: &words,
        prompt: &preset.prompt(version, &words),
        // An edit keeps the shape of its photo.
        aspect: Aspect::default(),
        count: 1,
        model: &version.workflow,
        seed: i64::from((ground.ids.chance() as u32) >> 1),
        source: None,
        repeats: None,
        credits,
        each: credits,
        hold: &id,
        provider: &maker.provider,
        workflow: &maker.workflow,
    };
    generations::insert(tx, &new, now)?;
    queue(tx, ground, user, generation, now)
}

/// The customer's words, as far as the preset wants any.
fn words(preset: &Preset, given: &str) -> Result<String, Stop> {
    let most = preset.words_chars_max;
    let words = match (preset.words, picture::words(given)) {
        (WordsNeed::None, _) => String::new(),
        (_, Ok(words)) => words,
        (WordsNeed::Optional, Err(WrongWords::Empty)) => String::new(),
        (WordsNeed::Required, Err(WrongWords::Empty)) => return refuse(Refusal::WordsEmpty),
        (_, Err(WrongWords::TooLong)) => return refuse(Refusal::WordsTooLong { most }),
    };
    if (most as usize) < words.chars().count() {
        return refuse(Refusal::WordsTooLong { most });
    }
    Ok(words)
}

/// The photos of a draft: the user's own, looked at, still there, as many as the preset wants.
fn photos(
    tx: &mut Tx,
    user: &User,
    preset: &Preset,
    draft: &EditDraft,
    now: Millis,
) -> Result<Vec<Input>, Stop> {
    let (have, need) = (draft.inputs.len() as u32, preset.photos);
    if have < need {
        return refuse(Refusal::PhotosTooFew { have, need });
    }
    if need < have {
        return refuse(Refusal::PhotosTooMany { most: need });
    }
    let mut photos = Vec::new();
    for id in &draft.inputs {
        let input = inputs::of(tx, &user.id, id)?;
        let Some(input) = input.filter(|it| it.state != InputState::Unusable) else {
            return refuse(Refusal::PhotoGone);
        };
        let Some(object) = &input.object else {
            return refuse(Refusal::PhotosStillChecked { left: 1 });
        };
        // One that is to be deleted, as by its owner, goes with the next sweep.
        let kept = store::objects::of(tx, &user.id, object)?;
        if kept.is_none_or(|it| it.delete_after.is_some_and(|it| it <= now)) {
            return refuse(Refusal::PhotoGone);
        }
        photos.push(input);
    }
    Ok(photos)
}
