//! Subscriptions: one at a time, renewed until stopped, and never charged once unlinked.

use domain::{Method, Millis};
use store::orders::{self, NewOrder};
use store::subscriptions::{self, NewSubscription, Subscription, SubscriptionState};
use store::{StoreError, Tx};

use crate::bed::{NOW, bot, dawdle, each_chain, later, ord, person, sub, usr};
use crate::shop::{MINOR, new_order, offer, rub};

const MONTH: i64 = 30 * 86_400;

/// `sub_NAME` of `usr_WHO`, not paid for.
fn plan(tx: &mut Tx, who: &str, name: &str, at: i64) -> Result<(), StoreError> {
    let offer = offer();
    let new = NewSubscription {
        id: &sub(name),
        user: &usr(who),
        bot: &bot("b"),
        method: Method::Card,
        offer: &offer,
        period_days: 30,
    };
    subscriptions::insert(tx, &new, later(at))
}

fn get(tx: &mut Tx, name: &str) -> Result<Subscription, StoreError> {
    Ok(subscriptions::get_for_job(tx, &sub(name))?.expect("it is there"))
}

/// A month is paid for, and it is looked at a day before.
fn month(tx: &mut Tx, name: &str, from: i64) -> Result<bool, StoreError> {
    let until = later(from + MONTH);
    subscriptions::paid_until(tx, &sub(name), until, Some(later(from + MONTH - 86_400)))
}

/// What begins a charge: the card, and the row that says so.
fn charge(tx: &mut Tx, name: &str, order: &str) -> Result<bool, StoreError> {
    let Some(_saved) = subscriptions::chargeable(tx, &sub(name))? else { return Ok(false) };
    dawdle(tx)?;
    renewal(tx, name, order)?;
    Ok(true)
}

fn renewal(tx: &mut Tx, name: &str, order: &str) -> Result<bool, StoreError> {
    let (id, user, bot, offer, plan) = (ord(order), usr("anna"), bot("b"), offer(), sub(name));
    let new = NewOrder {
        subscription: Some(&plan),
        is_renewal: true,
        ..new_order(&id, &user, &bot, &offer)
    };
    orders::insert(tx, &new, later(1))
}

fn due(tx: &mut Tx, at: i64) -> Result<Vec<String>, StoreError> {
    let due = subscriptions::due(tx, later(at), 10)?;
    Ok(due.iter().map(|it| it.id.to_string()).collect())
}

#[test]
fn a_plan_is_paid_renewed_stopped_kept_and_ended() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            person(tx, "bob")?;
            plan(tx, "anna", "p", 0)?;
            let new = get(tx, "p")?;
            assert_eq!(
                (new.state, new.money, new.period_days),
                (SubscriptionState::New, rub(MINOR), 30)
            );
            assert_eq!(subscriptions::current(tx, &usr("anna"))?, None);
            assert!(month(tx, "p", 0)?);
            subscriptions::save_method(tx, &sub("p"), "card-1", "*4242")?;
            let plan = subscriptions::current(tx, &usr("anna"))?.expect("she has one");
            assert_eq!((plan.state, plan.until), (SubscriptionState::Active, Some(later(MONTH))));
            assert_eq!(plan.saved_title.as_deref(), Some("*4242"));
            assert_eq!(subscriptions::of(tx, &usr("anna"), &sub("p"))?, Some(plan));
            assert_eq!(subscriptions::of(tx, &usr("bob"), &sub("p"))?, None, "hers alone");
            assert_eq!(due(tx, MONTH - 86_401)?, [""; 0]);
            assert_eq!(due(tx, MONTH - 86_400)?, ["sub_p"]);
            subscriptions::next(tx, &sub("p"), Some(later(MONTH)))?;
            assert_eq!(due(tx, MONTH - 1)?, [""; 0]);
            // Two charges fail, the third is good: it counts from none again.
            assert_eq!(subscriptions::unpaid(tx, &sub("p"), later(MONTH + 10))?, 1);
            assert_eq!(subscriptions::unpaid(tx, &sub("p"), later(MONTH + 20))?, 2);
            assert_eq!(get(tx, "p")?.state, SubscriptionState::Unpaid);
            assert!(month(tx, "p", MONTH)?);
            let plan = get(tx, "p")?;
            assert_eq!((plan.state, plan.tries), (SubscriptionState::Active, 0));
            subscriptions::charged(tx, &sub("p"), "charge-2")?;
            assert_eq!(get(tx, "p")?.charge_id.as_deref(), Some("charge-2"));

            assert!(!subscriptions::keep(tx, &sub("p"), None)?, "it isn't stopping");
            assert!(subscriptions::stop(tx, &sub("p"))? && !subscriptions::stop(tx, &sub("p"))?);
            assert_eq!(subscriptions::chargeable(tx, &sub("p"))?, None, "stopped is not charged");
            assert_eq!(get(tx, "p")?.next_at, Some(later(2 * MONTH)), "it is ended then");
            assert_eq!(subscriptions::unpaid(tx, &sub("p"), later(9))?, 0, "nothing was charged");
            assert!(subscriptions::keep(tx, &sub("p"), Some(later(2 * MONTH - 86_400)))?);
            assert_eq!(subscriptions::chargeable(tx, &sub("p"))?.as_deref(), Some("card-1"));
            assert!(subscriptions::end(tx, &sub("p"), "not paid", later(2 * MONTH))?);
            assert!(!subscriptions::end(tx, &sub("p"), "again", later(2 * MONTH))?);
            let ended = get(tx, "p")?;
            assert_eq!((ended.ended_why.as_deref(), ended.saved_method), (Some("not paid"), None));
            assert_eq!((ended.next_at, ended.ended_at), (None, Some(later(2 * MONTH))));
            assert_eq!(due(tx, 9 * MONTH)?, [""; 0]);
            assert_eq!(subscriptions::chargeable(tx, &sub("p"))?, None);
            assert_eq!(subscriptions::current(tx, &usr("anna"))?, None);
            Ok(())
        });
    });
}

#[test]
fn a_plan_that_stops_is_paid_to_its_end_and_a_late_payment_wakes_an_ended_one() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            plan(tx, "anna", "p", 0)?;
            assert!(month(tx, "p", 0)? && subscriptions::stop(tx, &sub("p"))?);
            // A charge was under way when it was stopped: its month counts, and no other comes.
            assert!(month(tx, "p", MONTH)?);
            let plan_now = get(tx, "p")?;
            assert_eq!(plan_now.state, SubscriptionState::Stopping);
            assert_eq!(plan_now.until, Some(later(2 * MONTH)));
            assert!(subscriptions::end(tx, &sub("p"), "stopped", later(2 * MONTH))?);
            assert!(month(tx, "p", 2 * MONTH)?, "money came all the same");
            let woken = get(tx, "p")?;
            assert_eq!(
                (woken.state, woken.ended_at, woken.ended_why),
                (SubscriptionState::Active, None, None)
            );
            // With another plan running, it stays ended.
            assert!(subscriptions::end(tx, &sub("p"), "stopped", later(3 * MONTH))?);
            plan(tx, "anna", "q", 1)?;
            assert!(month(tx, "q", 0)?);
            assert!(!month(tx, "p", 0)?);
            let all = subscriptions::list(tx, &usr("anna"))?;
            let all: Vec<_> = all.iter().map(|it| (it.id.as_str(), it.state.as_str())).collect();
            assert_eq!(all, [("sub_q", "active"), ("sub_p", "ended")]);
            Ok(())
        });
    });
}

#[test]
fn f14_of_plans_that_are_paid_for_at_once_one_runs() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            (0..20).try_for_each(|it| plan(tx, "anna", &format!("p{it}"), 0))
        });
        let begun = bed.race(20, |tx, number| {
            let is_running = month(tx, &format!("p{number}"), 0)?;
            dawdle(tx)?;
            Ok::<_, StoreError>(is_running)
        });
        assert_eq!(
            begun.iter().filter(|it| **it == Ok(true)).count(),
            1,
            "on {}: {begun:?}",
            bed.name
        );
        let refused = begun.iter().filter(|it| **it == Ok(false)).count();
        assert_eq!(refused, 19, "the others hear no, not a failure, on {}: {begun:?}", bed.name);
    });
}

#[test]
fn nothing_is_charged_to_a_card_once_it_is_unlinked() {
    each_chain(|bed| {
        bed.write(|tx| {
            person(tx, "anna")?;
            plan(tx, "anna", "p", 0)?;
            month(tx, "p", 0)
        });
        for round in 0..6 {
            bed.write(|tx| {
                subscriptions::keep(tx, &sub("p"), None)?;
                subscriptions::save_method(tx, &sub("p"), "card-1", "*4242")
            });
            let name = move |number: u32| format!("r{round}n{number}");
            let count = |tx: &mut Tx| {
                tx.one("SELECT COUNT(*) FROM orders WHERE is_renewal = 1", &[])?.number(0)
            };
            // The unlinker counts the charges that it finds; the others begin charges.
            let done = bed.race(12, move |tx, number| match number {
                5 => {
                    assert!(subscriptions::unlink(tx, &sub("p"))?);
                    count(tx)
                }
                _ => charge(tx, "p", &name(number)).map(|_| 0),
            });
            assert!(done.iter().all(Result::is_ok), "on {}: {done:?}", bed.name);
            let seen = done[5].clone().expect("it was unlinked");
            let all = bed.read(count);
            assert_eq!(all, seen, "on {}, round {round}: a charge began after it", bed.name);
            assert!(bed.write(|tx| Ok(
                !charge(tx, "p", "late")? && !subscriptions::unlink(tx, &sub("p"))?
            )));
        }
        let plan = bed.read(|tx| get(tx, "p"));
        assert_eq!((plan.state, plan.saved_method), (SubscriptionState::Stopping, None));
        assert_eq!(plan.next_at, plan.until, "it lasts to its end");
        assert_eq!(plan.created_at.since(NOW), Millis(0));
    });
}
