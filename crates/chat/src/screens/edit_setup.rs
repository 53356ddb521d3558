//! What an edit needs, one after the other: its photos, its words, and the last word before
//! credits are set aside.

use domain::catalog::{Preset, Quote, WordsNeed};
use domain::command::Picture;
use domain::picture::EditDraft;
use domain::{Command, Credits, InputId, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::{Event, Sent};
use crate::facts::{Facts, InputState, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::desk::no_photo;
use crate::screens::edit::{Edit, is_paused, take};
use crate::screens::making::Making;
use crate::screens::setup::{priced, wording_within};
use crate::screens::shop::Shop;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EditSetup {
    /// Asks for photos until there are as many as the preset takes.
    Photos {
        draft: EditDraft,
    },
    Words {
        draft: EditDraft,
    },
    /// An order as it is shown.
    Order {
        draft: EditDraft,
        quote: Quote,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Continue,
    /// Names the price, so that an old button never spends more than it says.
    Make(Credits),
    NoWords,
    /// Other photos in place of these.
    Others,
    TopUp,
    Words,
}

impl EditSetup {
    /// Leads a draft to what it lacks.
    pub fn open(draft: EditDraft, facts: &Facts<'_>) -> Next {
        lead(draft, None, facts)
    }

    /// Shows an order that was made before, at today's price.
    pub fn again(draft: EditDraft, facts: &Facts<'_>) -> Next {
        price(draft, facts)
    }

    /// Asks for the photos of what was done with others.
    pub fn with_others(draft: EditDraft) -> Self {
        Self::Photos { draft: EditDraft { inputs: Vec::new(), ..draft } }
    }

    fn draft(&self) -> &EditDraft {
        match self {
            Self::Photos { draft } | Self::Words { draft } | Self::Order { draft, .. } => draft,
        }
    }

    fn into_draft(self) -> EditDraft {
        match self {
            Self::Photos { draft } | Self::Words { draft } | Self::Order { draft, .. } => draft,
        }
    }
}

impl Screen for EditSetup {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { inputs: self.draft().inputs.clone(), edits: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match (facts.catalog.preset(&self.draft().preset), self) {
            _ if is_paused(facts) => View::new(facts.say("edit-paused", &[])),
            (None, _) => View::new(facts.say("refusal-preset-gone", &[])),
            (Some(preset), Self::Photos { draft }) => photos(draft, preset, facts),
            (Some(preset), Self::Words { draft }) => ask(draft, preset, facts),
            (Some(preset), Self::Order { draft, quote }) => order(draft, quote, preset, facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Picture(picture) => self.sent(picture, facts),
            Event::Text(text) => self.wrote(&text, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Clip(_) => self.no_use(Sent::Video, facts),
            Event::Other(sent) => self.no_use(sent, facts),
        }
    }
}

impl EditSetup {
    /// Says what is wanted where something came that can't be edited.
    fn no_use(self, sent: Sent, facts: &Facts<'_>) -> Next {
        let key = match self {
            Self::Photos { .. } => no_photo(sent),
            Self::Words { .. } | Self::Order { .. } => "notice-not-here",
        };
        Next::go(self).notice(facts.say(key, &[]))
    }

    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            // Words that were seen as an order before stay as they were.
            (Self::Words { draft }, Press::Back)
                if !draft.words.is_empty() || need(&draft, facts) == WordsNeed::Optional =>
            {
                price(draft, facts)
            }
            (at, Press::Back) => {
                let EditDraft { preset, inputs, .. } = at.into_draft();
                Next::go(Edit::Preset { preset, inputs })
            }
            (at, Press::Continue | Press::Make(_)) if is_paused(facts) => {
                Next::go(at).notice(facts.say("refusal-product-paused", &[]))
            }
            (Self::Photos { draft }, Press::Continue) => Self::open(draft, facts),
            (at, Press::Others) => Next::go(Self::with_others(at.into_draft())),
            (Self::Words { draft } | Self::Order { draft, .. }, Press::Words) => {
                Next::go(Self::Words { draft })
            }
            (Self::Words { draft }, Press::NoWords)
                if need(&draft, facts) == WordsNeed::Optional =>
            {
                price(EditDraft { words: String::new(), ..draft }, facts)
            }
            (Self::Order { draft, quote }, Press::Make(credits)) if credits == quote.credits => {
                match facts.are_ready(&draft.inputs) {
                    true => Next::go(Self::Order { draft: draft.clone(), quote })
                        .run(Command::EditPhotos { draft, quote }),
                    // Too long ago, or deleted in another window.
                    false => Self::open(draft, facts).notice(facts.say("refusal-photo-gone", &[])),
                }
            }
            // With the credits there, this very order goes on.
            (at @ Self::Order { .. }, Press::TopUp) => {
                let resume = Some(Place::from(at).to_json());
                Next::go(Shop::PickPack { resume })
            }
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// A photo is taken where one is missing. What comes with it in an album and is too much isn't.
    pub fn sent(self, picture: Picture, facts: &Facts<'_>) -> Next {
        let Some(preset) = facts.catalog.preset(&self.draft().preset) else {
            return gone(self.into_draft(), facts);
        };
        match self {
            Self::Photos { draft } => {
                let inputs = facts.kept(&draft.inputs);
                if preset.photos as usize <= inputs.len() {
                    let notice = facts.say("notice-edit-enough", &[]);
                    return Next::go(Self::Photos { draft }).notice(notice);
                }
                take(Self::Photos { draft: EditDraft { inputs, ..draft } }, picture, facts)
            }
            at @ (Self::Words { .. } | Self::Order { .. }) => {
                Next::go(at).notice(facts.say("notice-edit-enough", &[]))
            }
        }
    }

    fn wrote(self, text: &str, facts: &Facts<'_>) -> Next {
        let preset = facts.catalog.preset(&self.draft().preset);
        match (self, preset.filter(|it| it.words != WordsNeed::None)) {
            (at @ Self::Photos { .. }, _) => {
                Next::go(at).notice(facts.say("notice-edit-photo-first", &[]))
            }
            (at, None) => Next::go(at).notice(facts.say("notice-use-buttons", &[])),
            (at, Some(preset)) => {
                match wording_within(preset.words_chars_max as usize, text, facts) {
                    Ok(words) => price(EditDraft { words, ..at.into_draft() }, facts),
                    Err(notice) => Next::go(at).notice(notice),
                }
            }
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Photos { draft }, News::InputTaken { input }) => {
                let mut inputs = facts.kept(&draft.inputs);
                if !inputs.contains(input) {
                    inputs.push(input.clone());
                }
                Next::go(Self::Photos { draft: EditDraft { inputs, ..draft } })
            }
            (Self::Photos { draft }, News::InputReady { input })
                if draft.inputs.contains(input) =>
            {
                lead(draft, Some(input), facts)
            }
            (at, News::InputUnusable { input }) if at.draft().inputs.contains(input) => {
                let EditDraft { preset, mut inputs, words } = at.into_draft();
                inputs.retain(|it| it != input);
                let draft = EditDraft { preset, inputs, words };
                Next::tell(Self::Photos { draft }, news, facts)
            }
            (Self::Order { .. }, News::PicturesQueued { generation }) => {
                Next::go(Making::watch(generation.clone()))
            }
            // The same order at today's price.
            (Self::Order { draft, .. }, News::Refused { refusal: Refusal::QuoteExpired }) => {
                price(draft, facts).notice(facts.say("notice-price-anew", &[]))
            }
            (
                Self::Order { draft, .. },
                News::Refused { refusal: Refusal::WordsEmpty | Refusal::WordsTooLong { .. } },
            ) => Next::tell(Self::Words { draft }, news, facts),
            (
                Self::Order { draft, .. },
                News::Refused { refusal: Refusal::PhotoGone | Refusal::PictureGone },
            ) => Next::tell(Self::with_others(draft), news, facts),
            (at, News::Refused { refusal: Refusal::PresetGone }) => {
                Next::tell(Edit::Start { inputs: at.into_draft().inputs }, news, facts)
            }
            (at, news) => Next::tell(at, news, facts),
        }
    }
}

/// Leads a draft to what it lacks. `told` is a photo of which it was just heard that it is ready.
fn lead(mut draft: EditDraft, told: Option<&InputId>, facts: &Facts<'_>) -> Next {
    let Some(preset) = facts.catalog.preset(&draft.preset) else {
        return gone(draft, facts);
    };
    let is_ready = |it: &InputId| Some(it) == told || facts.input(it) == Some(InputState::Ready);
    draft.inputs.retain(|it| is_ready(it) || facts.input(it) == Some(InputState::Waiting));
    let most = preset.photos as usize;
    let is_over = most < draft.inputs.len();
    draft.inputs.truncate(most);
    let next = if draft.inputs.len() < most || !draft.inputs.iter().all(is_ready) {
        Next::go(EditSetup::Photos { draft })
    } else if preset.words == WordsNeed::Required && draft.words.is_empty() {
        Next::go(EditSetup::Words { draft })
    } else {
        price(draft, facts)
    };
    if is_over { next.notice(facts.say("notice-edit-first-photo", &[])) } else { next }
}

/// Shows a draft at today's price.
fn price(draft: EditDraft, facts: &Facts<'_>) -> Next {
    match facts.edit_quote(&draft.preset) {
        Some(quote) => Next::go(EditSetup::Order { draft, quote }),
        None => gone(draft, facts),
    }
}

/// The photos stay for something else.
fn gone(draft: EditDraft, facts: &Facts<'_>) -> Next {
    Next::go(Edit::Start { inputs: draft.inputs }).notice(facts.say("refusal-preset-gone", &[]))
}

fn need(draft: &EditDraft, facts: &Facts<'_>) -> WordsNeed {
    facts.catalog.preset(&draft.preset).map_or(WordsNeed::None, |it| it.words)
}

fn title(preset: &Preset, facts: &Facts<'_>) -> String {
    let title = preset.title.of(facts.person.language);
    facts.say("edit-title", &[("title", title.into())])
}

fn photos(draft: &EditDraft, preset: &Preset, facts: &Facts<'_>) -> View<Press> {
    let kept = facts.kept(&draft.inputs);
    let is_ready = facts.are_ready(&kept);
    let is_enough = preset.photos as usize <= kept.len();
    let mut lines = vec![title(preset, facts)];
    if !is_ready {
        lines.push(facts.say("edit-photo-looking", &[]));
    }
    let language = facts.person.language;
    match (&preset.second, kept.len()) {
        _ if is_enough && is_ready => lines.push(facts.say("edit-photos-there", &[])),
        _ if is_enough => {}
        (Some(second), 1..) => {
            lines.push(facts.say("edit-send-second", &[("second", second.of(language).into())]));
        }
        (Some(_), 0) => lines.push(facts.say("edit-send-first", &[])),
        (None, _) => lines.push(facts.say("edit-send", &[])),
    }
    let mut view = View::new(lines.join("\n"));
    if is_enough && is_ready {
        view = view.button(facts.label("button-continue", &[]), Press::Continue);
    }
    if !kept.is_empty() && is_ready {
        view = view.button(facts.label("button-other-photos", &[]), Press::Others);
    }
    view
}

fn ask(draft: &EditDraft, preset: &Preset, facts: &Facts<'_>) -> View<Press> {
    let ask = preset.ask.as_ref().map_or("", |it| it.of(facts.person.language));
    let args = [("ask", ask.into()), ("most", preset.words_chars_max.into())];
    let mut lines = vec![title(preset, facts), facts.say("edit-ask", &args)];
    if !draft.words.is_empty() {
        lines.push(String::new());
        lines.push(facts.say("setup-ask-now", &[("words", draft.words.as_str().into())]));
    }
    let others = facts.label("button-other-photos", &[]);
    let view = View::new(lines.join("\n")).button(others, Press::Others);
    match preset.words == WordsNeed::Optional && !draft.words.is_empty() {
        true => view.button(facts.label("button-no-words", &[]), Press::NoWords),
        false => view,
    }
}

fn order(draft: &EditDraft, quote: &Quote, preset: &Preset, facts: &Facts<'_>) -> View<Press> {
    let others = facts.label("button-other-photos", &[]);
    if facts.kept(&draft.inputs).len() < preset.photos as usize {
        let lines = [title(preset, facts), facts.say("edit-photos-gone", &[])];
        return View::new(lines.join("\n")).button(others, Press::Others);
    }
    let count = [("count", preset.photos.into())];
    let mut lines = vec![title(preset, facts), facts.say("edit-photos", &count)];
    if !draft.words.is_empty() {
        lines.push(facts.say("setup-words", &[("words", draft.words.as_str().into())]));
    }
    if 0 < facts.person.picture_discount {
        let percent = facts.person.picture_discount.into();
        lines.push(facts.say("setup-discount", &[("percent", percent)]));
    }
    let mut buttons = vec![(others, Press::Others)];
    if preset.words != WordsNeed::None {
        let key = if draft.words.is_empty() { "button-add-words" } else { "button-change-words" };
        buttons.push((facts.label(key, &[]), Press::Words));
    }
    let credits = quote.credits;
    let make = facts.label("button-edit", &[("credits", credits.into())]);
    let view = View::new(lines.join("\n")).row(buttons);
    priced(view, credits, (make, Press::Make(credits)), Press::TopUp, facts)
}
