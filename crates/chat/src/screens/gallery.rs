//! The gallery: pages of results, one of them, and several that are chosen.

use domain::picture::{CHOSEN_MAX, Product};
use domain::{ArtifactId, AvatarId, Command, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{
    ArtifactFacts, ArtifactNeed, Cursor, Facts, Filter, GALLERY_PAGE, GalleryNeed, Needs, Period,
    Tile, Wish,
};
use crate::screen::{Next, Screen, View};
use crate::screens::begin::{Begin, Finished};
use crate::screens::edit_setup::EditSetup;
use crate::screens::home::Home;
use crate::screens::results::{How, from};
use crate::screens::setup::Setup;

mod views;

/// Where one is among the results: which are shown, and which page of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    #[serde(default)]
    pub filter: Filter,
    #[serde(default)]
    pub cursor: Cursor,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gallery {
    Page {
        at: Shelf,
    },
    PickFilter {
        filter: Filter,
        page: u32,
    },
    Open {
        artifact: ArtifactId,
        at: Shelf,
    },
    AskDelete {
        artifact: ArtifactId,
        at: Shelf,
    },
    /// An edit beside the photo that it began from.
    Compare {
        artifact: ArtifactId,
        at: Shelf,
    },
    Select {
        at: Shelf,
        chosen: Vec<ArtifactId>,
    },
    AskDeleteChosen {
        at: Shelf,
        chosen: Vec<ArtifactId>,
    },
}

/// Presses name results, never positions, which move when something is made or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    /// Everything on the page, beside what is chosen already.
    All,
    /// What was done to it is done to another photo.
    Another,
    AskDelete,
    AskDeleteChosen,
    #[serde(rename = "A")]
    Avatar(Option<AvatarId>),
    Avatars(u32),
    Back,
    /// What is begun with a face, a speech or a video.
    Begin(Begin),
    /// Which, and whether it is to be chosen: tapped twice it means the same.
    #[serde(rename = "C")]
    Choose(ArtifactId, bool),
    /// Whether it is shown beside what it began from.
    Compare(bool),
    #[serde(rename = "D")]
    Delete(ArtifactId),
    /// Says how many, so that an old question never deletes others.
    DeleteChosen(u32),
    Everything,
    #[serde(rename = "F")]
    Favour(ArtifactId, bool),
    Favourites(bool),
    Filter,
    #[serde(rename = "N")]
    NewerThan(ArtifactId),
    Newest,
    #[serde(rename = "O")]
    OlderThan(ArtifactId),
    #[serde(rename = "P")]
    Open(ArtifactId),
    Original(ArtifactId),
    Pack,
    Period(Period),
    Product(Option<Product>),
    Repeat,
    Select,
    Show,
    Start(How),
}

impl Default for Gallery {
    fn default() -> Self {
        Self::Page { at: Shelf::default() }
    }
}

impl Gallery {
    fn page(filter: Filter) -> Self {
        Self::Page { at: Shelf { filter, cursor: Cursor::Newest } }
    }

    /// Which results are shown here.
    pub fn filter(&self) -> &Filter {
        match self {
            Self::PickFilter { filter, .. } => filter,
            Self::Page { at }
            | Self::Open { at, .. }
            | Self::AskDelete { at, .. }
            | Self::Compare { at, .. }
            | Self::Select { at, .. }
            | Self::AskDeleteChosen { at, .. } => &at.filter,
        }
    }
}

impl Screen for Gallery {
    type Press = Press;

    fn needs(&self) -> Needs {
        let page = |at: &Shelf| {
            let Shelf { filter, cursor } = at.clone();
            Some(GalleryNeed { filter, is_still: false, cursor, limit: GALLERY_PAGE })
        };
        // Names of avatars are needed where one is filtered by.
        let avatars = self.filter().avatar.is_some() || matches!(self, Self::PickFilter { .. });
        let needs = Needs { avatars, ..Needs::default() };
        match self {
            Self::Page { at } | Self::Select { at, .. } => Needs { gallery: page(at), ..needs },
            Self::PickFilter { filter, .. } => {
                let at = Shelf { filter: filter.clone(), cursor: Cursor::Newest };
                Needs { gallery: page(&at), ..needs }
            }
            Self::Open { artifact, at }
            | Self::AskDelete { artifact, at }
            | Self::Compare { artifact, at } => {
                let need = ArtifactNeed { id: artifact.clone(), filter: at.filter.clone() };
                Needs { artifact: Some(need), edits: true, videos: true, ..Needs::default() }
            }
            Self::AskDeleteChosen { .. } => Needs::default(),
        }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            Self::Page { at } => views::page(at, facts),
            Self::PickFilter { filter, page } => views::pick_filter(filter, *page, facts),
            Self::Open { .. } => views::open(facts),
            Self::AskDelete { .. } => views::ask_delete(facts),
            Self::Compare { .. } => views::compare(facts),
            Self::Select { chosen, .. } => views::select(chosen, facts),
            Self::AskDeleteChosen { chosen, .. } => {
                let count = chosen.len() as u32;
                View::new(facts.say("gallery-ask-delete-chosen", &[("count", count.into())]))
                    .button(facts.label("button-delete-for-good", &[]), Press::DeleteChosen(count))
            }
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => match self {
                Self::PickFilter { filter, page } => filtered(filter, page, press, facts),
                Self::Select { at, chosen } => selected(at, chosen, press, facts),
                at => at.pressed(press, facts),
            },
            Event::News(news) => self.told(&news, facts),
            Event::Text(_) => Next::go(self).notice(facts.say("notice-use-buttons", &[])),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-photo-no-use", &[])),
            Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

impl Gallery {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (Self::Page { .. }, Press::Back) => Next::go(Home),
            (Self::Open { at, .. }, Press::Back) => Next::go(Self::Page { at }),
            (Self::AskDelete { artifact, at }, Press::Back)
            | (Self::Compare { artifact, at }, Press::Back | Press::Compare(false)) => {
                Next::go(Self::Open { artifact, at })
            }
            (Self::AskDeleteChosen { at, chosen }, Press::Back) => {
                Next::go(Self::Select { at, chosen })
            }
            (Self::Page { at }, Press::Select) => Next::go(Self::Select { at, chosen: Vec::new() }),
            (Self::Page { at }, Press::Filter) => {
                Next::go(Self::PickFilter { filter: at.filter, page: 0 })
            }
            (Self::Page { .. }, Press::Everything) => Next::go(Self::default()),
            (Self::Page { at }, Press::Newest) => Next::go(Self::page(at.filter)),
            (Self::Page { at }, Press::OlderThan(id)) => {
                Next::go(Self::Page { at: turned(at, Cursor::OlderThan(id)) })
            }
            (Self::Page { at }, Press::NewerThan(id)) => {
                Next::go(Self::Page { at: turned(at, Cursor::NewerThan(id)) })
            }
            (Self::Page { at } | Self::Open { at, .. }, Press::Open(artifact)) => {
                Next::go(Self::Open { artifact, at })
            }
            (Self::Open { artifact, at } | Self::AskDelete { artifact, at }, Press::AskDelete) => {
                Next::go(Self::AskDelete { artifact, at })
            }
            (
                Self::Open { artifact, at } | Self::Compare { artifact, at },
                Press::Compare(true),
            ) => Next::go(Self::Compare { artifact, at }),
            // The button of before, tapped twice.
            (here @ Self::Open { .. }, Press::Compare(false)) => Next::go(here),
            (here @ Self::Open { .. }, press) => opened(here, press, facts),
            (Self::AskDelete { artifact, at }, Press::Delete(asked)) if asked == artifact => {
                Next::go(Self::AskDelete { artifact, at })
                    .run(Command::DeletePictures { artifacts: vec![asked] })
            }
            (Self::AskDeleteChosen { at, chosen }, Press::DeleteChosen(count))
                if count as usize == chosen.len() =>
            {
                let artifacts = chosen.clone();
                Next::go(Self::AskDeleteChosen { at, chosen })
                    .run(Command::DeletePictures { artifacts })
            }
            // The button of before, tapped twice.
            (here @ Self::AskDeleteChosen { .. }, Press::AskDeleteChosen) => Next::go(here),
            (here, _) => Next::go(here).notice(facts.say("notice-old-button", &[])),
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (
                Self::AskDelete { at, .. } | Self::AskDeleteChosen { at, .. },
                News::PicturesDeleted { .. },
            )
            | (
                Self::Open { at, .. } | Self::AskDelete { at, .. } | Self::Compare { at, .. },
                News::Refused { refusal: Refusal::PictureGone },
            )
            | (Self::Select { at, .. }, News::PackingBegun { .. }) => {
                Next::tell(Self::Page { at }, news, facts)
            }
            (here, news) => Next::tell(here, news, facts),
        }
    }
}

fn turned(at: Shelf, cursor: Cursor) -> Shelf {
    Shelf { cursor, ..at }
}

/// What is done with the result on the screen.
fn opened(here: Gallery, press: Press, facts: &Facts<'_>) -> Next {
    match (press, &facts.artifact) {
        (Press::Favour(artifact, is_favourite), _) => {
            Next::go(here).run(Command::Favour { artifact, is_favourite })
        }
        (Press::Original(artifact), _) => {
            Next::go(here).run(Command::SendOriginals { artifacts: vec![artifact] })
        }
        (Press::Another | Press::Begin(_) | Press::Repeat | Press::Start(_), None) => {
            Next::go(here).notice(facts.say("refusal-picture-gone", &[]))
        }
        (Press::Start(how), Some(it)) => from(how, it.id.clone(), &it.wish, here, facts),
        (Press::Begin(begin), Some(it)) => {
            let finished = Finished { artifact: it.id.clone(), wish: &it.wish, millis: it.millis };
            begin.with(finished, here, facts)
        }
        (Press::Repeat, Some(ArtifactFacts { wish: Wish::Picture(draft), .. })) => {
            Setup::open(draft.clone(), here, facts)
        }
        (Press::Another, Some(ArtifactFacts { wish: Wish::Edit(draft), .. })) => {
            Next::go(EditSetup::with_others(draft.clone()))
        }
        _ => Next::go(here).notice(facts.say("notice-old-button", &[])),
    }
}

/// What a press on the choice of a filter leads to.
fn filtered(filter: Filter, page: u32, press: Press, facts: &Facts<'_>) -> Next {
    let filter = match press {
        Press::Back | Press::Show => return Next::go(Gallery::page(filter)),
        Press::Avatars(page) => return Next::go(Gallery::PickFilter { filter, page }),
        Press::Avatar(avatar) => Filter { avatar, ..filter },
        Press::Favourites(is_favourite) => Filter { is_favourite, ..filter },
        Press::Period(period) => Filter { period, ..filter },
        Press::Product(product) => Filter { product, ..filter },
        Press::Everything => Filter::default(),
        // The button of before, tapped twice.
        Press::Filter => filter,
        _ => {
            let here = Gallery::PickFilter { filter, page };
            return Next::go(here).notice(facts.say("notice-old-button", &[]));
        }
    };
    Next::go(Gallery::PickFilter { filter, page })
}

/// What a press leads to while several are chosen.
fn selected(at: Shelf, mut chosen: Vec<ArtifactId>, press: Press, facts: &Facts<'_>) -> Next {
    let tiles = facts.gallery.iter().flat_map(|it| it.tiles.iter());
    match press {
        Press::Back => return Next::go(Gallery::Page { at }),
        Press::OlderThan(id) => {
            return Next::go(Gallery::Select { at: turned(at, Cursor::OlderThan(id)), chosen });
        }
        Press::NewerThan(id) => {
            return Next::go(Gallery::Select { at: turned(at, Cursor::NewerThan(id)), chosen });
        }
        Press::AskDeleteChosen if !chosen.is_empty() => {
            return Next::go(Gallery::AskDeleteChosen { at, chosen });
        }
        Press::Pack if !chosen.is_empty() => {
            let artifacts = chosen.clone();
            return Next::go(Gallery::Select { at, chosen })
                .run(Command::PackPictures { artifacts });
        }
        Press::Choose(id, true) => add(&mut chosen, [&id]),
        Press::Choose(id, false) => chosen.retain(|it| *it != id),
        Press::All => add(&mut chosen, tiles.map(|it| &it.artifact)),
        // The button of before, tapped twice.
        Press::Select => {}
        _ => {
            let here = Gallery::Select { at, chosen };
            return Next::go(here).notice(facts.say("notice-old-button", &[]));
        }
    }
    let is_over = CHOSEN_MAX < chosen.len();
    chosen.truncate(CHOSEN_MAX);
    let next = Next::go(Gallery::Select { at, chosen });
    match is_over {
        true => {
            let most = (CHOSEN_MAX as i64).into();
            next.notice(facts.say("refusal-pictures-too-many", &[("most", most)]))
        }
        false => next,
    }
}

/// Adds those that aren't chosen yet.
fn add<'a>(chosen: &mut Vec<ArtifactId>, more: impl IntoIterator<Item = &'a ArtifactId>) {
    for id in more {
        if !chosen.contains(id) {
            chosen.push(id.clone());
        }
    }
}

/// Whether everything on the page is chosen.
fn is_all(tiles: &[Tile], chosen: &[ArtifactId]) -> bool {
    tiles.iter().all(|it| chosen.contains(&it.artifact))
}
