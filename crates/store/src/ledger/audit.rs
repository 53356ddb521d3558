//! The proof of the books: what must be true of them at every moment, asked of the database.

use crate::{StoreError, Tx};

/// One broken chain: which rule, whose, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: &'static str,
    /// Ids, from the outside in, joined by arrows.
    pub chain: String,
    pub found: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}: {} ({})", self.chain, self.rule, self.found)
    }
}

/// Each rule names this many chains at most; the first ones lead to the cause as well as all.
pub const FINDINGS_MAX: u32 = 100;

/// A rule and the statement that finds what breaks it: rows of (chain, found).
pub(crate) struct Rule {
    pub(crate) says: &'static str,
    pub(crate) broken_by: &'static str,
}

const RULES: [Rule; 9] = [
    Rule {
        says: "a wallet has what came in less what went out",
        broken_by: "
            SELECT accounts.id,
                   'posted ' || CAST(accounts.posted AS TEXT) || ', transfers '
                   || CAST(COALESCE(moved.credits, 0) AS TEXT)
            FROM accounts LEFT JOIN (
                SELECT wallet,
                       CAST(SUM(CASE WHEN payee = wallet THEN credits ELSE 0 - credits END)
                            AS BIGINT) AS credits
                FROM transfers GROUP BY wallet
            ) AS moved ON moved.wallet = accounts.id
            WHERE accounts.posted <> COALESCE(moved.credits, 0)
            ORDER BY accounts.id LIMIT $1",
    },
    Rule {
        says: "no line of a statement is missing",
        broken_by: "
            SELECT accounts.id,
                   'lines ' || CAST(accounts.lines AS TEXT) || ', transfers '
                   || CAST(COALESCE(moved.count, 0) AS TEXT)
            FROM accounts LEFT JOIN (
                SELECT wallet, COUNT(*) AS count FROM transfers GROUP BY wallet
            ) AS moved ON moved.wallet = accounts.id
            WHERE accounts.lines <> COALESCE(moved.count, 0)
            ORDER BY accounts.id LIMIT $1",
    },
    Rule {
        says: "all accounts together hold nothing",
        broken_by: "
            SELECT 'all accounts', 'sum ' || CAST(whole.credits AS TEXT) FROM (
                SELECT CAST(
                    (SELECT COALESCE(SUM(posted), 0) FROM accounts)
                    + (SELECT COALESCE(SUM(
                          CASE WHEN payee = wallet THEN 0 - credits ELSE credits END), 0)
                       FROM transfers) AS BIGINT) AS credits
            ) AS whole WHERE whole.credits <> 0 LIMIT $1",
    },
    Rule {
        says: "what is held is the sum of open holds",
        broken_by: "
            SELECT accounts.id,
                   'held ' || CAST(accounts.held AS TEXT) || ', holds '
                   || CAST(COALESCE(open.credits, 0) AS TEXT)
            FROM accounts LEFT JOIN (
                SELECT wallet, CAST(SUM(credits) AS BIGINT) AS credits
                FROM holds WHERE state = 'open' GROUP BY wallet
            ) AS open ON open.wallet = accounts.id
            WHERE accounts.held <> COALESCE(open.credits, 0)
            ORDER BY accounts.id LIMIT $1",
    },
    Rule {
        says: "what is left of grants is what the wallet has",
        broken_by: "
            SELECT accounts.id,
                   'posted ' || CAST(accounts.posted AS TEXT) || ', grants '
                   || CAST(COALESCE(rest.credits, 0) AS TEXT)
            FROM accounts LEFT JOIN (
                SELECT wallet, CAST(SUM(remaining) AS BIGINT) AS credits
                FROM grants WHERE 0 < remaining GROUP BY wallet
            ) AS rest ON rest.wallet = accounts.id
            WHERE accounts.posted <> COALESCE(rest.credits, 0)
            ORDER BY accounts.id LIMIT $1",
    },
    Rule {
        says: "a hold is charged by one transfer of its amount, and only if captured",
        broken_by: "
            SELECT holds.wallet || ' -> ' || holds.id,
                   holds.state || ' for ' || CAST(holds.captured AS TEXT) || ', transfer '
                   || COALESCE(CAST(transfers.credits AS TEXT), 'none')
            FROM holds LEFT JOIN transfers ON transfers.reference = 'capture:' || holds.id
            WHERE COALESCE(transfers.credits, 0) <> holds.captured
               OR (holds.state <> 'captured' AND transfers.reference IS NOT NULL)
               OR transfers.payer <> holds.wallet
               OR transfers.reference IS NOT NULL AND COALESCE(transfers.cause, '') <> holds.cause
               OR transfers.kind NOT IN ('spent', 'taken')
               OR (holds.state = 'open') <> (holds.closed_at IS NULL)
            ORDER BY holds.id LIMIT $1",
    },
    Rule {
        says: "credits are spent only by a hold",
        broken_by: "
            SELECT transfers.wallet || ' -> ' || transfers.reference,
                   CAST(transfers.credits AS TEXT) || ' spent'
            FROM transfers LEFT JOIN holds
                ON holds.id = SUBSTR(transfers.reference, 9)
                AND transfers.reference = 'capture:' || holds.id
            WHERE transfers.kind = 'spent' AND holds.id IS NULL
            ORDER BY transfers.reference LIMIT $1",
    },
    Rule {
        says: "credits come by a grant of the same amount",
        broken_by: "
            SELECT transfers.wallet || ' -> ' || transfers.reference,
                   CAST(transfers.credits AS TEXT) || ' came, grant '
                   || COALESCE(CAST(grants.credits AS TEXT), 'none')
            FROM transfers LEFT JOIN grants ON grants.reference = transfers.reference
            WHERE transfers.payee = transfers.wallet
              AND (grants.reference IS NULL OR grants.credits <> transfers.credits
                   OR grants.wallet <> transfers.wallet OR grants.kind <> transfers.kind)
            ORDER BY transfers.reference LIMIT $1",
    },
    Rule {
        says: "nothing is negative and every movement has a reason",
        broken_by: "
            SELECT id, 'posted ' || CAST(posted AS TEXT) || ', held ' || CAST(held AS TEXT)
            FROM accounts WHERE posted < 0 OR held < 0 OR posted < held
            UNION ALL
            SELECT reference, 'reason and actor missing' FROM transfers
            WHERE reason = '' OR actor = '' OR credits <= 0
            LIMIT $1",
    },
];

/// Looks for whatever contradicts the books. Nothing is the proof that they are right.
pub fn audit(tx: &mut Tx) -> Result<Vec<Finding>, StoreError> {
    check_rules(tx, &RULES)
}

pub(crate) fn check_rules(tx: &mut Tx, rules: &'static [Rule]) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for rule in rules {
        for row in tx.query(rule.broken_by, &[&FINDINGS_MAX])? {
            findings.push(Finding { rule: rule.says, chain: row.text(0)?, found: row.text(1)? });
        }
    }
    Ok(findings)
}
