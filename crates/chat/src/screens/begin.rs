//! What can be begun with a finished face, speech or video.

use domain::video::VideoDraft;
use domain::{ArtifactId, Command};
use serde::{Deserialize, Serialize};

use crate::facts::{Facts, Wish};
use crate::place::Place;
use crate::screen::Next;
use crate::screens::film::Film;
use crate::screens::makeover::Makeover;
use crate::screens::script::Script;
use crate::screens::video::Video;
use crate::screens::video_plan::{VideoPlan, is_paused};
use crate::screens::voices::Voices;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Begin {
    /// A face is changed further.
    Change,
    /// A video with a face, or of a speech.
    Film,
    /// The same video with somebody else.
    OtherFace,
    /// The same words in another voice.
    OtherVoice,
    /// The same once more.
    Repeat,
}

/// A finished result, and what it was made of.
pub struct Finished<'a> {
    pub artifact: ArtifactId,
    pub wish: &'a Wish,
    /// How long it is, where it can be heard or watched.
    pub millis: Option<i64>,
}

impl Begin {
    /// The text key of its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Change => "button-begin-change",
            Self::Film => "button-begin-film",
            Self::OtherFace => "button-begin-other-face",
            Self::OtherVoice => "button-begin-other-voice",
            Self::Repeat => "button-repeat",
        }
    }

    /// Leads to the screens of talking videos.
    pub fn with(self, result: Finished<'_>, back: impl Into<Place>, facts: &Facts<'_>) -> Next {
        let Finished { artifact, wish, millis } = result;
        if is_paused(facts) {
            return Next::go(back).notice(facts.say("refusal-product-paused", &[]));
        }
        match (self, wish) {
            (Self::Film, Wish::Character(_)) => {
                Next::go(Video::Face { plan: VideoPlan::default() })
                    .run(Command::UseResult { artifact })
            }
            (Self::Change, Wish::Character(_)) => {
                Next::go(Makeover::Words { plan: VideoPlan::default() })
                    .run(Command::UseResult { artifact })
            }
            (Self::Film, Wish::Speech(draft)) => {
                let takes = vec![artifact];
                let plan = VideoPlan { takes, ..VideoPlan::of_speech(draft) };
                Next::go(Video::Format { plan })
            }
            (Self::OtherVoice, Wish::Speech(draft)) => {
                let takes = vec![artifact];
                let plan = VideoPlan { takes, voice: None, ..VideoPlan::of_speech(draft) };
                Next::go(Voices { plan, page: 0 })
            }
            (Self::OtherFace, Wish::Video(draft)) => {
                let plan = VideoPlan { face: None, ..VideoPlan::of_video(draft) };
                Next::go(Video::Gender { plan })
            }
            (Self::OtherVoice, Wish::Video(draft)) => {
                Next::go(Voices { plan: VideoPlan::of_video(draft), page: 0 })
            }
            (Self::Repeat, wish) => again(wish, millis, back, facts),
            (Self::Change | Self::Film | Self::OtherFace | Self::OtherVoice, _) => {
                Next::go(back).notice(facts.say("notice-old-button", &[]))
            }
        }
    }
}

/// Shows what was ordered as a new order.
pub fn again(wish: &Wish, millis: Option<i64>, back: impl Into<Place>, facts: &Facts<'_>) -> Next {
    match wish {
        Wish::Character(draft) => {
            let plan = VideoPlan::with_face(draft.face.clone());
            Makeover::open(plan, draft.words.clone(), facts)
        }
        Wish::Speech(draft) => Script::open(VideoPlan::of_speech(draft), facts),
        Wish::Video(draft) => film(draft, millis, back, facts),
        Wish::Picture(_) | Wish::Edit(_) => {
            Next::go(back).notice(facts.say("notice-old-button", &[]))
        }
    }
}

fn film(
    draft: &VideoDraft,
    millis: Option<i64>,
    back: impl Into<Place>,
    facts: &Facts<'_>,
) -> Next {
    match millis {
        Some(millis) => Film::again(draft, millis, back, facts),
        None => Next::go(back).notice(facts.say("refusal-speech-gone", &[])),
    }
}
