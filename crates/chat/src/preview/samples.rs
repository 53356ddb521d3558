//! Every screen in its interesting states, with a made-up world around each.
//!
//! A sample knows exactly what its place asks for, so that it shows what users would see.

mod edits;
mod feedback;
mod films;
mod money;
mod owners;
mod pictures;
mod videos;

use std::sync::LazyLock;

use domain::catalog::{Catalog, Quote, SHIPPED};
use domain::photo::{Unreadable, Verdict};
use domain::picture::Product;
use domain::refusal::Fault;
use domain::{
    AvatarId, AvatarState, Credits, Kind, Language, Millis, News, PhotoId, Quality, Refusal,
    Subject, WorkState,
};

use crate::facts::{
    AvatarFacts, Facts, HistoryLine, HistoryPage, Numbers, Person, PhotoFacts, TrainingFacts, Why,
};
use crate::place::Place;
use crate::screens::avatar::Avatar;
use crate::screens::avatars::Avatars;
use crate::screens::balance::Balance;
use crate::screens::consent::Consent;
use crate::screens::desk::Desk;
use crate::screens::faq::{Faq, TOPICS};
use crate::screens::forget::Forget;
use crate::screens::home::Home;
use crate::screens::language::LanguagePick;
use crate::screens::new_avatar::NewAvatar;
use crate::screens::order::Order;
use crate::screens::paper::Paper;
use crate::screens::run::Run;
use crate::text::Speech;

/// 20 November 2026, noon UTC: a moment like any other.
const NOW: Millis = Millis(1_795_176_000_000);

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::read(SHIPPED).expect("the catalog we ship is read by a test"));

/// A place and the world as it is told there.
pub struct Sample {
    /// Unique: `screen: state`.
    pub name: String,
    pub place: Place,
    facts: Facts<'static>,
}

impl Sample {
    fn new(name: &str, place: impl Into<Place>) -> Self {
        Self { name: name.to_owned(), place: place.into(), facts: facts() }
    }

    fn with(mut self, set: impl FnOnce(&mut Facts<'static>)) -> Self {
        set(&mut self.facts);
        self
    }

    /// The world of this sample, told in a language.
    pub fn facts(&self, language: Language) -> Facts<'static> {
        let mut facts = self.facts.clone();
        facts.speech = Speech::of(language);
        facts.person.language = language;
        // The server gives them in the person's language, too.
        for voice in &mut facts.voices {
            if let Some(it) = CATALOG.voice(&voice.name) {
                voice.title = it.title.of(language).to_owned();
                voice.about = it.about.of(language).to_owned();
            }
        }
        facts
    }
}

/// All of them, in the order in which a newcomer meets them.
pub fn samples() -> Vec<Sample> {
    let screens = [
        consent,
        home,
        new_avatar,
        desk,
        order,
        run,
        failures,
        avatar,
        avatars,
        balance,
        money::samples,
        pictures::samples,
        edits::samples,
        videos::samples,
        films::samples,
        faq,
        feedback::samples,
        papers,
        owners::samples,
    ];
    screens.into_iter().flat_map(|it| it()).collect()
}

/// One of each kind of news, and of refusals every one.
pub fn news() -> Vec<News> {
    let (avatar, name) = (id(1), "Айгерім".to_owned());
    let mut news = vec![
        News::Welcomed { bonus: credits(100) },
        News::Welcomed { bonus: Credits::ZERO },
        News::LanguageChanged,
        News::Drafted { avatar: avatar.clone() },
        News::PhotoTaken,
        News::PhotosRemoved { count: 0 },
        News::PhotosRemoved { count: 3 },
        News::Renamed,
        News::MainChosen,
        News::AvatarDeleted,
        News::TrainingQueued { avatar: avatar.clone() },
        News::CancelAsked,
        News::ForgetBegun,
        News::AvatarReady { avatar: avatar.clone(), name: name.clone(), charged: credits(80) },
        News::TrainingCanceled {
            avatar: avatar.clone(),
            name: name.clone(),
            returned: credits(80),
        },
        News::Forgotten {
            photos: 42,
            avatars: 3,
            pictures: 21,
            videos: 4,
            speeches: 5,
            clips: 2,
            on: "20.11.2026".to_owned(),
        },
        News::Granted { credits: credits(50), reason: "<3".to_owned() },
        News::Broken { number: "7K3M".to_owned() },
        News::Alert { text: "fal: 403 & no balance".to_owned() },
    ];
    news.extend(Fault::ALL.iter().map(|fault| News::TrainingFailed {
        avatar: avatar.clone(),
        name: name.clone(),
        fault: *fault,
        returned: credits(80),
    }));
    let refusals = [
        Refusal::AvatarGone,
        Refusal::AvatarsTooMany { most: 20 },
        Refusal::BeingForgotten,
        Refusal::NothingToCancel,
        Refusal::PhotoGone,
        Refusal::PhotosStillChecked { left: 2 },
        Refusal::PhotosTooFew { have: 3, need: 5 },
        Refusal::PhotosTooMany { most: 50 },
        Refusal::ProductPaused,
        Refusal::QuoteExpired,
        Refusal::ShortOfCredits { need: credits(80), have: credits(21) },
        Refusal::TermsNotAccepted,
        Refusal::TrainingRuns,
    ];
    news.extend(feedback::news());
    news.extend(money::news());
    news.extend(pictures::news());
    news.extend(videos::news());
    news.extend(refusals.into_iter().map(|refusal| News::Refused { refusal }));
    news
}

fn consent() -> Vec<Sample> {
    let stranger = |it: &mut Facts<'_>| {
        it.person.consented = false;
        it.person.available = Credits::ZERO;
    };
    let returned = |it: &mut Facts<'_>| {
        it.person.consented = false;
        it.person.welcome = Credits::ZERO;
    };
    vec![
        Sample::new("consent: terms", Consent::Terms).with(stranger),
        Sample::new("consent: terms, no gift", Consent::Terms).with(returned),
        Sample::new("consent: photos", Consent::Photos).with(stranger),
        Sample::new("consent: leaving", Consent::Leaving).with(stranger),
        Sample::new("language", LanguagePick),
    ]
}

fn home() -> Vec<Sample> {
    vec![
        Sample::new("home: new", Home).with(|it| it.person.available = credits(100)),
        Sample::new("home: busy", Home).with(|it| {
            it.person.available = credits(21);
            it.person.held = credits(80);
            it.avatars = zoo();
        }),
        Sample::new("home: pictures in the making", Home).with(|it| {
            it.person.held = credits(16);
            it.avatars = zoo();
            it.making = pictures::making();
        }),
        Sample::new("home: an edit in the making", Home).with(|it| {
            it.person.held = credits(2);
            it.making = edits::making();
        }),
        Sample::new("home: videos in the making", Home).with(|it| {
            it.person.held = credits(42);
            it.making = films::making();
        }),
        Sample::new("home: no videos now", Home).with(|it| it.person.can_video = false),
        Sample::new("home: no edits now", Home).with(|it| it.person.can_edit = false),
        Sample::new("home: nothing left", Home).with(|it| it.person.available = Credits::ZERO),
        Sample::new("home: no shop", Home).with(|it| it.person.has_shop = false),
    ]
}

fn new_avatar() -> Vec<Sample> {
    let (kind, subject) = (Kind::Portrait, Subject::Woman);
    vec![
        Sample::new("new: kind", NewAvatar::PickKind),
        Sample::new("new: portrait", NewAvatar::Read { kind }),
        Sample::new("new: style", NewAvatar::Read { kind: Kind::Style }),
        Sample::new("new: compare", NewAvatar::Compare),
        Sample::new("new: compare closely", NewAvatar::CompareClosely),
        Sample::new("new: subject", NewAvatar::PickSubject { kind }),
        Sample::new("new: subject of a style", NewAvatar::PickSubject { kind: Kind::Style }),
        Sample::new("new: name", NewAvatar::AskName { kind, subject }),
    ]
}

fn desk() -> Vec<Sample> {
    let draft = |it: &mut Facts<'_>| it.avatar = Some(person(AvatarState::PhotosUploading));
    let style = |it: &mut Facts<'_>| {
        let made = person(AvatarState::PhotosUploading);
        it.avatar = Some(AvatarFacts { kind: Kind::Style, subject: Subject::Other, ..made });
    };
    let gather = || Desk::Gather { avatar: id(1) };
    let review = |page| Desk::Review { avatar: id(1), page };
    let drop = || Desk::Drop { avatar: id(1) };
    vec![
        Sample::new("desk: empty portrait", gather()).with(draft),
        Sample::new("desk: empty style", gather()).with(style),
        Sample::new("desk: looking", gather()).with(draft).with(|it| {
            it.photos = photos(&[Some(&[]), Some(&[]), None, None, None]);
        }),
        Sample::new("desk: too few", gather()).with(draft).with(|it| {
            it.photos = photos(&[Some(&[]), Some(&[Verdict::Blurred]), Some(&[Verdict::NoFace])]);
        }),
        Sample::new("desk: every verdict", gather()).with(draft).with(|it| {
            it.photos = mixed();
            it.photos.pop();
        }),
        Sample::new("desk: enough", gather()).with(draft).with(|it| it.photos = plenty()),
        Sample::new("desk: a hundred bad ones", gather()).with(style).with(|it| {
            let bad: &[Verdict] = &[Verdict::Unreadable(Unreadable::Heic)];
            it.photos = photos(&[Some(bad); 100]);
        }),
        Sample::new("desk: avatar gone", gather()),
        Sample::new("desk: not on sale", gather()).with(draft).with(|it| it.catalog = nothing()),
        Sample::new("desk: all photos", review(0)).with(draft).with(|it| it.photos = mixed()),
        Sample::new("desk: all photos, last page", review(9)).with(draft).with(|it| {
            it.photos = mixed();
        }),
        Sample::new("desk: all photos, none", review(0)).with(draft),
        Sample::new("desk: delete an empty draft", drop()).with(draft),
        Sample::new("desk: delete the draft", drop()).with(draft).with(|it| it.photos = plenty()),
    ]
}

fn order() -> Vec<Sample> {
    let ready = |it: &mut Facts<'_>| {
        it.avatar = Some(person(AvatarState::Ready));
        it.photos = plenty();
    };
    let confirm = || Order::Confirm {
        avatar: id(1),
        quality: Quality::Balanced,
        quote: Quote { credits: credits(80), expires_at: NOW.plus(Millis::HOUR) },
    };
    vec![
        Sample::new("order: quality", Order::PickQuality { avatar: id(1) }).with(ready),
        Sample::new("order: confirm", confirm()).with(ready),
        Sample::new("order: short of credits", confirm())
            .with(ready)
            .with(|it| it.person.available = credits(21)),
        Sample::new("order: short of credits, no shop", confirm()).with(ready).with(|it| {
            it.person.available = credits(21);
            it.person.has_shop = false;
        }),
        Sample::new("order: avatar gone", confirm()),
    ]
}

fn run() -> Vec<Sample> {
    let watch = |name: &str, training: TrainingFacts| {
        Sample::new(name, Run::Watch { avatar: id(1) }).with(|it| it.avatar = Some(runs(training)))
    };
    let ask = |name: &str, training: TrainingFacts| {
        Sample::new(name, Run::AskCancel { avatar: id(1) })
            .with(|it| it.avatar = Some(runs(training)))
    };
    let open = || training(WorkState::Processing);
    vec![
        watch("run: packing", training(WorkState::Pending)),
        watch("run: queued", TrainingFacts { queue_place: Some(2), ..open() }),
        watch("run: begun", open()),
        watch("run: 41 %", TrainingFacts { percent: Some(41), ..open() }),
        watch("run: uncertain", TrainingFacts { uncertain: true, ..open() }),
        watch("run: stopping", TrainingFacts { cancel_asked: true, percent: Some(41), ..open() }),
        ask("run: stop?", TrainingFacts { percent: Some(41), ..open() }),
        ask(
            "run: stop?, too late",
            TrainingFacts { charged: credits(80), ..training(WorkState::Succeeded) },
        ),
        watch(
            "run: ready",
            TrainingFacts { charged: credits(80), ..training(WorkState::Succeeded) },
        ),
        watch("run: ready, free", training(WorkState::Succeeded)),
        watch(
            "run: stopped",
            TrainingFacts { returned: credits(80), ..training(WorkState::Canceled) },
        ),
        Sample::new("run: avatar gone", Run::Watch { avatar: id(1) }),
    ]
}

fn failures() -> Vec<Sample> {
    let failed = Fault::ALL.iter().map(|fault| {
        let name = format!("run: failed, {}", fault.key());
        let returned = credits(80);
        let training = training(WorkState::Failed);
        let training = TrainingFacts { fault: Some(*fault), returned, ..training };
        Sample::new(&name, Run::Watch { avatar: id(1) }).with(|it| it.avatar = Some(runs(training)))
    });
    failed.collect()
}

fn avatar() -> Vec<Sample> {
    let numbers = Numbers { trainings: 3, generations: 128, spent: credits(220) };
    let card = || Avatar::Card { avatar: id(1) };
    let states = AvatarState::ALL.iter().map(|state| {
        Sample::new(&format!("avatar: {}", state.as_str()), card()).with(|it| {
            it.avatar = Some(person(*state));
            it.numbers = Some(numbers);
        })
    });
    let fresh = Sample::new("avatar: new", card()).with(|it| {
        it.avatar = Some(person(AvatarState::Completed));
        it.numbers = Some(Numbers { trainings: 1, generations: 0, spent: credits(1) });
    });
    let others = [("main", card()), ("new name", Avatar::AskName { avatar: id(1) })]
        .into_iter()
        .chain([("delete?", Avatar::AskDelete { avatar: id(1) })])
        .map(|(name, place)| {
            Sample::new(&format!("avatar: {name}"), place).with(|it| {
                it.avatar = Some(AvatarFacts { is_main: true, ..person(AvatarState::Completed) });
                it.numbers = Some(numbers);
            })
        });
    states.chain([fresh]).chain(others).chain([Sample::new("avatar: gone", card())]).collect()
}

fn avatars() -> Vec<Sample> {
    let many = |it: &mut Facts<'_>| {
        it.avatars = (1..=20).map(|at| avatar_of(at, "Anna", AvatarState::Completed)).collect();
    };
    vec![
        Sample::new("avatars: none", Avatars::default()),
        Sample::new("avatars: some", Avatars::default()).with(|it| it.avatars = zoo()),
        Sample::new("avatars: many", Avatars::default()).with(many),
        Sample::new("avatars: many, second page", Avatars { page: 1 }).with(many),
        Sample::new("avatars: many, past the end", Avatars { page: u32::MAX }).with(many),
    ]
}

fn balance() -> Vec<Sample> {
    let full = |it: &mut Facts<'_>| {
        let lines = [
            (-80, Why::TrainingHeld, "Айгерім"),
            (-80, Why::Training, "Cats & dogs <3"),
            (0, Why::Training, "Мама"),
            (-16, Why::Ordered(Product::Picture), "Айгерім"),
            (-4, Why::OrderedHeld(Product::Picture), "<3"),
            (-2, Why::Ordered(Product::Edit), "pencil"),
            (-39, Why::OrderedHeld(Product::Video), ""),
            (5, Why::Other, "<3"),
            (50, Why::Gift, "спасибо за отзыв"),
            (-10, Why::Taken, "wrong wallet"),
            (-15, Why::Expired, ""),
            (525, Why::Bought, "3 790 ₽"),
            (-100, Why::RefundHeld, ""),
            (-100, Why::Refunded, ""),
            (25, Why::OnTop, ""),
            (50, Why::Promo, ""),
            (50, Why::Reward, ""),
            (50, Why::FriendsGift, ""),
            (-50, Why::GivenHeld, ""),
            (-50, Why::Given, ""),
            (100, Why::Welcome, ""),
        ];
        let lines = lines.map(|(amount, why, about)| HistoryLine {
            on: "20.11.2026".to_owned(),
            amount,
            why,
            about: about.to_owned(),
        });
        it.person.held = credits(80);
        it.history = Some(HistoryPage { lines: lines.to_vec(), has_more: true });
    };
    vec![
        Sample::new("balance: nothing yet", Balance::default()).with(|it| {
            it.person.available = Credits::ZERO;
            it.history = Some(HistoryPage::default());
        }),
        Sample::new("balance: movements", Balance::default()).with(full),
        Sample::new("balance: second page", Balance { page: 1 }).with(full),
        Sample::new("balance: a plan", Balance::default()).with(full).with(money::with_plan),
        Sample::new("balance: no shop", Balance::default()).with(full).with(|it| {
            it.person.has_shop = false;
        }),
    ]
}

fn faq() -> Vec<Sample> {
    let topics = (0..)
        .zip(TOPICS)
        .map(|(at, topic)| Sample::new(&format!("faq: {topic}"), Faq { topic: Some(at) }));
    std::iter::once(Sample::new("faq: questions", Faq::default())).chain(topics).collect()
}

fn papers() -> Vec<Sample> {
    vec![
        Sample::new("paper: terms", Paper::Terms),
        Sample::new("paper: privacy", Paper::Privacy),
        Sample::new("paper: payments", Paper::PaySupport),
        Sample::new("forget", Forget),
        Sample::new("forget: no credits", Forget).with(|it| it.person.available = Credits::ZERO),
    ]
}

fn facts() -> Facts<'static> {
    let person = Person {
        name: "Айгерім".to_owned(),
        consented: true,
        available: credits(240),
        held: Credits::ZERO,
        language: Language::default(),
        welcome: credits(100),
        photo_days: 30,
        result_days: 90,
        input_days: 7,
        clip_days: 5,
        labels_videos: true,
        can_edit: true,
        can_video: true,
        can_hint: true,
        hints_left: 20,
        picture_discount: 0,
        is_owner: false,
        has_shop: true,
    };
    Facts::new(Speech::of(Language::default()), &CATALOG, NOW, person)
}

/// A catalog from which everything was taken out.
fn nothing() -> &'static Catalog {
    static EMPTY: LazyLock<Catalog> = LazyLock::new(Catalog::default);
    &EMPTY
}

/// An avatar in each state, with names of several scripts.
fn zoo() -> Vec<AvatarFacts> {
    let names = [
        "Мама",
        "Cats & dogs <3",
        "Айгерім",
        "Interior",
        "\u{645}\u{631}\u{64a}\u{645}",
        "猫",
        "I",
    ];
    let avatars = (2..).zip(names).zip(AvatarState::ALL);
    avatars
        .map(|((at, name), state)| {
            let avatar = avatar_of(at, name, *state);
            let training = match state {
                AvatarState::Training => Some(training(WorkState::Processing)),
                AvatarState::Completed => Some(training(WorkState::Succeeded)),
                _ => None,
            };
            AvatarFacts { is_main: *state == AvatarState::Completed, training, ..avatar }
        })
        .collect()
}

fn person(state: AvatarState) -> AvatarFacts {
    avatar_of(1, "Айгерім", state)
}

fn runs(training: TrainingFacts) -> AvatarFacts {
    let state = match training.state {
        WorkState::Pending | WorkState::Processing => AvatarState::Training,
        WorkState::Succeeded => AvatarState::Completed,
        WorkState::Failed => AvatarState::Failed,
        WorkState::Canceled => AvatarState::Cancelled,
    };
    AvatarFacts { training: Some(training), ..person(state) }
}

fn avatar_of(number: u128, name: &str, state: AvatarState) -> AvatarFacts {
    AvatarFacts {
        id: id(number),
        kind: Kind::Portrait,
        subject: Subject::Woman,
        name: name.to_owned(),
        state,
        is_main: false,
        photos: 14,
        training: None,
    }
}

fn training(state: WorkState) -> TrainingFacts {
    TrainingFacts {
        state,
        quality: Quality::Balanced,
        price: credits(80),
        percent: None,
        queue_place: None,
        cancel_asked: false,
        uncertain: false,
        started_at: Some(NOW),
        fault: None,
        charged: Credits::ZERO,
        returned: Credits::ZERO,
    }
}

fn photos(verdicts: &[Option<&[Verdict]>]) -> Vec<PhotoFacts> {
    let photos = (1..).zip(verdicts).map(|(number, verdicts)| PhotoFacts {
        id: PhotoId::new(u128::from(number)),
        number,
        verdicts: verdicts.map(<[Verdict]>::to_vec),
    });
    photos.collect()
}

fn plenty() -> Vec<PhotoFacts> {
    let mut verdicts = [Some::<&[Verdict]>(&[]); 14];
    verdicts[8] = Some(&[Verdict::Blurred]);
    photos(&verdicts)
}

fn mixed() -> Vec<PhotoFacts> {
    photos(&[
        Some(&[]),
        Some(&[]),
        Some(&[Verdict::Blurred]),
        Some(&[]),
        Some(&[Verdict::NoFace]),
        Some(&[Verdict::DuplicateOf(2)]),
        Some(&[Verdict::NearDuplicateOf(4)]),
        Some(&[Verdict::SeveralFaces]),
        Some(&[Verdict::FaceTooSmall, Verdict::TooDark]),
        Some(&[Verdict::TooSmall, Verdict::Blurred, Verdict::TooBright]),
        Some(&[Verdict::Unreadable(Unreadable::Heic)]),
        Some(&[Verdict::Unreadable(Unreadable::NotAPicture)]),
        Some(&[Verdict::Unreadable(Unreadable::Broken)]),
        Some(&[Verdict::Unreadable(Unreadable::TooLarge)]),
        Some(&[Verdict::Unreadable(Unreadable::Gone)]),
        Some(&[Verdict::TooBright]),
        Some(&[]),
        None,
    ])
}

fn id(number: u128) -> AvatarId {
    AvatarId::new(number)
}

fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("samples hold small amounts")
}
