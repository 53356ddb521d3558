//! Pictures while they are made, and the question whether to stop.

use domain::{Command, GenerationId, News, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GenerationFacts, Needs, Wish};
use crate::news::picture_fault;
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::screens::results::Results;
use crate::screens::setup::Setup;
use crate::text::{Arg, bar};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Making {
    Watch { generation: GenerationId },
    AskCancel { generation: GenerationId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    AskCancel,
    Back,
    /// Names the order, so that an old question never stops another one.
    Cancel(GenerationId),
    Open,
}

impl Making {
    pub fn generation(&self) -> &GenerationId {
        match self {
            Self::Watch { generation } | Self::AskCancel { generation } => generation,
        }
    }
}

impl Screen for Making {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { generation: Some(self.generation().clone()), ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some(order) = &facts.generation else {
            return View::new(facts.say("refusal-generation-gone", &[])).back(Press::Back, facts);
        };
        match self {
            Self::AskCancel { .. } if order.state.is_open() => {
                let credits = order.price.into();
                View::new(facts.say("making-ask-cancel", &[("credits", credits)])).button(
                    facts.label("button-cancel-making", &[]),
                    Press::Cancel(order.id.clone()),
                )
            }
            Self::AskCancel { .. } | Self::Watch { .. } => watch(order, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let generation = self.generation().clone();
        match (self, event) {
            (_, Event::Press(Press::AskCancel)) => Next::go(Self::AskCancel { generation }),
            (_, Event::Press(Press::Cancel(asked))) if asked == generation => {
                Next::go(Self::Watch { generation: generation.clone() })
                    .run(Command::CancelPictures { generation })
            }
            (at, Event::Press(Press::Cancel(_))) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (_, Event::Press(Press::Open)) => Next::go(Results::Show { generation }),
            (at, Event::Press(Press::Again)) => match &facts.generation {
                Some(GenerationFacts { wish: Wish::Picture(draft), .. }) => {
                    Setup::open(draft.clone(), at, facts)
                }
                Some(_) | None => Next::go(at),
            },
            (Self::AskCancel { .. }, Event::Press(Press::Back)) => {
                Next::go(Self::Watch { generation })
            }
            (Self::Watch { .. }, Event::Press(Press::Back)) => Next::go(Home),
            (at, Event::News(news)) => match &news {
                News::PicturesReady { generation: told, .. } if *told == generation => {
                    Next::tell(Results::Show { generation }, &news, facts)
                }
                News::PicturesFailed { generation: told, .. }
                | News::PicturesCanceled { generation: told, .. }
                    if *told == generation =>
                {
                    let at = Self::Watch { generation };
                    let order = facts.generation.as_ref();
                    let order = order.filter(|it| !it.avatar_name.is_empty());
                    let place = match order.and_then(|it| it.wish.picture()) {
                        // What was ordered is there to be tried again, or changed.
                        Some(draft) => Setup::open(draft.clone(), at, facts).place,
                        None => at.into(),
                    };
                    Next::tell(place, &news, facts)
                }
                _ => Next::tell(at, &news, facts),
            },
            (at, Event::Text(_) | Event::Picture(_) | Event::Other(_)) => {
                let is_open = facts.generation.as_ref().is_some_and(|it| it.state.is_open());
                let key = if is_open { "notice-making-runs" } else { "notice-use-buttons" };
                Next::go(at).notice(facts.say(key, &[]))
            }
        }
    }
}

fn watch(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    match order.state {
        WorkState::Pending | WorkState::Processing => {
            let view = View::new(progress(order, facts));
            match order.cancel_asked {
                true => view,
                false => view.button(facts.label("button-stop-making", &[]), Press::AskCancel),
            }
        }
        WorkState::Succeeded => View::new(outcome(order, facts))
            .button(facts.label("button-open-results", &[]), Press::Open),
        WorkState::Failed => {
            let reason = order.fault.map(|it| picture_fault(it, facts)).unwrap_or_default();
            let args = [("reason", Arg::Said(reason)), ("credits", order.returned.into())];
            again(View::new(facts.say("news-pictures-failed", &args)), order, facts)
        }
        WorkState::Canceled => {
            let args = [("credits", order.returned.into())];
            again(View::new(facts.say("news-pictures-canceled", &args)), order, facts)
        }
    }
}

fn again(view: View<Press>, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    if order.avatar_name.is_empty() {
        return view;
    }
    view.button(facts.label("button-try-again", &[]), Press::Again)
}

/// How many there are, what they cost, and what was kept back.
pub fn outcome(order: &GenerationFacts, facts: &Facts<'_>) -> String {
    let counts = [("made", order.made.into()), ("credits", order.charged.into())];
    let mut lines = vec![facts.say("news-pictures-ready", &counts)];
    if 0 < order.withheld {
        lines.push(facts.say("pictures-withheld", &[("count", order.withheld.into())]));
    }
    lines.join("\n")
}

fn progress(order: &GenerationFacts, facts: &Facts<'_>) -> String {
    let count = order.wish.picture().map_or(1, |it| it.count);
    let title = [("name", order.avatar_name.as_str().into()), ("count", count.into())];
    let mut lines = vec![facts.say("making-title", &title)];
    lines.push(match (order.state, order.percent, order.queue_place) {
        _ if order.uncertain => facts.say("making-uncertain", &[]),
        (_, Some(percent), _) => {
            let args = [("bar", bar(percent).as_str().into()), ("percent", percent.into())];
            facts.say("run-percent", &args)
        }
        (_, None, Some(place)) => facts.say("run-queue", &[("place", (place + 1).into())]),
        (WorkState::Pending, None, None) => facts.say("making-pending", &[]),
        (_, None, None) => facts.say("making-processing", &[]),
    });
    if order.moved_on {
        lines.push(facts.say("making-moved-on", &[]));
    }
    if order.cancel_asked {
        lines.push(facts.say("run-cancel-asked", &[]));
    } else {
        lines.push(match order.seconds_left {
            // The last minute isn't counted down: guesses are no better than that.
            Some(seconds) => {
                let minutes = if seconds < 60 { 0 } else { seconds.div_ceil(60) };
                facts.say("making-left", &[("minutes", minutes.into())])
            }
            None => facts.say("making-write", &[]),
        });
    }
    lines.push(facts.say("run-held", &[("credits", order.price.into())]));
    lines.join("\n")
}
