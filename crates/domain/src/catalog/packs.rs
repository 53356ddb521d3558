//! Packs and plans: what is sold for money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Catalog, QUOTE_LASTS, WrongCatalog};
use crate::{Credits, Currency, Language, Method, Millis, Money};

/// What is sold for money: credits once, or (a plan) each period. A file of `catalog/packs/` or
/// `catalog/plans/`, whose name is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pack {
    pub name: String,
    /// What is bought, and may be asked back while it isn't spent.
    pub credits: Credits,
    /// What is given on top.
    pub bonus: Credits,
    pub best_value: bool,
    /// In minor units. A currency without a price isn't taken for this pack.
    prices: BTreeMap<Currency, i64>,
    /// On which line of its file each price is.
    lines: BTreeMap<Currency, usize>,
    pub plan: Option<Plan>,
}

/// What makes a pack a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub period: Period,
    titles: BTreeMap<String, String>,
}

/// How often a plan comes, and what else it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    pub days: u32,
    /// Its work is taken before that of others.
    pub has_priority: bool,
    /// What pictures cost less, in percent.
    pub picture_discount: u32,
}

impl Plan {
    pub fn title(&self, language: Language) -> &str {
        self.titles.get(language.as_str()).map_or("", String::as_str)
    }
}

impl Pack {
    pub fn price(&self, currency: Currency) -> Option<Money> {
        Money::new(*self.prices.get(&currency)?, currency)
    }

    /// All that comes into the wallet.
    pub fn whole(&self) -> Credits {
        let sum = self.credits.as_i64() + self.bonus.as_i64();
        Credits::new(sum).unwrap_or(self.credits)
    }

    /// The same pack with an operator's prices over its own.
    pub fn repriced(&self, over: &BTreeMap<Currency, i64>) -> Self {
        let mut pack = self.clone();
        pack.prices.extend(over);
        pack
    }
}

/// An offer as it was shown: what is paid, and what comes for it. Later prices don't touch it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub pack: String,
    pub money: Money,
    pub credits: Credits,
    pub bonus: Credits,
    /// The code whose discount or bonus is in it.
    pub promo: Option<String>,
    pub expires_at: Millis,
}

/// What a promo code does to an offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    pub code: String,
    /// Credits on top, in percent of those bought.
    pub bonus_percent: u32,
    /// Money less, in percent.
    pub discount_percent: u32,
}

/// What Telegram takes for a subscription at most.
const STARS_MONTHLY_MAX: i64 = 10_000;

/// The most that a code may take off: nothing is sold for nothing.
pub const DISCOUNT_MAX: u32 = 90;
/// The most that a code may add.
pub const BONUS_PERCENT_MAX: u32 = 500;

impl Pack {
    /// Today's offer for this pack, with a deal if there is one. `None` when it isn't sold for
    /// this currency. A plan has no deals: its price is the same each period.
    pub fn offer(&self, currency: Currency, deal: Option<&Deal>, now: Millis) -> Option<Offer> {
        let deal = deal.filter(|_| self.plan.is_none());
        let price = self.price(currency)?;
        let off = i64::from(deal.map_or(0, |it| it.discount_percent.min(DISCOUNT_MAX)));
        let more = i64::from(deal.map_or(0, |it| it.bonus_percent.min(BONUS_PERCENT_MAX)));
        let money = price.share(100 - off, 100);
        // However small the price, something is paid.
        let money = if money.is_zero() { Money::new(1, currency)? } else { money };
        let bonus = self.bonus.as_i64() + self.credits.as_i64() * more / 100;
        Some(Offer {
            pack: self.name.clone(),
            money,
            credits: self.credits,
            bonus: Credits::new(bonus)?,
            promo: deal.map(|it| it.code.clone()),
            expires_at: now.plus(QUOTE_LASTS),
        })
    }
}

/// The currency that a method takes where the shop's own is `shop`.
pub fn currency_of(method: Method, shop: Currency) -> Currency {
    match method {
        Method::Card | Method::Sbp => shop,
        Method::Stars => Currency::Stars,
    }
}

/// A price by its name in the catalog, such as `packs/250 rub`, in minor units or credits.
pub type Prices = BTreeMap<String, i64>;

/// Prices that have become a hundred times what they were, or a hundredth: as a rule a slip of the
/// hand. What is new or gone is no jump.
pub fn jumps(before: &Prices, after: &Prices) -> Vec<String> {
    const TOO_FAR: i64 = 100;
    let is_jump =
        |was: i64, is: i64| was.saturating_mul(TOO_FAR) <= is || is.saturating_mul(TOO_FAR) <= was;
    let pairs = after.iter().filter_map(|(name, is)| Some((name, *before.get(name)?, *is)));
    pairs
        .filter(|(_, was, is)| is_jump(*was, *is))
        .map(|(name, was, is)| format!("{name}: it was {was} and is {is}"))
        .collect()
}

/// A file of `catalog/packs/` or `catalog/plans/`, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    credits: Credits,
    bonus: Credits,
    best_value: bool,
    price: BTreeMap<String, i64>,
    period: Option<Period>,
    title: Option<BTreeMap<String, String>>,
}

/// Reads one file. The error says what is wrong, with the line where one is to blame.
pub(super) fn read(file: &str, text: &str, is_plan: bool) -> Result<Pack, String> {
    let name = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".toml");
    let is_name = (1..=16).contains(&name.len())
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    if !is_name {
        return Err("a file name is up to 16 small letters and digits".to_owned());
    }
    let written: Written = toml::from_str(text).map_err(|it| it.to_string())?;
    let at = |word: &str, says: &str| format!("line {}: {says}", line_of(text, word));
    if written.credits.is_zero() {
        return Err(at("credits", "a pack gives credits"));
    }
    let (mut prices, mut lines) = (BTreeMap::new(), BTreeMap::new());
    for (word, minor) in &written.price {
        let Some(currency) = Currency::from_text(word) else {
            return Err(at(word, &format!("`{word}` is no currency that is known here")));
        };
        if Money::new(*minor, currency).is_none_or(Money::is_zero) {
            return Err(at(word, "a price is more than nothing"));
        }
        prices.insert(currency, *minor);
        lines.insert(currency, line_of(text, word));
    }
    if prices.is_empty() {
        return Err(at("price", "a pack has a price"));
    }
    let plan = match (is_plan, written.period, written.title) {
        (false, None, None) => None,
        (true, Some(period), Some(titles)) => {
            if period.days == 0 || 100 <= period.picture_discount {
                return Err(at("period", "a period has days, and a discount is below 100"));
            }
            // Telegram charges in its own rhythm, and no more than this (Bot API).
            if let Some(stars) = prices.get(&Currency::Stars)
                && (period.days != 30 || STARS_MONTHLY_MAX < *stars)
            {
                let says = "a plan by Stars is for 30 days and 10,000 Stars at most";
                return Err(at("stars", says));
            }
            let missing = Language::ALL
                .iter()
                .find(|it| titles.get(it.as_str()).is_none_or(|title| title.trim().is_empty()));
            if let Some(language) = missing {
                return Err(at("title", &format!("there is no title in {}", language.as_str())));
            }
            Some(Plan { period, titles })
        }
        (false, ..) => return Err("only a plan has a period and a title".to_owned()),
        (true, ..) => return Err("a plan needs a period and a title".to_owned()),
    };
    let Written { credits, bonus, best_value, .. } = written;
    Ok(Pack { name: name.to_owned(), credits, bonus, best_value, prices, lines, plan })
}

/// The line that begins with a word, from 1; the first when none does.
pub(crate) fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|it| begins(it, word)).map_or(1, |it| it + 1)
}

/// Whether a line of a file sets a word, or opens the part of that name.
pub(super) fn begins(line: &str, word: &str) -> bool {
    let line = line.trim_start().trim_start_matches('[');
    line.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with(['=', ']']))
}

/// Something that is sold for credits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sold {
    pub name: String,
    pub credits: Credits,
    /// The most that a plan takes off the price, in percent.
    pub off_percent: u32,
    /// What the dearest of those who can do it takes, in millionths of a US dollar.
    pub cost_micros: i64,
}

pub(super) fn dearest(costs: impl Iterator<Item = i64>) -> i64 {
    costs.max().unwrap_or_default()
}

/// What a dollar costs in each currency, in minor units: `catalog/rates.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    dollar: BTreeMap<Currency, i64>,
}

impl Rates {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let rates: Self = toml::from_str(text).map_err(|it| it.to_string())?;
        match rates.dollar.iter().find(|(_, minor)| **minor <= 0) {
            Some((currency, _)) => {
                let line = line_of(text, currency.as_str());
                Err(format!("line {line}: a dollar costs more than nothing"))
            }
            None => Ok(rates),
        }
    }

    /// What so many millionths of a dollar are, rounded up. `None` without a rate.
    pub fn of_micros(&self, micros: i64, currency: Currency) -> Option<Money> {
        let rate = i128::from(*self.dollar.get(&currency)?);
        let minor = (i128::from(micros) * rate + 999_999) / 1_000_000;
        Money::new(i64::try_from(minor).ok()?, currency)
    }
}

impl Catalog {
    pub fn pack(&self, name: &str) -> Option<&Pack> {
        self.packs.iter().find(|it| it.name == name)
    }

    /// Refuses prices at which work would be sold for less than its provider takes. The cheapest
    /// credit decides: those of the largest pack, with their bonus.
    pub fn check_costs(&self) -> Result<(), WrongCatalog> {
        self.packs.iter().try_for_each(|it| self.check_pack(it))
    }

    /// The same of one pack, such as one at an operator's own prices.
    pub fn check_pack(&self, pack: &Pack) -> Result<(), WrongCatalog> {
        pack.prices
            .iter()
            .try_for_each(|(currency, minor)| self.check_cost(pack, *currency, *minor))
    }

    fn check_cost(&self, pack: &Pack, currency: Currency, minor: i64) -> Result<(), WrongCatalog> {
        let file = pack.file();
        let line = pack.lines.get(&currency).copied().unwrap_or(1);
        let wrong =
            |what| WrongCatalog { file: file.clone(), what: format!("line {line}: {what}") };
        for Sold { name: what, credits, off_percent, cost_micros } in self.sold() {
            let Some(cost) = self.rates.of_micros(cost_micros, currency) else {
                let says = format!("rates.toml doesn't say what a dollar is in {currency:?}");
                return Err(wrong(says));
            };
            let whole = i128::from(pack.whole().as_i64()) * 100;
            let paid = i128::from(credits.as_i64()) * i128::from(100 - off_percent.min(100));
            let earned = i128::from(minor) * paid / whole;
            if earned < i128::from(cost.minor()) {
                let says = format!(
                    "below cost in {}: {what} brings {earned} in minor units and costs {}",
                    currency.as_str(),
                    cost.minor()
                );
                return Err(wrong(says));
            }
        }
        Ok(())
    }

    /// What is sold for credits. Whoever does it, the price is the same, so the dearest counts.
    pub fn sold(&self) -> impl Iterator<Item = Sold> {
        let trainings = self.trainings.iter().flat_map(|offer| {
            offer.qualities.iter().map(|it| Sold {
                name: format!("{} {}", offer.kind.as_str(), it.quality.as_str()),
                credits: it.credits,
                off_percent: 0,
                cost_micros: dearest(offer.trainers(it.quality).iter().map(|it| it.cost_micros)),
            })
        });
        let discounts = self.packs.iter().filter_map(|it| Some(it.plan.as_ref()?.period));
        let off_percent = discounts.map(|it| it.picture_discount).max().unwrap_or_default();
        let pictures = self.pictures.iter().map(move |it| Sold {
            name: format!("picture {}", it.name),
            credits: it.credits,
            off_percent,
            cost_micros: dearest(it.makers.iter().map(|it| it.cost_micros)),
        });
        // The discount of a plan counts here, too: an edit is a picture for whoever buys it.
        let edits = self.presets.iter().map(move |it| Sold {
            name: format!("edit {}", it.name),
            credits: it.credits,
            off_percent,
            cost_micros: dearest(
                it.versions.iter().flat_map(|it| self.edits.makers_of(it)).map(|it| it.cost_micros),
            ),
        });
        let videos = self.videos.sold(off_percent);
        trainings.chain(pictures).chain(edits).chain(videos)
    }

    /// Every price, by name: to be kept, and compared with the next start's by [`jumps`].
    pub fn prices(&self) -> Prices {
        let packs = self.packs.iter().flat_map(|pack| {
            pack.prices
                .iter()
                .map(|(currency, minor)| (format!("{} {}", pack.file(), currency.as_str()), *minor))
        });
        let work = self.sold().map(|it| (it.name, it.credits.as_i64()));
        packs.chain(work).collect()
    }
}

impl Pack {
    /// Its file below `catalog/`.
    fn file(&self) -> String {
        let folder = if self.plan.is_some() { "plans" } else { "packs" };
        format!("{folder}/{}.toml", self.name)
    }
}
