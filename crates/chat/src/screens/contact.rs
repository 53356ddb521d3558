//! Where receipts go, asked for once, on the way to paying.

use domain::{Command, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::place::Place;
use crate::screen::{Next, Screen, View};

/// Longer than any address that people have.
const CHARS_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What waits for the address, and is gone back to.
    pub then: Box<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
}

impl Contact {
    pub fn before(then: impl Into<Place>) -> Self {
        Self { then: Box::new(then.into()) }
    }
}

impl Screen for Contact {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        View::new(facts.say("contact-ask", &[])).back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(*self.then),
            Event::Text(text) => {
                let contact = text.trim();
                if contact.is_empty() || CHARS_MAX < contact.chars().count() {
                    return Next::go(self).notice(facts.say("refusal-contact-wrong", &[]));
                }
                let contact = contact.to_owned();
                Next::go(self).run(Command::KeepContact { contact })
            }
            Event::News(news @ News::ContactKept) => Next::tell(*self.then, &news, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("refusal-contact-wrong", &[]))
            }
        }
    }
}
