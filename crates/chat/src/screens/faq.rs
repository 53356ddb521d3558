//! Questions and answers.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::route;
use crate::screen::{Next, Screen, View};
use crate::screens::home::Home;
use crate::screens::paper::kept;

/// Each has the texts `faq-<topic>-title` and `faq-<topic>`.
///
/// Their places are stored: a new one goes to the end.
pub const TOPICS: [&str; 16] = [
    "photos", "time", "money", "privacy", "failed", "payments", "flagged", "kept", "repeat",
    "refunds", "edits", "videos", "faces", "voices", "label", "clips",
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Faq {
    /// Which topic is open, by its place in [`TOPICS`].
    pub topic: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Topic(u8),
}

impl Screen for Faq {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let person = &facts.person;
        let mut args = kept(person).to_vec();
        args.push(("labels", u32::from(person.labels_videos).into()));
        args.push(("least", facts.catalog.videos.limits.seconds_min.into()));
        let topic = self.topic.and_then(|it| TOPICS.get(usize::from(it)));
        let view = match topic {
            Some(topic) => View::new(facts.say(&format!("faq-{topic}"), &args)),
            None => {
                let ask = |view: View<Press>, (at, topic): (u8, &str)| {
                    let label = facts.label(&format!("faq-{topic}-title"), &[]);
                    view.button(label, Press::Topic(at))
                };
                let view = (0..).zip(TOPICS).fold(View::new(facts.say("faq", &[])), ask);
                view.name(facts.label("button-feedback", &[]), route::FEEDBACK)
            }
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Topic(topic)) => Next::go(Self { topic: Some(topic) }),
            Event::Press(Press::Back) if self.topic.is_some() => Next::go(Self::default()),
            Event::Press(Press::Back) => Next::go(Home),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}
