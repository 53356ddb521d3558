//! Credits for a friend: how many, the link that opens them once, and those given before.

use domain::{Command, Credits, GiftId, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, GiftFacts, Gifted, Needs};
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::text::{credits_of, share};

/// What is offered for choosing; any other number can be written.
const AMOUNTS: [i64; 3] = [50, 100, 250];

/// How many of those given before are shown.
const SHOWN_MAX: usize = 8;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gift {
    PickAmount,
    Confirm { credits: Credits },
    Show { gift: GiftId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Amount(Credits),
    Back,
    /// Names how many, so that an old button never gives more than it says.
    Give(Credits),
    Open(GiftId),
    TakeBack(GiftId),
}

impl Screen for Gift {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { gifts: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            Self::PickAmount if !facts.person.has_shop => {
                View::new(facts.say("refusal-product-paused", &[]))
            }
            Self::PickAmount => pick_amount(facts),
            Self::Confirm { credits } => confirm(*credits, facts),
            Self::Show { gift } => match facts.gifts.iter().find(|it| it.id == *gift) {
                Some(gift) => shown(gift, facts),
                None => View::new(facts.say("refusal-gift-gone", &[])),
            },
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match (self, event) {
            (Self::PickAmount, Event::Press(Press::Back)) => Next::go(Balance::default()),
            (_, Event::Press(Press::Back)) => Next::go(Self::PickAmount),
            (Self::PickAmount, Event::Press(Press::Amount(credits))) => choose(credits, facts),
            (Self::PickAmount, Event::Text(_)) if !facts.person.has_shop => {
                Next::go(Self::PickAmount).notice(facts.say("notice-use-buttons", &[]))
            }
            (Self::PickAmount, Event::Text(text)) => match credits_of(&text) {
                Some(credits) => choose(credits, facts),
                None => Next::go(Self::PickAmount).notice(facts.say("notice-number-wrong", &[])),
            },
            (Self::PickAmount, Event::Press(Press::Open(gift))) => Next::go(Self::Show { gift }),
            (at @ Self::Confirm { credits }, Event::Press(Press::Give(asked)))
                if asked == credits =>
            {
                Next::go(at).run(Command::GiveCredits { credits })
            }
            (at @ Self::Show { .. }, Event::Press(Press::TakeBack(gift))) => {
                Next::go(at).run(Command::TakeBackGift { gift })
            }
            // The button of before, tapped twice.
            (at @ Self::Confirm { .. }, Event::Press(Press::Amount(_)))
            | (at @ Self::Show { .. }, Event::Press(Press::Give(_) | Press::Open(_))) => {
                Next::go(at)
            }
            (at, Event::Press(_)) => Next::go(at).notice(facts.say("notice-old-button", &[])),
            (_, Event::News(News::GiftMade { gift })) => Next::go(Self::Show { gift }),
            (_, Event::News(news @ News::GiftTakenBack { .. })) => {
                Next::tell(Self::PickAmount, &news, facts)
            }
            (at, Event::News(news)) => Next::tell(at, &news, facts),
            (at, Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_)) => {
                Next::go(at).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

fn choose(credits: Credits, facts: &Facts<'_>) -> Next {
    let have = facts.person.available;
    if have < credits {
        let notice = facts.say("notice-gift-large", &[("have", have.into())]);
        return Next::go(Gift::PickAmount).notice(notice);
    }
    Next::go(Gift::Confirm { credits })
}

fn pick_amount(facts: &Facts<'_>) -> View<Press> {
    let have = facts.person.available;
    let mut parts = vec![facts.say("gift", &[("have", have.into())])];
    let shown: Vec<_> = facts.gifts.iter().take(SHOWN_MAX).collect();
    if !shown.is_empty() {
        let lines = shown.iter().map(|it| line(it, facts));
        let lines: Vec<_> = std::iter::once(facts.say("gift-list", &[])).chain(lines).collect();
        parts.push(lines.join("\n"));
    }
    let amounts = AMOUNTS.into_iter().filter_map(Credits::new).filter(|it| *it <= have);
    let amounts = amounts.map(|it| (it.to_string(), Press::Amount(it)));
    let view = View::new(parts.join("\n\n")).row(amounts);
    let open = shown.iter().filter(|it| it.state == Gifted::Open);
    open.fold(view, |view, gift| {
        let args = [("credits", gift.credits.into()), ("until", gift.until.as_str().into())];
        view.button(facts.label("button-gift", &args), Press::Open(gift.id.clone()))
    })
}

fn confirm(credits: Credits, facts: &Facts<'_>) -> View<Press> {
    let left = facts.person.available.less(credits);
    let args = [("credits", credits.into()), ("left", left.into())];
    View::new(facts.say("gift-confirm", &args))
        .button(facts.label("button-give", &[("credits", credits.into())]), Press::Give(credits))
}

fn line(gift: &GiftFacts, facts: &Facts<'_>) -> String {
    let key = match gift.state {
        Gifted::Open => "gift-line-open",
        Gifted::Opened => "gift-line-opened",
        Gifted::Returned => "gift-line-returned",
    };
    facts.say(key, &[("credits", gift.credits.into()), ("until", gift.until.as_str().into())])
}

fn shown(gift: &GiftFacts, facts: &Facts<'_>) -> View<Press> {
    let args = [
        ("credits", gift.credits.into()),
        ("until", gift.until.as_str().into()),
        ("link", gift.link.as_str().into()),
    ];
    match gift.state {
        Gifted::Open => {
            let words = facts.label("gift-words", &args[..1]);
            View::new(facts.say("gift-open", &args))
                .link(facts.label("button-share", &[]), share(&gift.link, &words))
                .button(facts.label("button-take-back", &[]), Press::TakeBack(gift.id.clone()))
        }
        Gifted::Opened => View::new(facts.say("gift-opened", &args[..1])),
        Gifted::Returned => View::new(facts.say("gift-returned", &args[..1])),
    }
}
