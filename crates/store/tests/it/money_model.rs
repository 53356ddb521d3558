//! Random histories of money against a model that is obviously right: paid, told again, parked,
//! refunded, spent, failed, given away, run out, killed half-way, at a clock that jumps.

use std::collections::{BTreeMap, BTreeSet};

use domain::refusal::Fault;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use store::ledger::{self, Grant, GrantKind, LedgerError};
use store::trainings::End;
use store::{Tx, chain};

use crate::bed::{self, Bed, later, wallet};
use crate::ledger::credits;
use crate::money_acts::{self as acts, Play};
use crate::shop::{BONUS, BOUGHT, MINOR};
use crate::story;

#[derive(Clone, Debug)]
enum Act {
    Order(u8),
    /// Money for an order, told so many times. Without such an order it is parked.
    Pay(u8, u8, u8),
    Unpark(u8, u8),
    Ask(u8, u8, i64, i64),
    Went(u8),
    Stayed(u8),
    Outside(u8, u8, i64),
    Gift(u8, i64),
    OpenGift(u8),
    ReturnGift(u8),
    Train(u8),
    Deliver(u8),
    Fail(u8),
    Promo(u8),
    Expire,
    Clock(i64),
    /// The program ends before the commit.
    Killed(Box<Act>),
}

/// When promo credits run out, and gifts.
const ENDS: i64 = 50;

#[derive(Default)]
struct Paid {
    is_parked: bool,
    refunded: i64,
    asked: i64,
    owed: i64,
}

/// (bought, expiry, since when, reference): in the order in which they burn.
type Key = (bool, i64, i64, String);

#[derive(Default)]
struct Model {
    now: i64,
    posted: i64,
    held: i64,
    friend: i64,
    grants: BTreeMap<Key, i64>,
    orders: BTreeSet<u8>,
    paid: BTreeMap<u8, Paid>,
    refunds: BTreeMap<u8, (u8, i64, i64, bool)>,
    outside: BTreeSet<u8>,
    gifts: BTreeMap<u8, (i64, bool)>,
    trainings: BTreeMap<u8, bool>,
    promos: BTreeSet<u8>,
}

impl Model {
    fn free(&self) -> i64 {
        self.posted - self.held
    }

    fn come(&mut self, is_bought: bool, ends: i64, reference: String, amount: i64) {
        self.posted += amount;
        self.grants.insert((is_bought, ends, self.now, reference), amount);
    }

    fn pay(&mut self, charge: u8) {
        self.come(true, i64::MAX, format!("payment:{charge}"), BOUGHT);
        self.come(false, i64::MAX, format!("payment-bonus:{charge}"), BONUS);
    }

    /// Burns of a payment's grants what is due of each, as far as it goes, and then in order.
    fn burn(&mut self, due: Option<(u8, i64)>, amount: i64) {
        self.posted -= amount;
        let mut left = amount;
        if let Some((charge, due)) = due {
            let on_top = due * BONUS / (BOUGHT + BONUS);
            let of = |it: &Key| it.3.ends_with(&format!(":{charge}"));
            for (is_bought, most) in [(true, due - on_top), (false, on_top)] {
                let key = self.grants.keys().find(|it| of(it) && it.0 == is_bought).cloned();
                left -= key.map_or(0, |key| self.use_up(&key, most.min(left)));
            }
        }
        for key in self.grants.keys().cloned().collect::<Vec<_>>() {
            left -= self.use_up(&key, left);
        }
        assert_eq!(left, 0, "the model itself is right");
    }

    fn use_up(&mut self, key: &Key, most: i64) -> i64 {
        let part = most.min(self.grants[key]);
        self.grants.entry(key.clone()).and_modify(|it| *it -= part);
        part
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Clock(at) => self.now = at,
            Act::Killed(_) => {}
            Act::Order(order) => drop(self.orders.insert(order)),
            Act::Pay(charge, order, _) if !self.paid.contains_key(&charge) => {
                let is_parked = !self.orders.contains(&order);
                self.paid.insert(charge, Paid { is_parked, ..Paid::default() });
                if !is_parked {
                    self.pay(charge);
                }
            }
            Act::Unpark(charge, order) if self.orders.contains(&order) => {
                let parked = self.paid.get_mut(&charge);
                if let Some(it) = parked.filter(|it| it.is_parked && it.refunded + it.asked == 0) {
                    it.is_parked = false;
                    self.pay(charge);
                }
            }
            Act::Promo(code) if self.now < ENDS && self.promos.insert(code) => {
                self.come(false, ENDS, format!("promo-{code}"), 10);
            }
            Act::Expire => {
                let mut due: Vec<_> =
                    self.grants.keys().filter(|it| it.1 <= self.now).cloned().collect();
                due.sort_by_key(|it| (it.1, it.0, it.2, it.3.clone()));
                for key in due {
                    let part = self.grants[&key].min(self.free());
                    self.posted -= part;
                    self.grants.entry(key).and_modify(|it| *it -= part);
                }
            }
            Act::Ask(..) | Act::Went(_) | Act::Stayed(_) | Act::Outside(..) => self.refund(act),
            _ => self.spend(act),
        }
    }

    fn refund(&mut self, act: &Act) {
        match *act {
            Act::Ask(id, charge, minor, amount) if !self.refunds.contains_key(&id) => {
                let free = self.free();
                let Some(it) = self.paid.get_mut(&charge) else { return };
                let amount = if it.is_parked { 0 } else { amount };
                if minor <= MINOR - it.refunded - it.asked && amount <= free {
                    it.asked += minor;
                    self.held += amount;
                    self.refunds.insert(id, (charge, minor, amount, true));
                }
            }
            Act::Went(id) | Act::Stayed(id) => {
                let Some(refund) = self.refunds.get_mut(&id).filter(|it| it.3) else { return };
                refund.3 = false;
                let (charge, minor, amount, _) = *refund;
                let it = self.paid.get_mut(&charge).expect("it was asked for");
                it.asked -= minor;
                self.held -= amount;
                if matches!(act, Act::Went(_)) {
                    it.refunded += minor;
                    self.burn(Some((charge, amount)), amount);
                }
            }
            Act::Outside(id, charge, minor) if !self.outside.contains(&id) => {
                let free = self.free();
                let Some(it) = self.paid.get_mut(&charge) else { return };
                let minor = minor.min(MINOR - it.refunded - it.asked);
                if minor == 0 {
                    return;
                }
                self.outside.insert(id);
                let due = if it.is_parked { 0 } else { (BOUGHT + BONUS) * minor / MINOR };
                it.refunded += minor;
                it.owed += due - due.min(free);
                self.burn(Some((charge, due)), due.min(free));
            }
            _ => {}
        }
    }

    fn spend(&mut self, act: &Act) {
        match *act {
            Act::Gift(id, amount) if !self.gifts.contains_key(&id) && amount <= self.free() => {
                self.held += amount;
                self.gifts.insert(id, (amount, true));
            }
            Act::OpenGift(id) if self.now < ENDS => {
                let Some(gift) = self.gifts.get_mut(&id).filter(|it| it.1) else { return };
                gift.1 = false;
                let amount = gift.0;
                self.held -= amount;
                self.friend += amount;
                self.burn(None, amount);
            }
            Act::ReturnGift(id) => {
                let Some(gift) = self.gifts.get_mut(&id).filter(|it| it.1) else { return };
                gift.1 = false;
                self.held -= gift.0;
            }
            Act::Train(id) => {
                let is_open = self.trainings.values().any(|it| *it);
                if !is_open && !self.trainings.contains_key(&id) && story::PRICE <= self.free() {
                    self.held += story::PRICE;
                    self.trainings.insert(id, true);
                }
            }
            Act::Deliver(id) | Act::Fail(id) => {
                let Some(open) = self.trainings.get_mut(&id).filter(|it| **it) else { return };
                *open = false;
                self.held -= story::PRICE;
                if matches!(act, Act::Deliver(_)) {
                    self.burn(None, story::PRICE);
                }
            }
            _ => {}
        }
    }
}

fn history() -> impl Strategy<Value = Vec<Act>> {
    let (id, minor) = (0..5_u8, prop_oneof![Just(MINOR), 1..MINOR]);
    let act = prop_oneof![
        3 => id.clone().prop_map(Act::Order),
        6 => (0..8_u8, id.clone(), 1..4_u8).prop_map(|(it, order, times)| Act::Pay(it, order, times)),
        1 => (0..8_u8, id.clone()).prop_map(|(it, order)| Act::Unpark(it, order)),
        3 => (id.clone(), 0..8_u8, minor.clone(), 0..120_i64)
            .prop_map(|(it, charge, minor, amount)| Act::Ask(it, charge, minor, amount)),
        2 => id.clone().prop_map(Act::Went),
        2 => id.clone().prop_map(Act::Stayed),
        2 => (id.clone(), 0..8_u8, minor).prop_map(|(it, charge, minor)| Act::Outside(it, charge, minor)),
        2 => (id.clone(), 1..60_i64).prop_map(|(it, amount)| Act::Gift(it, amount)),
        2 => id.clone().prop_map(Act::OpenGift),
        1 => id.clone().prop_map(Act::ReturnGift),
        3 => id.clone().prop_map(Act::Train),
        2 => id.clone().prop_map(Act::Deliver),
        2 => id.clone().prop_map(Act::Fail),
        1 => (0..3_u8).prop_map(Act::Promo),
        1 => Just(Act::Expire),
        2 => (0..2 * ENDS).prop_map(Act::Clock),
    ];
    let act = (act, 0..8_u8).prop_map(|(act, luck)| match luck {
        0 => Act::Killed(Box::new(act)),
        _ => act,
    });
    prop::collection::vec(act, 1..80)
}

#[test]
fn any_history_of_money_leaves_what_the_model_says() {
    for bed in [Some(bed::sqlite()), bed::postgres()].into_iter().flatten() {
        let case = std::cell::Cell::new(0);
        let config = Config {
            cases: 60,
            failure_persistence: None,
            // The same in each run, so that a failure can be seen again.
            rng_seed: RngSeed::Fixed(20_260_902),
            ..Config::default()
        };
        let outcome = TestRunner::new(config).run(&history(), |history| {
            case.set(case.get() + 1);
            play(&bed, case.get(), history).map_err(TestCaseError::fail)
        });
        if let Err(error) = outcome {
            panic!("on {}: {error}", bed.name);
        }
    }
}

/// Plays a history in one decision, each act in a part of its own, and says where it and the model
/// part.
fn play(bed: &Bed, case: u32, history: Vec<Act>) -> Result<(), String> {
    let parted = bed.try_write(move |tx| {
        let play = Play::begin(tx, case)?;
        let mut model = Model::default();
        model.come(false, i64::MAX, "welcome".to_owned(), 100);
        for (number, act) in history.iter().enumerate() {
            model.act(act);
            let now = later(model.now);
            // Whether it said yes shows in what it left.
            let said = tx.savepoint(|tx| apply(tx, &play, act, now));
            let balance = ledger::balance(tx, &wallet(&play.who))?.expect("it is open");
            let friend = ledger::available(tx, &wallet(&play.friend))?.as_i64();
            let left = (balance.posted.as_i64(), balance.held.as_i64(), friend);
            let expected = (model.posted, model.held, model.friend);
            if left != expected {
                return Ok(Some(format!(
                    "act {number} said {said:?}, left {left:?}, not {expected:?}"
                )));
            }
        }
        Ok::<_, LedgerError>(play.differs(tx, &model.left(), &model.back())?)
    });
    match parted.map_err(|it| it.to_string())? {
        Some(parted) => Err(parted),
        None => bed.read(chain::check).first().map_or(Ok(()), |it| Err(it.to_string())),
    }
}

impl Model {
    /// What is left of grants, in the order in which they burn.
    fn left(&self) -> Vec<i64> {
        self.grants.values().copied().filter(|it| 0 < *it).collect()
    }

    /// What went back of payments, and what is owed for it.
    fn back(&self) -> Vec<(i64, i64)> {
        self.paid.values().map(|it| (it.refunded, it.owed)).collect()
    }
}

fn apply(tx: &mut Tx, play: &Play, act: &Act, now: domain::Millis) -> Result<(), LedgerError> {
    let who = play.who.as_str();
    match *act {
        Act::Clock(_) => Ok(()),
        Act::Killed(ref act) => {
            apply(tx, play, act, now)?;
            Err(LedgerError::Nothing("killed".to_owned()))
        }
        Act::Order(order) => acts::order(tx, play, order, now),
        Act::Pay(charge, order, times) => {
            (0..times).try_for_each(|_| acts::pay(tx, play, charge, order, now))
        }
        Act::Unpark(charge, order) => acts::unpark(tx, play, charge, order, now),
        Act::Ask(id, charge, minor, amount) => acts::ask(tx, play, id, charge, minor, amount, now),
        Act::Went(id) => acts::settle(tx, play, id, true, now),
        Act::Stayed(id) => acts::settle(tx, play, id, false, now),
        Act::Outside(id, charge, minor) => acts::outside(tx, play, id, charge, minor, now),
        Act::Gift(id, amount) => acts::gift(tx, play, id, amount, ENDS, now),
        Act::OpenGift(id) => acts::end_gift(tx, play, id, true, now),
        Act::ReturnGift(id) => acts::end_gift(tx, play, id, false, now),
        Act::Train(id) => story::order(tx, who, &play.name("t", id)).map(drop),
        Act::Deliver(id) => story::succeed(tx, who, &play.name("t", id)).map(drop),
        Act::Fail(id) => {
            let end = End::Failed(Fault::ProviderFailed);
            story::fail(tx, who, &play.name("t", id), end).map(drop)
        }
        Act::Promo(code) => {
            let grant = Grant {
                reference: &format!("promo:{}", play.name("p", code)),
                wallet: &wallet(who),
                credits: credits(10),
                kind: GrantKind::Bonus,
                reason: "a code",
                actor: "system",
                cause: Some("code"),
                expires_at: Some(later(ENDS)),
            };
            if acts::enter(tx, play, code, later(ENDS), now)? {
                ledger::grant(tx, &grant, now)?;
            }
            Ok(())
        }
        Act::Expire => {
            while 0 < ledger::expire_grants(tx, now, 100)? {}
            Ok(())
        }
    }
}
