//! What a screen is, what it shows and where an event leads.

use domain::{ArtifactId, Command, InputId, News};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::event::Event;
use crate::facts::{Facts, Needs, Tile};
use crate::place::Place;

/// One step of the conversation, or a few that belong together. A value: it is stored as JSON.
pub trait Screen: Sized {
    /// What its buttons mean. With the screen's name it must fit 64 bytes as JSON.
    type Press: Serialize + DeserializeOwned;

    /// What it wants to know, beside what is always known.
    fn needs(&self) -> Needs {
        Needs::default()
    }

    /// What the user sees.
    fn view(&self, facts: &Facts<'_>) -> View<Self::Press>;

    /// What an event leads to.
    fn on(self, event: Event<Self::Press>, facts: &Facts<'_>) -> Next;
}

/// What a screen shows: a text and rows of buttons below it, and a picture above where it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View<P> {
    /// Telegram's HTML. Whatever came from a user was escaped by `say`.
    pub text: String,
    pub rows: Vec<Vec<Button<P>>>,
    /// The text is its caption, so it is shorter than others: 1024 characters.
    pub picture: Option<Shown>,
}

/// A picture of a view. What is shown twice is equal, so that it is drawn and sent once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shown {
    Artifact(ArtifactId),
    /// The photo that an edit began from beside what came of it.
    Compared(ArtifactId),
    /// What comes of a preset, by its name: a picture of the catalog.
    Example(String),
    /// A character of the catalog, by name.
    Face(String),
    /// Several of them in one, each with its number on it, from 1.
    Faces(Vec<String>),
    /// What the customer has sent: a photo, or a clip's first picture.
    Input(InputId),
    /// Several in one, each with its number on it.
    Collage(Vec<Tile>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button<P> {
    pub label: String,
    pub means: Means<P>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means<P> {
    Press(P),
    /// One of the stable names of `route`, which work on every screen.
    Name(&'static str),
    /// Opens an address; the messenger does it, and we hear nothing.
    Link(String),
}

impl<P> View<P> {
    pub fn new(text: String) -> Self {
        Self { text, rows: Vec::new(), picture: None }
    }

    pub fn picture(mut self, picture: Shown) -> Self {
        self.picture = Some(picture);
        self
    }

    /// Adds a row of one button.
    pub fn button(mut self, label: String, press: P) -> Self {
        self.rows.push(vec![Button { label, means: Means::Press(press) }]);
        self
    }

    /// Adds a row with one button that works everywhere.
    pub fn name(mut self, label: String, name: &'static str) -> Self {
        self.rows.push(vec![Button { label, means: Means::Name(name) }]);
        self
    }

    /// Adds a row with a button that opens an address.
    pub fn link(mut self, label: String, address: String) -> Self {
        self.rows.push(vec![Button { label, means: Means::Link(address) }]);
        self
    }

    /// Adds a row of several buttons.
    pub fn row(mut self, buttons: impl IntoIterator<Item = (String, P)>) -> Self {
        let row: Vec<_> = buttons
            .into_iter()
            .map(|(label, press)| Button { label, means: Means::Press(press) })
            .collect();
        if !row.is_empty() {
            self.rows.push(row);
        }
        self
    }

    /// Adds the last row: back (where this screen says) and the main menu.
    pub fn back(mut self, press: P, facts: &Facts<'_>) -> Self {
        self.rows.push(vec![
            Button { label: facts.label("button-back", &[]), means: Means::Press(press) },
            Button {
                label: facts.label("button-menu", &[]),
                means: Means::Name(crate::route::MENU),
            },
        ]);
        self
    }
}

/// Where an event leads: a place, at most one command and at most one notice above the next view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    pub place: Place,
    pub run: Option<Command>,
    /// Telegram's HTML, shown once above the view.
    pub notice: Option<String>,
}

impl Next {
    pub fn go(place: impl Into<Place>) -> Self {
        Self { place: place.into(), run: None, notice: None }
    }

    pub fn run(mut self, command: Command) -> Self {
        self.run = Some(command);
        self
    }

    pub fn notice(mut self, text: String) -> Self {
        self.notice = Some(text);
        self
    }

    /// Stays and says what the news is: what a screen does that has no use of its own for it.
    pub fn tell(place: impl Into<Place>, news: &News, facts: &Facts<'_>) -> Self {
        let next = Self::go(place);
        match crate::news::text(news, facts) {
            Some(text) => next.notice(text),
            None => next,
        }
    }
}

/// A view with its screen forgotten: what is rendered and remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub text: String,
    /// Label and what a press does.
    pub rows: Vec<Vec<(String, Does)>>,
    pub picture: Option<Shown>,
}

/// What a button does when it is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// This comes back to us.
    Press(String),
    /// The messenger opens this address.
    Open(String),
}

impl Drawn {
    /// The buttons that come back to us: label and what they carry.
    pub fn presses(&self) -> Vec<(String, String)> {
        let buttons = self.rows.iter().flatten();
        buttons
            .filter_map(|(label, does)| match does {
                Does::Press(press) => Some((label.clone(), press.clone())),
                Does::Open(_) => None,
            })
            .collect()
    }
}
