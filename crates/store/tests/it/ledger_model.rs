//! The ledger against a model of it that is obviously right: any operations, in any order.

use std::collections::BTreeMap;

use domain::{Credits, HoldId};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use store::Tx;
use store::ledger::{self, Grant, GrantKind, LedgerError, Take};

use crate::bed::{self, Bed, NOW, later};

#[derive(Clone, Debug)]
enum Act {
    Grant { reference: u8, credits: i64, is_bonus: bool, expires: Option<i64> },
    Take { reference: u8, credits: i64 },
    Hold { id: u8, credits: i64 },
    Capture { id: u8, credits: i64 },
    Release { id: u8 },
    Expire,
}

/// The wallet as ten lines of arithmetic. Time is the number of the act.
#[derive(Default)]
struct Model {
    posted: i64,
    held: i64,
    holds: BTreeMap<u8, Option<i64>>,
    references: BTreeMap<(bool, u8), (i64, bool, Option<i64>)>,
    /// (bought, expiry, order) to what is left: in the order in which they burn.
    grants: BTreeMap<(bool, i64, usize), i64>,
}

impl Model {
    /// True: the ledger must do it (or have done it before); false: it must refuse.
    fn act(&mut self, act: &Act, now: usize) -> bool {
        match *act {
            Act::Grant { credits: 0, .. } | Act::Take { credits: 0, .. } => false,
            Act::Grant { reference, credits, is_bonus, expires } => {
                let content = (credits, is_bonus, expires);
                if let Some(booked) = self.references.get(&(true, reference)) {
                    return *booked == content;
                }
                self.references.insert((true, reference), content);
                self.posted += credits;
                self.grants.insert((!is_bonus, expires.unwrap_or(i64::MAX), now), credits);
                true
            }
            Act::Take { reference, credits } => {
                if let Some(booked) = self.references.get(&(false, reference)) {
                    return booked.0 == credits;
                }
                if self.posted - self.held < credits {
                    return false;
                }
                self.references.insert((false, reference), (credits, false, None));
                self.burn(credits)
            }
            Act::Hold { id, credits } => match self.holds.get(&id) {
                Some(open) => *open == Some(credits),
                None if self.posted - self.held < credits => false,
                None => {
                    self.holds.insert(id, Some(credits));
                    self.held += credits;
                    true
                }
            },
            Act::Capture { id, credits } => match self.holds.get(&id).copied().flatten() {
                Some(held) if credits <= held => {
                    self.holds.insert(id, None);
                    self.held -= held;
                    self.burn(credits)
                }
                _ => false,
            },
            Act::Release { id } => match self.holds.get(&id).copied().flatten() {
                Some(held) => {
                    self.holds.insert(id, None);
                    self.held -= held;
                    true
                }
                None => false,
            },
            Act::Expire => {
                let mut due: Vec<_> =
                    self.grants.keys().filter(|it| it.1 <= now as i64).copied().collect();
                due.sort_by_key(|it| it.1);
                for grant in due {
                    let part = self.grants[&grant].min(self.posted - self.held);
                    self.posted -= part;
                    self.grants.entry(grant).and_modify(|it| *it -= part);
                }
                true
            }
        }
    }

    fn burn(&mut self, credits: i64) -> bool {
        self.posted -= credits;
        let mut left = credits;
        for rest in self.grants.values_mut() {
            let part = left.min(*rest);
            *rest -= part;
            left -= part;
        }
        left == 0
    }
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let credits = 0..40_i64;
    let act = prop_oneof![
        3 => (0..12_u8, credits.clone(), any::<bool>(), prop::option::of(0..60_i64)).prop_map(
            |(reference, credits, is_bonus, expires)| Act::Grant {
                reference, credits, is_bonus, expires
            }
        ),
        2 => (0..8_u8, credits.clone())
            .prop_map(|(reference, credits)| Act::Take { reference, credits }),
        4 => (0..12_u8, credits.clone()).prop_map(|(id, credits)| Act::Hold { id, credits }),
        3 => (0..12_u8, credits).prop_map(|(id, credits)| Act::Capture { id, credits }),
        2 => (0..12_u8).prop_map(|id| Act::Release { id }),
        1 => Just(Act::Expire),
    ];
    prop::collection::vec(act, 1..60)
}

#[test]
fn any_operations_leave_what_the_model_says() {
    for bed in [Some(bed::sqlite()), bed::postgres()].into_iter().flatten() {
        // Its own wallet for each case, because a case is kept in the database.
        let case = std::cell::Cell::new(0);
        let config = Config { cases: 60, failure_persistence: None, ..Config::default() };
        let outcome = TestRunner::new(config).run(&acts(), |acts| {
            case.set(case.get() + 1);
            play(&bed, case.get(), acts).map_err(TestCaseError::fail)
        });
        if let Err(error) = outcome {
            panic!("on {}: {error}", bed.name);
        }
    }
}

/// Plays all acts in one decision, and says where the ledger and the model part.
fn play(bed: &Bed, case: u32, acts: Vec<Act>) -> Result<(), String> {
    let parted = bed.write(move |tx| {
        let wallet = format!("wallet:case:{case}");
        ledger::open_wallet(tx, &wallet, NOW)?;
        let mut model = Model::default();
        for (now, act) in acts.iter().enumerate() {
            let must = model.act(act, now);
            let did = tx.savepoint(|tx| apply(tx, case, &wallet, act, now));
            if did.is_ok() != must {
                return Ok(Some(format!("act {now} gave {did:?}")));
            }
            let balance = ledger::balance(tx, &wallet)?.expect("it is open");
            let told = (balance.posted.as_i64(), balance.held.as_i64());
            if told != (model.posted, model.held) {
                return Ok(Some(format!(
                    "act {now} left {told:?}, not {:?}",
                    (model.posted, model.held)
                )));
            }
        }
        let rest: Vec<i64> = tx
            .query(
                "SELECT remaining FROM grants WHERE wallet = $1 AND 0 < remaining
                 ORDER BY kind, CASE WHEN expires_at IS NULL THEN 1 ELSE 0 END, expires_at,
                          granted_at",
                &[&wallet],
            )?
            .iter()
            .map(|it| it.number(0))
            .collect::<Result<_, _>>()?;
        let expected: Vec<i64> = model.grants.values().copied().filter(|it| 0 < *it).collect();
        if rest != expected {
            return Ok(Some(format!("of the grants {rest:?} is left, not {expected:?}")));
        }
        Ok(ledger::audit(tx)?.first().map(ToString::to_string))
    });
    parted.map_or(Ok(()), Err)
}

fn apply(tx: &mut Tx, case: u32, wallet: &str, act: &Act, now: usize) -> Result<(), LedgerError> {
    let now = later(now as i64);
    let credits = |it: i64| Credits::new(it).expect("credits");
    let hold = |it: u8| HoldId::from_text(&format!("hld_{case}h{it}")).expect("a short name");
    match *act {
        Act::Grant { reference, credits: amount, is_bonus, expires } => {
            let grant = Grant {
                reference: &format!("grant:{case}:{reference}"),
                wallet,
                credits: credits(amount),
                kind: if is_bonus { GrantKind::Bonus } else { GrantKind::Bought },
                reason: "a test",
                actor: "tester",
                cause: None,
                expires_at: expires.map(later),
            };
            ledger::grant(tx, &grant, now).map(drop)
        }
        Act::Take { reference, credits: amount } => {
            let take = Take {
                reference: &format!("take:{case}:{reference}"),
                wallet,
                credits: credits(amount),
                reason: "a test",
                actor: "tester",
                cause: None,
            };
            ledger::take(tx, &take, now).map(drop)
        }
        Act::Hold { id, credits: amount } => {
            ledger::hold(tx, &hold(id), wallet, credits(amount), "trn_x", now)
        }
        Act::Capture { id, credits: amount } => {
            ledger::capture(tx, &hold(id), credits(amount), now).map(drop)
        }
        Act::Release { id } => ledger::release(tx, &hold(id), now).map(drop),
        Act::Expire => loop {
            if ledger::expire_grants(tx, now, 100)? == 0 {
                return Ok(());
            }
        },
    }
}
