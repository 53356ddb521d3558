//! Facts for screens: what one needs is read, and no more.

use chat::facts::{
    AvatarFacts, Facts, HistoryLine, HistoryPage, Needs, Numbers, Person, PhotoFacts,
    TrainingFacts, Why,
};
use chat::text::Speech;
use chrono::DateTime;
use domain::{
    AvatarId, Credits, GenerationId, GiftId, Millis, PaymentId, RefundId, TrainingId, WorkState,
};
use store::avatars::Avatar;
use store::ledger::{self, Hold, HoldState, Line, LineKind};
use store::trainings::Training;
use store::users::User;
use store::{StoreError, Tx, avatars, generations, payments, photos, trainings, users};

use crate::app::Ground;
use crate::failure::Failure;
use crate::makers;
use crate::studio;
use crate::studio::people::{TERMS_VERSION, wallet};
use crate::till::{self, shop};

mod admin;
mod money;
pub mod orders;
mod pictures;
mod videos;

/// How many movements a page of the history shows.
const HISTORY_PAGE: u32 = 10;

/// More avatars than anybody is allowed to have.
const AVATARS_MAX: u32 = 1_000;

pub fn gather<'a>(
    tx: &mut Tx,
    ground: &'a Ground,
    user: &User,
    needs: &Needs,
    now: Millis,
) -> Result<Facts<'a>, Failure> {
    // A wallet is opened with the agreement to the terms; before, there is nothing in it.
    let balance = ledger::balance(tx, &wallet(user))?;
    let (posted, held) = balance.map_or(Default::default(), |it| (it.posted, it.held));
    let config = &ground.config;
    let consented = user.consent.as_ref().is_some_and(|(_, version)| version == TERMS_VERSION);
    // Whoever comes back after having been forgotten isn't promised what they won't get.
    let is_welcomed = match user.telegram_id {
        Some(it) if !consented => users::is_welcomed(tx, &user.bot, &ground.mark(it))?,
        Some(_) | None => false,
    };
    let welcome = if is_welcomed { Credits::ZERO } else { config.credits.welcome };
    let person = Person {
        name: user.first_name.clone(),
        consented,
        available: posted.less(held),
        held,
        language: user.language,
        welcome,
        is_owner: studio::admin::is_owner(ground, user),
        has_shop: shop::of(ground, &user.bot)
            .is_some_and(|it| !shop::methods(ground, it).is_empty()),
        result_days: days(config.pictures.kept),
        input_days: days(config.edits.photos_kept),
        clip_days: days(config.videos.clips_kept),
        labels_videos: config.videos.has_label,
        can_edit: needs.edits && makers::anybody_edits(tx, ground, now)?,
        can_video: needs.videos && makers::anybody_films(tx, ground, now)?,
        can_hint: 0 < config.hints.per_day
            && ground.providers.contains(&config.hints.provider.as_str()),
        hints_left: studio::hints::left(tx, ground, user, now)?,
        picture_discount: till::plans::picture_discount(tx, ground, &user.id)?,
        photo_days: days(config.training.photo_kept),
    };
    let mut facts = Facts::new(Speech::of(user.language), &ground.catalog, now, person);
    if needs.avatars {
        for avatar in avatars::list(tx, &user.id, None, AVATARS_MAX)? {
            facts.avatars.push(about(tx, user, avatar)?);
        }
    }
    if let Some(id) = &needs.avatar
        && let Some(avatar) = avatars::of(tx, &user.id, id)?
    {
        if needs.photos {
            facts.photos = set(tx, user, &avatar.id)?;
        }
        if needs.numbers {
            let of = avatars::statistics(tx, &user.id, &avatar.id)?;
            facts.numbers = Some(Numbers {
                trainings: of.trainings,
                generations: of.generations,
                spent: of.spent,
            });
        }
        facts.avatar = Some(about(tx, user, avatar)?);
    }
    if let Some(page) = needs.history {
        facts.history = Some(history(tx, &facts, user, page)?);
    }
    pictures::gather(tx, user, needs, now, &mut facts)?;
    videos::gather(tx, ground, user, needs, now, &mut facts)?;
    orders::gather(tx, user, needs, &mut facts)?;
    money::gather(tx, ground, user, needs, now, &mut facts)?;
    admin::gather(tx, ground, user, needs, now, &mut facts)?;
    Ok(facts)
}

fn days(kept: Millis) -> u32 {
    (kept.as_i64() / Millis::DAY.as_i64()) as u32
}

fn about(tx: &mut Tx, user: &User, avatar: Avatar) -> Result<AvatarFacts, Failure> {
    let training = match trainings::latest(tx, &user.id, &avatar.id)? {
        Some(training) => Some(of_training(tx, &training)?),
        None => None,
    };
    Ok(AvatarFacts {
        photos: photos::count(tx, &user.id, &avatar.id)?,
        id: avatar.id,
        kind: avatar.kind,
        subject: avatar.subject,
        name: avatar.name,
        state: avatar.state,
        is_main: avatar.is_main,
        training,
    })
}

/// What was charged and returned is read from the hold, never from the training's state.
fn of_training(tx: &mut Tx, training: &Training) -> Result<TrainingFacts, Failure> {
    let hold = ledger::hold_state(tx, &training.hold)?;
    let (charged, returned) = match hold {
        Some(Hold { state: HoldState::Captured(charged), credits, .. }) => {
            (charged, credits.less(charged))
        }
        Some(Hold { state: HoldState::Released, credits, .. }) => (Credits::ZERO, credits),
        Some(Hold { state: HoldState::Open, .. }) | None => (Credits::ZERO, Credits::ZERO),
    };
    Ok(TrainingFacts {
        state: training.state,
        quality: training.quality,
        price: training.credits,
        percent: training.percent.and_then(|it| u8::try_from(it).ok()),
        queue_place: training.queue_place,
        cancel_asked: training.cancel_asked_at.is_some(),
        uncertain: training.state == WorkState::Pending && training.intent_at.is_some(),
        started_at: training.started_at,
        fault: training.fault,
        charged,
        returned,
    })
}

fn set(tx: &mut Tx, user: &User, avatar: &AvatarId) -> Result<Vec<PhotoFacts>, StoreError> {
    let photos = photos::set(tx, &user.id, avatar)?.into_iter();
    Ok(photos
        .map(|it| PhotoFacts {
            id: it.id,
            number: it.number,
            verdicts: it.judgement.map(|it| it.verdicts),
        })
        .collect())
}

/// A page of the wallet's movements. The ledger turns pages by line numbers, which count up to the
/// latest, so the page before which a line stands follows from the number of the latest.
fn history(tx: &mut Tx, facts: &Facts<'_>, user: &User, page: u32) -> Result<HistoryPage, Failure> {
    let wallet = wallet(user);
    let mut lines = ledger::statement(tx, &wallet, None, 1)?;
    let latest = lines.iter().find_map(|it| it.number).unwrap_or_default();
    lines.retain(|it| it.number.is_none());
    let before = latest + 1 - i64::from(page) * i64::from(HISTORY_PAGE);
    if 0 < page {
        lines.clear();
    }
    lines.extend(ledger::statement(tx, &wallet, Some(before), HISTORY_PAGE)?);
    let has_more = i64::from(HISTORY_PAGE) < before - 1;
    let lines = lines.into_iter().map(|line| told(tx, facts, user, line));
    Ok(HistoryPage { lines: lines.collect::<Result<_, _>>()?, has_more })
}

fn told(tx: &mut Tx, facts: &Facts<'_>, user: &User, line: Line) -> Result<HistoryLine, Failure> {
    let cause = line.cause.as_deref().unwrap_or_default();
    let kind = |prefix: &str| line.reference.starts_with(prefix);
    let is_gift = GiftId::from_text(cause).is_some();
    let is_refund = RefundId::from_text(cause).is_some();
    let order = match GenerationId::from_text(cause) {
        Some(id) => generations::of(tx, &user.id, &id)?,
        None => None,
    };
    let why = match line.kind {
        LineKind::Bonus if kind("welcome:") => Why::Welcome,
        LineKind::Bonus if kind("payment-bonus:") => Why::OnTop,
        LineKind::Bonus if kind("promo:") => Why::Promo,
        LineKind::Bonus if kind("referral:") => Why::Reward,
        LineKind::Bonus if kind("gift:") => Why::FriendsGift,
        LineKind::Bonus => Why::Gift,
        LineKind::Bought => Why::Bought,
        LineKind::Taken if is_refund => Why::Refunded,
        LineKind::Taken => Why::Taken,
        LineKind::Spent if is_gift => Why::Given,
        LineKind::Spent => order.as_ref().map_or(Why::Training, |it| Why::Ordered(it.product)),
        LineKind::Held if is_gift => Why::GivenHeld,
        LineKind::Held if is_refund => Why::RefundHeld,
        LineKind::Held => {
            order.as_ref().map_or(Why::TrainingHeld, |it| Why::OrderedHeld(it.product))
        }
        LineKind::Expired => Why::Expired,
    };
    let avatar = match (TrainingId::from_text(cause), &order) {
        (Some(id), _) => trainings::of(tx, &user.id, &id)?.map(|it| it.avatar),
        (None, Some(order)) => order.avatar.clone(),
        (None, None) => None,
    };
    let preset = order.and_then(|it| it.edit).map(|it| it.preset);
    let about = match (avatar, PaymentId::from_text(cause)) {
        (Some(id), _) => avatars::get_for_job(tx, &id)?.map(|it| it.name),
        (None, Some(id)) => payments::get_for_job(tx, &id)?.map(|it| facts.money(it.money)),
        (None, None) => preset,
    };
    let amount = line.credits.as_i64();
    Ok(HistoryLine {
        on: day(line.at),
        amount: if line.kind.adds() { amount } else { -amount },
        why,
        about: about.unwrap_or(line.reason),
    })
}

/// A day as people here write it, by Greenwich.
pub fn day(at: Millis) -> String {
    DateTime::from_timestamp_millis(at.as_i64())
        .map_or_else(String::new, |it| it.format("%d.%m.%Y").to_string())
}

/// A day as it sorts, by Greenwich.
pub fn iso_day(at: Millis) -> String {
    DateTime::from_timestamp_millis(at.as_i64())
        .map_or_else(String::new, |it| it.format("%Y-%m-%d").to_string())
}
