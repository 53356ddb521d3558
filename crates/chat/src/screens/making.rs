//! What was ordered while it is made, and the question whether to stop.

use domain::picture::Product;
use domain::{Command, GenerationId, News, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GenerationFacts, Needs, Wish};
use crate::news::{canceled, failed, ready};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::begin;
use crate::screens::edit_setup::EditSetup;
use crate::screens::home::Home;
use crate::screens::results::Results;
use crate::screens::setup::Setup;
use crate::screens::video_plan::is_paused;
use crate::text::bar;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Making {
    Watch {
        generation: GenerationId,
        #[serde(default, skip_serializing_if = "Behind::is_menu")]
        behind: Behind,
    },
    AskCancel {
        generation: GenerationId,
        #[serde(default, skip_serializing_if = "Behind::is_menu")]
        behind: Behind,
    },
}

/// The list from which an order was opened, to which its back leads; else that is the main menu.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Behind(Option<Box<Place>>);

impl Behind {
    pub fn list(list: impl Into<Place>) -> Self {
        Self(Some(Box::new(list.into())))
    }

    pub fn is_menu(&self) -> bool {
        self.0.is_none()
    }

    pub fn back(self) -> Next {
        self.0.map_or_else(|| Next::go(Home), |it| Next::go(*it))
    }
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
    pub fn watch(generation: GenerationId) -> Self {
        Self::Watch { generation, behind: Behind::default() }
    }

    pub fn generation(&self) -> &GenerationId {
        match self {
            Self::Watch { generation, .. } | Self::AskCancel { generation, .. } => generation,
        }
    }

    /// With the question whether to stop.
    pub fn asking(self) -> Self {
        match self {
            Self::Watch { generation, behind } | Self::AskCancel { generation, behind } => {
                Self::AskCancel { generation, behind }
            }
        }
    }

    fn watching(self) -> Self {
        match self {
            Self::Watch { generation, behind } | Self::AskCancel { generation, behind } => {
                Self::Watch { generation, behind }
            }
        }
    }

    fn behind(&self) -> &Behind {
        match self {
            Self::Watch { behind, .. } | Self::AskCancel { behind, .. } => behind,
        }
    }
}

impl Screen for Making {
    type Press = Press;

    fn needs(&self) -> Needs {
        let generation = Some(self.generation().clone());
        Needs { generation, videos: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some(order) = &facts.generation else {
            return View::new(facts.say("refusal-generation-gone", &[])).back(Press::Back, facts);
        };
        match self {
            Self::AskCancel { .. } if order.state.is_open() => {
                ask_cancel(order, Press::Cancel(order.id.clone()), facts)
            }
            Self::AskCancel { .. } | Self::Watch { .. } => watch(order, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let generation = self.generation().clone();
        match (self, event) {
            (at, Event::Press(Press::AskCancel)) => Next::go(at.asking()),
            (at, Event::Press(Press::Cancel(asked))) if asked == generation => {
                Next::go(at.watching()).run(Command::CancelPictures { generation })
            }
            (at, Event::Press(Press::Cancel(_))) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (at, Event::Press(Press::Open)) => {
                Next::go(Results::Show { generation, behind: at.behind().clone() })
            }
            (at, Event::Press(Press::Again)) => match &facts.generation {
                Some(order) => anew(order, at, facts),
                None => Next::go(at),
            },
            (at @ Self::AskCancel { .. }, Event::Press(Press::Back)) => Next::go(at.watching()),
            (Self::Watch { behind, .. }, Event::Press(Press::Back)) => behind.back(),
            (at, Event::News(news)) => match &news {
                News::PicturesReady { generation: told, .. } if *told == generation => Next::tell(
                    Results::Show { generation, behind: at.behind().clone() },
                    &news,
                    facts,
                ),
                News::PicturesFailed { generation: told, .. }
                | News::PicturesCanceled { generation: told, .. }
                    if *told == generation =>
                {
                    let is_alone = at.behind().is_menu();
                    let at = at.watching();
                    let order = facts.generation.as_ref();
                    let place = match order.filter(|it| is_alone && can_be_anew(it, facts)) {
                        // What was ordered is there to be tried again, or changed. Whoever came
                        // from a list goes on with the others.
                        Some(order) => anew(order, at, facts).place,
                        None => at.into(),
                    };
                    Next::tell(place, &news, facts)
                }
                _ => Next::tell(at, &news, facts),
            },
            (at, Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                let open = facts.generation.as_ref().filter(|it| it.state.is_open());
                let key = open.map_or("notice-use-buttons", |it| runs(it.wish.product()));
                Next::go(at).notice(facts.say(key, &[]))
            }
        }
    }
}

/// What is said to whoever writes while it is made.
fn runs(product: Product) -> &'static str {
    match product {
        Product::Picture => "notice-making-runs",
        Product::Edit => "notice-edit-runs",
        Product::Character | Product::Speech | Product::Video => "notice-video-runs",
    }
}

/// Whether what was ordered can be ordered again: its avatar, or its preset, is there.
fn can_be_anew(order: &GenerationFacts, facts: &Facts<'_>) -> bool {
    match &order.wish {
        Wish::Picture(_) => !order.avatar_name.is_empty(),
        Wish::Edit(draft) => facts.catalog.preset(&draft.preset).is_some(),
        Wish::Character(_) | Wish::Speech(_) => !is_paused(facts),
        Wish::Video(_) => !is_paused(facts) && order.millis.is_some(),
    }
}

/// Shows what was ordered as a new order.
fn anew(order: &GenerationFacts, at: Making, facts: &Facts<'_>) -> Next {
    match &order.wish {
        Wish::Picture(draft) => Setup::open(draft.clone(), at, facts),
        Wish::Edit(draft) => EditSetup::again(draft.clone(), facts),
        wish @ (Wish::Character(_) | Wish::Speech(_) | Wish::Video(_)) => {
            begin::again(wish, order.millis, at, facts)
        }
    }
}

fn watch(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    match order.state {
        WorkState::Pending | WorkState::Processing => {
            under_way(false, order, (Press::AskCancel, Press::Cancel(order.id.clone())), facts)
        }
        WorkState::Succeeded => View::new(outcome(order, facts))
            .button(facts.label("button-open-results", &[]), Press::Open),
        WorkState::Failed => {
            let text = failed(order.wish.product(), order.fault, order.returned, facts);
            again(View::new(text), order, facts)
        }
        WorkState::Canceled => {
            let text = canceled(order.wish.product(), order.returned, facts);
            again(View::new(text), order, facts)
        }
    }
}

/// How far it is, and the way to stop it: asked about first.
pub fn under_way<P>(
    is_asked: bool,
    order: &GenerationFacts,
    (ask, cancel): (P, P),
    facts: &Facts<'_>,
) -> View<P> {
    match (is_asked, order.cancel_asked) {
        (true, _) => ask_cancel(order, cancel, facts),
        (false, true) => View::new(progress(order, facts)),
        (false, false) => {
            View::new(progress(order, facts)).button(facts.label("button-stop-making", &[]), ask)
        }
    }
}

/// Whether it shall stop, and what becomes of the credits then.
fn ask_cancel<P>(order: &GenerationFacts, cancel: P, facts: &Facts<'_>) -> View<P> {
    let key = match order.wish.product() {
        Product::Picture => "making-ask-cancel",
        Product::Edit => "edit-ask-cancel",
        Product::Character | Product::Speech => "video-ask-cancel-step",
        Product::Video => "video-ask-cancel",
    };
    View::new(facts.say(key, &[("credits", order.price.into())]))
        .button(facts.label("button-cancel-making", &[]), cancel)
}

/// Whether the order on the screen is still being made.
pub fn is_being_made(facts: &Facts<'_>) -> bool {
    facts.generation.as_ref().is_some_and(|it| it.state.is_open())
}

fn again(view: View<Press>, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    if !can_be_anew(order, facts) {
        return view;
    }
    view.button(facts.label("button-try-again", &[]), Press::Again)
}

/// How many there are, what they cost, and what was kept back.
pub fn outcome(order: &GenerationFacts, facts: &Facts<'_>) -> String {
    ready(order.wish.product(), order.made, order.withheld, order.charged, facts)
}

/// How far it is, where it waits and for how long, and what is set aside for it.
pub fn progress(order: &GenerationFacts, facts: &Facts<'_>) -> String {
    let (title, left, write) = match &order.wish {
        Wish::Picture(draft) => {
            let args = [("name", order.avatar_name.as_str().into()), ("count", draft.count.into())];
            (facts.say("making-title", &args), "making-left", "making-write")
        }
        Wish::Edit(draft) => {
            let title = facts.preset_title(&draft.preset);
            let title = facts.say("edit-making", &[("title", title.as_str().into())]);
            (title, "edit-left", "edit-write")
        }
        Wish::Character(_) => (facts.say("character-making", &[]), "edit-left", "edit-write"),
        Wish::Speech(_) => (facts.say("speech-making", &[]), "edit-left", "edit-write"),
        Wish::Video(_) => (facts.say("video-making", &[]), "edit-left", "edit-write"),
    };
    let mut lines = vec![title];
    if let Some(stage) = order.stage {
        lines.push(facts.say(&format!("video-stage-{}", stage.as_str()), &[]));
    }
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
                facts.say(left, &[("minutes", minutes.into())])
            }
            None => facts.say(write, &[]),
        });
    }
    lines.push(facts.say("run-held", &[("credits", order.price.into())]));
    lines.join("\n")
}
