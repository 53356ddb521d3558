//! Amounts: read and written exactly, divided without rounding up, never of two currencies.

use domain::{Currency, Declined, Method, Money};
use proptest::prelude::*;

use crate::same_each_time;

fn rub(minor: i64) -> Money {
    Money::new(minor, Currency::Rub).expect("an amount")
}

#[test]
fn an_amount_is_zero_or_more_and_not_without_end() {
    assert_eq!(Money::new(-1, Currency::Rub), None);
    assert_eq!(Money::new(i64::MIN, Currency::Stars), None);
    assert_eq!(Money::new(Money::MOST + 1, Currency::Kzt), None);
    assert!(Money::new(Money::MOST, Currency::Kzt).is_some());
    assert!(Money::zero(Currency::Stars).is_zero() && !rub(1).is_zero());
}

#[test]
fn decimals_are_read_as_payment_systems_write_them_and_no_other_way() {
    let read = |text| Money::from_decimal(text, Currency::Rub).map(Money::minor);
    assert_eq!(read("499.00"), Some(49_900));
    assert_eq!(read("0.01"), Some(1));
    assert_eq!(read("00012.30"), Some(1_230));
    let wrong = [
        "",
        ".",
        ".00",
        "1",
        "1.",
        "1.0",
        "1.000",
        "1,00",
        "-1.00",
        "+1.00",
        " 1.00",
        "1.00 ",
        "1e2",
        "1.0e",
        "0x1.00",
        "1_0.00",
        "1.-1",
        "1.+1",
        "NaN",
        "\u{661}.00",
        "1.0\u{660}",
        "1.00.00",
        "10000000000.01",
        "99999999999999999999.00",
    ];
    for text in wrong {
        assert_eq!(read(text), None, "`{text}`");
    }
    let stars = |text| Money::from_decimal(text, Currency::Stars).map(Money::minor);
    assert_eq!((stars("250"), stars("250.00"), stars("")), (Some(250), None, None));
}

#[test]
fn f31_ten_times_a_tenth_is_one_and_what_is_written_is_read_again() {
    let tenth = Money::from_decimal("0.10", Currency::Rub).expect("an amount");
    assert_eq!(rub(tenth.minor() * 10).decimal(), "1.00");
    assert_eq!(rub(5).decimal(), "0.05");
    assert_eq!(rub(123_456).to_string(), "1234.56 RUB");
    assert_eq!(
        Money::new(690, Currency::Stars).map(|it| it.to_string()).as_deref(),
        Some("690 XTR")
    );
    let any = (0..=Money::MOST, proptest::sample::select(Currency::ALL));
    proptest!(same_each_time(), |((minor, currency) in any)| {
        let money = Money::new(minor, currency).expect("an amount");
        prop_assert_eq!(Money::from_decimal(&money.decimal(), currency), Some(money));
        let json = serde_json::to_string(&money).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Money>(&json).ok(), Some(money));
    });
}

#[test]
fn an_amount_from_outside_is_checked() {
    let read = |text| serde_json::from_str::<Money>(text).ok();
    assert_eq!(read(r#"{"minor":100,"currency":"rub"}"#), Some(rub(100)));
    for wrong in [
        r#"{"minor":-1,"currency":"rub"}"#,
        r#"{"minor":1.5,"currency":"rub"}"#,
        r#"{"minor":1,"currency":"usd"}"#,
        r#"{"minor":1}"#,
        r#"{"minor":1,"currency":"rub","more":1}"#,
    ] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}

#[test]
fn a_share_is_rounded_down_and_never_more_than_the_whole() {
    assert_eq!(rub(100).share(1, 3), rub(33));
    assert_eq!(rub(100).share(2, 3), rub(66));
    assert_eq!(rub(100).share(3, 3), rub(100));
    assert_eq!(rub(100).share(9, 3), rub(100), "not less is all of it");
    assert_eq!(rub(100).share(0, 3), rub(0));
    assert_eq!(rub(100).share(-1, 3), rub(0));
    assert_eq!(rub(100).share(1, 0), rub(0));
    assert_eq!(rub(Money::MOST).share(i64::MAX - 1, i64::MAX), rub(Money::MOST - 1));
    let any = (0..=Money::MOST, 0..2_000_000_000_i64, 1..2_000_000_000_i64);
    proptest!(same_each_time(), |((minor, part, whole) in any)| {
        let (one, rest) = (rub(minor).share(part, whole), rub(minor).share(whole - part, whole));
        prop_assert!(one.minor() <= minor);
        if part <= whole {
            let both = one.minor() + rest.minor();
            prop_assert!(both == minor || both == minor - 1, "a kopeck at most is lost: {both}");
        }
    });
}

#[test]
fn what_is_left_is_of_the_same_currency_and_not_below_zero() {
    assert_eq!(rub(100).less(rub(30)), Some(rub(70)));
    assert_eq!(rub(30).less(rub(100)), Some(rub(0)));
    assert_eq!(rub(30).less(Money::zero(Currency::Kzt)), None);
}

#[test]
fn every_word_of_money_is_read_as_it_is_written() {
    for it in Currency::ALL {
        assert_eq!(Currency::from_text(it.as_str()), Some(*it));
        assert_eq!(Currency::from_code(it.code()), Some(*it));
        assert_eq!(serde_json::to_string(it).expect("JSON"), format!("\"{}\"", it.as_str()));
    }
    for it in Method::ALL {
        assert_eq!(Method::from_text(it.as_str()), Some(*it));
        assert_eq!(serde_json::to_string(it).expect("JSON"), format!("\"{}\"", it.as_str()));
    }
    assert_eq!((Currency::from_code("rub"), Currency::from_text("RUB")), (None, None));
    assert_eq!((Currency::from_code("USD"), Method::from_text("cash")), (None, None));
    let mut keys: Vec<_> = Declined::ALL.iter().map(|it| it.key()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), Declined::ALL.len(), "each has words of its own");
    let heal: Vec<_> = Declined::ALL.iter().filter(|it| it.may_heal()).collect();
    assert_eq!(heal, [&Declined::NoMoney, &Declined::BankSaidNo, &Declined::Other]);
}
