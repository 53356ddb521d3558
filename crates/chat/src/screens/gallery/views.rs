//! What the gallery shows.

use domain::picture::{Draft, EditDraft, Product};
use domain::video::{CharacterDraft, SpeechDraft, VideoDraft};
use domain::{ArtifactId, AvatarState};

use super::{Press, Shelf, is_all};
use crate::facts::{ArtifactFacts, Facts, Filter, GalleryFacts, Period, Wish};
use crate::screen::{Shown, View};
use crate::screens::begin::Begin;
use crate::screens::edit::is_paused;
use crate::screens::results::How;
use crate::screens::setup::{marked, style_title};
use crate::screens::video_plan;
use crate::text::Arg;

/// How many avatars a page of the filter shows.
const AVATARS_PAGE: usize = 6;

/// How many kinds of results a row of the filter names.
const KINDS_ROW: usize = 3;

/// How much of the words fits a caption beside everything else that it says, counted as Telegram
/// counts: in UTF-16 code units.
const WORDS_UNITS_MAX: usize = 500;

pub fn page(at: &Shelf, facts: &Facts<'_>) -> View<Press> {
    let Some(gallery) = &facts.gallery else {
        return View::new(facts.say("gallery-empty", &[]));
    };
    let is_filtered = at.filter != Filter::default();
    match (gallery.tiles.is_empty(), is_filtered, gallery.total) {
        (false, ..) => {}
        // What was on this page is gone, but there is more elsewhere.
        (true, _, 1..) => {
            return View::new(facts.say("gallery-page-empty", &[]))
                .button(facts.label("button-newest", &[]), Press::Newest);
        }
        (true, true, 0) => {
            return View::new(facts.say("gallery-none", &[("filter", told(&at.filter, facts))]))
                .button(facts.label("button-filter", &[]), Press::Filter)
                .button(facts.label("button-everything", &[]), Press::Everything);
        }
        (true, false, 0) => {
            return View::new(facts.say("gallery-empty", &[]))
                .name(facts.label("button-make-pictures", &[]), crate::route::PICTURES)
                .name(facts.label("button-orders", &[]), crate::route::ORDERS);
        }
    }
    let mut lines = vec![facts.say("gallery", &[("count", gallery.total.into())])];
    if is_filtered {
        lines.push(facts.say("gallery-filter", &[("filter", told(&at.filter, facts))]));
    }
    let tiles = gallery.tiles.iter();
    let numbers = tiles.map(|it| (it.number.to_string(), Press::Open(it.artifact.clone())));
    let view = View::new(lines.join("\n"))
        .picture(Shown::Collage(gallery.tiles.clone()))
        .row(numbers)
        .row(turns(gallery, facts));
    let view = view.row([
        (facts.label("button-filter", &[]), Press::Filter),
        (facts.label("button-select", &[]), Press::Select),
    ]);
    match is_filtered {
        true => view.button(facts.label("button-everything", &[]), Press::Everything),
        false => view.name(facts.label("button-orders", &[]), crate::route::ORDERS),
    }
}

/// The ways to the pages beside this one.
fn turns(gallery: &GalleryFacts, facts: &Facts<'_>) -> Vec<(String, Press)> {
    let mut turns = Vec::new();
    if let Some(first) = gallery.tiles.first().filter(|_| gallery.has_newer) {
        let press = Press::NewerThan(first.artifact.clone());
        turns.push((facts.label("button-newer", &[]), press));
    }
    if let Some(last) = gallery.tiles.last().filter(|_| gallery.has_older) {
        let press = Press::OlderThan(last.artifact.clone());
        turns.push((facts.label("button-older", &[]), press));
    }
    turns
}

/// A filter in words: Anna, favourites, the last 7 days.
fn told(filter: &Filter, facts: &Facts<'_>) -> Arg {
    let mut parts = Vec::new();
    if let Some(id) = &filter.avatar {
        let name = facts.avatars.iter().find(|it| it.id == *id);
        parts.push(match name {
            Some(avatar) => crate::text::escape(&avatar.name).into_owned(),
            None => facts.say("gallery-avatar-gone", &[]),
        });
    }
    if filter.is_favourite {
        parts.push(facts.say("gallery-favourites", &[]));
    }
    if filter.period != Period::All {
        parts.push(facts.say(&format!("period-{}", filter.period.as_str()), &[]));
    }
    if let Some(product) = filter.product {
        parts.push(facts.say(&format!("product-{}", product.as_str()), &[]));
    }
    Arg::Said(parts.join(", "))
}

pub fn pick_filter(filter: &Filter, page: u32, facts: &Facts<'_>) -> View<Press> {
    let total = facts.gallery.as_ref().map_or(0, |it| it.total);
    let mut view = View::new(facts.say("gallery-pick-filter", &[]));
    let mark = |label: String, is_chosen| marked(label, is_chosen, facts);
    view = view.row(Period::ALL.map(|it| {
        let label = facts.label(&format!("button-period-{}", it.as_str()), &[]);
        (mark(label, it == filter.period), Press::Period(it))
    }));
    let favourites = facts.label("button-only-favourites", &[]);
    view =
        view.button(mark(favourites, filter.is_favourite), Press::Favourites(!filter.is_favourite));
    // With one kind there is nothing to choose.
    if 1 < Product::ALL.len() {
        let all = facts.label("button-every-product", &[]);
        let kinds = Product::ALL.iter().map(|it| {
            let label = facts.label(&format!("product-{}", it.as_str()), &[]);
            (mark(label, filter.product == Some(*it)), Press::Product(Some(*it)))
        });
        let all = (mark(all, filter.product.is_none()), Press::Product(None));
        let kinds: Vec<_> = std::iter::once(all).chain(kinds).collect();
        for few in kinds.chunks(KINDS_ROW) {
            view = view.row(few.iter().cloned());
        }
    }
    view = avatars(view, filter, page, facts);
    if *filter != Filter::default() {
        view = view.button(facts.label("button-clear-filter", &[]), Press::Everything);
    }
    view.button(facts.label("button-show", &[("count", total.into())]), Press::Show)
}

/// The avatars to choose from: those that may have results.
fn avatars(mut view: View<Press>, filter: &Filter, page: u32, facts: &Facts<'_>) -> View<Press> {
    let trained = facts.avatars.iter().filter(|it| match it.state {
        AvatarState::Training
        | AvatarState::Completed
        | AvatarState::Failed
        | AvatarState::Cancelled => true,
        AvatarState::Draft | AvatarState::PhotosUploading | AvatarState::Ready => false,
    });
    let all: Vec<_> = trained.collect();
    if all.len() < 2 && filter.avatar.is_none() {
        return view;
    }
    let page = (page as usize).min(all.len().saturating_sub(1) / AVATARS_PAGE);
    let every = facts.label("button-every-avatar", &[]);
    view = view.button(marked(every, filter.avatar.is_none(), facts), Press::Avatar(None));
    let shown: Vec<_> = all.iter().skip(page * AVATARS_PAGE).take(AVATARS_PAGE).collect();
    for pair in shown.chunks(2) {
        view = view.row(pair.iter().map(|avatar| {
            let is_chosen = filter.avatar.as_ref() == Some(&avatar.id);
            let label = marked(avatar.name.clone(), is_chosen, facts);
            (label, Press::Avatar(Some(avatar.id.clone())))
        }));
    }
    let mut turns = Vec::new();
    if 0 < page {
        turns.push((facts.label("button-previous", &[]), Press::Avatars(page as u32 - 1)));
    }
    if (page + 1) * AVATARS_PAGE < all.len() {
        turns.push((facts.label("button-next", &[]), Press::Avatars(page as u32 + 1)));
    }
    view.row(turns)
}

pub fn open(facts: &Facts<'_>) -> View<Press> {
    let Some(it) = &facts.artifact else {
        return View::new(facts.say("refusal-picture-gone", &[]));
    };
    let star = if it.is_favourite { "button-not-favourite" } else { "button-favourite" };
    let mut view = seen(View::new(about(it, facts)), it).row([
        (facts.label(star, &[]), Press::Favour(it.id.clone(), !it.is_favourite)),
        (facts.label("button-original", &[]), Press::Original(it.id.clone())),
    ]);
    if !it.avatar_name.is_empty() {
        view = view.row([
            (facts.label("button-repeat", &[]), Press::Repeat),
            (facts.label("button-vary", &[]), Press::Start(How::Vary)),
        ]);
    }
    let mut last = Vec::new();
    if !it.avatar_name.is_empty() {
        last.push((facts.label("button-change", &[]), Press::Start(How::Change)));
    }
    if !is_paused(facts) && it.wish.picture().is_some() {
        last.push((facts.label("button-edit-result", &[]), Press::Start(How::Edit)));
    }
    last.push((facts.label("button-delete", &[]), Press::AskDelete));
    let newer = it.newer.as_ref().map(|id| ("button-newer", id));
    let older = it.older.as_ref().map(|id| ("button-older", id));
    let turns = newer.into_iter().chain(older);
    view = match &it.wish {
        Wish::Picture(_) => view,
        Wish::Edit(draft) => edited(view, draft, facts),
        Wish::Character(_) => begun(view, &[Begin::Film, Begin::Change], facts),
        Wish::Speech(_) => begun(view, &[Begin::Film, Begin::OtherVoice], facts),
        Wish::Video(_) => begun(view, &[Begin::OtherFace, Begin::OtherVoice], facts),
    };
    view.row(last).row(turns.map(|(key, id)| (facts.label(key, &[]), Press::Open(id.clone()))))
}

/// With its picture, where it can be seen.
fn seen(view: View<Press>, it: &ArtifactFacts) -> View<Press> {
    match &it.wish {
        Wish::Speech(_) => view,
        Wish::Picture(_) | Wish::Edit(_) | Wish::Character(_) | Wish::Video(_) => {
            view.picture(Shown::Artifact(it.id.clone()))
        }
    }
}

/// What can be begun with it: a row for each, as they are long.
fn begun(view: View<Press>, all: &[Begin], facts: &Facts<'_>) -> View<Press> {
    if video_plan::is_paused(facts) {
        return view;
    }
    let buttons = all.iter().map(|it| (facts.label(it.label(), &[]), Press::Begin(*it)));
    buttons.fold(view, |view, (label, press)| view.button(label, press))
}

/// What can be done with an edit and with no other picture.
fn edited(view: View<Press>, draft: &EditDraft, facts: &Facts<'_>) -> View<Press> {
    let compare = (facts.label("button-before-after", &[]), Press::Compare(true));
    if is_paused(facts) {
        return view.row([compare]);
    }
    let further = (facts.label("button-edit-further", &[]), Press::Start(How::Edit));
    let view = view.row([compare, further]);
    match facts.catalog.preset(&draft.preset) {
        Some(_) => view.button(facts.label("button-another-photo", &[]), Press::Another),
        None => view,
    }
}

/// An edit beside the photo that it began from.
pub fn compare(facts: &Facts<'_>) -> View<Press> {
    let Some(it) = &facts.artifact else {
        return View::new(facts.say("refusal-picture-gone", &[]));
    };
    View::new(facts.say("edit-compared", &[]))
        .picture(Shown::Compared(it.id.clone()))
        .button(facts.label("button-only-after", &[]), Press::Compare(false))
}

/// What made a picture, a line each.
fn about(it: &ArtifactFacts, facts: &Facts<'_>) -> String {
    let mut lines = match &it.wish {
        Wish::Picture(draft) => made_of(it, draft, facts),
        Wish::Edit(draft) => edit_of(it, draft, facts),
        Wish::Character(draft) => character_of(it, draft, facts),
        Wish::Speech(draft) => speech_of(it, draft, facts),
        Wish::Video(draft) => video_of(it, draft, facts),
    };
    // It makes the same picture again; with what speaks it does nothing.
    let is_picture = matches!(it.wish, Wish::Picture(_) | Wish::Edit(_));
    if let Some(seed) = it.seed.filter(|_| is_picture) {
        lines.push(facts.say("picture-seed", &[("seed", seed.to_string().as_str().into())]));
    }
    lines.push(facts.say("picture-price", &[("credits", it.price.into())]));
    lines.push(match (&it.expires_on, it.is_favourite) {
        (_, true) => facts.say("picture-kept", &[]),
        (Some(on), false) => facts.say("picture-expires", &[("on", on.as_str().into())]),
        (None, false) => String::new(),
    });
    lines.retain(|it| !it.is_empty());
    lines.join("\n")
}

/// What a picture was made of.
fn made_of(it: &ArtifactFacts, draft: &Draft, facts: &Facts<'_>) -> Vec<String> {
    let name = match it.avatar_name.as_str() {
        "" => Arg::Said(facts.say("gallery-avatar-gone", &[])),
        name => name.into(),
    };
    let mut lines = vec![facts.say("picture", &[("name", name), ("on", it.on.as_str().into())])];
    if let Some(style) = &draft.style {
        lines.push(facts.say("setup-style", &[("style", style_title(style, facts))]));
    }
    lines.extend(said(&draft.words, facts));
    let model = facts.catalog.picture_model(&draft.model);
    let model = model.map_or(draft.model.as_str(), |it| it.title.of(facts.person.language));
    let args = [
        ("shape", draft.aspect.as_str().into()),
        ("width", it.width.into()),
        ("height", it.height.into()),
        ("model", model.into()),
    ];
    lines.push(facts.say("picture-made", &args));
    lines
}

/// What an edit was made of.
fn edit_of(it: &ArtifactFacts, draft: &EditDraft, facts: &Facts<'_>) -> Vec<String> {
    let title = facts.preset_title(&draft.preset);
    let title = [("name", title.as_str().into()), ("on", it.on.as_str().into())];
    let mut lines = vec![facts.say("picture", &title)];
    lines.extend(said(&draft.words, facts));
    let sides = [("width", it.width.into()), ("height", it.height.into())];
    lines.push(facts.say("edit-made", &sides));
    lines
}

/// How a face was changed.
fn character_of(it: &ArtifactFacts, draft: &CharacterDraft, facts: &Facts<'_>) -> Vec<String> {
    let mut lines = vec![titled("gallery-character", it, facts)];
    lines.extend(said(&draft.words, facts));
    lines
}

/// What was spoken.
fn speech_of(it: &ArtifactFacts, draft: &SpeechDraft, facts: &Facts<'_>) -> Vec<String> {
    let mut lines = vec![titled("gallery-speech", it, facts)];
    let script = shortened(&draft.script);
    lines.push(facts.say("script-order", &[("script", script.as_str().into())]));
    lines.extend(lasting(it, facts));
    lines
}

/// Who speaks, and over what.
fn video_of(it: &ArtifactFacts, draft: &VideoDraft, facts: &Facts<'_>) -> Vec<String> {
    let mut lines = vec![titled("gallery-video", it, facts)];
    lines.push(facts.say(&format!("film-format-{}", draft.format.as_str()), &[]));
    let name = video_plan::name_of(&draft.face, facts);
    lines.push(facts.say("film-faces", &[("names", name.as_str().into())]));
    lines.extend(lasting(it, facts));
    lines
}

/// What it is, and since when.
fn titled(key: &str, it: &ArtifactFacts, facts: &Facts<'_>) -> String {
    let name = facts.label(key, &[]);
    facts.say("picture", &[("name", name.as_str().into()), ("on", it.on.as_str().into())])
}

/// How long it is, where that is known.
fn lasting(it: &ArtifactFacts, facts: &Facts<'_>) -> Option<String> {
    let length = video_plan::clock(it.millis?);
    Some(facts.say("video-length", &[("length", length.as_str().into())]))
}

/// The customer's own words, where there are any.
fn said(words: &str, facts: &Facts<'_>) -> Option<String> {
    let words = Some(shortened(words)).filter(|it| !it.is_empty())?;
    Some(facts.say("setup-words", &[("words", words.as_str().into())]))
}

/// Words as far as they fit: all of them, unless they are written in rare signs.
fn shortened(words: &str) -> String {
    let mut units = 0;
    let over = words.char_indices().find(|(_, it)| {
        units += it.len_utf16();
        WORDS_UNITS_MAX < units
    });
    match over {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words.to_owned(),
    }
}

pub fn ask_delete(facts: &Facts<'_>) -> View<Press> {
    let Some(it) = &facts.artifact else {
        return View::new(facts.say("refusal-picture-gone", &[]));
    };
    seen(View::new(facts.say("picture-ask-delete", &[])), it)
        .button(facts.label("button-delete-for-good", &[]), Press::Delete(it.id.clone()))
}

pub fn select(chosen: &[ArtifactId], facts: &Facts<'_>) -> View<Press> {
    let Some(gallery) = facts.gallery.as_ref().filter(|it| !it.tiles.is_empty()) else {
        return View::new(facts.say("gallery-page-empty", &[]));
    };
    let count = [("count", (chosen.len() as i64).into())];
    let mut view = View::new(facts.say("gallery-select", &count))
        .picture(Shown::Collage(gallery.tiles.clone()))
        .row(gallery.tiles.iter().map(|it| {
            let is_chosen = chosen.contains(&it.artifact);
            let label = marked(it.number.to_string(), is_chosen, facts);
            (label, Press::Choose(it.artifact.clone(), !is_chosen))
        }));
    if !is_all(&gallery.tiles, chosen) {
        view = view.button(facts.label("button-all-here", &[]), Press::All);
    }
    view = view.row(turns(gallery, facts));
    if chosen.is_empty() {
        return view;
    }
    view.row([
        (facts.label("button-delete-chosen", &count), Press::AskDeleteChosen),
        (facts.label("button-zip", &count), Press::Pack),
    ])
}
