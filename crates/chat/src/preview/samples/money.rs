//! What is sold for money, in its interesting states.

use domain::catalog::{Deal, Offer};
use domain::news::Effect;
use domain::{
    Credits, Currency, Declined, GiftId, Method, Money, News, OrderId, Refusal, SubscriptionId,
};

use super::{CATALOG, NOW, Sample, credits, id};
use crate::facts::{
    Facts, GiftFacts, Gifted, InviteFacts, OrderFacts, Ordered, PlanFacts, PlanState, Shop,
};
use crate::place::Place;
use crate::screens::contact::Contact;
use crate::screens::gift::Gift;
use crate::screens::invite::Invite;
use crate::screens::my_plan::MyPlan;
use crate::screens::order::Order;
use crate::screens::plans::Plans;
use crate::screens::promo::Promo;
use crate::screens::shop;

/// All of them, the shop first.
pub(super) fn samples() -> Vec<Sample> {
    [packs, methods, orders, plans, my_plan, promo, invite, gifts]
        .into_iter()
        .flat_map(|it| it())
        .collect()
}

fn sold() -> Shop {
    Shop {
        methods: Method::ALL.to_vec(),
        currency: Currency::Rub,
        packs: CATALOG.packs.clone(),
        deal: None,
        can_renew: true,
        needs_contact: true,
        contact: Some("aigerim@example.org".to_owned()),
    }
}

fn deal(discount_percent: u32, bonus_percent: u32) -> Option<Deal> {
    Some(Deal { code: "SPRING<3".to_owned(), bonus_percent, discount_percent })
}

fn open(it: &mut Facts<'_>) {
    it.shop = Some(sold());
}

fn offers(shop: &Shop, pack: &str) -> Vec<Offer> {
    shop.pack(pack).map(|it| shop.offers(it, NOW)).unwrap_or_default()
}

/// What waits for credits: a training that was about to be paid.
fn waiting() -> Option<String> {
    let place = Place::from(Order::PickQuality { avatar: id(1) });
    Some(place.to_json())
}

fn packs() -> Vec<Sample> {
    let pick = || shop::Shop::PickPack { resume: None };
    vec![
        Sample::new("shop: packs", pick()).with(open),
        Sample::new("shop: packs, something waits", shop::Shop::PickPack { resume: waiting() })
            .with(open),
        Sample::new("shop: packs, a discount", pick()).with(|it| {
            it.shop = Some(Shop { deal: deal(10, 0), ..sold() });
        }),
        Sample::new("shop: packs, a bonus in tenge", pick()).with(|it| {
            let methods = vec![Method::Card];
            let currency = Currency::Kzt;
            it.shop = Some(Shop { deal: deal(0, 21), methods, currency, ..sold() });
        }),
        Sample::new("shop: packs, with Stars alone", pick()).with(|it| {
            it.shop = Some(Shop { methods: vec![Method::Stars], ..sold() });
        }),
        Sample::new("shop: nothing can be paid", pick()).with(|it| {
            it.shop = Some(Shop { methods: Vec::new(), ..sold() });
        }),
        Sample::new("shop: closed", pick()).with(|it| it.person.has_shop = false),
    ]
}

fn methods() -> Vec<Sample> {
    let pick = |shop: &Shop, pack: &str| shop::Shop::PickMethod {
        offers: offers(shop, pack),
        resume: None,
    };
    let cheaper = Shop { deal: deal(10, 20), ..sold() };
    let stranger = || Shop { contact: None, ..sold() };
    vec![
        Sample::new("shop: method", pick(&sold(), "500")).with(open),
        Sample::new("shop: method, too dear for Stars", pick(&sold(), "2500")).with(open),
        Sample::new("shop: method, a deal", pick(&cheaper, "1000")).with(move |it| {
            it.shop = Some(cheaper);
        }),
        Sample::new("shop: method, without a bank app", pick(&sold(), "250")).with(|it| {
            let methods = vec![Method::Card, Method::Stars];
            it.shop = Some(Shop { methods, ..sold() });
        }),
        Sample::new("shop: method, an address is missing", pick(&sold(), "250")).with(move |it| {
            it.shop = Some(stranger());
        }),
        Sample::new("shop: method, pack gone", pick(&sold(), "none")).with(open),
        Sample::new("contact", Contact::before(pick(&sold(), "250"))),
    ]
}

fn order(state: Ordered) -> OrderFacts {
    OrderFacts {
        id: OrderId::new(1),
        pack: "500".to_owned(),
        is_plan: false,
        method: Method::Card,
        money: rub(379_000),
        credits: credits(500),
        bonus: credits(25),
        state,
        link: Some("https://pay.example.org/3141".to_owned()),
        resume: None,
    }
}

fn rub(minor: i64) -> Money {
    Money::new(minor, Currency::Rub).expect("a small amount")
}

fn orders() -> Vec<Sample> {
    let pay = |name: &str, order: OrderFacts| {
        let place = shop::Shop::Pay { order: OrderId::new(1) };
        Sample::new(&format!("shop: order, {name}"), place).with(open).with(|it| {
            it.order = Some(order);
        })
    };
    let stars = || OrderFacts {
        method: Method::Stars,
        money: Money::new(2_790, Currency::Stars).expect("a small amount"),
        ..order(Ordered::Open)
    };
    let plan = |state| OrderFacts {
        pack: "lite".to_owned(),
        is_plan: true,
        money: rub(219_000),
        credits: credits(300),
        bonus: Credits::ZERO,
        ..order(state)
    };
    let declined = Declined::ALL.iter().map(|why| {
        let order = OrderFacts { resume: waiting(), ..order(Ordered::Declined(*why)) };
        pay(why.key(), order)
    });
    let mut all = vec![
        pay("no link yet", OrderFacts { link: None, ..order(Ordered::Open) }),
        pay("open", order(Ordered::Open)),
        pay("open, with Stars", stars()),
        pay("open, by a bank app", OrderFacts { method: Method::Sbp, ..order(Ordered::Open) }),
        pay("open, a plan", plan(Ordered::Open)),
        pay("paid", order(Ordered::Paid)),
        pay("paid, something waits", OrderFacts { resume: waiting(), ..order(Ordered::Paid) }),
        pay("paid, a plan", plan(Ordered::Paid)),
        pay("declined, a plan", plan(Ordered::Declined(Declined::NoMoney))),
        pay("expired", order(Ordered::Expired)),
        pay("refunded", order(Ordered::Refunded)),
        Sample::new("shop: order gone", shop::Shop::Pay { order: OrderId::new(1) }).with(open),
    ];
    all.extend(declined);
    all
}

fn plans() -> Vec<Sample> {
    let list = || Plans::List { resume: None };
    let pick = |plan: &str| Plans::PickMethod { plan: plan.to_owned(), resume: None };
    let confirm = |plan: &str, method| {
        let offers = offers(&sold(), plan);
        let at = usize::from(method == Method::Stars);
        let resume = waiting();
        Plans::Confirm { offer: offers[at].clone(), method, resume }
    };
    let stranger = |it: &mut Facts<'_>| it.shop = Some(Shop { contact: None, ..sold() });
    vec![
        Sample::new("plans: list", list()).with(open),
        Sample::new("plans: list, something waits", Plans::List { resume: waiting() }).with(open),
        Sample::new("plans: list, one is running", list()).with(open).with(|it| {
            it.plan = Some(plan(PlanState::Active));
        }),
        Sample::new("plans: list, no card may be saved", list()).with(|it| {
            it.shop = Some(Shop { can_renew: false, ..sold() });
        }),
        Sample::new("plans: list, nothing renews", list()).with(|it| {
            it.shop = Some(Shop { methods: vec![Method::Sbp], ..sold() });
        }),
        Sample::new("plans: closed", list()).with(|it| it.person.has_shop = false),
        Sample::new("plans: method", pick("lite")).with(open),
        Sample::new("plans: method, too dear for Stars", pick("pro")).with(open),
        Sample::new("plans: method, all are off", pick("pro")).with(|it| {
            it.shop = Some(Shop { can_renew: false, ..sold() });
        }),
        Sample::new("plans: method, plan gone", pick("none")).with(open),
        Sample::new("plans: agree, by card", confirm("studio", Method::Card)).with(open),
        Sample::new("plans: agree, with Stars", confirm("studio", Method::Stars)).with(open),
        Sample::new("plans: agree, an address is missing", confirm("lite", Method::Card))
            .with(stranger),
        Sample::new("plans: agree, plan gone", confirm("lite", Method::Card)).with(|it| {
            it.shop = Some(Shop { packs: Vec::new(), ..sold() });
        }),
    ]
}

fn plan(state: PlanState) -> PlanFacts {
    PlanFacts {
        id: SubscriptionId::new(1),
        pack: "studio".to_owned(),
        method: Method::Card,
        money: rub(599_000),
        credits: credits(900),
        bonus: credits(90),
        state,
        until: "20.12.2026".to_owned(),
        card: Some("Bank card *4444".to_owned()),
    }
}

fn my_plan() -> Vec<Sample> {
    let card = |name: &str, plan: PlanFacts| {
        Sample::new(&format!("my plan: {name}"), MyPlan::Card).with(|it| it.plan = Some(plan))
    };
    let active = || plan(PlanState::Active);
    let present = || PlanFacts { money: rub(0), card: None, ..plan(PlanState::Stopping) };
    let with_stars = |state| PlanFacts {
        method: Method::Stars,
        money: Money::new(4_690, Currency::Stars).expect("a small amount"),
        card: None,
        ..plan(state)
    };
    vec![
        Sample::new("my plan: none", MyPlan::Card),
        Sample::new("my plan: none, no shop", MyPlan::Card).with(|it| it.person.has_shop = false),
        card("active", active()),
        card("active, with Stars", with_stars(PlanState::Active)),
        card("stopping", plan(PlanState::Stopping)),
        card("stopping, with Stars", with_stars(PlanState::Stopping)),
        card("stopping, card unlinked", PlanFacts { card: None, ..plan(PlanState::Stopping) }),
        card("stopping, a present", present()),
        card("unpaid", plan(PlanState::Unpaid)),
        card("not sold any more", PlanFacts { pack: "old".to_owned(), ..active() }),
        Sample::new("my plan: cancel?", MyPlan::AskStop).with(|it| it.plan = Some(active())),
        Sample::new("my plan: unlink?", MyPlan::AskUnlink).with(|it| it.plan = Some(active())),
        Sample::new("my plan: cancel?, done", MyPlan::AskStop).with(|it| {
            it.plan = Some(plan(PlanState::Stopping));
        }),
    ]
}

fn promo() -> Vec<Sample> {
    vec![
        Sample::new("promo", Promo),
        Sample::new("promo: no shop", Promo).with(|it| it.person.has_shop = false),
    ]
}

fn invite() -> Vec<Sample> {
    let invite = || InviteFacts {
        link: "t.me/atelier_bot?start=r_4f2a&x=<3".to_owned(),
        joined: 7,
        paid: 2,
        earned: credits(101),
        reward_inviter: credits(50),
        reward_invited: credits(21),
    };
    let nobody = move || InviteFacts {
        joined: 0,
        paid: 0,
        earned: Credits::ZERO,
        reward_invited: Credits::ZERO,
        ..invite()
    };
    vec![
        Sample::new("invite", Invite).with(|it| it.invite = Some(invite())),
        Sample::new("invite: nobody yet", Invite).with(|it| it.invite = Some(nobody())),
        Sample::new("invite: for nothing", Invite).with(|it| {
            it.invite = Some(InviteFacts { reward_inviter: Credits::ZERO, ..nobody() });
        }),
        Sample::new("invite: off", Invite),
    ]
}

fn gifts() -> Vec<Sample> {
    let gift = |number: u128, state| GiftFacts {
        id: GiftId::new(number),
        link: "t.me/atelier_bot?start=g_4f2a&x=<3".to_owned(),
        credits: credits(101),
        state,
        until: "20.12.2026".to_owned(),
    };
    let some = |first| vec![gift(1, first), gift(2, Gifted::Opened), gift(3, Gifted::Returned)];
    let show = |name: &str, first| {
        Sample::new(name, Gift::Show { gift: GiftId::new(1) }).with(|it| it.gifts = some(first))
    };
    vec![
        Sample::new("gift: how many", Gift::PickAmount),
        Sample::new("gift: how many, poor", Gift::PickAmount).with(|it| {
            it.person.available = credits(51);
        }),
        Sample::new("gift: how many, given before", Gift::PickAmount)
            .with(|it| it.gifts = some(Gifted::Open)),
        Sample::new("gift: how many, given often", Gift::PickAmount).with(|it| {
            it.gifts = (1..=20).map(|at| gift(at, Gifted::Open)).collect();
        }),
        Sample::new("gift: no shop", Gift::PickAmount).with(|it| it.person.has_shop = false),
        Sample::new("gift: confirm", Gift::Confirm { credits: credits(101) }),
        show("gift: open", Gifted::Open),
        show("gift: opened", Gifted::Opened),
        show("gift: returned", Gifted::Returned),
        Sample::new("gift: gone", Gift::Show { gift: GiftId::new(1) }),
    ]
}

pub(super) fn with_plan(it: &mut Facts<'_>) {
    it.plan = Some(plan(PlanState::Active));
}

/// One of each kind of news about money, and of refusals every one.
pub(super) fn news() -> Vec<News> {
    let (money, pack, until) = (rub(379_000), "lite".to_owned(), "20.12.2026".to_owned());
    let (order, bonus) = (OrderId::new(1), credits(25));
    let paid = |order| News::Paid { order, money, credits: credits(500), bonus };
    let mut news = vec![
        News::OrderOpened { order: order.clone() },
        News::OrderLeft,
        News::OrderChecked,
        paid(Some(order.clone())),
        paid(Some(OrderId::new(2))),
        paid(None),
        News::PaymentParked { money },
        News::Refunded { money, taken: credits(21) },
        News::PlanStarted { pack: pack.clone(), until: until.clone() },
        News::PlanRenewed { pack: pack.clone(), credits: credits(300), until: until.clone() },
        News::PlanRenews { pack: pack.clone(), money, on: until.clone() },
        News::PlanUnpaid { pack: pack.clone(), why: Declined::NoMoney, again: None },
        News::PlanUnpaid { pack: pack.clone(), why: Declined::Other, again: Some(until.clone()) },
        News::PlanStopped { until: until.clone() },
        News::PlanKept { until },
        News::PlanEnded { pack: pack.clone() },
        News::CardUnlinked,
        News::GiftMade { gift: GiftId::new(1) },
        News::GiftTakenBack { credits: credits(100) },
        News::GiftOpened { credits: credits(100) },
        News::GiftReceived { credits: credits(100) },
        News::GiftReturned { credits: credits(100) },
        News::Rewarded { credits: credits(50), is_inviter: true },
        News::Rewarded { credits: credits(50), is_inviter: false },
        News::ContactKept,
        News::AdminDone { text: "Granted: 50 & <3".to_owned() },
    ];
    let effects = [
        Effect::Credits { credits: credits(50) },
        Effect::Bonus { percent: 20 },
        Effect::Discount { percent: 10 },
        Effect::PlanDays { pack, days: 21 },
    ];
    news.extend(effects.into_iter().map(|effect| News::PromoEntered { effect }));
    news.extend(Declined::ALL.iter().map(|why| News::NotPaid { order: order.clone(), why: *why }));
    news.extend(refusals().into_iter().map(|refusal| News::Refused { refusal }));
    news
}

fn refusals() -> Vec<Refusal> {
    vec![
        Refusal::ContactNeeded,
        Refusal::ContactWrong,
        Refusal::GiftGone,
        Refusal::GiftOwn,
        Refusal::GiftTooSmall { least: credits(10) },
        Refusal::GiftsTooMany { most: 10 },
        Refusal::MethodOff,
        Refusal::NoPlan,
        Refusal::NotAnOwner,
        Refusal::NothingToRefund,
        Refusal::OrderGone,
        Refusal::PackGone,
        Refusal::PlanRuns,
        Refusal::PromoEnded,
        Refusal::PromoEntered,
        Refusal::PromoUnknown,
        Refusal::PromoUsedUp,
        Refusal::TooManyTries,
        Refusal::UserGone,
    ]
}
