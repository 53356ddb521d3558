//! Trouble to order: what the emulator does wrong next, where, and how often.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusals::{Refusal, complaint};
use super::{ElevenLabs, voices};

/// What is said to be missing where the account has nothing left.
const NEEDED: i64 = 340;

/// One order of trouble. Faults of one kind are used up in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: Trouble,
    /// How many more times.
    #[serde(default = "once")]
    pub times: u32,
    /// Which call; speech, if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Call>,
    /// `slow`: how long (30).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// `voice_gone`: whose id. It is deleted at once, and else the next that speaks. It comes back
    /// when faults are forgiven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// This trouble once, with its defaults.
    pub fn once(fault: Trouble) -> Fault {
        Fault { fault, times: 1, on: None, seconds: None, voice: None }
    }

    fn call(&self) -> Call {
        self.on.unwrap_or(Call::Speech)
    }

    fn complaint(&self) -> Option<&'static str> {
        let is_of_speech = self.fault.is_of_speech();
        if is_of_speech && self.call() != Call::Speech {
            return Some("This fault can't happen there.");
        }
        let is_known = self.voice.as_deref().is_none_or(|it| voices::find(it).is_some());
        (!is_known).then_some("No voice has this id.")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// 401: no credits are left.
    Quota,
    /// 401: the key is wrong.
    #[serde(rename = "401")]
    WrongKey,
    /// 429: everybody is here.
    Busy,
    /// 429: too many at once.
    Concurrency,
    /// The same in the newer form.
    ConcurrencyNew,
    /// A voice was deleted.
    VoiceGone,
    #[serde(rename = "422")]
    Unprocessable,
    #[serde(rename = "500")]
    ServerError,
    /// The page of the proxy.
    #[serde(rename = "503")]
    Unavailable,
    /// The answer comes when the clock is `seconds` further.
    Slow,
    /// The connection stays open and nothing comes.
    Silent,
    /// Half of the sound, and then the connection breaks.
    Torn,
    /// Half of the sound, and the end.
    Half,
    /// 200 without a byte.
    Empty,
    /// 200 with JSON where sound should be.
    WrongType,
}

impl Trouble {
    /// Whether only speech can have it.
    fn is_of_speech(self) -> bool {
        self.spoils_sound() || matches!(self, Self::VoiceGone | Self::Quota)
    }

    /// Whether sound is made, and something happens to it.
    fn spoils_sound(self) -> bool {
        matches!(self, Self::Torn | Self::Half | Self::Empty | Self::WrongType)
    }
}

/// A kind of call that a fault can sit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Speech,
    /// Voices, in pages or at once.
    List,
    Voice,
    Models,
    Account,
    /// The sound behind a `preview_url`.
    Sample,
}

impl ElevenLabs {
    /// Orders trouble. One with `times: 0`, or where it can't happen, never strikes.
    pub fn fault(&self, fault: Fault) {
        if fault.times == 0 || fault.complaint().is_some() {
            return;
        }
        let mut world = self.world();
        match fault.voice {
            Some(voice) if fault.fault == Trouble::VoiceGone => {
                world.gone.insert(voice);
            }
            _ => world.faults.push(fault),
        }
    }

    /// Forgets all trouble, and brings back the voices.
    pub fn forgive(&self) {
        let mut world = self.world();
        world.faults.clear();
        world.gone.clear();
    }

    fn take_if(&self, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let faults = &mut self.world().faults;
        let at = faults.iter().position(wanted)?;
        let found = faults[at].clone();
        faults[at].times -= 1;
        if faults[at].times == 0 {
            faults.remove(at);
        }
        Some(found)
    }

    /// Whether the voice that is to speak now is deleted under its feet.
    pub(super) fn lose(&self, voice: &str) {
        if self.take_if(|it| it.fault == Trouble::VoiceGone).is_some() {
            self.world().gone.insert(voice.to_owned());
        }
    }

    /// What happens to sound that was made.
    pub(super) fn spoiler(&self) -> Option<Trouble> {
        self.take_if(|it| it.fault.spoils_sound()).map(|it| it.fault)
    }

    /// The answer that a fault gives instead of ours, if one is due on this kind of call. It may
    /// take its time, or never come.
    pub(super) async fn interrupt(&self, call: Call) -> Result<(), Refusal> {
        let is_due = |it: &Fault| {
            it.call() == call && !it.fault.spoils_sound() && it.fault != Trouble::VoiceGone
        };
        let Some(fault) = self.take_if(is_due) else { return Ok(()) };
        match fault.fault {
            Trouble::Quota => Err(Refusal::no_quota(0, NEEDED)),
            Trouble::WrongKey => Err(Refusal::wrong_key()),
            Trouble::Busy => Err(Refusal::busy()),
            Trouble::Concurrency => Err(Refusal::too_many()),
            Trouble::ConcurrencyNew => Err(Refusal::too_many_newly_said(&self.draw("refusal"))),
            Trouble::Unprocessable => {
                let wrong = complaint(&["body", "text"], "value_error", "Refused");
                Err(Refusal::unprocessable(vec![wrong]))
            }
            Trouble::ServerError => Err(Refusal::broken()),
            Trouble::Unavailable => Err(Refusal::down()),
            Trouble::Silent => std::future::pending().await,
            Trouble::Slow => {
                let millis = i64::from(fault.seconds.unwrap_or(30)) * 1000;
                self.wait_until(self.now() + millis).await;
                Ok(())
            }
            Trouble::VoiceGone
            | Trouble::Torn
            | Trouble::Half
            | Trouble::Empty
            | Trouble::WrongType => Ok(()),
        }
    }
}

pub(super) fn routes() -> Router<Arc<ElevenLabs>> {
    Router::new().route("/sandbox/elevenlabs/faults", get(list).post(add).delete(clear))
}

async fn list(State(eleven): State<Arc<ElevenLabs>>) -> Json<Value> {
    let world = eleven.world();
    Json(json!({ "faults": world.faults, "gone": world.gone }))
}

async fn add(State(eleven): State<Arc<ElevenLabs>>, body: String) -> Response {
    let sorry =
        |text: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": text }))).into_response();
    let fault = match serde_json::from_str::<Fault>(&body) {
        Ok(fault) => fault,
        Err(error) => return sorry(&format!("Not a fault: {error}.")),
    };
    if let Some(complaint) = fault.complaint() {
        return sorry(complaint);
    }
    eleven.fault(fault);
    list(State(eleven)).await.into_response()
}

async fn clear(State(eleven): State<Arc<ElevenLabs>>) -> Json<Value> {
    eleven.forgive();
    list(State(eleven)).await
}
