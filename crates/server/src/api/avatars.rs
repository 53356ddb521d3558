//! Avatars of a user.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::AvatarId;
use serde::{Deserialize, Serialize};
use store::avatars::{self, Avatar};
use store::users::User;
use store::{Tx, photos, trainings};
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{self, Asked, Id, Input, Page, Pages, Whose, cursor, limit, moment, place};
use crate::api::problem::Problem;
use crate::app::App;
use crate::studio;

/// A trained likeness, or one that is about to be.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Avatar)]
pub struct Shown {
    #[schema(example = "ava_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    name: String,
    /// `portrait` or `style`.
    kind: &'static str,
    /// `man`, `woman` or `other`.
    gender: &'static str,
    /// The word that stands for it in prompts.
    trigger_word: String,
    /// `draft`, `photos_uploading`, `ready`, `training`, `completed`, `failed` or `cancelled`.
    state: &'static str,
    /// Whether pictures can be made with it.
    is_ready: bool,
    /// The one that is taken where none is named, in the chat.
    is_main: bool,
    photos: u32,
    /// The latest training.
    #[schema(required = true)]
    training: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(required = true, format = DateTime)]
    completed_at: Option<String>,
}

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvatarChange {
    /// At most 40 characters, one of which can be seen.
    #[serde(default)]
    #[schema(max_length = 40)]
    name: Option<String>,
    /// `true` makes it the main one; another can take its place, but there is always one.
    #[serde(default)]
    #[schema(schema_with = true_or_nothing)]
    is_main: Option<bool>,
}

fn true_or_nothing() -> utoipa::openapi::schema::Object {
    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter([
            utoipa::openapi::schema::Type::Boolean,
            utoipa::openapi::schema::Type::Null,
        ]))
        .enum_values(Some([Some(true), None]))
        .build()
}

pub(super) fn shown(tx: &mut Tx, it: Avatar) -> Result<Shown, Problem> {
    Ok(Shown {
        photos: photos::count(tx, &it.user, &it.id)?,
        training: trainings::latest(tx, &it.user, &it.id)?.map(|it| it.id.into()),
        is_ready: it.model_object.is_some() || it.remote_model.is_some(),
        id: it.id.into(),
        name: it.name,
        kind: it.kind.as_str(),
        gender: it.subject.as_str(),
        trigger_word: it.trigger_word,
        state: it.state.as_str(),
        is_main: it.is_main,
        created_at: moment(it.created_at),
        completed_at: it.completed_at.map(moment),
    })
}

fn own(tx: &mut Tx, user: &User, id: &str) -> Result<Avatar, Problem> {
    let gone = || Problem::from(domain::Refusal::AvatarGone);
    let id = AvatarId::from_text(id).ok_or_else(gone)?;
    avatars::of(tx, &user.id, &id)?.ok_or_else(gone)
}

/// List avatars
///
/// The latest first.
#[utoipa::path(get, path = "/api/avatars", tag = "Avatars", params(Pages),
    responses((status = 200, description = "A page of avatars.", body = Page<Shown>)),
    security(("key" = ["avatars:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), AvatarId::PREFIX, AvatarId::from_text)?;
    let page = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let found = avatars::list(tx, &user.id, before.as_ref(), limit + 1)?;
        Page::of(found, limit, |it| place(it.id.as_str()), |it| shown(tx, it))
    });
    page.await.map(Json)
}

/// Get an avatar
#[utoipa::path(get, path = "/api/avatars/{id}", tag = "Avatars",
    params(("id" = String, Path, description = "The avatar."), Whose),
    responses((status = 200, description = "The avatar.", body = Shown)),
    security(("key" = ["avatars:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Shown>, Problem> {
    let avatar = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let avatar = own(tx, &user, &id)?;
        shown(tx, avatar)
    });
    avatar.await.map(Json)
}

/// Rename an avatar, or make it the main one
#[utoipa::path(patch, path = "/api/avatars/{id}", tag = "Avatars",
    params(("id" = String, Path, description = "The avatar."), Whose),
    request_body = AvatarChange,
    responses((status = 200, description = "The avatar as it is now.", body = Shown)),
    security(("key" = ["avatars:write"])))]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
    Input { value: change, .. }: Input<AvatarChange>,
) -> Result<Json<Shown>, Problem> {
    let name = match &change.name {
        Some(name) => Some(input::name(name)?),
        None => None,
    };
    if change.is_main == Some(false) {
        return Err(Problem::input("is_main can't be false: make another avatar the main one."));
    }
    let avatar = app.db.write(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let avatar = own(tx, &user, &id)?;
        if let Some(name) = &name {
            studio::avatars::rename(tx, &user, &avatar.id, name)?;
        }
        if change.is_main.is_some() {
            if avatar.state != domain::AvatarState::Completed {
                return Err(domain::Refusal::AvatarNotReady.into());
            }
            studio::avatars::choose_main(tx, &user, &avatar.id)?;
        }
        let avatar = own(tx, &user, avatar.id.as_str())?;
        shown(tx, avatar)
    });
    avatar.await.map(Json)
}

/// Delete an avatar
///
/// With its photos and its model. Not while it is being trained.
#[utoipa::path(delete, path = "/api/avatars/{id}", tag = "Avatars",
    params(("id" = String, Path, description = "The avatar."), Whose),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["avatars:write"])))]
pub async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<StatusCode, Problem> {
    let ground = app.ground.clone();
    app.db
        .write(move |tx| {
            let user = caller.user(tx, asked.user.as_deref())?;
            let avatar = own(tx, &user, &id)?;
            studio::avatars::delete(tx, &ground, &user, &avatar.id, ground.now())?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
