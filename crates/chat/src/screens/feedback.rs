//! Writing to those who answer for the bot: words, photos and videos, as many as it takes.

use domain::command::{Clip, Picture};
use domain::feedback::{Attached, FileKind, Note, PER_HOUR, WORDS_CHARS_MAX};
use domain::{Command, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::screen::{Next, Screen, View};
use crate::screens::faq::Faq;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Whether it answers what they were written.
    pub is_answer: bool,
    /// How many have gone since the screen was opened.
    pub sent: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
}

impl Feedback {
    pub const ANSWER: Self = Self { is_answer: true, sent: 0 };

    fn write(self, words: Option<String>, file: Option<Attached>) -> Next {
        let note = Note { words: words.unwrap_or_default(), file };
        Next::go(self).run(Command::WriteFeedback { note, is_answer: self.is_answer })
    }
}

impl Screen for Feedback {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let text = match (self.sent, self.is_answer) {
            (0, false) => {
                let most = (WORDS_CHARS_MAX as i64).into();
                facts.say("feedback-write", &[("most", most), ("often", PER_HOUR.into())])
            }
            (0, true) => facts.say("feedback-answer", &[]),
            (sent, _) => facts.say("feedback-sent", &[("count", sent.into())]),
        };
        View::new(text).back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Text(words) => self.write(Some(words), None),
            Event::Picture(Picture { file_id, is_document, caption, .. }) => {
                let kind = if is_document { FileKind::Document } else { FileKind::Photo };
                self.write(caption, Some(Attached { kind, file_id }))
            }
            Event::Clip(Clip { file_id, is_document, caption, .. }) => {
                let kind = if is_document { FileKind::Document } else { FileKind::Video };
                self.write(caption, Some(Attached { kind, file_id }))
            }
            Event::Other(_) => Next::go(self).notice(facts.say("feedback-only", &[])),
            Event::Press(Press::Back) => Next::go(Faq::default()),
            // The view says it.
            Event::News(News::FeedbackTaken) => {
                Next::go(Self { sent: self.sent.saturating_add(1), ..self })
            }
            Event::News(News::Refused { refusal: Refusal::TooManyTries }) => {
                Next::go(self).notice(facts.say("feedback-too-often", &[]))
            }
            Event::News(news) => Next::tell(self, &news, facts),
        }
    }
}
