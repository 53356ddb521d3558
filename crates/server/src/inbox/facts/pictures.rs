//! What screens are told about pictures.

use chat::facts::{
    ArtifactFacts, ArtifactNeed, Cursor, Facts, Filter, GalleryFacts, GalleryNeed, GenerationFacts,
    InputFacts, InputState, MakingFacts, Needs, Tile, Wish,
};
use domain::picture::{Draft, EditDraft, Product};
use domain::video::{CharacterDraft, Making, SpeechDraft};
use domain::{AvatarId, Credits, Millis, WorkState};
use store::artifacts::{self, Artifact};
use store::generations::{self, Generation};
use store::inputs::{self, Input};
use store::ledger::{self, Hold, HoldState};
use store::users::User;
use store::{StoreError, Tx, avatars, objects};

use crate::failure::Failure;
use crate::inbox::facts::day;

/// Of how many orders of late the time is guessed.
const RECENT: u32 = 50;

pub(super) fn gather(
    tx: &mut Tx,
    user: &User,
    needs: &Needs,
    now: Millis,
    facts: &mut Facts<'_>,
) -> Result<(), Failure> {
    if needs.making {
        for it in generations::open_of_user(tx, &user.id)? {
            let avatar_name = name(tx, user, it.avatar.as_ref())?;
            let (product, preset) = (it.product, it.edit.map(|it| it.preset));
            let (id, count) = (it.id, it.count);
            facts.making.push(MakingFacts { id, product, avatar_name, preset, count });
        }
    }
    if let Some(id) = &needs.generation
        && let Some(it) = generations::of(tx, &user.id, id)?
    {
        facts.generation = generation(tx, user, it, now)?;
    }
    for id in &needs.inputs {
        if let Some(it) = inputs::of(tx, &user.id, id)? {
            facts.inputs.push(input(tx, user, it, now)?);
        }
    }
    if let Some(need) = &needs.gallery {
        facts.gallery = Some(gallery(tx, user, need, now)?);
    }
    if let Some(need) = &needs.artifact
        && let Some(it) = artifacts::of(tx, &user.id, &need.id)?
    {
        facts.artifact = artifact(tx, user, need, it, now)?;
    }
    Ok(())
}

/// A photo that is to be edited, as long as it is kept.
fn input(tx: &mut Tx, user: &User, it: Input, now: Millis) -> Result<InputFacts, StoreError> {
    let object = match &it.object {
        Some(object) => objects::of(tx, &user.id, object)?,
        None => None,
    };
    let is_kept = object.is_some_and(|it| it.delete_after.is_none_or(|it| now < it));
    let state = match it.state {
        inputs::InputState::Waiting => InputState::Waiting,
        inputs::InputState::Ready if is_kept => InputState::Ready,
        inputs::InputState::Ready | inputs::InputState::Unusable => InputState::Unusable,
    };
    Ok(InputFacts { id: it.id, state, millis: it.duration_ms })
}

fn name(tx: &mut Tx, user: &User, avatar: Option<&AvatarId>) -> Result<String, StoreError> {
    let Some(avatar) = avatar else { return Ok(String::new()) };
    Ok(avatars::of(tx, &user.id, avatar)?.map(|it| it.name).unwrap_or_default())
}

/// What was ordered. `None`: it was forgotten.
fn wish(of: &Generation) -> Option<Wish> {
    if let Some(making) = of.making.clone() {
        let words = of.words.clone();
        return Some(match making {
            Making::Character { face } => Wish::Character(CharacterDraft { face, words }),
            Making::Speech { voice, speed_percent } => {
                Wish::Speech(SpeechDraft { voice, script: words, speed_percent })
            }
            Making::Video { draft, .. } => Wish::Video(draft),
        });
    }
    if let Some(edit) = &of.edit {
        return Some(Wish::Edit(EditDraft {
            preset: edit.preset.clone(),
            inputs: edit.inputs.clone(),
            words: of.words.clone(),
        }));
    }
    Some(Wish::Picture(Draft {
        avatar: of.avatar.clone()?,
        style: of.style.clone(),
        words: of.words.clone(),
        aspect: of.aspect,
        count: of.count,
        model: of.model.clone(),
        source: of.source.clone(),
    }))
}

fn tile(it: &Artifact, number: u32) -> Tile {
    Tile { artifact: it.id.clone(), number, is_favourite: it.is_favourite }
}

/// What was charged and returned is read from the hold, never from the state.
pub(super) fn generation(
    tx: &mut Tx,
    user: &User,
    it: Generation,
    now: Millis,
) -> Result<Option<GenerationFacts>, Failure> {
    let Some(wish) = wish(&it) else { return Ok(None) };
    let (charged, returned) = match ledger::hold_state(tx, &it.hold)? {
        Some(Hold { state: HoldState::Captured(charged), credits, .. }) => {
            (charged, credits.less(charged))
        }
        Some(Hold { state: HoldState::Released, credits, .. }) => (Credits::ZERO, credits),
        Some(Hold { state: HoldState::Open, .. }) | None => (Credits::ZERO, Credits::ZERO),
    };
    let is_ours = it.state == WorkState::Pending && it.intent_at.is_none();
    let queue_place = if is_ours { Some(generations::ahead(tx, &it.id)?) } else { it.queue_place };
    let seconds_left = match it.state.is_open() {
        true => generations::recent_seconds(tx, &it.model, RECENT)?.map(|usual| {
            let gone = now.since(it.created_at).as_i64() / 1_000;
            usual.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
        }),
        false => None,
    };
    let found = artifacts::of_generation(tx, &user.id, &it.id)?;
    let millis = match &it.making {
        Some(Making::Video { millis, .. }) => Some(*millis),
        _ => found.first().and_then(|it| it.duration_ms),
    };
    Ok(Some(GenerationFacts {
        wish,
        product: it.product,
        stage: it.stage,
        millis,
        avatar_name: name(tx, user, it.avatar.as_ref())?,
        state: it.state,
        percent: it.percent.and_then(|it| u8::try_from(it).ok()),
        queue_place,
        cancel_asked: it.cancel_asked_at.is_some(),
        // Whoever speaks answers with the speech itself: until then it is being spoken.
        uncertain: it.state == WorkState::Pending
            && it.intent_at.is_some()
            && it.product != Product::Speech,
        // No time is promised any more once it is over.
        seconds_left: seconds_left.filter(|it| 0 < *it),
        moved_on: !it.tried.is_empty(),
        price: it.credits,
        charged,
        returned,
        made: it.made,
        withheld: it.withheld,
        fault: it.fault,
        tiles: found.iter().map(|it| tile(it, it.number)).collect(),
        id: it.id,
    }))
}

fn filter(of: &Filter, now: Millis) -> artifacts::Filter {
    artifacts::Filter {
        avatar: of.avatar.clone(),
        product: of.product,
        still: false,
        favourite: of.is_favourite,
        since: of.period.begins(now),
    }
}

/// A page, and whether there are others: one more is read than is shown.
fn gallery(
    tx: &mut Tx,
    user: &User,
    need: &GalleryNeed,
    now: Millis,
) -> Result<GalleryFacts, StoreError> {
    let by = artifacts::Filter { still: need.is_still, ..filter(&need.filter, now) };
    let (limit, most) = (need.limit, need.limit as usize);
    let newest = |tx: &mut Tx| artifacts::page(tx, &user.id, &by, None, None, limit + 1);
    let mut page = match &need.cursor {
        Cursor::Newest => newest(tx)?,
        Cursor::OlderThan(before) => {
            artifacts::page(tx, &user.id, &by, Some(before), None, limit + 1)?
        }
        Cursor::NewerThan(after) => {
            let page = artifacts::page(tx, &user.id, &by, None, Some(after), limit)?;
            // Less than a page is newer: that is the first page.
            if page.len() < most { newest(tx)? } else { page }
        }
    };
    page.truncate(most);
    let edge = |tx: &mut Tx, before, after| -> Result<bool, StoreError> {
        Ok(!artifacts::page(tx, &user.id, &by, before, after, 1)?.is_empty())
    };
    let (has_newer, has_older) = match (page.first(), page.last()) {
        (Some(first), Some(last)) => {
            (edge(tx, None, Some(&first.id))?, edge(tx, Some(&last.id), None)?)
        }
        _ => (false, false),
    };
    let tiles = (1..).zip(&page).map(|(number, it)| tile(it, number)).collect();
    let total = artifacts::count(tx, &user.id, &by)?;
    Ok(GalleryFacts { tiles, has_newer, has_older, total })
}

fn artifact(
    tx: &mut Tx,
    user: &User,
    need: &ArtifactNeed,
    it: Artifact,
    now: Millis,
) -> Result<Option<ArtifactFacts>, Failure> {
    let Some(generation) = generations::of(tx, &user.id, &it.generation)? else { return Ok(None) };
    let Some(wish) = wish(&generation) else { return Ok(None) };
    let by = filter(&need.filter, now);
    let older = artifacts::page(tx, &user.id, &by, Some(&it.id), None, 1)?;
    let newer = artifacts::page(tx, &user.id, &by, None, Some(&it.id), 1)?;
    Ok(Some(ArtifactFacts {
        generation: generation.id.clone(),
        wish,
        avatar_name: name(tx, user, it.avatar.as_ref())?,
        product: it.product,
        number: it.number,
        is_favourite: it.is_favourite,
        on: day(it.created_at),
        seed: u32::try_from(it.seed).ok(),
        width: it.width,
        height: it.height,
        millis: it.duration_ms,
        price: generation.each,
        expires_on: it.delete_after.map(day),
        newer: newer.into_iter().next().map(|it| it.id),
        older: older.into_iter().next().map(|it| it.id),
        id: it.id,
    }))
}
