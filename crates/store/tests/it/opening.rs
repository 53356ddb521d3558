//! Opening, migrating, losing and finding a database.

use store::throwaway::{Disk, Server};
use store::{Db, StoreError, updates};

use crate::bed::{self, NOW, bot};

fn beds() -> impl Iterator<Item = bed::Bed> {
    [Some(bed::sqlite()), bed::postgres()].into_iter().flatten()
}

fn refused(address: &str) -> String {
    match Db::open(address) {
        Ok(_) => panic!("{address} must not open"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_cannot_be_opened_is_told_in_one_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = folder.path().join("no/such/folder/store.db");
    let said = refused(&format!("sqlite:{}", missing.display()));
    assert!(
        said.starts_with("opening the database /") && said.contains("unable to open"),
        "{said}"
    );
    assert!(!said.contains('\n'), "{said}");

    let said = refused(&folder.path().display().to_string());
    assert!(said.contains("unable to open"), "{said}");

    let letter = folder.path().join("letter.txt");
    std::fs::write(&letter, "Dear Anna, this is not a database. ".repeat(100)).expect("written");
    let said = refused(&letter.display().to_string());
    assert!(said.contains("not a database"), "{said}");

    let said = refused("mysql://root:secret@host/db");
    assert_eq!(said, "`mysql` is not a database address (sqlite:PATH or postgres://…)");
    for wrong in ["", "sqlite:", "sqlite::memory:"] {
        assert!(refused(wrong).contains("is not a database address"), "{wrong}");
    }
}

#[test]
fn f84_an_error_never_holds_the_password() {
    for address in [
        "postgres://anna:secret@127.0.0.1:1/x",
        "postgres://anna:secret@127.0.0.1:notaport/x",
        "postgresql://anna:secret@[::1/x?bad=secret",
    ] {
        let said = refused(address);
        assert!(!said.contains("secret") && !said.contains('\n'), "{said}");
    }
}

#[test]
fn migrating_again_and_all_at_once_is_harmless() {
    for bed in beds() {
        bed.db.migrate().expect("again");
        let empty = match bed.name {
            "SQLite" => format!("{}-2", bed.address),
            _ => store::throwaway::server().expect("it is there").database(),
        };
        let db = Db::open(&empty).expect("it opens");
        assert_eq!(bed.runtime.block_on(db.version()), Ok(0), "nothing is there yet");
        let processes: Vec<_> = (0..6)
            .map(|_| {
                let address = empty.clone();
                std::thread::spawn(move || Db::open(&address)?.migrate())
            })
            .collect();
        for process in processes {
            assert_eq!(process.join().expect("no panic"), Ok(()), "on {}", bed.name);
        }
        assert_eq!(bed.runtime.block_on(db.version()), Ok(Db::known_version()));
    }
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    for bed in beds() {
        bed.write(|tx| {
            tx.execute(
                "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                 VALUES (99, 'later', '2030-01-01T00:00:00Z', '1')",
                &[],
            )
        });
        let newer = StoreError::Newer { found: 99, known: Db::known_version() };
        assert_eq!(bed.db.migrate(), Err(newer.clone()), "on {}", bed.name);
        assert_eq!(bed.runtime.block_on(bed.db.version()), Err(newer), "on {}", bed.name);
    }
}

#[test]
fn a_migration_that_was_changed_afterwards_is_noticed() {
    for bed in beds() {
        bed.write(|tx| tx.execute("UPDATE refinery_schema_history SET checksum = '1'", &[]));
        let changed = StoreError::Changed { version: 1, name: "base".to_owned() };
        assert_eq!(bed.db.migrate(), Err(changed), "on {}", bed.name);
    }
}

/// Money and moments are whole numbers everywhere, because there is no other column.
#[test]
fn f31_there_are_two_types_of_column_and_no_fractions() {
    let schema = include_str!("../../migrations/V1__base.sql");
    for line in schema.lines().map(str::trim) {
        let Some(first) = line.chars().next() else { continue };
        let is_column = first.is_ascii_lowercase();
        let kind = line.split_whitespace().nth(1).unwrap_or_default().trim_end_matches(',');
        assert!(
            !is_column || ["TEXT", "BIGINT"].contains(&kind),
            "a column of another type: {line}"
        );
    }
}

#[test]
fn f29_a_restarted_server_is_found_again_and_an_absent_one_is_an_error() {
    let Some(mut server) = Server::start(Disk::Safe) else { return };
    let address = server.database();
    let db = Db::open(&address).expect("it opens");
    db.migrate().expect("it can be migrated");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let remember = |number: i64| db.write(move |tx| updates::remember(tx, &bot("b"), number, NOW));
    assert_eq!(runtime.block_on(remember(1)), Ok(true));
    assert_eq!(runtime.block_on(db.read(|tx| updates::last(tx, &bot("b")))), Ok(Some(1)));

    server.crash();
    // The first waits a while for it to come back; once that was in vain, the others hear at once.
    for number in 2..40 {
        let said = runtime.block_on(remember(number));
        assert!(matches!(said, Err(StoreError::Unavailable(_))), "{said:?}");
    }
    let said = runtime.block_on(db.read(|tx| updates::last(tx, &bot("b"))));
    assert!(matches!(said, Err(StoreError::Unavailable(_))), "never an empty answer: {said:?}");
    assert!(runtime.block_on(db.health()).is_err());

    server.resume();
    assert_eq!(runtime.block_on(remember(50)), Ok(true));
    let last = runtime.block_on(db.read(|tx| updates::last(tx, &bot("b"))));
    assert_eq!(last, Ok(Some(50)));
    runtime.block_on(db.health()).expect("healthy");
}

#[test]
fn a_server_that_is_being_restarted_is_waited_for() {
    let Some(mut server) = Server::start(Disk::Safe) else { return };
    let db = Db::open(&server.database()).expect("it opens");
    db.migrate().expect("it can be migrated");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let remember = |number: i64| {
        let db = db.clone();
        async move { db.write(move |tx| updates::remember(tx, &bot("b"), number, NOW)).await }
    };
    assert_eq!(runtime.block_on(remember(1)), Ok(true));
    server.crash();
    let waiting = runtime.spawn(remember(2));
    server.resume();
    assert_eq!(runtime.block_on(waiting).expect("no panic"), Ok(true));
}
