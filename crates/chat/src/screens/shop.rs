//! The shop: a pack, a way to pay, and the order until it is paid.

use domain::catalog::{Offer, Pack, currency_of};
use domain::{Command, Method, News, OrderId, Refusal};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{self, Facts, Needs, OrderFacts, Ordered, pack_amount};
use crate::place::Place;
use crate::screen::{Next, Screen, View};
use crate::screens::balance::Balance;
use crate::screens::contact::Contact;
use crate::screens::my_plan::MyPlan;
use crate::screens::plans::Plans;
use crate::text::Arg;

/// `resume` is the place, as JSON, that waits for the credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shop {
    PickPack {
        resume: Option<String>,
    },
    /// The offers as they are shown, one for each currency: what is pressed is what is charged.
    PickMethod {
        offers: Vec<Offer>,
        resume: Option<String>,
    },
    Pay {
        order: OrderId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Again,
    Back,
    Check,
    Continue,
    /// Names the order, so that an old button never gives up another one.
    Leave(OrderId),
    MyPlan,
    Pack(String),
    /// The pack, the method and the price in minor units, so that an old button never buys
    /// anything but what it says.
    Pay(String, Method, i64),
    Plans,
}

impl Screen for Shop {
    type Press = Press;

    fn needs(&self) -> Needs {
        let order = match self {
            Self::Pay { order } => Some(order.clone()),
            Self::PickPack { .. } | Self::PickMethod { .. } => None,
        };
        Needs { shop: true, order, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        match (self, &facts.shop, &facts.order) {
            (Self::PickPack { .. }, Some(shop), _) => pick_pack(shop, facts),
            (Self::PickMethod { offers, .. }, Some(shop), _) => pick_method(offers, shop, facts),
            (Self::PickPack { .. } | Self::PickMethod { .. }, None, _) => {
                View::new(facts.say("refusal-product-paused", &[]))
            }
            (Self::Pay { .. }, _, Some(order)) => pay(order, facts),
            (Self::Pay { .. }, _, None) => View::new(facts.say("refusal-order-gone", &[])),
        }
        .back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        match event {
            Event::Press(press) => match (self, press) {
                (Self::Pay { order }, press) => pressed(order, press, facts),
                (Self::PickPack { resume }, Press::Back) => Next::go(match resume {
                    Some(place) => Place::from_json(&place),
                    None => Balance::default().into(),
                }),
                (Self::PickPack { resume }, Press::Pack(pack)) => choose(&pack, resume, facts),
                (Self::PickPack { resume }, Press::Plans) => Next::go(Plans::List { resume }),
                (Self::PickMethod { resume, .. }, Press::Back) => {
                    Next::go(Self::PickPack { resume })
                }
                (at @ Self::PickMethod { .. }, Press::Pay(pack, method, minor)) => {
                    at.buy(&pack, method, minor, facts)
                }
                // The button of before, tapped twice.
                (at @ Self::PickMethod { .. }, Press::Pack(_)) => Next::go(at),
                (at, _) => Next::go(at).notice(facts.say("notice-old-button", &[])),
            },
            Event::News(News::OrderOpened { order }) => Next::go(Self::Pay { order }),
            Event::News(news) => self.told(&news, facts),
            Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

impl Shop {
    /// Orders what a button says, if that is what is offered here.
    fn buy(self, pack: &str, method: Method, minor: i64, facts: &Facts<'_>) -> Next {
        let (Self::PickMethod { offers, resume }, Some(shop)) = (&self, &facts.shop) else {
            return Next::go(self).notice(facts.say("refusal-product-paused", &[]));
        };
        let currency = currency_of(method, shop.currency);
        let offer = offers.iter().find(|it| it.money.currency == currency);
        let offer = offer.filter(|it| it.pack == pack && it.money.minor() == minor);
        let Some(offer) = offer.cloned() else {
            return Next::go(self).notice(facts.say("notice-old-button", &[]));
        };
        if !shop.methods.contains(&method) {
            return Next::go(self).notice(facts.say("refusal-method-off", &[]));
        }
        if shop.asks_contact(method) {
            return Next::go(Contact::before(self));
        }
        let resume = resume.clone();
        Next::go(self).run(Command::Buy { offer, method, resume })
    }

    fn told(self, news: &News, facts: &Facts<'_>) -> Next {
        match (self, news) {
            // The place of an old offer is the shop, where today's are.
            (
                Self::PickMethod { resume, .. },
                News::Refused { refusal: Refusal::QuoteExpired | Refusal::PackGone },
            ) => Next::tell(Self::PickPack { resume }, news, facts),
            // What has become of the order is what the view says.
            (
                Self::Pay { order },
                News::Paid { order: Some(of), .. } | News::NotPaid { order: of, .. },
            ) if *of == order => Next::go(Self::Pay { order }),
            (Self::Pay { .. }, News::OrderLeft) => Next::tell(counter(facts), news, facts),
            (at, news) => Next::tell(at, news, facts),
        }
    }
}

/// Where the order on the screen was begun.
fn counter(facts: &Facts<'_>) -> Place {
    let resume = facts.order.as_ref().and_then(|it| it.resume.clone());
    match &facts.order {
        Some(order) if order.is_plan => Plans::List { resume }.into(),
        Some(_) | None => Shop::PickPack { resume }.into(),
    }
}

/// Shows how a pack can be paid, at today's price.
fn choose(pack: &str, resume: Option<String>, facts: &Facts<'_>) -> Next {
    let Some(shop) = &facts.shop else {
        return Next::go(Shop::PickPack { resume })
            .notice(facts.say("refusal-product-paused", &[]));
    };
    let pack = shop.pack(pack).filter(|it| it.plan.is_none());
    let offers = pack.map(|it| shop.offers(it, facts.now)).unwrap_or_default();
    if offers.is_empty() {
        return Next::go(Shop::PickPack { resume }).notice(facts.say("refusal-pack-gone", &[]));
    }
    Next::go(Shop::PickMethod { offers, resume })
}

/// What a button below an order leads to.
fn pressed(id: OrderId, press: Press, facts: &Facts<'_>) -> Next {
    let at = Shop::Pay { order: id.clone() };
    let order = facts.order.as_ref();
    match press {
        Press::Back => Next::go(match order.map(|it| it.state) {
            Some(Ordered::Paid | Ordered::Refunded) => Balance::default().into(),
            Some(Ordered::Open | Ordered::Declined(_) | Ordered::Expired) | None => counter(facts),
        }),
        Press::Check => Next::go(at).run(Command::CheckOrder { order: id }),
        Press::Leave(asked) if asked == id => Next::go(at).run(Command::LeaveOrder { order: id }),
        Press::Again => match order {
            Some(order) if order.is_plan => {
                let (plan, resume) = (order.pack.clone(), order.resume.clone());
                Next::go(Plans::PickMethod { plan, resume })
            }
            Some(order) => choose(&order.pack, order.resume.clone(), facts),
            None => Next::go(counter(facts)),
        },
        Press::Continue => match order.and_then(|it| it.resume.as_deref()) {
            Some(place) => Next::go(Place::from_json(place)),
            None => Next::go(Place::default()),
        },
        Press::MyPlan => Next::go(MyPlan::Card),
        // The button that has led here, tapped twice.
        Press::Pay(..) => Next::go(at),
        Press::Leave(_) | Press::Pack(_) | Press::Plans => {
            Next::go(at).notice(facts.say("notice-old-button", &[]))
        }
    }
}

fn pick_pack(shop: &facts::Shop, facts: &Facts<'_>) -> View<Press> {
    let packs = shop.packs.iter().filter(|it| it.plan.is_none());
    let offered = packs.map(|it| (it, shop.offers(it, facts.now)));
    let offered: Vec<_> = offered.filter(|(_, offers)| !offers.is_empty()).collect();
    if offered.is_empty() {
        return View::new(facts.say("refusal-product-paused", &[]));
    }
    let mut lines = vec![facts.say("shop", &[("credits", facts.person.available.into())])];
    lines.extend(deal(shop, facts));
    lines.push(String::new());
    lines.extend(offered.iter().map(|(pack, offers)| {
        let key = if pack.best_value { "shop-line-best" } else { "shop-line" };
        facts.say(key, &described(offers, Some(pack), facts))
    }));
    let mut view = View::new(lines.join("\n"));
    for (pack, offers) in &offered {
        let offer = &offers[0];
        let amount = Arg::Said(pack_amount(offer.credits, offer.bonus));
        let money = Arg::Said(facts.money(offer.money));
        let label = facts.label("button-pack", &[("amount", amount), ("money", money)]);
        view = view.button(label, Press::Pack(pack.name.clone()));
    }
    if shop.packs.iter().any(|it| it.plan.is_some()) {
        view = view.button(facts.label("button-plans", &[]), Press::Plans);
    }
    view
}

fn pick_method(offers: &[Offer], shop: &facts::Shop, facts: &Facts<'_>) -> View<Press> {
    let Some(first) = offers.first() else {
        return View::new(facts.say("refusal-pack-gone", &[]));
    };
    let text = facts.say("shop-method", &described(offers, shop.pack(&first.pack), facts));
    let methods = Method::ALL.iter().filter(|it| shop.methods.contains(it));
    methods.fold(View::new(text), |view, method| {
        let currency = currency_of(*method, shop.currency);
        let Some(offer) = offers.iter().find(|it| it.money.currency == currency) else {
            return view;
        };
        let label = facts.label(
            &format!("button-method-{}", method.as_str()),
            &[("money", Arg::Said(facts.money(offer.money)))],
        );
        view.button(label, Press::Pay(offer.pack.clone(), *method, offer.money.minor()))
    })
}

/// What is offered and for how much, as values for its texts.
fn described(offers: &[Offer], pack: Option<&Pack>, facts: &Facts<'_>) -> [(&'static str, Arg); 2] {
    let what = offers.first().map(|it| facts.pack_credits(it.credits, it.bonus));
    let prices = offers.iter().map(|offer| {
        let new = facts.money(offer.money);
        let old = pack.and_then(|it| it.price(offer.money.currency));
        match old.filter(|it| offer.money.minor() < it.minor()) {
            Some(old) => facts.say(
                "shop-price-cut",
                &[("old", Arg::Said(facts.money(old))), ("new", Arg::Said(new))],
            ),
            None => new,
        }
    });
    let price = prices.reduce(|first, second| {
        facts.say("shop-price-or", &[("first", Arg::Said(first)), ("second", Arg::Said(second))])
    });
    [("what", Arg::Said(what.unwrap_or_default())), ("price", Arg::Said(price.unwrap_or_default()))]
}

/// What the promo code that waits does to the prices below.
fn deal(shop: &facts::Shop, facts: &Facts<'_>) -> Vec<String> {
    let Some(deal) = &shop.deal else { return Vec::new() };
    let all =
        [("shop-deal-discount", deal.discount_percent), ("shop-deal-bonus", deal.bonus_percent)];
    let told = all.into_iter().filter(|(_, percent)| 0 < *percent);
    told.map(|(key, percent)| {
        facts.say(key, &[("code", deal.code.as_str().into()), ("percent", percent.into())])
    })
    .collect()
}

fn pay(order: &OrderFacts, facts: &Facts<'_>) -> View<Press> {
    let credits = facts.pack_credits(order.credits, order.bonus);
    let what = match order.is_plan {
        true => facts.say(
            "pay-plan",
            &[
                ("plan", facts.plan_title(&order.pack).as_str().into()),
                ("credits", Arg::Said(credits.clone())),
            ],
        ),
        false => credits.clone(),
    };
    let args = [
        ("what", Arg::Said(what)),
        ("credits", Arg::Said(credits)),
        ("money", Arg::Said(facts.money(order.money))),
        ("how", Arg::Said(facts.paid_by(order.method, order.money))),
        ("have", facts.person.available.into()),
    ];
    match order.state {
        Ordered::Open => open(order, &args, facts),
        Ordered::Paid => {
            let view = View::new(facts.say("pay-paid", &args));
            match (&order.resume, order.is_plan) {
                (Some(_), _) => view.button(facts.label("button-resume", &[]), Press::Continue),
                (None, true) => view.button(facts.label("button-my-plan", &[]), Press::MyPlan),
                (None, false) => view,
            }
        }
        Ordered::Declined(why) => {
            let mut args = args.to_vec();
            args.push(("reason", Arg::Said(facts.say(why.key(), &[]))));
            View::new(facts.say("pay-declined", &args))
                .button(facts.label("button-try-again", &[]), Press::Again)
        }
        Ordered::Expired => View::new(facts.say("pay-expired", &args))
            .button(facts.label("button-order-again", &[]), Press::Again),
        Ordered::Refunded => View::new(facts.say("pay-refunded", &args)),
    }
}

fn open(order: &OrderFacts, args: &[(&'static str, Arg)], facts: &Facts<'_>) -> View<Press> {
    let leave = (facts.label("button-leave-order", &[]), Press::Leave(order.id.clone()));
    let text = facts.say("pay-open", args);
    let Some(link) = &order.link else {
        let wait = facts.say("pay-link-soon", &[]);
        return View::new(format!("{text}\n\n{wait}")).row([leave]);
    };
    let hint = facts.say("pay-link", &[]);
    let money = Arg::Said(facts.money(order.money));
    View::new(format!("{text}\n\n{hint}"))
        .link(facts.label("button-pay", &[("money", money)]), link.clone())
        .button(facts.label("button-check-order", &[]), Press::Check)
        .row([leave])
}
