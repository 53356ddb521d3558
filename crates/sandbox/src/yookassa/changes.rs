//! How payments and refunds change: somebody pays or declines, the shop takes or returns money, or
//! time is up. Whatever ends is announced.

use super::cards::{self, Means};
use super::faults::{self, Trouble};
use super::payment::{Cancellation, Method, Payment, Refund, State};
use super::{Settings, World};

/// How long a person may take to confirm a payment.
const CONFIRMED_WITHIN_MS: i64 = 3_600_000;
/// How long money is held for a shop that takes it in two steps.
const HELD_MS: i64 = 7 * 86_400_000;

impl World {
    /// Brings everything up to `now`, in the order in which it was due.
    pub(super) fn settle(&mut self, settings: &Settings, now: i64) {
        while let Some(&(at, number)) = self.due.first()
            && at <= now
        {
            self.due.pop_first();
            if self.payments.get(&number).is_some_and(|it| it.due == Some(at)) {
                self.payment_is_due(number, at, settings);
            } else if self.refunds.get(&number).is_some_and(|it| it.due == Some(at)) {
                self.end_refund(number, None, at);
            }
        }
    }

    fn payment_is_due(&mut self, number: u64, at: i64, settings: &Settings) {
        let Some(payment) = self.payments.get(&number) else { return };
        match payment.state {
            State::Pending if payment.is_under_way => self.accept(number, at, settings),
            State::Pending => self.cancel(number, "expired_on_confirmation", at, settings),
            State::WaitingForCapture => self.cancel(number, "expired_on_capture", at, settings),
            State::Succeeded | State::Canceled => {}
        }
    }

    /// Adds a payment that waits for a person.
    pub(super) fn add_payment(&mut self, mut payment: Payment) {
        payment.due = Some(payment.created_at + CONFIRMED_WITHIN_MS);
        self.due.extend(payment.due.map(|it| (it, payment.number)));
        self.by_id.insert(payment.id.clone(), payment.number);
        self.payments.insert(payment.number, payment);
    }

    /// Somebody tries to pay, or a saved method is charged.
    pub(super) fn attempt(&mut self, number: u64, means: Means, now: i64, settings: &Settings) {
        let Some(payment) = self.payments.get_mut(&number) else { return };
        let by_itself = means.declined();
        let method = payment.method.clone();
        payment.means = Some(means);
        if let Some(no) = faults::take(&mut self.faults, Trouble::Declined) {
            let reason = no.reason.unwrap_or_else(|| "general_decline".to_owned());
            return self.cancel(number, &reason, now, settings);
        }
        if let Some(method) = method.and_then(|it| self.methods.get_mut(&it)) {
            if faults::take(&mut self.faults, Trouble::PermissionRevoked).is_some() {
                method.declined = Some("permission_revoked".to_owned());
            }
            if let Some(reason) = method.declined.clone() {
                return self.cancel(number, &reason, now, settings);
            }
        }
        if let Some((party, reason)) = by_itself {
            let no = Cancellation { party, reason: reason.to_owned() };
            return self.end_canceled(number, no, now, settings);
        }
        match faults::take(&mut self.faults, Trouble::Pending) {
            Some(fault) => self.put_under_way(number, now + fault.millis_or(60)),
            None => self.accept(number, now, settings),
        }
    }

    fn put_under_way(&mut self, number: u64, until: i64) {
        if let Some(payment) = self.payments.get_mut(&number) {
            payment.is_under_way = true;
            payment.due = Some(until);
            self.due.insert((until, number));
        }
    }

    /// The money is there: taken, or held until the shop takes it.
    fn accept(&mut self, number: u64, now: i64, settings: &Settings) {
        let Some(payment) = self.payments.get_mut(&number) else { return };
        payment.is_under_way = false;
        if payment.takes_at_once {
            return self.take_money(number, None, now, settings);
        }
        payment.state = State::WaitingForCapture;
        payment.due = Some(now + HELD_MS);
        self.due.insert((now + HELD_MS, number));
        self.save_method(number);
        self.announce_payment(number, "payment.waiting_for_capture", now, settings);
    }

    /// Takes the money, or a part of it; the rest goes back.
    pub(super) fn take_money(
        &mut self,
        number: u64,
        part: Option<i64>,
        now: i64,
        settings: &Settings,
    ) {
        let Some(payment) = self.payments.get_mut(&number) else { return };
        payment.state = State::Succeeded;
        payment.kopecks = part.unwrap_or(payment.kopecks);
        payment.captured_at = Some(now);
        payment.due = None;
        self.save_method(number);
        self.announce_payment(number, "payment.succeeded", now, settings);
    }

    fn save_method(&mut self, number: u64) {
        let Some(payment) = self.payments.get(&number).filter(|it| it.saves) else { return };
        let Some(means) = payment.means.clone() else { return };
        let method = Method { shop: payment.shop.clone(), means, declined: None };
        self.methods.entry(payment.id.clone()).or_insert(method);
    }

    pub(super) fn cancel(&mut self, number: u64, reason: &str, now: i64, settings: &Settings) {
        let no = Cancellation { party: cards::party(reason), reason: reason.to_owned() };
        self.end_canceled(number, no, now, settings);
    }

    fn end_canceled(&mut self, number: u64, no: Cancellation, now: i64, settings: &Settings) {
        let Some(payment) = self.payments.get_mut(&number) else { return };
        payment.state = State::Canceled;
        payment.is_under_way = false;
        payment.due = None;
        payment.cancellation = Some(no);
        self.announce_payment(number, "payment.canceled", now, settings);
    }

    /// Adds a refund that has been looked at, and ends it unless trouble was ordered.
    pub(super) fn add_refund(&mut self, mut refund: Refund, now: i64) {
        let number = refund.number;
        if let Some(payment) = self.payments.get_mut(&refund.payment) {
            payment.refunding += refund.kopecks;
        }
        let pending = faults::take(&mut self.faults, Trouble::RefundPending);
        let canceled = faults::take(&mut self.faults, Trouble::RefundCanceled);
        refund.due = pending.map(|it| now + it.millis_or(60));
        let due = refund.due;
        self.due.extend(due.map(|it| (it, number)));
        self.by_id.insert(refund.id.clone(), number);
        self.refunds.insert(number, refund);
        if let Some(fault) = canceled {
            let reason = fault.reason.unwrap_or_else(|| "insufficient_funds".to_owned());
            self.end_refund(number, Some(reason), now);
        } else if due.is_none() {
            self.end_refund(number, None, now);
        }
    }

    /// Ends a refund: the money goes back, unless there is a reason why it can't.
    fn end_refund(&mut self, number: u64, no: Option<String>, now: i64) {
        let Some(refund) = self.refunds.get_mut(&number) else { return };
        refund.due = None;
        refund.state = if no.is_some() { State::Canceled } else { State::Succeeded };
        let is_done = no.is_none();
        refund.cancellation = no.map(|reason| Cancellation { party: "yoo_money", reason });
        if let Some(payment) = self.payments.get_mut(&refund.payment) {
            payment.refunding -= refund.kopecks;
            if is_done {
                payment.refunded += refund.kopecks;
            }
        }
        // A refund that is canceled is told to nobody: it must be asked for.
        if is_done {
            let (shop, wire) = (refund.shop.clone(), refund.wire());
            self.announce(&shop, "refund.succeeded", wire, now);
        }
    }

    fn announce_payment(&mut self, number: u64, event: &str, now: i64, settings: &Settings) {
        let Some(payment) = self.payments.get(&number) else { return };
        let (shop, wire) = (payment.shop.clone(), payment.wire(settings));
        self.announce(&shop, event, wire, now);
    }
}
