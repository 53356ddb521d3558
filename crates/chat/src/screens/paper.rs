//! Terms, privacy, and what to do when a payment went wrong.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Person};
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::text::Arg;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Paper {
    PaySupport,
    Privacy,
    Terms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
}

impl Screen for Paper {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let text = match self {
            Self::PaySupport => facts.say("paper-pay-support", &[]),
            Self::Privacy => privacy(facts),
            Self::Terms => facts.say("paper-terms", &[]),
        };
        View::new(text).back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(Home),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

/// What is kept, who sees it, and for how long.
pub fn privacy(facts: &Facts<'_>) -> String {
    facts.say("paper-privacy", &kept(&facts.person))
}

/// After how many days what is deleted.
pub fn kept(person: &Person) -> [(&'static str, Arg); 4] {
    [
        ("days", person.photo_days.into()),
        ("results", person.result_days.into()),
        ("inputs", person.input_days.into()),
        ("clips", person.clip_days.into()),
    ]
}
