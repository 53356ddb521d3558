//! What is measured: the statements, whoever runs them, and the names of what they touch.

use std::sync::atomic::{AtomicI64, Ordering};

/// As many people as a small bot has in a day, so that rows are met again.
pub const PEOPLE: i64 = 1_000;

/// Remember the update, read the chat and the wallet, move the chat if nobody did; then commit.
pub const REMEMBER: &str =
    "INSERT INTO updates (bot_id, update_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub const CHAT: &str = "SELECT place, version, menu_message FROM chats WHERE id = $1";
pub const WALLET: &str = "SELECT posted, held FROM accounts WHERE id = $1";
pub const MOVE: &str = "UPDATE chats SET place = $1, version = version + 1, updated_at = $2
     WHERE id = $3 AND version = $4";

/// The statements of `ledger::hold`.
pub const HOLD: [&str; 2] = [
    "UPDATE accounts SET held = held + $1 WHERE id = $2 AND posted - held >= $1",
    "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at)
     VALUES ($1, $2, $3, 'open', 0, $4, $5) ON CONFLICT (id) DO NOTHING",
];

/// The statements of `ledger::capture`.
pub const CAPTURE: [&str; 5] = [
    "UPDATE holds SET state = 'captured', captured = $1, closed_at = $2
     WHERE id = $3 AND state = 'open' AND credits >= $1 RETURNING wallet, credits, cause",
    "UPDATE accounts SET posted = posted - $1, held = held - $2, lines = lines + 1
     WHERE id = $3 RETURNING lines",
    "INSERT INTO transfers
        (reference, payer, payee, wallet, line, credits, kind, reason, actor, cause, at)
     VALUES ($1, $2, 'platform:sales', $2, $3, $4, 'spent', 'work delivered', 'system', $5, $6)
     ON CONFLICT (reference) DO NOTHING",
    "SELECT reference, remaining FROM grants WHERE wallet = $1 AND 0 < remaining
     ORDER BY kind, CASE WHEN expires_at IS NULL THEN 1 ELSE 0 END, expires_at, granted_at,
              reference",
    "UPDATE grants SET remaining = remaining - $1 WHERE reference = $2 AND remaining >= $1",
];

pub const PLACE: &str = "{\"Generate\":{\"AskPrompt\":{\"preset\":\"studio-photo\"}}}";

/// A number that no one had before, over all rounds.
pub fn next() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

pub fn chat(person: i64) -> String {
    format!("cht_p{person}")
}

pub fn wallet(person: i64) -> String {
    format!("wallet:bot_b:usr_p{person}")
}

pub fn hold(number: i64) -> String {
    format!("hld_n{number}")
}
