//! Databases of PostgreSQL that worlds hand on to each other, emptied. A new one costs a second of
//! processor time: to be made, to be migrated, and for a dozen connections that know nothing yet.

use std::sync::{Mutex, OnceLock};

use store::{Db, StoreError, throwaway};

/// A database, and where it is.
pub struct Kept {
    pub db: Db,
    pub address: String,
}

static SHELF: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// One with every table, and nothing in them.
pub async fn take() -> Kept {
    loop {
        let kept = SHELF.lock().expect("nothing panics under this lock").pop();
        let Some(kept) = kept else { return make() };
        // One that was taken away from its world stays away.
        if empty(&kept.db).await.is_ok() {
            return kept;
        }
    }
}

pub fn put_back(kept: Kept) {
    SHELF.lock().expect("nothing panics under this lock").push(kept);
}

fn make() -> Kept {
    // The driver must not be called on a thread that runs async code.
    let made = std::thread::spawn(|| throwaway::server().map(|it| it.database()));
    let address = made.join().expect("it doesn't panic").expect("it was asked for");
    let db = Db::open(&address).expect("it opens");
    db.migrate().expect("it can be migrated");
    Kept { db, address }
}

/// Nothing is in a new database but its tables, so nothing of worth is lost.
async fn empty(db: &Db) -> Result<(), StoreError> {
    static TRUNCATE: OnceLock<&'static str> = OnceLock::new();
    if TRUNCATE.get().is_none() {
        let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables
                      WHERE schemaname = current_schema()
                        AND tablename <> 'refinery_schema_history' ORDER BY 1";
        let named = db.read(move |tx| {
            let rows = tx.query(tables, &[])?;
            rows.iter().map(|it| it.text(0)).collect::<Result<Vec<_>, StoreError>>()
        });
        let statement = format!("TRUNCATE {}", named.await?.join(", "));
        // A statement is known by where it lies, so it stays there.
        TRUNCATE.get_or_init(|| Box::leak(statement.into_boxed_str()));
    }
    let truncate = TRUNCATE.get().copied().unwrap_or_default();
    db.write(move |tx| tx.execute(truncate, &[]).map(|_| ())).await
}
