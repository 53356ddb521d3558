//! The wallet: what is there, what is set aside, and every movement in words.

use domain::picture::Product;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, HistoryLine, Needs, Why};
use crate::route;
use crate::screen::{Next, Screen, View};
use crate::screens::gift::Gift;
use crate::screens::home::Home;
use crate::screens::invite::Invite;
use crate::screens::my_plan::MyPlan;
use crate::screens::orders;
use crate::screens::plans::Plans;
use crate::screens::promo::Promo;
use crate::text::Arg;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub page: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Gift,
    Invite,
    MyPlan,
    Page(u32),
    Plans,
    Promo,
}

impl Screen for Balance {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { history: Some(self.page), plan: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let person = &facts.person;
        let mut lines = vec![facts.say("balance", &[("credits", person.available.into())])];
        if !person.held.is_zero() {
            lines.push(facts.say("balance-held", &[("credits", person.held.into())]));
        }
        lines.push(String::new());
        let history = facts.history.clone().unwrap_or_default();
        if history.lines.is_empty() {
            lines.push(facts.say("balance-nothing", &[]));
        }
        lines.extend(history.lines.iter().map(|it| line(it, facts)));
        let mut turns = Vec::new();
        if history.has_more {
            let earlier = self.page.saturating_add(1);
            turns.push((facts.label("button-earlier", &[]), Press::Page(earlier)));
        }
        if 0 < self.page {
            turns.push((facts.label("button-later", &[]), Press::Page(self.page - 1)));
        }
        let mut view = View::new(lines.join("\n"));
        if person.has_shop {
            view = sales(view, facts);
        }
        view.row(turns).back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Page(page)) => Next::go(Self { page }),
            Event::Press(Press::Back) => Next::go(Home),
            Event::Press(Press::Gift) => Next::go(Gift::PickAmount),
            Event::Press(Press::Invite) => Next::go(Invite),
            Event::Press(Press::Promo) => Next::go(Promo),
            Event::Press(Press::MyPlan) => Next::go(MyPlan::Card),
            Event::Press(Press::Plans) => Next::go(Plans::List { resume: None }),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

/// The ways to more credits.
fn sales(view: View<Press>, facts: &Facts<'_>) -> View<Press> {
    let plan = match facts.plan {
        Some(_) => (facts.label("button-my-plan", &[]), Press::MyPlan),
        None => (facts.label("button-plans", &[]), Press::Plans),
    };
    view.name(facts.label("button-top-up", &[]), route::BUY)
        .row([plan, (facts.label("button-promo", &[]), Press::Promo)])
        .row([
            (facts.label("button-invite", &[]), Press::Invite),
            (facts.label("button-gift-credits", &[]), Press::Gift),
        ])
}

fn line(line: &HistoryLine, facts: &Facts<'_>) -> String {
    let key = match line.why {
        Why::Welcome => "history-welcome",
        Why::Gift => "history-gift",
        Why::Taken => "history-taken",
        Why::Bought => "history-bought",
        Why::OnTop => "history-on-top",
        Why::Promo => "history-promo",
        Why::Reward => "history-reward",
        Why::FriendsGift => "history-friends-gift",
        Why::Given => "history-given",
        Why::GivenHeld => "history-given-held",
        Why::Refunded => "history-refunded",
        Why::RefundHeld => "history-refund-held",
        Why::Training => "history-training",
        Why::TrainingHeld => "history-training-held",
        Why::Ordered(Product::Picture) => "history-pictures",
        Why::OrderedHeld(Product::Picture) => "history-pictures-held",
        Why::OrderedHeld(_) => "history-ordered-held",
        Why::Expired => "history-expired",
        Why::Ordered(_) | Why::Other => "history-other",
    };
    let amount = match line.amount {
        0 => "0".to_owned(),
        amount if 0 < amount => format!("+{amount}"),
        // A minus sign, not a hyphen: it lines up with the plus.
        amount => format!("−{}", amount.unsigned_abs()),
    };
    let about = match line.why {
        Why::Ordered(product) | Why::OrderedHeld(product) if product != Product::Picture => {
            Arg::Said(orders::titled(product, &line.about, facts))
        }
        _ => line.about.as_str().into(),
    };
    let args = [("on", line.on.as_str().into()), ("amount", amount.as_str().into())];
    facts.say(key, &[args.as_slice(), &[("about", about)]].concat())
}
