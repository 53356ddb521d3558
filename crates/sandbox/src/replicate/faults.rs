//! Trouble to order: what the emulator does wrong next, where, and how often.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusals::Refusal;
use super::{Kind, Replicate};

/// One order of trouble. Faults of one kind are used up in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: Trouble,
    /// How many more times.
    #[serde(default = "once")]
    pub times: u32,
    /// Only to trainings, or only to predictions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Kind>,
    /// Which call. If it isn't said: `503` strikes any, the others a `create`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Call>,
    /// `duplicate`: deliveries in all (2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `slow` (30), `long` (60), `late` (60): how long. `429`: what `Retry-After` says, which isn't
    /// there without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// `failed`: the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// This trouble once, with its defaults.
    pub fn once(fault: Trouble) -> Fault {
        Fault { fault, times: 1, of: None, on: None, count: None, seconds: None, text: None }
    }

    pub(super) fn millis_or(&self, seconds: u32) -> i64 {
        i64::from(self.seconds.unwrap_or(seconds)) * 1000
    }

    /// What is wrong with the order itself, if anything.
    fn complaint(&self) -> Option<&'static str> {
        let is_elsewhere = self.on.is_some() && !self.fault.is_of_calls();
        let is_of_other = match self.of {
            Some(Kind::Prediction) => self.fault.is_of_trainings_only(),
            Some(Kind::Training) | None => false,
        };
        (is_elsewhere || is_of_other).then_some("This fault can't happen there.")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    #[serde(rename = "401")]
    Unauthenticated,
    #[serde(rename = "402")]
    NoCredit,
    #[serde(rename = "429")]
    TooMany,
    #[serde(rename = "500")]
    ServerError,
    /// The page of the proxy; on any call if none is named.
    #[serde(rename = "503")]
    Down,
    /// The answer comes when the clock is `seconds` further.
    Slow,
    /// Nothing is done and nothing is answered.
    Silent,
    /// The run is taken, but the answer to its creation never comes.
    AcceptedButLost,
    /// A state that no document knows: `on_holiday`. Only to `get`.
    UnknownState,
    /// The run ends as `failed`, by default with an infrastructure's error.
    Failed,
    /// The run ends as `failed` because of what would be seen.
    Unsafe,
    /// The run ends as `canceled` though nobody has asked for it.
    Canceled,
    /// The run ends as `aborted` before it starts.
    Aborted,
    /// The run succeeds and gives `null`.
    Empty,
    /// The run takes `seconds` longer.
    Long,
    /// The run never ends by itself.
    Endless,
    /// The files of the run are answered with 404.
    Gone,
    /// The files of the run are a page, and called what they should be.
    Text,
    /// The tar file has no weights in it.
    NoWeights,
    /// The tar file has names that lead out of it.
    Escaping,
    /// The run gives addresses of an inner network.
    Internal,
    /// The files of the run are redirected to an inner network.
    Redirect,
    /// The files of the run don't end for long.
    TooLarge,
    /// No webhook when the run ends.
    Never,
    /// The last webhook comes `count` times.
    Duplicate,
    /// The last webhook comes `seconds` late.
    Late,
    /// After the last webhook comes one of before, with `processing`.
    Stale,
    /// The last webhook is signed with a strange key; no true one follows.
    Forged,
    /// The last webhook has a wrong signature before the right one.
    ManySignatures,
}

/// A kind of call that a fault can sit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Of a training or a prediction.
    Create,
    Get,
    Cancel,
    List,
    /// The account, models, versions, hardware and the secret.
    Models,
    /// Files that are uploaded or asked for.
    Files,
    /// Files of a result.
    Delivery,
}

impl Trouble {
    fn is_of_calls(self) -> bool {
        matches!(
            self,
            Self::Unauthenticated
                | Self::NoCredit
                | Self::TooMany
                | Self::ServerError
                | Self::Down
                | Self::Slow
                | Self::Silent
                | Self::AcceptedButLost
                | Self::UnknownState
        )
    }

    fn is_of_trainings_only(self) -> bool {
        matches!(self, Self::NoWeights | Self::Escaping)
    }

    /// What is decided when a run of this kind ends well, and stays with it.
    pub(super) fn is_of_results_of(self, kind: Kind) -> bool {
        match kind {
            Kind::Training if self.is_of_trainings_only() => true,
            Kind::Training | Kind::Prediction => matches!(
                self,
                Self::Empty
                    | Self::Gone
                    | Self::Text
                    | Self::Internal
                    | Self::Redirect
                    | Self::TooLarge
            ),
        }
    }

    /// Whether the call goes on although the fault is used up.
    fn lets_the_call_go_on(self) -> bool {
        matches!(self, Self::UnknownState | Self::AcceptedButLost)
    }
}

/// Takes the next fault that is wanted off the list.
pub(super) fn take_if(faults: &mut Vec<Fault>, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
    let at = faults.iter().position(wanted)?;
    let found = faults[at].clone();
    faults[at].times -= 1;
    if faults[at].times == 0 {
        faults.remove(at);
    }
    Some(found)
}

/// The same, of this trouble for a run of this kind.
pub(super) fn take(faults: &mut Vec<Fault>, trouble: Trouble, kind: Kind) -> Option<Fault> {
    take_if(faults, |it| it.fault == trouble && it.of.is_none_or(|it| it == kind))
}

impl Replicate {
    /// Orders trouble. One with `times: 0`, or where it can't happen, never strikes.
    pub fn fault(&self, fault: Fault) {
        if 0 < fault.times && fault.complaint().is_none() {
            self.world().faults.push(fault);
        }
    }

    /// Takes back all trouble that hasn't struck.
    pub fn calm(&self) {
        self.world().faults.clear();
    }

    /// The answer that a fault gives instead of ours, if one is due on this call. It may take its
    /// time, or never come.
    pub(super) async fn interrupt(&self, call: Call, kind: Option<Kind>) -> Result<(), Refusal> {
        let fault = take_if(&mut self.world().faults, |it| {
            let is_here = match it.on {
                Some(on) => on == call,
                None => it.fault == Trouble::Down || call == Call::Create,
            };
            it.fault.is_of_calls()
                && !it.fault.lets_the_call_go_on()
                && is_here
                && it.of.is_none_or(|it| kind == Some(it))
        });
        match fault {
            Some(fault) => self.strike(fault).await,
            None => Ok(()),
        }
    }

    pub(super) async fn strike(&self, fault: Fault) -> Result<(), Refusal> {
        match fault.fault {
            Trouble::Unauthenticated => Err(Refusal::unauthenticated()),
            Trouble::NoCredit => Err(Refusal::no_credit()),
            Trouble::TooMany => Err(Refusal::throttled(fault.seconds)),
            Trouble::ServerError => Err(Refusal::broken()),
            Trouble::Down => Err(Refusal::down()),
            Trouble::Slow => {
                self.wait_until(self.now() + fault.millis_or(30)).await;
                Ok(())
            }
            Trouble::Silent => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

pub(super) fn routes() -> Router<Arc<Replicate>> {
    Router::new().route("/sandbox/replicate/faults", get(list).post(add).delete(clear))
}

async fn list(State(replicate): State<Arc<Replicate>>) -> Json<Value> {
    Json(json!({ "faults": replicate.world().faults }))
}

async fn add(State(replicate): State<Arc<Replicate>>, body: String) -> Response {
    let sorry =
        |text: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": text }))).into_response();
    let fault = match serde_json::from_str::<Fault>(&body) {
        Ok(fault) => fault,
        Err(error) => return sorry(&format!("Not a fault: {error}.")),
    };
    if let Some(complaint) = fault.complaint() {
        return sorry(complaint);
    }
    replicate.fault(fault);
    list(State(replicate)).await.into_response()
}

async fn clear(State(replicate): State<Arc<Replicate>>) -> Json<Value> {
    replicate.calm();
    list(State(replicate)).await
}
