//! What was made for a user and is kept.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{ArtifactId, AvatarId, Millis, Refusal};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::artifacts::{self, Artifact, Filter};
use store::users::User;
use utoipa::{IntoParams, ToSchema};

use crate::api::gate::Caller;
use crate::api::input::{Asked, Id, Input, Page, Whose, cursor, limit, moment, place};
use crate::api::problem::Problem;
use crate::app::App;
use crate::links;
use crate::studio;

/// For how long a link to a file is good.
const LINK_LASTS: Millis = Millis(15 * 60_000);

/// A picture of the gallery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Picture)]
pub struct Shown {
    #[schema(example = "art_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    generation: String,
    /// `picture` or `edit`.
    product: &'static str,
    /// Of a picture.
    #[schema(required = true)]
    avatar: Option<String>,
    /// Its place among those of its generation, from 1.
    number: u32,
    width: u32,
    height: u32,
    content_type: String,
    bytes: i64,
    seed: i64,
    is_favourite: bool,
    /// Where the file can be fetched without a key, for 15 minutes.
    url: String,
    /// The same for a small one.
    thumbnail_url: String,
    #[schema(format = DateTime)]
    url_expires_at: String,
    #[schema(format = DateTime)]
    created_at: String,
    /// When it will be deleted; null for favourites, which stay.
    #[schema(required = true, format = DateTime)]
    delete_after: Option<String>,
}

/// Which part of a gallery.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// The user that this is about. Needed with a key that is good for all users of a bot.
    #[param(pattern = "^usr_[0-9a-z]{1,26}$")]
    user: Option<String>,
    /// `next_cursor` of the page before; without one, the first page.
    #[param(pattern = "^[0-9a-z]{1,26}$")]
    cursor: Option<String>,
    /// How many a page has.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// Only those that were made with this avatar.
    #[param(pattern = "^ava_[0-9a-z]{1,26}$")]
    avatar: Option<String>,
    /// Only favourites, if `true`.
    favourite: Option<bool>,
}

/// What is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureChange {
    /// A favourite is never deleted by itself.
    is_favourite: bool,
}

pub(super) fn shown(app: &App, it: Artifact) -> Shown {
    let until = app.ground.now().plus(LINK_LASTS);
    let origin = app.public.as_deref().unwrap_or_default();
    let link = |object| format!("{origin}{}", links::link(app, object, until));
    Shown {
        url: link(&it.object),
        thumbnail_url: link(&it.thumbnail),
        url_expires_at: moment(until),
        id: it.id.into(),
        generation: it.generation.into(),
        product: it.product.as_str(),
        avatar: it.avatar.map(Into::into),
        number: it.number,
        width: it.width,
        height: it.height,
        content_type: it.content_type,
        bytes: it.bytes,
        seed: it.seed,
        is_favourite: it.is_favourite,
        created_at: moment(it.created_at),
        delete_after: it.delete_after.map(moment),
    }
}

fn own(tx: &mut Tx, user: &User, id: &str) -> Result<Artifact, Problem> {
    let gone = || Problem::from(Refusal::PictureGone);
    let id = ArtifactId::from_text(id).ok_or_else(gone)?;
    artifacts::of(tx, &user.id, &id)?.ok_or_else(gone)
}

/// List pictures
///
/// The latest first.
#[utoipa::path(get, path = "/api/gallery", tag = "Gallery", params(Wanted),
    responses((status = 200, description = "A page of pictures.", body = Page<Shown>)),
    security(("key" = ["gallery:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Wanted>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), ArtifactId::PREFIX, ArtifactId::from_text)?;
    let avatar = match asked.avatar.as_deref() {
        Some(id) => Some(AvatarId::from_text(id).ok_or(Refusal::AvatarGone)?),
        None => None,
    };
    let favourite = asked.favourite.unwrap_or_default();
    let filter = Filter { avatar, favourite, ..Filter::default() };
    let found = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let found = artifacts::page(tx, &user.id, &filter, before.as_ref(), None, limit + 1)?;
        Ok::<_, Problem>(found)
    });
    let found = found.await?;
    let place = |it: &Artifact| place(it.id.as_str());
    Page::of(found, limit, place, |it| Ok(shown(&app, it))).map(Json)
}

/// Get a picture
///
/// With links to its file.
#[utoipa::path(get, path = "/api/gallery/{id}", tag = "Gallery",
    params(("id" = String, Path, description = "The picture."), Whose),
    responses((status = 200, description = "The picture.", body = Shown)),
    security(("key" = ["gallery:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Shown>, Problem> {
    let found = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        own(tx, &user, &id)
    });
    let found = found.await?;
    Ok(Json(shown(&app, found)))
}

/// Mark a picture as a favourite, or take the mark away
#[utoipa::path(patch, path = "/api/gallery/{id}", tag = "Gallery",
    params(("id" = String, Path, description = "The picture."), Whose),
    request_body = PictureChange,
    responses((status = 200, description = "The picture as it is now.", body = Shown)),
    security(("key" = ["gallery:write"])))]
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
    Asked(asked): Asked<Whose>,
    Input { value: change, .. }: Input<PictureChange>,
) -> Result<Json<Shown>, Problem> {
    let ground = app.ground.clone();
    let found = app.db.write(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let picture = own(tx, &user, &id)?;
        let now = ground.now();
        studio::pictures::favour(tx, &ground, &user, &picture.id, change.is_favourite, now)?;
        own(tx, &user, &id)
    });
    let found = found.await?;
    Ok(Json(shown(&app, found)))
}

/// Delete a picture
///
/// It is out of sight at once, and its file goes a little later.
#[utoipa::path(delete, path = "/api/gallery/{id}", tag = "Gallery",
    params(("id" = String, Path, description = "The picture."), Whose),
    responses((status = 204, description = "It is gone.")),
    security(("key" = ["gallery:write"])))]
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
            let picture = own(tx, &user, &id)?;
            studio::pictures::delete(tx, &user, &[picture.id], ground.now())?;
            Ok(StatusCode::NO_CONTENT)
        })
        .await
}
