//! What a person has and owes in Stars, as their app shows it: the balance, subscriptions, and what
//! was paid to a bot or came back from it.

use super::Telegram;
use super::stars::Invoice;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

/// What is shown of the past.
const SHOWN_MAX: usize = 50;
const STARS_MAX: i64 = 1_000_000;

impl Telegram {
    /// A person buys Stars. Gives what they have then.
    pub fn add_stars(&self, person: i64, amount: i64) -> Result<i64, String> {
        let person = self.person(person).ok_or("there is no such person")?;
        if !(1..=STARS_MAX).contains(&amount) {
            return Err(format!("1 to {STARS_MAX} Stars are bought at once"));
        }
        let before = person.stars.fetch_add(amount, Ordering::Relaxed);
        self.changed();
        Ok(before + amount)
    }

    /// From now on subscriptions last so long instead of thirty days, as far as the next ends are
    /// concerned; what a bot asks for and is told as the period stays thirty days.
    pub fn let_subscriptions_last(&self, seconds: i64) {
        self.subscription_seconds.store(seconds.max(1), Ordering::Relaxed);
    }

    /// What is asked by a link of `createInvoiceLink`, or by its message.
    pub(crate) fn invoice_of(&self, bot: i64, link: &str) -> Result<Value, String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let books = bot.books.lock().expect("no panic under this lock");
        let invoice = books.links.get(slug(link)).ok_or("the bot has no such invoice link")?;
        Ok(shown(invoice))
    }

    /// Everything about one person's Stars that has to do with a bot.
    pub(crate) fn account(&self, bot: i64, person: i64) -> Result<Value, String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        let person = self.person(person).ok_or("there is no such person")?;
        let books = bot.books.lock().expect("no panic under this lock");
        let mut subscriptions: Vec<_> =
            books.subscriptions.values().filter(|it| it.person == person.id).collect();
        subscriptions.sort_by_key(|it| it.until);
        let subscriptions: Vec<Value> = subscriptions
            .into_iter()
            .map(|it| {
                let mut told = shown(&it.invoice);
                told["telegram_payment_charge_id"] = json!(it.charge_id);
                told["until"] = json!(it.until);
                told["canceled"] = json!(it.is_canceled_by_person || it.is_canceled_by_bot);
                told["canceled_by_bot"] = json!(it.is_canceled_by_bot);
                told
            })
            .collect();
        let is_theirs = |it: &&Value| {
            ["source", "receiver"].iter().any(|side| it[side]["user"]["id"] == person.id)
        };
        let past: Vec<Value> = books
            .transactions
            .iter()
            .rev()
            .filter(is_theirs)
            .take(SHOWN_MAX)
            .map(|it| {
                let charge = books.charges.get(it["id"].as_str().unwrap_or_default());
                json!({
                    "id": it["id"],
                    "amount": it["amount"],
                    "date": it["date"],
                    "title": charge.map(|it| &it.invoice.title),
                    "is_refund": it.get("receiver").is_some(),
                })
            })
            .collect();
        Ok(json!({ "stars": person.stars(), "subscriptions": subscriptions, "past": past }))
    }

    /// A subscription is renewed now, as if its time were over, and lasts a period longer.
    pub fn renew_now(&self, bot: i64, person: i64, charge_id: &str) -> Result<(), String> {
        let bot = self.bot(bot).ok_or("there is no such bot")?;
        {
            let mut books = bot.books.lock().expect("no panic under this lock");
            let known = books.charges.get(charge_id).filter(|it| it.person == person);
            let number = known.and_then(|it| it.subscription);
            let number = number.ok_or("there is no such subscription")?;
            books.hasten(number, self.now() / 1_000).ok_or("the subscription isn't renewed")?;
        }
        self.keep_books(&bot);
        Ok(())
    }
}

/// The last word of a link, in any of its forms.
pub(super) fn slug(link: &str) -> &str {
    link.rsplit(['/', '=']).next().unwrap_or_default()
}

fn shown(invoice: &Invoice) -> Value {
    json!({
        "title": invoice.title,
        "description": invoice.description,
        "currency": "XTR",
        "total_amount": invoice.amount,
        "is_subscription": invoice.is_subscription,
    })
}
