//! What a user has, and how it came to that.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::gate::Caller;
use crate::api::input::{Asked, Page, Pages, Whose, cursor, limit, moment};
use crate::api::problem::Problem;
use crate::app::App;
use crate::studio::accounts::{self, Line};

/// Credits of a user.
#[derive(Debug, Serialize, ToSchema)]
pub struct Balance {
    user: String,
    /// What can be spent.
    available: i64,
    /// What is set aside for work under way.
    held: i64,
}

/// A movement of credits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Movement {
    /// Its place among the user's movements, from 1.
    number: i64,
    /// `bought`, `bonus`, `spent`, `taken` or `expired`.
    #[schema(pattern = "^[a-z]+$")]
    kind: &'static str,
    /// Less than zero where they were taken.
    credits: i64,
    reason: String,
    /// What it was for: a training, a generation, a payment …
    #[schema(required = true)]
    cause: Option<String>,
    #[schema(format = DateTime)]
    at: String,
}

fn shown(line: Line) -> Movement {
    let credits = line.credits.as_i64();
    Movement {
        number: line.number.unwrap_or_default(),
        kind: line.kind.as_str(),
        credits: if line.kind.adds() { credits } else { -credits },
        reason: line.reason,
        cause: line.cause,
        at: moment(line.at),
    }
}

/// The number of a movement, as a cursor; one that is beyond all numbers is before the first.
fn number(cursor: &str) -> Option<i64> {
    let is_one = (1..=26).contains(&cursor.len())
        && cursor.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    is_one.then(|| cursor.parse().unwrap_or(i64::MAX))
}

/// Get the balance
#[utoipa::path(get, path = "/api/balance", tag = "Balance", params(Whose),
    responses((status = 200, description = "The credits of the user.", body = Balance)),
    security(("key" = ["balance:read"])))]
pub async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Whose>,
) -> Result<Json<Balance>, Problem> {
    let balance = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let balance = accounts::balance(tx, &user)?;
        Ok::<_, Problem>(Balance {
            user: user.id.as_str().to_owned(),
            available: balance.available.as_i64(),
            held: balance.held.as_i64(),
        })
    });
    balance.await.map(Json)
}

/// List movements of credits
///
/// The latest first.
#[utoipa::path(get, path = "/api/balance/movements", tag = "Balance", params(Pages),
    responses((status = 200, description = "A page of movements.", body = Page<Movement>)),
    security(("key" = ["balance:read"])))]
pub async fn movements(
    State(app): State<Arc<App>>,
    caller: Caller,
    Asked(asked): Asked<Pages>,
) -> Result<Json<Page<Movement>>, Problem> {
    let limit = limit(asked.limit)?;
    let before = cursor(asked.cursor.as_deref(), "", number)?;
    let page = app.db.read(move |tx| {
        let user = caller.user(tx, asked.user.as_deref())?;
        let lines = accounts::lines(tx, &user, before, limit + 1)?;
        let place = |it: &Line| it.number.unwrap_or_default().to_string();
        Page::of(lines, limit, place, |it| Ok(shown(it)))
    });
    page.await.map(Json)
}
