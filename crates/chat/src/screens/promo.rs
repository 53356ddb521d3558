//! A promo code is entered, and what it does is shown where it counts.

use domain::news::Effect;
use domain::{Command, News};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::Facts;
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::screens::my_plan::MyPlan;
use crate::screens::shop::Shop;

/// Longer than any code.
const CHARS_MAX: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promo;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
}

impl Screen for Promo {
    type Press = Press;

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let key = if facts.person.has_shop { "promo-ask" } else { "refusal-product-paused" };
        View::new(facts.say(key, &[])).back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(Press::Back) => Next::go(Balance::default()),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_)
                if !facts.person.has_shop =>
            {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
            Event::Text(text) => {
                let code = text.trim();
                if code.is_empty() || CHARS_MAX < code.chars().count() {
                    return Next::go(self).notice(facts.say("refusal-promo-unknown", &[]));
                }
                Next::go(self).run(Command::EnterPromo { code: code.to_owned() })
            }
            Event::News(news) => match &news {
                News::PromoEntered { effect } => match effect {
                    Effect::Credits { .. } => Next::tell(Balance::default(), &news, facts),
                    Effect::Bonus { .. } | Effect::Discount { .. } => {
                        Next::tell(Shop::PickPack { resume: None }, &news, facts)
                    }
                    Effect::PlanDays { .. } => Next::tell(MyPlan::Card, &news, facts),
                },
                _ => Next::tell(self, &news, facts),
            },
            Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-promo-text", &[]))
            }
        }
    }
}
