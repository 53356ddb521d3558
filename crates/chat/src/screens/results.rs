//! What came of an order: the pictures went out above, here is what can be done with them.

use domain::picture::{CHANGE_PERCENT, Draft, Source, VARY_PERCENT};
use domain::{ArtifactId, Command, GenerationId};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, Wish};
use crate::screen::{Next, Screen, View};
use crate::screens::begin::{Begin, Finished};
use crate::screens::create::Create;
use crate::screens::edit::edit_result;
use crate::screens::edit_setup::EditSetup;
use crate::screens::making::Behind;
use crate::screens::setup::Setup;

mod views;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Results {
    Show {
        generation: GenerationId,
        #[serde(default, skip_serializing_if = "Behind::is_menu")]
        behind: Behind,
    },
    /// Which one the next is to begin from.
    Pick {
        generation: GenerationId,
        how: How,
        #[serde(default, skip_serializing_if = "Behind::is_menu")]
        behind: Behind,
    },
    /// An edit: alone, or beside the photo that it began from.
    Look {
        generation: GenerationId,
        is_compared: bool,
        #[serde(default, skip_serializing_if = "Behind::is_menu")]
        behind: Behind,
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
    /// What is begun with a face, a speech or a video.
    Begin(Begin),
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
    pub fn of(generation: GenerationId) -> Self {
        Self::Show { generation, behind: Behind::default() }
    }

    pub fn generation(&self) -> &GenerationId {
        match self {
            Self::Show { generation, .. }
            | Self::Pick { generation, .. }
            | Self::Look { generation, .. } => generation,
        }
    }

    fn behind(self) -> Behind {
        match self {
            Self::Show { behind, .. } | Self::Pick { behind, .. } | Self::Look { behind, .. } => {
                behind
            }
        }
    }

    /// All of it, after a look at one thing.
    pub fn show(self) -> Self {
        match self {
            Self::Show { generation, behind }
            | Self::Pick { generation, behind, .. }
            | Self::Look { generation, behind, .. } => Self::Show { generation, behind },
        }
    }
}

impl Screen for Results {
    type Press = Press;

    fn needs(&self) -> Needs {
        let generation = Some(self.generation().clone());
        Needs { generation, edits: true, videos: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match (self, &facts.generation) {
            (_, None) => View::new(facts.say("refusal-generation-gone", &[])),
            (Self::Show { .. }, Some(order)) => match &order.wish {
                Wish::Picture(_) => views::picture(order, facts),
                Wish::Edit(_) => views::edit(order, facts),
                Wish::Character(_) => views::character(order, facts),
                Wish::Speech(_) => views::speech(order, facts),
                Wish::Video(_) => views::video(order, facts),
            },
            (Self::Look { is_compared, .. }, Some(order)) => {
                views::look(*is_compared, order, facts)
            }
            (Self::Pick { how, .. }, Some(order)) => views::pick(*how, order, facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match (self, event) {
            (at @ (Self::Pick { .. } | Self::Look { .. }), Event::Press(Press::Back)) => {
                Next::go(at.show())
            }
            (Self::Show { behind, .. }, Event::Press(Press::Back)) => behind.back(),
            (at @ Self::Pick { how, .. }, Event::Press(Press::Take(artifact))) => {
                begin(how, artifact, at.show(), facts)
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
                _ => Next::go(Self::Pick { generation, how, behind: self.behind() }),
            },
            Press::Another => match order.wish.edit() {
                Some(draft) => Next::go(EditSetup::with_others(draft.clone())),
                None => Next::go(self),
            },
            Press::Begin(begin) => match order.tiles.first() {
                Some(tile) => {
                    let artifact = tile.artifact.clone();
                    let (wish, millis) = (&order.wish, order.millis);
                    begin.with(Finished { artifact, wish, millis }, self, facts)
                }
                None => Next::go(self).notice(facts.say("refusal-picture-gone", &[])),
            },
            Press::Compare(is_compared) => {
                Next::go(Self::Look { generation, is_compared, behind: self.behind() })
            }
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
