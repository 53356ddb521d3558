//! Pictures, from the choice to the gallery, in their interesting states.

use domain::picture::{CHANGE_PERCENT, Draft, Product, Source, VARY_PERCENT, WORDS_CHARS_MAX};
use domain::refusal::Fault;
use domain::{
    ArtifactId, Aspect, AvatarState, Credits, GenerationId, HintId, InputId, Millis, News,
    PackingId, Refusal, WorkState,
};

use super::{CATALOG, NOW, Sample, credits, id, nothing, person, zoo};
use crate::facts::{
    ArtifactFacts, Cursor, Facts, Filter, GalleryFacts, GenerationFacts, MakingFacts, Period, Tile,
    Wish,
};
use crate::place::Place;
use crate::screens::create::Create;
use crate::screens::gallery::{Gallery, Shelf};
use crate::screens::making::{Behind, Making};
use crate::screens::results::{How, Results};
use crate::screens::setup::{Choice, Setup};

/// Words with everything in them that has to be escaped.
const WORDS: &str = "dusk & \"rain\", a red coat <3, ";

/// All of them, in the order in which they are met.
pub(super) fn samples() -> Vec<Sample> {
    [create, photo, setup, words, watching, stopping, failures, results, gallery, choosing, opened]
        .into_iter()
        .flat_map(|it| it())
        .collect()
}

fn trained(it: &mut Facts<'_>) {
    it.avatar = Some(person(AvatarState::Completed));
}

/// Somebody who has trained avatars, the one of the samples among them.
fn avatars(it: &mut Facts<'_>) {
    let more = (21..=30).map(|at| super::avatar_of(at, "Anna", AvatarState::Completed));
    it.avatars =
        zoo().into_iter().skip(1).chain([person(AvatarState::Completed)]).chain(more).collect();
}

fn create() -> Vec<Sample> {
    let start = |avatar| Create::Start { avatar };
    let one = |it: &mut Facts<'_>| it.avatars = vec![person(AvatarState::Completed)];
    let pick = |page| Create::PickAvatar { avatar: Some(id(1)), page };
    let category = |category: &str, page| Create::Category {
        avatar: id(1),
        category: category.to_owned(),
        page,
    };
    let style = |style: &str| Create::Style { avatar: id(1), style: style.to_owned() };
    let mut samples = vec![
        Sample::new("create: one avatar", start(None)).with(one),
        Sample::new("create: several avatars", start(None)).with(avatars),
        Sample::new("create: another avatar", start(Some(id(1)))).with(avatars),
        Sample::new("create: no words from photos", start(None)).with(one).with(|it| {
            it.person.can_hint = false;
        }),
        Sample::new("create: no more words today", start(None)).with(one).with(|it| {
            it.person.hints_left = 0;
        }),
        Sample::new("create: no avatar", start(None)),
        Sample::new("create: an avatar in training", start(None)).with(|it| {
            it.avatars = vec![person(AvatarState::Training)];
        }),
        Sample::new("create: not on sale", start(None)).with(one).with(|it| {
            it.catalog = nothing();
        }),
        Sample::new("create: which avatar", pick(0)).with(avatars),
        Sample::new("create: which avatar, last page", pick(9)).with(avatars),
        Sample::new("create: category gone", category("gone", 0)).with(trained),
        Sample::new("create: category, avatar gone", category("art", 0)),
        Sample::new("create: style gone", style("gone")).with(trained),
    ];
    samples.extend(
        CATALOG
            .style_categories()
            .into_iter()
            .map(|it| Sample::new(&format!("create: {it}"), category(it, 0)).with(trained)),
    );
    samples.extend(
        CATALOG
            .styles
            .first()
            .map(|it| Sample::new("create: a style", style(&it.name)).with(trained)),
    );
    samples
}

fn photo() -> Vec<Sample> {
    let at = |hint, words| Create::Photo { avatar: id(1), hint, words };
    vec![
        Sample::new("create: photo", at(None, None)).with(trained),
        Sample::new("create: photo, looking", at(Some(HintId::new(1)), None)).with(trained),
        Sample::new("create: photo, words", at(None, Some(described().words))).with(trained),
        Sample::new("create: photo, no more today", at(None, None))
            .with(trained)
            .with(|it| it.person.hints_left = 0),
    ]
}

/// A draft in the first style of the catalog.
fn draft() -> Draft {
    Draft {
        avatar: id(1),
        style: CATALOG.styles.first().map(|it| it.name.clone()),
        words: String::new(),
        aspect: Aspect::Portrait,
        count: 4,
        model: CATALOG.pictures.first().map(|it| it.name.clone()).unwrap_or_default(),
        source: None,
    }
}

fn described() -> Draft {
    let words = WORDS.chars().cycle().take(WORDS_CHARS_MAX).collect();
    Draft { style: None, words, aspect: Aspect::Wide, count: 1, ..draft() }
}

fn begun(strength_percent: u32) -> Draft {
    let artifact = ArtifactId::new(1);
    Draft { source: Some(Source { artifact, strength_percent }), ..described() }
}

fn choice(draft: Draft) -> Choice {
    let price = 3 * i64::from(draft.count);
    let quote =
        domain::catalog::Quote { credits: credits(price), expires_at: NOW.plus(Millis::HOUR) };
    let back = Box::new(Place::from(Create::Start { avatar: Some(id(1)) }));
    Choice { draft, quote, undo: None, hint: None, back }
}

fn setup() -> Vec<Sample> {
    let order = |name: &str, choice: Choice| {
        Sample::new(&format!("setup: {name}"), Setup::Order(choice)).with(trained)
    };
    let poor = |it: &mut Facts<'_>| it.person.available = credits(2);
    let old = Some("a coat".to_owned());
    vec![
        order("a style", choice(draft())),
        order("own words", choice(described())),
        order("words improved", Choice { undo: old, ..choice(described()) }),
        order("words are improved", Choice { hint: Some(HintId::new(1)), ..choice(described()) }),
        order("no help with words", choice(described())).with(|it| it.person.can_hint = false),
        order("a plan", choice(draft())).with(|it| it.person.picture_discount = 10),
        order("like another", choice(begun(VARY_PERCENT))),
        order("a change", choice(begun(CHANGE_PERCENT))),
        order("short of credits", choice(draft())).with(poor),
        order("short of credits, no shop", choice(draft())).with(poor).with(|it| {
            it.person.has_shop = false;
        }),
        order("style and model gone", choice(draft())).with(|it| it.catalog = nothing()),
        Sample::new("setup: avatar gone", Setup::Order(choice(draft()))),
    ]
}

fn words() -> Vec<Sample> {
    let ask = |name: &str, draft: Draft, is_new| {
        let back = choice(draft.clone()).back;
        let place = Setup::Words { draft, is_new, back };
        Sample::new(&format!("setup: {name}"), place).with(trained)
    };
    let both = Draft { words: described().words, ..draft() };
    vec![
        ask("which words", Draft { style: None, ..draft() }, true),
        ask("which words beside a style", draft(), true),
        ask("other words", described(), false),
        ask("other words beside a style", both, false),
        ask("what to change", begun(CHANGE_PERCENT), true),
    ]
}

/// Two orders that wait for the studio.
pub(super) fn making() -> Vec<MakingFacts> {
    let order = |number, name: &str, count| MakingFacts {
        id: GenerationId::new(number),
        product: Product::Picture,
        avatar_name: name.to_owned(),
        preset: None,
        count,
    };
    vec![order(1, "Айгерім", 4), order(2, "Мама", 1)]
}

pub(super) fn order(state: WorkState) -> GenerationFacts {
    GenerationFacts {
        id: GenerationId::new(1),
        product: Product::Picture,
        wish: Wish::Picture(draft()),
        avatar_name: "Айгерім".to_owned(),
        state,
        stage: None,
        percent: None,
        queue_place: None,
        cancel_asked: false,
        uncertain: false,
        seconds_left: None,
        moved_on: false,
        price: credits(12),
        charged: Credits::ZERO,
        returned: Credits::ZERO,
        made: 0,
        withheld: 0,
        millis: None,
        fault: None,
        tiles: Vec::new(),
    }
}

pub(super) fn making_of(name: &str, order: GenerationFacts) -> Sample {
    let place = Making::watch(order.id.clone());
    Sample::new(&format!("making: {name}"), place).with(|it| it.generation = Some(order))
}

fn watching() -> Vec<Sample> {
    let open = || order(WorkState::Processing);
    let left = |seconds| GenerationFacts { seconds_left: Some(seconds), ..open() };
    vec![
        making_of("waiting", order(WorkState::Pending)),
        making_of("queued", GenerationFacts { queue_place: Some(2), ..left(45) }),
        making_of(
            "queued with us",
            GenerationFacts { queue_place: Some(0), ..order(WorkState::Pending) },
        ),
        making_of("begun", open()),
        making_of("41 %", GenerationFacts { percent: Some(41), ..left(61) }),
        making_of("uncertain", GenerationFacts { uncertain: true, ..open() }),
        making_of("another studio", GenerationFacts { moved_on: true, ..left(120) }),
        making_of("stopping", GenerationFacts { cancel_asked: true, ..left(45) }),
        making_of("ready", done(4, 0)),
        making_of(
            "stopped",
            GenerationFacts { returned: credits(12), ..order(WorkState::Canceled) },
        ),
        Sample::new("making: gone", Making::watch(GenerationId::new(1))),
    ]
}

fn stopping() -> Vec<Sample> {
    let ask = |name: &str, order: GenerationFacts| {
        let place = Making::watch(order.id.clone()).asking();
        Sample::new(&format!("making: {name}"), place).with(|it| it.generation = Some(order))
    };
    vec![ask("stop?", order(WorkState::Processing)), ask("stop?, too late", done(4, 0))]
}

fn failures() -> Vec<Sample> {
    let failed = Fault::ALL.iter().map(|fault| {
        let returned = credits(12);
        let failed = order(WorkState::Failed);
        let failed = GenerationFacts { fault: Some(*fault), returned, ..failed };
        making_of(&format!("failed, {}", fault.key()), failed)
    });
    let fault = Some(Fault::Ours);
    let gone = GenerationFacts { avatar_name: String::new(), fault, ..order(WorkState::Failed) };
    failed.chain([making_of("failed, avatar gone", gone)]).collect()
}

pub(super) fn tiles(count: u32) -> Vec<Tile> {
    let tile = |number: u32| Tile {
        artifact: ArtifactId::new(u128::from(number)),
        number,
        is_favourite: number == 2,
    };
    (1..=count).map(tile).collect()
}

fn done(made: u32, withheld: u32) -> GenerationFacts {
    GenerationFacts {
        charged: credits(3 * i64::from(made)),
        returned: credits(3 * i64::from(withheld)),
        made,
        withheld,
        tiles: tiles(made),
        ..order(WorkState::Succeeded)
    }
}

fn results() -> Vec<Sample> {
    let show = |name: &str, order: GenerationFacts| {
        let place = Results::of(order.id.clone());
        Sample::new(&format!("result: {name}"), place).with(|it| it.generation = Some(order))
    };
    let pick = |name: &str, how| {
        let place =
            Results::Pick { generation: GenerationId::new(1), how, behind: Behind::default() };
        Sample::new(&format!("result: {name}"), place).with(|it| it.generation = Some(done(4, 0)))
    };
    vec![
        show("four", done(4, 0)),
        show("one", done(1, 0)),
        show("three of four", done(3, 1)),
        show("none", done(0, 4)),
        show("avatar gone", GenerationFacts { avatar_name: String::new(), ..done(2, 0) }),
        show("all deleted", GenerationFacts { tiles: Vec::new(), ..done(2, 0) }),
        pick("like which", How::Vary),
        pick("change which", How::Change),
        pick("edit which", How::Edit),
        Sample::new("result: gone", Results::of(GenerationId::new(1))),
    ]
}

pub(super) fn shelf(filter: Filter) -> Shelf {
    Shelf { filter, cursor: Cursor::Newest }
}

/// Everything that can be asked for at once.
fn narrow() -> Filter {
    Filter {
        avatar: Some(id(1)),
        is_favourite: true,
        period: Period::Week,
        product: Some(Product::Picture),
    }
}

fn some(total: u32, count: u32, has_newer: bool, has_older: bool) -> Option<GalleryFacts> {
    Some(GalleryFacts { tiles: tiles(count), has_newer, has_older, total })
}

fn gallery() -> Vec<Sample> {
    let page = |name: &str, filter: Filter, facts: Option<GalleryFacts>| {
        let place = Gallery::Page { at: shelf(filter) };
        Sample::new(&format!("gallery: {name}"), place).with(|it| it.gallery = facts)
    };
    let filter = |name: &str, filter: Filter, page| {
        let place = Gallery::PickFilter { filter, page };
        Sample::new(&format!("gallery: {name}"), place)
            .with(|it| it.gallery = some(12, 6, false, true))
    };
    let all = Filter::default;
    vec![
        page("empty", all(), Some(GalleryFacts::default())),
        page("one", all(), some(1, 1, false, false)),
        page("first page", all(), some(21, 6, false, true)),
        page("a page between", all(), some(21, 6, true, true)),
        page("last page", all(), some(21, 3, true, false)),
        page("page gone", all(), some(6, 0, true, false)),
        page("favourites", Filter { is_favourite: true, ..all() }, some(5, 5, false, false)),
        page("filtered", narrow(), some(12, 6, false, true)).with(avatars),
        page("filtered, avatar gone", narrow(), some(12, 6, false, true)),
        page("nothing found", narrow(), Some(GalleryFacts::default())).with(avatars),
        filter("filter", all(), 0),
        filter("filter, several avatars", all(), 0).with(avatars),
        filter("filter, chosen", narrow(), 0).with(avatars),
        filter("filter, last page of avatars", narrow(), 9).with(avatars),
    ]
}

fn choosing() -> Vec<Sample> {
    let select = |name: &str, chosen: std::ops::Range<u128>, facts: Option<GalleryFacts>| {
        let chosen = chosen.map(ArtifactId::new).collect();
        let place = Gallery::Select { at: Shelf::default(), chosen };
        Sample::new(&format!("gallery: {name}"), place).with(|it| it.gallery = facts)
    };
    let ask = |name: &str, count| {
        let chosen = (1..=count).map(ArtifactId::new).collect();
        let place = Gallery::AskDeleteChosen { at: Shelf::default(), chosen };
        Sample::new(&format!("gallery: {name}"), place)
    };
    vec![
        select("choose several", 0..0, some(21, 6, false, true)),
        select("three are chosen", 1..4, some(21, 6, true, true)),
        select("a page is chosen", 1..7, some(21, 6, true, false)),
        select("as many as can be", 100..150, some(99, 6, true, true)),
        select("choose several, page gone", 1..4, some(6, 0, true, false)),
        ask("delete several?", 3),
        ask("delete 21?", 21),
    ]
}

pub(super) fn artifact() -> ArtifactFacts {
    ArtifactFacts {
        id: ArtifactId::new(1),
        generation: GenerationId::new(1),
        wish: Wish::Picture(Draft { words: described().words, ..draft() }),
        avatar_name: "Айгерім".to_owned(),
        product: Product::Picture,
        number: 1,
        is_favourite: false,
        on: "20.11.2026".to_owned(),
        seed: Some(u32::MAX),
        width: 896,
        height: 1152,
        millis: None,
        price: credits(3),
        expires_on: Some("18.02.2027".to_owned()),
        newer: Some(ArtifactId::new(2)),
        older: Some(ArtifactId::new(3)),
    }
}

fn opened() -> Vec<Sample> {
    let (artifact_id, at) = (ArtifactId::new(1), shelf(Filter::default()));
    let open = Gallery::Open { artifact: artifact_id.clone(), at: at.clone() };
    let ask = Gallery::AskDelete { artifact: artifact_id, at };
    let shown = |name: &str, place: &Gallery, artifact: ArtifactFacts| {
        Sample::new(&format!("gallery: {name}"), place.clone())
            .with(|it| it.artifact = Some(artifact))
    };
    let kept = ArtifactFacts { is_favourite: true, expires_on: None, ..artifact() };
    let alone = ArtifactFacts {
        wish: Wish::Picture(draft()),
        seed: None,
        expires_on: None,
        newer: None,
        older: None,
        ..artifact()
    };
    let gone = ArtifactFacts { avatar_name: String::new(), ..artifact() };
    vec![
        shown("a picture", &open, artifact()),
        shown("a favourite", &open, kept),
        shown("the only picture", &open, alone),
        shown("a picture, avatar gone", &open, gone),
        shown("a picture, style gone", &open, artifact()).with(|it| it.catalog = nothing()),
        shown("delete?", &ask, artifact()),
        Sample::new("gallery: picture gone", open),
        Sample::new("gallery: delete?, gone", ask),
    ]
}

/// One of each kind of news about pictures, and of refusals every one.
pub(super) fn news() -> Vec<News> {
    let (generation, hint) = (GenerationId::new(1), HintId::new(1));
    let packing = PackingId::new(1);
    let ready = |made, withheld, charged| News::PicturesReady {
        generation: generation.clone(),
        product: Product::Picture,
        made,
        withheld,
        charged: credits(charged),
        returned: credits(16 - charged),
    };
    let mut news = vec![
        News::PicturesQueued { generation: generation.clone() },
        ready(4, 0, 16),
        ready(1, 3, 4),
        ready(0, 4, 0),
        News::PicturesCanceled {
            generation: generation.clone(),
            product: Product::Picture,
            returned: credits(16),
        },
        News::PicturesSent { artifacts: vec![ArtifactId::new(1)], are_originals: true },
        News::PicturesSent {
            artifacts: vec![ArtifactId::new(1), ArtifactId::new(2)],
            are_originals: false,
        },
        News::SendingPictures,
        News::Favoured { is_favourite: true },
        News::Favoured { is_favourite: false },
        News::PicturesDeleted { count: 0 },
        News::PicturesDeleted { count: 3 },
        News::PicturesExpire { count: 21, on: "27.11.2026".to_owned() },
        News::HintAsked { hint: hint.clone() },
        News::HintReady { hint: hint.clone(), words: "a red scarf <3 & snow".to_owned() },
        News::HintFailed { hint: hint.clone(), fault: Fault::PhotosUnusable },
        News::HintFailed { hint, fault: Fault::ProviderFailed },
        News::InputTaken { input: InputId::new(1) },
        News::InputReady { input: InputId::new(1) },
        News::InputUnusable { input: InputId::new(1) },
        News::ClipUnusable { input: InputId::new(1) },
        News::PackingBegun { count: 12 },
        News::Packed { packing: packing.clone(), count: 12, link: None },
        News::Packed { packing, count: 50, link: Some("example.org/z/1?key=a&b=<3".to_owned()) },
        News::PackingFailed,
    ];
    news.extend(Fault::ALL.iter().map(|fault| News::PicturesFailed {
        generation: generation.clone(),
        product: Product::Picture,
        fault: *fault,
        returned: credits(16),
    }));
    news.extend(refusals().into_iter().map(|refusal| News::Refused { refusal }));
    news
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::AvatarNotReady,
        Refusal::GenerationGone,
        Refusal::PhotoTooLarge,
        Refusal::PictureGone,
        Refusal::PicturesTooMany { most: 50 },
        Refusal::PicturesUnderWay { most: 5 },
        Refusal::PresetGone,
        Refusal::StyleGone,
        Refusal::WordsEmpty,
        Refusal::WordsTooLong { most: 500 },
    ]
}
