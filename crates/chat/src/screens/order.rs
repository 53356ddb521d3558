//! Quality, price and the last word before credits are set aside.

use domain::catalog::Quote;
use domain::{AvatarId, Command, News, Quality, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::desk::{Desk, take};
use crate::screens::run::Run;
use crate::screens::shop::Shop;
use crate::text::Arg;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    PickQuality { avatar: AvatarId },
    Confirm { avatar: AvatarId, quality: Quality, quote: Quote },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Pick(Quality),
    Start,
    TopUp,
}

impl Order {
    pub fn avatar(&self) -> &AvatarId {
        match self {
            Self::PickQuality { avatar } | Self::Confirm { avatar, .. } => avatar,
        }
    }
}

impl Screen for Order {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs::photos(self.avatar())
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let Some(avatar) = &facts.avatar else {
            return View::new(facts.say("refusal-avatar-gone", &[])).back(Press::Back, facts);
        };
        let name = || Arg::from(avatar.name.as_str());
        match self {
            Self::PickQuality { .. } => {
                let view = View::new(facts.say("order-pick-quality", &[("name", name())]));
                let offers = Quality::ALL.iter().filter_map(|it| {
                    let credits = facts.quote(avatar.kind, *it)?.credits;
                    let key = format!("button-quality-{}", it.as_str());
                    Some((facts.label(&key, &[("credits", credits.into())]), Press::Pick(*it)))
                });
                offers.fold(view, |view, (label, press)| view.button(label, press))
            }
            Self::Confirm { quality, quote, .. } => {
                let usable = facts.photos.iter().filter(|it| it.is_usable()).count() as i64;
                let left = facts.person.available.less(quote.credits);
                let (from, to) =
                    facts.offer(avatar.kind).map_or((0, 0), |it| (it.minutes[0], it.minutes[1]));
                let quality = facts.say(&format!("quality-{}", quality.as_str()), &[]);
                let kind = facts.say(&format!("kind-{}", avatar.kind.as_str()), &[]);
                let is_enough = quote.credits <= facts.person.available;
                let key = if is_enough { "order-confirm" } else { "order-confirm-short" };
                let text = facts.say(
                    key,
                    &[
                        ("name", name()),
                        ("kind", Arg::Said(kind)),
                        ("quality", Arg::Said(quality)),
                        ("photos", usable.into()),
                        ("credits", quote.credits.into()),
                        ("have", facts.person.available.into()),
                        ("left", left.into()),
                        ("from", from.into()),
                        ("to", to.into()),
                    ],
                );
                let label = facts.label("button-start", &[("credits", quote.credits.into())]);
                if is_enough {
                    View::new(text).button(label, Press::Start)
                } else if facts.person.has_shop {
                    View::new(format!("{text}\n{}", facts.say("order-top-up", &[])))
                        .button(facts.label("button-top-up", &[]), Press::TopUp)
                } else {
                    View::new(text)
                }
            }
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        let avatar = self.avatar().clone();
        match (self, event) {
            (at, Event::Press(Press::Pick(quality))) => {
                let kind = facts.avatar.as_ref().map(|it| it.kind);
                match kind.and_then(|kind| facts.quote(kind, quality)) {
                    Some(quote) => Next::go(Self::Confirm { avatar, quality, quote }),
                    None => Next::go(at).notice(facts.say("refusal-product-paused", &[])),
                }
            }
            (Self::Confirm { quality, quote, .. }, Event::Press(Press::Start)) => {
                let command = Command::Train { avatar: avatar.clone(), quality, quote };
                Next::go(Self::Confirm { avatar, quality, quote }).run(command)
            }
            // With the credits there, this very order goes on.
            (at @ Self::Confirm { .. }, Event::Press(Press::TopUp)) => {
                Next::go(Shop::PickPack { resume: Some(Place::from(at).to_json()) })
            }
            (Self::PickQuality { .. }, Event::Press(Press::Back)) => {
                Next::go(Desk::Gather { avatar })
            }
            (Self::Confirm { .. }, Event::Press(Press::Back)) => {
                Next::go(Self::PickQuality { avatar })
            }
            (_, Event::News(News::TrainingQueued { avatar })) => Next::go(Run::Watch { avatar }),
            (at, Event::News(news)) => match &news {
                // The place of the old price is the choice, where today's prices are.
                News::Refused { refusal: Refusal::QuoteExpired } => {
                    Next::tell(Self::PickQuality { avatar }, &news, facts)
                }
                News::Refused {
                    refusal: Refusal::PhotosTooFew { .. } | Refusal::PhotosStillChecked { .. },
                } => Next::tell(Desk::Gather { avatar }, &news, facts),
                News::Refused { refusal: Refusal::TrainingRuns } => {
                    Next::tell(Run::Watch { avatar }, &news, facts)
                }
                _ => Next::tell(at, &news, facts),
            },
            (_, Event::Picture(picture)) => take(avatar, picture, facts),
            (
                at,
                Event::Press(Press::Start | Press::TopUp)
                | Event::Text(_)
                | Event::Clip(_)
                | Event::Other(_),
            ) => Next::go(at).notice(facts.say("notice-use-buttons", &[])),
        }
    }
}
