//! Refunds: money that goes back, by us or from outside, and the credits with it.

use domain::{Credits, Currency, Money};
use store::ledger::{self, LedgerError};
use store::payments::{self, Payment, PaymentState};
use store::refunds::{self, FromOutside, NewRefund, Refund, RefundState, Taken};
use store::{StoreError, Tx, orders};

use crate::bed::{NOW, bot, each_chain, gft, hld, later, ord, pay, person, refund, usr, wallet};
use crate::ledger::credits;
use crate::shop::{BONUS, BOUGHT, GATEWAY, MINOR, available, buy, came, given, payment, rub};

/// Asks for a refund of `ref_NAME` of a payment; what is held is held as `hld_NAME`.
fn begin(tx: &mut Tx, of: &str, name: &str, minor: i64, held: i64) -> Result<(), LedgerError> {
    let payment = payment(tx, of)?;
    begin_of(tx, &payment, name, minor, held)
}

fn begin_of(
    tx: &mut Tx,
    payment: &Payment,
    name: &str,
    minor: i64,
    held: i64,
) -> Result<(), LedgerError> {
    let new = NewRefund {
        id: &refund(name),
        hold: &hld(name),
        wallet: &wallet("anna"),
        money: rub(minor),
        credits: credits(held),
        reason: "asked",
        actor: "owner:7",
    };
    refunds::begin(tx, payment, &new, later(30))
}

fn get(tx: &mut Tx, name: &str) -> Result<Refund, StoreError> {
    Ok(refunds::get_for_job(tx, &refund(name))?.expect("it is there"))
}

fn outside(
    tx: &mut Tx,
    of: &str,
    name: &str,
    their_id: &str,
    minor: i64,
    due: i64,
) -> Result<Option<Taken>, LedgerError> {
    let payment = payment(tx, of)?;
    let (id, wallet) = (refund(name), wallet("anna"));
    let back = FromOutside {
        id: &id,
        their_id,
        money: rub(minor),
        wallet: (payment.state != PaymentState::Parked).then_some(wallet.as_str()),
        credits: credits(due),
    };
    refunds::from_outside(tx, &payment, &back, later(40))
}

/// Anna has bought 110 credits with `pay_a`.
fn anna(tx: &mut Tx) -> Result<(), LedgerError> {
    person(tx, "anna")?;
    buy(tx, "anna", "a")
}

/// Holds and captures some of her credits, as work would.
fn spend(tx: &mut Tx, name: &str, amount: i64) -> Result<(), LedgerError> {
    person(tx, "bob")?;
    let (id, hold) = (gft(name), hld(&format!("gift{name}")));
    let new = store::gifts::NewGift {
        id: &id,
        code: name,
        giver: &usr("anna"),
        bot: &bot("b"),
        wallet: &wallet("anna"),
        credits: credits(amount),
        hold: &hold,
        expires_at: later(900),
    };
    store::gifts::make(tx, &new, NOW)?;
    let gift = store::gifts::of(tx, &usr("anna"), &id)?.expect("it is there");
    assert!(store::gifts::open(tx, &gift, &usr("bob"), &wallet("bob"), later(25))?);
    Ok(())
}

#[test]
fn a_refund_holds_the_credits_and_takes_them_when_the_money_has_gone() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            let paid = payment(tx, "a")?;
            begin(tx, "a", "r", MINOR, BOUGHT + BONUS)?;
            assert_eq!(available(tx, "anna")?, 0, "they can't be spent meanwhile");
            assert_eq!(refunds::under_way(tx, &paid)?, rub(MINOR));
            refunds::asked(tx, &refund("r"), later(31))?;
            refunds::asked(tx, &refund("r"), later(99))?;
            let asked = get(tx, "r")?;
            assert_eq!((asked.state, asked.asked_at), (RefundState::Asked, Some(later(31))));
            assert_eq!(asked.idempotence_key, "ref_r");
            assert!(refunds::taken_up(tx, &refund("r"), "back-1")?);
            assert!(refunds::taken_up(tx, &refund("r"), "back-1")?, "a repeat is harmless");
            let found = refunds::by_their_id_for_job(tx, GATEWAY, "back-1")?.expect("it is there");
            assert!(found.state == RefundState::Pending && found.state.is_open());
            assert!(refunds::succeeded(tx, &found, &paid, "back-1", later(40))?);
            assert!(!refunds::succeeded(tx, &found, &paid, "back-1", later(41))?, "once");
            assert!(!refunds::failed(tx, &found, "late", later(42))?);
            assert!(!refunds::taken_up(tx, &refund("r"), "back-1")?);
            orders::refunded(tx, &ord("a"))?;
            let paid = payment(tx, "a")?;
            assert_eq!((paid.state, paid.refunded), (PaymentState::Refunded, rub(MINOR)));
            assert!(refunds::under_way(tx, &paid)?.is_zero());
            let order = orders::get_for_job(tx, &ord("a"))?.expect("it is there");
            assert_eq!(order.state, orders::OrderState::Refunded);
            let balance = ledger::balance(tx, &wallet("anna"))?.expect("a wallet");
            assert_eq!((balance.posted, balance.held), (Credits::ZERO, Credits::ZERO));
            assert_eq!(ledger::platform(tx, ledger::REFUNDS)?, BOUGHT + BONUS);
            assert_eq!(refunds::of_payment(tx, &pay("a"))?.len(), 1);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn f22_a_refund_that_fails_gives_the_credits_back_once() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            begin(tx, "a", "r", MINOR, BOUGHT + BONUS)
        })
        .expect("it is asked for");
        let ends = bed.race(30, |tx, number| {
            let (refund, paid) = (get(tx, "r")?, payment(tx, "a")?);
            match number % 3 {
                0 => refunds::succeeded(tx, &refund, &paid, "back-1", later(50)),
                _ => refunds::failed(tx, &refund, "declined", later(50)),
            }
        });
        assert_eq!(ends.iter().filter(|it| **it == Ok(true)).count(), 1, "on {}", bed.name);
        assert!(ends.iter().all(Result::is_ok), "on {}: {ends:?}", bed.name);
        let (refund, left) = bed.read(|tx| Ok((get(tx, "r")?, available(tx, "anna")?)));
        let expected = match refund.state {
            RefundState::Succeeded => (0, None),
            _ => (BOUGHT + BONUS, Some("declined")),
        };
        assert_eq!((left, refund.error.as_deref()), expected, "on {}", bed.name);
    });
}

#[test]
fn f22_no_more_goes_back_than_came_however_many_ask() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            // She has more than the payment gave, so the credits alone don't stop it.
            buy(tx, "anna", "b")?;
            buy(tx, "anna", "c")
        })
        .expect("330 credits");
        let third = MINOR / 3;
        let begun =
            bed.race(12, move |tx, number| begin(tx, "a", &format!("r{number}"), third, 20));
        assert_eq!(begun.iter().filter(|it| it.is_ok()).count(), 3, "on {}: {begun:?}", bed.name);
        let beyond = LedgerError::BeyondPayment { left: rub(MINOR - 3 * third), asked: rub(third) };
        let refused = begun.iter().filter(|it| it.as_ref() == Err(&beyond)).count();
        assert_eq!(refused, 9, "on {}: {begun:?}", bed.name);
        assert_eq!(bed.read(|tx| available(tx, "anna")), 330 - 60, "on {}", bed.name);
        let stars = Money::new(1, Currency::Stars).expect("an amount");
        let other = bed.try_write(move |tx| {
            let payment = payment(tx, "b")?;
            let new = NewRefund {
                id: &refund("s"),
                hold: &hld("s"),
                wallet: &wallet("anna"),
                money: stars,
                credits: credits(1),
                reason: "asked",
                actor: "owner:7",
            };
            refunds::begin(tx, &payment, &new, later(30))
        });
        assert_eq!(other, Err(LedgerError::BeyondPayment { left: rub(MINOR), asked: stars }));
    });
}

#[test]
fn f23_what_goes_back_is_what_was_paid_and_held_whatever_it_costs_today() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            let today = store::prices::load(tx)?;
            assert_eq!(today.len(), 0);
            begin(tx, "a", "r", 20_000, 40)?;
            // The pack costs ten times as much now, and gives less.
            let dear = [("packs/100.toml rub".to_owned(), MINOR * 10)].into_iter().collect();
            store::prices::keep(tx, &dear, later(35))?;
            let (refund, paid) = (get(tx, "r")?, payment(tx, "a")?);
            assert_eq!((refund.money, refund.credits), (rub(20_000), credits(40)));
            assert!(refunds::succeeded(tx, &refund, &paid, "back-1", later(50))?);
            assert_eq!(available(tx, "anna")?, 70);
            let paid = payment(tx, "a")?;
            assert_eq!((paid.state, paid.refunded), (PaymentState::Credited, rub(20_000)));
            // The rest fails, and all that was held for it is back.
            begin(tx, "a", "rest", MINOR - 20_000, 70)?;
            assert_eq!(available(tx, "anna")?, 0);
            let rest = get(tx, "rest")?;
            assert!(refunds::failed(tx, &rest, "declined", later(60))?);
            assert_eq!(available(tx, "anna")?, 70);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn credits_that_are_spent_are_not_there_to_be_asked_back() {
    each_chain(|bed| {
        let begun = bed.try_write(|tx| {
            anna(tx)?;
            spend(tx, "g", 80)?;
            let short = tx.savepoint(|tx| begin(tx, "a", "r", MINOR, BOUGHT));
            assert_eq!(short, Err(LedgerError::Short { need: credits(BOUGHT), have: credits(30) }));
            assert_eq!(refunds::of_payment(tx, &pay("a"))?, []);
            // Of the bought ones 30 are left: bonus burns first.
            let paid = payment(tx, "a")?;
            assert_eq!(ledger::left_of_grant(tx, &paid.grant())?, credits(30));
            assert_eq!(ledger::left_of_grant(tx, &paid.bonus_grant())?, credits(0));
            assert_eq!(ledger::left_of_grant(tx, "payment:no:such")?, Credits::ZERO);
            begin(tx, "a", "r", MINOR * 30 / 100, 30)
        });
        assert_eq!(begun, Ok(()), "on {}", bed.name);
    });
}

#[test]
fn f19_a_refund_from_outside_takes_what_is_unspent_and_notes_the_rest() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            spend(tx, "g", 80)?;
            Ok::<_, LedgerError>(())
        })
        .expect("30 are left");
        let told = bed.race(20, |tx, number| {
            outside(tx, "a", &format!("r{number}"), "back-1", MINOR, BOUGHT + BONUS)
        });
        assert!(told.iter().all(Result::is_ok), "on {}: {told:?}", bed.name);
        let taken: Vec<_> = told.into_iter().flatten().flatten().collect();
        assert_eq!(taken, [Taken { taken: credits(30), owed: credits(80) }], "on {}", bed.name);
        bed.write(|tx| {
            let paid = payment(tx, "a")?;
            assert_eq!((paid.state, paid.owed), (PaymentState::Refunded, credits(80)));
            let balance = ledger::balance(tx, &wallet("anna"))?.expect("a wallet");
            assert_eq!(balance.posted, Credits::ZERO, "never below");
            orders::refunded(tx, &ord("a"))?;
            let found = refunds::by_their_id_for_job(tx, GATEWAY, "back-1")?.expect("it is there");
            assert_eq!(
                (found.state, found.credits, found.hold),
                (RefundState::Succeeded, credits(30), None)
            );
            Ok(())
        });
    });
}

#[test]
fn f19_what_is_held_for_work_is_not_taken_from_outside() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            begin(tx, "a", "r", 1, 60)?;
            let taken = outside(tx, "a", "out", "back-1", MINOR - 1, BOUGHT + BONUS)?;
            assert_eq!(taken, Some(Taken { taken: credits(50), owed: credits(60) }));
            assert_eq!(available(tx, "anna")?, 0);
            let held = get(tx, "r")?;
            assert!(refunds::failed(tx, &held, "declined", later(60))?);
            assert_eq!(available(tx, "anna")?, 60, "the hold was whole");
            // Nothing is there to be taken, and nothing is: it is all owed.
            spend(tx, "g", 60)?;
            assert_eq!(
                outside(tx, "a", "out2", "back-2", 1, 1)?,
                Some(Taken { taken: Credits::ZERO, owed: credits(1) })
            );
            orders::refunded(tx, &ord("a"))?;
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn a_refund_that_two_tell_of_is_one() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            anna(tx)?;
            begin(tx, "a", "r", 20_000, 40)?;
            assert_eq!(
                outside(tx, "a", "out", "back-1", 10_000, 20)?,
                Some(Taken { taken: credits(20), owed: Credits::ZERO })
            );
            assert!(!refunds::taken_up(tx, &refund("r"), "back-1")?, "that is another one");
            assert!(refunds::taken_up(tx, &refund("r"), "back-2")?);
            assert_eq!(outside(tx, "a", "out2", "back-2", 20_000, 40)?, None, "it is ours");
            assert_eq!(refunds::of_payment(tx, &pay("a"))?.len(), 2);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn parked_money_goes_back_and_is_not_given_then() {
    each_chain(|bed| {
        bed.try_write(|tx| {
            person(tx, "anna")?;
            crate::shop::order(tx, "anna", "a")?;
            for (id, their_id) in [("a", "their-a"), ("b", "their-b")] {
                let (id, bot) = (pay(id), bot("b"));
                payments::park(tx, &came(&id, their_id, &bot), None, None, "amount", NOW)?;
            }
            assert_eq!(
                outside(tx, "a", "out", "back-1", MINOR, 0)?,
                Some(Taken { taken: Credits::ZERO, owed: Credits::ZERO })
            );
            let (order, user) = (ord("a"), usr("anna"));
            let given = given(&order, &user, "wallet:bot_b:usr_anna");
            let parked = payment(tx, "a")?;
            assert_eq!((parked.state, parked.refunded), (PaymentState::Parked, rub(MINOR)));
            assert!(!payments::unpark(tx, &parked, &given, later(50))?, "its money is gone");
            begin(tx, "b", "r", MINOR, 0)?;
            let parked = payment(tx, "b")?;
            assert!(!payments::unpark(tx, &parked, &given, later(50))?, "its money is going");
            let back = get(tx, "r")?;
            assert!(refunds::succeeded(tx, &back, &parked, "back-2", later(60))?);
            assert_eq!(available(tx, "anna")?, 0);
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
    });
}

#[test]
fn parked_money_is_given_or_goes_back_but_not_both() {
    each_chain(|bed| {
        for round in 0..6 {
            let name = format!("a{round}");
            bed.try_write({
                let name = name.clone();
                move |tx| {
                    person(tx, "anna")?;
                    crate::shop::order(tx, "anna", &name)?;
                    let (id, bot) = (pay(&name), bot("b"));
                    payments::park(tx, &came(&id, &name, &bot), None, None, "amount", NOW)
                }
            })
            .expect("it is parked");
            let before = bed.read(|tx| available(tx, "anna"));
            let done = bed.race(8, {
                let name = name.clone();
                move |tx, number| {
                    let parked = payment(tx, &name)?;
                    if number % 2 == 0 {
                        let (order, user) = (ord(&name), usr("anna"));
                        let given = given(&order, &user, "wallet:bot_b:usr_anna");
                        let is_given = payments::unpark(tx, &parked, &given, later(50))?;
                        if is_given {
                            orders::paid(tx, &order, later(50))?;
                        }
                        return Ok(is_given);
                    }
                    if parked.state != PaymentState::Parked {
                        return Ok(false);
                    }
                    begin_of(tx, &parked, &format!("{name}r{number}"), MINOR, 0).map(|()| true)
                }
            });
            let kept = done.iter().filter(|it| **it == Ok(true)).count();
            assert_eq!(kept, 1, "on {}: {done:?}", bed.name);
            // Whoever read it before and came after is to look again.
            let is_known = |it: &LedgerError| {
                matches!(
                    it,
                    LedgerError::BeyondPayment { .. }
                        | LedgerError::Store(StoreError::Contended(_))
                )
            };
            assert!(done.iter().filter_map(|it| it.as_ref().err()).all(is_known), "{done:?}");
            let came = bed.read(|tx| available(tx, "anna")) - before;
            assert!(came == 0 || came == BOUGHT + BONUS, "on {}: {came}", bed.name);
        }
    });
}
