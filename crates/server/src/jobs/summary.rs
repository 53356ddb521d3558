//! What happened in each bot on the day before, for its owners.

use chat::text::{Arg, Speech};
use domain::{Language, Millis};
use store::Tx;
use store::reports::{self, Flow, Stats, Waiting};

use crate::app::Ground;
use crate::bot::Bot;
use crate::failure::Failure;
use crate::inbox::facts::day;
use crate::jobs::Ended;
use crate::outbox;

pub fn run() -> Ended {
    Ended::done().write(tell)
}

/// A word to the owners of each bot; none on a day on which nothing happened and nothing waits.
pub fn tell(tx: &mut Tx, ground: &Ground, now: Millis) -> Result<(), Failure> {
    let length = Millis::DAY.as_i64();
    let to = Millis(now.as_i64().div_euclid(length) * length);
    let from = Millis(to.as_i64() - length);
    let waiting = reports::waiting(tx)?;
    for bot in ground.config.bots.iter().filter(|it| !it.owners.is_empty()) {
        let Some(id) = Bot::id_of(&bot.token) else { continue };
        let stats = reports::stats(tx, &id, from, to)?;
        // Whoever writes today has moved their chat since yesterday, and that alone is no news.
        let is_quiet = Stats { active: 0, ..stats.clone() }.is_empty() && waiting.attention == 0;
        if !is_quiet {
            let language = bot.languages.first().copied().unwrap_or_default();
            outbox::owners(
                tx,
                ground,
                &id,
                &text(&bot.name, from, &stats, waiting, language),
                now,
            )?;
        }
    }
    Ok(())
}

fn text(bot: &str, on: Millis, stats: &Stats, waiting: Waiting, language: Language) -> String {
    let speech = Speech::of(language);
    let money = |part: fn(&Flow) -> domain::Money| {
        let parts = stats.flows.iter().map(part).filter(|it| !it.is_zero());
        let parts: Vec<_> = parts.map(|it| it.to_string()).collect();
        Arg::Said(if parts.is_empty() { "0".to_owned() } else { parts.join(", ") })
    };
    let cents = stats.cost_micros.max(0).saturating_add(9_999) / 10_000;
    let cost = format!("{}.{:02}", cents / 100, cents % 100);
    speech.label(
        "owners-summary",
        &[
            ("bot", bot.into()),
            ("on", Arg::Said(day(on))),
            ("new", stats.new.into()),
            ("payers", stats.payers.into()),
            ("revenue", money(|it| it.came)),
            ("refunds", money(|it| it.back)),
            ("spent", stats.spent.into()),
            ("cost", Arg::Said(cost)),
            ("open", waiting.attention.into()),
        ],
    )
}
