//! What came of an order: the pictures went out above, here is what can be done with them.

use domain::picture::{CHANGE_PERCENT, Draft, Source, VARY_PERCENT};
use domain::{ArtifactId, Command, GenerationId};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GenerationFacts, Needs, Tile, Wish};
use crate::route;
use crate::screen::{Next, Screen, Shown, View};
use crate::screens::create::Create;
use crate::screens::edit::{edit_result, is_paused};
use crate::screens::edit_setup::EditSetup;
use crate::screens::home::Home;
use crate::screens::making::outcome;
use crate::screens::setup::Setup;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Results {
    Show {
        generation: GenerationId,
    },
    /// Which one the next is to begin from.
    Pick {
        generation: GenerationId,
        how: How,
    },
    /// An edit: alone, or beside the photo that it began from.
    Look {
        generation: GenerationId,
        is_compared: bool,
    },
}

/// What a picture is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// Others like it.
    Vary,
    /// The same, but for what the customer says.
    Change,
    /// As the photo of an edit.
    Edit,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    /// What was done to it is done to another photo.
    Another,
    Back,
    /// Whether it is shown beside what it began from.
    Compare(bool),
    /// Which, and whether it is to be one: tapped twice it means the same.
    #[serde(rename = "F")]
    Favour(ArtifactId, bool),
    More,
    Originals,
    /// Whether they like it.
    Rate(bool),
    Repeat,
    Start(How),
    #[serde(rename = "T")]
    Take(ArtifactId),
}

impl Results {
    pub fn generation(&self) -> &GenerationId {
        match self {
            Self::Show { generation }
            | Self::Pick { generation, .. }
            | Self::Look { generation, .. } => generation,
        }
    }
}

impl Screen for Results {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { generation: Some(self.generation().clone()), ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match (self, &facts.generation) {
            (_, None) => View::new(facts.say("refusal-generation-gone", &[])),
            (Self::Show { .. }, Some(order)) => match &order.wish {
                Wish::Picture(_) => show(order, facts),
                Wish::Edit(_) => show_edit(order, facts),
            },
            (Self::Look { is_compared, .. }, Some(order)) => look(*is_compared, order, facts),
            (Self::Pick { how, .. }, Some(order)) => pick(*how, order, facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let generation = self.generation().clone();
        match (self, event) {
            (Self::Pick { .. } | Self::Look { .. }, Event::Press(Press::Back)) => {
                Next::go(Self::Show { generation })
            }
            (Self::Show { .. }, Event::Press(Press::Back)) => Next::go(Home),
            (Self::Pick { how, .. }, Event::Press(Press::Take(artifact))) => {
                begin(how, artifact, Self::Show { generation }, facts)
            }
            (at, Event::Press(press)) => at.pressed(press, facts),
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_)) => Next::go(at).notice(facts.say("notice-use-buttons", &[])),
            (at, Event::Picture(_)) => Next::go(at).notice(facts.say("notice-photo-no-use", &[])),
            (at, Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

impl Results {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        let generation = self.generation().clone();
        let Some(order) = &facts.generation else { return Next::go(self) };
        match press {
            Press::Repeat => match order.wish.picture() {
                Some(draft) => Setup::open(draft.clone(), self, facts),
                None => Next::go(self),
            },
            Press::More => {
                let avatar = order.wish.picture().map(|it| it.avatar.clone());
                Next::go(Create::Start { avatar })
            }
            // With one picture there is nothing to choose.
            Press::Start(how) => match order.tiles.as_slice() {
                [one] => begin(how, one.artifact.clone(), self, facts),
                _ => Next::go(Self::Pick { generation, how }),
            },
            Press::Another => match order.wish.edit() {
                Some(draft) => Next::go(EditSetup::with_others(draft.clone())),
                None => Next::go(self),
            },
            Press::Compare(is_compared) => Next::go(Self::Look { generation, is_compared }),
            Press::Favour(artifact, is_favourite) => {
                Next::go(self).run(Command::Favour { artifact, is_favourite })
            }
            Press::Again => Next::go(self).run(Command::ShowAgain { generation }),
            Press::Originals => {
                let artifacts = order.tiles.iter().map(|it| it.artifact.clone()).collect();
                Next::go(self).run(Command::SendOriginals { artifacts })
            }
            Press::Rate(is_good) => Next::go(self).run(Command::Rate { generation, is_good }),
            Press::Back | Press::Take(_) => {
                Next::go(self).notice(facts.say("notice-old-button", &[]))
            }
        }
    }
}

/// Begins from one of the pictures of the order on the screen.
fn begin(how: How, artifact: ArtifactId, back: Results, facts: &Facts<'_>) -> Next {
    let order = facts.generation.as_ref();
    match order.filter(|it| it.tiles.iter().any(|it| it.artifact == artifact)) {
        Some(order) => from(how, artifact, &order.wish, back, facts),
        None => Next::go(back).notice(facts.say("refusal-picture-gone", &[])),
    }
}

/// A new order that begins from a picture: what it was made of, and what is done with it.
pub fn from(
    how: How,
    artifact: ArtifactId,
    made_of: &Wish,
    back: impl Into<crate::place::Place>,
    facts: &Facts<'_>,
) -> Next {
    if how == How::Edit {
        return edit_result(artifact, facts);
    }
    let source = |strength_percent| Some(Source { artifact, strength_percent });
    match (how, made_of.picture().cloned()) {
        (How::Vary, Some(draft)) => {
            let draft = Draft { source: source(VARY_PERCENT), ..draft };
            Setup::open(draft, back, facts)
        }
        (How::Change, Some(draft)) => {
            let draft = Draft { source: source(CHANGE_PERCENT), count: 1, ..draft };
            Next::go(Setup::ask(draft, back))
        }
        // Without an avatar there is nobody to make another one of.
        (How::Vary | How::Change | How::Edit, _) => {
            Next::go(back).notice(facts.say("notice-old-button", &[]))
        }
    }
}

/// The label by which a picture becomes a favourite, or is one no more.
fn star(tile: &Tile, is_only: bool, facts: &Facts<'_>) -> (String, Press) {
    let key = match (is_only, tile.is_favourite) {
        (true, true) => "button-not-favourite",
        (true, false) => "button-favourite",
        (false, true) => "button-not-favourite-of",
        (false, false) => "button-favourite-of",
    };
    let label = facts.label(key, &[("number", tile.number.into())]);
    (label, Press::Favour(tile.artifact.clone(), !tile.is_favourite))
}

fn show(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    let is_only = order.tiles.len() == 1;
    if !order.tiles.is_empty() {
        view = view.row(order.tiles.iter().map(|it| star(it, is_only, facts)));
        let key = if is_only { "button-original" } else { "button-originals" };
        view = view.row([
            (facts.label(key, &[]), Press::Originals),
            (facts.label("button-show-again", &[]), Press::Again),
        ]);
        if !is_paused(facts) {
            view = view.button(facts.label("button-edit-result", &[]), Press::Start(How::Edit));
        }
    }
    if !order.avatar_name.is_empty() {
        if !order.tiles.is_empty() {
            view = view.row([
                (facts.label("button-vary", &[]), Press::Start(How::Vary)),
                (facts.label("button-change", &[]), Press::Start(How::Change)),
            ]);
        }
        view = view.row([
            (facts.label("button-repeat", &[]), Press::Repeat),
            (facts.label("button-make-more", &[]), Press::More),
        ]);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

fn show_edit(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    if let Some(tile) = order.tiles.first() {
        view = view
            .row([star(tile, true, facts), (facts.label("button-original", &[]), Press::Originals)])
            .row([
                (facts.label("button-before-after", &[]), Press::Compare(true)),
                (facts.label("button-show-again", &[]), Press::Again),
            ]);
        if !is_paused(facts) {
            view = view.button(facts.label("button-edit-further", &[]), Press::Start(How::Edit));
        }
    }
    let is_on_offer =
        order.wish.edit().is_some_and(|it| facts.catalog.preset(&it.preset).is_some());
    if is_on_offer && !is_paused(facts) {
        view = view.button(facts.label("button-another-photo", &[]), Press::Another);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

/// Asks how they like it, or says what they have said: it can be said anew.
fn rated(view: View<Press>, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    if order.tiles.is_empty() {
        return view;
    }
    let (good, bad) = match facts.rating {
        None => ("button-rate-good", "button-rate-bad"),
        Some(true) => ("button-rated-good", "button-rate-bad"),
        Some(false) => ("button-rate-good", "button-rated-bad"),
    };
    view.row([
        (facts.label(good, &[]), Press::Rate(true)),
        (facts.label(bad, &[]), Press::Rate(false)),
    ])
}

fn look(is_compared: bool, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let Some(tile) = order.tiles.first() else {
        return View::new(facts.say("refusal-picture-gone", &[]));
    };
    let artifact = tile.artifact.clone();
    let turn = if is_compared { "button-only-after" } else { "button-before-after" };
    match is_compared {
        true => View::new(facts.say("edit-compared", &[])).picture(Shown::Compared(artifact)),
        false => View::new(facts.say("edit-after", &[])).picture(Shown::Artifact(artifact)),
    }
    .button(facts.label(turn, &[]), Press::Compare(!is_compared))
}

fn pick(how: How, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let key = match how {
        How::Vary => "result-pick-vary",
        How::Change => "result-pick-change",
        How::Edit => "result-pick-edit",
    };
    let view = View::new(facts.say(key, &[]));
    let tiles = order.tiles.iter();
    let numbers = tiles.map(|it| (it.number.to_string(), Press::Take(it.artifact.clone())));
    view.row(numbers).picture(Shown::Collage(order.tiles.clone()))
}
