//! Talking videos while they are ordered and made, and what came of them.

use domain::catalog::Quote;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::{Face, Format, Stage, VideoDraft, VideoQuality};
use domain::{ArtifactId, GenerationId, InputId, Millis, Subject, WorkState};

use super::pictures::{artifact, making_of, order, shelf, tiles};
use super::videos::{
    character, character_done, character_order, clip, heard, own, photo, plan, speech_done,
    speech_order, spoken, take,
};
use super::{CATALOG, NOW, Sample, credits};
use crate::facts::{
    ArtifactFacts, Facts, Filter, GenerationFacts, InputState, MakingFacts, TakeFacts, Wish,
};
use crate::screens::film::{Cast, Film};
use crate::screens::gallery::Gallery;
use crate::screens::making::Making;
use crate::screens::results::Results;
use crate::screens::shoot::Shoot;
use crate::screens::video_plan::VideoPlan;

/// All of them, in the order in which they are met.
pub(super) fn samples() -> Vec<Sample> {
    [ordering, casting, filming, shooting, results, opened]
        .into_iter()
        .flat_map(|it| it())
        .collect()
}

fn second() -> Face {
    Face::Character(CATALOG.characters.get(1).map(|it| it.name.clone()).unwrap_or_default())
}

/// So many of those who speak, and so many takes.
fn cast(faces: usize, takes: u128) -> Cast {
    let offered = vec![character(), second(), own()];
    let faces = offered.iter().take(faces).cloned().collect();
    Cast { faces, takes: (1..=takes).map(ArtifactId::new).collect(), offered }
}

fn with_takes(takes: Vec<TakeFacts>) -> impl FnOnce(&mut Facts<'static>) {
    move |it| {
        heard(it);
        it.takes = takes;
    }
}

fn with_photo(it: &mut Facts<'_>) {
    it.inputs = vec![photo(InputState::Ready)];
}

fn two() -> Vec<TakeFacts> {
    vec![take(1, 12_300), take(2, 9_000)]
}

fn ordering() -> Vec<Sample> {
    let order = |name: &str, plan: VideoPlan, cast: Cast| {
        let expires_at = NOW.plus(Millis::HOUR);
        let place = Film::Order { plan, cast, quote: Quote { credits: credits(39), expires_at } };
        Sample::new(&format!("film: {name}"), place)
    };
    let alone = || Cast { offered: vec![character()], ..cast(1, 1) };
    let one = |name: &str| order(name, spoken(1), alone()).with(with_takes(vec![take(1, 12_300)]));
    let over = || VideoPlan {
        has_captions: true,
        quality: VideoQuality::High,
        takes: vec![ArtifactId::new(1)],
        ..plan(Format::OverBackground).faced(character())
    };
    let with_clip = |it: &mut Facts<'_>| it.inputs = vec![clip(InputState::Ready)];
    let poor = |it: &mut Facts<'_>| it.person.available = credits(38);
    let gone = Cast { faces: vec![Face::Character("gone".to_owned())], ..alone() };
    vec![
        one("an order"),
        order("an order, longer", spoken(1), alone()).with(with_takes(vec![take(1, 45_000)])),
        order("an order over a clip", over(), alone())
            .with(with_takes(vec![take(1, 12_300)]))
            .with(with_clip),
        order("an order of four", spoken(2), cast(2, 2)).with(with_takes(two())).with(with_photo),
        one("short of credits").with(poor),
        one("short of credits, no shop").with(poor).with(|it| it.person.has_shop = false),
        one("an order, paused").with(|it| it.person.can_video = false),
        order("an order, recording gone", spoken(1), alone()).with(with_takes(Vec::new())),
        order("an order, character gone", spoken(1), gone).with(with_takes(vec![take(1, 12_300)])),
        order("an order, clip gone", over(), alone())
            .with(with_takes(vec![take(1, 12_300)]))
            .with(|it| it.inputs = Vec::new()),
    ]
}

fn casting() -> Vec<Sample> {
    let several = |name: &str, cast: Cast| {
        let place = Film::Several { plan: spoken(2), cast };
        Sample::new(&format!("film: {name}"), place).with(with_takes(two())).with(with_photo)
    };
    let more = |name: &str, gender, page| {
        let place = Film::More { plan: spoken(2), cast: cast(2, 2), gender, page };
        Sample::new(&format!("film: {name}"), place).with(with_takes(two()))
    };
    vec![
        several("one of several", cast(1, 1)),
        several("four of several", cast(2, 2)),
        several("a photo among several", cast(3, 1)),
        several("several of one recording", cast(2, 1)).with(|it| it.takes.truncate(1)),
        several("several for one", Cast { offered: vec![character()], ..cast(1, 1) })
            .with(|it| it.inputs = Vec::new()),
        more("more women", Subject::Woman, 0),
        more("more men", Subject::Man, 1),
        more("more, past the end", Subject::Woman, u32::MAX),
    ]
}

fn draft() -> VideoDraft {
    VideoDraft {
        format: Format::TalkingHead,
        quality: VideoQuality::Standard,
        face: character(),
        speech: ArtifactId::new(7),
        background: None,
        has_captions: false,
    }
}

fn film(state: WorkState) -> GenerationFacts {
    GenerationFacts {
        product: Product::Video,
        wish: Wish::Video(draft()),
        avatar_name: String::new(),
        price: credits(39),
        millis: Some(12_300),
        ..order(state)
    }
}

fn filmed() -> GenerationFacts {
    GenerationFacts { made: 1, charged: credits(39), tiles: tiles(1), ..film(WorkState::Succeeded) }
}

/// One of each that waits for the studio.
pub(super) fn making() -> Vec<MakingFacts> {
    let products = [Product::Character, Product::Speech, Product::Video];
    let orders = (1..).zip(products).map(|(number, product)| MakingFacts {
        id: GenerationId::new(number),
        product,
        avatar_name: String::new(),
        preset: None,
        count: 1,
    });
    orders.collect()
}

fn filming() -> Vec<Sample> {
    let at = |stage| GenerationFacts { stage: Some(stage), ..film(WorkState::Processing) };
    let failed = GenerationFacts {
        fault: Some(Fault::ContentRejected),
        returned: credits(39),
        ..film(WorkState::Failed)
    };
    let ask = |name: &str, order: GenerationFacts| {
        let place = Making::watch(order.id.clone()).asking();
        Sample::new(&format!("making: {name}"), place).with(|it| it.generation = Some(order))
    };
    vec![
        making_of("a video, waiting", film(WorkState::Pending)),
        making_of("a video, queued", GenerationFacts { queue_place: Some(2), ..at(Stage::Lips) }),
        making_of("a video, 41 %", GenerationFacts { percent: Some(41), ..at(Stage::Lips) }),
        making_of("a video, cut out", at(Stage::Matte)),
        making_of(
            "a video, put together",
            GenerationFacts { percent: Some(80), seconds_left: Some(20), ..at(Stage::Montage) },
        ),
        making_of("a video, ready", filmed()),
        making_of("a video, failed", failed.clone()),
        making_of("a video, failed, length unknown", GenerationFacts { millis: None, ..failed }),
        making_of("a video, stopped", film(WorkState::Canceled)),
        making_of("a look", character_order(WorkState::Processing)),
        making_of("a look, failed", character_order(WorkState::Failed)),
        making_of("a recording", speech_order(WorkState::Processing)),
        making_of("a recording, failed", speech_order(WorkState::Failed)),
        ask("stop the video?", film(WorkState::Processing)),
        ask("stop the recording?", speech_order(WorkState::Processing)),
    ]
}

fn shooting() -> Vec<Sample> {
    let at = |name: &str, orders: Vec<GenerationFacts>| {
        let generations = orders.iter().map(|it| it.id.clone()).collect();
        Sample::new(&format!("shoot: {name}"), Shoot { generations }).with(|it| it.shot = orders)
    };
    let numbered = |orders: Vec<GenerationFacts>| {
        let orders = (1..).zip(orders);
        orders.map(|(at, it)| GenerationFacts { id: GenerationId::new(at), ..it }).collect()
    };
    let lips = GenerationFacts { stage: Some(Stage::Lips), ..film(WorkState::Processing) };
    let busy = numbered(vec![
        film(WorkState::Pending),
        GenerationFacts { queue_place: Some(4), ..lips.clone() },
        lips.clone(),
        GenerationFacts { percent: Some(41), ..lips.clone() },
        filmed(),
    ]);
    let failed = GenerationFacts { returned: credits(39), ..film(WorkState::Failed) };
    let stopped = GenerationFacts { returned: credits(39), ..film(WorkState::Canceled) };
    let unsure = GenerationFacts { uncertain: true, ..lips };
    let gone = Shoot { generations: vec![GenerationId::new(1), GenerationId::new(2)] };
    vec![
        at("under way", busy),
        at("one is left", numbered(vec![filmed(), unsure])),
        at("all ready", numbered(vec![filmed(), filmed()])),
        at("some ready", numbered(vec![filmed(), failed, stopped])),
        Sample::new("shoot: gone", gone),
    ]
}

fn results() -> Vec<Sample> {
    let at = |name: &str, order: GenerationFacts| {
        let place = Results::of(order.id.clone());
        Sample::new(&format!("result: {name}"), place).with(|it| it.generation = Some(order))
    };
    vec![
        at("a video", filmed()),
        at("a video, deleted", GenerationFacts { tiles: Vec::new(), ..filmed() }),
        at("a video, paused", filmed()).with(|it| it.person.can_video = false),
        at("a recording", speech_done()),
        at("a recording, deleted", GenerationFacts { tiles: Vec::new(), ..speech_done() }),
        at("a look", character_done(1)),
        at("a look, kept back", character_done(0)),
    ]
}

fn opened() -> Vec<Sample> {
    let open = Gallery::Open { artifact: ArtifactId::new(1), at: shelf(Filter::default()) };
    let ask = Gallery::AskDelete { artifact: ArtifactId::new(1), at: shelf(Filter::default()) };
    let shown = |name: &str, place: &Gallery, order: GenerationFacts| {
        let facts = ArtifactFacts {
            wish: order.wish,
            avatar_name: String::new(),
            product: order.product,
            seed: None,
            millis: order.millis,
            ..artifact()
        };
        Sample::new(&format!("gallery: {name}"), place.clone()).with(|it| it.artifact = Some(facts))
    };
    let own = Wish::Video(VideoDraft {
        format: Format::OverBackground,
        face: Face::Input(InputId::new(1)),
        ..draft()
    });
    vec![
        shown("a video", &open, filmed()),
        shown("a video of a photo", &open, GenerationFacts { wish: own, ..filmed() }),
        shown("a video, paused", &open, filmed()).with(|it| it.person.can_video = false),
        shown("a recording", &open, speech_done()),
        shown("a recording, delete?", &ask, speech_done()),
        shown("a look", &open, character_done(1)),
    ]
}
