//! Edits of photos, from the choice to what comes of them, in their interesting states.

use domain::catalog::{Preset, Quote, WordsNeed};
use domain::picture::{EditDraft, Product, WORDS_CHARS_MAX};
use domain::refusal::Fault;
use domain::{ArtifactId, GenerationId, InputId, Millis, WorkState};

use super::pictures::{artifact, making_of, order, shelf, tiles};
use super::{CATALOG, NOW, Sample, credits, nothing};
use crate::facts::{
    ArtifactFacts, Facts, Filter, GenerationFacts, InputFacts, InputState, MakingFacts, Wish,
};
use crate::place::Place;
use crate::screens::edit::Edit;
use crate::screens::edit_setup::EditSetup;
use crate::screens::gallery::Gallery;
use crate::screens::making::{Behind, Making};
use crate::screens::results::Results;

/// All of them, in the order in which they are met.
pub(super) fn samples() -> Vec<Sample> {
    [choosing, presets, photos, words, orders, making_edits, results, opened]
        .into_iter()
        .flat_map(|it| it())
        .collect()
}

/// The first preset that is so; the samples need one of each sort, which a test sees to.
fn preset(is_so: impl Fn(&Preset) -> bool) -> &'static Preset {
    let found = CATALOG.presets.iter().find(|it| is_so(it));
    found.expect("the catalog has a preset of each sort, or the samples of the others say nothing")
}

fn plain() -> &'static Preset {
    preset(|it| it.name == "upscale")
}

fn double() -> &'static Preset {
    preset(|it| it.photos == 2 && it.words == WordsNeed::None)
}

fn worded() -> &'static Preset {
    preset(|it| it.name == "own-words")
}

fn inputs(count: u128) -> Vec<InputId> {
    (1..=count).map(InputId::new).collect()
}

/// What is known of as many photos as there are states.
fn known(states: &[InputState]) -> Vec<InputFacts> {
    let ids = (1..).map(InputId::new);
    ids.zip(states).map(|(id, state)| InputFacts { id, state: *state, millis: None }).collect()
}

fn with_photos(states: &'static [InputState]) -> impl FnOnce(&mut Facts<'static>) {
    move |it| it.inputs = known(states)
}

const READY: &[InputState] = &[InputState::Ready];
const WAITING: &[InputState] = &[InputState::Waiting];
const TWO_READY: &[InputState] = &[InputState::Ready, InputState::Ready];
const UNUSABLE: &[InputState] = &[InputState::Unusable];

fn choosing() -> Vec<Sample> {
    let start = |count| Edit::Start { inputs: inputs(count) };
    let mut samples = vec![
        Sample::new("edit: start", start(0)),
        Sample::new("edit: a photo, looking", start(1)).with(with_photos(WAITING)),
        Sample::new("edit: a photo", start(1)).with(with_photos(READY)),
        Sample::new("edit: two photos", start(2)).with(with_photos(TWO_READY)),
        Sample::new("edit: a photo of no use", start(1)).with(with_photos(UNUSABLE)),
        Sample::new("edit: a photo that is gone", start(1)),
        Sample::new("edit: paused", start(0)).with(|it| it.person.can_edit = false),
        Sample::new("edit: not on sale", start(0)).with(|it| it.catalog = nothing()),
        Sample::new(
            "edit: category gone",
            Edit::Category { category: "gone".to_owned(), page: 0, inputs: Vec::new() },
        ),
    ];
    let category = |category: &str, page, count| Edit::Category {
        category: category.to_owned(),
        page,
        inputs: inputs(count),
    };
    for it in CATALOG.preset_categories() {
        samples.push(Sample::new(&format!("edit: {it}"), category(it, 0, 0)));
    }
    let first = &plain().category;
    samples.push(Sample::new("edit: hair, last page", category("hair", 9, 0)));
    samples.push(
        Sample::new("edit: a category for a photo", category(first, 0, 1)).with(with_photos(READY)),
    );
    samples.push(
        Sample::new("edit: a category with a plan", category(first, 0, 0))
            .with(|it| it.person.picture_discount = 50),
    );
    samples
}

fn presets() -> Vec<Sample> {
    let at = |preset: &Preset, count| Edit::Preset {
        preset: preset.name.clone(),
        inputs: inputs(count),
    };
    let gone = Edit::Preset { preset: "gone".to_owned(), inputs: Vec::new() };
    vec![
        Sample::new("edit: a preset", at(plain(), 0)),
        Sample::new("edit: a preset for a photo", at(plain(), 1)).with(with_photos(READY)),
        Sample::new("edit: a preset, too many photos", at(plain(), 2)).with(with_photos(TWO_READY)),
        Sample::new("edit: a preset of two photos", at(double(), 0)),
        Sample::new("edit: own words", at(worded(), 0)),
        Sample::new("edit: own words for a photo", at(worded(), 1)).with(with_photos(READY)),
        Sample::new("edit: a preset with a plan", at(worded(), 0))
            .with(|it| it.person.picture_discount = 50),
        Sample::new("edit: a preset, paused", at(plain(), 0)).with(|it| it.person.can_edit = false),
        Sample::new("edit: a preset that is gone", gone),
    ]
}

fn draft(preset: &Preset, count: u128) -> EditDraft {
    EditDraft { preset: preset.name.clone(), inputs: inputs(count), words: String::new() }
}

fn written() -> EditDraft {
    let words = "dusk & \"rain\" <3, ".chars().cycle().take(WORDS_CHARS_MAX).collect();
    EditDraft { words, ..draft(worded(), 1) }
}

fn photos() -> Vec<Sample> {
    let at = |name: &str, draft: EditDraft| {
        Sample::new(&format!("edit_setup: {name}"), EditSetup::Photos { draft })
    };
    let gone = EditDraft { preset: "gone".to_owned(), ..draft(plain(), 0) };
    vec![
        at("a photo", draft(plain(), 0)),
        at("a photo, looking", draft(plain(), 1)).with(with_photos(WAITING)),
        at("a photo, there", draft(plain(), 1)).with(with_photos(READY)),
        at("a photo, of no use", draft(plain(), 1)).with(with_photos(UNUSABLE)),
        at("two photos", draft(double(), 0)),
        at("two photos, the first is looked at", draft(double(), 1)).with(with_photos(WAITING)),
        at("two photos, the first is there", draft(double(), 1)).with(with_photos(READY)),
        at("two photos, the second is looked at", draft(double(), 2))
            .with(with_photos(&[InputState::Ready, InputState::Waiting])),
        at("two photos, there", draft(double(), 2)).with(with_photos(TWO_READY)),
        at("a photo for own words", draft(worded(), 0)),
        at("a photo, paused", draft(plain(), 0)).with(|it| it.person.can_edit = false),
        at("a photo, preset gone", gone),
    ]
}

fn words() -> Vec<Sample> {
    let at = |name: &str, draft: EditDraft| {
        Sample::new(&format!("edit_setup: {name}"), EditSetup::Words { draft })
            .with(with_photos(READY))
    };
    vec![at("which words", draft(worded(), 1)), at("other words", written())]
}

fn orders() -> Vec<Sample> {
    let at = |name: &str, draft: EditDraft| {
        let expires_at = NOW.plus(Millis::HOUR);
        let price = CATALOG.preset(&draft.preset).map_or(credits(2), |it| it.credits);
        let quote = Quote { credits: price, expires_at };
        Sample::new(&format!("edit_setup: {name}"), EditSetup::Order { draft, quote })
    };
    let one = |name: &str| at(name, draft(plain(), 1)).with(with_photos(READY));
    let poor = |it: &mut Facts<'_>| it.person.available = credits(0);
    vec![
        one("an order"),
        at("an order with words", written()).with(with_photos(READY)),
        at("an order of two photos", draft(double(), 2)).with(with_photos(TWO_READY)),
        one("a plan").with(|it| it.person.picture_discount = 10),
        one("short of credits").with(poor),
        one("short of credits, no shop").with(poor).with(|it| it.person.has_shop = false),
        one("an order, paused").with(|it| it.person.can_edit = false),
        at("an order, looking", draft(plain(), 1)).with(with_photos(WAITING)),
        at("an order, photo gone", draft(plain(), 1)),
        at("an order, preset gone", draft(plain(), 1))
            .with(with_photos(READY))
            .with(|it| it.catalog = nothing()),
    ]
}

/// An edit that waits for the studio.
pub(super) fn making() -> Vec<MakingFacts> {
    let order = |number, preset: &str| MakingFacts {
        id: GenerationId::new(number),
        product: Product::Edit,
        avatar_name: String::new(),
        preset: Some(preset.to_owned()),
        count: 1,
    };
    vec![order(1, &plain().name), order(2, "gone")]
}

fn edit(state: WorkState) -> GenerationFacts {
    GenerationFacts {
        product: Product::Edit,
        wish: Wish::Edit(written()),
        avatar_name: String::new(),
        price: credits(2),
        ..order(state)
    }
}

fn making_edits() -> Vec<Sample> {
    let open = || edit(WorkState::Processing);
    let left = |seconds| GenerationFacts { seconds_left: Some(seconds), ..open() };
    let returned = credits(2);
    let failed =
        |fault| GenerationFacts { fault: Some(fault), returned, ..edit(WorkState::Failed) };
    let gone = Wish::Edit(EditDraft { preset: "gone".to_owned(), ..written() });
    let ask = Making::watch(GenerationId::new(1)).asking();
    vec![
        making_of("an edit, waiting", edit(WorkState::Pending)),
        making_of("an edit, queued", GenerationFacts { queue_place: Some(2), ..left(90) }),
        making_of("an edit, 41 %", GenerationFacts { percent: Some(41), ..left(20) }),
        making_of("an edit, stopping", GenerationFacts { cancel_asked: true, ..left(45) }),
        making_of("an edit, ready", done(1, 0)),
        making_of("an edit, stopped", GenerationFacts { returned, ..edit(WorkState::Canceled) }),
        making_of("an edit, failed", failed(Fault::TooSlow)),
        making_of("an edit, photo of no use", failed(Fault::PhotosUnusable)),
        making_of(
            "an edit, failed, preset gone",
            GenerationFacts { wish: gone, ..failed(Fault::Ours) },
        ),
        Sample::new("making: stop the edit?", ask).with(|it| it.generation = Some(open())),
    ]
}

fn done(made: u32, withheld: u32) -> GenerationFacts {
    GenerationFacts {
        charged: credits(2 * i64::from(made)),
        returned: credits(2 * i64::from(withheld)),
        made,
        withheld,
        tiles: tiles(made),
        ..edit(WorkState::Succeeded)
    }
}

fn results() -> Vec<Sample> {
    let at = |name: &str, place: Results, order: GenerationFacts| {
        Sample::new(&format!("result: {name}"), place).with(|it| it.generation = Some(order))
    };
    let generation = GenerationId::new(1);
    let show = || Results::of(generation.clone());
    let look = |is_compared| Results::Look {
        generation: generation.clone(),
        is_compared,
        behind: Behind::default(),
    };
    let gone = Wish::Edit(EditDraft { preset: "gone".to_owned(), ..written() });
    vec![
        at("an edit", show(), done(1, 0)),
        at("an edit, kept back", show(), done(0, 1)),
        at("an edit, deleted", show(), GenerationFacts { tiles: Vec::new(), ..done(1, 0) }),
        at("an edit, preset gone", show(), GenerationFacts { wish: gone, ..done(1, 0) }),
        at("an edit, paused", show(), done(1, 0)).with(|it| it.person.can_edit = false),
        at("before and after", look(true), done(1, 0)),
        at("after", look(false), done(1, 0)),
        at("before and after, deleted", look(true), done(0, 1)),
    ]
}

fn opened() -> Vec<Sample> {
    let (id, at) = (ArtifactId::new(1), shelf(Filter::default()));
    let open = Place::from(Gallery::Open { artifact: id.clone(), at: at.clone() });
    let compare = Place::from(Gallery::Compare { artifact: id, at });
    let shown = |name: &str, place: &Place, wish: Wish| {
        let facts = ArtifactFacts {
            wish,
            avatar_name: String::new(),
            product: Product::Edit,
            seed: None,
            ..artifact()
        };
        Sample::new(&format!("gallery: {name}"), place.clone()).with(|it| it.artifact = Some(facts))
    };
    let gone = EditDraft { preset: "gone".to_owned(), ..written() };
    vec![
        shown("an edit", &open, Wish::Edit(draft(plain(), 1))),
        shown("an edit in own words", &open, Wish::Edit(written())),
        shown("an edit, preset gone", &open, Wish::Edit(gone)),
        shown("an edit, paused", &open, Wish::Edit(written()))
            .with(|it| it.person.can_edit = false),
        shown("before and after", &compare, Wish::Edit(written())),
        Sample::new("gallery: before and after, gone", compare),
    ]
}
