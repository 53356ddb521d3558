//! Pictures as things that are ordered, looked at again and thrown away.

use domain::catalog::Quote;
use domain::picture::{self, COUNT_MAX, Draft, Product, WrongWords};
use domain::{
    ArtifactId, Credits, GenerationId, HoldId, JobId, Millis, News, PackingId, Refusal, Task,
};
use store::artifacts::{self, Artifact};
use store::generations::{self, NewGeneration};
use store::ledger::{self, LedgerError};
use store::packings::{self, NewPacking};
use store::users::User;
use store::{Tx, jobs, tries};

use crate::app::Ground;
use crate::makers;
use crate::outbox;
use crate::studio::avatars::own;
use crate::studio::people::wallet;
use crate::studio::{Done, Stop, refuse};
use crate::till::plans;

/// How many originals go out at once: as many as fit one message.
const ORIGINALS_MAX: u32 = 10;

/// How many results fit one archive.
const PACKED_MAX: u32 = 1_000;

/// An archive is work for disks and lines: so many in an hour.
const PACKED_AN_HOUR: u32 = 6;

/// Sets the credits aside and queues the pictures, or says why not. All or nothing.
pub fn order(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    draft: &Draft,
    quote: Quote,
    now: Millis,
) -> Done {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    let avatar = own(tx, user, &draft.avatar)?;
    if avatar.model_object.is_none() && avatar.remote_model.is_none() {
        return refuse(Refusal::AvatarNotReady);
    }
    let style = match &draft.style {
        Some(name) => {
            let style = ground.catalog.style(name).filter(|it| it.is_for(avatar.subject));
            let Some(style) = style else { return refuse(Refusal::StyleGone) };
            Some(style)
        }
        None => None,
    };
    let words = match picture::words(&draft.words) {
        Ok(words) => words,
        Err(WrongWords::Empty) if style.is_some() => String::new(),
        Err(WrongWords::Empty) => return refuse(Refusal::WordsEmpty),
        Err(WrongWords::TooLong) => {
            return refuse(Refusal::WordsTooLong { most: picture::WORDS_CHARS_MAX as u32 });
        }
    };
    let repeats = match &draft.source {
        Some(source) => Some(one(tx, user, &source.artifact)?.generation),
        None => None,
    };
    may_order(tx, ground, user, quote, now)?;
    let model = ground.catalog.picture_model(&draft.model);
    let Some(model) = model.filter(|_| (1..=COUNT_MAX).contains(&draft.count)) else {
        return refuse(Refusal::ProductPaused);
    };
    let able = makers::of_pictures(tx, ground, model, &avatar, draft.source.is_some(), now)?;
    let Some(maker) = able.first() else { return refuse(Refusal::ProductPaused) };

    let generation = GenerationId::new(ground.number());
    let id = HoldId::new(ground.number());
    let each = hold(tx, ground, user, &id, &generation, quote.credits, draft.count, now)?;
    let credits = each.times(draft.count);
    // Seeds of all models are of 31 bits at least.
    let seed = (ground.ids.chance() as u32) >> 1;
    let new = NewGeneration {
        id: &generation,
        user: &user.id,
        bot: &user.bot,
        product: Product::Picture,
        avatar: Some(&avatar.id),
        style: draft.style.as_deref(),
        style_version: style.map(|it| it.version),
        edit: None,
        making: None,
        stage: None,
        batch: None,
        words: &words,
        prompt: &picture::prompt(style, &words, avatar.subject, &avatar.trigger_word),
        aspect: draft.aspect,
        count: draft.count,
        model: &draft.model,
        seed: i64::from(seed),
        source: draft.source.as_ref(),
        repeats: repeats.as_ref(),
        credits,
        each,
        hold: &id,
        provider: &maker.provider,
        workflow: &maker.workflow,
    };
    generations::insert(tx, &new, now)?;
    queue(tx, ground, user, generation, now)
}

/// Puts what was just ordered into the queue.
pub(super) fn queue(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    generation: GenerationId,
    now: Millis,
) -> Done {
    let task = Task::Generate { generation: generation.clone() };
    let job = jobs::NewJob {
        priority: plans::priority(tx, ground, &user.id)?,
        unique_key: Some(format!("generate:{generation}")),
        group_key: Some(user.id.as_str().to_owned()),
        wake_key: Some(generation.as_str().to_owned()),
        ..jobs::NewJob::of(&task)
    };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::PicturesQueued { generation })
}

/// Whether somebody may order anything at all at this price.
pub(super) fn may_order(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    quote: Quote,
    now: Millis,
) -> Result<(), Stop> {
    if user.consent.is_none() {
        return refuse(Refusal::TermsNotAccepted);
    }
    if quote.expires_at <= now {
        return refuse(Refusal::QuoteExpired);
    }
    let most = ground.config.pictures.open_per_user;
    if most as usize <= generations::open_of_user(tx, &user.id)?.len() {
        return refuse(Refusal::PicturesUnderWay { most });
    }
    let since = now.since(Millis::DAY);
    if ground.config.pictures.withheld_per_day <= generations::withheld_since(tx, &user.id, since)?
    {
        return refuse(Refusal::RestsToday);
    }
    Ok(())
}

/// Sets aside what so many results cost, and says what one of them does.
#[expect(clippy::too_many_arguments, reason = "a hold has this many parts, each of its own type")]
pub(super) fn hold(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    id: &HoldId,
    generation: &GenerationId,
    quoted: Credits,
    count: u32,
    now: Millis,
) -> Result<Credits, Stop> {
    let unlimited = &ground.config.credits.unlimited;
    let is_free = user.telegram_id.is_some_and(|it| unlimited.contains(&it));
    // What was shown is what is charged, and each result is a whole number of it.
    let each = if is_free { 0 } else { quoted.as_i64() / i64::from(count) };
    let each = Credits::new(each).unwrap_or_default();
    let held = ledger::hold(tx, id, &wallet(user), each.times(count), generation.as_str(), now);
    match held {
        Ok(()) => Ok(each),
        Err(LedgerError::Short { need, have }) => refuse(Refusal::ShortOfCredits { need, have }),
        Err(error) => Err(error.into()),
    }
}

/// Asks for pictures not to be made. What becomes of it is decided where the provider is asked.
pub fn cancel(tx: &mut Tx, user: &User, generation: &GenerationId, now: Millis) -> Done {
    match generations::of(tx, &user.id, generation)? {
        None => refuse(Refusal::GenerationGone),
        Some(it) if !it.state.is_open() => refuse(Refusal::NothingToCancel),
        Some(it) => {
            generations::ask_cancel(tx, &user.id, &it.id, now)?;
            jobs::wake(tx, it.id.as_str(), now)?;
            Ok(News::CancelAsked)
        }
    }
}

/// The result, if it is this user's and still there.
fn one(tx: &mut Tx, user: &User, artifact: &ArtifactId) -> Result<Artifact, Stop> {
    match artifacts::of(tx, &user.id, artifact)? {
        Some(artifact) => Ok(artifact),
        None => refuse(Refusal::PictureGone),
    }
}

/// Those of them that are this user's and still there; one at least.
fn some(tx: &mut Tx, user: &User, chosen: &[ArtifactId], most: u32) -> Result<Vec<Artifact>, Stop> {
    if (most as usize) < chosen.len() {
        return refuse(Refusal::PicturesTooMany { most });
    }
    let found = artifacts::many(tx, &user.id, chosen)?;
    if found.is_empty() { refuse(Refusal::PictureGone) } else { Ok(found) }
}

pub fn favour(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    artifact: &ArtifactId,
    is_favourite: bool,
    now: Millis,
) -> Done {
    one(tx, user, artifact)?;
    let kept = ground.config.pictures.kept;
    artifacts::favour(tx, &user.id, artifact, is_favourite, kept, now)?;
    Ok(News::Favoured { is_favourite })
}

/// Deletes results: they are out of sight at once, and the files go with the next sweep.
pub fn delete(tx: &mut Tx, user: &User, chosen: &[ArtifactId], now: Millis) -> Done {
    some(tx, user, chosen, PACKED_MAX)?;
    let count = artifacts::delete(tx, &user.id, chosen, now)?;
    Ok(News::PicturesDeleted { count: u32::try_from(count).unwrap_or(u32::MAX) })
}

/// Sends the pictures of a generation once more.
pub fn show_again(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    generation: &GenerationId,
    now: Millis,
) -> Done {
    let found = artifacts::of_generation(tx, &user.id, generation)?;
    if found.is_empty() {
        return refuse(Refusal::PictureGone);
    }
    send(tx, ground, user, &found, false, now)
}

/// Sends the files as they were made.
pub fn send_originals(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    chosen: &[ArtifactId],
    now: Millis,
) -> Done {
    let found = some(tx, user, chosen, ORIGINALS_MAX)?;
    send(tx, ground, user, &found, true, now)
}

fn send(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    found: &[Artifact],
    are_originals: bool,
    now: Millis,
) -> Done {
    let artifacts: Vec<ArtifactId> = found.iter().map(|it| it.id.clone()).collect();
    // A quick second press is the same wish; later it is another one.
    let minute = now.as_i64() / Millis::MINUTE.as_i64();
    let about = format!("{}:{}:{are_originals}:{minute}", artifacts[0], artifacts.len());
    let news = News::PicturesSent { artifacts, are_originals };
    outbox::tell(tx, ground, &user.id, &news, &about, now)?;
    Ok(News::SendingPictures)
}

/// Has results put into one archive, which comes by itself.
pub fn pack(tx: &mut Tx, ground: &Ground, user: &User, chosen: &[ArtifactId], now: Millis) -> Done {
    let found = some(tx, user, chosen, PACKED_MAX)?;
    let artifacts: Vec<ArtifactId> = found.into_iter().map(|it| it.id).collect();
    let packing = PackingId::new(ground.number());
    if PACKED_AN_HOUR < tries::count(tx, &user.id, "pack", now)? {
        return refuse(Refusal::TooManyTries);
    }
    let new = NewPacking { id: &packing, user: &user.id, bot: &user.bot, artifacts: &artifacts };
    packings::insert(tx, &new, now)?;
    let task = Task::Pack { packing: packing.clone() };
    let job =
        jobs::NewJob { unique_key: Some(format!("pack:{packing}")), ..jobs::NewJob::of(&task) };
    jobs::enqueue(tx, &job, &JobId::new(ground.number()), now)?;
    Ok(News::PackingBegun { count: u32::try_from(artifacts.len()).unwrap_or(u32::MAX) })
}
