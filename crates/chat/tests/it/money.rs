//! Buying: what is shown is what is charged, what is off isn't offered, and what waited goes on.

use chat::facts::{Ordered, PlanState};
use chat::preview::node;
use chat::preview::samples::{Sample, samples};
use chat::screens::plans::Plans;
use chat::screens::shop::Shop;
use chat::{Facts, Incoming, Place};
use domain::catalog::{Deal, Offer, currency_of};
use domain::{Command, Currency, Language, Method, Millis, Money, News, OrderId, Refusal};

use crate::html;
use crate::world::{go, line, sample};

fn english(sample: &Sample) -> Facts<'static> {
    sample.facts(Language::En)
}

/// Presses the first button whose label begins so; what it leads to.
#[track_caller]
fn press(place: &Place, label: &str, facts: &Facts<'_>) -> chat::Next {
    let found = place.view(facts).presses().into_iter().find(|(it, _)| it.starts_with(label));
    let (_, press) = found.unwrap_or_else(|| panic!("no [{label}] on {}", node(place)));
    place.clone().on(Incoming::Press(press), facts)
}

fn offer(next: &chat::Next) -> (&Offer, Method, Option<&str>) {
    match &next.run {
        Some(Command::Buy { offer, method, resume }) => (offer, *method, resume.as_deref()),
        other => panic!("nothing is bought: {other:?}"),
    }
}

fn labels(place: &Place, facts: &Facts<'_>) -> Vec<String> {
    place.view(facts).rows.concat().into_iter().map(|(label, _)| label).collect()
}

/// Money, bought and given credits of an order, as the button and the offer say them.
#[track_caller]
fn check_deal(discount: u32, bonus: u32, pack: &str, method: &str, expected: (i64, i64, i64)) {
    let sample = sample("shop: packs");
    let mut facts = english(&sample);
    let shop = facts.shop.as_mut().expect("the sample has a shop");
    let code = "SPRING".to_owned();
    shop.deal = Some(Deal { code, bonus_percent: bonus, discount_percent: discount });
    let next = press(&sample.place, pack, &facts);
    let button = labels(&next.place, &facts).into_iter().find(|it| it.contains(method));
    let bought = press(&next.place, button.as_deref().expect("a method"), &facts);
    let (offer, ..) = offer(&bought);
    let got = (offer.money.minor(), offer.credits.as_i64(), offer.bonus.as_i64());
    assert_eq!(got, expected, "{pack} with {discount} % off and {bonus} % more");
    let shown = facts.money(offer.money);
    let said = html::plain(&next.place.view(&facts).text).expect("our own text");
    assert!(said.contains(&shown), "{said}");
    assert!(button.is_some_and(|it| it.contains(&shown)), "{shown} on the button");
    assert_eq!(offer.promo.as_deref(), Some("SPRING"));
    // What is on the first page is what is on the second.
    let first = html::plain(&sample.place.view(&facts).text).expect("our own text");
    assert!(first.contains(&shown), "{first}");
}

#[test]
fn the_deal_that_is_shown_is_the_offer_that_is_charged() {
    check_deal(10, 0, "500", "Card", (341_100, 500, 25));
    check_deal(10, 0, "500", "Stars", (2_511, 500, 25));
    check_deal(0, 20, "500", "SBP", (379_000, 500, 125));
    check_deal(33, 50, "250", "Card", (133_330, 250, 125));
    check_deal(90, 0, "100", "Stars", (69, 100, 0));
    check_deal(90, 0, "2\u{a0}500", "SBP", (189_900, 2_500, 375));
}

#[test]
fn later_prices_and_codes_do_not_touch_what_was_shown() {
    let sample = sample("shop: packs");
    let facts = english(&sample);
    let shown = press(&sample.place, "500", &facts).place;
    let mut later = facts.clone();
    later.now = later.now.plus(Millis::MINUTE);
    let shop = later.shop.as_mut().expect("the sample has a shop");
    shop.packs.iter_mut().for_each(|it| *it = it.repriced(&[(Currency::Rub, 1)].into()));
    shop.deal = Some(Deal { code: "LATE".to_owned(), bonus_percent: 9, discount_percent: 9 });
    let next = press(&shown, "Card", &later);
    let (offer, ..) = offer(&next);
    assert_eq!((offer.money.minor(), &offer.promo), (379_000, &None));
    assert_eq!(offer.expires_at, facts.now.plus(Millis::HOUR));
}

/// An old button with another pack, method or price buys nothing.
#[test]
fn a_button_buys_what_it_says_or_nothing() {
    let old = "says \"That menu is out of date. Here is the current one.\"";
    let pick = sample("shop: method");
    let facts = english(&pick);
    let check = |press: &str, expected: &str| {
        assert_eq!(go(&pick.place, press, &facts), expected, "{press}");
    };
    let stays = format!("shop-pick-method; {old}");
    check(r#"[shop:{"Pay":["500","card",379000]}]"#, "shop-pick-method; runs Buy");
    check(r#"[shop:{"Pay":["500","stars",2790]}]"#, "shop-pick-method; runs Buy");
    check(r#"[shop:{"Pay":["500","card",378999]}]"#, &stays);
    check(r#"[shop:{"Pay":["250","card",379000]}]"#, &stays);
    check(r#"[shop:{"Pay":["500","stars",379000]}]"#, &stays);
    check(r#"[shop:{"Pay":["500","cash",379000]}]"#, &stays);
    let agree = sample("plans: agree, by card");
    let facts = english(&agree);
    let check = |press: &str, expected: &str| {
        assert_eq!(go(&agree.place, press, &facts), expected, "{press}");
    };
    let stays = format!("plans-confirm; {old}");
    check(r#"[plans:{"Agree":["studio","card",649000]}]"#, "plans-confirm; runs Buy");
    check(r#"[plans:{"Agree":["studio","stars",649000]}]"#, &stays);
    check(r#"[plans:{"Agree":["lite","card",649000]}]"#, &stays);
    check(r#"[plans:{"Agree":["studio","card",1]}]"#, &stays);
    let order = sample("shop: order, open");
    let facts = english(&order);
    let leave = |id: u128| format!("[shop:{{\"Leave\":\"{}\"}}]", OrderId::new(id));
    assert_eq!(go(&order.place, &leave(1), &facts), "shop-pay; runs LeaveOrder");
    assert_eq!(go(&order.place, &leave(2), &facts), format!("shop-pay; {old}"));
}

/// The methods that buttons of a place name.
fn named(place: &Place, facts: &Facts<'_>) -> Vec<Method> {
    let presses = place.view(facts).presses().into_iter().map(|(_, press)| press);
    let by = |press: &String| Method::ALL.iter().find(|it| press.contains(&quoted(**it))).copied();
    presses.filter_map(|it| by(&it)).collect()
}

fn quoted(method: Method) -> String {
    format!("\"{}\"", method.as_str())
}

/// Whatever is switched on and off, buttons name what can be used and nothing else, and a button
/// of before does nothing.
#[test]
fn a_method_that_is_off_is_never_offered() {
    for bits in 0..1_u8 << Method::ALL.len() {
        let is_on = |(at, _): &(usize, &Method)| bits & (1 << at) != 0;
        let on = Method::ALL.iter().enumerate().filter(is_on).map(|(_, it)| *it);
        let on: Vec<_> = on.collect();
        for can_renew in [false, true] {
            for sample in samples() {
                check_methods(&sample, &on, can_renew);
            }
        }
    }
}

#[track_caller]
fn check_methods(sample: &Sample, on: &[Method], can_renew: bool) {
    let mut facts = english(sample);
    let Some(shop) = facts.shop.as_mut() else { return };
    (shop.methods, shop.can_renew) = (on.to_vec(), can_renew);
    let shop = shop.clone();
    let name = format!("{} with {on:?}", sample.name);
    let usable: Vec<_> = match &sample.place {
        Place::Shop(Shop::PickMethod { offers, .. }) => {
            let has = |it: &Method| {
                let currency = currency_of(*it, shop.currency);
                offers.iter().any(|it| it.money.currency == currency)
            };
            for offer in offers {
                let off = Method::ALL.iter().filter(|it| !on.contains(it));
                for method in off {
                    let minor = offer.money.minor();
                    let old = format!(
                        "[shop:{{\"Pay\":[\"{}\",{},{minor}]}}]",
                        offer.pack,
                        quoted(*method)
                    );
                    let got = go(&sample.place, &old, &facts);
                    assert!(!got.contains("runs"), "{name}: {old} {got}");
                }
            }
            on.iter().copied().filter(has).collect()
        }
        Place::Plans(Plans::PickMethod { plan, .. }) => {
            let pack = shop.pack(plan);
            let price = |it: &Method| pack?.price(currency_of(*it, shop.currency));
            let renews = |it: &Method| match it {
                Method::Card => can_renew,
                Method::Sbp => false,
                Method::Stars => true,
            };
            let usable: Vec<_> =
                on.iter().copied().filter(|it| renews(it) && price(it).is_some()).collect();
            for method in Method::ALL.iter().filter(|it| !usable.contains(it)) {
                let old = format!("[plans:{{\"Method\":{}}}]", quoted(*method));
                let got = go(&sample.place, &old, &facts);
                assert!(got.starts_with("plans-pick-method; says"), "{name}: {old} {got}");
            }
            usable
        }
        _ => return,
    };
    assert_eq!(named(&sample.place, &facts), usable, "{name}");
}

#[test]
fn what_has_no_price_in_stars_is_not_sold_for_them() {
    let sample = sample("shop: packs, with Stars alone");
    let facts = english(&sample);
    assert!(!labels(&sample.place, &facts).iter().any(|it| it.contains("2\u{a0}500")));
    let next =
        sample.place.clone().on(Incoming::Press(r#"shop:{"Pack":"2500"}"#.to_owned()), &facts);
    let gone = "shop-pick-pack; says \"This pack isn’t on sale any more. Nothing was charged.\"";
    assert_eq!(line(&next), gone);
    let plan = Incoming::Press(r#"shop:{"Pack":"lite"}"#.to_owned());
    assert_eq!(line(&sample.place.clone().on(plan, &facts)), gone, "a plan isn't a pack");
}

/// F15: who was short of credits comes back to the very place, with the very price.
#[test]
fn f15_what_waited_goes_on_after_the_payment() {
    let short = sample("order: short of credits");
    let facts = english(&short);
    let shop = sample("shop: packs");
    let sold = english(&shop);
    let packs = press(&short.place, "Top up", &facts).place;
    assert_eq!(packs, Place::Shop(Shop::PickPack { resume: Some(short.place.to_json()) }));
    // Changing one's mind leads back just the same.
    assert_eq!(press(&packs, "‹ Back", &sold).place, short.place);
    let methods = press(&packs, "500", &sold).place;
    let next = press(&methods, "2\u{a0}790", &sold);
    let (_, _, resume) = offer(&next);
    assert_eq!(resume, Some(short.place.to_json().as_str()));
    let order = OrderId::new(1);
    let opened = next.place.on(Incoming::News(News::OrderOpened { order: order.clone() }), &sold);
    assert_eq!(opened.place, Place::Shop(Shop::Pay { order }));
    let mut paid = english(&sample("shop: order, paid"));
    if let Some(order) = paid.order.as_mut() {
        order.resume = Some(short.place.to_json());
    }
    assert_eq!(press(&opened.place, "Go on", &paid).place, short.place);
    // A plan is as good as a pack.
    let plans = press(&packs, "Plans", &sold).place;
    let methods = press(&plans, "Lite", &sold).place;
    let agree = press(&methods, "Card", &sold).place;
    let next = press(&agree, "I agree", &sold);
    assert_eq!(offer(&next).2, Some(short.place.to_json().as_str()));
}

#[test]
fn the_order_says_how_it_stands() {
    let paid = |number: u128| {
        let rub = Money::new(379_000, Currency::Rub).expect("a small amount");
        let credits = domain::Credits::new(500).expect("a small amount");
        let order = Some(OrderId::new(number));
        Incoming::News(News::Paid { order, money: rub, credits, bonus: credits })
    };
    let told = "says \"Your payment of 3\u{a0}790 ₽ has arrived. Added to your balance: 1000 \
                credits.\"";
    let open = sample("shop: order, open");
    let facts = english(&open);
    assert_eq!(line(&open.place.clone().on(paid(1), &facts)), "shop-pay");
    let other = line(&open.place.clone().on(paid(2), &facts));
    assert_eq!(other.replace("\\u{a0}", "\u{a0}"), format!("shop-pay; {told}"));
    assert_eq!(line(&press(&open.place, "I have paid", &facts)), "shop-pay; runs CheckOrder");
    assert_eq!(line(&press(&open.place, "Cancel", &facts)), "shop-pay; runs LeaveOrder");
    let left = open.place.clone().on(Incoming::News(News::OrderLeft), &facts);
    let said = "says \"The order is cancelled. You weren’t charged.\"";
    assert_eq!(line(&left), format!("shop-pick-pack; {said}"));
    let declined = sample("shop: order, declined-bank");
    let again = press(&declined.place, "Try again", &english(&declined));
    assert_eq!(line(&again), "shop-pick-method");
    assert!(again.place.to_json().contains("resume\":\"{"), "what waits still waits");
    let plan = sample("shop: order, declined, a plan");
    assert_eq!(line(&press(&plan.place, "Try again", &english(&plan))), "plans-pick-method");
    let wait = sample("shop: order, no link yet");
    let labels = labels(&wait.place, &english(&wait));
    assert_eq!(labels, ["Cancel the order", "‹ Back", "Main menu"]);
    assert!(matches!(facts.order.map(|it| it.state), Some(Ordered::Open)));
}

#[test]
fn an_old_offer_leads_to_todays() {
    let refused = |refusal| Incoming::News(News::Refused { refusal });
    let told = "says \"That price is out of date, so please choose again.\"";
    let pick = sample("shop: method");
    let next = pick.place.clone().on(refused(Refusal::QuoteExpired), &english(&pick));
    assert_eq!(line(&next), format!("shop-pick-pack; {told}"));
    let plan = sample("plans: agree, by card");
    let next = plan.place.clone().on(refused(Refusal::QuoteExpired), &english(&plan));
    assert_eq!(line(&next), format!("plans-list; {told}"));
    assert!(next.place.to_json().contains("resume\":\"{"), "what waits still waits");
    let next = plan.place.clone().on(refused(Refusal::PlanRuns), &english(&plan));
    assert!(line(&next).starts_with("my_plan-card; says"), "{}", line(&next));
}

/// A receipt needs an address: it is asked for once, and never for Stars.
#[test]
fn an_address_is_asked_for_on_the_way() {
    let pick = sample("shop: method, an address is missing");
    let mut facts = english(&pick);
    assert_eq!(line(&press(&pick.place, "SBP", &facts)), "contact");
    assert_eq!(line(&press(&pick.place, "1\u{a0}590", &facts)), "shop-pick-method; runs Buy");
    let asked = press(&pick.place, "Card", &facts).place;
    let typed = |text: &str| asked.clone().on(Incoming::Text(text.to_owned()), &facts).run;
    let contact = "anna@example.org".to_owned();
    assert_eq!(typed(" anna@example.org\n"), Some(Command::KeepContact { contact }));
    assert_eq!(typed("  "), None);
    assert_eq!(typed(&"x".repeat(101)), None);
    let wrong = News::Refused { refusal: Refusal::ContactWrong };
    assert_eq!(asked.clone().on(Incoming::News(wrong), &facts).place, asked);
    let kept = asked.clone().on(Incoming::News(News::ContactKept), &facts);
    assert_eq!(kept.place, pick.place);
    if let Some(shop) = facts.shop.as_mut() {
        shop.contact = Some("anna@example.org".to_owned());
    }
    assert_eq!(line(&press(&kept.place, "Card", &facts)), "shop-pick-method; runs Buy");
    let plan = sample("plans: agree, an address is missing");
    assert_eq!(line(&press(&plan.place, "I agree", &english(&plan))), "contact");
}

/// The law wants it said before anybody agrees: how much, how often, when next, how to stop.
#[test]
fn a_plan_says_all_before_it_is_agreed_to() {
    for language in Language::ALL {
        for name in ["plans: agree, by card", "plans: agree, with Stars"] {
            let sample = sample(name);
            let facts = sample.facts(language);
            let text = sample.place.view(&facts).text;
            let Place::Plans(Plans::Confirm { offer, .. }) = &sample.place else {
                panic!("{name} asks for agreement");
            };
            let money = facts.money(offer.money);
            assert_eq!(text.matches(&money).count(), 2, "now and then: {text}");
            for part in ["30 ", "20.12.2026", "/plan", "/terms"] {
                assert!(text.contains(part), "{part} in {text}");
            }
        }
    }
}

#[test]
fn a_plan_goes_on_only_with_something_to_pay_with() {
    let keeps = |name: &str| {
        let sample = sample(name);
        labels(&sample.place, &english(&sample)).contains(&"Keep the plan".to_owned())
    };
    // What Telegram charges, only its customer can take up again, in Telegram.
    assert!(keeps("my plan: stopping") && !keeps("my plan: stopping, with Stars"));
    assert!(!keeps("my plan: stopping, card unlinked") && !keeps("my plan: stopping, a present"));
    assert!(!keeps("my plan: active") && !keeps("my plan: unpaid"));
    let ask = sample("my plan: cancel?");
    let facts = english(&ask);
    assert_eq!(facts.plan.as_ref().map(|it| it.state), Some(PlanState::Active));
    assert_eq!(line(&press(&ask.place, "Yes", &facts)), "my_plan-ask-stop; runs StopPlan");
    let other = format!("[my_plan:{{\"Stop\":\"{}\"}}]", domain::SubscriptionId::new(2));
    assert!(!go(&ask.place, &other, &facts).contains("runs"), "another plan");
}

#[test]
fn days_are_written_as_people_write_them() {
    let check = |millis: i64, expected: &str| {
        assert_eq!(chat::facts::day(Millis(millis)), expected, "{millis}");
    };
    check(0, "01.01.1970");
    check(86_399_999, "01.01.1970");
    check(86_400_000, "02.01.1970");
    check(951_782_400_000, "29.02.2000");
    check(1_709_164_800_000, "29.02.2024");
    check(1_767_225_599_999, "31.12.2025");
    check(1_795_176_000_000, "20.11.2026");
    check(4_107_542_400_000, "01.03.2100");
}

#[test]
fn a_number_of_credits_is_digits_and_no_more() {
    let check = |text: &str, expected: Option<i64>| {
        let got = chat::text::credits_of(text).map(|it| it.as_i64());
        assert_eq!(got, expected, "{text:?}");
    };
    check("150", Some(150));
    check(" 1\u{a0}000 \n", Some(1_000));
    check("0", None);
    check("", None);
    check("-5", None);
    check("+5", None);
    check("1.5", None);
    check("١٥", None);
    check("1000000001", None);
    check("99999999999999999999", None);
}

#[test]
fn more_than_there_is_is_not_given_away() {
    let sample = sample("gift: how many");
    let facts = english(&sample);
    let large = "gift-pick-amount; says \"You can give at most what you have: 240.\"";
    assert_eq!(go(&sample.place, "241", &facts), large);
    assert_eq!(go(&sample.place, "240", &facts), "gift-confirm");
    let forged = "[gift:{\"Amount\":500}]";
    assert_eq!(go(&sample.place, forged, &facts), large);
    let confirm = Place::from_json(r#"{"screen":"gift","at":{"Confirm":{"credits":50}}}"#);
    assert_eq!(go(&confirm, "[gift:{\"Give\":50}]", &facts), "gift-confirm; runs GiveCredits");
    assert!(!go(&confirm, "[gift:{\"Give\":51}]", &facts).contains("runs"), "another number");
}

#[test]
fn a_code_leads_to_where_it_counts() {
    use domain::news::Effect;
    let promo = sample("promo");
    let facts = english(&promo);
    let check = |effect: Effect, expected: &str| {
        let next = promo.place.clone().on(Incoming::News(News::PromoEntered { effect }), &facts);
        assert_eq!(node(&next.place), expected);
        assert!(next.notice.is_some(), "{expected} says what the code does");
    };
    let credits = domain::Credits::new(50).expect("a small amount");
    check(Effect::Credits { credits }, "balance");
    check(Effect::Bonus { percent: 20 }, "shop-pick-pack");
    check(Effect::Discount { percent: 10 }, "shop-pick-pack");
    check(Effect::PlanDays { pack: "lite".to_owned(), days: 7 }, "my_plan-card");
    assert_eq!(go(&promo.place, " SPRING ", &facts), "promo; runs EnterPromo");
    let unknown = "promo; says \"There is no such code. Please check the spelling.\"";
    assert_eq!(go(&promo.place, &"X".repeat(65), &facts), unknown);
    let closed = sample("promo: no shop");
    assert!(!go(&closed.place, "SPRING", &english(&closed)).contains("runs"));
}

#[test]
fn a_link_is_sent_on_whole() {
    let got = chat::text::share("https://t.me/a_bot?start=r_4f&x=1", "Ә, 5 %!");
    let expected = "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fa_bot%3Fstart%3Dr_4f%26x%3D1\
                    &text=%D3%98%2C%205%20%25%21";
    assert_eq!(got, expected);
}
