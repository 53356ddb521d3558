//! How long the proof of the books takes, and in how much memory.
//!
//! `cargo run --release -p store --example proof [TRANSFERS]`: a million by default, a hundred in
//! each wallet, with the orders, payments, refunds, trainings and gifts that they come from; on
//! SQLite and, where it is installed, on PostgreSQL.

mod books;

use std::time::Instant;

use store::throwaway::{Disk, Server};
use store::{Backend, Db, StoreError, Tx, chain};

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
    let written = runtime.block_on(db.write(move |tx| books::write(tx, transfers / 100)));
    written.expect("books");
    println!("{name}: {transfers} transfers written in {} ms", start.elapsed().as_millis());
    let before = resident("self");
    let start = Instant::now();
    let (findings, server) = runtime.block_on(db.read(prove_in)).expect("a proof");
    println!(
        "{name}: proved in {} ms, {} findings; resident at most {} MB here ({before} MB before){}",
        start.elapsed().as_millis(),
        findings.len(),
        resident("self"),
        server.map_or_else(String::new, |it| format!(", {it} MB in the server's process")),
    );
    for finding in findings.iter().take(3) {
        println!("  {finding}");
    }
}

/// The proof, and the most memory that the server's side of the connection ever had.
fn prove_in(tx: &mut Tx) -> Result<(Vec<store::ledger::Finding>, Option<u64>), StoreError> {
    let findings = chain::check(tx)?;
    let server = match tx.backend() {
        Backend::Sqlite => None,
        Backend::Postgres => {
            let pid = tx.one("SELECT pg_backend_pid()", &[])?.number(0)?;
            Some(resident(&pid.to_string()))
        }
    };
    Ok((findings, server))
}

/// The most memory that a process ever had, in megabytes.
fn resident(process: &str) -> u64 {
    let all = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = all.lines().find(|it| it.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|it| it.parse::<u64>().ok()).unwrap_or(0) / 1024
}
