//! The same statements with nothing between them and the driver.

use std::time::Instant;

use domain::{OrderId, PaymentId};
use postgres::{Client, NoTls, Statement};
use rusqlite::Connection;
use store::{Bound, Value};

use crate::meter::Round;
use crate::{next, user, wallet};

/// What [`booking`] runs, by number.
const STATEMENTS: [&str; 7] = [
    "INSERT INTO orders (id, user_id, bot_id, pack, method, gateway, minor, currency, credits,
                         bonus, is_renewal, state, idempotence_key, looks, created_at, expires_at)
     VALUES ($1, $2, 'bot_b', '100', 'card', 'yookassa', 84900, 'rub', 100, 0, 0, 'open', $1, 0,
             $3, $3) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO payments (id, gateway, their_id, bot_id, order_id, user_id, minor, currency,
                           credits, bonus, state, refunded, owed, paid_at, created_at)
     VALUES ($1, 'yookassa', $2, 'bot_b', $3, $4, 84900, 'rub', 100, 0, 'credited', 0, 0, $5, $5)
     ON CONFLICT (gateway, their_id) DO NOTHING",
    "INSERT INTO accounts (id, posted, held, lines, opened_at) VALUES ($1, 0, 0, 0, $2)
     ON CONFLICT (id) DO NOTHING",
    "UPDATE accounts SET posted = posted + $1, lines = lines + 1 WHERE id = $2 RETURNING lines",
    "INSERT INTO transfers
        (reference, payer, payee, wallet, line, credits, kind, reason, actor, cause, at)
     VALUES ($1, 'platform:sales', $2, $2, $3, 100, 'bought', 'bought', 'yookassa', $4, $5)
     ON CONFLICT (reference) DO NOTHING",
    "INSERT INTO grants (reference, wallet, kind, credits, remaining, granted_at)
     VALUES ($1, $2, 'bought', 100, 100, $3)",
    "UPDATE orders SET state = 'paid', ended_at = $1
     WHERE id = $2 AND state IN ('open', 'declined', 'expired')",
];

/// A connection that runs [`STATEMENTS`].
pub trait Bare {
    fn begin(&mut self, is_durable: bool);
    fn commit(&mut self);
    /// Gives the number of the first row, if the statement gives rows.
    fn run(&mut self, statement: usize, values: &[Bound<'_>]) -> i64;
}

pub fn book(bare: &mut impl Bare, until: Instant) -> Round {
    let mut count = 0;
    while Instant::now() < until {
        booking(bare, next());
        count += 1;
    }
    Round { count, ..Round::default() }
}

fn booking(bare: &mut impl Bare, number: i64) {
    let (user, wallet) = (user(number), wallet(number));
    let order = OrderId::new(number.unsigned_abs().into());
    let payment = PaymentId::new(number.unsigned_abs().into());
    let (their_id, reference) =
        (format!("their-{number}"), format!("payment:yookassa:their-{number}"));
    bare.begin(false);
    bare.run(0, &[order.bound(), user.bound(), number.bound()]);
    bare.commit();
    bare.begin(true);
    let values = [payment.bound(), their_id.bound(), order.bound(), user.bound(), number.bound()];
    bare.run(1, &values);
    bare.run(2, &[wallet.bound(), number.bound()]);
    let line = bare.run(3, &[100_i64.bound(), wallet.bound()]);
    let values = [reference.bound(), wallet.bound(), line.bound(), payment.bound(), number.bound()];
    bare.run(4, &values);
    bare.run(5, &[reference.bound(), wallet.bound(), number.bound()]);
    bare.run(6, &[number.bound(), order.bound()]);
    bare.commit();
}

pub struct Sqlite {
    connection: Connection,
    statements: [String; 7],
    is_durable: bool,
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
        Self {
            connection,
            statements: STATEMENTS.map(|it| it.replace('$', "?")),
            is_durable: false,
        }
    }
}

impl Bare for Sqlite {
    fn begin(&mut self, is_durable: bool) {
        if self.is_durable != is_durable {
            let level = if is_durable { "FULL" } else { "NORMAL" };
            let set = format!("PRAGMA synchronous = {level}");
            self.connection.execute_batch(&set).expect("a setting");
            self.is_durable = is_durable;
        }
        self.connection
            .prepare_cached("BEGIN IMMEDIATE")
            .and_then(|mut it| it.execute([]))
            .expect("a beginning");
    }

    fn commit(&mut self) {
        let commit = self.connection.prepare_cached("COMMIT").and_then(|mut it| it.execute([]));
        commit.expect("a commit");
    }

    fn run(&mut self, statement: usize, values: &[Bound<'_>]) -> i64 {
        let sql = &self.statements[statement];
        let mut cached = self.connection.prepare_cached(sql).expect("a statement");
        let values = rusqlite::params_from_iter(values);
        if cached.column_count() == 0 {
            cached.execute(values).expect("it runs");
            return 0;
        }
        cached.query_row(values, |it| it.get(0)).expect("a row")
    }
}

struct Postgres {
    client: Client,
    statements: Vec<Statement>,
}

impl Bare for Postgres {
    fn begin(&mut self, _is_durable: bool) {
        self.client.batch_execute("BEGIN").expect("a beginning");
    }

    fn commit(&mut self) {
        self.client.batch_execute("COMMIT").expect("a commit");
    }

    fn run(&mut self, statement: usize, values: &[Bound<'_>]) -> i64 {
        let statement = &self.statements[statement];
        let values: Vec<_> =
            values.iter().map(|it| it as &(dyn postgres::types::ToSql + Sync)).collect();
        if statement.columns().is_empty() {
            self.client.execute(statement, &values).expect("it runs");
            return 0;
        }
        self.client.query_one(statement, &values).expect("a row").get(0)
    }
}

/// As many threads as connections, each booking one after the other.
pub fn connections(address: &str, until: Instant, count: usize) -> Round {
    let count = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::connect(address, NoTls).expect("a connection");
                    let statements = STATEMENTS
                        .iter()
                        .map(|it| client.prepare(it).expect("a statement"))
                        .collect();
                    book(&mut Postgres { client, statements }, until).count
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().expect("no panic")).sum()
    });
    Round { count, ..Round::default() }
}
