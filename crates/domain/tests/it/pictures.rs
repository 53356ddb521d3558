//! Picture models: a wrong one is refused, and none is sold below what its dearest maker takes.

use domain::catalog::{Catalog, Likeness, SHIPPED};
use domain::{Currency, Kind, Quality};

const MODEL: &str = "name = \"quick\"
credits = 3
promised_seconds = 60
title = { ru = \"Быстро\", en = \"Quick\", kk = \"Жылдам\" }
about = { ru = \"Сразу.\", en = \"At once.\", kk = \"Бірден.\" }

[[makers]]
provider = \"one\"
workflow = \"one/flux\"
likeness = \"weights\"
cost_micros = 35_000
can_vary = true
steps = 28
guidance_tenths = 35
likeness_percent = 100

[[makers]]
provider = \"two\"
workflow = \"two/flux\"
likeness = \"remote\"
cost_micros = 70_000
";

const PACK: &str = "credits = 100
bonus = 0
best_value = false

[price]
rub = 84_900
";

const PLAN: &str = "credits = 100
bonus = 0
best_value = false
price.rub = 84_900
period = { days = 30, has_priority = false, picture_discount = 0 }
title = { ru = \"Лайт\", en = \"Lite\", kk = \"Лайт\" }
";

const RATES: &str = "[dollar]\nrub = 9_500\n";

fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    Catalog::read(files.iter().copied()).map_err(|it| it.to_string())
}

#[track_caller]
fn refused(from: &str, to: &str, says: &str) {
    assert!(MODEL.contains(from), "`{from}` isn't in it");
    let said = read(&[("pictures/quick.toml", &MODEL.replace(from, to))]).expect_err("taken");
    assert!(said.starts_with("catalog/pictures/quick.toml: ") && said.contains(says), "{said}");
}

#[test]
fn a_wrong_picture_model_is_refused() {
    refused("\"quick\"", "\"Quick\"", "line 1: a name is up to 24 small letters");
    refused("\"quick\"", "\"slow\"", "line 1: its name is `slow`, which isn't that of its file");
    refused("credits = 3", "credits = 0", "line 2: it costs nothing");
    refused("credits = 3", "credits = -3", "-3 is not a number of credits");
    for seconds in [0, 4, 901] {
        let says = "line 3: from 5 to 900 seconds can be promised";
        refused("promised_seconds = 60", &format!("promised_seconds = {seconds}"), says);
    }
    refused("\"Quick\"", "\"\"", "line 4: the title in en is empty");
    refused("Бірден.", &"ы".repeat(141), "line 5: the about in kk has 141 characters");
    refused("\"two\"", "\"\"", "maker 2 (``): a maker has a provider and a workflow");
    let says = "maker 2 (`one`): `one/flux` is named twice";
    refused("two", "one", says);
    refused("= 70_000", "= -1", "maker 2 (`two`): it has a negative cost");
    for (name, is, most) in [("steps", 28, 50), ("likeness_percent", 100, 200)] {
        for wrong in [0, most + 1] {
            let says = format!("maker 1 (`one`): {name} is from 1 to {most}");
            refused(&format!("{name} = {is}"), &format!("{name} = {wrong}"), &says);
        }
    }
    refused("guidance_tenths = 35", "guidance_tenths = 101", "guidance_tenths is from 0 to 100");
    refused("\"remote\"", "\"distant\"", "unknown variant `distant`");
    let (head, _) = MODEL.split_once("[[makers]]").expect("it has makers");
    let said = read(&[("pictures/quick.toml", &format!("{head}makers = []\n"))]);
    assert_eq!(
        said.expect_err("taken"),
        "catalog/pictures/quick.toml: line 7: nobody is named to make it"
    );
    let other = MODEL.replace("\"quick\"", "\"other\"");
    let said = read(&[("pictures/quick.toml", MODEL), ("pictures/other.toml", &other)]);
    assert_eq!(
        said.expect_err("taken"),
        "catalog/pictures/other.toml: its title in ru is that of `quick`"
    );
}

#[test]
fn f27_a_picture_below_the_cost_of_its_dearest_maker_is_refused() {
    let sold = |model: &str, pack: &str| {
        let pack = ("packs/100.toml", pack);
        read(&[("pictures/quick.toml", model), pack, ("rates.toml", RATES)])
    };
    let catalog = sold(MODEL, PACK).expect("it is above cost");
    assert_eq!(catalog.prices().get("picture quick"), Some(&3));
    // Three of a hundred credits bring 25.47; the first takes 3.33 and the second 6.65.
    for (rub, fits) in [("22_200", true), ("22_100", false), ("12_000", false)] {
        let said = sold(MODEL, &PACK.replace("84_900", rub));
        assert_eq!(said.is_ok(), fits, "{rub}: {said:?}");
    }
    let said = sold(&MODEL.replace("35_000", "350_000"), PACK).expect_err("taken");
    assert_eq!(
        said,
        "catalog/packs/100.toml: line 6: below cost in rub: picture quick brings 2547 in minor \
         units and costs 3325"
    );
}

#[test]
fn f27_the_discount_of_a_plan_counts_whoever_buys_the_credits() {
    let sold = |percent: u32| {
        let discount = format!("picture_discount = {percent}");
        let plan = PLAN.replace("picture_discount = 0", &discount);
        let files = [("pictures/quick.toml", MODEL), ("packs/100.toml", PACK)];
        read(&[files[0], files[1], ("plans/lite.toml", &plan), ("rates.toml", RATES)])
    };
    assert!(sold(70).is_ok());
    let said = sold(75).expect_err("taken");
    assert!(said.starts_with("catalog/packs/100.toml: line 6: below cost in rub: "), "{said}");
    assert!(said.ends_with("picture quick brings 636 in minor units and costs 665"), "{said}");
}

#[test]
fn f27_a_training_below_the_cost_of_another_trainer_is_refused() {
    let portrait = SHIPPED.iter().find(|(name, _)| *name == "trainings/portrait.toml");
    let text = portrait.expect("it is shipped").1;
    let sold = |text: &str| {
        let files = [("packs/100.toml", PACK), ("rates.toml", RATES)];
        read(&[("trainings/portrait.toml", text), files[0], files[1]])
    };
    assert!(sold(text).is_ok());
    let dear = text.replace("cost_micros = 1_410_000", "cost_micros = 5_400_000");
    assert_ne!(dear, text);
    let said = sold(&dear).expect_err("taken");
    assert_eq!(
        said,
        "catalog/packs/100.toml: line 6: below cost in rub: portrait fast brings 50940 in minor \
         units and costs 51300"
    );
}

#[test]
fn the_shipped_models_serve_every_avatar_and_leave_a_margin() {
    let catalog = Catalog::read(SHIPPED).expect("it is right");
    let names: Vec<_> = catalog.pictures.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["flux", "flux-fine"], "the cheapest first");
    let standard = catalog.picture_model("flux").expect("it is there");
    let needs: Vec<_> = standard.makers.iter().map(|it| it.likeness).collect();
    assert_eq!(needs, [Likeness::Weights, Likeness::Weights, Likeness::Remote]);
    for model in &catalog.pictures {
        // Somebody else for what is stored, and somebody else for variations.
        let can = |vary: bool| {
            let stored = model.makers.iter().filter(|it| it.likeness == Likeness::Weights);
            let mut able: Vec<_> =
                stored.filter(|it| !vary || it.can_vary).map(|it| it.provider.as_str()).collect();
            able.dedup();
            able.len()
        };
        assert_eq!((can(false), can(true)), (2, 2), "{}", model.name);
    }
    // At the cheapest credits, a half stays of whatever is made.
    for sold in catalog.sold().filter(|it| it.name.starts_with("picture ")) {
        for pack in &catalog.packs {
            let Some(price) = pack.price(Currency::Rub) else { continue };
            let earned = price.minor() * sold.credits.as_i64() / pack.whole().as_i64();
            let cost = catalog.rates.of_micros(sold.cost_micros, Currency::Rub).expect("a rate");
            assert!(cost.minor() * 2 < earned, "{} with {}", sold.name, pack.name);
        }
    }
}

#[test]
fn the_second_trainer_does_everything_and_is_asked_last() {
    let catalog = Catalog::read(SHIPPED).expect("it is right");
    for kind in Kind::ALL {
        let offer = catalog.training(*kind).expect("it is offered");
        assert!((0..100).all(|it| offer.by_share(it) == "fal"), "until an operator gives a share");
        for quality in Quality::ALL {
            let all = offer.trainers(*quality);
            let names: Vec<_> = all.iter().map(|it| it.provider).collect();
            assert_eq!(names, ["fal", "replicate"]);
            let settings = all[1].settings;
            assert_eq!(settings.learning_rate_millionths, Some(400));
            assert!(matches!(settings.lora_rank, Some(16 | 32)));
            // 1.32 seconds a step at 1,525 millionths of a dollar each; with its start 1.44, and
            // a training that isn't done after 1800 is cancelled though it is paid for.
            let steps = i64::from(settings.steps.expect("steps"));
            assert!(steps * 144 / 100 < 1_800, "{kind:?} {quality:?}");
            let cost = steps * 132 * 1_525 / 100;
            assert!((cost..cost + 10_000).contains(&all[1].cost_micros), "{kind:?} {quality:?}");
        }
    }
}
