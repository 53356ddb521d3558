//! Talking videos walked back and on again: every step is found from both sides, and what was paid
//! for is found again.

use chat::facts::InputState;
use chat::preview::samples::samples;
use chat::{Incoming, Place};
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
        if talk.labels().contains(&"Yes, stop".to_owned()) {
            // Behind the question is what it is about.
            talk.press("‹ Back");
        }
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
    talk.facts.speaking = english(&sample("script: under way")).generation;
    talk.hear(News::PicturesQueued { generation: GenerationId::new(1) });
    check_on(&talk, 1, "Keep this text", "script-watch");
    check_on(&talk, 2, "Keep the voice: Bekzat", "script-watch");
    check_on(&talk, 3, "Choose this one", "script-watch");
    let mut other = Talk { place: talk.place.clone(), facts: talk.facts.clone(), notice: None };
    other.press("‹ Back");
    other.write("Other words");
    assert_eq!(other.node(), "script-order");
    // What came of it is listened to, also where nobody was told; what failed may be ordered again.
    talk.facts.speaking = english(&sample("script: spoken")).generation;
    check_on(&talk, 1, "Keep this text", "takes");
    talk.facts.speaking = english(&sample("script: failed")).generation;
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
    talk.facts.speaking = Some(chat::facts::GenerationFacts { id: id.clone(), tiles, ..order });
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

/// F46: the same words aren't offered for money once more because a face was changed meanwhile.
#[test]
fn what_is_being_spoken_is_found_again_after_a_change_of_the_face() {
    for (name, expected) in [("script: under way", "script-watch"), ("script: spoken", "takes")] {
        let mut talk = Talk::at("script: an order");
        talk.press("Speak it");
        talk.facts.speaking = english(&sample("script: under way")).generation;
        talk.hear(News::PicturesQueued { generation: GenerationId::new(1) });
        (0..3).for_each(|_| assert_eq!(talk.press("‹ Back"), None));
        talk.press("Change something · 2");
        talk.write("A red jacket");
        talk.press("Change it · 2");
        let order = english(&sample("makeover: made")).generation.expect("the sample has one");
        let changed = chat::facts::GenerationFacts { id: GenerationId::new(2), ..order };
        talk.facts.generation = Some(changed);
        talk.hear(News::PicturesQueued { generation: GenerationId::new(2) });
        talk.facts.speaking = english(&sample(name)).generation;
        let needs = talk.place.needs();
        assert_eq!(needs.generation, Some(GenerationId::new(2)), "{name}");
        assert_eq!(
            needs.speaking,
            Some(GenerationId::new(1)),
            "{name}: it is asked for beside that"
        );
        talk.press("Take this one");
        talk.looked(5, InputState::Ready);
        assert_eq!(talk.node(), expected, "{name}");
    }
}

/// Asked about, stopped, and begun again with all that was chosen.
#[test]
fn a_step_is_stopped_where_it_is_watched() {
    for (name, asked, stopped, node) in [
        ("script: under way", "script-watch", "script: stopped", "script-order"),
        ("makeover: under way", "makeover-watch", "makeover: stopped", "makeover-watch"),
    ] {
        for how in ["Stop", "/cancel"] {
            let mut talk = Talk::at(name);
            let (before, chosen) = (talk.place.clone(), plan(&talk.place));
            let stop = |talk: &mut Talk| match how {
                "Stop" => talk.press("Stop"),
                typed => talk.write(typed),
            };
            assert_eq!(stop(&mut talk), None);
            assert!(talk.says().contains("stop"), "{}", talk.says());
            talk.press("‹ Back");
            assert_eq!(talk.place, before, "{name}: back from the question");
            stop(&mut talk);
            let generation = GenerationId::new(1);
            let command = Command::CancelPictures { generation: generation.clone() };
            assert_eq!(talk.press("Yes, stop"), Some(command), "{name}");
            assert_eq!(talk.node(), asked, "{name}");
            let mut late =
                Talk { place: talk.place.clone(), facts: talk.facts.clone(), notice: None };
            talk.facts.generation = english(&sample(stopped)).generation;
            let product = talk.facts.generation.as_ref().expect("it was ordered").product;
            talk.hear(News::PicturesCanceled { generation, product, returned: credits(1) });
            assert_eq!(talk.node(), node, "{name}");
            assert_eq!(plan(&talk.place).face, chosen.face, "{name}: what was chosen stays");
            assert_eq!(plan(&talk.place).script, chosen.script, "{name}");
            // What is made already isn't asked about any more.
            late.facts.generation = english(&sample("script: spoken")).generation;
            late.write("/cancel");
            assert_eq!(late.node(), "home", "{name}");
        }
    }
}

/// Whoever goes elsewhere in the middle finds all of it again, or begins anew.
#[test]
fn a_video_that_was_left_is_gone_on_with() {
    let left = plan(&Talk::at("takes: one").place);
    for how in ["/create", "Make a talking video"] {
        let mut talk = Talk::at("takes: one");
        assert_eq!(talk.place.plan(), Some(&left));
        talk.write("/menu");
        assert_eq!(talk.place.plan(), None, "it is left");
        talk.facts.begun = Some(left.clone());
        match how {
            "/create" => talk.write(how),
            label => talk.press(label),
        };
        assert_eq!((talk.node().as_str(), plan(&talk.place)), ("video-format", left.clone()));
        // Said twice it is the same.
        talk.facts.begun = None;
        talk.write("/create");
        assert_eq!((talk.node().as_str(), plan(&talk.place)), ("video-format", left.clone()));
        check_on(&talk, 0, "Go on with it", "film-order");
        talk.press("Begin anew");
        assert_eq!((talk.node().as_str(), plan(&talk.place).is_begun()), ("video-format", false));
        assert!(!talk.labels().contains(&"Go on with it".to_owned()));
    }
}

#[test]
fn whoever_cancels_in_the_middle_is_told_where_it_is() {
    for name in ["takes: one", "film: an order", "voices: all", "script: an order"] {
        let mut talk = Talk::at(name);
        talk.write("/cancel");
        assert_eq!(talk.node(), "home", "{name}");
        assert!(talk.notice().ends_with("waits for you in /create."), "{name}: {}", talk.notice());
    }
    let mut talk = Talk::new();
    talk.press("Make a talking video");
    talk.write("/cancel");
    assert_eq!(talk.notice(), "All right, stopped. Nothing was charged.");
}

/// Another clip is a press away from where one sees the order, and nothing else is lost by it.
#[test]
fn another_clip_is_sent_from_the_order() {
    let mut talk = Talk::at("film: an order over a clip");
    let before = plan(&talk.place);
    talk.arrive(Incoming::Clip(clip()));
    assert!(talk.notice().contains("“Send another clip”"), "{}", talk.notice());
    talk.press("Send another clip");
    assert_eq!(talk.node(), "video-background");
    talk.arrive(Incoming::Clip(clip()));
    talk.looked(9, InputState::Ready);
    assert_eq!(talk.node(), "film-order");
    let after = plan(&talk.place);
    assert_eq!(
        (after.background, after.takes, after.face),
        (Some(input(9)), before.takes, before.face)
    );
}

/// What was opened from a list leads back to it, also when it was ready meanwhile.
#[test]
fn a_list_is_gone_back_to() {
    for name in ["shoot: some ready", "shoot: under way", "orders: newest"] {
        let mut talk = Talk::at(name);
        let (list, first) = (talk.place.clone(), talk.labels().remove(0));
        talk.press(&first);
        assert_ne!(talk.place, list, "{name}");
        if let Place::Making(making) = &talk.place {
            let generation = making.generation().clone();
            talk.facts.generation = english(&sample("making: a video, cut out")).generation;
            talk.press("Stop");
            talk.press("‹ Back");
            talk.hear(ready(generation, Product::Video));
            assert_eq!(talk.node(), "result-show", "{name}");
        }
        talk.press("‹ Back");
        assert_eq!(talk.place, list, "{name}");
    }
    let mut talk = Talk::at("result: a video");
    talk.press("‹ Back");
    assert_eq!(talk.node(), "home");
}
