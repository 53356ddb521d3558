//! Somebody who makes a talking video, in a world that answers when we say so.

use chat::facts::{GenerationFacts, InputFacts, InputState, TakeFacts};
use chat::preview::node;
use chat::preview::samples::Sample;
use chat::screens::home::Home;
use chat::screens::video_plan::VideoPlan;
use chat::{Facts, Incoming, Next, Place};
use domain::picture::Product;
use domain::{ArtifactId, Command, Credits, GenerationId, InputId, Language, News, Refusal};

use crate::html;
use crate::world::{labels, press, sample, tell};

pub fn english(sample: &Sample) -> Facts<'static> {
    sample.facts(Language::En)
}

pub fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("a small amount")
}

pub fn input(number: u128) -> InputId {
    InputId::new(number)
}

pub fn artifact(number: u128) -> ArtifactId {
    ArtifactId::new(number)
}

pub fn refused(refusal: Refusal) -> News {
    News::Refused { refusal }
}

/// The plan of a place, as it is stored.
#[track_caller]
pub fn plan(place: &Place) -> VideoPlan {
    let stored: serde_json::Value = serde_json::from_str(&place.to_json()).expect("it is JSON");
    let at = &stored["at"];
    let at = at
        .as_object()
        .filter(|it| !it.contains_key("plan"))
        .map_or(at, |it| it.values().next().expect("a variant has its fields"));
    serde_json::from_value(at["plan"].clone()).expect("it has a plan")
}

/// Somebody in a chat, with a world that answers when we say so.
pub struct Talk {
    pub place: Place,
    pub facts: Facts<'static>,
    pub notice: Option<String>,
}

impl Talk {
    /// Begins at the main menu.
    pub fn new() -> Self {
        let mut facts = english(&sample("home: new"));
        facts.voices = english(&sample("voices: all")).voices;
        Self { place: Place::from(Home), facts, notice: None }
    }

    /// Begins at a sample.
    pub fn at(name: &str) -> Self {
        let sample = sample(name);
        let facts = english(&sample);
        Self { place: sample.place, facts, notice: None }
    }

    pub fn press(&mut self, label: &str) -> Option<Command> {
        let next = press(&self.place, label, &self.facts);
        self.went(next)
    }

    pub fn arrive(&mut self, incoming: Incoming) -> Option<Command> {
        let next = self.place.clone().on(incoming, &self.facts);
        self.went(next)
    }

    pub fn write(&mut self, text: &str) -> Option<Command> {
        self.arrive(Incoming::Text(text.to_owned()))
    }

    pub fn hear(&mut self, news: News) {
        let next = tell(&self.place, news, &self.facts);
        assert_eq!(self.went(next), None, "news never lead to a command");
    }

    /// What was sent is being looked at, then it has been.
    pub fn looked(&mut self, number: u128, state: InputState) {
        self.facts.inputs.push(InputFacts {
            id: input(number),
            state: InputState::Waiting,
            millis: None,
        });
        self.hear(News::InputTaken { input: input(number) });
        self.facts.inputs.last_mut().expect("it was put there").state = state;
        match state {
            InputState::Ready => self.hear(News::InputReady { input: input(number) }),
            InputState::Unusable if self.node() == "video-background" => {
                self.hear(News::ClipUnusable { input: input(number) });
            }
            InputState::Unusable => self.hear(News::InputUnusable { input: input(number) }),
            InputState::Waiting => {}
        }
    }

    /// An order is made, and told: `made` is its result.
    pub fn made(&mut self, product: Product, like: &str, number: u128) {
        let generation = GenerationId::new(number);
        let queued = News::PicturesQueued { generation: generation.clone() };
        self.hear(queued);
        let order = english(&sample(like)).generation.expect("the sample has one");
        let mut tiles = order.tiles.clone();
        tiles.iter_mut().for_each(|it| it.artifact = artifact(number));
        self.facts.generation = Some(GenerationFacts { id: generation.clone(), tiles, ..order });
        if product == Product::Speech {
            self.facts.takes.push(take(number, 12_300));
        }
        self.hear(News::PicturesReady {
            generation,
            product,
            made: 1,
            withheld: 0,
            charged: credits(1),
            returned: Credits::ZERO,
        });
    }

    fn went(&mut self, next: Next) -> Option<Command> {
        self.place = Place::from_json(&next.place.to_json());
        assert_eq!(self.place, next.place, "what is stored is read again");
        self.notice = next.notice;
        next.run
    }

    pub fn node(&self) -> String {
        node(&self.place)
    }

    pub fn says(&self) -> String {
        let text = self.place.view(&self.facts).text;
        html::plain(&text).expect("it is well formed, which another test sees to")
    }

    pub fn notice(&self) -> &str {
        self.notice.as_deref().unwrap_or_default()
    }

    pub fn labels(&self) -> Vec<String> {
        labels(&self.place, &self.facts)
    }
}

pub fn take(number: u128, millis: i64) -> TakeFacts {
    TakeFacts {
        artifact: artifact(number),
        generation: GenerationId::new(number),
        voice: "alina".to_owned(),
        script: "New sneakers!".to_owned(),
        speed_percent: 100,
        millis,
    }
}
