//! Writing to those who answer, rating, and the list of everything that was ordered.

use chat::facts::Facts;
use chat::screens::feedback::Feedback;
use chat::{Incoming, Place};
use domain::command::Picture;
use domain::feedback::{Attached, FileKind, Note};
use domain::{Command, Language, News};

use crate::world::{labels, line, picture, press, sample, tell};

fn written(place: &Place, incoming: Incoming, facts: &Facts<'_>) -> (Note, bool) {
    match place.clone().on(incoming, facts).run {
        Some(Command::WriteFeedback { note, is_answer }) => (note, is_answer),
        other => panic!("{other:?}"),
    }
}

#[test]
fn words_and_files_are_passed_on_as_they_came() {
    let sample = sample("feedback: new");
    let facts = sample.facts(Language::En);
    let (note, is_answer) =
        written(&sample.place, Incoming::Text("It is <b>broken</b>".to_owned()), &facts);
    let expected = Note { words: "It is <b>broken</b>".to_owned(), file: None };
    assert_eq!((note, is_answer), (expected, false));
    let shot = Picture { caption: Some("look".to_owned()), ..picture() };
    let place: Place = Feedback::ANSWER.into();
    let file = |kind| Some(Attached { kind, file_id: picture().file_id });
    let (note, is_answer) = written(&place, Incoming::Picture(shot), &facts);
    let expected = Note { words: "look".to_owned(), file: file(FileKind::Photo) };
    assert_eq!((note, is_answer), (expected, true));
    let scan = Picture { is_document: true, ..picture() };
    let (note, _) = written(&place, Incoming::Picture(scan), &facts);
    assert_eq!(note, Note { words: String::new(), file: file(FileKind::Document) });
}

#[test]
fn how_much_may_be_written_is_said_before() {
    let sample = sample("feedback: new");
    let text = sample.place.view(&sample.facts(Language::En)).text;
    assert!(
        text.contains("up to 3000 characters at once, and up to 20 messages an hour"),
        "{text}"
    );
}

#[test]
fn what_has_gone_is_counted_and_the_next_one_goes_too() {
    let sample = sample("feedback: several sent");
    let facts = sample.facts(Language::En);
    let next = tell(&sample.place, News::FeedbackTaken, &facts);
    assert_eq!(next.place, Feedback { is_answer: true, sent: 6 }.into());
    assert_eq!((next.run, next.notice), (None, None), "the view says it");
    let (note, is_answer) = written(&next.place, Incoming::Text("and".to_owned()), &facts);
    assert_eq!((note.words.as_str(), is_answer), ("and", true));
}

#[test]
fn orders_are_opened_where_they_can_be_seen() {
    let sample = sample("orders: newest");
    let facts = sample.facts(Language::En);
    let expected = [
        "making-watch",
        "making-watch",
        "result-show",
        "result-show",
        "making-watch",
        "making-watch",
    ];
    for (number, place) in (1..).zip(expected) {
        assert_eq!(line(&press(&sample.place, &format!("{number}"), &facts)), place, "{number}");
    }
}

#[test]
fn pages_of_orders_are_walked_there_and_back() {
    let first = sample("orders: newest");
    let facts = first.facts(Language::En);
    assert!(!labels(&first.place, &facts).contains(&"‹ Previous".to_owned()));
    let second = press(&first.place, "Next", &facts);
    assert_ne!(second.place, first.place);
    // The second tap of two finds a page that it doesn't mean.
    let other = sample("orders: last page");
    let there = other.facts(Language::En);
    assert!(!labels(&other.place, &there).contains(&"Next ›".to_owned()));
    let shown = Facts { orders: there.orders.clone(), ..facts.clone() };
    let back = press(&second.place, "‹ Previous", &shown);
    assert_eq!(back.place, first.place);
    let empty = sample("orders: gone meanwhile");
    let facts = empty.facts(Language::En);
    assert!(labels(&empty.place, &facts).contains(&"‹ Previous".to_owned()), "a way back");
}

#[test]
fn a_result_is_rated_and_rated_anew() {
    let sample = sample("result: four");
    let mut facts = sample.facts(Language::En);
    for (said, good, bad) in [
        (None, "I like it", "I don’t like it"),
        (Some(true), "You like it", "I don’t like it"),
        (Some(false), "I like it", "You don’t like it"),
    ] {
        facts.rating = said;
        for (label, meant) in [(good, true), (bad, false)] {
            let next = press(&sample.place, label, &facts);
            assert_eq!(next.place, sample.place);
            assert!(
                matches!(next.run, Some(Command::Rate { is_good, .. }) if is_good == meant),
                "{label}: {next:?}"
            );
        }
    }
    if let Some(order) = &mut facts.generation {
        order.tiles.clear();
    }
    assert!(!labels(&sample.place, &facts).iter().any(|it| it.contains("like it")), "of nothing");
}
