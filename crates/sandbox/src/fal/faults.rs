//! Trouble to order: what the emulator does wrong next, where, and how often.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::endpoints::{self, Endpoint};
use super::storage::Stored;
use super::{Fal, refusals};

/// One order of trouble. Faults of one kind are used up in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: Trouble,
    /// How many more times.
    #[serde(default = "once")]
    pub times: u32,
    /// Where; the first of [`Trouble::calls`] if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Call>,
    /// Of which endpoint, by its name, or by its kind: `trainings`, `pictures`, `videos` or `words`.
    /// Any, if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// `duplicate`: deliveries in all (2). `partial`: pictures that come (one fewer than asked).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `late`, `crowded`, `long` (60), `slow` (30): how long. `reordered` (60): the longest wait
    /// for another webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// `flagged`: the numbers of the pictures, from 1 (all).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Vec<usize>>,
    /// `redirected`: where to (an address inside).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// `error` and `422`: the `type` of the detail. `completed_with_error`: the `error_type`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// This trouble once, with its defaults.
    pub fn once(fault: Trouble) -> Fault {
        Fault {
            fault,
            times: 1,
            on: None,
            endpoint: None,
            count: None,
            seconds: None,
            pictures: None,
            to: None,
            kind: None,
        }
    }

    /// Whether it is meant for this endpoint, or for what has none.
    fn fits(&self, endpoint: Option<&Endpoint>) -> bool {
        self.endpoint.as_ref().is_none_or(|wanted| {
            endpoint.is_some_and(|it| wanted == it.name || wanted == it.kind())
        })
    }

    fn call(&self) -> Option<Call> {
        self.on.or_else(|| self.fault.calls().first().copied())
    }

    pub(super) fn millis_or(&self, seconds: u32) -> i64 {
        i64::from(self.seconds.unwrap_or(seconds)) * 1000
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The webhook comes `seconds` late.
    Late,
    /// The webhook comes `count` times.
    Duplicate,
    /// The webhook comes after that of the next request to end.
    Reordered,
    /// No webhook.
    Never,
    /// The webhook is signed with a strange key; it is sent once and no true one follows.
    Forged,
    /// The model refuses at the end: webhook `ERROR`, result 422.
    Error,
    /// `COMPLETED` with an `error_type` (`runner_disconnected`).
    CompletedWithError,
    #[serde(rename = "422")]
    Unprocessable,
    #[serde(rename = "500")]
    ServerError,
    /// The page of nginx.
    #[serde(rename = "503")]
    Unavailable,
    /// 403: the account has no money left.
    Exhausted,
    /// A link to a file is answered with 404.
    LinkExpired,
    /// The answer comes when the clock is `seconds` further.
    Slow,
    /// The connection stays open and nothing comes.
    Silent,
    /// A state that no document knows: `ON_HOLIDAY`.
    UnknownState,
    /// The request is queued and runs, but the answer to its submission never comes.
    AcceptedButLost,
    /// It is over, and its webhook sent, before the answer to its submission comes.
    Early,
    /// It waits `seconds` longer in the queue.
    Crowded,
    /// It takes `seconds` longer.
    Long,
    /// It begins and never ends.
    Endless,
    /// Fewer pictures come than were asked for.
    Partial,
    /// Pictures are flagged and black, unless nobody checks.
    Flagged,
    /// 502 with the page of nginx.
    #[serde(rename = "502")]
    BadGateway,
    /// A file is answered with a redirection `to` an address inside.
    Redirected,
    /// A file of 256 MiB instead of the true one.
    Huge,
    /// A page instead of a picture, with the type of a picture.
    NotAPicture,
    /// The first half of a file, and the end.
    Half,
    /// The first half of a file, and then the connection breaks.
    Torn,
}

/// A kind of call that a fault can sit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Submit,
    Status,
    Result,
    Cancel,
    /// The beginning of an upload.
    Upload,
    /// The bytes of an upload.
    Put,
    File,
    Webhook,
}

impl Trouble {
    /// Where it can happen, the usual one first. Empty: to a run or its webhook, wherever that is.
    pub fn calls(self) -> &'static [Call] {
        use Call::{Cancel, File, Put, Result, Status, Submit, Upload};
        match self {
            Self::Late | Self::Duplicate | Self::Reordered | Self::Never | Self::Forged => &[],
            Self::Error | Self::CompletedWithError => &[],
            Self::Early | Self::Crowded | Self::Long | Self::Endless => &[],
            Self::Partial | Self::Flagged => &[],
            Self::Unprocessable => &[Submit, Result],
            Self::ServerError
            | Self::Unavailable
            | Self::BadGateway
            | Self::Slow
            | Self::Silent => &[Submit, Status, Result, Cancel, Upload, Put, File],
            Self::Exhausted => &[Submit, Upload],
            Self::LinkExpired | Self::Redirected | Self::Huge | Self::NotAPicture => &[File],
            Self::Half | Self::Torn => &[File],
            Self::UnknownState => &[Status],
            Self::AcceptedButLost => &[Submit],
        }
    }

    /// Whether the call goes on although the fault is used up.
    fn lets_the_call_go_on(self) -> bool {
        matches!(self, Self::UnknownState | Self::AcceptedButLost | Self::Half | Self::Torn)
    }

    /// What is decided when a request is taken, and stays with it.
    fn stays_with_the_request(self, endpoint: &Endpoint) -> bool {
        match self {
            Self::Early | Self::Crowded | Self::Long | Self::Endless => true,
            Self::Partial | Self::Flagged => endpoint.kind() == "pictures",
            _ => false,
        }
    }
}

/// The faults that may strike somewhere: those of a request, and those of the world.
pub(super) struct Near<'a> {
    pub(super) own: &'a mut Vec<Fault>,
    pub(super) all: &'a mut Vec<Fault>,
    pub(super) endpoint: Option<&'static Endpoint>,
}

impl Near<'_> {
    /// Takes the next fault of this kind off its list.
    pub(super) fn take(&mut self, trouble: Trouble) -> Option<Fault> {
        self.take_if(|it| it.fault == trouble)
    }

    fn take_if(&mut self, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let endpoint = self.endpoint;
        take_if(self.own, &wanted)
            .or_else(|| take_if(self.all, |it| it.fits(endpoint) && wanted(it)))
    }

    /// What a request that is taken now carries with it from here on.
    pub(super) fn follow(&mut self) {
        let Some(endpoint) = self.endpoint else { return };
        let stays = |it: &Fault| it.fault.stays_with_the_request(endpoint);
        let followed = |own: &[Fault], it: &Fault| own.iter().any(|own| own.fault == it.fault);
        let fits =
            |own: &[Fault], it: &Fault| stays(it) && it.fits(self.endpoint) && !followed(own, it);
        while let Some(fault) = take_if(self.all, |it| fits(self.own, it)) {
            self.own.push(fault);
        }
    }
}

fn take_if(faults: &mut Vec<Fault>, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
    let at = faults.iter().position(wanted)?;
    let found = faults[at].clone();
    faults[at].times -= 1;
    if faults[at].times == 0 {
        faults.remove(at);
    }
    Some(found)
}

/// The order of this kind, which stays.
pub(super) fn ordered(faults: &[Fault], trouble: Trouble) -> Option<&Fault> {
    faults.iter().find(|it| it.fault == trouble)
}

const HUGE_BYTES: usize = 256 << 20;
/// Where clouds tell their machines what nobody else may know.
const INSIDE: &str = "http://169.254.169.254/latest/meta-data/";

impl Fal {
    /// Orders trouble. One with `times: 0` or on a call where it can't happen never strikes.
    pub fn fault(&self, fault: Fault) {
        if 0 < fault.times {
            self.world().faults.push(fault);
        }
    }

    /// Forgets all trouble that was ordered and hasn't come.
    pub fn forgive(&self) {
        self.world().faults.clear();
    }

    /// The answer that a fault gives instead of ours, if one is due on this kind of call. It may
    /// take its time, or never come. `run` is the id of the request that is meant.
    pub(super) async fn interrupt(
        &self,
        call: Call,
        endpoint: Option<&'static Endpoint>,
        run: Option<&str>,
    ) -> Option<Response> {
        let is_due = |it: &Fault| it.call() == Some(call) && !it.fault.lets_the_call_go_on();
        let (fault, endpoint) = self
            .world()
            .near(endpoint, run, |mut it| it.take_if(is_due).map(|fault| (fault, it.endpoint)))?;
        self.answer(fault, endpoint).await
    }

    /// The same for what the request itself orders, before it is taken.
    pub(super) async fn interrupt_itself(
        &self,
        orders: &mut Vec<Fault>,
        endpoint: &'static Endpoint,
    ) -> Option<Response> {
        let fault = take_if(orders, |it| {
            it.call() == Some(Call::Submit) && !it.fault.lets_the_call_go_on()
        })?;
        self.answer(fault, Some(endpoint)).await
    }

    async fn answer(&self, fault: Fault, endpoint: Option<&Endpoint>) -> Option<Response> {
        match fault.fault {
            Trouble::Unprocessable => {
                let kind = fault.kind.as_deref().unwrap_or("content_policy_violation");
                let field = endpoint.map_or("images_data_url", Endpoint::main_field);
                let complaint = refusals::Complaint::new(field, kind, "Refused");
                Some(refusals::unprocessable(&[complaint.detail(&Value::Null)]))
            }
            Trouble::ServerError => Some(refusals::infrastructure("internal_error")),
            Trouble::Unavailable => Some(refusals::proxy_page(StatusCode::SERVICE_UNAVAILABLE)),
            Trouble::BadGateway => Some(refusals::proxy_page(StatusCode::BAD_GATEWAY)),
            Trouble::Exhausted => Some(refusals::exhausted()),
            Trouble::LinkExpired => Some(refusals::not_found("File not found")),
            Trouble::Redirected => Some(redirection(fault.to.as_deref().unwrap_or(INSIDE))),
            Trouble::Huge => Some(file_of(endpoint, huge())),
            Trouble::NotAPicture => Some(file_of(endpoint, Body::from(PAGE))),
            Trouble::Silent => std::future::pending().await,
            Trouble::Slow => {
                self.wait_until(self.now() + fault.millis_or(30)).await;
                None
            }
            Trouble::Late
            | Trouble::Duplicate
            | Trouble::Reordered
            | Trouble::Never
            | Trouble::Forged
            | Trouble::Error
            | Trouble::CompletedWithError
            | Trouble::UnknownState
            | Trouble::AcceptedButLost
            | Trouble::Early
            | Trouble::Crowded
            | Trouble::Long
            | Trouble::Endless
            | Trouble::Partial
            | Trouble::Flagged
            | Trouble::Half
            | Trouble::Torn => None,
        }
    }
}

const PAGE: &str = "<html><body>This isn't a picture.</body></html>\n";

fn file_of(endpoint: Option<&Endpoint>, body: Body) -> Response {
    let is_film = endpoint.is_some_and(|it| it.kind() == "videos");
    let kind = if is_film { "video/mp4" } else { "image/jpeg" };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

fn redirection(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())]).into_response()
}

/// It begins as a JPEG does, and doesn't say how long it is.
fn huge() -> Body {
    let piece = Bytes::from(vec![0; 64 << 10]);
    let count = HUGE_BYTES / piece.len();
    let head = [Bytes::from_static(b"\xff\xd8\xff\xe0")];
    let pieces = head.into_iter().chain(std::iter::repeat_n(piece, count));
    Body::from_stream(stream::iter(pieces.map(Ok::<_, std::convert::Infallible>)))
}

/// The first half of the body, and what comes after it.
pub(super) fn cut(stored: Stored, trouble: Trouble) -> Body {
    let size = stored.size() / 2;
    let half = stored.chunks().scan(size, |left, chunk| {
        let chunk = chunk.map(|it| {
            let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(it.len());
            *left -= taken as u64;
            it.slice(..taken)
        });
        std::future::ready(Some(chunk))
    });
    match trouble {
        Trouble::Torn => {
            let broken = Err(std::io::Error::other("the connection breaks here"));
            Body::from_stream(half.chain(stream::iter([broken])))
        }
        _ => Body::from_stream(half),
    }
}

pub(super) fn routes() -> Router<Arc<Fal>> {
    Router::new()
        .route("/sandbox/fal/calls", get(calls))
        .route("/sandbox/fal/faults", get(list).post(add).delete(clear))
}

/// How many webhooks are still to be delivered.
async fn calls(State(fal): State<Arc<Fal>>) -> Json<Value> {
    Json(json!({ "waiting": fal.world().deliveries.len() }))
}

async fn list(State(fal): State<Arc<Fal>>) -> Json<Value> {
    Json(json!({ "faults": fal.world().faults }))
}

async fn add(State(fal): State<Arc<Fal>>, headers: HeaderMap, body: String) -> Response {
    if let Some(no) = foreign(&fal, &headers) {
        return no;
    }
    let fault = match serde_json::from_str::<Fault>(&body) {
        Ok(fault) => fault,
        Err(error) => return sorry(StatusCode::BAD_REQUEST, &format!("Not a fault: {error}.")),
    };
    let calls = fault.fault.calls();
    if fault.on.is_some_and(|it| !calls.is_empty() && !calls.contains(&it)) {
        return sorry(StatusCode::BAD_REQUEST, "This fault can't happen there.");
    }
    if let Some(name) = fault.endpoint.as_deref().filter(|it| !endpoints::is_known(it)) {
        return sorry(StatusCode::BAD_REQUEST, &format!("No endpoint is called {name}."));
    }
    fal.fault(fault);
    list(State(fal)).await.into_response()
}

async fn clear(State(fal): State<Arc<Fal>>, headers: HeaderMap) -> Response {
    if let Some(no) = foreign(&fal, &headers) {
        return no;
    }
    fal.forgive();
    list(State(fal)).await.into_response()
}

/// A web page elsewhere must not drive the sandbox: neither directly, nor through a name of its
/// own that leads to the loopback address.
fn foreign(fal: &Fal, headers: &HeaderMap) -> Option<Response> {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let host = text(header::HOST);
    if host.is_some_and(|it| !is_loopback(it)) {
        return Some(sorry(StatusCode::FORBIDDEN, "Only a loopback address is answered here."));
    }
    let origin = headers.get(header::ORIGIN)?;
    let ours = host.map(|it| format!("http://{it}"));
    if origin == fal.settings.origin.as_str() || ours.is_some_and(|it| origin == it.as_str()) {
        return None;
    }
    Some(sorry(StatusCode::FORBIDDEN, "Another site may not change the sandbox."))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

fn sorry(code: StatusCode, text: &str) -> Response {
    (code, Json(json!({ "error": text }))).into_response()
}
