//! What is shown while a face is chosen.

use domain::Subject;
use domain::catalog::Character;
use domain::video::{Face, Format};

use super::{Press, cards, is_there, of_gender, rounds_max, second_price};
use crate::facts::{Facts, InputState};
use crate::screen::{Shown, View};
use crate::screens::video_plan::{VideoPlan, clock, show_face, voice_title};

pub fn format(plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    let mut lines = vec![facts.say("video", &[])];
    for format in Format::ALL {
        let credits = second_price(*format, facts);
        let most = facts.catalog.videos.limits.background_seconds_max;
        let args = [("credits", credits.into()), ("most", most.into())];
        lines.push(facts.say(&format!("video-format-{}", format.as_str()), &args));
    }
    if plan.is_begun() {
        lines.push(facts.say("video-begun", &[]));
    }
    let mut view = View::new(lines.join("\n\n"));
    for format in Format::ALL {
        let label = facts.label(&format!("button-video-{}", format.as_str()), &[]);
        view = view.button(label, Press::Format(*format));
    }
    if !plan.is_begun() {
        return view;
    }
    if plan.format.is_some() {
        view = view.button(facts.label("button-video-go-on", &[]), Press::Continue);
    }
    view.button(facts.label("button-video-anew", &[]), Press::Anew)
}

pub fn background(plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    let known = plan.background.as_ref();
    let clip = facts.inputs.iter().find(|it| Some(&it.id) == known);
    let most = facts.catalog.videos.limits.background_seconds_max;
    match clip.map(|it| it.state) {
        Some(InputState::Waiting) => View::new(facts.say("video-clip-looking", &[])),
        Some(InputState::Ready) => {
            let length = clip.and_then(|it| it.millis).map_or("…".to_owned(), clock);
            View::new(facts.say("video-clip-there", &[("length", length.as_str().into())]))
                .button(facts.label("button-continue", &[]), Press::Continue)
        }
        Some(InputState::Unusable) | None => {
            View::new(facts.say("video-clip", &[("most", most.into())]))
        }
    }
}

pub fn gender(facts: &Facts<'_>) -> View<Press> {
    let offered = [Subject::Woman, Subject::Man].into_iter();
    let offered = offered.filter(|it| !of_gender(*it, facts).is_empty());
    View::new(facts.say("video-gender", &[]))
        .row(offered.map(|it| {
            let label = facts.label(&format!("subject-{}", it.as_str()), &[]);
            (label, Press::Gender(it))
        }))
        .button(facts.label("button-video-mine", &[]), Press::Mine)
}

pub fn faces(gender: Subject, page: u32, facts: &Facts<'_>) -> View<Press> {
    let key = match of_gender(gender, facts).is_empty() {
        true => "refusal-character-gone",
        false => "video-faces",
    };
    let button = |it: &Character, label| (label, Press::Face(it.name.clone()));
    cards(View::new(facts.say(key, &[])), (gender, page), button, Press::Page, facts)
}

pub fn face(plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    let text = match &plan.face {
        Some(Face::Character(name)) => match facts.catalog.character(name) {
            Some(character) => {
                let language = facts.person.language;
                let args = [
                    ("name", character.title.of(language).into()),
                    ("age", character.age.into()),
                    ("about", character.about.of(language).into()),
                ];
                facts.say("video-face", &args)
            }
            None => facts.say("refusal-character-gone", &[]),
        },
        Some(Face::Input(input)) => match facts.input(input) {
            Some(InputState::Waiting) => facts.say("video-face-looking", &[]),
            Some(InputState::Ready) if plan.original.is_some() => {
                facts.say("video-face-changed", &[])
            }
            Some(InputState::Ready) => facts.say("video-face-own", &[]),
            Some(InputState::Unusable) | None => facts.say("video-face-gone", &[]),
        },
        None => facts.say("video-face-gone", &[]),
    };
    if !is_there(plan, facts) {
        return other_looks(View::new(text), plan, facts);
    }
    let mut lines = vec![text];
    if let Some(voice) = plan.suggested(facts).filter(|_| plan.character(facts).is_some()) {
        let voice = voice_title(&voice.name, facts);
        lines.push(facts.say("video-face-voice", &[("voice", voice.as_str().into())]));
    }
    if 0 < plan.rounds {
        let args = [("rounds", plan.rounds.into()), ("most", rounds_max(facts).into())];
        lines.push(facts.say("makeover-rounds", &args));
    }
    let view = View::new(lines.join("\n"));
    let mut view = show_face(view, plan.face.as_ref(), facts)
        .button(facts.label("button-choose", &[]), Press::Use);
    if let Some(quote) = facts.character_quote().filter(|_| plan.can_change(facts)) {
        let args = [("credits", quote.credits.into())];
        view = view.button(facts.label("button-video-change", &args), Press::Change);
    }
    other_looks(view, plan, facts)
}

/// What the face was, and what it was changed into.
fn other_looks(mut view: View<Press>, plan: &VideoPlan, facts: &Facts<'_>) -> View<Press> {
    if plan.changing.is_some() {
        view = view.button(facts.label("button-video-changed", &[]), Press::Changed);
    }
    if plan.original.is_some() {
        view = view.button(facts.label("button-video-original", &[]), Press::Original);
    }
    view
}

/// The latest pictures with an avatar, to choose one that shall speak.
pub fn mine(facts: &Facts<'_>) -> View<Press> {
    let Some(gallery) = facts.gallery.as_ref().filter(|it| !it.tiles.is_empty()) else {
        return View::new(facts.say("video-mine-empty", &[]));
    };
    let numbers = gallery.tiles.iter();
    let numbers = numbers.map(|it| (it.number.to_string(), Press::Take(it.artifact.clone())));
    let mut turns = Vec::new();
    if let Some(first) = gallery.tiles.first().filter(|_| gallery.has_newer) {
        let press = Press::NewerThan(first.artifact.clone());
        turns.push((facts.label("button-newer", &[]), press));
    }
    if let Some(last) = gallery.tiles.last().filter(|_| gallery.has_older) {
        let press = Press::OlderThan(last.artifact.clone());
        turns.push((facts.label("button-older", &[]), press));
    }
    View::new(facts.say("video-mine", &[]))
        .picture(Shown::Collage(gallery.tiles.clone()))
        .row(numbers)
        .row(turns)
}
