//! Presets of edits: a wrong one is refused with its line, each fits its workflow, and what the model
//! is told is whole.

use std::collections::{BTreeMap, BTreeSet};

use domain::Language;
use domain::catalog::{Catalog, Preset, SHIPPED, WordsNeed};
use domain::picture::{PROMPT_CHARS_MAX, WORDS_CHARS_MAX, words};
use domain::workflow::Values;

use crate::workflows::{EDIT_JSON, EDIT_TOML};

const PRESET: &str = "name = \"red-hat\"
category = \"try-on\"
credits = 2
photos = 1
words = \"optional\"
words_chars_max = 80
title = { ru = \"Шляпа\", en = \"Hat\", kk = \"Қалпақ\" }
about = { ru = \"Красная.\", en = \"A red one.\", kk = \"Қызыл.\" }
ask = { ru = \"Какая?\", en = \"Which?\", kk = \"Қандай?\" }

[[versions]]
version = 1
share_percent = 70
workflow = \"edit@1\"
prompt = \"Put a red hat on the person. Of this kind: {words}. Keep the face.\"

[[versions]]
version = 3
share_percent = 30
workflow = \"edit@1\"
prompt = \"A hat: {words}. Keep everything.\"
steps = 8
";

const EDITS: &str = "promised_seconds = 60

[[makers]]
provider = \"gpu\"
cost_micros = 5_000

[[makers]]
provider = \"one\"
workflow = \"one/edit\"
cost_micros = 39_000
";

fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    Catalog::read(files.iter().copied()).map_err(|it| it.to_string())
}

fn with(preset: &str, edits: &str) -> Result<Catalog, String> {
    read(&[
        ("presets/red-hat.toml", preset),
        ("edits.toml", edits),
        ("workflows/edit@1.toml", EDIT_TOML),
        ("workflows/edit@1.json", EDIT_JSON),
    ])
}

fn preset() -> Preset {
    with(PRESET, EDITS).expect("it is right").preset("red-hat").expect("it is there").clone()
}

fn shipped() -> Catalog {
    Catalog::read(SHIPPED).expect("it is right")
}

/// The preset with `from` made `to`, and what is said about it.
#[track_caller]
fn refused(from: &str, to: &str, says: &str) {
    assert!(PRESET.contains(from), "`{from}` isn't in it");
    let said = with(&PRESET.replacen(from, to, 1), EDITS).expect_err("taken");
    assert_eq!(said, format!("catalog/presets/red-hat.toml: {says}"));
}

#[test]
fn a_wrong_preset_is_refused_with_its_line() {
    let slug = "up to 24 small letters, digits and hyphens";
    refused("\"red-hat\"", "\"Red\"", &format!("line 1: a name is {slug}"));
    refused("red-hat", "hat", "line 1: its name is `hat`, which isn't that of its file");
    refused("try-on", "Try on", &format!("line 2: a category is {slug}"));
    refused("credits = 2", "credits = 0", "line 3: it costs nothing");
    for photos in [0, 3] {
        let to = format!("photos = {photos}");
        refused("photos = 1", &to, "line 4: it takes 1 photo or 2");
    }
    let says = "line 6: words have from 1 to 500 characters";
    refused("words_chars_max = 80", "words_chars_max = 0", says);
    refused("words_chars_max = 80", "words_chars_max = 501", says);
    refused("words = \"optional\"", "words = \"none\"", "line 6: it takes no words");
    refused("\"Қалпақ\"", "\" \"", "line 7: the title in kk is empty");
    let long = format!("\"{}\"", "h".repeat(25));
    refused("\"Hat\"", &long, "line 7: the title in en has 25 characters, and 24 is the most");
    let long = format!("\"{}\"", "ж".repeat(141));
    let says = "line 8: the about in ru has 141 characters, and 140 is the most";
    refused("\"Красная.\"", &long, says);
    let says = "line 9: the ask in ru has 141 characters, and 140 is the most";
    refused("\"Какая?\"", &long, says);
    refused("photos = 1", "photos = 2", "it takes a second photo, and has no `second`");
    let says = "line 9: `second` is for a second photo, and it takes none";
    refused("ask =", "second = { ru = \"a\", en = \"b\", kk = \"c\" }\nask =", says);
    let from = "ask = { ru = \"Какая?\", en = \"Which?\", kk = \"Қандай?\" }";
    refused(from, "", "it takes words, and has no `ask`");
    let without = "words = \"none\"\nwords_chars_max = 0";
    let says = "line 9: `ask` is for words, and it takes none";
    refused("words = \"optional\"\nwords_chars_max = 80", without, says);
    for (from, to, says) in [
        ("credits = 2", "credits = -2", "-2 is not a number of credits"),
        ("\"optional\"", "\"some\"", "unknown variant `some`"),
        ("steps", "stepps", "unknown field `stepps`"),
        ("workflow = \"edit@1\"\n", "", "missing field `workflow`"),
    ] {
        let said = with(&PRESET.replacen(from, to, 1), EDITS).expect_err("taken");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn the_versions_of_a_preset_are_numbered_and_share_a_hundred() {
    refused("version = 1", "version = 0", "version 0: versions begin with 1");
    for first in ["version = 3", "version = 4"] {
        let says = "version 3: versions grow, the newest is the last";
        refused("version = 1", first, says);
    }
    let says = "version 3: where there are several, each has its `share_percent`";
    refused("share_percent = 30\n", "", says);
    let says = "the shares of its versions add up to 101, and not to 100";
    refused("share_percent = 30", "share_percent = 31", says);
    let (head, _) = PRESET.split_once("[[versions]]").expect("it has versions");
    let said = with(&format!("{head}versions = []\n"), EDITS).expect_err("taken");
    assert_eq!(said, "catalog/presets/red-hat.toml: it has no version");
    let (first, _) = PRESET.rsplit_once("[[versions]]").expect("it has versions");
    let alone = |share: &str| with(&first.replace("share_percent = 70\n", share), EDITS);
    assert!(alone("").is_ok(), "one that is alone needs no share");
    assert!(alone("share_percent = 100\n").is_ok());
    let said = alone("share_percent = 99\n").expect_err("taken");
    assert!(said.ends_with("the shares of its versions add up to 99, and not to 100"), "{said}");
    assert!(alone("share_percent = 70\n").is_err());
}

#[test]
fn a_prompt_has_the_place_of_the_words_exactly_where_words_are_wanted() {
    refused("{words}", "any", "version 1: it takes words: {words} is in its prompt once");
    refused(
        "{words}",
        "{words} {words}",
        "version 1: it takes words: {words} is in its prompt once",
    );
    for hole in ["{person}", "{", "}", "{ words }"] {
        let says = "version 1: no hole but {words} is known in a prompt";
        refused("a red hat", hole, says);
    }
    let whole = "Put a red hat on the person. Of this kind: {words}. Keep the face.";
    refused(whole, "{words}", "version 1: without words nothing is left of the prompt");
    let none = PRESET
        .replace("words = \"optional\"\nwords_chars_max = 80\n", "")
        .replace("ask = { ru = \"Какая?\", en = \"Which?\", kk = \"Қандай?\" }\n", "");
    let said = with(&none, EDITS).expect_err("taken");
    let says = "version 1: it takes no words, and its prompt has {words}";
    assert!(said.ends_with(says), "{said}");
    assert!(with(&none.replace(": {words}", ""), EDITS).is_ok());
    let required = PRESET.replace("\"optional\"", "\"required\"").replacen(whole, "{words}", 1);
    assert!(with(&required, EDITS).is_ok(), "the words may be all");
    let long = format!("{} {{words}}", "w".repeat(PROMPT_CHARS_MAX - 80));
    let said = with(&PRESET.replacen(whole, &format!("A. {long}"), 1), EDITS).expect_err("taken");
    let says = "version 1: with its words the prompt has 1504 characters, and 1500 is the most";
    assert!(said.ends_with(says), "{said}");
}

#[test]
fn a_preset_fits_its_workflow_and_somebody_can_make_it() {
    refused("edit@1", "edit@2", "version 1: there is no workflow `edit@2`");
    refused("steps = 8", "steps = 51", "version 3: `edit@1`: the steps are from 1 to 50");
    let two = "photos = 2\nsecond = { ru = \"a\", en = \"b\", kk = \"c\" }";
    let says = "version 1: `edit@1`: it takes 1 photos, and there are 2";
    refused("photos = 1", two, says);
    let said = read(&[
        ("presets/red-hat.toml", PRESET),
        ("workflows/edit@1.toml", EDIT_TOML),
        ("workflows/edit@1.json", EDIT_JSON),
    ]);
    let says = "version 1: nobody in edits.toml can make it";
    assert!(said.expect_err("taken").ends_with(says), "no makers at all");
    // What has no prompt is for machines that run graphs.
    let file = |name: &str| SHIPPED.iter().find(|it| it.0 == name).expect("shipped").to_owned();
    let files = ["presets/upscale.toml", "workflows/upscale@1.json", "workflows/upscale@1.toml"];
    let files = files.map(file);
    let graphs = EDITS.split("\n[[makers]]").take(2).collect::<Vec<_>>().join("\n[[makers]]");
    let told = EDITS.replace("provider = \"gpu\"", "provider = \"two\"\nworkflow = \"two/edit\"");
    let made_by = |edits: &str| {
        let files = files.iter().copied().chain([("edits.toml", edits)]).collect::<Vec<_>>();
        read(&files).map(drop)
    };
    assert_eq!(made_by(&graphs), Ok(()));
    assert!(made_by(&told).expect_err("taken").ends_with(says));
    let words = "workflow = \"upscale@1\"\nprompt = \"Larger\"";
    let asks = files[0].1.replace("workflow = \"upscale@1\"", words);
    let files =
        [("presets/upscale.toml", asks.as_str()), files[1], files[2], ("edits.toml", EDITS)];
    let said = read(&files).expect_err("taken");
    assert!(said.ends_with("version 1: `upscale@1`: it takes no prompt"), "{said}");
}

#[test]
fn names_and_titles_of_presets_are_there_once() {
    let file = ("presets/red-hat.toml", PRESET);
    let said = read(&[file, file]).expect_err("taken");
    assert_eq!(said, "catalog/presets/red-hat.toml: `red-hat` is offered twice");
    let other = PRESET.replace("red-hat", "hat").replace("\"Hat\"", "\"Cap\"");
    let said = read(&[file, ("presets/hat.toml", &other)]).expect_err("taken");
    assert_eq!(said, "catalog/presets/hat.toml: its title in ru is that of `red-hat`");
}

#[test]
fn wrong_makers_of_edits_are_refused() {
    let said = |from: &str, to: &str| {
        assert!(EDITS.contains(from), "`{from}` isn't in it");
        let said = read(&[("edits.toml", &EDITS.replace(from, to))]).expect_err("taken");
        said.strip_prefix("catalog/edits.toml: ").expect("it names the file").to_owned()
    };
    for seconds in [0, 4, 901] {
        let to = format!("promised_seconds = {seconds}");
        let says = "line 1: from 5 to 900 seconds can be promised";
        assert_eq!(said("promised_seconds = 60", &to), says);
    }
    assert_eq!(said("\"one\"", "\"\""), "maker 2 (``): a maker has a provider");
    let says = "maker 2 (`one`): its workflow is empty; one that runs graphs names none";
    assert_eq!(said("\"one/edit\"", "\"\""), says);
    assert_eq!(said("= 39_000", "= -1"), "maker 2 (`one`): it has a negative cost");
    let again = "\"gpu\"\ncost_micros = 1\n\n[[makers]]\nprovider = \"gpu\"";
    assert_eq!(said("\"gpu\"", again), "maker 2 (`gpu`): it is named twice");
    assert!(said("cost_micros = 5", "cost_micro = 5").contains("unknown field `cost_micro`"));
    let (head, _) = EDITS.split_once("[[makers]]").expect("it has makers");
    let said = read(&[("edits.toml", &format!("{head}makers = []\n"))]).expect_err("taken");
    assert_eq!(said, "catalog/edits.toml: line 3: nobody is named to make edits");
}

#[test]
fn f27_an_edit_below_the_cost_of_its_dearest_maker_is_refused() {
    let pack = "credits = 100\nbonus = 0\nbest_value = false\n\n[price]\nrub = 84_900\n";
    let sold = |rub: &str, edits: &str| {
        read(&[
            ("presets/red-hat.toml", PRESET),
            ("edits.toml", edits),
            ("workflows/edit@1.toml", EDIT_TOML),
            ("workflows/edit@1.json", EDIT_JSON),
            ("packs/100.toml", &pack.replace("84_900", rub)),
            ("rates.toml", "[dollar]\nrub = 9_500\n"),
        ])
    };
    let catalog = sold("84_900", EDITS).expect("it is above cost");
    assert_eq!(catalog.prices().get("edit red-hat"), Some(&2));
    // Two of a hundred credits bring 3.72 and 3.70; the dearest takes 3.705.
    assert!(sold("18_600", EDITS).is_ok());
    let said = sold("18_500", EDITS).expect_err("taken");
    let says = "line 6: below cost in rub: edit red-hat brings 370 in minor units and costs 371";
    assert_eq!(said, format!("catalog/packs/100.toml: {says}"));
    let dear = EDITS.replace("5_000", "390_000");
    assert!(sold("84_900", &dear).is_err(), "whoever is dearest");
}

#[test]
fn edits_go_to_versions_by_their_share_and_an_operators_shares_count_first() {
    let preset = preset();
    let given = |shares: &[(u32, u32)]| {
        let turns = (0..100).map(|it| preset.by_share(it, shares).version);
        turns.fold(BTreeMap::new(), |mut sum, it| {
            *sum.entry(it).or_insert(0) += 1;
            sum
        })
    };
    assert_eq!(given(&[]), BTreeMap::from([(1, 70), (3, 30)]), "those of the file");
    assert_eq!(given(&[(1, 5), (3, 95)]), BTreeMap::from([(1, 5), (3, 95)]));
    assert_eq!(given(&[(3, 100)]), BTreeMap::from([(3, 100)]));
    assert_eq!(given(&[(1, 100)]), BTreeMap::from([(1, 100)]), "rolled back");
    assert_eq!(given(&[(3, 100), (1, 0)]), BTreeMap::from([(3, 100)]));
    for (shares, says) in [
        (&[(2, 100)][..], "there is no version 2"),
        (&[(1, 50), (1, 50)], "version 1 is named twice"),
        (&[(1, 50), (3, 49)], "the shares add up to 99, and not to 100"),
        (&[], "the shares add up to 0, and not to 100"),
    ] {
        assert_eq!(preset.wrong_shares(shares).as_deref(), Some(says));
        assert_eq!(given(shares), given(&[]), "shares that don't fit change nothing");
    }
    assert_eq!(preset.wrong_shares(&[(3, 100)]), None);
    assert_eq!(preset.by_share(100, &[]).version, 3, "no number is nobody's");
    assert_eq!(preset.by_share(u32::MAX, &[(1, 100)]).version, 1);
    assert_eq!(preset.version(3).map(|it| it.steps), Some(Some(8)));
    assert_eq!(preset.version(2), None);
}

#[test]
fn the_words_are_in_the_prompt_and_without_any_their_sentence_is_not() {
    let preset = preset();
    let told = |words| preset.prompt(&preset.versions[0], words);
    let whole = "Put a red hat on the person. Of this kind: a beret. Keep the face.";
    assert_eq!(told("a beret"), whole);
    assert_eq!(told(" a beret. "), whole, "one full stop is enough");
    assert_eq!(told(""), "Put a red hat on the person. Keep the face.");
    assert_eq!(told("..."), told(""));
    let odd = "a hat {words} \" [\"save\", 0] \\";
    assert!(told(odd).contains(odd), "words are never read again");
}

#[test]
fn the_shipped_presets_are_many_and_each_version_can_be_made() {
    let catalog = shipped();
    let names = [
        "art",
        "background",
        "beard",
        "hair",
        "makeup",
        "own",
        "restoration",
        "retouch",
        "seasons",
        "try-on",
    ];
    assert_eq!(catalog.preset_categories(), names);
    assert!(44 <= catalog.presets.len());
    let of = |category| catalog.presets.iter().filter(move |it| it.category == category);
    for category in names {
        assert!(2 <= of(category).count(), "{category}");
    }
    assert!(of("try-on").all(|it| it.photos == 2));
    let own = catalog.preset("own-words").expect("it is there");
    assert_eq!((own.words, own.words_chars_max as usize), (WordsNeed::Required, WORDS_CHARS_MAX));
    assert_eq!((own.photos, own.credits.as_i64()), (1, 2));
    assert_eq!(catalog.preset("own-words-two").map(|it| it.photos), Some(2));
    for preset in &catalog.presets {
        assert!((1..=3).contains(&preset.credits.as_i64()), "{}", preset.name);
        for version in &preset.versions {
            // Somebody without a machine can make all but what has no words.
            let makers = catalog.edits.makers_of(version).count();
            let needs_machine = version.prompt.is_empty();
            assert_eq!(makers == 1, needs_machine, "{}", preset.name);
        }
    }
    let needs = [WordsNeed::None, WordsNeed::Optional, WordsNeed::Required];
    assert!(needs.iter().all(|need| catalog.presets.iter().any(|it| it.words == *need)));
    let alone = catalog.presets.iter().filter(|it| it.versions[0].prompt.is_empty());
    assert_eq!(alone.map(|it| it.name.as_str()).collect::<Vec<_>>(), ["upscale"]);
}

/// What no edit asks for, and the words that models take for it.
const UNWANTED: [&str; 9] =
    ["bikini", "child", "cleavage", "lingerie", "naked", "nude", "sensual", "sexy", "undress"];

#[test]
fn what_a_shipped_preset_tells_is_whole_and_keeps_the_person() {
    let catalog = shipped();
    let longest = "ж".repeat(WORDS_CHARS_MAX);
    for preset in &catalog.presets {
        let name = &preset.name;
        for version in preset.versions.iter().filter(|it| !it.prompt.is_empty()) {
            let without = preset.prompt(version, "");
            let is_optional = preset.words == WordsNeed::Optional;
            assert!(!is_optional || without.ends_with('.') && !without.contains(": ."), "{name}");
            let told = preset.prompt(version, "a red scarf");
            assert!(told.is_ascii(), "{name}: {told}");
            assert!(!told.contains(['{', '}', '\n']), "{name}: {told}");
            assert!(told.ends_with('.'), "{name}: {told}");
            for wrong in ["  ", "..", ",,", " .", " ,", "photorealistic. Photorealistic"] {
                assert!(!told.contains(wrong), "{name}, `{wrong}`: {told}");
            }
            assert!((150..=700).contains(&told.len()), "{name}: {}", told.len());
            let lower = told.to_lowercase();
            assert!(UNWANTED.iter().all(|it| !lower.contains(it)), "{name}: {told}");
            let keeps = ["keep ", "do not change any content"];
            assert!(keeps.iter().any(|it| lower.contains(it)), "{name}: {told}");
            let keeps = ["identity", "likeness", "do not change any content"];
            assert!(keeps.iter().any(|it| lower.contains(it)), "{name}: {told}");
            let both = told.contains("image 1") && told.contains("image 2");
            assert_eq!(both, preset.photos == 2, "{name}: {told}");
            let most: String = longest.chars().take(preset.words_chars_max as usize).collect();
            assert!(preset.prompt(version, &most).chars().count() <= PROMPT_CHARS_MAX, "{name}");
        }
        for language in Language::ALL {
            let about = preset.about.of(language);
            assert!(about.ends_with('.'), "{name}: {about}");
            let title = preset.title.of(language);
            assert!(title.chars().next().is_some_and(|it| !it.is_lowercase()), "{title}");
            for ask in preset.ask.iter().chain(&preset.second) {
                assert!(ask.of(language).ends_with(['.', '?']), "{name}: {}", ask.of(language));
            }
        }
        let languages: BTreeSet<_> = [&preset.about.ru, &preset.about.en, &preset.about.kk].into();
        assert_eq!(languages.len(), 3, "{name} is translated");
    }
}

/// Every preset with its workflow, as a machine gets it.
#[test]
fn every_shipped_preset_fills_its_workflow() {
    let catalog = shipped();
    let sample = words("a \"red\" scarf, [\"save\", 0] and {a hat}").expect("they are words");
    for preset in &catalog.presets {
        for version in &preset.versions {
            let workflow = catalog.workflow(&version.workflow).expect("it was checked");
            let before = workflow.graph.clone();
            let prompt = preset.prompt(version, &sample);
            let values = Values { prompt: &prompt, seed: 7, steps: version.steps, prefix: "gen_1" };
            let filled = workflow.fill(&values, preset.photos as usize).expect("it fits");
            let photos = ["one.png", "two.png"];
            let posted = filled.with_photos(&photos[..preset.photos as usize]).expect("it fits");
            crate::workflows::is_whole(&posted, &filled.output);
            assert_eq!(workflow.graph, before, "the file itself stays");
            let text = posted.to_string();
            assert!(!text.contains('{') || !text.contains("{photo"), "{}", preset.name);
            if !prompt.is_empty() {
                let told = serde_json::Value::from(prompt).to_string();
                assert_eq!(text.matches(&told).count(), 1, "{}: {text}", preset.name);
            }
        }
    }
}

#[test]
fn an_operators_own_preset_and_workflow_take_the_place_of_ours() {
    let mut files: BTreeMap<&str, &str> = SHIPPED.into_iter().collect();
    let ours = files["presets/bob.toml"];
    let theirs = ours.replace("credits = 2", "credits = 5");
    files.insert("presets/bob.toml", &theirs);
    let own = PRESET.replace("Шляпа", "Берет").replace("Hat", "Beret").replace("Қалпақ", "Берет");
    files.insert("presets/red-hat.toml", &own);
    files.insert("workflows/edit@1.toml", EDIT_TOML);
    files.insert("workflows/edit@1.json", EDIT_JSON);
    let catalog = Catalog::read(files).expect("it is right");
    assert_eq!(catalog.preset("bob").map(|it| it.credits.as_i64()), Some(5));
    assert!(catalog.preset("red-hat").is_some());
    assert_eq!(catalog.presets.len(), shipped().presets.len() + 1);
}
