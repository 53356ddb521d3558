//! The choice of language.

use domain::{Command, Language, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguagePick;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Speak(Language),
}

impl Screen for LanguagePick {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        Language::ALL
            .into_iter()
            .fold(View::new(facts.say("language-ask", &[])), |view, it| {
                // Each language is named in itself, so that it is found by who needs it.
                let label = facts.label(&format!("language-{}", it.as_str()), &[]);
                view.button(label, Press::Speak(it))
            })
            .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Speak(language)) => Next::go(self).run(Command::Speak { language }),
            Event::Press(Press::Back) => Next::go(Home),
            Event::News(news @ News::LanguageChanged) => Next::tell(Home, &news, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}
