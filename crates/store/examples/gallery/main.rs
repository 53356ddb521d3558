//! How quick the pages of a large gallery are.
//!
//! `cargo run --release -p store --example gallery [OF_ONE] [ALL]`: somebody with 100,000 pictures
//! among 300,000, on SQLite and, where it is installed, on PostgreSQL. Nothing is warmed up but by
//! the first of the runs, which counts.

mod rows;

use std::time::{Duration, Instant};

use store::artifacts::{self, Filter};
use store::throwaway::{Disk, Server};
use store::{Db, StoreError, Tx, generations};

const RUNS: usize = 200;
/// What a message shows, and what the API gives at most.
const PAGES: [u32; 2] = [9, 50];

type Ask = Box<dyn Fn(&mut Tx) -> Result<u64, StoreError> + Send + Sync>;

fn main() {
    let mut args = std::env::args().skip(1).map(|it| it.parse().expect("a number"));
    let (of_one, all) = (args.next().unwrap_or(100_000), args.next().unwrap_or(300_000));
    let folder = std::env::temp_dir().join(format!("gallery-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    look("SQLite", &folder.join("store.db").display().to_string(), of_one, all);
    drop(std::fs::remove_dir_all(&folder));
    if let Some(server) = Server::start(Disk::Safe) {
        // Writing so many rows in one statement takes longer than any of ours may.
        let address = format!("{}?options=-c%20statement_timeout%3D0", server.database());
        look("PostgreSQL", &address, of_one, all);
    }
}

fn look(name: &str, address: &str, of_one: i64, all: i64) {
    let db = Db::open(address).expect("it opens");
    db.migrate().expect("it can be migrated");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let start = Instant::now();
    let written = runtime.block_on(db.write(move |tx| rows::write(tx, of_one, all)));
    written.expect("rows");
    tidy(address);
    println!("{name}: {of_one} of {all} pictures, written in {} s", start.elapsed().as_secs());
    println!("  {:<56} {:>7} {:>9} {:>9} {:>9}", "", "rows", "least ms", "p50 ms", "p99 ms");
    for (says, ask) in questions(of_one, all) {
        let ask = std::sync::Arc::new(ask);
        let (mut took, mut count) = (Vec::with_capacity(RUNS), 0);
        for _ in 0..RUNS {
            let (ask, start) = (std::sync::Arc::clone(&ask), Instant::now());
            count = runtime.block_on(db.read(move |tx| ask(tx))).expect("an answer");
            took.push(start.elapsed());
        }
        took.sort_unstable();
        println!(
            "  {says:<56} {count:>7} {:>9.2} {:>9.2} {:>9.2}",
            millis(took[0]),
            millis(took[RUNS / 2]),
            millis(took[RUNS * 99 / 100])
        );
    }
}

/// What a server does by itself as soon as it comes to it, and not within a decision.
fn tidy(address: &str) {
    if address.starts_with("postgres") {
        let mut client = postgres::Client::connect(address, postgres::NoTls).expect("a server");
        client.batch_execute("VACUUM ANALYZE").expect("it is tidy");
    }
}

fn millis(it: Duration) -> f64 {
    it.as_secs_f64() * 1_000.0
}

fn questions(of_one: i64, all: i64) -> Vec<(String, Ask)> {
    let month = Some(rows::moment(all, 10));
    let filters = [
        ("all", Filter::default()),
        ("of an avatar", Filter { avatar: Some(rows::avatar()), ..Filter::default() }),
        ("favourites", Filter { favourite: true, ..Filter::default() }),
        ("the last tenth", Filter { since: month, ..Filter::default() }),
        (
            "favourites of an avatar, the last tenth",
            Filter {
                avatar: Some(rows::avatar()),
                favourite: true,
                since: month,
                ..Filter::default()
            },
        ),
    ];
    let mut questions: Vec<(String, Ask)> = Vec::new();
    for (says, filter) in filters {
        for limit in PAGES {
            questions.push((format!("{says}: first {limit}"), page(&filter, None, None, limit)));
        }
        let middle = Some(rows::picture(of_one, all, 50));
        let last = Some(rows::picture(of_one, all, 0));
        questions.push((format!("{says}: 9 before the middle"), page(&filter, middle, None, 9)));
        let middle = Some(rows::picture(of_one, all, 50));
        questions.push((format!("{says}: 9 after the middle"), page(&filter, None, middle, 9)));
        questions.push((format!("{says}: 9 before the last"), page(&filter, last, None, 9)));
        let counted = filter.clone();
        let count =
            move |tx: &mut Tx| artifacts::count(tx, &rows::first(), &counted).map(u64::from);
        questions.push((format!("{says}: counted"), Box::new(count)));
    }
    questions.push((
        "how long a picture takes".to_owned(),
        Box::new(|tx| Ok(u64::from(generations::recent_seconds(tx, "flux", 50)?.unwrap_or(0)))),
    ));
    questions
}

fn page(
    filter: &Filter,
    before: Option<domain::ArtifactId>,
    after: Option<domain::ArtifactId>,
    limit: u32,
) -> Ask {
    let filter = filter.clone();
    Box::new(move |tx| {
        let (before, after) = (before.as_ref(), after.as_ref());
        let page = artifacts::page(tx, &rows::first(), &filter, before, after, limit)?;
        Ok(page.len() as u64)
    })
}
