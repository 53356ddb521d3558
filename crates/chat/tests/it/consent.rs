//! Before the consent nothing happens but reading the papers and choosing a language.

use chat::preview::samples::samples;
use chat::{Incoming, Place};
use domain::{Command, Language, News};

use crate::world::{go, incoming, line, sample};

#[test]
fn before_the_consent_every_event_of_every_place_leads_to_it() {
    let events = incoming();
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = false;
        let is_at_consent = matches!(sample.place, Place::Consent(_));
        let is_leaving = matches!(sample.place, Place::Forget(_));
        for event in &events {
            let next = sample.place.clone().on(event.clone(), &facts);
            let may_run = match &next.run {
                None => true,
                Some(Command::AcceptTerms | Command::Speak { .. }) => is_at_consent,
                // Everything can be deleted without agreeing to anything again.
                Some(Command::ForgetMe) => is_leaving,
                Some(_) => false,
            };
            assert!(may_run, "{}: {event:?} runs {:?}", sample.name, next.run);
            let may_go = match &next.place {
                Place::Consent(_) => true,
                Place::Forget(_) => is_leaving || *event == Incoming::Text("/delete_me".to_owned()),
                _ => is_at_consent && matches!(event, Incoming::News(News::Welcomed { .. })),
            };
            assert!(may_go, "{}: {event:?} leads to {}", sample.name, line(&next));
        }
    }
}

/// Only the button below the consent to photos accepts, and only there.
#[test]
fn nothing_else_accepts_the_terms() {
    let events = incoming();
    for sample in samples() {
        let mut facts = sample.facts(Language::En);
        facts.person.consented = false;
        for event in &events {
            let next = sample.place.clone().on(event.clone(), &facts);
            if next.run == Some(Command::AcceptTerms) {
                assert_eq!(sample.name, "consent: photos");
                assert_eq!(*event, Incoming::Press("consent:\"AgreePhotos\"".to_owned()));
            }
        }
    }
}

#[track_caller]
fn check(name: &str, what: &str, expected: &str) {
    let sample = sample(name);
    let mut facts = sample.facts(Language::En);
    facts.person.consented = false;
    let got = go(&sample.place, what, &facts);
    let got = got.split("\\n").next().unwrap_or_default();
    assert_eq!(got, expected, "{name}: {what}");
}

#[test]
fn the_first_meeting_line_by_line() {
    check("consent: terms", "hello", "consent-terms");
    check("consent: terms", "/start", "consent-terms");
    check("consent: terms", "/menu", "consent-terms");
    check("consent: terms", "/cancel", "consent-terms");
    check("consent: terms", "/delete_me", "forget");
    check("consent: terms", "/terms", "consent-terms; says \"<b>Terms, in short</b>");
    check("consent: photos", "/privacy", "consent-photos; says \"<b>Your photos and your data</b>");
    check("consent: terms", "[consent:\"AgreeTerms\"]", "consent-photos");
    check("consent: photos", "[consent:\"Back\"]", "consent-terms");
    check("consent: photos", "[consent:\"AgreePhotos\"]", "consent-photos; runs AcceptTerms");
    check("consent: terms", "[consent:{\"Speak\":\"kk\"}]", "consent-terms; runs Speak");
    check("home: busy", "hello", "consent-terms");
    check("order: confirm", "[order:\"Start\"]", "consent-terms");
    check("order: confirm", "[create_avatar]", "consent-terms");
    check("forget", "[forget:\"Forget\"]", "forget; runs ForgetMe");
    check("consent: leaving", "[forget:\"Forget\"]", "consent-leaving");
    check("consent: leaving", "hello", "consent-terms");
    check("consent: leaving", "/delete_me", "forget");
    check("home: new", "/terms", "consent-terms; says \"<b>Terms, in short</b>");
    check(
        "consent: terms",
        "[home:\"Balance\"]",
        "consent-terms; says \"That menu is out of date. Here is the current one.\"",
    );
}

/// Whoever comes first reads what this bot does, and nothing that nobody is there for.
#[test]
fn the_greeting_promises_what_there_is() {
    let sample = sample("consent: terms");
    for (can_edit, can_video) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut facts = sample.facts(Language::En);
        (facts.person.can_edit, facts.person.can_video) = (can_edit, can_video);
        let text = sample.place.view(&facts).text;
        assert!(text.contains("• an avatar: "), "{text}");
        assert_eq!(text.contains("• photos: "), can_edit, "{text}");
        assert_eq!(text.contains("• talking videos: "), can_video, "{text}");
    }
}

/// What is agreed to, and what can be read about it later, names the days that this bot keeps
/// things: no other ones, and nothing vague.
#[test]
fn papers_name_the_days_of_this_bot() {
    for (name, days) in [
        ("consent: photos", vec![31, 9]),
        ("faq: privacy", vec![31, 9]),
        ("faq: clips", vec![9, 4]),
        ("paper: privacy", vec![31, 9, 4]),
    ] {
        for language in Language::ALL {
            let sample = sample(name);
            let mut facts = sample.facts(language);
            let person = &mut facts.person;
            (person.photo_days, person.input_days, person.clip_days) = (31, 9, 4);
            let text = sample.place.view(&facts).text;
            let has = |it: &i32| {
                text.split(|it: char| !it.is_numeric()).any(|word| word == it.to_string())
            };
            assert!(days.iter().all(has), "{name} in {}: {text}", language.as_str());
        }
    }
}

/// A photo goes to whoever does the work, and what they have got we can't delete.
#[test]
fn papers_say_who_else_has_what_was_sent() {
    for (name, said) in [
        ("consent: photos", "Other photos go to the services that do what you ask for"),
        ("consent: photos", "The services drop their copies by themselves, within 30 days."),
        ("faq: privacy", "goes to the studio that edits it, moves the lips or cuts the person out"),
        ("faq: privacy", "the words of a video go to a speech service"),
        ("faq: privacy", "the services keep their copies of photos for up to 30 days"),
        ("paper: privacy", "the services drop their copies by themselves, usually within 30 days"),
        ("forget", "drop their copies by themselves, usually within 30 days"),
    ] {
        let sample = sample(name);
        let text = sample.place.view(&sample.facts(Language::En)).text;
        assert!(text.contains(said), "{name}: {text}");
    }
}
