//! For a bot's owners: one customer, their chain, and what can be done for them.

use domain::command::Deed;
use domain::{Command, Credits, News, PaymentId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{CustomerFacts, Facts, Needs, PaymentFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::admin::{Admin, gate};
use crate::text::{Arg, credits_of, escape};

/// What is offered for choosing; any other number can be written.
const AMOUNTS: [i64; 4] = [50, 100, 250, 500];

/// The customer may read it too.
const REASON_CHARS_MAX: usize = 200;

/// How many payments are shown, the latest.
const PAYMENTS_MAX: usize = 8;

/// How much of a chain is shown, so that the whole fits a message.
const CHAIN_CHARS_MAX: usize = 2_000;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Customer {
    Card { user: UserId },
    Chain { user: UserId },
    AskBan { user: UserId },
    AskAmount { user: UserId, hand: Hand },
    AskReason { user: UserId, what: What },
    Confirm { user: UserId, what: What, reason: String },
}

/// Which way credits go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Hand {
    Grant,
    Take,
}

/// What is done once a reason is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Grant(Credits),
    Take(Credits),
    Refund(PaymentId),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Amount(Credits),
    AskAmount(Hand),
    AskBan,
    AskRefund(PaymentId),
    Back,
    /// These name the customer, so that an old question never means another one.
    Ban(UserId),
    Chain,
    Do(UserId),
    Unban(UserId),
}

impl Screen for Customer {
    type Press = Press;

    fn needs(&self) -> Needs {
        Needs { customer: Some(self.user().clone()), ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match &facts.customer {
            _ if !facts.person.is_owner => View::new(facts.say("refusal-not-an-owner", &[])),
            None => View::new(facts.say("refusal-user-gone", &[])),
            Some(customer) => match self {
                Self::Card { .. } => card(customer, facts),
                Self::Chain { .. } => View::new(chain(customer, facts)),
                Self::AskBan { .. } => ask_ban(customer, facts),
                Self::AskAmount { hand, .. } => ask_amount(*hand, customer, facts),
                Self::AskReason { what, .. } => ask_reason(what, customer, facts),
                Self::Confirm { what, reason, .. } => confirm(what, reason, customer, facts),
            },
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        if let Some(next) = gate(&event, facts) {
            return next;
        }
        match event {
            Event::Press(Press::Back) => self.back(),
            Event::Press(press) => self.pressed(press, facts),
            Event::Text(text) => self.typed(text.trim(), facts),
            // What was asked for is done, or couldn't be: either way the card shows how it is.
            Event::News(news @ (News::AdminDone { .. } | News::Refused { .. })) => {
                Next::tell(self.card(), &news, facts)
            }
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

impl Customer {
    fn user(&self) -> &UserId {
        match self {
            Self::Card { user }
            | Self::Chain { user }
            | Self::AskBan { user }
            | Self::AskAmount { user, .. }
            | Self::AskReason { user, .. }
            | Self::Confirm { user, .. } => user,
        }
    }

    /// Where one is when what was begun is done or given up.
    pub fn card(&self) -> Self {
        Self::Card { user: self.user().clone() }
    }

    fn back(self) -> Next {
        match self {
            Self::Card { .. } => Next::go(Admin::Find),
            Self::AskReason { user, what: What::Grant(_) } => {
                Next::go(Self::AskAmount { user, hand: Hand::Grant })
            }
            Self::AskReason { user, what: What::Take(_) } => {
                Next::go(Self::AskAmount { user, hand: Hand::Take })
            }
            Self::Confirm { user, what, .. } => Next::go(Self::AskReason { user, what }),
            Self::AskReason { what: What::Refund(_), .. }
            | Self::Chain { .. }
            | Self::AskBan { .. }
            | Self::AskAmount { .. } => Next::go(self.card()),
        }
    }

    fn pressed(self, press: Press, facts: &Facts<'_>) -> Next {
        let user = self.user().clone();
        match (self, press) {
            (_, Press::Chain) => Next::go(Self::Chain { user }),
            (_, Press::AskBan) => Next::go(Self::AskBan { user }),
            (_, Press::AskAmount(hand)) => Next::go(Self::AskAmount { user, hand }),
            (_, Press::AskRefund(payment)) => {
                Next::go(Self::AskReason { user, what: What::Refund(payment) })
            }
            (Self::AskAmount { hand, .. }, Press::Amount(credits)) => {
                Next::go(Self::AskReason { user, what: hand.of(credits) })
            }
            // The button of before, tapped twice.
            (at @ Self::AskReason { .. }, Press::Amount(_)) => Next::go(at),
            (at @ Self::AskBan { .. }, Press::Ban(asked)) if asked == user => {
                Next::go(at).run(Command::Admin { deed: Deed::Ban { user, is_banned: true } })
            }
            (at @ Self::AskBan { .. }, Press::Unban(asked)) if asked == user => {
                Next::go(at).run(Command::Admin { deed: Deed::Ban { user, is_banned: false } })
            }
            (Self::Confirm { what, reason, .. }, Press::Do(asked))
                if asked == user && is_possible(&what, facts) =>
            {
                let deed = deed(user.clone(), what.clone(), reason.clone());
                Next::go(Self::Confirm { user, what, reason }).run(Command::Admin { deed })
            }
            (at, Press::Amount(_) | Press::Ban(_) | Press::Do(_) | Press::Unban(_)) => {
                Next::go(at).notice(facts.say("notice-old-button", &[]))
            }
            (at, Press::Back) => at.back(),
        }
    }

    fn typed(self, text: &str, facts: &Facts<'_>) -> Next {
        let stays = |at: Self, key| Next::go(at).notice(facts.say(key, &[]));
        match self {
            Self::AskAmount { user, hand } => match credits_of(text) {
                Some(credits) => Next::go(Self::AskReason { user, what: hand.of(credits) }),
                None => stays(Self::AskAmount { user, hand }, "notice-number-wrong"),
            },
            Self::AskReason { user, what } => {
                if text.is_empty() || REASON_CHARS_MAX < text.chars().count() {
                    return stays(Self::AskReason { user, what }, "notice-reason-wrong");
                }
                Next::go(Self::Confirm { user, what, reason: text.to_owned() })
            }
            at => stays(at, "notice-use-buttons"),
        }
    }
}

impl Hand {
    fn of(self, credits: Credits) -> What {
        match self {
            Self::Grant => What::Grant(credits),
            Self::Take => What::Take(credits),
        }
    }
}

fn deed(user: UserId, what: What, reason: String) -> Deed {
    match what {
        What::Grant(credits) => Deed::Grant { user, credits, reason },
        What::Take(credits) => Deed::Take { user, credits, reason },
        What::Refund(payment) => Deed::Refund { payment, reason },
    }
}

/// Whether it can be done to the customer on the screen.
fn is_possible(what: &What, facts: &Facts<'_>) -> bool {
    facts.customer.as_ref().is_some_and(|it| told(what, it, facts).is_some())
}

/// What is about to be done, in a sentence. None for a payment of which nothing can go back.
fn told(what: &What, customer: &CustomerFacts, facts: &Facts<'_>) -> Option<String> {
    let name = ("name", Arg::from(customer.name.as_str()));
    Some(match what {
        What::Grant(credits) => facts.say("admin-grant", &[name, ("credits", (*credits).into())]),
        What::Take(credits) => facts.say("admin-take", &[name, ("credits", (*credits).into())]),
        What::Refund(id) => {
            let payment = customer.payments.iter().find(|it| it.id == *id)?;
            if payment.refundable.is_zero() {
                return None;
            }
            let money = Arg::Said(facts.money(payment.refundable));
            facts.say("admin-refund", &[name, ("money", money)])
        }
    })
}

fn ask_ban(customer: &CustomerFacts, facts: &Facts<'_>) -> View<Press> {
    let user = customer.id.clone();
    let (key, press) = match customer.is_banned {
        true => ("admin-ask-unban", Press::Unban(user)),
        false => ("admin-ask-ban", Press::Ban(user)),
    };
    View::new(facts.say(key, &[("name", customer.name.as_str().into())]))
        .button(facts.label("button-admin-do", &[]), press)
}

fn ask_amount(hand: Hand, customer: &CustomerFacts, facts: &Facts<'_>) -> View<Press> {
    let key = match hand {
        Hand::Grant => "admin-ask-grant",
        Hand::Take => "admin-ask-take",
    };
    let args = [("name", customer.name.as_str().into()), ("have", customer.available.into())];
    let amounts = AMOUNTS.into_iter().filter_map(Credits::new);
    View::new(facts.say(key, &args)).row(amounts.map(|it| (it.to_string(), Press::Amount(it))))
}

fn ask_reason(what: &What, customer: &CustomerFacts, facts: &Facts<'_>) -> View<Press> {
    let Some(what) = told(what, customer, facts) else {
        return View::new(facts.say("refusal-nothing-to-refund", &[]));
    };
    View::new(format!("{what}\n\n{}", facts.say("admin-ask-reason", &[])))
}

fn confirm(what: &What, reason: &str, customer: &CustomerFacts, facts: &Facts<'_>) -> View<Press> {
    let Some(what) = told(what, customer, facts) else {
        return View::new(facts.say("refusal-nothing-to-refund", &[]));
    };
    let reason = facts.say("admin-reason", &[("reason", reason.into())]);
    View::new(format!("{what}\n{reason}"))
        .button(facts.label("button-admin-do", &[]), Press::Do(customer.id.clone()))
}

fn card(customer: &CustomerFacts, facts: &Facts<'_>) -> View<Press> {
    let telegram = customer.telegram_id.map_or_else(|| "–".to_owned(), |it| it.to_string());
    let mut lines = vec![facts.say(
        "admin-customer",
        &[
            ("name", customer.name.as_str().into()),
            ("id", customer.id.as_str().into()),
            ("telegram", Arg::Said(telegram)),
            ("since", customer.since.as_str().into()),
            ("credits", customer.available.into()),
            ("held", customer.held.into()),
            ("avatars", customer.avatars.into()),
        ],
    )];
    if customer.is_banned {
        lines.push(facts.say("admin-banned", &[]));
    }
    let payments: Vec<_> = customer.payments.iter().take(PAYMENTS_MAX).collect();
    if !payments.is_empty() {
        lines.push(String::new());
        lines.extend(payments.iter().map(|it| line(it, facts)));
    }
    let ban = if customer.is_banned { "button-admin-unban" } else { "button-admin-ban" };
    let view = View::new(lines.join("\n"))
        .row([
            (facts.label("button-admin-grant", &[]), Press::AskAmount(Hand::Grant)),
            (facts.label("button-admin-take", &[]), Press::AskAmount(Hand::Take)),
        ])
        .row([
            (facts.label("button-admin-chain", &[]), Press::Chain),
            (facts.label(ban, &[]), Press::AskBan),
        ]);
    let refundable = payments.iter().filter(|it| !it.refundable.is_zero());
    refundable.fold(view, |view, it| {
        let money = Arg::Said(facts.money(it.refundable));
        let args = [("money", money), ("on", it.on.as_str().into())];
        view.button(facts.label("button-admin-refund", &args), Press::AskRefund(it.id.clone()))
    })
}

fn line(payment: &PaymentFacts, facts: &Facts<'_>) -> String {
    let args = [
        ("on", payment.on.as_str().into()),
        ("money", Arg::Said(facts.money(payment.money))),
        ("method", payment.method.as_str().into()),
        ("refunded", Arg::Said(facts.money(payment.refunded))),
    ];
    match (payment.is_parked, payment.refunded.is_zero()) {
        (true, _) => facts.say("admin-payment-parked", &args[..3]),
        (false, true) => facts.say("admin-payment", &args[..3]),
        (false, false) => facts.say("admin-payment-refunded", &args),
    }
}

/// As many lines as fit, and how many there are beside.
fn chain(customer: &CustomerFacts, facts: &Facts<'_>) -> String {
    let mut lines = vec![facts.say("admin-chain", &[("name", customer.name.as_str().into())])];
    let mut room = CHAIN_CHARS_MAX;
    for line in &customer.chain {
        let Some(left) = room.checked_sub(line.chars().count() + 1) else { break };
        room = left;
        lines.push(escape(line).into_owned());
    }
    let more = customer.chain.len() + 1 - lines.len();
    if 0 < more {
        lines.push(facts.say("admin-chain-more", &[("count", (more as i64).into())]));
    }
    lines.join("\n")
}
