//! What is said in a talking video: written, helped with, and spoken.

use domain::catalog::Quote;
use domain::picture::WrongWords;
use domain::refusal::Fault;
use domain::script::{self, Speed};
use domain::{Command, Credits, GenerationId, HintId, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::making::is_being_made;
use crate::screens::shop::Shop;
use crate::screens::takes::Takes;
use crate::screens::video_plan::{VideoPlan, is_paused};
use crate::screens::voices::Voices;

mod views;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Script {
    Write {
        plan: VideoPlan,
    },
    /// What it is to be about: asked for, then thought about, then a text that can be taken.
    Help {
        plan: VideoPlan,
        hint: Option<HintId>,
        words: Option<String>,
    },
    /// An order as it is shown.
    Order {
        plan: VideoPlan,
        quote: Quote,
    },
    /// While it is spoken, and whether that shall stop.
    Watch {
        plan: VideoPlan,
        generation: GenerationId,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_asked: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    AskCancel,
    Back,
    /// Names the order, so that an old question never stops another one.
    Cancel(GenerationId),
    Continue,
    Help,
    /// Names the voice and the price, so that an old button never speaks in another voice or spends
    /// more than it says.
    Make(String, Credits),
    Speed(u32),
    TopUp,
    Use,
    Voices,
    Words,
}

impl Script {
    /// Shows what is to be spoken at today's price. A voice that is gone makes way for another.
    pub fn open(plan: VideoPlan, facts: &Facts<'_>) -> Next {
        let is_gone = |it: &&String| facts.voice(it).is_none();
        match plan.voice.as_ref().filter(is_gone).cloned() {
            Some(gone) if !facts.voices.is_empty() => replaced(plan, &gone, facts),
            Some(_) | None => price(plan, facts),
        }
    }

    /// What is watched being spoken.
    pub fn watch(plan: VideoPlan, generation: GenerationId) -> Self {
        Self::Watch { plan, generation, is_asked: false }
    }

    /// The same, with the question whether to stop, or without it.
    pub fn asking(self, is_asked: bool) -> Self {
        match self {
            Self::Watch { plan, generation, .. } => Self::Watch { plan, generation, is_asked },
            at => at,
        }
    }

    /// Whether it is asked if that shall stop which can be stopped.
    fn is_asking(&self, facts: &Facts<'_>) -> bool {
        matches!(self, Self::Watch { is_asked: true, .. }) && is_being_made(facts)
    }

    pub fn plan(&self) -> &VideoPlan {
        match self {
            Self::Write { plan }
            | Self::Help { plan, .. }
            | Self::Order { plan, .. }
            | Self::Watch { plan, .. } => plan,
        }
    }

    fn into_plan(self) -> VideoPlan {
        match self {
            Self::Write { plan }
            | Self::Help { plan, .. }
            | Self::Order { plan, .. }
            | Self::Watch { plan, .. } => plan,
        }
    }
}

impl Screen for Script {
    type Press = Press;

    fn needs(&self) -> Needs {
        let generation = match self {
            Self::Watch { generation, .. } => Some(generation.clone()),
            Self::Write { .. } | Self::Help { .. } | Self::Order { .. } => None,
        };
        Needs { generation, ..self.plan().needs() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match self {
            _ if is_paused(facts) => View::new(facts.say("video-paused", &[])),
            Self::Write { plan } => views::write(plan, facts),
            Self::Help { hint, words, .. } => views::help(hint.is_some(), words.as_deref(), facts),
            Self::Order { plan, quote } => views::order(plan, quote, facts),
            Self::Watch { is_asked, .. } => views::watch(*is_asked, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Text(text) => self.wrote(&text, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-makeover-photo", &[])),
            Event::Clip(_) => {
                let notice = self.plan().clip_of_no_use(facts);
                Next::go(self).notice(notice)
            }
            Event::Other(_) => Next::go(self).notice(facts.say("notice-script-text", &[])),
        }
    }
}

impl Script {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (Self::Write { plan }, Press::Back) => Next::go(Voices { plan, page: 0 }),
            (at, Press::Back) if at.is_asking(facts) => Next::go(at.asking(false)),
            (at, Press::Back) => Next::go(Self::Write { plan: at.into_plan() }),
            (at, _) if is_paused(facts) => {
                Next::go(at).notice(facts.say("refusal-product-paused", &[]))
            }
            (Self::Write { plan }, Press::Help) => match can_help(facts) {
                true => Next::go(Self::Help { plan, hint: None, words: None }),
                false => {
                    let notice = facts.say("notice-hints-over", &[]);
                    Next::go(Self::Write { plan }).notice(notice)
                }
            },
            (Self::Write { plan }, Press::Continue) => plan.speak(facts),
            (Self::Help { plan, words: Some(words), .. }, Press::Use) => {
                written(plan, words, facts)
            }
            (Self::Order { plan, .. }, Press::Speed(percent)) => {
                let speed_percent = Speed::new(percent).percent();
                Self::open(VideoPlan { speed_percent, ..plan }, facts)
            }
            (Self::Order { plan, .. }, Press::Voices) => Next::go(Voices { plan, page: 0 }),
            (Self::Order { plan, .. }, Press::Words) => Next::go(Self::Write { plan }),
            (Self::Order { plan, quote }, Press::Make(voice, credits))
                if plan.voice.as_ref() == Some(&voice) && credits == quote.credits =>
            {
                make(plan, quote, facts)
            }
            // With the credits there, this very order goes on.
            (at @ Self::Order { .. }, Press::TopUp) => {
                let resume = Some(Place::from(at).to_json());
                Next::go(Shop::PickPack { resume })
            }
            (at @ Self::Watch { .. }, Press::AskCancel) => Next::go(at.asking(true)),
            (Self::Watch { plan, generation, .. }, Press::Cancel(asked)) if asked == generation => {
                let cancel = Command::CancelPictures { generation: asked };
                Next::go(Self::watch(plan, generation)).run(cancel)
            }
            (Self::Watch { plan, generation, .. }, Press::Continue) => {
                spoken(plan, generation, facts)
            }
            (Self::Watch { plan, .. }, Press::Again) => Self::open(plan, facts),
            // The button of before, tapped twice.
            (at @ Self::Help { .. }, Press::Help) | (at @ Self::Write { .. }, Press::Words) => {
                Next::go(at)
            }
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// Whoever writes says what shall be said, also where it was said before.
    fn wrote(self, text: &str, facts: &Facts<'_>) -> Next {
        match self {
            Self::Write { plan } => written(plan, text.to_owned(), facts),
            Self::Order { plan, quote } => match fitted(text, facts) {
                Ok(script) => Self::open(VideoPlan { script, ..plan }, facts),
                Err(notice) => Next::go(Self::Order { plan, quote }).notice(notice),
            },
            at @ Self::Help { hint: Some(_), .. } => {
                Next::go(at).notice(facts.say("news-hint-asked", &[]))
            }
            at @ Self::Help { .. } if !can_help(facts) => {
                Next::go(at).notice(facts.say("notice-hints-over", &[]))
            }
            at @ Self::Help { .. } => match fitted(text, facts) {
                Ok(words) => Next::go(at).run(Command::HelpScript { words }),
                Err(notice) => Next::go(at).notice(notice),
            },
            at @ Self::Watch { .. } => Next::go(at).notice(facts.say("notice-video-runs", &[])),
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Help { plan, .. }, News::HintAsked { hint }) => {
                Next::go(Self::Help { plan, hint: Some(hint.clone()), words: None })
            }
            (Self::Help { plan, hint: Some(asked), .. }, News::HintReady { hint, words })
                if asked == *hint =>
            {
                Next::go(Self::Help { plan, hint: None, words: Some(words.clone()) })
            }
            (Self::Help { plan, hint: Some(asked), .. }, News::HintFailed { hint, .. })
                if asked == *hint =>
            {
                Next::tell(Self::Help { plan, hint: None, words: None }, news, facts)
            }
            (Self::Order { plan, .. }, News::PicturesQueued { generation }) => {
                let plan = VideoPlan { speaking: Some(generation.clone()), ..plan };
                Next::go(Self::watch(plan, generation.clone()))
            }
            (
                Self::Watch { plan, generation, .. },
                News::PicturesReady { generation: told, .. },
            ) if *told == generation => {
                Next::tell(spoken(plan, generation, facts).place, news, facts)
            }
            // They went on while it was spoken.
            (at, news) if at.plan().is_spoken(news) => heard(at.into_plan(), news, facts),
            (
                Self::Watch { plan, generation, .. },
                News::PicturesFailed { generation: told, .. }
                | News::PicturesCanceled { generation: told, .. },
            ) if *told == generation => unspoken(plan, news, facts),
            // The same order at today's price.
            (Self::Order { plan, .. }, News::Refused { refusal: Refusal::QuoteExpired }) => {
                price(plan, facts).notice(facts.say("notice-price-anew", &[]))
            }
            (Self::Order { plan, .. }, News::Refused { refusal: Refusal::VoiceGone }) => {
                let gone = plan.voice.clone().unwrap_or_default();
                replaced(plan, &gone, facts)
            }
            (
                Self::Order { plan, .. },
                News::Refused { refusal: Refusal::WordsEmpty | Refusal::WordsTooLong { .. } },
            ) => Next::tell(Self::Write { plan }, news, facts),
            (at, news) => Next::tell(at, news, facts),
        }
    }
}

/// Sets credits aside and has it spoken.
fn make(plan: VideoPlan, quote: Quote, facts: &Facts<'_>) -> Next {
    match plan.speech() {
        Some(draft) if facts.voice(&draft.voice).is_some() => {
            Next::go(Script::Order { plan, quote }).run(Command::MakeSpeech { draft, quote })
        }
        // Another one is heard before anything is charged.
        Some(draft) => replaced(plan, &draft.voice, facts),
        None => Next::go(Voices { plan, page: 0 }),
    }
}

/// The voice that fits best takes the place of one that is gone.
fn replaced(plan: VideoPlan, gone: &str, facts: &Facts<'_>) -> Next {
    let mut known = facts.clone();
    known.voices.retain(|it| it.name != gone);
    let Some(voice) = plan.suggested(&known).cloned() else {
        return Next::go(Voices { plan, page: 0 }).notice(facts.say("refusal-voice-gone", &[]));
    };
    let args = [("voice", voice.title.as_str().into())];
    let plan = VideoPlan { voice: Some(voice.name), ..plan };
    price(plan, facts).notice(facts.say("notice-voice-replaced", &args))
}

/// Shows an order at today's price: each change makes a new one.
fn price(plan: VideoPlan, facts: &Facts<'_>) -> Next {
    match facts.speech_quote(&plan.script).filter(|_| !plan.script.is_empty()) {
        Some(quote) => Next::go(Script::Order { plan, quote }),
        None => Next::go(Script::Write { plan }),
    }
}

/// Takes a text as what is to be said.
pub fn written(plan: VideoPlan, text: String, facts: &Facts<'_>) -> Next {
    match fitted(&text, facts) {
        Ok(script) => VideoPlan { script, ..plan }.speak(facts),
        Err(notice) => Next::go(Script::Write { plan }).notice(notice),
    }
}

/// What was being spoken is there, whatever they are at.
pub fn heard(plan: VideoPlan, news: &News, facts: &Facts<'_>) -> Next {
    let at = match plan.speaking.clone() {
        Some(generation) => spoken(plan, generation, facts).place,
        None => Script::Write { plan }.into(),
    };
    Next::tell(at, news, facts)
}

/// What was spoken is listened to.
pub fn spoken(plan: VideoPlan, generation: GenerationId, facts: &Facts<'_>) -> Next {
    let mut known = [&facts.speaking, &facts.generation].into_iter().flatten();
    let made = known.find(|it| it.id == generation);
    match made.and_then(|it| it.tiles.first()) {
        Some(tile) => {
            let take = tile.artifact.clone();
            Next::go(Takes { plan: plan.with_another(take.clone()), take })
        }
        None => Next::go(Script::watch(plan, generation)),
    }
}

/// What was ordered is there to be tried again, or changed where it can't be done like this. It is
/// told in a message, which has no room for a word about another voice: whose it is, they choose.
fn unspoken(plan: VideoPlan, news: &News, facts: &Facts<'_>) -> Next {
    let is_gone = plan.voice.as_ref().is_none_or(|it| facts.voice(it).is_none());
    let at = match news {
        News::PicturesFailed { fault: Fault::VoiceGone, .. } => voiceless(plan),
        News::PicturesFailed { fault: Fault::TextTooLong, .. } => Script::Write { plan }.into(),
        _ if is_gone => voiceless(plan),
        _ => price(plan, facts).place,
    };
    Next::tell(at, news, facts)
}

fn voiceless(plan: VideoPlan) -> Place {
    Voices { plan: VideoPlan { voice: None, ..plan }, page: 0 }.into()
}

/// A text as it can be spoken, or what is to be said about it: how long it is, and how long it may
/// be.
fn fitted(text: &str, facts: &Facts<'_>) -> Result<String, String> {
    let most = facts.catalog.videos.limits.script_chars_max as usize;
    match script::script(text, most) {
        Ok(script) => Ok(script),
        Err(WrongWords::Empty) => Err(facts.say("notice-script-empty", &[])),
        Err(WrongWords::TooLong) => {
            let seconds = seconds_of(text, Speed::NORMAL, facts);
            let args = [
                ("count", (text.trim().chars().count() as i64).into()),
                ("most", (most as i64).into()),
                ("seconds", seconds.into()),
            ];
            Err(facts.say("notice-script-long", &args))
        }
    }
}

/// About how long a text takes to say.
fn seconds_of(text: &str, speed: Speed, facts: &Facts<'_>) -> i64 {
    let language = script::language_of(text, facts.person.language);
    (script::estimate_millis(text, language, speed) + 999) / 1_000
}

fn can_help(facts: &Facts<'_>) -> bool {
    facts.person.can_hint && 0 < facts.person.hints_left
}
