//! Users: those of a bot, and those whom another program brings.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::{Language, UserId};
use serde::{Deserialize, Serialize};
use store::Tx;
use store::users::{self, User, UserState};
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{self, Asked, Id, Input, Page, Pages, cursor, limit, moment, place};
use crate::api::once::{Made, Once};
use crate::api::problem::Problem;
use crate::app::App;
use crate::studio::accounts::{self, Guest};

const EXTERNAL_ID_CHARS_MAX: usize = 100;

/// A user. Their name and whatever else says who they are is not told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct Shown {
    #[schema(example = "usr_01jd3v8k4n5x6y7z8a9bacbdce")]
    id: String,
    /// How the program that brought them calls them.
    #[schema(required = true)]
    external_id: Option<String>,
    language: Tongue,
    /// `banned`: nothing is done for them.
    #[schema(pattern = "^(active|banned)$")]
    state: &'static str,
    /// When they agreed to the terms.
    #[schema(required = true, format = DateTime)]
    consented_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

/// A language that we speak.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Language)]
pub enum Tongue {
    En,
    Kk,
    Ru,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::En => Self::En,
            Tongue::Kk => Self::Kk,
            Tongue::Ru => Self::Ru,
        }
    }
}

impl From<Language> for Tongue {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Kk => Self::Kk,
            Language::Ru => Self::Ru,
        }
    }
}

/// A person who has agreed to the terms with you.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// How you call them: 1 to 100 visible characters.
    #[schema(pattern = "^[!-~]{1,100}$", example = "customer-4711")]
    external_id: String,
    /// What they are called, for the operator: at most 40 characters, one of which can be seen.
    #[schema(max_length = 40, example = "Anna")]
    name: String,
    language: Tongue,
    /// They have agreed to the terms: `true`, or they can't be a user.
    #[schema(schema_with = only_true)]
    consent: bool,
}

fn only_true() -> utoipa::openapi::schema::Object {
    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::Boolean)
        .enum_values(Some([true]))
        .build()
}

fn shown(tx: &mut Tx, user: User) -> Result<Shown, Problem> {
    Ok(Shown {
        external_id: users::external_id(tx, &user.id)?,
        id: user.id.as_str().to_owned(),
        language: user.language.into(),
        state: match user.state {
            UserState::Active => "active",
            UserState::Banned | UserState::Forgotten => "banned",
        },
        consented_at: user.consent.map(|(at, _)| moment(at)),
        created_at: moment(user.created_at),
    })
}

/// List users
///
/// The latest first. A key that is good for one user sees that one.
#[utoipa::path(get, path = "/api/users", tag = "Users", params(Pages),
    responses((status = 200, description = "A page of users.", body = Page<Shown>)),
    security(("key" = ["users:read"])))]
pub async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Shown>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), UserId::PREFIX, UserId::from_text)?;
    let page = app.db.read(move |tx| {
        let found = match (&caller.user, &asked.user) {
            (None, None) => users::page(tx, &caller.bot, before.as_ref(), limit + 1)?,
            (_, asked) => {
                let user = caller.user(tx, asked.as_deref())?;
                if before.is_none() { vec![user] } else { Vec::new() }
            }
        };
        Page::of(found, limit, |it| place(it.id.as_str()), |it| shown(tx, it))
    });
    page.await.map(Json)
}

/// Get a user
#[utoipa::path(get, path = "/api/users/{id}", tag = "Users",
    params(("id" = String, Path, description = "The user.")),
    responses((status = 200, description = "The user.", body = Shown)),
    security(("key" = ["users:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Id(id): Id,
) -> Result<Json<Shown>, Problem> {
    let user = app.db.read(move |tx| {
        let user = caller.user(tx, Some(&id))?;
        shown(tx, user)
    });
    user.await.map(Json)
}

/// Bring a user
///
/// Somebody who is not in Telegram and has agreed to the terms with you. They get no welcome gift.
#[utoipa::path(post, path = "/api/users", tag = "Users", request_body = NewUser,
    responses((status = 201, description = "The user.", body = Shown)),
    security(("key" = ["users:write"])))]
pub async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    once: Once,
    Input { value: new, hash }: Input<NewUser>,
) -> Result<Made, Problem> {
    if caller.user.is_some() {
        let says = "A key that is good for one user can't bring others.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "key-of-one-user", says));
    }
    let guest = guest(new)?;
    once.with_body(hash)
        .write(&app, caller, move |tx, ground, caller, now| {
            match accounts::bring(tx, ground, &caller.bot, &guest, now)? {
                Some(user) => Made::created(&shown(tx, user)?),
                None => Err(Problem::new(
                    StatusCode::CONFLICT,
                    "user-exists",
                    "There is a user with this external_id.",
                )),
            }
        })
        .await
}

fn guest(new: NewUser) -> Result<Guest, Problem> {
    let is_id = (1..=EXTERNAL_ID_CHARS_MAX).contains(&new.external_id.len())
        && new.external_id.bytes().all(|it| it.is_ascii_graphic());
    if !is_id {
        return Err(Problem::input("external_id is 1 to 100 visible characters of ASCII."));
    }
    let name = input::name(&new.name)?;
    if !new.consent {
        return Err(Problem::input("consent must be true: nobody becomes a user without it."));
    }
    Ok(Guest { external_id: new.external_id, name, language: new.language.into() })
}
