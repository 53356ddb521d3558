//! Trainings of a user's avatars.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::catalog::{QUOTE_LASTS, Quote};
use domain::{AvatarId, Credits, Quality, Refusal, TrainingId};
use serde::{Deserialize, Serialize};
use store::trainings::{self, Training};
use store::users::User;
use store::{Tx, avatars};
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{
    Asked, Id, Input, Page, Pages, Whose, cursor, limit, maybe_whole, moment, place,
};
use crate::api::once::{Made, Once};
use crate::api::problem::Problem;
use crate::app::App;
use crate::studio::{self, accounts, uploads};

/// One try at making an avatar.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Training)]
pub struct Shown {
    #[schema(example = "trn_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    avatar: String,
    /// `portrait` or `style`.
    training_type: &'static str,
    /// `fast`, `balanced` or `quality`.
    quality: &'static str,
    state: State_,
    /// How many steps it is trained for, where that is known.
    #[schema(required = true)]
    steps: Option<u32>,
    /// Where the provider says it.
    #[schema(required = true)]
    percent: Option<u32>,
    /// How many are before it, where the provider says it.
    #[schema(required = true)]
    queue_place: Option<u32>,
    /// Whether it was asked to stop.
    is_canceling: bool,
    /// Why it failed.
    #[schema(required = true, example = json!(null))]
    fault: Option<&'static str>,
    credits: Price,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    started_at: Option<String>,
    #[schema(required = true, format = DateTime)]
    ended_at: Option<String>,
}

/// Where work is. `PENDING`: paid for; `PROCESSING`: a provider has it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = WorkState)]
pub enum State_ {
    Pending,
    Processing,
    Succeeded,
    Failed,
    Canceled,
}

impl From<domain::WorkState> for State_ {
    fn from(state: domain::WorkState) -> Self {
        match state {
            domain::WorkState::Pending => Self::Pending,
            domain::WorkState::Processing => Self::Processing,
            domain::WorkState::Succeeded => Self::Succeeded,
            domain::WorkState::Failed => Self::Failed,
            domain::WorkState::Canceled => Self::Canceled,
        }
    }
}

/// What work costs, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Price {
    /// What was set aside.
    pub price: i64,
    /// What was taken; zero until the end.
    pub charged: i64,
    /// What went back; zero until the end.
    pub returned: i64,
}

/// A training to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTraining {
    /// One of the user's avatars, with enough photos.
    #[schema(pattern = "^ava_[0-9a-z]{1,26}$")]
    avatar: String,
    /// `balanced`, unless it is said.
    #[serde(default)]
    quality: Option<Grade>,
    /// Refused with 409 where it costs more.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    max_credits: Option<i64>,
}

/// How much work is put into a training.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Quality)]
pub enum Grade {
    Fast,
    Balanced,
    Quality,
}

impl From<Grade> for Quality {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Fast => Self::Fast,
            Grade::Balanced => Self::Balanced,
            Grade::Quality => Self::Quality,
        }
    }
}

/// What a caller will pay at most, from what they say.
pub(super) fn most(asked: Option<i64>) -> Result<Option<Credits>, Problem> {
    let wrong = || Problem::input("max_credits is 0 to 1000000000.");
    let credits = |it| Credits::new(it).filter(|_| it <= 1_000_000_000).ok_or_else(wrong);
    asked.map(credits).transpose()
}

/// Refuses a price that is higher than the caller will pay.
pub(super) fn too_dear(credits: Credits) -> Problem {
    let says = format!("This costs {credits} credits, which is more than max_credits.");
    Problem::new(axum::http::StatusCode::CONFLICT, "price-too-high", says)
}

pub(super) fn shown(tx: &mut Tx, it: Training) -> Result<Shown, Problem> {
    let (charged, returned) = accounts::settled(tx, &it.hold)?;
    Ok(Shown {
        id: it.id.into(),
        avatar: it.avatar.into(),
        training_type: it.kind.as_str(),
        quality: it.quality.as_str(),
        state: it.state.into(),
        steps: it.settings.steps,
        percent: it.percent,
        queue_place: it.queue_place,
        is_canceling: it.state.is_open() && it.cancel_asked_at.is_some(),
        fault: it.fault.map(|it| it.key()),
        credits: Price {
            price: it.credits.as_i64(),
            charged: charged.as_i64(),
            returned: returned.as_i64(),
        },
        created_at: moment(it.created_at),
        started_at: it.started_at.map(moment),
        ended_at: it.ended_at.map(moment),
    })
}

fn own(tx: &mut Tx, user: &User, id: &str) -> Result<Training, Problem> {
    let gone = || Problem::gone("training");
    let id = TrainingId::from_text(id).ok_or_else(gone)?;
    trainings::of(tx, &user.id, &id)?.ok_or_else(gone)
}

/// List trainings
///
/// The latest first.
#[utoipa::path(get, path = "/api/trainings", tag = "Trainings", params(Pages),
    responses((status = 200, description = "A page of trainings.", body = Page<Shown>)),
    security(("key" = ["trainings:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), TrainingId::PREFIX, TrainingId::from_text)?;
    let page = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let found = trainings::list(tx, &user.id, before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| shown(tx, it))
    });
    page.await.map(Json)
}

/// Get a training
#[utoipa::path(get, path = "/api/trainings/{id}", tag = "Trainings",
    params(("id" = String, Path, description = "The training."), Whose),
    responses((status = 200, description = "The training.", body = Shown)),
    security(("key" = ["trainings:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Shown>, Problem> {
    let training = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let training = own(tx, &user, &id)?;
        shown(tx, training)
    });
    training.await.map(Json)
}

/// Train an avatar whose photos are there
///
/// The credits are set aside now and taken when the avatar is there.
#[utoipa::path(post, path = "/api/trainings", tag = "Trainings",
    params(Whose), request_body = NewTraining,
    responses((status = 202, description = "It is queued.", body = Shown)),
    security(("key" = ["trainings:write"])))]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Asked(asked): Asked<Whose>,
    Input { value: new, hash }: Input<NewTraining>,
) -> Result<Made, Problem> {
    let most = most(new.max_credits)?;
    let quality = new.quality.map_or(Quality::Balanced, Quality::from);
    once.with_body(hash)
        .write(&app, caller, move |tx, ground, caller, now| {
            let user = caller.user(tx, asked.user.as_deref())?;
            let gone = || Problem::from(Refusal::AvatarGone);
            let id = AvatarId::from_text(&new.avatar).ok_or_else(gone)?;
            let avatar = avatars::of(tx, &user.id, &id)?.ok_or_else(gone)?;
            let Some(credits) = uploads::price(ground, avatar.kind, quality) else {
                return Err(Refusal::ProductPaused.into());
            };
            if most.is_some_and(|it| it < credits) {
                return Err(too_dear(credits));
            }
            let quote = Quote { credits, expires_at: now.plus(QUOTE_LASTS) };
            studio::training::start(tx, ground, &user, &id, quality, quote, now)?;
            let training = trainings::open(tx, &user.id, &id)?;
            let training = training.ok_or_else(|| Problem::gone("training"))?;
            Made::accepted(&shown(tx, training)?)
        })
        .await
}

/// Cancel a training
///
/// It ends by itself a little later; what it cost goes back unless it had finished before.
#[utoipa::path(post, path = "/api/trainings/{id}/cancel", tag = "Trainings",
    params(("id" = String, Path, description = "The training."), Whose),
    responses((status = 202, description = "It was asked to stop.", body = Shown)),
    security(("key" = ["trainings:write"])))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Made, Problem> {
    once.write(&app, caller, move |tx, _, caller, now| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let training = own(tx, &user, &id)?;
        if !training.state.is_open() {
            return Err(Refusal::NothingToCancel.into());
        }
        studio::training::cancel(tx, &user, &training.avatar, now)?;
        let training = own(tx, &user, &id)?;
        Made::accepted(&shown(tx, training)?)
    })
    .await
}
