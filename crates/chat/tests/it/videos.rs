//! Talking videos until they are spoken: what is chosen on the way is what is said, and by whom.

use chat::facts::{InputFacts, InputState};
use chat::{Incoming, Shown};
use domain::command::Clip;
use domain::picture::Product;
use domain::refusal::Fault;
use domain::video::{Face, Format, VideoQuality};
use domain::{Command, GenerationId, HintId, News, Refusal};

use crate::talk::{Talk, artifact, credits, english, input, plan, refused};
use crate::world::{clip, picture, press, sample};

#[test]
fn a_video_is_chosen_spoken_listened_to_and_filmed() {
    let mut talk = Talk::new();
    talk.press("Make a talking video");
    assert!(talk.says().contains("From 3 credits a second."), "{}", talk.says());
    talk.press("A person who talks");
    talk.press("Woman");
    assert_eq!(talk.node(), "video-faces");
    let shown = talk.place.view(&talk.facts).picture;
    let Some(Shown::Faces(names)) = shown else { panic!("no faces but {shown:?}") };
    assert_eq!(names.len(), 6);
    talk.press("1. ");
    let face = Face::Character(names[0].clone());
    assert_eq!(plan(&talk.place).face, Some(face.clone()));
    assert_eq!(talk.place.view(&talk.facts).picture, Some(Shown::Face(names[0].clone())));
    talk.press("Choose this one");
    assert_eq!(talk.node(), "voices");
    let voice = talk.facts.catalog.character(&names[0]).expect("it is there").voice.clone();
    let title = talk.facts.voice(&voice).expect("it is there").title.clone();
    assert_eq!(talk.labels()[0], title, "the suggested voice comes first");
    assert_eq!(talk.press("Listen"), Some(Command::PlayVoice { voice: voice.clone() }));
    talk.hear(News::SendingPictures);
    assert_eq!(talk.notice(), "On the way…");
    talk.hear(News::VoiceUnderWay);
    assert!(talk.notice().starts_with("You have just asked for this voice"), "{}", talk.notice());
    talk.press(&title);
    assert_eq!(talk.node(), "script-write");
    talk.write("New sneakers!");
    assert_eq!(talk.node(), "script-order");
    assert!(talk.says().contains("Characters: 13 of 600, about "), "{}", talk.says());
    let Some(Command::MakeSpeech { draft, quote }) = talk.press("Speak it · 1 credit") else {
        panic!("nothing is spoken")
    };
    assert_eq!((draft.voice, draft.script.as_str()), (voice, "New sneakers!"));
    assert_eq!((draft.speed_percent, quote.credits), (100, credits(1)));
    talk.made(Product::Speech, "script: spoken", 7);
    assert_eq!(talk.node(), "takes");
    assert!(talk.notice().starts_with("<b>Have a listen: the text is spoken</b>"));
    assert!(talk.says().contains("1. Alina, 0:13"), "{}", talk.says());
    let again = Some(Command::ShowAgain { generation: GenerationId::new(7) });
    assert_eq!(talk.press("Listen again"), again);
    talk.press("This is good, go on");
    assert_eq!(talk.node(), "film-order");
    talk.press("Captions");
    talk.press("High");
    let Some(Command::MakeVideos { drafts, quote }) = talk.press("Make the video · 52 credits")
    else {
        panic!("nothing is filmed")
    };
    let [draft] = drafts.as_slice() else { panic!("one video but {drafts:?}") };
    assert_eq!((&draft.face, &draft.speech), (&face, &artifact(7)));
    assert_eq!((draft.format, draft.quality), (Format::TalkingHead, VideoQuality::High));
    assert_eq!((draft.has_captions, &draft.background), (true, &None));
    assert_eq!(quote.credits, credits(52));
    talk.hear(News::VideosQueued { generations: vec![GenerationId::new(8)] });
    assert_eq!(talk.node(), "making-watch");
    talk.facts.generation = english(&sample("making: a video, cut out")).generation;
    assert!(talk.says().contains("Cutting the person out"), "{}", talk.says());
}

/// What a clip leads to, of so many bytes and seconds.
#[track_caller]
fn check_clip(bytes: u64, seconds: u32, expected: &str) {
    let mut talk = Talk::at("video: clip");
    let runs = talk.arrive(Incoming::Clip(Clip { bytes, seconds, ..clip() }));
    let runs = if runs.is_some() { "taken" } else { "" };
    assert_eq!(format!("{runs}{}", talk.notice()), expected);
    assert_eq!(talk.node(), "video-background");
}

#[test]
fn a_clip_is_measured_before_it_is_fetched() {
    let large = "This clip is over 20 MB, and Telegram doesn’t let me download more than that. Send \
                 a shorter one, or send it as a video and not as a file: Telegram makes it smaller \
                 then.";
    let long = "This clip lasts 16 seconds, and up to 15 are fine. Cut it in Telegram before you \
                send it, please.";
    check_clip(20 * 1024 * 1024, 15, "taken");
    check_clip(20 * 1024 * 1024 + 1, 15, large);
    check_clip(1, 16, long);
    // Telegram doesn't always say: then it is measured when it is here.
    check_clip(0, 0, "taken");
}

#[test]
fn a_clip_goes_behind_whoever_is_chosen() {
    let mut talk = Talk::new();
    talk.press("Make a talking video");
    talk.press("A person over my clip");
    assert_eq!(talk.node(), "video-background");
    talk.arrive(Incoming::Picture(picture()));
    assert!(talk.notice().starts_with("I need a video clip here"));
    talk.write("my shop");
    assert!(talk.notice().starts_with("I need a video clip here"), "there are no buttons to use");
    talk.arrive(Incoming::Clip(clip()));
    talk.looked(1, InputState::Unusable);
    assert!(talk.notice().starts_with("I couldn’t use this clip"));
    assert_eq!(plan(&talk.place).background, None);
    talk.arrive(Incoming::Clip(clip()));
    talk.looked(2, InputState::Ready);
    assert_eq!(talk.node(), "video-gender");
    assert_eq!(plan(&talk.place).background, Some(input(2)));
    talk.press("‹ Back");
    assert!(talk.labels().contains(&"Continue".to_owned()), "{:?}", talk.labels());
    talk.write("my shop");
    assert_eq!(talk.notice(), "Please use the buttons below.");
    talk.press("Continue");
    assert_eq!(talk.node(), "video-gender");
}

#[test]
fn an_own_photo_may_come_wherever_a_person_is_chosen() {
    for name in ["video: who", "video: women", "video: a character", "video: which picture"] {
        let mut talk = Talk::at(name);
        let taken = talk.arrive(Incoming::Picture(picture()));
        assert_eq!(taken, Some(Command::TakeInput { picture: picture() }), "{name}");
        talk.looked(9, InputState::Ready);
        assert_eq!(talk.node(), "video-face", "{name}");
        assert_eq!(plan(&talk.place).face, Some(Face::Input(input(9))), "{name}");
        let shown = talk.place.view(&talk.facts).picture;
        assert_eq!(shown, Some(Shown::Input(input(9))), "{name}");
        talk.press("Choose this one");
        assert_eq!(talk.node(), "voices", "{name}");
    }
    let mut talk = Talk::at("video: who");
    talk.arrive(Incoming::Picture(picture()));
    talk.looked(9, InputState::Unusable);
    assert_eq!(talk.node(), "video-gender");
    assert!(talk.notice().starts_with("I couldn’t take this photo"));
}

#[test]
fn a_picture_of_the_gallery_can_speak() {
    let mut talk = Talk::at("video: which picture");
    let used = talk.press("3");
    assert_eq!(used, Some(Command::UseResult { artifact: artifact(3) }));
    talk.facts.inputs = vec![InputFacts { id: input(3), state: InputState::Ready, millis: None }];
    talk.hear(News::InputTaken { input: input(3) });
    assert_eq!(talk.node(), "video-face");
    assert_eq!(plan(&talk.place).face, Some(Face::Input(input(3))));
}

/// Changes the face of the plan once more.
fn change(talk: &mut Talk, words: &str, number: u128) {
    talk.write(words);
    let runs = talk.press("Change it · 2 credits");
    assert!(matches!(runs, Some(Command::EditCharacter { .. })), "{runs:?}");
    talk.made(Product::Character, "makeover: made", number);
}

#[test]
fn a_face_is_changed_taken_changed_further_and_taken_back() {
    let mut talk = Talk::at("video: a character");
    let original = plan(&talk.place).face;
    talk.press("Change something · 2");
    change(&mut talk, "a red coat", 5);
    assert_eq!(talk.node(), "makeover-watch");
    assert!(talk.says().contains("Changes so far: 1 of 10."), "{}", talk.says());
    assert_eq!(talk.place.view(&talk.facts).picture, Some(Shown::Artifact(artifact(5))));
    let used = talk.press("Change it further");
    assert_eq!(used, Some(Command::UseResult { artifact: artifact(5) }));
    talk.facts.inputs = vec![InputFacts { id: input(5), state: InputState::Ready, millis: None }];
    talk.hear(News::InputTaken { input: input(5) });
    assert_eq!(talk.node(), "makeover-words");
    talk.write("and a hat");
    let Some(Command::EditCharacter { draft, .. }) = talk.press("Change it · 2 credits") else {
        panic!("nothing is changed")
    };
    assert_eq!((draft.face, draft.words.as_str()), (Face::Input(input(5)), "and a hat"));
    talk.made(Product::Character, "makeover: made", 6);
    assert_eq!(plan(&talk.place).rounds, 2);
    let mut other = Talk { place: talk.place.clone(), facts: talk.facts.clone(), notice: None };
    other.press("Back to the original");
    assert_eq!(
        (other.node(), plan(&other.place).face),
        ("video-face".to_owned(), original.clone())
    );
    talk.press("Take this one");
    talk.facts.inputs = vec![InputFacts { id: input(6), state: InputState::Ready, millis: None }];
    talk.hear(News::InputTaken { input: input(6) });
    assert_eq!(talk.node(), "voices");
    let plan = plan(&talk.place);
    assert_eq!((plan.face, plan.original), (Some(Face::Input(input(6))), original));
}

#[test]
fn rounds_are_counted_and_have_an_end() {
    let talk = Talk::at("video: a character, changed enough");
    assert!(!talk.labels().iter().any(|it| it.starts_with("Change something")));
    let mut talk = Talk::at("video: a character, changed enough");
    talk.arrive(Incoming::Press("video:\"Change\"".to_owned()));
    assert!(talk.notice().starts_with("It was changed 10 times already"));
    assert!(talk.notice().ends_with("Take this look, or choose another person."));
    // The end of it is known before the first.
    assert!(Talk::at("makeover: what to change").says().ends_with("Changes so far: 0 of 10."));
    // What didn't come about doesn't count.
    let mut talk = Talk::at("makeover: under way");
    assert_eq!(plan(&talk.place).rounds, 1);
    talk.hear(News::PicturesFailed {
        generation: GenerationId::new(1),
        product: Product::Character,
        fault: Fault::TooSlow,
        returned: credits(2),
    });
    assert_eq!(plan(&talk.place).rounds, 0);
}

/// Who changes no faces now isn't out of rounds.
#[test]
fn a_change_that_nobody_makes_is_told_as_that() {
    let mut catalog = english(&sample("video: a character")).catalog.clone();
    catalog.videos.character_edit.makers.clear();
    let catalog = Box::leak(Box::new(catalog));
    for (name, press) in [
        ("video: a character", "video:\"Change\""),
        ("makeover: an order", "makeover:{\"Make\":2}"),
    ] {
        let mut talk = Talk::at(name);
        talk.facts.catalog = catalog;
        assert_eq!(talk.arrive(Incoming::Press(press.to_owned())), None, "{name}");
        assert_eq!(talk.node(), "video-face", "{name}");
        assert_eq!(talk.notice(), "This isn’t on offer at the moment. Nothing was charged.");
    }
    // The view of a photo that is still looked at says so.
    let mut talk = Talk::at("video: a photo, looking");
    talk.arrive(Incoming::Press("video:\"Change\"".to_owned()));
    assert_eq!((talk.node().as_str(), talk.notice.as_deref()), ("video-face", None));
}

/// A photo that was sent long before must not become the face that is being changed.
#[test]
fn only_a_result_that_was_taken_becomes_the_face() {
    let mut talk = Talk::at("makeover: made");
    let before = talk.place.clone();
    talk.hear(News::InputReady { input: input(77) });
    assert_eq!(talk.place, before);
}

/// F75: nothing is charged, and somebody else speaks.
#[test]
fn a_voice_that_is_gone_makes_way_for_the_suggested_one() {
    let mut talk = Talk::at("script: an order");
    talk.facts.voices.retain(|it| it.name != "alina" && it.name != "adam");
    let before = plan(&talk.place).voice.expect("one was chosen");
    talk.facts.voices.retain(|it| it.name != before);
    let old = press(&talk.place, "Speak it", &english(&sample("script: an order")));
    assert!(old.run.is_some(), "it would be spoken if the voice were there");
    let run = talk.press("Speak it");
    assert_eq!(run, None, "nothing is charged for a voice that is gone");
    let plan = plan(&talk.place);
    let after = plan.voice.clone().expect("another one was chosen");
    assert!(talk.facts.voice(&after).is_some());
    assert_eq!(plan.suggested(&talk.facts).map(|it| it.name.clone()), Some(after));
    assert!(talk.notice().starts_with("That voice isn’t there any more, so "));

    let mut talk = Talk::at("script: an order");
    talk.hear(refused(Refusal::VoiceGone));
    assert_eq!(talk.node(), "script-order");
    assert_ne!(self::plan(&talk.place).voice, Some(before));
    assert!(talk.notice().contains("so "), "{}", talk.notice());
}

/// F75: what vanishes while it speaks is told in a message, below which another one is chosen: no
/// order waits there in a voice that nobody chose.
#[test]
fn a_voice_that_vanishes_while_it_speaks_is_chosen_anew() {
    let failed = |fault| News::PicturesFailed {
        generation: GenerationId::new(1),
        product: Product::Speech,
        fault,
        returned: credits(1),
    };
    for (fault, is_there) in [(Fault::VoiceGone, true), (Fault::TooSlow, false)] {
        let mut talk = Talk::at("script: under way");
        let script = plan(&talk.place).script;
        let before = plan(&talk.place).voice.expect("one was chosen");
        talk.facts.voices.retain(|it| is_there || it.name != before);
        talk.hear(failed(fault));
        assert_eq!(talk.node(), "voices", "{fault:?}");
        let plan = plan(&talk.place);
        assert_eq!((plan.voice, plan.script), (None, script), "{fault:?}");
        talk.press("Oleg");
        assert_eq!(talk.node(), "script-order", "{fault:?}");
    }
    let mut talk = Talk::at("script: under way");
    talk.hear(failed(Fault::TooSlow));
    assert_eq!(talk.node(), "script-order", "the same once more");
}

#[test]
fn the_voice_of_the_last_time_comes_first() {
    let talk = Talk::at("voices: one of before");
    assert_eq!(talk.labels()[0], "Oleg");
    assert!(talk.says().contains("Oleg (your last choice)"), "{}", talk.says());
}

#[test]
fn a_script_says_how_long_it_is_and_how_long_it_may_be() {
    let mut talk = Talk::at("script: what to say");
    talk.write("...");
    assert_eq!(talk.notice(), "Write at least a few words that can be spoken.");
    talk.write(&"мама ".repeat(121));
    assert_eq!(
        talk.notice().split(", about").next(),
        Some("That is 604 characters"),
        "{}",
        talk.notice()
    );
    assert_eq!(talk.node(), "script-write");
    talk.write(&"мама ".repeat(120));
    assert_eq!(talk.node(), "script-order");
    assert_eq!(plan(&talk.place).script.chars().count(), 599);
    // What is written now takes the place of it.
    talk.write("Hello\n\n\nthere");
    assert_eq!(plan(&talk.place).script, "Hello\n\nthere");
    talk.press("80%");
    assert_eq!(plan(&talk.place).speed_percent, 80);
    let long = Talk::at("script: an order, long and slow");
    assert!(long.says().contains("about "), "{}", long.says());
}

/// What was paid for isn't lost to whoever looks back meanwhile.
#[test]
fn what_is_spoken_is_heard_by_whoever_went_on() {
    for count in 1..=6 {
        let mut talk = Talk::at("script: an order");
        talk.press("Speak it");
        let generation = GenerationId::new(1);
        talk.hear(News::PicturesQueued { generation: generation.clone() });
        (0..count).for_each(|_| assert_eq!(talk.press("‹ Back"), None));
        assert_ne!(talk.node(), "script-watch");
        assert_eq!(talk.place.needs().speaking, Some(generation.clone()));
        talk.facts.speaking = english(&sample("script: spoken")).generation;
        talk.hear(News::PicturesReady {
            generation,
            product: Product::Speech,
            made: 1,
            withheld: 0,
            charged: credits(1),
            returned: credits(0),
        });
        assert_eq!(talk.node(), "takes", "{count} steps back");
        assert_eq!(plan(&talk.place).takes, [artifact(1)]);
        assert_eq!(plan(&talk.place).speaking, None);
    }
}

#[test]
fn a_script_can_be_helped_with() {
    let mut talk = Talk::at("script: what to say");
    talk.press("Help me with the text");
    let asked = talk.write("sneakers for runners");
    assert_eq!(asked, Some(Command::HelpScript { words: "sneakers for runners".to_owned() }));
    // A text to be polished may be as long as what is said.
    let (long, longer) = ("мама ".repeat(120), "мама ".repeat(121));
    assert!(matches!(talk.write(&long), Some(Command::HelpScript { .. })));
    assert_eq!(talk.write(&longer), None);
    assert!(talk.notice().starts_with("That is 604 characters, about "), "{}", talk.notice());
    let hint = HintId::new(3);
    talk.hear(News::HintAsked { hint: hint.clone() });
    assert!(talk.says().starts_with("One moment"));
    assert_eq!(talk.write("or shoes"), None, "one thing at a time");
    talk.hear(News::HintReady { hint: HintId::new(4), words: "of another one".to_owned() });
    assert!(talk.says().starts_with("One moment"));
    talk.hear(News::HintReady { hint, words: "Run further!".to_owned() });
    talk.press("Take this text");
    assert_eq!(
        (talk.node().as_str(), plan(&talk.place).script.as_str()),
        ("script-order", "Run further!")
    );
    for (name, says) in [
        ("script: what about, no more today", "You’ve used up"),
        ("script: what about, thinking", "Looking"),
    ] {
        let mut talk = Talk::at(name);
        assert_eq!(talk.write("sneakers"), None, "{name}");
        assert!(!talk.notice().is_empty(), "{name}: {says}");
    }
}
