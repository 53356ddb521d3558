//! How a person pays with Stars: the bot is asked first, and told afterwards.

use super::Telegram;
use super::account::slug;
use super::chats::{By, Chat, Event, Message};
use super::mail::{KEPT, KEPT_QUERY, Lane};
use super::people::Bot;
use super::play::writable;
use super::stars::{
    CHECKOUT_ANSWERED_WITHIN, Charge, Checkout, Invoice, Outcome, SUBSCRIPTION_SECONDS,
    Subscription,
};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use tokio::sync::oneshot;

const NOT_ENOUGH: &str = "there are not enough Stars";
const UNANSWERED: &str = "the bot didn't answer in time";

/// A payment that waits for the bot's word.
pub struct Paying {
    pub query_id: String,
    outcome: oneshot::Receiver<Outcome>,
}

impl Paying {
    /// How it ended, if it has. The error is what the person is told.
    pub fn outcome_now(&mut self) -> Option<Result<(), String>> {
        self.outcome.try_recv().ok()
    }

    /// Waits for the end; it comes with the answer, or when the query is too old.
    pub async fn outcome(self) -> Result<(), String> {
        self.outcome.await.unwrap_or_else(|_| Err(UNANSWERED.into()))
    }
}

impl Telegram {
    /// A person presses Pay under an invoice.
    pub fn pay(&self, bot: i64, person: i64, message_id: i64) -> Result<Paying, String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let message = chat.find(message_id).ok_or("there is no such message")?;
        let invoice = message.invoice.clone().ok_or("there is nothing to pay, or it is paid")?;
        self.begin_checkout(&bot, &chat, Some(message_id), *invoice)
    }

    /// A person pays by a link of `createInvoiceLink`.
    pub fn pay_link(&self, bot: i64, person: i64, link: &str) -> Result<Paying, String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let chat = chat.lock().expect("no panic under this lock");
        writable(&chat)?;
        let invoice = {
            let books = bot.books.lock().expect("no panic under this lock");
            books.links.get(slug(link)).cloned().ok_or("the bot has no such invoice link")?
        };
        self.begin_checkout(&bot, &chat, None, invoice)
    }

    fn begin_checkout(
        &self,
        bot: &Bot,
        chat: &Chat,
        message_id: Option<i64>,
        invoice: Invoice,
    ) -> Result<Paying, String> {
        if chat.person.stars() < invoice.amount {
            return Err(NOT_ENOUGH.into());
        }
        let query_id = bot.ids.number().to_string();
        let body = json!({
            "id": query_id,
            "from": chat.person.user(),
            "currency": "XTR",
            "total_amount": invoice.amount,
            "invoice_payload": invoice.payload,
        });
        let (told, outcome) = oneshot::channel();
        let person = chat.person.id;
        let due = self.now() + CHECKOUT_ANSWERED_WITHIN;
        let checkout = Checkout { person, message_id, invoice, due, told };
        bot.books
            .lock()
            .expect("no panic under this lock")
            .begin_checkout(query_id.clone(), checkout);
        let lane = Lane::Checkouts(person);
        self.post(bot, "pre_checkout_query", &body.to_string(), lane, KEPT_QUERY);
        Ok(Paying { query_id, outcome })
    }

    /// Ends a checkout as the bot said: the money moves, or the person is told why not.
    pub(super) fn end_checkout(&self, bot: &Bot, checkout: Checkout, word: Outcome) {
        let Ok(chat) = self.chat(bot, checkout.person) else { return };
        let mut chat = chat.lock().expect("no panic under this lock");
        let outcome = word.and_then(|()| {
            let is_open = checkout
                .message_id
                .is_none_or(|id| chat.find(id).is_some_and(|it| it.invoice.is_some()));
            if !is_open {
                return Err("it is already paid, or the invoice is gone".into());
            }
            self.charge(bot, &mut chat, &checkout.invoice, None)
        });
        if let (Ok(()), Some(id)) = (&outcome, checkout.message_id)
            && let Some(message) = chat.find(id)
        {
            let paid = Message { invoice: None, ..message.clone() };
            chat.replace_quietly(paid);
        }
        let message_id = checkout.message_id.unwrap_or(0);
        chat.show(Event::Paid { message_id, error: outcome.clone().err() });
        // Nobody may be waiting any more, which is their affair.
        let _ = checkout.told.send(outcome);
    }

    /// Moves the Stars and writes the service message. `renewed` is the subscription's number.
    fn charge(
        &self,
        bot: &Bot,
        chat: &mut Chat,
        invoice: &Invoice,
        renewed: Option<u64>,
    ) -> Outcome {
        let person = chat.person.clone();
        let amount = invoice.amount;
        let paid = person.stars.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |stars| {
            (stars >= amount).then_some(stars - amount)
        });
        paid.map_err(|_| NOT_ENOUGH.to_owned())?;
        let now = self.now() / 1_000;
        let (charge_id, provider_charge) = (bot.ids.letters("stx"), bot.ids.letters(""));
        let mut payment = json!({
            "currency": "XTR",
            "total_amount": amount,
            "invoice_payload": invoice.payload,
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": provider_charge,
        });
        let mut partner = json!({
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": person.user(),
            "invoice_payload": invoice.payload,
        });
        let mut books = bot.books.lock().expect("no panic under this lock");
        let subscription = invoice.is_subscription.then(|| {
            let number = renewed.unwrap_or_else(|| bot.ids.number());
            let first = Subscription::new(person.id, invoice.clone(), &charge_id, now);
            let seconds = self.subscription_seconds.load(Ordering::Relaxed);
            let until = books.extend(number, seconds, first);
            payment["subscription_expiration_date"] = json!(until);
            payment["is_recurring"] = json!(true);
            if renewed.is_none() {
                payment["is_first_recurring"] = json!(true);
            }
            partner["subscription_period"] = json!(SUBSCRIPTION_SECONDS);
            number
        });
        books.balance += amount;
        books.transactions.push(json!({
            "id": charge_id,
            "amount": amount,
            "date": now,
            "source": partner,
        }));
        let kept = Charge {
            person: person.id,
            invoice: invoice.clone(),
            provider_charge,
            is_refunded: false,
            subscription,
        };
        books.charges.insert(charge_id, kept);
        drop(books);
        let wire = self.service_message(bot, chat, "successful_payment", payment);
        self.take_in(bot, chat, By::Telegram, &wire);
        Ok(())
    }

    fn service_message(&self, bot: &Bot, chat: &Chat, field: &str, value: Value) -> Value {
        let mut wire = json!({
            "message_id": bot.next_message_id(),
            "date": self.now() / 1_000,
            "from": chat.person.user(),
            "chat": chat.person.chat(),
        });
        wire[field] = value;
        wire
    }

    /// Gives the Stars of a charge back, once. The error is Telegram's name for why not.
    pub(super) fn refund(
        &self,
        bot: &Bot,
        person: i64,
        charge_id: &str,
    ) -> Result<(), &'static str> {
        let chat = self.chat(bot, person).map_err(|_| "USER_ID_INVALID")?;
        let mut chat = chat.lock().expect("no panic under this lock");
        let mut books = bot.books.lock().expect("no panic under this lock");
        let found = books.charges.get_mut(charge_id).filter(|it| it.person == person);
        let charge = found.ok_or("CHARGE_NOT_FOUND")?;
        if charge.is_refunded {
            return Err("CHARGE_ALREADY_REFUNDED");
        }
        charge.is_refunded = true;
        let amount = charge.invoice.amount;
        let payload = charge.invoice.payload.clone();
        let refunded = json!({
            "currency": "XTR",
            "total_amount": amount,
            "invoice_payload": payload,
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": charge.provider_charge,
        });
        books.balance -= amount;
        books.transactions.push(json!({
            "id": charge_id,
            "amount": amount,
            "date": self.now() / 1_000,
            "receiver": {
                "type": "user",
                "transaction_type": "invoice_payment",
                "user": chat.person.user(),
                "invoice_payload": payload,
            },
        }));
        drop(books);
        chat.person.stars.fetch_add(amount, Ordering::Relaxed);
        let wire = self.service_message(bot, &chat, "refunded_payment", refunded);
        self.take_in(bot, &mut chat, By::Telegram, &wire);
        Ok(())
    }

    /// A person stops the renewal of their subscription, or takes that back. Any of its charges
    /// names it.
    pub fn cancel_subscription(
        &self,
        bot: i64,
        person: i64,
        charge_id: &str,
        canceled: bool,
    ) -> Result<(), String> {
        let (bot, chat) = self.bot_and_chat(bot, person)?;
        let chat = chat.lock().expect("no panic under this lock");
        let payload = {
            let mut books = bot.books.lock().expect("no panic under this lock");
            let number = books
                .charges
                .get(charge_id)
                .filter(|it| it.person == person)
                .and_then(|it| it.subscription)
                .ok_or("there is no such subscription")?;
            let known = books.subscriptions.get_mut(&number).ok_or("the subscription is over")?;
            if !canceled && known.is_canceled_by_bot {
                return Err("the bot has ended the subscription".into());
            }
            known.is_canceled_by_person = canceled;
            known.invoice.payload.clone()
        };
        let state = if canceled { "canceled" } else { "active" };
        self.tell_subscription(&bot, &chat, &payload, state);
        Ok(())
    }

    /// `Update.subscription`, which came with Bot API 10.2.
    fn tell_subscription(&self, bot: &Bot, chat: &Chat, payload: &str, state: &str) {
        let body =
            json!({ "user": chat.person.user(), "invoice_payload": payload, "state": state });
        let lane = Lane::Subscriptions(chat.person.id);
        self.post(bot, "subscription", &body.to_string(), lane, KEPT);
    }

    /// Ends the checkouts that nobody answered, and renews what is due.
    pub(super) fn keep_books(&self, bot: &Bot) {
        let now = self.now();
        let late = |books: &Mutex<super::stars::Books>| {
            books.lock().expect("no panic under this lock").take_late_checkout(now)
        };
        while let Some(checkout) = late(&bot.books) {
            self.end_checkout(bot, checkout, Err(UNANSWERED.into()));
        }
        let renewal = |books: &Mutex<super::stars::Books>| {
            books.lock().expect("no panic under this lock").take_renewal(now / 1_000)
        };
        while let Some(number) = renewal(&bot.books) {
            self.renew(bot, number);
        }
    }

    fn renew(&self, bot: &Bot, number: u64) {
        let (person, invoice, is_canceled) = {
            let books = bot.books.lock().expect("no panic under this lock");
            let Some(it) = books.subscriptions.get(&number) else { return };
            let is_canceled = it.is_canceled_by_person || it.is_canceled_by_bot;
            (it.person, it.invoice.clone(), is_canceled)
        };
        let Ok(chat) = self.chat(bot, person) else { return };
        let mut chat = chat.lock().expect("no panic under this lock");
        let outcome = if is_canceled {
            Err(String::new())
        } else {
            self.charge(bot, &mut chat, &invoice, Some(number))
        };
        if outcome.is_err() {
            let mut books = bot.books.lock().expect("no panic under this lock");
            books.subscriptions.remove(&number);
            drop(books);
            if !is_canceled {
                self.tell_subscription(bot, &chat, &invoice.payload, "failed");
            }
            self.changed();
        }
    }
}
