//! Everything about the pictures at a glance, and the last word before credits are set aside.

use domain::catalog::{PictureModel, Quote};
use domain::picture::{COUNT_MAX, Draft, VARY_PERCENT, WORDS_CHARS_MAX, WrongWords, words};
use domain::{Aspect, Command, Credits, HintId, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::create::Create;
use crate::screens::making::Making;
use crate::screens::shop::Shop;
use crate::text::Arg;

/// `back` is where the choice was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setup {
    Order(Choice),
    /// Asks for words; what is new hasn't been seen as an order yet.
    Words {
        draft: Draft,
        is_new: bool,
        back: Box<Place>,
    },
}

/// An order as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub draft: Draft,
    pub quote: Quote,
    /// The words before they were improved or written anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<String>,
    /// Better words are on their way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<HintId>,
    pub back: Box<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Count(u32),
    Improve,
    /// Names the price, so that an old button never spends more than it says.
    Make(Credits),
    Model(String),
    NoWords,
    Shape(Aspect),
    TopUp,
    Undo,
    Words,
}

impl Setup {
    /// Shows a draft with today's price.
    pub fn open(draft: Draft, back: impl Into<Place>, facts: &Facts<'_>) -> Next {
        price(draft, None, None, Box::new(back.into()), facts)
    }

    /// Asks what shall be on the picture, or what shall be different.
    pub fn ask(draft: Draft, back: impl Into<Place>) -> Self {
        Self::Words { draft, is_new: true, back: Box::new(back.into()) }
    }

    fn draft(&self) -> &Draft {
        match self {
            Self::Order(Choice { draft, .. }) | Self::Words { draft, .. } => draft,
        }
    }
}

impl Screen for Setup {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs::avatar(&self.draft().avatar)
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        if facts.avatar.is_none() {
            return View::new(facts.say("refusal-avatar-gone", &[])).back(Press::Back, facts);
        }
        match self {
            Self::Order(choice) => order(choice, facts),
            Self::Words { draft, .. } => ask(draft, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match (self, event) {
            (Self::Order(choice), Event::Press(press)) => choice.pressed(press, facts),
            (Self::Words { is_new: true, back, .. }, Event::Press(Press::Back)) => Next::go(*back),
            (Self::Words { draft, back, .. }, Event::Press(Press::Back)) => {
                price(draft, None, None, back, facts)
            }
            (Self::Words { draft, back, .. }, Event::Press(Press::NoWords))
                if can_be_wordless(&draft) =>
            {
                price(Draft { words: String::new(), ..draft }, None, None, back, facts)
            }
            // The button of before, tapped twice.
            (at @ Self::Words { .. }, Event::Press(Press::Words)) => Next::go(at),
            (at @ Self::Words { .. }, Event::Press(_)) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (at, Event::Text(text)) => match wording(&text, facts) {
                Ok(words) => at.reword(words, facts),
                Err(notice) => Next::go(at).notice(notice),
            },
            (Self::Order(choice), Event::News(news)) => choice.told(&news, facts),
            (at @ Self::Words { .. }, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Picture(_)) => Next::go(at).notice(facts.say("notice-photo-no-use", &[])),
            (at, Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-not-here", &[]))
            }
        }
    }
}

impl Setup {
    /// Takes words of the customer's own; those of before can be had back.
    fn reword(self, words: String, facts: &Facts<'_>) -> Next {
        let (draft, back) = match self {
            Self::Order(Choice { draft, back, .. }) | Self::Words { draft, back, .. } => {
                (draft, back)
            }
        };
        let old = Some(draft.words.clone()).filter(|it| !it.is_empty() && *it != words);
        price(Draft { words, ..draft }, old, None, back, facts)
    }
}

impl Choice {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        let Self { draft, quote, undo, hint, back } = self.clone();
        match press {
            Press::Back => Next::go(*back),
            Press::Shape(aspect) => price(Draft { aspect, ..draft }, undo, hint, back, facts),
            Press::Count(count) => {
                let count = count.clamp(1, COUNT_MAX);
                price(Draft { count, ..draft }, undo, hint, back, facts)
            }
            Press::Model(model) => price(Draft { model, ..draft }, undo, hint, back, facts),
            Press::Words => Next::go(Setup::Words { draft, is_new: false, back }),
            Press::Undo => match undo {
                Some(words) => price(Draft { words, ..draft }, None, None, back, facts),
                None => Next::go(self),
            },
            Press::Improve if hint.is_none() && can_improve(&draft, facts) => {
                let words = draft.words;
                Next::go(self).run(Command::ImproveWords { words })
            }
            Press::Improve => Next::go(self),
            Press::Make(credits) if credits == quote.credits => {
                Next::go(self).run(Command::MakePictures { draft, quote })
            }
            // With the credits there, this very order goes on.
            Press::TopUp => {
                let resume = Some(Place::from(Setup::Order(self)).to_json());
                Next::go(Shop::PickPack { resume })
            }
            Press::Make(_) | Press::NoWords => {
                Next::go(self).notice(facts.say("notice-old-button", &[]))
            }
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match news {
            News::PicturesQueued { generation } => Next::go(Making::watch(generation.clone())),
            News::HintAsked { hint } => Next::go(Self { hint: Some(hint.clone()), ..self }),
            News::HintReady { hint, words: better } if self.hint.as_ref() == Some(hint) => {
                let Self { draft, back, .. } = self;
                let Some(better) = fitted(better) else {
                    return price(draft, None, None, back, facts);
                };
                let old = Some(draft.words.clone());
                price(Draft { words: better, ..draft }, old, None, back, facts)
            }
            News::HintFailed { hint, .. } if self.hint.as_ref() == Some(hint) => {
                Next::tell(Self { hint: None, ..self }, news, facts)
            }
            // The same order at today's price.
            News::Refused { refusal: Refusal::QuoteExpired } => {
                let Self { draft, undo, hint, back, .. } = self;
                price(draft, undo, hint, back, facts).notice(facts.say("notice-price-anew", &[]))
            }
            News::Refused { refusal: Refusal::WordsEmpty | Refusal::WordsTooLong { .. } } => {
                let Self { draft, back, .. } = self;
                Next::tell(Setup::Words { draft, is_new: false, back }, news, facts)
            }
            News::Refused { refusal: Refusal::StyleGone } => {
                let avatar = Some(self.draft.avatar);
                Next::tell(Create::Start { avatar }, news, facts)
            }
            News::Refused { refusal: Refusal::AvatarGone | Refusal::AvatarNotReady } => {
                Next::tell(Create::Start { avatar: None }, news, facts)
            }
            _ => Next::tell(self, news, facts),
        }
    }
}

impl From<Choice> for Place {
    fn from(choice: Choice) -> Self {
        Setup::Order(choice).into()
    }
}

/// Shows a draft at today's price: each change makes a new one.
fn price(
    draft: Draft,
    undo: Option<String>,
    hint: Option<HintId>,
    back: Box<Place>,
    facts: &Facts<'_>,
) -> Next {
    let model = fitting(&draft, facts).find(|it| it.name == draft.model);
    let model = model.or_else(|| fitting(&draft, facts).next()).map(|it| it.name.clone());
    let quote = model.as_ref().and_then(|it| facts.picture_quote(it, draft.count));
    let (Some(model), Some(quote)) = (model, quote) else {
        return Next::go(*back).notice(facts.say("refusal-product-paused", &[]));
    };
    let draft = Draft { model, ..draft };
    Next::go(Choice { draft, quote, undo, hint, back })
}

/// The models that can make it: not all of them can begin from another picture.
fn fitting<'a>(draft: &Draft, facts: &'a Facts<'_>) -> impl Iterator<Item = &'a PictureModel> {
    let is_varied = draft.source.is_some();
    facts
        .catalog
        .pictures
        .iter()
        .filter(move |it| !is_varied || it.makers.iter().any(|it| it.can_vary))
}

/// Words as they may stay, or what is to be said about them.
pub fn wording(text: &str, facts: &Facts<'_>) -> Result<String, String> {
    wording_within(WORDS_CHARS_MAX, text, facts)
}

/// The same where fewer characters may be the most.
pub fn wording_within(most: usize, text: &str, facts: &Facts<'_>) -> Result<String, String> {
    match words(text) {
        Ok(words) if words.chars().count() <= most => Ok(words),
        Err(WrongWords::Empty) => Err(facts.say("refusal-words-empty", &[])),
        Ok(_) | Err(WrongWords::TooLong) => {
            let count = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().count();
            let args = [("count", (count as i64).into()), ("most", (most as i64).into())];
            Err(facts.say("notice-words-long", &args))
        }
    }
}

/// A model's words, cut where they are too long.
fn fitted(better: &str) -> Option<String> {
    match words(better) {
        Ok(words) => Some(words),
        Err(WrongWords::Empty) => None,
        Err(WrongWords::TooLong) => {
            words(&better.chars().take(WORDS_CHARS_MAX).collect::<String>()).ok()
        }
    }
}

/// A style says enough by itself, but not what is to be changed in a picture.
fn can_be_wordless(draft: &Draft) -> bool {
    draft.style.is_some() && draft.source.is_none()
}

fn can_improve(draft: &Draft, facts: &Facts<'_>) -> bool {
    facts.person.can_hint && 0 < facts.person.hints_left && !draft.words.is_empty()
}

/// What was chosen, a line each.
fn lines(choice: &Choice, facts: &Facts<'_>) -> String {
    let Choice { draft, hint, .. } = choice;
    let name = facts.avatar.as_ref().map_or("", |it| it.name.as_str());
    let mut lines = vec![facts.say("setup", &[("name", name.into())])];
    if let Some(source) = &draft.source {
        let key =
            if source.strength_percent <= VARY_PERCENT { "setup-vary" } else { "setup-change" };
        lines.push(facts.say(key, &[]));
    }
    if let Some(style) = &draft.style {
        lines.push(facts.say("setup-style", &[("style", style_title(style, facts))]));
    }
    if !draft.words.is_empty() {
        lines.push(facts.say("setup-words", &[("words", draft.words.as_str().into())]));
    }
    // Picture models know English best, and customers can't know that.
    let is_foreign = draft.words.chars().any(|it| it.is_alphabetic() && !it.is_ascii());
    if hint.is_some() {
        lines.push(facts.say("setup-improving", &[]));
    } else if is_foreign && can_improve(draft, facts) {
        lines.push(facts.say("setup-translate", &[]));
    }
    let shape = [("shape", draft.aspect.as_str().into()), ("count", draft.count.into())];
    lines.push(facts.say("setup-shape", &shape));
    if let Some(model) = facts.catalog.picture_model(&draft.model) {
        let language = facts.person.language;
        let args = [
            ("model", model.title.of(language).into()),
            ("about", model.about.of(language).into()),
        ];
        lines.push(facts.say("setup-model", &args));
    }
    if 0 < facts.person.picture_discount {
        let percent = facts.person.picture_discount.into();
        lines.push(facts.say("setup-discount", &[("percent", percent)]));
    }
    lines.join("\n")
}

/// What a style is called; the name of its file when it is on offer no more.
pub fn style_title(name: &str, facts: &Facts<'_>) -> Arg {
    let style = facts.catalog.style(name);
    style.map_or(name, |it| it.title.of(facts.person.language)).into()
}

fn order(choice: &Choice, facts: &Facts<'_>) -> View<Press> {
    let Choice { draft, quote, undo, hint, .. } = choice;
    let mut view = View::new(lines(choice, facts))
        .row(Aspect::ALL.map(|it| {
            (marked(it.as_str().to_owned(), it == draft.aspect, facts), Press::Shape(it))
        }))
        .row(
            (1..=COUNT_MAX)
                .map(|it| (marked(format!("× {it}"), it == draft.count, facts), Press::Count(it))),
        );
    let models: Vec<_> = fitting(draft, facts).collect();
    for model in models.iter().filter(|_| 1 < models.len()) {
        let price = facts.picture_quote(&model.name, draft.count).map(|it| it.credits);
        let title = model.title.of(facts.person.language);
        let args = [("model", title.into()), ("credits", price.unwrap_or_default().into())];
        let label = facts.label("button-picture-model", &args);
        let label = marked(label, model.name == draft.model, facts);
        view = view.button(label, Press::Model(model.name.clone()));
    }
    let key = if draft.words.is_empty() { "button-add-words" } else { "button-change-words" };
    let mut words = vec![(facts.label(key, &[]), Press::Words)];
    if undo.is_some() {
        words.push((facts.label("button-undo-words", &[]), Press::Undo));
    } else if hint.is_none() && can_improve(draft, facts) {
        words.push((facts.label("button-improve-words", &[]), Press::Improve));
    }
    let credits = quote.credits;
    let make = facts.label("button-make", &[("credits", credits.into())]);
    priced(view.row(words), credits, (make, Press::Make(credits)), Press::TopUp, facts)
}

/// Says the price below a view, with the button that starts the work, or that leads to credits.
pub fn priced<P>(
    mut view: View<P>,
    credits: Credits,
    make: (String, P),
    top_up: P,
    facts: &Facts<'_>,
) -> View<P> {
    let have = facts.person.available;
    let is_enough = credits <= have;
    let left = have.less(credits);
    let args = [("credits", credits.into()), ("have", have.into()), ("left", left.into())];
    let key = match (is_enough, facts.person.has_shop) {
        (true, _) => "setup-price",
        (false, true) => "setup-price-top-up",
        (false, false) => "setup-price-short",
    };
    view.text = format!("{}\n\n{}", view.text, facts.say(key, &args));
    match (is_enough, facts.person.has_shop) {
        (true, _) => view.button(make.0, make.1),
        (false, true) => view.button(facts.label("button-top-up", &[]), top_up),
        (false, false) => view,
    }
}

/// A label that shows whether it is chosen.
pub fn marked(label: String, is_chosen: bool, facts: &Facts<'_>) -> String {
    match is_chosen {
        true => facts.label("button-chosen", &[("label", label.as_str().into())]),
        false => label,
    }
}

fn ask(draft: &Draft, facts: &Facts<'_>) -> View<Press> {
    let most = ("most", (WORDS_CHARS_MAX as i64).into());
    let text = match (&draft.source, &draft.style) {
        (Some(_), _) => facts.say("setup-ask-change", &[most]),
        (None, Some(style)) => {
            facts.say("setup-ask-style", &[("style", style_title(style, facts)), most])
        }
        (None, None) => facts.say("setup-ask", &[most]),
    };
    let mut view = View::new(text);
    if !draft.words.is_empty() {
        let now = facts.say("setup-ask-now", &[("words", draft.words.as_str().into())]);
        view.text = format!("{}\n\n{now}", view.text);
        if can_be_wordless(draft) {
            view = view.button(facts.label("button-no-words", &[]), Press::NoWords);
        }
    }
    view
}
