//! What we do with gateways of money.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use connectors::http::Http;
use connectors::payments::{Access, Autopayment, Contact, Gateway, NewPayment, NewRefund, Receipt};
use domain::{BotId, Currency, Language, Method, Millis, Money, OrderId, RefundId};
use url::Origin;

use super::{SECRET, Words, at, text};

/// A customer's, which is to stay between us and the gateway.
pub(super) const PHONE: &str = "79990001122";

const SHOP: &str = "100500";
const PAYMENT: &str = "23d93cac-000f-5000-8000-126628f15141";

pub(crate) fn access(name: &str) -> Option<Access> {
    let url = at("api", name).join("v3").expect("well made");
    Some(Access { shop: SHOP.to_owned(), key: key().into(), url })
}

pub(super) fn trusted(gateway: &dyn Gateway) -> Vec<Origin> {
    vec![at("api", gateway.name()).origin()]
}

fn key() -> String {
    format!("test_{SECRET}")
}

/// As they are sent, which is as good as the key.
pub(super) fn credentials() -> String {
    STANDARD.encode(format!("{SHOP}:{}", key()))
}

pub(super) async fn perform(gateway: &dyn Gateway, http: &Http, words: &Words<'_>) -> String {
    let id = words.get("id").unwrap_or(PAYMENT);
    let key = words.get("key").unwrap_or("pay-1");
    let from = Millis(words.read("from").unwrap_or(1_795_132_800_000));
    let to = Millis(words.read("to").unwrap_or(1_795_219_200_000));
    let cursor = words.get("cursor");
    match words.verb {
        "whoami" => text(gateway.whoami(http).await),
        "open" => text(gateway.open(http, &payment(words)).await),
        "charge" => text(gateway.charge(http, &autopayment(words)).await),
        "payment" => text(gateway.payment(http, id).await),
        "cancel" => text(gateway.cancel(http, id, key).await),
        "refund" => text(gateway.refund(http, &refund(words)).await),
        "refund_seen" => text(gateway.refund_seen(http, id).await),
        "payments" => text(gateway.payments(http, from, to, cursor).await),
        "refunds" => text(gateway.refunds(http, from, to, cursor).await),
        other => panic!("no such act: {other}"),
    }
}

fn payment(words: &Words<'_>) -> NewPayment {
    NewPayment {
        key: words.get("key").unwrap_or("pay-1").to_owned(),
        order: OrderId::new(1),
        bot: BotId::new(2),
        money: money(words),
        title: title(words),
        method: words
            .get("method")
            .map_or(Method::Card, |it| Method::from_text(it).expect("a method")),
        return_url: "https://t.me/atelier_bot".to_owned(),
        language: words.get("language").map_or(Language::Ru, Language::of_tag),
        save: words.read("save").unwrap_or(false),
        payer: "usr_7".to_owned(),
        receipt: receipt(words),
    }
}

fn autopayment(words: &Words<'_>) -> Autopayment {
    Autopayment {
        key: words.get("key").unwrap_or("rec-1").to_owned(),
        order: OrderId::new(1),
        bot: BotId::new(2),
        money: money(words),
        title: title(words),
        saved: PAYMENT.to_owned(),
        payer: "usr_7".to_owned(),
        receipt: receipt(words),
    }
}

fn refund(words: &Words<'_>) -> NewRefund {
    NewRefund {
        key: words.get("key").unwrap_or("ref-1").to_owned(),
        refund: RefundId::new(3),
        payment: words.get("payment").unwrap_or(PAYMENT).to_owned(),
        money: money(words),
        title: title(words),
        receipt: receipt(words),
    }
}

fn money(words: &Words<'_>) -> Money {
    let currency = words
        .get("currency")
        .map_or(Currency::Rub, |it| Currency::from_code(it).expect("a currency"));
    let text = words.get("money").unwrap_or("499.00");
    Money::from_decimal(text, currency).expect("an amount")
}

/// A short one, or as many of a letter as are asked for.
fn title(words: &Words<'_>) -> String {
    match words.read("letters") {
        Some(count) => words.get("of").unwrap_or("a").repeat(count),
        None => "100 credits".to_owned(),
    }
}

fn receipt(words: &Words<'_>) -> Option<Receipt> {
    let contact = match words.get("receipt")? {
        "email" => Contact::Email(format!("{SECRET}@mail.test").into()),
        "phone" => Contact::Phone(PHONE.into()),
        other => panic!("no such contact: {other}"),
    };
    Some(Receipt {
        contact,
        vat_code: 1,
        payment_subject: "service".to_owned(),
        payment_mode: "full_payment".to_owned(),
        tax_system_code: words.read("tax"),
    })
}
