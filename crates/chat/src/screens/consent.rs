//! The first meeting: language, terms, and a consent of its own to work with photos of a person.

use domain::{Command, Language, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs};
use crate::place::{Incoming, Place};
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::screens::{edit, video_plan};
use crate::text::Arg;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Consent {
    #[default]
    Terms,
    Photos,
    /// Everything is being deleted; the receipt is what comes next.
    Leaving,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    AgreePhotos,
    AgreeTerms,
    Back,
    Speak(Language),
}

/// Nothing but reading the papers happens before the consent; none when the event may go on.
pub fn gate(place: &Place, incoming: &Incoming, facts: &Facts<'_>) -> Option<Next> {
    let here = match place {
        Place::Consent(step) => *step,
        _ => Consent::Terms,
    };
    if here == Consent::Leaving {
        return match incoming {
            // Once more the button that was just pressed, or one of before.
            Incoming::Press(_) => Some(Next::go(here)),
            Incoming::News(news) => Some(Next::tell(here, news, facts)),
            // Whoever writes again would begin anew.
            _ => gate(&Consent::Terms.into(), incoming, facts),
        };
    }
    match incoming {
        // Whoever takes the agreement back can still have everything deleted.
        Incoming::Text(text) if text.starts_with("/delete_me") => None,
        Incoming::Text(text) if text.starts_with("/terms") => {
            Some(Next::go(here).notice(facts.say("paper-terms", &[])))
        }
        Incoming::Text(text) if text.starts_with("/privacy") => {
            Some(Next::go(here).notice(crate::screens::paper::privacy(facts)))
        }
        // What works everywhere works only behind the consent.
        Incoming::Press(name) if crate::route::named(name).is_some() => Some(Next::go(here)),
        Incoming::Press(_) | Incoming::News(_)
            if matches!(place, Place::Consent(_) | Place::Forget(_)) =>
        {
            None
        }
        Incoming::News(news) => Some(Next::tell(here, news, facts)),
        Incoming::Text(_)
        | Incoming::Press(_)
        | Incoming::Picture(_)
        | Incoming::Clip(_)
        | Incoming::Other(_) => Some(Next::go(here)),
    }
}

impl Screen for Consent {
    type Press = Press;

    fn needs(&self) -> Needs {
        let greets = *self == Self::Terms;
        Needs { edits: greets, videos: greets, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match self {
            Self::Terms => {
                let languages = Language::ALL.into_iter().map(|it| {
                    (facts.label(&format!("language-{}", it.as_str()), &[]), Press::Speak(it))
                });
                let name = facts.person.name.as_str().into();
                let welcome = facts.person.welcome.into();
                let args = [("name", name), ("does", does(facts)), ("credits", welcome)];
                View::new(facts.say("consent-terms", &args))
                    .button(facts.label("button-agree-terms", &[]), Press::AgreeTerms)
                    .row(languages)
            }
            Self::Photos => {
                let days = facts.person.photo_days.into();
                let inputs = facts.person.input_days.into();
                View::new(facts.say("consent-photos", &[("days", days), ("inputs", inputs)]))
                    .button(facts.label("button-agree-photos", &[]), Press::AgreePhotos)
                    .button(facts.label("button-back", &[]), Press::Back)
            }
            Self::Leaving => View::new(facts.say("forget-begun", &[])),
        }
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match (self, event) {
            (Self::Terms, Event::Press(Press::AgreeTerms)) => Next::go(Self::Photos),
            (Self::Photos, Event::Press(Press::AgreePhotos)) => {
                Next::go(self).run(Command::AcceptTerms)
            }
            // The other step's button: tapped twice, or of an old message.
            (at, Event::Press(Press::AgreeTerms | Press::AgreePhotos)) => Next::go(at),
            (_, Event::Press(Press::Back)) => Next::go(Self::Terms),
            (at, Event::Press(Press::Speak(language))) => {
                Next::go(at).run(Command::Speak { language })
            }
            (_, Event::News(news @ News::Welcomed { .. })) => Next::tell(Home, &news, facts),
            (at, Event::News(News::LanguageChanged)) => Next::go(at),
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                Next::go(at)
            }
        }
    }
}

/// What this bot does: nothing is promised that nobody is there for.
fn does(facts: &Facts<'_>) -> Arg {
    let edits = (!edit::is_paused(facts)).then_some("consent-does-edits");
    let videos = (!video_plan::is_paused(facts)).then_some("consent-does-videos");
    let keys = [Some("consent-does-avatars"), edits, videos];
    let lines: Vec<_> = keys.into_iter().flatten().map(|key| facts.say(key, &[])).collect();
    Arg::Said(lines.join("\n"))
}
