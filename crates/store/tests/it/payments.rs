//! Orders and payments: from the press to the credits, once, whatever comes how often.

use domain::catalog::Offer;
use domain::{BotId, Credits, Currency, Declined, Method, Money};
use store::ledger::{self, Grant, GrantKind, LedgerError};
use store::orders::{self, NewOrder, OrderState};
use store::payments::{self, PaymentState};
use store::{StoreError, Tx, chain};

use crate::bed::{NOW, bot, each_chain, hld, later, ord, pay, person, usr, wallet};
use crate::ledger::credits;
use crate::shop::{
    BONUS, BOUGHT, GATEWAY, MINOR, available, buy, came, given, new_order, offer, order, paid,
    payment, rub,
};

#[test]
fn an_order_goes_from_the_press_to_the_payment_page() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            person(tx, "bob")?;
            let (id, user, bot) = (ord("a"), usr("anna"), bot("b"));
            let offer = offer();
            let new = NewOrder { resume: Some("\"Home\""), ..new_order(&id, &user, &bot, &offer) };
            assert!(orders::insert(tx, &new, NOW)?);
            assert!(!orders::insert(tx, &new, later(1))?, "a repeat finds itself");
            assert_eq!(orders::of(tx, &usr("bob"), &id)?, None, "it is hers alone");
            orders::asked(tx, &id, later(1))?;
            orders::asked(tx, &id, later(5))?;
            orders::opened(tx, &id, Some("their-a"), Some("https://pay.example/a"))?;
            orders::opened(tx, &id, None, None)?;
            assert_eq!((orders::looked(tx, &id)?, orders::looked(tx, &id)?), (1, 2));
            let order = orders::of(tx, &user, &id)?.expect("it is there");
            assert_eq!(order.idempotence_key, id.as_str());
            assert_eq!((order.asked_at, order.looks), (Some(later(1)), 2));
            assert_eq!(order.payment.as_deref(), Some("their-a"));
            assert_eq!(order.link.as_deref(), Some("https://pay.example/a"));
            assert_eq!(
                (order.money, order.credits, order.bonus),
                (rub(MINOR), credits(BOUGHT), credits(BONUS))
            );
            assert_eq!(
                (order.state, order.resume.as_deref()),
                (OrderState::Open, Some("\"Home\""))
            );
            let found = orders::by_payment_for_job(tx, GATEWAY, "their-a")?;
            assert_eq!(found.as_ref(), Some(&order));
            assert_eq!(orders::by_payment_for_job(tx, orders::STARS, "their-a")?, None);
            assert_eq!(orders::get_for_job(tx, &id)?, found);
            assert_eq!(orders::list(tx, &user, 10)?, [order]);
            Ok(())
        });
    });
}

#[test]
fn f14_ten_presses_find_the_order_that_is_open() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            let (user, offer) = (usr("anna"), offer());
            let like = |tx: &mut Tx, method, offer: &_, now| {
                let found = orders::open_like(tx, &usr("anna"), method, offer, now)?;
                Ok::<_, StoreError>(found.map(|it| it.id))
            };
            assert_eq!(like(tx, Method::Card, &offer, NOW)?, None);
            order(tx, "anna", "a")?;
            assert_eq!(like(tx, Method::Card, &offer, NOW)?, Some(ord("a")));
            assert_eq!(like(tx, Method::Sbp, &offer, NOW)?, None, "another method");
            let mut dearer = offer.clone();
            dearer.money = rub(MINOR + 1);
            assert_eq!(like(tx, Method::Card, &dearer, NOW)?, None, "another price");
            let mut richer = offer.clone();
            richer.bonus = credits(BONUS + 1);
            assert_eq!(like(tx, Method::Card, &richer, NOW)?, None, "other credits");
            assert_eq!(like(tx, Method::Card, &offer, later(3_600))?, None, "it has run out");
            assert_eq!(orders::count_open(tx, &user, NOW)?, 1);
            assert_eq!(orders::count_open(tx, &user, later(3_600))?, 0);
            assert!(orders::expired(tx, &ord("a"), later(3_600))?);
            assert!(!orders::expired(tx, &ord("a"), later(3_601))?);
            assert_eq!(like(tx, Method::Card, &offer, NOW)?, None, "it isn't open");
            Ok(())
        });
    });
}

#[test]
fn who_pays_late_has_paid_all_the_same() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            for name in ["a", "b"] {
                order(tx, "anna", name)?;
            }
            assert!(orders::declined(tx, &ord("a"), Declined::NoMoney, later(5))?);
            assert!(!orders::declined(tx, &ord("a"), Declined::Other, later(6))?);
            let declined = orders::get_for_job(tx, &ord("a"))?.expect("it is there");
            assert_eq!(declined.declined, Some(Declined::NoMoney));
            assert!(orders::expired(tx, &ord("b"), later(3_600))?);
            assert!(!orders::has_paid_before(tx, &usr("anna"), &ord("b"))?);
            assert!(paid(tx, "anna", "a", "their-a", "a")?);
            assert!(orders::has_paid_before(tx, &usr("anna"), &ord("b"))?);
            assert!(!orders::has_paid_before(tx, &usr("anna"), &ord("a"))?, "but for that one");
            assert!(paid(tx, "anna", "b", "their-b", "b")?);
            let late = orders::get_for_job(tx, &ord("a"))?.expect("it is there");
            assert_eq!((late.state, late.declined), (OrderState::Paid, None));
            assert!(!orders::paid(tx, &ord("a"), later(99))?);
            assert!(!orders::declined(tx, &ord("a"), Declined::Other, later(99))?);
            assert!(!orders::expired(tx, &ord("a"), later(99))?);
            assert_eq!(available(tx, "anna")?, 2 * (BOUGHT + BONUS));
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f01_fifty_notifications_of_one_payment_are_one_credit() {
    each_chain(|bed| {
        bed.write(|tx| person(tx, "anna"));
        bed.write(|tx| order(tx, "anna", "a"));
        let told =
            bed.race(50, |tx, number| paid(tx, "anna", "a", "their-a", &format!("n{number}")));
        let credited = told.iter().filter(|it| **it == Ok(true)).count();
        assert_eq!(credited, 1, "on {}: {told:?}", bed.name);
        assert!(told.iter().all(Result::is_ok), "every answer is a good one: {told:?}");
        // Once more after the crash between the commit and the answer.
        let again = bed.try_write(|tx| paid(tx, "anna", "a", "their-a", "again"));
        assert_eq!(again, Ok(false));
        assert_eq!(bed.read(|tx| available(tx, "anna")), BOUGHT + BONUS, "on {}", bed.name);
    });
}

#[test]
fn f02_the_same_charge_is_one_credit_and_a_new_one_for_the_old_order_is_another() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            order(tx, "anna", "a")?;
            assert!(paid(tx, "anna", "a", "charge-1", "p1")?);
            assert!(!paid(tx, "anna", "a", "charge-1", "p2")?, "the message came again");
            assert_eq!(available(tx, "anna")?, BOUGHT + BONUS);
            assert!(paid(tx, "anna", "a", "charge-2", "p3")?, "the old invoice was paid again");
            assert_eq!(available(tx, "anna")?, 2 * (BOUGHT + BONUS));
            let both = payments::of_order(tx, &ord("a"))?;
            let theirs: Vec<_> = both.iter().map(|it| it.their_id.as_str()).collect();
            assert_eq!(theirs, ["charge-1", "charge-2"]);
            assert_eq!(payments::list(tx, &usr("anna"), 10)?.len(), 2);
            // The same number at somebody else's is other money.
            let (id, bot, user, order, purse) =
                (pay("p4"), bot("b"), usr("anna"), ord("a"), wallet("anna"));
            let elsewhere =
                payments::Came { gateway: orders::STARS, ..came(&id, "charge-1", &bot) };
            assert!(payments::credit(tx, &elsewhere, &given(&order, &user, &purse), later(30))?);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f05_f06_money_that_fits_nothing_is_kept_and_given_once_a_person_has_looked() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            order(tx, "anna", "a")?;
            let (id, bot, user, order) = (pay("p1"), bot("b"), usr("anna"), ord("a"));
            let one_rouble = payments::Came { money: rub(100), ..came(&id, "their-a", &bot) };
            assert!(payments::park(tx, &one_rouble, Some(&order), Some(&user), "amount", NOW)?);
            let again = payments::Came { id: &pay("p2"), ..one_rouble };
            assert!(!payments::park(tx, &again, None, None, "amount", later(1))?);
            let given = given(&order, &user, "wallet:bot_b:usr_anna");
            assert!(!payments::credit(tx, &again, &given, later(2))?, "parked is booked");
            assert_eq!(available(tx, "anna")?, 0, "1 rouble is not 499");
            let parked = payment(tx, "p1")?;
            assert_eq!((parked.state, parked.credits), (PaymentState::Parked, Credits::ZERO));
            assert_eq!(parked.why_parked.as_deref(), Some("amount"));
            assert_eq!(orders::get_for_job(tx, &order)?.map(|it| it.state), Some(OrderState::Open));

            assert!(payments::unpark(tx, &parked, &given, later(3))?);
            assert!(!payments::unpark(tx, &parked, &given, later(4))?, "once");
            orders::paid(tx, &order, later(3))?;
            assert_eq!(available(tx, "anna")?, BOUGHT + BONUS);

            let unknown = payments::Came { id: &pay("p3"), their_id: "their-x", ..one_rouble };
            assert!(payments::park(tx, &unknown, None, None, "no such order", NOW)?);
            let found = payments::by_their_id_for_job(tx, GATEWAY, "their-x")?;
            assert_eq!(found.map(|it| (it.order, it.user)), Some((None, None)));
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f05_parked_money_that_is_given_by_twenty_at_once_is_given_once() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            order(tx, "anna", "a")?;
            let (id, bot) = (pay("p1"), bot("b"));
            payments::park(tx, &came(&id, "their-a", &bot), None, None, "no order", NOW)
        })
        .expect("it is parked");
        let given = bed.race(20, |tx, _| {
            let parked = payment(tx, "p1")?;
            let (order, user) = (ord("a"), usr("anna"));
            let given = given(&order, &user, "wallet:bot_b:usr_anna");
            let is_new = payments::unpark(tx, &parked, &given, later(3))?;
            orders::paid(tx, &order, later(3))?;
            Ok::<_, LedgerError>(is_new)
        });
        assert_eq!(
            given.iter().filter(|it| **it == Ok(true)).count(),
            1,
            "on {}: {given:?}",
            bed.name
        );
        assert!(given.iter().all(Result::is_ok), "on {}: {given:?}", bed.name);
    });
}

#[test]
fn payments_are_found_by_the_gateways_own_time() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            order(tx, "anna", "a")?;
            for number in 0..4 {
                let (id, bot) =
                    (pay(&format!("p{number}")), BotId::from_text("bot_b").expect("an id"));
                let their_id = format!("their-{number}");
                let came =
                    payments::Came { paid_at: later(number * 10), ..came(&id, &their_id, &bot) };
                payments::park(tx, &came, None, Some(&usr("anna")), "a test", later(100))?;
            }
            let found = payments::between(tx, GATEWAY, later(10), later(30))?;
            let found: Vec<_> = found.iter().map(|it| it.their_id.clone()).collect();
            assert_eq!(found, ["their-1", "their-2"]);
            assert_eq!(payments::between(tx, orders::STARS, NOW, later(99))?, []);
            assert_eq!(payments::forget(tx, &usr("anna"))?, 4);
            assert_eq!(payment(tx, "p0")?.payer, None);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f21_of_100_parallel_spends_with_money_for_7_exactly_7_succeed() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            buy(tx, "anna", "a")
        })
        .expect("110 credits");
        // Fifteen credits each: seven fit into the 110, the eighth doesn't.
        let held = bed.race(100, |tx, number| {
            let hold = hld(&format!("h{number}"));
            let gift = crate::bed::gft(&format!("g{number}"));
            let new = store::gifts::NewGift {
                id: &gift,
                code: gift.as_str(),
                giver: &usr("anna"),
                bot: &bot("b"),
                wallet: &wallet("anna"),
                credits: credits(15),
                hold: &hold,
                expires_at: later(60),
            };
            store::gifts::make(tx, &new, NOW)
        });
        assert_eq!(held.iter().filter(|it| it.is_ok()).count(), 7, "on {}", bed.name);
        let short = Err(LedgerError::Short { need: credits(15), have: credits(5) });
        assert_eq!(held.iter().filter(|it| **it == short).count(), 93, "on {}", bed.name);
        let balance = bed.read(|tx| ledger::balance(tx, &wallet("anna"))).expect("a wallet");
        assert_eq!((balance.posted, balance.held), (credits(110), credits(105)));
    });
}

/// F31: what both databases say of their own columns. Money is BIGINT beside its currency.
#[test]
fn f31_the_schema_has_no_number_that_is_not_whole() {
    each_chain(|bed| {
        let kinds = bed.read(|tx| {
            let sql = match tx.backend() {
                store::Backend::Sqlite => {
                    "SELECT DISTINCT columns.type FROM sqlite_schema AS tables
                     JOIN pragma_table_info(tables.name) AS columns
                     WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'
                       AND tables.name <> 'refinery_schema_history' ORDER BY 1"
                }
                store::Backend::Postgres => {
                    "SELECT DISTINCT CAST(UPPER(data_type) AS TEXT) FROM information_schema.columns
                     WHERE table_schema = 'public' AND table_name <> 'refinery_schema_history'
                     ORDER BY 1"
                }
            };
            tx.query(sql, &[])?.iter().map(|it| it.text(0)).collect::<Result<Vec<_>, _>>()
        });
        assert_eq!(kinds, ["BIGINT", "TEXT"], "on {}", bed.name);
        // Ten times a tenth is one.
        bed.try_write(|tx| {
            person(tx, "anna")?;
            for number in 0..10 {
                let (id, bot) = (pay(&format!("p{number}")), bot("b"));
                let money =
                    domain::Money::from_decimal("0.10", domain::Currency::Rub).expect("money");
                let their_id = format!("their-{number}");
                let came = payments::Came { money, ..came(&id, &their_id, &bot) };
                payments::park(tx, &came, None, None, "a test", NOW)?;
            }
            let sum = tx.one("SELECT CAST(SUM(minor) AS BIGINT) FROM payments", &[])?.number(0)?;
            assert_eq!(sum, 100);
            assert_eq!(chain::check(tx)?, []);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

/// F28: an amount is never guessed. Without one nothing moves, and nothing is ordered.
#[test]
fn f28_nothing_moves_without_an_amount() {
    each_chain(|bed| {
        bed.try_write(|tx| person(tx, "anna")).expect("she comes");
        let nothing = bed.try_write(|tx| {
            let grant = Grant {
                reference: "guessed",
                wallet: &wallet("anna"),
                credits: Credits::ZERO,
                kind: GrantKind::Bonus,
                reason: "whatever the metadata said",
                actor: "somebody",
                cause: Some("usr_anna"),
                expires_at: None,
            };
            ledger::grant(tx, &grant, later(1))
        });
        assert_eq!(nothing, Err(LedgerError::Nothing("guessed".to_owned())), "on {}", bed.name);
        let free = bed.try_write(|tx| {
            let offer = Offer { money: rub(0), ..offer() };
            let (id, user, bot) = (ord("free"), usr("anna"), bot("b"));
            orders::insert(tx, &new_order(&id, &user, &bot, &offer), later(2))
        });
        assert!(matches!(free, Err(StoreError::Forbidden { .. })), "{free:?} on {}", bed.name);
        // Nor is there such a thing as less than nothing, or a part of a kopeck.
        assert!(Credits::new(-1).is_none() && Money::new(-1, Currency::Rub).is_none());
        assert!(Money::from_decimal("1.005", Currency::Rub).is_none());
    });
}
