//! What other programs send: bodies, queries and ids, read strictly and refused in words.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header;
use axum::http::request::Parts;
use domain::avatar::NAME_CHARS_MAX;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use crate::api::problem::Problem;

/// A body of JSON.
pub struct Input<T> {
    pub value: T,
    /// Hex of the SHA-256 of the body as it came.
    pub hash: String,
}

impl<S, T> FromRequest<S> for Input<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong-media",
                "The body must be application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|it| {
            let code = it.status();
            match code {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(code, "too-large", "The body is larger than is taken.")
                }
                _ => Problem::new(StatusCode::BAD_REQUEST, "bad-request", "The body broke off."),
            }
        })?;
        let value = serde_json::from_slice(&bytes).map_err(|it| match it.classify() {
            serde_json::error::Category::Data => Problem::input(format!("In the body: {it}.")),
            _ => Problem::new(
                StatusCode::BAD_REQUEST,
                "bad-request",
                format!("The body is no JSON: {it}."),
            ),
        })?;
        Ok(Self { value, hash: hex::encode(Sha256::digest(&bytes)) })
    }
}

/// What stands after the question mark.
pub struct Asked<T>(pub T);

impl<S, T> FromRequestParts<S> for Asked<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = Query::<T>::try_from_uri(&parts.uri);
        let query = query.map_err(|it| Problem::input(format!("In the query: {it}.")))?;
        Ok(Self(query.0))
    }
}

/// The id at the end of a path. What can't be one is not there either.
pub struct Id(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|it| Self(it.0)).map_err(|_| Problem::gone("thing"))
    }
}

/// The two ids of a path that has two.
pub struct Ids(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        path.map(|Path((one, other))| Self(one, other)).map_err(|_| Problem::gone("thing"))
    }
}

/// For whom.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Whose {
    /// The user that this is about. Needed with a key that is good for all users of a bot.
    #[param(pattern = "^usr_[0-9a-z]{1,26}$", example = "usr_01jd3v8k4n5x6y7z8a9bacbdce")]
    pub user: Option<String>,
}

/// Which page of something.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Pages {
    /// The user that this is about. Needed with a key that is good for all users of a bot.
    #[param(pattern = "^usr_[0-9a-z]{1,26}$")]
    pub user: Option<String>,
    /// `next_cursor` of the page before; without one, the first page.
    #[param(pattern = "^[0-9a-z]{1,26}$")]
    pub cursor: Option<String>,
    /// How many a page has.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
}

/// How many a page has where nothing is said, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 100;

/// The wanted length of a page.
pub fn limit(asked: Option<u32>) -> Result<u32, Problem> {
    match asked.unwrap_or(USUAL) {
        limit @ 1..=MOST => Ok(limit),
        _ => Err(Problem::input(format!("In the query: limit is 1 to {MOST}."))),
    }
}

/// The place that a cursor marks: an id without its beginning.
pub fn cursor<T>(
    asked: Option<&str>,
    prefix: &str,
    from_text: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let wrong = || Problem::input("In the query: that is no cursor.");
    asked.map(|it| from_text(&format!("{prefix}{it}")).ok_or_else(wrong)).transpose()
}

/// The cursor that marks the place of a thing.
pub fn place(id: &str) -> String {
    id.split_once('_').map_or(id, |(_, rest)| rest).to_owned()
}

/// A whole number of JSON: `2.0` is one, as its schema has it.
pub fn whole<'de, D, T>(from: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let number = serde_json::Number::deserialize(from)?;
    let of_float = || {
        let float = number.as_f64().filter(|it| it.fract() == 0.0 && it.abs() < 9e15)?;
        Some(float as i64)
    };
    let whole = number.as_i64().or_else(of_float).and_then(|it| T::try_from(it).ok());
    whole.ok_or_else(|| serde::de::Error::custom("that is no whole number of this size"))
}

/// The same for one that may be absent.
pub fn maybe_whole<'de, D, T>(from: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i64>,
{
    let value = serde_json::Value::deserialize(from)?;
    match value {
        serde_json::Value::Null => Ok(None),
        value => whole(value).map(Some).map_err(serde::de::Error::custom),
    }
}

/// What somebody or something is called, fit to be shown.
pub fn name(text: &str) -> Result<String, Problem> {
    if NAME_CHARS_MAX < text.chars().count() {
        return Err(Problem::input(format!("name has more than {NAME_CHARS_MAX} characters.")));
    }
    domain::avatar::name(text).map_err(|_| {
        let says = "name has no character that can be seen.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "name-empty", says)
    })
}

/// A part of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The way to the next page; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// Cuts off the one that was read beyond the page, which says whether there is another.
    pub fn of<R>(
        mut rows: Vec<R>,
        limit: u32,
        place: impl Fn(&R) -> String,
        shown: impl FnMut(R) -> Result<T, Problem>,
    ) -> Result<Self, Problem> {
        let has_more = (limit as usize) < rows.len();
        rows.truncate(limit as usize);
        let next_cursor = rows.last().map(place).filter(|_| has_more);
        let items = rows.into_iter().map(shown).collect::<Result<_, _>>()?;
        Ok(Self { items, next_cursor })
    }
}

/// A moment as the API writes it (RFC 3339).
pub fn moment(at: domain::Millis) -> String {
    chrono::DateTime::from_timestamp_millis(at.as_i64())
        .map_or_else(String::new, |it| it.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}
