//! Versions of presets: how they do, how many orders each gets, and back to an earlier one.

use clap::Subcommand;
use domain::Millis;
use domain::catalog::Preset;
use store::{Tx, presets};

use super::{Done, Said, ask, decide, deed};
use crate::app::Ground;
use crate::config::Config;
use crate::failure::Failure;

#[derive(Clone, Debug, Subcommand)]
pub enum Presets {
    /// Lists presets, or how the versions of one have done in the last days.
    List {
        name: Option<String>,
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
    /// Shares the orders to come out among versions: `1=90 2=10`. Nothing is what the catalog says.
    Share {
        name: String,
        #[arg(value_name = "VERSION=PERCENT", value_parser = share)]
        shares: Vec<(u32, u32)>,
        /// Why; it is kept.
        #[arg(long)]
        reason: String,
    },
    /// Gives all orders to come to one version. What runs keeps its own.
    Rollback {
        name: String,
        version: u32,
        /// Why; it is kept.
        #[arg(long)]
        reason: String,
    },
}

pub fn run(config: Config, what: Presets) -> Done {
    match what {
        Presets::List { name, days } => {
            ask(config, move |tx, ground, now| list(tx, ground, name.as_deref(), days, now))
        }
        Presets::Share { name, shares, reason } => {
            decide(config, move |tx, ground, now| set(tx, ground, &name, &shares, &reason, now))
        }
        Presets::Rollback { name, version, reason } => decide(config, move |tx, ground, now| {
            set(tx, ground, &name, &[(version, 100)], &reason, now)
        }),
    }
}

/// Reads `2=10`.
fn share(text: &str) -> Result<(u32, u32), String> {
    let parts = text.split_once('=').and_then(|(version, percent)| {
        Some((version.parse().ok()?, percent.trim_end_matches('%').parse().ok()?))
    });
    parts.ok_or_else(|| "it is a version, = and a percentage, such as 2=10".to_owned())
}

pub fn list(
    tx: &mut Tx,
    ground: &Ground,
    name: Option<&str>,
    days: i64,
    now: Millis,
) -> Result<Said, Failure> {
    let Some(name) = name else {
        let line = |it: &Preset| {
            format!(
                "{}  {}  {} credits, {} versions",
                it.name,
                it.category,
                it.credits,
                it.versions.len()
            )
        };
        let lines: Vec<_> = ground.catalog.presets.iter().map(line).collect();
        return Said::done(lines.join("\n"));
    };
    let Some(preset) = ground.catalog.preset(name) else {
        return Said::no(format!("There is no preset {name}."));
    };
    let shares = presets::shares(tx, name)?;
    let since = now.since(Millis::days(days));
    let records = presets::records(tx, name, since)?;
    let mut lines = vec![format!("{name}, in the last {days} days:")];
    for version in &preset.versions {
        let by_hand = shares.iter().find(|it| it.0 == version.version).map(|it| it.1);
        let share = match (by_hand, shares.is_empty()) {
            (Some(percent), _) => format!("{percent} % by hand"),
            (None, false) => "0 % by hand".to_owned(),
            (None, true) => format!("{} %", version.share_percent.unwrap_or(100)),
        };
        let did = match records.iter().find(|it| it.version == version.version) {
            Some(it) => format!(
                "{} ordered, {} succeeded, {} failed; {} credits taken, {} millionths of a dollar billed",
                it.ordered, it.succeeded, it.failed, it.credits, it.cost_micros
            ),
            None => "not ordered".to_owned(),
        };
        lines.push(format!("  {}  {}  {share}: {did}", version.version, version.workflow));
    }
    Said::done(lines.join("\n"))
}

pub fn set(
    tx: &mut Tx,
    ground: &Ground,
    name: &str,
    shares: &[(u32, u32)],
    reason: &str,
    now: Millis,
) -> Result<Said, Failure> {
    let Some(preset) = ground.catalog.preset(name) else {
        return Said::no(format!("There is no preset {name}."));
    };
    if reason.trim().is_empty() {
        return Said::wrong("say why");
    }
    if let Some(wrong) = preset.wrong_shares(shares).filter(|_| !shares.is_empty()) {
        return Said::wrong(wrong);
    }
    presets::set_shares(tx, name, shares, reason, now)?;
    let spelled: Vec<_> = shares.iter().map(|(it, percent)| format!("{it}={percent}")).collect();
    deed(
        tx,
        ground,
        "preset-shares",
        None,
        &format!("{name} {}: {reason}", spelled.join(" ")),
        now,
    )?;
    Said::done("Orders from now on go by that; what runs keeps its version.")
}
