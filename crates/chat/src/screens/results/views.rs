//! What is shown of results.

use super::{How, Press};
use crate::facts::{Facts, GenerationFacts, Tile};
use crate::route;
use crate::screen::{Shown, View};
use crate::screens::begin::Begin;
use crate::screens::edit::is_paused;
use crate::screens::making::outcome;
use crate::screens::video_plan;

/// The label by which a picture becomes a favourite, or is one no more.
fn star(tile: &Tile, is_only: bool, facts: &Facts<'_>) -> (String, Press) {
    let key = match (is_only, tile.is_favourite) {
        (true, true) => "button-not-favourite",
        (true, false) => "button-favourite",
        (false, true) => "button-not-favourite-of",
        (false, false) => "button-favourite-of",
    };
    let label = facts.label(key, &[("number", tile.number.into())]);
    (label, Press::Favour(tile.artifact.clone(), !tile.is_favourite))
}

pub fn picture(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    let is_only = order.tiles.len() == 1;
    if !order.tiles.is_empty() {
        view = view.row(order.tiles.iter().map(|it| star(it, is_only, facts)));
        let key = if is_only { "button-original" } else { "button-originals" };
        view = view.row([
            (facts.label(key, &[]), Press::Originals),
            (facts.label("button-show-again", &[]), Press::Again),
        ]);
        if !is_paused(facts) {
            view = view.button(facts.label("button-edit-result", &[]), Press::Start(How::Edit));
        }
    }
    if !order.avatar_name.is_empty() {
        if !order.tiles.is_empty() {
            view = view.row([
                (facts.label("button-vary", &[]), Press::Start(How::Vary)),
                (facts.label("button-change", &[]), Press::Start(How::Change)),
            ]);
        }
        view = view.row([
            (facts.label("button-repeat", &[]), Press::Repeat),
            (facts.label("button-make-more", &[]), Press::More),
        ]);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

pub fn edit(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    if let Some(tile) = order.tiles.first() {
        view = view
            .row([star(tile, true, facts), (facts.label("button-original", &[]), Press::Originals)])
            .row([
                (facts.label("button-before-after", &[]), Press::Compare(true)),
                (facts.label("button-show-again", &[]), Press::Again),
            ]);
        if !is_paused(facts) {
            view = view.button(facts.label("button-edit-further", &[]), Press::Start(How::Edit));
        }
    }
    let is_on_offer =
        order.wish.edit().is_some_and(|it| facts.catalog.preset(&it.preset).is_some());
    if is_on_offer && !is_paused(facts) {
        view = view.button(facts.label("button-another-photo", &[]), Press::Another);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

pub fn look(is_compared: bool, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let Some(tile) = order.tiles.first() else {
        return View::new(facts.say("refusal-picture-gone", &[]));
    };
    let artifact = tile.artifact.clone();
    let turn = if is_compared { "button-only-after" } else { "button-before-after" };
    match is_compared {
        true => View::new(facts.say("edit-compared", &[])).picture(Shown::Compared(artifact)),
        false => View::new(facts.say("edit-after", &[])).picture(Shown::Artifact(artifact)),
    }
    .button(facts.label(turn, &[]), Press::Compare(!is_compared))
}

pub fn pick(how: How, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let key = match how {
        How::Vary => "result-pick-vary",
        How::Change => "result-pick-change",
        How::Edit => "result-pick-edit",
    };
    let view = View::new(facts.say(key, &[]));
    let tiles = order.tiles.iter();
    let numbers = tiles.map(|it| (it.number.to_string(), Press::Take(it.artifact.clone())));
    view.row(numbers).picture(Shown::Collage(order.tiles.clone()))
}

pub fn character(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    if !order.tiles.is_empty() {
        view = kept(view, order, "button-show-again", facts);
        view = begin(view, &[Begin::Film], facts);
        view = begin(view, &[Begin::Change], facts);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

pub fn speech(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    if !order.tiles.is_empty() {
        view = kept(view, order, "button-takes-again", facts);
        view = begin(view, &[Begin::Film], facts);
        view = begin(view, &[Begin::OtherVoice], facts);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

pub fn video(order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    let mut view = View::new(outcome(order, facts));
    if !order.tiles.is_empty() {
        view = kept(view, order, "button-video-again", facts);
        view = begin(view, &[Begin::Repeat], facts);
        view = begin(view, &[Begin::OtherFace, Begin::OtherVoice], facts);
    }
    rated(view, order, facts).name(facts.label("button-gallery", &[]), route::GALLERY)
}

/// To keep it, to have it as it was made, and to hear or see it once more.
fn kept(view: View<Press>, order: &GenerationFacts, again: &str, facts: &Facts<'_>) -> View<Press> {
    let stars = order.tiles.first().map(|it| star(it, true, facts));
    let original = (facts.label("button-original", &[]), Press::Originals);
    view.row(stars.into_iter().chain([original])).button(facts.label(again, &[]), Press::Again)
}

/// A row of what can be begun with it.
fn begin(view: View<Press>, all: &[Begin], facts: &Facts<'_>) -> View<Press> {
    if video_plan::is_paused(facts) {
        return view;
    }
    view.row(all.iter().map(|it| (facts.label(it.label(), &[]), Press::Begin(*it))))
}

/// Asks how they like it, or says what they have said: it can be said anew.
fn rated(view: View<Press>, order: &GenerationFacts, facts: &Facts<'_>) -> View<Press> {
    if order.tiles.is_empty() {
        return view;
    }
    let (good, bad) = match facts.rating {
        None => ("button-rate-good", "button-rate-bad"),
        Some(true) => ("button-rated-good", "button-rate-bad"),
        Some(false) => ("button-rate-good", "button-rated-bad"),
    };
    view.row([
        (facts.label(good, &[]), Press::Rate(true)),
        (facts.label(bad, &[]), Press::Rate(false)),
    ])
}
