//! What has been chosen of a talking video, and what is still to be chosen.

use domain::catalog::Character;
use domain::script::Speed;
use domain::video::{Face, Format, SpeechDraft, TAKES_MAX, VideoDraft, VideoQuality};
use domain::{ArtifactId, GenerationId, InputId, News, Subject, WorkState};
use serde::{Deserialize, Serialize};

use crate::facts::{Facts, InputState, Needs, TakeFacts, VoiceFacts, Wish};
use crate::screen::{Next, Shown, View};
use crate::screens::film::Film;
use crate::screens::script::{Script, spoken};
use crate::screens::takes::Takes;
use crate::screens::video::Video;
use crate::screens::voices::Voices;

/// Carried through all the screens of a talking video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VideoPlan {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    pub quality: VideoQuality,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face: Option<Face>,
    /// The face before it was changed by words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original: Option<Face>,
    /// How often it was changed.
    pub rounds: u32,
    /// What was ordered of it last, until it is the face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changing: Option<Change>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    pub script: String,
    pub speed_percent: u32,
    /// What was spoken so far, the oldest first.
    pub takes: Vec<ArtifactId>,
    /// What is being spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaking: Option<GenerationId>,
    /// The clip behind the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<InputId>,
    pub has_captions: bool,
}

/// A change of a face that was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub words: String,
    pub generation: GenerationId,
}

impl Default for VideoPlan {
    fn default() -> Self {
        Self {
            format: None,
            quality: VideoQuality::default(),
            face: None,
            original: None,
            rounds: 0,
            changing: None,
            voice: None,
            script: String::new(),
            speed_percent: Speed::NORMAL.percent(),
            takes: Vec::new(),
            speaking: None,
            background: None,
            has_captions: false,
        }
    }
}

impl VideoPlan {
    /// One in which somebody speaks.
    pub fn with_face(face: Face) -> Self {
        Self { face: Some(face), ..Self::default() }
    }

    /// One in which this is said.
    pub fn with_take(take: ArtifactId) -> Self {
        Self { takes: vec![take], ..Self::default() }
    }

    /// What a video was made of.
    pub fn of_video(draft: &VideoDraft) -> Self {
        Self {
            format: Some(draft.format),
            quality: draft.quality,
            face: Some(draft.face.clone()),
            takes: vec![draft.speech.clone()],
            background: draft.background.clone(),
            has_captions: draft.has_captions,
            ..Self::default()
        }
    }

    /// What a speech was made of.
    pub fn of_speech(draft: &SpeechDraft) -> Self {
        Self {
            voice: Some(draft.voice.clone()),
            script: draft.script.clone(),
            speed_percent: draft.speed_percent,
            ..Self::default()
        }
    }

    pub fn needs(&self) -> Needs {
        let faces = [&self.face, &self.original].into_iter().flatten();
        let inputs = faces.filter_map(|it| match it {
            Face::Input(input) => Some(input.clone()),
            Face::Character(_) => None,
        });
        Needs {
            inputs: inputs.chain(self.background.clone()).collect(),
            voices: true,
            videos: true,
            takes: self.takes.clone(),
            speaking: self.speaking.clone(),
            ..Needs::default()
        }
    }

    /// None: no version of ours can read it.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a plan is plain values, which JSON can hold")
    }

    /// Whether there is anything in it that one would miss.
    pub fn is_begun(&self) -> bool {
        self.face.is_some()
            || self.changing.is_some()
            || self.background.is_some()
            || self.speaking.is_some()
            || !self.takes.is_empty()
            || !self.script.is_empty()
    }

    /// What is said to whoever sends a clip where none is asked for.
    pub fn clip_of_no_use(&self, facts: &Facts<'_>) -> String {
        let key = match self.format {
            Some(Format::OverBackground) => "notice-clip-later",
            Some(Format::TalkingHead) | None => "notice-clip-no-use",
        };
        facts.say(key, &[])
    }

    /// Leads to what is still to be chosen.
    pub fn lead(self, facts: &Facts<'_>) -> Next {
        match self.format {
            None => return Next::go(Video::Format { plan: self }),
            Some(Format::OverBackground) if !self.has_clip(facts) => return self.film(facts),
            Some(Format::TalkingHead | Format::OverBackground) => {}
        }
        if self.face.is_none() {
            return Next::go(Video::Gender { plan: self });
        }
        // Whatever was chosen to be said since is spoken first.
        let take = if self.script.is_empty() { self.latest(facts) } else { self.spoken(facts) };
        match take.map(|it| it.artifact.clone()) {
            Some(take) => Film::open(self, take, facts),
            None => self.speak(facts),
        }
    }

    /// Asks for the clip, or waits until it was looked at.
    fn film(self, facts: &Facts<'_>) -> Next {
        let clip = self.background.as_ref().map(|it| facts.input(it));
        if matches!(clip, Some(None | Some(InputState::Unusable))) {
            let plan = Self { background: None, ..self };
            let notice = facts.say("refusal-clip-gone", &[]);
            return Next::go(Video::Background { plan }).notice(notice);
        }
        Next::go(Video::Background { plan: self })
    }

    /// Whether the clip is there and can be used.
    pub fn has_clip(&self, facts: &Facts<'_>) -> bool {
        let clip = self.background.as_ref().and_then(|it| facts.input(it));
        clip == Some(InputState::Ready)
    }

    /// Leads to what is still to be chosen before something can be spoken.
    pub fn speak(self, facts: &Facts<'_>) -> Next {
        if self.voice.is_none() {
            return Next::go(Voices { plan: self, page: 0 });
        }
        let plan = self.worded(facts);
        if plan.script.is_empty() {
            return Next::go(Script::Write { plan });
        }
        // What was paid for in these very words isn't ordered again.
        match (plan.spoken(facts).map(|it| it.artifact.clone()), plan.underway(facts)) {
            (Some(take), _) => Next::go(Takes { plan, take }),
            (None, Some(generation)) => spoken(plan, generation, facts),
            (None, None) => Script::open(plan, facts),
        }
    }

    /// With what is to be said: what was written, else what was said before, and at that pace.
    fn worded(self, facts: &Facts<'_>) -> Self {
        match self.latest(facts) {
            Some(said) if self.script.is_empty() => {
                Self { script: said.script.clone(), speed_percent: said.speed_percent, ..self }
            }
            Some(_) | None => self,
        }
    }

    /// The newest take that is still there.
    pub fn latest<'a>(&self, facts: &'a Facts<'_>) -> Option<&'a TakeFacts> {
        self.takes.iter().rev().find_map(|it| facts.take(it))
    }

    /// The newest take of these words, in this voice and at this pace.
    fn spoken<'a>(&self, facts: &'a Facts<'_>) -> Option<&'a TakeFacts> {
        let mut newest = self.takes.iter().rev().filter_map(|it| facts.take(it));
        newest.find(|it| {
            self.voice.as_ref() == Some(&it.voice)
                && self.script == it.script
                && self.speed_percent == it.speed_percent
        })
    }

    /// The order by which just this is being spoken, or was.
    fn underway(&self, facts: &Facts<'_>) -> Option<GenerationId> {
        let known = facts.speaking.as_ref();
        let order = known.filter(|it| self.speaking.as_ref() == Some(&it.id))?;
        let is_this = self.speech().is_some_and(|it| order.wish == Wish::Speech(it));
        let may_come = order.state.is_open() || order.state == WorkState::Succeeded;
        (is_this && may_come).then(|| order.id.clone())
    }

    /// Whether it is told that what was being spoken is there.
    pub fn is_spoken(&self, news: &News) -> bool {
        matches!(news, News::PicturesReady { generation, .. }
            if self.speaking.as_ref() == Some(generation))
    }

    /// Beside as many others as there is room for, the newest of them.
    pub fn with_another(mut self, take: ArtifactId) -> Self {
        self.takes.retain(|it| *it != take);
        self.takes.push(take);
        let over = self.takes.len().saturating_sub(TAKES_MAX);
        self.takes.drain(..over);
        self.speaking = None;
        self
    }

    /// Another face, which nobody has changed yet.
    pub fn faced(self, face: Face) -> Self {
        Self { face: Some(face), original: None, rounds: 0, changing: None, ..self }
    }

    /// The face as it was changed; what it was before stays known.
    pub fn changed(self, input: InputId) -> Self {
        let original = self.original.or(self.face);
        Self { face: Some(Face::Input(input)), original, changing: None, ..self }
    }

    /// A change didn't come about, so it doesn't count.
    pub fn unchanged(self) -> Self {
        Self { rounds: self.rounds.saturating_sub(1), changing: None, ..self }
    }

    /// Whether the face may be changed once more.
    pub fn can_change(&self, facts: &Facts<'_>) -> bool {
        self.rounds < facts.catalog.videos.character_edit.rounds_max
            && facts.character_quote().is_some()
    }

    /// The character that it is, or was before it was changed.
    pub fn character<'a>(&self, facts: &'a Facts<'_>) -> Option<&'a Character> {
        match self.original.as_ref().or(self.face.as_ref())? {
            Face::Character(name) => facts.catalog.character(name),
            Face::Input(_) => None,
        }
    }

    /// The voice that fits whoever it is.
    pub fn suggested<'a>(&self, facts: &'a Facts<'_>) -> Option<&'a VoiceFacts> {
        let character = self.character(facts);
        let own = character.and_then(|it| facts.voice(&it.voice));
        let gender = character.map(|it| it.gender);
        own.or_else(|| of_gender(gender?, facts)).or(facts.voices.first())
    }

    /// What is to be spoken.
    pub fn speech(&self) -> Option<SpeechDraft> {
        Some(SpeechDraft {
            voice: self.voice.clone()?,
            script: self.script.clone(),
            speed_percent: self.speed_percent,
        })
    }

    /// The video of a face and a take.
    pub fn video(&self, face: Face, speech: ArtifactId) -> Option<VideoDraft> {
        let format = self.format?;
        let background = match format {
            Format::TalkingHead => None,
            Format::OverBackground => Some(self.background.clone()?),
        };
        Some(VideoDraft {
            format,
            quality: self.quality,
            face,
            speech,
            background,
            has_captions: self.has_captions,
        })
    }
}

fn of_gender<'a>(gender: Subject, facts: &'a Facts<'_>) -> Option<&'a VoiceFacts> {
    facts.voices.iter().find(|it| it.gender == gender)
}

/// Whether no videos can be made now.
pub fn is_paused(facts: &Facts<'_>) -> bool {
    !facts.person.can_video || facts.catalog.videos.standard.makers.is_empty()
}

/// A face above a view.
pub fn show_face<P>(view: View<P>, face: Option<&Face>, facts: &Facts<'_>) -> View<P> {
    match face {
        Some(Face::Character(name)) if facts.catalog.character(name).is_some() => {
            view.picture(Shown::Face(name.clone()))
        }
        Some(Face::Input(input)) if facts.are_ready(std::slice::from_ref(input)) => {
            view.picture(Shown::Input(input.clone()))
        }
        Some(_) | None => view,
    }
}

/// Whom they see, by name.
pub fn name_of(face: &Face, facts: &Facts<'_>) -> String {
    match face {
        Face::Character(name) => {
            let character = facts.catalog.character(name);
            character.map_or(name.as_str(), |it| it.title.of(facts.person.language)).to_owned()
        }
        Face::Input(_) => facts.label("video-own-picture", &[]),
    }
}

/// What a voice is called; what it is known by when it is there no more.
pub fn voice_title(name: &str, facts: &Facts<'_>) -> String {
    let own = || facts.catalog.voice(name).map(|it| it.title.of(facts.person.language));
    let found = facts.voice(name).map(|it| it.title.as_str());
    found.or_else(own).unwrap_or(name).to_owned()
}

/// A length as people write it: 0:07. Each second that is begun counts, as it does for the price.
pub fn clock(millis: i64) -> String {
    let seconds = (millis.max(0) + 999) / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
