//! What is shown before videos are ordered.

use domain::Subject;
use domain::catalog::{Character, Quote};
use domain::video::{Face, Format, VideoQuality};

use super::{Cast, Press, batch_max, lacks_clip, qualities};
use crate::facts::Facts;
use crate::screen::View;
use crate::screens::setup::{marked, priced};
use crate::screens::video::cards;
use crate::screens::video_plan::{VideoPlan, clock, name_of, voice_title};

/// What is there no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    Clip,
    Face,
    Speech,
}

impl Lack {
    pub fn key(self) -> &'static str {
        match self {
            Self::Clip => "refusal-clip-gone",
            Self::Face => "video-face-gone",
            Self::Speech => "refusal-speech-gone",
        }
    }
}

/// What an order lacks that it had when it was chosen.
pub fn lack(plan: &VideoPlan, cast: &Cast, facts: &Facts<'_>) -> Option<Lack> {
    let is_there = |face: &Face| match face {
        Face::Character(name) => facts.catalog.character(name).is_some(),
        Face::Input(input) => facts.are_ready(std::slice::from_ref(input)),
    };
    if !cast.takes.iter().all(|it| facts.take(it).is_some()) {
        return Some(Lack::Speech);
    }
    if !cast.faces.iter().all(is_there) {
        return Some(Lack::Face);
    }
    lacks_clip(plan, facts).then_some(Lack::Clip)
}

pub fn order(plan: &VideoPlan, cast: &Cast, quote: &Quote, facts: &Facts<'_>) -> View<Press> {
    if let Some(lack) = lack(plan, cast, facts) {
        let (label, press) = match lack {
            Lack::Clip => ("button-film-clip", Press::Clip),
            Lack::Face => ("button-film-faces", Press::Faces),
            Lack::Speech => ("button-film-speak", Press::Speak),
        };
        return View::new(facts.say(lack.key(), &[])).button(facts.label(label, &[]), press);
    }
    let mut view = View::new(lines(plan, cast, facts).join("\n"));
    let offered = qualities(cast, facts);
    if 1 < offered.len() {
        view = view.row(offered.iter().map(|it| {
            let label = facts.label(&format!("button-film-{}", it.as_str()), &[]);
            (marked(label, *it == plan.quality, facts), Press::Quality(*it))
        }));
    }
    let captions = facts.label("button-film-captions", &[]);
    let captions = marked(captions, plan.has_captions, facts);
    view = view
        .button(captions, Press::Captions(!plan.has_captions))
        .button(facts.label("button-film-several", &[]), Press::Several)
        .button(facts.label("button-begin-other-face", &[]), Press::Faces);
    if plan.format == Some(Format::OverBackground) {
        view = view.button(facts.label("button-film-clip", &[]), Press::Clip);
    }
    let credits = quote.credits;
    let count = (cast.count() as i64).into();
    let args = [("count", count), ("credits", credits.into())];
    let make = facts.label("button-film", &args);
    priced(view, credits, (make, Press::Make(credits)), Press::TopUp, facts)
}

/// What was chosen, a line each.
fn lines(plan: &VideoPlan, cast: &Cast, facts: &Facts<'_>) -> Vec<String> {
    let format = plan.format.unwrap_or(Format::TalkingHead);
    let count = (cast.count() as i64).into();
    let mut lines = vec![
        facts.say("film", &[("count", count)]),
        facts.say(&format!("film-format-{}", format.as_str()), &[]),
    ];
    // Whoever was changed keeps the name.
    let own = |it: &Face| plan.original.clone().filter(|_| plan.face.as_ref() == Some(it));
    let named = |it: &Face| name_of(&own(it).unwrap_or_else(|| it.clone()), facts);
    let names: Vec<_> = cast.faces.iter().map(named).collect();
    lines.push(facts.say("film-faces", &[("names", names.join(", ").as_str().into())]));
    for take in cast.takes.iter().filter_map(|it| facts.take(it)) {
        let (voice, length) = (voice_title(&take.voice, facts), clock(take.millis));
        let args = [("voice", voice.as_str().into()), ("length", length.as_str().into())];
        lines.push(facts.say("film-take", &args));
    }
    let quality = facts.say(&format!("film-quality-{}", plan.quality.as_str()), &[]);
    lines.push(quality);
    if !qualities(cast, facts).contains(&VideoQuality::High) {
        let seconds = facts.catalog.videos.millis_max(VideoQuality::High) / 1_000;
        if 0 < seconds {
            lines.push(facts.say("film-quality-limit", &[("seconds", seconds.into())]));
        }
    }
    if plan.has_captions {
        lines.push(facts.say("film-captions", &[]));
    }
    if facts.person.labels_videos {
        let label = facts.label("video-label", &[]);
        lines.push(facts.say("film-label", &[("label", label.as_str().into())]));
    }
    if 1 < cast.count() {
        lines.push(facts.say("film-apart", &[]));
    }
    lines
}

/// Who of them, and which takes; how many that makes, and what they cost together.
pub fn several(plan: &VideoPlan, cast: &Cast, facts: &Facts<'_>) -> View<Press> {
    let most = (batch_max(facts) as i64).into();
    let count = (cast.count() as i64).into();
    let mut lines = vec![facts.say("film-several", &[("most", most)])];
    let takes: Vec<_> = plan.takes.iter().filter_map(|it| facts.take(it)).collect();
    for (number, it) in (1u32..).zip(&takes) {
        let (voice, length) = (voice_title(&it.voice, facts), clock(it.millis));
        let args = [
            ("number", number.into()),
            ("voice", voice.as_str().into()),
            ("length", length.as_str().into()),
        ];
        lines.push(facts.say("takes-line", &args));
    }
    if takes.len() < 2 {
        lines.push(facts.say("film-several-voice", &[]));
    }
    let price = cast.drafts(plan).and_then(|it| facts.video_quote(&it));
    let credits = price.map(|it| it.credits).unwrap_or_default();
    let args = [("count", count), ("credits", credits.into())];
    lines.push(facts.say("film-several-price", &args));
    let mut view = View::new(lines.join("\n"));
    let faces: Vec<_> = cast
        .offered
        .iter()
        .map(|it| {
            let is_chosen = cast.faces.contains(it);
            let label = marked(name_of(it, facts), is_chosen, facts);
            (label, Press::Face(it.clone(), !is_chosen))
        })
        .collect();
    for pair in faces.chunks(2) {
        view = view.row(pair.iter().cloned());
    }
    view = view.button(facts.label("button-film-more", &[]), Press::More);
    if 1 < takes.len() {
        let takes = (1u32..).zip(&takes).map(|(number, it)| {
            let is_chosen = cast.takes.contains(&it.artifact);
            let label = facts.label("button-film-take", &[("number", number.into())]);
            (marked(label, is_chosen, facts), Press::Take(it.artifact.clone(), !is_chosen))
        });
        view = view.row(takes);
    }
    view.button(facts.label("button-film-done", &args), Press::Continue)
}

/// Characters to add, six on a page.
pub fn more(cast: &Cast, gender: Subject, page: u32, facts: &Facts<'_>) -> View<Press> {
    let button = |it: &Character, label| {
        let face = Face::Character(it.name.clone());
        let is_chosen = cast.faces.contains(&face);
        (marked(label, is_chosen, facts), Press::Face(face, !is_chosen))
    };
    let view = View::new(facts.say("film-more", &[]));
    let view = cards(view, (gender, page), button, Press::Page, facts);
    let (other, label) = match gender {
        Subject::Woman => (Subject::Man, "button-film-men"),
        Subject::Man | Subject::Other => (Subject::Woman, "button-film-women"),
    };
    view.button(facts.label(label, &[]), Press::Gender(other))
        .button(facts.label("button-film-chosen", &[]), Press::Continue)
}
