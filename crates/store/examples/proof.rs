//! How long the proof of the books takes, and in how much memory.
//!
//! `cargo run --release -p store --example proof [TRANSFERS]`: a million by default, a hundred in
//! each wallet, every one with its hold; on SQLite and, where it is installed, on PostgreSQL.

use std::time::Instant;

use store::throwaway::{Disk, Server};
use store::{Db, StoreError, Tx, chain};

/// A hundred trainings' worth of books in each wallet, in as many rows as there were movements.
/// `$1` is the number of wallets.
const BOOKS: [&str; 4] = [
    "INSERT INTO accounts (id, posted, held, lines, opened_at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
     SELECT 'wallet:bot_b:usr_' || CAST(i AS TEXT), 901, 0, 100, 1 FROM n",
    "INSERT INTO transfers
        (reference, payer, payee, wallet, line, credits, kind, reason, actor, cause, at)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
     SELECT 'capture:hld_' || accounts.id || 'n' || CAST(i AS TEXT), accounts.id, 'platform:sales',
            accounts.id, i + 1, 1, 'spent', 'work delivered', 'system', 'trn_x', 1
     FROM accounts, n
     UNION ALL
     SELECT 'welcome:' || id, 'platform:bonus', id, id, 1, 1000, 'bonus', 'welcome', 'system',
            NULL, 1
     FROM accounts",
    "INSERT INTO grants (reference, wallet, kind, credits, remaining, granted_at)
     SELECT 'welcome:' || id, id, 'bonus', 1000, 901, 1 FROM accounts",
    "INSERT INTO holds (id, wallet, credits, state, captured, cause, opened_at, closed_at)
     SELECT SUBSTR(reference, 9), wallet, 1, 'captured', 1, 'trn_x', 1, 1
     FROM transfers WHERE kind = 'spent'",
];

fn main() {
    let transfers = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1_000_000);
    let folder = std::env::temp_dir().join(format!("proof-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    prove("SQLite", &folder.join("store.db").display().to_string(), transfers);
    drop(std::fs::remove_dir_all(&folder));
    if let Some(server) = Server::start(Disk::Fast) {
        // Writing a million rows in one statement takes longer than any of ours may.
        let address = format!("{}?options=-c%20statement_timeout%3D0", server.database());
        prove("PostgreSQL", &address, transfers);
    }
}

fn prove(name: &str, address: &str, transfers: i64) {
    let db = Db::open(address).expect("it opens");
    db.migrate().expect("it can be migrated");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let start = Instant::now();
    let written = runtime.block_on(db.write(move |tx| write_books(tx, transfers / 100)));
    written.expect("books");
    println!("{name}: {transfers} transfers written in {} ms", start.elapsed().as_millis());
    let start = Instant::now();
    let findings = runtime.block_on(db.read(chain::check)).expect("a proof");
    // The holds are for trainings that don't exist here: that rule must find the most it says.
    println!(
        "{name}: proved in {} ms, {} findings, at most {} MB resident in this process",
        start.elapsed().as_millis(),
        findings.len(),
        resident()
    );
}

fn write_books(tx: &mut Tx, wallets: i64) -> Result<(), StoreError> {
    for (at, sql) in BOOKS.into_iter().enumerate() {
        match at {
            0 => tx.execute(sql, &[&wallets])?,
            _ => tx.execute(sql, &[])?,
        };
    }
    Ok(())
}

fn resident() -> u64 {
    let all = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = all.lines().find(|it| it.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
}
