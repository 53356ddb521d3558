//! What is shown: it fits, it is well formed, and every button leads somewhere.

use chat::facts::Wish;
use chat::preview::samples::samples;
use chat::{Incoming, Place, route};
use domain::Language;
use domain::picture::WORDS_CHARS_MAX;

use crate::html;
use crate::world::{NASTY, line, sample};

/// Telegram's limit of a text, after its tags were taken out, in UTF-16 code units.
const TEXT_UNITS_MAX: usize = 4096;

/// Calls with every sample in every language, as it is and with names that try to break it.
fn every_view(look: impl Fn(&str, &Place, &chat::Facts<'_>)) {
    for sample in samples() {
        for language in Language::ALL {
            let name = format!("{} in {}", sample.name, language.as_str());
            let mut facts = sample.facts(language);
            look(&name, &sample.place, &facts);
            facts.person.name = NASTY.to_owned();
            let avatars = facts.avatars.iter_mut().chain(facts.avatar.as_mut());
            avatars.for_each(|it| it.name = NASTY.to_owned());
            let lines = facts.history.iter_mut().flat_map(|it| it.lines.iter_mut());
            lines.for_each(|it| it.about = NASTY.to_owned());
            facts.plan.iter_mut().for_each(|it| it.card = Some(NASTY.to_owned()));
            facts.invite.iter_mut().for_each(|it| it.link = NASTY.to_owned());
            facts.gifts.iter_mut().for_each(|it| it.link = NASTY.to_owned());
            for customer in facts.found.iter_mut().chain(facts.customer.as_mut()) {
                customer.name = NASTY.to_owned();
                customer.chain.iter_mut().for_each(|it| *it = NASTY.to_owned());
            }
            facts.making.iter_mut().for_each(|it| it.avatar_name = NASTY.to_owned());
            let orders = facts.generation.iter_mut().filter(|it| !it.avatar_name.is_empty());
            orders.for_each(|it| it.avatar_name = NASTY.to_owned());
            let results = facts.artifact.iter_mut().filter(|it| !it.avatar_name.is_empty());
            results.for_each(|it| it.avatar_name = NASTY.to_owned());
            // Signs of which each counts as two.
            let words = "\u{1f980}".repeat(WORDS_CHARS_MAX);
            facts.artifact.iter_mut().for_each(|it| match &mut it.wish {
                Wish::Picture(draft) => draft.words.clone_from(&words),
                Wish::Edit(draft) => draft.words.clone_from(&words),
                Wish::Character(draft) => draft.words.clone_from(&words),
                Wish::Speech(draft) => draft.script.clone_from(&words),
                Wish::Video(_) => {}
            });
            facts.voices.iter_mut().for_each(|it| it.title = NASTY.to_owned());
            let deals = facts.shop.iter_mut().flat_map(|it| it.deal.iter_mut());
            deals.for_each(|it| it.code = NASTY.to_owned());
            look(&format!("{name}, nasty"), &sample.place, &facts);
        }
    }
}

#[test]
fn every_text_is_telegrams_html_and_fits() {
    every_view(|name, place, facts| {
        let text = place.view(facts).text;
        let plain = html::plain(&text).unwrap_or_else(|wrong| panic!("{name}: {wrong}\n{text}"));
        assert!(!plain.trim().is_empty(), "{name} says nothing");
        let units = plain.encode_utf16().count();
        assert!(units <= TEXT_UNITS_MAX, "{name} is {units} long");
        let said = plain.replace(NASTY, "");
        assert!(!said.contains("{$"), "{name} has a hole:\n{said}");
    });
}

/// Telegram's limit of a caption, counted in the same way.
const CAPTION_UNITS_MAX: usize = 1024;

/// A notice stands above the view, so the caption has to bear it, too.
#[test]
fn every_caption_fits_below_its_picture_with_any_notice() {
    let units = |html: &str| html::plain(html).unwrap_or_default().encode_utf16().count();
    let news = chat::preview::samples::news();
    every_view(|name, place, facts| {
        let drawn = place.view(facts);
        if drawn.picture.is_none() {
            return;
        }
        let notices = news.iter().filter_map(|it| chat::news::text(it, facts));
        let longest = notices.map(|it| units(&it)).max().unwrap_or_default();
        let whole = units(&drawn.text) + 2 + longest;
        assert!(whole <= CAPTION_UNITS_MAX, "{name} is {whole} long");
    });
}

#[test]
fn names_are_shown_as_they_are() {
    every_view(|name, place, facts| {
        let drawn = place.view(facts);
        let plain = html::plain(&drawn.text).unwrap_or_default();
        let labels = drawn.rows.concat().into_iter().map(|(label, _)| label);
        let shown = std::iter::once(plain).chain(labels).collect::<Vec<_>>().join("\n");
        // A part of the name that isn't within the whole was changed on its way.
        let rest = shown.replace(NASTY, "");
        for trace in ["&lt;", "&amp;", "&quot;", "<b>"] {
            assert!(!rest.contains(trace), "{name} shows {trace}:\n{shown}");
        }
    });
}

#[test]
fn every_button_has_a_label_and_fits_64_bytes() {
    every_view(|name, place, facts| {
        for (label, press) in place.view(facts).presses() {
            assert!(!label.trim().is_empty(), "{name}: {press} has no label");
            assert!(!label.replace(NASTY, "").contains("{$"), "{name}: `{label}` has a hole");
            assert!((1..=64).contains(&press.len()), "{name}: {press} is too long");
        }
    });
}

#[test]
fn no_view_has_the_same_button_twice() {
    every_view(|name, place, facts| {
        let mut presses: Vec<_> =
            place.view(facts).presses().into_iter().map(|(_, press)| press).collect();
        presses.sort();
        let count = presses.len();
        presses.dedup();
        assert_eq!(presses.len(), count, "{name} has two buttons that mean the same");
    });
}

#[test]
fn every_button_is_understood_where_it_is_shown() {
    every_view(|name, place, facts| {
        let old = facts.say("notice-old-button", &[]);
        let misplaced = facts.say("notice-use-buttons", &[]);
        for (label, press) in place.view(facts).presses() {
            let next = place.clone().on(Incoming::Press(press), facts);
            assert_ne!(next.notice.as_ref(), Some(&old), "{name}: [{label}] is not understood");
            assert_ne!(next.notice.as_ref(), Some(&misplaced), "{name}: [{label}] has no use");
            next.place.view(facts);
        }
    });
}

#[test]
fn every_view_leads_back_and_to_the_menu() {
    every_view(|name, place, facts| {
        if matches!(place, Place::Home(_) | Place::Consent(_)) {
            return;
        }
        let buttons = place.view(facts).presses();
        let has_menu = buttons.iter().any(|(_, press)| press == route::MENU);
        assert!(has_menu, "{name} has no way to the main menu");
        let back = facts.label("button-back", &[]);
        let Some((_, press)) = buttons.into_iter().find(|(label, _)| *label == back) else {
            panic!("{name} has no way back");
        };
        let next = place.clone().on(Incoming::Press(press), facts);
        assert_ne!(next.place, *place, "{name}: back leads nowhere");
        assert_eq!((next.run, next.notice), (None, None), "{name}: back does more than that");
    });
}

/// What a sample says in English, without its buttons.
#[track_caller]
fn check(name: &str, expected: &str) {
    let sample = sample(name);
    let said = html::plain(&sample.place.view(&sample.facts(Language::En)).text);
    assert_eq!(said.as_deref(), Ok(expected), "{name}");
}

#[test]
fn what_is_still_open_is_not_judged_yet() {
    check("desk: looking", "Айгерім: photos\nLooking at the photos: 2 of 5 done…");
    let sample = sample("desk: looking");
    let drawn = sample.place.view(&sample.facts(Language::En));
    let labels: Vec<_> = drawn.rows.concat().into_iter().map(|(label, _)| label).collect();
    assert_eq!(labels, ["All photos", "Delete the draft", "‹ Back", "Main menu"]);
}

#[test]
fn numbers_that_are_zero_are_not_told() {
    let card = "Айгерім\nPortrait · Woman\nState: ready\nPhotos: 14";
    check(
        "avatar: completed",
        &format!("{card}\nTrainings: 3\nPictures made: 128\nSpent: 220 credits"),
    );
    check("avatar: new", &format!("{card}\nTrainings: 1\nSpent: 1 credit"));
}

#[test]
fn good_photos_are_told_as_ranges() {
    check(
        "desk: enough",
        "Айгерім: photos\nFit for training: 14 of 14 (needed: 5–50)\nGood: #1–8, #10–14\n\
         #9: usable, but blurred\nReadiness: 95 of 100\n\
         That is enough to start. More good photos make the avatar better.",
    );
}

#[test]
fn photos_of_which_the_same_is_said_share_a_line() {
    check(
        "desk: a hundred bad ones",
        "Айгерім: photos\nFit for training: 0 of 100 (needed: 10–100)\n\
         #1–100: HEIC, which I can’t open\nAbout HEIC: on an iPhone choose Settings › Camera › \
         Formats › Most Compatible, or send it as a photo.\nReadiness: 0 of 100\n\
         Send some more: at least 10 good ones are needed.",
    );
}

/// Where a second tap does what the first one only asked about: (the first press, the command).
const TAPPED_THROUGH: [&str; 0] = [];

/// A double tap sends the same press twice, so what asks and what does must differ.
#[test]
fn a_double_tap_does_not_answer_the_question_it_raised() {
    let mut found = Vec::new();
    for sample in samples() {
        let facts = sample.facts(Language::En);
        for (_, press) in sample.place.view(&facts).presses() {
            let first = sample.place.clone().on(Incoming::Press(press.clone()), &facts);
            if first.run.is_some() {
                continue;
            }
            let second = first.place.on(Incoming::Press(press.clone()), &facts);
            if let Some((_, runs)) = line(&second).split_once("; runs ") {
                found.push(format!("{press} runs {runs}"));
            }
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found, TAPPED_THROUGH, "take out of the list what is mended, mend what is new");
}
