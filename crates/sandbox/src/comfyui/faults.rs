//! Trouble to order for one server, and how often.

use serde::{Deserialize, Serialize};

/// One order of trouble. Faults of one kind are used up in the order in which they came.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    pub fault: Trouble,
    /// How many more times.
    #[serde(default = "once")]
    pub times: u32,
    /// `restart` (5): how long it is away. `slow` (60): how much longer. `late_history` (1): how
    /// long after its success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// This trouble once, with its defaults.
    pub fn once(fault: Trouble) -> Fault {
        Fault { fault, times: 1, seconds: None }
    }

    pub(super) fn millis_or(&self, seconds: u32) -> i64 {
        i64::from(self.seconds.unwrap_or(seconds)) * 1000
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The next prompt runs, and no socket hears anything while it does.
    SilentSocket,
    /// At the next prompt's first step all sockets break; it goes on.
    DroppedSocket,
    /// At the next prompt's first step the process dies, and is back after `seconds`.
    Restart,
    /// The next prompt's sampler finds no memory.
    OutOfMemory,
    /// A node of the next prompt throws.
    NodeError,
    /// The next prompt makes no step until it is interrupted, forgiven or the server restarts.
    Hang,
    /// The same, and an interrupt doesn't help either: others wait behind it.
    Stuck,
    /// The next prompt takes `seconds` longer.
    Slow,
    /// The next prompt succeeds without any outputs.
    NoOutputs,
    /// The next prompt's history comes `seconds` after its success.
    LateHistory,
    /// A result is answered with 404.
    ResultGone,
    /// Any call is answered with 502, as by a proxy before nobody.
    Refused,
    /// A prompt is taken, and answered with 502.
    AcceptedButLost,
}

impl Trouble {
    /// Whether it strikes a prompt, from its start on; else it strikes a call.
    pub(super) fn stays_with_the_run(self) -> bool {
        !matches!(self, Self::ResultGone | Self::Refused | Self::AcceptedButLost)
    }
}

/// Takes the next fault of a kind off the list.
pub(super) fn take(faults: &mut Vec<Fault>, wanted: impl Fn(Trouble) -> bool) -> Option<Fault> {
    let at = faults.iter().position(|it| wanted(it.fault))?;
    let found = faults[at].clone();
    faults[at].times -= 1;
    if faults[at].times == 0 {
        faults.remove(at);
    }
    Some(found)
}

/// What a prompt that starts now carries with it: one of each kind.
pub(super) fn follow(faults: &mut Vec<Fault>) -> Vec<Fault> {
    let mut own: Vec<Fault> = Vec::new();
    while let Some(found) =
        take(faults, |it| it.stays_with_the_run() && own.iter().all(|own| own.fault != it))
    {
        own.push(found);
    }
    own
}
