//! Every place and every kind of event.

use chat::preview::node;
use chat::preview::samples::{Sample, samples};
use chat::{Facts, Incoming, Next, Place};
use domain::{Command, Language};

use crate::html;
use crate::talk::english;
use crate::world::{GARBAGE, NASTY, incoming, line, presses, sample};

/// Calls with every sample that has given its consent, every event, and what it leads to.
fn every_event(look: impl Fn(&Sample, &Incoming, &Next, &Facts<'_>)) {
    let incoming = incoming();
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = true;
        for event in &incoming {
            let next = sample.place.clone().on(event.clone(), &facts);
            look(&sample, event, &next, &facts);
        }
    }
}

/// Where a press comes from that isn't one of the stable names: its screen.
fn screen(press: &str) -> &str {
    press.split(':').next().unwrap_or_default()
}

#[test]
fn wherever_an_event_leads_can_be_shown() {
    every_event(|sample, event, next, facts| {
        let drawn = next.place.view(facts);
        assert!(html::plain(&drawn.text).is_ok(), "{}: {event:?}", sample.name);
        assert_eq!(Place::from_json(&next.place.to_json()), next.place);
    });
}

#[test]
fn every_notice_is_telegrams_html_without_holes() {
    every_event(|sample, event, next, _| {
        let Some(notice) = &next.notice else { return };
        match html::plain(notice) {
            Ok(plain) => {
                assert!(!plain.replace(NASTY, "").contains("{$"), "{event:?}: {plain}");
                assert!(plain.contains(' ') || plain.ends_with('.'), "{plain} is a key");
            }
            Err(wrong) => panic!("{}: {event:?}: {wrong}\n{notice}", sample.name),
        }
    });
}

/// What isn't asked for isn't known: whatever a screen does by it, it has asked for.
#[test]
fn who_looks_at_what_rests_has_asked_for_it() {
    let incoming = incoming();
    for sample in samples() {
        let mut works = english(&sample);
        works.person.consented = true;
        let asks = sample.place.needs();
        for (is_asked, can_edit, can_video) in
            [(asks.edits, false, true), (asks.videos, true, false)]
        {
            if is_asked {
                continue;
            }
            let mut rests = works.clone();
            rests.person.can_edit &= can_edit;
            rests.person.can_video &= can_video;
            let (shown, otherwise) = (sample.place.view(&works), sample.place.view(&rests));
            assert_eq!(format!("{shown:?}"), format!("{otherwise:?}"), "{}", sample.name);
            for event in &incoming {
                let leads = |facts| sample.place.clone().on(event.clone(), facts);
                let (to, otherwise) = (leads(&works), leads(&rests));
                let name = &sample.name;
                assert_eq!(format!("{to:?}"), format!("{otherwise:?}"), "{name}: {event:?}");
            }
        }
    }
}

/// House rule: news tell, they don't ask for more, or two of them could go on for ever.
#[test]
fn no_news_leads_to_a_command() {
    every_event(|sample, event, next, _| {
        if let Incoming::News(_) = event {
            assert_eq!(next.run, None, "{}: {event:?}", sample.name);
        }
    });
}

#[test]
fn a_press_of_another_screen_or_of_nobody_changes_nothing() {
    every_event(|sample, event, next, facts| {
        let Incoming::Press(press) = event else { return };
        let is_own = screen(press) == sample.place.name() && !GARBAGE.contains(&press.as_str());
        if is_own || chat::route::named(press).is_some() {
            return;
        }
        let stays = Next::go(sample.place.clone()).notice(facts.say("notice-old-button", &[]));
        assert_eq!(*next, stays, "{}: {press}", sample.name);
    });
}

/// Where a photo is that of whoever shall speak.
const TAKES_PHOTOS: [&str; 4] = ["video-gender", "video-faces", "video-face", "video-mine"];

/// Commands come from where they belong: a press of a screen, a name, a picture for the desk.
#[test]
fn texts_and_files_run_only_what_was_asked_for() {
    every_event(|sample, event, next, _| {
        let runs = next.run.as_ref();
        let place = node(&sample.place);
        let is_right = match (event, runs) {
            (_, None) => true,
            (Incoming::Press(press), Some(_)) => screen(press) == sample.place.name(),
            (Incoming::Text(text), Some(Command::DraftAvatar { .. })) => {
                place == "new-ask-name" && !text.starts_with('/')
            }
            (Incoming::Text(text), Some(Command::Rename { .. })) => {
                place == "avatar-ask-name" && !text.starts_with('/')
            }
            (Incoming::Text(text), Some(Command::KeepContact { .. })) => {
                place == "contact" && !text.starts_with('/')
            }
            (Incoming::Text(text), Some(Command::EnterPromo { .. })) => {
                place == "promo" && !text.starts_with('/')
            }
            (Incoming::Text(text), Some(Command::LeaveOrder { .. })) => {
                place == "shop-pay" && text == "/cancel"
            }
            (Incoming::Text(text), Some(Command::WriteFeedback { .. })) => {
                place == "feedback" && !text.starts_with('/')
            }
            (Incoming::Picture(_) | Incoming::Clip(_), Some(Command::WriteFeedback { .. })) => {
                place == "feedback"
            }
            (Incoming::Picture(_), Some(Command::AddPhoto { .. })) => {
                matches!(sample.place, Place::Desk(_) | Place::Order(_))
            }
            (Incoming::Picture(_), Some(Command::ReadPhoto { .. })) => place == "create-photo",
            (Incoming::Text(text), Some(Command::HelpScript { .. })) => {
                place == "script-help" && !text.starts_with('/')
            }
            (Incoming::Picture(_), Some(Command::TakeInput { .. })) => {
                matches!(sample.place, Place::Home(_) | Place::Edit(_))
                    || place == "edit_setup-photos"
                    || TAKES_PHOTOS.contains(&place.as_str())
            }
            (Incoming::Clip(_), Some(Command::TakeClip { .. })) => place == "video-background",
            (_, Some(_)) => false,
        };
        assert!(is_right, "{}: {event:?} runs {runs:?}", sample.name);
    });
}

/// Whoever writes is answered: by a notice, by another screen, or by what is done.
#[test]
fn nobody_is_left_without_an_answer() {
    every_event(|sample, event, next, _| {
        let is_sent =
            matches!(event, Incoming::Text(_) | Incoming::Picture(_) | Incoming::Other(_));
        let is_answered = next.notice.is_some() || next.run.is_some() || next.place != sample.place;
        let is_command = matches!(event, Incoming::Text(text) if text.starts_with('/'));
        // The consent is its own answer, and so is the screen that a command asks for again.
        if is_sent && !is_command && !matches!(sample.place, Place::Consent(_)) {
            assert!(is_answered, "{}: {event:?}", sample.name);
        }
    });
}

#[test]
fn there_is_a_press_of_every_screen_with_buttons_of_its_own() {
    let presses = presses();
    for screen in Place::NAMES {
        let prefix = format!("{screen}:");
        assert!(presses.iter().any(|it| it.starts_with(&prefix)), "no sample shows {prefix}");
    }
}

/// What an event on a sample leads to, in English.
#[track_caller]
fn check(name: &str, event: Incoming, expected: &str) {
    let sample = sample(name);
    let next = sample.place.clone().on(event, &sample.facts(Language::En));
    assert_eq!(line(&next), expected, "{name}");
}

mod lines {
    use super::check;
    use crate::world::{NASTY, clip, picture};
    use chat::{Incoming, Sent};
    use domain::command::Picture;
    use domain::{AvatarId, Credits, News, Refusal};

    fn text(text: &str) -> Incoming {
        Incoming::Text(text.to_owned())
    }

    fn credits(amount: i64) -> Credits {
        Credits::new(amount).expect("a small amount")
    }

    fn refused(refusal: Refusal) -> Incoming {
        Incoming::News(News::Refused { refusal })
    }

    #[test]
    fn a_name_is_taken_as_it_is_typed() {
        let empty = "; says \"A name needs at least one visible character.\"";
        let long = "; says \"That name is too long: up to 40 characters, please.\"";
        check("new: name", text("Anna"), "new-ask-name; runs DraftAvatar");
        check("new: name", text(NASTY), "new-ask-name; runs DraftAvatar");
        check("new: name", text("\u{202e} \n"), &format!("new-ask-name{empty}"));
        check("new: name", text(&"я".repeat(40)), "new-ask-name; runs DraftAvatar");
        check("new: name", text(&"я".repeat(41)), &format!("new-ask-name{long}"));
        check("avatar: new name", text("Anna"), "avatar-card; runs Rename");
        check("avatar: new name", text(""), &format!("avatar-ask-name{empty}"));
        check("avatar: new name", text(&"x".repeat(5_000)), &format!("avatar-ask-name{long}"));
        check(
            "new: name",
            Incoming::Picture(picture()),
            "new-ask-name; says \"First the name, please. Then the photos.\"",
        );
    }

    #[test]
    fn photos_go_to_the_desk() {
        let large = Picture { bytes: 20 * 1024 * 1024 + 1, ..picture() };
        check("desk: empty portrait", Incoming::Picture(picture()), "desk-gather; runs AddPhoto");
        check("desk: all photos", Incoming::Picture(picture()), "desk-gather; runs AddPhoto");
        check("desk: delete the draft", Incoming::Picture(picture()), "desk-gather; runs AddPhoto");
        check("order: confirm", Incoming::Picture(picture()), "desk-gather; runs AddPhoto");
        check(
            "desk: enough",
            Incoming::Picture(large),
            "desk-gather; says \"That file is over 20 MB, more than Telegram lets me download. \
             Please send it as a photo, or smaller.\"",
        );
        check(
            "desk: enough",
            Incoming::Other(Sent::Video),
            "desk-gather; says \"That is a video. I need photos here.\"",
        );
        check(
            "desk: enough",
            Incoming::Clip(clip()),
            "desk-gather; says \"That is a video. I need photos here.\"",
        );
        check(
            "desk: enough",
            Incoming::Other(Sent::File),
            "desk-gather; says \"That file isn’t a photo. I need JPEG, PNG or WebP.\"",
        );
        check("create: photo", Incoming::Picture(picture()), "create-photo; runs ReadPhoto");
        check("create: photo, words", Incoming::Picture(picture()), "create-photo; runs ReadPhoto");
        for (name, place) in [
            ("create: a style", "create-style"),
            ("setup: a style", "setup-order"),
            ("result: four", "result-show"),
            ("gallery: first page", "gallery-page"),
        ] {
            let said = "I have no use for a photo here. To make a picture from a photo, open \
                        /pictures and choose “From a photo”; to edit one, open /edit.";
            check(name, Incoming::Picture(picture()), &format!("{place}; says {said:?}"));
        }
        check("home: new", Incoming::Picture(picture()), "home; runs TakeInput");
        check(
            "home: no edits now",
            Incoming::Picture(picture()),
            "home; says \"To use photos, first create an avatar: I will ask for them.\"",
        );
    }

    #[test]
    fn an_answer_leads_on() {
        let avatar = || AvatarId::new(1);
        check(
            "consent: photos",
            Incoming::News(News::Welcomed { bonus: credits(100) }),
            "home; says \"Welcome! 100 credits are yours.\"",
        );
        check("new: name", Incoming::News(News::Drafted { avatar: avatar() }), "desk-gather");
        check(
            "order: confirm",
            Incoming::News(News::TrainingQueued { avatar: avatar() }),
            "run-watch",
        );
        check("avatar: failed", Incoming::News(News::Drafted { avatar: avatar() }), "desk-gather");
        check(
            "language",
            Incoming::News(News::LanguageChanged),
            "home; says \"We speak English now.\"",
        );
        check("avatar: delete?", Incoming::News(News::AvatarDeleted), "avatars; says \"Deleted.\"");
        check("forget", Incoming::News(News::ForgetBegun), "consent-leaving");
        check("run: 41 %", Incoming::News(News::CancelAsked), "run-watch");
    }

    #[test]
    fn an_avatar_in_training_opens_on_its_progress() {
        let open = |number| {
            let avatar = AvatarId::new(number);
            Incoming::Press(format!("avatars:{{\"Open\":\"{avatar}\"}}"))
        };
        check("avatars: some", open(4), "avatar-card");
        check("avatars: some", open(5), "run-watch");
        check("avatars: some", open(6), "avatar-card");
        check("avatars: some", open(99), "avatar-card");
    }

    #[test]
    fn a_refusal_leads_to_where_it_can_be_mended() {
        check(
            "order: confirm",
            refused(Refusal::PhotosTooFew { have: 3, need: 5 }),
            "desk-gather; says \"Photos that fit: 3. Needed: 5.\"",
        );
        check(
            "order: confirm",
            refused(Refusal::TrainingRuns),
            "run-watch; says \"This avatar is already training.\"",
        );
        check(
            "order: short of credits",
            refused(Refusal::ShortOfCredits { need: credits(80), have: credits(21) }),
            "order-confirm; says \"This costs 80 credits, and you have 21. Nothing was charged.\"",
        );
    }

    #[test]
    fn a_result_is_told_wherever_one_is() {
        let ready = |number| {
            Incoming::News(News::AvatarReady {
                avatar: AvatarId::new(number),
                name: "Tom & Jerry".to_owned(),
                charged: credits(1),
            })
        };
        let said = "says \"<b>Tom &amp; Jerry is ready!</b>\\nCharged: 1 credit.\"";
        check("run: 41 %", ready(1), &format!("avatar-card; {said}"));
        check("run: 41 %", ready(2), &format!("run-watch; {said}"));
        check("desk: enough", ready(2), &format!("desk-gather; {said}"));
        check("new: name", ready(2), &format!("new-ask-name; {said}"));
    }
}
