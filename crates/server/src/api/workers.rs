//! GPU workers that stand elsewhere: they come with a token of their own, take runs, and give back
//! what came. What they say is checked as what strangers say: name, run, fence, sizes.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Extension, Router};
use domain::GpuRunId;
use serde::{Deserialize, Serialize};
use store::StoreError;
use store::worker_tokens;

use crate::api::{keys, no, same};
use crate::app::App;
use crate::farm::desk::{Answer, End, Hello, Ticket, Word};
use crate::farm::here::{Desk, DeskError, FILE_BYTES_MAX, Here};

/// Longer than this nobody is kept on the line: others in between give up.
const PATIENCE_MAX: Duration = Duration::from_secs(10);
const REASON_CHARS_MAX: usize = 300;
const CANS_MAX: usize = 200;

/// Every route below `/api/worker`: method and path.
pub const ROUTES: [(&str, &str); 8] = [
    ("POST", "/api/worker/wanted"),
    ("POST", "/api/worker/hello"),
    ("POST", "/api/worker/claim"),
    ("POST", "/api/worker/quarantine"),
    ("GET", "/api/worker/runs/{run}/photos/{number}"),
    ("PUT", "/api/worker/runs/{run}/files/{number}"),
    ("POST", "/api/worker/runs/{run}/beat"),
    ("POST", "/api/worker/runs/{run}/end"),
];

/// Nothing more to say.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Said {}

#[derive(Debug, Serialize, Deserialize)]
pub struct ClaimAsked {
    pub patience_ms: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Beat {
    pub fence: i64,
    pub percent: Option<u8>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Ended {
    pub fence: i64,
    pub end: End,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Ill {
    pub reason: String,
}

#[derive(Debug, Deserialize)]
struct Fenced {
    fence: i64,
}

/// Whose token it is.
#[derive(Clone, Debug)]
struct Name(String);

pub fn router(app: &Arc<App>) -> Router<Arc<App>> {
    Router::new()
        .route("/api/worker/wanted", post(wanted))
        .route("/api/worker/hello", post(hello))
        .route("/api/worker/claim", post(claim))
        .route("/api/worker/quarantine", post(quarantine))
        .route("/api/worker/runs/{run}/photos/{number}", get(photo))
        .route("/api/worker/runs/{run}/beat", post(beat))
        .route("/api/worker/runs/{run}/end", post(end))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .route(
            "/api/worker/runs/{run}/files/{number}",
            put(file).layer(DefaultBodyLimit::max(FILE_BYTES_MAX)),
        )
        .route_layer(from_fn_with_state(app.clone(), guard))
}

/// Lets through whoever has a worker's token, and says which worker that is.
async fn guard(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
    let given = given.and_then(|it| it.strip_prefix("Bearer ")).map(|it| it.trim().to_owned());
    let Some(given) = given else {
        return no(StatusCode::UNAUTHORIZED, "a worker's token is needed");
    };
    let known = app.db.read(worker_tokens::list).await;
    let known: Result<_, StoreError> = known;
    let Ok(known) = known else {
        return no(StatusCode::SERVICE_UNAVAILABLE, "not now");
    };
    let hash = keys::hash(&given);
    let name = known.into_iter().find(|it| it.revoked_at.is_none() && same(&it.hash, &hash));
    let Some(name) = name else {
        return no(StatusCode::UNAUTHORIZED, "this token is not known, or not good any more");
    };
    request.extensions_mut().insert(Name(name.name));
    next.run(request).await
}

fn desk(app: Arc<App>, name: Name) -> Here {
    Here { app, worker: name.0 }
}

/// What is said of a failure: the rest is in the log.
struct Wrong(DeskError);

impl From<DeskError> for Wrong {
    fn from(error: DeskError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        match self.0 {
            DeskError::Lost => no(StatusCode::CONFLICT, "the run is somebody else's"),
            DeskError::Refused(why) => no(StatusCode::UNPROCESSABLE_ENTITY, &why),
            DeskError::Away(why) => {
                tracing::warn!(why, "a worker could not be answered");
                no(StatusCode::SERVICE_UNAVAILABLE, "not now")
            }
        }
    }
}

fn wrong(why: &str) -> Wrong {
    Wrong(DeskError::Refused(why.to_owned()))
}

async fn wanted(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
) -> Result<Response, Wrong> {
    Ok(Json(desk(app, name).wanted().await?).into_response())
}

async fn hello(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Json(mut said): Json<Hello>,
) -> Result<Json<Said>, Wrong> {
    if CANS_MAX < said.can.len() {
        return Err(wrong("it can do more than there is"));
    }
    // What it says it can is believed only of what we have.
    said.can.retain(|it| app.ground.catalog.workflow(it).is_some());
    said.version = short(&said.version);
    said.device = short(&said.device);
    desk(app, name).hello(&said).await?;
    Ok(Json(Said {}))
}

fn short(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(REASON_CHARS_MAX).collect()
}

async fn claim(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Json(asked): Json<ClaimAsked>,
) -> Result<Json<Answer>, Wrong> {
    let patience = Duration::from_millis(asked.patience_ms).min(PATIENCE_MAX);
    Ok(Json(desk(app, name).claim(patience).await?))
}

async fn quarantine(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Json(ill): Json<Ill>,
) -> Result<Json<Said>, Wrong> {
    desk(app, name).quarantine(&short(&ill.reason)).await?;
    Ok(Json(Said {}))
}

fn ticket(run: &str, fence: i64) -> Result<Ticket, Wrong> {
    let run = GpuRunId::from_text(run).ok_or(Wrong(DeskError::Lost))?;
    Ok(Ticket { run, fence })
}

async fn photo(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Path((run, number)): Path<(String, u32)>,
    Query(Fenced { fence }): Query<Fenced>,
) -> Result<Response, Wrong> {
    let photo = desk(app, name).photo(&ticket(&run, fence)?, number).await?;
    let mut response = photo.bytes.into_response();
    let kind = HeaderValue::from_str(&photo.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn file(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Path((run, number)): Path<(String, u32)>,
    Query(Fenced { fence }): Query<Fenced>,
    bytes: Bytes,
) -> Result<Json<Said>, Wrong> {
    desk(app, name).put(&ticket(&run, fence)?, number, bytes).await?;
    Ok(Json(Said {}))
}

async fn beat(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Path(run): Path<String>,
    Json(said): Json<Beat>,
) -> Result<Json<Word>, Wrong> {
    let percent = said.percent.map(|it| it.min(100));
    Ok(Json(desk(app, name).beat(&ticket(&run, said.fence)?, percent).await?))
}

async fn end(
    State(app): State<Arc<App>>,
    Extension(name): Extension<Name>,
    Path(run): Path<String>,
    Json(said): Json<Ended>,
) -> Result<Json<Said>, Wrong> {
    let end = match said.end {
        End::Failed { fault, reason } => End::Failed { fault, reason: short(&reason) },
        End::Again { reason } => End::Again { reason: short(&reason) },
        other @ (End::Done { .. } | End::HandBack { .. } | End::Stopped) => other,
    };
    if matches!(&end, End::Done { files } if files.is_empty()) {
        return Err(wrong("a run that is done has a file"));
    }
    desk(app, name).end(&ticket(&run, said.fence)?, &end).await?;
    Ok(Json(Said {}))
}
