//! Talking videos from what was spoken to what was filmed: what is shown is what is charged.

use chat::facts::{InputFacts, InputState, TakeFacts, character_price, speech_price, video_price};
use chat::preview::node;
use chat::preview::samples::samples;
use chat::screens::film::{Cast, Film};
use chat::screens::shop::Shop;
use chat::screens::video_plan::{VideoPlan, clock};
use chat::{Incoming, Place};
use domain::catalog::Quote;
use domain::picture::Product;
use domain::video::{Face, Format, VideoQuality};
use domain::{Command, Credits, GenerationId, News, Refusal};

use crate::talk::{Talk, artifact, credits, english, input, plan, refused, take};
use crate::world::{incoming, line, press, sample, tell};

#[test]
fn five_takes_are_at_hand_and_the_oldest_makes_way() {
    let mut plan = VideoPlan::default();
    for number in 1..=7 {
        plan = plan.with_another(artifact(number));
    }
    assert_eq!(plan.takes, (3..=7).map(artifact).collect::<Vec<_>>());
    let mut talk = Talk::at("takes: five");
    talk.press("2");
    talk.press("This is good, go on");
    let Place::Film(Film::Order { cast, .. }) = &talk.place else { panic!("no order") };
    assert_eq!(cast.takes, [artifact(2)], "the one that was listened to");
}

/// F78: what nobody makes a video of is told before it is paid for.
#[test]
fn a_recording_that_is_too_long_is_told_before() {
    let talk = Talk::at("takes: too long");
    assert!(talk.says().contains("too long for a video"), "{}", talk.says());
    assert!(!talk.labels().iter().any(|it| it.starts_with("This is good")));
    let mut talk = Talk::at("takes: too long");
    talk.arrive(Incoming::Press("takes:\"Use\"".to_owned()));
    assert_eq!(talk.node(), "takes");
    assert!(talk.notice().starts_with("The recording is longer than 59 seconds"));
    // High quality is for shorter ones.
    let talk = Talk::at("film: an order, longer");
    assert!(!talk.labels().contains(&"High".to_owned()));
    assert!(talk.says().contains("High quality is for recordings of up to 29 seconds."));
}

#[test]
fn several_videos_have_one_price_and_an_end() {
    let mut talk = Talk::at("film: an order");
    talk.facts.takes.push(take(2, 9_000));
    talk.press("Make several");
    let Place::Film(Film::Several { plan, cast }) = talk.place.clone() else { panic!("no cast") };
    let plan = VideoPlan { takes: vec![artifact(1), artifact(2)], ..plan };
    talk.place = Film::Several { plan, cast }.into();
    talk.press("Recording 2");
    talk.press("More characters");
    talk.press("2. ");
    talk.press("Done choosing");
    assert!(talk.says().contains("Videos: 4, together "), "{}", talk.says());
    talk.press("More characters");
    talk.press("3. ");
    assert_eq!(talk.notice(), "That would be more than 5 videos at once. Take somebody out first.");
    talk.press("Done choosing");
    talk.press("Go on · 4");
    let Some(Command::MakeVideos { drafts, quote }) = talk.press("Make 4 videos") else {
        panic!("nothing is filmed")
    };
    let pairs: std::collections::BTreeSet<_> =
        drafts.iter().map(|it| format!("{:?} {}", it.face, it.speech)).collect();
    assert_eq!(pairs.len(), 4, "each says each: {pairs:?}");
    // 13 seconds and 9 seconds, twice, at 3 credits a second.
    assert_eq!(quote.credits, credits(2 * (13 * 3 + 9 * 3)));
    talk.hear(News::VideosQueued { generations: (1..=4).map(GenerationId::new).collect() });
    assert_eq!(talk.node(), "shoot");
}

#[test]
fn the_last_of_a_cast_stays() {
    let mut talk = Talk::at("film: one of several");
    talk.press("✓ Recording 1");
    assert_eq!(talk.notice(), "At least one person and one recording have to stay.");
    let Place::Film(Film::Several { cast, .. }) = &talk.place else { panic!("no cast") };
    assert_eq!(cast.takes, [artifact(1)]);
}

/// F77: what was delivered is charged, what wasn't is not, and it is said.
#[test]
fn what_became_of_several_is_told_from_the_ledger() {
    let talk = Talk::at("shoot: some ready");
    let says = talk.says();
    assert!(says.starts_with("Your videos: 1 of 3 worked out"), "{says}");
    assert!(says.ends_with("Charged in all: 39\nReturned: 78"), "{says}");
    let mut talk = Talk::at("shoot: under way");
    assert!(talk.says().ends_with("Set aside: 156 credits."), "{}", talk.says());
    talk.hear(News::PicturesReady {
        generation: GenerationId::new(1),
        product: Product::Video,
        made: 1,
        withheld: 0,
        charged: credits(39),
        returned: Credits::ZERO,
    });
    assert_eq!(talk.node(), "shoot");
    assert_eq!(talk.notice(), "<b>Your video is ready</b>\nCharged: 39 credits.");
}

/// What a press on a sample leads to.
#[track_caller]
fn check_press(name: &str, label: &str, expected: &str) {
    let sample = sample(name);
    assert_eq!(line(&press(&sample.place, label, &english(&sample))), expected, "{name}: {label}");
}

#[test]
fn results_lead_on() {
    check_press("result: a video", "Watch again", "result-show; runs ShowAgain");
    check_press("result: a video", "Original", "result-show; runs SendOriginals");
    check_press("result: a video", "Repeat", "film-order");
    check_press("result: a video", "With somebody else", "video-gender");
    check_press("result: a video", "In another voice", "voices");
    check_press("result: a recording", "Listen again", "result-show; runs ShowAgain");
    check_press("result: a recording", "Make a video with it", "video-format");
    check_press("result: a recording", "In another voice", "voices");
    check_press("result: a look", "Make a video with it", "video-face; runs UseResult");
    check_press("result: a look", "Change it further", "makeover-words; runs UseResult");
    check_press("gallery: a video", "With somebody else", "video-gender");
    check_press("gallery: a recording", "Make a video with it", "video-format");
    check_press("gallery: a look", "Change it further", "makeover-words; runs UseResult");
    check_press("making: a video, failed", "Try again", "film-order");
    check_press("making: a recording, failed", "Try again", "script-order");
    check_press("making: a look, failed", "Try again", "makeover-order");
    check_press("shoot: some ready", "1. ", "result-show");
    check_press("shoot: some ready", "2. ", "making-watch");
    check_press("home: videos in the making", "In the making: a video", "making-watch");
}

#[test]
fn what_is_no_picture_is_not_called_one() {
    for name in ["gallery: a recording", "gallery: a video", "gallery: a look"] {
        let mut talk = Talk::at(name);
        assert!(!talk.says().contains("Seed"), "{name}: {}", talk.says());
        talk.press("Delete");
        assert!(talk.says().starts_with("Delete this for good?"), "{name}: {}", talk.says());
        talk.hear(News::PicturesDeleted { count: 1 });
        assert_eq!(talk.notice(), "Deleted for good.", "{name}");
    }
    // Wherever they are by then.
    for name in ["home: videos in the making", "takes: one", "result: a video"] {
        let mut talk = Talk::at(name);
        let artifacts = vec![artifact(1)];
        talk.hear(News::PicturesSent { artifacts, are_originals: false });
        assert_eq!(talk.notice(), "Here you are.", "{name}");
    }
}

/// The words of a video come from what was spoken for it.
#[test]
fn a_video_in_another_voice_says_the_same() {
    let mut talk = Talk::at("result: a video");
    talk.press("In another voice");
    talk.facts.voices = english(&sample("voices: all")).voices;
    talk.facts.takes = vec![TakeFacts { speed_percent: 120, ..take(7, 12_300) }];
    talk.press("Oleg");
    assert_eq!(talk.node(), "script-order");
    let plan = plan(&talk.place);
    assert_eq!((plan.script.as_str(), plan.voice.as_deref()), ("New sneakers!", Some("oleg")));
    assert_eq!((plan.format, plan.face.is_some()), (Some(Format::TalkingHead), true));
    assert_eq!(plan.speed_percent, 120, "as fast as it was");
}

#[test]
fn a_look_that_was_made_before_can_speak() {
    let mut talk = Talk::at("result: a look");
    talk.press("Make a video with it");
    talk.facts.inputs = vec![InputFacts { id: input(4), state: InputState::Ready, millis: None }];
    talk.hear(News::InputTaken { input: input(4) });
    assert_eq!(
        (talk.node(), plan(&talk.place).face),
        ("video-face".to_owned(), Some(Face::Input(input(4))))
    );
    talk.press("Choose this one");
    assert_eq!(talk.node(), "video-format");
    talk.press("A person who talks");
    assert_eq!(talk.node(), "voices");
}

/// What a refusal leads to, without what is said.
#[track_caller]
fn check_refusal(name: &str, refusal: Refusal, expected: &str) {
    let sample = sample(name);
    let next = tell(&sample.place, refused(refusal), &english(&sample));
    assert!(next.notice.is_some(), "{name}");
    assert_eq!(node(&next.place), expected, "{name}");
}

#[test]
fn a_refusal_leads_to_where_it_can_be_mended() {
    let short = Refusal::ShortOfCredits { need: credits(39), have: credits(38) };
    check_refusal("makeover: an order", Refusal::QuoteExpired, "makeover-order");
    check_refusal("makeover: an order", Refusal::WordsEmpty, "makeover-words");
    check_refusal("makeover: an order", Refusal::CharacterGone, "video-gender");
    check_refusal("makeover: an order", Refusal::PhotoGone, "video-gender");
    check_refusal("makeover: an order", short.clone(), "makeover-order");
    check_refusal("script: an order", Refusal::QuoteExpired, "script-order");
    check_refusal("script: an order", Refusal::WordsTooLong { most: 600 }, "script-write");
    check_refusal("script: an order", short.clone(), "script-order");
    check_refusal("video: clip", Refusal::ClipTooLong { most: 15 }, "video-background");
    check_refusal("film: an order", Refusal::QuoteExpired, "film-order");
    check_refusal("film: an order", Refusal::CharacterGone, "video-gender");
    check_refusal("film: an order over a clip", Refusal::ClipGone, "video-background");
    check_refusal("film: an order", Refusal::SpeechGone, "takes");
    check_refusal("film: an order", Refusal::SpeechTooLong { most: 59 }, "takes");
    check_refusal("film: an order", Refusal::NoRoom, "film-order");
    check_refusal("film: an order", Refusal::ProductPaused, "film-order");
    check_refusal("film: an order", short, "film-order");
    check_refusal("voices: all", Refusal::VoiceGone, "voices");
}

#[test]
fn whoever_tops_up_comes_back_to_their_order() {
    for name in ["makeover: short of credits", "script: short of credits", "film: short of credits"]
    {
        let sample = sample(name);
        let next = press(&sample.place, "Top up", &english(&sample));
        let Place::Shop(Shop::PickPack { resume: Some(resume) }) = next.place else {
            panic!("{name} leads to {}", line(&next))
        };
        assert_eq!(Place::from_json(&resume), sample.place, "{name}");
    }
}

/// An old button never spends more than it says.
#[test]
fn a_button_names_its_price() {
    let voice = plan(&sample("script: an order").place).voice.expect("one was chosen");
    let dearer = format!("script:{{\"Make\":[\"{voice}\",2]}}");
    for (name, press) in [
        ("makeover: an order", "makeover:{\"Make\":1}"),
        ("script: an order", dearer.as_str()),
        ("script: an order", "script:{\"Make\":[\"gone\",1]}"),
        ("film: an order", "film:{\"Make\":38}"),
    ] {
        let sample = sample(name);
        let next = sample.place.clone().on(Incoming::Press(press.to_owned()), &english(&sample));
        assert_eq!(next.run, None, "{name}: {press}");
    }
}

/// What is gone by the time of the last press isn't ordered.
#[test]
fn what_is_gone_is_not_filmed() {
    for name in [
        "film: an order, recording gone",
        "film: an order, character gone",
        "film: an order, clip gone",
    ] {
        let mut talk = Talk::at(name);
        let run = talk.arrive(Incoming::Press("film:{\"Make\":39}".to_owned()));
        assert_eq!(run, None, "{name}");
        // The view says it, so nothing else needs to.
        assert!(talk.says().ends_with("Nothing was charged."), "{name}: {}", talk.says());
        assert_eq!(talk.notice, None, "{name}");
    }
}

/// Nobody meets the label first in a video that they have paid for.
#[test]
fn the_label_is_told_before_it_is_paid_for() {
    let said = "With a small note in the corner: “Made with AI”";
    for name in ["film: an order", "film: an order of four"] {
        let mut talk = Talk::at(name);
        assert_eq!(talk.says().matches(said).count(), 1, "{name}: {}", talk.says());
        talk.facts.person.labels_videos = false;
        assert!(!talk.says().contains("note"), "{name}: {}", talk.says());
    }
    let mut talk = Talk::at("faq: label");
    assert!(talk.says().contains("Yes: a small note stands in a corner"), "{}", talk.says());
    talk.facts.person.labels_videos = false;
    assert!(talk.says().contains("no note stands in it here"), "{}", talk.says());
}

/// Whoever was given another look is still who they were.
#[test]
fn a_changed_character_keeps_the_name() {
    let mut talk = Talk::at("film: an order");
    let Place::Film(Film::Order { plan, cast, quote }) = talk.place.clone() else {
        panic!("no order")
    };
    let before = talk.says().lines().find(|it| it.starts_with("On screen: ")).map(str::to_owned);
    talk.facts.inputs = vec![InputFacts { id: input(5), state: InputState::Ready, millis: None }];
    let faces = vec![Face::Input(input(5))];
    let cast = Cast { offered: faces.clone(), faces, ..cast };
    let at = |plan, cast: &Cast| Place::from(Film::Order { plan, cast: cast.clone(), quote });
    talk.place = at(plan.clone().changed(input(5)), &cast);
    let after = |talk: &Talk| {
        talk.says().lines().find(|it| it.starts_with("On screen: ")).map(str::to_owned)
    };
    assert_eq!(after(&talk), before);
    let inputs = [input(5), input(6)];
    talk.facts.inputs =
        inputs.map(|id| InputFacts { id, state: InputState::Ready, millis: None }).into();
    let other = Cast { faces: vec![Face::Input(input(6))], ..cast.clone() };
    talk.place = at(plan.clone().changed(input(5)), &other);
    assert_eq!(after(&talk).as_deref(), Some("On screen: Your picture"), "somebody else");
    talk.place = at(plan.faced(Face::Input(input(5))), &cast);
    assert_eq!(after(&talk).as_deref(), Some("On screen: Your picture"), "nobody they know");
}

/// What is shown of a length is what it is charged for.
#[test]
fn a_second_that_is_begun_is_shown() {
    for (millis, shown) in [(0, "0:00"), (1, "0:01"), (12_000, "0:12"), (12_001, "0:13")] {
        assert_eq!(clock(millis), shown, "{millis}");
    }
    assert_eq!((clock(59_001).as_str(), clock(i64::MIN).as_str()), ("1:00", "0:00"));
    let talk = Talk::at("faq: videos");
    assert!(talk.says().contains("each second begun counts, 2 at least"), "{}", talk.says());
}

#[test]
fn while_videos_rest_nothing_is_begun() {
    let incoming = incoming();
    for sample in samples() {
        let mut facts = english(&sample);
        facts.person.consented = true;
        facts.person.can_video = false;
        let own = format!("{}:", sample.place.name());
        let events = incoming.iter().filter(|it| match it {
            Incoming::Press(press) => press.starts_with(&own),
            _ => true,
        });
        for event in events {
            let run = sample.place.clone().on(event.clone(), &facts).run;
            let is_begun = matches!(
                run,
                Some(
                    Command::EditCharacter { .. }
                        | Command::MakeSpeech { .. }
                        | Command::MakeVideos { .. }
                        | Command::PlayVoice { .. }
                        | Command::TakeClip { .. }
                )
            );
            assert!(!is_begun, "{}: {event:?} runs {run:?}", sample.name);
        }
    }
}

/// Both the price that is shown and the one that is charged come from these.
#[test]
fn prices_line_by_line() {
    let facts = english(&sample("home: new"));
    let catalog = facts.catalog;
    let (head, over) = (Format::TalkingHead, Format::OverBackground);
    let (standard, high) = (VideoQuality::Standard, VideoQuality::High);
    let video = |format, quality, millis| {
        video_price(catalog, format, quality, millis).map(Credits::as_i64)
    };
    assert_eq!(character_price(catalog, 0), Some(credits(2)));
    assert_eq!(character_price(catalog, 50), Some(credits(1)));
    assert_eq!(speech_price(catalog, 0), Some(credits(1)));
    assert_eq!(speech_price(catalog, 100), Some(credits(1)));
    assert_eq!(speech_price(catalog, 101), Some(credits(2)));
    assert_eq!(video(head, standard, 12_000), Some(36));
    assert_eq!(video(head, standard, 12_001), Some(39));
    assert_eq!(video(over, high, 12_001), Some(65));
    assert_eq!(video(head, standard, 1), Some(6));
    assert_eq!(video(head, high, 30_000), None);
    assert_eq!(video(head, standard, 60_000), None);
    let nothing = domain::catalog::Catalog::default();
    assert_eq!(character_price(&nothing, 0), None);
    assert_eq!(speech_price(&nothing, 10), None);
    assert_eq!(video_price(&nothing, head, standard, 5_000), None);
}

/// A quote of several is the sum of their prices. A plan takes off pictures, and a face is one.
#[test]
fn a_quote_is_for_takes_that_are_there() {
    let mut facts = english(&sample("film: an order of four"));
    facts.person.picture_discount = 10;
    let drafts: Vec<_> = (1..=2)
        .map(|number| domain::video::VideoDraft {
            format: Format::TalkingHead,
            quality: VideoQuality::Standard,
            face: Face::Input(input(1)),
            speech: artifact(number),
            background: None,
            has_captions: false,
        })
        .collect();
    let quote: Option<Quote> = facts.video_quote(&drafts);
    assert_eq!(quote.map(|it| it.credits), Some(credits(39 + 27)));
    assert_eq!(facts.speech_quote("Hello").map(|it| it.credits), Some(credits(1)));
    facts.takes.pop();
    assert_eq!(facts.video_quote(&drafts), None);
}
