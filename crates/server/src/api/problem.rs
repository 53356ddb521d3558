//! Why a request of another program is not carried out: RFC 9457 (Problem Details for HTTP APIs).
//!
//! Whoever says no makes a [`Problem`]; the outermost layer writes it, with the number of the request,
//! and turns what axum itself refuses into the same form.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Refusal;
use serde::{Deserialize, Serialize};
use store::StoreError;
use utoipa::ToSchema;

use crate::app::App;
use crate::failure::Failure;
use crate::studio::Stop;

/// A no, before it is written.
#[derive(Clone, Debug)]
pub struct Problem {
    code: StatusCode,
    /// A word that stays the same, for programs.
    key: &'static str,
    /// A sentence for people.
    says: String,
    /// Seconds after which it may go better.
    retry_after: Option<u64>,
    files: Vec<FileVerdicts>,
    /// What broke, for the log alone.
    cause: Option<String>,
}

/// What is wrong with a file of an archive.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct FileVerdicts {
    /// The last part of its path in the archive.
    #[schema(example = "portrait-07.jpg")]
    pub name: String,
    /// Whether it is trained with.
    pub is_usable: bool,
    /// What was seen in it; empty where nothing is wrong.
    #[schema(example = json!(["no-face"]))]
    pub verdicts: Vec<String>,
}

/// A problem as it is sent, as `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Written {
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: String,
    #[schema(example = "Not Found")]
    title: String,
    #[serde(rename = "status")]
    #[schema(rename = "status", example = 404)]
    code: u16,
    /// A sentence for people; it may change.
    detail: String,
    /// A word for programs; it stays.
    #[serde(rename = "code")]
    #[schema(rename = "code", example = "refusal-avatar-gone")]
    key: String,
    /// Name it when you ask somebody about this.
    #[schema(example = "req_01jd3v8k4n5x6y7z8a9bacbdce")]
    request_id: String,
    /// Where an archive is refused: its files, and what is wrong with each.
    #[serde(skip_serializing_if = "Option::is_none")]
    files: Option<Vec<FileVerdicts>>,
}

impl Problem {
    pub fn new(code: StatusCode, key: &'static str, says: impl Into<String>) -> Self {
        let says = says.into();
        Self { code, key, says, retry_after: None, files: Vec::new(), cause: None }
    }

    /// What was sent isn't as it is described. What is, and is refused all the same, is a 422.
    pub fn input(says: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "wrong-input", says)
    }

    /// It isn't there, or it is somebody else's: which of them is not said.
    pub fn gone(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", format!("There is no such {what}."))
    }

    pub fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub fn with_files(mut self, files: Vec<FileVerdicts>) -> Self {
        self.files = files;
        self
    }

    fn of_code(code: StatusCode) -> Self {
        let (key, says) = match code {
            StatusCode::BAD_REQUEST => ("bad-request", "The request can't be read."),
            StatusCode::NOT_FOUND => ("no-route", "There is nothing at this address."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("wrong-method", "This address doesn't take this method.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "The body is larger than is taken."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("wrong-media", "The body is not of the kind that is taken here.")
            }
            StatusCode::SERVICE_UNAVAILABLE => ("not-now", "It took too long; ask again."),
            _ if code.is_server_error() => ("broken", "Something broke on our side."),
            _ => ("refused", "The request is refused."),
        };
        Self::new(code, key, says)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let code = if failure.may_pass() {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        };
        let says = "Something broke on our side; nothing was done.";
        let broken = Self::new(code, "broken", says);
        Self { cause: Some(failure.to_string()), ..broken }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl From<Stop> for Problem {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => refusal.into(),
            Stop::Failed(failure) => failure.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, says) = told(&refusal);
        Self::new(code, refusal.key(), says)
    }
}

/// What a refusal is in HTTP, and in English.
fn told(refusal: &Refusal) -> (StatusCode, String) {
    const CONFLICT: StatusCode = StatusCode::CONFLICT;
    const GONE: StatusCode = StatusCode::NOT_FOUND;
    const INPUT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    const MANY: StatusCode = StatusCode::TOO_MANY_REQUESTS;
    const OFF: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
    const SHUT: StatusCode = StatusCode::FORBIDDEN;
    use Refusal as It;
    let (code, says) = match refusal {
        It::AvatarGone => (GONE, "There is no such avatar."),
        It::AvatarNotReady => (CONFLICT, "The avatar isn't trained yet."),
        It::AvatarsTooMany { most } => {
            return (CONFLICT, format!("The user has {most} avatars, and more are not kept."));
        }
        It::BeingForgotten => (CONFLICT, "This user is being forgotten."),
        It::CharacterGone => (INPUT, "There is no such character."),
        It::ClipGone => (GONE, "There is no such clip."),
        It::ClipTooLarge => (INPUT, "A clip is too large."),
        It::ClipTooLong { most } => {
            return (INPUT, format!("A clip has {most} seconds at most."));
        }
        It::ContactNeeded => (INPUT, "A contact for receipts is needed first."),
        It::ContactWrong => (INPUT, "That is no contact for receipts."),
        It::GenerationGone => (GONE, "There is no such generation."),
        It::GiftGone => (GONE, "There is no such gift."),
        It::GiftOwn => (CONFLICT, "A gift is for somebody else."),
        It::GiftTooSmall { least } => {
            return (INPUT, format!("A gift is of {least} credits at least."));
        }
        It::GiftsAfterPurchase => (SHUT, "Gifts can be made after a purchase."),
        It::GiftsTooMany { most } => {
            return (MANY, format!("{most} gifts are open, and more can't be."));
        }
        It::MethodOff => (OFF, "This way to pay is not open."),
        It::NoPlan => (GONE, "There is no plan."),
        It::NoRoom => (OFF, "There is no room for more at the moment."),
        It::NotAnOwner => (SHUT, "That is for owners of the bot."),
        It::NothingToCancel => (CONFLICT, "There is nothing to cancel any more."),
        It::NothingToRefund => (CONFLICT, "There is nothing to refund."),
        It::OrderGone => (GONE, "There is no such order."),
        It::PackGone => (GONE, "There is no such pack."),
        It::PhotoGone => (GONE, "There is no such photo."),
        It::PhotoTooLarge => (INPUT, "A photo is too large."),
        It::PhotosStillChecked { left } => {
            return (CONFLICT, format!("{left} photos are still being looked at."));
        }
        It::PhotosTooFew { have, need } => {
            return (INPUT, format!("{need} usable photos are needed, and there are {have}."));
        }
        It::PhotosTooMany { most } => {
            return (INPUT, format!("{most} photos are the most that are taken."));
        }
        It::PictureGone => (GONE, "There is no such picture."),
        It::PicturesTooMany { most } => {
            return (INPUT, format!("{most} pictures are the most at once."));
        }
        It::PicturesUnderWay { most } => {
            return (MANY, format!("{most} generations are under way; wait for one of them."));
        }
        It::PlanRuns => (CONFLICT, "A plan is running."),
        It::PresetGone => (GONE, "There is no such preset."),
        It::ProductPaused => (OFF, "This is not offered at the moment."),
        It::PromoEnded => (CONFLICT, "The code has ended."),
        It::PromoEntered => (CONFLICT, "The code was entered before."),
        It::PromoUnknown => (INPUT, "There is no such code."),
        It::PromoUsedUp => (CONFLICT, "The code is used up."),
        It::QuoteExpired => (CONFLICT, "The price has expired."),
        It::RestsToday => {
            (MANY, "Too many pictures did not pass the safety check today; try again tomorrow.")
        }
        It::SpeechGone => (GONE, "There is no such speech."),
        It::SpeechTooLong { most } => {
            return (INPUT, format!("A video has {most} seconds at most."));
        }
        It::StyleGone => (INPUT, "There is no such style, or it is not for this avatar."),
        It::ShortOfCredits { need, have } => {
            let says = format!("This costs {need} credits, and {have} are available.");
            return (StatusCode::PAYMENT_REQUIRED, says);
        }
        It::TooManyTries => (MANY, "That was tried too often; try again tomorrow."),
        It::TermsNotAccepted => (SHUT, "The user has not agreed to the terms."),
        It::TrainingRuns => (CONFLICT, "A training of this avatar is under way."),
        It::UserGone => (GONE, "There is no such user."),
        It::VoiceGone => (GONE, "There is no such voice any more."),
        It::WordsEmpty => (INPUT, "Either a style or words are needed."),
        It::WordsTooLong { most } => {
            return (INPUT, format!("The words have more than {most} characters."));
        }
    };
    (code, says.to_owned())
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The number of a request, which its answer carries.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The outermost layer of the API: numbers the request, and writes whatever was refused inside.
pub async fn frame(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let number = app.ground.number();
    let id = format!("req_{number:032x}");
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let code = response.status();
    let problem = response.extensions_mut().remove::<Problem>();
    let is_refused = code.is_client_error() || code.is_server_error();
    let problem = problem.or_else(|| is_refused.then(|| Problem::of_code(code)));
    if let Some(problem) = problem {
        response = write(problem, &id, response);
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", id);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn write(problem: Problem, id: &str, refused: Response) -> Response {
    if let Some(cause) = &problem.cause {
        tracing::error!(request.id = %id, %cause, "a request of the API failed");
    }
    let code = problem.code;
    let body = Written {
        kind: "about:blank".to_owned(),
        title: code.canonical_reason().unwrap_or("Refused").to_owned(),
        code: code.as_u16(),
        detail: problem.says,
        key: problem.key.to_owned(),
        request_id: id.to_owned(),
        files: (!problem.files.is_empty()).then_some(problem.files),
    };
    let mut response = (code, Json(body)).into_response();
    let headers = response.headers_mut();
    // What a layer or axum has said beside its refusal, such as the methods that there are.
    for (name, value) in refused.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::CONTENT_TYPE {
            headers.insert(name.clone(), value.clone());
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if code == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
