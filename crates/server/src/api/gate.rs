//! Who calls the API, and whether they may: each route's scope is the one that its description
//! names, so that what is said and what is asked for can't differ.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{ApiKeyId, BotId, Millis, UserId};
use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use store::api_keys::{self, ApiKey};
use store::users::{self, User, UserState};
use store::{StoreError, Tx};

use crate::api::keys::{self, Scope};
use crate::api::problem::Problem;
use crate::api::same;
use crate::app::App;

/// How often it is noted that a key is used.
const NOTED_EVERY: Millis = Millis::MINUTE;

type Limiter = RateLimiter<
    ApiKeyId,
    DefaultKeyedStateStore<ApiKeyId>,
    DefaultClock,
    StateInformationMiddleware,
>;

/// What stands between the API and whoever calls it.
pub struct Guard {
    app: Arc<App>,
    /// What each route asks for: (method, path) → scope.
    needed: HashMap<(Method, String), Scope>,
    limiter: Limiter,
}

impl Guard {
    pub fn new(app: Arc<App>, routes: &[(Method, String, Scope)]) -> Self {
        let per_minute = app.ground.config.api.requests_per_minute;
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        let needed = routes.iter().map(|(method, path, it)| ((method.clone(), path.clone()), *it));
        let limiter = RateLimiter::dashmap_with_clock(quota, DefaultClock::default());
        Self { app, needed: needed.collect(), limiter: limiter.with_middleware() }
    }
}

/// Who calls: a key that is good, and what it is good for.
#[derive(Clone, Debug)]
pub struct Caller {
    pub key: ApiKeyId,
    pub bot: BotId,
    /// None: all users of the bot.
    pub user: Option<UserId>,
}

impl Caller {
    /// The user that a request is about. Somebody else's and an absent one are the same.
    pub fn user(&self, tx: &mut Tx, asked: Option<&str>) -> Result<User, Problem> {
        let gone = || Problem::gone("user");
        let id = match (&self.user, asked) {
            (Some(own), None) => own.clone(),
            (Some(own), Some(asked)) if own.as_str() == asked => own.clone(),
            (Some(_), Some(_)) => return Err(gone()),
            (None, Some(asked)) => UserId::from_text(asked).ok_or_else(gone)?,
            (None, None) => {
                let says = "This key is good for all users: say for which one, as ?user=usr_….";
                return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "user-needed", says));
            }
        };
        let user = users::in_bot(tx, &self.bot, &id)?.ok_or_else(gone)?;
        match user.state {
            UserState::Active => Ok(user),
            UserState::Banned => Err(banned()),
            UserState::Forgotten => Err(gone()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(unknown)
    }
}

fn banned() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "user-banned", "This user is banned.")
}

fn unknown() -> Problem {
    let says = "Say who you are, as `Authorization: Bearer atl_…`.";
    Problem::new(StatusCode::UNAUTHORIZED, "key-needed", says)
}

/// Lets a request through that brings a good key with the scope of its route, and isn't one of too
/// many.
pub async fn guard(State(gate): State<Arc<Guard>>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).cloned();
    let key = match enter(&gate, given).await {
        Ok(key) => key,
        Err(problem) => return problem.into_response(),
    };
    let (limits, refused) = pace(&gate, &key.id);
    let admitted = match refused {
        Some(problem) => Err(problem),
        None => admit(&gate, &request, &key),
    };
    let mut response = match admitted {
        Ok(()) => {
            note(&gate, &key).await;
            let caller = Caller { key: key.id, bot: key.bot, user: key.user };
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    };
    response.headers_mut().extend(limits);
    response
}

async fn enter(gate: &Guard, given: Option<HeaderValue>) -> Result<ApiKey, Problem> {
    let wrong = || {
        let says = "This key is not known, or not good any more.";
        Problem::new(StatusCode::UNAUTHORIZED, "key-wrong", says)
    };
    let given = given.ok_or_else(unknown)?;
    let given = given.to_str().ok().and_then(bearer).ok_or_else(wrong)?.to_owned();
    let start = keys::start(&given).ok_or_else(wrong)?.to_owned();
    let found = gate
        .app
        .db
        .read(move |tx| -> Result<_, StoreError> {
            let mut found = Vec::new();
            for key in api_keys::by_start(tx, &start)? {
                let user = match &key.user {
                    Some(id) => users::get(tx, id)?.map(|it| it.state),
                    None => Some(UserState::Active),
                };
                found.push((key, user));
            }
            Ok(found)
        })
        .await
        .map_err(Problem::from)?;
    let hash = keys::hash(&given);
    let now = gate.app.ground.now();
    let good = found.into_iter().find(|(key, _)| same(&key.hash, &hash));
    let (key, user) = good.ok_or_else(wrong)?;
    let is_over = key.revoked_at.is_some_and(|it| it <= now);
    match user {
        _ if is_over => Err(wrong()),
        None | Some(UserState::Forgotten) => Err(wrong()),
        // Nothing is done for them, whatever it is.
        Some(UserState::Banned) => Err(banned()),
        Some(UserState::Active) => Ok(key),
    }
}

/// What stands after the word `Bearer`, in whatever case that is written.
fn bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn admit(gate: &Guard, request: &Request, key: &ApiKey) -> Result<(), Problem> {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    // Whoever may read something may ask whether it is there.
    let method = match request.method() {
        &Method::HEAD => Method::GET,
        method => method.clone(),
    };
    let needed = gate.needed.get(&(method, path.to_owned()));
    let shut = |says: String| Problem::new(StatusCode::FORBIDDEN, "scope-missing", says);
    // A route that nothing is said about is open to nobody.
    let needed = needed.ok_or_else(|| shut("No key opens this.".to_owned()))?;
    if key.scopes.split(' ').any(|it| it == needed.as_str()) {
        return Ok(());
    }
    Err(shut(format!("This key lacks the scope {}.", needed.as_str())))
}

/// Counts a request, and says in headers how many are left; and no, if it is one of too many.
fn pace(gate: &Guard, key: &ApiKeyId) -> (HeaderMap, Option<Problem>) {
    let limit = gate.app.ground.config.api.requests_per_minute;
    let headers = |left: u32, seconds: u64| {
        let mut headers = HeaderMap::new();
        headers.insert("ratelimit-limit", HeaderValue::from(limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(left));
        headers.insert("ratelimit-reset", HeaderValue::from(seconds));
        headers
    };
    match gate.limiter.check_key(key) {
        Ok(state) => {
            let left = state.remaining_burst_capacity();
            // Until everything may be asked again that may be asked at once.
            let seconds = u64::from(limit.saturating_sub(left)) * 60 / u64::from(limit.max(1));
            (headers(left, seconds), None)
        }
        Err(not_until) => {
            let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
            let says = format!("A key may ask {limit} times a minute.");
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", says);
            (headers(0, wait), Some(problem.after(wait)))
        }
    }
}

async fn note(gate: &Guard, key: &ApiKey) {
    let now = gate.app.ground.now();
    if key.last_used_at.is_some_and(|it| now.since(it) < NOTED_EVERY) {
        return;
    }
    gate.limiter.retain_recent();
    let id = key.id.clone();
    let noted = gate.app.db.write(move |tx| api_keys::used(tx, &id, NOTED_EVERY, now)).await;
    if let Err(failure) = noted {
        let failure: StoreError = failure;
        tracing::warn!(%failure, "that a key is used could not be noted");
    }
}
