//! Promo codes, and the links by which people came.

use chrono::{Days, NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use domain::catalog::{BONUS_PERCENT_MAX, DISCOUNT_MAX};
use domain::news::Effect;
use domain::{BotId, Credits, Millis};
use store::promos::{self, Promo};
use store::{Tx, bots, reports};

use super::{Said, ask, decide, deed, number};
use crate::app::Ground;
use crate::commands::Done;
use crate::config::Config;
use crate::failure::Failure;
use crate::inbox::facts::day;

const LISTED_MAX: u32 = 500;
/// So that the code fits into a link.
const CODE_CHARS: std::ops::RangeInclusive<usize> = 3..=32;

#[derive(Clone, Debug, Subcommand)]
pub enum Promos {
    /// Makes a code.
    Add(Add),
    /// Lists the codes, and how often each was entered.
    List {
        /// The bot's short name in the settings; else all.
        #[arg(long)]
        bot: Option<String>,
    },
    /// Lists the links (s_…) by which people came, and how many of them have paid.
    Sources {
        /// The bot's short name in the settings; else all.
        #[arg(long)]
        bot: Option<String>,
    },
}

#[derive(Clone, Debug, Args)]
pub struct Add {
    /// Letters, digits, hyphens and underscores; capitals don't matter.
    pub code: String,
    /// The bot's short name in the settings.
    #[arg(long)]
    pub bot: String,
    #[command(flatten)]
    pub effect: Kind,
    /// How long a plan lasts that nobody pays for.
    #[arg(long, requires = "plan", value_parser = clap::value_parser!(u32).range(1..=3_660))]
    pub days: Option<u32>,
    /// How many people may enter it; else as many as like.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub uses: Option<u32>,
    /// The last day on which it may be entered, by Greenwich: 2027-01-31.
    #[arg(long)]
    pub until: Option<NaiveDate>,
}

/// What the code does.
#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Kind {
    /// Gives credits, at once.
    #[arg(long, value_parser = number)]
    pub credits: Option<Credits>,
    /// Gives so many percent on top of the next pack.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(BONUS_PERCENT_MAX)))]
    pub bonus: Option<u32>,
    /// Takes so many percent off the next pack.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(DISCOUNT_MAX)))]
    pub discount: Option<u32>,
    /// Gives a plan's perks for some days.
    #[arg(long, requires = "days")]
    pub plan: Option<String>,
}

pub fn run(config: Config, what: Promos) -> Done {
    match what {
        Promos::Add(new) => decide(config, move |tx, ground, now| add(tx, ground, &new, now)),
        Promos::List { bot } => ask(config, move |tx, _, _| list(tx, bot.as_deref())),
        Promos::Sources { bot } => ask(config, move |tx, _, _| sources(tx, bot.as_deref())),
    }
}

pub fn add(tx: &mut Tx, ground: &Ground, new: &Add, now: Millis) -> Result<Said, Failure> {
    let is_code = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    if !CODE_CHARS.contains(&new.code.chars().count()) || !new.code.chars().all(is_code) {
        return Said::wrong("a code is 3 to 32 letters, digits, hyphens and underscores");
    }
    let Some((bot, username)) = named(tx, Some(&new.bot))?.into_iter().next() else {
        return Said::wrong(format!("there is no bot `{}`, or it has never run", new.bot));
    };
    let effect = match effect(ground, new) {
        Ok(effect) => effect,
        Err(why) => return Said::wrong(why),
    };
    let until = new.until.and_then(|it| it.checked_add_days(Days::new(1)));
    let expires_at =
        until.map(|it| Millis(it.and_time(NaiveTime::MIN).and_utc().timestamp_millis()));
    if expires_at.is_some_and(|it| it <= now) {
        return Said::wrong("that day is over");
    }
    let promo = Promo {
        code: promos::spelled(&new.code),
        effect,
        uses_max: new.uses,
        uses: 0,
        expires_at,
        created_at: now,
    };
    if !promos::insert(tx, &bot, &promo)? {
        return Said::no("There is such a code.");
    }
    deed(tx, ground, "promo", None, &format!("{bot} {}", told(&promo)), now)?;
    Said::done(format!("{}\nhttps://t.me/{username}?start=p_{}", told(&promo), promo.code))
}

fn effect(ground: &Ground, new: &Add) -> Result<Effect, String> {
    let kind = &new.effect;
    match (kind.credits, kind.bonus, kind.discount, &kind.plan) {
        (Some(credits), ..) => Ok(Effect::Credits { credits }),
        (None, Some(percent), ..) => Ok(Effect::Bonus { percent }),
        (None, None, Some(percent), _) => Ok(Effect::Discount { percent }),
        (None, None, None, Some(pack)) => {
            let is_plan = ground.catalog.pack(pack).is_some_and(|it| it.plan.is_some());
            match new.days.filter(|_| is_plan) {
                Some(days) => Ok(Effect::PlanDays { pack: pack.clone(), days }),
                None => Err(format!("there is no plan `{pack}`, or no days are given")),
            }
        }
        (None, None, None, None) => Err("say what the code does".to_owned()),
    }
}

/// The bots of that name, or all, with what Telegram calls them.
fn named(tx: &mut Tx, name: Option<&str>) -> Result<Vec<(BotId, String)>, Failure> {
    let bots = bots::list(tx)?.into_iter();
    let bots = bots.filter(|it| name.is_none_or(|name| it.token_name == name));
    Ok(bots.map(|it| (it.id, it.username)).collect())
}

fn told(promo: &Promo) -> String {
    let does = match &promo.effect {
        Effect::Credits { credits } => format!("{credits} credits"),
        Effect::Bonus { percent } => format!("{percent}% on top of the next pack"),
        Effect::Discount { percent } => format!("{percent}% off the next pack"),
        Effect::PlanDays { pack, days } => format!("the plan {pack} for {days} days"),
    };
    let most = promo.uses_max.map_or_else(|| "any number".to_owned(), |it| it.to_string());
    // It ends with a day, not with the first moment of the next.
    let until = promo.expires_at.map(|it| format!(", until {}", day(Millis(it.as_i64() - 1))));
    let until = until.unwrap_or_default();
    format!("{}  {does}, entered {} of {most}{until}", promo.code, promo.uses)
}

fn list(tx: &mut Tx, bot: Option<&str>) -> Result<Said, Failure> {
    let mut lines = Vec::new();
    for (id, username) in named(tx, bot)? {
        let promos = promos::list(tx, &id, LISTED_MAX)?;
        lines.extend(promos.iter().map(|it| format!("@{username}  {}", told(it))));
    }
    Said::done(if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") })
}

fn sources(tx: &mut Tx, bot: Option<&str>) -> Result<Said, Failure> {
    let mut lines = Vec::new();
    for (id, username) in named(tx, bot)? {
        let sources = reports::sources(tx, &id, LISTED_MAX)?.into_iter();
        lines.extend(sources.map(|it| {
            format!("@{username}  {}  new: {}, paid: {}", it.origin, it.joined, it.paid)
        }));
    }
    Said::done(if lines.is_empty() { "There are none.".to_owned() } else { lines.join("\n") })
}
