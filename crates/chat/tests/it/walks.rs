//! Talking videos walked back and on again: every step is found from both sides, and what was paid
//! for is found again.

use chat::Incoming;
use chat::facts::InputState;
use chat::preview::samples::samples;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::{Face, Format};
use domain::{Command, GenerationId, News};

use crate::talk::{Talk, artifact, credits, english, input, plan, take};
use crate::world::{clip, picture, sample};

const SCREENS: [&str; 6] = ["film", "makeover", "script", "takes", "video", "voices"];

#[test]
fn back_alone_leads_to_the_format_and_goes_in_no_circle() {
    for sample in samples().iter().filter(|it| SCREENS.contains(&it.place.name())) {
        let mut talk = Talk::at(&sample.name);
        let mut seen = vec![talk.node()];
        while talk.node() != "video-format" {
            assert_eq!(talk.press("‹ Back"), None, "{}", sample.name);
            let node = talk.node();
            assert!(!seen.contains(&node), "{}: {seen:?}, and {node} again", sample.name);
            seen.push(node);
        }
        talk.press("‹ Back");
        assert_eq!(talk.node(), "home", "{}", sample.name);
    }
}

/// Where somebody gets who goes back so often and then on, without ordering anything.
#[track_caller]
fn check_on(talk: &Talk, backs: usize, on: &str, expected: &str) {
    let mut talk = Talk { place: talk.place.clone(), facts: talk.facts.clone(), notice: None };
    (0..backs).for_each(|_| assert_eq!(talk.press("‹ Back"), None));
    assert_eq!(talk.press(on), None, "{on} orders nothing");
    assert_eq!(talk.node(), expected, "{on} after {backs} steps back");
}

#[test]
fn whoever_looks_back_goes_on_where_they_were() {
    let talk = Talk::at("script: an order");
    check_on(&talk, 1, "Keep this text", "script-order");
    check_on(&talk, 2, "Keep the voice: Bekzat", "script-order");
    check_on(&talk, 3, "Choose this one", "script-order");
    let mut talk = Talk::at("script: what to say");
    talk.press("‹ Back");
    check_on(&talk, 0, "Keep the voice: Bekzat", "script-write");
    let gone = Talk::at("script: an order, voice gone");
    let mut back = Talk { place: gone.place, facts: gone.facts, notice: None };
    (0..2).for_each(|_| drop(back.press("‹ Back")));
    assert!(!back.labels().iter().any(|it| it.starts_with("Keep")), "it is there no more");
}

/// A recording that was paid for is not ordered again by whoever keeps what it says.
#[test]
fn what_was_spoken_is_found_again() {
    let talk = Talk::at("takes: one");
    check_on(&talk, 1, "Keep this text", "takes");
    check_on(&talk, 2, "Keep the voice: Bekzat", "takes");
    check_on(&talk, 3, "Choose this one", "film-order");
    // It is the one of these words, in this voice and at this pace, also among others.
    let mut talk = Talk::at("takes: five");
    talk.facts.takes[1].script = "Other words".to_owned();
    talk.press("Another text");
    talk.write("Other words");
    assert_eq!(talk.node(), "takes");
    assert!(talk.labels().contains(&"✓ 2".to_owned()), "{:?}", talk.labels());
    // Spoken once more it is only by an order that says so.
    talk.press("Faster or slower");
    assert_eq!(talk.node(), "script-order");
    assert!(matches!(talk.press("Speak it"), Some(Command::MakeSpeech { .. })));
}

/// Other words than those that were spoken are not filmed in the old recording.
#[test]
fn what_was_changed_since_is_spoken_first() {
    let changed = |words: Option<&str>, press: &str| {
        let mut talk = Talk::at("takes: one");
        match words {
            Some(words) => {
                talk.press("Another text");
                talk.write(words)
            }
            None => talk.press("Faster or slower"),
        };
        talk.press(press);
        assert_eq!(talk.node(), "script-order");
        talk
    };
    for talk in [changed(Some("Other words"), "✓ as usual"), changed(None, "80%")] {
        check_on(&talk, 1, "Keep this text", "script-order");
        check_on(&talk, 2, "Keep the voice: Bekzat", "script-order");
        check_on(&talk, 3, "Choose this one", "script-order");
    }
    let mut talk = Talk::at("takes: one");
    talk.press("Another voice");
    talk.press("Marcus");
    assert_eq!(talk.node(), "script-order", "nobody has heard it in this voice");
    // The one that is used is the one that was listened to, whatever was said after it.
    let mut talk = Talk::at("takes: five");
    talk.facts.takes[1].script = "Other words".to_owned();
    talk.press("2");
    talk.press("This is good, go on");
    assert_eq!(talk.node(), "film-order");
    assert_eq!(plan(&talk.place).takes.last(), Some(&artifact(2)));
    check_on(&talk, 1, "This is good, go on", "film-order");
}

/// What is being spoken is waited for, not ordered once more.
#[test]
fn what_is_being_spoken_is_found_again() {
    let mut talk = Talk::at("script: an order");
    talk.press("Speak it");
    talk.facts.generation = english(&sample("script: under way")).generation;
    talk.hear(News::PicturesQueued { generation: GenerationId::new(1) });
    check_on(&talk, 1, "Keep this text", "script-watch");
    check_on(&talk, 2, "Keep the voice: Bekzat", "script-watch");
    check_on(&talk, 3, "Choose this one", "script-watch");
    let mut other = Talk { place: talk.place.clone(), facts: talk.facts.clone(), notice: None };
    other.press("‹ Back");
    other.write("Other words");
    assert_eq!(other.node(), "script-order");
    // What came of it is listened to, also where nobody was told; what failed may be ordered again.
    talk.facts.generation = english(&sample("script: spoken")).generation;
    check_on(&talk, 1, "Keep this text", "takes");
    talk.facts.generation = english(&sample("script: failed")).generation;
    check_on(&talk, 1, "Keep this text", "script-order");
}

#[test]
fn a_recording_is_heard_of_by_whoever_listens_to_another() {
    let mut talk = Talk::at("takes: one");
    talk.press("Another text");
    talk.write("Other words");
    talk.press("Speak it");
    talk.hear(News::PicturesQueued { generation: GenerationId::new(2) });
    talk.press("‹ Back");
    talk.write("New <3 sneakers & \"more\"!\nThis week only.");
    assert_eq!(talk.node(), "takes");
    let order = english(&sample("script: spoken")).generation.expect("the sample has one");
    let mut tiles = order.tiles.clone();
    tiles.iter_mut().for_each(|it| it.artifact = artifact(2));
    let id = GenerationId::new(2);
    talk.facts.generation = Some(chat::facts::GenerationFacts { id: id.clone(), tiles, ..order });
    talk.facts.takes.push(take(2, 12_300));
    talk.hear(ready(id, Product::Speech));
    assert_eq!(plan(&talk.place).takes, [artifact(1), artifact(2)]);
}

fn ready(generation: GenerationId, product: Product) -> News {
    News::PicturesReady {
        generation,
        product,
        made: 1,
        withheld: 0,
        charged: credits(1),
        returned: credits(0),
    }
}

/// A look that was paid for, or is in the making, is a press away from the face that it is made of.
#[test]
fn a_new_look_is_found_again() {
    for name in ["makeover: made", "makeover: under way"] {
        let mut talk = Talk::at("makeover: an order");
        talk.press("Change it · 2");
        talk.facts.generation = english(&sample(name)).generation;
        talk.hear(News::PicturesQueued { generation: GenerationId::new(1) });
        talk.press("‹ Back");
        assert_eq!(talk.node(), "video-face", "{name}");
        talk.hear(ready(GenerationId::new(1), Product::Character));
        assert_eq!(talk.node(), "video-face", "{name}: the view leads to it");
        talk.press("Show the new look");
        assert_eq!(talk.place.needs().generation, Some(GenerationId::new(1)), "{name}");
        assert_eq!(talk.place, sample(name).place, "{name}");
        talk.facts.generation = english(&sample("makeover: made")).generation;
        talk.press("Take this one");
        talk.looked(5, InputState::Ready);
        assert_eq!(plan(&talk.place).face, Some(Face::Input(input(5))), "{name}");
        talk.press("‹ Back");
        assert_eq!(talk.node(), "video-face", "{name}");
        assert!(!talk.labels().contains(&"Show the new look".to_owned()), "{name}: it is the face");
    }
}

/// What didn't come about doesn't count, wherever they are by then.
#[test]
fn a_look_that_failed_is_not_counted() {
    let mut talk = Talk::at("makeover: under way");
    talk.press("‹ Back");
    talk.hear(News::PicturesFailed {
        generation: GenerationId::new(1),
        product: Product::Character,
        fault: Fault::TooSlow,
        returned: credits(2),
    });
    assert_eq!((talk.node().as_str(), plan(&talk.place).rounds), ("video-face", 0));
    assert!(!talk.labels().contains(&"Show the new look".to_owned()));
}

/// Sends a clip that is still being looked at.
fn clipped() -> Talk {
    let mut talk = Talk::new();
    talk.press("Make a talking video");
    talk.press("A person over my clip");
    assert!(matches!(talk.arrive(Incoming::Clip(clip())), Some(Command::TakeClip { .. })));
    talk.looked(1, InputState::Waiting);
    talk
}

#[test]
fn a_clip_is_not_chosen_before_it_was_looked_at() {
    let mut talk = clipped();
    talk.press("‹ Back");
    talk.press("A person over my clip");
    assert_eq!(talk.node(), "video-background");
    assert!(talk.says().starts_with("One moment, looking at the clip"), "{}", talk.says());
    talk.facts.inputs[0].state = InputState::Ready;
    talk.hear(News::InputReady { input: input(1) });
    assert_eq!(talk.node(), "video-gender");
}

/// A clip, or a photo of before, is not the picture that shall speak: only what was pressed is.
#[test]
fn what_was_looked_at_is_not_taken_for_a_face() {
    let mut talk = clipped();
    talk.press("‹ Back");
    talk.press("A person who talks");
    talk.press("From my pictures");
    for number in [1, 77] {
        let before = talk.place.clone();
        talk.hear(News::InputReady { input: input(number) });
        assert_eq!((talk.node().as_str(), &talk.place), ("video-mine", &before));
    }
    let mut talk = Talk::at("video: a picture, asked for");
    talk.hear(News::InputReady { input: input(77) });
    assert_eq!(plan(&talk.place).face, None);
    let mut talk = Talk::at("makeover: what to change, asked for");
    talk.hear(News::InputReady { input: input(77) });
    assert_eq!(plan(&talk.place).face, None);
    talk.arrive(Incoming::Picture(picture()));
    assert_eq!(plan(&talk.place).face, None);
}

#[test]
fn a_clip_of_no_use_is_told_as_a_clip() {
    let mut talk = clipped();
    talk.press("‹ Back");
    talk.facts.inputs[0].state = InputState::Unusable;
    talk.hear(News::ClipUnusable { input: input(1) });
    assert_eq!(talk.node(), "video-format");
    assert!(talk.notice().starts_with("I couldn’t use this clip"), "{}", talk.notice());
    talk.press("A person over my clip");
    assert_eq!((talk.node().as_str(), plan(&talk.place).background), ("video-background", None));
    assert_eq!(talk.notice(), "", "it was said before");
    let mut talk = Talk::new();
    talk.hear(News::ClipUnusable { input: input(1) });
    assert!(talk.notice().starts_with("I couldn’t use this clip"), "{}", talk.notice());
}

#[test]
fn a_clip_that_is_gone_is_asked_for_before_anything_is_paid() {
    for is_known in [false, true] {
        let mut talk = Talk::at("video: who, over a clip");
        talk.facts.voices = english(&sample("voices: all")).voices;
        talk.facts.inputs[0].state = InputState::Unusable;
        talk.facts.inputs.retain(|_| is_known);
        talk.press("Woman");
        talk.press("1. ");
        talk.press("Choose this one");
        assert_eq!(talk.node(), "video-background");
        assert!(talk.notice().starts_with("I don’t have this clip any more"), "{}", talk.notice());
        let plan = plan(&talk.place);
        assert_eq!((plan.format, plan.background), (Some(Format::OverBackground), None));
    }
}
