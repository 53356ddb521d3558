//! Talking videos until there is something to film, in their interesting states.

use domain::catalog::Quote;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::{CharacterDraft, Face, Format, SpeechDraft};
use domain::{
    ArtifactId, GenerationId, HintId, InputId, Language, Millis, News, Refusal, Subject, WorkState,
};

use super::pictures::{order, tiles};
use super::{CATALOG, NOW, Sample, credits, nothing};
use crate::facts::{
    Cursor, Facts, GalleryFacts, GenerationFacts, InputFacts, InputState, TakeFacts, VoiceFacts,
    Wish,
};
use crate::screens::makeover::{Makeover, Then};
use crate::screens::script::Script;
use crate::screens::takes::Takes;
use crate::screens::video::Video;
use crate::screens::video_plan::{Change, VideoPlan};
use crate::screens::voices::Voices;

/// All of them, in the order in which they are met.
pub(super) fn samples() -> Vec<Sample> {
    [formats, clips, people, faces, mine, makeovers, changing, voices, writing, speaking, listening]
        .into_iter()
        .flat_map(|it| it())
        .collect()
}

/// What is said, with everything in it that has to be escaped.
pub(super) const SCRIPT: &str = "New <3 sneakers & \"more\"!\nThis week only.";

pub(super) fn own() -> Face {
    Face::Input(InputId::new(1))
}

/// The first character of the catalog.
pub(super) fn character() -> Face {
    Face::Character(CATALOG.characters.first().map(|it| it.name.clone()).unwrap_or_default())
}

/// The first voice of the catalog.
pub(super) fn voice() -> String {
    CATALOG.voices.first().map(|it| it.name.clone()).unwrap_or_default()
}

/// A plan in which a format was chosen.
pub(super) fn plan(format: Format) -> VideoPlan {
    let background = (format == Format::OverBackground).then(|| InputId::new(2));
    VideoPlan { format: Some(format), background, ..VideoPlan::default() }
}

/// A plan in which a character was chosen, too.
pub(super) fn faced() -> VideoPlan {
    plan(Format::TalkingHead).faced(character())
}

/// A plan of which everything is chosen that is said.
pub(super) fn worded() -> VideoPlan {
    VideoPlan { voice: Some(voice()), script: SCRIPT.to_owned(), ..faced() }
}

pub(super) fn photo(state: InputState) -> InputFacts {
    InputFacts { id: InputId::new(1), state, millis: None }
}

pub(super) fn clip(state: InputState) -> InputFacts {
    InputFacts { id: InputId::new(2), state, millis: Some(9_400) }
}

/// A voice whose name is as long as they may be.
const FOUND: &str = "voi_00000000000000000000000001";

/// The voices of the catalog, and one that was found at the provider.
pub(super) fn heard(it: &mut Facts<'_>) {
    let shipped = CATALOG.voices.iter().map(|it| VoiceFacts {
        name: it.name.clone(),
        title: it.title.of(Language::default()).to_owned(),
        about: it.about.of(Language::default()).to_owned(),
        gender: it.gender,
        has_sample: true,
    });
    let found = VoiceFacts {
        name: FOUND.to_owned(),
        title: "Tom & Jerry <3".to_owned(),
        about: "english & calm".to_owned(),
        gender: Subject::Man,
        has_sample: false,
    };
    it.voices = shipped.chain([found]).collect();
}

/// A take of so many milliseconds.
pub(super) fn take(number: u128, millis: i64) -> TakeFacts {
    TakeFacts {
        artifact: ArtifactId::new(number),
        generation: GenerationId::new(number),
        voice: voice(),
        script: SCRIPT.to_owned(),
        speed_percent: 100,
        millis,
    }
}

fn formats() -> Vec<Sample> {
    let at = |plan| Video::Format { plan };
    vec![
        Sample::new("video: format", at(VideoPlan::default())),
        Sample::new("video: format for a picture", at(VideoPlan::with_face(own())))
            .with(|it| it.inputs = vec![photo(InputState::Ready)]),
        Sample::new("video: format for a recording", at(VideoPlan::with_take(ArtifactId::new(1))))
            .with(|it| it.takes = vec![take(1, 12_300)]),
        Sample::new("video: paused", at(VideoPlan::default()))
            .with(|it| it.person.can_video = false),
        Sample::new("video: not on sale", at(VideoPlan::default()))
            .with(|it| it.catalog = nothing()),
    ]
}

fn clips() -> Vec<Sample> {
    let over = plan(Format::OverBackground);
    let at = |name: &str, plan: VideoPlan| {
        Sample::new(&format!("video: {name}"), Video::Background { plan })
    };
    let none = VideoPlan { background: None, ..over.clone() };
    let with = |state| move |it: &mut Facts<'_>| it.inputs = vec![clip(state)];
    vec![
        at("clip", none),
        at("clip, looking", over.clone()).with(with(InputState::Waiting)),
        at("clip, there", over.clone()).with(with(InputState::Ready)),
        at("clip, of no use", over.clone()).with(with(InputState::Unusable)),
        at("clip, gone", over),
    ]
}

fn people() -> Vec<Sample> {
    let head = || plan(Format::TalkingHead);
    let page = |gender, page| Video::Faces { plan: head(), gender, page };
    vec![
        Sample::new("video: who", Video::Gender { plan: head() }),
        Sample::new(
            "video: who, over a clip",
            Video::Gender { plan: plan(Format::OverBackground) },
        )
        .with(|it| it.inputs = vec![clip(InputState::Ready)]),
        Sample::new("video: women", page(Subject::Woman, 0)),
        Sample::new("video: women, second page", page(Subject::Woman, 1)),
        Sample::new("video: men, past the end", page(Subject::Man, u32::MAX)),
        Sample::new("video: others", page(Subject::Other, 0)),
    ]
}

fn faces() -> Vec<Sample> {
    let at = |name: &str, plan: VideoPlan| {
        Sample::new(&format!("video: {name}"), Video::Face { plan }).with(heard)
    };
    let photo_of = |state| move |it: &mut Facts<'_>| it.inputs = vec![photo(state)];
    let mine = || plan(Format::TalkingHead).faced(own());
    let changed = VideoPlan { rounds: 1, ..faced().changed(InputId::new(1)) };
    let often = VideoPlan { rounds: 10, ..changed.clone() };
    let change = Change { words: WORDS.to_owned(), generation: GenerationId::new(1) };
    let changing = VideoPlan { rounds: 1, changing: Some(change), ..faced() };
    let gone = plan(Format::TalkingHead).faced(Face::Character("gone".to_owned()));
    vec![
        at("a character", faced()),
        at("a character that is gone", gone),
        at("a character that is changed", changing),
        at("a photo, looking", mine()).with(photo_of(InputState::Waiting)),
        at("a photo", mine()).with(photo_of(InputState::Ready)),
        at("a photo, gone", mine()),
        at("a picture, asked for", plan(Format::TalkingHead)),
        at("a changed character", changed.clone()).with(photo_of(InputState::Ready)),
        at("a changed character, gone", changed),
        at("a character, changed enough", often).with(photo_of(InputState::Ready)),
    ]
}

fn mine() -> Vec<Sample> {
    let at = |name: &str, facts: Option<GalleryFacts>| {
        let place = Video::Mine { plan: plan(Format::TalkingHead), cursor: Cursor::Newest };
        Sample::new(&format!("video: {name}"), place).with(|it| it.gallery = facts)
    };
    let page = |has_newer, has_older| {
        Some(GalleryFacts { tiles: tiles(6), has_newer, has_older, total: 21 })
    };
    vec![
        at("which picture", page(false, true)),
        at("which picture, a page between", page(true, true)),
        at("which picture, none", Some(GalleryFacts::default())),
    ]
}

fn quote(price: i64) -> Quote {
    Quote { credits: credits(price), expires_at: NOW.plus(Millis::HOUR) }
}

/// Words with everything in them that has to be escaped.
const WORDS: &str = "a red coat <3 & \"snow\"";

fn makeovers() -> Vec<Sample> {
    let ask = |name: &str, plan: VideoPlan| {
        Sample::new(&format!("makeover: {name}"), Makeover::Words { plan }).with(heard)
    };
    let order = |name: &str, plan: VideoPlan| {
        let place = Makeover::Order { plan, words: WORDS.to_owned(), quote: quote(2) };
        Sample::new(&format!("makeover: {name}"), place).with(heard)
    };
    let changed = || VideoPlan { rounds: 2, ..faced().changed(InputId::new(1)) };
    let there = |it: &mut Facts<'_>| it.inputs = vec![photo(InputState::Ready)];
    let poor = |it: &mut Facts<'_>| it.person.available = credits(1);
    vec![
        ask("what to change", faced()),
        ask("what to change further", changed()).with(there),
        ask("what to change, asked for", VideoPlan::default()),
        order("an order", faced()),
        order("an order, further", changed()).with(there),
        order("an order, with a plan", faced()).with(|it| it.person.picture_discount = 10),
        order("short of credits", faced()).with(poor),
        order("short of credits, no shop", faced()).with(poor).with(|it| {
            it.person.has_shop = false;
        }),
        order("paused", faced()).with(|it| it.person.can_video = false),
    ]
}

/// A face that is changed.
pub(super) fn character_order(state: WorkState) -> GenerationFacts {
    let draft = CharacterDraft { face: character(), words: WORDS.to_owned() };
    GenerationFacts {
        product: Product::Character,
        wish: Wish::Character(draft),
        avatar_name: String::new(),
        price: credits(2),
        ..order(state)
    }
}

pub(super) fn character_done(made: u32) -> GenerationFacts {
    GenerationFacts {
        made,
        withheld: 1 - made,
        charged: credits(2 * i64::from(made)),
        tiles: tiles(made),
        ..character_order(WorkState::Succeeded)
    }
}

fn changing() -> Vec<Sample> {
    let at = |name: &str, then, order: GenerationFacts| {
        let generation = order.id.clone();
        let changing = Some(Change { words: WORDS.to_owned(), generation: generation.clone() });
        let plan = VideoPlan { rounds: 1, changing, ..faced() };
        let (words, is_asked) = (WORDS.to_owned(), name.ends_with("stop?"));
        let place = Makeover::Watch { plan, words, generation, then, is_asked };
        Sample::new(&format!("makeover: {name}"), place)
            .with(heard)
            .with(|it| it.generation = Some(order))
    };
    let returned = credits(2);
    let failed = GenerationFacts {
        fault: Some(Fault::ContentRejected),
        returned,
        ..character_order(WorkState::Failed)
    };
    let stopped = GenerationFacts { returned, ..character_order(WorkState::Canceled) };
    vec![
        at("under way", None, character_order(WorkState::Processing)),
        at("under way, stop?", None, character_order(WorkState::Processing)),
        at("made, stop?", None, character_done(1)),
        at("made", None, character_done(1)),
        at("made, taken", Some(Then::Use), character_done(1)),
        at("kept back", None, character_done(0)),
        at("failed", None, failed),
        at("stopped", None, stopped),
        Sample::new(
            "makeover: order gone",
            Makeover::Watch {
                plan: faced(),
                words: WORDS.to_owned(),
                generation: GenerationId::new(1),
                then: None,
                is_asked: false,
            },
        ),
    ]
}

fn voices() -> Vec<Sample> {
    let at = |name: &str, plan: VideoPlan, page| {
        Sample::new(&format!("voices: {name}"), Voices { plan, page }).with(heard)
    };
    vec![
        at("all", faced(), 0),
        at("last page", faced(), u32::MAX),
        at("for words", worded(), 0),
        at("for a photo", plan(Format::TalkingHead).faced(own()), 0),
        at("for a recording", VideoPlan::with_take(ArtifactId::new(1)), 0)
            .with(|it| it.takes = vec![take(1, 12_300)]),
        at("one of before", faced(), 0).with(|it| it.usual_voice = Some("oleg".to_owned())),
        Sample::new("voices: none", Voices { plan: faced(), page: 0 }),
    ]
}

fn writing() -> Vec<Sample> {
    let write = |name: &str, plan| {
        Sample::new(&format!("script: {name}"), Script::Write { plan }).with(heard)
    };
    let help = |name: &str, hint, words: Option<&str>| {
        let words = words.map(str::to_owned);
        let plan = VideoPlan { script: String::new(), ..worded() };
        Sample::new(&format!("script: {name}"), Script::Help { plan, hint, words }).with(heard)
    };
    vec![
        write("what to say", VideoPlan { script: String::new(), ..worded() }),
        write("what else to say", worded()),
        write("no help", worded()).with(|it| it.person.can_hint = false),
        help("what about", None, None),
        help("what about, thinking", Some(HintId::new(1)), None),
        help("what about, found", None, Some(SCRIPT)),
        help("what about, no more today", None, None).with(|it| it.person.hints_left = 0),
    ]
}

pub(super) fn speech_order(state: WorkState) -> GenerationFacts {
    let draft = SpeechDraft { voice: voice(), script: SCRIPT.to_owned(), speed_percent: 100 };
    GenerationFacts {
        product: Product::Speech,
        wish: Wish::Speech(draft),
        avatar_name: String::new(),
        price: credits(1),
        ..order(state)
    }
}

pub(super) fn speech_done() -> GenerationFacts {
    GenerationFacts {
        made: 1,
        charged: credits(1),
        millis: Some(12_300),
        tiles: tiles(1),
        ..speech_order(WorkState::Succeeded)
    }
}

fn speaking() -> Vec<Sample> {
    let order = |name: &str, plan: VideoPlan| {
        let price = (plan.script.chars().count() as i64 + 99) / 100;
        let place = Script::Order { plan, quote: quote(price) };
        Sample::new(&format!("script: {name}"), place).with(heard)
    };
    let watch = |name: &str, order: GenerationFacts| {
        let (generation, is_asked) = (order.id.clone(), name.ends_with("stop?"));
        let place = Script::Watch { plan: worded(), generation, is_asked };
        Sample::new(&format!("script: {name}"), place)
            .with(heard)
            .with(|it| it.generation = Some(order))
    };
    let gone = VideoPlan { voice: Some("gone".to_owned()), ..worded() };
    let found = VideoPlan { voice: Some(FOUND.to_owned()), ..worded() };
    let long = VideoPlan { script: "мама ".repeat(120), speed_percent: 80, ..worded() };
    let poor = |it: &mut Facts<'_>| it.person.available = credits(0);
    let failed = GenerationFacts {
        fault: Some(Fault::VoiceGone),
        returned: credits(1),
        ..speech_order(WorkState::Failed)
    };
    vec![
        order("an order", worded()),
        order("an order, voice gone", gone),
        order("an order in a voice of the provider's", found),
        order("an order, long and slow", long),
        order("short of credits", worded()).with(poor),
        order("short of credits, no shop", worded()).with(poor).with(|it| {
            it.person.has_shop = false;
        }),
        order("an order, paused", worded()).with(|it| it.person.can_video = false),
        watch("under way", speech_order(WorkState::Processing)),
        watch("under way, stop?", speech_order(WorkState::Processing)),
        watch("spoken, stop?", speech_done()),
        watch("spoken", speech_done()),
        watch("spoken, deleted", GenerationFacts { tiles: Vec::new(), ..speech_done() }),
        watch("failed", failed),
        watch("stopped", speech_order(WorkState::Canceled)),
        Sample::new("script: order gone", Script::watch(worded(), GenerationId::new(1))),
    ]
}

/// A plan with so many takes.
pub(super) fn spoken(count: u128) -> VideoPlan {
    VideoPlan { takes: (1..=count).map(ArtifactId::new).collect(), ..worded() }
}

fn listening() -> Vec<Sample> {
    let at = |name: &str, plan: VideoPlan, number| {
        let take = ArtifactId::new(number);
        Sample::new(&format!("takes: {name}"), Takes { plan, take }).with(heard)
    };
    let five = |it: &mut Facts<'_>| it.takes = (1..=5).map(|at| take(at, 12_300)).collect();
    vec![
        at("one", spoken(1), 1).with(|it| it.takes = vec![take(1, 12_300)]),
        at("five", spoken(5), 4).with(five),
        at("too long", spoken(1), 1).with(|it| it.takes = vec![take(1, 61_000)]),
        at("gone", spoken(1), 1),
        at("paused", spoken(1), 1).with(|it| {
            it.takes = vec![take(1, 12_300)];
            it.person.can_video = false;
        }),
    ]
}

/// One of each kind of news about videos, and of refusals every one.
pub(super) fn news() -> Vec<News> {
    let generation = GenerationId::new(1);
    let mut news = vec![
        News::VideosQueued { generations: vec![generation.clone()] },
        News::VideosQueued { generations: (1..=3).map(GenerationId::new).collect() },
        News::VoicePlayed { voice: voice() },
        News::VoicePlayed { voice: "<gone>".to_owned() },
        News::VoiceUnderWay,
    ];
    for product in [Product::Edit, Product::Character, Product::Speech, Product::Video] {
        for (made, withheld) in [(1, 0), (0, 1)] {
            news.push(News::PicturesReady {
                generation: generation.clone(),
                product,
                made,
                withheld,
                charged: credits(21 * i64::from(made)),
                returned: credits(21 * i64::from(withheld)),
            });
        }
        let returned = credits(21);
        let generation = || generation.clone();
        news.push(News::PicturesCanceled { generation: generation(), product, returned });
        news.extend(Fault::ALL.iter().map(|fault| News::PicturesFailed {
            generation: generation(),
            product,
            fault: *fault,
            returned,
        }));
    }
    let refusals = [
        Refusal::CharacterGone,
        Refusal::ClipGone,
        Refusal::ClipTooLarge,
        Refusal::ClipTooLong { most: 15 },
        Refusal::NoRoom,
        Refusal::SpeechGone,
        Refusal::SpeechTooLong { most: 59 },
        Refusal::VoiceGone,
    ];
    news.extend(refusals.into_iter().map(|refusal| News::Refused { refusal }));
    news
}
