//! For a bot's owners: its numbers, and the search for a customer.

use domain::UserId;
use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::facts::{Facts, Needs, StatsFacts};
use crate::screen::{Next, Screen, View};
use crate::screens::customer::Customer;
use crate::screens::home::Home;
use crate::text::Arg;

/// Longer than any name or id that is looked for.
const QUERY_CHARS_MAX: usize = 64;

/// How many customers a search shows.
const FOUND_MAX: usize = 10;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Admin {
    Menu,
    Numbers,
    Find,
    Found { query: String },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Press {
    Back,
    Find,
    Numbers,
    Open(UserId),
}

impl Screen for Admin {
    type Press = Press;

    fn needs(&self) -> Needs {
        let search = match self {
            Self::Found { query } => Some(query.clone()),
            Self::Menu | Self::Numbers | Self::Find => None,
        };
        Needs { stats: *self == Self::Numbers, search, ..Needs::default() }
    }

    fn view(&self, facts: &Facts<'_>) -> View<Press> {
        let view = match self {
            _ if !facts.person.is_owner => View::new(facts.say("refusal-not-an-owner", &[])),
            Self::Menu => View::new(facts.say("admin", &[])).row([
                (facts.label("button-admin-numbers", &[]), Press::Numbers),
                (facts.label("button-admin-find", &[]), Press::Find),
            ]),
            Self::Numbers => View::new(numbers(&facts.stats, facts)),
            Self::Find => View::new(facts.say("admin-find", &[])),
            Self::Found { query } => found(query, facts),
        };
        view.back(Press::Back, facts)
    }

    fn on(self, event: Event<Press>, facts: &Facts<'_>) -> Next {
        if let Some(next) = gate(&event, facts) {
            return next;
        }
        match event {
            Event::Press(Press::Back) => match self {
                Self::Menu => Next::go(Home),
                Self::Numbers | Self::Find => Next::go(Self::Menu),
                Self::Found { .. } => Next::go(Self::Find),
            },
            Event::Press(Press::Find) => Next::go(Self::Find),
            Event::Press(Press::Numbers) => Next::go(Self::Numbers),
            Event::Press(Press::Open(user)) => Next::go(Customer::Card { user }),
            Event::Text(text) => self.look_for(text.trim(), facts),
            Event::News(news) => Next::tell(self, &news, facts),
            Event::Picture(_) | Event::Clip(_) | Event::Other(_) => {
                Next::go(self).notice(facts.say("notice-use-buttons", &[]))
            }
        }
    }
}

/// Who isn't an owner, or is one no more, is shown out; none when the event may go on.
pub fn gate<P>(event: &Event<P>, facts: &Facts<'_>) -> Option<Next> {
    if facts.person.is_owner {
        return None;
    }
    Some(match event {
        Event::News(news) => Next::tell(Home, news, facts),
        // They have just read that it isn't for them.
        Event::Press(_) => Next::go(Home),
        Event::Text(_) | Event::Picture(_) | Event::Clip(_) | Event::Other(_) => stranger(facts),
    })
}

/// What is said to who isn't an owner.
pub fn stranger(facts: &Facts<'_>) -> Next {
    Next::go(Home).notice(facts.say("refusal-not-an-owner", &[]))
}

impl Admin {
    /// Whatever is typed is looked for, except where the numbers are read.
    fn look_for(self, query: &str, facts: &Facts<'_>) -> Next {
        if self == Self::Numbers {
            return Next::go(self).notice(facts.say("notice-use-buttons", &[]));
        }
        if query.is_empty() || QUERY_CHARS_MAX < query.chars().count() {
            return Next::go(self).notice(facts.say("refusal-user-gone", &[]));
        }
        let next = Self::Found { query: query.to_owned() };
        if next == self {
            return Next::go(self).notice(facts.say("notice-use-buttons", &[]));
        }
        Next::go(next)
    }
}

fn numbers(stats: &[StatsFacts], facts: &Facts<'_>) -> String {
    let parts = stats.iter().map(|it| {
        let revenue: Vec<_> = it.revenue.iter().map(|it| facts.money(*it)).collect();
        let revenue = if revenue.is_empty() { "0".to_owned() } else { revenue.join(", ") };
        let text = facts.say(
            "admin-numbers",
            &[
                ("days", it.days.into()),
                ("new", it.new.into()),
                ("active", it.active.into()),
                ("payers", it.payers.into()),
                ("revenue", Arg::Said(revenue)),
                ("spent", it.spent.into()),
                ("cost", dollars(it.cost_micros).as_str().into()),
            ],
        );
        match it.margin_percent {
            Some(percent) => {
                format!("{text}\n{}", facts.say("admin-margin", &[("percent", percent.into())]))
            }
            None => text,
        }
    });
    let title = std::iter::once(facts.say("admin-numbers-title", &[]));
    title.chain(parts).collect::<Vec<_>>().join("\n\n")
}

/// Millionths of a dollar in dollars and cents, rounded up: 12.35.
fn dollars(micros: i64) -> String {
    let cents = micros.max(0).saturating_add(9_999) / 10_000;
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn found(query: &str, facts: &Facts<'_>) -> View<Press> {
    let key = if facts.found.is_empty() { "admin-found-none" } else { "admin-found" };
    let view = View::new(facts.say(key, &[("query", query.into())]));
    facts.found.iter().take(FOUND_MAX).fold(view, |view, it| {
        let telegram = it.telegram_id.map_or_else(|| "–".to_owned(), |id| id.to_string());
        let args = [("name", it.name.as_str().into()), ("id", Arg::Said(telegram))];
        view.button(facts.label("button-admin-open", &args), Press::Open(it.id.clone()))
    })
}
