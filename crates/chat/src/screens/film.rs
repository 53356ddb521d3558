//! Everything about the video at a glance, one or several, and the last word before credits are set
//! aside.

use domain::catalog::Quote;
use domain::video::{Face, Format, VideoDraft, VideoQuality};
use domain::{ArtifactId, Command, Credits, News, Refusal, Subject};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, video_price};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::making::Making;
use crate::screens::shoot::Shoot;
use crate::screens::shop::Shop;
use crate::screens::takes::Takes;
use crate::screens::video::Video;
use crate::screens::video_plan::{VideoPlan, is_paused};

mod views;

/// Who speaks and what: each of them says each of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    pub faces: Vec<Face>,
    pub takes: Vec<ArtifactId>,
    /// The faces that there are to choose from, those that are chosen among them.
    pub offered: Vec<Face>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Film {
    /// An order as it is shown.
    Order { plan: VideoPlan, cast: Cast, quote: Quote },
    /// Several at once: who of them, and which takes.
    Several { plan: VideoPlan, cast: Cast },
    /// More characters for that.
    More { plan: VideoPlan, cast: Cast, gender: Subject, page: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Captions(bool),
    Clip,
    Continue,
    /// Which, and whether it is to be one of them: tapped twice it means the same.
    #[serde(rename = "F")]
    Face(Face, bool),
    Faces,
    Gender(Subject),
    /// Names the price, so that an old button never spends more than it says.
    Make(Credits),
    More,
    Page(u32),
    Quality(VideoQuality),
    Several,
    Speak,
    #[serde(rename = "T")]
    Take(ArtifactId, bool),
    TopUp,
}

impl Cast {
    fn one(face: Face, take: ArtifactId) -> Self {
        Self { faces: vec![face.clone()], takes: vec![take], offered: vec![face] }
    }

    pub fn count(&self) -> usize {
        self.faces.len() * self.takes.len()
    }

    /// Each of them with each of these. None where the plan lacks something.
    fn drafts(&self, plan: &VideoPlan) -> Option<Vec<VideoDraft>> {
        let pairs = self.faces.iter().flat_map(|face| self.takes.iter().map(move |it| (face, it)));
        pairs.map(|(face, take)| plan.video(face.clone(), take.clone())).collect()
    }
}

impl Film {
    /// Shows the video of a take at today's price.
    pub fn open(plan: VideoPlan, take: ArtifactId, facts: &Facts<'_>) -> Next {
        match plan.face.clone() {
            Some(face) => price(plan, Cast::one(face, take), facts),
            None => Next::go(Video::Gender { plan }),
        }
    }

    /// Shows a video that was made before, at today's price for one so long.
    pub fn again(
        draft: &VideoDraft,
        millis: i64,
        back: impl Into<Place>,
        facts: &Facts<'_>,
    ) -> Next {
        let plan = VideoPlan::of_video(draft);
        let price = video_price(facts.catalog, draft.format, draft.quality, millis);
        match price.and_then(|it| facts.frozen(it)) {
            Some(quote) => {
                let cast = Cast::one(draft.face.clone(), draft.speech.clone());
                Next::go(Self::Order { plan, cast, quote })
            }
            None => Next::go(back).notice(facts.say("refusal-product-paused", &[])),
        }
    }

    pub fn plan(&self) -> &VideoPlan {
        match self {
            Self::Order { plan, .. } | Self::Several { plan, .. } | Self::More { plan, .. } => plan,
        }
    }

    fn into_plan(self) -> VideoPlan {
        match self {
            Self::Order { plan, .. } | Self::Several { plan, .. } | Self::More { plan, .. } => plan,
        }
    }

    fn cast(&self) -> &Cast {
        match self {
            Self::Order { cast, .. } | Self::Several { cast, .. } | Self::More { cast, .. } => cast,
        }
    }
}

impl Screen for Film {
    type Press = Press;

    fn needs(&self) -> Needs {
        let mut needs = self.plan().needs();
        for face in &self.cast().offered {
            if let Face::Input(input) = face
                && !needs.inputs.contains(input)
            {
                needs.inputs.push(input.clone());
            }
        }
        needs
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match self {
            _ if is_paused(facts) => View::new(facts.say("video-paused", &[])),
            Self::Order { plan, cast, quote } => views::order(plan, cast, quote, facts),
            Self::Several { plan, cast } => views::several(plan, cast, facts),
            Self::More { cast, gender, page, .. } => views::more(cast, *gender, *page, facts),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::News(news) => self.told(&news, facts),
            Event::Text(_) => Next::go(self).notice(facts.say("notice-use-buttons", &[])),
            Event::Picture(_) => Next::go(self).notice(facts.say("notice-makeover-photo", &[])),
            Event::Clip(_) => {
                let notice = self.plan().clip_of_no_use(facts);
                Next::go(self).notice(notice)
            }
            Event::Other(_) => Next::go(self).notice(facts.say("notice-not-here", &[])),
        }
    }
}

impl Film {
    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (at, Press::Back) => Next::go(at.behind(facts)),
            (at, _) if is_paused(facts) => {
                Next::go(at).notice(facts.say("refusal-product-paused", &[]))
            }
            (Self::Order { plan, cast, quote }, press) => ordered(plan, cast, quote, press, facts),
            (at, Press::Face(face, is_chosen)) => at.with_face(face, is_chosen, facts),
            (Self::Several { plan, cast }, Press::Take(take, is_chosen)) => {
                let takes = toggled(&cast.takes, &take, is_chosen);
                let wanted = Cast { takes, ..cast.clone() };
                let here = |cast| Self::Several { plan, cast }.into();
                chosen(cast, wanted, here, facts)
            }
            (Self::Several { plan, cast }, Press::More) => {
                let gender = plan.character(facts).map_or(Subject::Woman, |it| it.gender);
                Next::go(Self::More { plan, cast, gender, page: 0 })
            }
            (Self::Several { plan, cast }, Press::Continue) => price(plan, cast, facts),
            (Self::More { plan, cast, gender, .. }, Press::Page(page)) => {
                Next::go(Self::More { plan, cast, gender, page })
            }
            (Self::More { plan, cast, .. }, Press::Gender(gender)) => {
                Next::go(Self::More { plan, cast, gender, page: 0 })
            }
            (Self::More { plan, cast, .. }, Press::Continue) => {
                Next::go(Self::Several { plan, cast })
            }
            // The button of before, tapped twice.
            (at @ Self::Several { .. }, Press::Several) | (at @ Self::More { .. }, Press::More) => {
                Next::go(at)
            }
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }

    /// One more of those who speak, or one less.
    fn with_face(self, face: Face, is_chosen: bool, facts: &Facts<'_>) -> Next {
        let cast = self.cast().clone();
        let mut wanted = Cast { faces: toggled(&cast.faces, &face, is_chosen), ..cast.clone() };
        let is_known = match &face {
            Face::Character(name) => facts.catalog.character(name).is_some(),
            Face::Input(_) => cast.offered.contains(&face),
        };
        if !is_known {
            return Next::go(self).notice(facts.say("refusal-character-gone", &[]));
        }
        if !wanted.offered.contains(&face) {
            wanted.offered.push(face);
        }
        chosen(cast, wanted, |cast| self.with_cast(cast).into(), facts)
    }

    fn with_cast(self, cast: Cast) -> Self {
        match self {
            Self::Order { plan, quote, .. } => Self::Order { plan, cast, quote },
            Self::Several { plan, .. } => Self::Several { plan, cast },
            Self::More { plan, gender, page, .. } => Self::More { plan, cast, gender, page },
        }
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            (Self::Order { .. }, News::VideosQueued { generations }) => {
                Next::go(match generations.as_slice() {
                    [one] => Place::from(Making::watch(one.clone())),
                    several => Shoot { generations: several.to_vec() }.into(),
                })
            }
            // The same order at today's price.
            (Self::Order { plan, cast, .. }, News::Refused { refusal: Refusal::QuoteExpired }) => {
                price(plan, cast, facts).notice(facts.say("notice-price-anew", &[]))
            }
            (
                at,
                News::Refused {
                    refusal: Refusal::CharacterGone | Refusal::PhotoGone | Refusal::PictureGone,
                },
            ) => {
                let plan = VideoPlan { face: None, original: None, rounds: 0, ..at.into_plan() };
                Next::tell(Video::Gender { plan }, news, facts)
            }
            (
                at,
                News::Refused {
                    refusal: Refusal::ClipGone | Refusal::ClipTooLarge | Refusal::ClipTooLong { .. },
                },
            ) => {
                let plan = VideoPlan { background: None, ..at.into_plan() };
                Next::tell(Video::Background { plan }, news, facts)
            }
            (
                at,
                News::Refused { refusal: Refusal::SpeechGone | Refusal::SpeechTooLong { .. } },
            ) => Next::tell(at.behind(facts), news, facts),
            (at, news) => Next::tell(at, news, facts),
        }
    }

    /// Where its back leads.
    fn behind(self, facts: &Facts<'_>) -> Place {
        match self {
            Self::Order { plan, cast, .. } => {
                let known = cast.takes.iter().find(|it| facts.take(it).is_some());
                match known.or(cast.takes.first()).cloned() {
                    Some(take) => Takes { plan, take }.into(),
                    None => Video::Format { plan }.into(),
                }
            }
            Self::Several { plan, cast } => {
                let first = Cast {
                    faces: cast.faces.first().cloned().into_iter().collect(),
                    takes: cast.takes.first().cloned().into_iter().collect(),
                    offered: cast.offered,
                };
                price(plan, first, facts).place
            }
            Self::More { plan, cast, .. } => Self::Several { plan, cast }.into(),
        }
    }
}

/// What a press on an order leads to.
fn ordered(plan: VideoPlan, cast: Cast, quote: Quote, press: Press, facts: &Facts<'_>) -> Next {
    let here = Film::Order { plan: plan.clone(), cast: cast.clone(), quote };
    match press {
        Press::Captions(has_captions) => price(VideoPlan { has_captions, ..plan }, cast, facts),
        Press::Quality(quality) => price(VideoPlan { quality, ..plan }, cast, facts),
        Press::Several => Next::go(Film::Several { plan, cast }),
        Press::Make(credits) if credits == quote.credits => {
            match (views::lack(&plan, &cast, facts), cast.drafts(&plan)) {
                (None, Some(drafts)) => Next::go(here).run(Command::MakeVideos { drafts, quote }),
                // The view says what is gone.
                (Some(_), _) => Next::go(here),
                (None, None) => plan.lead(facts),
            }
        }
        // With the credits there, this very order goes on.
        Press::TopUp => {
            let resume = Some(Place::from(here).to_json());
            Next::go(Shop::PickPack { resume })
        }
        Press::Clip => Next::go(Video::Background { plan: VideoPlan { background: None, ..plan } }),
        Press::Faces => {
            let plan = VideoPlan { face: None, original: None, rounds: 0, ..plan };
            Next::go(Video::Gender { plan })
        }
        Press::Speak => VideoPlan { takes: Vec::new(), ..plan }.speak(facts),
        // The button of before, tapped twice.
        Press::Continue => Next::go(here),
        _ => Next::go(here).notice(facts.say("notice-old-button", &[])),
    }
}

/// Whether each may be changed so: one of each at least, and not more videos than one order has.
fn chosen(cast: Cast, wanted: Cast, here: impl FnOnce(Cast) -> Place, facts: &Facts<'_>) -> Next {
    let most = batch_max(facts);
    if wanted.faces.is_empty() || wanted.takes.is_empty() {
        return Next::go(here(cast)).notice(facts.say("notice-film-one", &[]));
    }
    if most < wanted.count() {
        let most = (most as i64).into();
        return Next::go(here(cast)).notice(facts.say("notice-film-most", &[("most", most)]));
    }
    Next::go(here(wanted))
}

fn toggled<T: Clone + PartialEq>(all: &[T], one: &T, is_chosen: bool) -> Vec<T> {
    let mut all: Vec<T> = all.iter().filter(|it| *it != one).cloned().collect();
    if is_chosen {
        all.push(one.clone());
    }
    all
}

/// How many videos one order may have.
fn batch_max(facts: &Facts<'_>) -> usize {
    facts.catalog.videos.limits.batch_max as usize
}

/// The longest sound of which somebody makes a video, in milliseconds.
pub fn longest(facts: &Facts<'_>) -> i64 {
    let all = VideoQuality::ALL.iter().map(|it| facts.catalog.videos.millis_max(*it));
    all.max().unwrap_or_default()
}

/// The qualities in which somebody makes videos of these takes.
fn qualities(cast: &Cast, facts: &Facts<'_>) -> Vec<VideoQuality> {
    let takes = cast.takes.iter().filter_map(|it| facts.take(it));
    let longest = takes.map(|it| it.millis).max().unwrap_or_default();
    let all = VideoQuality::ALL.iter().copied();
    all.filter(|it| longest <= facts.catalog.videos.millis_max(*it)).collect()
}

/// Shows an order at today's price: each change makes a new one.
fn price(plan: VideoPlan, cast: Cast, facts: &Facts<'_>) -> Next {
    let offered = qualities(&cast, facts);
    let quality = offered.iter().find(|it| **it == plan.quality).or(offered.first()).copied();
    let plan = VideoPlan { quality: quality.unwrap_or(plan.quality), ..plan };
    let drafts = cast.drafts(&plan);
    match (drafts.and_then(|it| facts.video_quote(&it)), cast.takes.first().cloned()) {
        (Some(quote), _) => Next::go(Film::Order { plan, cast, quote }),
        // What is longer than anybody makes is told before it is paid for.
        (None, Some(take)) => {
            let args = [("most", (longest(facts) / 1_000).into())];
            Next::go(Takes { plan, take }).notice(facts.say("refusal-speech-too-long", &args))
        }
        (None, None) => plan.speak(facts),
    }
}

/// Whether this format needs a clip that isn't there.
fn lacks_clip(plan: &VideoPlan, facts: &Facts<'_>) -> bool {
    plan.format == Some(Format::OverBackground) && !plan.has_clip(facts)
}
