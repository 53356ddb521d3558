//! Plans: what they give, how they are paid, and the consent to be charged again.

use domain::catalog::{Offer, Pack, Plan, currency_of};
use domain::{Command, Method, Millis, News, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{self, Facts, Needs, day};
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::screens::contact::Contact;
use crate::screens::my_plan::MyPlan;
use crate::screens::shop::Shop;
use crate::text::Arg;

/// `resume` is the place, as JSON, that waits for the credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Plans {
    List {
        resume: Option<String>,
    },
    PickMethod {
        plan: String,
        resume: Option<String>,
    },
    /// The amount, the period and the next charge are stated here, before anything is agreed to.
    Confirm {
        offer: Offer,
        method: Method,
        resume: Option<String>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    /// The plan, the method and the price in minor units, so that an old button never agrees to
    /// anything but what it says.
    Agree(String, Method, i64),
    Back,
    Method(Method),
    Mine,
    Plan(String),
}

impl Screen for Plans {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { shop: true, plan: true, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let paused = || View::new(facts.say("refusal-product-paused", &[]));
        let view = match (self, &facts.shop) {
            (_, None) => paused(),
            (Self::List { .. }, Some(shop)) => list(shop, facts),
            (Self::PickMethod { plan, .. }, Some(shop)) => match find(shop, plan) {
                Some((pack, plan)) => pick_method(pack, plan, shop, facts),
                None => View::new(facts.say("refusal-pack-gone", &[])),
            },
            (Self::Confirm { offer, method, .. }, Some(shop)) => match find(shop, &offer.pack) {
                Some((_, plan)) => confirm(offer, *method, plan, facts),
                None => View::new(facts.say("refusal-pack-gone", &[])),
            },
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => self.pressed(press, facts),
            Event::News(News::OrderOpened { order }) => Next::go(Shop::Pay { order }),
            Event::News(news) => match (self, &news) {
                (at, News::Refused { refusal: Refusal::QuoteExpired | Refusal::PackGone }) => {
                    Next::tell(Self::List { resume: at.resume() }, &news, facts)
                }
                (_, News::Refused { refusal: Refusal::PlanRuns }) => {
                    Next::tell(MyPlan::Card, &news, facts)
                }
                (
                    Self::Confirm { offer, resume, .. },
                    News::Refused { refusal: Refusal::MethodOff },
                ) => Next::tell(Self::PickMethod { plan: offer.pack, resume }, &news, facts),
                (at, _) => Next::tell(at, &news, facts),
            },
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

impl Plans {
    fn resume(self) -> Option<String> {
        match self {
            Self::List { resume }
            | Self::PickMethod { resume, .. }
            | Self::Confirm { resume, .. } => resume,
        }
    }

    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        match (self, press) {
            (Self::List { resume: None }, Press::Back) => Next::go(Balance::default()),
            (Self::List { resume }, Press::Back) => Next::go(Shop::PickPack { resume }),
            (Self::List { .. }, Press::Mine) => Next::go(MyPlan::Card),
            (Self::List { resume }, Press::Plan(plan)) => {
                Next::go(Self::PickMethod { plan, resume })
            }
            (Self::PickMethod { resume, .. }, Press::Back) => Next::go(Self::List { resume }),
            (Self::PickMethod { plan, resume }, Press::Method(method)) => {
                let shop = facts.shop.as_ref();
                match shop.and_then(|shop| offer(shop, find(shop, &plan)?.0, method, facts.now)) {
                    Some(offer) => Next::go(Self::Confirm { offer, method, resume }),
                    None => Next::go(Self::PickMethod { plan, resume })
                        .notice(facts.say("refusal-method-off", &[])),
                }
            }
            (Self::Confirm { offer, resume, .. }, Press::Back) => {
                Next::go(Self::PickMethod { plan: offer.pack, resume })
            }
            (Self::Confirm { offer, method, resume }, Press::Agree(plan, by, minor))
                if (offer.pack.as_str(), method, offer.money.minor()) == (&plan, by, minor) =>
            {
                let at = Self::Confirm { offer: offer.clone(), method, resume: resume.clone() };
                match &facts.shop {
                    Some(shop) if shop.asks_contact(method) => Next::go(Contact::before(at)),
                    Some(_) | None => Next::go(at).run(Command::Buy { offer, method, resume }),
                }
            }
            // The button of before, tapped twice.
            (at @ Self::PickMethod { .. }, Press::Plan(_))
            | (at @ Self::Confirm { .. }, Press::Method(_)) => Next::go(at),
            (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
        }
    }
}

fn find<'a>(shop: &'a facts::Shop, name: &str) -> Option<(&'a Pack, &'a Plan)> {
    let pack = shop.pack(name)?;
    Some((pack, pack.plan.as_ref()?))
}

/// Today's offer for a plan. None where the method is off, can't renew, or has no price.
fn offer(shop: &facts::Shop, pack: &Pack, method: Method, now: Millis) -> Option<Offer> {
    let can_renew = match method {
        Method::Card => shop.can_renew,
        Method::Sbp => false,
        Method::Stars => true,
    };
    let is_on = can_renew && shop.methods.contains(&method);
    is_on.then(|| pack.offer(currency_of(method, shop.currency), None, now)).flatten()
}

/// The ways to pay for a plan, the shop's own currency first.
fn ways(shop: &facts::Shop, pack: &Pack, now: Millis) -> Vec<(Method, Offer)> {
    let methods = Method::ALL.iter();
    methods.filter_map(|it| Some((*it, offer(shop, pack, *it, now)?))).collect()
}

fn list(shop: &facts::Shop, facts: &Facts<'_>) -> View<Press> {
    let plans = shop.packs.iter().filter_map(|it| Some((it, it.plan.as_ref()?)));
    let offered = plans.map(|(pack, plan)| (pack, plan, ways(shop, pack, facts.now)));
    let offered: Vec<_> = offered.filter(|(.., ways)| !ways.is_empty()).collect();
    if offered.is_empty() {
        return View::new(facts.say("refusal-product-paused", &[]));
    }
    let mut parts = vec![facts.say("plans", &[])];
    parts.extend(offered.iter().map(|(pack, plan, ways)| {
        let price = ways.iter().map(|(_, it)| facts.money(it.money)).reduce(|first, second| {
            let args = [("first", Arg::Said(first)), ("second", Arg::Said(second))];
            facts.say("shop-price-or", &args)
        });
        let price = Arg::Said(price.unwrap_or_default());
        let args = [("price", price), ("days", plan.period.days.into())];
        format!("{}\n{}", told(pack, plan, facts), facts.say("plans-price", &args))
    }));
    let mut view = View::new(parts.join("\n\n"));
    if facts.plan.is_some() {
        view = view.button(facts.label("button-my-plan", &[]), Press::Mine);
    }
    for (pack, plan, ways) in &offered {
        let title = plan.title(facts.person.language).into();
        let money = Arg::Said(facts.money(ways[0].1.money));
        let label = facts.label("button-plan", &[("plan", title), ("money", money)]);
        view = view.button(label, Press::Plan(pack.name.clone()));
    }
    view
}

/// What a plan gives each period, a line each.
fn told(pack: &Pack, plan: &Plan, facts: &Facts<'_>) -> String {
    let key = if pack.best_value { "plans-title-best" } else { "plans-title" };
    let credits = Arg::Said(facts.pack_credits(pack.credits, pack.bonus));
    let mut lines = vec![
        facts.say(key, &[("plan", plan.title(facts.person.language).into())]),
        facts.say("plans-credits", &[("credits", credits), ("days", plan.period.days.into())]),
    ];
    if plan.period.has_priority {
        lines.push(facts.say("plans-priority", &[]));
    }
    if 0 < plan.period.picture_discount {
        let percent = plan.period.picture_discount.into();
        lines.push(facts.say("plans-discount", &[("percent", percent)]));
    }
    lines.join("\n")
}

fn pick_method(pack: &Pack, plan: &Plan, shop: &facts::Shop, facts: &Facts<'_>) -> View<Press> {
    let ways = ways(shop, pack, facts.now);
    let key = if ways.is_empty() { "refusal-method-off" } else { "plans-method" };
    let text = format!("{}\n\n{}", told(pack, plan, facts), facts.say(key, &[]));
    ways.into_iter().fold(View::new(text), |view, (method, offer)| {
        let label = facts.label(
            &format!("button-method-{}", method.as_str()),
            &[("money", Arg::Said(facts.money(offer.money)))],
        );
        view.button(label, Press::Method(method))
    })
}

fn confirm(offer: &Offer, method: Method, plan: &Plan, facts: &Facts<'_>) -> View<Press> {
    let days = plan.period.days;
    let money = || Arg::Said(facts.money(offer.money));
    let next = day(facts.now.plus(Millis::days(i64::from(days))));
    let text = facts.say(
        "plans-confirm",
        &[
            ("plan", plan.title(facts.person.language).into()),
            ("credits", Arg::Said(facts.pack_credits(offer.credits, offer.bonus))),
            ("money", money()),
            ("how", Arg::Said(facts.paid_by(method, offer.money))),
            ("days", days.into()),
            ("next", next.as_str().into()),
        ],
    );
    let agree = Press::Agree(offer.pack.clone(), method, offer.money.minor());
    View::new(text).button(facts.label("button-agree-plan", &[("money", money())]), agree)
}
