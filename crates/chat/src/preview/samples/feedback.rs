//! Writing to those who answer, and everything that was ordered.

use domain::feedback::{Attached, FileKind, Note};
use domain::picture::Product;
use domain::{FeedbackId, GenerationId, News, Refusal, WorkState};

use super::{Sample, credits};
use crate::facts::{Facts, OrderLine, OrdersFacts};
use crate::screens::feedback::Feedback;
use crate::screens::orders::Orders;

pub(super) fn samples() -> Vec<Sample> {
    let newest = Orders::default;
    let walked = || Orders { walked: vec![GenerationId::new(9), GenerationId::new(3)] };
    vec![
        Sample::new("feedback: new", Feedback::default()),
        Sample::new("feedback: an answer", Feedback::ANSWER),
        Sample::new("feedback: sent", Feedback { is_answer: false, sent: 1 }),
        Sample::new("feedback: several sent", Feedback { is_answer: true, sent: 5 }),
        Sample::new("orders: none", newest()).with(|it| it.orders = Some(OrdersFacts::default())),
        Sample::new("orders: newest", newest()).with(|it| orders(it, true)),
        Sample::new("orders: last page", walked()).with(|it| orders(it, false)),
        Sample::new("orders: gone meanwhile", walked())
            .with(|it| it.orders = Some(OrdersFacts::default())),
    ]
}

fn orders(it: &mut Facts<'_>, has_older: bool) {
    let line = |number, state| OrderLine {
        id: GenerationId::new(number),
        product: Product::Picture,
        about: "<Anna> & Co".to_owned(),
        count: 4,
        on: "20.11.2026".to_owned(),
        state,
        percent: None,
        price: credits(20),
        charged: credits(0),
        returned: credits(0),
    };
    let lines = vec![
        OrderLine { percent: Some(41), ..line(6, WorkState::Processing) },
        OrderLine {
            product: Product::Edit,
            about: "art-pencil".to_owned(),
            count: 1,
            ..line(5, WorkState::Pending)
        },
        OrderLine { charged: credits(20), ..line(4, WorkState::Succeeded) },
        OrderLine {
            charged: credits(15),
            returned: credits(5),
            about: String::new(),
            ..line(3, WorkState::Succeeded)
        },
        OrderLine { returned: credits(20), ..line(2, WorkState::Failed) },
        OrderLine { returned: credits(21), ..line(1, WorkState::Canceled) },
    ];
    it.orders = Some(OrdersFacts { lines, has_older });
}

pub(super) fn news() -> Vec<News> {
    let file = Attached { kind: FileKind::Video, file_id: "file".to_owned() };
    let answered = |words: &str, file| News::FeedbackAnswered {
        feedback: FeedbackId::new(1),
        note: Note { words: words.to_owned(), file },
    };
    vec![
        News::FeedbackTaken,
        answered("It is <b>fixed</b> & done.", None),
        answered("", Some(file)),
        News::Rated { is_good: true },
        News::Rated { is_good: false },
        News::Refused { refusal: Refusal::TooManyTries },
    ]
}
