//! Telegram Stars: invoices, their checkouts, charges, subscriptions and a bot's transactions.
//!
//! Facts from Bot API 10.3 and the payments page for Stars: a query must be answered within ten
//! seconds, a subscription is thirty days, a refund is whole and happens once.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, VecDeque};
use tokio::sync::oneshot;

pub(crate) const CHECKOUT_ANSWERED_WITHIN: i64 = 10_000;
/// How long a press waits for its answer; Telegram doesn't say, this is the usual guess.
pub(crate) const PRESS_ANSWERED_WITHIN: i64 = 60_000;
pub(crate) const SUBSCRIPTION_SECONDS: i64 = 2_592_000;
pub(crate) const SUBSCRIPTION_STARS_MAX: i64 = 10_000;

/// What is offered, by a message or by a link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Invoice {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) payload: String,
    pub(crate) start_parameter: String,
    pub(crate) amount: i64,
    pub(crate) is_subscription: bool,
}

/// How a payment ends for the one who waits for it; the error is a sentence for the person.
pub(crate) type Outcome = Result<(), String>;

/// A person has pressed Pay, and the bot is being asked.
pub(crate) struct Checkout {
    pub(crate) person: i64,
    /// None when it was paid by a link.
    pub(crate) message_id: Option<i64>,
    pub(crate) invoice: Invoice,
    pub(crate) due: i64,
    pub(crate) told: oneshot::Sender<Outcome>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Charge {
    pub(crate) person: i64,
    pub(crate) invoice: Invoice,
    pub(crate) provider_charge: String,
    pub(crate) is_refunded: bool,
    /// The number of its subscription.
    pub(crate) subscription: Option<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Subscription {
    pub(crate) person: i64,
    pub(crate) invoice: Invoice,
    /// Seconds.
    pub(crate) until: i64,
    /// Of its last payment.
    pub(crate) charge_id: String,
    pub(crate) is_canceled_by_person: bool,
    pub(crate) is_canceled_by_bot: bool,
}

impl Subscription {
    /// One that begins now, with no time that is paid for yet.
    pub(crate) fn new(person: i64, invoice: Invoice, charge_id: &str, now: i64) -> Self {
        Subscription {
            person,
            invoice,
            until: now,
            charge_id: charge_id.to_owned(),
            is_canceled_by_person: false,
            is_canceled_by_bot: false,
        }
    }
}

/// What Telegram has written down about a bot's money, and the queries that wait for answers.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Books {
    pub(crate) links: HashMap<String, Invoice>,
    #[serde(skip)]
    checkouts: HashMap<String, Checkout>,
    #[serde(skip)]
    checkouts_due: BTreeSet<(i64, String)>,
    pub(crate) charges: HashMap<String, Charge>,
    pub(crate) subscriptions: HashMap<u64, Subscription>,
    /// By the second at which they are to be renewed.
    renewals: BTreeSet<(i64, u64)>,
    /// `StarTransaction`s, oldest first.
    pub(crate) transactions: Vec<Value>,
    pub(crate) balance: i64,
    /// Who pressed, by the query's id.
    presses: HashMap<String, i64>,
    presses_in_order: VecDeque<(i64, String)>,
}

impl Books {
    /// All but the checkouts that are open: whoever waits for their end is gone after a restart.
    pub(crate) fn kept(&self) -> Books {
        Books {
            links: self.links.clone(),
            checkouts: HashMap::default(),
            checkouts_due: BTreeSet::default(),
            charges: self.charges.clone(),
            subscriptions: self.subscriptions.clone(),
            renewals: self.renewals.clone(),
            transactions: self.transactions.clone(),
            balance: self.balance,
            presses: self.presses.clone(),
            presses_in_order: self.presses_in_order.clone(),
        }
    }

    pub(crate) fn press(&mut self, id: String, person: i64, now: i64) {
        self.forget_old_presses(now);
        self.presses_in_order.push_back((now, id.clone()));
        self.presses.insert(id, person);
    }

    /// Takes a press that is to be answered. Nothing when it is unknown, answered or too old.
    pub(crate) fn take_press(&mut self, id: &str, now: i64) -> Option<i64> {
        self.forget_old_presses(now);
        self.presses.remove(id)
    }

    fn forget_old_presses(&mut self, now: i64) {
        while let Some((at, _)) = self.presses_in_order.front()
            && now - at > PRESS_ANSWERED_WITHIN
        {
            if let Some((_, id)) = self.presses_in_order.pop_front() {
                self.presses.remove(&id);
            }
        }
    }

    pub(crate) fn begin_checkout(&mut self, id: String, checkout: Checkout) {
        self.checkouts_due.insert((checkout.due, id.clone()));
        self.checkouts.insert(id, checkout);
    }

    pub(crate) fn take_checkout(&mut self, id: &str, now: i64) -> Option<Checkout> {
        if self.checkouts.get(id)?.due < now {
            return None;
        }
        let checkout = self.checkouts.remove(id)?;
        self.checkouts_due.remove(&(checkout.due, id.to_owned()));
        Some(checkout)
    }

    /// The next checkout that nobody answered in time.
    pub(crate) fn take_late_checkout(&mut self, now: i64) -> Option<Checkout> {
        let (due, id) = self.checkouts_due.first()?;
        if *due >= now {
            return None;
        }
        let id = id.clone();
        self.checkouts_due.pop_first();
        self.checkouts.remove(&id)
    }

    /// Adds a period to a subscription; the first one to that which is given. Gives the second of
    /// its end.
    pub(crate) fn extend(&mut self, number: u64, seconds: i64, first: Subscription) -> i64 {
        let charge_id = first.charge_id.clone();
        let known = self.subscriptions.entry(number).or_insert(first);
        known.charge_id = charge_id;
        known.until += seconds;
        let until = known.until;
        self.renewals.insert((until, number));
        until
    }

    /// Lets a subscription be due now, before its time; nothing when it isn't renewed any more.
    pub(crate) fn hasten(&mut self, number: u64, now_seconds: i64) -> Option<()> {
        let known = self.subscriptions.get(&number)?;
        if known.is_canceled_by_person || known.is_canceled_by_bot {
            return None;
        }
        self.renewals.remove(&(known.until, number));
        self.renewals.insert((now_seconds, number));
        Some(())
    }

    pub(crate) fn take_renewal(&mut self, now_seconds: i64) -> Option<u64> {
        let &(at, number) = self.renewals.first()?;
        if at > now_seconds {
            return None;
        }
        self.renewals.pop_first();
        Some(number)
    }
}
