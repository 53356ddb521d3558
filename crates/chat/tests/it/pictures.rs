//! Pictures: what is chosen is what is ordered, and what is pressed is what is meant.

use chat::facts::{Cursor, Filter, Period, Tile, picture_price};
use chat::preview::node;
use chat::preview::samples::Sample;
use chat::screens::create::Create;
use chat::screens::gallery::Gallery;
use chat::screens::setup::{Choice, Setup};
use chat::{Facts, Incoming, Next, Place, Shown};
use domain::picture::{CHANGE_PERCENT, CHOSEN_MAX, Draft, Product, VARY_PERCENT};
use domain::refusal::Fault;
use domain::{
    ArtifactId, Aspect, Command, Credits, GenerationId, HintId, Language, Millis, News, Refusal,
    Subject,
};

use crate::world::{labels, line, press, sample, tell};

fn english(sample: &Sample) -> Facts<'static> {
    sample.facts(Language::En)
}

fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("a small amount")
}

#[track_caller]
fn choice(place: &Place) -> &Choice {
    match place {
        Place::Setup(Setup::Order(choice)) => choice,
        other => panic!("no order but {}", node(other)),
    }
}

/// Shape, number, model and price of an order.
#[track_caller]
fn told(place: &Place) -> String {
    let Choice { draft, quote, .. } = choice(place);
    let Draft { aspect, count, model, .. } = draft;
    format!("{} {count} {model} {}", aspect.as_str(), quote.credits)
}

#[test]
fn every_change_of_an_order_makes_a_new_price() {
    let sample = sample("setup: a style");
    let facts = english(&sample);
    let mut place = sample.place;
    let mut steps = Vec::new();
    for label in ["16:9", "× 2", "Fine detail", "✓ × 2", "× 4", "Standard", "1:1"] {
        place = press(&place, label, &facts).place;
        steps.push(told(&place));
    }
    let expected = [
        "16:9 4 flux 12",
        "16:9 2 flux 6",
        "16:9 2 flux-fine 10",
        "16:9 2 flux-fine 10",
        "16:9 4 flux-fine 20",
        "16:9 4 flux 12",
        "1:1 4 flux 12",
    ];
    assert_eq!(steps, expected);
    let Some(Command::MakePictures { draft, quote }) = press(&place, "Make", &facts).run else {
        panic!("nothing is made")
    };
    assert_eq!((draft.aspect, draft.count, quote.credits), (Aspect::Square, 4, credits(12)));
    assert_eq!(quote.expires_at, facts.now.plus(Millis::HOUR));
}

#[test]
fn a_plans_discount_is_in_the_price_of_each_picture() {
    let sample = sample("setup: a style");
    let mut facts = english(&sample);
    facts.person.picture_discount = 10;
    let model = facts.catalog.picture_model("flux").expect("it is on sale").clone();
    // Ten percent of three is less than a credit; of five it is half of one.
    let prices = [0, 10, 33, 34, 99].map(|off| picture_price(&model, 4, off).as_i64());
    assert_eq!(prices, [12, 12, 12, 8, 4]);
    assert_eq!(facts.picture_quote("flux-fine", 2).map(|it| it.credits), Some(credits(10)));
    facts.person.picture_discount = 50;
    assert_eq!(facts.picture_quote("flux-fine", 2).map(|it| it.credits), Some(credits(6)));
    assert_eq!(facts.picture_quote("gone", 2), None);
}

#[test]
fn a_button_of_another_price_makes_nothing() {
    let sample = sample("setup: a style");
    let facts = english(&sample);
    let old = Incoming::Press("setup:{\"Make\":3}".to_owned());
    let next = sample.place.clone().on(old, &facts);
    assert_eq!(
        line(&next),
        "setup-order; says \"That menu is out of date. Here is the current one.\""
    );
    let same = Incoming::Press("setup:{\"Make\":12}".to_owned());
    assert_eq!(line(&sample.place.on(same, &facts)), "setup-order; runs MakePictures");
}

#[test]
fn an_expired_price_is_the_same_order_at_todays() {
    let sample = sample("setup: own words");
    let mut facts = english(&sample);
    facts.now = facts.now.plus(Millis::DAY);
    let refused = News::Refused { refusal: Refusal::QuoteExpired };
    let next = tell(&sample.place, refused, &facts);
    let (before, after) = (choice(&sample.place), choice(&next.place));
    assert_eq!(after.draft, before.draft);
    assert_eq!(after.quote.expires_at, facts.now.plus(Millis::HOUR));
    assert_eq!(
        next.notice.as_deref(),
        Some("That price is out of date. Here is the same order at today’s.")
    );
}

#[test]
fn whoever_tops_up_comes_back_to_their_order() {
    let sample = sample("setup: short of credits");
    let mut facts = english(&sample);
    assert!(!labels(&sample.place, &facts).iter().any(|it| it.starts_with("Make")));
    let next = press(&sample.place, "Top up", &facts);
    let Place::Shop(chat::screens::shop::Shop::PickPack { resume: Some(resume) }) = next.place
    else {
        panic!("it leads to {}", line(&next))
    };
    let back = Place::from_json(&resume);
    assert_eq!(back, sample.place);
    facts.person.available = credits(100);
    assert_eq!(line(&press(&back, "Make", &facts)), "setup-order; runs MakePictures");
}

#[test]
fn what_is_refused_leads_to_where_it_can_be_mended() {
    let sample = sample("setup: a style");
    let facts = english(&sample);
    let lead = |refusal| node(&tell(&sample.place, News::Refused { refusal }, &facts).place);
    assert_eq!(lead(Refusal::StyleGone), "create-start");
    assert_eq!(lead(Refusal::AvatarGone), "create-start");
    assert_eq!(lead(Refusal::AvatarNotReady), "create-start");
    assert_eq!(lead(Refusal::WordsTooLong { most: 500 }), "setup-words");
    assert_eq!(lead(Refusal::ProductPaused), "setup-order");
    let short = Refusal::ShortOfCredits { need: credits(12), have: credits(2) };
    assert_eq!(lead(short), "setup-order");
}

#[test]
fn better_words_come_and_can_be_given_back() {
    let sample = sample("setup: own words");
    let facts = english(&sample);
    let own = choice(&sample.place).draft.words.clone();
    let asked = press(&sample.place, "Improve", &facts);
    assert_eq!(asked.run, Some(Command::ImproveWords { words: own.clone() }));
    let hint = HintId::new(7);
    let waiting = tell(&asked.place, News::HintAsked { hint: hint.clone() }, &facts).place;
    assert!(!labels(&waiting, &facts).iter().any(|it| it.starts_with("Improve")));
    // Words for another order are told, and change nothing here.
    let other = News::HintReady { hint: HintId::new(8), words: "a dog".to_owned() };
    assert_eq!(tell(&waiting, other, &facts).place, waiting);
    // The rest may be chosen meanwhile.
    let wide = press(&waiting, "1:1", &facts).place;
    let ready = |words: &str| News::HintReady { hint: hint.clone(), words: words.to_owned() };
    let better = tell(&wide, ready("a  {red} coat\nin the rain"), &facts).place;
    assert_eq!(choice(&better).draft.words, "a red coat in the rain");
    assert_eq!(choice(&better).draft.aspect, Aspect::Square);
    let back = press(&better, "Back to my words", &facts).place;
    assert_eq!(choice(&back).draft.words, own);
    let long = tell(&wide, ready(&"я".repeat(600)), &facts).place;
    assert_eq!(choice(&long).draft.words.chars().count(), 500);
    let failed = News::HintFailed { hint, fault: Fault::TooSlow };
    let failed = tell(&wide, failed, &facts);
    assert_eq!(choice(&failed.place).draft.words, own);
    assert!(labels(&failed.place, &facts).iter().any(|it| it.starts_with("Improve")));
}

#[test]
fn words_are_counted_before_they_are_taken() {
    let sample = sample("setup: which words");
    let facts = english(&sample);
    let write = |text: String| sample.place.clone().on(Incoming::Text(text), &facts);
    assert_eq!(choice(&write("я ".repeat(250)).place).draft.words.chars().count(), 499);
    assert_eq!(node(&write("x".repeat(500)).place), "setup-order");
    assert_eq!(
        line(&write("x".repeat(501))),
        "setup-words; says \"That is 501 characters; up to 500 fit. Please make it a little \
         shorter.\""
    );
    assert_eq!(
        line(&write("{}".to_owned())),
        "setup-words; says \"Write at least a few words about what shall be in the picture.\""
    );
}

#[test]
fn back_from_an_order_is_where_it_was_begun() {
    let style = sample("create: a style");
    let facts = english(&style);
    let order = press(&style.place, "Choose", &facts).place;
    assert_eq!(press(&order, "‹ Back", &facts).place, style.place);
    let words = press(&style.place, "Add my own", &facts).place;
    assert_eq!(press(&words, "‹ Back", &facts).place, style.place);
    let order = words.on(Incoming::Text("a red coat".to_owned()), &facts).place;
    assert_eq!(press(&order, "‹ Back", &facts).place, style.place);
    let words = press(&order, "Change the words", &facts).place;
    assert_eq!(choice(&press(&words, "‹ Back", &facts).place), choice(&order));
    let wordless = press(&words, "Without", &facts).place;
    assert_eq!(choice(&wordless).draft.words, "");
    let open = sample("gallery: a picture");
    let order = press(&open.place, "Repeat", &english(&open)).place;
    assert_eq!(press(&order, "‹ Back", &facts).place, open.place);
}

#[test]
fn a_photo_gives_its_words_to_who_waits_for_them() {
    let sample = sample("create: photo, looking");
    let facts = english(&sample);
    let ready = |number| News::HintReady { hint: HintId::new(number), words: "a coat".to_owned() };
    let other = tell(&sample.place, ready(2), &facts);
    assert_eq!(other.place, sample.place);
    let found = tell(&sample.place, ready(1), &facts).place;
    let order = press(&found, "Use these words", &facts).place;
    assert_eq!(choice(&order).draft.words, "a coat");
    let own = found.on(Incoming::Text("a hat".to_owned()), &facts).place;
    assert_eq!(choice(&own).draft.words, "a hat");
}

#[test]
fn styles_are_offered_to_those_they_are_for() {
    let sample = sample("create: work");
    for subject in Subject::ALL {
        let mut facts = english(&sample);
        let avatar = facts.avatar.as_mut().expect("the sample has an avatar");
        avatar.subject = *subject;
        let shown = labels(&sample.place, &facts);
        for style in facts.catalog.styles.iter().filter(|it| it.category == "work") {
            let title = style.title.of(Language::En).to_owned();
            assert_eq!(shown.contains(&title), style.is_for(*subject), "{title}");
        }
    }
}

#[test]
fn the_main_avatar_is_taken_unless_another_is_named() {
    let several = sample("create: several avatars");
    let mut facts = english(&several);
    let words = || Incoming::Text("a coat".to_owned());
    let main = facts.avatars.iter().find(|it| it.is_main).expect("one is main").id.clone();
    let order = several.place.clone().on(words(), &facts).place;
    assert_eq!(choice(&order).draft.avatar, main);
    let picked = press(&sample("create: which avatar").place, "Айгерім", &facts).place;
    let order = picked.clone().on(words(), &facts).place;
    assert_ne!(choice(&order).draft.avatar, main);
    // One that is gone meanwhile is replaced, never ordered with.
    facts.avatars.retain(|it| it.is_main);
    let order = picked.on(words(), &facts).place;
    assert_eq!(choice(&order).draft.avatar, main);
    facts.avatars.clear();
    let nobody = Place::from(Create::Start { avatar: None }).on(words(), &facts);
    assert_eq!(node(&nobody.place), "create-start");
}

#[test]
fn news_of_another_order_move_nobody() {
    let sample = sample("making: 41 %");
    let facts = english(&sample);
    let ready = |number| News::PicturesReady {
        product: Product::Picture,
        generation: GenerationId::new(number),
        made: 1,
        withheld: 0,
        charged: credits(3),
        returned: Credits::ZERO,
    };
    assert_eq!(node(&tell(&sample.place, ready(1), &facts).place), "result-show");
    assert_eq!(tell(&sample.place, ready(2), &facts).place, sample.place);
    for name in ["setup: own words", "create: photo", "gallery: three are chosen"] {
        let busy = crate::world::sample(name);
        let next = tell(&busy.place, ready(1), &english(&busy));
        assert_eq!(next.place, busy.place, "{name}");
        assert!(next.notice.is_some(), "{name} says nothing");
    }
}

#[test]
fn what_failed_can_be_tried_again_or_changed() {
    let sample = sample("making: 41 %");
    let facts = english(&sample);
    let failed = |number| News::PicturesFailed {
        product: Product::Picture,
        generation: GenerationId::new(number),
        fault: Fault::ContentRejected,
        returned: credits(12),
    };
    let next = tell(&sample.place, failed(1), &facts);
    let order = facts.generation.as_ref().expect("the sample has an order");
    assert_eq!(Some(&choice(&next.place).draft), order.wish.picture());
    assert_eq!(
        next.notice.as_deref(),
        Some(
            "<b>The pictures didn’t work out</b>\nThe studio’s rules don’t allow this. Try to \
             describe it in another way.\nReturned: 12 credits."
        )
    );
    assert_eq!(tell(&sample.place, failed(2), &facts).place, sample.place);
}

#[test]
fn an_old_question_stops_no_other_order() {
    let sample = sample("making: stop?");
    let facts = english(&sample);
    let cancel = |number| {
        let press = format!("making:{{\"Cancel\":\"{}\"}}", GenerationId::new(number));
        line(&sample.place.clone().on(Incoming::Press(press), &facts))
    };
    assert_eq!(cancel(1), "making-watch; runs CancelPictures");
    assert!(cancel(2).starts_with("making-ask-cancel; says"));
}

#[test]
fn a_result_is_repeated_varied_and_changed() {
    let four = sample("result: four");
    let facts = english(&four);
    let order = facts.generation.as_ref().expect("the sample has results");
    let made = order.wish.picture().expect("it was made with an avatar").clone();
    let repeated = press(&four.place, "Repeat", &facts).place;
    assert_eq!(choice(&repeated).draft, made);
    let which = press(&four.place, "Similar", &facts).place;
    assert!(matches!(which.view(&facts).picture, Some(Shown::Collage(tiles)) if tiles.len() == 4));
    let varied = press(&which, "3", &facts).place;
    let source = choice(&varied).draft.source.clone().expect("it begins from a picture");
    assert_eq!((source.artifact, source.strength_percent), (ArtifactId::new(3), VARY_PERCENT));
    // With one there is nothing to choose.
    let one = sample("result: one");
    let facts = english(&one);
    let ask = press(&one.place, "Change", &facts).place;
    assert_eq!(node(&ask), "setup-words");
    let changed = ask.on(Incoming::Text("in the snow".to_owned()), &facts).place;
    let draft = &choice(&changed).draft;
    assert_eq!((draft.words.as_str(), draft.count), ("in the snow", 1));
    let source = draft.source.as_ref().map(|it| it.strength_percent);
    assert_eq!(source, Some(CHANGE_PERCENT));
}

#[test]
fn a_star_means_the_same_when_it_is_tapped_twice() {
    let sample = sample("result: four");
    let facts = english(&sample);
    let star = |label: &str| press(&sample.place, label, &facts).run;
    let favour = |number, is_favourite| {
        Some(Command::Favour { artifact: ArtifactId::new(number), is_favourite })
    };
    assert_eq!(star("☆ 1"), favour(1, true));
    assert_eq!(star("☆ 1"), favour(1, true));
    assert_eq!(star("★ 2"), favour(2, false));
}

/// Number and id: they differ, as they do once something was deleted.
fn tiles(ids: impl IntoIterator<Item = u128>) -> Vec<Tile> {
    let tile = |(number, id)| Tile { artifact: ArtifactId::new(id), number, is_favourite: false };
    (1..).zip(ids).map(tile).collect()
}

#[track_caller]
fn chosen(place: &Place) -> Vec<ArtifactId> {
    match place {
        Place::Gallery(Gallery::Select { chosen, .. }) => chosen.clone(),
        other => panic!("nothing is chosen on {}", node(other)),
    }
}

#[test]
fn what_is_chosen_stays_when_pages_are_turned() {
    let sample = sample("gallery: choose several");
    let mut facts = english(&sample);
    let show = |facts: &mut Facts<'_>, ids: &[u128]| {
        facts.gallery.as_mut().expect("the sample has a gallery").tiles = tiles(ids.to_vec());
    };
    show(&mut facts, &[60, 50, 40]);
    let one = press(&sample.place, "2", &facts).place;
    assert_eq!(chosen(&one), [ArtifactId::new(50)]);
    let older = press(&one, "Older", &facts).place;
    show(&mut facts, &[30, 20, 10]);
    let all = press(&older, "All on this page", &facts).place;
    let ids = [50, 30, 20, 10].map(ArtifactId::new);
    assert_eq!(chosen(&all), ids);
    let fewer = press(&all, "✓ 1", &facts).place;
    assert_eq!(chosen(&fewer), [50, 20, 10].map(ArtifactId::new));
    let zip = press(&all, "As a ZIP: 4", &facts);
    assert_eq!(zip.run, Some(Command::PackPictures { artifacts: ids.to_vec() }));
    let ask = press(&all, "Delete: 4", &facts).place;
    assert_eq!(chosen(&press(&ask, "‹ Back", &facts).place), ids);
    let delete = press(&ask, "Yes", &facts);
    assert_eq!(delete.run, Some(Command::DeletePictures { artifacts: ids.to_vec() }));
    let deleted = tell(&delete.place, News::PicturesDeleted { count: 4 }, &facts);
    assert_eq!(line(&deleted), "gallery-page; says \"Deleted for good: 4.\"");
    // A question about another number isn't answered by this one's button.
    let old = Incoming::Press("gallery:{\"DeleteChosen\":3}".to_owned());
    assert_eq!(ask.on(old, &facts).run, None);
}

#[test]
fn no_more_is_chosen_than_one_command_takes() {
    let sample = sample("gallery: as many as can be");
    let facts = english(&sample);
    let more = press(&sample.place, "1", &facts);
    assert_eq!(chosen(&more.place), chosen(&sample.place));
    assert_eq!(more.notice.as_deref(), Some("You can choose up to 50 at a time."));
    let all = press(&sample.place, "All", &facts);
    assert_eq!(chosen(&all.place).len(), CHOSEN_MAX);
    assert!(all.notice.is_some());
}

#[test]
fn pages_are_found_by_what_is_on_them() {
    let sample = sample("gallery: a page between");
    let mut facts = english(&sample);
    facts.gallery.as_mut().expect("the sample has a gallery").tiles = tiles([60, 50, 40]);
    let cursor = |next: Next| match next.place {
        Place::Gallery(Gallery::Page { at }) => at.cursor,
        other => panic!("no page but {}", node(&other)),
    };
    let older = cursor(press(&sample.place, "Older", &facts));
    assert_eq!(older, Cursor::OlderThan(ArtifactId::new(40)));
    let newer = cursor(press(&sample.place, "‹ Newer", &facts));
    assert_eq!(newer, Cursor::NewerThan(ArtifactId::new(60)));
    let open = press(&sample.place, "2", &facts).place;
    let need = open.needs().artifact.expect("it wants the picture");
    assert_eq!(need.id, ArtifactId::new(50));
}

#[test]
fn a_filter_is_put_together_and_taken_away() {
    let sample = sample("gallery: filter, several avatars");
    let facts = english(&sample);
    let mut place = sample.place;
    for label in ["7 days", "Favourites only", "Айгерім", "Next ›"] {
        place = press(&place, label, &facts).place;
    }
    let Place::Gallery(Gallery::PickFilter { filter, page: 1 }) = &place else {
        panic!("it leads to {}", node(&place))
    };
    let avatar = facts.avatars.iter().find(|it| Some(&it.id) == filter.avatar.as_ref());
    assert_eq!(avatar.map(|it| it.name.as_str()), Some("Айгерім"));
    assert_eq!((filter.is_favourite, filter.period), (true, Period::Week));
    let shown = press(&place, "Show: 12", &facts).place;
    let need = shown.needs().gallery.expect("it wants a page");
    assert_eq!((&need.filter, need.cursor, need.limit), (filter, Cursor::Newest, 6));
    let cleared = press(&place, "Clear", &facts).place;
    assert!(cleared.needs().gallery.is_some_and(|it| it.filter == Filter::default()));
}

#[test]
fn periods_begin_where_days_do() {
    let now = Millis(1_795_176_000_000);
    let begins = Period::ALL.map(|it| it.begins(now).map(|it| now.since(it).as_i64() / 3_600_000));
    assert_eq!(begins, [None, Some(12), Some(7 * 24), Some(30 * 24)]);
}
