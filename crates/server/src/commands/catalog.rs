//! What is sold and for how much, before the program is started with it.

use std::process::ExitCode;

use clap::Subcommand;
use domain::catalog::Catalog;
use domain::{Currency, Millis};
use store::Tx;

use super::{Said, decide, deed};
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::failure::Failure;
use crate::prices;

#[derive(Clone, Debug, Subcommand)]
pub enum CatalogWork {
    /// Reads the catalog with your own files and prices over it, and prints what is sold. Fails
    /// where the program would refuse to start with it.
    Check,
    /// Takes prices that have become a hundred times what they were, or a hundredth.
    Accept {
        /// Why; it is kept.
        #[arg(long)]
        reason: String,
    },
}

pub fn run(config: Config, what: CatalogWork) -> Done {
    match what {
        CatalogWork::Check => match prices::read_catalog(&config) {
            Ok(_) => super::ask(config, check),
            Err(error) => {
                println!("refused: {error}");
                Ok(ExitCode::FAILURE)
            }
        },
        CatalogWork::Accept { reason } => {
            decide(config, move |tx, ground, now| accept(tx, ground, &reason, now))
        }
    }
}

pub fn check(tx: &mut Tx, ground: &Ground, _: Millis) -> Result<Said, Failure> {
    let mut lines = shown(&ground.catalog);
    lines.extend(margins(ground));
    let jumps = prices::jumps(tx, &prices::all(&ground.catalog, &ground.config))?;
    lines.extend(jumps.iter().map(|it| format!("jumped: {it}")));
    if jumps.is_empty() {
        return Said::done(lines.join("\n"));
    }
    lines.push("The program will not start with these until `atelier catalog accept`.".to_owned());
    Said::no(lines.join("\n"))
}

/// What is sold, a line each.
fn shown(catalog: &Catalog) -> Vec<String> {
    let packs = catalog.packs.iter().map(|it| {
        let prices = Currency::ALL.iter().filter_map(|one| it.price(*one));
        let prices: Vec<_> = prices.map(|it| it.to_string()).collect();
        let what = if it.plan.is_some() { "plan" } else { "pack" };
        let best = if it.best_value { ", best value" } else { "" };
        let credits = format!("{} + {} credits", it.credits, it.bonus);
        format!("{what} {}: {credits} for {}{best}", it.name, prices.join(", "))
    });
    let work = catalog.sold().map(|it| {
        format!("{}: {} credits, costs {} at most", it.name, it.credits, dollars(it.cost_micros))
    });
    let styles = format!(
        "{} styles in {} categories",
        catalog.styles.len(),
        catalog.style_categories().len()
    );
    packs.chain(work).chain([styles]).collect()
}

/// What is left at least, at the catalog's prices and at those of bots that have their own.
fn margins(ground: &Ground) -> Vec<String> {
    let own = ground.config.bots.iter().filter(|it| it.prices.values().any(|it| !it.is_empty()));
    let sold = std::iter::once((None, "the catalog".to_owned()))
        .chain(own.map(|it| (Some(it), format!("bot `{}`", it.name))));
    sold.flat_map(|(bot, name)| {
        let margins = prices::margins(&ground.catalog, bot).into_iter();
        margins.map(move |it| format!("{name}: {}", margin(&it)))
    })
    .collect()
}

/// A margin in words.
pub fn margin(it: &prices::Margin) -> String {
    format!(
        "the least margin in {} is {}%: {} paid with {} brings {} and costs {}",
        it.earned.currency.code(),
        it.percent,
        it.work,
        it.pack,
        it.earned,
        it.cost
    )
}

/// Millionths of a dollar in dollars and cents, rounded up.
fn dollars(micros: i64) -> String {
    let cents = micros.saturating_add(9_999) / 10_000;
    format!("{}.{:02} USD", cents / 100, cents % 100)
}

pub fn accept(tx: &mut Tx, ground: &Ground, reason: &str, now: Millis) -> Result<Said, Failure> {
    let all = prices::all(&ground.catalog, &ground.config);
    let jumps = prices::jumps(tx, &all)?;
    if jumps.is_empty() {
        return Said::done("No price has jumped.");
    }
    store::prices::keep(tx, &all, now)?;
    let told = jumps.join("; ");
    deed(tx, ground, "prices", None, &format!("{told}: {reason}"), now)?;
    Said::done(format!("Accepted: {told}."))
}
