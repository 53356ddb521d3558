//! Trouble to order: what YooKassa does wrong next, where, and how often.

use serde::{Deserialize, Serialize};

use super::YooKassa;
use super::cards;

/// One order of trouble. Faults of one kind are used up in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: Trouble,
    /// How many more times.
    #[serde(default = "once")]
    pub times: u32,
    /// Where; the first of [`Trouble::calls`] if it isn't said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Call>,
    /// `duplicate`: deliveries in all (2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `late` (60), `slow` (30), `pending` (60): how long. `reordered` (60): the longest wait for
    /// another notification. `429`, `500`, `500_after` and `202` (1): what `retry_after` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// `declined` (`general_decline`), `refund_canceled` (`insufficient_funds`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `forged_amount` (`99999.00`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// This trouble once, with its defaults.
    pub fn once(fault: Trouble) -> Fault {
        Fault { fault, times: 1, on: None, count: None, seconds: None, reason: None, amount: None }
    }

    fn call(&self) -> Option<Call> {
        self.on.or_else(|| self.fault.calls().first().copied())
    }

    pub(super) fn millis_or(&self, seconds: u32) -> i64 {
        i64::from(self.seconds.unwrap_or(seconds)) * 1_000
    }

    /// `retry_after` of an answer.
    pub(super) fn pause_ms(&self) -> u32 {
        self.seconds.unwrap_or(1).saturating_mul(1_000)
    }

    /// What is wrong with the order itself, if anything.
    pub(super) fn complaint(&self) -> Option<String> {
        let calls = self.fault.calls();
        if self.on.is_some_and(|it| !calls.contains(&it)) {
            return Some("this fault can't happen there".into());
        }
        let is_reason = |it: &String| cards::REASONS.contains(&it.as_str());
        match &self.reason {
            Some(reason) if self.fault == Trouble::Declined && !is_reason(reason) => {
                Some(format!("no payment is canceled for {reason}"))
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// 500, and nothing was done.
    #[serde(rename = "500")]
    Broken,
    /// It is done, and 500 is answered.
    #[serde(rename = "500_after")]
    BrokenAfter,
    /// Nothing is done, and no answer comes at all.
    Lost,
    /// It is done, and no answer comes at all.
    Silent,
    /// It is done, and the answer comes when the clock is `seconds` further.
    Slow,
    /// It is done, and `processing` is answered: the same is to be sent again.
    #[serde(rename = "202")]
    Processing,
    #[serde(rename = "401")]
    Unauthorized,
    #[serde(rename = "403")]
    Forbidden,
    #[serde(rename = "429")]
    TooMany,
    /// The page of a proxy.
    #[serde(rename = "503")]
    Unavailable,
    /// The next try to pay is declined for `reason`.
    Declined,
    /// The person takes back the leave to charge the saved method that is charged next.
    PermissionRevoked,
    /// The next payment that would succeed stays pending for `seconds`.
    Pending,
    /// The next payment to be made says the opposite of the truth in `test`.
    OtherTest,
    /// The next payment to be made doesn't tell `income_amount`.
    NoIncome,
    /// The next refund is made, and stays pending for `seconds`.
    RefundPending,
    /// The next refund is made, and is canceled for `reason` at once.
    RefundCanceled,
    /// No notification.
    Never,
    /// The notification comes `count` times.
    Duplicate,
    /// The notification comes `seconds` late.
    Late,
    /// The notification comes after the next one.
    Reordered,
    /// The notification tells another `amount` than was paid.
    ForgedAmount,
    /// A notification says that the next payment has succeeded, while it is still pending.
    ForgedSuccess,
    /// The notification comes from an address that isn't YooKassa's.
    Stranger,
    /// The next payment is paid, and its notification comes before the answer to its making.
    Early,
}

/// A kind of call that a fault can sit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    Create,
    Read,
    List,
    Capture,
    Cancel,
    Refund,
    ReadRefund,
    ListRefunds,
    Me,
}

impl Trouble {
    /// Where it can happen, the usual one first. Empty: to a payment, a refund or a notification,
    /// whatever call that comes from.
    pub fn calls(self) -> &'static [Call] {
        use Call::{Cancel, Capture, Create, List, ListRefunds, Me, Read, ReadRefund, Refund};
        match self {
            Self::Broken
            | Self::Unauthorized
            | Self::Forbidden
            | Self::TooMany
            | Self::Unavailable
            | Self::Lost
            | Self::Silent
            | Self::Slow => {
                &[Create, Read, List, Capture, Cancel, Refund, ReadRefund, ListRefunds, Me]
            }
            Self::BrokenAfter | Self::Processing => &[Create, Capture, Cancel, Refund],
            Self::Declined
            | Self::PermissionRevoked
            | Self::Pending
            | Self::OtherTest
            | Self::NoIncome
            | Self::RefundPending
            | Self::RefundCanceled
            | Self::Never
            | Self::Duplicate
            | Self::Late
            | Self::Reordered
            | Self::ForgedAmount
            | Self::ForgedSuccess
            | Self::Stranger
            | Self::Early => &[],
        }
    }
}

/// Takes the next fault of this kind off the list.
pub(super) fn take(faults: &mut Vec<Fault>, trouble: Trouble) -> Option<Fault> {
    take_if(faults, |it| it.fault == trouble)
}

/// Takes the next of these faults that sits on a call.
pub(super) fn take_on(faults: &mut Vec<Fault>, call: Call, troubles: &[Trouble]) -> Option<Fault> {
    take_if(faults, |it| it.call() == Some(call) && troubles.contains(&it.fault))
}

fn take_if(faults: &mut Vec<Fault>, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
    let at = faults.iter().position(wanted)?;
    let found = faults[at].clone();
    faults[at].times -= 1;
    if faults[at].times == 0 {
        faults.remove(at);
    }
    Some(found)
}

impl YooKassa {
    /// Orders trouble. One with `times: 0` or on a call where it can't happen never strikes.
    pub fn fault(&self, fault: Fault) {
        if 0 < fault.times {
            self.world().faults.push(fault);
        }
    }

    pub fn faults(&self) -> Vec<Fault> {
        self.world().faults.clone()
    }

    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }
}
