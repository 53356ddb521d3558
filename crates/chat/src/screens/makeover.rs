//! A face that is changed by words before it speaks, as often as one likes and the catalog allows.

use domain::catalog::Quote;
use domain::picture::Product;
use domain::video::{CHANGE_CHARS_MAX, CharacterDraft, Face};
use domain::{Command, Credits, GenerationId, News, Refusal, WorkState};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GenerationFacts, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, Shown, View};
use crate::screens::making::{is_being_made, outcome, under_way};
use crate::screens::setup::{priced, wording_within};
use crate::screens::shop::Shop;
use crate::screens::video::{Video, is_there, rounds_max, unchangeable};
use crate::screens::video_plan::{Change, VideoPlan, is_paused, show_face};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Makeover {
    /// Asks what shall be different.
    Words { plan: VideoPlan },
    /// An order as it is shown.
    Order { plan: VideoPlan, words: String, quote: Quote },
    /// While it is made, and what came of it.
    Watch {
        plan: VideoPlan,
        words: String,
        generation: GenerationId,
        /// What the result is taken for, between the press and the answer.
        then: Option<Then>,
        /// Whether it is asked if that shall stop.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_asked: bool,
    },
}

/// What a result is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Then {
    Use,
    Change,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    AskCancel,
    Back,
    /// Names the order, so that an old question never stops another one.
    Cancel(GenerationId),
    Further,
    /// Names the price, so that an old button never spends more than it says.
    Make(Credits),
    Original,
    TopUp,
    Use,
    Words,
}

impl Makeover {
    /// Shows a change at today's price.
    pub fn open(plan: VideoPlan, words: String, facts: &Facts<'_>) -> Next {
        match facts.character_quote().filter(|_| !is_paused(facts)) {
            Some(quote) => Next::go(Self::Order { plan, words, quote }),
            None => Next::go(Video::Face { plan }).notice(facts.say("refusal-product-paused", &[])),
        }
    }

    /// What is watched being made.
    pub fn watch(plan: VideoPlan, words: String, generation: GenerationId) -> Self {
        Self::Watch { plan, words, generation, then: None, is_asked: false }
    }

    /// The same, with the question whether to stop, or without it.
    pub fn asking(self, is_asked: bool) -> Self {
        match self {
            Self::Watch { plan, words, generation, then, .. } => {
                Self::Watch { plan, words, generation, then, is_asked }
            }
            at => at,
        }
    }

    /// Whether it is asked if that shall stop which can be stopped.
    fn is_asking(&self, facts: &Facts<'_>) -> bool {
        matches!(self, Self::Watch { is_asked: true, .. }) && is_being_made(facts)
    }

    fn is_watched(&self, order: &GenerationId) -> bool {
        matches!(self, Self::Watch { generation, .. } if generation == order)
    }

    pub fn plan(&self) -> &VideoPlan {
        match self {
            Self::Words { plan } | Self::Order { plan, .. } | Self::Watch { plan, .. } => plan,
        }
    }

    fn into_plan(self) -> VideoPlan {
        match self {
            Self::Words { plan } | Self::Order { plan, .. } | Self::Watch { plan, .. } => plan,
        }
    }
}

impl Screen for Makeover {
    type Press = Press;

    fn needs(&self) -> Needs {
        let generation = match self {
            Self::Watch { generation, .. } => Some(generation.clone()),
            Self::Words { .. } | Self::Order { .. } => None,
        };
        Needs { generation, ..self.plan().needs() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match self {
            _ if is_paused(facts) => View::new(facts.say("video-paused", &[])),
            Self::Words { plan } => ask(plan, facts),
            Self::Order { plan, words, quote } => order(plan, words, quote, facts),
            Self::Watch { plan, is_asked, .. } => watch(plan, *is_asked, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Text(text) => self.wrote(&text, facts),
            Event::News(news) => self.told(&news, facts),
            // Another photo is another face, which is chosen a step before.
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-makeover-photo", &[])),
            Event::Clip(_) => {
                let notice = self.plan().clip_of_no_use(facts);
                Next::go(self).notice(notice)
            }
            Event::Other(_) => Next::go(self).notice(facts.say("notice-not-here", &[])),
        }
    }
}

impl Makeover {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (Self::Order { plan, .. }, Press::Back) => Next::go(Self::Words { plan }),
            (at, Press::Back) if at.is_asking(facts) => Next::go(at.asking(false)),
            (at, Press::Back) => Next::go(Video::Face { plan: at.into_plan() }),
            (at, _) if is_paused(facts) => {
                Next::go(at).notice(facts.say("refusal-product-paused", &[]))
            }
            (Self::Order { plan, .. }, Press::Words) => Next::go(Self::Words { plan }),
            (Self::Order { plan, words, quote }, Press::Make(credits))
                if credits == quote.credits =>
            {
                make(plan, words, quote, facts)
            }
            // With the credits there, this very order goes on.
            (at @ Self::Order { .. }, Press::TopUp) => {
                let resume = Some(Place::from(at).to_json());
                Next::go(Shop::PickPack { resume })
            }
            (at @ Self::Watch { .. }, Press::AskCancel) => Next::go(at.asking(true)),
            (at @ Self::Watch { .. }, Press::Cancel(asked)) if at.is_watched(&asked) => {
                Next::go(at.asking(false)).run(Command::CancelPictures { generation: asked })
            }
            (Self::Watch { plan, words, generation, .. }, Press::Use) => {
                taken(plan, words, generation, Then::Use, facts)
            }
            (Self::Watch { plan, words, generation, .. }, Press::Further) => {
                taken(plan, words, generation, Then::Change, facts)
            }
            (Self::Watch { plan, .. }, Press::Original) => {
                let face = plan.original.clone().or(plan.face.clone());
                Next::go(Video::Face { plan: VideoPlan { face, original: None, ..plan } })
            }
            (Self::Watch { plan, words, .. }, Press::Again) => Self::open(plan, words, facts),
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// Whoever writes says what shall be different, also where it was said before.
    fn wrote(self, text: &str, facts: &Facts<'_>) -> Next {
        match self {
            at @ Self::Watch { .. } => Next::go(at).notice(facts.say("notice-use-buttons", &[])),
            at => match wording_within(CHANGE_CHARS_MAX, text, facts) {
                Ok(words) => Self::open(at.into_plan(), words, facts),
                Err(notice) => Next::go(at).notice(notice),
            },
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Order { plan, words, .. }, News::PicturesQueued { generation }) => {
                let generation = generation.clone();
                let changing = Change { words: words.clone(), generation: generation.clone() };
                let plan = VideoPlan { rounds: plan.rounds + 1, changing: Some(changing), ..plan };
                Next::go(Self::watch(plan, words, generation))
            }
            (
                Self::Watch { plan, words, generation, .. },
                News::PicturesFailed { generation: told, .. }
                | News::PicturesCanceled { generation: told, .. },
            ) if *told == generation => {
                let plan = plan.unchanged();
                Next::tell(Self::watch(plan, words, generation), news, facts)
            }
            // It was taken as a photo, which is what can speak or be changed further.
            (Self::Watch { plan, then: Some(Then::Change), .. }, News::InputTaken { input }) => {
                Next::go(Self::Words { plan: plan.changed(input.clone()) })
            }
            (Self::Watch { plan, then: Some(Then::Use), .. }, News::InputTaken { input }) => {
                plan.changed(input.clone()).lead(facts)
            }
            (Self::Watch { plan, words, generation, .. }, News::Refused { .. }) => {
                Next::tell(Self::watch(plan, words, generation), news, facts)
            }
            // A result of before that is to be changed.
            (Self::Words { plan }, News::InputTaken { input }) if plan.face.is_none() => {
                let face = Face::Input(input.clone());
                Next::go(Self::Words { plan: plan.faced(face) })
            }
            // The same order at today's price.
            (Self::Order { plan, words, .. }, News::Refused { refusal: Refusal::QuoteExpired }) => {
                Self::open(plan, words, facts).notice(facts.say("notice-price-anew", &[]))
            }
            (
                Self::Order { plan, .. },
                News::Refused { refusal: Refusal::WordsEmpty | Refusal::WordsTooLong { .. } },
            ) => Next::tell(Self::Words { plan }, news, facts),
            (
                at @ (Self::Words { .. } | Self::Order { .. }),
                News::Refused {
                    refusal: Refusal::CharacterGone | Refusal::PhotoGone | Refusal::PictureGone,
                },
            ) => Next::tell(Video::Gender { plan: at.into_plan() }, news, facts),
            (at, news) => Next::tell(at, news, facts),
        }
    }
}

/// Sets credits aside and has the face changed.
fn make(plan: VideoPlan, words: String, quote: Quote, facts: &Facts<'_>) -> Next {
    let face = plan.face.clone().filter(|_| is_there(&plan, facts));
    let Some(face) = face else {
        return Next::go(Video::Gender { plan }).notice(facts.say("video-face-gone", &[]));
    };
    if !plan.can_change(facts) {
        return Next::go(Video::Face { plan }).notice(unchangeable(facts));
    }
    let draft = CharacterDraft { face, words: words.clone() };
    Next::go(Makeover::Order { plan, words, quote }).run(Command::EditCharacter { draft, quote })
}

/// Takes the result as the face, to be used or to be changed further.
fn taken(
    plan: VideoPlan,
    words: String,
    generation: GenerationId,
    then: Then,
    facts: &Facts<'_>,
) -> Next {
    let made = facts.generation.as_ref().and_then(|it| it.tiles.first());
    let artifact = made.map(|it| it.artifact.clone());
    let then = Some(then);
    let next = Next::go(Makeover::Watch { plan, words, generation, then, is_asked: false });
    match artifact {
        Some(artifact) => next.run(Command::UseResult { artifact }),
        None => next.notice(facts.say("refusal-picture-gone", &[])),
    }
}

fn rounds(plan: &VideoPlan, facts: &Facts<'_>) -> String {
    let args = [("rounds", plan.rounds.into()), ("most", rounds_max(facts).into())];
    facts.say("makeover-rounds", &args)
}

fn ask(plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    if plan.face.is_none() {
        return View::new(facts.say("video-face-looking", &[]));
    }
    let most = ("most", (CHANGE_CHARS_MAX as i64).into());
    let mut lines = vec![facts.say("makeover-ask", &[most])];
    if let Some(quote) = facts.character_quote() {
        lines.push(facts.say("picture-price", &[("credits", quote.credits.into())]));
    }
    lines.push(rounds(plan, facts));
    show_face(View::new(lines.join("\n")), plan.face.as_ref(), facts)
}

fn order(plan: &VideoPlan, words: &str, quote: &Quote, facts: &Facts<'_>) -> View<Press> {
    let mut lines = vec![facts.say("makeover-order", &[("words", words.into())])];
    if 0 < plan.rounds {
        lines.push(rounds(plan, facts));
    }
    if 0 < facts.person.picture_discount {
        let percent = facts.person.picture_discount.into();
        lines.push(facts.say("setup-discount", &[("percent", percent)]));
    }
    let credits = quote.credits;
    let make = facts.label("button-makeover", &[("credits", credits.into())]);
    let view =
        View::new(lines.join("\n")).button(facts.label("button-change-words", &[]), Press::Words);
    priced(view, credits, (make, Press::Make(credits)), Press::TopUp, facts)
}

fn watch(plan: &VideoPlan, is_asked: bool, facts: &Facts<'_>) -> View<Press> {
    let Some(order) = &facts.generation else {
        return View::new(facts.say("refusal-generation-gone", &[]));
    };
    match order.state {
        WorkState::Pending | WorkState::Processing => {
            under_way(is_asked, order, (Press::AskCancel, Press::Cancel(order.id.clone())), facts)
        }
        WorkState::Succeeded => result(plan, order, facts),
        WorkState::Failed => {
            let fault = order.fault;
            let text = crate::news::failed(Product::Character, fault, order.returned, facts);
            View::new(text).button(facts.label("button-try-again", &[]), Press::Again)
        }
        WorkState::Canceled => {
            View::new(crate::news::canceled(Product::Character, order.returned, facts))
                .button(facts.label("button-try-again", &[]), Press::Again)
        }
    }
}

fn result(plan: &VideoPlan, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let Some(tile) = order.tiles.first() else {
        return View::new(outcome(order, facts))
            .button(facts.label("button-try-again", &[]), Press::Again);
    };
    let lines = [outcome(order, facts), rounds(plan, facts)];
    let mut view = View::new(lines.join("\n"))
        .picture(Shown::Artifact(tile.artifact.clone()))
        .button(facts.label("button-makeover-use", &[]), Press::Use);
    if plan.can_change(facts) {
        view = view.button(facts.label("button-makeover-further", &[]), Press::Further);
    }
    view.button(facts.label("button-video-original", &[]), Press::Original)
}
