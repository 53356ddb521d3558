//! Receipts for the tax office, looked at and never made (telegram-and-payments.md B.7).

use super::reading::{self, Fields};
use super::refusals::Refusal;
use serde_json::Value;

const LINES_MAX: usize = 100;
const TEXT_CHARS_MAX: usize = 128;
/// A quantity has up to three decimals.
const WHOLE: i64 = 1_000;

const SUBJECTS: &[&str] = &[
    "commodity",
    "excise",
    "job",
    "service",
    "gambling_bet",
    "gambling_prize",
    "lottery",
    "lottery_prize",
    "intellectual_activity",
    "payment",
    "agent_commission",
    "composite",
    "another",
    "property_right",
    "non_operating_gain",
    "insurance_premium",
    "sales_tax",
    "resort_fee",
    "marked",
    "non_marked",
    "fine",
    "tax",
    "lien",
    "cost",
    "pension_insurance_without_payouts",
    "casino",
];
const MODES: &[&str] = &[
    "full_prepayment",
    "partial_prepayment",
    "advance",
    "full_payment",
    "partial_payment",
    "credit",
    "credit_payment",
];

/// Whether there is a receipt, which must be right and add up to `kopecks`.
pub(super) fn check(body: &Fields<'_>, kopecks: i64, is_needed: bool) -> Result<bool, Refusal> {
    let wrong = || Refusal::bad("Receipt is missing or illegal", "receipt");
    let Some(receipt) = body.inside("receipt", "receipt").map_err(|_| wrong())? else {
        return if is_needed { Err(wrong()) } else { Ok(false) };
    };
    receipt.only(&[
        "customer",
        "email",
        "internet",
        "items",
        "phone",
        "receipt_industry_details",
        "receipt_operational_details",
        "tax_system_code",
        "timezone",
    ])?;
    let customer = receipt.inside("customer", "receipt.customer")?;
    if let Some(customer) = customer {
        customer.only(&["email", "full_name", "inn", "phone"])?;
    }
    let reached = [customer, Some(receipt)].into_iter().flatten().any(|it| is_reached(&it));
    let is_tax_system = match receipt.get("tax_system_code") {
        None => true,
        Some(code) => code.as_u64().is_some_and(|it| (1..=6).contains(&it)),
    };
    let lines = receipt.get("items").and_then(Value::as_array).ok_or_else(wrong)?;
    if !reached || !is_tax_system || !(1..=LINES_MAX).contains(&lines.len()) {
        return Err(wrong());
    }
    let mut sum = 0;
    for line in lines {
        sum += thousandths(line).ok_or_else(wrong)?;
    }
    if sum == kopecks * WHOLE { Ok(true) } else { Err(wrong()) }
}

fn is_reached(whom: &Fields<'_>) -> bool {
    let text = |name| whom.get(name).and_then(Value::as_str).unwrap_or_default();
    let (email, phone) = (text("email"), text("phone"));
    let digits = phone.strip_prefix('+').unwrap_or(phone);
    let is_phone = (4..=15).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
    let is_email =
        email.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
    is_email || is_phone
}

/// What a line comes to, in thousandths of a kopeck.
fn thousandths(line: &Value) -> Option<i64> {
    let line = line.as_object()?;
    let known = [
        "additional_payment_subject_props",
        "agent_type",
        "amount",
        "country_of_origin_code",
        "customs_declaration_number",
        "description",
        "excise",
        "mark_code_info",
        "mark_mode",
        "mark_quantity",
        "measure",
        "payment_mode",
        "payment_subject",
        "payment_subject_industry_details",
        "planned_status",
        "product_code",
        "quantity",
        "supplier",
        "vat_code",
    ];
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let said = text("description")?.chars().count();
    let is_among = |name: &str, words: &[&str]| match line.get(name) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_str().is_some_and(|it| words.contains(&it)),
    };
    let is_right = line.keys().all(|it| known.contains(&it.as_str()))
        && (1..=TEXT_CHARS_MAX).contains(&said)
        && line.get("vat_code")?.as_u64().is_some_and(|it| (1..=12).contains(&it))
        && is_among("payment_subject", SUBJECTS)
        && is_among("payment_mode", MODES);
    let amount = line.get("amount")?.as_object()?;
    let is_rubles = amount.get("currency")?.as_str()? == reading::CURRENCY;
    let price = reading::kopecks(amount.get("value")?.as_str()?)?;
    let quantity = match line.get("quantity")? {
        Value::String(text) => quantity(text)?,
        Value::Number(number) => quantity(&number.to_string())?,
        _ => return None,
    };
    (is_right && is_rubles).then(|| price.checked_mul(quantity))?
}

/// `1.5` as 1500.
fn quantity(text: &str) -> Option<i64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let is_number =
        (1..=6).contains(&whole.len()) && rest.len() <= 3 && are_digits(whole) && are_digits(rest);
    let amount = format!("{whole}{rest:0<3}").parse::<i64>().ok()?;
    (is_number && 0 < amount).then_some(amount)
}
