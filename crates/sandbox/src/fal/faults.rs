//! Trouble to order: what the emulator does wrong next, where, and how often.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

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
    /// `duplicate`: deliveries in all (2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `late` (60), `slow` (30): how long. `reordered` (60): the longest wait for another webhook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
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
        Fault { fault, times: 1, on: None, count: None, seconds: None, kind: None }
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
            Self::Unprocessable => &[Submit, Result],
            Self::ServerError | Self::Unavailable | Self::Slow | Self::Silent => {
                &[Submit, Status, Result, Cancel, Upload, Put, File]
            }
            Self::Exhausted => &[Submit, Upload],
            Self::LinkExpired => &[File],
            Self::UnknownState => &[Status],
            Self::AcceptedButLost => &[Submit],
        }
    }

    /// Whether the call goes on although the fault is used up.
    fn lets_the_call_go_on(self) -> bool {
        matches!(self, Self::UnknownState | Self::AcceptedButLost)
    }
}

/// Takes the next fault of this kind off the list.
pub(super) fn take(faults: &mut Vec<Fault>, trouble: Trouble) -> Option<Fault> {
    take_if(faults, |it| it.fault == trouble)
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

impl Fal {
    /// Orders trouble. One with `times: 0` or on a call where it can't happen never strikes.
    pub fn fault(&self, fault: Fault) {
        if 0 < fault.times {
            self.world().faults.push(fault);
        }
    }

    /// The answer that a fault gives instead of ours, if one is due on this kind of call. It may
    /// take its time, or never come.
    pub(super) async fn interrupt(&self, call: Call) -> Option<Response> {
        let fault = take_if(&mut self.world().faults, |it| {
            it.call() == Some(call) && !it.fault.lets_the_call_go_on()
        })?;
        match fault.fault {
            Trouble::Unprocessable => {
                let kind = fault.kind.as_deref().unwrap_or("content_policy_violation");
                let complaint = refusals::Complaint::new("images_data_url", kind, "Refused");
                Some(refusals::unprocessable(&[complaint.detail(&Value::Null)]))
            }
            Trouble::ServerError => Some(refusals::infrastructure("internal_error")),
            Trouble::Unavailable => Some(refusals::proxy_page()),
            Trouble::Exhausted => Some(refusals::exhausted()),
            Trouble::LinkExpired => Some(refusals::not_found("File not found")),
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
            | Trouble::AcceptedButLost => None,
        }
    }
}

pub(super) fn routes() -> Router<Arc<Fal>> {
    Router::new().route("/sandbox/fal/faults", get(list).post(add).delete(clear))
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
    fal.fault(fault);
    list(State(fal)).await.into_response()
}

async fn clear(State(fal): State<Arc<Fal>>, headers: HeaderMap) -> Response {
    if let Some(no) = foreign(&fal, &headers) {
        return no;
    }
    fal.world().faults.clear();
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
