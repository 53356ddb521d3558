//! Switches for what goes wrong with Telegram: each is used up after so many calls.

use serde::{Deserialize, Serialize};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// 429 with `retry_after`.
    Flood,
    /// 403, as if the person had blocked the bot.
    Blocked,
    /// The call is carried out, but its answer never comes.
    TimeoutAfter,
    /// 500, and nothing was done.
    ServerError,
    /// 401, as if the token had been revoked.
    Unauthorized,
    /// The next update is delivered twice.
    DuplicateUpdate,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    /// A method's name, or `*`.
    #[serde(default = "any")]
    pub method: String,
    pub fault: FaultKind,
    /// Seconds, for `flood`.
    #[serde(default = "three")]
    pub retry_after: u64,
    #[serde(default = "one")]
    pub times: u32,
    /// Only calls and updates of this chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<i64>,
    /// Only this bot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

fn any() -> String {
    "*".into()
}

fn three() -> u64 {
    3
}

fn one() -> u32 {
    1
}

impl Fault {
    /// A fault of every method, once.
    pub fn new(fault: FaultKind) -> Fault {
        Fault { method: any(), fault, retry_after: three(), times: one(), chat: None, token: None }
    }
}

/// What a fault is matched with.
pub(crate) struct Circumstances<'a> {
    pub(crate) method: &'a str,
    pub(crate) token: &'a str,
    pub(crate) chat: Option<i64>,
}

#[derive(Default)]
pub(crate) struct Faults {
    list: Mutex<Vec<Fault>>,
    /// So that calls needn't take the lock while there are none.
    count: AtomicUsize,
}

impl Faults {
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    pub(crate) fn add(&self, fault: Fault) {
        let mut list = self.list.lock().expect("no panic under this lock");
        if fault.times > 0 {
            list.push(fault);
        }
        self.count.store(list.len(), Ordering::Release);
    }

    pub(crate) fn clear(&self) {
        let mut list = self.list.lock().expect("no panic under this lock");
        list.clear();
        self.count.store(0, Ordering::Release);
    }

    pub(crate) fn all(&self) -> Vec<Fault> {
        self.list.lock().expect("no panic under this lock").clone()
    }

    /// Uses up the first fault of a call.
    pub(crate) fn of_call(&self, met: &Circumstances<'_>) -> Option<Fault> {
        self.take(met, false)
    }

    /// Whether the update that is being made is to come twice.
    pub(crate) fn of_update(&self, met: &Circumstances<'_>) -> bool {
        self.take(met, true).is_some()
    }

    fn take(&self, met: &Circumstances<'_>, of_update: bool) -> Option<Fault> {
        if self.is_empty() {
            return None;
        }
        let mut list = self.list.lock().expect("no panic under this lock");
        let at = list.iter().position(|it| {
            (it.fault == FaultKind::DuplicateUpdate) == of_update
                && (of_update || it.method == "*" || it.method.eq_ignore_ascii_case(met.method))
                && it.chat.is_none_or(|chat| met.chat == Some(chat))
                && it.token.as_deref().is_none_or(|token| token == met.token)
        })?;
        list[at].times -= 1;
        let fault = list[at].clone();
        if fault.times == 0 {
            list.remove(at);
        }
        self.count.store(list.len(), Ordering::Release);
        Some(fault)
    }
}
