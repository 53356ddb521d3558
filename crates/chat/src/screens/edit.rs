//! What is to be done with a photo: a ready edit of the catalog, or words of the customer's own.

use domain::catalog::{Preset, WordsNeed, preset_category_key};
use domain::command::Picture;
use domain::picture::EditDraft;
use domain::{ArtifactId, Command, InputId, News};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Sent};
use crate::facts::{Facts, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, Shown, View};
use crate::screens::desk::{DOWNLOAD_BYTES_MAX, no_photo};
use crate::screens::edit_setup::EditSetup;
use crate::screens::home::Home;
use crate::screens::setup::wording_within;

/// How many presets a page shows, each with its price in a row of its own.
const PRESETS_PAGE: usize = 8;

/// The category of what is done in the customer's own words.
const OWN: &str = "own";

/// `inputs` are photos that came before it was chosen what to do with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    Start { inputs: Vec<InputId> },
    Category { category: String, page: u32, inputs: Vec<InputId> },
    Preset { preset: String, inputs: Vec<InputId> },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Category(String),
    /// Goes on without the photos that came.
    Drop,
    Page(u32),
    Preset(String),
    Use,
}

impl Default for Edit {
    fn default() -> Self {
        Self::Start { inputs: Vec::new() }
    }
}

impl Screen for Edit {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { inputs: self.inputs().to_vec(), edits: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            _ if is_paused(facts) => View::new(facts.say("edit-paused", &[])),
            Self::Start { inputs } => start(inputs, facts),
            Self::Category { category, page, .. } => presets(category, *page, facts),
            Self::Preset { preset, inputs } => match facts.catalog.preset(preset) {
                Some(preset) => one(preset, inputs, facts),
                None => View::new(facts.say("refusal-preset-gone", &[])),
            },
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Picture(picture) => self.sent(picture, facts),
            Event::Text(text) => self.wrote(&text, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Clip(_) => Next::go(self).notice(facts.say(no_photo(Sent::Video), &[])),
            Event::Other(sent) => Next::go(self).notice(facts.say(no_photo(sent), &[])),
        }
    }
}

impl Edit {
    fn inputs(&self) -> &[InputId] {
        match self {
            Self::Start { inputs }
            | Self::Category { inputs, .. }
            | Self::Preset { inputs, .. } => inputs,
        }
    }

    /// The same with other photos.
    fn with(self, inputs: Vec<InputId>) -> Self {
        match self {
            Self::Start { .. } => Self::Start { inputs },
            Self::Category { category, page, .. } => Self::Category { category, page, inputs },
            Self::Preset { preset, .. } => Self::Preset { preset, inputs },
        }
    }

    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (at, Press::Back) => Next::go(at.behind(facts)),
            (Self::Start { inputs }, Press::Category(category)) => {
                Next::go(match within(&category, facts).as_slice() {
                    // With one there is nothing to choose.
                    [one] => Self::Preset { preset: one.name.clone(), inputs },
                    _ => Self::Category { category, page: 0, inputs },
                })
            }
            (Self::Start { .. }, Press::Drop) => Next::go(Self::default()),
            (Self::Category { category, inputs, .. }, Press::Page(page)) => {
                Next::go(Self::Category { category, page, inputs })
            }
            (Self::Category { inputs, .. }, Press::Preset(preset)) => {
                Next::go(Self::Preset { preset, inputs })
            }
            (Self::Preset { preset, inputs }, Press::Use) => {
                let inputs = facts.kept(&inputs);
                EditSetup::open(EditDraft { preset, inputs, words: String::new() }, facts)
            }
            // The button of before, tapped twice.
            (at @ (Self::Category { .. } | Self::Preset { .. }), Press::Category(_))
            | (at @ Self::Preset { .. }, Press::Preset(_)) => Next::go(at),
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// A photo is kept until it is chosen what to do with it, as many as an edit can take.
    fn sent(self, picture: Picture, facts: &Facts<'_>) -> Next {
        let inputs = facts.kept(self.inputs());
        if let Self::Preset { preset, .. } = self {
            let draft = EditDraft { preset, inputs, words: String::new() };
            return EditSetup::Photos { draft }.sent(picture, facts);
        }
        let most = facts.catalog.presets.iter().map(|it| it.photos as usize).max();
        if most.is_some_and(|it| it <= inputs.len()) {
            return Next::go(self).notice(facts.say("notice-edit-enough", &[]));
        }
        take(self.with(inputs), picture, facts)
    }

    /// Whoever writes says what is to be changed.
    fn wrote(self, text: &str, facts: &Facts<'_>) -> Next {
        let inputs = facts.kept(self.inputs());
        let preset = match &self {
            Self::Start { .. } | Self::Category { .. } => own(inputs.len(), facts),
            Self::Preset { preset, .. } => facts.catalog.preset(preset),
        };
        let preset = preset.filter(|it| it.words != WordsNeed::None && !is_paused(facts));
        let Some(preset) = preset else {
            return Next::go(self).notice(facts.say("notice-use-buttons", &[]));
        };
        match wording_within(preset.words_chars_max as usize, text, facts) {
            Ok(words) => {
                let preset = preset.name.clone();
                EditSetup::open(EditDraft { preset, inputs, words }, facts)
            }
            Err(notice) => Next::go(self).notice(notice),
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            // A photo that is looked at now, or a result, which nobody needs to look at.
            (at, News::InputTaken { input }) => {
                let mut inputs = facts.kept(at.inputs());
                inputs.push(input.clone());
                Next::go(at.with(inputs))
            }
            (at, News::InputUnusable { input }) => {
                let inputs = at.inputs().iter().filter(|it| *it != input).cloned().collect();
                Next::tell(at.with(inputs), news, facts)
            }
            (at, news) => Next::tell(at, news, facts),
        }
    }

    /// Where its back leads.
    fn behind(self, facts: &Facts<'_>) -> Place {
        match self {
            Self::Start { .. } => Home.into(),
            Self::Category { inputs, .. } => Self::Start { inputs }.into(),
            Self::Preset { preset, inputs } => match facts.catalog.preset(&preset) {
                Some(it) if 1 < within(&it.category, facts).len() => {
                    Self::Category { category: it.category.clone(), page: 0, inputs }.into()
                }
                Some(_) | None => Self::Start { inputs }.into(),
            },
        }
    }
}

/// Whether nothing can be edited now.
pub fn is_paused(facts: &Facts<'_>) -> bool {
    !facts.person.can_edit || facts.catalog.presets.is_empty()
}

/// Takes in a photo that is to be edited.
pub fn take(at: impl Into<Place>, picture: Picture, facts: &Facts<'_>) -> Next {
    let next = Next::go(at);
    if is_paused(facts) {
        return next.notice(facts.say("refusal-product-paused", &[]));
    }
    if DOWNLOAD_BYTES_MAX < picture.bytes {
        return next.notice(facts.say("notice-file-large", &[]));
    }
    next.run(Command::TakeInput { picture })
}

/// Takes a result as the next photo.
pub fn edit_result(artifact: ArtifactId, facts: &Facts<'_>) -> Next {
    let next = Next::go(Edit::default());
    // The view says why.
    if is_paused(facts) { next } else { next.run(Command::UseResult { artifact }) }
}

fn within<'a>(category: &str, facts: &'a Facts<'_>) -> Vec<&'a Preset> {
    facts.catalog.presets.iter().filter(|it| it.category == category).collect()
}

/// The preset that does what the customer says, with one photo if they haven't sent more.
fn own<'a>(count: usize, facts: &'a Facts<'_>) -> Option<&'a Preset> {
    let all = within(OWN, facts);
    let fits = all.iter().find(|it| it.photos as usize == count.max(1));
    fits.or(all.first()).copied()
}

fn start(inputs: &[InputId], facts: &Facts<'_>) -> View<Press> {
    let kept = facts.kept(inputs);
    let is_ready = facts.are_ready(&kept);
    let mut view = View::new(match (kept.len(), is_ready) {
        (0, _) => facts.say("edit", &[]),
        (_, false) => facts.say("edit-looking", &[]),
        (count, true) => facts.say("edit-kept", &[("count", (count as i64).into())]),
    });
    let label = |category: &str| {
        (facts.label(&preset_category_key(category), &[]), Press::Category(category.to_owned()))
    };
    let categories = facts.catalog.preset_categories().into_iter();
    let (own, ready): (Vec<_>, Vec<_>) = categories.partition(|it| *it == OWN);
    for pair in ready.chunks(2) {
        view = view.row(pair.iter().map(|it| label(it)));
    }
    view = view.row(own.into_iter().map(label));
    if !kept.is_empty() && is_ready {
        view = view.button(facts.label("button-other-photos", &[]), Press::Drop);
    }
    view
}

fn presets(category: &str, page: u32, facts: &Facts<'_>) -> View<Press> {
    let all = within(category, facts);
    if all.is_empty() {
        return View::new(facts.say("refusal-preset-gone", &[]));
    }
    let page = (page as usize).min((all.len() - 1) / PRESETS_PAGE);
    let title = facts.label(&preset_category_key(category), &[]);
    let mut view = View::new(facts.say("edit-category", &[("category", title.as_str().into())]));
    for preset in all.iter().skip(page * PRESETS_PAGE).take(PRESETS_PAGE) {
        let credits = facts.edit_quote(&preset.name).map_or(preset.credits, |it| it.credits);
        let title = preset.title.of(facts.person.language);
        let args = [("title", title.into()), ("credits", credits.into())];
        view = view.button(facts.label("button-preset", &args), Press::Preset(preset.name.clone()));
    }
    let mut turns = Vec::new();
    if 0 < page {
        turns.push((facts.label("button-previous", &[]), Press::Page(page as u32 - 1)));
    }
    if (page + 1) * PRESETS_PAGE < all.len() {
        turns.push((facts.label("button-next", &[]), Press::Page(page as u32 + 1)));
    }
    view.row(turns)
}

/// What comes of it, what it takes and what it costs.
fn one(preset: &Preset, inputs: &[InputId], facts: &Facts<'_>) -> View<Press> {
    let language = facts.person.language;
    let title = preset.title.of(language).into();
    let about = preset.about.of(language).into();
    let mut lines = vec![facts.say("edit-preset", &[("title", title), ("about", about)])];
    lines.push(match &preset.second {
        _ if preset.photos as usize <= facts.kept(inputs).len() => {
            facts.say("edit-photos", &[("count", preset.photos.into())])
        }
        None => facts.say("edit-takes-one", &[]),
        Some(second) => facts.say("edit-takes-two", &[("second", second.of(language).into())]),
    });
    if let Some(ask) = &preset.ask {
        lines.push(facts.say("edit-takes-words", &[("ask", ask.of(language).into())]));
    }
    let credits = facts.edit_quote(&preset.name).map_or(preset.credits, |it| it.credits);
    lines.push(facts.say("picture-price", &[("credits", credits.into())]));
    let view = View::new(lines.join("\n\n")).button(facts.label("button-choose", &[]), Press::Use);
    match facts.catalog.example(&preset.name) {
        Some(_) => view.picture(Shown::Example(preset.name.clone())),
        None => view,
    }
}
