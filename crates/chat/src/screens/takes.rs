//! What was spoken, to be listened to before a video is made of it.

use domain::{ArtifactId, Command};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, TakeFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::film::longest;
use crate::screens::script::{Script, heard, written};
use crate::screens::setup::marked;
use crate::screens::video_plan::{VideoPlan, clock, is_paused, voice_title};
use crate::screens::voices::Voices;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takes {
    pub plan: VideoPlan,
    /// The one that is listened to.
    pub take: ArtifactId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    Back,
    Speed,
    #[serde(rename = "T")]
    Take(ArtifactId),
    Use,
    Voices,
    Words,
}

impl Screen for Takes {
    type Press = Press;

    fn needs(&self) -> Needs {
        self.plan.needs()
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match facts.take(&self.take) {
            _ if is_paused(facts) => View::new(facts.say("video-paused", &[])),
            Some(take) => self.show(take, facts),
            None => View::new(facts.say("refusal-speech-gone", &[]))
                .button(facts.label("button-script-text", &[]), Press::Words),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Text(text) => written(self.into_plan(facts), text, facts),
            // They went on while it was spoken.
            Event::News(news) if self.plan.is_spoken(&news) => heard(self.plan, &news, facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-makeover-photo", &[])),
            Event::Clip(_) => {
                let notice = self.plan.clip_of_no_use(facts);
                Next::go(self).notice(notice)
            }
            Event::Other(_) => Next::go(self).notice(facts.say("notice-script-text", &[])),
        }
    }
}

impl Takes {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match press {
            Press::Back | Press::Words => Next::go(Script::Write { plan: self.into_plan(facts) }),
            _ if is_paused(facts) => {
                Next::go(self).notice(facts.say("refusal-product-paused", &[]))
            }
            Press::Take(take) if self.plan.takes.contains(&take) => Next::go(Self { take, ..self }),
            Press::Take(_) => Next::go(self).notice(facts.say("notice-old-button", &[])),
            Press::Again => match facts.take(&self.take) {
                Some(take) => {
                    let generation = take.generation.clone();
                    Next::go(self).run(Command::ShowAgain { generation })
                }
                None => Next::go(self).notice(facts.say("refusal-speech-gone", &[])),
            },
            Press::Use => match facts.take(&self.take) {
                Some(_) => {
                    let take = self.take.clone();
                    self.into_plan(facts).with_another(take).lead(facts)
                }
                None => Next::go(self).notice(facts.say("refusal-speech-gone", &[])),
            },
            Press::Speed => Script::open(self.into_plan(facts), facts),
            Press::Voices => Next::go(Voices { plan: self.into_plan(facts), page: 0 }),
        }
    }

    /// The plan with what is heard here as what is to be said.
    fn into_plan(self, facts: &Facts<'_>) -> VideoPlan {
        match facts.take(&self.take).cloned() {
            Some(take) => VideoPlan {
                voice: Some(take.voice),
                script: take.script,
                speed_percent: take.speed_percent,
                ..self.plan
            },
            None => self.plan,
        }
    }

    fn show(&self, take: &TakeFacts, facts: &Facts<'_>) -> View<Press> {
        let mut lines = vec![facts.say("takes", &[])];
        let takes: Vec<_> = self.plan.takes.iter().filter_map(|it| facts.take(it)).collect();
        for (number, it) in (1u32..).zip(&takes) {
            lines.push(line(number, it, it.artifact == self.take, facts));
        }
        let most = longest(facts);
        if most < take.millis {
            let args = [("seconds", (most / 1_000).into())];
            lines.push(facts.say("takes-too-long", &args));
        }
        let mut view = View::new(lines.join("\n"));
        if 1 < takes.len() {
            let numbers = (1u32..).zip(&takes).map(|(number, it)| {
                let label = marked(number.to_string(), it.artifact == self.take, facts);
                (label, Press::Take(it.artifact.clone()))
            });
            view = view.row(numbers);
        }
        if take.millis <= most {
            view = view.button(facts.label("button-takes-use", &[]), Press::Use);
        }
        view.row([
            (facts.label("button-takes-again", &[]), Press::Again),
            (facts.label("button-takes-speed", &[]), Press::Speed),
        ])
        .row([
            (facts.label("button-script-voice", &[]), Press::Voices),
            (facts.label("button-script-text", &[]), Press::Words),
        ])
    }
}

/// A take among others: who speaks, and how long.
fn line(number: u32, take: &TakeFacts, is_chosen: bool, facts: &Facts<'_>) -> String {
    let key = if is_chosen { "takes-line-chosen" } else { "takes-line" };
    let voice = voice_title(&take.voice, facts);
    let length = clock(take.millis);
    let args = [
        ("number", number.into()),
        ("voice", voice.as_str().into()),
        ("length", length.as_str().into()),
    ];
    facts.say(key, &args)
}
