//! Deleting everything of a person, asked before it is done.

use domain::{Command, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::screen::{Next, Screen, View};
use crate::screens::consent::Consent;
use crate::screens::home::Home;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forget;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Forget,
}

impl Screen for Forget {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let credits = facts.person.available.into();
        View::new(facts.say("forget-ask", &[("credits", credits)]))
            .button(facts.label("button-forget", &[]), Press::Forget)
            .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Forget) => Next::go(self).run(Command::ForgetMe),
            Event::Press(Press::Back) if facts.person.consented => Next::go(Home),
            Event::Press(Press::Back) => Next::go(Consent::Terms),
            Event::News(News::ForgetBegun) => Next::go(Consent::Leaving),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}
