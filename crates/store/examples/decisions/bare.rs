//! The same statements with nothing between them and the driver.

use std::time::Instant;

use postgres::{Client, NoTls};
use rusqlite::{Connection, params};

use crate::meter::Round;
use crate::work::{self, CAPTURE, CHAT, HOLD, MOVE, PEOPLE, PLACE, REMEMBER, WALLET};

/// The statements are made ready before, as their text is in a program.
pub struct Sqlite {
    connection: Connection,
    decision: [String; 4],
    hold: [String; 2],
    capture: [String; 5],
}

impl Sqlite {
    pub fn open(path: &str) -> Self {
        let connection = Connection::open(path).expect("it opens");
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
                 PRAGMA cache_size = -8000; PRAGMA busy_timeout = 5000;",
            )
            .expect("settings");
        connection.set_prepared_statement_cache_capacity(100);
        let question_marks = |it: &str| it.replace('$', "?");
        Self {
            connection,
            decision: [REMEMBER, CHAT, WALLET, MOVE].map(question_marks),
            hold: HOLD.map(question_marks),
            capture: CAPTURE.map(question_marks),
        }
    }

    pub fn decisions(&mut self, until: Instant, in_a_commit: u64) -> Round {
        let mut count = 0;
        while Instant::now() < until {
            self.run("BEGIN IMMEDIATE");
            for _ in 0..in_a_commit {
                self.decision();
            }
            self.run("COMMIT");
            count += in_a_commit;
        }
        Round { count, ..Round::default() }
    }

    fn decision(&self) {
        let number = work::next();
        let (chat, wallet) = (work::chat(number % PEOPLE), work::wallet(number % PEOPLE));
        let cached = |sql: &str| self.connection.prepare_cached(sql).expect("a statement");
        cached(&self.decision[0]).execute(params!["bot_b", number, number]).expect("an update");
        let (_, version, _): (String, i64, Option<i64>) = cached(&self.decision[1])
            .query_row([&chat], |it| Ok((it.get(0)?, it.get(1)?, it.get(2)?)))
            .expect("a chat");
        let _: (i64, i64) = cached(&self.decision[2])
            .query_row([&wallet], |it| Ok((it.get(0)?, it.get(1)?)))
            .expect("a wallet");
        let moved = cached(&self.decision[3])
            .execute(params![PLACE, number, chat, version])
            .expect("a move");
        assert_eq!(moved, 1);
    }

    pub fn holds(&mut self, until: Instant) -> Round {
        let mut count = 0;
        while Instant::now() < until {
            let number = work::next();
            self.run("BEGIN IMMEDIATE");
            self.hold(number);
            self.run("COMMIT");
            self.run("BEGIN IMMEDIATE");
            self.capture(number);
            self.run("COMMIT");
            count += 1;
        }
        Round { count, ..Round::default() }
    }

    fn hold(&self, number: i64) {
        let (hold, wallet) = (work::hold(number), work::wallet(number % PEOPLE));
        let cached = |sql: &str| self.connection.prepare_cached(sql).expect("a statement");
        cached(&self.hold[0]).execute(params![1, wallet]).expect("a hold");
        cached(&self.hold[1]).execute(params![hold, wallet, 1, "trn_x", number]).expect("a hold");
    }

    fn capture(&self, number: i64) {
        let hold = work::hold(number);
        let cached = |sql: &str| self.connection.prepare_cached(sql).expect("a statement");
        let (wallet, held, cause): (String, i64, String) = cached(&self.capture[0])
            .query_row(params![1, number, hold], |it| Ok((it.get(0)?, it.get(1)?, it.get(2)?)))
            .expect("a hold");
        let line: i64 = cached(&self.capture[1])
            .query_row(params![1, held, wallet], |it| it.get(0))
            .expect("an account");
        let reference = format!("capture:{hold}");
        cached(&self.capture[2])
            .execute(params![reference, wallet, line, 1, cause, number])
            .expect("a transfer");
        let grant: String =
            cached(&self.capture[3]).query_row([&wallet], |it| it.get(0)).expect("a grant");
        cached(&self.capture[4]).execute(params![1, grant]).expect("burnt");
    }

    fn run(&self, sql: &str) {
        self.connection.prepare_cached(sql).and_then(|mut it| it.execute([])).expect("it runs");
    }
}

/// As many threads as connections, each doing one decision after the other.
pub fn postgres_decisions(address: &str, until: Instant, connections: i64) -> Round {
    threads(address, until, connections, |client, until| {
        let prepared =
            [REMEMBER, CHAT, WALLET, MOVE].map(|it| client.prepare(it).expect("a statement"));
        let mut count = 0;
        while Instant::now() < until {
            let number = work::next();
            let (chat, wallet) = (work::chat(number % PEOPLE), work::wallet(number % PEOPLE));
            client.batch_execute("BEGIN").expect("a beginning");
            client.execute(&prepared[0], &[&"bot_b", &number, &number]).expect("an update");
            let version: i64 = client.query_one(&prepared[1], &[&chat]).expect("a chat").get(1);
            client.query_one(&prepared[2], &[&wallet]).expect("a wallet");
            client.execute(&prepared[3], &[&PLACE, &number, &chat, &version]).expect("a move");
            client.batch_execute("COMMIT").expect("a commit");
            count += 1;
        }
        count
    })
}

pub fn postgres_holds(address: &str, until: Instant, connections: i64) -> Round {
    threads(address, until, connections, |client, until| {
        let hold_steps = HOLD.map(|it| client.prepare(it).expect("a statement"));
        let steps = CAPTURE.map(|it| client.prepare(it).expect("a statement"));
        let mut count = 0;
        while Instant::now() < until {
            let number = work::next();
            let (hold, wallet) = (work::hold(number), work::wallet(number % PEOPLE));
            let one = 1_i64;
            client.batch_execute("BEGIN").expect("a beginning");
            client.execute(&hold_steps[0], &[&one, &wallet]).expect("a hold");
            client
                .execute(&hold_steps[1], &[&hold, &wallet, &one, &"trn_x", &number])
                .expect("a hold");
            client.batch_execute("COMMIT").expect("a commit");
            client.batch_execute("BEGIN").expect("a beginning");
            let row = client.query_one(&steps[0], &[&one, &number, &hold]).expect("a hold");
            let (held, cause): (i64, String) = (row.get(1), row.get(2));
            let line: i64 =
                client.query_one(&steps[1], &[&one, &held, &wallet]).expect("an account").get(0);
            let reference = format!("capture:{hold}");
            client
                .execute(&steps[2], &[&reference, &wallet, &line, &one, &cause, &number])
                .expect("a transfer");
            let grants = client.query(&steps[3], &[&wallet]).expect("grants");
            let grant: String = grants.first().expect("one at least").get(0);
            client.execute(&steps[4], &[&one, &grant]).expect("burnt");
            client.batch_execute("COMMIT").expect("a commit");
            count += 1;
        }
        count
    })
}

fn threads(
    address: &str,
    until: Instant,
    connections: i64,
    work: impl Fn(&mut Client, Instant) -> u64 + Sync,
) -> Round {
    let count = std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::connect(address, NoTls).expect("a connection");
                    work(&mut client, until)
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().expect("no panic")).sum()
    });
    Round { count, ..Round::default() }
}
