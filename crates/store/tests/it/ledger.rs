//! Plays of the ledger: one line is one decision, and what came of it.

use domain::{Credits, HoldId};
use store::ledger::{self, Booked, Grant, GrantKind, LedgerError, Take};
use store::{StoreError, Tx};

use crate::bed::{Bed, NOW, each, later, wallet};

/// Plays the same lines on each database and compares what is said.
fn check(play: &str, expected: &str) {
    each(|bed| {
        bed.write(|tx| ledger::open_wallet(tx, &wallet("a"), NOW));
        let said: Vec<_> = lines(play).map(|it| format!("{it}: {}", line(bed, it))).collect();
        let expected: Vec<_> = lines(expected).collect();
        assert_eq!(said, expected, "on {}", bed.name);
    });
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|it| !it.is_empty())
}

/// `at SECONDS` before a line says when it happens.
fn line(bed: &Bed, line: &str) -> String {
    let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let said = bed.try_write(move |tx| {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let (now, words) = match words.as_slice() {
            ["at", seconds, rest @ ..] => (later(seconds.parse().expect("seconds")), rest),
            rest => (NOW, rest),
        };
        act(tx, words, now)
    });
    let left = bed.read(|tx| ledger::available(tx, &wallet("a")));
    match said {
        Ok(said) => format!("{said}, {left} left"),
        Err(error) => format!("{error}, {left} left"),
    }
}

fn act(tx: &mut Tx, words: &[&str], now: domain::Millis) -> Result<String, LedgerError> {
    let wallet = wallet("a");
    let booked = |it: Booked| match it {
        Booked::Now => "ok".to_owned(),
        Booked::AlreadyThere => "already there".to_owned(),
    };
    Ok(match words {
        [kind @ ("gift" | "sell"), reference, credits, rest @ ..] => {
            let kind = if *kind == "gift" { GrantKind::Bonus } else { GrantKind::Bought };
            let expires_at = rest.first().map(|it| later(it.parse().expect("seconds")));
            let grant = Grant {
                reference,
                wallet: &wallet,
                credits: number(credits),
                kind,
                reason: "a test",
                actor: "tester",
                cause: None,
                expires_at,
            };
            booked(ledger::grant(tx, &grant, now)?)
        }
        ["take", reference, credits] => {
            let take = Take {
                reference,
                wallet: &wallet,
                credits: number(credits),
                reason: "a test",
                actor: "tester",
                cause: None,
            };
            booked(ledger::take(tx, &take, now)?)
        }
        ["hold", id, credits] => {
            ledger::hold(tx, &hold(id), &wallet, number(credits), "trn_x", now)?;
            "ok".to_owned()
        }
        ["capture", id, credits] => {
            let it = ledger::capture(tx, &hold(id), number(credits), now)?;
            format!("charged {}, returned {}", it.charged, it.returned)
        }
        ["release", id] => format!("returned {}", ledger::release(tx, &hold(id), now)?),
        ["expire"] => format!("{} expired", ledger::expire_grants(tx, now, 100)?),
        ["statement"] => {
            let lines = ledger::statement(tx, &wallet, None, 100)?;
            let lines = lines.iter().map(|it| {
                let sign = if it.kind.adds() { '+' } else { '-' };
                format!("{} {sign}{}", it.kind.as_str(), it.credits)
            });
            lines.collect::<Vec<_>>().join(" | ")
        }
        ["grants"] => {
            let rows = tx.query(
                "SELECT reference, remaining FROM grants WHERE 0 < remaining ORDER BY reference",
                &[],
            )?;
            let rows = rows.iter().map(|it| Ok(format!("{}={}", it.text(0)?, it.number(1)?)));
            rows.collect::<Result<Vec<_>, StoreError>>()?.join(" ")
        }
        _ => panic!("no such line: {words:?}"),
    })
}

fn number(text: &str) -> Credits {
    Credits::new(text.parse().expect("a number")).expect("credits")
}

fn hold(name: &str) -> HoldId {
    HoldId::from_text(&format!("hld_{name}")).expect("a short name")
}

#[test]
fn a_hold_is_spent_or_given_back_once() {
    check(
        "gift g1 100
         hold a 60
         hold b 60
         capture a 60
         capture a 60
         release a
         release b",
        "gift g1 100: ok, 100 left
         hold a 60: ok, 40 left
         hold b 60: needs 60, has 40, 40 left
         capture a 60: charged 60, returned 0, 40 left
         capture a 60: hold hld_a is not open: it is captured, 40 left
         release a: hold hld_a is not open: it is captured, 40 left
         release b: hold hld_b does not exist, 40 left",
    );
}

#[test]
fn what_is_not_captured_goes_back_in_the_same_movement() {
    check(
        "gift g1 100
         hold a 60
         capture a 45
         hold b 55
         capture b 56
         capture b 0",
        "gift g1 100: ok, 100 left
         hold a 60: ok, 40 left
         capture a 45: charged 45, returned 15, 55 left
         hold b 55: ok, 0 left
         capture b 56: hold hld_b is of 55, not 56, 0 left
         capture b 0: charged 0, returned 55, 55 left",
    );
}

#[test]
fn a_repeated_booking_finds_itself() {
    check(
        "gift g1 100
         gift g1 100
         gift g1 99
         sell g1 100
         gift g1 100 60
         take t1 30
         take t1 30
         take t1 31
         take g1 100
         hold a 70
         hold a 70
         hold a 69
         take t1 30
         release a
         hold a 70",
        "gift g1 100: ok, 100 left
         gift g1 100: already there, 100 left
         gift g1 99: `g1` was booked before, with other content, 100 left
         sell g1 100: `g1` was booked before, with other content, 100 left
         gift g1 100 60: `g1` was booked before, with other content, 100 left
         take t1 30: ok, 70 left
         take t1 30: already there, 70 left
         take t1 31: `t1` was booked before, with other content, 70 left
         take g1 100: `g1` was booked before, with other content, 70 left
         hold a 70: ok, 0 left
         hold a 70: ok, 0 left
         hold a 69: `hld_a` was booked before, with other content, 0 left
         take t1 30: already there, 0 left
         release a: returned 70, 70 left
         hold a 70: hold hld_a is not open: it is released, 70 left",
    );
}

#[test]
fn nothing_is_taken_that_is_not_free() {
    check(
        "take t1 1
         gift g1 10
         hold a 8
         take t2 3
         take t3 2
         take t4 0
         gift g2 0",
        "take t1 1: needs 1, has 0, 0 left
         gift g1 10: ok, 10 left
         hold a 8: ok, 2 left
         take t2 3: needs 3, has 2, 2 left
         take t3 2: ok, 0 left
         take t4 0: no credits are moved by `t4`, 0 left
         gift g2 0: no credits are moved by `g2`, 0 left",
    );
}

#[test]
fn work_that_costs_nothing_leaves_the_same_records() {
    check(
        "hold a 0
         capture a 0
         hold b 0
         release b
         release b",
        "hold a 0: ok, 0 left
         capture a 0: charged 0, returned 0, 0 left
         hold b 0: ok, 0 left
         release b: returned 0, 0 left
         release b: hold hld_b is not open: it is released, 0 left",
    );
}

#[test]
fn bonus_burns_before_bought_and_what_runs_out_soonest_first() {
    check(
        "sell s1 10
         sell s2 10 500
         gift g1 10
         gift g2 10 900
         gift g3 10 300
         hold a 25
         capture a 25
         grants
         hold b 20
         capture b 8
         grants
         take t1 5
         grants",
        "sell s1 10: ok, 10 left
         sell s2 10 500: ok, 20 left
         gift g1 10: ok, 30 left
         gift g2 10 900: ok, 40 left
         gift g3 10 300: ok, 50 left
         hold a 25: ok, 25 left
         capture a 25: charged 25, returned 0, 25 left
         grants: g1=5 s1=10 s2=10, 25 left
         hold b 20: ok, 5 left
         capture b 8: charged 8, returned 12, 17 left
         grants: s1=10 s2=7, 17 left
         take t1 5: ok, 12 left
         grants: s1=10 s2=2, 12 left",
    );
}

#[test]
fn grants_run_out_but_not_while_they_are_held() {
    check(
        "gift g1 60 100
         gift g2 40
         hold a 50
         at 99 expire
         at 100 expire
         at 100 expire
         grants
         at 101 release a
         at 101 expire
         at 101 expire
         grants",
        "gift g1 60 100: ok, 60 left
         gift g2 40: ok, 100 left
         hold a 50: ok, 50 left
         at 99 expire: 0 expired, 50 left
         at 100 expire: 1 expired, 0 left
         at 100 expire: 0 expired, 0 left
         grants: g1=10 g2=40, 0 left
         at 101 release a: returned 50, 50 left
         at 101 expire: 1 expired, 40 left
         at 101 expire: 0 expired, 40 left
         grants: g2=40, 40 left",
    );
}

#[test]
fn f90_a_clock_that_goes_back_expires_nothing_twice() {
    check(
        "gift g1 60 100
         at 500 expire
         at 50 expire
         at 500 expire
         at 50 gift g2 5 100
         at 90 expire
         at 20 hold a 5
         at 10 capture a 5
         statement",
        "gift g1 60 100: ok, 60 left
         at 500 expire: 1 expired, 0 left
         at 50 expire: 0 expired, 0 left
         at 500 expire: 0 expired, 0 left
         at 50 gift g2 5 100: ok, 5 left
         at 90 expire: 0 expired, 5 left
         at 20 hold a 5: ok, 0 left
         at 10 capture a 5: charged 5, returned 0, 0 left
         statement: spent -5 | bonus +5 | expired -60 | bonus +60, 0 left",
    );
}

#[test]
fn a_statement_shows_open_holds_and_every_movement() {
    check(
        "gift g1 100
         hold a 10
         capture a 10
         hold b 20
         take t1 5
         hold c 30
         release c
         statement",
        "gift g1 100: ok, 100 left
         hold a 10: ok, 90 left
         capture a 10: charged 10, returned 0, 90 left
         hold b 20: ok, 70 left
         take t1 5: ok, 65 left
         hold c 30: ok, 35 left
         release c: returned 30, 65 left
         statement: held -20 | taken -5 | spent -10 | bonus +100, 65 left",
    );
}

#[test]
fn a_wallet_that_is_not_open_takes_nothing() {
    each(|bed| {
        let none = wallet("nobody");
        let said =
            bed.try_write(move |tx| ledger::hold(tx, &hold("a"), &none, number("1"), "trn_x", NOW));
        assert_eq!(said, Err(LedgerError::NoWallet(wallet("nobody"))));
        let said = bed.try_write(|tx| gift(tx, "g", "nobody", 5));
        assert_eq!(said, Err(LedgerError::NoWallet(wallet("nobody"))));
    });
}

#[test]
fn f21_of_100_parallel_spends_with_credits_for_7_exactly_7_succeed() {
    each(|bed| {
        bed.try_write(|tx| gift(tx, "g", "a", 70)).expect("a gift");
        let outcomes = bed.race(100, |tx, number| {
            let id = hold(&format!("h{number}"));
            ledger::hold(tx, &id, &wallet("a"), credits(10), "trn_x", NOW)?;
            ledger::capture(tx, &id, credits(10), NOW)
        });
        let paid = outcomes.iter().filter(|it| it.is_ok()).count();
        assert_eq!(paid, 7, "on {}", bed.name);
        let short = LedgerError::Short { need: credits(10), have: credits(0) };
        let refused = outcomes.iter().filter(|it| it.as_ref() == Err(&short)).count();
        assert_eq!(refused, 93, "on {}", bed.name);
        assert_eq!(bed.read(|tx| ledger::platform(tx, ledger::SALES)), 70);
    });
}

#[test]
fn f22_a_failure_reported_by_everybody_at_once_is_released_once() {
    each(|bed| {
        bed.try_write(|tx| {
            gift(tx, "g", "a", 70)?;
            ledger::hold(tx, &hold("a"), &wallet("a"), credits(50), "trn_x", NOW)
        })
        .expect("a hold");
        let outcomes = bed.race(20, |tx, number| match number % 4 {
            3 => ledger::capture(tx, &hold("a"), credits(50), NOW).map(|it| it.charged),
            _ => ledger::release(tx, &hold("a"), NOW),
        });
        let closed = outcomes.iter().filter(|it| it.is_ok()).count();
        assert_eq!(closed, 1, "on {}: {outcomes:?}", bed.name);
        let balance = bed.read(|tx| ledger::balance(tx, &wallet("a"))).expect("a wallet");
        assert_eq!(balance.held, Credits::ZERO);
    });
}

#[test]
fn f33_a_grant_that_is_used_in_parallel_comes_once() {
    each(|bed| {
        bed.write(|tx| ledger::open_wallet(tx, &wallet("a"), NOW));
        let outcomes = bed.race(50, |tx, _| gift(tx, "promo:once", "a", 5));
        let now = outcomes.iter().filter(|it| **it == Ok(Booked::Now)).count();
        assert_eq!(now, 1, "on {}: {outcomes:?}", bed.name);
        assert!(outcomes.iter().all(Result::is_ok), "on {}: {outcomes:?}", bed.name);
        assert_eq!(bed.read(|tx| ledger::available(tx, &wallet("a"))), credits(5));
    });
}

#[test]
fn holds_captures_and_takes_of_racing_threads_add_up() {
    each(|bed| {
        bed.try_write(|tx| {
            gift(tx, "g1", "a", 40)?;
            sell_until(tx, "s1", "a", 60, 50)
        })
        .expect("credits");
        bed.race(90, |tx, number| match number % 3 {
            0 => {
                let id = hold(&format!("h{number}"));
                ledger::hold(tx, &id, &wallet("a"), credits(7), "trn_x", NOW)?;
                ledger::capture(tx, &id, credits(i64::from(number) % 8), NOW).map(drop)
            }
            1 => ledger::expire_grants(tx, later(50), 1).map(drop),
            _ => {
                let take = Take {
                    reference: &format!("t{}", number / 6),
                    wallet: &wallet("a"),
                    credits: credits(1),
                    reason: "a test",
                    actor: "tester",
                    cause: None,
                };
                ledger::take(tx, &take, NOW).map(drop)
            }
        });
        let left = bed.read(|tx| ledger::balance(tx, &wallet("a"))).expect("a wallet");
        assert_eq!(left.held, Credits::ZERO, "on {}", bed.name);
    });
}

#[test]
fn f30_totals_are_right_after_3000_operations() {
    each(|bed| {
        bed.try_write(|tx| {
            ledger::open_wallet(tx, &wallet("a"), NOW)?;
            for number in 0..1_000 {
                gift(tx, &format!("g{number}"), "a", 3)?;
                let id = hold(&format!("h{number}"));
                ledger::hold(tx, &id, &wallet("a"), credits(2), "trn_x", NOW)?;
                ledger::capture(tx, &id, credits(2), NOW)?;
            }
            Ok::<_, LedgerError>(())
        })
        .expect("it goes through");
        let (balance, pages) = bed.read(|tx| {
            let mut pages = Vec::new();
            let mut before = None;
            loop {
                let page = ledger::statement(tx, &wallet("a"), before, 300)?;
                let Some(last) = page.last() else { break };
                before = last.number;
                pages.extend(page);
            }
            Ok((ledger::balance(tx, &wallet("a"))?, pages))
        });
        assert_eq!(balance.map(|it| it.posted), Some(credits(1_000)));
        assert_eq!(pages.len(), 2_000);
        let sum: i64 = pages
            .iter()
            .map(|it| if it.kind.adds() { it.credits.as_i64() } else { -it.credits.as_i64() })
            .sum();
        assert_eq!(sum, 1_000, "the lines of the statement add up to the balance");
    });
}

/// Each way to falsify the books, and the rule that notices.
#[test]
fn the_audit_notices_what_was_changed_by_hand() {
    let forgeries: &[(&'static str, &str)] = &[
        ("UPDATE accounts SET posted = posted + 1", "a wallet has what came in less what went out"),
        ("UPDATE accounts SET held = held - 1", "what is held is the sum of open holds"),
        ("UPDATE transfers SET credits = 3 WHERE kind = 'spent'", "a hold is charged by one"),
        ("UPDATE transfers SET cause = 'trn_y' WHERE kind = 'spent'", "a hold is charged by one"),
        ("UPDATE holds SET state = 'released' WHERE id = 'hld_a'", "a hold is charged by one"),
        ("UPDATE holds SET closed_at = 1 WHERE state = 'open'", "a hold is charged by one"),
        ("DELETE FROM transfers WHERE kind = 'spent'", "no line of a statement is missing"),
        ("UPDATE grants SET remaining = 5", "what is left of grants is what the wallet has"),
        ("DELETE FROM holds WHERE id = 'hld_a'", "credits are spent only by a hold"),
        ("UPDATE grants SET kind = 'bought'", "credits come by a grant of the same amount"),
        ("UPDATE accounts SET posted = posted + 1", "all accounts together hold nothing"),
    ];
    for bed in [Some(crate::bed::sqlite()), crate::bed::postgres()].into_iter().flatten() {
        bed.try_write(|tx| {
            gift(tx, "g1", "a", 20)?;
            ledger::hold(tx, &hold("a"), &wallet("a"), credits(5), "trn_x", NOW)?;
            ledger::capture(tx, &hold("a"), credits(5), NOW)?;
            ledger::hold(tx, &hold("b"), &wallet("a"), credits(5), "trn_z", NOW)
        })
        .expect("books to forge");
        for (forgery, rule) in forgeries {
            let found = bed.try_write(|tx| {
                tx.execute(forgery, &[])?;
                let found = ledger::audit(tx)?;
                Err::<(), _>(Seen::Findings(found.iter().map(ToString::to_string).collect()))
            });
            let Err(Seen::Findings(found)) = found else { panic!("{found:?}") };
            assert!(
                found.iter().any(|it| it.contains(rule)),
                "on {}: {forgery} was not noticed by `{rule}` but {found:#?}",
                bed.name
            );
        }
        assert_eq!(bed.read(ledger::audit), []);
    }
}

/// A way out of a decision that must not be kept.
#[derive(Debug)]
enum Seen {
    Findings(Vec<String>),
    Store(#[expect(dead_code, reason = "it is printed when a test fails")] StoreError),
}

impl From<StoreError> for Seen {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

pub fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("credits")
}

/// Opens the wallet and puts bonus credits into it.
pub fn gift(tx: &mut Tx, reference: &str, who: &str, amount: i64) -> Result<Booked, LedgerError> {
    if who != "nobody" {
        ledger::open_wallet(tx, &wallet(who), NOW)?;
    }
    let grant = Grant {
        reference,
        wallet: &wallet(who),
        credits: credits(amount),
        kind: GrantKind::Bonus,
        reason: "a test",
        actor: "tester",
        cause: Some(&format!("usr_{who}")),
        expires_at: None,
    };
    ledger::grant(tx, &grant, NOW)
}

fn sell_until(
    tx: &mut Tx,
    reference: &str,
    who: &str,
    amount: i64,
    seconds: i64,
) -> Result<Booked, LedgerError> {
    let grant = Grant {
        reference,
        wallet: &wallet(who),
        credits: credits(amount),
        kind: GrantKind::Bought,
        reason: "a test",
        actor: "tester",
        cause: None,
        expires_at: Some(later(seconds)),
    };
    ledger::grant(tx, &grant, NOW)
}
