//! How customers like what was made for them.

use domain::Millis;
use store::Tx;
use store::ratings::{self, Share};

use super::{Done, Said, ask};
use crate::config::Config;
use crate::failure::Failure;

pub fn run(config: Config, days: i64) -> Done {
    ask(config, move |tx, _, now| list(tx, days, now))
}

/// A line for each model and preset, what was rated most first.
pub fn list(tx: &mut Tx, days: i64, now: Millis) -> Result<Said, Failure> {
    let shares = ratings::shares(tx, now.since(Millis::days(days)))?;
    if shares.is_empty() {
        return Said::done(format!("Nothing was rated in the last {days} days."));
    }
    let mut lines = vec![format!("In the last {days} days customers liked:")];
    lines.extend(shares.iter().map(line));
    Said::done(lines.join("\n"))
}

fn line(it: &Share) -> String {
    let what = match &it.preset {
        Some((preset, version)) => format!("{preset}, version {version}"),
        None => it.model.clone(),
    };
    format!(
        "  {}  {what}: {} % of {} ({} good, {} bad)",
        it.product.as_str(),
        it.good_percent(),
        it.all(),
        it.good,
        it.bad
    )
}
