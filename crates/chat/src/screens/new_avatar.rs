//! A new avatar, from the kind of training to its name.

use domain::avatar::{NAME_CHARS_MAX, WrongName, name};
use domain::{Command, Credits, Kind, News, Quality, Subject};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::screen::{Next, Screen, View};
use crate::screens::avatars::Avatars;
use crate::screens::desk::Desk;
use crate::text::Arg;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NewAvatar {
    PickKind,
    Read { kind: Kind },
    Compare,
    CompareClosely,
    PickSubject { kind: Kind },
    AskName { kind: Kind, subject: Subject },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Subject(Subject),
}

impl Screen for NewAvatar {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            Self::PickKind => View::new(facts.say("new-pick-kind", &[]))
                .name(facts.label("button-kind-portrait", &[]), "training_type_portrait")
                .name(facts.label("button-kind-style", &[]), "training_type_style")
                .name(facts.label("button-compare", &[]), "compare_training_types"),
            Self::Read { kind } => {
                let key = format!("new-read-{}", kind.as_str());
                View::new(facts.say(&key, &terms(*kind, facts)))
                    .name(facts.label("button-choose", &[]), confirm(*kind))
                    .name(facts.label("button-compare", &[]), "compare_training_types")
            }
            Self::Compare => View::new(compare(facts))
                .name(facts.label("button-kind-portrait", &[]), "training_type_portrait")
                .name(facts.label("button-kind-style", &[]), "training_type_style")
                .name(facts.label("button-compare-closely", &[]), "detailed_comparison"),
            Self::CompareClosely => View::new(compare_closely(facts))
                .name(facts.label("button-kind-portrait", &[]), "training_type_portrait")
                .name(facts.label("button-kind-style", &[]), "training_type_style"),
            Self::PickSubject { .. } => Subject::ALL.iter().fold(
                View::new(facts.say("new-pick-subject", &[])),
                |view, it| {
                    let label = facts.label(&format!("subject-{}", it.as_str()), &[]);
                    view.button(label, Press::Subject(*it))
                },
            ),
            Self::AskName { .. } => {
                let most = (NAME_CHARS_MAX as i64).into();
                View::new(facts.say("new-ask-name", &[("most", most)]))
            }
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match (self, event) {
            (Self::PickSubject { kind }, Event::Press(Press::Subject(subject))) => {
                Next::go(Self::AskName { kind, subject })
            }
            // The button of before, tapped twice.
            (at @ Self::AskName { .. }, Event::Press(Press::Subject(_))) => Next::go(at),
            (Self::AskName { kind, subject }, Event::Text(text)) => {
                match name(&text) {
                    Ok(name) => Next::go(Self::AskName { kind, subject })
                        .run(Command::DraftAvatar { kind, subject, name }),
                    Err(wrong) => {
                        let key = match wrong {
                            WrongName::Empty => "notice-name-empty",
                            WrongName::TooLong => "notice-name-long",
                        };
                        let most = (NAME_CHARS_MAX as i64).into();
                        Next::go(Self::AskName { kind, subject })
                            .notice(facts.say(key, &[("most", most)]))
                    }
                }
            }
            (Self::PickKind, Event::Press(Press::Back)) => Next::go(Avatars::default()),
            (Self::Read { .. } | Self::Compare, Event::Press(Press::Back)) => {
                Next::go(Self::PickKind)
            }
            (Self::CompareClosely, Event::Press(Press::Back)) => Next::go(Self::Compare),
            (Self::PickSubject { kind }, Event::Press(Press::Back)) => {
                Next::go(Self::Read { kind })
            }
            (Self::AskName { kind, .. }, Event::Press(Press::Back)) => {
                Next::go(Self::PickSubject { kind })
            }
            (_, Event::News(News::Drafted { avatar })) => Next::go(Desk::Gather { avatar }),
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at @ Self::AskName { .. }, Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-name-first", &[]))
            }
            (at, Event::Text(_) | Event::Press(Press::Subject(_))) => {
                Next::go(at).notice(facts.say("notice-use-buttons", &[]))
            }
            (at, Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

fn confirm(kind: Kind) -> &'static str {
    match kind {
        Kind::Portrait => "confirm_training_portrait",
        Kind::Style => "confirm_training_style",
    }
}

/// What the offer of a kind says, as values for its texts.
fn terms(kind: Kind, facts: &Facts<'_>) -> Vec<(&'static str, Arg)> {
    let Some(offer) = facts.offer(kind) else {
        return Vec::new();
    };
    let prices = offer.qualities.iter().map(|it| it.credits);
    let cheapest: Credits = prices.min().unwrap_or_default();
    vec![
        ("min", offer.photos.count_min.into()),
        ("max", offer.photos.count_max.into()),
        ("side", offer.photos.side_min.into()),
        ("face", offer.photos.face_min.unwrap_or_default().into()),
        ("from", offer.minutes[0].into()),
        ("to", offer.minutes[1].into()),
        ("credits", cheapest.into()),
    ]
}

fn compare(facts: &Facts<'_>) -> String {
    let parts = Kind::ALL
        .iter()
        .map(|kind| facts.say(&format!("new-compare-{}", kind.as_str()), &terms(*kind, facts)));
    std::iter::once(facts.say("new-compare", &[])).chain(parts).collect::<Vec<_>>().join("\n\n")
}

/// Both kinds point by point, with the catalog's ratings as rows of dots.
fn compare_closely(facts: &Facts<'_>) -> String {
    let mut parts = vec![facts.say("new-compare-closely", &[])];
    for kind in Kind::ALL {
        let Some(offer) = facts.offer(*kind) else { continue };
        let rows = [
            ("rating-speed", offer.ratings.speed),
            ("rating-portraits", offer.ratings.portraits),
            ("rating-versatility", offer.ratings.versatility),
            ("rating-simplicity", offer.ratings.simplicity),
        ];
        let title = facts.say(&format!("kind-{}", kind.as_str()), &[]);
        let mut lines = vec![format!("<b>{title}</b>")];
        lines.push(facts.say(&format!("new-best-for-{}", kind.as_str()), &[]));
        lines.extend(rows.iter().map(|(key, rating)| {
            let dots = "●".repeat(usize::from(*rating)) + &"○".repeat(5 - usize::from(*rating));
            format!("{dots} {}", facts.say(key, &[]))
        }));
        lines.push(String::new());
        lines.extend(Quality::ALL.iter().filter_map(|it| {
            let credits = offer.quality(*it)?.credits;
            let name = Arg::Said(facts.say(&format!("quality-{}", it.as_str()), &[]));
            Some(facts.say("new-price-line", &[("quality", name), ("credits", credits.into())]))
        }));
        parts.push(lines.join("\n"));
    }
    parts.join("\n\n")
}
