//! Packs and plans: wrong prices are refused with their file and line, offers say what they give.

use std::collections::BTreeMap;

use domain::catalog::{
    BONUS_PERCENT_MAX, Catalog, DISCOUNT_MAX, Deal, Pack, QUOTE_LASTS, SHIPPED, currency_of, jumps,
};
use domain::{Credits, Currency, Language, Method, Millis, Money};

const PACK: &str = "credits = 1000
bonus = 100
best_value = true

[price]
rub = 699_000
kzt = 3_899_000
stars = 5_190
";

const PLAN: &str = "credits = 900
bonus = 90
best_value = false

[period]
days = 30
has_priority = true
picture_discount = 10

[title]
ru = \"Студия\"
en = \"Studio\"
kk = \"Студия\"

[price]
rub = 599_000
";

/// The shipped trainings and rates with these files beside them.
fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    let others = SHIPPED
        .iter()
        .filter(|(name, _)| name.starts_with("trainings/") || *name == "rates.toml")
        .filter(|(name, _)| files.iter().all(|(own, _)| own != name));
    Catalog::read(others.copied().chain(files.iter().copied())).map_err(|it| it.to_string())
}

fn pack() -> Pack {
    let catalog = read(&[("packs/1000.toml", PACK)]).expect("it is right");
    catalog.pack("1000").expect("it is sold").clone()
}

fn credits(amount: i64) -> Credits {
    Credits::new(amount).expect("credits")
}

#[track_caller]
fn refused(file: &str, text: &str, from: &str, to: &str, says: &str) {
    assert!(text.contains(from), "`{from}` isn't in it");
    let said = read(&[(file, &text.replace(from, to))]).expect_err("it was taken");
    assert_eq!(said, format!("catalog/{file}: {says}"));
}

#[track_caller]
fn pack_refused(from: &str, to: &str, says: &str) {
    refused("packs/1000.toml", PACK, from, to, says);
}

#[track_caller]
fn plan_refused(from: &str, to: &str, says: &str) {
    refused("plans/studio.toml", PLAN, from, to, says);
}

#[test]
fn f27_a_wrong_price_is_refused_with_its_file_and_line() {
    pack_refused("rub = 699_000", "rub = 0", "line 6: a price is more than nothing");
    pack_refused("kzt = 3_899_000", "kzt = -1", "line 7: a price is more than nothing");
    pack_refused(
        "stars = 5_190",
        "stars = 1_000_000_000_001",
        "line 8: a price is more than nothing",
    );
    pack_refused("stars = 5_190", "usd = 99", "line 8: `usd` is no currency that is known here");
    pack_refused("credits = 1000", "credits = 0", "line 1: a pack gives credits");
    pack_refused(
        "rub = 699_000\nkzt = 3_899_000\nstars = 5_190\n",
        "",
        "line 5: a pack has a price",
    );
    for (from, to, line) in [
        ("credits = 1000", "credits = -1", "line 1"),
        ("bonus = 100", "bonus = 1.5", "line 2"),
        ("rub = 699_000", "rub = 6990.0", "line 6"),
        ("rub = 699_000", "rub = \"699\"", "line 6"),
        ("best_value", "bestvalue", "line 3"),
    ] {
        let said = read(&[("packs/1000.toml", &PACK.replace(from, to))]).expect_err("it was taken");
        assert!(said.starts_with("catalog/packs/1000.toml: ") && said.contains(line), "{said}");
    }
}

#[test]
fn f27_a_price_below_cost_is_refused_with_its_file_and_line() {
    // 1100 credits for 2,508.00: a hundred of them bring 228.00, and the provider takes 2 dollars
    // and 40 cents for what costs 60.
    pack_refused(
        "rub = 699_000",
        "rub = 250_800",
        "line 6: below cost in rub: portrait fast brings 13680 in minor units and costs 22800",
    );
    pack_refused(
        "stars = 5_190",
        "stars = 51",
        "line 8: below cost in stars: portrait fast brings 2 in minor units and costs 185",
    );
    // The bonus makes each credit cheaper.
    let said = read(&[("packs/1000.toml", &PACK.replace("bonus = 100", "bonus = 9000"))]);
    assert!(said.expect_err("it was taken").contains("line 7: below cost in kzt"));
    // What a dollar is must be known for whatever is sold.
    let said =
        read(&[("packs/1000.toml", PACK), ("rates.toml", "[dollar]\nrub = 9500\nkzt = 52000\n")]);
    assert_eq!(
        said.expect_err("it was taken"),
        "catalog/packs/1000.toml: line 8: rates.toml doesn't say what a dollar is in Stars"
    );
}

#[test]
fn f27_an_operators_own_price_below_cost_is_refused_too() {
    let catalog = read(&[("packs/1000.toml", PACK)]).expect("it is right");
    let at = |minor| pack().repriced(&[(Currency::Rub, minor)].into_iter().collect());
    assert!(catalog.check_pack(&at(700_000)).is_ok());
    for minor in [250_800, 1, 0, -700_000] {
        let said = catalog.check_pack(&at(minor)).expect_err("it was taken").to_string();
        assert!(said.contains("below cost in rub"), "{said}");
    }
}

#[test]
fn f27_rates_are_more_than_nothing() {
    let said = read(&[("rates.toml", "# rough\n[dollar]\nrub = 0\n")]).expect_err("it was taken");
    assert_eq!(said, "catalog/rates.toml: line 3: a dollar costs more than nothing");
    assert!(read(&[("rates.toml", "[dollar]\nusd = 1\n")]).is_err());
    let rates = read(&[]).expect("it is right").rates;
    let rub = |micros| rates.of_micros(micros, Currency::Rub).map(Money::minor);
    assert_eq!(rub(2_400_000), Some(22_800));
    assert_eq!((rub(1), rub(0)), (Some(1), Some(0)), "rounded up");
    assert_eq!(rub(i64::MAX), None, "more than an amount can be");
}

#[test]
fn a_plan_has_a_period_and_a_title_and_a_pack_has_none() {
    let catalog = read(&[("plans/studio.toml", PLAN)]).expect("it is right");
    let plan = catalog.pack("studio").and_then(|it| it.plan.as_ref()).expect("it is sold");
    assert_eq!((plan.period.days, plan.title(Language::En)), (30, "Studio"));
    plan_refused("days = 30", "days = 0", "line 5: a period has days, and a discount is below 100");
    plan_refused(
        "picture_discount = 10",
        "picture_discount = 100",
        "line 5: a period has days, and a discount is below 100",
    );
    plan_refused("kk = \"Студия\"\n", "", "line 10: there is no title in kk");
    plan_refused("en = \"Studio\"", "en = \" \"", "line 10: there is no title in en");
    let said = read(&[("packs/studio.toml", PLAN)]).expect_err("it was taken");
    assert_eq!(said, "catalog/packs/studio.toml: only a plan has a period and a title");
    let said = read(&[("plans/big.toml", PACK)]).expect_err("it was taken");
    assert_eq!(said, "catalog/plans/big.toml: a plan needs a period and a title");
    let said = read(&[("packs/studio.toml", PACK), ("plans/studio.toml", PLAN)]);
    assert_eq!(said.expect_err("twice"), "catalog/plans/studio.toml: `studio` is sold twice");
    for name in ["packs/Big.toml", "packs/.toml", "packs/a-b.toml", "packs/aaaaaaaaaaaaaaaaa.toml"]
    {
        let said = read(&[(name, PACK)]).expect_err("it was taken");
        assert_eq!(
            said,
            format!("catalog/{name}: a file name is up to 16 small letters and digits")
        );
    }
}

#[test]
fn f27_a_price_that_jumps_a_hundredfold_is_told_of() {
    let of = |pairs: &[(&str, i64)]| {
        pairs.iter().map(|(name, it)| ((*name).to_owned(), *it)).collect::<BTreeMap<_, _>>()
    };
    let before = of(&[("a", 100), ("b", 100), ("c", 100), ("gone", 5)]);
    let quiet = of(&[("a", 9_999), ("b", 2), ("c", 100), ("new", 1)]);
    assert_eq!(jumps(&before, &quiet), [""; 0]);
    let loud = of(&[("a", 10_000), ("b", 1), ("c", 100)]);
    assert_eq!(jumps(&before, &loud), ["a: it was 100 and is 10000", "b: it was 100 and is 1",]);
    let catalog = read(&[("packs/1000.toml", PACK)]).expect("it is right");
    let prices = catalog.prices();
    assert_eq!(prices.get("packs/1000.toml rub"), Some(&699_000));
    assert_eq!(prices.get("portrait fast"), Some(&60), "what work costs, too");
    let dear = read(&[("packs/1000.toml", &PACK.replace("699_000", "69_900_000"))]);
    let after = dear.expect("it is above cost").prices();
    assert_eq!(jumps(&prices, &after), ["packs/1000.toml rub: it was 699000 and is 69900000"]);
}

#[test]
fn an_offer_is_what_was_shown_whatever_becomes_of_the_price() {
    let pack = pack();
    let offer = pack.offer(Currency::Rub, None, Millis(7)).expect("it is sold");
    assert_eq!((offer.pack.as_str(), offer.money.minor()), ("1000", 699_000));
    assert_eq!(
        (offer.credits, offer.bonus, offer.promo.as_ref()),
        (credits(1_000), credits(100), None)
    );
    assert_eq!(offer.expires_at, Millis(7).plus(QUOTE_LASTS));
    let dearer = pack.repriced(&[(Currency::Rub, 1_000_000)].into_iter().collect());
    assert_eq!(dearer.price(Currency::Rub).map(Money::minor), Some(1_000_000));
    assert_eq!(dearer.price(Currency::Kzt), pack.price(Currency::Kzt), "the others stay");
    assert_eq!(offer.money.minor(), 699_000);
    assert_eq!(pack.whole(), credits(1_100));
    let plan = read(&[("plans/studio.toml", PLAN)]).expect("it is right");
    let plan = plan.pack("studio").expect("it is sold");
    assert_eq!(plan.offer(Currency::Stars, None, Millis(7)), None, "not for Stars");
}

#[test]
fn a_deal_takes_off_or_adds_and_nothing_is_sold_for_nothing() {
    let deal = |discount_percent, bonus_percent| Deal {
        code: "SPRING".to_owned(),
        bonus_percent,
        discount_percent,
    };
    let offer = |deal: &Deal| {
        let offer = pack().offer(Currency::Rub, Some(deal), Millis(0)).expect("it is sold");
        assert_eq!(offer.promo.as_deref(), Some("SPRING"));
        (offer.money.minor(), offer.bonus.as_i64())
    };
    assert_eq!(offer(&deal(10, 0)), (629_100, 100));
    assert_eq!(offer(&deal(0, 15)), (699_000, 250));
    assert_eq!(offer(&deal(100, 0)), offer(&deal(DISCOUNT_MAX, 0)), "the most that there is");
    assert_eq!(offer(&deal(0, u32::MAX)), offer(&deal(0, BONUS_PERCENT_MAX)));
    let cheap = pack().repriced(&[(Currency::Stars, 5)].into_iter().collect());
    let offer = cheap.offer(Currency::Stars, Some(&deal(90, 0)), Millis(0)).expect("it is sold");
    assert_eq!(offer.money.minor(), 1, "not for nothing");
    let plan = read(&[("plans/studio.toml", PLAN)]).expect("it is right");
    let plan = plan.pack("studio").expect("it is sold");
    let offer = plan.offer(Currency::Rub, Some(&deal(50, 50)), Millis(0)).expect("it is sold");
    assert_eq!((offer.money.minor(), offer.promo), (599_000, None), "a plan has no deals");
}

#[test]
fn methods_take_the_shops_currency_or_stars() {
    assert_eq!(currency_of(Method::Card, Currency::Kzt), Currency::Kzt);
    assert_eq!(currency_of(Method::Sbp, Currency::Rub), Currency::Rub);
    assert_eq!(currency_of(Method::Stars, Currency::Rub), Currency::Stars);
}

#[test]
fn the_shipped_packs_are_sold_in_order_and_larger_ones_are_cheaper() {
    let catalog = Catalog::read(SHIPPED.iter().copied()).expect("it is right");
    let names: Vec<_> = catalog.packs.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["100", "250", "500", "1000", "2500", "lite", "studio", "pro"]);
    for sort in [false, true] {
        let packs = catalog.packs.iter().filter(|it| it.plan.is_some() == sort);
        let each: Vec<_> = packs
            .filter_map(|it| Some(it.price(Currency::Rub)?.minor() / it.whole().as_i64()))
            .collect();
        assert!(each.is_sorted_by(|one, next| next < one), "{each:?}");
    }
    let best = |is_plan: bool| {
        catalog.packs.iter().filter(|it| it.best_value && it.plan.is_some() == is_plan).count()
    };
    assert_eq!((best(false), best(true)), (1, 1));
}
