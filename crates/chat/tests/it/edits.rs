//! Edits: a photo that came is the one that is worked on, and what is confirmed is what is charged.

use chat::facts::{InputFacts, InputState};
use chat::preview::node;
use chat::preview::samples::{Sample, samples};
use chat::screens::edit::Edit;
use chat::screens::edit_setup::EditSetup;
use chat::screens::home::Home;
use chat::screens::shop::Shop;
use chat::{Facts, Incoming, Next, Place, Shown};
use domain::catalog::{Catalog, Quote, SHIPPED};
use domain::command::Picture;
use domain::picture::{EditDraft, Product};
use domain::refusal::Fault;
use domain::{
    ArtifactId, Command, Credits, GenerationId, InputId, Language, Millis, News, Refusal,
};

use crate::html;
use crate::world::{incoming, labels, line, picture, press, sample, tell};

fn english(sample: &Sample) -> Facts<'static> {
    sample.facts(Language::En)
}

fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("a small amount")
}

fn input(number: u128) -> InputId {
    InputId::new(number)
}

/// What is known of a photo.
fn known(number: u128, state: InputState) -> InputFacts {
    InputFacts { id: input(number), state, millis: None }
}

fn says(place: &Place, facts: &Facts<'_>) -> String {
    html::plain(&place.view(facts).text).expect("it is well formed, which another test sees to")
}

/// The photos of a draft, whatever is being asked about it.
#[track_caller]
fn draft(place: &Place) -> &EditDraft {
    match place {
        Place::EditSetup(
            EditSetup::Photos { draft }
            | EditSetup::Words { draft }
            | EditSetup::Order { draft, .. },
        ) => draft,
        other => panic!("no draft but {}", node(other)),
    }
}

#[track_caller]
fn order(place: &Place) -> (&EditDraft, Quote) {
    match place {
        Place::EditSetup(EditSetup::Order { draft, quote }) => (draft, *quote),
        other => panic!("no order but {}", node(other)),
    }
}

/// Somebody in a chat, with photos that are looked at when we say so.
struct Talk {
    place: Place,
    facts: Facts<'static>,
    photos: u128,
}

impl Talk {
    /// Begins at the main menu.
    fn new() -> Self {
        let facts = english(&sample("home: new"));
        Self { place: Place::from(Home), facts, photos: 0 }
    }

    fn press(&mut self, label: &str) -> Option<Command> {
        let next = press(&self.place, label, &self.facts);
        self.went(next)
    }

    fn write(&mut self, text: &str) -> Option<String> {
        let next = self.place.clone().on(Incoming::Text(text.to_owned()), &self.facts);
        let notice = next.notice.clone();
        assert_eq!(self.went(next), None, "words alone run nothing");
        notice
    }

    /// Sends a photo, which is taken if it is wanted; what is said about it if it isn't.
    fn send(&mut self, picture: Picture) -> Option<String> {
        let next = self.place.clone().on(Incoming::Picture(picture), &self.facts);
        let notice = next.notice.clone();
        if let Some(command) = self.went(next) {
            assert!(matches!(command, Command::TakeInput { .. }), "{command:?}");
            self.photos += 1;
            let taken = News::InputTaken { input: input(self.photos) };
            self.facts.inputs.push(known(self.photos, InputState::Waiting));
            self.hear(taken);
        }
        notice
    }

    fn hear(&mut self, news: News) -> Option<String> {
        let next = tell(&self.place, news, &self.facts);
        let notice = next.notice.clone();
        assert_eq!(self.went(next), None, "news never lead to a command");
        notice
    }

    /// A photo has been looked at, and the books say so before it is heard.
    fn looked(&mut self, number: u128, state: InputState) -> Option<String> {
        let known = self.facts.inputs.iter_mut().find(|it| it.id == input(number));
        known.expect("it was sent").state = state;
        let input = input(number);
        match state {
            InputState::Ready => self.hear(News::InputReady { input }),
            InputState::Unusable => self.hear(News::InputUnusable { input }),
            InputState::Waiting => None,
        }
    }

    fn went(&mut self, next: Next) -> Option<Command> {
        self.place = Place::from_json(&next.place.to_json());
        assert_eq!(self.place, next.place, "what is stored is read again");
        next.run
    }

    fn at(&self) -> String {
        node(&self.place)
    }

    fn says(&self) -> String {
        says(&self.place, &self.facts)
    }
}

#[test]
fn an_edit_is_chosen_paid_made_and_edited_further() {
    let mut talk = Talk::new();
    talk.press("Edit a photo");
    talk.press("Retouching");
    assert_eq!(talk.at(), "edit-category");
    talk.press("Larger and sharper · 1");
    assert!(talk.says().ends_with("You can send it right away.\n\nPrice: 1 credit"));
    let example = talk.place.view(&talk.facts).picture;
    assert_eq!(example, Some(Shown::Example("upscale".to_owned())));
    talk.press("Choose this one");
    assert_eq!(talk.at(), "edit_setup-photos");
    talk.send(picture());
    assert_eq!(talk.says(), "Larger and sharper\nOne moment, looking at the photo…");
    talk.looked(1, InputState::Ready);
    assert_eq!(
        talk.says(),
        "Larger and sharper\nYour photo is here.\n\nPrice: 1 credit. You have 100, 99 will be \
         left.\nThe credits are set aside now, and charged only for what is made."
    );
    let Some(Command::EditPhotos { draft, quote }) = talk.press("Edit · 1 credit") else {
        panic!("nothing is edited")
    };
    assert_eq!(draft.inputs, [input(1)]);
    assert_eq!((draft.preset.as_str(), draft.words.as_str()), ("upscale", ""));
    assert_eq!((quote.credits, quote.expires_at), (credits(1), talk.facts.now.plus(Millis::HOUR)));
    let generation = GenerationId::new(1);
    talk.hear(News::PicturesQueued { generation: generation.clone() });
    talk.facts.generation = english(&sample("making: an edit, queued")).generation;
    assert_eq!(
        talk.says(),
        "In your own words: editing the photo\nPlace in the queue: 3\nAbout 2 minutes left. \
         You can close the chat: I will send the result here.\nSet aside: 2 credits."
    );
    talk.facts.generation = english(&sample("result: an edit")).generation;
    let (charged, returned) = (credits(2), Credits::ZERO);
    let ready = News::PicturesReady {
        generation,
        product: Product::Edit,
        made: 1,
        withheld: 0,
        charged,
        returned,
    };
    let notice = talk.hear(ready);
    assert_eq!(notice.as_deref(), Some("<b>Your photo is edited</b>\nCharged: 2 credits."));
    talk.press("Before and after");
    let shown = |talk: &Talk| talk.place.view(&talk.facts).picture;
    assert_eq!(shown(&talk), Some(Shown::Compared(ArtifactId::new(1))));
    talk.press("Only the result");
    assert_eq!(shown(&talk), Some(Shown::Artifact(ArtifactId::new(1))));
    talk.press("‹ Back");
    let command = talk.press("Edit further");
    assert_eq!(command, Some(Command::UseResult { artifact: ArtifactId::new(1) }));
    talk.facts.inputs = vec![known(9, InputState::Ready)];
    talk.hear(News::InputTaken { input: input(9) });
    assert!(talk.says().starts_with("Shall we edit this photo?"));
    talk.write("make it evening");
    assert_eq!(order(&talk.place).0.inputs, [input(9)]);
    assert_eq!(order(&talk.place).0.words, "make it evening");
}

/// An operator's new preset may have no picture yet.
#[test]
fn a_preset_without_an_example_is_shown_in_words() {
    let facts = english(&sample("home: new"));
    let mut catalog = facts.catalog.clone();
    let own = catalog.presets.first_mut().expect("there are presets");
    own.name = "of-their-own".to_owned();
    let facts = Facts { catalog: &catalog, ..facts };
    let place = Place::from(Edit::Preset { preset: "of-their-own".to_owned(), inputs: Vec::new() });
    assert_eq!(place.view(&facts).picture, None);
    assert!(!says(&place, &facts).is_empty());
}

#[test]
fn a_photo_that_comes_unasked_is_kept_until_it_is_chosen_what_to_do() {
    let mut talk = Talk::new();
    talk.send(picture());
    assert_eq!(talk.at(), "edit-start");
    assert!(talk.says().starts_with("One moment, looking at the photo…"));
    talk.press("Retouching");
    assert_eq!(talk.looked(1, InputState::Ready), None);
    assert_eq!(talk.at(), "edit-category");
    talk.press("Larger and sharper");
    talk.press("Choose this one");
    assert_eq!(order(&talk.place).0.inputs, [input(1)]);
    talk.press("‹ Back");
    talk.press("‹ Back");
    talk.press("‹ Back");
    talk.press("Another photo");
    assert_eq!(talk.place, Place::from(Edit::default()));
}

#[test]
fn a_photo_can_be_sent_to_a_preset_at_once() {
    let mut talk = Talk::new();
    talk.press("Edit a photo");
    talk.press("Retouching");
    talk.press("Larger and sharper");
    talk.send(picture());
    assert_eq!(talk.at(), "edit_setup-photos");
    talk.looked(1, InputState::Ready);
    assert_eq!(order(&talk.place).0.inputs, [input(1)]);
}

#[test]
fn own_words_and_a_photo_may_come_in_any_order() {
    let mut talk = Talk::new();
    talk.press("Edit a photo");
    talk.write("remove the people");
    assert_eq!(talk.at(), "edit_setup-photos");
    let notice = talk.write("and the sea");
    assert_eq!(notice.as_deref(), Some("What I need now is a photo: please send it here."));
    talk.send(picture());
    talk.looked(1, InputState::Ready);
    assert_eq!(order(&talk.place).0.words, "remove the people");
    // What is written now takes the place of it.
    talk.write("  remove\nthe sea ");
    assert_eq!(order(&talk.place).0.words, "remove the sea");

    let mut talk = Talk::new();
    talk.press("Edit a photo");
    talk.press("In your own words");
    talk.press("In your own words ·");
    talk.press("Choose this one");
    talk.send(picture());
    talk.looked(1, InputState::Ready);
    assert_eq!(talk.at(), "edit_setup-words");
    assert!(talk.write(&"я".repeat(501)).is_some_and(|it| it.starts_with("That is 501")));
    assert!(talk.write("...").is_some());
    assert_eq!(talk.at(), "edit_setup-words");
    talk.write(&"я".repeat(500));
    assert_eq!(order(&talk.place).0.words.chars().count(), 500);
    talk.press("Change the words");
    talk.press("‹ Back");
    assert_eq!(order(&talk.place).0.words.chars().count(), 500);
}

/// With one preset in a category there is nothing to choose, neither there nor on the way back.
#[test]
fn a_category_of_one_is_no_step() {
    let mut talk = Talk::new();
    let mut catalog = talk.facts.catalog.clone();
    catalog.presets.retain(|it| it.category != "retouch" || it.name == "upscale");
    talk.facts.catalog = Box::leak(Box::new(catalog));
    talk.press("Edit a photo");
    talk.press("Retouching");
    assert_eq!(talk.at(), "edit-preset");
    talk.press("‹ Back");
    assert_eq!(talk.at(), "edit-start");
    talk.press("Hair");
    assert_eq!(talk.at(), "edit-category");
}

#[test]
fn words_for_two_photos_take_both() {
    let mut talk = Talk::new();
    talk.send(picture());
    talk.send(picture());
    talk.looked(1, InputState::Ready);
    talk.looked(2, InputState::Ready);
    talk.write("put me beside the car");
    let (draft, _) = order(&talk.place);
    assert_eq!((draft.preset.as_str(), draft.inputs.len()), ("own-words-two", 2));
}

#[test]
fn of_an_album_the_first_are_taken_and_the_rest_is_told_about() {
    let double = |catalog: &Catalog| {
        let found = catalog.presets.iter().find(|it| it.photos == 2);
        found.expect("the catalog has one").name.clone()
    };
    let mut talk = Talk::new();
    let draft_of = |preset| EditDraft { preset, inputs: Vec::new(), words: String::new() };
    let preset = double(talk.facts.catalog);
    talk.place = EditSetup::Photos { draft: draft_of(preset) }.into();
    assert_eq!(talk.send(picture()), None);
    assert_eq!(talk.send(picture()), None);
    let left_out = "I have all the photos I need, so I left this one out. To use another one, \
                    press “Another photo”.";
    assert_eq!(talk.send(picture()).as_deref(), Some(left_out));
    // They are looked at in any order, and stay in the order in which they came.
    talk.looked(2, InputState::Ready);
    assert_eq!(talk.at(), "edit_setup-photos");
    talk.looked(1, InputState::Ready);
    assert_eq!(order(&talk.place).0.inputs, [input(1), input(2)]);
    assert_eq!(talk.send(picture()).as_deref(), Some(left_out));
}

#[test]
fn of_too_many_photos_that_were_kept_the_first_is_used() {
    let mut talk = Talk::new();
    for _ in 0..2 {
        assert_eq!(talk.send(picture()), None);
    }
    assert!(talk.send(picture()).is_some());
    talk.looked(1, InputState::Ready);
    talk.looked(2, InputState::Ready);
    talk.press("Retouching");
    talk.press("Larger and sharper");
    let next = press(&talk.place, "Choose this one", &talk.facts);
    assert_eq!(order(&next.place).0.inputs, [input(1)]);
    assert_eq!(
        next.notice.as_deref(),
        Some("This takes fewer photos than you have sent, so I use the ones that came first.")
    );
}

#[test]
fn a_photo_of_no_use_is_asked_for_again() {
    let mut talk = Talk::new();
    talk.place = sample("edit_setup: a photo").place;
    talk.send(picture());
    let notice = talk.looked(1, InputState::Unusable);
    assert_eq!(
        notice.as_deref(),
        Some(
            "I couldn’t take this photo: the file is too large, damaged, or not a picture at all. \
             Please send another one: JPEG, PNG or WebP up to 20 MB. Nothing was charged."
        )
    );
    assert_eq!(draft(&talk.place).inputs, []);
    let large = Picture { bytes: 20 * 1024 * 1024 + 1, ..picture() };
    assert!(talk.send(large).is_some_and(|it| it.starts_with("That file is over 20 MB")));
    talk.send(picture());
    talk.looked(2, InputState::Ready);
    assert_eq!(order(&talk.place).0.inputs, [input(2)]);
}

#[test]
fn the_word_that_a_photo_is_ready_is_enough() {
    let looking = sample("edit_setup: two photos, the second is looked at");
    let facts = english(&looking);
    let next = tell(&looking.place, News::InputReady { input: input(2) }, &facts);
    assert_eq!(order(&next.place).0.inputs, [input(1), input(2)]);
    let other = tell(&looking.place, News::InputReady { input: input(3) }, &facts);
    assert_eq!(other, Next::go(looking.place));
}

/// News of it may have been heard elsewhere, so the books decide.
#[test]
fn a_photo_that_turned_out_of_no_use_is_missing() {
    let of_no_use = sample("edit_setup: a photo, of no use");
    let facts = english(&of_no_use);
    assert!(says(&of_no_use.place, &facts).contains("Send the photo that I shall edit"));
    let sent = of_no_use.place.on(Incoming::Picture(picture()), &facts);
    assert_eq!(line(&sent), "edit_setup-photos; runs TakeInput");
    let double = sample("edit_setup: two photos, there");
    let mut facts = english(&double);
    let states = [InputState::Unusable, InputState::Ready, InputState::Ready];
    facts.inputs = (1..).zip(states).map(|(it, state)| known(it, state)).collect();
    let inputs = (1..=3).map(input).collect();
    let all = EditDraft { inputs, ..draft(&double.place).clone() };
    let next = press(&EditSetup::Photos { draft: all }.into(), "Continue", &facts);
    assert_eq!(order(&next.place).0.inputs, [input(2), input(3)]);
}

/// The news may be lost, or heard where somebody had gone meanwhile.
#[test]
fn photos_that_were_looked_at_meanwhile_wait_with_a_button() {
    let there = sample("edit_setup: a photo, there");
    let next = press(&there.place, "Continue", &english(&there));
    assert_eq!(line(&next), "edit_setup-order");
    for name in ["gallery: first page", "setup: own words", "desk: enough", "home: new"] {
        let elsewhere = sample(name);
        let next =
            tell(&elsewhere.place, News::InputReady { input: input(1) }, &english(&elsewhere));
        assert_eq!(next, Next::go(elsewhere.place), "{name}");
    }
}

#[test]
fn a_plans_discount_is_in_every_price_that_is_shown() {
    let preset = sample("edit: a preset with a plan");
    let facts = english(&preset);
    assert!(says(&preset.place, &facts).ends_with("Price: 1 credit"));
    let page = press(&preset.place, "‹ Back", &facts).place;
    assert!(labels(&page, &facts).contains(&"In your own words · 1".to_owned()));
    let quote = |off| {
        let mut facts = facts.clone();
        facts.person.picture_discount = off;
        facts.edit_quote("own-words").map(|it| it.credits.as_i64())
    };
    // Rounded up, as the price of a picture is.
    assert_eq!([0, 10, 49, 50, 100].map(quote), [2, 2, 2, 1, 0].map(Some));
    assert_eq!(facts.edit_quote("gone"), None);
}

#[test]
fn a_price_that_was_shown_is_the_one_that_is_charged() {
    let sample = sample("edit_setup: an order with words");
    let mut facts = english(&sample);
    // A discount that came meanwhile is for the next order.
    facts.person.picture_discount = 50;
    let Some(Command::EditPhotos { quote, .. }) = press(&sample.place, "Edit", &facts).run else {
        panic!("nothing is edited")
    };
    assert_eq!(quote.credits, credits(2));
    let old = Incoming::Press("edit_setup:{\"Make\":1}".to_owned());
    assert_eq!(
        line(&sample.place.clone().on(old, &facts)),
        "edit_setup-order; says \"That menu is out of date. Here is the current one.\""
    );
    facts.now = facts.now.plus(Millis::DAY);
    let next = tell(&sample.place, News::Refused { refusal: Refusal::QuoteExpired }, &facts);
    let (draft, quote) = order(&next.place);
    assert_eq!((draft, quote.credits), (order(&sample.place).0, credits(1)));
    assert!(next.notice.is_some_and(|it| it.starts_with("That price is out of date")));
}

#[test]
fn whoever_tops_up_comes_back_to_their_edit() {
    let sample = sample("edit_setup: short of credits");
    let mut facts = english(&sample);
    assert!(!labels(&sample.place, &facts).iter().any(|it| it.starts_with("Edit ·")));
    let next = press(&sample.place, "Top up", &facts);
    let Place::Shop(Shop::PickPack { resume: Some(resume) }) = next.place else {
        panic!("it leads to {}", line(&next))
    };
    let back = Place::from_json(&resume);
    assert_eq!(back, sample.place);
    facts.person.available = credits(100);
    assert_eq!(line(&press(&back, "Edit ·", &facts)), "edit_setup-order; runs EditPhotos");
}

#[test]
fn what_failed_leads_back_to_the_same_photos() {
    let sample = sample("making: an edit, 41 %");
    let mut facts = english(&sample);
    let generation = GenerationId::new(1);
    let failed = News::PicturesFailed {
        generation,
        product: Product::Edit,
        fault: Fault::PhotosUnusable,
        returned: credits(2),
    };
    let next = tell(&sample.place, failed, &facts);
    let made_of = facts.generation.as_ref().and_then(|it| it.wish.edit());
    assert_eq!(Some(order(&next.place).0), made_of);
    assert_eq!(
        next.notice.as_deref(),
        Some(
            "<b>The edit didn’t work out</b>\nThe studio couldn’t use this photo. Please try \
             another one.\nReturned: 2 credits."
        )
    );
    // The photos may be gone by then: the rest is kept, and nothing can be ordered without them.
    let said = says(&next.place, &facts);
    assert!(said.contains("I don’t have those photos any more"), "{said}");
    let asked = press(&next.place, "Another photo", &facts).place;
    assert_eq!(draft(&asked).words, order(&next.place).0.words);
    let make = Incoming::Press("edit_setup:{\"Make\":2}".to_owned());
    assert_eq!(
        line(&next.place.clone().on(make, &facts)),
        "edit_setup-photos; says \"This photo is gone.\""
    );
    facts.inputs = vec![known(1, InputState::Ready)];
    assert!(press(&next.place, "Edit ·", &facts).run.is_some());
}

#[test]
fn what_is_refused_leads_to_where_it_can_be_mended() {
    let sample = sample("edit_setup: an order with words");
    let facts = english(&sample);
    let lead = |refusal| node(&tell(&sample.place, News::Refused { refusal }, &facts).place);
    assert_eq!(lead(Refusal::PresetGone), "edit-start");
    assert_eq!(lead(Refusal::PhotoGone), "edit_setup-photos");
    assert_eq!(lead(Refusal::WordsEmpty), "edit_setup-words");
    assert_eq!(lead(Refusal::WordsTooLong { most: 500 }), "edit_setup-words");
    assert_eq!(lead(Refusal::ProductPaused), "edit_setup-order");
    let short = Refusal::ShortOfCredits { need: credits(2), have: credits(1) };
    assert_eq!(lead(short), "edit_setup-order");
    let gone = tell(&sample.place, News::Refused { refusal: Refusal::PresetGone }, &facts);
    assert_eq!(gone.place.needs().inputs, [input(1)], "the photo stays for something else");
}

#[test]
fn the_same_is_done_to_another_photo() {
    for name in ["result: an edit", "gallery: an edit in own words"] {
        let sample = sample(name);
        let next = press(&sample.place, "The same with another photo", &english(&sample));
        let EditDraft { preset, inputs, words } = draft(&next.place);
        assert_eq!((preset.as_str(), inputs.len()), ("own-words", 0), "{name}");
        assert!(!words.is_empty(), "{name}");
    }
}

#[test]
fn any_result_can_be_the_next_photo() {
    let taken = |place: &Place, facts: &Facts<'_>, label| press(place, label, facts).run;
    let use_of = |number| Some(Command::UseResult { artifact: ArtifactId::new(number) });
    for (name, label) in [
        ("result: one", "Edit it"),
        ("gallery: a picture, avatar gone", "Edit it"),
        ("gallery: an edit", "Edit further"),
        ("result: an edit", "Edit further"),
    ] {
        let sample = sample(name);
        assert_eq!(taken(&sample.place, &english(&sample), label), use_of(1), "{name}");
    }
    let four = sample("result: four");
    let which = press(&four.place, "Edit it", &english(&four)).place;
    assert_eq!(taken(&which, &english(&four), "3"), use_of(3));
}

/// Buttons may be old, and photos come at any time: while edits rest nothing is begun.
#[test]
fn while_edits_rest_nothing_is_begun() {
    let incoming = incoming();
    for sample in samples() {
        let mut facts = english(&sample);
        facts.person.consented = true;
        facts.person.can_edit = false;
        // They take photos and results, too.
        facts.person.can_video = false;
        // A press of another screen changes nothing, which another test sees to.
        let own = format!("{}:", sample.place.name());
        let may_begin = |it: &Incoming| match it {
            Incoming::Picture(_) => true,
            Incoming::Press(press) => press.starts_with(&own),
            Incoming::Text(_) | Incoming::Clip(_) | Incoming::Other(_) | Incoming::News(_) => false,
        };
        for event in incoming.iter().filter(|it| may_begin(it)) {
            let run = sample.place.clone().on(event.clone(), &facts).run;
            let is_begun = matches!(
                run,
                Some(
                    Command::TakeInput { .. }
                        | Command::EditPhotos { .. }
                        | Command::UseResult { .. }
                )
            );
            assert!(!is_begun, "{}: {event:?} runs {run:?}", sample.name);
        }
        let said = says(&sample.place, &facts);
        if matches!(sample.place, Place::Edit(_) | Place::EditSetup(_)) {
            assert!(said.starts_with("Photo editing is taking a break"), "{}: {said}", sample.name);
        }
    }
}

/// The samples show one preset of each sort; the screens must do for all of them.
#[test]
fn every_preset_can_be_ordered() {
    let catalog = Catalog::read(SHIPPED).expect("the catalog we ship is read by a test");
    for preset in &catalog.presets {
        let mut talk = Talk::new();
        talk.place = Edit::Preset { preset: preset.name.clone(), inputs: Vec::new() }.into();
        talk.press("Choose this one");
        for number in 1..=u128::from(preset.photos) {
            assert_eq!(talk.send(picture()), None, "{}", preset.name);
            talk.looked(number, InputState::Ready);
        }
        if talk.at() == "edit_setup-words" {
            talk.write("a red coat");
        }
        let price = order(&talk.place).1.credits;
        assert_eq!(price, preset.credits, "{}", preset.name);
        let command = talk.press("Edit ·");
        assert!(matches!(command, Some(Command::EditPhotos { .. })), "{}", preset.name);
    }
}
