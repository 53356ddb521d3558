//! The voices, to be listened to and chosen from.

use domain::{Command, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, VoiceFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::script::heard;
use crate::screens::video::Video;
use crate::screens::video_plan::{VideoPlan, is_paused};

/// How many voices a page shows, each with its sample in a row of its own.
const VOICES_PAGE: usize = 5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voices {
    pub plan: VideoPlan,
    pub page: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    #[serde(rename = "V")]
    Choose(String),
    Keep,
    Page(u32),
    #[serde(rename = "P")]
    Play(String),
}

impl Screen for Voices {
    type Press = Press;

    fn needs(&self) -> Needs {
        self.plan.needs()
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match facts.voices.is_empty() || is_paused(facts) {
            true => View::new(facts.say("video-paused", &[])),
            false => page(&self.plan, self.page, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::News(news @ News::Refused { refusal: Refusal::VoiceGone }) => {
                Next::tell(Self { page: 0, ..self }, &news, facts)
            }
            // They went on while it was spoken.
            Event::News(news) if self.plan.is_spoken(&news) => heard(self.plan, &news, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) => Next::go(self).notice(facts.say("notice-voice-first", &[])),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-makeover-photo", &[])),
            Event::Clip(_) => {
                let notice = self.plan.clip_of_no_use(facts);
                Next::go(self).notice(notice)
            }
            Event::Other(_) => Next::go(self).notice(facts.say("notice-not-here", &[])),
        }
    }
}

impl Voices {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match press {
            Press::Back => Next::go(self.behind()),
            Press::Page(page) => Next::go(Self { page, ..self }),
            Press::Choose(_) | Press::Keep | Press::Play(_) if is_paused(facts) => {
                Next::go(self).notice(facts.say("refusal-product-paused", &[]))
            }
            // It was there when the button was drawn.
            Press::Choose(voice) | Press::Play(voice) if facts.voice(&voice).is_none() => {
                Next::go(self).notice(facts.say("refusal-voice-gone", &[]))
            }
            Press::Keep => self.plan.speak(facts),
            Press::Choose(voice) => VideoPlan { voice: Some(voice), ..self.plan }.speak(facts),
            Press::Play(voice) => Next::go(self).run(Command::PlayVoice { voice }),
        }
    }

    /// Where its back leads.
    fn behind(self) -> Video {
        let plan = self.plan;
        match plan.face {
            Some(_) => Video::Face { plan },
            None => Video::Gender { plan },
        }
    }
}

/// The one that they took the last time comes first, then the one that fits the face, then all of
/// its gender.
fn sorted<'a>(plan: &VideoPlan, facts: &'a Facts<'_>) -> Vec<&'a VoiceFacts> {
    let gender = plan.character(facts).map(|it| it.gender);
    let suggested = plan.suggested(facts).filter(|_| gender.is_some()).map(|it| it.name.as_str());
    let mut all: Vec<_> = facts.voices.iter().collect();
    all.sort_by_key(|it| {
        let is_usual = facts.usual_voice.as_ref() == Some(&it.name);
        let is_suggested = suggested == Some(it.name.as_str());
        (!is_usual, !is_suggested, gender.is_some_and(|gender| it.gender != gender))
    });
    all
}

fn page(plan: &VideoPlan, page: u32, facts: &Facts<'_>) -> View<Press> {
    let all = sorted(plan, facts);
    let page = (page as usize).min((all.len() - 1) / VOICES_PAGE);
    let shown: Vec<_> = all.iter().skip(page * VOICES_PAGE).take(VOICES_PAGE).collect();
    let mut lines = vec![facts.say("voices", &[])];
    for voice in &shown {
        let args = [("title", voice.title.as_str().into()), ("about", voice.about.as_str().into())];
        lines.push(facts.say(about(&voice.name, facts), &args));
    }
    let mut view = View::new(lines.join("\n"));
    for voice in shown {
        let title = (voice.title.clone(), Press::Choose(voice.name.clone()));
        let listen = (facts.label("button-voice-listen", &[]), Press::Play(voice.name.clone()));
        view = match voice.has_sample {
            true => view.row([title, listen]),
            false => view.row([title]),
        };
    }
    let mut turns = Vec::new();
    if 0 < page {
        turns.push((facts.label("button-previous", &[]), Press::Page(page as u32 - 1)));
    }
    if (page + 1) * VOICES_PAGE < all.len() {
        turns.push((facts.label("button-next", &[]), Press::Page(page as u32 + 1)));
    }
    view = view.row(turns);
    // Whoever looks back goes on by it, on whatever page it is.
    match plan.voice.as_ref().and_then(|it| facts.voice(it)) {
        Some(chosen) => {
            let args = [("voice", chosen.title.as_str().into())];
            view.button(facts.label("button-voice-keep", &args), Press::Keep)
        }
        None => view,
    }
}

fn about(voice: &str, facts: &Facts<'_>) -> &'static str {
    match facts.usual_voice.as_deref() == Some(voice) {
        true => "voice-line-usual",
        false => "voice-line",
    }
}
