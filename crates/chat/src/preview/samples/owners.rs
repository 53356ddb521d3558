//! What owners of a bot see, in its interesting states.

use domain::{Credits, Currency, Money, PaymentId, UserId};

use super::{Sample, credits};
use crate::facts::{CustomerFacts, Facts, PaymentFacts, StatsFacts};
use crate::place::Place;
use crate::screens::admin::Admin;
use crate::screens::customer::{Customer, Hand, What};

pub(super) fn samples() -> Vec<Sample> {
    admin().into_iter().chain(customer()).collect()
}

fn owned(name: &str, place: impl Into<Place>) -> Sample {
    Sample::new(name, place).with(|it| it.person.is_owner = true)
}

fn money(minor: i64, currency: Currency) -> Money {
    Money::new(minor, currency).expect("a small amount")
}

fn admin() -> Vec<Sample> {
    let found = || Admin::Found { query: "anna <3".to_owned() };
    let stats = |it: &mut Facts<'_>| {
        let revenue = vec![money(1_203_000, Currency::Rub), money(1_591, Currency::Stars)];
        let (rub, stars) = (revenue[0], revenue[1]);
        let day = StatsFacts { days: 1, new: 3, active: 11, ..StatsFacts::default() };
        let week = StatsFacts {
            days: 7,
            new: 21,
            active: 64,
            payers: 5,
            revenue,
            spent: credits(1_250),
            cost_micros: 12_345_678,
            margin_percent: Some(61),
        };
        let month = StatsFacts {
            days: 30,
            margin_percent: Some(-4),
            cost_micros: 1,
            revenue: vec![rub, money(2_099_000, Currency::Kzt), stars],
            ..week.clone()
        };
        it.stats = vec![day, week, month];
    };
    vec![
        owned("admin", Admin::Menu),
        Sample::new("admin: not an owner", Admin::Menu),
        owned("admin: numbers", Admin::Numbers).with(stats),
        owned("admin: numbers, none", Admin::Numbers),
        Sample::new("admin: numbers, not an owner", Admin::Numbers).with(stats),
        owned("admin: find", Admin::Find),
        owned("admin: found", found()).with(|it| {
            let nameless = CustomerFacts { telegram_id: None, id: UserId::new(2), ..anna() };
            it.found = vec![anna(), nameless];
        }),
        owned("admin: found, many", found()).with(|it| {
            let of = |number| CustomerFacts { id: UserId::new(number), ..anna() };
            it.found = (1..=40).map(of).collect();
        }),
        owned("admin: found, nobody", found()),
    ]
}

fn anna() -> CustomerFacts {
    CustomerFacts {
        id: UserId::new(1),
        name: "Anna & Co <3".to_owned(),
        telegram_id: Some(7_000_000_001),
        is_banned: false,
        available: credits(501),
        held: credits(80),
        since: "01.11.2026".to_owned(),
        avatars: 2,
        payments: Vec::new(),
        chain: Vec::new(),
    }
}

fn payment(number: u128, refunded: i64, refundable: i64) -> PaymentFacts {
    PaymentFacts {
        id: PaymentId::new(number),
        on: "20.11.2026".to_owned(),
        method: "card".to_owned(),
        money: money(379_000, Currency::Rub),
        refunded: money(refunded, Currency::Rub),
        refundable: money(refundable, Currency::Rub),
        is_parked: false,
    }
}

fn customer() -> Vec<Sample> {
    let user = || UserId::new(1);
    let card = || Customer::Card { user: user() };
    let chain = || Customer::Chain { user: user() };
    let knows = |name: &str, place: Customer| {
        owned(name, place).with(|it| {
            let parked = PaymentFacts { is_parked: true, ..payment(3, 0, 0) };
            let payments = vec![payment(1, 0, 379_000), payment(2, 179_000, 0), parked];
            let line = "20.11.2026 +525: payment pay_1 & order ord_1 <paid>";
            let chain = vec![line.to_owned(); 3];
            it.customer = Some(CustomerFacts { payments, chain, ..anna() });
        })
    };
    let banned = |it: &mut Facts<'_>| {
        it.customer = Some(CustomerFacts { is_banned: true, ..anna() });
    };
    let reason = |what| Customer::AskReason { user: user(), what };
    let confirm = |what| {
        let reason = "for the feedback <3".to_owned();
        Customer::Confirm { user: user(), what, reason }
    };
    let amount = |hand| Customer::AskAmount { user: user(), hand };
    let refund = |number| What::Refund(PaymentId::new(number));
    vec![
        knows("customer: card", card()),
        owned("customer: card, new", card()).with(|it| {
            let anna = anna();
            it.customer = Some(CustomerFacts { held: Credits::ZERO, telegram_id: None, ..anna });
        }),
        owned("customer: card, banned", card()).with(banned),
        knows("customer: card, many payments", card()).with(|it| {
            let payments = (1..=40).map(|at| payment(at, 100, 378_900)).collect();
            it.customer = Some(CustomerFacts { payments, ..anna() });
        }),
        owned("customer: gone", card()),
        Sample::new("customer: not an owner", card()).with(|it| it.customer = Some(anna())),
        knows("customer: chain", chain()),
        knows("customer: chain, long", chain()).with(|it| {
            let chain = (1..=400).map(|at| format!("20.11.2026 −80: training {at} <of> x"));
            it.customer = Some(CustomerFacts { chain: chain.collect(), ..anna() });
        }),
        owned("customer: chain, nothing", chain()).with(|it| it.customer = Some(anna())),
        knows("customer: ban?", Customer::AskBan { user: user() }),
        owned("customer: unban?", Customer::AskBan { user: user() }).with(banned),
        knows("customer: how many to grant", amount(Hand::Grant)),
        knows("customer: how many to take", amount(Hand::Take)),
        knows("customer: why grant", reason(What::Grant(credits(101)))),
        knows("customer: why take", reason(What::Take(credits(101)))),
        knows("customer: why refund", reason(refund(1))),
        knows("customer: why refund, nothing is left", reason(refund(2))),
        knows("customer: grant?", confirm(What::Grant(credits(101)))),
        knows("customer: take?", confirm(What::Take(credits(101)))),
        knows("customer: refund?", confirm(refund(1))),
        knows("customer: refund?, not theirs", confirm(refund(9))),
    ]
}
