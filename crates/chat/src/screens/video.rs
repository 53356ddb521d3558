//! A talking video: what is behind the person, and who the person is.

use domain::catalog::Character;
use domain::command::{Clip, Picture};
use domain::video::{Face, Format, VideoQuality};
use domain::{ArtifactId, Command, Credits, InputId, News, Refusal, Subject};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Cursor, Facts, Filter, GALLERY_PAGE, GalleryNeed, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, Shown, View};
use crate::screens::desk::DOWNLOAD_BYTES_MAX;
use crate::screens::home::Home;
use crate::screens::makeover::Makeover;
use crate::screens::script::heard;
use crate::screens::video_plan::{Change, VideoPlan, is_paused};

mod views;

/// How many characters a page shows: as many as one picture has room for.
const FACES_PAGE: usize = 6;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Video {
    Format {
        plan: VideoPlan,
    },
    /// Asks for the clip, and looks at it.
    Background {
        plan: VideoPlan,
    },
    Gender {
        plan: VideoPlan,
    },
    Faces {
        plan: VideoPlan,
        gender: Subject,
        page: u32,
    },
    /// The one that is in the plan.
    Face {
        plan: VideoPlan,
    },
    /// A picture with an avatar is chosen to speak.
    Mine {
        plan: VideoPlan,
        cursor: Cursor,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    /// Nothing of what was begun is wanted any more.
    Anew,
    Back,
    /// The face is to be changed by words.
    Change,
    /// What came of that, or will.
    Changed,
    Continue,
    Face(String),
    Format(Format),
    Gender(Subject),
    Mine,
    #[serde(rename = "N")]
    NewerThan(ArtifactId),
    #[serde(rename = "O")]
    OlderThan(ArtifactId),
    Original,
    Page(u32),
    #[serde(rename = "P")]
    Take(ArtifactId),
    Use,
}

impl Default for Video {
    fn default() -> Self {
        Self::Format { plan: VideoPlan::default() }
    }
}

impl Video {
    /// Begins a video, or goes on with the one that was left.
    pub fn open(at: &Place, facts: &Facts<'_>) -> Self {
        let plan = at.plan().or(facts.begun.as_ref());
        Self::Format { plan: plan.cloned().unwrap_or_default() }
    }

    pub fn plan(&self) -> &VideoPlan {
        match self {
            Self::Format { plan }
            | Self::Background { plan }
            | Self::Gender { plan }
            | Self::Faces { plan, .. }
            | Self::Face { plan }
            | Self::Mine { plan, .. } => plan,
        }
    }

    fn plan_mut(&mut self) -> &mut VideoPlan {
        match self {
            Self::Format { plan }
            | Self::Background { plan }
            | Self::Gender { plan }
            | Self::Faces { plan, .. }
            | Self::Face { plan }
            | Self::Mine { plan, .. } => plan,
        }
    }

    fn into_plan(self) -> VideoPlan {
        match self {
            Self::Format { plan }
            | Self::Background { plan }
            | Self::Gender { plan }
            | Self::Faces { plan, .. }
            | Self::Face { plan }
            | Self::Mine { plan, .. } => plan,
        }
    }
}

impl Screen for Video {
    type Press = Press;

    fn needs(&self) -> Needs {
        let gallery = match self {
            Self::Mine { cursor, .. } => Some(GalleryNeed {
                filter: Filter::default(),
                is_still: true,
                cursor: cursor.clone(),
                limit: GALLERY_PAGE,
            }),
            Self::Format { .. }
            | Self::Background { .. }
            | Self::Gender { .. }
            | Self::Faces { .. }
            | Self::Face { .. } => None,
        };
        Needs { gallery, ..self.plan().needs() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            _ if is_paused(facts) => View::new(facts.say("video-paused", &[])),
            Self::Format { plan } => views::format(plan, facts),
            Self::Background { plan } => views::background(plan, facts),
            Self::Gender { .. } => views::gender(facts),
            Self::Faces { gender, page, .. } => views::faces(*gender, *page, facts),
            Self::Face { plan } => views::face(plan, facts),
            Self::Mine { .. } => views::mine(facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::Picture(picture) => self.sent(picture, facts),
            Event::Clip(clip) => self.filmed(clip, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Text(_) | Event::Other(_) if self.waits_for_clip(facts) => {
                Next::go(self).notice(facts.say("notice-clip-needed", &[]))
            }
            Event::Text(_) => Next::go(self).notice(facts.say("notice-use-buttons", &[])),
            Event::Other(_) => Next::go(self).notice(facts.say("notice-not-here", &[])),
        }
    }
}

impl Video {
    /// Nothing can be pressed before the clip is there.
    fn waits_for_clip(&self, facts: &Facts<'_>) -> bool {
        matches!(self, Self::Background { plan } if !plan.has_clip(facts))
    }

    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (at, Press::Back) => Next::go(at.behind(facts)),
            (at, _) if is_paused(facts) => {
                Next::go(at).notice(facts.say("refusal-product-paused", &[]))
            }
            (Self::Format { plan }, Press::Continue) => plan.lead(facts),
            (Self::Format { .. }, Press::Anew) => Next::go(Self::default()),
            (Self::Format { plan }, Press::Format(format)) => {
                VideoPlan { format: Some(format), ..plan }.lead(facts)
            }
            (Self::Background { plan }, Press::Continue) => match plan.has_clip(facts) {
                true => plan.lead(facts),
                false => Next::go(Self::Background { plan }),
            },
            (Self::Gender { plan }, Press::Gender(gender)) => {
                Next::go(Self::Faces { plan, gender, page: 0 })
            }
            (Self::Gender { plan }, Press::Mine) => {
                Next::go(Self::Mine { plan, cursor: Cursor::Newest })
            }
            (Self::Faces { plan, gender, .. }, Press::Page(page)) => {
                Next::go(Self::Faces { plan, gender, page })
            }
            (Self::Faces { plan, .. }, Press::Face(name)) => {
                Next::go(Self::Face { plan: plan.faced(Face::Character(name)) })
            }
            (Self::Face { plan }, press) => face_pressed(plan, press, facts),
            (Self::Mine { plan, .. }, Press::NewerThan(id)) => {
                Next::go(Self::Mine { plan, cursor: Cursor::NewerThan(id) })
            }
            (Self::Mine { plan, .. }, Press::OlderThan(id)) => {
                Next::go(Self::Mine { plan, cursor: Cursor::OlderThan(id) })
            }
            (at @ Self::Mine { .. }, Press::Take(artifact)) => {
                Next::go(at).run(Command::UseResult { artifact })
            }
            // The button of before, tapped twice.
            (at @ (Self::Background { .. } | Self::Gender { .. }), Press::Format(_))
            | (at @ Self::Faces { .. }, Press::Gender(_))
            | (at @ Self::Mine { .. }, Press::Mine) => Next::go(at),
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// A photo of whoever shall speak.
    fn sent(self, picture: Picture, facts: &Facts<'_>) -> Next {
        let key = match self {
            Self::Format { .. } => "notice-video-format-first",
            Self::Background { .. } => "notice-clip-needed",
            _ if is_paused(facts) => "refusal-product-paused",
            _ if DOWNLOAD_BYTES_MAX < picture.bytes => "notice-file-large",
            _ => return Next::go(self).run(Command::TakeInput { picture }),
        };
        Next::go(self).notice(facts.say(key, &[]))
    }

    /// The clip that shall be behind them.
    fn filmed(self, clip: Clip, facts: &Facts<'_>) -> Next {
        let most = facts.catalog.videos.limits.background_seconds_max;
        let args = [("seconds", clip.seconds.into()), ("most", most.into())];
        let notice = match self {
            Self::Format { .. } => facts.say("notice-video-format-first", &[]),
            _ if is_paused(facts) => facts.say("refusal-product-paused", &[]),
            Self::Background { .. } if DOWNLOAD_BYTES_MAX < clip.bytes => {
                facts.say("notice-clip-large", &[])
            }
            Self::Background { .. } if most < clip.seconds => facts.say("notice-clip-long", &args),
            Self::Background { .. } => return Next::go(self).run(Command::TakeClip { clip }),
            _ => self.plan().clip_of_no_use(facts),
        };
        Next::go(self).notice(notice)
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Background { plan }, News::InputTaken { input }) => {
                Next::go(Self::Background { plan: behind_with(plan, input) })
            }
            (Self::Background { plan }, News::InputReady { input })
                if plan.background.as_ref() == Some(input) =>
            {
                plan.lead(facts)
            }
            (mut at, News::ClipUnusable { input })
                if at.plan().background.as_ref() == Some(input) =>
            {
                at.plan_mut().background = None;
                Next::tell(at, news, facts)
            }
            // They went on while it was spoken.
            (at, news) if at.plan().is_spoken(news) => heard(at.into_plan(), news, facts),
            (
                Self::Face { plan },
                News::PicturesFailed { generation, .. } | News::PicturesCanceled { generation, .. },
            ) if plan.changing.as_ref().is_some_and(|it| it.generation == *generation) => {
                Next::tell(Self::Face { plan: plan.unchanged() }, news, facts)
            }
            // A photo or a result that was just chosen; of one that was looked at, the view says more.
            (
                at @ (Self::Gender { .. }
                | Self::Faces { .. }
                | Self::Face { .. }
                | Self::Mine { .. }),
                News::InputTaken { input },
            ) => {
                let face = Face::Input(input.clone());
                Next::go(Self::Face { plan: at.into_plan().faced(face) })
            }
            (Self::Face { plan }, News::InputUnusable { input })
                if plan.face.as_ref() == Some(&Face::Input(input.clone())) =>
            {
                let plan = VideoPlan { face: None, original: None, rounds: 0, ..plan };
                Next::tell(Self::Gender { plan }, news, facts)
            }
            (at, News::Refused { refusal: Refusal::CharacterGone | Refusal::PhotoGone }) => {
                Next::tell(Self::Gender { plan: at.into_plan() }, news, facts)
            }
            (at, news) => Next::tell(at, news, facts),
        }
    }

    /// Where its back leads.
    fn behind(self, facts: &Facts<'_>) -> Place {
        match self {
            Self::Format { .. } => Home.into(),
            Self::Background { plan } => Self::Format { plan }.into(),
            Self::Gender { plan } => match plan.format {
                Some(Format::OverBackground) => Self::Background { plan }.into(),
                Some(Format::TalkingHead) | None => Self::Format { plan }.into(),
            },
            Self::Faces { plan, .. } | Self::Mine { plan, .. } => Self::Gender { plan }.into(),
            Self::Face { plan } => match among(&plan, facts) {
                Some((gender, page)) => Self::Faces { plan, gender, page }.into(),
                None => Self::Gender { plan }.into(),
            },
        }
    }
}

/// What a press leads to where one face is looked at.
fn face_pressed(plan: VideoPlan, press: Press, facts: &Facts<'_>) -> Next {
    match press {
        // The view says what is the matter with it.
        Press::Use | Press::Change if !is_there(&plan, facts) => Next::go(Video::Face { plan }),
        Press::Use => plan.lead(facts),
        Press::Change if plan.can_change(facts) => Next::go(Makeover::Words { plan }),
        Press::Change => {
            let notice = unchangeable(facts);
            Next::go(Video::Face { plan }).notice(notice)
        }
        Press::Changed => match plan.changing.clone() {
            Some(Change { words, generation }) => {
                Next::go(Makeover::watch(plan, words, generation))
            }
            None => Next::go(Video::Face { plan }),
        },
        Press::Original => match plan.original.clone() {
            Some(original) => {
                let plan = VideoPlan { face: Some(original), original: None, ..plan };
                Next::go(Video::Face { plan })
            }
            None => Next::go(Video::Face { plan }),
        },
        // The button of before, tapped twice.
        Press::Face(_) => Next::go(Video::Face { plan }),
        _ => Next::go(Video::Face { plan }).notice(facts.say("notice-old-button", &[])),
    }
}

/// The clip is being looked at.
fn behind_with(plan: VideoPlan, input: &InputId) -> VideoPlan {
    VideoPlan { background: Some(input.clone()), ..plan }
}

/// Whether the face is there and can speak.
pub fn is_there(plan: &VideoPlan, facts: &Facts<'_>) -> bool {
    match &plan.face {
        Some(Face::Character(name)) => facts.catalog.character(name).is_some(),
        Some(Face::Input(input)) => facts.are_ready(std::slice::from_ref(input)),
        None => false,
    }
}

/// Why a face that is there can't be changed: there is an end to it, or nobody does it now.
pub fn unchangeable(facts: &Facts<'_>) -> String {
    match facts.character_quote() {
        Some(_) => facts.say("notice-makeover-over", &[("most", rounds_max(facts).into())]),
        None => facts.say("refusal-product-paused", &[]),
    }
}

/// How often a face may be changed.
pub fn rounds_max(facts: &Facts<'_>) -> u32 {
    facts.catalog.videos.character_edit.rounds_max
}

/// Those of one gender, all ages together.
fn of_gender<'a>(gender: Subject, facts: &'a Facts<'_>) -> Vec<&'a Character> {
    facts.catalog.characters_of(gender).collect()
}

/// A page of characters: one picture of them all, a button for each, and the ways to other pages.
pub fn cards<P: Clone>(
    mut view: View<P>,
    (gender, page): (Subject, u32),
    button: impl Fn(&Character, String) -> (String, P),
    turn: impl Fn(u32) -> P,
    facts: &Facts<'_>,
) -> View<P> {
    let all = of_gender(gender, facts);
    let page = page.min(all.len().saturating_sub(1) as u32 / FACES_PAGE as u32);
    let mut pages = all.chunks(FACES_PAGE).skip(page as usize);
    if let Some(shown) = pages.next() {
        view = view.picture(Shown::Faces(shown.iter().map(|it| it.name.clone()).collect()));
        let buttons = (1u32..).zip(shown).map(|(number, it)| {
            let args = [
                ("number", number.into()),
                ("name", it.title.of(facts.person.language).into()),
                ("age", it.age.to_string().as_str().into()),
            ];
            button(it, facts.label("button-video-face", &args))
        });
        for pair in buttons.collect::<Vec<_>>().chunks(2) {
            view = view.row(pair.iter().cloned());
        }
    }
    let before = (0 < page).then(|| (facts.label("button-previous", &[]), turn(page - 1)));
    let after = pages.next().map(|_| (facts.label("button-next", &[]), turn(page + 1)));
    view.row(before.into_iter().chain(after))
}

/// The page on which a character is found.
fn among(plan: &VideoPlan, facts: &Facts<'_>) -> Option<(Subject, u32)> {
    let character = plan.character(facts)?;
    let all = of_gender(character.gender, facts);
    let at = all.iter().position(|it| it.name == character.name)?;
    Some((character.gender, (at / FACES_PAGE) as u32))
}

/// What a second costs in the usual quality, before anything is taken off.
fn second_price(format: Format, facts: &Facts<'_>) -> Credits {
    facts.catalog.videos.second_price(format, VideoQuality::Standard)
}
