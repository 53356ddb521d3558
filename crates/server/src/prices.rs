//! What is sold and for how much: read with each bot's own prices, refused when it is below cost,
//! and compared with what it was when the program was last started.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use domain::catalog::{
    self, Catalog, EXAMPLE_BYTES_MAX, FACE_BYTES_MAX, Pack, Prices, SAMPLE_BYTES_MAX, SHIPPED,
    Sold, WrongCatalog,
};
use domain::{Currency, Money};
use store::{StoreError, Tx};

use crate::app::App;
use crate::config::{Bot, Config};
use crate::start::StartError;

/// What is sold: what the program brings along, with the operator's own files over it.
pub fn read_catalog(config: &Config) -> Result<Catalog, StartError> {
    let mut files: BTreeMap<String, String> =
        SHIPPED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    if let Some(folder) = &config.catalog.folder {
        read_folder(folder, "", &mut files)
            .map_err(|why| StartError::CatalogFolder { folder: folder.clone(), why })?;
    }
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let mut catalog = Catalog::read(files)?;
    if let Some(folder) = &config.catalog.folder {
        read_others(folder, &mut catalog)?;
    }
    for bot in &config.bots {
        check_bot(&catalog, bot)?;
    }
    Ok(catalog)
}

fn read_folder(
    folder: &Path,
    below: &str,
    files: &mut BTreeMap<String, String>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let own_name = entry.file_name().to_string_lossy().into_owned();
        // Volumes of containers keep their versions in hidden folders.
        if own_name.starts_with('.') {
            continue;
        }
        let name = format!("{below}{own_name}");
        if entry.file_type()?.is_dir() && below.is_empty() {
            read_folder(&entry.path(), &format!("{name}/"), files)?;
        } else if name.ends_with(".toml") || below == "workflows/" && name.ends_with(".json") {
            files.insert(name, std::fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// What a folder's files are taken as.
type Take = fn(&mut Catalog, &str, Vec<u8>) -> Result<(), WrongCatalog>;

/// The operator's own pictures and samples, which are no text: whose they are, how large they may be,
/// and what takes them.
const OTHERS: [(&str, usize, Take); 3] = [
    ("characters", FACE_BYTES_MAX, Catalog::take_face),
    ("examples", EXAMPLE_BYTES_MAX, Catalog::take_example),
    ("voices", SAMPLE_BYTES_MAX, Catalog::take_sample),
];

fn read_others(folder: &Path, catalog: &mut Catalog) -> Result<(), StartError> {
    for (part, bytes_max, take) in OTHERS {
        let below = folder.join(part);
        let unread = |why| StartError::CatalogFolder { folder: below.clone(), why };
        if !below.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&below).map_err(unread)? {
            let entry = entry.map_err(unread)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') || name.ends_with(".toml") {
                continue;
            }
            let mut bytes = Vec::new();
            // One more than is allowed is enough to see that it is too large.
            let file = std::fs::File::open(entry.path()).map_err(unread)?;
            file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(unread)?;
            take(catalog, &format!("{part}/{name}"), bytes)?;
        }
    }
    Ok(catalog.check_faces()?)
}

/// A bot's own prices obey the catalog's rules.
fn check_bot(catalog: &Catalog, bot: &Bot) -> Result<(), StartError> {
    let wrong = |what| StartError::BotPrices { bot: bot.name.clone(), what };
    let own = bot.prices.iter().filter(|(_, it)| !it.is_empty());
    if let Some((name, _)) = own.clone().find(|(name, _)| catalog.pack(name).is_none()) {
        return Err(wrong(format!("there is no pack or plan `{name}`")));
    }
    if own.count() == 0 {
        return Ok(());
    }
    let of_bot = Catalog { packs: packs(catalog, bot), ..catalog.clone() };
    of_bot.check_costs().map_err(|error| {
        // The line would be one of the catalog, where the price isn't from.
        let what = error.what.split_once(": ").map_or(error.what.as_str(), |(_, rest)| rest);
        wrong(format!("{}: {what}", error.file))
    })
}

/// What a bot sells for money, at its own prices.
fn packs(catalog: &Catalog, bot: &Bot) -> Vec<Pack> {
    let packs = catalog.packs.iter();
    packs.map(|it| bot.prices.get(&it.name).map_or(it.clone(), |own| it.repriced(own))).collect()
}

/// Every price by name, those of bots with theirs.
pub fn all(catalog: &Catalog, config: &Config) -> Prices {
    let mut all = catalog.prices();
    for bot in &config.bots {
        for (pack, own) in &bot.prices {
            all.extend(own.iter().map(|(currency, minor)| {
                (format!("bot {}: {pack} {}", bot.name, currency.as_str()), *minor)
            }));
        }
    }
    all
}

/// What became a hundred times what it was at the last start, or a hundredth.
pub fn jumps(tx: &mut Tx, now: &Prices) -> Result<Vec<String>, StoreError> {
    Ok(catalog::jumps(&store::prices::load(tx)?, now))
}

/// Refuses prices that have jumped since the last start, and remembers them otherwise.
pub async fn guard(app: &App) -> Result<(), StartError> {
    let ground = app.ground.clone();
    let jumps = app
        .db
        .write(move |tx| {
            let prices = all(&ground.catalog, &ground.config);
            let jumps = jumps(tx, &prices)?;
            if jumps.is_empty() {
                store::prices::keep(tx, &prices, ground.now())?;
            }
            Ok::<_, StoreError>(jumps)
        })
        .await?;
    if jumps.is_empty() { Ok(()) } else { Err(StartError::Prices(jumps.join("; "))) }
}

/// The work that leaves the least, paid for with the cheapest credits of a currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Margin {
    pub pack: String,
    pub work: String,
    pub earned: Money,
    pub cost: Money,
    pub percent: i64,
}

/// The least margin in each currency, for what a bot sells; without a bot, at the catalog's prices.
pub fn margins(catalog: &Catalog, bot: Option<&Bot>) -> Vec<Margin> {
    let packs = bot.map_or_else(|| catalog.packs.clone(), |it| packs(catalog, it));
    let least = |currency: Currency| {
        let priced = packs.iter().filter_map(|it| Some((it, it.price(currency)?)));
        let margins = priced.flat_map(|(pack, price)| margins_of(catalog, pack, price));
        margins.min_by_key(|it| it.percent)
    };
    Currency::ALL.iter().copied().filter_map(least).collect()
}

fn margins_of(catalog: &Catalog, pack: &Pack, price: Money) -> Vec<Margin> {
    let margin = |sold: Sold| {
        let cost = catalog.rates.of_micros(sold.cost_micros, price.currency)?;
        let whole = i128::from(pack.whole().as_i64().max(1)) * 100;
        let paid = i128::from(sold.credits.as_i64()) * i128::from(100 - sold.off_percent.min(100));
        let earned = i128::from(price.minor()) * paid / whole;
        let earned = Money::new(i64::try_from(earned).ok()?, price.currency)?;
        let left = (earned.minor() - cost.minor()).saturating_mul(100);
        Some(Margin {
            pack: pack.name.clone(),
            work: sold.name,
            earned,
            cost,
            percent: left.div_euclid(earned.minor().max(1)),
        })
    };
    catalog.sold().filter_map(margin).collect()
}
