//! Pictures made with a user's avatars.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chat::facts::picture_price;
use domain::catalog::{QUOTE_LASTS, Quote};
use domain::picture::{Aspect, Draft, Source};
use domain::{ArtifactId, AvatarId, GenerationId, Millis, Refusal};
use serde::{Deserialize, Serialize};
use store::generations::{self, Generation};
use store::users::User;
use store::{Tx, artifacts};
use utoipa::ToSchema;

use crate::api::gallery;
use crate::api::gate::Caller;
use crate::api::input::{
    Asked, Id, Input, Page, Pages, Whose, cursor, limit, maybe_whole, moment, place, whole,
};
use crate::api::once::{Made, Once};
use crate::api::problem::Problem;
use crate::api::trainings::{Price, State_, most, too_dear};
use crate::app::{App, Ground};
use crate::studio::{self, accounts};
use crate::till::plans;

/// One order of pictures, or of an edit of photos.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Generation)]
pub struct Shown {
    #[schema(example = "gen_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    /// `picture` or `edit`.
    product: &'static str,
    /// Of a picture.
    #[schema(required = true)]
    avatar: Option<String>,
    #[schema(required = true)]
    style: Option<String>,
    /// Of an edit.
    #[schema(required = true)]
    preset: Option<String>,
    /// Empty where only a style was chosen, or where the user was forgotten.
    words: String,
    /// Width to height: `1:1`, `3:4`, `4:3`, `9:16`, `16:9`.
    aspect: &'static str,
    /// How many were ordered.
    count: u32,
    model: String,
    state: State_,
    #[schema(required = true)]
    percent: Option<u32>,
    /// How many are before it.
    #[schema(required = true)]
    queue_place: Option<u32>,
    is_canceling: bool,
    /// How many were made.
    made: u32,
    /// How many a safety check kept back. They cost nothing.
    withheld: u32,
    #[schema(required = true)]
    fault: Option<&'static str>,
    credits: Price,
    /// What was made, as far as it isn't deleted: ids of the gallery.
    pictures: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    ended_at: Option<String>,
}

/// An order of pictures.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGeneration {
    /// One of the user's avatars that is trained.
    #[schema(pattern = "^ava_[0-9a-z]{1,26}$")]
    avatar: String,
    /// The name of a style, from `/api/presets`.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,23}$")]
    style: Option<String>,
    /// What is to be on the pictures; needed where no style is chosen.
    #[serde(default)]
    #[schema(max_length = 500, example = "on a bridge in the rain")]
    words: String,
    /// `3:4`, unless it is said.
    #[serde(default)]
    aspect: Shape,
    /// How many.
    #[serde(default = "one", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 4, default = 1)]
    count: u32,
    /// The name of a picture model, from `/api/presets`; the cheapest, unless it is said.
    #[serde(default)]
    #[schema(pattern = "^[a-z0-9][a-z0-9-]{0,23}$")]
    model: Option<String>,
    /// A picture of the gallery that the new ones begin from.
    #[serde(default)]
    #[schema(pattern = "^art_[0-9a-z]{1,26}$")]
    source: Option<String>,
    /// How far the new ones may be from it: 1 is nearly the same, 100 something else.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 1, maximum = 100)]
    strength_percent: Option<u32>,
    /// Refused with 409 where it costs more.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    max_credits: Option<i64>,
}

fn one() -> u32 {
    1
}

/// The shape of a picture: width to height.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[schema(as = Aspect)]
pub enum Shape {
    #[serde(rename = "1:1")]
    Square,
    #[default]
    #[serde(rename = "3:4")]
    Portrait,
    #[serde(rename = "4:3")]
    Landscape,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "16:9")]
    Wide,
}

impl From<Shape> for Aspect {
    fn from(shape: Shape) -> Self {
        match shape {
            Shape::Square => Self::Square,
            Shape::Portrait => Self::Portrait,
            Shape::Landscape => Self::Landscape,
            Shape::Tall => Self::Tall,
            Shape::Wide => Self::Wide,
        }
    }
}

pub(super) fn shown(tx: &mut Tx, it: Generation) -> Result<Shown, Problem> {
    let (charged, returned) = accounts::settled(tx, &it.hold)?;
    let pictures = artifacts::of_generation(tx, &it.user, &it.id)?;
    let is_ours = it.state == domain::WorkState::Pending && it.intent_at.is_none();
    let queue_place = if is_ours { Some(generations::ahead(tx, &it.id)?) } else { it.queue_place };
    Ok(Shown {
        id: it.id.into(),
        product: it.product.as_str(),
        avatar: it.avatar.map(Into::into),
        style: it.style,
        preset: it.edit.map(|it| it.preset),
        words: it.words,
        aspect: it.aspect.as_str(),
        count: it.count,
        model: it.model,
        state: it.state.into(),
        percent: it.percent,
        queue_place,
        is_canceling: it.state.is_open() && it.cancel_asked_at.is_some(),
        made: it.made,
        withheld: it.withheld,
        fault: it.fault.map(|it| it.key()),
        credits: Price {
            price: it.credits.as_i64(),
            charged: charged.as_i64(),
            returned: returned.as_i64(),
        },
        pictures: pictures.into_iter().map(|it| it.id.into()).collect(),
        created_at: moment(it.created_at),
        ended_at: it.ended_at.map(moment),
    })
}

fn own(tx: &mut Tx, user: &User, id: &str) -> Result<Generation, Problem> {
    let gone = || Problem::from(Refusal::GenerationGone);
    let id = GenerationId::from_text(id).ok_or_else(gone)?;
    generations::of(tx, &user.id, &id)?.ok_or_else(gone)
}

/// List generations
///
/// The latest first.
#[utoipa::path(get, path = "/api/generations", tag = "Generations", params(Pages),
    responses((status = 200, description = "A page of generations.", body = Page<Shown>)),
    security(("key" = ["generations:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), GenerationId::PREFIX, GenerationId::from_text)?;
    let page = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let found = generations::list(tx, &user.id, before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| shown(tx, it))
    });
    page.await.map(Json)
}

/// Get a generation
#[utoipa::path(get, path = "/api/generations/{id}", tag = "Generations",
    params(("id" = String, Path, description = "The generation."), Whose),
    responses((status = 200, description = "The generation.", body = Shown)),
    security(("key" = ["generations:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Shown>, Problem> {
    let generation = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let generation = own(tx, &user, &id)?;
        shown(tx, generation)
    });
    generation.await.map(Json)
}

/// Make pictures
///
/// The credits are set aside now; only what is made is charged.
#[utoipa::path(post, path = "/api/generations", tag = "Generations",
    params(Whose), request_body = NewGeneration,
    responses((status = 202, description = "They are queued.", body = Shown)),
    security(("key" = ["generations:write"])))]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Asked(asked): Asked<Whose>,
    Input { value: new, hash }: Input<NewGeneration>,
) -> Result<Made, Problem> {
    let wish = wish(&app.ground, new)?;
    once.with_body(hash)
        .write(&app, caller, move |tx, ground, caller, now| {
            let user = caller.user(tx, asked.user.as_deref())?;
            let generation = order(tx, ground, &user, &wish, now)?;
            let generation = own(tx, &user, generation.as_str())?;
            Made::accepted(&shown(tx, generation)?)
        })
        .await
}

/// What is ordered, and for how much at most.
struct Wish {
    draft: Draft,
    most: Option<domain::Credits>,
}

fn wish(ground: &Ground, new: NewGeneration) -> Result<Wish, Problem> {
    if !(1..=domain::picture::COUNT_MAX).contains(&new.count) {
        return Err(Problem::input("count is 1 to 4."));
    }
    let strength = new.strength_percent.unwrap_or(domain::picture::VARY_PERCENT);
    if !(1..=100).contains(&strength) {
        return Err(Problem::input("strength_percent is 1 to 100."));
    }
    let source = match &new.source {
        Some(id) => {
            let artifact = ArtifactId::from_text(id).ok_or(Refusal::PictureGone)?;
            Some(Source { artifact, strength_percent: strength })
        }
        None => None,
    };
    let model = match new.model {
        Some(model) if ground.catalog.picture_model(&model).is_none() => {
            let says = format!("There is no picture model `{model}`.");
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "model-unknown", says));
        }
        Some(model) => model,
        None => match ground.catalog.pictures.first() {
            Some(cheapest) => cheapest.name.clone(),
            None => return Err(Refusal::ProductPaused.into()),
        },
    };
    let draft = Draft {
        avatar: AvatarId::from_text(&new.avatar).ok_or(Refusal::AvatarGone)?,
        style: new.style,
        words: new.words,
        aspect: new.aspect.into(),
        count: new.count,
        model,
        source,
    };
    Ok(Wish { draft, most: most(new.max_credits)? })
}

fn order(
    tx: &mut Tx,
    ground: &Ground,
    user: &User,
    wish: &Wish,
    now: Millis,
) -> Result<GenerationId, Problem> {
    let draft = &wish.draft;
    let Some(model) = ground.catalog.picture_model(&draft.model) else {
        return Err(Refusal::ProductPaused.into());
    };
    let discount = plans::picture_discount(tx, ground, &user.id)?;
    let credits = picture_price(model, draft.count, discount);
    if wish.most.is_some_and(|it| it < credits) {
        return Err(too_dear(credits));
    }
    let quote = Quote { credits, expires_at: now.plus(QUOTE_LASTS) };
    match studio::pictures::order(tx, ground, user, draft, quote, now)? {
        domain::News::PicturesQueued { generation } => Ok(generation),
        _ => Err(Problem::gone("generation")),
    }
}

/// Cancel a generation
///
/// What was not begun ends at once; what is made all the same is charged and delivered.
#[utoipa::path(post, path = "/api/generations/{id}/cancel", tag = "Generations",
    params(("id" = String, Path, description = "The generation."), Whose),
    responses((status = 202, description = "It was asked to stop.", body = Shown)),
    security(("key" = ["generations:write"])))]
pub async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Made, Problem> {
    once.write(&app, caller, move |tx, _, caller, now| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let generation = own(tx, &user, &id)?;
        studio::pictures::cancel(tx, &user, &generation.id, now)?;
        let generation = own(tx, &user, &id)?;
        Made::accepted(&shown(tx, generation)?)
    })
    .await
}

/// List the pictures of a generation
///
/// Those that are left, with links to their files.
#[utoipa::path(get, path = "/api/generations/{id}/pictures", tag = "Generations",
    params(("id" = String, Path, description = "The generation."), Whose),
    responses((status = 200, description = "Its pictures.", body = Vec<gallery::Shown>)),
    security(("key" = ["gallery:read"])))]
pub async fn pictures(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Vec<gallery::Shown>>, Problem> {
    let found = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let generation = own(tx, &user, &id)?;
        Ok::<_, Problem>(artifacts::of_generation(tx, &user.id, &generation.id)?)
    });
    let found = found.await?;
    Ok(Json(found.into_iter().map(|it| gallery::shown(&app, it)).collect()))
}
