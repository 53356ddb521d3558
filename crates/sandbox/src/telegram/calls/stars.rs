//! Invoices in Stars, refunds, subscriptions, and a bot's account.

use super::{Call, Done, Outcome};
use crate::telegram::refusal::Refusal;
use crate::telegram::stars::{Invoice, SUBSCRIPTION_SECONDS, SUBSCRIPTION_STARS_MAX};
use crate::telegram::text::units;
use serde_json::{Value, json};

const TITLE_UNITS_MAX: usize = 32;
const DESCRIPTION_UNITS_MAX: usize = 255;
const PAYLOAD_BYTES_MAX: usize = 128;
const PAGE_MAX: i64 = 100;

impl Call<'_> {
    pub(super) fn send_invoice(&self) -> Outcome {
        let chat = self.chat()?;
        if self.params.has("subscription_period") {
            return Err(Refusal::bad("SUBSCRIPTION_EXPORT_MISSING"));
        }
        let invoice = self.invoice(false)?;
        let markup = self.markup(true)?;
        let mut chat = chat.lock().expect("no panic under this lock");
        self.check_writable(&chat)?;
        let mut wire = self.envelope(&chat, &markup)?;
        wire["invoice"] = json!({
            "title": invoice.title,
            "description": invoice.description,
            "start_parameter": invoice.start_parameter,
            "currency": "XTR",
            "total_amount": invoice.amount,
        });
        // Telegram puts the button there when the bot doesn't.
        if wire.get("reply_markup").is_none() {
            let text = format!("Pay ⭐️{}", invoice.amount);
            wire["reply_markup"] = json!({ "inline_keyboard": [[{ "text": text, "pay": true }]] });
        }
        Ok(Done::message(&self.put(&mut chat, wire, &markup, Some(invoice))))
    }

    pub(super) fn create_invoice_link(&self) -> Outcome {
        let period = self.params.number("subscription_period").filter(|it| *it != 0);
        if period.is_some_and(|it| it != SUBSCRIPTION_SECONDS) {
            return Err(Refusal::bad("SUBSCRIPTION_PERIOD_INVALID"));
        }
        let invoice = self.invoice(period.is_some())?;
        if period.is_some() && invoice.amount > SUBSCRIPTION_STARS_MAX {
            return Err(Refusal::bad("CURRENCY_TOTAL_AMOUNT_INVALID"));
        }
        let slug = self.bot.ids.letters("$");
        let link = format!("https://t.me/{slug}");
        let mut books = self.bot.books.lock().expect("no panic under this lock");
        books.links.insert(slug, invoice);
        Ok(Done::value(&json!(link)))
    }

    fn invoice(&self, is_subscription: bool) -> Result<Invoice, Refusal> {
        let text = |name: &str| self.params.text(name).unwrap_or_default().into_owned();
        let within = |text: &str, most: usize| (1..=most).contains(&units(text));
        let (title, description, payload) = (text("title"), text("description"), text("payload"));
        if !within(&title, TITLE_UNITS_MAX) {
            return Err(Refusal::bad("INVOICE_TITLE_INVALID"));
        }
        if !within(&description, DESCRIPTION_UNITS_MAX) {
            return Err(Refusal::bad("INVOICE_DESCRIPTION_INVALID"));
        }
        if !(1..=PAYLOAD_BYTES_MAX).contains(&payload.len()) {
            return Err(Refusal::bad("INVOICE_PAYLOAD_INVALID"));
        }
        let currency = text("currency");
        if currency != "XTR" {
            // Real money needs a provider's token, and nobody has connected one here.
            let is_currency =
                currency.len() == 3 && currency.bytes().all(|it| it.is_ascii_uppercase());
            let why = if is_currency { "PAYMENT_PROVIDER_INVALID" } else { "CURRENCY_INVALID" };
            return Err(Refusal::bad(why));
        }
        if !text("provider_token").is_empty() {
            return Err(Refusal::bad("STARS_INVOICE_INVALID"));
        }
        let prices = self.params.list("prices")?.unwrap_or_default();
        let [price] = prices.as_slice() else {
            return Err(Refusal::bad("STARS_INVOICE_INVALID"));
        };
        let amount = price["amount"]
            .as_i64()
            .or_else(|| price["amount"].as_str().and_then(|it| it.parse().ok()))
            .filter(|amount| *amount > 0 && price["label"].is_string())
            .ok_or_else(|| Refusal::bad("CURRENCY_TOTAL_AMOUNT_INVALID"))?;
        let start_parameter = text("start_parameter");
        Ok(Invoice { title, description, payload, start_parameter, amount, is_subscription })
    }

    pub(super) fn refund(&self) -> Outcome {
        let person = self.person()?;
        let charge = self.params.text("telegram_payment_charge_id").unwrap_or_default();
        self.telegram.refund(self.bot, person, &charge).map_err(Refusal::bad)?;
        Ok(Done::yes())
    }

    pub(super) fn edit_subscription(&self) -> Outcome {
        let person = self.person()?;
        let charge = self.params.text("telegram_payment_charge_id").unwrap_or_default();
        let unknown = || Refusal::bad("CHARGE_NOT_FOUND");
        let mut books = self.bot.books.lock().expect("no panic under this lock");
        let known = books.charges.get(&*charge).filter(|it| it.person == person);
        let number = known.and_then(|it| it.subscription).ok_or_else(unknown)?;
        let subscription = books.subscriptions.get_mut(&number).ok_or_else(unknown)?;
        subscription.is_canceled_by_bot = self.params.flag("is_canceled");
        Ok(Done::yes())
    }

    fn person(&self) -> Result<i64, Refusal> {
        let id = self.params.number("user_id");
        let known = id.filter(|id| self.telegram.person(*id).is_some());
        known.ok_or_else(|| Refusal::bad("user not found"))
    }

    pub(super) fn star_transactions(&self) -> Outcome {
        let offset = self.params.number("offset").unwrap_or(0).max(0);
        let limit = match self.params.number("limit") {
            None => PAGE_MAX,
            Some(limit) if (1..=PAGE_MAX).contains(&limit) => limit,
            Some(_) => return Err(Refusal::bad("LIMIT_INVALID")),
        };
        let books = self.bot.books.lock().expect("no panic under this lock");
        let page: Vec<&Value> =
            books.transactions.iter().skip(offset as usize).take(limit as usize).collect();
        Ok(Done::value(&json!({ "transactions": page })))
    }

    pub(super) fn star_balance(&self) -> Outcome {
        let balance = self.bot.books.lock().expect("no panic under this lock").balance;
        Ok(Done::value(&json!({ "amount": balance })))
    }
}
