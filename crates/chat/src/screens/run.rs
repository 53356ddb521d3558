//! A training while it runs, and the question whether to stop it.

use domain::{AvatarId, Command, News, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{AvatarFacts, Facts, Needs, TrainingFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::avatar::Avatar;
use crate::screens::desk::Desk;
use crate::screens::home::Home;
use crate::text::{Arg, bar};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Run {
    Watch { avatar: AvatarId },
    AskCancel { avatar: AvatarId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    AskCancel,
    Back,
    Cancel,
    Open,
}

impl Run {
    pub fn avatar(&self) -> &AvatarId {
        match self {
            Self::Watch { avatar } | Self::AskCancel { avatar } => avatar,
        }
    }
}

impl Screen for Run {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs::avatar(self.avatar())
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some((avatar, training)) =
            facts.avatar.as_ref().and_then(|it| Some((it, it.training.as_ref()?)))
        else {
            return View::new(facts.say("refusal-avatar-gone", &[])).back(Press::Back, facts);
        };
        match self {
            Self::AskCancel { .. } if training.state.is_open() => {
                let args =
                    [("name", avatar.name.as_str().into()), ("credits", training.price.into())];
                View::new(facts.say("run-ask-cancel", &args))
                    .button(facts.label("button-cancel-training", &[]), Press::Cancel)
                    .back(Press::Back, facts)
            }
            Self::AskCancel { .. } | Self::Watch { .. } => watch(avatar, training, facts),
        }
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let avatar = self.avatar().clone();
        match (self, event) {
            (_, Event::Press(Press::AskCancel)) => Next::go(Self::AskCancel { avatar }),
            (_, Event::Press(Press::Cancel)) => Next::go(Self::Watch { avatar: avatar.clone() })
                .run(Command::CancelTraining { avatar }),
            (_, Event::Press(Press::Open)) => Next::go(Avatar::Card { avatar }),
            (_, Event::Press(Press::Again)) => {
                Next::go(Self::Watch { avatar: avatar.clone() }).run(Command::Retrain { avatar })
            }
            (Self::AskCancel { .. }, Event::Press(Press::Back)) => Next::go(Self::Watch { avatar }),
            (Self::Watch { .. }, Event::Press(Press::Back)) => Next::go(Home),
            (_, Event::News(News::Drafted { avatar })) => Next::go(Desk::Gather { avatar }),
            (at, Event::News(news)) => match &news {
                News::AvatarReady { avatar: told, .. }
                | News::TrainingFailed { avatar: told, .. }
                | News::TrainingCanceled { avatar: told, .. }
                    if *told == avatar =>
                {
                    Next::tell(Avatar::Card { avatar }, &news, facts)
                }
                _ => Next::tell(at, &news, facts),
            },
            (at, Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                let training = facts.avatar.as_ref().and_then(|it| it.training.as_ref());
                let runs = training.is_some_and(|it| it.state.is_open());
                let key = if runs { "notice-training-runs" } else { "notice-use-buttons" };
                Next::go(at).notice(facts.say(key, &[]))
            }
        }
    }
}

fn watch(avatar: &AvatarFacts, training: &TrainingFacts, facts: &Facts<'_>) -> View<Press> {
    let name = || Arg::from(avatar.name.as_str());
    let view = match training.state {
        WorkState::Pending | WorkState::Processing => View::new(progress(avatar, training, facts)),
        WorkState::Succeeded => {
            let args = [("name", name()), ("credits", training.charged.into())];
            View::new(facts.say("run-succeeded", &args))
                .button(facts.label("button-open-avatar", &[]), Press::Open)
        }
        WorkState::Failed => {
            let reason = training.fault.map(|it| facts.say(it.key(), &[])).unwrap_or_default();
            let args = [
                ("name", name()),
                ("reason", Arg::Said(reason)),
                ("credits", training.returned.into()),
            ];
            View::new(facts.say("run-failed", &args))
                .button(facts.label("button-try-again", &[]), Press::Again)
        }
        WorkState::Canceled => {
            let args = [("name", name()), ("credits", training.returned.into())];
            View::new(facts.say("run-canceled", &args))
                .button(facts.label("button-try-again", &[]), Press::Again)
        }
    };
    if !training.state.is_open() {
        return view.back(Press::Back, facts);
    }
    let view = match training.cancel_asked {
        true => view,
        false => view.button(facts.label("button-ask-cancel", &[]), Press::AskCancel),
    };
    view.button(facts.label("button-about-avatar", &[]), Press::Open).back(Press::Back, facts)
}

fn progress(avatar: &AvatarFacts, training: &TrainingFacts, facts: &Facts<'_>) -> String {
    let mut lines = vec![facts.say("run-title", &[("name", avatar.name.as_str().into())])];
    lines.push(match (training.state, training.percent, training.queue_place) {
        _ if training.uncertain => facts.say("run-uncertain", &[]),
        (WorkState::Pending, _, _) => facts.say("run-pending", &[]),
        (_, Some(percent), _) => {
            let args = [("bar", bar(percent).as_str().into()), ("percent", percent.into())];
            facts.say("run-percent", &args)
        }
        (_, None, Some(place)) => facts.say("run-queue", &[("place", (place + 1).into())]),
        (_, None, None) => facts.say("run-processing", &[]),
    });
    if training.cancel_asked {
        lines.push(facts.say("run-cancel-asked", &[]));
    } else if let Some(offer) = facts.offer(avatar.kind) {
        let minutes = [("from", offer.minutes[0].into()), ("to", offer.minutes[1].into())];
        lines.push(facts.say("run-time", &minutes));
    }
    lines.push(facts.say("run-held", &[("credits", training.price.into())]));
    lines.join("\n")
}
