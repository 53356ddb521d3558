//! Orders and payments through `Db`, as the program books them.

use std::time::Instant;

use domain::catalog::Offer;
use domain::{
    BotId, Credits, Currency, Language, Method, Millis, Money, OrderId, PaymentId, UserId,
};
use store::ledger::{self, LedgerError};
use store::orders::{self, NewOrder};
use store::payments::{self, Came, Given};
use store::{Db, StoreError, Tx, bots, chain, users};
use tokio::runtime::{Builder, Runtime};

use crate::meter::Round;
use crate::{PEOPLE, next, user, wallet};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn bot() -> BotId {
    BotId::from_text("bot_b").expect("an id")
}

fn user_id(number: i64) -> UserId {
    UserId::from_text(&user(number)).expect("an id")
}

pub fn populate(db: &Db) {
    let done = runtime().block_on(db.write(|tx| {
        let bot = bot();
        let new = bots::NewBot { id: &bot, telegram_id: 1, username: "b", token_name: "main" };
        bots::put(tx, &new, Millis(1))?;
        for person in 0..PEOPLE {
            let new = users::NewUser {
                id: &user_id(person),
                bot: &bot,
                telegram_id: person,
                first_name: "Anna",
                language: Language::En,
                origin: None,
            };
            users::find_or_create(tx, &new, Millis(1))?;
            ledger::open_wallet(tx, &wallet(person), Millis(1))?;
        }
        Ok::<_, StoreError>(())
    }));
    done.expect("people");
}

/// Keeps so many going at once until the round is over.
pub fn book(db: &Db, until: Instant, at_once: i64) -> Round {
    let count = runtime().block_on(async {
        let customers: Vec<_> = (0..at_once)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    let mut count = 0;
                    while Instant::now() < until {
                        let number = next();
                        let ordered = db.write(move |tx| order(tx, number)).await;
                        assert_eq!(ordered, Ok(true));
                        let paid = db.write_durably(move |tx| pay(tx, number)).await;
                        assert_eq!(paid, Ok(true));
                        count += 1;
                    }
                    count
                })
            })
            .collect();
        let mut sum = 0;
        for customer in customers {
            sum += customer.await.expect("no panic");
        }
        sum
    });
    Round { count, ..Round::default() }
}

fn order(tx: &mut Tx, number: i64) -> Result<bool, StoreError> {
    let offer = Offer {
        pack: "100".to_owned(),
        money: money(),
        credits: hundred(),
        bonus: Credits::ZERO,
        promo: None,
        expires_at: Millis(number),
    };
    let new = NewOrder {
        id: &order_id(number),
        user: &user_id(number),
        bot: &bot(),
        method: Method::Card,
        gateway: "yookassa",
        offer: &offer,
        subscription: None,
        is_renewal: false,
        resume: None,
        expires_at: Millis(number),
    };
    orders::insert(tx, &new, Millis(number))
}

fn pay(tx: &mut Tx, number: i64) -> Result<bool, LedgerError> {
    let (order, user, wallet) = (order_id(number), user_id(number), wallet(number));
    let came = Came {
        id: &PaymentId::new(number.unsigned_abs().into()),
        gateway: "yookassa",
        their_id: &format!("their-{number}"),
        bot: &bot(),
        payer: None,
        money: money(),
        paid_at: Millis(number),
    };
    let given = Given {
        order: &order,
        user: &user,
        wallet: &wallet,
        credits: hundred(),
        bonus: Credits::ZERO,
    };
    let is_new = payments::credit(tx, &came, &given, Millis(number))?;
    Ok(is_new && orders::paid(tx, &order, Millis(number))?)
}

fn order_id(number: i64) -> OrderId {
    OrderId::new(number.unsigned_abs().into())
}

fn money() -> Money {
    Money::new(84_900, Currency::Rub).expect("an amount")
}

fn hundred() -> Credits {
    Credits::new(100).expect("credits")
}

/// What was booked hangs together, by us and beside us.
pub fn proof(db: &Db) -> String {
    let (count, findings) = runtime()
        .block_on(db.read(|tx| {
            let count = tx.one("SELECT COUNT(*) FROM payments", &[])?.number(0)?;
            Ok::<_, StoreError>((count, chain::check(tx)?))
        }))
        .expect("a proof");
    assert_eq!(findings, []);
    format!("{count} payments, each of them credited once")
}
