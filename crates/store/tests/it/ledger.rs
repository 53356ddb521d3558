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
