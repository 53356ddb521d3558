//! What YooKassa is sent. Only documented fields: it may refuse a request with others.

use secrecy::ExposeSecret;
use serde::Serialize;

use domain::{Currency, Language, Method, Money};

use crate::payments::{Autopayment, Contact, NewPayment, NewRefund, Receipt};

const TITLE_UNITS_MAX: usize = 128;

#[derive(Serialize)]
struct Payment<'a> {
    amount: Amount,
    /// Without it the money is only held, and goes back after some days.
    capture: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_data: Option<MethodData>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmation: Option<Confirmation<'a>>,
    description: &'a str,
    metadata: PaymentNotes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    save_payment_method: Option<bool>,
    merchant_customer_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptWire<'a>>,
}

#[derive(Serialize)]
struct Refund<'a> {
    payment_id: &'a str,
    amount: Amount,
    description: &'a str,
    metadata: RefundNotes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptWire<'a>>,
}

#[derive(Serialize)]
struct Amount {
    value: String,
    currency: &'static str,
}

#[derive(Serialize)]
struct MethodData {
    r#type: &'static str,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    r#type: &'static str,
    return_url: &'a str,
    locale: &'static str,
}

#[derive(Serialize)]
struct PaymentNotes<'a> {
    order_id: &'a str,
    bot_id: &'a str,
}

#[derive(Serialize)]
struct RefundNotes<'a> {
    refund_id: &'a str,
}

#[derive(Serialize)]
struct ReceiptWire<'a> {
    customer: Customer<'a>,
    items: [Item<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    tax_system_code: Option<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Customer<'a> {
    Email(&'a str),
    Phone(&'a str),
}

#[derive(Serialize)]
struct Item<'a> {
    description: &'a str,
    quantity: &'static str,
    amount: Amount,
    vat_code: u8,
    payment_subject: &'a str,
    payment_mode: &'a str,
    measure: &'static str,
}

/// The body, or why there can be none.
pub(super) fn payment(it: &NewPayment) -> Result<Vec<u8>, &'static str> {
    let method = match it.method {
        Method::Card => "bank_card",
        Method::Sbp => "sbp",
        Method::Stars => return Err("it takes no such method"),
    };
    let locale = match it.language {
        Language::En => "en_US",
        // They have no Kazakh.
        Language::Kk | Language::Ru => "ru_RU",
    };
    let title = short(&it.title);
    written(&Payment {
        amount: amount(it.money)?,
        capture: true,
        payment_method_data: Some(MethodData { r#type: method }),
        payment_method_id: None,
        confirmation: Some(Confirmation { r#type: "redirect", return_url: &it.return_url, locale }),
        description: title,
        metadata: PaymentNotes { order_id: it.order.as_str(), bot_id: it.bot.as_str() },
        save_payment_method: it.save.then_some(true),
        merchant_customer_id: &it.payer,
        receipt: receipt(it.receipt.as_ref(), title, it.money)?,
    })
}

/// The body, or why there can be none.
pub(super) fn autopayment(it: &Autopayment) -> Result<Vec<u8>, &'static str> {
    let title = short(&it.title);
    written(&Payment {
        amount: amount(it.money)?,
        capture: true,
        payment_method_data: None,
        payment_method_id: Some(&it.saved),
        confirmation: None,
        description: title,
        metadata: PaymentNotes { order_id: it.order.as_str(), bot_id: it.bot.as_str() },
        save_payment_method: None,
        merchant_customer_id: &it.payer,
        receipt: receipt(it.receipt.as_ref(), title, it.money)?,
    })
}

/// The body, or why there can be none.
pub(super) fn refund(it: &NewRefund) -> Result<Vec<u8>, &'static str> {
    let title = short(&it.title);
    written(&Refund {
        payment_id: &it.payment,
        amount: amount(it.money)?,
        description: title,
        metadata: RefundNotes { refund_id: it.refund.as_str() },
        receipt: receipt(it.receipt.as_ref(), title, it.money)?,
    })
}

fn written(body: &impl Serialize) -> Result<Vec<u8>, &'static str> {
    Ok(serde_json::to_vec(body).expect("plain fields"))
}

fn amount(money: Money) -> Result<Amount, &'static str> {
    match money.currency {
        Currency::Stars => Err("it takes no Stars"),
        Currency::Kzt | Currency::Rub if money.is_zero() => Err("there is nothing to pay"),
        Currency::Kzt | Currency::Rub => {
            Ok(Amount { value: money.decimal(), currency: money.currency.code() })
        }
    }
}

/// One line for all of the money: what is sold is one thing.
fn receipt<'a>(
    receipt: Option<&'a Receipt>,
    title: &'a str,
    money: Money,
) -> Result<Option<ReceiptWire<'a>>, &'static str> {
    let Some(receipt) = receipt else { return Ok(None) };
    let customer = match &receipt.contact {
        Contact::Email(it) => Customer::Email(it.expose_secret()),
        Contact::Phone(it) => Customer::Phone(it.expose_secret()),
    };
    let item = Item {
        description: title,
        quantity: "1.00",
        amount: amount(money)?,
        vat_code: receipt.vat_code,
        payment_subject: &receipt.payment_subject,
        payment_mode: &receipt.payment_mode,
        measure: "piece",
    };
    Ok(Some(ReceiptWire { customer, items: [item], tax_system_code: receipt.tax_system_code }))
}

/// As much of a text as fits, however they count: a character beyond the first plane counts twice
/// where text is UTF-16.
fn short(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, it)| {
        units += it.len_utf16();
        TITLE_UNITS_MAX < units
    });
    end.map_or(text, |(at, _)| &text[..at])
}
