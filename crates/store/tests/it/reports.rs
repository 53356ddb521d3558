//! What owners look at: the numbers of a bot, its customers, and where they came from.

use domain::{Credits, Currency, Language, Millis, Money};
use store::ledger::LedgerError;
use store::payments::{self, Came};
use store::provider_calls::{self, NewCall, Work};
use store::reports::{self, Flow, Stats};
use store::trainings::End;
use store::users::{self, NewUser};
use store::{StoreError, Tx, attention, bots, orders, refunds};

use crate::bed::{NOW, bot, each, each_chain, later, ord, pay, person, refund, trn, usr, wallet};
use crate::ledger::credits;
use crate::shop::{BOUGHT, GATEWAY, MINOR, buy, came, given, order, payment, rub};
use crate::story;

const ALL: (Millis, Millis) = (Millis(0), Millis(i64::MAX));

fn names(found: &[users::User]) -> Vec<&str> {
    found.iter().map(|it| it.first_name.as_str()).collect()
}

fn called(tx: &mut Tx, number: i64, name: &str, origin: Option<&str>) -> Result<(), StoreError> {
    let id = usr(&format!("n{number}"));
    let new = NewUser {
        id: &id,
        bot: &bot("b"),
        telegram_id: number,
        first_name: name,
        language: Language::Ru,
        origin,
    };
    users::find_or_create(tx, &new, NOW).map(|_| ())
}

#[test]
fn f30_sums_are_of_all_rows_however_many() {
    const MANY: u32 = 3_050;
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            assert!(order(tx, "anna", "a")?);
            let (of, user, bot, wallet) = (ord("a"), usr("anna"), bot("b"), wallet("anna"));
            let given = given(&of, &user, &wallet);
            for number in 0..MANY {
                called(tx, i64::from(number), "p", None)?;
                let (id, theirs) = (pay(&format!("p{number}")), format!("theirs-{number}"));
                payments::credit(tx, &came(&id, &theirs, &bot), &given, later(20))?;
            }
            orders::paid(tx, &of, later(20))?;
            Ok::<_, LedgerError>(())
        })
        .expect("they buy");
        let (from, to) = ALL;
        let stats = bed.read(move |tx| reports::stats(tx, &bot("b"), from, to));
        let came = Money::new(MINOR * i64::from(MANY), Currency::Rub).expect("an amount");
        assert_eq!((stats.new, stats.active, stats.payers), (MANY + 1, 1, 1));
        assert_eq!(stats.flows, [Flow { came, back: Money::zero(Currency::Rub) }]);
        let found = bed.read(|tx| reports::customers(tx, &bot("b"), "p", 10));
        assert_eq!(found.len(), 10, "a list that people look at is short");
    });
}

#[test]
fn money_counts_when_it_came_and_went_and_not_while_it_is_parked() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            buy(tx, "anna", "a")?;
            buy(tx, "anna", "b")?;
            let (id, bot) = (pay("odd"), bot("b"));
            let odd = Came {
                id: &id,
                gateway: GATEWAY,
                their_id: "odd",
                bot: &bot,
                payer: None,
                money: rub(777),
                paid_at: later(10),
            };
            payments::park(tx, &odd, None, None, "no order", later(20))?;
            let back = refunds::FromOutside {
                id: &refund("r"),
                their_id: "back",
                money: rub(9_900),
                wallet: Some(&wallet("anna")),
                credits: credits(20),
            };
            let paid = payment(tx, "a")?;
            refunds::from_outside(tx, &paid, &back, later(5_000))?;
            let parked = payment(tx, "odd")?;
            let gone = refunds::FromOutside {
                id: &refund("s"),
                their_id: "gone",
                money: rub(777),
                wallet: None,
                credits: Credits::ZERO,
            };
            refunds::from_outside(tx, &parked, &gone, later(30))?;
            Ok::<_, LedgerError>(())
        })
        .expect("it happens");
        let at = |from: Millis, to: Millis| {
            bed.read(move |tx| reports::stats(tx, &bot("b"), from, to)).flows
        };
        let flow = |came, back| Flow { came: rub(came), back: rub(back) };
        assert_eq!(at(NOW, later(5_000)), [flow(2 * MINOR, 0)], "the end isn't in the span");
        assert_eq!(at(later(5_000), later(5_001)), [flow(0, 9_900)]);
        assert_eq!(at(later(21), later(5_000)), [], "the beginning is");
        let others = bed.read(|tx| reports::stats(tx, &bot("other"), ALL.0, ALL.1));
        assert!(others.is_empty(), "another bot has none of it: {others:?}");
    });
}

#[test]
fn spent_credits_are_those_of_work_and_costs_are_what_was_billed() {
    each(|bed| {
        bed.try_write(|tx| {
            story::customer(tx, "anna")?;
            story::customer(tx, "bob")?;
            story::order(tx, "anna", "one")?;
            story::submit(tx, &trn("one"))?;
            let call = NewCall {
                provider: "fal",
                call: "result",
                outcome: "delivered",
                cost_micros: 2_400_000,
            };
            provider_calls::note(tx, Work::Training(&trn("one")), &call, later(50))?;
            story::succeed(tx, "anna", "one")?;
            story::order(tx, "bob", "two")?;
            story::fail(tx, "bob", "two", End::Canceled)?;
            Ok::<_, LedgerError>(())
        })
        .expect("it happens");
        let stats = bed.read(|tx| reports::stats(tx, &bot("b"), ALL.0, ALL.1));
        let due = Stats {
            new: 2,
            active: 2,
            spent: credits(story::PRICE),
            cost_micros: 2_400_000,
            ..Stats::default()
        };
        assert_eq!(stats, due);
    });
}

#[test]
fn customers_are_found_by_whatever_an_owner_knows_of_them() {
    each(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            buy(tx, "anna", "a")?;
            called(tx, 42, "Анна-Мария", None)?;
            called(tx, 43, "АННА", None)?;
            called(tx, 44, "50% off_", None)?;
            let other = bot("other");
            let new = bots::NewBot { id: &other, telegram_id: 2, username: "o", token_name: "o" };
            bots::put(tx, &new, NOW)?;
            let strange = NewUser {
                id: &usr("strange"),
                bot: &other,
                telegram_id: 42,
                first_name: "Анна",
                language: Language::Ru,
                origin: None,
            };
            users::find_or_create(tx, &strange, NOW)?;
            Ok::<_, LedgerError>(())
        })
        .expect("they are there");
        let find = |query: &'static str| {
            let found = bed.read(move |tx| reports::customers(tx, &bot("b"), query, 10));
            let mut found = names(&found).into_iter().map(str::to_owned).collect::<Vec<_>>();
            found.sort();
            found.join(", ")
        };
        assert_eq!(find("usr_anna"), "anna");
        assert_eq!(find(" ord_a "), "anna");
        assert_eq!(find("pay_a"), "anna");
        assert_eq!(find("42"), "Анна-Мария");
        assert_eq!(find("анн"), "АННА, Анна-Мария");
        assert_eq!(find("@ANNA"), "anna");
        assert_eq!(find("0% o"), "50% off_");
        assert_eq!(find("%"), "50% off_", "a sign is itself");
        assert_eq!(find("ff_"), "50% off_");
        assert_eq!(find("f__"), "");
        assert_eq!(find("usr_strange"), "", "who is another bot's customer is none here");
        assert_eq!(find(""), "");
    });
}

#[test]
fn sources_count_who_came_and_who_has_paid() {
    each(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            for (number, origin) in [(1, "s_spring"), (2, "s_spring"), (3, "s_blog"), (4, "r_x")] {
                called(tx, number, "name", Some(origin))?;
            }
            assert!(order(tx, "n2", "a")?);
            crate::shop::paid(tx, "n2", "a", "their-a", "a")?;
            Ok::<_, LedgerError>(())
        })
        .expect("they come");
        let found = bed.read(|tx| reports::sources(tx, &bot("b"), 10));
        let seen: Vec<_> =
            found.iter().map(|it| (it.origin.as_str(), it.joined, it.paid)).collect();
        assert_eq!(seen, [("s_spring", 2, 1), ("s_blog", 1, 0)]);
    });
}

#[test]
fn what_waits_is_counted_and_what_is_written_of_a_thing_is_found() {
    each(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            order(tx, "anna", "open")?;
            buy(tx, "anna", "a")?;
            attention::raise(tx, "payment-parked", "pay_a", "first", NOW)?;
            attention::close(tx, "payment-parked", "pay_a", later(1))?;
            attention::raise(tx, "payment-parked", "pay_a", "again", later(2))?;
            Ok::<_, LedgerError>(())
        })
        .expect("it happens");
        let waiting = bed.read(reports::waiting);
        assert_eq!((waiting.attention, waiting.orders, waiting.dead_jobs), (1, 1, 0));
        let told = bed.read(|tx| reports::attention(tx, "pay_a"));
        let told: Vec<_> =
            told.iter().map(|(it, closed)| (it.evidence.as_str(), *closed)).collect();
        assert_eq!(told, [("first", Some(later(1))), ("again", None)]);
        let came = bed.read(|tx| {
            let grant = payment(tx, "a")?.grant();
            reports::movement(tx, &grant)
        });
        assert_eq!(came.map(|it| it.credits), Some(credits(BOUGHT)));
        assert_eq!(bed.read(|tx| reports::payments(tx, true, 10)), []);
        assert_eq!(bed.read(|tx| reports::payments(tx, false, 10)).len(), 1);
    });
}
